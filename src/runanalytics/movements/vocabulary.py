"""The catalogue of movements, and what a dose may be asked for.

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
    }
)
SIDES = ("one", "two")
MEASURES = ("reps", "seconds", "metres")

#: Main categories that do not count as strength work.
_NOT_STRENGTH = frozenset({"technique", "speed"})


@dataclass(frozen=True)
class Movement:
    """One exercise, lift or drill.

    Parameters
    ----------
    id : str
        How it is called in tables.
    name : str
        How it is called in print.
    categories : tuple of str
        From `CATEGORIES`, the main one first.
    programmes : tuple of str
        Programmes that hold it.
    sides : str
        "one" if done a side at a time, else "two".
    measured_in : str
        "reps", "seconds" or "metres".
    trains : str
        What it trains.
    how : str
        How it is done.
    aliases : tuple of str
        Other names, in several languages.
    garmin_category, garmin_name : str, optional
        The watch's names for it, where there are some.
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


def _several(field: str) -> tuple[str, ...]:
    return tuple(part for part in field.split("|") if part)


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
            row["id"]: Movement(
                id=row["id"],
                name=row["name"],
                categories=_several(row["categories"]),
                programmes=_several(row["programmes"]),
                sides=row["sides"],
                measured_in=row["measured_in"],
                trains=row["trains"],
                how=row["how"],
                aliases=_several(row["aliases"]),
                garmin_category=row["garmin_category"] or None,
                garmin_name=row["garmin_name"] or None,
            )
            for row in csv.DictReader(text.splitlines())
        }
    )


def movement(id: str) -> Movement:
    """Return the movement called `id`.

    Parameters
    ----------
    id : str
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
        return catalogue()[id]
    except KeyError:
        raise UsageError(
            f"no movement '{id}'",
            hint=f"did you mean {nearest(id, catalogue())}? "
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
        What was asked for.
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


def is_strength(id: str) -> bool:
    """Return whether a movement counts as strength work.

    Every main category does but technique and speed.

    Examples
    --------
    >>> is_strength("box_jump"), is_strength("high_skipping")
    (True, False)
    """
    return movement(id).categories[0] not in _NOT_STRENGTH


def is_technique(id: str) -> bool:
    """Return whether a movement is a running drill by its main category.

    Examples
    --------
    >>> is_technique("high_skipping"), is_technique("sprint_30_m")
    (True, False)
    """
    return movement(id).categories[0] == "technique"


def session_kind(ids: Iterable[str | None]) -> str:
    """Return the kind of a session of these movements; None is one that is not known.

    An unknown movement is taken for strength work, as nearly all that apps log is.

    Examples
    --------
    >>> session_kind(["high_skipping", "squat"]), session_kind([None]), session_kind(["a_march"])
    ('mixed', 'strength', 'technique')
    """
    technique = {id is not None and is_technique(id) for id in ids}
    if technique == {True, False}:
        return "mixed"
    return "technique" if technique == {True} else "strength"


def members(what: str) -> frozenset[str]:
    """Return the ids of the movements that a dose of `what` counts.

    Parameters
    ----------
    what : str
        "strength" (every main category but technique and speed), "technique" (drills, by main
        category), another category (main or not), a programme, or a movement by its id
        or its name. Spaces and hyphens may stand for underscores.

    Returns
    -------
    frozenset of str
        Ids of movements, never empty.

    Raises
    ------
    UsageError
        If it names none of these, with the choices and the closest.

    Examples
    --------
    >>> sorted(members("legs at home"))[:3]
    ['burpee', 'high_knees', 'leapfrog']
    """
    name = movement_id(what)
    everything = catalogue()
    if name == "strength":
        return frozenset(id for id in everything if is_strength(id))
    if name == "technique":
        return frozenset(id for id in everything if is_technique(id))
    if name in CATEGORIES:
        return in_category(name)
    programmes = _programmes_of_movements()
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
def _programmes_of_movements() -> Mapping[str, frozenset[str]]:
    held: dict[str, set[str]] = {}
    for entry in catalogue().values():
        for programme in entry.programmes:
            held.setdefault(programme, set()).add(entry.id)
    return MappingProxyType({name: frozenset(ids) for name, ids in held.items()})
