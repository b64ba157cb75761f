"""TCX, the format of Garmin's Training Center, as many services export it.

Vocabulary: Garmin's schemas TrainingCenterDatabasev2.xsd and ActivityExtensionv2.xsd. Speeds
are in m/s, distances and altitudes in m, times UTC.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from runanalytics.importers.tracks.importer import TrackImporter
from runanalytics.importers.tracks.reader import TrackFormat

#: Element of a point -> our column. Of several for one column the last in the file is used.
COLUMNS: Mapping[str, str] = {
    "Time": "time",
    "LatitudeDegrees": "latitude",
    "LongitudeDegrees": "longitude",
    "AltitudeMeters": "altitude_m",
    "DistanceMeters": "distance_m",
    "HeartRateBpm": "heart_rate_bpm",
    "HeartRateBpm/Value": "heart_rate_bpm",
    "Cadence": "cadence_spm",
    "RunCadence": "cadence_spm",
    "Speed": "speed_m_s",
    "Watts": "power_w",
    "Temperature": "temperature_c",
}
#: Element or attribute of an activity -> field of `Track`.
TRACK_FIELDS: Mapping[str, str] = {
    "Activity/@Sport": "sport",
    "Activity/Notes": "title",
    "Creator/Name": "device",
    "Lap/@StartTime": "start",
    "Lap/DistanceMeters": "distance_m",
    "Lap/TotalTimeSeconds": "timer_s",
    # The schema's average cadence of a lap, and that of runs, which some apps write instead.
    "Lap/Cadence": "cadence",
    "LX/AvgRunCadence": "cadence",
    "LX/Steps": "steps",
    "AverageHeartRateBpm/Value": "heart_rate_bpm",
}
_NAMES = frozenset(
    (
        *("TrainingCenterDatabase", "Activity", "Lap", "Track", "Trackpoint", "Notes"),
        *("TotalTimeSeconds", "Creator", "Name", "Value", "AverageHeartRateBpm"),
        *COLUMNS,
    )
)
_SOFTWARE = re.compile(r"\s+(?:software version|with|v?\d+\.\d+).*$", re.IGNORECASE)
#: Watches whose maker older files do not name.
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


TCX = TrackImporter(
    "tcx",
    5,
    TrackFormat(
        root="TrainingCenterDatabase",
        track="Activity",
        # One begins with each lap, without a pause, and after each pause.
        part="Track",
        point="Trackpoint",
        what="activity",
        namespaces=(
            (re.compile(r"garmin\.com/xmlschemas/TrainingCenterDatabase/v\d"), _NAMES),
            (
                re.compile(r"garmin\.com/xmlschemas/ActivityExtension/v\d"),
                frozenset((*COLUMNS, "LX", "AvgRunCadence", "Steps")),
            ),
        ),
        columns=COLUMNS,
        track_fields=TRACK_FIELDS,
        lap="Lap",
        device=device_in_words,
    ),
    (".tcx",),
)
