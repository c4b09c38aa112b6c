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
        "Roost Barn: Owls 12; Young 7",
        "Roost Church: Owls 9; Young 4",
        "Roost Old oak: Owls 6; Young 3",
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
        "Roost Barn: Owls 12; Voles 7",
        "Roost Church: Young 4",
        "Roost Oak: Owls 6; Young 3; Voles 1",
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
        "Food Voles: Old owls (n = 10), n 3, % 30; Young owls (n = 12), n 4, % 33; Change (mm) 0.1",
        "Food Frogs: Old owls (n = 10), n 5, % 50; Young owls (n = 12), n 6, % 50; Change (mm) 0.0",
    ]


def test_a_head_centred_over_three_columns_is_that_of_each(tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = [("", "", "Old", "", "", "Young", ""), ("Food", "n", "%", "g", "n", "%", "g"), ("Voles", *"123456")]
    rows += [("Frogs", *"654321")]
    read = table_rows(rows, tmp_path_factory, left=(0, 100, 160, 220, 280, 340, 400))
    assert read[1] == "Food Voles: Old, n 1, % 2, g 3; Young, n 4, % 5, g 6"


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


def test_rows_in_small_letters_are_of_their_group_and_not_the_rest_of_its_name(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    rows = [
        ("Characteristic", "Owls"),
        ("Weight", ""),
        ("  under 5 kg", "10"),
        ("  5 kg or more", "21"),
        ("Sex", ""),
        ("  male", "12"),
        ("  female", "19"),
        ("Deaths", "7"),
        ("Owls that were alive", ""),
        ("five years later", "14"),
        ("Losses", "3"),
    ]
    assert table_rows(rows, tmp_path_factory, heads=1) == [
        "Characteristic Owls",
        "Weight",
        "Weight – under 5 kg: 10",
        "Weight – 5 kg or more: 21",
        "Sex",
        "Sex – male: 12",
        "Sex – female: 19",
        "Deaths: 7",
        "Owls that were alive five years later: 14",
        "Losses: 3",
    ]


def test_a_row_without_a_name_has_that_of_the_row_above_where_names_stand_first(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    rows = [("Roost", "Sex", "Owls"), ("Barn", "Male", "12"), ("", "Female", "9"), ("Church", "Male", "4")]
    assert table_rows(rows, tmp_path_factory, heads=1) == [
        "Roost Sex Owls",
        "Roost Barn: Sex Male; Owls 12",
        "Roost Barn: Sex Female; Owls 9",
        "Roost Church: Sex Male; Owls 4",
    ]
    rows = [("Roost", "Sex", "Owls"), ("", "Male", "12"), ("Barn", "Female", "9"), ("", "Young", "4")]
    read = table_rows(rows, tmp_path_factory, heads=1)
    assert read[1] == "Male 12" and read[3] == "Young 4"  # the name stands in the middle: it may be of either row


def test_a_table_of_words_is_read_with_its_heads(tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = [("Roost", "Food", "Place"), ("Barn", "Voles", "Beam"), ("Church", "Frogs", "Tower")]
    assert table_rows(rows, tmp_path_factory)[1:] == [
        "Roost Barn: Food Voles; Place Beam",
        "Roost Church: Food Frogs; Place Tower",
    ]


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
    assert table_rows(rows, tmp_path_factory)[-2:] == ["Lamp Bats Moths", "Lamp Red: Bats 1; Moths 2"]


def test_cells_close_together_are_two(tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = [("Roost", "Owls", "Bats"), ("Barn", "1000", "3000"), ("Church", "2000", "2000"), ("Oak", "3000", "1000")]
    read = table_rows(rows, tmp_path_factory, left=(0, 100, 127))
    assert read[1:] == [
        "Roost Barn: Owls 1000; Bats 3000",
        "Roost Church: Owls 2000; Bats 2000",
        "Roost Oak: Owls 3000; Bats 1000",
    ]


def test_notes_under_a_table_are_of_it_and_no_rows(tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = [("Roost", "Owls", "Young"), ("Barn", "12*", "7"), ("Church", "9", "4")]
    notes = ["* More than in any year before, but not", "as many as were heard.", "Values are numbers of birds."]
    read = table_rows(rows, tmp_path_factory, notes=notes)
    assert read[1] == "Roost Barn: Owls 12*; Young 7"
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
    assert [s.text for p in found for s in p.sentences][-2:] == [
        "Roost Mill: Owls 5; Young 2",
        "Roost Tower: Owls 8; Young 1",
    ]


READ = [
    "Roost Owls Young",
    "Roost Barn: Owls 12; Young 7",
    "Roost Church: Owls 9; Young 4",
    "Roost Old oak: Owls 6; Young 3",
]


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


SENTENCES = [
    ("barn", "Holds the birds that come", "early in the year and stay."),
    ("church", "Has a tower in which few", "birds have ever bred."),
    ("oak", "Stands alone at the edge of", "the wood and is hollow."),
]
"""Names of roosts, and two lines of a cell for each."""


def cells_of_text(drawing: Drawing, y: float, size: float = 10) -> float:
    """A table whose second column has sentences in the body's type."""
    drawing.line(LEFT + 10, y, "Roost", size)
    drawing.line(LEFT + 90, y, "Description", size)
    for number, (name, *lines) in enumerate(SENTENCES):
        drawing.line(LEFT + 10, y + 12 * (2 * number + 1), name, size)
        for step, line in enumerate(lines):
            drawing.line(LEFT + 90, y + 12 * (2 * number + 1 + step), line, size)
    return y + 12 * 7


@pytest.mark.parametrize("over", [True, False])
def test_sentences_in_the_cells_of_a_table_are_of_it(over: bool, tmp_path_factory: pytest.TempPathFactory) -> None:
    drawing = Drawing()
    y = drawing.text(LEFT, titled(drawing), 495, OWLS * 2) + 20
    if over:
        drawing.line(LEFT, y, "Table 1. Overview of the roosts.", 9, "B")
    y = cells_of_text(drawing, y + 20)
    if not over:
        drawing.line(LEFT, y, "Table 1. Overview of the roosts.", 9, "B")
    drawing.text(LEFT, y + 30, 495, MOTHS * 2)
    assert passages_of_tables(drawing, tmp_path_factory) == {
        "Table 1: Overview of the roosts": [
            "Roost Description",
            *(f"{name}: {' '.join(lines)}" for name, *lines in SENTENCES),
        ]
    }


def passages_of_tables(drawing: Drawing, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The rows of each table by its name; the text has all of its sentences and no other."""
    found = passages(drawing, tmp_path_factory)
    text = [s.text for p in found if p.kind == "body" for s in p.sentences]
    assert set(text) <= {*sentences(OWLS), *sentences(BATS), *sentences(MOTHS)}
    assert set(sentences(MOTHS)) <= set(text)
    tables: dict[str, list[str]] = {}
    for p in found:
        if p.kind == "table":
            tables.setdefault(p.section, []).extend(s.text for s in p.sentences)
    return tables


def test_a_caption_as_far_from_two_tables_is_that_of_the_side_on_which_the_others_are(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    drawing = Drawing()
    y = drawing.text(LEFT, titled(drawing), 495, OWLS * 2)
    y = cells(drawing, LEFT, y + 25, ROOSTS)
    drawing.line(LEFT, y + 6, "Table 1. Overview of the roosts.", 9, "B")
    y = cells(drawing, LEFT, y + 25, FOOD)
    drawing.line(LEFT, y + 6, "Table 2. Food of the owls.", 9, "B")
    drawing.text(LEFT, y + 40, 495, MOTHS * 2)
    tables = named(drawing, tmp_path_factory)
    assert tables["Table 1: Overview of the roosts"] == READ
    assert tables["Table 2: Food of the owls"] == ["Food Owls", "Voles and mice: 9", "Frogs: 2"]


def test_a_caption_may_stand_beside_its_table(tmp_path_factory: pytest.TempPathFactory) -> None:
    drawing = Drawing()
    y = drawing.text(LEFT, titled(drawing), WIDTH, OWLS)
    drawing.text(RIGHT, y - 130, WIDTH, BATS)
    y += 30
    for number, line in enumerate(
        ("Table 1 Overview of", "the roosts that we", "saw, by place, with", "owls and young")
    ):
        drawing.line(LEFT, y + 9 * number, line, 8)
    for number, row in enumerate([*ROOSTS, ("Mill", "5", "2"), ("Tower", "8", "1")]):
        for column, cell in enumerate(row):
            drawing.line(LEFT + 90 + 100 * column, y + 13 * number, cell, 8)
    drawing.text(LEFT, y + 110, WIDTH, MOTHS)
    drawing.text(RIGHT, y + 110, WIDTH, OWLS)
    tables = named(drawing, tmp_path_factory)
    rows = [*READ, "Roost Mill: Owls 5; Young 2", "Roost Tower: Owls 8; Young 1"]
    assert tables == {"Table 1: Overview of the roosts that we saw, by place, with owls and young": rows}


def test_entries_in_smaller_type_beside_a_table_are_not_of_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    drawing = Drawing()
    y = titled(drawing)
    y = max(drawing.text(LEFT, y, WIDTH, OWLS * 3), drawing.text(RIGHT, y, WIDTH, MOTHS * 3))
    drawing.new_page()
    for number, row in enumerate(ROOSTS):
        for column, cell in enumerate(row):
            drawing.line(LEFT + 75 * column, 60 + 13 * number, cell)
    drawing.line(LEFT, 125, "Table 1. Overview of the roosts in the north that we", 9)
    drawing.line(LEFT, 136, "saw, by place.", 9)
    drawing.line(LEFT, 170, "References", 12, "B")
    for x, y in ((LEFT, 190), (RIGHT, 60)):
        for author in ("Adler A, Bauer B, Conrad C.", "Dietz D, Ernst E, Falk F."):
            y = 6 + drawing.text(x, y, WIDTH, f"{author} 2001. How the owls of the hills find voles. J Owls 3:4-19.", 9)
    found = [p for p in passages(drawing, tmp_path_factory) if p.kind == "table"]
    assert [s.text for p in found for s in p.sentences] == READ


def test_a_column_stays_in_its_table_though_text_begins_under_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    drawing = Drawing()
    y = titled(drawing)
    drawing.line(LEFT, y, "Table 1. Overview of the roosts.", 9, "B")
    for number, row in enumerate(ROOSTS):
        for x, cell in zip((20, 200, 320), row, strict=True):
            drawing.line(LEFT + x, y + 18 + 12 * number, cell, 9)
    drawing.line(LEFT, y + 84, "Results of the year", 10, "B")
    drawing.text(LEFT, y + 100, WIDTH, OWLS * 3)
    drawing.text(RIGHT, y + 84, WIDTH, MOTHS * 3)
    assert named(drawing, tmp_path_factory) == {"Table 1: Overview of the roosts": READ}


def test_a_table_follows_its_caption_though_text_of_its_type_stands_beside(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    drawing = Drawing()
    y = titled(drawing)
    end = max(drawing.text(LEFT, y, WIDTH, OWLS * 3), drawing.text(RIGHT, y, WIDTH, MOTHS * 3))
    drawing.new_page()
    end = table(drawing, 60, "Table 1. Food of the owls.", FOOD)
    drawing.line(RIGHT, end, "Table 2. Overview of the roosts.", 9, "B")
    drawing.text(LEFT, end + 10, WIDTH, OWLS * 3)
    for number, row in enumerate(ROOSTS):
        for column, cell in enumerate(row):
            drawing.line(RIGHT + 75 * column, end + 24 + 13 * number, cell)
    drawing.text(RIGHT, end + 90, WIDTH, MOTHS * 2)
    assert named(drawing, tmp_path_factory)["Table 2: Overview of the roosts"] == READ


def test_a_sign_that_stands_higher_is_a_cell_of_its_row(tmp_path_factory: pytest.TempPathFactory) -> None:
    drawing = Drawing()
    y = drawing.text(LEFT, titled(drawing), 495, OWLS) + 20
    drawing.line(LEFT, y, "Table 1. Overview of the roosts.", 9, "B")
    for number, (name, sign, owls) in enumerate([("Roost", "Sign", "Owls"), ("Barn", "o", "9"), ("Church", "x", "4")]):
        drawing.line(LEFT, y + 24 + 14 * number, name)
        drawing.line(LEFT + 100, y + 24 + 14 * number - (4 if number else 0), sign, 10 if not number else 8)
        drawing.line(LEFT + 200, y + 24 + 14 * number, owls)
    drawing.text(LEFT, y + 90, 495, MOTHS)
    assert named(drawing, tmp_path_factory)["Table 1: Overview of the roosts"][1:] == [
        "Roost Barn: Sign o; Owls 9",
        "Roost Church: Sign x; Owls 4",
    ]


def lines_of_table(drawing: Drawing, y: float, lines: Sequence[tuple[float, Sequence[str]]], wide: float = 130) -> None:
    """Cells a column apart on lines at some heights, between a caption and a text."""
    drawing.line(LEFT, y, "Table 1. Overview of the roosts.", 9, "B")
    for down, row in lines:
        for column, cell in enumerate(row):
            if cell:
                drawing.line(LEFT + wide * column, y + 24 + down, cell)
    drawing.text(LEFT, y + 60 + lines[-1][0], 495, MOTHS)


def read_lines(
    lines: Sequence[tuple[float, Sequence[str]]], tmp_path_factory: pytest.TempPathFactory, wide: float = 130
) -> list[str]:
    drawing = Drawing()
    y = drawing.text(LEFT, titled(drawing), 495, OWLS) + 20
    lines_of_table(drawing, y, lines, wide)
    return named(drawing, tmp_path_factory)["Table 1: Overview of the roosts"]


def test_names_in_the_middle_of_their_rows_are_read_with_all_lines_of_them(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    lines = [
        (0, ("Roost", "Place")),
        (18, ("", "A beam under the")),
        (30, ("[Barn]", "roof, or a box that")),
        (42, ("", "was put up")),
        (60, ("", "A hollow in the")),
        (66, ("[Oak]",)),
        (72, ("", "trunk of the tree")),
    ]
    assert read_lines(lines, tmp_path_factory)[1:] == [
        "[Barn]: A beam under the roof, or a box that was put up",
        "[Oak]: A hollow in the trunk of the tree",
    ]


def test_a_name_in_the_middle_of_several_rows_is_that_of_each(tmp_path_factory: pytest.TempPathFactory) -> None:
    lines = [(0, ("Roost", "Sex", "Owls"))]
    for number, (name, first, second) in enumerate((("Barn", "12", "9"), ("Church", "4", "3"))):
        down = 20 + 32 * number
        lines += [(down, ("", "Male", first)), (down + 8, (name,)), (down + 16, ("", "Female", second))]
    assert read_lines(lines, tmp_path_factory)[1:] == [
        "Roost Barn: Sex Male; Owls 12",
        "Roost Barn: Sex Female; Owls 9",
        "Roost Church: Sex Male; Owls 4",
        "Roost Church: Sex Female; Owls 3",
    ]


def test_rows_around_a_name_that_may_be_of_another_are_plain(tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = [("Roost", "Sex", "Owls"), ("", "Male", "12"), ("Barn", "Female", "9"), ("", "Young", "4"), ("", "Old", "5")]
    rows += [("Oak", "Male", "1"), ("", "Female", "2")]
    read = read_lines([(14 * number, row) for number, row in enumerate(rows)], tmp_path_factory)
    assert [read[n] for n in (1, 3, 4, 6)] == ["Male 12", "Young 4", "Old 5", "Female 2"]


def test_a_cell_goes_on_with_a_capital_where_lines_of_a_row_are_closer_than_rows(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    lines = [
        (0, ("Roost", "Owls", "Young")),
        (20, ("Old barn of the farm of the", "12", "7")),
        (31, ("Berger Family",)),
        (51, ("Church", "9", "4")),
        (71, ("Oak", "6", "3")),
    ]
    assert read_lines(lines, tmp_path_factory)[1:] == [
        "Roost Old barn of the farm of the Berger Family: Owls 12; Young 7",
        "Roost Church: Owls 9; Young 4",
        "Roost Oak: Owls 6; Young 3",
    ]
    even = [(14 * number, row) for number, (_, row) in enumerate(lines)]
    assert read_lines(even, tmp_path_factory)[2] == "Berger Family"  # it may head the rows under it
    lines[2] = (31, ("Mill", "", "5"))
    assert read_lines(lines, tmp_path_factory)[1:3] == [
        "Roost Old barn of the farm of the: Owls 12; Young 7",
        "Roost Mill: Young 5",
    ]


def test_a_name_that_goes_on_with_a_small_letter_is_one_though_many_do(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    lines = [(0, ("Roost", "Owls", "Young"))]
    for number, (first, rest) in enumerate(
        (("Barn of the", "farm"), ("Church of the", "town"), ("Oak by the", "wood"))
    ):
        lines += [(14 + 28 * number, (first, f"{number + 4}", "7")), (28 + 28 * number, (rest,))]
    assert read_lines(lines, tmp_path_factory)[1:] == [
        "Roost Barn of the farm: Owls 4; Young 7",
        "Roost Church of the town: Owls 5; Young 7",
        "Roost Oak by the wood: Owls 6; Young 7",
    ]


def test_the_words_of_a_cell_that_fill_its_width_are_one_cell(tmp_path_factory: pytest.TempPathFactory) -> None:
    drawing = Drawing()
    y = drawing.text(LEFT, titled(drawing), 495, OWLS) + 20
    drawing.line(LEFT, y, "Table 1. Overview of the roosts.", 9, "B")
    drawing.line(LEFT, y + 24, "Roost")
    end = drawing.line(LEFT, y + 38, "Old barn of the farm by")
    drawing.line(LEFT, y + 52, "the mill")
    drawing.line(LEFT, y + 66, "Old firm of the barn by")
    drawing.line(LEFT, y + 80, "the wood")
    drawing.line(LEFT, y + 94, "Hollow")
    drawing.line(LEFT + 40, y + 94, "oak")
    drawing.line(end, y + 94, "in the", right=True)
    drawing.line(LEFT, y + 108, "long wood")
    for x, column in ((130, ("Owls", "12", "", "9", "", "6")), (200, ("Young", "7", "", "4", "", "3"))):
        for number, cell in enumerate(column):
            if cell:
                drawing.line(LEFT + x, y + 24 + 14 * number, cell)
    drawing.text(LEFT, y + 140, 495, MOTHS)
    assert named(drawing, tmp_path_factory)["Table 1: Overview of the roosts"][1:] == [
        "Roost Old barn of the farm by the mill: Owls 12; Young 7",
        "Roost Old firm of the barn by the wood: Owls 9; Young 4",
        "Roost Hollow oak in the long wood: Owls 6; Young 3",
    ]


def test_notes_across_narrow_columns_do_not_join_them(tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = [("Roost", "Owls", "Young"), ("Barn", "12345", "7"), ("Church", "9", "4567"), ("Oak", "66", "3")]
    notes = ["* Some tables of roosts need long notes.", "* Some of them have more than one."]
    read = table_rows(rows, tmp_path_factory, left=(0, 40, 75), notes=notes)
    assert read[1:4] == [
        "Roost Barn: Owls 12345; Young 7",
        "Roost Church: Owls 9; Young 4567",
        "Roost Oak: Owls 66; Young 3",
    ]
    rows = [
        ("Roost", "Food", "Place"),
        ("Barn", "Voles", "Beam"),
        ("Church", "Frogs", "Tower"),
        ("Oak", "Mice", "Hole"),
    ]
    notes = ["* Some need two notes.", "* Some have two notes."]
    read = table_rows(rows, tmp_path_factory, left=(0, 40, 75), notes=notes)
    assert read[3] == "Roost Oak: Food Mice; Place Hole"


def test_labels_of_a_figure_in_the_other_column_are_not_of_a_table(tmp_path_factory: pytest.TempPathFactory) -> None:
    drawing = Drawing()
    y = titled(drawing)
    for x, down, label in ((90, 10, "x0"), (130, 29, "y1"), (110, 57, "Rz"), (80, 88, "Q")):
        drawing.line(x, y + down, label)
    drawing.line(LEFT, y + 140, "Figure 1. Weight of owls.", 9, "B")
    end = table(drawing, y, "Table 1. Overview of the roosts.", ROOSTS, RIGHT)
    drawing.text(LEFT, y + 170, WIDTH, OWLS * 3)
    drawing.text(RIGHT, end + 70, WIDTH, MOTHS * 3)
    assert named(drawing, tmp_path_factory)["Table 1: Overview of the roosts"] == READ


def test_rows_in_small_letters_are_not_joined(tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = [
        ("Roost", "Food", "Place"),
        ("barn", "voles", "beam of the roof"),
        ("", "frogs", "box by the door"),
        ("oak", "mice and young rats", "hollow"),
        ("", "bats", "branch"),
        ("", "long-eared-owls", "a wide hole"),
        ("", "squirrels-and-mice", "nest"),
    ]
    assert table_rows(rows, tmp_path_factory, heads=1, left=(0, 100, 250))[1:] == [
        "Roost barn: Food voles; Place beam of the roof",
        "Roost barn: Food frogs; Place box by the door",
        "Roost oak: Food mice and young rats; Place hollow",
        "Roost oak: Food bats; Place branch",
        "Roost oak: Food long-eared-owls; Place a wide hole",
        "Roost oak: Food squirrels-and-mice; Place nest",
    ]


def test_a_row_may_be_broken_anywhere_where_its_lines_are_closer(tmp_path_factory: pytest.TempPathFactory) -> None:
    lines = [
        (0, ("Roost", "Food", "Owls")),
        (20, ("OLD", "Voles", "12")),
        (31, ("BARN", "Bold")),
        (51, ("NEW", "Frogs and mice", "9")),
        (62, ("CHURCH", "Slow")),
        (82, ("Oak", "Mice", "6")),
    ]
    assert read_lines(lines, tmp_path_factory)[1:] == [
        "Roost OLD BARN: Food Voles Bold; Owls 12",
        "Roost NEW CHURCH: Food Frogs and mice Slow; Owls 9",
        "Roost Oak: Food Mice; Owls 6",
    ]


def test_numbers_of_columns_end_the_heads_and_begin_a_part(tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = [
        ("Roost", "Owls", "Young"),
        ("", "", "Spring"),
        ("(1)", "(2)", "(3)"),
        ("Barn", "12", "7"),
        ("Church", "9", "4"),
        ("Bats", "Moths", "Voles"),
        ("(4)", "(5)", "(6)"),
        ("31", "1", "2"),
        ("14", "3", "4"),
    ]
    assert table_rows(rows, tmp_path_factory) == [
        "Roost Owls Young Spring (1) (2) (3)",
        "Roost Barn: Owls 12; Young Spring 7",
        "Roost Church: Owls 9; Young Spring 4",
        "Bats Moths Voles (4) (5) (6)",
        "Bats 31: Moths 1; Voles 2",
        "Bats 14: Moths 3; Voles 4",
    ]


@pytest.mark.parametrize(
    ("head", "name", "read"),
    [
        ("Hospital", "North", "Hospital North: Owls 12; Young 7"),
        ("Type of roost", "Barn", "Type of roost Barn: Owls 12; Young 7"),
        ("Variable", "Age", "Age: Owls 12; Young 7"),
        ("Characteristics", "Age", "Age: Owls 12; Young 7"),
        ("Age (years)", "Old", "Old: Owls 12; Young 7"),
        ("Hospital", "Total", "Total: Owls 12; Young 7"),
        ("Roost", "Roost in a barn", "Roost in a barn: Owls 12; Young 7"),
    ],
)
def test_the_head_of_the_names_is_read_where_it_says_what_each_row_is(
    head: str, name: str, read: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = [(head, "Owls", "Young"), (name, "12", "7"), ("Church", "9", "4"), ("Oak", "6", "3")]
    assert table_rows(rows, tmp_path_factory)[1] == read


def test_heads_of_words_need_none_over_the_names(tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = [("", "Food", "Place"), ("Barn", "Voles", "Beam"), ("Church", "Frogs", "Tower"), ("Oak", "Mice", "Hollow")]
    assert table_rows(rows, tmp_path_factory)[1:] == [
        "Barn: Food Voles; Place Beam",
        "Church: Food Frogs; Place Tower",
        "Oak: Food Mice; Place Hollow",
    ]


def test_a_head_that_stands_beside_its_column_is_its_head_if_each_has_one(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    drawing = Drawing()
    y = drawing.text(LEFT, titled(drawing), 495, OWLS) + 20
    drawing.line(LEFT, y, "Table 1. Overview of the roosts.", 9, "B")
    for x, head in ((25, "Age (mm)"), (120, "Owls"), (220, "Young")):
        drawing.line(LEFT + x, y + 24, head, 10, "B")
    for number, row in enumerate([("10", "3 (20)", "1 (20)"), ("15", "4 (43)", "2 (29)"), ("20", "2 (50)", "3 (33)")]):
        for x, cell in zip((0, 110, 210), row, strict=True):
            drawing.line(LEFT + x, y + 40 + 14 * number, cell)
    drawing.text(LEFT, y + 120, 495, MOTHS)
    assert named(drawing, tmp_path_factory)["Table 1: Overview of the roosts"][1] == (
        "Age (mm) 10: Owls 3 (20); Young 1 (20)"
    )


def test_a_row_without_heads_is_one_whatever_stops_are_in_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = [
        ("Barn", "J. Owls. Nights", "Vol. 3"),
        ("Church", "Ann. Bats. Days", "Vol. 4"),
        ("Oak", "No. 2. Few", "Vol. 5"),
    ]
    assert table_rows(rows, tmp_path_factory)[:2] == ["Barn J. Owls. Nights Vol. 3", "Church Ann. Bats. Days Vol. 4"]


def test_a_table_that_goes_on_has_the_last_name_of_its_label(tmp_path_factory: pytest.TempPathFactory) -> None:
    drawing = Drawing()
    y = drawing.text(LEFT, titled(drawing), 495, OWLS * 2)
    table(drawing, y + 20, "Table 1. Food of the owls.", FOOD)
    drawing.new_page()
    y = drawing.text(LEFT, 60, 495, OWLS)
    table(drawing, y + 20, "Table 1. Overview of the roosts.", ROOSTS)
    drawing.new_page()
    y = table(drawing, 80, "Table 1 (continued)", [("Mill", "5", "2"), ("Tower", "8", "1")])
    drawing.text(LEFT, y + 40, 495, MOTHS)
    rows = named(drawing, tmp_path_factory)["Table 1: Overview of the roosts"]
    assert rows[-2:] == ["Roost Mill: Owls 5; Young 2", "Roost Tower: Owls 8; Young 1"]


def test_the_words_of_a_caption_under_its_label_stay_over_the_table(tmp_path_factory: pytest.TempPathFactory) -> None:
    drawing = Drawing()
    y = drawing.text(LEFT, titled(drawing), 495, OWLS)
    drawing.line(LEFT, y + 20, "Table 1", 10, "B")
    drawing.line(LEFT, y + 45, "An overview", 10, "I")
    heads = [("Roost", "Share of all", ""), ("", "birds that", ""), ("", "were seen", ""), ("", "Owls", "Young")]
    for number, row in enumerate([*heads, ("Barn", "12", "7"), ("Church", "9", "4"), ("Oak", "6", "3")]):
        for x, cell in zip((0, 90, 126), row, strict=True):
            drawing.line(LEFT + x, y + 62 + 13 * number, cell)
    drawing.text(LEFT, y + 180, 495, MOTHS)
    found = [s.text for p in passages(drawing, tmp_path_factory) if p.kind == "table" for s in p.sentences]
    assert found[0] == "An overview"
    assert found[-1].startswith("Roost Oak: ") and found[-1].endswith("Owls 6, Young 3")
