"""What the user says of merges: which there are, and that two rows are the same, or are not."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from runanalytics.errors import UsageError
from runanalytics.library.settling import settle
from runanalytics.units import distance_text, duration_text

if TYPE_CHECKING:
    from runanalytics.library.catalogue import Catalogue
    from runanalytics.library.store import Library

#: Shortest beginning of an identifier that stands for it.
_SHORTEST = 4

_KEYS = {"runs": "run_id", "sessions": "session_id"}
#: What is shown of a row: its start or day, its lengths, how much it tells.
_SHOWN = {
    "runs": "SELECT start_utc, local_date, distance_m, elapsed_s, detail FROM runs"
    " WHERE run_id = ?",
    "sessions": "SELECT start_utc, local_date, NULL, duration_s,"
    " (SELECT sum(n_sets) || ' sets' FROM sets WHERE sets.session_id = sessions.session_id)"
    " FROM sessions WHERE session_id = ?",
}


@dataclass(frozen=True)
class Side:
    """One of two rows that are the same: who says it, and what."""

    id: str
    files: tuple[str, ...]
    importers: tuple[str, ...]
    start: str
    said: str

    def text(self) -> str:
        """Return it in a line."""
        source = ", ".join(self.importers) or "?"
        names = ", ".join(self.files[:2]) + (" ..." if len(self.files) > 2 else "")
        return f"{self.id}  {self.start}  {source}: {self.said or 'no details'} ({names})"


@dataclass(frozen=True)
class Merged:
    """Two rows that are one thing, or were until the user said no.

    Parameters
    ----------
    what : str
        ``runs`` or ``sessions``.
    hidden, speaks : Side
        The row that is hidden, and the one that speaks.
    reason : str
        Why, in words.
    made_by : str
        ``import`` or ``user``.
    undone : bool
        Whether the user undid it.
    """

    what: str
    hidden: Side
    speaks: Side
    reason: str
    made_by: str
    undone: bool

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return asdict(self)


class _Row(NamedTuple):
    """A row of the catalogue's table of merges."""

    what: str
    id: str
    into_id: str
    reason: str
    made_by: str
    undone: int


def merges(library: Library) -> list[Merged]:
    """Return every merge of a library, undone ones too, by day."""
    catalogue = library._reading()
    if catalogue is None or catalogue.layout < 2:
        return []
    found = [_merged(catalogue, row) for row in _rows(catalogue)]
    return sorted(found, key=lambda one: (one.what, one.speaks.start))


def _rows(catalogue: Catalogue) -> list[_Row]:
    query = (
        "SELECT what, id, into_id, reason, made_by, undone FROM merges ORDER BY what, into_id,"
        " undone, place"
    )
    return [_Row(*row) for row in catalogue.rows(query)]


def _merged(catalogue: Catalogue, row: _Row) -> Merged:
    hidden, speaks = (_side(catalogue, row.what, one) for one in (row.id, row.into_id))
    return Merged(row.what, hidden, speaks, row.reason, row.made_by, bool(row.undone))


def _side(catalogue: Catalogue, what: str, identifier: str) -> Side:
    rows = catalogue.rows(_SHOWN[what], (identifier,))
    start, day, distance_m, duration_s, detail = rows[0] if rows else (None,) * 5
    sources = catalogue.rows(
        "SELECT name, importer FROM provenance JOIN sources USING (digest)"
        " WHERE what = ? AND id = ? ORDER BY name",
        (what, identifier),
    )
    said = [
        distance_text(distance_m) if distance_m is not None else "",
        duration_text(duration_s) if duration_s is not None else "",
        str(detail or ""),
    ]
    return Side(
        identifier,
        tuple(name for name, _ in sources),
        tuple(sorted({importer for _, importer in sources if importer})),
        f"{start[:16]}Z" if start else str(day or "gone"),
        ", ".join(part for part in said if part),
    )


def undo(library: Library, identifier: str) -> Merged:
    """Read a hidden row on its own again, now and after every import.

    Parameters
    ----------
    library : Library
        Where it is.
    identifier : str
        Of the hidden row, or its beginning.

    Returns
    -------
    Merged
        What was undone.

    Raises
    ------
    UsageError
        If no merge hides such a row.
    """
    merge = _named(library, identifier, undone=False)
    _mark(library, merge, undone=True)
    return merge


def redo(library: Library, identifier: str) -> Merged:
    """Take back `undo`: hide the row behind the other again, whatever an import says of it.

    Raises
    ------
    UsageError
        If no merge of such a row was undone.
    """
    merge = _named(library, identifier, undone=True)
    _mark(library, merge, undone=False)
    return merge


def join(library: Library, identifier: str, into: str) -> None:
    """Make two rows one by hand; `into` speaks, and the other fills what it leaves open.

    Parameters
    ----------
    library : Library
        Where both are.
    identifier, into : str
        Identifiers of two runs or two sessions, or their beginnings.

    Raises
    ------
    UsageError
        If they are not two of one kind, or a row with samples would be hidden behind one
        without.
    """
    with library._writing() as catalogue:
        (what, hidden), (other, speaks) = (_row(catalogue, one) for one in (identifier, into))
        if what != other or hidden == speaks:
            raise UsageError(
                f"'{identifier}' and '{into}' are not two {what}", hint="name two of one kind"
            )
        if what == "runs":
            details = dict(catalogue.rows("SELECT run_id, detail FROM runs"))
            if (details[hidden], details[speaks]) == ("samples", "summary"):
                raise UsageError(
                    f"run {hidden} has samples and {speaks} has not",
                    hint=f"join them the other way round: merges join {speaks} {hidden}",
                )
        with catalogue.transaction():
            between = [(what, hidden, speaks), (what, speaks, hidden)]
            catalogue.write("DELETE FROM merges WHERE what = ? AND id = ? AND into_id = ?", between)
            catalogue.write(
                "INSERT INTO merges VALUES (?, ?, ?, 1, 0, 'joined by hand', 'user', 0)",
                between[:1],
            )
        settle(catalogue, anyway=True)


def _mark(library: Library, merge: Merged, *, undone: bool) -> None:
    with library._writing() as catalogue:
        with catalogue.transaction():
            catalogue.write(
                "UPDATE merges SET undone = ?, made_by = 'user'"
                " WHERE what = ? AND id = ? AND into_id = ?",
                [(int(undone), merge.what, merge.hidden.id, merge.speaks.id)],
            )
        settle(catalogue, anyway=True)


def _named(library: Library, identifier: str, *, undone: bool) -> Merged:
    catalogue = library._reading()
    found = [
        row
        for row in (_rows(catalogue) if catalogue is not None and catalogue.layout > 1 else [])
        if row.undone == undone and stands_for(identifier, row.id)
    ]
    if catalogue is not None and len(found) == 1:
        return _merged(catalogue, found[0])
    state = "undone merge" if undone else "merge"
    if found:
        ids = ", ".join(f"{one.id} into {one.into_id}" for one in found)
        raise UsageError(f"more than one {state} of '{identifier}': {ids}", hint="write more of it")
    raise UsageError(
        f"no {state} of '{identifier}'",
        hint="'runanalytics merges' lists them; name the first of the two rows",
    )


def _row(catalogue: Catalogue, identifier: str) -> tuple[str, str]:
    """Return whether an identifier is of runs or sessions, and the whole of it."""
    found = [
        (what, one)
        for what, key in _KEYS.items()
        for (one,) in catalogue.rows(f"SELECT {key} FROM {what}")  # noqa: S608
        if stands_for(identifier, one)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(one for _, one in found[:5])
        raise UsageError(f"'{identifier}' may be {ids}", hint="write more of it")
    raise UsageError(
        f"no run or session '{identifier}'",
        hint="runs.csv and sessions.csv of 'runanalytics export' list them",
    )


def stands_for(text: str, identifier: str) -> bool:
    """Return whether `text` is an identifier, or the beginning of it."""
    return text == identifier or (len(text) >= _SHORTEST and identifier.startswith(text))
