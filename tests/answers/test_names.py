"""What a question names, and whether a passage speaks of it, under whatever form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.answers.assistant import Assistant
from qa.answers.cross_encoder import open_cross_encoder
from qa.answers.judged import Judged
from qa.answers.models import Models
from qa.answers.names import EVERYDAY, MEANT, SHELF, SURE, UNLIKELY, Name, names_in
from qa.answers.presence import ABOUT, Presence
from qa.answers.reader import Reading, read
from qa.answers.search import Query, search
from qa.config import AskSettings, IndexSettings
from qa.index import store
from qa.index.build import build
from qa.index.embed import open_encoder
from qa.index.index import Index
from qa.index.library import Library
from qa.papers.sources import sources_in
from qa.types import Abstention, Answer, Passage
from tests.conftest import FakeEncoder, calibration

LAW = settings(derandomize=True, deadline=None, max_examples=50)
PLAIN = "We report on the patients of our clinic. They had a sweet taste, and were seen in one phase of a trial."


def several(*texts: str) -> str:
    """A passage for each text."""
    return "\n\n".join(f"{text}, and all of us were there to see that it was so for the year." for text in texts)


def library(folder: Path, papers: Mapping[str, str]) -> Index:
    """An index of papers by title. Passages are short, so that a paper has several."""
    folder.mkdir(exist_ok=True)
    entries = []
    for number, (title, text) in enumerate(papers.items()):
        (folder / f"p{number}.txt").write_text(text, "utf-8")
        entries.append(f"@article{{p{number},\n title = {{{title}}},\n file = {{p{number}.txt}},\n}}\n")
    (folder / "corpus.bib").write_text("".join(entries), "utf-8")
    return build(sources_in(folder), IndexSettings(passage_max_words=20), FakeEncoder())


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """A library that has none of the names."""
    return library(tmp_path_factory.mktemp("plain"), {"A report": PLAIN, "Another report": "Nothing new was seen."})


def named(question: str, index: Index) -> list[str]:
    return [name.text for name in names_in(question, index)]


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("What was the dose of tocilizumab?", ["tocilizumab"]),
        ("Were rhabdomyosarcomas or gastritis more common?", ["rhabdomyosarcomas", "gastritis"]),
        ("Does PAX3 fuse with FOXO1?", ["PAX3", "FOXO1"]),
        ("Were p53 and Ki-67 found?", ["p53", "Ki-67"]),
        ("What did the CLARITY trial find?", ["CLARITY"]),
        ("How is Cogan syndrome treated?", ["Cogan"]),
        ("How is Sjögren's disease treated?", ["Sjögren"]),
        ("Did the Kaplan-Meier curves differ?", ["Kaplan-Meier"]),
        ("Was survival better in Tehran than in Ohio?", ["Tehran", "Ohio"]),
        ("Was GLP-1 given in stage II?", ["GLP-1", "II"]),
        ("Did 12 of 1,240 patients take 5.5 mg?", ["12 of 1,240 patients", "5.5 mg"]),
        ("Was there a loss of 10% at 6 months?", ["10%", "6 months"]),
        ("Which 4-year-old boy had side effects?", ["4-year-old"]),
        ("Was dupilumab given, and was dupilumab stopped?", ["dupilumab"]),
        ("what was the dose of infliximab in takayasu arteritis?", ["infliximab", "takayasu", "arteritis"]),
        ("WHAT WAS THE DOSE OF INFLIXIMAB?", ["INFLIXIMAB"]),
        ("What Was The Dose Of Infliximab In Cogan Syndrome?", ["Infliximab", "Cogan"]),
    ],
)
def test_drugs_diseases_genes_people_studies_places_and_numbers_are_names(
    plain: Index, question: str, names: list[str]
) -> None:
    assert named(question, plain) == names


@pytest.mark.parametrize(
    "question",
    [
        "How long was the follow-up of the patients?",
        "Which boy had side effects?",
        "What is the well-known painkiller?",
        "Who was followed up, and why?",
        "Whose 2nd visit was it?",
        "HOW LONG WERE THE PATIENTS SEEN?",
        "How Long Were The Patients Seen?",
        "how long were the patients seen?",
        "In which Phase was the Trial?",
        "Should the homeless be hospitalised?",
        "Is the underlying cause of the reddish swelling known?",
    ],
)
def test_everyday_words_are_no_names(plain: Index, question: str) -> None:
    assert named(question, plain) == []


def test_a_capital_tells_a_name_from_a_word(tmp_path: Path, plain: Index) -> None:
    """No paper writes the name without a capital, but the word is in `PLAIN`."""
    assert named("How was the Sweet syndrome treated?", plain) == []
    index = library(tmp_path / "sweet", {"A report": "Sweet syndrome was seen."})
    assert named("How was the Sweet syndrome treated?", index) == ["Sweet"]
    assert named("Sweet taste was seen, why?", index) == [], "the first word of a question has a capital anyway"
    index = library(tmp_path / "within", {"A report": "The Sweet syndrome was seen. Treatment was given."})
    assert named("Sweet syndrome: what was seen?", index) == ["Sweet"], "but the papers have it within a sentence too"
    assert named("Treatment of it?", index) == []


def test_a_word_that_one_paper_is_about_is_a_name(tmp_path: Path, plain: Index) -> None:
    """`wrist` is everyday English, yet of many papers only one speaks of it, and speaks of it throughout."""
    about = several(*["The wrist was seen"] * 4)
    others = {f"Other {n}": f"{PLAIN} It was {n}." for n in range(SHELF - 1)}
    every = {f"Paper {n}": f"{about} {n}." for n in range(SHELF)}
    few = {title: text for title, text in others.items() if title != "Other 0"}
    assert named("Was the wrist seen?", library(tmp_path / "one", {"One": about} | others)) == ["wrist"]
    assert named("Was the wrist seen?", library(tmp_path / "all", every)) == []
    assert named("Was the wrist seen?", library(tmp_path / "few", {"One": about} | few)) == [], "too few to tell"
    assert named("Was the wrist seen?", plain) == []


@pytest.mark.parametrize(
    ("word", "judged", "is_name"),
    [
        ("zapping", Judged(EVERYDAY - 0.01, SURE - 0.01), False),
        ("zapping", Judged(EVERYDAY, SURE - 0.01), True),
        ("zapping", Judged(EVERYDAY - 0.01, SURE), True),
        ("malaria", Judged(0.9, MEANT), True),
        ("malaria", Judged(0.9, MEANT - 0.01), False),
        ("cancer", Judged(0.9, 0.99), False),
        ("bedside", Judged(0.9, UNLIKELY), True),
        ("bedside", Judged(0.9, UNLIKELY - 0.01), False),
    ],
)
def test_what_is_judged_of_a_word_decides(plain: Index, word: str, judged: Judged, is_name: bool) -> None:
    """`zapping` is rare, `malaria` is not, `cancer` is frequent, and `bedside` ends as a drug may."""
    found = names_in(f"Was it {word} then?", plain, {word: judged})
    assert [name.text for name in found] == [word] * is_name


def test_a_medical_word_that_a_small_library_has_is_a_name_if_it_is_not_common(tmp_path: Path) -> None:
    judged = Judged(0.9, MEANT)
    index = library(tmp_path, {"One": several("Cholera and malaria were seen"), "Other": PLAIN})
    assert [name.text for name in names_in("Was it cholera?", index, {"cholera": judged})] == ["cholera"]
    assert names_in("Was it malaria?", index, {"malaria": judged}) == (), "too frequent in English"


# Presence


def presence(index: Index, name: str) -> tuple[Presence, Name]:
    (found,) = [one for one in names_in(f"Was it so with {name}?", index) if one.text == name]
    return Presence(index, [found]), found


def speaking(index: Index, name: str) -> list[Passage]:
    """The passages that speak of a name."""
    where, found = presence(index, name)
    passages = [passage for passage in index.passages if not where.missing(passage)]
    assert passages == [passage for passage in index.passages if where.speaks_of(passage, found)]
    return passages


SAME = [
    ("lymphoma", "Lymphomas were seen."),
    ("lymphomas", "A lymphoma was seen."),
    ("neuropathies", "A neuropathy was seen."),
    ("hypercalcaemia", "A hypercalcaemic boy came."),
    ("hypercalcaemic", "There was hypercalcemia."),
    ("oesophagoscopy", "Esophagoscopy was done."),
    ("esophagoscopy", "Oesophagoscopy was done."),
    ("neuroblastoma", "It was a NEUROBLASTOMA."),
    ("metastasis", "There were metastases."),
    ("GLP-1", "GLP1 was given."),
    ("GLP1", "GLP-1 was given."),
    ("PAX3-FKHR", "The fusion PAX3/FKHR was seen."),
    ("III", "She had stage 3 disease."),
    ("3", "She had stage III disease."),
    ("IV", "She had stage 4 disease."),
    ("CYP2D6", "CYP2D6 was found."),
    ("HER2-positive", "They were HER-2 positive."),
    ("5", "Five patients were seen."),
    ("5", "After 5 days all was well."),
    ("3967", "Of 3,967 patients all were well."),
    ("3,967", "Of 3967 patients all were well."),
    ("2.5", "They had 2.50 mg of it."),
    ("10", "10% of them were well."),
    ("0.5", "They had 0.50 mg of it."),
    ("1", "One of them was seen."),
    ("1234567", "Of 1,234,567 patients all were well."),
    ("14 days", "It was given for two weeks."),
    ("5,040 cGy", "They had 50.4 Gy of it."),
    ("4-year-old", "She was 4 years old."),
    ("BP", "Her blood pressure was high."),
    ("HRs", "Hazard ratios were high."),
    ("tuberculosis", "She had TB."),
    ("interleukin-6", "IL-6 was high."),
    ("xray", "An X-ray was taken."),
]
OTHER = [
    ("gastritis", "The gastric wall was seen."),
    ("prednisone", "She took prednisolone."),
    ("prednisolone", "She took prednisone."),
    ("PAX3", "PAX7 was found."),
    ("GLP-1", "GLP-2 was given to 1 of them."),
    ("IL-6", "IL-16 was high."),
    ("CYP2D6", "CYP2D16 was found."),
    ("hypothyroidism", "Hyperthyroidism was found."),
    ("hyponatraemia", "There was hypernatraemia."),
    ("adalimumab", "She took infliximab."),
    ("cefotaxime", "She took cefuroxime."),
    ("III", "She had stage 2 disease."),
    ("12", "Of 120 patients 112 were seen in 2012."),
    ("5", "They had 2.5 mg, 0.5 mg and 5.1 mg."),
    ("25", "They had 2.5 mg."),
    ("14 days", "It was given for two days."),
    ("5 mg", "They had 500 mg of it."),
    ("BP", "Her blood was taken under pressing needs."),
    ("interleukin-6", "IL-16 was high in 6 of them."),
    ("xray", "An ex-ray was taken at ray x."),
]


@pytest.mark.parametrize(("name", "text"), SAME)
def test_a_name_is_there_in_another_form(tmp_path: Path, name: str, text: str) -> None:
    assert len(speaking(library(tmp_path, {"A report": text}), name)) == 1


@pytest.mark.parametrize(("name", "text"), OTHER)
def test_a_name_that_only_looks_alike_is_another(tmp_path: Path, name: str, text: str) -> None:
    assert speaking(library(tmp_path, {"A report": text}), name) == []


BOTH_FORMS = """They were given a tyrosine kinase inhibitor (TKI) for as long as it was of use to them.

All who took the TKI were well, and were seen by us at the end of the year.

A tyrosine kinase inhibitor is of use, as we have seen in all who were here.

Nothing else was of any use to any of them, as far as we know at the end."""


def test_an_abbreviation_and_its_long_form_are_one_by_the_definition_of_the_paper(tmp_path: Path) -> None:
    index = library(tmp_path, {"A report": BOTH_FORMS, "Other": "TKI was the name of a clinic, as all of us know."})
    report = index.passages_of("p0")
    assert len(report) == 4
    assert index.abbreviations_of("p0") == {"TKI": "tyrosine kinase inhibitor"}
    assert [passage for passage in speaking(index, "tyrosine") if passage.document == "p0"] == list(report), "about it"
    where, name = presence(index, "TKI")
    assert {index.passages[row] for row in where.rows(name, "p0")} == set(report[:3])
    where, name = presence(index, "tyrosine")
    assert {index.passages[row] for row in where.rows(name, "p0")} == set(report[:3])
    assert where.rows(name, "p1") == set(), "the other paper does not define it so"


def test_a_paper_that_defines_an_abbreviation_otherwise_has_its_own(tmp_path: Path) -> None:
    own = several("We used the bonus pool (BP) for it", "The BP was large", "Her blood pressure was high")
    index = library(tmp_path, {"A report": own, "Other": several("Her blood pressure was high")})
    found = speaking(index, "BP")
    assert [passage.document for passage in found] == ["p0", "p0", "p1"]
    assert "pressure" not in found[0].text + found[1].text


def test_a_name_in_the_title_counts_for_the_whole_paper_and_for_no_other(tmp_path: Path) -> None:
    text = several("They were well", "They were ill", "They were seen")
    index = library(tmp_path, {"On dupilumab": text, "On anakinra": text})
    assert {passage.document for passage in speaking(index, "dupilumab")} == {"p0"}
    assert speaking(index, "dupilumab") == list(index.passages_of("p0"))
    where, name = presence(index, "dupilumab")
    assert where.papers(name) == ("p0",)


def test_what_a_paper_is_about_counts_for_the_whole_paper(tmp_path: Path) -> None:
    for times in (ABOUT - 1, ABOUT):
        text = several(*["Dupilumab was given"] * times, "They were ill")
        index = library(tmp_path / str(times), {"A report": text, "Other": "Nothing was given."})
        assert len(index.passages_of("p0")) == times + 1
        assert len(speaking(index, "dupilumab")) == (times + 1 if times == ABOUT else times)


def test_a_number_stands_in_the_passage_itself(tmp_path: Path) -> None:
    """A paper is about no number, but the number may stand in its title or in the heading."""
    text = several("It was 17", "It was 17", "It was seventeen", "It was 18")
    index = library(tmp_path, {"A report": text, "The 19 reports": several("It was 20")})
    assert [passage in index.passages_of("p0")[:3] for passage in speaking(index, "17")] == [True] * 3
    assert [passage.document for passage in speaking(index, "19")] == ["p1"]


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, text in SAME if not name[0].isdigit()])
def test_the_paper_that_has_a_name_in_another_form_is_found(tmp_path: Path, name: str, text: str) -> None:
    """So that no reason says that it is nowhere. Of numbers no reason says so."""
    index = library(tmp_path, {"Other": "Nothing was new.", "A report": text})
    where, found = presence(index, name)
    assert where.papers(found) == ("p1",)


# A small made-up library

REPORTS = {
    "Cogan syndrome": ("tocilizumab", "162 mg", "Her hearing came back"),
    "Whipple disease": ("ceftriaxone", "2 g", "His joints were well"),
    "Susac syndrome": ("rituximab", "375 mg", "Her sight came back"),
    "Castleman disease": ("siltuximab", "11 mg", "His fever was gone"),
    "Behçet disease": ("apremilast", "30 mg", "Her ulcers were gone"),
    "Gorham disease": ("sirolimus", "0.8 mg", "His bones were well"),
    "Morvan syndrome": ("carbamazepine", "400 mg", "Her sleep came back"),
    "Wilson disease": ("penicillamine", "750 mg", "His hands were still"),
}
"""Eight diseases, each with the only drug that was given for it, its dose, and how it went."""
ASKED = (
    "What was the dose of {drug} in {disease}?",
    "what was the dose of {drug} in {disease}?",
    "How did the patient with {disease} do when {drug} was given?",
    "Was {drug} of use to a child with {disease}?",
    "{disease}: how much {drug} was given?",
)


def report(disease: str, drug: str, dose: str, end: str) -> str:
    return f"""Introduction

{disease} is rarely seen in children. Nobody knew what {drug} would do.

Case

A child with {disease} was seen by us. The child was given {drug} at a dose of {dose} once a day for some weeks.

Outcome

{end} when {drug} was given. The child has been well for more than a year.
"""


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Index:
    papers = {f"{disease} and {told[0]}": report(disease, *told) for disease, told in REPORTS.items()}
    return library(tmp_path_factory.mktemp("cases"), papers)


def read_in(index: Index, question: str) -> Reading:
    query = Query.of(question, FakeEncoder())
    return read(query, search(query, index), index, AskSettings())


PAIRS = [(drug, disease) for drug, *_ in REPORTS.values() for disease in REPORTS]


@pytest.mark.parametrize(("drug", "disease"), PAIRS)
def test_only_the_paper_of_both_drug_and_disease_answers(cases: Index, drug: str, disease: str) -> None:
    """The drug of one paper in the disease of another is never answered, whatever the words around them."""
    for asked in ASKED:
        reading = read_in(cases, asked.format(drug=drug, disease=disease))
        if REPORTS[disease][0] == drug:
            assert reading.missing == ()
            assert {cases.by_id[one.hit.passage.document].title for one in reading.chosen} == {f"{disease} and {drug}"}
        else:
            assert reading.chosen == ()
            assert {name.text for name in reading.missing} <= {drug, disease.split()[0]}
            assert reading.missing


MADE_UP = st.builds(
    "".join,
    st.tuples(
        st.lists(st.sampled_from(["vo", "zu", "xa", "qui", "bru", "fle", "tar", "nop"]), min_size=2, max_size=4).map(
            "".join
        ),
        st.sampled_from(["mab", "nib", "cillin", "statin", "rin"]),
    ),
)
"""Drugs that nobody has made, among them those that only look as if they were."""


@LAW
@given(drug=MADE_UP, disease=st.sampled_from(list(REPORTS)), asked=st.sampled_from(ASKED))
def test_a_drug_of_no_paper_is_refused_and_named(cases: Index, drug: str, disease: str, asked: str) -> None:
    reading = read_in(cases, asked.format(drug=drug, disease=disease))
    assert reading.chosen == ()
    assert drug in [name.text for name in reading.missing]


@LAW
@given(
    disease=MADE_UP.map(str.capitalize),
    drug=st.sampled_from([told[0] for told in REPORTS.values()]),
    asked=st.sampled_from([asked for asked in ASKED if not asked.startswith("{disease}")]),
)
def test_a_disease_of_no_paper_is_refused_and_named(cases: Index, drug: str, disease: str, asked: str) -> None:
    reading = read_in(cases, asked.format(drug=drug, disease=f"{disease} syndrome"))
    assert reading.chosen == ()
    assert disease in [name.text for name in reading.missing]


@LAW
@given(number=st.integers(21, 1_999), disease=st.sampled_from(list(REPORTS)))
def test_a_number_of_no_passage_is_refused_and_named(cases: Index, number: int, disease: str) -> None:
    drug, dose, _ = REPORTS[disease]
    reading = read_in(cases, f"Was {drug} given at a dose of {number} mg in {disease}?")
    if f"{number} mg" == dose:
        assert reading.chosen
    else:
        assert reading.chosen == ()
        assert f"{number} mg" in [name.text for name in reading.missing]


@LAW
@given(word=st.text("ab c1-Z.", max_size=12), asked=st.sampled_from(ASKED))
def test_any_words_can_be_asked(cases: Index, word: str, asked: str) -> None:
    """Nothing that is typed ends in an error, and what is missing is of the question."""
    question = asked.format(drug=word, disease=word)
    reading = read_in(cases, question)
    assert all(name.text in question for name in reading.missing)
    assert not (reading.missing and reading.chosen)


@pytest.mark.model
def test_the_dose_of_another_drug_or_of_another_disease_is_never_an_answer(tmp_path: Path) -> None:
    """With the real models, and whatever the confidence: no sentence for a wrong pairing, the dose for a right one."""
    papers = {f"{disease} and {told[0]}": report(disease, *told) for disease, told in REPORTS.items()}
    library(tmp_path / "corpus", papers)
    Library(tmp_path / "corpus", tmp_path / "index").update()
    index, ask = store.load(tmp_path / "index"), AskSettings()
    always = replace(calibration(0.0), weights={})
    models = Models(open_encoder(index.settings.encoder), always, open_cross_encoder(ask.reader_model))
    assistant = Assistant(index, "", models, ask)
    for drug, disease in PAIRS:
        result = assistant.ask(f"What was the dose of {drug} in {disease}?")
        if REPORTS[disease][0] == drug:
            assert isinstance(result, Answer)
            assert f"{drug} at a dose of {REPORTS[disease][1]}" in result.citations[0].text
        else:
            assert isinstance(result, Abstention)
            assert (result.possible, bool(result.missing)) == (None, True)
