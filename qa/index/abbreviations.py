"""The abbreviations that a text defines, with their long forms (Schwartz and Hearst 2003).

"A Simple Algorithm for Identifying Abbreviation Definitions in Biomedical Text", Pacific Symposium on Biocomputing 8,
451–462: a short form in brackets, whose letters stand in order in the words before them. Beside those of a text there
are the common ones, which papers use without a definition; `qa.training.abbreviations` collected them.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

COMMON = Path(__file__).with_name("abbreviations.json")


def defined_in(text: str) -> dict[str, str]:
    """The abbreviations that a text defines. A definition stands within one line.

    >>> defined_in("A tyrosine kinase inhibitor (TKI) was given.")
    {'TKI': 'tyrosine kinase inhibitor'}
    """
    return _extract()(doc_text=text)


@cache
def common() -> Mapping[str, Sequence[str]]:
    """The common abbreviations with their long forms, the most frequent first.

    >>> common()["HR"]
    ['heart rate', 'hazard ratio']
    """
    found: Mapping[str, Sequence[str]] = json.loads(COMMON.read_text("utf-8"))
    return found


@cache
def _extract() -> Callable[..., dict[str, str]]:
    """The library's function; importing it would configure logging for the whole program, but for a handler there."""
    root, handler = logging.getLogger(), logging.NullHandler()
    root.addHandler(handler)
    try:
        from abbreviations import schwartz_hearst  # type: ignore[import-untyped]
    finally:
        root.removeHandler(handler)
    schwartz_hearst.log.setLevel(logging.ERROR)
    return schwartz_hearst.extract_abbreviation_definition_pairs  # type: ignore[no-any-return]
