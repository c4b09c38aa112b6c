"""Pairs become an encoder, over as many runs as it takes: `python -m qa.training.encoder`.

all-MiniLM-L6-v2 learns to put a question nearer to what answers it than to everything else in its batch (van den Oord
et al. 2018, arXiv:1807.03748; Henderson et al. 2017, arXiv:1705.00652), by sentence-transformers' own trainer. With a
teacher's lists (`qa.training.taught`) it also learns the teacher's order of them (Lin et al. 2020, arXiv:2010.11386).
The embeddings of its words stay as they are: half of its parameters, which few questions would only blur, need not be
shipped again.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
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
from sentence_transformers.sentence_transformer.losses import DistillKLDivLoss, MultipleNegativesRankingLoss
from sentence_transformers.util import pairwise_cos_sim
from torch import Tensor, nn
from transformers import TrainerCallback
from transformers.trainer_utils import get_last_checkpoint

from qa.evaluation.sets.asked import load_asked, load_papers
from qa.index.embed import package
from qa.index.reference import learnt_in, put_learnt, transformer_of
from qa.training import cases, encoder_rows
from qa.training.encoder_rows import Rows
from qa.training.papers import parts_of, passage_text


@dataclass(frozen=True, slots=True)
class Plan:
    """How the encoder is trained: `batch` questions at once, the learning rate at its highest, and after how many steps
    (`every`) there is a checkpoint with figures. The `temperature` softens a teacher's lists."""

    epochs: float = 1.0
    batch: int = 64
    rate: float = 6e-5
    every: int = 60
    dropout: float = 0.0  # anything else takes half as long again on processors
    temperature: float = 2.0
    seed: int = 0


_DEFAULT = Plan()
_LABEL = "label"
"""The column that sentence-transformers takes the teacher's logits from."""
_SORTED_TOGETHER = 16
"""Batches whose rows are sorted by length at once: they need little padding, and their order stays random."""
_WORKERS = 6
"""Processes that tokenise for a GPU."""
_LISTS = 2
"""How many times smaller a batch of a teacher's lists is: they are long, and do not learn from each other."""
_SCALE = 20.0
"""Factor of the cosine beside a teacher's logits, the same as in sentence-transformers' loss of the rows."""


class ByLength(DefaultBatchSampler):
    """Batches of rows of about the same length, without a text twice in one batch; lists may have texts in common."""

    def __init__(self, dataset: Dataset, batch_size: int, drop_last: bool, **more: Any) -> None:
        self._lists = _LABEL in dataset.column_names
        size = max(1, batch_size // _LISTS) if self._lists else batch_size
        super().__init__(dataset, batch_size=size, drop_last=drop_last, **more)
        columns = [name for name in dataset.column_names if name not in (_LABEL, "dataset_name")]  # the trainer adds it
        self._rows = [tuple(row[name] for name in columns) for row in dataset]

    def __iter__(self) -> Iterator[list[int]]:
        choice = random.Random(self.seed + self.epoch)  # noqa: S311 - an order that anyone can draw again
        order = list(range(len(self._rows)))
        choice.shuffle(order)
        batches: list[list[int]] = []
        together = _SORTED_TOGETHER * self.batch_size
        for begin in range(0, len(order), together):
            chunk = sorted(order[begin : begin + together], key=lambda i: max(map(len, self._rows[i][1:])))
            if self._lists:
                batches += [chunk[i : i + self.batch_size] for i in range(0, len(chunk), self.batch_size)]
            else:
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
    return {name: Dataset.from_dict(_columns(own)) for name, own in rows.items()}


def lists_of(path: Path) -> dict[str, Dataset]:
    """A teacher's lists as the trainer takes them, by kind: question, texts, and the logits of the texts."""
    rows: dict[str, Rows] = defaultdict(list)
    logits: dict[str, list[list[float]]] = defaultdict(list)
    for item in cases.read_rows(path):
        rows[f"taught {item['kind']}"].append((item["question"], *item["texts"]))
        logits[f"taught {item['kind']}"].append(item["logits"])
    return {name: Dataset.from_dict({**_columns(own), _LABEL: logits[name]}) for name, own in rows.items()}


def _columns(rows: Rows) -> dict[str, list[str]]:
    names = ["anchor", "positive", *(f"negative_{i}" for i in range(1, len(rows[0]) - 1))]
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))


def scaled_cosine(one: Tensor, other: Tensor) -> Tensor:
    """The cosine of each pair of rows, (b,), made as large as logits are."""
    return _SCALE * pairwise_cos_sim(one, other)


def write_weights(model: SentenceTransformer, path: Path) -> None:
    """Write what was learnt, in half precision: all weights except the embeddings of words."""
    state = transformer_of(model).state_dict()
    save_file({name: state[name].half().contiguous() for name in sorted(learnt_in(model))}, path)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where rows are made from: the folder of questions on papers, a file of further papers, and folders of other sets:
    to train on and to measure on."""

    asked: Path
    library: Path | None
    data: Path | None
    dev: Path | None

    def rows(self) -> dict[str, Rows]:
        """All rows.

        Raises:
            click.UsageError: a folder is not given.
        """
        from qa.training import development, pairs  # what they need is not needed to train on rows in a file

        if not self.library or not self.data:
            raise click.UsageError("give --rows, or --library and --data to make rows from")
        without = development.without(self.dev) if self.dev else ()
        return pairs.all_rows(self.asked, self.library, self.data, without)


def opened(start: Path | None, learnt: Path | None = None) -> SentenceTransformer:
    """The model to begin with, in single precision: all-MiniLM-L6-v2 or a folder, with weights learnt before if any."""
    model = SentenceTransformer(str(start or package()), local_files_only=True).float()
    if learnt:
        put_learnt(model, learnt)
    return model


@click.command()
@click.option("--asked", type=click.Path(path_type=Path), required=True, help="Folder of the questions on papers.")
@click.option("--library", type=click.Path(path_type=Path), help="Further papers, for negatives.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the other training sets.")
@click.option("--dev", type=click.Path(path_type=Path), help="Folder of the sets to measure on, never trained on.")
@click.option("--rows", "kept", type=click.Path(path_type=Path), help="File of rows, made if it is not there.")
@click.option("--taught", type=click.Path(path_type=Path), help="File of a teacher's lists.")
@click.option("--start", type=click.Path(path_type=Path), help="Folder of the model to begin with.")
@click.option("--learnt", type=click.Path(path_type=Path), help="File of weights that an earlier training wrote.")
@click.option("--output", type=click.Path(path_type=Path), required=True, help="Folder for checkpoints and weights.")
@click.option("--epochs", default=_DEFAULT.epochs, show_default=True)
@click.option("--batch", default=_DEFAULT.batch, show_default=True, help="Questions in a batch.")
@click.option("--rate", default=_DEFAULT.rate, show_default=True)
@click.option("--every", default=_DEFAULT.every, show_default=True, help="Steps between checkpoints with figures.")
@click.option("--dropout", default=_DEFAULT.dropout, show_default=True)
@click.option("--temperature", default=_DEFAULT.temperature, show_default=True, help="Softens a teacher's lists.")
@click.option("--seed", default=_DEFAULT.seed, show_default=True)
def main(
    kept: Path | None,
    taught: Path | None,
    start: Path | None,
    learnt: Path | None,
    output: Path,
    **options: Any,
) -> None:
    """Train, or continue a training, and write encoder.safetensors."""
    sources = Sources(*(options.pop(name) for name in ("asked", "library", "data", "dev")))
    path = kept or output / "pairs.jsonl.gz"
    if not path.exists():
        encoder_rows.save(sources.rows(), path)
    data = datasets_of(encoder_rows.load(path)) | (lists_of(taught) if taught else {})
    for name, own in data.items():
        click.echo(f"{name:20} {len(own):6} rows", err=True)
    model = opened(start, learnt)
    train(model, data, sources.asked, output, Plan(**options))
    model.save(str(output / "model"), create_model_card=False)
    write_weights(model, output / "encoder.safetensors")
    click.echo(json.dumps(exam(sources.asked)(model)))


class _Stop(TrainerCallback):
    """Ends a training after so many steps, with a checkpoint."""

    def __init__(self, step: int) -> None:
        self._step = step

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Say so at the step."""
        if state.global_step >= self._step:
            control.should_save = control.should_training_stop = True


def train(
    model: SentenceTransformer, data: Mapping[str, Dataset], asked: Path, output: Path, plan: Plan, stop: int = 0
) -> None:
    """Train the model in place, from the last checkpoint in `output` if there is one; `stop` after so many steps."""
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = plan.dropout
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
        dataloader_num_workers=_WORKERS if torch.cuda.is_available() else 0,
    )
    by_rows: nn.Module = MultipleNegativesRankingLoss(model, scale=_SCALE)
    by_lists: nn.Module = DistillKLDivLoss(model, scaled_cosine, plan.temperature)
    trainer = SentenceTransformerTrainer(
        model=model,
        args=arguments,
        train_dataset=dict(data),
        loss={name: by_lists if _LABEL in own.column_names else by_rows for name, own in data.items()},
        evaluator=exam(asked),
        callbacks=[_Stop(stop)] if stop else None,
    )
    last = get_last_checkpoint(checkpoints) if checkpoints.is_dir() else None  # type: ignore[no-untyped-call]
    trainer.train(resume_from_checkpoint=last)


if __name__ == "__main__":
    main()
