"""GPX, tracks of positions, as watches, phones and services export them.

Vocabulary: GPX 1.0 and 1.1 (topografix.com/gpx.asp), Garmin's TrackPointExtension v1 and v2 and
PowerExtension v1, and Cluetrust's GPXDATA. Positions are in degrees, altitudes in m, times UTC,
speeds in m/s, temperatures in °C. Distance and speed come from the positions, which are then
dropped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from runanalytics.importers.tracks.importer import TrackImporter
from runanalytics.importers.tracks.reader import TrackFormat

#: Element or attribute of a point -> our column.
COLUMNS: Mapping[str, str] = {
    "time": "time",
    "@lat": "latitude",
    "@lon": "longitude",
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
#: What is said of a track, and of the whole file.
SAID: Mapping[str, str] = {
    "gpx/@creator": "device",
    "trk/name": "title",
    "trk/type": "sport",
}
_NAMES = frozenset({"gpx", "trk", "trkseg", "trkpt", "name", "type", *COLUMNS})
#: Services that hand on what others recorded: they say nothing of the watch.
_NO_RECORDER = re.compile(r"^(?:strava(?:gpx)?|garmin connect|connect\b.*|.*\.com.*)$", re.I)


def recorder(creator: str) -> str:
    """Return the device that a file's creator is, empty where it is a service.

    Examples
    --------
    >>> recorder("Garmin Connect"), recorder("TomTom")
    ('', 'TomTom')
    """
    name = creator.strip()
    return "" if _NO_RECORDER.match(name) else name


GPX = TrackImporter(
    "gpx",
    1,
    TrackFormat(
        root="gpx",
        track="trk",
        part="trkseg",
        point="trkpt",
        what="track",
        namespaces=(
            (re.compile(r"topografix\.com/GPX/1/\d"), _NAMES),
            (
                re.compile(r"garmin\.com/xmlschemas/TrackPointExtension/v\d"),
                frozenset(COLUMNS),
            ),
            (
                re.compile(r"garmin\.com/xmlschemas/PowerExtension/v\d"),
                frozenset({"PowerInWatts"}),
            ),
            (re.compile(r"cluetrust\.com/XML/GPXDATA/"), frozenset({"hr", "cadence"})),
        ),
        columns=COLUMNS,
        said=SAID,
        device=recorder,
    ),
    (".gpx",),
)
