"""Strides in samples put to the test: simulated recordings, and real ones run by run.

    python -m benchmarks.strides --runs 200
    python -m benchmarks.strides --real ../shared/corpus

Simulated: of recordings with strides, the share that is found, and of those found, the share that
has any, against intervals, fartlek, hills, descents and noise of the GPS, recorded every second
and as smart recording does. Real: the runs in which strides are found, to be looked at; and how
often strides are found that were put into them, amid what a watch shows of real running.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd

from runanalytics import read
from runanalytics.arrays import Floats
from runanalytics.errors import RunAnalyticsError
from runanalytics.measures.strides import count_strides
from runanalytics.simulate.bursts import (
    EITHER,
    RECORDINGS,
    WITH_STRIDES,
    WITHOUT,
    simulated_recording,
)

SEED = 20261129
#: What is between strides that are put into real runs -> speed there, m/s, and steps, steps/min.
BETWEEN = {"jogged": (None, None), "walked": (1.35, 112.0), "stood": (0.0, 0.0)}
#: Runs they are put into last so long at least, s, and are run for so much of it.
LEAST_S, LEAST_RUN = 1_200.0, 0.8


def simulated(n_runs: int) -> None:
    """Print how often strides are found in simulated recordings."""
    right = wrong = 0
    print(f"{'simulated':<22}{'recorded':<14}{'found':>8}{'number ± 1':>12}{'ms a run':>10}")
    for number, kind in enumerate((*WITH_STRIDES, *WITHOUT, *EITHER)):
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
            elif kind in WITHOUT:
                wrong += found
    n_with = n_runs * len(WITH_STRIDES) * len(RECORDINGS)
    n_without = n_runs * len(WITHOUT) * len(RECORDINGS)
    print(f"recall {right / n_with:.1%} of {n_with:,} with strides")
    print(f"precision {right / max(1, right + wrong):.1%}; {wrong} of {n_without:,} without")


def real(folder: Path) -> None:
    """Print the runs of a folder of FIT files in which strides are found."""
    n_runs = n_found = 0
    steady: list[pd.DataFrame] = []
    for path in sorted(folder.rglob("*.[fF][iI][tT]")):
        try:
            imported = read(path)
        except RunAnalyticsError:
            continue
        for run_id, samples in imported.samples.groupby("run_id", sort=False):
            n_runs += 1
            if _is_steady(samples):
                steady.append(samples)
            if count := count_strides(samples):
                n_found += 1
                print(f"{path.relative_to(folder)}: {count} in run {run_id}")
    print(f"strides in {n_found} of {n_runs} runs with samples")
    for between in BETWEEN:
        for place in ("end", "within"):
            counts = []
            for number, samples in enumerate(steady):
                rng = np.random.default_rng([SEED, number, len(between), len(place)])
                put_in, n_strides = _with_strides(samples, rng, between, place)
                counts.append((count_strides(put_in), n_strides))
            found = sum(count > 0 for count, _ in counts)
            near = sum(abs(count - n_strides) <= 1 for count, n_strides in counts)
            print(f"put in, {between}, {place}: {found} of {len(counts)}, number ± 1 {near}")


def _is_steady(samples: pd.DataFrame) -> bool:
    lasts_s = samples["elapsed_s"].max() - samples["elapsed_s"].min()
    return (
        len(samples) > 150 and lasts_s > LEAST_S and (samples["speed_m_s"] > 1.8).mean() > LEAST_RUN
    )


def _with_strides(
    samples: pd.DataFrame, rng: np.random.Generator, between: str, place: str
) -> tuple[pd.DataFrame, int]:
    """Return the samples of a run with 4 to 8 strides of 65 to 115 m put in, and how many."""
    second = (samples["elapsed_s"] - samples["elapsed_s"].min()).to_numpy().astype(int)
    easy_m_s = float(samples.loc[samples["speed_m_s"] > 1.6, "speed_m_s"].median())
    n_strides = int(rng.integers(4, 9))
    needed_s = 95 * n_strides + 20
    last_s = max(300, int(second[-1]) - needed_s)
    at = last_s if place == "end" else int(rng.integers(300, last_s + 1))
    gain, quicker, rests = np.zeros((3, max(at, int(second[-1])) + 2 * needed_s))
    usual_gain = easy_m_s * rng.uniform(0.38, 0.55)
    for number in range(n_strides):
        fast = usual_gain * rng.uniform(0.85, 1.15)
        lasts = int(np.clip(rng.uniform(65, 115) / (easy_m_s + 0.88 * fast), 9, 32))
        shape = np.interp(np.linspace(0, 1, lasts), [0, 0.3, 0.85, 1], [0.4, 1, 1, 0.6])
        gain[at : at + lasts] = fast * shape
        quicker[at : at + lasts] = rng.uniform(0.06, 0.13)
        rest = int(rng.uniform(45, 80))
        if number < n_strides - 1:
            rests[at + lasts : at + lasts + rest] = 1
        at += lasts + rest
    over_s, late_s = int(rng.integers(2, 6)), int(rng.integers(0, 3))
    gain, quicker, rests = (_shown(each, over_s, late_s)[second] for each in (gain, quicker, rests))
    speed = samples["speed_m_s"].to_numpy() + gain
    cadence = samples["cadence_spm"].to_numpy() * (1 + quicker)
    rest_m_s, rest_spm = BETWEEN[between]
    if rest_m_s is not None:
        speed = speed * (1 - rests) + rests * rest_m_s
        cadence = np.where(rests > 0.5, rest_spm, cadence)
    return samples.assign(speed_m_s=speed, cadence_spm=cadence), n_strides


def _shown(values: Floats, over_s: int, late_s: int) -> Floats:
    """Return what a watch shows that takes means over some seconds and is late."""
    kernel = np.concatenate([np.zeros(late_s), np.full(over_s, 1 / over_s)])
    shown: Floats = np.convolve(values, kernel)[: len(values)]
    return shown


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
