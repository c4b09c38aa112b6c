"""The peers' own virtual environment."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from qa.config import PROJECT

HERE = Path(__file__).resolve().parent

OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "LANGSMITH_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "TOKENIZERS_PARALLELISM": "false",
}
"""While a system runs, it fetches and reports nothing. LlamaIndex and txtai report nothing by default."""


class PeerError(Exception):
    """A system cannot be installed or run; the message says why and names the log."""


def make(folder: Path, torch_args: Sequence[str]) -> Path:
    """Make a virtual environment with the project's PyTorch, and return its Python.

    PyTorch is installed first and pinned, so that no later package installs another build of it.

    Raises:
        PeerError: it cannot be made.
    """
    python = folder / "bin" / "python"
    if not python.exists():
        _run([sys.executable, "-m", "venv", str(folder)], folder.parent / "environment.log")
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    torch = next(pin for pin in project["dependencies"] if pin.startswith("torch=="))
    _once(folder / ".torch", torch, [str(python), *_PIP, *torch_args, torch])
    return python


def install(peer: str, python: Path) -> None:
    """Install a peer with the pins of its own file and of `constraints.txt`, unless that is done.

    Raises:
        PeerError: pip failed.
    """
    pins, constraints = HERE / f"{peer}.txt", HERE / "constraints.txt"
    wanted = pins.read_text("utf-8") + constraints.read_text("utf-8")
    command = [str(python), *_PIP, "-r", str(pins), "-c", str(constraints)]
    _once(python.parents[1] / f".{peer}", wanted, command)


_PIP = ("-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off")


def _once(stamp: Path, wanted: str, command: Sequence[str]) -> None:
    """Run a command and write `wanted` into the stamp, unless the stamp has it already."""
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return
    _run(command, stamp.parents[1] / f"install-{stamp.name.removeprefix('.')}.log")
    stamp.write_text(wanted, "utf-8")


def _run(command: Sequence[str], log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as file:
        done = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        raise PeerError(f"installing it failed: {last_line(log)}; all of it is in {log}")


def last_line(log: Path) -> str:
    """The last line of a log, which says what went wrong."""
    lines = log.read_text("utf-8", errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else "nothing was said"


ONE_THREAD = {"OMP_NUM_THREADS": "1"}
"""On a busy machine, threads that wait for one another would measure the other work, not the system."""


def variables(own: bool) -> dict[str, str]:
    """The environment variables of a system's process; only this project's `own` is told where its code is."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "QA_"))}
    return kept | OFFLINE | ONE_THREAD | ({"PYTHONPATH": str(PROJECT)} if own else {})
