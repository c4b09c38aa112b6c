"""The laws of the map from readable to raw text, checked against edits that are carried out by hand, row by row."""

from __future__ import annotations

import re
from itertools import count, groupby, pairwise
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.papers.repair import Edit, Readable, apply
from qa.types import Span

LAW = settings(derandomize=True, deadline=None, max_examples=200)
PLAIN = st.text("abcde .-\n", min_size=1, max_size=6)
LEFT_OUT = st.sampled_from(["X", "X\n", "\nX ", "XX X\n\n"])


class Row(NamedTuple):
    """A readable character, the raw range it stands for, and an island: rows of two islands share no span."""

    char: str
    start: int
    end: int
    island: tuple[int, ...]


def rows_of(raw: str) -> list[Row]:
    return [Row(char, i, i + 1, ()) for i, char in enumerate(raw)]


def by_hand(rows: list[Row], edits: list[Edit]) -> list[Row]:
    """What `apply` should do, without cuts: each skip or lift begins a new island for all that follows."""
    done, islands, position = [], count(), 0
    island = next(islands)
    for edit in [*edits, None]:
        end = edit.start if edit else len(rows)
        done += [row._replace(island=(*row.island, island)) for row in rows[position:end]]
        if edit is None:
            return done
        region = rows[edit.start : edit.end]
        position = edit.end
        if edit.kind == "join":
            first = next(groupby(region, key=lambda row: row.island))[1]
            start, stop = region[0].start, [*first][-1].end
            done += [Row(char, start, stop, (*region[0].island, island)) for char in edit.replacement]
        else:
            island = next(islands)
    raise AssertionError


def spans_by_hand(rows: list[Row]) -> tuple[Span, ...]:
    found = []
    for _, group in groupby(rows, key=lambda row: row.island):
        visible = [row for row in group if not row.char.isspace()]
        inside = [*visible[:1], *visible[-1:]]
        found += [Span(inside[0].start, inside[-1].end)] if inside else []
    return tuple(found)


def assert_same(readable: Readable, rows: list[Row]) -> None:
    assert readable.text == "".join(row.char for row in rows)
    assert readable.starts.tolist() == [row.start for row in rows]
    assert readable.ends.tolist() == [row.end for row in rows]


@st.composite
def marked(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    """Raw text with an `X` in every part that is left out (and only there), and the edits that leave it out."""
    raw, edits = "", []
    for kind in draw(st.lists(st.sampled_from(["keep", "keep", "join", "skip", "lift"]), max_size=10)):
        piece = draw(LEFT_OUT if kind in ("skip", "lift") else PLAIN)
        if kind != "keep":
            replacement = draw(st.sampled_from(["", " ", "-", "fi"])) if kind == "join" else ""
            edits.append(Edit(len(raw), len(raw) + len(piece), kind, replacement))
        raw += piece
    return raw, edits


@st.composite
def edits_of(draw: st.DrawFn, length: int) -> list[Edit]:
    """Edits anywhere in a text, also across the cuts that earlier ones left."""
    bounds = sorted(draw(st.sets(st.integers(0, length), max_size=8)))
    kinds = draw(
        st.lists(st.sampled_from(["keep", "join", "skip", "lift"]), min_size=len(bounds), max_size=len(bounds))
    )
    return [
        Edit(start, end, kind, draw(st.sampled_from(["", " ", "-"])) if kind == "join" else "")
        for (start, end), kind in zip(pairwise(bounds), kinds, strict=False)
        if kind != "keep"
    ]


def ends_in(data: st.DataObject, length: int) -> tuple[int, int]:
    start, end = sorted((data.draw(st.integers(0, length)), data.draw(st.integers(0, length))))
    return start, end


@LAW
@given(marked())
def test_what_is_not_touched_stands_for_itself(case: tuple[str, list[Edit]]) -> None:
    raw, edits = case
    readable, lifted = apply(Readable.of(raw), edits)
    assert_same(readable, by_hand(rows_of(raw), edits))
    assert [block.readable.text for block in lifted] == [raw[e.start : e.end] for e in edits if e.kind == "lift"]
    joined = {e.start for e in edits if e.kind == "join"}
    for char, start in zip(readable.text, readable.starts.tolist(), strict=True):
        assert char == raw[start] or start in joined


@LAW
@given(marked(), st.data())
def test_spans_of_a_slice_hold_all_that_was_kept(case: tuple[str, list[Edit]], data: st.DataObject) -> None:
    raw, edits = case
    readable, _ = apply(Readable.of(raw), edits)
    start, end = ends_in(data, len(readable.text))
    spans = readable.spans(start, end)
    assert not any("X" in raw[span.start : span.end] for span in spans)
    assert all(0 <= span.start < span.end <= len(raw) for span in spans)
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert spans == spans_by_hand(by_hand(rows_of(raw), edits)[start:end])
    assert spans == readable.slice(start, end).spans(0, end - start)


@LAW
@given(marked(), st.data())
def test_edits_of_edited_text_lead_back_to_the_raw_text(case: tuple[str, list[Edit]], data: st.DataObject) -> None:
    raw, first = case
    once, _ = apply(Readable.of(raw), first)
    second = data.draw(edits_of(len(once.text)))
    twice, lifted = apply(once, second)
    rows = by_hand(by_hand(rows_of(raw), first), second)
    assert_same(twice, rows)
    start, end = ends_in(data, len(rows))
    assert twice.spans(start, end) == spans_by_hand(rows[start:end])
    for block in lifted:
        assert not any("X" in raw[s.start : s.end] for s in block.readable.spans(0, len(block.readable.text)))


@LAW
@given(marked(), st.data())
def test_one_list_after_the_other_is_both_at_once(case: tuple[str, list[Edit]], data: st.DataObject) -> None:
    raw, edits = case
    later = [edit for edit in edits if data.draw(st.booleans())]
    once, _ = apply(Readable.of(raw), [edit for edit in edits if edit not in later])

    def place(offset: int) -> int:
        return int((once.starts < offset).sum())

    twice, _ = apply(once, [Edit(place(e.start), place(e.end), e.kind, e.replacement, e.becomes) for e in later])
    both, _ = apply(Readable.of(raw), edits)
    assert (twice.text, twice.starts.tolist(), twice.ends.tolist()) == (
        both.text,
        both.starts.tolist(),
        both.ends.tolist(),
    )
    assert twice.spans(0, len(twice.text)) == both.spans(0, len(both.text))


@LAW
@given(st.text("abcde .\n", min_size=1, max_size=30), st.data())
def test_moves_keep_every_character_once(raw: str, data: st.DataObject) -> None:
    bounds = sorted(data.draw(st.sets(st.integers(0, len(raw)), max_size=6)))
    regions = data.draw(st.sampled_from([[*pairwise(bounds)][::2], [*pairwise(bounds)]]))
    places = [i for i in range(len(raw) + 1) if not any(start < i < end for start, end in regions)]
    moves = [move(start, end, data.draw(st.sampled_from(places))) for start, end in regions]
    readable, lifted = apply(Readable.of(raw), moves)
    moved = {i for edit in moves for i in range(edit.start, edit.end)}
    order = []
    for place in range(len(raw) + 1):
        order += [i for edit in moves if edit.to == place for i in range(edit.start, edit.end)]
        order += [place] if place < len(raw) and place not in moved else []
    assert not lifted
    assert sorted(order) == [*range(len(raw))]
    assert readable.starts.tolist() == order
    assert readable.text == "".join(raw[i] for i in order)
    start, end = ends_in(data, len(raw))
    quoted = "".join(raw[span.start : span.end] for span in readable.spans(start, end))
    assert re.sub(r"\s", "", quoted) == re.sub(r"\s", "", readable.text[start:end])


def move(start: int, end: int, to: int) -> Edit:
    return Edit(start, end, "move", to=to)


def skip(start: int, end: int) -> Edit:
    return Edit(start, end, "skip")


def join(start: int, end: int, replacement: str = "") -> Edit:
    return Edit(start, end, "join", replacement)


@pytest.mark.parametrize(
    "edits",
    [
        [skip(0, 11)],
        [skip(-1, 2)],
        [skip(4, 4)],
        [skip(5, 4)],
        [skip(10, 12)],
        [skip(0, 3), join(2, 4)],
        [join(2, 6), skip(3, 4)],
        [skip(2, 4), skip(2, 4)],
        [move(2, 5, 3)],
        [move(2, 4, 7), skip(6, 8)],
        [move(0, 3, 8), move(2, 4, 9)],
        [move(2, 4, 11)],
        [Edit(2, 4, "move")],
    ],
    ids=str,
)
def test_impossible_edits_raise(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match=r"outside|overlap|moves"):
        apply(Readable.of("abcdefghij"), edits)


@pytest.mark.parametrize(
    ("raw", "first", "second", "text", "quotes"),
    [
        ("one \nX\n two", [skip(5, 7)], [join(3, 6, " ")], "one two", ["one", "two"]),
        ("on-\nX\ne", [skip(4, 6)], [join(2, 4)], "one", ["on", "e"]),
        ("oneX-\ntwo", [skip(3, 4), join(4, 6)], [], "onetwo", ["one", "two"]),
        ("oneXtwo", [skip(3, 4)], [join(3, 4, "T")], "oneTwo", ["one", "two"]),
        ("oneXtwo", [skip(3, 4)], [skip(3, 4)], "onewo", ["one", "wo"]),
        ("one-\ntwo", [join(3, 5)], [], "onetwo", ["one-\ntwo"]),
        ("one-\ntwo", [join(4, 5, "")], [join(3, 4, " to ")], "one to two", ["one-\ntwo"]),
        ("oneX", [skip(3, 4)], [], "one", ["one"]),
        ("oneX\n", [skip(3, 4), join(4, 5)], [], "one", ["one"]),
        ("Xone", [skip(0, 1)], [], "one", ["one"]),
        (" X \n", [skip(1, 2)], [], "  \n", []),
        ("X", [skip(0, 1)], [], "", []),
        ("", [], [], "", []),
        ("two one ", [move(4, 8, 0)], [], "one two ", ["one", "two"]),
        ("two one", [move(0, 4, 7)], [], "onetwo ", ["one", "two"]),
        ("two oneX", [move(4, 7, 0), skip(7, 8)], [], "onetwo ", ["one", "two"]),
        ("b a", [move(0, 1, 2), join(2, 3, "c")], [], " bc", ["b", "a"]),
        ("one", [move(0, 1, 1)], [], "one", ["o", "ne"]),
    ],
    ids=lambda value: repr(value) if isinstance(value, str) else "",
)
def test_cuts(raw: str, first: list[Edit], second: list[Edit], text: str, quotes: list[str]) -> None:
    readable, _ = apply(apply(Readable.of(raw), first)[0], second)
    assert readable.text == text
    assert [raw[span.start : span.end] for span in readable.spans(0, len(text))] == quotes
