"""What a sandbox is made to do in tests."""

from __future__ import annotations

import os

_HELD: list[bytearray] = []


def hold(megabytes: int) -> None:
    """Need memory, and never give it back."""
    _HELD.append(bytearray(megabytes * 2**20))


def need(megabytes: int) -> int:
    """Need memory for a moment."""
    return len(bytearray(megabytes * 2**20))


def number(_: object) -> int:
    """The number of this process."""
    return os.getpid()


def hang(_: object) -> None:
    """Do nothing, for ever."""
    while True:
        pass
