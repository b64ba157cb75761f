"""A running activity as one row of table "runs" and its rows of table "samples"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from runanalytics import schema
from runanalytics.arrays import Floats
from runanalytics.importers.contract import Note
from runanalytics.importers.fit import devices
from runanalytics.importers.fit.activities import Activity, pauses
from runanalytics.importers.fit.codec.layout_plan import DeveloperField
from runanalytics.importers.fit.message_rows import columns, instant_us, number_of, rows
from runanalytics.importers.fit.quantities import DEGREES, QUANTITIES, quantity_values
from runanalytics.importers.fit.record_times import MICROSECONDS
from runanalytics.importers.runs.cadence import ENOUGH_AVERAGES, steps_per_count
from runanalytics.importers.runs.positions import speed_over_m_s, travelled_m
from runanalytics.importers.runs.recorded import Run, disagreements
from runanalytics.importers.runs.sample_series import SampleSeries, plausible

#: A distance that falls below this share of what it was, and stays there for as many records,
#: begins anew, as some devices' do with every lap.
_RESTART, _RESTART_RECORDS = 0.5, 5
#: The summary's total may differ by this share from the records' before a note says so.
_TOTAL_DIFFERS = 0.1
#: Records may begin or go on this long beyond the summary's time before a note says so.
_TIME_DIFFERS_S = 3_600.0

#: A treadmill's distance is entered after the run: differences of this size are corrections.
_LEAST_CORRECTION, _MOST_CORRECTION = 0.005, 0.6

#: A structured workout with fewer steps may be no more than a distance to run.
_WORKOUT_STEPS = 3
#: Laps between efforts: one may be a pause. Watches call every other lap "active" or "interval".
_RESTS, _WORKOUT_RESTS = ("rest", "recovery"), 2

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
    workouts = _workouts(activity)
    kind = _kind(activity, workouts)
    series, contact_field = _series(activity, kind, stopped, notes)
    elapsed_s = (activity.end_us - activity.start_us) / MICROSECONDS
    row: dict[str, object] = {
        "run_id": identity,
        "start_utc": activity.start_utc,
        "utc_offset_s": activity.clock.offset_s,
        "local_date": activity.local_date,
        "kind": kind,
        "title": _title(workouts),
        "elapsed_s": elapsed_s,
        "ascent_m": activity.number("total_ascent"),
        "device": device,
        "firmware": devices.firmware(info, rows(columns(activity.file, "file_creator"))),
    }
    if series is None:
        row |= _from_summary(activity, notes)
        samples = schema.empty("samples")
    else:
        row |= series.averages(activity.number("total_distance"))
        samples = series.samples(identity, _laps(activity))
    if not number_of(row.get("distance_m")) > 0:
        row["distance_m"] = np.nan
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


def _kind(activity: Activity, workouts: Sequence[Mapping[str, object]]) -> str:
    if activity.session.get("sport_event") == "race":
        return "race"
    if activity.named_sport.kind != "unknown":
        return activity.named_sport.kind
    steps = [number_of(row.get("num_valid_steps")) for row in workouts]
    rests = sum(
        row.get("intensity") in _RESTS
        and activity.start_us <= activity.clock.shift_us + start <= activity.end_us
        for row in activity.laps
        if (start := instant_us(row.get("start_time"))) is not None
    )
    is_structured = any(n >= _WORKOUT_STEPS for n in steps) or rests >= _WORKOUT_RESTS
    return "workout" if is_structured else "unknown"


def _title(workouts: Sequence[Mapping[str, object]]) -> str | None:
    for row in workouts:
        if isinstance(row.get("wkt_name"), str):
            # A name that is too long for its field may end within a character.
            return str(row["wkt_name"]).rstrip("\ufffd").strip() or None
    return None


def _workouts(activity: Activity) -> list[dict[str, object]]:
    """Return the file's workouts for runners, and those of no stated sport."""
    found = rows(columns(activity.file, "workout"))
    return [row for row in found if row.get("sport", "running") in ("running", "generic")]


def _series(
    activity: Activity, kind: str, stopped: Floats, notes: list[Note]
) -> tuple[SampleSeries | None, DeveloperField | None]:
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
        values[quantity.column] = plausible(quantity.column, found, notes, maybe_doubled=twice)
        if quantity.column == "ground_contact_ms":
            contact_field = source
    if not np.isfinite(values["distance_m"]).any():
        values["distance_m"] = _distance_of_positions(activity, elapsed, stopped, notes)
    values["distance_m"] = _continued(values["distance_m"], notes)
    values["distance_m"] = values["distance_m"] - _distance_before(activity, values["distance_m"])
    if not np.isfinite(values["speed_m_s"]).any():
        speed = speed_over_m_s(elapsed, values["distance_m"], stopped)
        values["speed_m_s"] = plausible("speed_m_s", speed, notes)
    if kind == "treadmill":
        _calibrate(values, activity.number("total_distance"), notes)
    series = SampleSeries.from_samples(elapsed, values, stopped)
    strides, moving = values["cadence_spm"] / 2, series.moving
    if steps_per_count(strides[moving], values["speed_m_s"][moving], notes, "one leg") == 1:
        values["cadence_spm"] = strides
        series = SampleSeries.from_samples(elapsed, values, stopped)
    notes += disagreements(series)
    notes += _summary_differs(activity, values["distance_m"])
    return series, contact_field


def _distance_of_positions(
    activity: Activity, elapsed: Floats, stopped: Floats, notes: list[Note]
) -> Floats:
    """Return the distance covered, from positions, where no record states it."""
    north, east = (activity.record.get(f"position_{axis}") for axis in ("lat", "long"))
    if north is None or east is None or north.dtype.kind != "f" or east.dtype.kind != "f":
        return np.full(len(elapsed), np.nan)
    distance = travelled_m(elapsed, north * DEGREES, east * DEGREES, stopped, notes)
    if np.isfinite(distance).any():
        notes.append(Note("info", "no distance is stated: taken from positions, now forgotten"))
    return distance


def _continued(distance: Floats, notes: list[Note]) -> Floats:
    """Return a distance that begins anew within a run as one that goes on."""
    there = np.flatnonzero(np.isfinite(distance))
    covered = distance[there]
    before = np.zeros(len(covered))
    for drop in (np.flatnonzero(np.diff(covered) < 0) + 1).tolist():
        after = covered[drop : drop + _RESTART_RECORDS]
        if after.size == _RESTART_RECORDS and (after < _RESTART * covered[drop - 1]).all():
            before[drop:] += covered[drop - 1]
    if not before.any():
        return distance
    notes.append(Note("warning", "the distance begins anew within the run: counted on"))
    result = distance.copy()
    result[there] = covered + before
    return result


def _summary_differs(activity: Activity, distance: Floats) -> list[Note]:
    """Say where the records cover another distance or time than the summary says."""
    notes = []
    total, there = activity.number("total_distance"), distance[np.isfinite(distance)]
    if total > 0 and there.size and abs(there.max() / total - 1) > _TOTAL_DIFFERS:
        words = f"the records cover {there.max():.0f} m, the summary says {total:.0f} m"
        notes.append(Note("warning", f"{words}: the run has the summary's distance"))
    lasted_s = float(activity.time_us[-1] - activity.time_us[0]) / MICROSECONDS
    stated_s = activity.number("total_elapsed_time")
    if stated_s > 0 and lasted_s > stated_s + _TIME_DIFFERS_S:
        words = f"the records last {lasted_s:.0f} s, the summary says {stated_s:.0f} s"
        notes.append(Note("warning", f"{words}: was the clock set on the way?"))
    return notes


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


def _from_summary(activity: Activity, notes: list[Note]) -> dict[str, object]:
    """Return what the session alone says, for a run without records."""
    timer_s = activity.number("total_timer_time")
    if not timer_s > 0:
        timer_s = activity.number("total_elapsed_time")
    distance = activity.number("total_distance")
    cadence = activity.number("avg_running_cadence")
    if np.isnan(cadence):
        cadence = activity.number("avg_cadence")
    cadence += np.nan_to_num(activity.number("avg_fractional_cadence"))
    speed = distance / timer_s if timer_s > 0 and distance > 0 else np.nan
    steps = steps_per_count(
        np.array([cadence]), np.array([speed]), notes, "one leg", enough=ENOUGH_AVERAGES
    )
    row: dict[str, object] = {
        "detail": "summary",
        "moving_s": timer_s,
        "distance_m": distance,
        "speed_m_s": speed,
        "cadence_spm": steps * cadence if cadence > 0 else np.nan,
    }
    for name, (field, factor, zero_is_missing) in _SUMMARY.items():
        value = activity.number(field)
        row[name] = np.nan if zero_is_missing and value == 0 else value * factor
    return row


def _laps(activity: Activity) -> NDArray[np.int64]:
    """Return the lap of each record, counted from 1."""
    starts = [
        instant + activity.clock.shift_us
        for row in activity.laps
        if (instant := instant_us(row.get("start_time"))) is not None
    ]
    inside = sorted({s for s in starts if activity.start_us < s <= activity.end_us})
    laps = np.searchsorted(np.array(inside, dtype=np.int64), activity.time_us, side="right") + 1
    return np.asarray(laps, dtype=np.int64)
