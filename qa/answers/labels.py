"""Whether a sentence is a label, which can never answer by itself."""

from __future__ import annotations

import re
from collections.abc import Set

from qa.papers.conventions import LABEL, NUMBERING, PANELS, SENTENCE_END, names_section
from qa.types import Kind, Passage
from qa.words import terms

_CAPTION_LABEL = re.compile(rf"^\s*{LABEL}{PANELS}\s*[.:|–—]?\s*")
_NUMBERED = re.compile(NUMBERING)
_FIGURE = re.compile(r"\d")
_LONGEST = 12
"""Words of a label or a heading at most. Set by hand."""
_SHOWN = frozenset(
    """baseline case characteristic chart compare comparison data demograph depict descript detail diagram differ
    display distribut effect estim exampl figur finding flow graph group illustr imag includ inform list main measur
    observ outcom overview panel patient photograph plot present repres report result scan schemat seri show studi
    subgroup summar summari tabl total valu variabl view""".split()
)
"""Stems of what a caption says of any figure or table. Collected by hand."""
_HEADERS = _SHOWN | frozenset(
    "age boy children girl mean median men month number patient rang ratio sd sex women year".split()
)
"""Stems of the words at the head of a table's columns, besides. Collected by hand."""


def is_label(sentence: str, kind: Kind, question_terms: Set[str]) -> bool:
    """Whether a sentence can never answer by itself: a heading, a label, a caption that only names its figure.

    `kind` is that of its passage, `question_terms` the question's stems as `qa.words.terms` gives them. A caption or
    the head of a table is one if it has no figure and no content word beyond the question's; one with a number or
    another word may answer. It costs one stemming of a sentence of a few words.

    >>> is_label("Daily dose:", "body", {"dose"}), is_label("Daily dose: 7 mg/kg", "body", {"dose"})
    (True, False)
    >>> is_label("Figure 1. Lid height.", "caption", {"lid", "height"})
    True
    >>> is_label("Figure 1. The lid rose by 2 mm.", "caption", {"lid", "height"})
    False
    """
    text = sentence.strip()
    if len(text.split()) > _LONGEST and kind in ("body", "abstract"):
        return False
    if text.endswith(":") and len(text.split()) <= _LONGEST:
        return True
    bare = _CAPTION_LABEL.sub("", text)
    if not any(c.isalnum() for c in bare) or names_section(text):
        return True
    if kind in ("caption", "table") or bare != text:
        usual = _HEADERS if kind == "table" else _SHOWN
        return not _FIGURE.search(bare) and not (_content(bare) - question_terms - usual)
    words = _NUMBERED.sub("", text)
    is_heading = not SENTENCE_END.search(text) and not _FIGURE.search(words)
    return is_heading and not (_content(words) - question_terms)


def is_head(passage: Passage, number: int) -> bool:
    """Whether a sentence is the row of column heads of a table: the first, without a figure, before rows with some."""
    if passage.kind != "table" or number or len(passage.sentences) < 2:
        return False
    head, *rows = (bool(_FIGURE.search(_CAPTION_LABEL.sub("", sentence.text))) for sentence in passage.sentences)
    return not head and any(rows)


def _content(text: str) -> set[str]:
    return {term for term in terms([text])[0] if len(term) > 1}
