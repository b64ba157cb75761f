"""New equipment near a date: a new device, new firmware, a new shoe."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np
import pandas as pd

from runanalytics.findings.engine.weeks import date_of, days_of
from runanalytics.findings.finding import count, listed

#: Kinds of event: columns of form, and what each is called.
KINDS: Mapping[str, str] = MappingProxyType(
    {"device": "watch or pod", "firmware": "firmware", "shoe": "pair of shoes"}
)
#: Events within so many weeks are near a date.
NEAR_WEEKS = 4
#: Events near a date that are named; the rest is counted.
MOST_NAMED = 3


@dataclass(frozen=True)
class Event:
    """The first run with something new.

    Parameters
    ----------
    kind : str
        "device", "firmware" or "shoe".
    name : str
        Its name.
    date : date
        Day of the first run with it.
    """

    no_certainties: ClassVar[str] = "date"

    kind: str
    name: str
    date: datetime.date

    def in_words(self, day: datetime.date) -> str:
        """Return what was new, and how long before or after a day.

        Parameters
        ----------
        day : date
            The day.

        Examples
        --------
        >>> new = Event("device", "Watch B", datetime.date(2025, 3, 1))
        >>> new.in_words(datetime.date(2025, 3, 4))
        'a new watch or pod (Watch B) 3 days before'
        """
        days = (self.date - day).days
        article = "" if self.kind == "firmware" else "a "
        if not days:
            when = "the same day"
        else:
            when = f"{count(abs(days), 'day')} {'after' if days > 0 else 'before'}"
        return f"{article}new {KINDS[self.kind]} ({self.name}) {when}"


def events_of(form: pd.DataFrame) -> tuple[Event, ...]:
    """Return the first run with each device, firmware and shoe after the first of its kind.

    Parameters
    ----------
    form : DataFrame
        Table "form"; a column that it does not have gives no event.
    """
    day = days_of(form["local_date"], "form") if len(form) else np.empty(0, dtype=np.int64)
    found = list[Event]()
    for kind in KINDS:
        if kind not in form.columns:
            continue
        named = form[kind].notna().to_numpy()
        names = form[kind].to_numpy(dtype=object)[named].astype(str)
        first = pd.Series(day[named]).groupby(names).min().sort_values(kind="stable")
        new = [Event(kind, str(name), date_of(since)) for name, since in list(first.items())[1:]]
        # A new device comes with firmware of its own: that is one event.
        devices = {each.date for each in found if each.kind == "device"}
        found += [each for each in new if kind != "firmware" or each.date not in devices]
    return tuple(sorted(found, key=lambda each: each.date))


def events_in_words(events: Sequence[Event], day: datetime.date) -> str:
    """Return events near a day in words: devices, which move form most, then the nearest.

    Parameters
    ----------
    events : sequence of Event
        At least one.
    day : date
        The day.

    Examples
    --------
    >>> since = datetime.date(2025, 3, 1)
    >>> events_in_words([Event("firmware", name, since) for name in "ABCDE"], since)[-47:]
    'new firmware (C) the same day and 2 more events'
    """
    ordered = sorted(events, key=lambda each: (each.kind != "device", abs(each.date - day)))
    words = [each.in_words(day) for each in ordered[:MOST_NAMED]]
    if len(events) > MOST_NAMED:
        words.append(count(len(events) - MOST_NAMED, "more event"))
    return listed(words)


def events_near(
    events: Sequence[Event], first: datetime.date, last: datetime.date
) -> tuple[Event, ...]:
    """Return the events near a stretch of days, the nearest first.

    Parameters
    ----------
    events : sequence of Event
        From `events_of`.
    first, last : date
        The stretch.
    """
    within = datetime.timedelta(weeks=NEAR_WEEKS)
    middle = first + (last - first) / 2
    near = [each for each in events if first - within <= each.date <= last + within]
    return tuple(sorted(near, key=lambda each: abs(each.date - middle)))
