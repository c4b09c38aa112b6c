"""BM25 against ten naive lines (Lucene's variant: Lù 2024, arXiv:2407.03618, table 1)."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from qa.index import lexical
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
    found = lexical.scores(lexical.build(TEXTS), terms([question])[0])
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, naive(question), rtol=1e-5)
    assert found.max() > 0


@pytest.mark.parametrize("question", ["methotrexate", "of the", "", "…?!"])
def test_without_a_shared_word_all_scores_are_zero(question: str) -> None:
    assert lexical.scores(lexical.build(TEXTS), terms([question])[0]).tolist() == [0.0] * len(TEXTS)


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


def test_document_frequency_counts_texts_not_words() -> None:
    index = lexical.build(TEXTS)
    assert [lexical.document_frequency(index, term) for term in ("tumor", "dose", "girl", "tumour")] == [2, 2, 1, 0]


def test_texts_without_any_word_can_be_indexed() -> None:
    index = lexical.build(["…", "of the"])
    assert lexical.scores(index, terms(["tumour"])[0]).tolist() == [0.0, 0.0]


def test_saved_and_loaded_is_the_same(tmp_path: Path) -> None:
    lexical.save(lexical.build(TEXTS), tmp_path / "words")
    loaded = lexical.load(tmp_path / "words")
    for question in ("tumour dose", "girl"):
        expected = lexical.scores(lexical.build(TEXTS), terms([question])[0])
        assert lexical.scores(loaded, terms([question])[0]).tobytes() == expected.tobytes()
    assert lexical.document_frequency(loaded, "dose") == 2
    lexical.save(loaded, tmp_path / "again")
    for path in sorted((tmp_path / "words").iterdir()):
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()


FILES = ("data.csc.index.npy", "indices.csc.index.npy", "indptr.csc.index.npy", "params.index.json", "vocab.index.json")


@pytest.mark.parametrize(
    ("file", "damage"),
    [(file, damage) for file in FILES for damage in ("missing", "half", "other words", "empty")],
)
def test_a_damaged_file_is_a_store_error(tmp_path: Path, file: str, damage: str) -> None:
    folder = tmp_path / "words"
    lexical.save(lexical.build(TEXTS), folder)
    assert {path.name for path in folder.iterdir()} == set(FILES)
    data = (folder / file).read_bytes()
    if damage == "missing":
        (folder / file).unlink()
    else:
        (folder / file).write_bytes({"half": data[: len(data) // 2], "other words": b"nonsense", "empty": b""}[damage])
    with pytest.raises(StoreError, match=r"words .*run `qa index build --full`"):
        lexical.load(folder)
