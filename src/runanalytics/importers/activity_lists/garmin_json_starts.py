"""When an activity of Garmin's JSON began: on the runner's clock, in UTC, or on both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from runanalytics.importers.contract import Clock, Note
from runanalytics.importers.text.local_time import (
    FIRST_YEAR,
    LAST_YEAR,
    Moment,
    clock_of,
    instants,
    parse_moments,
)

#: Garmin's names for the two clocks, the best first.
_LOCAL = ("startTimeLocal",)
_UTC = ("startTimeGMT", "startTimeGmt", "beginTimestamp")
#: Numbers are milliseconds since 1970; those below this are seconds.
_LEAST_MS = 1e11
_EPOCH = dt.datetime(1970, 1, 1)
#: Offsets are multiples of a quarter of an hour, and no place is further from UTC.
_QUARTER = dt.timedelta(minutes=15)
_MOST_OFFSET = dt.timedelta(hours=14)


@dataclass(frozen=True)
class Start:
    """The start of an activity: both clocks naive, at least one known.

    `epoch` is True where it was written as a number, as the account's archive does.
    """

    local: dt.datetime | None
    utc: dt.datetime | None
    epoch: bool

    @property
    def written(self) -> str:
        """The start as text, by the local clock if it is known."""
        known = self.local or self.utc
        return "" if known is None else known.isoformat()

    @property
    def offset(self) -> dt.timedelta | None:
        """Local time minus UTC; None unless both are known and differ as clocks do."""
        if self.local is None or self.utc is None:
            return None
        quarters = round((self.local - self.utc) / _QUARTER)
        offset = quarters * _QUARTER
        return offset if abs(offset) <= _MOST_OFFSET else None


def start_of(activity: Mapping[str, object]) -> Start | None:
    """Return when an activity began; None if it is not stated.

    Examples
    --------
    >>> start = start_of({"startTimeLocal": "2026-06-07 09:15:00", "startTimeGMT": 1780816500000})
    >>> start.offset.total_seconds()
    7200.0
    """
    summary = activity.get("summaryDTO")
    places = [activity, summary] if isinstance(summary, dict) else [activity]
    written = [
        next((place[name] for place in places for name in names if place.get(name)), None)
        for names in (_LOCAL, _UTC)
    ]
    local, utc = (_moment(value) for value in written)
    if local is None and utc is None:
        return None
    numbers = [value for value in written if value is not None]
    return Start(local, utc, all(isinstance(value, int | float) for value in numbers))


def _moment(value: object) -> dt.datetime | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        try:
            seconds = float(value) / (1000 if value >= _LEAST_MS else 1)
            moment: Moment | None = _EPOCH + dt.timedelta(seconds=seconds)
        except (OverflowError, ValueError):
            return None
    elif isinstance(value, str):
        (moment,) = parse_moments([value])
    else:
        return None
    if not isinstance(moment, dt.datetime) or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return None
    return moment.replace(tzinfo=None)


def starts(begun: Sequence[Start], timezone: str | None) -> tuple[pd.DataFrame, Clock, list[Note]]:
    """Return when and on which day activities began, which clock states it, and assumptions.

    Parameters
    ----------
    begun : sequence of Start
        One an activity.
    timezone : str, optional
        IANA name of the zone of those with one clock only; by default this machine's.

    Returns
    -------
    when : DataFrame
        Columns ``start_utc``, ``utc_offset_s`` (s) and ``local_date``, one row an activity.
    clock : {"local", "utc", "both"}
        For `Imported.clock`.
    notes : list of Note
        The zone where it was assumed.
    """
    of_one_clock = [index for index, start in enumerate(begun) if start.offset is None]
    stated: list[Moment] = [
        begun[index].local or _as_utc(begun[index].utc) for index in of_one_clock
    ]
    assumed, notes = instants(stated, timezone)
    rows: list[tuple[object, object, object]] = [
        (
            None if start.utc is None else start.utc.replace(tzinfo=dt.UTC),
            None if start.offset is None else start.offset.total_seconds(),
            None if start.local is None else start.local.date(),
        )
        for start in begun
    ]
    for index, values in zip(of_one_clock, assumed.itertuples(index=False), strict=True):
        rows[index] = tuple(values)
    when = pd.DataFrame(
        {
            "start_utc": pd.Series([row[0] for row in rows], dtype="datetime64[us, UTC]"),
            "utc_offset_s": pd.Series([row[1] for row in rows], dtype="float64"),
            "local_date": pd.Series([row[2] for row in rows], dtype="datetime64[us]"),
        }
    )
    return when, clock_of(stated), notes


def _as_utc(moment: dt.datetime | None) -> dt.datetime:
    return (moment or _EPOCH).replace(tzinfo=dt.UTC)
