"""GPX, the format of tracks of positions that watches, phones and services export.

Vocabulary: GPX 1.0 and 1.1 (topografix.com/gpx.asp), Garmin's TrackPointExtension v1 and v2 and
PowerExtension v1, and Cluetrust's GPXDATA, in which COROS, Suunto and Polar's converters write
the watch's own distance (m, since the start), power (W) and temperature. Positions are in
degrees, altitudes in m, times UTC, speeds in m/s, temperatures in °C. Distance and speed that
are not stated come from the positions, which are then dropped.
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
    "distance": "distance_m",
    "temp": "temperature_c",
}
#: Element or attribute of a track or of the whole file -> field of `Track`.
TRACK_FIELDS: Mapping[str, str] = {
    "gpx/@creator": "device",
    "trk/name": "title",
    "trk/desc": "notes",
    "trk/cmt": "comment",
    "trk/type": "sport",
    "lap/distance": "distance_m",
    "lap/elapsedTime": "timer_s",
}
_NAMES = frozenset({"gpx", "trk", "trkseg", "trkpt", "name", "type", "desc", "cmt", *COLUMNS})
_GPXDATA = frozenset(
    (
        *("hr", "cadence", "distance", "power", "temp", "speed"),
        *("lap", "elapsedTime"),
    )
)
#: Services that export what a watch recorded, and do not state which.
_SERVICE = re.compile(r"^(?:strava(?:gpx)?|garmin connect|connect\b.*|.*\.com.*)$", re.I)


def recorder(creator: str) -> str:
    """Return the device that created a file, empty if a service did.

    Examples
    --------
    >>> recorder("Garmin Connect"), recorder("TomTom")
    ('', 'TomTom')
    """
    name = creator.strip()
    return "" if _SERVICE.match(name) else name


GPX = TrackImporter(
    "gpx",
    5,
    TrackFormat(
        root="gpx",
        track="trk",
        part="trkseg",
        point="trkpt",
        what="track",
        namespaces=(
            (re.compile(r"topografix\.com/GPX/1/\d"), _NAMES),
            (re.compile(r"garmin\.com/xmlschemas/TrackPointExtension/v\d"), frozenset(COLUMNS)),
            (re.compile(r"garmin\.com/xmlschemas/PowerExtension/v\d"), frozenset({"PowerInWatts"})),
            (re.compile(r"cluetrust\.com/XML/GPXDATA/"), _GPXDATA),
        ),
        columns=COLUMNS,
        track_fields=TRACK_FIELDS,
        device=recorder,
    ),
    (".gpx",),
)
