r"""The sets of a gym session one by one, as Garmin Connect answers (``exerciseSets``).

A document is the sets of one activity, or a list of such: repetitions, true loads in grams and
seconds of each set, rests between them. Starts are in UTC, as public clients of Garmin Connect
treat them; the shape was read off their tests. The sets and the rests between them fill the whole
activity: its session is from the first of them to the end of the last.

Examples
--------
>>> squat = b'{"exercises": [{"category": "SQUAT", "name": "BARBELL_BACK_SQUAT"}], "duration": 40,'
>>> squat += b'"repetitionCount": 8, "weight": 60000.0, "setType": "ACTIVE",'
>>> squat += b'"startTime": "2026-01-05T17:00:00.0"}'
>>> GARMIN_EXERCISE_SETS.read(b'{"activityId": 1, "exerciseSets": [' + squat + b"]}").sets[
...     ["movement", "reps", "load_kg"]
... ].to_numpy().tolist()
[['back_squat', 8.0, 60.0]]
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from runanalytics import movements, schema
from runanalytics.errors import UnreadableFileError
from runanalytics.importers.accounts import REST, WITHOUT_DATE, Ledger
from runanalytics.importers.activity_lists.garmin_json_fields import number_of, text_of
from runanalytics.importers.contract import Imported, Importer, ReadOptions, stable_id
from runanalytics.importers.strength.activity_types import recorded_kind
from runanalytics.importers.strength.sessions import LONGEST_SESSION_S, spans
from runanalytics.importers.text.json_document import has_names, read_json
from runanalytics.importers.text.local_time import Moment, clock_of, instants, parse_moments

#: Names that the watch writes when it has recognised no exercise.
_UNKNOWN = frozenset({"", "unknown", "total_body_unknown"})
#: A load below this was not entered.
_LIGHTEST_KG = 0.25
#: Set types that are work.
_WORK = "active"


@dataclass
class _Session:
    """The sets of one activity, with the instants between which they lie."""

    identity: str
    starts: list[dt.datetime] = field(default_factory=list)
    ends: list[dt.datetime] = field(default_factory=list)
    sets: list[dict[str, object]] = field(default_factory=list)


class GarminExerciseSetsImporter(Importer):
    """Reads the sets of gym sessions as Garmin Connect answers with them."""

    name = "garmin-sets"
    version = 1
    records = True

    def recognises(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - content decides
        """Return whether the first object has sets, and is no activity of a list."""
        return has_names(head, [('"exerciseSets"',)]) and b'"activityType' not in head

    def read(self, data: bytes, options: ReadOptions = ReadOptions()) -> Imported:
        """Read sets into `sessions`, `sets` and `log_spans`.

        Parameters
        ----------
        data : bytes
            The whole document.
        options : ReadOptions
            `timezone` in which the days are counted.

        Returns
        -------
        Imported
            One session an activity, one row a set; rests are left out and counted.

        Raises
        ------
        UnreadableFileError
            If it is no JSON, or holds no set with a start.
        """
        document, notes = read_json(data)
        ledger, sessions = Ledger(), []
        for number, activity in enumerate(_activities(document)):
            session = _session(number, activity, ledger)
            if session.sets:
                sessions.append(session)
        if not sessions:
            left_out = ledger.account().sentence()
            raise UnreadableFileError(
                f"no set of work in this JSON{f' ({left_out})' if left_out else ''}",
                hint="expected 'exerciseSets' with 'setType', 'startTime' and 'exercises'",
            )
        moments: list[Moment] = [min(session.starts) for session in sessions]
        when, zone_notes = instants(moments, options.timezone)
        rows = [
            {
                "session_id": session.identity,
                "kind": recorded_kind(
                    session.sets, None, is_strength=any(map(_is_counted, session.sets))
                ),
                "duration_s": _duration_s(session),
            }
            for session in sessions
        ]
        frame = schema.check(pd.concat([when, pd.DataFrame(rows)], axis="columns"), "sessions")
        sets = [
            {"session_id": session.identity, "position": position, **row}
            for session in sessions
            for position, row in enumerate(session.sets, start=1)
        ]
        table = schema.check(pd.DataFrame(sets), "sets")
        return Imported(
            sessions=frame,
            sets=table,
            log_spans=spans(self.name, frame, table),
            notes=[*notes, *zone_notes],
            clock=clock_of(moments),
            rows=ledger.account(),
        )


def _activities(document: object) -> Iterator[Mapping[str, object]]:
    if isinstance(document, list):
        for one in document:
            yield from _activities(one)
    elif isinstance(document, dict) and isinstance(document.get("exerciseSets"), list):
        yield document
    elif isinstance(document, dict):
        for one in document.values():
            if isinstance(one, dict | list):
                yield from _activities(one)


def _session(number: int, activity: Mapping[str, object], ledger: Ledger) -> _Session:
    listed = activity["exerciseSets"]
    given = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    texts = [text_of(one.get("startTime")) or "" for one in given]
    starts = parse_moments(texts)
    known = next((text for text in texts if text), "")
    session = _Session(stable_id("garmin-sets", activity.get("activityId") or known))
    for place, (one, start) in enumerate(zip(given, starts, strict=True)):
        row = number, place
        ledger.open(row)
        if isinstance(start, dt.datetime):
            begin = start if start.tzinfo else start.replace(tzinfo=dt.UTC)
            duration_s = number_of(one.get("duration"))
            length = dt.timedelta(seconds=0 if math.isnan(duration_s) else duration_s)
            session.starts.append(begin)
            session.ends.append(begin + length)
        if (text_of(one.get("setType")) or _WORK).casefold() != _WORK:
            ledger.leave_out(row, REST)
        elif not isinstance(start, dt.datetime):
            ledger.leave_out(row, WITHOUT_DATE)
        else:
            ledger.keep(row)
            session.sets.append(_set(one))
    return session


def _exercise(given: Mapping[str, object]) -> tuple[str | None, str | None]:
    """Return category and name of the likeliest of the exercises that the watch names."""
    listed = given.get("exercises")
    guesses: Sequence[Mapping[str, object]] = (
        [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    )
    if not guesses:
        return None, None
    best = max(guesses, key=_probability)
    words = ((text_of(best.get(key)) or "").casefold() for key in ("category", "name"))
    category, name = (None if word in _UNKNOWN else word for word in words)
    return category, name


def _probability(guess: Mapping[str, object]) -> float:
    stated = number_of(guess.get("probability"))
    return 0.0 if math.isnan(stated) else stated


def _set(given: Mapping[str, object]) -> dict[str, object]:
    """Return a row of table "sets"."""
    category, exercise = _exercise(given)
    name = exercise or category
    reps, load_kg = number_of(given.get("repetitionCount")), number_of(given.get("weight")) / 1000
    is_loaded = load_kg >= _LIGHTEST_KG
    return {
        "movement": movements.from_garmin(category, exercise) if category else None,
        "name_as_logged": None if name is None else name.replace("_", " "),
        "set_type": "normal",
        "n_sets": 1,
        "reps": reps if reps > 0 else math.nan,
        "hold_s": math.nan if reps > 0 else number_of(given.get("duration")),
        "load_kg": load_kg if is_loaded else math.nan,
        "load_kind": "external" if is_loaded else None,
    }


def _is_counted(row: Mapping[str, object]) -> bool:
    """Return whether a set has repetitions: poses and intervals have none."""
    return isinstance(row["reps"], float) and row["reps"] > 0


def _duration_s(session: _Session) -> float | None:
    seconds = (max(session.ends) - min(session.starts)).total_seconds()
    return seconds if 0 < seconds <= LONGEST_SESSION_S else None


GARMIN_EXERCISE_SETS = GarminExerciseSetsImporter()
