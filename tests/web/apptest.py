"""What a page shows that is run without a browser."""

from __future__ import annotations

import html
import re

from streamlit.testing.v1 import AppTest


def checked(page: AppTest) -> AppTest:
    """The page, if nothing unexpected happened on it."""
    assert not page.exception
    assert "unexpected" not in text(page)
    return page


def drawn(page: AppTest) -> str:
    """All HTML on the page but the style sheet."""
    return "\n".join(element.proto.body for element in page.get("html") if "<style" not in element.proto.body)


def text(page: AppTest, between: str = "") -> str:
    """The HTML as a reader sees it, with that in the place of tags."""
    return html.unescape(re.sub(r"<[^>]+>", between, drawn(page)))
