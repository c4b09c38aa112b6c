"""What outlives a page, in a real Chromium on a real server: conversations, links, opinions, papers sent in.

Screenshots are kept where QA_SCREENSHOTS says.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fpdf import FPDF
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from qa import feedback, library, store
from qa.assistant import Assistant
from qa.types import Answer
from tests.conftest import ROOT
from tests.web.test_browser import CHROMIUM, NONSENSE

PAPER = "asps-pazopanib-2016"
QUESTION = "What was the response to pazopanib?"
PATIENCE = 120_000
"""Milliseconds; a slow machine reads and embeds in that time."""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.model,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (looked for chromium, google-chrome)"),
    pytest.mark.timeout(400),
]


@dataclass(frozen=True)
class Server:
    """A server with folders of its own."""

    url: str
    corpus: Path
    index: Path
    state: Path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("home")
    (home / "corpus").mkdir()
    shutil.copy(ROOT / "corpus" / f"{PAPER}.txt", home / "corpus")
    library.update(home / "corpus", home / "index")
    asked = Assistant.open(home / "index")
    answer = asked.ask(QUESTION)
    assert isinstance(answer, Answer)
    quote = {"document": PAPER, "quote": answer.citations[0].quote[0]}
    case = {"id": "1", "question": QUESTION, "kind": "factoid", "answerable": True, "evidence": [quote], "answers": []}
    (home / "questions.jsonl").write_text(json.dumps(case) + "\n", "utf-8")
    (home / "gates.toml").write_text('[[gate]]\nmetric = "recall@10"\nat_least = 0.5\n', "utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folders = {"CORPUS_DIR": "corpus", "INDEX_DIR": "index", "STATE_DIR": "state", "QUESTIONS": "questions.jsonl",
               "GATES": "gates.toml"}  # fmt: skip
    environment = os.environ | {f"QA_{name}": str(home / value) for name, value in folders.items()}
    options = [f"--server.port={port}", "--server.address=127.0.0.1"]
    with (home / "log").open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", *options],
            cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()
                break
            except OSError:
                assert process.poll() is None, (home / "log").read_text()
                time.sleep(0.1)
        yield Server(url, home / "corpus", home / "index", home / "state")
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def person(browser: Browser) -> Iterator[BrowserContext]:
    """A browser without a cookie yet."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


def opened(person: BrowserContext, url: str) -> Page:
    page = person.new_page()
    page.goto(url)
    page.get_by_role("link", name="History").wait_for()
    return page


def ask(page: Page, question: str) -> None:
    box = page.get_by_role("textbox", name="Ask a question")
    box.fill(question)
    box.press("Enter")


def answered(page: Page, number: int = 0) -> None:
    """Wait until an exchange is answered and kept."""
    page.locator(f".st-key-qa-exchange-{number} h3").first.wait_for()
    page.locator(f".st-key-qa-feedback-{number}").wait_for()


def shoot(page: Page, what: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A picture of the page, wide and light, narrow and dark."""
    shots = Path(os.environ.get("QA_SCREENSHOTS") or tmp_path_factory.getbasetemp() / "screenshots")
    shots.mkdir(parents=True, exist_ok=True)
    for width, scheme in ((1400, "light"), (360, "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.wait_for_timeout(400)
        page.screenshot(path=shots / f"{what}-{width}-{scheme}.png")
        assert page.evaluate("document.querySelector('.stMain').scrollWidth <= innerWidth"), (what, width)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(color_scheme="light")


def test_two_people_at_once_keep_their_own_conversations_over_a_reload(
    server: Server, person: BrowserContext, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = browser.new_context()
    other.set_default_timeout(PATIENCE)
    pages = [opened(person, server.url), opened(other, server.url)]
    for page, question in zip(pages, (QUESTION, NONSENSE), strict=True):
        ask(page, question)
    for page in pages:
        answered(page)
    mine, theirs = pages
    mine.reload()
    answered(mine)
    expect(mine.locator("blockquote")).to_contain_text("pazopanib")
    expect(mine.get_by_text(NONSENSE)).to_have_count(0)
    shoot(mine, "conversation", tmp_path_factory)

    theirs.goto(mine.url)  # the address of a conversation is not the conversation
    theirs.get_by_role("textbox", name="Ask a question").wait_for()
    expect(theirs).not_to_have_url(re.compile("conversation="))
    expect(theirs.locator("blockquote")).to_have_count(0)

    mine.get_by_role("link", name="History").click()
    expect(mine.get_by_role("link", name=QUESTION)).to_be_visible()
    expect(mine.get_by_text(NONSENSE)).to_have_count(0)
    shoot(mine, "history", tmp_path_factory)
    mine.get_by_role("button", name="Export").click()
    with mine.expect_download() as download:
        mine.get_by_role("button", name="Markdown").click()
    text = download.value.path().read_text("utf-8")
    assert f"## {QUESTION}" in text
    assert f"{PAPER}, characters " in text
    mine.keyboard.press("Escape")
    mine.get_by_role("link", name=QUESTION).click()
    answered(mine)
    other.close()


def test_an_opinion_given_on_the_page_is_a_draft_on_the_page_of_evaluators(
    server: Server, person: BrowserContext, tmp_path_factory: pytest.TempPathFactory
) -> None:
    page = opened(person, server.url)
    ask(page, QUESTION)
    answered(page)
    page.get_by_role("button", name="Right", exact=True).or_(
        page.get_by_role("radio", name="Right", exact=True)
    ).click()
    page.get_by_role("link", name="Evaluate").click()
    page.get_by_role("radio", name="Feedback").or_(page.get_by_role("button", name="Feedback")).click()
    expect(page.get_by_text("1 opinion makes 1 draft; 1 can be asked as it is.")).to_be_visible()
    shoot(page, "feedback", tmp_path_factory)
    (case,) = feedback.cases(feedback.given(server.state), store.load(server.index).documents)
    assert (case["question"], case["answerable"], case["todo"]) == (QUESTION, True, [])


def pdf(path: Path) -> Path:
    """A paper of two pages."""
    paper = FPDF()
    paper.set_font("helvetica", size=11)
    for page, colours in enumerate(("red blue green", "white black purple")):
        paper.add_page()
        sentences = (f"The {colour} kite flew {len(colour)} metres above the dunes." for colour in colours.split())
        paper.multi_cell(0, 6, f"{'Introduction' if page == 0 else 'Results'}\n\n{' '.join(sentences)}")
    paper.output(str(path))
    return path


def publish(page: Page, build: str) -> None:
    """Build aside, wait for the gates, publish."""
    page.get_by_role("button", name=build).click()
    page.get_by_text("Built aside, not published yet").wait_for()
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("is published").wait_for()


def test_a_paper_is_sent_in_and_published_and_a_link_says_when_a_paper_has_changed(
    server: Server, person: BrowserContext, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    page = opened(person, server.url)
    ask(page, QUESTION)
    answered(page)
    page.get_by_text("Note, passages, link").click()
    link = page.locator("code", has_text="?answer=").inner_text()
    assert link.startswith(server.url)

    keeper = opened(person, f"{server.url}/maintain")
    keeper.locator("input[type=file]").set_input_files(pdf(tmp_path / "kites.pdf"))
    keeper.get_by_role("button", name="Build aside with 1 new paper").wait_for()
    before = store.current_generation(server.index)
    publish(keeper, "Build aside with 1 new paper")
    with_kites = store.current_generation(server.index)
    assert with_kites != before
    assert (server.corpus / "kites.pdf").exists()
    ask(page, "How many metres did the purple kite fly above the dunes?")  # in the old session, without a restart
    answered(page, 1)
    expect(page.locator(".st-key-qa-exchange-1")).to_contain_text("kites")

    paper = server.corpus / f"{PAPER}.txt"
    paper.write_text("A line that was put in front.\n\n" + paper.read_text("utf-8"), "utf-8")
    keeper.reload()
    publish(keeper, "Build aside with the papers as they are")
    shared = opened(person, link)
    expect(shared.locator("[data-fate]").first).to_have_text(
        "The paper has changed since; these words still stand in it."
    )
    shoot(shared, "link", tmp_path_factory)

    keeper.get_by_role("radio", name="Generations").or_(keeper.get_by_role("button", name="Generations")).click()
    shoot(keeper, "generations", tmp_path_factory)
    keeper.locator(".stMain").get_by_role("button", name="Go back to this").first.click()
    keeper.get_by_text("is current again").wait_for()
    assert store.current_generation(server.index) == with_kites
    shared.reload()
    expect(shared.locator("[data-fate]").first).to_have_text("The paper has not changed since.")


@pytest.mark.parametrize(("path", "part"), [("library", ""), (f"library?paper={PAPER}", ""), ("maintain", ""),
                                            ("maintain", "Reading"), ("maintain", "Passages"), ("evaluate", ""),
                                            ("evaluate", "Write a question")], ids=str)  # fmt: skip
def test_pages_of_maintainers_fit_every_window(
    server: Server, person: BrowserContext, path: str, part: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    page = opened(person, f"{server.url}/{path}")
    page.locator("h1").wait_for(state="attached")
    if part:
        page.get_by_role("radio", name=part).or_(page.get_by_role("button", name=part)).click()
    page.wait_for_timeout(1500)
    shoot(page, f"{path.split('?')[0]}{'-paper' if '?' in path else ''}{'-' + part if part else ''}", tmp_path_factory)
