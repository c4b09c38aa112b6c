"""This project with its encoder run by sentence-transformers, as it was before 2026-11-27."""

from __future__ import annotations

from pathlib import Path

import ask_this
from protocol import Ask, main

from qa.answers.assistant import Assistant
from qa.index import reference
from qa.index.embed import LEARNT, OURS, SentenceEncoder, open_encoder, package


def load(folder: Path) -> Ask:
    """The same weights, and PyTorch to run them."""
    sha256 = open_encoder(OURS).sha256
    encoder = SentenceEncoder(OURS, sha256, lambda: reference.Reference(package(), LEARNT))
    return ask_this.asking(Assistant.open(folder, encoder=encoder))


if __name__ == "__main__":
    main(ask_this.build, load)
