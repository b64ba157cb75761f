"""How often change points err over simulated runners.

    python -m benchmarks.change_points --runners 200 --weeks 52 104

A runner's form steps by so many percent in the middle, or drifts, or does nothing. The
table tells how often any change is told, how often one is within three weeks of the step, and
how often its size and its dates cover the truth.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import pandas as pd

from runanalytics.findings.change_points import change_points
from runanalytics.simulate import simulate_form

#: What departs from the usual runner: of the generator, step and drift over the whole log, %.
CELLS: dict[str, tuple[dict[str, object], float, float]] = {
    "nothing": ({}, 0.0, 0.0),
    "nothing, rho 0": ({"rho": 0.0}, 0.0, 0.0),
    "nothing, rho 0.95": ({"rho": 0.95}, 0.0, 0.0),
    "step -3 %": ({}, -3.0, 0.0),
    "step -5 %": ({}, -5.0, 0.0),
    "drift 4 %": ({}, 0.0, 4.0),
}
NEAR_DAYS = 21


def one_runner(seed: int, cell: str, weeks: int) -> tuple[float, ...]:
    kwargs, step, drift = CELLS[cell]
    drawn = simulate_form(seed, weeks=weeks, **kwargs)
    form, start = drawn.form, drawn.dose["local_date"].min()
    at = start + pd.Timedelta(days=7 * (weeks // 2))
    share = (form["local_date"] - start).dt.days / (7 * weeks)
    moved = np.where(form["local_date"] >= at, 1 + step / 100, 1.0)
    form = form.assign(value=form["value"] * moved * np.exp(drift / 100 * share))
    found = change_points(form)
    near = [each for each in found.points if abs((each.date - at.date()).days) <= NEAR_DAYS]
    hit = near[0] if near and step else None
    return (
        len(found.points) > 0,
        hit is not None,
        np.nan if hit is None else hit.percent_low <= step <= hit.percent_high,
        np.nan if hit is None else hit.first_date <= at.date() <= hit.last_date,
    )


def row(
    pool: ProcessPoolExecutor, cell: str, weeks: int, runners: int, seed: int
) -> dict[str, object]:
    ask = partial(one_runner, cell=cell, weeks=weeks)
    answers = np.array(
        list(pool.map(ask, range(seed, seed + runners), chunksize=10)), dtype=np.float64
    )
    known = ~np.isnan(answers).all(axis=0)
    mean = np.full(answers.shape[1], np.nan)
    mean[known] = np.nanmean(answers[:, known], axis=0)
    names = ["any change", "near the step", "size covers", "dates cover"]
    rates = {f"{name} %": round(100 * value, 1) for name, value in zip(names, mean, strict=True)}
    return {"runner": cell, "weeks": weeks} | rates


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runners", type=int, default=200)
    parser.add_argument("--weeks", type=int, nargs="+", default=[52, 104])
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    begun = time.perf_counter()
    with ProcessPoolExecutor(asked.processes) as pool:
        rows = [
            row(pool, cell, weeks, asked.runners, asked.seed)
            for weeks in asked.weeks
            for cell in CELLS
        ]
    print(pd.DataFrame(rows).to_string(index=False))
    print(f"{asked.runners} runners a row, {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
