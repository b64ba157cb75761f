"""Everything that is told with a certainty, and how often it was right when it was tried.

    python -m benchmarks.told
    python -m benchmarks.told --measure --runners 200
    python -m benchmarks.told --measure enough slopes --runners 1000 --seed 500000

`told.csv` holds one line for each try of each row: what it was tried on, the nominal rate, what was
found, of how many, and the command that finds it again. Without `--measure` the table of
docs/calibration.md is made from it. With it, the tries of `told_measures` (all, or those named) are
made again first and their lines written to `told.csv`; lines with other commands come from those.
Lines of real runs stay as they are on a machine that has none.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.told_measures import MEASURES, SEED, Lines

TABLE = Path(__file__).with_name("told.csv")
DOCS = Path(__file__).parents[1] / "docs" / "calibration.md"
COLUMNS = ("row", "tried_on", "nominal", "found", "n", "command")
#: Around what is made from the table in docs.
BEGIN, END = "<!-- from benchmarks/told.csv -->", "<!-- end -->"


def table() -> pd.DataFrame:
    """Return the lines of the table, all as text."""
    return pd.read_csv(TABLE, dtype=str, keep_default_na=False)


def rendered(lines: pd.DataFrame) -> str:
    """Return the table as it stands in docs, a row's name at the first of its lines only."""
    headings = ("told", "tried on", "nominal %", "found %", "n", "`python -m benchmarks.`")
    shown = lines.assign(row=lines["row"].where(~lines["row"].duplicated(), ""))
    rows = [headings, ("---",) * len(headings), *shown[list(COLUMNS)].itertuples(index=False)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def in_docs(text: str, lines: pd.DataFrame) -> str:
    """Return a document with the table put between its marks."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{rendered(lines)}\n{END}{after}"


def measured(
    lines: pd.DataFrame, names: Sequence[str], runners: int, seed: int = SEED
) -> pd.DataFrame:
    """Return the table with the lines of these tries made again."""
    lines = lines.copy()
    tries = measure_of(lines)
    for name in names:
        begun = time.perf_counter()
        with ProcessPoolExecutor(1) as pool:
            results = list(pool.map(MEASURES[name], range(seed, seed + runners), chunksize=10))
        for tried_on, found, n in _rates(results):
            here = (tries == name) & (lines["tried_on"] == tried_on)
            if here.sum() != 1:
                sys.exit(f"told.csv needs one line of 'told --measure {name}' on '{tried_on}'")
            if n:
                lines.loc[here, ["found", "n", "command"]] = [
                    f"{found:.1f}",
                    f"{n:,}",
                    f"told --measure {name}" + f" --seed {seed}" * (seed != SEED),
                ]
            print(f"{name}: {tried_on}: {found:.1f} of {n}", flush=True)
        print(f"{name}: {time.perf_counter() - begun:.0f} s", flush=True)
    return lines


def measure_of(lines: pd.DataFrame) -> pd.Series:
    """Return which try of `told_measures` each line comes from, missing for other benchmarks."""
    return lines["command"].str.extract(r"^told --measure (\w+)", expand=False)


def _rates(results: Sequence[Lines]) -> Iterator[tuple[str, float, int]]:
    rights: dict[str, list[float]] = defaultdict(list)
    for result in results:
        for tried_on, right in result.items():
            rights[tried_on].append(right)
    for tried_on, values in rights.items():
        known = np.array(values)[~np.isnan(values)]
        yield tried_on, 100 * float(known.mean()) if len(known) else np.nan, len(known)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--measure", nargs="*", choices=MEASURES, metavar="TRY")
    parser.add_argument("--runners", type=int, default=200)
    parser.add_argument("--seed", type=int, default=SEED, help="seed of the first runner")
    options = parser.parse_args()
    lines = table()
    if options.measure is not None:
        lines = measured(lines, options.measure or list(MEASURES), options.runners, options.seed)
        lines.to_csv(TABLE, index=False, lineterminator="\n")
    DOCS.write_text(in_docs(DOCS.read_text(encoding="utf-8"), lines), encoding="utf-8")


if __name__ == "__main__":
    main()
