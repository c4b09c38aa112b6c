"""Sentences and passages: nothing lost, nothing twice, nothing mixed, nothing cut."""

from __future__ import annotations

from functools import cache
from itertools import chain, pairwise
from time import thread_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.papers.repair import Edit, Readable, TextBlock, apply, repair
from qa.papers.segment import passages_of, sentences_of
from qa.papers.sources import Source, read_document
from qa.types import Document, Passage, Sentence, check_quote, letters
from tests.conftest import ROOT

CORPUS = ROOT / "corpus"
PAPERS = sorted(path.name for path in CORPUS.glob("*.txt"))
LAW = settings(derandomize=True, deadline=None, max_examples=100)
LIFTED = {"caption": "caption", "table": "table", "abstract": "abstract", "reference": "reference", "footnote": "body"}

PIECES = """The owl hunts by ear. | It eats mice, e.g. voles. | See Fig. 2 for | et al. | 0.5 mg/kg | [3] | (n = 12)
vs. | E. coli grew. | “Quoted!” | Why? | Dr. Low saw it. | ... | – | of the | 1. | a) | p < 0.05; | in 1990.[4] | ∯"""
EACH = [piece.strip() for line in PIECES.splitlines() for piece in line.split("|")]
TEXT = st.lists(st.sampled_from(EACH), min_size=1, max_size=12).map(" ".join)


def paper(*blocks: tuple[str, str]) -> tuple[Document, tuple[TextBlock, ...]]:
    """A document whose raw text is the blocks' texts, a blank line between them."""
    raw = "\n\n".join(text for _, text in blocks)
    readable, made, start = Readable.of(raw), [], 0
    for kind, text in blocks:
        made.append(TextBlock(kind, readable.slice(start, start + len(text))))
        start += len(text) + 2
    return Document("paper", "", raw), tuple(made)


def spoken(passages: tuple[Passage, ...]) -> list[Sentence]:
    return [sentence for passage in passages for sentence in passage.sentences]


@st.composite
def papers(draw: st.DrawFn) -> tuple[Document, tuple[TextBlock, ...]]:
    kinds = draw(st.lists(st.sampled_from(["body", "body", "heading", *LIFTED]), min_size=1, max_size=8))
    return paper(*((kind, f"Part {i}" if kind == "heading" else draw(TEXT)) for i, kind in enumerate(kinds)))


@LAW
@given(st.one_of(TEXT, st.text(max_size=60)))
def test_sentences_joined_are_the_paragraph(text: str) -> None:
    text = " ".join(text.split())
    readable = Readable.of(text)
    sentences = sentences_of(readable)
    assert " ".join(sentence.text for sentence in sentences) == text
    for sentence in sentences:
        (span,) = sentence.spans
        assert sentence.text == text[span.start : span.end]


@LAW
@given(papers(), st.integers(1, 30))
def test_every_sentence_is_in_one_passage_of_its_kind_and_section(
    case: tuple[Document, tuple[TextBlock, ...]], limit: int
) -> None:
    document, blocks = case
    passages = passages_of(document, blocks, limit)
    wanted = [
        (number, sentence)
        for number, block in enumerate(blocks)
        if block.kind != "heading"
        for sentence in sentences_of(block.readable)
    ]
    assert spoken(passages) == [sentence for _, sentence in wanted]
    assert letters("".join(passage.text for passage in passages)) == letters(
        "".join(block.readable.text for block in blocks if block.kind != "heading")
    )
    untitled = "Introduction" if {"abstract", "heading"} <= {block.kind for block in blocks} else ""
    numbers = iter(number for number, _ in wanted)
    for passage in passages:
        parts = sorted({next(numbers) for _ in passage.sentences})
        headings = [b.readable.text for b in blocks[: parts[0]] if b.kind == "heading"]
        if blocks[parts[0]].kind == "body":
            assert {blocks[i].kind for i in parts} == {"body"}
            assert "heading" not in {block.kind for block in blocks[parts[0] : parts[-1]]}
            assert passage.section == (headings[-1] if headings else untitled)
            assert passage.kind == "body"
        else:
            assert len(parts) == 1
            assert passage.kind == LIFTED[blocks[parts[0]].kind]
        assert len(passage.sentences) == 1 or len(passage.text.split()) <= limit
        check_quote(document, passage.text, passage.spans)


def test_passages_of_a_section_are_as_few_and_as_equal_as_can_be() -> None:
    words = "One owl sat here all night long and then left."
    document, blocks = paper(("body", " ".join([words] * 6)), ("body", " ".join([words] * 4)))
    assert [len(p.sentences) for p in passages_of(document, blocks, 100)] == [10]
    assert [len(p.sentences) for p in passages_of(document, blocks, 99)] == [5, 5]
    assert [len(p.sentences) for p in passages_of(document, blocks, 5)] == [1] * 10
    assert max(len(p.sentences) for p in passages_of(document, blocks, 35)) == 3
    assert passages_of(document, (), 35) == ()


@pytest.mark.parametrize(
    "sentences",
    [
        ["As was shown by Low et al. the owl hears mice.", "It does."],
        ["Low, et al. showed it [3].", "Others did not [4,5]."],
        ["See Fig. 3 for the ear.", "The eye is in Fig. 4A."],
        ["It hears (i.e. by ear) at 0.5 kHz vs. 2.5 in cats.", "Bats, e.g. pipistrelles, hear more."],
        ["E. coli grew in 3 of 10.", "S. aureus did not."],
        ["It was given to Dr. Low in the U.S. in May.", "It flew."],
        ["In the 1990s.[3]", "In a later trial it rose to 94%.[14,15]", "The rest fell."],
        ["p was 0.05.", "No. 3 was ill."],
        ["He said “it hears.”", "Then he left."],
        ["Was it ill?", "It was!", "It died."],
        ["It weighed 1.200 kg at 37.5 °C and pH 7.4.", "J. A. Low weighed it."],
        ["It ate more.[8–11]", "Voles were rare."],
        ["It was found. [3]", "The rest was not."],
        ["Figure 2. An owl at night.", "Its ears are covered."],
        ["It is so by Eq. 2 and Tab. 3 too.", "It is."],
        ["It had approx. 5 mice.", "It ate them."],
        ["It had Staph. spp. and others.", "It was ill."],
        ["It had 3 spp.", "Owls have more."],
        ["Owls were kept if they i) were old; ii) flew.", "Others were not."],
        ["It may hear: (a) mice or (b) voles.", "It hears both."],
        ["It weighed 17 arb. units.", "It flew."],
        ["Was it ill?", "a) It was not."],
        ["It sat there.", "pH was low."],
        ["It sat there.", "β-casein was low."],
        ["Owls hear mice . [3] .", "Bats do not ."],
        ["1. Owls hear mice.", "They sit.", "2. Bats do not."],
        ["It is in Eq. 2.", "Eq. 3 is not."],
        ["It hears by ear no. 2 only.", "He said no.", "It sat."],
        ["Low et al.[5] saw owls.[6]", "They flew (7).", "They sat."],
        ["Low et al. [3] saw owls.", "As Low et al. [4, 5], the owl fell."],
        ["Low et al. (2010) saw it.", "Low et al. 2011 saw it.", "Low et al., too."],
        ["Low et al. [Low 2010] saw it.", "Low et al. “An owl” is old."],
        ["As was shown by Low et al. [3]", "The owl flew."],
        ["As was shown by Low et al. [3].", "Owls flew."],
        ["Low et al.[3] MRI was seen.", "It fell."],
        ["Low et. al. [3] saw it.", "Owls, bats, etc. [3] saw it."],
        ["It was so, cf. Fig. 2 of it.", "It was (cf. Low et al. 2010) so.", "It fell, cf. Low [3]."],
        ["It was viz. Owls.", "It grew, i.e. Owls grew, e.g. Bubo."],
        ["Table. 1 and Table. IV show it.", "It is in Suppl. Table. S1 and Figure. 2 too."],
        ["It is in the table.", "12 owls are in the figure.", "3 are not."],
        ["It had c.35 G > A.", "It had c. 35G>A, g.123 A>T and p. Gly12Asp."],
        ["It weighed 5 g.", "12 owls sat for 30 sec.", "5 did not."],
        ["Owl Pte. Ltd. Singapore made it.", "Owl Inc. (Ohio) did not.", "It is from Owl Inc. Kyoto, Japan."],
        ["It is from Owl GmbH & Co. KG too.", "It is from Owl Inc.", "Owls did it for Bat Corp.", "They sat."],
        ["In St. Louis Dr. Brown gave 5 mg i.v. Dexamethasone.", "It was given i.v.", "Patients slept."],
        ["It was given b.i.d. to No. NCT0012 of ref. 12 and no. BS-1 of Cat. No. 3.", "It ate."],
        ["Candida spp. A and sp. B grew.", "It had spp.", "An owl sp. nov. sat."],
        ["It was 3 vs. Placebo 4 by Eq. (3).", "See Suppl. Table 3 of Suppl. Data."],
        ["The U.S. Army saw J. A. Smith and M.-L. Low.", "It left the U.S.", "The Ph.D. students slept."],
        ["They sat at 8 a.m.", "Owls fly at 9 p.m.", "They do."],
        ["It had vitamin D.", "Doses fell in groups A and B.", "It was 5 V.", "It was in A, B and C.", "Men sat."],
        ["It was (Fig.3 Owls) so, p=.05 (two-sided) and vs.27 (37%) of all."],
        ["It fell in osteoporosis.6–10", "High doses rose (BMI).4,5", "It fell to 19%.2", "It sat.8 9", "Men did."],
        [
            "It fell. (Table 2)",
            "It rose. (Fig. 3).",
            "It sat. (Low 2006; Bat 2007).",
            "It ate. [3], [4]–[6]",
            "It did.",
        ],
        ["It lost 2 kg on FLY! (4 vs. 2 kg) but not at once.", "It was 3 yrs. (5.2), and all."],
        ["It sees.", "(See the owl in the wood of the north for that.)", "It sits."],
        ["It hears.", "(…) It sees.", "[…] I feel good."],
        ["As follows: (1) It fell.", "(2) It rose.", "(3) a score of 14.", "(c) It sat."],
        ["As follows.", "(II) It fell.", "(a,b) Owls sat."],
        ["They had: 1. Low levels", "2. High levels", "3. Patients had none.", "They sat."],
        ["1. Owls fell.", "2. They had Figure 3.", "Men sat."],
        ["They were of grade 3.", "Patients had none."],
        ["It had grade 1.", "It had grade 2.", "Patients of grade 3.", "Owls sat."],
        ["The ages were 1. Low, 2. High, 3. Old."],
        ["As follows: a. A doubt", "b. A hope of 20%", "c. The rest."],
        ["a. Is it ill?"],
        ["iv. Smoking fell."],
        ["As the aims: Step 1. Find it; Step 2. Eat it."],
        ["It said: “It hears. It sees.” and left.", "It ate (the owl sat. It fell.) here.", "It sat."],
        ["“" + "It hears a mouse in the wood.", *["It is so in the wood of the north."] * 6, "It sat.”"],
        ["It is in PATCH I.", "Figure 4 shows it.", "It is 30 °C.", "Owls sat."],
    ],
    ids=lambda sentences: sentences[0],
)
def test_sentences(sentences: list[str]) -> None:
    assert [sentence.text for sentence in sentences_of(Readable.of(" ".join(sentences)))] == sentences


@pytest.mark.parametrize("start", ["Low et al.", "So was it, cf.", "It is in Table.", "Owls, bats, etc."])
def test_a_line_that_ends_within_a_sentence_ends_no_paragraph(start: str) -> None:
    rest = {"So was it, cf.": "Fig. 2 of it.", "It is in Table.": "1 of it."}.get(start, "[3] saw in the wood.")
    filler = "Owls sat on the trees of the wood, all of them, and the bats of the wood hung there."
    raw = f"{filler}\n{start}\n{rest}\n{filler}\n"
    found = [
        sentence.text for block in repair(Document("a", "", raw)).blocks for sentence in sentences_of(block.readable)
    ]
    assert found == [filler, f"{start} {rest}", filler]


@pytest.mark.parametrize("text", [". (", "a. ", "A. ", "et al. ", '"a. ', ". [a ", "; Step 1. ", "fell.1 2 "])
def test_the_time_for_a_long_paragraph_grows_with_its_length(text: str) -> None:
    def once(times: int) -> float:
        start = thread_time()
        sentences_of(Readable.of((text * times).strip()))
        return thread_time() - start

    def seconds(times: int) -> float:
        return min(once(times) for _ in range(3))  # a collection of garbage takes longer than all of it

    once(10)
    assert seconds(4_000) < 40 * max(seconds(400), 0.005)


def test_a_very_long_paragraph_keeps_its_sentences() -> None:
    sentences = ["The owl sat there for an hour."] * 3_000
    assert [sentence.text for sentence in sentences_of(Readable.of(" ".join(sentences)))] == sentences


ABSTRACT = ("body", "Owls hear mice. We asked how.")
SECTIONS = {
    "no headings": ([("body", "Owls hear.")], [("", "body")]),
    "heading": ([("heading", "METHODS"), ("body", "Owls flew.")], [("Methods", "body")]),
    "heading with words of its own": ([("heading", "Ears of Owls"), ("body", "Big.")], [("Ears of Owls", "body")]),
    "paragraphs of one section": (
        [("heading", "Results"), ("body", "It flew."), ("body", "It sat.")],
        [("Results", "body")],
    ),
    "abstract under its heading": ([("heading", "Abstract"), ABSTRACT], [("Abstract", "abstract")]),
    "abstract above its heading": (
        [ABSTRACT, ("heading", "ABSTRACT"), ("body", "Owls are birds."), ("heading", "Results"), ("body", "Yes.")],
        [("Abstract", "abstract"), ("Introduction", "body"), ("Results", "body")],
    ),
    "untitled introduction": (
        [("body", "Owls are birds."), ("heading", "Results"), ("body", "Yes."), ("abstract", "Owls hear.")],
        [("Introduction", "body"), ("Results", "body"), ("Abstract", "abstract")],
    ),
    "text before a titled introduction": (
        [("body", "An owl."), ("heading", "1. Introduction"), ("body", "Yes."), ("abstract", "Owls hear.")],
        [("", "body"), ("1. Introduction", "body"), ("Abstract", "abstract")],
    ),
    "abstract and no heading": (
        [("body", "Owls."), ("abstract", "Owls hear.")],
        [("", "body"), ("Abstract", "abstract")],
    ),
    "run-in heading with a section's name": (
        [("heading", "References"), ("body", "1. Low A."), ("body", "Funding: None was had."), ("body", "Or was it?")],
        [("References", "reference"), ("Funding", "body")],
    ),
    "run-in heading with a section's name in the abstract": (
        [("heading", "Abstract"), ("body", "Methods: Owls flew."), ("heading", "Case"), ("body", "It sat.")],
        [("Abstract: Methods", "abstract"), ("Case", "body")],
    ),
    "a paper above its abstract": (
        [("body", "Owls hear mice. " * 300), ("heading", "Abstract"), ABSTRACT],
        [("", "body")] * 6 + [("Abstract", "abstract")],
    ),
    "abstract with a prefix": (
        [("body", "Abstract: Owls hear."), ("body", "They do.")],
        [("Abstract", "abstract"), ("", "body")],
    ),
    "summary with a prefix": ([("body", "SUMMARY – Owls hear.")], [("Summary", "abstract")]),
    "keywords": ([("body", "Key words: owl, ear")], [("Key words", "abstract")]),
    "a word that begins like a prefix": ([("body", "Summary data were lost.")], [("", "body")]),
    "run-in headings": (
        [
            ("heading", "CASE"),
            ("body", "It fell."),
            ("body", "First visit: The owl sat."),
            ("body", "It ate."),
            ("body", "Second visit: It flew."),
        ],
        [("Case", "body"), ("Case: First visit", "body"), ("Case: Second visit", "body")],
    ),
    "run-in heading ends with its section": (
        [("body", "First visit: The owl sat."), ("heading", "Discussion"), ("body", "It ate.")],
        [("First visit", "body"), ("Discussion", "body")],
    ),
    "run-in heading of five words": (
        [("heading", "Case"), ("body", "Visit after loss of wings: The owl sat.")],
        [("Case: Visit after loss of wings", "body")],
    ),
    "a sentence of few words before a colon": ([("body", "We saw two: The rest had flown.")], [("", "body")]),
    "a sentence of few nouns before a colon": ([("body", "Owls of both kinds died: Most were old.")], [("", "body")]),
    "six words before a colon": ([("body", "Big owls of the far north: Most sat.")], [("", "body")]),
    "a colon in a sentence": ([("body", "Low: it is.")], [("", "body")]),
    "references": ([("heading", "References"), ("body", "1. Low A. Owls.")], [("References", "reference")]),
    "references by layout": (
        [("reference", "1. Low A. Owls."), ("reference", "2. Low B.")],
        [("References", "reference")] * 2,
    ),
    "footnote": (
        [("heading", "Case"), ("body", "It sat."), ("footnote", "* It ate.")],
        [("Case", "body"), ("Footnote", "body")],
    ),
    "captions": (
        [
            ("caption", "Figure 2. An owl."),
            ("caption", "Fig. 3A An ear."),
            ("table", "Table S1: Mice."),
            ("caption", "An owl."),
        ],
        [("Figure 2", "caption"), ("Fig. 3", "caption"), ("Table S1", "table"), ("", "caption")],
    ),
    "words and a number that are no label": (
        [
            ("table", "Big owls 3 4 5"),
            ("caption", "KEY OWL 1 | Ears"),
            ("caption", "Figure2. Ears"),
            ("table", "Table 2 Ears"),
        ],
        [("", "table"), ("KEY OWL 1", "caption"), ("Figure 2", "caption"), ("Table 2", "table")],
    ),
    "supplementary caption": ([("caption", "Supplementary Fig. S2. An owl.")], [("Supplementary Fig. S2", "caption")]),
    "headings with roman numerals": (
        [("heading", h) for h in ("II. METHODS",)] + [("body", "It sat."), ("heading", "IV RESULTS"), ("body", "Yes.")],
        [("II. Methods", "body"), ("IV Results", "body")],
    ),
    "heading with a roman numeral and a letter in capitals": (
        [("heading", "PHASE II OF TYPE I AND VITAMIN D"), ("body", "It sat.")],
        [("Phase II of type I and vitamin D", "body")],
    ),
    "heading with a word that the text has in capitals": (
        [("heading", "OWLS WITH HIV OR ILL"), ("body", "All had HIV."), ("body", "It was ILL, or ill.")],
        [("Owls with HIV or ill", "body")],
    ),
    "heading with a number and capitals": (
        [("heading", "3.2 DNA traces"), ("body", "No.")],
        [("3.2 DNA traces", "body")],
    ),
    "heading in small capitals": ([("heading", "I. M ETHODS"), ("body", "It sat.")], [("I. Methods", "body")]),
    "heading behind a square": ([("heading", "■ METHODS"), ("body", "It sat.")], [("Methods", "body")]),
    "numbered heading in capitals": ([("heading", "2. METHODS"), ("body", "It sat.")], [("2. Methods", "body")]),
    "caption between the halves of a section": (
        [("heading", "Case"), ("body", "It sat."), ("caption", "Box 1. Owls."), ("body", "It ate.")],
        [("Case", "body"), ("Box 1", "caption"), ("Case", "body")],
    ),
    "abstract by layout": ([("heading", "Case"), ("abstract", "Owls hear.")], [("Abstract", "abstract")]),
}


@pytest.mark.parametrize("case", SECTIONS.values(), ids=SECTIONS)
def test_sections(case: tuple[list[tuple[str, str]], list[tuple[str, str]]]) -> None:
    blocks, wanted = case
    assert [(p.section, p.kind) for p in passages_of(*paper(*blocks), 160)] == wanted


def test_spans_of_a_passage_hold_the_white_space_between_sentences_and_no_interruption() -> None:
    raw = "Owls hear. They fly\nPAGE 1\nat night.\n\nThey sleep.\n"
    readable, _ = apply(
        Readable.of(raw),
        [Edit(20, 27, "skip"), Edit(19, 20, "join", " "), Edit(36, 37, "join")],
    )
    first, second = (TextBlock("body", readable.slice(*ends)) for ends in ((0, 29), (30, 41)))
    (passage,) = passages_of(Document("paper", "", raw), (first, second), 160)
    assert [raw[span.start : span.end] for span in passage.spans] == ["Owls hear. They fly", "at night.\n\nThey sleep."]
    assert passage.text == "Owls hear. They fly at night. They sleep."


@cache
def read_paper(name: str) -> tuple[Document, tuple[TextBlock, ...]]:
    document = read_document(Source(name, CORPUS / name, {}))
    return document, repair(document).blocks


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("limit", [20, 160, 1000])
def test_the_papers_are_cut_without_loss_and_quoted(name: str, limit: int) -> None:
    document, blocks = read_paper(name)
    passages = passages_of(document, blocks, limit)
    read_blocks = [block for block in blocks if block.kind != "heading"]
    assert spoken(passages) == [*chain.from_iterable(sentences_of(block.readable) for block in read_blocks)]
    for block in read_blocks:
        assert " ".join(s.text for s in sentences_of(block.readable)) == block.readable.text
    for passage in passages:
        check_quote(document, passage.text, passage.spans)
        assert len(passage.sentences) == 1 or len(passage.text.split()) <= limit
        assert all(before.end <= after.start or after.end <= before.start for before, after in pairwise(passage.spans))
        for sentence in passage.sentences:
            check_quote(document, sentence.text, sentence.spans)
            assert all(any(w.start <= s.start and s.end <= w.end for w in passage.spans) for s in sentence.spans)
    assert len({passage.id for passage in passages}) == len(passages)
