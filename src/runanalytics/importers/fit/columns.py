"""From the places of messages to columns: names, scales, vocabularies, missing values.

A layout is compiled once into a `_Plan` and kept. Plain numbers of a layout are cast into one
matrix, field by field, and scaled together; what is rarer (text, lists, packed bits, fields
whose meaning hangs on another field) goes column by column. Nothing loops over messages in
Python except to make Python objects (text, lists).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runanalytics.importers.fit import profile, values
from runanalytics.importers.fit.definition import Layout
from runanalytics.importers.fit.profile import BaseType, Component, Field
from runanalytics.importers.fit.values import Array, Floats

_HEADER = "header"


@dataclass(frozen=True)
class DeveloperField:
    """A field that an app or sensor describes in the file itself.

    Parameters
    ----------
    index, number : int
        Of the developer, and of the field among the developer's.
    name, unit : str
        As described.
    column : str
        Name of its column: `name`, made distinct where that is taken.
    base : int
        Base type.
    native_message, native_field : int, optional
        Message and field of the profile that it says to stand for.
    """

    index: int
    number: int
    name: str
    unit: str
    column: str
    base: int
    native_message: int | None = None
    native_field: int | None = None


@dataclass(frozen=True)
class Packed:
    """A counter of which only the lowest bits were written.

    `raw` has a row for each message and a column for each value in it; NaN where missing.
    """

    component: Component
    raw: Floats


@dataclass
class Columns:
    """Columns of some messages of one type.

    `matrix` has a row for each name in `numbers`; `others` holds what is no plain number, with
    its kind ("instant", "local", "text", "flag" or "object") in `kinds`.
    """

    numbers: tuple[str, ...]
    matrix: Floats
    others: dict[str, Array] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    packed: dict[str, Packed] = field(default_factory=dict)

    def number(self, name: str, column: Floats) -> None:
        """Add a column of numbers; where there is one of that name, fill what it lacks."""
        if name in self.numbers:
            row = self.matrix[self.numbers.index(name)]
            np.copyto(row, column, where=np.isnan(row))
        else:
            self.numbers = (*self.numbers, name)
            self.matrix = np.vstack([self.matrix, column])

    def other(self, name: str, kind: str, column: Array) -> None:
        """Add a column of another kind; where there is one of that name, fill what it lacks."""
        if name in self.others:
            present = self.others[name]
            column = np.where(values.is_missing(present), column, present)
        self.others[name] = column
        self.kinds[name] = kind


@dataclass(frozen=True)
class _Source:
    """A field of a layout: its key in the record dtype, its bytes and its meaning."""

    key: str
    number: int
    base: BaseType
    count: int
    meaning: Field

    @property
    def is_plain(self) -> bool:
        """Whether it is a number that a float holds."""
        base, kind = self.base, self.meaning.kind
        if self.count != 1 or base.name == "string" or kind in ("octets", "flag", "choice"):
            return False
        if kind in ("instant", "local"):
            return base.width != 4 or base.invalid is None
        return base.invalid is None or base.width < 8

    @property
    def is_scaled(self) -> bool:
        """Whether its raw values are not yet those that it stands for."""
        return self.meaning.scale != 1 or self.meaning.offset != 0

    @property
    def copy_as(self) -> str | None:
        """The name under which its value stands a second time, such as ``enhanced_speed``."""
        parts = self.meaning.components
        if len(parts) != 1 or not self.is_plain or self.base.invalid is None:
            return None
        part = parts[0]
        whole = part.bit_offset == 0 and part.bits >= 8 * self.base.width and not part.accumulate
        alike = (part.scale, part.offset) == (self.meaning.scale, self.meaning.offset)
        return part.target if whole and alike else None


@dataclass(frozen=True)
class _Plan:
    """How to read the messages of one layout."""

    message: int
    dtype: np.dtype[np.void]
    numbers: tuple[str, ...]
    keys: tuple[str, ...]
    invalid: Floats
    n_scaled: int
    scale: Floats
    offset: Floats
    #: Rows of the matrix that are the same quantity under a second name: (row, source row).
    copies: tuple[tuple[int, int], ...]
    others: tuple[_Source, ...]
    packed: tuple[_Source, ...]
    conditional: tuple[_Source, ...]
    key_of: Mapping[int, str]


def read(
    data: bytes,
    layout: Layout,
    developer: tuple[DeveloperField | None, ...],
    places: NDArray[np.int64] | tuple[int, int],
    wanted: frozenset[str] | None = None,
) -> tuple[Columns, Array]:
    """Return the columns of messages of one layout, and their header bytes.

    Parameters
    ----------
    data : bytes
        The whole file.
    layout : Layout
        Of the messages.
    developer : tuple of DeveloperField or None
        What is known of each developer field of the layout.
    places : array of int, or (int, int)
        First byte of each message; or, where they follow each other without a gap, that of the
        first and how many there are.
    wanted : frozenset of str, optional
        Names of columns to read; all if None.

    Returns
    -------
    columns : Columns
    headers : array of uint8
    """
    plan = _plan(layout, developer, wanted)
    if isinstance(places, tuple):
        records = np.ndarray((places[1],), dtype=plan.dtype, buffer=data, offset=places[0])
    else:
        windows = np.ndarray(
            (len(data) - layout.size + 1,), dtype=f"V{layout.size}", buffer=data, strides=(1,)
        )
        records = windows[places].view(plan.dtype)
    return _columns(plan, records), records[_HEADER]


def _columns(plan: _Plan, records: Array) -> Columns:
    matrix = np.empty((len(plan.numbers), len(records)))
    for row, key in enumerate(plan.keys):
        matrix[row] = records[key]
    as_written = matrix[: len(plan.keys)]
    missing = as_written == plan.invalid
    if plan.n_scaled:
        scaled = matrix[: plan.n_scaled]
        scaled /= plan.scale
        scaled -= plan.offset
    np.copyto(as_written, np.nan, where=missing)
    for row, source_row in plan.copies:
        if row < len(plan.keys):
            np.copyto(matrix[row], matrix[source_row], where=np.isnan(matrix[row]))
        else:
            matrix[row] = matrix[source_row]
    result = Columns(plan.numbers, matrix)
    for source in plan.others:
        result.other(source.meaning.name, *_decoded(source, records[source.key]))
    for source in plan.packed:
        everywhere = np.ones(len(records), dtype=bool)
        _unpack(result, plan.message, source, records[source.key], everywhere)
    for source in plan.conditional:
        _resolve(result, plan, source, records)
    return result


def _decoded(source: _Source, raw: Array) -> tuple[str, Array]:
    """Return kind and values of a field that is no plain number."""
    base, meaning = source.base, source.meaning
    if base.name == "string":
        return "text", values.texts(raw)
    if meaning.kind == "octets":
        return "object", values.octets(raw)
    if source.count > 1:
        if meaning.choices is not None:
            return "object", values.word_lists(raw, base, meaning.choices)
        numbers = values.scaled(raw, base, meaning.scale, meaning.offset)
        return "object", values.number_lists(numbers)
    if meaning.kind in ("instant", "local"):
        return meaning.kind, values.instants(raw.astype(np.int64), raw == base.invalid)
    if meaning.kind == "flag":
        return "flag", values.flags(raw)
    if meaning.choices is not None:
        return "text", values.words(raw, base, meaning.choices)
    return "object", values.integers(raw, base)


def _unpack(
    result: Columns, message: int, source: _Source, raw: Array, here: NDArray[np.bool_]
) -> None:
    """Add the quantities that are packed into the bits of a field, where it is `here`."""
    little = np.ascontiguousarray(raw.astype(raw.dtype.newbyteorder("<")))
    octets = little.view(np.uint8).reshape(len(raw), -1).astype(np.int64)
    void = (raw == source.base.invalid).reshape(len(raw), -1).all(axis=1) | ~here
    found: dict[str, list[Floats]] = {}
    parts: dict[str, Component] = {}
    for part in source.meaning.components:
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
            numbers = raw_values / part.scale - part.offset
            result.other(name, "object", values.number_lists(numbers))
        elif target.choices is not None:
            codes = np.where(void, profile.BYTE.invalid, raw_values[:, 0]).astype(np.uint8)
            result.other(name, "text", values.words(codes, profile.BYTE, target.choices))
        else:
            numbers = raw_values[:, 0] / part.scale - part.offset
            for again in (name, *(further.target for further in target.components[:1])):
                result.number(again, numbers)


def _resolve(result: Columns, plan: _Plan, source: _Source, records: Array) -> None:
    """Add what a field means where another field has a certain value."""
    raw = records[source.key]
    open_rows = np.ones(len(raw), dtype=bool)
    seen = {number: frozenset(records[key].tolist()) for number, key in plan.key_of.items()}
    for meaning in source.meaning.sub_fields:
        here = np.zeros(len(raw), dtype=bool)
        for number, value in meaning.conditions:
            if value in seen.get(number, ()):
                here |= records[plan.key_of[number]] == value
        here &= open_rows
        if not here.any():
            continue
        open_rows &= ~here
        part = _Source(source.key, source.number, source.base, source.count, meaning)
        if part.is_plain:
            numbers = values.scaled(raw, part.base, meaning.scale, meaning.offset)
            result.number(meaning.name, values.without(numbers, ~here))
        else:
            kind, column = _decoded(part, raw)
            result.other(meaning.name, kind, values.without(column, ~here))
        if meaning.components:
            _unpack(result, plan.message, part, raw, here)


@lru_cache(maxsize=512)
def _plan(
    layout: Layout, developer: tuple[DeveloperField | None, ...], wanted: frozenset[str] | None
) -> _Plan:
    sources = _sources(layout, developer)
    dtype = np.dtype([(_HEADER, "u1"), *((s.key, _format(s, layout)) for s in sources)])
    distinct: dict[str, _Source] = {}
    for source in sources:
        if source.count and _is_wanted(source.meaning, wanted):
            distinct.setdefault(source.meaning.name, source)
    plain = [source for source in distinct.values() if source.is_plain]
    plain.sort(key=lambda source: not source.is_scaled)
    numbers = [source.meaning.name for source in plain]
    copies = []
    packed = []
    conditional = [source for source in distinct.values() if source.meaning.sub_fields]
    for row, source in enumerate(plain):
        second = source.copy_as
        if second is None or second in distinct and second not in numbers:
            continue
        if second not in numbers:
            numbers.append(second)
        copies.append((numbers.index(second), row))
        target = profile.field(layout.message, source.meaning.components[0].target_number)
        if target.sub_fields:
            conditional.append(
                _Source(source.key, source.number, source.base, source.count, target)
            )
    packed = [
        source
        for source in distinct.values()
        if source.meaning.components and source.copy_as is None and source.base.invalid is not None
    ]
    referred = {
        number for s in conditional for sub in s.meaning.sub_fields for number, _ in sub.conditions
    }
    scaled = [source for source in plain if source.is_scaled]
    return _Plan(
        message=layout.message,
        dtype=dtype,
        numbers=tuple(numbers),
        keys=tuple(source.key for source in plain),
        invalid=_upright(np.nan if s.base.invalid is None else s.base.invalid for s in plain),
        n_scaled=len(scaled),
        scale=_upright(source.meaning.scale for source in scaled),
        offset=_upright(source.meaning.offset for source in scaled),
        copies=tuple(copies),
        others=tuple(source for source in distinct.values() if not source.is_plain),
        packed=tuple(packed),
        conditional=tuple(conditional),
        key_of={s.number: s.key for s in sources if s.number in referred and s.count == 1},
    )


def _upright(numbers: Iterable[float]) -> Floats:
    return np.array(list(numbers), dtype=np.float64).reshape(-1, 1)


def _is_wanted(meaning: Field, wanted: frozenset[str] | None) -> bool:
    if wanted is None:
        return True
    derived = [part.target for part in meaning.components]
    derived += [sub.name for sub in meaning.sub_fields]
    return meaning.name in wanted or not wanted.isdisjoint(derived)


def _format(source: _Source, layout: Layout) -> Any:
    if source.base.name == "string":
        return f"S{source.count}"
    code = (">" if layout.big_endian else "<") + source.base.code
    return code if source.count == 1 else (code, (source.count,))


def _sources(layout: Layout, developer: tuple[DeveloperField | None, ...]) -> list[_Source]:
    sources = []
    for place, (number, size, code) in enumerate(layout.fields):
        meaning = profile.field(layout.message, number)
        sources.append(_source(f"f{place}", number, size, code, meaning))
    for place, ((number, size, index), known) in enumerate(
        zip(layout.developer, developer, strict=True)
    ):
        # Numbers from -1 down: no condition of the profile may mistake it for a native field.
        name = f"developer_{index}_{number}" if known is None else known.column
        code = 0x0D if known is None else known.base
        sources.append(_source(f"d{place}", -1 - place, size, code, Field(name)))
    return sources


def _source(key: str, number: int, size: int, code: int, meaning: Field) -> _Source:
    base = profile.BASE_TYPES.get(code)
    if base is None or size % base.width:
        # A size that its type does not fit into: the bytes are kept as they are.
        return _Source(key, number, profile.BYTE, size, _as_octets(meaning))
    count = size // base.width
    if base is profile.BYTE and count > 1:
        meaning = _as_octets(meaning)
    return _Source(key, number, base, count, meaning)


def _as_octets(meaning: Field) -> Field:
    return Field(meaning.name, "octets", components=meaning.components)
