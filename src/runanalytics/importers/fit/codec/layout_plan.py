"""How the messages of a layout are read: a plan, made once for each layout and kept."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runanalytics.arrays import Floats
from runanalytics.importers.fit.codec import profile, values
from runanalytics.importers.fit.codec.definition import Layout
from runanalytics.importers.fit.codec.profile import BaseType, Field, Vocabulary

HEADER = "header"


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
class PlacedField:
    """A field of a layout: its place in a message, its bytes and its meaning."""

    place: int
    number: int
    base: BaseType
    count: int
    meaning: Field
    vocabulary: Vocabulary | None

    def meaning_as(self, meaning: Field) -> PlacedField:
        """Return the same bytes with another meaning."""
        words = meaning.choices
        vocabulary = None if words is None else words.with_missing(self.base.invalid)
        return replace(self, meaning=meaning, vocabulary=vocabulary)

    @property
    def key(self) -> str:
        """Its name in the record dtype."""
        return key_of(self.place)

    @property
    def is_whole(self) -> bool:
        """Whether a message as a tuple holds it as one value of all its bytes."""
        return self.base.name == "string" or self.meaning.kind == "octets"

    @cached_property
    def span(self) -> int | slice:
        """Where it stands in a message as a tuple."""
        if self.count == 1 or self.is_whole:
            return self.place
        return slice(self.place, self.place + self.count)

    @cached_property
    def conditions(self) -> Mapping[tuple[int, int], int]:
        """Place of the sub-field that it stands for, by number and value of another field."""
        result: dict[tuple[int, int], int] = {}
        for place, sub in enumerate(self.meaning.sub_fields):
            for condition in sub.conditions:
                result.setdefault(condition, place)
        return result

    @cached_property
    def decoding(self) -> tuple[str, Callable[[Sequence[Any]], Iterable[Any]]]:
        """Kind of its column, if it is no plain number, and the function for its raw values."""
        base, meaning, words = self.base, self.meaning, self.vocabulary
        if meaning.kind in ("instant", "local") and self.count == 1 and base.width == 4:
            return meaning.kind, partial(values.instant_counts, invalid=base.invalid)
        if base.name == "string":
            return "text", values.texts
        if meaning.kind == "octets":
            return "object", partial(values.octets, count=self.count)
        if self.count > 1 and words is not None:
            return "object", partial(values.word_lists, vocabulary=words)
        if self.count > 1:
            numbers, scale, offset = values.number_lists, meaning.scale, meaning.offset
            return "object", partial(numbers, invalid=base.invalid, scale=scale, offset=offset)
        if meaning.kind == "flag":
            return "flag", partial(map, values.FLAGS.get)
        if words is not None:
            return "text", partial(map, words.__getitem__)
        return "object", partial(values.integers, base=base)

    @cached_property
    def words_of_bytes(self) -> NDArray[Any]:
        """The word of each value of one byte, shape (256,); its number where there is none."""
        words = self.vocabulary or Vocabulary()
        return values.objects([words[code] for code in range(256)])

    @cached_property
    def alternatives(self) -> tuple[PlacedField, ...]:
        """The same bytes with the meaning of each sub-field."""
        return tuple(self.meaning_as(sub) for sub in self.meaning.sub_fields)

    def meaning_met(self, numbers: Iterable[int], referred: tuple[Any, ...]) -> int:
        """Return the place of the sub-field that it stands for; -1 if none.

        Parameters
        ----------
        numbers : iterable of int
            Numbers of the fields on which that depends.
        referred : tuple
            Their values.

        Examples
        --------
        >>> strides = Field("total_strides", conditions=((5, 1),))
        >>> meaning = Field("total_cycles", sub_fields=(strides,))
        >>> placed = PlacedField(1, 0, profile.BYTE, 1, meaning, None)
        >>> placed.meaning_met([5], (1,)), placed.meaning_met([5], (7,))
        (0, -1)
        """
        get = self.conditions.get
        met = [get(pair, -1) for pair in zip(numbers, referred, strict=True)]
        return min((place for place in met if place >= 0), default=-1)

    @cached_property
    def is_plain(self) -> bool:
        """Whether it is a number that a float holds, or is scaled to one."""
        base, kind = self.base, self.meaning.kind
        if self.count != 1 or base.name == "string" or kind in ("octets", "flag", "choice"):
            return False
        if kind in ("instant", "local"):
            return base.width != 4 or base.invalid is None
        return base.invalid is None or base.width < 8 or self.is_scaled

    @property
    def is_scaled(self) -> bool:
        """Whether its raw values have a scale or an offset."""
        return self.meaning.scale != 1 or self.meaning.offset != 0

    @property
    def sameness(self) -> tuple[object, ...]:
        """What has to agree for numbers of several layouts to be scaled together."""
        return self.base.invalid, self.meaning.scale, self.meaning.offset, self.copy_as

    @property
    def copy_as(self) -> str | None:
        """The second name for its value, such as ``enhanced_speed``; None if there is none."""
        parts = self.meaning.components
        if len(parts) != 1 or not self.is_plain or self.base.invalid is None:
            return None
        part = parts[0]
        whole = part.bit_offset == 0 and part.bits >= 8 * self.base.width and not part.accumulate
        alike = (part.scale, part.offset) == (self.meaning.scale, self.meaning.offset)
        return part.target if whole and alike else None


@dataclass(frozen=True, eq=False)
class Numbers:
    """How plain numbers of some layouts become one matrix, with a row for each name."""

    names: tuple[str, ...]
    #: By layout: the row of each of its plain numbers, and those before the last of them that it
    #: has not.
    rows: tuple[tuple[int, ...], ...]
    lacking: tuple[tuple[int, ...], ...]
    #: The value that stands for a missing one, NaN if none does; of rows that are copies, too,
    #: unless they are the last.
    invalid: Floats
    #: Rows with a scale, as few spans; single rows with an offset.
    scales: tuple[tuple[slice, Floats], ...]
    offsets: tuple[tuple[int, float], ...]
    #: Rows that are the same quantity under a second name: row, copied row, and whether it has
    #: values of its own, so that only missing ones are copied.
    copies: tuple[tuple[int, int, bool], ...]


@dataclass(frozen=True, eq=False)
class Plan:
    """How to read the messages of one layout."""

    message: int
    dtype: np.dtype[np.void]
    #: The same size, without fields, for messages that are gathered from scattered places.
    octets: np.dtype[np.void]
    #: From the bytes and a place in them to a message as a tuple: its header, then every value.
    row: Callable[[bytes, int], tuple[Any, ...]]
    #: Plain numbers, those first that are scaled, and their names in the record dtype.
    plain: tuple[PlacedField, ...]
    keys: tuple[str, ...]
    #: From a record as a tuple to the values of these.
    pick: Callable[[tuple[Any, ...]], tuple[Any, ...]]
    numbers: Numbers
    #: Invalid values, scales and offsets of the numbers that are scaled, which come first; and
    #: invalid values of the others.
    scaling: tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]
    invalid_unscaled: tuple[float, ...]
    others: tuple[PlacedField, ...]
    #: Name of each of these, its place in a message as a tuple, and the function for its cells.
    decoders: tuple[tuple[str, int | slice, Callable[[Sequence[Any]], Iterable[Any]]], ...]
    kinds: dict[str, str]
    packed: tuple[PlacedField, ...]
    #: Fields that may have another meaning, and those on which that depends: place by number.
    conditional: tuple[PlacedField, ...]
    referred: Mapping[int, int]
    #: From a record as a tuple to the values of these.
    pick_referred: Callable[[tuple[Any, ...]], tuple[Any, ...]]


@lru_cache(maxsize=512)
def plan_for(
    layout: Layout, developer: tuple[DeveloperField | None, ...], wanted: frozenset[str] | None
) -> Plan:
    """Return how to read the messages of a layout.

    Parameters
    ----------
    layout : Layout
        Their layout.
    developer : tuple of DeveloperField or None
        What is known of each developer field of the layout.
    wanted : frozenset of str, optional
        Names of columns to read; all if None.
    """
    placed_fields = _placed_fields(layout, developer)
    dtype = np.dtype([(HEADER, "u1"), *((s.key, _format(s, layout)) for s in placed_fields)])
    distinct: dict[str, PlacedField] = {}
    for placed in placed_fields:
        if _is_wanted(placed.meaning, wanted):
            distinct.setdefault(placed.meaning.name, placed)
    plain = [placed for placed in distinct.values() if placed.is_plain]
    plain.sort(key=lambda placed: not placed.is_scaled)
    numbers = [placed.meaning.name for placed in plain]
    copies: list[tuple[str, str]] = []
    conditional = [placed for placed in distinct.values() if placed.meaning.sub_fields]
    for placed in plain:
        second = placed.copy_as
        if second is None or (second in distinct and second not in numbers):
            continue
        if second not in numbers:
            numbers.append(second)
        copies.append((second, placed.meaning.name))
        target = profile.field(layout.message, placed.meaning.components[0].target_number)
        if target.sub_fields:
            conditional.append(placed.meaning_as(target))
    packed = [
        placed
        for placed in distinct.values()
        if placed.meaning.components and placed.copy_as is None and placed.base.invalid is not None
    ]
    referred = {
        number for s in conditional for sub in s.meaning.sub_fields for number, _ in sub.conditions
    }
    referred_places = {
        s.number: s.place for s in placed_fields if s.number in referred and s.count == 1
    }
    scaled = [placed for placed in plain if placed.is_scaled]
    others = tuple(placed for placed in distinct.values() if not placed.is_plain)
    return Plan(
        message=layout.message,
        dtype=dtype,
        octets=np.dtype((np.void, layout.size)),
        row=_row_reader(placed_fields, layout),
        plain=tuple(plain),
        keys=tuple(placed.key for placed in plain),
        pick=_picker([placed.place for placed in plain]),
        numbers=_numbers([plain], tuple(numbers), copies),
        scaling=(
            tuple(_invalid(placed) for placed in scaled),
            tuple(placed.meaning.scale for placed in scaled),
            tuple(placed.meaning.offset for placed in scaled),
        ),
        invalid_unscaled=tuple(_invalid(placed) for placed in plain[len(scaled) :]),
        others=others,
        decoders=tuple((s.meaning.name, s.span, s.decoding[1]) for s in others),
        kinds={placed.meaning.name: placed.decoding[0] for placed in others},
        packed=tuple(packed),
        conditional=tuple(conditional) if referred_places else (),
        referred=referred_places,
        pick_referred=_picker(list(referred_places.values())),
    )


@lru_cache(maxsize=256)
def joined_numbers(plans: tuple[Plan, ...]) -> Numbers | None:
    """Return how the numbers of several layouts become one matrix, scaled all at once.

    None if that cannot be: if a name is not scaled alike in all that have it, is a copy in some
    alone, or has values from elsewhere (packed bits, meanings that depend on other fields).

    Parameters
    ----------
    plans : tuple of Plan
        Of the layouts.
    """
    if any(plan.packed or plan.conditional for plan in plans):
        return None
    alike: dict[str, tuple[object, ...]] = {}
    for plan in plans:
        found = {placed.meaning.name: placed.sameness for placed in plan.plain}
        found |= {name: () for name in plan.numbers.names if name not in found}
        if any(alike.setdefault(name, sameness) != sameness for name, sameness in found.items()):
            return None
    numbers = [plan.numbers for plan in plans]
    copies = dict.fromkeys((n.names[a], n.names[b]) for n in numbers for a, b, _ in n.copies)
    if len(dict(copies)) < len(copies):
        return None
    return _numbers([plan.plain for plan in plans], tuple(alike), list(copies))


def _numbers(
    layouts: Sequence[Sequence[PlacedField]], names: tuple[str, ...], copies: list[tuple[str, str]]
) -> Numbers:
    """Return how plain numbers of layouts become rows of these names; copies: name and original."""
    row_of = {name: row for row, name in enumerate(names)}
    by_row = {row_of[placed.meaning.name]: placed for plain in layouts for placed in plain}
    rows = tuple([tuple([row_of[s.meaning.name] for s in plain]) for plain in layouts])
    written = [by_row.get(row) for row in range(max(by_row, default=-1) + 1)]
    scaled = [row for row, placed in sorted(by_row.items()) if placed.meaning.scale != 1]
    begins = [row for row in scaled if row - 1 not in scaled]
    ends = [row + 1 for row in scaled if row + 1 not in scaled]
    return Numbers(
        names=names,
        rows=rows,
        lacking=tuple([tuple(set(range(len(written))) - set(present)) for present in rows]),
        invalid=_upright(math.nan if placed is None else _invalid(placed) for placed in written),
        scales=tuple(
            (slice(begin, end), _upright(by_row[row].meaning.scale for row in range(begin, end)))
            for begin, end in zip(begins, ends, strict=True)
        ),
        offsets=tuple((row, s.meaning.offset) for row, s in by_row.items() if s.meaning.offset),
        copies=tuple((row_of[a], row_of[b], row_of[a] in by_row) for a, b in copies),
    )


@lru_cache(maxsize=4096)
def meanings_met(plan: Plan, referred: tuple[Any, ...]) -> tuple[int, ...]:
    """Return the place of the sub-field that each conditional field stands for; -1 if none.

    Parameters
    ----------
    plan : Plan
        Of the message's layout.
    referred : tuple
        The message's values of the fields on which meanings depend, from `Plan.pick_referred`.
    """
    return tuple(placed.meaning_met(plan.referred, referred) for placed in plan.conditional)


_NUMPY_CODES = ("u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8")
#: Letter of `struct` by NumPy's code.
_LETTERS = dict(zip(_NUMPY_CODES, "BbHhIiQqfd", strict=True))


def _row_reader(
    placed_fields: list[PlacedField], layout: Layout
) -> Callable[[bytes, int], tuple[Any, ...]]:
    letters = [
        f"{s.count}s" if s.is_whole else f"{s.count}{_LETTERS[s.base.code]}" for s in placed_fields
    ]
    return struct.Struct("".join([">B" if layout.big_endian else "<B", *letters])).unpack_from


def _invalid(placed: PlacedField) -> float:
    return math.nan if placed.base.invalid is None else placed.base.invalid


def _upright(numbers: Iterable[float]) -> Floats:
    return np.array(list(numbers), dtype=np.float64).reshape(-1, 1)


def _picker(places: list[int]) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    if len(places) > 1:
        return itemgetter(*places)
    return lambda row: tuple([row[place] for place in places])


def _is_wanted(meaning: Field, wanted: frozenset[str] | None) -> bool:
    if wanted is None:
        return True
    derived = [part.target for part in meaning.components]
    derived += [sub.name for sub in meaning.sub_fields]
    return meaning.name in wanted or not wanted.isdisjoint(derived)


def key_of(place: int) -> str:
    """Return the name in the record dtype of the field at `place`."""
    return f"f{place}"


def _format(placed: PlacedField, layout: Layout) -> Any:
    if placed.base.name == "string":
        return f"S{placed.count}"
    if placed.meaning.kind == "octets":
        return f"V{placed.count}"
    code = (">" if layout.big_endian else "<") + placed.base.code
    return code if placed.count == 1 else (code, (placed.count,))


def _placed_fields(
    layout: Layout, developer: tuple[DeveloperField | None, ...]
) -> list[PlacedField]:
    found = [
        (number, size, code, profile.field(layout.message, number))
        for number, size, code in layout.fields
    ]
    for (number, size, index), known in zip(layout.developer, developer, strict=True):
        name = f"developer_{index}_{number}" if known is None else known.column
        # -1 is no native field's number, so no condition of the profile refers to it.
        found.append((-1, size, 0x0D if known is None else known.base, Field(name)))
    placed_fields: list[PlacedField] = []
    after = 1  # the header is at 0
    for number, size, code, meaning in found:
        if size:
            placed_fields.append(_placed(after, number, size, code, meaning))
            after += 1 if placed_fields[-1].is_whole else placed_fields[-1].count
    return placed_fields


def _placed(place: int, number: int, size: int, code: int, meaning: Field) -> PlacedField:
    base = profile.BASE_TYPES.get(code)
    if base is None or size % base.width or (base is profile.BYTE and size > 1):
        # Bytes, or a size that is no multiple of its type's: kept as it is.
        octets = Field(meaning.name, "octets", components=meaning.components)
        return PlacedField(place, number, profile.BYTE, size, octets, None)
    raw = PlacedField(place, number, base, size // base.width, meaning, None)
    return raw.meaning_as(meaning)
