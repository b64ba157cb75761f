"""One library to a few small rows: what is done once a runner, wherever a processor is free.

What goes in and comes out is text (JSON), and no frame leaves the process that made it: so the same
function serves this process, child processes and a cluster, with the same rows.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from runanalytics.cohort.runner import RunnerRow, runner_row
from runanalytics.errors import RunAnalyticsError

if TYPE_CHECKING:
    from runanalytics.library.library import Library


@dataclass(frozen=True)
class Asked:
    """What is asked of every library.

    Parameters
    ----------
    metrics, whats : tuple of str
        Every one of the first is set against every one of the second.
    measure : str
        How doses are counted.
    contrast : float, optional
        How much more a week; by default what about two sessions come to.
    alone : bool
        Whether the other log is left out, which is held as it was otherwise.
    """

    metrics: tuple[str, ...]
    whats: tuple[str, ...]
    measure: str = "sessions"
    contrast: float | None = None
    alone: bool = False

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Metric and dose of each row of a library, in their order."""
        return [(metric, what) for metric in self.metrics for what in self.whats]

    def task(self, runner: str, path: Path) -> str:
        """Return what `rows_of_library` takes, as text.

        Parameters
        ----------
        runner : str
            A name for the runner.
        path : Path
            The library's folder.
        """
        return json.dumps({"runner": runner, "path": str(path), "asked": asdict(self)})


def rows_of_library(task: str) -> str:
    """Return the rows of one library; whatever is wrong with it is a reason in them.

    Parameters
    ----------
    task : str
        From `Asked.task`.

    Returns
    -------
    str
        JSON that `rows_from` reads: one row a pair of metric and dose.
    """
    given = json.loads(task)
    asked = Asked(**given["asked"])
    asked = replace(asked, metrics=tuple(asked.metrics), whats=tuple(asked.whats))
    rows = library_rows(given["runner"], Path(given["path"]), asked)
    return json.dumps([row.to_dict() for row in rows], allow_nan=False)


def rows_from(text: str) -> list[RunnerRow]:
    """Return the rows that `rows_of_library` wrote."""
    return [RunnerRow.from_dict(each) for each in json.loads(text)]


def without_answer(runner: str, asked: Asked, reason: str) -> list[RunnerRow]:
    """Return rows that say why there is no answer.

    Parameters
    ----------
    runner : str
        Whose.
    asked : Asked
        What was asked.
    reason : str
        Why.
    """
    return [RunnerRow(runner, reason=reason) for _ in asked.pairs]


def library_rows(runner: str, path: Path, asked: Asked) -> list[RunnerRow]:
    """Return one row a pair of metric and dose of a library.

    Parameters
    ----------
    runner : str
        A name for the runner.
    path : Path
        The library's folder.
    asked : Asked
        What is asked.
    """
    from runanalytics.library.library import Library

    try:
        library = Library.open(path)
        try:
            if library.runs().empty:
                return without_answer(runner, asked, "there is no library with runs here")
            return _rows(runner, library, asked)
        finally:
            library.close()
    except RunAnalyticsError as error:
        return without_answer(runner, asked, f"cannot be read: {error.message}")
    except Exception as error:
        return without_answer(runner, asked, f"cannot be read: {type(error).__name__}: {error}")


def _rows(runner: str, library: Library, asked: Asked) -> list[RunnerRow]:
    from runanalytics.findings.selection import doses_beside, other_sports

    doses = {what: library.dose(what, asked.measure) for what in asked.whats}
    beside = {
        what: {} if asked.alone else doses_beside(what, asked.measure, library.dose)
        for what in asked.whats
    }
    forms = {metric: library.form(metric) for metric in asked.metrics}
    runs, sports = library.runs(), other_sports(library.dose)
    return [
        runner_row(
            runner,
            forms[metric],
            doses[what],
            runs=runs,
            beside=beside[what],
            sports=sports,
            contrast=asked.contrast,
        )
        for metric, what in asked.pairs
    ]


def by_pair(rows: Sequence[Sequence[RunnerRow]], asked: Asked) -> list[list[RunnerRow]]:
    """Return the rows of each pair of metric and dose, runners in their order.

    Parameters
    ----------
    rows : sequence of sequence of RunnerRow
        Those of each runner.
    asked : Asked
        What was asked.
    """
    return [[each[at] for each in rows] for at in range(len(asked.pairs))]
