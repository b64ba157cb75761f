"""During an experiment: how it goes, and what to do next. Never what it shows."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from runanalytics.errors import RunAnalyticsError
from runanalytics.experiments.following import (
    LEAST_RUNS,
    BlockDone,
    blocks_done,
    blocks_table,
    new_devices,
    share_followed,
)
from runanalytics.experiments.plan import Plan
from runanalytics.findings import drawing
from runanalytics.findings.engine.dose_log import DoseLog, daily_log
from runanalytics.findings.engine.weeks import day_of, days_of, is_simulated
from runanalytics.findings.finding import SIMULATED_NOTE, Finding, count, hidden_frame
from runanalytics.findings.readable import share_text
from runanalytics.schema.checking import require
from runanalytics.units.days import parse_day

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NOT_BEGUN, RUNNING, OVER = "not begun", "running", "over"
#: Said with every check.
NO_LOOK = "The effect is not looked at before the end: whoever looks and then decides finds more"
#: A log that ends so many days ago has fallen behind.
_BEHIND_DAYS = 7


@dataclass(frozen=True)
class ExperimentCheck(Finding):
    """How an experiment goes.

    Parameters
    ----------
    name : str
        Of the experiment.
    verdict : str
        "not begun", "running" or "over".
    reason : str
        Why there is nothing to draw; else empty.
    blocks : tuple of BlockDone
        What was done in each block that has begun.
    followed : float
        Share of the logged weeks in which the schedule was followed.
    days_off_by_one : tuple of date
        Days of a block without, next to one with, on which it was done.
    new_devices : tuple of (str, date)
        Devices that came into use since the first day.
    next_week : str
        What to do in the next seven days.
    edited : bool
        Whether the plan was edited after it was written.
    notes : tuple of str
        What else should be known.
    drawn : DataFrame
        What the figure shows.
    """

    no_certainties: ClassVar[str] = "verdict followed new_devices days_off_by_one drawn"

    name: str
    verdict: str
    reason: str = ""
    blocks: tuple[BlockDone, ...] = ()
    followed: float = np.nan
    days_off_by_one: tuple[datetime.date, ...] = ()
    new_devices: tuple[tuple[str, datetime.date], ...] = ()
    next_week: str = ""
    edited: bool = False
    notes: tuple[str, ...] = ()
    drawn: pd.DataFrame = hidden_frame()

    def summary(self) -> str:
        """Return how it goes, and what to do next."""
        sentences = [f"{self.name} is {self.verdict}."]
        n_weeks = sum(each.n_weeks for each in self.blocks)
        if n_weeks:
            sentences.append(
                f"The schedule was followed in {share_text(self.followed)} of "
                f"{count(n_weeks, 'logged week')}."
            )
        sentences.append(self.next_week)
        if self.verdict == RUNNING:
            sentences.append(f"{NO_LOOK}.")
        return self._with_notes(*filter(None, sentences))

    def table(self) -> pd.DataFrame:
        """Return the blocks that have begun, as `following.blocks_table`."""
        return blocks_table(self.blocks)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw what was done in each block beside what was assigned."""
        ax = self._begin_plot(ax, self.name, y="a week", empty=not self.blocks)
        if self.blocks:
            draw_blocks(ax, self.table())
        return ax


def draw_blocks(ax: Axes, table: pd.DataFrame) -> None:
    """Draw for each block what was done and what was assigned.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    table : DataFrame
        From `following.blocks_table`.
    """
    with drawing.concise_dates():
        middle = table["first_date"] + (table["last_date"] - table["first_date"]) / 2
        width = (table["last_date"] - table["first_date"]).dt.days + 0.5
        ax.bar(middle, table["done_a_week"], width=width, color=drawing.ANSWER, label="done")
        ends = table[["first_date", "last_date"]].to_numpy().T
        assigned = np.tile(table["assigned_a_week"].to_numpy(), (2, 1))
        ax.plot(ends, assigned, color=drawing.CONTRAST, linewidth=2)
    ax.plot([], [], color=drawing.CONTRAST, linewidth=2, label="assigned")
    ax.legend(frameon=False, fontsize=9)


def check_experiment(
    plan: Plan, runs: pd.DataFrame, dose: pd.DataFrame, *, today: Any = None
) -> ExperimentCheck:
    """Say how an experiment goes, and what to do next, without looking at form.

    Parameters
    ----------
    plan : Plan
        The plan.
    runs : DataFrame
        local_date and, where known, device of runs.
    dose : DataFrame
        Table "dose": local_date and amount of each day of the logged span.
    today : date or str, optional
        By default that of the clock.

    Returns
    -------
    ExperimentCheck
        Adherence, runs, days off by one, new devices, and what to do next.
    """
    require(runs, "runs", ["local_date"])
    now = datetime.date.today() if today is None else parse_day(today)
    day = days_of(runs["local_date"], "runs")
    log = daily_log(dose)
    device = runs["device"].fillna("").astype("str") if "device" in runs.columns else ""
    seen = pd.DataFrame({"day": day, "device": device})
    blocks = blocks_done(plan, log, day, now)
    off = _off_by_one(plan, log, now)
    devices = tuple(new_devices(plan, seen[seen["day"] <= day_of(now)]))
    return ExperimentCheck(
        plan.name,
        _state(plan, now),
        reason="" if plan.first_date <= now else f"it begins on {plan.first_date}",
        blocks=blocks,
        followed=share_followed(blocks),
        days_off_by_one=off,
        new_devices=devices,
        next_week=_next(plan, now),
        edited=plan.edited,
        notes=tuple(_notes(plan, blocks, log, off, devices, seen, now)),
    )


def list_experiments(
    names: Sequence[str], read: Callable[[str], Plan], *, today: Any = None
) -> pd.DataFrame:
    """Return experiments and where they stand.

    Parameters
    ----------
    names : sequence of str
        Of the experiments.
    read : callable
        From a name to its plan.
    today : date or str, optional
        By default that of the clock.

    Returns
    -------
    DataFrame
        name, metric, what, first_date, last_date, state, edited. A broken plan has its fault in
        place of a state.
    """
    now = datetime.date.today() if today is None else parse_day(today)
    rows: list[tuple[object, ...]] = []
    for name in names:
        try:
            plan = read(name)
        except RunAnalyticsError as error:
            rows.append((name, "", "", pd.NaT, pd.NaT, error.message, False))
            continue
        first, last = pd.Timestamp(plan.first_date), pd.Timestamp(plan.last_date)
        rows.append((name, plan.metric, plan.what, first, last, _state(plan, now), plan.edited))
    columns = ["name", "metric", "what", "first_date", "last_date", "state", "edited"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"first_date": "datetime64[us]", "last_date": "datetime64[us]"})


def _state(plan: Plan, now: datetime.date) -> str:
    if plan.last_date < now:
        return OVER
    return RUNNING if plan.first_date <= now else NOT_BEGUN


def _next(plan: Plan, now: datetime.date) -> str:
    if plan.last_date < now:
        return f"Analyse it once, with 'runanalytics experiment analyse {plan.name}'."
    day = max(now, plan.first_date)
    block = next(each for each in plan.blocks if each.first <= day <= each.last)
    what = plan.what.replace("_", " ")
    text = (
        f"{'From' if day > now else 'Since'} {block.first}, until {block.last}: "
        f"{block.a_week:g} {what} {plan.measure} a week."
    )
    following = [each for each in plan.blocks if block.last < each.first]
    if following and (following[0].first - now).days <= 7:
        text += f" From {following[0].first} on: {following[0].a_week:g} a week."
    return text


def _off_by_one(plan: Plan, log: DoseLog, now: datetime.date) -> tuple[datetime.date, ...]:
    """Return days of a block without, next to one with, on which the higher dose was done."""
    if plan.low > 0:
        return ()
    found = []
    for before, after in zip(plan.blocks, plan.blocks[1:], strict=False):
        if before.done != after.done:
            day = after.first if before.done else before.last
            if day <= now and log.trained(np.array([day_of(day)]))[0]:
                found.append(day)
    return tuple(found)


def _notes(
    plan: Plan,
    blocks: tuple[BlockDone, ...],
    log: DoseLog,
    off: tuple[datetime.date, ...],
    devices: tuple[tuple[str, datetime.date], ...],
    seen: pd.DataFrame,
    now: datetime.date,
) -> list[str]:
    notes = []
    if plan.edited:
        notes.append("the plan was edited after it was written; 'analyse' will refuse it")
    notes += [
        f"{plan.what.replace('_', ' ')} on {day}, a day next to a block with: if the log has it a "
        "day off, correct it there"
        for day in off
    ]
    notes += [
        f"{device} is new since {day}: readings of two devices are told apart only if both are "
        "used in blocks with and without; go back to the old one if you can"
        for device, day in devices
    ]
    whole = [each for each in blocks if each.n_runs or each.last <= now]
    n_weeks = sum(((each.last - each.first).days + 1) // 7 for each in whole)
    few = n_weeks - sum(each.weeks_with_runs for each in whole)
    if few > 0:
        notes.append(
            f"{count(few, 'week')} of {n_weeks} with fewer than {LEAST_RUNS} runs: such weeks tell "
            "little"
        )
    until = min(now, plan.last_date)
    logged = log.days
    if plan.first_date <= now and (
        not len(logged) or day_of(until) - int(logged[-1]) > _BEHIND_DAYS
    ):
        notes.append(f"the log of {plan.what.replace('_', ' ')} does not reach {until}")
    if is_simulated(seen["device"]):
        notes.append(SIMULATED_NOTE)
    return notes
