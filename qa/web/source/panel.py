"""The component: a paper with one quote marked, set as text and never as HTML.

It shows the readable text with its headings, the raw text, or, for a PDF, the printed pages. The texts are cut here and
not in the browser, because offsets count Unicode characters, and JavaScript counts UTF-16 units.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import streamlit as st

from qa.text import visible
from qa.types import Citation, Document, SourceError, Span, breadcrumb
from qa.web.draw.text import opener_key
from qa.web.draw.times import moment
from qa.web.session import opening

if TYPE_CHECKING:
    from qa.index.index import Index
    from qa.index.kept import Kept
    from qa.papers.picture import Picture

View = Literal["page", "readable", "raw"]
"""The views of a paper, the best first."""
_WORDS: dict[View, str] = {"page": "Printed page", "readable": "Readable text", "raw": "Raw text"}

Segment = tuple[str, int | None]
"""A piece of text, and the number of the quote's part that it is; None outside of the quote."""
Block = tuple[Literal["heading", "text", "aside"], list[Segment]]
"""A heading, a paragraph, or an aside such as a caption or table; in pieces."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The citation whose source is open: `number`, counted from 0, of the `citations` that one can step through.

    `opener` and the number make the key of the button that opens it (see `opener_key`). `click` counts the clicks on
    this page, so that the component sees a second click on the same citation. `was` is the generation whose text is
    shown, None for the present one.
    """

    citations: tuple[Citation, ...]
    number: int
    opener: str
    click: int
    was: Kept | None = None


def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")


_component = st.components.v2.component(
    "qa_source", html=_file("source.html"), css=_file("source.css"), js=_file("source.js")
)


def show(page: str, citations: Sequence[Citation], number: int, opener: str, was: Kept | None = None) -> None:
    """Open the source of a citation on a page of the app. `opener` and `was`: see `Shown`."""
    before = shown(page)
    click = 1 if before is None else before.click + 1
    st.session_state[_key(page)] = Shown(tuple(citations), number, opener, click, was)


def shown(page: str) -> Shown | None:
    """The citation that is open on a page of the app, if any."""
    found: Shown | None = st.session_state.get(_key(page))
    return found


def close(page: str) -> None:
    """Close the panel on a page of the app."""
    st.session_state[_key(page)] = None


def panel(page: str, index: Index) -> None:
    """Draw the panel of a page of the app, if a citation is open."""
    now = shown(page)
    slot = st.empty()  # clears the last run's panel at once, not at the end of this run
    if now is None or (now.was is not None and not (opening.index_folder() / now.was.generation).is_dir()):
        return  # an old version is shown as long as its generation is kept
    citation = now.citations[now.number]
    with slot.container(key="qa-source"):
        blocks = readable(citation, now.was or index)
        views = [view for view in get_args(View) if _can_show(view, citation, blocks, is_old=now.was is not None)]
        view: View = st.session_state.get("qa-view", views[0])
        view = view if view in views else views[0]
        pages, problem = _pages(citation) if view == "page" else ((), "")
        if problem:
            views.remove("page")
            view = views[0]
        elif view == "page" and not any(picture.boxes for picture in pages):
            problem = "The sentence could not be found on the printed page, so nothing is boxed there."
        _component(
            key="source-text",
            data={
                "click": f"{page}.{now.opener}.{now.number}.{now.click}",
                "opener": opener_key(now.opener, now.number),
                "title": ("Old version: " if now.was else "") + visible(citation.document.title),
                "place": breadcrumb(visible(citation.section), citation.place.words()),
                "number": now.number + 1,
                "count": len(now.citations),
                "views": [(name, _WORDS[name]) for name in views],
                "view": view,
                "warning": " ".join(filter(None, map(visible, (_note(now.was), citation.warning, problem)))),
                "parts": _parts(citation) if view == "raw" else [],
                "content": _content(view, citation, blocks, pages),
            },
            on_close_change=lambda: close(page),
            on_step_change=lambda: _step(page),
            on_view_change=_turn,
        )


def segments(citation: Citation) -> list[Segment]:
    """The whole raw text in pieces; the piece with number i is `citation.quote[i]`."""
    raw = citation.document.raw
    pieces: list[Segment] = []
    end = 0
    for number, span in sorted(enumerate(citation.spans), key=lambda numbered: numbered[1]):
        pieces += [(raw[end : span.start], None), (raw[span.start : span.end], number)]
        end = span.end
    return [*pieces, (raw[end:], None)]


def readable(citation: Citation, index: Index | Kept) -> list[Block]:
    """The whole readable text; the piece with number 0 is `citation.text`, and no other piece has a number.

    [] if this index does not hold that sentence of that text: the citation may be of another generation.
    """
    document = citation.document.id
    own = index.passages_of(document)
    if not own or index.by_id[document].raw != citation.document.raw:
        return []
    if not any(citation.sentence in passage.sentences for passage in own):
        return []
    blocks: list[Block] = []
    for section, kind, together in index.sections_of(document):
        if section:
            blocks.append(("heading", [(visible(section), None)]))
        for passage in together:
            pieces: list[Segment] = []
            for sentence in passage.sentences:
                is_quote = sentence == citation.sentence
                pieces += [(sentence.text, 0 if is_quote else None), (" ", None)]
            blocks.append(("text" if kind in ("body", "abstract") else "aside", pieces[:-1]))
    return blocks


def _note(was: Kept | None) -> str:
    """What is said of a text that is not the present one."""
    if was is None:
        return ""
    when = moment(was.published_at)
    return f"This is the paper as it was in generation {was.generation}, published on {when}. It is no longer in use."


def _can_show(view: View, citation: Citation, blocks: Sequence[Block], *, is_old: bool) -> bool:
    """Whether there is such a view; the file of an old version is not kept, so its pages cannot be drawn."""
    if view == "page":
        return bool(citation.document.page_starts) and not is_old
    return view == "raw" or bool(blocks)


def _pages(citation: Citation) -> tuple[tuple[Picture, ...], str]:
    """The printed pages of a quote and "", or none and the reason why they cannot be shown."""
    try:
        with st.spinner("Drawing the page…"):
            return _drawn(citation.document.sha256, citation.spans, citation.document), ""
    except SourceError as error:
        reason = str(error)
        return (), f"{reason[:1].upper()}{reason[1:]}. The text is shown as it was when it was indexed."


@st.cache_data(max_entries=64, show_spinner=False)
def _drawn(sha256: str, spans: tuple[Span, ...], _document: Document) -> tuple[Picture, ...]:
    from qa.papers.picture import file_of, pictures

    return pictures(_document, spans, file_of(_document, opening.corpus()))


def _parts(citation: Citation) -> list[str]:
    places = [citation.document.locate(span).words() for span in citation.spans]
    return places if len(places) > 1 else []


def _content(view: View, citation: Citation, blocks: list[Block], pages: Sequence[Picture]) -> object:
    if view == "page":
        return [
            {
                "page": picture.page,
                "png": base64.b64encode(picture.png).decode(),
                "boxes": [(box.left, box.top, box.width, box.height) for box in picture.boxes],
            }
            for picture in pages
        ]
    return blocks if view == "readable" else segments(citation)


def _step(page: str) -> None:
    now, by = shown(page), st.session_state["source-text"].step
    if now is not None and by is not None and 0 <= now.number + by < len(now.citations):
        st.session_state[_key(page)] = replace(now, number=now.number + by, click=now.click + 1)


def _turn() -> None:
    view = st.session_state["source-text"].view
    if view in get_args(View):
        st.session_state["qa-view"] = view


def _key(page: str) -> str:
    return f"qa-shown-{page}"
