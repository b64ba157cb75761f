"""Rows of Garmin's list that have more cells than its header has names.

Where the first row's sport has fewer columns than others, names are missing within the header,
and all cells after the gap stand under the wrong names. Only cells that can be proven are read:
those up to the pace, where pace times distance is time; and the running dynamics, where they
stand such that cadence times step length is speed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from runanalytics.importers.activity_lists.units import (
    OSCILLATION_UNITS_MM,
    STEP_UNITS_M,
    WITHIN,
    ListedRun,
    equal,
    long_unit,
)
from runanalytics.importers.contract import Note
from runanalytics.importers.runs.words import sport_of
from runanalytics.importers.text.delimited import DelimitedTable, Problems, Row

#: Running dynamics in the order of the list, next to each other.
_DYNAMICS = ("step_length", "vertical_ratio_pct", "oscillation", "ground_contact_ms")
#: Rows with more surplus cells than this belong to another table.
_MOST_SURPLUS = 6
#: So many more names may be missing in one place if as many are too many in another.
_MORE_MISSING = 2
#: This share of the runs must prove the same place.
_AGREED = 2 / 3
#: Contact times of runs, in ms.
_CONTACT_MS = (120.0, 450.0)
_PACE_WITHIN = 0.04


@dataclass(frozen=True)
class Cells:
    """How the cells of one list are read; each gives None for what it cannot read."""

    number: Callable[[str], float | None]
    seconds: Callable[[str], float | None]
    pace_s: Callable[[str], float | None]


def aligned(
    table: DelimitedTable, columns: Mapping[str, tuple[str, ...]], cells: Cells
) -> tuple[list[Row], list[Note]]:
    """Return the rows of a list, overfull ones with those cells that can be proven.

    Parameters
    ----------
    table : DelimitedTable
        The list, its overfull rows kept.
    columns : mapping of str to tuple of str
        Our name -> the columns that may hold it.
    cells : Cells
        How cells are read.

    Returns
    -------
    rows : list of Row
        None of them overfull.
    notes : list of Note
        What was read of overfull rows, and which were left out.
    """
    if not any(row.overfull for row in table.rows):
        return list(table.rows), []
    reader = _Overfull(table.columns, columns, cells)
    proven = {row.line: kept for row in table.rows if (kept := reader.proven(row)) is not None}
    shift = reader.shift([row for row in proven.values() if row.overfull])
    rows, problems, count = [], Problems(), 0
    for row in table.rows:
        if row.line not in proven:
            reason = f"{len(row.overfull)} cells, {len(table.columns)} columns"
            problems.add("rows with too many cells were left out", row, reason)
            continue
        count += bool(row.overfull)
        rows.append(reader.named(proven[row.line], shift))
    notes = problems.notes()
    if count:
        read = "up to the pace" + (", and running dynamics where they prove true" if shift else "")
        message = f"rows with more cells than there are columns were read {read}: {count}"
        notes.append(Note("warning", message))
    return rows, notes


@dataclass(frozen=True)
class _Overfull:
    names: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    cells: Cells

    def proven(self, row: Row) -> Row | None:
        """Return a row with its cells up to the pace; None if they do not fit their names.

        A row that is not overfull is returned as it is.
        """
        if not row.overfull:
            return row
        if len(row.overfull) > len(self.names) + _MOST_SURPLUS:
            return None
        if not all(ours in self.columns for ours in ("type", "distance", "time")):
            return None
        activity, distance, time = (self.columns[ours][0] for ours in ("type", "distance", "time"))
        paces = self.columns.get("pace", ())
        last = max(self.names.index(key) for key in (activity, distance, time, *paces))
        named = dict(zip(self.names[: last + 1], row.overfull, strict=False))
        shortened = replace(row, cells=named)
        time_s = self.cells.seconds(named[time])
        sport = sport_of(named[activity])
        if not sport.is_run:
            return shortened if time_s or not sport.is_strength else None
        pace_s = next((pace for key in paces if (pace := self.cells.pace_s(named[key]))), math.nan)
        expected_s = (self.cells.number(named[distance]) or math.nan) * pace_s
        return shortened if equal(expected_s, time_s or math.nan, _PACE_WITHIN) else None

    def shift(self, rows: Sequence[Row]) -> int:
        """Return how many cells after their names the running dynamics stand; 0 if unproven."""
        names = [self.columns[ours][0] for ours in _DYNAMICS if ours in self.columns]
        if len(names) < len(_DYNAMICS) or "cadence_spm" not in self.columns:
            return 0
        first = self.names.index(names[0])
        if self.names[first : first + len(names)] != tuple(names):
            return 0
        votes: Counter[int] = Counter()
        runs = [(run, row.overfull) for row in rows if (run := self._listed_run(row)) is not None]
        for run, cells in runs:
            for shift in range(1, _MOST_SURPLUS + _MORE_MISSING + 1):
                dynamics = cells[first + shift : first + shift + len(names)]
                if len(dynamics) == len(names):
                    votes[shift] += self._proves(run, dynamics)
        shift, count = votes.most_common(1)[0] if votes else (0, 0)
        return shift if count and count >= _AGREED * len(runs) else 0

    def _listed_run(self, row: Row) -> ListedRun | None:
        """Return the proven cells of a run with a cadence as numbers; None for other rows."""
        cadences = (self.cells.number(row[key]) for key in self.columns["cadence_spm"])
        cadence_spm = next((number for number in cadences if number), None)
        if cadence_spm is None or not sport_of(row[self.columns["type"][0]]).is_run:
            return None
        return ListedRun(
            distance=self.cells.number(row[self.columns["distance"][0]]) or math.nan,
            time_s=self.cells.seconds(row[self.columns["time"][0]]) or math.nan,
            cadence_spm=cadence_spm,
        )

    def _proves(self, run: ListedRun, dynamics: Sequence[str]) -> bool:
        step, ratio_pct, rise, contact_ms = (
            self.cells.number(cell) or math.nan for cell in dynamics
        )
        return (
            long_unit([replace(run, step_length=step)]) is not None
            and _CONTACT_MS[0] <= contact_ms <= _CONTACT_MS[1]
            # The ratio is in per cent, so times a step in metres it is a rise in centimetres.
            and any(
                equal(ratio_pct * step * step_m, rise * rise_mm / 10, WITHIN)
                for step_m in STEP_UNITS_M.values()
                for rise_mm in OSCILLATION_UNITS_MM.values()
            )
        )

    def named(self, row: Row, shift: int) -> Row:
        """Return a proven row with its running dynamics, if their place is known."""
        if not row.overfull:
            return row
        places = {
            key: self.names.index(key) + shift
            for ours in _DYNAMICS
            for key in self.columns.get(ours, ())[:1]
        }
        dynamics = {
            key: row.overfull[at] for key, at in places.items() if shift and at < len(row.overfull)
        }
        return Row(row.line, {**row.cells, **dynamics})
