"""A runner for whom every claim is true to a known degree, as tables of segments and sessions.

What is assumed:

1. Lifting, jumps, pull work and drills come in phases of their own, each about two sessions a
   week while on. So does the habit of a quarter of an hour of strength after every run.
2. Each metric has a weekly process with memory, a day's noise, and a slope on speed; contact
   time also drifts within runs.
3. What a claim asserts acts with a time constant of three weeks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from runanalytics.arrays import Floats
from runanalytics.errors import UsageError
from runanalytics.exposure import exposure
from runanalytics.simulate.weeks import drawn_days, phases, weekly_process

#: Claim -> what its size means. A claim that is not given is not true (size 0).
CLAIMS: Mapping[str, str] = {
    "pull-contact": "% of contact time with 2 pull sessions a week",
    "strength-contact": "% of contact time with 2 strength sessions a week",
    "jumps-contact": "% of contact time with 2 jump sessions a week",
    "drills-cadence": "% of cadence with 2 drill sessions a week",
    "drills-contact": "% of contact time with 2 drill sessions a week",
    "fatigue-contact": "% of contact time an hour",
    "distance-form": "% of contact time an hour, per half hour that the run is longer",
    "strength-durability": "% of contact time an hour, with 2 strength sessions a week",
    "strength-stride": "% of step length with 2 strength sessions a week",
    "strength-economy": "% of speed at a heart rate with 2 strength sessions a week",
    "strength-race": "% of race time with 2 strength sessions a week",
    "drills-weekly": "% of cadence per drill session a week beyond one",
    "post-run-habit": "% of race time with the habit kept wholly",
}
TAU_WEEKS = 3.0
#: Kind of session -> the movement that stands for it.
_MOVEMENTS = {
    "lifting": "back_squat",
    "jumps": "box_jump",
    "pull": "band_ankle_pull",
    "drills": "high_skipping",
}
_STRENGTH = ("lifting", "jumps", "pull")
#: Metrics: base value at 3 m/s and its exponent on speed.
_METRICS = {
    "ground_contact_ms": (250.0, -0.60),
    "cadence_spm": (170.0, 0.25),
    "step_length_m": (1.06, 0.75),
}
_DAY_SD, _WEEK_SD, _RHO, _SEGMENT_SD = 0.010, 0.007, 0.7, 0.008
_HEART_RATE_BPM, _HEART_RATE_EXPONENT = 145.0, 1 / 1.5
_RACE_SD, _RACES_A_YEAR = 0.018, 12
_HISTORY_WEEKS = 20


@dataclass(frozen=True)
class SimulatedTables:
    """Tables of a simulated runner, in the shapes of `runanalytics.schema`.

    Parameters
    ----------
    segments, runs, sessions, sets, races, spans : DataFrame
        The tables, with the columns that claims need.
    truth : mapping of str to float
        Size of each claim of `CLAIMS`, in the unit stated there.
    """

    segments: pd.DataFrame
    runs: pd.DataFrame
    sessions: pd.DataFrame
    sets: pd.DataFrame
    races: pd.DataFrame
    spans: pd.DataFrame
    truth: Mapping[str, float]


def simulate_claims(
    seed: int, *, weeks: int = 104, start: str = "2024-01-01", **sizes: float
) -> SimulatedTables:
    """Draw a runner for whom each claim is true to a known degree.

    Parameters
    ----------
    seed : int
        The same seed and parameters give the same tables.
    weeks : int
        Length of the log, weeks.
    start : str
        First day of the log, ISO; a Monday.
    **sizes : float
        Claim, with underscores for hyphens, and its size; see `CLAIMS`.

    Returns
    -------
    SimulatedTables
        To be called simulated wherever it is shown: devices and races say so.

    Raises
    ------
    UsageError
        If there is no such claim.

    Examples
    --------
    >>> drawn = simulate_claims(1, weeks=26, strength_contact=-3.0)
    >>> drawn.truth["strength-contact"], drawn.segments["ground_contact_ms"].notna().all()
    (-3.0, np.True_)
    """
    truth = dict.fromkeys(CLAIMS, 0.0)
    for name, size in sizes.items():
        claim = name.replace("_", "-")
        if claim not in truth:
            raise UsageError(f"no claim '{claim}' to simulate", hint=f"known: {', '.join(CLAIMS)}")
        truth[claim] = float(size)
    rng = np.random.default_rng(seed)
    lived, begin = _HISTORY_WEEKS + weeks, 7 * _HISTORY_WEEKS
    ran = drawn_days(rng, rng.integers(3, 5, size=lived, endpoint=True))
    done = {kind: _days_of(rng, lived) for kind in _MOVEMENTS}
    habit = np.repeat(phases(rng, lived), 7)
    done["habit"] = (habit & ran).astype(np.float64)
    exposures = {kind: exposure(amount, TAU_WEEKS)[begin:] for kind, amount in done.items()}
    strength = (exposures[kind] for kind in (*_STRENGTH, "habit"))
    exposures["strength"] = sum(strength, np.zeros(7 * weeks))
    exposures["beyond"] = exposure(_beyond_one(done["drills"]), TAU_WEEKS)[begin:]
    exposures["kept"] = exposure(habit / 7.0, TAU_WEEKS)[begin:]
    exposures = {kind: np.asarray(each, dtype=np.float64) for kind, each in exposures.items()}

    first = np.datetime64(start, "us")
    days = np.flatnonzero(ran[begin:])
    segments, runs = _run_tables(rng, days, exposures, truth, first)
    sessions, sets = _session_tables(
        {kind: np.flatnonzero(amount[begin:]) for kind, amount in done.items()}, runs, first
    )
    last = first + np.timedelta64(7 * weeks - 1, "D")
    spans = pd.DataFrame(
        {
            "what": ["strength", "technique"],
            "first_date": [pd.Timestamp(first)] * 2,
            "last_date": [pd.Timestamp(last)] * 2,
            "source": ["simulated"] * 2,
        }
    )
    races = _race_table(rng, 7 * weeks, exposures, truth, first)
    return SimulatedTables(segments, runs, sessions, sets, races, spans, truth)


def _days_of(rng: np.random.Generator, weeks: int) -> Floats:
    per_week = rng.choice((1, 2, 3), size=weeks, p=(0.15, 0.70, 0.15)) * phases(rng, weeks)
    return drawn_days(rng, per_week).astype(np.float64)


def _beyond_one(amount: Floats) -> Floats:
    """Return the sessions beyond the first of each calendar week."""
    by_week = amount.reshape(-1, 7)
    beyond = np.maximum(np.cumsum(by_week, axis=1) - 1, 0)
    return np.asarray(np.diff(beyond, axis=1, prepend=0).ravel(), dtype=np.float64)


def _run_tables(
    rng: np.random.Generator,
    days: np.ndarray,
    exposures: Mapping[str, Floats],
    truth: Mapping[str, float],
    first: np.datetime64,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    n, n_weeks = len(days), int(days.max()) // 7 + 1
    duration = 60 * rng.uniform(40, 110, n)
    per_run = (duration // 300 - 2).astype(np.int64)
    row = np.repeat(np.arange(n), per_run)
    order = np.arange(len(row)) - np.repeat(np.cumsum(per_run) - per_run, per_run)
    elapsed = 600.0 + 300.0 * order
    mean_speed = np.log(3.0) + 0.07 * rng.standard_normal(n)
    speed = np.exp(mean_speed[row] + 0.05 * rng.standard_normal(len(row)))
    at = {kind: each[days] for kind, each in exposures.items()}
    share = {claim: size / 100 for claim, size in truth.items()}
    moved = {
        "ground_contact_ms": share["pull-contact"] / 2 * at["pull"]
        + share["strength-contact"] / 2 * at["strength"]
        + share["jumps-contact"] / 2 * at["jumps"]
        + share["drills-contact"] / 2 * at["drills"],
        "cadence_spm": share["drills-cadence"] / 2 * at["drills"]
        + share["drills-weekly"] * at["beyond"],
        "step_length_m": share["strength-stride"] / 2 * at["strength"],
    }
    drift = (
        share["fatigue-contact"]
        + share["distance-form"] * (duration / 3600 - 1.25) / 0.5
        + share["strength-durability"] / 2 * at["strength"]
        + 0.01 * rng.standard_normal(n)
    )
    columns: dict[str, object] = {}
    for metric, (base, exponent) in _METRICS.items():
        level = moved[metric] + _fluctuation(rng, days, n_weeks)
        noise = _SEGMENT_SD * rng.standard_normal(len(row))
        late = drift[row] * elapsed / 3600 if metric == "ground_contact_ms" else 0.0
        columns[metric] = base * np.exp(exponent * np.log(speed / 3.0) + level[row] + late + noise)
    economy = share["strength-economy"] / 2 * at["strength"] + _fluctuation(rng, days, n_weeks)
    beats = _HEART_RATE_EXPONENT * (np.log(speed / 3.0) - economy[row])
    beats += 0.01 * rng.standard_normal(len(row))
    date = first + days * np.timedelta64(1, "D")
    run_id = pd.array([f"simulated-{day:04d}" for day in days.tolist()], dtype="str")
    device = pd.array(["Simulated watch"], dtype="str")
    segments = pd.DataFrame(
        {
            "run_id": run_id[row],
            "local_date": date[row],
            "segment": order + 1,
            "elapsed_s": elapsed,
            "duration_s": 150.0,
            "n_steps": 420.0,
            "speed_m_s": speed,
            "heart_rate_bpm": _HEART_RATE_BPM * np.exp(beats),
            **columns,
            "device": device.take(np.zeros(len(row), dtype=np.intp)),
            "sensor": pd.array(["wrist"], dtype="str").take(np.zeros(len(row), dtype=np.intp)),
        }
    )
    runs = pd.DataFrame(
        {
            "run_id": run_id,
            "start_utc": pd.Series(date + np.timedelta64(7, "h")).dt.tz_localize("UTC"),
            "local_date": date,
            "distance_m": duration * np.exp(mean_speed),
            "moving_s": duration,
            "elapsed_s": duration,
            "device": device.take(np.zeros(n, dtype=np.intp)),
        }
    )
    return segments, runs


def _fluctuation(rng: np.random.Generator, days: np.ndarray, n_weeks: int) -> Floats:
    weekly = weekly_process(rng, n_weeks, sd=_WEEK_SD, rho=_RHO)
    return np.asarray(weekly[days // 7] + _DAY_SD * rng.standard_normal(len(days)))


def _session_tables(
    days: Mapping[str, np.ndarray], runs: pd.DataFrame, first: np.datetime64
) -> tuple[pd.DataFrame, pd.DataFrame]:
    ended = dict(
        zip(
            runs["local_date"],
            runs["start_utc"] + pd.to_timedelta(runs["elapsed_s"], unit="s"),
            strict=True,
        )
    )
    sessions, sets = [], []
    for kind, each in days.items():
        for day in each.tolist():
            date = pd.Timestamp(first + np.timedelta64(day, "D"))
            session = f"{kind}-{day:04d}"
            evening = date.tz_localize("UTC") + pd.Timedelta(hours=19)
            after = ended.get(date, evening) + pd.Timedelta(minutes=5)
            sessions.append(
                {
                    "session_id": session,
                    "start_utc": after if kind == "habit" else evening,
                    "local_date": date,
                    "kind": "technique" if kind == "drills" else "strength",
                    "duration_s": 900.0 if kind == "habit" else 2_700.0,
                }
            )
            movement = _MOVEMENTS.get(kind, "lunge")
            sets.append({"session_id": session, "position": 1, "movement": movement, "n_sets": 3})
    return pd.DataFrame(sessions), pd.DataFrame(sets)


def _race_table(
    rng: np.random.Generator,
    n_days: int,
    exposures: Mapping[str, Floats],
    truth: Mapping[str, float],
    first: np.datetime64,
) -> pd.DataFrame:
    n = max(round(_RACES_A_YEAR * n_days / 365), 1)
    day = np.sort(rng.choice(n_days, n, replace=False))
    distance = rng.choice([5_000.0, 10_000.0, 21_097.5], n)
    weekly = weekly_process(rng, n_days // 7 + 1, sd=0.015, rho=0.96)
    log_time = np.log(2_500) + 1.06 * np.log(distance / 10_000) + weekly[day // 7]
    log_time += truth["strength-race"] / 200 * exposures["strength"][day]
    log_time += truth["post-run-habit"] / 100 * exposures["kept"][day]
    log_time += _RACE_SD * rng.standard_normal(n)
    return pd.DataFrame(
        {
            "race_id": [f"simulated-race-{k}" for k in range(n)],
            "local_date": first + day * np.timedelta64(1, "D"),
            "title": "Simulated race",
            "distance_m": distance,
            "time_s": np.exp(log_time),
        }
    )
