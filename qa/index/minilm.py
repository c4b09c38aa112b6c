"""all-MiniLM-L6-v2 by ONNX Runtime, without PyTorch.

Its weights and its tokeniser are read where they lie. `encoder.onnx` is the network without weights
(`qa.training.encoder_graph` writes it): six layers of a BERT (Devlin et al. 2019, arXiv:1810.04805), the mean over the
tokens, unit length.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.index import network
from qa.index.network import Vectors
from qa.types import ModelError

GRAPH = Path(__file__).with_name("encoder.onnx")
WEIGHTS = "model.safetensors"
LAYERS, HEADS, WIDTH = 6, 12, 384
_EMBEDDINGS = "embeddings."

Weights = Mapping[str, NDArray[np.floating]]


class MiniLM:
    """The network, ready to run; `folder` has the weights and the tokeniser as sentence-transformers lays them out.

    The weights of `learnt`, a file of safetensors, replace those of the same names.

    Raises:
        ModelError: a file cannot be read, or has other weights than the network.
    """

    def __init__(self, folder: Path, learnt: Path | None = None) -> None:
        from tokenizers import Tokenizer

        try:
            weights = {**tensors(folder / WEIGHTS), **(tensors(learnt) if learnt else {})}
            limit = json.loads((folder / "sentence_bert_config.json").read_text("utf-8"))["max_seq_length"]
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._words = weights[f"{_EMBEDDINGS}word_embeddings.weight"]
            self._places = _places(weights)
            given = _singles(initializers(weights))
            weights.clear()  # what was mapped of them is memory of this process until then
            self._session = network.session(GRAPH, given)
        except Exception as error:  # those of ONNX Runtime and tokenizers have no common root
            raise ModelError(f"the encoder in {folder} cannot be loaded ({error}); check QA_INDEX_ENCODER") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(limit)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32, (len(texts), 384), each of which depends on its own text only."""
        tokens = self._tokenizer.encode_batch_fast(list(texts))
        return np.stack(list(network.each(self._run, (one.ids for one in tokens))))

    def _run(self, ids: Sequence[int]) -> Vectors:
        """The vector of a text, (384,). Of the words' table, only the rows that are asked for are read into memory."""
        embedded = self._words[ids] + self._places[: len(ids)]
        vectors = self._session.run(None, {"embedded": embedded[np.newaxis]})[0]
        return np.asarray(vectors[0], dtype=np.float32)


def initializers(weights: Weights) -> Iterator[tuple[str, NDArray[np.floating]]]:
    """The weights that `encoder.onnx` leaves open, by name, from those of a BERT in PyTorch: in single precision there.

    A matrix is transposed, since PyTorch multiplies from the other side; query, key and value are one matrix.
    """
    for kind in ("weight", "bias"):
        yield f"norm.{kind}", weights[f"{_EMBEDDINGS}LayerNorm.{kind}"]
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}"
        own = [f"{at}.attention.self.{part}" for part in ("query", "key", "value")]
        yield f"{layer}.attention.weight", np.concatenate([weights[f"{part}.weight"].T for part in own], axis=1)
        yield f"{layer}.attention.bias", np.concatenate([weights[f"{part}.bias"] for part in own])
        for name, part in (("mix", "attention.output.dense"), ("up", "intermediate.dense"), ("down", "output.dense")):
            yield f"{layer}.{name}.weight", weights[f"{at}.{part}.weight"].T
            yield f"{layer}.{name}.bias", weights[f"{at}.{part}.bias"]
        for name, part in (("mixed", "attention.output.LayerNorm"), ("out", "output.LayerNorm")):
            yield f"{layer}.{name}.weight", weights[f"{at}.{part}.weight"]
            yield f"{layer}.{name}.bias", weights[f"{at}.{part}.bias"]


def _singles(weights: Iterable[tuple[str, NDArray[np.floating]]]) -> dict[str, Vectors]:
    """Weights in single precision, C-contiguous, in one block of memory.

    NumPy asks for pages of 2 MB for a block of 4 MB or more. One by one, the matrices would lie in 10,000 pages of
    4 KB, each of which the system clears when it is first written to.
    """
    given = dict(weights)
    block = np.empty(sum(weight.size for weight in given.values()), dtype=np.float32)
    parts = np.split(block, np.cumsum([weight.size for weight in given.values()])[:-1])
    for (name, weight), part in zip(given.items(), parts, strict=True):
        own = part.reshape(weight.shape)
        own[...] = weight
        given[name] = own
    return given


def _places(weights: Weights) -> Vectors:
    """What is added to the embedding of a word by its place, and because all words are of the first of two texts."""
    first = weights[f"{_EMBEDDINGS}token_type_embeddings.weight"][0]
    return _single(weights[f"{_EMBEDDINGS}position_embeddings.weight"]) + _single(first)


def _single(weights: NDArray[np.floating]) -> Vectors:
    return np.ascontiguousarray(weights, dtype=np.float32)


def tensors(path: Path) -> dict[str, NDArray[np.floating]]:
    """The tensors of a safetensors file by name, mapped into memory: only what is used of them is read.

    The format is 8 bytes, which give the length of a JSON header, the header, and the numbers
    (https://huggingface.co/docs/safetensors). The library copies each tensor.
    """
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
    header.pop("__metadata__", None)
    kinds = {"F32": np.float32, "F16": np.float16}
    return {
        name: np.memmap(path, kinds[row["dtype"]], "r", 8 + length + row["data_offsets"][0], tuple(row["shape"]))
        for name, row in header.items()
        if row["dtype"] in kinds
    }
