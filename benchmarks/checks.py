"""How often each check of an effect fails: for true effects, and for what it is meant to catch.

    python -m benchmarks.checks --runners 200 --weeks 52 104

Some runners have no effect, or one of -2 %. The others have no effect of strength but something
that can look like one: a hidden step of 5 % with a new watch on the first day of a phase;
sessions that follow form (more of them in the weeks after contact time was long); a control dose
done in the same weeks as something that does change form.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.simulated import percent, print_rates
from runanalytics.findings.checks import Checks, checks
from runanalytics.findings.engine.dose_log import daily_log, dose_phases
from runanalytics.simulate import SimulatedForm, simulate_form

STEP_PERCENT = 5.0
FOLLOWED_WEEKS = 3


def hidden_watch(drawn: SimulatedForm) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return form with the step of a new watch on the first day of the middle phase."""
    form = drawn.form
    begins = [each.first_date for each in dose_phases(daily_log(drawn.dose))]
    middle = form["local_date"].iloc[len(form) // 2]
    at = min(map(pd.Timestamp, begins), key=lambda day: abs(day - middle), default=middle)
    later = form["local_date"] >= at
    return form.assign(value=form["value"] * (1 - STEP_PERCENT / 100 * later)), drawn.dose


def dose_after_form(drawn: SimulatedForm, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return sessions without effect in the weeks after contact time was long."""
    rng = np.random.default_rng([seed, 2])
    process = drawn.truth.process_pct
    before = np.concatenate([np.full(FOLLOWED_WEEKS, process[0]), process])[: len(process)]
    weekly = np.where(before > np.median(process), rng.integers(2, 4, len(process)), 0)
    days = rng.random((len(weekly), 7)).argsort(axis=1).argsort(axis=1) < weekly[:, None]
    return drawn.form, drawn.dose.assign(amount=days.ravel().astype(float))


def checked(seed: int, kind: str, weeks: int) -> Checks:
    """Return the checks of the effect for a runner of a kind."""
    if kind == "effect of -2 %":
        drawn = simulate_form(seed, weeks=weeks, effect_pct=-2.0)
    elif kind == "sessions follow form":
        drawn = simulate_form(seed, weeks=weeks, ar_sd_pct=2.0, rho=0.9)
    else:
        drawn = simulate_form(seed, weeks=weeks)
    form, dose = drawn.form, drawn.dose
    control = simulate_form(seed + 1_000_000, weeks=weeks).dose
    if kind == "hidden watch":
        form, dose = hidden_watch(drawn)
    elif kind == "sessions follow form":
        form, dose = dose_after_form(drawn, seed)
    elif kind == "control moves with form":
        moved = simulate_form(seed, weeks=weeks, effect_pct=-4.0)
        form, control = moved.form, moved.dose
        dose = simulate_form(seed + 2_000_000, weeks=weeks).dose
    return checks(form, dose, controls={"upper body": control})


KINDS = (
    "no effect",
    "effect of -2 %",
    "hidden watch",
    "sessions follow form",
    "control moves with form",
)


def failures(seed: int, kind: str, weeks: int) -> list[str]:
    """Return names of checks that failed, and 'effect' where it was called an association."""
    found = checked(seed, kind, weeks)
    failed = [each.name.split(":")[0] for each in found.checks if each.outcome == "fails"]
    clear = ["effect"] if found.effect.verdict == "association" else []
    return [*failed, *clear, *(["any check"] if failed else [])]


def row(results: list[list[str]]) -> dict[str, object]:
    """Return the columns of one row."""
    names = ("effect", "future dose", "control dose", "placebo dates", "leave one phase out")
    return {
        f"{name} %": percent([name in each for each in results]) for name in (*names, "any check")
    }


if __name__ == "__main__":
    print_rates(__doc__, KINDS, failures, row, runners=200)
