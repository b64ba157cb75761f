"""Frames made from blocks of columns: many times cheaper than column by column for few rows."""

from __future__ import annotations

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


def text_column(cells: list[str | None]) -> ExtensionArray:
    """Return texts as an array of pandas' own dtype "str", without the checks of its constructor.

    Examples
    --------
    >>> text_column(["lap", None]).tolist()
    ['lap', nan]
    """
    return _text(pa.array(cells, pa.large_string()))


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
