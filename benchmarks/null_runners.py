"""How often something is found in runners without any effect, when everything is tested at once.

    python -m benchmarks.null_runners --runners 200 --weeks 52 104

Each runner has four metrics of the same runs, which share half of their variance, and three doses
in phases: two independent ones, and one that is part of the first. None changes any metric.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import pandas as pd

from runanalytics.findings.effects import effects
from runanalytics.simulate import simulate_form
from runanalytics.simulate.weeks import weekly_process

METRICS = ("ground_contact_ms", "cadence_spm", "step_length_m", "vertical_oscillation_mm")
#: Share of a metric's variance that all metrics have in common.
SHARED = 0.5
DAY_SD = 0.013
PROCESS_SD = 0.01
RHO = 0.8


def null_runner(seed: int, weeks: int) -> tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame]]:
    """Return forms by metric and doses by what was done, of one runner, unrelated."""
    rng = np.random.default_rng([seed, 1])
    drawn, other = (simulate_form(one, weeks=weeks) for one in (2 * seed, 2 * seed + 1))
    week = (drawn.form["local_date"] - drawn.dose["local_date"].min()).dt.days.to_numpy() // 7

    def moves() -> np.ndarray:
        slow = weekly_process(rng, weeks, sd=PROCESS_SD, rho=RHO)[week]
        return slow + DAY_SD * rng.standard_normal(len(week))

    common = moves()
    forms = {
        metric: drawn.form.assign(
            value=250 * np.exp(np.sqrt(SHARED) * common + np.sqrt(1 - SHARED) * moves())
        )
        for metric in METRICS
    }
    jumped = drawn.dose["amount"] * (rng.random(len(drawn.dose)) < 0.5)
    doses = {
        "strength": drawn.dose,
        "technique": other.dose,
        "plyometric": drawn.dose.assign(amount=jumped),
    }
    return forms, doses


def analyse(seed: int, weeks: int) -> tuple[int, int, int]:
    """Count tests, those with p below 5 %, and those called an association."""
    found = effects(*null_runner(seed, weeks))
    alone = sum(each.p_value < 0.05 for each in found.effects if np.isfinite(each.p_adjusted))
    clear = sum(each.verdict == "association" for each in found.effects)
    return found.n_tests, alone, clear


def rows(pool: ProcessPoolExecutor, weeks: int, runners: int, seed: int) -> dict[str, object]:
    tests, alone, clear = np.array(
        list(pool.map(partial(analyse, weeks=weeks), range(seed, seed + runners), chunksize=10))
    ).T
    return {
        "weeks": weeks,
        "runners": runners,
        "tests a runner": round(float(tests.mean()), 1),
        "tests with p < 0.05 %": round(100 * float(alone.sum() / tests.sum()), 1),
        "runners with any p < 0.05 %": round(100 * float((alone > 0).mean()), 1),
        "runners with any association %": round(100 * float((clear > 0).mean()), 1),
        "bar": "<= 5",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runners", type=int, default=200)
    parser.add_argument("--weeks", type=int, nargs="+", default=[52, 104])
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begun = time.perf_counter()
    with ProcessPoolExecutor(options.processes) as pool:
        table = pd.DataFrame(
            [rows(pool, weeks, options.runners, options.seed) for weeks in options.weeks]
        )
    print(table.to_string(index=False))
    print(f"{time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
