"""The app; whatever comes from a paper, a question or a file name is drawn as text.

jobs     Background jobs: one at a time per name, with progress, independent of reruns
draw     How things look; drawing only
session  What outlives a rerun of the page
source   The source panel: a paper's own text with the quote marked
pages    The pages, a file each
frame    What every page has: the bar, the style sheet, a message for whatever fails
serve    Start the app: a free port, and Streamlit with its folders

Nothing here decides about answers; that is the job of `Assistant`. A new page is a file in `pages/` and a line in
`frame.PAGES`.
"""
