"""The heading of a diary line: which day of a programme it is, and how often all was done.

"Week 2 of the plan: squats 3x8", "App at home, 3 rounds of 40 s: squats, push-ups".
"""

from __future__ import annotations

import re
from functools import cache

from runanalytics.movements.amount_words import amount_words
from runanalytics.movements.pieces import joining, places
from runanalytics.words.phrases import alternatives


def with_rounds_alone(line: str) -> str:
    """Return a line with the rounds, or the sets of each, that end its heading as one of their own.

    Examples
    --------
    >>> with_rounds_alone("At home, 3 rounds of 40 s: squats, push-ups")
    'At home: 3 rounds of 40 s: squats, push-ups'
    >>> with_rounds_alone("3 sets of 10, each exercise: squats, push-ups")
    '3 sets of 10: squats, push-ups'
    """
    if not _has_number(line):
        return line
    line = _sets_in_brackets().sub(r" \1x\2:", line)
    return _sets_in_heading().sub(r"\1:", _rounds_in_heading().sub(_heading, line))


def without_day(line: str) -> str:
    """Return a line without the number of a day or week of a programme in its heading.

    Examples
    --------
    >>> without_day("Week 2 of the plan: squats 3x8")
    'of the plan: squats 3x8'
    """
    return _numbered().sub(_without_number, line) if _has_number(line) else line


def _has_number(line: str) -> bool:
    head, colon, _ = line.partition(":")
    return bool(colon) and any(map(str.isdigit, head))


@cache
def _rounds_in_heading() -> re.Pattern[str]:
    """Return the pattern of how often all was done, at the end of a heading of several parts.

    As in "Morning routine, 2 times: ...", "App at home, 3 rounds of 40 s: ..." and "3 rounds (no
    rest): ...".
    """
    known = amount_words()
    often = alternatives((*known["times"], *known["sets"]))
    return re.compile(
        rf"^(?:(?P<what>[^:;,+\d]{{2,40}}|(?P<each>[^:;,+]{{2,30}}\d{{1,2}})),\s*)?"
        rf"(?P<times>\d{{1,2}})\s*(?P<rounds>{joining('rounds')}|{often})"
        r"(?P<of>\s+[^\W\d_]{1,3}\s\d{1,3}\s?(?:s|sec|seg|sek)\w*)?(?:\s*\((?P<how>[^():\d]*)\))?\s*:\s*",
        re.IGNORECASE,
    )


def _heading(found: re.Match[str]) -> str:
    if not (found["what"] or found["how"] or found["each"]):
        return found[0]
    if found["each"]:  # "Sets of 10, 3 times round: ..."
        sets = alternatives(amount_words()["sets"])
        of_each = re.fullmatch(rf"(?:{sets})\s+[^\W\d_]{{1,3}}\s(\d{{1,2}})", found["each"], re.I)
        return f"{found['times']}x{of_each[1]}: " if of_each else found[0]
    what = f"{found['what']}: " if found["what"] else ""
    how = f"{found['how']}; " if found["how"] else ""
    rounds = f"{found['times']} {found['rounds']}" if found["of"] else f"{found['times']} rounds"
    return f"{what}{rounds}{found['of'] or ''}: {how}"


@cache
def _sets_in_brackets() -> re.Pattern[str]:
    """Return the pattern of the sets of each in brackets: "Strength (3 sets, 10 reps): ..."."""
    known = amount_words()
    sets, reps = (alternatives(known[kind]) for kind in ("sets", "repetitions"))
    return re.compile(
        rf"\s*\(\s*(\d{{1,2}})\s*(?:{sets})\s*[,x×]?\s*(?:[^\W\d_]{{1,3}}\s)?(\d{{1,3}})\s*(?:{reps})\s*\)\s*:",
        re.IGNORECASE,
    )


@cache
def _sets_in_heading() -> re.Pattern[str]:
    """Return the pattern of "3 sets of 10, each exercise: ..."."""
    return re.compile(
        rf"^([^:;,+]*\d[^:;,+]*),\s*(?:{joining('each')})(?:\s[^\W\d_]+)?\s*:", re.IGNORECASE
    )


@cache
def _numbered() -> re.Pattern[str]:
    """Return the pattern of the number of a day of a programme, "Week 2 of the plan: ..."."""
    return re.compile(
        rf"^(?P<what>[^:;,\d]{{0,40}}?)\s*(?<!\w)(?:{joining('numbered')})\s*\d{{1,3}}(?P<of>\s[^:;,\d]{{2,40}})?\s*:\s*",
        re.IGNORECASE,
    )


def _without_number(found: re.Match[str]) -> str:
    """Return a heading without the number of a day, and none if it is that of a place."""
    what = " ".join(filter(None, (found["what"].strip(), (found["of"] or "").strip())))
    return f"{what}: " if what and what.casefold() not in places() else ""
