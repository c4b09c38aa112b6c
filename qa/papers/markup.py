"""LaTeX and HTML in a field of a bibliography become plain text."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping

_TEX = re.compile(r"[\\$~]|--|``|''|[!?]`")
"""What a text has that says anything to LaTeX, besides braces; per cent and ampersand signs are meant as they stand."""
_SIGNS = {
    "textgreater": ">",
    "textless": "<",
    "textbar": "|",
    "copyright": "©",
    "textcopyright": "©",
    "slash": "/",
    "/": "",
    "-": "",
}
"""Macros that the decoder drops, though they print a sign, or that only say where a line or ligature may break."""
_SIGN = re.compile(rf"\\({'|'.join(name for name in _SIGNS if name.isalpha())})(?![A-Za-z])(?:\{{\}}|\s+)?|\\([/-])")
_HREF = re.compile(r"\\href\s*\{[^{}]*\}")
_SHAPE = re.compile(r"\\(?:textup|textmd|textrm|mathrm|mbox|text)(?=\s*\{)")
_TAG = re.compile(
    r"</?(?:jats:)?(?:i|b|u|em|strong|bold|italic|sub|sup|sc|scp|small|span|tt|a)(?:\s[^<>]*)?/?>", re.IGNORECASE
)
_BLOCK_TAG = re.compile(
    r"</?(?:jats:)?(?:p|br|div|title|sec|section|li|ul|ol|list|list-item|h\d)(?:\s[^<>]*)?/?>", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:[A-Za-z]\w*|#\d+|#x[0-9A-Fa-f]+);")
_POWER = re.compile(
    r"(?<=\d)(?:\$\s*\^\s*(?:\{([-+\d]+)\}|(\d))\s*\$|\^(?:\{([-+\d]+)\}|(\d))|\\textsuperscript\s*\{([-+\d]+)\}|"
    r"<sup>([-+\d]+)</sup>)"
)
"""A number's exponent: without a sign of its own, 10 to the sixth would become 106."""
_RAISED = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_MATHS = re.compile(r"(?<!\\)\$(?:((?:[^$\\]|\\.)+)\$)?")
_PLAIN_MATHS = re.compile(r"\S(?:.*\S)?", re.DOTALL)


def plain(text: str) -> str:
    """One line of plain text, NFC, without the markup of LaTeX and HTML. What cannot be understood stays as it is.

    >>> print(plain(r"{B}races of \\emph{E. coli} \\& {\\'e}t{\\'e} at 10$^6$ <i>per</i> $\\alpha$--cell"))
    Braces of E. coli & été at 10⁶ per α–cell
    """
    text = _POWER.sub(lambda found: next(filter(None, found.groups())).translate(_RAISED), text)
    text = _decoded(text) if _TEX.search(text) else re.sub(r"[{}]", "", text)
    text = _BLOCK_TAG.sub(" ", _TAG.sub("", text))
    text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    return unicodedata.normalize("NFC", " ".join(text.replace("\xad", "").split()))


def all_plain(fields: Mapping[str, str]) -> dict[str, str]:
    """Each value as `plain` has it."""
    return {name: plain(value) for name, value in fields.items()}


def _decoded(text: str) -> str:
    from bibtexparser.library import Library
    from bibtexparser.middlewares import LatexDecodingMiddleware
    from bibtexparser.model import Entry, Field

    text = _HREF.sub("", _SHAPE.sub("", text))
    text = _SIGN.sub(lambda found: _SIGNS[found[1] or found[2]], text)
    text = re.sub(r"(?<!\\)[%&]", r"\\\g<0>", _MATHS.sub(_maths, text))
    entry = Entry("misc", "", [Field("text", text)])
    LatexDecodingMiddleware(keep_math_mode=False).transform_entry(entry, Library())
    return str(entry.fields[0].value)


def _maths(found: re.Match[str]) -> str:
    """A formula without the signs for raising and lowering; what stands between two sums of dollars is none."""
    inside = found[1] or ""
    follows = found.string[found.end() : found.end() + 1]
    if not re.search(r"[\\^_{]", inside) and (not _PLAIN_MATHS.fullmatch(inside) or follows.isdigit()):
        return found[0].replace("$", r"\$")
    return "$" + re.sub(r"(?<!\\)[\^_]", "", inside) + "$"
