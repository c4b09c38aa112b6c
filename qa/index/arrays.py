"""Arrays in `.npy` files, opened by one thread at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.papers.rules import PARSING


def mapped(path: Path) -> NDArray[Any]:
    """The array in a file, mapped into memory: nothing of it is read before it is needed.

    Raises:
        OSError: the file cannot be read.
        ValueError: it holds no array.
    """
    with PARSING:  # NumPy reads what the file says of the array as a Python expression
        array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return array


def read(path: Path) -> NDArray[Any]:
    """The array in a file, in memory. Raises as `mapped`."""
    return np.array(mapped(path))
