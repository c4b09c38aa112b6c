"""A generation that is published is used at once, and the one before is let go."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest

from qa.config import IndexSettings
from qa.index import store
from qa.index.build import build
from qa.index.index import Index
from qa.papers.sources import sources_in
from qa.service.published import Published
from qa.types import StoreError
from tests.conftest import FakeEncoder
from tests.service.conftest import Serve


@pytest.fixture
def folder(tmp_path: Path, small_index: Index) -> Path:
    folder = tmp_path / "index"
    with store.writing(folder):
        store.publish(small_index, folder)
    return folder


def publish_one_more(corpus: Path, folder: Path) -> str:
    (corpus / "shells.txt").write_text("Oysters make pearls. Mussels make threads.\n", "utf-8")
    with store.writing(folder):
        return store.publish(build(sources_in(corpus), IndexSettings(), FakeEncoder()), folder)


@pytest.mark.usefixtures("opened_with_the_fake")
def test_a_new_generation_is_served_without_a_restart(corpus: Path, folder: Path, serve: Serve) -> None:
    with serve(Published(folder)) as client:
        before = client.get("/health").json()
        assert client.get("/papers/shells").status_code == 404
        assert "Oysters" not in client.post("/ask", json={"question": "What do oysters make?"}).text
        after = publish_one_more(corpus, folder)
        assert client.get("/health").json() == before | {"generation": after, "papers": 3, "passages": 4}
        answer = client.post("/ask", json={"question": "What do oysters make?"}).json()
        assert answer["passages"][0]["text"].startswith("Oysters make pearls.")
        assert answer["generation"] == client.get("/papers/shells").json()["generation"] == after


@pytest.mark.usefixtures("opened_with_the_fake")
def test_each_generation_is_opened_once_and_let_go(corpus: Path, folder: Path) -> None:
    published = Published(folder)
    first = published()
    assert published() is first
    publish_one_more(corpus, folder)
    assert published() is not first
    gone = weakref.ref(first)
    del first
    gc.collect()
    assert gone() is None


@pytest.mark.usefixtures("opened_with_the_fake")
def test_what_cannot_be_opened_is_told_and_tried_again(folder: Path) -> None:
    published = Published(folder)
    current = folder / "CURRENT"
    name = current.read_text().strip()
    current.write_text("nowhere")
    with pytest.raises(StoreError, match="is missing; run `qa index rollback`"):
        published()
    current.unlink()
    with pytest.raises(StoreError, match=r"there is no index in /.*; run `qa index build`"):
        published()
    current.write_text(name)
    assert published().generation == name
