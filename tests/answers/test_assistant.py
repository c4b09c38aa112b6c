"""Answers that can be checked, refusals with their reason, and nothing in between; with the fake encoder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import qa
from qa.answers import calibration as calibrations
from qa.answers import inquiry
from qa.answers.assistant import Assistant
from qa.answers.calibration import CROSS_ENCODER_FEATURES, FEATURES
from qa.answers.models import Models
from qa.answers.reader import Candidate, Reading
from qa.config import AskSettings
from qa.index import store
from qa.index.columns import UNTITLED, Columns
from qa.index.index import Index
from qa.types import Abstention, Answer, Citation, Hit, ModelError, QuestionError, Scope, Sentence, Span, Turn, letters
from tests.answers.fake_model import FakeModel
from tests.conftest import FakeEncoder, calibration

ANSWERED = ("basalt lava crystals", "pears ripened weeks", "Was marble limestone once?", "granite hard")
MISSING = {"Which reactor melted?": (), "zirconium": ("zirconium",), "Who was the first emperor of Rome?": ("Rome",)}
"""Questions that the papers do not answer, with the names in them that no paper has."""
REFUSED = tuple(MISSING)


def assistant_of(index: Index, settings: AskSettings | None = None, threshold: float = 0.5) -> Assistant:
    return Assistant(index, "test", Models(FakeEncoder(), calibration(threshold)), settings or AskSettings())


def answered(assistant: Assistant, question: str, **options: object) -> Answer:
    result = assistant.ask(question, **options)  # type: ignore[arg-type]
    assert isinstance(result, Answer), result
    return result


def refused(assistant: Assistant, question: str, **options: object) -> Abstention:
    result = assistant.ask(question, **options)  # type: ignore[arg-type]
    assert isinstance(result, Abstention), result
    return result


@pytest.mark.parametrize("question", ANSWERED)
def test_every_citation_is_what_stands_in_its_source(assistant: Assistant, question: str) -> None:
    answer = answered(assistant, question)
    assert answer.text == " ".join(citation.text for citation in answer.citations)
    for citation in answer.citations:
        raw = assistant.index.by_id[citation.document.id].raw
        assert citation.quote == tuple(raw[span.start : span.end] for span in citation.spans)
        assert letters(citation.text) == letters("".join(citation.quote))
        passages = [hit.passage for hit in answer.passages if hit.passage.document == citation.document.id]
        assert any(citation.sentence in p.sentences and citation.section == p.section for p in passages)


def test_an_answer_tells_where_it_is_from(assistant: Assistant) -> None:
    answer = answered(assistant, "Do basalt crystals stay small?")
    assert [str(citation) for citation in answer.citations] == ["stones:1-2"]
    assert answer.citations[0].quote == ("Basalt cools quickly from lava, and its crys-\ntals stay small.",)
    assert answer.text == "Basalt cools quickly from lava, and its crystals stay small."
    assert (answer.question, answer.generation) == ("Do basalt crystals stay small?", "test")


@pytest.mark.parametrize("question", REFUSED)
def test_what_the_papers_do_not_say_is_refused_with_the_nearest(assistant: Assistant, question: str) -> None:
    result = refused(assistant, question)
    assert result.missing == MISSING[question]
    assert all(f"“{name}” is in none of the papers" in result.reason for name in result.missing)
    assert list(result.passages) == assistant.search(question)
    assert len(result.passages) == 3
    assert result.confidence < 0.5


def test_what_comes_near_is_possible_and_what_does_not_is_not(small_index: Index) -> None:
    strict = assistant_of(small_index, threshold=0.99)
    near = refused(strict, "basalt lava crystals", scope=Scope(["stones"]))
    assert near.possible is not None
    assert (near.headline, near.possible.document.id) == ("Possibly", "stones")
    assert "no sentence of them answers" in near.reason
    far = refused(strict, "zirconium", scope=Scope(["stones"]))
    assert (far.headline, far.possible) == ("The chosen paper does not say", None)


def test_an_answer_that_is_too_unsure_is_shown_as_possible(small_index: Index) -> None:
    """Between the two thresholds; below them there is none, and never for a name that is missing."""
    question = "basalt lava crystals"
    confidence = assistant_of(small_index).ask(question).confidence
    for possible, shown in ((confidence, True), (confidence + 1e-9, False)):
        assistant = assistant_of(small_index, AskSettings(possible=possible), threshold=0.999)
        result = refused(assistant, question)
        assert (result.possible is not None) == shown
        if result.possible:
            assert result.possible == answered(assistant_of(small_index), question).citations[0]
    assert refused(assistant_of(small_index, AskSettings(possible=0.0)), "zirconium").possible is None


def test_the_threshold_decides(small_index: Index) -> None:
    confidence = assistant_of(small_index).ask("basalt lava crystals").confidence
    assert isinstance(assistant_of(small_index, threshold=confidence).ask("basalt lava crystals"), Answer)
    assert isinstance(assistant_of(small_index, threshold=confidence + 1e-9).ask("basalt lava crystals"), Abstention)


@pytest.mark.parametrize(
    "question",
    ["", " \n\t", "\x00\x1b\x7f", "\u200b\ufeff\u202e", "\ud800", "?!…", "a" * 100_000, "basalt " * 15_000],
    ids=["empty", "blank", "control", "invisible", "surrogate", "marks", "long word", "many words"],
)
def test_what_is_no_question_is_refused(assistant: Assistant, question: str) -> None:
    with pytest.raises(QuestionError, match=r"empty; type a question in words|100000|105000"):
        assistant.ask(question)
    with pytest.raises(QuestionError):
        assistant.search(question)


def test_the_longest_question_is_that_of_the_settings(small_index: Index) -> None:
    assistant = assistant_of(small_index, AskSettings(max_question_characters=20))
    assert assistant.ask("x" * 20)
    with pytest.raises(QuestionError, match="has 21 characters; at most 20"):
        assistant.ask("x" * 21)


def test_an_unknown_document_is_refused(assistant: Assistant) -> None:
    for call in (assistant.ask, assistant.search):
        with pytest.raises(QuestionError, match="no document 'nowhere'; there are: fruit, stones"):
            call("basalt", scope=Scope(["stones", "nowhere"]))


def test_only_the_sections_asked_are_searched(assistant: Assistant) -> None:
    assert assistant.sections() == ("Introduction", "Results", UNTITLED)
    assert assistant.sections(["stones"]) == (UNTITLED,)
    found = answered(assistant, "pears ripened weeks", scope=Scope(sections=["Results"])).passages
    assert {hit.passage.section for hit in found} == {"Results"}
    result = refused(assistant, "pears ripened weeks", scope=Scope(sections=["Introduction"]))
    assert result.headline == "The chosen sections do not say"
    with pytest.raises(QuestionError, match="no section 'Results'"):
        assistant.ask("basalt", scope=Scope(["stones"], ["Results"]))


def test_only_the_documents_asked_are_searched(assistant: Assistant) -> None:
    result = refused(assistant, "basalt lava crystals", scope=Scope(["fruit"]))
    assert {hit.passage.document for hit in result.passages} == {"fruit"}
    assert {c.document.id for c in answered(assistant, "pears ripened weeks", scope=Scope(["fruit"])).citations} == {
        "fruit"
    }


@pytest.mark.parametrize(
    "question", ["  basalt\tlava\n crystals ", "basalt\x00lava\x1b crystals\u202e", "\ufeffbasalt lava\u200b crystals"]
)
def test_a_question_is_asked_in_one_clean_line(assistant: Assistant, question: str) -> None:
    answer = answered(assistant, question)
    assert (answer.question, answer.interpreted_as) == (question, "basalt lava crystals")
    assert answer.citations == answered(assistant, "basalt lava crystals").citations


def test_a_follow_up_is_asked_with_what_it_follows(assistant: Assistant) -> None:
    first = answered(assistant, "basalt lava crystals")
    result = assistant.ask("Why?", [Turn("basalt lava crystals", first)])
    assert (result.question, result.interpreted_as) == ("Why?", "Why (basalt lava crystals)?")
    assert result.passages[0].passage == first.passages[0].passage
    assert assistant.ask("Why?").interpreted_as == "Why?"


def test_a_follow_up_can_be_asked_as_it_was_typed(assistant: Assistant) -> None:
    first = Turn("basalt lava crystals", answered(assistant, "basalt lava crystals"))
    assert assistant.ask("Why?", [first], as_typed=True) == assistant.ask("Why?")
    assert assistant.ask("Why?", [first]) != assistant.ask("Why?")


def test_a_slip_of_the_pen_is_undone_unless_it_is_asked_as_typed(assistant: Assistant) -> None:
    result = answered(assistant, "basalt laava crytsals")
    assert (result.question, result.interpreted_as) == ("basalt laava crytsals", "basalt lava crystals")
    assert result.corrections == (("laava", "lava"), ("crytsals", "crystals"))
    assert result.citations == answered(assistant, "basalt lava crystals").citations
    assert answered(assistant, "basalt lava crystals").corrections == ()
    as_typed = assistant.ask("basalt laava crytsals", as_typed=True)
    assert (as_typed.interpreted_as, as_typed.corrections) == ("basalt laava crytsals", ())
    assert refused(assistant, "Why laava?", scope=Scope(["fruit"])).corrections == (("laava", "lava"),)


def test_a_follow_up_of_a_question_with_a_slip_is_asked_with_what_was_understood(assistant: Assistant) -> None:
    turns = [Turn(typed := "basalt laava crytsals", answered(assistant, typed))]
    turns.append(Turn("Why laava?", assistant.ask("Why laava?", turns)))
    right = [Turn(asked := "basalt lava crystals", answered(assistant, asked))]
    right.append(Turn("Why lava?", assistant.ask("Why lava?", right)))
    assert assistant.ask("And when?", turns).interpreted_as == assistant.ask("And when?", right).interpreted_as


def test_the_same_question_twice(small_index: Index) -> None:
    for question in (*ANSWERED, *REFUSED):
        assert assistant_of(small_index).ask(question) == assistant_of(small_index).ask(question)


@pytest.mark.parametrize(("top_k", "read_k"), [(1, 20), (2, 1), (10, 20), (1000, 1000)])
def test_as_many_passages_as_the_settings_say(small_index: Index, top_k: int, read_k: int) -> None:
    assistant = assistant_of(small_index, AskSettings(top_k=top_k, read_k=read_k))
    for question in (ANSWERED[0], REFUSED[0]):
        assert len(assistant.ask(question).passages) == min(top_k, 3)
    assert len(assistant.search("basalt")) == min(top_k, 3)
    assert len(assistant.search("basalt", top_k=2)) == 2


def read_wrongly(monkeypatch: pytest.MonkeyPatch, *choices: Sentence) -> None:
    """The reader chooses these sentences, whatever is asked."""

    def read(query: object, hits: list[Hit], *rest: object) -> Reading:
        hit = next(hit for hit in hits if hit.passage.document == "stones")
        features = dict.fromkeys(FEATURES, 0.0) | {"passage_words": 1.0}
        wrong = replace(hit, passage=replace(hit.passage, sentences=choices))
        chosen = tuple(Candidate(wrong, number, 0.0) for number in range(len(choices)))
        return Reading("", chosen, (), features, tuple(hits))

    monkeypatch.setattr(inquiry, "read", read)


TRUE = Sentence("Granite is hard.", (Span(0, 16),))
FALSE = (
    Sentence("Granite is soft.", (Span(0, 16),)),
    Sentence("Granite is hard.", (Span(17, 33),)),
    Sentence("Granite is hard.", (Span(0, 16), Span(9000, 9001))),
)


@pytest.mark.parametrize("false", FALSE)
def test_a_quote_that_does_not_hold_is_not_shown(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, false: Sentence
) -> None:
    read_wrongly(monkeypatch, false, TRUE)
    assert [citation.sentence for citation in answered(assistant, "granite").citations] == [TRUE]
    read_wrongly(monkeypatch, false)
    result = refused(assistant_of(assistant.index), "granite")  # the other one has kept its answer
    assert result.passages
    assert result.confidence > 0.5


def test_a_damaged_index_answers_nothing_false(small_index: Index) -> None:
    stones = small_index.passages[-1]
    passages = (*small_index.passages[:-1], replace(stones, sentences=(FALSE[0], *stones.sentences[1:])))
    refused(assistant_of(replace(small_index, passages=passages)), "granite")
    answered(assistant_of(small_index), "granite")


def test_a_paper_of_references_only_has_nothing_to_search(small_index: Index) -> None:
    passages = tuple(replace(p, kind="reference") if p.document == "stones" else p for p in small_index.passages)
    result = refused(
        assistant_of(replace(small_index, passages=passages, columns=Columns.of(passages))),
        "basalt",
        scope=Scope(["stones"]),
    )
    assert (result.passages, result.confidence) == ((), 0)
    assert result.reason == "None of the papers asked has any text to search."


@given(st.dictionaries(st.sampled_from("abc"), st.floats(-1e9, 1e9), min_size=3), st.floats(-1e6, 1e6))
def test_confidence_is_a_probability(features: Mapping[str, float], bias: float) -> None:
    ones = dict.fromkeys("abc", 1.0)
    model = calibrations.Calibration("", "", "", bias, ones, ones, ones, 0.5)
    assert 0 <= model.probability(features) <= 1


def test_confidence_is_the_logistic_function() -> None:
    model = replace(
        calibration(),
        bias=-1.0,
        weights={"passage_words": 4.0},
        means={"passage_words": 0.25},
        deviations={"passage_words": 0.5},
    )
    assert model.probability({"passage_words": 0.375, "other": 9}) == pytest.approx(0.5)
    assert model.probability({"passage_words": 1.0}) == pytest.approx(1 / (1 + 2.718281828**-5))


def test_an_index_of_another_encoder_is_refused(small_index: Index) -> None:
    other = FakeEncoder()
    other.sha256 = "other weights"
    with pytest.raises(ModelError, match="another encoder; run `qa index build`"):
        Assistant(small_index, "test", Models(other, calibration()), AskSettings())


@pytest.fixture
def opened(small_index: Index, tmp_path: Path) -> tuple[Path, AskSettings]:
    """A published index, and settings that name a calibration beside it."""
    with store.writing(tmp_path / "index"):
        store.publish(small_index, tmp_path / "index")
    path = tmp_path / "calibration.json"
    path.write_text(json.dumps(asdict(calibration())), "utf-8")
    return tmp_path / "index", AskSettings(calibration=path, reader=False)


def test_open_reads_what_was_published(opened: tuple[Path, AskSettings], assistant: Assistant) -> None:
    folder, settings = opened
    found = Assistant.open(folder, settings, FakeEncoder())
    assert found.generation == store.current_generation(folder)
    assert found.documents == assistant.documents
    for question in (*ANSWERED, *REFUSED):
        assert replace(found.ask(question), generation="test") == assistant.ask(question)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(asdict(calibration(sha256="that of another encoder"))),
        json.dumps(asdict(calibration()) | {"surprise": 1}),
        json.dumps({"bias": 1}),
        json.dumps([1]),
        '{"bias": 1',
        "",
        None,
    ],
    ids=["another encoder", "a field too much", "a field missing", "a list", "half", "empty", "missing"],
)
def test_a_wrong_calibration_is_refused(opened: tuple[Path, AskSettings], text: str | None) -> None:
    folder, settings = opened
    settings.calibration.unlink()
    if text is not None:
        settings.calibration.write_text(text, "utf-8")
    with pytest.raises(ModelError, match=r"calibration\.json .*run `python -m qa\.evaluation\.calibrate"):
        Assistant.open(folder, settings, FakeEncoder())


def test_a_calibration_of_other_features_is_rejected(opened: tuple[Path, AskSettings]) -> None:
    folder, settings = opened
    other = replace(calibration(), weights={"gone": 1.0}, means={"gone": 0.0}, deviations={"gone": 1.0})
    settings.calibration.write_text(json.dumps(asdict(other)), "utf-8")
    with pytest.raises(ModelError):
        Assistant.open(folder, settings, FakeEncoder()).ask("basalt")


def test_a_citation_cannot_be_made_of_other_words(assistant: Assistant) -> None:
    with pytest.raises(qa.QuoteError, match="run `qa index build --full`"):
        Citation(assistant.index.by_id["stones"], "", FALSE[0])


def test_the_public_names() -> None:
    assert qa.__all__ == [
        "Abstention",
        "Answer",
        "Assistant",
        "BusyError",
        "Citation",
        "Document",
        "Hit",
        "Library",
        "ModelError",
        "Passage",
        "Place",
        "QAError",
        "QuestionError",
        "QuestionSetError",
        "QuoteError",
        "Result",
        "Scope",
        "Sentence",
        "SourceError",
        "Span",
        "StoreError",
        "Turn",
    ]
    assert qa.Assistant is Assistant
    for name in qa.__all__:
        assert getattr(getattr(qa, name), "__name__", name) == name
    with pytest.raises(AttributeError):
        qa.nonsense  # noqa: B018


def test_a_model_needs_a_calibration_of_its_own(
    small_index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the model's file there it is opened, and answers only under a calibration that was fitted for it."""
    encoder = FakeEncoder()
    with store.writing(tmp_path / "index"):
        store.publish(small_index, tmp_path / "index")
    monkeypatch.setattr("qa.answers.models.open_cross_encoder", lambda path: FakeModel())
    file, fitted = tmp_path / "reader.onnx", tmp_path / "calibration-reader.json"
    settings = AskSettings(reader_model=file, reader_calibration=fitted, calibration=tmp_path / "plain.json")
    names = {
        "means": dict.fromkeys(CROSS_ENCODER_FEATURES, 0.0),
        "deviations": dict.fromkeys(CROSS_ENCODER_FEATURES, 1.0),
    }
    weights = dict.fromkeys(CROSS_ENCODER_FEATURES, 0.0) | {"reader_sentence": 1.0}
    made = replace(calibration(), weights=weights, reader_sha256=FakeModel.sha256, **names)
    fitted.write_text(json.dumps(asdict(made)), "utf-8")
    (tmp_path / "plain.json").write_text(json.dumps(asdict(calibration())), "utf-8")
    plain = Assistant.open(tmp_path / "index", settings, encoder).ask("stored at four degrees")
    assert "reader" not in plain.passages[0].ranks
    file.write_bytes(b"model")
    result = Assistant.open(tmp_path / "index", settings, encoder).ask("stored at four degrees")
    assert isinstance(result, Answer)
    assert result.text == "They were stored at four degrees."
    assert result.passages[0].ranks["reader"] == 1
    off = replace(settings, reader=False)
    assert "reader" not in Assistant.open(tmp_path / "index", off, encoder).ask("granite").passages[0].ranks
    fitted.unlink()
    with pytest.raises(ModelError, match="calibration-reader"):
        Assistant.open(tmp_path / "index", settings, encoder)


def test_what_one_has_answered_is_known_with_other_models_too(small_index: Index) -> None:
    assistant, other = assistant_of(small_index), FakeEncoder()
    result = assistant.ask("basalt lava crystals")
    same = assistant.with_models(Models(other, calibration()))
    assert same.ask("basalt lava crystals") is result
    assert other.texts == []
    same.ask("pears ripened weeks")
    assert other.texts
    asked = len(other.texts)
    assistant.ask("pears ripened weeks")
    assert len(other.texts) == asked
    assert assistant.models is not same.models
