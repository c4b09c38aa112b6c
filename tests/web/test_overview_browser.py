"""A paper at a glance in a real Chromium: what it says of itself, where it stands, and what can be asked of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from qa.answers import overview, own_questions
from qa.answers.assistant import Assistant
from qa.web.pages.overview import NOT_STATED
from qa.web.session import links
from tests.web.access import check_access
from tests.web.conftest import WIDE, Reader

PAPER = "arms-case-2019"
EVERY = [(WIDE, "light"), ((390, 844), "dark")]

pytestmark = pytest.mark.timeout(180, func_only=True)  # the first test waits for the index and the server


@pytest.mark.parametrize("reader", EVERY, indirect=True, ids=str)
def test_a_paper_says_what_it_is_about_and_what_can_be_asked(reader: Reader, served: Assistant) -> None:
    page = reader.page
    found = overview.overview(served, PAPER)
    questions = own_questions.questions_about(served, PAPER)
    assert found.citations
    assert questions

    page.goto(f"{reader.url}/library")
    page.get_by_role("link", name=served.by_id[PAPER].title).click()
    glance = page.locator(".st-key-qa-overview")
    expect(glance.locator("dt")).to_have_text([aspect for aspect, _ in found.aspects])
    for number, (_, citation) in enumerate(found.aspects):
        said = glance.locator("dd").nth(number)
        expect(said).to_have_text(citation.text if citation else NOT_STATED)
    for number, citation in enumerate(found.citations):
        place = links.place(PAPER, citation.spans)
        link = glance.locator("[class*='st-key-qa-aspect-'] a").nth(number)
        assert f"paper={PAPER}" in (link.get_attribute("href") or "")
        assert place["at"] in (link.get_attribute("href") or "").replace("%2C", ",")

    asked = glance.get_by_role("link", name=questions[0])
    expect(asked).to_be_visible(timeout=60_000)
    glance.scroll_into_view_if_needed()
    reader.shoot("overview")
    check_access(page)
    glance.locator("[class*='st-key-qa-aspect-'] a").first.click()
    page.wait_for_url(lambda address: "at=" in address)
    expect(page.locator(".qa-reader mark.at").first).to_be_in_viewport()
    page.go_back()
    asked.click()
    expect(page.locator(".qa-question")).to_contain_text(questions[0])
    page.locator(".st-key-qa-exchange-0 h3").wait_for(timeout=60_000)
    expect(page.get_by_role("button", name=f"1 of {len(served.documents)} papers")).to_be_visible()
