"""Steady segments: the stretches of a run over which stride can be compared.

A run's average mixes warm-up, hills, traffic lights and sprints. A segment is one to three
minutes of level running at an even speed: long enough for a stable mean of the stride, which
takes 16 to 150 steps (serval.unil.ch BIB_052ADBDE96DB), and short enough that a run gives
many. Steady laps of an interval session give their own segments, and a long steady run gives
one after another.

A run is laid out in blocks of five seconds. A segment is the longest row of blocks, from the
left, in which the runner ran without a stop, at an even speed and on the level.

Runners among hills have few such stretches. Their runs can be cut on all grades instead: a segment
is then on an even grade, and its speed the one on the level that costs as much (`grade_cost`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from runanalytics import schema
from runanalytics.arguments import checked_arguments
from runanalytics.arrays import Booleans, Floats, Integers
from runanalytics.errors import SchemaError, UsageError
from runanalytics.measures.grade_cost import grade_adjusted_speed_m_s
from runanalytics.schema.columns import Array, TableColumns

if TYPE_CHECKING:
    import pandas as pd

#: Time at the start of a run that is left out, s.
WARM_UP_S = 300.0
#: Duration of a block, s.
_BLOCK_S = 5.0
#: Lengths that a segment may have, in blocks: 60 to 180 s.
_LENGTHS = range(12, 37, 3)
#: Highest coefficient of variation of speed, and highest rise or fall per distance, in a segment.
_MAX_SPEED_CV, _MAX_GRADE = 0.05, 0.02
#: Fewest steps in a segment.
_MIN_STEPS = 150
#: Below this many steps per minute people walk; only very slow joggers run at fewer.
_MIN_CADENCE_SPM = 130.0
#: Below this speed people walk, where cadence is not recorded (transition near 2 m/s,
#: Thorstensson & Roberthson 1987).
_MIN_SPEED_M_S = 1.8
#: Smart recording leaves up to some ten seconds between samples.
_BRIDGED_GAP_S = 20.0
#: Slower than this the runner stands, whatever the cadence says.
_STANDING_M_S = 1.0
#: Distance per time is used where it agrees this well with the recorded speed.
_SPEED_AGREEMENT = 0.05
#: A metric with values in fewer of a segment's samples than this is missing there.
_MIN_PRESENT = 0.5
#: Values farther apart than this, relative to them, are not neighbouring steps of a watch.
_COARSEST = 0.03

#: Steepest grade, %, of a segment on any grade: on steeper ones many walk.
_STEEPEST_PCT = 15.0

#: Attribute of the table that says that its stretches are of all grades.
GRADE_ADJUSTED = "grade_adjusted"

#: Columns of which a segment has the median; those that decide where it is cut; and both.
_MEDIANS = ("heart_rate_bpm", "power_w", "temperature_c", *schema.FORM_METRICS)
_CUT_BY = ("elapsed_s", "distance_m", "speed_m_s", "cadence_spm", "altitude_m")
_SAMPLED = tuple(dict.fromkeys((*_CUT_BY, *_MEDIANS)))
#: Added to a device's name where it measured speed without GPS.
TREADMILL = " (treadmill)"

#: What segments take over from their run.
_FROM_RUNS = ("run_id", "local_date", "device", "firmware", "sensor", "power_sensor", "shoe")
#: Averages of a run that make up its one row where it has no samples.
_AVERAGED = (
    *(column.name for column in schema.table("segments") if column.dtype == schema.FLOAT),
    "moving_s",
    "distance_m",
)
#: All that is asked of a run.
_OF_RUNS = dict.fromkeys((*_FROM_RUNS, *_AVERAGED, "detail", "kind"))


@checked_arguments
def segments(
    samples: pd.DataFrame,
    runs: pd.DataFrame,
    *,
    warm_up_s: float = WARM_UP_S,
    grade_adjusted: bool = False,
) -> pd.DataFrame:
    """Return the steady segments of runs.

    Parameters
    ----------
    samples : DataFrame
        Table ``samples``, of one run or many. Needs `run_id`, `elapsed_s` (s) and one of
        `speed_m_s` (m/s) and `distance_m` (m); other columns may be absent.
    runs : DataFrame
        Table ``runs``; needs `run_id` and `local_date`.
    warm_up_s : float, default 300
        Time at the start of a run (s) that is left out.
    grade_adjusted : bool, default False
        Take stretches of any even grade rather than level ones, for metrics with
        ``-grade-adjusted`` behind their name.

    Returns
    -------
    DataFrame
        Table ``segments``: one row a segment, in the order of `runs` and of time. Metrics are
        medians (of grouped data where the watch records in coarse steps); `grade_pct` is
        missing where altitude is unknown, and such a run is taken for level. A run of
        `detail` "summary" without samples is one row of its averages. `device` names what
        measured the speed: on a treadmill that is the watch's own calibration rather than
        GPS, another instrument, so " (treadmill)" is added. With `grade_adjusted`, `speed_m_s`
        is the speed on the level that costs as much, attribute ``grade_adjusted`` is set, and runs
        outdoors without altitude, or known by their averages only, are left out.

    Raises
    ------
    SchemaError
        If a needed column is missing, or samples belong to none of the runs.
    UsageError
        If `warm_up_s` is negative.

    Notes
    -----
    Linear in the number of samples. Even speed: coefficient of variation of five-second
    medians below 5 %. Level: altitude stays within 2 % of the distance, so that the grade from
    end to end is small and no hump hides between. Grade changes cadence (Padulo et al. 2013,
    10.1371/journal.pone.0069006) and contact time, the latter in a direction that differs
    between runners, so hills are left out rather than corrected. With `grade_adjusted`
    a grade is even if altitude stays within 2 % of the distance about a line, at most 15 % steep;
    the cost is that of Minetti et al. 2002 (10.1152/japplphysiol.01177.2001).

    Examples
    --------
    >>> import pandas as pd
    >>> time = np.arange(0.0, 840.0)
    >>> samples = pd.DataFrame({"run_id": "a", "elapsed_s": time, "speed_m_s": 3.0,
    ...                         "distance_m": 3.0 * time, "cadence_spm": 170.0})
    >>> runs = pd.DataFrame({"run_id": ["a"], "local_date": ["2026-03-01"]})
    >>> steady = segments(samples, runs)
    >>> steady[["segment", "elapsed_s", "duration_s", "n_steps", "speed_m_s", "cadence_spm"]]
       segment  elapsed_s  duration_s  n_steps  speed_m_s  cadence_spm
    0        1      390.0       180.0    510.0        3.0        170.0
    1        2      570.0       180.0    510.0        3.0        170.0
    2        3      750.0       180.0    510.0        3.0        170.0
    """
    if not warm_up_s >= 0:
        raise UsageError(
            f"warm_up_s is {warm_up_s}", hint="give the seconds to leave out at a run's start"
        )
    from runanalytics.schema.checking import require, shaped

    require(samples, "samples", ("run_id", "elapsed_s"))
    require(runs, "runs", ("run_id", "local_date"))
    if not {"speed_m_s", "distance_m"} & set(samples.columns):
        raise SchemaError("neither 'speed_m_s' nor 'distance_m' is there", where="table 'samples'")
    of_runs = runs[[name for name in _OF_RUNS if name in runs.columns]]
    named = (
        TableColumns.of(shaped(of_runs, "runs", ()), "runs") if len(runs) else TableColumns("runs")
    )
    recording = _Recording.from_samples(TableColumns.of(samples, "samples"))
    # A treadmill's grade is not recorded: it is taken for level, as always.
    any_grade = grade_adjusted & (named["kind"] != "treadmill")
    by_row = {
        row: _segments_of_run(recording.select(span), warm_up_s, any_grade=bool(any_grade[row]))
        for row, span in _spans_of_runs(samples["run_id"], runs["run_id"])
    }
    table = _table(by_row, named, averages=not grade_adjusted).frame()
    if grade_adjusted:
        table.attrs[GRADE_ADJUSTED] = True
    return table


def segments_of(samples: Mapping[str, TableColumns], runs: TableColumns) -> TableColumns:
    """Return what `segments` does, as columns.

    Parameters
    ----------
    samples : mapping of str to TableColumns
        Table ``samples`` of each run that has some.
    runs : TableColumns
        Table ``runs``.
    """
    by_row: dict[int, dict[str, Floats] | None] = {}
    for row, run_id in enumerate(runs["run_id"].tolist()):
        if run_id in samples:
            recording = _Recording.from_samples(samples[run_id]).select(slice(None))
            by_row[row] = _segments_of_run(recording, WARM_UP_S, any_grade=False)
    return _table(by_row, runs, averages=True)


def _spans_of_runs(ids: pd.Series, run_ids: pd.Series) -> Iterator[tuple[int, slice | Integers]]:
    """Yield each run's row in `runs` and the rows of its samples, in the order of `runs`."""
    import pandas as pd

    codes, names = pd.factorize(ids)
    if (codes < 0).any():
        raise SchemaError("a sample has no run_id", where="table 'samples'")
    if run_ids.duplicated().any():
        twice = run_ids[run_ids.duplicated()].iloc[0]
        raise SchemaError(f"run '{twice}' stands in it twice", where="table 'runs'")
    places = pd.Index(run_ids).get_indexer(pd.Index(names))
    if (places < 0).any():
        raise SchemaError(
            f"samples of run '{names[int(np.argmin(places))]}' belong to none of the runs",
            where="table 'samples'",
            hint="pass the rows of table 'runs' that go with them",
        )
    # Samples come run by run from files and from a library; others are sorted first.
    bounds = np.concatenate(([0], np.flatnonzero(np.diff(codes)) + 1, [len(codes)]))
    together = len(bounds) == len(names) + 1
    order = np.arange(0) if together else np.argsort(codes, kind="stable")
    if not together:
        bounds = np.searchsorted(codes[order], np.arange(len(names) + 1))
    for code in np.argsort(places):
        span = slice(int(bounds[code]), int(bounds[code + 1]))
        yield int(places[code]), span if together else order[span]


def _table(
    by_row: Mapping[int, dict[str, Floats] | None], runs: TableColumns, *, averages: bool
) -> TableColumns:
    """Put the segments of each row of `runs` that has samples together, and averages of others."""
    columns_by_row = {row: columns for row, columns in by_row.items() if columns is not None}
    if averages:
        for row in np.flatnonzero(runs["detail"] == "summary").tolist():
            if row not in by_row:
                columns_by_row[row] = _averages(runs, row)
    rows = sorted(columns_by_row)
    sizes = [len(columns_by_row[row]["duration_s"]) for row in rows]
    of_run = np.repeat(np.array(rows, dtype=np.int64), sizes)
    detail = ["samples" if row in by_row else "summary" for row in of_run.tolist()]
    table: dict[str, Array] = {
        **{name: runs[name][of_run] for name in _FROM_RUNS},
        "segment": np.concatenate([np.arange(0), *(np.arange(1, size + 1) for size in sizes)]),
        "detail": np.array(detail, dtype=object),
    }
    indoor = runs["kind"][of_run] == "treadmill"
    if indoor.any():
        devices = [(each or "unknown device") + TREADMILL for each in table["device"][indoor]]
        table["device"][indoor] = devices
    for name in dict.fromkeys(name for columns in columns_by_row.values() for name in columns):
        parts = [
            columns_by_row[row].get(name, np.full(size, np.nan))
            for row, size in zip(rows, sizes, strict=True)
        ]
        table[name] = np.concatenate(parts)
    result = TableColumns("segments", len(of_run), table)
    # The watch's own sensor where there is one, else what was logged for the run.
    recorded, logged = result["temperature_c"], runs["temperature_c"][of_run]
    return result.replaced(temperature_c=np.where(np.isnan(recorded), logged, recorded))


def _averages(runs: TableColumns, row: int) -> dict[str, Floats]:
    """Return a run known by its averages as one segment, placed at its middle."""
    known = {
        name: float(runs.arrays[name][row])
        for name in _AVERAGED
        if name in runs.arrays and not np.isnan(runs.arrays[name][row])
    }
    elapsed = known.pop("elapsed_s", known.get("moving_s", np.nan))
    duration = known.pop("moving_s", elapsed)
    distance = known.pop("distance_m", np.nan)
    averages = {"elapsed_s": elapsed / 2, "duration_s": duration, **known}
    averages["n_steps"] = known.get("cadence_spm", np.nan) * duration / 60
    if "speed_m_s" not in known and duration > 0:
        averages["speed_m_s"] = distance / duration
    return {name: np.array([value]) for name, value in averages.items()}


@dataclass(frozen=True)
class _Recording:
    """Columns of table ``samples`` as arrays; those without any value are left out."""

    columns: dict[str, Floats]
    moving: Booleans | None

    @classmethod
    def from_samples(cls, samples: TableColumns) -> _Recording:
        """Return the columns that segments are made from."""
        values = {
            name: samples.arrays[name]
            for name in _SAMPLED
            if name in samples.arrays and not np.isnan(samples.arrays[name]).all()
        }
        return cls(values, samples.arrays.get("moving"))

    def rows(self, chosen: slice | Integers) -> _Recording:
        """Return some rows, in the order of `chosen`."""
        return _Recording(
            {name: column[chosen] for name, column in self.columns.items()},
            None if self.moving is None else self.moving[chosen],
        )

    def select(self, span: slice | Integers) -> _Recording:
        """Return the rows of one run in the order of time, one sample an instant."""
        run = self.rows(span)
        time = run.columns.get("elapsed_s", np.empty(0))
        if (np.diff(time) > 0).all() and not np.isnan(time).any():
            return run
        instants, order = np.unique(time, return_index=True)
        return run.rows(order[~np.isnan(instants)])


@dataclass(frozen=True)
class _Blocks:
    """A run in blocks of `_BLOCK_S`: speed, altitude (or None) and whether it is running."""

    speed: Floats
    altitude: Floats | None
    running: Booleans


def _segments_of_run(
    run: _Recording, warm_up_s: float, *, any_grade: bool
) -> dict[str, Floats] | None:
    """Return the columns of table ``segments`` that come from samples, or None without any."""
    time = run.columns.get("elapsed_s", np.empty(0))
    first = int(np.searchsorted(time, warm_up_s))
    if len(time) - first < 2 or time[-1] - warm_up_s < (_LENGTHS[0] - 1) * _BLOCK_S:
        return None
    run = run.rows(slice(first, None))
    time = run.columns["elapsed_s"]
    blocks = _blocks(run, ((time - warm_up_s) / _BLOCK_S).astype(np.int64))
    if blocks is None or (any_grade and blocks.altitude is None):
        return None
    starts, lengths = _longest_steady(blocks, any_grade=any_grade)
    if not len(starts):
        return None
    columns = _measured(run, blocks, starts, lengths, warm_up_s)
    if not any_grade:
        return columns
    fits = np.abs(columns["grade_pct"]) <= _STEEPEST_PCT
    columns = {name: values[fits] for name, values in columns.items()}
    level = grade_adjusted_speed_m_s(columns["speed_m_s"], columns["grade_pct"])
    return columns | {"speed_m_s": level}


def _blocks(run: _Recording, block: Integers) -> _Blocks | None:
    """Lay a run out in blocks; `block` is the block of each sample, never falling."""
    speed = _speed(run)
    if speed is None:
        return None
    count = int(block[-1]) + 1
    index = np.arange(count)
    block_speed = _block_medians(speed, block, count)
    known = ~np.isnan(block_speed)
    if not known.any():
        return None
    block_speed = np.interp(index, index[known], block_speed[known])
    walking = block_speed < _MIN_SPEED_M_S
    if "cadence_spm" in run.columns:
        cadence = _block_means(run.columns["cadence_spm"], block, count)
        by_cadence = (cadence < _MIN_CADENCE_SPM) | (block_speed < _STANDING_M_S)
        walking = np.where(np.isnan(cadence), walking, by_cadence)
    still = np.zeros(count) if run.moving is None else np.bincount(block, ~run.moving, count)
    altitude = run.columns.get("altitude_m")
    if altitude is not None:
        altitude = _block_means(altitude, block, count)
        measured = ~np.isnan(altitude)
        known_altitude = index[measured], altitude[measured]
        altitude = np.interp(index, *known_altitude) if measured.any() else None
    running = (still == 0) & ~walking & ~_stopped(run, block, count)
    # What went before the first sample is unknown, and may be a stop.
    running[: block[0]] = False
    return _Blocks(block_speed, altitude, running)


def _speed(run: _Recording) -> Floats | None:
    """Return recorded speed, or else distance per time between neighbouring samples."""
    speed = run.columns.get("speed_m_s")
    if speed is not None and not np.isnan(speed).all():
        return speed
    distance, time = run.columns.get("distance_m"), run.columns["elapsed_s"]
    if distance is None or np.isnan(distance).sum() > len(distance) - 2:
        return None
    known = ~np.isnan(distance)
    derived: Floats = np.gradient(np.interp(time, time[known], distance[known]), time)
    return derived


def _block_medians(values: Floats, block: Integers, count: int) -> Floats:
    """Return the median of each block's values; missing where it has none."""
    known = ~np.isnan(values)
    values, block = values[known], block[known]
    place = np.arange(len(block)) - np.searchsorted(block, np.arange(count))[block]
    # Ten samples a second fill fifty places; faster recording adds nothing to a median.
    kept = place < 10 * _BLOCK_S
    width = int(place[kept].max(initial=0)) + 1
    laid_out = np.full((count, width), np.nan)
    laid_out[block[kept], place[kept]] = values[kept]
    laid_out.sort(axis=1)
    size = np.bincount(block[kept], minlength=count)
    row = np.arange(count)
    lower = laid_out[row, np.maximum(size - 1, 0) // 2]
    upper = laid_out[row, np.minimum(size // 2, width - 1)]
    medians: Floats = (lower + upper) / 2
    return medians


def _block_means(values: Floats, block: Integers, count: int) -> Floats:
    known = ~np.isnan(values)
    size = np.bincount(block[known], minlength=count)
    total = np.bincount(block[known], values[known], count)
    means: Floats = np.divide(total, size, out=np.full(count, np.nan), where=size > 0)
    return means


def _stopped(run: _Recording, block: Integers, count: int) -> Booleans:
    """Return which blocks lie in a gap of the recording that may have been a stop."""
    time, distance = run.columns["elapsed_s"], run.columns.get("distance_m")
    gap = np.diff(time)
    stop = gap > _BRIDGED_GAP_S
    if distance is not None:
        stop |= (gap >= _BLOCK_S) & (np.diff(distance) < _STANDING_M_S * gap)
    depth = np.zeros(count + 1)
    np.add.at(depth, block[:-1][stop], 1)
    np.add.at(depth, block[1:][stop] + 1, -1)
    return np.cumsum(depth)[:-1] > 0


def _longest_steady(blocks: _Blocks, *, any_grade: bool = False) -> tuple[Integers, Integers]:
    """Return first block and number of blocks of each segment, from the left, the longest first."""
    count = len(blocks.speed)
    longest = np.zeros(count, dtype=np.int64)
    stops = _summed(~blocks.running)
    # Sums of squares are taken about the mean, or their differences would lose precision.
    deviation = blocks.speed - blocks.speed.mean()
    first, second = _summed(deviation), _summed(deviation**2)
    high = low = blocks.altitude
    for length in range(2, _LENGTHS[-1] + 1):
        fits = count - length + 1
        if fits < 1:
            break
        if high is not None and low is not None and blocks.altitude is not None and not any_grade:
            high = np.maximum(high[:fits], blocks.altitude[length - 1 :])
            low = np.minimum(low[:fits], blocks.altitude[length - 1 :])
        if length not in _LENGTHS:
            continue
        off_mean = (first[length:] - first[:fits]) / length
        variance = (second[length:] - second[:fits]) / length - off_mean**2
        mean = off_mean + blocks.speed.mean()
        steady = (stops[length:] == stops[:fits]) & (variance < (_MAX_SPEED_CV * mean) ** 2)
        if any_grade and blocks.altitude is not None:
            steady &= _off_line(blocks.altitude, length) <= _MAX_GRADE * mean * length * _BLOCK_S
        elif high is not None and low is not None:
            steady &= high - low <= _MAX_GRADE * mean * length * _BLOCK_S
        longest[:fits][steady] = length
    candidates = np.flatnonzero(longest).tolist()
    starts: list[int] = []
    place = 0
    while (place := bisect_left(candidates, place)) < len(candidates):
        starts.append(candidates[place])
        place = candidates[place] + int(longest[candidates[place]])
    chosen = np.array(starts, dtype=np.int64)
    return chosen, longest[chosen]


def _off_line(altitude: Floats, length: int) -> Floats:
    """Return how far apart values lie about the line through each row of `length` of them."""
    rows = np.lib.stride_tricks.sliding_window_view(altitude, length)
    time = np.arange(length) - (length - 1) / 2
    off = rows - np.outer(rows @ time / (time @ time), time)
    apart: Floats = np.ptp(off, axis=1)
    return apart


def _summed(values: Floats | Booleans) -> Floats:
    """Return sums of the first 0, 1, 2, ... values."""
    return np.concatenate(([0.0], np.cumsum(values, dtype=np.float64)))


def _measured(
    run: _Recording, blocks: _Blocks, starts: Integers, lengths: Integers, warm_up_s: float
) -> dict[str, Floats]:
    time = run.columns["elapsed_s"]
    begin_s = warm_up_s + starts * _BLOCK_S
    duration_s = lengths * _BLOCK_S
    first = np.searchsorted(time, begin_s)
    size = np.searchsorted(time, begin_s + duration_s) - first
    ends = starts + lengths
    total, squares = _summed(blocks.speed), _summed((blocks.speed - blocks.speed.mean()) ** 2)
    speed = (total[ends] - total[starts]) / lengths
    spread = (squares[ends] - squares[starts]) / lengths - (speed - blocks.speed.mean()) ** 2
    columns = {
        "elapsed_s": begin_s + duration_s / 2,
        "duration_s": duration_s,
        "speed_m_s": _speed_over_ground(run, first, first + size - 1, speed),
        "speed_cv": np.sqrt(np.maximum(spread, 0)) / speed,
    }
    if blocks.altitude is not None:
        rise = blocks.altitude[ends - 1] - blocks.altitude[starts]
        columns["grade_pct"] = 100 * rise / (speed * (duration_s - _BLOCK_S))
    columns |= _medians(run, first, size)
    enough = np.ones(len(starts), dtype=bool)
    if "cadence_spm" in columns:
        columns["n_steps"] = columns["cadence_spm"] * duration_s / 60
        enough = ~(columns["n_steps"] < _MIN_STEPS)
    return {name: values[enough] for name, values in columns.items()}


def _speed_over_ground(run: _Recording, first: Integers, last: Integers, speed: Floats) -> Floats:
    """Return distance per time where it agrees with the blocks' mean speed, else that mean."""
    distance, time = run.columns.get("distance_m"), run.columns["elapsed_s"]
    if distance is None:
        return speed
    over_ground = (distance[last] - distance[first]) / (time[last] - time[first])
    agrees = np.abs(over_ground - speed) <= _SPEED_AGREEMENT * speed
    return np.where(agrees, over_ground, speed)


def _medians(run: _Recording, first: Integers, size: Integers) -> dict[str, Floats]:
    """Return the median of each metric in each segment, of grouped data where values repeat.

    A watch that counts 81 or 82 strides a minute has a plain median of 162 or 164 steps and
    nothing between. The median of grouped data places it within the step by how many values
    lie to either side; where no two values are alike it is the plain median.
    """
    place = np.arange(int(size.max()))
    inside = place < size[:, None]
    rows = np.where(inside, first[:, None] + place, 0)
    least = np.maximum(size * _MIN_PRESENT, 1)
    names = [name for name in _MEDIANS if name in run.columns]
    if not names:
        return {}
    values = np.concatenate([run.columns[name][rows] for name in names])
    values[~np.tile(inside, (len(names), 1))] = np.nan
    values.sort(axis=1)
    medians = _grouped_median(values, np.tile(least, len(names)))
    return dict(zip(names, medians.reshape(len(names), -1), strict=True))


def _grouped_median(ordered: Floats, least: Floats) -> Floats:
    """Return the median of each row of sorted values (missing last) with at least `least`."""
    n = (~np.isnan(ordered)).sum(axis=1)
    row = np.arange(len(ordered))
    lower = ordered[row, np.maximum(n - 1, 0) // 2]
    upper = ordered[row, np.minimum(n // 2, ordered.shape[1] - 1)]
    below = (ordered < lower[:, None]).sum(axis=1)
    above = (ordered > upper[:, None]).sum(axis=1)
    steps = np.diff(ordered, axis=1)
    step = np.min(steps, axis=1, initial=np.inf, where=steps > 0)
    alike = np.maximum(n - above - below, 1)
    resolution = np.where(step <= _COARSEST * np.abs(lower), step, 0)
    shift = resolution * (above - below) / (2 * alike)
    middle = np.where(lower == upper, lower + shift, (lower + upper) / 2)
    return np.where(n >= least, middle, np.nan)
