"""Brackets of a diary line that hold several exercises: "gym (squat 3x5, dips 3x8), 4 strides".

What a session was made of is told as its parts, "gym, squat 3x5, dips 3x8, 4 strides", each with
the amounts that stand once, before the brackets or at their end: "2x30 m of each (A-skips,
B-skips)", "drills (A-skips, B-skips - 2x30 m each)".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial

from runanalytics.movements.amount_words import amount_words
from runanalytics.movements.amounts import Amounts, take_amounts
from runanalytics.movements.diary_lines.circumstances import is_surely_denied
from runanalytics.movements.diary_lines.equipment import is_equipment
from runanalytics.movements.diary_lines.pieces import (
    SURE,
    is_amounts,
    is_recovery,
    is_whole,
    joining,
)
from runanalytics.movements.diary_lines.remarks import is_beside, is_remark, listed
from runanalytics.movements.diary_lines.rounds_of_all import times_alone
from runanalytics.movements.matcher import named_exactly
from runanalytics.movements.names import words
from runanalytics.movements.reading import Reading, has_sets
from runanalytics.words.phrases import alternatives

_BRACKETS = re.compile(r"\s*\((?P<held>[^()]*[,;/+][^()]*)\)\s*(?=(?P<next>[^\s]?))")
#: What parts brackets from what stands behind them.
_SIGN = re.compile(r"[+&]\s+")
_BETWEEN = re.compile(r"\s*[,;](?!\d)\s*|\s+[/+]\s+|(?<=[^\W\d_]{3})/(?=[^\W\d_]{3})")
#: So many words may tell when a session was: "early this afternoon".
_MOST_WORDS_OF_WHEN = 3
#: What stands before the amounts of all, at the end of brackets.
_LAST = re.compile(r"\s*(?:[,;:]|\s[-–—])\s+(?=[^,;:]*$)")
_SETS = re.compile(r"\d{1,2}\s*[x×*]\s*\d{1,3}(?:\s?(?:m|s|se[ckg]\w*)(?!\w)|[\"'″′]{1,2})?", re.I)
_SETS_BEFORE = re.compile(rf"\s(?P<amounts>{_SETS.pattern})$", re.I)
#: "Drills (A-skips, high knees) 2x20 m": what a whole was made of, and how much of each.
_MADE_OF = re.compile(
    r"(?P<whole>(?:[^(),;:+&/]|/(?!\s))+?)\s*\((?P<parts>[^()]*[,;+/&][^()]*)\)(?P<each>[^(),;+]*)(?=$|[,;+])"
)
_ANY = re.compile(r"\s*\(([^()]*)\)")
#: "2x (high knees, A-skips) 30 m", "(high knees, A-skips) 2x30 m" and "(10 squats, 10 dips) x 3".
_ALIKE = re.compile(
    r"(?P<before>\d{1,2}\s*[x×*]\s*)?[(\[](?P<parts>[^()\[\]]*[,;+&/][^()\[\]]*)[)\]]"
    r"(?P<behind>[^(),;+]*\d[^(),;+]*)(?=$|[,;+])"
)
_SMALL_WORD = re.compile(r"^(?!x\s)[^\W\d_]{1,4}\s+(?=\d)")
#: What is beside an exercise in brackets: "6 hills (2 km home)", "75 kg (wind 20 km/h)".
_A_RUN_BESIDE = re.compile(
    r"^(?!.*[x×*,;+&])(?:.*\d\s?(?:km|mi|miles?|°)(?![^\W\d_])|\d{1,3}\s?min\s.*[^\W\d_]{4}"
    r"|[^\W\d_]{4}.*\d\s?min$)",
    re.IGNORECASE,
)


def opened(body: str, read: Callable[[str], Reading]) -> str:
    """Return a line without the brackets that hold several exercises.

    Parameters
    ----------
    body : str
        A line in one spelling.
    read : callable
        What reads a piece, as `reading.read_name` does.

    Returns
    -------
    str

    Examples
    --------
    >>> from runanalytics.movements.reading import read_name
    >>> opened("6 strides then gym (squat 3x5 @ 80 kg, dips 3x8)", read_name)
    '6 strides then gym, squat 3x5 @ 80 kg, dips 3x8'
    >>> opened("drills (A-skips, carioca - 2 x 30 m of each) then 4 strides", read_name)
    'drills, A-skips 2 x 30 m, carioca 2 x 30 m; then 4 strides'
    """
    if "(" not in body:
        return body
    told, end = "", 0
    for found in _BRACKETS.finditer(body):
        before = body[end : found.start()]
        parts = _parts(told + before, found["held"], read)
        if parts is not None:
            before, exercises = parts
            behind = "; " if found["next"] not in ("", ",", ";", ".") else ""
            told, end = f"{before}{', '.join(exercises)}{behind}", found.end()
            if sign := _SIGN.match(body, end):
                end = sign.end()
    return told + body[end:]


def unfolded(body: str, read: Callable[[str], Reading]) -> str:
    """Return a line with what brackets hold told behind a name, or as parts of their own.

    Parameters
    ----------
    body : str
        A line in one spelling.
    read : callable
        What reads a piece, as `reading.read_name` does.

    Returns
    -------
    str

    Examples
    --------
    >>> from runanalytics.movements.reading import read_name
    >>> unfolded("2x (high knees, A-skips) 30 m", read_name)
    'high knees 2x30 m, A-skips 2x30 m'
    """
    if "(" in body:
        body = _MADE_OF.sub(partial(_unfolded, read=read), _ANY.sub(_without_recovery, body))
    if "(" in body or "[" in body:
        body = _ALIKE.sub(_each_with_amounts, body)
    return body


def _parts(
    before: str, held: str, read: Callable[[str], Reading]
) -> tuple[str, Sequence[str]] | None:
    """Return what stands before the parts in brackets, and these with their amounts."""
    amounts, before = "", _without_when(before, read)
    if of_each := _of_each_ahead().search(before):
        amounts, before = of_each["amounts"], before[: of_each.start()]
    elif (told := _SETS_BEFORE.search(before)) and _is_session(before[: told.start()], read):
        # "drills 2x30 m (A-skips, B-skips and carioca)"
        amounts, before = told["amounts"], before[: told.start()]
    elif not _is_session(before, read):
        return None
    elif ends := [*_LAST.finditer(held)]:
        last = ends[-1]
        told = _SETS.search(held, last.end())
        said = replace(take_amounts(held[last.end() :])[0], side=None)  # "each" may be a side's
        if told and is_amounts(held[last.end() :]) and has_sets(said):
            if take_amounts(told[0])[0] != said:
                return None  # "balance, 3 x 1 min each leg"
            amounts, held = told[0], held[: last.start()]
    exercises = [each for part in _BETWEEN.split(held) for each in _named_apart(part, read) if each]
    counted = [any(map(str.isdigit, each)) for each in exercises]
    if any(counted) if amounts else not all(counted):
        return None
    if any(is_amounts(each) or read(each).movement is None for each in exercises):
        return None
    before = before.rstrip()
    before = f"{before}{' ' if before.endswith((':', ',', ';')) or not before else ', '}".lstrip()
    return before, [f"{each} {amounts}".strip() for each in exercises]


def _named_apart(part: str, read: Callable[[str], Reading]) -> Sequence[str]:
    """Return what "and" joins as parts, if each of them is a name and all of it is none."""
    told = re.split(rf"\s+(?:{joining('and')})\s+", part, flags=re.IGNORECASE)
    apart = len(told) > 1 and all(read(each).movement for each in told)
    return told if apart and named_exactly(part) is None else [part]


def _is_session(before: str, read: Callable[[str], Reading]) -> bool:
    """Return whether a text ends with a session of some kind, and no amounts of it."""
    last = _ends_before().split(before)[-1].strip()
    return bool(words(last)) and not any(map(str.isdigit, last)) and is_whole(read(last))


def _without_when(before: str, read: Callable[[str], Reading]) -> str:
    """Return a text without words before a session at its end: "this afternoon gym"."""
    last = _ends_before().split(before)[-1]
    told = last.split()
    for first in range(1, min(len(told), _MOST_WORDS_OF_WHEN + 1)):
        beside = all(is_beside(each) or is_remark(each) for each in told[:first])
        if beside and is_whole(read(" ".join(told[first:]))) and not is_whole(read(last)):
            return f"{before[: len(before) - len(last.lstrip())]}{' '.join(told[first:])}"
    return before


@cache
def _ends_before() -> re.Pattern[str]:
    joined = "|".join(joining(kind) for kind in ("then", "and", "with"))
    return re.compile(rf"[,;:.&+]\s+|(?<!\w)(?:{joined})(?=\s)", re.IGNORECASE)


@cache
def _of_each_ahead() -> re.Pattern[str]:
    """Return the pattern of the amounts of each before brackets: "2x30 m for each drill (...)"."""
    times = alternatives(amount_words()["times"])
    return re.compile(
        rf"(?P<amounts>\d{{1,2}}\s*(?:[x×*]|{times})\s*\d{{1,3}}(?:\s?(?:m|s|se[ckg]\w*)(?!\w))?)"
        rf"\s+(?:[^\W\d_]{{1,4}}\s+)?(?:{joining('each')})(?:\s+[^\W\d_]{{3,}})?\s*:?\s*$",
        re.IGNORECASE,
    )


def _unfolded(found: re.Match[str], read: Callable[[str], Reading]) -> str:
    """Return a whole and what it was made of as parts: "drills, A-skips 2x20 m, B-skips 2x20 m"."""
    space = " " if found[0][:1].isspace() else ""  # behind "&" or "+"
    return f"{space}{_made_of(found, read).lstrip()}"


def _made_of(found: re.Match[str], read: Callable[[str], Reading]) -> str:
    said, name = take_amounts(found["whole"])
    each = found["each"].strip()
    if each[:1].isalpha() and not any(map(str.isdigit, each)) and not is_amounts(each):
        # "20 min core (plank, crunches) after the run"
        is_told = is_remark(each) or _beside_first().match(each) is not None
        whole = _MADE_OF.fullmatch(f"{found['whole']} ({found['parts']})")
        if is_told and whole and is_whole(read(name)):
            return f"{_made_of(whole, read)}; {each}"
    if not words(name) or (each and not is_amounts(each)):
        return found[0]
    told = re.split(r"\s*[,;]\s*", found["parts"])
    alone = [part for part in told if not is_equipment(part)]
    if not each and alone and all(map(is_amounts, alone)):
        done = next((part for part in told if part[:1].isdigit() and part in alone), None)
        if done and said.n_sets and said == Amounts(n_sets=said.n_sets) and "kg" not in done:
            # "3 sets of step-ups (8 each leg, 12 kg dumbbell)"
            told = [f"{said.n_sets}x{part}" if part is done else part for part in told]
            return f"{name} {' '.join(told)}"
        return f"{found['whole']} {' '.join(told)}"  # "hip thrust (3x10, 70 kg, rest 90 s)"
    if (
        said == Amounts()
        and not each
        and len(told) > 1
        and all(_is_done(part, read) for part in told)
    ):
        # "exercises for the feet (short foot 2x10, calf raises 2x20)"
        return f"{name}: {', '.join(told)}" if is_whole(read(name)) else ", ".join(told)
    if not is_whole(read(name)):
        # "planks (front 60 s, side 40 s)"
        told = [f"{name} {part}" for part in told]
        known = said == Amounts() and len(told) > 1 and all(read(part).movement for part in told)
        return ", ".join(told) if known and not each else found[0]
    rounds = (times_alone(said) if not each else None) or times_alone(take_amounts(each)[0])
    if rounds:
        return f"{name}, {rounds}x({found['parts']})"
    parts = re.split(r"\s*[,;+/&]\s*", found["parts"])
    if has_sets(said):
        each = f"{found['whole'].casefold().replace(name, '').strip()} {each}".strip()
    if not each:
        return f"{found['whole']}, {found['parts']}"
    if any(any(map(str.isdigit, part)) for part in parts):
        return found[0]
    return ", ".join((name, *(f"{part} {each}" for part in parts)))


def _is_done(part: str, read: Callable[[str], Reading]) -> bool:
    """Return whether a part tells an exercise by its whole name, and sets of it."""
    reading = read(part)
    return has_sets(reading) and reading.movement is not None and reading.match.score >= SURE


def _without_recovery(found: re.Match[str]) -> str:
    """Return brackets without the recovery in them, which stands behind: "(10 s, 2 min walk)"."""
    how = not listed("felt").isdisjoint(words(found[1])) and is_remark(found[1])
    how = how or _A_RUN_BESIDE.search(found[1]) is not None
    of_rest = not any(map(str.isdigit, found[1])) and _beside_first().match(found[1]) is not None
    if how or of_rest or is_surely_denied(found[1]):
        return f"; {found[1]}"  # "easy 50 min (calf sore, so no strides)", "(left knee sore)"
    told = re.split(r"\s*[,;]\s*", found[1])
    recovery = [each for each in told if is_recovery(each)]
    if len(recovery) == len(told):
        return f"; {found[1]}"
    kept = [each for each in told if each not in recovery]
    if not recovery or not all(map(is_amounts, kept)):
        return found[0]
    return f" ({', '.join(kept)}); {', '.join(recovery)}"


def _each_with_amounts(found: re.Match[str]) -> str:
    """Return the parts in brackets each with the amounts that stand beside these."""
    behind = _SMALL_WORD.sub("", found["behind"].strip())
    said, name = take_amounts(behind)
    if words(name) or (found["before"] and (said.n_sets or said.reps)):
        return found[0]
    if times := times_alone(said):
        return found[0] if found["before"] else f"{times}x({found['parts']})"
    if any(map(str.isdigit, found["parts"])) or not (said.hold_s or said.distance_m):
        return found[0]
    if found["before"]:
        way = f"{said.distance_m:g} m" if said.distance_m else f"{said.hold_s:g} s"
        behind = f"{found['before'].strip()}{way}"
    return ", ".join(f"{each} {behind}" for each in re.split(r"\s*[,;+/&]\s*", found["parts"]))


@cache
def _beside_first() -> re.Pattern[str]:
    """Return the pattern of what begins with a rest, or with what it was before or after."""
    rest = alternatives(amount_words()["rest"])
    return re.compile(rf"(?:{rest}|{joining('after')})(?!\w)", re.IGNORECASE)
