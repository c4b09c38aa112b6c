"""`qa doctor`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from qa.cli.shared import AT_FAULT, corpus_option, index_option, show
from qa.types import QAError


@click.command()
@corpus_option
@index_option
@click.pass_context
def doctor(context: click.Context, corpus: Path, index: Path) -> None:
    """Check the installation, the models and the index; each finding ends with the command that mends it."""
    from qa.answers.models import calibration_of, cross_encoder_of
    from qa.config import AskSettings, IndexSettings
    from qa.index import store
    from qa.index.embed import open_encoder
    from qa.index.library import Library
    from qa.papers.bibliography import read_bibliography
    from qa.papers.files import BIBLIOGRAPHY
    from qa.papers.folder import lines_of
    from qa.papers.sources import read_corpus

    settings, ask = IndexSettings(), AskSettings()

    def reads() -> str:
        model = cross_encoder_of(ask)
        if model is None:
            return "by embeddings and words, without a cross-encoder"
        model.judge("test", [("", ["test"])])
        return f"{ask.reader_model.name} reads the first {ask.reader_k} passages"

    def papers() -> str:
        found = read_corpus(corpus)
        return "\n".join([f"{len(found.sources)} papers in {corpus}", *lines_of(found.left_out)])

    def described() -> str:
        found = read_bibliography(corpus / BIBLIOGRAPHY)
        if found.faults:
            raise QAError("\n".join(map(str, found.faults)))
        return f"{len(found.entries)} entries in {BIBLIOGRAPHY}" if found.entries else f"{BIBLIOGRAPHY} has no entry"

    def fresh() -> str:
        found = Library(corpus, index).freshness()
        if found != "fresh":
            raise QAError(f"the index is {found}; run `qa index build`")
        return f"{index} is up to date"

    def sound() -> str:
        problems = store.problems(index)
        if problems:
            raise QAError(problems[0])
        return f"{index} is sound"

    checks: dict[str, Callable[[], str]] = {
        "encoder": lambda: f"{open_encoder(settings.encoder).encode(['test']).shape[1]} dimensions",
        "reader": reads,
        "calibration": lambda: calibration_of(ask, open_encoder(settings.encoder), cross_encoder_of(ask)).fitted_on,
        "corpus": papers,
        "bibliography": described,
        "index": sound,
        "freshness": fresh,
    }
    failed = False
    for name, check in checks.items():
        try:
            state, said = "ok   ", check()
        except QAError as error:
            failed, state, said = True, "wrong", str(error)
        show(f"{state} {name}: {said}".replace("\n", "\n      "))
    if failed:
        context.exit(AT_FAULT)
