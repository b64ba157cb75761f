"""Apple Health's records: stored compactly, and put on one time axis for each workout.

A record is a number over an interval of time: steps, metres, or the mean of a quantity. An
export of a gigabyte holds some three million before the first workout tells which are needed.
Those of runners' quantities are kept in 14 bytes each.

Intervals are whole seconds of irregular length. On the common axis a quantity is its mean over
a window around each instant, weighted by how long each record covers it. Steps and metres are
rates over a longer window, since an interval rounded to the second may be wrong by a third.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from runanalytics.arrays import Floats
from runanalytics.importers.contract import Note
from runanalytics.importers.runs.recorded import MICROSECONDS, UNKNOWN_US, instants_us
from runanalytics.importers.text.plain_numbers import n_unread, numbers_in, unread_note
from runanalytics.importers.text.stated_units import factor

_PREFIX = "HKQuantityTypeIdentifier"
#: Type of record -> our column, for means over the interval.
MEANS: Mapping[str, str] = {
    "RunningGroundContactTime": "ground_contact_ms",
    "RunningVerticalOscillation": "vertical_oscillation_mm",
    "RunningStrideLength": "step_length_m",
    "RunningSpeed": "speed_m_s",
    "RunningPower": "power_w",
    "HeartRate": "heart_rate_bpm",
}
#: Type of record -> our column, for sums over the interval.
SUMS: Mapping[str, str] = {"StepCount": "cadence_spm", "DistanceWalkingRunning": "distance_m"}
TYPES: Mapping[str, str] = {_PREFIX + name: column for name, column in {**MEANS, **SUMS}.items()}
_COUNT = "count"

#: Instants of the common axis are this far apart.
STEP_S = 5.0
_MEAN_WINDOW_S, _RATE_WINDOW_S = 10.0, 20.0
#: A record of an instant holds until the next, but for no longer than this.
_HELD_S = 10.0
#: In a longer record the distribution over time is unknown. A phone's are of about a minute (of 62
#: s, for one), or of several.
_LONGEST_RECORD_S = 90.0
#: Sums are put on the axis if records of no more than that length hold at least this share.
_COMPLETE = 0.9
#: A workout's records begin at most this long before it.
_BEFORE_S = _LONGEST_RECORD_S
#: No more records than this are kept: 420 MB.
MOST_RECORDS = 30_000_000
_CHUNK = 1 << 14
#: A record of more than this, in any of our units, is wrong.
_MOST = 1e6
_RECORD = np.dtype([("start", "<u4"), ("duration", "<f4"), ("value", "<f4"), ("source", "<u2")])
Records = NDArray[np.void]


@dataclass
class _Pending:
    """Records of one type, the latest of them still as text."""

    #: Start, end, amount, factor to our unit, and source of each.
    rows: list[tuple[str, str, str, float, int]] = field(default_factory=list)
    packed: list[Records] = field(default_factory=list)
    n_unread: int = 0

    def pack(self) -> None:
        if not self.rows:
            return
        starts, ends, amounts, factors, sources = zip(*self.rows, strict=True)
        self.rows.clear()
        start, end = instants_us(starts), instants_us(ends)
        known = (start != UNKNOWN_US) & (end != UNKNOWN_US) & (start > 0) & (end >= start)
        numbers = numbers_in(amounts)
        self.n_unread += n_unread(amounts, numbers)
        with np.errstate(over="ignore"):  # what overflows is more than the most
            amount = numbers * np.array(factors)
        known &= (amount >= 0) & (amount <= _MOST)
        known &= start < np.iinfo(np.uint32).max * MICROSECONDS
        packed = np.empty(int(known.sum()), dtype=_RECORD)
        packed["start"] = start[known] // MICROSECONDS
        packed["duration"] = (end[known] - start[known]) / MICROSECONDS
        packed["value"] = amount[known]
        packed["source"] = np.array(sources)[known]
        self.packed.append(packed)


class RecordStore:
    """The records of runners' quantities of one export."""

    def __init__(self) -> None:
        self._pending = {column: _Pending() for column in TYPES.values()}
        self._sorted: dict[str, Records] = {}
        self._factors: dict[tuple[str, str], float | None] = {}
        self._sources: dict[str, int] = {}
        self._watches: set[int] = set()
        self._count = 0
        self._left_out: Counter[str] = Counter()

    def add(
        self, column: str, start: str, end: str, value: str, unit: str, source: str, device: str
    ) -> None:
        """Add a record, its attributes as the file has them."""
        key = (column, unit)
        if key not in self._factors:
            self._factors[key] = _factor(column, unit)
        stated = self._factors[key]
        if stated is None or self._count >= MOST_RECORDS:
            reason = f"its unit '{unit}' is not known" if stated is None else "too many records"
            self._left_out[f"{column}: {reason}"] += 1
            return
        code = self._sources.get(source)
        if code is None:
            code = self._sources[source] = min(len(self._sources), np.iinfo(np.uint16).max)
            if "watch" in source.casefold() or "Watch" in device:
                self._watches.add(code)
        pending = self._pending[column]
        pending.rows.append((start, end, value, stated, code))
        self._count += 1
        if len(pending.rows) >= _CHUNK:
            pending.pack()

    def sort(self) -> list[Note]:
        """Sort all records by time; return notes on those that were left out."""
        for column, pending in self._pending.items():
            pending.pack()
            joined = np.concatenate(pending.packed) if pending.packed else np.empty(0, _RECORD)
            pending.packed.clear()
            in_order = (np.diff(joined["start"].astype(np.int64)) >= 0).all()
            self._sorted[column] = (
                joined if in_order else joined[np.argsort(joined["start"], kind="stable")]
            )
        return [
            Note("warning", f"records of {reason}: {count} left out")
            for reason, count in self._left_out.items()
        ] + [
            note
            for column, pending in self._pending.items()
            for note in unread_note(pending.n_unread, column)
        ]

    def within(self, column: str, start_s: float, end_s: float, source: str) -> Records:
        """Return the records of one source within a workout, sorted by time.

        Several sources count the same steps. The workout's own is used, else a watch, else the
        one with the most records.

        Parameters
        ----------
        column : str
            Of table "samples".
        start_s, end_s : float
            First and last instant of the workout, s since 1970.
        source : str
            Name of the workout's own source.
        """
        records = self._sorted[column]
        first, last = np.searchsorted(records["start"], [start_s - _BEFORE_S, end_s])
        records = records[first:last]
        middle = records["start"] + records["duration"] / 2.0
        records = records[(middle >= start_s) & (middle <= end_s)]
        if not len(records):
            return records
        codes, counts = np.unique(records["source"], return_counts=True)
        own = self._sources.get(source, -1)
        best = max(
            zip(codes.tolist(), counts.tolist(), strict=True),
            key=lambda pair: (pair[0] == own, pair[0] in self._watches, pair[1]),
        )
        chosen: Records = records[records["source"] == best[0]]
        return chosen


def _factor(column: str, unit: str) -> float | None:
    if column == "cadence_spm":
        return 1.0 if unit == _COUNT else None
    return factor(column, unit)


def sum_within(records: Records, start_s: float, end_s: float) -> float:
    """Return the sum of steps or metres within a workout, those of long records among them.

    Parameters
    ----------
    records : structured array
        Of one source and type.
    start_s, end_s : float
        First and last instant of the workout, s since 1970.

    Returns
    -------
    float
        Of a record that goes beyond the workout, the share within; NaN without records.
    """
    if not len(records):
        return float("nan")
    begin, length = records["start"].astype(np.float64), records["duration"].astype(np.float64)
    inside = np.minimum(begin + length, end_s) - np.maximum(begin, start_s)
    share = np.where(length > 0, np.clip(inside, 0, None) / np.maximum(length, 1e-9), 1.0)
    return float((records["value"] * share).sum())


def is_told_by_minutes(records: Records) -> bool:
    """Return whether much of a sum is in records too long to tell when in them it was."""
    value = records["value"].astype(np.float64)
    short = float(value[records["duration"] <= _LONGEST_RECORD_S].sum())
    return short < _COMPLETE * float(value.sum())


def on_axis(column: str, records: Records, start_s: float, axis_s: Floats) -> Floats:
    """Return a quantity's values on the common axis.

    Parameters
    ----------
    column : str
        Of table "samples"; "distance_m" is the sum up to each instant.
    records : structured array
        Of one source, sorted by time.
    start_s : float
        Start of the axis, s since 1970.
    axis_s : array of float
        Instants of the axis in s since its start.

    Returns
    -------
    array of float
        In the column's unit; NaN where no record covers the window.
    """
    begin = records["start"] - start_s
    length = records["duration"].astype(np.float64)
    value = records["value"].astype(np.float64)
    is_sum = column in SUMS.values()
    if not is_sum:
        until_next = np.append(np.diff(begin), _HELD_S)
        length = np.where(length > 0, length, np.minimum(until_next, _HELD_S))
    kept = (length > 0) & (length <= _LONGEST_RECORD_S)
    begin, length, value = begin[kept], length[kept], value[kept]
    if not len(begin):
        return np.full(len(axis_s), np.nan)
    rate = value / length if is_sum else value
    time, amount, covered = _integrals(begin, begin + length, rate, union=is_sum)
    if column == "distance_m":
        return np.interp(axis_s, time, amount)
    half = (_RATE_WINDOW_S if is_sum else _MEAN_WINDOW_S) / 2
    low, high = axis_s - half, axis_s + half
    total = np.interp(high, time, amount) - np.interp(low, time, amount)
    under = np.interp(high, time, covered) - np.interp(low, time, covered)
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Floats = np.where(under >= 1, total / under, np.nan)
    return result * 60 if column == "cadence_spm" else result


def rate_of_distance(records: Records, start_s: float, axis_s: Floats) -> Floats:
    """Return speed on the common axis from records of distance, m/s."""
    return on_axis("cadence_spm", records, start_s, axis_s) / 60


def _integrals(
    begin: Floats, end: Floats, rate: Floats, *, union: bool
) -> tuple[Floats, Floats, Floats]:
    """Return instants, the integral of all rates up to each, and how long records cover them.

    With `union`, time that two records cover counts once, else twice, as in a weighted mean.
    """
    edges = np.concatenate([begin, end])
    order = np.argsort(edges, kind="stable")
    level = np.cumsum(np.concatenate([rate, -rate])[order])
    depth = np.cumsum(np.concatenate([np.ones(len(begin)), -np.ones(len(end))])[order])
    if union:
        depth = np.minimum(depth, 1)
    width = np.diff(edges[order], append=edges[order][-1:])
    amount = np.concatenate([[0.0], np.cumsum(level * width)[:-1]])
    covered = np.concatenate([[0.0], np.cumsum(depth * width)[:-1]])
    return edges[order], amount, covered
