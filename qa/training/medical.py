"""Learn which direction of the embeddings is medical: `python -m qa.training.medical`.

English words whose endings tell that they are drugs, diseases or procedures are told from other words of middling
frequency, by a logistic regression on their embeddings. So a word without such an ending can be known for one by its
meaning (`qa.answers.medical`). No paper and no question is used.
"""

from __future__ import annotations

import json
import random
from dataclasses import asdict

import click
import numpy as np
from sklearn.linear_model import LogisticRegression

from qa.answers.medical import PATH, Medical
from qa.answers.names import has_medical_ending
from qa.config import IndexSettings
from qa.index.embed import Encoder, open_encoder
from qa.words import frequent, zipf

_WORDS = 150_000
"""The most frequent English words, of which the examples are drawn."""
_MEDICAL, _OTHERS = 800, 2400
_RARE, _COMMON = (1.5, 3.4), (2.2, 4.5)
"""Zipf frequencies of medical words, and of others."""


def learnt(encoder: Encoder) -> Medical:
    """The direction for an encoder."""
    choice = random.Random(0)  # noqa: S311 - a sample that anyone can draw again
    words = [word for word in frequent(_WORDS) if word.isalpha() and len(word) > 4]
    able = [word for word in words if _RARE[0] < zipf(word) < _RARE[1] and has_medical_ending(word)]
    others = [word for word in words if _COMMON[0] < zipf(word) < _COMMON[1] and not has_medical_ending(word)]
    drawn = [choice.sample(some, min(most, len(some))) for some, most in ((able, _MEDICAL), (others, _OTHERS))]
    vectors = encoder.encode([*drawn[0], *drawn[1]])
    labels = np.repeat([1, 0], [len(drawn[0]), len(drawn[1])])
    model = LogisticRegression(C=3, max_iter=2000, class_weight="balanced").fit(vectors, labels)
    weights = tuple(round(float(weight), 4) for weight in model.coef_[0])
    return Medical(encoder.sha256, round(float(model.intercept_[0]), 4), weights)


@click.command()
def main() -> None:
    """Learn it for the encoder of the settings, and write it."""
    PATH.write_text(json.dumps(asdict(learnt(open_encoder(IndexSettings().encoder)))) + "\n", "utf-8")
    click.echo(f"{PATH} is written")


if __name__ == "__main__":
    main()
