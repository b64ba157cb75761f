"""How often an effect errs on real form, given doses that can have done nothing.

    python -m benchmarks.real_forms FOLDER --weeks 52 104

FOLDER holds forms.csv (runner, metric, local_date, value, se, mean_speed_m_s, temperature_c,
device), runs.csv (runner, local_date, distance_m) and strength_days.csv (log, day): form of real
runners, and days of strength training of other people, which cannot have moved it. Every window of
so many weeks of a series is paired with every window of a log that has training and gaps in it;
beside those, with doses in phases that are drawn. Each pair is analysed as it is, and with a
change of −2 % added that goes along with two sessions a week held for long, with a time constant
of three weeks. Windows overlap, and there are few runners: the error of a rate is that between
runners, not that of so many independent pairs.
"""

from __future__ import annotations

import argparse
import os
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd

from benchmarks.simulated import percent
from runanalytics.exposure import exposure
from runanalytics.findings.effect_data import effect_data
from runanalytics.findings.engine.dose_response import TIME_CONSTANTS, combinations, factored
from runanalytics.simulate.weeks import drawn_days, trained

TRUTH, CONTRAST, TAU_WEEKS = -2.0, 2.0, 3.0
#: Weeks between the windows of a form, and of a log; weeks with runs that a window needs, as a
#: share; least weeks of a log with training and without.
FORM_STEP, LOG_STEP = 13, 13
LEAST_SEEN, LEAST_OF_EACH = 0.6, 8
#: Weeks of training before a drawn log begins.
BEFORE = 26


def windows(
    forms: pd.DataFrame, days: pd.DataFrame, weeks: int, drawn: int, seed: int
) -> list[tuple[str, str, pd.Timestamp, np.ndarray, str]]:
    """Return runner, metric, first Monday, daily sessions and their source of every pair."""
    logs = {}
    for name, rows in days.groupby("log"):
        amount = np.zeros(int(rows["day"].max()) + 1)
        amount[rows["day"]] = 1.0
        logs[str(name)] = amount
    pairs = []
    for (runner, metric), rows in forms.groupby(["runner", "metric"]):
        first = rows["local_date"].min() - pd.Timedelta(
            days=int(rows["local_date"].min().weekday())
        )
        total = (rows["local_date"].max() - first).days // 7 + 1
        for begin in range(0, max(total - weeks, 0) + 1, FORM_STEP):
            monday = first + pd.Timedelta(weeks=begin)
            inside = (rows["local_date"] >= monday) & (
                rows["local_date"] < monday + pd.Timedelta(weeks=weeks)
            )
            week = (rows.loc[inside, "local_date"] - monday).dt.days // 7
            if week.nunique() < LEAST_SEEN * weeks:
                continue
            for name, amount in logs.items():
                for at in range(0, len(amount) // 7 - weeks + 1, LOG_STEP):
                    part = amount[7 * at : 7 * (at + weeks)]
                    weekly = part.reshape(-1, 7).sum(axis=1) > 0
                    if min(weekly.sum(), (~weekly).sum()) >= LEAST_OF_EACH:
                        pairs.append((str(runner), str(metric), monday, part, name))
            for number in range(drawn):
                rng = np.random.default_rng([seed, weeks, begin, number, len(pairs)])
                on = trained(rng, BEFORE, weeks)
                part = drawn_days(rng, rng.integers(1, 4, len(on)) * on).astype(float)
                pairs.append((str(runner), str(metric), monday, part[7 * BEFORE :], "drawn"))
    return pairs


def analysed(
    pair: tuple[str, str, pd.Timestamp, np.ndarray, str],
    forms: pd.DataFrame,
    runs: pd.DataFrame,
) -> dict[str, object] | None:
    """Return what is found of one pair, or None where nothing can be estimated."""
    runner, metric, monday, amount, source = pair
    rows = forms[(forms["runner"] == runner) & (forms["metric"] == metric)]
    dose = pd.DataFrame(
        {"local_date": monday + pd.to_timedelta(np.arange(len(amount)), "D"), "amount": amount}
    )
    data = effect_data(rows, dose, (), runs[runs["runner"] == runner], TIME_CONSTANTS)
    if not data.weeks.n_seen:
        return None
    first = int(monday.to_numpy().astype("datetime64[D]").astype(np.int64))
    day = data.weeks.columns["day"] - first
    remembered = exposure(amount, TAU_WEEKS, 7 * float(amount[:28].mean()))[day]
    log_form = data.weeks.columns["log_form"]
    truth = float(np.log1p(TRUTH / 100)) / CONTRAST
    log_forms = [log_form, log_form + truth * remembered]
    parts = (data.weeks, data.exposures, data.covariates, log_forms)
    every = factored(*parts, elsewhere=data.elsewhere)
    if every is None:
        return None
    terms, (one, log_prior) = every.project(), combinations(TIME_CONSTANTS, 1)
    nothing, something = (
        terms.posterior(one, log_prior, [CONTRAST], which).mixed for which in (0, 1)
    )
    low, high = (something.quantile(each) for each in (0.025, 0.975))
    return {
        "runner": runner,
        "metric": metric,
        "dose": "drawn" if source == "drawn" else "strangers'",
        "false": nothing.two_sided_p() < 0.05,
        "found": something.two_sided_p() < 0.05 and high < 0,
        "covered": low <= CONTRAST * truth <= high,
        "width": 100 * (high - low),
    }


def row(found: pd.DataFrame) -> dict[str, object]:
    """Return one line of the table."""
    return {
        "pairs": len(found),
        "false %": percent(found["false"]),
        "-2 % found %": percent(found["found"]),
        "-2 % covered %": percent(found["covered"]),
        "width, points": round(float(found["width"].median()), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--weeks", type=int, nargs="+", default=[52, 104])
    parser.add_argument("--drawn", type=int, default=20, help="drawn doses for each window")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begun = time.perf_counter()
    forms = pd.read_csv(options.folder / "forms.csv", parse_dates=["local_date"])
    runs = pd.read_csv(options.folder / "runs.csv", parse_dates=["local_date"])
    days = pd.read_csv(options.folder / "strength_days.csv")
    lines = []
    with ProcessPoolExecutor(options.processes) as pool:
        for weeks in options.weeks:
            pairs = windows(forms, days, weeks, options.drawn, options.seed)
            found = pool.map(partial(analysed, forms=forms, runs=runs), pairs, chunksize=20)
            table = pd.DataFrame([each for each in found if each is not None])
            lines += [
                {"weeks": weeks, "dose": dose, "runner": runner} | row(rows)
                for dose, of_dose in table.groupby("dose")
                for runner, rows in [("all", of_dose), *of_dose.groupby("runner")]
            ]
    print(pd.DataFrame(lines).to_string(index=False))
    print(f"seed {options.seed}, {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
