"""Segments prepared for regression inside runs, and the reasons why runs are left out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from runanalytics.arrays import Floats, Integers
from runanalytics.errors import SchemaError
from runanalytics.measures.metrics import Metric
from runanalytics.measures.segments import TREADMILL
from runanalytics.schema.checking import require, shaped

#: Prior standard deviation of the curvature (coefficient of squared log speed).
CURVATURE_SD = 0.5
#: Prior standard deviation of what a percent of grade does, to either side: cadence rises by
#: 4 % over 7 % of grade (Padulo et al. 2013, 10.1371/journal.pone.0069006), and contact time
#: rises in some runners and falls in others.
GRADE_SD = 0.01
#: Duration of a segment of weight 1, s.
WEIGHT_1_S = 120.0
#: Why a run is left out of which there is no segment.
NO_SEGMENT = "no steady segment"
#: Columns that describe a run, beside those that the metric needs.
_DESCRIBING = ("grade_pct", "temperature_c", "device", "firmware", "shoe", "detail")
#: What a metric may be compared at.
REFERENCES = {"speed_m_s": "speed", "heart_rate_bpm": "heart rate"}


def usable_rows(
    segments: pd.DataFrame, kind: Metric, further: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Return segments by run and time, with `fault`: why one cannot be used, or empty.

    Parameters
    ----------
    segments : DataFrame
        Table ``segments``.
    kind : Metric
        The metric in question.
    further : tuple of str
        Other columns of the table that are wanted.

    Returns
    -------
    DataFrame
        One row a segment: the columns needed, ``y`` (log metric), ``against`` (what it is
        compared at, in that column's unit), ``fault``, ``summary`` (whether its run is known by
        averages only) and ``indoor``.
    """
    numeric = ["elapsed_s", "duration_s", "speed_m_s", *kind.needed, kind.against]
    needed = list(dict.fromkeys(["run_id", "local_date", *numeric]))
    sensor = [kind.sensor] if kind.sensor else []
    kept = dict.fromkeys((*needed, *further, *kind.helpful, *_DESCRIBING, *sensor))
    rows = shaped(segments, "segments", needed)[list(kept)]
    empty = rows["run_id"].isna() | rows["local_date"].isna()
    if empty.any():
        raise SchemaError("a row has no run_id or no local_date", where="table 'segments'")
    metric, against = kind.values(rows), rows[kind.against]
    faults = {
        f"no {kind.label.lower()}": ~(metric > 0),
        f"no {REFERENCES[kind.against]}": ~(against > 0),
        "no duration or time": ~(rows["duration_s"] > 0) | rows["elapsed_s"].isna(),
    }
    rows["fault"] = np.select(list(faults.values()), list(faults), default="")
    rows["y"] = np.log(metric.where(metric > 0))
    rows["against"] = against.where(against > 0)
    # A metric may come from another source of the run than its other segments do.
    several = rows["run_id"].where(metric > 0).duplicated(keep=False) & (metric > 0)
    rows["summary"] = (rows["detail"] == "summary").to_numpy(dtype=bool) & ~several
    for name in sensor:
        joined = rows["device"].fillna("unknown device") + " + " + rows[name]
        alone = rows[name].isna() | (rows[name] == rows["device"])
        rows["device"] = rows["device"].where(alone, joined)
    indoor = rows["device"].str.contains(TREADMILL, regex=False, na=False)
    rows["indoor"] = rows["run_id"].isin(rows.loc[indoor, "run_id"].unique())
    return rows.sort_values(["run_id", "elapsed_s"], kind="stable", ignore_index=True)


def regression_data(
    rows: pd.DataFrame, regressors: Floats
) -> tuple[tuple[Floats, Floats, Integers, Floats, Floats], pd.Index]:
    """Return the data that a regression inside runs takes, and the runs in order of their number.

    Parameters
    ----------
    rows : DataFrame
        From `usable_rows`; ``y`` is the outcome.
    regressors : ndarray, (n, p)
        One row each.

    Returns
    -------
    data : tuple of ndarray
        `y`, `z`, `run`, `time_s` and `weight` of `runanalytics.measures.within_runs.within`.
    runs : Index
        Their `run_id`.
    """
    number, runs = pd.factorize(rows["run_id"])
    weight = rows["duration_s"].to_numpy() / WEIGHT_1_S
    return (rows["y"].to_numpy(), regressors, number, rows["elapsed_s"].to_numpy(), weight), runs


def described_runs(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what is known of each run from its usable segments, by `run_id`."""
    weighted = rows.assign(
        speed=rows["speed_m_s"] * rows["duration_s"],
        warmth=rows["temperature_c"] * rows["duration_s"],
        measured_s=rows["duration_s"].where(rows["temperature_c"].notna()),
        detail=np.where(rows["summary"], "summary", "samples"),
        kind=np.where(rows["indoor"], "treadmill", "outdoor"),
    )
    runs = weighted.groupby("run_id", sort=False)
    firsts = runs[["local_date", "kind", "device", "firmware", "shoe", "detail"]].first()
    sums = runs[["duration_s", "speed", "warmth", "measured_s"]].sum(min_count=1)
    return firsts.assign(
        mean_speed_m_s=sums["speed"] / sums["duration_s"],
        duration_s=sums["duration_s"],
        temperature_c=sums["warmth"] / sums["measured_s"],
    )


class ExcludedRuns(list[dict[str, str]]):
    """Runs that were left out (`run_id`, `reason`), for the attrs of a frame.

    pandas copies attrs deeply with every column that is taken from a frame. Nobody changes these,
    and with thousands of runs copying them takes longer than the columns.
    """

    def __deepcopy__(self, memo: object) -> ExcludedRuns:
        return self


def excluded_runs(
    rows: pd.DataFrame, runs: pd.DataFrame | None, without: str = NO_SEGMENT
) -> ExcludedRuns:
    """Return each run without any usable segment, with the fault of its last as the reason.

    Parameters
    ----------
    rows : DataFrame
        From `usable_rows`.
    runs : DataFrame, optional
        Table ``runs``: those without any segment are listed, too.
    without : str
        Their reason.
    """
    usable = (rows["fault"] == "").groupby(rows["run_id"]).transform("any")
    faults = rows.loc[~usable, ["run_id", "fault"]].drop_duplicates("run_id", keep="last")
    reasons = dict(zip(faults["run_id"], faults["fault"], strict=True))
    if runs is not None:
        require(runs, "runs", ["run_id"])
        known = set(rows["run_id"].unique())
        bare = [str(run) for run in runs["run_id"] if str(run) not in known]
        reasons |= dict.fromkeys(bare, without)
    return ExcludedRuns({"run_id": run, "reason": reason} for run, reason in reasons.items())
