"""A marked sentence becomes a line of a question set."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from qa.evaluation.questions import load_questions
from qa.index.index import Index
from qa.types import QuestionError, QuestionSetError, QuoteError, StoreError
from qa.userdata.drafts import FILE, append, draft, drafts


def test_a_draft_loads_as_a_question_with_its_evidence(small_index: Index, tmp_path: Path) -> None:
    document = small_index.by_id["stones"]
    passage = next(p for p in small_index.passages if p.document == "stones")
    sentence = next(s for s in passage.sentences if "crystals" in s.text)
    case = draft("  How large are   the crystals of basalt? ", document, sentence)
    assert case["draft"] is True
    assert append(tmp_path, case)
    assert not append(tmp_path, case)
    assert drafts(tmp_path) == [case]
    with pytest.raises(QuestionSetError, match="line 1: this is a draft"):
        load_questions(tmp_path / FILE, small_index.documents)
    (tmp_path / "checked.jsonl").write_text(json.dumps(case | {"draft": False}), "utf-8")
    (question,) = load_questions(tmp_path / "checked.jsonl", small_index.documents)
    assert question.question == "How large are the crystals of basalt?"
    assert question.evidence[0][0].span == sentence.spans[0]
    assert "crys-\ntals" in case["evidence"][0]["quote"]


def test_what_is_no_question_or_no_evidence_is_refused(small_index: Index) -> None:
    document = small_index.by_id["stones"]
    sentence = next(p for p in small_index.passages if p.document == "stones").sentences[0]
    with pytest.raises(QuestionError, match="empty"):
        draft(" ? ", document, sentence)
    with pytest.raises(QuestionError, match="stand 2 times in stones"):
        draft("What?", replace(document, raw=document.raw * 2), sentence)
    with pytest.raises(QuoteError):
        draft("What?", small_index.by_id["fruit"], sentence)


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(json.dumps({"id": "a"}) + "\n\nnonsense\n", "utf-8")
    with pytest.raises(StoreError, match=r"drafts\.jsonl, line 3"):
        drafts(tmp_path)
