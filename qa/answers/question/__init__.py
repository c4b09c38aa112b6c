"""What a question asks: the ways in which a follow-up, and a question about several things, can be read.

grammar    Word lists of English grammar, and the questions' tokens
proposals  Turns + question → the ways in which it can be read
sides      A question about several things → a question about each
"""
