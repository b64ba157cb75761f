r"""The list of activities in Strava's archive: `activities.csv`, one row an activity.

The recordings are other files of the archive, which their own importers read; this list adds
titles and shoes, gym sessions, and runs that were entered by hand.

Names of columns occur twice (a rounded distance in km, then an exact one in m), some are not
translated, and the others are in the account's language. So columns are found by their English
names, and in other languages by their places around the two pairs of time and distance.
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

from runanalytics.errors import UnreadableFileError
from runanalytics.importers.accounts import (
    OTHER_SPORTS,
    REPEATED,
    TOO_MANY_CELLS,
    WITHOUT_DATE,
    Ledger,
)
from runanalytics.importers.activity_lists.summaries import list_tables, listed_session
from runanalytics.importers.contract import (
    Imported,
    Importer,
    Note,
    ReadOptions,
    require_columns,
    stable_id,
)
from runanalytics.importers.runs.cadence import ENOUGH_AVERAGES, steps_per_count
from runanalytics.importers.runs.words import Sport, sport_of
from runanalytics.importers.strength.activity_types import TypedWork, work_of_type
from runanalytics.importers.strength.sessions import LoggedSession
from runanalytics.importers.text.delimited import (
    Problems,
    Row,
    column_key,
    header_of,
    read_cell,
    read_table,
)
from runanalytics.importers.text.local_time import parse_moments
from runanalytics.importers.text.notes import joined_notes
from runanalytics.importers.text.plain_numbers import plain_number
from runanalytics.units import KILOMETRE_M
from runanalytics.units.numerals import parse_number

#: Our name -> the English name as a column key, and its place counted from the second elapsed
#: time. Where a name occurs twice, the second column is exact.
COLUMNS: Mapping[str, tuple[tuple[str, ...], int]] = {
    "gear": (("activity_gear", "gear"), -4),
    "elapsed_s": (("elapsed_time",), 0),
    "moving_s": (("moving_time",), 1),
    "distance_m": (("distance",), 2),
    "ascent_m": (("elevation_gain",), 5),
    "cadence_one_foot": (("average_cadence",), 14),
    "heart_rate_bpm": (("average_heart_rate",), 16),
    "power_w": (("average_watts",), 18),
    "temperature_c": (("average_temperature",), 21),
}
#: Our name -> English names, and the place, which is the same in every language.
LEADING: Mapping[str, tuple[tuple[str, ...], int]] = {
    "id": (("activity_id", "id"), 0),
    "date": (("activity_date", "date"), 1),
    "title": (("activity_name", "name"), 2),
    "type": (("activity_type", "type"), 3),
    "description": (("activity_description", "description"), 4),
}
#: Our name -> English names of a column whose place differs.
NAMED: Mapping[str, tuple[str, ...]] = {"private_note": ("activity_private_note",)}
#: The first columns of a list of before June 2019, and others that tell it from other lists.
_BEFORE_2019 = ("id", "date", "name", "type")
_ALSO_BEFORE_2019 = frozenset(("elapsed_time", "distance", "filename"))
#: Columns without which nothing can be read.
ENGLISH: Mapping[str, str] = {
    "date": "Activity Date",
    "type": "Activity Type",
    "elapsed_s": "Elapsed Time",
}

#: The highest heart rate follows the first pair of time and distance, and stands again so many
#: columns after the second elapsed time.
_SECOND_MAX_HEART_RATE = 15

_TAG = re.compile(r"<[^>]*>")


class StravaImporter(Importer):
    """Reads the list of activities of a Strava archive."""

    name = "strava"
    version = 6
    records = True

    def recognises(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - content decides
        """Whether the first line names the columns of such a list, in any language."""
        keys = _keys(header_of(head))
        return (
            keys[:2] == ("activity_id", "activity_date")
            or _is_of_before_2019(keys)
            or _second_elapsed(keys) is not None
        )

    def read(self, data: bytes, options: ReadOptions = ReadOptions()) -> Imported:
        """Read runs and sessions of the gym and of other sports; what is neither is passed over.

        Parameters
        ----------
        data : bytes
            The whole file.
        options : ReadOptions
            `timezone` gives the runner's own day for each instant.

        Returns
        -------
        Imported
            Runs of detail "summary", and strength sessions without sets.

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
        tables, ledger = _Reader(places, options).tables(self.name, table.rows)
        for line in table.overfull_lines:
            ledger.leave_out(line, TOO_MANY_CELLS)
        read = set(places.values())
        named = dict.fromkeys(name for n, name in enumerate(table.names) if str(n) in read)
        unread = (_TAG.sub("", name).strip() for name in table.names if name not in named)
        account = ledger.account(dict.fromkeys(name for name in unread if name))
        return replace(tables, notes=[*table.notes, *tables.notes], rows=account)


STRAVA_CSV = StravaImporter()


def _keys(columns: Sequence[str]) -> tuple[str, ...]:
    """Return column keys without the tags of a name that was never translated."""
    return tuple(_TAG.sub("", column).strip(" _") for column in columns)


def _is_of_before_2019(keys: Sequence[str]) -> bool:
    return tuple(keys[:4]) == _BEFORE_2019 and set(keys) >= _ALSO_BEFORE_2019


def _second_elapsed(keys: Sequence[str]) -> int | None:
    """Return the place of the second elapsed time: the names around the first one recur there."""
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
    for ours, names in NAMED.items():
        if named := [keys.index(name) for name in names if name in keys]:
            places[ours] = named[0]
    for ours, (names, offset) in COLUMNS.items():
        # Some names occur a third time, much further on, for something else.
        named = [place for place, key in enumerate(keys) if key in names][:2]
        if named:
            places[ours] = named[-1]
        elif second is not None:
            places[ours] = second + offset
    # The first distance is in km, to two places; only the second is in m.
    only = "distance_m" in places and keys.index(keys[places["distance_m"]]) == places["distance_m"]
    if only and not _is_of_before_2019(keys):
        places["distance_km"] = places.pop("distance_m")
    return {ours: str(place) for ours, place in places.items()}


@dataclass
class _Reader:
    places: Mapping[str, str]
    options: ReadOptions
    problems: Problems = field(default_factory=Problems)

    def tables(self, source: str, rows: Sequence[Row]) -> tuple[Imported, Ledger]:
        """Return runs and gym sessions, and what became of each row."""
        ledger, seen = Ledger(row.line for row in rows), set[str]()
        runs: list[tuple[dt.datetime, dict[str, object]]] = []
        sessions: list[LoggedSession] = []
        others: Counter[str] = Counter()
        starts = parse_moments([self.text(row, "date") for row in rows])
        for row, start in zip(rows, starts, strict=True):
            if not isinstance(start, dt.datetime):
                self.problems.add("rows were left out", row, "no date and time")
                ledger.leave_out(row.line, WITHOUT_DATE)
                continue
            identity = self.text(row, "id")
            if identity in seen:
                ledger.leave_out(row.line, REPEATED)
                continue
            seen |= {identity} - {""}
            start_utc = start if start.tzinfo else start.replace(tzinfo=dt.UTC)
            activity = self.text(row, "type")
            sport = sport_of(activity, title=self.text(row, "title"))
            ledger.keep(row.line)
            if sport.is_run:
                runs.append((start_utc, self.run(row, sport)))
            elif sport.is_strength or work_of_type(activity):
                sessions.append(self.session(row, start_utc, work_of_type(activity)))
            else:
                others[activity] += 1
                ledger.leave_out(row.line, OTHER_SPORTS)
        if not runs and not sessions and not others:
            reason = "; ".join(note.message for note in self.problems.notes())
            raise UnreadableFileError(reason or "no row can be read")
        cadence_notes = _count_both_legs([run for _, run in runs])
        tables = list_tables(source, runs, sessions, others, self.options.timezone)
        notes = [*self.problems.notes(), *cadence_notes, *tables.notes]
        return replace(tables, notes=notes), ledger

    def text(self, row: Row, ours: str) -> str:
        """Return a cell as text, empty where there is none."""
        return row[self.places[ours]] if ours in self.places else ""

    def number(self, row: Row, ours: str) -> float | None:
        """Return a cell as a number, which may be below 0, as temperatures are."""
        if ours not in self.places:
            return None
        return read_cell(row, self.places[ours], _number, self.problems)

    def session(self, row: Row, start: dt.datetime, typed: TypedWork | None) -> LoggedSession:
        """Return a session of the gym or of what its type names; the list has no sets."""
        lasted = self.number(row, "moving_s") or self.number(row, "elapsed_s")
        return listed_session(start, self.text(row, "title") or None, typed, lasted)

    def run(self, row: Row, sport: Sport) -> dict[str, object]:
        """Return a row of table "runs" without its time, its cadence as the list has it."""
        distance_m = self.number(row, "distance_m")
        if distance_m is None and (km := self.number(row, "distance_km")) is not None:
            distance_m = KILOMETRE_M * km
        elapsed_s = self.number(row, "elapsed_s") or None
        return {
            "run_id": stable_id("strava", self.text(row, "id") or self.text(row, "date")),
            "title": self.text(row, "title") or None,
            "notes": joined_notes(*(self.text(row, name) for name in ("description", *NAMED))),
            "course": sport.course,
            "kind": sport.kind,
            "shoe": self.text(row, "gear") or None,
            "distance_m": distance_m or None,
            "elapsed_s": elapsed_s,
            "moving_s": self.number(row, "moving_s") or elapsed_s,
            "temperature_c": self.number(row, "temperature_c"),
            "ascent_m": self.number(row, "ascent_m"),
            "heart_rate_bpm": self.number(row, "heart_rate_bpm") or None,
            "cadence_spm": self.number(row, "cadence_one_foot") or None,
            "power_w": self.number(row, "power_w") or None,
        }


def _count_both_legs(runs: Sequence[dict[str, object]]) -> list[Note]:
    """Double the cadence of the runs, unless it counts both legs already; return notes on that."""
    frame = pd.DataFrame(runs, columns=["cadence_spm", "distance_m", "moving_s"], dtype="float64")
    cadence = frame["cadence_spm"].to_numpy()
    speed_m_s = (frame["distance_m"] / frame["moving_s"]).to_numpy()
    notes: list[Note] = []
    steps = steps_per_count(cadence, speed_m_s, notes, "one leg", enough=ENOUGH_AVERAGES)
    for run, cadence_spm in zip(runs, (steps * cadence).tolist(), strict=True):
        run["cadence_spm"] = cadence_spm
    return notes


def _number(text: str) -> float:
    # Exact columns have a decimal point; rounded ones are in the format of the account's language.
    value = plain_number(text)
    if math.isnan(value):
        value = parse_number(text.lstrip("-−"))
        return -value if text.startswith(("-", "−")) else value
    return value
