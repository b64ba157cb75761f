"""From the places of messages to columns: names, scales, vocabularies, missing values.

A layout is compiled once into a `_Plan` and kept. Plain numbers of a layout are cast into one
matrix, field by field, and scaled together; what is rarer (text, lists, packed bits, fields
whose meaning hangs on another field) goes column by column. Nothing loops over messages in
Python except to make Python objects (text, lists).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runanalytics.importers.fit import profile, values
from runanalytics.importers.fit.definition import Layout
from runanalytics.importers.fit.profile import BaseType, Component, Field, Vocabulary
from runanalytics.importers.fit.values import Array, Floats

_HEADER = "header"
#: Up to so many messages are cheaper as tuples than as columns.
_FEW = 16


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
    """A field of a layout: its place in a record, its bytes and its meaning."""

    place: int
    number: int
    base: BaseType
    count: int
    meaning: Field
    vocabulary: Vocabulary | None

    def meaning_as(self, meaning: Field) -> _Source:
        """Return the same bytes with another meaning."""
        words = meaning.choices
        vocabulary = None if words is None else words.with_missing(self.base.invalid)
        return replace(self, meaning=meaning, vocabulary=vocabulary)

    @property
    def key(self) -> str:
        """Its name in the record dtype."""
        return _key(self.place)

    @cached_property
    def conditions(self) -> Mapping[tuple[int, int], int]:
        """Which other meaning it has, by number and value of the field on which that hangs."""
        result: dict[tuple[int, int], int] = {}
        for place, sub in enumerate(self.meaning.sub_fields):
            for condition in sub.conditions:
                result.setdefault(condition, place)
        return result

    @cached_property
    def _alternatives(self) -> dict[int, _Source]:
        return {}

    def alternative(self, place: int) -> _Source:
        """Return the same bytes with the meaning of a sub-field."""
        if place not in self._alternatives:
            self._alternatives[place] = self.meaning_as(self.meaning.sub_fields[place])
        return self._alternatives[place]

    @cached_property
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
    #: From a record as a tuple to the values under `keys`.
    pick: Callable[[tuple[Any, ...]], Sequence[Any]]
    invalid: Floats
    n_scaled: int
    scale: Floats
    offset: Floats
    #: Rows of the matrix that are the same quantity under a second name: (row, source row).
    copies: tuple[tuple[int, int], ...]
    others: tuple[_Source, ...]
    packed: tuple[_Source, ...]
    #: Fields that may have another meaning, and those on which it hangs: place by number.
    conditional: tuple[_Source, ...]
    referred: Mapping[int, int]


def read(
    data: bytes,
    layout: Layout,
    developer: tuple[DeveloperField | None, ...],
    places: NDArray[np.int64] | tuple[int, int, int],
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
    places : array of int, or (int, int, int)
        First byte of each message; or, where they are evenly spaced, the first one's, how many
        there are, and their distance.
    wanted : frozenset of str, optional
        Names of columns to read; all if None.

    Returns
    -------
    columns : Columns
    headers : array of uint8
    """
    plan = _plan(layout, developer, wanted)
    if isinstance(places, tuple):
        start, count, step = places
        records = np.ndarray(
            (count,), dtype=plan.dtype, buffer=data, offset=start, strides=(step,)
        )
    else:
        windows = np.ndarray(
            (len(data) - layout.size + 1,), dtype=f"V{layout.size}", buffer=data, strides=(1,)
        )
        records = windows[places].view(plan.dtype)
    return _columns(plan, records), records[_HEADER]


def _columns(plan: _Plan, records: Array) -> Columns:
    few = len(records) <= _FEW
    rows = records.tolist() if few else []
    matrix = np.empty((len(plan.numbers), len(records)))
    if few and plan.keys:
        matrix[: len(plan.keys)] = np.array([plan.pick(row) for row in rows]).T
    elif not few:
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
        raw = [row[source.place] for row in rows] if few else records[source.key]
        kind, column = _decoded(source, raw)
        result.others[source.meaning.name] = column
        result.kinds[source.meaning.name] = kind
    for source in plan.packed:
        everywhere = np.ones(len(records), dtype=bool)
        _unpack(result, plan.message, source, records[source.key], everywhere)
    if plan.conditional and plan.referred:
        _resolve(result, plan, records, rows)
    return result


def _decoded(source: _Source, raw: list[Any] | Array) -> tuple[str, Array]:
    """Return kind and values of a field that is no plain number."""
    base, meaning = source.base, source.meaning
    if meaning.kind in ("instant", "local") and source.count == 1 and base.width == 4:
        seconds = np.asarray(raw).astype(np.int64)
        return meaning.kind, values.instants(seconds, seconds == base.invalid)
    listed = raw if isinstance(raw, list) else raw.tolist()
    if base.name == "string":
        return "text", values.texts(listed)
    if meaning.kind == "octets":
        return "object", values.octets(listed, source.count)
    if source.count > 1:
        if source.vocabulary is not None:
            return "object", values.word_lists(listed, source.vocabulary)
        scale, offset = meaning.scale, meaning.offset
        return "object", values.number_lists(listed, base.invalid, scale, offset)
    if meaning.kind == "flag":
        return "flag", values.flags(listed)
    if source.vocabulary is not None:
        return "text", values.words(listed, source.vocabulary)
    return "object", values.integers(listed, base)


def _unpack(
    result: Columns, message: int, source: _Source, raw: Array, here: NDArray[np.bool_]
) -> None:
    """Add the quantities that are packed into the bits of a field, where it is `here`."""
    little = np.ascontiguousarray(raw.astype(raw.dtype.newbyteorder("<")))
    octets = little.view(np.uint8).reshape(len(raw), -1).astype(np.int64)
    numbers = octets if raw.dtype.kind == "V" else raw
    void = (numbers == source.base.invalid).reshape(len(raw), -1).all(axis=1) | ~here
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


def _resolve(
    result: Columns, plan: _Plan, records: Array, rows: list[tuple[Any, ...]]
) -> None:
    """Add what fields mean where another field has a certain value."""
    for source in plan.conditional:
        for meaning, here in _meanings(source, plan, records, rows):
            raw = [row[source.place] for row in rows] or records[source.key].tolist()
            if meaning.is_plain:
                numbers = values.scaled(
                    raw, source.base, meaning.meaning.scale, meaning.meaning.offset
                )
                result.number(meaning.meaning.name, values.without(numbers, ~here))
            else:
                kind, column = _decoded(meaning, raw)
                result.other(meaning.meaning.name, kind, values.without(column, ~here))
            if meaning.meaning.components:
                _unpack(result, plan.message, meaning, records[source.key], here)


def _meanings(
    source: _Source, plan: _Plan, records: Array, rows: list[tuple[Any, ...]]
) -> list[tuple[_Source, NDArray[np.bool_]]]:
    """Return the meanings that a field takes on, and in which messages."""
    conditions = source.conditions
    none = len(source.meaning.sub_fields)
    if rows:
        chosen = np.full(len(rows), none)
        for number, place in plan.referred.items():
            for index, row in enumerate(rows):
                met = conditions.get((number, row[place]), none)
                if met < chosen[index]:
                    chosen[index] = met
    else:
        chosen = np.full(len(records), none)
        for number, place in plan.referred.items():
            raw = records[_key(place)]
            for value in frozenset(raw.tolist()):
                met = conditions.get((number, value), none)
                if met < none:
                    chosen[raw == value] = np.minimum(chosen[raw == value], met)
    return [
        (source.alternative(place), chosen == place)
        for place in sorted(frozenset(chosen.tolist()))
        if place < none
    ]


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
            conditional.append(source.meaning_as(target))
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
        pick=_picker([source.place for source in plain]),
        invalid=_upright(np.nan if s.base.invalid is None else s.base.invalid for s in plain),
        n_scaled=len(scaled),
        scale=_upright(source.meaning.scale for source in scaled),
        offset=_upright(source.meaning.offset for source in scaled),
        copies=tuple(copies),
        others=tuple(source for source in distinct.values() if not source.is_plain),
        packed=tuple(packed),
        conditional=tuple(conditional),
        referred={s.number: s.place for s in sources if s.number in referred and s.count == 1},
    )


def _upright(numbers: Iterable[float]) -> Floats:
    return np.array(list(numbers), dtype=np.float64).reshape(-1, 1)


def _picker(places: list[int]) -> Callable[[tuple[Any, ...]], Sequence[Any]]:
    if len(places) > 1:
        return itemgetter(*places)
    return lambda row: [row[place] for place in places]


def _is_wanted(meaning: Field, wanted: frozenset[str] | None) -> bool:
    if wanted is None:
        return True
    derived = [part.target for part in meaning.components]
    derived += [sub.name for sub in meaning.sub_fields]
    return meaning.name in wanted or not wanted.isdisjoint(derived)


def _key(place: int) -> str:
    return f"f{place}"


def _format(source: _Source, layout: Layout) -> Any:
    if source.base.name == "string":
        return f"S{source.count}"
    if source.meaning.kind == "octets":
        return f"V{source.count}"
    code = (">" if layout.big_endian else "<") + source.base.code
    return code if source.count == 1 else (code, (source.count,))


def _sources(layout: Layout, developer: tuple[DeveloperField | None, ...]) -> list[_Source]:
    found = [
        (number, size, code, profile.field(layout.message, number))
        for number, size, code in layout.fields
    ]
    for (number, size, index), known in zip(layout.developer, developer, strict=True):
        name = f"developer_{index}_{number}" if known is None else known.column
        # A number that no condition of the profile mistakes for a native field.
        found.append((-1, size, 0x0D if known is None else known.base, Field(name)))
    # Place 0 of a record is its header.
    return [_source(place, *entry) for place, entry in enumerate(found, start=1)]


def _source(place: int, number: int, size: int, code: int, meaning: Field) -> _Source:
    base = profile.BASE_TYPES.get(code)
    if base is None or size % base.width or (base is profile.BYTE and size > 1):
        # Of bytes, or of a size that its type does not fit into: kept as it is.
        octets = Field(meaning.name, "octets", components=meaning.components)
        return _Source(place, number, profile.BYTE, size, octets, None)
    raw = _Source(place, number, base, size // base.width, meaning, None)
    return raw.meaning_as(meaning)
