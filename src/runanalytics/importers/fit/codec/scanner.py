"""The places of all messages of a FIT file, and where reading resumes after damage.

All data messages of one definition have the same size. The scanner follows their headers and
copies nothing; where the same few header bytes repeat in a cycle, as many messages as repeat it are
found by one strided comparison for each header of the cycle. Places follow from the sizes of all.

Damage is described (`Problem`), and reading resumes at the next consistent place: a definition
without oddities, or a message whose time is near the other times of the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate, repeat

import numpy as np
from numpy.typing import NDArray

from runanalytics.importers.fit.codec import definition, profile
from runanalytics.importers.fit.codec.definition import Definition
from runanalytics.importers.fit.codec.timestamps import ChainSearch, believable, times_at

#: Bytes of the checksum at a file's end.
CRC_SIZE = 2

#: After so many messages one by one, look for a cycle of their headers; wait ever longer if there
#: is none, or one of fewer messages than take as long one by one as to look.
_FIRST_PATIENCE, _MOST_PATIENCE, _WORTHWHILE = 16, 2048, 48
#: A step past the end of any data, for bytes that begin no message.
_BEYOND = 1 << 62
#: More messages than this do not wait to be noted.
_MOST_WAITING = 1 << 16
_LONGEST_CYCLE = 6
#: For fewer messages than this a stretch is not worth noting.
_STRETCH = 400
_FIRST_CHUNK = 128
#: Among headers it stands for bytes that are no single message: a definition, or a stretch.
_GAP = definition.DEFINITION_BIT
#: Numbers of definitions fit into a byte; 0 is that of a gap.
_MOST_NUMBERS = 255

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


class Scanner:
    """One pass over a part's messages."""

    def __init__(self, data: bytes, part: Part, end: int, *, on_trial: bool = False) -> None:
        self.data = data
        self.part = part
        self.end = end
        #: A trial stops at the first damage and reports nothing.
        self.on_trial = on_trial
        self.view = np.frombuffer(data, dtype=np.uint8)
        #: By local type: its definition at present.
        self.defined: list[Definition | None] = [None] * (_NO_LOCAL + 1)
        self.known: dict[bytes, Definition] = {}
        #: By header byte as far as met: how far to the next message, the number of its definition.
        self.steps = [_BEYOND] * 256
        self.numbers = bytearray(256)
        #: Definitions in the order of their numbers, the first of which is 1.
        self.numbered: list[Definition] = []
        #: Headers met with reserved bits or a compressed time.
        self.unusual: set[int] = set()
        #: All that is not yet noted with its definition, from a first gap on: the numbers of most,
        #: one byte each, the headers of those after them, the headers of the last, and the sizes
        #: of the gaps among them, bytes.
        self.chain: list[bytes | bytearray] = []
        self.headers: list[bytes | bytearray] = []
        self.pending: list[int] = []
        self.gaps: list[int] = []
        #: How many there are without the last.
        self.n_waiting = 0
        #: Headers that repeat, each with its distance from the first one, and the size of them all.
        self.cycle: list[int] = []
        self.members: list[tuple[int, bytes]] = []
        self.step = 0
        #: Whether the last run of it was too short to be worth looking for.
        self.is_short = False
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
        self._begin(position)
        while position < self.end:
            if self.believed:
                position = self._wary(position)
            elif self.cycle:
                position = self._cycling(position)
            else:
                position = self._single(position)
        self._settle(position)

    def _single(self, position: int) -> int:
        """Note messages one by one, for a while; return where to go on."""
        # The hottest loop of the package. Whether a message is whole is checked afterwards.
        data, steps, headers = self.data, self.steps, self.pending
        try:
            for _ in repeat(None, self.patience):
                header = data[position]
                position += steps[header]
                headers.append(header)
        except IndexError:
            pass  # beyond the data
        if position < self.end:
            return self._leap(position)
        return self._back(position)

    def _back(self, position: int) -> int:
        """Take back the last messages, which end beyond the end; return where to go on."""
        while position > self.end:
            position -= self.steps[self.pending.pop()]
        if position == self.end:
            return position
        is_definition = _LOCALS[self.data[position]] == _NO_LOCAL
        return self._define(position) if is_definition else self._other(position)

    def _begin(self, position: int) -> None:
        """Let the messages that follow begin at `position`."""
        self.chain, self.gaps = [b"\0"], [position]

    def _number(self) -> None:
        """Move the pending messages to the chain, before the number of a local type changes."""
        self._gather(b"")
        self.chain.append(b"".join(self.headers).translate(self.numbers))
        self.headers.clear()

    def _gather(self, further: bytes) -> None:
        """Move the last headers to those before them, and add further ones."""
        # By way of a bytearray: `bytes` takes twice as long over a list.
        self.headers += (bytearray(self.pending), further)
        self.n_waiting += len(self.pending) + len(further)
        self.pending.clear()

    def _settle(self, position: int) -> None:
        """Note the messages until `position` with their definitions."""
        self._number()
        numbers = np.frombuffer(b"".join(self.chain), dtype=np.uint8)
        order = numbers.argsort(kind="stable")
        sizes = np.array([0, *[found.layout.size for found in self.numbered]]).take(numbers)
        last = len(self.gaps)
        sizes[order[:last]] = self.gaps
        # Each begins where the one before ends.
        places = sizes.cumsum().take(order - 1)
        each = np.arange(1, len(self.numbered) + 1, dtype=np.uint8)
        ends = numbers.searchsorted(each, side="right", sorter=order)
        for found, end in zip(self.numbered, ends.tolist(), strict=True):
            if end > last:
                found.note(places[last:end])
                last = end
        self.n_single += self.n_waiting
        self.n_waiting = 0
        self._begin(position)

    def _wary(self, position: int) -> int:
        """Note messages of a damaged file one by one, as long as their times are believable."""
        for _ in range(self.patience):
            header = self.data[position]
            following = position + self.steps[header]
            if following > self.end:
                return self._other(position)
            if not self._is_believable(position, self.defined[_LOCALS[header]]):
                return self._resume(position, "a message's time is out of all order")
            self.pending.append(header)
            position = following
            if position == self.end:
                return position
        return self._leap(position)

    def _leap(self, position: int) -> int:
        """Look for many messages at once where a few header bytes repeat in a cycle."""
        n_waiting = self.n_waiting + len(self.pending)
        if self.n_single + n_waiting > MAX_SINGLE_MESSAGES:
            return self._stop(position, f"more than {MAX_SINGLE_MESSAGES:,} messages")
        if n_waiting > _MOST_WAITING:
            self._settle(position)
        self.patience = min(2 * self.patience, _MOST_PATIENCE)
        recent = self.pending[-2 * _LONGEST_CYCLE :]
        for period in range(1, len(recent) // 2 + 1):
            if recent[period:] == recent[:-period]:
                break
        else:
            return position
        self.cycle = recent[-period:]
        sizes = [self.steps[header] for header in self.cycle]
        *offsets, self.step = accumulate(sizes, initial=0)
        alike = [bytes([header]) for header in self.cycle]
        self.members = list(zip(offsets, alike, strict=True))
        return self._cycling(position)

    def _cycling(self, position: int) -> int:
        """Note runs of the cycle, the first of them at `position`, and messages between them."""
        data, steps, headers, end = self.data, self.steps, self.pending, self.end
        cycle, members, step = self.cycle, self.members, self.step
        first, period, as_bytes = cycle[0], len(cycle), bytes(cycle)
        try:
            while position < end:
                begin, left, chunk = position, (end - position) // step, _FIRST_CHUNK
                while left > 0:
                    alike = wanted = chunk if chunk < left else left
                    for offset, header in members:
                        start = begin + offset
                        alike -= len(data[start : start + alike * step : step].lstrip(header))
                    begin += alike * step
                    if alike < wanted:
                        break
                    left -= alike
                    chunk *= 4
                count = (begin - position) // step
                if self.believed:
                    count = self._believable_count(position, count)
                n_messages = count * period
                if n_messages >= _WORTHWHILE:
                    if n_messages < _STRETCH:
                        self._gather(as_bytes * count)
                    else:
                        self._note_stretches(position, count)
                    self.patience, self.is_short = _FIRST_PATIENCE, False
                else:
                    headers += cycle * count
                    if self.is_short:
                        self.cycle = []
                    self.is_short = True
                position += count * step
                if self.n_waiting + len(headers) > _MOST_WAITING:
                    self.cycle = []  # for the next leap, which counts and settles
                if self.believed or not self.cycle:
                    return position
                for _ in repeat(None, _FIRST_PATIENCE):
                    value = data[position]
                    position += steps[value]
                    headers.append(value)
                    if data[position] == first == data[position + step]:
                        break
                else:
                    self.cycle = []
                    return position
        except IndexError:
            pass  # beyond the data
        return position if position < end else self._back(position)

    def _note_stretches(self, position: int, count: int) -> None:
        """Note `count` repetitions of the cycle from `position` on, as a gap among the others."""
        for offset, header in self.members:
            found = self.defined[_LOCALS[header[0]]]
            if found is not None:
                found.note_stretch(position + offset, count, self.step)
        self.pending.append(_GAP)
        self.gaps.append(count * self.step)

    def _other(self, position: int) -> int:
        """Read anything but a whole data message; return where to go on."""
        header = self.data[position]
        local = _LOCALS[header]
        if local == _NO_LOCAL:
            return self._define(position)
        found = self.defined[local]
        if found is not None and position + found.layout.size <= self.end:
            self._know(header, found)
            return position
        if found is not None:
            return self._resume(position, "the data end within a message", cut_off=True)
        return self._resume(position, f"a message of local type {local}, which nothing defines")

    def _define(self, position: int) -> int:
        """Read a definition, and those after it that one message each parts; return their end."""
        data, end, pending = self.data, self.end, self.pending
        while True:
            length = definition.length_of(data, position)
            after = position + length
            if not length or after > end:
                return self._resume(position, "the data end within a definition", cut_off=True)
            if self.n_definitions == MAX_DEFINITIONS:
                return self._stop(position, f"more than {MAX_DEFINITIONS:,} definitions")
            self.n_definitions += 1
            # Without its header: whatever its local type, the same layout makes the same table.
            message = data[position + 1 : after]
            found = self.known.get(message)
            if found is None:
                layout = definition.parse(message)
                if layout is None or (self.believed and not layout.is_sound):
                    return self._resume(position, "a definition makes no sense")
                found = self.known[message] = Definition(layout)
                self.part.definitions.append(found)
            pending.append(_GAP)
            self.gaps.append(length)
            is_full = self.n_waiting + len(pending) > _MOST_WAITING
            if is_full or len(self.numbered) == _MOST_NUMBERS:
                self._renumber(after)
            local = data[position] & 15
            self._enter(local, found)
            position = after + found.layout.size
            if (
                self.believed
                or position >= end
                or data[after] != local
                or _LOCALS[data[position]] != _NO_LOCAL
            ):
                return after
            pending.append(local)

    def _renumber(self, position: int) -> None:
        """Note all messages until `position`, and number anew the definitions that are in use."""
        self._settle(position)
        for earlier in self.numbered:
            earlier.number = 0
        self.numbered = []
        for local, present in enumerate(self.defined):
            if present is not None:
                self._enter(local, present)

    def _enter(self, local: int, found: Definition) -> None:
        """Let the headers of a local type stand for messages of a definition."""
        if not found.number:
            self.numbered.append(found)
            found.number = len(self.numbered)
        if self.numbers[local] not in (0, found.number):
            self._number()
        self.defined[local] = found
        self.steps[local], self.numbers[local] = found.layout.size, found.number
        if self.cycle and local in [_LOCALS[header] for header in self.cycle]:
            self.cycle = []
        if self.unusual:
            for header in [each for each in self.unusual if _LOCALS[each] == local]:
                self._know(header, found)

    def _know(self, header: int, found: Definition) -> None:
        """Let a header with reserved bits or a compressed time stand for such messages, too."""
        self.unusual.add(header)
        self.steps[header], self.numbers[header] = found.layout.size, found.number
        found.has_short_times |= header >= definition.COMPRESSED_BIT

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
        self._settle(position)
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
        self._begin(landing)
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

    def _believable_count(self, start: int, count: int) -> int:
        """Return how often the messages of the cycle have believable times from `start` on."""
        timed = []
        for offset, header in self.members:
            found = self.defined[_LOCALS[header[0]]]
            if found is None or found.layout.time_offset is None:
                count = count if self._is_believable(start + offset, found) else 0
            elif count:
                timed.append(start + offset)
                times = times_at(self.data, start + offset, count, self.step, found.layout)
                strange = ~self._are_believed(times)
                first = int(strange.argmax())
                count = first if strange[first] else count
        if count and timed:
            self.last_believed = max(timed) + (count - 1) * self.step
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
        steps = np.array([_BEYOND if found is None else found.layout.size for found in by_header])
        return ChainSearch(self.view, self.end, steps, is_compressed).first(start, stop)

    def _is_message(self, position: int) -> bool:
        local = _LOCALS[self.data[position]]
        if local == _NO_LOCAL:
            return definition.strict_at(self.data, position) is not None
        found = self.defined[local]
        if found is None or position + found.layout.size > self.end:
            return False
        before = self.last_believed
        believable = self._is_believable(position, found)
        self.last_believed = before
        return believable
