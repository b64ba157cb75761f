"""The places of all messages of a FIT file, and where reading resumes after damage.

All data messages of one definition have the same size. The scanner notes the place of each and
copies nothing; where the same few header bytes repeat in a cycle, thousands of messages are found
by one strided comparison for each header of the cycle.

Damage is described (`Problem`), and reading resumes at the next consistent place: a definition
without oddities, or a message whose time is near the other times of the file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from runanalytics.importers.fit.codec import definition, profile
from runanalytics.importers.fit.codec.definition import Definition, Layout
from runanalytics.importers.fit.codec.timestamps import ChainSearch, believable, times_at

#: Bytes of the checksum at a file's end.
CRC_SIZE = 2

#: After so many messages one by one, look for a cycle of their headers; wait ever longer if there
#: is none, or only a short one.
_FIRST_PATIENCE, _LATER_PATIENCE, _MOST_PATIENCE = 16, 256, 2048
#: A step past the end of any data, for bytes that begin no message.
_BEYOND = 1 << 62
#: From so many messages on it is cheaper to sort them by local type as an array.
_MANY = 48
_MOST_PENDING = 1 << 16
_LONGEST_CYCLE = 6
#: For fewer messages than this a stretch is not worth noting.
_WORTHWHILE = 400
_FIRST_CHUNK = 64

#: More of these than any device writes: nothing after them is read.
MAX_DEFINITIONS = 50_000
MAX_SINGLE_MESSAGES = 1_000_000
MAX_RESUMPTIONS = 500
MAX_PROBLEMS = 100

_FIRST_SEARCH = 4_096
#: So many of a layout's last messages show whether times are written compressed.
_RECENT = 32
#: Message ``file_id`` stands within so many bytes of a file's start.
_HEAD = 128
_MAX_VOTES = 4


@dataclass(frozen=True)
class Problem:
    """Damage met while reading, in words, and the byte where it begins.

    Examples
    --------
    >>> print(Problem("the data end within a message", 403_450))
    the data end within a message (byte 403450)
    """

    message: str
    byte: int

    def __str__(self) -> str:
        return f"{self.message} (byte {self.byte})"


@dataclass
class Part:
    """One of the FIT files of which a file consists (mostly the only one).

    `damaged_from` is the byte from which messages count as damaged: from the start, if a checksum
    does not match; where it breaks off, if there is no checksum and all before is consistent.
    """

    start: int
    definitions: list[Definition] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    damaged_from: float = float("inf")
    has_checksum: bool = True
    #: Where reading resumed after damage.
    resumed: list[int] = field(default_factory=list)

    def report(self, message: str, byte: int, *, damaged_from: int | None = None) -> None:
        """Note a problem, and from which byte on messages count as damaged."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(message, byte))
        if damaged_from is not None:
            self.damaged_from = min(self.damaged_from, damaged_from)


def _nowhere(_: object) -> None:
    """Stand in for the methods that note messages, for a local type without a definition."""


#: Local message type by header byte; 16, which is never defined, for definitions themselves.
_NO_LOCAL = 16
_LOCALS = [
    (byte >> 5 & 3)
    if byte & definition.COMPRESSED_BIT
    else (_NO_LOCAL if byte & definition.DEFINITION_BIT else byte & 15)
    for byte in range(256)
]


#: The same as a table for `bytes.translate`.
_LOCAL_OF = bytes(_LOCALS)

_NoteMany = Callable[[bytes], None]
_NoteStretch = Callable[[tuple[int, int, int]], None]


class Scanner:
    """One pass over a part's messages."""

    def __init__(self, data: bytes, part: Part, end: int, *, on_trial: bool = False) -> None:
        self.data = data
        self.part = part
        self.end = end
        #: A trial stops at the first damage and reports nothing.
        self.on_trial = on_trial
        self.view = np.frombuffer(data, dtype=np.uint8)
        # By local type: size of the message, and where to note single ones, many and stretches.
        self.sizes = [0] * (_NO_LOCAL + 1)
        self.note_one: list[Callable[[int], None]] = [_nowhere] * (_NO_LOCAL + 1)
        self.note_many: list[_NoteMany] = [_nowhere] * (_NO_LOCAL + 1)
        self.note_stretch: list[_NoteStretch] = [_nowhere] * (_NO_LOCAL + 1)
        self.layouts: list[Layout | None] = [None] * (_NO_LOCAL + 1)
        #: By header byte: how far it is to the next message.
        self.steps = [_BEYOND] * 256
        #: Headers of the messages from this place on that are not yet noted by local type.
        self.pending: list[int] = []
        self.pending_from = 0
        self.known: dict[bytes, Definition] = {}
        self.n_definitions = 0
        self.n_resumptions = 0
        self.n_single = 0
        #: After how many single messages to look for a cycle.
        self.patience = _FIRST_PATIENCE
        #: Whether something is wrong before the end.
        self.is_broken = False
        #: Spans of believable times, once something is known to be damaged.
        self.believed: tuple[tuple[int, int], ...] = ()
        #: Where the last message stands whose time was believed.
        self.last_believed = part.start

    def run(self, position: int) -> None:
        """Note the place of every message from `position` to the end."""
        if self.part.problems:
            self.believed = self._vote(position)
        while position < self.end:
            position = self._wary(position) if self.believed else self._single(position)
        self._note_pending()

    def _single(self, position: int) -> int:
        """Note messages one by one, for a while; return where to go on."""
        if not self.pending:
            self.pending_from = position
        # The hottest loop of the package. Whether a message is whole is checked afterwards.
        data, steps, headers = self.data, self.steps, []
        try:
            for _ in repeat(None, self.patience):
                header = data[position]
                position += steps[header]
                headers.append(header)
        except IndexError:
            pass  # beyond the data
        while position > self.end:
            position -= steps[headers.pop()]
        self.pending += headers
        if position == self.end:
            return position
        if len(headers) == self.patience:
            return self._leap(position)
        return self._other(position, _LOCALS[data[position]])

    def _note_pending(self) -> None:
        """Note the pending messages by local type, before any definition changes."""
        if len(self.pending) < _MANY:
            position = self.pending_from
            for header in self.pending:
                local = _LOCALS[header]
                self.note_one[local](position)
                position += self.sizes[local]
        else:
            # By way of a bytearray: `bytes` takes four times as long over a list.
            locals_of = bytearray(self.pending).translate(_LOCAL_OF)
            every = np.frombuffer(locals_of, dtype=np.uint8)
            sizes = np.array(self.sizes).take(every)
            places = np.cumsum(sizes) - sizes + self.pending_from
            for local in range(_NO_LOCAL):
                if local in locals_of:
                    self.note_many[local](places.compress(every == local).tobytes())
        self.pending = []

    def _wary(self, position: int) -> int:
        """Note messages of a damaged file one by one, as long as their times are believable."""
        for _ in range(self.patience):
            local = _LOCALS[self.data[position]]
            following = position + self.sizes[local]
            if following == position or following > self.end:
                return self._other(position, local)
            if not self._is_believable(position, local):
                return self._resume(position, "a message's time is out of all order")
            self.note_one[local](position)
            position = following
            if position == self.end:
                return position
        return self._leap(position)

    def _leap(self, position: int) -> int:
        """Note many messages at once where a few header bytes repeat in a cycle."""
        self.n_single += self.patience
        if self.n_single > MAX_SINGLE_MESSAGES:
            return self._stop(position, f"more than {MAX_SINGLE_MESSAGES:,} messages")
        if len(self.pending) > _MOST_PENDING:
            self._note_pending()
        self.patience = min(max(2 * self.patience, _LATER_PATIENCE), _MOST_PATIENCE)
        headers = self._headers_from(position)
        for period in range(1, len(headers) // 2 + 1):
            if headers[period:] == headers[:-period]:
                break
        else:
            return position
        cycle = headers[:period]
        starts = [position]
        for header in cycle:
            starts.append(starts[-1] + self.sizes[_LOCALS[header]])
        step = starts.pop() - position
        count = (self.end - position) // step
        for start, header in zip(starts, cycle, strict=True):
            count = self._equal_count(start, step, count, header)
        for start, header in zip(starts, cycle, strict=True):
            count = self._believable_count(start, step, count, self.layouts[_LOCALS[header]])
        if count * period < _WORTHWHILE:
            return position
        self._note_pending()
        for start, header in zip(starts, cycle, strict=True):
            self.note_stretch[_LOCALS[header]]((start, count, step))
        self.patience = _FIRST_PATIENCE
        return position + count * step

    def _headers_from(self, position: int) -> list[int]:
        """Return the header bytes of the next few messages, as far as they are whole."""
        headers: list[int] = []
        while position < self.end and len(headers) < 2 * _LONGEST_CYCLE:
            header = self.data[position]
            position += self.sizes[_LOCALS[header]]
            if position > self.end or not self.sizes[_LOCALS[header]]:
                break
            headers.append(header)
        return headers

    def _equal_count(self, start: int, step: int, limit: int, header: int) -> int:
        """Count the header bytes from `start` on, each `step` further, that are alike."""
        counted, chunk, alike = 0, _FIRST_CHUNK, bytes([header])
        while counted < limit:
            chunk = min(chunk, limit - counted)
            begin = start + counted * step
            headers = self.data[begin : begin + (chunk - 1) * step + 1 : step]
            others = headers.lstrip(alike)
            counted += chunk - len(others)
            if others:
                return counted
            chunk *= 4
        return limit

    def _other(self, position: int, local: int) -> int:
        """Read anything but a whole data message; return where to go on."""
        if local == _NO_LOCAL:
            length = definition.length_of(self.data, position)
            if not length or position + length > self.end:
                return self._resume(position, "the data end within a definition", cut_off=True)
            if self.n_definitions == MAX_DEFINITIONS:
                return self._stop(position, f"more than {MAX_DEFINITIONS:,} definitions")
            if self._define(position, self.data[position : position + length]):
                return position + length
            return self._resume(position, "a definition makes no sense")
        if self.sizes[local]:
            return self._resume(position, "the data end within a message", cut_off=True)
        return self._resume(position, f"a message of local type {local}, which nothing defines")

    def _define(self, position: int, message: bytes) -> bool:
        self._note_pending()
        self.n_definitions += 1
        local = message[0] & 15
        # Whatever its local type, the same layout makes the same table.
        message = bytes([message[0] & 0xF0]) + message[1:]
        found = self.known.get(message)
        if found is None:
            layout = definition.parse(message)
            if layout is None or (self.believed and not layout.is_sound):
                return False
            found = Definition(layout, position)
            self.known[message] = found
            self.part.definitions.append(found)
        size = found.layout.size
        self.sizes[local] = size
        self.steps[local : definition.DEFINITION_BIT : 16] = [size] * 4
        if local < 4:
            begin = definition.COMPRESSED_BIT + 32 * local
            self.steps[begin : begin + 32] = [size] * 32
        self.note_one[local] = found.singles.append
        self.note_many[local] = found.singles.frombytes
        self.note_stretch[local] = found.stretches.append
        self.layouts[local] = found.layout
        return True

    def _stop(self, position: int, why: str) -> int:
        if not self.on_trial:
            self.part.report(f"{why}: the rest is not read", position, damaged_from=position)
        return self.end

    def _resume(self, position: int, why: str, *, cut_off: bool = False) -> int:
        """Report damage and return where reading can go on: the end, if nowhere.

        If a message is `cut_off` at the end, the messages before it do not count as damaged.
        """
        if self.on_trial:
            return self.end
        self._note_pending()
        if self.n_resumptions == MAX_RESUMPTIONS:
            return self._stop(position, f"damaged in more than {MAX_RESUMPTIONS} places")
        self.n_resumptions += 1
        # Damage began somewhere after the last message with a believable time.
        damaged_from = min(position, self.last_believed) if self.believed else position
        if not self.believed:
            self.believed = believable(self.part.definitions, self.data)
        landing = self._foothold(position + 1)
        # Two bytes left over are a checksum: some of the bytes before it are missing.
        left = self.end - position
        self.is_broken |= landing is not None or not cut_off or left == CRC_SIZE
        if landing is None:
            begin = position if cut_off else damaged_from
            self.part.report(why, position, damaged_from=begin)
            return self.end
        self.part.report(
            f"{why}; {landing - position} bytes were left out", position, damaged_from=damaged_from
        )
        self.part.resumed.append(landing)
        if not self.believed and self.n_resumptions <= _MAX_VOTES:
            self.believed = self._vote(landing)
        return landing

    def _vote(self, position: int) -> tuple[tuple[int, int], ...]:
        """Return the spans of believable times by the messages from `position` on."""
        trial = Scanner(self.data, Part(position), self.end, on_trial=True)
        trial.run(position)
        return believable(trial.part.definitions, self.data)

    def _is_believable(self, position: int, local: int) -> bool:
        layout = self.layouts[local]
        offset = layout.time_offset if layout is not None else None
        if layout is None or not self.believed:
            return True
        if offset is None:
            # Message file_id stands only at a file's start, but zeros elsewhere look like it.
            return layout.message != profile.FILE_ID or position < self.part.start + _HEAD
        begin = position + offset
        time = int.from_bytes(self.data[begin : begin + 4], layout.byte_order)
        if not any(first <= time <= last for first, last in self.believed):
            return False
        self.last_believed = position
        return True

    def _believable_count(self, start: int, step: int, count: int, layout: Layout | None) -> int:
        """Return how many of `count` messages, each `step` further, have a believable time."""
        if not self.believed or layout is None or layout.time_offset is None or not count:
            return count
        times = times_at(self.data, start, count, step, layout)
        strange = ~self._are_believed(times)
        first = int(strange.argmax())
        count = first if strange[first] else count
        self.last_believed = max(self.last_believed, start + (count - 1) * step)
        return count

    def _are_believed(self, times: NDArray[np.unsignedinteger]) -> NDArray[np.bool_]:
        result = np.zeros(len(times), dtype=bool)
        for first, last in self.believed:
            result |= (times >= first) & (times <= last)
        return result

    def _foothold(self, start: int) -> int | None:
        """Return the next place from `start` on at which consistent messages begin."""
        span = _FIRST_SEARCH
        while start < self.end:
            stop = min(start + span, self.end)
            found = [self._message_like(start, stop, local) for local in range(_NO_LOCAL)]
            found.append(definition.next_strict(self.data, start, stop))
            found.append(self._chain_like(start, stop))
            places = [place for place in found if place is not None]
            if places:
                return min(places)
            start = max(start + 1, stop - 5) if stop < self.end else stop
            span *= 4
        return None

    def _message_like(self, start: int, stop: int, local: int) -> int | None:
        """Return the first place where a message of this local type seems to stand."""
        layout = self.layouts[local]
        if layout is None or layout.time_offset is None or not self.believed:
            return None
        count = min(stop, self.end - layout.size + 1) - start
        if count <= 0:
            return None
        times = times_at(self.data, start, count, 1, layout)
        likely = self.view[start : start + count] == local
        likely &= self._are_believed(times)
        for offset in np.flatnonzero(likely).tolist():
            following = start + int(offset) + layout.size
            if following == self.end or self._is_message(following):
                return start + int(offset)
        return None

    def _chain_like(self, start: int, stop: int) -> int | None:
        """Return the first place where messages with compressed times seem to follow each other.

        Only in a file that has such messages.
        """
        recent = [found.singles[-_RECENT:] for found in self.part.definitions if found.singles]
        if not any(
            np.median(self.view[np.array(places)]) >= definition.COMPRESSED_BIT for places in recent
        ):
            return None
        layouts = [self.layouts[local] for local in _LOCALS]
        is_compressed = np.array([lay is not None and lay.time_offset is None for lay in layouts])
        is_compressed[: definition.COMPRESSED_BIT] = False
        steps = np.array(self.steps)
        return ChainSearch(self.view, self.end, steps, is_compressed).first(start, stop)

    def _is_message(self, position: int) -> bool:
        local = _LOCALS[self.data[position]]
        if local == _NO_LOCAL:
            return definition.strict_at(self.data, position) is not None
        size = self.sizes[local]
        if not size or position + size > self.end:
            return False
        before = self.last_believed
        believable = self._is_believable(position, local)
        self.last_believed = before
        return believable
