"""Which columns of Garmin Connect's list of activities hold what, in every language.

The names stand in `runanalytics.words`, tables ``garmin_list``. A header is matched in full,
without case and accents; a star stands for anything. A column that is spelled otherwise is left
unread, and named, rather than guessed.

References
----------
Headers of lists as Garmin Connect wrote them between 2017 and 2026. Seen in real lists: English,
German, Swedish, French, Portuguese, Spanish, Italian, Dutch. From public programs that read them:
Norwegian, Polish, Japanese, Korean, Chinese (both). Danish, Finnish, Czech, Russian, Turkish and
Indonesian follow Garmin's vocabulary; nobody has shown us such a list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from runanalytics.words.phrases import every, finder, plain

#: Our name -> the names of columns that may hold it, as in table ``garmin_list``, the best first.
#: The first row's sport names the column: a run's cadence may stand under the bike's, and its pace
#: under a speed.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "type": ("type",),
    "date": ("date",),
    "favorite": ("favorite",),
    "title": ("title",),
    "distance": ("distance",),
    "time": ("time", "duration"),
    "moving": ("moving",),
    "elapsed": ("elapsed",),
    "heart_rate_bpm": ("heart_rate",),
    "ascent": ("ascent",),
    "power_w": ("power",),
    "cadence_spm": ("run_cadence", "cadence"),
    "pace": ("pace", "speed"),
    "step_length": ("step_length",),
    "contact_balance_left_pct": ("contact_balance",),
    "ground_contact_ms": ("contact",),
    "vertical_ratio_pct": ("vertical_ratio",),
    "oscillation": ("oscillation",),
    "steps": ("steps",),
}
#: Names that stand for a part of the header: such a column may hold extremes, which are no
#: averages, and one of contact time its balance.
_PARTS = ("cadence", "step_length", "contact", "contact_balance", "vertical_ratio", "oscillation")


def is_type(key: str) -> bool:
    """Return whether a column is the one that only Garmin's list has: the type of activity.

    Parameters
    ----------
    key : str
        As `runanalytics.importers.text.delimited.column_key` spells it.

    Examples
    --------
    >>> is_type("aktivitätstyp"), is_type("type")
    (True, False)
    """
    return _names("type").fullmatch(plain(key)) is not None


def is_left(side: str) -> bool:
    """Return whether a word is the body's left side, for the balance of contact time."""
    return side.casefold() in every("garmin_list.left")


def is_right(side: str) -> bool:
    """Return whether a word is the body's right side, for the balance of contact time."""
    return side.casefold() in every("garmin_list.right")


def columns_of(keys: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return our name -> the columns of a file that may hold it, the best first.

    Parameters
    ----------
    keys : sequence of str
        The file's columns, as `runanalytics.importers.text.delimited.column_key` spells them.

    Examples
    --------
    >>> columns_of(["avg_bike_cadence", "avg_run_cadence"])
    {'cadence_spm': ('avg_run_cadence', 'avg_bike_cadence')}
    """
    headers = {key: plain(key) for key in keys}
    found = {}
    for ours, names in COLUMNS.items():
        fitting = [key for name in names for key, header in headers.items() if _is(name, header)]
        if fitting:
            found[ours] = tuple(dict.fromkeys(fitting))
    return found


def _is(name: str, header: str) -> bool:
    if not _names(name).fullmatch(header):
        return False
    if name == "contact" and _names("contact_balance").fullmatch(header):
        return False
    return name not in _PARTS or not finder("garmin_list.extremes").search(header)


@cache
def _names(name: str) -> re.Pattern[str]:
    """Return a pattern of a column's names in all languages."""
    spelled = {
        ".*".join(re.escape(plain(part)) for part in phrase.split("*"))
        for phrase in every(f"garmin_list.{name}")
    }
    return re.compile("|".join(sorted(spelled, key=len, reverse=True)) or r"(?!)")
