"""Definition messages: how the data messages after them are laid out."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from runanalytics.importers.fit.codec import profile

_IS_BASE_TYPE = np.isin(np.arange(256), list(profile.BASE_TYPES))
DEFINITION_BIT, DEVELOPER_BIT, COMPRESSED_BIT = 0x40, 0x20, 0x80
#: Bytes before the list of fields: header, reserved, byte order, message number, field count.
_FIXED = 6
_PER_FIELD = 3
_NONE = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Layout:
    """The layout that one definition message declares; the same bytes give the same object.

    Parameters
    ----------
    message : int
        Number of the message type.
    big_endian : bool
        Byte order of the values.
    fields : tuple of (int, int, int)
        Number, size in bytes and base type of each field.
    developer : tuple of (int, int, int)
        Number, size in bytes and developer index of each developer field.
    """

    message: int
    big_endian: bool
    fields: tuple[tuple[int, int, int], ...]
    developer: tuple[tuple[int, int, int], ...]

    @cached_property
    def size(self) -> int:
        """Size of a data message with its header byte."""
        return 1 + sum(size for _, size, _ in (*self.fields, *self.developer))

    @property
    def byte_order(self) -> Literal["big", "little"]:
        """Byte order in words."""
        return "big" if self.big_endian else "little"

    @cached_property
    def time_offset(self) -> int | None:
        """Place of the timestamp in a data message, in bytes; None if it has none."""
        offset = 1
        for number, size, _ in self.fields:
            if number == profile.TIMESTAMP_FIELD and size == 4:
                return offset
            offset += size
        return None

    @property
    def is_sound(self) -> bool:
        """Whether a damaged file may hold it: its base types exist, and no field is empty."""
        return all(size and base in profile.BASE_TYPES for _, size, base in self.fields)

    @cached_property
    def is_strict(self) -> bool:
        """Whether nothing in it is odd, so that a search for a definition accepts it."""
        sizes_fit = all(
            base in profile.BASE_TYPES and size and size % profile.BASE_TYPES[base].width == 0
            for _, size, base in self.fields
        )
        numbers = [number for number, _, _ in self.fields]
        return (
            bool(self.fields)
            and sizes_fit
            and len(set(numbers)) == len(numbers)
            and profile.is_known_message(self.message)
        )


@dataclass(eq=False)
class Definition:
    """A layout and the places of its messages, noted one by one or as stretches.

    A stretch is its first byte, the number of messages, and their distance in bytes.
    """

    layout: Layout
    pieces: tuple[NDArray[np.int64], ...] = ()
    stretches: list[tuple[int, int, int]] = field(default_factory=list)
    #: How many messages have been found.
    count: int = 0
    #: The scanner's number for it at present; 0 if it has none.
    number: int = 0
    #: Whether headers may hold the lowest bits of the time.
    has_short_times: bool = False
    _places: NDArray[np.int64] | None = None

    def note(self, places: NDArray[np.int64]) -> None:
        """Note messages one by one, by their first bytes."""
        self.pieces += (places,)
        self.count += len(places)

    def note_stretch(self, start: int, count: int, step: int) -> None:
        """Note `count` messages, each `step` bytes further."""
        self.stretches.append((start, count, step))
        self.count += count

    @property
    def singles(self) -> NDArray[np.int64]:
        """First byte of each message that was noted one by one, ascending."""
        if len(self.pieces) == 1:
            return self.pieces[0]
        return np.concatenate(self.pieces) if self.pieces else _NONE

    @property
    def places(self) -> NDArray[np.int64]:
        """First byte of each message, ascending; to be read once all have been found."""
        if self._places is None:
            self._places = self.places_so_far()
        return self._places

    def places_so_far(self) -> NDArray[np.int64]:
        """Return the first byte of each message found until now, ascending."""
        if not self.stretches:
            return self.singles
        evenly = [
            np.arange(start, start + count * step, step, dtype=np.int64)
            for start, count, step in self.stretches
        ]
        return np.sort(np.concatenate([*self.pieces, *evenly]), kind="stable")


def length_of(data: bytes, position: int) -> int:
    """Return the length of the definition message at `position`; 0 if the data end within it."""
    if position + _FIXED > len(data):
        return 0
    length = _FIXED + _PER_FIELD * data[position + 5]
    if data[position] & DEVELOPER_BIT:
        if position + length >= len(data):
            return 0
        length += 1 + _PER_FIELD * data[position + length]
    return length if position + length <= len(data) else 0


@lru_cache(maxsize=1024)
def parse(message: bytes) -> Layout | None:
    """Return the layout that a definition message declares after its header byte.

    None if it cannot be one.

    Examples
    --------
    >>> layout = parse(bytes([0, 0, 20, 0, 2, 253, 4, 0x86, 3, 1, 0x02]))
    >>> layout.message, layout.size, layout.time_offset
    (20, 6, 1)
    """
    order = message[1]
    number = int.from_bytes(message[2:4], "big" if order else "little")
    if order > 1 or number == profile.INVALID_MESSAGE:
        return None
    first_developer = _FIXED - 1 + _PER_FIELD * message[4]
    return Layout(
        number,
        bool(order),
        _triples(message[_FIXED - 1 : first_developer]),
        _triples(message[first_developer + 1 :]),
    )


def _triples(data: bytes) -> tuple[tuple[int, int, int], ...]:
    return tuple((data[i], data[i + 1], data[i + 2]) for i in range(0, len(data), _PER_FIELD))


def strict_at(data: bytes, position: int) -> Layout | None:
    """Return the layout at `position` if a definition without any oddity stands there."""
    if position >= len(data) or data[position] & 0xD0 != DEFINITION_BIT:
        return None
    length = length_of(data, position)
    if not length or data[position + 1]:
        return None
    layout = parse(data[position + 1 : position + length])
    return layout if layout is not None and layout.is_strict else None


def next_strict(data: bytes, start: int, end: int) -> int | None:
    """Return where the next definition without any oddity stands; None if there is none.

    Parameters
    ----------
    data : bytes
        The whole file.
    start, end : int
        Where to look, first byte and one past the last.
    """
    window = np.frombuffer(data, dtype=np.uint8)[start:end]
    if window.size < _FIXED + _PER_FIELD:
        return None
    head = (window[:-5] & 0xD0) == DEFINITION_BIT
    head &= (window[1:-4] == 0) & (window[2:-3] <= 1) & (window[5:] > 0)
    head[:-3] &= (window[7:-1] > 0) & _IS_BASE_TYPE[window[8:]]  # the first field
    for offset in np.flatnonzero(head).tolist():
        if strict_at(data, start + offset) is not None:
            return start + int(offset)
    return None
