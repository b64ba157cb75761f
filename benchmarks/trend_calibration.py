"""How often the intervals of a trend hold the truth, over simulated runners.

    python -m benchmarks.trend_calibration --runners 300 --weeks 26 52 104
    python -m benchmarks.trend_calibration --real forms.csv

A runner's form keeps its level apart from weekly fluctuations, or drifts steadily by so many
percent over the log. The table shows how often the intervals of the change, of today and of the
comparison with a year ago hold the truth, and that of the next four weeks the mean of the runs that
follow; how often a change is reported, by how much of its half width one gross outlier in a run
after a gap moves the band's end, and which share of the differences between four runs and the next
four exceeds the smallest visible change (mean, least and most of the runners). Some move to a
treadmill for the last weeks: "today" is then the truth outdoors. With `--real`, of each series of a
table runner, metric, local_date, value, se, mean_speed_m_s, device, the weeks after every second
week are held back: how often "now" and the forecast hold the mean of the four that follow; and the
smallest visible change, with the share of all differences that exceed it, of those of one device,
and of those of one device without a break, and of the second half's by what the first half tells.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.simulated import percent, print_rates
from runanalytics.findings.engine.neighbours import BREAK_DAYS
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
    "no drift, winter on a treadmill, -7 %": ({"treadmill_pct": -7.0}, 0.0),
    "no drift, winter on a treadmill, -3 %": ({"treadmill_pct": -3.0}, 0.0),
    "drift 4 %, winter on a treadmill, -7 %": ({"treadmill_pct": -7.0}, 4.0),
}
#: Weeks of a winter on a treadmill.
WINTER_WEEKS = 16
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
    if "treadmill_pct" in kwargs:
        kwargs = kwargs | {"treadmill_from": (weeks - WINTER_WEEKS) / longer}
    drawn = simulate_form(seed, weeks=longer, effect_pct=0.0, slowdown_m_s=0.0, **kwargs)
    first = drawn.dose["local_date"].min()
    along = np.arange(longer) / weeks * drift / 100
    week = ((drawn.form["local_date"] - first).dt.days // 7).to_numpy()
    every = drawn.form.assign(value=drawn.form["value"] * np.exp(along[week]))
    # What the runs ahead would have been outdoors.
    outdoors = every["value"].to_numpy() / (1 + kwargs.get("treadmill_pct", 0.0) / 100)
    ahead = np.where(every["kind"] == "treadmill", outdoors, every["value"])[week >= weeks]
    form, week = every[week < weeks].reset_index(drop=True), week[week < weeks]
    found = trend(form)
    following = np.nan
    if len(ahead) >= LEAST_AHEAD:
        following = float(found.next_low <= ahead.mean() <= found.next_high)
    truth = drawn.truth.process_pct / 100 + along
    today_week = int(week[-1])
    outside = (form["kind"] != "treadmill").to_numpy()
    seen = np.unique(week[outside])
    change = 100 * np.expm1(_mean(truth, seen[-WEEKS_COMPARED:]) - _mean(truth, seen[:4]))
    step = kwargs.get("device_step_pct", 0.0) / 100
    today = 250 * np.exp(truth[today_week] + step)
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
        _pulled(form[outside].reset_index(drop=True), OUTLIERS[seed % 2]),
        _beyond(form[outside], found.minimal_detectable_percent),
    )


def _beyond(
    form: pd.DataFrame, percent: float, *, by_device: bool = True, break_days: float = np.inf
) -> float:
    """Return the share of differences between four runs and the next four above so many percent."""
    parts = [each for _, each in form.groupby("device")] if by_device else [form]
    apart = [_fours_apart(each, break_days) for each in parts]
    known = np.concatenate(apart) if apart else np.empty(0)
    if not len(known) or not np.isfinite(percent):
        return float("nan")
    return float(np.mean(known > np.log1p(percent / 100)))


def _fours_apart(form: pd.DataFrame, break_days: float) -> np.ndarray:
    log, day = np.log(form["value"].to_numpy()), form["local_date"].to_numpy()
    if len(log) < 8:
        return np.empty(0)
    gap = np.diff(day) / np.timedelta64(1, "D")
    longest = np.lib.stride_tricks.sliding_window_view(gap, 7).max(axis=1)
    fours = np.convolve(log, np.full(4, 0.25), "valid")
    return np.abs(fours[4:] - fours[:-4])[longest <= break_days]


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
    change, today, year, following, reported, outlier, beyond = zip(*results, strict=True)
    shares = 100 * np.array(beyond)
    known = shares[~np.isnan(shares)]
    told = f"{known.mean():.1f} ({known.min():.1f}-{known.max():.1f})" if len(known) else ""
    return {
        "change covered %": percent(change),
        "today covered %": percent(today),
        "year ago covered %": percent(year),
        "next weeks covered %": percent(following),
        "change told %": percent(reported),
        "outlier moves, median": round(float(np.median(outlier)), 2),
        "by less than 1 %": percent([moved < 1 for moved in outlier]),
        "beyond smallest visible %": told,
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
                **_visible(form.reset_index(drop=True)),
            }
        )
    table = pd.DataFrame(lines)
    print(table.to_string(index=False))
    shares = table[["now covers %", "next weeks covered %"]].mul(table["forecasts"], axis=0).sum()
    print((shares / table["forecasts"].sum()).round(1).to_dict(), int(table["forecasts"].sum()))


def _visible(form: pd.DataFrame) -> dict[str, float]:
    """Return the smallest visible change, and the share of differences beyond it."""
    told = trend(form).minimal_detectable_percent
    half = len(form) // 2
    before = trend(form.head(half)).minimal_detectable_percent
    shares = {
        "beyond %": _beyond(form, told, by_device=False),
        "one device": _beyond(form, told),
        "no break": _beyond(form, told, break_days=BREAK_DAYS),
        "second half by the first": _beyond(form.tail(len(form) - half), before),
    }
    percents = {name: round(100 * share, 1) for name, share in shares.items()}
    return {"smallest visible %": round(told, 1), **percents}


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
