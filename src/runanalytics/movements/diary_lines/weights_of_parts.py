"""Weights that a line tells once: of several parts, of one of them, or of none.

"Kettlebell 16 kg: swings 3x15, goblet squats 3x10. No weight: lunges 3x8", "swings 4x15, goblet
squats 3x10, all with 12 kg", "squats and step-ups 3x10, only the step-ups with 12 kg" and "lunges
3x10 without vest".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from runanalytics.movements.amounts import Amounts, take_amounts
from runanalytics.movements.diary_lines.equipment import may_be_unloaded, no_gear
from runanalytics.movements.diary_lines.parts import Part
from runanalytics.movements.diary_lines.pieces import (
    any_joining,
    is_of_body,
    joining,
    joining_words,
    then_or_stop,
    two,
)
from runanalytics.movements.diary_lines.remarks import is_beside, is_filling
from runanalytics.movements.names import lexicon, words
from runanalytics.movements.vocabulary import movement
from runanalytics.units import Load

#: A body that is the whole weight, as `names` reads it.
_BODY = "bodyweight"
#: What may be a heading within a line, and what tells a weight.
_HEADING = re.compile(
    r"(?:^|[;,.+&]\s+|(?<=\s)(?:and|und|et|e|y)\s+)(?P<head>(?:[^:;,.+&]|[,.](?=\d)){2,60}?)\s*:\s+(?=\S)"
)
_WEIGHT = re.compile(r"\d\s?(?:kg|lbs?)(?!\w)", re.IGNORECASE)
_WEIGHT_AHEAD = re.compile(
    r"(?P<ahead>(?:[^\W\d_]+\s+){1,4}\(?\d[\d.,]*\s?(?:kg|lbs?)(?!\w)\)?)(?:\s+[^\W\d_]+)?(?=\s+[^\W\d_]{3})",
    re.IGNORECASE,
)
_PLUS = re.compile(r"\s\+\s")
#: What is done with a kettlebell or dumbbell, and mostly with nothing else.
_WITH_A_BELL = ("kettlebell_swing", "goblet_squat", "turkish_get_up", "windmill", "halo")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True)
class Heading:
    """What the parts behind a heading were done with: "Kettlebell 16 kg: ...", "No weight: ..."."""

    load: Load | None
    equipment: str = ""
    rounds: int | None = None


@cache
def _unloaded_alone() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{no_gear()}|(?:{joining('unloaded')})(?!\w))", re.IGNORECASE)


def is_unloaded(text: str) -> bool:
    """Return whether a text says that something was done without a weight, and nothing else.

    Examples
    --------
    >>> is_unloaded("no weight today"), is_unloaded("no gym")
    (True, False)
    """
    found = _unloaded_alone().search(text) if may_be_unloaded(text) else None
    return found is not None and _tells_nothing(f"{text[: found.start()]} {text[found.end() :]}")


def _tells_nothing(name: str) -> bool:
    """Return whether a name is of equipment or manner, beside words that tell nothing."""
    told = " ".join(each for each in _LETTERS.findall(name) if not is_filling(each))
    return lexicon().manner.issuperset(words(told))


def by_weight(body: str) -> Iterator[tuple[Heading | None, str]]:
    """Yield the stretches of a line behind headings that tell a weight or none.

    Parameters
    ----------
    body : str
        A line in one spelling.

    Yields
    ------
    heading : Heading or None
        None for what stands before the first of them.
    text : str
        The stretch.

    Examples
    --------
    >>> [text for _, text in by_weight("swings 3x15; no weight: lunges 3x8")]
    ['swings 3x15', 'lunges 3x8']
    """
    heading, place = None, 0
    found = _HEADING.search(body) if ":" in body else None
    while found is not None:
        next_, begin = heading_of(found["head"]), found.start() + 1
        if next_ is not None and next_.rounds is None:
            yield heading, body[place : found.start()]
            heading, place, begin = next_, found.end(), found.end()
        # "squats, lunges 3x8 and kettlebell 16 kg: ..." may end with a heading of its own.
        found = _HEADING.search(body, begin)
    yield heading, body[place:]


def heading_of(text: str) -> Heading | None:
    """Return what a heading tells of weights, if it tells nothing else.

    Examples
    --------
    >>> heading_of("then with the 12 kg kettlebell")
    Heading(load=Load(kg=12.0, unit='kg'), equipment='kettlebell', rounds=None)
    """
    if not _WEIGHT.search(text):
        return Heading(None) if is_unloaded(text) else None
    said, name = take_amounts(text)
    told = words(name)
    alone = said.load is not None and said == Amounts(n_sets=said.n_sets, load=said.load)
    if not (alone and _tells_nothing(name)):
        return None
    equipment = " ".join(each for each in told if each in lexicon().loads)
    return Heading(said.load, equipment, said.n_sets)


def with_load(part: Part, load: Load | None) -> Part:
    """Return a part with the weight that a heading tells, where it can be of it.

    Of "kettlebell 12 kg: swings 3x15, push-ups 3x10" nobody can tell whether it is of the push-ups.
    """
    carried = part.reading.distance_m is not None and part.work == "strength"
    done = bool(part.reading.reps) or carried
    if load is None or part.reading.load is not None or part.is_whole or not done:
        return part
    if part.reading.bodyweight or _BODY in words(part.text):
        return part
    if (id := part.reading.movement) and movement(id).is_of_body_weight:
        doubts = (
            *part.reading.not_understood,
            f"{part.text}: with {load.as_logged:g} {load.unit}, too?",
        )
        return replace(part, reading=replace(part.reading, not_understood=doubts))
    return replace(part, reading=replace(part.reading, load=load))


@dataclass(frozen=True)
class Shared:
    """A weight of all parts before it, or of two of them."""

    load: Load
    of_two: bool


def of_all(piece: str) -> Shared | None:
    """Return the weight of all parts before a piece, if that is what it tells.

    Examples
    --------
    >>> of_all("same 50 kg for all three"), of_all("10 kg en los dos").of_two
    (Shared(load=Load(kg=50.0, unit='kg'), of_two=False), True)
    """
    if not _is_weight(piece) or not (found := _of_all().search(piece)):
        return None
    said, name = take_amounts(f"{piece[: found.start()]} {piece[found.end() :]}")
    alone = said == Amounts(load=said.load, side=said.side)
    if said.load is None or not alone or not _tells_nothing(name):
        return None
    return Shared(said.load, two().search(found[0]) is not None)


def _is_weight(piece: str) -> bool:
    """Return whether a piece tells a weight and no other amount."""
    if not _WEIGHT.search(piece):
        return False
    said = take_amounts(piece)[0]
    return not (said.n_sets or said.reps or said.hold_s or said.distance_m)


@cache
def _of_all() -> re.Pattern[str]:
    """Return the pattern of "both", "for all three", and of "all 30 kg" and "each with ..."."""
    all_ = any_joining("of_all", "of_both", "for_all", "throughout")
    with_ = rf"(?<!\w)(?:{joining('with')})\s"
    return re.compile(
        rf"(?<!\w)(?:{all_})(?!\w)|^(?:{joining('everything')})(?=\s\d)"
        rf"|^(?:{joining('each')})(?!\w)(?=.*{with_})",
        re.IGNORECASE,
    )


@dataclass(frozen=True)
class OfOne:
    """A weight that is of one part alone, by its name."""

    load: Load
    name: str
    is_sure: bool


def of_one(piece: str) -> OfOne | None:
    """Return the weight of one of the parts before a piece, if that is what it tells.

    Examples
    --------
    >>> of_one("only the step-ups with a 12 kg dumbbell").name
    'step-ups'
    """
    if not _WEIGHT.search(piece):
        return None
    said, name = take_amounts(piece)
    if said.load is None or said != Amounts(load=said.load):
        return None
    only, with_ = _only(), _with()
    told = [each for each in _LETTERS.findall(only.sub(" ", name)) if not is_beside(each)]
    beside = joining_words("weights") | lexicon().small
    told = [each for each in told if each.casefold() not in beside]
    is_sure = only.search(name) is not None
    if not told or not (is_sure or with_.search(name)):
        return None
    return OfOne(said.load, " ".join(told), is_sure)


@cache
def _only() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{joining('only')})(?!\w)", re.IGNORECASE)


@cache
def _with() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{joining('with')})(?!\w)", re.IGNORECASE)


def perhaps_apart(parts: Iterable[Part], text: str, load: Load | None) -> Iterator[str]:
    """Yield parts of a stretch that are told apart from those behind the heading with its weight.

    As lunges in "kettlebell 16 kg: swings 3x15, goblet squats 3x10; lunges 3x8", or behind
    the "+" of "swings 3x15, goblet squats 3x10 + lunges 3x8".
    """
    apart = then_or_stop().search(text)
    if apart is None and "," in text:
        apart = _PLUS.search(text, text.index(","))
    if load is None or apart is None:
        return
    for part in parts:
        told_apart = text.find(part.text) > apart.start() and not part.reading.bodyweight
        open_ = told_apart and part.reading.movement not in _WITH_A_BELL
        if open_ and with_load(part, load).reading.load is load:
            yield f"{part.text}: with {load.as_logged:g} {load.unit}, too?"


def perhaps_with(parts: Iterable[Part]) -> Iterator[str]:
    """Yield parts that may have been done with the weight before the name of another before them.

    As "goblet squats" in "kettlebell (16 kg) swings 4x20, goblet squats 4x10".
    """
    load = None
    for part in parts:
        had = part.reading.load
        if had is not None:
            load = had if _begins_with_weight(part.text) else None
        elif load is not None and with_load(part, load) != part:
            yield f"{part.text}: with {load.as_logged:g} {load.unit}, too?"


def _begins_with_weight(text: str) -> bool:
    """Return whether a text begins with what something was done with, and how heavy it was."""
    if not (found := _WEIGHT_AHEAD.match(text)):
        return False
    # "with the 12 kg kettlebell swings": "12 kg kettlebell swings" alone have it in their name.
    said, name = take_amounts(found[0] if _with().match(text) else found["ahead"])
    told = set(words(name))
    is_told = said == Amounts(load=said.load) and not told.isdisjoint(lexicon().loads)
    return is_told and _tells_nothing(name)


def holds(word: str) -> bool:
    """Return whether a word may tell where a weight is: "on it", "auf den Knien", "nel zaino"."""
    plain = word.casefold().strip(".()")
    return is_beside(word) or is_of_body(word) or plain in _laid_on() or plain in lexicon().small


@cache
def _laid_on() -> frozenset[str]:
    return frozenset(map(str.casefold, joining_words("gear") | joining_words("laid_on")))


def each_one(piece: str) -> bool:
    """Return whether a piece ends with "each"."""
    return re.search(rf"(?<=kg|lb)s?\s+(?:{joining('each')})$", piece, re.IGNORECASE) is not None
