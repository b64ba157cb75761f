r"""JEFIT's CSV export: sections under headings, a row per exercise, its sets in one cell.

``60x10,65x8`` is 10 repetitions with 60 and 8 with 65, in the unit of the section of settings.
The section of sessions states when each workout began, in seconds since 1970 UTC.

Examples
--------
>>> text = b"### EXERCISE LOGS ###\nmydate,ename,logs\n2026-01-05,Barbell Squat,\"60x10,65x8\"\n"
>>> JEFIT.read(text, ReadOptions(units="metric")).sets[["reps", "load_kg"]].to_numpy().tolist()
[[10.0, 60.0], [8.0, 65.0]]
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from runanalytics.errors import UnitError, UnreadableFileError
from runanalytics.importers.contract import Imported, Importer, ReadOptions
from runanalytics.importers.strength.log_importer import LoggedRows, bare_weight
from runanalytics.importers.strength.sessions import LoggedSession, LoggedSet
from runanalytics.importers.text.delimited import DelimitedTable, Row, header_of, read_table
from runanalytics.importers.text.local_time import Moment, day_of
from runanalytics.units import Load, LoadUnit, load_unit, parse_load
from runanalytics.units.numerals import parse_number

#: Our name -> the export's, in the section of logs.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "date": ("mydate",),
    "exercise": ("ename",),
    "packed": ("logs",),
    "session": ("belongsession",),
}
REQUIRED = ("date", "exercise", "packed")
#: Sections by their headings.
LOGS, SESSIONS, SETTING = "EXERCISE LOGS", "WORKOUT SESSIONS", "SETTING"
#: Columns of the section of sessions: number, start (s since 1970) and length (s) of each.
SESSION_ID, STARTS, DURATION_S = "id", ("starttime", "starttimie"), "total_time"
#: Column of the section of settings that states the unit of loads.
UNIT = "mass"

_HEADING = re.compile(rb"(?m)^\W*### *([A-Z][A-Z /_-]*?) *###+[^\n]*$")
_RULE = re.compile(rb"(?m)^[\"' ]*#{3,}[^\n]*$")
_PACKED = re.compile(r"\s*([0-9]+(?:[.,][0-9]+)?)\s*[x×*]\s*([0-9]+(?:[.,][0-9]+)?)\s*")
#: A stated start that is further from noon of the logged day is wrong.
_NEAR = dt.timedelta(hours=36)


@dataclass(frozen=True)
class _SessionTimes:
    start: dt.datetime | None = None
    duration_s: float | None = None


class JefitImporter(Importer):
    """Reads what the JEFIT app exports."""

    name = "jefit"
    version = 2

    def recognises(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - content tells
        """Return whether the text begins with a heading, or has the columns of the logs."""
        lines = head.lstrip(b"\xef\xbb\xbf \t\r\n").splitlines()
        if lines and _HEADING.match(lines[0]):
            return True
        return {"ename", "logs"} <= set(header_of(head))

    def read(self, data: bytes, options: ReadOptions = ReadOptions()) -> Imported:
        """Read workouts into `sessions`, `sets` and `log_spans`.

        Parameters
        ----------
        data : bytes
            The whole export.
        options : ReadOptions
            `units` of loads where no setting states it, `timezone` of the local days.

        Returns
        -------
        Imported
            Loads in kg beside the unit in which they were logged.

        Raises
        ------
        MissingColumnError
            If a required column is not there.
        UnitError
            If loads are logged and neither the file nor `options.units` states their unit.
        UnreadableFileError
            If there is no section of logs, or no set in it.
        """
        sections = _sections(data)
        if LOGS not in sections:
            names = ", ".join(sections) or "none"
            raise UnreadableFileError(
                f"no section '{LOGS}'", hint=f"the file has: {names}; export the logs once more"
            )
        rows = LoggedRows.from_table(read_table(sections[LOGS]), COLUMNS, REQUIRED, options)
        times, unit = _session_times(sections.get(SESSIONS)), _unit(sections.get(SETTING), options)
        sessions: dict[str, LoggedSession] = {}
        for row, moment in rows.dated():
            sets = _sets(rows, row, unit)
            if not sets:
                continue
            number = rows.text(row, "session")
            number = "" if number in ("0", "-1") else number
            key = number or day_of(moment).isoformat()
            if key not in sessions:
                known = times.get(number, _SessionTimes())
                start = _start(moment, known.start)
                sessions[key] = LoggedSession(start, duration_s=known.duration_s, key=key)
            sessions[key].sets.extend(sets)
        return rows.tables(self.name, list(sessions.values()))


def _sections(data: bytes) -> dict[str, bytes]:
    """Return the text below each heading, after blank lines so that line numbers stay right."""
    headings = list(_HEADING.finditer(data))
    if not headings:
        return {LOGS: data}
    sections: dict[str, bytes] = {}
    for heading, after in zip(headings, [*headings[1:], None], strict=True):
        body = data[heading.end() : after.start() if after else len(data)]
        before = b"\n" * data.count(b"\n", 0, heading.end())
        sections.setdefault(heading[1].decode("ascii"), before + _RULE.sub(b"", body))
    return sections


def _table(section: bytes | None) -> DelimitedTable | None:
    try:
        return None if section is None else read_table(section)
    except UnreadableFileError:
        return None


def _session_times(section: bytes | None) -> dict[str, _SessionTimes]:
    """Return start and length of each session, by its number."""
    table = _table(section)
    times = {}
    for row in table.rows if table else ():
        seconds = next((count for name in STARTS if (count := _whole(row[name]))), 0)
        try:
            start = dt.datetime.fromtimestamp(seconds, dt.UTC) if seconds else None
        except (OverflowError, OSError, ValueError):
            start = None
        times[row[SESSION_ID]] = _SessionTimes(start, float(_whole(row[DURATION_S])) or None)
    return times


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 15 else 0


def _unit(section: bytes | None, options: ReadOptions) -> LoadUnit | None:
    """Return the unit that the settings state, else that of the options."""
    table = _table(section)
    stated = table.rows[-1][UNIT] if table else ""
    try:
        return parse_load(f"0 {stated}").unit
    except UnitError:
        return None if options.units is None else load_unit(options.units)


def _sets(rows: LoggedRows, row: Row, unit: LoadUnit | None) -> list[LoggedSet]:
    name, sets = rows.text(row, "exercise"), []
    for part in filter(str.strip, rows.text(row, "packed").split(",")):
        packed = _PACKED.fullmatch(part)
        if packed is None or not name:
            rows.problems.add("sets were left out", row, f"{part!r} is no load x repetitions")
            continue
        amount, reps = (parse_number(text, comma="decimal") for text in packed.groups())
        if not amount and not reps:
            continue
        if amount and unit is None:
            raise bare_weight(rows.table.written(rows.columns["packed"]), row.line)
        load = Load.from_logged(amount, unit) if amount and unit else None
        sets.append(LoggedSet(name, reps or None, load))
    return sets


def _start(moment: Moment, stated: dt.datetime | None) -> Moment:
    day = day_of(moment)
    noon = dt.datetime.combine(day, dt.time(12), dt.UTC)
    return stated if stated is not None and abs(stated - noon) <= _NEAR else day


JEFIT = JefitImporter()
