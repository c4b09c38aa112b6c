"""The sets by name, each with an index of its own texts."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

from qa.evaluation.questions import Question
from qa.evaluation.sets import asked, covidqa, scifact, squad_clapnq
from qa.evaluation.sets.corpora import sampled
from qa.index.library import Library
from qa.types import Progress, QuestionSetError

Name = Literal["covidqa", "scifact", "clapnq", "squad2", "asked", "asked-own"]
NAMES: tuple[str, ...] = get_args(Name)


def prepare(name: Name, data: Path, sample: int | None, work: Path, progress: Progress) -> tuple[list[Question], Path]:
    """The questions of a set, and the folder of an index of its texts, which is built or updated under `work`.

    Raises:
        QuestionSetError: a file of the set is missing or cannot be read.
    """
    shared = name.removesuffix("-own") if name in ("covidqa", "asked", "asked-own") else ""  # any sample's papers
    folder = work / (shared or (name if sample is None else f"{name}-{sample}"))
    try:
        if name == "covidqa":
            covidqa.write_corpus(data, folder / "corpus")
            questions = covidqa.load_questions(data, sample)
        elif name == "scifact":
            questions = scifact.load(data, folder / "corpus", sample)
        elif name in ("asked", "asked-own"):
            papers = asked.load_papers(data / "dev_papers.jsonl.gz")
            asked.write_corpus(papers, folder / "corpus")
            rows = asked.load_asked(data / "dev_questions.jsonl.gz")
            questions = sampled(list(asked.questions_of(rows, papers, own=name == "asked-own")), sample)
        else:
            questions = squad_clapnq.load(name, data, folder / "corpus", sample)
    except (KeyError, TypeError, ValueError) as error:
        reason = f"{data} has no files of {name} as they are expected ({error!r})"
        raise QuestionSetError(f"{reason}; --data names the folder that has them") from error
    Library(folder / "corpus", folder / "index").update(progress=progress)
    return questions, folder / "index"
