"""What designed experiments find, and how often they find what is not there.

    python -m benchmarks.experiments --runners 1000
    python -m benchmarks.experiments --runners 100 --only test --seed 90000000

With `--only` less is worked out, in a tenth of the time.

Every runner is simulated: a year of training in phases, then a schedule drawn by lot. The table
shows how often the randomisation test finds an effect and, where something is there, how often its
interval holds the truth, and that of the regression on the schedule, how wide the interval is
(median, %), the mean error of the estimate (percentage points), how often `effect` finds as much in
as many weeks without a design, and the chance that planning would have promised.
"""

from __future__ import annotations

import argparse
import datetime
import time
from typing import Any

import numpy as np

from runanalytics.experiments.analysis import analyse, prepared, weeks_of
from runanalytics.experiments.interval import p_of_change
from runanalytics.experiments.plan import EXPOSURE, TAUS_WEEKS, Admissible, Plan
from runanalytics.experiments.power import Past, power
from runanalytics.experiments.statistic import p_of
from runanalytics.findings.effect import effect
from runanalytics.findings.engine.dose_log import daily_log
from runanalytics.findings.engine.weeks import day_of
from runanalytics.simulate import SimulatedForm, simulate_form
from runanalytics.simulate.experiment import simulate_experiment

#: Cells: blocks, weeks of a block, high a week, effect for two a week (%), what else is unusual.
CELLS: dict[str, tuple[int, int, int, float, dict[str, Any]]] = {
    "nothing, 12 x 4": (12, 4, 3, 0.0, {}),
    "nothing, 12 x 2": (12, 2, 3, 0.0, {}),
    "nothing, rho 0.95": (12, 4, 3, 0.0, {"rho": 0.95}),
    "nothing, walk": (12, 4, 3, 0.0, {"process": "random_walk"}),
    "nothing, feedback": (12, 4, 3, 0.0, {"feedback": 0.7}),
    "nothing, 70 % followed": (12, 4, 3, 0.0, {"adherence": 0.7}),
    "nothing, missing weeks": (12, 4, 3, 0.0, {"missing_weeks": 0.25}),
    "-2 %, 12 x 4, 0 or 3": (12, 4, 3, -2.0, {}),
    "-2 %, 12 x 2, 0 or 3": (12, 2, 3, -2.0, {}),
    "-2 %, 8 x 6, 0 or 3": (8, 6, 3, -2.0, {}),
    "-2 %, 12 x 4, 0 or 2": (12, 4, 2, -2.0, {}),
    "-2 %, 12 x 4, time constant 1.5": (12, 4, 3, -2.0, {"tau_weeks": 1.5}),
    "-2 %, 12 x 4, time constant 10": (12, 4, 3, -2.0, {"tau_weeks": 10.0}),
    "+2 % where −2 is expected, 12 x 4": (12, 4, 3, 2.0, {"expected": -2.0}),
    "+2 % where −2 is expected, 12 x 2": (12, 2, 3, 2.0, {"expected": -2.0}),
    "-4 %, 12 x 4, 0 or 3": (12, 4, 3, -4.0, {}),
    "-4 %, 12 x 4, time constant 1.5": (12, 4, 3, -4.0, {"tau_weeks": 1.5}),
    "-4 %, 12 x 4, time constant 10": (12, 4, 3, -4.0, {"tau_weeks": 10.0}),
    "-2 %, 12 x 4, 70 % followed": (12, 4, 3, -2.0, {"adherence": 0.7}),
}
#: What is promised and found of other sizes and lengths, where −2 % is expected.
CELLS |= {
    f"{percent} %, {n_blocks} x {weeks}, −2 expected": (
        *(n_blocks, weeks, 3, float(percent)),
        {"expected": -2.0},
    )
    for n_blocks, weeks, sizes in (
        (12, 4, (1, 2)),
        (12, 2, (1, 2, 3)),
        (6, 4, (1, 2, 3, 4)),
        (12, 3, (1, 2, 3)),
    )
    for percent in (-size for size in sizes)
}
FIRST, WEEKS_BEFORE = datetime.date(2024, 1, 1), 52
#: Experiments simulated for what planning would have promised each runner; other ones for each, so
#: that their mean rests on all.
PROMISED = 100


def plan_of(seed: int, n_blocks: int, block_weeks: int, high: int, percent: float) -> Plan:
    """Return a plan whose schedule is drawn with a seed."""
    longest = max(3, 12 // block_weeks)
    labels = tuple(Admissible(n_blocks, longest).draw(1, seed)[0].tolist())
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
        longest=longest,
        pairs=False,
        fixed={},
        statistic=EXPOSURE,
        level=0.95,
        seed=seed,
        expected_percent=percent or -2.0,
        time_constants=TAUS_WEEKS,
        either_sign=False,
    ).digested()


def tested_runner(seed: int, cell: str) -> tuple[float, float]:
    """Return whether the test finds an effect in one runner, and whether the interval holds it.

    The interval holds a change exactly where the test does not reject it: its ends are not needed.
    """
    plan, drawn = _lived(seed, cell)
    ready = prepared(plan, weeks_of(plan, drawn.form, plan.last_date), daily_log(drawn.dose))
    trial, labels, form = ready.trial, np.array(plan.labels), ready.trial.column(0)
    found = float(p_of(trial.judged(form), labels, ready.compared)[1] <= plan.alpha)
    true = float(np.log1p(CELLS[cell][3] / 100)) / 2
    if not true:
        return found, 1 - found
    assigned = [trial.assigned(labels, tau) for tau in range(trial.n_taus)]
    kept = p_of_change(trial, labels, ready.compared, form, assigned, true) > plan.alpha
    return found, float(kept)


def promised_to_runner(seed: int, cell: str) -> tuple[float, float]:
    """Return whether the test finds an effect, and the chance that planning would have told."""
    plan, drawn = _lived(seed, cell)
    ready = prepared(plan, weeks_of(plan, drawn.form, plan.last_date), daily_log(drawn.dose))
    judged = ready.trial.judged(ready.trial.column(0))
    found = float(p_of(judged, np.array(plan.labels), ready.compared)[1] <= plan.alpha)
    return found, _promised(seed, plan, drawn, CELLS[cell][3])


#: Columns that can be worked out without all else that an analysis tells.
ALONE = {
    "test": (tested_runner, "found | interval"),
    "promised": (promised_to_runner, "found | promised"),
}


def one_runner(seed: int, cell: str) -> tuple[float, ...]:
    """Return what the table shows of one runner."""
    n_blocks, block_weeks, high, percent, unusual = CELLS[cell]
    plan, drawn = _lived(seed, cell)
    found = analyse(plan, drawn.form, drawn.dose, today="2030-01-01")
    true = 100 * np.expm1(np.log1p(percent / 100) / 2 * high)
    _, low, high_done = found.as_done
    engine = found.engine
    options = {key: each for key, each in unusual.items() if key not in ("adherence", "expected")}
    other = simulate_form(
        seed, weeks=n_blocks * block_weeks, effect_pct=percent, **{"tau_weeks": 4.0} | options
    )
    shown = effect(other.form, other.dose)
    return (
        float(found.p_value <= plan.alpha),
        float(found.percent_low <= true <= found.percent_high),
        float(low <= true <= high_done),
        np.nan if engine is None else float(engine.low_percent <= true <= engine.high_percent),
        found.percent_high - found.percent_low,
        found.percent - true,
        float(shown.percent_high < 0 or shown.percent_low > 0),
        _promised(seed, plan, drawn, percent),
    )


def _lived(seed: int, cell: str) -> tuple[Plan, SimulatedForm]:
    n_blocks, block_weeks, high, percent, unusual = CELLS[cell]
    unusual = dict(unusual)
    plan = plan_of(seed, n_blocks, block_weeks, high, unusual.pop("expected", percent))
    return plan, simulate_experiment(
        seed,
        plan.labels,
        block_weeks=block_weeks,
        weeks_before=WEEKS_BEFORE,
        high=high,
        effect_pct=percent,
        **unusual,
    )


def _promised(seed: int, plan: Plan, drawn: SimulatedForm, percent: float) -> float:
    """Return the chance that planning would have told, from what was known then."""
    before = np.datetime64(plan.first_date)
    log = daily_log(drawn.dose[drawn.dose["local_date"] < before])
    past = Past.of(drawn.form, day_of(plan.first_date), log)
    return power(plan, past, [percent], 2.0, n=PROMISED, seed=seed).found[0]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runners", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--cells", nargs="*", default=list(CELLS))
    parser.add_argument("--only", choices=ALONE, help="these columns alone")
    arguments = parser.parse_args()
    if arguments.only is not None:
        told, columns = ALONE[arguments.only]
        print(f"| simulated runners | n | {columns} | seeds from |")
        print("|---" * (columns.count("|") + 4) + "|")
        for cell in arguments.cells:
            seeds = range(arguments.seed, arguments.seed + arguments.runners)
            rates = 100 * np.mean([told(each, cell) for each in seeds], axis=0)
            cells = " | ".join(f"{rate:.1f} %" for rate in rates)
            print(f"| {cell} | {len(seeds)} | {cells} | {seeds[0]} |", flush=True)
        return
    columns = "found | interval | as done | regression | width | bias | undesigned | promised"
    print(f"| simulated runners | n | {columns} | s |\n|{'---|' * 11}")
    for place, cell in enumerate(arguments.cells):
        began = time.perf_counter()
        first = arguments.seed + 100_000 * place
        seeds = range(first, first + arguments.runners)
        if CELLS[cell][3]:
            rows = np.array([one_runner(each, cell) for each in seeds])
            rates = [f"{100 * np.nanmean(rows[:, at]):.1f} %" for at in (0, 1, 2, 3, 6, 7)]
            middles = [f"{np.nanmedian(rows[:, 4]):.1f}", f"{np.nanmean(rows[:, 5]):+.1f}"]
            cells = [*rates[:4], *middles, *rates[4:]]
        else:
            found, kept = 100 * np.mean([tested_runner(each, cell) for each in seeds], axis=0)
            cells = [f"{found:.1f} %", f"{kept:.1f} %", *[""] * 6]
        seconds = f"{time.perf_counter() - began:.0f}"
        print(f"| {' | '.join([cell, str(len(seeds)), *cells, seconds])} |", flush=True)


if __name__ == "__main__":
    main()
