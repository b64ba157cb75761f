"""Sides that are told one by one: "left 3x10, right 3x10" are three sets of ten on each side."""

from __future__ import annotations

from dataclasses import replace

from runanalytics.movements.amounts import Amounts
from runanalytics.movements.diary_lines.parts import Part
from runanalytics.movements.reading import is_done

_SIDES = frozenset(("left", "right"))


def with_both_sides(first: Part, second: Part) -> tuple[tuple[Part, ...], Amounts] | None:
    """Return two parts that are the sides of one as it, and what was told of it twice.

    A weight behind the second is that of both. Where one side did more than the other, both stay,
    the second with a doubt, as nothing says how many sets that makes. None is returned for parts
    that are not the sides of one movement.
    """
    one, other = first.reading, second.reading
    if one.movement is None or one.movement != other.movement:
        return None
    if {one.side, other.side} != _SIDES or not (is_done(one) and is_done(other)):
        return None
    again = Amounts(
        n_sets=other.n_sets, reps=other.reps, hold_s=other.hold_s, distance_m=other.distance_m
    )
    had = Amounts(n_sets=one.n_sets, reps=one.reps, hold_s=one.hold_s, distance_m=one.distance_m)
    if had != again or (one.load and one.load != other.load):
        doubt = f"{second.text}: more or less than '{first.text}'?"
        doubts = (*other.not_understood, doubt)
        return (first, replace(second, reading=replace(other, not_understood=doubts))), Amounts()
    doubts = tuple(dict.fromkeys((*one.not_understood, *other.not_understood)))
    reading = replace(
        one,
        side="both",
        load=other.load,
        rest_s=one.rest_s or other.rest_s,
        effort_rpe=one.effort_rpe or other.effort_rpe,
        not_understood=doubts,
    )
    return (replace(first, reading=reading),), again
