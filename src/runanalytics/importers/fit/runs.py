"""A running activity as one row of table "runs" and its rows of table "samples"."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
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
from runanalytics.importers.recorded import Run
from runanalytics.importers.series import Series, plausible, speed_between

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
    info = columns(activity.file, "device_info")
    stopped = pauses(activity)
    series, contact_field = _series(activity, stopped, notes)
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
        "firmware": devices.firmware(info, rows(columns(activity.file, "file_creator"))),
    }
    if series is None:
        row |= _from_summary(activity)
        samples = schema.empty("samples")
    else:
        row |= series.averages(activity.number("total_distance"))
        samples = series.samples(identity, _laps(activity))
    if not number_of(row.get("distance_m")) > 0:
        notes.append(Note("info", "the run has no distance"))
    has_contact = bool(np.isfinite(number_of(row.get("ground_contact_ms"))))
    if has_contact or np.isfinite(number_of(row.get("cadence_spm"))):
        row["sensor"] = devices.sensor(
            info,
            contact_field,
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


def _series(
    activity: Activity, stopped: Floats, notes: list[Note]
) -> tuple[Series | None, DeveloperField | None]:
    """Return the samples of an activity, if it has records, and where contact time is from."""
    if not activity.time_us.size:
        return None, None
    elapsed = (activity.time_us - activity.start_us) / MICROSECONDS
    described = activity.file.developer_fields
    values: dict[str, Floats] = {}
    contact_field = None
    for quantity in QUANTITIES:
        found, source = quantity_values(quantity, activity.record, described)
        twice = quantity.column == "cadence_spm"  # told apart below
        values[quantity.column] = plausible(quantity.column, found, notes, both_legs_twice=twice)
        if quantity.column == "ground_contact_ms":
            contact_field = source
    values["distance_m"] = values["distance_m"] - _distance_before(activity, values["distance_m"])
    if not np.isfinite(values["speed_m_s"]).any():
        values["speed_m_s"] = speed_between(elapsed, values["distance_m"])
    if _kind(activity) == "treadmill":
        _calibrate(values, activity.number("total_distance"), notes)
    series = Series.of(elapsed, values, stopped)
    cadence = values["cadence_spm"]
    strides = cadence[series.moving & (cadence > 0)]
    if strides.size and np.median(strides) > _BOTH_LEGS_SPM:
        values["cadence_spm"] = cadence / 2
        series = Series.of(elapsed, values, stopped)
        notes.append(Note("warning", "cadence was stored as steps of both feet: taken as it is"))
    return series, contact_field


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
