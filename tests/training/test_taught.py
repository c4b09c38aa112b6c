"""The lists of a teacher: what is on them, in which order, and with whose logits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from qa.answers.cross_encoder import Judgement
from qa.training import cases as case_files
from qa.training import network, taught
from qa.training.cases import Case, Cases, Found, Text
from tests.training.conftest import tiny

ARTICLES = [str(n) for n in range(60)]
TITLE = "Stones: a trial"


def case(article: str, of_set: str = "asked") -> Case:
    return Case(of_set, article, f"Who has stone {article}?", (Found(0, (1, 2), None),), (1, 2, 3))


@pytest.fixture
def cases() -> Cases:
    """Nine texts of four sentences, in two sections of a paper."""
    texts = tuple(
        Text(f"{TITLE}: {'Results' if n % 2 else 'Methods'}", tuple(f"Man {n} has {m}." for m in range(4)))
        for n in range(9)
    )
    others = [replace(case(article), found=(), missing=(4, 5, 6, 7, 8)) for article in ARTICLES]
    return Cases(texts, (*map(case, ARTICLES), *others))


def judge(pairs: Sequence[tuple[str, Text]]) -> list[Judgement]:
    """Prefers large numbers."""
    numbers = [int(text.sentences[0].split()[1]) for _, text in pairs]
    return [Judgement(tuple(number + place / 10 for place in range(4)), -number, 0, None) for number in numbers]


def test_a_list_has_what_answers_first_and_then_the_hardest(cases: Cases) -> None:
    items = [item for item in taught.listed(cases, 0, 10**6) if item.evidence]
    assert {item.texts[:4] for item in items} == {(0, 1, 2, 3)}
    assert {item.evidence for item in items} == {(1, 2)}
    filled = [item.texts[4:] for item in items]
    assert all(len(set(rest)) == 2 and set(rest) <= {4, 5, 6, 7, 8} for rest in filled)
    assert len(set(filled)) > 3, "they are drawn"


def test_nothing_is_taught_of_papers_held_out_and_other_sets(cases: Cases) -> None:
    held_out = {item.question for item in cases.cases if item.held_out}
    items = taught.listed(cases, 0, 10**6)
    assert held_out
    assert {item.question for item in items} == {item.question for item in cases.cases} - held_out
    assert not taught.listed(Cases(cases.texts, tuple(case(a, "squad2") for a in ARTICLES)), 0, 10**6)


def test_of_each_set_so_many_are_taken_at_most(cases: Cases) -> None:
    more = Cases(cases.texts, (*cases.cases, *(case(article, "outcomes") for article in ARTICLES)))
    assert 14 <= len(taught.listed(more, 0, 10)) <= 20


def test_texts_are_written_as_the_index_embeds_them_with_the_teachers_logits(cases: Cases) -> None:
    (item,) = [item for item in taught.listed(cases, 0, 10**6) if item.evidence][:1]
    texts, sentences = taught.taught(cases, judge, [item])
    assert texts.kind == "passages"
    assert texts.texts[1] == f"{TITLE}\nResults\nMan 1 has 0. Man 1 has 1. Man 1 has 2. Man 1 has 3."
    assert texts.logits == tuple(-number for number in item.texts)
    assert sentences.kind == "sentences"
    assert sentences.texts[:2] == (f"{TITLE}\nMethods\nMan 0 has 1.", f"{TITLE}\nMethods\nMan 0 has 2.")
    best = max(item.texts)
    assert sentences.texts[2].endswith(f"Man {best} has 3."), "then the likeliest of all texts"
    assert sentences.logits[:3] == (0.1, 0.2, best + 0.3)
    assert (len(texts.texts), len(sentences.texts)) == (taught.TEXTS, taught.SENTENCES)


def test_titles_of_other_sets_are_not_divided() -> None:
    texts = tuple(Text("Stones: a trial", tuple(f"{n} {m}." for m in range(3))) for n in range(6))
    abstract = Case("bioasq_snippet", "1", "Who?", (Found(0, (1,), None),), (1, 2, 3, 4, 5))
    judged = [Judgement((0.0, 0.0, 0.0), 0.0, 0.0, None)] * 6
    chosen = taught.listed(Cases(texts, (abstract,)), 0, 9)
    texts_of, _ = taught.taught(Cases(texts, (abstract,)), lambda pairs: judged, chosen)
    assert texts_of.texts[0] == "Stones: a trial\n0 0. 0 1. 0 2."


def test_the_command_writes_the_lists_of_a_network(cases: Cases, tokenizer: Tokenizer, tmp_path: Path) -> None:
    from click.testing import CliRunner

    case_files.save(cases, tmp_path / "cases")
    network.save(tiny(tokenizer), tokenizer, tmp_path / "teacher")
    (tmp_path / "teacher" / "form.json").write_text(json.dumps({"at_once": 64, "max_tokens": 384}), "utf-8")
    options = {"cases": tmp_path / "cases", "teacher": tmp_path / "teacher", "output": tmp_path / "lists.jsonl.gz"}
    flat = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    done = CliRunner().invoke(taught.main, [*flat, "--most", "10"])
    assert done.exit_code == 0, done.output
    rows = list(case_files.read_rows(tmp_path / "lists.jsonl.gz"))
    assert {row["kind"] for row in rows} == {"passages", "sentences"}
    for row in rows:
        assert len(row["texts"]) == len(row["logits"]) == len(set(row["texts"]))
        assert len(set(row["logits"])) > 1
