"""Pairs become an encoder, over as many runs as it takes: `python -m qa.training.encoder`.

all-MiniLM-L6-v2 learns to put a question nearer to what answers it than to everything else in its batch (van den Oord
et al. 2018, arXiv:1807.03748; Henderson et al. 2017, arXiv:1705.00652), by sentence-transformers' own trainer. The
embeddings of its words stay as they are: half of its parameters, which few questions would only blur, need not be
shipped again.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import torch
from datasets import Dataset
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer, SentenceTransformerTrainingArguments
from sentence_transformers.base.sampler import DefaultBatchSampler
from sentence_transformers.sentence_transformer.evaluation import InformationRetrievalEvaluator
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
from transformers import TrainerCallback
from transformers.trainer_utils import get_last_checkpoint

from qa.evaluation.sets.asked import load_asked, load_papers
from qa.index.embed import learnt_in, transformer_of
from qa.training import cases, development
from qa.training.network import package
from qa.training.pairs import Rows, all_rows, passage_text
from qa.training.papers import parts_of


@dataclass(frozen=True, slots=True)
class Plan:
    """How the encoder is trained: `batch` questions at once, the learning rate at its highest, and after how many steps
    (`every`) there is a checkpoint with figures."""

    epochs: float = 1.0
    batch: int = 64
    rate: float = 6e-5
    every: int = 60
    seed: int = 0


_DEFAULT = Plan()
_SORTED_TOGETHER = 16
"""Batches whose rows are sorted by length at once: they need little padding, and their order stays random."""


class ByLength(DefaultBatchSampler):
    """Batches of rows of about the same length, without a text twice in one batch."""

    def __init__(self, dataset: Dataset, batch_size: int, drop_last: bool, **more: Any) -> None:
        super().__init__(dataset, batch_size=batch_size, drop_last=drop_last, **more)
        self._rows = [tuple(row.values()) for row in dataset]

    def __iter__(self) -> Iterator[list[int]]:
        choice = random.Random(self.seed + self.epoch)  # noqa: S311 - an order that anyone can draw again
        order = list(range(len(self._rows)))
        choice.shuffle(order)
        batches: list[list[int]] = []
        together = _SORTED_TOGETHER * self.batch_size
        for begin in range(0, len(order), together):
            chunk = sorted(order[begin : begin + together], key=lambda i: max(map(len, self._rows[i][1:])))
            batches += distinct(chunk, self._rows, self.batch_size)
        choice.shuffle(batches)
        yield from batches

    def __len__(self) -> int:
        return sum(1 for _ in iter(self))


def distinct(order: Sequence[int], rows: Sequence[tuple[str, ...]], size: int) -> list[list[int]]:
    """The rows, in order, in full batches that have no text twice; what fills no batch is left out.

    >>> distinct([0, 1, 2, 3], [("a", "b"), ("c", "b"), ("d", "e"), ("f", "g")], 2)
    [[0, 2], [1, 3]]
    """
    batches: list[list[int]] = []
    waiting = list(order)
    while len(waiting) >= size:
        batch: list[int] = []
        seen: set[str] = set()
        rest: list[int] = []
        for position, i in enumerate(waiting):
            if len(batch) == size:
                rest += waiting[position:]
                break
            if seen.isdisjoint(rows[i]):
                batch.append(i)
                seen.update(rows[i])
            else:
                rest.append(i)
        if len(batch) < size:
            break
        batches.append(batch)
        waiting = rest
    return batches


def exam(asked: Path) -> InformationRetrievalEvaluator:
    """Recall of the development papers' passages, all papers asked at once."""
    papers = load_papers(asked / "dev_papers.jsonl.gz")
    corpus: dict[str, Any] = {}
    holders: dict[tuple[str, int], str] = {}
    for paper in papers.values():
        for part in parts_of(paper):
            name = f"{paper.id}:{part.numbers[0]}"
            corpus[name] = passage_text(paper, part)
            holders.update({(paper.id, number): name for number in part.numbers})
    questions = [item for item in load_asked(asked / "dev_questions.jsonl.gz") if item.evidence]
    return InformationRetrievalEvaluator(
        queries={str(n): item.question for n, item in enumerate(questions)},
        corpus=corpus,
        relevant_docs={
            str(n): {holders[item.paper, number] for number in item.answering} for n, item in enumerate(questions)
        },
        accuracy_at_k=[1, 3, 20],
        precision_recall_at_k=[20],
        mrr_at_k=[20],
        ndcg_at_k=[20],
        map_at_k=[20],
        name="dev",
    )


def datasets_of(rows: Mapping[str, Rows]) -> dict[str, Dataset]:
    """The rows as the trainer takes them: question, answer, and what does not answer."""
    found = {}
    for name, own in rows.items():
        columns = ["anchor", "positive", *(f"negative_{i}" for i in range(1, len(own[0]) - 1))]
        found[name] = Dataset.from_dict(dict(zip(columns, map(list, zip(*own, strict=True)), strict=True)))
    return found


def write_weights(model: SentenceTransformer, path: Path) -> None:
    """Write what was learnt, in half precision: all weights except the embeddings of words."""
    state = transformer_of(model).state_dict()
    save_file({name: state[name].half().contiguous() for name in sorted(learnt_in(model))}, path)


def _rows(output: Path, asked: Path, library: Path, data: Path, dev: Path | None) -> dict[str, Rows]:
    """The rows, made once and kept."""
    path = output / "pairs.jsonl.gz"
    if not path.exists():
        made = all_rows(asked, library, data, development.without(dev) if dev else ())
        output.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        cases.write_rows(new, ({"set": name, "row": row} for name, own in made.items() for row in own))
        new.replace(path)
    found: dict[str, Rows] = {}
    for item in cases.read_rows(path):
        found.setdefault(item["set"], []).append(tuple(item["row"]))
    return found


@click.command()
@click.option("--asked", type=click.Path(path_type=Path), required=True, help="Folder of the questions on papers.")
@click.option("--library", type=click.Path(path_type=Path), required=True, help="Further papers, for negatives.")
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Folder of the other training sets.")
@click.option("--dev", type=click.Path(path_type=Path), help="Folder of the sets to measure on, never trained on.")
@click.option("--output", type=click.Path(path_type=Path), required=True, help="Folder for checkpoints and weights.")
@click.option("--epochs", default=_DEFAULT.epochs, show_default=True)
@click.option("--batch", default=_DEFAULT.batch, show_default=True, help="Questions in a batch.")
@click.option("--rate", default=_DEFAULT.rate, show_default=True)
@click.option("--every", default=_DEFAULT.every, show_default=True, help="Steps between checkpoints with figures.")
@click.option("--seed", default=_DEFAULT.seed, show_default=True)
def main(asked: Path, library: Path, data: Path, dev: Path | None, output: Path, **fields: Any) -> None:
    """Train, or continue a training, and write encoder.safetensors."""
    rows = _rows(output, asked, library, data, dev)
    for name, own in rows.items():
        click.echo(f"{name:20} {len(own):6} rows", err=True)
    model = SentenceTransformer(str(package()), local_files_only=True)
    train(model, rows, asked, output, Plan(**fields))
    model.save(str(output / "model"), create_model_card=False)
    write_weights(model, output / "encoder.safetensors")
    click.echo(json.dumps(exam(asked)(model)))


class _Stop(TrainerCallback):
    """Ends a training after so many steps, with a checkpoint."""

    def __init__(self, step: int) -> None:
        self._step = step

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Say so at the step."""
        if state.global_step >= self._step:
            control.should_save = control.should_training_stop = True


def train(
    model: SentenceTransformer, rows: Mapping[str, Rows], asked: Path, output: Path, plan: Plan, stop: int = 0
) -> None:
    """Train the model in place, from the last checkpoint in `output` if there is one; `stop` after so many steps."""
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0  # a third of the time on processors
    learnt = learnt_in(model)
    for name, parameter in transformer_of(model).named_parameters():
        parameter.requires_grad = name in learnt
    checkpoints = output / "checkpoints"
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(checkpoints),
        num_train_epochs=plan.epochs,
        per_device_train_batch_size=plan.batch,
        learning_rate=plan.rate,
        warmup_steps=0.1,
        weight_decay=0.01,
        seed=plan.seed,
        batch_sampler=ByLength,
        eval_strategy="steps",
        eval_steps=plan.every,
        save_steps=plan.every,
        save_total_limit=2,
        logging_steps=20,
        report_to="none",
        bf16=torch.cuda.is_available(),
    )
    trainer = SentenceTransformerTrainer(
        model=model,
        args=arguments,
        train_dataset=datasets_of(rows),
        loss=MultipleNegativesRankingLoss(model),
        evaluator=exam(asked),
        callbacks=[_Stop(stop)] if stop else None,
    )
    last = get_last_checkpoint(checkpoints) if checkpoints.is_dir() else None  # type: ignore[no-untyped-call]
    trainer.train(resume_from_checkpoint=last)


if __name__ == "__main__":
    main()
