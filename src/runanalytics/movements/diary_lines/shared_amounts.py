"""Amounts that are told once for several parts of a line of a diary, given to each of them.

"Skips, hops 2x20 m each", "2x20 m each: high knees, carioca" and "3 rounds: 10 squats, 8 lunges".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache

from runanalytics.movements.amount_words import amount_words
from runanalytics.movements.amounts import Amounts, take_amounts
from runanalytics.movements.diary_lines.parts import HOW_MANY, Part, with_other_amounts
from runanalytics.movements.diary_lines.pieces import is_amounts, joining, may_tell
from runanalytics.movements.diary_lines.weights_of_parts import with_load
from runanalytics.movements.reading import Reading, has_amounts, has_sets, is_done
from runanalytics.movements.vocabulary import kind_of_work, movement
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
        if not part.is_whole and part.reading.n_sets in (None, 1):
            part = replace(part, reading=replace(part.reading, n_sets=times))
        repeated.append(part)
    return repeated


def one_each(parts: Sequence[Part]) -> tuple[tuple[Part, ...], list[Amounts]]:
    """Return parts whose sets are counted first and then listed as one set each, and the counts.

    As in "deadlift 3 sets: 60 kg x 8, 70 kg x 6, 80 kg x 4".
    """
    told, counts = list(parts), list[Amounts]()
    for place, part in enumerate(parts):
        n_sets, behind = part.reading.n_sets or 0, place + (part.reading.n_sets or 0)
        others = parts[place + 1 : behind]
        if 1 < n_sets == len(others) + 1 and all(
            each.reading.movement == part.reading.movement
            and is_amounts(each.text)
            and each.reading.reps
            and each.reading.n_sets is None
            for each in others
        ):
            told[place] = replace(part, reading=replace(part.reading, n_sets=None))
            counts.append(Amounts(n_sets=n_sets))
    return tuple(told), counts


def shared_with_others(parts: tuple[Part, ...]) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """Return parts with the sets that they may share with the next or the one before, as doubts.

    As in "A-skips, B-skips 2x30 m" and "2x30 m A-skips, B-skips".
    """
    shared, doubts = list(parts), dict[int, str]()

    def share(place: int, said: Part) -> None:
        part = parts[place]
        of_each = _each().search(said.text) or (part.reading.load and said.reading.load)
        if not (said.text[:1].isdigit() and of_each):
            doubts[place] = f"{part.text}: as much as '{said.text}'?"
        if _fits(said, part):
            (with_them,) = with_amounts((part,), said.reading)
            shared[place] = with_load(with_them, said.reading.load)

    behind: Part | None = None
    for place in reversed(range(len(parts))):
        if not _is_open(parts[place]):
            begins = parts[place].text[:1].isdigit()
            behind = None if begins else parts[place]
        elif behind is not None and _may_share(behind, parts[place]):
            share(place, behind)
    first: Part | None = None
    for place, part in enumerate(parts):
        if not _is_open(part):
            first = part if part.text[:1].isdigit() else None
        elif first is not None and _may_share(first, part):
            share(place, first)
    return tuple(shared), tuple(doubts[place] for place in sorted(doubts))


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


def _fits(said: Part, part: Part) -> bool:
    """Return whether a part can be measured as another is: repetitions are of no plank."""
    id = part.reading.movement or ""
    if said.reading.distance_m:
        return kind_of_work(id) in ("technique", "speed")
    return movement(id).measured_in == ("reps" if said.reading.reps else "seconds")


def _is_open(part: Part) -> bool:
    known = part.reading.movement is not None and not part.is_whole
    asked = any(each.endswith(HOW_MANY) for each in part.unknown)  # "some push-ups, lunges 3x10"
    return known and not asked and not has_amounts(part.reading)


def _may_share(said: Part, part: Part) -> bool:
    # "21-15-9 thrusters and pull-ups"
    of_sets = has_sets(said.reading) or len(said.reading.reps) > 1
    return of_sets and said.work == part.work


@cache
def times_of_one() -> re.Pattern[str]:
    """Return the pattern of how often one thing was done, behind it: "3 times", "4 Stück each"."""
    known = amount_words()
    times = alternatives((*known["times"], *known["pieces"]))
    side = alternatives(known["each_side"])
    return re.compile(rf"(?P<times>\d{{1,2}})\s*(?:{times})(?!\w)[\s,]*(?:{side})?", re.IGNORECASE)


@cache
def each_set() -> re.Pattern[str]:
    """Return the pattern of what is done with each set of another: "after each set"."""
    after, between = joining("after_each_set"), joining("between_sets")
    return re.compile(rf"(?<!\w)(?:(?:{after})|(?P<between>{between}))(?!\w)", re.IGNORECASE)
