"""Tables in the body's type: rows stay rows, in their own table, under their own caption."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from qa.papers.ingest import ingest_here
from qa.papers.sources import Source
from qa.types import Passage
from tests.papers.pdf.drawing import BATS, LEFT, MOTHS, OWLS, RIGHT, WIDTH, Drawing, running, sentences, texts, titled

ROOSTS = [("Roost", "Owls", "Young"), ("Barn", "12", "7"), ("Church", "9", "4"), ("Old oak", "6", "3")]
FOOD = [("Food", "Owls"), ("Voles and mice", "9"), ("Frogs", "2")]


def table(drawing: Drawing, y: float, caption: str, rows: Sequence[Sequence[str]], x: float = LEFT) -> float:
    drawing.line(x, y, caption, 9, "B")
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            drawing.line(x + 75 * column, y + 24 + 14 * number, cell)
    return y + 24 + 14 * len(rows)


def two_tables() -> Drawing:
    drawing = Drawing()
    y = titled(drawing)
    drawing.text(LEFT, y, 495, (OWLS + BATS) * 3)
    drawing.new_page()
    y = table(drawing, 80, "Table 1. Overview of the roosts.", ROOSTS)
    drawing.line(LEFT, y + 90, "Figure 1. Weight of owls.", 9, "B")
    y = table(drawing, y + 125, "Table 2. Food of the owls.", FOOD)
    drawing.text(LEFT, y + 40, 495, MOTHS)
    return drawing


def passages(drawing: Drawing, tmp_path_factory: pytest.TempPathFactory) -> tuple[Passage, ...]:
    path = tmp_path_factory.mktemp("corpus") / "paper.pdf"
    path.write_bytes(drawing.data())
    return ingest_here(Source("paper", path, {}), 160).passages


def joined(rows: Sequence[Sequence[str]]) -> list[str]:
    return [" ".join(row) for row in rows]


def test_tables_in_the_bodys_type_are_regions_with_their_rows() -> None:
    pages = two_tables().pages()
    assert texts(pages, "table") == [" ".join(joined(ROOSTS)), " ".join(joined(FOOD))]
    assert running(pages).endswith(MOTHS.strip())


def test_each_row_is_a_sentence_of_its_table_under_its_caption(tmp_path_factory: pytest.TempPathFactory) -> None:
    found = {p.section: p for p in passages(two_tables(), tmp_path_factory) if p.kind == "table"}
    assert set(found) == {"Table 1: Overview of the roosts", "Table 2: Food of the owls"}
    assert [s.text for s in found["Table 1: Overview of the roosts"].sentences] == joined(ROOSTS)
    assert [s.text for s in found["Table 2: Food of the owls"].sentences] == joined(FOOD)


def test_tables_in_two_columns_side_by_side_are_two() -> None:
    drawing = Drawing()
    y = titled(drawing)
    drawing.text(LEFT, y, WIDTH, OWLS * 3)
    drawing.text(RIGHT, y, WIDTH, BATS * 3)
    table(drawing, 480, "Table 1. Overview of the roosts.", ROOSTS)
    table(drawing, 480, "Table 2. Food of the owls.", FOOD, RIGHT)
    drawing.text(LEFT, 620, WIDTH, MOTHS)
    drawing.text(RIGHT, 620, WIDTH, OWLS)
    pages = drawing.pages()
    assert sorted(texts(pages, "table")) == sorted([" ".join(joined(ROOSTS)), " ".join(joined(FOOD))])
    assert all(sentence in running(pages) for sentence in sentences(OWLS + BATS + MOTHS))


def test_a_table_beside_a_column_of_text_takes_none_of_it() -> None:
    drawing = Drawing()
    y = titled(drawing)
    y = table(drawing, y, "Table 1. Overview of the roosts.", ROOSTS)
    drawing.text(LEFT, y + 30, WIDTH, OWLS * 4)
    drawing.text(RIGHT, 130, WIDTH, BATS * 6)
    pages = drawing.pages()
    assert texts(pages, "table") == [" ".join(joined(ROOSTS))]
    assert all(sentence in running(pages) for sentence in sentences(OWLS + BATS))


def test_a_line_that_goes_on_with_a_cell_is_of_its_row(tmp_path_factory: pytest.TempPathFactory) -> None:
    drawing = Drawing()
    y = titled(drawing)
    drawing.text(LEFT, y, 495, (OWLS + BATS) * 3)
    drawing.new_page()
    rows = [("Roost", "Food"), ("Barn", "Voles, and"), ("", "frogs in May"), ("Church", "Mice"), ("of stone", "")]
    table(drawing, 80, "Table 1. Food by roost.", rows)
    (found,) = [p for p in passages(drawing, tmp_path_factory) if p.kind == "table"]
    assert [s.text for s in found.sentences] == ["Roost Food", "Barn Voles, and frogs in May", "Church Mice of stone"]


def test_a_table_on_the_first_page_keeps_its_rows() -> None:
    drawing = Drawing()
    y = titled(drawing)
    y = drawing.text(LEFT, y, 495, OWLS)
    drawing.line(LEFT, y + 20, "Table 1. Pellets under the roosts by month.", 9, "B")
    rows = [
        ("Month", "Pellets", "Skulls"),
        ("May", "14 of 31", "9"),
        ("June", "17 of 31", "4"),
        ("July", "3 of 31", "2"),
    ]
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            drawing.line(LEFT + 130 * column, y + 46 + 13 * number, cell, 9)
    drawing.text(LEFT, y + 130, 495, BATS * 3)
    assert texts(drawing.pages(), "table") == [" ".join(" ".join(row) for row in rows)]
