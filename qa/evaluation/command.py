"""One evaluation from call to printed text: the work behind `qa eval`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.answers.assistant import Assistant
from qa.answers.caches import Caches
from qa.config import GATES
from qa.evaluation import report, table
from qa.evaluation.ablation import ablation
from qa.evaluation.compare_runs import compare
from qa.evaluation.gates import Gate, Verdict, judge, load_gates
from qa.evaluation.keys import key_of
from qa.evaluation.questions import Question, load_questions
from qa.evaluation.results import load_results, results
from qa.evaluation.run import Outcome, run, run_together
from qa.evaluation.sets.named import Name, prepare
from qa.types import Progress, QuestionSetError


@dataclass(frozen=True, slots=True)
class Run:
    """What to evaluate: a question set on an index, or, if `name` is given, a set of other people's.

    A set of other people's is read from `data`, all of it or a `sample`; its index is built in `work`. Otherwise the
    published generation of `index` is asked, unless another `generation` is named.
    """

    questions: Path | None
    index: Path
    report: Path | None = None
    baseline: Path | None = None
    gates: Path | None = None
    split: str | None = None
    name: Name | None = None
    data: Path | None = None
    sample: int | None = None
    work: Path = Path("reports/sets")
    generation: str | None = None
    ablation: bool = True


@dataclass(frozen=True, slots=True)
class Opened:
    """A run that is ready: the questions, whom they are asked, the name of the set, and the key of the outcomes.

    The key is empty for a set of other people's.
    """

    questions: Sequence[Question]
    assistant: Assistant
    name: str
    key: str


@dataclass(frozen=True, slots=True)
class Done:
    """The text to print, the files that were written, and the verdicts of the gates."""

    text: str
    files: tuple[Path, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def passed(self) -> bool:
        """Whether every gate was passed."""
        return all(verdict.passed for verdict in self.verdicts)


def evaluate(wanted: Run, progress: Progress, caches: Caches | None = None, opened: Opened | None = None) -> Done:
    """Run, measure, compare and judge; write the report if one is wanted. Only a report has an ablation.

    Questions are asked one after the other, as a user's are, and timed. But with caches that recall, what the models
    have read before is not read again, several questions are asked at once, and nothing is timed. The run is opened
    unless it is given `opened`.

    Raises:
        QuestionSetError: the questions, the baseline, the gates or the report's folder are at fault.
        StoreError, ModelError: as for asking, or the caches cannot be written.
    """
    before = load_results(wanted.baseline) if wanted.baseline else None
    gates = gates_of(wanted)
    opened = opened or open_run(wanted, progress)
    questions, assistant = opened.questions, opened.assistant
    outcomes = _asked(questions, assistant, caches, progress)
    progress(len(questions), len(questions), "measuring")
    rows = ablation(outcomes, assistant) if wanted.report and wanted.ablation else ()
    found = results(outcomes, assistant, opened.name, rows, opened.key)
    comparison = compare(before, found) if before else None
    progress(len(questions), len(questions), "judging")
    verdicts = judge(gates, found, before)
    parts = [table.render(found)]
    parts += [table.compared(comparison)] if comparison else []
    parts += [table.judged(verdicts)] if verdicts else []
    files = report.write(wanted.report, found, verdicts, comparison) if wanted.report else []
    return Done("\n\n".join(parts), tuple(files), tuple(verdicts))


def gates_of(wanted: Run) -> list[Gate]:
    """The gates of a run, or the project's own, if there are any. Raises `QuestionSetError` as `load_gates` does."""
    return load_gates(wanted.gates or GATES, wanted.questions) if wanted.gates or GATES.is_file() else []


def open_run(wanted: Run, progress: Progress) -> Opened:
    """Open the index and read the questions. Raises as `evaluate` does."""
    if wanted.name:
        assert wanted.data
        questions, index = prepare(wanted.name, wanted.data, wanted.sample, wanted.work, progress)
        assistant, name = Assistant.open(index), str(wanted.name)
    else:
        assert wanted.questions
        assistant, name = Assistant.open(wanted.index, generation=wanted.generation), wanted.questions.name
        questions = load_questions(wanted.questions, assistant.documents)
    questions = [question for question in questions if wanted.split in (None, question.split)]
    if not questions:
        raise QuestionSetError(f"{name} has no questions in the half {wanted.split!r}; ask without --split")
    key = key_of(wanted.questions, assistant, wanted.split) if wanted.questions else ""
    return Opened(questions, assistant, name, key)


def _asked(
    questions: Sequence[Question], assistant: Assistant, caches: Caches | None, progress: Progress
) -> Sequence[Outcome]:
    """The outcomes. Caches are saved even if the run is broken off."""
    if caches is None:
        return run(_counted(questions, progress), assistant)
    cached = Assistant(assistant.index, assistant.generation, caches.around(assistant.models), assistant.settings)
    try:
        if caches.recall:
            return run_together(questions, cached, progress)
        return run(_counted(questions, progress), cached)
    finally:
        caches.save()


def _counted(questions: Sequence[Question], progress: Progress) -> Iterator[Question]:
    for done, question in enumerate(questions):
        progress(done, len(questions), question.id)
        yield question
