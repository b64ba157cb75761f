"""Tries of what other benchmarks measure in full, over a share of their runners.

Those benchmarks have a table for every kind of runner and take hours. Here each seed is a runner of
one kind, all kinds in turn, so that a rate is the mean over kinds. As in `benchmarks.told_measures`
each function returns for each line of the table whether what was told was right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import product
from typing import TypeVar

import numpy as np
import pandas as pd

from benchmarks import (
    before_after,
    calibration,
    change_points,
    checks,
    experiments,
    null_runners,
    trend_calibration,
)
from benchmarks import races as race_times
from benchmarks.simulated import MOVED
from benchmarks.told_measures import SEED, Lines, real_segments
from runanalytics.findings.race_effect import race_effect
from runanalytics.measures.form import form
from runanalytics.simulate.races import simulate_races

Kind = TypeVar("Kind")

#: Weeks of the logs of those benchmarks.
ALL_WEEKS, LONGER_WEEKS = (26, 52, 104), (52, 104)
#: Kinds of which another row of the table tells, since they are right less often.
WALKS = ("nothing, slow walk", "nothing, fast walk")
LASTING = ("step 6 %, rho 0.95", "step 6 %, slow walk")
SMALL = ("step -3 %", "step 3 %, rho 0")
WIDE = "scatter 10 %"
#: Scatter of races, %.
SCATTERS_PCT = (4, 6, 8, 10, 12)
#: Cells of experiments in which nothing is there.
NO_EFFECT = tuple(name for name in experiments.CELLS if name.startswith("nothing"))
TWO_PERCENT = ("-2 %, 12 x 4, 0 or 3", "-2 %, 12 x 2, 0 or 3")


def _in_turn(seed: int, kinds: Sequence[Kind]) -> Kind:
    return kinds[seed % len(kinds)]


def all_effects(seed: int) -> Lines:
    """Estimate no effect and one of −2 %, of every kind of runner and length of log."""
    cells = list(product(calibration.CELLS, ALL_WEEKS))
    name, weeks = _in_turn(seed, cells)
    found = calibration.one_runner((seed, False), weeks=weeks, kwargs=calibration.CELLS[name])
    lines = ("simulated, all 30 kinds in turn, no effect", "simulated, all 30 kinds in turn, −2 %")
    if found is None:
        return dict.fromkeys(lines, np.nan)
    held = np.abs(found[:, 0, 1] - 0.5) <= 0.475
    return dict(zip(lines, held.astype(float).tolist(), strict=True))


def at_once(seed: int) -> Lines:
    """Try four metrics and three doses of a runner for whom none does anything."""
    weeks = _in_turn(seed, LONGER_WEEKS)
    *_, n_clear = null_runners.analyse(seed, weeks)
    return {
        "simulated, four metrics × three doses that do nothing, 52 and 104 weeks in turn: any "
        "association": float(n_clear > 0)
    }


def all_trends(seed: int) -> Lines:
    """Tell change, level now, a year ago and the next four weeks, of every kind of runner."""
    name, weeks = _in_turn(seed, list(product(trend_calibration.CELLS, ALL_WEEKS)))
    change, today, year, following, *_ = trend_calibration.one_runner(seed, name, weeks)
    every = "simulated, twelve kinds of runner in turn, 26 to 104 weeks"
    return {
        f"change: {every}": change,
        f"now: {every}": today,
        f"a year ago: {every}": year,
        f"the next four weeks: {every}": following,
    }


def lasting(seed: int) -> Lines:
    """Tell the change of two years of a runner whose form comes back slowly."""
    change, *_ = trend_calibration.one_runner(seed, "no drift, rho 0.95", 104)
    return {"change: simulated, ρ = 0.95, 104 weeks": change}


def all_dates(seed: int) -> Lines:
    """Compare before and after a date, of every kind of runner whose form does not walk."""
    kinds = [name for name in MOVED if name not in WALKS]
    kind, weeks = _in_turn(seed, list(product(kinds, LONGER_WEEKS)))
    _, later, at_date, *_ = before_after.one_runner(seed, kind, weeks)
    of_walks = before_after.one_runner(seed, *_in_turn(seed, list(product(WALKS, LONGER_WEEKS))))
    return {
        "weeks later: simulated, ten kinds in turn, 52 and 104 weeks": float(later),
        "at the date: simulated, ten kinds in turn, 52 and 104 weeks": float(at_date),
        "weeks later: simulated walks, slow and fast in turn, 52 and 104 weeks": float(of_walks[1]),
    }


def all_steps(seed: int) -> Lines:
    """Find steps, of every kind of runner that steps, and none in those that do nothing."""
    steps = [
        name
        for name, (_, step, _) in change_points.KINDS.items()
        if abs(step) > 3 and name not in LASTING
    ]
    still = [name for name in MOVED if name.startswith("nothing") and name not in WALKS]
    lines = {}
    for what, kinds in (
        ("simulated steps of 5 and 6 %, kinds in turn, 52 and 104 weeks", steps),
        ("simulated steps of 6 %, ρ = 0.95 and slow walk in turn, 52 and 104 weeks", LASTING),
        ("simulated steps of 3 %, two kinds in turn, 52 and 104 weeks", SMALL),
    ):
        kind, weeks = _in_turn(seed, list(product(kinds, LONGER_WEEKS)))
        _, _, size, dates, *_ = change_points.one_runner(seed, kind, weeks)
        lines |= {f"size: {what}": float(size), f"dates: {what}": float(dates)}
    kind, weeks = _in_turn(seed, list(product(still, LONGER_WEEKS)))
    told, *_ = change_points.one_runner(seed, kind, weeks)
    return lines | {
        "a change is told: simulated, nothing, kinds in turn, 52 and 104 weeks": float(told)
    }


def real_steps(seed: int) -> Lines:
    """Put steps at each day of a real runner that can have one; a seed is the number of a day."""
    of_runner = _real_cadence()
    if of_runner is None or seed - SEED >= len(of_runner[1]):
        return {}
    form_, days = of_runner
    lines = {}
    for step in (-6.0, 6.0):
        _, _, size, dates, _, ratio = change_points.judged_at(form_, days[seed - SEED], step)
        where = (
            f"{step:+g} % at each of the {len(days)} days that another real runner's cadence has"
        )
        where = where.replace("-", "−")
        lines |= {
            f"size: {where}": float(size),
            f"dates: {where}": float(dates),
            f"size in percent of the true one: {where}": float(ratio),
        }
    return lines


@cache
def _real_cadence() -> tuple[pd.DataFrame, list[pd.Timestamp]] | None:
    segments = real_segments()
    if not len(segments):
        return None
    outdoors = segments[~segments["device"].str.contains("treadmill")]
    form_ = form(outdoors, "cadence")
    return form_, [pd.Timestamp(day) for day in change_points.middle_days(form_)]


def any_check(seed: int) -> Lines:
    """Check an effect that is none: how often any of its checks fails."""
    return {
        f"simulated, no effect, {weeks} weeks: any check fails": float(
            "any check" in checks.failures(seed, "no effect", weeks)
        )
        for weeks in LONGER_WEEKS
    }


def all_races(seed: int) -> Lines:
    """Tell what races say, of all kinds of racer and of those who scatter by a tenth."""
    kinds = [name for name in race_times.CELLS if name != WIDE]
    lines = {}
    for what, name in (
        ("17 kinds of racer in turn", _in_turn(seed, kinds)),
        ("scatter 10 %", WIDE),
    ):
        found = race_times.simulated(seed, name)
        lines |= {
            f"effect of a dose that does nothing, called an association: {what}": float(
                found["association"]
            ),
            f"effect of −3 %: {what}": float(found["covers"]),
            f"change: {what}": float(found["change covered"]),
            f"next race: {what}": float(not (found["fast"] or found["slow"])),
        }
    return lines


def scattered(seed: int) -> Lines:
    """Estimate what a dose does that does nothing, of racers who scatter by more and more."""
    lines = {}
    for percent in SCATTERS_PCT:
        drawn = simulate_races(seed, scatter_pct=percent)
        found = race_effect(drawn.races, drawn.dose, what="strength")
        lines[f"races that scatter by {percent} %, a dose that does nothing: an association"] = (
            float(found.percent_low > 0 or found.percent_high < 0)
        )
    return lines


def all_experiments(seed: int) -> Lines:
    """Analyse an experiment of every kind in which nothing is there, and one of −2 %."""
    false, _ = experiments.tested_runner(seed, _in_turn(seed, NO_EFFECT))
    _, held = experiments.tested_runner(seed, _in_turn(seed, TWO_PERCENT))
    return {
        "simulated, nothing there, seven kinds in turn": false,
        "simulated, −2 %, 12 blocks of 4 and of 2 weeks in turn": held,
    }


#: What `told --measure` runs beside `told_measures.MEASURES`, by name.
KINDS: Mapping[str, Callable[[int], Lines]] = {
    measure.__name__: measure
    for measure in (
        *(all_effects, at_once, all_trends, lasting, all_dates, all_steps),
        *(real_steps, any_check, all_races, scattered, all_experiments),
    )
}
