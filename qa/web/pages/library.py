"""Library: the papers, how well they were read, their text."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from qa.userdata.addresses import PAPER
from qa.web.draw import cards
from qa.web.pages import library_list, old_place, paper
from qa.web.session import links, opening


def page(tools: DeltaGenerator) -> None:
    """Draw the page: all papers, or the one that the address names."""
    cards.title("Library")
    assistant = opening.assistant()
    wanted = st.query_params.get(PAPER)
    present = None if wanted is None else assistant.by_id.get(wanted)
    place = None if wanted is None else old_place.asked(wanted, present)
    quotes = old_place.found(assistant, place) if place else ()
    if present is not None and (not quotes or old_place.moved(quotes)):
        st.query_params.from_dict(st.query_params.to_dict())  # a link within this page does not change the address
        elsewhere = paper.Elsewhere(old_place.moved(quotes), old_place.MOVED if quotes else old_place.NOT_KEPT)
        paper.page(assistant, present, elsewhere if place else None)
        return
    if quotes:
        old_place.draw(quotes, assistant, present)
        return
    with st.container(key="qa-page"):
        if wanted is None:
            library_list.draw(assistant)
            return
        links.link("Library", "← All papers", {})
        cards.problem("There is no such paper in the library")
