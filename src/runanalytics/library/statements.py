"""What the user states of a library: names, duplicates, removals, logs, races and proposals."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runanalytics.arguments import checked_methods
from runanalytics.library.tables import LibraryTables

if TYPE_CHECKING:
    import pandas as pd

    from runanalytics.library.corrections.diary import LoggedLine
    from runanalytics.library.corrections.merges import Merge
    from runanalytics.library.corrections.removals import Removal


@checked_methods
class LibraryStatements(LibraryTables):
    """One athlete's tables, and the user's statements, which outlive imports, rebuild and restore.

    Examples
    --------
    >>> import tempfile
    >>> library = LibraryStatements.open(tempfile.mkdtemp())
    >>> library.merges()
    []
    """

    def log(
        self,
        text: str = "",
        *,
        on: Any = None,
        at: str | datetime.time | None = None,
        minutes: float | None = None,
        kind: str | None = None,
        programme: str | None = None,
        dry_run: bool = False,
    ) -> LoggedLine:
        """Add a line to the diary; return what was understood of it.

        Parameters
        ----------
        text : str
            What was done, in words: "A-skips 3x30 m, 6 strides"; or "nothing", "nothing since
            3 May".
        on : date or str, optional
            The local day; by default today.
        at : time or str, optional
            When it began, in local time: "18:30".
        minutes : float, optional
            How long it lasted.
        kind : str, optional
            ``strength``, ``technique``, ``mixed`` or ``other``, whatever the words say.
        programme : str, optional
            A programme, as it is prescribed, in place of a text.
        dry_run : bool
            Only say what would be understood.

        Returns
        -------
        LoggedLine
            With `table`, and `unknown` for what was not understood, which is kept as text.

        Raises
        ------
        UsageError
            If the day is in the future, there is nothing to log, or the line stands there already.
        LibraryError
            If the folder cannot be written, or another process goes on writing.
        """
        from dataclasses import replace

        from runanalytics.library.corrections import diary

        day = diary.day_logged(on, datetime.datetime.now().astimezone().date())
        line = diary.composed(text, day, at=at, minutes=minutes, kind=kind, programme=programme)
        understood = diary.understood(self.folder, day, line)
        if dry_run:
            return understood
        diary.add_line(self.folder, day, line)
        return replace(understood, kept=True)

    def undo_log(self, on: Any = None) -> tuple[datetime.date, str]:
        """Take the last line of a day out of the diary; return the day and the line.

        Parameters
        ----------
        on : date or str, optional
            The day; by default the latest that has lines.

        Raises
        ------
        UsageError
            If there is no such line.
        """
        from runanalytics.library.corrections.diary import take_back

        return take_back(self.folder, on)

    def diary(self, latest: int | None = None) -> list[LoggedLine]:
        """Return the lines of the library's own diary, by day.

        Parameters
        ----------
        latest : int, optional
            How many, the latest; by default all.

        Raises
        ------
        UsageError
            If the diary is no text, or its days cannot be told.
        """
        from runanalytics.library.corrections.diary import logged_lines

        return logged_lines(self.folder, latest)

    def diary_days(self) -> list[datetime.date]:
        """Return the day of each line of the library's own diary, in order."""
        from runanalytics.library.corrections.diary import kept_days

        return kept_days(self.folder)

    def diary_problems(self) -> list[str]:
        """Return the lines of the diary that are not read, and why; empty if all are."""
        from runanalytics.library.corrections.diary import problems

        return problems(self.folder)

    def diary_file(self) -> Path:
        """Return the path of the library's own diary, to be edited; it is begun if need be."""
        from runanalytics.library.corrections.diary import diary_file

        return diary_file(self.folder)

    def edit_diary(self, change: Callable[[Path], object]) -> bool:
        """Have a copy of the diary edited, and put it in the diary's place once it is a diary.

        Parameters
        ----------
        change : callable
            Takes the path of the copy, and changes that.

        Returns
        -------
        bool
            Whether anything was changed.

        Raises
        ------
        UsageError, LibraryError
            If the copy is no diary then, or if another process has changed the diary meanwhile. The
            diary is as it was, and the copy is kept and named.
        """
        from runanalytics.library.corrections.diary import edit

        return edit(self.folder, change)

    def units(self, system: str | None = None) -> str:
        """Return which system of units answers are shown in, or state it.

        Parameters
        ----------
        system : {"metric", "imperial"}, optional
            Kilometres or miles, from now on; by default what was stated last, and metric where
            nothing was.

        Raises
        ------
        UsageError
            If there is no such system.
        """
        from runanalytics.library.shown_units import show_units, shown_units

        if system is not None:
            show_units(self.opened, system)
        return shown_units(self.opened)

    def correct(self, name: str, movement: str | None) -> None:
        """State what a logged name means, in what is here and in what will be imported.

        Parameters
        ----------
        name : str
            As logged, in any case and spacing.
        movement : str or None
            A movement's id or name; a kind of work or category, such as "strength", "technique"
            or "mobility", for what the catalogue lacks; "none" for what is no work; "unknown";
            None takes the correction out again.

        Raises
        ------
        UsageError
            If there is no such movement, or nothing to take out.
        """
        from runanalytics.library.corrections.movements import correct

        with self.opened.writing():
            correct(self.folder, name, movement)

    def merges(self) -> list[Merge]:
        """Return every merge of two runs or two sessions, by day; undone ones, too."""
        from runanalytics.library.corrections.merges import merges

        return merges(self.opened)

    def undo_merge(self, identifier: str) -> Merge:
        """Read a duplicate as a run or session of its own again, now and after every import.

        Parameters
        ----------
        identifier : str
            Of the duplicate, or at least the first four characters of it.

        Returns
        -------
        Merge
            The merge that was undone.

        Raises
        ------
        UsageError
            If no merge in force, or more than one, has such a duplicate.
        """
        from runanalytics.library.corrections.merges import undo_merge

        return undo_merge(self.opened, identifier)

    def redo_merge(self, identifier: str) -> Merge:
        """Put a merge that was undone back in force, whatever later imports find.

        Parameters
        ----------
        identifier : str
            Of the duplicate, or at least the first four characters of it.

        Returns
        -------
        Merge
            The merge that is in force again.

        Raises
        ------
        UsageError
            If no merge, or more than one, of such a duplicate was undone.
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
            Of the primary, whose values are read; the duplicate fills its missing values.

        Raises
        ------
        UsageError
            If they are not two of one kind, or a run with samples would become the duplicate
            of one without.
        """
        from runanalytics.library.corrections.merges import join

        join(self.opened, identifier, into)

    def remove(self, name: str) -> Removal:
        """Take a file or a row out of every answer, such as another person's; it stays out.

        Nothing is deleted: `put_back` reads it again.

        Parameters
        ----------
        name : str
            The name of an imported file, or (the first four characters of) the identifier of a
            run, session or race.

        Raises
        ------
        UsageError
            If there is no such file or row, or several.
        """
        from runanalytics.library.corrections.removals import remove

        return remove(self.opened, name)

    def put_back(self, name: str) -> Removal:
        """Read again what `remove` took out; see there."""
        from runanalytics.library.corrections.removals import put_back

        return put_back(self.opened, name)

    def removals(self) -> list[Removal]:
        """Return the files and rows that `remove` took out."""
        from runanalytics.library.corrections.removals import removals

        return removals(self.opened)

    def set_span(self, what: str, first: Any, last: Any) -> None:
        """State the days on which a log was kept, in place of what files state.

        Parameters
        ----------
        what : str
            ``runs``, ``strength``, ``technique``, ``mobility``, ``conditioning``,
            ``endurance`` or ``other_sport``.
        first, last : date or str
            Local days, inclusive.

        Raises
        ------
        UsageError
            If there is no such log, or the last day is before the first.
        """
        from runanalytics.library.corrections.spans import set_span

        set_span(self.opened, what, first, last)

    def add_break(self, what: str, first: Any, last: Any) -> None:
        """State days on which nothing was logged, though the log goes on afterwards.

        Parameters
        ----------
        what : str
            ``runs``, ``strength``, ``technique``, ``mobility``, ``conditioning``,
            ``endurance`` or ``other_sport``.
        first, last : date or str
            Local days, inclusive.

        Raises
        ------
        UsageError
            If there is no such log, or the last day is before the first.
        """
        from runanalytics.library.corrections.spans import add_break

        add_break(self.opened, what, first, last)

    def clear_spans(self, what: str) -> int:
        """Delete the spans and breaks that the user stated of a log; return their number.

        Parameters
        ----------
        what : str
            ``runs``, ``strength``, ``technique``, ``mobility``, ``conditioning``,
            ``endurance`` or ``other_sport``.

        Raises
        ------
        UsageError
            If there is no such log.
        """
        from runanalytics.library.corrections.spans import clear_spans

        return clear_spans(self.opened, what)

    def confirm_race(
        self,
        identifier: str,
        *,
        distance_m: float | str | None = None,
        time_s: float | str | None = None,
        title: str = "",
        course: str | None = None,
        raced: bool | None = None,
    ) -> str:
        """State that a run or a listed race was a race; return its identifier.

        Parameters
        ----------
        identifier : str
            Of the race or run, or at least the first four characters of it.
        distance_m, time_s : float or str, optional
            Official distance (m, or "10k") and time (s, or "41:20"), where they differ from what
            was found.
        title : str
            The name of the race; by default the run's title.
        course : str, optional
            Kind of course: road, track, trail, cross-country, obstacle, orienteering or
            treadmill.
        raced : bool, optional
            Whether it was run as fast as possible, rather than jogged.

        Raises
        ------
        UsageError
            If the identifier is of no race or run, or of several, there is no such course, or
            the values are implausible for a race.
        UnitError
            If a text is no distance, or no time.
        """
        from runanalytics.library.race_list import confirm_race

        return confirm_race(
            self.opened,
            identifier,
            distance_m=distance_m,
            time_s=time_s,
            title=title,
            course=course,
            raced=raced,
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
        """
        from runanalytics.library.race_list import reject_race

        return reject_race(self.opened, identifier)

    def add_race(
        self,
        day: Any,
        distance_m: float | str,
        time_s: float | str,
        *,
        title: str = "",
        ascent_m: float | None = None,
        temperature_c: float | None = None,
        course: str | None = None,
    ) -> str:
        """Add a race without a run; return its identifier.

        Parameters
        ----------
        day : date or str
            Local day of the race.
        distance_m, time_s : float or str
            Distance (m, or "10k") and time (s, or "41:20").
        title : str
            The name of the race.
        ascent_m, temperature_c : float, optional
            Total ascent (m) and air temperature (°C).
        course : str, optional
            Kind of course: road, track, trail, cross-country, obstacle, orienteering or
            treadmill.

        Raises
        ------
        UsageError
            If there is a race of that day and distance already, there is no such course, or the
            values are implausible for a race.
        UnitError
            If a text is no distance, or no time.
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
            course=course,
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
        """
        from runanalytics.library.race_list import remove_race

        return remove_race(self.opened, identifier)

    def proposals(self) -> pd.DataFrame:
        """Return what words, calendars and samples propose, one row a wording.

        Work that titles and notes of runs name, past events of calendars, strides found in
        samples, and races in titles; see `runanalytics.library.proposal_list.proposals`.
        """
        from runanalytics.library.proposal_list import proposals

        return proposals(self.opened)

    def proposals_in(self, group: str) -> pd.DataFrame:
        """Return all that belongs to a group of `proposals`, by day.

        Parameters
        ----------
        group : str
            Its identifier, or at least the first four characters of it, or its wording.

        Raises
        ------
        UsageError
            If there is no such group, or there are several.
        """
        from runanalytics.library.proposal_list import proposed_in

        return proposed_in(self.opened, group)

    def confirm_proposals(self, group: str, *, only: str | None = None) -> pd.DataFrame:
        """State that what a group proposes was done, now and after every import.

        What is confirmed makes sessions of its days, which are merged with what a log has of the
        same day and kind; races count from then on.

        Parameters
        ----------
        group : str
            As for `proposals_in`.
        only : str, optional
            A run or event of the group, to decide of it alone, by its identifier, or at least the
            first four characters of it.

        Returns
        -------
        DataFrame
            The group, as `proposals_in` returns it.

        Raises
        ------
        UsageError
            If there is no such group or none such in it, or it is confirmed already.
        """
        from runanalytics.library.linking.proposals import CONFIRMED
        from runanalytics.library.proposal_list import decide_proposals

        return decide_proposals(self.opened, group, CONFIRMED, only)

    def reject_proposals(self, group: str, *, only: str | None = None) -> pd.DataFrame:
        """State that what a group proposes was not done; see `confirm_proposals`."""
        from runanalytics.library.linking.proposals import REJECTED
        from runanalytics.library.proposal_list import decide_proposals

        return decide_proposals(self.opened, group, REJECTED, only)

    def reopen_proposals(self, group: str, *, only: str | None = None) -> pd.DataFrame:
        """Take back what was decided of a group, or of one of it; see `confirm_proposals`."""
        from runanalytics.library.proposal_list import decide_proposals

        return decide_proposals(self.opened, group, None, only)
