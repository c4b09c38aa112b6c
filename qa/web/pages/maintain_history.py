"""Maintain: what was published when, by whom and why, and the way back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from qa.index import store
from qa.index.history import CHANGES
from qa.types import QAError, StoreError
from qa.web.draw import cards
from qa.web.draw.text import escaped
from qa.web.draw.times import moment
from qa.web.session import opening, work

_NAMED = 3
"""Papers of a change that are named, each kind; the others are counted. Set by hand on 2026-11-28."""
_SIGNS: Mapping[str, str] = {"added": "+ ", "changed": "changed ", "removed": "− "}
_GATES = {
    "passed": "every gate passed",
    "forced": "published though a gate failed",
    "none": "no gate was asked",
}
_WORDS = {"build": "built", "publish": "published", "rollback": "gone back to", "remove": "taken out", "add": "added"}


def draw() -> None:
    """Draw the publications, the latest first."""
    cards.heading("What was published when")
    cards.small("To go back is to publish an earlier generation again: it stays until somebody publishes another one.")
    folder = opening.index_folder()
    try:
        current, rows = store.current_generation(folder), store.history(folder)
    except StoreError as error:
        cards.problem(str(error))
        current, rows = None, []
    for number, row in reversed(list(enumerate(rows))):
        is_current = row["generation"] == current
        before = rows[number - 1]["generation"] if number else ""
        with st.container(key=f"qa-row-{number}", horizontal=True, vertical_alignment="center"):
            _row(folder, row, before, is_current=is_current)
            if row["kept"] and not is_current:
                _way_back(number, row["generation"])


def _row(folder: Path, row: Mapping[str, Any], before: str, *, is_current: bool) -> None:
    """Draw what changed, when, who did it and why, what the gates said, a few figures."""
    state = "in use" if is_current else "" if row["kept"] else "deleted"
    action = _WORDS.get(row["action"], row["action"])
    by = row.get("by", "")
    about = [
        moment(row["published_at"]),
        f"{action} by {by}" if by else action,
        state,
        f"generation {row['generation']}",
    ]
    gates = row.get("gates", "")
    said = [_GATES.get(gates, ""), *_figures(row.get("figures", {}))]
    why = row.get("why", "")
    lines = [" · ".join(filter(None, about)), " · ".join(filter(None, said)), f"Why: {why}" if why else ""]
    small = "".join(f"<br><span class='qa-small'>{escaped(line)}</span>" for line in lines if line)
    st.html(f"<p><span class='qa-row-title'>{escaped(_name(folder, row, before))}</span>{small}</p>")


def _figures(figures: Mapping[str, Any]) -> list[str]:
    """The few figures that tell whether a generation answers well."""
    found = []
    if "n" in figures:
        found.append(f"{figures['n']:.0f} questions")
    if "lost" in figures and "won" in figures:
        found.append(f"lost {figures['lost']:.0f}, won {figures['won']:.0f}")
    named = (("right", "right"), ("coverage", "answered"), ("risk answer", "of these wrong"))
    return found + [f"{figures[key]:.0%} {words}" for key, words in named if key in figures]


def _name(folder: Path, row: Mapping[str, Any], before: str) -> str:
    """What changed with a publication, with the titles of the papers; the name of the generation if that is unknown."""
    ids = {change: list(row.get(change, [])) for change in CHANGES}
    if not any(ids.values()):
        same = "the papers as they were" if row.get("by") or row.get("gates") else ""
        return same or f"generation {row['generation']}"
    shown = tuple(name for names in ids.values() for name in names[:_NAMED] if name)
    titles = _titles(folder, shown, (row["generation"], before, store.current_generation(folder) or ""))
    return "; ".join(_change(change, names, titles) for change, names in ids.items() if names)


def _change(change: str, names: Sequence[str], titles: Mapping[str, str]) -> str:
    number = len(names)
    papers = f"{number} paper{'s' * (number != 1)}"
    shown = [titles.get(name, name) for name in names[:_NAMED] if name]
    more = [f"{number - len(shown)} more"] if shown and number > len(shown) else []
    return f"{_SIGNS[change]}{papers}" + (f": {', '.join([*shown, *more])}" if shown else "")


@st.cache_data(max_entries=64, show_spinner=False)
def _titles(folder: Path, ids: tuple[str, ...], generations: tuple[str, ...]) -> dict[str, str]:
    """The titles of papers by id, each from the first of these generations that is there and has it."""
    found: dict[str, str] = {}
    for generation in dict.fromkeys(filter(None, generations)):
        if len(found) == len(set(ids)):
            break
        try:
            index = store.load(folder, generation, every_byte=False)
        except StoreError:
            continue
        found |= {name: index.by_id[name].title for name in ids if name not in found and name in index.by_id}
    return found


def _way_back(number: int, generation: str) -> None:
    with st.popover("Go back to this", key=f"back-{number}", help=generation):
        st.html("<p>It answers from then on, and stays until somebody publishes another one.</p>")
        key = f"back-why-{number}"
        st.text_input("Why (optional)", max_chars=500, key=key)
        st.button("Go back to this generation", key=f"really-back-{number}", on_click=_go_back, args=(generation, key))


def _go_back(generation: str, key: str) -> None:
    why = str(st.session_state.get(key, "")).strip()
    try:
        opening.library().rollback(generation, why=why)
    except QAError as error:
        work.fail(str(error))
        return
    opening.look_again()
    work.say(f"Generation {generation} is current again, until somebody publishes another one")
