"""An answer as a stored record, and what has become of its quotes since.

A record is the public row of a result (`qa.records`), with the turns of its conversation and the sentences of its
passages. It holds every quote, with its offsets and the hash of the file, so it can be read when generation and paper
are gone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from qa.records import citation_row, passage_of, passage_record, result_row
from qa.types import (
    EVERYTHING,
    Abstention,
    Answer,
    Citation,
    Document,
    Hit,
    Place,
    QuoteError,
    Result,
    Scope,
    Sentence,
    Span,
    Turn,
    breadcrumb,
    headline,
    hull,
    understood,
)

Record = dict[str, Any]
"""Plain data for JSON: the keys of `qa.records.result_row`, and `turns` (the conversation's questions as typed, this
one last), `documents` and `sections` (those asked). Each citation, and the possible one, has its paper's `metadata`
too; each passage its `score`, its `sentences`, its `place` and the file's `sha256`."""


def record_of(
    turns: Sequence[Turn],
    documents: Mapping[str, Document],
    scope: Scope = EVERYTHING,
) -> Record:
    """The record of the last of these turns. `documents` are those of the index that answered, by id."""
    result = turns[-1].result
    row = result_row(result, documents)
    passages = [
        shown
        | {
            "score": hit.score,
            "sentences": passage_record(hit.passage)["sentences"],
            "sha256": documents[hit.passage.document].sha256,
            "place": asdict(documents[hit.passage.document].locate(hull(hit.passage.spans))),
        }
        for shown, hit in zip(row["passages"], result.passages, strict=True)
    ]
    citations = [
        shown | {"metadata": dict(citation.document.metadata)}
        for shown, citation in zip(row["citations"], getattr(result, "citations", ()), strict=True)
    ]
    possible = None if isinstance(result, Answer) else result.possible
    return row | {
        "possible": possible and quote_row(possible),
        "citations": citations,
        "turns": [turn.question for turn in turns],
        "documents": list(scope.documents),
        "sections": list(scope.sections),
        "confidence": result.confidence,
        "passages": passages,
    }


def quote_row(citation: Citation, number: int = 1) -> dict[str, Any]:
    """A citation as it is stored alone, with its paper's `metadata`: in a table, a notebook, or on a paper."""
    return citation_row(number, citation) | {"metadata": dict(citation.document.metadata)}


def quoted(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The quotes that a record shows: those of the answer, or else the possible one, or none."""
    possible = record.get("possible")  # records of older versions have none
    return list(record["citations"]) or ([possible] if possible else [])


def headline_of(record: Mapping[str, Any]) -> str:
    """The headline of a stored abstention."""
    return headline(Scope(record["documents"], record["sections"]), is_possible=bool(record.get("possible")))


def remarks(record: Mapping[str, Any]) -> tuple[str, ...]:
    """How the question was understood, as `qa.types.understood` says it."""
    return understood(record["question"], record["interpreted_as"], _corrections(record))


def _corrections(record: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((pair["typed"], pair["as"]) for pair in record.get("corrections", ()))


def place_of(passage: Mapping[str, Any]) -> str:
    """Title, section and place of a record's passage, in words."""
    return breadcrumb(passage["title"], passage["section"], Place(**passage["place"]).words())


@dataclass(frozen=True, slots=True)
class Fate:
    """What has become of a stored quote.

    `unchanged`: the file is the same, and the quote stands where it stood. `changed`: the file or its text has changed;
    `found` says whether the words still stand in it, somewhere. `gone`: the paper is no longer in the library.

    What follows is known where it was looked for (`qa.userdata.fates`): `now` is the quote as it stands in a present
    paper, None if it does not; the same words stand `times` times in that paper; `renamed_from` is the id that an
    unchanged paper had when it was quoted, "" if it still has it.
    """

    kind: Literal["unchanged", "changed", "gone"]
    found: bool
    now: Citation | None = None
    times: int = 1
    renamed_from: str = ""

    def __str__(self) -> str:
        if self.renamed_from and self.now:
            return (
                f"The paper is no longer in the library as {self.renamed_from}; the same file, unchanged, is there as "
                f"{self.now.document.id}."
            )
        if self.kind == "unchanged":
            return "The paper has not changed since."
        if self.kind == "gone":
            return "The paper is no longer in the library; this is what stood in it."
        if self.found:
            return "The paper has changed since; these words still stand in it."
        return "The paper has changed since, and these words no longer stand in it."


def fate_of(citation: Mapping[str, Any], documents: Mapping[str, Document]) -> Fate:
    """What has become of a citation of a record. `documents` are those of an index, by id."""
    document = documents.get(citation["document"])
    if document is None:
        return Fate("gone", found=False)
    pairs = list(zip(citation["quote"], citation["spans"], strict=True))
    if document.sha256 == citation["sha256"] and all(document.raw[a:b] == quote for quote, (a, b) in pairs):
        return Fate("unchanged", found=True)
    return Fate("changed", found=all(quote in document.raw for quote, _ in pairs))


def restored(record: Mapping[str, Any], documents: Mapping[str, Document]) -> Result | None:
    """The result that a record was made of; every quote is checked again.

    None if a paper is gone or has changed. Then show the record itself, with the `fate_of` each quote.
    """
    try:
        return _restored(record, documents)
    except (KeyError, QuoteError):
        return None


def _restored(record: Mapping[str, Any], documents: Mapping[str, Document]) -> Result | None:
    rows = [*record["citations"], *record["passages"]]
    if any(documents[row["document"]].sha256 != row["sha256"] for row in rows):
        return None
    hits = []
    for row in record["passages"]:
        passage = passage_of(row)
        for sentence in passage.sentences:
            Citation(documents[passage.document], passage.section, sentence)
        hits.append(Hit(passage, row["score"], row["ranks"]))
    common = (record["question"], record["interpreted_as"])
    if record["outcome"] == "abstention":
        possible = record.get("possible")  # records of older versions have none
        return Abstention(
            *common,
            record["reason"],
            record["confidence"],
            tuple(hits),
            record["generation"],
            possible=citation_of(possible, documents) if possible else None,
            missing=tuple(record.get("missing", ())),
            scope=Scope(record["documents"], record["sections"]),
            corrections=_corrections(record),
        )
    citations = tuple(citation_of(row, documents) for row in record["citations"])
    labels = tuple(row.get("speaks_of") or "" for row in record["citations"])
    return Answer(
        *common,
        citations,
        record["confidence"],
        tuple(record["highlights"]),
        tuple(hits),
        record["generation"],
        labels if any(labels) else (),
        tuple(record.get("unanswered", ())),
        _corrections(record),
    )


def citation_of(row: Mapping[str, Any], documents: Mapping[str, Document]) -> Citation:
    """The citation of a stored quote, checked again.

    Raises:
        QuoteError: the paper is gone, or no longer has the quote where it stood.
    """
    if fate_of(row, documents).kind != "unchanged":
        raise QuoteError(f"{row['document']} has changed since the answer was given")
    sentence = Sentence(row["text"], tuple(Span(start, end) for start, end in row["spans"]))
    return Citation(documents[row["document"]], row["section"], sentence)


def turn_of(record: Mapping[str, Any], documents: Mapping[str, Document]) -> Turn:
    """The turn of a record, for a conversation that goes on.

    If its papers have changed, the turn has the question, and an abstention in place of the answer.
    """
    reason = "The papers of this answer have changed since."
    result = restored(record, documents) or Abstention(
        record["question"], record["interpreted_as"], reason, 0.0, (), record["generation"]
    )
    return Turn(record["turns"][-1], result)
