"""`qa eval` from call to report: gates, baselines, other people's sets, and a page that nothing can break out of."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Iterable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from qa import cli
from qa.answers import calibration as calibrations
from qa.answers import models
from qa.answers.assistant import Assistant
from qa.evaluation import command, confidence, plots, report, run, table
from qa.evaluation.ablation import READER, ablation
from qa.evaluation.compare_runs import compare
from qa.evaluation.gates import Gate, Verdict, judge, junit, load_gates
from qa.evaluation.questions import Evidence, Question, load_questions
from qa.evaluation.results import as_csv, as_json, load_results, results
from qa.evaluation.sets import scifact
from qa.evaluation.sets.corpora import sampled
from qa.index import library, store
from qa.index.index import Index
from qa.types import Answer, QuestionSetError, Span, Turn
from qa.userdata import answer_record, feedback
from qa.userdata.conversations import StoredAnswer
from qa.userdata.feedback import Opinion
from tests.conftest import ROOT, FakeEncoder, calibration

NASTY = '</script><img src=x onerror=alert(1)> & "quoted" \u202e'


def line(name: str, question: str, quote: str = "", document: str = "stones", **more: object) -> dict[str, object]:
    evidence = [{"document": document, "quote": quote}] if quote else []
    fields = {"id": name, "question": question, "kind": "factoid" if quote else "off-topic"}
    return fields | {"answerable": bool(quote), "evidence": evidence, "answers": ["lava"] if quote else []} | more


LINES = [
    line("1", "How does basalt cool from lava?", "Basalt cools quickly from lava"),
    line("2", "apples trees?", "Apples are red", "fruit"),
    line("3", "Which reactor melted?"),
    line("4", f"basalt {NASTY} lava", "Granite is hard.", kind=f"kind {NASTY}"),
    line("5", "And quickly?", "Basalt cools quickly", turns=["basalt lava?", "And quickly?"]),
]


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confidence, "_RESAMPLES", 20)


@pytest.fixture
def home(small_index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an index, questions, gates, and a fake encoder to read them with."""
    for module in (models, library):
        monkeypatch.setattr(module, "open_encoder", lambda name: FakeEncoder())
    monkeypatch.setattr(calibrations, "load", lambda *of: calibration())
    with store.writing(tmp_path / "index"):
        store.publish(small_index, tmp_path / "index")
    (tmp_path / "q.jsonl").write_text("\n".join(map(json.dumps, LINES)), "utf-8")
    (tmp_path / "gates.toml").write_text('[[gate]]\nmetric = "recall@10"\nat_least = 0.9\n', "utf-8")
    return tmp_path


def evaluate(home: Path, *arguments: object) -> Result:
    given = list(map(str, arguments))
    if "--gates" not in given:
        given += ["--gates", str(home / "gates.toml")]
    if "--index" not in given:
        given += ["--index", str(home / "index")]
    return CliRunner().invoke(cli.cli, ["eval", *given], catch_exceptions=False)


def measured(assistant: Assistant, index: Index, folder: Path) -> dict[str, Any]:
    path = folder / "q.jsonl"
    path.write_text("\n".join(map(json.dumps, LINES)), "utf-8")
    outcomes = run.run(load_questions(path, index.documents), assistant)
    return results(outcomes, assistant, f"set {NASTY}", ablation(outcomes, assistant))


@pytest.fixture
def found(assistant: Assistant, small_index: Index, tmp_path: Path) -> dict[str, Any]:
    return measured(assistant, small_index, tmp_path)


def test_a_report_is_four_files_and_the_table_is_printed(home: Path) -> None:
    done = evaluate(home, home / "q.jsonl", "--report", home / "out")
    assert done.exit_code == 0
    assert [path.name for path in sorted((home / "out").iterdir())] == [
        "junit.xml",
        "report.html",
        "results.csv",
        "results.json",
    ]
    header, *lines = done.stdout.splitlines()
    assert header.split()[:3] == ["kind", "n", "recall@1"]
    assert lines[0].split()[:3] == ["factoid", "3", "1.00"]
    assert "passed  recall@10 of all is at least 0.9: it is 1.000" in done.stdout
    assert READER in done.stdout
    assert f"{home / 'out' / 'report.html'} is written" in done.stderr


def test_the_same_input_gives_the_same_bytes_but_for_times(home: Path) -> None:
    texts = []
    for name in ("first", "second"):
        evaluate(home, home / "q.jsonl", "--report", home / name)
        data = json.loads((home / name / "results.json").read_text("utf-8"))
        data["times"] = {"run_at": "then", "p50_milliseconds": 1.0, "p95_milliseconds": 2.0}
        for row in data["questions"]:
            row["milliseconds"] = 1.0
        texts.append((as_json(data), as_csv(data), report.page(data), (home / name / "junit.xml").read_bytes()))
    assert texts[0] == texts[1]


def test_json_and_csv_have_a_row_for_each_question(home: Path) -> None:
    evaluate(home, home / "q.jsonl", "--report", home / "out")
    data = load_results(home / "out" / "results.json")
    with (home / "out" / "results.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in data["questions"]] == [row["id"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert rows[0]["recall@1"] == "1.0"
    assert (rows[2]["recall@1"], rows[2]["answer"], rows[2]["outcome"]) == ("", "", "abstention")
    assert data["questions"][4]["turns"] == ["basalt lava?", "And quickly?"]
    assert data["questions"][0]["evidence"][0][0]["place"] == "stones:1"
    marked = [s["text"] for p in data["questions"][0]["passages"] for s in p["sentences"] if s["evidence"]]
    assert marked == ["Basalt cools quickly from lava, and its crystals stay small."]


def test_a_spreadsheet_sees_no_formula(found: dict[str, Any]) -> None:
    found["questions"][0]["turns"] = ["=1+1"]
    assert ",'=1+1," in as_csv(found)


class Page(HTMLParser):
    """What a browser would make of a page: tags with their attributes, and ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Iterable[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_escapes_all_text_and_needs_nothing_else(found: dict[str, Any]) -> None:
    text = report.page(found, [Verdict(NASTY, False, NASTY)], compare(found, found))
    page = Page(text)
    assert "img" not in {tag for tag, _ in page.tags}
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert any(NASTY in word for word in page.words)
    assert not any("src" in attributes or name.startswith("on") for _, attributes in page.tags for name in attributes)
    hrefs = [attributes["href"] for _, attributes in page.tags if "href" in attributes]
    assert all((href or "").startswith("#") for href in hrefs)
    assert not re.search(r"url\((?!#)", text)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert "<mark>Basalt cools quickly from lava, and its crystals stay small.</mark>" in text
    assert text.count("<article") == len(LINES)


def test_plots_are_the_same_each_time_and_take_the_page_s_colours(found: dict[str, Any]) -> None:
    drawn = plots.plots(found)
    assert set(drawn) == {"risk-coverage", "reliability", "kinds", "latency"}
    assert drawn == plots.plots(found)
    for name, svg in drawn.items():
        ElementTree.fromstring(svg)
        assert "var(--ink)" in svg
        assert "var(--first)" in svg
        assert "2026" not in svg
        assert all(identity.startswith(f"{name}-") for identity in re.findall(r'\bid="([^"]*)"', svg))


def test_every_way_of_answering_is_a_row(found: dict[str, Any]) -> None:
    rows = {row["name"]: row["figures"] for row in found["ablation"]}
    assert list(rows) == ["dense", "lexical", "hybrid", READER]
    assert rows["lexical"]["recall@1"]["value"] == 1
    assert rows["hybrid"]["evidence"] == rows["hybrid"]["recall@1"]
    assert rows[READER]["answer words"]["value"] < rows["hybrid"]["answer words"]["value"]
    assert all(figure["n"] == 4 for figures in rows.values() for figure in figures.values())


def test_without_an_answerable_question_there_is_no_ablation(home: Path) -> None:
    (home / "q.jsonl").write_text(json.dumps(LINES[2]), "utf-8")
    (home / "gates.toml").write_text('[[gate]]\nmetric = "false"\nat_most = 0\n', "utf-8")
    done = evaluate(home, home / "q.jsonl", "--report", home / "out")
    assert done.exit_code == 0
    assert load_results(home / "out" / "results.json")["ablation"] == []


# Gates


def gate(**fields: Any) -> Gate:
    return Gate.model_validate({"metric": "mrr"} | fields)


def figures(value: float, **kinds: float) -> dict[str, Any]:
    groups = {"all": value} | kinds
    return {
        "kinds": {kind: {"figures": {"mrr": {"value": v}, "false": {"value": v}}} for kind, v in groups.items()},
        "confidence": {"all": {"ece": {"value": value}}},
    }


@pytest.mark.parametrize(
    ("one", "now", "before", "passed"),
    [
        (gate(at_least=0.5), 0.5, None, [True]),
        (gate(at_least=0.5), 0.49, None, [False]),
        (gate(metric="false", at_most=0.5), 0.51, None, [False]),
        (gate(metric="false", at_most=0.5), 0.5, None, [True]),
        (gate(at_least=0.2, at_most=0.4), 0.5, None, [False]),
        (gate(kind="list", at_least=0.5), 0.5, None, [False]),
        (gate(metric="ece", at_most=0.1), 0.2, None, [False]),
        (gate(may_worsen=0.1), 0.5, None, []),
        (gate(may_worsen=0.1), 0.5, 0.6, [True]),
        (gate(may_worsen=0.1), 0.5, 0.61, [False]),
        (gate(metric="false", may_worsen=0.1), 0.5, 0.3, [False]),
        (gate(metric="false", may_worsen=0.1), 0.3, 0.9, [True]),
        (gate(metric="ece", may_worsen=0.1), 0.5, 0.3, [False]),
        (gate(at_least=0.4, may_worsen=0), 0.5, 0.6, [True, False]),
    ],
)
def test_a_gate_holds_a_figure_against_its_bounds(
    one: Gate, now: float, before: float | None, passed: list[bool]
) -> None:
    verdicts = judge([one], figures(now), None if before is None else figures(before))
    assert [verdict.passed for verdict in verdicts] == passed


def test_a_gate_with_a_set_is_for_that_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "gates.toml"
    path.write_text(
        '[[gate]]\nset = "q.jsonl"\nmetric = "mrr"\nat_least = 1\n\n[[gate]]\nmetric = "mrr"\nmay_worsen = 0\n'
    )
    assert len(load_gates(path, tmp_path / "q.jsonl")) == 2
    assert len(load_gates(path, tmp_path / "other" / "q.jsonl")) == 1
    assert len(load_gates(path, None)) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[gate]", "cannot be read"),
        ('[[gate]]\nmetric = "mrr"\n', "gate 1: it needs `at_least`, `at_most` or `may_worsen`"),
        ("[[gate]]\nat_least = 1\n", "gate 1: metric: Field required"),
        ('[[gate]]\nmetric = "mrr"\nat_lest = 1\n', "gate 1: at_lest: Extra inputs"),
        ('[gate]\nmetric = "mrr"\nat_least = "x"\n', "gate 1: at_least: Input should be a valid number"),
    ],
)
def test_wrong_gates_are_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "gates.toml"
    path.write_text(text)
    with pytest.raises(QuestionSetError) as caught:
        load_gates(path, None)
    assert str(path) in str(caught.value)
    assert message in str(caught.value)


def test_the_project_s_gates_are_sound() -> None:
    gates = load_gates(ROOT / "eval" / "gates.toml", ROOT / "eval" / "questions.jsonl")
    assert len(gates) > len(load_gates(ROOT / "eval" / "gates.toml", None)) > 0
    assert ROOT / "eval" / "gates.toml" == command.GATES


def test_verdicts_are_junit() -> None:
    root = ElementTree.fromstring(junit([Verdict("a < b", True, "x"), Verdict("c", False, 'is "0"')], NASTY))
    suite = root[0]
    assert (suite.attrib["tests"], suite.attrib["failures"]) == ("2", "1")
    assert [case.attrib["name"] for case in suite] == ["a < b", "c"]
    assert [[failure.attrib["message"] for failure in case] for case in suite] == [[], ['is "0"']]


def test_a_failed_gate_is_exit_code_1_and_a_junit_failure(home: Path) -> None:
    (home / "gates.toml").write_text('[[gate]]\nmetric = "right"\nat_least = 0.99\n', "utf-8")
    done = evaluate(home, home / "q.jsonl", "--report", home / "out")
    assert done.exit_code == 1
    assert "FAILED  right of all is at least 0.99" in done.stdout
    assert ElementTree.parse(home / "out" / "junit.xml").getroot().find(".//failure") is not None


# Baselines


def baseline(home: Path) -> Path:
    evaluate(home, home / "q.jsonl", "--report", home / "before")
    return home / "before" / "results.json"


def test_a_run_is_compared_with_itself(home: Path) -> None:
    done = evaluate(home, home / "q.jsonl", "--baseline", baseline(home))
    assert done.exit_code == 0
    assert "won (0): –\nlost (0): –\nunpaired (0): –" in done.stdout
    assert re.search(r"^mrr +4 +(\S+) +\1 +1\.000$", done.stdout, re.MULTILINE)


def test_what_was_lost_is_named_and_fails_its_gate(home: Path) -> None:
    path = baseline(home)
    data = json.loads(path.read_text("utf-8"))
    for row in data["questions"]:
        row["right"], row["scores"]["right"] = True, 1.0
    data["kinds"]["all"]["figures"]["right"]["value"] = 1.0
    path.write_text(json.dumps(data), "utf-8")
    (home / "gates.toml").write_text('[[gate]]\nmetric = "right"\nmay_worsen = 0.02\n', "utf-8")
    done = evaluate(home, home / "q.jsonl", "--baseline", path, "--report", home / "out")
    assert done.exit_code == 1
    lost = [row["id"] for row in load_results(home / "out" / "results.json")["questions"] if not row["right"]]
    assert lost
    assert f"lost ({len(lost)}): {', '.join(lost)}" in done.stdout
    assert "Against the baseline" in (home / "out" / "report.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "cannot be read"),
        ("{", "cannot be read"),
        ("[]", "is no results.json of format 1"),
        ('{"format": 2}', "is no results.json of format 1"),
        ('{"format": 1}', "is damaged (questions: field required)"),
        ('{"format": 1, "questions": [{"id": 1}], "kinds": {}}', "is damaged (questions.0.id"),
    ],
)
def test_a_wrong_baseline_is_named(home: Path, text: str | None, message: str) -> None:
    path = home / "old.json"
    if text is not None:
        path.write_text(text)
    done = evaluate(home, home / "q.jsonl", "--baseline", path)
    assert (done.exit_code, done.stdout) == (3, "")
    assert str(path) in done.stderr
    assert message in done.stderr
    assert "make one with `qa eval --report DIR`" in done.stderr


# Calls


def test_only_one_half_is_asked(home: Path) -> None:
    halves = [
        evaluate(home, home / "q.jsonl", "--split", split, "--report", home / split) for split in ("tune", "test")
    ]
    assert all(done.exit_code in (0, 1) for done in halves)
    ids = [{row["id"] for row in load_results(home / s / "results.json")["questions"]} for s in ("tune", "test")]
    assert ids[0] | ids[1] == {"1", "2", "3", "4", "5"}
    assert not ids[0] & ids[1]
    one = home / "one.jsonl"
    one.write_text(json.dumps(LINES[0]), "utf-8")
    empty = "test" if "1" in ids[0] else "tune"
    done = evaluate(home, one, "--split", empty)
    assert (done.exit_code, done.stdout) == (3, "")
    assert f"no questions in the half '{empty}'" in done.stderr


def test_what_users_said_becomes_drafts_until_they_are_accepted(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_STATE_DIR", str(home / "state"))
    questions, drafts = home / "q.jsonl", home / "drafts.jsonl"
    assert evaluate(home, questions, "--from-feedback").stdout == ""
    assistant = Assistant.open(home / "index")
    papers = {document.id: document for document in assistant.documents}
    turn = Turn("How quickly does basalt cool?", assistant.ask("How quickly does basalt cool?"))
    assert isinstance(turn.result, Answer)
    answer = StoredAnswer("1", "now", answer_record.record_of([turn], papers))
    feedback.give(home / "state", "ann", answer, Opinion("right"), papers)

    drafts.write_text(evaluate(home, questions, "--from-feedback").stdout, "utf-8")
    case = json.loads(drafts.read_text("utf-8"))
    assert case["question"] == turn.question
    assert case["evidence"]
    assert case["todo"] == []
    rejected = evaluate(home, drafts, "--check")
    assert rejected.exit_code == 3
    assert "line 1: this is a draft" in rejected.stderr

    with questions.open("a", encoding="utf-8") as file:
        file.write("\n" + json.dumps({k: v for k, v in case.items() if k not in ("draft", "todo", "from")}))
    after = evaluate(home, questions, "--from-feedback")
    assert (after.exit_code, after.stdout) == (0, "")
    assert after.stderr.endswith("already: 1\n")
    (question,) = [question for question in load_questions(questions, assistant.documents) if question.id == case["id"]]
    assert [turn.result.citations[0].spans[0]] == [item.span for wanted in question.evidence for item in wanted][:1]


def test_a_check_is_silent_about_a_sound_set(home: Path) -> None:
    done = CliRunner().invoke(cli.cli, ["eval", str(home / "q.jsonl"), "--check", "--index", str(home / "index")])
    assert done.exit_code == 0
    assert "is sound" in done.stdout
    (home / "q.jsonl").write_text(json.dumps(LINES[0]) + "\n{}\n" + json.dumps(LINES[0] | {"id": "9"}), "utf-8")
    done = CliRunner().invoke(cli.cli, ["eval", str(home / "q.jsonl"), "--check", "--index", str(home / "index")])
    assert (done.exit_code, done.stdout) == (3, "")
    assert [part.split(":")[0] for part in done.stderr.splitlines()] == [
        f"{home / 'q.jsonl'}, line 2",
        f"{home / 'q.jsonl'}, line 3",
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--set", "squad2"], 2, "belong together"),
        (["--data", "."], 2, "belong together"),
        (["--sample", "3"], 2, "belong together"),
        (["--sample", "0"], 2, "0 is not in the range"),
        (["--set", "nonsense", "--data", "."], 2, "is not one of"),
        (["q.jsonl", "--set", "squad2", "--data", "."], 2, "takes no question set"),
        (["--check", "--set", "squad2", "--data", "."], 2, "takes no question set"),
        (["--set", "squad2", "--data", "nowhere"], 3, "read_squad2dev_eval.jsonl.gz cannot be read"),
        (["--set", "scifact", "--data", "nowhere"], 3, "qrels.tsv cannot be read"),
        (["--set", "covidqa", "--data", "nowhere"], 3, "covidqa_articles.jsonl.gz cannot be read"),
        (["nowhere.jsonl"], 3, "nowhere.jsonl cannot be read"),
        (["nowhere.jsonl", "--check"], 3, "nowhere.jsonl cannot be read"),
        (["q.jsonl", "--gates", "nowhere.toml"], 3, "the gates nowhere.toml cannot be read"),
        (["q.jsonl", "--report", "gates.toml"], 3, "the report cannot be written to gates.toml"),
    ],
)
def test_a_wrong_call_is_told_so(
    home: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, message: str
) -> None:
    monkeypatch.chdir(home)
    done = evaluate(home, *arguments)
    assert (done.exit_code, done.stdout) == (code, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


# Other people's sets


def packed(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def reading(
    name: str, question: str, answers: list[tuple[str, int]], context: str, **more: object
) -> dict[str, object]:
    found = [{"text": text, "start": start} for text, start in answers]
    row = {"id": name, "title": "Stones & {more}", "context": context, "question": question, "answers": found}
    return row | {"is_impossible": not answers} | more


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Small files in the format of each set."""
    folder = tmp_path / "data"
    stones = "Basalt cools quickly from lava. Granite is hard."
    packed(
        folder / "read_squad2dev_eval.jsonl.gz",
        [
            reading("s1", "basalt lava?", [("Basalt cools", 0), ("quickly", 13)], stones),
            reading("s2", "who melted?", [], stones),
            reading("s3", "apples?", [("Apples", 0)], "Apples are red."),
        ],
    )
    packed(
        folder / "read_clapnq_dev_ans.jsonl.gz",
        [
            reading(
                "c1",
                "basalt and granite?",
                [("Basalt cools quickly from lava.", 0), ("Granite is hard.", 32)],
                stones,
                gold_answers=["Both are stones."],
            ),
        ],
    )
    packed(folder / "read_clapnq_dev_unans.jsonl.gz", [reading("c2", "who?", [], "Apples are red.", gold_answers=[])])
    packed(
        folder / "scifact" / "corpus.jsonl.gz",
        [
            {"_id": str(n), "title": f"Title {n}", "text": text}
            for n, text in enumerate([stones, "Apples are red.", "Marble was limestone once."])
        ],
    )
    packed(
        folder / "scifact" / "queries.jsonl.gz", [{"_id": "7", "text": "Basalt cools."}, {"_id": "8", "text": "No."}]
    )
    (folder / "scifact" / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n7\t0\t1\n7\t2\t1\n8\t1\t0\n")
    packed(
        folder / "covidqa_articles.jsonl.gz",
        [
            {"document": "one", "title": "", "text": stones},
            {"document": "two", "title": "T", "text": "Apples are red."},
        ],
    )
    asked = {
        "id": "v1",
        "document": "one",
        "question": "basalt lava?",
        "answers": [{"text": "cools quickly", "start": 7}],
    }
    packed(
        folder / "covidqa_questions.jsonl.gz",
        [asked, asked | {"id": "v2", "document": "two", "answers": [{"text": "red", "start": 11}]}],
    )
    return folder


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("squad2", ["s1", "s2", "s3"]),
        ("clapnq", ["c1", "c2"]),
        ("scifact", ["scifact-7"]),
        ("covidqa", ["v1", "v1-other", "v2", "v2-other"]),
    ],
)
def test_a_set_is_run_on_an_index_of_its_own_texts(home: Path, data: Path, name: str, ids: list[str]) -> None:
    arguments = ["--set", name, "--data", data, "--work", home / "work", "--report", home / "out"]
    done = evaluate(home, *arguments)
    assert done.exit_code == 0
    made = load_results(home / "out" / "results.json")
    assert (made["set"], sorted(row["id"] for row in made["questions"])) == (name, ids)
    assert made["kinds"]["all"]["figures"]["recall@10"]["value"] == 1
    assert made["kinds"]["all"]["figures"]["papers ndcg@10"]["value"] > 0.6
    assert (home / "work" / name / "index" / "CURRENT").is_file()
    again = evaluate(home, *arguments)
    assert again.exit_code == 0


def test_answers_are_alternatives_in_squad_and_parts_of_one_in_clapnq(home: Path, data: Path) -> None:
    from qa.evaluation.sets import squad_clapnq

    first, second, _ = squad_clapnq.load("squad2", data, home / "squad", None)
    assert [len(items) for items in first.evidence] == [1, 1]
    assert (first.answers, second.answerable, second.evidence) == (("Basalt cools", "quickly"), False, ())
    whole, unanswerable = squad_clapnq.load("clapnq", data, home / "clapnq", None)
    assert [len(items) for items in whole.evidence] == [2]
    assert (whole.answers, unanswerable.answers) == (("Both are stones.",), ())
    (paper,) = whole.documents
    assert (home / "clapnq" / f"{paper}.txt").read_text("utf-8") == "Basalt cools quickly from lava. Granite is hard."


def test_a_claim_s_evidence_is_any_abstract_that_is_judged_relevant(home: Path, data: Path) -> None:
    (claim,) = scifact.load(data, home / "scifact", None)
    spans = [Evidence("s0", Span(0, 48)), Evidence("s2", Span(0, 26))]
    assert claim == Question("scifact-7", "Basalt cools.", "claim", True, tuple((item,) for item in spans), ())
    assert sorted(path.name for path in (home / "scifact").glob("*.txt")) == ["s0.txt", "s1.txt", "s2.txt"]


def test_a_sample_is_always_the_same_and_in_order() -> None:
    assert sampled(range(100), 7) == sampled(range(100), 7) == sorted(sampled(range(100), 7))
    assert sampled([1, 2], None) == sampled([1, 2], 5) == [1, 2]


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    text = table.columns([["kind", "n"], ["comparison", "12"]])
    assert len({len(row) for row in text.splitlines()}) == 1
