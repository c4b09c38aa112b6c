"""Words are as frequent as wordfreq says, which is not loaded for a word of A to Z."""

from __future__ import annotations

import subprocess
import sys

import pytest
from wordfreq import iter_wordlist, zipf_frequency

from qa import words
from qa.words import frequent, zipf

ODD = [
    "zzqx",
    "Pneumonia",
    "I",
    "DNA",
    "isn",
    "x" * 60,
    "Sjögren",
    "co-trimoxazole",
    "can't",
    "3",
    "p53",
    "ſ",
    "",
    "a b",
]


@pytest.fixture(params=[True, False], ids=["few words", "many words"])
def _few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_FEW_WORDS", 10**9 if request.param else -1)
    zipf.cache_clear()


@pytest.mark.usefixtures("_few")
def test_a_word_is_as_frequent_as_wordfreq_says() -> None:
    some = [*ODD, *list(iter_wordlist("en"))[::997]]
    assert len(some) > 300
    assert [zipf(word) for word in some] == [zipf_frequency(word, "en") for word in some]


def test_wordfreq_is_not_loaded_for_a_word_of_a_to_z() -> None:
    code = "import sys; from qa.words import zipf; print(zipf('Pneumonia'), 'wordfreq' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["3.74", "False"]


def test_frequent_words_are_in_order() -> None:
    found = [zipf(word) for word in frequent(50)]
    assert found == sorted(found, reverse=True)
