"""How often the intervals of a trend hold the truth, over simulated runners.

    python -m benchmarks.trend_calibration --runners 300 --weeks 26 52 104

A runner's form keeps its level but for the memory of weeks, or drifts steadily by so many
percent over the log. The table tells how often the intervals of the change, of today and of
the comparison with a year ago hold the truth, how often a change is told, and what one gross
outlier in a run after a gap does: by how much of its half width the band's end moves.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import pandas as pd

from runanalytics.findings.trend import AROUND_WEEKS, WEEKS_COMPARED, YEAR_WEEKS, trend
from runanalytics.simulate import simulate_form

#: What departs from the usual runner (AR(1) of 0.8): of the generator, and drift over the log, %.
CELLS: dict[str, tuple[dict[str, float], float]] = {
    "no drift": ({}, 0.0),
    "drift 4 %": ({}, 4.0),
    "no drift, rho 0.95": ({"rho": 0.95}, 0.0),
    "no drift, rho 0.4": ({"rho": 0.4}, 0.0),
    "no drift, new watch": ({"device_step_pct": 4.0}, 0.0),
    "no drift, missing weeks": ({"missing_weeks": 0.2}, 0.0),
}
#: Of the last run, and days without any before it.
OUTLIERS, GAP_DAYS = (-20.0, 20.0), 42


def one_runner(seed: int, cell: str, weeks: int) -> tuple[float, ...]:
    """Return what is right about one runner's trend."""
    kwargs, drift = CELLS[cell]
    drawn = simulate_form(seed, weeks=weeks, effect_pct=0.0, slowdown_m_s=0.0, **kwargs)
    first = drawn.dose["local_date"].min()
    along = np.arange(weeks) / weeks * drift / 100
    week = ((drawn.form["local_date"] - first).dt.days // 7).to_numpy()
    form = drawn.form.assign(value=drawn.form["value"] * np.exp(along[week]))
    found = trend(form)
    truth = drawn.truth.process_pct / 100 + along
    seen = np.unique(week)
    change = 100 * np.expm1(_mean(truth, seen[-WEEKS_COMPARED:]) - _mean(truth, seen[:4]))
    step = kwargs.get("device_step_pct", 0.0) / 100
    today = 250 * np.exp(truth[seen[-1]] + step)
    year = np.nan
    if found.year_ago is not None:
        last = seen[-1]
        now = seen[seen > last - WEEKS_COMPARED]
        far = last - WEEKS_COMPARED + 1 - YEAR_WEEKS - AROUND_WEEKS
        then = seen[(seen >= far) & (seen <= last - YEAR_WEEKS + AROUND_WEEKS)]
        actual = 100 * np.expm1(_mean(truth, now) - _mean(truth, then))
        year = float(found.year_ago.percent_low <= actual <= found.year_ago.percent_high)
    return (
        float(found.percent_low <= change <= found.percent_high),
        float(found.low <= today <= found.high),
        year,
        float(found.verdict in ("rose", "fell")),
        _pulled(form, OUTLIERS[seed % 2]),
    )


def _mean(values: np.ndarray, weeks: np.ndarray) -> float:
    return float(values[weeks].mean())


def _pulled(form: pd.DataFrame, percent: float) -> float:
    """Return how far one outlier after a gap moves the band's end, in half widths."""
    last = form["local_date"].iloc[-1]
    before = form["local_date"] < last - pd.Timedelta(days=GAP_DAYS)
    kept = form[before | (form["local_date"] == last)].reset_index(drop=True)
    value = kept["value"].to_numpy(copy=True)
    usual = trend(kept)
    value[-1] *= 1 + percent / 100
    odd = trend(kept.assign(value=value))
    return abs(odd.value - usual.value) / ((odd.high - odd.low) / 2)


def row(
    pool: ProcessPoolExecutor, cell: str, weeks: int, runners: int, seed: int
) -> dict[str, object]:
    """Return one line of the table."""
    ask = partial(one_runner, cell=cell, weeks=weeks)
    answers = np.array(
        list(pool.map(ask, range(seed, seed + runners), chunksize=10)), dtype=np.float64
    )
    year = answers[:, 2]
    return {
        "runner": cell,
        "weeks": weeks,
        "change covered": 100 * answers[:, 0].mean(),
        "today covered": 100 * answers[:, 1].mean(),
        "year ago covered": 100 * np.nanmean(year) if np.isfinite(year).any() else np.nan,
        "change told": 100 * answers[:, 3].mean(),
        "outlier moves, median": np.median(answers[:, 4]),
        "by less than 1": 100 * (answers[:, 4] < 1).mean(),
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runners", type=int, default=300)
    parser.add_argument("--weeks", type=int, nargs="+", default=[26, 52, 104])
    parser.add_argument("--seed", type=int, default=40_000)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    begun = time.perf_counter()
    with ProcessPoolExecutor(asked.workers) as pool:
        lines = [
            row(pool, cell, weeks, asked.runners, asked.seed)
            for cell in CELLS
            for weeks in asked.weeks
        ]
    print(pd.DataFrame(lines).round(2).to_string(index=False))
    print(f"{time.perf_counter() - begun:.0f} s; % of {asked.runners} runners; seed {asked.seed}")


if __name__ == "__main__":
    main()
