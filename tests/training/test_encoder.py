"""The encoder learns, goes on where it stopped, and is shipped as what it learnt."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np
import pytest
from datasets import Dataset
from sentence_transformers import SentenceTransformer

from qa.index import reference
from qa.index.embed import package
from qa.training import cases, encoder, encoder_rows

ROWS = {
    "sentences": [(f"Who has stone {n}?", f"Man {n} has stone {n}.", f"Stone {n} is red.") for n in range(12)],
    "pairs": [(f"Where is town {n}?", f"Town {n} is in land {n}.") for n in range(8)],
}
DATA = encoder.datasets_of(ROWS)
WORDS = "embeddings.word_embeddings.weight"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of the real one's kind, 32 wide, with one layer."""
    import json
    import shutil

    import torch
    from transformers import AutoTokenizer, BertConfig, BertModel

    torch.manual_seed(3)
    made = tmp_path_factory.mktemp("encoder")
    shutil.copytree(package(), made, dirs_exist_ok=True, ignore=shutil.ignore_patterns("model.safetensors"))
    tokenizer = AutoTokenizer.from_pretrained(str(package()), local_files_only=True)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64
    )
    BertModel(config).save_pretrained(made)
    pooling = made / "1_Pooling" / "config.json"
    fields = json.loads(pooling.read_text("utf-8"))
    pooling.write_text(json.dumps({**fields, **{key: 32 for key in fields if key.endswith("dimension")}}), "utf-8")
    return made


def opened(folder: Path) -> SentenceTransformer:
    return SentenceTransformer(str(folder), device="cpu", local_files_only=True)


class Nothing(encoder.InformationRetrievalEvaluator):  # type: ignore[misc]
    """Measures two texts."""

    def __init__(self) -> None:
        super().__init__({"q": "Who?"}, {"t": "Man", "u": "Town"}, {"q": {"t"}}, name="dev")


@pytest.fixture(autouse=True)
def small_exam(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "exam", lambda asked: Nothing())


PLAN = encoder.Plan(epochs=1, batch=4, rate=1e-2, every=2)


def weights(model: SentenceTransformer) -> dict[str, np.ndarray]:
    return {name: tensor.numpy().copy() for name, tensor in model[0].auto_model.state_dict().items()}


@pytest.mark.model
def test_training_brings_questions_nearer_to_their_answers(folder: Path, tmp_path: Path) -> None:
    model = opened(folder)
    before, first = weights(model), gap(model)
    encoder.train(model, DATA, tmp_path, tmp_path, encoder.Plan(epochs=6, batch=4, rate=1e-2, every=100))
    after = weights(model)
    assert gap(model) > first
    assert np.array_equal(before[WORDS], after[WORDS]), "the words' embeddings are those of the package"
    changed = "encoder.layer.0.attention.self.query.weight"
    assert not np.array_equal(before[changed], after[changed])


def gap(model: SentenceTransformer) -> float:
    """How much nearer a question is to its answer than to what does not answer it, on average."""
    asked, right, wrong = (model.encode(list(texts)) for texts in zip(*ROWS["sentences"], strict=True))
    return float(((asked * right).sum(1) - (asked * wrong).sum(1)).mean())


@pytest.mark.model
def test_a_stopped_training_goes_on_as_if_it_had_not_stopped(folder: Path, tmp_path: Path) -> None:
    whole, parts = opened(folder), opened(folder)
    encoder.train(whole, DATA, tmp_path, tmp_path / "whole", PLAN)
    encoder.train(parts, DATA, tmp_path, tmp_path / "parts", PLAN, stop=2)
    assert (tmp_path / "parts" / "checkpoints" / "checkpoint-2").is_dir()
    again = opened(folder)
    encoder.train(again, DATA, tmp_path, tmp_path / "parts", PLAN)
    for name, tensor in weights(whole).items():
        np.testing.assert_allclose(weights(again)[name], tensor, rtol=1e-4, atol=1e-6)


@pytest.mark.model
def test_what_was_learnt_is_shipped_and_put_on_the_plain_model(folder: Path, tmp_path: Path) -> None:
    learnt = opened(folder)
    encoder.train(learnt, DATA, tmp_path, tmp_path, PLAN)
    encoder.write_weights(learnt, tmp_path / "learnt.safetensors")
    plain = opened(folder)
    reference.put_learnt(plain, tmp_path / "learnt.safetensors")
    texts = ["Who has stone 3?", "Man 3 has stone 3."]
    np.testing.assert_allclose(plain.encode(texts), learnt.encode(texts), atol=2e-3)
    assert WORDS not in embed_names(tmp_path / "learnt.safetensors")


def embed_names(path: Path) -> set[str]:
    from safetensors.numpy import load_file

    return set(load_file(path))


@pytest.mark.model
def test_a_file_of_another_model_is_rejected(folder: Path, tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    save_file({"something.else": np.zeros(3, dtype=np.float16)}, tmp_path / "other.safetensors")
    with pytest.raises(ValueError, match="other weights than the encoder"):
        reference.put_learnt(opened(folder), tmp_path / "other.safetensors")


def test_batches_have_no_text_twice_and_rows_of_about_one_length() -> None:
    rows = [{"anchor": f"q{n}", "positive": "word " * (n % 7 + 1) + str(n % 20)} for n in range(200)]
    sampler = encoder.ByLength(Dataset.from_list(rows), batch_size=8, drop_last=True)
    batches = list(sampler)
    taken = [i for batch in batches for i in batch]
    assert len(taken) == len(set(taken)) > 150
    assert len(sampler) == len(batches)
    for batch in batches:
        texts = [rows[i]["positive"] for i in batch]
        assert len(set(texts)) == 8
    spread = [max(lengths) - min(lengths) for lengths in ([len(rows[i]["positive"]) for i in b] for b in batches)]
    assert np.mean(spread) < 12, "drawn at random it would be about 30"
    sampler.set_epoch(1)
    assert list(sampler) != batches


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    """A teacher that prefers the red stone to the man who has it."""
    path = tmp_path / "lists.jsonl.gz"
    rows = (
        {"kind": "sentences", "question": asked, "texts": [right, wrong, "Rain."], "logits": [-4.0, 6.0, -8.0]}
        for asked, right, wrong in ROWS["sentences"]
    )
    cases.write_rows(path, rows)
    return path


@pytest.mark.model
def test_the_order_of_the_teachers_lists_is_learnt(folder: Path, tmp_path: Path, lists: Path) -> None:
    model = opened(folder)
    plan = encoder.Plan(epochs=6, batch=16, rate=1e-2, every=100, temperature=1)
    encoder.train(model, encoder.lists_of(lists), tmp_path, tmp_path, plan)
    assert gap(model) < -0.1, "without the lists it would be above 0"


@pytest.mark.model
def test_rows_and_lists_are_learnt_together_from_files(folder: Path, tmp_path: Path, lists: Path) -> None:
    from click.testing import CliRunner

    rows, output = tmp_path / "rows.jsonl.gz", tmp_path / "out"
    encoder_rows.save(ROWS, rows)
    options = {"asked": tmp_path, "rows": rows, "taught": lists, "start": folder, "output": output, "batch": 4}
    flat = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    done = CliRunner().invoke(encoder.main, [*flat, "--dropout", "0.1", "--rate", "0.01"])
    assert done.exit_code == 0, done.output
    assert "taught sentences         12 rows" in done.output
    again = encoder.opened(folder, output / "encoder.safetensors")
    written = opened(output / "model")
    np.testing.assert_allclose(again.encode(["Who?"]), written.encode(["Who?"]), atol=2e-3)
    assert not np.allclose(written.encode(["Who?"]), opened(folder).encode(["Who?"]), atol=2e-3)


@pytest.mark.model
def test_a_folder_in_half_precision_is_opened_in_single(folder: Path, tmp_path: Path) -> None:
    opened(folder).half().save(str(tmp_path / "half"))
    weights = encoder.opened(tmp_path / "half")[0].auto_model.state_dict()
    assert {str(t.dtype) for t in weights.values() if t.is_floating_point()} == {"torch.float32"}


def test_without_rows_it_is_said_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(click.UsageError, match="--rows"):
        encoder.Sources(tmp_path, None, None, None).rows()


def test_rows_are_read_as_they_were_written(tmp_path: Path) -> None:
    encoder_rows.save(ROWS, tmp_path / "new" / "rows.jsonl.gz")
    assert encoder_rows.load(tmp_path / "new" / "rows.jsonl.gz") == ROWS


def test_batches_of_lists_are_small_and_leave_none_out(lists: Path) -> None:
    (data,) = encoder.lists_of(lists).values()
    assert data[0]["label"] == [-4, 6, -8]
    assert data[0]["negative_2"] == "Rain."
    batches = list(encoder.ByLength(data, batch_size=20, drop_last=False))
    assert sorted(i for batch in batches for i in batch) == list(range(12)), "though all have a text in common"
    assert sorted(len(batch) for batch in batches) == [2, 10]
