"""A real Chromium before the real page on a real index, for all tests of this folder that want one.

One server and one browser serve them all. The papers are the three texts and a little PDF that is drawn here.
Screenshots are kept in reports/screenshots, or where QA_SCREENSHOTS says.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
import streamlit as st
from playwright.sync_api import Browser, BrowserContext, Dialog, Locator, Page, expect, sync_playwright

from qa.answers import suggestions
from qa.answers.assistant import Assistant
from qa.index.library import Library
from qa.types import Answer
from tests.conftest import CHROMIUM, ROOT
from tests.papers.pdf.drawing import night
from tests.web.access import at_rest
from tests.web.apptest import serve
from tests.web.server import serving

WIDE = (1400, 900)
NONSENSE = "How many people live in Paris?"


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, assistant: Assistant) -> Iterator[Path]:
    """The folder of what people leave behind; a page that is run without a browser asks the small papers."""
    serve(monkeypatch, assistant)
    monkeypatch.setattr(Library, "freshness", lambda library: "fresh")
    monkeypatch.setattr(suggestions, "starters", lambda *args, **kwargs: ())
    monkeypatch.setenv("QA_STATE_DIR", str(tmp_path / "state"))
    st.cache_resource.clear()
    st.cache_data.clear()
    yield tmp_path / "state"
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture(scope="session")
def corpus_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("papers")
    shutil.copytree(ROOT / "corpus", folder, dirs_exist_ok=True)
    (folder / "night.pdf").write_bytes(night())
    return folder


@pytest.fixture(scope="session")
def index(real_index: Path, corpus_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("index")
    shutil.copytree(real_index, folder, dirs_exist_ok=True)  # so that only the PDF is read and embedded
    Library(corpus_folder, folder).update()
    return folder


@pytest.fixture(scope="session")
def served(index: Path) -> Assistant:
    return Assistant.open(index)


@pytest.fixture(scope="session")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of what people leave behind."""
    return tmp_path_factory.mktemp("left")


@pytest.fixture(scope="session")
def question_set(served: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Questions that are answered, and one with the evidence of another, which is not; with a gate beside them."""
    folder = tmp_path_factory.mktemp("eval")
    rows = []
    for question in [*suggestions.starters(served), NONSENSE]:
        answer = served.ask(question)
        if isinstance(answer, Answer):
            evidence = [{"document": answer.citations[0].document.id, "quote": answer.citations[0].quote[0]}]
        rows.append({"id": str(len(rows)), "question": question, "kind": "factoid", "answerable": True,
                     "evidence": evidence, "answers": [], "starter": question != NONSENSE})  # fmt: skip
    (folder / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    (folder / "gates.toml").write_text('[[gate]]\nmetric = "recall@10"\nat_least = 0.5\n', "utf-8")
    return folder / "questions.jsonl"


@pytest.fixture(scope="session")
def url(
    index: Path, corpus_folder: Path, left: Path, question_set: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of the page, served as `make run` does."""
    settings = {"CORPUS_DIR": corpus_folder, "INDEX_DIR": index, "STATE_DIR": left, "QUESTIONS": question_set,
                "GATES": question_set.with_name("gates.toml")}  # fmt: skip
    with serving(settings, tmp_path_factory.mktemp("server") / "log") as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


expect.set_options(timeout=30_000)  # a busy machine draws late, and what is awaited at all comes at once elsewhere


class Reader:
    """A person before the page, who notes every request, dialogue and script error."""

    def __init__(self, page: Page, url: str, shots: Path, name: str) -> None:
        self.page, self.url, self.shots, self.name = page, url, shots, name
        self.faults: list[str] = []
        self.page.on("request", lambda request: self._note(request.url))
        self.page.on("websocket", lambda websocket: self._note(websocket.url))
        self.page.on("dialog", self._dismiss)
        self.page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        self.page.goto(url)
        self.box.wait_for(timeout=60_000)

    @property
    def box(self) -> Locator:
        """Where one types."""
        return self.page.get_by_test_id("stChatInputTextArea")

    def go(self, path: str) -> None:
        """Open an address of the app anew, as a link would."""
        self.page.goto(f"{self.url}{path}")
        self.box.wait_for(timeout=60_000)

    def _dismiss(self, dialog: Dialog) -> None:
        self.faults.append(f"dialogue: {dialog.message}")
        dialog.dismiss()

    def _note(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1":
            self.faults.append(f"a request left this machine: {address}")

    def ask(self, question: str) -> Locator:
        """Ask, and wait for the exchange."""
        number = self.page.locator(".qa-question").count()
        self.box.fill(question)
        self.box.press("Enter")
        exchange = self.page.locator(f".st-key-qa-exchange-{number}")
        exchange.locator("h3").wait_for(timeout=60_000)
        return exchange

    def ask_papers(self, question: str) -> None:
        """Put a question to each paper, and wait until the table is filled."""
        self.box.fill(question)
        self.box.press("Enter")
        self.page.locator(".qa-sheet").wait_for(timeout=60_000)
        self.settle()

    def settle(self) -> None:
        """Wait until no cell of a table is being filled; where a machine is busy, the models load late."""
        expect(self.page.get_by_role("button", name="Stop", exact=True)).to_have_count(0, timeout=240_000)
        expect(self.page.locator(".qa-sheet").get_by_text("…", exact=True)).to_have_count(0)
        at_rest(self.page)

    def shoot(self, what: str) -> None:
        at_rest(self.page)
        self.page.wait_for_timeout(300)
        self.page.screenshot(path=self.shots / f"{what}-{self.name}.png")

    def sees(self, element: Locator) -> bool:
        """Whether the first line of an element of the source is in the window and nothing lies over it.

        A page that is still being drawn or scrolled is given ten seconds.
        """
        for _ in range(50):
            found = element.evaluate(
                """element => {
                    const [line] = element.getClientRects();
                    if (!line) return false;
                    const [x, y] = [line.x + line.width / 2, line.y + line.height / 2];
                    return element.getRootNode().elementFromPoint(x, y) === element;
                }"""
            )
            if found:
                return True
            self.page.wait_for_timeout(200)
        return False


@pytest.fixture(scope="session")
def windows(browser: Browser) -> Callable[[tuple[int, int], str], BrowserContext]:
    """One context for each size and theme, so that Streamlit's own files are fetched once for each."""

    @cache
    def window(size: tuple[int, int], scheme: Literal["light", "dark"]) -> BrowserContext:
        return browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)

    return window


@pytest.fixture
def reader(
    request: pytest.FixtureRequest,
    windows: Callable[[tuple[int, int], str], BrowserContext],
    url: str,
) -> Iterator[Reader]:
    """A new session, wide and light unless the test says otherwise; at its end nothing must have gone wrong."""
    size, scheme = getattr(request, "param", (WIDE, "light"))
    shots = Path(os.environ.get("QA_SCREENSHOTS") or ROOT / "reports" / "screenshots")
    shots.mkdir(parents=True, exist_ok=True)
    reader = Reader(windows(size, scheme).new_page(), url, shots, f"{size[0]}-{scheme}")
    yield reader
    reader.page.close()
    assert not reader.faults
