r"""Stryd's CSV export: what the pod on the shoe measured, second by second.

Instants are seconds since 1970 UTC. Each column's header states its unit. A 0 means that a
value was not measured: there is no ground contact or oscillation before the first strides.

Examples
--------
>>> header = "Timestamp,Stryd Speed (m/s),Ground Time (ms),Cadence (spm)\n"
>>> rows = "".join(f"{1770749502 + s},2.8,252,178\n" for s in range(90))
>>> read = STRYD.read((header + rows).encode(), ReadOptions(timezone="Europe/Athens"))
>>> read.runs[["start_utc", "cadence_spm", "ground_contact_ms"]].iloc[0].astype(str).tolist()
['2026-02-10 18:51:42+00:00', '178.0', '252.0']
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from runanalytics import schema
from runanalytics.arrays import Floats, Integers
from runanalytics.errors import UnreadableFileError
from runanalytics.importers.contract import Imported, Importer, Note, ReadOptions, require_columns
from runanalytics.importers.runs.recorded import (
    MICROSECONDS,
    UNKNOWN_US,
    RecordedRun,
    instants_us,
    run_of,
)
from runanalytics.importers.text.delimited import DelimitedTable, header_of, read_table
from runanalytics.importers.text.plain_numbers import n_unread, numbers_in, unread_note
from runanalytics.importers.text.stated_units import factor

#: Our column -> Stryd's, without the unit, the best first.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "ground_contact_ms": ("ground time", "ground contact time"),
    "cadence_spm": ("cadence",),
    "vertical_oscillation_mm": ("vertical oscillation",),
    "vertical_ratio_pct": ("vertical ratio",),
    "power_w": ("power",),
    "form_power_w": ("form power",),
    "leg_spring_stiffness_kn_m": ("stiffness",),
    "heart_rate_bpm": ("heart rate",),
    # The pod's barometer varies less from second to second than those of most watches.
    "altitude_m": ("stryd elevation", "watch elevation", "elevation"),
    "temperature_c": ("stryd temperature", "temperature"),
}
#: Columns of speed and distance by instrument: the watch first, so that a run's pace is the same
#: in the pod's file and in the watch's own.
INSTRUMENTS: Mapping[str, tuple[str, str]] = {
    "watch": ("watch speed", "watch distance"),
    "pod": ("stryd speed", "stryd distance"),
    "file": ("speed", "distance"),
}
_TIME = "timestamp"
#: Columns that no other source with a `Timestamp` has; a file has at least two of them.
_OWN = ("form power", "air power", "stiffness", "ground time", "stryd speed", "stryd distance")
_ZERO_IS_MISSING = (
    *("ground_contact_ms", "vertical_oscillation_mm", "heart_rate_bpm", "power_w"),
    *("form_power_w", "leg_spring_stiffness_kn_m"),
)
#: Stiffness, which states no unit, and the same per kilogram: together they tell the mass with
#: which the file's values per kilogram were worked out.
_STIFFNESS, _STIFFNESS_PER_KG, _STIFFNESS_UNIT = "stiffness", "stiffness/kg", "kn/m"

_HEADER = re.compile(r"\s*(?P<name>[^()]*?)\s*(?:\(\s*(?P<unit>[^()]*?)\s*\)\s*)?")
#: A larger number is in milliseconds: in seconds it would be after the year 5138.
_MOST_SECONDS = 1e11
_PER_KG = "w/kg"
#: Masses of runners, kg, and how far apart the rows of a file may put it, as a share.
_MASS_KG, _MASS_SPREAD = (25.0, 250.0), 0.01
#: The two instruments' distances may differ by this share without a note.
_AGREEMENT = 0.02


@dataclass(frozen=True)
class _Column:
    """A column of the file: its unit in lower case, its header as written, and its numbers."""

    unit: str | None
    header: str
    numbers: Floats


class StrydImporter(Importer):
    """Reads the CSV export of Stryd's PowerCenter, one run per file."""

    name = "stryd"
    version = 5
    records = True
    rank = 1

    def recognises(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - content tells
        """Return whether the columns are Stryd's."""
        matches = [_HEADER.fullmatch(key.replace("_", " ")) for key in header_of(head)]
        names = {match["name"] for match in matches if match}
        return _TIME in names and len(names.intersection(_OWN)) >= 2

    def read(self, data: bytes, options: ReadOptions = ReadOptions()) -> Imported:
        """Read a run's bytes into tables.

        Parameters
        ----------
        data : bytes
            The whole file.
        options : ReadOptions
            `timezone` is used, since the file states instants only.

        Returns
        -------
        Imported
            One run with samples. Power per kilogram is read as watts where stiffness and
            stiffness per kilogram tell the mass, and left out where they do not.

        Raises
        ------
        MissingColumnError
            If there is no column of instants.
        UnreadableFileError
            If no row has an instant.
        """
        table = read_table(data)
        notes = list(table.notes)
        columns = _in_watts(_columns(table, notes), notes)
        require_columns(columns, [_TIME])
        quantities = {
            name: values
            for name, theirs in COLUMNS.items()
            if (values := _first(name, theirs, columns, notes)) is not None
        }
        quantities |= _speed_and_distance(columns, notes)
        recorded = RecordedRun(
            self.name,
            _time_us(columns[_TIME].numbers),
            quantities,
            known={"device": "Stryd", "sensor": "Stryd", **_power_sensor(quantities)},
        )
        run = run_of(recorded, options)
        if run is None:
            raise UnreadableFileError(
                "no row has an instant", hint="expected seconds since 1970 under 'Timestamp'"
            )
        return Imported(
            runs=schema.from_rows([run.row], "runs"),
            samples=run.samples,
            notes=[*notes, *run.notes],
            clock="utc",
        )


STRYD = StrydImporter()


def _power_sensor(quantities: Mapping[str, Floats]) -> dict[str, str]:
    names = {"power_w", "form_power_w", "leg_spring_stiffness_kn_m"}
    return {"power_sensor": "Stryd"} if names & quantities.keys() else {}


def _columns(table: DelimitedTable, notes: list[Note]) -> dict[str, _Column]:
    """Return the file's columns by name; of two with one name the first."""
    rows = list(table.rows)
    if table.columns[-1] not in rows[-1].cells:
        notes.append(Note("warning", f"line {rows[-1].line} is torn: left out"))
        rows.pop()
    columns: dict[str, _Column] = {}
    for key, header in zip(table.columns, table.names, strict=True):
        parts = _HEADER.fullmatch(key.replace("_", " "))
        if parts is None or parts["name"] in columns:
            continue
        if parts["name"] == _TIME:
            numbers = _instants_s([row[key] for row in rows])
        else:
            texts = [row[key].replace(",", ".") for row in rows]
            numbers = numbers_in(texts)
            notes += unread_note(n_unread(texts, numbers), f"'{header}'")
        columns[parts["name"]] = _Column(parts["unit"], header, numbers)
    return columns


def _in_watts(columns: Mapping[str, _Column], notes: list[Note]) -> dict[str, _Column]:
    """Return columns with stiffness in its unit, and power in W where the mass is known."""
    known = dict(columns)
    stiffness, per_kg = known.get(_STIFFNESS), known.get(_STIFFNESS_PER_KG)
    if stiffness is None:
        return known
    if stiffness.unit is None:
        known[_STIFFNESS] = replace(stiffness, unit=_STIFFNESS_UNIT)
    if per_kg is None:
        return known
    there = (stiffness.numbers > 0) & (per_kg.numbers > 0)
    masses = stiffness.numbers[there] / per_kg.numbers[there]
    if not masses.size or not _MASS_KG[0] <= (mass_kg := float(np.median(masses))) <= _MASS_KG[1]:
        return known
    if np.ptp(masses) > _MASS_SPREAD * mass_kg:
        return known
    in_watts = {
        name: replace(column, unit="w", numbers=column.numbers * mass_kg)
        for name, column in known.items()
        if column.unit == _PER_KG
    }
    if in_watts:
        message = "power per kilogram was read as watts with the mass that stiffness tells"
        notes.append(Note("info", f"{message}, {mass_kg:.1f} kg"))
    return known | in_watts


def _instants_s(texts: list[str]) -> Floats:
    """Return instants in s since 1970: numbers of seconds or milliseconds, or ISO 8601."""
    numbers = numbers_in(texts)
    if np.isnan(numbers).all():
        stated = instants_us(texts)
        return np.where(stated == UNKNOWN_US, np.nan, stated / MICROSECONDS)
    return np.where(numbers > _MOST_SECONDS, numbers / 1000, numbers)


def _time_us(seconds: Floats) -> Integers:
    known = (seconds > 0) & (seconds < _MOST_SECONDS)
    time_us = np.full(len(seconds), UNKNOWN_US)
    time_us[known] = np.round(seconds[known] * MICROSECONDS)
    return time_us


def _quantity(name: str, column: _Column, notes: list[Note]) -> Floats | None:
    """Return a column in our unit; None where its unit is not known, or no value but 0."""
    if not np.nan_to_num(column.numbers).any():
        return None
    stated = None if column.unit is None else factor(name, column.unit)
    if stated is None:
        reason = "it does not state its unit"
        if column.unit == _PER_KG:
            reason = "the file does not state the runner's mass"
        elif column.unit:
            reason = f"its unit '{column.unit}' is not known"
        notes.append(Note("info", f"column '{column.header}' was left out: {reason}"))
        return None
    values = column.numbers * stated
    return np.where(values == 0, np.nan, values) if name in _ZERO_IS_MISSING else values


def _first(
    name: str, theirs: tuple[str, ...], columns: Mapping[str, _Column], notes: list[Note]
) -> Floats | None:
    found = (_quantity(name, columns[known], notes) for known in theirs if known in columns)
    return next((values for values in found if values is not None), None)


def _speed_and_distance(columns: Mapping[str, _Column], notes: list[Note]) -> dict[str, Floats]:
    """Return speed and distance, both of the first instrument that has either."""
    measured: dict[str, dict[str, Floats]] = {}
    for instrument, theirs in INSTRUMENTS.items():
        both = zip(("speed_m_s", "distance_m"), theirs, strict=True)
        quantities = {
            name: values
            for name, known in both
            if (values := _first(name, (known,), columns, notes)) is not None
        }
        if quantities:
            measured[instrument] = quantities
    if not measured:
        return {}
    totals = {
        instrument: float(np.nanmax(quantities["distance_m"]))
        for instrument, quantities in measured.items()
        if "distance_m" in quantities
    }
    chosen = next(iter(measured))
    other = next((total for instrument, total in totals.items() if instrument != chosen), None)
    if chosen in totals and other and abs(other / totals[chosen] - 1) > _AGREEMENT:
        message = f"distance and speed are the {chosen}'s ({totals[chosen]:.0f} m)"
        notes.append(Note("info", f"{message}; the pod measured {other:.0f} m"))
    distance = measured[chosen].get("distance_m")
    if distance is None:
        return measured[chosen]
    # Once it has begun to grow, a distance of 0 was not measured.
    begun = np.fmax.accumulate(np.nan_to_num(distance)) > 0
    return {**measured[chosen], "distance_m": np.where(begun & (distance == 0), np.nan, distance)}
