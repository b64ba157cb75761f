"""How often change points err over simulated runners, and over real series with known steps.

    python -m benchmarks.change_points --runners 200 --weeks 52 104
    python -m benchmarks.change_points --real forms.csv --runners 40 --seed 101

A runner's form steps by so many percent at any run of the middle half, or drifts, or does
nothing. The table shows how often any change is told, how often one is within three weeks of the
step, and of those ("near" of them) how often its size and its dates hold the truth, how many days
its dates span (median), and its size over the true one (mean). With `--real`, steps are put into
the series of a table runner, metric, local_date, value, se, mean_speed_m_s, device.
"""

from __future__ import annotations

import argparse
import datetime
import sys
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.simulated import MOVED, percent, print_rates
from runanalytics.findings.change_points import change_points
from runanalytics.simulate import simulate_form

NEAR_DAYS = 21
#: Beside those that step and drift in the middle: smaller and larger steps, and other errors.
KINDS = MOVED | {
    "step 6 %": ({}, 6.0, 0.0),
    "step 3 %, rho 0": ({"rho": 0.0}, 3.0, 0.0),
    "step 6 %, rho 0.95": ({"rho": 0.95}, 6.0, 0.0),
    "step 6 %, slow walk": ({"process": "random_walk", "rho": 0.95}, 6.0, 0.0),
    "step 6 %, heavy tails": ({"student_df": 4.0}, 6.0, 0.0),
    "step 6 %, missing weeks": ({"missing_weeks": 0.25}, 6.0, 0.0),
    "step 6 %, two runs a week": ({"runs_per_week": (1, 3)}, 6.0, 0.0),
}
#: Steps that are put into real series, %.
REAL_STEPS = (-6.0, -3.0, 3.0, 6.0)


def one_runner(seed: int, kind: str, weeks: int) -> tuple[float, ...]:
    """Return whether a change was found in one simulated runner, and whether it was right."""
    kwargs, step, drift = KINDS[kind]
    form = simulate_form(seed, weeks=weeks, **kwargs).form
    share = (form["local_date"] - form["local_date"].iloc[0]).dt.days / (7 * weeks)
    drifted = form.assign(value=form["value"] * np.exp(drift / 100 * share))
    return judged(drifted, seed, step)


def one_series(series: tuple[str, str], path: Path, seed: int, step: float) -> tuple[float, ...]:
    """Return the same of a step put into a real series."""
    forms = _forms(path)
    form = forms[(forms["runner"] == series[0]) & (forms["metric"] == series[1])]
    return judged(form.reset_index(drop=True), seed, step)


def judged(form: pd.DataFrame, seed: int, step: float) -> tuple[float, ...]:
    """Put a step at a run of the middle half of the log, and say what was found of it."""
    at = pd.Timestamp(np.random.default_rng([seed, 17]).choice(middle_days(form)))
    return judged_at(form, at, step)


def middle_days(form: pd.DataFrame) -> np.ndarray:
    """Return the days with a run in the middle half of the log."""
    days = np.unique(form["local_date"].to_numpy())
    span = days[-1] - days[0]
    return days[(days > days[0] + span / 4) & (days < days[0] + 3 * span / 4)]


def judged_at(form: pd.DataFrame, at: pd.Timestamp, step: float) -> tuple[float, ...]:
    """Put a step at a day, and say what was found of it."""
    later = form["local_date"] >= at
    found = change_points(form.assign(value=form["value"] * np.where(later, 1 + step / 100, 1.0)))
    day = at.date()
    near = [each for each in found.points if _days_from(each, day) <= NEAR_DAYS]
    hit = near[0] if near and step else None
    return (
        len(found.points) > 0,
        hit is not None if step else np.nan,
        np.nan if hit is None else hit.percent_low <= step <= hit.percent_high,
        np.nan if hit is None else hit.first_date <= day <= hit.last_date,
        np.nan if hit is None else (hit.last_date - hit.first_date).days,
        np.nan if hit is None else hit.percent / step,
    )


def _days_from(point: object, day: datetime.date) -> int:
    return abs((point.date - day).days)


@lru_cache(maxsize=1)
def _forms(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, parse_dates=["local_date"])


def row(results: list[tuple[float, ...]]) -> dict[str, object]:
    """Return the columns of one row."""
    names = ("any change", "near the step", "size covers", "dates cover")
    *rates, width, ratio = zip(*results, strict=True)
    columns: dict[str, object] = {
        f"{name} %": percent(values) for name, values in zip(names, rates, strict=True)
    }
    known = [value for value in width if not np.isnan(value)]
    columns["near"] = len(known)
    columns["days, median"] = float(np.median(known)) if known else np.nan
    columns["size / true"] = round(float(np.nanmean(ratio)), 2) if known else np.nan
    return columns


def print_real(path: Path, dates: int, first: int) -> None:
    """Print one row for each size of step, over all series of a file and so many dates of each."""
    forms = _forms(path)
    series = sorted(set(zip(forms["runner"], forms["metric"], strict=True)))
    lines = []
    for step in REAL_STEPS:
        results = [
            one_series(each, path, seed, step)
            for each in series
            for seed in range(first, first + dates)
        ]
        lines.append({"step %": step, "tries": len(results)} | row(results))
    print(pd.DataFrame(lines).to_string(index=False))


if __name__ == "__main__":
    if "--real" in sys.argv:
        parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
        parser.add_argument("--real", type=Path, required=True)
        parser.add_argument("--runners", type=int, default=40)
        parser.add_argument("--seed", type=int, default=1)
        options = parser.parse_args()
        print_real(options.real, options.runners, options.seed)
    else:
        print_rates(__doc__, tuple(KINDS), one_runner, row, runners=200)
