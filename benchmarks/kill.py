"""Imports killed at a thousand points: all acknowledged runs must be stored, and none torn.

Half of the points are system calls of the import, evenly spread over its life (the parent
traces it, on Linux); the others are random instants. Every other import starts from a library
that holds some runs already. As a control, a writer that enters a run before its samples are
written must fail. A killed process leaves the machine running, so this tests the order of writes;
that they reach the disk is left to `fsync`.

`python -m benchmarks.kill [POINTS]`
"""

from __future__ import annotations

import ctypes
import functools
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from runanalytics.errors import RunAnalyticsError
from runanalytics.library import Library
from runanalytics.library.fingerprint import fingerprint
from runanalytics.library.ingest import batches
from runanalytics.library.storage.catalogue import Catalogue, stream_name
from runanalytics.shipped import sample_folder

POINTS = 1_000
SEED = 20_260
N_FILES, N_BEFORE, BATCH_FILES = 12, 4, 2
#: Once in so many kills the import is finished and compared with an undisturbed one.
FINISHED_EVERY = 20

#: Bytes that the unsafe writer writes at a time.
_STEP = 128

PTRACE_TRACEME, PTRACE_SYSCALL = 0, 24
LINUX = sys.platform.startswith("linux")

#: Run -> digest of its samples, as in the catalogue.
Acknowledged = dict[str, str]


@dataclass(frozen=True)
class Setting:
    """The files to import, a library of some of them, and a library of all."""

    files: Path
    before: Path
    whole: Library


def setting(folder: Path, n_files: int = N_FILES) -> Setting:
    """Prepare files and the two libraries in `folder`."""
    files, some = folder / "files", folder / "some"
    files.mkdir()
    some.mkdir()
    runs = (sample_folder() / "runs").glob("*.fit")
    for path in sorted(runs, key=lambda path: path.stat().st_size)[:n_files]:
        shutil.copy2(path, files)
    for path in sorted(files.iterdir())[:N_BEFORE]:
        shutil.copy2(path, some)
    before, whole = Library.open(folder / "before"), Library.open(folder / "whole")
    before.add(some)
    before.close()
    whole.add(some)
    whole.add(files)
    return Setting(files, folder / "before", whole)


def killed_import(
    ready: Setting, folder: Path, *, at_call: int | None, after_s: float, unsafe: bool
) -> tuple[Acknowledged, int]:
    """Import in a child that is killed; return what it acknowledged, and its system calls."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _import(ready.files, folder, writing, unsafe=unsafe, traced=at_call is not None)
    os.close(writing)
    calls = 0
    if at_call is not None:
        calls = _trace(child, at_call)
    else:
        time.sleep(after_s)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    with os.fdopen(reading, encoding="utf-8") as lines:
        complete = [line for line in lines if line.endswith("\n")]
    return (json.loads(complete[-1]) if complete else {}), calls


def _import(files: Path, folder: Path, acknowledge: int, *, unsafe: bool, traced: bool) -> None:
    try:
        batches.BATCH_FILES = BATCH_FILES
        late: list[Callable[[], None]] = []
        if unsafe:
            batches.write_all_durably = lambda folder, files: late.extend(
                functools.partial(_slowly, folder / name, data) for name, data in files.items()
            )
        plain = Catalogue.transaction
        open_now: list[Catalogue] = []

        @contextmanager
        def acknowledging(catalogue: Catalogue) -> Iterator[None]:
            open_now.append(catalogue)
            try:
                with plain(catalogue):
                    yield
            finally:
                open_now.pop()
            if open_now:
                return  # one within another is committed with it
            entered = dict(catalogue.rows("SELECT run_id, digest FROM streams"))
            os.write(acknowledge, f"{json.dumps(entered)}\n".encode())
            while late:
                late.pop()()

        Catalogue.transaction = acknowledging
        if traced:
            ctypes.CDLL(None).ptrace(PTRACE_TRACEME, 0, 0, 0)
            os.kill(os.getpid(), signal.SIGSTOP)
        Library.open(folder).add(files)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)


def _slowly(path: Path, data: bytes) -> None:
    with path.open("wb", buffering=0) as file:
        for start in range(0, len(data), _STEP):
            file.write(data[start : start + _STEP])


def _trace(child: int, at_call: int) -> int:
    """Kill the child at its system call number `at_call`, or let it end if that is 0.

    Return how many it has made. Each one stops it twice: before and after.
    """
    ptrace = ctypes.CDLL(None, use_errno=True).ptrace
    os.waitpid(child, 0)
    stops = deliver = 0
    while not at_call or stops < 2 * at_call - 1:
        ptrace(PTRACE_SYSCALL, child, 0, deliver)
        _, status = os.waitpid(child, 0)
        if not os.WIFSTOPPED(status):
            return stops // 2
        number = os.WSTOPSIG(status)
        deliver = 0 if number == signal.SIGTRAP else number
        stops += 1
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return stops // 2


def failures(
    folder: Path, acknowledged: Acknowledged, ready: Setting, *, finish: bool
) -> list[str]:
    """Return the faults of the library that a killed import left."""
    library = Library.open(folder)
    try:
        found = _lost_or_torn(library, acknowledged, ready.whole)
        found += [f"verify: {problem}" for problem in library.verify()]
        with library.opened.writing() as catalogue:
            named = catalogue.rows("SELECT run_id, digest FROM streams")
        left = {path.name for path in library.folder.rglob("*") if path.is_file()}
        known = {"catalogue.sqlite", "catalogue.sums", "writer.lock"}
        known |= {"catalogue.sqlite-wal", "catalogue.sqlite-shm"}  # of the reader here
        orphans = left - known - {stream_name(*row) for row in named}
        found += [f"an orphan: {name}" for name in sorted(orphans)]
        if finish:
            library.add(ready.files)
            one, other = fingerprint(library.opened), fingerprint(ready.whole.opened)
            different = {key for key in one.keys() | other.keys() if one.get(key) != other.get(key)}
            # The library of some files has also seen them in another folder.
            found += [f"different: {key}" for key in different - {"places"}]
    except RunAnalyticsError as error:
        return [f"cannot be used: {error}"]
    finally:
        library.close()
    return found


def _lost_or_torn(library: Library, acknowledged: Acknowledged, whole: Library) -> list[str]:
    catalogue, expected = library.opened.reading(), whole.opened.reading()
    if catalogue is None or expected is None:
        return [f"lost: {run_id}" for run_id in acknowledged]
    stored = dict(catalogue.rows("SELECT run_id, digest FROM streams"))
    found = [f"lost: {run}" for run, digest in acknowledged.items() if stored.get(run) != digest]
    for table in ("runs", "segments", "streams"):
        query = f"SELECT * FROM {table} WHERE run_id = ? ORDER BY 1, 2, 3"
        for (run_id,) in catalogue.rows("SELECT run_id FROM runs"):
            if catalogue.rows(query, (run_id,)) != expected.rows(query, (run_id,)):
                found.append(f"torn: {table} of {run_id}")
    return found


def trials(
    folder: Path, n_points: int, *, unsafe: bool, n_files: int = N_FILES
) -> tuple[Counter[str], Counter[str]]:
    """Kill an import at `n_points` points; return counts of trials and of kinds of failure."""
    random_s = random.Random(SEED)
    ready = setting(folder, n_files)
    place = folder / "library"
    started = time.perf_counter()
    _, calls = killed_import(ready, place, at_call=0 if LINUX else None, after_s=5, unsafe=False)
    life_s = _life_s(ready, folder / "timed")
    shutil.rmtree(place, ignore_errors=True)
    counts: Counter[str] = Counter(calls=calls, life_ms=round(life_s * 1000))
    kinds: Counter[str] = Counter()
    for number in range(n_points):
        by_call = LINUX and calls > 0 and number % 2 == 0
        if number % 4 >= 2:
            shutil.copytree(ready.before, place)
        at_call = 1 + calls * number // n_points if by_call else None
        after_s = random_s.uniform(0, life_s * 1.05)
        acknowledged, _ = killed_import(
            ready, place, at_call=at_call, after_s=after_s, unsafe=unsafe
        )
        finish = number % FINISHED_EVERY == 0
        wrong = failures(place, acknowledged, ready, finish=finish and not unsafe)
        counts["at a system call" if by_call else "at a random instant"] += 1
        counts["runs acknowledged"] += len(acknowledged)
        counts["finished and compared"] += finish
        counts["failed"] += bool(wrong)
        kinds.update({problem.partition(":")[0] for problem in wrong})
        shutil.rmtree(place, ignore_errors=True)
    counts["seconds"] = round(time.perf_counter() - started)
    return counts, kinds


def _life_s(ready: Setting, folder: Path) -> float:
    """Return how long an undisturbed import takes in a child, s."""
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        batches.BATCH_FILES = BATCH_FILES
        Library.open(folder).add(ready.files)
        os._exit(0)
    os.waitpid(child, 0)
    return time.perf_counter() - started


def main(n_points: int = POINTS) -> None:
    """Print the table."""
    print("| writer | kills | at a system call | acknowledged | finished, compared | failed |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, unsafe, points in (("ours", False, n_points), ("unsafe", True, n_points // 5)):
        with tempfile.TemporaryDirectory() as folder:
            counts, kinds = trials(Path(folder), points, unsafe=unsafe)
        print(
            f"| {name} | {points:,} | {counts['at a system call']:,} of {counts['calls']:,}"
            f" | {counts['runs acknowledged']:,} | {counts['finished and compared']}"
            f" | {counts['failed']} |"
        )
        print(f"{name}: {dict(kinds) or 'nothing wrong'}; {counts['seconds']} s", file=sys.stderr)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
