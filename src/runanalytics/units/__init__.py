"""Text to SI numbers and back: paces, distances, durations and loads.

A number without its unit is refused, never guessed: "5:00" may be a pace per kilometre or per
mile, and 100 may be kilograms or pounds. Inside the package every quantity is in SI units, as
its name states (``speed_m_s``, ``load_kg``).

The foot, mile and pound are exact by definition (National Bureau of Standards, Federal
Register 24:5348, 1959; NIST Special Publication 811, 2008, appendix B). The marathon is
42,195 m and the half marathon half of it (World Athletics, Competition Rules).

Examples
--------
>>> parse_pace("5:00/km"), parse_distance("half"), parse_duration("1:35:20")
(3.3333333333333335, 21097.5, 5720.0)
>>> parse_load("185 lb")
Load(kg=83.91458845, unit='lb')
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from runanalytics.arguments import checked_arguments
from runanalytics.errors import UnitError, UsageError
from runanalytics.units.numerals import NUMBER, READ_DECIMALS, parse_number, shown, tidied

LoadUnit = Literal["kg", "lb"]
_Value = TypeVar("_Value")

KILOMETRE_M = 1000.0
MILE_M = 1609.344
YARD_M, FOOT_M, INCH_M = 0.9144, 0.3048, 0.0254
POUND_KG = 0.45359237
MARATHON_M = 42_195.0
#: The world record over 800 m (1:40.91) is 7.93 m/s; no reference speed is above.
FASTEST_M_S = 8.0

_PACE_LENGTH_M: Mapping[str, float] = {"metric": KILOMETRE_M, "imperial": MILE_M}
_PACE_UNIT: Mapping[str, str] = {"metric": "km", "imperial": "mi"}
_LOAD_UNIT: Mapping[str, LoadUnit] = {"metric": "kg", "imperial": "lb"}
_KG_PER: Mapping[str, float] = {"kg": 1.0, "lb": POUND_KG}

#: Spelling -> metres.
LENGTHS_M: Mapping[str, float] = {
    **dict.fromkeys(("m", "meter", "meters", "metre", "metres"), 1.0),
    **dict.fromkeys(("cm", "centimeter", "centimeters", "centimetre", "centimetres"), 0.01),
    **dict.fromkeys(("mm", "millimeter", "millimeters", "millimetre", "millimetres"), 0.001),
    **dict.fromkeys(("k", "km", "kms", "kilometre", "kilometer"), KILOMETRE_M),
    **dict.fromkeys(("kilometres", "kilometers"), KILOMETRE_M),
    **dict.fromkeys(("mi", "mile", "miles"), MILE_M),
    **dict.fromkeys(("yd", "yds", "yard", "yards"), YARD_M),
    **dict.fromkeys(("ft", "foot", "feet"), FOOT_M),
    **dict.fromkeys(("in", "inch", "inches"), INCH_M),
}
#: Name of a course -> metres.
_COURSES_M = {
    **dict.fromkeys(("half", "hm", "halfmarathon", "half-marathon"), MARATHON_M / 2),
    **dict.fromkeys(("marathon", "full", "fullmarathon"), MARATHON_M),
    "mile": MILE_M,
}
#: Spelling -> metres per second.
SPEEDS_M_S: Mapping[str, float] = {
    **{"m/s": 1.0, "ft/s": FOOT_M},
    **dict.fromkeys(("km/h", "km/hr", "kph", "kmh"), KILOMETRE_M / 3600),
    **dict.fromkeys(("mph", "mi/h", "mi/hr"), MILE_M / 3600),
}
#: Spelling -> seconds.
TIMES_S: Mapping[str, float] = {
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600.0),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "'"), 60.0),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", '"'), 1.0),
    **dict.fromkeys(("ms", "msec", "msecs", "millisecond", "milliseconds"), 0.001),
}
#: Spelling -> unit of load.
LOAD_UNITS: Mapping[str, LoadUnit] = {
    **dict.fromkeys(("kg", "kgs", "kilogram", "kilograms", "kilo", "kilos"), "kg"),
    **dict.fromkeys(("lb", "lbs", "pound", "pounds"), "lb"),
}

_MISSING = "–"
#: Decimals kept of kilograms: an eighth of a pound in kilograms has eleven.
_LOAD_DECIMALS = 12

_CLOCK = re.compile(r"(?:([0-9]{1,4}):)?([0-9]{1,6}):([0-9]{2}(?:[.,][0-9]{1,6})?)")
_QUANTITY = re.compile(rf"({NUMBER})\s*([^0-9.,\s].*)?")
_TIME_PART = re.compile(rf"({NUMBER})\s*([a-z]+|['\"])\s*")
_PACE = re.compile(r"(.*?)\s*(?:min(?:utes)?)?\s*(?:/|\bper\b)\s*(km|k|kilometre|mi|mile)")


@dataclass(frozen=True)
class Load:
    """A load in kilograms, and the unit in which it was logged.

    Examples
    --------
    >>> Load.from_logged(185, "lb").as_logged
    185.0
    """

    kg: float
    unit: LoadUnit

    @classmethod
    def from_logged(cls, number: float, unit: LoadUnit) -> Load:
        """Return the load of `number` in `unit`.

        Raises
        ------
        UnitError
            If `number` is negative or not finite.
        UsageError
            If `unit` is neither ``"kg"`` nor ``"lb"``.
        """
        kg = _not_negative(number, unit) * _chosen(_KG_PER, unit, "unit of load")
        return cls(round(kg, _LOAD_DECIMALS), unit)

    @property
    def as_logged(self) -> float:
        """The load as a number in the unit in which it was logged."""
        return round(self.kg / _KG_PER[self.unit], READ_DECIMALS)


@checked_arguments
def parse_pace(text: str, system: str | None = None) -> float:
    """Return the speed in m/s of a pace or speed with its unit.

    Parameters
    ----------
    text : str
        Such as ``"5:00/km"``, ``"8:03/mi"``, ``"5:00 min/km"``, ``"3.33 m/s"``, ``"12 km/h"``.
    system : {None, "metric", "imperial"}
        What a bare ``"5:00"`` is per: a kilometre or a mile. By default it is refused.

    Returns
    -------
    float
        Speed in m/s.

    Raises
    ------
    UnitError
        If `text` is neither, or its unit is missing.

    Examples
    --------
    >>> round(parse_pace("8:03/mi"), 3), parse_pace("12 km/h"), parse_pace("5:00", "metric")
    (3.332, 3.3333333333333335, 3.3333333333333335)
    """
    plain = tidied(text).lower()
    expected = "expected a pace such as 5:00/km or 8:03/mi, or a speed such as 12 km/h"
    speed = _QUANTITY.fullmatch(plain)
    if speed and (unit := (speed[2] or "").replace(" ", "")) in SPEEDS_M_S:
        return _positive(parse_number(speed[1]) * SPEEDS_M_S[unit], text, expected)
    if pace := _PACE.fullmatch(plain):
        length_m = LENGTHS_M[pace[2]]
        plain = pace[1]
    elif system is not None:
        length_m = _chosen(_PACE_LENGTH_M, system, "system of units")
    elif _CLOCK.fullmatch(plain):
        raise UnitError(
            f"{shown(text)} has no unit", hint=f"write {plain}/km or {plain}/mi to say which"
        )
    else:
        raise UnitError(f"{shown(text)} is not a pace", hint=expected)
    if re.fullmatch(NUMBER, plain):
        plain += " min"
    try:
        seconds = parse_duration(plain)
    except UnitError:
        raise UnitError(f"{shown(text)} is not a pace", hint=expected) from None
    return length_m / _positive(seconds, text, expected)


def given_speed(speed_m_s: float | None, pace: str | None) -> float | None:
    """Return the speed that a caller gave, either as such or as a pace; None if neither.

    Parameters
    ----------
    speed_m_s : float, optional
        Speed (m/s).
    pace : str, optional
        As `parse_pace` reads it.

    Raises
    ------
    UsageError
        If both are given, the speed is no number, or nobody runs so fast.
    UnitError
        If the pace cannot be read.

    Examples
    --------
    >>> given_speed(None, "4:10/km"), given_speed(3.5, None)
    (4.0, 3.5)
    """
    if pace is not None:
        if speed_m_s is not None:
            raise UsageError("a speed and a pace are given", hint="give one of them")
        return parse_pace(pace)
    if isinstance(speed_m_s, str):
        raise UsageError(
            f"speed_m_s is the text {speed_m_s!r}",
            hint=f"give m/s as a number, or write pace={speed_m_s!r}",
        )
    if speed_m_s is not None and speed_m_s > FASTEST_M_S:
        raise UsageError(
            f"nobody runs on at {speed_m_s:g} m/s",
            hint=f"give m/s, such as {speed_m_s / 3.6:.2f}, or write pace='{speed_m_s:g} km/h'",
        )
    return speed_m_s


@checked_arguments
def pace_text(speed_m_s: float, system: str = "metric") -> str:
    """Return the pace of a speed, to the second; UnitError unless it is above 0.

    Parameters
    ----------
    speed_m_s : float
        Speed in m/s; NaN gives "–".
    system : {"metric", "imperial"}
        Whether per kilometre or per mile.

    Returns
    -------
    str
        Such as ``"5:00/km"``.

    Examples
    --------
    >>> pace_text(1000 / 299.6), pace_text(1000 / 300, "imperial")
    ('5:00/km', '8:03/mi')
    """
    length_m = _chosen(_PACE_LENGTH_M, system, "system of units")
    if math.isnan(speed_m_s):
        return _MISSING
    seconds = length_m / _positive(speed_m_s, speed_m_s, "expected a speed in m/s")
    minutes, rest = divmod(round(_not_negative(seconds, "s per kilometre or mile")), 60)
    return f"{minutes}:{rest:02d}/{_PACE_UNIT[system]}"


def parse_distance(text: str, unit: str | None = None) -> float:
    """Return the metres of a distance with its unit, or of a named course.

    Parameters
    ----------
    text : str
        Such as ``"5k"``, ``"10 km"``, ``"26.2 mi"``, ``"400 m"``, ``"half"``, ``"marathon"``.
    unit : str, optional
        Unit of a bare number, such as ``"km"``, where the source states it elsewhere.

    Returns
    -------
    float
        Distance in m.

    Raises
    ------
    UnitError
        If `text` is no distance above 0, or its unit is missing.

    Examples
    --------
    >>> parse_distance("5k"), parse_distance("400m"), parse_distance("1 mi")
    (5000.0, 400.0, 1609.344)
    """
    plain = tidied(text).lower()
    expected = "expected a distance such as 5 km, 26.2 mi, 400 m, half or marathon"
    if (course := plain.replace(" ", "")) in _COURSES_M:
        return _COURSES_M[course]
    distance = _QUANTITY.fullmatch(plain)
    if not distance:
        raise UnitError(f"{shown(text)} is not a distance", hint=expected)
    spelling = distance[2] or (unit or "").lower()
    if not spelling:
        raise UnitError(
            f"{shown(text)} has no unit", hint=f"write {plain} km, {plain} mi or {plain} m"
        )
    if spelling not in LENGTHS_M:
        raise UnitError(f"{shown(text)} has an unknown unit", hint=expected)
    return _positive(parse_number(distance[1]) * LENGTHS_M[spelling], text, expected)


def distance_text(distance_m: float, system: str = "metric") -> str:
    """Return a distance as text, to 10 m (0.01 mi) or, when short, to the metre (yard).

    Parameters
    ----------
    distance_m : float
        Distance in m, 0 or more; NaN gives "–".
    system : {"metric", "imperial"}
        Kilometres and metres, or miles and yards.

    Returns
    -------
    str
        Such as ``"21.1 km"`` or ``"400 m"``.

    Examples
    --------
    >>> distance_text(21097.5), distance_text(42195, "imperial"), distance_text(999.7)
    ('21.1 km', '26.22 mi', '1 km')
    """
    long_m = _chosen(_PACE_LENGTH_M, system, "system of units")
    if math.isnan(distance_m):
        return _MISSING
    short_m, short = (1.0, "m") if system == "metric" else (YARD_M, "yd")
    if (rounded := round(_not_negative(distance_m, "m") / short_m)) * short_m < long_m:
        return f"{rounded} {short}"
    return f"{_trimmed(distance_m / long_m, 2)} {_PACE_UNIT[system]}"


def parse_duration(text: str) -> float:
    """Return the seconds of a duration.

    Parameters
    ----------
    text : str
        A clock (``"1:35:20"``, ``"35:20"``) or numbers with units (``"40 s"``, ``"15h 46m"``).

    Returns
    -------
    float
        Duration in s.

    Raises
    ------
    UnitError
        If `text` is no duration, or a bare number.

    Examples
    --------
    >>> parse_duration("35:20"), parse_duration("15h 46m"), parse_duration("1h 5m 3s")
    (2120.0, 56760.0, 3903.0)
    """
    plain = tidied(text).lower()
    expected = "expected a duration such as 1:35:20, 35:20, 40 s or 1h 5m"
    if clock := _CLOCK.fullmatch(plain):
        hours, minutes, seconds = clock[1], float(clock[2]), parse_number(clock[3], comma="decimal")
        if seconds >= 60 or (hours is not None and minutes >= 60):
            raise UnitError(f"{shown(text)} has more than 59 seconds or minutes", hint=expected)
        return float(hours or 0) * 3600 + minutes * 60 + seconds
    if re.fullmatch(NUMBER, plain):
        raise UnitError(f"{shown(text)} has no unit", hint=f"write {plain} s or {plain} min")
    total, position, smallest = 0.0, 0, math.inf
    while part := _TIME_PART.match(plain, position):
        unit_s = TIMES_S.get(part[2])
        if unit_s is None or unit_s >= smallest:
            break
        total, position, smallest = total + parse_number(part[1]) * unit_s, part.end(), unit_s
    if position == 0 or position < len(plain) or not math.isfinite(total):
        raise UnitError(f"{shown(text)} is not a duration", hint=expected)
    return total


def duration_text(duration_s: float) -> str:
    """Return a duration as a clock, to the second.

    Parameters
    ----------
    duration_s : float
        Duration in s, 0 or more; NaN gives "–".

    Returns
    -------
    str
        Such as ``"1:35:20"``, ``"35:20"`` or ``"0:40"``.

    Examples
    --------
    >>> duration_text(5720), duration_text(59.6)
    ('1:35:20', '1:00')
    """
    if math.isnan(duration_s):
        return _MISSING
    minutes, seconds = divmod(round(_not_negative(duration_s, "s")), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def system_of(unit: str) -> str | None:
    """Return the system that a unit is of, or that is nearest to a misspelt name; None if none.

    Parameters
    ----------
    unit : str
        Such as "kg", "pounds", "Miles" or "metrics".

    Examples
    --------
    >>> system_of("kg"), system_of("pounds"), system_of("Imperial"), system_of("old")
    ('metric', 'imperial', 'imperial', None)
    """
    name = unit.strip().casefold()
    if name in LOAD_UNITS:
        return "metric" if LOAD_UNITS[name] == "kg" else "imperial"
    if name in LENGTHS_M:
        return "imperial" if LENGTHS_M[name] in (MILE_M, YARD_M, FOOT_M, INCH_M) else "metric"
    return next(iter(difflib.get_close_matches(name, _PACE_UNIT, n=1)), None)


def load_unit(system: str) -> LoadUnit:
    """Return the unit of loads in a system: "kg" in metric, "lb" in imperial.

    Raises
    ------
    UsageError
        If there is no such system.
    """
    return _chosen(_LOAD_UNIT, system, "system of units")


def length_unit(system: str) -> str:
    """Return the unit of long distances in a system: "km" in metric, "mi" in imperial.

    Raises
    ------
    UsageError
        If there is no such system.
    """
    return _chosen(_PACE_UNIT, system, "system of units")


def parse_load(text: str, unit: LoadUnit | None = None) -> Load:
    """Return the load that `text` states, and its unit.

    Parameters
    ----------
    text : str
        Such as ``"185 lb"``, ``"80kg"`` or ``"8,5 kg"``.
    unit : {None, "kg", "lb"}
        Unit of a bare number, where the source states it elsewhere.

    Returns
    -------
    Load
        In kg, with the unit in which it was written.

    Raises
    ------
    UnitError
        If `text` is no load, or its unit is missing.

    Examples
    --------
    >>> parse_load("8,5 kg")
    Load(kg=8.5, unit='kg')
    """
    plain = tidied(text).lower()
    expected = "expected a load such as 80 kg or 185 lb"
    load = _QUANTITY.fullmatch(plain)
    if not load:
        raise UnitError(f"{shown(text)} is not a load", hint=expected)
    if load[2] is None and unit is None:
        raise UnitError(f"{shown(text)} has no unit", hint=f"write {plain} kg or {plain} lb")
    logged_in = unit if load[2] is None else LOAD_UNITS.get(load[2])
    if logged_in is None:
        raise UnitError(f"{shown(text)} has an unknown unit", hint=expected)
    return Load.from_logged(parse_number(load[1]), logged_in)


def load_text(load_kg: float, unit: str = "kg") -> str:
    """Return a load in `unit`, to a hundredth.

    Parameters
    ----------
    load_kg : float
        Load in kg; NaN gives "–".
    unit : {"kg", "lb"}
        Unit to show it in.

    Returns
    -------
    str
        Such as ``"185 lb"``.

    Examples
    --------
    >>> load_text(83.91458845, "lb"), load_text(8.5)
    ('185 lb', '8.5 kg')
    """
    if math.isnan(load_kg):
        return _MISSING
    per = _chosen(_KG_PER, unit, "unit of load")
    return f"{_trimmed(_not_negative(load_kg, 'kg') / per, 2)} {unit}"


def _positive(number: float, read: object, expected: str) -> float:
    if not 0 < number < math.inf:
        raise UnitError(f"{shown(read)} is not above 0", hint=expected)
    return number


def _not_negative(number: float, unit: str) -> float:
    if not 0 <= number < math.inf:
        raise UnitError(f"{number!r} {unit} is no quantity", hint="expected 0 or more, and finite")
    return number


def _chosen(choices: Mapping[str, _Value], name: str, what: str) -> _Value:
    if name not in choices:
        raise UsageError(f"unknown {what} {shown(name)}", hint=f"known are: {', '.join(choices)}")
    return choices[name]


def _trimmed(number: float, decimals: int) -> str:
    text = f"{number:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
