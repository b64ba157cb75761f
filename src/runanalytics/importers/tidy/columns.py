"""Names of the columns of plain CSV files, their vocabularies, and which file is of which kind.

Keys of columns are spelled as `runanalytics.importers.text.delimited.column_key` spells them.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence

from runanalytics import schema
from runanalytics.importers.text.headers import Headers

_DAY = {"date": ("date", "day"), "notes": ("notes", "note", "comment")}
_START = {**_DAY, "time": ("time", "start", "start_time")}
_SESSION = {**_START, "title": ("title", "session", "workout"), "rpe": ("rpe", "effort_rpe")}
#: Kind of file -> our column -> the names that it may have, as `column_key` spells them.
COLUMNS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "sets": {
        **_SESSION,
        "movement": ("movement", "exercise", "drill"),
        "sets": ("sets", "n_sets"),
        "order": (),
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
        "course": ("course", "surface"),
    },
    "runs": {
        **_START,
        "distance": ("distance", "distance_km", "distance_m", "distance_mi"),
        "duration": ("duration", "duration_min", "duration_s", "moving_s"),
        "title": ("title", "name"),
        "course": ("course", "surface", "terrain"),
        "kind": ("kind", "type"),
        "device": ("device", "watch"),
        "sensor": ("sensor",),
        "power_sensor": ("power_sensor",),
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
#: Kinds of run that say over which course it was.
COURSE_OF_KIND = {"treadmill": "treadmill", "trail": "trail"}
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


#: Quantity that a header states (`runanalytics.importers.text.headers`) -> our column, where the
#: two have different names.
_COLUMNS_OF_QUANTITIES = {"hold": "hold_s"}
_SECONDS = ("s", "sec", "secs", "second", "seconds")
#: How like a known name a misspelt one is (1 is equal), and its fewest letters.
_LIKENESS, _LETTERS_OF_A_GUESS = 0.75, 3
#: Kinds of files whose headers may be of any language, with units.
IN_ANY_LANGUAGE = ("sets", "sessions")


def kind_of(header: Sequence[str]) -> str | None:
    """Return the kind of plain file that has these columns, or None if no kind has.

    Examples
    --------
    >>> kind_of(["date", "distance", "time"]), kind_of(["date", "distance", "lat", "lon", "hdop"])
    ('races', None)
    >>> kind_of(["datum", "übung", "sätze", "gewicht_(kg)"])
    'sets'
    """
    return _kind(header, columns_of)


def own_kind_of(header: Sequence[str]) -> str | None:
    """Return the kind of plain file that has these columns under our own, English names.

    Examples
    --------
    >>> own_kind_of(["date", "exercise", "reps"]), own_kind_of(["datum", "übung", "wdh"])
    ('sets', None)
    """
    return _kind(header, _named)


def _kind(
    header: Sequence[str], columns_among: Callable[[str, Sequence[str]], Mapping[str, str]]
) -> str | None:
    for kind, signatures in SIGNATURES.items():
        columns = columns_among(kind, header)
        spellings = {name for theirs in COLUMNS[kind].values() for name in theirs}
        known = sum(name in spellings or name in columns.values() for name in header)
        # If fewer than half of the columns are known, the file is of another source.
        enough = 2 * known >= sum(map(bool, header))
        if enough and any(columns.keys() >= {*group} for group in signatures):
            return kind
    return None


def guesses(kind: str | None, header: Sequence[str]) -> dict[str, str]:
    """Return which columns of a file seem to be misspelt -> the name that was meant.

    Parameters
    ----------
    kind : str or None
        Kind of file; None looks among the columns of all kinds.
    header : sequence of str
        The file's columns.

    Examples
    --------
    >>> guesses("runs", ["date", "dstance_m", "duration", "cadance", "mood"])
    {'dstance_m': 'distance_m', 'cadance': 'cadence'}
    """
    kinds = COLUMNS if kind is None else (kind,)
    spellings = [name for each in kinds for theirs in COLUMNS[each].values() for name in theirs]
    known = [name for name in spellings if name not in header]
    found: dict[str, str] = {}
    for name in header:
        if name and name not in spellings and len(name) >= _LETTERS_OF_A_GUESS:
            near = difflib.get_close_matches(name, known, n=1, cutoff=_LIKENESS)
            found.update(zip([name], near, strict=False))
    return found


def guesses_in_words(meant: Mapping[str, str]) -> str:
    """Return guesses as questions; empty where there are none.

    Examples
    --------
    >>> guesses_in_words({"dstance_m": "distance_m"})
    "column 'dstance_m': did you mean distance_m?"
    """
    return " ".join(f"column '{name}': did you mean {each}?" for name, each in meant.items())


def columns_of(kind: str, header: Sequence[str]) -> dict[str, str]:
    """Return our column -> the file's column for it."""
    found = _named(kind, header)
    if kind in IN_ANY_LANGUAGE:
        headers, taken = Headers.of(header), set(found.values())
        for name in header:
            column = headers.column(name) if name and name not in taken else None
            if column is not None:
                ours = _COLUMNS_OF_QUANTITIES.get(column.quantity, column.quantity)
                if ours == "time" and column.unit:
                    ours = "duration"
                if kind == "sets" and ours == "duration" and column.unit in _SECONDS:
                    ours = "hold_s"  # of a set, not of the session
                if ours in COLUMNS[kind]:
                    found.setdefault(ours, name)
    return found


def _named(kind: str, header: Sequence[str]) -> dict[str, str]:
    """Return our column -> the file's column for it, by the names of `COLUMNS` alone."""
    return {
        ours: next(name for name in theirs if name in header)
        for ours, theirs in COLUMNS[kind].items()
        if any(name in header for name in theirs)
    }


def unit_of(kind: str, columns: Mapping[str, str], ours: str) -> str | None:
    """Return the unit of bare numbers that the name of one of a file's columns states.

    Parameters
    ----------
    kind : str
        Kind of file.
    columns : mapping of str to str
        Our column -> the file's, as `columns_of` gives it.
    ours : str
        Our column.
    """
    name = columns.get(ours, "")
    stated = {**LENGTHS, **LOADS, **DURATIONS}.get(name)
    if stated is not None or kind not in IN_ANY_LANGUAGE or not name:
        return stated
    column = Headers.of(tuple(columns.values())).column(name)
    if column is None or column.unit:
        return None if column is None else column.unit
    return "s" if column.quantity == "hold" else None
