"""The notebook in a real Chromium on a real server: pin, write, order by keyboard, find again, take along."""

from __future__ import annotations

import re

import pytest
import rispy
from bibtexparser import parse_string
from markdown_it import MarkdownIt
from playwright.sync_api import Browser, Locator, expect

from qa.answers import suggestions
from qa.answers.assistant import Assistant
from qa.types import Answer
from tests.web.access import at_rest, check_access
from tests.web.conftest import WIDE, Reader

NARROW = (390, 844)
OWN = "<b>Mine</b>: ask *why* here"

pytestmark = pytest.mark.timeout(300, func_only=True)  # the first test waits for the index and the server


def asked(served: Assistant, number: int) -> tuple[str, Answer]:
    question = suggestions.starters(served)[number]
    expected = served.ask(question)
    assert isinstance(expected, Answer)
    return question, expected


def notebook(reader: Reader) -> None:
    reader.page.get_by_role("link", name="Notebook", exact=True).click()
    reader.page.get_by_role("heading", name="Your notebook").wait_for()
    at_rest(reader.page)


def entries(reader: Reader) -> Locator:
    return reader.page.locator("[class*='st-key-qa-entry-']")


def reads(reader: Reader, *texts: str) -> None:
    """What the entries quote or say, in the order on the page, is this in the end."""
    expect(reader.page.locator(".qa-pinned blockquote, .qa-own :is(p, h3)")).to_have_text(list(texts))


def download(reader: Reader, name: str) -> str:
    with reader.page.expect_download() as found:
        reader.page.get_by_role("button", name=name).click()
    return found.value.path().read_text("utf-8")


def check(reader: Reader, what: str) -> None:
    """A picture; nothing is too wide, and nothing keeps people out."""
    reader.shoot(what)
    check_access(reader.page, what)


def clear(reader: Reader) -> None:
    """Windows of one size share a cookie, and so a notebook."""
    while entries(reader).count():
        reader.page.get_by_role("button", name="Remove").first.click()
        at_rest(reader.page)


@pytest.mark.parametrize("reader", [(WIDE, "light"), (NARROW, "dark")], indirect=True, ids=str)
def test_pin_write_order_find_again_and_take_along(reader: Reader, served: Assistant, browser: Browser) -> None:
    page = reader.page
    notebook(reader)
    clear(reader)
    page.reload()
    expect(page.get_by_text("Nothing is pinned yet.")).to_be_visible()
    at_rest(page)
    check(reader, "notebook-empty")

    page.get_by_role("link", name="Ask a question").click()
    quotes = []
    for number in range(2):
        question, expected = asked(served, number)
        exchange = reader.ask(question)
        expect(reader.box).to_be_focused()  # it has the focus again once all is drawn
        quotes.append(expected.citations[0])
        pin = exchange.get_by_role("button", name="Pin", exact=True).first
        pin.focus()
        page.keyboard.press("Enter")
        pinned = exchange.get_by_role("button", name="Pinned", exact=True).first
        expect(pinned).to_be_focused()
        expect(exchange.get_by_role("status").get_by_text("Pinned to your notebook.")).to_be_attached()
        at_rest(page)
    check(reader, "notebook-pin")
    pinned.click()
    expect(page.get_by_text("Already in your notebook.")).to_be_visible()

    notebook(reader)
    expect(entries(reader)).to_have_count(2)
    reads(reader, *(quote.text for quote in quotes))
    serif = page.locator(".qa-pinned blockquote").first.evaluate("e => getComputedStyle(e).fontFamily")
    first = entries(reader).first
    first.get_by_role("button", name="Add words below").focus()
    page.keyboard.press("Enter")
    box = page.get_by_role("textbox", name="Your words")
    expect(box).to_be_focused()
    page.keyboard.type(OWN)
    at_rest(page)
    check(reader, "notebook-writing")
    page.get_by_role("button", name="Keep").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".qa-own p")).to_have_text(OWN)
    at_rest(page)
    expect(entries(reader).nth(1).get_by_role("button", name="Edit")).to_be_focused()
    sans = page.locator(".qa-own p").evaluate("e => getComputedStyle(e).fontFamily")
    assert "Georgia" in serif
    assert "Georgia" not in sans
    reads(reader, quotes[0].text, OWN, quotes[1].text)

    entries(reader).nth(1).get_by_role("button", name="Up").focus()  # from here on, the keyboard alone
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").get_by_text("Moved to place 1.")).to_be_attached()
    at_rest(page)
    expect(entries(reader).first.get_by_role("button", name="Down")).to_be_focused()  # there is no further up
    reads(reader, OWN, quotes[0].text, quotes[1].text)
    for place in (2, 3):
        at_rest(page)
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").get_by_text(f"Moved to place {place}.")).to_be_attached()
        at_rest(page)
    expect(entries(reader).nth(2).get_by_role("button", name="Up")).to_be_focused()
    expected_order = [quotes[0].text, quotes[1].text, OWN]
    reads(reader, *expected_order)
    check(reader, "notebook")

    page.reload()
    expect(entries(reader)).to_have_count(3)
    at_rest(page)
    reads(reader, *expected_order)

    entries(reader).nth(1).get_by_role("button", name="Remove").click()
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    reads(reader, quotes[0].text, OWN)
    page.keyboard.press("Enter")
    expect(entries(reader)).to_have_count(3)
    reads(reader, *expected_order)
    at_rest(page)

    page.get_by_role("button", name="Export").click()
    tokens = MarkdownIt().parse(download(reader, "Markdown"))
    inline = [(tokens[i - 2].type, token.children or []) for i, token in enumerate(tokens) if token.type == "inline"]
    read = [(kind, "".join(child.content for child in children)) for kind, children in inline]
    assert [words for kind, words in read if kind == "blockquote_open"] == [quote.text for quote in quotes]
    assert OWN in [words for _, words in read]
    links = [str(c.attrs["href"]) for _, children in inline for c in children if c.type == "link_open"]
    start, end = quotes[0].spans[0].start, quotes[0].spans[0].end
    paper = f"/library?paper={quotes[0].document.id}&at={start}-{end}"
    assert any(link.replace("%2C", ",").startswith(f"{reader.url}{paper}") for link in links), links
    assert "&lt;b&gt;Mine&lt;/b&gt;" in download(reader, "HTML to print")
    titles = {quote.document.title for quote in quotes}
    assert {row["title"] for row in rispy.loads(download(reader, "RIS"))} == titles
    assert len(parse_string(download(reader, "BibTeX")).entries) == len(titles)
    page.keyboard.press("Escape")

    other = browser.new_context()
    stranger = other.new_page()
    stranger.goto(f"{reader.url}/notebook")
    expect(stranger.get_by_text("Nothing is pinned yet.")).to_be_visible(timeout=60_000)
    other.close()

    source = entries(reader).first.get_by_role("link", name=re.compile(re.escape(quotes[0].document.title[:40])))
    source.click()
    expect(page).to_have_url(re.compile(rf"/library\?paper={quotes[0].document.id}&at="))
