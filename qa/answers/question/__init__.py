"""What a question asks: the ways in which a follow-up, and a question about several things, can be read.

grammar    Word lists of English grammar, and the questions' tokens
spelling   Question + the words of an index → the question without its slips of the pen, and what was changed
language   In which language a question is asked, as far as a few words tell
asked_for  What type of answer a question asks for: a quantity, a point in time, or neither
proposals  Turns + question → the ways in which it can be read
opposites  What contradicts a question: the other side of its bound, or the other sex
sides      A question about several things → a question about each
"""
