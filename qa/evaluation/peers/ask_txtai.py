"""txtai, as its notebook 52 sets it up.

https://neuml.github.io/txtai/examples: text is split into paragraphs, each of them a row of the embeddings database. A
paragraph goes with its file's name, as in the project's `examples/rag_quickstart.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from protocol import SHOWN, Ask, Chunk, Found, main, model
from txtai import Embeddings
from txtai.pipeline import Textractor


def build(texts: Sequence[Path], folder: Path) -> None:
    """Load, split, embed, save."""
    textractor = Textractor(paragraphs=True)
    embeddings = Embeddings(content=True, path=model())
    embeddings.index([(str(text), paragraph) for text in texts for paragraph in textractor(str(text))])
    embeddings.save(str(folder))


def load(folder: Path) -> Ask:
    """The database alone, without the language model of the notebook."""
    embeddings = Embeddings()
    embeddings.load(str(folder))

    def ask(question: str, turn: int) -> Found:
        found = embeddings.search(question, SHOWN)
        return Found(float(found[0]["score"]), [Chunk(Path(row["id"]).stem, row["text"]) for row in found])

    return ask


if __name__ == "__main__":
    main(build, load)
