r"""Hevy's workouts as JSON: as its interface answers, and the rows of its CSV as JSON objects.

An answer has ``workouts``, in them ``exercises``, and in these ``sets`` in kg, metres and seconds;
instants state their offset, as text or as seconds since 1970. The documented interface and public
clients of it were read, no answer of a real account. Rows as objects have the columns of the CSV
and give the same sessions as it.

Examples
--------
>>> sets = b'[{"index": 0, "type": "warmup", "weight_kg": 40, "reps": 8}]'
>>> squat = b'[{"title": "Squat (Barbell)", "sets": ' + sets + b"}]"
>>> start = b'"title": "Legs", "start_time": "2026-01-05T18:00:00+01:00"'
>>> HEVY_JSON.read(b'{"workouts": [{' + start + b', "exercises": ' + squat + b"}]}").sets[
...     ["movement", "set_type", "load_kg"]
... ].to_numpy().tolist()
[['back_squat', 'warmup', 40.0]]
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from runanalytics.errors import UnreadableFileError
from runanalytics.importers.contract import Imported, Importer, ReadOptions
from runanalytics.importers.strength.hevy import HEVY
from runanalytics.importers.text.json_document import has_names, read_json, table_of

#: Each group of words alone shows that a file is Hevy's, if all stand among the first bytes.
_SIGNATURES = (
    ('"exercise_title"', '"start_time"'),
    ('"exercises"', '"exercise_template_id"', '"start_time"'),
    ('"exercises"', '"weight_kg"', '"sets"'),
)
#: Names under which an object holds workouts.
_LISTS = ("workouts", "workout", "events")
#: Of a workout and of a set -> the column of the CSV.
_OF_WORKOUT = ("title", "start_time", "end_time")
_OF_SET = {
    **{"index": "set_index", "set_index": "set_index", "type": "set_type", "set_type": "set_type"},
    **{name: name for name in ("weight_kg", "reps", "distance_meters", "duration_seconds", "rpe")},
}


class HevyJsonImporter(Importer):
    """Reads workouts of Hevy in JSON."""

    name = "hevy-json"
    version = 1

    def recognises(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - content tells
        """Return whether the first objects have names that only Hevy's have together."""
        return has_names(head, _SIGNATURES)

    def read(self, data: bytes, options: ReadOptions = ReadOptions()) -> Imported:
        """Read workouts into `sessions`, `sets` and `log_spans`.

        Parameters
        ----------
        data : bytes
            The whole document.
        options : ReadOptions
            `timezone` of instants without an offset.

        Returns
        -------
        Imported
            As of Hevy's CSV.

        Raises
        ------
        UnreadableFileError
            If it is no JSON, or holds no set.
        """
        document, notes = read_json(data)
        records = [record for workout in _workouts(document) for record in _rows(workout)]
        if not records:
            raise UnreadableFileError(
                "no workout with sets in this JSON",
                hint="expected 'workouts' with 'exercises' and 'sets', or rows of Hevy's CSV",
            )
        imported = HEVY.read_rows(table_of(records), options)
        return replace(imported, notes=[*notes, *imported.notes])


def _workouts(document: object) -> Iterator[Mapping[str, object]]:
    if isinstance(document, list):
        for one in document:
            yield from _workouts(one)
    elif isinstance(document, dict):
        held = [document[name] for name in _LISTS if isinstance(document.get(name), dict | list)]
        if held:
            yield from _workouts(held)
        else:
            yield document


def _rows(workout: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """Yield the rows of a workout, or a workout that is itself a row of the CSV."""
    if "exercise_title" in workout:
        yield workout
        return
    common = {name: _instant(workout.get(name)) for name in _OF_WORKOUT}
    for exercise in _objects(workout.get("exercises")):
        for place, one in enumerate(_objects(exercise.get("sets"))):
            row: dict[str, object] = {**common, "exercise_title": exercise.get("title")}
            row |= {"set_index": place, "set_type": "normal"}
            row |= {_OF_SET[name]: value for name, value in one.items() if name in _OF_SET}
            yield row


def _objects(value: object) -> Sequence[Mapping[str, object]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _instant(value: object) -> object:
    """Return a time as text; a number counts the seconds since 1970."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    try:
        return dt.datetime.fromtimestamp(value, dt.UTC).isoformat()
    except (OverflowError, OSError, ValueError):
        return None


HEVY_JSON = HevyJsonImporter()
