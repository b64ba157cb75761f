"""One `Library` in eight threads, while a ninth writes to it and a tenth closes it.

Each thread makes a thousand calls, of every kind that reads, in turn, writes into each frame that
it gets, and looks whether what it gets is whole. The writer adds files one by one and corrects
names and spans. For comparison: the same calls in one thread, alone.
`python -m benchmarks.threads [CALLS]`
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from runanalytics.library import Library
from runanalytics.shipped import sample_folder

THREADS = 8
CALLS = 1_000
#: Files that the writer adds; the others are there before.
ADDED = 40
#: What is called, in turn.
KINDS = ("runs", "samples", "sessions", "segments", "race_list", "log_spans", "form", "repr")
#: Pauses of the thread that closes the library, s.
CLOSED_EVERY_S = 0.5
SEED = 11


@dataclass
class Calls:
    """Of all threads: calls made, how long they took (s), errors, and what was not whole."""

    n_made: int = 0
    took_s: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    n_written: int = 0
    n_closed: int = 0


class Reader:
    """The calls of one thread, and whether what they give is whole."""

    def __init__(self, library: Library, run_ids: Sequence[str], seed: int) -> None:
        self._library = library
        self._run_ids = run_ids
        self._chance = random.Random(seed)
        self._most: Counter[str] = Counter()
        self.calls: dict[str, Callable[[], list[str]]] = {
            "runs": lambda: self._wrong("runs", library.runs(), "run_id"),
            "samples": lambda: self._wrong("samples", self._samples(), "elapsed_s", grows=False),
            "sessions": lambda: self._wrong("sessions", library.sessions(), "session_id"),
            "segments": lambda: self._wrong("segments", library.segments(), "elapsed_s"),
            "race_list": lambda: self._wrong("race_list", library.race_list(), "race_id"),
            "log_spans": lambda: self._wrong("spans", library.log_spans(), "source", grows=False),
            "form": lambda: self._wrong("form", library.form("cadence"), "run_id"),
            "repr": lambda: [] if repr(library).endswith((" race)", " races)")) else ["repr"],
        }

    def _samples(self) -> pd.DataFrame:
        return self._library.samples(self._chance.choice(self._run_ids))

    def _wrong(self, name: str, frame: pd.DataFrame, key: str, *, grows: bool = True) -> list[str]:
        wrong = [] if len(frame) and frame[key].notna().all() else [f"{name}: empty, or no {key}"]
        if key.endswith("_id") and frame[key].duplicated().any():
            wrong.append(f"{name}: a row stands in it twice")
        if grows and len(frame) < self._most[name]:
            wrong.append(f"{name}: rows are gone")
        self._most[name] = len(frame)
        if len(frame):
            frame.loc[:, key] = frame[key].iloc[0]  # it is ours: nobody else may see this
        return wrong


def with_samples(library: Library) -> list[str]:
    """Return the identifiers of the runs that have samples."""
    runs = library.runs()
    return runs.loc[runs["detail"] == "samples", "run_id"].astype(object).tolist()


def together(work: Sequence[Callable[[], None]]) -> None:
    """Run each of `work` in a thread of its own, and wait for all."""
    threads = [threading.Thread(target=each) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def read(
    library: Library,
    run_ids: Sequence[str],
    n_threads: int,
    n_calls: int,
    kinds: Sequence[str] = KINDS,
) -> Calls:
    """Make `n_calls` calls in each of `n_threads` threads; `run_ids` are of runs with samples."""
    calls = Calls()

    def on(number: int) -> None:
        reader = Reader(library, run_ids, SEED + number)
        for call in range(n_calls):
            started = time.perf_counter()
            try:
                calls.wrong += reader.calls[kinds[(number + call) % len(kinds)]]()
            except Exception as error:
                calls.errors.append(f"{type(error).__name__}: {error}")
            calls.took_s.append(time.perf_counter() - started)

    together([lambda number=number: on(number) for number in range(n_threads)])  # type: ignore[misc]
    calls.n_made = len(calls.took_s)
    return calls


def trial(
    library: Library,
    added: Sequence[Path],
    n_threads: int = THREADS,
    n_calls: int = CALLS,
    kinds: Sequence[str] = KINDS,
    closed_every_s: float = CLOSED_EVERY_S,
) -> Calls:
    """Read in `n_threads` threads while another adds files and corrects, and another closes."""
    read_on = threading.Event()
    run_ids = with_samples(library)
    found: list[Calls] = []
    besides = Calls()

    def readers() -> None:
        try:
            found.append(read(library, run_ids, n_threads, n_calls, kinds))
        finally:
            read_on.set()

    def writer() -> None:
        files = iter(added)
        while not read_on.is_set():
            try:
                if (file := next(files, None)) is not None:
                    library.add(file)
                library.correct("Threads", "squat" if besides.n_written % 2 else "none")
                library.add_break("technique", "2001-01-01", "2001-01-02")
                library.clear_spans("technique")
            except Exception as error:
                besides.errors.append(f"writing: {type(error).__name__}: {error}")
            besides.n_written += 1

    def closer() -> None:
        while not read_on.wait(closed_every_s):
            library.close()
            besides.n_closed += 1

    together([readers, writer, closer])
    (calls,) = found
    calls.errors += besides.errors
    calls.n_written, calls.n_closed = besides.n_written, besides.n_closed
    return calls


def row(calls: Calls, wall_s: float, processor_s: float) -> str:
    """Return a row of the table."""
    took = sorted(calls.took_s)
    figures = (
        f"{calls.n_made:,}",
        calls.n_written,
        calls.n_closed,
        len(calls.errors),
        len(calls.wrong),
        f"{1000 * took[len(took) // 2]:.1f}",
        f"{took[-1]:.2f}",
        f"{wall_s:.0f}",
        f"{1000 * processor_s / calls.n_made:.1f}",
    )
    return f"| {' | '.join(map(str, figures))} |"


def main(n_calls: int = CALLS) -> None:
    """Print the table."""
    print(
        "| threads | calls | rounds of writes | closed | errors | not whole | median ms "
        "| slowest s | s | processor ms a call |"
    )
    print("| --- " * 10 + "|")
    with tempfile.TemporaryDirectory() as folder:
        library = Library.open(Path(folder, "library"))
        runs = sorted((sample_folder() / "runs").glob("*.fit"))
        others = sorted(path for path in sample_folder().iterdir() if path.is_file())
        library.add([*runs[:-ADDED], *others])
        for n_threads in (1, THREADS):
            wall_s, processor_s = time.perf_counter(), time.process_time()
            calls = (
                read(library, with_samples(library), 1, n_calls)
                if n_threads == 1
                else trial(library, runs[-ADDED:], n_threads, n_calls)
            )
            wall_s, processor_s = time.perf_counter() - wall_s, time.process_time() - processor_s
            print(f"| {n_threads} {row(calls, wall_s, processor_s)}")
            for error in dict.fromkeys((*calls.errors, *calls.wrong)):
                print(error, file=sys.stderr)
        library.close()
    print(f"load {os.getloadavg()[0]:.1f}", file=sys.stderr)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
