"""Corpora and indexes on which faults are tried."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.index.acts import Home, made


@pytest.fixture(scope="module")
def homes() -> Iterator[Path]:
    """Where copies are made: in memory, if the system has that."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="qa-faults-", dir=memory if memory.is_dir() else None))
    folder.chmod(0o755)
    yield folder
    for path in folder.rglob("*"):
        if path.is_dir():
            path.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def template(homes: Path) -> Home:
    return made(homes / "template")
