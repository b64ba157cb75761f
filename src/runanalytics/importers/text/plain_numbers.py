"""Numbers as programs write them: with a decimal point, and nothing beside them.

One rule holds for all sources: ASCII digits, a point and an exponent make a number, if it is
finite. What else `float` takes (``1_000``, ``inf``, digits of other scripts) and what is too
large for it (``1e999``) is no number: it is taken as missing, and a note says so.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from runanalytics.arrays import Floats
from runanalytics.importers.contract import Note, counted_note

#: Texts that stand for no value, in lower case; none of them needs a note.
NO_VALUE = frozenset({"", "-", "--", "–", "—", "n/a", "na", "nan", "none", "null"})

_PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def plain_number(text: str) -> float:
    """Return a text as a number; NaN where it is not a finite one.

    Examples
    --------
    >>> [plain_number(text) for text in ("-2.5e1", " 3 ", "1_000", "1e999", "٣")]
    [-25.0, 3.0, nan, nan, nan]
    """
    plain = text.strip()
    number = float(plain) if _PLAIN.fullmatch(plain) else math.nan
    return number if math.isfinite(number) else math.nan


def numbers_in(texts: Iterable[str | None]) -> Floats:
    """Return each text as `plain_number` does, and NaN for None.

    Examples
    --------
    >>> numbers_in(["2.5", None, "n/a", "inf"]).tolist()
    [2.5, nan, nan, nan]
    """
    parsed = pd.to_numeric(pd.Series(list(texts), dtype=object), errors="coerce")
    numbers = parsed.to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def n_unread(texts: Sequence[str | None], numbers: Floats) -> int:
    """Return how many texts state something that `numbers_in` or `plain_number` cannot read.

    Examples
    --------
    >>> n_unread(["2.5", None, "n/a", "inf"], numbers_in(["2.5", None, "n/a", "inf"]))
    1
    """
    unknown = (texts[place] for place in np.flatnonzero(np.isnan(numbers)).tolist())
    return sum(not stands_for_nothing(text) for text in unknown)


def stands_for_nothing(text: str | None) -> bool:
    """Return whether a text states no value."""
    return text is None or text.strip().casefold() in NO_VALUE


def unread_note(count: int, what: str) -> list[Note]:
    """Return the note on so many values that are no numbers, or none where there are none.

    Examples
    --------
    >>> unread_note(2, "power_w")[0].message
    'values of power_w that are no numbers, taken as missing: 2'
    """
    return counted_note(count, f"values of {what} that are no numbers, taken as missing", "warning")
