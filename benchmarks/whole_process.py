"""Time of whole commands, compared with a reference each."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.files import longitudinal

#: How often each command runs; the median counts.
REPEATS = 5

CLI = "from runanalytics.cli import main; main()"


def seconds(*command: object, repeats: int = REPEATS) -> float:
    """Return the median wall time of a Python process."""
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        subprocess.run([sys.executable, *map(str, command)], check=False, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def fitparse_decoding(files: list[Path]) -> float:
    """Return how long fitparse takes to decode the files, one after the other."""
    import fitparse

    started = time.perf_counter()
    for path in files:
        for message in fitparse.FitFile(str(path)).get_messages():
            message.get_values()
    return time.perf_counter() - started


def main() -> None:
    pandas = seconds("-c", "import pandas")
    pandas_stats = seconds("-c", "import pandas, scipy.stats")
    rows = [("--help", seconds("-c", CLI, "--help"), "import pandas", pandas, "<= 0.5")]
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder, "library")
        if files := longitudinal():
            source = files[0].parent
            first = seconds("-c", CLI, "--library", library, "import", source, repeats=1)
            again = seconds("-c", CLI, "--library", library, "import", source)
            rows += [
                (
                    f"import of {len(files)} real runs",
                    first,
                    "fitparse decoding them",
                    fitparse_decoding(files),
                    "<= 1/40",
                ),
                ("the same import again", again, "the first", first, "<= 0.10"),
                (
                    f"trend of {len(files)} runs",
                    seconds("-c", CLI, "--library", library, "trend", "cadence"),
                    "import pandas, scipy.stats",
                    pandas_stats,
                    "<= 3 (3,000 runs)",
                ),
            ]
    print("| whole process | s | beside | s | ratio | bar |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, ours, beside, theirs, bar in rows:
        print(f"| {name} | {ours:.2f} | {beside} | {theirs:.2f} | {ours / theirs:.3f} | {bar} |")


if __name__ == "__main__":
    main()
