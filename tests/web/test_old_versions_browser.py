"""An old link after its paper has changed, in a real Chromium: what was quoted is seen as it was, and as it is now."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from qa.answers import suggestions
from qa.answers.assistant import Assistant
from qa.index.library import Library
from qa.types import Answer, Citation, Turn
from qa.userdata import addresses, answer_record, conversations
from tests.conftest import ROOT
from tests.web.access import at_rest, check_access
from tests.web.server import serving

pytestmark = pytest.mark.timeout(240, func_only=True)  # the first test waits for the index and the server

ENDS: list[tuple[tuple[int, int], Literal["light", "dark"]]] = [((1400, 900), "light"), ((390, 844), "dark")]


@dataclass(frozen=True)
class Old:
    """A server whose papers have changed, and links that were made before: to an answer, to a place that was lost."""

    url: str
    answer: str
    lost: str
    citation: Citation
    other: Citation
    generation: str


@pytest.fixture(scope="module")
def old(real_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Old]:
    folder = tmp_path_factory.mktemp("old")
    corpus, index, state = (folder / name for name in ("corpus", "index", "state"))
    shutil.copytree(ROOT / "corpus", corpus)
    shutil.copytree(real_index, index)
    assistant = Assistant.open(index)
    question = suggestions.starters(assistant)[0]
    answer = assistant.ask(question)
    assert isinstance(answer, Answer)
    record = answer_record.record_of([Turn(question, answer)], assistant.by_id)
    _, name = conversations.append(state, "ann", None, record)
    (citation, *_) = answer.citations
    paper = citation.document
    passage = assistant.index.passages_of(paper.id)[-1]
    other = Citation(paper, passage.section, passage.sentences[0])
    lost = f"/library?{urlencode(addresses.place(paper.id, other.spans, paper.sha256), safe=',')}"
    file = corpus / f"{paper.id}.txt"
    raw = paper.raw.replace(other.quote[0], "Other words stand here now.")
    file.write_text("A line that was put in front.\n\n" + raw, "utf-8", newline="")
    Library(corpus, index).update()
    with serving({"CORPUS_DIR": corpus, "INDEX_DIR": index, "STATE_DIR": state}, folder / "log") as url:
        yield Old(url, f"{url}/?answer={name}", f"{url}{lost}", citation, other, assistant.generation)


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    size, scheme = request.param
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def shoot(page: Page, what: str) -> None:
    at_rest(page)
    page.wait_for_timeout(500)  # the source scrolls to the sentence
    shots = Path(os.environ.get("QA_SCREENSHOTS") or ROOT / "reports" / "screenshots")
    shots.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=shots / f"{what}-{page.viewport_size and page.viewport_size['width']}.png")


@pytest.mark.parametrize("page", ENDS, indirect=True, ids=str)
def test_an_old_link_shows_the_sentence_as_it_was_and_where_it_stands_now(page: Page, old: Old) -> None:
    page.goto(old.answer)
    expect(page.locator("[data-fate]").first).to_have_text(
        "The paper has changed since; these words still stand in it.", timeout=60_000
    )
    expect(page.get_by_text(f"It stands, as quoted, in generation {old.generation}").first).to_be_visible()
    check_access(page, "old link")
    shoot(page, "old-link")

    page.get_by_role("button", name="See it as it was").first.click()
    mark = page.locator("mark").first
    expect(mark).to_have_text(old.citation.text)
    expect(mark).to_be_in_viewport()
    expect(page.locator("#title")).to_have_text(f"Old version: {old.citation.document.title}")
    expect(page.locator("#title")).to_be_focused()
    expect(page.locator("#warning")).to_contain_text(f"as it was in generation {old.generation}")
    expect(page.get_by_text("A line that was put in front")).to_have_count(0)
    check_access(page, "as it was")
    shoot(page, "as-it-was")
    page.keyboard.press("Escape")
    expect(page.locator("mark")).to_have_count(0)
    expect(page.get_by_role("button", name="See it as it was").first).to_be_focused()

    page.get_by_role("button", name="See where it stands now").first.click()
    expect(mark).to_have_text(old.citation.text)
    expect(page.locator("#title")).to_have_text(old.citation.document.title)
    expect(page.locator("#warning")).to_be_hidden()
    check_access(page, "as it is")
    shoot(page, "as-it-is")


@pytest.mark.parametrize("page", ENDS, indirect=True, ids=str)
def test_a_link_to_words_that_are_lost_shows_what_stood_there(page: Page, old: Old) -> None:
    page.goto(old.lost)
    expect(page.locator("[data-fate]").first).to_have_text(
        "The paper has changed since, and these words no longer stand in it.", timeout=60_000
    )
    expect(page.get_by_role("button", name="See where it stands now")).to_have_count(0)
    page.get_by_role("button", name="See it as it was").click()
    expect(page.locator("mark").first).to_have_text(old.other.text)
    check_access(page, "lost")
    shoot(page, "lost-words")
    page.keyboard.press("Escape")
    expect(page.locator("mark")).to_have_count(0)
    page.get_by_role("link", name="as it is now").click()
    page.locator(".qa-reader").wait_for()
    expect(page.locator(".qa-reader")).to_contain_text("Other words stand here now.")
