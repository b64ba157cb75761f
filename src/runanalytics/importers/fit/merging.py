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
        lists = values.number_lists(scaled[:, 1:].tolist(), None, 1.0, 0.0)
        for row in np.flatnonzero(there[:, 0]).tolist():
            lists[row] = float(full[row])
        _drop_number(piece, name)
        piece.other(name, "object", lists)
    piece.packed.clear()
    piece.settle()
    return piece


def _drop_number(piece: Columns, name: str) -> None:
    kept = [row for row, other in enumerate(piece.numbers) if other != name]
    piece.matrix = piece.matrix[kept]
    piece.numbers = tuple(piece.numbers[row] for row in kept)


def merged(pieces: list[Columns], order: NDArray[np.int64] | None) -> Columns:
    """Put the columns of several layouts into one table.

    Parameters
    ----------
    pieces : list of Columns
        One after the other.
    order : array of int, optional
        Which of their messages comes first, second and so on; as they stand if None.

    Returns
    -------
    Columns
        With the columns of all; missing where a message has no such field.
    """
    ends = np.cumsum([piece.matrix.shape[1] for piece in pieces]).tolist()
    spans = [slice(a, b) for a, b in zip([0, *ends[:-1]], ends, strict=True)]
    mixed = dict.fromkeys(name for piece in pieces for name in piece.others)
    plain = dict.fromkeys(name for piece in pieces for name in piece.numbers)
    names = tuple(name for name in plain if name not in mixed)
    matrix = np.full((len(names), ends[-1]), np.nan)
    for piece, span in zip(pieces, spans, strict=True):
        row_of = {name: row for row, name in enumerate(piece.numbers)}
        for row, name in enumerate(names):
            if name in row_of:
                matrix[row, span] = piece.matrix[row_of[name]]
    result = Columns(names, matrix if order is None else matrix.take(order, axis=1, mode="clip"))
    for name in mixed:
        kinds = {piece.kinds[name] for piece in pieces if name in piece.others}
        kind = "object" if len(kinds) > 1 or name in plain else kinds.pop()
        column = _joined(name, kind, pieces)
        result.kinds[name] = kind
        result.others[name] = column if order is None else column[order]
    for name in dict.fromkeys(name for piece in pieces for name in piece.packed):
        found = [piece.packed[name] for piece in pieces if name in piece.packed]
        raw = np.full((ends[-1], max(part.raw.shape[1] for part in found)), np.nan)
        for piece, span in zip(pieces, spans, strict=True):
            if name in piece.packed:
                part = piece.packed[name]
                raw[span, : part.raw.shape[1]] = part.raw
        result.packed[name] = Packed(found[0].component, raw if order is None else raw[order])
    return complete(result)


def _joined(name: str, kind: str, pieces: list[Columns]) -> Array:
    columns = []
    for piece in pieces:
        count = piece.matrix.shape[1]
        if name in piece.others:
            columns.append(piece.others[name])
        elif name in piece.numbers:
            column = piece.matrix[piece.numbers.index(name)]
            columns.append(values.without(column.astype(object), np.isnan(column)))
        elif kind in ("instant", "local"):
            columns.append(np.full(count, np.datetime64("NaT"), dtype="M8[us]"))
        else:
            columns.append(np.full(count, None, dtype=object))
    if kind == "object":
        columns = [column.astype(object) for column in columns]
    return np.concatenate(columns)
