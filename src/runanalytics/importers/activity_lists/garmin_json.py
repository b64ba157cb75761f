r"""Garmin Connect's activities as JSON: lists, single ones, and those of the account's archive.

Programs that fetch one's own activities from Garmin Connect save lists; the archive is what
Garmin sends of one's account (``*_summarizedActivities.json``). Both have the same names but
different units: metres and seconds, or centimetres and milliseconds. The units are inferred from
the runs' speeds; lists of 2019 to 2021 have seconds, but ``elapsedDuration`` in milliseconds, so
each time is held against the others. Both clocks are stated.

Examples
--------
>>> run = b'{"activityId": 7, "activityType": "running", "startTimeLocal": 1786384800000, '
>>> run += b'"startTimeGmt": 1786381200000, "distance": 500000.0, "duration": 1500000.0}'
>>> runs = GARMIN_JSON.read(b'[{"summarizedActivitiesExport": [' + run + b"]}]").runs
>>> runs[["distance_m", "moving_s", "utc_offset_s"]].to_numpy().tolist()
[[5000.0, 1500.0, 3600.0]]
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from runanalytics import schema
from runanalytics.errors import UnreadableFileError
from runanalytics.importers.accounts import OTHER_SPORTS, REPEATED, WITHOUT_DATE, Ledger
from runanalytics.importers.activity_lists.garmin_json_fields import number_of, stated, text_of
from runanalytics.importers.activity_lists.garmin_json_sets import exercises, sets_table
from runanalytics.importers.activity_lists.garmin_json_starts import Start, start_of, starts
from runanalytics.importers.activity_lists.summaries import passed_over, runs_span, runs_table
from runanalytics.importers.contract import Imported, Importer, Note, ReadOptions, stable_id
from runanalytics.importers.runs.times import elapsed_time_s, moving_time_s
from runanalytics.importers.runs.words import plain_words, sport_of
from runanalytics.importers.strength.activity_types import (
    holds_training,
    recorded_kind,
    work_of_type,
)
from runanalytics.importers.strength.sessions import longest_session_s, spans
from runanalytics.importers.text.json_document import has_names, read_json
from runanalytics.importers.text.notes import joined_notes
from runanalytics.movements import work_of_set

AVERAGES = (
    *("heart_rate_bpm", "ground_contact_ms", "contact_balance_left_pct"),
    *("vertical_ratio_pct", "power_w", "step_length", "oscillation"),
)
#: A race by name, and by the number that the archive gives it.
_RACES = ("race", 1)
#: Names under which an object holds a list of activities.
_LISTS = ("summarizedActivitiesExport", "activities", "activityList")
#: Each alone shows that a file is one of these, if all its words are among the first bytes.
_SIGNATURES = (
    ('"summarizedActivitiesExport"',),
    ('"activityId"', '"activityType"'),
    ('"activityId"', '"activityTypeDTO"'),
    ('"startTimeLocal"', '"activityType"'),
)
#: The largest archive known is some 30 MB.
LARGEST_BYTES = 2**28


@dataclass(frozen=True)
class _Units:
    """Units of a file's distances and times, in m and s."""

    name: str
    distance_m: float
    time_s: float


_LIST = _Units("metres and seconds", 1.0, 1.0)
_ARCHIVE = _Units("centimetres and milliseconds", 0.01, 0.001)
_UNITS = (
    _LIST,
    _ARCHIVE,
    _Units("metres and milliseconds", 1.0, 0.001),
    _Units("centimetres and seconds", 0.01, 1.0),
)
#: The median speed of anybody's runs lies between these, which differ less than tenfold.
_MEDIAN_SPEED_M_S = (0.75, 7.4)
#: If the median run is shorter than this, the unit is wrong.
_SHORTEST_RUN_S = 20.0
#: Stated speed and distance per time may differ by this share.
_SPEED_WITHIN = 0.05


class GarminJsonImporter(Importer):
    """Reads activities of Garmin Connect in JSON."""

    name = "garmin-json"
    version = 6
    records = True

    def recognises(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - content decides
        """Whether the first object has names that only Garmin's activities have together."""
        return has_names(head, _SIGNATURES)

    def read(self, data: bytes, options: ReadOptions = ReadOptions()) -> Imported:
        """Read runs, and gym sessions with one row of sets an exercise.

        Parameters
        ----------
        data : bytes
            The whole file.
        options : ReadOptions
            `timezone` is the zone of activities with only one of the two clocks.

        Returns
        -------
        Imported
            `runs` of detail "summary", `sessions`, `sets` and `log_spans`, with notes on
            unusual units and on other sports, which are passed over.

        Raises
        ------
        UnreadableFileError
            If the file is not JSON, is cut off, or has no activity.
        """
        document, notes = _parsed(data)
        reader = _Reader(self.name, options)
        for activity in _activities(document):
            reader.add(activity)
        tables = reader.tables()
        return replace(tables, notes=[*notes, *tables.notes])


def _parsed(data: bytes) -> tuple[object, list[Note]]:
    if len(data) > LARGEST_BYTES:
        raise UnreadableFileError(
            f"{len(data) / 2**20:.0f} MiB is more than any list of activities",
            hint="split it into smaller lists",
        )
    return read_json(data)


def _activities(document: object) -> Iterator[Mapping[str, object]]:
    """Yield the activities of a list, of lists within a list, or of a single object."""
    entries = document if isinstance(document, list) else [document]
    count = 0
    for entry in entries:
        if not isinstance(entry, dict):
            continue
        inner = next((entry[name] for name in _LISTS if isinstance(entry.get(name), list)), None)
        for activity in [entry] if inner is None else inner:
            if isinstance(activity, dict) and stated(activity, "type") is not None:
                count += 1
                yield activity
    if not count:
        raise UnreadableFileError(
            "there is no activity in this file",
            hint="expected a list of objects with 'activityType' and 'startTimeLocal'",
        )


@dataclass
class _Reader:
    source: str
    options: ReadOptions
    runs: dict[str, tuple[Start, Mapping[str, object]]] = field(default_factory=dict)
    sessions: dict[str, tuple[Start, Mapping[str, object]]] = field(default_factory=dict)
    sets: dict[str, Sequence[Mapping[str, object]]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    others: Counter[str] = field(default_factory=Counter)
    ledger: Ledger = field(default_factory=Ledger)
    n_activities: int = 0
    epoch_times: int = 0

    def add(self, activity: Mapping[str, object]) -> None:
        """Keep an activity as a run or as a session, or count it as passed over."""
        activity_type = str(stated(activity, "type"))
        sport = sport_of(activity_type)
        place = self.n_activities
        self.n_activities += 1
        self.ledger.keep(place)
        typed = None if sport.is_run or sport.is_strength else work_of_type(activity_type)
        listed = [] if sport.is_run else exercises(activity, typed)
        if not (sport.is_run or sport.is_strength or typed or holds_training(listed)):
            self.others[plain_words(activity_type)] += 1
            self.ledger.leave_out(place, OTHER_SPORTS)
            return
        start = start_of(activity)
        if start is None:
            self.ledger.leave_out(place, WITHOUT_DATE)
            return
        table, what = (self.runs, "run") if sport.is_run else (self.sessions, "session")
        identity = stable_id("garmin", what, stated(activity, "id") or start.written)
        if identity in table:
            self.ledger.leave_out(place, REPEATED)
            return
        table[identity] = start, activity
        if not sport.is_run:
            self.sets[identity] = listed
            self.kinds[identity] = recorded_kind(listed, typed, is_strength=sport.is_strength)
        self.epoch_times += start.epoch

    def tables(self) -> Imported:
        """Return the activities as tables."""
        notes: list[Note] = []
        units = self._units(notes)
        all_starts = [start for start, _ in (*self.runs.values(), *self.sessions.values())]
        when, clock, zone_notes = starts(all_starts, self.options.timezone)
        when_run = when.iloc[: len(self.runs)]
        when_session = when.iloc[len(self.runs) :].reset_index(drop=True)
        rows = [self._run(key, run, units) for key, (_, run) in self.runs.items()]
        runs, run_notes = runs_table(rows, when_run)
        sessions = self._sessions(units, when_session, notes)
        sets, set_notes = sets_table(self.sets)
        log_spans = [runs_span(self.source, runs), spans(self.source, sessions, sets)]
        return Imported(
            runs=runs,
            sessions=sessions,
            sets=sets,
            log_spans=pd.concat(log_spans, ignore_index=True),
            notes=[*notes, *set_notes, *run_notes, *passed_over(self.others), *zone_notes],
            clock=clock,
            rows=self.ledger.account(),
        )

    def _units(self, notes: list[Note]) -> _Units:
        """Return the units of distances and times in which the runs' speeds are a runner's."""
        archive = 2 * self.epoch_times > len(self.runs) + len(self.sessions)
        expected = _ARCHIVE if archive else _LIST
        pairs = [
            (number_of(stated(run, "distance")), number_of(stated(run, "time")))
            for _, run in self.runs.values()
        ]
        known = [(distance / time, time) for distance, time in pairs if distance > 0 and time > 0]
        if not known:
            return expected
        speed, time = np.median(known, axis=0)
        low, high = _MEDIAN_SPEED_M_S
        # The usual units first: a list of walks may be as slow as another's runs are fast.
        for units in sorted(_UNITS, key=lambda units: units is not expected):
            is_running = low <= speed * units.distance_m / units.time_s <= high
            if is_running and time * units.time_s >= _SHORTEST_RUN_S:
                break
        else:
            message = "distance per time is no runner's speed in any unit: distances left out"
            notes.append(Note("warning", message))
            return replace(expected, distance_m=math.nan)
        if units is not expected:
            notes.append(Note("warning", f"distances and times are in {units.name}, by the speeds"))
        self._check_speeds(pairs, notes)
        return units

    def _check_speeds(self, pairs: Sequence[tuple[float, float]], notes: list[Note]) -> None:
        """Note how many stated speeds are not distance per time; they serve for nothing else."""
        speeds = np.array([number_of(stated(run, "speed")) for _, run in self.runs.values()])
        distance, time = np.array(pairs).T
        ratio = distance / time / speeds
        known = ratio[np.isfinite(ratio)]
        if not known.size:
            return
        # Both are in the file's own units, and so is the factor between them, if there is one.
        decade = 10.0 ** np.round(np.log10(np.median(known)))
        off = int((np.abs(known / decade - 1) > _SPEED_WITHIN).sum())
        if off:
            message = "runs whose stated speed is not distance per time, which was taken"
            notes.append(Note("info", f"{message}: {off}"))

    def _run(self, run_id: str, run: Mapping[str, object], units: _Units) -> dict[str, object]:
        sport = sport_of(str(stated(run, "type")))
        cadence = number_of(stated(run, "cadence_spm"))
        if math.isnan(cadence):
            cadence = 2 * number_of(stated(run, "one_foot_cadence"))
        device = str(stated(run, "device") or "")
        time_s = number_of(stated(run, "time")) * units.time_s
        moving, elapsed = (number_of(stated(run, name)) for name in ("moving", "elapsed"))
        return {
            "run_id": run_id,
            "title": text_of(stated(run, "title")),
            "notes": joined_notes(stated(run, "notes")),
            "course": sport.course,
            "kind": "race" if stated(run, "event") in _RACES else sport.kind,
            "distance_m": number_of(stated(run, "distance")) * units.distance_m,
            "ascent_m": number_of(stated(run, "ascent")) * units.distance_m,
            "moving_s": time_s,
            "other_time_s": moving_time_s(moving, units.time_s, time_s),
            "elapsed_s": elapsed_time_s(elapsed, units.time_s, time_s),
            "cadence_spm": cadence,
            "device": f"Garmin device {device}" if device.strip("0") else None,
            **{name: number_of(stated(run, name)) for name in AVERAGES},
        }

    def _sessions(self, units: _Units, when: pd.DataFrame, notes: list[Note]) -> pd.DataFrame:
        if not self.sessions:
            return schema.empty("sessions")
        rows = [
            {
                "session_id": key,
                "kind": self.kinds[key],
                "title": text_of(stated(session, "title")),
                "duration_s": number_of(stated(session, "time")) * units.time_s,
            }
            for key, (_, session) in self.sessions.items()
        ]
        frame = schema.check(pd.concat([pd.DataFrame(rows), when], axis="columns"), "sessions")
        longest_s = pd.Series([self._longest_s(key) for key in self.sessions], dtype="float64")
        late = frame["duration_s"] > longest_s
        for longest in sorted({*longest_s[late]}):
            n_late = int((late & (longest_s == longest)).sum())
            message = f"durations over {longest / 3600:g} h taken as a timer left on: {n_late}"
            notes.append(Note("info", message))
        return frame.assign(duration_s=frame["duration_s"].mask(late))

    def _longest_s(self, key: str) -> float:
        work = (work_of_set(row.get("movement"), row.get("category")) for row in self.sets[key])
        return longest_session_s(self.kinds[key], work)


GARMIN_JSON = GarminJsonImporter()
