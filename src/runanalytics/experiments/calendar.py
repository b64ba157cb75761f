"""The schedule of an experiment as a calendar, to import into any calendar app (RFC 5545)."""

from __future__ import annotations

import datetime

from runanalytics.errors import one_line, printable
from runanalytics.experiments.plan import Plan


def calendar_text(plan: Plan) -> bytes:
    """Return a calendar with an all-day event for each block.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    bytes
        An .ics file; the same for the same plan.
    """
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//runanalytics//experiment//EN")
    calendar.add("version", "2.0")
    what = plan.what.replace("_", " ")
    written = datetime.datetime.fromisoformat(plan.written)
    for number, block in enumerate(plan.blocks, start=1):
        event = Event()
        event.add("uid", f"{plan.digest}-{number}@runanalytics")
        event.add("dtstamp", written.astimezone(datetime.UTC))
        event.add("dtstart", block.first)
        event.add("dtend", block.last + datetime.timedelta(days=1))
        amount = f"{block.a_week:g} {what} {plan.measure} a week" if block.a_week else f"no {what}"
        # Calendars allow no control characters (RFC 5545, 3.1).
        event.add("summary", printable(one_line(f"{plan.name}, block {number}: {amount}", None)))
        event.add("description", printable("\n".join(plan.hypothesis.splitlines())))
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
