"""What people leave behind: conversations, feedback, drafts, uploads.

database       One SQLite database: its tables, its migrations, its transactions
answer_record  An answer as a stored record, and what has become of its quotes since
references     The papers of some quotes as references: BibTeX and RIS
conversations  Each user's conversations, and permanent links to single answers
drafts         Draft cases that evaluators write by marking a sentence
uploads        Papers on their way in, until they are released into the corpus or dropped
feedback       Verdicts on answers and passages, and the draft cases that come of them
export         A conversation as Markdown, HTML or CSV
"""
