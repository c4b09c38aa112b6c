"""What leaves a page, in a real Chromium: a link, a quote with its citation; and what comes of a conversation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from qa.answers import suggestions
from qa.answers.assistant import Assistant
from qa.types import Answer, Citation
from qa.userdata import feedback
from tests.web.access import at_rest, check_access, enter
from tests.web.conftest import NONSENSE, Reader

PHONE = (390, 844)
ENDS = [((1400, 900), "light"), (PHONE, "dark")]
WITHOUT_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined });"

pytestmark = pytest.mark.timeout(240, func_only=True)  # the first test waits for the index and the server


@pytest.fixture
def asked(served: Assistant) -> tuple[str, Answer]:
    """The question with the most quotes of those that the page begins with, and its answer."""
    answers = [(question, served.ask(question)) for question in suggestions.starters(served)]
    found = [(question, answer) for question, answer in answers if isinstance(answer, Answer)]
    return max(found, key=lambda pair: len(pair[1].citations))


@pytest.fixture
def opened(browser: Browser, url: str) -> Iterator[Callable[..., Page]]:
    """Opens an address in a browser of its own, without a cookie."""
    contexts: list[BrowserContext] = []

    def new(path: str = "/", script: str = "", **options: object) -> Page:
        contexts.append(browser.new_context(**options))  # type: ignore[arg-type]
        page = contexts[-1].new_page()
        if script:
            page.add_init_script(script)
        page.goto(path if path.startswith("http") else f"{url}{path}")
        return page

    yield new
    for context in contexts:
        context.close()


def ask(page: Page, question: str) -> Locator:
    box = page.get_by_role("textbox", name="Ask")
    box.wait_for(timeout=60_000)
    number = page.locator(".qa-question").count()
    box.fill(question)
    box.press("Enter")
    exchange = page.locator(f".st-key-qa-exchange-{number}")
    exchange.locator(f".st-key-qa-feedback-{number}").wait_for(timeout=60_000)
    at_rest(page)
    return exchange


def clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


@pytest.mark.parametrize("reader", ENDS, indirect=True, ids=str)
def test_a_link_is_copied_and_opens_the_same_card_with_its_sources(
    reader: Reader, opened: Callable[..., Page], asked: tuple[str, Answer]
) -> None:
    question, answer = asked
    reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    exchange = ask(reader.page, question)
    button = exchange.get_by_role("button", name="Copy link to this answer")
    expect(button).to_have_count(1)
    button.press("Enter")
    expect(exchange.get_by_role("status").filter(has_text=re.compile("^Copied$"))).to_have_count(1)
    reader.shoot("link-copied")
    link = clipboard(reader.page)
    assert re.fullmatch(rf"{reader.url}/\?answer=[\w-]+", link)
    expect(exchange.get_by_role("status").filter(has_text="Copied")).to_have_count(0)  # after a while

    size = reader.page.viewport_size
    scheme = "dark" if size and size["width"] == PHONE[0] else "light"
    other = opened(link, viewport=size, color_scheme=scheme)
    other.locator("blockquote").wait_for(timeout=60_000)
    quote = re.compile(rf"^{re.escape(exchange.locator('blockquote').inner_text())}$")
    expect(other.locator("blockquote")).to_have_text(quote, use_inner_text=True)  # once its lines are parted
    expect(other.get_by_text("Its papers have not changed since.")).to_be_visible()
    expect(other.get_by_text("Why this answer")).to_be_visible()
    check_access(other, "shared")
    other.screenshot(path=reader.shots / f"shared-{reader.name}.png")
    other.get_by_role("button", name="Citation 1: show its source").click()
    mark = other.locator("mark").first
    expect(mark).to_have_text(answer.citations[0].text)
    expect(other.locator("#title")).to_be_focused()
    other.wait_for_timeout(500)
    check_access(other, "shared source")
    other.screenshot(path=reader.shots / f"shared-source-{reader.name}.png")
    expect(other.get_by_role("button", name="Copy link to this answer")).to_have_count(1)
    other.keyboard.press("Escape")
    expect(other.locator("mark")).to_have_count(0)
    other.get_by_role("button", name="Ask a question of your own").click()
    other.get_by_role("textbox", name="Ask").wait_for()


def test_a_refusal_has_a_link_too(reader: Reader, opened: Callable[..., Page]) -> None:
    reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(reader.page, NONSENSE).get_by_role("button", name="Copy link to this answer").click()
    expect(reader.page.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    other = opened(clipboard(reader.page))
    expect(other.locator(".qa-question")).to_have_text(f"You asked: {NONSENSE}", timeout=60_000)
    expect(other.get_by_role("heading", name="No sentence clearly answers this")).to_be_visible()


@pytest.mark.parametrize("works", [True, False])
def test_without_a_clipboard_the_link_is_there_to_be_copied_by_hand(
    opened: Callable[..., Page], asked: tuple[str, Answer], works: bool
) -> None:
    """On plain http from another machine there is no clipboard; a browser may still copy what is selected."""
    script = WITHOUT_CLIPBOARD + ("" if works else "document.execCommand = () => false;")
    page = opened(script=script)
    exchange = ask(page, asked[0])
    button = exchange.get_by_role("button", name="Copy link to this answer")
    button.press("Enter")
    field = exchange.get_by_role("textbox", name="Copy it from here")
    if works:
        expect(exchange.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
        expect(field).to_have_count(0)
        expect(button).to_be_focused()
        return
    expect(field).to_be_focused()
    assert "?answer=" in field.input_value()
    assert field.evaluate("field => field.selectionEnd - field.selectionStart") == len(field.input_value())
    check_access(page, "by hand")


def copied(reader: Reader, exchange: Locator, form: str) -> str:
    button = exchange.get_by_role("button", name="Copy quote 1 with its citation")
    button.click()
    reader.page.get_by_role("menuitem", name=form).click()
    expect(exchange.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    expect(button).to_be_focused()
    return clipboard(reader.page)


def readable(citation: Citation) -> str:
    return " ".join(citation.text.split())


@pytest.mark.parametrize("reader", ENDS, indirect=True, ids=str)
def test_a_quote_is_copied_with_its_citation_in_three_forms(
    reader: Reader, opened: Callable[..., Page], asked: tuple[str, Answer]
) -> None:
    question, answer = asked
    citation = answer.citations[0]
    reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    exchange = ask(reader.page, question)
    plain = copied(reader, exchange, "Plain text")
    assert plain.startswith(f"“{readable(citation)}” (")
    link = plain.rsplit(" ", 1)[1]
    spans = ",".join(f"{span.start}-{span.end}" for span in citation.spans)
    version = citation.document.sha256[:16]
    assert link == f"{reader.url}/library?paper={citation.document.id}&at={spans}&of={version}"

    markdown = copied(reader, exchange, "Markdown")
    (inline,) = [token for token in MarkdownIt().parse(markdown) if token.children]
    assert "".join(token.content for token in inline.children or ()) == plain.removesuffix(f" {link}")
    assert [token.attrs["href"] for token in inline.children or () if token.type == "link_open"] == [link]
    latex = copied(reader, exchange, "LaTeX")
    assert re.fullmatch(rf"``.*''~\\cite\[[^]]+\]{{{citation.document.metadata['key']}}}", latex)

    other = opened(link)
    expect(other.get_by_text(citation.document.title).first).to_be_visible(timeout=60_000)


def test_the_menu_of_forms_is_used_by_keyboard(reader: Reader, asked: tuple[str, Answer]) -> None:
    reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    exchange = ask(reader.page, asked[0])
    exchange.get_by_role("button", name="Show quote 1 in source").press("Enter")
    reader.page.locator("mark").first.wait_for()
    button, keys = exchange.get_by_role("button", name="Copy quote 1 with its citation"), reader.page.keyboard
    button.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    items = reader.page.get_by_role("menuitem")
    expect(items.nth(0)).to_be_focused()
    check_access(reader.page, "menu")
    reader.shoot("menu")
    keys.press("ArrowUp")
    expect(items.nth(2)).to_be_focused()
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    expect(items.nth(1)).to_be_focused()
    keys.press("Escape")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(reader.page.locator("mark").first).to_be_visible()  # Escape closed the menu and not the source
    button.press("Enter")
    keys.press("End")
    keys.press("Enter")
    expect(exchange.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    assert clipboard(reader.page).startswith("``")


def test_a_cited_number_never_begins_a_line(reader: Reader, asked: tuple[str, Answer]) -> None:
    exchange = ask(reader.page, asked[0])
    height = 900
    alone = """() => [...document.querySelectorAll(".qa-cite")].filter(number => {
        const words = document.createRange();
        words.selectNodeContents(number.parentElement.querySelector(".qa-room"));
        const [last, at] = [[...words.getClientRects()].at(-1), number.getBoundingClientRect()];
        return at.top > last.bottom || at.left < last.right;
    }).length"""
    lines = set()
    for width in range(320, 1000, 7):
        reader.page.set_viewport_size({"width": width, "height": height})
        assert reader.page.evaluate(alone) == 0, width
        lines.add(exchange.locator("blockquote").evaluate("quote => quote.getBoundingClientRect().height"))
    assert len(lines) > 3  # it did wrap
    reader.page.add_style_tag(content=".stApp { --qa-room: 0rem !important; }")
    beginnings = []
    for width in range(320, 1000, 3):
        reader.page.set_viewport_size({"width": width, "height": height})
        beginnings.append(reader.page.evaluate(alone))
    assert any(beginnings)  # without room for it, it does


def test_renaming_ends_with_enter_and_times_are_local(opened: Callable[..., Page], asked: tuple[str, Answer]) -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    page = opened(timezone_id="Asia/Tokyo", viewport={"width": 1400, "height": 900})
    ask(page, asked[0])
    page.get_by_role("link", name="History").click()
    now = datetime.now(tokyo)
    shown = page.locator("[class*='st-key-qa-row-'] .qa-small").first
    expect(shown).to_contain_text(re.compile(r"\d\d:\d\d · 1 question"))
    assert "UTC" not in shown.inner_text()
    when = datetime.strptime(shown.inner_text().split(" · ")[0], "%Y-%m-%d %H:%M").replace(tzinfo=tokyo)
    assert abs(when - now) < timedelta(minutes=3)

    rename = page.get_by_role("button", name="Rename", expanded=False)
    title = page.get_by_role("textbox", name="New title")
    rename.click()
    enter(title, "**Drugs** <b>")
    expect(page.get_by_role("link", name="**Drugs** <b>")).to_be_visible()
    expect(title).to_be_hidden()
    at_rest(page)
    rename.press("Enter")  # unchanged: Enter closes it all the same
    title.wait_for()
    at_rest(page)
    title.press("Enter")
    expect(title).to_be_hidden()
    at_rest(page)
    rename.click()
    enter(title, "  ")
    expect(page.get_by_role("alert")).to_contain_text("needs a title")
    check_access(page, "rename")


def test_deleting_a_conversation_deletes_what_was_said_of_it(
    reader: Reader, left: Path, asked: tuple[str, Answer]
) -> None:
    before = len(feedback.given(left))
    page = reader.page
    page.context.clear_cookies()
    reader.go("/")
    exchange = ask(page, asked[0])
    exchange.get_by_test_id("stButtonGroup").get_by_text("Right", exact=True).click()
    page.get_by_text("Noted").wait_for()
    assert len(feedback.given(left)) == before + 1
    page.get_by_role("link", name="History").click()
    page.get_by_role("button", name="Delete").first.click()
    expect(page.get_by_text("every opinion that was given on them")).to_be_visible()
    page.wait_for_timeout(500)
    reader.shoot("delete")
    page.get_by_role("button", name="Delete this conversation").click()
    expect(page.get_by_text("There is no conversation yet.")).to_be_visible()
    assert len(feedback.given(left)) == before
