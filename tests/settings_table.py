"""The table of settings in `README.md`, made of the classes in `qa/config.py`.

`tests/test_config.py` compares the two. `python -m tests.settings_table` prints the table into README.
"""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from qa import config
from qa.config import PROJECT

README = PROJECT / "README.md"
_HEAD = "| variable | default | meaning |\n|---|---|---|"


class Setting(NamedTuple):
    """A setting: its default, and what stands below it in `qa/config.py`."""

    default: Any
    description: str


def fields() -> Iterator[tuple[str, Setting]]:
    """Every setting with its variable, in the order of `qa/config.py`."""
    described = _descriptions()
    for settings in config._Settings.__subclasses__():
        for one in dataclasses.fields(settings):
            description = described.get((settings.__name__, one.name), "")
            yield one.metadata["variable"], Setting(one.metadata["default"], description)


def _descriptions() -> dict[tuple[str, str], str]:
    """The text below each field of each class."""
    found = {}
    tree = ast.parse(Path(config.__file__).read_text("utf-8"))
    for owner in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        for field, below in pairwise(owner.body):
            if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr):
                assert isinstance(field.target, ast.Name)
                assert isinstance(below.value, ast.Constant)
                found[owner.name, field.target.id] = str(below.value.value)
    return found


def table() -> str:
    """A line for each setting, with the first sentence of its documentation."""
    return "\n".join([_HEAD, *(f"| `{name}` | {_default(field)} | {_meaning(field)} |" for name, field in fields())])


def _default(field: Setting) -> str:
    value = field.default
    if isinstance(value, Path) and value.is_relative_to(PROJECT):
        value = value.relative_to(PROJECT).as_posix()
    shown = str(value).lower() if isinstance(value, bool) else str(value).removesuffix(".0")
    return f"`{shown}`" if shown else ""


def _meaning(field: Setting) -> str:
    return re.split(r"(?<=\.)\s+", " ".join(field.description.split()), maxsplit=1)[0]


def with_table(readme: str) -> str:
    """The text of README with the table as it should be; it must have one."""
    return re.sub(rf"{re.escape(_HEAD)}.*?(?=\n\n)", lambda _: table(), readme, flags=re.DOTALL)


if __name__ == "__main__":
    README.write_text(with_table(README.read_text("utf-8")), "utf-8")
