"""What the user states of a library: names, duplicates, what was taken out, logs and races."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runanalytics.library.tables import LibraryTables

if TYPE_CHECKING:
    from runanalytics.library.corrections.merges import Merge
    from runanalytics.library.corrections.removals import Removal


class LibraryStatements(LibraryTables):
    """One athlete's tables, and the user's statements, which outlive imports, rebuild and restore.

    Examples
    --------
    >>> import tempfile
    >>> library = LibraryStatements.open(tempfile.mkdtemp())
    >>> library.merges()
    []
    """

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
