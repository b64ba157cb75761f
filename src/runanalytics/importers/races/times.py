"""Finishing times as people and spreadsheets write them.

A text may stand for more than one time: a spreadsheet that was given 41:20 keeps 41 hours and 20
minutes and writes 41:20:00, and 1:31.05 may have hours or hundredths. All that it can mean is
returned, the likeliest first; the distance chooses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from runanalytics.errors import UnitError
from runanalytics.units.numerals import NUMBER, parse_number, shown, tidied
from runanalytics.words import words
from runanalytics.words.phrases import folded

_DAY_S = 86_400.0
_UNITS_S = {"h": 3600.0, "min": 60.0, "s": 1.0}

_CLOCK = re.compile(
    r"(?:(\d{1,4}) ?[:h])? ?(\d{1,4}):(\d{1,2})(?:[.,](\d{1,6}))?(?: ?([ap])\.? ?m\.?)?"
)
#: 1.31.05, and 41.20 or 41,20: points as between hours, minutes and seconds.
_POINTS = re.compile(r"(?:(\d{1,2})[.,])?(\d{1,3})[.,](\d{2})")
#: 0.02870: a share of a day, as spreadsheets store times.
_SHARE_OF_DAY = re.compile(r"[0-4]?[.,]\d{4,}")
#: The days before which spreadsheets count, and what they then call the hours beyond 24.
_DATE_BEFORE = re.compile(
    r"(?:(?P<days>\d{1,2}) days?,? (?:and )?|(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)[ t]"
    r"|(?P<d1>\d{1,2})[/.](?P<d2>\d{1,2})[/.](?P<y2>\d{2,4}) )"
)
_DAYS = {"1899-12-30": 0, "1899-12-31": 1, "1900-01-00": 0, "1900-01-01": 1, "1900-01-02": 2}
#: What stands beside a time without being of it: records, hand or indoor times, brackets.
_BESIDE = re.compile(
    r"\([^()]*\)|[*#+~]|\.$|(?<![^\W\d_])"
    r"(?:pb|pr|sb|cr|nr|wr|rp|bz|net|netto|chip|gun|std|uhr|hrs?|min|i|h|q)(?![^\W_])\.?"
)


@dataclass(frozen=True)
class TimeWritten:
    """One of the times that a text may stand for.

    Attributes
    ----------
    seconds : float
        The time, s.
    turned : bool
        Whether a spreadsheet had turned minutes and seconds into hours and minutes.
    """

    seconds: float
    turned: bool = False


def times_written(text: str, unit: str = "") -> tuple[TimeWritten, ...]:
    r"""Return the times that a text may stand for, the likeliest first.

    Parameters
    ----------
    text : str
        All of a cell, such as ``"1:31:05"``, ``"19:30,4"``, ``"1h31'05"``, ``"41 min 20 s"``.
    unit : {"", "s", "min"}
        Unit of a bare number.

    Raises
    ------
    UnitError
        If the text is no time.

    Examples
    --------
    >>> [time.seconds for time in times_written("1h31'05\"")]
    [5465.0]
    >>> times_written("41:20:00")
    (TimeWritten(seconds=148800.0, turned=False), TimeWritten(seconds=2480.0, turned=True))
    """
    whole = folded(tidied(text)).replace("''", '"').strip()
    days, clock = _days_before(whole)
    bare = " ".join(_BESIDE.sub(" ", clock).split())
    for written in dict.fromkeys((clock, bare)):
        found = [
            *_of_clock(written, days),
            *([] if days else _of_points(written)),
            *([] if days else _of_number(written, unit)),
            *([] if days else _of_units(written)),
        ]
        if found := [time for time in found if time.seconds > 0]:
            return tuple(dict.fromkeys(found))
    raise UnitError(
        f"{shown(tidied(text))} is not a time",
        hint="expected a time such as 1:35:20, 35:20 or 1h35'20\"",
    )


def _days_before(text: str) -> tuple[int, str]:
    match = _DATE_BEFORE.match(text)
    if match is None:
        return 0, text
    rest = text[match.end() :]
    if match["days"]:
        return int(match["days"]), rest
    if match["y"]:
        day = f"{match['y']}-{match['m']}-{match['d']}"
    else:
        year = match["y2"] if len(match["y2"]) == 4 else f"19{match['y2']}"
        day = f"{year}-{int(match['d1']):02}-{int(match['d2']):02}"
        day = {"1899-30-12": "1899-12-30", "1899-31-12": "1899-12-31"}.get(day, day)
    return (_DAYS[day], rest) if day in _DAYS else (0, text)


def _of_clock(text: str, days: int) -> list[TimeWritten]:
    match = _CLOCK.fullmatch(text)
    if match is None:
        return []
    hours, minutes, seconds = (int(match[place] or 0) for place in (1, 2, 3))
    if seconds >= 60 or (match[1] and minutes >= 60):
        return []
    if match[5]:  # 12:41:20 AM is a spreadsheet's 0:41:20
        hours = hours % 12 + (12 if match[5] == "p" else 0)
    total = days * _DAY_S + hours * 3600.0 + minutes * 60.0 + seconds
    part = float(f"0.{match[4]}") if match[4] else 0.0
    found = [TimeWritten(total + part)]
    if match[1] and not seconds and not part:
        found.append(TimeWritten(total / 60, turned=True))
    if not match[1] and match[4] and len(match[4]) == 2 and int(match[4]) < 60:
        found.append(TimeWritten(minutes * 3600.0 + seconds * 60.0 + int(match[4])))  # 1:31.05
    return found


def _of_points(text: str) -> list[TimeWritten]:
    match = _POINTS.fullmatch(text)
    if match is None or int(match[3]) >= 60 or (match[1] and int(match[2]) >= 60):
        return []
    return [TimeWritten(int(match[1] or 0) * 3600.0 + int(match[2]) * 60.0 + int(match[3]))]


def _of_number(text: str, unit: str) -> list[TimeWritten]:
    if unit and re.fullmatch(NUMBER, text):
        return [TimeWritten(parse_number(text) * _UNITS_S[unit])]
    if _SHARE_OF_DAY.fullmatch(text):
        share = float(text.replace(",", "."))
        whole = round(share * _DAY_S, 2)
        return [TimeWritten(whole), TimeWritten(round(whole / 60, 2), turned=True)]
    # A sprint: 12.41 or 58,4 without a unit.
    return [TimeWritten(parse_number(text))] if re.fullmatch(r"\d{1,2}[.,]\d{1,3}", text) else []


def _of_units(text: str) -> list[TimeWritten]:
    """Return the time of 1h31'05", 41 min 20, 1時間31分5秒."""
    total, position, last_s = 0.0, 0, float("inf")
    part = re.compile(rf"({NUMBER}) ?([^\W\d_]+|['\"])?\.? ?,?")
    while match := part.match(text, position):
        unit = _units().get(match[2] or "")
        unit_s = _UNITS_S[unit] if unit else None
        if match[2] is None and last_s > 1 and match.end() == len(text):
            unit_s = last_s / 60  # 41'20
        if unit_s is None or unit_s >= last_s:
            return []
        try:
            total += parse_number(match[1], comma="decimal") * unit_s
        except UnitError:
            return []
        position, last_s = match.end(), unit_s
        if position == len(text):
            return [TimeWritten(round(total, 6))]
    return []


@cache
def _units() -> Mapping[str, str]:
    """Return spelling of a unit of time, in any language -> h, min or s."""
    named = {
        folded(spelling): unit
        for table in words("durations").values()
        for unit, spellings in table.items()
        for spelling in spellings
    }
    return {**named, "h": "h", "'": "min", '"': "s", "min": "min", "s": "s"}
