"""An activity of the gym or the mat: one row of table "sessions", its rows of table "sets"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from runanalytics import movements
from runanalytics.importers.fit.activities import Activity
from runanalytics.importers.fit.codec import profile
from runanalytics.importers.fit.message_rows import columns, instant_us, number_of, rows
from runanalytics.importers.fit.record_times import MICROSECONDS
from runanalytics.importers.runs.words import sport_of
from runanalytics.importers.strength.activity_types import (
    KINDS_OF_TRAINING,
    TypedWork,
    recorded_kind,
    time_of_activity_s,
    typed_sets,
    work_of_type,
)

#: A set that begins this long before or after its session still belongs to it.
_MARGIN_US = 60 * MICROSECONDS
#: Names that the watch writes when it has recognised no exercise.
_UNKNOWN = frozenset({"unknown", "total_body_unknown"})
_LOAD_UNITS: Mapping[str, str] = {"kilogram": "kg", "pound": "lb"}

#: A category, and the number of an exercise within it.
_Exercise = tuple[str | None, int | None]
#: Names of exercises as the author of a workout has them.
_Titles = Mapping[_Exercise, str]


@dataclass(frozen=True)
class Session:
    """One session: its row of table "sessions", and those of its sets."""

    row: Mapping[str, object]
    sets: Sequence[Mapping[str, object]]


def is_session(activity: Activity) -> bool:
    """Return whether an activity is kept as a session: by its type, or because of its sets."""
    if sport_of(activity.sub_sport).is_strength or _typed(activity):
        return True
    if activity.sport != "training":
        return False
    work = {_work(row) for row in _set_rows(activity)}
    return bool(work & {None, *KINDS_OF_TRAINING})


def session(activity: Activity) -> Session:
    """Return an activity as tables.

    Exercise names are the watch's guesses: the first one with a name is taken. The name that the
    author of a workout gave an exercise counts where the watch's name is of no movement. A load
    of 0 means that none was entered. The type of the activity outranks guesses.

    Parameters
    ----------
    activity : Activity
        For which `is_session`.

    Returns
    -------
    Session
    """
    identity, typed = activity.identity, _typed(activity)
    given = typed_sets(_set_rows(activity), typed)
    sets = [
        {"session_id": identity, "position": place, **row}
        for place, row in enumerate(given, start=1)
    ]
    is_strength = sport_of(activity.sub_sport).is_strength
    elapsed_s = (activity.end_us - activity.start_us) / MICROSECONDS
    row = {
        "session_id": identity,
        "start_utc": activity.start_utc,
        "utc_offset_s": activity.clock.offset_s,
        "local_date": activity.local_date,
        "kind": recorded_kind(given, typed, is_strength=is_strength),
        "duration_s": time_of_activity_s(typed, activity.number("total_timer_time"), elapsed_s),
    }
    return Session(row, sets)


def _typed(activity: Activity) -> TypedWork | None:
    """Return the work that an activity's sport names."""
    if sport_of(activity.sub_sport).is_strength:
        return None
    return work_of_type(activity.sub_sport, activity.sport)


def _set_rows(activity: Activity) -> list[dict[str, object]]:
    """Return an activity's rows of table "sets" but for the session and the position."""
    titles = _titles(activity)
    return [
        {"n_sets": 1, "set_type": "normal", **_set(given, titles)}
        for given in _active_sets(activity)
    ]


def _work(row: Mapping[str, object]) -> str | None:
    return movements.work_of_set(row.get("movement"), row.get("category"))


def _active_sets(activity: Activity) -> list[dict[str, object]]:
    """Return the activity's sets without rests, and without those of which nothing is known."""
    chosen, titles = [], _titles(activity)
    for row in rows(columns(activity.file, "set")):
        start = instant_us(row.get("start_time", row.get("timestamp")))
        if row.get("set_type") == "rest":
            continue
        if start is not None:
            start += activity.clock.shift_us
            if not activity.start_us - _MARGIN_US <= start <= activity.end_us + _MARGIN_US:
                continue
        if _is_described(row) or any(guess in titles for guess in _guesses(row)):
            chosen.append(row)
    return chosen


def _is_described(row: Mapping[str, object]) -> bool:
    """Return whether more is known of a set than how long it took."""
    named = _exercise(row)[0] is not None
    return named or _number(row, "repetitions") > 0 or _number(row, "weight") > 0


def _titles(activity: Activity) -> _Titles:
    """Return the names that the author of a workout gave its exercises."""
    titles: dict[_Exercise, str] = {}
    for row in rows(columns(activity.file, "exercise_title")):
        number, title = row.get("exercise_name"), row.get("wkt_step_name")
        if isinstance(number, float) and isinstance(title, str) and title.strip():
            titles[str(row.get("exercise_category")), int(number)] = title.strip()
    return titles


def _set(given: Mapping[str, object], titles: _Titles) -> dict[str, object]:
    category, exercise = _exercise(given)
    reps, load = _number(given, "repetitions"), _number(given, "weight")
    name = exercise or category
    movement = movements.from_garmin(category, exercise) if category else None
    title = next((titles[guess] for guess in _guesses(given) if guess in titles), None)
    if movement is None and title is not None:
        name, movement = title, movements.match(title).movement
    return {
        "movement": movement,
        "name_as_logged": None if name is None else name.replace("_", " "),
        "reps": reps,
        "hold_s": np.nan if reps > 0 else _number(given, "duration"),
        "load_kg": load,
        "load_kind": "external" if load > 0 else None,
        "load_unit": _LOAD_UNITS.get(str(given.get("weight_display_unit"))) if load > 0 else None,
    }


def _number(given: Mapping[str, object], name: str) -> float:
    """Return a number; NaN where it is missing or 0, which means that none was entered."""
    value = given.get(name)
    return value if isinstance(value, float) and value > 0 else float("nan")


def _exercise(given: Mapping[str, object]) -> tuple[str | None, str | None]:
    """Return the category of the first guess that has one, and the exercise within it."""
    for category, number in _guesses(given):
        if category is None or category in _UNKNOWN or category.isdigit():
            continue
        if number is None:
            return category, None
        return category, profile.choices(f"{category}_exercise_name").get(number)
    return None, None


def _guesses(given: Mapping[str, object]) -> Iterator[_Exercise]:
    """Yield the watch's guesses, the likeliest first: category, and number within it."""
    names = _listed(given.get("category_subtype"))
    for place, category in enumerate(_listed(given.get("category"))):
        number = number_of(names[place] if place < len(names) else None)
        if isinstance(category, str):
            yield category, None if np.isnan(number) else int(number)


def _listed(value: object) -> tuple[object, ...]:
    if isinstance(value, tuple):
        return value
    return () if value is None else (value,)
