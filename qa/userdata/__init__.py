"""What people leave behind: conversations, feedback, drafts, uploads.

database         One SQLite database: its tables, its migrations, its transactions
printed          A page for printing, made of a template beside this file; all that is put into it is escaped
answer_record    An answer as a stored record, and what has become of its quotes since
persons          Authors as BibTeX lists them: single names, family names, organisations, and whether there are more
addresses        What a permanent link names: an answer, or a place in one version of a paper
references       Where a quote comes from, in words, as a citation, and as a reference: BibTeX and RIS
table_record     A table as it is kept: columns, cells, and what a cell shows
fates            Where the words of a stored quote stand now, and which earlier generation has them as they were quoted
conversations    Each user's conversations, and permanent links to single answers
drafts           Draft cases that evaluators write by marking a sentence
uploads          Papers on their way in, until they are released into the corpus or dropped
notebook         Each user's notebook: pinned quotes and own words, in an order
collections      Each user's collections: papers under a name, which can be asked alone
tables           Each user's tables: questions as columns, papers as rows, in each cell what a paper says
upload_checks    What each upload is: it is read once, and held against the papers that the library has
feedback         Verdicts on answers and passages, and the draft cases that come of them
export           A conversation as Markdown, HTML or CSV
notebook_export  A notebook as Markdown or HTML: quotes with their citations, own words, references
table_export     A table as CSV, Markdown or XLSX: a row a paper, and below or beside it every quote with its place
cited            A permanent link is resolved: the quotes that it leads to, each with what has become of it
marks            Highlights and notes on papers, kept for each user, and their export
"""
