"""From a file to passages, each with its place in the raw text.

conventions   What papers call their parts: labels of figures and tables, section names, ends of sentences
rules         A digest of the code that shapes what is stored
sandbox       Run functions in child processes with limits of time and memory
files         A file's bytes, text and checksum, or a `SourceError` that says what helps
markup        LaTeX and HTML in a field of a bibliography become plain text
values        The values of a BibTeX entry: their tokens, and where each field stands in the text
whole         A file gets another text whole or not at all
pdf           Pages of a scientific PDF in reading order, and the kind of each region; by pypdf only
bibliography  BibTeX and BibLaTeX: what `corpus.bib` says of each paper, and in which line it has a fault
folder        Which files of a corpus folder are papers, and why the others are not
latex         Plain text becomes LaTeX for a field of a bibliography, so that `markup.plain` gives it back
sources       A corpus folder becomes papers, and each a `Document`: decoded text or PDF pages, with what is known of it
repair        Raw text becomes readable text with a map back: named fixers propose edits, one function applies them
bib_edit      Edit what a bibliography says of one paper: a text becomes a text, and every other character stays
ends          Where the sentences of a paragraph begin and end
bib_import    Take the entries of another bibliography over into that of the corpus; what is there is never lost
bib_file      `corpus.bib` is written: by one program at a time, whole or not at all; the last state stays beside it
segment       Readable blocks become sections, whole sentences and passages
left_out      What of a paper's text is not searched, and why: nothing vanishes without a name
intake        Papers go into a corpus folder and out of it: their files, and their entries in the bibliography
quality       How well each page was read: a score with its reasons
inspection    A passage's raw text with every edit that made it readable, for a maintainer to check
picture       Pages of a PDF as pictures, with boxes around quotes
ingest        A file becomes a `Paper`: a document, its passages, its quality; in this process or a sandbox
"""
