"""What a part of a diary line says beside its name: when, where, or that it was not done.

A name is first read as it stands; remarks are left out only where it then means something.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache

from runanalytics.movements.amounts import take_amounts
from runanalytics.movements.index import could_mean, index
from runanalytics.movements.matcher import (
    CORRECTED,
    SIMILAR,
    Match,
    misspelt,
    named_exactly,
)
from runanalytics.movements.names import plain_text
from runanalytics.movements.pieces import (
    SAME,
    SURE,
    beside_a_run,
    is_amounts,
    is_other,
    is_whole,
    joining,
    of_the_body,
    without_asides,
)
from runanalytics.movements.reading import Reading, has_amounts, read_name
from runanalytics.movements.tidying import without_weekday
from runanalytics.movements.vocabulary import WHOLES, kind_of_work, movement, work_of_set
from runanalytics.words import words as words_of

#: Letters from which a misspelt name is one without any amount: "travel" is none.
_LEAST_ALONE = 7
#: Longest name of which some words are left out; there are as many runs as its square.
_MOST_WORDS = 9


def read_part(text: str, *, corrections: Mapping[str, str] | None) -> Reading:
    """Return what `read_name` does, also of "light drills" and "strides at the end".

    What is said not to have been done, as in "no strides today", is no movement.
    """
    reading = read_name(text, corrections=corrections)
    kept = text
    if reading.movement is None:
        for kept in _without_remarks(text):
            again = read_name(kept, corrections=corrections)
            if again.movement is not None:
                reading = again
                break
    if reading.movement is None and reading.match.reason != CORRECTED:
        # A log leaves such names out; here somebody is asked.
        told_how_much = has_amounts(reading) or len(reading.name) >= _LEAST_ALONE
        near = misspelt(reading.name) if told_how_much else None
        if near is None and (bare := without_asides(reading.name)) not in ("", reading.name):
            near = misspelt(bare)
        if ids := could_mean(reading.name):
            near = Match(text, ids[0], 0.0, f"could be '{movement(ids[0]).name}'")
        if near is not None:
            return replace(reading, match=near, not_understood=reading.not_understood[:-1])
    if reading.movement is None or plain_text(reading.name) in index().by_text:
        return reading
    denied = _denied(kept, plain_text(reading.match.reason))
    if denied is None:
        return reading
    match = Match(text, None, 0.0, f"not done, says '{denied}'")
    return Reading(match, reading.name, not_understood=(text,))


def read_with_less(text: str, *, corrections: Mapping[str, str] | None) -> Reading | None:
    """Return what the longest run of words in a name means that is a name, with the others open.

    "Strides in the last mile" are strides, and a "glute bridge iso" is a bridge; what was left out
    is shown as not understood. A text that says no amount is no exercise: "squat rack was busy".
    """
    text = without_asides(" ".join(text.casefold().split()))
    reading = read_name(text, corrections=corrections)
    counted = take_amounts(text)[0].count is not None
    if reading.movement is not None or not (has_amounts(reading) or counted):
        return None
    told = reading.name.split()
    if not 1 < len(told) <= _MOST_WORDS:
        return None
    for first, last in _runs(len(told)):
        kept, before, behind = told[first:last], told[:first], told[last:]
        id = named_exactly(" ".join(kept), far=reading.distance_m is not None)
        if id is None or id in WHOLES:
            continue
        if not set(_denying()).isdisjoint(map(plain_text, (*before, *behind))):
            return None
        shorter = text
        for word in before:
            shorter = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", " ", shorter, count=1)
        for word in reversed(behind):
            head, _, tail = shorter.rpartition(word)
            shorter = f"{head} {tail}"
        less = read_name(" ".join(shorter.split()), corrections=corrections)
        if less.match.score >= SURE and not (less.movement is None or is_other(less.movement)):
            left_out = (" ".join(part).strip("() ") for part in (before, behind))
            return replace(less, not_understood=(*less.not_understood, *filter(None, left_out)))
    return None


def _runs(n_words: int) -> Iterator[tuple[int, int]]:
    """Yield the places of each run of words but the whole, the longest and the first ones first."""
    for length in range(n_words - 1, 0, -1):
        yield from ((first, first + length) for first in range(n_words - length + 1))


def _denied(text: str, named: str) -> str | None:
    """Return a word by which a text says that something was not done.

    It is not in a remark ("without weights") nor in the name ("saut en longueur sans élan").
    """
    said = f" {plain_text(text)} "
    found = [word for word in _denying() if f" {word} " in said and f" {word} " not in named]
    if not found:
        return None
    before, behind = _when()
    said = f" {plain_text(without_asides(behind.sub('', before.sub('', text))))} "
    return next((word for word in found if f" {word} " in said), None)


def read_with(text: str, *, equipment: str, read: Callable[[str], Reading]) -> Reading:
    """Return what a name means beside what it is done with: "barbell: squats" are back squats."""
    reading, beside = read(text), read(f"{equipment} {text}")
    open_ = reading.movement is None or reading.match.reason.startswith(SIMILAR)
    return beside if (open_ and beside.movement) or beside.match.score == SAME else reading


def _without_remarks(text: str) -> Iterator[str]:
    """Yield a text without what is said of when, where and how, a whole without adjectives."""
    before, behind = _when()
    if (shorter := _little().sub("", text)) != text and is_whole(read_name(shorter)):
        yield shorter
    if (shorter := _session().sub(" ", text).strip()) != text and is_whole(read_name(shorter)):
        yield shorter
    if (later := without_weekday(text)) != text:
        yield later
    begun, ended = before.sub("", text), behind.sub("", text)
    both = behind.sub("", begun)
    bare = without_asides(both)
    shorter_still = behind.sub("", before.sub("", bare))
    tried = (_last_remark().sub("", text), begun, both, ended, bare, shorter_still)
    yield from (each for each in dict.fromkeys(tried) if each.strip() and each != text)
    yield from filter(None, (of_the_body(text, read_name), _one_whole(text)))
    if found := beside_a_run().search(text):
        ran = read_name(text[found.end() :]).movement
        if ran is not None and kind_of_work(ran) == "endurance":
            yield text[: found.start()]


def _one_whole(text: str) -> str | None:
    """Return the first of two names for a session of one kind: "gym, legs" without its comma."""
    said, name = take_amounts(text)
    told = name.split()
    for place in range(1, len(told)):
        first, second = " ".join(told[:place]), " ".join(told[place:])
        both = read_name(first), read_name(second)
        if all(map(is_whole, both)) and len({work_of_set(each.movement) for each in both}) == 1:
            return f"{first} {said.hold_s:g} s" if said.hold_s else first
    return None


@cache
def _denying() -> tuple[str, ...]:
    """Return words that say that something was not done, in all languages."""
    listed = (word for table in words_of("diary").values() for word in table.get("not", ()))
    return tuple(dict.fromkeys(map(plain_text, listed)))


@cache
def _little() -> re.Pattern[str]:
    return re.compile(rf"^(?:(?:{joining('little')})\s+)+", re.IGNORECASE)


@cache
def _session() -> re.Pattern[str]:
    """Return the pattern of a word for a session behind its kind: "Stabi-Programm"."""
    return re.compile(rf"(?<=\w{{3}})[\s-]*(?:{joining('session')})(?!\w)", re.IGNORECASE)


@cache
def time_of_day() -> re.Pattern[str]:
    """Return the pattern of a time of day before a part: "morning: drills"."""
    return re.compile(rf"(?:^|(?<=[,;+]\s))(?:{joining('little')})\s*:\s*", re.IGNORECASE)


@cache
def _last_remark() -> re.Pattern[str]:
    """Return the pattern of one remark, where others may be names: "progressifs sur l'herbe"."""
    return re.compile(rf"\s+\(?(?:{joining('when')})\)?$", re.IGNORECASE)


@cache
def _when() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of remarks before a name and behind it."""
    said = f"(?:{joining('when')}|{joining('each')})"
    # What stands last may be a word that joins parts: "6 Steigerungen zum Schluss".
    behind = f"(?:{said}|(?:{joining('then')})$)"
    return (
        re.compile(rf"^(?:{said}\s+)+", re.IGNORECASE),
        re.compile(rf"(?:\s+\(?{behind}\)?)+(?=$|[,;]|\s+\d)", re.IGNORECASE),
    )


def amounts_alone(piece: str) -> str | None:
    """Return a piece without remarks on when and where, if it then is amounts alone."""
    before, behind = _when()
    bare = behind.sub("", before.sub("", piece)).strip()
    return bare if bare != piece and is_amounts(bare) else None
