"""An abbreviation stands for what its own text says."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest

from qa.index import abbreviations
from qa.index.abbreviations import defined_in
from qa.index.index import Index


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("", {}),
        ("A tyrosine kinase inhibitor (TKI) was given.", {"TKI": "tyrosine kinase inhibitor"}),
        ("We saw heat shock transcription factor (HSF) here.", {"HSF": "heat shock transcription factor"}),
        (
            "Alveolar rhabdomyosarcoma (ARMS) and embryonal rhabdomyosarcoma (ERMS) differ.",
            {"ARMS": "Alveolar rhabdomyosarcoma", "ERMS": "embryonal rhabdomyosarcoma"},
        ),
        ("They took it (see Table 2) at home (at night).", {}),
        ("The dose was high (12 mg).", {}),
        ("A tyrosine kinase inhibitor\n(TKI) was given.", {}),
        ("Nothing opens (or closes", {}),
        ("))((TKI)) ( ) (", {}),
    ],
)
def test_a_short_form_in_brackets_has_the_words_before_it(text: str, pairs: dict[str, str]) -> None:
    assert defined_in(text) == pairs


def test_each_paper_has_its_own(small_index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def found(text: str) -> dict[str, str]:
        read.append(text)
        return {"X": str(len(read))}

    monkeypatch.setattr(abbreviations, "defined_in", found)
    for _ in range(2):
        assert [small_index.abbreviations_of(paper) for paper in ("fruit", "stones")] == [{"X": "1"}, {"X": "2"}]
    assert ["Apples" in text for text in read] == [True, False], "each paper is read once, when it is first asked for"
    assert small_index.abbreviations_of("nowhere") == {"X": "3"}


def test_the_library_leaves_logging_as_it_is() -> None:
    """A program that has set no logging would otherwise print every library's messages."""
    code = (
        "import logging; from qa.index.abbreviations import defined_in; "
        "defined_in('A tyrosine kinase inhibitor (TKI).'); defined_in('(((' * 9); "
        "print(logging.getLogger().handlers, logging.getLogger().level == logging.WARNING)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("[] True\n", "")
    assert logging.getLogger("abbreviations").isEnabledFor(logging.ERROR)
