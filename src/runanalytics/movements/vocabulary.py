"""The catalogue of movements, and the groups of them that a dose can count.

The rows stand in `catalogue.csv`, where several values in one field are separated by `|`. A
movement has one main category, its first, and may have more.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from runanalytics.errors import UsageError

#: Category -> what belongs to it.
CATEGORIES: Mapping[str, str] = MappingProxyType(
    {
        "max_strength": "heavy and loaded",
        "plyometric": "jumps, bounces and throws",
        "pull": "hamstring pull of the foot under the hip",
        "isometric": "held without moving",
        "core": "trunk",
        "strength": "general, light or with body weight",
        "technique": "running drills",
        "speed": "sprints and strides",
        "mobility": "yoga, stretching, Pilates, foam rolling",
        "conditioning": "hard circuits and classes",
        "endurance": "running, walking, riding, swimming, rowing",
        "other_sport": "games and sports",
        "warm_up": "warming up and cooling down",
        "rest": "rest",
    }
)
SIDES = ("one", "two")
MEASURES = ("reps", "seconds", "metres")

#: Main categories that do not count as strength work.
_NOT_STRENGTH = frozenset(
    (
        *("technique", "speed", "mobility", "conditioning", "endurance", "other_sport"),
        *("warm_up", "rest"),
    )
)


@dataclass(frozen=True)
class Movement:
    """One exercise, lift or drill.

    Parameters
    ----------
    id, name : str
        Its name in tables, and in print.
    categories : tuple of str
        From `CATEGORIES`, the main one first.
    programmes : tuple of str
        Programmes that it belongs to.
    sides : str
        "one" if done one side at a time, else "two".
    measured_in : str
        "reps", "seconds" or "metres".
    trains : str
        What it trains.
    how : str
        How it is done.
    aliases : tuple of str
        Other names, in several languages.
    garmin_category, garmin_name : str, optional
        The watch's names for it, where it has them.
    """

    id: str
    name: str
    categories: tuple[str, ...]
    programmes: tuple[str, ...]
    sides: str
    measured_in: str
    trains: str
    how: str
    aliases: tuple[str, ...] = ()
    garmin_category: str | None = None
    garmin_name: str | None = None


def _value(column: str, cell: str) -> Any:
    if column in ("categories", "programmes", "aliases"):
        return tuple(part for part in cell.split("|") if part)
    return (cell or None) if column.startswith("garmin_") else cell


@cache
def catalogue() -> Mapping[str, Movement]:
    """Return every movement by its id, in the order of the file.

    Examples
    --------
    >>> catalogue()["leg_press"].name
    'Leg press'
    """
    text = Path(__file__).with_name("catalogue.csv").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            row["id"]: Movement(**{name: _value(name, cell) for name, cell in row.items()})
            for row in csv.DictReader(text.splitlines())
        }
    )


def movement(name: str) -> Movement:
    """Return the movement whose id is `name`.

    Parameters
    ----------
    name : str
        An id of the catalogue, such as "calf_raise".

    Raises
    ------
    UsageError
        If there is none, naming the nearest.

    Examples
    --------
    >>> movement("calf_raise").sides
    'two'
    """
    try:
        return catalogue()[name]
    except KeyError:
        raise UsageError(
            f"no movement '{name}'",
            hint=f"did you mean {nearest(name, catalogue())}? "
            "`runanalytics movements` lists them all",
        ) from None


def movement_id(text: str) -> str:
    """Return `text` as an id is spelled: lower case, words joined by "_".

    Examples
    --------
    >>> movement_id("Single-leg deadlift")
    'single_leg_deadlift'
    """
    return "_".join(text.casefold().replace("-", " ").replace("_", " ").split())


def nearest(text: str, choices: Iterable[str]) -> str:
    """Return the three choices that are spelled most like `text`, for a message.

    Parameters
    ----------
    text : str
        As the user wrote it.
    choices : iterable of str
        What there is, spelled as ids are.

    Examples
    --------
    >>> nearest("caff raise", ["calf_raise", "squat"])
    "'calf_raise' or 'squat'"
    """
    from difflib import get_close_matches

    near = get_close_matches(movement_id(text), list(choices), n=3, cutoff=0.0)
    return " or ".join(f"'{choice}'" for choice in near)


def in_category(category: str) -> frozenset[str]:
    """Return the ids of the movements that have `category`, main or not.

    Raises
    ------
    UsageError
        If there is no such category.

    Examples
    --------
    >>> "one_leg_skipping" in in_category("plyometric")
    True
    """
    if category not in CATEGORIES:
        raise UsageError(
            f"no category '{category}'", hint=f"the categories are: {', '.join(CATEGORIES)}"
        )
    return frozenset(m.id for m in catalogue().values() if category in m.categories)


def is_strength(name: str) -> bool:
    """Return whether a movement, by its id, counts as strength work.

    Every main category does except technique and speed.

    Examples
    --------
    >>> is_strength("box_jump"), is_strength("high_skipping")
    (True, False)
    """
    return movement(name).categories[0] not in _NOT_STRENGTH


def is_technique(name: str) -> bool:
    """Return whether a movement, by its id, is a running drill: its main category says so.

    Examples
    --------
    >>> is_technique("high_skipping"), is_technique("sprint_30_m")
    (True, False)
    """
    return movement(name).categories[0] == "technique"


def session_kind(ids: Iterable[str | None]) -> str:
    """Return the kind of a session of these movements; None is an unknown one.

    An unknown movement is taken for strength work, as nearly all movements in apps' logs are.

    Examples
    --------
    >>> session_kind(["high_skipping", "squat"]), session_kind([None]), session_kind(["a_march"])
    ('mixed', 'strength', 'technique')
    """
    technique = {name is not None and is_technique(name) for name in ids}
    if technique == {True, False}:
        return "mixed"
    return "technique" if technique == {True} else "strength"


def members(what: str) -> frozenset[str]:
    """Return the ids of the movements that a dose of `what` counts.

    Parameters
    ----------
    what : str
        "strength" (every main category except technique and speed), "technique" (drills, by
        main category), another category (main or not), a programme, or a movement by its id or
        its name. Spaces and hyphens may stand for underscores.

    Returns
    -------
    frozenset of str
        Ids of movements, never empty.

    Raises
    ------
    UsageError
        If it names none of these, naming the choices and the closest.

    Examples
    --------
    >>> sorted(members("legs at home"))[:3]
    ['burpee', 'high_knees', 'leapfrog']
    """
    name = movement_id(what)
    everything = catalogue()
    if name == "strength":
        return frozenset(filter(is_strength, everything))
    if name == "technique":
        return frozenset(filter(is_technique, everything))
    if name in CATEGORIES:
        return in_category(name)
    programmes = _movements_by_programme()
    if name in programmes:
        return programmes[name]
    by_name = _movements_by_name()
    if name in by_name:
        return frozenset({by_name[name]})
    choices = dict.fromkeys((*CATEGORIES, *programmes, *everything))
    raise UsageError(
        f"'{what}' is no category, programme or movement",
        hint=f"did you mean {nearest(what, choices)}? Categories: {', '.join(CATEGORIES)}. "
        f"Programmes: {', '.join(programmes)}. `runanalytics movements` lists the movements",
    )


@cache
def _movements_by_name() -> Mapping[str, str]:
    """Return the id of every movement by its id and by its name, spelled as ids are."""
    by_name = {movement_id(entry.name): entry.id for entry in catalogue().values()}
    return MappingProxyType(by_name | {each: each for each in catalogue()})


@cache
def _movements_by_programme() -> Mapping[str, frozenset[str]]:
    members: dict[str, set[str]] = {}
    for entry in catalogue().values():
        for programme in entry.programmes:
            members.setdefault(programme, set()).add(entry.id)
    return MappingProxyType({name: frozenset(ids) for name, ids in members.items()})
