"""Strides in samples put to the test: simulated recordings, and real ones run by run.

    python -m benchmarks.strides --runs 200
    python -m benchmarks.strides --real ../shared/corpus

Simulated: of recordings with strides, the share that is found, and of those found, the share that
has any, against intervals, fartlek, hills, descents and noise of the GPS, recorded every second
and as smart recording does. Real: the runs in which strides are found, to be looked at.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from runanalytics import read
from runanalytics.errors import RunAnalyticsError
from runanalytics.measures.strides import count_strides
from runanalytics.simulate.bursts import RECORDINGS, WITH_STRIDES, WITHOUT, simulated_recording

SEED = 20261129


def simulated(n_runs: int) -> None:
    """Print how often strides are found in simulated recordings."""
    right = wrong = 0
    print(f"{'simulated':<22}{'recorded':<14}{'found':>8}{'number ± 1':>12}{'ms a run':>10}")
    for number, kind in enumerate((*WITH_STRIDES, *WITHOUT)):
        for recording in RECORDINGS:
            rng = np.random.default_rng([SEED, number, len(recording)])
            drawn = [simulated_recording(kind, rng, recording) for _ in range(n_runs)]
            begun = time.process_time()
            counts = [count_strides(samples) for samples, _ in drawn]
            took_ms = 1e3 * (time.process_time() - begun) / n_runs
            found = sum(count > 0 for count in counts)
            near = sum(abs(a - b) <= 1 for a, (_, b) in zip(counts, drawn, strict=True))
            print(f"{kind:<22}{recording:<14}{found:>8}{near:>12}{took_ms:>10.2f}")
            if kind in WITH_STRIDES:
                right += found
            else:
                wrong += found
    n_with = n_runs * len(WITH_STRIDES) * len(RECORDINGS)
    n_without = n_runs * len(WITHOUT) * len(RECORDINGS)
    print(f"recall {right / n_with:.1%} of {n_with:,} with strides")
    print(f"precision {right / max(1, right + wrong):.1%}; {wrong} of {n_without:,} without")


def real(folder: Path) -> None:
    """Print the runs of a folder of FIT files in which strides are found."""
    n_runs = n_found = 0
    for path in sorted(folder.rglob("*.fit")):
        try:
            imported = read(path)
        except RunAnalyticsError:
            continue
        for run_id, samples in imported.samples.groupby("run_id", sort=False):
            n_runs += 1
            if count := count_strides(samples):
                n_found += 1
                print(f"{path.relative_to(folder)}: {count} in run {run_id}")
    print(f"strides in {n_found} of {n_runs} runs with samples")


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100, help="simulated recordings of each kind")
    parser.add_argument("--real", type=Path, help="a folder of FIT files to look at instead")
    given = parser.parse_args()
    if given.real is not None:
        real(given.real)
    else:
        simulated(given.runs)


if __name__ == "__main__":
    main()
