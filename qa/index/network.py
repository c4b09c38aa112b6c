"""Networks run by ONNX Runtime: how a session is opened, and the threads that all of them share.

Each input is run alone, on one thread, and several at once: what comes out for it depends on nothing else, to the last
bit, and nothing is padded. On two cores this embeds more tokens a second than batches do (`make bench`).
"""

from __future__ import annotations

import ctypes
import platform
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
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
    opened = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    _give_back()
    return opened


def _give_back() -> None:
    """Let the system have the memory in which weights were unpacked: 30 MB, which glibc keeps for later."""
    if sys.platform == "linux":
        with suppress(AttributeError):  # musl has no such function, nor keeps as much
            ctypes.CDLL(None).malloc_trim(0)


@cache
def processor() -> str:
    """The kind of processor: kernels, and so the last bits of what a network gives, depend on its vector extensions.

    They are named where the system tells them (Linux), and the processor is where it does not.
    """
    try:
        told = dict(line.split(":", 1) for line in _CPUINFO.read_text("utf-8").split("\n\n")[0].splitlines())
    except (OSError, ValueError):
        return f"{platform.machine()} {platform.processor()}"
    known = {name.strip(): value.split() for name, value in told.items()}
    flags = known.get("flags") or known.get("Features") or []  # as x86 and ARM call them
    vectors = sorted(flag for flag in flags if _VECTORS.match(flag))
    return " ".join([platform.machine(), *known.get("model name", []), *vectors])


_CPUINFO = Path("/proc/cpuinfo")
_VECTORS = re.compile(r"amx|asimd|avx|bf16|f16c|fma|i8mm|sme(?!p)|ss?se|sve")
"""How the names of vector extensions begin, on x86 and ARM."""


def each(run: Callable[[_In], _Out], inputs: Iterable[_In]) -> Iterable[_Out]:
    """What `run` makes of each input, in their order; as many run at once as there are cores."""
    return _threads().map(run, inputs)


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=cores(), thread_name_prefix="network")
