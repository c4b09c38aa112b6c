"""BM25 against ten naive lines (Lucene's variant: Lù 2024, arXiv:2407.03618, table 1), and against bm25s."""

from __future__ import annotations

import json
import math
from pathlib import Path

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.index import lexical
from qa.index.lexical import Terms, Words
from qa.types import StoreError
from qa.words import terms

TEXTS = [
    "The tumour was removed. The tumour had spread, and tumours grew again.",
    "Chemotherapy was given for six weeks; the dose of chemotherapy was halved.",
    "A paediatric tumour.",
    "Radiation at a dose of 5,040 cGy in 28 fractions was given to the whole of the left leg of the girl.",
    "of the and",
]


def naive(question: str) -> list[float]:
    texts, k1, b = terms(TEXTS), 1.5, 0.75
    mean = sum(map(len, texts)) / len(texts)
    scores = [0.0] * len(texts)
    for term in terms([question])[0]:
        df = sum(term in text for text in texts)
        idf = math.log(1 + (len(texts) - df + 0.5) / (df + 0.5))
        for i, text in enumerate(texts):
            tf = text.count(term)
            scores[i] += idf * tf / (tf + k1 * (1 - b + b * len(text) / mean)) if tf else 0
    return scores


@pytest.mark.parametrize(
    "question",
    ["tumour", "What dose was given?", "tumor TUMOURS tumour", "pediatric dose of dose", "methotrexate girl", "5,040"],
)
def test_scores_are_those_of_ten_naive_lines(question: str) -> None:
    found = Words.build(TEXTS).scores(terms([question])[0])
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, naive(question), rtol=1e-5)
    assert found.max() > 0


@pytest.mark.parametrize("question", ["methotrexate", "of the", "", "…?!"])
def test_without_a_shared_word_all_scores_are_zero(question: str) -> None:
    assert Words.build(TEXTS).scores(terms([question])[0]).tolist() == [0.0] * len(TEXTS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tumours", "tumor"),
        ("Paediatric", "pediatric"),
        ("oedema", "edema"),
        ("randomised", "randomized"),
        ("randomisation", "randomization"),
        ("favourable", "favorable"),
        ("treatments", "treatment"),
        ("Sjögren", "Sjogren"),
        ("Müller", "mu\u0308ller"),
        ("Guillain–Barré", "guillain-barre"),
        ("Łukasz", "lukasz"),
    ],
)
def test_one_word_in_two_forms(one: str, other: str) -> None:
    assert terms([one]) == terms([other]) != [[]]


@pytest.mark.parametrize(("one", "other"), [("arms", "alarms"), ("disease", "dizzy"), ("four", "for"), ("2", "3")])
def test_two_words_stay_two(one: str, other: str) -> None:
    assert terms([one]) != terms([other])


def test_stop_words_go_and_repeats_and_order_stay() -> None:
    assert terms(["The dose of the second dose", "was it?"]) == [["dose", "second", "dose"], []]


def some_texts(n: int, seed: int) -> list[str]:
    """Texts of few words, frequent ones and rare ones; some have none."""
    random = np.random.default_rng(seed)
    words = [f"{chr(97 + i % 26)}{'émuω'[i % 4]}{i}" for i in range(300)]
    return [
        " ".join(words[min(299, int(number))] for number in random.zipf(1.3, random.integers(0, 40))) for _ in range(n)
    ]


def bits(words: Words, folder: Path) -> dict[str, bytes]:
    """All of an index."""
    words.save(folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_scores_are_those_of_bm25s_to_the_last_bit() -> None:
    texts = some_texts(500, 3)
    found, split = Words.build(texts), terms(texts)
    vocabulary = {term: number for number, term in enumerate(found.terms)}
    peer = bm25s.BM25()
    peer.index(([[vocabulary[term] for term in own] for own in split], vocabulary), show_progress=False)
    for query in (*split[:50], list(found.terms)[::7]):
        if query:
            assert found.scores(query).tobytes() == peer.get_scores(query).tobytes()


def test_scores_of_some_texts_are_the_same_to_the_last_bit() -> None:
    words = Words.build(some_texts(300, 4))
    query = [*list(words.terms)[::5], "unknown", *list(words.terms)[:3]]
    for rows in (np.array([299, 0, 7, 7]), np.arange(300), np.empty(0, dtype=np.int64)):
        assert words.scores_at(query, rows).tobytes() == words.scores(query)[rows].tobytes()
    assert words.scores_at([], np.array([1, 2])).tolist() == [0, 0]


def test_texts_with_a_term_ascend_and_frequency_counts_texts_not_words() -> None:
    words = Words.build(TEXTS)
    assert words.texts_with("tumor").tolist() == [0, 2]
    assert words.texts_with("tumour").tolist() == []
    assert [words.document_frequency(term) for term in ("tumor", "dose", "girl", "tumour")] == [2, 2, 1, 0]


def test_texts_without_any_word_can_be_indexed(tmp_path: Path) -> None:
    for texts in (["…", "of the"], []):
        words = Words.build(texts)
        assert words.scores(["tumor"]).tolist() == words.scores_at(["tumor"], np.arange(len(texts))).tolist()
        assert (words.n, list(words.terms), words.scores(["tumor"]).tolist()) == (len(texts), [], [0.0] * len(texts))
        words.save(tmp_path / "words")
        assert (Words.open(tmp_path / "words").n, len(Words.open(tmp_path / "words").terms)) == (len(texts), 0)


def test_a_text_that_has_a_word_too_often_is_refused() -> None:
    with pytest.raises(ValueError, match="65536 times"):
        Words.build(["dose " * 65536])


@pytest.mark.parametrize(("block", "at_once"), [(1, 10), (7, 100), (1000, 1)])
def test_an_index_does_not_depend_on_how_it_was_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int, at_once: int
) -> None:
    expected = bits(Words.build(some_texts(60, 5)), tmp_path / "one")
    monkeypatch.setattr(lexical, "_BLOCK", block)
    monkeypatch.setattr(lexical, "_AT_ONCE", at_once)
    assert bits(Words.build(iter(some_texts(60, 5))), tmp_path / "other") == expected


@given(st.data())
def test_an_update_is_the_same_as_building_anew(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("words")
    old = some_texts(data.draw(st.integers(0, 12)), 6)
    added = some_texts(data.draw(st.integers(0, 5)), data.draw(st.integers(7, 9)))
    kept = data.draw(st.lists(st.sampled_from(range(len(old))), unique=True)) if old else []
    order = data.draw(st.permutations([*((number, old[number]) for number in kept), *((-1, text) for text in added)]))
    moved = np.full(len(old), -1, dtype=np.int64)
    for row, (number, _) in enumerate(order):
        if number >= 0:
            moved[number] = row
    before = Words.build(old)
    before.save(folder / "before")
    expected = bits(Words.build([text for _, text in order]), folder / "expected")
    new = {row: text for row, (number, text) in enumerate(order) if number < 0}
    assert bits(before.updated(moved, new), folder / "one") == expected
    assert bits(Words.open(folder / "before").updated(moved, new), folder / "other") == expected


@pytest.mark.parametrize("at", [0, 2, 5])
def test_texts_that_come_in_between_are_put_there_and_the_others_not_sorted_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    texts = [*TEXTS[:at], "A dose of zinc, aspirin and 7 other things", "Zinc and zinc", *TEXTS[at:]]
    expected, before = bits(Words.build(texts), tmp_path / "expected"), Words.build(TEXTS)
    monkeypatch.delattr(lexical, "_merged")
    moved = np.array([row if row < at else row + 2 for row in range(len(TEXTS))])
    assert bits(before.updated(moved, {at: texts[at], at + 1: texts[at + 1]}), tmp_path / "found") == expected
    assert bits(before.updated(np.arange(len(TEXTS)), {}), tmp_path / "same") == bits(before, tmp_path / "before")


def test_an_update_splits_only_the_new_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    words, seen = Words.build(TEXTS, "porter"), []
    monkeypatch.setattr(lexical, "terms", lambda texts, stemmer: seen.append((texts, stemmer)) or terms(texts, stemmer))
    words.updated(np.array([0, 1, 3, 4, -1]), {2: "A new text"})
    assert seen == [(["A new text"], "porter")]


@pytest.mark.parametrize(
    ("moved", "new"),
    [([0, 1, 2, 3], []), ([0, 1, 2, 3, 3], []), ([0, 1, 2, 3, 5], []), ([0, 1, 2, 3, 4], [4]), ([0, 1, 2, 3, 4], [6])],
)
def test_texts_that_cannot_have_moved_so_are_refused(moved: list[int], new: list[int]) -> None:
    with pytest.raises(ValueError, match="do not make"):
        Words.build(TEXTS).updated(np.array(moved), dict.fromkeys(new, "text"))


def test_terms_are_a_sequence_that_is_looked_up_in_its_file() -> None:
    words = ["a", "ab", "abc", "b", "über", "ω", "𝛼"]
    found = Terms("".join(f'"{word}"\n' for word in words).encode())
    assert [*found] == words == [found[number] for number in range(-7, 0)]
    assert (len(found), found[1:6:2], found[::-1]) == (7, words[1:6:2], words[::-1])
    assert [word for word in ("", "aa", "abc", "z", "ω", "\ud800", "𝛽", 3) if word in found] == ["abc", "ω"]
    assert found.starting_with("ab") == ["ab", "abc"]
    assert (found.starting_with(""), found.starting_with("c"), found.starting_with("𝛼")) == (words, [], ["𝛼"])
    for number in (7, -8):
        with pytest.raises(IndexError):
            found[number]


def test_saved_and_opened_is_the_same(tmp_path: Path) -> None:
    built = Words.build(TEXTS)
    built.save(tmp_path / "words")
    opened = Words.open(tmp_path / "words")
    for question in ("tumour dose", "girl"):
        query = terms([question])[0]
        assert opened.scores(query).tobytes() == built.scores(query).tobytes()
    assert opened.document_frequency("dose") == 2
    assert bits(opened, tmp_path / "again") == bits(built, tmp_path / "words")


def test_an_opened_index_is_not_read_before_it_is_needed(tmp_path: Path) -> None:
    Words.build(TEXTS).save(tmp_path / "words")
    opened = Words.open(tmp_path / "words")
    with (tmp_path / "words" / "rows.npy").open("r+b") as file:
        file.seek(-4 * opened.document_frequency(opened.terms[-1]), 2)
        file.write(np.int32(4).tobytes())
    assert opened.texts_with(opened.terms[-1])[0] == 4


FILES = ("counts.npy", "lengths.npy", "rows.npy", "starts.npy", "terms.jsonl", "words.json")


@pytest.mark.parametrize(
    ("file", "damage"),
    [(file, damage) for file in FILES for damage in ("missing", "half", "other words", "empty")],
)
def test_a_damaged_file_is_a_store_error(tmp_path: Path, file: str, damage: str) -> None:
    folder = tmp_path / "words"
    assert bits(Words.build(TEXTS), folder).keys() == set(FILES)
    data = (folder / file).read_bytes()
    if damage == "missing":
        (folder / file).unlink()
    else:
        (folder / file).write_bytes({"half": data[: len(data) // 2], "other words": b"nonsense", "empty": b""}[damage])
    with pytest.raises(StoreError, match=r"words .*run `qa index build --full`"):
        Words.open(folder)


def test_another_format_is_refused(tmp_path: Path) -> None:
    Words.build(TEXTS).save(tmp_path / "words")
    (tmp_path / "words" / "words.json").write_text(json.dumps({"format": 2, "stemmer": "english"}))
    with pytest.raises(StoreError, match="format 2"):
        Words.open(tmp_path / "words")


@pytest.mark.parametrize("at_once", [1, 2])
def test_postings_weighed_in_blocks_give_the_same(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    words, query = Words.build(TEXTS), terms(["the dose for a tumour"])[0]
    whole = words.scores(query)
    monkeypatch.setattr(lexical, "_POSTINGS", at_once)
    assert words.scores(query).tolist() == whole.tolist()
    assert words.scores_at(query, np.arange(len(TEXTS))).tolist() == whole.tolist()
