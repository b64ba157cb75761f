"""How often effects err where something else comes and goes with the dose.

    python -m benchmarks.two_doses --runners 300

Rows with a share: strength and technique, of which either, both or neither change form; in so
many percent of the weeks strength is in the phase that technique is in, and else in one of its
own. "Same days": every session is of both. The other rows have strength that does nothing, and
something that does and goes along with it: 30 % less running in strength phases and form that
follows the load of four weeks; fast runs in three of four strength phases; a wave of the year,
with strength in its cold half. Each is estimated with the other dose held as it was, and alone.
In the rows of the bike, hours on it come in three of four strength phases; strength is estimated
with these hours known, and without.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.simulated import percent, print_rates
from runanalytics.exposure import exposure
from runanalytics.findings.effect import Effect, effect
from runanalytics.findings.finding import ASSOCIATION
from runanalytics.simulate import SimulatedForm, simulate_form
from runanalytics.simulate.weeks import drawn_days, phases

#: Weeks that strength stays in a phase of technique, or in one of its own.
BLOCK_WEEKS = 4
#: Weeks of training before the log.
BEFORE = 26
#: Change of log form with the log of four weeks' running, and with two fast runs a week.
LOAD_EFFECT, FAST_EFFECT = 0.04, -0.02
#: How much faster a fast run is, m/s, and how many a week.
FASTER_M_S, FAST_A_WEEK = 0.9, (1, 3)


@dataclass(frozen=True)
class Pair:
    """Two doses: how often they are in one phase, what each does, and how fast.

    Parameters
    ----------
    same : float or None
        Share of the blocks in which strength is in the phase of technique; None for the same days.
    strength, technique : float
        Change with two sessions a week held for long, %.
    strength_tau, technique_tau : float
        Time constants, weeks.
    """

    same: float | None
    strength: float
    technique: float
    strength_tau: float = 3.0
    technique_tau: float = 3.0


#: What each changes, %: strength, then technique.
WORKING = {
    "neither": (0.0, 0.0),
    "technique −4 %": (0.0, -4.0),
    "both −2 and −4 %": (-2.0, -4.0),
}
SAME = {"0 %": 0.0, "50 %": 0.5, "95 %": 0.95, "same days": None}
PAIRS = {
    f"{working}, {same}": Pair(share, *changes)
    for working, changes in WORKING.items()
    for same, share in SAME.items()
} | {
    "both −2 and −4 %, 50 %, 1.5 and 6 weeks": Pair(0.5, -2.0, -4.0, 1.5, 6.0),
    "technique −4 % in 10 weeks, 50 %": Pair(0.5, 0.0, -4.0, 3.0, 10.0),
}
OTHERS = ("follows load", "fast running", "wave 1 %", "wave 2 %")
#: What an hour a week more on the bike, over four weeks, and strength change, %.
BIKES = {"bike −0.5 %": (-0.5, 0.0), "bike 0 %, strength −2 %": (0.0, -2.0)}
KINDS = (*PAIRS, *OTHERS, *BIKES)


def dosed(drawn: SimulatedForm, amount: np.ndarray, what: str) -> pd.DataFrame:
    """Return a dose over the days of a runner's log."""
    dose = drawn.dose.assign(amount=amount.astype(np.float64))
    dose.attrs = {"what": what, "measure": "sessions"}
    return dose


def moved(drawn: SimulatedForm, log_change: np.ndarray) -> pd.DataFrame:
    """Return form with a change of its log added, one value a day."""
    form = drawn.form
    day = (form["local_date"] - drawn.dose["local_date"].iloc[0]).dt.days.to_numpy()
    return form.assign(value=form["value"] * np.exp(log_change[day]))


def held_for_long(amount: np.ndarray, change: float, tau_weeks: float) -> np.ndarray:
    """Return what a dose does to log form on each day of the log, training before it included."""
    return np.log1p(change / 100) / 2 * exposure(amount, tau_weeks)[7 * BEFORE :]


def two(
    seed: int, weeks: int, pair: Pair
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return a runner's form, strength, technique and runs."""
    rng = np.random.default_rng([seed, 3])
    drawn = simulate_form(seed, weeks=weeks)
    lived = BEFORE + weeks
    technique_on, own = phases(rng, lived), phases(rng, lived)
    technique = drawn_days(rng, rng.integers(1, 4, lived) * technique_on)
    if pair.same is None:
        strength = technique
    else:
        shared = np.repeat(rng.random(lived // BLOCK_WEEKS + 1) < pair.same, BLOCK_WEEKS)[:lived]
        on = np.where(shared, technique_on, own)
        strength = drawn_days(rng, rng.integers(1, 4, lived) * on)
    change = held_for_long(strength.astype(float), pair.strength, pair.strength_tau)
    change += held_for_long(technique.astype(float), pair.technique, pair.technique_tau)
    doses = [
        dosed(drawn, amount[7 * BEFORE :], what)
        for amount, what in ((strength, "strength"), (technique, "technique"))
    ]
    return moved(drawn, change), *doses, drawn.runs


def follows_load(seed: int, weeks: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return a runner who runs less in strength phases and whose form follows four weeks' load."""
    drawn = simulate_form(seed, weeks=weeks)
    rng = np.random.default_rng([seed, 4])
    first = drawn.dose["local_date"].iloc[0]
    day = (drawn.runs["local_date"] - first).dt.days.to_numpy()
    less = np.where(drawn.truth.in_phase[day // 7], 0.7, 1.0)
    distance = 9_000 * less * np.exp(0.3 * rng.standard_normal(len(day)))
    daily = np.bincount(day, distance, 7 * weeks)
    begin = daily[:28].mean()
    load = np.convolve(np.concatenate([np.full(28, begin), daily]), np.full(28, 1 / 28))
    change = LOAD_EFFECT * np.log(load[27 : 27 + 7 * weeks] / daily.mean())
    return moved(drawn, change), drawn.dose, drawn.runs.assign(distance_m=distance)


def fast_running(seed: int, weeks: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return a runner who runs fast in most strength phases, which is what changes form."""
    drawn = simulate_form(seed, weeks=weeks)
    rng = np.random.default_rng([seed, 5])
    shared = np.repeat(rng.random(weeks // BLOCK_WEEKS + 1) < 0.75, BLOCK_WEEKS)[:weeks]
    on = np.where(shared, drawn.truth.in_phase, phases(rng, weeks))
    first = drawn.dose["local_date"].iloc[0]
    day = (drawn.runs["local_date"] - first).dt.days.to_numpy()
    wanted = rng.integers(*FAST_A_WEEK, weeks) * on
    order = rng.random(len(day))
    rank = pd.Series(order).groupby(day // 7).rank().to_numpy()
    fast = rank <= wanted[day // 7]
    per_fast = np.log1p(FAST_EFFECT) / 2
    daily = np.bincount(day, fast, 7 * weeks)
    form = moved(drawn, per_fast * exposure(daily, 3.0, 7 * daily[:28].mean()))
    faster = FASTER_M_S * fast
    runs = drawn.runs.assign(speed_m_s=drawn.runs["speed_m_s"] + faster)
    return form.assign(mean_speed_m_s=form["mean_speed_m_s"] + faster), drawn.dose, runs


def on_the_bike(
    seed: int, weeks: int, bike: float, strength: float
) -> tuple[SimulatedForm, pd.DataFrame, pd.DataFrame]:
    """Return a runner, form that follows four weeks' hours on the bike, and hours a day.

    Rides, of an hour and a half, come in three of four strength phases, and seldom else.
    """
    drawn = simulate_form(seed, weeks=weeks, effect_pct=strength)
    rng = np.random.default_rng([seed, 6])
    shared = np.repeat(rng.random(weeks // BLOCK_WEEKS + 1) < 0.75, BLOCK_WEEKS)[:weeks]
    on = np.where(shared, drawn.truth.in_phase, phases(rng, weeks))
    rides = drawn_days(rng, np.where(on, rng.integers(1, 4, weeks), rng.integers(0, 2, weeks)))
    hours = rides * 1.5 * np.exp(0.3 * rng.standard_normal(len(rides)))
    past = np.convolve(np.concatenate([np.full(28, hours[:28].mean()), hours]), np.full(28, 1 / 4))
    change = np.log1p(bike / 100) * past[27 : 27 + len(hours)]
    return drawn, moved(drawn, change), dosed(drawn, hours, "other_sports")


def analysed(seed: int, kind: str, weeks: int) -> dict[str, float]:
    """Return what is found for one runner."""
    if kind in PAIRS:
        pair = PAIRS[kind]
        form, strength, technique, runs = two(seed, weeks, pair)
        both = effect(form, strength, contrast=2.0, runs=runs, beside=[technique])
        other = effect(form, technique, contrast=2.0, runs=runs, beside=[strength])
        together = both.together
        return {
            "strength": _clear(both),
            "strength alone": float(both.alone.clear) if both.alone else np.nan,
            "technique": _clear(other),
            "strength covered": _covers(both, pair.strength),
            "technique covered": _covers(other, pair.technique),
            "not apart": float("told apart" in both.reason),
            "together": float(together.clear) if together else np.nan,
        }
    if kind in BIKES:
        drawn, form, hours = on_the_bike(seed, weeks, *BIKES[kind])
        told, not_told = (
            effect(form, drawn.dose, contrast=2.0, runs=drawn.runs, sports=sports)
            for sports in (hours, None)
        )
        names = ("strength", "strength, hours not known")
        return {name: _clear(each) for name, each in zip(names, (told, not_told), strict=True)}
    if kind.startswith("wave"):
        drawn = simulate_form(
            seed, weeks=weeks, pattern="winter", season_pct=float(kind.split()[1])
        )
        form, strength, runs = drawn.form, drawn.dose, drawn.runs
    else:
        form, strength, runs = {"follows load": follows_load, "fast running": fast_running}[kind](
            seed, weeks
        )
    return {"strength": _clear(effect(form, strength, contrast=2.0, runs=runs))}


def _clear(found: Effect) -> float:
    return float(found.verdict == ASSOCIATION)


def _covers(found: Effect, truth: float) -> float:
    if not np.isfinite(found.percent):
        return float("nan")
    return float(found.percent_low <= truth <= found.percent_high)


def row(results: list[dict[str, float]]) -> dict[str, object]:
    """Return the columns of one row."""
    names = [*dict.fromkeys(name for each in results for name in each)]
    return {f"{name} %": percent([each.get(name, np.nan) for each in results]) for name in names}


if __name__ == "__main__":
    print_rates(__doc__, KINDS, analysed, row, runners=300)
