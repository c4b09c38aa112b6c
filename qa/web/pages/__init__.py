"""The pages, a file each.

shared         One answer by its permanent link
library        Library: the papers, how well they were read, their text
feedback_form  What the user says of an answer, and the link to it
ask            Ask: the conversation, and the source beside it
compare        Compare: one question to each paper, a row a paper
history        History: the user's own conversations
maintain       Maintain: papers in, gates, publishing, going back
evaluate       Evaluate: runs, failures, differences, new questions
"""
