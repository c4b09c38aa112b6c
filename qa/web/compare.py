"""One question to each paper on its own."""

from __future__ import annotations

from streamlit.delta_generator import DeltaGenerator

from qa.web import cards, opening


def page(tools: DeltaGenerator) -> None:
    """Draw the page."""
    cards.title("Compare the papers")
    opening.assistant()
