"""The user's statements on what logged names mean: movements.csv in the library's folder.

One line a name, ``name,movement``, written by `runanalytics movements map` or by hand; lines that
begin with # are comments. A movement is an id or a name, a main category ("strength", "technique",
"mobility") for work that the catalogue lacks, "none" for what is no work, or "unknown". The
corrections are applied when tables are read, so they outlive every import, and nothing stored is
rewritten. They replace the movement that an importer or a watch gave a name.
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
from runanalytics.movements import (
    CATEGORIES,
    folded,
    movement_id,
    named,
    session_kind,
    work_of_set,
)
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
    "# a movement, a kind of work such as 'strength' or 'mobility', 'none' for what is no work,",
    "# or 'unknown'",
    "# 'runanalytics movements' lists the movements",
    ",".join(_COLUMNS),
)
#: What stands for no work, and for what is not known.
NONE, UNKNOWN = "none", "unknown"


@dataclass(frozen=True)
class Correction:
    """One name, and what it means: the id of a movement, a category, "none" or "unknown"."""

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
            each.name: "" if each.movement in (NONE, UNKNOWN, *CATEGORIES) else each.movement
            for each in self.by_name.values()
        }

    def category(self, name: str) -> str | None:
        """Return the category of work that a name is stated to be of, if it is."""
        stated = self.by_name.get(folded(name))
        return stated.movement if stated is not None and stated.movement in CATEGORIES else None

    def table(self, sets: pd.DataFrame) -> pd.DataFrame:
        """Return the corrections, one a row, with the number of sets that each decides.

        Parameters
        ----------
        sets : DataFrame
            Table ``sets``, corrected.

        Returns
        -------
        DataFrame
            name, movement (an id, a category, "none" or "unknown"), sets (missing for "none",
            whose sets are left out).
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
        """Return table "sets" with the movements and categories that the corrections give.

        What is no work is left out.

        Parameters
        ----------
        sets : DataFrame
            Table ``sets`` as stored.
        """
        stated = self._movements(sets)
        if not stated:
            return sets
        means = sets["name_as_logged"].map(stated)
        is_category = means.isin(CATEGORIES)
        movements = sets["movement"].mask(
            means.notna(), means.mask(is_category | (means == UNKNOWN))
        )
        categories = sets["category"].mask(means.notna(), means.where(is_category))
        corrected = sets.assign(
            movement=movements.astype(sets["movement"].dtype),
            category=categories.astype(sets["category"].dtype),
        )
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
        touched = self._touched(sets)
        if touched.empty:
            return sessions
        before, after = _work(touched), _work(self.sets(touched))
        kinds = [
            kind if session_id not in before else _kind_after(kind, before, after, session_id)
            for session_id, kind in zip(sessions["session_id"], sessions["kind"], strict=True)
        ]
        kept = sessions["kind"]
        corrected = sessions.assign(kind=type(kept)(kinds, index=kept.index, dtype=kept.dtype))
        return corrected[corrected["kind"] != NONE]

    def _touched(self, sets: pd.DataFrame) -> pd.DataFrame:
        """Return the sets of the sessions in which any name is corrected."""
        stated = self._movements(sets)
        ids = sets["session_id"][sets["name_as_logged"].isin(stated)].unique()
        return sets[sets["session_id"].isin(ids)]

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
        from runanalytics.importers.strength import sessions as strength_log

        touched = self._touched(sets)["session_id"].drop_duplicates()
        after, sets_after = self.sessions(sessions, sets), self.sets(sets)
        for log in touched.map(source_of).dropna().unique():
            before, now = (
                strength_log.spans(log, rows[rows["session_id"].map(source_of) == log], of_rows)
                for rows, of_rows in ((sessions, sets), (after, sets_after))
            )
            spans = _followed(spans, before, now)
        return spans


def _followed(spans: pd.DataFrame, before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Return spans with those of one log as they are now, not as they were before."""
    import pandas as pd

    ends = ["first_date", "last_date"]
    spans = spans.copy()
    for what in dict.fromkeys((*before["what"], *now["what"])):
        had, has = (frame[frame["what"] == what].reset_index(drop=True) for frame in (before, now))
        if had.equals(has):
            continue
        if had.empty:
            spans = pd.concat([spans, has], ignore_index=True)
            continue
        same = (spans[["what", "source"]] == had.loc[0, ["what", "source"]]).all(axis="columns")
        if has.empty:
            spans = spans[~same]
        else:
            same &= (spans[ends] == had.loc[0, ends]).all(axis="columns")
            spans.loc[same, ends] = has.loc[0, ends].to_numpy()
    return spans.reset_index(drop=True)


#: The kind of work of each set, by session; None for an unknown name.
_WorkBySession = Mapping[str, list[str | None]]


def _work(sets: pd.DataFrame) -> _WorkBySession:
    rows = zip(sets["session_id"], sets["movement"], sets["category"], strict=True)
    work: dict[str, list[str | None]] = {}
    for session_id, movement, category in rows:
        work.setdefault(session_id, []).append(work_of_set(movement, category))
    return work


def _kind_after(kind: str, before: _WorkBySession, after: _WorkBySession, session_id: str) -> str:
    """Return the kind of a session whose stored kind follows from its work, from what it is now.

    A kind that a source states itself stays.
    """
    if session_id not in after:
        return NONE
    had = before[session_id]
    if kind not in (session_kind(had, kind), _kind_of_first_versions(had)):
        return kind
    # What a source says of unknown names is known only where it decided.
    source = kind if kind in ("strength", "unknown") else "unknown"
    return session_kind(after[session_id], source)


def _kind_of_first_versions(work: list[str | None]) -> str:
    """Return the kind as libraries have it whose files have not been read anew since.

    There every work but technique was strength.
    """
    technique = {kind == "technique" for kind in work}
    if technique == {True, False}:
        return "mixed"
    return "technique" if technique == {True} else "strength"


def corrected_sessions(folder: LibraryFolder, since: Any = None, until: Any = None) -> pd.DataFrame:
    """Return table "sessions" by day, with the kinds that follow from the corrections.

    Parameters
    ----------
    folder : LibraryFolder
        The library.
    since, until : date, optional
        Local days, inclusive.
    """
    from runanalytics.library.linking.view import between

    def every() -> pd.DataFrame:
        sessions = folder.table("sessions")
        sessions = read_corrections(folder.path).sessions(sessions, folder.table("sets"))
        return sessions.sort_values(["local_date", "start_utc"], ignore_index=True)

    return between(folder.derived("corrected sessions", every), since, until)


def corrected_sets(folder: LibraryFolder) -> pd.DataFrame:
    """Return table "sets" with the movements and categories that the corrections give."""

    def corrected() -> pd.DataFrame:
        # First the table: reading it finishes a restore, which brings both.
        sets = folder.table("sets")
        return read_corrections(folder.path).sets(sets).reset_index(drop=True)

    return folder.derived("corrected sets", corrected)


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
        A movement's id or name, a category, "none" or "unknown"; or None to remove the
        correction.

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
    """Return the id of the movement that a correction gives, a category, "none" or "unknown".

    Raises
    ------
    UsageError
        If there is no such movement, with the nearest.

    Examples
    --------
    >>> movement_of("single-leg-deadlift"), movement_of("none"), movement_of("Other sport")
    ('single_leg_deadlift', 'none', 'other_sport')
    """
    plain = movement_id(text)
    return plain if plain in (NONE, UNKNOWN, *CATEGORIES) else named(text).id


_MOVEMENTS = EditedFile(
    FILE, _FIRST_LINES, _read_line, "write lines such as: SL RDL,single_leg_deadlift"
)
