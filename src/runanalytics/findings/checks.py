"""An effect doubted: what else could look like it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from runanalytics.findings.checks_result import FAILS, PASSES, Check, Checks
from runanalytics.findings.effect import effect
from runanalytics.findings.effects import Frames, contrast_for, corrected, named_frames
from runanalytics.findings.finding import NOT_ENOUGH_DATA
from runanalytics.findings.probes import (
    case_of,
    control_dose,
    each_phase,
    future_dose,
    placebo_dates,
    robustness,
    shifted_dose,
)

__all__ = ["Check", "Checks", "checks"]


def checks(
    form: pd.DataFrame,
    dose: pd.DataFrame,
    *,
    controls: Frames = (),
    contrast: float | None = None,
    level: float = 0.95,
    metric: str | None = None,
    what: str | None = None,
    runs: pd.DataFrame | None = None,
    tau_weeks: float | Sequence[float] | None = None,
    seed: int = 0,
) -> Checks:
    """Ask of an effect what would be so if it were not one.

    Parameters
    ----------
    form : DataFrame
        Table "form", as in `effect`.
    dose : DataFrame
        Table "dose", as in `effect`.
    controls : mapping of str to DataFrame, or sequence of DataFrame
        Tables "dose" of what cannot move form: upper-body or mobility work, say.
    contrast : float, optional
        How much more a week, in the dose's measure; by default what about two sessions come
        to.
    level : float
        Of the intervals, between 0 and 1.
    metric, what : str, optional
        What form and dose are about, where their attrs do not say.
    runs : DataFrame, optional
        local_date and distance_m (m) of all runs, to adjust for weekly distance.
    tau_weeks : float or sequence of float, optional
        As in `effect`.
    seed : int
        Of the series drawn for the placebo dates.

    Returns
    -------
    Checks
        Never fails for want of data: the verdict then is "not enough data".

    Raises
    ------
    SchemaError
        If a column is missing, or holds what cannot be such a value.
    UsageError
        If contrast, level, time constants or the metric's name make no sense.

    Notes
    -----
    Negative controls: Lipsitch, Tchetgen Tchetgen & Cohen 2010,
    doi:10.1097/EDE.0b013e3181d61eeb. Robustness value: Cinelli & Hazlett 2020,
    doi:10.1111/rssb.12348.

    Examples
    --------
    >>> from runanalytics.simulate import simulate_form
    >>> drawn = simulate_form(7, weeks=104, effect_pct=-3.0)
    >>> checks(drawn.form, drawn.dose).verdict
    'passes'
    """
    found = effect(
        form,
        dose,
        contrast=contrast_for(contrast, dose),
        level=level,
        metric=metric,
        what=what,
        runs=runs,
        tau_weeks=tau_weeks,
    )
    unchecked = Checks(found, (), NOT_ENOUGH_DATA, found.reason, level=level, notes=found.notes)
    if not np.isfinite(found.percent):
        return unchecked
    case = case_of(found, form, dose, runs)
    if case is None:
        return replace(unchecked, reason="too few weeks to ask more of them")
    asked = [
        future_dose(case),
        *(control_dose(case, form, runs, name, each) for name, each in named_frames(controls)),
        placebo_dates(case, seed),
        *each_phase(case, form, runs),
        shifted_dose(case),
        robustness(case),
    ]
    return _judged(unchecked, [each for each in asked if each is not None])


def _judged(unchecked: Checks, asked: list[Check]) -> Checks:
    """Correct every p for those beside it, and give the outcomes."""
    own, alpha = unchecked.effect, 1 - unchecked.level
    tests = [each for each in asked if np.isfinite(each.p_value)]
    # Checks are corrected for each other alone. What only informs cannot fail, and a clear effect
    # is no reason to let a check fail sooner.
    able = [each for each in tests if not each.outcome]
    p_adjusted = corrected([each.p_value for each in able])
    adjusted = dict(zip((each.name for each in able), p_adjusted, strict=True))
    checks = []
    for each in asked:
        if each.outcome:
            checks.append(each)
            continue
        p = adjusted[each.name]
        outcome = FAILS if p < alpha else PASSES
        passed, _, failed = each.sentence.partition("|")
        sentence = failed if outcome == FAILS else passed
        checks.append(replace(each, p_adjusted=p, outcome=outcome, sentence=sentence))
    failed_any = any(each.outcome == FAILS for each in checks)
    few = own.verdict == NOT_ENOUGH_DATA
    n_tests = len(tests) + 1
    of_all = corrected([own.p_value, *(each.p_value for each in tests)])
    return replace(
        unchecked,
        effect=replace(own, n_tests=n_tests, p_adjusted=of_all[0]),
        checks=tuple(checks),
        verdict=NOT_ENOUGH_DATA if few else FAILS if failed_any else PASSES,
        reason=own.reason,
        n_tests=n_tests,
    )
