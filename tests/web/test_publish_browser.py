"""Maintain in a real browser: files are judged when they come, a build outlives the server, a gate is overruled."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fpdf import FPDF
from playwright.sync_api import Browser, Page, expect

from qa.index import store
from tests.web.access import at_rest, check_access, enter
from tests.web.server import serving

pytestmark = pytest.mark.timeout(900)

WHY = "Its <b>questions</b> are about other papers"
LOOKS = {"wide": ((1400, 900), "light"), "phone": ((390, 844), "dark")}


@pytest.fixture(scope="module")
def home(index: Path, corpus_folder: Path, question_set: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server's folders of their own, and a gate that no index passes."""
    folder = tmp_path_factory.mktemp("publish")
    shutil.copytree(corpus_folder, folder / "corpus")
    shutil.copytree(index, folder / "index")
    shutil.copy(question_set, folder / "questions.jsonl")
    (folder / "gates.toml").write_text('[[gate]]\nmetric = "recall@10"\nat_least = 1.1\n', "utf-8")
    return folder


@pytest.fixture(scope="module")
def settings(home: Path) -> dict[str, Path]:
    return {"CORPUS_DIR": home / "corpus", "INDEX_DIR": home / "index", "STATE_DIR": home / "state",
            "QUESTIONS": home / "questions.jsonl", "GATES": home / "gates.toml"}  # fmt: skip


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    context.set_default_timeout(120_000)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def shots(request: pytest.FixtureRequest) -> Path:
    folder = request.config.rootpath / "reports" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def check(page: Page, shots: Path, what: str) -> None:
    """Nothing keeps people from using the page, wide and light or small and dark; pictures of both are kept."""
    for name, ((width, height), scheme) in LOOKS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.wait_for_timeout(500)
        at_rest(page)
        page.screenshot(path=shots / f"publish-{what}-{name}.png", full_page=True)
        check_access(page, f"{what} {name}")
    page.set_viewport_size({"width": 1400, "height": 900})
    page.emulate_media(color_scheme="light")
    at_rest(page)


def scan(path: Path) -> Path:
    """A page with a picture and no text, as a scanner makes it."""
    paper = FPDF()
    paper.add_page()
    paper.rect(20, 20, 100, 150, style="F")
    paper.output(str(path))
    return path


def rival(questions: Path, path: Path) -> Path:
    """A paper that says what answers each question, in nearly the same words as the paper that is the evidence."""
    rows = [json.loads(line) for line in questions.read_text("utf-8").splitlines()]
    said = [f"{row['question'].rstrip('?')}: {row['evidence'][0]['quote'].rstrip('.')} indeed." for row in rows]
    path.write_text("Results\n\n" + " ".join(said) + "\n", "utf-8")
    return path


def test_papers_are_judged_when_sent_in_and_published_through_a_restart_and_a_failed_gate(
    page: Page, home: Path, settings: dict[str, Path], shots: Path, tmp_path: Path
) -> None:
    before = store.current_generation(home / "index")
    with ExitStack() as server:
        address = server.enter_context(serving(settings, home / "log"))
        page.goto(f"{address}/maintain")
        box = page.locator("input[type=file]")
        box.wait_for(state="attached")
        at_rest(page)
        box.set_input_files([rival(home / "questions.jsonl", tmp_path / "rival.txt"), scan(tmp_path / "scan.pdf")])
        expect(page.get_by_text("has 1 pages and no text layer: a scan; run OCRmyPDF on it first")).to_be_visible()
        expect(page.get_by_text(re.compile(r"read well · \d+ words"))).to_be_visible()
        build = page.get_by_role("button", name="Build aside with 1 new paper")
        build.wait_for()
        check(page, shots, "sent")
        with store.writing(home / "index"):  # the job waits here, until the server is gone
            build.click()
            page.get_by_role("button", name="Cancel", exact=True).wait_for()
            page.goto("about:blank")
            server.close()
    with serving(settings, home / "log") as address:
        page.goto(f"{address}/maintain")
        page.get_by_text("The build was interrupted at").wait_for()
        check(page, shots, "interrupted")
        page.get_by_role("button", name="Go on").click()
        page.get_by_text("Built aside, not published yet").wait_for(timeout=400_000)
    with serving(settings, home / "log") as address:
        page.goto(f"{address}/maintain")
        page.get_by_text("Built aside, not published yet").wait_for()
        expect(page.get_by_role("button", name="Publish", exact=True)).to_be_disabled()
        page.get_by_text("Lost: right in the published index, and not here").wait_for()
        at_rest(page)
        question = page.get_by_test_id("stExpander").first
        question.locator("summary").click()
        expect(question.get_by_text("Published: answered, right")).to_be_visible()
        expect(question.get_by_text(re.compile("^Built aside: .*wrong"))).to_be_visible()
        check(page, shots, "lost")
        page.get_by_role("button", name="Publish anyway").click()
        page.get_by_text("Give the reason why this is published").wait_for()
        at_rest(page)
        page.get_by_role("button", name="Publish anyway").scroll_into_view_if_needed()
        page.screenshot(path=shots / "publish-anyway-wide.png")
        assert store.current_generation(home / "index") == before
        enter(page.get_by_role("textbox", name="Why it is published though a gate failed"), WHY)
        page.get_by_text("is published; it answers from now on").wait_for()
        assert store.current_generation(home / "index") != before
        assert (home / "corpus" / "rival.txt").exists()
        expect(page.get_by_text("a scan; run OCRmyPDF on it first")).to_be_visible()
        at_rest(page)
        page.get_by_test_id("stButtonGroup").get_by_text("Generations", exact=True).click()
        expect(page.get_by_text("+ 1 paper: rival")).to_be_visible()
        expect(page.get_by_text(f"Why: {WHY}")).to_be_visible()
        expect(page.get_by_text("published though a gate failed")).to_be_visible()
        at_rest(page)
        page.get_by_role("button", name="Go back to this").first.click()
        page.get_by_role("button", name="Go back to this generation").wait_for()
        check(page, shots, "generations")
        page.get_by_role("button", name="Go back to this generation").click()
        page.get_by_text("is current again, until somebody publishes another one").wait_for()
        assert store.current_generation(home / "index") == before
        check(page, shots, "gone-back")
