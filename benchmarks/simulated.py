"""What benchmarks over simulated runners share: runners that step or drift, and a table of rates.

Every row of a table has runners of its own, so that what chance does to one it does not do to
all of them.
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

Answer = TypeVar("Answer")

#: What departs from the usual runner (AR(1) of 0.8): of the generator, a step in the middle and
#: a steady drift over the whole log, %.
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
    ask: Callable[[int, str, int], Answer],
    row: Callable[[list[Answer]], dict[str, object]],
    *,
    runners: int,
    weeks: Sequence[int] = (52, 104),
    seed: int = 1,
) -> None:
    """Print a table, one row for each kind of runner and number of weeks.

    Parameters
    ----------
    doc : str
        What the command says of itself.
    kinds : sequence of str
        Of runners.
    ask : callable
        Given seed, kind and weeks, what became of a runner; a function of a module.
    row : callable
        Given what became of all runners of a row, its columns.
    runners, weeks, seed
        What is taken unless the command line says otherwise.
    """
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("--runners", type=int, default=runners)
    parser.add_argument("--weeks", type=int, nargs="+", default=list(weeks))
    parser.add_argument("--kinds", nargs="+", default=list(kinds), choices=kinds, metavar="KIND")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=seed)
    asked = parser.parse_args()
    begun = time.perf_counter()
    lines = []
    with ProcessPoolExecutor(asked.processes) as pool:
        for length in asked.weeks:
            for kind in asked.kinds:
                first = asked.seed + asked.runners * len(lines)
                answers = pool.map(
                    partial(_asked, ask, kind, length),
                    range(first, first + asked.runners),
                    chunksize=10,
                )
                lines.append({"runner": kind, "weeks": length} | row(list(answers)))
    print(pd.DataFrame(lines).to_string(index=False))
    spent = time.perf_counter() - begun
    print(f"{asked.runners} runners a row, from seed {asked.seed}, {spent:.0f} s")


def _asked(ask: Callable[[int, str, int], Answer], kind: str, weeks: int, seed: int) -> Answer:
    return ask(seed, kind, weeks)


def percent(values: Sequence[float]) -> float:
    """Return the share of what is true among what is known, %; NaN where nothing is."""
    known = np.array(values, dtype=np.float64)
    known = known[~np.isnan(known)]
    return round(100 * float(known.mean()), 1) if len(known) else float("nan")
