"""Log in with a real browser at a real provider, ask, maintain, and log out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import ROOT
from tests.web.access import at_rest, check_access
from tests.web.provider import CLIENT, SECRET, Provider, providing
from tests.web.server import free_port, serving

ACCOUNTS = {
    "Tina": {"sub": "t-1", "email": "tina@example.org", "email_verified": True},
    "Mara": {"sub": "m-1", "email": "Mara@Example.org", "email_verified": True},
    "Eve": {"sub": "e-1", "email": "mara@example.org", "email_verified": False, "groups": ["readers", "evaluator"]},
}
QUESTION = "What dose of pazopanib was given?"


class Served(NamedTuple):
    url: str
    provider: Provider
    roles: Path


@pytest.fixture(scope="module")
def served_with_login(
    index: Path, corpus_folder: Path, question_set: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("login")
    port, roles = free_port(), folder / "roles.toml"
    roles.write_text('maintainer = ["mara@example.org"]\n', "utf-8")
    with providing(ACCOUNTS) as provider:
        (folder / ".streamlit").mkdir()
        (folder / ".streamlit" / "secrets.toml").write_text(
            f"""[auth]
            redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
            cookie_secret = "a secret of the server"
            client_id = "{CLIENT}"
            client_secret = "{SECRET}"
            server_metadata_url = "{provider.address}/.well-known/openid-configuration"
            """,
            "utf-8",
        )
        settings = {"CORPUS_DIR": corpus_folder, "INDEX_DIR": index, "STATE_DIR": folder / "state",
                    "QUESTIONS": question_set, "GATES": question_set.with_name("gates.toml"), "ROLES_FILE": roles,
                    "ROLES_CLAIM": "groups"}  # fmt: skip
        with serving(settings, folder / "log", port, folder) as url:
            yield Served(url, provider, roles)


def shoot(page: Page, what: str) -> None:
    shots = Path(os.environ.get("QA_SCREENSHOTS") or ROOT / "reports" / "screenshots")
    shots.mkdir(parents=True, exist_ok=True)
    at_rest(page)
    page.screenshot(path=shots / f"{what}.png")


def log_in(page: Page, account: str) -> None:
    """With the keyboard alone as far as the app goes."""
    button = page.get_by_role("button", name="Log in", exact=True)
    button.wait_for(timeout=60_000)
    at_rest(page)
    button.focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name=account).click()
    page.get_by_role("button", name="Log out").wait_for(timeout=60_000)
    at_rest(page)


def pages(page: Page) -> list[str]:
    return page.locator(".st-key-qa-links a").all_inner_texts()


def ask(page: Page, question: str) -> None:
    box = page.get_by_test_id("stChatInputTextArea")
    box.wait_for(timeout=60_000)
    at_rest(page)
    box.fill(question)
    box.press("Enter")
    page.locator(".st-key-qa-exchange-0 h3").wait_for(timeout=120_000)
    at_rest(page)


def test_one_logs_in_asks_and_logs_out_and_another_maintains(served_with_login: Served, browser: Browser) -> None:
    url, provider, roles = served_with_login
    window = browser.new_context(viewport={"width": 1400, "height": 900})
    page = window.new_page()
    page.goto(f"{url}/library?paper=night")
    page.get_by_role("button", name="Log in", exact=True).wait_for(timeout=60_000)
    assert page.locator("textarea").count() == 0
    assert pages(page) == []
    assert "night" not in page.inner_text("body")
    shoot(page, "login-1400-light")
    check_access(page, "login")

    log_in(page, "Tina")
    page.wait_for_url(f"{url}/library?paper=night")
    shoot(page, "login-trainee-1400-light")
    assert pages(page) == ["Ask", "Table", "Notebook", "History", "Library"]
    expect(page.get_by_text("Edit title")).to_have_count(0)
    page.goto(f"{url}/maintain")
    page.get_by_role("button", name="Log out").wait_for()
    at_rest(page)
    expect(page.get_by_role("button", name="Build aside")).to_have_count(0)
    page.goto(url)
    ask(page, QUESTION)
    page.goto(f"{url}/history")
    expect(page.get_by_text(QUESTION).first).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    page.get_by_role("button", name="Log in", exact=True).wait_for(timeout=60_000)
    assert provider.logged_out == 1
    expect(page.get_by_text(QUESTION)).to_have_count(0)

    log_in(page, "Mara")
    expect(page.locator(".st-key-qa-links a").last).to_have_text("Maintain")
    assert page.url == f"{url}/", "not where Tina was"
    page.goto(f"{url}/history")
    page.get_by_role("button", name="Log out").wait_for()
    at_rest(page)
    expect(page.get_by_text(QUESTION)).to_have_count(0)
    page.goto(f"{url}/maintain")
    drop = page.get_by_role("button", name="Build aside")
    drop.wait_for()
    shoot(page, "login-maintainer-1400-light")
    roles.write_text("maintainer = []\n", "utf-8")  # while the page is open
    drop.click()
    expect(page.get_by_text("Only a maintainer may do this here")).to_be_visible()
    at_rest(page)
    assert pages(page)[-1] == "Library"
    window.close()


def test_a_role_by_a_claim_and_conversations_in_another_browser_on_a_phone(
    served_with_login: Served, browser: Browser
) -> None:
    url = served_with_login.url
    window = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = window.new_page()
    page.goto(url)
    page.get_by_role("button", name="Log in", exact=True).wait_for(timeout=60_000)
    shoot(page, "login-390-dark")
    check_access(page, "login on a phone")
    log_in(page, "Tina")
    shoot(page, "login-trainee-390-dark")
    page.get_by_role("button", name="Help").click()
    expect(page.get_by_text("You are logged in as tina@example.org: trainee.")).to_be_visible()
    shoot(page, "login-help-390-dark")
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 320, "height": 640})
    check_access(page, "320 pixels wide")
    shoot(page, "login-trainee-320-dark")
    page.goto(f"{url}/history")
    expect(page.get_by_text(QUESTION).first).to_be_visible()
    check_access(page, "history on a phone")
    page.get_by_role("button", name="Log out").click()
    page.get_by_role("button", name="Log in", exact=True).wait_for(timeout=60_000)
    log_in(page, "Eve")
    assert "Maintain" not in pages(page), "whoever has not shown that an address is theirs is not who has it"
    assert pages(page)[-1] == "Evaluate"
    window.close()
