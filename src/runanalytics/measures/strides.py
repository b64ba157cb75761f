"""Strides in the samples of a run: short, fast bursts with easy running between them.

Bursts are looked for on a grid of seconds. A burst is a stretch well above the speed of the run
around it that lasts 8 to 35 s, with steps that quicken, too: a jump of the GPS quickens no step.
Strides are 4 to 12 bursts alike, one after another, on the level, each no longer than 150 m, with
easy running, walking or standing between them for much longer than they last, and no longer effort
among them, which tells them from intervals, fartlek and hills. Of ten bursts of 30 s with easy
minutes between nobody can tell by samples whether they were meant as strides: they are proposed,
never counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from runanalytics.arrays import Booleans, Floats
from runanalytics.schema.columns import TableColumns

if TYPE_CHECKING:
    import pandas as pd

#: Shortest and longest burst, s. Watches smooth their speed, so that it rises and falls over some
#: seconds more; half-way up and down is where a burst begins and ends.
SHORTEST_S, LONGEST_S = 8.0, 35.0
_SMOOTHING_S = 3.0
#: Fewest and most bursts.
FEWEST, MOST = 4, 12
#: How much faster than the running around it a burst is at its fastest, as a share of its speed,
#: and by how much at least, m/s.
_FASTER, _FASTER_M_S = 1.2, 0.5
#: Speed, per that of the running around it, above which there is effort.
_EFFORT = 1.13
#: How much quicker the steps are, per those of the run and of the running around.
_QUICKER = 1.03
#: Steepest descent and climb of bursts that are on the level, as rise per distance of all of them:
#: of a single one altitude tells little.
_DESCENT, _CLIMB = -0.03, 0.045
#: Longest distance, m: 200 m are an interval, of which 150 to 170 m are faster than half-way up.
_LONGEST_M = 150.0
#: Least gain in speed of an effort that is like a group's bursts, per their median gain.
_LIKE = 0.5
#: Usual shortest and longest easy running between two bursts, and the shortest of all, s; and the
#: usual shortest per their duration: half a minute fast and half a minute easy is a fartlek.
_EASY_S, _LEAST_EASY_S, _EASY_SHARE = (18.0, 300.0), 12.0, 1.6
#: How unlike bursts may be: coefficient of variation of their durations and of their speeds.
_DURATION_CV, _SPEED_CV = 0.36, 0.12
#: Speeds beyond this are no runner's (m/s), nor gains per second beyond that (m/s²).
_FASTEST_M_S, _GAIN_M_S2 = 9.5, 4.0
#: Smart recording leaves up to some ten seconds between samples; after more the watch stood still.
_BRIDGED_S = 12.0
#: The running around an instant: so many blocks of so many seconds, of which half are needed, for
#: between strides that are walked back from strides are the only running. A look every so often
#: will do.
_BLOCK_S, _WINDOW, _LOOK_S = 30, 9, 3
#: Slower than this nobody runs, m/s, nor with fewer steps, steps/min.
_RUNNING_M_S, _RUNNING_SPM = 1.6, 140.0
#: Quantile of a run's speeds that is still easy running where a race follows a warm-up.
_EASY_PART = 0.4
#: Longest recording that is laid out in seconds, s.
_LONGEST_RUN_S = 48 * 3_600.0


class _Effort(NamedTuple):
    """First and last second of a stretch, its fastest, and the running around it (m/s)."""

    first: int
    last: int
    fastest: float
    level: float

    @property
    def lasts_s(self) -> float:
        return float(self.last - self.first + 1)

    @property
    def gain(self) -> float:
        """How much faster it is than the running around it, m/s."""
        return self.fastest - self.level


#: Start and duration (s), fastest second and the running around (m/s).
_Row = tuple[float, float, float, float]
#: Columns of `strides`.
COLUMNS = ("start_s", "duration_s", "speed_m_s", "around_m_s")


def count_strides(samples: pd.DataFrame | TableColumns) -> int:
    """Return how many strides the samples of one run hold.

    Parameters
    ----------
    samples : DataFrame or TableColumns
        As for `strides`.
    """
    return len(_strides(TableColumns.of(samples, "samples")))


def strides(samples: pd.DataFrame) -> pd.DataFrame:
    """Return the strides in the samples of one run.

    Parameters
    ----------
    samples : DataFrame
        Table ``samples`` of one run: elapsed_s (s) and speed_m_s (m/s), and, where recorded,
        cadence_spm (steps/min) and altitude_m (m).

    Returns
    -------
    DataFrame
        One row a burst, by time: start_s, duration_s (s), speed_m_s (its fastest second, m/s) and
        around_m_s (of the running around it, m/s). Empty where there are no strides.

    Raises
    ------
    SchemaError
        If a needed column is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> time = np.arange(0.0, 1_800.0)
    >>> fast = (time > 1_200) & (time % 100 < 20)
    >>> run = pd.DataFrame({"elapsed_s": time, "speed_m_s": np.where(fast, 5.2, 3.0),
    ...                     "cadence_spm": np.where(fast, 186.0, 168.0)})
    >>> found = strides(run)
    >>> len(found), float(found["duration_s"].median()), float(found["speed_m_s"].max())
    (6, 20.0, 5.2)
    """
    import pandas as pd

    from runanalytics.schema.checking import require

    require(samples, "samples", ("elapsed_s", "speed_m_s"))
    return pd.DataFrame(_strides(TableColumns.of(samples, "samples")), columns=list(COLUMNS))


def _strides(samples: TableColumns) -> list[_Row]:
    """Return the strides of a run as rows of `COLUMNS`."""
    time, speed, cadence = (samples[name] for name in ("elapsed_s", "speed_m_s", "cadence_spm"))
    if not _may_hold_bursts(time, speed, cadence):
        return []
    known = np.isfinite(time) & np.isfinite(speed)
    altitude = samples["altitude_m"]
    grid = _Grid.from_samples(*(each[known] for each in (time, speed, cadence, altitude)))
    if grid is None:
        return []
    rows = [row for group in grid.groups() for row in group]
    return rows if FEWEST <= len(rows) <= MOST else []


def _may_hold_bursts(time: Floats, speed: Floats, cadence: Floats) -> bool:
    """Return whether speeds rise as often and as shortly as those of strides, and steps with them.

    Most runs are done with here, in a small part of the time that all else would take.
    """
    running = speed > _RUNNING_M_S
    if np.count_nonzero(running) < 2 * FEWEST:
        return False
    fast = speed > _FASTER * _middle(speed[running], _EASY_PART)
    edges = np.flatnonzero(fast[1:] != fast[:-1]) + 1
    edges = edges[int(fast[0]) :]  # the first rise, the fall after it, and so on
    n_bursts = len(edges) // 2
    if n_bursts < FEWEST - 1:
        return False
    lasts_s = time[edges[1::2][:n_bursts]] - time[edges[::2][:n_bursts]]
    short = np.count_nonzero((lasts_s > SHORTEST_S / 2) & (lasts_s < LONGEST_S + 15))
    return bool(short >= FEWEST - 1) and not _middle(cadence[fast]) < _middle(cadence[running])


def _middle(values: Floats, share: float = 0.5) -> float:
    """Return the median or another quantile, or a value beside it.

    NaN where there is none, or one is missing.
    """
    place = int(share * len(values))
    return float(np.partition(values, place)[place]) if len(values) else float("nan")


class _Grid:
    """A run second by second: speed (m/s), cadence (steps/min), altitude (m), whether recorded."""

    def __init__(
        self, start_s: float, speed: Floats, cadence: Floats, altitude: Floats, recorded: Booleans
    ) -> None:
        self.start_s = start_s
        self.speed, self.cadence, self.altitude = speed, cadence, altitude
        self.recorded = recorded
        self.running = recorded & (speed > _RUNNING_M_S) & ~(cadence < _RUNNING_SPM)
        self.usual_m_s = _middle(speed[self.running])
        self.usual_spm = _middle(cadence[self.running])

    @classmethod
    def from_samples(
        cls, time: Floats, speed: Floats, cadence: Floats, altitude: Floats
    ) -> _Grid | None:
        """Return the seconds of a run; None of a recording that is none of a run."""
        if (np.diff(time) <= 0).any():
            first = np.concatenate([[True], np.diff(np.maximum.accumulate(time)) > 0])
            time, speed, cadence, altitude = (
                each[first] for each in (time, speed, cadence, altitude)
            )
        if len(time) < 2 * FEWEST or time[-1] - time[0] > _LONGEST_RUN_S:
            return None
        seconds = np.arange(np.ceil(time[0]), np.floor(time[-1]) + 1)
        after = np.clip(np.searchsorted(time, seconds), 1, len(time) - 1)
        recorded = time[after] - time[after - 1] <= _BRIDGED_S
        speed, cadence, altitude = (
            _between(seconds, time, each) for each in (speed, cadence, altitude)
        )
        return cls(float(seconds[0]), speed, cadence, altitude, recorded)

    def efforts(self) -> list[_Effort]:
        """Return every stretch above the running around it."""
        around = self._around(self.speed, self.usual_m_s)
        above = self.recorded & (self.speed > _EFFORT * around)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], above.astype(np.int8), [0]])))
        found = []
        for first, after in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            fastest = float(self.speed[first:after].max())
            level = float(around[first:after].mean())
            found.append(_Effort(first, after - 1, fastest, level))
        return found

    def bursts(self, efforts: list[_Effort]) -> list[_Effort]:
        """Return those of efforts that are bursts, from half-way up to half-way down."""
        found = []
        for effort in efforts:
            if not max(_FASTER * effort.level, effort.level + _FASTER_M_S) <= effort.fastest:
                continue
            if effort.fastest > _FASTEST_M_S:
                continue
            burst = self._half_way(effort)
            if burst.lasts_s >= SHORTEST_S - _SMOOTHING_S:
                found.append(burst)
        longest_s = LONGEST_S + _SMOOTHING_S
        found = [burst for burst in _joined(found) if burst.lasts_s <= longest_s]
        if len(found) < FEWEST:
            return []
        around_spm = self._around(self.cadence, self.usual_spm)
        return [burst for burst in found if self._is_run(burst, around_spm)]

    def _half_way(self, effort: _Effort) -> _Effort:
        """Return an effort from half-way up to half-way down.

        Where the running around has caught up with a long effort the speed has not come down.
        """
        half = (effort.level + effort.fastest) / 2
        within = np.flatnonzero(self.speed[effort.first : effort.last + 1] > half)
        first, last = effort.first + int(within[0]), effort.first + int(within[-1])
        longest = int(LONGEST_S + _SMOOTHING_S) + 1
        while first > 0 and last - first < longest and self.speed[first - 1] > half:
            first -= 1
        while last + 1 < len(self.speed) and last - first < longest and self.speed[last + 1] > half:
            last += 1
        return effort._replace(first=first, last=last)

    def _around(self, shown: Floats, usual: float) -> Floats:
        """Return what is usual of the running around each second, from four minutes each."""
        n_blocks = -(-len(shown) // _BLOCK_S)
        values = np.full((n_blocks + _WINDOW - 1) * _BLOCK_S, np.nan)
        begin = (_WINDOW // 2) * _BLOCK_S
        values[begin : begin + len(shown)] = np.where(self.running, shown, np.nan)
        windows = np.lib.stride_tricks.sliding_window_view(values, _WINDOW * _BLOCK_S)[::_BLOCK_S]
        ordered = np.sort(windows[:, ::_LOOK_S], axis=1)  # missing ones last
        known = np.count_nonzero(~np.isnan(ordered), axis=1)
        # Somewhat below the median: of bursts with easy running between, that is the running.
        place = (0.45 * np.maximum(known - 1, 0)).astype(np.intp)
        levels = np.take_along_axis(ordered, place[:, np.newaxis], axis=1)[:, 0]
        # Walking or standing between strides is no level to compare with.
        levels = _lower_neighbour(levels, known >= ordered.shape[1] / 2, usual)
        levels = np.maximum(levels, 0.8 * usual)
        middles = (np.arange(n_blocks) + 0.5) * _BLOCK_S
        joined: Floats = np.interp(np.arange(len(shown)), middles, levels)
        return joined

    def _is_run(self, burst: _Effort, around_spm: Floats) -> bool:
        """Return whether a burst is the runner's: steps quicken, and it is no jump."""
        shown = slice(burst.first, burst.last + 1)
        usual_spm = max(self.usual_spm, float(around_spm[shown].mean()))
        if self.cadence[shown].max() < _QUICKER * usual_spm:  # not where it is missing
            return False
        gains = np.diff(self.speed[max(0, burst.first - 4) : burst.last + 5])
        return not (len(gains) and float(np.abs(gains).max()) > _GAIN_M_S2)

    def groups(self) -> Iterator[list[_Row]]:
        """Yield groups of bursts that are strides, as rows of `COLUMNS`."""
        efforts = self.efforts()
        for near in _apart(self.bursts(efforts)):
            # What is hardly faster than the run beside the others is a gust of the GPS.
            least = _LIKE * float(np.median([burst.gain for burst in near]))
            for group in _apart([burst for burst in near if burst.gain >= least]):
                if self._are_strides(group, efforts):
                    yield [
                        (self.start_s + burst.first, burst.lasts_s, burst.fastest, burst.level)
                        for burst in group
                    ]

    def _are_strides(self, group: list[_Effort], efforts: list[_Effort]) -> bool:
        if not FEWEST <= len(group) <= MOST:
            return False
        first, last, fastest, _ = np.array(group).T
        durations, easy = last - first + 1, first[1:] - last[:-1]
        if _variation(durations) > _DURATION_CV or _variation(fastest) > _SPEED_CV:
            return False
        if np.median(easy) < max(_EASY_S[0], _EASY_SHARE * durations.mean()):
            return False
        if np.median(durations) < SHORTEST_S - 1:
            return False
        covered_m = np.array([self.speed[one.first : one.last + 1].sum() for one in group])
        if np.median(covered_m) > _LONGEST_M or self._is_hill(group, covered_m):
            return False
        # Other efforts among them, or right before, are those of a fartlek or of intervals.
        least = _LIKE * float(np.median([burst.gain for burst in group]))
        begin, end = group[0].first - 60, group[-1].last + 60
        among = _joined(
            [
                self._half_way(each)
                for each in efforts
                if each.first >= begin and each.last <= end and each.gain >= least
            ]
        )
        if any(each.lasts_s > LONGEST_S + _SMOOTHING_S for each in among):
            return False
        others = sum(each.lasts_s >= SHORTEST_S - _SMOOTHING_S for each in among) - len(group)
        return others <= max(1, len(group) // 3)

    def _is_hill(self, group: list[_Effort], covered_m: Floats) -> bool:
        """Return whether bursts go up or down a hill, where altitude is known.

        A watch shows speed some seconds later than altitude, or not: whichever makes it a hill.
        """
        begins, ends = np.array([(burst.first, burst.last) for burst in group]).T
        for late_s in range(int(2 * _SMOOTHING_S) + 1):
            before, after = (np.maximum(each - late_s, 0) for each in (begins, ends))
            rises_m = self.altitude[after] - self.altitude[before]
            # Of all together, and of most: altitude wanders, and jumps.
            grades = rises_m.sum() / covered_m.sum(), np.median(rises_m / covered_m)
            if max(grades) < _DESCENT or min(grades) > _CLIMB:
                return True
        return False


def _apart(bursts: list[_Effort]) -> Iterator[list[_Effort]]:
    """Yield bursts that follow one another without a long run between."""
    group: list[_Effort] = []
    for burst in bursts:
        if group and burst.first - group[-1].last > _EASY_S[1]:
            yield group
            group = []
        group.append(burst)
    if group:
        yield group


def _joined(efforts: list[_Effort]) -> list[_Effort]:
    """Return efforts, those as one that are apart for a few seconds alone."""
    joined: list[_Effort] = []
    for burst in efforts:
        if joined and burst.first - joined[-1].last < _LEAST_EASY_S:
            before = joined.pop()
            fastest = max(before.fastest, burst.fastest)
            burst = burst._replace(first=before.first, fastest=fastest)
        joined.append(burst)
    return joined


def _lower_neighbour(levels: Floats, known: Booleans, otherwise: float) -> Floats:
    """Return levels where known, the lower of the next known ones on both sides elsewhere."""
    at = np.flatnonzero(known)
    if not len(at):
        return np.full(len(levels), otherwise)
    every = np.arange(len(levels))
    before = at[np.clip(np.searchsorted(at, every, side="right") - 1, 0, None)]
    after = at[np.clip(np.searchsorted(at, every), None, len(at) - 1)]
    lower: Floats = np.minimum(levels[before], levels[after])
    return lower


def _between(seconds: Floats, time: Floats, values: Floats) -> Floats:
    known = np.isfinite(values)
    if np.count_nonzero(known) < 2:
        return np.full(len(seconds), np.nan)
    line: Floats = np.interp(seconds, time[known], values[known])
    return line


def _variation(values: Floats) -> float:
    """Return the coefficient of variation, without the value most unlike others of many."""
    if len(values) > FEWEST:
        values = np.delete(values, np.abs(values - np.median(values)).argmax())
    return float(values.std() / values.mean())
