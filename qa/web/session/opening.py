"""Open the assistant for the published index, and build the first index if there is none.

Heavy modules are imported inside the functions, so that the browser shows the page before they load.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from qa.config import Folders, WebSettings
from qa.types import EVERYTHING, QAError, Scope, StoreError
from qa.web.draw import cards
from qa.web.session import user

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant
    from qa.index.library import Library

_BUILDING = threading.Lock()


def corpus() -> Path:
    """The folder of the papers' files."""
    return Folders().corpus_dir


def index_folder() -> Path:
    """The folder of the index."""
    return Folders().index_dir


def assistant() -> Assistant:
    """The assistant for the published index. It is opened once for each generation, and shared by all sessions.

    Raises:
        QAError: the index cannot be opened, or the first one cannot be built.
    """
    from qa.index import store

    generation = store.current_generation(index_folder())
    if generation is None:
        _build()
        generation = store.current_generation(index_folder())
    found = _opened(index_folder(), generation or "")
    if store.current_generation(index_folder()) != generation:  # published meanwhile: which of the two was opened?
        _opened.clear(index_folder(), generation or "")
    return found


@st.cache_resource(max_entries=2, show_spinner=False)
def _opened(index: Path, generation: str) -> Assistant:
    from qa.answers.assistant import Assistant

    return Assistant.open(index)


def warm() -> None:
    """Open the assistant with its models, and ask the questions that the page begins with.

    What the models read for these is stored, and was stored already if the index was published on the page.

    Raises:
        QAError: there is no index, it cannot be opened, or the state cannot be written.
    """
    from qa.answers import suggestions
    from qa.index import store

    generation = store.current_generation(index_folder())
    if generation is not None:
        found = _opened(index_folder(), generation)
        found.warm()
        suggestions.store_starters(found, Folders().state_dir / suggestions.STARTERS, WebSettings().questions)
        suggestions.starters(found, WebSettings().questions, EVERYTHING)


def library() -> Library:
    """The papers and the index of this server, in the hands of whoever is at the page: history and log name them.

    Raises:
        QAError: there is a login, and the user is not logged in.
    """
    from qa.index.library import Library

    return Library(corpus(), index_folder(), by=user.name())


def starters(assistant: Assistant, scope: Scope) -> tuple[str, ...]:
    """Questions to suggest first. The first call in a process asks them all, which loads the language model."""
    from qa.answers import suggestions

    with st.spinner("Loading the language model (once)…"):
        return suggestions.starters(assistant, WebSettings().questions, scope)


def is_stale(assistant: Assistant) -> bool:
    """Whether the papers have changed since the index was built; checked at most every 30 seconds."""
    return _is_stale(corpus(), index_folder(), assistant.generation)


def changes() -> list[str]:
    """What has changed in the papers since the published generation, a line each; looked for every 30 seconds.

    [] if there is no index, or if it cannot be read.
    """
    from qa.index import store

    try:
        generation = store.current_generation(index_folder())
    except StoreError:
        return []
    return _changes(corpus(), index_folder(), generation) if generation else []


@st.cache_data(ttl="30s", max_entries=4, show_spinner="Looking whether the papers have changed…")
def _changes(corpus: Path, index: Path, generation: str) -> list[str]:
    from qa.index import store
    from qa.index.library import Library

    try:
        return Library(corpus, index).differences(store.load(index, generation, every_byte=False))
    except QAError as error:
        return [str(error)]


def look_again() -> None:
    """Check anew whether the papers have changed, when this server has changed them itself."""
    _is_stale.clear()
    _changes.clear()


@st.cache_data(ttl="30s", max_entries=4, show_spinner=False)
def _is_stale(corpus: Path, index: Path, generation: str) -> bool:
    from qa.index.library import Library

    return Library(corpus, index).freshness() == "stale"


def _build() -> None:
    """Build the first index, with its progress on the page. A second session waits for the first one to finish."""
    from qa.index import store
    from qa.index.library import Library

    place = st.empty()
    with place.container(key="qa-building"):
        cards.heading("Reading the papers for the first time")
        bar = st.progress(0.0, "Another window has begun; waiting for it" if _BUILDING.locked() else "Beginning")
        what = st.empty()

        def progress(done: int, total: int, doing: str) -> None:
            bar.progress(done / max(total, 1), f"{done} of {total} papers")
            with what:
                cards.small(doing)

        with _BUILDING:
            if store.current_generation(index_folder()) is None:
                report = Library(corpus(), index_folder()).update(progress=progress)  # the server itself
                st.session_state.left_out = tuple(failure.reason for failure in report.failures)
    place.empty()
