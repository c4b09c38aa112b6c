"""Question sets, figures and the fitted confidence; figures against their formulas, written out."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from click.testing import CliRunner

from qa import calibration as calibrations
from qa import library, store
from qa.assistant import Assistant
from qa.config import IndexSettings
from qa.embed import open_encoder
from qa.evaluation import calibrate, covidqa
from qa.evaluation.questions import Evidence, Question, load_questions
from qa.evaluation.run import Outcome, covered, holds_any, quantile, render, run, table
from qa.index import Index
from qa.sources import read, sources_in
from qa.types import Abstention, Answer, Citation, Document, ModelError, QuestionSetError, Sentence, Span, Turn
from tests.conftest import ROOT, FakeEncoder, calibration

# Question sets

PAPERS = (Document("a", "", "Granite is\nhard. Basalt is dark. Granite again."), Document("b", "", "Marble."))
GOOD: dict[str, object] = {
    "id": "q1",
    "question": "Is granite hard?",
    "kind": "factoid",
    "answerable": True,
    "evidence": [{"document": "a", "quote": "Granite is\nhard."}],
    "alternatives": [[{"document": "b", "quote": "Marble."}, {"document": "a", "quote": "dark"}]],
    "answers": ["hard"],
}


def loaded(folder: Path, *lines: object) -> list[Question]:
    path = folder / "questions.jsonl"
    path.write_text("\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines) + "\n", "utf-8")
    return load_questions(path, PAPERS)


def test_quotes_become_spans(tmp_path: Path) -> None:
    unanswerable = {"id": "q2", "question": "Why?", "kind": "off-topic", "answerable": False}
    turns = GOOD | {"id": "q3", "turns": ["Granite?", "And?", GOOD["question"]], "documents": ["a"]}
    first, second, third = loaded(tmp_path, GOOD, "", unanswerable, turns)
    assert first == Question(
        "q1",
        "Is granite hard?",
        "factoid",
        True,
        ((Evidence("a", Span(0, 16)),), (Evidence("b", Span(0, 7)), Evidence("a", Span(27, 31)))),
        ("hard",),
    )
    assert (second.answerable, second.evidence, second.answers) == (False, (), ())
    assert (third.earlier, third.documents) == (("Granite?", "And?"), ("a",))


def without(name: str) -> dict[str, object]:
    return {key: value for key, value in GOOD.items() if key != name}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"id": "q9"', "Expecting"),
        ("[]", "list"),
        ('"text"', "string indices"),
        (GOOD, "the id 'q1' is there already"),
        *((without(name), f"the field '{name}' is missing") for name in ("id", "question", "kind", "answerable")),
        (GOOD | {"id": "q2", "evidence": [{"document": "a"}]}, "the field 'quote' is missing"),
        (GOOD | {"id": "q2", "evidence": [{"document": "c", "quote": "x"}]}, "the document 'c' is not in the index"),
        (GOOD | {"id": "q2", "evidence": [{"document": "b", "quote": "Granite"}]}, "this quote is not in b: 'Granite'"),
        (GOOD | {"id": "q2", "evidence": [{"document": "b", "quote": ""}]}, "this quote is not in b: ''"),
        (GOOD | {"id": "q2", "evidence": [{"document": "a", "quote": "Granite is hard."}]}, "this quote is not in a"),
        (GOOD | {"id": "q2", "evidence": []}, "needs evidence"),
        (GOOD | {"id": "q2", "alternatives": [[]]}, "no alternative may be empty"),
        (GOOD | {"id": "q2", "turns": ["first", "other"]}, "the last of the turns must be the question"),
        (GOOD | {"id": "q2", "documents": ["nowhere"]}, "the document 'nowhere' is not in the index"),
    ],
)
def test_a_wrong_line_is_named_with_its_file_and_number(tmp_path: Path, line: object, message: str) -> None:
    with pytest.raises(QuestionSetError) as caught:
        loaded(tmp_path, GOOD, "", line)
    assert str(caught.value).startswith(f"{tmp_path / 'questions.jsonl'}, line 3: ")
    assert message in str(caught.value)


def test_every_wrong_line_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionSetError) as caught:
        loaded(tmp_path, "{", GOOD, GOOD, without("kind"))
    assert [line.split(":")[0].split(", ")[1] for line in str(caught.value).splitlines()] == [
        "line 1",
        "line 3",
        "line 4",
    ]


def test_a_set_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.jsonl").write_bytes(b'{"id": "\xe9"}')
    (tmp_path / "empty.jsonl").write_bytes(b"\n\n")
    for name, message in (("nowhere", "cannot be read"), ("latin", "cannot be read"), ("empty", "has no questions")):
        with pytest.raises(QuestionSetError, match=rf"{name}\.jsonl {message}"):
            load_questions(tmp_path / f"{name}.jsonl", PAPERS)


def test_separators_within_a_string_cut_no_line(tmp_path: Path) -> None:
    """JSON may have them unescaped: U+2028, and U+0085, which PDFs have for an ellipsis."""
    row = json.dumps(GOOD | {"question": "Is\u2028granite\x85hard?"}, ensure_ascii=False)
    assert len(loaded(tmp_path, row)) == 1


def test_the_project_s_questions_fit_its_papers() -> None:
    questions = load_questions(ROOT / "eval" / "questions.jsonl", [read(s) for s in sources_in(ROOT / "corpus")])
    assert len(questions) > 100
    for split in ("tune", "test"):
        half = [question for question in questions if question.split == split]
        assert 0.4 < len(half) / len(questions) < 0.6
        assert {question.answerable for question in half} == {True, False}
        assert any(question.earlier for question in half)


# What is counted


@pytest.mark.parametrize(
    ("shown", "share"),
    [
        ([], 0),
        ([("a", [(0, 100)])], 1),
        ([("a", [(10, 20)])], 1),
        ([("b", [(10, 20)])], 0),
        ([("a", [(0, 10), (20, 30)])], 0),
        ([("a", [(0, 13)])], 0.3),
        ([("a", [(19, 20)])], 0.1),
        ([("a", [(10, 15), (12, 16)]), ("a", [(0, 12)]), ("b", [(10, 20)])], 0.6),
        ([("a", [(10, 12), (18, 25)])], 0.4),
    ],
)
def test_covered_is_a_share_of_characters(shown: list[tuple[str, list[tuple[int, int]]]], share: float) -> None:
    spans = [(name, [Span(*pair) for pair in pairs]) for name, pairs in shown]
    assert covered(Evidence("a", Span(10, 20)), spans) == pytest.approx(share)


def test_a_list_is_held_when_more_than_half_of_each_item_is_shown() -> None:
    one, two = Evidence("a", Span(0, 10)), Evidence("b", Span(0, 10))
    both, half = [("a", [Span(0, 6)]), ("b", [Span(4, 10)])], [("a", [Span(0, 5)])]
    assert holds_any([[one, two]], both)
    assert not holds_any([[one, two]], both[:1])
    assert holds_any([[one, two], [one]], both[:1])
    assert not holds_any([[one]], half)
    assert not holds_any([], both)
    assert not holds_any([[]], both)


PAPER = Document("a", "", "Granite is hard.")
CITED = (Citation(PAPER, "", Sentence("Granite is hard.", (Span(0, 16),))),)
YES, NO = Answer("q", "q", CITED, 0.9, (), (), "g"), Abstention("q", "q", "why", 0.1, (), "g")


def outcome(kind: str, answerable: bool, result: Answer | Abstention, rank: int | None, holds: bool) -> Outcome:
    return Outcome(Question("id", "q", kind, answerable, (), ()), result, rank, holds, 10.0)


OUTCOMES = [
    outcome("factoid", True, YES, 1, True),
    outcome("factoid", True, YES, 4, False),
    outcome("off-topic", False, NO, None, False),
    outcome("factoid", True, NO, 2, False),
    outcome("off-topic", False, YES, None, False),
    outcome("off-topic", False, NO, None, False),
    outcome("list", True, YES, None, False),
    outcome("list", True, YES, 5, True),
]


def test_figures_by_hand() -> None:
    factoid, off_topic, lists, everything = table(OUTCOMES)
    assert [row.kind for row in (factoid, off_topic, lists, everything)] == ["factoid", "off-topic", "list", "all"]
    assert [row.n for row in (factoid, off_topic, lists, everything)] == [3, 3, 2, 8]
    assert factoid.recall == pytest.approx((1 / 3, 2 / 3, 3 / 3))
    assert lists.recall == (0, 0, 1 / 2)
    assert everything.recall == pytest.approx((1 / 5, 2 / 5, 4 / 5))
    assert factoid.mrr == pytest.approx((1 + 1 / 4 + 1 / 2) / 3)
    assert lists.mrr == pytest.approx((0 + 1 / 5) / 2)
    assert everything.mrr == pytest.approx((1 + 1 / 4 + 1 / 2 + 0 + 1 / 5) / 5)
    assert (factoid.answered, lists.answered, everything.answered) == (2 / 3, 1, 4 / 5)
    assert (factoid.right, lists.right, everything.right) == (1 / 3, 1 / 2, 2 / 5)
    assert (off_topic.false_answers, everything.false_answers) == (1 / 3, 1 / 3)
    assert (off_topic.recall, off_topic.mrr, off_topic.answered, off_topic.right) == (None, None, None, None)
    assert factoid.false_answers is None


def test_the_table_is_printed_with_a_line_for_each_kind() -> None:
    outcomes = [replace(found, milliseconds=float(n)) for n, found in enumerate(OUTCOMES, start=1)]
    header, *lines = render(outcomes).splitlines()
    assert header.split() == "kind n recall@1 recall@3 recall@5 MRR answered evidence false".split()
    assert lines[0].split() == "factoid 3 0.33 0.67 1.00 0.58 0.67 0.33 –".split()
    assert lines[1].split() == "off-topic 3 – – – – – – 0.33".split()
    assert lines[3].split() == "all 8 0.20 0.40 0.80 0.39 0.80 0.40 0.33".split()
    assert len({len(line) for line in (header, *lines[:4])}) == 1
    assert "p50 5 ms, p95 8 ms" in render(outcomes)


def test_quantiles_are_values_of_the_list() -> None:
    values = [float(n) for n in range(1, 101)]
    assert [quantile(values, share) for share in (0.0, 0.5, 0.95, 1.0)] == [1, 51, 96, 100]
    assert quantile([7.0], 0.95) == 7


def evidence_in(index: Index, document: str, quote: str) -> tuple[tuple[Evidence, ...], ...]:
    start = index.document(document).raw.index(quote)
    return ((Evidence(document, Span(start, start + len(quote))),),)


def test_a_set_is_run_in_order_with_its_turns(assistant: Assistant, small_index: Index) -> None:
    basalt = evidence_in(small_index, "stones", "Basalt cools quickly from lava")
    apples = evidence_in(small_index, "fruit", "Apples are red")
    questions = [
        Question("1", "basalt lava crystals", "x", True, basalt, ()),
        Question("2", "basalt lava crystals", "x", True, apples, ()),
        Question("3", "basalt lava crystals", "x", True, basalt, (), documents=("fruit",)),
        Question("4", "Why?", "x", True, basalt, (), earlier=("basalt lava crystals", "And then?")),
        Question("5", "Which reactor melted?", "x", False, (), ()),
    ]
    found = run(questions, assistant)
    assert [one.question.id for one in found] == ["1", "2", "3", "4", "5"]
    places = [hit.passage.document for hit in found[0].result.passages]
    assert [one.rank for one in found] == [1, found[1].rank, None, 1, None]
    assert found[1].rank is not None
    assert found[1].rank > 1
    assert found[0].result.passages[found[1].rank - 1].passage.section == "Introduction"
    assert places[0] == "stones"
    assert [one.holds for one in found] == [True, False, False, True, False]
    assert found[3].result.interpreted_as == "basalt lava crystals And then? Why?"
    assert all(one.milliseconds > 0 for one in found)


# Confidence


def synthetic(names: Sequence[str], right: str, n: int, seed: int) -> list[calibrate.Example]:
    """Examples of which one signal, with some noise, says whether they are right."""
    random = np.random.default_rng(seed)
    rows = random.random((n, len(names)))
    return [
        (dict(zip(names, map(float, row), strict=True)), bool(row[names.index(right)] + random.normal(0, 0.15) > 0.5))
        for row in rows
    ]


def test_fitted_probability_rises_with_the_right_signal() -> None:
    own, others = synthetic(["good", "noise"], "good", 200, 1), synthetic(["good", "noise"], "good", 400, 2)
    model = calibrate.fit(own, others, "made up", "sha")
    curve = [model.probability({"good": x, "noise": 0.5}) for x in np.linspace(0, 1, 11)]
    assert curve == sorted(curve)
    assert curve[0] < 0.1
    assert curve[-1] > 0.9
    assert abs(model.weights["noise"]) < 0.2 * model.weights["good"]
    assert (model.fitted_on, model.encoder_sha256) == ("made up", "sha")
    wrong = [model.probability(signals) for signals, label in own if not label]
    false = sum(probability >= model.threshold for probability in wrong) / len(wrong)
    assert calibrate.FALSE_ANSWERS - 0.02 < false <= calibrate.FALSE_ANSWERS + 0.02


def test_both_sets_weigh_the_same_whatever_their_size() -> None:
    own, others = synthetic(["ours", "theirs"], "ours", 100, 3), synthetic(["ours", "theirs"], "theirs", 2000, 4)
    weights = calibrate.fit(own, others, "", "").weights
    assert 0.6 < weights["ours"] / weights["theirs"] < 1.6


def test_fitting_sees_what_asking_sees(
    small_index: Index, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibrate, "open_encoder", lambda name: FakeEncoder())
    questions = [
        Question("1", "basalt lava", "x", True, evidence_in(small_index, "stones", "Basalt cools quickly"), ()),
        Question("2", "And why?", "x", False, (), (), earlier=("basalt lava", "How about pears?")),
        Question("3", "pears", "x", False, (), (), documents=("stones",)),
    ]
    found = calibrate.examples(questions, small_index)
    assert [label for _, label in found] == [True, False, False]
    for question, (signals, _) in zip(questions, found, strict=True):
        turns: list[Turn] = []
        for earlier in question.earlier:
            turns.append(Turn(earlier, assistant.ask(earlier, turns)))
        asked = assistant.ask(question.question, turns, question.documents)
        assert calibration().probability(signals) == pytest.approx(asked.confidence)


@pytest.mark.model
def test_the_project_s_calibration_is_for_its_encoder_alone(
    small_index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ROOT / "eval" / "calibration.json"
    loaded = calibrations.load(path, open_encoder(IndexSettings().encoder).sha256)
    assert 0 < loaded.threshold < 1
    monkeypatch.setattr(calibrate, "open_encoder", lambda name: FakeEncoder())
    ((signals, _),) = calibrate.examples([Question("1", "basalt", "x", False, (), ())], small_index)
    assert loaded.weights.keys() == loaded.means.keys() == loaded.deviations.keys() == signals.keys()
    with pytest.raises(ModelError, match="fitted for another encoder"):
        calibrations.load(path, FakeEncoder.sha256)


def test_a_calibration_is_for_one_reader(tmp_path: Path, small_index: Index) -> None:
    from qa.crossreader import CrossReader, Judgement

    class Model:
        sha256 = "model"

        def judge(self, question: str, passages: Sequence[tuple[str, Sequence[str]]]) -> list[Judgement]:
            return [Judgement((0.5,) * len(sentences), 0.25, 1.0, None) for _, sentences in passages]

    questions = [Question(str(n), f"basalt {n}", "x", False, (), ()) for n in range(3)]
    questions.append(Question("4", "basalt", "x", True, evidence_in(small_index, "stones", "Basalt cools quickly"), ()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calibrate, "open_encoder", lambda name: FakeEncoder())
        found = calibrate.examples(questions, small_index, cast(CrossReader, Model()))
    assert found[0][0].keys() == set(calibrations.READER_SIGNALS)
    path = tmp_path / "calibration.json"
    fitted = calibrate.fit(found, found, "three", "encoder", "model")
    path.write_text(json.dumps(asdict(fitted)), "utf-8")
    assert calibrations.load(path, "encoder", "model") == fitted
    for reader in ("", "another"):
        with pytest.raises(ModelError, match="another reader's model, or without one"):
            calibrations.load(path, "encoder", reader)
    path.write_text(json.dumps(asdict(replace(fitted, reader_sha256=""))), "utf-8")
    with pytest.raises(ModelError, match="fitted for other signals"):
        calibrations.load(path, "encoder")


# COVID-QA

ARTICLES = [
    {"document": "one", "title": "Cats & {dogs}: 50% of $x_1$", "text": "Title\n\nCats sleep a lot.\r\nDogs bark."},
    {"document": "two", "title": "", "text": "Birds fly — high.\n"},
]
ASKED = [
    {"id": "c1", "document": "one", "question": "Who sleeps?", "answers": [{"text": " Cats sleep ", "start": 6}]},
    {"id": "c2", "document": "two", "question": "Who flies?", "answers": [{"text": "Birds", "start": 0}]},
]


@pytest.fixture
def covid(tmp_path: Path) -> Path:
    folder = tmp_path / "covid"
    folder.mkdir()
    for name, rows in (("articles", ARTICLES), ("questions", ASKED)):
        with gzip.open(folder / f"covidqa_{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
    return folder


def test_covidqa_s_answers_stand_in_its_papers(covid: Path, tmp_path: Path) -> None:
    covidqa.write_corpus(covid, tmp_path / "corpus")
    papers = {source.id: read(source) for source in sources_in(tmp_path / "corpus")}
    assert [paper.raw for paper in papers.values()] == [row["text"] for row in ARTICLES]
    assert [paper.title for paper in papers.values()] == ["Cats dogs: 50 of x1", "two"]
    questions = covidqa.load_questions(covid, 10)
    assert sorted(question.id for question in questions) == ["c1", "c1-other", "c2", "c2-other"]
    for question in questions:
        own = "one" if question.id.startswith("c1") else "two"
        if question.answerable:
            ((item,),) = question.evidence
            quote = papers[own].raw[item.span.start : item.span.end]
            assert question.documents == (item.document,) == (own,)
            assert question.answers == (quote,) == ({"c1": "Cats sleep", "c2": "Birds"}[question.id],)
        else:
            assert question.documents == ("two" if own == "one" else "one",)
            assert question.evidence == ()


def test_a_sample_of_covidqa_can_be_drawn_again(covid: Path) -> None:
    assert covidqa.load_questions(covid, 1) == covidqa.load_questions(covid, 1)
    assert len(covidqa.load_questions(covid, 1)) == 2
    assert len({covidqa.load_questions(covid, 1, seed)[0].id for seed in range(20)}) == 2


def test_calibration_is_made_from_both_sets(
    covid: Path, small_index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (calibrate, library):
        monkeypatch.setattr(module, "open_encoder", lambda name: FakeEncoder())
    with store.writing(tmp_path / "index"):
        store.publish(small_index, tmp_path / "index")
    right = {"kind": "x", "answerable": True, "evidence": [{"document": "stones", "quote": "Basalt cools quickly"}]}
    wrong = {"kind": "x", "answerable": False}
    rows = [{"id": str(n), "question": f"basalt {n}", **(right if n % 3 else wrong)} for n in range(12)]
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    tuning = [q for q in load_questions(path, small_index.documents) if q.split == "tune"]
    options = {"index": tmp_path / "index", "questions": path, "covidqa": covid, "work": tmp_path / "work"}
    arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    output = tmp_path / "calibration.json"
    done = CliRunner().invoke(calibrate.main, [*arguments, "--output", str(output)], catch_exceptions=False)
    assert done.exit_code == 0
    made = calibrations.load(output, FakeEncoder.sha256)
    assert made.fitted_on == f"{len(tuning)} questions of the tuning half of questions.jsonl, and 4 made of COVID-QA"
    assert set(made.weights) == {"sentence_cosine", "sentence_words", "passage_words", "unknown_words"}
