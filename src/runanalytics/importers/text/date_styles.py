"""Styles in which people and programs write a date and the time of day, in all languages.

What months and days of the week are called, and what stands between a date and its time, is
read from `runanalytics.words`, tables ``months``, ``weekdays`` and ``dates``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from runanalytics.units.numerals import tidied
from runanalytics.words import words
from runanalytics.words.phrases import every, folded


def month_beginnings() -> dict[str, int]:
    """Return how the names of months begin in any language, without accents -> the month.

    Examples
    --------
    >>> month_beginnings()["fev"], month_beginnings()["cervenc"]
    (2, 7)
    """
    return {
        folded(beginning): month
        for table in words("months").values()
        for month, spellings in enumerate(table.get("names", "").split(), 1)
        for beginning in spellings.split("|")
    }


def _any(phrases: Iterable[str]) -> str:
    """Return a pattern of phrases, the longest first: one may begin another."""
    plain = {folded(phrase) for phrase in phrases}
    return "|".join(re.escape(phrase) for phrase in sorted(plain, key=len, reverse=True))


def _marks(place: int) -> str:
    """Return a pattern of the characters behind year, month or day in scripts that have them."""
    held = (table.get("marks") for table in words("months").values())
    return _any(mark for marks in held if marks for mark in marks[place].split("|"))


MONTH_BEGINNINGS = month_beginnings()
_WITHIN = rf"(?:(?:{_any(every('dates.within'))}) )?"
_MONTH = rf"{_WITHIN}(?P<name>{_any(MONTH_BEGINNINGS)})[^\W\d_]*\.?,?"
_LONG_YEAR = r"(?P<year>[0-9]{4})"
_YEAR = r"(?P<year>[0-9]{4}|'?[0-9]{2})"
_MONTH_NUMBER = r"(?P<month>[0-9]{1,2})"
_DAY = r"(?P<day>[0-9]{1,2})"
_ORDINAL = rf"(?:{_any(every('dates.ordinals'))})?"
_BEHIND = rf"(?: ?(?:{_any(every('dates.after_year'))}))?"
#: Styles whose order of day and month is certain.
_DATES = (
    rf"{_LONG_YEAR}(?P<sep>[-/.]){_MONTH_NUMBER}(?P=sep){_DAY}",
    rf"{_LONG_YEAR}\. {_MONTH_NUMBER}\. {_DAY}\.?",
    rf"{_LONG_YEAR}(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})",
    rf"(?P<year>[0-9]{{4}}|[0-9]{{2}}) ?(?:{_marks(0)}) ?{_MONTH_NUMBER} ?(?:{_marks(1)}) ?{_DAY}"
    rf" ?(?:{_marks(2)})",
    rf"{_DAY}{_ORDINAL}(?:\. ?|[ /-]){_MONTH}[ /-]{_WITHIN}{_YEAR}{_BEHIND}",
    rf"{_MONTH} {_DAY}{_ORDINAL},? {_YEAR}",
)
#: Day and month in this order, and which of the three is the year is a matter of habit.
_POINTS = rf"{_DAY}\. ?{_MONTH_NUMBER}\. ?{_YEAR}{_BEHIND}"
#: The style whose order is not certain: 3/4/2026, and 3-4-2026.
_EITHER = rf"(?P<first>[0-9]{{1,2}})(?P<sep>[-/])(?P<second>[0-9]{{1,2}})(?P=sep){_YEAR}"
_AM, _PM = _any(every("dates.am")), _any(every("dates.pm"))
_CLOCK = (
    rf"(?:(?P<am>{_AM})|(?P<pm>{_PM}))? ?"
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second_of>[0-9]{2})(?:[.,][0-9]+)?)?"
    r"(?: ?(?P<half>[ap])\.? ?m\.?)?(?: ?(?P<zone>z|utc|[+-][0-9]{2}:?[0-9]{2}))?"
    rf"(?: (?:{_any(every('dates.after_time'))}))?"
)
#: Behind a date a time may be written with points, as in Danish and Finnish: 19.30, 19.30.05.
_CLOCK_BEHIND = _CLOCK.replace(
    "[0-9]{1,2}):(?P<minute>[0-9]{2})(?::",
    "[0-9]{1,2})(?P<mark>[:.])(?P<minute>[0-9]{2})(?:(?P=mark)",
)
#: What stands between a date and its time.
_BETWEEN = rf"(?:,? (?:(?:{_any(every('dates.before_time'))}) )?|t|(?<=[^\x00-\x7f]))"
_STYLES = (*_DATES, _POINTS, _EITHER)


def _split(which: str) -> tuple[str, ...]:
    """Return the days of the week as a field of table ``weekdays`` has them."""
    held = (table.get(which, "") for table in words("weekdays").values())
    return tuple(name for names in held for name in names.replace("|", " ").split())


_WEEKDAY_NAMES = _split("names")
_WEEKDAYS = _any(_WEEKDAY_NAMES)
_MARKED_WEEKDAYS = _any(name for name in _WEEKDAY_NAMES if len(name) > 1 and name[0] > "\u3000")
#: Days of the week in full and as they are cut short, and nothing that only begins like one.
_WHOLE_WEEKDAYS = _any((*_WEEKDAY_NAMES, *_split("full")))
#: Words before a date: "the 3rd of May", "le 3 mai".
_BEFORE = rf"(?:(?:{_any(every('dates.before'))}) )?"
#: How a date begins that does not begin with a number.
_BEGINNINGS = (
    *MONTH_BEGINNINGS,
    *map(folded, (*_WEEKDAY_NAMES, *every("dates.within"), *every("dates.before"))),
)


@cache
def _weekday() -> re.Pattern[str]:
    """Return the pattern of a day of the week, and of an article, before a date or behind it."""
    return re.compile(
        rf"^{_BEFORE}(?:(?:{_WEEKDAYS})[^\W\d_]*\.?,? )?{_BEFORE}"
        rf"|[ ,]*[(\[](?:{_WEEKDAYS})[^\W\d_]*\.?[)\]]|[ ,]+(?:{_WHOLE_WEEKDAYS})\.?$"
        rf"| ?(?:{_MARKED_WEEKDAYS})"
    )


@cache
def _style(date: str) -> re.Pattern[str]:
    """Return the pattern of a style; most texts need the first alone."""
    return re.compile(rf"{date}(?:{_BETWEEN}{_CLOCK_BEHIND})?", re.IGNORECASE)


@cache
def _time_of_day() -> re.Pattern[str]:
    return re.compile(_CLOCK, re.IGNORECASE)


# Days repeat: each set of a session states its own.
@lru_cache(maxsize=8192)
def match_date(text: str) -> re.Match[str] | None:
    """Return how a text states a date, and a time of day where it has one; None if it does not.

    Parameters
    ----------
    text : str
        As written; case, accents and a day of the week do not matter.

    Returns
    -------
    match or None
        Its groups are year, and day with month or name (the beginning of the month's), or first
        and second where their order is not certain; hour, minute, second_of, half, am, pm, zone.

    Examples
    --------
    >>> match_date("sáb, 3 de mayo de 2025")["name"], match_date("2025年5月3日(土)")["month"]
    ('may', '5')
    """
    plain = folded(tidied(text))
    begins = plain.lstrip()
    if not begins[:1].isdigit() and not begins.startswith(_BEGINNINGS):
        return None  # most texts are no dates, and are known by their first letters
    for spelled in dict.fromkeys((plain, _weekday().sub("", plain).strip())):
        for style in _STYLES:
            if match := _style(style).fullmatch(spelled):
                return match
    return None


def match_time(text: str) -> re.Match[str] | None:
    """Return how a text states a time of day; None if it does not.

    Examples
    --------
    >>> match_time("6:30 pm")["half"]
    'p'
    """
    return _time_of_day().fullmatch(folded(tidied(text)))
