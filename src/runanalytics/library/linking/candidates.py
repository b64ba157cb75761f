"""Pairs of rows of two sources that may be the same: how start, duration and distance agree.

A source states the runner's own clock, or UTC, or both; two rows are compared on a clock that
both state. A row with local time and one with UTC have none in common: the difference of their
starts must then be an offset that some time zone has.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from runanalytics.arrays import Booleans, Floats

Places = npt.NDArray[np.int64]

#: How far distances and durations of one run may lie apart: a share, or m and s.
DISTANCE_SHARE, DISTANCE_M = 0.05, 100.0
DURATION_SHARE, DURATION_S = 0.05, 60.0
#: Beyond this ratio of distances two rows differ even if their durations agree; a treadmill run
#: whose distance was corrected lies within.
DISTANCE_RATIO = 1.35
#: Rows without a clock in common must agree more closely in duration.
CLOSE_DURATION_SHARE = 0.03
#: How far the difference of a local and a UTC start may lie from an offset (s): where other rows
#: show the same offset, and where none does; then durations must agree to this share, or s.
STEP_S, LONE_STEP_S = 75.0, 15.0
#: The same where the offset of those weeks is certain, for a source that was started late, and
#: how much of the shorter row must then overlap.
SURE_STEP_S, SURE_OVERLAP = 300.0, 0.6
LONE_DURATION_SHARE, LONE_DURATION_S = 0.01, 2.0
#: Days around a pair in which other rows count for or against its offset: how many support it,
#: and how many make it certain or, if they show another offset, exclude it.
SUPPORT_DAYS, SUPPORTED, CONTRADICTED = 21, 2, 3
#: Offsets from UTC that time zones have (h).
ZONE_OFFSETS_H = (
    *range(-12, 15),
    *(-9.5, -3.5, -2.5, 3.5, 4.5, 5.5, 5.75, 6.5, 8.75, 9.5, 10.5, 11.5, 12.75, 13.75),
)
#: Rows compared with one row at most: those that begin next.
MOST_NEIGHBOURS = 64

_OFFSETS_S = np.sort(np.array(ZONE_OFFSETS_H, dtype=np.float64)) * 3_600
_DAY_S = 86_400.0


@dataclass(frozen=True)
class Times:
    """When each row was, in seconds since 1970; NaN where its source does not state a clock.

    Parameters
    ----------
    instant, local : ndarray
        Start in UTC and on the runner's own clock.
    length : ndarray
        Duration; NaN where it is not known.
    placed : ndarray
        Start in UTC as the row has it now, if need be by an assumed zone.
    day : ndarray
        Local day, days since 1970.
    """

    instant: Floats
    local: Floats
    length: Floats
    placed: Floats
    day: Places

    @classmethod
    def from_rows(cls, rows: pd.DataFrame, length: Floats) -> Times:
        """Return the times of rows with `start_utc`, `utc_offset_s`, `local_date`, `clock`."""
        clock = rows["clock"].to_numpy(dtype=object)
        start = rows["start_utc"].to_numpy(dtype="datetime64[us]")
        placed = np.where(np.isnat(start), np.nan, start.astype(np.int64) / 1e6)
        local = placed + numbers(rows, "utc_offset_s")
        return cls(
            np.where(clock == "local", np.nan, placed),
            np.where(clock == "utc", np.nan, local),
            length,
            placed,
            rows["local_date"].to_numpy(dtype="datetime64[D]").astype(np.int64),
        )


@dataclass(frozen=True)
class Lengths:
    """Distance (m), elapsed and moving time (s) of each row; NaN where not known."""

    distance: Floats
    elapsed: Floats
    moving: Floats

    def distances_agree(self, pairs: Pairs) -> Booleans:
        """Whether both distances are known and agree."""
        a, b = self.distance[pairs.a], self.distance[pairs.b]
        return np.abs(a - b) <= np.maximum(DISTANCE_SHARE * np.maximum(a, b), DISTANCE_M)

    def distances_differ(self, pairs: Pairs) -> Booleans:
        """Whether both distances are known and can never be of one run."""
        a, b = self.distance[pairs.a], self.distance[pairs.b]
        return np.maximum(a, b) > DISTANCE_RATIO * np.minimum(a, b) + DISTANCE_M

    def durations_agree(self, pairs: Pairs, share: float, seconds: float) -> Booleans:
        """Whether elapsed or moving times agree.

        One source's moving time is compared with another's elapsed time only where one of them
        states a single duration, which may be either.
        """
        either = np.zeros(len(pairs.a), dtype=bool)
        elapsed_a, elapsed_b = self.elapsed[pairs.a], self.elapsed[pairs.b]
        moving_a, moving_b = self.moving[pairs.a], self.moving[pairs.b]
        unclear_b = np.isnan(elapsed_b) | np.isnan(moving_b) | (elapsed_b == moving_b)
        unclear_a = np.isnan(elapsed_a) | np.isnan(moving_a) | (elapsed_a == moving_a)
        crossed = unclear_a | unclear_b
        for one, other, counts in (
            (elapsed_a, elapsed_b, True),
            (moving_a, moving_b, True),
            (elapsed_a, moving_b, crossed),
            (moving_a, elapsed_b, crossed),
        ):
            apart = np.abs(one - other)
            either |= (apart <= np.maximum(share * np.maximum(one, other), seconds)) & counts
        return either


@dataclass(frozen=True)
class Pairs:
    """Rows `a` and `b` that may be the same, and how well they agree (more is better)."""

    a: Places
    b: Places
    score: Floats

    def where(self, keep: Booleans) -> Pairs:
        """Return the pairs of which `keep` is true."""
        return Pairs(self.a[keep], self.b[keep], self.score[keep])


def _in_ranges(first: Places, count: Places) -> tuple[Places, Places]:
    """Return the numbers in ranges of `MOST_NEIGHBOURS` at most, after the index of their range."""
    count = np.clip(count, 0, MOST_NEIGHBOURS)
    place = np.repeat(np.arange(len(first)), count)
    ordinal = np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
    return place, first[place] + ordinal


def numbers(rows: pd.DataFrame, name: str) -> Floats:
    """Return a column as plain numbers, NaN where it is missing."""
    return np.asarray(rows[name].to_numpy(dtype="float64", na_value=np.nan))


def overlapping(times: Times, share: float, *, of_shorter: bool = False) -> Pairs:
    """Return the pairs that overlap, on a clock that both state.

    Parameters
    ----------
    times : Times
        Of each row; those of unknown length overlap with nothing.
    share : float
        Least overlap, as a share of the longer row.
    of_shorter : bool
        Take it as a share of the shorter row instead.

    Returns
    -------
    Pairs
        Their score is the share.
    """
    by_instant = _sweep(times.instant, times.length)
    by_local = _sweep(times.local, times.length)
    states_both = ~np.isnan(times.instant)
    by_local = by_local.where(~(states_both[by_local.a] & states_both[by_local.b]))
    return _enough(joined(by_instant, by_local), times.length, share, of_shorter)


def overlapping_as_placed(times: Times, share: float) -> Pairs:
    """Return the pairs of a local and a UTC row that overlap by what their zones are taken for.

    Their score is the share of the shorter row.
    """
    pairs = _sweep(times.placed, times.length)
    is_local, is_utc = np.isnan(times.instant), np.isnan(times.local)
    mixed = (is_local[pairs.a] & is_utc[pairs.b]) | (is_utc[pairs.a] & is_local[pairs.b])
    return _enough(pairs.where(mixed), times.length, share, of_shorter=True)


def _sweep(start: Floats, length: Floats) -> Pairs:
    """Return all pairs that overlap at all; their score is the overlap in seconds."""
    rows = np.flatnonzero(~np.isnan(start) & (length > 0))
    rows = rows[np.argsort(start[rows], kind="stable")]
    begin, end = start[rows], start[rows] + length[rows]
    after = np.arange(1, len(rows) + 1)
    first, second = _in_ranges(after, np.searchsorted(begin, end) - after)
    overlap = np.minimum(end[first], end[second]) - begin[second]
    return Pairs(rows[first], rows[second], overlap)


def _enough(pairs: Pairs, length: Floats, share: float, of_shorter: bool) -> Pairs:
    a, b = length[pairs.a], length[pairs.b]
    whole = np.minimum(a, b) if of_shorter else np.maximum(a, b)
    shares = Pairs(pairs.a, pairs.b, pairs.score / whole)
    return shares.where(shares.score >= share)


def joined(*parts: Pairs) -> Pairs:
    """Return several sets of pairs as one."""
    return Pairs(
        np.concatenate([part.a for part in parts]),
        np.concatenate([part.b for part in parts]),
        np.concatenate([part.score for part in parts]),
    )


def one_zone_apart(times: Times, lengths: Lengths) -> Pairs:
    """Return the pairs of a local and a UTC row of one run, their starts one zone's offset apart.

    Parameters
    ----------
    times : Times
        Of each row; rows that state both clocks show which offset held when.
    lengths : Lengths
        Of each row.

    Returns
    -------
    Pairs
        `a` is the local row; the score is how many others show the same offset in those weeks.
    """
    local = np.flatnonzero(np.isnan(times.instant) & ~np.isnan(times.local))
    utc = np.flatnonzero(np.isnan(times.local) & ~np.isnan(times.instant))
    utc = utc[np.argsort(times.instant[utc], kind="stable")]
    starts = times.instant[utc]
    low = np.searchsorted(starts, times.local[local] - _OFFSETS_S[-1] - SURE_STEP_S)
    high = np.searchsorted(starts, times.local[local] - _OFFSETS_S[0] + SURE_STEP_S)
    place, at = _in_ranges(low, high - low)
    a, b = local[place], utc[at]
    step = times.local[a] - times.instant[b]
    right = np.clip(np.searchsorted(_OFFSETS_S, step), 1, len(_OFFSETS_S) - 1)
    below, above = _OFFSETS_S[right - 1], _OFFSETS_S[right]
    offset = np.where(step - below <= above - step, below, above)
    off_by = np.abs(step - offset)
    pairs = Pairs(a, b, np.zeros(len(a)))
    at_all = off_by <= SURE_STEP_S
    pairs, offset, off_by = pairs.where(at_all), offset[at_all], off_by[at_all]
    at_once = off_by <= STEP_S
    near = lengths.distances_agree(pairs)
    timed = lengths.durations_agree(pairs, CLOSE_DURATION_SHARE, DURATION_S / 2)
    close = near & timed & at_once
    support, rival = _support(times, pairs, offset, close)
    strict = off_by <= LONE_STEP_S
    strict &= lengths.durations_agree(pairs, LONE_DURATION_SHARE, LONE_DURATION_S)
    # Once the offset of those weeks is certain, the two have a clock in common.
    shorter = np.fmin(times.length[pairs.a], times.length[pairs.b])
    sure = (support >= CONTRADICTED) & (near | timed) & ~lengths.distances_differ(pairs)
    sure &= at_once | (near & timed & (off_by <= (1 - SURE_OVERLAP) * shorter))
    same = (close & (support >= SUPPORTED)) | (close & strict & (rival < CONTRADICTED)) | sure
    return Pairs(pairs.a, pairs.b, support).where(same)


def _support(times: Times, pairs: Pairs, offset: Floats, close: Booleans) -> tuple[Floats, Floats]:
    """Return how many close pairs and watches show each offset, and how many another one."""
    both = ~np.isnan(times.instant) & ~np.isnan(times.local)
    when = np.concatenate([times.instant[pairs.b[close]], times.instant[both]])
    shown = np.concatenate([offset[close], (times.local - times.instant)[both]])
    support = np.zeros(len(offset))
    rival = np.zeros(len(offset))
    for value in np.unique(shown):
        moments = np.sort(when[np.abs(shown - value) < 1.0])
        at = times.instant[pairs.b]
        count = np.searchsorted(moments, at + SUPPORT_DAYS * _DAY_S, "right") - np.searchsorted(
            moments, at - SUPPORT_DAYS * _DAY_S
        )
        own = offset == value
        support[own] = count[own] - close[own]
        rival[~own] = np.maximum(rival[~own], count[~own])
    return support, rival


def on_the_same_day(times: Times) -> Pairs:
    """Return the pairs of a row of a day without a time (`a`) and a row with one (`b`)."""
    untimed = np.flatnonzero(np.isnan(times.placed))
    timed = np.flatnonzero(~np.isnan(times.placed))
    timed = timed[np.argsort(times.day[timed], kind="stable")]
    low = np.searchsorted(times.day[timed], times.day[untimed])
    high = np.searchsorted(times.day[timed], times.day[untimed], "right")
    place, at = _in_ranges(low, high - low)
    return Pairs(untimed[place], timed[at], np.zeros(len(place)))


def on_days_of(times: Times, chosen: Booleans) -> Pairs:
    """Return the pairs of a chosen row (`a`) and a row that is not of its day (`b`)."""
    own, others = np.flatnonzero(chosen), np.flatnonzero(~chosen)
    others = others[np.argsort(times.day[others], kind="stable")]
    low = np.searchsorted(times.day[others], times.day[own])
    high = np.searchsorted(times.day[others], times.day[own], "right")
    place, at = _in_ranges(low, high - low)
    return Pairs(own[place], others[at], np.zeros(len(place)))


def first_of_each(pairs: Pairs) -> Pairs:
    """Return the first pair of each row `a`."""
    first = np.zeros(len(pairs.a), dtype=bool)
    first[np.unique(pairs.a, return_index=True)[1]] = True
    return pairs.where(first)
