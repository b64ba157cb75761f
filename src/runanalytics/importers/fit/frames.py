"""Decoded columns as pandas frames.

A file has thirty message types with up to a hundred columns each, mostly of a single row, so a
frame is laid out block by block rather than column by column.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from runanalytics.importers.fit.columns import Columns
from runanalytics.importers.fit.values import Array
from runanalytics.schema import blocks as layout


@dataclass(frozen=True)
class Messages:
    """All messages of one type, as columns in the order in which they were written.

    Parameters
    ----------
    columns : Columns
        Their values.
    damaged : array of bool
        Whether a message was read after damage, so that nothing vouches for it.
    """

    columns: Columns
    damaged: NDArray[np.bool_]

    def arrays(self) -> dict[str, Array]:
        """Return every column as an array, by name, and ``damaged``."""
        numbers = zip(self.columns.numbers, self.columns.matrix, strict=True)
        return {**dict(numbers), **self.columns.others, "damaged": self.damaged}

    def frame(self) -> pd.DataFrame:
        """Return the columns as a frame of their own; ``timestamp`` first, ``damaged`` last."""
        held, others = self.columns, self.columns.others
        count = len(self.damaged)
        arranged = _arrangement(held.numbers, tuple(held.kinds.items()))
        blocks: list[tuple[object, Array]] = [(self.damaged.reshape(1, -1), arranged.damaged)]
        if held.numbers:
            blocks.append((held.matrix, arranged.numbers))
        blocks += [
            (_one_column(kind, others[name]), place) for name, kind, place in arranged.one_by_one
        ]
        for names, kind, places in arranged.together:
            stacked = np.concatenate([others[name] for name in names])
            block = _instants(kind, stacked) if kind in _TEMPLATES else stacked
            blocks.append((block.reshape(-1, count), places))
        # Views, since who names the frame's axes must not name those of the next one.
        rows = _ONE_ROW.view() if count == 1 else pd.RangeIndex(count)
        return layout.frame_of_blocks(blocks, index=rows, columns=arranged.index.view())


_ONE_ROW = pd.RangeIndex(1)


@dataclass(frozen=True)
class _Arrangement:
    """The names of a frame's columns, and at which of them those of each kind stand."""

    index: pd.Index
    numbers: Array
    damaged: Array
    #: Of kinds whose pandas arrays hold one column each: name, kind and place.
    one_by_one: tuple[tuple[str, str, Array], ...]
    #: Of the other kinds: names, kind and places.
    together: tuple[tuple[tuple[str, ...], str, Array], ...]


@lru_cache(maxsize=1024)
def _arrangement(numbers: tuple[str, ...], kinds: tuple[tuple[str, str], ...]) -> _Arrangement:
    ordered = sorted([*(name for name, _ in kinds), *numbers], key=lambda name: name != "timestamp")
    where = {name: place for place, name in enumerate(ordered)}
    groups: dict[str, list[str]] = {}
    for name, kind in kinds:
        groups.setdefault(kind, []).append(name)
    return _Arrangement(
        index=pd.Index([*ordered, "damaged"]),
        numbers=np.array([where[name] for name in numbers], dtype=np.intp),
        damaged=np.array([len(ordered)]),
        one_by_one=tuple(
            (name, kind, np.array([where[name]]))
            for kind in _ONE_BY_ONE
            for name in groups.pop(kind, [])
        ),
        together=tuple(
            (tuple(names), kind, np.array([where[name] for name in names]))
            for kind, names in groups.items()
        ),
    )


_TEMPLATES: dict[str, Any] = {
    "instant": pd.array(np.zeros(1, dtype="M8[us]"), dtype="datetime64[us, UTC]"),
    "local": pd.array(np.zeros(1, dtype="M8[us]"), dtype="datetime64[us]"),
}


def _instants(kind: str, column: Array) -> Any:
    # Filled in place: a fifth of the time that the checks of a constructor take.
    template = _TEMPLATES[kind]
    result = template.copy() if len(column) == 1 else template.take(np.zeros_like(column, np.intp))
    result.asi8[:] = column.view("i8")
    return result


#: Columns as short as this come up again and again ("lap", "stop"): their arrays are kept.
_FEW = 64


def _one_column(kind: str, column: Array) -> Any:
    cells = column.tolist()
    if len(cells) <= _FEW:
        return _few_cells(kind, tuple(cells)).copy()
    return _cells(kind, cells)


@lru_cache(maxsize=4096)
def _few_cells(kind: str, cells: tuple[Any, ...]) -> Any:
    return _cells(kind, list(cells))


def _cells(kind: str, cells: list[Any]) -> Any:
    if kind == "flag":
        return pd.array(cells, dtype="boolean")
    if len(cells) > _FEW and cells.count(cells[0]) == len(cells):
        return layout.same_text(cells[0], len(cells))
    return layout.text(cells)


#: Kinds whose pandas arrays hold one column each.
_ONE_BY_ONE = ("text", "flag")
