"""Race times put to the test: simulated runners of known truth, and real race histories.

    python -m benchmarks.races --runners 200
    python -m benchmarks.races --real ../shared/races --days ../shared/forms/strength_days.csv

Simulated: how often a dose that does nothing is called an association, how often intervals cover
an effect of -3 %, how often a change is called one where there is none, and how often the next
race lies in its interval. Real: the same on a weekly 5 km and on cross-country, with doses that
are simulated and days on which strangers trained; changes after times were shuffled; and every next
race of each runner: where it lies, and the error of predictions beside that of simple ones.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from runanalytics.exposure import exposure
from runanalytics.findings.race_effect import LEAST_RACES, race_effect
from runanalytics.findings.race_results import FASTER, SLOWER, race_results
from runanalytics.measures.race_equations import RIEGEL_EXPONENT, riegel_time
from runanalytics.simulate.races import simulate_races

#: Departures from the usual runner, and whether all runs are told.
CELLS: dict[str, tuple[dict[str, object], bool]] = {
    "usual: 30 races, 2 %, 10 % not raced": ({}, False),
    "8 races": ({"n_races": 8}, False),
    "15 races": ({"n_races": 15}, False),
    "60 races": ({"n_races": 60}, False),
    "scatter 1 %": ({"scatter_pct": 1.0}, False),
    "scatter 5 %": ({"scatter_pct": 5.0}, False),
    "scatter 10 %": ({"scatter_pct": 10.0}, False),
    "all raced": ({"not_raced": 0.0}, False),
    "30 % not raced": ({"not_raced": 0.3}, False),
    "1 % faster a year": ({"line_pct": -1.0}, False),
    "3 % faster a year": ({"line_pct": -3.0}, False),
    "form 4 %": ({"form_sd_pct": 4.0}, False),
    "form of 8 weeks": ({"rho": 0.88}, False),
    "growing dose, 2 % faster a year": (
        {"line_pct": -2.0, "dose": "growing", "weeks": 260, "n_races": 40},
        False,
    ),
    "growing dose, 3 % faster a year": (
        {"line_pct": -3.0, "dose": "growing", "weeks": 260, "n_races": 40},
        False,
    ),
    "follows running, 2 %": ({"load_pct": 2.0, "weeks": 260, "n_races": 40}, True),
    "follows running, 4 %": ({"load_pct": 4.0, "weeks": 260, "n_races": 40}, True),
    "from trails to roads": ({"from_trails": True}, False),
}
#: Errors one race ahead: of the median of whichever race comes next, of what a raced one would take
#: in the cool, and of simple predictions.
ERRORS = ["error", "if raced", "mean", "last", "best of three"]
SIMPLE = ["mean", "last", "best of three"]
#: Races before the first one that is predicted.
LEAST_BEFORE = 5
#: Effect that is added to see whether intervals cover it, %.
ADDED_PCT = -3.0


def simulated(seed: int, cell: str) -> dict[str, float]:
    """Return what is found of one simulated runner."""
    kwargs, told = CELLS[cell]
    without = simulate_races(seed, **kwargs)
    treated = simulate_races(seed, effect_pct=ADDED_PCT, **kwargs)
    runs = without.runs if told else None
    null = race_effect(without.races, without.dose, what="strength", runs=runs)
    found = race_effect(treated.races, treated.dose, what="strength", runs=runs)
    results = race_results(without.races)
    true_change = 100 * np.expm1(without.level[-1] - without.level[0])
    return {
        "association": null.verdict == "association",
        "covers": found.percent_low <= ADDED_PCT <= found.percent_high,
        "found": found.verdict == "association",
        "width": found.percent_high - found.percent_low,
        "change covered": results.percent_low <= true_change <= results.percent_high,
        "change": results.verdict in (FASTER, SLOWER),
        **next_race(without.races, len(without.races) - 1),
    }


def every_next_race(races: pd.DataFrame) -> dict[str, float]:
    """Return the mean over all races of a runner that have five or more before them.

    Of one race of each the errors of two ways to predict differ by chance as much as by anything.
    """
    places = range(LEAST_BEFORE, len(races))
    found = pd.DataFrame([next_race(races, place) for place in places]).astype(float)
    return {"next races": len(places), **found.mean()}


def next_race(races: pd.DataFrame, place: int) -> dict[str, float]:
    """Return where the next race lies, and the errors of predictions, log time."""
    before, race = races.iloc[:place], races.iloc[place]
    distance, log_time = race["distance_m"], np.log(race["time_s"])
    results = race_results(before, distances_m=[distance], on=race["local_date"].date())
    (row,) = results.predicted().to_dict("records")
    scaled = np.log(riegel_time(before["time_s"], before["distance_m"], distance))
    return {
        "fast": race["time_s"] < row["low_s"],
        "slow": race["time_s"] > row["high_s"],
        "error": abs(log_time - np.log(row["next_s"])),
        "if raced": abs(log_time - np.log(row["time_s"])),
        "mean": abs(log_time - scaled.mean()),
        "last": abs(log_time - scaled[-1]),
        "best of three": abs(log_time - scaled[-3:].min()),
    }


def added_effect(
    rng: np.random.Generator, races: pd.DataFrame, doses: Iterable[pd.DataFrame]
) -> float:
    """Return how often an effect that is added to the times lies in its interval."""
    covered = []
    for dose in doses:
        per_week = exposure(dose["amount"].to_numpy(), rng.choice([1.5, 3.0, 6.0, 10.0]))
        day = (races["local_date"] - dose["local_date"].iloc[0]).dt.days.to_numpy()
        faster = np.exp(np.log1p(ADDED_PCT / 100) / 2 * per_week[day])
        found = race_effect(races.assign(time_s=races["time_s"] * faster), dose, what="strength")
        if found.percent_low == found.percent_low:
            covered.append(found.percent_low <= ADDED_PCT <= found.percent_high)
    return float(np.mean(covered)) if covered else np.nan


def left_out(races: pd.DataFrame, place: int) -> dict[str, float]:
    """Return whether a race lies in the interval that all others give for its day."""
    race = races.iloc[place]
    others = races.drop(index=races.index[place])
    results = race_results(others, distances_m=[race["distance_m"]], on=race["local_date"].date())
    (row,) = results.predicted().to_dict("records")
    return {"left out inside": row["low_s"] <= race["time_s"] <= row["high_s"]}


def phased_dose(rng: np.random.Generator, days: pd.DatetimeIndex) -> pd.DataFrame:
    """Return sessions in phases of 6 to 20 weeks, unrelated to any race."""
    rates: list[float] = []
    busy = bool(rng.random() < 0.5)
    while 7 * len(rates) < len(days):
        rates += [2.0 if busy else 0.2] * int(rng.integers(6, 21))
        busy = not busy
    chance = np.repeat(np.array(rates) / 7, 7)[: len(days)]
    return pd.DataFrame({"local_date": days, "amount": (rng.random(len(days)) < chance) * 1.0})


def strangers_dose(
    rng: np.random.Generator, days: pd.DatetimeIndex, logs: Sequence[np.ndarray]
) -> pd.DataFrame:
    """Return the days on which another person trained, forwards or backwards in time.

    The log begins on any day on which it covers half of the days given, or half of itself: few
    logs, always laid at the first race, would be few doses.
    """
    amount = logs[int(rng.integers(len(logs)))]
    amount = amount[:: int(rng.choice([-1, 1]))]
    shared = min(len(days), len(amount)) // 2
    begin = int(rng.integers(shared - len(amount), len(days) - shared + 1))
    first = days[0] + pd.Timedelta(days=begin)
    return pd.DataFrame({"local_date": pd.date_range(first, periods=len(amount)), "amount": amount})


def nothing_found(races: pd.DataFrame, doses: Iterable[pd.DataFrame]) -> tuple[float, float]:
    """Return how often doses that did nothing are associations, and the interval's mean width.

    Doses with too few races within their log do not count; both are missing where all have.
    """
    found = [race_effect(races, dose, what="strength") for dose in doses]
    found = [
        each
        for each in found
        if each.n_runs >= LEAST_RACES and each.percent_low == each.percent_low
    ]
    if not found:
        return np.nan, np.nan
    erred = [each.percent_low > 0 or each.percent_high < 0 for each in found]
    widths = [each.percent_high - each.percent_low for each in found]
    return float(np.mean(erred)), float(np.mean(widths))


def real(
    seed: int, races: pd.DataFrame, pairings: int, logs: Sequence[np.ndarray] = ()
) -> dict[str, float]:
    """Return what is found of one real runner with doses that did nothing."""
    rng = np.random.default_rng(seed)
    days = pd.date_range(races["local_date"].iloc[0], races["local_date"].iloc[-1])
    drawn = [phased_dose(rng, days) for _ in range(pairings)]
    phases, width = nothing_found(races, drawn)
    found = {"association": phases, "width": width}
    if logs:
        doses = [strangers_dose(rng, days, logs) for _ in range(pairings)]
        found["association, strangers' days"], _ = nothing_found(races, doses)
    # Of several distances the times are scaled to one before they change places.
    scale = races["distance_m"].to_numpy() ** RIEGEL_EXPONENT
    mixed = rng.permutation(races["time_s"].to_numpy() / scale) * scale
    shuffled = race_results(races.assign(time_s=mixed))
    return {
        **found,
        "shuffled": shuffled.verdict in (FASTER, SLOWER),
        **every_next_race(races),
        **left_out(races, int(rng.integers(len(races)))),
        "covers": added_effect(rng, races, drawn),
    }


def histories(folder: Path) -> dict[str, list[pd.DataFrame]]:
    """Return the real race histories."""
    weekly = pd.read_csv(folder / "weekly.csv").assign(
        local_date=lambda each: (
            pd.Timestamp("2014-01-04") + pd.to_timedelta(7 * each["week"], unit="D")
        ),
        distance_m=5_000.0,
    )
    cross = pd.read_csv(folder / "cross_country.csv", parse_dates=["local_date"])
    return {
        name: [each.reset_index(drop=True) for _, each in frame.groupby("runner")]
        for name, frame in (("weekly 5 km", weekly), ("cross-country", cross))
    }


def strangers_logs(path: Path) -> list[np.ndarray]:
    """Return how often each of some people trained on each day since their first session."""
    return [
        np.bincount(each["day"]).astype(np.float64) for _, each in pd.read_csv(path).groupby("log")
    ]


def line(name: str, rows: Iterable[Mapping[str, float]]) -> dict[str, object]:
    """Return a line of the table: shares in %, errors in % of race time, widths in points."""
    table = pd.DataFrame(rows).astype(float)
    counted = [name for name in ("next races",) if name in table]
    mean = 100 * table.drop(columns=["width", *counted]).mean()
    median = 100 * table[ERRORS].median().add_suffix(", median")
    apart = 100 * table[SIMPLE].rsub(table["error"], axis=0).add_prefix("error less that of ")
    return {
        "runner": name,
        "n": len(table),
        **table[counted].sum().astype(int),
        **mean.drop(ERRORS).round(1),
        **mean[ERRORS].round(2),
        **median.round(2),
        **apart.mean().round(2),
        **apart.sem().add_suffix(", standard error").round(2),
        "width": round(float(table["width"].median()), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runners", type=int, default=200)
    parser.add_argument("--real", type=Path, help="folder of real race histories")
    parser.add_argument("--days", type=Path, help="days of strength sessions of strangers")
    parser.add_argument("--pairings", type=int, default=3)
    parser.add_argument("--cells", nargs="+", default=list(CELLS), choices=CELLS, metavar="CELL")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begun = time.perf_counter()
    lines = []
    logs = strangers_logs(options.days) if options.days else []
    with ProcessPoolExecutor(options.processes) as pool:
        if options.real:
            seeds = range(options.seed, options.seed + 10_000)
            for name, runners in histories(options.real).items():
                analyse: Callable[..., dict[str, float]] = partial(
                    real, pairings=options.pairings, logs=logs
                )
                lines.append(line(name, pool.map(analyse, seeds, runners, chunksize=5)))
        else:
            for number, cell in enumerate(options.cells):
                first = options.seed + options.runners * number
                seeds = range(first, first + options.runners)
                analyse = partial(simulated, cell=cell)
                lines.append(line(cell, pool.map(analyse, seeds, chunksize=5)))
    print(pd.DataFrame(lines).set_index("runner").T.to_string())
    print(f"{time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
