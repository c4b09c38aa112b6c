"""The pages, a file each; all that comes from a paper, a question or a file name is drawn as text.

    frame    the bar, the list of pages, what is said when one fails
    chat     Ask: the conversation: question in, card out, source beside it
    compare  Compare: one question to each paper on its own
    cards    how an answer, an abstention, passages and messages look
    source   the paper's own text with the quote marked (a component: source.js, source.css)
    keeping  the conversation outlives its session; keptcard draws an answer whose papers have changed
    shared   one answer by its permanent link
    feedback what the reader says of an answer
    history  History: the user's own conversations
    user     who is before the page, by a cookie; what this server offers to whom
    links    from one page to another
    opening  the index: opened once for each generation, built when there is none
    text     escaping, at the moment of drawing

Nothing here decides about answers; that is the `Assistant`'s. A further page is a further file, and a line in
`frame.PAGES`.
"""
