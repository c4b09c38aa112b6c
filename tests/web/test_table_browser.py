"""The Table page in a real Chromium, as a user fills, stops, sorts, judges and shares a table."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, expect

from qa.answers import each_paper, suggestions
from qa.answers.assistant import Assistant
from qa.types import Answer, Scope
from qa.userdata.table_export import NOTHING
from tests.web.access import at_rest, check_access
from tests.web.conftest import NONSENSE, WIDE, Reader
from tests.web.server import serving

PHONE = (390, 844)
EVERY = [(WIDE, "light"), (PHONE, "dark")]

pytestmark = pytest.mark.timeout(600, func_only=True)  # the first test waits for the index and the server


def titles(reader: Reader) -> list[str]:
    return [re.split(r"\n", text)[0] for text in reader.page.locator(".qa-sheet th[scope=row]").all_inner_texts()]


def choose(reader: Reader, label: str, option: str) -> None:
    reader.page.get_by_role("combobox", name=label).click()
    reader.page.get_by_role("option", name=option, exact=True).click()
    reader.page.wait_for_timeout(500)
    at_rest(reader.page)


@pytest.mark.parametrize("reader", EVERY, indirect=True, ids=str)
def test_a_table_is_filled_read_judged_and_taken_along(reader: Reader, served: Assistant, browser: Browser) -> None:
    page = reader.page
    reader.go("/table")
    page.get_by_role("heading", name="Begin with").wait_for()
    reader.shoot("table-start")
    check_access(reader.page)
    question = suggestions.starters(served)[0]
    papers = sorted(served.documents, key=lambda document: document.title.casefold())
    results = {d.id: each_paper.asked(served, [question], Scope([d.id])) for d in papers}

    reader.ask_papers(question)
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("button", name="Population", exact=True).click()
    expect(page.locator(".qa-sheet thead")).to_contain_text("Population")
    page.keyboard.press("Escape")
    reader.settle()
    assert titles(reader) == [document.title for document in papers]
    first = page.locator(".qa-sheet td:nth-child(2)")
    for place, document in enumerate(papers):
        result = results[document.id]
        if isinstance(result, Answer):
            expect(first.nth(place).locator("blockquote")).to_contain_text(result.citations[0].text)
        elif result.possible:
            expect(first.nth(place).get_by_text("Possibly", exact=True)).to_be_visible()
        else:
            expect(first.nth(place).get_by_text(NOTHING)).to_be_visible()
    reader.shoot("table")
    check_access(reader.page)

    answered = next(place for place, d in enumerate(papers) if isinstance(results[d.id], Answer))
    result = results[papers[answered].id]
    assert isinstance(result, Answer)
    first.nth(answered).locator(".qa-cite").first.click()
    mark = page.locator(".st-key-qa-source mark, .st-key-qa-source figure [data-span]").first
    mark.wait_for()
    expect(page.locator("#title")).to_have_text(papers[answered].title)
    expect(page.locator("#place")).to_contain_text(result.citations[0].section)
    expect(page.locator("#title")).to_be_focused()
    reader.shoot("table-source")
    check_access(reader.page)
    page.keyboard.press("Escape")
    expect(page.locator("#title")).to_have_count(0)

    first.nth(answered).get_by_role("button", name="Judge or replace").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("heading", name="Choose another sentence").wait_for()
    reader.shoot("table-cell")
    check_access(reader.page)
    every = each_paper.sentences_with(served, papers[answered].id, "", 1000)
    other = every[len(every) // 2]
    words = dialog.get_by_role("textbox", name="Words of the sentence")
    words.fill(" ".join(re.findall(r"\w+", other.text)))
    words.press("Enter")
    expect(dialog.get_by_text("These sentences have these words")).to_be_visible()
    dialog.get_by_role("button", name=other.text).first.click()
    expect(dialog).to_have_count(0)
    expect(first.nth(answered)).to_contain_text("Chosen by hand")
    expect(first.nth(answered)).to_contain_text(other.text)
    second = page.locator(".qa-sheet td:nth-child(3)").first
    second.get_by_role("button", name="Judge or replace").click()
    page.get_by_role("dialog").get_by_role("button", name="Wrong", exact=True).click()
    expect(second).to_contain_text("Judged wrong")
    reader.shoot("table-judged")

    page.get_by_role("button", name="Download", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    lines = list(csv.reader(io.StringIO(Path(download.value.path()).read_text("utf-8"))))
    row = dict(zip(lines[0], lines[1 + answered], strict=True))
    assert (row[f"{question}: state"], row[question].lstrip("'")) == ("chosen by hand", other.text)
    with page.expect_download() as download:
        page.get_by_role("button", name="Excel", exact=True).click()
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert [cell.value for cell in book["Table"]["A"]][1:] == [document.title for document in papers]
    page.keyboard.press("Escape")

    link = page.url
    assert "table=" in link
    stranger = browser.new_context(viewport={"width": 1000, "height": 800}).new_page()
    stranger.goto(link)
    expect(stranger.get_by_text("shared with you to read")).to_be_visible(timeout=60_000)
    expect(stranger.locator(".qa-sheet")).to_contain_text(other.text)
    expect(stranger.locator(".qa-edit")).to_have_count(0)
    expect(stranger.get_by_role("textbox", name="Ask")).to_have_count(0)
    stranger.locator(".qa-cite").first.click()
    stranger.locator(".st-key-qa-source mark, .st-key-qa-source figure [data-span]").first.wait_for()
    stranger.context.close()

    page.get_by_role("link", name="History").click()
    page.get_by_role("heading", name="Your tables").wait_for()
    reader.shoot("table-history")
    page.locator("[class*='st-key-qa-row-table-'] a").first.click()
    expect(page.locator(".qa-sheet")).to_contain_text("Chosen by hand")


def test_a_table_is_sorted_filtered_and_its_columns_removed(reader: Reader, served: Assistant) -> None:
    page, question = reader.page, suggestions.starters(served)[0]
    papers = {d.title: each_paper.asked(served, [question], Scope([d.id])) for d in served.documents}
    reader.go("/table")
    reader.ask_papers(question)
    choose(reader, "Order", f"Surest first: {question}")
    rank = {
        title: (isinstance(r, Answer), getattr(r, "possible", None) is not None, r.confidence)
        for title, r in papers.items()
    }
    assert titles(reader) == sorted(papers, key=lambda title: rank[title], reverse=True)
    choose(reader, "Show", "Answered in any column")
    assert set(titles(reader)) == {title for title, r in papers.items() if isinstance(r, Answer)}
    find = page.get_by_role("textbox", name="Find in cells and titles")
    find.fill("xylophone")
    find.press("Enter")
    expect(page.get_by_text("No paper is left")).to_be_visible()
    page.get_by_role("button", name="Columns").click()
    name = page.get_by_role("textbox", name="Name of the column")
    name.fill("The first")
    name.press("Enter")
    expect(page.get_by_text("Answered: The first")).to_have_count(0)
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("“The first” was removed")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Undo").click()
    expect(find).to_have_value("xylophone")  # it was gone with the last column
    at_rest(page)
    find.fill("")
    find.press("Enter")
    expect(page.locator(".qa-sheet thead")).to_contain_text("The first")


def test_a_table_is_stopped_and_goes_on_after_a_reload(
    browser: Browser, served: Assistant, index: Path, corpus_folder: Path, tmp_path: Path
) -> None:
    """Every passage is read, so that there is time for a click."""
    folders = {"CORPUS_DIR": corpus_folder, "INDEX_DIR": index, "STATE_DIR": tmp_path, "QUESTIONS": tmp_path / "none"}
    with serving(folders | {"ASK_READER_K": 1000}, tmp_path / "log") as address:
        reader = Reader(browser.new_page(), address, tmp_path, "stopped")
        page = reader.page
        reader.go("/table")
        reader.box.fill(NONSENSE)
        reader.box.press("Enter")
        page.get_by_role("button", name="Stop", exact=True).click(timeout=60_000)
        expect(page.get_by_text("Stopped;")).to_be_visible(timeout=90_000)
        (left,) = map(int, re.findall(r"\d+", page.get_by_text("Stopped;").inner_text()))
        expect(page.get_by_text("not asked yet", exact=True)).to_have_count(left)
        page.reload()
        expect(page.get_by_text("Stopped;")).to_be_visible(timeout=60_000)
        expect(page.get_by_text("not asked yet", exact=True)).to_have_count(left)
        page.get_by_role("button", name="Go on").click()
        page.get_by_role("button", name="Stop", exact=True).wait_for(timeout=60_000)
        page.reload()  # in the middle: it goes on by itself
        page.locator(".qa-sheet").wait_for(timeout=60_000)
        reader.settle()
        expect(page.get_by_text("not asked yet", exact=True)).to_have_count(0)
        expect(page.locator(".qa-sheet tbody tr")).to_have_count(len(served.documents))
        assert not reader.faults
        page.close()


@pytest.mark.parametrize("reader", EVERY[:1], indirect=True, ids=str)
def test_a_question_that_is_too_long_stays_in_the_box(reader: Reader) -> None:
    reader.go("/table")
    box = reader.page.get_by_role("textbox", name="Ask each paper a question")
    box.fill(long := "word " * 500)
    box.press("Enter")
    expect(reader.page.get_by_role("alert")).to_contain_text("2500 characters; at most 2000 can be asked")
    expect(box).to_have_value(long)
    expect(reader.page.get_by_role("button", name="Population")).to_be_visible()
