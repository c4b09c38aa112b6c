"""Draw tables; cells are escaped."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from qa.web.draw.text import escaped


def table(head: Sequence[str], rows: Sequence[Sequence[str]], figures: Collection[int] = ()) -> None:
    """A table in a box that scrolls sideways. `figures` are the columns that hold numbers, counted from 0."""
    kind = ["qa-figure" if number in figures else "" for number in range(len(head))]

    def cells(tag: str, values: Sequence[str]) -> str:
        return "".join(f"<{tag} class='{k}'>{escaped(v)}</{tag}>" for k, v in zip(kind, values, strict=True))

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    st.html(
        f"<div class='qa-scroll' tabindex='0'><table><thead><tr>{cells('th', head)}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )
