"""Library: the papers, how well they were read, their text."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from qa.web.draw import cards
from qa.web.pages import library_list, paper
from qa.web.session import links, opening

_PARAMETER = "paper"


def page(tools: DeltaGenerator) -> None:
    """Draw the page: all papers, or the one that the address names."""
    cards.title("Library")
    assistant = opening.assistant()
    wanted = st.query_params.get(_PARAMETER)
    if wanted is not None and wanted in assistant.by_id:
        st.query_params.from_dict(st.query_params.to_dict())  # a link within this page does not change the address
        paper.page(assistant, assistant.by_id[wanted])
        return
    with st.container(key="qa-page"):
        if wanted is None:
            library_list.draw(assistant)
            return
        links.link("Library", "← All papers", {})
        cards.problem("There is no such paper in the library")
