"""A notebook reads a thousand times while another process imports.

One read is `runs()`, the segments of the latest month, or the samples of a run, by turns; every
twentieth opens the library anew. Reads are spread over the import, which writes in small batches
so that there are many commits to come in between. `python -m benchmarks.reading_while_importing`
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
class Seen:
    """How long each read took (s), what went wrong, and how many runs there were."""

    took_s: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    counts: set[int] = field(default_factory=set)
    during: int = 0


def read_on(folder: Path, writer: subprocess.Popen[bytes], n_reads: int, pause_s: float) -> Seen:
    """Read `n_reads` times, as long as the writer lives or not."""
    chance = random.Random(SEED)
    library = Library.open(folder)
    runs = library.runs()
    # What a process loads once for its first read of a kind is no part of reading.
    library.samples(runs["run_id"].iloc[0])
    library.segments()
    # Neither is the interpreter's own walk over all that is loaded, some 70 ms twice in a thousand
    # reads: what is loaded by now is left out of it.
    gc.freeze()
    seen = Seen()
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
                seen.counts.add(len(runs))
            elif what == "samples":
                assert len(library.samples(chance.choice(runs["run_id"].tolist())))
            else:
                latest = runs["local_date"].max()
                library.segments(since=latest.replace(day=1))
        except Exception as error:
            seen.errors.append(f"{type(error).__name__}: {error}")
        seen.took_s.append(time.perf_counter() - started)
        seen.during += during
    library.close()
    return seen


def trial(folder: Path, n_reads: int, n_runs: int, pause_s: float) -> Seen:
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
        seen = trial(Path(folder), READS, RUNS, pause_s=0.003)
    took = sorted(seen.took_s)
    slow = sum(one > BAR_S for one in took)
    print("| reads | during the import | states seen | errors | median ms | 99 % ms | slowest ms |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    figures = (statistics.median(took), took[int(0.99 * len(took))], took[-1])
    print(
        f"| {len(took):,} | {seen.during:,} | {len(seen.counts)} | {len(seen.errors)} | "
        + " | ".join(f"{1000 * figure:.1f}" for figure in figures)
        + " |"
    )
    print(f"over {BAR_S * 1000:.0f} ms: {slow}; load {os.getloadavg()[0]:.1f}", file=sys.stderr)
    for error in dict.fromkeys(seen.errors):
        print(error, file=sys.stderr)


if __name__ == "__main__":
    main()
