"""Frames laid out block by block: many times cheaper than column by column where rows are few."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

# Of pandas' public namespace, though its stubs lack it: offered to libraries that make frames of
# their own, as pyarrow does. Every other way through public constructors takes several times as
# long for the many small tables of a file (benchmarks/RESULTS.md).
from pandas.api.internals import create_dataframe_from_blocks  # type: ignore[import-not-found]

#: Values, and at which of a frame's columns they stand: a plain array with a row for each of
#: these columns, or an extension array that is one of them.
Block = tuple[NDArray[Any] | ExtensionArray, NDArray[np.intp]]

_UTC = pd.DatetimeTZDtype("us", "UTC")
_TEXT = pd.StringDtype("pyarrow", na_value=np.nan)


def frame_of_blocks(blocks: list[Block], index: pd.Index, columns: pd.Index) -> pd.DataFrame:
    """Return the frame that blocks make up, taken as they are: not checked, not copied.

    Parameters
    ----------
    blocks : list of Block
        Of every column, once.
    index, columns : Index
        The frame's, and no other frame's.

    Examples
    --------
    >>> block = (np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0, 1]))
    >>> frame_of_blocks([block], pd.RangeIndex(2), pd.Index(["a", "b"]))
         a    b
    0  1.0  3.0
    1  2.0  4.0
    """
    frame: pd.DataFrame = create_dataframe_from_blocks(blocks, index, columns)
    return frame


def instants(cells: NDArray[np.datetime64]) -> ExtensionArray:
    """Return instants in UTC as a column of a frame: the cells themselves, not a copy.

    Parameters
    ----------
    cells : ndarray of datetime64[us], shape (n,)
        In UTC.

    Examples
    --------
    >>> instants(np.array(["2026-03-29T01:00"], dtype="M8[us]"))
    <DatetimeArray>
    ['2026-03-29 01:00:00+00:00']
    Length: 1, dtype: datetime64[us, UTC]
    """
    array: Any = pd.arrays.NumpyExtensionArray(cells)
    result: ExtensionArray = array.view(_UTC)
    return result


def text(cells: list[str | None]) -> ExtensionArray:
    """Return text as an array of pandas' own dtype "str", without the checks of its constructor.

    Examples
    --------
    >>> text(["lap", None]).tolist()
    ['lap', nan]
    """
    return _text(pa.array(cells, pa.large_string()))


def same_text(cell: str | None, count: int) -> ExtensionArray:
    """Return one text, repeated.

    Examples
    --------
    >>> same_text("lap", 2).tolist()
    ['lap', 'lap']
    """
    return _text(pa.repeat(pa.scalar(cell, pa.large_string()), count))


def _text(values: Any) -> ExtensionArray:
    array: Any = pd.arrays.ArrowStringArray
    result: ExtensionArray = array(values, dtype=_TEXT)
    return result
