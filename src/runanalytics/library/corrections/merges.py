"""Merges: which there are, and the user's decision that two rows are one, or are not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from runanalytics.errors import UsageError
from runanalytics.library.linking.reconcile import settle
from runanalytics.units import distance_text, duration_text

if TYPE_CHECKING:
    from runanalytics.library.folder import LibraryFolder
    from runanalytics.library.storage.catalogue import Catalogue

#: Shortest beginning of an identifier that stands for it.
_SHORTEST = 4

_KEYS = {"runs": "run_id", "sessions": "session_id"}
#: What is shown of a row: its start or day, its distance and duration, how detailed it is.
_SHOWN = {
    "runs": "SELECT start_utc, local_date, distance_m, elapsed_s, detail FROM runs"
    " WHERE run_id = ?",
    "sessions": "SELECT start_utc, local_date, NULL, duration_s,"
    " (SELECT sum(n_sets) || ' sets' FROM sets WHERE sets.session_id = sessions.session_id)"
    " FROM sessions WHERE session_id = ?",
}


@dataclass(frozen=True)
class Side:
    """One of two rows that are the same: its files and their importers, and what it holds."""

    identifier: str
    files: tuple[str, ...]
    importers: tuple[str, ...]
    start: str
    details: str

    def text(self) -> str:
        """Return it in a line."""
        source = ", ".join(self.importers) or "?"
        names = ", ".join(self.files[:2]) + (" ..." if len(self.files) > 2 else "")
        details = self.details or "no details"
        return f"{self.identifier}  {self.start}  {source}: {details} ({names})"

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return {
            "id": self.identifier,
            "files": self.files,
            "importers": self.importers,
            "start": self.start,
            "said": self.details,
        }


@dataclass(frozen=True)
class Merged:
    """Two rows that are read as one, or were until the user undid it.

    Parameters
    ----------
    what : str
        ``runs`` or ``sessions``.
    duplicate, primary : Side
        The primary is read; the duplicate only fills what the primary leaves open.
    reason : str
        Why, in words.
    made_by : str
        ``import`` or ``user``.
    undone : bool
        Whether the user undid it.
    """

    what: str
    duplicate: Side
    primary: Side
    reason: str
    made_by: str
    undone: bool

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return {
            "what": self.what,
            "hidden": self.duplicate.to_dict(),
            "speaks": self.primary.to_dict(),
            "reason": self.reason,
            "made_by": self.made_by,
            "undone": self.undone,
        }


class _Row(NamedTuple):
    """A row of the catalogue's table of merges."""

    what: str
    duplicate: str
    primary: str
    reason: str
    made_by: str
    undone: int


def merges(folder: LibraryFolder) -> list[Merged]:
    """Return every merge of a library, undone ones too, by day."""
    catalogue = folder.reading()
    if catalogue is None:
        return []
    found = [_merged(catalogue, row) for row in _rows(catalogue)]
    return sorted(found, key=lambda one: (one.what, one.primary.start))


def _rows(catalogue: Catalogue) -> list[_Row]:
    if catalogue.layout < 2:
        return []
    query = (
        "SELECT what, id, into_id, reason, made_by, undone FROM merges ORDER BY what, into_id,"
        " undone, place"
    )
    return [_Row(*row) for row in catalogue.rows(query)]


def _merged(catalogue: Catalogue, row: _Row) -> Merged:
    duplicate, primary = (_side(catalogue, row.what, one) for one in (row.duplicate, row.primary))
    return Merged(row.what, duplicate, primary, row.reason, row.made_by, bool(row.undone))


def _side(catalogue: Catalogue, what: str, identifier: str) -> Side:
    rows = catalogue.rows(_SHOWN[what], (identifier,))
    start, day, distance_m, duration_s, detail = rows[0] if rows else (None,) * 5
    sources = catalogue.rows(
        "SELECT name, importer FROM provenance JOIN sources USING (digest)"
        " WHERE what = ? AND id = ? ORDER BY name",
        (what, identifier),
    )
    details = [
        distance_text(distance_m) if distance_m is not None else "",
        duration_text(duration_s) if duration_s is not None else "",
        str(detail or ""),
    ]
    return Side(
        identifier,
        tuple(name for name, _ in sources),
        tuple(sorted({importer for _, importer in sources if importer})),
        f"{start[:16]}Z" if start else str(day or "gone"),
        ", ".join(part for part in details if part),
    )


def undo_merge(folder: LibraryFolder, identifier: str) -> Merged:
    """Read a duplicate as a row of its own again, now and after every import.

    Parameters
    ----------
    folder : LibraryFolder
        The library.
    identifier : str
        Of the duplicate, or its beginning.

    Returns
    -------
    Merged
        What was undone.

    Raises
    ------
    UsageError
        If no merge in force has such a duplicate.
    """
    merge = _named(folder, identifier, undone=False)
    _mark(folder, merge, undone=True)
    return merge


def redo_merge(folder: LibraryFolder, identifier: str) -> Merged:
    """Put a merge that was undone back in force, whatever later imports find.

    Parameters
    ----------
    folder, identifier
        As for `undo_merge`.

    Raises
    ------
    UsageError
        If no merge of such a duplicate was undone.
    """
    merge = _named(folder, identifier, undone=True)
    _mark(folder, merge, undone=False)
    return merge


def join(folder: LibraryFolder, identifier: str, into: str) -> None:
    """Merge two rows by hand; `into` is the primary, and the other fills what it leaves open.

    Parameters
    ----------
    folder : LibraryFolder
        The library.
    identifier, into : str
        Identifiers of two runs or two sessions, or their beginnings.

    Raises
    ------
    UsageError
        If they are not two of one kind, or a run with samples would become the duplicate of
        one without.
    """
    with folder.writing() as catalogue:
        (what, duplicate), (other, primary) = (_row(catalogue, one) for one in (identifier, into))
        if what != other or duplicate == primary:
            raise UsageError(
                f"'{identifier}' and '{into}' are not two {what}", hint="name two of one kind"
            )
        if what == "runs":
            details = dict(catalogue.rows("SELECT run_id, detail FROM runs"))
            if (details[duplicate], details[primary]) == ("samples", "summary"):
                raise UsageError(
                    f"run {duplicate} has samples and {primary} has not",
                    hint=f"join them the other way round: merges join {primary} {duplicate}",
                )
        with catalogue.transaction():
            between = [(what, duplicate, primary), (what, primary, duplicate)]
            catalogue.write("DELETE FROM merges WHERE what = ? AND id = ? AND into_id = ?", between)
            catalogue.write(
                "INSERT INTO merges VALUES (?, ?, ?, 1, 0, 'joined by hand', 'user', 0)",
                between[:1],
            )
        settle(catalogue, anyway=True)


def _mark(folder: LibraryFolder, merge: Merged, *, undone: bool) -> None:
    with folder.writing() as catalogue:
        with catalogue.transaction():
            catalogue.write(
                "UPDATE merges SET undone = ?, made_by = 'user'"
                " WHERE what = ? AND id = ? AND into_id = ?",
                [(int(undone), merge.what, merge.duplicate.identifier, merge.primary.identifier)],
            )
        settle(catalogue, anyway=True)


def _named(folder: LibraryFolder, identifier: str, *, undone: bool) -> Merged:
    catalogue = folder.reading()
    found = [
        row
        for row in (_rows(catalogue) if catalogue is not None else [])
        if row.undone == undone and stands_for(identifier, row.duplicate)
    ]
    if catalogue is not None and len(found) == 1:
        return _merged(catalogue, found[0])
    state = "undone merge" if undone else "merge"
    if found:
        ids = ", ".join(f"{one.duplicate} into {one.primary}" for one in found)
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
