"""The commands: data goes to standard output, messages for people to standard error.

Exit codes: 0 done, 1 the question had no answer in the documents, 2 the call was wrong, 3 the input or the index was
at fault. Modules that load slowly are imported inside the commands that need them, so that `qa --help` is quick.

shared       What the commands share: exit codes, options, how they speak, how far they are
asking       `qa ask` and `qa search`
building     `qa index`: papers in and out, building, watching, publishing
citing       `qa cite`: what has become of the quotes that a permanent link leads to
doctor       `qa doctor`
evaluating   `qa eval`
generations  `qa index` on what was published: status, verify, history, going back, deleting, comparing
papers       `qa passages` and `qa show`: what was read of the papers
serving      `qa serve` and `qa mcp`
"""

from __future__ import annotations

import gc
import os
import sys

import click

from qa.cli.asking import ask, search
from qa.cli.building import add, build, remove, update, watch
from qa.cli.citing import cite
from qa.cli.doctor import doctor
from qa.cli.evaluating import evaluate
from qa.cli.generations import diff, history, prune, rollback, status, verify
from qa.cli.papers import passages, show_document
from qa.cli.serving import mcp, serve
from qa.cli.shared import Group

_GARBAGE = (50_000, 20, 50)
"""Python looks for garbage after so many new objects. After 700, its default, it would look 400 times while modules are
imported, which takes 0.1 s. Set by hand on 2026-11-27."""
_READERS = (["ask"], ["search"], ["mcp"])
"""Commands that write nothing but to the two streams, which are flushed. So the process may end without Python taking
models and modules apart, for another 0.1 s."""


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="qa", prog_name="qa")
def cli() -> None:
    """Ask your own papers, and get answers in their own words."""


@cli.group()
def index() -> None:
    """Build the index, look after it, go back."""


for command in (build, add, update, remove, watch, status, verify, history, rollback, prune, diff):
    index.add_command(command)
for command in (ask, search, cite, passages, show_document, evaluate, doctor, serve, mcp):
    cli.add_command(command)


def main() -> None:
    """The console script `qa`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    gc.set_threshold(*_GARBAGE)
    try:
        cli()
    except SystemExit as done:
        if sys.argv[1:2] not in _READERS:
            raise
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(done.code or 0))
