"""Who has begun with a generation ends with it, though it is deleted meanwhile; the next question has the new one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qa.answers import each_paper, explain, nearby, overview, own_questions, suggestions, ways_on
from qa.answers.assistant import Assistant
from qa.answers.batch import conversation
from qa.answers.models import Models
from qa.config import AskSettings, IndexSettings
from qa.index import dense, store
from qa.index.library import Library
from qa.service.published import Published
from qa.types import EVERYTHING, Abstention, Answer, StoreError
from tests.conftest import ROOT, FakeEncoder, calibration
from tests.index.publishes import measured

PAPER = (
    "Introduction\n\nMagnetic resonance imaging (MRI) was used in 2019. Apples were weighed.\n\nResults\n\n"
    + "".join(f"Orchard number {n} gave {n * 7} kg of apples and {n} pears in year {n}.\n\n" for n in range(40))
    + "References\n\n1. Miller A. Apples and pears. Journal of Fruit. 1999.\n"
)
QUESTION = "Orchard number 12 gave 84 kg of apples in which year?"


def answer(assistant: Assistant) -> Answer:
    result = assistant.ask(QUESTION)
    assert isinstance(result, Answer)
    return result


def abstention(assistant: Assistant) -> Abstention:
    result = assistant.ask("Who invented the zeppelin of Friedrichshafen?")
    assert isinstance(result, Abstention)
    return result


def follow_up(assistant: Assistant) -> object:
    return list(conversation(assistant, [QUESTION, "And pears?", "What about granite?"], EVERYTHING))


QUESTIONS: dict[str, Callable[[Assistant], object]] = {
    "a question": answer,
    "a question without an answer": abstention,
    "a slip of the pen": lambda a: a.ask("Did orchrad number 3 give aplpes?"),
    "as typed": lambda a: a.ask(QUESTION, as_typed=True),
    "a conversation": lambda a: [{**row, "milliseconds": 0} for row in follow_up(a)],  # type: ignore[attr-defined]
    "two things": lambda a: a.ask("How do apples and granite differ?"),
    "an abbreviation": lambda a: a.ask("Was MRI used?"),
    "a search": lambda a: [a.search(QUESTION, method) for method in ("dense", "lexical", "hybrid")],  # type: ignore[arg-type]
    "sections": lambda a: a.sections(),
    "each paper": lambda a: [each_paper.said(a, paper.id, [QUESTION], EVERYTHING) for paper in a.documents],
    "a word": lambda a: each_paper.sentences_with(a, "stones", "basalt", 3),
    "why": lambda a: explain.reasons(a, answer(a)),
    "why not": lambda a: explain.reasons(a, abstention(a)),
    "nearby": lambda a: nearby.nearby(answer(a).citations, a.index, a.models.encoder),
    "overview": lambda a: overview.overview(a, "orchards"),
    "own questions": lambda a: own_questions.questions_about(a, "orchards"),
    "starters": lambda a: suggestions.starters(a),
    "ways on": lambda a: ways_on.ways_on(a, abstention(a)),
    "papers": lambda a: [(a.by_id[paper.id].raw, a.index.passages_of(paper.id)) for paper in a.documents],
    "how it is found": lambda a: a.index.ways(),
    "words": lambda a: [*a.index.words.terms],
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    home = tmp_path_factory.mktemp("reload")
    (home / "corpus").mkdir()
    (home / "corpus" / "orchards.txt").write_text(PAPER, "utf-8")
    (home / "corpus" / "stones.txt").write_text("Granite is hard. Basalt cools quickly from lava.\n", "utf-8")
    return Library(home / "corpus", home / "index", IndexSettings(passage_max_words=20), FakeEncoder())


def opened(folder: Path, generation: str | None = None) -> Assistant:
    index = store.load(folder, generation)
    return Assistant(index, "one", Models(FakeEncoder(), calibration()), AskSettings())


@pytest.fixture(params=["exact", "ivf-pq"])
def published(library: Library, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Library:
    monkeypatch.setattr(dense, "EXACT_UNTIL", 10 if request.param == "ivf-pq" else 10_000)
    library.update(full=True)
    assert store.load(library.folder).ways()["passages"]["kind"] == request.param
    return library


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("asked", QUESTIONS.values(), ids=list(QUESTIONS))
def test_every_question_is_answered_from_a_generation_that_was_deleted(
    published: Library, tmp_path: Path, asked: Callable[[Assistant], object]
) -> None:
    expected = asked(opened(published.folder))
    shutil.copytree(published.folder, tmp_path / "index")
    assistant = opened(tmp_path / "index")
    shutil.rmtree(tmp_path / "index")
    assert asked(assistant) == expected


def test_a_generation_that_is_deleted_while_it_is_opened_is_followed_by_the_next(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `remove` deletes it at once."""
    library.update()
    first = store.current_generation(library.folder)
    load = store._load

    def overtaken(folder: Path, name: str, sound: Any = ()) -> Any:
        if name == first:
            monkeypatch.setattr(store, "_load", load)
            (library.corpus / "owls.txt").write_text("Owls hunt by night.\n", "utf-8")
            library.update()
            library.prune(1)
            raise FileNotFoundError(folder)
        return load(folder, name, sound)

    monkeypatch.setattr(store, "_load", overtaken)
    assert "owls" in store.load(library.folder).keys
    with pytest.raises(StoreError, match="no generation"):
        store.load(library.folder, first)


def test_readers_lose_no_question_while_others_publish_and_prune(library: Library) -> None:
    """Three threads open and ask all the time; each answer is from a generation that was published."""
    library.update()
    ended, failed, seen = threading.Event(), [], set()

    def read() -> None:
        while not ended.is_set():
            try:
                seen.add(store.published(library.folder, lambda name: (name, opened(library.folder, name)))[0])
            except Exception as error:
                failed.append(error)
                return

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    names = set()
    try:
        for number in range(12):
            (library.corpus / "owls.txt").write_text(f"Owls hunt by night number {number}.\n", "utf-8")
            names.add(library.update().generation)
            library.prune(1)
    finally:
        ended.set()
        for reader in readers:
            reader.join(60)
    assert not failed
    assert len(seen & names) > 1


ANSWERED = "What was the mean age of the participants?"


def test_a_batch_ends_with_the_generation_that_it_began_with(real_index: Path, tmp_path: Path) -> None:
    """Two publications and a deletion between its lines."""
    shutil.copytree(real_index, tmp_path / "index")
    shutil.copytree(ROOT / "corpus", tmp_path / "corpus")
    library = Library(tmp_path / "corpus", tmp_path / "index")
    first = store.current_generation(library.folder)
    batch = subprocess.Popen(
        [sys.executable, "-c", "from qa.cli import main; main()", "ask", "--batch", "-", "--index", library.folder],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert batch.stdin
    assert batch.stdout
    rows = []
    for number in range(6):
        line = {"id": number, "question": ANSWERED if number % 2 else f"What was found in group {number}?"}
        batch.stdin.write(json.dumps(line) + "\n")
        batch.stdin.flush()
        rows.append(json.loads(batch.stdout.readline()))
        if number in (0, 2):
            (library.corpus / "small.txt").write_text(f"Owls hunt by night number {number}.\n", "utf-8")
            library.update()
        if number == 2:
            library.prune(1)
            assert first
            assert not (library.folder / first).exists()
    batch.stdin.close()
    assert batch.wait(60) in (0, 1)
    assert [(row["id"], row["generation"]) for row in rows] == [(number, first) for number in range(6)]
    service = Published(library.folder)
    assert service().generation == store.current_generation(library.folder) != first
    assert "small" in service().by_id


@pytest.mark.slow
@pytest.mark.model
@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(not os.environ.get("QA_SOAK"), reason="QA_SOAK is not set")
def test_memory_is_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QA_INDEX_DIR", "QA_CORPUS_DIR", "QA_STATE_DIR"):
        monkeypatch.setenv(name, "")  # which is undone in the end
    found = {number: anonymous for number, _, anonymous in measured(50, tmp_path)}
    assert found[50] - found[10] < 20, found
