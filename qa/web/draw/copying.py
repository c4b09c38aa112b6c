"""Buttons that copy a text to the clipboard: a link, or a quote with its citation."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from qa.types import Citation
from qa.userdata.answer_record import quote_row
from qa.userdata.references import HOW, How, Row, quote_with_citation

_FORMS: Mapping[How, str] = {"plain": "Plain text", "markdown": "Markdown", "bibtex-key": "LaTeX with BibTeX key"}


def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")


_component = st.components.v2.component(
    "qa_copy", html=_file("copying.html"), css=_file("copying.css"), js=_file("copying.js")
)


def link(address: str, *, key: str) -> None:
    """A button that copies the permanent link to an answer."""
    _button("Copy link", "Copy link to this answer", [("", address)], key)


def quote(citation: Citation, number: int, address: str, *, key: str) -> None:
    """A button that copies a quote with its citation, in one of three forms.

    `number` is that of the citation, from 1; `address` leads to its place in the source, "" if there is none.
    """
    quote_of(quote_row(citation, number), f"quote {number}", address, key=key)


def quote_of(row: Row, name: str, address: str, *, key: str) -> None:
    """The same for a stored quote; `name` tells it from the others on the page ("quote 2")."""
    forms = [(_FORMS[how], quote_with_citation(row, how, address)) for how in HOW]
    _button("Copy quote", f"Copy {name} with its citation", forms, key)


def _button(words: str, name: str, forms: list[tuple[str, str]], key: str) -> None:
    """A button, or a menu where there are several forms; each has its name and the text to copy."""
    _component(key=key, data={"words": words, "name": name, "forms": forms}, width="content")
