"""Verdicts on answers and passages, and the draft cases that come of them.

Feedback holds all that it is about, so it can be read when conversation, generation and paper are gone. One person
has one opinion of one thing: a later one takes the place of the earlier.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from qa.records import json_text
from qa.types import Document, QuestionError
from qa.userdata import database
from qa.userdata.answer_record import Record

Verdict = Literal["right", "wrong evidence", "missed it", "should have refused"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""`right`: the answer, or the refusal, is. `wrong evidence`: other words of the papers answer it. `missed it`: it was
refused or answered in part, and the papers do say. `should have refused`: it was answered, and they do not say."""

PASSAGE_VERDICTS: tuple[Verdict, ...] = ("right", "wrong evidence")
"""Of a passage: whether it holds what answers the question."""

MAX_NOTE = 2000
"""Characters of a note."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """One opinion. `passage` is the id of the passage that it is about, "" if it is about the whole answer.

    `record` has `question`, `interpreted_as`, `turns` (as typed, the question last), `documents` and `sections` (those
    asked, empty for all), `generation`, `outcome`, `citations` (`document`, `sha256`, `spans`, `quote`) and `passages`
    (`id`, `document`, `sha256`, `spans`; the one that this is about has its `quote` too).
    """

    id: str
    user: str
    answer: str
    passage: str
    verdict: Verdict
    note: str
    given_at: str
    record: Mapping[str, Any]


def give(
    folder: Path,
    user: str,
    answer: str,
    record: Record,
    verdict: Verdict,
    documents: Mapping[str, Document],
    *,
    passage: str = "",
    note: str = "",
) -> None:
    """Keep an opinion of an answer, known by its id and its record, or of one of its passages.

    Raises:
        QuestionError: the passage was not shown, the verdict does not fit what was shown, or the note is too long.
        StoreError: the database cannot be written.
    """
    shown = {row["id"] for row in record["passages"]}
    if passage and passage not in shown:
        raise QuestionError(f"the passage {passage} was not shown with this answer")
    if verdict not in allowed(record, passage):
        raise QuestionError(f"{verdict!r} cannot be said of this; say one of: {', '.join(allowed(record, passage))}")
    if len(note) > MAX_NOTE:
        raise QuestionError(f"the note has {len(note)} characters; at most {MAX_NOTE} are kept")
    given_at = database.now()
    name = hashlib.sha256(f"{user} {answer} {passage}".encode()).hexdigest()[:16]
    with database.transaction(folder) as connection:
        connection.execute(
            "INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                name,
                user,
                answer,
                passage,
                verdict,
                note.strip(),
                given_at,
                json_text(_about(record, passage, documents)),
            ),
        )


def allowed(record: Mapping[str, Any], passage: str = "") -> tuple[Verdict, ...]:
    """What can be said of an answer, of a refusal, or of a passage."""
    if passage:
        return PASSAGE_VERDICTS
    return ("right", "missed it") if record["outcome"] == "abstention" else VERDICTS


def take_back(folder: Path, user: str, answer: str, passage: str = "") -> None:
    """Forget what a person said of a thing."""
    with database.transaction(folder) as connection:
        connection.execute(
            "DELETE FROM feedback WHERE user = ? AND answer = ? AND passage = ?", (user, answer, passage)
        )


def _about(record: Mapping[str, Any], passage: str, documents: Mapping[str, Document]) -> Record:
    """What of a record is needed to judge it later."""
    rows = []
    for shown in record["passages"]:
        row = {name: shown[name] for name in ("id", "document", "sha256", "spans")}
        document = documents.get(shown["document"])
        if shown["id"] == passage and document is not None and document.sha256 == shown["sha256"]:
            row["quote"] = [document.raw[start:end] for start, end in shown["spans"]]
        rows.append(row)
    kept = ("document", "sha256", "spans", "quote")
    same = ("question", "interpreted_as", "turns", "documents", "sections", "generation", "outcome")
    return {
        **{name: record[name] for name in same},
        "citations": [{name: row[name] for name in kept} for row in record["citations"]],
        "passages": rows,
    }


def given(folder: Path, user: str | None = None, answer: str | None = None) -> list[Feedback]:
    """All feedback, or that of a user, or on an answer, oldest first.

    Raises:
        StoreError: the database cannot be read.
    """
    with database.snapshot(folder) as connection:
        rows = connection.execute(
            "SELECT * FROM feedback WHERE user = ifnull(?, user) AND answer = ifnull(?, answer) ORDER BY given_at, id",
            (user, answer),
        ).fetchall()
    return [Feedback(**dict(row) | {"record": json.loads(row["record"])}) for row in rows]


def cases(feedback: Iterable[Feedback], documents: Sequence[Document]) -> list[Record]:
    """Draft cases for a question set, one for each thing that people agree on, in the order in which it was first said.

    A case is a line of a question set with, besides: `draft`, always true; `from`, the opinions that it comes of
    (`feedback`, `verdict`, `passage`, `note`, `given_at`, `generation`); and `todo`, what a person has to see to before
    it can be asked, in sentences. A case whose `todo` is empty loads once it is no draft any more; the others may not.

    An answer called `right` gives its citations' quotes as evidence, a refusal called `right` or an answer that
    `should have refused` an unanswerable question, and `wrong evidence` or `missed it` the passages that the same
    person called right, or nothing yet. Cases that are the same but for their origin become one. Every quote is looked
    up in `documents`, and where it no longer stands, or not only once, `todo` says so.
    """
    together: dict[tuple[str, str], list[Feedback]] = {}
    for one in feedback:
        together.setdefault((one.user, one.answer), []).append(one)
    found: dict[str, Record] = {}
    for opinions in together.values():
        case = _case(opinions)
        merged = found.setdefault(case["id"], case)
        if merged is not case:
            merged["from"] += case["from"]
    by_id = {document.id: document for document in documents}
    for case in found.values():
        case["todo"] = [*_todo(case, by_id), *_contradictions(case, found.values())]
    return list(found.values())


def _case(opinions: Sequence[Feedback]) -> Record:
    """The case of what one person said of one answer."""
    record = opinions[0].record
    whole = next((one.verdict for one in opinions if not one.passage), None)
    refused = record["outcome"] == "abstention"
    answerable = whole != "should have refused" and not (whole == "right" and refused)
    rows: list[Mapping[str, Any]] = []
    if whole == "right":
        rows = list(record["citations"])
    elif answerable:
        chosen = {one.passage: one.record for one in opinions if one.passage and one.verdict == "right"}
        rows = [row for name, about in chosen.items() for row in about["passages"] if row["id"] == name]
    evidence = [{"document": row["document"], "quote": quote} for row in rows for quote in row.get("quote", ())]
    asked = {
        **{name: record[name] for name in ("turns", "documents", "sections")},
        "answerable": answerable,
        "evidence": evidence,
    }
    key = hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:12]
    return {
        "id": f"feedback-{key}",
        "question": record["turns"][-1],
        "kind": "feedback",
        "answerable": answerable,
        "evidence": evidence,
        "alternatives": [],
        "answers": [],
        "turns": list(record["turns"]),
        "documents": list(record["documents"]),
        "sections": list(record["sections"]),
        "draft": True,
        "todo": [],
        "from": [
            {
                "feedback": one.id,
                "verdict": one.verdict,
                "passage": one.passage or None,
                "note": one.note,
                "given_at": one.given_at,
                "generation": one.record["generation"],
            }
            for one in opinions
        ],
    }


def _todo(case: Record, documents: Mapping[str, Document]) -> list[str]:
    found = []
    if case["answerable"] and not case["evidence"]:
        found.append("Add the evidence: an exact quote that answers the question.")
    if case["sections"]:
        found.append("It was asked of some sections only, which a question set cannot say; see that it holds for all.")
    for name in case["documents"]:
        if name not in documents:
            found.append(f"The paper {name}, which was asked, is no longer in the index.")
    for item in case["evidence"]:
        document = documents.get(item["document"])
        times = document.raw.count(item["quote"]) if document else 0
        if document is None:
            found.append(f"The paper {item['document']} is no longer in the index.")
        elif times == 0:
            found.append(f"This quote no longer stands in {item['document']}: {item['quote'][:60]!r}")
        elif times > 1:
            found.append(f"This quote stands {times} times in {item['document']}; lengthen it: {item['quote'][:60]!r}")
    return list(dict.fromkeys(found))


def _contradictions(case: Record, cases: Iterable[Record]) -> list[str]:
    others = [
        other["id"]
        for other in cases
        if all(other[name] == case[name] for name in ("turns", "documents", "sections"))
        and other["answerable"] != case["answerable"]
    ]
    return [f"Others say the opposite of whether it can be answered: {', '.join(others)}."] if others else []
