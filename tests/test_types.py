"""What is impossible cannot be built; where a quote stands is said as an editor would say it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

import qa.types
from qa.types import (
    Abstention,
    Answer,
    Citation,
    Document,
    Hit,
    Passage,
    Place,
    QAError,
    Quality,
    QuoteError,
    Scope,
    Sentence,
    Span,
    check_quote,
    hull,
    letters,
)

RAW = "She was given 5 mg\nof ima-\ntinib. Figure 1. A knee.\nThe ﬁrst week: 10³ cells."
PAPER = Document("paper", "0" * 64, RAW, metadata={"title": "A paper"})
GIVEN = Sentence("She was given 5 mg of imatinib.", (Span(0, 33),))


def answer(**changes: object) -> Answer:
    fields: dict[str, object] = {"citations": (Citation(PAPER, "", GIVEN),), "confidence": 0.9}
    return Answer("q", "q", highlights=(), passages=(), generation="g", **(fields | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "build",
    [
        lambda: Span(3, 3),
        lambda: Span(4, 3),
        lambda: Span(-1, 3),
        lambda: Sentence("", (Span(0, 1),)),
        lambda: Sentence(" \n", (Span(0, 1),)),
        lambda: Sentence("words", ()),
        lambda: Passage("paper", "", "body", (), (Span(0, 1),)),
        lambda: Passage("paper", "", "body", (GIVEN,), ()),
        lambda: answer(citations=()),
    ],
    ids=lambda build: build.__code__.co_firstlineno,
)
def test_what_is_impossible_cannot_be_built(build: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"needs|has"):
        build()


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("She was given 6 mg of imatinib.", [(0, 33)]),
        ("she was given 5 mg of imatinib.", [(0, 33)]),
        ("She was given 5 mg of imatinib", [(0, 31)]),
        ("She was given 5 mg of imatinib. Figure", [(0, 33)]),
        ("She was given 5 mg. The first", [(0, 18)]),
        ("of imatinib She was given", [(0, 13), (19, 33)]),
        ("The first week", [(51, len(RAW) + 1)]),
        ("The first week", [(5000, 5001)]),
        ("imatinib", [(22, 33), (5000, 5001)]),
        ("…", [(0, 33)]),
    ],
)
def test_a_citation_of_other_words_cannot_be_built(text: str, spans: list[tuple[int, int]]) -> None:
    with pytest.raises(QuoteError, match=r"paper .*; run `qa index"):
        Citation(PAPER, "", Sentence(text, tuple(Span(*span) for span in spans)))


def test_repairs_are_within_a_quote() -> None:
    """Hyphens, line breaks, ligatures and raised figures; order is that of the spans."""
    citation = Citation(PAPER, "Case", Sentence("given 5 mg of imatinib", (Span(8, 18), Span(19, 32))))
    assert citation.quote == ("given 5 mg", "of ima-\ntinib")
    assert (citation.text, citation.section) == ("given 5 mg of imatinib", "Case")
    start = RAW.index("The")
    assert Citation(PAPER, "", Sentence("The first week: 103 cells.", (Span(start, len(RAW)),)))
    assert Citation(PAPER, "", Sentence("A knee. She", (Span(RAW.index("A k"), start - 1), Span(0, 3))))


def test_a_citation_prints_as_its_place() -> None:
    turned_round = Sentence("A knee. She", (Span(RAW.index("A k"), RAW.index("The") - 1), Span(0, 3)))
    assert str(Citation(PAPER, "", turned_round)) == "paper:1-3"
    assert str(Citation(PAPER, "", Sentence("She", (Span(0, 3),)))) == "paper:1"


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place("paper", None, 151, 153), "paper:151-153"),
        (Place("paper", None, 151, 151), "paper:151"),
        (Place("paper", 4, 20, 21), "paper:p4:20-21"),
        (Place("paper", 1, 1, 1), "paper:p1:1"),
    ],
)
def test_a_place_prints_as_an_editor_takes_it(place: Place, text: str) -> None:
    assert str(place) == text


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_lines_are_counted_from_1_at_any_line_break(newline: str) -> None:
    lines = ["one", "two", "", "four", "five"]
    document = Document("paper", "", newline.join(lines))

    def place(first: str, last: str) -> tuple[int, int]:
        found = document.locate(Span(document.raw.index(first), document.raw.index(last) + len(last)))
        assert (found.document, found.page) == ("paper", None)
        return found.first_line, found.last_line

    assert [place(word, word) for word in lines if word] == [(1, 1), (2, 2), (4, 4), (5, 5)]
    assert place("one", "five") == (1, 5)
    assert place("two", "four") == (2, 4)


def test_other_separators_break_no_line() -> None:
    document = Document("paper", "", "one\u2028two\x0bthree\x85four\nfive")
    assert document.locate(Span(4, len(document.raw))) == Place("paper", None, 1, 2)


def test_pages_are_counted_from_1() -> None:
    pages = ["one\ntwo", "", "three"]
    document = Document("paper", "", "\f".join(pages), page_starts=(0, 8, 9))
    assert document.raw[9:] == "three"
    spans = {"one": Span(0, 3), "two": Span(4, 7), "three": Span(9, 14), "two to three": Span(4, 14)}
    assert {word: document.locate(span).page for word, span in spans.items()} == {
        "one": 1,
        "two": 1,
        "three": 3,
        "two to three": 1,
    }


@given(st.text(alphabet="ab\r\n", max_size=40), st.data())
def test_lines_are_those_of_splitting(raw: str, data: st.DataObject) -> None:
    """For words, which begin and end with a letter, the lines are those that an editor shows."""
    letters_at = [i for i, c in enumerate(raw) if c.isalpha()]
    if not letters_at:
        return
    start = data.draw(st.sampled_from(letters_at))
    end = data.draw(st.sampled_from([i for i in letters_at if i >= start])) + 1
    place = Document("paper", "", raw).locate(Span(start, end))
    normal = raw.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    marked = (raw[:start] + "[" + raw[start:end] + "]" + raw[end:]).replace("\r\n", "\n").replace("\r", "\n")
    assert place.first_line == next(i for i, line in enumerate(marked.split("\n"), start=1) if "[" in line)
    assert place.last_line == next(i for i, line in enumerate(marked.split("\n"), start=1) if "]" in line)
    assert place.last_line <= len(normal)


def test_a_place_past_the_end_is_an_error() -> None:
    assert PAPER.locate(Span(len(RAW) - 1, len(RAW)))
    with pytest.raises(QuoteError, match="past its end"):
        PAPER.locate(Span(len(RAW) - 1, len(RAW) + 1))


def test_the_title_is_the_id_where_none_is_known() -> None:
    assert PAPER.title == "A paper"
    assert Document("paper", "", RAW, metadata={"year": "2019"}).title == "paper"
    assert Document("paper", "", RAW, metadata={"title": ""}).title == "paper"


def test_a_passage_is_named_by_its_outermost_spans() -> None:
    passage = Passage("paper", "", "body", (GIVEN, Sentence("A knee.", (Span(43, 50),))), (Span(43, 50), Span(0, 33)))
    assert passage.id == "paper:0-50"
    assert passage.text == "She was given 5 mg of imatinib. A knee."


def test_letters() -> None:
    assert letters("ex-\nperi\ufb01ed, 18\u00b3 µg!") == "experified183μg"
    assert letters("… – ()") == ""


@pytest.mark.parametrize("raw", ["Barré", "Barr´e", "Barre´", "Barre\u0301", "Bar-\nr´e"])
def test_a_quote_has_the_accents_of_its_source(raw: str) -> None:
    document = Document("paper", "", raw)
    check_quote(document, "Barré", [Span(0, len(raw))])
    for wrong in ("Barrè", "Bárre", "Bàrré", "Barrë"):
        with pytest.raises(QuoteError):
            check_quote(document, wrong, [Span(0, len(raw))])


def test_a_quote_has_no_accent_that_its_source_lacks_and_lacks_none_that_it_has() -> None:
    with pytest.raises(QuoteError):
        check_quote(Document("paper", "", "Barre"), "Barré", [Span(0, 5)])
    with pytest.raises(QuoteError):
        check_quote(Document("paper", "", "Barré"), "Barre", [Span(0, 5)])


@given(st.text(max_size=60), st.data())
def test_every_slice_can_be_quoted(raw: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, len(raw)))
    if raw[start:end].strip():
        check_quote(Document("paper", "", raw), raw[start:end], [Span(start, end)])


@pytest.mark.parametrize(
    "value",
    [PAPER, GIVEN, Span(0, 1), Place("p", None, 1, 1), answer(), Abstention("q", "q", "r", 0.1, (), "g")],
    ids=lambda value: type(value).__name__,
)
def test_values_are_frozen_and_slotted(value: object) -> None:
    name = dataclasses.fields(value)[0].name  # type: ignore[arg-type]
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, name, "other")
    assert not hasattr(value, "__dict__")


def test_metadata_cannot_be_changed_from_outside() -> None:
    given = {"title": "A paper"}
    document = Document("paper", "", RAW, metadata=given)
    given["title"] = "Another"
    assert document.title == "A paper"
    with pytest.raises(TypeError):
        document.metadata["title"] = "Another"  # type: ignore[index]


def test_all_errors_have_one_root() -> None:
    errors = [e for e in vars(qa.types).values() if isinstance(e, type) and issubclass(e, Exception)]
    assert len(errors) == 8
    assert all(issubclass(error, QAError) for error in errors)


@pytest.mark.parametrize(("labels", "label"), [(("iv", "118"), "118"), (("1", "2"), ""), ((), "")])
def test_a_place_has_the_printed_page_number_where_it_differs(labels: tuple[str, ...], label: str) -> None:
    document = Document("paper", "", "one\ftwo", page_starts=(0, 4), page_labels=labels)
    assert document.locate(Span(4, 7)) == Place("paper", 2, 1, 1, label)


def test_a_quote_from_a_badly_read_page_carries_the_warning() -> None:
    quality = (Quality(1, 1.0), Quality(2, 0.2, ("so",)))
    document = Document("paper", "", "One is well.\fTwo", page_starts=(0, 13), quality=quality)
    well, badly = Sentence("One is well.", (Span(0, 12),)), Sentence("One is well. Two", (Span(0, 12), Span(13, 16)))
    assert Citation(document, "", well).warning == ""
    assert Citation(document, "", badly).warning == "This page was read badly: so. Look at the original."


# For a person: printed short, and as the command line prints it


@pytest.fixture
def long_document() -> Document:
    return Document("paper", "", f"{RAW} " + "and more of it. " * 1000, metadata={"title": "A paper"})


def test_no_value_prints_a_whole_paper(long_document: Document) -> None:
    sentence = Sentence(long_document.raw[:10].strip(), (Span(0, len(long_document.raw[:10].rstrip())),))
    passage = Passage("paper", "", "body", (sentence,) * 50, sentence.spans)
    hits = (Hit(passage, 1.0, {"dense": 1}),) * 10
    citation = Citation(long_document, "", sentence)
    answer = Answer("Why?", "Why?", (citation,), 0.5, (), hits, "g")
    for value in (long_document, passage, citation, answer, Abstention("Why?", "Why?", "So.", 0.1, hits, "g")):
        assert len(repr(value)) < 600, type(value)


def test_values_can_be_put_into_a_set(long_document: Document) -> None:
    sentence = Sentence(RAW.split()[0], (Span(0, len(RAW.split()[0])),))
    passage = Passage("paper", "", "body", (sentence,), sentence.spans)
    hits = (Hit(passage, 1.0, {"dense": 1}),)
    citation = Citation(long_document, "", sentence)
    answer = Answer("Why?", "Why?", (citation,), 0.5, (), hits, "g")
    for value in (long_document, hits[0], citation, answer, Scope(["a"])):
        assert len({value, dataclasses.replace(value)}) == 1


def test_a_printed_answer_has_its_quotes_their_places_and_its_confidence() -> None:
    document = Document("paper", "", "It grew.\nIt shrank.", metadata={"title": "A paper"})
    citations = (
        Citation(document, "Results", Sentence("It grew.", (Span(0, 8),))),
        Citation(document, "", Sentence("It shrank.", (Span(9, 19),))),
    )
    answer = Answer("And then?", "What happened then?", citations, 0.876, (), (), "g")
    assert str(answer).splitlines() == [
        "Interpreted as: What happened then?",
        "It grew. [1] It shrank. [2]",
        "",
        "[1] A paper, Results (paper:1)",
        "[2] A paper (paper:2)",
        "Confidence 88%.",
    ]


def test_a_printed_abstention_says_why_and_what_is_near() -> None:
    sentence = Sentence("It grew.", (Span(0, 8),))
    hits = tuple(Hit(Passage(name, "", "body", (sentence,), sentence.spans), 1.0, {}) for name in "abcd")
    abstention = Abstention("Why?", "Why?", "Nobody says so.", 0.1, hits, "g")
    assert str(abstention).splitlines() == [
        "No sentence clearly answers this. Nobody says so.",
        "Nearest passages, not an answer:",
        "  a:0-8: It grew.",
        "  b:0-8: It grew.",
        "  c:0-8: It grew.",
    ]
    alone = dataclasses.replace(abstention, passages=(), scope=Scope(["a"]))
    assert str(alone).splitlines() == ["The chosen paper does not say. Nobody says so."]


def test_what_may_be_an_answer_is_printed_with_its_place_and_is_called_possible() -> None:
    document = Document("paper", "", "It grew.", metadata={"title": "A paper"})
    possible = Citation(document, "Results", Sentence("It grew.", (Span(0, 8),)))
    corrections = (("grw", "grew"),)
    result = Abstention("It grw?", "It grew?", "So.", 0.4, (), "g", possible=possible, corrections=corrections)
    assert str(result).splitlines() == [
        "Asked for: grew",
        "Possibly. So.",
        "  It grew.",
        "  A paper, Results (paper:1)",
    ]


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        (Scope(), "No sentence clearly answers this"),
        (Scope(["a"], ["Results"]), "The chosen paper does not say"),
        (Scope(["a", "b"]), "The chosen papers do not say"),
        (Scope([], ["Results"]), "The chosen sections do not say"),
    ],
)
def test_a_headline_claims_no_more_than_was_asked(scope: Scope, words: str) -> None:
    assert Abstention("Why?", "Why?", "So.", 0.1, (), "g", scope=scope).headline == words


def test_what_was_asked_for_is_said_where_a_slip_was_undone() -> None:
    typed, understood, slip = "Dose of pazopanb?", "Dose of pazopanib?", (("pazopanb", "pazopanib"),)
    abstention = Abstention(typed, understood, "Nobody says so.", 0.1, (), "g", corrections=slip)
    said = "No sentence clearly answers this. Nobody says so."
    assert str(abstention).splitlines() == ["Asked for: pazopanib", said]
    longer = dataclasses.replace(abstention, interpreted_as=f"Why? {understood}")
    assert str(longer).splitlines() == ["Asked for: pazopanib", f"Interpreted as: Why? {understood}", said]
    found = dataclasses.replace(answer(), question=typed, interpreted_as=understood, corrections=slip)
    assert str(found).startswith("Asked for: pazopanib\n")


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(1, 99)), min_size=1))
def test_a_hull_holds_every_span_and_touches_both_ends(pairs: list[tuple[int, int]]) -> None:
    spans = [Span(start, start + length) for start, length in pairs]
    whole = hull(spans)
    assert all(whole.start <= span.start and span.end <= whole.end for span in spans)
    assert whole.start in {span.start for span in spans}
    assert whole.end in {span.end for span in spans}
