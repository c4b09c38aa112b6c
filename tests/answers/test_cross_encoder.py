"""From logits to a judgement, worked out by hand; a file that is no cross-encoder is rejected."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qa.answers import cross_encoder
from qa.answers.cross_encoder import AnswerSpan, best_span, judgement, open_cross_encoder
from qa.answers.inputs import Input, InputFormat
from qa.config import AskSettings
from qa.types import ModelError

# [CLS] ? [SEP] and two sentences of two tokens each, [SEP]
SENTENCE = np.array([-1, -1, -1, 0, 0, 1, 1, -1])
OFFSETS = np.array([(0, 0)] * 3 + [(0, 4), (5, 9), (0, 3), (4, 8)] + [(0, 0)])
READ = Input(np.arange(8), np.array([0] * 3 + [1] * 5), SENTENCE, OFFSETS)


def logits(evidence: list[float], start: list[float], end: list[float], null: float = 0) -> np.ndarray:
    rows = np.full((8, 3), 9.0, dtype=np.float32)  # what stands outside the sentences must not count
    rows[3:7] = np.array([evidence, start, end]).T
    rows[0, 1:] = null
    return rows


def test_a_sentence_has_the_mean_of_its_tokens() -> None:
    judged = judgement([READ], [(logits([1, 3, -1, 0], [0] * 4, [0] * 4), 0.5)], 2)
    assert judged.sentences == (2.0, -0.5)
    assert judged.relevance == 0.5


def test_a_sentence_that_was_not_read_is_no_better_than_the_worst() -> None:
    assert judgement([READ], [(logits([1, 3, -1, 0], [0] * 4, [0] * 4), 0.5)], 3).sentences == (2.0, -0.5, -0.5)


@pytest.mark.parametrize(
    ("start", "end", "words", "sum_of_logits"),
    [
        ([0, 5, 0, 0], [0, 1, 3, 0], AnswerSpan(0, 5, 1, 3), 8),
        ([0, 0, 0, 5], [9, 0, 0, 1], AnswerSpan(0, 0, 0, 4), 9),
        ([0, 0, 0, 5], [4, 0, 0, 1], AnswerSpan(1, 4, 1, 8), 6),
        ([1, 1, 1, 1], [1, 1, 1, 1], AnswerSpan(0, 0, 0, 4), 2),
    ],
)
def test_the_answer_span(start: list[float], end: list[float], words: AnswerSpan, sum_of_logits: float) -> None:
    no_answer, found = best_span(READ, logits([0] * 4, start, end, null=1))
    assert (found, no_answer) == (words, 2 - sum_of_logits)


def test_words_that_are_likelier_not_there_are_none() -> None:
    judged = judgement([READ], [(logits([0] * 4, [1, 0, 0, 0], [1, 0, 0, 0], null=2), 0.5)], 2)
    assert (judged.no_answer, judged.span) == (2.0, None)


def test_words_are_not_endless() -> None:
    n = 100
    rows = np.zeros((n, 3), dtype=np.float32)
    rows[1, 1] = rows[-1, 2] = 5
    long = Input(np.arange(n), np.ones(n), np.array([-1] + [0] * (n - 1)), np.array([(i, i + 1) for i in range(n)]))
    _, words = best_span(long, rows)
    assert words is not None
    assert words.end - words.start <= 30


def test_the_best_of_several_inputs() -> None:
    alone = Input(READ.ids[:4], READ.types[:4], np.array([-1, -1, -1, 2]), OFFSETS[:4])
    low, high = logits([1] * 4, [1] * 4, [1] * 4), np.full((4, 3), 4, dtype=np.float32)
    high[0] = 0
    judged = judgement([READ, alone], [(low, -1), (high, 2)], 3)
    assert (judged.sentences, judged.relevance) == ((1, 1, 4), 2)
    assert (judged.no_answer, judged.span) == (-8, AnswerSpan(2, 0, 2, 4))


@pytest.mark.parametrize("fields", [{"at_once": 0}, {"max_tokens": 100}, {"max_tokens": 513}])
def test_an_impossible_input_format(fields: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="an input format needs"):
        InputFormat(**fields)


def test_files_that_are_no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        open_cross_encoder(tmp_path / "nowhere.onnx")
    (tmp_path / "text.onnx").write_text("no model", "utf-8")
    with pytest.raises(ModelError, match=r"is not a cross-encoder .*QA_ASK_READER=false"):
        open_cross_encoder(tmp_path / "text.onnx")
    monkeypatch.setattr(cross_encoder, "BUNDLED_MODEL", tmp_path / "shipped.onnx")
    (tmp_path / "shipped.onnx").write_text("another", "utf-8")
    with pytest.raises(ModelError, match="has SHA-256"):
        open_cross_encoder(tmp_path / "shipped.onnx")


def test_what_is_shipped_is_what_the_code_names() -> None:
    path = cross_encoder.BUNDLED_MODEL
    assert AskSettings().reader_model == path
    assert path.exists() == bool(cross_encoder.SHA256)
    if path.exists():
        assert path.stat().st_size <= 45_000_000
        assert open_cross_encoder(path).sha256 == cross_encoder.SHA256
