"""The app is started on a port that is free, on the folders that were asked for."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit
from starlette.routing import Route

from qa.answers.assistant import Assistant
from qa.answers.models import Models
from qa.config import PROJECT, AskSettings
from qa.index import store
from qa.index.index import Index
from qa.types import QAError
from qa.web import frame, serve, server
from qa.web.session import opening
from tests.conftest import FakeEncoder, calibration


@pytest.fixture(params=["", "127.0.0.1"], ids=["everywhere", "localhost"])
def taken(request: pytest.FixtureRequest) -> Iterator[int]:
    """A port on which something listens."""
    with socket.socket() as listener:
        listener.bind((request.param, 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_named_with_another(taken: int) -> None:
    with pytest.raises(QAError, match=rf"port {taken} is taken.*`make run PORT={taken + 1}`"):
        serve.check_port(taken)


def test_a_port_is_free_again_at_once() -> None:
    """Also while a connection of the last server is still being forgotten (TIME_WAIT)."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as web servers do
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            listener.accept()[0].close()
    serve.check_port(port)


def test_the_last_port_has_no_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: socket.socket, address: object) -> None:
        raise OSError

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(QAError) as caught:
        serve.check_port(65535)
    assert "65536" not in str(caught.value)


def test_the_server_is_told_its_folders_and_its_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[tuple[str, list[str], dict[str, str]]] = []
    monkeypatch.setattr(os, "execve", lambda *arguments: called.append(arguments))
    monkeypatch.chdir(tmp_path)
    serve.run_server(Path("corpus"), tmp_path / "index", 8765)
    program, arguments, environment = called[0]
    assert program == arguments[0] == sys.executable
    assert arguments[1:] == ["-m", "qa.web.server", "--server.port=8765"]
    assert environment["QA_CORPUS_DIR"] == str(tmp_path / "corpus")
    assert environment["QA_INDEX_DIR"] == str(tmp_path / "index")
    assert Path.cwd() == PROJECT
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QA_ROLES_FILE", "roles.toml")
    serve.run_server(Path("corpus"), tmp_path / "index", 8765, "192.0.2.1")
    assert called[1][1][-1] == "--server.address=192.0.2.1"
    assert called[1][2]["QA_ROLES_FILE"] == str(tmp_path / "roles.toml")


@pytest.mark.parametrize("fault", [None, QAError("the index is damaged")])
def test_the_server_warms_up_before_it_listens(
    fault: QAError | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And listens even if the index cannot be opened: the page tells who can mend it."""
    done: list[object] = []

    class App:
        def __init__(self, script: str, routes: list[Route]) -> None:
            done.append([script, [route.path for route in routes]])

        def run(self, config: dict[str, str]) -> None:
            done.append(config)

    def warm() -> None:
        done.append("warm")
        if fault:
            raise fault

    monkeypatch.setattr(opening, "warm", warm)
    monkeypatch.setattr(streamlit, "App", App)
    monkeypatch.setattr(sys, "argv", ["server"])
    server.main(["--server.port=8765"])
    paths = ["/", *(f"/{title.lower()}" for title, _ in frame.PAGES)]
    assert done == ["warm", [str(PROJECT / "app.py"), paths], {"server.port": "8765"}]
    assert ("the index is damaged" in capsys.readouterr().err) == bool(fault)


def test_warming_up_opens_the_index_and_asks_what_the_page_begins_with(
    small_index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_INDEX_DIR", str(tmp_path))
    monkeypatch.setenv("QA_STATE_DIR", str(tmp_path / "state"))
    opening.warm()  # there is no index yet
    with store.writing(tmp_path):
        store.publish(small_index, tmp_path)
    encoder = FakeEncoder()
    assistant = Assistant(small_index, "test", Models(encoder, calibration()), AskSettings())
    monkeypatch.setattr(opening, "_opened", lambda folder, generation: assistant)
    questions = tmp_path / "questions.jsonl"
    questions.write_text(json.dumps({"question": "What is granite?", "starter": True}) + "\n", "utf-8")
    monkeypatch.setenv("QA_QUESTIONS", str(questions))
    opening.warm()
    assert "What is granite?" in encoder.texts
    assert len(encoder.texts) > 1, "another question was read before, so that every model is loaded"

    again = FakeEncoder()
    restarted = Assistant(small_index, "test", Models(again, calibration()), AskSettings())
    monkeypatch.setattr(opening, "_opened", lambda folder, generation: restarted)
    opening.warm()
    assert again.texts, "the models are loaded at each start"
    assert "What is granite?" not in again.texts, "what was read for the first questions is stored"
    asked = len(again.texts)
    assert restarted.ask("What is granite?", as_typed=True) == assistant.ask("What is granite?", as_typed=True)
    assert len(again.texts) == asked, "and its answer is known"
