"""From raw values of one field to what they say: text, words, instants, lists, counters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runanalytics.importers.fit import profile
from runanalytics.importers.fit.profile import BaseType, Vocabulary

Array = NDArray[Any]
Floats = NDArray[np.float64]

_FLAGS = {0: False, 1: True}
#: From as many values on, a vocabulary of one byte is looked up in a table of all 256.
_TABLE_PAYS = 256


def objects(values: Iterable[object]) -> Array:
    """Return values as an array of Python objects, tuples among them not taken apart.

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
    """Return the values with none left at `where`."""
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


def texts(raw: Array) -> Array:
    """Return NUL-terminated UTF-8 as text; None where it is empty."""
    return objects(
        value.split(b"\0", 1)[0].decode("utf-8", errors="replace") or None for value in raw.tolist()
    )


def octets(raw: Array) -> Array:
    """Return each message's bytes; None where all are 0xFF, which says that there are none."""
    rows = np.ascontiguousarray(raw).view(np.uint8).reshape(len(raw), -1)
    result = objects(rows.view(f"V{rows.shape[1]}")[:, 0].tolist())
    result[(rows == profile.BYTE.invalid).all(axis=1)] = None
    return result


def flags(raw: Array) -> Array:
    """Return 0 and 1 as False and True; None for anything else."""
    return objects(_FLAGS.get(value) for value in raw.tolist())


def integers(raw: Array, base: BaseType) -> Array:
    """Return integers as Python's own, which no width rounds; None where missing."""
    return objects(None if value == base.invalid else value for value in raw.tolist())


def words(raw: Array, base: BaseType, vocabulary: Vocabulary) -> Array:
    """Return the words of a vocabulary; a value that it lacks as its number in digits.

    Examples
    --------
    >>> sport = profile.choices("sport")
    >>> words(np.array([1, 200, 255], dtype="u1"), profile.BASE_TYPES[0], sport).tolist()
    ['running', '200', None]
    """
    if base.code == "u1" and len(raw) >= _TABLE_PAYS:
        result: Array = objects(map(vocabulary.__getitem__, range(256)))[raw]
    else:
        result = objects(map(vocabulary.__getitem__, raw.tolist()))
    result[raw == base.invalid] = None
    return result


def word_lists(raw: Array, base: BaseType, vocabulary: Vocabulary) -> Array:
    """Return each message's list of words as a tuple; None where all are missing."""
    columns = [words(column, base, vocabulary).tolist() for column in raw.T]
    result = objects(zip(*columns, strict=True))
    result[(raw == base.invalid).all(axis=1)] = None
    return result


def number_lists(values: Floats) -> Array:
    """Return each row as a tuple; None where all its values are missing."""
    result = objects(map(tuple, values.tolist()))
    result[np.isnan(values).all(axis=1)] = None
    return result


def scaled(raw: Array, base: BaseType, scale: float, offset: float) -> Floats:
    """Return ``raw / scale - offset``, NaN where missing."""
    values = raw.astype(np.float64)
    missing = np.isnan(values) if base.invalid is None else raw == base.invalid
    if scale != 1:
        values /= scale
    if offset:
        values -= offset
    values[missing] = np.nan
    return values


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
