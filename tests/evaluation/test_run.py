"""Question sets, figures and the fitted confidence; figures against their formulas, written out."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from itertools import product
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from click.testing import CliRunner

from qa.answers import calibration as calibrations
from qa.answers.assistant import Assistant
from qa.answers.models import Models
from qa.config import AskSettings, IndexSettings
from qa.evaluation import calibrate
from qa.evaluation.calibrate import Example, Provenance
from qa.evaluation.check import problems
from qa.evaluation.evidence import complete, covered, holds_any, steps
from qa.evaluation.metrics import scores
from qa.evaluation.questions import Evidence, Question, load_questions
from qa.evaluation.run import run
from qa.evaluation.sets import asked, covidqa
from qa.index import library, store
from qa.index.embed import open_encoder
from qa.index.index import Index
from qa.papers.sources import read_document, sources_in
from qa.types import Document, ModelError, QuestionSetError, Scope, Span, Turn
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


def checked(folder: Path, *lines: object) -> list[str]:
    path = folder / "questions.jsonl"
    path.write_text("\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines) + "\n", "utf-8")
    return [str(problem).removeprefix(f"{path}, ") for problem in problems(path, PAPERS)]


def test_a_check_names_every_fault_by_its_line(tmp_path: Path) -> None:
    twice = {"document": "a", "quote": "Granite"}
    found = checked(
        tmp_path,
        GOOD,
        "",
        GOOD | {"id": "q2"},
        GOOD | {"id": "q3", "question": "IS granite – hard"},
        GOOD | {"id": "q4", "question": "Granite?", "evidence": [twice]},
        GOOD | {"id": "q5", "question": "Basalt?", "answerable": False},
        "{",
        GOOD | {"id": "q6", "documents": ["a"]},
    )
    assert found == [
        "line 3: line 1 asks the same",
        "line 4: line 1 asks the same",
        "line 5: this quote stands 2 times in a: 'Granite'",
        "line 6: an unanswerable question has evidence; set `answerable` to true or take the evidence out",
        "line 7: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
    ]


def test_a_question_that_copies_its_evidence_is_a_leak(tmp_path: Path) -> None:
    quote = [{"document": "a", "quote": "Granite is\nhard. Basalt is dark. Granite again."}]
    copied = GOOD | {"question": "Is it so that GRANITE is hard; basalt is dark?", "evidence": quote}
    assert checked(tmp_path, copied) == ["line 1: the question copies its evidence: 'granite is hard basalt is dark'"]
    assert checked(tmp_path, copied | {"question": "So granite is hard and basalt is dark?"}) == []
    assert checked(tmp_path, "") == ["line 1: there are no questions"]


def test_the_project_s_questions_are_sound_and_of_every_kind() -> None:
    papers = [read_document(source) for source in sources_in(ROOT / "corpus")]
    paths = [ROOT / "eval" / name for name in ("questions.jsonl", "dialogue.jsonl")]
    assert [problems(path, papers) for path in paths] == [[], []]
    questions = [question for path in paths for question in load_questions(path, papers)]
    assert len({question.id for question in questions}) == len(questions)
    kinds = Counter(question.kind for question in questions)
    assert sum(kinds.values()) >= 220
    assert kinds["near-miss"] >= 35
    assert kinds["off-topic"] >= 15
    assert min(kinds.values()) >= 15


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
        ("[]", "a line must be a JSON object"),
        ('"text"', "a line must be a JSON object"),
        (GOOD, "the id 'q1' is there already, in line 1"),
        *((without(name), f"the field '{name}' is missing") for name in ("id", "question", "kind", "answerable")),
        (GOOD | {"id": "q2", "evidence": [{"document": "a"}]}, "the field 'evidence[0].quote' is missing"),
        (GOOD | {"id": "q2", "evidence": [{"document": "c", "quote": "x"}]}, "the document 'c' is not in the index"),
        (GOOD | {"id": "q2", "evidence": [{"document": "b", "quote": "Granite"}]}, "this quote is not in b: 'Granite'"),
        (GOOD | {"id": "q2", "evidence": [{"document": "b", "quote": ""}]}, "this quote is not in b: ''"),
        (GOOD | {"id": "q2", "evidence": [{"document": "a", "quote": "Granite is hard."}]}, "this quote is not in a"),
        (GOOD | {"id": "q2", "evidence": []}, "needs evidence"),
        (GOOD | {"id": "q2", "alternatives": [[]]}, "no alternative may be empty"),
        (GOOD | {"id": "q2", "turns": ["first", "other"]}, "the last of the turns must be the question"),
        (GOOD | {"id": 2}, "the field 'id' is wrong: input should be a valid string"),
        (GOOD | {"id": " "}, "the field 'id' is wrong"),
        (GOOD | {"id": "q2", "answerable": "yes"}, "the field 'answerable' is wrong: input should be a valid boolean"),
        (GOOD | {"id": "q2", "answers": "hard"}, "the field 'answers' is wrong: input should be a valid list"),
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
    questions = load_questions(
        ROOT / "eval" / "questions.jsonl", [read_document(s) for s in sources_in(ROOT / "corpus")]
    )
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


def test_steps_are_counted_by_item_and_the_best_list_counts() -> None:
    one, two, three = Evidence("a", Span(0, 10)), Evidence("b", Span(0, 10)), Evidence("c", Span(0, 2))
    shown = [("b", [Span(0, 20)]), ("a", [Span(0, 5)]), ("a", [Span(4, 6)]), ("c", [Span(0, 2)])]
    assert steps([[one, two], [three], [Evidence("d", Span(0, 1))]], shown) == ((3, 1), (4,), (None,))
    assert complete(((3, 1), (4,), (None,))) == 3
    assert complete(((3, None), (4,))) == 4
    assert complete(((None,), ())) is None
    assert complete(()) is None


def test_a_list_is_held_when_more_than_half_of_each_item_is_shown() -> None:
    one, two = Evidence("a", Span(0, 10)), Evidence("b", Span(0, 10))
    both, half = [("a", [Span(0, 6)]), ("b", [Span(4, 10)])], [("a", [Span(0, 5)])]
    assert holds_any([[one, two]], both)
    assert not holds_any([[one, two]], both[:1])
    assert holds_any([[one, two], [one]], both[:1])
    assert not holds_any([[one]], half)
    assert not holds_any([], both)
    assert not holds_any([[]], both)


def evidence_in(index: Index, document: str, quote: str) -> tuple[tuple[Evidence, ...], ...]:
    start = index.by_id[document].raw.index(quote)
    return ((Evidence(document, Span(start, start + len(quote))),),)


def test_a_set_is_run_in_order_with_its_turns(assistant: Assistant, small_index: Index) -> None:
    basalt = evidence_in(small_index, "stones", "Basalt cools quickly from lava")
    apples = evidence_in(small_index, "fruit", "Apples are red")
    questions = [
        Question("1", "basalt lava crystals", "x", True, basalt, ()),
        Question("2", "basalt lava crystals", "x", True, apples, ()),
        Question("3", "zirconium lava crystals", "x", True, basalt, (), documents=("fruit",)),
        Question("4", "Why?", "x", True, basalt, (), earlier=("basalt lava crystals", "And then?")),
        Question("5", "Which reactor melted?", "x", False, (), ()),
    ]
    found = run(questions, assistant)
    assert [one.question.id for one in found] == ["1", "2", "3", "4", "5"]
    results = [one.result for one in found]
    assert all(results)
    places = [hit.passage.document for hit in results[0].passages]
    assert [one.rank for one in found] == [1, found[1].rank, None, 1, None]
    assert found[1].rank is not None
    assert found[1].rank > 1
    assert results[0].passages[found[1].rank - 1].passage.section == "Introduction"
    assert places[0] == "stones"
    assert [one.holds for one in found] == [True, False, False, True, False]
    assert results[3].interpreted_as == "Why (basalt lava crystals)?"
    assert all(one.milliseconds > 0 for one in found)
    assert [one.answered for one in found] == [True, True, False, True, False]
    assert [one.eager is not None for one in found] == [True, True, False, True, True], "the third lacks its names"
    assert [one.eager_right for one in found] == [True, False, False, True, False]
    assert [one.right for one in found] == [True, False, False, True, True]
    assert found[0].words == len(" ".join(results[0].passages[0].passage.text.split(". ")[:2]).split())


def test_a_question_that_cannot_be_asked_has_no_result_and_scores_zero(
    assistant: Assistant, small_index: Index
) -> None:
    basalt = evidence_in(small_index, "stones", "Basalt cools quickly from lava")
    (found,) = run([Question("1", " ? ", "x", True, basalt, ())], assistant)
    assert (found.result, found.rank, found.right, found.confidence) == (None, None, False, 0)
    assert "the question is empty" in found.error
    scored = scores([found])[0]
    assert {scored[name] for name in ("recall@10", "mrr", "ndcg@10", "words@400", "evidence", "right")} == {0}


# Confidence


MADE_UP = Provenance("made up", "sha")


def synthetic(names: Sequence[str], right: str, n: int, seed: int) -> list[Example]:
    """Examples of which one feature, with some noise, says whether they are right."""
    random = np.random.default_rng(seed)
    rows = random.random((n, len(names)))
    return [
        Example(
            dict(zip(names, map(float, row), strict=True)), bool(row[names.index(right)] + random.normal(0, 0.15) > 0.5)
        )
        for row in rows
    ]


def test_fitted_probability_rises_with_the_right_feature() -> None:
    model = calibrate.fit(synthetic(["good", "noise"], "good", 600, 1), MADE_UP)
    curve = [model.probability({"good": x, "noise": 0.5}) for x in np.linspace(0, 1, 11)]
    assert curve == sorted(curve)
    assert curve[0] < 0.1
    assert curve[-1] > 0.9
    assert abs(model.weights["noise"]) < 0.2 * model.weights["good"]
    assert (model.fitted_on[:8], model.encoder_sha256) == ("made up;", "sha")
    assert "in 5-fold cross-validation" in model.fitted_on


def test_no_feature_counts_against_its_nature() -> None:
    """Rising with what the papers do not know, or falling with what they say, is chance, and misleads elsewhere."""
    own = [
        Example(
            {"good": s["good"], "reversed": 1 - s["good"] + s["noise"], "unknown_words": s["good"] + s["noise"]}, label
        )
        for s, label, *_ in synthetic(["good", "noise"], "good", 200, 1)
    ]
    model = calibrate.fit(own, MADE_UP)
    assert model.weights["good"] > 0
    assert (model.weights["reversed"], model.weights["unknown_words"]) == (0, 0)
    assert "-0.0" not in json.dumps(asdict(model))
    turned = [
        Example({"unknown_words": 1 - s["good"], "good": s["noise"]}, label)
        for s, label, *_ in synthetic(["good", "noise"], "good", 200, 1)
    ]
    assert calibrate.fit(turned, MADE_UP).weights["unknown_words"] < -1
    bias, slopes = calibrate.logistic(
        np.array([[1.0], [0.0], [0.0], [0.0]]), np.array([False, True, True, True]), np.ones(4)
    )
    assert (bias, slopes.tolist()) == (pytest.approx(np.log(3)), [0])


@pytest.mark.parametrize("turned", [False, True])
def test_some_features_count_either_way(turned: bool) -> None:
    """A long sentence is neither better nor worse by its nature."""
    own = [
        Example({"good": s["good"], "length": 1 - s["length"] if turned else s["length"]}, label)
        for s, label, *_ in synthetic(["good", "length"], "length", 200, 1)
    ]
    weight = calibrate.fit(own, MADE_UP).weights["length"]
    assert (weight < -1) if turned else (weight > 1)


@pytest.mark.parametrize("promised", [0.05, 0.1, 0.2, 0.3])
def test_a_promise_is_kept_on_questions_that_were_not_seen(promised: float) -> None:
    model = calibrate.fit(synthetic(["good", "noise"], "good", 800, 1), MADE_UP, max_wrong=promised)
    assert model.threshold == model.operating_point(promised)
    unseen = synthetic(["good", "noise"], "good", 2000, 9)
    given = [label for features, label, *_ in unseen if model.probability(features) >= model.operating_point(promised)]
    assert len(given) > 600
    assert given.count(False) / len(given) <= promised + 0.03


def test_what_is_promised_by_hand() -> None:
    sure, wrong = np.array([0.9, 0.8, 0.80009, 0.4]), np.array([0.0, 1.0, 0.0, 0.0])
    assert calibrate.promises(sure, wrong) == [(0.8, pytest.approx(1 / 3, abs=1e-6)), (0.4, 0.4)]
    found = replace(calibration(), curve=((0.9, 0.5), (0.8, 0.3), (0.4, 0.4)))
    assert [found.operating_point(share) for share in (0.2, 0.3, 0.4, 0.99, 1.0)] == [2.0, 0.8, 0.4, 0.4, 0.0]
    assert [calibration(0.7).operating_point(share) for share in (0.1, 1.0)] == [0.7, 0.0]


def test_papers_that_differ_promise_more_wrong_answers() -> None:
    """A fifth is wrong: in each paper alike, or all in the same two of ten."""
    sure = np.full(200, 0.9)
    papers = [f"p{n // 20}" for n in range(200)]
    alike, apart = (np.arange(200) % 5 == 0).astype(np.float64), (np.arange(200) < 40).astype(np.float64)
    plain = 41 / 201
    assert calibrate.promises(sure, apart) == [(0.9, pytest.approx(plain, abs=1e-6))]
    assert calibrate.promises(sure, alike, papers) == [(0.9, pytest.approx(plain, abs=1e-6))]
    assert calibrate.promises(sure, apart, papers)[0][1] > 1.5 * plain


def test_the_library_in_which_most_is_wrong_counts() -> None:
    """Nothing is wrong in the small one, half in the large one."""
    sure, wrong = np.full(200, 0.9), np.append(np.zeros(100), np.arange(100) % 2)
    assert calibrate.promises(sure, wrong) == [(0.9, pytest.approx(51 / 201, abs=1e-6))]
    sizes = [0.5] * 100 + [2.5] * 100
    assert calibrate.promises(sure, wrong, (), sizes) == [(0.9, pytest.approx(51 / 101, abs=1e-6))]
    papers = [f"p{n % 100 // 10}" for n in range(200)]
    assert calibrate.promises(sure, wrong, papers, sizes)[0][1] > 0.5


def test_a_fold_holds_no_question_of_the_ones_it_is_judged_by() -> None:
    rows = np.repeat(np.arange(20.0), 2)[:, None]
    labels = np.arange(40) % 4 < 2
    judged = calibrate.cross_validated(rows, labels, np.ones(40))
    assert (judged[::2] == judged[1::2]).all()


def test_a_question_is_judged_by_none_on_its_own_paper() -> None:
    """Two papers' questions are right and wrong the other way round, so only a model that saw them fits them."""
    random = np.random.default_rng(5)
    rows = random.random((200, 1))
    papers = [f"p{n // 20}" for n in range(200)]
    turned = np.array([name in ("p3", "p7") for name in papers])
    labels = (rows[:, 0] > 0.5) != turned
    judged = calibrate.cross_validated(rows, labels, np.ones(200), papers)
    for name in set(papers):
        own = np.array(papers) == name
        order = np.argsort(rows[own, 0])
        assert (np.diff(judged[own][order]) >= 0).all(), "one model judges all questions of a paper"


def test_too_few_questions_make_no_calibration() -> None:
    with pytest.raises(QuestionSetError, match="needs 5 questions"):
        calibrate.fit(synthetic(["good"], "good", 6, 1), Provenance("", ""))
    with pytest.raises(QuestionSetError, match="needs 5 questions"):
        calibrate.fit([], Provenance("", ""))
    few = [one._replace(paper=str(n % 4)) for n, one in enumerate(synthetic(["good"], "good", 60, 1))]
    with pytest.raises(QuestionSetError, match="on 5 papers"):
        calibrate.fit(few, Provenance("", ""))


def test_a_calibration_for_other_passages_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    key = calibrations.passages_key(IndexSettings())
    assert key == calibrations.passages_key(IndexSettings(encoder="another"))
    assert key != calibrations.passages_key(IndexSettings(passage_max_words=50))
    path.write_text(json.dumps(asdict(replace(calibration(), passages=key))), "utf-8")
    assert calibrations.load(path, FakeEncoder.sha256, key).passages == key
    with pytest.raises(ModelError, match="for passages cut otherwise"):
        calibrations.load(path, FakeEncoder.sha256, calibrations.passages_key(IndexSettings(passage_max_words=50)))
    path.write_text(json.dumps(asdict(replace(calibration(), curve=[[0.5, 2.0]]))), "utf-8")
    with pytest.raises(ModelError, match="not made of shares"):
        calibrations.load(path, FakeEncoder.sha256)


def test_the_promise_is_a_setting(small_index: Index, encoder: FakeEncoder) -> None:
    found = replace(calibration(), curve=((0.9, 0.1), (0.2, 0.3)))
    thresholds = [
        Assistant(small_index, "g", Models(encoder, found), AskSettings(max_wrong=share)).threshold
        for share in (0, 0.1, 0.3, 1)
    ]
    assert thresholds == [2.0, 0.9, 0.2, 0.0]


def test_a_question_counts_once_however_often_it_is_asked() -> None:
    """Asked three times with a third of the weight, it is as if it had been asked once."""
    own, theirs = synthetic(["ours", "theirs"], "ours", 100, 3), synthetic(["ours", "theirs"], "theirs", 100, 4)
    once = calibrate.fit([*own, *theirs], MADE_UP)
    thrice = calibrate.fit([*own * 3, *(one._replace(weight=1 / 3) for one in theirs * 3)], MADE_UP)
    assert thrice.weights["ours"] > 1.5 * once.weights["ours"], "now ours are three times as many"
    thrice = calibrate.fit([one._replace(weight=1 / 3) for one in (own + theirs) * 3], MADE_UP)
    assert thrice.weights == pytest.approx(once.weights, rel=0.05)


def test_levels_say_what_came_true() -> None:
    random = np.random.default_rng(7)
    sure = random.random(500)
    wrong = (random.random(500) > sure).astype(np.float64)
    found = calibrate.levels(sure, wrong)
    assert [word for word, _, _ in found] == ["High", "Fair", "Low"]
    above = 1.1
    for (_, start, share), (_, most) in zip(found, calibrate.LEVELS, strict=True):
        own = wrong[(sure >= start) & (sure < above)]
        assert share == pytest.approx(own.mean(), abs=1e-3)
        assert share <= most
        above = start
    assert above == 0, "every confidence has a word"


def test_a_level_that_no_answer_reaches_is_left_out() -> None:
    assert calibrate.levels(np.array([0.9, 0.5]), np.array([1.0, 1.0])) == [("Low", 0.0, 1.0)]


def test_answers_of_one_confidence_have_one_level() -> None:
    sure = np.array([0.9, 0.8, 0.8, 0.8, 0.3])
    wrong = np.array([0.0, 0.0, 0.0, 1.0, 1.0])
    assert calibrate.levels(sure, wrong) == [("High", 0.9, 0.0), ("Low", 0.0, 0.5)]


def test_a_confidence_has_the_word_of_its_level() -> None:
    found = replace(calibration(), levels=(("High", 0.8, 0.04), ("Low", 0.3, 0.5)))
    assert [found.level(sure) for sure in (0.9, 0.8, 0.79, 0.29)] == ["High", "High", "Low", ""]
    assert calibration().level(0.9) == ""


def test_the_words_on_the_page_begin_where_the_fit_says() -> None:
    shipped = json.loads((ROOT / "eval" / "calibration-reader.json").read_text("utf-8"))
    starts = {word: start for word, start, _ in shipped["levels"]}
    assert starts["High"] == pytest.approx(calibrations.HIGH, abs=0.01)
    assert starts["Fair"] == pytest.approx(calibrations.FAIR, abs=0.01)


def test_fitting_sees_what_asking_sees(
    small_index: Index, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibrate, "open_encoder", lambda name: FakeEncoder())
    questions = [
        Question("1", "basalt lava", "x", True, evidence_in(small_index, "stones", "Basalt cools quickly"), ()),
        Question("2", "And why?", "x", False, (), (), earlier=("basalt lava",)),
        Question("3", "pears", "x", False, (), (), documents=("stones",)),
    ]
    found = calibrate.examples(run(questions, calibrate.uncalibrated(small_index)))
    assert [example.right for example in found] == [True, False, False]
    for question, (features, *_) in zip(questions, found, strict=True):
        turns: list[Turn] = []
        for earlier in question.earlier:
            turns.append(Turn(earlier, assistant.ask(earlier, turns)))
        asked = assistant.ask(question.question, turns, Scope(question.documents))
        assert calibration().probability(features) == pytest.approx(asked.confidence)


@pytest.mark.model
def test_the_project_s_calibration_is_for_its_encoder_alone(
    small_index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ROOT / "eval" / "calibration.json"
    loaded = calibrations.load(path, open_encoder(IndexSettings().encoder).sha256)
    assert 0 < loaded.threshold < 1
    monkeypatch.setattr(calibrate, "open_encoder", lambda name: FakeEncoder())
    (example,) = calibrate.examples(
        run([Question("1", "basalt", "x", False, (), ())], calibrate.uncalibrated(small_index))
    )
    assert loaded.weights.keys() == loaded.means.keys() == loaded.deviations.keys() == example.features.keys()
    with pytest.raises(ModelError, match="fitted for another encoder"):
        calibrations.load(path, FakeEncoder.sha256)


def test_a_calibration_is_for_one_cross_encoder(tmp_path: Path, small_index: Index) -> None:
    from qa.answers.cross_encoder import CrossEncoder, Judgement

    class Model:
        sha256 = "model"

        def judge(self, question: str, passages: Sequence[tuple[str, Sequence[str]]]) -> list[Judgement]:
            return [Judgement((0.5,) * len(sentences), 0.25, 1.0, None) for _, sentences in passages]

    questions = [Question("1", "basalt", "x", False, (), ())]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calibrate, "open_encoder", lambda name: FakeEncoder())
        found = calibrate.examples(run(questions, calibrate.uncalibrated(small_index, cast(CrossEncoder, Model()))))
    assert found[0][0].keys() == set(calibrations.CROSS_ENCODER_FEATURES)
    path = tmp_path / "calibration.json"
    own = synthetic(list(calibrations.CROSS_ENCODER_FEATURES), "sentence_cosine", 60, 1)
    fitted = calibrate.fit(own, Provenance("made up", "encoder", reader_sha256="model"))
    path.write_text(json.dumps(asdict(fitted)), "utf-8")
    assert calibrations.load(path, "encoder", "", "model").weights == fitted.weights
    for reader in ("", "another"):
        with pytest.raises(ModelError, match="another cross-encoder, or without one"):
            calibrations.load(path, "encoder", "", reader)
    path.write_text(json.dumps(asdict(replace(fitted, reader_sha256=""))), "utf-8")
    with pytest.raises(ModelError, match="fitted for other features"):
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


def packed(folder: Path, **files: Sequence[Mapping[str, Any]]) -> Path:
    """A folder with these files, as gzip JSONL."""
    folder.mkdir()
    for name, rows in files.items():
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
    return folder


@pytest.fixture
def covid(tmp_path: Path) -> Path:
    return packed(tmp_path / "covid", covidqa_articles=ARTICLES, covidqa_questions=ASKED)


def test_covidqa_s_answers_stand_in_its_papers(covid: Path, tmp_path: Path) -> None:
    covidqa.write_corpus(covid, tmp_path / "corpus")
    papers = {source.id: read_document(source) for source in sources_in(tmp_path / "corpus")}
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


@pytest.fixture
def whole_papers(tmp_path: Path) -> Path:
    """Two papers that are held out, and one that is not."""
    names = [name for name in map(str, range(100)) if asked.held_out(name)][:2]
    papers, questions = [], []
    for name in (*names, next(name for name in map(str, range(100)) if not asked.held_out(name))):
        sentences = [f"Quartz {name} glitters.", "Opal is soft."]
        paragraphs = [{"section": "Results", "sentences": sentences}]
        papers.append({"id": name, "doi": "", "title": f"Paper {name}", "paragraphs": paragraphs})
        for evidence in ([[0]], []):
            row = {"paper": name, "kind": "factoid", "question": f"quartz {name}?", "evidence": evidence}
            questions.append(row | {"words": "", "tempting": []})
    other = papers[-1] | {"id": "other", "title": "Another paper"}
    return packed(tmp_path / "asked", train_papers=papers, train_questions=questions, others=[other])


@pytest.mark.parametrize("library_given", [False, True])
def test_calibration_is_made_from_all_sets(
    whole_papers: Path, small_index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library_given: bool
) -> None:
    """The questions on papers held out are asked in two libraries, and in a large one if there are other papers."""
    for module in (calibrate, library):
        monkeypatch.setattr(module, "open_encoder", lambda name: FakeEncoder())
    with store.writing(tmp_path / "index"):
        store.publish(small_index, tmp_path / "index")
    right = {"kind": "x", "answerable": True, "evidence": [{"document": "stones", "quote": "Basalt cools quickly"}]}
    wrong = {"kind": "x", "answerable": False}
    words = product("old new good long high dark".split(), "stone place water house year day man time way life".split())
    asked_of = [f"Is basalt of a {first} {second}?" for first, second in words]
    rows = [{"id": text, "question": text, **(right if n % 3 else wrong)} for n, text in enumerate(asked_of)]
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    tuning = [q for q in load_questions(path, small_index.documents) if q.split == "tune"]
    options = {"index": tmp_path / "index", "questions": path, "asked": whole_papers, "work": tmp_path / "work"}
    if library_given:
        options["library"] = whole_papers / "others.jsonl.gz"
    arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    output = tmp_path / "calibration.json"
    done = CliRunner().invoke(calibrate.main, [*arguments, "--output", str(output)], catch_exceptions=False)
    assert done.exit_code == 0
    made = calibrations.load(output, FakeEncoder.sha256)
    assert made.fitted_on.startswith(
        f"{len(tuning)} questions of the tuning half of questions.jsonl, and questions of asked on 2 papers held out, "
        f"asked {12 if library_given else 8} times; Brier score"
    )
    assert made.passages == calibrations.passages_key(IndexSettings())
    assert made.curve
    assert made.levels
    assert set(made.weights) == set(calibrations.FEATURES)
