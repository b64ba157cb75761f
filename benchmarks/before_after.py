"""How often a comparison before and after a date errs over simulated runners.

    python -m benchmarks.before_after --runners 500 --weeks 52 104

A runner's form steps by so many percent in the middle, or drifts, or does nothing. "Covers" is
of the interval of the contrast 12 weeks on and at the date itself; "placebo" how often fewer
than 5 % of other dates differ as much, where there are enough of them; "walk" how often the
result warns that form may have wandered.
"""

from __future__ import annotations

import numpy as np

from benchmarks.simulated import MOVED, moved, percent, print_rates
from runanalytics.findings.before_after import WANDERS, before_after


def one_runner(seed: int, kind: str, weeks: int) -> tuple[float, ...]:
    """Return the comparison of one runner, and whether it was right."""
    form, at, step = moved(seed, kind, weeks)
    compared = before_after(form, at)
    return (
        compared.percent,
        compared.percent_low <= step <= compared.percent_high,
        compared.level_low_percent <= step <= compared.level_high_percent,
        compared.verdict in ("rose", "fell"),
        compared.placebo_p_value < 0.05 if compared.n_placebos else np.nan,
        compared.walk > WANDERS,
    )


def row(results: list[tuple[float, ...]]) -> dict[str, object]:
    """Return the columns of one row."""
    mean, *rates = zip(*results, strict=True)
    names = ("covers", "covers at date", "clear", "placebo p < 0.05", "walk")
    return {"mean %": round(float(np.mean(mean)), 2)} | {
        f"{name} %": percent(values) for name, values in zip(names, rates, strict=True)
    }


if __name__ == "__main__":
    print_rates(__doc__, tuple(MOVED), one_runner, row, runners=500)
