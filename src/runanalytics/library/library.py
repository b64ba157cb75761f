"""One athlete's library: every command is a method of it, and each room of the house does one.

What works on stored things takes the open folder (`runanalytics.library.folder`) and is loaded
when it is called.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runanalytics.errors import DamagedLibraryError, LibraryError, UsageError
from runanalytics.library.folder import LibraryFolder
from runanalytics.library.ingest.report import ImportReport
from runanalytics.library.ingest.run import Progress, add_paths
from runanalytics.library.questions import Questions
from runanalytics.library.storage.catalogue import STORED
from runanalytics.library.storage.writing import CLAIMS
from runanalytics.shipped import notebook_folder, sample_folder

if TYPE_CHECKING:
    import pandas as pd

    from runanalytics.claims import Claim
    from runanalytics.library.corrections.merges import Merged
    from runanalytics.library.corrections.movements import Corrections
    from runanalytics.library.rebuild import Rebuilt
    from runanalytics.library.status import Status


class Library(Questions):
    """One athlete's runs, sessions and races, read as frames of `runanalytics.schema`.

    Nothing is written until something is added, and reading a library that does not exist yet
    gives empty frames.

    Attributes
    ----------
    opened : LibraryFolder
        The open folder, for whoever works on what is stored itself.

    Examples
    --------
    >>> import tempfile
    >>> library = Library.open(tempfile.mkdtemp())
    >>> len(library.runs())
    0
    """

    def __init__(self, folder: Path) -> None:
        self.opened = LibraryFolder(folder)

    @classmethod
    def open(cls, path: str | os.PathLike[str] | None = None) -> Library:
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
            library.opened.reading()  # refuses a library of a newer version now rather than later
        return library

    def __repr__(self) -> str:
        from runanalytics.library.linking.view import count

        catalogue = self.opened.reading()
        counts = [f"{count(catalogue, name) if catalogue else 0} {name}" for name in _COUNTED]
        return f"Library({str(self.folder)!r}: {', '.join(counts)})"

    @property
    def folder(self) -> Path:
        """Where the library is."""
        return self.opened.path

    def close(self) -> None:
        """Close the library's files; it opens them again when it is used again."""
        self.opened.close()

    # Reading ---------------------------------------------------------------------------------

    def runs(self, since: Any = None, until: Any = None) -> pd.DataFrame:
        """Return table "runs", by start, of local days from `since` to `until` inclusive.

        A run that several sources recorded is one row, filled from all of them.
        """
        return self.opened.runs(since, until)

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
    ) -> pd.DataFrame:
        """Return table "form": `metric` at the reference speed, one row a run.

        Parameters
        ----------
        metric : str
            A metric's column or short name (``cadence``, ``contact-time``); with ``-drift``
            behind it, how it changes with time into each run, at matched pace.
        speed_m_s : float, optional
            Reference speed in m/s. Default: the runner's own usual speed.
        since, until : date, optional
            Local days, inclusive.
        """
        from runanalytics.measures.form import form
        from runanalytics.measures.metrics import drifting

        if (within := drifting(metric)) is not None:
            if speed_m_s is not None:
                raise UsageError(
                    "drift is compared at each run's own pace", hint="leave out the pace"
                )
            return self.drift(within, since, until)
        segments, runs = self.segments(since, until), self.runs(since, until)
        return form(segments, metric, speed_m_s, runs=runs)

    def drift(
        self, metric: str = "ground_contact_ms", since: Any = None, until: Any = None
    ) -> pd.DataFrame:
        """Return table "form" of how `metric` changes with time into each run."""
        from runanalytics.measures.drift import drift

        return drift(self.segments(since, until), metric, runs=self.runs(since, until))

    def dose(self, what: str = "strength", measure: str = "sessions") -> pd.DataFrame:
        """Return table "dose": what was done on each day of the logged span.

        Parameters
        ----------
        what : str
            ``strength``, ``technique``, a category, a programme or a movement.
        measure : {"sessions", "sets", "reps", "minutes", "tonnage_kg", "adherence"}
            What is counted; "adherence" is how far a programme was followed, 1 being wholly.
        """
        from runanalytics.measures.dose import dose

        if measure == "adherence":
            from runanalytics.measures.adherence import adherence_dose

            return adherence_dose(self.adherence(what))
        return dose(self.sessions(), self.sets(), what, measure, spans=self.log_spans())

    def adherence(self, programme: str) -> pd.DataFrame:
        """Return how far a programme, by its id or name, was followed, week by week."""
        from runanalytics.measures.adherence import adherence

        return adherence(
            self.sessions(), self.sets(), programme, runs=self.runs(), spans=self.log_spans()
        )

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

    def status(self) -> Status:
        """Return what the library holds, from when to when, and what is missing."""
        from runanalytics.library.status import status

        return status(self.opened)

    def verify(self) -> list[str]:
        """Check every stored byte and return what is wrong, in words; empty if nothing is."""
        from runanalytics.library.storage.verify import problems

        opened = self.opened
        return problems(opened.catalogue_path, opened.sample_folder, opened.originals)

    def export(self, folder: str | os.PathLike[str]) -> list[Path]:
        """Write every table as CSV, and samples as Parquet, into `folder`; return the files.

        `restore` makes an equal library of it; originals are left out, since they hold positions.
        """
        from runanalytics.library.export import export

        return export(self.opened, Path(folder).expanduser())

    # Writing ---------------------------------------------------------------------------------

    def add(
        self,
        paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
        *,
        timezone: str | None = None,
        units: str | None = None,
        engine: str | None = None,
        dry_run: bool = False,
        keep_originals: bool = False,
        progress: Progress | None = None,
    ) -> ImportReport:
        """Import files and folders; what is there already is left alone.

        Parameters
        ----------
        paths : path or iterable of path
            Files, and folders to be walked.
        timezone, units, engine : str, optional
            As for `runanalytics.read`.
        dry_run : bool
            Read everything, write nothing, and report what would be done.
        keep_originals : bool
            Keep the files themselves, too, so that the library can be rebuilt without them.
            They hold positions.
        progress : callable, optional
            Called with (files done, files met so far, the file's `FileOutcome`) after each.

        Returns
        -------
        ImportReport
            What became of each file. A file that cannot be read never stops the others.

        Raises
        ------
        LibraryLockedError
            If another process goes on writing for `LOCK_WAIT_S` seconds.
        LibraryError
            If the folder cannot be written or the disk is full; what was acknowledged before
            is there.
        """
        return add_paths(
            self.opened,
            paths,
            timezone=timezone,
            units=units,
            engine=engine,
            dry_run=dry_run,
            keep_originals=keep_originals,
            progress=progress,
        )

    def rebuild(self, progress: Progress | None = None) -> Rebuilt:
        """Make the library anew from originals, or from where its files were imported.

        Parameters
        ----------
        progress : callable, optional
            As for `add`.

        Returns
        -------
        Rebuilt
            How many files were read, what was kept as it was, and what is lost.

        Raises
        ------
        UsageError
            If there is no library.
        LibraryLockedError, LibraryError
            As for `add`.
        """
        from runanalytics.library.rebuild import rebuild

        return rebuild(self.opened, progress)

    def restore(self, folder: str | os.PathLike[str]) -> int:
        """Fill this library, which is still empty, from an export; return the files read.

        Parameters
        ----------
        folder : path
            What `export` wrote.

        Raises
        ------
        UsageError
            If the library is not empty, or the export is not whole.
        """
        from runanalytics.library.export import restore

        return restore(self.opened, Path(folder).expanduser())

    def correct(self, name: str, movement: str | None) -> None:
        """State what a logged name means, in what is here and in what will be imported.

        Parameters
        ----------
        name : str
            As logged, in any case and spacing.
        movement : str or None
            A movement's id or name; "none" for what is no exercise, "unknown" for one that
            the catalogue lacks; None takes the correction out again.

        Raises
        ------
        UsageError
            If there is no such movement, or nothing to take out.
        LibraryLockedError, LibraryError
            As for `add`.
        """
        from runanalytics.library.corrections.movements import correct

        with self.opened.writing():
            correct(self.folder, name, movement)

    # Stating what is the same, what was logged, and which runs were races --------------------

    def merges(self) -> list[Merged]:
        """Return every merge of two runs or two sessions, by day; undone ones, too."""
        from runanalytics.library.corrections.merges import merges

        return merges(self.opened)

    def undo_merge(self, identifier: str) -> Merged:
        """Read a duplicate as a run or session of its own again, now and after every import.

        Parameters
        ----------
        identifier : str
            Of the duplicate, or at least the first four characters of it.

        Returns
        -------
        Merged
            The merge that was undone.

        Raises
        ------
        UsageError
            If no merge in force, or more than one, has such a duplicate.
        LibraryLockedError, LibraryError
            As for `add`.
        """
        from runanalytics.library.corrections.merges import undo_merge

        return undo_merge(self.opened, identifier)

    def redo_merge(self, identifier: str) -> Merged:
        """Put a merge that was undone back in force, whatever later imports find.

        Parameters
        ----------
        identifier : str
            Of the duplicate, or at least the first four characters of it.

        Returns
        -------
        Merged
            The merge that is in force again.

        Raises
        ------
        UsageError
            If no merge, or more than one, of such a duplicate was undone.
        LibraryLockedError, LibraryError
            As for `add`.
        """
        from runanalytics.library.corrections.merges import redo_merge

        return redo_merge(self.opened, identifier)

    def join(self, identifier: str, into: str) -> None:
        """Merge two runs or two sessions by hand.

        Parameters
        ----------
        identifier : str
            Of the duplicate, or at least the first four characters of it.
        into : str
            Of the primary, whose values are read; the duplicate fills what it leaves open.

        Raises
        ------
        UsageError
            If they are not two of one kind, or a run with samples would become the duplicate
            of one without.
        LibraryLockedError, LibraryError
            As for `add`.
        """
        from runanalytics.library.corrections.merges import join

        join(self.opened, identifier, into)

    def set_span(self, what: str, first: Any, last: Any) -> None:
        """State the days on which a log was kept; this wins over what files state.

        Parameters
        ----------
        what : str
            ``runs``, ``strength`` or ``technique``.
        first, last : date or str
            Local days, inclusive.

        Raises
        ------
        UsageError
            If there is no such log, or the last day is before the first.
        LibraryLockedError, LibraryError
            As for `add`.
        """
        from runanalytics.library.corrections.spans import set_span

        set_span(self.opened, what, first, last)

    def add_break(self, what: str, first: Any, last: Any) -> None:
        """State days on which nothing was logged, though the log goes on afterwards.

        Parameters
        ----------
        what : str
            ``runs``, ``strength`` or ``technique``.
        first, last : date or str
            Local days, inclusive.

        Raises
        ------
        UsageError
            If there is no such log, or the last day is before the first.
        LibraryLockedError, LibraryError
            As for `add`.
        """
        from runanalytics.library.corrections.spans import add_break

        add_break(self.opened, what, first, last)

    def clear_spans(self, what: str) -> int:
        """Delete the spans and breaks that the user stated of a log; return their number.

        Parameters
        ----------
        what : str
            ``runs``, ``strength`` or ``technique``.

        Raises
        ------
        UsageError
            If there is no such log.
        LibraryLockedError, LibraryError
            As for `add`.
        """
        from runanalytics.library.corrections.spans import clear_spans

        return clear_spans(self.opened, what)

    def confirm_race(
        self,
        identifier: str,
        *,
        distance_m: float | None = None,
        time_s: float | None = None,
        title: str = "",
    ) -> str:
        """State that a run or a listed race was a race; return its identifier.

        Parameters
        ----------
        identifier : str
            Of the race or run, or at least the first four characters of it.
        distance_m, time_s : float, optional
            Official distance (m) and time (s), where they differ from what was found.
        title : str
            The name of the race; by default the run's title.

        Raises
        ------
        UsageError
            If the identifier is of no race or run, or of several, or the values are
            implausible for a race.
        LibraryLockedError, LibraryError
            As for `add`.
        """
        from runanalytics.library.race_list import confirm_race

        return confirm_race(
            self.opened, identifier, distance_m=distance_m, time_s=time_s, title=title
        )

    def reject_race(self, identifier: str) -> str:
        """State that a run or a listed race was no race; return its identifier.

        Parameters
        ----------
        identifier : str
            Of the race or run, or at least the first four characters of it.

        Raises
        ------
        UsageError
            If the identifier is of no race or run, or of several, or of a race that the user
            added.
        LibraryLockedError, LibraryError
            As for `add`.
        """
        from runanalytics.library.race_list import reject_race

        return reject_race(self.opened, identifier)

    def add_race(
        self,
        day: Any,
        distance_m: float,
        time_s: float,
        *,
        title: str = "",
        ascent_m: float | None = None,
        temperature_c: float | None = None,
    ) -> str:
        """Add a race without a run; return its identifier.

        Parameters
        ----------
        day : date or str
            Local day of the race.
        distance_m, time_s : float
            Distance (m) and time (s).
        title : str
            The name of the race.
        ascent_m, temperature_c : float, optional
            Total ascent (m) and air temperature (°C).

        Raises
        ------
        UsageError
            If there is a race of that day and distance already, or the values are implausible
            for a race.
        LibraryLockedError, LibraryError
            As for `add`.
        """
        from runanalytics.library.race_list import add_race

        return add_race(
            self.opened,
            day,
            distance_m,
            time_s,
            title=title,
            ascent_m=ascent_m,
            temperature_c=temperature_c,
        )

    def remove_race(self, identifier: str) -> str:
        """Delete what the user stated of a race; return its identifier.

        A race that the user added is gone; any other is again as it was found.

        Parameters
        ----------
        identifier : str
            Of the race or run, or at least the first four characters of it.

        Raises
        ------
        UsageError
            If the user stated nothing of such a race, or the identifier is of several.
        LibraryLockedError, LibraryError
            As for `add`.
        """
        from runanalytics.library.race_list import remove_race

        return remove_race(self.opened, identifier)

    # Beginning -------------------------------------------------------------------------------

    @classmethod
    def demo(
        cls, folder: str | os.PathLike[str], *, progress: Progress | None = None
    ) -> tuple[Library, ImportReport]:
        """Import the sample, files of a simulated runner, into a library to try things on.

        Parameters
        ----------
        folder : path
            The library's folder.
        progress : callable, optional
            As for `add`.

        Returns
        -------
        tuple of (Library, ImportReport)
            The library, and what became of each file.
        """
        library = cls.open(folder)
        return library, library.add(sample_folder(), progress=progress)

    @staticmethod
    def notebooks(folder: str | os.PathLike[str]) -> dict[Path, bool]:
        """Copy the notebooks into a folder, where what is there already is left alone.

        Parameters
        ----------
        folder : path
            Where to; made if it does not exist.

        Returns
        -------
        dict of Path to bool
            Each notebook, and whether it was written.
        """
        import shutil

        Path(folder).mkdir(parents=True, exist_ok=True)
        written = {}
        for source in sorted(notebook_folder().glob("*.ipynb")):
            target = Path(folder, source.name)
            written[target] = not target.exists()
            if written[target]:
                shutil.copyfile(source, target)
        return written


_COUNTED = tuple(name for name in STORED if name not in ("segments", "log_spans"))
