"""One vocabulary for all: whoever reads a label, a heading or the end of a sentence sees the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qa.papers import conventions as c
from qa.papers.repair import repair
from qa.papers.repair.lines import ends_sentence, is_heading
from qa.papers.segment import passages_of
from qa.types import Document, Kind, Passage, Region, RegionKind

LABELS = """Figure 2.; Fig. 2.; FIG 2.; Fig 2:; Figs. 1–3.; Table 1.; TABLE 1 |; Table IV.; Table IIa.; Tab. 4:;
Scheme 1.; Box 1.; Plate 3.; Chart 2.; Map 1.; Video 1.; Movie S1.; Additional file 1:; Fig. S1.; Table A1.;
Figure 3A–C.; Figure 3 b,c.; Figure 3.1.; Extended Data Fig. 2 |; Supplementary Figure S1.; Supplemental Table 2.;
Suppl. Fig. 1.; Suppl. Table S2.; Supporting Information Figure S1.; Online Table I.; Appendix Table 1.; eFigure 1.;
webtable 1.; Table. 2.; TABLE. IV:"""
NO_LABELS = """Figures are drawn; Table salt was used.; Boxes are full; Filed 1.; A map.; Figure out; Tablet 1.;
Mapping 2.; Table in the back; Chart of it; Video is; File included; Table iodine"""
REFERENCES = """References; REFERENCES; References:; 7. References; VI. REFERENCES; B. References; 7) References;
References and notes; REFERENCES AND NOTES; Notes and references; References cited; Reference list; List of references;
References and recommended reading; Literature; Literature cited; Cited literature; Works cited; Bibliography;
Selected references; VII REFERENCES; V REFERENCES; IV.A. References; A.1 References; 7.References;
R EFERENCES; R EFERENCES AND N OTES; VIII. B IBLIOGRAPHY; R E F E R E N C E S; Bibliographie;
Références; Referencias"""
NO_REFERENCES = """Referees; References to owls; Literature search; Cited by; The references; A references; Notes;
V references to owls; Preferences; X REFERENCES TO OWLS"""
ENDS = """It grew.; Did it?; It grew!; And so on…; “It grew.”; (It grew.); «It grew.»; It grew. [3]; It grew.[3,4];
It grew. (7); It grew.3; It grew.3,4–6; It rose to 94%.14,15"""
NO_ENDS = "It grew; It grew,; (It grew. It; 3.5 mg; It grew [3]; It grew (7); 12"


def each(texts: str) -> list[str]:
    return [text.strip() for text in texts.split(";")]


def passages(raw: str, *regions: tuple[RegionKind, str]) -> tuple[Passage, ...]:
    """The passages of a text, or of a page with regions."""
    layout = []
    for kind, text in regions:
        raw += "\n\n" if raw else ""
        layout.append(Region(len(raw), len(raw) + len(text), kind))
        raw += text
    document = Document("case", "", raw, (0,) if regions else (), tuple(layout))
    return passages_of(document, repair(document).blocks, 160)


def lifted_from_a_text(label: str) -> bool:
    kinds: list[Kind] = ["table" if "tab" in label.lower() else "caption"]
    found = passages(f"The wing of the moth is covered with\n\n{label} Scales of it.\n\nscales that fall off.\n")
    return [passage.kind for passage in found if passage.kind != "body"] == kinds


def named_by_its_label(label: str) -> bool:
    (found,) = passages("", ("caption", f"{label} Scales of it."))
    return found.section != "" and label.startswith(found.section)


def no_sentence_by_itself(label: str) -> bool:
    (found,) = passages("", ("body", f"{label} The scales fall off."))
    return found.sentences[0].text != label


LABEL_USERS: dict[str, Callable[[str], object]] = {
    "a text's captions": lifted_from_a_text,
    "a caption's section": named_by_its_label,
    "sentences": no_sentence_by_itself,
    "a page's captions": c.CAPTION.match,
    "running heads": c.STARTS_WITH_LABEL.match,
    "pointers": lambda label: c.POINTER.sub("", f"({label})") == "",
}


@pytest.mark.parametrize("user", LABEL_USERS.values(), ids=LABEL_USERS)
@pytest.mark.parametrize("label", each(LABELS))
def test_a_label_is_one_for_everybody(label: str, user: Callable[[str], object]) -> None:
    assert user(label)


@pytest.mark.parametrize("text", each(NO_LABELS))
def test_what_is_no_label_is_none_for_anybody(text: str) -> None:
    assert not c.CAPTION.match(text)
    assert not c.CAPTION_IN_TEXT.match(text)
    assert not c.STARTS_WITH_LABEL.match(text)
    assert not c.LABEL_ALONE.match(text)
    assert c.POINTER.sub("", f"({text})") == f"({text})"


@pytest.mark.parametrize("heading", each(REFERENCES))
def test_a_heading_of_references_is_one_for_everybody(heading: str) -> None:
    assert c.names_references(heading)
    assert c.REFERENCES.match(heading)
    assert c.names_section(heading)
    assert is_heading(heading)
    (found,) = passages("", ("heading", heading), ("body", "1 Low A. Owls in barns."))
    assert found.kind == "reference"
    found = passages(f"The owl left the barn at night.\n\n{heading}\n\n1 Low A. Owls in barns.\n")[-1]
    assert found.kind == "reference"


@pytest.mark.parametrize("heading", ["vi. References", "■ REFERENCES", "▪ References"])
def test_a_heading_of_references_with_a_mark_of_its_own(heading: str) -> None:
    assert c.names_references(heading)
    assert c.REFERENCES.match(heading)


@pytest.mark.parametrize("heading", each(NO_REFERENCES))
def test_another_heading_is_none_of_references(heading: str) -> None:
    assert not c.names_references(heading)
    assert not c.REFERENCES.match(heading)


@pytest.mark.parametrize("heading", ["Abstract", "SUMMARY", "Synopsis:", "A B S T R A C T", "1. Abstract"])
def test_a_heading_of_an_abstract(heading: str) -> None:
    assert c.names_abstract(heading)
    (found,) = passages("", ("heading", heading), ("body", "Owls hear mice."))
    assert found.kind == "abstract"


@pytest.mark.parametrize("text", each(ENDS))
def test_an_end_of_a_sentence_is_one_for_everybody(text: str) -> None:
    assert ends_sentence(text)
    assert c.SENTENCE_END.search(text)
    assert c.CLAUSE_END.search(text)
    assert c.WHOLE_SENTENCE.fullmatch(text) or text[-1].isdigit()


@pytest.mark.parametrize("text", each(NO_ENDS))
def test_what_ends_no_sentence(text: str) -> None:
    assert not ends_sentence(text)
    assert not c.CLAUSE_END.search(text)


def test_a_colon_ends_a_clause_and_a_decimal_does_not() -> None:
    assert c.CLAUSE_END.search("They were these:")
    assert not ends_sentence("They were these:")
    assert not c.CLAUSE_END.search("Change 0.1")
