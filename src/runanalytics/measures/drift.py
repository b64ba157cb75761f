"""Drift: how form changes inside a run, at matched pace, the longer it lasts.

The metric's logarithm is regressed on time into the run, with the same slopes of speed and
grade for all runs (`runanalytics.measures.within_runs`) and each run's own level and drift.
Slowing down late in a run is therefore not taken for drift.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from runanalytics.arguments import checked_arguments
from runanalytics.arrays import Floats
from runanalytics.certainties import Certainties
from runanalytics.measures.metrics import METRICS, Metric, metric_name
from runanalytics.measures.segment_rows import (
    CURVATURE_SD,
    GRADE_SD,
    SegmentRows,
    excluded_runs,
    exponent_spread,
    regression_data,
    run_table,
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
    rows = rows.with_fault(rows.usable & rows.summary, "averages only")
    usable, elapsed_s = rows.usable, rows["elapsed_s"]
    n_steady = rows.in_run(usable)
    # Within a run, rows are in the order of their time.
    there, first = np.unique(rows.run[usable], return_index=True)
    lasts_s = np.zeros(len(rows.runs))
    lasts_s[there] = elapsed_s[usable][first + n_steady[there] - 1] - elapsed_s[usable][first]
    short = usable & ((n_steady < LEAST_SEGMENTS) | (lasts_s < LEAST_SPAN_S))[rows.run]
    minutes = LEAST_SPAN_S / 60
    rows = rows.with_fault(
        short, f"fewer than {LEAST_SEGMENTS} steady segments over {minutes:g} minutes"
    )
    slope, log_se = np.full(len(rows.runs), np.nan), np.full(len(rows.runs), np.nan)
    long = rows.rows(rows.usable)
    for chosen in (~long.indoor, long.indoor):
        if chosen.any():
            of, own, error = _own_slopes(long.rows(chosen), kind)
            slope[of], log_se[of] = own, error
    vague = (rows.in_run(rows.usable) > 0) & ~(log_se < _LARGEST_SE)
    rows = rows.with_fault(vague[rows.run], "too few steps in all of it")
    value = 100 * np.exp(slope)
    result = run_table(rows.rows(rows.usable), value, value * log_se)
    result.attrs = {
        "metric": kind.column + SUFFIX,
        "label": f"{kind.label} late in a run",
        "unit": "% of its value an hour earlier",
        "excluded": excluded_runs(rows, runs),
    }
    return result


def _own_slopes(rows: SegmentRows, kind: Metric) -> tuple[npt.NDArray[np.intp], Floats, Floats]:
    """Return runs, each one's own slope of the log metric, an hour, and its standard error."""
    x = np.log(rows.against / np.median(rows.against))
    hours = rows["elapsed_s"] / 3600
    grade = np.nan_to_num(rows["grade_pct"])
    curvature_sd = CURVATURE_SD if kind.exponent_sd else 0.0
    prior = Prior(
        np.array([0.0, kind.exponent, 0.0, 0.0]),
        np.array([kind.drift_sd, kind.exponent_sd, curvature_sd, GRADE_SD]),
        np.array([0.0, exponent_spread(kind), 0.0, 0.0]),
    )
    data, runs = regression_data(rows, rows.y, np.column_stack((hours, x, x**2, grade)))
    slope, variance = own_slopes(*data, prior)
    return runs, slope, np.sqrt(variance)
