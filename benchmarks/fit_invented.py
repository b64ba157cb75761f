"""Every value of invented FIT files compared with fitdecode, fitparse and the official SDK.

Run as ``python -m benchmarks.fit_invented [--files N] [--seed S]``. Each file begins from another
message of the profile and holds several, with any of their fields and at times with fields of no
profile: random, extreme and missing values, lists, text that is no UTF-8, both byte orders, local
types defined anew, sub-fields under their conditions, packed fields, developer fields of every
type, compressed times, headers of both sizes. What differs is explained as in
`benchmarks.fit_agreement`, or printed and ends the run with status 1.

Left out is what has no one meaning: a quantity stated in two fields of a message with different
values, lists of words, words of types that are numbers, flags other than 0 and 1.
"""

from __future__ import annotations

import argparse
import random
import struct
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import fitdecode.profile
from fastcrc import crc16

from benchmarks.fit_agreement import PEERS, compare_content, shown
from runanalytics.importers.fit.codec import profile
from runanalytics.importers.fit.codec.profile import OPEN_TYPES

#: `struct`'s letters by base type.
LETTERS = dict(zip(profile.BASE_TYPES, "BbBhHiIsfdBHIBqQQ", strict=True))
UINT8, UINT32, STRING, BYTE = 0x02, 0x86, 0x07, 0x0D
NARROW = [code for code, kind in profile.BASE_TYPES.items() if kind.width <= 4 and code != STRING]
MESSAGES = [number for number in fitdecode.profile.MESSAGE_TYPES if number not in (206, 207)]
UNKNOWN_MESSAGE, FIRST_UNKNOWN_FIELD = 65_290, 241
TEXTS = (b"", b"Easy run", "Straße 日本".encode(), b"\xff\xfe bad", b"ab\0cd", b"\xc3", b"x" * 20)
#: Types whose values are one instant, or numbers with a few named exceptions.
SINGLE = {"date_time", "local_date_time", "localtime_into_day", "bool"}
DEVELOPER_NAMES = (b"Ground Time", b"heart_rate", b"Form Power", b"odd")
#: Seconds from one message to the next: where the header holds the time, and else.
STEPS = (0, 1, 1, 1, 2, 5, 31)
LONG_STEPS = (0, 1, 1, 2, 40, 5_000)


@dataclass(frozen=True)
class Column:
    """A field of a definition: its number, how many values, and what the profile says of it."""

    number: int
    count: int
    code: int
    known: Any = None

    @property
    def size(self) -> int:
        """Size of its values, bytes."""
        return self.count * profile.BASE_TYPES[self.code].width


@dataclass
class Definition:
    """What is in force for a local type."""

    order: str
    columns: list[Column]
    developer: list[Column]
    has_time: bool


@dataclass
class Invention:
    """A file in the making."""

    source: random.Random
    compressed: bool
    body: bytearray = field(default_factory=bytearray)
    in_force: dict[int, Definition] = field(default_factory=dict)
    #: By developer index and number.
    described: dict[tuple[int, int], Column] = field(default_factory=dict)
    seconds: int = 1_100_000_000

    def make(self, first: int) -> bytes:
        """Return a file with messages of one type, and of some others."""
        source = self.source
        messages = [first, *source.choices([18, 19, 20, 21, UNKNOWN_MESSAGE, *MESSAGES], k=4)]
        source.shuffle(messages)
        if self.compressed:  # without a full time before, peers count from 0
            self.body += bytes([0x4F, 0, 0, 21, 0, 1, 253, 4, UINT32, 15])
            self.body += struct.pack("<I", self.seconds)
        for number in messages:
            if not self.described and source.random() < 0.25:
                self._describe()
            local = source.randrange(15)
            self._define(local, number)
            for _ in range(source.choice((1, 1, 2, 3, 20, 60))):
                self._write(local)
                if source.random() < 0.2:
                    self._write(source.choice(list(self.in_force)))
        size = source.choice((12, 14))
        head = struct.pack("<BBHI4s", size, 0x20, 2132, len(self.body), b".FIT")
        if size == 14:
            head += struct.pack("<H", crc16.arc(head) if source.random() < 0.7 else 0)
        content = head + bytes(self.body)
        return content + struct.pack("<H", crc16.arc(content))

    def _define(self, local: int, number: int) -> None:
        source = self.source
        order = source.choice("<<>")
        columns = _columns(number, source)
        has_time = source.random() < 0.6
        if has_time:
            columns.insert(source.choice((0, len(columns))), Column(253, 1, UINT32))
        developer: list[tuple[tuple[int, int], Column]] = []
        if source.random() < 0.4:
            developer = source.sample(list(self.described.items()), min(2, len(self.described)))
        self.body += bytes([0x40 | (0x20 if developer else 0) | local, 0, order == ">"])
        self.body += struct.pack(order + "HB", number, len(columns))
        for one in columns:
            self.body += bytes([one.number, one.size, one.code])
        if developer:
            self.body += bytes([len(developer)])
        for (index, place), one in developer:
            self.body += bytes([place, one.size, index])
        chosen = [one for _, one in developer]
        self.in_force[local] = Definition(order, columns, chosen, has_time)

    def _write(self, local: int) -> None:
        source, found = self.source, self.in_force[local]
        if self.compressed and local < 4 and not found.has_time and source.random() < 0.7:
            self.seconds += source.choice(STEPS)
            self.body.append(0x80 | local << 5 | self.seconds % 32)
        else:
            self.body.append(local)
        forced: dict[int, int] = {}
        for one in found.columns:
            if one.known is not None and one.known.subfields and source.random() < 0.9:
                condition = source.choice(source.choice(one.known.subfields).ref_fields)
                forced.setdefault(condition.def_num, condition.raw_value)
        for one in [*found.columns, *found.developer]:
            if one.number == 253:
                self.seconds += source.choice(LONG_STEPS)
                self.body += struct.pack(found.order + "I", self.seconds)
            elif one.code == STRING:
                self.body += source.choice(TEXTS)[: one.count].ljust(one.count, b"\0")
            else:
                values = [_value(one, forced, source) for _ in range(one.count)]
                letters = f"{found.order}{one.count}{LETTERS[one.code]}"
                self.body += struct.pack(letters, *values)

    def _describe(self) -> None:
        source = self.source
        index = source.randrange(3)
        self.body += bytes([0x4F, 0, 0, 207, 0, 1, 3, 1, UINT8, 15, index])
        for place in source.sample(range(6), 3):
            code = source.choice(list(profile.BASE_TYPES))
            self.body += bytes(
                [0x4F, 0, 0, 206, 0, 5, 0, 1, 2, 1, 1, 2, 2, 1, 2, 3, 12, 7, 8, 6, 7]
            )
            name, unit = source.choice(DEVELOPER_NAMES), source.choice((b"ms", b"SPM", b""))
            self.body += bytes([15, index, place, code]) + name.ljust(12, b"\0")
            self.body += unit.ljust(6, b"\0")
            count = 8 if code == STRING else 1
            self.described[index, place] = Column(-1, count, code)


def _columns(number: int, source: random.Random) -> list[Column]:
    """Choose fields of a message type, with those on which their meaning hangs."""
    entry = fitdecode.profile.MESSAGE_TYPES.get(number)
    chosen = {}
    if entry is not None:
        known = [
            one for one in entry.fields.values() if one.def_num != 253 and _has_one_meaning(one)
        ]
        for one in source.sample(known, min(len(known), source.choice((1, 2, 3, 5, 8, 60)))):
            chosen[one.def_num] = one
            for sub in one.subfields or ():
                for condition in sub.ref_fields:
                    chosen.setdefault(condition.def_num, entry.fields[condition.def_num])
    parts = [part.def_num for one in chosen.values() for part in _parts(one)]
    stated_twice = {*parts, *(again.def_num for n in parts for again in _parts(entry.fields[n]))}
    found = [_column(one, source) for one in chosen.values() if one.def_num not in stated_twice]
    if not found or source.random() < 0.3:
        place = FIRST_UNKNOWN_FIELD + source.randrange(8)
        code = source.choice(list(LETTERS))
        count = 10 if code == STRING else 3 if code == BYTE else source.choice((1, 1, 2, 3))
        found.append(Column(place, count, code))
    source.shuffle(found)
    return found


def _parts(known: Any) -> list[Any]:
    parts = list(known.components or ())
    return parts + [part for sub in known.subfields or () for part in sub.components or ()]


def _has_one_meaning(known: Any) -> bool:
    return known.base_type.identifier in LETTERS and known.name not in (
        "timestamp",
        "message_index",
    )


def _column(known: Any, source: random.Random) -> Column:
    code, count = known.base_type.identifier, 1
    is_free = not (known.type.enum or known.subfields or _parts(known))
    if code == STRING:
        count = source.choice((1, 4, 10, 20))
    elif code == BYTE:
        count = source.choice((2, 3, 8))
    elif is_free and known.type.name not in SINGLE and known.name not in SINGLE:
        if source.random() < 0.1:
            code = source.choice(NARROW)
        if code != BYTE and source.random() < 0.2:
            count = source.choice((2, 3, 5))
        elif code == BYTE:
            count = 2
    return Column(known.def_num, count, code, known)


def _value(one: Column, forced: dict[int, int], source: random.Random) -> float:
    letter, base = LETTERS[one.code], profile.BASE_TYPES[one.code]
    if letter in "fd":
        number = source.choice((0.0, -1.5, float("nan"), source.gauss(0, 1e3)))
        return float(struct.unpack(f"<{letter}", struct.pack(f"<{letter}", number))[0])
    low = -(1 << (8 * base.width - 1)) if letter.islower() else 0
    high = low + (1 << (8 * base.width)) - 1
    known, chance = one.known, source.random()
    if known is not None:
        if one.number in forced and chance < 0.85 and low <= forced[one.number] <= high:
            return forced[one.number]
        if known.type.name == "bool":
            return source.choice((0, 1, base.invalid or 0))
        if known.type.name == "localtime_into_day":
            return source.randrange(86_400)
        if _parts(known):  # the others stumble over parts of a missing value
            return source.randrange(0, high)
        if known.type.name in ("date_time", "local_date_time"):
            return 1_100_000_000 + source.randrange(1 << 20)
        words = known.type.enum or {}
        if words and (known.type.name in OPEN_TYPES or base.name.endswith("z")):
            return source.choice([n for n in range(90, 120) if n not in words])
        if words and chance < 0.6:
            return source.choice([n for n in words if low <= n <= high] or [0])
    if chance < 0.15:
        return base.invalid or 0
    if chance < 0.4:
        return source.randrange(20)
    return source.choice((low, high - 1, source.randint(low, high)))


def invented(seed: int) -> bytes:
    """Return a file of its own for every seed."""
    compressed = seed // len(MESSAGES) % 2 == 1
    return Invention(random.Random(seed), compressed).make(MESSAGES[seed % len(MESSAGES)])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    totals: dict[str, Counter[str]] = {peer: Counter() for peer in PEERS}
    odd: list[str] = []
    begin = time.perf_counter()
    for number in range(chosen.files):
        seed = 1_000_000 * chosen.seed + number
        content = invented(seed)
        for peer in PEERS:
            counted, unexplained = compare_content(f"seed {seed}", content, peer)
            totals[peer] += counted
            odd += [f"{peer}: {line}" for line in unexplained]
    print(f"{chosen.files} files, {time.perf_counter() - begin:.0f} s.\n")
    return shown(totals, odd)


if __name__ == "__main__":
    sys.exit(main())
