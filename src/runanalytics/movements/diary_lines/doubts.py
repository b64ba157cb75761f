"""Amounts of a diary line that are likely to be meant otherwise than they were read.

However a line was read, an exercise without amounts among others that have them, a number behind
an exercise that is too small to be another set of it, or a hundred repetitions with a bar are
asked about rather than believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from runanalytics.movements.diary_lines.parts import Part
from runanalytics.movements.reading import has_amounts, is_done
from runanalytics.movements.vocabulary import kind_of_work, movement

#: Kinds of work that are told with amounts.
_COUNTED = ("strength", "technique", "speed")
#: More sets than this of one exercise, and more repetitions than this with a weight, are unlikely.
_MOST_SETS, _MOST_LIFTED = 15, 50
#: A number up to this behind an exercise may be how often it was done.
_MOST_TIMES = 6
#: A time below this, s, is that of a set, and not of a session.
_A_SET_S = 60.0
_A_WORD = re.compile(r"[^\W\d_]{3}")


def unlikely_amounts(
    parts: Sequence[Part], rounds: int | None = None, duration_s: float | None = None
) -> Iterator[str]:
    """Yield what is unlikely of the amounts of a line, in words.

    Parameters
    ----------
    parts : sequence of Part
    rounds : int, optional
        How often all was done.
    duration_s : float, optional
        How long all of it took, in s.

    Yields
    ------
    str
        Such as "lunges: how many?".
    """
    done = [part for part in parts if _is_counted(part)]
    if any(is_done(part.reading) for part in done):
        yield from (f"{part.text}: how many?" for part in done if _is_bare(part, rounds))
    if rounds and rounds > 1 and done and all(part.reading.n_sets != rounds for part in done):
        yield f"{rounds} rounds: of what?"
    for before, part in pairwise(done):
        if _is_perhaps_of_the_same(before, part):
            yield f"{part.text}: of '{before.text}', how often?"
    for part in done:
        had = part.reading
        entry = movement(had.movement or "")
        lifted = had.load is not None or entry.categories[0] == "max_strength"
        if entry.measured_in == "seconds" and had.reps and not had.hold_s:
            yield f"{part.text}: {had.reps[0]} repetitions of '{entry.name}'?"
        if entry.measured_in == "reps" and lifted and max(had.reps, default=0) > _MOST_LIFTED:
            yield f"{part.text}: {max(had.reps)} repetitions of '{entry.name}'?"
        if kind_of_work(entry.id) == "strength" and (had.n_sets or 0) > _MOST_SETS and is_done(had):
            yield f"{part.text}: {had.n_sets} sets of '{entry.name}'?"
    short = [part for part in parts if part.is_whole and 0 < (part.reading.hold_s or 0) < _A_SET_S]
    yield from (f"{part.text}: of each?" for part in short)
    if 0 < (duration_s or 0.0) < _A_SET_S:
        yield f"{duration_s:g} s: of what?"


def _is_counted(part: Part) -> bool:
    return not part.is_whole and part.reading.movement is not None and part.work in _COUNTED


def _is_bare(part: Part, rounds: int | None) -> bool:
    """Return whether a part has no amounts but the rounds of all, and nothing is asked of it."""
    had = part.reading
    told = had.n_sets if had.n_sets != rounds else None
    return not (is_done(had) or told or had.not_understood)


def _is_perhaps_of_the_same(before: Part, part: Part) -> bool:
    """Return whether amounts alone behind an exercise may belong to it in another way.

    "20 crunches, 3 in a row" are hardly a set of three, and "box jumps 40 m, 5x4" no jumps over
    metres.
    """
    had, said = before.reading, part.reading
    if had.movement != said.movement or not is_done(had) or said.load:
        return False
    if not _A_WORD.search(part.text) and bool(had.reps) != bool(said.reps) and is_done(said):
        return True
    if had.name and had.name.split()[0] in part.text.casefold():
        return False  # a list: "push-ups (12, 5)"
    alone = has_amounts(said) and not (said.hold_s or said.distance_m)
    times = said.n_sets or (said.reps[0] if len(said.reps) == 1 else 0)
    small = not had.reps or times * 2 <= max(had.reps)
    alone = alone and not had.n_sets and not (said.n_sets and said.reps)
    return alone and 0 < times <= _MOST_TIMES and small
