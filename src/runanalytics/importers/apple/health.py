"""Apple Health's `export.xml`: runs and strength workouts of a watch and of every other app.

The file may be larger than memory. It is read once, as a stream: records come first and are
kept compactly (`runanalytics.importers.apple.records`), then workouts say which of them matter.
Every number is read with the unit that stands beside it.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import BinaryIO

import numpy as np
import pandas as pd

from runanalytics import schema
from runanalytics.arrays import Floats
from runanalytics.errors import RunAnalyticsError, UnreadableFileError
from runanalytics.importers.apple import records as apple_records
from runanalytics.importers.apple.records import STEP_S, TYPES, RecordStore
from runanalytics.importers.contract import (
    Imported,
    Note,
    ReadOptions,
    StreamingImporter,
    stable_id,
)
from runanalytics.importers.runs.recorded import (
    MICROSECONDS,
    Recorded,
    Run,
    instants_us,
    run_of,
    summary_of,
    tables_of,
    when,
)
from runanalytics.importers.runs.words import plain_words, sport_of
from runanalytics.importers.text.local_time import offset_written_s, zone_named
from runanalytics.importers.text.stated_units import factor
from runanalytics.importers.text.xml_stream import (
    Attributes,
    ContentHandler,
    first_element,
    read_xml,
    refuse_depth,
)

_WORKOUT = "HKWorkoutActivityType"
#: Events that stop the timer and start it again; the watch also stops it by itself.
_STOPS = ("HKWorkoutEventTypePause", "HKWorkoutEventTypeMotionPaused")
_STARTS = ("HKWorkoutEventTypeResume", "HKWorkoutEventTypeMotionResumed")
_DISTANCE = "HKQuantityTypeIdentifierDistanceWalkingRunning"
_STEPS = "HKQuantityTypeIdentifierStepCount"

_HARDWARE = re.compile(r"hardware:(Watch\d+,\d+)")
_AMOUNT = re.compile(r"(-?[0-9.]+)\s*([^0-9\s].*)?")
#: A workout is at most this long; the timer of a longer one was left on.
_LONGEST_S = 2 * 86_400.0
#: Apple's stride is a step; where it were two, cadence times it would be twice the speed.
_TWO_STEPS = (1.7, 2.3)
_NO_OPTIONS = ReadOptions()


@dataclass
class _Workout:
    """A workout as the file has it."""

    attributes: Mapping[str, str]
    metadata: dict[str, str] = field(default_factory=dict)
    events: list[tuple[str, str]] = field(default_factory=list)
    statistics: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")

    @property
    def activity(self) -> str:
        """What was done, as Apple's code has it: "Running", "CoreTraining"."""
        return self.get("workoutActivityType").removeprefix(_WORKOUT)


class _Reader(ContentHandler):
    """Collects records and workouts, and forgets everything else."""

    def __init__(self) -> None:
        super().__init__()
        self.records = RecordStore()
        self.workouts: list[_Workout] = []
        self.others: Counter[str] = Counter()
        self._open: _Workout | None = None
        self._part = False
        self._depth = 0

    def startElement(self, name: str, attrs: Attributes) -> None:  # noqa: N802 - the parser's
        """Take in an element."""
        self._depth += 1
        refuse_depth(self._depth)
        if name == "Record":
            column = TYPES.get(attrs.get("type", ""))
            if column is not None:
                get = attrs.get
                self.records.add(
                    column,
                    get("startDate", ""),
                    get("endDate", ""),
                    get("value", ""),
                    get("unit", ""),
                    get("sourceName", ""),
                    get("device", ""),
                )
        elif name == "Workout":
            name = attrs.get("workoutActivityType", "").removeprefix(_WORKOUT)
            sport = sport_of(name)
            if sport.is_run or sport.is_strength:
                self._open = _Workout(dict(attrs.items()))
            else:
                self.others[name or "unknown"] += 1
        elif self._open is not None:
            if name == "MetadataEntry":
                self._open.metadata[attrs.get("key", "")] = attrs.get("value", "")
            elif name == "WorkoutEvent":
                self._open.events.append((attrs.get("date", ""), attrs.get("type", "")))
            elif name == "WorkoutStatistics" and not self._part:
                self._open.statistics[attrs.get("type", "")] = dict(attrs.items())
            elif name == "WorkoutActivity":
                self._part = True

    def endElement(self, name: str) -> None:  # noqa: N802 - the parser's
        """Leave an element."""
        self._depth -= 1
        if name == "Workout" and self._open is not None:
            self.workouts.append(self._open)
            self._open, self._part = None, False
        elif name == "WorkoutActivity":
            self._part = False


class AppleHealthImporter(StreamingImporter):
    """Reads what the Health app exports as `export.xml`.

    Examples
    --------
    >>> APPLE_HEALTH.recognises("export.xml", b'<?xml version="1.0"?><HealthData locale="en">')
    True
    """

    name = "apple-health"
    version = 1
    records = True
    rank = 1

    def recognises(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - content tells
        """Return whether the file's first element, or its document type, is Apple Health's."""
        return first_element(head) == "HealthData"

    def read(self, data: bytes, options: ReadOptions = _NO_OPTIONS) -> Imported:
        """Read an export's bytes into tables; see `read_stream`."""
        return self.read_stream(io.BytesIO(data), options)

    def read_stream(self, file: BinaryIO, options: ReadOptions = _NO_OPTIONS) -> Imported:
        """Read an open export into tables, holding only its records of runners' quantities.

        Parameters
        ----------
        file : binary file
            Read to its end.
        options : ReadOptions
            `timezone` counts for times without an offset; exports have one.

        Returns
        -------
        Imported
            Runs, with samples where the watch kept records during them, and strength sessions.

        Raises
        ------
        UnreadableFileError
            If it holds no workout, or a document type definition other than Apple's.
        """
        reader = _Reader()
        torn = read_xml(file, reader, namespaces=False, definition_of="HealthData")
        notes = []
        if torn is not None:
            notes.append(Note("warning", f"the file is torn ({torn}): what stands before was read"))
        if not reader.workouts and not reader.others:
            reason = "the export holds no workout"
            raise UnreadableFileError(
                reason if torn is None else f"the file is torn ({torn}), and {reason}",
                hint="export all health data once more from the Health app",
            )
        notes += reader.records.sort()
        notes += _passed_over(reader.others)
        return _tables(self.name, reader, options, notes)


APPLE_HEALTH = AppleHealthImporter()


def _tables(source: str, reader: _Reader, options: ReadOptions, notes: list[Note]) -> Imported:
    runs = []
    sessions: dict[object, dict[str, object]] = {}
    for workout in reader.workouts:
        start_us, end_us = (
            int(at) for at in instants_us([workout.get("startDate"), workout.get("endDate")])
        )
        where = f"workout of {workout.get('startDate')}"
        if start_us <= 0 or not 0 <= end_us - start_us <= _LONGEST_S * MICROSECONDS:
            notes.append(Note("warning", "left out, since its times make no sense", where))
            continue
        if sport_of(workout.activity).is_strength:
            row = _session(source, workout, start_us, end_us, options, notes)
            sessions[row["session_id"]] = row
            continue
        run = _run(source, workout, start_us, end_us, reader.records, options)
        notes += [replace(note, where=where) for note in run.notes]
        runs.append(run)
    rows, samples = tables_of(runs)
    return Imported(
        runs=rows,
        samples=samples,
        sessions=schema.from_rows(list(sessions.values()), "sessions"),
        notes=notes,
        clock="both",
    )


def _passed_over(others: Counter[str]) -> list[Note]:
    if not others:
        return []
    listed = ", ".join(f"{count} of '{kind}'" for kind, count in others.most_common())
    return [Note("info", f"workouts that are neither runs nor strength work, left out: {listed}")]


def _offset_s(workout: _Workout) -> float | None:
    """Return local time minus UTC (s): of the workout's own zone, else as its start is written.

    An export writes all its times in the zone in which the phone was on the day of the export.
    """
    named = workout.metadata.get("HKTimeZone")
    if named:
        try:
            start = pd.Timestamp(
                int(instants_us([workout.get("startDate")])[0]), unit="us", tz="UTC"
            )
            offset = start.to_pydatetime().astimezone(zone_named(named)).utcoffset()
        except RunAnalyticsError:
            offset = None
        if offset is not None:
            return offset.total_seconds()
    return offset_written_s(workout.get("startDate"))


def _session(
    source: str,
    workout: _Workout,
    start_us: int,
    end_us: int,
    options: ReadOptions,
    notes: list[Note],
) -> dict[str, object]:
    return {
        "session_id": stable_id(source, workout.get("workoutActivityType"), start_us),
        **when(start_us, _offset_s(workout), options.timezone, notes),
        "kind": "strength",
        "title": plain_words(workout.activity).capitalize(),
        "duration_s": _timer_s(workout, start_us, end_us),
    }


def _timer_s(workout: _Workout, start_us: int, end_us: int) -> float:
    stated = _amount(workout.get("duration"), workout.get("durationUnit"), "elapsed_s")
    elapsed = (end_us - start_us) / MICROSECONDS
    return stated if 0 < stated <= elapsed + 1 else elapsed


def _amount(text: str, unit: str, column: str) -> float:
    """Return a stated amount in the unit of a column; NaN where it or its unit is not there."""
    stated = factor(column, unit)
    try:
        return float(text) * stated if stated is not None else float("nan")
    except ValueError:
        return float("nan")


def _run(
    source: str,
    workout: _Workout,
    start_us: int,
    end_us: int,
    records: RecordStore,
    options: ReadOptions,
) -> Run:
    known = _known(workout)
    offset_s = _offset_s(workout)
    start_s, end_s = start_us / MICROSECONDS, end_us / MICROSECONDS
    axis = np.arange(0.0, end_s - start_s + STEP_S / 2, STEP_S)
    quantities, notes = _quantities(records, start_s, end_s, workout.get("sourceName"), axis)
    if not {"speed_m_s", "cadence_spm", "distance_m"} & quantities.keys():
        timer_s = _timer_s(workout, start_us, end_us)
        stated = {**known, **_averages(workout, timer_s), "moving_s": timer_s}
        stated["elapsed_s"] = end_s - start_s
        return summary_of(source, start_us, stated, offset_s, options)
    recorded = Recorded(
        source,
        start_us + np.round(axis * MICROSECONDS).astype(np.int64),
        quantities,
        pauses_us=_pauses(workout, end_us),
        known=known,
        offset_s=offset_s,
    )
    run = run_of(recorded, options)
    assert run is not None  # the axis has times
    return replace(run, notes=(*notes, *run.notes))


def _known(workout: _Workout) -> dict[str, object]:
    statistics = workout.statistics.get(_DISTANCE, {})
    distance_m = _amount(statistics.get("sum", ""), statistics.get("unit", ""), "distance_m")
    if not distance_m > 0:
        distance_m = _amount(
            workout.get("totalDistance"), workout.get("totalDistanceUnit"), "distance_m"
        )
    name, device = workout.get("sourceName"), workout.get("device")
    hardware = _HARDWARE.search(device)
    is_watch = hardware is not None or "watch" in name.casefold()
    model = f"Apple Watch ({hardware[1]})" if hardware else "Apple Watch"
    known: dict[str, object] = {
        "kind": "treadmill" if workout.metadata.get("HKIndoorWorkout") == "1" else "unknown",
        # A watch is named after its owner: its model says more, and less.
        "device": model if is_watch else name or None,
        "sensor": "wrist" if is_watch else None,
    }
    if distance_m > 0:
        known["distance_m"] = distance_m
    ascent = _AMOUNT.fullmatch(workout.metadata.get("HKElevationAscended", ""))
    if ascent:
        known["ascent_m"] = _amount(ascent[1], ascent[2] or "", "altitude_m")
    temperature = _temperature_c(workout.metadata.get("HKWeatherTemperature", ""))
    if temperature is not None:
        known["temperature_c"] = temperature
    return known


def _temperature_c(text: str) -> float | None:
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return None
    if found[2] == "degF":
        return (float(found[1]) - 32) / 1.8
    return float(found[1]) if found[2] == "degC" else None


def _averages(workout: _Workout, timer_s: float) -> dict[str, object]:
    """Return the workout's own averages, for a run without records."""
    row: dict[str, object] = {}
    for kind, column in TYPES.items():
        if kind in (_DISTANCE, _STEPS):
            continue
        said = workout.statistics.get(kind, {})
        row[column] = _amount(said.get("average", ""), said.get("unit", ""), column)
    steps = workout.statistics.get(_STEPS, {})
    if steps.get("unit") == "count" and timer_s > 0:
        row["cadence_spm"] = _amount(steps.get("sum", ""), "s", "elapsed_s") / timer_s * 60
    return row


def _pauses(workout: _Workout, end_us: int) -> list[tuple[int, int]]:
    """Return from when to when the timer stood still."""
    moments = instants_us([date for date, _ in workout.events]).tolist()
    found, stopped = [], None
    for moment, (_, kind) in sorted(zip(moments, workout.events, strict=True)):
        if kind in _STOPS and stopped is None:
            stopped = moment
        elif kind in _STARTS and stopped is not None:
            found.append((stopped, moment))
            stopped = None
    if stopped is not None and stopped < end_us:
        found.append((stopped, end_us))
    return [(start, end) for start, end in found if 0 < start < end]


def _quantities(
    store: RecordStore, start_s: float, end_s: float, source: str, axis: Floats
) -> tuple[dict[str, Floats], list[Note]]:
    notes = []
    found: dict[str, Floats] = {}
    for column in TYPES.values():
        records = store.within(column, start_s, end_s, source)
        if not len(records):
            continue
        values = apple_records.on_axis(column, records, start_s, axis)
        if not np.isfinite(values).any():
            notes.append(
                Note("info", f"its records of {column} each cover minutes: no samples of them")
            )
            continue
        if column == "heart_rate_bpm":
            values = np.where(values == 0, np.nan, values)
        found[column] = values
        if column == "distance_m" and "speed_m_s" not in found:
            found["speed_m_s"] = apple_records.rate_of_distance(records, start_s, axis)
    notes += _settle_stride(found)
    return found, notes


def _settle_stride(found: dict[str, Floats]) -> list[Note]:
    """Halve a stride of two steps, should cadence and speed say that it is one."""
    if not {"step_length_m", "cadence_spm", "speed_m_s"} <= found.keys():
        return []
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = found["cadence_spm"] / 60 * found["step_length_m"] / found["speed_m_s"]
    there = ratio[np.isfinite(ratio)]
    low, high = _TWO_STEPS
    if not there.size or not low <= float(np.median(there)) <= high:
        return []
    found["step_length_m"] = found["step_length_m"] / 2
    return [Note("warning", "its strides are of two steps, by cadence and speed: halved")]
