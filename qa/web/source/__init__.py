"""The source panel: a paper's own text with the quote marked.

panel  The component: a paper with one quote marked, set as text and never as HTML
"""
