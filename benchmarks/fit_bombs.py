"""FIT files made to exhaust the machine that reads them.

Run as ``python -m benchmarks.fit_bombs``: each is imported, and each of its tables made, in a
process of its own; the peak is of the whole process, interpreter and libraries included.
"""

from __future__ import annotations

import multiprocessing
import random
import resource
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path

from fastcrc import crc16

from runanalytics.errors import RunAnalyticsError
from runanalytics.importers.fit import FIT, decode

BAR_S, BAR_MIB = 2.0, 256
MILLION = 1_000_000
NOW = 1_100_000_000
RECORD, FIELD_DESCRIPTION = 20, 206


def file_of(body: bytes) -> bytes:
    head = struct.pack("<BBHI4s", 12, 0x20, 2132, len(body), b".FIT")
    return head + body + struct.pack("<H", crc16.arc(head + body))


def definition(
    local: int,
    message: int,
    fields: list[tuple[int, int, int]],
    developer: list[tuple[int, int, int]] | None = None,
) -> bytes:
    """Return a definition; fields are number, size and base type."""
    head = struct.pack("<BBBHB", 0x40 | local | (0x20 if developer else 0), 0, 0, message, 0)
    result = head[:-1] + bytes([len(fields)]) + b"".join(map(bytes, fields))
    if developer:
        result += bytes([len(developer)]) + b"".join(map(bytes, developer))
    return result


FILE_ID = definition(0, 0, [(0, 1, 0)]) + b"\0\4"
TIMED = definition(1, RECORD, [(253, 4, 0x86), (4, 1, 2)])


def record(seconds: int) -> bytes:
    return b"\1" + struct.pack("<IB", seconds, 84)


def chains_that_break() -> bytes:
    """Return compressed headers in which each search for a foothold goes far, and fails."""
    whole = bytes(0x80 | second % 32 for second in range(200))
    short = b"".join(
        bytes(0x80 | (22 * number + second) % 32 for second in range(7)) for number in range(16)
    )
    return (
        TIMED
        + record(NOW)
        + definition(0, RECORD, [])
        + whole
        + b"\x0b"
        + short * (8 * MILLION // len(short))
    )


def in_disorder() -> bytes:
    chosen = bytes(random.Random(1).choices((1, 2), k=8 * MILLION))
    return definition(1, RECORD, []) + definition(2, RECORD, []) + chosen


BOMBS: dict[str, Callable[[], bytes]] = {
    "8 MB of empty messages": lambda: file_of(definition(1, RECORD, []) + b"\1" * 8 * MILLION),
    "8 MB of empty messages, compressed headers": lambda: file_of(
        TIMED + record(NOW) + definition(2, RECORD, []) + bytes(range(0xC0, 0xE0)) * (MILLION // 4)
    ),
    "8 MB of empty messages, cut off": lambda: file_of(
        TIMED + record(NOW) + definition(2, RECORD, []) + b"\2" * 8 * MILLION
    )[:-2],
    "8 MB of empty messages in disorder": lambda: file_of(in_disorder()),
    "8 MB of messages of one byte": lambda: file_of(
        definition(1, RECORD, [(3, 1, 2)]) + b"\1\x64" * 4 * MILLION
    ),
    "60,000 chained files": lambda: file_of(FILE_ID) * 60_000,
    "zero-size fields": lambda: file_of(definition(1, RECORD, [(9, 0, 2)] * 255) + b"\1" * MILLION),
    "one message of 250 columns, a million of one": lambda: file_of(
        definition(1, RECORD, [(number, 1, 2) for number in range(250)])
        + b"\1" * 251
        + definition(2, RECORD, [(3, 1, 2)])
        + b"\2\5" * MILLION
    ),
    "8 MB of definitions": lambda: file_of(definition(1, RECORD, []) * (8 * MILLION // 6)),
    "a million field descriptions": lambda: file_of(
        definition(1, FIELD_DESCRIPTION, [(0, 1, 2), (1, 1, 2)])
        + b"\1\2\3" * MILLION
        + definition(2, RECORD, [(3, 1, 2)], developer=[(3, 1, 2)])
        + b"\2\x64\1"
    ),
    "8 MB of noise": lambda: file_of(random.Random(2).randbytes(8 * MILLION)),
    "8 MB of noise after a broken header": lambda: (
        FILE_ID + random.Random(3).randbytes(8 * MILLION)
    ),
    "8 MB like definitions, cut off": lambda: file_of(
        TIMED + record(NOW) + b"\x40\0\0\x14\0\2\xfd\4\x86\0\0\0" * (8 * MILLION // 12)
    )[:-9],
    "8 MB of chains of compressed times that break": lambda: file_of(chains_that_break()),
    "timestamps 0, then 4.29e9": lambda: file_of(
        FILE_ID
        + definition(2, 12, [(0, 1, 0)])
        + b"\2\1"
        + TIMED
        + b"".join(map(record, [0, 1, 3_600, *range(NOW, NOW + 90), 4_290_000_000]))
    ),
}


def forget_peak() -> None:
    """Start a new count of the peak, where the system can (Linux)."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return


def peak_mib() -> float:
    """Return the largest size of this process in MiB."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        unit = 2**20 if sys.platform == "darwin" else 2**10
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    return int(status.split("VmHWM:")[1].split()[0]) / 2**10


def _tables(data: bytes) -> str:
    file = decode(data)
    rows = sum(len(file[name]) for name in file)
    return f"{rows:,} rows, {len(file.problems)} problems"


def _import(data: bytes) -> str:
    imported = FIT.read(data)
    return f"{imported!r}".removeprefix("Imported")


def measure(name: str, how: str) -> tuple[float, float, float, str]:
    """Return size in MB, seconds, peak MiB of this process and what came of one bomb."""
    data = BOMBS[name]()
    work = {"tables": _tables, "import": _import}[how]
    begin = time.perf_counter()
    try:
        outcome = work(data)
    except RunAnalyticsError as error:
        outcome = f"refused: {error.message}"
    seconds = time.perf_counter() - begin
    return len(data) / MILLION, seconds, peak_mib(), outcome


def main() -> None:
    print("| bomb | MB | import s | tables s | peak MiB | what came of it |")
    print("| --- " * 6 + "|")
    n_missed = 0
    for name in BOMBS:
        # A process each: the peak of one is not the peak of the next.
        with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
            results = [pool.apply(measure, (name, how)) for how in ("import", "tables")]
        (size, import_s, import_mib, outcome), (_, tables_s, tables_mib, _) = results
        peak = max(import_mib, tables_mib)
        n_missed += max(import_s, tables_s) >= BAR_S or peak >= BAR_MIB
        cells = f"{size:.1f} | {import_s:.2f} | {tables_s:.2f} | {peak:.0f} | {outcome[:100]}"
        print(f"| {name} | {cells} |", flush=True)
    print(f"\n{n_missed} of {len(BOMBS)} beyond {BAR_S:.0f} s or {BAR_MIB} MiB.")


if __name__ == "__main__":
    main()
