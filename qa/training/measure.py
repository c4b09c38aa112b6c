"""How good a network is on development rows, in training and when exported."""

from __future__ import annotations

import re
import string
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer

from qa.answers.cross_encoder import Judgement, Logits, judgement
from qa.answers.inputs import Input, InputFormat, Pair, SpecialTokens, inputs_of, tokenise
from qa.training.batches import Labelled, collate
from qa.training.cases import Case, Cases, Text
from qa.training.losses import on
from qa.training.network import Network

Judge = Callable[[Sequence[tuple[str, Text]]], list[Judgement]]
"""Gives a judgement of each pair of a question and a text."""

Output = tuple[Logits, float]
"""The network's output for an input: logits of its tokens, float32, (n, 3), and of relevance."""

Rows = list[dict[str, Any]]
"""Development rows, as `qa.training.development` makes them."""

_OTHERS = 3
"""Texts of a held-out case that do not answer and are measured."""


def judge_by(network: Network, tokenizer: Tokenizer, input_format: InputFormat, tokens: int = 16384) -> Judge:
    """A judge that asks a network in training, in batches of at most so many tokens."""

    def judge(pairs: Sequence[tuple[str, Text]]) -> list[Judgement]:
        read = _inputs(pairs, tokenizer, input_format)
        outputs = iter(_outputs(network, [item for inputs in read for item in inputs], tokens))
        return [
            judgement(inputs, [next(outputs) for _ in inputs], len(text.sentences))
            for inputs, (_, text) in zip(read, pairs, strict=True)
        ]

    return judge


def _inputs(pairs: Sequence[tuple[str, Text]], tokenizer: Tokenizer, input_format: InputFormat) -> list[list[Input]]:
    """The inputs of each pair."""
    special = SpecialTokens.of(tokenizer)
    distinct = list(dict.fromkeys(p for question, text in pairs for p in (question, text.heading, *text.sentences)))
    tokens = dict(zip(distinct, tokenise(tokenizer, distinct), strict=True))
    return [
        inputs_of(
            Pair(tokens[question], tokens[text.heading], [tokens[sentence] for sentence in text.sentences]),
            input_format,
            special,
        )
        for question, text in pairs
    ]


def _outputs(network: Network, inputs: Sequence[Input], tokens: int) -> list[Output]:
    """The network's output for each input. The longest are run first, those of similar length together."""
    order = sorted(range(len(inputs)), key=lambda i: len(inputs[i].ids))
    outputs: dict[int, Output] = {}
    while order:
        count = max(1, tokens // len(inputs[order[-1]].ids))
        group, order = order[-count:], order[:-count]
        outputs.update(zip(group, _run(network, [inputs[i] for i in group]), strict=True))
    return [outputs[i] for i in range(len(inputs))]


def _run(network: Network, inputs: Sequence[Input]) -> list[Output]:
    """The network's output for each input, without the padding."""
    device = next(network.parameters()).device
    batch = on(collate([Labelled(item, frozenset(), 0, 0) for item in inputs]), device)
    training = network.training
    network.eval()
    with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
        tokens, relevance = network(batch["ids"], batch["mask"], batch["types"])
    network.train(training)
    both = zip(inputs, tokens.float().cpu().numpy(), relevance.float().cpu().tolist(), strict=True)
    return [(logits[: len(item.ids)], score) for item, logits, score in both]


def auroc(scores: Sequence[float], right: Sequence[bool]) -> float:
    """The chance, 0 to 1, that a right one has a higher score than a wrong one; ties count half.

    >>> auroc([3, 2, 2, 1], [True, True, False, False])
    0.875
    """
    values, labels = np.asarray(scores, dtype=np.float64), np.asarray(right, dtype=np.bool_)
    above, below = values[labels], values[~labels]
    if not above.size or not below.size:
        return float("nan")
    order = np.sort(below)
    lower, upper = np.searchsorted(order, above, "left"), np.searchsorted(order, above, "right")
    return float(((lower + upper) / 2).mean() / below.size)


def exact_and_f1(said: str, answers: Sequence[str]) -> tuple[float, float]:
    """Exact match and F1 of words as SQuAD counts them, the best over the answers.

    Without answers, only "" is right.

    >>> exact_and_f1("the blue cat", ["Blue cat."]), exact_and_f1("blue dog", ["blue cat"])
    ((1.0, 1.0), (0.0, 0.5))
    """
    if not answers or not said:
        same = float(not answers and not said)
        return same, same
    pairs = [(_normal(said), _normal(answer)) for answer in answers]
    return max(float(a == b) for a, b in pairs), max(_f1(a.split(), b.split()) for a, b in pairs)


def _normal(text: str) -> str:
    bare = "".join(c for c in text.lower() if c not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", bare).split())


def _f1(said: Sequence[str], right: Sequence[str]) -> float:
    common = sum((Counter(said) & Counter(right)).values())
    return 2 * common / (len(said) + len(right)) if common else 0.0


def _said(text: Text, judged: Judgement) -> str:
    """The words of the judged answer span, "" if there is none."""
    span = judged.span
    return text.words((span.first, span.start, span.last, span.end)) if span else ""


def held_out(cases: Cases, judge: Judge, most: int = 3000) -> dict[str, float]:
    """Figures, 0 to 1, larger is better, on at most so many held-out cases, evenly taken.

    `answerable`: AUROC of relevance, texts that answer against texts that do not. `best_text`: how often the one that
    answers is more relevant than all others of its case. `sentence`: how often the best sentence of a text that
    answers is evidence. `f1`: of the answer span where it is known. The names that begin with `bioasq` are the same
    for BioASQ alone, whose cases count in the others too, but not in `f1`.
    """
    chosen = [case for case in cases.cases if case.held_out]
    chosen = chosen[:: -(-len(chosen) // most) or 1]
    pairs = [(case.question, cases.texts[number]) for case in chosen for number in _measured(case)]
    judged = iter(judge(pairs))
    figures: dict[str, list[float]] = defaultdict(list)
    relevances: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for case in chosen:
        found = [next(judged) for _ in case.found[:1]]
        others = [next(judged) for _ in case.missing[:_OTHERS]]
        relevance = [(one.relevance, True) for one in found] + [(one.relevance, False) for one in others]
        measured = _case_figures(case, cases, found[0], others) if found else {}
        domains = ("", "bioasq ") if "bioasq" in case.set else ("",)
        for domain in domains:
            relevances[domain] += relevance
        for name, value in measured.items():
            for domain in domains[-1:] if name == "f1" else domains:
                figures[domain + name].append(value)
    result = {name: float(np.mean(values)) for name, values in figures.items()}
    for domain, scores in relevances.items():
        if len({right for _, right in scores}) == 2:
            result[f"{domain}answerable"] = auroc([score for score, _ in scores], [right for _, right in scores])
    return result


def _measured(case: Case) -> list[int]:
    """The numbers of a case's texts that are measured: the first that answers, and some that do not."""
    return [*(found.text for found in case.found[:1]), *case.missing[:_OTHERS]]


def _case_figures(case: Case, cases: Cases, judged: Judgement, others: Sequence[Judgement]) -> dict[str, float]:
    """`sentence`, `best_text` and `f1` of the first text that answers a case, as far as they can be measured."""
    answer = case.found[0]
    figures = {"sentence": float(int(np.argmax(judged.sentences)) in answer.evidence)}
    if others:
        figures["best_text"] = float(judged.relevance > max(other.relevance for other in others))
    if answer.words:
        text = cases.texts[answer.text]
        figures["f1"] = exact_and_f1(_said(text, judged), [text.words(answer.words)])[1]
    return figures


def development(rows: Rows, judge: Judge) -> dict[str, float]:
    """Figures, 0 to 1, larger is better, on the rows that `prepare` made of sets that are never trained on.

    `covidqa`: the best sentence of a paper's first five passages holds the evidence; `covidqa_plain` is the same for
    the reader without the cross-encoder, and `covidqa_at_most` how often there is such a sentence. `squad2_em` and
    `squad2_f1` take "no answer" where that is likelier than the best span. `squad2_auroc` and `clapnq_auroc` tell by
    the best sentence whether a text answers. Those that begin with `asked` are told by `asked_figures`.
    """
    pairs = [(row["question"], Text(t["heading"], tuple(t["sentences"]))) for row in rows for t in row["texts"]]
    read = iter(zip((text for _, text in pairs), judge(pairs), strict=True))
    figures: dict[str, list[float]] = defaultdict(list)
    answerable: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    papers: list[tuple[Mapping[str, Any], list[Judgement]]] = []
    for row in rows:
        texts = [next(read) for _ in row["texts"]]
        judgements = [judged for _, judged in texts]
        if row["set"] == "asked":
            papers.append((row, judgements))
            measured = {}
        elif row["set"] == "covidqa":
            measured = _covidqa(row, judgements)
        else:
            text, judged = texts[0]
            answerable[row["set"]].append((max(judged.sentences), bool(row["answers"])))
            measured = _squad2(row, _said(text, judged)) if row["set"] == "squad2" else {}
        for name, value in measured.items():
            figures[name].append(value)
    result = {name: float(np.mean(values)) for name, values in figures.items()}
    for name, scores in answerable.items():
        result[f"{name}_auroc"] = auroc([score for score, _ in scores], [right for _, right in scores])
    return result | asked_figures(papers)


def asked_figures(rows: Sequence[tuple[Mapping[str, Any], Sequence[Judgement]]]) -> dict[str, float]:
    """Figures on questions of all papers at once, each with the judgements of its first passages; empty without rows.

    `asked_first` and `asked_three`: the best sentence, one of the three best, is evidence. `asked_passage1` and
    `asked_passage3`: a passage with evidence is the first, among the first three, by relevance and best sentence.
    `asked_near`: AUROC of the best passage's score, answerable questions against near misses. The names that begin with
    `asked_lay` are the same for questions in lay words, against all near misses.
    """
    near = [_worth(judged) for row, judged in rows if not row["answers"]]
    figures = {}
    for name, kinds in (("asked", None), ("asked_lay", {"lay"})):
        chosen = [(r, judged) for r, judged in rows if r["answers"] and (kinds is None or r["kind"] in kinds)]
        measured = [_ranks(row, judged) for row, judged in chosen]
        for part, place, most in (("first", 0, 1), ("three", 0, 3), ("passage1", 1, 1), ("passage3", 1, 3)):
            if measured:
                figures[f"{name}_{part}"] = float(np.mean([ranks[place] < most for ranks in measured]))
        if measured and near:
            scores = [_worth(judged) for _, judged in chosen]
            figures[f"{name}_near"] = auroc([*scores, *near], [True] * len(scores) + [False] * len(near))
    return figures


def _worth(judged: Sequence[Judgement]) -> float:
    """The score of the best passage: its relevance and its best sentence."""
    return max(one.relevance + max(one.sentences) for one in judged)


def _ranks(row: Mapping[str, Any], judged: Sequence[Judgement]) -> tuple[float, float]:
    """How many sentences, and how many passages, stand before the first that is right."""
    sentences = [(-score, t, s) for t, one in enumerate(judged) for s, score in enumerate(one.sentences)]
    passages = [(-one.relevance - max(one.sentences), t) for t, one in enumerate(judged)]
    sentence = next((i for i, (_, t, s) in enumerate(sorted(sentences)) if s in row["right"][t]), np.inf)
    return sentence, next((i for i, (_, t) in enumerate(sorted(passages)) if row["right"][t]), np.inf)


def _covidqa(row: Mapping[str, Any], judged: Sequence[Judgement]) -> dict[str, float]:
    """Whether the best sentence of all texts, the first of equals, is right."""
    scores = [(score, -t, -s) for t, one in enumerate(judged) for s, score in enumerate(one.sentences)]
    _, text, sentence = max(scores)
    plain_text, plain_sentence = row["chosen"]
    return {
        "covidqa": float(-sentence in row["right"][-text]),
        "covidqa_plain": float(plain_sentence in row["right"][plain_text]),
        "covidqa_at_most": float(any(row["right"])),
    }


def _squad2(row: Mapping[str, Any], said: str) -> dict[str, float]:
    exact, f1 = exact_and_f1(said, row["answers"])
    return {"squad2_em": exact, "squad2_f1": f1}


def total(figures: Mapping[str, float]) -> float:
    """The mean of the held-out figures that matter for asking; larger is better. It tells the best of several runs."""
    wanted = ("bioasq sentence", "bioasq answerable", "sentence", "answerable", "f1")
    return float(np.mean([figures[name] for name in wanted if name in figures]))


def sampled(rows: Rows, limit: int) -> Rows:
    """At most so many rows of each set, answerable and not, evenly taken; all rows if the limit is 0.

    >>> [row["n"] for row in sampled([{"set": "a", "n": n} for n in range(9)], 3)]
    [0, 3, 6]
    """
    if not limit:
        return rows
    kinds: dict[tuple[str, bool], Rows] = defaultdict(list)
    for row in rows:
        kinds[row["set"], bool(row.get("answers"))].append(row)
    return [row for kind in kinds.values() for row in kind[:: max(1, len(kind) // limit)][:limit]]
