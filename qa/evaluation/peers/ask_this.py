"""This project, as `make setup` and `qa index build` set it up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from protocol import Ask, Chunk, Found, main

from qa.answers import loading
from qa.types import Turn

if TYPE_CHECKING:
    from qa.answers.assistant import Assistant


def build(texts: Sequence[Path], folder: Path) -> None:
    """All papers of the texts' folder, which is the corpus."""
    from qa.index.library import Library

    Library(texts[0].parent, folder).update(full=True)


def load(folder: Path) -> Ask:
    """Opens the index as `qa ask` does."""
    models = loading.begin()
    from qa.answers.assistant import Assistant

    models.join()
    return asking(Assistant.open(folder))


def asking(assistant: Assistant) -> Ask:
    """Asks with the earlier turns, as the app does. Scores are relative, so the confidence is the calibrated one."""
    turns: list[Turn] = []

    def ask(question: str, turn: int) -> Found:
        if turn == 1:
            turns.clear()
        result = assistant.ask(question, turns)
        turns.append(Turn(question, result))
        chunks = [
            Chunk(hit.passage.document, hit.passage.text, [(span.start, span.end) for span in hit.passage.spans])
            for hit in result.passages
        ]
        return Found(result.confidence, chunks)

    return ask


if __name__ == "__main__":
    main(build, load)
