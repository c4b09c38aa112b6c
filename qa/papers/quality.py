"""How well each page was read: a score with its reasons."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from qa.papers.conventions import WHOLE_SENTENCE
from qa.papers.left_out import left_out
from qa.papers.repair import Change
from qa.types import Document, Passage, Quality, falling
from qa.words import is_english

_WORD = re.compile(r"[^\W\d_]{3,}")
"""Words that are looked up: three letters or more, since shorter ones are mostly symbols."""
_ANY_WORD = re.compile(r"[^\W\d_]{2,}")
"""Words that may tell a language: single letters are words in many, and symbols in all."""
_ODD = re.compile(r"[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f\x7f-\x9f]")
"""Characters without a meaning: the replacement character, private use, controls."""
_LONE = re.compile(r"(?<!\S)[b-zB-HJ-Z](?!\S)")
"""A letter that stands alone and is no English word, as A, I and a are."""

_CODED = re.compile(r"\(cid:\d+\)|(?:/[a-zA-Z]{1,3}\d{1,5}-?){3,}")
"""Numbers or names of glyphs in place of their letters, as other programs write them: (cid:12), /g69/g70/g71."""
_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile(r"[A-Za-z\u00aa-\u024f\u1e00-\u1eff\ufb00-\ufb06]")

NO_TEXT = "no text was found on it; it may be a scan or a picture, or damaged"
UNKNOWN_LETTERS = "its font does not say which letters it shows; run OCR on it"
OTHER_LANGUAGE = "its language is not English"
_MOST_UNKNOWN = 0.5
"""From this share of characters without a meaning on nothing can be read of a page. Set by hand, 2026-11-27."""
_OTHER_SCRIPT = 0.5
"""More than this share of the letters of a text in another script are not Latin. Set by hand, 2026-11-27."""
_FEWEST_WORDS = 15
"""A text with fewer words does not tell its language. Set by hand, 2026-11-27."""
_SPOKEN, _SPOKEN_MORE = 0.12, 3
"""A text is in another language if this share of its words are that language's most frequent ones, and so many times as
many as are English ones. They are a quarter to a third in each language; what was misread has few. Set by hand,
2026-11-27."""
_ENGLISH = frozenset(
    "the of and to in is was for with that by were are as on be from this or which at not had we".split()
)
_FREQUENT: Mapping[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in (
        (
            "German",
            "der die das und den von zu mit sich des auf für ist im dem nicht ein eine als auch es wurde werden bei",
        ),
        (
            "French",
            "le la les de des et en un une du dans que qui est pour par sur au avec il ne pas plus ont été sont",
        ),
        ("Spanish", "el la los las de en un una del que se por con para al es su no más como lo fue fueron entre"),
        ("Italian", "il la di che un una in del della per con sono nel dei le gli da al si non alla stato come"),
        ("Portuguese", "os as de em um uma do da que se por com para no na dos das foi foram não mais ao"),
        (
            "Dutch",
            "is de het een en van in is dat op te zijn met was voor niet aan er om ook als bij door werd werden naar",
        ),
        ("Polish", "na do się nie że jest od po przez dla oraz było są jak to za lub które który"),
        ("Swedish", "och att det som en på är av för med till den har inte om ett var de vid från hos"),
        ("Danish or Norwegian", "og at det som en på er af av for med til den har ikke om et var de ved fra hos"),
        ("Czech", "se na je že do pro jako by byl byla bylo jsou při nebo po od ve"),
        ("Romanian", "și în de la cu pe din că un este care pentru nu au fost mai sau prin al"),
        ("Turkish", "ve bir bu ile için olarak da de olan daha çok en gibi her ya ise kadar sonra"),
        ("Hungarian", "az és hogy nem is egy volt meg ez de ki mint csak el vagy még már"),
        ("Finnish", "ja on ei että se oli joka ovat mutta tai kun myös olla sekä niin kuin"),
        ("Indonesian", "yang dan di dari untuk dengan pada ini dalam tidak adalah akan oleh sebagai atau"),
    )
}
"""Frequent words of European languages, and of Indonesian, of two letters or more. Collected by hand."""
_FEWEST_SENTENCES = 3
"""A page with fewer body sentences does not show that columns are mixed: one may end in a formula or on the next page,
or the line of a caption that runs over the page. Set by hand, 2026-11-27."""
_LONGEST = 20
"""Letters above which an unknown word counts as several words run together. Set by hand."""
_OFTEN = 3
"""A word that occurs this often in a paper is one of its terms, known or not. Set by hand."""

_FEW_LINES = 2
"""So many lines of a page may be left out though it is not known what they are, before its score falls."""

_SIGNS: tuple[tuple[str, float, float], ...] = (
    ("{:.0%} of the words are no known words", 0.10, 0.40),
    ("{:.0%} of the letters stand in words run together", 0.20, 0.60),
    ("{:.0%} of the words are single letters", 0.06, 0.30),
    ("{:.1%} of the characters have no meaning", 0.002, 0.05),
    ("{:.0%} of the sentences begin or end in the middle, as where columns are mixed", 0.15, 0.60),
)
"""Each sign's wording, the share up to which a page is read well, and the share from which on it is worth nothing.

The first shares are above those of every page of three texts and six PDFs that were read well (2026-11-21). The second
are set by hand.
"""


def quality_of(document: Document, passages: Sequence[Passage], changes: Sequence[Change] = ()) -> tuple[Quality, ...]:
    """How well each page was read; a text without pages counts as one. Reference lists and tables are left out.

    A page's score, 0 to 1, is a product over the signs. A sign's factor falls from 1, where the page is well read, to
    0, where it is worth nothing. A further factor is the share of the page that is searched or known to be a head,
    front matter or a reference. A page without text has the score 0. What the document's `quality` says already, since
    the page itself gave cause for it, stays a factor and a reason. `changes` are those that repaired the document.
    """
    sentences: dict[int | None, list[tuple[str, str]]] = defaultdict(list)
    for passage in passages:
        if passage.kind not in ("reference", "table"):
            for sentence in passage.sentences:
                sentences[document.locate(sentence.spans[0]).page].append((passage.kind, sentence.text))
    common = Counter(word.lower() for page in sentences.values() for _, text in page for word in _WORD.findall(text))
    terms = frozenset(word for word, count in common.items() if count >= _OFTEN)
    lost: dict[int | None, list[str]] = defaultdict(list)
    for one in left_out(document, passages, changes):
        if one.kind == "other":
            lost[document.locate(one.span).page] += document.raw[one.span.start : one.span.end].split("\n")
    known = {quality.page: quality for quality in document.quality}
    return tuple(
        _less(_quality(known.get(page, Quality(page, 1.0)), raw, sentences[page], terms), raw, lost[page])
        for page, raw in _pages(document)
    )


def _less(quality: Quality, raw: str, lost: Sequence[str]) -> Quality:
    """A page's quality, lowered by the share of its letters in lines that are left out without a name."""
    if len(lost) <= _FEW_LINES:
        return quality
    share = sum(map(_letters, lost)) / max(1, _letters(raw))
    reason = f"{len(lost)} lines are left out, as they are neither text nor front matter, as far as is known"
    return Quality(quality.page, round(quality.score * (1 - share), 2), (*quality.reasons, reason))


def _letters(text: str) -> int:
    return sum(c.isalnum() for c in text)


def _pages(document: Document) -> Iterator[tuple[int | None, str]]:
    if not document.page_starts:
        yield None, document.raw
        return
    ends = [*document.page_starts[1:], len(document.raw)]
    for number, (start, end) in enumerate(zip(document.page_starts, ends, strict=True), start=1):
        yield number, document.raw[start:end]


def _quality(known: Quality, raw: str, sentences: Sequence[tuple[str, str]], terms: frozenset[str]) -> Quality:
    if not any(c.isalnum() for c in raw):
        return Quality(known.page, 0.0, (NO_TEXT,))
    meaningless = sum(len(m[0]) for m in (*_ODD.finditer(raw), *_CODED.finditer(raw)))
    if meaningless > _MOST_UNKNOWN * len("".join(raw.split())):
        return Quality(known.page, 0.0, (*known.reasons, UNKNOWN_LETTERS))
    if _is_other_language(" ".join(text for _, text in sentences)):
        return Quality(known.page, round(known.score, 2), (*known.reasons, OTHER_LANGUAGE), judged=False)
    score, reasons = known.score, [*known.reasons]
    for (words, well, worthless), share in zip(_SIGNS, _shares(meaningless / len(raw), sentences, terms), strict=True):
        part = falling(share, well, worthless)
        score *= part
        if part < 1:
            reasons.append(words.format(share))
    return Quality(known.page, round(score, 2), tuple(reasons))


def _is_other_language(text: str) -> bool:
    """Whether a text is in a language other than English, by its script and its most frequent words."""
    letters = _LETTER.findall(text)
    if len(letters) - len(_LATIN.findall(text)) > _OTHER_SCRIPT * len(letters):
        return len(letters) >= _FEWEST_WORDS
    counts = Counter(word.lower() for word in _ANY_WORD.findall(text))
    words = counts.total()
    if words < _FEWEST_WORDS:
        return False
    return any(
        _count(counts, frequent) >= max(_SPOKEN * words, _SPOKEN_MORE * _count(counts, _ENGLISH - frequent))
        for frequent in _FREQUENT.values()
    )


def _count(counts: Mapping[str, int], those: frozenset[str]) -> int:
    return sum(counts.get(word, 0) for word in those)


def _shares(meaningless: float, sentences: Sequence[tuple[str, str]], terms: frozenset[str]) -> tuple[float, ...]:
    """The value of each sign, 0 to 1, in the order of `_SIGNS`; `meaningless` is the share of such characters."""
    text = " ".join(text for _, text in sentences)
    words = _WORD.findall(text)
    unknown = [w for w in words if not w[1:].isupper() and w.lower() not in terms and not is_english(w)]
    body = [text for kind, text in sentences if kind == "body"]
    return (
        len(unknown) / max(1, len(words)),
        sum(len(word) for word in unknown if len(word) > _LONGEST) / max(1, sum(map(len, words))),
        len(_LONE.findall(text)) / max(1, len(text.split())),
        meaningless,
        _share_cut(body),
    )


def _share_cut(body: Sequence[str]) -> float:
    """Share of sentences that begin or end in the middle; 0 where only one does, or too few are there to tell."""
    cut = sum(not WHOLE_SENTENCE.fullmatch(sentence) for sentence in body)
    return cut / len(body) if len(body) >= _FEWEST_SENTENCES and cut > 1 else 0.0


def worst(documents: Iterable[Document]) -> list[tuple[str, Quality]]:
    """The pages that were read less than well or could not be judged, worst first, each with its document's id."""
    pages = [(document.id, quality) for document in documents for quality in document.quality if quality.reasons]
    return sorted(pages, key=lambda page: (page[1].score, page[0], page[1].page or 0))
