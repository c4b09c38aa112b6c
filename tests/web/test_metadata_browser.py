"""The Library in a real browser: a paper is found, edited, imported and collected, and the collection is asked."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from qa.index import store
from tests.web.access import at_rest, check_access
from tests.web.server import serving

pytestmark = pytest.mark.timeout(900)

WINDOWS = [((1400, 900), "light"), ((390, 844), "dark")]


@pytest.fixture(scope="module")
def home(index: Path, corpus_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server's folders of their own, since these tests write into the corpus."""
    folder = tmp_path_factory.mktemp("metadata")
    shutil.copytree(corpus_folder, folder / "corpus")
    shutil.copytree(index, folder / "index")
    return folder


@pytest.fixture(scope="module")
def address(home: Path, question_set: Path) -> Iterator[str]:
    settings = {"CORPUS_DIR": home / "corpus", "INDEX_DIR": home / "index", "STATE_DIR": home / "state",
                "QUESTIONS": question_set, "GATES": question_set.with_name("gates.toml")}  # fmt: skip
    with serving(settings, home / "log") as address:
        yield address


@pytest.fixture(params=WINDOWS, ids=["wide", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    (width, height), scheme = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    context.set_default_timeout(120_000)
    yield context.new_page()
    context.close()


def settled(page: Page) -> None:
    page.wait_for_timeout(500)
    at_rest(page)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    page.wait_for_timeout(500)


def check(page: Page, shots: Path, what: str) -> None:
    """Nothing keeps people from using the page, it does not scroll sideways, and a picture of it is kept."""
    settled(page)
    kind = "wide" if (page.viewport_size or {})["width"] > 1000 else "phone"
    page.screenshot(path=shots / f"metadata-{what}-{kind}.png", full_page=True)
    check_access(page, what)


@pytest.fixture(scope="session")
def shots(request: pytest.FixtureRequest) -> Path:
    folder = request.config.rootpath / "reports" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_papers_are_filtered_collected_and_asked(page: Page, address: str, shots: Path, browser: Browser) -> None:
    page.goto(f"{address}/library")
    papers = page.locator("[class*='st-key-qa-paper-']")
    expect(papers).to_have_count(4, timeout=60_000)
    expect(page.get_by_text("translated or supplied").first).to_be_visible()
    check(page, shots, "list")
    box = page.get_by_role("searchbox", name="Filter")
    box.fill("SARCOMA report")
    box.press("Enter")
    expect(papers).to_have_count(2)
    papers.first.get_by_role("link").click()
    page.get_by_role("link", name="← All papers").click()
    expect(papers).to_have_count(2)
    expect(page).to_have_url(re.compile(r"/library\?find=SARCOMA"))
    page.get_by_role("button", name="Collect 2 papers").click()
    page.get_by_role("textbox", name="Name of a new collection").fill("Sarcoma")
    check(page, shots, "collect")
    page.get_by_role("button", name="Make the collection").click()
    expect(page.get_by_text("Sarcoma: 2 papers")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("combobox", name="Show").click()
    page.get_by_role("option", name="Sarcoma").click()
    expect(page.get_by_role("button", name="Ask these papers")).to_be_visible()
    check(page, shots, "collection")
    page.get_by_role("button", name="Ask these papers").click()
    expect(page.get_by_role("button", name="2 of 4 papers")).to_be_visible()
    page.wait_for_url("**/?collection=*")
    page.get_by_role("button", name="2 of 4 papers").click()
    expect(page.get_by_test_id("stPopoverBody").get_by_text("Sarcoma", exact=True)).to_be_visible()
    check(page, shots, "scope")
    other = browser.new_context().new_page()
    other.goto(page.url)
    expect(other.get_by_role("button", name="2 of 4 papers")).to_be_visible(timeout=60_000)
    other.context.close()


def test_a_paper_is_edited_imported_and_published(page: Page, address: str, home: Path, shots: Path) -> None:
    kind = "wide" if (page.viewport_size or {})["width"] > 1000 else "phone"
    before = (home / "corpus" / "corpus.bib").read_text("utf-8")
    page.goto(f"{address}/library?paper=arms-case-2019")
    page.get_by_text("Edit title, authors, year and DOI").click(timeout=60_000)
    doi = page.get_by_role("textbox", name="DOI")
    doi.fill("nonsense")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("'nonsense' is no DOI")).to_be_visible()
    doi.fill(f"https://doi.org/10.1000/{kind}")
    page.get_by_role("textbox", name="Title").fill("Rhabdomyosarcoma in a girl: 5 % & more")
    check(page, shots, "form")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("not published yet")).to_be_visible()
    check(page, shots, "saved")
    after = (home / "corpus" / "corpus.bib").read_text("utf-8")
    assert r"{Rhabdomyosarcoma in a girl: 5 \% \& more}" in after
    assert f"doi     = {{10.1000/{kind}}}" in after
    others = [line for line in before.splitlines() if "doi" not in line and "title   =" not in line]
    assert set(others) <= set(after.splitlines())

    entries = "@misc{x, title={Night}, year={2020}, file={night.pdf}}\n@misc{y, title={None}}\n@misc{z, title {}}"
    (home / "zotero.bib").write_text(entries, "utf-8")
    page.goto(f"{address}/library")
    page.get_by_text("Import a bibliography").click(timeout=60_000)
    page.locator("input[type=file]").set_input_files(home / "zotero.bib")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("cell", name="no such paper", exact=True)).to_be_visible()
    expect(page.get_by_role("cell", name="faulty", exact=True)).to_be_visible()
    expect(page.get_by_role("cell", name="added" if kind == "wide" else "already there", exact=True)).to_be_visible()
    check(page, shots, "import")
    if kind == "wide":
        generation = store.current_generation(home / "index")
        page.get_by_role("button", name="Build aside").click()
        page.wait_for_url("**/maintain")
        page.get_by_role("button", name=re.compile("^Publish")).click(timeout=400_000)
        expect(page.get_by_text("is published")).to_be_visible(timeout=60_000)
        assert store.current_generation(home / "index") != generation
        page.goto(f"{address}/library?paper=arms-case-2019")
        expect(page.get_by_role("heading", name="Rhabdomyosarcoma in a girl").first).to_be_visible(timeout=60_000)
        assert page.title().startswith("Rhabdomyosarcoma in a girl")
        expect(page.get_by_text("not published yet")).to_have_count(0)
