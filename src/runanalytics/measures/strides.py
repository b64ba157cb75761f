"""Strides in the samples of a run: short, fast bursts with easy running between them.

Bursts are looked for on a grid of seconds. A burst is a stretch well above the speed of the run
around it that lasts 8 to 35 s, with steps that quicken, too, and not downhill: a jump of the GPS
quickens no step. Strides are 4 to 12 bursts alike, one after another, with easy running between
them and no longer effort among them, which tells them from intervals and fartlek. Of ten bursts
of 30 s with easy minutes between nobody can tell by samples whether they were meant as strides:
they are proposed, never counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

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
_FASTER, _FASTER_M_S = 1.22, 0.55
#: Speed, per that of the running around it, above which there is effort.
_EFFORT = 1.13
#: How much quicker the steps are, per those of the run.
_QUICKER = 1.02
#: Steepest descent on which a burst is the runner's own, as rise per distance.
_DESCENT = -0.03
#: Usual shortest and longest easy running between two bursts, and the shortest of all, s.
_EASY_S, _LEAST_EASY_S = (18.0, 300.0), 12.0
#: How unlike bursts may be: coefficient of variation of their durations and of their speeds.
_DURATION_CV, _SPEED_CV = 0.36, 0.12
#: Speeds beyond this are no runner's (m/s), nor gains per second beyond that (m/s²).
_FASTEST_M_S, _GAIN_M_S2 = 9.5, 4.0
#: Smart recording leaves up to some ten seconds between samples; after more the watch stood still.
_BRIDGED_S = 12.0
#: The running around an instant: so many blocks of so many seconds, of which so many are needed.
_BLOCK_S, _WINDOW, _FEWEST_S = 30, 9, 20
#: Slower than this nobody runs, m/s.
_RUNNING_M_S = 1.6
#: Longest recording that is laid out in seconds, s.
_LONGEST_RUN_S = 48 * 3_600.0

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
    bursts, efforts = grid.bursts()
    rows = [row for group in grid.groups(bursts, efforts) for row in group]
    return rows if FEWEST <= len(rows) <= MOST else []


def _may_hold_bursts(time: Floats, speed: Floats, cadence: Floats) -> bool:
    """Return whether speeds rise as often and as shortly as those of strides, and steps with them.

    Most runs are done with here, in a small part of the time that all else would take.
    """
    running = speed > _RUNNING_M_S
    if np.count_nonzero(running) < 2 * FEWEST:
        return False
    fast = speed > _FASTER * _middle(speed[running])
    edges = np.flatnonzero(fast[1:] != fast[:-1]) + 1
    edges = edges[int(fast[0]) :]  # the first rise, the fall after it, and so on
    n_bursts = len(edges) // 2
    if n_bursts < FEWEST - 1:
        return False
    lasts_s = time[edges[1::2][:n_bursts]] - time[edges[::2][:n_bursts]]
    short = np.count_nonzero((lasts_s > SHORTEST_S / 2) & (lasts_s < LONGEST_S + 15))
    return bool(short >= FEWEST - 1) and not _middle(cadence[fast]) < _middle(cadence[running])


def _middle(values: Floats) -> float:
    """Return the median, or a value beside it; NaN where there is none, or one is missing."""
    half = len(values) // 2
    return float(np.partition(values, half)[half]) if len(values) else float("nan")


class _Grid:
    """A run second by second: speed (m/s), cadence (steps/min), altitude (m), whether recorded."""

    def __init__(
        self, start_s: float, speed: Floats, cadence: Floats, altitude: Floats, recorded: Booleans
    ) -> None:
        self.start_s = start_s
        self.speed, self.cadence, self.altitude = speed, cadence, altitude
        self.recorded = recorded
        self.running = recorded & (speed > _RUNNING_M_S)
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

    def bursts(self) -> tuple[list[tuple[int, int, float, float]], npt.NDArray[np.intp]]:
        """Return bursts (first and last second, fastest, around), and all efforts' seconds.

        Efforts are first and last second of every stretch above the running around it.
        """
        around = self._around()
        effort = self.recorded & (self.speed > _EFFORT * around)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], effort.astype(np.int8), [0]])))
        firsts, lasts = edges[::2], edges[1::2] - 1
        found = []
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
            fastest = float(self.speed[first : last + 1].max())
            level = float(around[first : last + 1].mean())
            if fastest < max(_FASTER * level, level + _FASTER_M_S) or fastest > _FASTEST_M_S:
                continue
            half = self.speed[first : last + 1] > (level + fastest) / 2
            at = first + np.flatnonzero(half)
            burst = (int(at[0]), int(at[-1]), fastest, level)
            lasts_s = burst[1] - burst[0] + 1
            if not SHORTEST_S - _SMOOTHING_S <= lasts_s <= LONGEST_S + _SMOOTHING_S:
                continue
            if self._is_run(burst[0], burst[1]):
                found.append(burst)
        return found, np.column_stack([firsts, lasts])

    def _around(self) -> Floats:
        """Return the speed of the running around each second, from four minutes each."""
        n_blocks = -(-len(self.speed) // _BLOCK_S)
        values = np.full((n_blocks + _WINDOW - 1) * _BLOCK_S, np.nan)
        begin = (_WINDOW // 2) * _BLOCK_S
        values[begin : begin + len(self.speed)] = np.where(self.running, self.speed, np.nan)
        windows = np.lib.stride_tricks.sliding_window_view(values, _WINDOW * _BLOCK_S)[::_BLOCK_S]
        ordered = np.sort(windows, axis=1)  # missing ones last
        known = np.count_nonzero(~np.isnan(ordered), axis=1)
        # Somewhat below the median: of bursts with easy running between, that is the running.
        place = (0.45 * np.maximum(known - 1, 0)).astype(np.intp)
        levels = np.take_along_axis(ordered, place[:, np.newaxis], axis=1)[:, 0]
        levels = np.where(known >= _FEWEST_S, levels, self.usual_m_s)
        # Walking back between strides is no level to compare with.
        levels = np.maximum(levels, 0.8 * self.usual_m_s)
        middles = (np.arange(n_blocks) + 0.5) * _BLOCK_S
        joined: Floats = np.interp(np.arange(len(self.speed)), middles, levels)
        return joined

    def _is_run(self, first: int, last: int) -> bool:
        """Return whether a burst is the runner's: steps quicken, it is level, and no jump."""
        within = slice(first, last + 1)
        if self.cadence[within].max() < _QUICKER * self.usual_spm:  # not where it is missing
            return False
        gains = np.diff(self.speed[max(0, first - 4) : last + 5])
        if len(gains) and float(np.abs(gains).max()) > _GAIN_M_S2:
            return False
        rise = self.altitude[last] - self.altitude[first]
        covered = float(self.speed[within].sum())
        return not (np.isfinite(rise) and rise / covered < _DESCENT)

    def groups(
        self,
        bursts: list[tuple[int, int, float, float]],
        efforts: npt.NDArray[np.intp],
    ) -> Iterator[list[_Row]]:
        """Yield groups of bursts that are strides, as rows of `COLUMNS`."""
        group: list[tuple[int, int, float, float]] = []
        for burst in [*bursts, None]:
            gap_s = np.inf if burst is None or not group else burst[0] - group[-1][1]
            if group and gap_s > _EASY_S[1]:
                if self._are_strides(group, efforts):
                    yield [
                        (self.start_s + first, float(last - first + 1), fastest, level)
                        for first, last, fastest, level in group
                    ]
                group = []
            if burst is not None:
                group.append(burst)

    def _are_strides(
        self, group: list[tuple[int, int, float, float]], efforts: npt.NDArray[np.intp]
    ) -> bool:
        if not FEWEST <= len(group) <= MOST:
            return False
        first, last, fastest, _ = np.array(group).T
        durations, easy = last - first + 1, first[1:] - last[:-1]
        if _variation(durations) > _DURATION_CV or _variation(fastest) > _SPEED_CV:
            return False
        if easy.min() < _LEAST_EASY_S or np.median(easy) < max(_EASY_S[0], durations.mean()):
            return False
        if np.median(durations) < SHORTEST_S - 1:
            return False
        # Other efforts among them, or right before, are those of a fartlek or of intervals.
        begin, end = first[0] - _EASY_S[1] / 2, last[-1] + _EASY_S[1] / 2
        among = efforts[(efforts[:, 1] >= begin) & (efforts[:, 0] <= end)]
        lengths = among[:, 1] - among[:, 0] + 1
        inside = (among[:, 0] >= first[0] - 60) & (among[:, 1] <= last[-1] + 60)
        long = lengths > LONGEST_S + 4 * _SMOOTHING_S
        others = np.count_nonzero(lengths[inside] >= SHORTEST_S) - len(group)
        return not bool((long & inside).any()) and bool(others <= max(1, len(group) // 3))


def _between(seconds: Floats, time: Floats, values: Floats) -> Floats:
    known = np.isfinite(values)
    if np.count_nonzero(known) < 2:
        return np.full(len(seconds), np.nan)
    line: Floats = np.interp(seconds, time[known], values[known])
    return line


def _variation(values: Floats) -> float:
    return float(values.std() / values.mean())
