"""The columns of an index, made at once and of parts."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np

from qa.index.columns import FIGURES, UNTITLED, Columns, section_of
from qa.types import Kind, Passage, Sentence, Span


def passage(document: str, start: int, section: str = "", kind: Kind = "body", sentences: int = 1) -> Passage:
    spans = (Span(start, start + 10),)
    return Passage(document, section, kind, (Sentence("Words.", spans),) * sentences, spans)


PASSAGES = [
    passage("a", 1000, "Methods: Patients"),
    passage("a", 200, sentences=3),
    passage("a-b", 0, "Results", "caption"),
    passage("b", 5, "Methods", "reference", 2),
]


def same(one: Columns, other: Columns) -> bool:
    return all(np.array_equal(getattr(one, field.name), getattr(other, field.name)) for field in fields(Columns))


def test_a_section_is_the_main_heading_or_what_has_none() -> None:
    def named(section: str, kind: Kind = "body") -> str:
        sentence = Sentence("Words.", (Span(0, 6),))
        return section_of(Passage("paper", section, kind, (sentence,), sentence.spans))

    assert [named("Methods: Patients"), named("Methods"), named("")] == ["Methods", "Methods", UNTITLED]
    assert [named("Figure 2", "caption"), named("Table 1", "table")] == [FIGURES, FIGURES]


def test_a_column_for_each_thing_that_search_asks_of_a_passage() -> None:
    columns = Columns.of(PASSAGES)
    assert columns.documents == ("a", "a-b", "b")
    assert columns.document.tolist() == [0, 0, 1, 2]
    assert [columns.sections[code] for code in columns.section] == ["Methods", UNTITLED, FIGURES, "Methods"]
    assert columns.sentences.tolist() == [0, 1, 4, 5, 7]
    assert columns.first.tolist() == [0, 2, 3, 4]
    by_id = sorted(PASSAGES, key=lambda passage: passage.id)
    assert [by_id[place] for place in columns.place] == PASSAGES


def test_columns_joined_of_parts_are_those_of_the_whole() -> None:
    whole = Columns.of(PASSAGES)
    parts = [whole.part(number, number + 1) for number in range(3)]
    assert parts[1].documents == ("a-b",)
    assert same(Columns.joined(parts), whole)
    assert same(Columns.joined([whole.part(0, 2), parts[2]]), whole)
    for first, last in ((0, 3), (0, 2), (1, 3), (1, 2)):
        own = [passage for passage in PASSAGES if passage.document in whole.documents[first:last]]
        assert same(Columns.joined([whole.part(first, last)]), Columns.of(own))
    assert whole.part(0, 2).place.tolist() == Columns.of(PASSAGES[:3]).place.tolist()
    assert same(Columns.joined([parts[0], parts[2]]), Columns.of([PASSAGES[0], PASSAGES[1], PASSAGES[3]]))
    assert same(Columns.joined([Columns.of(PASSAGES[:2]), Columns.of(PASSAGES[2:3]), parts[2]]), whole)


def test_columns_are_saved_and_mapped(tmp_path: Path) -> None:
    columns = Columns.of(PASSAGES)
    columns.save(tmp_path / "columns")
    assert same(Columns.open(tmp_path / "columns"), columns)
