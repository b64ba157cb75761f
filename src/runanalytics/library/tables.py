"""The tables of one athlete's library, and what follows from them: form, drift, doses, adherence.

Nothing here writes, and nothing is concluded from the tables: `runanalytics.library.library` adds
the verbs and the findings.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from runanalytics.arguments import checked_methods
from runanalytics.errors import DamagedLibraryError, LibraryError, UsageError
from runanalytics.importers.accounts import counted
from runanalytics.library.diary import DiaryReader
from runanalytics.library.folder import LibraryFolder
from runanalytics.library.storage.words import CLAIMS

if TYPE_CHECKING:
    import pandas as pd

    from runanalytics.claims import Claim
    from runanalytics.library.corrections.movements import Corrections
    from runanalytics.library.movement_use import MovementUse
    from runanalytics.movements import Movement, Programme


@checked_methods
class LibraryTables:
    """One athlete's runs, sessions and races, read as frames of `runanalytics.schema`.

    A library that does not exist yet has empty tables.

    Attributes
    ----------
    opened : LibraryFolder
        The open folder, for functions that work on what is stored.

    Examples
    --------
    >>> import tempfile
    >>> library = LibraryTables.open(tempfile.mkdtemp())
    >>> len(library.runs())
    0
    """

    def __init__(self, folder: Path) -> None:
        if not isinstance(folder, Path):
            raise UsageError(
                "a library is opened by its folder", hint=f"write Library.open({folder!r})"
            )
        self.opened = LibraryFolder(folder, DiaryReader())

    @classmethod
    def open(cls, path: str | os.PathLike[str] | None = None) -> Self:
        """Open the library in a folder.

        Parameters
        ----------
        path : path, optional
            The library's folder. Default: the platform's folder for user data.

        Raises
        ------
        LibraryError
            If the path is a file, or the library was made by a newer version.
        """
        if path is None:
            import platformdirs

            path = platformdirs.user_data_path("runanalytics", appauthor=False)
        folder = Path(path).expanduser().resolve()
        if folder.exists() and not folder.is_dir():
            raise LibraryError(
                "a library is a folder, and this is a file", where=str(folder), hint="name a folder"
            )
        library = cls(folder)
        with suppress(DamagedLibraryError):  # `verify` and `rebuild` are for just that
            library.opened.check()  # refuses a library of a newer version now rather than later
        return library

    def __repr__(self) -> str:
        place = f"{type(self).__name__}({str(self.folder)!r}"
        if self.opened.reading() is None:
            return f"{place}: nothing in it yet, add(PATH) imports)"
        counts = [
            counted(len(self.runs()), "run"),
            counted(len(self.sessions()), "session"),
            counted(int(self.sets()["n_sets"].sum()), "set"),
            counted(len(self.races()), "race"),
        ]
        return f"{place}: {', '.join(counts)})"

    def _require_folder(self) -> None:
        """Raise a `UsageError` if the folder does not exist: its name may be misspelt."""
        if not self.folder.exists():
            raise UsageError(
                "there is no library",
                where=str(self.folder),
                hint="name another folder, or import into this one: library.add(PATH), or "
                f"'runanalytics --library {self.folder} import PATH...'",
            )

    @property
    def folder(self) -> Path:
        """Where the library is."""
        return self.opened.path

    def close(self) -> None:
        """Close the library's files; it opens them again when it is used again.

        Another thread that is reading gets what it asked for.
        """
        self.opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def runs(self, since: Any = None, until: Any = None) -> pd.DataFrame:
        """Return table "runs", by start, of local days from `since` to `until` inclusive.

        A run that several sources recorded is one row, filled from all of them.
        """
        return self.opened.runs(since, until)

    def count_runs(self) -> int:
        """Return how many rows of runs are stored, of all sources, without reading any."""
        catalogue = self.opened.reading()
        return 0 if catalogue is None else catalogue.count("runs")

    def samples(self, run_id: str) -> pd.DataFrame:
        """Return table "samples" of one run.

        Raises
        ------
        UsageError
            If there is no such run, or it came without samples.
        LibraryError
            If the run's samples are damaged or gone.
        """
        return self.opened.samples(run_id)

    def segments(self, since: Any = None, until: Any = None) -> pd.DataFrame:
        """Return table "segments": the steady stretches of every run, computed at import."""
        return self.opened.table("segments", since, until)

    def grade_adjusted_segments(self, since: Any = None, until: Any = None) -> pd.DataFrame:
        """Return table "segments" of steady stretches on all grades, cut from the samples.

        Their `speed_m_s` is the speed on the level that costs as much; see `runanalytics.segments`.
        """
        from runanalytics.library.graded import grade_adjusted_segments

        return grade_adjusted_segments(self.opened, since, until)

    def sessions(self, since: Any = None, until: Any = None) -> pd.DataFrame:
        """Return table "sessions", by day; their kinds follow the user's corrections."""
        from runanalytics.library.corrections.movements import corrected_sessions

        return corrected_sessions(self.opened, since, until)

    def sets(self) -> pd.DataFrame:
        """Return table "sets", with the movements that the user's corrections give."""
        from runanalytics.library.corrections.movements import corrected_sets

        return corrected_sets(self.opened)

    def corrections(self) -> Corrections:
        """Return what logged names mean by the user's own statement.

        Raises
        ------
        UsageError
            If a line of the library's ``movements.csv`` cannot be read.
        """
        from runanalytics.library.corrections.movements import read_corrections

        return read_corrections(self.folder)

    def races(self, since: Any = None, until: Any = None) -> pd.DataFrame:
        """Return table "races", by day: those listed, flagged by a watch, or the user's own."""
        from runanalytics.library.race_list import races

        return races(self.opened, since, until)

    def race_list(self) -> pd.DataFrame:
        """Return every race and every run that may be one; see `runanalytics.library.race_list`."""
        from runanalytics.library.race_list import race_list

        return race_list(self.opened)

    def log_spans(self) -> pd.DataFrame:
        """Return table "log_spans": from when to when each kind of thing was logged.

        What a log states of itself, and for runs and watch-recorded sessions the days from the
        first to the last of them.
        """
        from runanalytics.library.corrections.spans import log_spans

        return log_spans(self.opened)

    def form(
        self,
        metric: str = "ground_contact_ms",
        speed_m_s: float | None = None,
        since: Any = None,
        until: Any = None,
        *,
        pace: str | None = None,
    ) -> pd.DataFrame:
        """Return table "form": `metric` at the reference speed, one row a run.

        Parameters
        ----------
        metric : str
            A metric's column or short name (``cadence``, ``contact-time``); with ``-drift``
            behind it, how it changes with time into each run, at matched pace; with
            ``-grade-adjusted``, at grade-adjusted speed, on all grades.
        speed_m_s : float, optional
            Reference speed in m/s. Default: the runner's own usual speed.
        since, until : date, optional
            Local days, inclusive.
        pace : str, optional
            Reference speed as a pace, such as "5:00/km" or "8:03/mi".

        Raises
        ------
        UsageError
            If there is no such metric, or both a speed and a pace are given.
        """
        from runanalytics.measures.form import form
        from runanalytics.measures.metrics import drifting, grade_adjusted

        self._require_folder()
        if (within := drifting(metric)) is not None:
            if speed_m_s is not None or pace is not None:
                raise UsageError(
                    "drift is compared at each run's own pace", hint="leave out the pace"
                )
            return self.drift(within, since, until)
        segments, runs = self.segments(since, until), self.runs(since, until)
        if grade_adjusted(metric) is not None:
            segments = self.grade_adjusted_segments(since, until)
        return form(segments, metric, speed_m_s, pace=pace, runs=runs)

    def drift(
        self, metric: str = "ground_contact_ms", since: Any = None, until: Any = None
    ) -> pd.DataFrame:
        """Return table "form" of how `metric` changes with time into each run."""
        from runanalytics.measures.drift import drift

        self._require_folder()
        return drift(self.segments(since, until), metric, runs=self.runs(since, until))

    def dose(self, what: str = "strength", measure: str = "sessions") -> pd.DataFrame:
        """Return table "dose": what was done on each day of the logged span.

        Parameters
        ----------
        what : str
            ``strength``, ``technique``, a category such as ``mobility``, a group such as
            ``upper_body``, a programme or a movement.
        measure : {"sessions", "sets", "reps", "minutes", "tonnage_kg", "adherence"}
            What is counted; "adherence" is how far a programme was followed, 1 being wholly.
        """
        self._require_folder()
        return self._dose(what, measure)

    def _dose(self, what: str, measure: str) -> pd.DataFrame:
        """Return a dose, empty where there is no library yet."""
        from runanalytics.measures.dose import dose

        def made() -> pd.DataFrame:
            if measure == "adherence":
                from runanalytics.measures.adherence import adherence_dose

                return adherence_dose(self.adherence(what))
            return dose(self.sessions(), self.sets(), what, measure, spans=self.log_spans())

        return self.opened.derived(("dose", what, measure), made)

    def adherence(self, programme: str) -> pd.DataFrame:
        """Return how far a programme, by its id or name, was followed, week by week."""
        from runanalytics.measures.adherence import adherence

        return adherence(
            self.sessions(), self.sets(), programme, runs=self.runs(), spans=self.log_spans()
        )

    @staticmethod
    def movements() -> Mapping[str, Movement]:
        """Return the movements that names in logs are matched with, by id."""
        from runanalytics.movements import catalogue

        return catalogue()

    @staticmethod
    def programmes() -> Mapping[str, Programme]:
        """Return the programmes that can be followed, by id."""
        from runanalytics.movements import programmes

        return programmes()

    def movement(self, name: str) -> MovementUse:
        """Return what a name is taken for, what is prescribed of that, and how often it was done.

        Parameters
        ----------
        name : str
            As it stands in a log.

        Returns
        -------
        MovementUse
            Without a movement where the name is not matched.
        """
        from runanalytics.library.movement_use import movement_use

        stated = self.corrections()
        return movement_use(name, stated.names(), self._dose, stated.category(name))

    def corrected_names(self) -> pd.DataFrame:
        """Return the names that the user corrected, and how many sets each decides.

        Returns
        -------
        DataFrame
            name, movement (an id, a category, "none" or "unknown"), sets (missing for "none",
            since what is no work is left out).
        """
        return self.corrections().table(self.sets())

    def claims(self, file: str | os.PathLike[str] | None = None) -> Mapping[str, Claim]:
        """Return the claims of the sources and those of the user, by id.

        Parameters
        ----------
        file : path, optional
            Where the user's own claims stand. Default: ``claims.toml`` in the library's folder,
            which need not exist.

        Raises
        ------
        UsageError
            If the file cannot be read, or a claim in it makes no sense.
        """
        from runanalytics.claims import claims, read_claims

        path = self.folder / CLAIMS if file is None else Path(file)
        if file is None and not path.exists():
            return claims()
        try:
            data = path.read_bytes()
        except OSError as error:
            raise UsageError(
                f"cannot be read ({error.strerror})", where=str(path), hint="name a file of claims"
            ) from error
        return {**claims(), **read_claims(data, str(path))}

    def sources(self) -> pd.DataFrame:
        """Return table "sources": every file that was met, and what became of it."""
        return self.opened.table("sources")
