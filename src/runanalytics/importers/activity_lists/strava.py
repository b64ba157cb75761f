r"""Strava's archive: `activities.csv`, one row an activity.

The recordings lie beside it in the archive and are read by their own importers; this list adds
titles and shoes, gym sessions, and runs that were entered by hand.

Names of columns occur twice (a rounded distance in km, then an exact one in m), some are not
translated, and all are in the account's language. So columns are found by name where they are
in English, and by their places around the two pairs of time and distance where they are not.
Dates are in UTC. Cadence counts one foot's steps.

Examples
--------
>>> names = "Activity ID,Activity Date,Activity Name,Activity Type,Elapsed Time,Distance"
>>> row = '1,"Jun 1, 2025, 5:02:03 AM",Morning,Run,1800,5.02'
>>> STRAVA_CSV.read(f"{names}\n{row}".encode(), ReadOptions(timezone="UTC")).runs["distance_m"][0]
np.float64(5020.0)
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from runanalytics.errors import UnitError, UnreadableFileError
from runanalytics.importers.activity_lists.summaries import passed_over, runs_span, runs_table
from runanalytics.importers.contract import (
    Imported,
    Importer,
    Note,
    ReadOptions,
    require_columns,
    stable_id,
)
from runanalytics.importers.runs.cadence import ENOUGH_AVERAGES, steps_per_count
from runanalytics.importers.runs.words import sport_of
from runanalytics.importers.strength.sessions import LoggedSession, strength_tables
from runanalytics.importers.text.delimited import (
    Problems,
    Row,
    column_key,
    header_of,
    read_cell,
    read_table,
)
from runanalytics.importers.text.local_time import clock_of, instants, parse_moments
from runanalytics.units import KILOMETRE_M
from runanalytics.units.numerals import parse_number

#: Ours -> the English name as a column key, and its place counted from the second elapsed time.
#: Of a name that stands there twice, the second is exact.
COLUMNS: Mapping[str, tuple[str, int]] = {
    "gear": ("activity_gear", -4),
    "elapsed_s": ("elapsed_time", 0),
    "moving_s": ("moving_time", 1),
    "distance_m": ("distance", 2),
    "ascent_m": ("elevation_gain", 5),
    "cadence_one_foot": ("average_cadence", 14),
    "heart_rate_bpm": ("average_heart_rate", 16),
    "power_w": ("average_watts", 18),
    "temperature_c": ("average_temperature", 21),
}
#: Ours -> English names and the place, the same in every language.
LEADING: Mapping[str, tuple[tuple[str, ...], int]] = {
    "id": (("activity_id", "id"), 0),
    "date": (("activity_date", "date"), 1),
    "title": (("activity_name", "name"), 2),
    "type": (("activity_type", "type"), 3),
}
#: Columns that cannot be done without.
ENGLISH: Mapping[str, str] = {
    "date": "Activity Date",
    "type": "Activity Type",
    "elapsed_s": "Elapsed Time",
}

#: The first pair of time and distance is followed by the highest heart rate, which the second
#: has so many columns later.
_SECOND_MAX_HEART_RATE = 15

_TAG = re.compile(r"<[^>]*>")
_AS_IS = ReadOptions()


class StravaImporter(Importer):
    """Reads the list of activities of a Strava archive."""

    name = "strava"
    version = 1
    records = True

    def recognises(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - content tells
        """Whether the first line names the columns of such a list, in whichever language."""
        keys = _keys(header_of(head))
        return keys[:2] == ("activity_id", "activity_date") or _second_elapsed(keys) is not None

    def read(self, data: bytes, options: ReadOptions = _AS_IS) -> Imported:
        """Read runs and gym sessions; other activities are passed over.

        Parameters
        ----------
        data : bytes
            The whole file.
        options : ReadOptions
            `timezone` tells on which of the runner's days an instant was.

        Returns
        -------
        Imported
            Runs known by their averages, and strength sessions without sets.

        Raises
        ------
        MissingColumnError
            If there is no column of dates, types, times or distances.
        UnreadableFileError
            If no row can be read.
        """
        table = read_table(data, by_place=True)
        places = _places(_keys(tuple(map(column_key, table.names))))
        found = [english for ours, english in ENGLISH.items() if ours in places]
        require_columns([*found, *table.names], ENGLISH.values())
        reader = _Reader(places, options)
        return replace(reader.tables(table.rows), notes=[*table.notes, *reader.notes])


STRAVA_CSV = StravaImporter()


def _keys(columns: Sequence[str]) -> tuple[str, ...]:
    """Return column keys without the tags of a name that was never translated."""
    return tuple(_TAG.sub("", column).strip(" _") for column in columns)


def _second_elapsed(keys: Sequence[str]) -> int | None:
    """Return the place of the second elapsed time: names before it recur around it."""
    for second in range(6, len(keys) - _SECOND_MAX_HEART_RATE):
        if keys[second] in keys[4:second] and keys[second]:
            first = keys.index(keys[second], 4)
            if (keys[first + 1], keys[first + 2]) == (
                keys[second + 2],
                keys[second + _SECOND_MAX_HEART_RATE],
            ):
                return second
    return None


def _places(keys: Sequence[str]) -> dict[str, str]:
    """Return our name -> the column that holds it, as `read_table` counts them."""
    second = _second_elapsed(keys)
    places = {}
    for ours, (names, place) in LEADING.items():
        named = [keys.index(name) for name in names if name in keys]
        if second is not None:
            places[ours] = place
        elif named:
            places[ours] = named[0]
    for ours, (name, offset) in COLUMNS.items():
        # Some names stand there a third time, far behind, for something else.
        named = [place for place, key in enumerate(keys) if key == name][:2]
        if named:
            places[ours] = named[-1]
        elif second is not None:
            places[ours] = second + offset
    # The first distance is in km, to two places; only the second is in m.
    if "distance_m" in places and keys.index(keys[places["distance_m"]]) == places["distance_m"]:
        places["distance_km"] = places.pop("distance_m")
    return {ours: str(place) for ours, place in places.items()}


@dataclass
class _Reader:
    places: Mapping[str, str]
    options: ReadOptions
    problems: Problems = field(default_factory=Problems)
    notes: list[Note] = field(default_factory=list)

    def tables(self, rows: Sequence[Row]) -> Imported:
        """Return runs and gym sessions, and note what was passed over."""
        runs: list[tuple[dt.datetime, dict[str, object]]] = []
        sessions: list[LoggedSession] = []
        others: Counter[str] = Counter()
        moments = parse_moments([self.text(row, "date") for row in rows])
        for row, moment in zip(rows, moments, strict=True):
            kind = self.text(row, "type")
            if not isinstance(moment, dt.datetime):
                self.problems.add("rows were left out", row, "no date and time")
                continue
            start = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
            sport = sport_of(kind, title=self.text(row, "title"))
            if sport.is_run:
                runs.append((start, self.run(row, sport.kind)))
            elif sport.is_strength:
                sessions.append(self.session(row, start))
            else:
                others[kind] += 1
        if not runs and not sessions and not others:
            reason = "; ".join(note.message for note in self.problems.notes())
            raise UnreadableFileError(reason or "no row can be read")
        logged = Imported()
        if sessions:
            logged = strength_tables("strava", sessions, self.options.timezone)
        begun = [start for start, _ in runs]
        when, assumed = instants(begun, self.options.timezone)
        listed, counted = _cadence_of_both_legs([run for _, run in runs])
        table, disagreeing = runs_table(listed, when)
        self.notes += [*self.problems.notes(), *assumed, *counted, *disagreeing]
        self.notes += [note for note in logged.notes if note not in assumed]
        self.notes += passed_over(others)
        spans = [runs_span("strava", table), logged.log_spans]
        spans = [span for span in spans if len(span)] or spans[:1]
        return replace(
            logged,
            runs=table,
            log_spans=pd.concat(spans, ignore_index=True),
            clock=clock_of([*begun, *(session.start for session in sessions)]),
        )

    def text(self, row: Row, ours: str) -> str:
        """Return a cell as text, empty where there is none."""
        return row[self.places[ours]] if ours in self.places else ""

    def number(self, row: Row, ours: str) -> float | None:
        """Return a cell as a number; below zero is allowed, for temperatures."""
        if ours not in self.places:
            return None
        return read_cell(row, self.places[ours], _number, self.problems)

    def session(self, row: Row, start: dt.datetime) -> LoggedSession:
        """Return a gym session; what was done in it stands nowhere."""
        lasted = self.number(row, "moving_s") or self.number(row, "elapsed_s")
        return LoggedSession(start, self.text(row, "title") or None, "strength", lasted)

    def run(self, row: Row, kind: str) -> dict[str, object]:
        """Return a row of table "runs", but for when it was."""
        distance_m = self.number(row, "distance_m")
        if distance_m is None and (km := self.number(row, "distance_km")) is not None:
            distance_m = KILOMETRE_M * km
        elapsed_s = self.number(row, "elapsed_s") or None
        gear = self.text(row, "gear")
        return {
            "run_id": stable_id("strava", self.text(row, "id") or self.text(row, "date")),
            "title": self.text(row, "title") or None,
            "kind": kind,
            "shoe": gear or None,
            "distance_m": distance_m or None,
            "elapsed_s": elapsed_s,
            "moving_s": self.number(row, "moving_s") or elapsed_s,
            "temperature_c": self.number(row, "temperature_c"),
            "ascent_m": self.number(row, "ascent_m"),
            "heart_rate_bpm": self.number(row, "heart_rate_bpm") or None,
            "cadence_spm": self.number(row, "cadence_one_foot") or None,
            "power_w": self.number(row, "power_w") or None,
        }


def _cadence_of_both_legs(
    runs: Sequence[Mapping[str, object]],
) -> tuple[list[Mapping[str, object]], list[Note]]:
    """Return the runs with cadence doubled, unless it counts both legs already."""
    frame = pd.DataFrame(runs, columns=["cadence_spm", "distance_m", "moving_s"], dtype="float64")
    cadence = frame["cadence_spm"].to_numpy()
    speed_m_s = (frame["distance_m"] / frame["moving_s"]).to_numpy()
    notes: list[Note] = []
    steps = steps_per_count(cadence, speed_m_s, notes, "one leg", enough=ENOUGH_AVERAGES)
    both = zip(runs, (steps * cadence).tolist(), strict=True)
    return [{**run, "cadence_spm": spm} for run, spm in both], notes


def _number(text: str) -> float:
    # The exact columns are written by a program; the rounded ones in the account's own way.
    try:
        value = float(text)
    except ValueError:
        negative = text.startswith(("-", "−"))
        value = parse_number(text.lstrip("-−"))
        return -value if negative else value
    if not math.isfinite(value):
        raise UnitError(f"{text} is no number")
    return value
