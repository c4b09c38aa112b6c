"""A whole paper to read: its sentences, search in it, its printed pages, and what a reader marks.

parts  From words of a sentence to their place in the raw text, and back
paper  A paper as its sentences, numbered from 0 in reading order, with their sections and pages
find   Search inside a paper: words as one types them, whatever their case, accents and hyphens
"""
