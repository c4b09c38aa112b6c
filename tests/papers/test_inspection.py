"""A passage's raw text is whole, and shows every edit."""

from __future__ import annotations

from qa.index.index import Index
from qa.papers.inspection import changes_of, pieces


def test_the_pieces_are_the_raw_text_and_show_the_edits(small_index: Index) -> None:
    document = small_index.by_id["stones"]
    (passage,) = (p for p in small_index.passages if p.document == "stones")
    found = pieces(document, passage, changes_of(document))
    start, end = passage.spans[0].start, passage.spans[-1].end
    assert "".join(piece.raw for piece in found) == document.raw[start:end]
    (join,) = (piece for piece in found if piece.kind != "same")
    assert (join.raw, join.kind, join.replacement) == ("-\n", "join", "")
    assert join.name


def test_an_edit_within_another_is_not_shown_twice(small_index: Index) -> None:
    document = small_index.by_id["stones"]
    (passage,) = (p for p in small_index.passages if p.document == "stones")
    changes = changes_of(document)
    assert pieces(document, passage, [*changes, *changes]) == pieces(document, passage, changes)
