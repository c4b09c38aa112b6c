"""Papers are read and embedded on the machines of a Ray cluster; the next build takes their work over.

Each machine builds from batches of papers, and keeps its work as a build does that may be stopped (`qa.index.parts`).
So all machines have the folders of papers and of the index under the same path, on shared storage, and the same version
of this program: a part that another version made is not taken over.

It needs `pip install 'qa[ray]'` on each machine; nothing of it is imported without `--ray`.
"""

from __future__ import annotations

import json
import logging
import os
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from qa.config import IndexSettings, IngestSettings
from qa.index import store
from qa.index.build import build
from qa.index.embed import Encoder, open_encoder
from qa.index.keys import fingerprint, key_of
from qa.papers.ingest import ingesting
from qa.papers.sources import Source, read_corpus
from qa.types import Progress, StoreError, nobody

HERE = "local"
"""The address that means this machine alone."""
_BATCH = 16
"""Papers that a worker builds from at once: a minute's work. Set by hand on 2026-11-27."""


def read_and_embed(
    corpus: Path,
    folder: Path,
    address: str = HERE,
    *,
    full: bool = False,
    progress: Progress = nobody,
    workers: int = 0,
) -> int:
    """Read and embed papers that are new or have changed, or all; returns how many. One worker a machine, unless told.

    Papers that cannot be read are left out here; the next build says why.

    Raises:
        StoreError: there is no Ray, no such cluster, a worker fails, or a machine has another version of this program.
        SourceError: there is no corpus folder.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # nothing is reported; whoever starts a cluster decides that for it
    try:
        import ray
        import ray.data as data
    except ImportError as error:
        raise StoreError(f"--ray needs Ray ({error}); run `pip install 'qa[ray]'` on each machine") from error
    settings = IndexSettings()
    wanted = fingerprint(settings, open_encoder(settings.encoder))
    sources = read_corpus(corpus).sources
    papers = sources if full else _new(sources, folder, wanted)
    if not papers:
        return 0
    for name in ("ray", "ray.data"):
        logging.getLogger(name).setLevel(logging.ERROR)  # its plans and its advice are not for our users
    try:
        ray.init(
            address,
            include_dashboard=False if address == HERE else None,
            logging_level=logging.ERROR,
            log_to_driver=False,
        )
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise StoreError(f"there is no Ray cluster at {address} ({error}); `ray status` says what there is") from error
    done: list[Mapping[str, str]] = []
    try:
        data.DataContext.get_current().enable_progress_bars = False
        client: Any = ray
        workers = workers or sum(node["Alive"] for node in client.nodes())
        heaviest_first = sorted(papers, key=lambda source: -source.path.stat().st_size)
        rows = [
            {"id": source.id, "path": str(source.path.resolve()), "metadata": json.dumps(dict(source.metadata))}
            for source in heaviest_first
        ]
        read = data.from_items(rows, override_num_blocks=max(1, min(len(rows), 4 * workers))).map_batches(
            Worker,
            fn_constructor_args=(str(folder.resolve()), settings.json()),
            batch_size=_BATCH,
            batch_format="pyarrow",
            compute=data.ActorPoolStrategy(size=workers),
            num_cpus=max(1, int(client.cluster_resources().get("CPU", 1)) // workers),
        )
        progress(0, len(papers), "the cluster starts")
        for row in read.iter_rows():
            done.append(row)
            progress(len(done), len(papers), row["id"])
    except ray.exceptions.RayError as error:
        raise StoreError(
            f"the cluster has not done its work ({str(error).strip().splitlines()[-1]}); what it has done is kept: "
            "`qa index build` goes on from there, with --ray or without"
        ) from error
    finally:
        ray.shutdown()
    if other := sorted({row["machine"] for row in done if row["fingerprint"] != wanted}):
        raise StoreError(f"{', '.join(other)} has another version of this program; install this one there")
    return len(done)


def _new(sources: Sequence[Source], folder: Path, wanted: str) -> list[Source]:
    """The papers that the published index does not have as they are."""
    try:
        index = store.load(folder)
    except StoreError:
        return list(sources)
    return [source for source in sources if index.fingerprint != wanted or index.keys.get(source.id) != key_of(source)]


class Worker:
    """Reads and embeds batches of papers, and keeps them in the folder of an index."""

    def __init__(self, folder: str, settings: str) -> None:
        self._folder = Path(folder)
        self._settings = IndexSettings.of(json.loads(settings))
        self._encoder = open_encoder(self._settings.encoder)

    def __call__(self, batch: Any) -> dict[str, list[str]]:
        """A batch as Arrow has it, with `id`, `path` and `metadata`; what was done, a row a paper."""
        rows = batch.to_pylist()
        keep(list(map(_source, rows)), self._folder, self._settings, self._encoder)
        made_by = fingerprint(self._settings, self._encoder)
        return {
            "id": [row["id"] for row in rows],
            "fingerprint": [made_by] * len(rows),
            "machine": [socket.gethostname()] * len(rows),
        }


def keep(sources: Sequence[Source], folder: Path, settings: IndexSettings, encoder: Encoder) -> None:
    """Read and embed papers, and keep them for the next build of an index."""
    with ingesting(IngestSettings()) as (ingest, at_once):
        try:
            build(sources, settings, encoder, ingest=ingest, at_once=at_once, parts=store.parts(folder))
        except StoreError:  # none of these can be read; the next build says why
            return


def _source(row: Mapping[str, str]) -> Source:
    return Source(row["id"], Path(row["path"]), json.loads(row["metadata"]))
