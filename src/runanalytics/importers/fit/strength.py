"""A strength activity as a row of table "sessions" and its rows of table "sets"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from runanalytics import movements, schema
from runanalytics.importers.fit import profile
from runanalytics.importers.fit.activities import (
    MICROSECONDS,
    Activity,
    columns,
    instant_us,
    rows,
)

#: The profile's words for sessions of strength work.
_SUB_SPORTS = frozenset({"strength_training"})
#: A set that begins this long before or after its session still belongs to it.
_MARGIN_US = 60 * MICROSECONDS
#: What the watch says when it has recognised no exercise.
_UNKNOWN = frozenset({"unknown", "total_body_unknown"})
_LOAD_UNITS: Mapping[str, str] = {"kilogram": "kg", "pound": "lb"}


@dataclass(frozen=True)
class Session:
    """One gym session: its row of table "sessions" and its sets."""

    row: Mapping[str, object]
    sets: pd.DataFrame


def is_strength(activity: Activity) -> bool:
    """Return whether an activity is strength work: by its name, or since it has sets."""
    if activity.sub_sport in _SUB_SPORTS:
        return True
    return activity.sport == "training" and bool(_active_sets(activity))


def session(activity: Activity) -> Session:
    """Return a strength activity as tables.

    Exercise names are the watch's guesses: the first that it has a name for is taken. A load of
    0 means that none was entered.

    Parameters
    ----------
    activity : Activity
        Of strength work.

    Returns
    -------
    Session
    """
    identity = activity.identity
    row = {
        "session_id": identity,
        "start_utc": activity.start_utc,
        "utc_offset_s": activity.clock.offset_s,
        "local_date": activity.local_date,
        "kind": "strength",
        "duration_s": (activity.end_us - activity.start_us) / MICROSECONDS,
    }
    found = [
        {
            "session_id": identity,
            "position": place,
            "n_sets": 1,
            "set_type": "normal",
            **_set(given),
        }
        for place, given in enumerate(_active_sets(activity), start=1)
    ]
    if not found:
        return Session(row, schema.empty("sets"))
    return Session(row, schema.check(pd.DataFrame(found), "sets"))


def _active_sets(activity: Activity) -> list[dict[str, object]]:
    chosen = []
    for row in rows(columns(activity.file, "set")):
        start = instant_us(row.get("start_time", row.get("timestamp")))
        if row.get("set_type") == "rest":
            continue
        if start is not None:
            start += activity.clock.shift_us
            if not activity.start_us - _MARGIN_US <= start <= activity.end_us + _MARGIN_US:
                continue
        if _says_something(row):
            chosen.append(row)
    return chosen


def _says_something(row: Mapping[str, object]) -> bool:
    """Return whether a set tells more than how long it took."""
    named = _exercise(row)[0] is not None
    return named or _number(row, "repetitions") > 0 or _number(row, "weight") > 0


def _set(given: Mapping[str, object]) -> dict[str, object]:
    category, exercise = _exercise(given)
    reps, load = _number(given, "repetitions"), _number(given, "weight")
    name = exercise or category
    return {
        "movement": movements.from_garmin(category, exercise) if category else None,
        "name_as_logged": None if name is None else name.replace("_", " "),
        "reps": reps,
        "hold_s": np.nan if reps > 0 else _number(given, "duration"),
        "load_kg": load,
        "load_kind": "external" if load > 0 else None,
        "load_unit": _LOAD_UNITS.get(str(given.get("weight_display_unit"))) if load > 0 else None,
    }


def _number(given: Mapping[str, object], name: str) -> float:
    """Return a number that 0 says was not entered."""
    value = given.get(name)
    return value if isinstance(value, float) and value > 0 else float("nan")


def _exercise(given: Mapping[str, object]) -> tuple[str | None, str | None]:
    """Return the first guess that the watch has a category for, and its exercise within it."""
    categories = _listed(given.get("category"))
    names = _listed(given.get("category_subtype"))
    for place, category in enumerate(categories):
        if not isinstance(category, str) or category in _UNKNOWN or category.isdigit():
            continue
        number = names[place] if place < len(names) else None
        if not isinstance(number, float) or np.isnan(number):
            return category, None
        vocabulary = profile.choices(f"{category}_exercise_name")
        return category, vocabulary.get(int(number))
    return None, None


def _listed(value: object) -> tuple[object, ...]:
    if isinstance(value, tuple):
        return value
    return () if value is None else (value,)
