"""TCX, the format of Garmin's Training Center, as many services export it.

Vocabulary: Garmin's schemas TrainingCenterDatabasev2.xsd and ActivityExtensionv2.xsd. Speeds
are in m/s, distances and altitudes in m, times UTC.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from runanalytics.importers.contract import Imported, ReadOptions
from runanalytics.importers.tracks import Track, TrackReader, attribute, read_tracks
from runanalytics.importers.xml_stream import AttributesByNamespace, first_element

#: Element of a point -> our column. Of two for the same, the one that stands later counts.
COLUMNS: Mapping[str, str] = {
    "Time": "time",
    "LatitudeDegrees": "latitude",
    "LongitudeDegrees": "longitude",
    "AltitudeMeters": "altitude_m",
    "DistanceMeters": "distance_m",
    "HeartRateBpm": "heart_rate_bpm",
    "Cadence": "cadence_spm",
    "RunCadence": "cadence_spm",
    "Speed": "speed_m_s",
    "Watts": "power_w",
    "Temperature": "temperature_c",
}
_FRAME = frozenset(
    (
        *("TrainingCenterDatabase", "Activity", "Lap", "Track", "Trackpoint", "Id", "Notes"),
        *("TotalTimeSeconds", "Creator", "Name", "Value"),
    )
)
_NAMES = _FRAME | COLUMNS.keys()
_NO_OPTIONS = ReadOptions()

_SOFTWARE = re.compile(r"\s+(?:software version|with|v?\d+\.\d+).*$", re.IGNORECASE)
#: Watches whose maker's name older files leave out.
_GARMIN = re.compile(r"(?:forerunner|f[eē]nix|edge|v[ií]voactive|venu|instinct|epix)\b", re.I)


def device_in_words(name: str) -> str:
    """Return a device without its software, and with its maker.

    Examples
    --------
    >>> device_in_words("Forerunner 410 Software Version 2.20")
    'Garmin Forerunner 410'
    """
    plain = _SOFTWARE.sub("", name).strip()
    return f"Garmin {plain}" if _GARMIN.match(plain) else plain


class _Reader(TrackReader):
    vocabularies = (
        (re.compile(r"garmin\.com/xmlschemas/TrainingCenterDatabase/v\d"), _NAMES),
        (re.compile(r"garmin\.com/xmlschemas/ActivityExtension/v\d"), frozenset(COLUMNS)),
    )

    def __init__(self) -> None:
        super().__init__()
        self._point: dict[str, str] | None = None

    def began(self, name: str, attrs: AttributesByNamespace) -> None:
        if name == "Trackpoint":
            self._point = {}
        elif name == "Activity":
            self.tracks.append(Track(sport=attribute(attrs, "Sport")))
        elif name == "Lap" and self.tracks:
            self.tracks[-1].lap += 1
            self.tracks[-1].start = self.tracks[-1].start or attribute(attrs, "StartTime")
        elif name == "Track" and self.tracks:
            # A lap begins a new track without a pause; so does the timer after one.
            self.tracks[-1].part += 1

    def ended(self, name: str, text: str) -> None:
        if not self.tracks:
            return
        track = self.tracks[-1]
        if self._point is not None:
            if name == "Trackpoint":
                track.add(self._point)
                self._point = None
            elif name == "Value" and self.inside == "HeartRateBpm":
                self._point["heart_rate_bpm"] = text
            elif name in COLUMNS and text:
                self._point[COLUMNS[name]] = text
        elif name == "DistanceMeters" and self.inside == "Lap":
            track.distance_m += _amount(text)
        elif name == "TotalTimeSeconds" and self.inside == "Lap":
            track.timer_s += _amount(text)
        elif name == "Notes" and self.inside == "Activity":
            track.title = text
        elif name == "Name" and self.inside == "Creator":
            track.device = device_in_words(text)


def _amount(text: str) -> float:
    try:
        amount = float(text)
    except ValueError:
        return 0.0
    return amount if math.isfinite(amount) and amount > 0 else 0.0


@dataclass(frozen=True)
class TcxImporter:
    """Reads TCX files.

    Examples
    --------
    >>> TCX.recognises("run.xml", b'<?xml version="1.0"?><TrainingCenterDatabase>')
    True
    """

    name: str = "tcx"
    version: int = 1

    def recognises(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - content tells
        """Return whether the file's first element is TCX's."""
        return first_element(head) == "TrainingCenterDatabase"

    def read(self, data: bytes, options: ReadOptions = _NO_OPTIONS) -> Imported:
        """Read a TCX file's bytes into tables.

        Parameters
        ----------
        data : bytes
            The whole file.
        options : ReadOptions
            `timezone` counts, since TCX states instants only.

        Returns
        -------
        Imported
            Runs with samples; other sports are named in notes. Positions are dropped.

        Raises
        ------
        UnreadableFileError
            If it holds no activity, or a document type definition.
        """
        return read_tracks(data, _Reader(), self.name, "activity", options)


TCX = TcxImporter()
