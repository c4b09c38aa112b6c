"""Plain text becomes LaTeX for a field of a bibliography, so that `markup.plain` gives it back."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from qa.papers.markup import plain

_SIGNS = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": "{^}",
    **{sign: rf"\{sign}" for sign in "{}$&%#_"},
}
_LIGATURES = re.compile(r"-(?=-)|`(?=`)|'(?=')|[!?](?=`)")
"""Signs that LaTeX would join with the next one."""
_ACCENTS = re.compile(r"\\(?:[\"'`^~=.]|[cvuHkrdb](?![A-Za-z])|(?:ss|o|O|l|L|ae|AE|aa|AA)(?![A-Za-z]))")


def escaped(text: str, ascii_only: bool = False) -> str:
    """One line of plain text as LaTeX; with `ascii_only`, letters with accents too, where LaTeX can write them.

    >>> escaped("5 % of R&D"), escaped("Müller–Weiß", ascii_only=True)
    ('5 \\\\% of R\\\\&D', 'M{\\\\"u}ller{\\\\textendash}Wei{\\\\ss}')
    """
    written = _LIGATURES.sub(r"\g<0>{}", "".join(_SIGNS.get(sign, sign) for sign in text))
    return "".join(map(_as_ascii, written)) if ascii_only else written


def is_ascii_style(text: str) -> bool:
    """Whether a bibliography writes letters with accents in LaTeX, and none as it is."""
    return text.removeprefix("\ufeff").isascii() and _ACCENTS.search(text) is not None


def one_line(text: str) -> str:
    """Typed text as `plain` would give it back: one line, NFC, without soft hyphens and control characters.

    >>> one_line(" Owls \\n and\\u00adbats ")
    'Owls andbats'
    """
    kept = "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text.replace("\xad", ""))
    return unicodedata.normalize("NFC", " ".join(kept.split()))


@lru_cache(maxsize=1024)
def _as_ascii(sign: str) -> str:
    """A sign that is not ASCII as LaTeX in braces, if that is read as the same sign; otherwise as it is."""
    if sign.isascii():
        return sign
    from bibtexparser.library import Library
    from bibtexparser.middlewares import LatexEncodingMiddleware
    from bibtexparser.model import Entry, Field

    entry = Entry("misc", "", [Field("text", sign)])
    LatexEncodingMiddleware().transform_entry(entry, Library())
    latex = str(entry.fields[0].value)
    written = latex if latex.startswith("{") else f"{{{latex}}}"
    return written if written.isascii() and plain(f"a{written}b") == f"a{sign}b" else sign
