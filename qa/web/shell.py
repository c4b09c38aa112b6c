"""The first thing that a browser gets: Streamlit's own page, with words and a box for the question in it.

On a slow machine it takes seconds until the app is drawn. What is typed meanwhile is kept as a draft
(`qa.web.session.drafts`), and stands in the real box as soon as there is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

_OWN = Path(__file__).with_name("shell.html")
_STREAMLITS = Path(streamlit.__file__).with_name("static") / "index.html"
_ROOT = '<div id="root"></div>'
"""Where Streamlit draws the app; ours stands before it until then."""


def html(is_empty: bool = False) -> str:
    """Streamlit's page with ours in it; Streamlit's alone if it has another form than is known here, or `is_empty`."""
    page = _STREAMLITS.read_text("utf-8").replace("<title>Streamlit</title>", "<title>Ask the papers</title>")
    return page if is_empty else page.replace(_ROOT, _OWN.read_text("utf-8") + _ROOT, 1)


def routes(pages: Sequence[str], has_login: bool = False) -> list[Route]:
    """The routes of the pages with these names, and of the bare address.

    With a login, whoever has not logged in yet gets no box for a question.
    """
    ours, empty = html(), html(is_empty=True)

    def answer(request: Request) -> HTMLResponse:
        is_stranger = has_login and USER_COOKIE_NAME not in request.cookies
        return HTMLResponse(empty if is_stranger else ours, headers={"Cache-Control": "no-cache"})

    return [Route(path, answer, methods=["GET"]) for path in ("/", *(f"/{name}" for name in pages))]
