"""Cases become a network, over as many runs as it takes: `python -m qa.training.train`.

The order of the data and every random draw depend only on the seed and the number of the step. So a training that was
stopped and continued gives the same weights as one that was not.
"""

from __future__ import annotations

import json
import math
import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from queue import Queue
from typing import Any, cast

import click
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from tqdm import tqdm

from qa.answers.inputs import InputFormat
from qa.index.embed import LEARNT, package
from qa.training import cases as case_files
from qa.training import measure, network
from qa.training.batches import (
    WEIGHTS,
    Batch,
    Pick,
    Sampling,
    Tokenised,
    batches_of,
    draw,
    grouped,
    tokenised,
)
from qa.training.cases import UNJUDGED, Cases
from qa.training.losses import loss, on
from qa.training.measure import Rows
from qa.training.network import Network

_LOGGED_STEPS = 50
_TIMED_STEPS, _WARM_UP_STEPS = 24, 8
"""Steps that are run to tell the speed of a machine, and how many of them do not count."""
_QUEUED = 32
"""Batches that are made ahead."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that the weights depend on besides data, start and teacher.

    `steps` are steps in all; 0 means `epochs` whole epochs. `batch_tokens` count padding. `rate` is the highest
    learning rate: it is reached after the share `warm_up` of the steps, and falls linearly to 0 over the last share
    `fall` of them. `average`, if not 0, is the decay of a running mean of the weights, which is what is measured and
    kept (Polyak and Juditsky 1992): it is about as good as weights after the rate has fallen, at any step.
    """

    at_once: int = 64
    max_tokens: int = 384
    epochs: float = 3.0
    steps: int = 0
    batch_tokens: int = 8192
    rate: float = 1e-4
    warm_up: float = 0.06
    fall: float = 1.0
    average: float = 0.0
    decay: float = 0.01
    clip: float = 1.0
    dropout: float = 0.1
    unanswerable: float = 1 / 3
    thinned: float = 0.0
    seed: int = 0

    @property
    def input_format(self) -> InputFormat:
        """How passages become inputs."""
        return InputFormat(self.at_once, self.max_tokens)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a run takes and what it measures; the weights do not depend on it.

    It stops after `minutes`, if not 0. It takes as many steps in all as this machine does in `fit_minutes`, if not 0
    (the log says how many). Every `evaluate_every` steps it writes a checkpoint and figures, measured on `rows`
    development rows of each set and ten times as many held-out cases; 0 means all rows, and 3,000 cases.
    """

    minutes: float = 0.0
    fit_minutes: float = 0.0
    evaluate_every: int = 1000
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Data:
    """What a network is trained on (`tokenised`, by the `weights` of the sets) and measured on (`cases`, `rows`)."""

    tokenizer: Tokenizer
    cases: Cases
    tokenised: Tokenised
    weights: Mapping[str, float]
    rows: Rows


class Training:
    """A network with its optimiser at a step, and its teacher if it has one; saved to a folder and resumed from it."""

    def __init__(self, model: Network, recipe: Recipe, device: torch.device, teacher: Network | None = None) -> None:
        self.model = model.to(device)
        self.teacher = teacher.to(device).eval() if teacher else None
        self.recipe = recipe
        self.device = device
        self.step = 0
        self.mean: AveragedModel | None = None
        if recipe.average:
            running = get_ema_multi_avg_fn(recipe.average)  # type: ignore[no-untyped-call]
            self.mean = AveragedModel(self.model, multi_avg_fn=running)
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

    @property
    def best(self) -> Network:
        """The network to measure and to keep: the mean of the weights, if there is one."""
        return cast(Network, self.mean.module) if self.mean else self.model

    def loss(self, batch: Batch) -> dict[str, Tensor]:
        """The parts of the loss on a batch, as `losses.loss` gives them."""
        tensors = on(batch, self.device)
        inputs = (tensors["ids"], tensors["mask"], tensors["types"])
        with self._precision():
            with torch.no_grad():
                taught = self.teacher(*inputs) if self.teacher else None
            outputs = self.model(*inputs)
        return loss(outputs, tensors, taught)

    def _precision(self) -> AbstractContextManager[Any]:
        """Half precision where the device is fast with it."""
        return torch.autocast("cuda", torch.bfloat16) if self.device.type == "cuda" else nullcontext()

    def learn(self, batch: Batch) -> dict[str, Tensor]:
        """Take one step; return the parts of the loss."""
        torch.manual_seed(self.recipe.seed * 1_000_003 + self.step)
        self.model.train()
        parts = self.loss(batch)
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.rate * self._share()
        self.optimiser.zero_grad(set_to_none=True)
        parts["all"].backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.recipe.clip)
        self.optimiser.step()
        self.step += 1
        if self.mean:
            self.mean.update_parameters(self.model)
        return parts

    def _share(self) -> float:
        """The share of the highest rate at this step."""
        steps = self.recipe.steps
        warm = max(1.0, self.recipe.warm_up * steps)
        falling = max(1.0, self.recipe.fall * (steps - warm))
        return min(1.0, (self.step + 1) / warm, max(0.0, (steps - self.step) / falling))

    def save(self, folder: Path) -> None:
        """Write the checkpoint; if that is interrupted, the previous one stays."""
        new, old = folder.with_name(folder.name + ".new"), folder.with_name(folder.name + ".old")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        weights = {name: t.detach().cpu().contiguous() for name, t in self.model.state_dict().items()}
        save_file(weights, new / "weights.safetensors")
        moments = {
            f"{name} {key}": self.optimiser.state[p][key].detach().cpu().contiguous()
            for name, p in self.model.named_parameters()
            if p in self.optimiser.state
            for key in ("exp_avg", "exp_avg_sq")
        }
        save_file(moments, new / "moments.safetensors")
        if self.mean:
            mean = {name: t.detach().cpu().contiguous() for name, t in self.mean.state_dict().items()}
            save_file(mean, new / "mean.safetensors")
        (new / "state.json").write_text(json.dumps({"step": self.step, "recipe": asdict(self.recipe)}), "utf-8")
        if folder.exists():
            shutil.rmtree(old, ignore_errors=True)
            folder.replace(old)
        new.replace(folder)
        shutil.rmtree(old, ignore_errors=True)

    def resume(self, folder: Path) -> None:
        """Continue from what `save` wrote."""
        self.step = json.loads((folder / "state.json").read_text("utf-8"))["step"]
        self.model.load_state_dict(load_file(folder / "weights.safetensors"))
        if self.mean:
            self.mean.load_state_dict(load_file(folder / "mean.safetensors"))
        moments = load_file(folder / "moments.safetensors", device=str(self.device))
        for name, p in self.model.named_parameters():
            if f"{name} exp_avg" in moments:
                self.optimiser.state[p] = {
                    "step": torch.tensor(float(self.step), device=self.device if self.device.type == "cuda" else "cpu"),
                    "exp_avg": moments[f"{name} exp_avg"],
                    "exp_avg_sq": moments[f"{name} exp_avg_sq"],
                }


def stream(data: Tokenised, recipe: Recipe, weights: Mapping[str, float], skip: int) -> Iterator[Batch]:
    """Batches without end, epoch after epoch, without the first `skip`; a thread makes them ahead of use."""
    queue: Queue[Batch | BaseException] = Queue(maxsize=_QUEUED)
    threading.Thread(target=_fill, args=(queue, _batches(data, recipe, weights, skip)), daemon=True).start()
    while True:
        item = queue.get()
        if isinstance(item, BaseException):
            raise item
        yield item


def _fill(queue: Queue[Batch | BaseException], batches: Iterator[Batch]) -> None:
    try:
        for batch in batches:
            queue.put(batch)
    except BaseException as error:  # it would be lost with its thread
        queue.put(error)


def _batches(data: Tokenised, recipe: Recipe, weights: Mapping[str, float], skip: int) -> Iterator[Batch]:
    epoch = 0
    while True:
        groups = epoch_of(data, recipe, weights, epoch)
        yield from batches_of(data, groups[skip:], recipe.input_format)
        skip, epoch = max(0, skip - len(groups)), epoch + 1


def epoch_of(data: Tokenised, recipe: Recipe, weights: Mapping[str, float], epoch: int) -> list[list[Pick]]:
    """The batches of an epoch, as picks."""
    seed = recipe.seed * 1000 + epoch
    picks = draw(data, recipe.input_format, Sampling(recipe.unanswerable, recipe.thinned, seed), weights)
    return grouped(picks, recipe.batch_tokens, seed)


def steps_within(minutes: float, training: Training, batches: Iterator[Batch]) -> int:
    """How many steps this machine does in that time, estimated from a few; the weights stay as they are."""
    times = []
    for batch in [next(batches) for _ in range(_TIMED_STEPS)]:
        start = time.perf_counter()
        training.loss(batch)["all"].backward()  # type: ignore[no-untyped-call]
        training.model.zero_grad(set_to_none=True)
        if training.device.type == "cuda":
            torch.cuda.synchronize()
        times.append(time.perf_counter() - start)
    warm = times[_WARM_UP_STEPS:]
    return max(1, int(60 * minutes / (1.1 * sum(warm) / len(warm))))


@click.command()
@click.option("--cases", "folder", type=click.Path(path_type=Path), required=True, help="What `prepare` wrote.")
@click.option("--output", type=click.Path(path_type=Path), required=True, help="Folder for checkpoints, log, weights.")
@click.option(
    "--start", "origin", type=click.Path(path_type=Path), help="Folder of the encoder to start from, if not ours."
)
@click.option(
    "--tokenizer", "tokens", type=click.Path(path_type=Path), help="Folder of all-MiniLM-L6-v2, if not its package."
)
@click.option("--teacher", type=click.Path(path_type=Path), help="Folder of a trained network to learn from.")
@click.option("--at-once", default=64, show_default=True, help="Sentences in an input; 1 reads them one by one.")
@click.option("--max-tokens", default=384, show_default=True)
@click.option("--epochs", default=3.0, show_default=True)
@click.option("--steps", default=0, help="Steps in all, instead of epochs.")
@click.option("--fit-minutes", default=0.0, help="As many steps as this machine does in that time.")
@click.option("--batch-tokens", default=8192, show_default=True)
@click.option("--rate", default=1e-4, show_default=True)
@click.option("--warm-up", default=0.06, show_default=True, help="Share of the steps over which the rate rises.")
@click.option("--fall", default=1.0, show_default=True, help="Share of the steps over which the rate falls.")
@click.option("--average", default=0.0, show_default=True, help="Decay of a running mean of the weights; 0 is none.")
@click.option("--dropout", default=0.1, show_default=True, help="0 takes a third less time on processors.")
@click.option("--unanswerable", default=1 / 3, show_default=True, help="Share of texts that do not answer.")
@click.option("--thinned", default=0.0, show_default=True, help="Share of texts read without some of their sentences.")
@click.option("--weights", default="", help="Weights of sets that differ from the defaults: squad2=1,reddit=0")
@click.option("--seed", default=0, show_default=True)
@click.option("--minutes", default=0.0, help="Stop after that time with a checkpoint; the same command goes on.")
@click.option("--evaluate-every", default=1000, show_default=True, help="Steps between checkpoints with figures.")
@click.option("--threads", default=0, help="Processors to use; 0 is all.")
@click.option("--rows", "limit", default=75, show_default=True, help="Development rows to measure on; 0 is all.")
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
    """Train, or continue a training, and write the network."""
    if threads:
        torch.set_num_threads(threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    recipe = Recipe(**fields)
    trained = origin is not None and (origin / network.WEIGHTS).is_file()
    tokenizer = network.open_tokenizer(origin if origin and trained else tokens or package())
    if origin:
        model = network.load(origin) if trained else network.start(origin, tokenizer, recipe.seed)
    else:
        model = network.start(package(), tokenizer, recipe.seed, LEARNT)
    training = Training(model, recipe, device, network.load(teacher) if teacher else None)
    untaught = {} if teacher else {UNJUDGED: 0.0}
    data = _data(folder, tokenizer, {**WEIGHTS, **_weights(weights), **untaught}, limit)
    run(training, data, output, Limits(minutes, fit_minutes, evaluate_every, limit))


def _weights(option: str) -> dict[str, float]:
    """The weights in an option such as `squad2=1,reddit=0`."""
    return {name: float(value) for name, value in (pair.split("=") for pair in option.split(",") if pair)}


def _data(folder: Path, tokenizer: Tokenizer, weights: Mapping[str, float], limit: int) -> Data:
    """What `prepare` wrote into the folder; of the development rows at most `limit` of each set, all if it is 0."""
    cases = case_files.load(folder)
    development = folder / "dev.jsonl.gz"
    rows = measure.sampled(list(case_files.read_rows(development)), limit) if development.exists() else []
    trained_on = tokenised(cases, [case for case in cases.cases if not case.held_out], tokenizer)
    return Data(tokenizer, cases, trained_on, weights, rows)


def run(training: Training, data: Data, output: Path, limits: Limits) -> None:
    """Train to the end of the recipe, or until the time is up; log losses and figures as JSONL.

    Raises:
        click.UsageError: the output folder has a checkpoint of another recipe.
    """
    output.mkdir(parents=True, exist_ok=True)
    ends = time.monotonic() + 60 * limits.minutes if limits.minutes else math.inf
    log = Log(output / "log.jsonl", training)
    checkpoint = _begin(training, data, output, limits.fit_minutes)
    recipe = training.recipe
    if not training.step:
        weights = dict(data.weights)
        log.note(recipe=asdict(recipe), weights=weights, device=str(training.device), cases=len(data.tokenised.cases))
    exam = Exam(training, data, limits.rows)
    with tqdm(total=recipe.steps, initial=training.step, unit="step") as bar:
        for batch in stream(data.tokenised, recipe, data.weights, training.step):
            if training.step >= recipe.steps or time.monotonic() > ends:
                break
            parts = training.learn(batch)
            bar.update()
            if (mean := log.step(parts)) is not None:
                bar.set_postfix(loss=mean)
            if training.step % limits.evaluate_every == 0 and training.step < recipe.steps:
                training.save(checkpoint)
                log.note(held_out=_rounded(exam.held_out()), dev=_rounded(exam.development()))
    training.save(checkpoint)
    network.save(training.best, data.tokenizer, output)
    (output / "form.json").write_text(json.dumps(asdict(recipe.input_format)), "utf-8")
    if training.step < recipe.steps:
        click.echo(f"stopped at step {training.step} of {recipe.steps}; the same command goes on", err=True)
    figures = exam.held_out()
    log.note(held_out=_rounded(figures), dev=_rounded(exam.development()), total=measure.total(figures))


class Exam:
    """Measures a network in training, on `rows` development rows of each set as in `Limits`."""

    def __init__(self, training: Training, data: Data, rows: int) -> None:
        recipe = training.recipe
        self._judge = measure.judge_by(training.best, data.tokenizer, recipe.input_format, 4 * recipe.batch_tokens)
        self._data = data
        self._most = 10 * rows or 3000

    def held_out(self) -> dict[str, float]:
        """The figures on held-out cases."""
        return measure.held_out(self._data.cases, self._judge, self._most)

    def development(self) -> dict[str, float]:
        """The figures on development rows, none without rows."""
        return measure.development(self._data.rows, self._judge) if self._data.rows else {}


class Log:
    """The log of a training, a JSON object a line, and the losses that are not in it yet."""

    def __init__(self, path: Path, training: Training) -> None:
        self._path = path
        self._training = training
        self._began = time.monotonic()
        self._sums: dict[str, Tensor] = {}

    def note(self, **entry: Any) -> None:
        """Write an entry with the step, and the seconds since the log was opened."""
        seconds = round(time.monotonic() - self._began, 1)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": self._training.step, "seconds": seconds} | entry) + "\n")

    def step(self, parts: Mapping[str, Tensor]) -> float | None:
        """Add the losses of a step; every 50 steps write their means, and return that of the whole loss."""
        for name, part in parts.items():
            self._sums[name] = self._sums.get(name, torch.zeros((), device=part.device)) + part.detach()
        if self._training.step % _LOGGED_STEPS:
            return None
        means = {name: round(float(value) / _LOGGED_STEPS, 4) for name, value in self._sums.items()}
        self.note(loss=means, rate=self._training.optimiser.param_groups[0]["lr"])
        self._sums = {}
        return means["all"]


def _begin(training: Training, data: Data, output: Path, fit_minutes: float) -> Path:
    """Set the training's recipe and resume from its checkpoint if there is one; return the checkpoint's folder.

    If writing the checkpoint was interrupted, the previous one takes its place.
    """
    checkpoint, before = output / "checkpoint", output / "checkpoint.old"
    if not checkpoint.exists() and before.exists():
        before.replace(checkpoint)
    training.recipe = _recipe(training, data, checkpoint, fit_minutes)
    if checkpoint.exists():
        training.resume(checkpoint)
    return checkpoint


def _recipe(training: Training, data: Data, checkpoint: Path, fit_minutes: float) -> Recipe:
    """The recipe with its number of steps: that of the checkpoint if there is one, or counted now."""
    recipe = training.recipe
    if checkpoint.exists():
        state = json.loads((checkpoint / "state.json").read_text("utf-8"))
        return _same(recipe, Recipe(**state["recipe"]))
    if recipe.steps:
        return recipe
    if fit_minutes:
        batches = stream(data.tokenised, recipe, data.weights, 0)
        return replace(recipe, epochs=1, steps=steps_within(fit_minutes, training, batches))
    count = len(epoch_of(data.tokenised, recipe, data.weights, 0))
    return replace(recipe, steps=math.ceil(count * recipe.epochs))


def _same(asked: Recipe, begun: Recipe) -> Recipe:
    """The recipe of the checkpoint; the one asked for may differ only in the steps that were counted."""
    if replace(asked, steps=0, epochs=0) != replace(begun, steps=0, epochs=0) or asked.steps not in (0, begun.steps):
        raise click.UsageError(f"the checkpoint was begun with another recipe: {begun}; name another output folder")
    return begun


def _rounded(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in sorted(figures.items())}


if __name__ == "__main__":
    main()
