"""What a user of the Ask page meets beside an answer: a refusal, a reload, a lost connection, a small window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from qa.answers import suggestions
from qa.answers.assistant import Assistant
from qa.types import Abstention
from tests.web.access import check_access
from tests.web.conftest import NONSENSE, WIDE, Reader
from tests.web.server import serving

PHONE, ENLARGED = (390, 844), (700, 450)
ENDS = [(WIDE, "light"), (PHONE, "dark")]

pytestmark = pytest.mark.timeout(240, func_only=True)


@pytest.mark.parametrize("reader", ENDS, indirect=True, ids=str)
def test_a_refusal_shows_the_nearest_sentences_and_each_opens_in_its_source(reader: Reader, served: Assistant) -> None:
    exchange = reader.ask(NONSENSE)
    result = served.ask(NONSENSE)
    assert isinstance(result, Abstention)
    marks = exchange.locator(".qa-nearest mark")
    expect(marks).to_have_count(3)
    for number in range(3):
        words = marks.nth(number).inner_text()
        assert words in result.passages[number].passage.text
    words = marks.nth(1).inner_text()
    exchange.get_by_role("button", name="Show quote 2 in source").click()
    expect(reader.page.locator("section mark")).to_have_text(words)
    assert reader.sees(reader.page.locator("section mark"))
    reader.shoot("refusal")
    check_access(reader.page)


def test_a_slip_in_a_name_is_offered_as_the_papers_write_it(reader: Reader) -> None:
    reader.ask("What dose of pazupamib was given?")
    reader.page.get_by_role("heading", name="Did you mean").wait_for()
    reader.page.get_by_role("button", name="What dose of pazopanib was given?").click()
    reader.page.locator(".st-key-qa-exchange-1 h3").wait_for()


def test_another_language_hears_that_questions_are_in_english(reader: Reader) -> None:
    exchange = reader.ask("Wie alt war das Mädchen?")
    expect(exchange).to_contain_text("The question seems to be in German. Questions are read in English")


def test_a_question_that_is_too_long_is_kept_with_the_reason(reader: Reader) -> None:
    long = "word " * 500
    reader.box.fill(long)
    reader.box.press("Enter")
    expect(reader.page.get_by_role("alert")).to_contain_text("2500 characters; at most 2000 can be asked")
    expect(reader.box).to_have_value(long)
    reader.page.reload()
    expect(reader.box).to_have_value(long)
    assert reader.page.locator(".qa-question").count() == 0
    reader.box.fill("What dose of pazopanib was given?")
    reader.box.press("Enter")
    reader.page.locator(".st-key-qa-exchange-0 h3").wait_for()
    expect(reader.page.get_by_role("alert")).to_have_count(0)


def test_a_draft_survives_a_reload_and_is_forgotten_when_it_is_answered(reader: Reader, served: Assistant) -> None:
    question = suggestions.starters(served)[0]
    reader.box.fill(question)
    reader.page.reload()
    expect(reader.box).to_have_value(question)
    reader.box.press("Enter")
    reader.page.locator(".st-key-qa-exchange-0 h3").wait_for()
    reader.page.wait_for_function("!sessionStorage.getItem('qa-draft')")
    reader.page.reload()
    reader.page.locator(".st-key-qa-exchange-0 h3").wait_for()
    expect(reader.box).to_have_value("")


def test_a_reload_right_after_enter_loses_nothing(reader: Reader, served: Assistant) -> None:
    question = suggestions.starters(served)[0]
    reader.box.fill(question)
    reader.box.press("Enter")
    reader.page.reload()
    expect(reader.page.locator(".qa-question")).to_have_count(1)
    expect(reader.page.locator(".qa-question")).to_contain_text(question)
    reader.page.locator(".st-key-qa-exchange-0 h3").wait_for()


def test_what_is_typed_before_the_page_is_there_is_asked(reader: Reader, served: Assistant) -> None:
    """The app's own scripts come late here."""
    question = suggestions.starters(served)[0]
    page = reader.page.context.new_page()
    page.route("**/static/js/index.*.js", lambda route: (page.wait_for_timeout(1500), route.continue_()))
    page.goto(reader.url, wait_until="commit")
    expect(page.get_by_role("status")).to_contain_text("The page is being loaded")
    first = page.locator("#qa-shell textarea")
    first.fill(question)
    first.press("Enter")
    expect(page.locator(".qa-question")).to_contain_text(question, timeout=60_000)
    page.locator(".st-key-qa-exchange-0 h3").wait_for()
    expect(page.locator("#qa-shell")).to_have_count(0)
    page.close()


def test_a_question_that_the_page_has_lost_is_sent_once_more(reader: Reader, served: Assistant) -> None:
    """Here the click on Send comes to nothing, once."""
    question = suggestions.starters(served)[0]
    page = reader.page
    reader.settle()
    reader.box.fill(question)
    page.evaluate("""() => document.addEventListener("click", (event) => {
        if (!window.lost && (window.lost = true)) event.stopImmediatePropagation();
    }, true)""")
    page.get_by_role("button", name="Send message").click()
    expect(page.locator(".qa-question")).to_contain_text(question)
    page.locator(".st-key-qa-exchange-0 h3").wait_for()
    page.wait_for_timeout(4000)
    expect(page.locator(".qa-question")).to_have_count(1)


@pytest.fixture
def slow(
    index: Path, corpus_folder: Path, question_set: Path, tmp_path: Path, browser: Browser
) -> Iterator[tuple[Page, dict[str, object]]]:
    """A page on a server that reads so much for each question that it can be stopped."""
    settings: dict[str, object] = {
        "CORPUS_DIR": corpus_folder, "INDEX_DIR": index, "STATE_DIR": tmp_path / "state", "QUESTIONS": question_set,
        "ASK_READER_WORDS": 100_000, "ASK_READ_K": 1000, "ASK_READER_K": 1000,
    }  # fmt: skip
    page = browser.new_page()
    yield page, settings
    page.close()


def test_stop_stops_and_the_question_can_be_asked_after_all(
    slow: tuple[Page, dict[str, object]], tmp_path: Path
) -> None:
    page, settings = slow
    with serving(settings, tmp_path / "log") as url:
        page.goto(url)
        box = page.get_by_role("textbox", name="Ask")
        box.fill("Was it stopped in time?")
        box.press("Enter")
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_role("note")).to_contain_text("Stopped: Was it stopped in time?")
        expect(page.locator(".qa-question")).to_have_count(0)
        page.get_by_role("button", name="Ask it after all").click()
        page.locator(".st-key-qa-exchange-0 h3").wait_for(timeout=60_000)


def test_a_lost_connection_is_said_and_comes_back_with_all_that_was_there(
    slow: tuple[Page, dict[str, object]], tmp_path: Path, served: Assistant
) -> None:
    page, settings = slow
    for name in ("ASK_READER_WORDS", "ASK_READ_K", "ASK_READER_K"):
        del settings[name]
    question, other, *_ = suggestions.starters(served)
    with serving(settings, tmp_path / "log") as url:
        page.goto(url)
        box = page.get_by_role("textbox", name="Ask")
        box.fill(question)
        box.press("Enter")
        page.locator(".st-key-qa-exchange-0 h3").wait_for(timeout=60_000)
        box.fill(other)
    lost = page.locator("#lost")
    expect(lost).to_contain_text("The server cannot be reached")
    expect(page.get_by_role("dialog")).to_have_count(0)
    with serving(settings, tmp_path / "log", int(url.rsplit(":", 1)[1])):
        expect(lost).to_be_empty(timeout=60_000)
        expect(page.locator(".qa-question")).to_contain_text(question)
        expect(box).to_have_value(other)
        box.press("Enter")
        page.locator(".st-key-qa-exchange-1 h3").wait_for(timeout=60_000)


@pytest.mark.parametrize(
    "reader", [(ENLARGED, "light"), (PHONE, "dark"), ((1000, 700), "light")], indirect=True, ids=str
)
def test_nothing_of_the_bar_lies_over_another_part(reader: Reader) -> None:
    """700 pixels are a window of 1400, enlarged twice."""
    reader.shoot("bar")
    links = reader.page.locator(".st-key-qa-links a")
    boxes = [box for link in links.all() if (box := link.bounding_box())]
    assert len({round(box["y"]) for box in boxes}) == 1, "one line of links"
    for name in ("Help", "New conversation"):
        button = reader.page.get_by_role("button", name=name, exact=True)
        assert button.evaluate(
            "e => { const b = e.getBoundingClientRect();"
            " return e.contains(document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2)) }"
        )
        place = button.bounding_box()
        assert place
        for box in boxes:
            beside = box["x"] >= place["x"] + place["width"] or place["x"] >= box["x"] + box["width"]
            assert beside or box["y"] >= place["y"] + place["height"] or place["y"] >= box["y"] + box["height"]
    assert reader.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    last = links.last
    last.scroll_into_view_if_needed()
    last.click()
    reader.page.get_by_role("heading", level=1, name="Evaluate").wait_for()
