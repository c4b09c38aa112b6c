"""Learn how telling and how medical words are: `python -m qa.training.judged --data FOLDER`.

Two logistic regressions on the embeddings of words (`qa.answers.judged`). How telling a word is comes from questions on
whole papers: words of answerable questions that their paper has, in any form, are told from those that it says in other
words. Papers held out for the calibration are left out. How medical it is comes from English alone: words whose endings
tell that they are drugs, diseases or procedures are told from other words of middling frequency, so that a word without
such an ending can be known for one by its meaning.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import click
import numpy as np
from sklearn.linear_model import LogisticRegression

from qa.answers.judged import PATH, Directions, judged_words
from qa.answers.names import has_medical_ending
from qa.answers.presence import derived
from qa.answers.question.grammar import FUNCTION
from qa.config import IndexSettings
from qa.evaluation.sets.asked import Asked, AskedPaper, load_asked, load_papers
from qa.index.embed import Encoder, open_encoder
from qa.words import frequent, terms, zipf

_WORDS = 150_000
"""The most frequent English words, of which the examples of medical words and of others are drawn."""
_MEDICAL, _OTHERS = 800, 2400
_RARE, _COMMON = (1.5, 3.4), (2.2, 4.5)
"""Zipf frequencies of medical words, and of others."""

Example = tuple[str, bool]
"""A word, and whether it is of the kind that is learnt."""


def told(questions: Sequence[Asked], papers: Mapping[str, AskedPaper]) -> Iterator[Example]:
    """Each judged word of an answerable question, and whether its paper has it."""
    there: dict[str, frozenset[str]] = {}
    for question in questions:
        paper = papers[question.paper]
        if not question.evidence or paper.held_out:
            continue
        if paper.id not in there:
            there[paper.id] = frozenset().union(*terms([paper.title, *paper.sentences]))
        for word in judged_words(question.question):
            own = terms([word])[0]
            if len(own) == 1 and word not in FUNCTION:
                yield word, bool(there[paper.id].intersection(derived(own[0], there[paper.id])))


def medical() -> list[Example]:
    """Words with medical endings, and others, always the same."""
    choice = random.Random(0)  # noqa: S311 - a sample that anyone can draw again
    words = [word for word in frequent(_WORDS) if word.isalpha() and len(word) > 4]
    able = [word for word in words if _RARE[0] < zipf(word) < _RARE[1] and has_medical_ending(word)]
    others = [word for word in words if _COMMON[0] < zipf(word) < _COMMON[1] and not has_medical_ending(word)]
    drawn = [choice.sample(some, min(most, len(some))) for some, most in ((able, _MEDICAL), (others, _OTHERS))]
    return [(word, True) for word in drawn[0]] + [(word, False) for word in drawn[1]]


def direction(examples: Sequence[Example], encoder: Encoder, model: LogisticRegression) -> tuple[float, ...]:
    """The intercept and the slopes of a regression on the words' vectors."""
    words = list(dict.fromkeys(word for word, _ in examples))
    vectors = dict(zip(words, encoder.encode(words), strict=True))
    model.fit(np.array([vectors[word] for word, _ in examples]), [right for _, right in examples])
    return tuple(round(float(value), 4) for value in (model.intercept_[0], *model.coef_[0]))


def learnt(telling: Sequence[Example], encoder: Encoder) -> Directions:
    """Both directions for an encoder."""
    return Directions(
        encoder.sha256,
        direction(telling, encoder, LogisticRegression(max_iter=3000)),
        direction(medical(), encoder, LogisticRegression(C=3, max_iter=2000, class_weight="balanced")),
    )


@click.command()
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
def main(data: Path) -> None:
    """Learn them for the encoder of the settings from the questions in a folder, and write them."""
    questions, papers = load_asked(data / "train_questions.jsonl.gz"), load_papers(data / "train_papers.jsonl.gz")
    found = learnt(list(told(questions, papers)), open_encoder(IndexSettings().encoder))
    PATH.write_text(json.dumps(asdict(found)) + "\n", "utf-8")
    click.echo(f"{PATH} is written")


if __name__ == "__main__":
    main()
