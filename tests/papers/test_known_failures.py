"""What is read wrongly, or not at all. Mend one, and its test fails until the mark is taken away."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from qa.papers.bibliography import parse


@pytest.mark.xfail(strict=True, reason="a line that begins with `@word {` is where reading goes on after a fault")
def test_a_line_of_an_abstract_may_begin_as_an_entry_does() -> None:
    text = "@misc{k, title={Owls}, abstract={They are\n@home {in barns}.}, file={a.txt}}"
    assert parse(text, "").metadata_of(PurePath("a.txt"))["title"] == "Owls"
