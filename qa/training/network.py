"""The network: an encoder and linear heads for passages, sentences and answer spans.

Of this package, only this module imports Transformers.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn.functional import normalize
from transformers import AutoConfig, AutoModel

from qa.types import ModelError

TOKENIZER, WEIGHTS = "tokenizer.json", "weights.safetensors"
MATCH = 10.0
"""Initial factor of the cosine between a token's state and the question's."""


class Network(nn.Module):
    """Ids of BERT's vocabulary → logits, in the form that `qa.answers.cross_encoder` expects.

    The heads see each state and its cosine to the question's state. The encoder was trained for that cosine (Reimers
    and Gurevych 2019, arXiv:1908.10084), so training starts from retrieval by embeddings instead of from chance.

    `vocabulary` maps the ids to those of an encoder with another vocabulary (MPNet's has the same pieces under other
    numbers), so that a teacher and its student read the same tokens.
    """

    vocabulary: Tensor

    def __init__(self, encoder: Any, vocabulary: Tensor, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        size = int(encoder.config.hidden_size)
        self.dropout = nn.Dropout(dropout)
        self.tokens = nn.Linear(size, 3)
        self.relevance = nn.Linear(size, 1)
        self.token_match = nn.Parameter(torch.full((size, 3), MATCH))
        self.relevance_match = nn.Parameter(torch.full((size, 1), MATCH))
        self.register_buffer("vocabulary", vocabulary)
        self._typed = int(getattr(encoder.config, "type_vocab_size", 0) or 0) > 1

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, Tensor]:
        """The logits of evidence, start and end for tokens, (b, n, 3), and of relevance, (b,).

        `ids`, `mask` and `types` are int64, (b, n); the mask is 0 for padding.
        """
        more = {"token_type_ids": types} if self._typed else {}
        states = self.encoder(input_ids=self.vocabulary[ids], attention_mask=mask, **more).last_hidden_state
        asked = _mean(states, mask * (1 - types))
        read = _mean(states, mask * types)
        dropped = self.dropout(states)
        tokens = self.tokens(dropped) + (normalize(states, dim=-1) * asked[:, None]) @ self.token_match
        relevance = self.relevance(dropped[:, 0]) + (asked * read) @ self.relevance_match
        return tokens, relevance.squeeze(-1)


def _mean(states: Tensor, chosen: Tensor) -> Tensor:
    """The mean of each row's chosen states, (b, d), of unit length, from (b, n, d) and (b, n)."""
    return normalize((states * chosen[..., None].to(states.dtype)).sum(dim=1), dim=-1)


def start(folder: Path, tokenizer: Tokenizer, seed: int, learnt: Path | None = None) -> Network:
    """A network from an encoder's folder in Transformers' format; the seed determines its heads.

    `learnt` is a file with weights that take the place of those in the folder.
    """
    torch.manual_seed(seed)
    encoder = AutoModel.from_pretrained(str(folder), local_files_only=True, add_pooling_layer=False)
    if learnt:
        encoder.load_state_dict({name: t.float() for name, t in load_file(learnt).items()}, strict=False)
    own = Tokenizer.from_file(str(folder / TOKENIZER)) if (folder / TOKENIZER).is_file() else tokenizer
    return Network(encoder.float(), numbers(tokenizer, own))


_NAMES = {"[CLS]": "<s>", "[SEP]": "</s>", "[PAD]": "<pad>"}
"""MPNet's names of the special tokens. Its vocabulary has BERT's names too, but they never occurred in training."""


def numbers(tokenizer: Tokenizer, own: Tokenizer) -> Tensor:
    """For each id of `tokenizer` the id of the same piece in `own`, int64, (v,); that of [UNK] if it has none."""
    unknown = own.token_to_id("[UNK]")
    table = torch.full((tokenizer.get_vocab_size(),), unknown if unknown is not None else 0, dtype=torch.long)
    for piece, number in tokenizer.get_vocab().items():
        found = own.token_to_id(_NAMES.get(piece, piece))
        if found is None:
            found = own.token_to_id(piece)
        if found is not None:
            table[number] = found
    return table


def save(network: Network, tokenizer: Tokenizer, folder: Path, half: bool = False) -> None:
    """Write the weights (in half precision if `half`), the encoder's configuration and the tokeniser."""
    folder.mkdir(parents=True, exist_ok=True)
    state = {name: tensor.detach().cpu().contiguous() for name, tensor in network.state_dict().items()}
    if half:
        state = {name: t.half() if t.is_floating_point() else t for name, t in state.items()}
    save_file(state, folder / WEIGHTS)
    network.encoder.config.to_json_file(str(folder / "config.json"), use_diff=False)
    tokenizer.save(str(folder / TOKENIZER))


def load(folder: Path) -> Network:
    """Read what `save` wrote, in single precision.

    Raises:
        ModelError: the folder has no network that can be read.
    """
    try:
        fields = json.loads((folder / "config.json").read_text("utf-8"))
        config = AutoConfig.for_model(fields.pop("model_type"), **fields)
        state = load_file(folder / WEIGHTS)
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{folder} has no trained network ({error}); run `make reader`") from error
    encoder = AutoModel.from_config(config, add_pooling_layer=False)  # type: ignore[no-untyped-call]
    network = Network(encoder.float(), state["vocabulary"])  # its configuration may ask for half precision
    network.load_state_dict({name: t.float() if t.is_floating_point() else t for name, t in state.items()})
    return network


def open_tokenizer(folder: Path) -> Tokenizer:
    """The tokeniser of a folder, without padding and truncation: `batches` pads, `qa.answers.inputs` truncates."""
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer
