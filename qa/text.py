"""What makes foreign text harmless: invisible characters, Markdown, CSV."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

FORMAT = r"\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
"""The inside of a regular expression's character class: characters of Unicode's category Cf that have no width or turn
the direction of writing. The soft hyphen is not among them, because it is a hint inside a word and not a gap."""

INVISIBLE = re.compile(rf"[\x00-\x1f\x7f-\x9f{FORMAT}\ud800-\udfff]")
"""One character that cannot be seen: a control character (Cc), one of `FORMAT`, or half of a surrogate pair."""

COMBINING: Mapping[str, str] = {
    **dict.fromkeys("`ˋ", "\u0300"),
    **dict.fromkeys("´ˊ", "\u0301"),
    **dict.fromkeys("^ˆ", "\u0302"),
    **dict.fromkeys("~˜", "\u0303"),
    **dict.fromkeys("¯ˉ", "\u0304"),
    "˘": "\u0306",
    "˙": "\u0307",
    "¨": "\u0308",
    **dict.fromkeys("˚°", "\u030a"),
    "˝": "\u030b",
    "ˇ": "\u030c",
    "¸": "\u0327",
    "˛": "\u0328",
}
"""Accents that stand alone, and the combining character that is the same accent on the letter before it."""
_DOTLESS = str.maketrans("ıȷ", "ij")
_WITHOUT_ACCENT = str.maketrans(
    {"ı": "i", "ȷ": "j", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ß": "ss", "æ": "ae", "Æ": "Ae"}
    | {"œ": "oe", "Œ": "Oe", "ð": "d", "þ": "th"}
)
_ACCENTS = re.compile(r"[\u0300-\u036f]")

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def visible(text: str) -> str:
    """One line of text without invisible characters.

    >>> visible("a\\x1b[31m\\n b ")
    'a [31m b'
    """
    return " ".join(INVISIBLE.sub(" ", text).split())


def shortened(text: str, most: int) -> str:
    """One line of text of at most so many characters; if some are left out, an ellipsis ends it.

    >>> shortened("a  b", 3), shortened("abcd", 3)
    ('a b', 'ab…')
    """
    words = " ".join(text.split())
    return words if len(words) <= most else words[: most - 1] + "…"


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


def on_letter(letter: str, mark: str) -> str:
    """A letter with a combining character on it as one character; "" if there is none.

    >>> on_letter("e", chr(0x301)), on_letter("ı", chr(0x308)), on_letter("+", chr(0x301))
    ('é', 'ï', '')
    """
    accented = unicodedata.normalize("NFC", letter.translate(_DOTLESS) + mark)
    return accented if len(accented) == 1 and letter.isalpha() else ""


def without_accents(text: str) -> str:
    """Text as one types it on an English keyboard: Latin letters without accents.

    >>> without_accents("Sjögren, Ménière, Łukasz"), without_accents("naïve µm²")
    ('Sjogren, Meniere, Lukasz', 'naive µm²')
    """
    if text.isascii():
        return text
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", bare).translate(_WITHOUT_ACCENT)
