"""Two little papers: one that tells its aim, design, sample, result and limitations, and one that tells none."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.answers.assistant import Assistant
from qa.answers.models import Models
from qa.config import AskSettings, IndexSettings
from qa.index.build import build
from qa.papers.sources import sources_in
from tests.conftest import FakeEncoder, calibration

OWLS = """Introduction

Owls were said to be heavy by Low et al. in a randomised trial of 90 owls [3]. The aim of this study was to weigh owls
at night and by day.

Methods

This randomised controlled trial was conducted in two forests. A total of 48 adult birds were enrolled and randomly
assigned to two groups. The study was approved by the ethics committee of the forest.

Results

Owls at night were significantly heavier than owls by day (P < 0.001). Two birds died of old age.

Discussion

In this study, we found that owls weigh more at night than by day. A large study of bats found the same [4].
Our study has several limitations. First, we did not weigh the mice that the owls had eaten. Further research is needed.

Acknowledgements

The aim of this study was to thank the forest.
"""
TALK = "Owls are large birds. They sleep by day, and nobody knows why they do so. Their eyes are large too.\n"


@pytest.fixture
def owls(tmp_path: Path, encoder: FakeEncoder) -> Assistant:
    (tmp_path / "owls.txt").write_text(OWLS, "utf-8")
    (tmp_path / "talk.txt").write_text(TALK, "utf-8")
    index = build(sources_in(tmp_path), IndexSettings(), encoder)
    return Assistant(index, "test", Models(encoder, calibration()), AskSettings())
