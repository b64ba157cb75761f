"""Dates and times of day as written, and the instants that they stand for.

Most logs hold local times without a zone. The zone is the one that the user states, else this
machine's, with a note. A local time that daylight saving skips is read with the offset before
the change, and one that it repeats as the first of the two.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Mapping, Sequence

import pandas as pd

from runanalytics.errors import UnreadableFileError, UsageError
from runanalytics.importers.contract import Clock, Note, counted_note
from runanalytics.units.numerals import shown, tidied

#: Years in which a training log can have been kept; others are typing errors.
FIRST_YEAR, LAST_YEAR = 1970, 2100

#: Language -> how the names of its months begin, with other spellings after a bar: phones write
#: dates in their owner's language. No beginning means different months in two languages.
MONTHS: Mapping[str, str] = {
    "en": "jan feb mar apr may jun jul aug sep oct nov dec",
    "de": "jan|jän feb mär|mrz apr mai jun jul aug sep okt nov dez",
    "fr": "jan fév|fev mar avr mai juin juil aoû|aou sep oct nov déc|dec",
    "es": "ene feb mar abr may jun jul ago sep|set oct nov dic",
    "it": "gen feb mar apr mag giu lug ago set ott nov dic",
    "pt": "jan fev mar abr mai jun jul ago set out nov dez",
    "nl": "jan feb maa|mrt apr mei jun jul aug sep okt nov dec",
    "sv": "jan feb mar apr maj jun jul aug sep okt nov dec",
}
_MONTH_BEGINNINGS = {
    beginning: month
    for names in MONTHS.values()
    for month, spellings in enumerate(names.split(), 1)
    for beginning in spellings.split("|")
}
# The longest first: a beginning may be the beginning of another month's.
_LONGEST_FIRST = "|".join(sorted(_MONTH_BEGINNINGS, key=len, reverse=True))
_MONTH = rf"(?:de )?(?P<name>{_LONGEST_FIRST})[^\W\d_]*\.?(?: de)?"
_YEAR = r"(?P<year>[0-9]{4})"
_DAY = r"(?P<day>[0-9]{1,2})"
#: Styles whose order of day and month is certain.
_DATES = (
    rf"{_YEAR}(?P<sep>[-/.])(?P<month>[0-9]{{1,2}})(?P=sep){_DAY}",
    rf"{_YEAR}(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})",
    rf"{_DAY}\.(?P<month>[0-9]{{1,2}})\.{_YEAR}",
    rf"{_DAY}\.?[ -]{_MONTH}[ -]{_YEAR}",
    rf"{_MONTH} {_DAY}(?:st|nd|rd|th)?,? {_YEAR}",
)
#: The style whose order is not certain: 3/4/2026, and 3-4-2026.
_EITHER = rf"(?P<first>[0-9]{{1,2}})(?P<sep>[-/])(?P<second>[0-9]{{1,2}})(?P=sep){_YEAR}"
_CLOCK = (
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second_of>[0-9]{2})(?:[.,][0-9]+)?)?"
    r"(?: ?(?P<half>[ap])\.?m\.?)?(?: ?(?P<zone>z|utc|[+-][0-9]{2}:?[0-9]{2}))?"
)
_STYLES = tuple(
    re.compile(rf"{date}(?:(?:,? |t){_CLOCK})?", re.IGNORECASE) for date in (*_DATES, _EITHER)
)
_TIME_OF_DAY = re.compile(_CLOCK, re.IGNORECASE)
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)$")

_WRITE_ISO = "write dates as 2026-03-04 (year-month-day)"

#: A day, a local time on it, or an instant with its own offset.
Moment = dt.date | dt.datetime


def parse_moments(texts: Sequence[str]) -> list[Moment | None]:
    """Return the dates or local times of one column; None where a text is none.

    Whether 3/4/2026 is in March or in April depends on the other rows: one with a number above
    12 decides it for all.

    Parameters
    ----------
    texts : sequence of str
        The cells of a column, as written.

    Returns
    -------
    list of date, datetime or None
        A datetime where a time of day is written, aware where its offset is written too.

    Raises
    ------
    UnreadableFileError
        If no row decides the order of day and month, or two rows contradict each other.

    Examples
    --------
    >>> parse_moments(["2026-03-01", "1.3.2026", "13/03/2026 18:05", "soon"])
    [datetime.date(2026, 3, 1), datetime.date(2026, 3, 1),
     datetime.datetime(2026, 3, 13, 18, 5), None]
    """
    matches = [_matched(text) for text in texts]
    ambiguous = {
        (int(match["first"]), int(match["second"])): match[0]
        for match in matches
        if match is not None and "first" in match.re.groupindex
    }
    month_first = _month_first(ambiguous)
    return [None if match is None else _moment(match, month_first) for match in matches]


def parse_time_of_day(text: str) -> dt.time | None:
    """Return the time of day that `text` stands for, or None if it is none.

    Examples
    --------
    >>> parse_time_of_day("6:30 pm"), parse_time_of_day("25:00")
    (datetime.time(18, 30), None)
    """
    match = _TIME_OF_DAY.fullmatch(tidied(text))
    return None if match is None or match["zone"] else _time(match)


def offset_written_s(time: str) -> float | None:
    """Return local time minus UTC (s) if `time` ends with it as in ISO 8601; else None.

    Examples
    --------
    >>> offset_written_s("2026-03-01 07:30:00 -0330"), offset_written_s("2026-03-01T07:30:00Z")
    (-12600.0, None)
    """
    match = _OFFSET.search(time)
    if match is None:
        return None
    seconds = int(match[2]) * 3600.0 + int(match[3]) * 60.0
    return -seconds if match[1] == "-" else seconds


def offset_in_zone_s(instant: pd.Timestamp, timezone: str | None) -> float:
    """Return local time minus UTC (s) at an instant.

    Parameters
    ----------
    instant : Timestamp
        In UTC.
    timezone : str, optional
        IANA name of the zone; by default this machine's.

    Raises
    ------
    UsageError
        If there is no zone called `timezone`.
    """
    zone = None if timezone is None else zone_named(timezone)
    offset = instant.to_pydatetime().astimezone(zone).utcoffset()
    return 0.0 if offset is None else offset.total_seconds()


def day_of(moment: Moment) -> dt.date:
    """Return the local day of a moment."""
    return moment.date() if isinstance(moment, dt.datetime) else moment


def instants(moments: Sequence[Moment], timezone: str | None) -> tuple[pd.DataFrame, list[Note]]:
    """Return the instants and local days of `moments`, and notes on what was assumed.

    Parameters
    ----------
    moments : sequence of date or datetime
        A date alone has no instant; a naive datetime is local; an aware one states its instant.
    timezone : str, optional
        IANA name of the zone of local times; by default this machine's.

    Returns
    -------
    when : DataFrame
        Columns ``start_utc``, ``utc_offset_s`` (s) and ``local_date``, one row per moment.
    notes : list of Note
        Whether the zone was assumed, and how many local times the clock skipped or repeated.

    Raises
    ------
    UsageError
        If there is no zone called `timezone`.

    Examples
    --------
    >>> when, _ = instants([dt.datetime(2026, 7, 1, 0, 30)], "Europe/Paris")
    >>> when.iloc[0].astype(str).tolist()
    ['2026-06-30 22:30:00+00:00', '7200.0', '2026-07-01 00:00:00']
    """
    zone = None if timezone is None else zone_named(timezone)
    skipped = repeated = assumed = 0
    rows: list[tuple[dt.datetime | None, float | None, dt.date]] = []
    for moment in moments:
        if not isinstance(moment, dt.datetime):
            rows.append((None, None, moment))
            continue
        if moment.utcoffset():
            offset, utc, day = moment.utcoffset(), moment.astimezone(dt.UTC), moment.date()
        elif moment.tzinfo is not None:
            # Written in UTC: the runner's local day depends on the zone.
            local = moment.astimezone(zone)
            offset, utc, day = local.utcoffset(), moment.astimezone(dt.UTC), local.date()
            assumed += zone is None
        else:
            early, late = _offset(moment, zone), _offset(moment.replace(fold=1), zone)
            skipped += late > early
            repeated += late < early
            assumed += zone is None
            offset, day = max(early, late), moment.date()
            utc = (moment - early).replace(tzinfo=dt.UTC)
        rows.append((utc, None if offset is None else offset.total_seconds(), day))
    when = pd.DataFrame(
        {
            "start_utc": pd.Series([row[0] for row in rows], dtype="datetime64[us, UTC]"),
            "utc_offset_s": pd.Series([row[1] for row in rows], dtype="float64"),
            "local_date": pd.Series([row[2] for row in rows], dtype="datetime64[us]"),
        }
    )
    counts = {
        "local times taken as this machine's time zone, for want of --timezone": assumed,
        "local times that no clock showed (it went forward), taken an hour later": skipped,
        "local times that occur twice (clocks went back), taken as the first": repeated,
    }
    notes = [note for message, count in counts.items() for note in counted_note(count, message)]
    return when, notes


def clock_of(moments: Sequence[Moment]) -> Clock:
    """Return what `moments` state about times, for `Imported.clock`.

    Examples
    --------
    >>> clock_of([dt.datetime(2026, 7, 1, 18, 30)]), clock_of([dt.date(2026, 7, 1)])
    ('local', 'both')
    """
    times = [moment for moment in moments if isinstance(moment, dt.datetime)]
    if any(time.tzinfo is None for time in times):
        return "local"
    return "utc" if any(not time.utcoffset() for time in times) else "both"


def zone_named(timezone: str) -> zoneinfo.ZoneInfo:
    """Return the time zone of an IANA name.

    Raises
    ------
    UsageError
        If there is none; the hint names the nearest.

    Examples
    --------
    >>> zone_named("Europe/Pariss")
    Traceback (most recent call last):
    ...
    runanalytics.errors.UsageError: no time zone 'Europe/Pariss'; did you mean Europe/Paris?
    """
    try:
        return zoneinfo.ZoneInfo(timezone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        pass
    import difflib

    near = difflib.get_close_matches(timezone, sorted(zoneinfo.available_timezones()), n=1)
    hint = f"did you mean {near[0]}?" if near else "expected a name such as Europe/Paris"
    raise UsageError(f"no time zone {shown(timezone)}", hint=hint)


def _offset(local: dt.datetime, zone: dt.tzinfo | None) -> dt.timedelta:
    # Without a zone, astimezone asks the operating system for its own rules.
    offset = (local.replace(tzinfo=zone) if zone else local.astimezone()).utcoffset()
    return dt.timedelta() if offset is None else offset


def _matched(text: str) -> re.Match[str] | None:
    plain = tidied(text)
    return next((match for style in _STYLES if (match := style.fullmatch(plain))), None)


def _month_first(ambiguous: dict[tuple[int, int], str]) -> bool:
    day_first = [text for (first, _), text in ambiguous.items() if first > 12]
    month_first = [text for (_, second), text in ambiguous.items() if second > 12]
    if day_first and month_first:
        raise UnreadableFileError(
            f"{shown(day_first[0])} has the day first and {shown(month_first[0])} the month",
            hint=_WRITE_ISO,
        )
    undecided = [text for (first, second), text in ambiguous.items() if first != second]
    if undecided and not day_first and not month_first:
        raise UnreadableFileError(
            f"{shown(undecided[0])} can be read as two dates, and no row decides which",
            hint=_WRITE_ISO,
        )
    return bool(month_first)


def _moment(match: re.Match[str], month_first: bool) -> Moment | None:
    parts = match.groupdict()
    if "first" in parts:
        order = ("first", "second") if month_first else ("second", "first")
        month, day = (int(parts[name]) for name in order)
    elif parts.get("name"):
        month, day = _MONTH_BEGINNINGS[parts["name"].lower()], int(parts["day"])
    else:
        month, day = int(parts["month"]), int(parts["day"])
    year = int(parts["year"])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        date = dt.date(year, month, day)
    except ValueError:
        return None
    if parts["hour"] is None:
        return date
    time = _time(match)
    return None if time is None else dt.datetime.combine(date, time, _zone(parts["zone"]))


def _time(match: re.Match[str]) -> dt.time | None:
    hour = int(match["hour"])
    if match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
    try:
        return dt.time(hour, int(match["minute"]), int(match["second_of"] or 0))
    except ValueError:
        return None


def _zone(text: str | None) -> dt.timezone | None:
    if text is None:
        return None
    if text.lower() in ("z", "utc"):
        return dt.UTC
    offset = dt.timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return dt.timezone(-offset if text[0] == "-" else offset)
