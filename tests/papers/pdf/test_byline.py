"""Authors are read from the page in the forms in which journals print them, and left out where they are not certain."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from qa.papers.pdf.byline import authors_of
from qa.papers.pdf.metadata import metadata_of
from qa.papers.pdf.names import family_of, names_in
from qa.papers.pdf.pages import Page
from qa.types import Region, RegionKind
from tests.papers.pdf.drawing import BATS, LEFT, MOTHS, OWLS, TITLE, Drawing, two_columns

WOOD = "Department of Owls, University of Wood, UK"


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Ada B. Brown[1], Ben Green III[2], Cy Grey[1]", ["Ada B. Brown", "Ben Green III", "Cy Grey"]),
        ("Ada J. Brown[1] & Ben Green[2,3] · Cy Grey[1]", ["Ada J. Brown", "Ben Green", "Cy Grey"]),
        ("Ada Brown1,2,3,4*, Ben Green2,† and Cy van der Grey[5]", ["Ada Brown", "Ben Green", "Cy van der Grey"]),
        ("Ada Brown ,[1] Ben Green,4, † Cy Grey", ["Ada Brown", "Ben Green", "Cy Grey"]),
        ("Ada Brown a, Ben Green b,c and Cy Grey a", ["Ada Brown", "Ben Green", "Cy Grey"]),
        ("Ada Browna,c,*, Ben Green[b] and Cy Greya,c,**", ["Ada Brown", "Ben Green", "Cy Grey"]),
        (
            "Ada Brown*1 Ben Green*1 Cy Grey†1\nDi Fox2 Weinan E[2]",
            ["Ada Brown", "Ben Green", "Cy Grey", "Di Fox", "Weinan E"],
        ),
        ("Ada Brown¹, Ben Green²", ["Ada Brown", "Ben Green"]),
        ("Ada Brown, MD, PhD; Ben C. Green, M.D., F.R.C.S.; Cy Grey, MPH", ["Ada Brown", "Ben C. Green", "Cy Grey"]),
        ("Ada Brown MD PhD[1], Prof. Dr. Ben Green, Sir Cy Grey FRCP", ["Ada Brown", "Ben Green", "Cy Grey"]),
        ("Ada Brown, Member, IEEE, Ben Green, Senior Member, IEEE, and Cy Grey", ["Ada Brown", "Ben Green", "Cy Grey"]),
        ("Ada Brown consultant surgeon[1], Ben Green professor of owls[2]", ["Ada Brown", "Ben Green"]),
        ("Ada Brown, Ben Green, on behalf of the OWL Group*", ["Ada Brown", "Ben Green"]),
        ("Ada Brown, M.D., and Ben Green, for the OWL Investigators", ["Ada Brown", "Ben Green"]),
        ("Authors: Ada Brown (Reader), Ben Green ben@wood.uk", ["Ada Brown", "Ben Green"]),
        (
            "ADA B. BROWN, JOHN VAN DER BERG JR, AND MARY O'BRIEN",
            ["Ada B. Brown", "John van der Berg Jr", "Mary O'Brien"],
        ),
        ("AJ BROWN and Ben McGREEN", ["AJ Brown", "Ben McGreen"]),
        ("Ada BROWN and Shin-Ichiro TOMONAGA", ["Ada Brown", "Shin-Ichiro Tomonaga"]),
        (
            "J-P de la Croix, M J García y López, Zoë Müller-Groß",
            ["J-P de la Croix", "M J García y López", "Zoë Müller-Groß"],
        ),
        ("Brown, A. B., Green, C., & van der Grey, D.", ["Brown, A. B.", "Green, C.", "van der Grey, D."]),
        ("Brown, Ada; Green, Ben C.; de la Grey, Cy", ["Brown, Ada", "Green, Ben C.", "de la Grey, Cy"]),
        ("Brown AB, Green C and van der Grey DE", ["Brown, AB", "Green, C", "van der Grey, DE"]),
        ("John Green, Jr.[1] and Ben Grey, III", ["John Green Jr", "Ben Grey III"]),
    ],
)
def test_names_in_a_line(line: str, names: list[str]) -> None:
    assert [name.text for name in names_in(line) or []] == names


@pytest.mark.parametrize(
    "line",
    [
        "Department of Owls, Wood",
        "Macmillan Cancer Support",
        "World Owl Organization",
        "Received 3 May 2010",
        "Town, UK",
        "Boston, MA",
        "Ann Arbor, Michigan",
        "Ada B. Brown Cy D. Grey",
        "Logos SWE Dutch",
        "III Sezione",
        "Ada Gru¨n",
        "Open Access",
        "What Owls and Bats Share",
        "王小明",
        "",
    ],
)
def test_what_is_no_list_of_names(line: str) -> None:
    assert names_in(line) is None


@pytest.mark.parametrize(
    ("name", "family"),
    [("Ada B. Brown", "Brown"), ("Ben van der Green Jr", "Green"), ("de la Grey, Cy", "Grey"), ("Malcolm X", "X")],
)
def test_the_family_name(name: str, family: str) -> None:
    assert family_of(name) == family


def front(*regions: tuple[RegionKind, str], heads: Sequence[str] = ()) -> list[Page]:
    """A first page with a title over these regions and an abstract under them; running heads on the next page."""
    parts: list[tuple[RegionKind, str]] = [("title", TITLE), *regions, ("heading", "Abstract"), ("abstract", MOTHS)]
    return [page(parts), page([*(("head", head) for head in heads), ("body", OWLS)])]


def page(parts: Sequence[tuple[RegionKind, str]]) -> Page:
    text = ""
    regions: list[Region] = []
    for kind, words in parts:
        text += "\n\n" if text else ""
        regions.append(Region(len(text), len(text) + len(words), kind))
        text += words
    return Page(text, tuple(regions))


NAMES: tuple[RegionKind, str] = ("authors", "Ada Brown[1], Ben Green[2]")


@pytest.mark.parametrize(
    ("regions", "names"),
    [
        ([NAMES], ["Ada Brown", "Ben Green"]),
        ([("heading", "Ada Brown[1], Ben Green[2]")], ["Ada Brown", "Ben Green"]),
        ([("title", "Ada Brown[1], Ben Green[2]")], ["Ada Brown", "Ben Green"]),
        ([("authors", "[v2; see also owls.org]"), ("authors", "1"), NAMES], ["Ada Brown", "Ben Green"]),
        ([("authors", f"Ada Brown, Ben Green\n{WOOD}")], ["Ada Brown", "Ben Green"]),
        ([("authors", f"Ada Brown\n{WOOD}\nada@wood.uk")], ["Ada Brown"]),
        (
            [("authors", "Ada Brown, Ben Green,"), ("authors", "Cy Grey"), ("authors", WOOD)],
            ["Ada Brown", "Ben Green", "Cy Grey"],
        ),
        ([("authors", "Ada Brown[1], Ben\nGreen[1] and\nCy Grey[1]")], ["Ada Brown", "Ben Green", "Cy Grey"]),
        (
            [("authors", "BEN BROWN∗ and A.B. GREEN, Owl Institute, USA\nLARS GREY, Owl Valley, Iceland")],
            ["Ben Brown", "A.B. Green", "Lars Grey"],
        ),
        (
            [("authors", "Sam U. Brown, Academy of Owls, Wood\nJames Green, Bat University, MA")],
            ["Sam U. Brown", "James Green"],
        ),
        (
            [("authors", "Ada B. Brown"), ("authors", WOOD), ("authors", "Ben C. Green"), ("authors", WOOD)],
            ["Ada B. Brown", "Ben C. Green"],
        ),
        (
            [("authors", "Ada Brown∗"), ("authors", WOOD), ("authors", "Ben Green"), ("authors", WOOD)],
            ["Ada Brown", "Ben Green"],
        ),
        ([NAMES, ("authors", "Received: 3 May 2010"), ("authors", "Subject Areas")], ["Ada Brown", "Ben Green"]),
        (
            [NAMES, ("authors", "Edited by:\nCy Grey, Owl University"), ("authors", "Di Fox")],
            ["Ada Brown", "Ben Green"],
        ),
    ],
)
def test_names_under_a_title(regions: list[tuple[RegionKind, str]], names: list[str]) -> None:
    assert authors_of(front(*regions)) == names


@pytest.mark.parametrize(
    "regions",
    [
        pytest.param([("authors", "Ada Brown")], id="nothing but its form speaks for a name"),
        pytest.param([("authors", "Cold Winters and Deep Snow")], id="a subtitle"),
        pytest.param([("authors", "Voles Snow and Winter Roosts"), ("authors", WOOD)], id="words of the text"),
        pytest.param([("authors", "Macmillan Owl Trust"), ("authors", WOOD)], id="an organisation"),
        pytest.param([("authors", "Correspondence: Ada Brown"), ("authors", WOOD)], id="for correspondence"),
        pytest.param([NAMES, ("authors", "1 Owl Unit\n2 Bat Unit\n3 Moth Unit")], id="nobody points to the third"),
        pytest.param([("authors", "Ada Browna, Ben Greenb\naOwl Unit\nbBat Unit")], id="letters hang on the names"),
        pytest.param([("authors", "Ada Browna,*"), ("authors", "a Owl Unit")], id="a letter hangs on the name"),
        pytest.param([("authors", "Ada Brown, Ben Green,")], id="the list goes on somewhere else"),
        pytest.param(
            [("authors", "Ada Brown, Ben Green\nCy Grey, Di Fox"), ("authors", WOOD)], id="a comma is missing"
        ),
        pytest.param([("authors", "Ada B. Brown\nNovartis Basel"), ("authors", WOOD)], id="a name or an address"),
        pytest.param([("authors", "Ada Brown, Owl Valley, UK")], id="a name or an address in one line"),
        pytest.param(
            [("authors", "Ada B. Brown"), ("authors", "Inria Wood\nWood, France")], id="a name or the first line"
        ),
        pytest.param([("authors", "Ada B. Brown\nOwl Unit\nBen Green\nBat Unit")], id="more names in one block"),
        pytest.param(
            [("authors", "Ada B. Brown"), ("authors", "master of art"), ("authors", "Fine Rivers")], id="apart"
        ),
        pytest.param([("authors", "Ada Brown[1], Ada Brown[2]")], id="twice"),
    ],
)
def test_what_is_uncertain_is_left_out(regions: list[tuple[RegionKind, str]]) -> None:
    assert authors_of(front(*regions)) == []


@pytest.mark.parametrize("head", ["Green et al. J Night 2010, 1:2", "Brown and Grey", "BROWN AND GREY"])
def test_a_running_head_with_others_speaks_against_the_names(head: str) -> None:
    three: tuple[RegionKind, str] = ("authors", "Ada Brown[1], Ben Green[2], Cy Grey[1]")
    assert authors_of(front(three, heads=["Brown et al. J Night 2010, 1:2"])) == ["Ada Brown", "Ben Green", "Cy Grey"]
    assert authors_of(front(three, heads=[head])) == []


def test_a_line_on_how_to_cite_without_one_of_the_names_speaks_against_them() -> None:
    cited: tuple[RegionKind, str] = ("footnote", "Citation: Brown A, Green B (2010) Owls. J Night 1:2")
    assert authors_of([*front(NAMES)[:1], page([cited])]) == ["Ada Brown", "Ben Green"]
    assert authors_of([*front(("authors", "Ada Brown[1], Cy Grey[2]"))[:1], page([cited])]) == []


def test_a_line_on_how_to_cite_tells_names_from_addresses() -> None:
    people: list[tuple[RegionKind, str]] = [("authors", "Ada B. Brown"), ("authors", "Inria Wood\nWood, France")]
    cited: tuple[RegionKind, str] = ("footnote", "Citation: Ada B. Brown. 2010. Owls by night. J Night 1:2")
    assert authors_of([*front(*people)[:1], page([cited])]) == ["Ada B. Brown"]


def test_a_list_whose_last_line_is_a_block_of_its_own() -> None:
    lines: list[tuple[RegionKind, str]] = [("authors", "Ada B. Brown,† Cy Grey,‡ and Ben"), ("authors", "D. Green∗,‡")]
    assert authors_of(front(*lines, ("authors", WOOD))) == ["Ada B. Brown", "Cy Grey", "Ben D. Green"]


def test_names_that_the_file_states_settle_a_doubt() -> None:
    pages = front(("authors", "Ada Brown"))
    assert authors_of(pages) == []
    assert authors_of(pages, ["Ada Brown"]) == ["Ada Brown"]
    pages = front(NAMES)
    assert authors_of(pages, ["Ada Brown"]) == ["Ada Brown", "Ben Green"]
    assert authors_of(pages, ["Brown, Ada", "Green, Ben", "Grey, Cy"]) == ["Brown, Ada", "Green, Ben", "Grey, Cy"]
    assert authors_of(pages, ["Cy Grey", "Ada Brown"]) == []


def test_without_a_title_more_must_speak_for_names() -> None:
    listed = page([("authors", "Owls and Bats"), ("authors", "Ada Brown and Ben Green"), ("body", OWLS)])
    marked = page([("authors", "Owls and Bats"), ("authors", "Ada Brown[1] and Ben Green[2]"), ("body", OWLS)])
    assert authors_of([listed]) == authors_of([page([("body", f"Owls\nAda Brown\n{OWLS}")])], ["Ada Brown"]) == []
    assert authors_of([marked]) == ["Ada Brown", "Ben Green"]


def drawn(line: Sequence[str] | None = None, size: float = 11) -> Drawing:
    """A paper whose line under the title has parts; one that begins with ^ is raised."""
    drawing = Drawing()
    drawing.line(LEFT, 60, TITLE, 18, "B")
    x = float(LEFT)
    for part in line or ():
        raised = part.startswith("^")
        x = drawing.line(x, 92 - (3.6 if raised else 0), part.removeprefix("^"), size * (0.65 if raised else 1))
    return drawing


def author(drawing: Drawing, y: float = 150) -> str:
    drawing.line(LEFT, y, "Abstract", 11, "B")
    drawing.text(LEFT, y + 14, 495, MOTHS)
    drawing.line(LEFT, y + 70, "1. Introduction", 12, "B")
    two_columns(drawing, y + 90)
    return metadata_of(drawing.reader(), drawing.pages()).get("author", "")


@pytest.mark.parametrize(
    ("line", "names"),
    [
        (
            ["Ada J. Brown", "^1", " · Ben D. Green", "^2", " · Cy Grey", "^1,3"],
            "Ada J. Brown and Ben D. Green and Cy Grey",
        ),
        (
            ["Ada Brown", "^a,*", ", Ben van der Green", "^b", ", Zoé O'Neil", "^a"],
            "Ada Brown and Ben van der Green and Zoé O'Neil",
        ),
        (
            ["Ada Brown, M.D.,", "^1", " Ben Green, Ph.D.,", "^2", " and Cy Grey, B.Sc.", "^1"],
            "Ada Brown and Ben Green and Cy Grey",
        ),
        (["Ada Brown consultant surgeon ", "^1", ", Ben Green ", "^2"], "Ada Brown and Ben Green"),
        (["Åse María Müller-Høst", "^1", ", Zoë"], ""),
    ],
)
def test_raised_marks_end_names(line: list[str], names: str) -> None:
    assert author(drawn(line)) == names


def test_blocks_beside_each_other_are_read_row_by_row() -> None:
    drawing = drawn()
    people = ["Ada B. Brown", "Ben Green", "Cy Grey", "Di Fox", "Ed Hall", "Flo Ray"]
    for i, name in enumerate(people):
        x, y = 60 + 170 * (i % 3), 95 + 60 * (i // 3)
        drawing.line(x, y, name, 11)
        drawing.line(x, y + 12, ["University of Wood", "Bat Institute", "Moth College"][i % 3], 9, "I")
        drawing.line(x, y + 23, "Town, UK", 9)
        drawing.line(x, y + 34, f"{name.split()[-1].lower()}@owl.org", 8)
    assert author(drawing, 240) == " and ".join(people)


def test_a_list_under_the_title_with_an_address() -> None:
    drawing = drawn()
    drawing.line(LEFT, 92, "Ada Brown, Ben Green, Cy Grey, Di Fox, Ed", 11)
    drawing.line(LEFT, 105, "Hall, Flo Ray and Gus Dove", 11)
    drawing.line(LEFT, 125, WOOD, 9, "I")
    assert author(drawing) == "Ada Brown and Ben Green and Cy Grey and Di Fox and Ed Hall and Flo Ray and Gus Dove"


def test_authors_are_no_part_of_the_title() -> None:
    drawing = Drawing()
    drawing.line(LEFT, 60, TITLE, 14)
    drawing.line(LEFT, 86, "Ada B. Brown, Ben C. Green", 14)
    drawing.text(LEFT, 130, 495, (OWLS + BATS) * 3)
    found = metadata_of(drawing.reader(), drawing.pages())
    assert (found["title"], found["author"]) == (TITLE, "Ada B. Brown and Ben C. Green")
