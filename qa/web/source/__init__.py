"""The source panel: the text of a paper with the quote marked.

panel  The component: a paper with one quote marked, set as text and never as HTML
"""
