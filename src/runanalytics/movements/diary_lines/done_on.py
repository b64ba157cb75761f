"""What is done on, over or up something and goes by that: jumps "su per i gradini" or over hurdles.

Jumps with both feet are stair jumps up stairs and hurdle jumps over hurdles, and sprints up a hill
are hill sprints, wherever a line says so: beside the name or before a colon.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from runanalytics.movements.diary_lines.parts import Part, read_as
from runanalytics.movements.diary_lines.remarks import hills, is_uphill
from runanalytics.movements.names import lexicon, plain_text
from runanalytics.words import words as words_of

#: Jumps with both feet, and jumps that are read as some, which what is jumped on or over tells.
_JUMPS = ("leapfrog", "plyometric_work", "bounding", "pogo_jump")
_SPRINT, _HILL_SPRINT = "sprint", "hill_sprint"
#: What a doubt says that is about the movement.
_READ_AS = ": read as '"


def jumped_on(text: str) -> str | None:
    """Return the jump that a text tells by what is jumped on or over: "up the stadium steps"."""
    told = frozenset(plain_text(text).split())
    return next((id for id, on in _jumped().items() if not on.isdisjoint(told)), None)


def is_jumped(part: Part) -> bool:
    """Return whether a part is jumps that what is jumped on tells, or says what it was."""
    jumps = (*_JUMPS, *_jumped())
    return part.reading.movement in jumps or jumped_on(part.text) is not None


def as_jumped(part: Part, on: str | None) -> Part:
    """Return a part that is jumps with both feet by what is jumped on or over.

    Parameters
    ----------
    part : Part
        Of a line.
    on : str or None
        The jump that what stands before the line tells: "stadium steps: 5x10 jumps".

    Returns
    -------
    Part
    """
    reading = part.reading
    if reading.movement not in _JUMPS:
        return part
    doubts = [each for each in part.unknown if _READ_AS in each]
    on = jumped_on(part.text) or on
    if on is None or (reading.movement != _JUMPS[0] and not doubts):
        return part
    return _read_as(part, on, frozenset.union(*_jumped().values()))


def as_uphill(part: Part) -> Part:
    """Return sprints that were up a hill as hill sprints: "4 piques de 15 s subiendo el cerro"."""
    if part.reading.movement != _SPRINT or not is_uphill(part.text) or not _upwards_alone(part):
        return part
    return _read_as(part, _HILL_SPRINT, hills())


def _upwards_alone(part: Part) -> bool:
    """Return whether nothing says that it was down the hill."""
    return _listed_words("downwards").isdisjoint(_told(part.text))


def _read_as(part: Part, id: str, known: frozenset[str]) -> Part:
    """Return a part as another movement, without what is not understood but for known words."""
    known |= _listed_words("both_feet") | _listed_words("upwards")
    left = (
        each for each in part.unknown if _READ_AS not in each and not known.issuperset(_told(each))
    )
    return replace(part, reading=replace(read_as(part.reading, id), not_understood=tuple(left)))


def _told(text: str) -> frozenset[str]:
    return frozenset(word for word in plain_text(text).split() if word not in lexicon().small)


@cache
def _jumped() -> dict[str, frozenset[str]]:
    """Return the words for what is jumped on or over, by the jump."""
    found: dict[str, frozenset[str]] = {}
    for table in words_of("circumstances.jumped").values():
        for id, listed in table.items():
            found[id] = found.get(id, frozenset()) | {plain_text(word) for word in listed}
    return found


@cache
def _listed_words(kind: str) -> frozenset[str]:
    """Return the words of a list of circumstances, in all languages."""
    tables = words_of("circumstances").values()
    return frozenset(
        word for table in tables for each in table.get(kind, ()) for word in _told(each)
    )
