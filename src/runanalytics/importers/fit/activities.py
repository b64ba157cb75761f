"""One FIT file, split into its activities: each with its session, its records and its clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from runanalytics.arrays import Floats
from runanalytics.importers.contract import Note, ReadOptions, stable_id
from runanalytics.importers.fit.clock import CLOCK_SET_US, FileClock, file_clock
from runanalytics.importers.fit.codec.decoder import FitFile
from runanalytics.importers.fit.codec.values import Array
from runanalytics.importers.fit.message_rows import columns, instant_us, number_of, rows
from runanalytics.importers.fit.quantities import POSITION_FIELDS, RECORD_FIELDS
from runanalytics.importers.fit.record_times import (
    LONGEST_US,
    MICROSECONDS,
    in_order,
    instants,
    is_believable,
    one_per_instant,
)
from runanalytics.importers.runs.witnesses import AGREEMENT
from runanalytics.importers.runs.words import Sport, sport_of

#: Types of files that may hold records or sessions but no activity.
_FILE_TYPE = frozenset({"type"})
_NO_ACTIVITIES = frozenset({"course", "workout", "segment", "segment_list", "goals", "totals"})

#: Share of the records that must have a contact time for an activity to count as a run, and a
#: distance for it to count as stated.
_MOSTLY = 0.5

#: Records this long before a session's start or after its end still belong to it.
_MARGIN_US = 60 * MICROSECONDS


@dataclass(frozen=True)
class Activity:
    """One session of a file.

    Parameters
    ----------
    file : FitFile
        The part of the file that holds it.
    session : mapping of str to object
        Fields of its message ``session``, without missing ones.
    record : mapping of str to array
        Columns of its messages ``record``.
    time_us : array of int
        Instants of its records, microseconds since 1970 UTC, never decreasing.
    start_us, end_us : int
        First and last instant.
    clock : FileClock
        The file's clock at the start.
    """

    file: FitFile
    session: Mapping[str, object]
    record: Mapping[str, Array]
    time_us: NDArray[np.int64]
    start_us: int
    end_us: int
    clock: FileClock

    @cached_property
    def file_id(self) -> Mapping[str, object]:
        """The file's message ``file_id``: maker and product; empty if there is none."""
        return (rows(columns(self.file, "file_id")) or [{}])[0]

    @cached_property
    def laps(self) -> list[dict[str, object]]:
        """The file's messages ``lap``, those of other activities among them."""
        return rows(columns(self.file, "lap"))

    @property
    def identity(self) -> str:
        """An identifier that no other activity has, the same in every copy of its file."""
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
    def named_sport(self) -> Sport:
        """Its sport by the profile's words, or by its sub-sport where an app states no sport."""
        return sport_of(self.sport, self.sub_sport)

    @property
    def is_run(self) -> bool:
        """Whether it is running."""
        return self.named_sport.is_run

    @property
    def start_utc(self) -> np.datetime64:
        """First instant."""
        return np.datetime64(self.start_us, "us")

    @property
    def local_date(self) -> np.datetime64:
        """Day on the runner's own calendar."""
        local = self.start_us + round(self.clock.offset_s * MICROSECONDS)
        return np.datetime64(local // (86_400 * MICROSECONDS), "D")

    def number(self, name: str) -> float:
        """Return a number of the session; NaN if it has none."""
        return number_of(self.session.get(name))


def activities(file: FitFile, options: ReadOptions) -> tuple[list[Activity], list[Note]]:
    """Return the activities of one FIT file.

    Parameters
    ----------
    file : FitFile
        One part of a file.
    options : ReadOptions
        `timezone` is used where the file does not state the local time.

    Returns
    -------
    activities : list of Activity
        One for each session; a single one where a file has records but no session.
    notes : list of Note
        What was assumed or repaired.
    """
    if not _NO_ACTIVITIES.isdisjoint(columns(file, "file_id", _FILE_TYPE).get("type", ())):
        return [], []
    sessions = rows(columns(file, "session"))
    record = _record(file, sessions)
    notes: list[Note] = []
    times = instants(record)
    if not sessions:
        if not times.size:
            return [], []
        notes.append(Note("warning", "no summary of the activity: made from its records"))
        sessions = [_session_from_others(file, record, notes)]
    clock = file_clock(file, options, _typical_us(times, sessions), notes)
    times = times + clock.shift_us
    kept = is_believable(times)
    if not kept.all():
        notes.append(
            Note("warning", f"left out for an impossible time: {int((~kept).sum())} of the records")
        )
        times = times[kept]
        record = {name: column[kept] for name, column in record.items()}
    starts = [_start(session, clock, times, alone=len(sessions) == 1) for session in sessions]
    result = []
    for place, session in enumerate(sessions):
        chosen = _records_of(place, sessions, starts, times)
        own_times, order = in_order(times[chosen], notes)
        own = {name: column[chosen][order] for name, column in record.items()}
        own_times, own = one_per_instant(own_times, own, notes)
        bounds = _bounds(session, starts[place], own_times)
        if bounds is None:
            notes.append(Note("warning", "an activity without any time was left out"))
            continue
        result.append(Activity(file, session, own, own_times, *bounds, clock.at(bounds[0])))
    return result, notes


def _record(file: FitFile, sessions: Sequence[Mapping[str, object]]) -> dict[str, Array]:
    """Return the columns of message ``record``.

    Positions are read only where they may have to decide: where no distance is stated, or not
    for the whole of the file, or another one than the summaries have.
    """
    wanted = RECORD_FIELDS | {field.column for field in file.developer_fields}
    record = columns(file, "record", wanted)
    if not record or _is_agreed(record.get("distance"), sessions):
        return record
    del record  # freed before as much is read once more
    return columns(file, "record", wanted | POSITION_FIELDS)


def _is_agreed(distance: Array | None, sessions: Sequence[Mapping[str, object]]) -> bool:
    """Return whether the records' distance is that of the only session."""
    if distance is None or distance.dtype.kind != "f" or len(sessions) > 1:
        return False
    known = distance[np.isfinite(distance)]
    if not known.size or not known.max() > 0:
        return False
    totals = [number_of(session.get("total_distance")) for session in sessions]
    total_m = next((total for total in totals if total > 0), known[-1] - known[0])
    differences = np.abs(np.array([known[-1], known[-1] - known[0]]) - total_m)
    is_whole = known.size >= _MOSTLY * len(distance)
    return is_whole and bool(differences.min() <= AGREEMENT * total_m)


def _typical_us(times: NDArray[np.int64], sessions: list[dict[str, object]]) -> int | None:
    known = times[times > 0]
    if known.size:
        return int(np.median(known))
    stated = [instant_us(session.get("start_time")) for session in sessions]
    return next((instant for instant in stated if instant is not None), None)


def _session_from_others(
    file: FitFile, record: Mapping[str, Array], notes: list[Note]
) -> dict[str, object]:
    """Return the sport as messages other than ``session`` state it.

    A file that breaks off may not state it; but only runners' ground contact is measured.
    """
    for message in ("sport", "lap"):
        for row in rows(columns(file, message)):
            if "sport" in row:
                return {key: row[key] for key in ("sport", "sub_sport") if key in row}
    contact = record.get("stance_time")
    if contact is not None and contact.dtype.kind == "f" and (contact > 0).mean() > _MOSTLY:
        notes.append(Note("info", "no sport is stated: a run, since contact times were measured"))
        return {"sport": "running"}
    return {}


def _start(
    session: Mapping[str, object], clock: FileClock, times: NDArray[np.int64], *, alone: bool
) -> int | None:
    """Return the start that a session states; None if its records contradict it.

    Where it is `alone`, all records are its own: if it ended before the first of them, its start
    is by another clock, such as the local one.
    """
    lasted_us = round(_elapsed_s(session) * MICROSECONDS)
    stated, end = instant_us(session.get("start_time")), instant_us(session.get("timestamp"))
    if stated is None and end is not None and lasted_us:
        stated = end - lasted_us
    if stated is None:
        return None
    stated += clock.shift_us
    if times.size:
        earliest = times[0] - (lasted_us + _MARGIN_US if alone and lasted_us else LONGEST_US)
        if not earliest <= stated <= times[-1] + LONGEST_US:
            return None
    return stated if stated >= CLOCK_SET_US else None


def _elapsed_s(session: Mapping[str, object]) -> float:
    """Return how long a session lasted (s) as it states; 0 if it states none or too long."""
    elapsed_s = number_of(session.get("total_elapsed_time"))
    return elapsed_s if 0 < elapsed_s * MICROSECONDS < LONGEST_US else 0.0


def _records_of(
    place: int,
    sessions: list[dict[str, object]],
    starts: list[int | None],
    times: NDArray[np.int64],
) -> slice | NDArray[np.bool_]:
    """Return which records belong to a session: all, if it is the only one."""
    if len(sessions) == 1:
        return slice(None)
    start = starts[place]
    if start is None:
        return np.zeros(len(times), dtype=bool)
    later = [other for other in starts if other is not None and other > start]
    length_us = round(_elapsed_s(sessions[place]) * MICROSECONDS) or LONGEST_US
    end = min([start + length_us + _MARGIN_US, *later])
    return np.asarray((times >= start) & (times < end))


def _bounds(
    session: Mapping[str, object], start: int | None, times: NDArray[np.int64]
) -> tuple[int, int] | None:
    """Return the first and last instant of an activity; None if it has none."""
    first, last = times[:1].tolist(), times[-1:].tolist()
    if start is None:
        return (first[0], last[0]) if first else None
    begin = min([start, *first])
    return begin, max([begin + round(_elapsed_s(session) * MICROSECONDS), *last])


def pauses(activity: Activity) -> Floats:
    """Return the pauses, while the timer stood still: one row each, with its start and end.

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
    is_complete = {"timestamp", "event", "event_type"} <= events.keys()
    if not is_complete or events["timestamp"].dtype.kind != "M":
        return np.empty((0, 2))
    is_timer = np.array([word == "timer" for word in events["event"].tolist()], dtype=bool)
    stamps = instants(events)[is_timer] + activity.clock.shift_us
    elapsed = (stamps - activity.start_us) / MICROSECONDS
    stretches, stopped = [], None
    for second, kind in sorted(
        zip(elapsed.tolist(), events["event_type"][is_timer].tolist(), strict=True),
        key=lambda pair: pair[0],
    ):
        if kind == "start":
            if stopped is not None and second > stopped:
                stretches.append((stopped, second))
            stopped = None
        elif str(kind).startswith("stop") and stopped is None:
            stopped = second
    length = (activity.end_us - activity.start_us) / MICROSECONDS
    inside = [(max(a, 0.0), min(b, length)) for a, b in stretches if b > 0 and a < length]
    return np.array(inside, dtype=np.float64).reshape(-1, 2)
