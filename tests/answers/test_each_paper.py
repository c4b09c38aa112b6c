"""Questions to each paper alone: which papers, the surest of several wordings, sentences to choose from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qa.answers import each_paper
from qa.answers.assistant import Assistant
from qa.answers.columns import READY
from qa.answers.overview import RIGHT
from qa.types import Abstention, Answer, QuestionError, Scope


def test_a_paper_answers_or_abstains_for_itself(assistant: Assistant) -> None:
    found = {
        document.id: each_paper.asked(
            assistant, ["basalt cools quickly from lava"], each_paper.alone(assistant, document.id)
        )
        for document in each_paper.papers_to_ask(assistant)
    }
    assert {name: type(result) for name, result in found.items()} == {"fruit": Abstention, "stones": Answer}
    assert all(hit.passage.document == name for name, result in found.items() for hit in result.passages)


def test_papers_without_the_section_are_not_asked(assistant: Assistant) -> None:
    scope = Scope(sections=["Results"])
    assert [paper.id for paper in each_paper.papers_to_ask(assistant, scope)] == ["fruit"]
    alone = each_paper.alone(assistant, "fruit", Scope(sections=["Methods", "Results"]))
    assert alone == Scope(["fruit"], ["Results"])
    result = each_paper.asked(assistant, ["pears ripened weeks"], alone)
    assert {hit.passage.section for hit in result.passages} == {"Results"}


def test_the_first_wording_that_is_answered_counts(assistant: Assistant) -> None:
    alone = Scope(["stones"])
    answered = "basalt cools quickly from lava"
    result = each_paper.asked(assistant, ["zinc", answered, "basalt cools quickly"], alone)
    assert isinstance(result, Answer)
    assert result.question == answered


def test_of_wordings_without_an_answer_the_surest_counts(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """One with a possible answer goes before all others."""
    zinc = assistant.ask("zinc", scope=Scope(["stones"]))
    answer = assistant.ask("basalt cools quickly from lava", scope=Scope(["stones"]))
    assert isinstance(zinc, Abstention)
    assert isinstance(answer, Answer)
    results = [
        replace(zinc, confidence=0.3, possible=answer.citations[0]),
        replace(zinc, confidence=0.4, possible=answer.citations[0]),
        replace(zinc, confidence=0.4, possible=answer.citations[0]),
        replace(zinc, confidence=0.5),
    ]
    for order in ([0, 1, 2, 3], [3, 2, 1, 0]):
        left = iter([results[i] for i in order])
        monkeypatch.setattr(assistant, "ask", lambda *_, left=left, **__: next(left))
        found = each_paper.asked(assistant, ["a", "b", "c", "d"], Scope(["stones"]))
        assert found is results[next(i for i in order if i in (1, 2))]


def test_a_column_that_the_overview_fills_takes_its_quote(owls: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owls, "ask", lambda *_, **__: pytest.fail("asked although the overview has it"))
    result = each_paper.said(owls, "owls", READY["Result"], Scope(["owls"]))
    assert isinstance(result, Answer)
    assert result.text.startswith("In this study, we found that owls")
    assert (result.question, result.confidence) == ("What was the main finding of this study?", RIGHT["Main result"])


def test_where_the_overview_has_no_quote_an_answer_is_possible_only(
    owls: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is its quote taken from a section that is not asked."""
    answer = owls.ask("Owls are large birds.", scope=Scope(["talk"]))
    assert isinstance(answer, Answer)
    monkeypatch.setattr(each_paper, "asked", lambda *_: answer)
    for document, scope in (("talk", Scope(["talk"])), ("owls", Scope(["owls"], ["Methods"]))):
        result = each_paper.said(owls, document, READY["Result"], scope)
        assert isinstance(result, Abstention)
        assert (result.possible, result.scope) == (answer.citations[0], scope)
    assert each_paper.said(owls, "talk", READY["Outcome"], Scope(["talk"])) is answer


def test_sentences_of_a_paper_are_found_by_their_words_and_by_meaning(assistant: Assistant) -> None:
    (found,) = each_paper.sentences_with(assistant, "fruit", "WEEKS ripen", 5)
    assert (found.text, found.section) == ("Pears ripened in nine weeks [3].", "Results")
    every = each_paper.sentences_with(assistant, "stones", "", 9)
    assert [citation.spans[0].start for citation in every] == sorted(c.spans[0].start for c in every)
    assert len(every) == len({citation.sentence for citation in every}) == 3
    assert len(each_paper.sentences_with(assistant, "stones", "", 2)) == 2
    assert each_paper.sentences_with(assistant, "fruit", "basalt", 5) == []
    near = each_paper.sentences_near(assistant, "stones", "How does basalt cool?", 5)
    assert {citation.document.id for citation in near} == {"stones"}
    assert "Basalt cools quickly from lava, and its crystals stay small." in [citation.text for citation in near]
    with pytest.raises(QuestionError):
        each_paper.sentences_near(assistant, "stones", "?", 5)
