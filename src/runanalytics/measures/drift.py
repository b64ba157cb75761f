"""Drift: how form changes inside a run, at matched pace, the longer it lasts.

The metric's logarithm is regressed on time into the run, with the same slopes of speed and
grade for all runs (`runanalytics.measures.within_runs`) and each run's own level and drift.
Slowing down late in a run is therefore not taken for drift.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from runanalytics import schema
from runanalytics.arguments import checked_arguments
from runanalytics.certainties import Certainties
from runanalytics.measures.metrics import METRICS, Metric, metric_name
from runanalytics.measures.segment_rows import (
    CURVATURE_SD,
    GRADE_SD,
    described_runs,
    excluded_runs,
    regression_data,
    usable_rows,
)
from runanalytics.measures.within_runs import Prior, own_slopes

#: A run must have steady segments over at least this time, and at least so many of them.
LEAST_SPAN_S = 1_200.0
LEAST_SEGMENTS = 5
#: Largest standard error with which a run's drift is reported, share an hour.
_LARGEST_SE = 0.2
#: Standard error of the table.
CERTAINTIES: Certainties = {"drift of a run": "se"}
#: Added to a metric's name for its drift.
SUFFIX = "_drift"


@checked_arguments
def drift(
    segments: pd.DataFrame,
    metric: str = "ground_contact_ms",
    *,
    runs: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return how a metric changed with time into each run, at matched pace.

    Parameters
    ----------
    segments : DataFrame
        Table ``segments``. Needs `run_id`, `local_date`, `elapsed_s` (s), `duration_s` (s),
        `speed_m_s` (m/s) and the metric's column; `grade_pct` where known.
    metric : str, default "ground_contact_ms"
        Name of a metric, short or long; see `runanalytics.measures.metrics.METRICS`.
    runs : DataFrame, optional
        Table ``runs``: those without any segment are then listed as excluded too.

    Returns
    -------
    DataFrame
        Table ``form``, by date, one row a run with enough steady running: `value` is the
        metric after an hour in percent of what it was an hour earlier (100 is no drift), and
        `se` its standard error, so that whatever takes form takes drift. In its `attrs`:
        `metric`, `label`, `unit`, and `excluded` (a list of `run_id` and `reason`).

    Raises
    ------
    SchemaError
        If a needed column is missing or not numeric.
    UsageError
        If there is no such metric.

    References
    ----------
    Contact time mostly rises inside a run (doi:10.3389/fphys.2021.646042), but not in all
    (Hanley & Mohan 2014).

    Examples
    --------
    >>> minutes = np.arange(10.0, 60.0, 5.0)
    >>> segments = pd.DataFrame({
    ...     "run_id": "a", "local_date": "2026-03-01", "elapsed_s": 60 * minutes,
    ...     "duration_s": 120.0, "speed_m_s": 3.0,
    ...     "ground_contact_ms": 250 * 1.04 ** (minutes / 60)})
    >>> drift(segments)[["run_id", "value"]].round(1)
      run_id  value
    0      a  104.0
    """
    kind = METRICS[metric_name(metric)]
    rows = usable_rows(segments, kind)
    rows["fault"] = rows["fault"].mask((rows["fault"] == "") & rows["summary"], "averages only")
    usable = rows["fault"] == ""
    elapsed_s = rows["elapsed_s"].where(usable).groupby(rows["run_id"])
    lasts_s = elapsed_s.transform("max") - elapsed_s.transform("min")
    short = usable & ((elapsed_s.transform("count") < LEAST_SEGMENTS) | (lasts_s < LEAST_SPAN_S))
    minutes = LEAST_SPAN_S / 60
    rows["fault"] = rows["fault"].mask(
        short, f"fewer than {LEAST_SEGMENTS} steady segments over {minutes:g} minutes"
    )
    slopes = pd.concat(
        [pd.DataFrame({"slope": [], "log_se": []}, dtype="float64")]
        + [_own_slopes(group, kind) for _, group in rows[rows["fault"] == ""].groupby("indoor")]
    )
    vague = slopes.index[~(slopes["log_se"] < _LARGEST_SE)]
    rows["fault"] = rows["fault"].mask(rows["run_id"].isin(vague), "too few steps in all of it")
    kept = rows[rows["fault"] == ""]
    table = described_runs(kept).join(slopes)
    table["value"] = 100 * np.exp(table.pop("slope"))
    table["se"] = table["value"] * table.pop("log_se")
    table = table.reset_index().sort_values(["local_date", "run_id"], ignore_index=True)
    result = schema.check(table, "form")
    result.attrs = {
        "metric": kind.column + SUFFIX,
        "label": f"{kind.label} late in a run",
        "unit": "% of its value an hour earlier",
        "excluded": excluded_runs(rows, runs),
    }
    return result


def _own_slopes(rows: pd.DataFrame, kind: Metric) -> pd.DataFrame:
    """Return each run's own slope of the log metric, an hour, and its standard error."""
    x = np.log(rows["against"] / rows["against"].median()).to_numpy()
    hours = (rows["elapsed_s"] / 3600).to_numpy()
    grade = rows["grade_pct"].fillna(0).to_numpy()
    curvature_sd = CURVATURE_SD if kind.exponent_sd else 0.0
    prior = Prior(
        np.array([0.0, kind.exponent, 0.0, 0.0]),
        np.array([kind.drift_sd, kind.exponent_sd, curvature_sd, GRADE_SD]),
    )
    data, runs = regression_data(rows, np.column_stack((hours, x, x**2, grade)))
    slope, variance = own_slopes(*data, prior)
    return pd.DataFrame(
        {"slope": slope, "log_se": np.sqrt(variance)}, index=pd.Index(runs, name="run_id")
    )
