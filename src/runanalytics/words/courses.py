"""What kind of course words name: in cells, in the names of sports, in any language.

The words stand in two tables: ``course_cells`` for what people put into a column of courses, and
``courses`` for titles, which is more careful.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from runanalytics.schema import COURSES
from runanalytics.words import words
from runanalytics.words.phrases import pattern, plain

#: The tables, that of cells first.
TABLES = ("course_cells", "courses")
#: Letters of a cell that are read.
_LONGEST = 500


def course_kind(text: str) -> str | None:
    """Return the kind of course that all of a cell names; None if it names none, or several.

    Parameters
    ----------
    text : str
        Such as ``"road"``, ``"Straße"``, ``"campo a través"``.

    Examples
    --------
    >>> course_kind("Straße"), course_kind("Cross Country"), course_kind("hilly")
    ('road', 'cross-country', None)
    """
    cell = plain(text[:_LONGEST])
    for table in TABLES:
        found = {kind for kind, names in course_names(table).items() if names.fullmatch(cell)}
        if found:
            return found.pop() if len(found) == 1 else None
    tables = [course_names(table) for table in TABLES]
    found = {kind for kinds in tables for kind, names in kinds.items() if names.search(cell)}
    return found.pop() if len(found) == 1 else None


@cache
def course_names(table: str) -> Mapping[str, re.Pattern[str]]:
    """Return kind of course -> the pattern of its words in a table, in any language.

    Parameters
    ----------
    table : str
        One of `TABLES`.

    Examples
    --------
    >>> bool(course_names("course_cells")["road"].search("strasse"))
    True
    """
    held = words(table).values()
    return {kind: pattern(name for each in held for name in each.get(kind, ())) for kind in COURSES}
