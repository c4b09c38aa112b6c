"""Reading a paper in a real Chromium: its pages and its text, search, marks, what others say."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from qa.answers.assistant import Assistant
from qa.answers.nearby import nearby
from qa.types import Citation, Sentence
from qa.web.reading.find import found
from qa.web.reading.paper import Paper
from tests.web.access import at_rest, check_access
from tests.web.conftest import WIDE, Reader

PHONE = (390, 844)
ENDS = [(WIDE, "light"), (PHONE, "dark")]
TEXT = "arms-case-2019"
NIGHT = "How owls and bats divide the night between them"

pytestmark = pytest.mark.timeout(180, func_only=True)  # the first test waits for the index and the server


def opened(reader: Reader, path: str) -> Locator:
    """The reader of a paper, once it is drawn."""
    reader.page.goto(f"{reader.url}{path}")
    paper = reader.page.locator(".qa-reader")
    paper.wait_for(timeout=60_000)
    return paper


def view(reader: Reader, name: str) -> None:
    button = reader.page.get_by_role("button", name=name)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")


def sentences(assistant: Assistant, paper: str) -> list[Sentence]:
    return [sentence for passage in assistant.index.passages_of(paper) for sentence in passage.sentences]


def at(sentence: Sentence) -> str:
    return ",".join(f"{span.start}-{span.end}" for span in sentence.spans)


def drawn_page(page: Page, number: int) -> Locator:
    image = page.locator(f".qa-reader-pages figure[data-page='{number}'] img")
    expect(image).not_to_have_js_property("naturalWidth", 0)
    return image


def select(sentence: Locator, words: str) -> None:
    """Select words of a sentence, as a mouse or a finger does."""
    sentence.evaluate(
        """(sentence, words) => {
            const text = document.createTreeWalker(sentence, NodeFilter.SHOW_TEXT).nextNode();
            const range = document.createRange();
            range.setStart(text, text.data.indexOf(words));
            range.setEnd(text, text.data.indexOf(words) + words.length);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
        }""",
        words,
    )


def near_one(assistant: Assistant) -> tuple[int, Citation]:
    """The first sentence of the text that another paper has near, and that one's nearest."""
    document = assistant.by_id[TEXT]
    for number, sentence in enumerate(sentences(assistant, TEXT)):
        near = nearby([Citation(document, "", sentence)], assistant.index, assistant.models.encoder)
        if near:
            return number, near[0].citation
    raise AssertionError("no other paper has a sentence near to one of this paper")


def fits(reader: Reader) -> bool:
    return bool(reader.page.evaluate("document.querySelector('.stMain').scrollWidth <= innerWidth"))


@pytest.mark.parametrize("reader", ENDS, indirect=True, ids=str)
def test_a_pdf_is_read_by_its_pages_and_by_its_text(reader: Reader, served: Assistant) -> None:
    opened(reader, "/library?paper=night")
    page = reader.page
    expect(page.get_by_role("heading", name=NIGHT)).to_be_visible()
    view(reader, "Printed pages")
    drawn_page(page, 1)
    reader.shoot("reading-pages")
    page.get_by_role("button", name="Next page").click()
    expect(page.get_by_role("spinbutton", name="Page")).to_have_value("2")
    drawn_page(page, 2)
    expect(page.locator("figure[data-page='2']")).to_be_in_viewport()
    if reader.name.startswith(str(WIDE[0])):
        thumb = page.get_by_role("navigation", name="Pages").get_by_role("button", name="Page 1")
        expect(thumb.locator("img")).not_to_have_js_property("naturalWidth", 0)
        thumb.click()
        expect(page.get_by_role("spinbutton", name="Page")).to_have_value("1")
        page.get_by_role("spinbutton", name="Page").fill("2")
        page.locator(".stMain").evaluate("main => main.scrollTo(0, 0)")
        expect(page.locator(".qa-reader")).not_to_be_in_viewport(ratio=0.9)
        page.keyboard.press("Enter")
        expect(page.locator(".qa-reader")).to_be_in_viewport(ratio=0.9)
        expect(page.locator("figure[data-page='2']")).to_be_in_viewport()
    view(reader, "Readable text")
    on_two = next(s for s in sentences(served, "night") if served.by_id["night"].locate(s.spans[0]).page == 2)
    expect(page.locator("[data-sentence]").get_by_text(on_two.text, exact=True)).to_be_in_viewport()  # same place
    reader.shoot("reading-text")
    view(reader, "Printed pages")
    expect(page.get_by_role("spinbutton", name="Page")).to_have_value("2")
    before = page.locator("figure").first.bounding_box()
    page.get_by_role("button", name="Larger").click()
    after = page.locator("figure").first.bounding_box()
    assert before
    assert after
    assert after["width"] > before["width"]
    assert fits(reader)
    check_access(reader.page)


@pytest.mark.parametrize("reader", ENDS, indirect=True, ids=str)
def test_words_are_found_in_text_and_on_pages(reader: Reader, served: Assistant) -> None:
    many = len(found(Paper.of(served.index, served.by_id["night"]), "the moth"))
    assert many > 1
    opened(reader, "/library?paper=night")
    page = reader.page
    view(reader, "Readable text")
    page.get_by_role("searchbox", name="Find in this paper").fill("THE MÓTH")
    status = page.locator(".qa-reader-find [role=status]")
    expect(status).to_have_text(f"1 of {many}")
    expect(page.locator("mark.found.now")).to_be_in_viewport()
    expect(page.locator("mark.found")).to_have_text(["the moth"] * many, ignore_case=True)
    page.get_by_role("button", name="Next find").click()
    expect(status).to_have_text(f"2 of {many}")
    expect(page.locator("mark.found.now")).to_be_in_viewport()
    reader.shoot("reading-found")
    view(reader, "Printed pages")
    now = page.locator(".qa-reader-box.found.now").first
    now.wait_for()
    expect(now).to_be_in_viewport()
    reader.shoot("reading-found-pages")
    page.get_by_role("searchbox", name="Find in this paper").fill("zirconium")
    expect(status).to_have_text("Not found")


@pytest.mark.parametrize("reader", ENDS, indirect=True, ids=str)
def test_a_link_opens_at_its_place_in_both_views(reader: Reader, served: Assistant) -> None:
    wanted = next(s for s in sentences(served, "night") if served.by_id["night"].locate(s.spans[0]).page == 2)
    opened(reader, f"/library?paper=night&at={at(wanted)}")
    page = reader.page
    view(reader, "Readable text")
    expect(page.locator("mark.at")).to_have_text(wanted.text)
    expect(page.locator("mark.at")).to_be_in_viewport()
    view(reader, "Printed pages")
    box = page.locator("figure[data-page='2'] .qa-reader-box.at").first
    box.wait_for()
    expect(box).to_be_in_viewport()
    reader.shoot("reading-at")
    opened(reader, "/library?paper=night&at=900000-900009")
    expect(page.get_by_role("note").first).to_contain_text("may have changed since the link was made")


@pytest.mark.parametrize("reader", ENDS, indirect=True, ids=str)
def test_words_are_marked_noted_kept_and_taken_along(reader: Reader, served: Assistant, browser: Browser) -> None:
    opened(reader, f"/library?paper={TEXT}")
    page, own = reader.page, sentences(served, TEXT)
    aside = page.locator(".st-key-qa-aside")
    number = next(n for n, s in enumerate(own) if 10 < len(s.text.split()) < 25)
    words = " ".join(own[number].text.split()[2:5])
    sentence = page.locator(f"[data-sentence='{number}']")
    sentence.scroll_into_view_if_needed()
    select(sentence, words)
    bar = page.get_by_role("toolbar", name="What to do with the chosen words")
    expect(bar).to_contain_text(words)
    expect(bar.get_by_role("button", name="Highlight")).to_be_in_viewport(ratio=1)
    reader.shoot("reading-chosen")
    bar.get_by_role("button", name="Highlight").click()
    expect(page.locator("mark.own")).to_have_text(words)
    expect(aside).to_contain_text(words)

    page.locator(f"[data-sentence='{number + 1}']").click()
    bar.get_by_role("button", name="Add a note").click()
    page.get_by_role("textbox", name="Your note").fill("Ask <b>why</b> at the next round.")
    reader.shoot("reading-note")
    aside.get_by_role("button", name="Save").click()
    expect(page.locator("mark.noted")).to_have_text(own[number + 1].text)
    expect(aside.locator(".qa-own-words")).to_contain_text("Ask <b>why</b> at the next round.")
    reader.shoot("reading-marks")
    assert fits(reader)
    check_access(reader.page)

    page.reload()
    expect(page.locator("mark.own")).to_have_count(2, timeout=60_000)
    with page.expect_download() as download:
        aside.get_by_role("button", name="CSV").click()
    with Path(download.value.path()).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["words"], row["note"]) for row in rows] == [
        (words, ""),
        (own[number + 1].text, "Ask <b>why</b> at the next round."),
    ]
    with page.expect_download() as download:
        aside.get_by_role("button", name="Markdown").click()
    assert "Ask \\<b\\>why\\</b\\>" in Path(download.value.path()).read_text("utf-8")

    stranger = browser.new_context()
    theirs = stranger.new_page()
    theirs.goto(f"{reader.url}/library?paper={TEXT}")
    theirs.locator(".qa-reader").wait_for(timeout=60_000)
    expect(theirs.get_by_text("None in this paper yet")).to_be_visible()
    expect(theirs.locator("mark.own")).to_have_count(0)
    stranger.close()

    aside.get_by_role("button", name="Delete", exact=True).first.click()
    expect(page.locator("mark.own")).to_have_count(1)
    at_rest(page)
    aside.get_by_role("button", name="Delete", exact=True).first.click()
    page.get_by_role("button", name="Delete this mark").click()
    expect(page.locator("mark.own")).to_have_count(0)


def test_a_sentence_is_marked_by_keyboard(reader: Reader, served: Assistant) -> None:
    opened(reader, f"/library?paper={TEXT}")
    page, own = reader.page, sentences(served, TEXT)
    keys = page.keyboard
    page.get_by_role("region", name="Text of the paper").focus()
    keys.press("ArrowRight")
    expect(page.locator("[data-sentence='0']")).to_be_focused()
    keys.press("ArrowRight")
    keys.press("Shift+ArrowRight")
    keys.press("Enter")
    expect(page.get_by_role("button", name="Highlight")).to_be_focused()
    keys.press("Escape")
    expect(page.get_by_role("button", name="Highlight")).to_be_hidden()
    expect(page.locator("[data-sentence='1']")).to_be_focused()
    keys.press("Enter")
    keys.press("Enter")
    expect(page.locator("mark.own")).to_have_text(own[1].text)
    page.locator(".st-key-qa-aside").get_by_role("button", name="Delete", exact=True).click()
    expect(page.locator("mark.own")).to_have_count(0)


@pytest.mark.parametrize("reader", ENDS, indirect=True, ids=str)
def test_what_other_papers_say_of_it_opens_there(reader: Reader, served: Assistant) -> None:
    number, near = near_one(served)
    opened(reader, f"/library?paper={TEXT}")
    page = reader.page
    page.locator(f"[data-sentence='{number}']").click()
    page.get_by_role("button", name="What else says this?").click()
    chosen = page.locator(".st-key-qa-chosen")
    expect(chosen.locator("blockquote").nth(1)).to_have_text(near.text)
    expect(chosen.locator("blockquote").nth(1)).to_be_in_viewport()
    reader.shoot("reading-nearby")
    chosen.get_by_role("link", name=near.document.title).first.click()
    expect(page.locator("mark.at")).to_have_text(near.text)
    expect(page.locator("mark.at")).to_be_in_viewport()
    expect(page.get_by_role("heading", name=near.document.title)).to_be_visible()
