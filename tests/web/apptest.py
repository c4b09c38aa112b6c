"""What a page shows that is run without a browser."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from qa.answers.assistant import Assistant
from qa.answers.models import Models
from qa.index import store
from qa.types import Document
from tests.conftest import FakeEncoder, calibration


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


def serve(monkeypatch: pytest.MonkeyPatch, assistant: Assistant) -> None:
    """Let the pages ask that assistant."""
    monkeypatch.setattr(Assistant, "open", lambda folder: assistant)
    monkeypatch.setattr(store, "current_generation", lambda folder: assistant.generation)


def changed(assistant: Assistant, fruit: Document) -> Assistant:
    """The same papers but one, in a later generation."""
    documents = tuple(fruit if d.id == "fruit" else d for d in assistant.documents)
    columns = replace(assistant.index.columns, documents=tuple(document.id for document in documents))
    index = replace(assistant.index, documents=documents, columns=columns)
    return Assistant(index, "later", Models(FakeEncoder(), calibration()), assistant.settings)
