"""Who needs a look: each runner against oneself and beside the group, what is sure first.

Runners are never ranked by how much they changed: whoever has the fewest data would stand at
either end. First come facts that nobody doubts (nothing recorded for weeks, a new watch), then
changes that are clear among so many runners, then all others by name.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from runanalytics.arrays import Floats
from runanalytics.certainties import Certainties
from runanalytics.cohort.runner import LATELY_WEEKS, RunnerRow
from runanalytics.findings.effects import corrected_p_values
from runanalytics.findings.finding import change_text, count, signed

#: Weeks without a run, without the metric, or without a session, from which on it is said.
SILENT_WEEKS = 4
#: Weeks for which a device counts as new.
NEW_DEVICE_WEEKS = 12
#: Share of what was usual, below which what was done lately is said to be less.
LESS = 0.5
#: Corrected p below which a change, or a difference from the group, is told.
CLEAR = 0.05


@dataclass(frozen=True)
class BesideGroup:
    """One runner's effect beside those of the group.

    Parameters
    ----------
    percent, percent_low, percent_high : float
        The effect drawn towards the group's by how little is known of it, and its interval, %.
    p_differs : float
        Two-sided p of the runner's own effect being one of the group's.
    """

    certainties: ClassVar[Certainties] = {
        "group, each runner": "percent_low percent_high",
        "group, unlike the others": "p_differs",
    }
    no_certainties: ClassVar[str] = "percent"

    percent: float
    percent_low: float
    percent_high: float
    p_differs: float


@dataclass(frozen=True)
class _Looked:
    """What is said of a runner, and how sure it is."""

    row: RunnerRow
    facts: list[str]
    clear: list[str] = field(default_factory=list)
    p_value: float = 1.0

    @property
    def order(self) -> tuple[int, int, float, str]:
        """Facts first, the more the earlier; then what is clear, by how clear; then names."""
        rank = 0 if self.facts else 1 if self.clear else 2
        return rank, -len(self.facts), self.p_value if self.clear else 1.0, self.row.runner


def roster(
    rows: Sequence[RunnerRow], beside: Mapping[str, BesideGroup], as_of: datetime.date | None
) -> pd.DataFrame:
    """Return who needs a look and why.

    Parameters
    ----------
    rows : sequence of RunnerRow
        One a runner.
    beside : mapping of str to BesideGroup
        By runner, of those that were pooled.
    as_of : date, optional
        The day it is about: the last on which anything is known of any of them.

    Returns
    -------
    DataFrame
        runner, look (why, in words; empty where nothing is to be said), change_percent,
        low_percent, high_percent (of the metric, from the first weeks to the last), drawn_percent,
        drawn_low, drawn_high (the effect beside the group), last_run, weeks_unseen (since the
        metric was recorded), last_session, a_week, lately_a_week.
    """
    of_change = _corrected([_p_of_change(row) for row in rows])
    differs = [beside[row.runner].p_differs if row.runner in beside else np.nan for row in rows]
    of_group = _corrected(differs)
    looked = sorted(
        (
            _looked(row, as_of, of_change[at], of_group[at], beside.get(row.runner))
            for at, row in enumerate(rows)
        ),
        key=lambda each: each.order,
    )
    return pd.DataFrame(
        [_line(each, beside.get(each.row.runner), as_of) for each in looked], columns=_COLUMNS
    )


_COLUMNS = [
    "runner",
    "look",
    "change_percent",
    "low_percent",
    "high_percent",
    "drawn_percent",
    "drawn_low",
    "drawn_high",
    "last_run",
    "weeks_unseen",
    "last_session",
    "a_week",
    "lately_a_week",
]


def _line(
    looked: _Looked, beside: BesideGroup | None, as_of: datetime.date | None
) -> tuple[object, ...]:
    row = looked.row
    drawn = (
        (np.nan,) * 3
        if beside is None
        else (beside.percent, beside.percent_low, beside.percent_high)
    )
    unseen = _weeks(row.last_seen, as_of)
    return (
        row.runner,
        "; ".join([*looked.facts, *looked.clear]),
        *(row.change_percent, row.change_low, row.change_high),
        *drawn,
        row.last_run,
        None if unseen is None else unseen,
        row.last_session,
        *(row.a_week, row.lately_a_week),
    )


def _looked(
    row: RunnerRow,
    as_of: datetime.date | None,
    p_change: float,
    p_differs: float,
    beside: BesideGroup | None,
) -> _Looked:
    facts = list(_facts(row, as_of))
    clear = []
    if p_change < CLEAR:
        word = "rose" if row.change_percent > 0 else "fell"
        text = change_text(row.change_percent, row.change_low, row.change_high)
        clear.append(f"{row.label.lower()} {word}: {text}")
    if p_differs < CLEAR and beside is not None:
        clear.append(f"own effect of {signed(row.percent)} % is unlike the group's")
    found = [p for p in (p_change, p_differs) if p < CLEAR]
    return _Looked(row, facts, clear, min(found, default=1.0))


def _facts(row: RunnerRow, as_of: datetime.date | None) -> Iterator[str]:
    """Yield what is known for certain and worth a look."""
    if row.reason and not row.metric:
        yield row.reason
        return
    if as_of is None:
        return
    silent, unseen = _weeks(row.last_run, as_of), _weeks(row.last_seen, as_of)
    what = row.what.replace("_", " ")
    if silent is None:
        yield "no run"
    elif silent >= SILENT_WEEKS:
        yield f"no run for {count(silent, 'week')}"
    elif unseen is None:
        yield f"{row.label.lower()} was never recorded"
    elif unseen >= SILENT_WEEKS:
        yield f"{row.label.lower()} not recorded for {count(unseen, 'week')}"
    unlogged = _weeks(row.log_until, as_of)
    idle = _weeks(row.last_session, as_of)
    if unlogged is None:
        yield f"no log of {what}"
    elif unlogged >= SILENT_WEEKS:
        yield f"{what} not logged for {count(unlogged, 'week')}"
    elif idle is not None and idle >= SILENT_WEEKS:
        yield f"no {what} for {count(idle, 'week')}"
    elif row.lately_a_week < LESS * row.a_week:
        yield (
            f"{what}: {row.lately_a_week:.1f} {row.measure} a week in the last {LATELY_WEEKS} "
            f"weeks, {row.a_week:.1f} in all"
        )
    fresh = _weeks(row.device_since, as_of)
    if fresh is not None and fresh < NEW_DEVICE_WEEKS:
        reads = ""
        if np.isfinite(row.device_percent):
            reads = ", reads " + change_text(row.device_percent, row.device_low, row.device_high)
        yield f"new device since {row.device_since:%d %b %Y}, {row.device}{reads}"


def _weeks(day: datetime.date | None, until: datetime.date | None) -> int | None:
    """Return the whole weeks from one day to another."""
    return None if day is None or until is None else max((until - day).days // 7, 0)


def _p_of_change(row: RunnerRow) -> float:
    """Return the two-sided p of no change, from its 95 % interval in logs."""
    if not np.isfinite(row.change_low) or row.change_low <= -100:
        return np.nan
    low, high = np.log1p(row.change_low / 100), np.log1p(row.change_high / 100)
    middle = np.log1p(row.change_percent / 100)
    return float(2 * ndtr(-abs(middle) / ((high - low) / 2) * ndtri(0.975)))


def _corrected(p_values: Sequence[float]) -> Floats:
    """Return p-values corrected for all that are known; 1 where none is."""
    every = np.asarray(p_values, dtype=np.float64)
    known = np.isfinite(every)
    found = np.ones(len(every))
    found[known] = corrected_p_values(every[known])
    return found
