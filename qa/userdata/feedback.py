"""Verdicts on answers and passages, and the draft cases that come of them.

Feedback holds all that it is about, so it can be read when conversation, generation and paper are gone. A user has one
opinion of one thing: a later one replaces the earlier.
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
from qa.userdata import answer_record, database
from qa.userdata.conversations import StoredAnswer
from qa.userdata.drafts import Case

Verdict = Literal["right", "wrong evidence", "missed it", "should have refused"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""`right`: the answer, or the abstention, is right. `wrong evidence`: other words of the papers answer the question.
`missed it`: there was an abstention or a partial answer, and the papers do say. `should have refused`: there was an
answer, and the papers do not say. A possible answer is judged as an answer is."""

PASSAGE_VERDICTS: tuple[Verdict, ...] = ("right", "wrong evidence")
"""Verdicts on a passage: whether it holds what answers the question."""

MAX_NOTE = 2000
"""Characters of a note."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a user says of an answer, or, with the id of a `passage`, of one of the passages shown with it."""

    verdict: Verdict
    passage: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Feedback:
    """A stored opinion. `passage` is the id of the passage that it is about, "" if it is about the whole answer.

    `record` has `question`, `interpreted_as`, `turns` (as typed, the question last), `documents` and `sections` (those
    asked, empty for all), `generation`, `outcome`, `citations` (`document`, `sha256`, `spans`, `quote`; one for a
    possible answer) and `passages`
    (`id`, `document`, `sha256`, `spans`; the one that the opinion is about has its `quote` too).
    """

    id: str
    user: str
    answer: str
    passage: str
    verdict: Verdict
    note: str
    given_at: str
    record: Mapping[str, Any]


def give(folder: Path, user: str, answer: StoredAnswer, opinion: Opinion, documents: Mapping[str, Document]) -> None:
    """Store a user's opinion. `documents` are those of the index by id; the passage's quote is taken from them.

    Raises:
        QuestionError: the passage was not shown, the verdict does not fit what was shown, or the note is too long.
        StoreError: the database cannot be written.
    """
    _check(opinion, answer.record)
    name = hashlib.sha256(f"{user} {answer.id} {opinion.passage}".encode()).hexdigest()[:16]
    about = json_text(_about(answer.record, opinion.passage, documents))
    said = (opinion.passage, opinion.verdict, opinion.note.strip())
    with database.transaction(folder) as connection:
        connection.execute(
            "INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (name, user, answer.id, *said, database.now(), about),
        )


def _check(opinion: Opinion, record: Mapping[str, Any]) -> None:
    passage, verdicts = opinion.passage, allowed(record, opinion.passage)
    if passage and passage not in {row["id"] for row in record["passages"]}:
        raise QuestionError(f"the passage {passage} was not shown with this answer; judge one that was")
    if opinion.verdict not in verdicts:
        raise QuestionError(f"{opinion.verdict!r} cannot be said of this; say one of: {', '.join(verdicts)}")
    if len(opinion.note) > MAX_NOTE:
        raise QuestionError(f"the note has {len(opinion.note)} characters; shorten it to at most {MAX_NOTE}")


def allowed(record: Mapping[str, Any], passage: str = "") -> tuple[Verdict, ...]:
    """The verdicts that fit an answer, an abstention, or a passage."""
    if passage:
        return PASSAGE_VERDICTS
    if answer_record.quoted(record):
        return VERDICTS
    return ("right", "missed it")


def take_back(folder: Path, user: str, answer: str, passage: str = "") -> None:
    """Delete a user's opinion of an answer, or of one of its passages."""
    with database.transaction(folder) as connection:
        connection.execute(
            "DELETE FROM feedback WHERE user = ? AND answer = ? AND passage = ?", (user, answer, passage)
        )


def _about(record: Mapping[str, Any], passage: str, documents: Mapping[str, Document]) -> dict[str, Any]:
    """What `Feedback.record` says of a record. The passage has a quote only if its file is still the same."""
    rows = []
    for shown in record["passages"]:
        row = {name: shown[name] for name in ("id", "document", "sha256", "spans")}
        document = documents.get(shown["document"])
        if shown["id"] == passage and document is not None and document.sha256 == shown["sha256"]:
            row["quote"] = [document.raw[start:end] for start, end in shown["spans"]]
        rows.append(row)
    cited = ("document", "sha256", "spans", "quote")
    same = ("question", "interpreted_as", "turns", "documents", "sections", "generation", "outcome")
    return {
        **{name: record[name] for name in same},
        "citations": [{name: row[name] for name in cited} for row in answer_record.quoted(record)],
        "passages": rows,
    }


def given(folder: Path, user: str | None = None, answer: str | None = None) -> list[Feedback]:
    """All feedback, or only that of a user, or on an answer (by id), oldest first.

    Raises:
        StoreError: the database cannot be read.
    """
    wanted = {name: value for name, value in (("user", user), ("answer", answer)) if value is not None}
    conditions = " AND ".join(f"{name} = :{name}" for name in wanted) or "true"  # as they are, so that an index serves
    query = f"SELECT * FROM feedback WHERE {conditions} ORDER BY given_at, id"  # noqa: S608 - the names above only
    with database.snapshot(folder) as connection:
        rows = connection.execute(query, wanted).fetchall()
    return [Feedback(**dict(row) | {"record": json.loads(row["record"])}) for row in rows]


def cases(feedback: Iterable[Feedback], documents: Sequence[Document]) -> list[Case]:
    """Draft cases for a question set: one for each thing that users agree on, in the order in which it was first said.

    A case is a line of a question set with three keys more. `draft` is always true. `from` lists the opinions that the
    case comes of (`feedback`, `verdict`, `passage`, `note`, `given_at`, `generation`). `todo` says, in sentences, what
    an evaluator has to do before the case can be asked. Without `draft`, a case whose `todo` is empty loads; others may
    not.

    The evidence depends on the verdict. An answer called `right`: the quotes of its citations. An abstention called
    `right`, or an answer that `should have refused`: none, and the question is unanswerable. `wrong evidence` or
    `missed it`: the passages that the same user called right, or nothing yet. Cases that differ only in their origin
    become one. Every quote is looked up in `documents`; `todo` says where one no longer stands, or stands more than
    once.
    """
    together: dict[tuple[str, str], list[Feedback]] = {}
    for one in feedback:
        together.setdefault((one.user, one.answer), []).append(one)
    found: dict[str, Case] = {}
    for opinions in together.values():
        case = _case(opinions)
        merged = found.setdefault(case["id"], case)
        if merged is not case:
            merged["from"] += case["from"]
    by_id = {document.id: document for document in documents}
    for case in found.values():
        case["todo"] = [*_todo(case, by_id), *_contradictions(case, found.values())]
    return list(found.values())


def _case(opinions: Sequence[Feedback]) -> Case:
    """The case of what one user said of one answer."""
    record = opinions[0].record
    whole = next((one.verdict for one in opinions if not one.passage), None)
    abstained = not record["citations"]
    answerable = whole != "should have refused" and not (whole == "right" and abstained)
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


def _todo(case: Case, documents: Mapping[str, Document]) -> list[str]:
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


def _contradictions(case: Case, cases: Iterable[Case]) -> list[str]:
    others = [
        other["id"]
        for other in cases
        if all(other[name] == case[name] for name in ("turns", "documents", "sections"))
        and other["answerable"] != case["answerable"]
    ]
    return [f"Others say the opposite of whether it can be answered: {', '.join(others)}."] if others else []
