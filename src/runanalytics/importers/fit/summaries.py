"""What a FIT file states of a whole activity: in its session, or in its laps together."""

from __future__ import annotations

import numpy as np

from runanalytics import schema
from runanalytics.importers.contract import Note
from runanalytics.importers.fit.activities import Activity
from runanalytics.importers.fit.message_rows import columns, instant_us, number_of, rows
from runanalytics.importers.fit.quantities import NEVER_0_THROUGHOUT, QUANTITIES, SESSION_AVERAGES
from runanalytics.importers.fit.record_times import MICROSECONDS
from runanalytics.importers.runs.cadence import ENOUGH_AVERAGES, steps_per_count
from runanalytics.importers.runs.witnesses import Stated

#: Averages of a session that stand in for samples: what a runner's sensors measure.
_FILLED = frozenset((*schema.FORM_METRICS, "heart_rate_bpm", "power_w"))
#: Fields of a lap, read where no session states the distance.
_LAP_TOTALS = frozenset({"start_time", "total_distance", "total_elapsed_time"})
#: If fewer records than this have a cadence, the session's average is looked at.
_MOSTLY = 0.5
#: Laps that cover less of an activity than this do not state its distance.
_WHOLE = 0.95


def stated_of(activity: Activity) -> Stated:
    """Return the distance and the averages that an activity's session or laps state.

    Parameters
    ----------
    activity : Activity
        A run.
    """
    averages = {name: average for name, average in _averages(activity).items() if name in _FILLED}
    distance_m, by = activity.number("total_distance"), "summary"
    if not distance_m > 0:
        distance_m = _distance_of_laps_m(activity)
        by = "laps" if distance_m > 0 else by
    counted = activity.record.get("cadence")
    is_number = counted is not None and counted.dtype.kind == "f"
    if counted is None or not is_number or (counted > 0).sum() < _MOSTLY * len(counted):
        averages["cadence_spm"] = _cadence_spm(activity, distance_m, [])
    return Stated(distance_m, averages, by=by)


def summary_row(activity: Activity, stated: Stated, notes: list[Note]) -> dict[str, object]:
    """Return the columns of table "runs" for a run without records.

    Parameters
    ----------
    activity : Activity
        A run.
    stated : Stated
        What `stated_of` returns of it.
    notes : list of Note
        Receives a note if cadence counts otherwise than FIT's does.
    """
    timer_s, distance_m = _timer_s(activity), stated.distance_m
    return {
        "detail": "summary",
        **_averages(activity),
        "moving_s": timer_s,
        "distance_m": distance_m,
        "speed_m_s": _speed_m_s(activity, distance_m),
        "cadence_spm": _cadence_spm(activity, distance_m, notes),
    }


def _averages(activity: Activity) -> dict[str, float]:
    averages = {}
    for quantity in QUANTITIES:
        if quantity.column in SESSION_AVERAGES:
            value = activity.number(SESSION_AVERAGES[quantity.column])
            may_be_0 = not quantity.zero_is_missing and quantity.column not in NEVER_0_THROUGHOUT
            is_known = value != 0 or may_be_0
            averages[quantity.column] = value * quantity.factor if is_known else float("nan")
    return averages


def _cadence_spm(activity: Activity, distance_m: float, notes: list[Note]) -> float:
    cadence = activity.number("avg_running_cadence")
    if np.isnan(cadence):
        cadence = activity.number("avg_cadence")
    cadence += np.nan_to_num(activity.number("avg_fractional_cadence"))
    if not cadence > 0:
        return float("nan")
    speed = np.array([_speed_m_s(activity, distance_m)])
    counts = np.array([cadence])
    steps = steps_per_count(counts, speed, notes, "one leg", enough=ENOUGH_AVERAGES)
    return float(steps * cadence)


def _speed_m_s(activity: Activity, distance_m: float) -> float:
    timer_s = _timer_s(activity)
    return distance_m / timer_s if timer_s > 0 and distance_m > 0 else float("nan")


def _timer_s(activity: Activity) -> float:
    timer_s = activity.number("total_timer_time")
    return timer_s if timer_s > 0 else activity.number("total_elapsed_time")


def _distance_of_laps_m(activity: Activity) -> float:
    """Return the distance of an activity's laps (m); NaN unless they cover all of it."""
    metres = seconds = 0.0
    for lap in rows(columns(activity.file, "lap", _LAP_TOTALS)):
        start = instant_us(lap.get("start_time"))
        if start is None:
            continue
        if activity.start_us <= start + activity.clock.shift_us < activity.end_us:
            metres += number_of(lap.get("total_distance"))
            seconds += number_of(lap.get("total_elapsed_time"))
    whole_s = (activity.end_us - activity.start_us) / MICROSECONDS
    return metres if metres > 0 and seconds >= _WHOLE * whole_s else float("nan")
