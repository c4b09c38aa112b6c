"""`qa doctor`."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path

import click

from qa.cli.shared import AT_FAULT, corpus_option, index_option, json_option, print_json, progress_bar, say, show
from qa.types import nobody


@click.command()
@click.option("--all", "everything", is_flag=True, help="Say of every check what it found, not only of the first ones.")
@click.option("--quick", is_flag=True, help="Do not read every byte of the index and of older generations.")
@json_option
@corpus_option
@index_option
@click.pass_context
def doctor(context: click.Context, everything: bool, quick: bool, as_json: bool, corpus: Path, index: Path) -> None:
    """Check the installation, the models and the index; each finding ends with the command that mends it."""
    from tqdm import tqdm

    from qa.doctor.checks import ALWAYS, look

    failed, silent = False, 0
    with progress_bar("check") if sys.stderr.isatty() else nullcontext(nobody) as progress:
        for finding in look(corpus, index, quick=quick, progress=progress):
            failed |= finding.state == "wrong"
            with tqdm.external_write_mode(file=sys.stdout):
                if as_json:
                    print_json(asdict(finding))
                elif everything or finding.state != "ok" or finding.check in ALWAYS:
                    show(f"{finding.state:5} {finding.check}: {finding.text}".replace("\n", "\n      "))
                else:
                    silent += 1
    if silent:
        say(f"Nothing to tell of {silent} more checks; `qa doctor --all` lists them.")
    if failed:
        context.exit(AT_FAULT)
