"""GPX, tracks of positions, as watches, phones and services export them.

Vocabulary: GPX 1.0 and 1.1 (topografix.com/gpx.asp), Garmin's TrackPointExtension v1 and v2 and
PowerExtension v1, and Cluetrust's GPXDATA. Positions are in degrees, altitudes in m, times UTC,
speeds in m/s, temperatures in °C. Distance and speed come from the positions, which are then
dropped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from runanalytics.importers.contract import Imported, ReadOptions
from runanalytics.importers.tracks import Track, TrackReader, attribute, read_tracks
from runanalytics.importers.xml_stream import AttributesByNamespace, first_element

#: Element of a point -> our column.
COLUMNS: Mapping[str, str] = {
    "time": "time",
    "ele": "altitude_m",
    "speed": "speed_m_s",
    "hr": "heart_rate_bpm",
    "heartrate": "heart_rate_bpm",
    "cad": "cadence_spm",
    "cadence": "cadence_spm",
    "atemp": "temperature_c",
    "power": "power_w",
    "PowerInWatts": "power_w",
}
_NAMES = frozenset({"gpx", "trk", "trkseg", "trkpt", "name", "type", *COLUMNS})
#: Services that hand on what others recorded: they say nothing of the watch.
_NO_RECORDER = re.compile(r"^(?:strava(?:gpx)?|garmin connect|connect\b.*|.*\.com.*)$", re.I)
_NO_OPTIONS = ReadOptions()


class _Reader(TrackReader):
    vocabularies = (
        (re.compile(r"topografix\.com/GPX/1/\d"), _NAMES),
        (re.compile(r"garmin\.com/xmlschemas/TrackPointExtension/v\d"), frozenset(COLUMNS)),
        (re.compile(r"garmin\.com/xmlschemas/PowerExtension/v\d"), frozenset({"PowerInWatts"})),
        (re.compile(r"cluetrust\.com/XML/GPXDATA/"), frozenset({"hr", "cadence"})),
    )

    def __init__(self) -> None:
        super().__init__()
        self._device = ""
        self._point: dict[str, str] | None = None

    def began(self, name: str, attrs: AttributesByNamespace) -> None:
        if name == "trkpt":
            self._point = {
                "latitude": attribute(attrs, "lat"),
                "longitude": attribute(attrs, "lon"),
            }
        elif name == "gpx":
            creator = attribute(attrs, "creator").strip()
            self._device = "" if _NO_RECORDER.match(creator) else creator
        elif name == "trk":
            self.tracks.append(Track(device=self._device, lap=1))
        elif name == "trkseg" and self.tracks:
            self.tracks[-1].part += 1

    def ended(self, name: str, text: str) -> None:
        if not self.tracks:
            return
        track = self.tracks[-1]
        if self._point is not None:
            if name == "trkpt":
                track.add(self._point)
                self._point = None
            elif name in COLUMNS and text:
                self._point[COLUMNS[name]] = text
        elif name == "name" and self.inside == "trk":
            track.title = text
        elif name == "type" and self.inside == "trk":
            track.sport = text


@dataclass(frozen=True)
class GpxImporter:
    """Reads GPX files.

    Examples
    --------
    >>> GPX.recognises("run.xml", b'<?xml version="1.0"?><gpx creator="a watch">')
    True
    """

    name: str = "gpx"
    version: int = 1

    def recognises(self, name: str, head: bytes) -> bool:  # noqa: ARG002 - content tells
        """Return whether the file's first element is GPX's."""
        return first_element(head) == "gpx"

    def read(self, data: bytes, options: ReadOptions = _NO_OPTIONS) -> Imported:
        """Read a GPX file's bytes into tables.

        Parameters
        ----------
        data : bytes
            The whole file.
        options : ReadOptions
            `timezone` counts, since GPX states instants only.

        Returns
        -------
        Imported
            Runs with samples. A track of another sport is named in a note; one that does not
            say its sport is a run if its speeds are a runner's. Positions are dropped.

        Raises
        ------
        UnreadableFileError
            If it holds no track, or a document type definition.
        """
        return read_tracks(data, _Reader(), self.name, "track", options)


GPX = GpxImporter()
