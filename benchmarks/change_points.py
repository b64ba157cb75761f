"""How often change points err over simulated runners.

    python -m benchmarks.change_points --runners 200 --weeks 52 104

A runner's form steps by so many percent in the middle, or drifts, or does nothing. The
table shows how often any change is reported, how often one is within three weeks of the step,
and how often its size and its dates cover the truth.
"""

from __future__ import annotations

import numpy as np

from benchmarks.simulated import MOVED, moved, percent, print_rates
from runanalytics.findings.change_points import change_points

NEAR_DAYS = 21


def one_runner(seed: int, kind: str, weeks: int) -> tuple[float, ...]:
    """Return whether a change was found in one runner, and whether it was right."""
    form, at, step = moved(seed, kind, weeks)
    found = change_points(form)
    near = [each for each in found.points if abs((each.date - at).days) <= NEAR_DAYS]
    hit = near[0] if near and step else None
    return (
        len(found.points) > 0,
        hit is not None if step else np.nan,
        np.nan if hit is None else hit.percent_low <= step <= hit.percent_high,
        np.nan if hit is None else hit.first_date <= at <= hit.last_date,
    )


def row(results: list[tuple[float, ...]]) -> dict[str, object]:
    """Return the columns of one row."""
    names = ("any change", "near the step", "size covers", "dates cover")
    rates = zip(*results, strict=True)
    return {f"{name} %": percent(values) for name, values in zip(names, rates, strict=True)}


if __name__ == "__main__":
    print_rates(__doc__, tuple(MOVED), one_runner, row, runners=200)
