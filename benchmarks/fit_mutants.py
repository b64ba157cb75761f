"""FIT files damaged on purpose, with a seed, and the faults that a decoder must not have with them.

Nothing here asks the decoder under test what a whole file holds: checksums are computed from
the headers, and the places of messages come from fitdecode.
"""

from __future__ import annotations

import datetime as dt
import io
import random
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import fitdecode
import numpy as np
from fastcrc import crc16
from numpy.typing import NDArray

from runanalytics.errors import RunAnalyticsError
from runanalytics.importers.fit import FitFile

Hashes = NDArray[np.uint64]
Decode = Callable[[bytes], FitFile]
#: By message type: fingerprint of each row, and whether it is flagged as damaged.
Tables = dict[str, tuple[Hashes, NDArray[np.bool_]]]

HEADER_SIZES = (12, 14)
CRC_SIZE = 2
LARGEST_BLOCK = 600


@dataclass(frozen=True)
class Whole:
    """An undamaged file: where its messages stand, and a fingerprint of every row in it."""

    name: str
    data: bytes
    #: First byte and one past the last of each data message, in file order.
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    #: Message type of each, and which row of its table it is.
    types: tuple[str, ...]
    rows: NDArray[np.int64]
    prints: dict[str, Hashes]

    def expected(self, chosen: NDArray[np.bool_]) -> dict[str, Hashes]:
        """Return the fingerprints of some of its messages, by type."""
        found: dict[str, list[np.uint64]] = {}
        for place in np.flatnonzero(chosen).tolist():
            name = self.types[place]
            found.setdefault(name, []).append(self.prints[name][self.rows[place]])
        return {name: np.array(prints, dtype=np.uint64) for name, prints in found.items()}


def whole(name: str, data: bytes, decode: Decode) -> Whole:
    """Return what an undamaged file holds."""
    begins, ends, types, rows = [], [], [], []
    counted: dict[str, int] = {}
    with fitdecode.FitReader(io.BytesIO(data), keep_raw_chunks=True) as reader:
        for message in reader:
            if message.frame_type == fitdecode.FIT_FRAME_DATA:
                begins.append(message.chunk.offset)
                ends.append(message.chunk.offset + len(message.chunk.bytes))
                types.append(message.name)
                rows.append(counted.get(message.name, 0))
                counted[message.name] = rows[-1] + 1
    prints = {kind: table[0] for kind, table in fingerprints(decode(data)).items()}
    assert {kind: len(found) for kind, found in prints.items()} == counted, name
    return Whole(name, data, np.array(begins), np.array(ends), tuple(types), np.array(rows), prints)


def fingerprints(file: FitFile) -> Tables:
    """Return a hash of each row of each table, and whether the row is flagged as damaged.

    A value that is missing counts as a column that is missing.
    """
    result = {}
    for name in file:
        arrays = file.messages(name).arrays()
        damaged = arrays["damaged"]
        total = np.zeros(len(damaged), dtype=np.uint64)
        for column, values in arrays.items():
            if column != "damaged":
                total += _mixed(values, zlib.crc32(column.encode()))
        result[name] = total, damaged
    return result


def _mixed(values: NDArray[np.generic], seed: int) -> Hashes:
    if values.dtype.kind == "f":
        missing = np.isnan(values)
        bits = (values + 0.0).view(np.uint64)
    elif values.dtype.kind == "M":
        missing = np.isnat(values)
        bits = values.view(np.uint64)
    else:
        listed = values.tolist()
        missing = np.array([value is None or value != value for value in listed], dtype=bool)
        bits = np.array([_bits(value) for value in listed], dtype=np.uint64)
    mixed = (bits ^ np.uint64(seed * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF)) + np.uint64(seed)
    for shift, factor in ((32, 0xD6E8FEB86659FD93), (29, 0xBF58476D1CE4E5B9)):
        mixed ^= mixed >> np.uint64(shift)
        mixed *= np.uint64(factor)
    return np.where(missing, np.uint64(0), mixed ^ mixed >> np.uint64(32))


def _bits(value: object) -> int:
    if isinstance(value, (int, float)):
        return int.from_bytes(struct.pack("<d", float(value) + 0.0), "little")
    if isinstance(value, dt.datetime):  # among values of another kind
        return int(np.datetime64(value, "us").astype(np.int64))
    if isinstance(value, tuple):
        value = tuple(float(part) if isinstance(part, int) else part for part in value)
    return zlib.crc32(repr(value).encode()) * 0x1_0000_0001


def n_read(tables: Tables, expected: Mapping[str, Hashes]) -> int:
    """Count the rows of `expected` that are in the tables of their types."""
    return sum(
        n_shared(tables[name][0], prints) for name, prints in expected.items() if name in tables
    )


def n_shared(found: Hashes, expected: Hashes) -> int:
    """Count the rows of `expected` that are in `found`, each as often as it is there."""
    values, counts = np.unique(expected, return_counts=True)
    others, n_others = np.unique(found, return_counts=True)
    _, here, there = np.intersect1d(values, others, assume_unique=True, return_indices=True)
    return int(np.minimum(counts[here], n_others[there]).sum())


def checksums_hold(data: bytes) -> bool:
    """Return whether every byte is vouched for: headers and checksums follow one another."""
    position = 0
    while position < len(data):
        size = data[position]
        if size not in HEADER_SIZES or data[position + 8 : position + 12] != b".FIT":
            return False
        stored = data[position + 12 : position + 14] if size == HEADER_SIZES[1] else bytes(2)
        computed = struct.pack("<H", crc16.arc(data[position : position + 12]))
        if any(stored) and stored != computed:
            return False
        length = int.from_bytes(data[position + 4 : position + 8], "little")
        end = position + size + length + CRC_SIZE
        if not length or end > len(data) or crc16.arc(data[position:end]):
            return False
        position = end
    return True


def repaired(data: bytes) -> bytes:
    """Return `data` with a header of the right size and checksums that match."""
    if len(data) < HEADER_SIZES[1] + CRC_SIZE or data[0] not in HEADER_SIZES:
        return data
    size = data[0]
    head = data[:4] + struct.pack("<I", len(data) - size - CRC_SIZE) + b".FIT"
    if size == HEADER_SIZES[1]:
        head += struct.pack("<H", crc16.arc(head))
    content = head + data[size:-CRC_SIZE]
    return content + struct.pack("<H", crc16.arc(content))


@dataclass(frozen=True)
class Damage:
    """A damaged file, and which bytes of the whole one it no longer holds as they were.

    Bytes before `first` stand where they stood, bytes from `last` on stand there still, perhaps
    elsewhere.
    """

    kind: str
    data: bytes
    first: int
    last: int


def flips(data: bytes, source: random.Random) -> Damage:
    broken = bytearray(data)
    places = sorted(source.randrange(len(data)) for _ in range(source.choice((1, 1, 2, 20))))
    for place in places:
        broken[place] ^= 1 << source.randrange(8)
    return Damage("bit flips", bytes(broken), places[0], places[-1] + 1)


def truncation(data: bytes, source: random.Random) -> Damage:
    place = source.randrange(1, len(data))
    return Damage("truncation", data[:place], place, len(data))


def wrong_size(data: bytes, source: random.Random) -> Damage:
    """Let a header or a definition claim another size."""
    broken = bytearray(data)
    if source.random() < 0.5:
        broken[4:8] = source.choice((bytes(4), source.randbytes(4), b"\xff" * 4))
        return Damage("wrong sizes", bytes(broken), 4, 8)
    places = [place for place in range(14, len(data) - 9) if is_definition_like(data, place)]
    place = source.choice(places or [20])
    field = place + 6 + 3 * source.randrange(max(1, data[place + 5])) + 1
    chosen = min(source.choice((place + 5, field)), len(data) - 1)
    broken[chosen] = source.randrange(256)
    return Damage("wrong sizes", bytes(broken), chosen, chosen + 1)


def is_definition_like(data: bytes, place: int) -> bool:
    head = data[place] & 0xD0 == 0x40 and not data[place + 1] and data[place + 2] < 2
    return head and 0 < data[place + 5] < 100


def doubled(data: bytes, source: random.Random) -> Damage:
    place = source.randrange(len(data))
    end = min(len(data), place + source.randrange(1, LARGEST_BLOCK))
    return Damage("duplicated block", data[:end] + data[place:], end, end)


def deleted(data: bytes, source: random.Random) -> Damage:
    place = source.randrange(len(data))
    end = min(len(data), place + source.randrange(1, LARGEST_BLOCK))
    return Damage("deleted block", data[:place] + data[end:], place, end)


def noise(data: bytes, source: random.Random) -> Damage:
    place = source.randrange(len(data))
    end = min(len(data), place + source.randrange(1, LARGEST_BLOCK))
    return Damage(
        "random block", data[:place] + source.randbytes(end - place) + data[end:], place, end
    )


def header(data: bytes, source: random.Random) -> Damage:
    """Alter the first header in one place or all over, or lose it."""
    size = data[0]
    parts = ((0, 1), (4, 8), (8, 12), (0, size), (12, 14) if size == HEADER_SIZES[1] else (4, 8))
    first, last = source.choice(parts)
    if (first, last) == (0, size) and source.random() < 0.3:
        return Damage("header", data[size:], 0, size)
    return Damage(
        "header", data[:first] + source.randbytes(last - first) + data[last:], first, last
    )


MUTATORS = (flips, truncation, wrong_size, doubled, deleted, noise)


def mutants(wholes: Sequence[Whole], count: int, seed: int) -> Iterator[tuple[Whole, Damage, bool]]:
    """Make damaged files of all kinds in turn, and mend the checksums of every other one."""
    source = random.Random(seed)
    for number in range(count):
        one = wholes[number % len(wholes)]
        damage = source.choice(MUTATORS)(one.data, source)
        mended = source.random() < 0.5
        data = repaired(damage.data) if mended else damage.data
        yield one, Damage(damage.kind, data, damage.first, damage.last), mended


#: What a decoder must not do with a damaged file.
EXCEPTION, CLEAN, UNFLAGGED = "exceptions", "broken checksum, read as clean", "unflagged rows"


def faults(
    one: Whole, damage: Damage, decode: Decode, read: Callable[[bytes], object]
) -> dict[str, int]:
    """Return how often a decoder errs on a damaged file: nothing, if it does not.

    `UNFLAGGED` counts rows that the whole file does not have and nothing marks as damaged; a
    file whose checksums were mended cannot be known to be damaged.
    """
    found: dict[str, int] = {}
    try:
        file = decode(damage.data)
        for name in file:
            assert len(file[name])
    except RunAnalyticsError:
        file = None
    except Exception:
        return {EXCEPTION: 1}
    try:
        read(damage.data)
    except RunAnalyticsError:
        pass
    except Exception:
        found[EXCEPTION] = 1
    if file is not None and not checksums_hold(damage.data):
        if not file.problems:
            found[CLEAN] = 1
        altered = n_unflagged(fingerprints(file), one.prints)
        if altered:
            found[UNFLAGGED] = altered
    return found


def n_unflagged(tables: Tables, allowed: Mapping[str, Hashes]) -> int:
    """Count rows that are not among the allowed and that nothing marks as damaged."""
    none = np.array([], dtype=np.uint64)
    total = 0
    for name, (prints, damaged) in tables.items():
        intact = prints[~damaged]
        total += len(intact) - n_shared(intact, allowed.get(name, none))
    return total
