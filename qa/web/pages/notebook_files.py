"""The menu that takes the notebook along as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import streamlit as st

from qa.types import Document
from qa.userdata import notebook_export, references
from qa.userdata.notebook import Entry
from qa.web.session import links

_FORMATS: Mapping[str, tuple[str, str, Callable[[Sequence[Entry], Mapping[str, Document]], str]]] = {
    "Markdown": (
        "md",
        "text/markdown",
        partial(notebook_export.as_markdown, source=links.source),
    ),
    "HTML to print": (
        "html",
        "text/html",
        partial(notebook_export.as_html, source=links.source),
    ),
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
