"""A running activity as one row of table "runs" and its rows of table "samples"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from runanalytics.arrays import Floats
from runanalytics.importers.contract import Note
from runanalytics.importers.fit import devices
from runanalytics.importers.fit.activities import Activity, pauses
from runanalytics.importers.fit.codec.layout_plan import DeveloperField
from runanalytics.importers.fit.developer_fields import not_understood, quantity_values
from runanalytics.importers.fit.message_rows import columns, instant_us, number_of, rows
from runanalytics.importers.fit.quantities import DEGREES, QUANTITIES
from runanalytics.importers.fit.record_times import MICROSECONDS
from runanalytics.importers.fit.summaries import stated_of, summary_row
from runanalytics.importers.runs.cadence import steps_per_count
from runanalytics.importers.runs.recorded import Run, disagreements
from runanalytics.importers.runs.sample_series import SampleSeries, plausible
from runanalytics.importers.runs.speeds import checked_speed, checked_step_length
from runanalytics.importers.runs.witnesses import Motion, Stated, settled_distance, with_stated
from runanalytics.importers.text.notes import joined_notes
from runanalytics.schema.columns import TableColumns

#: A distance begins anew, as it does with every lap of some devices, where it falls below this
#: share of its last value and stays there for so many records.
_RESTART, _RESTART_RECORDS = 0.5, 5
#: A note is written if the records last this much longer than the summary's time.
_TIME_DIFFERS_S = 3_600.0

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
    stated = stated_of(activity)
    recorded = _recorded(activity, kind, stated, stopped, notes)
    elapsed_s = (activity.end_us - activity.start_us) / MICROSECONDS
    row: dict[str, object] = {
        "run_id": identity,
        "start_utc": activity.start_utc,
        "utc_offset_s": activity.clock.offset_s,
        "local_date": activity.local_date,
        "course": activity.named_sport.course,
        "kind": kind,
        "title": _title(workouts),
        "notes": _steps(activity) if workouts else None,
        "elapsed_s": elapsed_s,
        "ascent_m": activity.number("total_ascent"),
        "device": device,
        "firmware": devices.firmware(info, rows(columns(activity.file, "file_creator"))),
    }
    contact_field = power_field = None
    if recorded is None:
        row |= summary_row(activity, stated, notes)
        samples = TableColumns("samples")
    else:
        row |= recorded.series.averages(recorded.distance_m)
        row = with_stated(row, recorded.series, stated, notes)
        samples = recorded.series.columns(_laps(activity))
        contact_field, power_field = recorded.contact_field, recorded.power_field
    if not number_of(row.get("distance_m")) > 0:
        row["distance_m"] = np.nan
        notes.append(Note("info", "the run has no distance"))
    has_contact = bool(np.isfinite(number_of(row.get("ground_contact_ms"))))
    if has_contact or np.isfinite(number_of(row.get("cadence_spm"))):
        row["sensor"] = devices.sensor(
            info, contact_field, has_contact=has_contact, recorder=device
        )
    if np.isfinite(number_of(row.get("power_w"))):
        described = activity.file.developer_fields
        row["power_sensor"] = devices.power_sensor(info, power_field, described, recorder=device)
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


def _steps(activity: Activity) -> str | None:
    """Return the names and notes of the steps of the workout that was on the watch."""
    steps = rows(columns(activity.file, "workout_step"))
    texts = (step.get(name) for step in steps for name in ("wkt_step_name", "notes"))
    return joined_notes(*(text.rstrip("\ufffd") for text in texts if isinstance(text, str)))


def _workouts(activity: Activity) -> list[dict[str, object]]:
    """Return the file's workouts for runners, and those without a sport."""
    workouts = rows(columns(activity.file, "workout"))
    return [row for row in workouts if row.get("sport", "running") in ("running", "generic")]


@dataclass(frozen=True)
class _Recorded:
    """The samples of an activity, its distance (m), and the apps' fields of contact and power.

    A field is None where the quantity is a native field.
    """

    series: SampleSeries
    distance_m: float
    contact_field: DeveloperField | None
    power_field: DeveloperField | None


def _recorded(
    activity: Activity, kind: str, stated: Stated, stopped: Floats, notes: list[Note]
) -> _Recorded | None:
    """Return the samples of an activity; None if it has no records."""
    if not activity.time_us.size:
        return None
    elapsed = (activity.time_us - activity.start_us) / MICROSECONDS
    described = activity.file.developer_fields
    values: dict[str, Floats] = {}
    fields: dict[str, DeveloperField | None] = {}
    for quantity in QUANTITIES:
        column, fields[quantity.column] = quantity_values(quantity, activity.record, described)
        twice = quantity.column == "cadence_spm"  # corrected below
        values[quantity.column] = plausible(quantity.column, column, notes, maybe_doubled=twice)
    stated_m = _continued(values["distance_m"], notes)
    motion = Motion(elapsed, stopped, stated_m, values["speed_m_s"], _positions(activity))
    distance = settled_distance(stated, motion, notes, on_treadmill=kind == "treadmill")
    if distance.by_positions and not np.isfinite(stated_m).any():
        notes.append(Note("info", "no distance is stated: taken from positions, now forgotten"))
    values["distance_m"] = distance.samples_m
    if distance.factor != 1:
        for name in ("speed_m_s", "step_length_m"):
            values[name] = values[name] * distance.factor
        # The watch had divided by its own guess of the step's length.
        values["vertical_ratio_pct"] = values["vertical_ratio_pct"] / distance.factor
    speed = checked_speed(elapsed, values["speed_m_s"], distance.samples_m, stopped, notes)
    values["speed_m_s"] = plausible("speed_m_s", speed, notes)
    series = SampleSeries.from_samples(elapsed, values, stopped)
    strides, moving = values["cadence_spm"] / 2, series.moving
    if steps_per_count(strides[moving], values["speed_m_s"][moving], notes, "one leg") == 1:
        values["cadence_spm"] = strides
        series = SampleSeries.from_samples(elapsed, values, stopped)
    step_m = checked_step_length(
        values["step_length_m"], values["cadence_spm"], values["speed_m_s"], notes
    )
    if step_m is not values["step_length_m"]:
        series = replace(series, quantities={**series.quantities, "step_length_m": step_m})
    notes += disagreements(series)
    notes += _lasted_longer(activity)
    notes += not_understood(activity.record, described)
    return _Recorded(series, distance.total_m, fields["ground_contact_ms"], fields["power_w"])


def _positions(activity: Activity) -> tuple[Floats, Floats] | None:
    """Return latitudes and longitudes in degrees, where they were read."""
    north, east = (activity.record.get(f"position_{axis}") for axis in ("lat", "long"))
    if north is None or east is None or north.dtype.kind != "f" or east.dtype.kind != "f":
        return None
    return north * DEGREES, east * DEGREES


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


def _lasted_longer(activity: Activity) -> list[Note]:
    """Return a note if the records cover another time than the summary states."""
    lasted_s = float(activity.time_us[-1] - activity.time_us[0]) / MICROSECONDS
    stated_s = activity.number("total_elapsed_time")
    if stated_s > 0 and lasted_s > stated_s + _TIME_DIFFERS_S:
        words = f"the records last {lasted_s:.0f} s, the summary says {stated_s:.0f} s"
        return [Note("warning", f"{words}: was the clock set on the way?")]
    return []


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
