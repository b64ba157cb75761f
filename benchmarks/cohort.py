"""Many simulated runners pooled: whether intervals hold what they say, and how long it takes.

    python -m benchmarks.cohort --draw FOLDER [--runners 3000] [--cells "τ 4, common" ...]
    python -m benchmarks.cohort --groups FOLDER
    python -m benchmarks.cohort --libraries 60

A cell is a kind of group. `--draw` draws its runners once, by the code that makes a row of a
library, and keeps the rows in FOLDER; `--groups` pools groups of them, disjoint ones first and
then drawn anew from the same rows. Large groups share most runners with each other: of them, how
far the mean over all rows lies from the truth says more than the share of intervals that cover it.
`--libraries` makes libraries of 150 simulated runs, every tenth broken, and times all of it.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from runanalytics import Libraries, Library
from runanalytics.cohort.group import pool_rows
from runanalytics.cohort.runner import RunnerRow, with_each_constant
from runanalytics.simulate import simulate_form

#: Seed of the first runner of the first cell.
SEED = 800_000


class Cell(NamedTuple):
    """A kind of group.

    Mean effect and its standard deviation (%), time constant (weeks) and the standard deviation
    of its log, and how long logs are (weeks, fewest and most).
    """

    effect_pct: float
    sd_pct: float
    tau_weeks: float
    tau_sd: float
    weeks: tuple[int, int]


CELLS = {
    "τ 1.5, common": Cell(-2.0, 0.0, 1.5, 0.0, (104, 104)),
    "τ 4, common": Cell(-2.0, 0.0, 4.0, 0.0, (104, 104)),
    "τ 10, common": Cell(-2.0, 0.0, 10.0, 0.0, (104, 104)),
    "τ 1.5, spread": Cell(-2.0, 1.0, 1.5, 0.4, (104, 104)),
    "τ 4, spread": Cell(-2.0, 1.0, 4.0, 0.4, (104, 104)),
    "τ 10, spread": Cell(-2.0, 1.0, 10.0, 0.4, (104, 104)),
    "nothing, mixed logs": Cell(0.0, 0.0, 4.0, 0.0, (26, 200)),
    "nothing, SD 1 %, mixed logs": Cell(0.0, 1.0, 4.0, 0.0, (26, 200)),
    "nothing, SD 2 %, mixed logs": Cell(0.0, 2.0, 4.0, 0.0, (26, 200)),
}
#: Runners of a group, and how many groups.
GROUPS = {10: 300, 30: 100, 100: 30, 1000: 3}
#: New runners of each group.
NEW = 50
#: What is told of groups -> heading: percentages but for the last three.
COLUMNS = {
    "covered": "mean covered, %",
    "new": "new runner covered, %",
    "found": "found, %",
    "classical": "mean covered by random effects, %",
    "new classical": "new runner by random effects, %",
    "runners": "runners covered, %",
    "unlike": "unlike the others, %",
    "kinds": "kinds told apart, %",
    "tau covered": "time constant covered, %",
    "mean": "mean, %",
    "half": "half interval, %",
    "tau": "time constant, weeks",
}
_POINTS = ("ground_contact_ms", "Ground contact time", "ms", "strength", "sessions")


class Truth(NamedTuple):
    """A simulated runner: weeks of log, effect (%), time constant (weeks)."""

    weeks: int
    effect_pct: float
    tau_weeks: float


def truth_of(cell: Cell, seed: int) -> Truth:
    """Return a runner of a cell."""
    rng = np.random.default_rng(seed)
    weeks = int(rng.integers(*cell.weeks, endpoint=True))
    effect = cell.effect_pct + cell.sd_pct * float(rng.standard_normal())
    return Truth(weeks, effect, cell.tau_weeks * float(np.exp(cell.tau_sd * rng.standard_normal())))


def drawn(cell: Cell, seed: int) -> RunnerRow:
    """Return the row of a simulated runner; not pooled where the log is too short."""
    truth = truth_of(cell, seed)
    runner = simulate_form(
        seed, weeks=truth.weeks, effect_pct=truth.effect_pct, tau_weeks=truth.tau_weeks
    )
    fields = with_each_constant(runner.form, runner.dose, runs=runner.runs)
    return RunnerRow(str(seed), *_POINTS, contrast=2.0, n_weeks=truth.weeks, **fields)


def draw(folder: Path, names: Sequence[str], runners: int, begin: int) -> None:
    """Draw the runners of some cells, from a number on, and add their rows to those kept."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        first = SEED + 10_000 * list(CELLS).index(name) + begin
        begun = time.process_time()
        rows = (drawn(CELLS[name], first + number) for number in range(runners))
        lines = [f"{json.dumps(row.to_dict())}\n" for row in rows if row.pooled]
        mode = "a" if begin else "w"
        with (folder / f"{list(CELLS).index(name)}.jsonl").open(mode, encoding="utf-8") as file:
            file.writelines(lines)
        each = 1000 * (time.process_time() - begun) / runners
        print(f"{name}: {runners} runners, {each:.0f} ms each", flush=True)


def pooled_group(
    rows: Sequence[RunnerRow], cell: Cell, rng: np.random.Generator
) -> dict[str, float]:
    """Return what a group says, and of what how much is right."""
    kinds = pd.DataFrame(
        {"runner": [row.runner for row in rows], "kind": rng.choice(["a", "b"], len(rows))}
    )
    found = pool_rows(rows, about=kinds)
    new = cell.effect_pct + cell.sd_pct * rng.standard_normal(NEW)
    truths = [truth_of(cell, int(row.runner)) for row in rows]
    beside = [found.drawn[row.runner] for row in rows]
    one, by_kind = (
        found.by_random_effects,
        [each for each in found.moderators if each.name == "kind"],
    )
    return {
        "covered": found.percent_low < cell.effect_pct < found.percent_high,
        "new": float(((found.new_low < new) & (new < found.new_high)).mean()),
        "found": not found.percent_low < 0 < found.percent_high,
        "classical": one.percent_low < cell.effect_pct < one.percent_high,
        "new classical": float(((one.new_low < new) & (new < one.new_high)).mean()),
        "runners": float(
            np.mean(
                [
                    each.percent_low < truth.effect_pct < each.percent_high
                    for each, truth in zip(beside, truths, strict=True)
                ]
            )
        ),
        "unlike": float(np.mean([each.p_differs < 0.05 for each in beside])),
        "kinds": float(np.mean([each.p_value < 0.05 for each in by_kind])) if by_kind else np.nan,
        "tau covered": found.tau_low < cell.tau_weeks < found.tau_high,
        "mean": found.percent,
        "half": (found.percent_high - found.percent_low) / 2,
        "tau": found.tau_weeks,
    }


def groups(folder: Path, names: Sequence[str]) -> None:
    """Print how often groups are right, as a table."""
    print(f"| kind | runners | groups | {' | '.join(COLUMNS.values())} |")
    print("| --- " * (len(COLUMNS) + 3) + "|")
    for name in names:
        cell, file = CELLS[name], folder / f"{list(CELLS).index(name)}.jsonl"
        lines = file.read_text(encoding="utf-8").splitlines()
        rows = [RunnerRow.from_dict(json.loads(line)) for line in lines]
        for size, number in GROUPS.items():
            rng = np.random.default_rng(size)
            order = rng.permutation(len(rows))
            each = []
            for at in range(number):
                inside = order[at * size : (at + 1) * size]
                if len(inside) < size:
                    inside = rng.choice(len(rows), min(size, len(rows)), replace=False)
                each.append(pooled_group([rows[place] for place in inside], cell, rng))
            mean = pd.DataFrame(each).astype(float).mean()
            cells = [
                f"{mean[column]:.2f}" if column in ("mean", "half", "tau") else
                f"{100 * mean[column]:.1f}"
                for column in COLUMNS
            ]  # fmt: skip
            print(f"| {name} | {size:,} | {number} | {' | '.join(cells)} |", flush=True)


def make_libraries(folder: Path, number: int, n_runs: int = 150) -> None:
    """Make libraries of simulated runs, every tenth broken."""
    for at in range(number):
        runner = simulate_form(SEED + at, weeks=38, effect_pct=-2.0, runs_per_week=(4, 4))
        form, runs = runner.form.head(n_runs), runner.runs.head(n_runs)
        files = folder / "files" / f"simulated {at:04d}"
        files.mkdir(parents=True)
        pd.DataFrame(
            {
                "date": form["local_date"].dt.strftime("%Y-%m-%d"),
                "time": "07:00",
                "distance_m": runs["distance_m"].round(1),
                "duration_s": (runs["distance_m"] / runs["speed_m_s"]).round(1),
                "ground_contact_ms": runs["raw_value"].round(2),
                "device": form["device"],
            }
        ).to_csv(files / "runs.csv", index=False)
        done = runner.dose[runner.dose["amount"] > 0]
        days = done["local_date"].dt.strftime("%Y-%m-%d")
        pd.DataFrame({"date": days, "kind": "strength", "duration_min": 40}).to_csv(
            files / "sessions.csv", index=False
        )
        with_library = folder / "libraries" / files.name
        library = Library.open(with_library)
        library.add(files, timezone="UTC")
        library.close()
        if at % 10 == 9:
            (with_library / "catalogue.sqlite").write_bytes(b"broken" * 1000)


def libraries(number: int) -> None:
    """Time the pooling of libraries with one worker and with two."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        begun = time.perf_counter()
        make_libraries(folder, number)
        print(f"{number} libraries made in {time.perf_counter() - begun:.0f} s", flush=True)
        every = Libraries.open([folder / "libraries"])
        reference = None
        for workers in (0, 1, 2):
            begun = time.perf_counter()
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            rows = every.rows("contact-time", "strength", workers=workers)
            took = time.perf_counter() - begun
            now = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
            same = reference is None or [r.to_dict() for r in rows[0]] == reference
            reference = reference or [r.to_dict() for r in rows[0]]
            print(
                f"{workers} workers: {took:.1f} s, {1000 * took / number:.0f} ms a library, "
                f"CPU of children {cpu:.1f} s, largest child {now.ru_maxrss / 1024:.0f} MiB, "
                f"rows {'the same' if same else 'NOT the same'}, "
                f"{sum(bool(r.reason and not r.metric) for r in rows[0])} not read",
                flush=True,
            )
        begun = time.perf_counter()
        (found,) = every.cohort("contact-time", "strength", workers=2)
        print(f"all of it with two workers: {time.perf_counter() - begun:.1f} s\n{found}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draw", type=Path, metavar="FOLDER")
    parser.add_argument("--groups", type=Path, metavar="FOLDER")
    parser.add_argument("--libraries", type=int, metavar="N")
    parser.add_argument("--cells", nargs="*", choices=CELLS, default=list(CELLS))
    parser.add_argument("--runners", type=int, default=3000)
    parser.add_argument("--begin", type=int, default=0, help="number of the first runner")
    options = parser.parse_args()
    if options.draw:
        draw(options.draw, options.cells, options.runners, options.begin)
    if options.groups:
        groups(options.groups, options.cells)
    if options.libraries:
        libraries(options.libraries)


if __name__ == "__main__":
    main()
