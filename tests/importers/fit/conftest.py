"""A FIT writer of a few lines, byte by byte, so that every oddity can be written on purpose."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fastcrc import crc16

#: Base types: byte in a definition, and struct's letter.
TYPES = {
    "enum": (0x00, "B"),
    "sint8": (0x01, "b"),
    "uint8": (0x02, "B"),
    "sint16": (0x83, "h"),
    "uint16": (0x84, "H"),
    "sint32": (0x85, "i"),
    "uint32": (0x86, "I"),
    "string": (0x07, "s"),
    "float32": (0x88, "f"),
    "float64": (0x89, "d"),
    "uint8z": (0x0A, "B"),
    "uint16z": (0x8B, "H"),
    "uint32z": (0x8C, "I"),
    "byte": (0x0D, "B"),
    "sint64": (0x8E, "q"),
    "uint64": (0x8F, "Q"),
    "uint64z": (0x90, "Q"),
}
START = 1_100_000_000  # 2024-11-08 11:33:20 UTC in FIT's seconds

FieldOf = tuple[int, str] | tuple[int, str, int]


@dataclass
class Writer:
    """Collects definitions and messages; `bytes()` closes the file."""

    big_endian: bool = False
    body: bytearray = field(default_factory=bytearray)
    formats: dict[int, str] = field(default_factory=dict)

    def define(
        self,
        local: int,
        message: int,
        fields: Sequence[FieldOf],
        developer: Sequence[tuple[int, int, int, str]] = (),
    ) -> Writer:
        """Fields are (number, type[, count]); developer fields (number, size, index, format)."""
        order = ">" if self.big_endian else "<"
        self.body += bytes([0x40 | local | (0x20 if developer else 0), 0, self.big_endian])
        self.body += struct.pack(order + "HB", message, len(fields))
        letters = order
        for number, kind, *count in fields:
            n = count[0] if count else 1
            code, letter = TYPES[kind]
            self.body += bytes([number, n * struct.calcsize(order + letter), code])
            letters += f"{n}{letter}"
        if developer:
            self.body += bytes([len(developer)])
            for number, size, index, letter in developer:
                self.body += bytes([number, size, index])
                letters += letter
        self.formats[local] = letters
        return self

    def write(self, local: int, *values: object) -> Writer:
        self.body += bytes([local]) + struct.pack(self.formats[local], *values)
        return self

    def write_compressed(self, local: int, offset: int, *values: object) -> Writer:
        self.body += bytes([0x80 | local << 5 | offset])
        self.body += struct.pack(self.formats[local], *values)
        return self

    def raw(self, data: bytes) -> Writer:
        self.body += data
        return self

    def bytes(self, header_size: int = 14, *, header_crc: bool = True, size: int | None = None):
        length = len(self.body) if size is None else size
        head = struct.pack("<BBHI4s", header_size, 0x20, 2132, length, b".FIT")
        if header_size == 14:
            head += struct.pack("<H", crc16.arc(head) if header_crc else 0)
        content = head + bytes(self.body)
        return content + struct.pack("<H", crc16.arc(content))


def file_id(writer: Writer, kind: int = 4) -> Writer:
    """An activity of a Forerunner 255."""
    writer.define(0, 0, [(0, "enum"), (1, "uint16"), (2, "uint16"), (3, "uint32z")])
    return writer.write(0, kind, 1, 3992, 123456)


def event(writer: Writer, time: int, kind: int) -> Writer:
    """Timer event: 0 start, 4 stop all."""
    writer.define(1, 21, [(253, "uint32"), (0, "enum"), (1, "enum")])
    return writer.write(1, time, 0, kind)


def session(
    writer: Writer, start: int, elapsed_s: float, sport: int = 1, sub_sport: int = 0, metres=0.0
) -> Writer:
    writer.define(
        2,
        18,
        [(253, "uint32"), (2, "uint32"), (7, "uint32"), (5, "enum"), (6, "enum"), (9, "uint32")],
    )
    end = start + int(elapsed_s)
    return writer.write(2, end, start, int(elapsed_s * 1000), sport, sub_sport, round(metres * 100))


def activity(writer: Writer, time: int, offset_s: int = 3600) -> Writer:
    writer.define(3, 34, [(253, "uint32"), (5, "uint32")])
    return writer.write(3, time, time + offset_s)


RECORD = [
    (253, "uint32"),
    (5, "uint32"),
    (6, "uint16"),
    (4, "uint8"),
    (53, "uint8"),
    (41, "uint16"),
]


def records(
    writer: Writer, start: int, count: int, *, contact: int = 2500, cadence: int = 84, first_m=0.0
) -> Writer:
    """One record a second at 3 m/s."""
    writer.define(4, 20, RECORD)
    for second in range(count):
        distance = round((first_m + 3 * second) * 100)
        writer.write(4, start + second, distance, 3000, cadence, 99, contact)
    return writer


def a_run(seconds: int = 300, **options: int) -> Writer:
    writer = file_id(Writer())
    event(writer, START, 0)
    records(writer, START, seconds, **options)
    event(writer, START + seconds - 1, 4)
    session(writer, START, seconds - 1, metres=3.0 * (seconds - 1))
    return activity(writer, START + seconds - 1)


@dataclass(frozen=True)
class Kit:
    """What the tests of this folder write files with."""

    Writer = Writer
    types = TYPES
    start = START
    record = RECORD
    file_id = staticmethod(file_id)
    event = staticmethod(event)
    session = staticmethod(session)
    activity = staticmethod(activity)
    records = staticmethod(records)
    a_run = staticmethod(a_run)


@pytest.fixture(scope="session")
def fit() -> Kit:
    return Kit()


@pytest.fixture(scope="session")
def corpus(shared: Path) -> Path:
    return shared / "corpus"
