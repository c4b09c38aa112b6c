"""Texts that the encoder takes for answers, for a teacher to judge: `python -m qa.training.mined`.

A question's nearest texts in all papers are what a reader meets in use, and nobody has judged most of them (Qu et al.
2021, arXiv:2010.08191). They become cases of the set that only a teacher judges.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import click
import numpy as np

from qa.index.embed import Vectors, embedded_text
from qa.training import cases as case_files
from qa.training.cases import PAPER_SETS, UNJUDGED, Case, Cases

_AT_ONCE = 1000
"""Questions that are compared with all texts at once."""

Encode = Callable[[list[str]], Vectors]
"""Gives each text's vector of unit length, float32, (texts, d)."""


def mined(cases: Cases, encode: Encode, most: int) -> list[Case]:
    """For each question on a paper, the `most` texts of all papers that are nearest to it and that nobody judged.

    Held-out cases give no question, and their texts are not searched.
    """
    asked = [case for case in cases.cases if case.set in PAPER_SETS - {UNJUDGED} and not case.held_out]
    searched = sorted({number for case in cases.cases if _searched(case) for number in case.texts})
    vectors = encode([_whole(cases, number) for number in searched])
    questions = encode([case.question for case in asked])
    found = []
    for begin in range(0, len(asked), _AT_ONCE):
        chunk = asked[begin : begin + _AT_ONCE]
        scores = questions[begin : begin + _AT_ONCE] @ vectors.T
        for case, row in zip(chunk, scores, strict=True):
            if near := _nearest(row, searched, set(case.texts), most):
                found.append(Case(UNJUDGED, case.article, case.question, (), near))
    return found


def _searched(case: Case) -> bool:
    return case.set in PAPER_SETS and not case.held_out


def _whole(cases: Cases, number: int) -> str:
    text = cases.texts[number]
    return embedded_text(text.heading, "", " ".join(text.sentences))


def _nearest(scores: Vectors, searched: Sequence[int], known: set[int], most: int) -> tuple[int, ...]:
    """The numbers of the texts with the highest scores that are not known, highest first."""
    count = min(len(searched), most + len(known))
    first = np.argpartition(-scores, count - 1)[:count]
    order = first[np.argsort(-scores[first], kind="stable")]
    return tuple([searched[i] for i in order if searched[i] not in known][:most])


@click.command()
@click.option("--cases", "folder", type=click.Path(path_type=Path), required=True, help="What `prepare` wrote.")
@click.option("--encoder", "model", type=click.Path(path_type=Path), required=True, help="Folder of the encoder.")
@click.option("--output", type=click.Path(path_type=Path), required=True, help="Folder for all cases, old and new.")
@click.option("--most", default=12, show_default=True, help="Texts for a question.")
def main(folder: Path, model: Path, output: Path, most: int) -> None:
    """Write the cases again, with those that a teacher should judge."""
    from sentence_transformers import SentenceTransformer  # seconds

    encoder = SentenceTransformer(str(model), local_files_only=True).float()

    def encode(texts: list[str]) -> Vectors:
        return np.asarray(encoder.encode(texts, batch_size=256, normalize_embeddings=True), np.float32)

    cases = case_files.load(folder)
    new = mined(cases, encode, most)
    case_files.save(Cases(cases.texts, (*cases.cases, *new)), output)
    click.echo(f"{len(new)} questions with {sum(len(case.missing) for case in new)} texts to judge", err=True)


if __name__ == "__main__":
    main()
