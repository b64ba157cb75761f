"""Form and dose of a simulated runner who follows a schedule drawn by lot."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from runanalytics.exposure import exposure
from runanalytics.simulate.form import SimulatedForm, simulate_form
from runanalytics.simulate.weeks import drawn_days

#: Weeks at the beginning whose mean stands for what was done before them.
_WARM_WEEKS = 4


def simulate_experiment(
    seed: int,
    labels: npt.ArrayLike,
    *,
    block_weeks: int = 4,
    weeks_before: int = 52,
    low: int = 0,
    high: int = 3,
    effect_pct: float = 0.0,
    contrast: float = 2.0,
    tau_weeks: float = 4.0,
    adherence: float = 1.0,
    feedback: float = 0.0,
    **options: Any,
) -> SimulatedForm:
    """Draw a runner's form and dose before an experiment and in it.

    Parameters
    ----------
    seed : int
        The same seed and parameters give the same frames.
    labels : array_like of int, shape (n_blocks,)
        The schedule: 1 for a block with the higher dose.
    block_weeks, weeks_before : int
        Weeks of a block, and of the log before the first.
    low, high : int
        Sessions in each week of blocks without and with.
    effect_pct : float
        True change that `contrast` sessions a week, held long, cause, %.
    contrast : float
        Sessions a week that `effect_pct` is for.
    tau_weeks : float
        Time constant of the effect, weeks.
    adherence : float
        Chance that a week is as assigned; else it is as the other blocks.
    feedback : float
        Chance that the sessions of a week are skipped when form in the week before was higher
        than usual, whatever was assigned.
    **options
        As for `simulate_form`.

    Returns
    -------
    SimulatedForm
        Its log begins `weeks_before` weeks before the first block.

    Examples
    --------
    >>> drawn = simulate_experiment(1, [1, 0, 0, 1], weeks_before=10)
    >>> drawn.dose["amount"][70:].to_numpy().reshape(4, 28).sum(axis=1).tolist()
    [12.0, 0.0, 0.0, 12.0]
    """
    schedule = np.repeat(np.asarray(labels), block_weeks)
    weeks = weeks_before + len(schedule)
    drawn = simulate_form(seed, weeks=weeks, effect_pct=0.0, slowdown_m_s=0.0, **options)
    rng = np.random.default_rng([seed, len(schedule)])
    followed = rng.random(len(schedule)) < adherence
    done = np.where(followed, schedule, 1 - schedule)
    worse = drawn.truth.process_pct[weeks_before - 1 : weeks - 1] > 0
    skipped = worse & (rng.random(len(schedule)) < feedback)
    sessions = np.where(skipped, 0, np.where(done == 1, high, low))
    amount = drawn.dose["amount"].to_numpy(dtype=np.float64).copy()
    amount[7 * weeks_before :] = drawn_days(rng, sessions)
    exposed = exposure(amount, tau_weeks, 7 * float(amount[: 7 * _WARM_WEEKS].mean()))
    first = drawn.dose["local_date"].iloc[0]
    day = (drawn.form["local_date"] - first).dt.days.to_numpy()
    change = np.exp(np.log1p(effect_pct / 100) / contrast * exposed[day])
    value, se = (drawn.form[column] * change for column in ("value", "se"))
    form, dose = drawn.form.assign(value=value, se=se), drawn.dose.assign(amount=amount)
    form.attrs, dose.attrs = drawn.form.attrs, drawn.dose.attrs
    truth = replace(
        drawn.truth,
        effect_pct=effect_pct,
        contrast=contrast,
        tau_weeks=tau_weeks,
        exposure_per_week=exposed,
    )
    runs = drawn.runs.assign(raw_value=drawn.runs["raw_value"] * change)
    return SimulatedForm(form, dose, truth, runs)
