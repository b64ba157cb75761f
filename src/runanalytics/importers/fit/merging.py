"""Columns of several layouts of one message type, put together in the order of writing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from runanalytics.importers.fit import values
from runanalytics.importers.fit.columns import Columns, Packed
from runanalytics.importers.fit.values import Array


def complete(piece: Columns) -> Columns:
    """Return columns with the counters of which only the lowest bits were written made whole.

    A row that holds the full value, written by a native field of the same name, is where the
    count goes on from.
    """
    for name, packed in piece.packed.items():
        part = packed.component
        full = np.full(len(packed.raw), np.nan)
        if name in piece.numbers:
            full = piece.matrix[piece.numbers.index(name)]
        written = np.column_stack([(full + part.offset) * part.scale, packed.raw])
        there = ~np.isnan(written)
        is_full = np.zeros_like(there)
        is_full[:, 0] = there[:, 0]
        counted = np.full(written.shape, np.nan)
        counted[there] = values.accumulated(
            np.rint(written[there]).astype(np.int64), part.bits, is_full[there]
        )
        scaled = counted / part.scale - part.offset
        if packed.raw.shape[1] == 1:
            piece.number(name, np.where(there[:, 1], scaled[:, 1], scaled[:, 0]))
            continue
        lists = values.number_lists(scaled[:, 1:])
        for row in np.flatnonzero(there[:, 0]).tolist():
            lists[row] = float(full[row])
        _drop_number(piece, name)
        piece.other(name, "object", lists)
    piece.packed.clear()
    return piece


def _drop_number(piece: Columns, name: str) -> None:
    kept = [row for row, other in enumerate(piece.numbers) if other != name]
    piece.matrix = piece.matrix[kept]
    piece.numbers = tuple(piece.numbers[row] for row in kept)


def merged(pieces: list[Columns], position: NDArray[np.int64]) -> Columns:
    """Put the columns of several layouts into one table.

    Parameters
    ----------
    pieces : list of Columns
        One after the other.
    position : array of int
        The row of the table in which each message comes to stand.

    Returns
    -------
    Columns
        With the columns of all; missing where a message has no such field.
    """
    ends = np.cumsum([piece.matrix.shape[1] for piece in pieces])
    rows = np.split(position, ends[:-1])
    mixed = dict.fromkeys(name for piece in pieces for name in piece.others)
    plain = dict.fromkeys(name for piece in pieces for name in piece.numbers)
    names = tuple(name for name in plain if name not in mixed)
    place = {name: row for row, name in enumerate(names)}
    result = Columns(names, np.full((len(names), len(position)), np.nan))
    for piece, where in zip(pieces, rows, strict=True):
        for name, column in zip(piece.numbers, piece.matrix, strict=True):
            if name in place:
                result.matrix[place[name], where] = column
    for name in mixed:
        kinds = {piece.kinds[name] for piece in pieces if name in piece.others}
        kind = "object" if len(kinds) > 1 or name in plain else kinds.pop()
        result.kinds[name] = kind
        result.others[name] = _scattered(name, kind, pieces, rows, len(position))
    for name in dict.fromkeys(name for piece in pieces for name in piece.packed):
        found = [
            (piece.packed[name], where)
            for piece, where in zip(pieces, rows, strict=True)
            if name in piece.packed
        ]
        raw = np.full((len(position), max(part.raw.shape[1] for part, _ in found)), np.nan)
        for part, where in found:
            raw[where, : part.raw.shape[1]] = part.raw
        result.packed[name] = Packed(found[0][0].component, raw)
    return complete(result)


def _scattered(
    name: str, kind: str, pieces: list[Columns], rows: list[NDArray[np.int64]], total: int
) -> Array:
    if kind in ("instant", "local"):
        result: Array = np.full(total, np.datetime64("NaT"), dtype="M8[us]")
    else:
        result = np.full(total, None, dtype=object)
    for piece, where in zip(pieces, rows, strict=True):
        if name in piece.others:
            result[where] = piece.others[name]
        elif name in piece.numbers:
            column = piece.matrix[piece.numbers.index(name)]
            result[where] = values.without(column.astype(object), np.isnan(column))
    return result
