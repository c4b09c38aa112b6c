"""What keeps people from using a page, and when a page is ready to be used."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

GRAVE = ("serious", "critical")


def at_rest(page: Page) -> None:
    """Wait until the script has ended, all that it drew is there and nothing fades in or out.

    A page that is drawn anew loses clicks, keys and the focus. A script that has not begun yet is not waited for: first
    wait for something that it draws.
    """
    page.locator("[data-test-script-state=notRunning]").wait_for()
    page.wait_for_function(
        """() => !document.querySelector("[data-stale=true]") && document.getAnimations().every(
            each => each.playState !== "running" || each.effect.getComputedTiming().endTime === Infinity)"""
    )


def enter(field: Locator, words: str) -> None:
    """Fill in a field of a form and press Enter, which does nothing before the form is drawn whole, with its button."""
    field.wait_for()
    at_rest(field.page)
    field.fill(words)
    field.press("Enter")


def check_access(page: Page, what: str = "") -> None:
    """Nothing on the page is serious or critical for axe-core, and the page does not scroll sideways."""
    at_rest(page)
    grave = _grave(page)
    if grave:
        page.wait_for_timeout(2000)  # text that was still fading in had no contrast; what is wrong with a page stays
        grave = _grave(page)
    assert not grave, f"{what}: {grave}"
    assert page.evaluate("document.querySelector('.stMain').scrollWidth <= innerWidth"), what


def _grave(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{fault['id']}: {node['html']}" for fault in found if fault["impact"] in GRAVE for node in fault["nodes"]]
