"""What is said of a paper in a few words."""

from __future__ import annotations

import pytest

from qa.types import Document, Quality
from qa.web.draw.papers import quality_words


@pytest.mark.parametrize(
    ("quality", "words"),
    [
        ((Quality(1, 1.0), Quality(2, 1.0)), "2 pages, read well"),
        ((Quality(1, 1.0), Quality(2, 0.1, ("so",))), "2 pages, read badly on 2"),
        ((Quality(1, 0.1, ("so",)), Quality(2, 0.1, ("so",))), "2 pages, read badly on 1–2"),
        ((Quality(1, 1.0, ("so",), judged=False),) * 2, "2 pages, not judged how well it was read: so"),
        ((Quality(1, 1.0, ("so",), judged=False), Quality(2, 1.0)), "2 pages, read well"),
    ],
)
def test_how_well_a_paper_was_read(quality: tuple[Quality, ...], words: str) -> None:
    assert quality_words(Document("a", "", "ab", page_starts=(0, 1), quality=quality)) == words
