"""The encoder without its weights, `qa/index/encoder.onnx`: `python -m qa.training.encoder_graph`.

Written by hand with ONNX Runtime's own operators for attention and normalisation: PyTorch's exporter writes ten times
as many, which ONNX Runtime does not find together again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import onnx
from onnx import TensorProto, helper

from qa.index.embed import package
from qa.index.minilm import GRAPH, HEADS, LAYERS, WEIGHTS, initializers, tensors

_OWN = "com.microsoft"
_EPSILON = 1e-12


def graph() -> onnx.ModelProto:
    """The network: `ids` and `mask`, int32, (texts, tokens), become `vectors`, float32, (texts, 384).

    Its weights, without values, have the names and shapes that `qa.index.minilm.initializers` gives.
    """
    shapes = {name: weight.shape for name, weight in initializers(tensors(package() / WEIGHTS))}
    nodes: list[onnx.NodeProto] = []

    def node(kind: str, inputs: Sequence[str], output: str, domain: str = _OWN, **options: Any) -> str:
        nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **options))
        return output

    def norm(inputs: Sequence[str], output: str) -> str:
        return node("SkipLayerNormalization", inputs, output, epsilon=_EPSILON)

    def pair(name: str) -> list[str]:
        return [f"{name}.weight", f"{name}.bias"]

    tables = ["ids", "", "words", "places", "", *pair("norm")]
    nodes.append(helper.make_node("EmbedLayerNormalization", tables, ["x", "_"], domain=_OWN, epsilon=_EPSILON))
    x = "x"
    for n in range(LAYERS):
        attended = node("Attention", [x, *pair(f"{n}.attention"), "mask"], f"{n}.attended", num_heads=HEADS)
        mix, mix_bias = pair(f"{n}.mix")
        mixed = node("MatMul", [attended, mix], f"{n}.mix", "")
        inner = norm([mixed, x, *pair(f"{n}.mixed"), mix_bias], f"{n}.inner")
        up, up_bias = pair(f"{n}.up")
        wide = node("BiasGelu", [node("MatMul", [inner, up], f"{n}.wide", ""), up_bias], f"{n}.bent")
        down, down_bias = pair(f"{n}.down")
        narrow = node("MatMul", [wide, down], f"{n}.narrow", "")
        x = norm([narrow, inner, *pair(f"{n}.out"), down_bias], f"{n}.x")
    node("Cast", ["mask"], "shown", "", to=TensorProto.FLOAT)
    node("Unsqueeze", ["shown", "last"], "columns", "")
    node("Mul", [x, "columns"], "kept", "")
    node("ReduceSum", ["kept", "tokens"], "sum", "", keepdims=0)
    node("LpNormalization", ["sum"], "vectors", "", axis=1, p=2)  # of unit length, so that the sum will do for the mean
    axes = [helper.make_tensor(name, TensorProto.INT64, [1], [value]) for name, value in (("last", 2), ("tokens", 1))]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT32, ["texts", "length"]) for name in ("ids", "mask")]
    outputs = [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", "width"])]
    whole = helper.make_graph(nodes, "minilm", inputs, outputs, [*map(_open, shapes, shapes.values()), *axes])
    versions = [helper.make_opsetid("", 18), helper.make_opsetid(_OWN, 1)]
    return helper.make_model(whole, opset_imports=versions, ir_version=10)


def _open(name: str, shape: Sequence[int]) -> TensorProto:
    """A weight of single precision whose values are given when the network is opened."""
    tensor = TensorProto(name=name, dims=shape, data_type=TensorProto.FLOAT, data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value="given")
    return tensor


def main() -> None:
    """Write the file."""
    GRAPH.write_bytes(graph().SerializeToString(deterministic=True))


if __name__ == "__main__":
    main()
