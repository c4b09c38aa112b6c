"""How good a network is on development rows, in training and when exported."""

from __future__ import annotations

import re
import string
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer

from qa.answers.cross_encoder import Judgement, judgement
from qa.answers.inputs import InputFormat, SpecialTokens, inputs_of, tokenise
from qa.training.batches import Labelled, collate
from qa.training.cases import Cases, Text
from qa.training.losses import on
from qa.training.network import Network

Judge = Callable[[Sequence[tuple[str, Text]]], list[Judgement]]
"""Questions, each with a text, become judgements."""


def judge_by(network: Network, tokenizer: Tokenizer, form: InputFormat, tokens: int = 16384) -> Judge:
    """The judge that a network in training is; it works in batches of at most that many tokens."""

    def judge(pairs: Sequence[tuple[str, Text]]) -> list[Judgement]:
        marks = SpecialTokens.of(tokenizer)
        flat = iter(tokenise(tokenizer, [x for q, text in pairs for x in (q, text.heading, *text.sentences)]))
        read = [
            inputs_of(next(flat), next(flat), [next(flat) for _ in text.sentences], form, marks) for _, text in pairs
        ]
        order = sorted(
            ((i, k) for i, inputs in enumerate(read) for k in range(len(inputs))),
            key=lambda pair: len(read[pair[0]][pair[1]].ids),
        )
        outputs: dict[tuple[int, int], tuple[Any, float]] = {}
        while order:
            width = len(read[order[-1][0]][order[-1][1]].ids)
            count = max(1, tokens // width)
            group, order = order[-count:], order[:-count]
            rows = [read[i][k] for i, k in group]
            for pair, row, output in zip(group, rows, _run(network, rows), strict=True):
                outputs[pair] = (output[0][: len(row.ids)], output[1])
        return [
            judgement(inputs, [outputs[i, k] for k in range(len(inputs))], len(pairs[i][1].sentences))
            for i, inputs in enumerate(read)
        ]

    return judge


def _run(network: Network, rows: Sequence[Any]) -> list[tuple[Any, float]]:
    device = next(network.parameters()).device
    batch = on(collate([Labelled(row, frozenset(), 0, 0) for row in rows]), device)
    training = network.training
    network.eval()
    with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
        tokens, relevance = network(batch["ids"], batch["mask"], batch["types"])
    network.train(training)
    both = zip(tokens.float().cpu().numpy(), relevance.float().cpu().tolist(), strict=True)
    return [(logits, score) for logits, score in both]


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
    """Exact match and F1 of words as SQuAD counts them, the best over the answers; "" is right if there are none.

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


@dataclass(frozen=True, slots=True)
class _Said:
    """What a judge says of a text: the best words though they may not be there, and how likely they are not."""

    words: str
    no_answer: float


def _said(text: Text, judged: Judgement) -> _Said:
    words = judged.span
    if words is None:
        return _Said("", judged.no_answer)
    parts = list(text.sentences[words.first : words.last + 1])
    parts[-1] = parts[-1][: words.end]
    parts[0] = parts[0][words.start :]
    return _Said(" ".join(parts), judged.no_answer)


def held_out(cases: Cases, judge: Judge, most: int = 3000) -> dict[str, float]:
    """Figures, 0 to 1, on the cases held out, at most that many, evenly taken.

    `answerable`: AUROC of relevance, texts that answer against those that do not; `best_text`: how often the one that
    answers is more relevant than all others of its case; `sentence`: how often the best sentence of a text that
    answers is evidence; `f1` of the words where they are known. The same once more for BioASQ alone.
    """
    chosen = [case for case in cases.cases if case.held_out]
    chosen = chosen[:: -(-len(chosen) // most) or 1]
    pairs = [
        (case.question, cases.texts[number])
        for case in chosen
        for number in [*(found.text for found in case.found[:1]), *case.missing[:3]]
    ]
    judged = iter(judge(pairs))
    figures: dict[str, list[float]] = defaultdict(list)
    scores: list[tuple[float, bool, str]] = []
    for case in chosen:
        found = [next(judged) for _ in case.found[:1]]
        others = [next(judged) for _ in case.missing[:3]]
        domain = "bioasq " if "bioasq" in case.set else ""
        scores += [(j.relevance, True, domain) for j in found] + [(j.relevance, False, domain) for j in others]
        for answer, j in zip(case.found[:1], found, strict=True):
            best = int(np.argmax(j.sentences))
            figures[domain + "sentence"].append(float(best in answer.evidence))
            if others:
                figures[domain + "best_text"].append(float(j.relevance > max(o.relevance for o in others)))
            if answer.words:
                text = cases.texts[answer.text]
                first, start, last, end = answer.words
                right = [*text.sentences[first : last + 1]]
                right[-1] = right[-1][:end]
                right[0] = right[0][start:]
                figures[domain + "f1"].append(exact_and_f1(_said(text, j).words, [" ".join(right)])[1])
    figures["sentence"] += figures["bioasq sentence"]
    figures["best_text"] += figures["bioasq best_text"]
    result = {name: float(np.mean(values)) for name, values in figures.items() if values}
    for name, rows in (("", scores), ("bioasq ", [row for row in scores if row[2]])):
        if len({right for _, right, _ in rows}) < 2:
            continue
        result[name + "answerable"] = auroc([score for score, _, _ in rows], [right for _, right, _ in rows])
    return result


def development(rows: Sequence[Mapping[str, Any]], judge: Judge) -> dict[str, float]:
    """Figures, 0 to 1, on the rows that `prepare` made of sets that are never trained on.

    `covidqa`: the best sentence of a paper's first five passages holds the evidence, `covidqa_plain` the same for the
    reader without a model, `covidqa_at_most` how often there is such a sentence. `squad2_em`, `squad2_f1`: with no
    answer where that is likelier than the best words. `squad2_auroc`, `clapnq_auroc`: by the best sentence.
    """
    pairs = [(row["question"], Text(t["heading"], tuple(t["sentences"]))) for row in rows for t in row["texts"]]
    texts = iter(pairs)
    judged = iter(judge(pairs))
    figures: dict[str, list[float]] = defaultdict(list)
    answerable: dict[str, tuple[list[float], list[bool]]] = defaultdict(lambda: ([], []))
    for row in rows:
        read = [(next(texts)[1], next(judged)) for _ in row["texts"]]
        if row["set"] == "covidqa":
            places = [(score, -i, -k) for i, (_, j) in enumerate(read) for k, score in enumerate(j.sentences)]
            _, i, k = max(places)
            figures["covidqa"].append(float(-k in row["right"][-i]))
            figures["covidqa_plain"].append(float(row["chosen"][1] in row["right"][row["chosen"][0]]))
            figures["covidqa_at_most"].append(float(any(row["right"])))
            continue
        text, j = read[0]
        answerable[row["set"]][0].append(max(j.sentences))
        answerable[row["set"]][1].append(bool(row["answers"]))
        if row["set"] == "squad2":
            exact, f1 = exact_and_f1(_said(text, j).words, row["answers"])
            figures["squad2_em"].append(exact)
            figures["squad2_f1"].append(f1)
    result = {name: float(np.mean(values)) for name, values in figures.items()}
    return result | {f"{name}_auroc": auroc(*both) for name, both in answerable.items()}


def total(figures: Mapping[str, float]) -> float:
    """One number, larger is better, by which the best of several runs is kept: the mean of what `ask` needs."""
    wanted = ("bioasq sentence", "bioasq answerable", "sentence", "answerable", "f1")
    return float(np.mean([figures[name] for name in wanted if name in figures]))
