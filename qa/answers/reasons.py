"""The reason for an abstention, in one sentence that claims no more than is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qa.answers.names import Name
from qa.answers.presence import Presence
from qa.answers.question.asked_for import asked_for
from qa.answers.question.language import other_language
from qa.answers.reader import Reading
from qa.answers.search import rows_within
from qa.index.index import Index

_TITLES = 2
"""At most this many papers are named."""


def reason(reading: Reading, index: Index) -> str:
    """Why the question is not answered: what is missing, and where it stands, or that nothing comes near enough."""
    if not reading.hits:
        return "None of the papers asked has any text to search."
    if language := other_language(reading.typed):
        return f"The question seems to be in {language}. Questions are read in English: please ask it in English."
    if reading.missing:
        presence = Presence(index, reading.missing)
        return " ".join(_missing(name, presence, reading, index) for name in reading.missing)
    if not reading.chosen:
        if asked_for(reading.question) == "quantity":
            return "The question asks for a number, and no sentence that comes near has one that may answer."
        return "What comes near cannot answer: it is a heading or a label, or it speaks of the opposite."
    return "The nearest passages were read, and no sentence of them answers the question with enough certainty."


def _missing(name: Name, presence: Presence, reading: Reading, index: Index) -> str:
    if name.kind in ("number", "group"):  # a paper may have it in other units, or call such people otherwise
        return f"No passage that comes near has “{name.text}” together with the rest of the question."
    papers = presence.papers(name)
    if not papers:
        return f"“{name.text}” is in none of the papers."
    chosen = [paper for paper in papers if paper in reading.scope.documents]
    titles = _titles(chosen or papers, index)
    if reading.scope.documents and not chosen:
        return f"“{name.text}” is in none of the chosen papers; it is in {titles}."
    within = replace(reading.scope, documents=tuple(chosen or papers))
    if not any(presence.speaks_of(index.passages[row], name) for row in rows_within(index, within).tolist()):
        if reading.scope.sections:
            return f"“{name.text}” is in none of the chosen sections; it is in {titles}."
        return f"In {titles}, “{name.text}” is only in the references."
    return f"No passage speaks of “{name.text}” together with the rest of the question; it is in {titles}."


def _titles(papers: Sequence[str], index: Index) -> str:
    titles = ", ".join(f"“{index.by_id[paper].title}”" for paper in papers[:_TITLES])
    return f"{titles} and {len(papers) - _TITLES} more" if len(papers) > _TITLES else titles
