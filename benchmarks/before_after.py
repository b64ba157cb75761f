"""How often a comparison before and after a date errs over simulated runners.

    python -m benchmarks.before_after --runners 500 --weeks 52 104

A runner's form steps by so many percent in the middle, or drifts, or does nothing. "Covers" is
of the interval of the contrast 12 weeks on and at the date itself; "placebo" how often fewer
than 5 % of other dates stand out as much.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import pandas as pd

from runanalytics.findings.before_after import before_after
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


def one_runner(seed: int, cell: str, weeks: int) -> tuple[float, ...]:
    kwargs, step, drift = CELLS[cell]
    drawn = simulate_form(seed, weeks=weeks, **kwargs)
    form, start = drawn.form, drawn.dose["local_date"].min()
    at = start + pd.Timedelta(days=7 * (weeks // 2))
    share = (form["local_date"] - start).dt.days / (7 * weeks)
    moved = np.where(form["local_date"] >= at, 1 + step / 100, 1.0)
    form = form.assign(value=form["value"] * moved * np.exp(drift / 100 * share))
    compared = before_after(form, at.date())
    return (
        compared.percent,
        compared.percent_low <= step <= compared.percent_high,
        compared.level_low_percent <= step <= compared.level_high_percent,
        compared.verdict in ("rose", "fell"),
        compared.placebo_p_value < 0.05,
    )


def row(
    pool: ProcessPoolExecutor, cell: str, weeks: int, runners: int, seed: int
) -> dict[str, object]:
    ask = partial(one_runner, cell=cell, weeks=weeks)
    answers = np.array(
        list(pool.map(ask, range(seed, seed + runners), chunksize=10)), dtype=np.float64
    )
    mean = answers.mean(axis=0)
    names = ["covers", "covers at date", "clear", "placebo p < 0.05"]
    rates = {
        f"{name} %": round(100 * value, 1) for name, value in zip(names, mean[1:], strict=True)
    }
    return {"runner": cell, "weeks": weeks, "mean %": round(float(mean[0]), 2)} | rates


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runners", type=int, default=500)
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
