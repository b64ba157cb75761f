"""Thousands of runs: import, size, memory, answers and upkeep, as whole processes.

The runs are copies of the sample's, each round of them some years earlier than the one before, or,
where that would lead to before 1990, some hours: nothing is a duplicate. The sample's logs stand
beside them. Each command is timed with few runs and with many; what grows faster than the number
of runs, or needs too much memory, is named, and the status is then 1. The control is a command
that compares each run with each.

`python -m benchmarks.many_runs [MANY [FEW]]`.
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
#: How much earlier a round of copies is: longer than the sample.
ROUND_S = 80 * 7 * 86_400
#: How many rounds there are before FIT begins to count, and how much earlier further copies are:
#: longer than any run, so that several fit a day.
ROUNDS, WITHIN_DAY_S = 22, 4 * 3_600
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
        of_a_day, in_round = divmod(number // len(originals), ROUNDS)
        data = one.earlier(ROUND_S * in_round + WITHIN_DAY_S * of_a_day)
        (folder / f"{number:05}.fit").write_bytes(data)
        written += len(data)
    return written / 2**20


class Timed(NamedTuple):
    """What a command took: wall and processor time (s), peak memory (MiB), and its status."""

    wall_s: float
    cpu_s: float
    peak_mib: float
    status: int


def timed(*command: object) -> Timed:
    """Time a Python command.

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
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
    took = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    cpu_s = usage.ru_utime + usage.ru_stime
    return Timed(took, cpu_s, sum(peaks.values()), process.returncode)


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


#: Compares each run with each, in Python: the control, which is not linear.
_QUADRATIC = """
import sys
from runanalytics import Library
starts = Library.open(sys.argv[2]).runs()["start_utc"].astype("int64").tolist()
print(sum(one < other for one in starts for other in starts))
"""
CONTROL = "each run beside each (control)"
#: Commands that only have to be linear, as they are typed.
LINEAR = (
    *("status", "verify", "trend cadence", "effect cadence --of strength"),
    *("trend contact-time --json", "report {}/r.pdf", "export {}/export"),
)
MOST_MIB = 600
#: Bars: ms for each run imported, MiB of an import's processes, and s of a report.
IMPORT_MS, IMPORT_MIB, REPORT_S = 5, 400, 3
#: Times are taken once each, on a machine that does other things.
SLACK = 1.25


def measured(n_runs: int, folder: Path) -> dict[str, Timed]:
    """Return what each command took with so many runs."""
    runs, library = folder / "runs", folder / "library"
    runs.mkdir()
    size_mib = copies(runs, n_runs)
    logs = [sample_folder() / name for name in ("strong.csv", "races.csv", "diary.md")]
    found: dict[str, Timed] = {}
    work = {
        "import": ["import", runs],
        "the same import again": ["import", runs],
        "import of the logs": ["import", *logs],
        **{line.replace("{}/", ""): line.format(folder).split() for line in LINEAR},
    }
    for name, arguments in work.items():
        found[name] = timed("-c", CLI, "--library", library, *arguments)
        print(f"{n_runs:,} runs, {name}: {found[name]}", file=sys.stderr, flush=True)
    found[CONTROL] = timed("-c", _QUADRATIC, "--library", library)
    stored = sum(path.stat().st_size for path in library.rglob("*") if path.is_file())
    stored_mib = stored / 2**20
    print(f"{n_runs:,} runs: {size_mib:.0f} MiB of FIT, library {stored_mib:.1f} MiB", flush=True)
    return found


def faults(few: Timed, many: Timed, times: float) -> list[str]:
    """Return what of a command is not as promised with `times` as many runs."""
    found = [f"status {each.status}" for each in (few, many) if each.status not in (0, 2)]
    if many.cpu_s > times * few.cpu_s * SLACK:
        found.append(f"{many.cpu_s / few.cpu_s:.1f} times as long with {times:g} times as many")
    if many.peak_mib > MOST_MIB:
        found.append(f"{many.peak_mib:.0f} MiB")
    return found


def main(many: int = RUNS, few: int = 0) -> int:
    """Print the table; return 1 if a command is not linear, or the control is."""
    few = few or many // 4
    base = seconds("-c", "import pandas, scipy.stats")
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        with_few, with_many = measured(few, Path(one)), measured(many, Path(other))
    columns = [
        f"{what}, {n_runs:,}" for what in ("s", "cpu s", "peak MiB") for n_runs in (few, many)
    ]
    print(f"\n| | {' | '.join(columns)} | cpu, times | not as promised |")
    print(f"|{' --- |' * (len(columns) + 3)}")
    wrong = False
    for name, first in with_few.items():
        last = with_many[name]
        found = faults(first, last, many / few)
        wrong |= bool(found) != (name == CONTROL)
        cells = [f"{value:.2f}" for place in (0, 1) for value in (first[place], last[place])]
        cells += [f"{first.peak_mib:.0f}", f"{last.peak_mib:.0f}"]
        cells += [f"{last.cpu_s / first.cpu_s:.1f}", "; ".join(found)]
        print(f"| {name} | {' | '.join(cells)} |")
    ratio = with_many["trend cadence"].wall_s / base
    first, report = with_many["import"], with_many["report r.pdf"]
    print(
        f"\n{many:,} runs: imported in {1000 * first.wall_s / many:.1f} ms each (<= {IMPORT_MS}), "
        f"{first.peak_mib:.0f} MiB (<= {IMPORT_MIB}); report {report.wall_s:.1f} s (<= {REPORT_S} "
        f"of 3,000).\n`import pandas, scipy.stats`: {base:.2f} s, trend cadence {ratio:.2f} times "
        "that."
    )
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
