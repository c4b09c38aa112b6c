"""The menu that takes the notebook along as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from qa.types import Document, Span
from qa.userdata import notebook_export, references
from qa.userdata.notebook import Entry
from qa.userdata.references import Row
from qa.web.session import links

_FORMATS: Mapping[str, tuple[str, str, Callable[[Sequence[Entry], Mapping[str, Document]], str]]] = {
    "Markdown": ("md", "text/markdown", lambda entries, papers: notebook_export.as_markdown(entries, papers, _address)),
    "HTML to print": ("html", "text/html", lambda entries, papers: notebook_export.as_html(entries, papers, _address)),
    "BibTeX": ("bib", "application/x-bibtex", lambda entries, _: references.as_bibtex(notebook_export.quotes(entries))),
    "RIS": (
        "ris",
        "application/x-research-info-systems",
        lambda entries, _: references.as_ris(notebook_export.quotes(entries)),
    ),
}


def menu(entries: Sequence[Entry], documents: Mapping[str, Document]) -> None:
    """Draw the menu. `documents` are those of today's index, by id. A file is made when the menu is opened."""
    with st.popover("Export", key="qa-notebook-export", on_change="rerun") as opened:
        if not opened.open:
            return
        for name, (ending, kind, make) in _FORMATS.items():
            file, key = f"notebook.{ending}", f"qa-notebook-{ending}"
            st.download_button(name, make(entries, documents), file, kind, key=key, on_click="ignore", width="stretch")


def _address(row: Row) -> str:
    """The address of a quote's place on this server, for a file that is read elsewhere."""
    return links.address("Library", links.place(row["document"], [Span(*pair) for pair in row["spans"]]))
