"""How the cross-encoder is made: `make reader`, step by step.


Nothing here is needed to ask a question.
"""
