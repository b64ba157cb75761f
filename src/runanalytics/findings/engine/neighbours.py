"""The smallest change that one can see: how much a few runs differ from the next few.

It is counted, not modelled: runs that follow each other differ by the day, by the measurement and
by whatever else moved in those weeks, and all of it hides a change of the same size.
"""

from __future__ import annotations

import numpy as np

from runanalytics.findings.engine.weeks import Weeks

#: Runs on either side of a comparison.
RUNS_COMPARED = 4
#: Comparisons below which nothing is said: with 40, two lie beyond.
LEAST_COMPARISONS = 40
#: Share of the comparisons that lie beyond.
BEYOND = 0.05
#: Days between two runs from which on there is a break. Runs on either side of one are neighbours
#: in the log, not in time: a comparison across it counts for so much.
BREAK_DAYS = 28
ACROSS_A_BREAK = 0.5


def smallest_visible_change(weeks: Weeks) -> float:
    """Return the difference that one in twenty pairs of means of four neighbouring runs exceeds.

    Each four runs are compared with the next four of the same device.

    Parameters
    ----------
    weeks : Weeks
        Form by week, and its runs.

    Returns
    -------
    float
        Difference of mean log form; NaN where there are too few comparisons.

    Examples
    --------
    >>> import pandas as pd
    >>> from runanalytics.findings.engine.weeks import by_week
    >>> day = pd.date_range("2026-01-01", periods=100)
    >>> noise = np.random.default_rng(1).normal(0, 0.02, 100)
    >>> weeks = by_week(pd.DataFrame({"local_date": day, "value": 170 * np.exp(noise)}))
    >>> round(smallest_visible_change(weeks), 3), round(float(1.96 * noise.std() / 2**0.5), 3)
    (0.024, 0.024)
    """
    differences, across = [], []
    for _, runs in weeks.runs.groupby("device", sort=False):
        if len(runs) < 2 * RUNS_COMPARED:
            continue
        means = np.convolve(
            runs["log_form"].to_numpy(), np.full(RUNS_COMPARED, 1 / RUNS_COMPARED), "valid"
        )
        differences.append(np.abs(means[RUNS_COMPARED:] - means[:-RUNS_COMPARED]))
        gaps = np.diff(runs["day"].to_numpy())
        inside = np.lib.stride_tricks.sliding_window_view(gaps, 2 * RUNS_COMPARED - 1)
        across.append(inside.max(axis=1) > BREAK_DAYS)
    if sum(map(len, differences)) < LEAST_COMPARISONS:
        return float("nan")
    counts = np.where(np.concatenate(across), ACROSS_A_BREAK, 1.0)
    return float(
        np.quantile(np.concatenate(differences), 1 - BEYOND, weights=counts, method="inverted_cdf")
    )
