"""Frames made from blocks of columns: many times cheaper than column by column for few rows."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

# Public in pandas, though its stubs lack it: meant for libraries that make frames themselves, as
# pyarrow does. The other public constructors take several times as long for the many small tables
# of a file (benchmarks/RESULTS.md).
from pandas.api.internals import create_dataframe_from_blocks  # type: ignore[import-not-found]

from runanalytics.errors import SchemaError
from runanalytics.schema.tables import DATE, INSTANT, INTEGER, STRING, Column

_MICROSECONDS_A_DAY = 86_400_000_000

#: Values, and the positions of their columns in the frame: a plain array with a row for each of
#: these columns, or an extension array that is one of them.
ColumnBlock = tuple[NDArray[Any] | ExtensionArray, NDArray[np.intp]]

_UTC = pd.DatetimeTZDtype("us", "UTC")
_TEXT = pd.StringDtype("pyarrow", na_value=np.nan)


def frame_from_blocks(
    blocks: list[ColumnBlock], index: pd.Index, columns: pd.Index
) -> pd.DataFrame:
    """Return a frame made of blocks, which are neither checked nor copied.

    Parameters
    ----------
    blocks : list of ColumnBlock
        With every column once.
    index, columns : Index
        Of this frame, and used by no other.

    Examples
    --------
    >>> block = (np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0, 1]))
    >>> frame_from_blocks([block], pd.RangeIndex(2), pd.Index(["a", "b"]))
         a    b
    0  1.0  3.0
    1  2.0  4.0
    """
    frame: pd.DataFrame = create_dataframe_from_blocks(blocks, index, columns)
    return frame


def frame_from_columns(columns: Mapping[str, NDArray[Any] | ExtensionArray]) -> pd.DataFrame:
    """Return a frame made of columns of one length, which are copied and not checked.

    Parameters
    ----------
    columns : mapping of str to array
        Numbers as plain arrays; texts as `text_column`, or other extension arrays.

    Examples
    --------
    >>> frame_from_columns({"a": np.array([1.0, 2.0]), "b": text_column(["x", None])})
         a    b
    0  1.0    x
    1  2.0  NaN
    """
    numbers: dict[np.dtype[Any], dict[int, NDArray[Any]]] = {}
    blocks: list[ColumnBlock] = []
    for place, given in enumerate(columns.values()):
        column = given.to_numpy() if isinstance(given, pd.arrays.NumpyExtensionArray) else given
        if isinstance(column, np.ndarray):
            numbers.setdefault(column.dtype, {})[place] = column
        else:
            blocks.append((column.copy(), np.array([place])))
    blocks += [
        (np.stack(list(alike.values())), np.array(list(alike))) for alike in numbers.values()
    ]
    count = len(next(iter(columns.values())))
    return frame_from_blocks(blocks, pd.RangeIndex(count), column_names(tuple(columns)))


def column_names(names: tuple[str, ...]) -> pd.Index:
    """Return the names of a frame's columns, for this frame alone.

    To make them of texts takes as long as all the rest of a small frame.

    Examples
    --------
    >>> column_names(("a", "b")).tolist()
    ['a', 'b']
    """
    return _names(names).view()


@functools.lru_cache(maxsize=64)
def _names(names: tuple[str, ...]) -> pd.Index:
    return pd.Index(names)


def missing_column(like: ExtensionArray, count: int) -> ExtensionArray:
    """Return a column of the dtype of another in which every value is missing.

    Examples
    --------
    >>> missing_column(text_column([]), 2).tolist()
    [nan, nan]
    """
    return like.take(np.full(count, -1), allow_fill=True)


def instant_column(cells: NDArray[np.datetime64]) -> ExtensionArray:
    """Return instants in UTC as a column of a frame, without copying them.

    Parameters
    ----------
    cells : ndarray of datetime64[us], shape (n,)
        In UTC.

    Examples
    --------
    >>> instant_column(np.array(["2026-03-29T01:00"], dtype="M8[us]"))
    <DatetimeArray>
    ['2026-03-29 01:00:00+00:00']
    Length: 1, dtype: datetime64[us, UTC]
    """
    array: Any = pd.arrays.NumpyExtensionArray(cells)
    result: ExtensionArray = array.view(_UTC)
    return result


def as_dtype(values: pd.Series, column: Column, where: str) -> pd.Series:
    """Return values of any types as a column's dtype; a `SchemaError` says where they are none.

    Examples
    --------
    >>> from runanalytics.schema.tables import table
    >>> as_dtype(pd.Series(["2026-03-01"]), table("dose")["local_date"], "here").dtype
    dtype('<M8[us]')
    """
    if values.dtype == _dtype(column.dtype) and (column.dtype != DATE or _are_days(values.array)):
        return values
    try:
        if column.dtype == INSTANT:
            return pd.to_datetime(values, utc=True).astype(INSTANT)
        if column.dtype == DATE:
            return pd.to_datetime(values).astype(DATE).dt.normalize()
        if column.dtype == STRING:
            return values.astype("object").where(values.notna(), None).astype(STRING)
        return values.astype(column.dtype)
    except (TypeError, ValueError, OverflowError) as error:
        raise SchemaError(
            f"expected {column.dtype}, found {values.dtype}: {error}", where=where
        ) from error


@functools.cache
def _dtype(name: str) -> Any:
    """Return a dtype by its name, which pandas reads anew at each comparison."""
    return pd.api.types.pandas_dtype(name)


def _are_days(values: ExtensionArray) -> bool:
    """Return whether no value has a time of day, nor is missing."""
    return bool((np.asarray(values).astype(np.int64) % _MICROSECONDS_A_DAY == 0).all())


def of_dtype(values: NDArray[Any], dtype: str) -> NDArray[Any] | ExtensionArray:
    """Return a plain array of `runanalytics.schema.columns` as a column of a frame.

    Parameters
    ----------
    values : array, shape (n,)
        Texts as objects, instants and days as datetime64[us], numbers.
    dtype : str
        Of the column in `runanalytics.schema`.

    Examples
    --------
    >>> of_dtype(np.array([1.0, np.nan]), "Int64").tolist()
    [1, <NA>]
    """
    if dtype == STRING:
        return text_column(values.tolist())
    if dtype == INSTANT:
        return instant_column(values)
    if dtype == DATE:
        return pd.DatetimeIndex(values).array
    if dtype == INTEGER:
        missing = np.isnan(values)
        whole = np.where(missing, 1, values).astype(np.int64)
        return pd.arrays.IntegerArray(whole, missing)
    return values


def text_column(cells: list[str | None]) -> ExtensionArray:
    """Return texts as an array of pandas' own dtype "str", without the checks of its constructor.

    Examples
    --------
    >>> text_column(["lap", None]).tolist()
    ['lap', nan]
    """
    return _text(pa.array(cells, pa.large_string()))


def joined_columns(
    parts: Sequence[NDArray[Any] | ExtensionArray],
) -> NDArray[Any] | ExtensionArray:
    """Return a column of the values of several of one dtype, one after the other.

    Examples
    --------
    >>> joined_columns([text_column(["lap"]), text_column([None])]).tolist()
    ['lap', nan]
    """
    if len(parts) == 1:
        return parts[0]
    series = [pd.Series(part, copy=False) for part in parts]
    joined: ExtensionArray = pd.concat(series, ignore_index=True).array
    return joined


def repeated_text(cell: str | None, count: int) -> ExtensionArray:
    """Return a column that has one text in all of its `count` rows.

    Examples
    --------
    >>> repeated_text("lap", 2).tolist()
    ['lap', 'lap']
    """
    return _text(pa.repeat(pa.scalar(cell, pa.large_string()), count))


def _text(values: Any) -> ExtensionArray:
    array: Any = pd.arrays.ArrowStringArray
    result: ExtensionArray = array(values, dtype=_TEXT)
    return result
