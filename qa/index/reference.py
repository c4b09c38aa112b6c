"""A model run by sentence-transformers: the reference for our own encoder, and the way to run any other.

It also says which weights of a model are learnt, and puts learnt ones into it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from qa.index.network import Vectors
from qa.types import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import nn

_WORDS = "embeddings.word_embeddings.weight"
"""The weights that our encoder shares with all-MiniLM-L6-v2: half of them all."""


class Reference:
    """A model's folder in sentence-transformers' format, ready to run; with weights of `learnt` in place of its own.

    Raises:
        ModelError: sentence-transformers is not installed, or cannot load the model.
    """

    def __init__(self, folder: Path, learnt: Path | None = None) -> None:
        for variable in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"):
            os.environ[variable] = "1"
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        try:
            from sentence_transformers import SentenceTransformer
            from transformers.utils.logging import disable_progress_bar
        except ImportError as error:
            raise ModelError(f"{folder} needs sentence-transformers; install it: `make setup`") from error
        disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            self.model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
            if learnt:
                put_learnt(self.model, learnt)
        except (OSError, ValueError) as error:
            raise ModelError(f"the encoder in {folder} cannot be loaded ({error}); check QA_INDEX_ENCODER") from error

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32, (len(texts), d), in batches of 32."""
        vectors = self.model.encode(
            list(texts), batch_size=32, convert_to_numpy=True, normalize_embeddings=True, show_progress_bar=False
        )
        return np.ascontiguousarray(vectors, dtype=np.float32)


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
