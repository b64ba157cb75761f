"""Form: a metric of each run at the same reference speed, with its standard error.

Contact time falls and cadence rises with speed, so raw averages compare paces rather than
form. Here the metric's logarithm is regressed on log speed, its square and time into the run,
inside runs (`runanalytics.measures.within_runs`), and each run's level is read off at the
reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from runanalytics import schema
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
    described_runs,
    excluded_runs,
    regression_data,
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
#: Standard errors of the table and of its slopes.
CERTAINTIES: Certainties = {
    "level of a run": "se",
    "exponent of speed": "exponent_se",
    "drift of all runs": "drift_percent_per_hour_se",
}
#: Prior standard deviation of how a metric follows what a grade costs (the logarithm of its ratio
#: to the level, 0.054 a percent), at the same grade-adjusted speed.
COST_SD = 0.3
#: Why a run is left out of which there is no stretch on an even grade.
NO_EVEN_GRADE = "no steady segment on an even grade"
#: How much exponents of speed differ between runs, as held beforehand: of one runner's 199 runs by
#: 0.04 outdoors and 0.13 on a treadmill.
EXPONENT_SPREAD = 0.1
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
        running, which are fitted apart, the exponent of speed, its standard error and the
        drift (% an hour); and `derived` where no value was measured, but all follow from others.

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
    slopes are its own.

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
    usable = rows[rows["fault"] == ""]
    speed_m_s = given_speed(speed_m_s, pace)
    reference = _given_reference(kind, speed_m_s, heart_rate_bpm)
    if reference is None:
        reference = _weighted_median(usable["against"], usable["duration_s"])
    elapsed_s = _weighted_median(usable["elapsed_s"], usable["duration_s"])
    rows = _relative_to(rows, reference, elapsed_s, farthest)
    near = rows[rows["fault"] == ""]
    fits = [_fit(place, group, kind, any_grade=any_grade) for place, group in _by_place(near)]
    levels = pd.concat([fit.levels for fit in fits]) if fits else _no_levels()
    table = described_runs(near).join(levels)
    table["value"] = np.exp(table.pop("level"))
    table["se"] = table["value"] * np.sqrt(table.pop("variance"))
    table = table.reset_index().sort_values(["local_date", "run_id"], ignore_index=True)
    result = schema.check(table, "form")
    result.attrs = {
        "metric": kind.column,
        "unit": kind.unit,
        **{column: reference if column == kind.against else None for column in REFERENCES},
        "elapsed_s": elapsed_s,
        "excluded": excluded_runs(rows, runs, NO_EVEN_GRADE if any_grade else NO_SEGMENT),
        "slopes": [fit.summary for fit in fits],
    }
    if kind.otherwise is not None and near[kind.column].isna().all():
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
    usable = rows[rows["fault"] == ""]
    return _weighted_median(usable["speed_m_s"], usable["duration_s"])


@dataclass(frozen=True)
class _Fit:
    """Level and variance of each run of one place, and the slopes."""

    levels: pd.DataFrame
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


def _weighted_median(values: pd.Series, weights: pd.Series) -> float:
    if not len(values):
        return float("nan")
    return float(
        np.quantile(values.to_numpy(), 0.5, weights=weights.to_numpy(), method="inverted_cdf")
    )


def _relative_to(
    rows: pd.DataFrame, reference: float, elapsed_s: float, farthest: float
) -> pd.DataFrame:
    """Return rows with their distance from the reference; those beyond `farthest` have a fault."""
    x = np.log(rows["against"] / reference)
    beyond = (rows["fault"] == "") & (np.abs(x) > np.log1p(farthest))
    reason = f"nothing within {100 * farthest:.0f} % of the reference"
    return rows.assign(
        fault=rows["fault"].mask(beyond, reason),
        x=x,
        hours=(rows["elapsed_s"] - elapsed_s) / 3600,
    )


def _by_place(rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    for place, indoor in (("outdoor", False), ("treadmill", True)):
        group = rows[rows["indoor"] == indoor]
        if len(group):
            yield place, group


def _fit(place: str, rows: pd.DataFrame, kind: Metric, *, any_grade: bool) -> _Fit:
    """Fit the slopes of one place and return the level of each of its runs."""
    curvature_sd = CURVATURE_SD if kind.exponent_sd else 0.0
    grade, grade_sd = 0.0, GRADE_SD
    if any_grade:
        # A stride that follows speed alone follows what the grade takes from it.
        grade, grade_sd = -kind.exponent if kind.against == "speed_m_s" else 0.0, COST_SD
    prior = Prior(
        np.array([kind.exponent, 0.0, 0.0, grade]),
        np.array([kind.exponent_sd, curvature_sd, kind.drift_sd, grade_sd]),
        np.array([EXPONENT_SPREAD if kind.against == "speed_m_s" else 0.0, 0.0, 0.0, 0.0]),
    )
    sampled, averaged = rows[~rows["summary"]], rows[rows["summary"]]
    parts = []
    if len(sampled):
        data, runs = regression_data(sampled, _regressors(sampled, any_grade=any_grade))
        fit = within(*data, prior, varying=_VARYING)
        parts.append(pd.DataFrame({"run_id": runs, "level": fit.levels, "variance": fit.variances}))
    else:
        fit = _fit_averages(averaged, prior, SUMMARY_SE[place])
    if len(averaged):
        parts.append(_levels_of_averages(averaged, fit, SUMMARY_SE[place]))
    error = np.sqrt(fit.covariance.diagonal())
    return _Fit(
        pd.concat(parts).set_index("run_id"),
        {
            "place": place,
            "n_segments": len(rows),
            "n_runs": int(rows["run_id"].nunique()),
            "exponent": float(fit.slopes[0]),
            "exponent_se": float(error[0]),
            "drift_percent_per_hour": 100 * float(fit.slopes[2]),
            "drift_percent_per_hour_se": 100 * float(error[2]),
        },
    )


def _regressors(rows: pd.DataFrame, *, any_grade: bool = False) -> Floats:
    x = rows["x"].to_numpy()
    grade = rows["grade_pct"].fillna(0).to_numpy()
    along = np.log(cost_ratio(grade)) if any_grade else grade
    return np.column_stack((x, x**2, rows["hours"].to_numpy(), along))


def _fit_averages(rows: pd.DataFrame, prior: Prior, se: float) -> WithinFit:
    """Estimate the slopes of runs without samples from differences within a device's four weeks.

    Their noise is estimated too: σ is `PRIOR_SIGMA` where it is `se`. Slopes of single runs have no
    part in it.
    """
    period = (rows["local_date"] - rows["local_date"].min()).dt.days // _NEIGHBOURS_DAYS
    codes, _ = pd.factorize(period.astype("str") + rows["device"].fillna(""))
    order = np.argsort(codes, kind="stable")
    weight = np.full(len(rows), (PRIOR_SIGMA / se) ** 2)
    return within(
        rows["y"].to_numpy()[order],
        _regressors(rows)[order],
        codes[order],
        np.arange(len(rows), dtype=np.float64),
        weight,
        replace(prior, spreads=None),
        rho=0.0,
    )


def _levels_of_averages(rows: pd.DataFrame, fit: WithinFit, usual_se: float) -> pd.DataFrame:
    z = _regressors(rows)
    level = rows["y"].to_numpy() - z @ fit.slopes
    se = _learnt_se(rows.assign(level=level), usual_se)
    variance = se**2 + np.einsum("ri,ij,rj->r", z, fit.covariance, z)
    return pd.DataFrame(
        {
            "run_id": rows["run_id"],
            "level": level,
            "variance": variance + z**2 @ fit.spreads**2,
        }
    )


def _learnt_se(rows: pd.DataFrame, usual_se: float) -> float:
    """Return the standard error of runs' averages, from how much neighbouring runs differ.

    Neighbours differ by the error and by the day, and averages alone cannot tell the two apart:
    of their spread, the error is the share that it usually has.
    """
    ordered = rows.sort_values("local_date", kind="stable").groupby(
        rows["device"].fillna(""), sort=False
    )
    apart = ordered["level"].diff()[ordered["local_date"].diff().dt.days <= _NEIGHBOURS_DAYS]
    usual = usual_se**2 + DAY_SD**2
    own = (SD_OF_MAD * float(apart.abs().median())) ** 2 / 2 if len(apart) else usual
    spread = (len(apart) * own + SUMMARY_SE_WEIGHT * usual) / (len(apart) + SUMMARY_SE_WEIGHT)
    return float(np.sqrt(spread * usual_se**2 / usual))


def _no_levels() -> pd.DataFrame:
    return pd.DataFrame(
        {"level": pd.Series(dtype="float64"), "variance": pd.Series(dtype="float64")},
        index=pd.Index([], dtype=schema.STRING, name="run_id"),
    )
