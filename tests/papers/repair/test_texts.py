"""The three source texts: each kind of damage that `RAW_TEXT.md` numbers, by its lines."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import pytest

from qa.papers.repair import TextBlock, repair
from qa.papers.segment import passages_of
from qa.papers.sources import read_document, sources_in
from qa.types import Citation, Document, Passage, Place, Span
from tests.conftest import ROOT

CORPUS = ROOT / "corpus"
ARMS, ASPS, REVIEW = "arms-case-2019", "asps-pazopanib-2016", "paediatric-sarcoma-review"

SENTENCES = """
1  arms 32 14-16        | derived from mesenchymal tissues and has multiple subtypes
1  arms 23-26 36-37     | a resulting PAX7:FOXO1 or PAX3:FOXO1 gene fusion product, respectively.
3  asps 61 72           | A 22-year-old man complaining of a right calf mass was referred to our hospital
3  asps 62-63           | (ASPS) is a rare form of soft tissue sarcoma, and frequently, metastases
5  arms 82 94-96        | Genomic testing of biopsy sent to an outside laboratory
5  arms 110-113 126-127 | Group (COG) and Intergroup Rhabdomyosarcoma Study (IRS) criteria, respectively.
5  arms 166-168 172-175 | above the ankle; imaging confirmed disease recurrence
5  arms 267 276-280     | Incisional biopsy of the right distal femur metaphysis
5  arms 345 356-359     | Although biopsy of her inguinal nodes at initial presentation
5  asps 124-128 142     | as multiple small metastatic nodules in both lungs were decreased
9  arms 58-61           | She had full non-painful ROM of the left hip, knee and ankle.
9  arms 142-148         | metastatic disease in the chest, abdomen or pelvis.
9  arms 189-194         | minimal residual increased metabolic activity
9  arms 243-250         | at the start of maintenance cycle four
9  arms 289-294         | with or without her prosthesis
9  arms 328-332         | ARMS is located on the extremities in approximately
9  arms 396-400         | when staging and risk-stratifying patients
9  arms 484-488         | to maintain her current quality of life
10 asps 7-9             | ASPS accounts for approximately 0.5% to 1% of all soft tissue sarcomas, and is observed
10 asps 41-43           | This cornerstone study enrolled a broad spectrum of various histology
11 arms 439-446         | and without metastasis, maintenance therapy consisting of
12 arms 78-82           | positive for FOXO1 (FKHR) rearrangement and samples were also positive
14 arms 380-387         | PAX3-FKHR fusion positive tumors had significantly decreased
14 asps 67-68           | A 22-year-old man presented with right calf ASPS
14 asps 124-128 142     | a follow-up chest CT scans after
14 asps 15-21           | a yellowish-white round
14 arms 426-432         | two upfront cycles of topotecan-carboplatin and
15 arms 203-205         | PET/CT and bone marrow biopsies were negative for
15 arms 254-257         | PET/CT and CT chest were obtained.
15 arms 23-26 36-37     | either t(1;13)(p36;q14) or t(2;13)(q35;q14) with
15 arms 42-46           | a 4-year old female
16 review 6             | a sizeable number of bone[1] and soft tissue sarcoma[2] presents
16 review 15            | dramatic improvement in the 1980s and 1990s.[3]
16 review 15            | Approximately 35% had refractory disease.[4]
16 review 17            | in isolated pulmonary metastasis (approximately 50%).[5]
16 review 19            | at the local site and have a more favourable prognosis.[8–11]
16 review 25            | synovial sarcoma has been approximately 77%.[13]
16 review 25            | Survival of infantile fibrosarcoma ranges from 80% to 94%.[14,15]
17 review 25            | NRSTS accounts for approximately 50% of paediatric STS (13).
17 arms 314-319         | multiple local and distant recurrences [4,5].
18 asps 74-80           | 18F-fluorodeoxyglucose-positron emission tomography (FDG-PET) showed
18 asps 74-80           | measuring 6×4×15 cm (Fig. 1).
18 asps 100-108         | (Union Korea Pharm, Seoul, Korea) 2 g/m2 and
18 arms 466-471         | gemcitabine (1,000 mg/m2) and docetaxel (100 mg/m2) demonstrated
18 asps 23-31           | a 20%–46% 5-year survival rate
18 arms 280-282         | the patient’s parents opted
20 arms 345 356-359     | new PET positive illiac nodes
20 arms 62-65           | an elevated ESR at 41 mmol/h while
20 asps 15-21           | capillaries-surrounded aveoli-like appearance
20 asps 130-131         | It positron emission tomography shows hypermetabolic mass
"""
CAPTIONS = """
arms 83-86   Figure 1. (A) X-ray of her left leg … throughout the mass.
arms 115     Figure 2A-B. Post-operative … after PFA.
arms 117-121 Figure 3. (A) Initial PET … disease was observed.
arms 123-125 Figure 2. Heterogenous and lobulated mass … on initial MRI.
arms 170-171 Figure 4. (A) Post-contrast … in the coronal section.
arms 214-217 Figure 5. (A) Sagittal view … with second recurrence.
arms 273-275 Figure 6. (A) Post-contrast … of the rib lesion.
arms 308-311 Figure 7. Coronal T1 … extends into the diaphysis.
arms 347-352 Figure 8. (A) X-ray of her right knee … in the right femur shaft.
asps 130-131 Fig. 1. PET image. … in the right calf.
asps 135-137 Fig. 3. Chest CT images. … response in chemotherapy.
asps 139-141 Fig. 2. Light microscopic findings. … nucleoli (H&E, ×400).
"""
HYPHENS_THAT_STAY = {ARMS: {382}, ASPS: {67, 124}}


class Text(NamedTuple):
    document: Document
    blocks: tuple[TextBlock, ...]
    passages: tuple[Passage, ...]

    def places(self, block: TextBlock) -> list[Place]:
        return [self.document.locate(span) for span in block.readable.spans(0, len(block.readable.text))]


@cache
def text_of(name: str) -> Text:
    (source,) = [source for source in sources_in(CORPUS) if name in source.id]
    document = read_document(source)
    blocks = repair(document).blocks
    return Text(document, blocks, passages_of(document, blocks, 160))


def lines_of(places: list[Place]) -> str:
    return " ".join(
        f"{p.first_line}-{p.last_line}" if p.last_line > p.first_line else f"{p.first_line}" for p in places
    )


@pytest.mark.parametrize("row", SENTENCES.strip().splitlines())
def test_a_sentence_is_whole_and_stands_on_its_lines(row: str) -> None:
    where, words = row.split(" | ")
    _, name, *lines = where.split()
    text = text_of(name)
    found = {
        sentence: passage.section
        for passage in text.passages
        for sentence in passage.sentences
        if words in sentence.text
    }
    ((sentence, section),) = found.items()
    assert re.fullmatch(r"[A-Z0-9].*[.](\[[\d,–]+\])?", sentence.text)
    assert not re.search(r"[a-z)%][.](\[[\d,–]+\])? [A-Z]", sentence.text)
    citation = Citation(text.document, section, sentence)  # has the letters of the spans and no others
    assert lines_of([text.document.locate(span) for span in citation.spans]) == " ".join(lines)


@pytest.mark.parametrize("row", CAPTIONS.strip().splitlines())
def test_a_caption_is_a_block_and_a_section_of_its_own(row: str) -> None:
    name, lines, label, number, rest = row.split(maxsplit=4)
    text = text_of(name)
    first, last = f"{label} {number} {rest}".split(" … ")
    (block,) = [block for block in text.blocks if block.readable.text.startswith(first)]
    assert block.kind == "caption"
    assert block.readable.text.endswith(last)
    assert lines_of(text.places(block)) == lines
    (passage,) = [passage for passage in text.passages if passage.text.startswith(first)]
    assert (passage.kind, passage.section) == ("caption", f"{label} {re.match('[0-9]+', number)[0]}")
    assert passage.text == block.readable.text


def test_the_abstract_in_mid_word_is_a_block_of_its_own() -> None:
    text = text_of(ASPS)
    (block,) = [block for block in text.blocks if block.kind == "abstract"]
    assert lines_of(text.places(block)) == "62-70"


def test_the_journals_citation_is_no_part_of_the_abstract() -> None:
    assert not any("Ewha Med J" in block.readable.text for block in text_of(ASPS).blocks)


@pytest.mark.parametrize(("document", "lines"), [(ARMS, {90, 92, 269, 271}), (ASPS, {133})])
def test_running_heads_and_panel_letters_are_in_no_block(document: str, lines: set[int]) -> None:
    text = text_of(document)
    for block in text.blocks:
        for place in text.places(block):
            assert lines.isdisjoint(range(place.first_line, place.last_line + 1))


def test_an_indent_marks_a_paragraph_but_not_where_a_sentence_goes_on() -> None:
    text = text_of(ARMS)
    begins = {text.places(block)[0].first_line for block in text.blocks if block.kind == "body"}
    assert begins >= {50, 66, 110, 136, 163, 196, 221, 254, 314, 322, 363, 376, 401, 422, 463, 493}
    assert begins.isdisjoint({94, 126, 148, 172, 193, 245, 276, 292, 330, 356, 400, 443, 487})


def test_a_blank_line_marks_no_paragraph_in_a_double_spaced_text() -> None:
    text = text_of(ASPS)
    begins = {text.places(block)[0].first_line for block in text.blocks if block.kind == "body"}
    assert begins >= {3, 33, 61, 100, 114, 150, 180, 210, 242, 252, 260, 284, 292}
    assert begins <= {3, 23, 33, 45, 61, 100, 114, 150, 166, 180, 210, 222, 242, 252, 260, 284, 292}


@pytest.mark.parametrize(("document", "count"), [(ARMS, 147), (ASPS, 37)])
def test_hyphens_at_the_ends_of_lines(document: str, count: int) -> None:
    text = text_of(document)
    full = [(number, line.split()) for number, line in enumerate(text.document.raw.split("\n"), 1) if line.strip()]
    broken = [
        (number, words[-1], after[0]) for (number, words), (_, after) in pairwise(full) if words[-1].endswith("-")
    ]
    assert len(broken) == count
    readable = {word for block in text.blocks for word in block.readable.text.split()}
    resumed = {"Alveolar": "ferred"}  # asps, line 61, where the abstract comes between
    for number, before, after in broken:
        stays = number in HYPHENS_THAT_STAY[document]
        assert (before if stays else before[:-1]) + resumed.get(after, after) in readable


@pytest.mark.parametrize(
    ("document", "words", "section", "kind"),
    [
        (ARMS, "We present the clinical course", "Abstract", "abstract"),
        (ARMS, "RMS is a solid tumor", "Introduction", "body"),
        (ARMS, "Labs were significant", "Case presentation", "body"),
        (ARMS, "Needle core biopsy", "Case presentation: Second recurrence", "body"),
        (ARMS, "Unfortunately, the new imaging", "Case presentation: Third recurrence", "body"),
        (ARMS, "Our patient had multiple", "Discussion", "body"),
        (ARMS, "very resilient", "Conclusion", "body"),
        (ASPS, "an extremely rare subtype", "Introduction", "body"),
        (ASPS, "has not yet been reported", "Abstract", "abstract"),
        (ASPS, "never-smoker", "Case", "body"),
        (ASPS, "c-KIT", "Discussion", "body"),
        (REVIEW, "a huge unmet need", "Abstract", "abstract"),
        (REVIEW, "Keywords: paediatric", "Keywords", "abstract"),
        (REVIEW, "Survival in OGS", "", "body"),
    ],
)
def test_sections(document: str, words: str, section: str, kind: str) -> None:
    (passage,) = [passage for passage in text_of(document).passages if words in passage.text]
    assert (passage.section, passage.kind) == (section, kind)


@pytest.mark.parametrize("document", [ARMS, ASPS, REVIEW])
def test_the_title_comes_from_the_bibliography(document: str) -> None:
    assert "sarcoma" in text_of(document).document.title.lower()


@pytest.mark.parametrize(
    ("document", "count", "first", "tenth", "last"),
    [
        (ARMS, 30, "1-885", "8676-10129", "14999-15515"),
        (ASPS, 13, "15-923", "4358-4463", "1775-2544"),
        (REVIEW, 9, "0-655", None, "5780-6709"),
    ],
)
def test_passages(document: str, count: int, first: str, tenth: str | None, last: str) -> None:
    ids = [passage.id.removeprefix(f"{document}:") for passage in text_of(document).passages]
    assert (len(ids), ids[0], ids[-1]) == (count, first, last)
    assert ids[9:10] == ([tenth] if tenth else [])


@pytest.mark.parametrize("document", [ARMS, ASPS, REVIEW])
def test_no_letter_is_left_out_but_of_heads(document: str) -> None:
    text = text_of(document)
    covered = {
        i
        for block in text.blocks
        for span in block.readable.spans(0, len(block.readable.text))
        for i in range(span.start, span.end)
    }
    lost = {i for i, char in enumerate(text.document.raw) if char.isalnum()} - covered
    lines = {text.document.locate(Span(i, i + 1)).first_line for i in lost}
    assert lines == {ARMS: {90, 92, 269, 271}, ASPS: {70, 71, 133}, REVIEW: set()}[document]
