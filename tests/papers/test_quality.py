"""A page is scored by what came out of it, and a badly read one says why."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from qa.papers.ingest import ingest_here
from qa.papers.quality import NO_TEXT, OTHER_LANGUAGE, UNKNOWN_LETTERS, quality_of
from qa.papers.sources import Source, sources_in
from qa.types import WELL_READ, Document, Passage, Quality, Sentence, Span
from tests.conftest import ROOT
from tests.papers.minimal import pdf

GOOD = "The owl hunts by ear in the dark forest. It eats mice and other small animals that it finds on the ground."


def quality(text: str, raw: str | None = None, kind: str = "body") -> Quality:
    """Of a text whose sentences are its lines."""
    document = Document("a", "", raw or text)
    sentences = tuple(Sentence(line, (Span(0, 1),)) for line in text.splitlines())
    (found,) = quality_of(document, [Passage("a", "", kind, sentences, (Span(0, 1),))])  # type: ignore[arg-type]
    return found


def test_a_page_as_a_person_would_have_typed_it() -> None:
    assert quality(GOOD) == Quality(None, 1.0)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Thxe owql huznts bvy ezar iqn thwe dakrk foqrest.", "are no known words"),
        ("Theowlhuntsbyearinthedarkforest Iteatsmiceandothersmallanimals.", "run together"),
        ("T h e o w l h u n t s b y e a r.", "single letters"),
        ("The owl \ufffd\ufffd\ufffd hunts \ue000 by ear.", "no meaning"),
        ("the owl hunts by\near in the dark\nforest and eats mice.", "begin or end in the middle"),
    ],
)
def test_a_badly_read_page_says_why(text: str, reason: str) -> None:
    found = quality(text)
    assert found.score < WELL_READ
    assert any(reason in line for line in found.reasons)


def test_few_sentences_show_no_mixed_columns() -> None:
    assert quality("and hunts by ear in the dark forest and").score == 1
    assert quality("and hunts by ear in the dark forest and\neats mice and other small animals that").score == 1


def test_a_paper_s_own_terms_are_no_unknown_words() -> None:
    assert quality("The foxolase binds. Then foxolase splits. More foxolase binds.").score == 1


@pytest.mark.parametrize(
    "text",
    [
        "Die Patienten wurden in den Jahren 2004 bis 2016 in der Klinik mit dem neuen Mittel behandelt.",
        "Les patients ont été traités dans le service de neurologie par des médecins pendant deux ans de suite.",
        "Los pacientes fueron tratados en el hospital con el nuevo medicamento y se observó una mejoría en casi todos.",
        "Pacienci byli leczeni w szpitalu nowym lekiem i nie było zgonów, a wyniki są dobre dla wszystkich od lat.",
        "Пациенты были пролечены в клинике новым препаратом и наблюдались два года.",
        "患者在医院接受了新药治疗,并随访了两年。结果良好,没有死亡病例。",
        "البومة تصيد ليلا في الغابة المظلمة وتأكل الفئران.",
    ],
)
def test_a_page_in_another_language_is_not_judged(text: str) -> None:
    found = quality(text)
    assert not found.judged
    assert found.score == 1
    assert found.reasons == (OTHER_LANGUAGE,)


@pytest.mark.parametrize(
    "text",
    [
        "Thxe owql huznts bvy ezar iqn thwe dakrk foqrest aqnd eaxts mizce aznd otqher smxall anqimals thzat igt.",
        "Tbe 0wl hnnts hy eor 1n thc dork f0rest ond eots rnice aud otber srnall anirnals tbat it flnds on tbe gronnd.",
        "T h e o w l h u n t s b y e a r i n t h e d a r k f o r e s t a n d e a t s m i c e.",
        "Theowlhuntsbyearinthedarkforest Iteatsmiceandothersmallanimals thatitfindsontheground. "
        "Thebatfliesoverthelakeatdusk Ittakesthemothsthatflyhighest andnothingelseiseverseen. "
        "Themothfoldsitswingsandfalls Itisdeaftothelowestofallcalls whicheverbatmaygivethem. "
        "Thefoxsleepsunderthefallentree Itsyoungarefedinthemorning whenthemistisonthefield. "
        "Thevolelivesundertheoldsnow Itstunnelsarenarrowandlong sothatnoowlcanfollowit.",
    ],
)
def test_english_that_was_misread_is_judged(text: str) -> None:
    found = quality(text)
    assert found.judged
    assert found.score < WELL_READ


@pytest.mark.parametrize("letters", ["\ufffd" * 60, "\ue021" * 60, "(cid:12)(cid:34)" * 20, "/g69/g70/g71-/g12" * 20])
def test_a_font_without_letters_is_not_readable(letters: str) -> None:
    found = quality(f"{letters} 12", letters + " 12")
    assert found.score == 0
    assert found.reasons == (UNKNOWN_LETTERS,)


def test_references_and_tables_are_left_out() -> None:
    for kind in ("reference", "table"):
        assert quality("Xqzt Vbnq Wrtz Kjhg 12", kind=kind).score == 1


def test_each_page_has_its_own_score_and_warning(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(GOOD.replace(". ", ".\n"), "", "Qwx zrt plk vbn mnh.\nGhj wrt zxc vbm."))
    document = ingest_here(Source("a", path, {}), 100).document
    assert [(found.page, found.score) for found in document.quality] == [(1, 1.0), (2, 0.0), (3, 0.0)]
    assert document.quality[1].reasons == (NO_TEXT,)
    assert document.warning(Span(0, 5)) == ""
    start = document.page_starts[2]
    warning = document.warning(Span(start, start + 5))
    assert re.match(r"This page was read badly: \d+% of the words are no known words", warning)


def test_a_text_without_pages_warns_as_a_whole() -> None:
    document = replace(Document("a", "", "xqz"), quality=(Quality(None, 0.1, ("so",)),))
    assert document.warning(Span(0, 1)) == "This text was read badly: so. Look at the original."


def test_the_project_s_texts_are_well_read() -> None:
    for source in sources_in(ROOT / "corpus"):
        assert [found.score for found in ingest_here(source, 160).document.quality] == [1.0]
