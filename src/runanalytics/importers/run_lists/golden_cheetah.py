r"""GoldenCheetah's own files: a recorded activity as JSON, its samples with running dynamics.

Instants are in UTC. Distances are in kilometres, speeds in km/h, contact time in ms, vertical
oscillation in cm; run cadence counts one leg's steps. A program's file has every series that any
sample has, and 0 where one was not measured.

References
----------
What GoldenCheetah 3.1 to 3.6 writes (``JsonRideFile``): ``RCAD``, ``RVERT``, ``RCON`` beside the
series of rides. From the program's source and public files, not from a runner's library.

Examples
--------
>>> samples = ", ".join(
...     f'{{"SECS": {n}, "KM": {n * 0.003:.3f}, "KPH": 10.8, "RCAD": 85, "RCON": 250}}'
...     for n in range(90))
>>> ride = '{"RIDE": {"STARTTIME": "2026/01/02 03:04:05 UTC ", "TAGS": {"Sport": "Run "}, '
>>> data = f'{ride}"SAMPLES": [{samples}]}}}}'.encode()
>>> runs = GOLDEN_CHEETAH.read(data, ReadOptions(timezone="UTC")).runs
>>> runs[["cadence_spm", "ground_contact_ms"]].to_numpy().tolist()
[[170.0, 250.0]]
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from runanalytics import schema
from runanalytics.arrays import Floats
from runanalytics.errors import UnreadableFileError
from runanalytics.importers.contract import Imported, Importer, Note, ReadOptions
from runanalytics.importers.runs.recorded import (
    MICROSECONDS,
    UNKNOWN_US,
    RecordedRun,
    instants_us,
    run_of,
)
from runanalytics.importers.runs.words import sport_of
from runanalytics.importers.text.json_document import read_json
from runanalytics.importers.text.notes import joined_notes
from runanalytics.units import KILOMETRE_M

#: Our column -> the series that may hold it, the best first, and the size of its unit in ours.
SERIES: Mapping[str, tuple[tuple[str, ...], float]] = {
    "distance_m": (("KM",), KILOMETRE_M),
    "speed_m_s": (("KPH",), KILOMETRE_M / 3600),
    "heart_rate_bpm": (("HR",), 1.0),
    "cadence_spm": (("RCAD", "CAD"), 1.0),
    "ground_contact_ms": (("RCON",), 1.0),
    "vertical_oscillation_mm": (("RVERT",), 10.0),
    "altitude_m": (("ALT",), 1.0),
    "power_w": (("WATTS",), 1.0),
    "temperature_c": (("TEMP",), 1.0),
}
#: Quantities of which 0 stands for a sample that was not measured.
_ZERO_IS_MISSING = ("heart_rate_bpm", "ground_contact_ms", "vertical_oscillation_mm", "power_w")
#: Tags that hold what people write.
_NOTES = ("Workout Title", "Workout Code", "Objective", "Notes")
#: What stands for no temperature.
_NO_TEMPERATURE_C = -255.0
_START = re.compile(r"(\d{4})/(\d\d)/(\d\d) (\d\d:\d\d:\d\d)(?: UTC)?\s*")


class GoldenCheetahImporter(Importer):
    """Reads an activity of GoldenCheetah's library."""

    name = "golden-cheetah"
    version = 2
    records = True
    rank = 1

    def recognises(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - content decides
        """Return whether the first names are those of GoldenCheetah's files."""
        start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
        return start.startswith(b"{") and b'"RIDE"' in head and b'"STARTTIME"' in head

    def read(self, data: bytes, options: ReadOptions = ReadOptions()) -> Imported:
        """Read a run; another sport gives no run and a note.

        Parameters
        ----------
        data : bytes
            The whole file.
        options : ReadOptions
            `timezone` is used, since the file states instants only.

        Raises
        ------
        UnreadableFileError
            If it is no JSON, has no start, or no sample.
        """
        document, notes = read_json(data)
        ride = document.get("RIDE") if isinstance(document, dict) else None
        if not isinstance(ride, dict):
            raise UnreadableFileError("there is no 'RIDE' in this file")
        held = ride.get("TAGS")
        tags: Mapping[str, object] = held if isinstance(held, dict) else {}
        sport = sport_of(_text(tags, "Sport"), _text(tags, "SubSport"))
        if not sport.is_run:
            named = _text(tags, "Sport") or "without a sport"
            return Imported(notes=[*notes, Note("info", f"no run: its sport is {named}")])
        start_us = _start_us(ride.get("STARTTIME"))
        samples = [one for one in _list(ride, "SAMPLES") if isinstance(one, dict)]
        seconds = _numbers(samples, "SECS")
        known = np.isfinite(seconds) & (np.abs(seconds) < 1e7)
        time_us = np.full(len(seconds), UNKNOWN_US)
        time_us[known] = start_us + np.round(seconds[known] * MICROSECONDS).astype(np.int64)
        quantities = {}
        for ours, (series, size) in SERIES.items():
            values = next((one for name in series if _is_any(one := _numbers(samples, name))), None)
            if values is not None:
                quantities[ours] = _measured(ours, values * size)
        device = _text(ride, "DEVICETYPE")
        recorded = RecordedRun(
            self.name,
            time_us,
            quantities,
            known={
                "kind": sport.kind,
                "course": sport.course,
                "notes": joined_notes(*(tags.get(name) for name in _NOTES)),
                **({"device": device} if device else {}),
            },
            positions=(_numbers(samples, "LAT"), _numbers(samples, "LON")),
            counts_unstated=True,
        )
        run = run_of(recorded, options)
        if run is None:
            raise UnreadableFileError("there is no sample in this file")
        return Imported(
            runs=schema.from_rows([run.row], "runs"),
            samples=run.samples,
            notes=[*notes, *run.notes],
            clock="utc",
        )


def _start_us(text: object) -> int:
    match = _START.fullmatch(text) if isinstance(text, str) else None
    written = f"{match[1]}-{match[2]}-{match[3]}T{match[4]}Z" if match else None
    (start_us,) = instants_us([written]).tolist()
    if start_us == UNKNOWN_US:
        raise UnreadableFileError(
            "'STARTTIME' is no instant", hint="expected 2026/01/02 03:04:05 UTC"
        )
    return int(start_us)


def _text(held: Mapping[str, object], name: str) -> str:
    value = held.get(name)
    return value.strip() if isinstance(value, str) else ""


def _list(held: Mapping[str, object], name: str) -> list[object]:
    value = held.get(name)
    return value if isinstance(value, list) else []


def _numbers(samples: list[dict[str, object]], name: str) -> Floats:
    cells = (sample.get(name) for sample in samples)
    found = [
        float(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else np.nan
        for cell in cells
    ]
    return np.array(found, dtype=np.float64)


def _is_any(values: Floats) -> bool:
    return bool(np.nan_to_num(values).any())


def _measured(ours: str, values: Floats) -> Floats:
    if ours in _ZERO_IS_MISSING:
        return np.where(values == 0, np.nan, values)
    return np.where(values == _NO_TEMPERATURE_C, np.nan, values)


GOLDEN_CHEETAH = GoldenCheetahImporter()
