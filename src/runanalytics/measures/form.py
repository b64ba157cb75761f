"""Form: a metric of each run at the same reference speed, with its standard error.

Contact time falls and cadence rises with speed, so raw averages compare paces rather than
form. Here the metric's logarithm is regressed on log speed, its square and time into the run,
inside runs (`runanalytics.measures.within_runs`), and each run's level is read off at the
reference.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtrit

from runanalytics.arguments import checked_arguments
from runanalytics.arrays import Floats
from runanalytics.certainties import Certainties
from runanalytics.errors import UsageError
from runanalytics.measures.grade_cost import cost_ratio
from runanalytics.measures.metrics import METRICS, Metric, grade_adjusted, metric_name
from runanalytics.measures.segment_rows import (
    CURVATURE_SD,
    GRADE_SD,
    NO_SEGMENT,
    REFERENCES,
    Names,
    SegmentRows,
    excluded_runs,
    exponent_spread,
    regression_data,
    run_table,
    usable_rows,
)
from runanalytics.measures.segments import GRADE_ADJUSTED
from runanalytics.measures.within_runs import PRIOR_SIGMA, Prior, WithinFit, within
from runanalytics.units import given_speed

#: Day-to-day standard deviation of form at a fixed speed, of the log: a judgement of this project.
DAY_SD = 0.013
#: Relative standard error of a run that is known by its averages only, before the runner's own
#: spread is seen: how far averages over whole runs of one runner lay from what their steady
#: segments say (outdoors 1.3 % for cadence, 1.0 % for contact time and 1.4 % for oscillation; on a
#: treadmill 2.4, 2.3 and 2.6 %).
SUMMARY_SE = {"outdoor": 0.015, "treadmill": 0.025}
#: How many differences between neighbouring runs that counts for: a judgement of this project.
SUMMARY_SE_WEIGHT = 10
#: The median absolute deviation of a normal distribution is its standard deviation over this.
SD_OF_MAD = 1.4826
#: Of the intervals of slopes.
LEVEL = 0.95
#: Standard errors of the table, and of its slopes with their intervals.
CERTAINTIES: Certainties = {
    "level of a run": "se",
    "exponent of speed": "exponent_se exponent_low exponent_high",
    "drift of all runs": (
        "drift_percent_per_hour_se drift_percent_per_hour_low drift_percent_per_hour_high"
    ),
}
#: Prior standard deviation of how a metric follows what a grade costs (the logarithm of its ratio
#: to the level, 0.054 a percent), at the same grade-adjusted speed.
COST_SD = 0.3
#: Why a run is left out of which there is no stretch on an even grade.
NO_EVEN_GRADE = "no steady segment on an even grade"
#: How much drifts differ between runs, as held beforehand, of the log an hour: of one runner's runs
#: outdoors by 0.01 (cadence), 0.02 (contact time) and 0.03 (oscillation), and on a treadmill by
#: 0.02, 0.01 and 0.00.
DRIFT_SPREAD = 0.02
#: Columns of `_regressors` whose slopes differ between runs: speed and time into the run.
_VARYING = (0, 2)
#: The slope of runs without samples comes from differences within four weeks.
_NEIGHBOURS_DAYS = 28


@checked_arguments
def form(
    segments: pd.DataFrame,
    metric: str = "ground_contact_ms",
    speed_m_s: float | None = None,
    *,
    pace: str | None = None,
    heart_rate_bpm: float | None = None,
    runs: pd.DataFrame | None = None,
    farthest: float = 0.25,
) -> pd.DataFrame:
    """Return a metric of each run at a reference speed, with its standard error.

    Parameters
    ----------
    segments : DataFrame
        Table ``segments``. Needs `run_id`, `local_date`, `elapsed_s` (s), `duration_s` (s),
        `speed_m_s` (m/s) and the metric's column; the order of rows does not matter.
    metric : str, default "ground_contact_ms"
        Name of a metric, short or long; see `runanalytics.measures.metrics.METRICS`. With
        ``-grade-adjusted`` behind it, the reference is a grade-adjusted speed, and `segments` have
        to be of all grades (``segments(samples, runs, grade_adjusted=True)``).
    speed_m_s : float, optional
        Reference speed (m/s); by default `reference_speed` of these segments.
    pace : str, optional
        The same as a pace, such as "5:00/km" or "8:03/mi".
    heart_rate_bpm : float, optional
        Reference heart rate (beats/min) of ``"speed-at-heart-rate"``; by default the median.
    runs : DataFrame, optional
        Table ``runs``: those without any segment are then listed as excluded too.
    farthest : float, default 0.25
        Share by which a run's speed may differ from the reference; runs beyond are excluded.

    Returns
    -------
    DataFrame
        Table ``form``, by date: one row a run, `value` and `se` in the metric's unit; `se` is the
        error within the run.
        `device` joins the watch and, for what pods and straps measure, the sensor; `kind` is
        "treadmill" or "outdoor". In its
        `attrs`: `metric`, `unit`, `speed_m_s` and `elapsed_s` (s into the run) of the
        reference (`heart_rate_bpm` in place of speed for ``"speed-at-heart-rate"``),
        `excluded` (a list of `run_id` and `reason`), and `slopes`: for outdoor and treadmill
        running, which are fitted apart, the exponent of speed and the drift (% an hour), each with
        its standard error and its 95 % interval, which is wider where few runs tell it; and
        `derived` where no value was measured, but all follow from others.

    Raises
    ------
    SchemaError
        If a needed column is missing or not numeric.
    UsageError
        If the metric is unknown, a reference is not positive or not the metric's, or segments are
        of all grades and the metric is not grade-adjusted, or the other way round.

    Notes
    -----
    ``log m = level_run + b₁ x + b₂ x² + c (t - t₀) + d grade + e``, with x = log(speed /
    reference) and t₀ the median time into a run, so that a long run's fatigue is not taken for
    a change of form. Grade is small in all segments, but it slows runners down and would leak
    into the slope of speed; where it is unknown it is taken for zero. value = exp(level),
    se = value · se(level) (delta method). The variance of a level holds the segments' noise
    with its serial correlation, the slopes' uncertainty and the spread of slopes between runs,
    the latter two growing with the distance from the reference. Day-to-day variation is no
    part of it, nor is what GPS measures wrong over a whole run, which all its segments share: both
    make days differ, and findings take how much from the runs. Errors of GPS speed flatten the
    slope by some 5 %, so findings also look at the week's mean speed. On a treadmill a watch
    estimates speed from the arm's own rhythm, so cadence follows that "speed" by other laws: its
    slopes are its own. The interval of the drift may be wider than need be: drifts of halves of one
    real runner's runs differ by 0.6 to 0.7 times what their errors say, and exponents by as much
    as theirs say.

    At grade-adjusted speed the place of grade is taken by the logarithm of what it costs: at the
    same effort a runner is slower uphill, by as much as it costs, and strides follow that speed and
    the grade itself. The level is read off at grade 0, so that it is that of running on the level
    at the reference speed.

    Examples
    --------
    >>> segments = pd.DataFrame({
    ...     "run_id": ["a", "a", "b", "b"], "local_date": "2026-03-01",
    ...     "elapsed_s": [400, 600, 400, 600], "duration_s": 120,
    ...     "speed_m_s": [3.0, 3.2, 3.0, 3.2], "cadence_spm": [170, 173, 172, 175]})
    >>> form(segments, "cadence", speed_m_s=3.1)[["run_id", "value", "se"]].round(1)
      run_id  value   se
    0      a  171.5  1.5
    1      b  173.5  1.5
    """
    adjusted = grade_adjusted(metric)
    kind = METRICS[metric_name(metric) if adjusted is None else adjusted]
    any_grade = adjusted is not None
    if any_grade:
        kind = replace(kind, otherwise=None)
    _require_cut(segments, kind, metric, any_grade=any_grade)
    if not 0 < farthest < 1:
        raise UsageError(f"farthest is {farthest}", hint="give a share between 0 and 1")
    rows = usable_rows(segments, kind)
    used = rows.usable
    lasting_s = rows["duration_s"][used]
    speed_m_s = given_speed(speed_m_s, pace)
    reference = _given_reference(kind, speed_m_s, heart_rate_bpm)
    if reference is None:
        reference = _weighted_median(rows.against[used], lasting_s)
    elapsed_s = _weighted_median(rows["elapsed_s"][used], lasting_s)
    x = np.log(rows.against / reference)
    beyond = rows.usable & (np.abs(x) > np.log1p(farthest))
    rows = rows.with_fault(beyond, f"nothing within {100 * farthest:.0f} % of the reference")
    excluded = excluded_runs(rows, runs, NO_EVEN_GRADE if any_grade else NO_SEGMENT)
    x, near = x[rows.usable], rows.rows(rows.usable)
    del rows  # with thousands of runs, what is not near takes room
    z = _regressors(near, x, elapsed_s, any_grade=any_grade)
    fits = [
        _fit(place, near.rows(chosen), z[chosen], kind, any_grade=any_grade)
        for place, chosen in (("outdoor", ~near.indoor), ("treadmill", near.indoor))
        if chosen.any()
    ]
    level, variance = np.full(len(near.runs), np.nan), np.full(len(near.runs), np.nan)
    for fit in fits:
        level[fit.runs], variance[fit.runs] = fit.level, fit.variance
    value = np.exp(level)
    result = run_table(near, value, value * np.sqrt(variance))
    result.attrs = {
        "metric": kind.column,
        "unit": kind.unit,
        **{column: reference if column == kind.against else None for column in REFERENCES},
        "elapsed_s": elapsed_s,
        "excluded": excluded,
        "slopes": [fit.summary for fit in fits],
    }
    if kind.otherwise is not None and np.isnan(near[kind.column]).all():
        result.attrs["derived"] = True
    if any_grade:
        result.attrs |= {
            "metric": f"{kind.column}_{GRADE_ADJUSTED}",
            "label": f"Grade-adjusted {kind.label[0].lower()}{kind.label[1:]}",
            "smallest_percent": kind.smallest_percent,
            GRADE_ADJUSTED: True,
        }
    return result


def _require_cut(segments: pd.DataFrame, kind: Metric, name: str, *, any_grade: bool) -> None:
    """Raise a `UsageError` unless segments were cut as the metric wants them."""
    if any_grade and kind.level_only:
        raise UsageError(
            f"{kind.label.lower()} is that of a model of running on the level",
            hint=f"ask for {kind.short}, or for contact-time-grade-adjusted",
        )
    if any_grade != bool(segments.attrs.get(GRADE_ADJUSTED)) and len(segments):
        if any_grade:
            cut = "level stretches", "cut them with segments(..., grade_adjusted=True)"
        else:
            cut = "stretches of all grades", f"ask for {kind.short}-grade-adjusted"
        raise UsageError(f"'{name}' is asked of segments that are {cut[0]}", hint=cut[1])


def reference_speed(segments: pd.DataFrame, metric: str = "ground_contact_ms") -> float:
    """Return the speed at which form is compared by default.

    Parameters
    ----------
    segments : DataFrame
        Table ``segments``, with the columns that `form` needs.
    metric : str, default "ground_contact_ms"
        Name of a metric.

    Returns
    -------
    float
        Median speed (m/s) of the segments that have the metric, weighted by duration: near it
        least has to be extrapolated. NaN if there is none.

    Examples
    --------
    >>> reference_speed(pd.DataFrame({
    ...     "run_id": ["a", "a", "b"], "local_date": "2026-03-01", "elapsed_s": [400, 600, 400],
    ...     "duration_s": [60, 60, 180], "speed_m_s": [3.4, 3.2, 3.0],
    ...     "cadence_spm": [174, 173, 170]}), "cadence")
    3.0
    """
    kind = METRICS[metric_name(metric)]
    rows = usable_rows(segments, kind)
    usable = rows.rows(rows.usable)
    return _weighted_median(usable["speed_m_s"], usable["duration_s"])


@dataclass(frozen=True)
class _Fit:
    """Level and variance of each run of one place, by its place among all, and the slopes."""

    runs: npt.NDArray[np.intp]
    level: Floats
    variance: Floats
    summary: dict[str, str | float]


def _given_reference(
    kind: Metric, speed_m_s: float | None, heart_rate_bpm: float | None
) -> float | None:
    """Return the reference that the caller gave, if any."""
    given = {"speed_m_s": speed_m_s, "heart_rate_bpm": heart_rate_bpm}
    reference = given.pop(kind.against)
    for other, value in given.items():
        if value is not None:
            raise UsageError(
                f"{kind.label.lower()} is compared at a {REFERENCES[kind.against]}, not at a "
                f"{REFERENCES[other]}",
                hint=f"leave out the {REFERENCES[other]}",
            )
    if reference is not None and not 0 < reference < np.inf:
        raise UsageError(
            f"the reference {REFERENCES[kind.against]} is {reference}",
            hint="give a number above 0",
        )
    return None if reference is None else float(reference)


def _weighted_median(values: Floats, weights: Floats) -> float:
    if not len(values):
        return float("nan")
    return float(np.quantile(values, 0.5, weights=weights, method="inverted_cdf"))


def _fit(place: str, rows: SegmentRows, z: Floats, kind: Metric, *, any_grade: bool) -> _Fit:
    """Fit the slopes of one place and return the level of each of its runs."""
    curvature_sd = CURVATURE_SD if kind.exponent_sd else 0.0
    grade, grade_sd = 0.0, GRADE_SD
    if any_grade:
        # A stride that follows speed alone follows what the grade takes from it.
        grade, grade_sd = -kind.exponent if kind.against == "speed_m_s" else 0.0, COST_SD
    prior = Prior(
        np.array([kind.exponent, 0.0, 0.0, grade]),
        np.array([kind.exponent_sd, curvature_sd, kind.drift_sd, grade_sd]),
        np.array([exponent_spread(kind), 0.0, DRIFT_SPREAD, 0.0]),
    )
    averaged, z_averaged = rows.rows(rows.summary), z[rows.summary]
    runs, level, variance = averaged.run[:0], z[:0, 0], z[:0, 0]
    if rows.summary.all():
        fit = _fit_averages(averaged, z, prior, SUMMARY_SE[place])
    else:
        sampled = rows.rows(~rows.summary)
        data, runs = regression_data(sampled, sampled.y, z[~rows.summary])
        fit = within(*data, prior, varying=_VARYING)
        level, variance = fit.levels, fit.variances
    if len(averaged):
        more = _levels_of_averages(averaged, z_averaged, fit, SUMMARY_SE[place])
        runs = np.concatenate([runs, averaged.run])
        level, variance = np.append(level, more[0]), np.append(variance, more[1])
    summary: dict[str, str | float] = {
        "place": place,
        "n_segments": len(rows),
        "n_runs": len(np.unique(rows.run)),
    }
    error = np.sqrt(fit.covariance.diagonal())
    half = stdtrit(fit.df, 0.5 + LEVEL / 2) * error
    for name, column, times in (("exponent", 0, 1.0), ("drift_percent_per_hour", 2, 100.0)):
        slope = float(fit.slopes[column])
        summary |= {
            name: times * slope,
            f"{name}_se": times * float(error[column]),
            f"{name}_low": times * float(slope - half[column]),
            f"{name}_high": times * float(slope + half[column]),
        }
    return _Fit(runs, level, variance, summary)


def _regressors(rows: SegmentRows, x: Floats, elapsed_s: float, *, any_grade: bool) -> Floats:
    """Return log speed from the reference, its square, hours into the run, and grade."""
    grade = np.nan_to_num(rows["grade_pct"])
    along = np.log(cost_ratio(grade)) if any_grade else grade
    return np.column_stack((x, x**2, (rows["elapsed_s"] - elapsed_s) / 3600, along))


def _fit_averages(rows: SegmentRows, z: Floats, prior: Prior, se: float) -> WithinFit:
    """Estimate the slopes of runs without samples from differences within a device's four weeks.

    Their noise is estimated too: σ is `PRIOR_SIGMA` where it is `se`. Slopes of single runs have no
    part in it.
    """
    day = rows.day.astype("datetime64[D]").astype(np.int64)
    device, names = _numbered(rows.device)
    period = (day - day.min()) // _NEIGHBOURS_DAYS
    group, _ = pd.factorize(period * len(names) + device)
    order = np.argsort(group, kind="stable")
    weight = np.full(len(rows), (PRIOR_SIGMA / se) ** 2)
    time = np.arange(len(rows), dtype=np.float64)
    alike = replace(prior, spreads=None)
    return within(rows.y[order], z[order], group[order], time, weight, alike, rho=0.0)


def _numbered(device: Names) -> tuple[npt.NDArray[np.intp], Names]:
    """Return a number for each device, the unknown one included, and their names."""
    return pd.factorize(np.where(pd.isna(device), "", device))


def _levels_of_averages(
    rows: SegmentRows, z: Floats, fit: WithinFit, usual_se: float
) -> tuple[Floats, Floats]:
    """Return the level and the variance of each run without samples."""
    level = rows.y - z @ fit.slopes
    se = _learnt_se(rows, level, usual_se)
    variance = se**2 + np.einsum("ri,ij,rj->r", z, fit.covariance, z)
    return level, variance + z**2 @ fit.spreads**2


def _learnt_se(rows: SegmentRows, level: Floats, usual_se: float) -> float:
    """Return the standard error of runs' averages, from how much neighbouring runs differ.

    Neighbours differ by the error and by the day, and averages alone cannot tell the two apart:
    of their spread, the error is the share that it usually has.
    """
    device, _ = _numbered(rows.device)
    order = np.lexsort((rows.day, device))
    days = np.diff(rows.day[order]).astype("timedelta64[D]").astype(np.int64)
    near = (days <= _NEIGHBOURS_DAYS) & (np.diff(device[order]) == 0)
    apart = np.diff(level[order])[near]
    usual = usual_se**2 + DAY_SD**2
    own = (SD_OF_MAD * float(np.median(np.abs(apart)))) ** 2 / 2 if len(apart) else usual
    spread = (len(apart) * own + SUMMARY_SE_WEIGHT * usual) / (len(apart) + SUMMARY_SE_WEIGHT)
    return float(np.sqrt(spread * usual_se**2 / usual))
