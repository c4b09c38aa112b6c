"""The mark is where the quote is, for every sentence that can be quoted from the three texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.index import store
from qa.types import Citation
from qa.web.source.panel import readable, segments


@pytest.mark.model
def test_every_sentence_is_marked_in_the_readable_and_in_the_raw_text(real_index: Path) -> None:
    index = store.load(real_index)
    checked = 0
    for passage in index.passages:
        document = index.by_id[passage.document]
        for sentence in passage.sentences:
            citation = Citation(document, passage.section, sentence)
            pieces = segments(citation)
            assert "".join(piece for piece, _ in pieces) == document.raw
            marks = {number: piece for piece, number in pieces if number is not None}
            assert tuple(marks[number] for number in range(len(marks))) == citation.quote
            blocks = readable(citation, index)
            assert [words for _, block in blocks for words, number in block if number is not None] == [citation.text]
            checked += 1
    assert checked > 250
