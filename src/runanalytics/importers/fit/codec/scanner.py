"""The places of all messages of a FIT file, and where reading resumes after damage.

All data messages of one definition have the same size. The scanner notes the place of each and
copies nothing; where the same few header bytes repeat in a cycle, thousands of messages are found
by one strided comparison for each header of the cycle.

Damage is described (`Problem`), and reading resumes at the next consistent place: a definition
without oddities, or a message whose time is near the other times of the file.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from itertools import accumulate, pairwise, repeat

import numpy as np
from numpy.typing import NDArray

from runanalytics.importers.fit.codec import definition, profile
from runanalytics.importers.fit.codec.definition import Definition
from runanalytics.importers.fit.codec.timestamps import ChainSearch, believable, times_at

#: Bytes of the checksum at a file's end.
CRC_SIZE = 2

#: After so many messages one by one, look for a cycle of their headers; wait ever longer if there
#: is none, or only a short one.
_FIRST_PATIENCE, _LATER_PATIENCE, _MOST_PATIENCE = 16, 256, 2048
#: A step past the end of any data, for bytes that begin no message.
_BEYOND = 1 << 62
_MOST_PENDING = 1 << 16
#: So many numbers fit into a byte.
_BYTE = 256
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


class Scanner:
    """One pass over a part's messages."""

    def __init__(self, data: bytes, part: Part, end: int, *, on_trial: bool = False) -> None:
        self.data = data
        self.part = part
        self.end = end
        #: A trial stops at the first damage and reports nothing.
        self.on_trial = on_trial
        self.view = np.frombuffer(data, dtype=np.uint8)
        #: By local type: its definition at present, and that one's number in the part.
        self.defined: list[Definition | None] = [None] * (_NO_LOCAL + 1)
        self.numbers = array("H", [0] * _NO_LOCAL)
        #: By number: size of the definition's messages.
        self.sizes = array("q")
        self.known: dict[bytes, int] = {}
        #: By header byte: how far it is to the next message.
        self.steps = [_BEYOND] * 256
        #: Headers of the messages that are not yet noted with their definitions.
        self.pending: list[int] = []
        #: They stand in sections, within which one message follows the other and no definition
        #: changes: which message comes first in each, its place, and `numbers` there.
        self.firsts: list[int] = []
        self.places: list[int] = []
        self.numbers_of = array("H")
        self.is_open = False
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
        self._settle()

    def _single(self, position: int) -> int:
        """Note messages one by one, for a while; return where to go on."""
        # The hottest loop of the package. Whether a message is whole is checked afterwards.
        data, steps, headers, begin = self.data, self.steps, self.pending, position
        first = len(headers)
        try:
            for _ in repeat(None, self.patience):
                header = data[position]
                position += steps[header]
                headers.append(header)
        except IndexError:
            pass  # beyond the data
        is_leap = position < self.end
        while position > self.end:
            position -= steps[headers.pop()]
        if len(headers) > first:
            self._open(first, begin)
        if position == self.end:
            return position
        return self._leap(position) if is_leap else self._other(position)

    def _open(self, first: int, place: int) -> None:
        """Begin a section with the pending message number `first`, if none is open."""
        if not self.is_open:
            self.firsts.append(first)
            self.places.append(place)
            self.numbers_of += self.numbers
            self.is_open = True

    def _settle(self) -> None:
        """Note the pending messages with their definitions, all sections at once."""
        self.is_open = False
        if not self.pending:
            return
        # By way of a bytearray: `bytes` takes four times as long over a list.
        locals_of = np.frombuffer(bytearray(self.pending).translate(_LOCAL_OF), dtype=np.uint8)
        firsts, places = np.array(self.firsts), np.array(self.places)
        counts = np.diff(firsts, append=len(locals_of))
        rows = np.repeat(np.arange(0, _NO_LOCAL * len(firsts), _NO_LOCAL), counts)
        definitions = self.part.definitions
        numbers = np.frombuffer(self.numbers_of, dtype=np.uint16).take(rows + locals_of)
        if len(definitions) <= _BYTE:
            numbers = numbers.astype(np.uint8)  # sorted in half the time
        sizes = np.array(self.sizes).take(numbers)
        ends = np.cumsum(sizes)
        begins = ends - sizes
        begins += np.repeat(places - begins.take(firsts), counts)
        order = np.argsort(numbers, kind="stable")
        begins = begins.take(order)
        numbers = numbers.take(order)
        changes = np.flatnonzero(numbers[1:] != numbers[:-1]) + 1
        for first, last in pairwise([0, *changes.tolist(), len(numbers)]):
            definitions[numbers[first]].note(begins[first:last])
        self.pending, self.firsts, self.places, self.numbers_of = [], [], [], array("H")

    def _wary(self, position: int) -> int:
        """Note messages of a damaged file one by one, as long as their times are believable."""
        for _ in range(self.patience):
            header = self.data[position]
            following = position + self.steps[header]
            if following > self.end:
                return self._other(position)
            if not self._is_believable(position, self.defined[_LOCALS[header]]):
                return self._resume(position, "a message's time is out of all order")
            self._open(len(self.pending), position)
            self.pending.append(header)
            position = following
            if position == self.end:
                return position
        return self._leap(position)

    def _leap(self, position: int) -> int:
        """Note many messages at once where a few header bytes repeat in a cycle."""
        self.n_single += self.patience
        if self.n_single > MAX_SINGLE_MESSAGES:
            return self._stop(position, f"more than {MAX_SINGLE_MESSAGES:,} messages")
        self.patience = min(max(2 * self.patience, _LATER_PATIENCE), _MOST_PATIENCE)
        begin = max(len(self.pending) - 2 * _LONGEST_CYCLE, self.firsts[-1])
        recent = self.pending[begin:]
        if len(self.pending) > _MOST_PENDING:
            self._settle()
        for period in range(1, len(recent) // 2 + 1):
            if recent[period:] == recent[:-period]:
                break
        else:
            return position
        cycle = recent[-period:]
        starts = list(accumulate([self.steps[header] for header in cycle], initial=position))
        step = starts.pop() - position
        count = (self.end - position) // step
        for start, header in zip(starts, cycle, strict=True):
            count = self._equal_count(start, step, count, header)
        for start, header in zip(starts, cycle, strict=True):
            count = self._believable_count(start, step, count, self.defined[_LOCALS[header]])
        if count * period < _WORTHWHILE:
            return position
        for start, header in zip(starts, cycle, strict=True):
            found = self.defined[_LOCALS[header]]
            if found is not None:
                found.note_stretch(start, count, step)
        self.is_open = False
        self.patience = _FIRST_PATIENCE
        return position + count * step

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

    def _other(self, position: int) -> int:
        """Read anything but a whole data message; return where to go on."""
        local = _LOCALS[self.data[position]]
        if local == _NO_LOCAL:
            return self._define(position)
        if self.defined[local] is not None:
            return self._resume(position, "the data end within a message", cut_off=True)
        return self._resume(position, f"a message of local type {local}, which nothing defines")

    def _define(self, position: int) -> int:
        length = definition.length_of(self.data, position)
        if not length or position + length > self.end:
            return self._resume(position, "the data end within a definition", cut_off=True)
        if self.n_definitions == MAX_DEFINITIONS:
            return self._stop(position, f"more than {MAX_DEFINITIONS:,} definitions")
        self.n_definitions += 1
        message = self.data[position : position + length]
        local = message[0] & 15
        # Whatever its local type, the same layout makes the same table.
        message = bytes([message[0] & 0xF0]) + message[1:]
        number = self.known.get(message)
        if number is None:
            layout = definition.parse(message)
            if layout is None or (self.believed and not layout.is_sound):
                return self._resume(position, "a definition makes no sense")
            number = self.known[message] = len(self.part.definitions)
            self.part.definitions.append(Definition(layout, position))
            self.sizes.append(layout.size)
        found = self.part.definitions[number]
        self.defined[local], self.numbers[local] = found, number
        self.is_open = False
        size = found.layout.size
        self.steps[local : definition.DEFINITION_BIT : 16] = [size] * 4
        if local < 4:
            begin = definition.COMPRESSED_BIT + 32 * local
            self.steps[begin : begin + 32] = [size] * 32
        return position + length

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
        self._settle()
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

    def _is_believable(self, position: int, found: Definition | None) -> bool:
        if found is None or not self.believed:
            return True
        layout = found.layout
        if layout.time_offset is None:
            # Message file_id stands only at a file's start, but zeros elsewhere look like it.
            return layout.message != profile.FILE_ID or position < self.part.start + _HEAD
        begin = position + layout.time_offset
        time = int.from_bytes(self.data[begin : begin + 4], layout.byte_order)
        if not any(first <= time <= last for first, last in self.believed):
            return False
        self.last_believed = position
        return True

    def _believable_count(self, start: int, step: int, count: int, found: Definition | None) -> int:
        """Return how many of `count` messages, each `step` further, have a believable time."""
        if not self.believed or found is None or found.layout.time_offset is None or not count:
            return count
        times = times_at(self.data, start, count, step, found.layout)
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
        found = self.defined[local]
        if found is None or found.layout.time_offset is None or not self.believed:
            return None
        layout = found.layout
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
        recent = [found.singles[-_RECENT:] for found in self.part.definitions]
        if not any(
            np.median(self.view[places]) >= definition.COMPRESSED_BIT
            for places in recent
            if places.size
        ):
            return None
        by_header = [self.defined[local] for local in _LOCALS]
        untimed = [found is not None and found.layout.time_offset is None for found in by_header]
        is_compressed = np.array(untimed)
        is_compressed[: definition.COMPRESSED_BIT] = False
        steps = np.array(self.steps)
        return ChainSearch(self.view, self.end, steps, is_compressed).first(start, stop)

    def _is_message(self, position: int) -> bool:
        header = self.data[position]
        if _LOCALS[header] == _NO_LOCAL:
            return definition.strict_at(self.data, position) is not None
        if position + self.steps[header] > self.end:
            return False
        before = self.last_believed
        believable = self._is_believable(position, self.defined[_LOCALS[header]])
        self.last_believed = before
        return believable
