"""Maintain: the job that builds a candidate."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from qa.config import WebSettings
from qa.types import QAError
from qa.userdata import upload_checks
from qa.userdata.database import state_folder
from qa.web.session import opening, user, work

if TYPE_CHECKING:
    from qa.index.index import Index

JOB = "candidate"
"""The name of the job."""


@user.only("maintainer")
def begin(files: Sequence[Path] | None = None) -> None:
    """Start to build a candidate with these uploads, or with all that are ready."""
    from qa.evaluation import candidate

    folder, settings = state_folder(), WebSettings()
    if files is None:
        waiting = upload_checks.standings(folder, opening.corpus(), published())
        files = [upload.path for upload in waiting if upload.ready]
    wanted = candidate.Wanted(
        corpus=opening.corpus(),
        index=opening.index_folder(),
        added=tuple(path for path in files if path.is_file()),
        runs=folder,
        questions=settings.questions,
        gates=settings.gates,
        by=user.name(),
    )
    with work.failing():
        work.jobs().start(JOB, partial(candidate.prepare, wanted))


def published() -> Index | None:
    """The published index; None if there is none, or if it cannot be opened."""
    from qa.index import store

    try:
        if store.current_generation(opening.index_folder()) is None:
            return None
        return opening.assistant().index
    except QAError:
        return None
