"""Escape foreign text where it is drawn."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from qa.text import INVISIBLE, markdown, visible


def escaped(text: str) -> str:
    """Text for `st.html`.

    >>> escaped("<b>")
    '&lt;b&gt;'
    """
    return html.escape(visible(text))


def escaped_lines(text: str) -> str:
    """Text for `st.html` that keeps its blanks and line breaks, for elements with `white-space: pre-wrap`.

    >>> escaped_lines(" <b>\\n c\\x1b")
    ' &lt;b&gt;\\n c '
    """
    return "\n".join(html.escape(INVISIBLE.sub(" ", line)) for line in re.split(r"\r\n|\r|\n", text))


def marked(text: str, words: Sequence[str]) -> str:
    """Text for `st.html` in which the given words are strong. Parts of longer words are not marked.

    >>> marked("15 of 5 mg & more", ["5 mg"])
    '15 of <strong>5 mg</strong> &amp; more'
    """
    wanted = sorted(filter(None, map(visible, words)), key=len, reverse=True)
    if not wanted:
        return escaped(text)
    pieces = re.split(rf"(?<!\w)({'|'.join(map(re.escape, wanted))})(?!\w)", visible(text))
    return "".join(
        f"<strong>{html.escape(piece)}</strong>" if i % 2 else html.escape(piece) for i, piece in enumerate(pieces)
    )


def with_commands(message: str) -> str:
    """A message of the app for `st.html`; what stands in backticks is drawn as code.

    >>> with_commands("run `qa doctor`")
    'run <code>qa doctor</code>'
    """
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped(message))


def label(text: str) -> str:
    """Text for a Streamlit label, with all Markdown escaped, and Streamlit's colours and icons between colons too.

    >>> label("**a** :red[b]")
    '\\\\*\\\\*a\\\\*\\\\* \\\\:red\\\\[b\\\\]'
    """
    return markdown(text, all_signs=True)


def count(number: int, thing: str, things: str = "") -> str:
    """A number and the thing that is counted, with a plural s, or the plural `things`.

    >>> count(1, "paper"), count(2, "paper"), count(2, "entry", "entries")
    ('1 paper', '2 papers', '2 entries')
    """
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {things or thing + 's'}"


def opener_key(opener: str, number: int) -> str:
    """The key of the button that opens a citation, numbered from 0.

    >>> opener_key("qa-show-2", 0)
    'qa-show-2-0'
    """
    return f"{opener}-{number}"
