"""What a question asks: follow-ups made to stand alone, and questions in several parts.

grammar       Word lists of English grammar, and the questions' tokens
spelling      Question + the words of an index → the question without its slips of the pen, and what was changed
recognition   Whether a question is a follow-up
asked_for     What type of answer a question asks for: a quantity, a point in time, or neither
resolution    The earlier question with the one thing replaced that a follow-up changes
standalone    Turns + question → a question that stands alone
subquestions  A question about several things → one question about each
"""
