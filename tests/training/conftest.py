"""A network so small that it trains within a test, with the vocabulary of the real one."""

from __future__ import annotations

import pytest
import torch
from tokenizers import Tokenizer

from qa.index.embed import package
from qa.training import network
from qa.training.cases import Case, Cases, Found, Text
from qa.training.network import Network


@pytest.fixture(scope="session")
def tokenizer() -> Tokenizer:
    return network.open_tokenizer(package())


def tiny(tokenizer: Tokenizer, dropout: float = 0.1) -> Network:
    """32 wide, two layers, drawn anew with the same seed."""
    from transformers import BertConfig, BertModel  # three seconds, which only the worker that trains should pay

    torch.manual_seed(7)
    size = tokenizer.get_vocab_size()
    config = BertConfig(
        vocab_size=size,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=dropout,
    )
    encoder = BertModel(config, add_pooling_layer=False)
    return Network(encoder, torch.arange(size), dropout)


STONES = ("granite", "basalt", "marble", "slate", "chalk", "flint")
COLOURS = ("red", "blue", "green", "white", "black", "brown")


@pytest.fixture(scope="session")
def toy() -> Cases:
    """Which colour has a stone? Each text names three stones; one of another's colours is no answer."""
    texts, cases = [], []
    for i, stone in enumerate(STONES):
        for j, colour in enumerate(COLOURS):
            others = [STONES[(i + k) % 6] for k in (1, 2)]
            answer = f"The {stone} is {colour}."
            texts.append(Text("Stones", (f"The {others[0]} is old.", answer, f"The {others[1]} is hard.")))
            words = (1, answer.index(colour), 1, len(answer) - 1)
            near = (6 * ((i + 3) % 6) + j,)
            found = (Found(6 * i + j, (1,), words),)
            cases.append(Case("toy", f"{stone} {colour}", f"Which colour has the {stone}?", found, near))
    return Cases(tuple(texts), tuple(cases))
