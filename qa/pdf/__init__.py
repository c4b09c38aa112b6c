"""Pages of a scientific PDF in the order in which a person reads them, and what each region is; by pypdf only.

glyphs     what a page paints: runs of text with their places and sizes, in points
layout     runs become lines
blocks     lines become blocks, and blocks stand in reading order
furniture  running heads and feet, and the style of the body
titles     the title
kinds      what each block is
pages      all together: `read_pages`
metadata   what the file says of the paper: DOI, title, authors, year
"""
