"""The exercises of a gym session in Garmin's JSON, which sums up all sets of each exercise.

A row of table "sets" stands for all sets of an exercise; its load is the heaviest, the only one
in Garmin's summary.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from runanalytics import movements, schema
from runanalytics.importers.activity_lists.garmin_json_fields import number_of, text_of
from runanalytics.importers.contract import Note

#: Names that the watch writes when it has recognised no exercise.
_UNKNOWN = frozenset({"", "unknown", "total_body_unknown"})
#: A load below this was not written in grams.
_LIGHTEST_KG = 0.25
#: A larger number of sets of one exercise is not believed.
_MOST_SETS = 100


def has_movements(activity: Mapping[str, object]) -> bool:
    """Return whether an activity of another kind was strength work: yoga has poses for sets."""
    return any(movements.from_garmin(*_exercise(given)) for given in _exercises(activity))


def sets_table(
    sessions: Mapping[str, Mapping[str, object]],
) -> tuple[pd.DataFrame, list[Note]]:
    """Return the exercises of sessions as table "sets".

    Parameters
    ----------
    sessions : mapping of str to mapping
        Activities by their session's identifier.

    Returns
    -------
    sets : DataFrame
        Table "sets": one row an exercise.
    notes : list of Note
        How many loads were too small to be in grams.
    """
    rows: list[dict[str, object]] = []
    light = 0
    for session_id, activity in sessions.items():
        for position, given in enumerate(_exercises(activity), start=1):
            row = {"session_id": session_id, "position": position, **_set(given)}
            load = row["load_kg"]
            if isinstance(load, float) and load < _LIGHTEST_KG:
                light += 1
                row |= {"load_kg": None, "load_kind": None}
            rows.append(row)
    message = f"loads below {_LIGHTEST_KG:g} kg are not in grams: taken as missing ({light})"
    notes = [Note("warning", message)] if light else []
    return (schema.check(pd.DataFrame(rows), "sets") if rows else schema.empty("sets")), notes


def _exercise(given: Mapping[str, object]) -> tuple[str | None, str | None]:
    """Return an exercise's category and its name within it, in lower case."""
    words = ((text_of(given.get(name)) or "").casefold() for name in ("category", "subCategory"))
    category, name = (None if word in _UNKNOWN else word for word in words)
    return category, name


def _set(given: Mapping[str, object]) -> dict[str, object]:
    """Return a row of table "sets": the sums of an exercise, divided by its number of sets."""
    category, exercise = _exercise(given)
    name = exercise or category
    counted = number_of(given.get("sets"))
    n_sets = round(counted) if 1 <= counted <= _MOST_SETS else 1
    reps = number_of(given.get("reps")) / n_sets
    load_kg = number_of(given.get("maxWeight")) / 1000
    return {
        "movement": movements.from_garmin(category, exercise) if category else None,
        "name_as_logged": None if name is None else name.replace("_", " "),
        "set_type": "normal",
        "n_sets": n_sets,
        "reps": reps,
        "hold_s": math.nan if reps > 0 else number_of(given.get("duration")) / 1000 / n_sets,
        "load_kg": load_kg,
        "load_kind": "external" if load_kg > 0 else None,
    }


def _exercises(activity: Mapping[str, object]) -> list[Mapping[str, object]]:
    """Return the exercises of an activity that have a name or repetitions: no endurance work."""
    listed = activity.get("summarizedExerciseSets")
    return [
        given
        for given in (listed if isinstance(listed, list) else [])
        if isinstance(given, dict)
        and (_exercise(given)[0] or number_of(given.get("reps")) > 0)
        and not movements.is_garmin_endurance(*_exercise(given))
    ]
