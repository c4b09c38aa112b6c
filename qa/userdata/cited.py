"""A permanent link is resolved: the quotes that it leads to, each with what has become of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.index import kept
from qa.index.index import Index
from qa.types import Citation, Document, Passage, QuoteError, Sentence, Span, StoreError, hull, letters
from qa.userdata import answer_record, conversations, database
from qa.userdata.addresses import Named
from qa.userdata.answer_record import quote_row
from qa.userdata.fates import Row, Traced, traced


@dataclass(frozen=True, slots=True)
class Cited:
    """What a link leads to. `question` is that of the answer, "" for a place in a paper; `generation` is the one that
    was asked, or "". `is_dated` says whether the link or its record says of which version of the paper it is."""

    question: str
    generation: str
    quotes: tuple[Traced, ...]
    is_dated: bool = True


def cited(link: str | Named, index: Index, folder: Path, state: Path) -> Cited:
    """The quotes that a permanent link leads to, which names an answer by its id, or a place (`addresses.named`).

    `index` is the present one, `folder` that of its generations, and `state` that of what people leave.

    Raises:
        StoreError: there is no such answer, the version of the paper is not kept, or the state cannot be read.
        QuoteError: what was stored is damaged.
    """
    if isinstance(link, Named):
        return at_place(link, index, folder)
    answer = conversations.answer(state, link) if (state / database.FILE).exists() else None
    if answer is None:
        raise StoreError(
            f"there is no such answer in {state}, or its owner has deleted it; QA_STATE_DIR names another folder"
        )
    rows = answer_record.quoted(answer.record)
    quotes = tuple(traced(row, index, folder) for row in rows)
    return Cited(answer.record["turns"][-1], answer.record["generation"], quotes)


def at_place(place: Named, index: Index, folder: Path) -> Cited:
    """The quotes at a place of a paper, in the version that the link names, or else in the latest that has the place.

    Raises:
        StoreError: no generation that is kept has this version, or it has no such place.
    """
    for document, passages in _versions(place, index, folder):
        citations = quoted_at(document, passages, place.spans)
        if citations:
            rows: list[Row] = [
                quote_row(citation, number) | {"document": place.document}
                for number, citation in enumerate(citations, start=1)
            ]
            return Cited("", "", tuple(traced(row, index, folder) for row in rows), bool(place.version))
    raise StoreError(
        f"the version of {place.document!r} in which this place stands is no longer kept, so its words are not known; "
        "`qa index history` lists the generations that are"
    )


def _versions(place: Named, index: Index, folder: Path) -> Iterator[tuple[Document, Sequence[Passage]]]:
    """The texts that may be meant, the likeliest first: the present paper, one with another name, those before."""
    present = [index.by_id[place.document]] if place.document in index.by_id else []
    if place.version:
        present += [one for one in kept.of_file(index, place.version) if one not in present]
    for document in present:
        if document.sha256.startswith(place.version):
            yield document, index.passages_of(document.id)
    for version in kept.versions(folder, place.document, place.version):
        yield version.document, version.passages


def quoted_at(document: Document, passages: Sequence[Passage], spans: Sequence[Span]) -> list[Citation]:
    """The words of a document at some spans, as checked quotes in reading order; [] if there are none.

    They are its sentences, if the spans hold nothing but whole ones, and else one quote of the raw words.
    """
    raw = document.raw
    if max(span.end for span in spans) > len(raw):
        return []
    whole = [
        (passage.section, sentence)
        for passage in passages
        for sentence in passage.sentences
        if all(any(span.start <= own.start and own.end <= span.end for span in spans) for own in sentence.spans)
    ]
    words = " ".join(" ".join(raw[span.start : span.end] for span in spans).split())
    if letters("".join(sentence.text for _, sentence in whole)) != letters(words):
        at = hull(spans)
        around = (
            passage.section for passage in passages if hull(passage.spans).start <= at.start < hull(passage.spans).end
        )
        whole = [(next(around, ""), Sentence(words, tuple(spans)))] if letters(words) else []
    try:
        return [Citation(document, section, sentence) for section, sentence in whole]
    except QuoteError:
        return []
