r"""One session of Polar Flow as CSV: a line about it, then its samples, one a second.

Starts are local, without their zone. The headers are English whatever the account's language.

References
----------
Exports of Polar Flow in public programs that read them, 2016 to 2026: dates as 20-06-2018 and as
2018-06-20; nothing states which steps cadence counts.

Examples
--------
>>> about = b"Name,Sport,Date,Start time,Duration\nx,RUNNING,20-06-2018,11:17:03,0:01:30\n"
>>> names = b"Sample rate,Time,HR (bpm),Speed (km/h),Cadence,Distances (m)\n"
>>> rows = "".join(f"1,00:{n // 60:02}:{n % 60:02},150,10.8,85,{3 * n}\n" for n in range(90))
>>> runs = POLAR_CSV.read(about + names + rows.encode(), ReadOptions(timezone="UTC")).runs
>>> runs[["cadence_spm", "heart_rate_bpm"]].to_numpy().tolist()
[[170.0, 150.0]]
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np

from runanalytics import schema
from runanalytics.errors import UnitError, UnreadableFileError
from runanalytics.importers.accounts import RowAccount
from runanalytics.importers.contract import Imported, Importer, Note, ReadOptions, require_columns
from runanalytics.importers.runs.recorded import MICROSECONDS, UNKNOWN_US, RecordedRun, run_of
from runanalytics.importers.runs.words import sport_of
from runanalytics.importers.text.delimited import header_of, read_table
from runanalytics.importers.text.local_time import instants, parse_moments
from runanalytics.importers.text.plain_numbers import n_unread, numbers_in, unread_note
from runanalytics.units import KILOMETRE_M, parse_duration

#: Our column -> the samples' column, and the size of its unit in ours.
COLUMNS: Mapping[str, tuple[str, float]] = {
    "heart_rate_bpm": ("hr_(bpm)", 1.0),
    "speed_m_s": ("speed_(km/h)", KILOMETRE_M / 3600),
    "cadence_spm": ("cadence", 1.0),
    "altitude_m": ("altitude_(m)", 1.0),
    "distance_m": ("distances_(m)", 1.0),
    "temperature_c": ("temperatures_(c)", 1.0),
    "power_w": ("power_(w)", 1.0),
}
_ABOUT = ("sport", "date", "start_time", "duration")
_TIME = "time"
_SAMPLES = b"Sample rate,"
_ZERO_IS_MISSING = ("heart_rate_bpm", "power_w")


class PolarCsvImporter(Importer):
    """Reads a session that Polar Flow exports as CSV."""

    name = "polar-csv"
    version = 1
    records = True
    rank = 1

    def recognises(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - content decides
        """Return whether a line about a session stands before its samples."""
        return set(_ABOUT) <= set(header_of(head)) and _SAMPLES in head

    def column_names(self) -> frozenset[str]:
        """Return the keys of all columns that it reads."""
        return frozenset((*_ABOUT, _TIME, *(name for name, _ in COLUMNS.values())))

    def read(self, data: bytes, options: ReadOptions = ReadOptions()) -> Imported:
        """Read a run; another sport gives no run and a note.

        Parameters
        ----------
        data : bytes
            The whole file.
        options : ReadOptions
            `timezone` is the zone of its local start.

        Raises
        ------
        MissingColumnError
            If the line about the session has no sport, date or start.
        UnreadableFileError
            If there is no sample, or the start is no date.
        """
        about, mark, samples = data.partition(_SAMPLES)
        table = read_table(about)
        require_columns(table.columns, _ABOUT)
        if not mark:
            raise UnreadableFileError("there is no sample", hint="export the session once more")
        session = table.rows[0]
        sport = sport_of(session["sport"])
        if not sport.is_run:
            note = f"no run: its sport is {session['sport'] or 'not stated'}"
            return Imported(notes=[Note("info", note)])
        (start,) = parse_moments([f"{session['date']} {session['start_time']}"], month_first=False)
        if not isinstance(start, dt.datetime):
            raise UnreadableFileError(
                f"'{session['date']} {session['start_time']}' is no date and time"
            )
        when, time_notes = instants([start], options.timezone)
        start_us = int(when["start_utc"].iloc[0].timestamp() * MICROSECONDS)
        rows = read_table(mark + samples)
        notes = [*rows.notes, *time_notes]
        quantities = {}
        for ours, (name, size) in COLUMNS.items():
            if name in rows.columns:
                texts = [row[name] for row in rows.rows]
                values = numbers_in(texts)
                notes += unread_note(n_unread(texts, values), f"'{rows.written(name)}'")
                if np.nan_to_num(values).any():
                    zero = (values == 0) & (ours in _ZERO_IS_MISSING)
                    quantities[ours] = np.where(zero, np.nan, values * size)
        time_us = np.array([_time_us(row[_TIME], start_us) for row in rows.rows], dtype=np.int64)
        recorded = RecordedRun(
            self.name,
            time_us,
            quantities,
            known={"kind": sport.kind, "course": sport.course},
            offset_s=float(when["utc_offset_s"].iloc[0]),
            counts_unstated=True,
        )
        run = run_of(recorded, options)
        if run is None:
            raise UnreadableFileError("no sample has a time", hint="expected 00:00:01 under 'Time'")
        read = self.column_names()
        pairs = zip(rows.columns, rows.names, strict=True)
        unread = (name for key, name in pairs if key and key not in read)
        return Imported(
            runs=schema.from_rows([run.row], "runs"),
            samples=run.samples,
            notes=[*notes, *run.notes],
            clock="local",
            rows=RowAccount(unread_columns=tuple(dict.fromkeys(unread))),
        )


def _time_us(text: str, start_us: int) -> int:
    try:
        return start_us + round(parse_duration(text) * MICROSECONDS)
    except UnitError:
        return UNKNOWN_US


POLAR_CSV = PolarCsvImporter()
