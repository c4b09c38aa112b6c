"""One evaluation from call to printed text: the work behind `qa eval`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.answers.assistant import Assistant
from qa.config import GATES
from qa.evaluation import report, table
from qa.evaluation.ablation import ablation
from qa.evaluation.compare_runs import compare
from qa.evaluation.gates import Verdict, judge, load_gates
from qa.evaluation.questions import Question, load_questions
from qa.evaluation.results import load_results, results
from qa.evaluation.run import run
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
class Done:
    """The text to print, the files that were written, and the verdicts of the gates."""

    text: str
    files: tuple[Path, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def passed(self) -> bool:
        """Whether every gate was passed."""
        return all(verdict.passed for verdict in self.verdicts)


def evaluate(wanted: Run, progress: Progress) -> Done:
    """Run, measure, compare and judge; write the report if one is wanted. Only a report has an ablation.

    Raises:
        QuestionSetError: the questions, the baseline, the gates or the report's folder are at fault.
        StoreError, ModelError: as for asking.
    """
    before = load_results(wanted.baseline) if wanted.baseline else None
    gates = load_gates(wanted.gates or GATES, wanted.questions) if wanted.gates or GATES.is_file() else []
    questions, assistant, name = _opened(wanted, progress)
    outcomes = run(_counted(questions, progress), assistant)
    rows = ablation(outcomes, assistant) if wanted.report and wanted.ablation else ()
    found = results(outcomes, assistant, name, rows)
    comparison = compare(before, found) if before else None
    verdicts = judge(gates, found, before)
    parts = [table.render(found)]
    parts += [table.compared(comparison)] if comparison else []
    parts += [table.judged(verdicts)] if verdicts else []
    files = report.write(wanted.report, found, verdicts, comparison) if wanted.report else []
    return Done("\n\n".join(parts), tuple(files), tuple(verdicts))


def _opened(wanted: Run, progress: Progress) -> tuple[list[Question], Assistant, str]:
    """The questions, whom they are asked, and the name of the set."""
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
    return questions, assistant, name


def _counted(questions: Sequence[Question], progress: Progress) -> Iterator[Question]:
    for done, question in enumerate(questions):
        progress(done, len(questions), question.id)
        yield question
    progress(len(questions), len(questions), "measuring")
