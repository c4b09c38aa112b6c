"""Networks run by ONNX Runtime: how a session is opened, and the threads that all of them share.

Each input is run alone, on one thread, and several at once: what comes out for it depends on nothing else, to the last
bit, and nothing is padded. On two cores this embeds more tokens a second than batches do (`make bench`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from qa.config import cores

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Vectors = NDArray[np.float32]

_In = TypeVar("_In")
_Out = TypeVar("_Out")


def session(model: bytes | Path, weights: Mapping[str, Vectors] | None = None) -> InferenceSession:
    """Open a network of one thread; `weights` are those that its file leaves to be given, C-contiguous.

    Raises whatever ONNX Runtime does, whose errors have no common root.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    # Weights outside the arena are given back once they are packed for the processor: 16 MB of our two networks'.
    options.add_session_config_entry("session.use_device_allocator_for_initializers", "1")
    if weights:
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(weight) for weight in weights.values()]
        options.add_external_initializers(list(weights), values)
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def each(run: Callable[[_In], _Out], inputs: Iterable[_In]) -> Iterable[_Out]:
    """What `run` makes of each input, in their order; as many run at once as there are cores."""
    return _threads().map(run, inputs)


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=cores(), thread_name_prefix="network")
