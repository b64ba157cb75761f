"""Three thousand runs: import, size, memory and answers, as whole processes.

The runs are copies of the sample's, each some years earlier than the one before, so that nothing
is a duplicate. `python -m benchmarks.many_runs [N]`.
"""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import tempfile
import time
from itertools import accumulate, cycle
from pathlib import Path
from typing import NamedTuple

from fastcrc import crc16

from benchmarks.whole_process import CLI, seconds
from runanalytics import read
from runanalytics.importers.fit.codec.framing import frame
from runanalytics.shipped import sample_folder

RUNS = 3_000
CRC_BYTES = 2
#: Base type of whole numbers of four bytes, as instants are.
UINT32 = 0x86
#: FIT counts seconds from 1989-12-31.
FIT_EPOCH_S = 631_065_600
#: How much earlier each round of copies is: longer than the sample.
ROUND_S = 80 * 7 * 86_400
#: Seconds between two measurements of the processes of a command.
INTERVAL_S = 0.02
#: How far before a run's start and after its end other instants of its file lie.
MARGIN_S = 60


class Original(NamedTuple):
    """A FIT file without its checksum, and the places of its instants, UTC and local."""

    body: bytes
    places: list[int]

    def earlier(self, by_s: int) -> bytes:
        """Return the whole file with every instant moved earlier."""
        moved = bytearray(self.body)
        for place in self.places:
            (instant,) = struct.unpack_from("<I", moved, place)
            struct.pack_into("<I", moved, place, instant - by_s)
        return bytes(moved) + struct.pack("<H", crc16.arc(bytes(moved)))


def original(path: Path) -> Original:
    """Read a FIT file of the sample. Its instants are whole numbers within the run's bounds.

    Only fields of such numbers are looked at: any four bytes may look like an instant, and a file
    in which these were changed is damaged.
    """
    data, run = path.read_bytes(), read(path).runs.iloc[0]
    first_s = int(run["start_utc"].timestamp()) - FIT_EPOCH_S - MARGIN_S
    last_s = first_s + int(run["elapsed_s"]) + 2 * MARGIN_S
    places = []
    for found in (each for part in frame(data) for each in part.definitions):
        begins = accumulate((size for _, size, _ in found.layout.fields), initial=1)
        for begin, (_, _, base) in zip(begins, found.layout.fields, strict=False):
            for place in (found.places + begin).tolist() if base == UINT32 else ():
                (value,) = struct.unpack_from("<I", data, place)
                if any(first_s <= value - each <= last_s for each in (0, int(run["utc_offset_s"]))):
                    places.append(place)
    return Original(data[:-CRC_BYTES], places)


def copies(folder: Path, n_runs: int) -> float:
    """Write `n_runs` runs into `folder`; return their size in MiB."""
    originals = [original(path) for path in sorted((sample_folder() / "runs").glob("*.fit"))]
    written = 0
    for number, one in zip(range(n_runs), cycle(originals), strict=False):
        data = one.earlier(ROUND_S * (number // len(originals)))
        (folder / f"{number:05}.fit").write_bytes(data)
        written += len(data)
    return written / 2**20


def timed(*command: object) -> tuple[float, float, float]:
    """Return wall time, processor time (s) and peak memory (MiB) of a Python command.

    Processes that it starts are included: memory is the sum of their peaks.
    """
    peaks: dict[int, float] = {}
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *map(str, command)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    ended = 0
    while not ended:
        for pid in (process.pid, *children(process.pid)):
            peaks[pid] = max(peak_mib(pid), peaks.get(pid, 0.0))
        time.sleep(INTERVAL_S)
        ended, _, usage = os.wait4(process.pid, os.WNOHANG)
    took = time.perf_counter() - started
    process.returncode = 0
    return took, usage.ru_utime + usage.ru_stime, sum(peaks.values())


def children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    try:
        lists = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:  # it has ended
        return []
    return [int(child) for one in lists for child in one.split()]


def peak_mib(pid: int) -> float:
    """Return the most memory that a process has held so far (MiB); 0 once it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return max(
        (int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), default=0
    )


def main(n_runs: int = RUNS) -> None:
    """Print the table."""
    base = seconds("-c", "import pandas, scipy.stats")
    print("| runs | work | s | cpu s | peak MiB | beside `import pandas, scipy.stats` | bar |")
    print("| --- " * 7 + "|")
    for share in (n_runs // 4, n_runs):
        with tempfile.TemporaryDirectory() as folder:
            runs, library = Path(folder, "runs"), Path(folder, "library")
            runs.mkdir()
            size_mib = copies(runs, share)
            work = [
                ("import", ["import", runs], "peak <= 400"),
                ("the same import again", ["import", runs], "<= 10 % of the first"),
                ("trend cadence", ["trend", "cadence"], "<= 3x"),
                ("report", ["report", Path(folder, "r.pdf")], "<= 6 s"),
            ]
            for name, arguments, bar in work:
                took, cpu, peak = timed("-c", CLI, "--library", library, *arguments)
                beside = f"{took / base:.2f}x" if name == "trend cadence" else ""
                cells = f"{took:.2f} | {cpu:.2f} | {peak:.0f} | {beside} | {bar}"
                print(f"| {share:,} | {name} | {cells} |")
            stored = sum(path.stat().st_size for path in library.rglob("*") if path.is_file())
            print(
                f"| {share:,} | library (of {size_mib:.0f} MiB FIT), MiB | {stored / 2**20:.1f} |"
            )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
