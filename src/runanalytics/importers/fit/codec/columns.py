"""From the places of messages to columns: names, scales, vocabularies, missing values.

A layout is compiled once into a `Plan` and kept. Plain numbers of a layout are cast into one
matrix, field by field, and scaled together; rarer fields (text, lists, packed bits, fields whose
meaning depends on another field) are read column by column. Python loops over messages only to
make Python objects (text, lists).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runanalytics.arrays import Floats
from runanalytics.importers.fit.codec import profile, values
from runanalytics.importers.fit.codec.definition import COMPRESSED_BIT, Definition
from runanalytics.importers.fit.codec.layout_plan import (
    HEADER,
    DeveloperField,
    Numbers,
    PlacedField,
    Plan,
    key_of,
    meanings_met,
    plan_for,
)
from runanalytics.importers.fit.codec.profile import Component
from runanalytics.importers.fit.codec.values import Array, Cells

#: Up to so many messages are cheaper as tuples than as columns.
_FEW = 16
#: For more cells than this it is cheaper to look up each possible word first.
_MANY = 1_000
#: Up to so many numbers of one message are cheaper one by one than as an array.
_SHORT = 48

#: A message as a tuple: its header, then every value.
Row = tuple[Any, ...]
#: Messages of one layout that stay together: which layout, which messages, their place among all.
Stretch = tuple[int, slice, slice]


@dataclass(frozen=True)
class Packed:
    """A counter of which only the lowest bits were written.

    `raw` has a row for each message and a column for each value in it; NaN where missing.
    """

    component: Component
    raw: Floats


@dataclass(slots=True)
class Raw:
    """Messages of one layout as they are written: records of an array, or a few tuples."""

    plan: Plan
    rows: Array | list[Row]


@dataclass
class Columns:
    """Columns of some messages of one type.

    `matrix` has a row for each name in `numbers`, and is made of `given` when it is needed;
    `others` holds the cells of what is no plain number, with its kind ("instant", "local",
    "text", "flag" or "object") in `kinds`.
    """

    numbers: tuple[str, ...]
    given: Floats | Raw
    others: dict[str, Cells] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    packed: dict[str, Packed] = field(default_factory=dict)
    _added: dict[str, Floats | list[float]] = field(default_factory=dict)

    @property
    def matrix(self) -> Floats:
        """The numbers of all messages."""
        if isinstance(self.given, Raw):
            self.given = _matrix(self.given)
        return self.given

    def made(self) -> Columns:
        """Return the columns, with their matrix made, and what it is made of let go."""
        self.given = self.matrix
        return self

    def __len__(self) -> int:
        given = self.given
        return len(given.rows) if isinstance(given, Raw) else given.shape[1]

    def number(self, name: str, column: Floats | list[float]) -> None:
        """Add a column of numbers; where there is one of that name, fill what it lacks.

        It is in `numbers` and `matrix` after `add_pending`.
        """
        if name in self.numbers:
            row = self.matrix[self.numbers.index(name)]
            np.copyto(row, column, where=np.isnan(row))
        elif name in self._added:
            row = self._added[name]
            self._added[name] = np.where(np.isnan(row), column, row)
        else:
            self._added[name] = column

    def add_pending(self) -> None:
        """Move the added columns of numbers into the matrix, all at once."""
        if self._added:
            self.numbers = (*self.numbers, *self._added)
            self.given = np.concatenate([self.matrix, np.array(list(self._added.values()))])
            self._added = {}

    def other(self, name: str, kind: str, cells: Cells) -> None:
        """Add a column of another kind; where there is one of that name, fill what it lacks."""
        if name in self.others:
            present, column = self.array(name), values.array_of(kind, cells)
            if kind != self.kinds[name]:
                kind, present, column = "object", present.astype(object), column.astype(object)
            cells = np.where(values.is_missing(present), column, present)
        self.others[name] = cells
        self.kinds[name] = kind

    def array(self, name: str) -> Array:
        """Return one of the columns that are no plain numbers, as an array."""
        return values.array_of(self.kinds[name], self.others[name])


def read(
    data: bytes,
    found: Definition,
    developer: tuple[DeveloperField | None, ...],
    wanted: frozenset[str] | None = None,
) -> tuple[Columns, NDArray[np.bool_] | None]:
    """Return the columns of messages of one layout, and which of them have a compressed time.

    Parameters
    ----------
    data : bytes
        The whole file.
    found : Definition
        Their layout and their places.
    developer : tuple of DeveloperField or None
        What is known of each developer field of the layout.
    wanted : frozenset of str, optional
        Names of columns to read; all if None.

    Returns
    -------
    columns : Columns
    compressed : array of bool, optional
        Where a header holds the lowest bits of the time; None if nowhere.
    """
    plan = plan_for(found.layout, developer, wanted)
    if found.count <= _FEW:
        unpack = plan.row
        rows = [unpack(data, place) for place in found.places.tolist()]
        headers = np.array([row[0] for row in rows]) if found.has_short_times else None
        return _of_few(Raw(plan, rows), rows), _compressed(headers)
    windows = np.ndarray(
        (len(data) - found.layout.size + 1,), dtype=plan.octets, buffer=data, strides=(1,)
    )
    records = windows[found.places].view(plan.dtype)
    headers = records[HEADER] if found.has_short_times else None
    return _of_many(Raw(plan, records), records), _compressed(headers)


def _compressed(headers: Array | None) -> NDArray[np.bool_] | None:
    """Return which headers hold the lowest bits of the time; None if none does."""
    result = None if headers is None else headers >= COMPRESSED_BIT
    return result if result is not None and result.any() else None


def _of_few(raw: Raw, rows: list[Row]) -> Columns:
    """Return the columns of a few messages: cheaper as tuples than as arrays."""
    plan = raw.plan
    others: dict[str, Cells] = {
        name: list(decoded([row[span] for row in rows])) for name, span, decoded in plan.decoders
    }
    result = Columns(plan.numbers.names, raw, others, plan.kinds.copy())
    for placed in plan.packed:
        everywhere = np.ones(len(rows), dtype=bool)
        _unpack(result, plan.message, placed, _as_array(placed, rows), everywhere)
    if plan.conditional:
        _add_meanings_of_few(result, plan, rows)
    result.add_pending()
    return result


def _add_meanings_of_few(result: Columns, plan: Plan, rows: list[Row]) -> None:
    """Add the fields that have another meaning in some of a few messages."""
    met = [meanings_met(plan, plan.pick_referred(row)) for row in rows]
    for placed, places in zip(plan.conditional, zip(*met, strict=True), strict=True):
        for place in sorted(frozenset(places)):
            if place < 0:
                continue
            part, span = placed.alternatives[place], placed.span
            is_everywhere = places.count(place) == len(rows)
            here = None if is_everywhere else np.array([each == place for each in places])
            _add_meaning(result, part, [row[span] for row in rows], here)
            if part.meaning.components:
                everywhere = np.ones(len(rows), dtype=bool)
                there = everywhere if here is None else here
                _unpack(result, plan.message, part, _as_array(placed, rows), there)


def _of_one(plan: Plan, row: Row) -> Floats:
    """Return the numbers of one message, as `joined_matrix` does: cheaper while it is short."""
    raw = plan.pick(row)
    numbers = [
        math.nan if value == invalid else value / scale - offset
        for value, invalid, scale, offset in zip(raw, *plan.scaling, strict=False)
    ]
    numbers += [
        math.nan if value == invalid else value
        for value, invalid in zip(raw[len(numbers) :], plan.invalid_unscaled, strict=True)
    ]
    numbers += [math.nan] * (len(plan.numbers.names) - len(numbers))
    for place, copied_place, _ in plan.numbers.copies:
        if numbers[place] != numbers[place]:
            numbers[place] = numbers[copied_place]
    return np.array(numbers, dtype=np.float64).reshape(-1, 1)


def _as_array(placed: PlacedField, rows: list[tuple[Any, ...]]) -> Array:
    raw: list[Any] = [row[placed.span] for row in rows]
    if placed.meaning.kind == "octets":
        return np.frombuffer(b"".join(raw), dtype=f"V{placed.count}")
    return np.array(raw, dtype=placed.base.code)


def _of_many(raw: Raw, records: Array) -> Columns:
    plan = raw.plan
    result = Columns(plan.numbers.names, raw)
    for placed in plan.others:
        kind, column = _decoded(placed, records[placed.key])
        result.others[placed.meaning.name] = column
        result.kinds[placed.meaning.name] = kind
    for placed in plan.packed:
        everywhere = np.ones(len(records), dtype=bool)
        _unpack(result, plan.message, placed, records[placed.key], everywhere)
    for placed in plan.conditional:
        for part, here in _meanings(placed, plan, records):
            cells = records[placed.key]
            _add_meaning(result, part, cells, here)
            if part.meaning.components:
                _unpack(result, plan.message, part, cells, here)
    result.add_pending()
    return result


def _matrix(raw: Raw) -> Floats:
    plan, rows = raw.plan, raw.rows
    if not isinstance(rows, list):
        return joined_matrix(plan.numbers, [raw], [(0, slice(len(rows)), slice(len(rows)))])
    if len(rows) == 1 and len(plan.numbers.names) <= _SHORT:
        return _of_one(plan, rows[0])
    matrix = np.empty((len(plan.numbers.names), len(rows)))
    if plan.keys:
        matrix[: len(plan.keys)] = np.array([plan.pick(row) for row in rows]).T
    _scale(plan.numbers, matrix)
    return matrix


def joined_matrix(numbers: Numbers, raws: Sequence[Raw], stretches: Sequence[Stretch]) -> Floats:
    """Return the numbers of several layouts as one matrix.

    Parameters
    ----------
    numbers : Numbers
        Of the layouts.
    raws : sequence of Raw
        The messages of each layout.
    stretches : sequence of (int, slice, slice)
        Layout, which of its messages, and their place among those of all; each message once.
    """
    matrix = np.empty((len(numbers.names), sum([len(raw.rows) for raw in raws])))
    with np.errstate(invalid="ignore"):  # a signalling NaN is as good as any
        for piece, before, after in stretches:
            part, rows, plan = matrix[:, after], numbers.rows[piece], raws[piece].plan
            written = raws[piece].rows[before]
            if isinstance(written, np.ndarray):
                for row, key in zip(rows, plan.keys, strict=True):
                    part[row] = written[key]
            elif rows:
                part[rows, :] = np.array([plan.pick(row) for row in written]).T
            for row in numbers.lacking[piece]:
                part[row] = np.nan
    _scale(numbers, matrix)
    return matrix


def _scale(numbers: Numbers, matrix: Floats) -> None:
    """Scale the raw numbers of a matrix in place, and fill in their copies."""
    as_written = matrix[: len(numbers.invalid)]
    missing = as_written == numbers.invalid
    for span, scale in numbers.scales:
        np.divide(matrix[span], scale, out=matrix[span])
    for row, offset in numbers.offsets:
        np.subtract(matrix[row], offset, out=matrix[row])
    np.copyto(as_written, np.nan, where=missing)
    for row, copied_row, has_own in numbers.copies:
        if has_own:
            np.copyto(matrix[row], matrix[copied_row], where=np.isnan(matrix[row]))
        else:
            matrix[row] = matrix[copied_row]


def _decoded(placed: PlacedField, raw: Cells) -> tuple[str, Cells]:
    """Return kind and cells of a field that is no plain number."""
    kind, function = placed.decoding
    if isinstance(raw, list):
        return kind, list(function(raw))
    if kind in values.INSTANT_KINDS:
        seconds = raw.astype(np.int64)
        return kind, values.instants(seconds, seconds == placed.base.invalid)
    if raw.dtype.kind == "V":
        return kind, values.many_octets(raw)
    is_long = raw.ndim == 1 and len(raw) > _MANY
    if placed.vocabulary is not None and raw.dtype == np.uint8 and is_long:
        return kind, placed.words_of_bytes.take(raw)
    return kind, list(function(raw.tolist()))


def _unpack(
    result: Columns, message: int, placed: PlacedField, raw: Array, here: NDArray[np.bool_]
) -> None:
    """Add the quantities that are packed into the bits of a field, where it is `here`."""
    little = np.ascontiguousarray(raw.astype(raw.dtype.newbyteorder("<")))
    octets = little.view(np.uint8).reshape(len(raw), -1).astype(np.int64)
    numbers = octets if raw.dtype.kind == "V" else raw
    void = (numbers == placed.base.invalid).reshape(len(raw), -1).all(axis=1) | ~here
    found: dict[str, list[Floats]] = {}
    parts: dict[str, Component] = {}
    for part in placed.meaning.components:
        if part.bit_offset >= 8 * octets.shape[1]:
            continue
        first, shift = divmod(part.bit_offset, 8)
        last = min(-(-(part.bit_offset + part.bits) // 8), octets.shape[1])
        weights = 1 << 8 * np.arange(last - first, dtype=np.int64)
        bits = (octets[:, first:last] @ weights) >> shift & ((1 << part.bits) - 1)
        found.setdefault(part.target, []).append(np.where(void, np.nan, bits))
        parts.setdefault(part.target, part)
    for name, columns in found.items():
        part, raw_values = parts[name], np.stack(columns, axis=1)
        target = profile.field(message, part.target_number)
        if part.accumulate:
            result.packed[name] = Packed(part, raw_values)
        elif len(columns) > 1:
            lists = values.number_lists(raw_values.tolist(), None, part.scale, part.offset)
            result.other(name, "object", lists)
        elif target.choices is not None:
            codes = np.where(void, 0xFF, raw_values[:, 0]).astype(np.int64).tolist()
            vocabulary = target.choices.with_missing(0xFF)
            result.other(name, "text", values.words(codes, vocabulary))
        else:
            single = raw_values[:, 0] / part.scale - part.offset
            for again in (name, *(further.target for further in target.components[:1])):
                result.number(again, single)


def _add_meaning(
    result: Columns, part: PlacedField, raw: Cells, here: NDArray[np.bool_] | None
) -> None:
    """Add a field under the meaning that it has in some messages: in all if `here` is None."""
    meaning = part.meaning
    if part.is_plain:
        if isinstance(raw, list) and here is None:
            invalid, scale, offset = part.base.invalid, meaning.scale, meaning.offset
            result.number(meaning.name, values.few_scaled(raw, invalid, scale, offset))
            return
        numbers = values.scaled(raw, part.base, meaning.scale, meaning.offset)
        result.number(meaning.name, numbers if here is None else values.without(numbers, ~here))
    else:
        kind, cells = _decoded(part, raw)
        if here is not None:
            cells = values.without(values.array_of(kind, cells), ~here)
        result.other(meaning.name, kind, cells)


def _meanings(
    placed: PlacedField, plan: Plan, records: Array
) -> list[tuple[PlacedField, NDArray[np.bool_]]]:
    """Return the meanings that a field takes on, and in which messages."""
    none = len(placed.meaning.sub_fields)
    chosen = np.full(len(records), none)
    for number, place in plan.referred.items():
        raw = records[key_of(place)]
        for value in frozenset(raw.tolist()):
            met = placed.conditions.get((number, value), none)
            if met < none:
                chosen[raw == value] = np.minimum(chosen[raw == value], met)
    return [
        (placed.alternatives[place], chosen == place)
        for place in sorted(frozenset(chosen.tolist()))
        if place < none
    ]
