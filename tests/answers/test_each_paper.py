"""Questions to each paper alone: which papers, the surest of several wordings, sentences to choose from."""

from __future__ import annotations

import pytest

from qa.answers import each_paper
from qa.answers.assistant import Assistant
from qa.types import Abstention, Answer, QuestionError, Scope


def test_a_paper_answers_or_abstains_for_itself(assistant: Assistant) -> None:
    found = {
        document.id: each_paper.surest(
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
    result = each_paper.surest(assistant, ["pears ripened weeks"], alone)
    assert {hit.passage.section for hit in result.passages} == {"Results"}


def test_the_surest_of_several_wordings_counts_wherever_it_stands(assistant: Assistant) -> None:
    alone, wordings = Scope(["stones"]), ["zinc", "basalt cools quickly from lava", "basalt xylophone"]
    for questions in (wordings, wordings[::-1]):
        result = each_paper.surest(assistant, questions, alone)
        assert isinstance(result, Answer)
        assert result.question == "basalt cools quickly from lava"
    equal = each_paper.surest(assistant, ["marble", "marble "], alone)
    assert equal.question == "marble"


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
