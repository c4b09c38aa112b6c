"""The models are loaded once for a server, whoever asks and however often, and whatever is published meanwhile."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from qa.answers import cross_encoder
from qa.config import BUNDLED_MODEL
from qa.index import embed, minilm
from qa.index.library import Library
from tests.conftest import ROOT

QUESTIONS = (
    "What is rhabdomyosarcoma?",
    "How was the girl treated?",
    "Which drug was given to the man?",
    "How long was the survival?",
    "Where does the Danube rise?",
)


def test_two_users_with_ten_questions_load_each_model_once(
    real_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads: list[str] = []

    class Counted(minilm.MiniLM):
        def __init__(self, *args: Any, **options: Any) -> None:
            loads.append("encoder")
            super().__init__(*args, **options)

    class Opened(cross_encoder.CrossEncoder):
        def __init__(self, *args: Any) -> None:
            loads.append("reader")
            super().__init__(*args)

    monkeypatch.setattr(minilm, "MiniLM", Counted)
    monkeypatch.setattr(cross_encoder, "CrossEncoder", Opened)
    folders = {"CORPUS": tmp_path / "corpus", "INDEX": tmp_path / "index", "STATE": tmp_path / "state"}
    shutil.copytree(ROOT / "corpus", folders["CORPUS"])
    shutil.copytree(real_index, folders["INDEX"])
    for name, folder in folders.items():
        monkeypatch.setenv(f"QA_{name}_DIR", str(folder))
    caches = (embed._opened.cache_clear, cross_encoder._opened.cache_clear, st.cache_resource.clear)
    for clear in caches:
        clear()
    try:
        users = [AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run() for _ in range(2)]
        for question in QUESTIONS:
            for user in users:
                user.chat_input[0].set_value(question).run()
                assert not user.exception
        assert [len(user.session_state.exchanges) for user in users] == [5, 5]
        paper = min(path.stem for path in folders["CORPUS"].glob("*.txt"))
        Library(folders["CORPUS"], folders["INDEX"]).remove([paper])
        users[0].chat_input[0].set_value(QUESTIONS[0]).run()
        assert len(users[0].session_state.exchanges) == 6
    finally:
        for clear in caches:
            clear()
    assert sorted(loads) == ["encoder", "reader"][: 1 + BUNDLED_MODEL.exists()]
