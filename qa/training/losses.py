"""The losses: passage, sentences, answer span, and distillation from a teacher."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from qa.training.batches import UNKNOWN, Batch

Outputs = tuple[Tensor, Tensor]
"""Logits of tokens, (b, n, 3), and of relevance, (b,)."""

LISTWISE = 0.5
"""Weight of the choice of the right sentence among a passage's, beside the judgement of each sentence alone."""
TEACHER = 0.7
"""Share of the teacher in the loss, if there is one."""


class _Logits(NamedTuple):
    """Of relevance, (b,), sentences, (b, m), and start and end, (b, n, 2)."""

    relevance: Tensor
    sentences: Tensor
    spans: Tensor


def on(batch: Batch, device: torch.device) -> dict[str, Tensor]:
    """A batch's arrays as tensors on a device, by name."""
    tensors = {name: torch.from_numpy(getattr(batch, name)) for name in Batch.__slots__}
    if device.type == "cuda":
        return {name: tensor.pin_memory().to(device, non_blocking=True) for name, tensor in tensors.items()}
    return tensors


def pooled(evidence: Tensor, sentence: Tensor, count: int) -> Tensor:
    """The mean logit of each sentence's tokens, (b, count), from the tokens' logits, (b, n); 0 without tokens.

    `sentence`, int64, (b, n), is the number of the token's sentence, -1 for none.
    """
    rows = sentence.shape[0]
    column = torch.where(sentence < 0, count, sentence)
    sums = evidence.new_zeros(rows, count + 1).scatter_add(1, column, evidence)
    sizes = evidence.new_zeros(rows, count + 1).scatter_add(1, column, torch.ones_like(evidence))
    return (sums / sizes.clamp(min=1))[:, :count]


def loss(outputs: Outputs, batch: dict[str, Tensor], teacher: Outputs | None = None) -> dict[str, Tensor]:
    """The parts of the loss by name, and their sum as `all`.

    `relevance` and `sentences` are the cross-entropies of each. `choice`, in passages that answer, is that of the
    right sentences together among all. `words` is that of the answer span's start and end, over the tokens of
    sentences and the first token, which means "not here". With a teacher, its probabilities are learnt too (Hinton et
    al. 2015, arXiv:1503.02531); inputs that nobody judged have no other part.
    """
    labels, judged = batch["evidence"], batch["judged"]
    real = labels >= 0
    known = real & judged[:, None]
    answers = (labels > 0).any(dim=1)
    logits = _logits(outputs, batch)
    zero = logits.relevance.new_zeros(())
    span_losses = (_cross_entropy(logits.spans[..., i], batch[name]) for i, name in enumerate(("start", "end")))
    parts = {
        "relevance": _binary(logits.relevance[judged], answers[judged].float()),
        "sentences": _binary(logits.sentences[known], labels[known]),
        "choice": LISTWISE * _choice(logits.sentences, labels, answers & (known.sum(dim=1) > 1)),
        "words": sum(span_losses, zero) / 2,
    }
    total = sum(parts.values(), zero)
    if teacher is not None:
        parts["teacher"] = _distance(logits, _logits(teacher, batch), real)
        total = (1 - TEACHER) * total + TEACHER * parts["teacher"]
    return parts | {"all": total}


def _logits(outputs: Outputs, batch: dict[str, Tensor]) -> _Logits:
    """What the network says of passages, sentences and spans; very low where no span can start or end."""
    tokens, relevance = (output.float() for output in outputs)
    allowed = batch["sentence"] >= 0
    allowed[:, 0] = True
    return _Logits(
        relevance,
        pooled(tokens[..., 0], batch["sentence"], batch["evidence"].shape[1]),
        tokens[..., 1:].masked_fill(~allowed[..., None], -1e4),
    )


def _choice(sentences: Tensor, labels: Tensor, rows: Tensor) -> Tensor:
    if not bool(rows.any()):
        return sentences.new_zeros(())
    scores, marked = sentences[rows].masked_fill(labels[rows] < 0, -1e4), labels[rows] > 0
    right = scores.masked_fill(~marked, -1e4)
    return (scores.logsumexp(dim=1) - right.logsumexp(dim=1)).mean()


def _binary(logits: Tensor, right: Tensor) -> Tensor:
    if not logits.numel():
        return logits.new_zeros(())
    return functional.binary_cross_entropy_with_logits(logits, right)


def _cross_entropy(logits: Tensor, right: Tensor) -> Tensor:
    if not bool((right != UNKNOWN).any()):
        return logits.new_zeros(())
    return functional.cross_entropy(logits, right, ignore_index=UNKNOWN)


def _distance(student: _Logits, teacher: _Logits, known: Tensor) -> Tensor:
    """How far the student is from its teacher in passages, sentences, the choice among them, and spans.

    `known` marks real sentences.
    """
    binary = functional.binary_cross_entropy_with_logits
    choice = (logits.sentences.masked_fill(~known, -1e4) for logits in (student, teacher))
    return (
        binary(student.relevance, teacher.relevance.sigmoid())
        + binary(student.sentences[known], teacher.sentences[known].sigmoid())
        + LISTWISE * _divergence(*choice)
        + _divergence(student.spans, teacher.spans)
    )


def _divergence(student: Tensor, teacher: Tensor) -> Tensor:
    """The Kullback–Leibler divergence of the probabilities along the second axis, from logits; the mean over rows."""
    of_each = functional.kl_div(
        student.log_softmax(dim=1), teacher.log_softmax(dim=1), log_target=True, reduction="none"
    )
    return of_each.sum(dim=1).mean()
