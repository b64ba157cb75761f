"""Exercises that were held where others move: "gehaltenes Wadenheben 4x30 s" is a calf hold."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from runanalytics.movements.diary_lines.parts import Part, read_as
from runanalytics.movements.diary_lines.pieces import joining_words
from runanalytics.movements.matcher import named_exactly
from runanalytics.movements.names import words
from runanalytics.movements.vocabulary import movement


def as_held(part: Part) -> Part:
    """Return a part that says how long each set was held as the hold that it is."""
    had = part.reading
    if had.movement is None or part.is_whole or had.reps or not (had.hold_s and had.not_understood):
        return part
    left = tuple(each for each in had.not_understood if not _held().issuperset(words(each)))
    if left == had.not_understood:
        return part
    id = _hold_of(had.movement)
    reading = replace(had, not_understood=left)
    return replace(part, reading=read_as(reading, id) if id else reading)


def _hold_of(id: str) -> str | None:
    """Return the movement that is a hold of another one: a calf hold of a calf raise."""
    name = movement(id).name.casefold()
    if movement(id).measured_in == "seconds":
        return None
    return next(
        filter(None, map(named_exactly, (f"{name} hold", f"isometric {name}", *_shorter(name)))),
        None,
    )


def _shorter(name: str) -> tuple[str, ...]:
    """Return names of the hold without what it is done from: a calf raise from a step."""
    bare = name.split(" from ")[0]
    return (f"isometric {bare}", f"{bare.replace(' raise', '')} hold")


@cache
def _held() -> frozenset[str]:
    return frozenset(word for each in joining_words("hold") for word in words(each))
