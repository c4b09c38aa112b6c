"""How things look; drawing only.

text         Foreign text made harmless at the moment of drawing
cards        How an answer, an abstention, passages and messages look
tables       Tables, drawn as text
help         The help sheet, and the keys
record_card  A stored answer, with what has become of its papers since
"""
