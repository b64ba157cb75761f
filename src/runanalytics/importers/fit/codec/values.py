"""From raw values of one field to text, words, instants, lists and full counters."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from runanalytics.arrays import Floats
from runanalytics.importers.fit.codec import profile
from runanalytics.importers.fit.codec.profile import BaseType, Vocabulary

Array = NDArray[Any]
#: The cells of a column: of few messages, or of those that are Python objects, a list.
Cells = list[Any] | Array

#: Kinds of columns that are instants; as lists they hold microseconds of Unix time.
INSTANT_KINDS = ("instant", "local")

_NEVER = int(np.datetime64("NaT", "us").astype(np.int64))
#: Values of a flag; all others mean that it is missing.
FLAGS = {0: False, 1: True}

#: Up to here, float64 holds every integer.
_EXACT = 1 << 53


def objects(values: Iterable[object]) -> Array:
    """Return values as an array of Python objects, with each tuple as one object.

    Examples
    --------
    >>> objects([(1, 2), None]).shape
    (2,)
    """
    return np.fromiter(values, dtype=object)


def is_missing(values: Array) -> NDArray[np.bool_]:
    """Return where a column has no value, be it numbers, instants or objects."""
    if values.dtype.kind == "M":
        return np.isnat(values)
    if values.dtype.kind == "f":
        return np.isnan(values)
    return np.array([value is None for value in values.tolist()], dtype=bool)


def without(values: Array, where: NDArray[np.bool_]) -> Array:
    """Return the values with missing ones at `where`."""
    result = values.copy()
    result[where] = {"M": np.datetime64("NaT"), "f": np.nan}.get(values.dtype.kind)
    return result


def instants(seconds: NDArray[np.int64], missing: NDArray[np.bool_]) -> Array:
    """Return seconds of FIT's epoch as instants.

    Examples
    --------
    >>> instants(np.array([0]), np.array([False]))
    array(['1989-12-31T00:00:00.000000'], dtype='datetime64[us]')
    """
    result = ((seconds + profile.EPOCH_S) * 1_000_000).view("M8[us]")
    result[missing] = np.datetime64("NaT")
    return result


def instant_counts(seconds: Iterable[int], invalid: int | None) -> list[int]:
    """Return a few seconds of FIT's epoch as microseconds of Unix time; NaT's where missing.

    Examples
    --------
    >>> instant_counts([0, 255], 255)
    [631065600000000, -9223372036854775808]
    """
    begin, never = profile.EPOCH_S, _NEVER
    return [never if s == invalid else (s + begin) * 1_000_000 for s in seconds]


def array_of(kind: str, cells: Cells) -> Array:
    """Return the cells of a column of a kind as an array.

    Examples
    --------
    >>> array_of("instant", [631065600000000]).tolist()
    [datetime.datetime(1989, 12, 31, 0, 0)]
    """
    if not isinstance(cells, list):
        return cells
    if kind in INSTANT_KINDS:
        return np.array(cells, dtype=np.int64).view("M8[us]")
    return objects(cells)


def texts(raw: Iterable[bytes]) -> list[str | None]:
    r"""Return NUL-terminated UTF-8 as text; None where it is empty.

    Examples
    --------
    >>> texts([b"Easy\0run", b""])
    ['Easy', None]
    """
    return [value.split(b"\0", 1)[0].decode("utf-8", errors="replace") or None for value in raw]


def octets(raw: Sequence[bytes], count: int) -> list[bytes | None]:
    """Return bytes as they are; None where all are 0xFF, which stands for missing."""
    void = b"\xff" * count
    return [None if value == void else value for value in raw]


def many_octets(raw: Array) -> Array:
    r"""Return `octets` of an array of bytes as one of objects.

    Examples
    --------
    >>> many_octets(np.array([b"\x01\xff", b"\xff\xff"], dtype="V2")).tolist()
    [b'\x01\xff', None]
    """
    result = raw.astype(object)
    void = b"\xff" * raw.dtype.itemsize
    # One search through all bytes rules out most files.
    if void in raw.tobytes():
        result[[value == void for value in result.tolist()]] = None
    return result


def integers(raw: Iterable[int], base: BaseType) -> list[int | None]:
    """Return integers as Python's own, which no width rounds; None where missing."""
    return [None if value == base.invalid else value for value in raw]


def words(raw: Iterable[int], vocabulary: Vocabulary) -> list[str | None]:
    """Return the words of a vocabulary; a value that it lacks as its number in digits.

    Examples
    --------
    >>> words([1, 200, 255], profile.choices("sport").with_missing(255))
    ['running', '200', None]
    """
    return list(map(vocabulary.__getitem__, raw))


def word_lists(raw: Iterable[Iterable[int]], vocabulary: Vocabulary) -> list[Any]:
    """Return each message's list of words as a tuple; None where all are missing."""
    rows = [tuple(map(vocabulary.__getitem__, row)) for row in raw]
    return [row if any(word is not None for word in row) else None for row in rows]


def number_lists(
    raw: Iterable[Sequence[float]], invalid: int | None, scale: float, offset: float
) -> list[Any]:
    """Return each list as a tuple, scaled, NaN where missing; None where all are missing.

    Examples
    --------
    >>> number_lists([[10, 255], [255, 255]], 255, 2.0, 0.0)
    [(5.0, nan), None]
    """
    result: list[tuple[float, ...] | None] = []
    is_plain = scale == 1 and not offset
    for row in raw:
        if row[0] == invalid and row.count(invalid) == len(row):
            result.append(None)
            continue
        if is_plain and max(map(abs, row)) > _EXACT:  # integers of 64 bits stay as they are
            cells = tuple([math.nan if v == invalid else v for v in row])
        else:
            cells = tuple([math.nan if v == invalid else v / scale - offset for v in row])
        there = cells[0] == cells[0] or any(v == v for v in cells)
        result.append(cells if there else None)
    return result


def scaled(raw: ArrayLike, base: BaseType, scale: float, offset: float) -> Floats:
    """Return ``raw / scale - offset``, NaN where missing."""
    values = np.array(raw, dtype=np.float64)
    missing = np.isnan(values) if base.invalid is None else values == base.invalid
    if scale != 1:
        values /= scale
    if offset:
        values -= offset
    values[missing] = np.nan
    return values


def few_scaled(
    raw: Iterable[float], invalid: int | None, scale: float, offset: float
) -> list[float]:
    """Return ``raw / scale - offset`` of a few values, NaN where missing.

    Examples
    --------
    >>> few_scaled([84, 255], 255, 2.0, 0.0)
    [42.0, nan]
    """
    return [math.nan if value == invalid else value / scale - offset for value in raw]


def accumulated(
    values: NDArray[np.int64], bits: int, is_full: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return a counter's full values where only its lowest bits were written.

    Parameters
    ----------
    values : array of int
        In the order written; the full value where `is_full`, else its lowest `bits` bits.
    bits : int
        How many bits were written.
    is_full : array of bool
        Where the full value was written. Before the first of these the counter starts at 0.

    Returns
    -------
    array of int
        Full values; each is the least that does not lie below the one before.

    Examples
    --------
    >>> written = np.array([100, 5, 9, 2])  # 100 is 0b1100100: its lowest five bits are 4
    >>> accumulated(written, 5, np.array([True, False, False, False])).tolist()
    [100, 101, 105, 130]
    """
    steps = np.diff(values, prepend=0) & ((1 << bits) - 1)
    steps[is_full] = 0
    total = np.cumsum(steps)
    latest = np.maximum.accumulate(np.where(is_full, np.arange(len(values)), -1))
    start = np.where(latest >= 0, values[latest] - total[latest], 0)
    return np.asarray(start + total)
