r"""Alpha Progression's CSV export: blocks of workouts, exercises and sets, without a header.

A workout is a line of its name, start and length; each exercise in it is a line of its number,
name and equipment, with its warm-up sets beside it; below, ``#;KG;REPS;RIR`` states the unit of the
sets that follow. ``+35`` is the body with 35 more. Known from a public description of the format
alone; no real export was seen. Starts are taken as local.

Examples
--------
>>> text = '"Legs · Week 4";"2026-02-19 4:54 h";"1:02 hr"\n"1. Squat · Barbell · 8 reps"\n'
>>> read = ALPHA_PROGRESSION.read((text + "#;KG;REPS;RIR\n1;102,5;6;1\n").encode())
>>> read.sets[["load_kg", "reps"]].to_numpy().tolist()
[[102.5, 6.0]]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from runanalytics.csv_text import csv_reader
from runanalytics.errors import UnreadableFileError
from runanalytics.importers.contract import Imported, Importer, ReadOptions
from runanalytics.importers.strength.log_importer import LoggedRows
from runanalytics.importers.strength.sessions import LoggedSession
from runanalytics.importers.text.delimited import DelimitedTable, Row
from runanalytics.units import LOAD_UNITS

#: Columns of the sets, once the lines above them are read into each of them.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    name: (name,)
    for name in ("date", "title", "length", "exercise", "kind", "weight", "weight_unit", "reps")
}
REQUIRED = ("date", "exercise")
#: The line that states the unit of the sets below it.
_UNITS = re.compile(
    rf'(?mi)^"?#"?;"?({"|".join(LOAD_UNITS)})"?;"?[^;\r\n]+"?(?:;"?RIR"?)?\r?$'.encode()
)
_START = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}) +([0-9]{1,2}:[0-9]{2})(?: ?h)?")
_LENGTH = re.compile(r"([0-9]{1,2}):([0-9]{2}) ?(?:hr|h)?\.?")
_EXERCISE = re.compile(r"[0-9]+\. +(?P<name>.+)")
_WARMUP = re.compile(r"[^\W\d_]+[0-9]+ · (?P<weight>[^·]+?) ?(?P<unit>[a-z]+) · (?P<reps>[0-9]+)")
#: A first number above this counts minutes, not hours.
_MOST_HOURS = 6


@dataclass
class _Block:
    """The lines above a set."""

    date: str = ""
    title: str = ""
    length: str = ""
    exercise: str = ""
    unit: str = ""
    n_rows: int = 0
    rows: list[Row] = field(default_factory=list)

    def add(self, line: int, kind: str, weight: str, unit: str, reps: str) -> None:
        cells = {"date": self.date, "title": self.title, "length": self.length}
        cells |= {"exercise": self.exercise, "kind": kind, "reps": reps}
        cells |= {"weight": weight.removeprefix("+"), "weight_unit": unit}
        self.rows.append(Row(line, cells))


class AlphaProgressionImporter(Importer):
    """Reads what the Alpha Progression app exports."""

    name = "alpha-progression"
    version = 1

    def recognises(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - content tells
        """Return whether a line of units stands among the first lines."""
        return _UNITS.search(head) is not None

    def read(self, data: bytes, options: ReadOptions = ReadOptions()) -> Imported:
        """Read workouts into `sessions`, `sets` and `log_spans`.

        Parameters
        ----------
        data : bytes
            The whole export.
        options : ReadOptions
            `timezone` of the local starts.

        Returns
        -------
        Imported
            Loads in kg beside the unit in which they were logged.

        Raises
        ------
        UnreadableFileError
            If no line is a set below a workout and an exercise.
        """
        block = _Block()
        for line, cells in _lines(data):
            _read_line(block, line, cells)
        if not block.rows:
            raise UnreadableFileError(
                "no line of this export is a set", hint="export the workouts once more"
            )
        names = tuple(COLUMNS)
        table = DelimitedTable(names, names, tuple(block.rows), (), ";")
        rows = LoggedRows.from_table(table, COLUMNS, REQUIRED, options)
        sessions: dict[object, LoggedSession] = {}
        for row, moment in rows.dated():
            if name := rows.exercise(row):
                new = LoggedSession(
                    moment,
                    rows.text(row, "title") or None,
                    duration_s=_length_s(rows.text(row, "length")),
                    key=moment.isoformat(),
                )
                logged = rows.logged_set(row, name, rows.text(row, "kind"))
                sessions.setdefault(moment, new).sets.append(logged)
        return rows.tables(self.name, list(sessions.values()))


def _lines(data: bytes) -> Iterator[tuple[int, list[str]]]:
    text = data.decode("utf-8-sig", errors="replace").replace("\0", "")
    for line, written in enumerate(text.splitlines(), start=1):
        cells = next(csv_reader([written], delimiter=";"), [])
        if any(map(str.strip, cells)):
            yield line, [cell.strip() for cell in cells]


def _read_line(block: _Block, line: int, cells: list[str]) -> None:
    start = _START.fullmatch(cells[1]) if len(cells) > 1 else None
    if start:
        block.title, block.exercise = cells[0], ""
        block.date = f"{start[1]} {start[2]}"
        block.length = cells[2] if len(cells) > 2 else ""
    elif cells[0] == "#":
        block.unit = cells[1].casefold() if len(cells) > 1 else ""
    elif exercise := _EXERCISE.fullmatch(cells[0]):
        name, *more = exercise["name"].split(" · ")
        equipment = f" ({more[0]})" if more and not any(map(str.isdigit, more[0])) else ""
        block.exercise = f"{name}{equipment}"
        for number, written in enumerate(cells[1].split("<br>") if len(cells) > 1 else ()):
            if warmup := _WARMUP.match(written.strip()):
                # Several in one line, each a row of its own: told apart by a part of the line.
                place = line * 1000 + number
                block.add(place, "warmup", warmup["weight"], warmup["unit"], warmup["reps"])
    elif cells[0].isascii() and cells[0].isdigit() and len(cells) > 2:
        block.add(line, "normal", cells[1], block.unit, cells[2])


def _length_s(text: str) -> float | None:
    found = _LENGTH.fullmatch(text)
    if found is None:
        return None
    large, small = float(found[1]), float(found[2])
    return large * 60 + small if large > _MOST_HOURS else large * 3600 + small * 60


ALPHA_PROGRESSION = AlphaProgressionImporter()
