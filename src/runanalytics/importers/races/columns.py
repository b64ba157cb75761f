"""Which column of a list of races holds what, by the words of all languages.

The words stand in `runanalytics.words`, table ``race_list``. A header is taken apart into words:
those of units, in or without brackets, state the unit of the column's bare numbers; "official",
"chip", "net", "gun" and "watch" say which of several times or distances it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from runanalytics.importers.text.headers import Headers
from runanalytics.importers.tidy.columns import COLUMNS, own_kind_of
from runanalytics.words.phrases import every, plain

#: Which of several times of a race counts: the runner's own before the gun's, what an organiser
#: says before what a watch says. "time" is one that says no more than that it is a time.
TIMES = ("chip", "official", "gun", "time", "watch")
#: The same for distances.
_DISTANCES = ("official", "distance", "watch")
#: Columns that hold one thing, and whose header may be any of these words.
_SINGLE = ("date", "course", "ascent", "temperature", "indoor", "age_grade", "run_number", "runner")
#: Times that only races have.
_OF_RACES = ("time chip", "time gun", "time official")
#: Columns that may hold the name of a race, or its distance: the cells tell; the best first.
_NAMES = ("title", "event", "name")
#: Quantities that logs of strength work have, and no list of races.
_OF_SETS = ("reps", "load", "sets")
#: Beside the age grade, what a parkrun page has and few other lists.
_PARKRUN = frozenset(("pos", "position", "pb", "pb?"))
#: Unit in a header -> the unit as `runanalytics.units` spells it.
_LENGTH_UNITS = {
    **dict.fromkeys(("km", "kms", "kilometers", "kilometres", "kilometer", "км"), "km"),
    **dict.fromkeys(("mi", "mile", "miles"), "mi"),
    **dict.fromkeys(("m", "meters", "metres", "meter", "mtr", "м"), "m"),
    **dict.fromkeys(("公里",), "km"),
    **dict.fromkeys(("ft", "feet"), "ft"),
}
#: The same of other quantities; "" where all values say it themselves.
_OTHER_UNITS = {
    **dict.fromkeys(("s", "sec", "seconds"), "s"),
    **dict.fromkeys(("min", "minutes"), "min"),
    **dict.fromkeys(("f", "fahrenheit"), "f"),
    **dict.fromkeys(("h", "hh", "mm", "ss", "hms", "c", "celsius", "dd", "yyyy", "yy", "d"), ""),
}
#: Words in headers that say nothing by themselves.
_FILLERS = frozenset(
    (
        *("of", "the", "in", "de", "del", "de la", "la", "der", "des", "di", "da", "do", "du"),
        *("en", "le", "el", "v", "w", "my", "your", "s", "и", "в", "a", "al", "au", "ao", "na"),
        *("by", "from", "por", "con", "по", "от", "на", "nach", "od", "pa", "fra", "fran"),
    )
)


@dataclass(frozen=True)
class RaceColumns:
    """The columns of a list of races, as the file spells them (`column_key`), by what they hold.

    Attributes
    ----------
    date : str
        Of the day.
    times, distances, names : tuple of str
        Columns that may hold the time, distance and name, the best first.
    units : mapping of str to str
        Column -> unit of its bare numbers, where its header states one.
    others : mapping of str to str
        What else is read -> its column: course, ascent, temperature, indoor, runner.
    only_distance_m : float, optional
        The distance of all races of a page that has no column of it, m.
    """

    date: str
    times: tuple[str, ...]
    distances: tuple[str, ...]
    names: tuple[str, ...]
    units: Mapping[str, str]
    others: Mapping[str, str]
    only_distance_m: float | None = None

    @property
    def read(self) -> set[str]:
        """All columns that are read."""
        columns = (*self.times, *self.distances, *self.names, *self.others.values())
        return {self.date, *columns}


def race_columns(header: Sequence[str]) -> RaceColumns | None:
    """Return the columns of a list of races; None if these are not the columns of one.

    Parameters
    ----------
    header : sequence of str
        As `runanalytics.importers.text.delimited.column_key` spells them.

    Examples
    --------
    >>> columns = race_columns(["datum", "lauf", "strecke", "bruttozeit", "nettozeit", "platz"])
    >>> columns.times, columns.distances, columns.names
    (('nettozeit', 'bruttozeit'), ('strecke',), ('lauf',))
    >>> race_columns(["date", "movement", "reps"])
    """
    named = [key for key in header if key]
    roles = {key: _role(key) for key in named}
    if all(role != "date" for role, _ in roles.values()):
        return None  # as of most lines that are asked about, rows among them
    if _is_plain(header) or _is_of_a_log(header):
        return None
    found: dict[str, list[str]] = {}
    for key, (role, _) in roles.items():
        found.setdefault(role, []).append(key)
    # A list of runs with a column of races is one of races; a course may be its kind.
    named_races = {*found.get("title", ()), *found.get("event", ())} - {"course"}
    ours = (None, "races", "runs") if named_races else (None, "races")
    if "not" in found or own_kind_of(header) not in ours:
        return None
    known = sum(role != "" for role, _ in roles.values())
    if 2 * known < len(named):
        return None
    times = tuple(key for name in TIMES for key in found.get(f"time {name}", []))
    distances = tuple(key for name in _DISTANCES for key in found.get(f"distance {name}", []))
    names = tuple(key for name in _NAMES for key in found.get(name, []))
    if named_races:
        times += tuple(found.get("duration", ()))
    graded = "age_grade" in found and any(plain(key) in _PARKRUN for key in named)
    one_page = not distances and ("run_number" in found or graded)
    races = bool(found.keys() & {"title", "event", "place", *_OF_RACES})
    if not times or not ((distances and names) or races or one_page):
        return None
    return RaceColumns(
        date=found["date"][0],
        times=times,
        distances=distances,
        names=names,
        units={key: unit for key, (_, unit) in roles.items() if unit},
        others={
            name: found[name][0]
            for name in ("course", "ascent", "temperature", "indoor", "runner")
            if name in found
        },
        only_distance_m=5_000.0 if one_page else None,
    )


def plain_columns(header: Sequence[str]) -> RaceColumns | None:
    """Return the columns of a plain list of races of ours; None if one that it needs is missing.

    Examples
    --------
    >>> plain_columns(["date", "distance_km", "time"]).units
    {'distance_km': 'km'}
    """
    ours = {
        name: next(key for key in spellings if key in header)
        for name, spellings in COLUMNS["races"].items()
        if any(key in header for key in spellings)
    }
    if not ours.keys() >= {"date", "distance", "time"}:
        return None
    return RaceColumns(
        date=ours["date"],
        times=(ours["time"],),
        distances=(ours["distance"],),
        names=tuple(ours[name] for name in ("title",) if name in ours),
        units={key: unit for key in ours.values() if (unit := _taken_apart(key)[1])},
        others={
            name.partition("_")[0]: ours[name]
            for name in ("course", "ascent_m", "temperature_c")
            if name in ours
        },
    )


def _is_plain(header: Sequence[str]) -> bool:
    """Return whether all columns are those of our own plain list, with nothing beside them."""
    spellings = {key for theirs in COLUMNS["races"].values() for key in theirs}
    return all(key in spellings for key in header if key) and "" not in header


def _is_of_a_log(header: Sequence[str]) -> bool:
    """Return whether a column is one of sets, or of Garmin's list, in any language."""
    headers, types = Headers.of(header), _types_of_garmin_list()
    return any(
        plain(key) in types or ((one := headers.column(key)) and one.quantity in _OF_SETS)
        for key in header
        if key
    )


@cache
def _types_of_garmin_list() -> frozenset[str]:
    return frozenset(map(plain, every("garmin_list.type")))


@lru_cache(maxsize=4096)
def _role(key: str) -> tuple[str, str]:
    """Return what a column holds, "" if unknown, and the unit that its header states."""
    header, unit = _taken_apart(key)
    if not header:
        # A column that is called by its unit alone.
        return ("distance distance", unit) if unit in ("km", "mi") else ("", "")
    for role in ("not", *_SINGLE, *_NAMES, "place", "other", "duration"):
        if header in _spellings(role) or plain(key.replace("#", " number ")) in _spellings(role):
            return role, unit
    for kind, ranks in (("time", TIMES), ("distance", _DISTANCES)):
        rank = _rank(header, kind, ranks)
        if rank is not None:
            return f"{kind} {rank}", unit
    return "other" if _is_place(header) else "", unit


def _rank(header: str, kind: str, ranks: Sequence[str]) -> str | None:
    """Return which of the ranks of times or distances a header names; None if none.

    A phrase of several words counts as a whole: "temps scratch" is the gun's time, though neither
    every "temps" is one nor a column "scratch", which holds places.
    """
    compound = next((rank for rank in ranks if header in _spellings(rank)), None)
    if compound is not None:
        return compound if kind == "time" or compound == "distance" else None
    said, left = set(), f" {header} "
    for rank in ranks:
        for phrase in _phrases(rank):
            if f" {phrase} " in left:
                said.add(rank)
                left = left.replace(f" {phrase} ", " ")
    rest = []
    for token in left.split():
        own = {rank for rank in ranks if rank != kind and token in _words(rank)}
        said |= own
        if not own and token not in _FILLERS:
            rest.append(token)
    if not (rest or left.split() != header.split()) or any(
        token not in _words(kind) for token in rest
    ):
        return None
    return next((rank for rank in ranks if rank in said), kind)


def _is_place(header: str) -> bool:
    """Return whether a header is that of some ranking, such as "clt scratch" or "AG rank"."""
    tokens = header.split()
    return tokens[0] in _words("place") or tokens[-1] in _words("place")


@cache
def _spellings(role: str) -> frozenset[str]:
    return frozenset(plain(phrase) for phrase in every(f"race_list.{role}"))


@cache
def _words(role: str) -> frozenset[str]:
    return frozenset(phrase for phrase in _spellings(role) if " " not in phrase)


@cache
def _phrases(role: str) -> tuple[str, ...]:
    """Return the spellings of several words, the longest first."""
    several = (phrase for phrase in _spellings(role) if " " in phrase)
    return tuple(sorted(several, key=lambda phrase: (-len(phrase), phrase)))


def _taken_apart(key: str) -> tuple[str, str]:
    """Return a header without the unit that it states, and that unit.

    Examples
    --------
    >>> _taken_apart("distance_(km)"), _taken_apart("zeit_[hh:mm:ss]")
    (('distance', 'km'), ('zeit', ''))
    """
    words = plain(re.sub(r"[()\[\]:/.]", " ", key.replace("#", " number "))).split()
    kept, unit = [], ""
    for place, word in enumerate(words):
        if word in _LENGTH_UNITS and (place > 0 or len(words) == 1):
            unit = _LENGTH_UNITS[word]
        elif word in _OTHER_UNITS and place > 0:
            unit = unit or _OTHER_UNITS[word]
        else:
            kept.append(word)
    while kept and kept[-1] in ("in", "en", "v", "w"):
        kept.pop()
    return " ".join(kept), unit
