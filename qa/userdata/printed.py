"""A page for printing, made of a template beside this file; all that is put into it is escaped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from qa.text import visible

Filters = Mapping[str, Callable[..., Any]]
"""What a template may call, by name."""


def page(template: str, filters: Filters, **values: Any) -> str:
    """The HTML of a template, which loads nothing. A value that the template names and that is missing is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        finalize=lambda value: visible(str(value)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= filters
    return environment.get_template(template).render(**values)
