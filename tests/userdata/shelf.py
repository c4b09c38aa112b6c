"""A small corpus with its index and its state, in which an answer is kept, for what becomes of its quotes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qa.answers.assistant import Assistant
from qa.answers.models import Models
from qa.config import AskSettings
from qa.index import store
from qa.index.library import Library
from qa.types import Answer, Turn
from qa.userdata import addresses, answer_record, conversations
from qa.userdata.cited import Cited, cited
from tests.conftest import FakeEncoder, calibration
from tests.userdata.small import ANSWERED

PEARS = "Pears ripened in nine weeks [3]."
LAVA = "Basalt cools quickly from lava, and its crystals stay small."
SPLIT = "Basalt cools quickly from lava, and its crys-\ntals stay small."


class Shelf:
    """A corpus with its index and its state, in which an answer about pears is kept."""

    def __init__(self, corpus: Path) -> None:
        self.corpus, self.folder, self.state = corpus, corpus.parent / "index", corpus.parent / "state"
        self.library = Library(corpus, self.folder, encoder=FakeEncoder())
        self.publish()

    def publish(self) -> str:
        return self.library.update().generation

    def write(self, name: str, change: Callable[[str], str]) -> str:
        path = self.corpus / name
        path.write_text(change(path.read_text("utf-8")), "utf-8")
        return self.publish()

    def keep_answer(self) -> str:
        index = store.load(self.folder)
        name = store.current_generation(self.folder) or ""
        assistant = Assistant(index, name, Models(FakeEncoder(), calibration()), AskSettings())
        result = assistant.ask(ANSWERED)
        assert isinstance(result, Answer)
        assert [one.text for one in result.citations] == [PEARS]
        record = answer_record.record_of([Turn(ANSWERED, result)], assistant.by_id)
        return conversations.append(self.state, "ann", None, record)[1]

    def cite(self, link: str) -> Cited:
        return cited(addresses.named(link), store.load(self.folder), self.folder, self.state)

    def place(self, document: str, text: str) -> str:
        """The link to a sentence."""
        index = store.load(self.folder)
        own = [one for passage in index.passages_of(document) for one in passage.sentences if one.text == text]
        return link(addresses.place(document, own[0].spans, index.by_id[document].sha256))


def link(parameters: dict[str, str]) -> str:
    return "http://x/library?" + "&".join(f"{name}={value}" for name, value in parameters.items())
