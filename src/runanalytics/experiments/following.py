"""How far the schedule of an experiment is followed: what was done in its blocks, and what ran."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from runanalytics.experiments.plan import Block, Plan
from runanalytics.findings.engine.dose_log import DoseLog
from runanalytics.findings.engine.weeks import date_of, day_of

#: A week counts as followed if what was done is nearer to what was assigned than to the other.
FOLLOWED_SHARE = 0.5
#: Runs that a week should have.
LEAST_RUNS = 2


@dataclass(frozen=True)
class BlockDone:
    """What was done in a block.

    Parameters
    ----------
    first, last : date
        Its days, as far as they count.
    done : bool
        Whether it is one with the higher dose.
    assigned_a_week, done_a_week : float
        How much was to be done, and was; NaN where the log does not cover it.
    weeks_followed, n_weeks : int
        Whole weeks that are logged, and those of them that were followed.
    n_runs, weeks_with_runs : int
        Runs, and weeks with enough of them.
    """

    no_certainties: ClassVar[str] = "first last assigned_a_week done_a_week"

    first: datetime.date
    last: datetime.date
    done: bool
    assigned_a_week: float
    done_a_week: float
    weeks_followed: int
    n_weeks: int
    n_runs: int
    weeks_with_runs: int


def blocks_done(
    plan: Plan, log: DoseLog, run_days: np.ndarray, until: datetime.date
) -> tuple[BlockDone, ...]:
    """Return what was done in each block that has begun.

    Parameters
    ----------
    plan : Plan
        The plan.
    log : DoseLog
        What was done.
    run_days : ndarray of int
        Days (since 1970) of runs.
    until : date
        Last day that counts.
    """
    return tuple(
        _block_done(plan, block, log, run_days, min(block.last, until))
        for block in plan.blocks
        if block.first <= until
    )


def _block_done(
    plan: Plan, block: Block, log: DoseLog, run_days: np.ndarray, last: datetime.date
) -> BlockDone:
    days = np.arange(day_of(block.first), day_of(last) + 1)
    amount = log.amounts(days)
    known = np.isfinite(amount)
    whole = len(days) // 7
    weekly = amount[: 7 * whole].reshape(whole, 7).sum(axis=1)
    logged = weekly[np.isfinite(weekly)]
    middle = plan.low + FOLLOWED_SHARE * plan.contrast
    followed = logged >= middle if block.done else logged < middle
    within = run_days[(run_days >= days[0]) & (run_days <= days[-1])]
    runs_a_week = np.bincount((within - days[0]) // 7, minlength=1)
    return BlockDone(
        block.first,
        last,
        block.done,
        block.a_week,
        7 * float(amount[known].mean()) if known.any() else np.nan,
        int(followed.sum()),
        len(logged),
        len(within),
        int((runs_a_week >= LEAST_RUNS).sum()),
    )


def share_followed(blocks: tuple[BlockDone, ...], done: bool | None = None) -> float:
    """Return the share of logged weeks that were followed; NaN where none is logged.

    Parameters
    ----------
    blocks : tuple of BlockDone
        From `blocks_done`.
    done : bool, optional
        Only in blocks with, or only in those without.
    """
    chosen = [each for each in blocks if done is None or each.done == done]
    n_weeks = sum(each.n_weeks for each in chosen)
    return sum(each.weeks_followed for each in chosen) / n_weeks if n_weeks else np.nan


def new_devices(plan: Plan, runs: pd.DataFrame) -> list[tuple[str, datetime.date]]:
    """Return devices that came into use after the first day, and when.

    Parameters
    ----------
    plan : Plan
        The plan.
    runs : DataFrame
        day (days since 1970) and device of runs, before the experiment and in it.
    """
    named = runs[runs["device"].astype("str") != ""]
    firsts = named.groupby("device")["day"].min().sort_values()
    begin = day_of(plan.first_date)
    if firsts.empty or not (firsts <= begin + 6).any():
        firsts = firsts.iloc[1:]
    return [
        (str(device), date_of(day))
        for device, day in firsts.items()
        if begin + 6 < day <= day_of(plan.last_date)
    ]


def blocks_table(blocks: tuple[BlockDone, ...]) -> pd.DataFrame:
    """Return blocks as a table.

    Parameters
    ----------
    blocks : tuple of BlockDone
        From `blocks_done`.

    Returns
    -------
    DataFrame
        first_date, last_date, block ("with" or "without"), assigned_a_week, done_a_week,
        weeks_followed, n_weeks, n_runs, weeks_with_runs.
    """
    return pd.DataFrame(
        [
            {
                "first_date": pd.Timestamp(each.first),
                "last_date": pd.Timestamp(each.last),
                "block": "with" if each.done else "without",
                "assigned_a_week": each.assigned_a_week,
                "done_a_week": each.done_a_week,
                "weeks_followed": each.weeks_followed,
                "n_weeks": each.n_weeks,
                "n_runs": each.n_runs,
                "weeks_with_runs": each.weeks_with_runs,
            }
            for each in blocks
        ]
    )
