r"""Activities that services give as JSON: each document as the rows of a list, averages only.

Seen in public exports of real accounts: adidas Running (Runtastic; ``Sport-sessions``) in its old
and its present form, Polar Flow (``training-session-*.json``) in both forms, Suunto
(``DeviceLog``). From its documentation alone: intervals.icu. Samples inside of these documents
are passed over, which a note says: the same services export them as FIT or TCX.

What is not known is not guessed at: numbers of sports other than those in the tables below are no
runs, and a start of Polar's old form, which public programs read as local by some and as UTC by
others, is taken as local without its offset, so that a neighbouring recording can place it.

Examples
--------
>>> document = b'[{"id": "i1", "type": "Run", "start_date_local": "2025-03-04T18:00:11", '
>>> document += b'"distance": 5012.0, "moving_time": 1500, "icu_training_load": 40}]'
>>> INTERVALS_JSON.read(document).runs["distance_m"].tolist()
[5012.0]
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from runanalytics.errors import UnreadableFileError
from runanalytics.importers.contract import Note
from runanalytics.importers.run_lists.listed import ListColumns, RunListImporter, one_of
from runanalytics.importers.run_lists.tables import INTERVALS_COLUMNS, INTERVALS_QUANTITIES
from runanalytics.importers.text.delimited import DelimitedTable
from runanalytics.importers.text.json_document import read_json, table_of

_MS_S = 0.001
_ISO_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?")

Record = Mapping[str, object]
_SAMPLES = "samples are passed over, averages alone are read: export FIT or TCX for the samples"


def _table(records: Callable[[object], Iterable[Record]], data: bytes) -> DelimitedTable:
    """Return the rows that a document holds, each flat: names within others joined by points."""
    document, notes = read_json(data)
    rows = [dict(_flat(record)) for record in records(document)]
    if not rows:
        raise UnreadableFileError("there is no activity in this file")
    if any(row.pop("_samples", False) for row in rows):
        notes.append(Note("info", _SAMPLES))
    return replace(table_of(rows), notes=tuple(notes))


def _flat(record: Record, before: str = "") -> Iterator[tuple[str, object]]:
    for name, value in record.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        elif isinstance(value, str) and (lasted := _ISO_DURATION.fullmatch(value)):
            hours, minutes, seconds = (float(part or 0) for part in lasted.groups())
            yield f"{before}{name}", 3600 * hours + 60 * minutes + seconds
        else:
            yield f"{before}{name}", value


def _objects(document: object) -> Iterator[dict[str, object]]:
    entries = document if isinstance(document, list) else [document]
    yield from (entry for entry in entries if isinstance(entry, dict))


def _has(*names: bytes, head: bytes) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith((b"{", b"[")) and all(name in head for name in names)


# --- intervals.icu ------------------------------------------------------------------------

INTERVALS_JSON = RunListImporter(
    "intervals-icu-json",
    3,
    INTERVALS_COLUMNS,
    INTERVALS_QUANTITIES,
    counted="one leg",
    table_of=partial(_table, _objects),
    is_own=lambda head: _has(b'"start_date_local"', b'"icu_', head=head),
)

# --- adidas Running, once Runtastic -------------------------------------------------------

#: Numbers of sports that are known to be running, and of some that are not.
RUNTASTIC_SPORTS = {
    **{"1": "running", "14": "treadmill running", "19": "walking", "7": "hiking"},
    **{"3": "cycling", "4": "mountain biking", "22": "race cycling", "18": "swimming"},
    "2": "nordic walking",
}


_OFFSET_MS = "start_time_timezone_offset"


def _runtastic(document: object) -> Iterator[Record]:
    for session in _objects(document):
        features = session.get("features")
        held = {
            feature["type"]: feature.get("attributes")
            for feature in (features if isinstance(features, list) else [])
            if isinstance(feature, dict) and isinstance(feature.get("type"), str)
        }
        kept = {name: value for name, value in session.items() if name != _OFFSET_MS}
        yield {
            **kept,
            "start_time": _instant(session.get("start_time"), session),
            "features": {name: value for name, value in held.items() if isinstance(value, dict)},
        }


def _instant(milliseconds: object, session: Record) -> object:
    """Return an instant in ms since 1970 as ISO 8601, with the offset that stands beside it."""
    offset_ms = session.get(_OFFSET_MS)
    if not isinstance(milliseconds, int) or not isinstance(offset_ms, int | None):
        return None
    try:
        offset = dt.timedelta(milliseconds=offset_ms or 0)
        instant = dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC)
        zone = dt.UTC if offset_ms is None else dt.timezone(offset)
        return instant.astimezone(zone).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):
        return None


RUNTASTIC = RunListImporter(
    "runtastic",
    3,
    ListColumns(
        signature=("start_time", "sport_type_id"),
        start=("start_time",),
        sport=("sport_type_id",),
        notes=("notes",),
        identity=("id",),
    ),
    {
        "distance_m": one_of(
            (
                *("distance", "features.track_metrics.distance"),
                "features.initial_values.distance",
            )
        ),
        "moving_s": one_of(("duration",), _MS_S),
        "ascent_m": one_of(("elevation_gain", "features.track_metrics.elevation_gain")),
        "heart_rate_bpm": one_of(("pulse_avg", "features.heart_rate.average")),
        "temperature_c": one_of(("temperature", "features.weather.temperature")),
    },
    table_of=partial(_table, _runtastic),
    is_own=lambda head: _has(b'"start_time_timezone_offset"', b'"sport_type_id"', head=head),
    sports=RUNTASTIC_SPORTS,
)

# --- Polar Flow ---------------------------------------------------------------------------


def _polar(document: object) -> Iterator[Record]:
    for session in _objects(document):
        exercises = session.get("exercises")
        for number, exercise in enumerate(exercises if isinstance(exercises, list) else [], 1):
            if not isinstance(exercise, dict):
                continue
            named = exercise.get("sport")
            product, minutes = session.get("product"), session.get("timezoneOffsetMinutes")
            averages = {
                str(one.get("type")): one.get("avg")
                for one in _objects((exercise.get("statistics") or {}).get("statistics", []))
            }
            kept = {name: value for name, value in exercise.items() if name != "samples"}
            yield {
                **kept,
                "title": session.get("name"),
                "note": session.get("note"),
                "sport": named if isinstance(named, str) else session.get("name"),
                "id": f"{exercise.get('startTime')} {number}",
                "offset": _clock(minutes) if isinstance(minutes, int) else None,
                "device": product.get("modelName") if isinstance(product, dict) else None,
                "statistics": averages,
                "_samples": bool(exercise.get("samples")),
            }


def _clock(minutes: int) -> str:
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


POLAR_JSON = RunListImporter(
    "polar-json",
    3,
    ListColumns(
        signature=("starttime", "sport"),
        start=("starttime",),
        sport=("sport",),
        title=("title",),
        notes=("note",),
        identity=("id",),
        device=("device",),
        offset=("offset",),
    ),
    {
        "distance_m": one_of(("distancemeters", "distance")),
        "elapsed_s": (("durationmillis", _MS_S), ("duration", 1.0)),
        "ascent_m": one_of(("ascent",)),
        "heart_rate_bpm": one_of(("heartrate.avg", "statistics.heart_rate")),
        "cadence_spm": one_of(("cadence.avg", "statistics.cadence")),
        "power_w": one_of(("power.avg", "statistics.power")),
    },
    table_of=partial(_table, _polar),
    is_own=lambda head: _has(b'"startTime"', b'"stopTime"', b'"exercises"', head=head),
)

# --- Suunto -------------------------------------------------------------------------------

#: Numbers of activities that are known, from the pages of Movescount.
SUUNTO_SPORTS = {
    **{"3": "running", "82": "trail running", "4": "cycling", "11": "hiking", "12": "walking"},
    **{"6": "swimming", "23": "weight training"},
}


def _suunto(document: object) -> Iterator[Record]:
    for entry in _objects(document):
        log = entry.get("DeviceLog")
        if not isinstance(log, dict) or not isinstance(log.get("Header"), dict):
            continue
        samples, device = log.get("Samples"), log.get("Device")
        rates = [
            sample["HR"]
            for sample in (samples if isinstance(samples, list) else [])
            if isinstance(sample, dict) and isinstance(sample.get("HR"), int | float)
        ]
        yield {
            **log["Header"],
            "mean_hr_hz": float(np.mean(rates)) if rates else None,
            "device": device.get("Name") if isinstance(device, dict) else None,
            "_samples": bool(samples),
        }


SUUNTO_JSON = RunListImporter(
    "suunto-json",
    2,
    ListColumns(
        signature=("datetime", "activitytype"),
        start=("datetime",),
        sport=("activitytype",),
        device=("device",),
    ),
    {
        "distance_m": one_of(("distance",)),
        "elapsed_s": one_of(("duration",)),
        "n_steps": one_of(("stepcount",)),
        "ascent_m": one_of(("ascent",)),
        "heart_rate_bpm": one_of(("mean_hr_hz",), 60.0),
    },
    counted="both legs",
    table_of=partial(_table, _suunto),
    is_own=lambda head: _has(b'"DeviceLog"', head=head),
    sports=SUUNTO_SPORTS,
)
