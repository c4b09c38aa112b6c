"""Data sets become cases and development rows: `python -m qa.training.prepare`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from qa.index.embed import OURS, open_encoder
from qa.training import asked, cases, development
from qa.training.cases import Case
from qa.training.convert import convert
from qa.training.library import convert as convert_library
from qa.training.negatives import complete


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Folder of the training sets.")
@click.option("--dev", type=click.Path(path_type=Path), help="Folder of the sets to measure on, never trained on.")
@click.option("--asked", "papers", type=click.Path(path_type=Path), help="Folder of questions on whole papers.")
@click.option("--library", type=click.Path(path_type=Path), help="File of further papers, which do not answer them.")
@click.option("--output", type=click.Path(path_type=Path), required=True, help="Folder for cases and rows.")
@click.option("--encoder/--no-encoder", "meaning", default=True, help="Find negatives by the encoder too (slow).")
@click.option("--unjudged", is_flag=True, help="Add unjudged cases of the library, for a teacher to judge.")
@click.option("--sample", default=0, help="Questions of COVID-QA to measure on; 0 is all.")
def main(
    data: Path,
    dev: Path | None,
    papers: Path | None,
    library: Path | None,
    output: Path,
    meaning: bool,
    unjudged: bool,
    sample: int,
) -> None:
    """Write cases.jsonl.gz and texts.jsonl.gz, and with --dev also dev.jsonl.gz."""
    if unjudged and not (papers and library):
        raise click.UsageError("--unjudged needs --asked and --library")
    output.mkdir(parents=True, exist_ok=True)
    encoder = open_encoder(OURS) if meaning else None
    raw = convert(data, development.without(dev) if dev else ())
    raw += asked.convert(papers, library, encoder) if papers else []
    raw += convert_library(papers, library, encoder) if unjudged and papers and library else []
    made = complete(raw, encoder)
    cases.save(made, output)
    for name in sorted({case.set for case in made.cases}):
        click.echo(_counts(name, [case for case in made.cases if case.set == name]), err=True)
    if dev:
        new = output / "dev.new"
        cases.write_rows(new, development.rows(dev, output, sample, papers))
        new.replace(output / "dev.jsonl.gz")
    click.echo(f"{len(made.cases)} cases with {len(made.texts)} texts are in {output}", err=True)


def _counts(name: str, of_set: Sequence[Case]) -> str:
    answered = sum(bool(case.found) for case in of_set)
    held_out = sum(case.held_out for case in of_set)
    return f"{name:15} {len(of_set):6} questions, {answered:6} answered, {held_out:4} held out"


if __name__ == "__main__":
    main()
