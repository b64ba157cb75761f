"""Names of the columns of plain CSV files, their vocabularies, and which file is of which kind.

Keys of columns are spelled as `runanalytics.importers.text.delimited.column_key` spells them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from runanalytics import schema

_DAY = {"date": ("date", "day"), "notes": ("notes", "note", "comment")}
_START = {**_DAY, "time": ("time", "start", "start_time")}
_SESSION = {**_START, "title": ("title", "session", "workout"), "rpe": ("rpe", "effort_rpe")}
#: Kind of file -> our column -> the names that it may have, as `column_key` spells them.
COLUMNS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "sets": {
        **_SESSION,
        "movement": ("movement", "exercise", "drill"),
        "sets": ("sets", "n_sets"),
        "reps": ("reps", "repetitions"),
        "load": ("load", "weight", "load_kg", "weight_kg", "load_lb", "weight_lb"),
        "unit": ("unit", "load_unit", "weight_unit"),
        "hold_s": ("hold_s", "hold", "seconds"),
        "distance": ("distance", "distance_m"),
        "side": ("side",),
    },
    "sessions": {
        **_SESSION,
        "kind": ("kind", "type"),
        "duration": ("duration_min", "duration", "duration_s", "minutes"),
    },
    "races": {
        **_DAY,
        "distance": ("distance", "distance_km", "distance_m", "distance_mi"),
        "time": ("time", "finish_time", "finishing_time", "time_s"),
        "title": ("title", "race", "name"),
        "ascent_m": ("ascent_m", "ascent"),
        "temperature_c": ("temperature_c", "temperature"),
    },
    "runs": {
        **_START,
        "distance": ("distance", "distance_km", "distance_m", "distance_mi"),
        "duration": ("duration", "duration_min", "duration_s", "moving_s"),
        "title": ("title", "name"),
        "kind": ("kind", "type"),
        "device": ("device", "watch"),
        "sensor": ("sensor",),
        "shoe": ("shoe", "shoes"),
        "ascent_m": ("ascent_m", "ascent"),
        "temperature_c": ("temperature_c", "temperature"),
        "heart_rate_bpm": ("heart_rate_bpm", "heart_rate", "hr"),
        "power_w": ("power_w", "power"),
        **{name: (name,) for name in schema.FORM_METRICS},
        "cadence_spm": ("cadence_spm", "cadence"),
        "ground_contact_ms": ("ground_contact_ms", "gct_ms", "gct"),
    },
}
REQUIRED = {
    "sets": ("date", "movement"),
    "sessions": ("date", "kind"),
    "races": ("date", "distance", "time"),
    "runs": ("date", "distance", "duration"),
}
#: Kind of file -> columns of which any group makes a file one of it, the first kind that fits.
#: They need not be all that is required: the error then names the missing column.
SIGNATURES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "sets": (("movement",), ("date", "reps"), ("date", "load")),
    "runs": (("distance", "duration"), ("date", "cadence_spm"), ("date", "ground_contact_ms")),
    "races": (("distance", "time"), ("date", "distance")),
    "sessions": (("kind",), ("date", "duration")),
}
#: Column whose name states a unit -> the unit of its bare numbers.
LENGTHS = {"distance_km": "km", "distance_m": "m", "distance_mi": "mi"}
LOADS = {"load_kg": "kg", "weight_kg": "kg", "load_lb": "lb", "weight_lb": "lb"}
DURATIONS = {
    **{"duration_min": "min", "minutes": "min", "duration_s": "s", "moving_s": "s"},
    **{"time_s": "s", "hold_s": "s", "hold": "s", "seconds": "s"},
}
RUN_KINDS = {kind: kind for kind in schema.RUN_KINDS}
SESSION_KINDS = {
    **dict.fromkeys(("strength", "gym", "weights", "lifting", "plyometrics"), "strength"),
    **dict.fromkeys(("technique", "drill", "drills", "running drills"), "technique"),
    **dict.fromkeys(("mixed", "both"), "mixed"),
    "other": "other",
}
SIDES = {
    **dict.fromkeys(("left", "l"), "left"),
    **dict.fromkeys(("right", "r"), "right"),
    **dict.fromkeys(("both", "each", "b", "l/r", "per side", "alternating"), "both"),
}


def kind_of(header: Sequence[str]) -> str | None:
    """Return the kind of plain file that has these columns, or None if no kind has.

    Examples
    --------
    >>> kind_of(["date", "distance", "time"]), kind_of(["date", "distance", "lat", "lon", "hdop"])
    ('races', None)
    """
    for kind, signatures in SIGNATURES.items():
        ours = columns_of(kind, header).keys()
        spellings = {name for theirs in COLUMNS[kind].values() for name in theirs}
        known = sum(name in spellings for name in header)
        # If fewer than half of the columns are known, the file is of another source.
        if 2 * known >= sum(map(bool, header)) and any(ours >= {*group} for group in signatures):
            return kind
    return None


def columns_of(kind: str, header: Sequence[str]) -> dict[str, str]:
    """Return our column -> the file's column for it."""
    return {
        ours: next(name for name in theirs if name in header)
        for ours, theirs in COLUMNS[kind].items()
        if any(name in header for name in theirs)
    }
