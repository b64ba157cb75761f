"""What a simulated runner runs on each day: easy, workouts, long, on a treadmill, races."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from runanalytics.arrays import Booleans
from runanalytics.simulate.streams import WALK_SPEED_M_S, Stretch

RunKind = Literal["easy", "workout", "long", "race", "treadmill"]

#: Share of weeks with a long run and with a workout; of hilly runs and of indoor runs in winter.
LONG_SHARE, WORKOUT_SHARE, HILLY_SHARE, INDOOR_SHARE = 0.85, 0.7, 0.2, 0.4
#: Steepest grade of hilly runs and of others, %: lowest and highest.
HILLY_PCT, FLAT_PCT = (3.0, 6.0), (0.2, 1.0)
INDOOR_MONTHS = (11, 12, 1, 2)
#: Share of easy and long runs with a walking break, and with a stop at a crossing.
WALK_SHARE, STOP_SHARE = 0.2, 0.35
#: Workouts: repetitions, seconds and speed of each, seconds of jogging between.
WORKOUTS = (
    (6, 180, 3.75, 120),
    (5, 240, 3.65, 120),
    (10, 90, 3.95, 75),
    (4, 360, 3.5, 120),
    (2, 720, 3.35, 180),
)
JOG_M_S = 2.3
#: Distances raced in turn, m, and their usual names.
RACES = ((5_000.0, "5 km"), (10_000.0, "10 km"), (21_097.5, "half marathon"))


@dataclass(frozen=True)
class PlannedRun:
    """A run as planned.

    Parameters
    ----------
    day : int
        Day of the log, from 0.
    kind : str
        Kind of run.
    stretches : tuple of Stretch
        Its parts, in order.
    hill_grade_pct : float
        Steepest of its hills, %.
    """

    day: int
    kind: RunKind
    stretches: tuple[Stretch, ...]
    hill_grade_pct: float


def week_of_runs(
    rng: np.random.Generator,
    first_day: int,
    n_runs: int,
    *,
    easy_speed_m_s: float,
    month: int,
) -> list[PlannedRun]:
    """Plan a week: a long run on Sunday, a workout on Tuesday or Wednesday, easy runs between.

    Parameters
    ----------
    rng : Generator
        Source of randomness.
    first_day : int
        Monday, as a day of the log.
    n_runs : int
        Runs in the week.
    easy_speed_m_s : float
        Speed of easy running that week, m/s.
    month : int
        Month of the year, from 1.

    Returns
    -------
    list of PlannedRun
        In order of days.
    """
    kinds: dict[int, RunKind] = {}
    if n_runs and rng.random() < LONG_SHARE:
        kinds[6] = "long"
    if n_runs > 2 and rng.random() < WORKOUT_SHARE:
        kinds[int(rng.integers(1, 3))] = "workout"
    free = rng.permutation([day for day in range(6) if day not in kinds]).tolist()
    for day in free[: max(0, n_runs - len(kinds))]:
        indoor = month in INDOOR_MONTHS and rng.random() < INDOOR_SHARE
        kinds[day] = "treadmill" if indoor else "easy"
    planned = []
    for day in sorted(kinds):
        kind = kinds[day]
        hilly = kind != "treadmill" and rng.random() < HILLY_SHARE
        planned.append(
            PlannedRun(
                day=first_day + day,
                kind=kind,
                stretches=_stretches(rng, kind, easy_speed_m_s * np.exp(rng.normal(0, 0.035))),
                hill_grade_pct=float(rng.uniform(*HILLY_PCT if hilly else FLAT_PCT)),
            )
        )
    return planned


def _stretches(
    rng: np.random.Generator, kind: RunKind, easy_speed_m_s: float
) -> tuple[Stretch, ...]:
    if kind == "workout":
        repetitions, seconds, speed, jog = WORKOUTS[int(rng.integers(len(WORKOUTS)))]
        fast = float(speed * np.exp(rng.normal(0, 0.015)))
        return (
            Stretch(int(rng.integers(10, 15)) * 60, easy_speed_m_s * 0.97),
            *((Stretch(seconds, fast), Stretch(jog, JOG_M_S)) * repetitions),
            Stretch(int(rng.integers(6, 10)) * 60, easy_speed_m_s * 0.95),
        )
    minutes = rng.integers(62, 92) if kind == "long" else rng.integers(32, 50)
    total = int(minutes) * 60
    cut = int(total * rng.uniform(0.4, 0.7))
    if kind == "treadmill":
        # The belt runs at a set pace, with a quicker stretch in the middle.
        quick = int(total * rng.uniform(0.2, 0.3))
        easy = Stretch((total - quick) // 2, easy_speed_m_s)
        return easy, Stretch(quick, easy_speed_m_s * 1.1), easy
    chance = rng.random()
    if chance < WALK_SHARE:
        return (
            Stretch(cut, easy_speed_m_s),
            Stretch(int(rng.integers(50, 120)), WALK_SPEED_M_S, walking=True),
            Stretch(total - cut, easy_speed_m_s),
        )
    pause = int(rng.integers(15, 80)) if chance < WALK_SHARE + STOP_SHARE else 0
    return (
        Stretch(cut, easy_speed_m_s, pause_s=pause),
        Stretch(total - cut, easy_speed_m_s * float(np.exp(rng.normal(0.02, 0.03)))),
    )


def race_plan(day: int, distance_m: float, time_s: float) -> PlannedRun:
    """Plan a race: evenly run, on the flat.

    Examples
    --------
    >>> race_plan(6, 5000.0, 1250.0).stretches
    (Stretch(duration_s=1251, speed_m_s=4.0, walking=False, pause_s=0),)
    """
    seconds = round(time_s)
    # One instant more than seconds: the watch records both start and finish.
    return PlannedRun(day, "race", (Stretch(seconds + 1, distance_m / seconds),), 0.5)


def in_blocks(weeks: int, blocks: tuple[tuple[int, int], ...]) -> Booleans:
    """Return which of `weeks` weeks lie in one of the blocks, each from first to last week.

    Examples
    --------
    >>> in_blocks(5, ((1, 2), (4, 9)))
    array([False,  True,  True, False,  True])
    """
    week = np.arange(weeks)
    inside = np.zeros(weeks, dtype=np.bool_)
    for first, last in blocks:
        inside |= (week >= first) & (week <= last)
    return inside
