"""The exercises of a gym session in Garmin's JSON, which sums up all sets of each exercise.

A row of table "sets" stands for all sets of an exercise. Its load is the mean that follows from
the volume, where the summary states that, or else the heaviest.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from runanalytics import movements, schema
from runanalytics.importers.activity_lists.garmin_json_fields import number_of, text_of
from runanalytics.importers.contract import Note
from runanalytics.importers.strength.activity_types import TypedWork, typed_sets

#: Names that the watch writes when it has recognised no exercise.
_UNKNOWN = frozenset({"", "unknown", "total_body_unknown"})
#: A load below this was not written in grams.
_LIGHTEST_KG = 0.25
#: A larger number of sets of one exercise is not believed.
_MOST_SETS = 100


#: A mean load may be above the heaviest by this share, for rounding.
_ROUNDED = 1.001


def exercises(
    activity: Mapping[str, object], typed: TypedWork | None
) -> list[Mapping[str, object]]:
    """Return the exercises of an activity as rows of table "sets", as its type has them counted.

    Parameters
    ----------
    activity : mapping
        As the file has it.
    typed : TypedWork or None
        What its type names.
    """
    return typed_sets([_set(given) for given in _listed(activity)], typed)


def sets_table(
    sessions: Mapping[str, Sequence[Mapping[str, object]]],
) -> tuple[pd.DataFrame, list[Note]]:
    """Return the exercises of sessions as table "sets".

    Parameters
    ----------
    sessions : mapping of str to sequence of mappings
        From `exercises`, by the session's identifier.

    Returns
    -------
    sets : DataFrame
        Table "sets": one row an exercise.
    notes : list of Note
        How many loads were too small to be in grams.
    """
    rows: list[dict[str, object]] = []
    light = 0
    for session_id, listed in sessions.items():
        for position, given in enumerate(listed, start=1):
            row = {"session_id": session_id, "position": position, **given}
            load = row.get("load_kg")
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
    load_kg = _load_kg(given)
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


def _load_kg(given: Mapping[str, object]) -> float:
    """Return the mean load of all repetitions where the volume is stated, else the heaviest.

    A volume that would make the mean heavier than the heaviest is not believed.
    """
    heaviest_kg = number_of(given.get("maxWeight")) / 1000
    mean_kg = number_of(given.get("volume")) / number_of(given.get("reps")) / 1000
    if mean_kg > 0 and not mean_kg > _ROUNDED * heaviest_kg:
        return mean_kg
    return heaviest_kg


def _listed(activity: Mapping[str, object]) -> list[Mapping[str, object]]:
    """Return the exercises of an activity that have a name or repetitions."""
    listed = activity.get("summarizedExerciseSets")
    return [
        given
        for given in (listed if isinstance(listed, list) else [])
        if isinstance(given, dict) and (_exercise(given)[0] or number_of(given.get("reps")) > 0)
    ]
