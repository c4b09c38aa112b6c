"""The page that a browser gets first is Streamlit's, with ours in it."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.testclient import TestClient

from qa.web import shell


def test_each_page_and_the_bare_address_begin_with_words_and_a_box() -> None:
    client = TestClient(Starlette(routes=shell.routes(["ask", "library"])))
    for path in ("/", "/ask", "/library?paper=a"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-cache"
        assert "The page is being loaded" in answer.text
        assert answer.text.index('id="qa-shell"') < answer.text.index('<div id="root">')
        assert "<title>Ask the papers</title>" in answer.text
        assert 'src="./static/js/index.' in answer.text, "Streamlit's own"
    assert client.get("/static/x").status_code == 404, "which is Streamlit's"


def test_with_a_login_there_is_no_box_before_it() -> None:
    client = TestClient(Starlette(routes=shell.routes(["ask"], has_login=True)))
    answer = client.get("/ask")
    assert "qa-shell" not in answer.text
    assert "<title>Ask the papers</title>" in answer.text
    client.cookies["_streamlit_user"] = "x"
    assert "qa-shell" in client.get("/ask").text
