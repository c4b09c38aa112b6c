"""The notebook's page and the button that pins, on the small papers, without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from qa.answers import suggestions
from qa.answers.assistant import Assistant
from qa.index import store
from qa.index.library import Library
from qa.types import Citation
from qa.userdata import answer_record, conversations, database, notebook
from qa.userdata.database import user_of
from qa.userdata.notebook import About
from tests.conftest import ROOT, FakeEncoder, calibration
from tests.userdata.small import ANSWERED
from tests.web.apptest import checked, drawn, text

ANN, BOB = "ann" * 8, "bob" * 8
QUOTE = "Pears ripened in nine weeks [3]."
HOSTILE = "<img src=x onerror=alert(1)>\n**b** :red[x] > q"


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, assistant: Assistant) -> Iterator[Path]:
    """The state's folder; the page asks the small papers."""
    monkeypatch.setattr(Assistant, "open", lambda folder: assistant)
    monkeypatch.setattr(store, "current_generation", lambda folder: assistant.generation)
    monkeypatch.setattr(Library, "freshness", lambda library: "fresh")
    monkeypatch.setattr(suggestions, "starters", lambda *args, **kwargs: ())
    monkeypatch.setenv("QA_STATE_DIR", str(tmp_path / "state"))
    st.cache_resource.clear()
    st.cache_data.clear()
    yield tmp_path / "state"
    st.cache_resource.clear()
    st.cache_data.clear()


def opened(token: str = ANN, page: str = "") -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    app.session_state.user_token = token
    checked(app.run())
    return checked(app.switch_page(page).run()) if page else app


def own(token: str = ANN) -> AppTest:
    """The notebook as that user sees it."""
    app = AppTest.from_function(_notebook, default_timeout=30)
    app.session_state.user_token = token
    return checked(app.run())


def _notebook() -> None:
    """The page alone, since a page that is a function cannot be switched to here."""
    import streamlit as st

    from qa.web.pages import notebook
    from qa.web.session import links

    pages = {name: st.Page(lambda: None, title=name, url_path=name.lower()) for name in ("Ask", "Library")}
    links.publish(pages)
    notebook.page(st.container())


def press(app: AppTest, words: str, number: int = 0) -> AppTest:
    return checked([b for b in app.button if b.label == words][number].click().run())


def rows(assistant: Assistant) -> list[dict[str, Any]]:
    index = assistant.index
    return [
        answer_record.quote_row(Citation(index.by_id[p.document], p.section, s))
        for p in index.passages
        for s in p.sentences
    ]
