"""Everything that is told with a certainty, and how often it was right when it was tried.

    python -m benchmarks.told
    python -m benchmarks.told --measure
    python -m benchmarks.told --measure enough slopes --runners 1000 --seed 500000

`told.csv` holds one line for each try of each row: what it was tried on, the nominal rate, what was
found, of how many, and the command that finds it again; and where a nominal 95 % is not between 93
and 97, beyond chance, the words that say so where it is told. Without `--measure` the table of
docs/calibration.md is made from it. With it, the tries of `told_measures` and `told_kinds` (all, or
those named) are made again first, each with the runners of `TRIES`, and its lines are entered as
soon as it is done; lines with other commands come from those. All of it takes half an hour of two
processors. What each runner gave is kept in reports/told: a command that was stopped goes on
from there, and two commands with other tries may run side by side. What was kept of other code
counts for nothing. Lines of real runs stay as they are on a machine that has none.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import filelock
import numpy as np
import pandas as pd

from benchmarks import told_kinds, told_measures
from benchmarks.told_measures import SEED, Lines

HERE = Path(__file__).parent
TABLE = HERE / "told.csv"
DOCS = HERE.parent / "docs" / "calibration.md"
#: Where results of runners are kept.
KEPT = HERE.parent / "reports" / "told"
COLUMNS = ("row", "tried_on", "nominal", "found", "n", "said", "command")
#: Around what is made from the table in docs.
BEGIN, END = "<!-- from benchmarks/told.csv -->", "<!-- end -->"
#: Seconds between two lines that tell how far a command has come.
TOLD_EVERY_S = 15.0


class Try(NamedTuple):
    """How many runners a line of the table takes, and about how long one of them, ms."""

    runners: int
    each_ms: int


#: Of all tries, in the order in which they are made.
TRIES: Mapping[str, Try] = {
    "all_effects": Try(9_000, 13),
    "at_once": Try(300, 190),
    "enough": Try(300, 47),
    "posterior": Try(800, 50),
    "constants": Try(400, 55),
    "beside": Try(400, 50),
    "found_effect": Try(400, 72),
    "all_trends": Try(1_200, 110),
    "lasting": Try(300, 200),
    "trends": Try(300, 150),
    "winter": Try(300, 110),
    "hilly": Try(600, 500),
    "all_dates": Try(1_500, 60),
    "found_before_after": Try(240, 270),
    "all_steps": Try(1_000, 200),
    "real_steps": Try(43, 600),
    "equipment": Try(1_550, 510),
    "checked": Try(300, 170),
    "any_check": Try(210, 590),
    "robust": Try(3_000, 1),
    "trial": Try(210, 830),
    "all_races": Try(850, 300),
    "scattered": Try(300, 300),
    "races": Try(600, 140),
    "few_races": Try(600, 84),
    "courses": Try(300, 73),
    "critical": Try(1_000, 8),
    "slopes": Try(1_000, 40),
    "halves": Try(300, 57),
    "kept": Try(300, 50),
    "misspelt": Try(16_000, 11),
    "all_experiments": Try(1_000, 120),
}
MEASURES: Mapping[str, Callable[[int], Lines]] = {
    name: (told_measures.MEASURES | told_kinds.KINDS)[name] for name in TRIES
}


def table() -> pd.DataFrame:
    """Return the lines of the table, all as text."""
    return pd.read_csv(TABLE, dtype=str, keep_default_na=False)


def rendered(lines: pd.DataFrame) -> str:
    """Return the table as it stands in docs, a row's name at the first of its lines only."""
    headings = (
        *("told", "tried on", "nominal %", "found %", "n"),
        *("where it is told it says", "`python -m benchmarks.`"),
    )
    shown = lines.assign(row=lines["row"].where(~lines["row"].duplicated(), ""))
    rows = [headings, ("---",) * len(headings), *shown[list(COLUMNS)].itertuples(index=False)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def in_docs(text: str, lines: pd.DataFrame) -> str:
    """Return a document with the table put between its marks."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{rendered(lines)}\n{END}{after}"


def measure_of(lines: pd.DataFrame) -> pd.Series:
    """Return which try each line comes from, missing for other benchmarks."""
    return lines["command"].str.extract(r"^told --measure (\w+)", expand=False)


def command(name: str, runners: int, seed: int) -> str:
    """Return the command that makes a try again.

    Examples
    --------
    >>> command("slopes", 1_000, 5)
    'told --measure slopes --seed 5'
    """
    more = f" --runners {runners}" * (runners != TRIES[name].runners)
    return f"told --measure {name}{more}" + f" --seed {seed}" * (seed != SEED)


class Results:
    """What each runner of a try gave, in a file that grows from runner to runner.

    Parameters
    ----------
    path : Path
        The file: the code's digest, then one line of JSON for each runner.
    code : str
        Digest of the code. Results of other code are forgotten.
    """

    def __init__(self, path: Path, code: str) -> None:
        self.path, self.of_runners = path, dict[int, Lines]()
        written = (
            path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
        )
        # A line without an end was being written when the command was stopped.
        written = [line for line in written if line.endswith("\n")]
        if written[:1] != [f"{code}\n"]:
            written = [f"{code}\n"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(written), encoding="utf-8")
        for line in written[1:]:
            seed, lines = json.loads(line)
            self.of_runners[seed] = {name: np.nan if r is None else r for name, r in lines.items()}

    def add(self, seed: int, lines: Lines) -> None:
        """Keep what a runner gave."""
        self.of_runners[seed] = lines
        known = {name: None if np.isnan(right) else right for name, right in lines.items()}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps([seed, known], ensure_ascii=False)}\n")

    def rates(self, seeds: Sequence[int]) -> Iterator[tuple[str, float, int]]:
        """Yield each line's share of right among these runners, %, and of how many."""
        rights: dict[str, list[float]] = defaultdict(list)
        for seed in seeds:
            for tried_on, right in self.of_runners[seed].items():
                rights[tried_on].append(right)
        for tried_on, values in rights.items():
            known = np.array(values)[~np.isnan(values)]
            yield tried_on, 100 * float(known.mean()) if len(known) else np.nan, len(known)


def code_digest() -> str:
    """Return a digest of all code whose answers are tried, and of that which tries them."""
    package = HERE.parent / "src" / "runanalytics"
    digest = hashlib.sha256()
    for path in sorted([*package.rglob("*.py"), *HERE.glob("*.py")]):
        if path != Path(__file__):
            digest.update(path.read_bytes())
    return digest.hexdigest()


class Progress:
    """How far a command has come, told from time to time on the error stream."""

    def __init__(self, seeds: Mapping[str, int]) -> None:
        self.left = dict(seeds)
        self.of_each = dict(seeds)
        self.done_ms = 0
        self.begun = self.told = time.monotonic()

    def count(self, name: str) -> None:
        """Count a runner."""
        self.left[name] -= 1
        self.done_ms += TRIES[name].each_ms
        now = time.monotonic()
        if now - self.told < TOLD_EVERY_S:
            return
        self.told = now
        left_ms = sum(TRIES[each].each_ms * number for each, number in self.left.items())
        minutes = left_ms * (now - self.begun) / self.done_ms / 60
        of_this = self.of_each[name] - self.left[name]
        print(
            f"{name}: {of_this:,} of {self.of_each[name]:,}; about {minutes:.0f} min left in all",
            file=sys.stderr,
            flush=True,
        )


def measured(
    names: Sequence[str], runners: int | None, seed: int, processes: int, kept: Path = KEPT
) -> None:
    """Make tries again, and enter the lines of each once it is done."""
    code = code_digest()
    seeds = {name: range(seed, seed + (runners or TRIES[name].runners)) for name in names}
    results = {name: Results(kept / f"{name}.jsonl", code) for name in names}
    missing = {
        name: [each for each in seeds[name] if each not in results[name].of_runners]
        for name in names
    }
    if known := sum(map(len, seeds.values())) - sum(map(len, missing.values())):
        print(f"{known:,} runners are kept from before", file=sys.stderr, flush=True)
    progress = Progress({name: len(each) for name, each in missing.items()})
    with _workers(processes) as workers:
        for name in names:
            begun = time.monotonic()
            for each, lines in workers(partial(_tried, name), missing[name]):
                results[name].add(each, lines)
                progress.count(name)
            rates = list(results[name].rates(seeds[name]))
            enter(name, rates, command(name, len(seeds[name]), seed), kept)
            for tried_on, found, n in rates:
                print(f"{name}: {tried_on}: {found:.1f} of {n:,}", flush=True)
            print(f"{name}: {time.monotonic() - begun:.0f} s", flush=True)


def _tried(name: str, seed: int) -> tuple[int, Lines]:
    return seed, MEASURES[name](seed)


Worked = Callable[[Callable[[int], tuple[int, Lines]], Sequence[int]], Iterator[tuple[int, Lines]]]


@contextmanager
def _workers(processes: int) -> Iterator[Worked]:
    """Yield a map over so many processes, in whichever order they are done."""
    if processes == 1:
        yield map
        return
    # Ctrl-C ends this process, which ends the others.
    with multiprocessing.Pool(processes, signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
        yield partial(pool.imap_unordered, chunksize=4)


def enter(name: str, rates: Sequence[tuple[str, float, int]], made_by: str, kept: Path) -> None:
    """Enter what a try found into the table and the page.

    Lines of which nothing is known on this machine stay as they are.
    """
    # Another command may be entering what it found.
    with filelock.FileLock(kept / "table.lock"):
        lines = table()
        tries = measure_of(lines)
        for tried_on, found, n in rates:
            here = (tries == name) & (lines["tried_on"] == tried_on)
            if here.sum() != 1:
                sys.exit(f"told.csv needs one line of 'told --measure {name}' on '{tried_on}'")
            if n:
                lines.loc[here, ["found", "n", "command"]] = [f"{found:.1f}", f"{n:,}", made_by]
        lines.to_csv(TABLE, index=False, lineterminator="\n")
        write_docs(lines)


def write_docs(lines: pd.DataFrame) -> None:
    """Write the table into the page."""
    DOCS.write_text(in_docs(DOCS.read_text(encoding="utf-8"), lines), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--measure", nargs="*", choices=MEASURES, metavar="TRY")
    parser.add_argument("--runners", type=int, help="of each try, in place of its own number")
    parser.add_argument("--seed", type=int, default=SEED, help="seed of the first runner")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    if options.measure is None:
        write_docs(table())
        return
    names = options.measure or list(MEASURES)
    try:
        measured(names, options.runners, options.seed, options.processes)
    except KeyboardInterrupt:
        sys.exit("stopped; the same command goes on from here")


if __name__ == "__main__":
    main()
