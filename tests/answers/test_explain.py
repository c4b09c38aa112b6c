"""Why there is an answer, and why there is none, on two small papers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qa.answers import explain
from qa.answers.assistant import Assistant
from qa.answers.judged import Directions
from qa.answers.models import Models
from qa.config import AskSettings, IndexSettings
from qa.index.build import build
from qa.papers.sources import sources_in
from qa.types import Abstention, Answer, Scope
from tests.conftest import FakeEncoder, calibration


def test_an_answer_is_explained_by_words_ranks_and_curve(assistant: Assistant) -> None:
    answer = assistant.ask("Do pears ripen in weeks, or melt?")
    assert isinstance(answer, Answer)
    why = explain.why(assistant, answer)
    assert (why.matched, why.missing) == (("pears", "ripen", "weeks"), ())
    assert why.found[0].shared == ("pears", "ripen", "weeks")
    assert why.found[0].rank == 1
    assert why.found[0].ranks == answer.passages[0].ranks
    assert (why.confidence, why.threshold, why.curve) == (answer.confidence, assistant.threshold, None)


def test_names_that_never_meet_are_told_from_those_that_are_missing(assistant: Assistant) -> None:
    result = assistant.ask("Does dupilumab melt basalt, or zirconium granite?")
    assert isinstance(result, Abstention)
    assert result.missing == ("dupilumab", "zirconium")
    absence = explain.absence(assistant, result)
    assert (absence.nowhere, absence.apart) == ((), ())


def test_of_an_everyday_word_no_absence_is_claimed(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    result = assistant.ask("Was it zapping?")
    assert isinstance(result, Abstention)
    assert explain.absence(assistant, replace(result, missing=())).nowhere == ("zapping",)
    learnt = Directions(FakeEncoder.sha256, [-9.0] + [0.0] * 27, [-9.0] + [0.0] * 27)
    monkeypatch.setattr("qa.answers.judged.directions_for", lambda _: learnt)
    assert explain.absence(assistant, replace(result, missing=())).nowhere == ()


def test_of_a_number_no_absence_is_claimed(assistant: Assistant) -> None:
    """It may stand there in other units."""
    result = assistant.ask("Was zirconium given at 63 mg?")
    assert isinstance(result, Abstention)
    absence = explain.absence(assistant, replace(result, missing=()))
    assert (absence.nowhere, absence.elsewhere, absence.apart) == (("zirconium",), (), ())


def test_of_women_men_and_children_no_absence_is_claimed(assistant: Assistant) -> None:
    """The paper may call them otherwise."""
    result = assistant.ask("Did the child store granite?")
    assert isinstance(result, Abstention)
    assert result.reason == "No passage that comes near has “child” together with the rest of the question."
    absence = explain.absence(assistant, replace(result, missing=()))
    assert (absence.nowhere, absence.elsewhere, absence.apart) == ((), (), ())


def test_names_of_papers_that_were_not_asked_are_elsewhere(corpus: Path, encoder: FakeEncoder) -> None:
    (corpus / "drug.txt").write_text("Dupilumab was given for a week.\n")
    index = build(sources_in(corpus), IndexSettings(), encoder)
    assistant = Assistant(index, "test", Models(encoder, calibration(0.99)), AskSettings())
    result = assistant.ask("Was dupilumab given?", scope=Scope(["fruit"]))
    assert isinstance(result, Abstention)
    assert result.reason == "“dupilumab” is in none of the chosen papers; it is in “drug”."
    assert explain.absence(assistant, replace(result, missing=()), Scope(["fruit"])).elsewhere == ("dupilumab",)


def test_a_word_known_in_another_form_is_not_absent(corpus: Path, encoder: FakeEncoder) -> None:
    (corpus / "forms.txt").write_text(
        "Metastases of a tumor were seen. Acute myeloid leukaemia (AML) was treated. An appendix was taken out. "
        "Magnetic resonance imaging showed it.\n"
    )
    index = build(sources_in(corpus), IndexSettings(), encoder)
    assistant = Assistant(index, "test", Models(encoder, calibration(0.99)), AskSettings())
    asked = "Is a metastasis, tumours, an MRI, appendices, AML, leukemia, or five dupilumab, zirconium?"
    result = assistant.ask(asked)
    assert isinstance(result, Abstention)
    assert explain.absence(assistant, replace(result, missing=())).nowhere == ("dupilumab", "zirconium")


def test_the_curve_says_what_is_wrong_from_the_threshold_reached_on(assistant: Assistant) -> None:
    curve = ((0.9, 0.1), (0.7, 0.2))
    object.__setattr__(assistant.models.calibration, "curve", curve)
    points = [assistant.models.calibration.point_at(confidence) for confidence in (0.95, 0.9, 0.8, 0.5)]
    assert points == [(0.9, 0.1), (0.9, 0.1), (0.7, 0.2), None]


def test_the_nearest_sentence_of_each_nearest_passage_is_told(assistant: Assistant) -> None:
    result = assistant.ask("Does dupilumab melt basalt lava crystals?")
    assert isinstance(result, Abstention)
    nearest = explain.absence(assistant, result).nearest
    assert [place for place, _ in nearest] == list(range(min(explain.NEAREST, len(result.passages))))
    encode = assistant.models.encoder.encode
    for place, citation in nearest:
        sentences = result.passages[place].passage.sentences
        cosines = encode([one.text for one in sentences]) @ encode([result.interpreted_as])[0]
        assert citation.sentence == sentences[int(cosines.argmax())]


def test_the_passage_of_a_possible_answer_is_not_shown_twice(assistant: Assistant) -> None:
    result = assistant.ask("Does dupilumab melt basalt lava crystals?")
    assert isinstance(result, Abstention)
    (_, first), *others = explain.absence(assistant, result).nearest
    again = explain.absence(assistant, replace(result, possible=first)).nearest
    assert [citation for _, citation in again][: len(others)] == [citation for _, citation in others]


def test_a_passage_of_an_earlier_generation_has_no_nearest_sentence(assistant: Assistant) -> None:
    result = assistant.ask("Does dupilumab melt basalt lava crystals?")
    assert isinstance(result, Abstention)
    passage = replace(result.passages[0].passage, document="gone")
    found = explain.absence(assistant, replace(result, passages=(replace(result.passages[0], passage=passage),)))
    assert found.nearest == ()
