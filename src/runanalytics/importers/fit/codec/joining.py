"""Columns of several layouts of one message type, joined in the order of writing."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate, chain, count, pairwise

import numpy as np
from numpy.typing import NDArray

from runanalytics.arrays import Floats
from runanalytics.importers.fit.codec import values
from runanalytics.importers.fit.codec.columns import Columns, Packed, Raw, Stretch, joined_matrix
from runanalytics.importers.fit.codec.layout_plan import joined_numbers
from runanalytics.importers.fit.codec.values import Array


def complete(piece: Columns) -> Columns:
    """Return columns with full values for counters of which only the lowest bits were written.

    The count goes on from each row that holds the full value, in a native field of the same name.
    """
    if not piece.packed:
        return piece
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
        kept = [row for row, other in enumerate(piece.numbers) if other != name]
        piece.given = piece.matrix[kept]
        piece.numbers = tuple(piece.numbers[row] for row in kept)
        piece.other(name, "object", lists)
    piece.packed.clear()
    piece.add_pending()
    return piece


def merged(pieces: list[Columns], order: NDArray[np.int64] | None) -> Columns:
    """Join the columns of several layouts into one table.

    Parameters
    ----------
    pieces : list of Columns
        One for each layout.
    order : array of int, optional
        Which of their messages comes first, second and so on; unchanged if None.

    Returns
    -------
    Columns
        With the columns of all; missing where a message has no such field.
    """
    counts = [len(piece) for piece in pieces]
    ends = list(accumulate(counts))
    spans = list(map(slice, [0, *ends], ends))
    mixed = dict.fromkeys(chain.from_iterable([piece.others for piece in pieces]))
    runs = _runs(order, ends)
    stretches = runs or list(zip(count(), map(slice, counts), spans))
    raws = [piece.given for piece in pieces if isinstance(piece.given, Raw)]
    together = None
    if len(raws) == len(pieces):
        together = joined_numbers(tuple([raw.plan for raw in raws]))
    plain: Iterable[str]
    if together is not None and mixed.keys().isdisjoint(together.names):
        names = plain = together.names
        matrix = joined_matrix(together, raws, stretches)
    else:
        plain = dict.fromkeys(chain.from_iterable([piece.numbers for piece in pieces]))
        names = tuple(name for name in plain if name not in mixed)
        matrix = _matrix(names, pieces, stretches)
    if order is not None and runs is None:
        matrix = matrix.take(order, axis=1, mode="clip")
    result = Columns(names, matrix)
    for name in mixed:
        kinds = {piece.kinds[name] for piece in pieces if name in piece.others}
        kind = "object" if len(kinds) > 1 or name in plain else kinds.pop()
        column = _joined(name, kind, pieces)
        result.kinds[name] = kind
        result.others[name] = column if order is None else column.take(order)
    for name in dict.fromkeys(chain.from_iterable([piece.packed for piece in pieces])):
        counters = [piece.packed[name] for piece in pieces if name in piece.packed]
        raw = np.full((ends[-1], max(part.raw.shape[1] for part in counters)), np.nan)
        for piece, span in zip(pieces, spans, strict=True):
            if name in piece.packed:
                part = piece.packed[name]
                raw[span, : part.raw.shape[1]] = part.raw
        result.packed[name] = Packed(counters[0].component, raw if order is None else raw[order])
    return complete(result)


def _matrix(names: tuple[str, ...], pieces: list[Columns], stretches: list[Stretch]) -> Floats:
    """Return the numbers of several layouts as one matrix that has a row for each name."""
    matrix = np.empty((len(names), sum(map(len, pieces))))
    rows_of = [{name: row for row, name in enumerate(piece.numbers)} for piece in pieces]
    for place, before, after in stretches:
        held, row_of = pieces[place].matrix, rows_of[place]
        for row, name in enumerate(names):
            matrix[row, after] = held[row_of[name], before] if name in row_of else np.nan
    return matrix


#: More stretches than this are not copied one by one.
_MOST_RUNS = 16


def _runs(order: NDArray[np.int64] | None, ends: list[int]) -> list[Stretch] | None:
    """Return stretches of messages that stay together.

    None if they are too many to copy one by one, or if there is no order to sort by.
    """
    if order is None:
        return None
    breaks = np.flatnonzero(order[1:] != order[:-1] + 1) + 1
    if breaks.size >= _MOST_RUNS:
        return None
    starts = [0, *breaks.tolist()]
    runs: list[Stretch] = []
    for start, stop in pairwise([*starts, len(order)]):
        source = int(order[start])
        for piece, (begin, end) in enumerate(pairwise([0, *ends])):
            first, last = max(source, begin), min(source + stop - start, end)
            if first < last:
                after = slice(start + first - source, start + last - source)
                runs.append((piece, slice(first - begin, last - begin), after))
    return runs


def _joined(name: str, kind: str, pieces: list[Columns]) -> Array:
    columns = []
    for piece in pieces:
        n_rows = len(piece)
        if name in piece.others:
            columns.append(piece.array(name))
        elif name in piece.numbers:
            column = piece.matrix[piece.numbers.index(name)]
            columns.append(values.without(column.astype(object), np.isnan(column)))
        elif kind in values.INSTANT_KINDS:
            columns.append(np.full(n_rows, np.datetime64("NaT"), dtype="M8[us]"))
        else:
            columns.append(np.full(n_rows, None, dtype=object))
    if kind == "object":
        columns = [column.astype(object) for column in columns]
    return np.concatenate(columns)
