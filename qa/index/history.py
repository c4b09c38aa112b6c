"""What was published when, by whom and why: the lines of `history.jsonl`."""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from qa.types import StoreError

FILE = "history.jsonl"
ROLLBACK, UNKNOWN = "rollback", "unknown"
"""The action of going back to a generation, and that of a publication of which a killed program left no line."""

CHANGES = ("added", "changed", "removed")

NAMED = 2
"""Papers of a kind of change that are named. Set by hand on 2026-11-28."""

Gates = Literal["passed", "failed", "none"]
Row = dict[str, Any]
"""A publication as JSON: `generation`, `action`, `published_at` (UTC, ISO 8601), `by` (who), `why`; `added`, `changed`
and `removed`, the ids of papers against the generation that was published before, "" for one that was forgotten;
`gates` ("passed"; "forced" where one failed; "none" where none was asked; "" where it is not known), and `figures`,
numbers by name."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the gates said of a generation before it was published, and why it was published.

    `failed` names the gates that were not passed; `figures` are those of the evaluation, by name.

    Raises:
        StoreError: a gate failed, and there is no reason to publish in spite of it.
    """

    gates: Gates = "none"
    why: str = ""
    failed: tuple[str, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.gates == "failed" and not self.why.strip():
            raise StoreError(f"a gate failed ({'; '.join(self.failed)}); to publish all the same, give a reason")


NOT_ASKED = Decision()


def me() -> str:
    """The name of the user of this machine who runs this program; "" if it has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user id without a name, as containers have
        return ""


def row_of(
    generation: str,
    action: str,
    by: str = "",
    changes: Mapping[str, Sequence[str]] | None = None,
    decision: Decision = NOT_ASKED,
    at: datetime | None = None,
) -> Row:
    """The line of a publication. `changes` are those of `changes_between`; `at` is now if it is not given."""
    return {
        "generation": generation,
        "action": action,
        "published_at": (at or datetime.now(UTC)).isoformat(timespec="seconds"),
        "by": by,
        "why": decision.why,
        **(changes or changes_between({}, {})),
        "gates": "forced" if decision.gates == "failed" else decision.gates,
        "figures": dict(decision.figures),
    }


def changes_between(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, list[str]]:
    """The ids of the papers that two generations do not share, by the keys of their papers.

    >>> changes_between({"a": "1", "b": "1"}, {"b": "2", "c": "1"})
    {'added': ['c'], 'changed': ['b'], 'removed': ['a']}
    """
    return {
        "added": sorted(after.keys() - before.keys()),
        "changed": sorted(name for name in after.keys() & before.keys() if after[name] != before[name]),
        "removed": sorted(before.keys() - after.keys()),
    }


def rows(folder: Path) -> list[Row]:
    """The publications, oldest first; damaged lines are skipped, and what an older version did not write is empty."""
    path = folder / FILE
    if not path.exists():
        return []
    found = []
    for line in path.read_text("utf-8", errors="replace").split("\n"):
        with suppress(ValueError, TypeError, KeyError, AttributeError):
            row = json.loads(line)
            found.append(
                {name: str(row[name]) for name in ("generation", "action", "published_at")}
                | {name: str(row.get(name, "")) for name in ("by", "why")}
                | {name: [str(one) for one in row.get(name, [])] for name in CHANGES}
                | {"gates": str(row.get("gates", "")), "figures": dict(row.get("figures", {}))}
            )
    return found


def in_words(row: Row, titles: Mapping[str, str]) -> str:
    """What a publication changed, by the titles of papers, or their ids where these are not known.

    >>> in_words({"added": ["a", "b", "c"], "changed": [], "removed": [""]}, {"a": "Apples"})
    '+ 3 papers: Apples, b and 1 more; − 1 paper: forgotten since'
    """
    parts = []
    for sign, what in (("+", "added"), ("−", "removed"), ("changed:", "changed")):
        ids = row[what]
        if ids:
            named = [titles.get(name, name) or "forgotten since" for name in ids[:NAMED]]
            more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
            parts.append(f"{sign} {len(ids)} paper{'s' * (len(ids) > 1)}: {', '.join(dict.fromkeys(named))}{more}")
    return "; ".join(parts) or "the same papers, read anew"


def without(rows: Sequence[Row], document_id: str) -> list[Row]:
    """The same publications, in which a paper has no name any more.

    >>> row = row_of("a1", "build", changes=changes_between({}, {"fruit": "1", "stones": "2"}))
    >>> without([row], "fruit")[0]["added"]
    ['', 'stones']
    """
    return [row | {what: ["" if one == document_id else one for one in row[what]] for what in CHANGES} for row in rows]


def line(rows: Iterable[Row]) -> list[str]:
    """The generations that led to the last one: who goes back leaves out what came after.

    >>> actions = [("a", "build"), ("b", "build"), ("a", "rollback"), ("c", "add")]
    >>> line([row_of(name, action) for name, action in actions])
    ['a', 'c']
    """
    found: list[str] = []
    for row in rows:
        name = row["generation"]
        if row["action"] == ROLLBACK and name in found:
            del found[len(found) - found[::-1].index(name) :]
        else:
            found.append(name)
    return found


def text_of(rows: Sequence[Row]) -> str:
    """The text of the file with these lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
