r"""Running form in the archive of Fitbit and Google Health: contact time and oscillation.

``ground_contact_time_DATE.csv`` and ``vertical_oscillation_DATE.csv`` have a row for each time
that the watch measured, without saying of which run. Rows that follow each other are one run:
its average, from its first row to its last. The library joins it with the exercise of the same
time (`FITBIT_EXERCISES`), which has distance and speed, or with a recording in FIT or TCX.

References
----------
Fitbit's notes on its archive: "the amount of time for which the foot was in contact with the
ground on that stride, in milliseconds"; "vertical oscillation in centimeters". No file of a real
account was seen; a column of another unit is refused.

Examples
--------
>>> rows = "".join(f"2025-05-04T06:{n // 60:02}:{n % 60:02}Z,250\n" for n in range(120))
>>> data = f"timestamp,ground contact time\n{rows}".encode()
>>> FITBIT_FORM.read(data, ReadOptions(timezone="UTC")).runs["ground_contact_ms"].tolist()
[250.0]
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from runanalytics import schema
from runanalytics.arrays import Integers
from runanalytics.errors import UnitError, UnreadableFileError
from runanalytics.importers.accounts import WITHOUT_DATE, Ledger
from runanalytics.importers.contract import (
    Imported,
    Importer,
    Note,
    ReadOptions,
    log_spans,
    require_columns,
    stable_id,
)
from runanalytics.importers.runs.recorded import MICROSECONDS, UNKNOWN_US, instants_us
from runanalytics.importers.text.delimited import header_of, read_table
from runanalytics.importers.text.local_time import offset_in_zone_s
from runanalytics.importers.text.plain_numbers import numbers_in

#: Column -> ours, the unit that it has where its name states none, and ours for each it may have.
QUANTITIES = {
    "ground_contact_time": ("ground_contact_ms", "ms", {"ms": 1.0, "milliseconds": 1.0}),
    "vertical_oscillation": (
        "vertical_oscillation_mm",
        "cm",
        {"cm": 10.0, "centimeters": 10.0, "mm": 1.0, "millimeters": 1.0},
    ),
}
_TIME = "timestamp"
#: A pause longer than this (s) ends a run.
GAP_S = 600
#: Fewer rows, or a shorter stretch (s), are no run.
LEAST_ROWS, LEAST_S = 20, 60
NO_RUN = "in stretches too short for a run"
WITHOUT_VALUE = "without a value"

_COLUMN = re.compile(rf"({'|'.join(QUANTITIES)})_?(?:[(\[](?P<unit>[^)\]]*)[)\]])?")


class FitbitFormImporter(Importer):
    """Reads running form from the archive of Fitbit and Google Health."""

    name = "fitbit-form"
    version = 1
    records = True

    def recognises(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - content decides
        """Return whether the columns are an instant and a measure of running form."""
        header = header_of(head)
        return header[:1] == (_TIME,) and any(map(_COLUMN.fullmatch, header[1:3]))

    def column_names(self) -> frozenset[str]:
        """Return the keys of all columns that it reads."""
        return frozenset((_TIME, *QUANTITIES))

    def read(self, data: bytes, options: ReadOptions = ReadOptions()) -> Imported:
        """Read rows into runs with one average each.

        Parameters
        ----------
        data : bytes
            The whole file.
        options : ReadOptions
            `timezone` gives the runner's own day for each instant.

        Raises
        ------
        MissingColumnError
            If there are no instants, or no measure.
        UnitError
            If the measure is in a unit that is not known.
        UnreadableFileError
            If no stretch is long enough for a run.
        """
        table = read_table(data)
        found = [(key, match) for key in table.columns if (match := _COLUMN.fullmatch(key))]
        present = [_TIME] * (_TIME in table.columns) + [match[1] for _, match in found[:1]]
        if not found or _TIME not in table.columns:
            require_columns([*present, *table.names], (_TIME, "ground_contact_time"))
        key, match = found[0]
        ours, usual, sizes = QUANTITIES[match[1]]
        unit = (match["unit"] or usual).strip().replace("_", " ")
        if unit not in sizes:
            raise UnitError(
                f"'{table.written(key)}' is in {unit}", hint=f"expected {' or '.join(sizes)}"
            )
        ledger = Ledger(row.line for row in table.rows)
        lines = np.array([row.line for row in table.rows])
        time_us = instants_us([row[_TIME] or None for row in table.rows])
        values = numbers_in([row[key] for row in table.rows]) * sizes[unit]
        for reason, missing in (
            (WITHOUT_VALUE, ~(values > 0)),
            (WITHOUT_DATE, time_us == UNKNOWN_US),
        ):
            for line in lines[missing].tolist():
                ledger.leave_out(line, reason)
        known = np.flatnonzero((values > 0) & (time_us != UNKNOWN_US))
        known = known[np.argsort(time_us[known], kind="stable")]
        runs = []
        for stretch in _stretches(time_us, known):
            lasted_s = float(time_us[stretch[-1]] - time_us[stretch[0]]) / MICROSECONDS
            is_run = len(stretch) >= LEAST_ROWS and lasted_s >= LEAST_S
            for line in lines[stretch].tolist():
                ledger.keep(line) if is_run else ledger.leave_out(line, NO_RUN)
            if is_run:
                start = pd.Timestamp(int(time_us[stretch[0]]), unit="us", tz="UTC")
                offset_s = offset_in_zone_s(start, options.timezone)
                runs.append(
                    {
                        "run_id": stable_id(self.name, ours, start.isoformat()),
                        "start_utc": start,
                        "utc_offset_s": offset_s,
                        "local_date": (start + pd.Timedelta(seconds=offset_s)).date(),
                        "kind": "unknown",
                        "detail": "summary",
                        "elapsed_s": lasted_s,
                        ours: round(float(values[stretch].mean()), 4),
                    }
                )
        if not runs:
            reasons = ledger.account().sentence()
            raise UnreadableFileError(f"no stretch of running{f' ({reasons})' * bool(reasons)}")
        frame = schema.from_rows(runs, "runs")
        read = {_TIME, key}
        pairs = zip(table.columns, table.names, strict=True)
        return Imported(
            runs=frame,
            log_spans=log_spans(self.name, {"runs": frame["local_date"]}),
            notes=[*table.notes, Note("info", "runs are stretches of rows, with averages alone")],
            clock="utc",
            rows=ledger.account(name for name_key, name in pairs if name_key not in read),
        )


def _stretches(time_us: Integers, order: Integers) -> list[Integers]:
    """Return places of rows, in order of time, apart where a pause ends a run."""
    if not len(order):
        return []
    breaks = np.flatnonzero(np.diff(time_us[order]) > GAP_S * MICROSECONDS) + 1
    return [np.asarray(part) for part in np.split(order, breaks)]


FITBIT_FORM = FitbitFormImporter()
