"""The service in this process, on the little papers of `tests/conftest.py`, at a port of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeVar

import anyio
import httpx2
import pytest

from qa.answers.assistant import Assistant
from qa.answers.models import Models
from qa.config import AskSettings
from qa.index import store
from qa.service import server
from qa.service.api import application
from tests.conftest import FakeEncoder, calibration

Serve = Callable[[Callable[[], Assistant]], AbstractContextManager[httpx2.Client]]
T = TypeVar("T")
HERE = {"127.0.0.1", "localhost"}


def awaited(work: Callable[[], Awaitable[T]]) -> T:
    """What `work` returns, run in a thread of its own: Playwright leaves a running event loop in the tests' thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(anyio.run, work).result()


@pytest.fixture
def opened_with_the_fake(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens an index gets the encoder whose numbers a person can work out."""

    def opened(folder: Path, generation: str) -> Assistant:
        return Assistant(
            store.load(folder, generation), generation, Models(FakeEncoder(), calibration()), AskSettings()
        )

    monkeypatch.setattr(Assistant, "open", opened)


@pytest.fixture
def serve() -> Serve:
    """A client of a service that is there while the block lasts."""

    @contextmanager
    def serving(assistant: Callable[[], Assistant]) -> Iterator[httpx2.Client]:
        listener = server.taken("127.0.0.1", 0)
        running = server.serving(application(assistant, HERE))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        while not running.started and thread.is_alive():
            time.sleep(0.01)
        try:
            with httpx2.Client(base_url=server.address("127.0.0.1", listener.getsockname()[1]), timeout=60) as client:
                yield client
        finally:
            running.should_exit = True
            thread.join()
            listener.close()

    return serving


@pytest.fixture
def client(assistant: Assistant, serve: Serve) -> Iterator[httpx2.Client]:
    with serve(lambda: assistant) as found:
        yield found
