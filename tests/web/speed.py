"""`python -m tests.web.speed`: how long the page takes, beside what the answer itself takes in the same run.

Forty answerable questions that stand alone are asked of the published index, first by the assistant in this process,
then on the page in Chromium, in conversations of ten. The page's time runs from the Enter key to the answer's heading
on the page. First paint is from opening the address on a warm server to the question box. All is warm.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import click
import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from qa.answers.assistant import Assistant
from qa.evaluation.questions import load_questions
from tests.conftest import CHROMIUM, ROOT
from tests.web.access import at_rest
from tests.web.conftest import Reader
from tests.web.server import serving

QUESTIONS, TALK, PAINTS = 40, 10, 10


def main() -> None:
    """Measure, and print milliseconds and ratios."""
    index = Path(os.environ.get("QA_INDEX_DIR", ROOT / "index"))
    assistant = Assistant.open(index)
    rows = load_questions(ROOT / "eval" / "questions.jsonl", assistant.documents)
    questions = [row.question for row in rows if row.answerable and not row.earlier][:QUESTIONS]
    assistant.ask(questions[0])
    alone = [_seconds(partial(assistant.ask, words)) for words in questions]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        settings = {"INDEX_DIR": index, "STATE_DIR": Path(folder) / "state"}
        with serving(settings, Path(folder) / "log") as url:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            drawn, painted = _on_the_page(browser, url, questions, Path(folder))
            browser.close()
    click.echo(f"{'milliseconds':28}{'p50':>8}{'p95':>8}{'ratio of p50':>14}")
    for name, seconds in (("asked alone", alone), ("asked on the page", drawn), ("first paint", painted)):
        p50, p95 = 1000 * np.percentile(seconds, (50, 95))
        click.echo(f"{name:28}{p50:8.0f}{p95:8.0f}{p50 / (1000 * np.percentile(alone, 50)):14.1f}")


def _on_the_page(browser: Browser, url: str, questions: Sequence[str], shots: Path) -> tuple[list[float], list[float]]:
    """Seconds to each answer, and to each first paint."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    reader = Reader(context.new_page(), url, shots, "speed")
    reader.ask(questions[0])
    drawn = []
    for number, question in enumerate(questions):
        if number % TALK == 0:
            reader.page.get_by_role("button", name="New conversation").click()
            reader.page.locator(".qa-question").first.wait_for(state="detached")
        at_rest(reader.page)
        reader.box.fill(question)
        heading = f".st-key-qa-exchange-{number % TALK} h3"
        drawn.append(_seconds(lambda: (reader.box.press("Enter"), _appears(reader.page, heading))))  # noqa: B023
    painted = []
    for _ in range(PAINTS):
        page = context.new_page()
        painted.append(_seconds(lambda: (page.goto(url, wait_until="commit"), _appears(page, "textarea"))))  # noqa: B023
        page.close()
    return drawn, painted


def _appears(page: Page, selector: str) -> None:
    """Wait for an element, looking at every frame that is drawn; a locator looks every half second after a while."""
    page.wait_for_function("selector => document.querySelector(selector)?.checkVisibility()", arg=selector)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
