"""A network becomes the ONNX file that is shipped: `python -m qa.training.export`.

The file is ONNX, in single precision or with weights of 8 bits (dynamic quantisation, per channel). Its metadata holds
the tokeniser and the input format, under `tokenizer` and `form`.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import click
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from qa.answers.cross_encoder import CrossEncoder, Judgement
from qa.answers.inputs import InputFormat
from qa.training import cases, measure, network
from qa.training.cases import Text
from qa.training.measure import Judge
from qa.training.network import Network

LIMIT = 45_000_000
"""The largest model, in bytes, that the repository may hold."""


def export(model: Network, path: Path) -> None:
    """Write the network as ONNX in single precision; inputs `ids`, `mask`, `types`, outputs `tokens`, `relevance`."""
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
    """Write the weights of matrices and embeddings with 8 bits.

    Only 7 bits are used: processors without VNNI add pairs of products in 16 bits, which would overflow with 8.
    """
    model = onnx.load(str(path))
    del model.graph.value_info[:]  # the exporter's shapes; some of them precede its own optimisations
    operations = ["MatMul", "Gemm", "Gather"]
    options = {"per_channel": True, "reduce_range": True, "weight_type": QuantType.QInt8}
    quantize_dynamic(model, str(output), op_types_to_quantize=operations, **options)


def complete(path: Path, output: Path, facts: Mapping[str, str]) -> CrossEncoder:
    """Write the model with its metadata, and open it as the reader will."""
    model = without_traces(onnx.load(str(path)))
    onnx.helper.set_model_props(model, dict(facts))
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_bytes(model.SerializeToString(deterministic=True))
    return CrossEncoder(output)


def without_traces(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model without what the exporter notes beside each part: stack traces, with the paths of this machine."""
    graph = model.graph
    values = [*graph.input, *graph.output, *graph.value_info]
    for part in (graph, *graph.node, *graph.initializer, *values, *model.functions):
        part.ClearField("doc_string")
        part.ClearField("metadata_props")
    for function in model.functions:
        for node in function.node:
            node.ClearField("doc_string")
            node.ClearField("metadata_props")
    return model


def make(folder: Path, output: Path, eight_bits: bool) -> CrossEncoder:
    """Write the network of a folder as one file, and open it."""
    input_format = InputFormat(**json.loads((folder / "form.json").read_text("utf-8")))
    tokenizer = network.open_tokenizer(folder)
    with tempfile.TemporaryDirectory() as work:
        path = Path(work) / "single.onnx"
        export(network.load(folder), path)
        if eight_bits:
            quantise(path, path := path.with_name("eight.onnx"))
        return complete(path, output, {"form": json.dumps(asdict(input_format)), "tokenizer": tokenizer.to_str()})


@click.command()
@click.option("--network", "folder", type=click.Path(path_type=Path), required=True, help="What `train` wrote.")
@click.option("--output", type=click.Path(path_type=Path), required=True, help="The model's file.")
@click.option("--eight-bits/--single", default=True, show_default=True, help="Quantise the weights.")
@click.option("--cases", "data", type=click.Path(path_type=Path), help="What `prepare` wrote: measure on it.")
@click.option("--rows", default=0, help="Development rows of each set to measure on; 0 is all.")
def main(folder: Path, output: Path, eight_bits: bool, data: Path | None, rows: int) -> None:
    """Export, and print what is lost by it."""
    model = make(folder, output, eight_bits)
    size = output.stat().st_size
    result: dict[str, Any] = {"file": str(output), "bytes": size, "sha256": model.sha256, "fits": size <= LIMIT}
    if data:
        by_network = measure.judge_by(network.load(folder), network.open_tokenizer(folder), model.input_format)
        result |= _figures({"network": by_network, "file": partial(_judge, model)}, data, rows)
    click.echo(json.dumps(result, indent=1))


def _judge(model: CrossEncoder, pairs: Sequence[tuple[str, Text]]) -> list[Judgement]:
    return [model.judge(question, [(text.heading, text.sentences)])[0] for question, text in pairs]


def _figures(judges: Mapping[str, Judge], data: Path, rows: int) -> dict[str, dict[str, float]]:
    """What each judge is worth on held-out cases and development rows."""
    chosen = measure.sampled(list(cases.read_rows(data / "dev.jsonl.gz")), rows)
    loaded = cases.load(data)
    result = {}
    for name, judge in judges.items():
        figures = measure.held_out(loaded, judge, 10 * rows or 3000) | measure.development(chosen, judge)
        result[name] = {key: round(value, 4) for key, value in sorted(figures.items())}
    return result


if __name__ == "__main__":
    main()
