"""Names that leave out what was named before them: "lunges forward 3x10, backward 3x10"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from runanalytics.movements.amounts import take_amounts
from runanalytics.movements.diary_lines.parts import Part, read_piece, said_as
from runanalytics.movements.diary_lines.pieces import (
    SAME,
    SURE,
    is_amounts,
    joining,
    joining_words,
)
from runanalytics.movements.diary_lines.remarks import is_remark
from runanalytics.movements.diary_lines.unread import is_vocabulary
from runanalytics.movements.index import could_mean
from runanalytics.movements.matcher import OVER_A_WAY
from runanalytics.movements.names import lexicon, words
from runanalytics.movements.reading import Reading, has_amounts
from runanalytics.movements.vocabulary import movement

#: A number that something is counted with.
_COUNT_FIRST = re.compile(r"\d{1,2}\s+(?=[^\W\d_]{3})")


def with_name_before(
    part: Part, parts: Sequence[Part], heading: str, read: Callable[[str], Reading]
) -> Part:
    """Return a part that leaves out what the one before names: "..., knee bent 3x15".

    It is read so where it names nothing or several movements alone, and shown as a choice;
    "..., seated 3x15", which tells two movements apart, names with it another one for certain.
    """
    told = part.reading.name.split()
    if not (told and has_amounts(part.reading)):
        return part  # as most of a session: all else takes longer
    named = [each.reading for each in parts if each.reading.movement and not each.is_whole]
    before = named[-1].name if named and not heading else heading
    told = [each for each in told if each not in lexicon().small]
    could_be = could_mean(part.reading.name)
    movement_of = part.reading.movement
    # "Lunges forward 3x10, backward 3x10": nobody counts repetitions of a run.
    of_a_run = bool(part.reading.reps) and len(told) == 1 and _is_over_ground(movement_of)
    # "Dribbles: ankle 2x20 m, knee 2x20 m": alone, they name a drill over metres alone.
    of_a_way = bool(heading) and part.reading.match.reason.endswith(OVER_A_WAY)
    could_be = () if of_a_way else could_be
    is_variant = _variants().issuperset(words(part.reading.name))
    open_ = movement_of is None or could_be or of_a_run or of_a_way or is_variant
    if not (open_ and all(map(is_vocabulary, told))):
        return part
    if len(told) > 1 and is_remark(part.reading.name):
        return part  # "2x30 m before the parkrun"
    said = set(words(part.reading.name))
    alone = movement_of is not None and not (could_be or of_a_run or of_a_way)
    found = list[tuple[Reading, str]]()
    for head in (*_before_same_word(before, part.text), *_heads(before)):
        if said.issubset(words(head)):
            continue  # "ankle hops 3x20, hops 3x10"
        reading = read(_headed_by(head, part.text))
        sure = reading.movement is not None and reading.match.score >= (SAME if alone else SURE)
        sure = sure and not (of_a_run and _is_over_ground(reading.movement))
        same = is_variant and reading.match.score >= SAME
        if sure and (not could_be or of_a_run or same or reading.movement in could_be):
            found.append((reading, head))
            if not is_variant:
                break
    if not found:
        unsure = is_variant and movement_of is not None and part.reading.match.score < SAME
        unsure = unsure and part.reading.distance_m is None  # "..., laterales 2x30 m" are runs
        doubts = (said_as(part.reading.name, part.reading),) if unsure else ()
        doubts = (*part.reading.not_understood, *doubts)
        return replace(part, reading=replace(part.reading, not_understood=doubts))
    # A variant is of another movement, if that is as likely: "... off a step 3x20, seated 3x15".
    same_as = named[-1].movement if named else None
    reading, head = max(
        found, key=lambda one: (one[0].match.score, is_variant and one[0].movement != same_as)
    )
    again = read_piece(_headed_by(head, part.text), read, text=part.text)
    certain = reading.match.score >= SAME or _variants().isdisjoint(words(head))
    alone = alone and _is_over_ground(movement_of)  # "skips 4x30 m, backward 4x30 m": a run?
    doubts = (said_as(part.reading.name, again.reading),)
    doubts = () if is_variant and certain and not alone else doubts
    doubts = (*again.reading.not_understood, *doubts)
    return replace(again, reading=replace(again.reading, not_understood=doubts))


def tells_variant(piece: str) -> bool:
    """Return whether a piece has amounts and a variant of what was named: "4x20 seated"."""
    bare, n_told = _variant().subn(" ", piece)
    return n_told > 0 and is_amounts(bare.strip())


@cache
def _variant() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{joining('variant')})(?!\w)", re.IGNORECASE)


@cache
def _variants() -> frozenset[str]:
    """Return words that tell two movements of one name apart: "seated", "backwards"."""
    return frozenset(word for each in joining_words("variant") for word in words(each))


def _headed_by(name: str, text: str) -> str:
    """Return a text with a name before its own, behind a count: "2 lateral ..." of planks."""
    counted = _COUNT_FIRST.match(text) if take_amounts(text)[0].count is not None else None
    return f"{counted[0]}{name} {text[counted.end() :]}" if counted else f"{name} {text}"


def _heads(name: str) -> Iterator[str]:
    """Yield a name and what is left of it without its first or last words, the longest first."""
    said = name.split()
    for n_left in range(len(said), 0, -1):
        yield " ".join(said[:n_left])
        if n_left < len(said):
            yield " ".join(said[-n_left:])


def _before_same_word(name: str, text: str) -> Iterator[str]:
    """Yield what is in a name before the first word of a text: "walk" of "on heels, on toes"."""
    head, word, _ = f" {name} ".partition(f" {text.casefold().split()[0]} ")
    if word and head.strip():
        yield head.strip()


def _is_over_ground(id: str | None) -> bool:
    return id is not None and movement(id).measured_in == "metres"
