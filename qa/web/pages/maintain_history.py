"""Maintain: what was published when, by whom and why, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from qa.index import store
from qa.index.history import CHANGES, ROLLBACK, Row, in_words
from qa.types import StoreError
from qa.web.draw import cards
from qa.web.draw.text import escaped
from qa.web.draw.times import moment
from qa.web.session import opening, user, work

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
        return
    if rows and rows[-1]["current"] and rows[-1]["action"] == ROLLBACK:
        cards.notice("Somebody has gone back to the generation in use; it stays until somebody publishes another one")
    titles = _titles(folder, current, rows)
    for number, row in reversed(list(enumerate(rows))):
        is_current = row["generation"] == current
        with st.container(key=f"qa-row-{number}", horizontal=True, vertical_alignment="center"):
            _row(row, titles, is_current=is_current)
            if row["kept"] and not is_current:
                _way_back(number, row["generation"])


def _row(row: Row, titles: Mapping[str, str], *, is_current: bool) -> None:
    """Draw what changed, when, who did it and why, what the gates said, a few figures."""
    state = "in use" if is_current else "" if row["kept"] else "deleted"
    action = _WORDS.get(row["action"], row["action"])
    done = f"{action} by {row['by']}" if row["by"] else action
    about = [moment(row["published_at"]), done, state, f"generation {row['generation']}"]
    gates = "" if row["action"] == ROLLBACK else _GATES.get(row["gates"], "")
    said = [gates, *_figures(row["figures"])]
    why = f"Why: {row['why']}" if row["why"] else ""
    lines = [" · ".join(filter(None, about)), " · ".join(filter(None, said)), why]
    small = "".join(f"<br><span class='qa-small'>{escaped(line)}</span>" for line in lines if line)
    st.html(f"<p><span class='qa-row-title'>{escaped(_name(row, titles))}</span>{small}</p>")


def _figures(figures: Mapping[str, Any]) -> list[str]:
    """The few figures that tell whether a generation answers well."""
    found = []
    if "n" in figures:
        found.append(f"{figures['n']:.0f} questions")
    if "lost" in figures and "won" in figures:
        found.append(f"lost {figures['lost']:.0f}, won {figures['won']:.0f}")
    named = (("right", "right"), ("coverage", "answered"), ("risk answer", "of these wrong"))
    return found + [f"{figures[key]:.0%} {words}" for key, words in named if key in figures]


def _name(row: Row, titles: Mapping[str, str]) -> str:
    """What changed with a publication, with the titles of the papers; that is not known of those of older versions."""
    is_known = row["by"] or row["gates"] or any(row[what] for what in CHANGES)
    return in_words(row, titles) if is_known else f"generation {row['generation']}"


@st.cache_data(max_entries=4, show_spinner=False)
def _titles(folder: Path, current: str | None, rows: list[Row]) -> dict[str, str]:
    return store.titles(folder, rows)


def _way_back(number: int, generation: str) -> None:
    with st.popover("Go back to this", key=f"back-{number}", help=generation):
        st.html("<p>It answers from then on, and stays until somebody publishes another one.</p>")
        key = f"back-why-{number}"
        st.text_input("Why (optional)", max_chars=500, key=key)
        st.button("Go back to this generation", key=f"really-back-{number}", on_click=_go_back, args=(generation, key))


@user.only("maintainer")
def _go_back(generation: str, key: str) -> None:
    why = str(st.session_state.get(key, "")).strip()
    with work.failing():
        opening.library().rollback(generation, why=why)
        opening.look_again()
        work.say(f"Generation {generation} is current again, until somebody publishes another one")
