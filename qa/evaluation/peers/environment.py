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
"""Nothing is fetched and nothing reported while a system runs. LlamaIndex and txtai report nothing by themselves."""


class PeerError(Exception):
    """A system cannot be installed or run; the message says why and where all of its words are."""


def make(folder: Path, torch_args: Sequence[str]) -> Path:
    """The Python of an environment in the folder that has the project's PyTorch, and nothing else yet.

    PyTorch comes first and pinned: what is installed later then pulls no other build of it.

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
    """Install a peer by the pins of its own file and of `constraints.txt`, if that is not done already.

    Raises:
        PeerError: pip could not.
    """
    pins, constraints = HERE / f"{peer}.txt", HERE / "constraints.txt"
    wanted = pins.read_text("utf-8") + constraints.read_text("utf-8")
    command = [str(python), *_PIP, "-r", str(pins), "-c", str(constraints)]
    _once(python.parents[1] / f".{peer}", wanted, command)


_PIP = ("-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off")


def _once(stamp: Path, wanted: str, command: Sequence[str]) -> None:
    """Run a command unless the stamp says that it was run with the same wish."""
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
    """The last words of a log, which say what went wrong."""
    lines = log.read_text("utf-8", errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else "nothing was said"


ONE_THREAD = {"OMP_NUM_THREADS": "1"}
"""On a machine with other work, threads that wait for one another measure that work and not the system."""


def variables(own: bool) -> dict[str, str]:
    """The environment variables of a system's process; only this project's `own` may see where its code is."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "QA_"))}
    return kept | OFFLINE | ONE_THREAD | ({"PYTHONPATH": str(PROJECT)} if own else {})
