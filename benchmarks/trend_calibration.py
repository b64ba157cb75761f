"""How often the intervals of a trend hold the truth, over simulated runners.

    python -m benchmarks.trend_calibration --runners 300 --weeks 26 52 104

A runner's form keeps its level apart from weekly fluctuations, or drifts steadily by so many
percent over the log. The table shows how often the intervals of the change, of today and of the
comparison with a year ago hold the truth, how often a change is reported, and by how much of its
half width one gross outlier in a run after a gap moves the band's end.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.simulated import percent, print_rates
from runanalytics.findings.trend import AROUND_WEEKS, WEEKS_COMPARED, YEAR_WEEKS, trend
from runanalytics.simulate import simulate_form

#: Departures from the usual runner (AR(1) of 0.8): parameters, and drift over the log, %.
CELLS: dict[str, tuple[dict[str, float], float]] = {
    "no drift": ({}, 0.0),
    "drift 4 %": ({}, 4.0),
    "no drift, rho 0.95": ({"rho": 0.95}, 0.0),
    "no drift, rho 0.4": ({"rho": 0.4}, 0.0),
    "no drift, new watch": ({"device_step_pct": 4.0}, 0.0),
    "no drift, missing weeks": ({"missing_weeks": 0.2}, 0.0),
}
#: Size of the outlier, %, and days without a run before it.
OUTLIERS, GAP_DAYS = (-20.0, 20.0), 42


def one_runner(seed: int, kind: str, weeks: int) -> tuple[float, ...]:
    """Return which intervals of one runner's trend are right, and the rest of the table."""
    kwargs, drift = CELLS[kind]
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


def row(results: list[tuple[float, ...]]) -> dict[str, object]:
    """Return the columns of one row."""
    change, today, year, reported, outlier = zip(*results, strict=True)
    return {
        "change covered %": percent(change),
        "today covered %": percent(today),
        "year ago covered %": percent(year),
        "change told %": percent(reported),
        "outlier moves, median": round(float(np.median(outlier)), 2),
        "by less than 1 %": percent([moved < 1 for moved in outlier]),
    }


if __name__ == "__main__":
    print_rates(
        __doc__, tuple(CELLS), one_runner, row, runners=300, weeks=(26, 52, 104), seed=40_000
    )
