"""Questions on whole papers become cases; papers, questions and tempting sentences by hand."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from qa.evaluation.sets.asked import AskedPaper, held_out
from qa.training.asked import convert
from qa.training.convert import Raw
from qa.training.fillers import Sources, caption, filled, filler
from qa.training.negatives import complete
from qa.training.papers import FILLER, Part, parts_of
from qa.training.pieces import PASSAGE_WORDS

LEARNT = [f"PMC{n}" for n in range(60) if not held_out(f"PMC{n}")]
MEASURED = next(f"PMC{n}" for n in count() if held_out(f"PMC{n}"))
FEVER = "How many had fever after aspirin?"
DOSE = "Which dose of aspirin was given?"
DIED = "How many died of aspirin or codeine?"
LONG = "The nurses of all wards wrote down every evening what they had seen during that day"


def paper(name: str, drug: str) -> dict[str, Any]:
    """Sentences 0 to 8: one section of three sentences, one of four that do not fit into a passage, one of two."""
    results = [f"{LONG} of {drug}, part {n}, {' '.join(['and so on'] * 20)}." for n in range(4)]
    return {
        "id": name,
        "title": f"A trial of {drug}",
        "paragraphs": [
            {
                "section": "Methods / Drugs",
                "sentences": [f"We gave {drug}.", "The dose was 20 mg.", "Others had 5 mg."],
            },
            {"section": "Results", "sentences": results},
            {"section": "Results / Harm", "sentences": [f"Two had fever after {drug}.", "The dose was cut to 12 mg."]},
        ],
    }


def question(
    name: str, text: str, evidence: Sequence[Sequence[int]], words: str = "", *tempting: int
) -> dict[str, Any]:
    row = {"paper": name, "kind": "numeric", "question": text, "evidence": evidence, "words": words}
    return row | {"tempting": tempting}


def write(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Papers on three drugs that are trained on, one that is held out, one of `outcomes`, and one of `dev`."""
    one, two, three, four, dev = LEARNT[:5]
    papers = [paper(one, "aspirin"), paper(two, "morphine"), paper(three, "heparin"), paper(MEASURED, "insulin")]
    asked = [
        question(one, DOSE, [[1]], "20 mg", 8),
        question(one, FEVER, [[7], [0, 1]], "Two", 4),
        question(one, DIED, [], "", 7),
        question(MEASURED, "Which dose of insulin was given?", [[1]], "20 mg", 8),
    ]
    outcome = question(four, "Fever: warfarin versus placebo?", [[7]]) | {"kind": "outcome"}
    for name, rows in (("train", papers), ("outcomes", [paper(four, "warfarin")]), ("dev", [paper(dev, "digoxin")])):
        write(tmp_path / f"{name}_papers.jsonl.gz", rows)
    write(tmp_path / "train_questions.jsonl.gz", asked)
    write(tmp_path / "outcomes_questions.jsonl.gz", [outcome])
    write(tmp_path / "library.jsonl.gz", [paper(dev, "digoxin"), *papers, paper(LEARNT[5], "codeine")])
    return tmp_path


@pytest.fixture
def cases(folder: Path) -> dict[str, Raw]:
    made = convert(folder, folder / "library.jsonl.gz")
    return {case.question: case for case in made if case.set in ("asked", "outcomes")}


def test_a_paper_is_cut_as_for_an_index() -> None:
    row = paper("a", "aspirin")
    flat = [(s, p["section"], i) for i, p in enumerate(row["paragraphs"]) for s in p["sentences"]]
    sentences, sections, paragraphs = zip(*flat, strict=True)
    parts = parts_of(AskedPaper("a", "Title", sentences, sections, paragraphs))
    assert [number for part in parts for number in part.numbers] == list(range(9))
    assert [part.text.heading for part in parts] == ["Title: Drugs", "Title: Results", "Title: Results", "Title: Harm"]
    assert [len(part.numbers) for part in parts] == [3, 2, 2, 2]
    for part in parts:
        assert [sentences[i] for i in part.numbers] == list(part.text.sentences)
        assert sum(len(sentence.split()) for sentence in part.text.sentences) <= PASSAGE_WORDS


def test_every_passage_with_evidence_answers(cases: dict[str, Raw]) -> None:
    found = {text.heading: [text.sentences[i] for i in evidence] for text, evidence, _ in cases[FEVER].found}
    assert {heading: said for heading, said in found.items() if "Fig" not in heading} == {
        "A trial of aspirin: Drugs": ["We gave aspirin.", "The dose was 20 mg."],
        "A trial of aspirin: Harm": ["Two had fever after aspirin."],
    }
    spans = [text.words(words) for text, _, words in cases[FEVER].found if words]
    assert set(spans) == {"Two"}


def test_tempting_texts_come_first_and_none_has_evidence(cases: dict[str, Raw]) -> None:
    assert cases[DOSE].missing[0].heading == "A trial of aspirin: Harm"
    assert cases[DIED].missing[0].heading == "A trial of aspirin: Harm"
    assert cases[DIED].found == []
    assert not any("The dose was 20 mg." in t.sentences for t in cases[DOSE].missing if "aspirin" in t.heading)


def test_other_papers_are_searched_but_not_those_measured_on(cases: dict[str, Raw]) -> None:
    headings = {text.heading for case in cases.values() for text in case.missing}
    assert any("morphine" in heading or "heparin" in heading for heading in headings)
    assert any("codeine" in heading for heading in headings)
    assert not any("digoxin" in heading for heading in headings)
    others = {text.heading for name in (FEVER, DOSE, DIED) for text in cases[name].missing}
    assert not any("insulin" in heading for heading in others)
    # a text of another paper with the answer's words could answer
    assert not any("The dose was 20 mg." in text.sentences for text in cases[DOSE].missing)


def test_a_paper_of_two_sets_has_its_own_sentences_in_each(folder: Path) -> None:
    changed = paper(LEARNT[0], "aspirin")
    changed["paragraphs"][0]["sentences"].insert(0, "All were asked.")
    write(folder / "outcomes_papers.jsonl.gz", [changed])
    outcome = question(LEARNT[0], "Fever: aspirin versus placebo?", [[8]]) | {"kind": "outcome"}
    write(folder / "outcomes_questions.jsonl.gz", [outcome])
    made = {case.question: case for case in convert(folder) if case.set in ("asked", "outcomes")}
    for name in (FEVER, "Fever: aspirin versus placebo?"):
        text, evidence, _ = made[name].found[-1]
        assert [text.sentences[i] for i in evidence] == ["Two had fever after aspirin."]


def test_some_questions_are_asked_again_as_people_type_them(folder: Path) -> None:
    rows = [question(LEARNT[0], f"Which dose of aspirin did group {n} get?", [[1]]) for n in range(40)]
    write(folder / "train_questions.jsonl.gz", rows)
    made = convert(folder)
    asked = {case.question for case in made if case.set == "asked"}
    typed = [case for case in made if case.set == "typed" and case.article == LEARNT[0]]
    assert 4 <= len(typed) <= 20
    assert not asked & {case.question for case in typed}
    for case in typed:
        text, evidence, _ = case.found[0]
        assert [text.sentences[i] for i in evidence] == ["The dose was 20 mg."]


def test_an_exchanged_question_is_answered_by_nothing(folder: Path) -> None:
    """The library tells that the drugs are of one kind, the papers that only one of them is theirs."""
    library = {"id": LEARNT[6], "title": "Drugs", "paragraphs": [{"section": "", "sentences": []}]}
    said = [f"We gave {drug} before surgery." for drug in ("lornoxicam", "meloxicam") for _ in range(9)]
    said += [f"They filled the {scale} form." for scale in ("WOMAC", "UPDRS") for _ in range(9)]
    library["paragraphs"][0]["sentences"] = said
    write(folder / "library.jsonl.gz", [library])
    write(folder / "train_papers.jsonl.gz", [paper(LEARNT[0], "lornoxicam"), paper(MEASURED, "insulin")])
    write(folder / "train_questions.jsonl.gz", [question(LEARNT[0], "Which dose of lornoxicam was given?", [[1]])])
    (case,) = [case for case in convert(folder, folder / "library.jsonl.gz") if case.set == "swapped"]
    assert (case.question, case.found) == ("Which dose of meloxicam was given?", [])
    assert case.missing
    assert all("The dose was 20 mg." in " ".join(text.sentences) for text in case.missing)


def test_whole_papers_are_held_out(folder: Path) -> None:
    made = complete(convert(folder))
    held = {case.question for case in made.cases if case.held_out and case.set == "asked"}
    assert held == {"Which dose of insulin was given?"}
    assert all(case.held_out == (case.article == MEASURED) for case in made.cases)


def test_where_evidence_is_not_all_marked_the_nearest_are_left_out(cases: dict[str, Raw]) -> None:
    outcome = cases["Fever: warfarin versus placebo?"]
    assert [text.heading for text, _, _ in outcome.found] == ["A trial of warfarin: Harm"]
    assert not any(
        "warfarin: Drugs" in text.heading or "Results" in text.heading
        for text in outcome.missing
        if "warfarin" in text.heading
    )


def test_what_never_answers_is_set_among_the_sentences() -> None:
    sources = Sources(["Harm", "Drugs"], ["What was the dose?"], ["The criteria were:"])
    made = 0
    for n in range(200):
        part = Part(paper_text(n), (4, 5, 6))
        wider = filled(part, sources)
        assert wider == filled(part, sources)
        assert tuple(i for i in wider.numbers if i != FILLER) == (4, 5, 6)
        kept = [s for s, i in zip(wider.text.sentences, wider.numbers, strict=True) if i != FILLER]
        assert kept == list(part.text.sentences)
        assert wider.evidence({5}) == (wider.numbers.index(5),)
        made += wider != part
    assert 30 < made < 90


def paper_text(n: int) -> Any:
    return parts_of(AskedPaper("a", "T", (f"One {n}.", "Two.", "Three."), ("S",) * 3, (0,) * 3))[0].text


def test_fillers_are_of_what_there_is() -> None:
    drawn = {
        filler(Sources(["Harm", "Drugs"], ["What was the dose?"], ["As follows:"]), random.Random(n)) for n in range(99)
    }
    assert {"Harm", "Drugs", "Harm Drugs", "Drugs Harm", "As follows:"} <= drawn
    assert any(said.startswith("Table") and said.endswith(". Dose.") for said in drawn)
    assert {filler(Sources([], [], []), random.Random(n)) for n in range(20)} == {""}
    assert caption("Table 1", "How many?") == "Table 1. How many."


def test_a_caption_that_says_it_answers_and_one_that_only_names_it_does_not(folder: Path) -> None:
    asked = [question(LEARNT[0], f"Which dose in arm {n}?", [[1]], "20 mg") for n in range(80)]
    write(folder / "train_questions.jsonl.gz", asked)
    naming, saying = 0, 0
    for case in convert(folder):
        captions = [text for text in case.missing if text.heading.startswith("A trial of aspirin: ")]
        naming += any(caption("", case.question)[1:] in text.sentences[-1] for text in captions)
        for text, places, words in case.found[1:]:
            assert text.heading.split(": ")[1].startswith(("Table", "Fig"))
            assert text.sentences[0].startswith(text.heading.split(": ")[1])
            assert words
            assert text.words(words) == "20 mg"
            assert places == (len(text.sentences) - 1,)
            assert text.sentences[-1].endswith("The dose was 20 mg.")
            saying += 1
    assert 10 < naming < 40
    assert 10 < saying < 40
