"""What words and place of a sentence say of an aspect of its paper: aim, design, sample, result, limits.

All cues were collected by hand on 2026-11-27 from open-access papers of medicine and biology, and none names a thing
that a paper is about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from qa.answers.zones import Zone

Aspect = Literal["Aim", "Design", "Sample", "Main result", "Limitations"]
ASPECTS: tuple[Aspect, ...] = get_args(Aspect)

Cue = tuple[float, re.Pattern[str]]


@dataclass(frozen=True, slots=True)
class Place:
    """Points for a place: a zone, from one part of it to another (0 to 1), under a heading that fits.

    With `opens`, only the first sentence of a section stands there.
    """

    points: float
    zone: Zone
    first: float = 0.0
    last: float = 1.0
    heading: re.Pattern[str] = re.compile("")
    opens: bool = False

    def holds(self, zone: Zone, at: float, section: str, opens: bool) -> bool:
        """Whether a sentence stands there; `opens`: it is the first of its section."""
        there = zone == self.zone and self.first <= at <= self.last and opens >= self.opens
        return there and bool(self.heading.search(section.lower()))


@dataclass(frozen=True, slots=True)
class Looks:
    """How an aspect is looked for: questions to the cross-encoder, cues and the points for them, points by zone.

    A sentence without one of the `cues` is not considered; the best cue counts. All `against` count. A sentence of a
    zone that is not named is not considered.
    """

    question: str
    cues: tuple[Cue, ...]
    zones: Mapping[Zone, float]
    against: tuple[Cue, ...]
    floor: float
    weight: float
    places: tuple[Place, ...] = ()

    def points(self, text: str, zone: Zone, at: float = 0.5, section: str = "", opens: bool = False) -> float | None:
        """The points of a sentence, larger is better; None if it is not considered.

        >>> LOOKS["Aim"].points("The aim of this study was to weigh owls.", "abstract") > 4
        True
        >>> LOOKS["Aim"].points("Owls are heavy.", "abstract") is None
        True
        """
        if zone not in self.zones:
            return None
        best = max((points for points, cue in self.cues if cue.search(text)), default=None)
        if best is None:
            return None
        place = sum(one.points for one in self.places if one.holds(zone, at, section, opens))
        return best + place + self.zones[zone] + sum(points for points, cue in self.against if cue.search(text))


def _cue(points: float, *patterns: str) -> Cue:
    return points, re.compile("|".join(patterns), re.IGNORECASE)


_WORK = (
    r"(?:stud(?:y|ies)|trial|analys[ei]s|paper|article|review|report|research|investigation|project|work|protocol"
    r"|survey|experiments?|meta-analysis|evaluation|case (?:report|series))"
)
_OWN = rf"(?:this|the present|the current|our|the|these|present|current)(?: [\w-]+){{0,4}}? {_WORK}"
_PURPOSE = r"(?:aims?|objectives?|purposes?|goals?|intention|hypothes[ie]s)"
_TO = (
    r"(?:investigate|examine|evaluate|assess|compare|determine|explore|describe|identify|study|test|estimate|analy[sz]e"
    r"|measure|characteri[sz]e|develop|establish|quantify|elucidate|clarify|report|present|validate|review|summari[sz]e"
    r"|address|find|ascertain|understand|discuss|provide|define|verify|search|systematically|further|prospectively"
    r"|retrospectively|better|gain|look|see|show|demonstrate|document|design|apply|use|answer)"
)
_DID = (
    r"(?:investigated|examined|evaluated|assessed|compared|explored|studied|tested|determined|analy[sz]ed|sought"
    r"|estimated|describe|discuss|review|summari[sz]e|present|report|hypothesi[sz]ed|set out|asked whether|aim|wanted"
    r"|wished|characteri[sz]ed|propose|will (?:evaluate|assess|examine|compare|investigate|test|determine|explore))"
)
_ORG = (
    r"(?:patients?|participants?|subjects?|women|men|children|adults|adolescents|infants?|neonates?|newborns?|people"
    r"|persons?|individuals|volunteers?|students?|nurses?|physicians?|doctors?|clinicians?|practices|hospitals?"
    r"|schools?|schoolchildren|toddlers|users"
    r"|households?|mothers?|pregnan(?:t|cies)|males?|females?|boys?|girls?|mice|rats?|animals?|rabbits?|pigs?|piglets?"
    r"|sheep|lambs?|dogs?|cats?|horses?|monkeys?|cows?|birds?|fish|pups?|samples?|specimens?|eyes|teeth|knees|hips"
    r"|tumou?rs?|cases|controls|records?|studies|trials?|articles?|publications?|papers|reviews|isolates?|respondents?"
    r"|residents|caregivers?|carers?|couples|families|veterans?|workers?|employees|smokers|athletes|players|clusters"
    r"|twins?|donors?|recipients?|survivors?|interviews|clinics?|practitioners?|surgeons?|teachers?|villages"
    r"|cohorts?|dyads|parents?|outpatients?|inpatients?|births|deliveries|cells? lines?)"
)
_NUMBER = (
    r"(?:(?:\b\d[\d,. ]*\d\b|\b(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
    r"|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ]\w+)?|(?:a|one|two|three|four|five|six|seven"
    r"|eight"
    r"|nine) hundred(?: and [\w-]+)?)\b)(?! ?(?:%|per ?cent)))"
)
_FEW = r"\b(?:[2-9]|two|three|four|five|six|seven|eight|nine)\b"
_FILLING = r"(?: (?!(?:of|in|for|with|from|at|to|on|by|and|or|than|were|was|who|that)\b)[\w()/,-]+)"
_TAKEN = (
    r"(?:enrol|recruit|includ|randomi[sz]|assign|allocat|stud(?:y|ied)|analy[sz]|participat|complet|us(?:e|ed|ing)\b"
    r"|select|identif|compris|consist|involv|invit|screen|follow|underwent|treat|obtain|collect|evaluat|review|divid"
    r"|respond|interview|survey|eligible|examin|assess|investigat|enter|test|consent|receiv|data from|agreed)"
)
_DESIGN = (
    r"(?:randomi[sz]ed,?(?: [\w-]+,?){0,6}? (?:trial|stud(?:y|ies)|experiment|design|evaluation|investigation)"
    r"|(?:double|single|triple)[- ]blind(?:ed)?|placebo[- ]controlled|cross[- ]?over (?:trial|study|design|randomi\w+)"
    r"|cross[- ]sectional|case[- ]control|(?:prospective|retrospective|observational|historical|nested"
    r"|matched|population-based)(?:ly)?,?(?: [\w-]+,?){0,4}? (?:stud(?:y|ies)|trial|cohort|analysis|review|series"
    r"|design"
    r"|survey|investigation|evaluation|audit)|cohort (?:study|design)|systematic(?:ally)? review|meta-?analys[ei]s"
    r"|(?:case|clinical) (?:report|series)(?! forms?)|qualitative (?:study|research|design|interview\w*|method\w*"
    r"|approach|data)"
    r"|mixed[- ]methods?|focus groups?|semi-structured interviews?|pilot (?:study|trial)|feasibility (?:study|trial)"
    r"|open[- ]label|non-?randomi[sz]ed|quasi-?experiment\w*|before[- ]and[- ]after|pre-?post|interrupted time series"
    r"|cluster[- ]randomi\w+|factorial|parallel[- ]group|controlled (?:trial|study|experiment\w*)|(?:phase [I1-4]+\w?)"
    r"|(?:cost[- ]effectiveness|decision) (?:analysis|model\w*)|secondary (?:data )?analysis"
    r"|(?:questionnaire|postal|web-based|online|telephone|national|mail|population) survey|genome-wide association"
    r"|in vitro (?:study|experiment)|experimental (?:study|design|animal)|longitudinal study|follow-up study"
    r"|diagnostic accuracy study|validation study|Delphi|simulation study|chart review|ecological study|audit"
    r"|intervention study|comparative study|scoping review|narrative review)"
)
_SHUFFLED = (
    r"(?:were|was|will be|are)(?: then| subsequently)? (?:randomly|randomi[sz]ed|allocated at random|assigned at"
    r" random)"
)
_FOUND = (
    r"(?:show(?:s|ed|n)?|found|demonstrates?d?|demonstrated|indicates?d?|reveal(?:s|ed)?|suggests?|suggested|confirm"
    r"(?:s|ed)?"
    r"|support(?:s|ed)?|observed|provides? (?:evidence|the first)|identified|conclude[sd]?|report)"
)
_CHANGE = (
    r"(?:significan\w+|increas\w+|decreas\w+|reduc\w+|higher|lower|improv\w+|associat\w+|correlat\w+|differ\w*"
    r"|greater|less"
    r"|more|fewer|effective\w*|safe\w*|superior\w*|inferior\w*|compar\w+|similar|better|worse|predict\w*|risk|no effect"
    r"|benefit\w*|feasib\w+|reliab\w+|valid\w*|prevalen\w+|affect\w*|influenc\w+|induc\w+|inhibit\w*|express\w+"
    r"|require\w*"
    r"|protect\w*|common|frequent\w*|likely|alternative|useful\w*|success\w*|well[- ]tolerated|contribut\w+|role)"
)
LOOKS: Mapping[Aspect, Looks] = {
    "Aim": Looks(
        "What was the aim of this study?",
        (
            _cue(
                5.0,
                rf"\b{_PURPOSE} (?:of|for|in) {_OWN}[^.;]{{0,120}}?\b(?:was|is|were|are)\b[^.;]{{0,30}}?(?: to\b|:"
                rf"| that\b| whether\b| the\b)",
                rf"^(?:(?:the|our|its)(?: [\w-]+){{0,2}} )?(?!goals?\b){_PURPOSE} (?:was|is|were|are)\b(?: thus"
                rf"| therefore)? to\b",
                rf"\b(?:our|the)(?: (?:main|primary|specific|overall|principal|first))? (?!goals?\b){_PURPOSE} "
                rf"(?:was|is|were|are)(?: thus| therefore)? to\b",
                rf"\b{_OWN}(?: [\w-]+)? (?:aim(?:s|ed)|s(?:eeks|ought)|(?:is|was) (?:aimed|designed|conducted"
                rf"|undertaken|performed|carried out|initiated|intended|planned)) (?:to|at)\b",
                r"\bwe(?: therefore| thus)? (?:aim(?:ed)?|sought|set out|wished|wanted|intend(?:ed)?|undertook \w+"
                r"(?: \w+)?|attempted|hypothesi[sz]ed)(?: to| that)\b",
                rf"^(?:{_PURPOSE}|background and {_PURPOSE})\s?[:.–—-]",
                rf"\bit was the {_PURPOSE}\b",
            ),
            _cue(
                4.0,
                rf"\b(?:here|in {_OWN}),? we(?: [\w-]+)? {_DID}",
            ),
            _cue(
                3.5,
                r"\bwe(?: therefore| thus| also| here)? (?:investigate|examine|evaluate|assesse|compare|explore"
                r"|determine|estimate|analy[sz]e)d? (?:whether|if|how|the)\b",
                rf"^{_OWN}(?: [\w-]+)? (?:investigate|examine|evaluate|assess(?:e|es)?|compare|explore|describe"
                rf"|discusse|review|summari[sz]e|present|report|test|analy[sz]e|addresse|outline)[sd]?\b",
                r"\bwe (?:report|describe|present|review|discuss|summari[sz]e) (?:a|an|the|two|three|our|here|on)\b",
            ),
            _cue(3.0, rf"\bwas (?:conducted|performed|undertaken|designed|carried out) (?:in order )?to {_TO}\b"),
            _cue(
                3.5, rf"^(?:[A-Z][\w ]{{2,20}}: ?)?to {_TO}\b(?!.*, (?:we|the|a|an|all|data|patients|participants)\b)"
            ),
        ),
        {"abstract": 1.0, "aim": 1.5, "introduction": 0.5, "methods": -1.0, "other": -1.0, "discussion": -2.0},
        (
            _cue(
                -3.0,
                r"\bet al\b",
                r"\[\d+(?:[,–-]\d+)*\]\s*\.?$",
                r"sample size",
                r"\bstatistical\b",
                r"\bpower\b",
                r"\bbecause\b",
            ),
            _cue(-1.0, r"\balso\b"),
            _cue(
                -3.0,
                r"\bpart of (?:a|the)(?: [\w-]+)? (?:larger|bigger|study|trial)",
                r"\bultimate (?:goal|aim)|\bto (?:include|enroll?|recruit) (?:\w+ )?(?:\w+ )?(?:patients?"
                r"|participants?|subjects|cohorts)|\bintervention (?:is|was) designed",
                r"\baimed at (?!\w+ing\b)",
            ),
            _cue(
                -2.0,
                r"\bsecondary (?:aim|objective|purpose|goal)",
                r"^(?:the|our) (?:secondary|second|third|long[- ]term)",
                r"\balso (?:aimed|sought)",
            ),
            _cue(-2.0, r"\bwe found\b|\bresults\b(?! of)|\bP ?[<=]"),
        ),
        3.6,
        0.5,
    ),
    "Design": Looks(
        "What was the design of this study?",
        (
            _cue(
                4.5,
                rf"\b(?:this|the present|the current|our|the study|the trial)\b[^.;]{{0,90}}?\b{_DESIGN}\b",
                rf"\bwe(?: \w+)? (?:conduct|perform|use|did|undert(?:ook|ake)|carried out|carry out|design|employ"
                rf"|report|present|propos|describ|adopt|appl|chose|plan|ran|set up|review"
                rf"|search)\w*\b[^.;]{{0,90}}?\b{_DESIGN}\b",
                rf"\b{_DESIGN}\b[^.;]{{0,60}}? (?:was|were|is|will be) (?:conducted|performed|undertaken|carried out"
                rf"|used|designed|done|employed|adopted)",
                rf"^(?:(?:study |trial |research )?design(?: and \w+)?|methods?(?:/design)?"
                rf"|design and methods)\s?[:.–—-]? ?[^.;]{{0,120}}\b{_DESIGN}\b",
                rf"^(?:an?|in an?|in this|using an?)\b[^.;,]{{0,80}}?\b{_DESIGN}\b",
            ),
            _cue(4.2, rf"\b{_ORG}\b[^.;]{{0,80}}? {_SHUFFLED}"),
            _cue(3.0, _SHUFFLED),
            _cue(2.0, rf"\b{_DESIGN}\b"),
        ),
        {"abstract": 1.0, "methods": 1.0, "aim": 0.5, "introduction": -1.5, "results": -2.0, "other": -1.0},
        (
            _cue(
                -3.0,
                r"\bet al\b",
                r"\[\d+(?:[,–-]\d+)*\]",
                r"\b(?:previous|other|earlier|future|further|several|few|most|large[r]?|more)(?: [\w-]+){0,3} "
                r"(?:studies|trials|research)\b",
            ),
            _cue(
                -2.0,
                r"approved by|ethic|informed consent|sample size|power(?:ed)? |registered|statistical|CONSORT"
                r"|checklist|guidelines|^(?:because|although|as|since)\b",
            ),
            _cue(-1.5, r"\balso\b|\bprocess evaluation\b"),
            _cue(
                -2.0,
                r"\b(?:suggested|showed|found|reported) that\b|^in addition\b|\bmedical records\b|\bexcluded\b"
                r"|\bdata were collected\b|\bin contrast\b|\bcompared (?:to|with) (?:other|previous)",
            ),
            _cue(
                -3.0,
                r"^(?:of (?:these|the|those)|only)\b|\brecommend|\bregression\b|\bmixed[- ](?:effects?|models?)"
                r"|\brandomly selected\b|\bintention[- ]to[- ]treat|\b(?:who|that|which) (?:were|was|had been) "
                r"(?:randomly|randomi[sz]ed)",
            ),
            _cue(-1.5, r"\bconclu|\bwe (?:found|suggest)|should\b|\bneeded\b|\bmay\b|\blimitation"),
        ),
        4.2,
        0.3,
    ),
    "Sample": Looks(
        "How many participants were studied?",
        (
            _cue(
                5.5,
                r"\b(?:an?|our) [\w-]+[- ](?:year|month|week|day)s?[- ]old(?: [\w-]+){0,5} (?:man|woman|boy|girl|male"
                r"|female|patient|infant|child|neonate|baby)\b[^.;]{0,80}?\b(?:presented|referred|admitted|complain\w+|brought)\b",
            ),
            _cue(
                5.0,
                rf"\b(?:a )?total of {_NUMBER}{_FILLING}{{0,8}} {_ORG}\b",
                rf"^(?:[\w ]+[:.] ?)?{_NUMBER}{_FILLING}{{0,8}}? {_ORG}\b[^;]{{0,240}}?\b{_TAKEN}",
                rf"\bwe(?: [\w-]+){{0,2}} (?:enrol|recruit|includ|randomi[sz]|analy[sz]|studied|stud|identif|select"
                rf"|review|survey|interview|follow|screen|invit|evaluat|examin|assess"
                rf"|treat)\w*[^.;]{{0,60}}?\b{_NUMBER}{_FILLING}{{0,6}}? {_ORG}\b",
                rf"\b(?:(?:sample|population|cohort)s?|group (?:\d|[A-DI]+))\b[^.;]{{0,40}}?\b(?:consist|compris"
                rf"|includ)\w*[^.;]{{0,40}}?{_NUMBER}{_FILLING}{{0,6}}? {_ORG}\b",
            ),
            _cue(
                4.5,
                rf"^(?:[\w ]+[:.] ?)?{_FEW}{_FILLING}{{0,8}} {_ORG}\b[^;]{{0,40}}?\b(?:enrol|recruit|randomi[sz]"
                rf"|participat|were (?:included|studied))",
                r"\b(?:an?|the) [\w-]+[- ](?:year|month|week|day)s?[- ]old(?: [\w-]+){0,5} (?:man|woman|boy|girl"
                r"|male|female|patient|infant|child|neonate|lady|gentleman|baby)\b",
            ),
            _cue(
                4.0,
                rf"\b{_NUMBER}{_FILLING}{{0,6}}? {_ORG}\b[^.;]{{0,120}}?\b(?:were|was|will be)(?: [\w-]+)? (?:enrol"
                rf"|recruit|includ|randomi[sz]|assign|allocat|stud|analy[sz]|select|identif|invit|screen|us(?:ed|e)"
                rf"|divid|interview|survey|examin|evaluat|review|randomly)",
                rf"\b{_ORG}\b[^.;]{{0,40}}? ?\(n ?= ?\d",
            ),
            _cue(2.0, rf"\b{_NUMBER}{_FILLING}{{0,5}}? {_ORG}\b"),
        ),
        {"abstract": 1.0, "methods": 0.5, "results": 0.7, "aim": 0.0, "other": -1.0},
        (
            _cue(
                -2.5,
                r"\bet al\b",
                r"\[\d+(?:[,–-]\d+)*\]",
                r"\bpower\b|\bsample size (?:of|was|calc|estim)",
                r"\b(?:adverse|dropped|withdr[ae]w|lost to follow|died|excluded)\b",
            ),
            _cue(
                -1.5,
                r"\bP ?[<=>]|\bCI\b|95 ?%|odds ratio|hazard ratio|significan|\bdeveloped\b|\bcomplication"
                r"|\bviolation|\bassessed for eligibility|\bassum|\b(?:per|each) (?!group|arm)[a-z]+\b|\bworkshop"
                r"|\bexclu",
                r"^of (?:these|the|those)\b",
                r"\bconclu",
            ),
        ),
        4.5,
        0.5,
    ),
    "Main result": Looks(
        "What was the main finding of this study?",
        (
            _cue(
                5.0,
                r"\b(?:main|principal|major|key|most important|primary|central|novel)(?: [\w-]+)? (?:findings?"
                r"|results?)(?: [\w-]+){0,5} (?:is|was|were|are)\b",
                rf"\b(?:(?:our|these|the present|the current|present)(?: [\w-]+){{0,3}} (?:results?|findings?|data"
                rf"|study|analysis|trial|meta-analysis|review|work)|this(?: [\w-]+){{0,3}} (?:study|trial|analysis"
                rf"|meta-analysis|work|review)|the results? of (?:this|the present|our)(?: [\w-]+){{0,3}})"
                rf"(?: [\w-]+){{0,2}} {_FOUND}\b",
                r"\bwe(?: [\w-]+)? (?:found|show(?:ed)?|demonstrate[d]?|observed|conclude[d]?|provide evidence|have "
                r"(?:shown|demonstrated|found|identified))\b",
                r"^(?:in conclusion|in summary|to conclude|taken together|conclusions?[:.])",
            ),
            _cue(
                3.5,
                rf"\b{_CHANGE}\b[^;]*\b(?:P ?[<=>]|CI\b|95 ?%)",
                r"\b(?:P ?[<=>]|95 ?%)",
                r"\bsignificant(?:ly)?\b",
            ),
            _cue(3.0, r"^overall\b"),
            _cue(2.0, rf"\b{_CHANGE}\b"),
        ),
        {"abstract": 1.0, "discussion": 0.0, "results": -1.0},
        (
            _cue(
                -3.0,
                r"\bet al\b",
                r"\[\d+(?:[,–-]\d+)*\]",
                r"\b(?:previous|other|earlier|several|prior) (?:studies|trials|reports|work)\b",
            ),
            _cue(
                -2.5,
                r"\b(?:further|future|additional|more) (?:[\w-]+ ){0,3}(?:stud|research|trial|work|investigation"
                r"|evaluation)",
                r"\bneed(?:ed|s)? (?:to|for|further)|\bwarranted\b|\bshould\b|\bwill (?:be|provide|help|have|show"
                r"|determine)\b",
            ),
            _cue(
                -3.0,
                r"\b(?:recent|previous|earlier|prior|former)(?: [\w-]+){0,3} (?:study|trial|report|work)\b|\b(?:is"
                r"|was|were|are) (?:designed|conducted|undertaken|carried out|performed) (?:to|in)\b|\b(?:study"
                r"|trial) uses\b|\boutcomes? (?:is|are|will)\b",
            ),
            _cue(
                -2.5,
                r"\b(?:aim|objective|purpose|goal)s?\b|\bwe (?:aimed|investigated|examined|assessed|evaluated"
                r"|compared)\b",
                r"\b(?:were|was) (?:measured|recorded|randomly|randomi[sz]ed|assigned|collected|analy[sz]ed using"
                r"|obtained)\b",
            ),
            _cue(
                -1.5,
                r"\b(?:latter|former)\b|\b(?:could|may|might) (?:\w+ )?explain|\bconsistent with|\bin line with"
                r"|\bin agreement",
            ),
            _cue(
                -1.0,
                r"^(?:however|but|these findings (?:justify|warrant|support)|despite)\b|\b(?:significant"
                r"|important) advance\b|\bjustif",
            ),
            _cue(-0.7, r"\balso\b|\bsecondary\b|^(?:moreover|furthermore|in addition|additionally)\b"),
            _cue(
                -3.0,
                r"\battempts? to\b|\b(?:study|research|project) (?:protocol|is an?|may|could|would)\b|\bproposed?\b"
                r"|\bunderwent\b|\b(?:might|could) (?:be|help|provide)\b|\bprotocol\b",
            ),
            _cue(
                -1.5,
                r"\bstrength|limitation|\bhowever, (?:this|the) study|^(?:background|methods?|trial registration)\b",
            ),
        ),
        4.5,
        0.25,
        (
            Place(1.5, "abstract", heading=re.compile("conclu|interpretation")),
            Place(0.5, "abstract", heading=re.compile("result|finding")),
            Place(1.0, "abstract", 0.5),
            Place(0.3, "abstract", 0.85),
            Place(-2.0, "abstract", 0.0, 0.3),
            Place(0.5, "discussion", 0.0, 0.1),
            Place(1.0, "discussion", heading=re.compile("conclu")),
            Place(1.0, "abstract", heading=re.compile("conclu"), opens=True),
        ),
    ),
    "Limitations": Looks(
        "What are the limitations of this study?",
        (
            _cue(
                5.0,
                rf"\blimitations? (?:of|to|in|for|with) {_OWN}[^.;]{{0,60}}?(?:\b(?:is|was|are|were|includ\w*)\b|:)",
                r"\b(?:another|one|a|an|the|first|second|main|major|important|potential|possible|key|further"
                r"|additional|obvious|primary)(?: [\w-]+)? limitations?\b[^.;]{0,60}?\b(?:is|was|are|were|relate"
                r"|concern|includ|lie)",
                rf"\b{_OWN}(?: [\w-]+){{0,3}} (?:is|was|were|are)(?: [\w-]+)? limited (?:by|to|in|because|due|as)\b",
                r"\blimitations?\b[^.]{0,80}\b(?:includ\w+|such as|because|that|due to|small|lack|:)",
            ),
            _cue(
                3.5,
                r"\b(?:small|limited|low|modest|insufficient)(?: [\w-]+){0,3} (?:sample|number|size|power|population"
                r"|cohort)",
                r"\b(?:may|might|could|can|must|should)(?: not)? (?:be |have been )?(?:limit\w*|bias\w*"
                r"|generali[sz]\w+|underestimat\w+|overestimat\w+|confound\w*|interpreted (?:with caution"
                r"|cautiously))",
                r"\bwe (?:did not|could not|were (?:not able|unable)|cannot|do not|lacked|had no)\b",
                r"\b(?:was|were|is|are) (?:not (?:possible|available|blinded|powered|randomi[sz]ed|assessed|measured"
                r"|able|designed|recorded|collected|known|evaluated|included|representative)|retrospective"
                r"|underpowered|observational|uncontrolled|self-reported)\b",
                r"\b(?:lack|absence) of\b|\bself-report\w*|\brecall bias|\bselection bias|\bcannot (?:be )?"
                r"(?:exclude|rule|infer|general)|\bgenerali[sz]ab|\bcausal",
                r"\blimit(?:s|ed|ing)\b|\blimitations?\b|\bweakness(?:es)?\b|\bshortcoming|\bcaution|\bdrawback",
            ),
        ),
        {"limitations": 2.5, "discussion": 0.5, "abstract": -0.5, "other": -1.5},
        (
            _cue(
                -3.0,
                r"\bet al\b",
                r"\[\d+(?:[,–-]\d+)*\]",
                r"\b(?:previous|other|earlier|several|prior|most|many|existing)(?: [\w-]+){0,2} (?:studies|trials"
                r"|reports|work|research|reviews)\b",
            ),
            _cue(-2.5, r"\b(?:strength|advantage)s?\b(?! and (?:limit|weak))"),
            _cue(-3.0, r"\b(?:such|those|these) (?:studies|trials)\b|\bdo not believe\b|\bdue to limitations\b"),
            _cue(
                -3.0,
                r"\b(?:severe|physical|functional|activity|mobility|exercise|movement|airflow"
                r"|technical) limitations?\b|\blimitations?, but\b|\bexclude (?:individuals|patients|participants)",
            ),
            _cue(
                -3.0,
                r"\bnot(?:,? however,?)? limited to|\bwithout limitation|\bwith(?:in|out) the limit(?:ation)?s\b|^"
                r"(?:this|which|it) (?:may|might|could|is|was)(?: also)?(?: be)? (?:the|a|another|one) "
                r"(?:[\w-]+ )?limitations? of (?:our|this|the) study\.|\benhanc|\b(?:considering|given"
                r"|notwithstanding) the(?: [\w-]+)? limitations|\bmore generali[sz]|\b(?:effects?"
                r"|impact) of these limitations|\bnone of the (?:studies|trials)",
            ),
            _cue(
                -2.0,
                r"\bunlikely\b|\bminimi[sz]|\b(?:reduc|avoid|prevent|overcom|address)\w* (?:the |any |this |these "
                r"|such )?(?:[\w-]+ )?(?:risk|potential|bias|possibility|limitation|problem|shortcoming)",
                r"\blarge(?:r|st)? (?:sample|number|cohort)|\bdespite (?:these|this|the|its|some|our)"
                r"(?: [\w-]+)? limitation",
            ),
            _cue(
                -2.0,
                rf"^(?!.*(?:\b(?:we|our|us)\b|\b{_OWN}|\bthe (?:study|trial|sample|data|results|analysis|review)\b))",
            ),
        ),
        5.3,
        0.5,
        (Place(0.5, "discussion", 0.5),),
    ),
}
"""How each aspect is looked for.

Cues, points and floors were set by hand on 2026-11-27 on some 200 open-access papers, most of them trials, so that of
the quotes shown nine of ten tell their aspect. On 41 other papers, read by one person: aim 31 of 34, design 34 of 35,
sample 18 of 18, main result 26 of 28; limitations 41 of 44 on 80 papers. Nothing was fitted to the three texts.
"""

PROTOCOL = re.compile(
    r"\bprotocol\b|\bstudy design\b|\b(?:design|rationale) (?:and|&) (?:rationale|design|methods?|baseline|conduct"
    r"|protocol)",
    re.IGNORECASE,
)
"""A title of a paper that has no result yet, for `search`."""

_ANNOUNCED = re.compile(r"\b(?:limitations|weaknesses|shortcomings)\b", re.IGNORECASE)
_SAID = re.compile(
    r"\b(?:because|since|due|such as|first(?:ly)?|(?:is|are|was|were|fact|includ\w+) that|small|lack\w*|namely|"
    r"(?:was|were|did|is|are) not|by)\b|:.",
    re.IGNORECASE,
)
_ANNOUNCEMENT = 28
"""Words of a sentence that only announces limitations, at most. Set by hand on 2026-11-27."""


def announces(text: str) -> bool:
    """Whether a sentence says that there are limitations, and not which.

    >>> announces("Our study has several limitations."), announces("A limitation is that owls were not weighed.")
    (True, False)
    """
    return len(text.split()) <= _ANNOUNCEMENT and bool(_ANNOUNCED.search(text)) and not _SAID.search(text)
