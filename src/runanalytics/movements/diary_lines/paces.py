"""Paces of runs and jogs between them, as diaries tell them: they are no amounts of work."""

from __future__ import annotations

import re
from functools import cache

from runanalytics.movements.amount_words import amount_words
from runanalytics.movements.diary_lines.pieces import joining, joining_words
from runanalytics.words.phrases import alternatives

#: A way that is run at a pace, and not done as a drill: 200 m and more.
_RUN_FAR = re.compile(
    r"(?<![\w.])(?:(?:[2-9]\d\d|[1-9]\d{3,4})(?:\s?m(?:et\w+)?)?|\d{1,2}(?:[.,]\d+)?\s?(?:k|km|mi|miles?))(?!\w)"
    r"|[x×]\s?(?:(?:[2-9]\d\d|[1-9]\d{3})(?:\s?m)?|\d\s?(?:km?|mi))(?!\w)|(?<![\w:])[1-9]\d\s?min(?!\w)"
    r"|(?<![\w'’])(?:[1-9]\d['’′](?!\d)|\d(?:[.,]\d)?\s?h(?:\d\d)?(?!\w))",
    re.IGNORECASE,
)
#: ... or a name of a pace: "at mile pace".
_MAY_HAVE_A_PACE = re.compile(rf"{_RUN_FAR.pattern}|pace|tempo|allure|ritmo|rythme", re.IGNORECASE)
#: What may be a way between two of those that were run: "6x800 off 400 jog".
_BEHIND_A_WAY = re.compile(
    r"[x×]\s?\d+\s?m?\s+[^\W\d_]+/?\s+\d{2,3}\s?m?\s+[^\W\d_]", re.IGNORECASE
)


def without_paces(text: str) -> str:
    """Return a text without the paces of runs.

    Examples
    --------
    >>> without_paces("8 km @ 5:30/km, strides 6x100 m")
    '8 km , strides 6x100 m'
    """
    return _paces().sub(_without_pace, text) if _MAY_HAVE_A_PACE.search(text) else text


def with_jogs_as_rest(text: str) -> str:
    """Return a text in which a way that was jogged between intervals is a rest.

    Examples
    --------
    >>> with_jogs_as_rest("6x800 off 400 jog")
    '6x800, jog 400 m recovery'
    """
    if not _BEHIND_A_WAY.search(text):
        return text
    return _jogged_between().sub(r", \2 \1 m recovery", text)


def _without_pace(found: re.Match[str]) -> str:
    """Return nothing for the pace of a run, "6x1000 m in 3:50", which is no amount of work."""
    before = re.split(r"[,;:+(]|\s/\s", found.string[: found.start()])[-1]
    return " " if found["race"] or _RUN_FAR.search(before) else found[0]


@cache
def _jogged_between() -> re.Pattern[str]:
    """Return the pattern of how far was jogged between intervals: "6x800 off 400 jog"."""
    known = amount_words()
    counted = alternatives((*known["repetitions"], *known["sets"]))
    # "10 con 100 y 8 con 120" are weights.
    jogged = alternatives(word for word in joining_words("recovering") if len(word) > len("al"))
    return re.compile(
        rf"(?<=\d|m)\s+(?:off|{joining('with')})\s+(\d{{2,3}})\s?m?\s+(?!(?:{counted})(?!\w))"
        rf"({jogged})(?!\w)",
        re.IGNORECASE,
    )


@cache
def _paces() -> re.Pattern[str]:
    """Return the pattern of a pace behind a run: "@ 4:10/km", "at 10k pace", "à l'allure 5 km"."""
    at = rf"(?:@|(?<=\s)(?:{joining('at_pace')})(?:\s|(?<=['’])))\s*"
    clock = r"(?:ca\.?\s|~)?\d{1,2}(?:[:'′’]\d\d[\"″”]?|['′’](?![\d'′’]))"
    every_one = (
        r"(?:\s?(?:min)?\s?(?:/|per|pro|je|al|por|le|au|par|a|the)?\s?"
        r"(?:km|mile|mi|k|400|200)(?!\w))?"
    )
    race = rf"(?:\d{{1,2}}\s?km?|(?:800|1500|3000|5000)\s?m?|{joining('race_pace')})"
    named = joining("pace")
    return re.compile(
        rf"\s*{at}(?:{clock}(?:\s?[-–/]\s?{clock})?{every_one}"
        rf"|(?P<race>{race}[\s-]?(?:{named})(?!\w))|(?:{named})\s(?:d[eiu]\s|da\s|d')?{race}(?!\w))"
        rf"|\s*@\s*{race}(?!\w)",
        re.IGNORECASE,
    )
