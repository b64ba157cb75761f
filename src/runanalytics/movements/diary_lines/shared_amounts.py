"""Amounts that are told once for several parts of a line of a diary, given to each of them.

"Skips, hops 2x20 m each", "2x20 m each: high knees, carioca" and "3 rounds: 10 squats, 8 lunges".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from runanalytics.movements.amount_words import amount_words
from runanalytics.movements.amounts import Amounts, take_amounts
from runanalytics.movements.diary_lines.parts import Part, with_other_amounts
from runanalytics.movements.diary_lines.pieces import joining, may_tell
from runanalytics.movements.diary_lines.weights_of_parts import with_load
from runanalytics.movements.reading import Reading, has_amounts, is_done
from runanalytics.movements.vocabulary import movement
from runanalytics.words.phrases import alternatives

_WEIGHT = re.compile(r"\d\s?(?:kg|lbs?)(?!\w)", re.IGNORECASE)
#: How often it was done, behind a name: "strides x 5".
_OFTEN = re.compile(r"[x×*]\s*\d+$", re.IGNORECASE)


def each_alike(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Return parts with the amounts of the one that says "each".

    As in "skips, hops 2x5 each" and "je 3x15 Kniebeugen, Liegestütze".
    """
    alike: list[Part] = []
    each: Reading | None = None
    for part in reversed(parts):
        had = part.reading
        counted = each is not None and not is_done(had) and had.n_sets == each.n_sets
        if (part.is_whole or has_amounts(had)) and not counted:
            says_each = may_tell(part.text, "each") and _each().search(part.text)
            each = had if says_each and not part.is_whole else None
        elif each is not None:
            (part,) = with_amounts((part,), each)
            part = with_load(part, each.load)  # "squats, rows, all 3x10 with 20 kg"
        alike.append(part)
    parts, alike, each, load = tuple(reversed(alike)), [], None, None
    for part in parts:
        if part.is_whole or has_amounts(part.reading):
            says_each = may_tell(part.text, "each") and _each().match(part.text)
            begins = says_each and is_done(part.reading)
            each = part.reading if begins else None
            name = part.text.casefold().find(part.reading.name) if begins else 0
            # "je 3x10 mit 20 kg Rudern, Beugen" had it all, not "je 3x10 Rudern (20 kg), Beugen".
            load = part.reading.load if _WEIGHT.search(part.text[: max(name, 0)]) else None
        elif each is not None:
            (part,) = with_amounts((part,), each)
            part = with_load(part, load)
        alike.append(part)
    return tuple(alike)


def with_amounts(parts: tuple[Part, ...], said: Reading | Amounts) -> tuple[Part, ...]:
    """Return parts of which those without any amount but a number of sets have these.

    Strides that were counted, "2x20 m each: A-skips, B-skips; 2 strides", are as long as strides.
    """
    if not has_amounts(said):
        return parts
    first = {part.reading.movement: part for part in reversed(parts)}
    return tuple(
        with_other_amounts(
            part,
            replace(
                part.reading,
                n_sets=part.reading.n_sets or said.n_sets,
                reps=said.reps,
                hold_s=said.hold_s,
                distance_m=said.distance_m,
            ),
        )
        if not part.is_whole
        and not is_done(part.reading)
        and not (part.reading.n_sets and said.n_sets and is_fast_run(part.reading.movement))
        and part.reading.n_sets in (None, said.n_sets or part.reading.n_sets)
        # "3x10: step-ups, dips; only the dips with 10 kg" are no more dips.
        and not (part.reading.load and first[part.reading.movement] is not part)
        else part
        for part in parts
    )


def repeated(parts: Iterable[Part], times: int) -> list[Part]:
    """Return parts of which those without a number of sets were done so many times.

    "20 high knees" in three rounds are three sets of twenty.
    """
    repeated = []
    for part in parts:
        n_sets, done = part.reading.n_sets, is_done(part.reading)
        counted = take_amounts(part.text)[0].count == n_sets or part.text.endswith(f" {n_sets}")
        if n_sets and not done and counted and not _OFTEN.search(part.text):
            fast = is_fast_run(part.reading.movement)  # "2 rounds: 6 strides" are twelve
            reps = () if fast else (n_sets,)
            n_sets = n_sets * times if fast else None
            part = replace(part, reading=replace(part.reading, n_sets=n_sets, reps=reps))
        if not part.is_whole and not part.reading.n_sets:
            part = replace(part, reading=replace(part.reading, n_sets=times))
        repeated.append(part)
    return repeated


@cache
def _each() -> re.Pattern[str]:
    """Return the pattern of "each", but not of "each side"."""
    said = {word for each in amount_words()["each_side"] for word in each.split()[1:]}
    sides = [word for word in said if not word.isdigit()]  # "je 2 x 30 m" is of no side
    return re.compile(
        rf"(?<!\w)(?:{joining('each')})(?!\w|\s+(?:{alternatives(sides)})(?!\w))", re.IGNORECASE
    )


def is_fast_run(id: str | None) -> bool:
    """Return whether a movement is a sprint or a stride."""
    return id is not None and movement(id).is_fast_run
