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
from qa.index.minilm import GRAPH, HEADS, LAYERS, WEIGHTS, WIDTH, initializers, tensors

_OWN = "com.microsoft"
_EPSILON = 1e-12


def graph() -> onnx.ModelProto:
    """The network: the embeddings of tokens, float32, (texts, tokens, 384), become vectors, float32, (texts, 384).

    All texts must have the same number of tokens. The weights, without values, have the names and shapes that
    `qa.index.minilm.initializers` gives.
    """
    shapes = {name: weight.shape for name, weight in initializers(tensors(package() / WEIGHTS))}
    nodes: list[onnx.NodeProto] = []

    def node(kind: str, inputs: Sequence[str], output: str, domain: str = "", **options: Any) -> str:
        nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **options))
        return output

    def pair(name: str) -> list[str]:
        return [f"{name}.weight", f"{name}.bias"]

    x = node("LayerNormalization", ["embedded", *pair("norm")], "x", epsilon=_EPSILON)
    for n in range(LAYERS):
        attended = node("Attention", [x, *pair(f"{n}.attention")], f"{n}.attended", _OWN, num_heads=HEADS)
        mix, mix_bias = pair(f"{n}.mix")
        mixed = [node("MatMul", [attended, mix], f"{n}.mix"), x, *pair(f"{n}.mixed"), mix_bias]
        inner = node("SkipLayerNormalization", mixed, f"{n}.inner", _OWN, epsilon=_EPSILON)
        up, up_bias = pair(f"{n}.up")
        wide = node("BiasGelu", [node("MatMul", [inner, up], f"{n}.wide"), up_bias], f"{n}.bent", _OWN)
        down, down_bias = pair(f"{n}.down")
        narrow = [node("MatMul", [wide, down], f"{n}.narrow"), inner, *pair(f"{n}.out"), down_bias]
        x = node("SkipLayerNormalization", narrow, f"{n}.x", _OWN, epsilon=_EPSILON)
    node("ReduceSum", [x, "tokens"], "sum", keepdims=0)
    node("LpNormalization", ["sum"], "vectors", axis=1, p=2)  # of unit length, so that the sum will do for the mean
    axis = helper.make_tensor("tokens", TensorProto.INT64, [1], [1])
    inputs = [helper.make_tensor_value_info("embedded", TensorProto.FLOAT, ["texts", "length", WIDTH])]
    outputs = [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", WIDTH])]
    whole = helper.make_graph(nodes, "minilm", inputs, outputs, [*map(_open, shapes, shapes.values()), axis])
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
