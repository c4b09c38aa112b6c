"""The table of settings in `README.md`, made of the models in `qa/config.py`.

`tests/test_config.py` compares the two. `python -m tests.settings_table` prints the table into README.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic.fields import FieldInfo

from qa import config
from qa.config import PROJECT

README = PROJECT / "README.md"
_HEAD = "| variable | default | meaning |\n|---|---|---|"


def fields() -> Iterator[tuple[str, FieldInfo]]:
    """Every setting with its variable, in the order of `qa/config.py`."""
    for model in config._Settings.__subclasses__():
        for name, field in model.model_fields.items():
            yield f"{model.model_config['env_prefix']}{name}".upper(), field


def table() -> str:
    """A line for each setting, with the first sentence of its documentation."""
    return "\n".join([_HEAD, *(f"| `{name}` | {_default(field)} | {_meaning(field)} |" for name, field in fields())])


def _default(field: FieldInfo) -> str:
    value = field.default
    if isinstance(value, Path) and value.is_relative_to(PROJECT):
        value = value.relative_to(PROJECT).as_posix()
    shown = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{shown}`" if shown else ""


def _meaning(field: FieldInfo) -> str:
    return re.split(r"(?<=\.)\s+", " ".join((field.description or "").split()), maxsplit=1)[0]


def with_table(readme: str) -> str:
    """The text of README with the table as it should be; it must have one."""
    return re.sub(rf"{re.escape(_HEAD)}.*?(?=\n\n)", lambda _: table(), readme, flags=re.DOTALL)


if __name__ == "__main__":
    README.write_text(with_table(README.read_text("utf-8")), "utf-8")
