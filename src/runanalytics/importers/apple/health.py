"""Apple Health's `export.xml`: runs, strength and other workouts of a watch and of all other apps.

The file may be larger than memory. It is read once, as a stream: records come first and are
stored compactly (`runanalytics.importers.apple.records`), then come the workouts that need
them. Every number is read with the unit that the file states for it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import BinaryIO
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

import numpy as np
import pandas as pd

from runanalytics import schema
from runanalytics.arrays import Floats
from runanalytics.errors import RunAnalyticsError, UnreadableFileError
from runanalytics.importers.apple.records import (
    STEP_S,
    SUMS,
    TYPES,
    RecordStore,
    is_told_by_minutes,
    on_axis,
    rate_of_distance,
    sum_within,
)
from runanalytics.importers.contract import (
    Imported,
    Note,
    ReadOptions,
    StreamingImporter,
    stable_id,
)
from runanalytics.importers.runs.recorded import (
    MICROSECONDS,
    RecordedRun,
    Run,
    instants_us,
    run_of,
    start_columns,
    summary_of,
    tables_of,
)
from runanalytics.importers.runs.witnesses import Stated
from runanalytics.importers.runs.words import plain_words, sport_of
from runanalytics.importers.strength.activity_types import (
    recorded_kind,
    typed_sets,
    work_of_type,
)
from runanalytics.importers.text.local_time import offset_in_zone_s, offset_written_s
from runanalytics.importers.text.plain_numbers import (
    plain_number,
    stands_for_nothing,
    unread_note,
)
from runanalytics.importers.text.stated_units import factor
from runanalytics.importers.text.xml_stream import first_element, read_xml, refuse_depth

_WORKOUT = "HKWorkoutActivityType"
#: Events that stop the timer and start it again; the watch also does both by itself.
_STOPS = ("HKWorkoutEventTypePause", "HKWorkoutEventTypeMotionPaused")
_STARTS = ("HKWorkoutEventTypeResume", "HKWorkoutEventTypeMotionResumed")
#: Attributes of a record in the order of the parameters of `RecordStore.add`.
_OF_RECORDS = ("startDate", "endDate", "value", "unit", "sourceName", "device")
_DISTANCE = "HKQuantityTypeIdentifierDistanceWalkingRunning"
_STEPS = "HKQuantityTypeIdentifierStepCount"

_HARDWARE = re.compile(r"hardware:(Watch\d+,\d+)")
_AMOUNT = re.compile(r"(-?[0-9.]+)\s*([^0-9\s].*)?")
_AMOUNTS_OF_WORKOUTS = ("duration", "totalDistance")
_AMOUNTS_OF_STATISTICS = ("sum", "average")
#: A workout is at most this long; the timer of a longer one was left on.
_LONGEST_S = 2 * 86_400.0


@dataclass
class _Workout:
    """A workout as the file has it."""

    attributes: Mapping[str, str]
    metadata: dict[str, str] = field(default_factory=dict)
    events: list[tuple[str, str]] = field(default_factory=list)
    statistics: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")

    @cached_property
    def times_us(self) -> tuple[int, int]:
        """Start and end, microseconds since 1970 UTC."""
        start, end = instants_us([self.get("startDate"), self.get("endDate")])
        return int(start), int(end)

    @property
    def elapsed_s(self) -> float:
        """Time from start to end."""
        return (self.times_us[1] - self.times_us[0]) / MICROSECONDS

    @property
    def timer_s(self) -> float:
        """Duration as it is stated, unless it is longer than the elapsed time."""
        stated = _amount(self.get("duration"), self.get("durationUnit"), "elapsed_s")
        return stated if 0 < stated <= self.elapsed_s + 1 else self.elapsed_s

    @property
    def n_unread(self) -> int:
        """How many of its durations, distances and averages are no numbers."""
        texts = [self.get(name) for name in _AMOUNTS_OF_WORKOUTS]
        for stated in self.statistics.values():
            texts += [stated.get(name, "") for name in _AMOUNTS_OF_STATISTICS]
        return sum(
            not stands_for_nothing(text) and math.isnan(plain_number(text)) for text in texts
        )

    def statistic(self, kind: str, name: str, column: str) -> float:
        """Return the sum or average of a type of record, in the unit of a column."""
        stated = self.statistics.get(kind, {})
        return _amount(stated.get(name, ""), stated.get("unit", ""), column)

    @cached_property
    def offset_s(self) -> float | None:
        """Local time minus UTC (s): of the workout's own zone, else as its start is written.

        All times of an export are written in the zone of the phone on the day of the export.
        """
        try:
            if zone := self.metadata.get("HKTimeZone"):
                return offset_in_zone_s(pd.Timestamp(self.times_us[0], unit="us", tz="UTC"), zone)
        except RunAnalyticsError:
            pass
        return offset_written_s(self.get("startDate"))

    @property
    def activity(self) -> str:
        """Apple's name of the sport: "Running", "CoreTraining"."""
        return self.get("workoutActivityType").removeprefix(_WORKOUT)


class _ExportReader(ContentHandler):
    """Collects records and workouts."""

    def __init__(self) -> None:
        super().__init__()
        self.records = RecordStore()
        self.workouts: list[_Workout] = []
        self.others: Counter[str] = Counter()
        self._open: _Workout | None = None
        self._part = False
        self._depth = 0

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - the parser's
        """Enter an element."""
        self._depth += 1
        refuse_depth(self._depth)
        if name == "Record":
            column = TYPES.get(attrs.get("type", ""))
            if column is not None:
                self.records.add(column, *[attrs.get(name, "") for name in _OF_RECORDS])
        elif name == "Workout":
            name = attrs.get("workoutActivityType", "").removeprefix(_WORKOUT)
            sport = sport_of(name)
            if sport.is_run or sport.is_strength or work_of_type(name):
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
    """Reads the `export.xml` of the Health app.

    Examples
    --------
    >>> APPLE_HEALTH.recognises("export.xml", b'<?xml version="1.0"?><HealthData locale="en">')
    True
    """

    name = "apple-health"
    version = 6
    records = True
    rank = 1

    def recognises(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - content tells
        """Return whether the file's first element, or its document type, is Apple Health's."""
        return first_element(head) == "HealthData"

    def read_stream(self, file: BinaryIO, options: ReadOptions = ReadOptions()) -> Imported:
        """Read an open export into tables; only records of runners' quantities are kept.

        Parameters
        ----------
        file : binary file
            Read to its end.
        options : ReadOptions
            `timezone` of times without an offset; exports have one.

        Returns
        -------
        Imported
            Runs, with samples where the watch kept records during them, and sessions of strength,
            yoga and the like.

        Raises
        ------
        UnreadableFileError
            If it holds no workout, or a document type definition other than Apple's.
        """
        reader = _ExportReader()
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
        unread = sum(workout.n_unread for workout in reader.workouts)
        notes += unread_note(unread, "workouts")
        notes += _passed_over(reader.others)
        return _tables(self.name, reader, options, notes)


APPLE_HEALTH = AppleHealthImporter()


def _tables(
    source: str, reader: _ExportReader, options: ReadOptions, notes: list[Note]
) -> Imported:
    runs = []
    sessions: dict[object, dict[str, object]] = {}
    sets: dict[object, list[dict[str, object]]] = {}
    for workout in reader.workouts:
        where = f"workout of {workout.get('startDate')}"
        if workout.times_us[0] <= 0 or not 0 <= workout.elapsed_s <= _LONGEST_S:
            notes.append(Note("warning", "left out, since its times make no sense", where))
            continue
        if not sport_of(workout.activity).is_run:
            row, rows_of_sets = _session(source, workout, options, notes)
            sessions[row["session_id"]] = row
            sets[row["session_id"]] = rows_of_sets
            continue
        run = _run(source, workout, reader.records, options)
        notes += [replace(note, where=where) for note in run.notes]
        runs.append(run)
    rows, samples = tables_of(runs)
    return Imported(
        runs=rows,
        samples=samples,
        sessions=schema.from_rows(list(sessions.values()), "sessions"),
        sets=schema.from_rows([row for rows in sets.values() for row in rows], "sets"),
        notes=notes,
        clock="both",
    )


def _passed_over(others: Counter[str]) -> list[Note]:
    if not others:
        return []
    listed = ", ".join(f"{count} of '{kind}'" for kind, count in others.most_common())
    return [Note("info", f"workouts that are neither runs nor strength work, left out: {listed}")]


def _session(
    source: str, workout: _Workout, options: ReadOptions, notes: list[Note]
) -> tuple[dict[str, object], list[dict[str, object]]]:
    """Return a workout as a row of table "sessions" and its rows of table "sets"."""
    start_us, _ = workout.times_us
    identity = stable_id(source, workout.get("workoutActivityType"), start_us)
    is_strength = sport_of(workout.activity).is_strength
    typed = None if is_strength else work_of_type(workout.activity)
    sets = typed_sets([], typed)
    row = {
        "session_id": identity,
        **start_columns(start_us, workout.offset_s, options.timezone, notes),
        "kind": recorded_kind(sets, typed, is_strength=is_strength),
        "title": plain_words(workout.activity).capitalize(),
        "duration_s": workout.timer_s,
    }
    return row, [{"session_id": identity, "position": 1, **one} for one in sets]


def _amount(text: str, unit: str, column: str) -> float:
    """Return a stated amount in the unit of a column; NaN if it or its unit is not known."""
    stated = factor(column, unit)
    return math.nan if stated is None else plain_number(text) * stated


def _run(source: str, workout: _Workout, records: RecordStore, options: ReadOptions) -> Run:
    start_us, end_us = workout.times_us
    known = _known(workout)
    start_s, end_s = start_us / MICROSECONDS, end_us / MICROSECONDS
    stated = _stated(workout, records, start_s, end_s)
    axis = np.arange(0.0, end_s - start_s + STEP_S / 2, STEP_S)
    quantities, notes = _quantities(records, start_s, end_s, workout.get("sourceName"), axis)
    if not {"speed_m_s", "cadence_spm", "distance_m"} & quantities.keys():
        known |= {**stated.averages, "moving_s": workout.timer_s, "elapsed_s": end_s - start_s}
        if stated.distance_m > 0:
            known["distance_m"] = stated.distance_m
        summary = summary_of(source, start_us, known, workout.offset_s, options)
        return replace(summary, notes=(*notes, *summary.notes))
    recorded = RecordedRun(
        source,
        start_us + np.round(axis * MICROSECONDS).astype(np.int64),
        quantities,
        pauses_us=_pauses(workout, end_us),
        known=known,
        stated=stated,
        offset_s=workout.offset_s,
    )
    run = run_of(recorded, options)
    assert run is not None  # the axis has times
    return replace(run, notes=(*notes, *run.notes))


def _known(workout: _Workout) -> dict[str, object]:
    name, device = workout.get("sourceName"), workout.get("device")
    hardware = _HARDWARE.search(device)
    is_watch = hardware is not None or "watch" in name.casefold()
    model = f"Apple Watch ({hardware[1]})" if hardware else "Apple Watch"
    indoors = workout.metadata.get("HKIndoorWorkout") == "1"
    known: dict[str, object] = {
        "course": "treadmill" if indoors else None,
        "kind": "treadmill" if indoors else "unknown",
        # A watch has its owner's name; its model is more useful, and not private.
        "device": model if is_watch else name or None,
        "sensor": "wrist" if is_watch else None,
    }
    ascent = _AMOUNT.fullmatch(workout.metadata.get("HKElevationAscended", ""))
    if ascent:
        known["ascent_m"] = _amount(ascent[1], ascent[2] or "", "altitude_m")
    temperature = _temperature_c(workout.metadata.get("HKWeatherTemperature", ""))
    if temperature is not None:
        known["temperature_c"] = temperature
    return known


def _temperature_c(text: str) -> float | None:
    amount = _AMOUNT.fullmatch(text)
    if amount is None:
        return None
    if amount[2] == "degF":
        return (plain_number(amount[1]) - 32) / 1.8
    return plain_number(amount[1]) if amount[2] == "degC" else None


def _stated(workout: _Workout, store: RecordStore, start_s: float, end_s: float) -> Stated:
    """Return the workout's own sums and averages, or the sums of its records."""

    def counted(column: str) -> float:
        records = store.within(column, start_s, end_s, workout.get("sourceName"))
        return sum_within(records, start_s, end_s)

    distance_m = workout.statistic(_DISTANCE, "sum", "distance_m")
    if not distance_m > 0:
        distance_m = _amount(
            workout.get("totalDistance"), workout.get("totalDistanceUnit"), "distance_m"
        )
    if not distance_m > 0:
        distance_m = counted("distance_m")
    averages = {
        column: workout.statistic(kind, "average", column)
        for kind, column in TYPES.items()
        if kind not in (_DISTANCE, _STEPS)
    }
    steps = workout.statistics.get(_STEPS, {})
    is_count = steps.get("unit") == "count"
    n_steps = _amount(steps.get("sum", ""), "s", "elapsed_s") if is_count else math.nan
    if not n_steps > 0:
        n_steps = counted("cadence_spm")
    if n_steps > 0 and workout.timer_s > 0:
        averages["cadence_spm"] = n_steps / workout.timer_s * 60
    return Stated(distance_m, averages, by="workout")


def _pauses(workout: _Workout, end_us: int) -> list[tuple[int, int]]:
    """Return start and end of each pause of the timer."""
    moments = instants_us([date for date, _ in workout.events]).tolist()
    pauses, stopped = [], None
    for moment, (_, kind) in sorted(zip(moments, workout.events, strict=True)):
        if kind in _STOPS and stopped is None:
            stopped = moment
        elif kind in _STARTS and stopped is not None:
            pauses.append((stopped, moment))
            stopped = None
    if stopped is not None and stopped < end_us:
        pauses.append((stopped, end_us))
    return [(start, end) for start, end in pauses if 0 < start < end]


def _quantities(
    store: RecordStore, start_s: float, end_s: float, source: str, axis: Floats
) -> tuple[dict[str, Floats], list[Note]]:
    notes = []
    quantities: dict[str, Floats] = {}
    for column in TYPES.values():
        records = store.within(column, start_s, end_s, source)
        if not len(records):
            continue
        values = on_axis(column, records, start_s, axis)
        is_sum = column in SUMS.values()
        if not np.isfinite(values).any() or (is_sum and is_told_by_minutes(records)):
            message = f"its records of {column} each cover minutes: no samples of them"
            notes.append(Note("info", message))
            continue
        if column == "heart_rate_bpm":
            values = np.where(values == 0, np.nan, values)
        quantities[column] = values
        if column == "distance_m" and "speed_m_s" not in quantities:
            quantities["speed_m_s"] = rate_of_distance(records, start_s, axis)
    return quantities, notes
