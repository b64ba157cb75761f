"""Several runners' libraries: the coach's table, the pooled answer, and their PDF."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from runanalytics.errors import RunAnalyticsError, UsageError
from runanalytics.processes import cores

if TYPE_CHECKING:
    import pandas as pd

    from runanalytics.cohort.group import Cohort
    from runanalytics.cohort.runner import RunnerRow
    from runanalytics.libraries.executors import Done, TextFunction
    from runanalytics.libraries.stage_one import Asked
    from runanalytics.library.ingest.report import ImportReport

    #: Called with how many runners are done, of how many, and the name of the last.
    Progress = Callable[[int, int, str], None]

#: What makes a folder a library.
_CATALOGUE = "catalogue.sqlite"
#: Control characters and line breaks.
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Libraries:
    """The libraries of several runners, each opened only while it is read.

    Parameters
    ----------
    folders : mapping of str to path
        Each library's folder, by a name for the runner.

    Examples
    --------
    >>> import tempfile
    >>> group = Libraries({"nobody": tempfile.mkdtemp()})
    >>> (found,) = group.cohort("cadence", "strength", workers=0)
    >>> found.verdict, found.roster["look"].iloc[0]
    ('not enough data', 'there is no library with runs here')
    """

    def __init__(self, folders: Mapping[str, str | os.PathLike[str]]) -> None:
        self.folders = {name: Path(path).expanduser().resolve() for name, path in folders.items()}

    @classmethod
    def open(cls, paths: Iterable[str | os.PathLike[str]]) -> Self:
        """Name the libraries in some folders.

        Parameters
        ----------
        paths : iterable of path
            Libraries, and folders of them. A runner is called as the folder is, with the folders
            above it where two are called alike.

        Raises
        ------
        UsageError
            If a path is no folder, or there is none.
        """
        found: list[Path] = []
        for given in paths:
            path = Path(given).expanduser().resolve()
            if not path.is_dir():
                raise UsageError(
                    "is no folder", where=str(given), hint="name libraries, or a folder of them"
                )
            found += _libraries_in(path)
        if not found:
            raise UsageError("no library is named", hint="name libraries, or a folder of them")
        folders = list(dict.fromkeys(found))
        return cls(dict(zip(_told_apart(folders), folders, strict=True)))

    def __len__(self) -> int:
        return len(self.folders)

    def __repr__(self) -> str:
        return f"Libraries({', '.join(self.folders)})"

    def rows(
        self,
        metrics: str | Iterable[str] = "contact-time",
        of: str | Iterable[str] = "strength",
        *,
        measure: str = "sessions",
        contrast: float | None = None,
        alone: bool = False,
        workers: int | None = None,
        dask: str | None = None,
        executor: Any = None,
        resume: str | os.PathLike[str] | None = None,
        progress: Progress | None = None,
    ) -> list[list[RunnerRow]]:
        """Return one small row of each runner for each pair of metric and dose.

        Parameters
        ----------
        metrics, of : str or iterable of str
            Names of metrics and doses; in one text they are separated by commas.
        measure : str
            As for `Library.dose`.
        contrast : float, optional
            How much more a week, in the measure; by default what about two sessions come to.
        alone : bool
            Leave out what else is logged over the same weeks.
        workers : int, optional
            Processes at once; by default one a core. 0 works everything out in this one.
        dask : str, optional
            Address of a Dask scheduler whose workers see the same folders, in place of processes.
        executor : optional
            Anything with a method `map`, in place of both.
        resume : path, optional
            A file of rows: those of unchanged libraries are taken from it, others are added.
        progress : callable, optional
            Called with (runners done, runners, name) after each.

        Returns
        -------
        list of list of RunnerRow
            One list a pair, metrics first; runners in their order. A library that cannot be read
            has a row with the reason.

        Raises
        ------
        UsageError
            If a metric or dose is unknown, the file holds something else, or no scheduler answers.
        """
        from runanalytics.libraries import executors
        from runanalytics.libraries.kept import Kept, state_of
        from runanalytics.libraries.stage_one import (
            by_pair,
            rows_from,
            rows_of_library,
            without_answer,
        )

        asked = _asked(metrics, of, measure, contrast, alone)
        if workers is not None and workers < 0:
            raise UsageError(f"{workers} workers", hint="name 0 or more")

        def run(function: TextFunction, tasks: Sequence[str]) -> Iterator[Done]:
            if executor is not None:
                return executors.through(executor, function, tasks)
            if dask is not None:
                return executors.on_dask(dask, function, tasks)
            number = cores() if workers is None else workers
            if number == 0:
                return executors.here(function, tasks)
            return executors.in_processes(number, function, tasks)

        kept = Kept(None if resume is None else Path(resume).expanduser(), asked)
        try:
            found: dict[str, list[RunnerRow]] = {}
            for name, folder in self.folders.items():
                if (text := kept.rows(name, folder)) is not None:
                    found[name] = rows_from(text)
            missing = [name for name in self.folders if name not in found]
            states = {name: state_of(self.folders[name]) for name in missing}
            tasks = [asked.task(name, self.folders[name]) for name in missing]
            for at, answer in run(rows_of_library, tasks):
                name = missing[at]
                if isinstance(answer, executors.Died):
                    found[name] = without_answer(name, asked, answer.reason)
                else:
                    found[name] = rows_from(answer)
                    kept.keep(name, self.folders[name], states[name], answer)
                if progress is not None:
                    progress(len(found), len(self.folders), name)
        finally:
            kept.close()
        return by_pair([found[name] for name in self.folders], asked)

    def cohort(
        self,
        metrics: str | Iterable[str] = "contact-time",
        of: str | Iterable[str] = "strength",
        *,
        about: pd.DataFrame | str | os.PathLike[str] | None = None,
        level: float = 0.95,
        **options: Any,
    ) -> list[Cohort]:
        """Estimate what goes along with doses in all runners, and say who needs a look.

        Parameters
        ----------
        metrics, of
            As for `rows`.
        about : DataFrame or path, optional
            A table (CSV) of what the change may differ by: a column "runner" with the names of
            their folders, and others such as sex and level.
        level : float
            Of the intervals, between 0 and 1.
        **options
            As for `rows`.

        Returns
        -------
        list of Cohort
            One a pair of metric and dose, metrics first; p corrected for how many there are.
        """
        from runanalytics.cohort.group import correct_groups, pool_rows

        table = _read_about(Path(about)) if isinstance(about, str | os.PathLike) else about
        every = self.rows(metrics, of, **options)
        return correct_groups([pool_rows(rows, level=level, about=table) for rows in every])

    @staticmethod
    def unread(groups: Sequence[Cohort]) -> list[str]:
        """Return the runners whose libraries could not be read."""
        return sorted({name for each in groups for name in each.unread})

    @staticmethod
    def csv(groups: Sequence[Cohort]) -> str:
        """Return who needs a look, and what all say together, as CSV.

        Parameters
        ----------
        groups : sequence of Cohort
            From `cohort`. Of anonymous ones only what all say together is there.

        Returns
        -------
        str
            One line a runner, metric and dose; cells that a spreadsheet would run are guarded.
        """
        import pandas as pd

        from runanalytics.library.corrections.edited_file import guarded

        parts = []
        for group in groups:
            roster = group.roster_table()
            whole = group.table().tail(2)
            part = whole if roster.empty else roster
            part.insert(0, "metric", group.metric)
            part.insert(1, "what", group.what)
            parts.append(part)
        table = pd.concat(parts, ignore_index=True)
        words = [name for name in table if pd.api.types.is_string_dtype(table[name])]
        for name in words:
            table[name] = [
                guarded(cell) if isinstance(cell, str) and cell else cell for cell in table[name]
            ]
        return str(table.to_csv(index=False, lineterminator="\n"))

    @staticmethod
    def report(
        groups: Sequence[Cohort], path: str | os.PathLike[str], *, paper: str = "a4"
    ) -> Path:
        """Write what `cohort` found as PDF.

        Parameters
        ----------
        groups : sequence of Cohort
            What was found.
        path : path
            The PDF; an older one there is replaced once the new one is whole.
        paper : {"a4", "letter"}
            Size of the pages.

        Returns
        -------
        Path
            The PDF.

        Raises
        ------
        UsageError
            If `paper` is unknown, or the name does not end in .pdf.
        LibraryError
            If the PDF cannot be written.
        """
        from runanalytics.report.group import build_group_report

        return build_group_report(groups, path, paper=paper)

    @classmethod
    def add(
        cls,
        folder: str | os.PathLike[str],
        into: str | os.PathLike[str],
        *,
        timezone: str | None = None,
        units: str | None = None,
        progress: Progress | None = None,
    ) -> dict[str, ImportReport | RunAnalyticsError]:
        """Import each sub-folder of a folder into a library of its own.

        Parameters
        ----------
        folder : path
            One sub-folder a runner, with the runner's files.
        into : path
            Where the libraries go, one a runner, called as the sub-folder is.
        timezone, units : str, optional
            As for `Library.add`.
        progress : callable, optional
            As for `rows`.

        Returns
        -------
        dict of str to ImportReport or RunAnalyticsError
            What became of each runner's files; one that fails stops nobody.

        Raises
        ------
        UsageError
            If there is no such folder, or it has no sub-folder.
        """
        from runanalytics.library.library import Library

        root, target = Path(folder).expanduser().resolve(), Path(into).expanduser().resolve()
        runners = _sub_folders(root) if root.is_dir() else []
        runners = [each for each in runners if each != target]
        if not runners:
            raise UsageError(
                "has no sub-folder" if root.is_dir() else "is no folder",
                where=str(folder),
                hint="name a folder with a folder of files for each runner",
            )
        found: dict[str, ImportReport | RunAnalyticsError] = {}
        for number, runner in enumerate(runners, start=1):
            name = _name(runner)
            try:
                library = Library.open(target / runner.name)
                try:
                    found[name] = library.add(runner, timezone=timezone, units=units)
                finally:
                    library.close()
            except RunAnalyticsError as error:
                found[name] = error
            if progress is not None:
                progress(number, len(runners), name)
        return found

    @staticmethod
    def import_in_words(outcome: ImportReport | RunAnalyticsError) -> tuple[bool, str]:
        """Return whether all of a runner's files were read, and what became of them."""
        if isinstance(outcome, RunAnalyticsError):
            return False, str(outcome)
        return outcome.exit_status == 0, outcome.summary()


def _asked(
    metrics: str | Iterable[str],
    of: str | Iterable[str],
    measure: str,
    contrast: float | None,
    alone: bool,
) -> Asked:
    from runanalytics.libraries.stage_one import Asked
    from runanalytics.measures.metrics import METRICS, drifting, grade_adjusted, metric_name
    from runanalytics.movements import members

    columns = tuple(
        METRICS[metric_name(name)].column
        if drifting(name) is grade_adjusted(name) is None
        else name
        for name in _names(metrics, "metric")
    )
    whats = tuple(_names(of, "dose"))
    for what in whats:
        members(what)  # refuses what is no dose
    if contrast is not None and not contrast > 0:
        raise UsageError(f"a contrast of {contrast}", hint="it must be above 0")
    return Asked(columns, whats, measure, contrast, alone)


def _names(given: str | Iterable[str], noun: str) -> list[str]:
    each = given.split(",") if isinstance(given, str) else list(given)
    names = list(dict.fromkeys(name.strip() for name in each if name.strip()))
    if not names:
        raise UsageError(f"no {noun} is named")
    return names


def _told_apart(folders: Sequence[Path]) -> list[str]:
    """Return a name of each folder, with as many of those above it as tell it from the others."""
    names, above = [_name(folder) for folder in folders], list(folders)
    for _ in range(max(len(folder.parts) for folder in folders)):
        counts = Counter(names)
        for place, name in enumerate(names):
            if counts[name] > 1:
                above[place] = above[place].parent
                names[place] = f"{_name(above[place])}/{name}"
    # Bytes that are no text may be shown as what another folder is called.
    seen = Counter[str]()
    for place, name in enumerate(names):
        seen[name] += 1
        names[place] = name if seen[name] == 1 else f"{name} ({seen[name]})"
    return names


def _name(folder: Path) -> str:
    """Return a folder's name as text on one line: names of files may hold any bytes."""
    text = os.fsencode(folder.name).decode("utf-8", "backslashreplace")
    return _BREAKS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _libraries_in(path: Path) -> list[Path]:
    """Return a library, or those in a folder of them: each of its sub-folders is a runner."""
    if (path / _CATALOGUE).exists():
        return [path]
    return _sub_folders(path) or [path]


def _sub_folders(path: Path) -> list[Path]:
    return sorted(
        each for each in path.iterdir() if each.is_dir() and not each.name.startswith(".")
    )


def _read_about(path: Path) -> pd.DataFrame:
    import pandas as pd

    try:
        table = pd.read_csv(path, sep=None, engine="python", encoding="utf-8-sig")
        if "runner" not in table:
            raise ValueError("no column 'runner'")
        return table
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(
            f"cannot be read ({reason})",
            where=str(path),
            hint="give a CSV with a column 'runner', and others such as sex and level",
        ) from error
