"""Shared by benchmarks over simulated runners: runners that step or drift, and tables of rates.

Every row of a table has its own runners, so that chance differs between rows.
"""

from __future__ import annotations

import argparse
import datetime
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import TypeVar

import numpy as np
import pandas as pd

from runanalytics.simulate import simulate_form

Result = TypeVar("Result")

#: Departures from the usual runner (AR(1) of 0.8): parameters of the generator, a step in the
#: middle and a steady drift over the whole log, %.
MOVED: dict[str, tuple[dict[str, object], float, float]] = {
    "nothing": ({}, 0.0, 0.0),
    "nothing, rho 0": ({"rho": 0.0}, 0.0, 0.0),
    "nothing, rho 0.5": ({"rho": 0.5}, 0.0, 0.0),
    "nothing, rho 0.95": ({"rho": 0.95}, 0.0, 0.0),
    "nothing, AR(2)": ({"process": "ar2"}, 0.0, 0.0),
    "nothing, slow walk": ({"process": "random_walk", "rho": 0.95}, 0.0, 0.0),
    "nothing, fast walk": ({"process": "random_walk"}, 0.0, 0.0),
    "step -3 %": ({}, -3.0, 0.0),
    "step -5 %": ({}, -5.0, 0.0),
    "drift 4 %": ({}, 0.0, 4.0),
    "drift 4 %, rho 0.95": ({"rho": 0.95}, 0.0, 4.0),
    "step -5 %, drift 4 %": ({}, -5.0, 4.0),
}


def moved(seed: int, kind: str, weeks: int) -> tuple[pd.DataFrame, datetime.date, float]:
    """Return a runner's form, the date of the step, and its size in %."""
    kwargs, step, drift = MOVED[kind]
    drawn = simulate_form(seed, weeks=weeks, **kwargs)
    form, start = drawn.form, drawn.dose["local_date"].min()
    at = start + pd.Timedelta(days=7 * (weeks // 2))
    share = (form["local_date"] - start).dt.days / (7 * weeks)
    times = np.where(form["local_date"] >= at, 1 + step / 100, 1.0) * np.exp(drift / 100 * share)
    return form.assign(value=form["value"] * times), at.date(), step


def print_rates(
    doc: str,
    kinds: Sequence[str],
    analyse: Callable[[int, str, int], Result],
    row: Callable[[list[Result]], dict[str, object]],
    *,
    runners: int,
    weeks: Sequence[int] = (52, 104),
    seed: int = 1,
) -> None:
    """Print a table, one row for each kind of runner and number of weeks.

    Parameters
    ----------
    doc : str
        Description of the command.
    kinds : sequence of str
        Kinds of runners.
    analyse : callable
        From seed, kind and weeks to the result for a runner; defined at the top of a module.
    row : callable
        From the results of a row's runners to its columns.
    runners, weeks, seed
        Defaults of the command line.
    """
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("--runners", type=int, default=runners)
    parser.add_argument("--weeks", type=int, nargs="+", default=list(weeks))
    parser.add_argument("--kinds", nargs="+", default=list(kinds), choices=kinds, metavar="KIND")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=seed)
    options = parser.parse_args()
    begun = time.perf_counter()
    lines = []
    with ProcessPoolExecutor(options.processes) as pool:
        for length in options.weeks:
            for kind in options.kinds:
                first = options.seed + options.runners * len(lines)
                results = pool.map(
                    partial(_analysed, analyse, kind, length),
                    range(first, first + options.runners),
                    chunksize=10,
                )
                lines.append({"runner": kind, "weeks": length} | row(list(results)))
    print(pd.DataFrame(lines).to_string(index=False))
    spent = time.perf_counter() - begun
    print(f"{options.runners} runners a row, from seed {options.seed}, {spent:.0f} s")


def _analysed(
    analyse: Callable[[int, str, int], Result], kind: str, weeks: int, seed: int
) -> Result:
    return analyse(seed, kind, weeks)


def percent(values: Sequence[float]) -> float:
    """Return the share of true among known values, %; NaN where none is known."""
    known = np.array(values, dtype=np.float64)
    known = known[~np.isnan(known)]
    return round(100 * float(known.mean()), 1) if len(known) else float("nan")
