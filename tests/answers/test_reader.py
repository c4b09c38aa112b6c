"""One to three sentences in reading order, the answer span, and features in their range."""

from __future__ import annotations

import math
from pathlib import Path
from typing import cast

import pytest

from qa.answers.calibration import CROSS_ENCODER_FEATURES, FEATURES
from qa.answers.cross_encoder import AnswerSpan, CrossEncoder
from qa.answers.reader import NEAR, Reading, read
from qa.answers.search import Query, search
from qa.config import AskSettings, IndexSettings
from qa.index.build import build
from qa.index.index import Index
from qa.papers.sources import sources_in
from qa.types import Scope
from qa.words import terms
from tests.answers.fake_model import FakeModel
from tests.conftest import FakeEncoder

QUESTIONS = [
    "What does basalt cool from?",
    "granite hard basalt cools quickly lava marble limestone",
    "How much was the harvest of apples?",
    "pears",
    "zirconium reactor",
    "of the",
    "a",
]


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
def test_sentences_of_one_passage_are_in_the_order_of_the_text(small_index: Index, question: str) -> None:
    chosen = reading(small_index, question, 10).chosen
    passages = [candidate.hit.passage.id for candidate in chosen]
    assert passages == sorted(passages, key=passages.index)  # those of one passage stand together
    for name in passages:
        starts = [one.sentence.spans[0].start for one in chosen if one.hit.passage.id == name]
        assert starts == sorted(starts)


def test_more_sentences_than_one_come_when_they_are_as_near(
    small_index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "granite hard basalt cools quickly lava marble limestone"
    alone = reading(small_index, question, 1).chosen[0].sentence
    monkeypatch.setattr("qa.answers.reader.NEAR", 100.0)
    everything = [chosen.sentence.text for chosen in reading(small_index, question, 10).chosen]
    assert len(everything) == 7
    assert everything[:3] == [sentence.text for sentence in small_index.passages[-1].sentences]
    monkeypatch.setattr("qa.answers.reader.NEAR", 0.0)
    assert [chosen.sentence for chosen in reading(small_index, question, 10).chosen] == [alone]
    assert 0 < NEAR < 1


def test_the_sentence_with_the_words_is_chosen(small_index: Index) -> None:
    expected = {
        "What does basalt cool from?": "Basalt cools quickly from lava, and its crystals stay small.",
        "Is granite hard?": "Granite is hard.",
        "Were pears ripened in weeks?": "Pears ripened in nine weeks [3].",
        "At how many degrees were they stored?": "They were stored at four degrees.",
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


def test_words_are_looked_for_in_the_first_three_passages(small_index: Index) -> None:
    query = Query.of("basalt lava", FakeEncoder())
    stones, *others = search(query, small_index)
    for hits, share in (([*others, stones], 1), ([*others, others[0], stones], 0)):
        assert read(query, hits, small_index, AskSettings()).features["passage_words"] == pytest.approx(share)


def test_a_question_without_a_known_word_says_so(small_index: Index) -> None:
    assert reading(small_index, "zirconium reactor").features["unknown_words"] == 1
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
        ("How many of the 120 patients relapsed?", "Relapse was seen in 12.", ("12",)),
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


def test_neighbours_are_joined_when_the_words_run_on(small_index: Index) -> None:
    found = reading_by(FakeModel(AnswerSpan(0, 6, 1, 9)), small_index, "They were stored at four degrees")
    assert [chosen.sentence.text for chosen in found.chosen] == [
        "Pears ripened in nine weeks [3].",
        "They were stored at four degrees.",
    ]
    assert found.highlights == ("ripened in nine weeks", "They were")


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


def test_sentences_of_several_papers_each_with_its_passage(small_index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    for weight in ("INSIDE", "PLAIN"):
        monkeypatch.setattr(f"qa.answers.reader.{weight}", 0.0)
    found = reading_by(FakeModel(), small_index, "is hard red grow")
    assert {chosen.hit.passage.document for chosen in found.chosen} == {"fruit", "stones"}
    assert len(reading_by(FakeModel(), small_index, "is hard red grow", max_sentences=1).chosen) == 1


def test_a_sentence_counts_for_more_in_a_passage_that_answers(
    small_index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "They were stored at four degrees"
    before = reading_by(FakeModel(), small_index, question)
    monkeypatch.setattr("qa.answers.reader.RELEVANT", 10.0)
    after = reading_by(FakeModel(), small_index, question)
    (first,), (second,) = before.chosen, after.chosen
    assert first.id == second.id
    relevance = before.features["reader_passage"]
    assert second.score - first.score == pytest.approx((10 - 0.5) * relevance)


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_same_twice_with_a_model(small_index: Index, question: str) -> None:
    assert reading_by(FakeModel(), small_index, question) == reading_by(FakeModel(), small_index, question)
