"""How the messages of a layout are to be read: worked out once for each layout, and kept."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from operator import itemgetter
from typing import Any

import numpy as np

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
class Source:
    """A field of a layout: its place in a record, its bytes and its meaning."""

    place: int
    number: int
    base: BaseType
    count: int
    meaning: Field
    vocabulary: Vocabulary | None

    def meaning_as(self, meaning: Field) -> Source:
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
        """Whether a message as a tuple holds it as one value of bytes, not one by one."""
        return self.base.name == "string" or self.meaning.kind == "octets"

    @cached_property
    def span(self) -> int | slice:
        """Where it stands in a message as a tuple."""
        if self.count == 1 or self.is_whole:
            return self.place
        return slice(self.place, self.place + self.count)

    @cached_property
    def conditions(self) -> Mapping[tuple[int, int], int]:
        """Which other meaning it has, by number and value of the field on which that hangs."""
        result: dict[tuple[int, int], int] = {}
        for place, sub in enumerate(self.meaning.sub_fields):
            for condition in sub.conditions:
                result.setdefault(condition, place)
        return result

    @cached_property
    def decoding(self) -> tuple[str, Callable[[Sequence[Any]], Iterable[Any]]]:
        """What kind of column it makes, and how, if it is no plain number: from its raw values."""
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
    def _alternatives(self) -> dict[int, Source]:
        return {}

    def meaning_met(self, numbers: Iterable[int], referred: tuple[Any, ...]) -> int:
        """Return which other meaning it has, by values of the fields of these numbers; -1 if none.

        Examples
        --------
        >>> strides = Field("total_strides", conditions=((5, 1),))
        >>> meaning = Field("total_cycles", sub_fields=(strides,))
        >>> source = Source(1, 0, profile.BYTE, 1, meaning, None)
        >>> source.meaning_met([5], (1,)), source.meaning_met([5], (7,))
        (0, -1)
        """
        get = self.conditions.get
        met = [get(pair, -1) for pair in zip(numbers, referred, strict=True)]
        return min((place for place in met if place >= 0), default=-1)

    def alternative(self, place: int) -> Source:
        """Return the same bytes with the meaning of a sub-field."""
        if place not in self._alternatives:
            self._alternatives[place] = self.meaning_as(self.meaning.sub_fields[place])
        return self._alternatives[place]

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


@dataclass(frozen=True, eq=False)
class Plan:
    """How to read the messages of one layout."""

    message: int
    dtype: np.dtype[np.void]
    #: The same size, without fields: what is gathered from scattered places.
    octets: np.dtype[np.void]
    #: From the bytes and a place in them to a message as a tuple: its header, then every value.
    row: Callable[[bytes, int], tuple[Any, ...]]
    numbers: tuple[str, ...]
    keys: tuple[str, ...]
    #: From a record as a tuple to the values under `keys`.
    pick: Callable[[tuple[Any, ...]], tuple[Any, ...]]
    invalid: Floats
    n_scaled: int
    scale: Floats
    offset: Floats
    has_offsets: bool
    #: Invalid values, scales and offsets of the numbers that are scaled, which come first; and
    #: invalid values of the others.
    scaling: tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]
    invalid_unscaled: tuple[float, ...]
    #: Rows of the matrix that are the same quantity under a second name: (row, source row).
    copies: tuple[tuple[int, int], ...]
    others: tuple[Source, ...]
    #: Name of each of these, its place in a message as a tuple, and what makes cells of it.
    decoders: tuple[tuple[str, int | slice, Callable[[Sequence[Any]], Iterable[Any]]], ...]
    kinds: dict[str, str]
    packed: tuple[Source, ...]
    #: Fields that may have another meaning, and those on which it hangs: place by number.
    conditional: tuple[Source, ...]
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
        Theirs.
    developer : tuple of DeveloperField or None
        What is known of each developer field of the layout.
    wanted : frozenset of str, optional
        Names of columns to read; all if None.
    """
    sources = _sources(layout, developer)
    dtype = np.dtype([(HEADER, "u1"), *((s.key, _format(s, layout)) for s in sources)])
    distinct: dict[str, Source] = {}
    for source in sources:
        if _is_wanted(source.meaning, wanted):
            distinct.setdefault(source.meaning.name, source)
    plain = [source for source in distinct.values() if source.is_plain]
    plain.sort(key=lambda source: not source.is_scaled)
    numbers = [source.meaning.name for source in plain]
    copies = []
    conditional = [source for source in distinct.values() if source.meaning.sub_fields]
    for row, source in enumerate(plain):
        second = source.copy_as
        if second is None or (second in distinct and second not in numbers):
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
    referred_places = {s.number: s.place for s in sources if s.number in referred and s.count == 1}
    scaled = [source for source in plain if source.is_scaled]
    others = tuple(source for source in distinct.values() if not source.is_plain)
    return Plan(
        message=layout.message,
        dtype=dtype,
        octets=np.dtype((np.void, layout.size)),
        row=_row_reader(sources, layout),
        numbers=tuple(numbers),
        keys=tuple(source.key for source in plain),
        pick=_picker([source.place for source in plain]),
        invalid=_upright(_invalid(source) for source in plain),
        n_scaled=len(scaled),
        scale=_upright(source.meaning.scale for source in scaled),
        offset=_upright(source.meaning.offset for source in scaled),
        has_offsets=any(source.meaning.offset for source in scaled),
        scaling=(
            tuple(_invalid(source) for source in scaled),
            tuple(source.meaning.scale for source in scaled),
            tuple(source.meaning.offset for source in scaled),
        ),
        invalid_unscaled=tuple(_invalid(source) for source in plain[len(scaled) :]),
        copies=tuple(copies),
        others=others,
        decoders=tuple((s.meaning.name, s.span, s.decoding[1]) for s in others),
        kinds={source.meaning.name: source.decoding[0] for source in others},
        packed=tuple(packed),
        conditional=tuple(conditional) if referred_places else (),
        referred=referred_places,
        pick_referred=_picker(list(referred_places.values())),
    )


@lru_cache(maxsize=4096)
def meanings_met(plan: Plan, referred: tuple[Any, ...]) -> tuple[int, ...]:
    """Return which other meaning each conditional field has in a message; -1 if none.

    Parameters
    ----------
    plan : Plan
        Of the message's layout.
    referred : tuple
        What the message holds in the fields on which meanings hang, from `Plan.pick_referred`.
    """
    return tuple(source.meaning_met(plan.referred, referred) for source in plan.conditional)


#: NumPy's letters as those of `struct`.
_LETTERS = {
    "u1": "B",
    "i1": "b",
    "u2": "H",
    "i2": "h",
    "u4": "I",
    "i4": "i",
    "u8": "Q",
    "i8": "q",
    "f4": "f",
    "f8": "d",
}


def _row_reader(sources: list[Source], layout: Layout) -> Callable[[bytes, int], tuple[Any, ...]]:
    letters = [
        f"{s.count}s" if s.is_whole else f"{s.count}{_LETTERS[s.base.code]}" for s in sources
    ]
    return struct.Struct("".join([">B" if layout.big_endian else "<B", *letters])).unpack_from


def _invalid(source: Source) -> float:
    return math.nan if source.base.invalid is None else source.base.invalid


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


def _format(source: Source, layout: Layout) -> Any:
    if source.base.name == "string":
        return f"S{source.count}"
    if source.meaning.kind == "octets":
        return f"V{source.count}"
    code = (">" if layout.big_endian else "<") + source.base.code
    return code if source.count == 1 else (code, (source.count,))


def _sources(layout: Layout, developer: tuple[DeveloperField | None, ...]) -> list[Source]:
    found = [
        (number, size, code, profile.field(layout.message, number))
        for number, size, code in layout.fields
    ]
    for (number, size, index), known in zip(layout.developer, developer, strict=True):
        name = f"developer_{index}_{number}" if known is None else known.column
        # A number that no condition of the profile mistakes for a native field.
        found.append((-1, size, 0x0D if known is None else known.base, Field(name)))
    sources: list[Source] = []
    after = 1  # the header is at 0
    for number, size, code, meaning in found:
        if size:
            sources.append(_source(after, number, size, code, meaning))
            after += 1 if sources[-1].is_whole else sources[-1].count
    return sources


def _source(place: int, number: int, size: int, code: int, meaning: Field) -> Source:
    base = profile.BASE_TYPES.get(code)
    if base is None or size % base.width or (base is profile.BYTE and size > 1):
        # Of bytes, or of a size that its type does not fit into: kept as it is.
        octets = Field(meaning.name, "octets", components=meaning.components)
        return Source(place, number, profile.BYTE, size, octets, None)
    raw = Source(place, number, base, size // base.width, meaning, None)
    return raw.meaning_as(meaning)
