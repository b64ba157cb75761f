"""A running activity as one row of table "runs" and its rows of table "samples"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from runanalytics import schema
from runanalytics.importers.contract import Note
from runanalytics.importers.fit import devices
from runanalytics.importers.fit.activities import (
    MICROSECONDS,
    Activity,
    columns,
    instant_us,
    number_of,
    pauses,
    rows,
)
from runanalytics.importers.fit.plan import DeveloperField
from runanalytics.importers.fit.quantities import QUANTITIES, quantity_values
from runanalytics.importers.fit.values import Floats
from runanalytics.schema import blocks

#: Slower than this, with no step counted, is standing.
_STANDING_M_S = 0.5
#: Running, not walking: cadence at least this; where there is none, speed.
RUNNING_SPM = 140.0
_RUNNING_M_S = 1.9
#: Averages are of running alone where there is at least this much of it.
_ENOUGH_RUNNING_S = 60.0
#: A sample stands for at most this long (smart recording writes one every few seconds).
_LONGEST_SAMPLE_S = 30.0
#: Doubled, a cadence of one leg lies below this; above, the device had counted both.
_BOTH_LEGS_SPM = 240.0

#: A treadmill's distance is entered after the run: differences of this size are corrections.
_LEAST_CORRECTION, _MOST_CORRECTION = 0.005, 0.6

_KINDS: Mapping[str, str] = {
    "treadmill": "treadmill",
    "indoor_running": "treadmill",
    "virtual_activity": "treadmill",
    "trail": "trail",
    "ultra": "trail",
}
#: A structured workout with fewer steps may be no more than a distance to run.
_WORKOUT_STEPS = 3

#: Averages of message ``session``, for runs without records: field, factor, whether 0 is missing.
_SUMMARY: Mapping[str, tuple[str, float, bool]] = {
    "heart_rate_bpm": ("avg_heart_rate", 1.0, True),
    "ground_contact_ms": ("avg_stance_time", 1.0, True),
    "contact_balance_left_pct": ("avg_stance_time_balance", 1.0, True),
    "vertical_oscillation_mm": ("avg_vertical_oscillation", 1.0, True),
    "vertical_ratio_pct": ("avg_vertical_ratio", 1.0, True),
    "step_length_m": ("avg_step_length", 0.001, True),
    "power_w": ("avg_power", 1.0, True),
    "temperature_c": ("avg_temperature", 1.0, False),
}
_AVERAGED = (*schema.FORM_METRICS, "heart_rate_bpm", "power_w", "temperature_c")


@dataclass(frozen=True)
class Run:
    """One run: its row of table "runs", its samples, and what to know about them."""

    row: Mapping[str, object]
    samples: pd.DataFrame
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class _Series:
    """A run's samples as arrays."""

    elapsed_s: Floats
    active_s: Floats
    quantities: Mapping[str, Floats]
    moving: NDArray[np.bool_]
    running: NDArray[np.bool_]
    contact_field: DeveloperField | None


def run(activity: Activity) -> Run:
    """Return a running activity as tables.

    Averages are over moving, running time: what is walked, and standing, is left out.

    Parameters
    ----------
    activity : Activity
        Of sport running.

    Returns
    -------
    Run
    """
    notes: list[Note] = []
    identity, device = activity.identity, devices.device(activity.file_id)
    stopped = pauses(activity)
    series = _series(activity, stopped, notes)
    elapsed_s = (activity.end_us - activity.start_us) / MICROSECONDS
    row: dict[str, object] = {
        "run_id": identity,
        "start_utc": activity.start_utc,
        "utc_offset_s": activity.clock.offset_s,
        "local_date": activity.local_date,
        "kind": _kind(activity),
        "title": _title(activity),
        "elapsed_s": elapsed_s,
        "ascent_m": activity.number("total_ascent"),
        "device": device,
    }
    if series is None:
        row |= _from_summary(activity)
        samples = schema.empty("samples")
    else:
        row |= _from_samples(activity, series)
        samples = _samples(activity, identity, series)
    if not number_of(row.get("distance_m")) > 0:
        notes.append(Note("info", "the run has no distance"))
    has_contact = bool(np.isfinite(number_of(row.get("ground_contact_ms"))))
    if has_contact or np.isfinite(number_of(row.get("cadence_spm"))):
        row["sensor"] = devices.sensor(
            columns(activity.file, "device_info"),
            series.contact_field if series is not None else None,
            has_contact=has_contact,
            recorder=device,
        )
    return Run(row, samples, tuple(notes))


def _kind(activity: Activity) -> str:
    if activity.session.get("sport_event") == "race":
        return "race"
    kind = _KINDS.get(activity.sub_sport)
    if kind is not None:
        return kind
    steps = [row.get("num_valid_steps") for row in rows(columns(activity.file, "workout"))]
    structured = any(isinstance(n, float) and n >= _WORKOUT_STEPS for n in steps)
    return "workout" if structured else "unknown"


def _title(activity: Activity) -> str | None:
    for row in rows(columns(activity.file, "workout")):
        if isinstance(row.get("wkt_name"), str):
            return str(row["wkt_name"]).strip() or None
    return None


def _series(activity: Activity, stopped: Floats, notes: list[Note]) -> _Series | None:
    """Return the samples of an activity; None if it has no records."""
    if not activity.time_us.size:
        return None
    elapsed = (activity.time_us - activity.start_us) / MICROSECONDS
    described = activity.file.developer_fields
    values: dict[str, Floats] = {}
    contact_field = None
    for quantity in QUANTITIES:
        found, source = quantity_values(quantity, activity.record, described)
        values[quantity.column] = _plausible(quantity.column, found, notes)
        if quantity.column == "ground_contact_ms":
            contact_field = source
    values["distance_m"] = values["distance_m"] - _distance_before(activity, values["distance_m"])
    if not np.isfinite(values["speed_m_s"]).any():
        values["speed_m_s"] = _speed(elapsed, values["distance_m"])
    if _kind(activity) == "treadmill":
        _calibrate(values, activity.number("total_distance"), notes)
    active = np.diff(elapsed - _paused_before(elapsed, stopped), prepend=elapsed[0])
    moving = _moving(elapsed, values, active) & ~_is_paused(elapsed, stopped)
    cadence = values["cadence_spm"]
    strides = cadence[moving & (cadence > 0)]
    if strides.size and np.median(strides) > _BOTH_LEGS_SPM:
        values["cadence_spm"] = cadence = cadence / 2
        notes.append(Note("warning", "cadence was stored as steps of both feet: taken as it is"))
    running = moving & np.where(
        np.isnan(cadence), values["speed_m_s"] >= _RUNNING_M_S, cadence >= RUNNING_SPM
    )
    return _Series(elapsed, active, values, moving, running, contact_field)


def _plausible(column: str, values: Floats, notes: list[Note]) -> Floats:
    spec = schema.TABLES["samples"][column]
    low = -np.inf if spec.low is None else spec.low
    high = np.inf if spec.high is None else spec.high
    if column == "cadence_spm":
        high = 2 * high  # where both legs were doubled; told apart later
    strange = (values < low) | (values > high)
    if strange.any():
        count = int(strange.sum())
        notes.append(Note("warning", f"{count} implausible samples of {column} taken as missing"))
        return np.where(strange, np.nan, values)
    return values


def _distance_before(activity: Activity, distance: Floats) -> float:
    """Return the distance already counted when a later session of the file began."""
    total = activity.number("total_distance")
    there = distance[np.isfinite(distance)]
    if not there.size or not np.isfinite(total):
        return 0.0
    first, last = float(there[0]), float(there[-1])
    begins_at_zero = abs(last - total) <= abs(last - first - total)
    return 0.0 if begins_at_zero else first


def _calibrate(values: dict[str, Floats], total_m: float, notes: list[Note]) -> None:
    """Scale what a watch guessed on a treadmill to the distance that its runner entered."""
    guessed = values["distance_m"]
    if not np.isfinite(guessed).any() or not total_m > 0 or not np.nanmax(guessed) > 0:
        return
    factor = total_m / float(np.nanmax(guessed))
    if not _LEAST_CORRECTION < abs(factor - 1) < _MOST_CORRECTION:
        return
    for name in ("distance_m", "speed_m_s", "step_length_m"):
        values[name] = values[name] * factor
    # The watch had divided by its own guess of the step's length.
    values["vertical_ratio_pct"] = values["vertical_ratio_pct"] / factor
    notes.append(
        Note(
            "info",
            f"speeds and distances scaled by {factor:.3f} to the corrected distance",
        )
    )


def _speed(elapsed: Floats, distance: Floats) -> Floats:
    """Return distance per time between one sample and the next, where no speed was recorded."""
    there = np.flatnonzero(np.isfinite(distance))
    result = np.full(len(elapsed), np.nan)
    if there.size > 1:
        seconds = np.diff(elapsed[there])
        metres = np.diff(distance[there])
        known = (seconds > 0) & (metres >= 0)
        result[there[1:][known]] = metres[known] / seconds[known]
    return result


def _paused_before(elapsed: Floats, stopped: Floats) -> Floats:
    """Return for how long the timer had stood still at each instant."""
    total = np.zeros(len(elapsed))
    for start, end in stopped:
        total += np.clip(elapsed, start, end) - start
    return total


def _is_paused(elapsed: Floats, stopped: Floats) -> NDArray[np.bool_]:
    result = np.zeros(len(elapsed), dtype=bool)
    for start, end in stopped:
        result |= (elapsed > start) & (elapsed < end)
    return result


def _moving(elapsed: Floats, values: Mapping[str, Floats], active: Floats) -> NDArray[np.bool_]:
    speed, cadence = values["speed_m_s"], values["cadence_spm"]
    moving = (speed > _STANDING_M_S) | (cadence > 0)
    unknown = np.isnan(speed) & np.isnan(cadence)
    moving |= unknown
    gap = active > _LONGEST_SAMPLE_S
    if gap.any():
        covered = _speed(elapsed, values["distance_m"])
        moving &= ~gap | (covered > _STANDING_M_S)
    return np.asarray(moving)


def _from_samples(activity: Activity, series: _Series) -> dict[str, object]:
    moving_s = float(series.active_s[series.moving].sum())
    running = series.running
    is_run = float(series.active_s[running].sum()) >= _ENOUGH_RUNNING_S
    chosen = running if is_run else series.moving
    row: dict[str, object] = {"moving_s": moving_s, "detail": "samples"}
    weight = np.minimum(series.active_s, _LONGEST_SAMPLE_S)
    for name in _AVERAGED:
        # How somebody walked is not how they run: it is left out rather than averaged.
        skip = not is_run and name in schema.FORM_METRICS
        row[name] = np.nan if skip else _mean(series.quantities[name], weight, chosen)
    distance = activity.number("total_distance")
    covered = series.quantities["distance_m"]
    if not distance > 0 and np.isfinite(covered).any():
        distance = float(np.nanmax(covered))
    row["distance_m"] = distance
    row["speed_m_s"] = distance / moving_s if moving_s > 0 and distance > 0 else np.nan
    if np.isnan(number_of(row.get("step_length_m"))):
        row["step_length_m"] = _step_length(series, weight, chosen)
    return row


def _mean(values: Floats, weight: Floats, chosen: NDArray[np.bool_]) -> float:
    there = chosen & np.isfinite(values) & (weight > 0)
    if not there.any():
        return float("nan")
    return float(np.average(values[there], weights=weight[there]))


def _step_length(series: _Series, weight: Floats, chosen: NDArray[np.bool_]) -> float:
    """Return distance per step, where the device has not measured it."""
    speed, cadence = series.quantities["speed_m_s"], series.quantities["cadence_spm"]
    there = chosen & np.isfinite(speed) & (cadence > 0)
    steps = float((weight * cadence / 60)[there].sum())
    return float((weight * speed)[there].sum()) / steps if steps else float("nan")


def _from_summary(activity: Activity) -> dict[str, object]:
    """Return what the session alone says, for a run without records."""
    timer_s = activity.number("total_timer_time")
    distance = activity.number("total_distance")
    cadence = activity.number("avg_running_cadence")
    if np.isnan(cadence):
        cadence = activity.number("avg_cadence")
    cadence += np.nan_to_num(activity.number("avg_fractional_cadence"))
    row: dict[str, object] = {
        "detail": "summary",
        "moving_s": timer_s,
        "distance_m": distance,
        "speed_m_s": distance / timer_s if timer_s > 0 and distance > 0 else np.nan,
        "cadence_spm": 2 * cadence if cadence > 0 else np.nan,
    }
    for name, (field, factor, zero_is_missing) in _SUMMARY.items():
        value = activity.number(field)
        row[name] = np.nan if zero_is_missing and value == 0 else value * factor
    return row


def _samples(activity: Activity, identity: str, series: _Series) -> pd.DataFrame:
    count, names = len(series.elapsed_s), schema.TABLES["samples"].names
    numbers: dict[str, Floats] = {"elapsed_s": series.elapsed_s, **series.quantities}
    matrix = np.empty((len(numbers), count))
    for row, column in enumerate(numbers.values()):
        matrix[row] = column
    laid = [
        (matrix, np.array([names.index(name) for name in numbers])),
        (blocks.same_text(identity, count), np.array([names.index("run_id")])),
        (series.moving.reshape(1, -1), np.array([names.index("moving")])),
        (
            pd.array(_laps(activity), dtype=schema.INTEGER),
            np.array([names.index("lap")]),
        ),
    ]
    return blocks.frame_of_blocks(laid, index=pd.RangeIndex(count), columns=pd.Index(names))


def _laps(activity: Activity) -> NDArray[np.int64]:
    """Return the lap of each record, counted from 1."""
    starts = [
        instant + activity.clock.shift_us
        for row in rows(columns(activity.file, "lap"))
        if (instant := instant_us(row.get("start_time"))) is not None
    ]
    inside = sorted({s for s in starts if activity.start_us < s <= activity.end_us})
    laps = np.searchsorted(np.array(inside, dtype=np.int64), activity.time_us, side="right") + 1
    return np.asarray(laps, dtype=np.int64)
