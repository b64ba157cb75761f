"""How long, or how often, one works at each station of a circuit, told in its heading.

"40 s per station, 3 rounds: ...", "4 ateliers, 2 tours, 12 répétitions partout : ..." and "Circuit
x4 (no rest between stations, 2 min between rounds): ...".
"""

from __future__ import annotations

import re
from functools import cache

from runanalytics.movements.amount_words import amount_words, of_what
from runanalytics.movements.amounts import Amounts, take_amounts
from runanalytics.movements.diary_lines.pieces import (
    any_joining,
    is_recovery,
    joining,
    joining_words,
)
from runanalytics.movements.names import words
from runanalytics.words.phrases import alternatives

#: What ends a heading.
_COLON = re.compile(r"\s*:\s+|\s+[-–—]\s+(?=[^\W\d_]{3})")
_LETTERS = re.compile(r"[^\W\d_]+")


def with_stations(line: str) -> str:
    """Return a line with the work at each station of a circuit as the sets of each exercise.

    Examples
    --------
    >>> with_stations("Circuit, 40 s per station, 3 rounds: squats, planks")
    'Circuit: 3x40 s: squats, planks'
    >>> with_stations("4 stations, 2 rounds (1 min rest between rounds): 10 squats, 8 lunges")
    '2 rounds: 10 squats, 8 lunges; 1 min rest between rounds'
    """
    said = _LETTERS.findall(line.casefold())
    stations = not _words_of_it().isdisjoint(said)
    if not (stations or (not _rested().isdisjoint(said) and ":" in line)):
        return line  # as most: the patterns take longer
    start, line = 0, _with_heading_first(line) if stations else line
    for colon in _COLON.finditer(line):
        head, rest = line[start : colon.start()], line[colon.end() :]
        told_of = stations and _station().search(head)
        if any(map(str.isdigit, head)) and (told_of or _between().search(head)):
            told = _heading(head, rest)
            return line if told is None else f"{line[:start]}{told}"
        start = colon.end() if ":" in colon[0] else start
    return line


def _with_heading_first(line: str) -> str:
    """Return a line with the work at each station before what was done at them.

    As in "squats, push-ups, plank - 45 s per station, twice through".
    """
    found = _behind_names().search(line)
    if found is None or any(map(str.isdigit, found["names"])):
        return line
    head = found["head"].rstrip(" .)")
    if not (_each().search(head) and _rounds().search(head)):
        return line
    return f"{line[: found.start()]}{head}: {found['names']}"


@cache
def _behind_names() -> re.Pattern[str]:
    """Return the pattern of names, and of what is told of each station behind them."""
    station = any_joining("stations", "apparatus")
    return re.compile(
        r"(?:^|(?<=[:;.]\s))(?P<names>[^\W\d_][^:;.(),\d]*,[^:;.()\d]+?)(?:\s+[-–—]\s+|\s*[:;(]\s*|\.\s+)"
        rf"(?P<head>(?=[^:]*(?<!\w)(?:{station})(?!\w))[^:]*\d[^:]*)$",
        re.IGNORECASE,
    )


@cache
def _words_of_it() -> frozenset[str]:
    said = (*joining_words("stations"), *joining_words("apparatus"))
    return frozenset(word.casefold() for word in said)


@cache
def _rested() -> frozenset[str]:
    """Return the first words of what tells of a rest between rounds, in lower case."""
    return frozenset(each.casefold().split()[0] for each in amount_words()["between"])


@cache
def _between() -> re.Pattern[str]:
    return re.compile(rf"\d\D{{0,20}}\s(?:{alternatives(amount_words()['between'])})(?!\w)", re.I)


@cache
def _station() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{any_joining('stations', 'apparatus')})(?!\w)", re.IGNORECASE)


@cache
def _each() -> re.Pattern[str]:
    """Return the pattern of a time or a number of repetitions at each station."""
    known = amount_words()
    units = ("seconds", "minutes", "repetitions")
    unit = alternatives(word for kind in units for word in known[kind])
    amount = rf"\d{{1,3}}\s?(?:{unit})(?!\w)"
    work, station = alternatives(known["work"]), any_joining("stations", "apparatus")
    each = rf"(?:{any_joining('each', 'for_all')})"
    # "no rest between stations, 2 min between rounds"
    rest = alternatives((*known["rest"], *known["between"]))
    return re.compile(
        rf"(?<![\w.,x×*:])(?P<per>{amount})(?:\s+(?:{work}))?"
        rf"\s+(?:(?:{joining('at_each')})\s+(?:{station})|{each}|(?:{joining('at_each_one')}))(?!\w)"
        rf"|(?:(?<!\w)(?:{of_what()})\s+)?(?:(?<![\w.,])\d{{1,2}}\s+)?(?<!\w)(?:{station}),?\s+"
        rf"(?:[^\W\d_]{{1,4}}\s+){{0,2}}(?P<long>{amount})(?:\s+{each}(?!\w))?(?!\s+(?:[^\W\d_]+\s+)?(?:{rest})(?!\w))"
        rf"|(?:(?:{joining('at_each')})\s+(?:{station})|{each})\s+(?P<behind>{amount})",
        re.IGNORECASE,
    )


@cache
def _rounds() -> re.Pattern[str]:
    known = amount_words()
    often = alternatives((*known["times"], *known["sets"]))
    rounds = rf"(?:{any_joining('rounds', 'rounds_ahead')}|{often})"
    # "2 laps of the room", "twice through"
    way = rf"(?:\s+(?:{of_what()}))?\s+(?:[^\W\d_]{{1,3}}\s+)?(?:{joining('lengths_of')})(?!\w)"
    behind = rf"(?:\s+(?:{joining('through')})(?!\w)|{way})?"
    return re.compile(
        rf"(?<![\w.,x×*])(?:[x×]\s?(?P<times>\d{{1,2}})(?:\s{rounds})?"
        rf"|(?P<often>\d{{1,2}})\s*(?:{rounds}|[x×]))(?!\w|\s+(?:{of_what()})\s+\d){behind}",
        re.IGNORECASE,
    )


@cache
def _rounds_behind() -> re.Pattern[str]:
    return re.compile(rf"\s*[,;.]\s+(?:{_rounds().pattern})[\s.]*$", re.IGNORECASE)


@cache
def _number_of_stations() -> re.Pattern[str]:
    """Return the pattern of how many stations there were, and of no rest between them."""
    none = rf"(?:{any_joining('not', 'without')})\s(?P<rested>[^\d]*)"
    station = any_joining("stations", "apparatus")
    return re.compile(rf"(?:^|\d{{1,2}}\s+|{none})(?:{station})(?!\w)", re.IGNORECASE)


def _heading(head: str, rest: str) -> str | None:
    """Return a line of a heading with stations and what follows, or None if it tells more."""
    each = _each().search(head)
    of_each = ""
    if each:
        of_each = each["per"] or each["long"] or each["behind"]
        head = f"{head[: each.start()]}, {head[each.end() :]}"
    rounds = _rounds().search(head)
    if rounds:
        head = f"{head[: rounds.start()]}, {head[rounds.end() :]}"
    elif each and (rounds := _rounds_behind().search(rest)):
        rest = rest[: rounds.start()]
    if not (each or rounds):
        return None
    beside, rests = list[str](), list[str]()
    for told in _apart().split(head):
        part = _number_of_stations().sub(_without_rest, told).strip()
        if _small().issuperset(words(part)):
            continue
        if change := _change().fullmatch(part):
            rests.append(f"rest {change['time'] or change['behind']}")
        elif any(map(str.isdigit, part)):
            said = take_amounts(part)[0]
            if said == Amounts() and not part.isdigit():
                beside.append(part)  # "U16"
                continue
            if said.rest_s is None and not is_recovery(part):
                return None
            rests.append(part)
        else:
            beside.append(part)
    times = int(rounds["times"] or rounds["often"]) if rounds else 1
    of_all = f"{times}x{of_each}" if each else f"{times} rounds"
    return f"{': '.join((*beside, of_all))}: {'; '.join((rest, *rests))}"


def _without_rest(found: re.Match[str]) -> str:
    """Return nothing for how many stations there were, or that nobody rested between them."""
    told = set(words(found["rested"] or ""))
    return "" if told <= _rest_words() | _small() else found[0]


@cache
def _rest_words() -> frozenset[str]:
    known = amount_words()
    said = (*known["rest"], *known["between"])
    return frozenset(word for each in said for word in words(each))


@cache
def _apart() -> re.Pattern[str]:
    """Return the pattern of what stands between the parts of a heading."""
    joined = rf"\s+(?:{any_joining('with', 'and')})\s+(?=\d)"
    return re.compile(rf"\s*[,;()]\s*|\s+[-–—/+]\s+|{joined}", re.IGNORECASE)


@cache
def _change() -> re.Pattern[str]:
    """Return the pattern of the time for going to the next station: "15 s to change"."""
    known = amount_words()
    unit = alternatives((*known["seconds"], *known["minutes"]))
    return re.compile(
        rf"(?:(?:{any_joining('with', 'and')})\s+)?(?:(?P<time>\d{{1,3}}\s?(?:{unit}))\s+"
        rf"(?:{joining('change')})|(?:{joining('change')})\s+(?P<behind>\d{{1,3}}\s?(?:{unit})))",
        re.IGNORECASE,
    )


@cache
def _small() -> frozenset[str]:
    small = (*amount_words()["of"], *joining_words("with"), *joining_words("and"))
    return frozenset(word for each in small for word in words(each))
