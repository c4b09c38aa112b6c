"""Our encoder gives the vectors of sentence-transformers, each by its own text alone, and needs no PyTorch."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest

from qa.config import QUESTIONS
from qa.index import embed, minilm, store
from qa.index.embed import LEARNT, OURS, PLAIN, embedded_text, open_encoder, package
from qa.index.reference import Reference
from qa.training import encoder_graph
from qa.types import ModelError
from tests.conftest import ROOT

WITHOUT = "import sys; sys.modules.update(torch=None, transformers=None, sentence_transformers=None); "


@pytest.mark.model
@pytest.mark.parametrize("name", [OURS, PLAIN])
def test_the_vectors_are_those_of_sentence_transformers(real_index: Path, name: str) -> None:
    index = store.load(real_index)
    questions = [json.loads(line).get("question", "") for line in QUESTIONS.read_text("utf-8").splitlines()]
    passages = [embedded_text(index.by_id[p.document].title, p.section, p.text) for p in index.passages]
    texts = [*filter(None, questions), *passages, "x", "word " * 500]
    reference = Reference(package(), LEARNT if name == OURS else None)
    cosines = np.sum(reference.encode(texts) * open_encoder(name).encode(texts), axis=1)
    assert cosines.min() >= 0.9999


@pytest.mark.model
def test_a_vector_depends_on_its_own_text_alone() -> None:
    encoder = open_encoder(OURS)
    texts = ["One tumour.", "A much longer sentence about the treatment of men and women.", "Two."]
    together = encoder.encode(texts)
    assert together.dtype == np.float32
    assert np.array_equal(together, np.concatenate([encoder.encode([text]) for text in texts]))
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)


def test_the_networks_file_is_what_its_code_writes() -> None:
    assert onnx.load(minilm.GRAPH, load_external_data=False).graph == encoder_graph.graph().graph


def test_changed_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = tmp_path / "encoder.safetensors"
    changed.write_bytes(LEARNT.read_bytes()[:-1] + b"\0")
    monkeypatch.setattr(embed, "LEARNT", changed)
    embed._opened.cache_clear()
    with pytest.raises(ModelError, match="has SHA-256"):
        open_encoder(OURS)
    embed._opened.cache_clear()


def test_a_network_without_a_weight_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"cannot be loaded .*word_embeddings"):
        broken = tmp_path / "model"
        broken.mkdir()
        for file in package().glob("*.json"):
            (broken / file.name).write_bytes(file.read_bytes())
        (broken / minilm.WEIGHTS).write_bytes((2).to_bytes(8, "little") + b"{}")
        minilm.MiniLM(broken)


@pytest.mark.model
@pytest.mark.parametrize(
    "call",
    [
        ["--help"],
        ["ask", "What is the treatment?", "--json"],
        ["search", "treatment"],
        ["doctor"],
        ["index", "status"],
        ["index", "build", "--full"],
    ],
    ids=" ".join,
)
def test_neither_torch_nor_transformers_is_imported(real_index: Path, tmp_path: Path, call: list[str]) -> None:
    """The two cannot be imported in that process, so that it fails if anything tries to."""
    folders = [] if call == ["--help"] else ["--index", str(tmp_path / "index")]
    if folders:
        shutil.copytree(real_index, tmp_path / "index")
    if call[0] in ("doctor", "index"):
        folders += ["--corpus", str(ROOT / "corpus")]
    command = [sys.executable, "-c", f"{WITHOUT} from qa.cli import main; main()", *call, *folders]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr


@pytest.mark.model
def test_the_app_answers_without_torch(real_index: Path, tmp_path: Path) -> None:
    code = f"""{WITHOUT}
from streamlit.testing.v1 import AppTest
page = AppTest.from_file({str(ROOT / "app.py")!r}, default_timeout=120).run()
page.chat_input[0].set_value("What is the treatment?").run()
assert not page.exception, page.exception
assert len(page.session_state.exchanges) == 1
"""
    folders = {"QA_INDEX_DIR": str(real_index), "QA_STATE_DIR": str(tmp_path), "QA_CORPUS_DIR": str(ROOT / "corpus")}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | folders, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
