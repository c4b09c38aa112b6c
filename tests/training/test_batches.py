"""Inputs and what is right in them: tokens, sentences, words; the share that does not answer."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer

from qa.answers.inputs import InputFormat, Pair, SpecialTokens, inputs_of, tokenise, windows_of
from qa.training.batches import (
    UNKNOWN,
    Pick,
    Sampling,
    collate,
    draw,
    grouped,
    labelled,
    tokenised,
    tokens_of,
)
from qa.training.cases import UNJUDGED, Case, Cases, Found, Text
from qa.training.losses import pooled

ONE_IN_THREE = Sampling(unanswerable=1 / 3, thinned=0.0, seed=0)
PASSAGE, SENTENCE = InputFormat(), InputFormat(at_once=1, max_tokens=128)


@pytest.mark.parametrize("input_format", [PASSAGE, SENTENCE, InputFormat(2, 128)])
def test_every_sentence_stands_in_one_input(tokenizer: Tokenizer, input_format: InputFormat) -> None:
    sentences = ["Granite is hard.", "Basalt is dark, and cools quickly.", "Marble shines.", "word " * 200]
    question, heading, *tokens = tokenise(tokenizer, ["How hard is it?", "Stones: Results", *sentences])
    read = inputs_of(Pair(question, heading, tokens), input_format, SpecialTokens.of(tokenizer))
    numbers = [sorted(set(made.sentence.tolist()) - {-1}) for made in read]
    assert [n for group in numbers for n in group] == [0, 1, 2, 3]
    assert max(map(len, numbers)) <= input_format.at_once
    for made in read:
        assert len(made.ids) <= input_format.max_tokens
        text = tokenizer.decode(made.ids.tolist(), skip_special_tokens=False)
        assert text.startswith("[CLS] how hard is it? [SEP] ")
        for number in set(made.sentence.tolist()) - {-1}:
            rows = made.sentence == number
            words = [sentences[number][a:b].lower() for a, b in made.offsets[rows].tolist()]
            assert [tokenizer.id_to_token(i).removeprefix("##") for i in made.ids[rows].tolist()] == words


def test_a_sentence_alone_sees_its_neighbours_and_its_heading(tokenizer: Tokenizer) -> None:
    question, heading, *tokens = tokenise(tokenizer, ["Why?", "Stones", "One here.", "Two here.", "Three here."])
    second = inputs_of(Pair(question, heading, tokens), SENTENCE, SpecialTokens.of(tokenizer))[1]
    text = tokenizer.decode(second.ids.tolist(), skip_special_tokens=False)
    assert text == "[CLS] why? [SEP] two here. [SEP] stones one here. three here. [SEP]"
    assert second.types.tolist() == [0] * 4 + [1] * (len(second.ids) - 4)


def test_words_are_their_tokens(tokenizer: Tokenizer) -> None:
    sentence = "She received 5,040 cGy in 28 fractions."
    question, heading, *tokens = tokenise(tokenizer, ["Which dose?", "", "Before.", sentence])
    (made,) = inputs_of(Pair(question, heading, tokens), PASSAGE, SpecialTokens.of(tokenizer))
    start = sentence.index("5,040")
    first, last = tokens_of((1, start, 1, start + len("5,040 cGy")), made)
    assert tokenizer.decode(made.ids[first : last + 1].tolist()) == "5, 040 cgy"
    assert made.offsets[first][0] == start
    assert tokens_of((0, 0, 1, 3), made) == (made.sentence.tolist().index(0), made.sentence.tolist().index(1))
    assert tokens_of((2, 0, 2, 3), made) == (UNKNOWN, UNKNOWN)


def test_words_beyond_the_cut_are_unknown(tokenizer: Tokenizer) -> None:
    sentence = "word " * 300 + "end"
    question, heading, *tokens = tokenise(tokenizer, ["Which?", "", sentence])
    (made,) = inputs_of(Pair(question, heading, tokens), SENTENCE, SpecialTokens.of(tokenizer))
    assert tokens_of((0, len(sentence) - 3, 0, len(sentence)), made) == (UNKNOWN, UNKNOWN)


def test_what_is_right(tokenizer: Tokenizer, toy: Cases) -> None:
    data = tokenised(toy, toy.cases, tokenizer)
    every = tuple(range(len(toy.texts[0].sentences)))
    whole = windows_of(data.pair(0, 0, every), PASSAGE)[0]
    answer = labelled(data, Pick(0, 0, 0, every, whole, 0), PASSAGE)
    assert answer.evidence == {1}
    assert tokenizer.decode(answer.input.ids[answer.start : answer.end + 1].tolist()) == "red"
    near = labelled(data, Pick(0, -1, toy.cases[0].missing[0], every, whole, 0), PASSAGE)
    assert (near.evidence, near.start, near.end) == (frozenset(), 0, 0)
    alone = labelled(data, Pick(0, 0, 0, every, (0, 1), 0), SENTENCE)
    assert (alone.evidence, alone.start) == (frozenset(), 0)


@pytest.mark.parametrize("input_format", [PASSAGE, SENTENCE])
def test_an_epoch(tokenizer: Tokenizer, toy: Cases, input_format: InputFormat) -> None:
    data = tokenised(toy, toy.cases, tokenizer)
    picks = draw(data, input_format, ONE_IN_THREE, {"toy": 2.0})
    assert picks == draw(data, input_format, ONE_IN_THREE, {"toy": 2.0})
    assert picks != draw(data, input_format, replace(ONE_IN_THREE, seed=1), {"toy": 2.0})
    read = {(pick.case, pick.text, pick.found) for pick in picks}
    for case, text, found in read:
        assert text in toy.cases[case].missing if found < 0 else text == toy.cases[case].found[found].text
    if input_format is PASSAGE:
        assert sum(pick.found < 0 for pick in picks) == len(picks) / 3
        assert len(picks) == 3 * len(toy.cases)
    groups = grouped(picks, 256, 0)
    assert sorted(map(repr, (pick for group in groups for pick in group))) == sorted(map(repr, picks))
    assert all(len(group) == 1 or len(group) * max(p.tokens for p in group) <= 256 for group in groups)


def test_a_thinned_text_keeps_its_answer(tokenizer: Tokenizer) -> None:
    """Its sentences are numbered among those that are kept, and the others are not read."""
    text = Text("", ("One is grey.", "Two is red", "and warm.", "Four is blue.", "Five is green.", "Six is white."))
    found = Found(0, (1, 3), (1, 7, 2, 3))
    cases = tuple(Case("s", str(n), "What is red?", (found,), (0,)) for n in range(60))
    data = tokenised(Cases((text,), cases), cases, tokenizer)
    picks = draw(data, PASSAGE, Sampling(1 / 3, 0.5, 0), {})
    thinned = [pick for pick in picks if len(pick.kept) < 6]
    assert 30 < len(thinned) < 60, "half of 90"
    assert {number for pick in thinned for number in set(range(6)) - set(pick.kept)} == set(range(6))
    for pick in picks:
        made = labelled(data, pick, PASSAGE)
        read = tokenizer.decode(made.input.ids.tolist())
        assert [sentence.lower().rstrip(".") in read for sentence in text.sentences] == [
            n in pick.kept for n in range(6)
        ]
        if pick.found >= 0:
            assert {pick.kept[i] for i in made.evidence} == {1, 3}
            assert tokenizer.decode(made.input.ids[made.start : made.end + 1].tolist()) == "red and"


def test_the_hardest_texts_that_do_not_answer_are_read_most(tokenizer: Tokenizer) -> None:
    texts = tuple(Text("", (f"{n}.",)) for n in range(9))
    near = tuple(Case("s", str(n), "Why?", (), tuple(range(1, 9))) for n in range(400))
    answered = tuple(Case("s", str(n), "Why?", (Found(0, (0,), None),), ()) for n in range(800))
    cases = Cases(texts, (*near, *answered))
    picks = draw(tokenised(cases, cases.cases, tokenizer), PASSAGE, ONE_IN_THREE, {})
    read = Counter(pick.text for pick in picks if pick.found < 0)
    assert sum(read.values()) == 400  # each near miss once
    assert set(read) == set(range(1, 9))
    assert read[1] > 2 * max(read[n] for n in range(4, 9))


def test_questions_on_whole_papers_have_their_texts_that_do_not_answer_first(tokenizer: Tokenizer) -> None:
    texts = (Text("", ("Yes.",)), Text("", ("No.",)))
    cases = tuple(
        Case(name, str(n), "Why?", (Found(0, (0,), None),), (1,)) for name in ("other", "asked") for n in range(100)
    )
    data = tokenised(Cases(texts, cases), cases, tokenizer)
    picks = draw(data, PASSAGE, ONE_IN_THREE, {})
    assert Counter(cases[pick.case].set for pick in picks if pick.found < 0) == {"asked": 100}
    picks = draw(data, PASSAGE, replace(ONE_IN_THREE, unanswerable=3 / 7), {})
    assert Counter(cases[pick.case].set for pick in picks if pick.found < 0) == {"asked": 100, "other": 50}


def test_a_batch_and_its_pooling(tokenizer: Tokenizer) -> None:
    texts = (Text("", ("One.", "Two words.", "Three more words.")), Text("", ("Alone.",)))
    cases = Cases(texts, (Case("s", "a", "Why?", (Found(0, (0, 2), None),), (1,)),))
    data = tokenised(cases, cases.cases, tokenizer)
    rows = [
        labelled(data, pick, PASSAGE) for pick in (Pick(0, 0, 0, (0, 1, 2), (0, 3), 0), Pick(0, -1, 1, (0,), (0, 1), 0))
    ]
    batch = collate(rows)
    assert batch.evidence.tolist() == [[1, 0, 1], [0, -1, -1]]
    assert (batch.start.tolist(), batch.ids.shape[1] % 8) == ([UNKNOWN, 0], 0)
    logits = torch.arange(batch.ids.size, dtype=torch.float32).reshape(batch.ids.shape)
    scores = pooled(logits, torch.from_numpy(batch.sentence), 3)
    for i in range(2):
        for k in range(3):
            own = logits[i][torch.from_numpy(batch.sentence[i] == k)]
            assert scores[i, k].item() == pytest.approx(own.mean().item() if len(own) else 0.0)
    assert np.array_equal(batch.mask.sum(axis=1), [len(row.input.ids) for row in rows])


def test_texts_that_only_a_teacher_judges_come_on_top_and_have_no_target(tokenizer: Tokenizer) -> None:
    texts = tuple(Text("", (f"{n}.", "Two.")) for n in range(4))
    judged = tuple(Case("s", str(n), "Why?", (Found(0, (1,), None),), (1,)) for n in range(20))
    others = tuple(Case(UNJUDGED, str(n), "Why?", (), (0, 2, 3)) for n in range(90))
    cases = Cases(texts, (*judged, *others))
    data = tokenised(cases, cases.cases, tokenizer)
    picks = draw(data, PASSAGE, ONE_IN_THREE, {})
    read = Counter((cases.cases[pick.case].set, pick.found >= 0) for pick in picks)
    assert read == {("s", True): 20, ("s", False): 10, (UNJUDGED, False): 90}
    assert all(20 <= sum(pick.text == n for pick in picks if pick.case >= 20) <= 40 for n in (0, 2, 3))
    batch = collate([labelled(data, pick, PASSAGE) for pick in picks])
    assert batch.judged.tolist() == [pick.case < 20 for pick in picks]
    assert set(batch.start[~batch.judged].tolist()) == {UNKNOWN}
    assert all(pick.case < 20 for pick in draw(data, PASSAGE, ONE_IN_THREE, {UNJUDGED: 0}))
