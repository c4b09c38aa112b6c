"""Words that tell names of persons from degrees, occupations, institutions, places and labels.

The lists were collected by hand, from the front pages of journals and of the papers that were read while this was
written. Where a word is missing, the other checks of `byline` have to refuse what is no name.
"""

from __future__ import annotations

import re

DEGREE = "|".join(
    r"\.?\s?".join(letters.split("_")) + r"\.?"
    for letters in """
    M_D Ph_D D_Phil M_Phil M_B_B_S M_B_Ch_B M_B_B_Ch B_M_B_S B_M B_Sc M_Sc D_Sc Sc_D M_P_H Dr_P_H Dr_med M_Med B_Med
    D_O D_D_S D_M_D D_V_M D_N_P Pharm_D R_N B_S_N M_S_N M_B_A M_H_S M_S B_S B_A M_A M_Ed Ed_D Psy_D M_Eng J_D M_Surg
    M_S_P_H M_S_C_E M_H_A M_M_Sc M_Res M_H_Sc D_M_Sc M_Ch B_Ch P_A-C R_D P_T O_T F_R_S F_Med_Sci C_C_F_P C_R_N_P
    F_N_P N_P O_B_E C_B_E M_B_E M_R_C_[A-Z]{1,3} F_R_C_[A-Z]{1,5} F_A_[A-Z]{2,3} F_E_[A-Z]{2,3} Dipl-?\\w*
    """.split()
)
"""A degree or a fellowship, with or without full stops: MD, Ph.D., FRCS."""
MEMBER = (
    r"(?:(?:Senior|Student|Life|Associate|Graduate|Fellow|Member)\s*)+(?:of\s)?(?:(?:the\s)?[A-Z]{2,6})?"
    r"|IEEE|ACM|ASCE|ASME|SPIE|OSA"
)
"""The membership that engineers print behind their names, or the society alone: Senior Member, IEEE."""
TITLE = r"Drs?|Profs?|Professor|Sir|Dame|Mr|Mrs|Ms|Assoc|Associate|Assistant|Priv|Doz|PD|Ing"
"""What stands before a name."""
_RANKS = """senior associate assistant clinical visiting honorary emeritus academic postdoctoral doctoral principal
    chief former general"""
_OCCUPATIONS = """
    professor lecturer reader consultant fellow research director registrar statistician epidemiologist practitioner
    specialist surgeon physician scientist student head chair editor trainee nurse pharmacist psychiatrist
    paediatrician oncologist radiologist pathologist manager coordinator
    """
OCCUPATION = re.compile(rf"(?<=[^\W_])\s(?:{'|'.join((_RANKS + ' ' + _OCCUPATIONS).split())})\b.*$", re.DOTALL)
"""What somebody is, behind the name and in small letters, as the BMJ prints it, for `sub`."""

PARTICLES = frozenset(
    "van von der den de del della di da do dos das du la le los las ter ten te zu zur zum af av el al bin ibn bint y e "
    "und d’ d' dal dalla degli".split()
)
"""Small words of a family name."""
SHORT_NAMES = frozenset(
    "LI YU BO JO ED AL XU WU MA SU AI LE AN HE HU LU MU OU QI YA YE YI ZE MO KO NG HO KI VO DO CY".split()
)
"""Names of two letters; other pairs of capitals are initials."""

INSTITUTION = re.compile(
    r"universi|institut|hospital|klinik|hochschul|"
    + r"\b(?:"
    + "|".join(
        """
    departe?ment dept\\b d[ée]partement dipartiment departament scuola escuela escola [ée]cole\\b facult fakult
    facolt school college h[oô]pital ospedal clinic clínic cent(?:er|re)s?\\b centro laborator labs?\\b academ
    akadem division\\b programme?\\b ministry foundation fundaci society association council inc\\b ltd\\b llc\\b
    gmbh corp\\b corporation company pharma sciences?\\b technolog medicine medical medizin medicina health\\b
    nhs\\b consortium collaboration\\b investigators agency organi[sz]ation bureau surgery\\b oncology cancer\\b
    group\\b team\\b network\\b unit\\b services?\\b trust\\b building floor\\b campus county\\b city\\b state\\b
    province highway p\\.?\\s?o\\.?\\s?box postbox affiliation address\\b
    """.split()
    )
    + ")",
    re.IGNORECASE,
)
"""Words of an institution or its address, which no name of a person has, for `search`."""
STREET = re.compile(
    r"\b(?:street|road|avenue|lane|drive|boulevard|square|park|place|house)\b|stra(?:ß|ss)e\b", re.IGNORECASE
)
"""Words of an address that are surnames, too, for `search`."""

STATES = frozenset(
    """
    AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR
    PA RI SC SD TN TX UT VT VA WA WV WI WY DC ON QC BC AB NSW VIC QLD UK US USA UAE
    """.split()
)
"""States and countries as they are abbreviated in an address."""
_DEGREES_TOO = frozenset("MA MD MS".split())
_PLACES = """
    argentina, australia, austria, bangladesh, belgium, brazil, brasil, bulgaria, canada, chile, china, p r china,
    pr china, people's republic of china, colombia, croatia, cuba, cyprus, czechia, czech republic, denmark,
    ecuador, egypt, england, estonia, ethiopia, finland, france, germany, deutschland, ghana, greece, hong kong,
    hungary, iceland, india, indonesia, iran, iraq, ireland, israel, italy, italia, japan, jordan, kenya, korea,
    south korea, republic of korea, kuwait, latvia, lebanon, lithuania, luxembourg, malawi, malaysia, mexico,
    morocco, mozambique, nepal, netherlands, the netherlands, new zealand, nigeria, northern ireland, norway, oman,
    pakistan, palestine, panama, peru, philippines, poland, portugal, qatar, romania, russia, russian federation,
    rwanda, saudi arabia, scotland, senegal, serbia, singapore, slovakia, slovenia, south africa, spain, españa, sri
    lanka, sudan, sweden, switzerland, schweiz, syria, taiwan, tanzania, thailand, tunisia, turkey, türkiye, uganda,
    ukraine, united arab emirates, united kingdom, united states, united states of america, uruguay, venezuela,
    vietnam, viet nam, wales, zambia, zimbabwe, alabama, alaska, arizona, arkansas, california, colorado,
    connecticut, delaware, florida, hawaii, idaho, illinois, indiana, iowa, kansas, kentucky, louisiana, maine,
    maryland, massachusetts, michigan, minnesota, mississippi, missouri, montana, nebraska, nevada, new hampshire,
    new jersey, new mexico, new york, north carolina, north dakota, ohio, oklahoma, oregon, pennsylvania, rhode
    island, south carolina, south dakota, tennessee, texas, utah, vermont, virginia, washington, west virginia,
    wisconsin, wyoming, ontario, quebec, québec, british columbia, alberta, london, paris, beijing, shanghai, tokyo,
    berlin, los angeles, san francisco, san diego, san antonio, buenos aires, são paulo, rio de janeiro, new delhi,
    mexico city
    """
PLACES = frozenset(" ".join(name.split()) for name in _PLACES.split(","))
"""Countries, American states and cities of two words, small letters."""

NO_NAME = re.compile(
    r"\b(?:"
    + "|".join(
        """
    abstract summary synopsis introduction background methods? results? conclusions? discussion references research
    articles? reviews? original papers? open access stud(?:y|ies) trials? protocol case reports? letters? editors?
    editorial edited reviewe[dr]s? received accepted published publisher keywords? correspond\\w* authors? e-?mail
    journals? volume issue copyright supplement\\w* figures? tables? contents? version draft preprint manuscript
    template proceedings conference symposium workshop international national european american world downloaded
    available online thesis dissertation student supervisor advisor degree course title surname users? guide
    licen[cs]e appendix chapter section guidelines? recommendations consensus statement analysis systematic meta
    clinical communicated submitted invited special short full brief technical note information notice page tesi
    sede corso curso projeto memoria relatório the of in with from on to an at is are was were its our this that
    using based among between versus vs
    what why how when where which who does can should
    """.split()
    )
    + r")\b",
    re.IGNORECASE,
)
"""Words that no name of a person has, for `search`."""


CITE = re.compile(
    r"^\W*(?:to cite this|(?:please )?cite (?:this|as)|how to cite|citation:|acm reference format|please cite"
    r"|recommended citation|published in final edited form as)",
    re.IGNORECASE,
)
"""The label of a line on how to cite the paper, for `match`."""


def is_place(text: str) -> bool:
    """Whether a text is a country, a state or a great city and nothing else; MD and MA are rather degrees.

    >>> is_place("South Africa"), is_place("U.K."), is_place("Cape Town")
    (True, True, False)
    """
    words = " ".join(text.replace(".", "").replace("’", "'").split())
    return words.lower() in PLACES or words in STATES - _DEGREES_TOO
