"""Folders that nobody keeps training in: what an import of each costs and says.

Each holds one log, which must be read, among 100,000 empty files, below 2,000 folders, deeper than
a path may be long, beside pipes, sockets, devices and links in a circle, or under names that are no
text. Each is imported in a process of its own; it may take 60 s of processor time and 400 MiB. The
last row is the control: Python's own walk of the deepest folder.

Run as ``python -m benchmarks.walks``.
"""

from __future__ import annotations

import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.archives import processor_s
from benchmarks.fit_bombs import forget_peak, peak_mib
from runanalytics.library import Library

BAR_S, BAR_MIB = 60.0, 400
_LOG = "date,distance,time\n2026-03-01,10k,45:10\n"


def _empty_files(folder: Path) -> None:
    for number in range(100_000):
        os.close(os.open(folder / f"{number}.csv", os.O_CREAT))


def _nested(folder: Path, name: str) -> None:
    inside = os.open(folder, os.O_RDONLY)
    for _ in range(2_000):
        os.mkdir(name, dir_fd=inside)
        outside, inside = inside, os.open(name, os.O_RDONLY, dir_fd=inside)
        os.close(outside)
    os.close(inside)


def _no_files(folder: Path) -> None:
    os.mkfifo(folder / "pipe.fit")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "socket.csv"))
    for name, target in {
        "zero.csv": "/dev/zero",
        "round": "round",
        "up": "..",
        "no.fit": "x",
    }.items():
        (folder / name).symlink_to(target)
    if os.geteuid() == 0:
        os.mknod(folder / "null.csv", 0o020666, os.makedev(1, 3))


def _odd_names(folder: Path) -> None:
    for name in (b"new\nline.csv", b"Fu\xdf.csv", b"\x1b[2J.csv", b" .csv", b"-rf.csv", b"x" * 250):
        Path(os.fsdecode(bytes(folder) + b"/" + name)).write_text("x\n1\n")


FOLDERS: dict[str, Callable[[Path], None]] = {
    "100,000 empty files": _empty_files,
    "2,000 folders deep": lambda folder: _nested(folder, "d"),
    "deeper than a path may be long": lambda folder: _nested(folder, "d" * 200),
    "pipe, socket, device, links": _no_files,
    "names that are no text": _odd_names,
}


def measure(name: str) -> tuple[float, float, float, int, str]:
    """Return seconds, processor time (s), peak MiB, races read, and what was said."""
    root = Path(tempfile.mkdtemp())
    folder = root / "in"
    folder.mkdir()
    FOLDERS[name](folder)
    (folder / "races.csv").write_text(_LOG)
    library = Library.open(root / "library")
    forget_peak()
    begin, begin_cpu = time.perf_counter(), processor_s()
    report = library.add(folder)
    took = time.perf_counter() - begin, processor_s() - begin_cpu, peak_mib()
    skipped = "; ".join(str(group) for group in report.grouped("skipped")[:3])
    said = f"{report.summary()}: {skipped}" if skipped else report.summary()
    n_races = len(library.races())
    library.close()
    subprocess.run(["rm", "-r", root], check=True)  # shutil calls itself for each folder
    return (*took, n_races, said)


def control() -> str:
    """Return what comes of Python's own walk."""
    root = Path(tempfile.mkdtemp())
    _nested(root, "d")
    try:
        return f"{sum(1 for _ in os.walk(root)):,} folders"
    except RecursionError as error:
        return f"RecursionError ({error})"
    finally:
        subprocess.run(["rm", "-r", root], check=True)


def main() -> int:
    """Print the table; return 1 if anything was not as promised."""
    print("| folder | s | cpu s | peak MiB | read | said |\n|" + " --- |" * 6)
    n_wrong = 0
    for name in FOLDERS:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            seconds, cpu, peak, n_races, said = pool.apply(measure, (name,))
        n_wrong += cpu > BAR_S or peak > BAR_MIB or n_races != 1
        cells = f"{seconds:.1f} | {cpu:.1f} | {peak:.0f} | {n_races}"
        print(f"| {name} | {cells} | {said[:200]} |", flush=True)
    print(f"\n{n_wrong} of {len(FOLDERS)} not as promised. Control, Python's own walk: {control()}")
    return int(n_wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
