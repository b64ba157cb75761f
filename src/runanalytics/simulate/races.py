"""Races and dose of a runner with a known truth, drawn within a millisecond.

What is assumed:

1. Log race time is Riegel's over the distance, plus a line through the years, form that comes and
   goes (a weekly AR(1) process), the effect of exposure, what kind of course it was, what the
   running of the weeks before did, and the noise of a single race.
2. Some races are jogged: they take 3 to 40 % longer. The noise of the others is Student's t.
3. Strength comes in phases, evenly, or grows over the years. Running may grow with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from runanalytics.arrays import Booleans, Floats
from runanalytics.errors import UsageError
from runanalytics.exposure import exposure
from runanalytics.simulate.weeks import drawn_days, phases, weekly_process

#: How strength is done over the years: sessions a week come in phases, stay the same or grow.
DOSES = ("phases", "even", "growing")
#: Sessions a week in a phase, evenly, and at the beginning and end where they grow.
SESSIONS, GROWN = 2, (1.0, 3.0)
#: Distances raced, m, and how often each.
DISTANCES_M = (5_000.0, 10_000.0, 21_097.5)
SHARES = (0.5, 0.3, 0.2)
#: Time over 10 km, s, and exponent of time on distance (Riegel 1981).
USUAL_S, EXPONENT = 2_700.0, 1.06
#: Shortest and longest share by which a jogged race takes longer, and degrees of freedom of the
#: noise of others.
JOGGED, NOISE_DF = (0.03, 0.40), 5.0
#: Running, m a day, and its logarithm's rise in phases of training.
RUN_M, MORE_RUNNING = 6_000.0, float(np.log(5 / 3))
#: Memory of what running does, weeks.
LOAD_WEEKS = 6.0
#: How much slower trails are, %, mean and standard deviation from one to the next.
TRAIL_PCT = (12.0, 5.0)


@dataclass(frozen=True)
class SimulatedRaces:
    """Races of a simulated runner, with the dose and all runs.

    Parameters
    ----------
    races : DataFrame
        Table "races".
    dose : DataFrame
        Table "dose", strength sessions on each day.
    runs : DataFrame
        local_date and distance_m of every day's running.
    level : ndarray, shape (n_races,)
        True log time of each race, without course and noise.
    jogged : ndarray of bool, shape (n_races,)
        Whether it was not raced.
    """

    races: pd.DataFrame
    dose: pd.DataFrame
    runs: pd.DataFrame
    level: Floats
    jogged: Booleans


def simulate_races(
    seed: int,
    *,
    n_races: int = 30,
    weeks: int = 156,
    scatter_pct: float = 2.0,
    not_raced: float = 0.1,
    form_sd_pct: float = 2.0,
    rho: float = 0.96,
    line_pct: float = 0.0,
    effect_pct: float = 0.0,
    tau_weeks: float = 3.0,
    dose: str = "phases",
    load_pct: float = 0.0,
    from_trails: bool = False,
) -> SimulatedRaces:
    """Draw a runner's races.

    Parameters
    ----------
    seed : int
        The same seed draws the same runner.
    n_races, weeks : int
        Races, and weeks from the first day of the log to the last.
    scatter_pct : float
        Standard deviation of a single raced race, %.
    not_raced : float
        Share of races that were jogged.
    form_sd_pct, rho : float
        Form: standard deviation (%) and correlation from week to week.
    line_pct : float
        Change of race time a year, %.
    effect_pct, tau_weeks : float
        Change of race time that two sessions a week, held for long, cause (%), and its time
        constant (weeks).
    dose : {"phases", "even", "growing"}
        How strength is done.
    load_pct : float
        By how much less time two thirds more running takes, %; running then rises in phases of
        strength.
    from_trails : bool
        Whether the first races are mostly on trails and the last mostly on roads.

    Returns
    -------
    SimulatedRaces

    Raises
    ------
    UsageError
        If there is no such dose.

    Examples
    --------
    >>> drawn = simulate_races(1, n_races=12)
    >>> len(drawn.races), drawn.races["title"].iloc[0]
    (12, 'Simulated race')
    """
    if dose not in DOSES:
        raise UsageError(f"no dose '{dose}'", hint=f"there are: {', '.join(DOSES)}")
    rng = np.random.default_rng(seed)
    in_phase = phases(rng, weeks)
    usual = {"phases": SESSIONS * in_phase, "even": np.full(weeks, SESSIONS)}
    grown = np.linspace(*GROWN, weeks) + rng.uniform(-0.5, 0.5, weeks)
    per_week = np.round(usual.get(dose, grown)).astype(np.int64)
    amount = drawn_days(rng, per_week).astype(np.float64)
    days = np.arange(7 * weeks)
    running = RUN_M * np.exp(
        (MORE_RUNNING * np.repeat(in_phase, 7) if load_pct else 0.0)
        + 0.4 * rng.standard_normal(len(days))
    )
    load = np.log(exposure(running, LOAD_WEEKS, 7 * RUN_M))
    form = np.repeat(weekly_process(rng, weeks, sd=form_sd_pct / 100, rho=rho), 7)
    level = (
        np.log(USUAL_S)
        + form
        + np.log1p(line_pct / 100) * days / 365.25
        + np.log1p(effect_pct / 100) / 2 * exposure(amount, tau_weeks)
        - np.log1p(load_pct / 100) / MORE_RUNNING * load
    )
    day = np.sort(rng.choice(np.arange(28, len(days)), n_races, replace=False))
    distance = rng.choice(DISTANCES_M, n_races, p=SHARES)
    noise = scatter_pct / 100 * rng.standard_t(NOISE_DF, n_races)
    noise /= np.sqrt(NOISE_DF / (NOISE_DF - 2))
    jogged = rng.random(n_races) < not_raced
    noise += jogged * np.log1p(rng.uniform(*JOGGED, n_races))
    on_trail = from_trails & (rng.random(n_races) < np.linspace(0.9, 0.1, n_races))
    slower = np.maximum(rng.normal(*TRAIL_PCT, n_races), 0.0) / 100
    log_time = level[day] + EXPONENT * np.log(distance / 10_000) + noise + on_trail * slower
    first = pd.Timestamp("2022-01-03")
    date = first + pd.to_timedelta(days, unit="D")
    races = pd.DataFrame(
        {
            "race_id": [f"simulated-race-{number}" for number in range(n_races)],
            "local_date": date[day],
            "title": "Simulated race",
            "course": np.where(on_trail, "trail", "road"),
            "distance_m": distance,
            "time_s": np.exp(log_time),
        }
    )
    return SimulatedRaces(
        races,
        pd.DataFrame({"local_date": date, "amount": amount}),
        pd.DataFrame({"local_date": date, "distance_m": running}),
        level[day],
        jogged,
    )
