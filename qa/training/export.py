"""A network becomes the ONNX file that is shipped: `python -m qa.training.export`.

ONNX, in single precision or with weights of 8 bits (dynamic quantisation, per channel), with the tokeniser and the
form of the inputs in its metadata.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from qa.answers.cross_encoder import CrossEncoder
from qa.answers.inputs import InputFormat
from qa.training import cases, measure, network
from qa.training.network import Network

LIMIT = 45_000_000
"""Bytes that a model in the repository may have."""


def export(model: Network, path: Path) -> None:
    """Write the network as ONNX in single precision: `ids`, `mask`, `types` to `tokens` and `relevance`."""
    model = model.eval().cpu()
    model.encoder.config._attn_implementation = "eager"
    example = tuple(torch.ones(2, 16, dtype=torch.long) for _ in range(3))
    axes = {0: torch.export.Dim("rows"), 1: torch.export.Dim("length", min=4, max=512)}
    with torch.no_grad():
        torch.onnx.export(
            model,
            example,
            str(path),
            input_names=["ids", "mask", "types"],
            output_names=["tokens", "relevance"],
            dynamic_shapes=(axes, axes, axes),
            dynamo=True,
            external_data=False,
            verbose=False,
        )


def quantise(path: Path, output: Path) -> None:
    """Weights of matrices and embeddings as 8 bits.

    7 of them are used: processors without VNNI add pairs of products in 16 bits, which overflow with 8.
    """
    model = onnx.load(str(path))
    del model.graph.value_info[:]  # shapes noted by the exporter, some of them of before its own optimisations
    quantize_dynamic(
        model, str(output), per_channel=True, reduce_range=True, weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Gemm", "Gather"],
    )  # fmt: skip


def complete(path: Path, output: Path, facts: Mapping[str, str]) -> CrossEncoder:
    """Write the model with its metadata, and open it as it will be used."""
    model = onnx.load(str(path))
    onnx.helper.set_model_props(model, dict(facts))
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_bytes(model.SerializeToString(deterministic=True))
    return CrossEncoder(output.read_bytes(), str(output))


def make(folder: Path, output: Path, eight_bits: bool) -> CrossEncoder:
    """The network of a folder as one file."""
    form = InputFormat(**json.loads((folder / "form.json").read_text("utf-8")))
    tokenizer = network.open_tokenizer(folder)
    with tempfile.TemporaryDirectory() as work:
        path = Path(work) / "single.onnx"
        export(network.load(folder), path)
        if eight_bits:
            quantise(path, path := path.with_name("eight.onnx"))
        return complete(path, output, {"form": json.dumps(asdict(form)), "tokenizer": tokenizer.to_str()})


@click.command()
@click.option("--network", "folder", type=click.Path(path_type=Path), required=True, help="What `train` wrote.")
@click.option("--output", type=click.Path(path_type=Path), required=True, help="The model's file.")
@click.option("--eight-bits/--single", default=True, show_default=True, help="Quantise the weights.")
@click.option("--cases", "data", type=click.Path(path_type=Path), help="What `prepare` wrote: measure on it.")
@click.option("--rows", default=0, help="Development rows of each set to measure on; 0 is all.")
def main(folder: Path, output: Path, eight_bits: bool, data: Path | None, rows: int) -> None:
    """Export, and print what is lost by it."""
    reader = make(folder, output, eight_bits)
    size = output.stat().st_size
    result: dict[str, Any] = {"file": str(output), "bytes": size, "sha256": reader.sha256, "fits": size <= LIMIT}
    if data:
        from qa.training.train import sample

        wanted = sample(list(cases.read_rows(data / "dev.jsonl.gz")), rows)
        made = cases.load(data)
        judges = {
            "network": measure.judge_by(network.load(folder), network.open_tokenizer(folder), reader.form),
            "file": lambda pairs: [
                judgement
                for question, text in pairs
                for judgement in reader.judge(question, [(text.heading, text.sentences)])
            ],
        }
        for name, judge in judges.items():
            figures = measure.held_out(made, judge, 10 * rows or 3000) | measure.development(wanted, judge)
            result[name] = {key: round(value, 4) for key, value in sorted(figures.items())}
    click.echo(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
