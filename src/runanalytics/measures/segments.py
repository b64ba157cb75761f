"""Steady segments: the stretches of a run over which stride can be compared.

A run's average mixes warm-up, hills, traffic lights and sprints. A segment is one to three
minutes of level running at an even speed: long enough for a stable mean of the stride, which
takes 16 to 150 steps (serval.unil.ch BIB_052ADBDE96DB), and short enough that a run gives
many. Steady laps of an interval session give their own segments, and a long steady run gives
one after another. How a run is cut stands in `runanalytics.measures.steady`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.extensions import ExtensionArray

from runanalytics import schema
from runanalytics.arrays import Floats, Integers
from runanalytics.errors import SchemaError, UsageError
from runanalytics.measures.shapes import require, shaped
from runanalytics.measures.steady import Recording, cut

#: Added to a device's name where it measured speed without GPS.
TREADMILL = " (treadmill)"

#: What segments take over from their run, and its dtype.
_FROM_RUNS = {
    name: pd.api.types.pandas_dtype(schema.table("runs")[name].dtype)
    for name in ("run_id", "local_date", "device", "firmware", "sensor", "shoe")
}
_AVERAGED = (
    *(column.name for column in schema.table("segments") if column.dtype == schema.FLOAT),
    "moving_s",
    "distance_m",
)


def segments(
    samples: pd.DataFrame, runs: pd.DataFrame, *, warm_up_s: float = 300.0
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

    Returns
    -------
    DataFrame
        Table ``segments``: one row a segment, in the order of `runs` and of time. Metrics are
        medians (of grouped data where the watch records in coarse steps); `grade_pct` is
        missing where altitude is unknown, and such a run is taken for level. A run of
        `detail` "summary" without samples is one row of its averages. `device` names what
        measured the speed: on a treadmill that is the watch's own calibration rather than
        GPS, another instrument, so " (treadmill)" is added.

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
    between runners, so hills are left out rather than corrected.

    Examples
    --------
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
    require(samples, "samples", ("run_id", "elapsed_s"))
    require(runs, "runs", ("run_id", "local_date"))
    if not {"speed_m_s", "distance_m"} & set(samples.columns):
        raise SchemaError("neither 'speed_m_s' nor 'distance_m' is there", where="table 'samples'")
    recording = Recording.of(samples)
    sampled = np.zeros(len(runs), dtype=bool)
    found: dict[int, dict[str, Floats]] = {}
    for row, span in _spans(samples["run_id"], runs["run_id"]):
        sampled[row] = True
        columns = cut(recording.of_run(span), warm_up_s)
        if columns is not None:
            found[row] = columns
    return _table(found, runs, sampled)


def _spans(ids: pd.Series, run_ids: pd.Series) -> Iterator[tuple[int, slice | Integers]]:
    """Yield each run's row in `runs` and where its samples are, in the order of `runs`."""
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
    found: dict[int, dict[str, Floats]], runs: pd.DataFrame, sampled: npt.NDArray[np.bool_]
) -> pd.DataFrame:
    """Put the segments of each row of `runs` and the summary rows together."""
    if "detail" in runs.columns and not sampled.all():
        is_summary = (runs["detail"] == "summary").to_numpy(dtype=bool) & ~sampled
        for row in np.flatnonzero(is_summary):
            found[int(row)] = _averages(runs.iloc[row])
    rows = sorted(found)
    sizes = [len(found[row]["duration_s"]) for row in rows]
    of_run = np.repeat(np.array(rows, dtype=np.int64), sizes)
    number = np.arange(1, len(of_run) + 1) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    described = _described(runs)
    table: dict[str, object] = {}
    for name in schema.table("segments").names:
        if name in described:
            table[name] = described[name].take(of_run)
        elif name == "segment":
            table[name] = pd.array(number.astype(np.int64), dtype=schema.INTEGER)
        elif name == "detail":
            words = np.where(sampled[of_run], "samples", "summary")
            table[name] = pd.array(words, dtype=schema.STRING)
        else:
            missing = [np.full(size, np.nan) for size in sizes]
            parts = [found[row].get(name, gap) for row, gap in zip(rows, missing, strict=True)]
            table[name] = np.concatenate(parts) if parts else np.empty(0)
    if "temperature_c" in runs.columns:
        # The watch's own sensor where there is one, else what was logged for the run.
        recorded = np.asarray(table["temperature_c"], dtype=np.float64)
        logged = runs["temperature_c"].to_numpy(dtype=np.float64, na_value=np.nan)[of_run]
        table["temperature_c"] = np.where(np.isnan(recorded), logged, recorded)
    return pd.DataFrame(table, copy=False)


def _described(runs: pd.DataFrame) -> dict[str, ExtensionArray]:
    """Return what segments take over from their run, `device` as the instrument of speed."""
    columns = {name: runs[name].array for name in _FROM_RUNS if name in runs.columns}
    if {name: column.dtype for name, column in columns.items()} != _FROM_RUNS:
        described = shaped(runs[list(columns)], "runs", ())
        columns = {name: described[name].array for name in _FROM_RUNS}
    if "kind" in runs.columns:
        indoor = np.asarray(runs["kind"].array == "treadmill", dtype=bool)
        if indoor.any():
            names = columns["device"].fillna("unknown device") + TREADMILL
            columns["device"] = columns["device"].copy()
            columns["device"][indoor] = names[indoor]
    return columns


def _averages(run: pd.Series) -> dict[str, Floats]:
    """Return a run known by its averages as one segment, placed at its middle."""
    known = {
        name: float(run[name]) for name in _AVERAGED if name in run.index and pd.notna(run[name])
    }
    elapsed = known.pop("elapsed_s", known.get("moving_s", np.nan))
    duration = known.pop("moving_s", elapsed)
    distance = known.pop("distance_m", np.nan)
    averages = {"elapsed_s": elapsed / 2, "duration_s": duration, **known}
    averages["n_steps"] = known.get("cadence_spm", np.nan) * duration / 60
    if "speed_m_s" not in known and duration > 0:
        averages["speed_m_s"] = distance / duration
    return {name: np.array([value]) for name, value in averages.items()}
