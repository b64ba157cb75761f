"""One simulated run, second by second, as a watch with smart recording records it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from runanalytics import schema
from runanalytics.arrays import Floats
from runanalytics.simulate.runner import Runner

#: Smart recording records an instant every 1 to 7 s: gaps, and the share of each.
GAPS_S = (1, 2, 3, 4, 5, 6, 7)
GAPS_SHARE = (0.06, 0.06, 0.09, 0.14, 0.19, 0.25, 0.21)
#: Seconds in which a runner reaches a new speed.
CHANGE_S = 9
#: Fluctuation of the pace: standard deviation, and seconds between its turns.
WANDER_SD, WANDER_S = 0.012, 40
#: Speed lost uphill per percent of grade.
GRADE_COST = 0.03
#: Hills as waves: length along the course, m, and share of the whole.
HILLS = ((1900.0, 0.5), (830.0, 0.35), (370.0, 0.15))
#: Error of speed and of each stride metric: standard deviation, and seconds between turns.
SPEED_ERROR_S = 15
CADENCE_SD, CONTACT_SD, STRIDE_S = 0.007, 0.011, 7
#: Cadence and speed of a walking break.
WALK_CADENCE_SPM, WALK_SPEED_M_S = 112.0, 1.55
#: Rise and fall of the trunk at the reference speed, mm, and its exponent on speed; standard
#: deviations from day to day and from stride to stride, as a share.
OSCILLATION_MM, OSCILLATION_EXPONENT = 84.0, 0.12
OSCILLATION_DAY_SD, OSCILLATION_SD = 0.015, 0.02
#: Left foot's share of contact, and its standard deviations likewise, %.
BALANCE_LEFT_PCT, BALANCE_DAY_SD, BALANCE_SD = 50.4, 0.25, 0.5
#: Heart rate: at rest, per m/s, seconds to follow a new speed, rise per hour.
HEART_REST_BPM, HEART_PER_M_S, HEART_LAG_S, HEART_DRIFT_BPM_H = 52.0, 30.0, 40, 5.0
INDOOR_C = 21.0


@dataclass(frozen=True)
class Stretch:
    """A part of a run at one effort.

    Parameters
    ----------
    duration_s : int
        Time, s.
    speed_m_s : float
        Intended speed, m/s.
    walking : bool
        Whether the runner walks.
    pause_s : int
        Time of standing after it with the timer stopped, s.
    """

    duration_s: int
    speed_m_s: float
    walking: bool = False
    pause_s: int = 0


@dataclass(frozen=True)
class Conditions:
    """Course, weather and watch of a run.

    Parameters
    ----------
    hill_grade_pct : float
        Steepest of the hills, %; 0 is flat.
    temperature_c : float
        Air temperature, °C.
    speed_error : float
        Standard deviation of the watch's speed from instant to instant, as a share of it.
    speed_factor : float
        Speed that the watch shows per true speed, over the whole run.
    indoor : bool
        On a treadmill: no altitude, indoor temperature.
    dynamics : bool
        Whether contact time and the other running dynamics are recorded.
    lap_m : float, optional
        Automatic lap, m; with None each stretch is a lap.
    """

    hill_grade_pct: float
    temperature_c: float
    speed_error: float
    speed_factor: float
    indoor: bool
    dynamics: bool
    lap_m: float | None


def stream(
    rng: np.random.Generator,
    stretches: Sequence[Stretch],
    runner: Runner,
    conditions: Conditions,
) -> dict[str, npt.NDArray[np.generic]]:
    """Simulate a run and return what the watch records, by column of table "samples".

    Parameters
    ----------
    rng : Generator
        Source of randomness.
    stretches : sequence of Stretch
        The run, in order.
    runner : Runner
        With the cadence and contact time of that day.
    conditions : Conditions
        Course, weather and watch.

    Returns
    -------
    dict of ndarray, each of shape (n_samples,)
        Columns of table "samples" but run_id, in their units and at their stored resolution.
    """
    durations = [stretch.duration_s for stretch in stretches]
    part = np.repeat(np.arange(len(stretches)), durations)
    n = len(part)
    second = np.arange(n, dtype=np.float64)
    walking = np.array([stretch.walking for stretch in stretches])[part]
    intended = np.array([stretch.speed_m_s for stretch in stretches])[part]

    padded = np.pad(intended, (CHANGE_S // 2, CHANGE_S // 2), mode="edge")
    speed = np.convolve(padded, np.ones(CHANGE_S) / CHANGE_S, mode="valid")
    grade = _grade(rng, np.cumsum(speed), conditions.hill_grade_pct)
    speed = speed * np.exp(_turns(rng, n, WANDER_S, WANDER_SD) - GRADE_COST * grade)

    log_speed = np.log(speed / runner.reference_speed_m_s)
    hours = second / 3600
    cadence = runner.cadence_spm * np.exp(
        runner.cadence_exponent * log_speed
        + runner.cadence_drift_pct_per_h / 100 * hours
        + runner.cadence_grade_pct / 100 * grade
        + _turns(rng, n, STRIDE_S, CADENCE_SD)
    )
    contact = runner.ground_contact_ms * np.exp(
        runner.contact_exponent * log_speed
        + runner.contact_drift_pct_per_h / 100 * hours
        + _turns(rng, n, STRIDE_S, CONTACT_SD)
    )
    cadence = np.where(walking, WALK_CADENCE_SPM * (1 + (cadence / cadence.mean() - 1)), cadence)
    oscillation = OSCILLATION_MM * np.exp(
        OSCILLATION_EXPONENT * log_speed
        + OSCILLATION_DAY_SD * rng.standard_normal()
        + _turns(rng, n, STRIDE_S, OSCILLATION_SD)
    )
    days_balance = BALANCE_LEFT_PCT + BALANCE_DAY_SD * rng.standard_normal()
    balance = days_balance + _turns(rng, n, STRIDE_S, BALANCE_SD)
    error = np.exp(_turns(rng, n, SPEED_ERROR_S, conditions.speed_error))
    measured = speed * conditions.speed_factor * error
    distance = np.cumsum(measured) - measured[0]

    kept = _smart_recording(rng, durations)
    pauses = np.array([stretch.pause_s for stretch in stretches])
    paused = np.concatenate([[0], np.cumsum(pauses)])[part]
    lap = part + 1 if conditions.lap_m is None else distance // conditions.lap_m + 1
    columns = {
        "elapsed_s": second + paused,
        "distance_m": distance,
        "speed_m_s": measured,
        "cadence_spm": cadence,
        "heart_rate_bpm": _heart_rate(rng, speed, hours, conditions),
        "altitude_m": np.full(n, np.nan) if conditions.indoor else _altitude(rng, grade, speed),
        "temperature_c": np.full(n, INDOOR_C if conditions.indoor else conditions.temperature_c),
    }
    if conditions.dynamics:
        columns |= {
            "ground_contact_ms": np.where(walking, np.nan, contact),
            "contact_balance_left_pct": np.where(walking, np.nan, balance),
            "vertical_oscillation_mm": np.where(walking, np.nan, oscillation),
        }
    rounded = {name: _rounded(values[kept], name) for name, values in columns.items()}
    # A watch derives these metrics from values that it has rounded before.
    step = rounded["speed_m_s"] * 60 / rounded["cadence_spm"]
    if conditions.dynamics:
        step = np.where(walking[kept], np.nan, step)
        ratio = rounded["vertical_oscillation_mm"] / (10 * step)
        rounded["step_length_m"] = _rounded(step, "step_length_m")
        rounded["vertical_ratio_pct"] = _rounded(ratio, "vertical_ratio_pct")
    return {
        **rounded,
        "moving": np.ones(len(kept), dtype=np.bool_),
        "lap": lap[kept].astype(np.int64),
    }


def _turns(rng: np.random.Generator, n: int, every_s: int, sd: float) -> Floats:
    """Draw a line through independent normal values every `every_s` seconds."""
    nodes = n // every_s + 2
    # Between nodes the variance of a line is less than theirs: two thirds of it on average.
    values = rng.standard_normal(nodes) * sd * np.sqrt(1.5)
    at = np.arange(nodes) * every_s - rng.integers(0, every_s)
    line: Floats = np.interp(np.arange(n), at, values)
    return line


def _grade(rng: np.random.Generator, along_m: Floats, steepest_pct: float) -> Floats:
    grade = np.zeros(len(along_m))
    for length, share in HILLS:
        grade += share * np.sin(2 * np.pi * (along_m / length + rng.random()))
    return steepest_pct * grade


def _altitude(rng: np.random.Generator, grade_pct: Floats, speed: Floats) -> Floats:
    return rng.uniform(60, 120) + np.cumsum(grade_pct / 100 * speed)


def _heart_rate(
    rng: np.random.Generator, speed: Floats, hours: Floats, conditions: Conditions
) -> Floats:
    kernel = np.exp(-np.arange(5 * HEART_LAG_S) / HEART_LAG_S)
    kernel /= kernel.sum()
    warm = max(0.0, conditions.temperature_c - 12) * 0.6
    started = np.concatenate([np.full(len(kernel) - 1, 1.0), speed])
    lagged = np.convolve(started, kernel, mode="valid")
    beats = HEART_REST_BPM + HEART_PER_M_S * lagged + HEART_DRIFT_BPM_H * hours + warm
    return np.minimum(beats + _turns(rng, len(speed), 20, 1.5), 192.0)


def _smart_recording(rng: np.random.Generator, durations: Sequence[int]) -> npt.NDArray[np.intp]:
    """Return which seconds are recorded: irregular ones, and the first and last of each stretch."""
    n = sum(durations)
    steps = rng.choice(GAPS_S, size=n // 3 + 8, p=GAPS_SHARE)
    ends = np.cumsum(durations)
    instants = np.concatenate([[0], np.cumsum(steps), ends - 1, ends[:-1]])
    return np.unique(instants[instants < n]).astype(np.intp)


def _rounded(values: Floats, name: str) -> Floats:
    """Return values at the resolution of the table, which is that of a watch."""
    resolution = schema.table("samples")[name].resolution
    if resolution is None:
        return values
    # Whole numbers per unit divide more exactly than small fractions multiply.
    per_unit = round(1 / resolution) if resolution < 1 else 1
    return np.round(values * per_unit) / per_unit
