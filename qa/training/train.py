"""Cases become a network, over as many runs as it takes: `python -m qa.training.train`.

The order of the data and every random draw follow from the seed and the number of the step alone, so a training that
was stopped and taken up again gives the weights of one that was not.
"""

from __future__ import annotations

import json
import math
import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from queue import Queue
from typing import Any

import click
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor
from tqdm import tqdm

from qa.answers.inputs import InputFormat, SpecialTokens
from qa.training import cases as data_room
from qa.training import measure, network
from qa.training.batches import WEIGHTS, Batch, Tokenised, batches_of, draw, grouped, tokenised
from qa.training.cases import Cases
from qa.training.losses import loss, on
from qa.training.network import Network


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that the weights depend on besides cases, start and teacher. `steps` 0 are `epochs` whole epochs.

    `batch_tokens` are tokens with padding; `rate` is the highest learning rate, reached after `warm_up`, a share of
    the steps, from which it falls in a straight line to 0.
    """

    at_once: int = 64
    max_tokens: int = 384
    epochs: float = 3.0
    steps: int = 0
    batch_tokens: int = 8192
    rate: float = 1e-4
    warm_up: float = 0.06
    decay: float = 0.01
    clip: float = 1.0
    dropout: float = 0.1
    unanswerable: float = 1 / 3
    seed: int = 0

    @property
    def form(self) -> InputFormat:
        """How passages are read."""
        return InputFormat(self.at_once, self.max_tokens)


@dataclass(frozen=True, slots=True)
class Limits:
    """How a run goes about it; the weights do not depend on it.

    Stop after `minutes`, if not 0; take as many steps in all as are done in `fit_minutes`, if not 0 (the log says how
    many those were); write a checkpoint and figures every so many steps. Figures are measured on `rows` development
    rows of each set and ten times as many cases held out; 0 is all, and 3,000 cases.
    """

    minutes: float = 0.0
    fit_minutes: float = 0.0
    evaluate_every: int = 1000
    rows: int = 0


class Training:
    """A network with its optimiser at a step; written to and read from a folder."""

    def __init__(self, model: Network, recipe: Recipe, device: torch.device) -> None:
        self.model = model.to(device)
        self.recipe = recipe
        self.device = device
        self.step = 0
        for module in self.model.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = recipe.dropout
        plain = [p for p in model.parameters() if p.ndim < 2]
        matrices = [p for p in model.parameters() if p.ndim >= 2]
        self.optimiser = torch.optim.AdamW(
            [{"params": matrices, "weight_decay": recipe.decay}, {"params": plain, "weight_decay": 0.0}],
            lr=recipe.rate,
            fused=True,
        )

    def learn(self, batch: Batch, teacher: Network | None) -> dict[str, Tensor]:
        """One step; gives the parts of the loss."""
        torch.manual_seed(self.recipe.seed * 1_000_003 + self.step)
        self.model.train()
        tensors = on(batch, self.device)
        inputs = (tensors["ids"], tensors["mask"], tensors["types"])
        half = torch.autocast("cuda", torch.bfloat16) if self.device.type == "cuda" else nullcontext()
        with half:
            with torch.no_grad():
                taught = teacher(*inputs) if teacher else None
            outputs = self.model(*inputs)
        parts = loss(outputs, tensors, taught)
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.rate * self._share()
        self.optimiser.zero_grad(set_to_none=True)
        parts["all"].backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.recipe.clip)
        self.optimiser.step()
        self.step += 1
        return parts

    def _share(self) -> float:
        """The share of the highest rate at this step."""
        warm = max(1.0, self.recipe.warm_up * self.recipe.steps)
        return min(
            (self.step + 1) / warm, max(0.0, (self.recipe.steps - self.step) / max(1.0, self.recipe.steps - warm))
        )

    def save(self, folder: Path) -> None:
        """Write the checkpoint; one that is cut off leaves the one before as it was."""
        new, old = folder.with_name(folder.name + ".new"), folder.with_name(folder.name + ".old")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        save_file(
            {n: t.detach().cpu().contiguous() for n, t in self.model.state_dict().items()}, new / "weights.safetensors"
        )
        moments = {
            f"{name} {key}": self.optimiser.state[p][key].detach().cpu().contiguous()
            for name, p in self.model.named_parameters()
            if p in self.optimiser.state
            for key in ("exp_avg", "exp_avg_sq")
        }
        save_file(moments, new / "moments.safetensors")
        (new / "state.json").write_text(json.dumps({"step": self.step, "recipe": asdict(self.recipe)}), "utf-8")
        if folder.exists():
            shutil.rmtree(old, ignore_errors=True)
            folder.replace(old)
        new.replace(folder)
        shutil.rmtree(old, ignore_errors=True)

    def resume(self, folder: Path) -> None:
        """Take up what `save` wrote."""
        self.step = json.loads((folder / "state.json").read_text("utf-8"))["step"]
        self.model.load_state_dict(load_file(folder / "weights.safetensors"))
        moments = load_file(folder / "moments.safetensors", device=str(self.device))
        for name, p in self.model.named_parameters():
            if f"{name} exp_avg" in moments:
                self.optimiser.state[p] = {
                    "step": torch.tensor(float(self.step), device=self.device if self.device.type == "cuda" else "cpu"),
                    "exp_avg": moments[f"{name} exp_avg"],
                    "exp_avg_sq": moments[f"{name} exp_avg_sq"],
                }


def stream(
    data: Tokenised, recipe: Recipe, marks: SpecialTokens, weights: Mapping[str, float], skip: int
) -> Iterator[Batch]:
    """Batches without end, epoch after epoch, those before the step `skip` left out; made in a thread ahead of use."""
    queue: Queue[Batch | BaseException] = Queue(maxsize=32)

    def fill() -> None:
        left, epoch = skip, 0
        try:
            while True:
                groups = epoch_of(data, recipe, weights, epoch)
                for batch in batches_of(data, groups[left:], recipe.form, marks):
                    queue.put(batch)
                left, epoch = max(0, left - len(groups)), epoch + 1
        except BaseException as error:  # it would be lost with its thread
            queue.put(error)

    threading.Thread(target=fill, daemon=True).start()
    while True:
        item = queue.get()
        if isinstance(item, BaseException):
            raise item
        yield item


def epoch_of(data: Tokenised, recipe: Recipe, weights: Mapping[str, float], epoch: int) -> list[list[Any]]:
    """The batches of an epoch, as picks."""
    seed = recipe.seed * 1000 + epoch
    picks = draw(data, recipe.form, recipe.unanswerable, seed, weights)
    return grouped(picks, recipe.batch_tokens, seed)


def steps_within(minutes: float, training: Training, batches: Iterator[Batch], teacher: Network | None) -> int:
    """How many steps this machine does in that time, judged by a few; the weights stay as they were."""
    times = []
    for batch in [next(batches) for _ in range(24)]:
        start = time.perf_counter()
        tensors = on(batch, training.device)
        inputs = (tensors["ids"], tensors["mask"], tensors["types"])
        with torch.autocast("cuda", torch.bfloat16) if training.device.type == "cuda" else nullcontext():
            with torch.no_grad():
                taught = teacher(*inputs) if teacher else None
            outputs = training.model(*inputs)
        loss(outputs, tensors, taught)["all"].backward()  # type: ignore[no-untyped-call]
        training.model.zero_grad(set_to_none=True)
        if training.device.type == "cuda":
            torch.cuda.synchronize()
        times.append(time.perf_counter() - start)
    return max(1, int(60 * minutes / (1.1 * sum(times[8:]) / len(times[8:]))))


@click.command()
@click.option("--cases", "folder", type=click.Path(path_type=Path), required=True, help="What `prepare` wrote.")
@click.option("--output", type=click.Path(path_type=Path), required=True, help="Folder for checkpoints, log, weights.")
@click.option("--start", "origin", type=click.Path(path_type=Path), help="Encoder to start from, a folder.")
@click.option(
    "--tokenizer", "tokens", type=click.Path(path_type=Path), help="Folder of all-MiniLM-L6-v2, if not its package."
)
@click.option("--teacher", type=click.Path(path_type=Path), help="A network trained before, to learn from.")
@click.option("--at-once", default=64, show_default=True, help="Sentences in an input; 1 trains a sentence reader.")
@click.option("--max-tokens", default=384, show_default=True)
@click.option("--epochs", default=3.0, show_default=True)
@click.option("--steps", default=0, help="Steps in all, instead of epochs.")
@click.option("--fit-minutes", default=0.0, help="As many steps as this machine does in that time.")
@click.option("--batch-tokens", default=8192, show_default=True)
@click.option("--rate", default=1e-4, show_default=True)
@click.option("--dropout", default=0.1, show_default=True, help="0 takes a third less time on processors.")
@click.option("--unanswerable", default=1 / 3, show_default=True, help="Share of texts that do not answer.")
@click.option("--weights", default="", help="Weights of sets that differ from the usual: squad2=1,reddit=0")
@click.option("--seed", default=0, show_default=True)
@click.option("--minutes", default=0.0, help="Stop after that time with a checkpoint; the same command goes on.")
@click.option("--evaluate-every", default=1000, show_default=True, help="Steps between checkpoints with figures.")
@click.option("--threads", default=0, help="Processors to use; 0 is all.")
@click.option("--rows", "limit", default=0, help="Development rows of each set to measure on; 0 is all.")
def main(
    folder: Path,
    output: Path,
    origin: Path | None,
    tokens: Path | None,
    teacher: Path | None,
    threads: int,
    limit: int,
    weights: str,
    minutes: float,
    fit_minutes: float,
    evaluate_every: int,
    **fields: Any,
) -> None:
    """Train, or go on training, and write the network."""
    if threads:
        torch.set_num_threads(threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    recipe = Recipe(**fields)
    cases = data_room.load(folder)
    rows = (
        sample(list(data_room.read_rows(folder / "dev.jsonl.gz")), limit) if (folder / "dev.jsonl.gz").exists() else []
    )
    begin = origin or network.package()
    known = begin if (begin / network.WEIGHTS).is_file() else network.package() if tokens is None else tokens
    tokenizer = network.open_tokenizer(known)
    data = tokenised(cases, [case for case in cases.cases if not case.held_out], tokenizer)
    model = network.load(begin) if (begin / network.WEIGHTS).is_file() else network.start(begin, tokenizer, recipe.seed)
    taught = network.load(teacher).to(device).eval() if teacher else None
    mix = dict(WEIGHTS) | {
        name: float(value) for name, value in (pair.split("=") for pair in weights.split(",") if pair)
    }
    limits = Limits(minutes, fit_minutes, evaluate_every, limit)
    run(Training(model, recipe, device), data, cases, rows, tokenizer, output, taught, mix, limits)


def sample(rows: list[dict[str, Any]], limit: int) -> list[dict[str, Any]]:
    """At most that many rows of each set and kind, evenly taken."""
    if not limit:
        return rows
    kinds: dict[tuple[str, bool], list[dict[str, Any]]] = {}
    for row in rows:
        kinds.setdefault((row["set"], bool(row.get("answers"))), []).append(row)
    return [row for kind in kinds.values() for row in kind[:: max(1, len(kind) // limit)][:limit]]


def run(
    training: Training,
    data: Tokenised,
    cases: Cases,
    rows: list[dict[str, Any]],
    tokenizer: Tokenizer,
    output: Path,
    teacher: Network | None,
    weights: Mapping[str, float],
    limits: Limits,
) -> None:
    """Train to the end of the recipe, or until the time is up; log losses and figures as JSONL."""
    output.mkdir(parents=True, exist_ok=True)
    checkpoint, marks, began = output / "checkpoint", SpecialTokens.of(tokenizer), time.monotonic()
    recipe = training.recipe
    if not checkpoint.exists() and (left := output / "checkpoint.old").exists():
        left.replace(checkpoint)
    if checkpoint.exists():
        recipe = _same(recipe, Recipe(**json.loads((checkpoint / "state.json").read_text("utf-8"))["recipe"]))
    elif not recipe.steps:
        count = len(epoch_of(data, recipe, weights, 0))
        if limits.fit_minutes:
            some = stream(data, recipe, marks, weights, 0)
            count, recipe = steps_within(limits.fit_minutes, training, some, teacher), replace(recipe, epochs=1)
        recipe = replace(recipe, steps=math.ceil(count * recipe.epochs))
    training.recipe = recipe
    if checkpoint.exists():
        training.resume(checkpoint)
    judge = measure.judge_by(training.model, tokenizer, recipe.form, 4 * recipe.batch_tokens)
    most = 10 * limits.rows or 3000
    sums: dict[str, Tensor] = {}
    with (
        (output / "log.jsonl").open("a", encoding="utf-8") as file,
        tqdm(total=recipe.steps, initial=training.step, unit="step") as bar,
    ):

        def note(**entry: Any) -> None:
            file.write(
                json.dumps({"step": training.step, "seconds": round(time.monotonic() - began, 1)} | entry) + "\n"
            )
            file.flush()

        def stop_here() -> None:
            training.save(checkpoint)
            note(held_out=_rounded(measure.held_out(cases, judge, most)))

        if not training.step:
            note(recipe=asdict(recipe), weights=dict(weights), device=str(training.device), cases=len(data.cases))
        for batch in stream(data, recipe, marks, weights, training.step):
            if training.step >= recipe.steps or (limits.minutes and time.monotonic() - began > 60 * limits.minutes):
                break
            for name, part in training.learn(batch, teacher).items():
                sums[name] = sums.get(name, torch.zeros((), device=training.device)) + part.detach()
            bar.update()
            if training.step % 50 == 0:
                values = {name: round(float(value) / 50, 4) for name, value in sums.items()}
                note(loss=values, rate=training.optimiser.param_groups[0]["lr"])
                bar.set_postfix(loss=values["all"])
                sums = {}
            if training.step % limits.evaluate_every == 0 and training.step < recipe.steps:
                stop_here()
        training.save(checkpoint)
        if training.step < recipe.steps:
            click.echo(f"stopped at step {training.step} of {recipe.steps}; the same command goes on", err=True)
            return
        network.save(training.model, tokenizer, output)
        (output / "form.json").write_text(json.dumps(asdict(recipe.form)), "utf-8")
        figures = measure.held_out(cases, judge, most)
        note(
            held_out=_rounded(figures),
            dev=_rounded(measure.development(rows, judge)) if rows else {},
            total=measure.total(figures),
        )


def _same(asked: Recipe, begun: Recipe) -> Recipe:
    """The recipe of the checkpoint, which must be the one asked for but for the steps that were counted."""
    if replace(asked, steps=0, epochs=0) != replace(begun, steps=0, epochs=0) or asked.steps not in (0, begun.steps):
        raise click.UsageError(f"the checkpoint was begun with another recipe: {begun}; name another output folder")
    return begun


def _rounded(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in sorted(figures.items())}


if __name__ == "__main__":
    main()
