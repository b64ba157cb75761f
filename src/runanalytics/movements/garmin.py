"""From a Garmin watch's exercise names to movements of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from runanalytics.movements.matcher import match
from runanalytics.movements.vocabulary import catalogue

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
#: Garmin categories of endurance work: warming up on a treadmill is no set of strength work.
_GARMIN_ENDURANCE = frozenset(
    (
        *("bike", "bike_outdoor", "cardio_sensors", "elliptical", "floor_climb", "indoor_bike"),
        *("indoor_row", "run", "run_indoor", "stair_stepper"),
    )
)
#: The same and categories whose names are stretches or poses.
_GARMIN_NOT_EXERCISES = _GARMIN_ENDURANCE | {"move", "pose", "unknown", "warm_up"}


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
    >>> from_garmin("pose", "bridge") is None
    True
    """
    group = (category or "").casefold()
    exercise = (name or "").casefold()
    known = _movements_by_garmin_name().get((group, exercise))
    if known:
        return known
    if group in _GARMIN_NOT_EXERCISES:
        return None
    if exercise and not exercise.startswith("unknown"):
        return match(exercise).movement
    return _GARMIN_CATEGORIES.get(group)


def is_garmin_endurance(category: str | None, name: str | None) -> bool:
    """Return whether a Garmin watch's exercise is endurance work, and no set of a session.

    Parameters
    ----------
    category, name : str or None
        As for `from_garmin`.

    Examples
    --------
    >>> is_garmin_endurance("run", "jog"), is_garmin_endurance("run", "sprint")
    (True, False)
    """
    return (category or "").casefold() in _GARMIN_ENDURANCE and from_garmin(category, name) is None


@cache
def _movements_by_garmin_name() -> Mapping[tuple[str, str], str]:
    return {
        (entry.garmin_category, entry.garmin_name): entry.id
        for entry in catalogue().values()
        if entry.garmin_category and entry.garmin_name
    }
