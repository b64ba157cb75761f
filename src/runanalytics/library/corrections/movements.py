"""The user's statements on what logged names mean: movements.csv in the library's folder.

One line a name, ``name,movement``, written by `runanalytics movements map` or by hand; lines that
begin with # are comments. A movement is an id or a name, "none" for what is no exercise, or
"unknown" for an exercise that the catalogue lacks. The corrections are applied when tables are
read, so they outlive every import, and nothing stored is rewritten. They replace the movement that
an importer or a watch gave a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runanalytics.errors import UsageError
from runanalytics.library.corrections.edited_file import (
    EditedFile,
    cells_of,
    guarded,
    line_of,
    unguarded,
)
from runanalytics.movements import folded, named, session_kind
from runanalytics.units.numerals import shown

if TYPE_CHECKING:
    import pandas as pd

    from runanalytics.library.folder import LibraryFolder
    from runanalytics.library.storage.catalogue import Catalogue

#: Name of the file, its columns, and what it begins with.
FILE = "movements.csv"
_COLUMNS = ["name", "movement"]
_FIRST_LINES = (
    "# What the names in your logs mean: one line a name",
    "# 'none' for what is no exercise and 'unknown' for one that the list lacks",
    "# 'runanalytics movements' lists the movements",
    ",".join(_COLUMNS),
)
#: What stands for no exercise, and for one that the catalogue lacks.
NONE, UNKNOWN = "none", "unknown"


@dataclass(frozen=True)
class Correction:
    """One name, and what it means: the id of a movement, "none" or "unknown"."""

    name: str = field(compare=False)
    movement: str
    line: int = field(compare=False)

    @property
    def key(self) -> str:
        """The name as names are compared."""
        return folded(self.name)


@dataclass(frozen=True)
class Corrections:
    """All corrections of a library, by the names as they are compared."""

    by_name: Mapping[str, Correction] = field(default_factory=dict)

    def names(self) -> dict[str, str]:
        """Return each name with the id of its movement, else "", as `match` takes them."""
        return {
            each.name: "" if each.movement in (NONE, UNKNOWN) else each.movement
            for each in self.by_name.values()
        }

    def table(self, sets: pd.DataFrame) -> pd.DataFrame:
        """Return the corrections, one a row, with the number of sets that each decides.

        Parameters
        ----------
        sets : DataFrame
            Table ``sets``, corrected.

        Returns
        -------
        DataFrame
            name, movement (an id, "none" or "unknown"), sets (missing for "none", whose sets
            are left out).
        """
        import pandas as pd

        logged = sets["name_as_logged"].dropna().map(folded)
        counts = sets.loc[logged.index, "n_sets"].groupby(logged).sum()
        rows = [
            (one.name, one.movement, None if one.movement == NONE else int(counts.get(key, 0)))
            for key, one in self.by_name.items()
        ]
        return pd.DataFrame(rows, columns=["name", "movement", "sets"]).astype({"sets": "Int64"})

    def sets(self, sets: pd.DataFrame) -> pd.DataFrame:
        """Return table "sets" with the movements that the corrections give.

        What is no exercise is left out.

        Parameters
        ----------
        sets : DataFrame
            Table ``sets`` as stored.
        """
        stated = self._movements(sets)
        if not stated:
            return sets
        means = sets["name_as_logged"].map(stated)
        movements = sets["movement"].mask(means.notna(), means.mask(means == UNKNOWN))
        corrected = sets.assign(movement=movements.astype(sets["movement"].dtype))
        return corrected[(means != NONE).to_numpy(dtype=bool, na_value=True)]

    def _movements(self, sets: pd.DataFrame) -> dict[str, str]:
        """Return the movements of the names in `sets` that are corrected."""
        logged = sets["name_as_logged"].dropna().unique() if self.by_name else ()
        found = {name: self.by_name.get(folded(name)) for name in logged}
        return {name: one.movement for name, one in found.items() if one is not None}

    def sessions(self, sessions: pd.DataFrame, sets: pd.DataFrame) -> pd.DataFrame:
        """Return table "sessions" with the kinds that follow from corrected movements.

        Only where the stored kind follows from the stored movements; a kind that a source states
        itself stays. A session without any exercise is left out.

        Parameters
        ----------
        sessions, sets : DataFrame
            Tables as stored.
        """
        stated = self._movements(sets)
        named = sets["session_id"][sets["name_as_logged"].isin(stated)].unique()
        if not len(named):
            return sessions
        touched = sets[sets["session_id"].isin(named)]
        before, after = _kinds(touched), _kinds(self.sets(touched))
        kinds = [
            after.get(session_id, NONE) if before.get(session_id) == kind else kind
            for session_id, kind in zip(sessions["session_id"], sessions["kind"], strict=True)
        ]
        kept = sessions["kind"]
        corrected = sessions.assign(kind=type(kept)(kinds, index=kept.index, dtype=kept.dtype))
        return corrected[corrected["kind"] != NONE]

    def spans(
        self,
        spans: pd.DataFrame,
        sessions: pd.DataFrame,
        sets: pd.DataFrame,
        source_of: Mapping[str, str],
    ) -> pd.DataFrame:
        """Return table "log_spans" with those of the logs whose sessions change their kind.

        Parameters
        ----------
        spans, sessions, sets : DataFrame
            Tables as stored.
        source_of : mapping of str to str
            The name of its log by each session's identifier.
        """
        import pandas as pd

        from runanalytics.importers.strength import sessions as strength_log

        after = self.sessions(sessions, sets)
        kinds = after.set_index("session_id")["kind"]
        changed = sessions["kind"] != sessions["session_id"].map(kinds)
        for log in sessions["session_id"][changed].map(source_of).dropna().unique():
            before, now = (
                strength_log.spans(log, frame[frame["session_id"].map(source_of) == log])
                for frame in (sessions, after)
            )
            gone = set(before["what"]).difference(now["what"])
            kept = (spans["source"] != log) | ~spans["what"].isin(gone)
            # Spans that are new, or cover more days than before.
            more = now.merge(before, how="left", indicator=True)
            gained = more.loc[more["_merge"] == "left_only", list(spans.columns)]
            spans = pd.concat([spans[kept], gained], ignore_index=True)
        return spans


def _kinds(sets: pd.DataFrame) -> dict[str, str]:
    pairs = zip(sets["session_id"], sets["movement"].fillna(""), strict=True)
    movements: dict[str, list[str | None]] = {}
    for session_id, movement in pairs:
        movements.setdefault(session_id, []).append(movement or None)
    return {session_id: session_kind(done) for session_id, done in movements.items()}


def corrected_sessions(folder: LibraryFolder, since: Any = None, until: Any = None) -> pd.DataFrame:
    """Return table "sessions" by day, with the kinds that follow from the corrections.

    Parameters
    ----------
    folder : LibraryFolder
        The library.
    since, until : date, optional
        Local days, inclusive.
    """
    sessions = folder.table("sessions", since, until)
    sessions = read_corrections(folder.path).sessions(sessions, folder.table("sets"))
    return sessions.sort_values(["local_date", "start_utc"], ignore_index=True)


def corrected_sets(folder: LibraryFolder) -> pd.DataFrame:
    """Return table "sets" with the movements that the corrections give."""
    # First the table: reading it finishes a restore, which brings both.
    sets = folder.table("sets")
    return read_corrections(folder.path).sets(sets).reset_index(drop=True)


def read_corrections(folder: Path) -> Corrections:
    """Return the corrections of the library in `folder`; none where there is no file.

    Raises
    ------
    UsageError
        If a line cannot be read, naming every such line: leaving it out would give a wrong
        number.
    """
    return Corrections(_MOVEMENTS.statements(folder))


def correct(folder: Path, name: str, movement: str | None) -> None:
    """Write what `name` means, or remove it; every other line stays as it is.

    Parameters
    ----------
    folder : Path
        The library's folder, which exists; its writer's lock is held.
    name : str
        As logged.
    movement : str or None
        A movement's id or name, "none" or "unknown"; or None to remove the correction.

    Raises
    ------
    UsageError
        If there is no such movement, nothing to remove, or a bad line in the file.
    """
    known, wanted = read_corrections(folder).by_name, folded(name)
    if not wanted:
        raise UsageError("a name is wanted", hint="write it as your log has it")
    lines = []
    if movement is not None:
        lines = [line_of([guarded(" ".join(name.split())), movement_of(movement)])]
    elif wanted not in known:
        names = ", ".join(shown(one.name) for one in known.values()) or "none"
        raise UsageError(f"no correction of {shown(name)}", hint=f"there are: {names}")
    _MOVEMENTS.rewrite(folder, {wanted}, lines)


def sources_of_sessions(catalogue: Catalogue) -> dict[str, str]:
    """Return the name of its log by the identifier of each session that came with one.

    It is the name in the file's own span of the log, or else the file's importer.
    """
    stated = catalogue.rows("SELECT digest, id FROM provenance WHERE what = 'log_spans'")
    logs = {digest: span.split(" ", 2)[2] for digest, span in stated}  # what, first day, log
    query = (
        "SELECT id, digest, importer FROM provenance JOIN sources USING (digest)"
        " WHERE what = 'sessions' AND importer IS NOT NULL"
    )
    return {
        session: logs.get(digest, importer) for session, digest, importer in catalogue.rows(query)
    }


def _read_line(text: str, number: int) -> Correction | None:
    cells = cells_of(text, lambda cells: len(cells) > 1)
    if [cell.strip().casefold() for cell in cells] == _COLUMNS:
        return None
    # A comma inside a name that nobody has quoted is part of the name.
    if len(cells) < 2 or not (name := unguarded(",".join(cells[:-1]).strip())):
        raise UsageError(f"{shown(text)} is no name and movement")
    return Correction(name, movement_of(cells[-1]), number)


def movement_of(text: str) -> str:
    """Return the id of the movement that a correction gives, or "none" or "unknown".

    Raises
    ------
    UsageError
        If there is no such movement, with the nearest.

    Examples
    --------
    >>> movement_of("single-leg-deadlift"), movement_of("none")
    ('single_leg_deadlift', 'none')
    """
    plain = text.strip().casefold()
    return plain if plain in (NONE, UNKNOWN) else named(text).id


_MOVEMENTS = EditedFile(
    FILE, _FIRST_LINES, _read_line, "write lines such as: SL RDL,single_leg_deadlift"
)
