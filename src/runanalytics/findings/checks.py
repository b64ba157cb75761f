"""Checks of an effect: what else could look like it."""

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
    Probe,
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
    """Check an effect against other reasons for the same numbers.

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
    results = [
        future_dose(case),
        *(control_dose(case, form, runs, name, each) for name, each in named_frames(controls)),
        placebo_dates(case, seed),
        each_phase(case, form, runs),
        shifted_dose(case),
        robustness(case),
    ]
    return _judged(unchecked, [each for each in results if each is not None])


def _judged(unchecked: Checks, results: list[Probe | Check]) -> Checks:
    """Correct the p-values as `METHOD` says, and give each check its outcome."""
    own, level = unchecked.effect, unchecked.level
    # What only informs cannot fail, and a clear effect is no reason to let a check fail sooner,
    # so the checks that can fail are corrected for one another alone.
    p_adjusted = iter(corrected([each.p_value for each in results if isinstance(each, Probe)]))
    checks = tuple(
        each.judged(next(p_adjusted), level) if isinstance(each, Probe) else each
        for each in results
    )
    tests = [own.p_value, *(each.p_value for each in checks if np.isfinite(each.p_value))]
    fails = any(each.outcome == FAILS for each in checks)
    few = own.verdict == NOT_ENOUGH_DATA
    return replace(
        unchecked,
        effect=replace(own, n_tests=len(tests), p_adjusted=corrected(tests)[0]),
        checks=checks,
        verdict=NOT_ENOUGH_DATA if few else FAILS if fails else PASSES,
        reason=own.reason,
        n_tests=len(tests),
    )
