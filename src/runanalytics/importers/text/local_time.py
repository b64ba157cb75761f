"""Dates and times of day as written, and the instants that they stand for.

Most logs hold local times without a zone. The zone is the one that the user states, else this
machine's, with a note. A local time that daylight saving skips is read with the offset before
the change, and one that it repeats as the first of the two.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Sequence
from typing import TYPE_CHECKING

from runanalytics.errors import UnreadableFileError, UsageError
from runanalytics.importers.text.date_styles import MONTH_BEGINNINGS, match_date, match_time
from runanalytics.units.numerals import shown

if TYPE_CHECKING:
    # A line of a diary is kept before pandas would be loaded.
    import pandas as pd

    from runanalytics.importers.contract import Clock, Note

#: Years in which a training log can have been kept; others are typing errors.
FIRST_YEAR, LAST_YEAR = 1970, 2100
#: Years of two digits from here on are of the last century.
_LAST_CENTURY = 70

_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)$")

_WRITE_ISO = "write dates as 2026-03-04 (year-month-day)"

#: A day, a local time on it, or an instant with its own offset.
Moment = dt.date | dt.datetime


def parse_moments(texts: Sequence[str], *, month_first: bool | None = None) -> list[Moment | None]:
    """Return the dates or local times of one column; None where a text is none.

    Whether 3/4/2026 is in March or in April depends on the other rows: one with a number above
    12 decides it for all. A year of two digits stands last (3/4/26, 3.4.26); where the column
    reads as well with the year first, and closer together, it is asked about.

    Parameters
    ----------
    texts : sequence of str
        The cells of a column, as written.
    month_first : bool, optional
        What 3/4/2026 is where no row decides it; by default it is asked about.

    Returns
    -------
    list of date, datetime or None
        A datetime where a time of day is written, aware where its offset is written too.

    Raises
    ------
    UnreadableFileError
        If no row decides the order of day, month and year, or two rows contradict each other.

    Examples
    --------
    >>> parse_moments(["2026-03-01", "1.3.2026", "13/03/2026 18:05", "soon"])
    [datetime.date(2026, 3, 1), datetime.date(2026, 3, 1),
     datetime.datetime(2026, 3, 13, 18, 5), None]
    >>> parse_moments(["12 May 24", "31.1.26", "Sa, 5. Juli 2025", "2025年5月3日"])
    [datetime.date(2024, 5, 12), datetime.date(2026, 1, 31), datetime.date(2025, 7, 5),
     datetime.date(2025, 5, 3)]
    """
    matches = [match_date(text) for text in texts]
    ambiguous = {
        (int(match["first"]), int(match["second"])): match[0]
        for match in matches
        if match is not None and "first" in match.re.groupindex
    }
    first = _month_first(ambiguous, month_first)
    moments = [None if match is None else _moment(match, first) for match in matches]
    _refuse_years_that_may_stand_first(matches, moments)
    return moments


def parse_time_of_day(text: str) -> dt.time | None:
    """Return the time of day that `text` stands for, or None if it is none.

    Examples
    --------
    >>> parse_time_of_day("6:30 pm"), parse_time_of_day("25:00")
    (datetime.time(18, 30), None)
    """
    match = match_time(text)
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
    import pandas as pd

    from runanalytics.importers.contract import counted_note

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

    zones = sorted(zoneinfo.available_timezones())
    place = timezone.strip().replace(" ", "_").casefold()
    near = [zone for zone in zones if zone.casefold() == place]
    near = near or [zone for zone in zones if zone.casefold().endswith(f"/{place}")]
    if any(sign.isdigit() for sign in timezone):
        hint = "an offset does not say when summer time holds: write a place, as Europe/Paris"
    elif near := near or difflib.get_close_matches(timezone, zones, n=1):
        hint = f"did you mean {near[0]}?"
    else:
        hint = "write a continent and a city, as Europe/Paris or America/New_York"
    raise UsageError(f"no time zone {shown(timezone)}", hint=hint)


def _offset(local: dt.datetime, zone: dt.tzinfo | None) -> dt.timedelta:
    # Without a zone, astimezone asks the operating system for its own rules.
    offset = (local.replace(tzinfo=zone) if zone else local.astimezone()).utcoffset()
    return dt.timedelta() if offset is None else offset


def _month_first(ambiguous: dict[tuple[int, int], str], otherwise: bool | None) -> bool:
    day_first = [text for (first, _), text in ambiguous.items() if first > 12]
    month_first = [text for (_, second), text in ambiguous.items() if second > 12]
    if day_first and month_first:
        raise UnreadableFileError(
            f"{shown(day_first[0])} has the day first and {shown(month_first[0])} the month",
            hint=_WRITE_ISO,
        )
    undecided = [text for (first, second), text in ambiguous.items() if first != second]
    if undecided and not day_first and not month_first:
        if otherwise is not None:
            return otherwise
        raise UnreadableFileError(
            f"{shown(undecided[0])} can be read as two dates, and no row decides which",
            hint=_WRITE_ISO,
        )
    return bool(month_first)


def _refuse_years_that_may_stand_first(
    matches: Sequence[re.Match[str] | None], moments: Sequence[Moment | None]
) -> None:
    """Refuse 24.05.03 beside 25.06.17: as days of May and June they lie closer together."""
    short = [
        (match, day_of(moment))
        for match, moment in zip(matches, moments, strict=True)
        if match is not None and moment is not None and _has_short_year(match)
    ]
    turned = [_year_first(match) for match, _ in short]
    if len(short) < 2 or None in turned:
        return
    days, others = [day for _, day in short], [day for day in turned if day is not None]
    if max(others) - min(others) < max(days) - min(days):
        raise UnreadableFileError(
            f"{shown(short[0][0][0])} may have its year first or last, and no row decides which",
            hint=_WRITE_ISO,
        )


def _has_short_year(match: re.Match[str]) -> bool:
    return len(match["year"]) == 2 and not match.groupdict().get("name")


def _year_first(match: re.Match[str]) -> dt.date | None:
    """Return the day that three short numbers are if the first is the year; None if none."""
    numbers = [int(number) for number in re.findall(r"[0-9]+", match[0])[:3]]
    try:
        return dt.date(_whole_year(str(numbers[0]).zfill(2)), numbers[1], numbers[2])
    except ValueError:
        return None


def _whole_year(text: str) -> int:
    year = int(text.removeprefix("'"))
    if len(text) == 4:
        return year
    return year + (1900 if year >= _LAST_CENTURY else 2000)


def _moment(match: re.Match[str], month_first: bool) -> Moment | None:
    parts = match.groupdict()
    if "first" in parts:
        order = ("first", "second") if month_first else ("second", "first")
        month, day = (int(parts[name]) for name in order)
    elif parts.get("name"):
        month, day = MONTH_BEGINNINGS[parts["name"]], int(parts["day"])
    else:
        month, day = int(parts["month"]), int(parts["day"])
    year = _whole_year(parts["year"])
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
    elif match["am"] or match["pm"]:
        hour = hour % 12 + (12 if match["pm"] else 0)
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
