"""The losses: passage, sentences, answer span, and distillation from a teacher."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from qa.training.batches import UNKNOWN, Batch

Outputs = tuple[Tensor, Tensor]
"""Logits of tokens, (b, n, 3), and of relevance, (b,)."""

LISTWISE = 0.5
"""Weight of choosing the right sentence among a passage's, beside judging each."""
TEACHER = 0.7
"""Share of the teacher in what is learnt, where there is one."""


def on(batch: Batch, device: torch.device) -> dict[str, Tensor]:
    """A batch's arrays as tensors on a device, by name."""
    tensors = {name: torch.from_numpy(getattr(batch, name)) for name in Batch.__slots__}
    if device.type == "cuda":
        return {name: tensor.pin_memory().to(device, non_blocking=True) for name, tensor in tensors.items()}
    return tensors


def pooled(evidence: Tensor, sentence: Tensor, count: int) -> Tensor:
    """The mean logit of each sentence's tokens, (b, count), from those of the tokens, (b, n); 0 without tokens.

    `sentence`, int64, (b, n), is the number of the token's sentence, -1 for none.
    """
    rows = sentence.shape[0]
    column = torch.where(sentence < 0, count, sentence)
    sums = evidence.new_zeros(rows, count + 1).scatter_add(1, column, evidence)
    sizes = evidence.new_zeros(rows, count + 1).scatter_add(1, column, torch.ones_like(evidence))
    return (sums / sizes.clamp(min=1))[:, :count]


def loss(outputs: Outputs, batch: dict[str, Tensor], teacher: Outputs | None = None) -> dict[str, Tensor]:
    """The parts of the loss by name, and their sum as `all`.

    Relevance and sentences by cross-entropy of each; among the sentences of a passage that answers also by that of
    the right ones together; start and end over the sentences' tokens and the first one, which means "not here".
    With a teacher (Hinton et al. 2015, arXiv:1503.02531) its probabilities count beside what is marked.
    """
    tokens, relevance = (output.float() for output in outputs)
    labels = batch["evidence"]
    known = labels >= 0
    answers = (labels > 0).any(dim=1)
    sentences = pooled(tokens[..., 0], batch["sentence"], labels.shape[1])
    spans = _spans(tokens, batch)
    parts = {
        "relevance": functional.binary_cross_entropy_with_logits(relevance, answers.float()),
        "sentences": functional.binary_cross_entropy_with_logits(sentences[known], labels[known]),
        "choice": LISTWISE * _choice(sentences, labels, answers & (known.sum(dim=1) > 1)),
        "words": sum(
            (_cross_entropy(spans[..., i], batch[name]) for i, name in enumerate(("start", "end"))),
            torch.zeros((), device=tokens.device),
        )
        / 2,
    }
    total = sum(parts.values(), torch.zeros((), device=tokens.device))
    if teacher is not None:
        parts["teacher"] = _like(relevance, sentences, spans, teacher, batch, known)
        total = (1 - TEACHER) * total + TEACHER * parts["teacher"]
    return parts | {"all": total}


def _spans(tokens: Tensor, batch: dict[str, Tensor]) -> Tensor:
    """Logits of start and end, (b, n, 2), very low wherever none can be."""
    allowed = batch["sentence"] >= 0
    allowed[:, 0] = True
    return tokens[..., 1:].masked_fill(~allowed[..., None], -1e4)


def _choice(sentences: Tensor, labels: Tensor, rows: Tensor) -> Tensor:
    if not bool(rows.any()):
        return sentences.new_zeros(())
    scores, marked = sentences[rows].masked_fill(labels[rows] < 0, -1e4), labels[rows] > 0
    right = scores.masked_fill(~marked, -1e4)
    return (scores.logsumexp(dim=1) - right.logsumexp(dim=1)).mean()


def _cross_entropy(logits: Tensor, right: Tensor) -> Tensor:
    if not bool((right != UNKNOWN).any()):
        return logits.new_zeros(())
    return functional.cross_entropy(logits, right, ignore_index=UNKNOWN)


def _like(
    relevance: Tensor, sentences: Tensor, spans: Tensor, teacher: Outputs, batch: dict[str, Tensor], known: Tensor
) -> Tensor:
    """How far the student is from its teacher, in the same parts."""
    tokens, passage = (output.detach().float() for output in teacher)
    theirs = pooled(tokens[..., 0], batch["sentence"], known.shape[1])
    binary = functional.binary_cross_entropy_with_logits
    words = functional.kl_div(
        spans.log_softmax(dim=1), _spans(tokens, batch).log_softmax(dim=1), log_target=True, reduction="none"
    )
    return (
        binary(relevance, passage.sigmoid())
        + binary(sentences[known], theirs[known].sigmoid())
        + words.sum(dim=1).mean()
    )
