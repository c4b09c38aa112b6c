"""What is done to an index, how somebody goes on after it was ended by force, and what must be so then."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from qa.answers.assistant import Assistant
from qa.answers.models import Models
from qa.config import AskSettings, IndexSettings
from qa.index import audit, store
from qa.index.build import build
from qa.index.embed import embedded_text
from qa.index.history import Decision
from qa.index.library import Library
from qa.index.parts import Parts
from qa.papers.sources import sources_in
from qa.types import Answer, Document, Passage, QAError
from tests.conftest import BIBLIOGRAPHY, PAPERS, FakeEncoder, calibration
from tests.index.equality import same

KITES = "Kites fly in the wind. Every kite has a zyqtail of paper.\n"
OWLS = "Owls hunt by zyqnight. Voles are afraid of them.\n"
ENTRY = "@misc{stones, title = {On Stones}, file = {stones.txt}}\n"


@dataclass(frozen=True)
class Home:
    """A corpus and its index, of which three generations were published, and one more is prepared."""

    path: Path

    @property
    def corpus(self) -> Path:
        return self.path / "corpus"

    @property
    def folder(self) -> Path:
        return self.path / "index"

    def library(self, encoder: FakeEncoder | None = None) -> Library:
        return Library(self.corpus, self.folder, encoder=encoder or FakeEncoder(), by="somebody")

    def new(self, name: str) -> Path:
        return self.path / "downloads" / name


def made(path: Path) -> Home:
    home = Home(path)
    home.corpus.mkdir(parents=True)
    home.new("").mkdir()
    home.new("kites.txt").write_text(KITES, "utf-8")
    home.new("owls.txt").write_text(OWLS, "utf-8")
    (home.corpus / "fruit.txt").write_text(PAPERS["fruit.txt"], "utf-8")
    (home.corpus / "corpus.bib").write_text(BIBLIOGRAPHY + ENTRY, "utf-8")
    home.library().update()
    (home.corpus / "stones.txt").write_text(PAPERS["stones.txt"], "utf-8")
    home.library().update()
    (home.corpus / "stones.txt").write_text(PAPERS["stones.txt"] + "Chalk is soft.\n", "utf-8")
    home.library().update()
    return home


# What is done, and how somebody goes on after it was ended by force


def candidate(home: Home) -> str:
    """The name of the generation that waits; of the published one if it is that."""
    return next(iter(store.unpublished(home.folder)), store.current_generation(home.folder) or "")


def add_two(home: Home) -> None:
    home.library().add([home.new("kites.txt"), home.new("owls.txt")])
    home.library().update()


def prepare(home: Home) -> None:
    home.library().prepare([home.new("kites.txt"), home.new("owls.txt")])


def prepared(home: Home) -> Home:
    prepare(home)
    return home


def release(home: Home) -> None:
    home.library().release(candidate(home), [home.new("kites.txt"), home.new("owls.txt")])


def release_all_the_same(home: Home) -> None:
    decision = Decision("failed", "Both papers are needed.", ("recall",))
    home.library().release(candidate(home), [home.new("kites.txt"), home.new("owls.txt")], decision)


def discard(home: Home) -> None:
    home.library().discard(candidate(home))


def remove(home: Home) -> None:
    home.library().remove(["stones"])


def roll_back(home: Home) -> None:
    home.library().rollback(oldest(home))


def prune(home: Home) -> None:
    home.library().prune(1)


def oldest(home: Home) -> str:
    return str(store.history(home.folder)[0]["generation"])


def released_in_the_end(home: Home) -> None:
    if home.new("kites.txt").exists() and store.unpublished(home.folder):
        release(home)
    assert (home.corpus / "kites.txt").read_text("utf-8") == KITES


def discarded_in_the_end(home: Home) -> None:
    if store.unpublished(home.folder):
        discard(home)
    assert not store.unpublished(home.folder)


def removed_in_the_end(home: Home) -> None:
    with suppress(QAError):  # nothing is left to remove, but older generations may have it
        home.library().remove(["stones"])
    home.library().forget(["stones"])
    for path in [*home.folder.rglob("*"), *home.corpus.rglob("*")]:
        data = path.read_bytes() if path.is_file() else b""
        assert b"Basalt" not in data, path
        assert b"On Stones" not in data, path


def rolled_back_in_the_end(home: Home) -> None:
    roll_back(home)
    assert store.current_generation(home.folder) == oldest(home)


def pruned_in_the_end(home: Home) -> None:
    prune(home)
    assert sum(row["kept"] for row in store.history(home.folder)) == 1


def nothing_more(home: Home) -> None:
    """The next build is all that is needed."""


@dataclass(frozen=True)
class Act:
    do: Callable[[Home], None]
    before: Callable[[Home], Home] = lambda home: home
    again: Callable[[Home], None] = nothing_more


ACTS = {
    "update": Act(add_two),
    "prepare": Act(prepare, again=prepare),
    "release": Act(release, prepared, released_in_the_end),
    "release in spite of a gate": Act(release_all_the_same, prepared, released_in_the_end),
    "discard": Act(discard, prepared, discarded_in_the_end),
    "remove": Act(remove, again=removed_in_the_end),
    "rollback": Act(roll_back, again=rolled_back_in_the_end),
    "prune": Act(prune, again=pruned_in_the_end),
}


# What must be so afterwards


def check_answers(home: Home) -> None:
    """The published generation is sound, and answers."""
    assert store.problems(home.folder) == []
    index = store.load(home.folder)
    assistant = Assistant(index, "test", Models(FakeEncoder(), calibration()), AskSettings())
    assert isinstance(assistant.ask("Are apples red?"), Answer)


WHOLE = {
    "fruit.txt": [PAPERS["fruit.txt"]],
    "stones.txt": [PAPERS["stones.txt"] + "Chalk is soft.\n"],
    "kites.txt": [KITES],
    "owls.txt": [OWLS],
    "corpus.bib": [BIBLIOGRAPHY + ENTRY, BIBLIOGRAPHY],
}


def check_papers(home: Home) -> None:
    """Every file of the corpus is whole."""
    for path in home.corpus.iterdir():
        assert path.name.startswith(".") or path.read_text("utf-8") in WHOLE[path.name], path


def check_goes_on(home: Home, act: Act) -> None:
    """What was begun can be done again, and the next build embeds nothing of what was embedded already."""
    kept = embedded(home)
    encoder = FakeEncoder()
    home.library(encoder).update()
    assert kept
    assert not kept & set(encoder.texts)
    act.again(home)
    home.library().update()
    check_answers(home)
    assert same(store.load(home.folder), build(sources_in(home.corpus), IndexSettings(), FakeEncoder()))
    assert not [path.name for path in home.folder.iterdir() if path.name.startswith((".building", ".parts"))]
    history = store.history(home.folder)
    assert [row["generation"] for row in history if row["current"]] == [store.current_generation(home.folder)]
    assert audit.broken(home.folder) is None


def check_and_delete(home: Home, act: Act, about: str) -> None:
    """All of this, after a fault, which an error names; then the folders are deleted."""
    try:
        check_answers(home)
        check_papers(home)
        check_goes_on(home, act)
    except BaseException as error:
        error.add_note(about)
        raise
    finally:
        shutil.rmtree(home.path)


def embedded(home: Home) -> set[str]:
    """The texts whose vectors a generation or a part has: not those of a paper that has lost its title meanwhile."""
    found: set[str] = set()
    for name in [*store.unpublished(home.folder), store.current_generation(home.folder)]:
        index = store.load(home.folder, name)
        found |= texts_of(index.documents, index.passages)
    parts = Parts(home.folder / ".parts", store.load(home.folder).fingerprint)
    for path in (home.folder / ".parts").glob("*/files.json"):
        parts._path = lambda key, path=path: path.parent  # type: ignore[method-assign, misc]
        if piece := parts.load(""):
            found |= texts_of(piece.documents, piece.passages)
    return found


def texts_of(documents: Iterable[Document], passages: Iterable[Passage]) -> set[str]:
    titles = {document.id: document.title for document in documents}
    return {
        embedded_text(titles[passage.document], passage.section, text)
        for passage in passages
        for text in (passage.text, *(sentence.text for sentence in passage.sentences))
    }


def copied(home: Home, name: str) -> Home:
    return Home(Path(shutil.copytree(home.path, home.path.parent / name)))
