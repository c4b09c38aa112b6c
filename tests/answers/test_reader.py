"""One to three sentences, the best first, the answer span, and features in their range."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from qa.answers.calibration import CROSS_ENCODER_FEATURES, FEATURES
from qa.answers.cross_encoder import AnswerSpan, CrossEncoder
from qa.answers.judged import Judged
from qa.answers.reader import NEAR, Candidate, Reading, read
from qa.answers.search import Query, search, standardised
from qa.config import AskSettings, IndexSettings
from qa.index.build import build
from qa.index.index import Index
from qa.papers.sources import sources_in
from qa.types import Scope
from qa.words import terms
from tests.answers.fake_model import FakeModel
from tests.conftest import FakeEncoder
from tests.papers.pdf.drawing import LEFT, OWLS, Drawing, titled

QUESTIONS = [
    "What does basalt cool from?",
    "granite hard basalt cools quickly lava marble limestone",
    "How much was the harvest of apples?",
    "pears",
    "of the",
    "a",
]
UNKNOWN = "zirconium reactor"
"""Its name stands in no paper."""


def reading(index: Index, question: str, max_sentences: int = 3, documents: tuple[str, ...] = ()) -> Reading:
    query = Query.of(question, FakeEncoder())
    hits = search(query, index, "hybrid", 20, Scope(documents))
    return read(query, hits, index, AskSettings(max_sentences=max_sentences))


@pytest.mark.parametrize("max_sentences", [1, 2, 3])
@pytest.mark.parametrize("question", QUESTIONS)
def test_one_to_three_sentences_of_their_passages(small_index: Index, question: str, max_sentences: int) -> None:
    chosen = reading(small_index, question, max_sentences).chosen
    assert 1 <= len(chosen) <= max_sentences
    assert len(set(map(id, (candidate.sentence for candidate in chosen)))) == len(chosen)
    for candidate in chosen:
        assert candidate.sentence in candidate.hit.passage.sentences


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_best_sentence_comes_first(small_index: Index, monkeypatch: pytest.MonkeyPatch, question: str) -> None:
    monkeypatch.setattr("qa.answers.reader.NEAR", 100.0)
    chosen = reading(small_index, question, 10).chosen
    scores = [candidate.score for candidate in chosen]
    assert scores == sorted(scores, reverse=True)
    assert chosen[:1] == reading(small_index, question, 1).chosen


@pytest.mark.parametrize("model", [None, FakeModel()])
def test_without_a_passage_that_has_its_name_a_question_has_no_sentence(
    small_index: Index, model: FakeModel | None
) -> None:
    query = Query.of(UNKNOWN, FakeEncoder())
    hits = search(query, small_index)
    found = read(query, hits, small_index, AskSettings(), cast(CrossEncoder, model))
    assert (found.chosen, found.highlights) == ((), ())
    assert [name.text for name in found.missing] == ["zirconium"]
    assert found.features["names_missing"] == 1
    assert {hit.passage.id for hit in found.hits} == {hit.passage.id for hit in hits}, (
        "the nearest are shown all the same"
    )


@pytest.mark.parametrize("model", [None, FakeModel()])
def test_passages_without_the_name_stand_behind_and_answer_nothing(small_index: Index, model: FakeModel | None) -> None:
    """`Basalt`, which no paper writes without a capital, is in one of three passages, the rest in another."""
    query = Query.of("Were Basalt and pears stored at degrees?", FakeEncoder())
    hits = [replace(hit, score=-float(n)) for n, hit in enumerate(search(query, small_index)[::-1])]
    assert hits[0].passage.document == "fruit"
    found = read(query, hits, small_index, AskSettings(), cast(CrossEncoder, model))
    assert [hit.passage.document for hit in found.hits] == ["stones", "fruit", "fruit"]
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)
    assert {chosen.hit.passage.document for chosen in found.chosen} == {"stones"}
    assert (found.missing, found.features["names_missing"]) == ((), 0)


def test_a_number_that_is_asked_about_stands_in_the_passage(small_index: Index) -> None:
    for given in ("4 degrees", "four degrees", "9 weeks", "63 days"):
        found = reading(small_index, f"Were apples and pears stored at {given}?")
        assert {chosen.hit.passage.section for chosen in found.chosen} == {"Results"}
    for other in ("5 degrees", "120 kg"):  # no paper has five of anything, and 120 kg are in another passage
        found = reading(small_index, f"Were the Pears stored at {other}?")
        assert (found.chosen, [name.text for name in found.missing]) == ((), [other])


def test_where_a_quantity_is_asked_for_a_sentence_without_one_is_none(small_index: Index) -> None:
    for model in (None, FakeModel()):
        query = Query.of("How much does the Basalt cool?", FakeEncoder())
        found = read(query, search(query, small_index), small_index, AskSettings(), cast(CrossEncoder, model))
        assert (found.chosen, found.missing) == ((), ())
        assert found.features


def test_no_sentence_comes_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.answers.reader.NEAR", 100.0)
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text(f"Granite is hard. Opal {name} is soft.", "utf-8")
    index = build(sources_in(tmp_path), IndexSettings(), FakeEncoder())
    texts = [chosen.sentence.text for chosen in reading(index, "Which is hard?", 10).chosen]
    assert sorted(texts) == ["Granite is hard.", "Opal a is soft.", "Opal b is soft."]


def test_more_sentences_than_one_come_when_they_are_as_near(
    small_index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "Which stay small and grow on red trees in weeks?"
    alone = reading(small_index, question, 1).chosen[0].sentence
    monkeypatch.setattr("qa.answers.reader.NEAR", 100.0)
    everything = [chosen.sentence for chosen in reading(small_index, question, 10).chosen]
    every = [sentence for passage in small_index.passages for sentence in passage.sentences]
    assert sorted(everything, key=every.index) == every
    monkeypatch.setattr("qa.answers.reader.NEAR", 0.0)
    assert [chosen.sentence for chosen in reading(small_index, question, 10).chosen] == [alone]
    assert 0 < NEAR < 1


def test_the_sentence_with_the_words_is_chosen(small_index: Index) -> None:
    expected = {
        "What does basalt cool from?": "Basalt cools quickly from lava, and its crystals stay small.",
        "Is granite hard?": "Granite is hard.",
        "Were pears ripened in weeks?": "Pears ripened in nine weeks [3].",
        "Were they stored at degrees?": "They were stored at four degrees.",
    }
    for question, text in expected.items():
        assert [chosen.sentence.text for chosen in reading(small_index, question, 1).chosen] == [text]


@pytest.mark.parametrize("documents", [(), ("fruit",), ("stones",)])
@pytest.mark.parametrize("question", QUESTIONS)
def test_features_are_in_their_range(small_index: Index, question: str, documents: tuple[str, ...]) -> None:
    features = reading(small_index, question, documents=documents).features
    assert set(features) == set(FEATURES)
    assert -1 <= features["sentence_cosine"] <= 1 + 1e-6
    for name in ("sentence_words", "passage_words", "unknown_words"):
        assert 0 <= features[name] <= 1
    assert features["sentence_words"] <= features["passage_words"] + 1e-9


def test_features_by_hand(small_index: Index) -> None:
    """Three passages: `basalt` and `lava` stand in one, `reactor` in none."""
    features = reading(small_index, "basalt reactor lava").features
    one, none = (math.log(1 + (3 - f + 0.5) / (f + 0.5)) for f in (1, 0))
    assert features["sentence_words"] == features["passage_words"] == pytest.approx(2 * one / (2 * one + none))
    assert features["unknown_words"] == pytest.approx(none / (2 * one + none))
    encoder = FakeEncoder()
    texts = ["basalt reactor lava", "stones\nBasalt cools quickly from lava, and its crystals stay small."]
    question, sentence = encoder.encode(texts)
    assert features["sentence_cosine"] == pytest.approx(float(question @ sentence), abs=1e-6)


def test_words_that_are_less_telling_weigh_less(small_index: Index) -> None:
    query = replace(Query.of("basalt reactor lava", FakeEncoder()), judged={"reactor": Judged(0.25, 0.0)})
    features = read(query, search(query, small_index), small_index, AskSettings()).features
    one, none = (math.log(1 + (3 - f + 0.5) / (f + 0.5)) for f in (1, 0))
    assert features["sentence_words"] == pytest.approx(2 * one / (2 * one + none / 4))
    assert features["unknown_words"] == pytest.approx(none / 4 / (2 * one + none / 4))


def test_a_sentence_that_speaks_of_the_opposite_is_no_answer(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Children over 50 kg had 0.5 mg each day.\n\nThose under 50 kg had half of it.\n")
    index = build(sources_in(tmp_path), IndexSettings(), FakeEncoder())
    found = reading(index, "How much did children under 50 kg have each day?")
    assert [candidate.sentence.text for candidate in found.chosen] == ["Those under 50 kg had half of it."]


def test_a_row_for_the_other_side_of_a_bound_does_not_join_the_answer(tmp_path: Path) -> None:
    drawing = Drawing()
    titled(drawing)
    drawing.text(LEFT, 130, 495, OWLS)
    drawing.line(LEFT, 300, "Table 1. Change by age", 8)
    rows = [("Age", "Owls", "Change (mm)"), ("Over two years", "17", "0.2"), ("Under two years", "14", "0.1")]
    for y, row in enumerate(rows):
        for x, cell in zip((LEFT, 200, 300), row, strict=True):
            drawing.line(x, 315 + 10 * y, cell, 8)
    (tmp_path / "a.pdf").write_bytes(drawing.data())
    index = build(sources_in(tmp_path), IndexSettings(), FakeEncoder())
    (chosen,) = reading(index, "What was the change in owls under two years?").chosen
    assert chosen.sentence.text == "Age Under two years: Owls 14; Change (mm) 0.1"


@pytest.mark.parametrize(("papers", "counted"), [(None, 3), (1, 3), (40, 40), (5000, 300)])
def test_how_many_papers_were_searched_is_a_feature(small_index: Index, papers: int | None, counted: int) -> None:
    query = Query.of("basalt lava", FakeEncoder())
    found = read(query, search(query, small_index), small_index, AskSettings(), papers=papers)
    assert found.features["papers"] == pytest.approx(math.log10(counted))


def test_words_are_looked_for_in_the_first_three_passages(small_index: Index) -> None:
    query = Query.of("cools quickly", FakeEncoder())
    stones, *others = search(query, small_index)
    for hits, share in (([*others, stones], 1), ([*others, others[0], stones], 0)):
        assert read(query, hits, small_index, AskSettings()).features["passage_words"] == pytest.approx(share)


def test_a_question_without_a_known_word_says_so(small_index: Index) -> None:
    assert reading(small_index, UNKNOWN).features["unknown_words"] == 1
    assert reading(small_index, "of the").features["unknown_words"] == 1
    assert reading(small_index, "apples").features["unknown_words"] == 0
    assert terms(["of the"]) == [[]]


def test_the_same_twice(small_index: Index) -> None:
    for question in QUESTIONS:
        assert reading(small_index, question) == reading(small_index, question)


@pytest.mark.parametrize(
    ("question", "sentence", "highlights"),
    [
        ("How many cGy did she receive?", "She received 5,040 cGy in 28 fractions.", ("5,040 cGy", "28 fractions")),
        ("What was the survival?", "Survival was 60–70% at 5 years [12, 14].", ("60–70%", "5 years")),
        ("How old was the girl?", "A 4-year-old girl (Figure 2) came.", ("4-year-old",)),
        ("How large was the mass?", "A 5.3 x 5.0 cm mass, then 2.3 cm.", ("5.3 x 5.0 cm", "2.3 cm")),
        ("What dose was given?", "Pazopanib at 800 mg/day, 800 mg/day.", ("800 mg/day",)),
        ("When did it recur?", "It recurred after 6 months.", ("6 months",)),
        ("Which drug was given at a dose of 800 mg?", "At 800 mg for 2 weeks.", ()),
        ("How long was it given at 800 mg?", "At 800 mg for 2 weeks in 40 %.", ("2 weeks",)),
        ("Which drug was given?", "She received 5,040 cGy in 28 fractions.", ()),
        ("How many genes?", "PAX3 and FOXO1 are fused; t(2;13).", ("2", "13")),
        ("How much?", "Not a figure in it.", ()),
        ("How many of the 120 patients relapsed?", "Of 120 patients, relapse was seen in 12.", ("12",)),
        ("How many of the 12 patients relapsed?", "Of 12 patients 3 relapsed.", ("3",)),
    ],
)
def test_highlights(tmp_path: Path, question: str, sentence: str, highlights: tuple[str, ...]) -> None:
    (tmp_path / "paper.txt").write_text(sentence, "utf-8")
    index = build(sources_in(tmp_path), IndexSettings(), FakeEncoder())
    found = reading(index, question)
    assert [chosen.sentence.text for chosen in found.chosen] == [sentence]
    assert found.highlights == highlights


def test_highlights_are_words_of_the_answer(small_index: Index) -> None:
    found = reading(small_index, "How much was the harvest, in kg?")
    assert found.highlights == ("120 kg",)
    text = " ".join(chosen.sentence.text for chosen in found.chosen)
    assert all(highlight in text for highlight in found.highlights)


# With a model


def reading_by(model: FakeModel, index: Index, question: str, **settings: int) -> Reading:
    query = Query.of(question, FakeEncoder())
    return read(query, search(query, index), index, AskSettings(**settings), cast(CrossEncoder, model))


def test_the_model_orders_passages_and_chooses_sentences(small_index: Index) -> None:
    found = reading_by(FakeModel(), small_index, "stored at four degrees")
    assert [chosen.sentence.text for chosen in found.chosen] == ["They were stored at four degrees."]
    assert found.chosen[0].hit == found.hits[0]
    assert [hit.ranks["reader"] for hit in found.hits] == [1, 2, 3]
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)
    assert set(found.features) == set(CROSS_ENCODER_FEATURES)
    assert (
        found.features["reader_sentence"] == found.features["reader_passage"] == -found.features["reader_no_answer"] > 0
    )


def test_only_the_first_passages_are_read_and_the_rest_stays_behind(small_index: Index) -> None:
    model = FakeModel()
    query = Query.of("stored at four degrees", FakeEncoder())
    hits = search(query, small_index)
    found = read(query, hits, small_index, AskSettings(reader_k=1), cast(CrossEncoder, model))
    assert model.passages == [("Fruit of the North: Results", [s.text for s in hits[0].passage.sentences])]
    assert [hit.passage.id for hit in found.hits] == [hit.passage.id for hit in hits]
    assert [hit.ranks.get("reader") for hit in found.hits] == [1, None, None]
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)


def test_the_most_promising_sentences_are_read(small_index: Index) -> None:
    whole, part = FakeModel(), FakeModel()
    reading_by(whole, small_index, "stored at four degrees")
    found = reading_by(part, small_index, "stored at four degrees", reader_words=12)
    assert [heading for heading, _ in part.passages] == [heading for heading, _ in whole.passages]
    for (_, every), (_, few) in zip(whole.passages, part.passages, strict=True):
        assert few == [sentence for sentence in every if sentence in few], "in the order of the text"
        assert few, "at least one of each passage"
    words = [sum(len(sentence.split()) for _, read in model.passages for sentence in read) for model in (whole, part)]
    assert words[1] < words[0]
    assert [chosen.sentence.text for chosen in found.chosen] == ["They were stored at four degrees."]
    chosen = {candidate.sentence.text for candidate in found.chosen}
    assert chosen <= {sentence for _, read in part.passages for sentence in read}


def test_words_are_marked_in_the_sentence_that_was_read(small_index: Index) -> None:
    """The model numbers the sentences that it reads, not those of the passage."""
    model = FakeModel(AnswerSpan(0, 20, 0, 32))
    found = reading_by(model, small_index, "They were stored at four degrees", reader_words=1)
    assert [read for _, read in model.passages if "They were stored at four degrees." in read] == [
        ["They were stored at four degrees."]
    ]
    assert found.chosen[0].number > 0
    assert found.highlights == ("four degrees",)


def test_of_words_that_run_on_those_in_the_answer_are_marked(small_index: Index) -> None:
    """The sentence before is not likely evidence, so that it does not join."""
    found = reading_by(FakeModel(AnswerSpan(0, 6, 1, 9)), small_index, "They were stored at four degrees")
    assert [chosen.sentence.text for chosen in found.chosen] == ["They were stored at four degrees."]
    assert found.highlights == ("They were",)


def test_marked_words_are_whole_expressions(small_index: Index) -> None:
    question = "They were stored at four degrees"
    assert reading_by(FakeModel(AnswerSpan(1, 22, 1, 27)), small_index, question).highlights == ("four degrees",)


def test_the_quantity_asked_for_is_marked_rather_than_other_words(small_index: Index) -> None:
    question = "at how many degrees were they stored"
    assert reading_by(FakeModel(AnswerSpan(1, 0, 1, 9)), small_index, question).highlights == ("four degrees",)


def test_words_are_marked_in_their_sentence(small_index: Index) -> None:
    found = reading_by(FakeModel(AnswerSpan(1, 20, 1, 32)), small_index, "They were stored at four degrees")
    assert found.highlights == ("four degrees",)
    assert found.highlights[0] in found.chosen[0].sentence.text


def test_without_the_sharpest_words_figures_are_marked(small_index: Index) -> None:
    assert reading_by(FakeModel(), small_index, "how much was the harvest was").highlights == ("120 kg",)


def test_a_further_sentence_is_likely_evidence_of_the_same_paper(
    small_index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    for weight in ("INSIDE", "COSINE"):
        monkeypatch.setattr(f"qa.answers.reader.{weight}", 0.0)
    monkeypatch.setattr("qa.answers.reader.NEAR_LOGIT", 100.0)
    question = "cools quickly from is hard are red"
    found = reading_by(FakeModel(), small_index, question)
    assert [chosen.sentence.text for chosen in found.chosen] == [
        "Basalt cools quickly from lava, and its crystals stay small.",
        "Granite is hard.",
    ]
    assert all(chosen.evidence > 0 for chosen in found.chosen)
    assert found.features["rivals"] == 2, "with the one of the other paper"
    assert reading_by(FakeModel(), small_index, question, max_sentences=1).chosen == found.chosen[:1]
    monkeypatch.setattr("qa.answers.reader.NEAR_LOGIT", 0.0)
    assert reading_by(FakeModel(), small_index, question).chosen == found.chosen[:1]


@pytest.mark.parametrize(
    ("weight", "worth"),
    [("COSINE", "cosine"), ("INSIDE", "standard"), ("SPAN", 1.0), ("SHORT", -1.0)],
)
def test_what_makes_a_sentence_better(
    small_index: Index, monkeypatch: pytest.MonkeyPatch, weight: str, worth: str | float
) -> None:
    """Each weight counts with what it is the weight of, beside the model's logit."""
    monkeypatch.setattr("qa.answers.reader.FEW", 8)

    def score(given: float) -> Candidate:
        monkeypatch.setattr(f"qa.answers.reader.{weight}", given)
        query = Query.of("How much was the harvest", FakeEncoder())
        model = cast(CrossEncoder, FakeModel(AnswerSpan(1, 0, 1, 3)))
        (best,) = read(query, hits, small_index, AskSettings(max_sentences=1), model).chosen
        assert best.sentence.text == "The harvest was 120 kg in 2019."
        return best

    hits = search(Query.of("How much was the harvest", FakeEncoder()), small_index)
    worths = standardised(np.array([hit.score for hit in hits]))
    standard = {hit.passage.id: float(found) for hit, found in zip(hits, worths, strict=True)}
    without, best = score(0.0), score(3.0)
    by = {"cosine": best.cosine, "standard": standard[best.hit.passage.id]}.get(str(worth), worth)
    assert best.score - without.score == pytest.approx(3 * float(by), abs=1e-5)


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_same_twice_with_a_model(small_index: Index, question: str) -> None:
    assert reading_by(FakeModel(), small_index, question) == reading_by(FakeModel(), small_index, question)
