"""Three thousand runs: import, size, memory, and questions, as whole processes.

The runs are copies of the sample's, each with a serial number and thus an identity of its own,
so that nothing is a duplicate. `python -m benchmarks.many_runs [N]`.
"""

from __future__ import annotations

import itertools
import os
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from fastcrc import crc16

from benchmarks.whole_process import CLI, seconds
from runanalytics.shipped import sample_folder

RUNS = 3_000
#: Serial numbers of the sample's two watches, as FIT writes them.
SERIALS = tuple(struct.pack("<I", number) for number in (1001, 1002))
CRC_BYTES = 2


def copies(folder: Path, n_runs: int) -> float:
    """Write `n_runs` runs into `folder`; return their size in MiB."""
    originals = sorted((sample_folder() / "runs").glob("*.fit"))
    written = 0
    for number, path in zip(range(n_runs), itertools.cycle(originals), strict=False):
        data = path.read_bytes()[:-CRC_BYTES]
        serial = next(one for one in SERIALS if one in data)
        data = data.replace(serial, struct.pack("<I", 100_000 + number), 1)
        data += struct.pack("<H", crc16.arc(data))
        (folder / f"{number:05}.fit").write_bytes(data)
        written += len(data)
    return written / 2**20


def timed(*command: object) -> tuple[float, float]:
    """Return wall time in seconds and peak memory in MiB of a Python process."""
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *map(str, command)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def main(n_runs: int = RUNS) -> None:
    """Print the table."""
    base = seconds("-c", "import pandas, scipy.stats")
    print("| runs | work | s | peak MiB | beside `import pandas, scipy.stats` | bar |")
    print("| --- | --- | --- | --- | --- | --- |")
    for share in (n_runs // 4, n_runs):
        with tempfile.TemporaryDirectory() as folder:
            runs, library = Path(folder, "runs"), Path(folder, "library")
            runs.mkdir()
            megabytes = copies(runs, share)
            work = [
                ("import", ["import", runs], "peak <= 400"),
                ("the same import again", ["import", runs], "<= 10 % of the first"),
                ("trend cadence", ["trend", "cadence"], "<= 3x"),
                ("report", ["report", Path(folder, "r.pdf")], "<= 6 s"),
            ]
            for name, arguments, bar in work:
                took, peak = timed("-c", CLI, "--library", library, *arguments)
                beside = f"{took / base:.2f}x" if name == "trend cadence" else ""
                print(f"| {share:,} | {name} | {took:.2f} | {peak:.0f} | {beside} | {bar} |")
            size = sum(path.stat().st_size for path in library.rglob("*") if path.is_file())
            print(f"| {share:,} | library (of {megabytes:.0f} MiB FIT), MiB | {size / 2**20:.1f} |")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
