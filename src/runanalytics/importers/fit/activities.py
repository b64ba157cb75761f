"""One FIT file, split into its activities: each with its session, its records and its clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from runanalytics.importers.contract import Clock as StatedClock
from runanalytics.importers.contract import Note, ReadOptions, stable_id
from runanalytics.importers.fit.decoder import FitFile
from runanalytics.importers.fit.quantities import RECORD_FIELDS
from runanalytics.importers.fit.values import Array, Floats
from runanalytics.importers.local_time import zone_named

#: Fields of message ``session`` that summaries are made of.
_SESSION_FIELDS = frozenset(
    {
        "timestamp",
        "start_time",
        "sport",
        "sub_sport",
        "total_elapsed_time",
        "total_timer_time",
        "total_distance",
        "total_ascent",
        "avg_temperature",
        "avg_heart_rate",
        "avg_cadence",
        "avg_running_cadence",
        "avg_fractional_cadence",
        "avg_stance_time",
        "avg_stance_time_balance",
        "avg_vertical_oscillation",
        "avg_vertical_ratio",
        "avg_step_length",
        "avg_power",
        "sport_event",
    }
)
_FIELDS: Mapping[str, frozenset[str]] = {
    "session": _SESSION_FIELDS,
    "lap": frozenset({"start_time", "timestamp", "sport", "sub_sport"}),
    "event": frozenset({"timestamp", "event", "event_type"}),
    "activity": frozenset({"timestamp", "local_timestamp"}),
    "sport": frozenset({"sport", "sub_sport"}),
    "workout": frozenset({"wkt_name", "num_valid_steps"}),
    "exercise_title": frozenset({"exercise_category", "exercise_name", "wkt_step_name"}),
}

MICROSECONDS = 1_000_000
#: Instants before this were written by a device whose clock was not set (FIT: date_time).
_CLOCK_SET_US = int(np.datetime64("1998-07-04T21:24:16", "us").astype(np.int64))
#: An activity is at most this long; a record further from the others has a broken clock.
_LONGEST_US = 10 * 86_400 * MICROSECONDS
#: No place on Earth is further from UTC.
_MOST_OFFSET_S = 14 * 3_600
_QUARTER_S = 900
#: Records this long before a session's start or after its end still belong to it.
_MARGIN_US = 60 * MICROSECONDS


def number_of(value: object) -> float:
    """Return a field's value as a number; NaN where it is missing or none."""
    return float(value) if isinstance(value, int | float) else float("nan")


@dataclass(frozen=True)
class Clock:
    """How a file's instants become UTC and local ones.

    `shift_us` is added to every instant: not 0 only where the device's own clock was not set.
    `states` is which of both the file states; the other is had from an assumed zone. A file
    states its offset for its end: where that is what `zone` (or this machine's) says of then,
    the zone tells whether the clock was changed on the way.
    """

    offset_s: float = 0.0
    shift_us: int = 0
    states: StatedClock = "both"
    zone: dt.tzinfo | None = None
    in_zone: bool = False

    def at(self, instant_us: int) -> Clock:
        """Return the clock as it was at an instant."""
        if not self.in_zone:
            return self
        return replace(self, offset_s=_offset_s(instant_us, self.zone))


@dataclass(frozen=True)
class Activity:
    """One session of a file.

    Parameters
    ----------
    file : FitFile
        The part of the file it stands in.
    session : mapping of str to object
        Fields of its message ``session``; what is missing is left out.
    record : mapping of str to array
        Columns of its messages ``record``.
    time_us : array of int
        Instants of its records, microseconds since 1970 UTC, never decreasing.
    start_us, end_us : int
        First and last instant.
    clock : Clock
        Of the file.
    """

    file: FitFile
    session: Mapping[str, object]
    record: Mapping[str, Array]
    time_us: NDArray[np.int64]
    start_us: int
    end_us: int
    clock: Clock

    @cached_property
    def file_id(self) -> Mapping[str, object]:
        """The file's message ``file_id``: who made it with what; empty if there is none."""
        return (rows(columns(self.file, "file_id")) or [{}])[0]

    @property
    def identity(self) -> str:
        """What tells it from all others, and is the same in every copy of its file."""
        maker, product = self.file_id.get("manufacturer"), self.file_id.get("product")
        serial = self.file_id.get("serial_number", product)
        return stable_id("fit", maker, serial, self.start_us)

    @property
    def sport(self) -> str:
        """The profile's word for the sport, or "unknown"."""
        return str(self.session.get("sport", "unknown"))

    @property
    def sub_sport(self) -> str:
        """The profile's word for the kind of sport, or "generic"."""
        return str(self.session.get("sub_sport", "generic"))

    @property
    def start_utc(self) -> pd.Timestamp:
        """First instant."""
        return pd.Timestamp(self.start_us, unit="us", tz="UTC")

    @property
    def local_date(self) -> pd.Timestamp:
        """Day on the runner's own calendar."""
        local = self.start_us + round(self.clock.offset_s * MICROSECONDS)
        return pd.Timestamp(local, unit="us").normalize()

    def number(self, name: str) -> float:
        """Return a number of the session; NaN if it has none."""
        return number_of(self.session.get(name))


def columns(file: FitFile, message: str, wanted: frozenset[str] | None = None) -> dict[str, Array]:
    """Return the columns of a message type; none of a type that the file lacks."""
    if message not in file:
        return {}
    return file.messages(message, wanted if wanted is not None else _FIELDS.get(message)).arrays()


def rows(table: Mapping[str, Array]) -> list[dict[str, object]]:
    """Return columns as one mapping a row, without what is missing."""
    count = len(table["damaged"]) if table else 0
    return [
        {
            name: value
            for name, column in table.items()
            if name != "damaged" and not _is_void(value := _python(column[row]))
        }
        for row in range(count)
    ]


def _python(value: object) -> object:
    return value.item() if isinstance(value, np.floating) else value


def _is_void(value: object) -> bool:
    if value is None:
        return True
    if isinstance(value, float):
        return value != value
    return isinstance(value, np.datetime64) and bool(np.isnat(value))


def instant_us(value: object) -> int | None:
    """Return an instant as microseconds since 1970; None if it is none.

    Examples
    --------
    >>> instant_us(np.datetime64("1970-01-01T00:00:01", "us"))
    1000000
    """
    if isinstance(value, np.datetime64) and not np.isnat(value):
        return int(value.astype("M8[us]").astype(np.int64))
    return None


def activities(file: FitFile, options: ReadOptions) -> tuple[list[Activity], list[Note]]:
    """Return the activities of one FIT file.

    Parameters
    ----------
    file : FitFile
        One part of a file.
    options : ReadOptions
        `timezone` counts where the file does not state the local time.

    Returns
    -------
    activities : list of Activity
        One a session; one in all where a file without a session has records.
    notes : list of Note
        What was assumed or repaired.
    """
    sessions = rows(columns(file, "session"))
    wanted = RECORD_FIELDS | {known.column for known in file.developer_fields}
    record = columns(file, "record", wanted)
    notes: list[Note] = []
    times = _instants(record)
    if not sessions:
        if not times.size:
            return [], []
        sessions = [_session_from_others(file)]
        notes.append(Note("warning", "no summary of the activity: made from its records"))
    clock = _clock(file, options, _typical_us(times, sessions), notes)
    times = times + clock.shift_us
    believed = _believed(times)
    if not believed.all():
        notes.append(
            Note(
                "warning",
                f"left out for an impossible time: {int((~believed).sum())} of the records",
            )
        )
        times = times[believed]
        record = {name: column[believed] for name, column in record.items()}
    starts = [_start(session, clock, times) for session in sessions]
    result = []
    for place, session in enumerate(sessions):
        chosen = _records_of(place, sessions, starts, times)
        own_times, order, repaired = _in_order(times[chosen])
        if repaired:
            notes.append(
                Note(
                    "warning",
                    f"the clock went back {repaired} times: the records were kept in order",
                )
            )
        own = {name: column[chosen][order] for name, column in record.items()}
        start, end = _bounds(session, starts[place], own_times)
        if start is None or end is None:
            notes.append(Note("warning", "an activity without any time was left out"))
            continue
        result.append(Activity(file, session, own, own_times, start, end, clock.at(start)))
    return result, notes


def _instants(record: Mapping[str, Array]) -> NDArray[np.int64]:
    stamps = record.get("timestamp")
    if stamps is None or stamps.dtype.kind != "M":
        return np.full(len(record["damaged"]) if record else 0, np.iinfo(np.int64).min // 2)
    result = stamps.astype("M8[us]").astype(np.int64)
    return np.where(np.isnat(stamps), np.iinfo(np.int64).min // 2, result)


def _believed(times: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which instants lie near most of the others, and after clocks were set."""
    if not times.size:
        return np.zeros(0, dtype=bool)
    there = times > 0
    middle = np.median(times[there]) if there.any() else 0.0
    return np.asarray(there & (np.abs(times - middle) <= _LONGEST_US))


def _typical_us(times: NDArray[np.int64], sessions: list[dict[str, object]]) -> int | None:
    there = times[times > 0]
    if there.size:
        return int(np.median(there))
    stated = [instant_us(session.get("start_time")) for session in sessions]
    return next((instant for instant in stated if instant is not None), None)


def _clock(file: FitFile, options: ReadOptions, typical_us: int | None, notes: list[Note]) -> Clock:
    """Return what the file says about its local time, else what the reader of it was told."""
    shift_us = 0
    zone = None if options.timezone is None else zone_named(options.timezone)
    for row in rows(columns(file, "activity")):
        stamp, local = instant_us(row.get("timestamp")), instant_us(row.get("local_timestamp"))
        if stamp is None or local is None:
            continue
        if stamp < _CLOCK_SET_US <= local:
            # The device counted seconds from when it was switched on, and knew the local time.
            shift_us = local - stamp
            notes.append(Note("warning", "the device's clock was not set: its local time was used"))
            break
        quarters = round((local - stamp) / MICROSECONDS / _QUARTER_S)
        if abs(quarters * _QUARTER_S) <= _MOST_OFFSET_S:
            offset_s = float(quarters * _QUARTER_S)
            in_zone = stamp > 0 and _offset_s(stamp, zone) == offset_s
            return Clock(offset_s, zone=zone, in_zone=in_zone)
    if typical_us is None:
        return Clock()
    if options.timezone is None:
        notes.append(
            Note("info", "the file does not state its time zone: this machine's was assumed")
        )
    if shift_us:
        moment = pd.Timestamp(typical_us + shift_us, unit="us").to_pydatetime()
        offset = moment.replace(tzinfo=zone).astimezone(zone).utcoffset()
        offset_s = offset.total_seconds() if offset is not None else 0.0
        return Clock(offset_s, shift_us - round(offset_s * MICROSECONDS), "local")
    return Clock(_offset_s(typical_us, zone), states="utc", zone=zone, in_zone=True)


def _offset_s(instant_us: int, zone: dt.tzinfo | None) -> float:
    """Return local time minus UTC (s) in a zone, or this machine's."""
    moment = pd.Timestamp(instant_us, unit="us", tz="UTC").to_pydatetime()
    offset = moment.astimezone(zone).utcoffset()
    return offset.total_seconds() if offset is not None else 0.0


def _session_from_others(file: FitFile) -> dict[str, object]:
    """Return what messages other than ``session`` say about the sport."""
    for message in ("sport", "lap"):
        for row in rows(columns(file, message)):
            if "sport" in row:
                return {key: row[key] for key in ("sport", "sub_sport") if key in row}
    return {}


def _start(session: Mapping[str, object], clock: Clock, times: NDArray[np.int64]) -> int | None:
    stated = instant_us(session.get("start_time"))
    if stated is None:
        return None
    stated += clock.shift_us
    if times.size and not times[0] - _LONGEST_US <= stated <= times[-1] + _LONGEST_US:
        return None
    return stated if stated >= _CLOCK_SET_US else None


def _records_of(
    place: int,
    sessions: list[dict[str, object]],
    starts: list[int | None],
    times: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Return which records belong to a session: all, if there is but one."""
    if len(sessions) == 1:
        return np.ones(len(times), dtype=bool)
    start = starts[place]
    if start is None:
        return np.zeros(len(times), dtype=bool)
    later = [other for other in starts if other is not None and other > start]
    elapsed = sessions[place].get("total_elapsed_time")
    length_us = round(elapsed * MICROSECONDS) if isinstance(elapsed, float) else _LONGEST_US
    end = min([start + length_us + _MARGIN_US, *later])
    return np.asarray((times >= start) & (times < end))


def _in_order(
    times: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Return instants that never decrease, the order to put rows in, and how often they did.

    A few records out of place are sorted; where the clock was set back and ran on from there,
    the time before it counts on.
    """
    order = np.arange(len(times))
    steps = np.diff(times)
    backwards = int((steps < 0).sum())
    if not backwards:
        return times, order, 0
    if backwards > 1 and np.array_equal(np.sort(times), np.unique(times)):
        order = np.argsort(times, kind="stable")
        return times[order], order, backwards
    typical = int(np.median(steps[steps > 0])) if (steps > 0).any() else MICROSECONDS
    steps = np.where(steps < 0, typical, steps)
    return np.concatenate([times[:1], times[0] + np.cumsum(steps)]), order, backwards


def _bounds(
    session: Mapping[str, object], start: int | None, times: NDArray[np.int64]
) -> tuple[int | None, int | None]:
    first = int(times[0]) if times.size else None
    last = int(times[-1]) if times.size else None
    candidates = [instant for instant in (start, first) if instant is not None]
    if not candidates:
        return None, None
    begin = min(candidates)
    elapsed = session.get("total_elapsed_time")
    if isinstance(elapsed, float) and start is not None and elapsed * MICROSECONDS < _LONGEST_US:
        stated_end = begin + round(elapsed * MICROSECONDS)
        return begin, max(stated_end, last if last is not None else begin)
    return begin, last if last is not None else begin


def pauses(activity: Activity) -> Floats:
    """Return when the timer stood still: one row a pause, its start and end.

    Parameters
    ----------
    activity : Activity
        An activity.

    Returns
    -------
    array of float, shape (n, 2)
        Seconds since the activity's start.
    """
    events = columns(activity.file, "event")
    if not {"timestamp", "event", "event_type"} <= events.keys():
        return np.empty((0, 2))
    if events["timestamp"].dtype.kind != "M":
        return np.empty((0, 2))
    is_timer = np.array([word == "timer" for word in events["event"].tolist()], dtype=bool)
    stamps = _instants(events)[is_timer] + activity.clock.shift_us
    elapsed = (stamps - activity.start_us) / MICROSECONDS
    found, stopped = [], None
    for second, kind in sorted(
        zip(elapsed.tolist(), events["event_type"][is_timer].tolist(), strict=True),
        key=lambda pair: pair[0],
    ):
        if kind == "start":
            if stopped is not None and second > stopped:
                found.append((stopped, second))
            stopped = None
        elif str(kind).startswith("stop") and stopped is None:
            stopped = second
    length = (activity.end_us - activity.start_us) / MICROSECONDS
    inside = [(max(a, 0.0), min(b, length)) for a, b in found if b > 0 and a < length]
    return np.array(inside, dtype=np.float64).reshape(-1, 2)
