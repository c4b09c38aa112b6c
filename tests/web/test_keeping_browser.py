"""What outlives a page, in a real Chromium on a real server: conversations, links, opinions, papers sent in.

Screenshots are kept where QA_SCREENSHOTS says.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fpdf import FPDF
from playwright.sync_api import Browser, BrowserContext, Page, expect

from qa.answers import suggestions
from qa.answers.assistant import Assistant
from qa.index import store
from qa.index.library import Library
from qa.types import Answer
from qa.userdata import feedback
from tests.conftest import ROOT
from tests.web.access import at_rest, check_access, enter
from tests.web.conftest import NONSENSE, WIDE
from tests.web.server import serving

PHONE = (360, 740)
PATIENCE = 120_000
"""Milliseconds; a slow machine reads and embeds in that time."""

pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def person(browser: Browser) -> Iterator[BrowserContext]:
    """A browser without a cookie yet."""
    context = browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]})
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def question(served: Assistant) -> str:
    return suggestions.starters(served)[0]


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


def check(page: Page, what: str) -> None:
    """Pictures of the page, wide and light, narrow and dark; nothing is too wide, and nothing keeps people out."""
    shots = Path(os.environ.get("QA_SCREENSHOTS") or ROOT / "reports" / "screenshots")
    shots.mkdir(parents=True, exist_ok=True)
    for size, scheme in ((PHONE, "dark"), (WIDE, "light")):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.screenshot(path=shots / f"{what}-{size[0]}-{scheme}.png")
        check_access(page, f"{what} {size[0]} {scheme}")


def part(page: Page, name: str) -> None:
    """Choose a part of a page's work."""
    page.get_by_test_id("stButtonGroup").get_by_text(name, exact=True).click()


def test_two_people_at_once_keep_their_own_conversations_over_a_reload(
    url: str, person: BrowserContext, browser: Browser, question: str
) -> None:
    other = browser.new_context()
    other.set_default_timeout(PATIENCE)
    pages = [opened(person, url), opened(other, url)]
    for page, words in zip(pages, (question, NONSENSE), strict=True):
        ask(page, words)
    for page in pages:
        answered(page)
    mine, theirs = pages
    mine.reload()
    answered(mine)
    expect(mine.locator("blockquote")).to_be_visible()
    expect(mine.get_by_text(NONSENSE)).to_have_count(0)
    check(mine, "conversation")

    theirs.goto(mine.url)  # the address of a conversation is not the conversation
    theirs.get_by_role("textbox", name="Ask a question").wait_for()
    expect(theirs).not_to_have_url(re.compile("conversation="))
    expect(theirs.locator("blockquote")).to_have_count(0)

    mine.get_by_role("link", name="History").click()
    expect(mine.get_by_role("link", name=question)).to_be_visible()
    expect(mine.get_by_text(NONSENSE)).to_have_count(0)
    check(mine, "history")
    mine.get_by_role("button", name="Export").click()
    with mine.expect_download() as download:
        mine.get_by_role("button", name="Markdown").click()
    text = download.value.path().read_text("utf-8")
    assert f"## {question}" in text
    assert "Open in the paper" in text
    mine.keyboard.press("Escape")
    mine.get_by_role("link", name=question).click()
    answered(mine)
    other.close()


def test_a_conversation_is_found_renamed_taken_along_and_deleted(
    url: str, person: BrowserContext, question: str
) -> None:
    page = opened(person, url)
    ask(page, question)
    answered(page)
    kept = page.url
    page.get_by_role("link", name="History").click()
    search = page.get_by_role("textbox", name="Search in questions")
    search.fill(NONSENSE)
    search.press("Enter")
    expect(page.get_by_text("No conversation has these words.")).to_be_visible()
    search.fill(question.split()[-1].strip("?").upper())
    search.press("Enter")
    expect(page.get_by_role("link", name=question)).to_be_visible()

    page.get_by_role("button", name="Rename").click()
    title = page.get_by_role("textbox", name="New title")
    enter(title, "**Drugs** <b>")
    expect(page.get_by_role("link", name="**Drugs** <b>")).to_be_visible()
    expect(title).to_be_hidden()
    at_rest(page)
    page.get_by_role("button", name="Export").click()
    for name, begins in (
        ("HTML to print", "<!doctype html>"),
        ("CSV", "asked_at,"),
        ("BibTeX", "@"),
        ("RIS", "TY  - "),
    ):
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        text = download.value.path().read_text("utf-8")
        assert text.lower().lstrip("\ufeff").startswith(begins.lower()), (name, text[:200])
    page.keyboard.press("Escape")

    search.fill("")
    search.press("Enter")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete this conversation").click()
    expect(page.get_by_text("There is no conversation yet.")).to_be_visible()
    page.goto(kept)
    page.get_by_role("textbox", name="Ask a question").wait_for()
    expect(page).not_to_have_url(re.compile("conversation="))
    expect(page.locator("blockquote")).to_have_count(0)


def test_a_conversation_outlives_its_server_and_its_paper(
    index: Path, corpus_folder: Path, served: Assistant, person: BrowserContext, question: str, tmp_path: Path
) -> None:
    folders = {"CORPUS_DIR": tmp_path / "corpus", "INDEX_DIR": tmp_path / "index", "STATE_DIR": tmp_path / "state"}
    shutil.copytree(corpus_folder, folders["CORPUS_DIR"])
    shutil.copytree(index, folders["INDEX_DIR"])
    with serving(folders, tmp_path / "first.log") as address:
        page = opened(person, address)
        ask(page, question)
        answered(page)
    port = int(address.rpartition(":")[2])
    with serving(folders, tmp_path / "second.log", port):
        page.locator("[data-test-connection-state=CONNECTED]").wait_for()
        answered(page)
        ask(page, NONSENSE)
        answered(page, 1)
        expect(page.locator(".st-key-qa-exchange-0 blockquote")).to_be_visible()

        answer = served.ask(question)
        assert isinstance(answer, Answer)
        paper = answer.citations[0].document
        keeper = opened(person, f"{address}/maintain")
        part(keeper, "Take out")
        row = keeper.locator("[class*='st-key-qa-row-']", has_text=paper.id)
        row.get_by_role("button", name="Take out").click()
        keeper.get_by_role("button", name="Take this paper out").click()
        expect(keeper.get_by_text("It is taken out")).to_be_visible()
        check(keeper, "taken out")
        assert not list(folders["CORPUS_DIR"].glob(f"{paper.id}.*"))
        page.reload()
        answered(page)
        expect(page.locator(".st-key-qa-exchange-0 [data-fate]").first).to_have_attribute("data-fate", "gone")


def test_an_opinion_given_on_the_page_is_a_draft_on_the_page_of_evaluators(
    url: str, index: Path, left: Path, person: BrowserContext, question: str
) -> None:
    page = opened(person, url)
    ask(page, question)
    answered(page)
    part(page, "Right")
    page.get_by_text("Noted").wait_for()
    page.get_by_role("link", name="Evaluate").click()
    part(page, "Feedback")
    expect(page.get_by_text("1 opinion makes 1 draft; 1 can be asked as it is.")).to_be_visible()
    check(page, "feedback")
    (case,) = feedback.cases(feedback.given(left), store.load(index).documents)
    assert (case["question"], case["answerable"], case["todo"]) == (question, True, [])


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
    url: str, index: Path, corpus_folder: Path, served: Assistant, person: BrowserContext, question: str, tmp_path: Path
) -> None:
    page = opened(person, url)
    ask(page, question)
    answered(page)
    person.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(url)

    keeper = opened(person, f"{url}/maintain")
    keeper.locator("input[type=file]").set_input_files(pdf(tmp_path / "kites.pdf"))
    keeper.get_by_role("button", name="Build aside with 1 new paper").wait_for()
    before = store.current_generation(index)
    with store.writing(index):  # the job waits here
        keeper.get_by_role("button", name="Build aside with 1 new paper").click()
        cancel = keeper.get_by_role("button", name="Cancel", exact=True)
        cancel.wait_for()
        check(keeper, "building")
        cancel.press("Enter")
        expect(keeper.get_by_role("button", name="Cancelling…")).to_be_disabled()
    keeper.get_by_text("Cancelled: what was built aside is deleted").wait_for()
    check(keeper, "cancelled")
    assert store.current_generation(index) == before
    publish(keeper, "Build aside with 1 new paper")
    with_kites = store.current_generation(index)
    assert with_kites != before
    assert (corpus_folder / "kites.pdf").exists()
    ask(page, "How many metres did the purple kite fly above the dunes?")  # in the old session, without a restart
    answered(page, 1)
    expect(page.locator(".st-key-qa-exchange-1")).to_contain_text("kites")

    answer = served.ask(question)
    assert isinstance(answer, Answer)
    paper = corpus_folder / f"{answer.citations[0].document.id}.txt"
    words = paper.read_bytes()
    paper.write_bytes(b"A line that was put in front.\n\n" + words)
    Library(corpus_folder, index).update()
    shared = opened(person, link)
    expect(shared.locator("[data-fate]").first).to_have_text(
        "The paper has changed since; these words still stand in it."
    )
    check(shared, "link")

    part(keeper, "Generations")
    check(keeper, "generations")
    keeper.locator(".stMain").get_by_role("button", name="Go back to this").first.click()
    keeper.get_by_role("button", name="Go back to this generation").click()
    keeper.get_by_text("is current again").wait_for()
    assert store.current_generation(index) == with_kites
    paper.write_bytes(words)
    shared.reload()
    expect(shared.get_by_text("Its papers have not changed since.")).to_be_visible()


def test_the_pages_of_the_library_fit_every_window(url: str, person: BrowserContext) -> None:
    page = opened(person, f"{url}/library")
    page.get_by_text("passages ·").first.wait_for()
    check(page, "library")
    page.locator("[class*='st-key-qa-row-'] a").first.click()
    page.locator(".qa-reader").wait_for()
    check(page, "paper")
    page.get_by_role("link", name="Maintain").click()
    for name, words in (("Add and publish", "Add papers"), ("Reading", "Left out"), ("Passages", "Raw text and edits")):
        part(page, name)
        page.get_by_text(words, exact=True).first.wait_for()
        check(page, name)
    page.get_by_text("Raw text and edits").first.click()
    page.locator("del").first.wait_for()
    page.get_by_role("link", name="Evaluate").click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("button", name="Report (HTML)").wait_for()
    check(page, "runs")
    part(page, "Failures")
    expect(page.locator(".qa-question")).to_have_text(f"You asked: {NONSENSE}")
    check(page, "failures")
    part(page, "Write a question")
    page.get_by_text("Mark a sentence, and ask what it answers").wait_for()
    check(page, "write")
