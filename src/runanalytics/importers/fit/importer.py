"""The importer of FIT files: runs with their samples, other sessions with their sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from runanalytics.errors import UsageError
from runanalytics.importers.contract import (
    Clock,
    Imported,
    ImportedColumns,
    Importer,
    Note,
    ReadOptions,
)
from runanalytics.importers.fit.activities import Activity, activities
from runanalytics.importers.fit.codec.decoder import FitFile, decode
from runanalytics.importers.fit.codec.framing import MAGIC
from runanalytics.importers.fit.message_rows import columns, rows
from runanalytics.importers.fit.runs import run
from runanalytics.importers.runs.recorded import Run
from runanalytics.importers.runs.speeds import runners_speeds
from runanalytics.schema.columns import TableColumns

if TYPE_CHECKING:
    from runanalytics.importers.fit.strength import Session

#: Samples of a run, or sets of a session.
Rows = TypeVar("Rows", TableColumns, Sequence[Mapping[str, object]])

#: Values of `ReadOptions.engine` beside None.
_ENGINES = ("fitparse",)
#: Which clock a file states for its activities, the least certain first.
_LEAST_CERTAIN: tuple[Clock, ...] = ("local", "utc", "both")


class FitImporter(Importer):
    """Garmin, COROS, Suunto, Wahoo, Stryd and other FIT files.

    Examples
    --------
    >>> FIT.recognises("morning.bin", bytes([14, 32, 0, 0, 0, 0, 0, 0]) + b".FIT")
    True
    >>> FIT.recognises("sessions.csv", b"date,kind,duration_min")
    False
    """

    name = "fit"
    version = 11
    binary = True
    endings = (".fit",)
    records = True
    rank = 0

    def recognises(self, name: str, head: bytes) -> bool:
        """Return whether a file is FIT: by its signature, or by its name if that is damaged."""
        return head[8:12] == MAGIC or (name.lower().endswith(".fit") and not head.isascii())

    def read(self, data: bytes, options: ReadOptions = ReadOptions()) -> Imported:
        """Read a FIT file's bytes into tables.

        Parameters
        ----------
        data : bytes
            The whole file.
        options : ReadOptions
            `timezone` is used where the file does not state its own; `engine` "fitparse"
            decodes with that library.

        Returns
        -------
        Imported
            Runs with samples; sessions of the gym, yoga and the like with sets. Notes name what
            was damaged, assumed or left out.

        Raises
        ------
        UnreadableFileError
            If no message can be read.
        UsageError
            If there is no such engine.
        """
        return self.read_columns(data, options).frames()

    def read_columns(self, data: bytes, options: ReadOptions) -> ImportedColumns:
        """Read a FIT file's bytes as `read` does, into columns."""
        file = _decoded(data, options.engine)
        notes = [
            Note("warning", problem.message, f"byte {problem.byte}") for problem in file.problems
        ]
        runs: dict[str, tuple[Mapping[str, object], TableColumns]] = {}
        sessions: dict[str, tuple[Mapping[str, object], Sequence[Mapping[str, object]]]] = {}
        clocks: set[Clock] = set()
        for part in file.parts:
            part_activities, part_notes = activities(part, options)
            notes += part_notes
            for activity in part_activities:
                own_notes: tuple[Note, ...] = ()
                if activity.is_run:
                    recorded = run(activity)
                    own_notes = recorded.notes
                    is_kept = _keep(runs, activity, recorded.row, recorded.columns)
                elif trained := _session(activity):
                    is_kept = _keep(sessions, activity, trained.row, trained.sets)
                elif len(part_activities) == 1 and _says_no_sport(activity):
                    recorded = run(activity)
                    is_run, told = _told_by_speeds(activity, recorded)
                    if not is_run:
                        notes.append(told)
                        continue
                    own_notes = (told, *recorded.notes)
                    is_kept = _keep(runs, activity, recorded.row, recorded.columns)
                else:
                    notes.append(Note("info", _left_out(activity)))
                    continue
                if is_kept:
                    clocks.add(activity.clock.states)
                    notes += own_notes
            if not part_activities:
                notes += _no_activity(part)
        rows = {
            "runs": [row for row, _ in runs.values()],
            "sessions": [row for row, _ in sessions.values()],
            "sets": [row for _, sets in sessions.values() for row in sets],
        }
        return ImportedColumns(
            {
                name: TableColumns.from_rows(of_table, name)
                for name, of_table in rows.items()
                if of_table
            },
            {run_id: samples for run_id, (_, samples) in runs.items() if len(samples)},
            notes=notes,
            clock=min(clocks, key=_LEAST_CERTAIN.index, default="both"),
        )


#: The importer for FIT files.
FIT = FitImporter()


def _decoded(data: bytes, engine: str | None) -> FitFile:
    if engine is None:
        return decode(data)
    if engine not in _ENGINES:
        raise UsageError(
            f"no FIT engine '{engine}'",
            hint=f"known are: {', '.join(_ENGINES)}; leave it out for the built-in decoder",
        )
    from runanalytics.importers.fit.codec.fitparse_engine import decode_with_fitparse

    return decode_with_fitparse(data)


def _keep(
    kept: dict[str, tuple[Mapping[str, object], Rows]],
    activity: Activity,
    row: Mapping[str, object],
    rows_of_it: Rows,
) -> bool:
    """Keep an activity, unless one of the same identity has more rows; return whether it was.

    A file may be chained to a copy of itself: the fuller copy is kept.
    """
    known = kept.get(activity.identity)
    if known is not None and len(rows_of_it) < len(known[1]):
        return False
    kept[activity.identity] = (row, rows_of_it)
    return True


def _session(activity: Activity) -> Session | None:
    """Return an activity of the gym or the mat; None of any other."""
    # Most files are runs: the movements, which this loads, take longer than many of them.
    from runanalytics.importers.fit.strength import is_session, session

    return session(activity) if is_session(activity) else None


def _says_no_sport(activity: Activity) -> bool:
    """Return whether a session with records states no more than that it was some sport."""
    is_unstated = activity.named_sport.what == "unstated"
    return is_unstated and bool(activity.session) and bool(activity.time_us.size)


def _told_by_speeds(activity: Activity, recorded: Run) -> tuple[bool, Note]:
    """Return whether an activity without a sport is a run by its speeds, and a note on that."""
    quantities = {"speed_m_s": recorded.columns["speed_m_s"]}
    is_run, speeds = runners_speeds(quantities, recorded.columns["moving"])
    if is_run:
        words = f"it says sport '{activity.sport}': taken as a run, since {speeds} a runner's"
        return True, Note("info", words)
    return False, Note("info", f"{_left_out(activity)}, and {speeds} no runner's")


def _left_out(activity: Activity) -> str:
    sport = activity.sport.replace("_", " ")
    if sport == "transition":
        return "a transition between two sports: left out"
    sub_sport = activity.sub_sport.replace("_", " ")
    kind = sport if activity.sub_sport in ("generic", "unknown") else f"{sport} ({sub_sport})"
    return f"an activity of sport '{kind}': neither a run nor strength work"


def _no_activity(part: FitFile) -> list[Note]:
    """Return a note on a file without an activity; none on a part with a strap's data alone."""
    file_ids = rows(columns(part, "file_id"))
    if not file_ids:
        return []
    kind = str(file_ids[0].get("type", "unknown")).replace("_", " ")
    if kind == "activity":
        return [Note("warning", "the activity has neither a summary nor records")]
    return [Note("info", f"a file of type '{kind}': it holds no activity")]
