"""What makes foreign text harmless: invisible characters, Markdown, CSV."""

from __future__ import annotations

import re

FORMAT = r"\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
"""The inside of a regular expression's character class: characters of Unicode's category Cf that have no width or turn
the direction of writing. The soft hyphen is not among them, because it is a hint inside a word and not a gap."""

INVISIBLE = re.compile(rf"[\x00-\x1f\x7f-\x9f{FORMAT}\ud800-\udfff]")
"""One character that cannot be seen: a control character (Cc), one of `FORMAT`, or half of a surrogate pair."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def visible(text: str) -> str:
    """One line of text without invisible characters.

    >>> visible("a\\x1b[31m\\n b ")
    'a [31m b'
    """
    return " ".join(INVISIBLE.sub(" ", text).split())


def for_terminal(text: str) -> str:
    """Text without invisible characters but tabs and line feeds, so that none of it can steer a terminal.

    >>> for_terminal("a\\x1b[31mb")
    'a\\ufffd[31mb'
    """
    return INVISIBLE.sub(lambda found: found[0] if found[0] in "\t\n" else "\ufffd", text)


def markdown(text: str, *, all_signs: bool = False) -> str:
    """One line of visible text for Markdown (CommonMark, and GitHub's tables and dollar signs), without any markup.

    It may stand anywhere in a line, or begin it. `all_signs` escapes every ASCII punctuation mark, which CommonMark
    allows: harder to read as it stands, but safe with readers that have extensions of their own.

    >>> print(markdown("- *a* | <b>"))
    \\- \\*a\\* \\| \\<b\\>
    >>> print(markdown("1. [a](b)"))
    1\\. \\[a\\](b)
    >>> print(markdown(":red[b]", all_signs=True))
    \\:red\\[b\\]
    """
    if all_signs:
        return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", visible(text))
    escaped = re.sub(r"([\\`*_\[\]<>#|~&$!]|^[-+])", r"\\\1", visible(text))
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", escaped)


def cell(value: object) -> object:
    """A value for a CSV file: a text that a spreadsheet would run as a formula gets an apostrophe in front
    (OWASP, "CSV Injection").

    >>> cell("=1+1"), cell("5 mg"), cell(-1)
    ("'=1+1", '5 mg', -1)
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
