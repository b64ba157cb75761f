"""The FIT files that a file consists of, mostly one: their headers and checksums."""

from __future__ import annotations

import numpy as np
from fastcrc import crc16

from runanalytics.importers.fit.codec import definition
from runanalytics.importers.fit.codec.scanner import CRC_SIZE, Part, Scanner

MAGIC = b".FIT"
_HEADER_SIZES = (12, 14)
_CHECKSUM_DIFFERS = "the checksum does not match: something before it is damaged"
#: More files in one than any device writes: all after them are not read.
MAX_PARTS = 5_000


def frame(data: bytes) -> list[Part]:
    """Return the FIT files of which `data` consists, in order; none if it is not FIT.

    Parameters
    ----------
    data : bytes
        A whole file.

    Returns
    -------
    list of Part
        Each with the place of every message, and what was damaged.
    """
    parts: list[Part] = []
    position = 0
    while position < len(data):
        if len(parts) >= MAX_PARTS:
            parts[-1].report(f"more than {MAX_PARTS} files in one: the rest is not read", position)
            break
        body = _body(data, position, first=not parts)
        if body is None:
            if parts:
                left = len(data) - position
                parts[-1].report(f"{left} bytes follow that are not FIT; left out", position)
            break
        part, begin, end, position = body
        scanner = Scanner(data, part, end)
        scanner.run(begin)
        if not part.has_checksum:
            _doubt(data, part, end, scanner)
        parts.append(part)
    return parts


def _doubt(data: bytes, part: Part, end: int, scanner: Scanner) -> None:
    """Decide from where on the rows of a part that breaks off count as damaged.

    If it is merely cut off, everything before that is whole. But it may be short because a block
    within it is missing; then its last bytes are a checksum, and everything after the gap was
    read out of step. Messages with a believable time are evidence against that; the time of a
    compressed header depends on all messages before it.
    """
    view = np.frombuffer(data, dtype=np.uint8)
    witness, checksum, is_taken_for_message = scanner.last_believed, end - CRC_SIZE, False
    for found in part.definitions:
        # All messages of a stretch have the same header.
        starts = np.array([start for start, _, _ in found.stretches], dtype=np.int64)
        heads = np.concatenate([found.singles, starts])
        compressed = heads[view[heads] >= definition.COMPRESSED_BIT]
        witness = min(witness, compressed.min(initial=witness))
        is_taken_for_message |= checksum in found.places[-CRC_SIZE:].tolist()
    is_broken = scanner.is_broken or is_taken_for_message
    part.damaged_from = part.start if is_broken else min(part.damaged_from, int(witness))


# Each of the functions below returns the part, where its messages begin and end, and where
# the next file may begin.
_Body = tuple[Part, int, int, int]


def _body(data: bytes, start: int, *, first: bool) -> _Body | None:
    part = Part(start)
    size = data[start]
    if data[start + 8 : start + 12] != MAGIC:
        return _headless(data, part, first=first)
    if size not in _HEADER_SIZES:
        part.report(f"the header claims a size of {size} bytes", start, damaged_from=start)
        size = next(
            (known for known in _HEADER_SIZES if definition.strict_at(data, start + known)), 14
        )
    begin = min(start + size, len(data))
    stored = int.from_bytes(data[start + 12 : start + 14], "little") if size == 14 else 0
    trusted = not part.problems
    if stored and stored != crc16.arc(data[start : start + 12]):
        part.report("the header's checksum does not match", start, damaged_from=start)
        trusted = False
    declared = int.from_bytes(data[start + 4 : start + 8], "little")
    if declared == 0:
        return _without_size(data, part, begin)
    end = begin + declared
    after = end + CRC_SIZE
    if after <= len(data):
        if crc16.arc(data[start:after]) == 0:
            return part, begin, end, after
        if trusted and (after == len(data) or _is_header(data, after)):
            part.report(_CHECKSUM_DIFFERS, end, damaged_from=start)
            return part, begin, end, after
    return _with_wrong_size(data, part, begin, end)


def _with_wrong_size(data: bytes, part: Part, begin: int, end: int) -> _Body:
    limit = _next_header(data, begin)
    after = end + CRC_SIZE
    if _is_vouched_for(data, part.start, begin, limit):
        part.report("the header's size does not fit the data, whose checksum does", part.start + 4)
        return part, begin, limit - CRC_SIZE, limit
    if end > limit:
        part.report(f"the file ends {after - limit} bytes early", limit)
        part.has_checksum = False
        return part, begin, limit, limit
    if after > limit:
        part.report("the file ends before its checksum", limit)
        part.has_checksum = False
        return part, begin, end, limit
    part.report(_CHECKSUM_DIFFERS, end, damaged_from=part.start)
    return part, begin, limit - CRC_SIZE, limit


def _is_vouched_for(data: bytes, start: int, begin: int, limit: int) -> bool:
    """Return whether a matching checksum ends at `limit`, with the size as it is or should be."""
    size = limit - begin - CRC_SIZE
    if size < 0:
        return False
    mended = data[start : start + 4] + size.to_bytes(4, "little") + data[start + 8 : limit]
    return crc16.arc(data[start:limit]) == 0 or crc16.arc(mended) == 0


def _without_size(data: bytes, part: Part, begin: int) -> _Body:
    limit = _next_header(data, begin)
    if limit - begin <= CRC_SIZE:
        return part, begin, begin, limit
    part.report("the header says that there is no data; what there is was read", part.start + 4)
    whole = _is_vouched_for(data, part.start, begin, limit)
    part.has_checksum = whole
    return part, begin, limit - CRC_SIZE if whole else limit, limit


def _headless(data: bytes, part: Part, *, first: bool) -> _Body | None:
    """Return a part whose header is destroyed, if a definition stands where it should."""
    start = part.start
    begin = next(
        (start + size for size in _HEADER_SIZES if definition.strict_at(data, start + size)), None
    )
    if begin is None and first:
        begin = definition.next_strict(data, start, len(data))
    if begin is None:
        return None
    limit = _next_header(data, begin)
    part.report("the header is damaged", start, damaged_from=start)
    return part, begin, max(begin, limit - CRC_SIZE), limit


def _is_header(data: bytes, position: int) -> bool:
    return data[position + 8 : position + 12] == MAGIC and data[position] in _HEADER_SIZES


def _next_header(data: bytes, position: int) -> int:
    """Return where the next file header stands, or the end of the data."""
    found = data.find(MAGIC, position + 8)
    while found >= 0:
        if data[found - 8] in _HEADER_SIZES:
            return found - 8
        found = data.find(MAGIC, found + 1)
    return len(data)
