"""Which caption a table of a document with layout has: over it, or under it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from qa.papers.conventions import TABLE_LABEL
from qa.papers.repair.grid import CELL
from qa.types import Document, Region

CONTINUED = re.compile(r"\b(?:continued|cont\.|cont['’]d|concluded)", re.IGNORECASE)
"""What a caption says of a table that goes on from another page, for `search`."""


def tables_of(document: Document) -> Iterator[tuple[Region, str, bool]]:
    """Each table, the label of its caption or "", and whether it goes on with one before it."""
    raw, layout = document.raw, [region for region in document.layout if region.kind != "head"]
    captions = captions_below(document)
    label, goes_on = "", False
    for region in layout:
        match = table_label(raw[region.start : region.end])
        if match and region.kind in ("caption", "table"):
            label, goes_on = _words(match), bool(CONTINUED.search(raw, region.start, region.end))
        elif region.kind != "table":
            label, goes_on = "", False
        if region.kind == "table" and region.start in captions:
            caption = captions[region.start]
            below = table_label(raw[caption.start : caption.end]) if caption else None
            again = bool(caption and CONTINUED.search(raw, caption.start, caption.end))
            yield region, _words(below) if below else "", again
        elif region.kind == "table":
            yield region, label, goes_on
            goes_on = bool(label)


def _words(label: re.Match[str]) -> str:
    return " ".join(label[0].split()).lower()


def captions_below(document: Document) -> dict[int, Region | None]:
    """The captions that stand under their tables, by the offset at which the table's region begins.

    Where tables and their captions take turns on a page, they do if a table comes first and a caption last. If both
    ends are of one kind, they do if most of the document's do; a table that then has none, although a caption stands
    over it, has None.
    """
    turns = list(_turns(document))
    below = sum(turn[0].kind == "table" and turn[-1].kind == "caption" for turn in turns)
    above = sum(turn[0].kind == "caption" and turn[-1].kind == "table" for turn in turns)
    found: dict[int, Region | None] = {}
    for turn in turns:
        ends = turn[0].kind, turn[-1].kind
        if ends == ("table", "caption") or (ends[0] == ends[1] and below > above):
            caption: Region | None = None
            for region in reversed(turn):
                caption = region if region.kind == "caption" else caption
                if region.kind == "table" and (caption is None or _is_whole(document.raw, region, caption)):
                    found[region.start] = caption
    return found


def _is_whole(raw: str, table: Region, caption: Region) -> bool:
    """Whether a table may be that of a caption under it: it stands directly over it, or has several cells."""
    return not raw[table.end : caption.start].strip() or len(CELL.findall(raw, table.start, table.end)) > 1


def _turns(document: Document) -> Iterator[list[Region]]:
    """The tables and captions of tables that follow one another on a page, both kinds together."""
    turns: list[Region] = []
    for region in [*(region for region in document.layout if region.kind != "head"), None]:
        is_caption = region and region.kind == "caption" and table_label(document.raw[region.start : region.end])
        new_page = turns and region and _page(document, region) != _page(document, turns[0])
        if region is None or new_page or not (is_caption or region.kind == "table"):
            if {turn.kind for turn in turns} == {"table", "caption"}:
                yield turns
            turns = []
        if region and (is_caption or region.kind == "table"):
            turns.append(region)


def _page(document: Document, region: Region) -> int:
    return bisect_right(document.page_starts, region.start)


def table_label(text: str) -> re.Match[str] | None:
    """The label of a table at the beginning of a text, if no row begins there: a row `Table  10 pt` has two cells."""
    label = TABLE_LABEL.match(text)
    return label if label and "  " not in label[0] else None
