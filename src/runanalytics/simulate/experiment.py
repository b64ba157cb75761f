"""Form and dose of a runner who follows a schedule drawn by lot: all simulated, or from now on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from runanalytics.exposure import exposure
from runanalytics.simulate.form import SimulatedForm, simulate_form
from runanalytics.simulate.weeks import drawn_days

#: Weeks at the beginning whose mean stands for what was done before them.
_WARM_WEEKS = 4
#: Runs at the end of a past whose mean is the level that goes on.
_LAST_RUNS = 30


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


def simulate_continuation(
    form: pd.DataFrame,
    dose: pd.DataFrame,
    labels: npt.ArrayLike,
    seed: int,
    *,
    block_weeks: int = 4,
    low: int = 0,
    high: int = 3,
    effect_pct: float = 0.0,
    contrast: float = 2.0,
    tau_weeks: float = 4.0,
    **options: Any,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Let a runner with a past follow a schedule from the day after its log ends.

    Parameters
    ----------
    form, dose : DataFrame
        Tables "form" and "dose" of the past, that of the dose day by day to the last.
    labels : array_like of int, shape (n_blocks,)
        The schedule: 1 for a block with the higher dose.
    seed : int
        The same seed, past and parameters give the same frames.
    block_weeks, low, high, effect_pct, contrast, tau_weeks
        As for `simulate_experiment`. The past has had its effect already: form goes on from the
        level of its last runs, and changes as exposure does.
    **options
        As for `simulate_form`.

    Returns
    -------
    tuple of (DataFrame, DataFrame)
        Both tables, the past and then what is simulated, at whose runs the device is that of the
        last one before and the ``run_id`` begins with "simulated".

    Examples
    --------
    >>> from runanalytics.simulate import simulate_form
    >>> past = simulate_form(1, weeks=10)
    >>> form, dose = simulate_continuation(past.form, past.dose, [1, 0], seed=2)
    >>> dose["amount"][70:].to_numpy().reshape(2, 28).sum(axis=1).tolist()
    [12.0, 0.0]
    >>> len(form) > len(past.form), form.attrs == past.form.attrs
    (True, True)
    """
    schedule = np.repeat(np.asarray(labels), block_weeks)
    last = dose["local_date"].iloc[-1]
    done = dose["amount"].fillna(0.0).to_numpy(dtype=np.float64)
    rng = np.random.default_rng([seed, len(schedule)])
    more = drawn_days(rng, np.where(schedule == 1, high, low)).astype(np.float64)
    begin = 7 * float(done[: 7 * _WARM_WEEKS].mean())
    exposed = exposure(np.concatenate([done, more]), tau_weeks, begin)
    per_unit = np.log1p(effect_pct / 100) / contrast
    before = form[form["device"] == form["device"].iloc[-1]].tail(_LAST_RUNS)
    exposed_before = exposed[len(done) - 1 - (last - before["local_date"]).dt.days.to_numpy()]
    level = float((np.log(before["value"]) - per_unit * exposed_before).mean())
    drawn = simulate_form(
        seed,
        weeks=len(schedule),
        base=float(np.exp(level)),
        slowdown_m_s=0.0,
        start=f"{last + pd.Timedelta(days=1):%Y-%m-%d}",
        **options,
    ).form
    day = (drawn["local_date"] - last).dt.days.to_numpy()
    change = np.exp(per_unit * exposed[len(done) - 1 + day])
    lived = drawn.assign(
        value=drawn["value"] * change,
        se=drawn["se"] * change,
        device=form["device"].iloc[-1],
        firmware=form["firmware"].iloc[-1],
    )
    days = pd.date_range(last + pd.Timedelta(days=1), periods=len(more))
    both = tuple(
        pd.concat([past, after.astype(past.dtypes)], ignore_index=True)
        for past, after in (
            (form, lived[form.columns]),
            (dose, pd.DataFrame({"local_date": days, "amount": more})),
        )
    )
    for each, past in zip(both, (form, dose), strict=True):
        each.attrs = past.attrs
    return both[0], both[1]
