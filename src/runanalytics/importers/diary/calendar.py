"""Calendars (.ics, RFC 5545): past events that name strength or technique work.

What a calendar holds was planned, which is not done: its events are only ever proposed. Nothing
is kept of an event that names no such work. Repeated events are written out up to a year beyond the
newest date that the file has; what lies in the future when it is read waits for its day.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any

import pandas as pd

from runanalytics import schema
from runanalytics.errors import UnreadableFileError
from runanalytics.importers.accounts import WITHOUT_DATE, Ledger
from runanalytics.importers.contract import (
    Imported,
    Importer,
    Note,
    ReadOptions,
    counted_note,
    stable_id,
)
from runanalytics.importers.text.local_time import Moment, instants
from runanalytics.importers.text.notes import joined_notes
from runanalytics.movements.texts import named_parts

if TYPE_CHECKING:
    from icalendar import Event

#: Most occurrences of one event, and of all events of a file: twenty years of days.
MOST_OCCURRENCES, MOST_EVENTS = 7_400, 50_000
#: How far beyond the newest date in a file repeated events are written out.
AHEAD = dt.timedelta(days=366)
#: No calendar's date lies before or after these.
_FIRST, _LAST = dt.datetime(1990, 1, 1), dt.datetime(2100, 1, 1)
#: How often training repeats; what repeats within a day is an error, or an attack.
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
#: Conditions that a rule of days or weeks may never meet.
_RARE = ("BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS")

_NAMES_NO_WORK = "without a name of strength or technique work"
_CANCELLED = "cancelled"
_NEVER = "on no day"
_BEGIN = re.compile(rb"\s*BEGIN:VCALENDAR\b", re.IGNORECASE)


class CalendarImporter(Importer):
    """Reads events of a calendar that name strength or technique work."""

    name = "icalendar"
    version = 1
    endings = (".ics",)
    edited_by_hand = True

    def recognises(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - content decides
        """Return whether the first line begins a calendar."""
        return _BEGIN.match(head.removeprefix(b"\xef\xbb\xbf")) is not None

    def read(self, data: bytes, options: ReadOptions = ReadOptions()) -> Imported:
        """Read the events that name strength or technique work, repeated ones written out.

        Parameters
        ----------
        data : bytes
            The whole file.
        options : ReadOptions
            `timezone` of times whose zone the file does not state.

        Returns
        -------
        Imported
            Table ``events``; an event that cannot be read is left out, with a note.

        Raises
        ------
        UnreadableFileError
            If it is no calendar after all.
        """
        events = _events(data)
        ledger = Ledger(range(len(events)))
        stops = _newest(events) + AHEAD
        replaced = {key for event in events if (key := _replaces(event)) is not None}
        rows: list[dict[str, object]] = []
        moments: list[Moment] = []
        broken = 0
        for number, event in enumerate(events):
            title, notes = (_text(event, name) for name in ("SUMMARY", "DESCRIPTION"))
            texts = [line for text in (title, notes) if text for line in text.splitlines()]
            start = _moment(event, "DTSTART")
            if start is None:
                ledger.leave_out(number, WITHOUT_DATE)
            elif (_text(event, "STATUS") or "").upper() == "CANCELLED":
                ledger.leave_out(number, _CANCELLED)
            elif not any(map(named_parts, texts)):
                ledger.leave_out(number, _NAMES_NO_WORK)
            else:
                before = len(rows)
                occurrences, is_broken = _occurrences(event, start, stops, replaced)
                broken += is_broken
                for moment in islice(occurrences, MOST_EVENTS - len(rows)):
                    uid = _text(event, "UID") or title
                    rows.append(
                        {
                            "event_id": stable_id("calendar", uid, moment.isoformat()),
                            "title": joined_notes(title),
                            "notes": joined_notes(notes),
                            "duration_s": _duration_s(event, start),
                        }
                    )
                    moments.append(moment)
                if len(rows) > before:
                    ledger.keep(number)
                else:
                    ledger.leave_out(number, _NEVER)
        message = "events whose rule of repetition cannot be read, taken as single ones"
        found = counted_note(broken, message, "warning")
        if len(rows) >= MOST_EVENTS:
            found += counted_note(MOST_EVENTS, "events were read and no more", "warning")
        if not rows:
            what = "no event names strength or technique work" if events else "there is no event"
            return Imported(notes=[*found, Note("info", what)], rows=ledger.account())
        when, assumed = instants(moments, options.timezone)
        frame = pd.concat([pd.DataFrame(rows), when], axis="columns")
        frame = schema.check(frame.drop_duplicates("event_id"), "events")
        return Imported(
            events=frame.reset_index(drop=True), notes=[*found, *assumed], rows=ledger.account()
        )


def _events(data: bytes) -> list[Event]:
    from icalendar import Calendar, Event

    try:
        found = Calendar.from_ical(data.decode("utf-8", "replace"), multiple=True)
    except (ValueError, KeyError, IndexError, AttributeError, TypeError) as error:
        raise UnreadableFileError(
            f"this calendar cannot be read ({str(error)[:200]})",
            hint="export it once more, as .ics",
        ) from error
    if not found:
        raise UnreadableFileError("there is no calendar in it", hint="export it once more, as .ics")
    return [event for each in found for event in each.walk("VEVENT") if isinstance(event, Event)]


def _text(event: Event, name: str) -> str | None:
    value = event.get(name)
    return str(value[0] if isinstance(value, list) else value) if value else None


def _moment(event: Event, name: str) -> Moment | None:
    """Return a date or time of an event; None where it has none, or one that is none."""
    value = event.get(name)
    value = value[0] if isinstance(value, list) and value else value
    return _plausible(_dt(value))


def _dt(value: object) -> object:
    """Return the moment or duration of a property; None where it has none, or it is damaged."""
    with suppress(ValueError):
        return getattr(value, "dt", None)
    return None


def _plausible(moment: object) -> Moment | None:
    if isinstance(moment, dt.date) and _FIRST.year <= moment.year < _LAST.year:
        return moment
    return None


def _naive(moment: Moment, zone: dt.tzinfo | None = None) -> dt.datetime:
    """Return a moment as local time of a zone, or else as its own."""
    if isinstance(moment, dt.datetime):
        if zone is not None and moment.tzinfo is not None:
            moment = moment.astimezone(zone)
        return moment.replace(tzinfo=None)
    return dt.datetime.combine(moment, dt.time())


def _newest(events: list[Event]) -> dt.datetime:
    names = ("DTSTART", "DTSTAMP", "LAST-MODIFIED")
    moments = (_moment(event, name) for event in events for name in names)
    return max((_naive(moment) for moment in moments if moment is not None), default=_FIRST)


def _replaces(event: Event) -> tuple[str | None, Moment] | None:
    """Return which occurrence of a repeated event this one replaces."""
    moment = _moment(event, "RECURRENCE-ID")
    return None if moment is None else (_text(event, "UID"), moment)


def _occurrences(
    event: Event,
    start: Moment,
    stops: dt.datetime,
    replaced: set[tuple[str | None, Moment]],
) -> tuple[Iterator[Moment], bool]:
    """Return when an event takes place, and whether its rule cannot be read."""
    rule = event.get("RRULE")
    if rule is None or _replaces(event) is not None:
        return iter((start,)), False
    zone = start.tzinfo if isinstance(start, dt.datetime) else None
    first, uid = _naive(start), _text(event, "UID")
    try:
        repeated = _rule(rule, first, stops, zone)
        left_out = {_naive(each, zone) for each in _listed(event, "EXDATE")}
        left_out |= {_naive(moment, zone) for key, moment in replaced if key == uid}
        added = [_naive(each, zone) for each in _listed(event, "RDATE")]
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return iter((start,)), True

    def moments() -> Iterator[Moment]:
        for local in (*islice(repeated, MOST_OCCURRENCES), *added[:MOST_OCCURRENCES]):
            if local <= stops and local not in left_out:
                yield local.replace(tzinfo=zone) if isinstance(start, dt.datetime) else local.date()

    return moments(), False


def _rule(
    rule: Any, first: dt.datetime, stops: dt.datetime, zone: dt.tzinfo | None
) -> Iterator[dt.datetime]:
    """Return the local times of a rule.

    Raises
    ------
    ValueError
        If it cannot be read, or repeats within a day or under conditions that may never be met.
    """
    from dateutil.rrule import rrulestr

    if isinstance(rule, list):
        raise ValueError("there are several rules")
    stated = {str(name).upper(): values for name, values in rule.items()}
    (frequency,) = stated["FREQ"]
    rare = str(frequency) in _FREQUENCIES[:2] and any(name in stated for name in _RARE)
    if str(frequency) not in _FREQUENCIES or rare:
        raise ValueError(f"the rule repeats {frequency} under conditions that are not read")
    ends = [_naive(until, zone) for until in stated.get("UNTIL", ())]
    ends = [] if "COUNT" in stated else [min([*ends, stops])]
    parts = [
        part
        for part in rule.to_ical().decode("ascii").split(";")
        if not part.upper().startswith("UNTIL=")
    ]
    parts += [f"UNTIL={end:%Y%m%dT%H%M%S}" for end in ends]
    return iter(rrulestr(";".join(parts), dtstart=first))


def _listed(event: Event, name: str) -> Iterator[Moment]:
    """Yield the moments of a property that lists some."""
    held = event.get(name, [])
    for each in held if isinstance(held, list) else [held]:
        for one in getattr(each, "dts", ()):
            moment = _plausible(one.dt[0] if isinstance(one.dt, tuple) else one.dt)
            if moment is not None:
                yield moment


def _duration_s(event: Event, start: Moment) -> float | None:
    """Return how long an event takes, s; None of a day, and of what no session lasts."""
    lasts = _dt(event.get("DURATION"))
    end = _moment(event, "DTEND")
    if isinstance(start, dt.datetime) and isinstance(end, dt.datetime):
        try:
            lasts = end - start
        except TypeError:
            return None
    if not isinstance(lasts, dt.timedelta) or not isinstance(start, dt.datetime):
        return None
    seconds = lasts.total_seconds()
    return seconds if 0 < seconds <= 86_400 else None


CALENDAR = CalendarImporter()
