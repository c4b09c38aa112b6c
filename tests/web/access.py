"""What keeps people from using a page."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVE = ("serious", "critical")


def check_access(page: Page, what: str = "") -> None:
    """Nothing on the page is serious or critical for axe-core, and the page does not scroll sideways."""
    page.wait_for_timeout(500)  # colours that fade in have no contrast yet
    found = Axe().run(page).response["violations"]
    grave = [f"{v['id']}: {n['html']}" for v in found if v["impact"] in GRAVE for n in v["nodes"]]
    assert not grave, f"{what}: {grave}"
    assert page.evaluate("document.querySelector('.stMain').scrollWidth <= innerWidth"), what
