"""The real page in a real Chromium: ask, read, click the citation, see the mark; all of it by keyboard too.

What is expected is asked of the same index in this process, so a better reader does not break these tests.
"""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Locator, expect

from qa.answers import suggestions
from qa.answers.assistant import Assistant
from qa.config import QUESTIONS
from qa.types import Abstention, Answer, Citation
from tests.web.access import at_rest, check_access
from tests.web.conftest import NONSENSE, WIDE, Reader

TABLET, PHONE, HUGE = (768, 1000), (360, 740), (2560, 1300)
NIGHT = "Where does the last sentence of the page go on?"
HOSTILE = "<img src=x onerror=alert(1)> **bold** :red[x] $x$ \u202eabc"

EVERY = [(WIDE, "light"), (WIDE, "dark"), (PHONE, "light"), (PHONE, "dark")]
"""Windows and themes in which screenshots are taken."""
ENDS = [(WIDE, "light"), (PHONE, "dark")]

pytestmark = pytest.mark.timeout(180, func_only=True)  # the first test waits for the index and the server


def starter(served: Assistant) -> tuple[str, Answer]:
    question = suggestions.starters(served)[0]
    expected = served.ask(question)
    assert isinstance(expected, Answer)
    return question, expected


def interrupted(assistant: Assistant) -> tuple[str, Answer, int]:
    """A question whose answer has a sentence in two parts: the question, the answer, and which citation it is."""
    for passage in assistant.index.passages:
        for sentence in passage.sentences:
            result = assistant.ask(sentence.text) if len(sentence.spans) == 2 and passage.document != "night" else None
            if isinstance(result, Answer):
                for number, citation in enumerate(result.citations):
                    if len(citation.spans) == 2:
                        return sentence.text, result, number
    raise AssertionError("no answer from these papers has a sentence in two parts")


def near(served: Assistant) -> tuple[str, Citation]:
    """A question that is not answered, and the sentence that may answer it."""
    for line in QUESTIONS.read_text("utf-8").splitlines():
        row = json.loads(line)
        result = served.ask(row["question"]) if row["answerable"] and "turns" not in row else None
        if isinstance(result, Abstention) and result.possible:
            return row["question"], result.possible
    raise AssertionError("no question of the set has a possible answer")


@pytest.mark.parametrize("reader", [*EVERY, (TABLET, "light")], indirect=True, ids=str)
def test_ask_read_click_and_see_the_mark(reader: Reader, served: Assistant) -> None:
    question, expected = starter(served)
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
    exchange.get_by_text("Why this answer").click()
    expect(exchange.get_by_text("an answer is given from")).to_be_visible()
    reader.shoot("why")


@pytest.mark.parametrize("reader", ENDS, indirect=True, ids=str)
def test_an_interrupted_sentence_is_marked_in_its_parts(reader: Reader, served: Assistant) -> None:
    question, expected, number = interrupted(served)
    exchange = reader.ask(question)
    check_source(reader, exchange, number, expected.citations[number])
    reader.shoot("interrupted")
    reader.page.get_by_role("button", name="2: line").click()
    assert reader.sees(reader.page.locator("mark[data-span='1']"))


def test_what_was_answered_stays_while_the_next_answer_is_looked_for(reader: Reader, served: Assistant) -> None:
    reader.ask(starter(served)[0])
    reader.page.evaluate(
        """() => {
            window.seen = [];
            new MutationObserver(() => {
                const heads = [...document.querySelectorAll(".st-key-qa-exchange-0 h3")];
                const working = document.querySelector(".st-key-qa-working") !== null;
                const faint = heads.some(head => {
                    for (let at = head; at; at = at.parentElement) if (getComputedStyle(at).opacity < 1) return true;
                });
                window.seen.push([working, heads.length, faint]);
            }).observe(document.body, { childList: true, subtree: true, attributes: true });
        }"""
    )
    reader.ask(NONSENSE)
    seen = {tuple(row) for row in reader.page.evaluate("window.seen")}
    assert (True, 1, False) in seen
    assert {row[1:] for row in seen} == {(1, False)}


@pytest.mark.parametrize("reader", [(PHONE, "light")], indirect=True, ids=str)
def test_what_comes_late_does_not_push_the_source_away_but_a_reader_may_leave_it(
    reader: Reader, served: Assistant
) -> None:
    question, expected = starter(served)
    exchange = reader.ask(question)
    check_source(reader, exchange, 0, expected.citations[0])
    mark, close = reader.page.locator("mark").first, reader.page.locator("#close")
    grow = """() => {
        const late = document.createElement("p");
        late.style.height = "1500px";
        document.querySelector(".st-key-qa-talk").append(late);
    }"""
    reader.page.evaluate(grow)
    assert reader.sees(mark)
    assert reader.sees(close)
    reader.page.mouse.move(180, 60)
    reader.page.mouse.wheel(0, -3000)
    expect(close).not_to_be_in_viewport()
    reader.page.evaluate(grow)
    reader.page.wait_for_timeout(500)
    expect(close).not_to_be_in_viewport()


@pytest.mark.parametrize("reader", EVERY, indirect=True, ids=str)
def test_a_sentence_of_a_pdf_is_boxed_on_its_printed_pages(reader: Reader, served: Assistant) -> None:
    expected = served.ask(NIGHT)
    assert isinstance(expected, Answer)
    assert expected.citations[0].document.id == "night"
    exchange = reader.ask(NIGHT)
    exchange.get_by_role("button", name="Citation 1: show its source").click()
    pages = reader.page.locator("figure img")
    expect(pages).to_have_count(2, timeout=30_000)
    for page in range(2):
        expect(pages.nth(page)).not_to_have_js_property("naturalWidth", 0)
    for page in range(2):
        expect(reader.page.locator("figure").nth(page).locator("[data-span]").first).to_be_attached()
    assert reader.sees(reader.page.locator("figure [data-span='0']"))
    reader.shoot("printed")
    reader.page.get_by_role("button", name="Readable text").click()
    expect(reader.page.locator("mark")).to_have_text(expected.citations[0].text)


def test_the_number_of_a_quote_opens_its_source_once_the_button_is_drawn(reader: Reader, served: Assistant) -> None:
    question, expected = starter(served)
    exchange = reader.ask(question)
    number = exchange.get_by_role("button", name="Citation 1: show its source")
    expect(reader.page.locator(f".st-key-{number.get_attribute('data-opens')} button")).to_be_attached()
    number.evaluate(
        """number => {  // as the page is while the button is not drawn yet
            const button = document.querySelector(`.st-key-${number.dataset.opens} button`);
            const place = button.parentElement;
            button.remove();
            number.click();
            setTimeout(() => place.append(button), 500);
        }"""
    )
    expect(reader.page.locator("mark")).to_have_text(expected.citations[0].text)


@pytest.mark.parametrize("reader", EVERY, indirect=True, ids=str)
def test_an_abstention_looks_like_none_of_the_answers(reader: Reader, served: Assistant) -> None:
    assert isinstance(served.ask(NONSENSE), Abstention)
    exchange = reader.ask(NONSENSE)
    expect(exchange.get_by_role("heading", name="No sentence clearly answers this")).to_be_in_viewport()
    expect(exchange).to_contain_text("“Paris” is in none of the papers.")
    expect(exchange.get_by_text("Nearest passages – not an answer")).to_be_visible()
    expect(exchange.locator("blockquote")).to_have_count(0)
    reader.shoot("abstention")


@pytest.mark.parametrize("reader", EVERY, indirect=True, ids=str)
def test_what_may_be_an_answer_looks_like_none_and_opens_in_its_source(reader: Reader, served: Assistant) -> None:
    question, possible = near(served)
    exchange = reader.ask(question)
    expect(exchange.get_by_role("heading", name="Possibly")).to_be_in_viewport()
    expect(exchange.get_by_text("it may not be one")).to_be_visible()
    marked = exchange.locator("blockquote mark")
    expect(marked).to_have_text(possible.text)
    assert "underline" in marked.evaluate("mark => getComputedStyle(mark).textDecorationLine")
    answered = reader.page.locator("[class*='st-key-qa-answer-']")
    expect(answered).to_have_count(0)
    reader.shoot("possible")
    check_access(reader.page)
    exchange.get_by_role("button", name="Citation 1: show its source").press("Enter")
    in_source = reader.page.locator(".st-key-qa-source mark")
    expect(in_source).to_have_text(possible.text)
    assert reader.sees(in_source)
    expect(reader.page.locator("#title")).to_be_focused()
    reader.shoot("possible-source")


def test_everything_can_be_done_by_keyboard(reader: Reader, served: Assistant) -> None:
    question, expected = interrupted(served)[:2]
    keys = reader.page.keyboard
    reader.page.evaluate("document.activeElement.blur()")
    for _ in range(4):
        keys.press("Tab")  # past the way around the bar and the page itself to its links
    link = reader.page.get_by_role("link", name="Table")
    expect(link).to_be_focused()
    expect(link).to_have_css("outline-style", "solid")
    keys.press("/")
    expect(reader.box).to_be_focused()
    keys.type(question)
    keys.press("Enter")
    number = reader.page.get_by_role("button", name="Citation 1: show its source")
    number.wait_for(timeout=60_000)
    at_rest(reader.page)
    number.focus()
    note = reader.page.locator(".qa-note").first
    expect(note).to_contain_text(expected.citations[0].document.title)
    expect(note).to_be_visible()
    keys.press("Escape")
    expect(note).to_be_hidden()
    keys.press("Enter")
    expect(reader.page.locator("#title")).to_be_focused()
    count = len(expected.citations)
    if count > 1:
        expect(reader.page.locator("#which")).to_have_text(f"1 of {count}")
        keys.press("]")
        expect(reader.page.locator("#which")).to_have_text(f"2 of {count}")
    keys.press("Escape")
    expect(reader.page.locator("#title")).to_have_count(0)
    keys.press("?")
    sheet = reader.page.get_by_role("dialog")
    expect(sheet).to_contain_text("to the question box")
    reader.shoot("help")
    sheet.get_by_text("Single keys").click()
    reader.page.wait_for_timeout(500)  # until the page is being drawn anew, which loses a key
    at_rest(reader.page)
    keys.press("Escape")
    expect(sheet).to_be_hidden()
    reader.page.wait_for_timeout(500)  # until the page is being drawn anew
    at_rest(reader.page)
    for _ in range(10):  # until the page is drawn anew without them
        keys.press("?")
        reader.page.wait_for_timeout(500)
        if sheet.is_hidden():
            break
        keys.press("Escape")
        expect(sheet).to_be_hidden()
    keys.press("?")
    reader.page.wait_for_timeout(500)
    expect(sheet).to_be_hidden()


def test_a_link_carries_the_scope_from_page_to_page(reader: Reader) -> None:
    reader.go("/?paper=night")
    expect(reader.page.get_by_role("button", name="1 of 4 papers")).to_be_visible()
    reader.page.get_by_role("link", name="Table").click()
    reader.page.get_by_role("textbox", name="Ask each paper").wait_for()
    expect(reader.page.get_by_role("button", name="1 of 4 papers")).to_be_visible()
    reader.page.wait_for_url("**/table?paper=night")
    reader.page.get_by_role("button", name="1 of 4 papers").click()
    expect(reader.page.get_by_test_id("stPopoverBody").get_by_text("How owls and bats")).to_be_visible()
    reader.shoot("scope")


def test_a_hostile_question_is_drawn_as_text(reader: Reader) -> None:
    exchange = reader.ask(HOSTILE)
    expect(exchange.locator(".qa-question")).to_have_text(f"You asked: {HOSTILE.replace(chr(0x202E), ' ')}")
    assert reader.page.locator("img, .katex").count() == 0


@pytest.mark.parametrize("reader", [(PHONE, "light"), (HUGE, "light")], indirect=True, ids=str)
def test_nothing_is_wider_than_the_window(reader: Reader) -> None:
    reader.ask("W" * 300)
    assert reader.page.evaluate("document.querySelector('.stMain').scrollWidth <= innerWidth")
    reader.shoot("long")
    reader.go("/table")
    reader.ask_papers("W" * 300)
    assert reader.page.evaluate("document.querySelector('.stMain').scrollWidth <= innerWidth")


@pytest.mark.parametrize("reader", [(WIDE, "light"), (WIDE, "dark"), (PHONE, "light")], indirect=True, ids=str)
def test_nothing_keeps_people_from_using_the_pages(reader: Reader, served: Assistant) -> None:
    """What axe-core calls serious or critical: contrast, names, roles, focus."""
    question, _ = starter(served)
    reader.page.get_by_role("heading", name="Try one of these").wait_for(timeout=60_000)
    check_access(reader.page)
    exchange = reader.ask(question)
    exchange.get_by_text("Why this answer").click()
    exchange.get_by_role("button", name="Show quote 1 in source").click()
    reader.page.locator("mark").first.wait_for()
    check_access(reader.page)
    reader.ask(NONSENSE)
    check_access(reader.page)
    reader.page.get_by_role("button", name="Help", exact=True).click()
    reader.page.get_by_role("dialog").wait_for()
    check_access(reader.page)
    reader.go("/table")
    reader.ask_papers(question)
    check_access(reader.page)


def check_source(reader: Reader, exchange: Locator, number: int, citation: Citation) -> None:
    """Click a citation; its marks are its quote, exactly, in the readable and in the raw text, and are in view."""
    at_rest(reader.page)  # Streamlit gives the question box the focus when the run ends that a question began
    exchange.get_by_role("button", name=f"Show quote {number + 1} in source").click()
    first = reader.page.locator("mark[data-span='0']")
    expect(first).to_have_text(citation.text)
    expect(reader.page.locator("mark")).to_have_count(1)
    reader.page.wait_for_timeout(300)
    assert reader.sees(first)
    assert reader.sees(reader.page.locator("#close"))
    expect(reader.page.locator("#title")).to_be_focused()

    reader.page.get_by_role("button", name="Raw text").click()
    expect(reader.page.locator("#text.raw")).to_be_visible()
    reader.page.wait_for_timeout(300)
    marks = {mark.get_attribute("data-span"): mark for mark in reader.page.locator("mark").all()}
    assert len(marks) == reader.page.locator("mark").count() == len(citation.spans)
    assert tuple(marks[str(i)].evaluate("mark => mark.textContent") for i in range(len(marks))) == citation.quote
    assert reader.page.locator("#text").evaluate("text => text.textContent") == citation.document.raw
    assert reader.sees(first)
