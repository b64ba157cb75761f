"""What plain CSV files call their columns and words, and how they are told apart.

Keys of columns are spelled as `runanalytics.importers.text.delimited.column_key` spells them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from runanalytics import schema

#: Kind of file -> our column -> how it may be called, as `column_key` spells it.
COLUMNS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "sets": {
        "date": ("date", "day"),
        "time": ("time", "start", "start_time"),
        "title": ("title", "session", "workout"),
        "movement": ("movement", "exercise", "drill"),
        "sets": ("sets", "n_sets"),
        "reps": ("reps", "repetitions"),
        "load": ("load", "weight", "load_kg", "weight_kg", "load_lb", "weight_lb"),
        "unit": ("unit", "load_unit", "weight_unit"),
        "hold_s": ("hold_s", "hold", "seconds"),
        "distance": ("distance", "distance_m"),
        "side": ("side",),
        "rpe": ("rpe", "effort_rpe"),
        "notes": ("notes", "note", "comment"),
    },
    "sessions": {
        "date": ("date", "day"),
        "time": ("time", "start", "start_time"),
        "kind": ("kind", "type"),
        "title": ("title", "session", "workout"),
        "duration": ("duration_min", "duration", "duration_s", "minutes"),
        "rpe": ("rpe", "effort_rpe"),
        "notes": ("notes", "note", "comment"),
    },
    "races": {
        "date": ("date", "day"),
        "distance": ("distance", "distance_km", "distance_m", "distance_mi"),
        "time": ("time", "finish_time", "finishing_time", "time_s"),
        "title": ("title", "race", "name"),
        "ascent_m": ("ascent_m", "ascent"),
        "temperature_c": ("temperature_c", "temperature"),
        "notes": ("notes", "note", "comment"),
    },
    "runs": {
        "date": ("date", "day"),
        "time": ("time", "start", "start_time"),
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
        "notes": ("notes", "note", "comment"),
    },
}
REQUIRED = {
    "sets": ("date", "movement"),
    "sessions": ("date", "kind"),
    "races": ("date", "distance", "time"),
    "runs": ("date", "distance", "duration"),
}
#: What makes a file ours, tried in this order: the first kind of which it has one of these
#: sets of columns. A file that lacks a required column is still claimed, to say which.
SIGNATURES: tuple[tuple[str, tuple[frozenset[str], ...]], ...] = (
    ("sets", tuple(map(frozenset, (("movement",), ("date", "reps"), ("date", "load"))))),
    (
        "runs",
        tuple(
            map(
                frozenset,
                (("distance", "duration"), ("date", "cadence_spm"), ("date", "ground_contact_ms")),
            )
        ),
    ),
    ("races", tuple(map(frozenset, (("distance", "time"), ("date", "distance"))))),
    ("sessions", tuple(map(frozenset, (("kind",), ("date", "duration"))))),
)
#: Unit of bare numbers below a column whose name states it.
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
}
SIDES = {
    **dict.fromkeys(("left", "l"), "left"),
    **dict.fromkeys(("right", "r"), "right"),
    **dict.fromkeys(("both", "each", "b", "l/r", "per side", "alternating"), "both"),
}


def kind_of(header: Sequence[str]) -> str | None:
    """Return which kind of plain file has these columns, or None if it has those of none.

    Examples
    --------
    >>> kind_of(["date", "distance", "time"]), kind_of(["date", "distance", "lat", "lon", "hdop"])
    ('races', None)
    """
    for kind, signatures in SIGNATURES:
        ours = set(columns_of(kind, header))
        known = sum(name in _spellings(kind) for name in header)
        # Most of a file's columns are known to us, or it is another source's.
        if 2 * known >= sum(map(bool, header)) and any(found <= ours for found in signatures):
            return kind
    return None


def columns_of(kind: str, header: Sequence[str]) -> dict[str, str]:
    """Return our column -> the column of the file that stands for it."""
    return {
        ours: next(name for name in theirs if name in header)
        for ours, theirs in COLUMNS[kind].items()
        if any(name in header for name in theirs)
    }


def _spellings(kind: str) -> frozenset[str]:
    return frozenset(name for theirs in COLUMNS[kind].values() for name in theirs)
