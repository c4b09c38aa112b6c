"""Parts of a paper by what its sections are called: abstract, introduction, methods, results, discussion."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from qa.papers.conventions import INTRODUCTIONS, names_abstract, plain_name
from qa.types import Passage

Zone = Literal["abstract", "aim", "introduction", "methods", "results", "discussion", "limitations", "end", "other"]

_NAMES: tuple[tuple[Zone, re.Pattern[str]], ...] = (
    (
        "end",
        re.compile(
            r"acknowledg|competing interest|conflicts? of interest|authors?['’]? (?:contribution|information)|funding"
            r"|grant information|\bethic|consent|abbreviation|supplement|supporting information|additional files?"
            r"|data availability|availability of|appendix|disclosure|declarations|keywords?|publisher|pre-publication"
            r"|trial registration|trial status|implications? for|amendments|provenance|peer review|box \d|key messages"
        ),
    ),
    ("limitations", re.compile(r"limitation|weakness")),
    ("aim", re.compile(r"^(?:(?:study )?(?:aims?|objectives?|purposes?|goals?)|hypothes[ie]s|questions?)\b")),
    ("introduction", re.compile(r"introduction|background|^context$|rationale")),
    ("discussion", re.compile(r"discussion|^comments?$|conclu|^summary$|interpretation|outlook|future directions")),
    (
        "results",
        re.compile(
            r"^results?\b|^(?:main |key |principal )?findings|outcomes? data|^case\b|case (?:report|presentation)"
        ),
    ),
    (
        "methods",
        re.compile(
            r"methods?\b|methodology|^(?:study )?design|setting|participants|^patients?|^subjects?|materials?\b"
            r"|data (?:collection|sources?)|statistical|eligibility|recruitment|procedures?|study population|sample\b"
            r"|^animals|search strategy|study selection|trial design|interventions?$"
        ),
    ),
)
"""What headings say of the part that they begin, the first that fits; small letters, by hand on 2026-11-27, from
headings of 1,000 open-access papers. A heading that says nothing belongs to the part before it."""
_LEAD = 450
"""Words before the first heading that are an abstract without its name, at most. Set by hand on 2026-11-27: an abstract
has 150 to 350 words, and a title and a list of authors may stand before it."""


def zone_named(heading: str) -> Zone | None:
    """The part of a paper that a heading begins; None if it does not say.

    >>> zone_named("2. Patients and methods"), zone_named("Owls at night"), zone_named("Methods: Limitations")
    ('methods', None, 'limitations')
    """
    for part in reversed(heading.split(": ")):
        name = plain_name(part)
        if names_abstract(name):
            return "abstract"
        for zone, pattern in _NAMES:
            if pattern.search(name):
                return zone
    return None


def zones_of(passages: Sequence[Passage]) -> list[Zone]:
    """The zone of each passage of a paper, in reading order.

    What stands before the second heading that names an introduction is an abstract in parts, and so is what stands
    before the first heading, if it is short.
    """
    found: list[Zone] = []
    zone: Zone = "other"
    before = ""
    for passage in passages:
        if passage.kind == "body" and passage.section != before:
            zone = zone_named(passage.section) or ("introduction" if zone == "aim" else zone)
            before = passage.section
        found.append("abstract" if passage.kind == "abstract" else zone if passage.kind == "body" else "other")
    lead = max(_lead_of(passages), _untold(passages, found))
    return ["abstract" if number < lead and at != "end" else at for number, at in enumerate(found)]


def _untold(passages: Sequence[Passage], found: Sequence[Zone]) -> int:
    """How many passages at the beginning no heading places, if they are short enough for an abstract; else 0."""
    first = next((number for number, zone in enumerate(found) if zone not in ("abstract", "other")), 0)
    return first if sum(len(passage.text.split()) for passage in passages[:first]) <= _LEAD else 0


def _lead_of(passages: Sequence[Passage]) -> int:
    """How many passages at the beginning are an abstract in parts without its name."""
    if any(passage.kind == "abstract" for passage in passages):
        return 0
    body = [(number, passage) for number, passage in enumerate(passages) if passage.kind == "body"]
    begins = [
        number
        for (number, passage), (_, last) in zip(body[1:], body, strict=False)
        if plain_name(passage.section) in INTRODUCTIONS and last.section != passage.section
    ]
    twice = sum(plain_name(section) in INTRODUCTIONS for section in _headings(body))
    return begins[-1] if twice > 1 and begins else 0


def _headings(body: Sequence[tuple[int, Passage]]) -> list[str]:
    sections = [passage.section for _, passage in body]
    return [section for section, last in zip(sections, ["", *sections], strict=False) if section != last]
