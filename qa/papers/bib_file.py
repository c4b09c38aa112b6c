"""`corpus.bib` is written: by one program at a time, whole or not at all; the last state stays beside it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from qa.papers.bib_edit import edited
from qa.papers.bib_import import Known, Taken, taken_over
from qa.papers.bibliography import read_bibliography
from qa.papers.files import BIBLIOGRAPHY, decode, text_of
from qa.papers.folder import papers_in
from qa.papers.whole import write_whole
from qa.types import SourceError

BEFORE = f".{BIBLIOGRAPHY}.before"
"""The last state of the bibliography, beside it; hidden, so that it is taken neither for a paper nor for the `.bak` of
another program."""
_WAIT_SECONDS = 10.0
"""How long one writer waits for another, who needs less than one. Set by hand, 2026-11-27."""


def known_of(corpus: Path, paper: str) -> dict[str, str]:
    """What the bibliography of a corpus folder says of a paper, by its id, now; {} if nothing.

    Raises:
        SourceError: there is no such folder.
    """
    path = papers_in(corpus).papers.get(paper)
    return read_bibliography(corpus / BIBLIOGRAPHY).metadata_of(path.relative_to(corpus)) if path else {}


def edit(corpus: Path, paper: str, shown: Mapping[str, str], typed: Mapping[str, str]) -> bool:
    """Write what a person has typed of a paper, where it differs from what was shown; False if nothing differs.

    `typed` is such as `bib_edit.typed` returns, and `shown` may hold values that the paper itself states; a
    paper without an entry gets one with all that was typed.

    Raises:
        SourceError: there is no such paper; somebody else has changed it meanwhile; a value cannot be taken out,
            because the paper itself states it; or as `bib_edit.edited`.
    """
    changes = {name: value for name, value in typed.items() if value != shown.get(name, "")}
    if not changes:
        return False
    with changing(corpus) as text:
        path = papers_in(corpus).papers.get(paper)
        if path is None:
            raise SourceError(f"there is no paper {paper!r} in {corpus} any more; look again at the Library")
        file = path.relative_to(corpus)
        now = read_bibliography(corpus / BIBLIOGRAPHY).metadata_of(file)
        for name in changes:
            if now.get(name, shown.get(name, "")) != shown.get(name, ""):
                raise SourceError(
                    f"somebody has changed the {name} to {now[name]!r} meanwhile; look at it, and type again"
                )
            if not changes[name] and not now.get(name):
                raise SourceError(f"the {name} stands in the paper itself and cannot be left empty; type another")
        text.now = edited(text.now, file, changes if now else {name: value for name, value in typed.items() if value})
    return True


def take_over(
    corpus: Path, data: bytes, name: str, metadata: Mapping[str, Mapping[str, str]], replacing: bool = False
) -> list[Taken]:
    """Take the entries of another bibliography over, as `bib_import.taken_over`; what became of each.

    `data` and `name` are those of its file, and `metadata` is what is known of each paper by its id.

    Raises:
        SourceError: it, or the one of the corpus, cannot be read or written; nothing is changed.
    """
    other = text_of(data, Path(name))
    with changing(corpus) as text:
        papers = [
            Known(paper, path.relative_to(corpus), metadata.get(paper, {}))
            for paper, path in papers_in(corpus).papers.items()
        ]
        text.now, taken = taken_over(text.now, other, name, papers, replacing)
    return taken


def forget_before(corpus: Path) -> None:
    """Delete the last state of the bibliography, which may name papers that are no longer there."""
    (corpus / BIBLIOGRAPHY).resolve().with_name(BEFORE).unlink(missing_ok=True)


class Text:
    """The text of a bibliography that is being changed: set `now`."""

    def __init__(self, now: str) -> None:
        self.now = now


@contextmanager
def changing(corpus: Path) -> Iterator[Text]:
    """Change the text of the bibliography of a corpus folder; what the block leaves is written, unless it raises.

    The state before stays in the file `BEFORE`.

    Raises:
        SourceError: it is not UTF-8, cannot be written, or another program has been changing it for too long.
    """
    path = (corpus / BIBLIOGRAPHY).resolve()
    try:
        with FileLock(path.with_name(f".{BIBLIOGRAPHY}.lock"), timeout=_WAIT_SECONDS):
            before = decode(path) if path.exists() else ""
            text = Text(before)
            yield text
            if text.now != before:
                _write(path, text.now)
    except Timeout:
        raise SourceError(f"another program is writing {path}; try again in a moment") from None
    except OSError as error:
        raise SourceError(
            f"{path} cannot be written ({error.strerror}); see that its folder can be written to"
        ) from None


def _write(path: Path, text: str) -> None:
    if path.exists():
        shutil.copy2(path, path.with_name(BEFORE))
    write_whole(path, text)
