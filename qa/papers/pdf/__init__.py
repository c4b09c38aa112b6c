"""Pages of a scientific PDF in reading order, and the kind of each region; by pypdf only.

bidi       A line of Arabic or Hebrew as it is painted becomes the line as it is typed
glyphs     What a page paints: runs of characters with their positions, sizes and fonts
accents    Accents that are glyphs of their own are set on the letters on which they are painted
signs      Comparison signs that are painted in two parts are one: < over = is ≤.
layout     Runs become lines, and the gutters between columns are found; geometry only
overprint  Text that is painted twice at one place is read once
forms      Values of filled form fields become text beside their labels
printed    Where a page's text is printed: a rectangle for each line, and for each word its place in the line
blocks     Lines become blocks, and blocks are put in reading order; geometry only
furniture  What a paper repeats on its pages: running heads, and the style of its body text
items      An item is lines of one kind on one page; the typography is the type in which the whole paper is set
matter     What is front matter and what is text, by the words: for items that neither type nor place makes certain
titles     Which block of the first page is the paper's title
front      The front of a paper: title, authors, and the abstract, with a label or without
tables     Blocks that are the columns of one table become one block, with its cells row by row
split      Blocks that hold two things become two items: a heading and its text, a caption and the text under it
kinds      What each block is: title, abstract, heading, body, caption, table, reference, …
pages      All of it together: pages as they are read, and what each region is
lexicon    Words that tell names of persons from degrees, occupations, institutions, places and labels
names      Names of persons in a list of authors: what is a name, and where one ends and the next begins
byline     Who wrote a paper: the names under its title, taken only where they are certain
imprint    When and where a paper was published: year and journal, from lines of its first pages that cite itself
metadata   What the file says of the paper: DOI, title, authors, year, journal

Each file has its thresholds at its top. All were set by hand. On 2026-11-26 each was made a third smaller and half as
large again (small counts: one less and one more), and the six papers of `eval/README.md` and the drawn pages of
`tests/papers/pdf` were read. Where a docstring names no case, nothing changed. The thresholds of `layout` after
`_SPACED_WORD` were tried on two of the six only (3-190, trialsjournal.com_content_16_1_2), those of `glyphs`, `printed`
and of the last four files not at all. Nor were those of 2026-11-27: of `overprint`, `accents`, `signs`, `matter`, and
the newer ones of `tables`, `titles` and `kinds`.
"""
