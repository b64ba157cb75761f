"""Stored tables, read as one view of all sources."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from runanalytics.library.linking.combine import (
    KEYS,
    Links,
    combined_rows,
    combined_segments,
    combined_sets,
)
from runanalytics.library.linking.removed import removed
from runanalytics.library.storage.catalogue import Catalogue
from runanalytics.units.days import parse_day

#: Tables that duplicates stand in, and the table that lists the duplicates.
_LINKED = {"runs": "runs", "segments": "runs", "sessions": "sessions", "sets": "sessions"}

#: Other tables whose rows can be taken out, and the columns that identify them.
_LONE_KEYS = {"races": "race_id", "events": "event_id"}


class Views:
    """The tables of a catalogue and what is derived from them, each made once for every state.

    A state ends when another connection writes to the catalogue, or one of the files changes.

    Parameters
    ----------
    catalogue : Catalogue
        Of any layout; others alone write to it.
    files : sequence of Path
        The user's files that derived frames rest on, whether they are there or not.
    """

    def __init__(self, catalogue: Catalogue, files: Sequence[Path] = ()) -> None:
        self._catalogue = catalogue
        self._files = files
        #: Held while what is kept is looked at or replaced.
        self._lock = threading.Lock()
        self._state: tuple[int | bytes | None, ...] = ()
        self._held: dict[Hashable, pd.DataFrame] = {}

    def table(self, name: str, since: Any = None, until: Any = None) -> pd.DataFrame:
        """Return a stored table as `table` does; the caller may change it."""
        with self._lock:
            self._forget_what_was()
            if name not in self._held:
                with self._catalogue.moment() as catalogue:
                    if since is not None or until is not None:
                        return table(catalogue, name, since, until)
                    self._held[name] = table(catalogue, name)
            held = self._held[name]
            if since is None and until is None:
                # A whole copy: pandas counts those who share values without a lock, so that a
                # frame whose values are copied when written to is not safe between threads.
                return held.copy()
            return between(held, since, until)

    def derived(self, what: Hashable, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """Return what `make` derives from the library as it is now; the caller may change it.

        Parameters
        ----------
        what : hashable
            Names the frame; no name of a stored table.
        make : callable
            Rests on the catalogue and the files alone.
        """
        with self._lock:
            state = self._forget_what_was()
            if what in self._held:
                return self._held[what].copy()
        made = make()
        with self._lock:
            # What was made while the library changed may be of both states.
            if self._forget_what_was() == state:
                self._held[what] = made.copy()
        return made

    def _forget_what_was(self) -> tuple[int | bytes | None, ...]:
        """Drop what is held of an earlier state; return the present one."""
        state = (self._catalogue.writes_of_others(), *map(content, self._files))
        if state != self._state:
            self._state = state
            self._held.clear()
        return state


def content(path: Path) -> bytes | None:
    """Return what a file holds; None if there is none, or it cannot be read."""
    try:
        return path.read_bytes()
    except OSError:
        return None


def table(catalogue: Catalogue, name: str, since: Any = None, until: Any = None) -> pd.DataFrame:
    """Return a stored table without duplicates.

    Parameters
    ----------
    catalogue : Catalogue
        Of any layout.
    name : str
        One of `runanalytics.library.storage.catalogue.STORED`.
    since, until : date, optional
        Local days, inclusive.

    Returns
    -------
    DataFrame
        The table, in the order of storing.
    """
    bounds = [
        (operator, parse_day(bound).isoformat())
        for operator, bound in ((">=", since), ("<=", until))
        if bound is not None
    ]
    links, gone = _links(catalogue, name), _gone(catalogue, name)
    if not links and not gone:
        condition = " AND ".join(f"local_date {operator} ?" for operator, _ in bounds)
        frame = catalogue.frame(name, condition, [day for _, day in bounds])
        return _with_runs(frame, catalogue) if name == "races" else frame
    return between(_view(catalogue, name, links, gone), since, until)


def between(frame: pd.DataFrame, since: Any, until: Any) -> pd.DataFrame:
    """Return the rows of local days from `since` to `until` inclusive; None is no bound."""
    if since is None and until is None:
        return frame
    days = frame["local_date"]
    kept = days.notna()
    if since is not None:
        kept &= days >= pd.Timestamp(parse_day(since))
    if until is not None:
        kept &= days <= pd.Timestamp(parse_day(until))
    return frame[kept].reset_index(drop=True)


def _links(catalogue: Catalogue, name: str) -> Links:
    return Links.from_catalogue(catalogue, _LINKED[name]) if name in _LINKED else Links()


def _gone(catalogue: Catalogue, name: str) -> frozenset[str]:
    return removed(catalogue, _LINKED.get(name, name))


def _view(
    catalogue: Catalogue, name: str, links: Links, gone: frozenset[str] = frozenset()
) -> pd.DataFrame:
    frame = _without(catalogue.frame(name), name, gone)
    if name == "races":
        return _with_runs(frame, catalogue)
    if name not in _LINKED:
        return frame
    if name == "sets":
        return combined_sets(frame, links)
    if name == "segments":
        part = "run_id IN (SELECT id FROM merges UNION SELECT into_id FROM merges)"
        return combined_segments(frame, catalogue.frame("runs", part), links)
    return combined_rows(frame, KEYS[name], links)


def _without(frame: pd.DataFrame, name: str, gone: frozenset[str]) -> pd.DataFrame:
    """Return a table without the rows that the user took out."""
    if not gone or frame.empty:
        return frame
    if name == "log_spans":
        ids = frame["what"] + " " + frame["first_date"].dt.strftime("%Y-%m-%d")
        ids = ids + " " + frame["source"].astype("str")
    else:
        ids = frame[_LONE_KEYS.get(name) or KEYS[_LINKED[name]]]
    kept: pd.DataFrame = frame[~ids.isin(gone).to_numpy(dtype=bool)].reset_index(drop=True)
    return kept


def _with_runs(races: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Return races with the run that recorded each, as `reconcile` found it."""
    if catalogue.layout < 2 or races.empty:
        return races
    found = races["race_id"].map(dict(catalogue.rows("SELECT race_id, run_id FROM race_runs")))
    run_id = races["run_id"].fillna(found.astype(races["run_id"].dtype))
    primary = run_id.map(Links.from_catalogue(catalogue, "runs").primary_of)
    run_id = primary.astype(run_id.dtype).fillna(run_id)
    return races.assign(run_id=run_id.mask(run_id.isin(removed(catalogue, "runs"))))
