"""What outlives a rerun of the page.

settings  The app's question set and gates
links     Links from one page to another
user      Who is before the page, by a secret in a cookie, and which pages they may use
work      A background job on a page: begun by a click, drawn on each rerun
scope     Which papers, years and sections are asked; kept in the address
opening   The index: opened once a generation, built first where there is none
keeping   The conversation outlives its session: stored, and restored after a reload
"""
