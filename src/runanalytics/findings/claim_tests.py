"""Tests of claims on one runner's data: which test serves which claim, and its result.

What is assumed:

1. "More strength goes along with shorter contact" is the effect of a dose on form, as anywhere
   else. A claim about races is an effect on race times, and one about keeping form is an effect
   on drift.
2. What happens inside runs ("when tired, support lasts longer") is the mean over weeks of the
   estimates of single runs. Its standard error is that of the scatter between weeks, and larger
   where neighbouring weeks are correlated.
3. "No further change" holds only if the whole interval lies within the smallest change that
   matters.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from runanalytics.arrays import Floats
from runanalytics.claims import OUTCOMES, Claim
from runanalytics.errors import UsageError
from runanalytics.findings.contrasts import contrast_for, within_reach
from runanalytics.findings.effect import POWER, Effect, effect
from runanalytics.findings.engine.weeks import by_week, is_simulated
from runanalytics.findings.finding import (
    ADHERENCE,
    NOT_ENOUGH_DATA,
    SIMULATED_NOTE,
    count,
    more_of,
    short_of,
)
from runanalytics.findings.race_effect import race_effect
from runanalytics.findings.readable import share_text
from runanalytics.findings.runner_tables import DRIFTS, FORMS, RunnerTables
from runanalytics.measures.adherence import monday_of
from runanalytics.measures.force import force_by_speed
from runanalytics.measures.metrics import METRICS
from runanalytics.movements import nearest

RACES = "race_performance"
FORCE = "peak_force_bw"
#: Weeks with runs below which a change inside runs gets no verdict.
LEAST_WEEKS = 12
#: Weeks below which no scatter between weeks is estimated.
_FEWEST_WEEKS = 3
#: Contrast of "the longer the run", hours.
_LONGER_H = 0.5
#: Runs that a claim about speed or duration needs, and the contrast of speed, a ratio.
_LEAST_RUNS, _FASTER = 8, 1.2


@dataclass(frozen=True)
class ClaimTest:
    """The result of testing one claim, its p not yet corrected for the other claims.

    Parameters
    ----------
    claim : Claim
        What is asserted.
    question : str
        What was estimated, in words.
    percent, low_percent, high_percent : float
        Change and its interval, %; NaN where there is none.
    p_value : float
        Two-sided, of no change; for "no further change", of one that matters.
    p_against : float
        For "no further change", two-sided, of no change; NaN else, where `p_value` serves for
        the claim and against it.
    tested : bool
        Whether there were enough data for a verdict.
    reason : str
        Why there were not; else empty.
    enough_on : date, optional
        When there will be, if the runner goes on like this.
    detectable_percent : float
        Change that would be found with 80 % chance, %.
    n_runs, n_weeks : int
        How many runs (or races) and weeks were used.
    simulated : bool
        Whether the data are.
    matters_percent : float
        For "no further change", the smallest change that matters, %; NaN else.
    """

    claim: Claim
    question: str
    percent: float = np.nan
    low_percent: float = np.nan
    high_percent: float = np.nan
    p_value: float = np.nan
    p_against: float = np.nan
    tested: bool = False
    reason: str = ""
    enough_on: datetime.date | None = None
    detectable_percent: float = np.nan
    n_runs: int = 0
    n_weeks: int = 0
    simulated: bool = False
    matters_percent: float = np.nan


def run_claim_test(claim: Claim, tables: RunnerTables) -> ClaimTest:
    """Test one claim on a runner's data.

    Parameters
    ----------
    claim : Claim
        What is asserted.
    tables : RunnerTables
        The runner's data.

    Raises
    ------
    UsageError
        If there is no test for its outcome and dose, or no such dose.
    """
    if claim.beyond_per_week is not None and claim.outcome not in FORMS:
        raise UsageError(
            f"claim '{claim.id}': beyond_per_week does not go with outcome {claim.outcome}",
            hint=f"it goes with {', '.join(FORMS)}",
        )
    for (outcomes, doses), test in _TESTS.items():
        if claim.outcome in outcomes and (not doses or claim.dose in doses):
            return test(claim, tables)
    known = ", ".join(OUTCOMES)
    raise UsageError(
        f"claim '{claim.id}': no way to test {claim.outcome} against {claim.dose}",
        hint=f"{FORCE} goes with dose 'speed' only"
        if claim.outcome == FORCE
        else f"did you mean {nearest(claim.outcome, OUTCOMES)}? Outcomes are: {known}",
    )


def _by_dose(claim: Claim, tables: RunnerTables) -> ClaimTest:
    """Estimate the effect of a dose on form or drift."""
    if claim.beyond_per_week is not None:
        return _beyond(claim, tables)
    amounts, beside = _dose_of(claim, tables)
    found = effect(
        tables.form(claim.outcome),
        amounts,
        level=tables.level,
        runs=tables.runs,
        beside=beside,
        sports=tables.sports,
    )
    return _from_effect(claim, found)


def _dose_of(claim: Claim, tables: RunnerTables) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Return the dose that a claim is about, and those that are held beside it."""
    if claim.dose == ADHERENCE:
        programme = claim.programme or ""
        return tables.adherence_dose(programme), tables.beside(programme, ADHERENCE)
    return tables.dose(claim.dose), tables.beside(claim.dose)


def _from_effect(claim: Claim, found: Effect) -> ClaimTest:
    """Return an effect as the result of a claim's test."""
    return ClaimTest(
        claim,
        f"{found.label} with {found.dose_words}",
        found.percent,
        found.percent_low,
        found.percent_high,
        found.p_value,
        np.nan,
        found.verdict != NOT_ENOUGH_DATA,
        found.reason,
        found.enough_on,
        found.detectable_percent,
        found.n_runs,
        found.n_weeks,
        SIMULATED_NOTE in found.notes,
    )


def _beyond(claim: Claim, tables: RunnerTables) -> ClaimTest:
    """Estimate the effect of the sessions beyond so many a week, adjusted for those within."""
    limit = claim.beyond_per_week or 0.0
    within, beyond = split_at(tables.dose(claim.dose), limit)
    found = effect(
        tables.form(claim.outcome),
        beyond,
        contrast=1.0,
        level=tables.level,
        runs=tables.runs,
        beside={f"{claim.dose} up to {limit:g} a week": within, **tables.beside(claim.dose)},
        sports=tables.sports,
    )
    test = _from_effect(claim, found)
    more = more_of(1.0, claim.dose, "sessions")
    question = f"{found.label} with {more} beyond {limit:g}"
    matters = METRICS[FORMS[claim.outcome]].smallest_percent
    if claim.expected != "no further change" or not np.isfinite(found.percent):
        return replace(test, question=question)
    # Two one-sided tests, that the change is not below -matters and not above it, each at half of
    # alpha: the claim holds where the whole interval that is shown lies within.
    df = max(found.n_weeks - len(found.adjusted_for) - 2, 3)
    middle = (found.percent_low + found.percent_high) / 2
    below, above = ((middle + k * matters) / found.se_percent for k in (1, -1))
    return replace(
        test,
        question=question,
        p_value=min(2 * float(max(stdtr(df, -below), stdtr(df, above))), 1.0),
        p_against=test.p_value,
        matters_percent=matters,
    )


def split_at(amounts: pd.DataFrame, limit: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the part of a dose within so much a calendar week, and the part beyond it.

    Parameters
    ----------
    amounts : DataFrame
        Table ``dose``.
    limit : float
        How much a week.

    Examples
    --------
    >>> days = pd.date_range("2026-03-02", periods=4)
    >>> within, beyond = split_at(pd.DataFrame({"local_date": days, "amount": [1, 0, 1, 1]}), 1)
    >>> within["amount"].tolist(), beyond["amount"].tolist()
    ([1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0])
    """
    amount = amounts["amount"].astype("float64")
    until = amount.groupby(monday_of(amounts["local_date"])).cumsum()
    beyond = (until - limit).clip(lower=0) - (until - amount - limit).clip(lower=0)
    parts = (amounts.assign(amount=amount - beyond), amounts.assign(amount=beyond))
    for part in parts:
        part.attrs = dict(amounts.attrs)
    return parts


def _race_times(claim: Claim, tables: RunnerTables) -> ClaimTest:
    """Estimate the effect of a dose on race times."""
    amounts, beside = _dose_of(claim, tables)

    def estimate(contrast: float) -> Effect:
        return race_effect(
            tables.races,
            amounts,
            contrast=contrast,
            level=tables.level,
            runs=tables.runs,
            other_doses=list(beside.values()),
        )

    asked = contrast_for(None, amounts)
    found = estimate(asked)
    low, high = found.exposure_range
    if not np.isfinite(found.percent) or within_reach(asked, high - low) == asked:
        return _from_effect(claim, found)
    return _from_effect(claim, estimate(within_reach(asked, high - low)))


def _inside_runs(claim: Claim, tables: RunnerTables) -> ClaimTest:
    """Estimate how form changes an hour into a run."""
    found = tables.form(claim.outcome)
    question = f"{found.attrs['label']}, an hour on"
    return _mean_of_weeks(claim, question, found, tables.level)


def _mean_of_weeks(claim: Claim, question: str, found: pd.DataFrame, level: float) -> ClaimTest:
    """Test that the mean over weeks differs from no change."""
    test = ClaimTest(claim, question, simulated=is_simulated(found["device"]))
    if found.empty:
        return replace(test, reason="no run has enough steady running")
    weeks = by_week(found)
    seen, n_weeks = weeks.seen, weeks.n_seen
    few = short_of(f"{count(n_weeks, 'week')} with long enough runs", LEAST_WEEKS)
    test = replace(test, n_runs=int(weeks.n_runs.sum()), n_weeks=n_weeks, reason=few)
    if n_weeks < _FEWEST_WEEKS:
        return test
    mean, se, df = _weighted_mean(weeks.log_form[seen] - np.log(100.0), 1 / weeks.noise[seen])
    test = _estimated(test, mean, se, df, level)
    if n_weeks < LEAST_WEEKS:
        return test
    return replace(test, tested=True, reason="")


def _weighted_mean(y: Floats, weight: Floats) -> tuple[float, float, float]:
    """Return a weighted mean, its standard error for correlated neighbours, and its df."""
    mean = float(np.average(y, weights=weight))
    share = weight / weight.sum()
    left = np.sqrt(weight) * (y - mean)
    n = len(y)
    scatter = float(left @ left) / (n - 1)
    correlation = float(left[1:] @ left[:-1] / (left @ left)) if n > 3 else 0.0
    # The correlation of residuals is too low by 1/n.
    correlation = min(max(correlation + 1 / n, 0.0), 0.9)
    inflated = (1 + correlation) / (1 - correlation)
    se = float(np.sqrt(scatter / weight.sum() * inflated))
    return mean, se, max(float(1 / (share @ share)) / inflated - 1, 1.0)


def _by_duration(claim: Claim, tables: RunnerTables) -> ClaimTest:
    """Estimate how much more form drifts in longer runs."""
    found = tables.form(claim.outcome)
    question = f"{found.attrs['label']}, per half an hour that the run is longer"
    moving_s = tables.runs.set_index("run_id")["moving_s"].astype("float64")
    hours = found["run_id"].map(moving_s).astype("float64") / 3600
    found, hours = found[hours.notna()], hours[hours.notna()]
    test = ClaimTest(
        claim,
        question,
        n_runs=len(found),
        n_weeks=_n_weeks(found["local_date"]),
        simulated=is_simulated(found["device"]),
    )
    if len(found) < _LEAST_RUNS or hours.max() - hours.min() < _LONGER_H:
        reason = f"{count(len(found), 'run')} that differ in duration, of {_LEAST_RUNS} needed"
        return replace(test, reason=reason)
    slope, se, df = _random_effects_slope(
        np.asarray(hours.to_numpy() / _LONGER_H, dtype=np.float64),
        np.log(found["value"].to_numpy() / 100),
        (found["se"] / found["value"]).to_numpy(),
    )
    return replace(_estimated(test, slope, se, df, tables.level), tested=True)


def _random_effects_slope(x: Floats, y: Floats, se: Floats) -> tuple[float, float, float]:
    """Regress on one variable where each value has its own error and all a common scatter.

    DerSimonian & Laird 1986, 10.1016/0197-2456(86)90046-2; Knapp & Hartung 2003,
    10.1002/sim.1482.
    """
    design = np.column_stack([np.ones(len(x)), x - x.mean()])
    scatter = 0.0
    for _ in range(20):
        weight = 1 / (se**2 + scatter)
        inverse = np.linalg.inv(design.T @ (weight[:, None] * design))
        beta = inverse @ design.T @ (weight * y)
        left = y - design @ beta
        excess = float(weight @ left**2) - (len(x) - 2)
        scatter = max(scatter + excess / float(weight.sum()), 0.0)
    spread = max(float(weight @ left**2) / (len(x) - 2), 1.0)
    return float(beta[1]), float(np.sqrt(spread * inverse[1, 1])), float(len(x) - 2)


def _force(claim: Claim, tables: RunnerTables) -> ClaimTest:
    """Estimate how peak force grows with speed."""
    exponent, se, used = force_by_speed(tables.segments)
    question = (
        f"Peak force estimated from contact and flight time, {share_text(_FASTER - 1)} faster"
    )
    test = ClaimTest(
        claim,
        question,
        n_runs=int(used["run_id"].nunique()),
        n_weeks=_n_weeks(used["local_date"]),
        simulated=is_simulated(tables.runs["device"]),
    )
    if not np.isfinite(exponent) or test.n_runs < _LEAST_RUNS:
        runs = count(test.n_runs, "run")
        reason = f"{runs} with contact time at several speeds, of {_LEAST_RUNS} needed"
        return replace(test, reason=reason)
    step = float(np.log(_FASTER))
    test = _estimated(test, exponent * step, se * step, test.n_runs - 1, tables.level)
    return replace(test, tested=True)


def _estimated(test: ClaimTest, mean: float, se: float, df: float, level: float) -> ClaimTest:
    """Return the test with an estimate: a change of the log and its standard error."""
    half = float(stdtrit(df, 0.5 + level / 2)) * se
    found = float(stdtrit(df, POWER)) * se + half
    middle, low, high, detectable = (
        100 * float(np.expm1(each)) for each in (mean, mean - half, mean + half, found)
    )
    return replace(
        test,
        percent=middle,
        low_percent=low,
        high_percent=high,
        p_value=float(2 * stdtr(df, -abs(mean) / se)) if se else 0.0,
        detectable_percent=detectable,
    )


def _n_weeks(day: pd.Series) -> int:
    return len(np.unique(day.to_numpy().astype("datetime64[D]").astype(np.int64) // 7))


_Test = Callable[[Claim, RunnerTables], ClaimTest]
#: The test of a claim by its outcome and dose (any dose where empty); the first that fits.
_TESTS: Mapping[tuple[tuple[str, ...], tuple[str, ...]], _Test] = {
    (tuple(DRIFTS), ("elapsed_time",)): _inside_runs,
    (tuple(DRIFTS), ("run_duration",)): _by_duration,
    ((FORCE,), ("speed",)): _force,
    ((RACES,), ()): _race_times,
    ((*FORMS, *DRIFTS), ()): _by_dose,
}
