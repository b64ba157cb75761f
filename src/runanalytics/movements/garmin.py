"""From a Garmin watch's exercise names to movements of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from runanalytics.movements.matcher import match
from runanalytics.movements.vocabulary import catalogue
from runanalytics.movements.work import named_work

#: Garmin category of a set whose exercise is not named -> the movement it is taken for.
_GARMIN_CATEGORIES = {
    "curl": "biceps_curl",
    "flye": "chest_fly",
    "hip_raise": "glute_bridge",
    "hyperextension": "back_extension",
    "shoulder_press": "overhead_press",
    **{
        name: name
        for name in (
            *("bench_press", "calf_raise", "crunch", "deadlift", "lateral_raise", "leg_curl"),
            *("lunge", "plank", "pull_up", "push_up", "shrug", "sit_up", "squat"),
            "triceps_extension",
        )
    },
}
#: Garmin category of work that is no exercise -> the movement that stands for it, where the name
#: within the category says no more.
_GARMIN_WORK = {
    **dict.fromkeys(("bike", "bike_outdoor", "indoor_bike"), "cycling"),
    **dict.fromkeys(("run", "run_indoor"), "running"),
    **dict.fromkeys(("floor_climb", "stair_stepper"), "stair_climber"),
    "cardio_sensors": "cardio",
    "elliptical": "elliptical",
    "indoor_row": "rowing_machine",
    "move": "mobility_work",
    "pose": "yoga",
    "warm_up": "warming_up",
}


def from_garmin(category: str | None, name: str | None) -> str | None:
    """Return the movement that a Garmin watch's exercise category and name stand for.

    Parameters
    ----------
    category, name : str or None
        As in the FIT profile ("calf_raise", "standing_calf_raise") or in Garmin Connect (the
        same in capitals).

    Returns
    -------
    str or None
        Id of the movement.

    References
    ----------
    Types exercise_category and *_exercise_name of the FIT profile.

    Examples
    --------
    >>> from_garmin("calf_raise", "standing_calf_raise")
    'calf_raise'
    >>> from_garmin("SQUAT", None)
    'squat'
    >>> from_garmin("pose", "bridge"), from_garmin("warm_up", "stretch_calf")
    ('yoga', 'stretching')
    """
    group = (category or "").casefold()
    exercise = (name or "").casefold()
    known = _movements_by_garmin_name().get((group, exercise))
    if known:
        return known
    if group in _GARMIN_WORK:
        work = named_work(exercise.replace("_", " "))
        return work.movement if work else _GARMIN_WORK[group]
    if group == "unknown":
        return None
    if exercise and not exercise.startswith("unknown"):
        return match(exercise).movement
    return _GARMIN_CATEGORIES.get(group)


@cache
def _movements_by_garmin_name() -> Mapping[tuple[str, str], str]:
    return {
        (entry.garmin_category, entry.garmin_name): entry.id
        for entry in catalogue().values()
        if entry.garmin_category and entry.garmin_name
    }
