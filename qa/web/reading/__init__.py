"""A whole paper to read: its sentences, search in it, its printed pages, and what a reader marks.

parts      From words of a sentence to their place in the raw text, and back
paper      A paper as its sentences, numbered from 0 in reading order, with their sections and pages
printed    Pages of a paper as they are printed, drawn when somebody comes near them, and kept for all who read it
find       Search inside a paper: words as one types them, whatever their case, accents and hyphens
component  The component: the paper in its two views, with what is marked in it
beside     What stands beside a paper: the words that were just chosen, the user's marks, and their export
"""
