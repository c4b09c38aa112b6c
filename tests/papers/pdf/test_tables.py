"""Tables: rows stay rows, in their own table, under their own caption, and are read with their heads."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from qa.papers.ingest import ingest_here
from qa.papers.sources import Source
from qa.types import Document, Passage, Sentence
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


def table_rows(
    rows: Sequence[Sequence[str]],
    tmp_path_factory: pytest.TempPathFactory,
    size: float = 10,
    heads: int = 0,
    left: Sequence[float] = (0, 130, 210, 290, 370, 450),
    notes: Sequence[str] = (),
) -> list[str]:
    """How the rows of a table are read that is drawn cell by cell; `heads` of its lines are bold."""
    drawing = Drawing()
    y = drawing.text(LEFT, titled(drawing), 495, (OWLS + BATS) * 3)
    drawing.line(LEFT, y + 20, "Table 1. Overview of the roosts.", 9, "B")
    for number, row in enumerate(rows):
        for x, cell in zip(left, row, strict=False):
            indent = len(cell) - len(cell.lstrip())
            if cell.strip():
                drawing.line(
                    LEFT + x + 5 * indent, y + 44 + 13 * number, cell.strip(), size, "B" if number < heads else ""
                )
    for number, note in enumerate(notes):
        drawing.line(LEFT, y + 50 + 13 * len(rows) + 10 * number, note, 8)
    drawing.text(LEFT, y + 90 + 13 * len(rows) + 10 * len(notes), 495, MOTHS)
    path = tmp_path_factory.mktemp("corpus") / "paper.pdf"
    path.write_bytes(drawing.data())
    paper = ingest_here(Source("paper", path, {}), 160)
    assert "Overview" not in " ".join(p.text for p in paper.passages if p.kind == "body")
    found = [p for p in paper.passages if p.kind == "table"]
    assert {p.section for p in found} == {"Table 1: Overview of the roosts"}
    for sentence in [sentence for p in found for sentence in p.sentences]:
        check_reading(sentence, paper.document)
    return [sentence.text for p in found for sentence in p.sentences]


def check_reading(sentence: Sentence, document: Document) -> None:
    """What is read has each word of what is quoted, in its order, and nothing else but what stands between them."""
    quotes = [document.raw[span.start : span.end] for span in sentence.spans]
    assert all(quote == quote.strip() for quote in quotes)
    assert all("\n\n" not in quote for quote in quotes)
    words = re.findall(r"\w+", sentence.text)
    assert words == re.findall(r"\w+", " ".join(quotes))
    assert len(set(sentence.spans)) == len(sentence.spans)


def joined(rows: Sequence[Sequence[str]]) -> list[str]:
    return [" ".join(row) for row in rows]


def test_tables_in_the_bodys_type_are_regions_with_their_rows() -> None:
    pages = two_tables().pages()
    assert texts(pages, "table") == [" ".join(joined(ROOSTS)), " ".join(joined(FOOD))]
    assert running(pages).endswith(MOTHS.strip())


def test_each_row_is_a_sentence_of_its_table_under_its_caption(tmp_path_factory: pytest.TempPathFactory) -> None:
    found = {p.section: p for p in passages(two_tables(), tmp_path_factory) if p.kind == "table"}
    assert set(found) == {"Table 1: Overview of the roosts", "Table 2: Food of the owls"}
    assert [s.text for s in found["Table 1: Overview of the roosts"].sentences] == [
        "Roost Owls Young",
        "Barn: Owls 12; Young 7",
        "Church: Owls 9; Young 4",
        "Old oak: Owls 6; Young 3",
    ]
    assert [s.text for s in found["Table 2: Food of the owls"].sentences] == [
        "Food Owls",
        "Voles and mice: 9",
        "Frogs: 2",
    ]


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
    assert [s.text for s in found.sentences] == ["Roost Food", "Barn: Voles, and frogs in May", "Church of stone: Mice"]


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


def test_a_value_is_read_behind_the_head_that_it_stands_under_not_the_next(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    rows = [
        ("Roost", "Owls", "Young", "Voles"),
        ("Barn", "12", "", "7"),
        ("Church", "", "4", ""),
        ("Oak", "6", "3", "1"),
    ]
    assert table_rows(rows, tmp_path_factory) == [
        "Roost Owls Young Voles",
        "Barn: Owls 12; Voles 7",
        "Church: Young 4",
        "Oak: Owls 6; Young 3; Voles 1",
    ]


def test_heads_of_several_lines_and_over_several_columns_are_read_whole(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    rows = [
        ("", "Old owls (n = 10)", "", "Young owls (n = 12)", "", "Change"),
        ("Food", "n", "%", "n", "%", "(mm)"),
        ("Voles", "3", "30", "4", "33", "0.1"),
        ("Frogs", "5", "50", "6", "50", "0.0"),
    ]
    assert table_rows(rows, tmp_path_factory) == [
        "Food Old owls (n = 10) n % Young owls (n = 12) n % Change (mm)",
        "Voles: Old owls (n = 10), n 3, % 30; Young owls (n = 12), n 4, % 33; Change (mm) 0.1",
        "Frogs: Old owls (n = 10), n 5, % 50; Young owls (n = 12), n 6, % 50; Change (mm) 0.0",
    ]


def test_a_head_centred_over_three_columns_is_that_of_each(tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = [("", "", "Old", "", "", "Young", ""), ("Food", "n", "%", "g", "n", "%", "g"), ("Voles", *"123456")]
    rows += [("Frogs", *"654321")]
    read = table_rows(rows, tmp_path_factory, left=(0, 100, 160, 220, 280, 340, 400))
    assert read[1] == "Voles: Old, n 1, % 2, g 3; Young, n 4, % 5, g 6"


def test_a_row_is_read_with_the_name_of_its_group(tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = [
        ("Roost", "Owls", "Young"),
        ("Sex", "", ""),
        ("  Male", "12", "7"),
        ("  Female", "9", "4"),
        ("Weight", "310", "200"),
    ]
    assert table_rows(rows, tmp_path_factory) == [
        "Roost Owls Young",
        "Sex",
        "Sex – Male: Owls 12; Young 7",
        "Sex – Female: Owls 9; Young 4",
        "Weight: Owls 310; Young 200",
    ]


def test_a_row_without_a_name_has_that_of_the_row_above_where_names_stand_first(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    rows = [("Roost", "Sex", "Owls"), ("Barn", "Male", "12"), ("", "Female", "9"), ("Church", "Male", "4")]
    assert table_rows(rows, tmp_path_factory, heads=1) == [
        "Roost Sex Owls",
        "Barn: Sex Male; Owls 12",
        "Barn: Sex Female; Owls 9",
        "Church: Sex Male; Owls 4",
    ]
    rows = [("Roost", "Sex", "Owls"), ("", "Male", "12"), ("Barn", "Female", "9"), ("", "Young", "4")]
    read = table_rows(rows, tmp_path_factory, heads=1)
    assert read[1] == "Male 12" and read[3] == "Young 4"  # the name stands in the middle: it may be of either row


def test_a_table_of_words_is_read_with_its_heads(tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = [("Roost", "Food", "Place"), ("Barn", "Voles", "Beam"), ("Church", "Frogs", "Tower")]
    assert table_rows(rows, tmp_path_factory)[1:] == ["Barn: Food Voles; Place Beam", "Church: Food Frogs; Place Tower"]


def test_a_name_that_is_a_figure_is_read_with_its_head(tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = [("Age (years)", "Owls", "Young"), ("0-2", "50", "4"), ("3-6", "100", "11")]
    assert table_rows(rows, tmp_path_factory)[1:] == [
        "Age (years) 0-2: Owls 50; Young 4",
        "Age (years) 3-6: Owls 100; Young 11",
    ]


def test_heads_within_a_table_are_those_of_the_rows_under_them(tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = [
        ("Roost", "Owls", "Young"),
        ("Barn", "12", "7"),
        ("Church", "9", "4"),
        ("Lamp", "Bats", "Moths"),
        ("Red", "1", "2"),
    ]
    assert table_rows(rows, tmp_path_factory)[-2:] == ["Lamp Bats Moths", "Red: Bats 1; Moths 2"]


def test_cells_close_together_are_two(tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = [("Roost", "Owls", "Bats"), ("Barn", "1000", "3000"), ("Church", "2000", "2000"), ("Oak", "3000", "1000")]
    read = table_rows(rows, tmp_path_factory, left=(0, 100, 127))
    assert read[1:] == ["Barn: Owls 1000; Bats 3000", "Church: Owls 2000; Bats 2000", "Oak: Owls 3000; Bats 1000"]


def test_notes_under_a_table_are_of_it_and_no_rows(tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = [("Roost", "Owls", "Young"), ("Barn", "12*", "7"), ("Church", "9", "4")]
    notes = ["* More than in any year before, but not", "as many as were heard.", "Values are numbers of birds."]
    read = table_rows(rows, tmp_path_factory, notes=notes)
    assert read[1] == "Barn: Owls 12*; Young 7"
    assert read[3:] == [
        "* More than in any year before, but not as many as were heard.",
        "Values are numbers of birds.",
    ]


def test_a_table_that_goes_on_has_the_heads_and_the_name_that_it_had(tmp_path_factory: pytest.TempPathFactory) -> None:
    drawing = Drawing()
    y = drawing.text(LEFT, titled(drawing), 495, (OWLS + BATS) * 3)
    table(drawing, y + 20, "Table 1. Overview of the roosts.", ROOSTS)
    drawing.new_page()
    y = table(drawing, 80, "Table 1 (continued)", [("Mill", "5", "2"), ("Tower", "8", "1")])
    drawing.text(LEFT, y + 40, 495, MOTHS)
    found = [p for p in passages(drawing, tmp_path_factory) if p.kind == "table"]
    assert {p.section for p in found} == {"Table 1: Overview of the roosts"}
    assert [s.text for p in found for s in p.sentences][-2:] == ["Mill: Owls 5; Young 2", "Tower: Owls 8; Young 1"]


READ = ["Roost Owls Young", "Barn: Owls 12; Young 7", "Church: Owls 9; Young 4", "Old oak: Owls 6; Young 3"]


def cells(drawing: Drawing, x: float, y: float, rows: Sequence[Sequence[str]], size: float = 10) -> float:
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            drawing.line(x + 100 * column, y + 1.3 * size * number, cell, size)
    return y + 1.3 * size * len(rows)


def named(drawing: Drawing, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The rows of each table by its name; no word of a table or a caption is in the text."""
    found = passages(drawing, tmp_path_factory)
    text = " ".join(p.text for p in found if p.kind in ("body", "abstract"))
    assert not {"Barn", "Roost", "Table", "Overview"} & set(re.findall(r"\w+", text))
    assert all(sentence in text for sentence in sentences(OWLS + MOTHS))
    tables: dict[str, list[str]] = {}
    for p in found:
        if p.kind == "table":
            tables.setdefault(p.section, []).extend(s.text for s in p.sentences)
    return tables


@pytest.mark.parametrize("size", [8, 10, 12])
@pytest.mark.parametrize("page", [1, 2])
@pytest.mark.parametrize("style", ["", "B"])
def test_a_caption_may_stand_under_its_table(
    size: float, page: int, style: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    drawing = Drawing()
    y = drawing.text(LEFT, titled(drawing), 495, OWLS * 2)
    if page == 2:
        drawing.new_page()
        y = 60
    y = cells(drawing, LEFT, y + 25, ROOSTS, size)
    drawing.line(LEFT, y + 8, "Table 1. Overview of the roosts.", 10 if not style else 9, style)
    y = cells(drawing, LEFT, y + 50, FOOD, size)
    drawing.line(LEFT, y + 8, "Table 2. Food of the owls.", 10 if not style else 9, style)
    drawing.text(LEFT, y + 40, 495, MOTHS * 2)
    tables = named(drawing, tmp_path_factory)
    assert tables == {
        "Table 1: Overview of the roosts": READ,
        "Table 2: Food of the owls": ["Food Owls", "Voles and mice: 9", "Frogs: 2"],
    }


def test_tables_side_by_side_have_their_own_captions(tmp_path_factory: pytest.TempPathFactory) -> None:
    drawing = Drawing()
    y = drawing.text(LEFT, titled(drawing), 495, OWLS)
    drawing.line(LEFT, y + 20, "Table 1. Overview of the roosts.", 9, "B")
    drawing.line(RIGHT, y + 20, "Table 2. Food of the owls.", 9, "B")
    end = cells(drawing, LEFT, y + 38, ROOSTS)
    cells(drawing, RIGHT, y + 38, FOOD)
    drawing.text(LEFT, end + 25, 495, MOTHS)
    tables = named(drawing, tmp_path_factory)
    assert list(tables) == ["Table 1: Overview of the roosts", "Table 2: Food of the owls"]
    assert tables["Table 1: Overview of the roosts"] == READ


@pytest.mark.parametrize(("style", "beside"), [("B", True), ("B", False), ("", False)])
def test_a_label_that_stands_apart_is_of_its_caption(
    style: str, beside: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    drawing = Drawing()
    y = drawing.text(LEFT, titled(drawing), 495, OWLS) + 20
    end = drawing.line(LEFT, y, "Table 1", 10, style)
    drawing.line(end + 25 if beside else LEFT, y if beside else y + 13, "Overview of the roosts by place", 10)
    y = cells(drawing, LEFT, y + 35, ROOSTS)
    drawing.text(LEFT, y + 25, 495, MOTHS)
    assert named(drawing, tmp_path_factory) == {"Table 1: Overview of the roosts by place": READ}


def test_a_table_across_both_columns_is_one(tmp_path_factory: pytest.TempPathFactory) -> None:
    drawing = Drawing()
    y = titled(drawing)
    drawing.line(LEFT, y, "Table 1. Overview of the roosts.", 9, "B")
    for number, row in enumerate(ROOSTS):
        for x, cell in zip((0, 200, 400), row, strict=True):
            drawing.line(LEFT + x, y + 18 + 13 * number, cell)
    drawing.text(LEFT, y + 95, WIDTH, OWLS * 3)
    drawing.text(RIGHT, y + 95, WIDTH, MOTHS * 3)
    assert named(drawing, tmp_path_factory) == {"Table 1: Overview of the roosts": READ}


def test_a_table_under_a_bold_line_is_read_with_its_heads(tmp_path_factory: pytest.TempPathFactory) -> None:
    drawing = Drawing()
    y = drawing.text(LEFT, titled(drawing), 495, OWLS) + 20
    drawing.line(LEFT, y, "Overview of the roosts", 10, "B")
    y = cells(drawing, LEFT, y + 18, ROOSTS)
    drawing.text(LEFT, y + 25, 495, MOTHS)
    assert named(drawing, tmp_path_factory) == {"": ["Overview of the roosts", *READ]}
