"""Phases: the stretches of weeks in which something was done often."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np

from runanalytics.findings.dose_log import Log

#: A week belongs to a phase when the mean of three weeks is above this share of a full week,
#: which is the 90th percentile of all weeks.
SHARE_OF_FULL = 0.5
FULL_PERCENTILE = 90
SMOOTHED_WEEKS = 3
#: Shorter phases are none, and shorter gaps do not part two.
LEAST_PHASE_WEEKS = 3
LEAST_GAP_WEEKS = 3


@dataclass(frozen=True)
class Phase:
    """A stretch of weeks in which something was done often.

    Parameters
    ----------
    first, last : int
        Its first and last day, days since 1970.
    """

    first: int
    last: int

    @property
    def first_date(self) -> datetime.date:
        """First day."""
        return datetime.date(1970, 1, 1) + datetime.timedelta(days=self.first)

    @property
    def last_date(self) -> datetime.date:
        """Last day."""
        return datetime.date(1970, 1, 1) + datetime.timedelta(days=self.last)

    def __str__(self) -> str:
        return f"{self.first_date:%B %Y} to {self.last_date:%B %Y}"


def phases_of(log: Log) -> tuple[Phase, ...]:
    """Return the phases of a dose, first to last.

    Parameters
    ----------
    log : Log
        The dose.

    Examples
    --------
    >>> amount = np.tile(np.repeat([1.0, 0.0], 56), 2)
    >>> [(each.first, each.last) for each in phases_of(Log([(0, amount)]))]
    [(0, 55), (112, 167)]
    """
    found = []
    for first, amount in log.stretches:
        n_weeks = len(amount) // 7
        if n_weeks < LEAST_PHASE_WEEKS:
            continue
        weekly = amount[: 7 * n_weeks].reshape(n_weeks, 7).sum(axis=1)
        full = float(np.percentile(weekly, FULL_PERCENTILE))
        window = np.ones(SMOOTHED_WEEKS)
        smooth = np.convolve(weekly, window, "same") / np.convolve(np.ones(n_weeks), window, "same")
        busy = (smooth > SHARE_OF_FULL * full) & (full > 0)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], busy, [0]]).astype(np.int8)))
        begins, ends = edges[::2], edges[1::2]
        apart = np.flatnonzero(begins[1:] - ends[:-1] >= LEAST_GAP_WEEKS)
        begins = begins[np.concatenate([[0], apart + 1])] if len(begins) else begins
        ends = ends[np.concatenate([apart, [-1]])] if len(ends) else ends
        found += [
            Phase(first + 7 * int(begin), first + 7 * int(end) - 1)
            for begin, end in zip(begins, ends, strict=True)
            if end - begin >= LEAST_PHASE_WEEKS
        ]
    return tuple(found)
