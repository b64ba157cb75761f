"""Segments prepared for regression inside runs, and the reasons why runs are left out."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from runanalytics.arrays import Booleans, Floats, Integers
from runanalytics.measures.metrics import Metric
from runanalytics.measures.segments import TREADMILL
from runanalytics.schema.checking import require, shaped_columns
from runanalytics.schema.column_blocks import frame_from_columns
from runanalytics.schema.columns import TableColumns

#: Prior standard deviation of the curvature (coefficient of squared log speed).
CURVATURE_SD = 0.5
#: Prior standard deviation of what a percent of grade does, to either side: cadence rises by
#: 4 % over 7 % of grade (Padulo et al. 2013, 10.1371/journal.pone.0069006), and contact time
#: rises in some runners and falls in others.
GRADE_SD = 0.01
#: How much exponents of speed differ between runs, as held beforehand: of one runner's 199 runs by
#: 0.04 outdoors and 0.13 on a treadmill.
EXPONENT_SPREAD = 0.1
#: Duration of a segment of weight 1, s.
WEIGHT_1_S = 120.0
#: Why a run is left out of which there is no segment.
NO_SEGMENT = "no steady segment"
#: Numbers that describe a run, beside those that the metric needs.
_DESCRIBING = ("grade_pct", "temperature_c")
#: And texts.
_TEXTS = ["device", "firmware", "shoe", "detail"]
#: What a metric may be compared at.
REFERENCES = {"speed_m_s": "speed", "heart_rate_bpm": "heart rate"}


Names = npt.NDArray[np.object_]


@dataclass(frozen=True)
class SegmentRows:
    """Segments by run and time, as arrays of one value each.

    Parameters
    ----------
    runs : ndarray of str, shape (n_runs,)
        Identifiers of all runs, in order; `run` counts in it.
    run : ndarray of int
        Number of the segment's run, never falling.
    day : ndarray of datetime64
        Its local day.
    numbers : mapping of str to ndarray
        Columns of the table, NaN where missing.
    y, against : ndarray
        Logarithm of the metric, and what it is compared at in that column's unit; NaN where there
        is none above 0.
    device, firmware, shoe : ndarray of str
        What recorded it, with the metric's own sensor, and what was worn; None where unknown.
    fault : ndarray of int
        Why it cannot be used: a place in `faults`; 0 where it can.
    faults : tuple of str
        Reasons, the first of them empty.
    summary, indoor : ndarray of bool
        Whether its run is known by averages only, and was on a treadmill.
    """

    runs: Names
    run: npt.NDArray[np.intp]
    day: npt.NDArray[np.datetime64]
    numbers: dict[str, Floats]
    y: Floats
    against: Floats
    device: Names
    firmware: Names
    shoe: Names
    fault: npt.NDArray[np.int8]
    faults: tuple[str, ...]
    summary: Booleans
    indoor: Booleans

    def __len__(self) -> int:
        return len(self.run)

    def __getitem__(self, name: str) -> Floats:
        return self.numbers[name]

    @property
    def usable(self) -> Booleans:
        """Which rows have no fault."""
        usable: Booleans = self.fault == 0
        return usable

    def rows(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Self:
        """Return the chosen rows, of as many runs."""
        if chosen.dtype == np.bool_ and chosen.all():
            return self  # nobody changes rows
        arrays = {
            each.name: getattr(self, each.name)[chosen]
            for each in fields(self)
            if each.name not in ("runs", "numbers", "faults")
        }
        numbers = {name: values[chosen] for name, values in self.numbers.items()}
        return replace(self, numbers=numbers, **arrays)

    def with_fault(self, faulty: Booleans, reason: str) -> Self:
        """Return rows of which some have another fault."""
        fault = np.where(faulty, np.int8(len(self.faults)), self.fault)
        return replace(self, fault=fault, faults=(*self.faults, reason))

    def in_run(self, chosen: Booleans) -> npt.NDArray[np.intp]:
        """Return how many of each run's rows are chosen."""
        return np.bincount(self.run[chosen], minlength=len(self.runs))


def usable_rows(segments: pd.DataFrame, kind: Metric, further: tuple[str, ...] = ()) -> SegmentRows:
    """Return segments by run and time, and why one cannot be used.

    Parameters
    ----------
    segments : DataFrame
        Table ``segments``.
    kind : Metric
        The metric in question.
    further : tuple of str
        Other numbers of the table that are wanted.
    """
    numeric = ["elapsed_s", "duration_s", "speed_m_s", *kind.needed, kind.against]
    needed = list(dict.fromkeys(["run_id", "local_date", *numeric]))
    columns = shaped_columns(segments, "segments", needed)
    code, ids = columns["run_id"].factorize()
    named: Names = np.asarray(ids, dtype=object)
    by_name = np.argsort(named)
    rank = np.empty(len(by_name), dtype=np.intp)
    rank[by_name] = np.arange(len(by_name))
    order = np.lexsort((columns["elapsed_s"].to_numpy(), rank[code]))
    run = rank[code][order]
    # Each column is put in order by itself: with thousands of runs, a second table takes room.
    wanted = dict.fromkeys((*numeric, *further, *kind.helpful, *_DESCRIBING))
    numbers = {name: columns[name].to_numpy(dtype=np.float64)[order] for name in wanted}
    texts = ["local_date", *_TEXTS, *([kind.sensor] if kind.sensor else ())]
    others = frame_from_columns({name: columns[name] for name in texts})
    plain = {
        name: cells[order] for name, cells in TableColumns.of(others, "segments").arrays.items()
    }
    of_metric = dict.fromkeys((*kind.needed, *kind.helpful))
    measured = frame_from_columns({name: numbers[name] for name in of_metric})
    value = kind.values(measured).to_numpy(dtype=np.float64)
    against, known = numbers[kind.against], value > 0
    faults = {
        f"no {kind.label.lower()}": ~known,
        f"no {REFERENCES[kind.against]}": ~(against > 0),
        "no duration or time": ~(numbers["duration_s"] > 0) | np.isnan(numbers["elapsed_s"]),
    }
    # A metric may come from another source of the run than its other segments do.
    several = np.bincount(run[known], minlength=len(named))[run] > 1
    device = plain["device"]
    if kind.sensor:
        device = _with_sensor(device, plain[kind.sensor])
    indoor = np.array([name is not None and TREADMILL in name for name in device], dtype=np.bool_)
    return SegmentRows(
        runs=named[by_name],
        run=run,
        day=plain["local_date"],
        numbers=numbers,
        y=np.log(np.where(known, value, np.nan)),
        against=np.where(against > 0, against, np.nan),
        device=device,
        firmware=plain["firmware"],
        shoe=plain["shoe"],
        fault=np.select(list(faults.values()), range(1, len(faults) + 1)).astype(np.int8),
        faults=("", *faults),
        summary=(plain["detail"] == "summary") & ~(several & known),
        indoor=np.bincount(run[indoor], minlength=len(named))[run] > 0,
    )


def exponent_spread(kind: Metric) -> float:
    """Return how much a metric's exponents differ between runs, 0 where it is not of speed."""
    return EXPONENT_SPREAD if kind.against == "speed_m_s" else 0.0


def _with_sensor(device: Names, sensor: Names) -> Names:
    """Return what recorded each, with the sensor where it is another device."""
    names: dict[tuple[str | None, str | None], str | None] = {}  # one text for all of a pair
    for pair in set(zip(device, sensor, strict=True)):
        one, other = pair
        with_other = f"{'unknown device' if one is None else one} + {other}"
        names[pair] = one if other in (None, one) else with_other
    joined = [names[pair] for pair in zip(device, sensor, strict=True)]
    return np.array(joined, dtype=object)


def regression_data(
    rows: SegmentRows, y: Floats, regressors: Floats
) -> tuple[tuple[Floats, Floats, Integers, Floats, Floats], npt.NDArray[np.intp]]:
    """Return the data that a regression inside runs takes, and the runs in order of their number.

    Parameters
    ----------
    rows : SegmentRows
        One each.
    y : ndarray, shape (n,)
        The outcome.
    regressors : ndarray, shape (n, p)
        One row each.

    Returns
    -------
    data : tuple of ndarray
        `y`, `z`, `run`, `time_s` and `weight` of `runanalytics.measures.within_runs.within`.
    runs : ndarray of int
        Their places among all runs.
    """
    runs, number = np.unique(rows.run, return_inverse=True)
    weight = rows["duration_s"] / WEIGHT_1_S
    return (y, regressors, number, rows["elapsed_s"], weight), runs


def run_table(rows: SegmentRows, value: Floats, se: Floats) -> pd.DataFrame:
    """Return table "form" of the runs that have rows, by date.

    Parameters
    ----------
    rows : SegmentRows
        Those that are used.
    value, se : ndarray, one value a run
        In the metric's unit.
    """
    there, first = np.unique(rows.run, return_index=True)
    lasted_s = _sums(rows, rows["duration_s"])
    measured_s = _sums(rows, rows["duration_s"], of=rows["temperature_c"])
    mean_speed = _sums(rows, rows["speed_m_s"] * rows["duration_s"]) / lasted_s
    warmth = _sums(rows, rows["temperature_c"] * rows["duration_s"]) / measured_s
    numbers = {
        "value": value,
        "se": se,
        "mean_speed_m_s": mean_speed,
        "duration_s": lasted_s,
        "temperature_c": warmth,
    }
    columns = {
        "run_id": rows.runs[there],
        "local_date": rows.day[first],
        **{name: values[there] for name, values in numbers.items()},
        **{name: _firsts(rows, name)[there] for name in ("device", "firmware", "shoe")},
        "kind": np.where(rows.indoor[first], "treadmill", "outdoor").astype(object),
        "detail": np.where(rows.summary[first], "summary", "samples").astype(object),
    }
    order = np.argsort(columns["local_date"], kind="stable")  # runs are in order
    by_day = {name: values[order] for name, values in columns.items()}
    return TableColumns("form", len(there), by_day).frame()


def _sums(rows: SegmentRows, values: Floats, of: Floats | None = None) -> Floats:
    """Return each run's sum of the values that are known (where `of` is); NaN without any."""
    known = np.isfinite(values if of is None else of)
    sums = np.bincount(rows.run[known], values[known], len(rows.runs))
    return np.where(rows.in_run(known) > 0, sums, np.nan)


def _firsts(rows: SegmentRows, name: str) -> Names:
    """Return the first text of each run that has one; None elsewhere."""
    texts: Names = getattr(rows, name)
    known = np.flatnonzero(pd.notna(texts))
    runs, first = np.unique(rows.run[known], return_index=True)
    firsts = np.full(len(rows.runs), None, dtype=object)
    firsts[runs] = texts[known[first]]
    return firsts


class ExcludedRuns(list[dict[str, str]]):
    """Runs that were left out (`run_id`, `reason`), for the attrs of a frame.

    pandas copies attrs deeply with every column that is taken from a frame. Nobody changes these,
    and with thousands of runs copying them takes longer than the columns.
    """

    def __deepcopy__(self, memo: object) -> ExcludedRuns:
        return self


def excluded_runs(
    rows: SegmentRows, runs: pd.DataFrame | None, without: str = NO_SEGMENT
) -> ExcludedRuns:
    """Return each run without any usable segment, with the fault of its last as the reason.

    Parameters
    ----------
    rows : SegmentRows
        From `usable_rows`.
    runs : DataFrame, optional
        Table ``runs``: those without any segment are listed, too.
    without : str
        Their reason.
    """
    last = np.cumsum(np.bincount(rows.run, minlength=len(rows.runs))) - 1
    bad = np.flatnonzero(rows.in_run(rows.usable) == 0)
    last_faults = (rows.faults[fault] for fault in rows.fault[last[bad]])
    reasons = dict(zip(rows.runs[bad].tolist(), last_faults, strict=True))
    if runs is not None:
        require(runs, "runs", ["run_id"])
        known = set(rows.runs)
        bare = [str(run) for run in runs["run_id"] if str(run) not in known]
        reasons |= dict.fromkeys(bare, without)
    return ExcludedRuns({"run_id": run, "reason": reason} for run, reason in reasons.items())
