"""How often the intervals of a trend hold the truth, over simulated runners.

    python -m benchmarks.trend_calibration --runners 300 --weeks 26 52 104
    python -m benchmarks.trend_calibration --real forms.csv

A runner's form keeps its level apart from weekly fluctuations, or drifts steadily by so many
percent over the log. The table shows how often the intervals of the change, of today and of the
comparison with a year ago hold the truth, and that of the next four weeks the mean of the runs that
follow; how often a change is reported, and by how much of its half width one gross outlier in a run
after a gap moves the band's end. With `--real`, of each series of a table runner, metric,
local_date, value, se, mean_speed_m_s, device, the weeks after every second week are held back:
how often "now" and the forecast hold the mean of the four that follow.
"""

from __future__ import annotations

import sys
from pathlib import Path

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
    "no drift, walk": ({"process": "random_walk"}, 0.0),
    "no drift, heavy tails": ({"student_df": 3.0}, 0.0),
    "no drift, two runs a week": ({"runs_per_week": (1, 3)}, 0.0),
}
#: Days ahead whose mean is forecast, days between origins in real series, days before the first
#: of them, and runs that there must be ahead.
AHEAD_DAYS, ORIGIN_DAYS, FIRST_DAYS, LEAST_AHEAD = 28, 14, 182, 3
#: Size of the outlier, %, and days without a run before it.
OUTLIERS, GAP_DAYS = (-20.0, 20.0), 42


def one_runner(seed: int, kind: str, weeks: int) -> tuple[float, ...]:
    """Return which intervals of one runner's trend are right, and the rest of the table."""
    kwargs, drift = CELLS[kind]
    # Four weeks more, which the trend does not see.
    longer = weeks + AHEAD_DAYS // 7
    drawn = simulate_form(seed, weeks=longer, effect_pct=0.0, slowdown_m_s=0.0, **kwargs)
    first = drawn.dose["local_date"].min()
    along = np.arange(longer) / weeks * drift / 100
    week = ((drawn.form["local_date"] - first).dt.days // 7).to_numpy()
    every = drawn.form.assign(value=drawn.form["value"] * np.exp(along[week]))
    ahead = every["value"].to_numpy()[week >= weeks]
    form, week = every[week < weeks].reset_index(drop=True), week[week < weeks]
    found = trend(form)
    following = np.nan
    if len(ahead) >= LEAST_AHEAD:
        following = float(found.next_low <= ahead.mean() <= found.next_high)
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
        following,
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
    change, today, year, following, reported, outlier = zip(*results, strict=True)
    return {
        "change covered %": percent(change),
        "today covered %": percent(today),
        "year ago covered %": percent(year),
        "next weeks covered %": percent(following),
        "change told %": percent(reported),
        "outlier moves, median": round(float(np.median(outlier)), 2),
        "by less than 1 %": percent([moved < 1 for moved in outlier]),
    }


def print_real(path: Path) -> None:
    """Print how often forecasts from every second week of real series hold what came."""
    forms = pd.read_csv(path, parse_dates=["local_date"])
    lines = []
    for (runner, metric), form in forms.groupby(["runner", "metric"]):
        held = [_held(form, origin) for origin in _origins(form["local_date"])]
        now, following, width = zip(*(each for each in held if each), strict=True)
        lines.append(
            {
                "series": f"{runner} {metric}",
                "forecasts": len(now),
                "now covers %": percent(now),
                "next weeks covered %": percent(following),
                "half width %, median": round(float(np.median(width)), 1),
            }
        )
    table = pd.DataFrame(lines)
    print(table.to_string(index=False))
    shares = table[["now covers %", "next weeks covered %"]].mul(table["forecasts"], axis=0).sum()
    print((shares / table["forecasts"].sum()).round(1).to_dict(), int(table["forecasts"].sum()))


def _origins(days: pd.Series) -> pd.DatetimeIndex:
    first = days.min() + pd.Timedelta(days=FIRST_DAYS)
    last = days.max() - pd.Timedelta(days=AHEAD_DAYS)
    return pd.date_range(first, last, freq=f"{ORIGIN_DAYS}D")


def _held(form: pd.DataFrame, origin: pd.Timestamp) -> tuple[float, float, float] | None:
    """Return whether now and the forecast hold the next weeks' mean; None without such weeks."""
    day = form["local_date"]
    past = form[day < origin].reset_index(drop=True)
    ahead = form.loc[(day >= origin) & (day < origin + pd.Timedelta(days=AHEAD_DAYS)), "value"]
    if len(ahead) < LEAST_AHEAD or (origin - past["local_date"].max()).days > ORIGIN_DAYS:
        return None
    found, mean = trend(past), ahead.mean()
    width = 50 * np.log(found.next_high / found.next_low)
    return (
        float(found.low <= mean <= found.high),
        float(found.next_low <= mean <= found.next_high),
        width,
    )


if __name__ == "__main__" and "--real" in sys.argv:
    print_real(Path(sys.argv[sys.argv.index("--real") + 1]))
elif __name__ == "__main__":
    print_rates(
        __doc__, tuple(CELLS), one_runner, row, runners=300, weeks=(26, 52, 104), seed=40_000
    )
