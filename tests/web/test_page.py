"""The page as a user drives it, with one fake assistant in place of the real one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from qa.answers import suggestions, ways_on
from qa.answers.assistant import Assistant
from qa.answers.models import Models
from qa.answers.ways_on import WaysOn
from qa.config import IndexSettings
from qa.index import store
from qa.index.columns import Columns
from qa.index.dense import Rows
from qa.index.index import Index
from qa.index.lexical import Words
from qa.index.library import Library
from qa.index.written import written
from qa.types import (
    EVERYTHING,
    Abstention,
    Answer,
    Citation,
    Document,
    Hit,
    ModelError,
    Passage,
    QuestionError,
    Result,
    Scope,
    Sentence,
    SourceError,
    Span,
    StoreError,
    Turn,
)
from qa.web.pages.ask import Pending, _stop
from qa.web.session import waiting
from qa.web.source.panel import readable, segments
from tests.conftest import FakeEncoder, calibration
from tests.web.apptest import checked, drawn, text

APP = Path(__file__).resolve().parents[2] / "app.py"
HOSTILE = "<img src=x onerror=alert(1)> **bold** :red[x] $x$ `code` \x1b[31m\u202e"
HOSTILE_SHOWN = "<img src=x onerror=alert(1)> **bold** :red[x] $x$ `code` [31m"

RAW = "She was given 5 mg\nof imatinib <daily>. Figure 1. A knee.\n for two 🩺 weeks. The end."
PAPER = Document("hostile", "", RAW, metadata={"title": HOSTILE})
OTHER = Document("other", "", "Nothing here.", metadata={"title": "Another paper", "year": "2016"})
DOSE = Sentence("She was given 5 mg of imatinib <daily>.", (Span(0, 38),))
CUT = Sentence(
    "of imatinib <daily>. for two 🩺 weeks.",
    (Span(RAW.index("of"), RAW.index(" Figure")), Span(RAW.index("for"), RAW.index(" The"))),
)
NOTHING = Sentence("Nothing here.", (Span(0, 13),))
PASSAGE = Passage("hostile", "Case <1>", "body", (DOSE, CUT), DOSE.spans)
SECTIONS = (("hostile", "Case <1>"), ("other", "Without a heading"))


def index_of(*passages: Passage) -> Index:
    encode = FakeEncoder().encode
    return Index(
        documents=(PAPER, OTHER),
        keys={},
        passages=passages,
        columns=Columns.of(passages, [PAPER.id, OTHER.id]),
        passage_vectors=Rows.of(encode([passage.text for passage in passages])),
        sentence_vectors=Rows.of(encode([sentence.text for passage in passages for sentence in passage.sentences])),
        words=Words.build([passage.text for passage in passages], "english"),
        count_written=lambda: written([passage.text for passage in passages]),
        settings=IndexSettings(),
        fingerprint="",
        encoder_sha256="",
        failures=(),
    )


class Fake:
    """Answers every question that has a question mark, and remembers what it was asked."""

    generation = "g1"
    documents = (PAPER, OTHER)
    threshold = 0.5
    models = Models(FakeEncoder(), calibration())

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[str], list[str]]] = []
        self.sections_asked: list[str] = []
        self.index = index_of(PASSAGE, Passage("other", "", "body", (NOTHING,), NOTHING.spans))
        self.by_id = self.index.by_id

    def sections(self, documents: Sequence[str] = ()) -> tuple[str, ...]:
        return tuple(name for paper, name in SECTIONS if not documents or paper in documents)

    def ask(
        self,
        question: str,
        turns: Sequence[Turn] = (),
        scope: Scope = EVERYTHING,
        *,
        as_typed: bool = False,
    ) -> Result:
        self.asked.append((question, [turn.question for turn in turns], list(scope.documents)))
        self.sections_asked = list(scope.sections)
        if not question.strip():
            raise QuestionError("the question is empty; type a question in words")
        hits = (Hit(PASSAGE, 1.0, {"dense": 1, "lexical": 3}),)
        standalone = f"{question} (of imatinib)" if turns and not as_typed else question
        if "pazopanb" in question and not as_typed:
            standalone = question.replace("pazopanb", "pazopanib")
        corrections = (("pazopanb", "pazopanib"),) if "pazopanib" in standalone else ()
        if "?" not in question or scope.documents == ("other",):
            abstention = Abstention(question, standalone, "None of the papers <says> it.", 0.1, hits, "g1", scope=scope)
            possible = Citation(PAPER, "Case <1>", CUT) if "maybe" in question else None
            return replace(abstention, possible=possible, missing=("Paris",) if "without" in question else ())
        citations = (Citation(PAPER, "Case <1>", DOSE), Citation(PAPER, "", CUT))
        labels = ("adults <1>", "children") if "each" in question else ()
        unanswered = ("of <teenagers>",) if "each" in question else ()
        return Answer(question, standalone, citations, 0.93, ("5 mg",), hits, "g1", labels, unanswered, corrections)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Fake]:
    fake = Fake()
    monkeypatch.setenv("QA_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr(Assistant, "open", lambda folder: fake)
    monkeypatch.setattr(store, "current_generation", lambda folder: "g1")
    monkeypatch.setattr(Library, "freshness", lambda library: "fresh")
    monkeypatch.setattr(suggestions, "starters", lambda assistant, questions, scope: ("What **dose**?",))
    monkeypatch.setattr(ways_on, "ways_on", lambda *given: WaysOn(("Did *it*?",), ("What else?",)))
    monkeypatch.setattr(suggestions, "follow_ups", lambda assistant, answer, asked, questions, scope: ("And *then*?",))
    st.cache_resource.clear()
    st.cache_data.clear()
    yield fake
    st.cache_resource.clear()
    st.cache_data.clear()


def opened() -> AppTest:
    return checked(AppTest.from_file(str(APP), default_timeout=30).run())


def ask(page: AppTest, question: str) -> AppTest:
    return checked(page.chat_input[0].set_value(question).run())


def source(page: AppTest) -> dict[str, Any] | None:
    """What the source component is given to draw; None while it is closed."""
    for element in page.get("bidi_component"):
        if element.proto.component_name == "qa_source":
            return dict(json.loads(element.proto.json))
    return None


def test_an_answer_has_its_quotes_citations_and_confidence(fake: Fake) -> None:
    page = ask(opened(), "How much imatinib?")
    assert "<strong>5 mg</strong>" in drawn(page)
    assert "She was given 5 mg of imatinib <daily>.1" in text(page)
    assert "High confidence · 93%" in text(page)
    assert "Case <1> · lines 1–2" in text(page)
    assert "clearly answers" not in text(page)
    assert [b.label for b in page.button if "source" in b.label] == ["Show quote 1 in source", "Show quote 2 in source"]
    assert [expander.label for expander in page.expander][:2] == ["Why this answer", "Passages ranked first (1)"]


def test_an_answer_says_why(fake: Fake) -> None:
    page = ask(opened(), "How much imatinib by zirconium?")
    assert "have these words of the question: imatinib. They do not have: zirconium." in text(page)
    assert "1imatinib1 (by meaning 1, by words 3)" in text(page)
    assert "Confidence 93%; an answer is given from 50% on." in text(page)


def test_a_question_that_is_answered_is_suggested_next(fake: Fake) -> None:
    page = ask(opened(), "How much imatinib?")
    suggested = next(b for b in page.button if "then" in b.label)
    assert suggested.label == r"And \*then\*\?"
    checked(suggested.click().run())
    assert fake.asked[-1] == ("And *then*?", ["How much imatinib?"], [])
    assert "Interpreted as" not in text(page)


def test_a_stopped_question_is_not_answered_and_not_asked_again(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened()
    page.session_state.pending = Pending("How much imatinib?")

    def stopped(work: Callable[[], Any]) -> None:
        st.session_state.pending = Pending("How much imatinib?")
        _stop()
        st.rerun()  # as a click on Stop does

    with monkeypatch.context() as while_stopping:
        while_stopping.setattr(waiting, "awaited", stopped)
        checked(page.run())
    assert "Stopped: How much imatinib?" in text(page)
    assert not page.session_state.exchanges
    assert page.chat_input
    next(button for button in page.button if button.label == "Ask it after all").click()
    assert "Stopped" not in text(checked(page.run()))
    assert len(page.session_state.exchanges) == 1


def test_an_abstention_is_no_answer(fake: Fake) -> None:
    page = ask(opened(), "Tell me about Paris and imatinib, nothing")
    assert "No sentence clearly answers this" in text(page)
    assert "None of the papers <says> it." in text(page)
    assert "Nearest passages – not an answer" in text(page)
    assert "<mark>" in drawn(page)
    assert [b.label for b in page.button if "?" in b.label] == [r"Did \*it\*\?", r"What else\?"]
    assert "Did you mean" in text(page)
    assert "In none of the papersParis" in text(page)
    assert "nothing" not in text(page).split("In none of the papers")[1].split("She was given")[0]
    assert "<blockquote>" not in drawn(page), "which an answer has"
    assert [b.label for b in page.button if "source" in b.label] == ["Show quote 1 in source"]


def test_what_may_be_an_answer_is_marked_in_its_passage_and_opens_like_a_quote(fake: Fake) -> None:
    page = ask(opened(), "maybe imatinib")
    assert "PossiblyUncertain, check the source" in text(page)
    assert "it may not be one" in text(page)
    assert f"{DOSE.text} Possible answer: {CUT.text} End of the possible answer.1" in text(page)
    assert drawn(page).count("<mark>") == 1
    assert "High confidence" not in text(page)
    assert [e.label for e in page.expander][:1] == ["Nearest passages – not an answer"]
    checked(page.button(key="qa-show-0-0").click().run())
    shown = source(page)
    assert shown is not None
    assert (shown["place"], shown["number"], shown["count"]) == ("Case <1> · lines 2–3", 1, 1)


def test_what_is_missing_is_said_beside_the_reason(fake: Fake) -> None:
    page = ask(opened(), "dupilumab or imatinib")
    assert "None of the papers <says> it." in text(page)
    assert "In none of the papersdupilumab" in text(page)
    page.multiselect[0].select("Another paper").run()
    assert "Only in what was not askedimatinib" in text(ask(page, "dupilumab or imatinib"))


def test_a_name_that_is_missing_is_said_once_by_the_reason(fake: Fake) -> None:
    page = ask(opened(), "Tell me about Paris without imatinib")
    assert "None of the papers <says> it." in text(page)
    assert "In none of the papers" not in text(page)


def test_a_chosen_paper_that_does_not_say_is_not_all_papers(fake: Fake) -> None:
    page = opened()
    page.multiselect[0].select("Another paper").run()
    ask(ask(page, "How much imatinib?"), "And for how long?")
    assert text(page).count("The chosen paper does not say") == 2
    checked(page.button(key="qa-all-1").click().run())
    assert fake.asked[1:] == [
        ("And for how long?", ["How much imatinib?"], ["other"]),
        ("And for how long?", ["How much imatinib?"], []),
    ]
    assert "High confidence · 93%" in text(page)
    assert page.session_state.stored[2].record["documents"] == []


def test_a_correction_is_said_and_taken_back(fake: Fake) -> None:
    page = ask(opened(), "How much pazopanb?")
    assert "Asked for: pazopanib" in text(page)
    assert "Interpreted as" not in text(page)
    page.button(key="qa-typed-0").click().run()
    assert text(page).count("Asked for: pazopanib") == 1
    assert page.session_state.exchanges[1].turn.result.interpreted_as == "How much pazopanb?"


def test_quotes_of_different_things_begin_with_what_they_speak_of(fake: Fake) -> None:
    page = ask(opened(), "How much for each?")
    assert "adults <1>: She was given 5 mg" in text(page)
    assert "children: of imatinib" in text(page)
    assert "No sentence clearly answers: of <teenagers>." in text(page)
    assert "adults" not in text(ask(opened(), "How much imatinib?"))


def test_a_follow_up_passes_the_turns_and_says_how_it_was_understood(fake: Fake) -> None:
    page = ask(ask(opened(), "How much imatinib?"), "For how long?")
    assert fake.asked == [("How much imatinib?", [], []), ("For how long?", ["How much imatinib?"], [])]
    assert "Interpreted as: For how long? (of imatinib)" in text(page)
    assert text(page).count("Interpreted as") == 1
    page.button(key="qa-typed-1").click().run()
    assert text(page).count("Interpreted as") == 1
    assert [question for question, *_ in fake.asked[2:]] == ["For how long?"]
    assert page.session_state.exchanges[2].turn.result.interpreted_as == "For how long?"


def test_new_conversation_forgets(fake: Fake) -> None:
    page = ask(opened(), "How much imatinib?")
    next(b for b in page.button if b.label == "New conversation").click().run()
    ask(page, "For how long?")
    assert fake.asked[-1] == ("For how long?", [], [])


def test_only_the_chosen_papers_are_asked(fake: Fake) -> None:
    page = opened()
    page.multiselect[0].select("Another paper").run()
    assert page.query_params["paper"] == "other"
    ask(page, "How much imatinib?")
    assert fake.asked == [("How much imatinib?", [], ["other"])]


def test_a_link_carries_what_is_asked_and_what_is_no_longer_there_is_left_out(fake: Fake) -> None:
    page = AppTest.from_file(str(APP), default_timeout=30)
    page.query_params.update({"year": ["2016", "1850"], "section": ["Without a heading", "Case <1>"], "paper": "gone"})
    ask(checked(page.run()), "How much imatinib?")
    assert (fake.asked, fake.sections_asked) == ([("How much imatinib?", [], ["other"])], ["Without a heading"])
    assert page.query_params.items() >= {"year": "2016", "section": "Without a heading"}.items()


def test_a_starter_is_asked_as_it_stands_and_its_label_is_no_markdown(fake: Fake) -> None:
    page = opened()
    starter = next(b for b in page.button if "dose" in b.label)
    assert starter.label == r"What \*\*dose\*\*\?"
    starter.click().run()
    assert fake.asked == [("What **dose**?", [], [])]


def test_an_empty_question_is_said_to_be_empty(fake: Fake) -> None:
    page = ask(opened(), "  ")
    assert "The question is empty; type a question in words." in text(page)
    assert not page.session_state.exchanges


def test_hostile_text_is_drawn_as_text(fake: Fake) -> None:
    page = ask(opened(), f"{HOSTILE}?")
    assert f"You asked: {HOSTILE_SHOWN} ?" in text(page)
    assert text(page).count(HOSTILE_SHOWN) == 6  # the question, two citations with their notes, one passage
    assert "<img" not in drawn(page)
    assert "<1>" not in drawn(page)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202e]", drawn(page))
    labels = [widget.label for widget in [*page.button, *page.expander, *page.multiselect]]
    assert not page.markdown
    assert not [label for label in labels if "bold" in label]


def test_a_citation_opens_its_source(fake: Fake) -> None:
    page = ask(opened(), "How much imatinib?")
    assert source(page) is None
    checked(page.button(key="qa-show-0-1").click().run())
    opened_source = source(page)
    assert opened_source is not None
    assert (opened_source["title"], opened_source["place"]) == (HOSTILE_SHOWN, "lines 2–3")
    assert (opened_source["number"], opened_source["count"], opened_source["view"]) == (2, 2, "readable")
    assert opened_source["content"][0] == ["heading", [["Case <1>", None]]]
    assert [CUT.text, 0] in opened_source["content"][1][1]
    page.session_state["qa-view"] = "raw"
    page.button(key="qa-show-0-1").click().run()
    again = source(page)
    assert again is not None
    assert again["click"] != opened_source["click"]
    assert again["parts"] == ["line 2", "line 3"]
    assert "".join(piece for piece, _ in again["content"]) == RAW


@pytest.mark.parametrize("spans", [DOSE.spans, CUT.spans, CUT.spans[::-1]], ids=["whole", "cut", "later part first"])
def test_the_marks_are_the_quote_and_the_pieces_are_the_text(spans: tuple[Span, ...]) -> None:
    citation = Citation(PAPER, "", Sentence("".join(RAW[span.start : span.end] for span in spans), spans))
    pieces = segments(citation)
    assert "".join(piece for piece, _ in pieces) == RAW
    marks = {number: piece for piece, number in pieces if number is not None}
    assert tuple(marks[number] for number in range(len(marks))) == citation.quote


def test_a_sentence_that_this_index_does_not_have_is_not_shown_as_readable(fake: Fake) -> None:
    marked = [words for _, pieces in readable(Citation(PAPER, "", CUT), fake.index) for words, n in pieces if n == 0]
    assert marked == [CUT.text]
    assert readable(Citation(replace(PAPER, raw=f"{RAW} More."), "", CUT), fake.index) == []
    assert (
        readable(Citation(PAPER, "", Sentence("The end.", (Span(RAW.index("The end"), len(RAW)),))), fake.index) == []
    )


def test_a_broken_index_is_a_message_with_the_command(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(folder: Path) -> Assistant:
        raise StoreError("index/<a>.faiss was altered or damaged; run `qa index rollback`")

    monkeypatch.setattr(Assistant, "open", broken)
    page = opened()
    assert "role='alert'" in drawn(page)
    assert "index/&lt;a&gt;.faiss was altered or damaged; run <code>qa index rollback</code>." in drawn(page)
    assert not page.chat_input


def test_a_model_that_is_missing_is_a_message(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(assistant: Assistant, questions: Path, scope: Scope) -> tuple[str, ...]:
        raise ModelError("the package is not installed; run `make setup`")

    monkeypatch.setattr(suggestions, "starters", missing)
    assert "The package is not installed; run make setup." in text(opened())


def test_a_stale_index_still_answers_and_says_so(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Library, "freshness", lambda library: "stale")
    page = opened()
    assert "run qa index build" in text(page)
    assert "5 mg" in text(ask(page, "How much imatinib?"))


def test_a_corpus_that_cannot_be_looked_at_is_said_and_the_index_still_answers(
    fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(library: Library) -> str:
        raise SourceError("corpus is not a folder")

    monkeypatch.setattr(Library, "freshness", missing)
    page = opened()
    assert "corpus is not a folder." in text(page)
    assert "5 mg" in text(ask(page, "How much imatinib?"))


def test_what_nobody_foresaw_is_a_message_too(
    fake: Fake, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Assistant, "open", lambda folder: 1 / 0)
    page = AppTest.from_file(str(APP), default_timeout=30).run()
    assert not page.exception
    assert "Something unexpected went wrong" in text(page)
    assert "ZeroDivisionError" in caplog.text
    assert "ZeroDivisionError" not in text(page)


def test_the_first_index_is_built_once_and_what_was_left_out_is_said(
    fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[Path] = []

    def update(library: Library, *, progress: object) -> SimpleNamespace:
        assert callable(progress)
        progress(0, 2, HOSTILE)
        progress(2, 2, "done")
        built.append(library.folder)
        return SimpleNamespace(failures=(SimpleNamespace(reason="b<a>d.pdf has no text"),))

    monkeypatch.setattr(store, "current_generation", lambda folder: "g1" if built else None)
    monkeypatch.setattr(Library, "update", update)
    page = opened()
    assert len(built) == 1
    assert "A paper was left out: b<a>d.pdf has no text." in text(page)
    assert page.chat_input
    opened()
    assert len(built) == 1


def test_an_empty_corpus_is_a_message(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    def update(library: Library, *, progress: object) -> None:
        raise StoreError("corpus holds no paper; add one with `qa index add FILE`")

    monkeypatch.setattr(store, "current_generation", lambda folder: None)
    monkeypatch.setattr(Library, "update", update)
    assert "Corpus holds no paper; add one with qa index add FILE." in text(opened())


def test_a_new_generation_is_there_without_a_restart(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened()
    newer = Fake()
    monkeypatch.setattr(Assistant, "open", lambda folder: newer)
    ask(page, "How much imatinib?")
    assert len(fake.asked) == 1  # opened once: the same generation is not opened again
    monkeypatch.setattr(store, "current_generation", lambda folder: "g2")
    ask(page, "And now?")
    assert newer.asked == [("And now?", ["How much imatinib?"], [])]
