"""Drawing only: cards, tables, text.

text         Escape foreign text where it is drawn
times        Stored times as the clock on the user's wall shows them
copying      Buttons that copy a text to the clipboard: a link, or a quote with its citation
quotes       Draw quotes with what leads to their sources: of an answer, and of what may be one
cards        Draw answers, what may be one, abstentions, passages and messages
tables       Draw tables; cells are escaped
help         The help sheet, and the keyboard shortcuts
papers       What is known of a paper, in a few words
record_card  Draw a stored answer, with the fate of each quote
sheet        Draw a table of what each paper says to each question: as a table, and as a card a paper on a phone
"""
