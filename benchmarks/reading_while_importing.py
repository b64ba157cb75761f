"""A notebook reads a thousand times while another process imports.

One read is `runs()`, the segments of the latest month, or the samples of a run, in turn; every
twentieth opens the library anew. Reads are spread over the import, which writes in small batches
so that many commits come in between. `python -m benchmarks.reading_while_importing`
"""

from __future__ import annotations

import gc
import itertools
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.many_runs import copies
from runanalytics.library import Library

READS = 1_000
RUNS = 1_200
SEED = 7
BAR_S = 0.05

_IMPORT = """
import sys
from runanalytics.library import Library
from runanalytics.library.ingest import batches
batches.BATCH_FILES = 8
Library.open(sys.argv[1]).add(sys.argv[2])
"""


@dataclass
class Reads:
    """How long each read took (s), the errors, and the numbers of runs that were seen."""

    took_s: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    counts: set[int] = field(default_factory=set)
    during: int = 0


def read_on(folder: Path, writer: subprocess.Popen[bytes], n_reads: int, pause_s: float) -> Reads:
    """Read `n_reads` times, even after the writer has ended."""
    chance = random.Random(SEED)
    library = Library.open(folder)
    runs = library.runs()
    # Loading libraries at the first read of a kind is not measured.
    library.samples(runs["run_id"].iloc[0])
    library.segments()
    # Neither is garbage collection of what is loaded by now, some 70 ms twice in a thousand reads.
    gc.freeze()
    reads = Reads()
    for number, what in zip(range(n_reads), itertools.cycle(("runs", "samples", "segments"))):
        time.sleep(pause_s)
        during = writer.poll() is None
        started = time.perf_counter()
        try:
            if number % 20 == 0:
                library.close()
                library = Library.open(folder)
            if what == "runs" or runs.empty:
                runs = library.runs()
                reads.counts.add(len(runs))
            elif what == "samples":
                assert len(library.samples(chance.choice(runs["run_id"].tolist())))
            else:
                latest = runs["local_date"].max()
                library.segments(since=latest.replace(day=1))
        except Exception as error:
            reads.errors.append(f"{type(error).__name__}: {error}")
        reads.took_s.append(time.perf_counter() - started)
        reads.during += during
    library.close()
    return reads


def trial(folder: Path, n_reads: int, n_runs: int, pause_s: float) -> Reads:
    """Import `n_runs` runs in another process and read meanwhile."""
    runs, place = folder / "runs", folder / "library"
    runs.mkdir()
    copies(runs, n_runs)
    Library.open(place).add(sorted(runs.iterdir())[:2])
    with subprocess.Popen([sys.executable, "-c", _IMPORT, str(place), str(runs)]) as writer:
        time.sleep(1)
        return read_on(place, writer, n_reads, pause_s)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        reads = trial(Path(folder), READS, RUNS, pause_s=0.003)
    took = sorted(reads.took_s)
    slow = sum(one > BAR_S for one in took)
    print("| reads | during the import | states seen | errors | median ms | 99 % ms | slowest ms |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    figures = (statistics.median(took), took[int(0.99 * len(took))], took[-1])
    print(
        f"| {len(took):,} | {reads.during:,} | {len(reads.counts)} | {len(reads.errors)} | "
        + " | ".join(f"{1000 * figure:.1f}" for figure in figures)
        + " |"
    )
    print(f"over {BAR_S * 1000:.0f} ms: {slow}; load {os.getloadavg()[0]:.1f}", file=sys.stderr)
    for error in dict.fromkeys(reads.errors):
        print(error, file=sys.stderr)


if __name__ == "__main__":
    main()
