"""The instants of a file's records: which are believable, in which order, and one row for each.

Clocks are set during an activity, apps write the values of each sensor as a record of its own,
and some write a record a second too late.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from runanalytics.arrays import Integers
from runanalytics.importers.contract import Note
from runanalytics.importers.fit.codec.values import Array

MICROSECONDS = 1_000_000
#: An activity is at most this long; a record further from the others has a broken clock.
LONGEST_US = 10 * 86_400 * MICROSECONDS
#: Stands for a missing instant.
UNKNOWN_US = int(np.iinfo(np.int64).min) // 2
#: Records late by no more than this are out of place; with later ones, the clock was set back.
_OUT_OF_PLACE_US = 10 * MICROSECONDS


def instants(table: Mapping[str, Array]) -> Integers:
    """Return the timestamps of a table's rows, microseconds since 1970; `UNKNOWN_US` for none."""
    stamps = table.get("timestamp")
    if stamps is None or stamps.dtype.kind != "M":
        return np.full(len(table["damaged"]) if table else 0, UNKNOWN_US)
    result = stamps.astype("M8[us]").astype(np.int64)
    return np.where(np.isnat(stamps), UNKNOWN_US, result)


def is_believable(times: Integers) -> NDArray[np.bool_]:
    """Return which instants are known and lie near most of the others.

    Examples
    --------
    >>> is_believable(np.array([10**15, 10**15 + 1, UNKNOWN_US, 2 * 10**15])).tolist()
    [True, True, False, False]
    """
    if not times.size:
        return np.zeros(0, dtype=bool)
    known = times > 0
    middle = np.median(times[known]) if known.any() else 0.0
    return np.asarray(known & (np.abs(times - middle) <= LONGEST_US))


def in_order(times: Integers, notes: list[Note]) -> tuple[Integers, slice | NDArray[np.int64]]:
    """Return instants that never decrease, and the order of the rows that belong to them.

    A few records out of place are sorted; where the clock was set back, later instants count on
    from the time before.

    Parameters
    ----------
    times : array of int
        Microseconds since 1970, as written.
    notes : list of Note
        Receives a note on what was put in order.
    """
    order: slice | NDArray[np.int64] = slice(None)
    steps = np.diff(times)
    backwards = int((steps < 0).sum())
    if not backwards:
        return times, order
    notes.append(
        Note("warning", f"the clock went back {backwards} times: the records were kept in order")
    )
    late = np.maximum.accumulate(times) - times
    all_differ = backwards > 1 and np.array_equal(np.sort(times), np.unique(times))
    if all_differ or late.max() <= _OUT_OF_PLACE_US:
        order = np.argsort(times, kind="stable")
        return times[order], order
    typical = int(np.median(steps[steps > 0])) if (steps > 0).any() else MICROSECONDS
    steps = np.where(steps < 0, typical, steps)
    return np.concatenate([times[:1], times[0] + np.cumsum(steps)]), order


def one_per_instant(
    times: Integers, record: Mapping[str, Array], notes: list[Note]
) -> tuple[Integers, dict[str, Array]]:
    """Return records with all those of one instant as one row.

    Of several values of a quantity the last counts, and 0 only if there is no other: apps write
    0 for what a sensor did not measure.

    Parameters
    ----------
    times : array of int
        Instants, never decreasing.
    record : mapping of str to array
        Columns of the records.
    notes : list of Note
        Receives a note if there were such records.

    Returns
    -------
    times : array of int
        Each instant once.
    record : dict of str to array
        The columns.

    Examples
    --------
    >>> table = {"heart_rate": np.array([150.0, np.nan, 151.0]), "cadence": np.array([0.0, 84, 85])}
    >>> times, merged = one_per_instant(np.array([5, 5, 6]), table, [])
    >>> {name: column.tolist() for name, column in merged.items()}
    {'heart_rate': [150.0, 151.0], 'cadence': [84.0, 85.0]}
    """
    begins = np.ones(len(times), dtype=bool)
    np.not_equal(times[1:], times[:-1], out=begins[1:])
    if begins.all():
        return times, dict(record)
    ends = np.append(begins[1:], True)
    last = np.flatnonzero(ends)
    notes.append(
        Note("info", f"records of an instant that has several, merged: {len(times) - len(last)}")
    )
    several = ~(begins & ends)
    places, groups = np.flatnonzero(several), np.flatnonzero(several[last])
    firsts = np.flatnonzero(begins[places])
    merged = {name: column[last] for name, column in record.items()}
    for name, column in merged.items():
        if column.dtype.kind == "f":
            column[groups] = _last_of_groups(record[name][places], firsts)
    return times[last], merged


def _last_of_groups(column: Array, firsts: NDArray[np.intp]) -> Array:
    """Return the last number of each group of rows, other than 0 if there is one."""
    places = np.arange(len(column))
    missing = np.isnan(column)
    last = np.maximum.reduceat(np.where(missing, -1, places), firsts)
    last_not_0 = np.maximum.reduceat(np.where(missing | (column == 0), -1, places), firsts)
    chosen = np.where(last_not_0 >= 0, last_not_0, last)
    return np.where(chosen >= 0, column[chosen], np.nan)
