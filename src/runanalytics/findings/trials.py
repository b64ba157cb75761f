"""One claim held against one runner's data: which question answers it, and the answer.

What is assumed:

1. "More strength goes along with shorter contact" is the effect of a dose on form, as anywhere
   else. A claim about races is an effect on race times, and one about keeping form is an effect
   on drift.
2. What happens inside runs ("when tired, support lasts longer") is the mean over weeks of what
   single runs say, as uncertain as weeks are apart, and more so where neighbouring weeks go
   together.
3. "No further change" is what the data say only if the whole interval lies within the smallest
   change that matters.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from runanalytics.arrays import Floats
from runanalytics.claims import Claim
from runanalytics.errors import UsageError
from runanalytics.findings.effect import effect
from runanalytics.findings.effect_result import POWER, Effect
from runanalytics.findings.evidence import DRIFTS, FORMS, Evidence
from runanalytics.findings.finding import (
    ADHERENCE,
    NOT_ENOUGH_DATA,
    SIMULATED_NOTE,
    count,
    more_of,
)
from runanalytics.findings.race_effect import race_effect
from runanalytics.findings.weeks import SIMULATED, by_week
from runanalytics.measures.adherence import monday_of
from runanalytics.measures.force import force_by_speed
from runanalytics.measures.metrics import METRICS

RACES = "race_performance"
FORCE = "peak_force_bw"
#: Contrast of a dose in sessions a week, and of adherence in shares of a programme.
CONTRAST, WHOLLY = 2.0, 1.0
#: Weeks that span so much of a contrast span all of it.
_NEARLY = 0.9
#: Weeks with runs, below which what happens inside runs is only described.
LEAST_WEEKS = 12
#: Fewer weeks than this have no spread to speak of.
_FEWEST_WEEKS = 3
#: Longer by half an hour: what "the longer the run" is told for.
_LONGER_H = 0.5
#: Runs over which a claim about speed is told, and how much faster.
_LEAST_RUNS, _FASTER = 8, 1.2


@dataclass(frozen=True)
class Trial:
    """What the data say of one claim, not yet corrected for the others.

    Parameters
    ----------
    claim : Claim
        What is asserted.
    question : str
        What was asked of the data, in words.
    percent, low_percent, high_percent : float
        Change and its interval, %; NaN where there is none.
    p_value : float
        Two-sided, of no change; for "no further change", of one that matters.
    p_against : float
        For "no further change", two-sided, of none; NaN else, where `p_value` tells both.
    tested : bool
        Whether there were enough data for a verdict.
    reason : str
        Why there were not; else empty.
    enough_on : date, optional
        When there will be, if the runner goes on like this.
    detectable_percent : float
        Change that would be found with 80 % chance, %.
    n_runs, n_weeks : int
        What it rests on: runs or races, and weeks.
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


def tried(claim: Claim, evidence: Evidence) -> Trial:
    """Hold one claim against the data.

    Raises
    ------
    UsageError
        If no question is known that would answer it.
    """
    for (outcomes, doses), ask in _QUESTIONS.items():
        if claim.outcome in outcomes and (not doses or claim.dose in doses):
            return ask(claim, evidence)
    raise UsageError(
        f"claim '{claim.id}': no way to try {claim.outcome} against {claim.dose}",
        hint="outcomes of form go with a category, a programme or a movement as the dose",
    )


def _by_dose(claim: Claim, evidence: Evidence) -> Trial:
    if claim.beyond_per_week is not None:
        return _beyond(claim, evidence)
    amounts, contrast = _dose_of(claim, evidence)
    form = evidence.form(claim.outcome)

    def ask(more: float) -> Effect:
        return effect(form, amounts, contrast=more, level=evidence.level, runs=evidence.runs)

    return _of_effect(claim, _within_reach(ask, contrast))


def _within_reach(ask: Callable[[float], Effect], contrast: float) -> Effect:
    """Ask for a contrast, or for what the runner's own weeks span where that is less.

    Nobody is told of twice a week whose weeks never differed by more than once.
    """
    found = ask(contrast)
    low, high = found.exposure_range
    if not np.isfinite(found.percent) or high - low >= _NEARLY * contrast:
        return found
    return ask(max(float(np.floor(10 * (high - low)) / 10), 0.1))


def _dose_of(claim: Claim, evidence: Evidence) -> tuple[pd.DataFrame, float]:
    """Return the dose that a claim is about, and how much more of it is asked for."""
    if claim.dose == ADHERENCE:
        return evidence.adherence(claim.programme or ""), WHOLLY
    return evidence.dose(claim.dose), CONTRAST


def _of_effect(claim: Claim, found: Effect) -> Trial:
    return Trial(
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


def _beyond(claim: Claim, evidence: Evidence) -> Trial:
    """Ask whether what goes beyond so many sessions a week still changes anything."""
    limit = claim.beyond_per_week or 0.0
    within, beyond = split_at(evidence.dose(claim.dose), limit)
    found = effect(
        evidence.form(claim.outcome),
        beyond,
        contrast=1.0,
        level=evidence.level,
        runs=evidence.runs,
        beside=within,
    )
    trial = _of_effect(claim, found)
    more = more_of(1.0, claim.dose, "sessions")
    question = f"{found.label} with {more} beyond {limit:g}"
    matters = METRICS[FORMS[claim.outcome]].smallest_percent
    if claim.expected != "no further change" or not np.isfinite(found.percent):
        return replace(trial, question=question)
    # Two one-sided tests: that the change is not below -matters, and not above it.
    df = max(found.n_weeks - len(found.adjusted_for) - 2, 3)
    below, above = ((found.percent + k * matters) / found.se_percent for k in (1, -1))
    return replace(
        trial,
        question=question,
        p_value=float(max(stdtr(df, -below), stdtr(df, above))),
        p_against=trial.p_value,
        matters_percent=matters,
    )


def split_at(amounts: pd.DataFrame, limit: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what of a dose lies within so much a calendar week, and what goes beyond it.

    Parameters
    ----------
    amounts : DataFrame
        Table ``dose``.
    limit : float
        So much a week.

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


def _of_races(claim: Claim, evidence: Evidence) -> Trial:
    amounts, contrast = _dose_of(claim, evidence)

    def ask(more: float) -> Effect:
        return race_effect(evidence.races, amounts, contrast=more, level=evidence.level)

    return _of_effect(claim, _within_reach(ask, contrast))


def _inside_runs(claim: Claim, evidence: Evidence) -> Trial:
    """Ask how form changes an hour into a run."""
    found = evidence.form(claim.outcome)
    question = f"{found.attrs['label']}, an hour on"
    return _mean_of_weeks(claim, question, found, evidence.level)


def _mean_of_weeks(claim: Claim, question: str, found: pd.DataFrame, level: float) -> Trial:
    trial = Trial(claim, question, simulated=_simulated(found))
    if found.empty:
        return replace(trial, reason="no run has enough steady running")
    weeks = by_week(found, lambda day: np.ones(len(day), dtype=np.bool_))
    seen = weeks.seen
    n_weeks = int(seen.sum())
    trial = replace(trial, n_runs=len(weeks.runs), n_weeks=n_weeks, reason=_weeks_needed(n_weeks))
    if n_weeks < _FEWEST_WEEKS:
        return trial
    mean, se, df = _weighed_mean(weeks.log_form[seen] - np.log(100.0), 1 / weeks.noise[seen])
    trial = _estimated(trial, mean, se, df, level)
    if n_weeks < LEAST_WEEKS:
        return trial
    return replace(trial, tested=True, reason="")


def _weighed_mean(y: Floats, weight: Floats) -> tuple[float, float, float]:
    """Return a weighed mean, its standard error where neighbours go together, and its df."""
    mean = float(np.average(y, weights=weight))
    share = weight / weight.sum()
    left = np.sqrt(weight) * (y - mean)
    n = len(y)
    scatter = float(left @ left) / (n - 1)
    together = float(left[1:] @ left[:-1] / (left @ left)) if n > 3 else 0.0
    together = min(max(together + 1 / n, 0.0), 0.9)  # + 1/n: residuals lean the other way
    inflated = (1 + together) / (1 - together)
    se = float(np.sqrt(scatter / weight.sum() * inflated))
    return mean, se, max(float(1 / (share @ share)) / inflated - 1, 1.0)


def _by_duration(claim: Claim, evidence: Evidence) -> Trial:
    """Ask whether longer runs drift more."""
    found = evidence.form(claim.outcome)
    question = f"{found.attrs['label']}, per half an hour that the run is longer"
    moving_s = evidence.runs.set_index("run_id")["moving_s"].astype("float64")
    hours = found["run_id"].map(moving_s).astype("float64") / 3600
    found, hours = found[hours.notna()], hours[hours.notna()]
    trial = Trial(
        claim,
        question,
        n_runs=len(found),
        n_weeks=_n_weeks(found["local_date"]),
        simulated=_simulated(found),
    )
    if len(found) < _LEAST_RUNS or hours.max() - hours.min() < _LONGER_H:
        reason = f"{count(len(found), 'run')} that differ in duration, of {_LEAST_RUNS} needed"
        return replace(trial, reason=reason)
    slope, se, df = _random_effects_slope(
        np.asarray(hours.to_numpy() / _LONGER_H, dtype=np.float64),
        np.log(found["value"].to_numpy() / 100),
        (found["se"] / found["value"]).to_numpy(),
    )
    return replace(_estimated(trial, slope, se, df, evidence.level), tested=True)


def _random_effects_slope(x: Floats, y: Floats, se: Floats) -> tuple[float, float, float]:
    """Regress on one thing where each value has an error of its own, and a common scatter.

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


def _force(claim: Claim, evidence: Evidence) -> Trial:
    """Ask how peak force grows with speed."""
    exponent, se, used = force_by_speed(evidence.segments)
    question = f"Peak force estimated from contact and flight time, {_FASTER - 1:.0%} faster"
    trial = Trial(
        claim,
        question,
        n_runs=int(used["run_id"].nunique()),
        n_weeks=_n_weeks(used["local_date"]),
        simulated=_simulated(evidence.runs),
    )
    if not np.isfinite(exponent) or trial.n_runs < _LEAST_RUNS:
        runs = count(trial.n_runs, "run")
        reason = f"{runs} with contact time at several speeds, of {_LEAST_RUNS} needed"
        return replace(trial, reason=reason)
    step = float(np.log(_FASTER))
    trial = _estimated(trial, exponent * step, se * step, trial.n_runs - 1, evidence.level)
    return replace(trial, tested=True)


def _estimated(trial: Trial, mean: float, se: float, df: float, level: float) -> Trial:
    """Enter an estimate of a change of the log, with its standard error."""
    half = float(stdtrit(df, 0.5 + level / 2)) * se
    found = float(stdtrit(df, POWER)) * se + half
    middle, low, high, detectable = (
        100 * float(np.expm1(each)) for each in (mean, mean - half, mean + half, found)
    )
    return replace(
        trial,
        percent=middle,
        low_percent=low,
        high_percent=high,
        p_value=float(2 * stdtr(df, -abs(mean) / se)) if se else 0.0,
        detectable_percent=detectable,
    )


def _n_weeks(day: pd.Series) -> int:
    return len(np.unique(day.to_numpy().astype("datetime64[D]").astype(np.int64) // 7))


def _weeks_needed(n_weeks: int) -> str:
    return f"{count(n_weeks, 'week')} with long enough runs, of {LEAST_WEEKS} needed"


def _simulated(frame: pd.DataFrame) -> bool:
    return bool(frame["device"].astype("str").str.contains(SIMULATED).any())


_Ask = Callable[[Claim, Evidence], Trial]
#: Which question answers a claim: outcomes and doses (any where empty), the first that fits.
_QUESTIONS: Mapping[tuple[tuple[str, ...], tuple[str, ...]], _Ask] = {
    (tuple(DRIFTS), ("elapsed_time",)): _inside_runs,
    (tuple(DRIFTS), ("run_duration",)): _by_duration,
    ((FORCE,), ("speed",)): _force,
    ((RACES,), ()): _of_races,
    ((*FORMS, *DRIFTS), ()): _by_dose,
}
