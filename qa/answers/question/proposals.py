"""Turns + question → the ways in which it can be read.

Nothing is decided here: each way is a question that stands alone, and the reader chooses. A question is read as typed,
as the earlier question with the likest phrase replaced, and with the words of the earlier question that name what it
was about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from qa.answers.question.grammar import ASKING, AUXILIARIES, FUNCTION, PREPOSITIONS, is_name, own_words, plain, tokens
from qa.index.embed import Vectors
from qa.types import Turn
from qa.words import terms

Way = Literal["typed", "replaced", "named"]
Encode = Callable[[Sequence[str]], Vectors]

LONGEST = 3
"""Words of the longest phrase that a follow-up replaces; by hand."""
PHRASES = 24
"""At most so many phrases of the earlier question are compared with a follow-up, the last ones; by hand."""
SHAPE, PREPOSITION = 0.2, 0.3
"""Added to the likeness of two phrases if both are names or both have figures, and if the same preposition stands
before both; by hand."""
NAMES = 10
"""At most so many words of the earlier question are put into a follow-up, the last ones; by hand."""

_LEAD = re.compile(
    r"^(?:(?:and|but|or|so|then|also|ok|okay|thanks|thank you|thx|hm+|right|nice|cool|good|great|fine|sorry|no|yes|"
    r"well|please|oh|got it|i mean|i meant|(?:the )?same for|(?:what|how) about|what of)\b[\s,.;:!–-]*)+",
    re.IGNORECASE,
)
"""What people say before they ask; by hand."""
_TAIL = re.compile(r"(?:[\s,;–-]+(?:instead|then|too|though|please|as well|sorry|i mean|i meant))*\W*$", re.IGNORECASE)
"""What people say after it; by hand."""
_WORD = re.compile(r"[^\W_][\w'’/+-]*")


@dataclass(frozen=True, slots=True)
class Proposal:
    """One way to read a question: a text that stands alone, and how it was made."""

    text: str
    way: Way


@dataclass(frozen=True, slots=True)
class Replacement:
    """A question in which one phrase was replaced, and that phrase."""

    text: str
    phrase: str


def proposals(question: str, turns: Sequence[Turn], encode: Encode) -> tuple[Proposal, ...]:
    """The ways to read a question after these turns, each text once, at least one.

    There is none but as typed without turns, or if the last question is asked again, and not that one if the question
    has no word of its own ("Why?").
    """
    typed = " ".join(question.split())
    if not turns or plain(typed) == plain(turns[-1].question):
        return (Proposal(typed, "typed"),)
    return ways_after(turns[-1].result.interpreted_as, typed, encode)


def ways_after(earlier: str, typed: str, encode: Encode) -> tuple[Proposal, ...]:
    """The ways to read a question, on one line, after an earlier one, as `proposals` has them."""
    new = asked_now(typed)
    found = [Proposal(typed, "typed")] if own_words(new) else []
    phrase = _without_asking(new)
    if own_words(phrase) and not is_clause(phrase) and (other := replaced(earlier, phrase, encode)):
        found.append(Proposal(other.text, "replaced"))
    if (named := with_names(new, earlier)) != new:
        found.append(Proposal(named, "named"))
    return tuple({proposal.text.lower(): proposal for proposal in reversed(found)}.values())[::-1] or (
        Proposal(typed, "typed"),
    )


def asked_now(question: str) -> str:
    """A question without what people say before and after it; as it was if nothing is left.

    >>> asked_now("Ok thanks. And what about bronchiolitis then?")
    'bronchiolitis'
    """
    rest = _TAIL.sub("", _LEAD.sub("", question))
    return rest if tokens(rest) else question


def _without_asking(new: str) -> str:
    """A fragment without a question word before its preposition: "which in adults" is "in adults"."""
    first, _, rest = new.partition(" ")
    return rest if first.lower() in ASKING and rest.split(" ")[0].lower() in PREPOSITIONS else new


def is_clause(question: str) -> bool:
    """Whether a question is more than a fragment: it has an auxiliary verb or begins with a question word.

    >>> is_clause("why was it stopped?"), is_clause("in adults?")
    (True, False)
    """
    words = plain(question)
    return bool(AUXILIARIES & set(words) or ASKING & set(words[:1]))


def with_names(question: str, earlier: str) -> str:
    """The question, with the words of an earlier one that name what it was about, where it lacks them.

    What the earlier question asked for ("how many") is left out.

    >>> with_names("Were they trained?", "Why did the volunteers stop?")
    'Were they trained (volunteers stop)?'
    """
    there = set(terms([question])[0])
    words = [word for word in _names(earlier) if not set(terms([word])[0]) <= there]
    return f"{question.rstrip('?.! ')} ({' '.join(words[-NAMES:])})?" if words else question


def _names(question: str) -> list[str]:
    words = tokens(question)
    lower = [word.lower() for word in words]
    start = 0
    if lower and lower[0] in ASKING:
        start = next((i for i, word in enumerate(lower) if word in AUXILIARIES), 0)
    own = set(own_words(" ".join(words[start:])))
    return list(dict.fromkeys(word for word in words[start:] if own & set(plain(word))))


def replaced(earlier: str, new: str, encode: Encode) -> Replacement | None:
    """The earlier question with the phrase that is likest to the new one replaced by it; None if it has no phrase.

    A preposition before the phrase gives way to one before the new one.
    """
    words, places = new.split(), _phrases(earlier)
    into = bool(words) and words[0].lower() in PREPOSITIONS
    bare = " ".join(words[1:]) if into else new
    if not tokens(bare) or not places:
        return None
    phrases = [earlier[start:end] for start, end in places]
    alike = likeness(bare, phrases, word_vectors([bare, *phrases], encode))
    if into:
        same = [earlier[:start].lower().split()[-1:] == [words[0].lower()] for start, _ in places]
        alike = [value + PREPOSITION * equal for value, equal in zip(alike, same, strict=True)]
    start, end = places[int(np.argmax(alike))]
    phrase, before = earlier[start:end], earlier[:start].split()
    if into and before and before[-1].lower() in PREPOSITIONS:
        start = earlier[:start].rstrip().rfind(before[-1])
        bare = new
    return Replacement(f"{earlier[:start]}{bare}{earlier[end:]}", phrase)


def word_vectors(texts: Sequence[str], encode: Encode) -> dict[str, Vectors]:
    """The vector of each plain word of these texts, float32, (d,)."""
    words = list(dict.fromkeys(word for text in texts for word in plain(text)))
    return dict(zip(words, encode(words), strict=True)) if words else {}


def likeness(new: str, phrases: Sequence[str], vectors: Mapping[str, Vectors]) -> list[float]:
    """How like each phrase is to the new one: the cosine of the mean vectors of their words, and `SHAPE`.

    A phrase of which no word has a vector is like none.
    """

    def mean(text: str) -> Vectors:
        total = np.sum([vectors[word] for word in plain(text) if word in vectors], axis=0)
        return np.asarray(total / max(float(np.linalg.norm(total)), 1e-9), dtype=np.float32)

    wanted, shape = mean(new), _shape(new)
    return [float(np.sum(mean(text) * wanted)) + SHAPE * (shape == _shape(text)) for text in phrases]


def _shape(text: str) -> tuple[bool, bool]:
    return any(map(is_name, plain(text))), any(c.isdigit() for c in text)


def _phrases(question: str) -> list[tuple[int, int]]:
    """All runs of up to `LONGEST` words that name something, with the article before, as half-open offsets."""
    spans = [match.span() for match in _WORD.finditer(question)]
    words = [question[start:end].lower() for start, end in spans]
    found = []
    for i in range(len(words)):
        for j in range(i + 1, min(i + LONGEST, len(words)) + 1):
            if words[j - 1] in FUNCTION:
                break
            first = i - 1 if i and words[i - 1] in ("the", "a", "an") else i
            found.append((spans[first][0], spans[j - 1][1]))
    return found[-PHRASES:]
