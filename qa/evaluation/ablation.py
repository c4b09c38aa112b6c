"""The same questions with dense, lexical and hybrid search, and with the reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa.answers.assistant import Assistant
from qa.answers.search import Method, Query, search
from qa.evaluation.evidence import Shown, holds_any, steps, words_shown
from qa.evaluation.metrics import CUTS, WORDS, Figure, mean, ranking
from qa.evaluation.run import Outcome, shown
from qa.types import Hit, Scope

METHODS: tuple[Method, ...] = ("dense", "lexical", "hybrid")
READER = "hybrid + reader"


@dataclass(frozen=True, slots=True)
class Row:
    """One way of answering, with the figures of its passages and of the answers that it would show.

    Without the reader the answer is the first passage; `answer words` is the mean length of the answers. No way
    abstains here, so the threshold has no influence.
    """

    name: str
    figures: dict[str, Figure]


def ablation(
    outcomes: Sequence[Outcome], assistant: Assistant, progress: Callable[[], object] = lambda: None
) -> list[Row]:
    """A row for each search method and one with the reader, over the answerable questions; [] if there are none."""
    asked = [outcome for outcome in outcomes if outcome.question.answerable and outcome.result]
    hits: dict[Method, list[list[Hit]]] = {method: [] for method in METHODS}
    for outcome in asked:
        assert outcome.result is not None
        index, top_k = assistant.index, assistant.settings.top_k
        query = Query.of(outcome.result.interpreted_as, assistant.models.encoder, index.settings.stemmer)
        for method in METHODS:
            hits[method].append(search(query, index, method, top_k, Scope(outcome.question.documents)))
        progress()
    if not asked:
        return []
    firsts = {method: [found[:1] for found in hits[method]] for method in METHODS}
    rows = [_row(method, asked, hits[method], [shown(f) for f in firsts[method]], firsts[method]) for method in METHODS]
    answers: list[Shown] = [
        [(c.document.id, c.spans) for c in outcome.eager.citations] if outcome.eager else [] for outcome in asked
    ]
    texts = [outcome.eager.text if outcome.eager else "" for outcome in asked]
    passages = [list(outcome.result.passages) if outcome.result else [] for outcome in asked]
    return [*rows, _row(READER, asked, passages, answers, texts)]


def _row(
    name: str,
    asked: Sequence[Outcome],
    hits: Sequence[Sequence[Hit]],
    answers: Sequence[Shown],
    texts: Sequence[str | Sequence[Hit]],
) -> Row:
    lists = [outcome.question.evidence for outcome in asked]
    ranked = ranking([steps(items, shown(found)) for items, found in zip(lists, hits, strict=True)])
    words = [words_shown(items, found) for items, found in zip(lists, hits, strict=True)]
    lengths = [
        len((text if isinstance(text, str) else " ".join(hit.passage.text for hit in text)).split()) for text in texts
    ]
    figures = {name: mean([row[name] for row in ranked]) for name in (*(f"recall@{k}" for k in CUTS), "mrr", "ndcg@10")}
    figures |= {f"words@{n}": mean([float(w is not None and w <= n) for w in words]) for n in WORDS}
    figures["evidence"] = mean([float(holds_any(items, given)) for items, given in zip(lists, answers, strict=True)])
    figures["answer words"] = mean([float(length) for length in lengths])
    return Row(name, figures)
