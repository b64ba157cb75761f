"""What a cell says of a race beside its length: kind of course, and what is no race of runners.

Pages of results name events by codes: 5KMT is a leg of mixed terrain, 3000SC a steeplechase,
HMNAD a half marathon that was measured badly. The codes stand in a table below; the words in
`runanalytics.words`, tables ``courses``, ``course_cells`` and ``race_list.rows``.

References
----------
Power of 10, https://www.thepowerof10.info: codes of events, as its pages of athletes show them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from runanalytics.errors import UnitError
from runanalytics.units.race_distances import distances_written
from runanalytics.words.courses import TABLES, course_kind, course_names
from runanalytics.words.phrases import finder, plain

#: Ending of an event's code -> kind of course; None if the ending says nothing of it.
_ENDINGS: Mapping[str, str | None] = {
    "mt": "trail",
    "xc": "cross-country",
    "xcl": "cross-country",
    "nad": None,
    "dh": None,
    "r": "road",
    "l": None,
}
_CODE = re.compile(rf"(.*[\dkm]|hm|mar)({'|'.join(_ENDINGS)})")
#: Events that are not run over a plain course: walks, hurdles, barriers, relays, jumps, throws.
_NOT_RUN = re.compile(
    r"\d+(?:\.\d+)?k?(?:w|sc|h)[a-z0-9]*|\d+ ?[x×*] ?\d+.*|(?:hj|lj|tj|pv|sp|dt|ht|jt|wt)[a-z0-9.]*"
    r"|(?:dec|hep|pen)[a-z0-9]*"
)
#: Words beside a distance that say only that it was run.
_BESIDE = re.compile(r"\b(?:run|race|lauf|lopp|loop|lob|road|short|men|women|flat|approx|ca)\b")

#: Letters of a cell that are read: no event's name is as long.
_LONGEST = 500


def event_distances(text: str, unit: str | None = None) -> tuple[tuple[float, ...], str | None]:
    """Return the distances (m) that an event may be run over, and the kind of its course.

    Parameters
    ----------
    text : str
        All of a cell: a code, or a distance with words on its course, such as ``"5KMT"``,
        ``"10 Kilometres Road"``, ``"3000 m (Halle)"``.
    unit : {None, "km", "m", "mi"}
        Unit of a bare number.

    Raises
    ------
    UnitError
        If the text is no distance, or a bare number that may be of kilometres or miles.

    Examples
    --------
    >>> event_distances("5KMT"), event_distances("10 Kilometres Road")
    (((5000.0,), 'trail'), ((10000.0,), 'road'))
    """
    text = text[:_LONGEST]
    cell = plain(text)
    try:
        return distances_written(text, unit), None
    except UnitError as unread:
        if code := _CODE.fullmatch(cell.replace(" ", "")):
            try:
                return distances_written(code[1], unit), _ENDINGS[code[2]]
            except UnitError:
                pass
        kind = course_kind(text)
        rest = cell
        if kind is not None:
            for table in TABLES:
                rest = course_names(table)[kind].sub(" ", rest)
        rest = " ".join(_BESIDE.sub(" ", rest).split())
        if rest in ("", cell):
            raise
        try:
            return distances_written(rest, unit), kind
        except UnitError:
            raise unread from None


def is_not_run(text: str) -> bool:
    """Return whether an event is none over a plain course: a walk, hurdles, a relay, a throw.

    Examples
    --------
    >>> is_not_run("3000SC"), is_not_run("4x400"), is_not_run("Hürden"), is_not_run("5K")
    (True, True, True, False)
    """
    cell = plain(text)
    return bool(_NOT_RUN.fullmatch(cell) or finder("race_list.rows.not_run").search(cell))


def is_not_finished(text: str) -> bool:
    """Return whether a cell of a time says that there is none: DNF, aufgegeben, abandon.

    Examples
    --------
    >>> is_not_finished("DNF"), is_not_finished("41:20")
    (True, False)
    """
    return bool(finder("race_list.rows.not_finished").search(plain(text)))
