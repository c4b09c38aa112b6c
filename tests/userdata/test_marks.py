"""Highlights and notes: kept for one user, checked again, exported and read back."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from qa.answers.assistant import Assistant
from qa.types import Citation, QuestionError, QuoteError
from qa.userdata import marks
from tests.userdata.small import documents

NOTE = "=Ask *why*\n<b>second</b> line"


def quoted(assistant: Assistant, document: str, first: int, last: int | None = None) -> list[Citation]:
    own = assistant.index.passages_of(document)
    sentences = [(passage.section, sentence) for passage in own for sentence in passage.sentences]
    chosen = sentences[first : (first if last is None else last) + 1]
    return [Citation(assistant.by_id[document], section, sentence) for section, sentence in chosen]


def test_marks_are_kept_in_the_order_of_the_text_for_their_user_alone(tmp_path: Path, assistant: Assistant) -> None:
    later = marks.add(tmp_path, "ann", quoted(assistant, "stones", 1), "  Why?  ")
    earlier = marks.add(tmp_path, "ann", quoted(assistant, "stones", 0))
    marks.add(tmp_path, "ann", quoted(assistant, "fruit", 0))
    assert [mark.id for mark in marks.of(tmp_path, "ann", "stones")] == [earlier, later]
    assert [mark.note for mark in marks.of(tmp_path, "ann", "stones")] == ["", "Why?"]
    assert [mark.document for mark in marks.of(tmp_path, "ann")] == ["fruit", "stones", "stones"]
    assert marks.of(tmp_path, "bob") == []
    (mark,) = marks.of(tmp_path, "ann", "fruit")
    assert mark.citations(assistant.by_id) == tuple(quoted(assistant, "fruit", 0))


def test_a_note_is_edited_and_a_mark_deleted_by_its_user_alone(tmp_path: Path, assistant: Assistant) -> None:
    mark = marks.add(tmp_path, "ann", quoted(assistant, "stones", 0), "First")
    marks.edit(tmp_path, "bob", mark, "Not mine")
    marks.delete(tmp_path, "bob", mark)
    assert [found.note for found in marks.of(tmp_path, "ann", "stones")] == ["First"]
    marks.edit(tmp_path, "ann", mark, "Second é")
    assert [found.note for found in marks.of(tmp_path, "ann", "stones")] == ["Second é"]
    marks.delete(tmp_path, "ann", mark)
    assert marks.of(tmp_path, "ann", "stones") == []


def test_the_same_words_are_marked_once(tmp_path: Path, assistant: Assistant) -> None:
    first = marks.add(tmp_path, "ann", quoted(assistant, "stones", 0, 1), "A note")
    assert marks.add(tmp_path, "ann", quoted(assistant, "stones", 0, 1)) == first
    assert [mark.note for mark in marks.of(tmp_path, "ann")] == ["A note"]
    marks.add(tmp_path, "ann", quoted(assistant, "stones", 0, 1), "Another")
    assert [mark.note for mark in marks.of(tmp_path, "ann")] == ["Another"]


def test_what_cannot_be_marked_is_said(tmp_path: Path, assistant: Assistant) -> None:
    with pytest.raises(QuestionError, match="one paper"):
        marks.add(tmp_path, "ann", [])
    with pytest.raises(QuestionError, match="one paper"):
        marks.add(tmp_path, "ann", [*quoted(assistant, "stones", 0), *quoted(assistant, "fruit", 0)])
    with pytest.raises(QuestionError, match="shorten it"):
        marks.add(tmp_path, "ann", quoted(assistant, "stones", 0), "x" * (marks.MAX_NOTE + 1))
    assert marks.of(tmp_path, "ann") == []


def test_a_mark_knows_what_has_become_of_its_paper(tmp_path: Path, assistant: Assistant) -> None:
    marks.add(tmp_path, "ann", quoted(assistant, "stones", 0, 1))
    (mark,) = marks.of(tmp_path, "ann")
    known = documents(assistant)
    assert mark.fate(known).kind == "unchanged"
    without = {name: document for name, document in known.items() if name != "stones"}
    assert mark.fate(without).kind == "gone"
    longer = replace(known["stones"], raw="New. " + known["stones"].raw, sha256="0")
    assert (mark.fate({"stones": longer}).kind, mark.fate({"stones": longer}).found) == ("changed", True)
    shorter = replace(known["stones"], raw=known["stones"].raw[:20], sha256="0")
    assert not mark.fate({"stones": shorter}).found
    with pytest.raises(QuoteError):
        mark.citations({"stones": longer})


def test_marks_are_exported_with_place_and_reference_and_read_back(tmp_path: Path, assistant: Assistant) -> None:
    chosen = quoted(assistant, "fruit", 0, 1)
    marks.add(tmp_path, "ann", chosen, NOTE)
    marks.add(tmp_path, "ann", quoted(assistant, "fruit", 2))
    own = marks.of(tmp_path, "ann", "fruit")

    rows = list(csv.DictReader(io.StringIO(marks.as_csv(own))))
    assert [row["words"] for row in rows] == [
        " ".join(one.text for one in chosen),
        quoted(assistant, "fruit", 2)[0].text,
    ]
    assert rows[0]["note"] == f"'{NOTE}"
    assert rows[0]["reference"] == "2019 · Fruit of the North"
    assert "lines" in rows[0]["place"] or "line " in rows[0]["place"]
    assert rows[0]["sha256"] == assistant.by_id["fruit"].sha256

    written = marks.as_markdown("Fruit", own)
    assert written.startswith("# Fruit\n\n2019 · Fruit of the North\n")
    tokens = MarkdownIt().parse(written)
    texts = ["".join(inner.content for inner in token.children) for token in tokens if token.children]
    opened = [number for number, token in enumerate(tokens) if token.type == "blockquote_open"]
    quotes = ["".join(inner.content for inner in tokens[number + 2].children or ()) for number in opened]
    assert quotes == [row["words"] for row in rows]
    note = texts.index("Note:")
    assert texts[note + 1 : note + 3] == ["=Ask *why*", "<b>second</b> line"]
    assert marks.as_markdown("Empty", []) == "# Empty\n"
