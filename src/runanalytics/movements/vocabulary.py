"""The catalogue of movements, and the groups of them that a dose can count.

The rows stand in `catalogue.csv`, where several values in one field are separated by `|`. A
movement has one main category, its first, and may have more. Its main category tells which kind
of work it is, and the kinds of work in a session tell what the session was.
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
        "mobility": "yoga, Pilates, stretching, mobility, foam rolling",
        "conditioning": "intervals, circuits, aerobics, boxing",
        "endurance": "walks, rides, swims, ergometers, runs within another log",
        "other_sport": "climbing, skating, ball games and the like",
        "warm_up": "warming up and cooling down, without saying how",
        "rest": "no work",
    }
)
#: Kind of work -> the main categories that are of it.
KINDS_OF_WORK: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "strength": ("max_strength", "plyometric", "pull", "isometric", "core", "strength"),
        **{
            kind: (kind,)
            for kind in (
                *("technique", "speed", "mobility", "conditioning", "endurance", "other_sport"),
                *("warm_up", "rest"),
            )
        },
    }
)
#: Kinds of work that may move how somebody runs, and the log that each is entered in.
_LOG_OF_TRAINING = {"strength": "strength", "technique": "technique", "speed": "technique"}
#: Kinds that go with any work, and so do not tell what a session was.
_BESIDE_WORK = ("warm_up", "rest")
#: Movements that stand for several exercises done as one, without saying which: a session of
#: their kind, or a part of it, and no set.
WHOLES = frozenset(
    ("strength_work", "core_work", "plyometric_work", "hip_work", "kettlebell_work", "running_abc")
)
#: What should move neither cadence nor contact time: it serves as a control for what may.
CONTROLS = ("mobility", "upper_body", "other_sport")

#: Strength work that is mostly done with the weight of the body alone, beside jumps and pulls.
_OF_BODY_WEIGHT = frozenset(
    (
        *("push_up", "pike_push_up", "handstand_push_up", "pull_up", "chin_up", "muscle_up", "dip"),
        *("bench_dip", "inverted_row", "burpee", "mountain_climber", "crunch", "bicycle_crunch"),
        *("reverse_crunch", "dead_bug", "bird_dog", "superman", "plank_up_down", "shoulder_tap"),
        *(
            "hanging_leg_raise",
            "hanging_knee_raise",
            "toes_to_bar",
            "inchworm",
            "straight_leg_raise",
        ),
        *("clamshell", "fire_hydrant", "side_lying_leg_raise", "lateral_band_walk", "nordic_curl"),
    )
)

SIDES = ("one", "two")
MEASURES = ("reps", "seconds", "metres")


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

    @property
    def is_fast_run(self) -> bool:
        """Whether it is run fast over a short way: a sprint, strides."""
        return self.categories[0] == "speed"

    @property
    def is_of_body_weight(self) -> bool:
        """Whether it is mostly done with the weight of the body alone."""
        return self.id in _OF_BODY_WEIGHT or (
            self.categories[0] in ("plyometric", "pull") and not self.id.startswith("medicine_ball")
        )


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


def kind_of_category(category: str) -> str:
    """Return the kind of work that a main category is of.

    Examples
    --------
    >>> kind_of_category("plyometric"), kind_of_category("speed")
    ('strength', 'speed')
    """
    return _kind_of_category()[category]


def kind_of_work(name: str) -> str:
    """Return the kind of work that a movement, by its id, is: its main category says so.

    Returns
    -------
    str
        A key of `KINDS_OF_WORK`.

    Examples
    --------
    >>> kind_of_work("box_jump"), kind_of_work("high_skipping"), kind_of_work("strides")
    ('strength', 'technique', 'speed')
    """
    return kind_of_category(movement(name).categories[0])


def work_of_set(movement: object, category: object = None) -> str | None:
    """Return the kind of work of a row of table "sets"; None where its name is unknown.

    Parameters
    ----------
    movement, category : str or missing
        Its values in these columns: the category counts where the movement is missing.

    Examples
    --------
    >>> work_of_set("box_jump"), work_of_set(None, "mobility"), work_of_set(float("nan"))
    ('strength', 'mobility', None)
    """
    if isinstance(movement, str):
        known = catalogue().get(movement)
        return None if known is None else kind_of_category(known.categories[0])
    return kind_of_category(category) if isinstance(category, str) else None


def is_strength(name: str) -> bool:
    """Return whether a movement, by its id, counts as strength work.

    Examples
    --------
    >>> is_strength("box_jump"), is_strength("high_skipping"), is_strength("yoga")
    (True, False, False)
    """
    return kind_of_work(name) == "strength"


def is_technique(name: str) -> bool:
    """Return whether a movement, by its id, is a running drill: its main category says so.

    Examples
    --------
    >>> is_technique("high_skipping"), is_technique("sprint_30_m")
    (True, False)
    """
    return kind_of_work(name) == "technique"


def session_kind(work: Iterable[str | None], source: str = "unknown") -> str:
    """Return the kind of a session from the work in it.

    Parameters
    ----------
    work : iterable of str or None
        The kind of work of each set, a key of `KINDS_OF_WORK`; None for an unknown name.
    source : str, default "unknown"
        What the source of a session says of it: it decides where all names are unknown, and
        where there is no set. Among known work, unknown names decide nothing.

    Returns
    -------
    str
        "strength" if any work is strength, "technique" if any is technique or speed, "mixed" if
        both, "other" if it is known and none of these.

    Examples
    --------
    >>> session_kind(["technique", "strength", None]), session_kind(["technique", None])
    ('mixed', 'technique')
    >>> session_kind(["mobility", None]), session_kind([None]), session_kind([None], "strength")
    ('other', 'unknown', 'strength')
    """
    kinds = set(work)
    logs = {_LOG_OF_TRAINING[kind] for kind in kinds if kind in _LOG_OF_TRAINING}
    if len(logs) == 2:
        return "mixed"
    if logs:
        return logs.pop()
    # Warming up before what is not known says no more than its source.
    if None in kinds and kinds <= {None, *_BESIDE_WORK}:
        return source
    return "other" if kinds else source


def categories_of(what: str) -> frozenset[str]:
    """Return the main categories all of whose work a dose of `what` counts.

    A set whose movement is not known may still be known to be of one of them.

    Parameters
    ----------
    what : str
        As for `members`.

    Examples
    --------
    >>> sorted(categories_of("technique")), sorted(categories_of("calf raise"))
    (['technique'], [])
    """
    name = movement_id(what)
    return frozenset(KINDS_OF_WORK.get(name, (name,) if name in CATEGORIES else ()))


@cache
def log_of(what: str) -> str:
    """Return the log that work is entered in, as `log_spans` names it.

    Parameters
    ----------
    what : str
        As for `members`. Whatever has any strength work among it belongs to the strength log;
        drills and sprints belong to the technique log, and every other kind to one of its own.

    Examples
    --------
    >>> log_of("plyometric"), log_of("hill sprint"), log_of("yoga")
    ('strength', 'technique', 'mobility')
    """
    kinds = {kind_of_work(each) for each in members(what)}
    logs = [_LOG_OF_TRAINING.get(kind, kind) for kind in KINDS_OF_WORK if kind in kinds]
    return logs[0]


@cache
def members(what: str) -> frozenset[str]:
    """Return the ids of the movements that a dose of `what` counts.

    Parameters
    ----------
    what : str
        "strength" (every movement whose main category is of that kind of work), "technique"
        (drills, sprints and strides, by main category), another category (main or not), a group
        such as "upper_body", a programme, or a movement by its id or its name. Spaces and hyphens
        may stand for underscores.

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
        # Sprints and strides are work of the technique log, and make a session one of technique.
        return frozenset(
            each for each in everything if kind_of_work(each) in ("technique", "speed")
        )
    if name in CATEGORIES:
        return in_category(name)
    if name in groups():
        return groups()[name]
    programmes = _movements_by_programme()
    if name in programmes:
        return programmes[name]
    by_name = _movements_by_name()
    if name in by_name:
        return frozenset({by_name[name]})
    choices = dict.fromkeys((*CATEGORIES, *groups(), *programmes, *everything))
    raise UsageError(
        f"'{what}' is no category, programme or movement",
        hint=f"did you mean {nearest(what, choices)}? Categories: {', '.join(CATEGORIES)}. "
        f"Groups: {', '.join(groups())}. "
        f"Programmes: {', '.join(programmes)}. `runanalytics movements` lists the movements",
    )


@cache
def groups() -> Mapping[str, frozenset[str]]:
    """Return the groups of movements that are no category, by name, from `groups.toml`.

    Examples
    --------
    >>> "bench_press" in groups()["upper_body"]
    True
    """
    import tomllib

    text = Path(__file__).with_name("groups.toml").read_text(encoding="utf-8")
    return MappingProxyType({name: frozenset(ids) for name, ids in tomllib.loads(text).items()})


@cache
def _kind_of_category() -> Mapping[str, str]:
    return {category: kind for kind, held in KINDS_OF_WORK.items() for category in held}


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
