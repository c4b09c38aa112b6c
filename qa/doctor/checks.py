"""All checks, one after the other; they read, and change nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from qa.config import AskSettings, Folders, IndexSettings, IngestSettings, WebSettings
from qa.doctor import copies, environment, generations, models, papers, space, state
from qa.doctor.finding import Asked, Check, Finding, command, of_error
from qa.types import Progress, QAError, nobody

CHECKS: dict[str, Check] = {
    "python": environment.python,
    "packages": environment.packages,
    "sqlite": environment.sqlite,
    "encoder": models.encoder,
    "reader": models.reader,
    "calibration": models.calibration,
    "corpus": papers.corpus,
    "bibliography": papers.bibliography,
    "index": generations.index,
    "freshness": papers.freshness,
    "drift": papers.drift,
    "failures": papers.failures,
    "rollback": papers.rollback,
    "generations": generations.older,
    "leftovers": generations.leftovers,
    "candidate": generations.candidate,
    "lock": generations.lock,
    "rights": generations.rights,
    "audit": generations.chain,
    "disk": space.disk,
    "space": space.generations,
    "copies": copies.copies,
    "state": state.state,
    "port": environment.port,
}
"""The checks by name, in the order in which they are told."""
ALWAYS = ("encoder", "reader", "calibration", "corpus", "bibliography", "index", "freshness")
"""Those of which people are told in any case; of the others, if they found something."""


def look(corpus: Path, folder: Path, *, quick: bool = False, progress: Progress = nobody) -> Iterator[Finding]:
    """What all checks find in these folders, with the settings of the environment, as soon as each is known."""
    try:
        for kind in (IngestSettings, WebSettings, Folders, IndexSettings, AskSettings):
            kind()
    except ValueError as error:  # the message begins with the variable
        yield Finding("settings", "wrong", str(error), f"run {command('unset', str(error).split(' ')[0])}")
        return
    yield Finding("settings", "ok", "each QA_ variable that is set has a possible value")
    yield from look_at(Asked(corpus, folder, quick), progress=progress)


def look_at(asked: Asked, names: Collection[str] = tuple(CHECKS), *, progress: Progress = nobody) -> Iterator[Finding]:
    """What these checks find. A fault that several of them meet is told by the first, and by those of `ALWAYS`."""
    told: dict[str, str] = {}
    for done, name in enumerate(names):
        progress(done, len(names), name)
        try:
            for finding in CHECKS[name](asked):
                if finding.state == "wrong":
                    told.setdefault(finding.text, name)
                yield finding
        except Exception as error:  # what is damaged may raise anything, and the other checks are wanted all the more
            finding = of_error(name, error, _remedy(asked, error))
            if not isinstance(error, QAError | OSError):
                said = f"this could not be looked at ({type(error).__name__}: {error})"
                finding = Finding(name, "wrong", said, finding.remedy)
            first = told.setdefault(finding.text, name)
            yield finding if first == name or name in ALWAYS else Finding(name, "ok", f"not looked at: see {first}")


def _remedy(asked: Asked, error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"give yourself the right to: {command('chmod', '-R', 'u+rwX', error.filename)}"
    return f"run {asked.qa('index', 'build', '--full')}"
