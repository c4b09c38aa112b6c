"""Questions made of a paper's own sentences, by rules: "The dose was 5 mg." gives "What was the dose?".

A rule is a pattern of a sentence and the wordings of what it says. Nothing makes sure that a question is good or that
its sentence answers it: a teacher judges that. All rules and lists of words were written by hand.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from qa.answers.question.grammar import AUXILIARIES, FUNCTION, GROUPS, PREPOSITIONS, is_name, is_plural
from qa.words import terms

_SHORTEST, _LONGEST = 5, 45
"""Words of a sentence that a question is made of."""
_FEWEST, _MOST = 4, 24
"""Words of a question."""
_PHRASE = 12
"""Words of a noun phrase, or of what follows the verb, at most."""

_DANGLING = frozenset(
    "this these those it its itself they them their theirs themselves he him his himself she her hers herself we us "
    "our ours i my me you your such same other others another former latter above below following previous previously "
    "respectively also both either neither thus therefore hence however here figure fig figs table tables et al one "
    "ones vs eg study then".split()
)
"""Words that refer to something outside the sentence."""
_CLAUSES = frozenset(
    "who whom whose that which where when while whereas although if but because since so as or compared "
    "according".split()
)
"""Words that begin another clause, so that what stands before the verb is no noun phrase."""
_FINITE = frozenset(
    "show suggest indicate demonstrate reveal find report observe conclude remain appear seem lead include".split()
)
"""Verbs that are not part of a noun phrase, nor are the forms in -s and -ed."""
_SECOND_VERBS = frozenset("was were is are had has did".split())
"""With one of these in it, what follows the first verb is not one clause."""
_ARTICLES = frozenset("the a an".split())
_FLAT = frozenset(
    "not no very too only then still already usually often never always likely partly mainly primarily largely mostly "
    "probably possibly".split()
)

_EFFECTS = (
    "increase decrease improve reduce cause inhibit induce suppress enhance activate promote prevent affect influence "
    "stimulate attenuate impair prolong alter mediate modulate lower accelerate require involve contain predict"
).split()
_VERBS = {form: base for base in _EFFECTS for form in (f"{base}s", f"{base.removesuffix('e')}ed")}
"""Verbs of effects in the third person and the past, with their infinitives."""

_ADJECTIVES = ("ed", "ive", "ic", "ar", "ous", "nt")
"""Endings of adjectives, which have no noun yet if a comma comes next."""

_BE = r"(?P<be>was|were|is|are)"
_SUBJECT = r"(?P<subject>[^,;:]+?)"
_PARTICIPLE = r"(?P<participle>\w{2,}ed|given|taken|done|made|drawn|chosen|kept|held|built|carried out)"
_NUMBERS = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen (?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-\\w+)? one"
).replace(" ", "|")
_NUMBER = rf"(?:\d[\d,.]*|{_NUMBERS})"
_PEOPLE = "|".join(sorted(GROUPS | {"cases", "subjects", "individuals", "samples", "eyes", "studies", "mice", "rats"}))
_COUNTED = rf"(?P<counted>(?i:(?:[a-z-]+ )?(?:{_PEOPLE})))"
_PERSONS = f"(?:{_PEOPLE})"
_HAPPENED = (
    "(?:had|were|was|did|received|died|developed|underwent|showed|completed|experienced|required|reported|presented|"
    r"withdrew|used|took|are|have)\b.*"
)
_WE = "We|The authors|The investigators|Investigators|Researchers"
_MEANS = r"(?:using|by means of|by|via|through|according to|on the basis of|with the use of) (?!which|whom)"
_UNITS = r"(?:seconds|minutes|hours|days|weeks|months|years)"

_LEAD = re.compile(
    r"^(?:(?:In (?:conclusion|summary|addition|contrast|fact|general|total|particular|brief)|[A-Z]\w+ly|However|"
    r"Furthermore|Moreover|Overall|Therefore|Thus|Indeed|Hence|Nevertheless|Also|For example|For instance|As expected|"
    r"On average|Of note|Interestingly|To date|In (?:our|this|the present) study|In this (?:trial|review)),? |"
    r"(?:[A-Z]\w+ ){1,4}(?:shows?|showed|suggests?|suggested|found|indicates?|demonstrated?|reported|concluded) that |"
    r"It (?:is|was|has been) (?:well |widely |also )?(?:known|shown|reported|found|suggested|established) that |"
    r"[A-Z]{4,}[A-Z ]*: ?)"
)
"""How sentences begin before they say something; may be repeated."""
_SETTING = re.compile(r"^(?P<setting>(?:In|After|During|Among|Before|At|For) [^,;:]{4,70}), (?=[a-z])")
_CUT = re.compile(
    r"(?:[,;:] | (?:while|whereas|but|which|who|that|because|although|and (?:the|was|were|is|are|had|has|no|there)|"
    r"with \d|from \d|by \d|compared|as compared)\b)"
)
"""Where a phrase ends that is otherwise too long, or holds the answer."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern of a sentence with named groups, and the wordings that use them, of which any will do.

    The groups `subject`, `object` and `counted` must be noun phrases, and `rest` must not refer to other sentences.
    """

    name: str
    pattern: re.Pattern[str]
    wordings: tuple[str, ...]


def _rule(name: str, pattern: str, *wordings: str) -> Rule:
    return Rule(name, re.compile(pattern), wordings)


RULES: tuple[Rule, ...] = (
    _rule(
        "count",
        rf"^(?:A total of |Of (?:the )?{_NUMBER} [\w ]+, )?(?i:{_NUMBER})(?: of (?:the )?(?:{_NUMBER} )?)? {_COUNTED}"
        rf"(?: (?:in|with|on|of|from) [^,;:]{{3,50}}?)? (?P<rest>{_HAPPENED})",
        "How many {counted} {rest}?",
    ),
    _rule(
        "count of",
        rf"^Of (?:the )?{_NUMBER} {_COUNTED}(?: [^,;:]{{3,50}})?, {_NUMBER}(?: {_PERSONS})? "
        rf"(?P<rest>{_HAPPENED})",
        "How many {counted} {rest}?",
        "How many of the {counted} {rest}?",
    ),
    _rule(
        "share",
        rf"(?:^|, (?:and )?|^(?:About|Approximately|Nearly|Almost|Around) )\d[\d.]* ?% of (?:the |all )?{_COUNTED}"
        rf"(?: (?:in|with|on|of|from) [^,;:]{{3,50}}?)? (?P<rest>{_HAPPENED})",
        "What percentage of {counted} {rest}?",
        "What proportion of {counted} {rest}?",
    ),
    _rule(
        "enrolled",
        r"^We (?P<participle>included|enrolled|recruited|analy[sz]ed|studied|excluded|identified|treated|reviewed|"
        rf"followed) (?:a total of )?{_NUMBER} {_COUNTED}",
        "How many {counted} were {participle}?",
    ),
    _rule(
        "excluded",
        rf"^(?:{_WE}) (?P<participle>excluded|included|enrolled|recruited) (?:all )?{_COUNTED} "
        "(?:who|with|aged|if|whose)",
        "Which {counted} were {participle}?",
    ),
    _rule(
        "were excluded",
        rf"^{_COUNTED} were (?P<participle>excluded|included|eligible|enrolled|recruited|withdrawn) "
        "(?:if|when|because)",
        "When were {counted} {participle}?",
        "Why were {counted} {participle}?",
        "Which {counted} were {participle}?",
    ),
    _rule(
        "we did",
        rf"^(?:{_WE}) (?P<participle>\w{{2,}}ed) (?P<object>[^,;:]+?) {_MEANS}",
        "How {was} {object} {participle}?",
    ),
    _rule(
        "we did to",
        rf"^(?:{_WE}) (?P<participle>used|performed|conducted|applied|selected) (?P<object>[^,;:]+?)"
        " (?:in order )?to [a-z]+",
        "Why {was} {object} {participle}?",
    ),
    _rule(
        "why",
        rf"^{_SUBJECT} {_BE} (?P<rest>[^,;:]+?),? (?:because|owing to|as a result of|since|due to)\b",
        "Why {be} {subject} {rest}?",
    ),
    _rule(
        "due to",
        rf"^{_SUBJECT} {_BE} (?:(?:mainly|mostly|largely|probably|primarily) )?(?:due to|caused by) ",
        "What {be} {subject} due to?",
        "What caused {subject}?",
    ),
    _rule(
        "duration",
        rf"^{_SUBJECT} {_BE} {_PARTICIPLE} for (?:at least |up to |about )?{_NUMBER} {_UNITS}\b",
        "How long {be} {subject} {participle}?",
        "For how long {be} {subject} {participle}?",
    ),
    _rule(
        "lasted",
        rf"^{_SUBJECT} (?:lasted|took) (?:for |about |approximately |an average of |up to )*{_NUMBER}\b",
        "How long did {subject} last?",
    ),
    _rule(
        "time",
        rf"^{_SUBJECT} {_BE} {_PARTICIPLE} (?:at|after|before|until|within|every) "
        rf".*(?:baseline|{_UNITS}|\b(?:19|20)\d\d\b)",
        "When {be} {subject} {participle}?",
    ),
    _rule(
        "means",
        rf"^{_SUBJECT} {_BE} (?:then |also |subsequently )?{_PARTICIPLE} {_MEANS}(?!{_NUMBER})",
        "How {be} {subject} {participle}?",
    ),
    _rule(
        "purpose",
        rf"^{_SUBJECT} {_BE} (?P<participle>used|performed|conducted|carried out|administered|applied|given|designed|"
        "added|employed|needed|required) (?:in order )?to [a-z]+",
        "Why {be} {subject} {participle}?",
        "What {be} {subject} {participle} for?",
    ),
    _rule(
        "with what",
        rf"^{_SUBJECT} {_BE} (?:(?:significantly|strongly|closely|positively|negatively) )?(?P<participle>"
        "(?:associated|treated|compared|combined|labell?ed|supplemented|stained|infected|correlated) with|"
        "(?:related|attributed|exposed|linked|randomi[sz]ed|assigned|allocated|limited) to|(?:based|dependent) on|"
        "(?:characteri[sz]ed|caused|followed|mediated|influenced|affected|replaced) by|(?:composed|made up) of|"
        "(?:obtained|derived|collected|isolated|purchased) from|(?:divided|classified|grouped) into|"
        "(?:defined|known|regarded) as|(?:used|indicated|tested|screened|assessed|adjusted) for) "
        "(?!be |have |this |the study)",
        "What {be} {subject} {participle}?",
    ),
    _rule(
        "effect",
        rf"^{_SUBJECT} (?:\w+ly )?(?P<verb>{'|'.join(_VERBS)}) "
        "(?P<object>(?!(?:from|by|to|in|after|during|with|over|and|at|for|as|than|or|of|on|between) |\\w+ly )[^,;:]+)",
        "What {verb} {object}?",
        "{Do} {subject} {base} {object}?",
        "What is the effect of {subject} on {object}?",
        "What {do} {subject} {base}?",
    ),
    _rule(
        "change",
        rf"^{_SUBJECT} (?:\w+ly )?(?P<verb>increased|decreased|improved) (?:\w+ly )?(?:from|by|to) (?:\w+ )?{_NUMBER}",
        "By how much did {subject} {base}?",
        "How much did {subject} {base}?",
    ),
    _rule("there", "^There (?P<be>was|were) (?:no|an?) (?P<object>[^,;:]+)", "{Be} there any {object}?"),
    _rule(
        "value",
        rf"^{_SUBJECT} {_BE} (?:(?:only|about|approximately|between|around|less than|more than|set at) |[<>≥≤±~=] ?)?"
        rf"{_NUMBER}\b",
        "What {be} {subject}?",
    ),
    _rule("is", rf"^{_SUBJECT} {_BE} (?:the|an?|as follows|to [a-z]+) ", "What {be} {subject}?"),
    _rule(
        "list",
        "^(?P<subject>[^,;:]*(?:criteria|symptoms|outcomes?|aims?|goal|objectives?|purpose|causes?|reasons?|"
        "complications|events|findings|factors|drugs|treatments?|measures|endpoints?|signs)\\b[^,;:]*?) "
        rf"(?:{_BE}|include[sd]?)\b(?! \w+ed )",
        "What {was} {subject}?",
    ),
    _rule(
        "more",
        rf"^{_SUBJECT} {_BE} (?P<rest>(?:\w+ly )?(?:higher|lower|greater|longer|shorter|better|worse|more|less|larger|"
        r"smaller|similar|comparable|different|superior|faster|slower)\b[^;:]*)",
        "{Be} {subject} {rest}?",
    ),
    _rule(
        "modal",
        rf"^{_SUBJECT} (?P<be>should|can|must|could|may) (?P<rest>(?!not )(?:be )?[a-z]+ [^;:]*)",
        "{Be} {subject} {rest}?",
    ),
    _rule("whether", rf"^{_SUBJECT} {_BE} (?P<rest>(?!not |due |the |an? )[a-z]+ [^;:]*)", "{Be} {subject} {rest}?"),
)


def questions_of(sentence: str, common: Collection[str]) -> Iterator[tuple[str, str]]:
    """The names of the rules that fit a sentence, each with a question; none if it refers to other sentences.

    `common` are the words that the paper writes in lower case: with them, a first word is known to be no name.

    >>> list(questions_of("The mean duration of follow-up was 12 months.", {"the"}))
    [('value', 'What was the mean duration of follow-up?')]
    """
    if not _SHORTEST <= len(sentence.split()) <= _LONGEST or not sentence.endswith("."):
        return
    said, setting = _said(sentence)
    for rule in RULES:
        if match := rule.pattern.match(said):
            fields = _fields(match, common)
            for wording in rule.wordings if fields else ():
                question = _finished(wording.format_map(fields), setting)
                if question:
                    yield rule.name, question


def _said(sentence: str) -> tuple[str, str]:
    """What a sentence says, without its lead and what stands in brackets; and the setting it begins with, or ""."""
    said = re.sub(r"\s*[\[(][^\[\]()]*[\])]", "", sentence)
    said = " ".join(said.rstrip(".").split())
    while lead := _LEAD.match(said):
        said = said[lead.end() :]
    match = _SETTING.match(said)
    if match and _is_phrase(rest := match["setting"].split(" ", 1)[1]):
        return said[match.end() :], f"{match['setting'].split(' ', 1)[0].lower()} {rest}"
    return said, ""


def _fields(match: re.Match[str], common: Collection[str]) -> dict[str, str]:
    """What the wordings need of a match, {} if it holds no good phrases."""
    fields = match.groupdict()
    for name in ("subject", "object", "counted"):
        if name in fields:
            fields[name] = _lowered(
                _CUT.split(fields[name], maxsplit=1)[0] if name == "object" else fields[name], common
            )
            if not _is_phrase(fields[name]):
                return {}
    if "rest" in fields:
        fields["rest"] = _rest(fields["rest"])
        if not fields["rest"]:
            return {}
    verb = fields.get("verb") or ""
    fields["base"] = _VERBS.get(verb, "")
    fields["do"] = "did" if verb.endswith("ed") else "does"
    fields["Do"] = fields["do"].title()
    fields["Be"] = (fields.get("be") or "").title().replace("May", "Can")
    several = _several(fields.get("object") or fields.get("subject") or "")
    fields["was"] = fields.get("be") or ("were" if several else "was")
    return fields


def _rest(text: str) -> str:
    """What follows the verb, up to the next clause; "" if it is too long, refers to something, or breaks off.

    >>> _rest("enrolled in a trial, which ended"), _rest("enrolled in a randomized, blinded trial")
    ('enrolled in a trial', '')
    """
    rest = _CUT.split(text, maxsplit=1)[0].strip()
    words = rest.split()
    if not 0 < len(words) <= _PHRASE or _refers(rest) or not _SECOND_VERBS.isdisjoint(words[1:]):
        return ""
    no_noun = words[-1].endswith(_ADJECTIVES) and not _ARTICLES.isdisjoint(words[-2:-1])
    breaks_off = no_noun and text[len(rest) :].startswith(",")
    ends_well = words[-1] not in FUNCTION | _FLAT and (rest[-1].isalnum() or rest[-1] == "%")
    return rest if ends_well and not breaks_off else ""


def _lowered(phrase: str, common: Collection[str]) -> str:
    """The phrase with its first word in lower case, unless it is a name."""
    first, _, rest = phrase.strip().partition(" ")
    lowered = first.lower() if first.lower() in common or first.lower() in FUNCTION else first
    return f"{lowered} {rest}".strip()


def _is_phrase(text: str) -> bool:
    """Whether a text may be a noun phrase that refers to nothing outside it.

    >>> _is_phrase("the dose of aspirin"), _is_phrase("the fact that aspirin"), _is_phrase("the dose of")
    (True, False, False)
    """
    words = text.lower().split()
    if not words or not text[0].isalnum() or len(words) > _PHRASE or _refers(text) or not terms([text])[0]:
        return False
    if words[0] in FUNCTION - _ARTICLES or words[-1] in FUNCTION | _FLAT:
        return False
    alone = len(words) == 1 and words[0] not in GROUPS and not is_name(text)
    return not alone and not any(word in _CLAUSES or _is_finite(word) for word in words)


def _is_finite(word: str) -> bool:
    bases = {word, word.removesuffix("s"), word.removesuffix("ed"), word.removesuffix("d")}
    return bool(bases & _FINITE) or word in AUXILIARIES


def _refers(text: str) -> bool:
    words = re.findall(r"[\w.’'-]+", text.lower())
    return any(word in _DANGLING for word in words) or any(c in text for c in '()[]{}"“”\\=')


def _several(phrase: str) -> bool:
    """Whether the head of a noun phrase is in the plural, or there are two."""
    head = re.split(rf" (?:{'|'.join(PREPOSITIONS)}) ", phrase, maxsplit=1)[0].split()
    return bool(head) and (is_plural(head[-1].lower()) or "and" in head)


def _finished(question: str, setting: str) -> str:
    """The question with the setting at its end, "" if it is too short, too long or has a broken part."""
    whole = f"{question.removesuffix('?')} {setting}".strip() + "?"
    words = whole.split()
    return whole if _FEWEST <= len(words) <= _MOST and len(terms([whole])[0]) > 1 else ""
