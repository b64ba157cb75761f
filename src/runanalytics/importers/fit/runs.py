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
from runanalytics.importers.fit.quantities import (
    DEGREES,
    NEVER_0_THROUGHOUT,
    QUANTITIES,
    SESSION_AVERAGES,
    quantity_values,
)
from runanalytics.importers.fit.record_times import MICROSECONDS
from runanalytics.importers.runs.cadence import ENOUGH_AVERAGES, steps_per_count
from runanalytics.importers.runs.positions import speed_over_m_s, travelled_m
from runanalytics.importers.runs.recorded import Run, disagreements
from runanalytics.importers.runs.sample_series import SampleSeries, plausible

#: A distance begins anew, as it does with every lap of some devices, where it falls below this
#: share of its last value and stays there for so many records.
_RESTART, _RESTART_RECORDS = 0.5, 5
#: A note is written if the summary's distance differs from the records' by more than this share,
_TOTAL_DIFFERS = 0.1
#: or if the records last this much longer than the summary's time.
_TIME_DIFFERS_S = 3_600.0
#: A treadmill's distance is entered after the run: differences of this size are corrections.
_LEAST_CORRECTION, _MOST_CORRECTION = 0.005, 0.6

#: A structured workout with fewer steps may be no more than a distance to run.
_WORKOUT_STEPS = 3
#: Intensities of laps between efforts, of which one may be a pause; all other laps are "active"
#: or "interval".
_RESTS, _WORKOUT_RESTS = ("rest", "recovery"), 2


def run(activity: Activity) -> Run:
    """Return a running activity as tables.

    Averages are over the time of running, without walking and standing.

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
    info = rows(columns(activity.file, "device_info"))
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
        "course": activity.named_sport.course,
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
            info, contact_field, has_contact=has_contact, recorder=device
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
            # A name too long for its field may end within a character.
            return str(row["wkt_name"]).rstrip("\ufffd").strip() or None
    return None


def _workouts(activity: Activity) -> list[dict[str, object]]:
    """Return the file's workouts for runners, and those without a sport."""
    workouts = rows(columns(activity.file, "workout"))
    return [row for row in workouts if row.get("sport", "running") in ("running", "generic")]


def _series(
    activity: Activity, kind: str, stopped: Floats, notes: list[Note]
) -> tuple[SampleSeries | None, DeveloperField | None]:
    """Return the samples of an activity, if it has records, and the app's field of contact times.

    The field is None where contact time is a native field.
    """
    if not activity.time_us.size:
        return None, None
    elapsed = (activity.time_us - activity.start_us) / MICROSECONDS
    described = activity.file.developer_fields
    values: dict[str, Floats] = {}
    contact_field = None
    for quantity in QUANTITIES:
        column, developer_field = quantity_values(quantity, activity.record, described)
        twice = quantity.column == "cadence_spm"  # corrected below
        values[quantity.column] = plausible(quantity.column, column, notes, maybe_doubled=twice)
        if quantity.column == "ground_contact_ms":
            contact_field = developer_field
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
    known = np.flatnonzero(np.isfinite(distance))
    covered = distance[known]
    before = np.zeros(len(covered))
    for drop in (np.flatnonzero(np.diff(covered) < 0) + 1).tolist():
        after = covered[drop : drop + _RESTART_RECORDS]
        if after.size == _RESTART_RECORDS and (after < _RESTART * covered[drop - 1]).all():
            before[drop:] += covered[drop - 1]
    if not before.any():
        return distance
    notes.append(Note("warning", "the distance begins anew within the run: counted on"))
    result = distance.copy()
    result[known] = covered + before
    return result


def _summary_differs(activity: Activity, distance: Floats) -> list[Note]:
    """Return notes if the records cover another distance or time than the summary states."""
    notes = []
    total, known = activity.number("total_distance"), distance[np.isfinite(distance)]
    if total > 0 and known.size and abs(known.max() / total - 1) > _TOTAL_DIFFERS:
        words = f"the records cover {known.max():.0f} m, the summary says {total:.0f} m"
        notes.append(Note("warning", f"{words}: the run has the summary's distance"))
    lasted_s = float(activity.time_us[-1] - activity.time_us[0]) / MICROSECONDS
    stated_s = activity.number("total_elapsed_time")
    if stated_s > 0 and lasted_s > stated_s + _TIME_DIFFERS_S:
        words = f"the records last {lasted_s:.0f} s, the summary says {stated_s:.0f} s"
        notes.append(Note("warning", f"{words}: was the clock set on the way?"))
    return notes


def _distance_before(activity: Activity, distance: Floats) -> float:
    """Return the distance (m) counted before the session began, as in later ones of a file."""
    total = activity.number("total_distance")
    known = distance[np.isfinite(distance)]
    if not known.size or not np.isfinite(total):
        return 0.0
    first, last = float(known[0]), float(known[-1])
    begins_at_zero = abs(last - total) <= abs(last - first - total)
    return 0.0 if begins_at_zero else first


def _calibrate(values: dict[str, Floats], total_m: float, notes: list[Note]) -> None:
    """Scale a watch's guesses on a treadmill to the distance that its runner entered."""
    guessed_m = np.max(values["distance_m"], where=np.isfinite(values["distance_m"]), initial=0.0)
    if not total_m > 0 or not guessed_m > 0:
        return
    factor = total_m / float(guessed_m)
    if not _LEAST_CORRECTION < abs(factor - 1) < _MOST_CORRECTION:
        return
    for name in ("distance_m", "speed_m_s", "step_length_m"):
        values[name] = values[name] * factor
    # The watch had divided by its own guess of the step's length.
    values["vertical_ratio_pct"] = values["vertical_ratio_pct"] / factor
    message = f"speeds and distances scaled by {factor:.3f} to the corrected distance"
    notes.append(Note("info", message))


def _from_summary(activity: Activity, notes: list[Note]) -> dict[str, object]:
    """Return the run's columns from the session alone, for a run without records."""
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
    for quantity in QUANTITIES:
        if quantity.column in SESSION_AVERAGES:
            value = activity.number(SESSION_AVERAGES[quantity.column])
            may_be_0 = not quantity.zero_is_missing and quantity.column not in NEVER_0_THROUGHOUT
            row[quantity.column] = value * quantity.factor if value or may_be_0 else np.nan
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
