"""The real page on the real index in a real Chromium: ask, read, click the citation, see the mark.

What is expected is asked of the same index in this process, so a better reader does not break these tests.
Screenshots are kept where QA_SCREENSHOTS says.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Locator, Page, expect, sync_playwright

from qa import library
from qa.assistant import Assistant
from qa.types import Abstention, Answer, Citation

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
WIDE, TABLET, PHONE = (1280, 800), (768, 1000), (360, 740)
NONSENSE = "How many people live in Paris?"
HOSTILE = "<img src=x onerror=alert(1)> **bold** :red[x] $x$ \u202eabc"

EVERY = [(WIDE, "light"), (WIDE, "dark"), (PHONE, "light"), (PHONE, "dark")]
"""Windows and themes in which screenshots are taken."""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.model,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (looked for chromium, google-chrome)"),
    pytest.mark.timeout(180),
]


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("index")
    library.update(ROOT / "corpus", folder)
    return folder


@pytest.fixture(scope="session")
def assistant(index: Path) -> Assistant:
    return Assistant.open(index)


@pytest.fixture(scope="session")
def url(index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the page, served as `make run` does."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("server") / "log"
    options = [f"--server.port={port}", "--server.address=127.0.0.1"]
    environment = os.environ | {"QA_CORPUS_DIR": str(ROOT / "corpus"), "QA_INDEX_DIR": str(index)}
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", *options],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
                break
            except OSError:
                assert server.poll() is None, log.read_text()
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


class Reader:
    """A person before the page, who notes every request, dialogue and script error."""

    def __init__(self, page: Page, url: str, shots: Path, name: str) -> None:
        self.page, self.shots, self.name = page, shots, name
        self.faults: list[str] = []
        self.page.on("request", lambda request: self._note(request.url))
        self.page.on("websocket", lambda websocket: self._note(websocket.url))
        self.page.on("dialog", self._dismiss)
        self.page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        self.page.goto(url)
        self.page.get_by_role("textbox", name="Ask a question").wait_for()

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
        box = self.page.get_by_role("textbox", name="Ask a question")
        box.fill(question)
        box.press("Enter")
        exchange = self.page.locator(f".st-key-qa-exchange-{number}")
        exchange.locator("h3").wait_for(timeout=60_000)
        return exchange

    def shoot(self, what: str) -> None:
        self.page.wait_for_timeout(300)
        self.page.screenshot(path=self.shots / f"{what}-{self.name}.png")

    def sees(self, element: Locator) -> bool:
        """Whether the first line of an element of the source is in the window and nothing lies over it."""
        return bool(
            element.evaluate(
                """element => {
                    const { x, y, width, height } = element.getClientRects()[0];
                    return element.getRootNode().elementFromPoint(x + width / 2, y + height / 2) === element;
                }"""
            )
        )


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
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Reader]:
    """A new session, wide and light unless the test says otherwise; at its end nothing must have gone wrong."""
    size, scheme = getattr(request, "param", (WIDE, "light"))
    shots = Path(os.environ.get("QA_SCREENSHOTS") or tmp_path_factory.getbasetemp() / "screenshots")
    shots.mkdir(parents=True, exist_ok=True)
    reader = Reader(windows(size, scheme).new_page(), url, shots, f"{size[0]}-{scheme}")
    yield reader
    reader.page.close()
    assert not reader.faults


def interrupted(assistant: Assistant) -> tuple[str, Answer, int]:
    """A question whose answer has a sentence in two parts: the question, the answer, and which citation it is."""
    for passage in assistant.index.passages:
        for sentence in passage.sentences:
            result = assistant.ask(sentence.text) if len(sentence.spans) == 2 else None
            if isinstance(result, Answer):
                for number, citation in enumerate(result.citations):
                    if len(citation.spans) == 2:
                        return sentence.text, result, number
    raise AssertionError("no answer from these papers has a sentence in two parts")


@pytest.mark.parametrize("reader", [*EVERY, (TABLET, "light")], indirect=True, ids=str)
def test_ask_read_click_and_see_the_mark(reader: Reader, assistant: Assistant) -> None:
    question = library.starters(assistant)[0]
    expected = assistant.ask(question)
    assert isinstance(expected, Answer)
    reader.page.get_by_role("heading", name="Try one of these").wait_for(timeout=60_000)
    reader.shoot("start")
    reader.page.get_by_role("button", name=question).dblclick()
    exchange = reader.page.locator(".st-key-qa-exchange-0")
    exchange.locator("h3").wait_for(timeout=60_000)
    expect(exchange.locator("blockquote > span").first).to_contain_text(expected.citations[0].text)
    reader.shoot("answer")
    assert reader.page.locator(".qa-question").count() == 1  # two clicks are one question

    check_source(reader, exchange, 0, expected.citations[0])
    reader.shoot("source")
    reader.page.keyboard.press("Escape")
    expect(reader.page.locator("mark")).to_have_count(0)
    expect(exchange.get_by_role("button", name="Show quote 1 in source")).to_be_focused()


@pytest.mark.parametrize("reader", EVERY, indirect=True, ids=str)
def test_an_interrupted_sentence_is_marked_in_its_parts(reader: Reader, assistant: Assistant) -> None:
    question, expected, number = interrupted(assistant)
    exchange = reader.ask(question)
    check_source(reader, exchange, number, expected.citations[number])
    reader.shoot("interrupted")
    reader.page.get_by_role("button", name="2: line").click()
    reader.page.wait_for_timeout(1000)
    assert reader.sees(reader.page.locator("mark[data-span='1']"))


@pytest.mark.parametrize("reader", EVERY, indirect=True, ids=str)
def test_an_abstention_looks_like_none_of_the_answers(reader: Reader, assistant: Assistant) -> None:
    assert isinstance(assistant.ask(NONSENSE), Abstention)
    exchange = reader.ask(NONSENSE)
    expect(exchange.get_by_role("heading", name="The papers do not say")).to_be_in_viewport()
    expect(exchange.get_by_text("Nearest passages – not an answer")).to_be_visible()
    expect(exchange.locator("blockquote")).to_have_count(0)
    reader.shoot("abstention")


def test_a_hostile_question_is_drawn_as_text(reader: Reader) -> None:
    exchange = reader.ask(HOSTILE)
    expect(exchange.locator(".qa-question")).to_have_text(f"You asked: {HOSTILE.replace(chr(0x202E), ' ')}")
    assert reader.page.locator("img, .katex").count() == 0


@pytest.mark.parametrize("reader", [(PHONE, "light"), ((2560, 1300), "light")], indirect=True, ids=str)
def test_nothing_is_wider_than_the_window(reader: Reader) -> None:
    reader.ask("W" * 300)
    assert reader.page.evaluate("document.querySelector('.stMain').scrollWidth <= innerWidth")


def check_source(reader: Reader, exchange: Locator, number: int, citation: Citation) -> None:
    """Click a citation; its marks are its quote, exactly, and the beginning of it is in view."""
    exchange.get_by_role("button", name=f"Show quote {number + 1} in source").click()
    first = reader.page.locator("mark[data-span='0']")
    first.wait_for()
    reader.page.wait_for_timeout(300)
    marks = {mark.get_attribute("data-span"): mark for mark in reader.page.locator("mark").all()}
    assert len(marks) == reader.page.locator("mark").count() == len(citation.spans)
    assert tuple(marks[str(i)].evaluate("mark => mark.textContent") for i in range(len(marks))) == citation.quote
    assert reader.page.locator("#text").evaluate("text => text.textContent") == citation.document.raw
    assert reader.sees(first)
    assert reader.sees(reader.page.locator("#close"))
    expect(reader.page.locator("#title")).to_be_focused()
