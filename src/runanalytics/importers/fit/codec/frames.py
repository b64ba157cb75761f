"""Decoded columns as pandas frames, made block by block.

A file has thirty message types with up to a hundred columns each, mostly of a single row, for
which making a frame column by column would take longer than decoding.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from runanalytics.importers.fit.codec.columns import Columns
from runanalytics.importers.fit.codec.values import Array, Cells, array_of
from runanalytics.schema.column_blocks import (
    ColumnBlock,
    frame_from_blocks,
    instant_column,
    repeated_text,
    text_column,
)

Places = NDArray[np.intp]


def frame_of(columns: Columns, damaged: NDArray[np.bool_]) -> pd.DataFrame:
    """Return columns as a frame of their own; ``timestamp`` first, ``damaged`` last.

    Parameters
    ----------
    columns : Columns
        Of all messages of one type.
    damaged : array of bool
        Whether each message was read after damage.
    """
    others, count = columns.others, len(damaged)
    arranged = _arrangement(columns.numbers, tuple(columns.kinds.items()))
    blocks: list[ColumnBlock] = [(damaged.reshape(1, -1), arranged.damaged)]
    if columns.numbers:
        blocks.append((columns.matrix, arranged.numbers))
    for name, kind, place in arranged.one_by_one:
        blocks.append((_one_column(kind, others[name]), place))
    for names, kind, places in arranged.together:
        cells = _stacked(kind, [others[name] for name in names])
        blocks.append((cells.reshape(-1, count), places))
    # Views, since naming the axes of one frame must not name those of the next.
    return frame_from_blocks(blocks, _rows(count).view(), arranged.index.view())


@lru_cache(maxsize=64)
def _rows(count: int) -> pd.RangeIndex:
    return pd.RangeIndex(count)


@dataclass(frozen=True)
class _Arrangement:
    """The names of a frame's columns, and the places of the columns of each kind."""

    index: pd.Index
    numbers: Places
    damaged: Places
    #: Of kinds whose pandas arrays hold one column each: name, kind and place.
    one_by_one: tuple[tuple[str, str, Places], ...]
    #: Of the other kinds: names, kind and places.
    together: tuple[tuple[tuple[str, ...], str, Places], ...]


#: Kinds whose pandas arrays hold one column each.
_ONE_BY_ONE = ("instant", "text", "flag")


@lru_cache(maxsize=1024)
def _arrangement(numbers: tuple[str, ...], kinds: tuple[tuple[str, str], ...]) -> _Arrangement:
    ordered = sorted([*(name for name, _ in kinds), *numbers], key=lambda name: name != "timestamp")
    where = {name: place for place, name in enumerate(ordered)}
    groups: dict[str, list[str]] = {}
    for name, kind in kinds:
        groups.setdefault(kind, []).append(name)

    def places(names: Iterable[str]) -> Places:
        return np.array([where[name] for name in names], dtype=np.intp)

    return _Arrangement(
        index=pd.Index([*ordered, "damaged"]),
        numbers=places(numbers),
        damaged=np.array([len(ordered)]),
        one_by_one=tuple(
            (name, kind, places([name])) for kind in _ONE_BY_ONE for name in groups.pop(kind, [])
        ),
        together=tuple((tuple(names), kind, places(names)) for kind, names in groups.items()),
    )


def _stacked(kind: str, columns: list[Cells]) -> Array:
    """Return columns of one kind, one after the other, as one array."""
    if len(columns) == 1:
        return array_of(kind, columns[0])
    if np.ndarray not in map(type, columns):
        return array_of(kind, list(chain.from_iterable(columns)))
    return np.concatenate([array_of(kind, cells) for cells in columns])


#: Columns as short as this recur often ("lap", "stop"): their arrays are kept.
_FEW = 64


def _one_column(kind: str, cells: Cells) -> ExtensionArray:
    if kind == "instant" and isinstance(cells, list):
        # Copied and filled in half the time that making one takes.
        column = _instants_1970(len(cells)).copy()
        column.view(np.int64)[:] = cells
        return column
    if kind == "instant":
        return instant_column(array_of(kind, cells))
    cells = cells if isinstance(cells, list) else cells.tolist()
    if len(cells) <= _FEW:
        return _few_cells(kind, tuple(cells)).copy()
    return _cells(kind, cells)


@lru_cache(maxsize=64)
def _instants_1970(count: int) -> ExtensionArray:
    return instant_column(np.zeros(count, dtype="M8[us]"))


@lru_cache(maxsize=4096)
def _few_cells(kind: str, cells: tuple[Any, ...]) -> ExtensionArray:
    return _cells(kind, list(cells))


def _cells(kind: str, cells: list[Any]) -> ExtensionArray:
    if kind == "flag":
        return pd.array(cells, dtype="boolean")
    if len(cells) > _FEW and cells.count(cells[0]) == len(cells):
        return repeated_text(cells[0], len(cells))
    return text_column(cells)
