"""Rows of the data sets become cases: hand-made rows, every offset by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qa.training import cases as room
from qa.training.cases import Cases, Text
from qa.training.convert import SETS, Raw, convert, plain
from qa.training.negatives import complete
from qa.training.pieces import PASSAGE_WORDS, pieces

BLOOD = "Blood is red. It carries oxygen to the organs. Plasma is yellow."
BONES = "Bones are hard. They hold calcium. Oxygen is not kept in them."


def read_row(question: str, context: str, *answers: str, **more: Any) -> dict[str, Any]:
    marked = [{"text": text, "start": context.index(text)} for text in answers]
    row = {"question": question, "context": context, "answers": marked, "is_impossible": not answers, "title": "Body"}
    return row | more


def converted(name: str, *rows: dict[str, Any]) -> list[Raw]:
    return list(SETS[name][1](name, rows))


def test_the_words_and_their_sentence() -> None:
    (case,) = converted("squad2", read_row("What is carried?", BLOOD, "oxygen"))
    ((text, evidence, words),) = case.found
    assert text == Text("Body", ("Blood is red.", "It carries oxygen to the organs.", "Plasma is yellow."))
    assert evidence == (1,)
    assert words == (1, 11, 1, 17)
    assert text.words(words) == "oxygen"
    assert (case.question, case.article, case.missing) == ("What is carried?", "Body", [])


def test_words_over_two_sentences() -> None:
    (case,) = converted("squad2", read_row("Tell all.", BLOOD, "carries oxygen to the organs. Plasma is yellow"))
    ((text, evidence, words),) = case.found
    assert evidence == (1, 2)
    assert words is not None
    assert text.words(words) == "carries oxygen to the organs. Plasma is yellow"


def test_an_impossible_question_has_its_context_among_the_missing() -> None:
    (case,) = converted("squad2", read_row("Who was first?", BLOOD))
    assert case.found == []
    assert [text.sentences[0] for text in case.missing] == ["Blood is red."]


def test_marked_sentences_have_no_sharper_words() -> None:
    rows = [
        read_row("What does blood do?", BLOOD, "It carries oxygen to the organs."),
        read_row("What does blood do?", BONES, "They hold calcium.", "Oxygen is not kept in them."),
    ]
    (case,) = converted("bioasq_snippet", *rows)
    assert [(evidence, words) for _, evidence, words in case.found] == [((1,), None), ((1, 2), None)]
    assert case.article == case.question


def test_a_long_text_is_cut_and_its_other_parts_do_not_answer() -> None:
    filler = "This sentence has exactly nine words and no more. " * 20
    (case,) = converted("bioasq_snippet", read_row("What is rare?", f"{filler}Gold is rare.", "Gold is rare."))
    ((text, evidence, _),) = case.found
    assert text.sentences[evidence[0]] == "Gold is rare."
    assert len(case.missing) == 1
    for part in (text, *case.missing):
        assert sum(len(sentence.split()) for sentence in part.sentences) <= PASSAGE_WORDS
    unsure = read_row("What is rare?", f"{filler}Gold is rare.", "Gold is rare.", all_snippets_found=False)
    assert converted("bioasq_snippet", unsure)[0].missing == []


@pytest.mark.parametrize("lengths", [[1], [200], [80, 80, 80], [10] * 40, [1, 300, 1], [100, 1, 100, 1]])
def test_pieces_are_all_sentences_in_order(lengths: list[int]) -> None:
    assert [i for piece in pieces(lengths, 160) for i in piece] == list(range(len(lengths)))


def test_rationales_keep_their_order() -> None:
    rows = [
        {"question": "Iron rusts.", "candidate": text, "label": label, "doc": doc}
        for doc, text, label in (("1", "Iron is a metal.", 0), ("1", "It rusts.", 1), ("2", "Gold does not.", 0))
    ]
    (case,) = converted("scifact", *rows)
    assert case.found == [(Text("", ("Iron is a metal.", "It rusts.")), (1,), None)]
    assert case.missing == [Text("", ("Gold does not.",))]


def test_shuffled_sentences_keep_their_labels() -> None:
    rows = [{"question": "q", "candidate": f"s{i}", "label": int(i == 0)} for i in range(5)]
    ((text, evidence, _),) = converted("nqg", *rows)[0].found
    assert sorted(text.sentences) == ["s0", "s1", "s2", "s3", "s4"]
    assert [text.sentences[i] for i in evidence] == ["s0"]


def raw(question: str, pool: str = "p", *answers: str, **more: Any) -> Raw:
    return Raw("set", question, question, pool, answers, **more)


def test_negatives_are_of_the_pool_and_never_hold_the_answer() -> None:
    texts = [Text("", (f"Oxygen {word} organs.",)) for word in ("feeds", "leaves", "Twelve", "burns")]
    cases = [
        raw("oxygen organs", "p", "feeds", found=[(texts[0], (0,), None)]),
        raw("oxygen organs", "p", "twelve", found=[(texts[2], (0,), None)]),
        raw("organs", "p", "leaves", "burns", found=[(texts[1], (0,), None)], missing=[texts[3]]),
        raw("oxygen", "elsewhere", "x", found=[(Text("", ("Oxygen x.",)), (0,), None)]),
    ]
    made = complete(cases)
    named = [[made.texts[i].sentences[0] for i in case.missing] for case in made.cases]
    assert sorted(named[0]) == sorted(["Oxygen leaves organs.", "Oxygen burns organs."])
    assert named[0] == named[1]  # neither has the text that answers the same question
    assert sorted(named[2]) == ["Oxygen Twelve organs.", "Oxygen feeds organs."]
    assert named[3] == []


def test_the_missing_of_the_same_paper_come_first() -> None:
    own, near = Text("", ("Nothing of it.",)), Text("", ("Oxygen in organs.",))
    cases = [
        raw("oxygen organs", found=[(Text("", ("Oxygen feeds.",)), (0,), None)], missing=[own]),
        raw("other", found=[(near, (0,), None)]),
    ]
    made = complete(cases)
    assert [made.texts[i] for i in made.cases[0].missing] == [own, near]


def test_the_nearest_by_words_share_words_not_letters() -> None:
    """A question goes to BM25 as stemmed terms; as a string it would be searched for letter by letter."""
    far = [Text("", (f"A b c d e {letter}.",)) for letter in "fghij"]
    near = Text("", ("Tumour of an organ.",))
    cases = [raw("organs", found=[(Text("", ("It is of iron.",)), (0,), None)])]
    cases += [raw(f"other {i}", found=[(text, (0,), None)]) for i, text in enumerate([*far, near])]
    made = complete(cases)
    assert made.texts[made.cases[0].missing[0]] == near


def test_a_planted_sentence_stands_whole_in_a_text_of_another_question() -> None:
    host = Text("Body", ("Blood is red.", "Plasma is yellow."))
    cases = [raw("blood colour", found=[(host, (0,), None)]), raw("iron", planted=("Iron rusts.", "It does."))]
    made = complete(cases)
    (found,) = made.cases[1].found
    planted = made.texts[found.text]
    assert [planted.sentences[i] for i in found.evidence] == ["Iron rusts.", "It does."]
    assert [s for s in planted.sentences if s not in ("Iron rusts.", "It does.")] == list(host.sentences)
    assert made.texts[made.cases[1].missing[0]] == host


def test_a_sentence_is_planted_in_a_text_of_any_title_of_its_pool() -> None:
    host = Text("Body", ("Blood is red.", "Plasma is yellow."))
    cases = [raw("blood", "p Body", found=[(host, (0,), None)]), raw("iron", "p", planted=("Iron rusts.",))]
    made = complete(cases)
    assert set(made.texts[made.cases[1].found[0].text].sentences) == {*host.sentences, "Iron rusts."}


def test_a_case_without_a_pool_gets_no_further_texts() -> None:
    own = Text("", ("Oxygen feeds nobody.",))
    cases = [
        raw("oxygen", "", "feeds", found=[(Text("", ("Oxygen feeds.",)), (0,), None)], missing=[own]),
        raw("oxygen", "", found=[(Text("", ("Oxygen burns.",)), (0,), None)]),
    ]
    made = complete(cases)
    assert [[made.texts[i] for i in case.missing] for case in made.cases] == [[own], []]


def test_no_piece_is_longer_than_the_limit_unless_it_is_one_sentence() -> None:
    lengths = [100, 60, 150, 10, 200, 90, 80]
    assert all(len(piece) == 1 or sum(lengths[i] for i in piece) <= 160 for piece in pieces(lengths, 160))
    assert pieces([], 160) == []


def test_rows_that_are_measured_on_are_left_out(tmp_path: Path) -> None:
    for file, _ in SETS.values():
        room.write_rows(tmp_path / f"{file}.jsonl.gz", [])
    rows = [read_row("a?", BLOOD, "oxygen"), read_row("b?", BONES, "calcium", title="Bones")]
    room.write_rows(tmp_path / "read_squad2dev_train.jsonl.gz", rows)
    assert [case.question for case in convert(tmp_path)] == ["a?", "b?"]
    assert [case.question for case in convert(tmp_path, {plain(BLOOD.upper())})] == ["b?"]
    assert [case.question for case in convert(tmp_path, {"bones"})] == ["a?"]


def test_cases_are_read_as_they_were_written(tmp_path: Path, toy: Cases) -> None:
    room.save(toy, tmp_path / "one")
    room.save(toy, tmp_path / "two")
    assert room.load(tmp_path / "one") == toy
    for name in ("texts.jsonl.gz", "cases.jsonl.gz"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_an_article_is_on_one_side(toy: Cases) -> None:
    held = {case.article for case in toy.cases if case.held_out}
    assert not held & {case.article for case in toy.cases if not case.held_out}
