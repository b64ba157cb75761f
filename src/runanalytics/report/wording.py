"""Dates, numbers and names as the report writes them."""

from __future__ import annotations

import datetime
import unicodedata

import numpy as np
import pandas as pd

from runanalytics.findings.finding import signed
from runanalytics.measures.metrics import METRICS
from runanalytics.units import length_unit, parse_distance

#: Spelled here, since the names that Python gives depend on the machine's language.
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
#: Decimals of a value and of a change, by metric; of all others one.
_DECIMALS = {"ground_contact_ms": (0, 1)}
_ONE_DECIMAL = (1, 1)
_NUMBERS: dict[float, str] = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five"}
#: A space at which no line breaks.
NBSP = "\u00a0"
_LONGEST_NAME = 120
#: Unicode categories of characters that cannot be printed: controls, surrogates, private ones
#: and unassigned ones.
_UNPRINTABLE = {"Cc", "Cs", "Co", "Cn"}
#: Marks that turn the direction of the text around them.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def day(date: pd.Timestamp) -> str:
    """Return a day in words.

    Examples
    --------
    >>> day(pd.Timestamp("2026-03-01"))
    '1 March 2026'
    """
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}"


def short_day(date: pd.Timestamp) -> str:
    """Return a day with its month cut to three letters.

    Examples
    --------
    >>> short_day(pd.Timestamp("2026-03-01"))
    '1 Mar 2026'
    """
    return f"{date.day} {MONTHS[date.month - 1][:3]} {date.year}"


def month(date: pd.Timestamp | datetime.date) -> str:
    """Return a day's month in words.

    Examples
    --------
    >>> month(pd.Timestamp("2026-03-01"))
    'March 2026'
    """
    return f"{MONTHS[date.month - 1]} {date.year}"


def span(first: pd.Timestamp, last: pd.Timestamp) -> str:
    """Return the first and last of some days in words.

    Examples
    --------
    >>> span(pd.Timestamp("2025-12-01"), pd.Timestamp("2026-03-01"))
    '1 December 2025 to 1 March 2026'
    """
    return day(first) if first == last else f"{day(first)} to {day(last)}"


def name(text: object, longest: int = _LONGEST_NAME) -> str:
    r"""Return a name from a file as it can be printed, or a dash where there is none.

    Line ends become spaces, characters that cannot be printed become U+FFFD, and very long names
    are cut.

    Parameters
    ----------
    text : object
        A string, or missing.
    longest : int
        Letters from which on it is cut.

    Examples
    --------
    >>> name("#set page()\n<b>"), name(None)
    ('#set page() <b>', '–')
    """
    if not isinstance(text, str) or not text.strip():
        return "–"
    plain = "".join(
        "\ufffd" if unicodedata.category(sign) in _UNPRINTABLE or sign in _TURNING else sign
        for sign in " ".join(text.split())
    )
    return plain if len(plain) <= longest else f"{plain[: longest - 1]}…"


def value(number: float, metric: str) -> str:
    """Return a metric's value without its unit.

    Examples
    --------
    >>> value(172.44, "cadence_spm"), value(246.4, "ground_contact_ms")
    ('172.4', '246')
    """
    return f"{number:.{_DECIMALS.get(metric, _ONE_DECIMAL)[0]}f}"


def change(number: float, metric: str, *, unit: bool = True) -> str:
    """Return a change of a metric, with its sign.

    Examples
    --------
    >>> change(-6.14, "ground_contact_ms", unit=False)
    '−6.1'
    """
    text = signed(number, _DECIMALS.get(metric, _ONE_DECIMAL)[1])
    return f"{text}{NBSP}{METRICS[metric].unit}" if unit else text


def percent(number: float) -> str:
    """Return a change in percent, with its sign.

    Examples
    --------
    >>> percent(-2.41).replace(NBSP, " ")
    '−2.4 %'
    """
    return f"{signed(number)}{NBSP}%"


def percent_range(low: float, high: float, between: str = " to ") -> str:
    """Return two changes in percent as an interval.

    Examples
    --------
    >>> percent_range(-2.41, 0.3).replace(NBSP, " ")
    '−2.4 % to +0.3 %'
    """
    return f"{percent(low)}{between}{percent(high)}"


def spelled(number: float) -> str:
    """Return a small whole number in words, any other in figures.

    Examples
    --------
    >>> spelled(2.0), spelled(2.5), spelled(12.0)
    ('two', '2.5', '12')
    """
    return _NUMBERS.get(number, f"{number:g}")


def interval(low: str, high: str) -> str:
    """Return a 95 % interval in words.

    Examples
    --------
    >>> interval("240", "250").replace(NBSP, " ")
    '95 % interval 240 to 250'
    """
    return f"95{NBSP}% interval {low} to {high}"


def label(metric: str) -> str:
    """Return a metric's name as it stands inside a sentence.

    Examples
    --------
    >>> label("ground_contact_ms")
    'ground contact time'
    """
    text = METRICS[metric].label
    return text[:1].lower() + text[1:]


def is_known(number: float | None) -> bool:
    """Return whether there is a number.

    Examples
    --------
    >>> is_known(float("nan")), is_known(0.0)
    (False, True)
    """
    return number is not None and bool(np.isfinite(number))


def or_dash(number: float, words: str) -> str:
    """Return words about a number, or a dash where it is not known.

    Examples
    --------
    >>> or_dash(float("nan"), "nan km")
    '–'
    """
    return words if is_known(number) else "–"


def total(distance_m: float, units: str) -> str:
    """Return a sum of distances, to the whole kilometre or mile.

    Examples
    --------
    >>> total(1_984_321.0, "metric"), total(1_984_321.0, "imperial")
    ('1,984 km', '1,233 mi')
    """
    unit = length_unit(units)
    return f"{distance_m / parse_distance(f'1 {unit}'):,.0f} {unit}"
