"""A paper as its sentences: words and their place in the raw text, and back; search inside a paper."""

from __future__ import annotations

import pytest

from qa.answers.assistant import Assistant
from qa.types import Citation, Document, QuoteError, Sentence, Span, letters
from qa.web.reading.find import folded, found
from qa.web.reading.paper import LONGEST, Paper, Part
from qa.web.reading.parts import covered, part_of, snapped

RAW = "The crys-\ntals were de\ufb01ned. HEAD 7 They were small (in Barr´e) and few."
WHOLE = Sentence("The crystals were defined.", (Span(0, RAW.index(" HEAD")),))
ACCENT = Sentence("They were small (in Barré) and few.", (Span(RAW.index("They"), len(RAW)),))
CUT = Sentence(
    "The crystals were small", (Span(0, RAW.index(" were de")), Span(RAW.index("were small"), RAW.index(" (in")))
)
DOCUMENT = Document("a", "", RAW)


@pytest.mark.parametrize(
    ("sentence", "words", "quote"),
    [
        (WHOLE, "crystals", ("crys-\ntals",)),
        (WHOLE, "defined.", ("de\ufb01ned.",)),
        (ACCENT, "(in Barré)", ("(in Barr´e)",)),
        (CUT, "crystals were", ("crys-\ntals", "were")),
        (WHOLE, WHOLE.text, (RAW[: RAW.index(" HEAD")],)),
    ],
)
def test_words_of_a_sentence_are_quoted_where_they_stand_and_found_again(
    sentence: Sentence, words: str, quote: tuple[str, ...]
) -> None:
    at = sentence.text.index(words)
    part = part_of(DOCUMENT, sentence, at, at + len(words))
    assert part.text == words
    assert Citation(DOCUMENT, "", part).quote == quote
    assert covered(DOCUMENT, sentence, part.spans) == (at, at + len(words))


def test_a_choice_is_of_whole_words() -> None:
    assert part_of(DOCUMENT, WHOLE, 6, 9).text == "crystals"
    assert snapped("a - b", 1, 4) is None
    with pytest.raises(QuoteError, match="no words"):
        part_of(DOCUMENT, WHOLE, 3, 4)


def test_words_that_the_paper_does_not_have_are_no_quote() -> None:
    with pytest.raises(QuoteError):
        part_of(Document("a", "", "Another text, and a long one it is."), WHOLE, 4, 12)


def test_spans_outside_a_sentence_cover_none_of_it() -> None:
    assert covered(DOCUMENT, WHOLE, [Span(RAW.index("HEAD"), RAW.index("They"))]) is None


@pytest.fixture
def stones(assistant: Assistant) -> Paper:
    return Paper.of(assistant.index, assistant.by_id["stones"])


def test_a_paper_is_its_sentences_in_order(stones: Paper, assistant: Assistant) -> None:
    texts = [s.text for passage in assistant.index.passages_of("stones") for s in passage.sentences]
    assert [sentence.text for sentence in stones.sentences] == texts
    assert [n for section in stones.sections for own in section.passages for n in own] == list(range(len(texts)))
    assert stones.pages == ()
    fruit = Paper.of(assistant.index, assistant.by_id["fruit"])
    assert [section.name for section in fruit.sections] == ["Introduction", "Results"]
    assert fruit.quoted([Part(2, 0, 5)])[0].section == "Results"


def test_every_sentence_of_a_paper_is_found_at_its_spans(stones: Paper) -> None:
    for number, sentence in enumerate(stones.sentences):
        assert stones.at(sentence.spans) == (Part(number, 0, len(sentence.text)),)
        assert stones.near(sentence.spans[0]) == number
    assert stones.at([]) == ()


def test_a_choice_over_sentences_is_a_quote_of_each(stones: Paper) -> None:
    first, second = stones.sentences[:2]
    quotes = stones.quoted([Part(1, 0, 6), Part(0, 3, len(first.text)), Part(1, 0, 6)])
    assert [quote.text for quote in quotes] == [first.text, second.text[:6]]
    assert [letters(quote.text) == letters("".join(quote.quote)) for quote in quotes] == [True, True]


@pytest.mark.parametrize(
    "parts", [[], [Part(99, 0, 5)], [Part(-1, 0, 5)], [Part(0, 0, n) for n in range(1, LONGEST + 2)]]
)
def test_a_choice_that_cannot_be_is_refused(stones: Paper, parts: list[Part]) -> None:
    with pytest.raises(QuoteError):
        stones.quoted(parts)


def test_search_finds_words_whatever_their_case_accents_and_hyphens(stones: Paper) -> None:
    (place,) = found(stones, "CRYS-tals")
    assert stones.sentences[place.number].text[place.start : place.end] == "crystals"
    assert found(stones, "crystál") == (place._replace(end=place.start + 7),)
    assert [part.number for part in found(stones, "its crystals stay")] == [1]
    assert found(stones, "tals") == ()  # a word is found from its beginning on
    assert found(stones, " ,") == found(stones, "") == ()


def test_what_is_folded_leads_back(stones: Paper) -> None:
    text, origin = folded("Meta-analysis of 5 mg/day: Ménière’s ﬂora")
    assert text == "metaanalysis of 5 mg day meniere s flora"
    assert len(origin) == len(text)
    assert list(origin) == sorted(origin)


@pytest.mark.model
def test_every_word_of_the_three_texts_is_quoted_and_found_again(real_assistant: Assistant) -> None:
    apart = total = 0
    for document in real_assistant.documents:
        paper = Paper.of(real_assistant.index, document)
        for number, sentence in enumerate(paper.sentences):
            middle = len(sentence.text) // 2
            part = (
                part_of(document, sentence, middle, middle + 8)
                if letters(sentence.text[middle : middle + 8])
                else sentence
            )
            Citation(document, "", part)
            assert paper.at(part.spans) == (Part(number, *_place(sentence, part, middle)),)
            apart += part != sentence
            total += 1
    assert total > 250
    assert apart > 0.95 * total


def _place(sentence: Sentence, part: Sentence, middle: int) -> tuple[int, int]:
    if part == sentence:
        return 0, len(sentence.text)
    place = snapped(sentence.text, middle, middle + 8)
    assert place is not None
    return place
