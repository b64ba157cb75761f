"""What designed experiments find, and how often they find what is not there.

    python -m benchmarks.experiments --runners 1000

Every runner is simulated: a year of training in phases, then a schedule drawn by lot. The table
shows how often the randomisation test finds an effect, how often its interval holds the truth,
how often the regression on the schedule does, how wide the interval is (median, %), and, where
something is there, how often `effect` finds as much in as many weeks without a design.
"""

from __future__ import annotations

import argparse
import datetime
import time
from typing import Any

import numpy as np

from runanalytics.experiments.analysis import analyse
from runanalytics.experiments.plan import EXPOSURE, Admissible, Plan
from runanalytics.findings.effect import effect
from runanalytics.simulate import simulate_form
from runanalytics.simulate.experiment import simulate_experiment

#: Cells: blocks, weeks of a block, high a week, effect for two a week (%), what else is unusual.
CELLS: dict[str, tuple[int, int, int, float, dict[str, Any]]] = {
    "nothing, 12 x 4": (12, 4, 3, 0.0, {}),
    "nothing, 12 x 2": (12, 2, 3, 0.0, {}),
    "nothing, rho 0.95": (12, 4, 3, 0.0, {"rho": 0.95}),
    "nothing, walk": (12, 4, 3, 0.0, {"process": "random_walk"}),
    "nothing, feedback": (12, 4, 3, 0.0, {"feedback": 0.7}),
    "nothing, 70 % followed": (12, 4, 3, 0.0, {"adherence": 0.7}),
    "-2 %, 12 x 4, 0 or 3": (12, 4, 3, -2.0, {}),
    "-2 %, 12 x 2, 0 or 3": (12, 2, 3, -2.0, {}),
    "-2 %, 8 x 6, 0 or 3": (8, 6, 3, -2.0, {}),
    "-2 %, 12 x 4, 0 or 2": (12, 4, 2, -2.0, {}),
    "-2 %, 12 x 4, time constant 1.5": (12, 4, 3, -2.0, {"tau_weeks": 1.5}),
    "-2 %, 12 x 4, time constant 10": (12, 4, 3, -2.0, {"tau_weeks": 10.0}),
    "-2 %, 12 x 4, 70 % followed": (12, 4, 3, -2.0, {"adherence": 0.7}),
}
FIRST, WEEKS_BEFORE = datetime.date(2024, 1, 1), 52


def plan_of(seed: int, n_blocks: int, block_weeks: int, high: int, percent: float) -> Plan:
    """Return a plan whose schedule is drawn with a seed."""
    labels = tuple(Admissible(n_blocks, 3).draw(1, seed)[0].tolist())
    return Plan(
        name="simulated",
        hypothesis="simulated",
        metric="ground_contact_ms",
        speed_m_s=3.0,
        what="strength",
        measure="sessions",
        low=0.0,
        high=float(high),
        first_date=FIRST + datetime.timedelta(weeks=WEEKS_BEFORE),
        block_weeks=block_weeks,
        labels=labels,
        longest=3,
        pairs=False,
        fixed={},
        statistic=EXPOSURE,
        level=0.95,
        seed=seed,
        expected_percent=percent or -2.0,
        time_constants=(1.5, 3.0, 6.0, 10.0),
    ).digested()


def one_runner(seed: int, cell: str) -> tuple[float, ...]:
    """Return p-value and what else the table shows of one runner."""
    n_blocks, block_weeks, high, percent, unusual = CELLS[cell]
    plan = plan_of(seed, n_blocks, block_weeks, high, percent)
    drawn = simulate_experiment(
        seed,
        plan.labels,
        block_weeks=block_weeks,
        weeks_before=WEEKS_BEFORE,
        high=high,
        effect_pct=percent,
        **unusual,
    )
    found = analyse(plan, drawn.form, drawn.dose, today="2030-01-01")
    true = 100 * np.expm1(np.log1p(percent / 100) / 2 * high)
    _, low, high_done = found.as_done
    engine = found.engine
    undesigned = np.nan
    if percent:
        options = {key: each for key, each in unusual.items() if key != "adherence"}
        other = simulate_form(
            seed, weeks=n_blocks * block_weeks, effect_pct=percent, **{"tau_weeks": 4.0} | options
        )
        shown = effect(other.form, other.dose)
        undesigned = float(shown.percent_high < 0 or shown.percent_low > 0)
    return (
        float(found.p_value <= 0.05 + 1e-9),
        float(found.percent_low <= true <= found.percent_high),
        float(low <= true <= high_done),
        np.nan if engine is None else float(engine.low_percent <= true <= engine.high_percent),
        found.percent_high - found.percent_low,
        undesigned,
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runners", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--cells", nargs="*", default=list(CELLS))
    arguments = parser.parse_args()
    print(
        "| simulated runners | found | interval | as done | regression | width | undesigned | s |\n"
        "|---|---|---|---|---|---|---|---|"
    )
    for place, cell in enumerate(arguments.cells):
        began = time.perf_counter()
        first = arguments.seed + 100_000 * place
        rows = np.array([one_runner(first + each, cell) for each in range(arguments.runners)])
        rates = [f"{100 * np.nanmean(rows[:, at]):.1f} %" for at in range(4)]
        undesigned = "" if np.isnan(rows[:, 5]).all() else f"{100 * np.nanmean(rows[:, 5]):.1f} %"
        width = f"{np.nanmedian(rows[:, 4]):.1f}"
        seconds = f"{time.perf_counter() - began:.0f}"
        print(f"| {' | '.join([cell, *rates, width, undesigned, seconds])} |", flush=True)


if __name__ == "__main__":
    main()
