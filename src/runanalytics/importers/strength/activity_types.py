"""What the type of a recorded activity says of the work in it: yoga, HIIT, climbing, a ride.

A watch that records yoga guesses exercises, and some poses bear names of exercises; the type
outranks them. A type such as "cardio" says less than the exercises in it.

Names of activities are read as those of exercises are; what only lists and watches write ("EBike
ride", "gravel cycling") stands in `runanalytics.words`, tables ``sports.types``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from runanalytics.importers.runs.words import plain_words
from runanalytics.movements import movement, named_work, session_kind, work_of_set
from runanalytics.words import words
from runanalytics.words.phrases import finder, plain

#: Kinds of work of which an activity is kept as a session.
_KEPT = ("mobility", "conditioning", "endurance", "other_sport")
#: Work that is no session of its own: runs are rows of table "runs", and "cardio" says neither
#: which sport it was nor that it was no strength work, which many record under that name.
_NOT_BY_TYPE = ("running", "cardio")
#: Sports that go on for hours, with breaks during which the timer stands still.
_ENDURING = ("endurance", "other_sport")
#: Types that may hold anything: the exercises in them tell what was done.
_MAY_HOLD_ANYTHING = ("circuit", "cardio")
#: Kinds of work that make a session one of strength or technique.
KINDS_OF_TRAINING = ("strength", "technique", "speed")


@dataclass(frozen=True)
class TypedWork:
    """Work that the type of an activity names.

    Parameters
    ----------
    name : str
        The type in words.
    movement : str
        Id of the movement that stands for it.
    """

    name: str
    movement: str

    @property
    def category(self) -> str:
        """Its main category."""
        return movement(self.movement).categories[0]

    @property
    def stands_for(self) -> str:
        """The name of its movement."""
        return movement(self.movement).name

    @property
    def outranks_exercises(self) -> bool:
        """Whether it counts, whatever exercises were recorded."""
        return self.movement not in _MAY_HOLD_ANYTHING


def work_of_type(*names: str) -> TypedWork | None:
    """Return the work that the type of an activity names, if it is kept as a session.

    Parameters
    ----------
    *names : str
        The type, the more precise one first, in any language or as a code.

    Examples
    --------
    >>> work_of_type("indoor_climbing").movement, work_of_type("flexibility_training").category
    ('climbing', 'mobility')
    >>> work_of_type("gravel_cycling").movement, work_of_type("Hike").movement
    ('cycling', 'walking')
    >>> work_of_type("multi_sport") is None, work_of_type("strength_training") is None
    (True, True)
    """
    if any(finder("sports.no_session").search(plain(plain_words(name))) for name in names):
        return None
    for name in names:
        given = plain_words(name)
        found = _movement_of(given)
        if found in _NOT_BY_TYPE or found is None:
            continue
        if movement(found).categories[0] in _KEPT:
            return TypedWork(given, found)
    return None


@lru_cache(maxsize=2_000)  # a list has few types, and thousands of rows of each
def _movement_of(name: str) -> str | None:
    """Return the movement that a name of an activity stands for."""
    found = named_work(name)
    if found is not None:
        return found.movement
    types = dict.fromkeys(each for held in words("sports.types").values() for each in held)
    text = plain(name)
    return next((each for each in types if finder(f"sports.types.{each}").search(text)), None)


def time_of_activity_s(typed: TypedWork | None, timer_s: float, elapsed_s: float) -> float:
    """Return how long an activity lasted (s).

    Parameters
    ----------
    typed : TypedWork or None
        What its type names: a ride takes the time in which its timer ran, since recordings go on
        through stops; the sets of a gym session are an hour's work with their rests.
    timer_s, elapsed_s : float
        As the recording states; NaN where it does not.
    """
    is_timed = typed is not None and typed.category in _ENDURING
    return timer_s if is_timed and 0 < timer_s <= elapsed_s else elapsed_s


def typed_sets(
    sets: Sequence[Mapping[str, object]], typed: TypedWork | None
) -> list[Mapping[str, object]]:
    """Return an activity's rows of table "sets" as its type has them counted.

    Parameters
    ----------
    sets : sequence of mappings
        Columns of the table but for the session and the position.
    typed : TypedWork or None
        What the type names: exercises that are not known are of it, and, where it outranks
        them, all that would count as training. Without exercises it is one row itself.
    """
    if typed is None:
        return list(sets)
    if not sets:
        return [{"n_sets": 1, "name_as_logged": typed.name, "movement": typed.movement}]
    counted = []
    for row in sets:
        work = work_of_set(row.get("movement"), row.get("category"))
        if work is None or (typed.outranks_exercises and work in KINDS_OF_TRAINING):
            row = {**row, "movement": None, "category": typed.category}
        counted.append(row)
    return counted


def recorded_kind(
    sets: Sequence[Mapping[str, object]], typed: TypedWork | None, *, is_strength: bool
) -> str:
    """Return the kind of a recorded session.

    Parameters
    ----------
    sets : sequence of mappings
        Its rows of table "sets", as its type has them counted.
    typed : TypedWork or None
        What its type names.
    is_strength : bool
        Whether its type is strength work.
    """
    source = "strength" if is_strength else "unknown" if typed is None else "other"
    work = (work_of_set(row.get("movement"), row.get("category")) for row in sets)
    return session_kind(work, source)


def holds_training(sets: Sequence[Mapping[str, object]]) -> bool:
    """Return whether any row of table "sets" is strength, technique or speed."""
    return any(
        work_of_set(row.get("movement"), row.get("category")) in KINDS_OF_TRAINING for row in sets
    )
