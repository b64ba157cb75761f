"""Fields of an activity of Garmin's JSON, each under any of the names that Garmin gives it."""

from __future__ import annotations

import math
from collections.abc import Mapping

#: Our column -> Garmin's names for it, the best first; a dot leads into an object.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "id": ("activityId",),
    "title": ("activityName", "name"),
    "notes": ("description",),
    "type": ("activityType.typeKey", "activityTypeDTO.typeKey", "activityType"),
    "event": ("eventType.typeKey", "eventTypeDTO.typeKey", "eventTypeId"),
    "device": ("deviceId", "metadataDTO.deviceMetaDataDTO.deviceId"),
    "distance": ("distance", "summaryDTO.distance"),
    "time": ("duration", "summaryDTO.duration"),
    "moving": ("movingDuration", "summaryDTO.movingDuration"),
    "elapsed": ("elapsedDuration", "summaryDTO.elapsedDuration"),
    "speed": ("averageSpeed", "avgSpeed", "summaryDTO.averageSpeed"),
    "ascent": ("elevationGain", "summaryDTO.elevationGain"),
    "heart_rate_bpm": ("averageHR", "avgHr", "summaryDTO.averageHR"),
    "cadence_spm": (
        "averageRunningCadenceInStepsPerMinute",
        "avgDoubleCadence",
        "summaryDTO.averageRunCadence",
    ),
    "one_foot_cadence": ("avgRunCadence",),
    "ground_contact_ms": ("avgGroundContactTime", "summaryDTO.groundContactTime"),
    "contact_balance_left_pct": (
        "avgGroundContactBalance",
        "summaryDTO.groundContactBalanceLeft",
    ),
    "vertical_ratio_pct": ("avgVerticalRatio", "summaryDTO.verticalRatio"),
    "step_length": ("avgStrideLength", "summaryDTO.strideLength"),
    "oscillation": ("avgVerticalOscillation", "summaryDTO.verticalOscillation"),
    "power_w": ("avgPower", "summaryDTO.averagePower"),
}


def stated(activity: Mapping[str, object], ours: str) -> object:
    """Return the value of a field of an activity, under any of its names; None if missing.

    Examples
    --------
    >>> stated({"summaryDTO": {"distance": 5000.0}}, "distance")
    5000.0
    """
    for name in FIELDS[ours]:
        value: object = activity
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if value is not None and not isinstance(value, dict | list):
            return value
    return None


#: Between these lies every quantity of an activity, in whatever unit; what lies beyond is damage.
_SMALLEST, _LARGEST = 1e-9, 1e15


def number_of(value: object) -> float:
    """Return a number above 0; NaN for what is missing, which Garmin writes as null or 0.

    A number that no quantity of an activity reaches in any unit is taken as missing, too.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    try:
        number = float(value)
    except OverflowError:
        return math.nan
    return number if _SMALLEST < number < _LARGEST else math.nan


def text_of(value: object) -> str | None:
    """Return text without characters that no table can hold; None if there is none."""
    if not isinstance(value, str):
        return None
    plain = value.encode("utf-8", errors="replace").decode().replace("\0", "").strip()
    return plain or None
