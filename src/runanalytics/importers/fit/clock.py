"""The clock of a FIT file: how its instants become UTC, and local time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np

from runanalytics.importers.contract import Clock, Note, ReadOptions
from runanalytics.importers.fit.codec.decoder import FitFile
from runanalytics.importers.fit.devices import maker_in_words
from runanalytics.importers.fit.message_rows import columns, instant_us, rows
from runanalytics.importers.fit.record_times import MICROSECONDS
from runanalytics.importers.runs.offsets import believed_offset_s

#: Messages that state the local time, the likeliest to be right first.
_CLOCK_MESSAGES = ("activity", "timestamp_correlation")
_MAKER = frozenset({"manufacturer"})
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
#: Instants before this were written by a device whose clock was not set (FIT: date_time).
CLOCK_SET_US = int(np.datetime64("1998-07-04T21:24:16", "us").astype(np.int64))


@dataclass(frozen=True)
class FileClock:
    """How a file's instants become UTC and local ones.

    `shift_us` is added to every instant: not 0 only where the device's own clock was not set.
    `states` is which of both clocks the file states; the other follows from an assumed zone. A
    file states its offset at its end: where that is the offset of `zone` (or this machine's),
    the clock `follows_zone`, also through a change to or from summer time on the way.
    """

    offset_s: float = 0.0
    shift_us: int = 0
    states: Clock = "both"
    zone: dt.tzinfo | None = None
    follows_zone: bool = False

    def at(self, instant_us: int) -> FileClock:
        """Return the clock as it was at an instant."""
        if not self.follows_zone:
            return self
        return replace(self, offset_s=_offset_s(_utc(instant_us), self.zone))


def file_clock(
    file: FitFile, options: ReadOptions, typical_us: int | None, notes: list[Note]
) -> FileClock:
    """Return the clock as the file states it, else by the zone that `options` state.

    Parameters
    ----------
    file : FitFile
        One part of a file.
    options : ReadOptions
        `timezone` is used where the file's offset from UTC is missing or not believed.
    typical_us : int, optional
        An instant of the file, microseconds since 1970; None if it has none.
    notes : list of Note
        Receives what was assumed.
    """
    makers = list(columns(file, "file_id", _MAKER).get("manufacturer", ()))
    maker = makers[0] if makers and isinstance(makers[0], str) else None
    doubted_s = None
    shift_us = 0
    zone = None
    if options.timezone is not None:
        from runanalytics.importers.text.local_time import zone_named

        zone = zone_named(options.timezone)
    stated = (row for name in _CLOCK_MESSAGES for row in rows(columns(file, name)))
    for row in stated:
        stamp, local = instant_us(row.get("timestamp")), instant_us(row.get("local_timestamp"))
        if stamp is None or local is None:
            continue
        if stamp < CLOCK_SET_US <= local:
            # The device counted seconds since it was switched on, and knew the local time.
            shift_us = local - stamp
            notes.append(Note("warning", "the device's clock was not set: its local time was used"))
            break
        stated_s = (local - stamp) / MICROSECONDS
        offset_s = believed_offset_s(stated_s, maker)
        if offset_s is None:
            doubted_s = stated_s if doubted_s is None else doubted_s
        else:
            follows_zone = stamp > 0 and _offset_s(_utc(stamp), zone) == offset_s
            return FileClock(offset_s, zone=zone, follows_zone=follows_zone)
    if typical_us is None:
        return FileClock()
    if doubted_s is not None:
        words = f"its offset of {doubted_s:.0f} s from UTC is not believed"
        reason = (
            f"{maker_in_words(str(maker or 'its maker'))} may write no other"
            if doubted_s == 0
            else "no place has it"
        )
        notes.append(Note("info", f"{words}: {reason}"))
    if options.timezone is None:
        notes.append(
            Note("info", "the file does not state its time zone: this machine's was assumed")
        )
    if shift_us:
        offset_s = _offset_s(_utc(typical_us + shift_us).replace(tzinfo=zone), zone)
        return FileClock(offset_s, shift_us - round(offset_s * MICROSECONDS), "local")
    offset_s = _offset_s(_utc(typical_us), zone)
    return FileClock(offset_s, states="utc", zone=zone, follows_zone=True)


def _utc(instant_us: int) -> dt.datetime:
    return _EPOCH + dt.timedelta(microseconds=instant_us)


def _offset_s(instant: dt.datetime, zone: dt.tzinfo | None) -> float:
    """Return local time minus UTC (s) in a zone, or this machine's."""
    offset = instant.astimezone(zone).utcoffset()
    return offset.total_seconds() if offset is not None else 0.0
