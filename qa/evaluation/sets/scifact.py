"""SciFact as BEIR has it: claims and abstracts.

A claim asks all abstracts, and its evidence is any whole abstract that is judged relevant. The figure to compare with
those of others is `papers ndcg@10`.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

from qa.evaluation.questions import Evidence, Question
from qa.evaluation.sets.corpora import rows, sampled, write_papers
from qa.types import QuestionSetError, Span

OTHERS = 20
"""Irrelevant abstracts for each claim of a sample; without a sample, all abstracts are taken."""


def load(data: Path, corpus: Path, sample: int | None) -> list[Question]:
    """The claims, or a sample, with the abstracts written as a corpus folder.

    A sample has a smaller corpus, so it is easier than the whole set.
    """
    folder = data / "scifact"
    relevant = _relevant(folder / "qrels.tsv")
    claims = sampled([row for row in rows(folder / "queries.jsonl.gz") if row["_id"] in relevant], sample)
    abstracts = {row["_id"]: (row["title"], row["text"]) for row in rows(folder / "corpus.jsonl.gz")}
    needed = {name for claim in claims for name in relevant[claim["_id"]]}
    if sample is not None:
        rest = sampled([name for name in abstracts if name not in needed], OTHERS * len(claims))
        abstracts = {name: abstract for name, abstract in abstracts.items() if name in {*needed, *rest}}
    write_papers(corpus, {f"s{name}": abstract for name, abstract in abstracts.items()})
    return [
        Question(
            id=f"scifact-{claim['_id']}",
            question=claim["text"],
            kind="claim",
            answerable=True,
            evidence=tuple(
                (Evidence(f"s{name}", Span(0, len(abstracts[name][1]))),) for name in relevant[claim["_id"]]
            ),
            answers=(),
        )
        for claim in claims
    ]


def _relevant(path: Path) -> dict[str, list[str]]:
    """The ids of each claim's relevant abstracts."""
    relevant: dict[str, list[str]] = defaultdict(list)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                if int(row["score"]) > 0:
                    relevant[row["query-id"]].append(row["corpus-id"])
    except (OSError, KeyError, ValueError) as error:
        raise QuestionSetError(f"{path} cannot be read ({error}); --data names the folder that has it") from error
    return relevant
