"""How the FIT decoder copes with damage: fuzzing, salvage and bombs, with a fixed seed.

Run as ``python -m benchmarks.fit_fuzz [--mutants N] [--seed S]``. Damaged copies of real files
(or of the sample's, where there are none) are decoded, made into frames and imported, two at a
time; warnings count as exceptions. Controls, decoders that are careless on purpose, show that
the checks can fail.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import signal
import time
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import numpy as np
from fastcrc import crc16

from benchmarks import fit_bombs
from benchmarks import fit_mutants as made
from benchmarks.files import CORPUS
from runanalytics.errors import RunAnalyticsError
from runanalytics.importers.fit import FIT, FitFile, decode
from runanalytics.importers.fit.codec import framing
from runanalytics.importers.fit.codec.messages import Messages

#: A run, strength sets, chained sports, compressed times, both byte orders, developer fields.
SOURCES = (
    "longitudinal/240020532.fit",
    "devices/dtcooper__compressed-speed-distance.fit",
    "devices/dtcooper__antfs-dump.63.fit",
    "devices/dtcooper__Activity.fit",
    "devices/dtcooper__sample_mulitple_header.fit",
    "devices/msimms__20210507_run_coros_pace_2.fit",
    "devices/arthurfsy2__505056427.fit",
    "devices/dtcooper__rollers.fit",
    "devices/dtcooper__garmin-fenix-5-run.fit",
    "devices/jimmykane__running-with-developer-data.fit",
)
SAMPLE = Path(__file__).parents[1] / "data" / "sample" / "runs"
PROCESSES = 2
BLOCK = 250
SLOW_S, HUNG_S = 10.0, 60.0
LARGE_MIB = fit_bombs.BAR_MIB
SLOW, LARGE = f"over {SLOW_S:.0f} s", f"over {LARGE_MIB} MiB"
SHOWN = (made.EXCEPTION, SLOW, LARGE, made.CLEAN, made.UNFLAGGED)
PER_FILE = 60
CONTROL_MUTANTS = 400


class HungError(BaseException):
    """Raised by an alarm: the file is given up."""


def _hung(*_: object) -> None:
    raise HungError


@lru_cache(maxsize=1)
def wholes() -> tuple[made.Whole, ...]:
    paths = [CORPUS / name for name in SOURCES if (CORPUS / name).exists()]
    paths = paths or sorted(SAMPLE.glob("*.fit"))[-5:]
    return tuple(made.whole(path.name, path.read_bytes(), decode) for path in paths)


def block(seed: int) -> tuple[Counter[tuple[str, str]], float, float]:
    """Return what went wrong with one block of mutants, the longest time and the largest peak."""
    warnings.simplefilter("error")
    signal.signal(signal.SIGALRM, _hung)
    counted: Counter[tuple[str, str]] = Counter()
    longest = largest = 0.0
    for one, damage, _ in made.mutants(wholes(), BLOCK, seed):
        fit_bombs.forget_peak()
        begin = time.perf_counter()
        signal.setitimer(signal.ITIMER_REAL, HUNG_S)
        try:
            found = made.faults(one, damage, decode, FIT.read)
        except HungError:
            found = {}
        signal.setitimer(signal.ITIMER_REAL, 0)
        seconds, peak = time.perf_counter() - begin, fit_bombs.peak_mib()
        longest, largest = max(longest, seconds), max(largest, peak)
        found |= {SLOW: 1} if seconds > SLOW_S else {}
        found |= {LARGE: 1} if peak > LARGE_MIB else {}
        counted[damage.kind, "mutants"] += 1
        for fault, count in found.items():
            counted[damage.kind, fault] += count
            print(f"<!-- seed {seed}: {one.name}, {damage.kind}: {found} -->", flush=True)
    return counted, longest, largest


def fuzz(count: int, seed: int) -> None:
    seeds = [1_000_000 * seed + number for number in range(-(-count // BLOCK))]
    counted: Counter[tuple[str, str]] = Counter()
    longest = largest = 0.0
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        for found, seconds, peak in pool.imap_unordered(block, seeds):
            counted += found
            longest, largest = max(longest, seconds), max(largest, peak)
    print(f"| damage | mutants | {' | '.join(SHOWN)} |")
    print("| --- " * (2 + len(SHOWN)) + "|")
    kinds = sorted({kind for kind, _ in counted})
    for kind in kinds:
        cells = [f"{counted[kind, column]:,}" for column in ("mutants", *SHOWN)]
        print(f"| {kind} | {' | '.join(cells)} |")
    sums = [sum(counted[kind, column] for kind in kinds) for column in ("mutants", *SHOWN)]
    print(f"| **all** | {' | '.join(f'**{number:,}**' for number in sums)} |")
    print(f"\nSlowest {longest:.2f} s, checks included; largest process {largest:.0f} MiB.")


def unflagging(data: bytes) -> FitFile:
    """Decode, and drop every flag: a careless decoder."""
    file = decode(data)
    messages = file.messages

    def bare(name: str, wanted: frozenset[str] | None = None) -> Messages:
        found = messages(name, wanted)
        return Messages(found.columns, np.zeros_like(found.damaged))

    file.messages = bare  # type: ignore[method-assign]
    return file


def fragile(data: bytes) -> FitFile:
    """Decode, and stumble over damage: a careless decoder."""
    file = decode(data)
    if file.problems:
        raise IndexError("bytes index out of range")
    return file


def unchecked(data: bytes) -> int:
    """Compute a checksum of 0, which always matches, except of a header."""
    return crc16.arc(data) if len(data) == made.HEADER_SIZES[0] else 0


def without_checksum() -> AbstractContextManager[object]:
    """Return a context in which the decoder takes every checksum for right."""
    return mock.patch.object(framing, "crc16", SimpleNamespace(arc=unchecked))


def controls(sources: Sequence[made.Whole], count: int, seed: int) -> dict[str, Counter[str]]:
    """Return what the checks say of decoders that are careless on purpose."""
    result: dict[str, Counter[str]] = {}
    careless: dict[str, Callable[[bytes], FitFile]] = {
        "flags dropped": unflagging,
        "stumbles over damage": fragile,
        "checksum ignored": decode,
    }
    for name, decoder in careless.items():
        found: Counter[str] = Counter()
        with without_checksum() if name == "checksum ignored" else nullcontext():
            for one, damage, _ in made.mutants(sources, count, seed):
                found.update(made.faults(one, damage, decoder, FIT.read))
        result[name] = found
    return result


def salvage(seed: int) -> None:
    """Print how much of what damage left intact is read."""
    print(
        "| damage | files × places | read of what stood before it | and after it "
        "| rows after it without a flag |"
    )
    print("| --- " * 5 + "|")
    single = [one for one in wholes() if one.data.count(b".FIT") == 1]
    compressed = [one for one in single if is_compressed(one)]
    plain = [one for one in single if one not in compressed]
    for group, sources in (("", plain), (", compressed times", compressed)):
        for mutate in (made.truncation, made.flips, made.noise, made.deleted, made.doubled):
            _salvage_row(mutate, sources, seed, group)
    _salvage_row(made.header, wholes(), seed, "")


def is_compressed(one: made.Whole) -> bool:
    return any(one.data[begin] & 0x80 for begin in one.begins.tolist())


def _salvage_row(
    mutate: Callable[[bytes, random.Random], made.Damage],
    sources: Sequence[made.Whole],
    seed: int,
    group: str,
) -> None:
    source = random.Random(seed)
    counted: Counter[str] = Counter()
    kind = ""
    for one in sources:
        for _ in range(PER_FILE):
            damage = mutate(one.data, source)
            kind = damage.kind
            before = one.expected(one.ends <= damage.first)
            after = one.expected(one.begins >= damage.last)
            tables = tables_of(damage.data)
            counted["before"] += sum(map(len, before.values()))
            counted["after"] += sum(map(len, after.values()))
            counted["before, read"] += made.n_read(tables, before)
            counted["after, read"] += made.n_read(tables, after)
            counted["unflagged"] += made.n_unflagged(tables, before)
    cells = [_share(counted[f"{where}, read"], counted[where]) for where in ("before", "after")]
    cells.append("-" if kind == "header" else f"{counted['unflagged']:,}")
    print(f"| {kind}{group} | {len(sources)} × {PER_FILE} | {' | '.join(cells)} |", flush=True)


def tables_of(data: bytes) -> made.Tables:
    """Return the fingerprints of what is read; none if the file is refused."""
    try:
        return made.fingerprints(decode(data))
    except RunAnalyticsError:
        return {}


def _share(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,} ({100 * part / whole:.3f} %)" if whole else "-"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutants", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    names = ", ".join(one.name for one in wholes())
    print(f"Files: {names}. Seed {chosen.seed}.\n\n### Fuzzing\n")
    fuzz(chosen.mutants, chosen.seed)
    print(f"\n### Controls, {CONTROL_MUTANTS} mutants each\n")
    for name, found in controls(wholes(), CONTROL_MUTANTS, chosen.seed).items():
        print(f"- {name}: {', '.join(f'{count:,} {fault}' for fault, count in found.items())}")
    print("\n### Salvage\n")
    salvage(chosen.seed)
    print("\n### Bombs\n")
    fit_bombs.main()


if __name__ == "__main__":
    main()
