"""What workers keep, a build takes over without reading it again; with Ray, where it is installed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from qa.config import IndexSettings
from qa.index import store
from qa.index.build import build
from qa.index.cluster import keep, read_and_embed
from qa.index.library import Library
from qa.papers.ingest import Paper
from qa.papers.sources import Source, sources_in
from qa.types import StoreError
from tests.conftest import FakeEncoder
from tests.index.equality import same


def unread(source: Source, max_words: int) -> Paper:
    raise AssertionError(f"{source.id} is read again")


def test_what_a_worker_keeps_is_not_read_again(corpus: Path, tmp_path: Path) -> None:
    """Though it comes in two batches, and a file that cannot be read is among them."""
    (corpus / "empty.txt").write_text("")
    sources, settings = sources_in(corpus), IndexSettings()
    for source in sources:
        keep([source], tmp_path / "index", settings, FakeEncoder())
    encoder = FakeEncoder()
    parts = store.parts(tmp_path / "index")
    index = build(sources, settings, encoder, ingest=unread, parts=parts)
    assert not encoder.texts
    assert [failure.file for failure in index.failures] == ["empty.txt"]
    assert same(index, build(sources, settings, FakeEncoder()))


def test_without_ray_it_is_said_what_to_install(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(StoreError, match=r"pip install 'qa\[ray\]'"):
        read_and_embed(corpus, tmp_path / "index")


@pytest.mark.slow  # importing Ray Data is
def test_what_fails_on_the_cluster_is_said_with_what_helps(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ray = pytest.importorskip("ray")
    data = pytest.importorskip("ray.data")

    def lost(rows: object, override_num_blocks: int) -> None:
        raise ray.exceptions.RayActorError

    shut: list[bool] = []
    monkeypatch.setattr(ray, "init", lambda address, **options: None)
    monkeypatch.setattr(ray, "nodes", lambda: [{"Alive": True}])
    monkeypatch.setattr(ray, "shutdown", lambda: shut.append(True))
    monkeypatch.setattr(data, "from_items", lost)
    with pytest.raises(StoreError, match=r"has not done its work .* `qa index build` goes on"):
        read_and_embed(corpus, tmp_path / "index")
    assert shut


@pytest.mark.slow  # importing Ray Data is
def test_a_cluster_that_is_not_there_is_named(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ray = pytest.importorskip("ray")

    def away(address: str, **options: object) -> None:
        raise ConnectionError("no answer")

    monkeypatch.setattr(ray, "init", away)
    with pytest.raises(StoreError, match="no Ray cluster at head:6379"):
        read_and_embed(corpus, tmp_path / "index", "head:6379")


@pytest.mark.slow
@pytest.mark.model
def test_two_workers_of_ray_leave_nothing_to_read(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ray")
    index = tmp_path / "index"
    assert read_and_embed(corpus, index, workers=2) == len(sources_in(corpus))
    with monkeypatch.context() as patch:
        patch.setattr("qa.papers.ingest.ingest_here", unread)
        Library(corpus, index).update()
    Library(corpus, tmp_path / "alone").update()
    assert read_and_embed(corpus, index) == 0
    assert read_and_embed(corpus, index, full=True, workers=1) == len(sources_in(corpus))
    assert store.current_generation(index) == store.current_generation(tmp_path / "alone")
