"""The app: pages in Streamlit; text from papers, questions and file names is escaped where it is drawn.

jobs     Background jobs: one at a time per name, with progress, independent of reruns
draw     Drawing only: cards, tables, text
shell    The first thing that a browser gets: Streamlit's own page, with words and a box for the question in it
session  State that outlives a rerun of the page
source   The source panel: the text of a paper with the quote marked
reading  A whole paper to read: its sentences, search in it, its printed pages, and what a reader marks
pages    The pages, a file each
frame    The frame of every page: the bar, the style sheet, a message for every error
server   The server's process: all that the first visitor would wait for, then Streamlit
serve    Start the app: check the address and the port, and run Streamlit

Nothing here decides about answers; that is the job of `Assistant`. To add a page, add a file to `pages/` and a line to
`frame.PAGES`.
"""
