"""Flipped bits in a library: found and named by `verify`, and never read as good data.

Each of 300 trials flips one bit of one file: half of them in samples, the rest in the catalogue,
its checksums and the originals. "Found" means that `verify` reports it; "read wrongly" that
something read afterwards is neither as before nor an error. For comparison: how many of the same
flips SQLite's own check and pyarrow's own reading find. `python -m benchmarks.bit_rot [FLIPS]`
"""

from __future__ import annotations

import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.many_runs import copies
from runanalytics.errors import LibraryError
from runanalytics.library import Library
from runanalytics.library.consistency import contradictions
from runanalytics.library.fingerprint import fingerprint
from runanalytics.library.storage.page_checksums import damaged_pages
from runanalytics.shipped import sample_folder

FLIPS = 300
SEED = 2_026
N_FILES = 25
RUNS = 3_000

#: Part of the library -> flips of every twenty.
SHARES = {"samples": 10, "catalogue.sqlite": 7, "catalogue.sums": 1, "originals": 2}


def filled(folder: Path, n_files: int = N_FILES) -> Library:
    """Make a library of some of the sample's files, originals kept."""
    library = Library.open(folder)
    runs = sorted((sample_folder() / "runs").glob("*.fit"))[:n_files]
    others = [sample_folder() / name for name in ("races.csv", "strong.csv")]
    library.add([*runs, *others], keep_originals=True)
    library.close()
    return library


def part(path: Path) -> str:
    """Return which of `SHARES` a file of a library belongs to."""
    return {"streams": "samples", "originals": "originals"}.get(path.parent.name, path.name)


@contextmanager
def flipped(path: Path, chance: random.Random) -> Iterator[None]:
    """Flip one bit of a file, and restore it afterwards."""
    whole = path.read_bytes()
    data = bytearray(whole)
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)
    try:
        yield
    finally:
        path.write_bytes(whole)


def read_wrong(library: Library, path: Path, expected: dict[str, str]) -> bool:
    """Return whether anything read after a flip is neither as before nor an error."""
    reader = Library(library.folder)
    try:
        if path.suffix == ".parquet":
            run_id = path.name.partition(".")[0]
            samples = reader.samples(run_id)
            return samples.to_csv(index=False) != expected[run_id]
        return fingerprint(reader.opened) != expected
    except LibraryError:
        return False
    finally:
        reader.close()


def found_by_others(path: Path, kind: str) -> bool:
    """Return whether SQLite's integrity check, or pyarrow's reading, finds a flip."""
    try:
        if kind == "samples":
            pq.read_table(path)
        elif kind == "catalogue.sqlite":
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
                return connection.execute("PRAGMA integrity_check").fetchone()[0] != "ok"
    except Exception:
        return True
    return False


def trials(library: Library, n_flips: int) -> tuple[Counter[str], dict[str, Counter[str]]]:
    """Flip `n_flips` bits one by one; return totals, and counts by part of the library."""
    chance = random.Random(SEED)
    files = defaultdict(list)
    for path in sorted(library.folder.rglob("*")):
        if path.is_file() and path.stat().st_size:
            files[part(path)].append(path)
    expected = fingerprint(library.opened)
    runs = library.runs()
    texts = {run: library.samples(run).to_csv(index=False) for run in runs["run_id"]}
    library.close()
    kinds = [kind for kind, share in SHARES.items() for _ in range(share)]
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in SHARES}
    for number in range(n_flips):
        kind = kinds[number % len(kinds)]
        path = chance.choice(files[kind])
        with flipped(path, chance):
            problems = Library(library.folder).verify()
            name = path.name.partition(".")[0] if kind != "catalogue.sqlite" else "table"
            name = kind if kind == "catalogue.sums" else name
            counts[kind].update(
                flips=1,
                found=bool(problems),
                named=any(name in problem or "free space" in problem for problem in problems),
                by_others=found_by_others(path, kind),
                wrong=read_wrong(library, path, texts if kind == "samples" else expected),
            )
    total: Counter[str] = Counter()
    for counted in counts.values():
        total.update(counted)
    return total, counts


def costs(n_runs: int) -> None:
    """Print the cost of checksums with many runs."""
    with tempfile.TemporaryDirectory() as folder:
        runs, place = Path(folder, "runs"), Path(folder, "library")
        runs.mkdir()
        copies(runs, n_runs)
        library = Library.open(place)
        import_s = _seconds(lambda: library.add(runs))
        library.close()
        catalogue = place / "catalogue.sqlite"
        size = catalogue.stat().st_size / 2**20
        check_s = _seconds(lambda: damaged_pages(catalogue))
        open_s = _seconds(lambda: Library.open(place).close())
        verify_s = _seconds(library.verify)
        meaning_s = _seconds(lambda: contradictions(library.opened))
    print(f"| {n_runs:,} runs, catalogue of {size:.1f} MiB | s |")
    print("| --- | --- |")
    print(f"| import | {import_s:.1f} |")
    print(f"| opening the library | {open_s:.4f} |")
    print(f"| of which checking every page | {check_s:.4f} |")
    print(f"| verify | {verify_s:.2f} |")
    print(f"| of which making anew what is derived | {meaning_s:.2f} |")


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main(n_flips: int = FLIPS, n_runs: int = RUNS) -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as folder:
        total, counts = trials(filled(Path(folder, "library")), n_flips)
    print("| flipped in | flips | found | named | by SQLite, pyarrow alone | read wrongly |")
    print("| --- | --- | --- | --- | --- | --- |")
    for kind, counted in {**counts, "all": total}.items():
        row = (counted[key] for key in ("flips", "found", "named", "by_others", "wrong"))
        print(f"| {kind} | {' | '.join(map(str, row))} |")
    print()
    if n_runs:
        costs(n_runs)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
