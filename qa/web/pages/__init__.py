"""The pages, a file each.

feedback_form     Feedback on an answer
exchange          Draw one exchange: the card of a result, with the citations that open their sources
kept_card         Draw a stored answer whose papers have changed, with what shows each quote as it was and as it is now
log_in            Log in: all that is shown to somebody who has not logged in yet
notebook_files    The menu that takes the notebook along as a file
maintain_reading  Maintain: how well the papers were read, and their passages with the edits
maintain_history  Maintain: what was published when, by whom and why, and the way back
maintain_build    Maintain: the job that builds a candidate
overview          A paper at a glance: aim, design, sample, result, limitations in its words; questions to ask it
table_list        The user's tables, as History lists them
table_rows        Which rows of a table are drawn, and in which order
table_state       Which table the page shows: the one that the address names, or else the last one of this session
maintain_publish  Maintain: the candidate that waits, with its gates and the questions lost and won; publish or discard
maintain_add      Maintain: papers are sent in and read at once; what has changed in the folder; building aside
maintain          Maintain: add and remove papers, check the gates, publish, roll back
old_place         A link to a place in a paper that has changed or is gone: its words then, and where they stand now
table_cell        A cell of a table on its own: all of it, and what its owner says of it
table_menus       The menus of a table: its columns, its title, its link, and what one takes along
metadata_form     Forms that write `corpus.bib`: what is known of one paper, and a bibliography that is taken over
table             Table: questions as columns, papers as rows, and in each cell what one paper says to one question
shared_answer     What a permanent link opens: one answer, as whoever asked for it sees it, with its sources
paper             A paper of the Library, to read: its pages, its text, what the user has marked in it, what others say
library_list      The list of the Library: filtered, sorted, in pages; and collections made of it
ask               Ask: the conversation, and the source beside it
history           History: the user's own conversations
library           Library: the papers, how well they were read, their text
evaluate          Evaluate: runs of the question set, their failures and differences, feedback, new questions
notebook          Notebook: the user's pinned quotes and own words, in their order
"""
