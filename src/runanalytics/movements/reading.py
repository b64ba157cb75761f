"""A name with amounts, as people write it, read in one go: which movement, and how much of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from runanalytics.movements.amount_words import amount_words
from runanalytics.movements.amounts import Amounts, take_amounts
from runanalytics.movements.matcher import Match, folded, match, match_shipped
from runanalytics.movements.vocabulary import catalogue
from runanalytics.units import Load

#: From this number on, what stands behind "6x" of strides and sprints is metres: "6x100".
_METRES_FROM = 20
#: Up to this number, drills "x 4" are done so often, and not with so many repetitions.
_MOST_TIMES = 10

#: From this time on, s, exercises that are counted were done within it, and not in so many sets.
_LONG_S = 300.0
#: A number before all words but "each": "je 20 squats".
_BEGINS = re.compile(r"\s*(?:(?:je|jeweils|each)\s+)?\d", re.IGNORECASE)
#: A number behind "of" that is metres where strides and sprints are counted.
_METRES_BEHIND = re.compile(
    r"\s+(?:of|de|da|di|à|a|zu|von|van|over|über|sur|su)\s+([2-9]\d|[12]\d\d)$"
)
#: From this number on, exercises "20x" are repetitions and no sets.
_MANY, _TIMES_ALONE = 8, re.compile(r"(?:[^\W\d_].*|^\s*)\d+\s?[x×]", re.IGNORECASE)
#: What may be done on something so many inches high, or from it, or over it.
_MAY_BE_HIGH = re.compile(
    r"\b(?:box|jump|hop|step|squat|lunge|press|deadlift|push-up|raise|throw)\b", re.IGNORECASE
)
#: An amount that may be seconds or inches.
_SECONDS, _NUMBER = re.compile(r"\d{1,3}\s?(?:\"|''|″|”)"), re.compile(r"\d+")

#: Main categories of what is counted by how often it is done, and not by repetitions in a set.
_DONE_ONCE = frozenset(("technique", "speed", "endurance"))


@dataclass(frozen=True)
class Reading:
    """What a text with a name and amounts means; None where it says nothing.

    Parameters
    ----------
    match : Match
        The movement, or why there is none.
    name : str
        The text without its amounts, in lower case.
    n_sets : int, optional
        Number of sets. "6 strides" are six.
    reps : tuple of int
        Repetitions: of every set, or of one set after the other if there are several numbers.
    hold_s : float, optional
        Time held or worked in each set, in s.
    distance_m : float, optional
        Distance of each set, in m.
    load : Load, optional
        With its unit.
    bodyweight : bool
        Whether the body was said to be (part of) the load.
    side : str, optional
        "left", "right", or "both" where an amount is for each side.
    effort_rpe : float, optional
        Rating of perceived exertion.
    rest_s : float, optional
        Rest between sets, in s.
    not_understood : tuple of str
        The name, if it is not matched, and amounts that are no one number.
    height_cm : float, optional
        Of a box that was jumped on or off, in cm.
    """

    match: Match
    name: str = ""
    n_sets: int | None = None
    reps: tuple[int, ...] = ()
    hold_s: float | None = None
    distance_m: float | None = None
    load: Load | None = None
    bodyweight: bool = False
    side: str | None = None
    effort_rpe: float | None = None
    rest_s: float | None = None
    not_understood: tuple[str, ...] = ()
    height_cm: float | None = None

    @property
    def movement(self) -> str | None:
        """Id of the movement, None if unmatched."""
        return self.match.movement


def has_sets(said: Reading | Amounts) -> bool:
    """Return whether it is told how many sets there were, and how much was done in each."""
    return bool(said.n_sets) and is_done(said)


def has_amounts(said: Reading | Amounts) -> bool:
    """Return whether it is told how many sets there were, or how much was done in a set."""
    return bool(said.n_sets) or is_done(said)


def is_done(said: Reading | Amounts) -> bool:
    """Return whether it is told how much was done in a set."""
    return bool(said.reps or said.hold_s or said.distance_m)


def read_name(text: str, *, corrections: Mapping[str, str] | None = None) -> Reading:
    """Return the movement that a text names and how much of it was done.

    Parameters
    ----------
    text : str
        One exercise, with amounts before, after or within: "A-skips 3x30 m", "6 strides",
        "3 sets of 10 lunges per leg", "Kniebeugen 3x8 mit 60 kg".
    corrections : mapping of str to str, optional
        As for `match`; they are looked up with and without the amounts.

    Returns
    -------
    Reading

    Raises
    ------
    UsageError
        If a correction names a movement that is not in the catalogue.

    Examples
    --------
    >>> read = read_name("A-skips 3x30 m")
    >>> read.movement, read.n_sets, read.distance_m
    ('high_skipping', 3, 30.0)
    >>> read = read_name("3 sets of 10 lunges per leg")
    >>> read.movement, read.n_sets, read.reps, read.side
    ('lunge', 3, (10,), 'both')
    >>> read_name("5 Steigerungen").n_sets, read_name("20 squats").reps
    (5, (20,))
    """
    said, rest, found = _read(text)
    if corrections:
        names = {folded(text), folded(rest)}
        if logged := next((one for one in corrections if folded(one) in names), None):
            found = match(logged, corrections=corrections)
    n_sets, reps, distance_m, inexact = said.n_sets, said.reps, said.distance_m, said.inexact
    entry = catalogue()[found.movement] if found.movement else None
    if entry and entry.measured_in == "metres" and len(reps) == 1 and said.hold_s is None:
        (number,), is_speed = reps, entry.is_fast_run
        if is_speed and number >= _METRES_FROM and distance_m is None:
            reps, distance_m = (), float(number)
        elif n_sets is None and (
            is_speed or (entry.categories[0] in _DONE_ONCE and number <= _MOST_TIMES)
        ):
            n_sets, reps = number, ()
    is_drill = entry is not None and entry.categories[0] == "technique"
    often = is_drill and len(reps) == 1 and n_sets is None and reps[0] <= _MOST_TIMES
    if often and _times_of(reps[0]).search(text):
        n_sets, reps = reps[0], ()  # "ladder 6 times", "ladder x 6": how often it was done
    if entry and entry.measured_in == "reps" and entry.categories[0] not in _DONE_ONCE:
        alone = not (reps or said.hold_s or distance_m)
        # "Kniebeugen 20x" are twenty, "squats 3x" may be three sets.
        if alone and n_sets is not None and n_sets >= _MANY and _TIMES_ALONE.search(text):
            reps, n_sets = (n_sets,), None
    done_once = entry is not None and entry.is_fast_run and not (reps or said.hold_s)
    if done_once and distance_m is None:
        rest, distance_m = _with_metres_behind(rest)
    # Behind a name it may be anything: "box jump 24 in".
    begins = said.count is not None and _BEGINS.match(text) is not None
    if said.count is not None and begins and n_sets is None and not reps:
        # "50 burpees in 6:30" are fifty, in all.
        in_all = entry is not None and entry.measured_in == "reps" and said.hold_s is not None
        in_all = in_all and (said.count > _MOST_TIMES or (said.hold_s or 0.0) >= _LONG_S)
        often = bool(said.distance_m or said.hold_s) and not in_all
        if entry is None or entry.categories[0] in _DONE_ONCE or often:
            n_sets = said.count
        else:
            reps = (said.count,)
    elif said.count is not None and begins and n_sets and not (is_done(said) or inexact):
        counted = entry is not None and entry.measured_in == "reps"
        reps = (said.count,) if counted and n_sets <= _MOST_TIMES else ()  # "15 squats 3 sets"
    hold_s = said.hold_s
    timed = entry and (entry.measured_in == "seconds" or entry.categories[0] in _DONE_ONCE)
    times = n_sets is None and len(reps) == 1 and reps[0] <= _MOST_TIMES
    low = timed or (entry and not _MAY_BE_HIGH.search(entry.name))
    if low and hold_s is None and not distance_m and (times or not reps):
        # Nobody writes inches beside a plank, a sprint or jumping jacks.
        hold_s, inexact = _seconds_of_inches(inexact)
        if hold_s is not None and times and timed:
            n_sets, reps = reps[0], ()  # "plank 30'' x 3"
    if timed and hold_s is not None and times and reps:
        n_sets, reps = reps[0], ()  # "plank 3 reps of 1 min"
    unread = inexact if found.movement else (*inexact, rest)
    return Reading(
        match=found,
        name=rest,
        n_sets=n_sets,
        reps=reps,
        hold_s=hold_s,
        distance_m=distance_m,
        load=said.load,
        bodyweight=said.bodyweight,
        side=said.side,
        effort_rpe=said.effort_rpe,
        rest_s=said.rest_s,
        not_understood=tuple(filter(None, unread)),
        height_cm=said.height_cm,
    )


@lru_cache(maxsize=64)
def _times_of(number: int) -> re.Pattern[str]:
    times = "|".join(map(re.escape, amount_words()["times"]))
    return re.compile(
        rf"(?<!\d){number}\s*(?:{times})(?!\w)|(?<!\d)(?<!\d\s)[x×]\s?{number}(?![\d\w])",
        re.IGNORECASE,
    )


def _with_metres_behind(rest: str) -> tuple[str, float | None]:
    """Return a name without the metres behind it, and these: "6 strides of 100"."""
    found = _METRES_BEHIND.search(rest)
    return (rest, None) if found is None else (rest[: found.start()], float(found[1]))


def _seconds_of_inches(inexact: tuple[str, ...]) -> tuple[float | None, tuple[str, ...]]:
    """Return the time in s that one of the open amounts is, such as '30"', and the others."""
    times = [each for each in inexact if _SECONDS.fullmatch(each)]
    if len(times) != 1:
        return None, inexact
    return float(_NUMBER.findall(times[0])[0]), tuple(set(inexact) - set(times))


@lru_cache(maxsize=8192)
def _read(text: str) -> tuple[Amounts, str, Match]:
    return *take_amounts(text), match_shipped(text)
