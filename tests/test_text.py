"""Foreign text is seen whole, and is neither markup nor a formula."""

from __future__ import annotations

import csv
import io
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from qa.text import cell, for_terminal, markdown, visible

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])

INVISIBLE = {
    "escape": "\x1b",
    "control sequence introducer": "\x9b",
    "zero width space": "\u200b",
    "right-to-left mark": "\u200f",
    "right-to-left override": "\u202e",
    "word joiner": "\u2060",
    "isolate": "\u2066",
    "byte order mark": "\ufeff",
    "surrogate": "\ud800",
}
SIGNS = st.text(st.sampled_from("ab1 \t\n=+-@'\"\\`*_{}[]<>()#|~$&:!.^%/;\u202e\x1b") | st.characters(), max_size=30)
"""Texts that have many signs with a meaning."""


@pytest.mark.parametrize("sign", INVISIBLE.values(), ids=INVISIBLE)
def test_what_cannot_be_seen_is_taken_out(sign: str) -> None:
    assert visible(f" a{sign}b\n") == "a b"
    assert for_terminal(f"a{sign}b\t\n") == "a\ufffdb\t\n"


@pytest.mark.parametrize("text", ["5 mg/kg (±0.5)", "naïve Ж 中 e\u0301", "treat\u00adment", "“quoted” – well-known"])
def test_what_can_be_seen_stays(text: str) -> None:
    assert visible(text) == for_terminal(text) == text


@given(SIGNS)
def test_nothing_that_steers_a_page_or_a_terminal_is_left(text: str) -> None:
    left = visible(text) + for_terminal(text).replace("\t", "").replace("\n", "")
    assert {unicodedata.category(sign) for sign in left}.isdisjoint({"Cc", "Cs"})
    assert visible(visible(text)) == visible(text)


def shown(source: str) -> str:
    """The text of a Markdown source that has no markup inside its lines but `**` around all of one."""
    inline = [child for token in READER.parse(source) for child in token.children or ()]
    assert {child.type for child in inline} <= {"text", "strong_open", "strong_close"}
    return "".join(child.content for child in inline)


def blocks(source: str) -> list[str]:
    tokens: list[Token] = READER.parse(source)
    return [token.type for token in tokens]


@given(SIGNS)
@example("1. list")
@example("- list")
@example("+ list")
@example("# heading")
@example("> quotation")
@example("~~~")
@example("***")
@example("---")
@example("===")
@example("\\<b>&amp;&#42;")
@example("[a](b) ![c](d) <https://e.f>")
@example("~~struck~~ `code` _a_ **b**")
def test_escaped_markdown_read_again_is_the_text(text: str) -> None:
    for escaped in (markdown(text), markdown(text, all_signs=True)):
        assert "\n" not in escaped
        assert shown(escaped) == visible(text)
        assert set(blocks(escaped)) <= {"paragraph_open", "inline", "paragraph_close"}


def test_signs_that_only_some_readers_know_are_escaped_too() -> None:
    """Formulas between dollar signs, on GitHub and in Streamlit; colours and icons between colons, in Streamlit."""
    assert markdown("$x$ and $$y$$") == r"\$x\$ and \$\$y\$\$"
    assert markdown("a :red[b] :smile:?", all_signs=True) == r"a \:red\[b\] \:smile\:\?"


@given(SIGNS.filter(visible))
def test_escaped_markdown_stays_in_its_place(text: str) -> None:
    """In all places where an export puts it."""
    escaped, plain = markdown(text), visible(text)
    for source in (f"# {escaped}", f"> {escaped}", f"1. {escaped}", f"Interpreted as: {escaped}", f"**{escaped}**"):
        assert shown(source).removeprefix("Interpreted as: ") == plain
    table = f"| a | b |\n| --- | --- |\n| {escaped} | c |\n"
    assert shown(table) == f"ab{plain}c"
    assert blocks(table).count("td_open") == 2


@given(SIGNS)
def test_no_cell_begins_a_formula(text: str) -> None:
    made = cell(text)
    assert isinstance(made, str)
    assert not made.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert made.removeprefix("'") == text.removeprefix("'")


@given(st.lists(SIGNS.filter(lambda text: "\0" not in text), min_size=1))
def test_a_csv_line_comes_back(texts: list[str]) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerow([*map(cell, texts), cell(-1)])
    (row,) = csv.reader(io.StringIO(file.getvalue(), newline=""))
    assert row == [*map(cell, texts), "-1"]
