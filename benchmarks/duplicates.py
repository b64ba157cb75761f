"""Precision and recall of linking: rows of several sources whose true duplicates are known.

Half a year of a runner is simulated, with the rows of a watch (FIT), a list in local time, an
upload in UTC, a TCX and a Stryd file for each run, and of a watch, an app and a notebook for each
gym session: their starts, distances, pauses and clocks differ. There are hard cases: a warm-up and
its run back to back, two laps of one loop, the same route at the same hour, treadmill runs with a
corrected distance, a source that splits a run, two sessions a day, a run right after a lift, a
journey.

Negative control: "two rows that begin within ten minutes are the same". It must fail.

    python -m benchmarks.duplicates [SEEDS]
"""

from __future__ import annotations

import itertools
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from runanalytics import Library, schema
from runanalytics.importers.contract import Clock, Imported, ImportedColumns, stable_id
from runanalytics.library.linking.reconcile import reconcile, store_clocks
from runanalytics.library.storage.catalogue import Catalogue

SEEDS = 5
WEEKS = 26
#: Offset from UTC at home in winter and in summer, on journeys, and of the machine that
#: imports (s).
WINTER_S, SUMMER_S, ABROAD_S, MACHINE_S = 3_600, 7_200, -18_000, 0
SUMMER = pd.Timestamp("2026-03-29")
JOURNEYS = (
    (pd.Timestamp("2026-02-18"), pd.Timestamp("2026-02-19")),
    (pd.Timestamp("2026-05-04"), pd.Timestamp("2026-05-12")),
)
CONTROL = pd.Timedelta(minutes=10)

#: Source -> which time it states, and whether it has samples.
SOURCES: dict[str, tuple[Clock, bool]] = {
    "fit": ("both", True),
    "garmin-csv": ("local", False),
    "strava": ("utc", False),
    "tcx": ("utc", True),
    "stryd": ("utc", True),
    "hevy": ("local", False),
    "strong": ("local", False),
    "fitbod": ("utc", False),
    "fitnotes": ("both", False),
    "tidy-sets": ("both", False),
}


@dataclass(frozen=True)
class Scene:
    """Which sources a runner has: of runs, and of the gym (watch and log)."""

    name: str
    runs: tuple[str, ...]
    gym: tuple[str, ...]


SCENES = (
    Scene("watch, list and upload", ("fit", "garmin-csv", "strava"), ("fit", "hevy")),
    Scene("list and pod", ("garmin-csv", "stryd"), ("garmin-csv", "strong")),
    Scene("TCX, upload and list", ("tcx", "strava", "garmin-csv"), ("garmin-csv", "hevy")),
    Scene("watch and notebook", ("fit", "stryd"), ("fit", "fitnotes", "tidy-sets")),
    Scene("upload and list", ("strava", "garmin-csv"), ("garmin-csv", "fitbod")),
)


@dataclass
class Drawn:
    """Rows of each source, by table, and which true activity each row is of."""

    rows: dict[str, dict[str, list[dict[str, object]]]] = field(
        default_factory=lambda: {"runs": defaultdict(list), "sessions": defaultdict(list)}
    )
    truth: dict[str, int] = field(default_factory=dict)
    n_activities: int = 0

    def add(self, what: str, source: str, activity: int, **row: object) -> None:
        """Add a row of a source."""
        key = {"runs": "run_id", "sessions": "session_id"}[what]
        identifier = stable_id(source, what, len(self.truth))
        self.truth[identifier] = activity
        self.rows[what][source].append({key: identifier, **row})

    def new(self) -> int:
        """Return the number of another activity."""
        self.n_activities += 1
        return self.n_activities


def offset_s(day: pd.Timestamp) -> float:
    """Return the offset from UTC by which the runner lives on a day."""
    if any(first <= day < last for first, last in JOURNEYS):
        return ABROAD_S
    return SUMMER_S if day >= SUMMER else WINTER_S


def time_columns(source: str, local: pd.Timestamp, *, day_only: bool = False) -> dict[str, object]:
    """Return the time columns of a row as its importer gives them, on a machine that keeps UTC."""
    day, true_s = local.normalize(), offset_s(local.normalize())
    clock = SOURCES[source][0]
    if day_only:
        return {"local_date": day}
    if clock == "both":
        start, offset = local - pd.Timedelta(seconds=true_s), true_s
    elif clock == "local":
        start, offset = local - pd.Timedelta(seconds=MACHINE_S), MACHINE_S
    else:
        start, offset = local - pd.Timedelta(seconds=true_s), MACHINE_S
        day = (start + pd.Timedelta(seconds=MACHINE_S)).normalize()
    return {"start_utc": start.tz_localize("UTC"), "utc_offset_s": offset, "local_date": day}


def add_run(
    rng: np.random.Generator,
    drawn: Drawn,
    scene: Scene,
    local: pd.Timestamp,
    moving_s: float,
    speed_m_s: float,
    *,
    kind: str = "unknown",
    paused_s: float = 0.0,
    lost_by: str = "",
) -> None:
    """Add the row of each source of a scene for one run."""
    activity = drawn.new()
    distance_m = moving_s * speed_m_s
    for source in scene.runs:
        if source == lost_by:
            continue
        clock, has_samples = SOURCES[source]
        late = 0.0 if source in ("fit", "garmin-csv") else float(rng.integers(0, 8))
        if source == "strava" and rng.random() < 0.02:
            late = float(rng.integers(60, 240))  # a phone that was started later
        # An upload and a pod measure anew; a list shows what the watch measured, unless the
        # runner corrected a treadmill's distance.
        share = {"strava": 0.006, "stryd": 0.015}.get(source, 0.0)
        measured = distance_m * (1 + share * float(rng.standard_t(3)))
        if source == "garmin-csv" and kind == "treadmill":
            measured *= float(rng.uniform(0.86, 1.14))
        elapsed: float | None = moving_s + paused_s
        moving: float | None = moving_s
        if source == "strava":
            moving = moving_s * float(rng.uniform(0.985, 1.0))
        if source == "stryd":
            elapsed = moving = moving_s + (paused_s if rng.random() < 0.5 else 0.0)
        if source == "garmin-csv" and rng.random() < 0.3:
            elapsed = None
        drawn.add(
            "runs", source, activity,
            **time_columns(source, local + pd.Timedelta(seconds=late)),
            distance_m=round(measured, -1 if clock == "local" else 0),
            moving_s=moving, elapsed_s=elapsed,
            kind=kind if source in ("fit", "garmin-csv") else "unknown",
            detail="samples" if has_samples else "summary", cadence_spm=170.0,
            ground_contact_ms=None if source in ("strava", "tcx", "garmin-csv") else 250.0,
        )  # fmt: skip


def add_split_run(
    rng: np.random.Generator, drawn: Drawn, scene: Scene, local: pd.Timestamp
) -> None:
    """Add a run that the first source records whole, and the others in two parts."""
    whole, share = 3_600.0, float(rng.uniform(0.45, 0.55))
    alone, others = scene.runs[:1], scene.runs[1:]
    add_run(rng, drawn, Scene("", alone, ()), local, whole, 2.9)
    parts = Scene("", others, ())
    add_run(rng, drawn, parts, local, whole * share, 2.9)
    second = local + pd.Timedelta(seconds=whole * share + 20)
    add_run(rng, drawn, parts, second, whole * (1 - share) - 20, 2.9)


def add_session(
    rng: np.random.Generator,
    drawn: Drawn,
    scene: Scene,
    local: pd.Timestamp,
    *,
    kind: str = "strength",
    by: Iterable[str] = (),
) -> None:
    """Add the row of each source of a scene for one gym session."""
    activity = drawn.new()
    duration = float(rng.integers(2_400, 4_500))
    for source in by or scene.gym:
        late = float(rng.integers(-120, 420)) if source != scene.gym[0] else 0.0
        day_only = source in ("fitnotes", "tidy-sets")
        lasted: float | None = duration - late
        if day_only or (source == "strong" and rng.random() < 0.3):
            lasted = None  # a timer that was left on
        drawn.add(
            "sessions", source, activity,
            **time_columns(source, local + pd.Timedelta(seconds=late), day_only=day_only),
            kind=kind, duration_s=lasted,
        )  # fmt: skip


def draw(seed: int, scene: Scene, weeks: int = WEEKS) -> Drawn:
    """Draw the rows of the sources of a scene for a runner's weeks."""
    rng = np.random.default_rng([seed, SCENES.index(scene)])
    drawn = Drawn()
    first = pd.Timestamp("2026-01-05")

    def at(day: pd.Timestamp, hour: float, spread_min: float = 25.0) -> pd.Timestamp:
        minutes = 60 * hour + spread_min * float(rng.standard_normal())
        return day + pd.Timedelta(seconds=round(60 * minutes) + int(rng.integers(60)))

    log = scene.gym[-1]
    for week in range(weeks):
        monday, tuesday, wednesday, thursday, _, saturday, sunday = (
            first + pd.Timedelta(days=7 * week + day) for day in range(7)
        )
        # The same route at the same hour every week.
        add_run(rng, drawn, scene, at(monday, 7, 0.5), 1_800 * rng.uniform(0.99, 1.01), 2.95)
        # A warm-up, the session and a cool-down, each recorded on its own.
        start = at(tuesday, 18)
        for minutes, speed in ((12, 2.6), (38, 3.4), (10, 2.5)):
            add_run(rng, drawn, scene, start, 60.0 * minutes, speed)
            start += pd.Timedelta(seconds=60 * minutes + int(rng.integers(5, 90)))
        # Two laps of the same loop, morning and evening; one source may have lost one.
        lost = str(rng.choice(["", *scene.runs[1:]]))
        loop_s = float(rng.uniform(1_500, 2_100))
        add_run(rng, drawn, scene, at(wednesday, 7), loop_s, 2.9)
        add_run(rng, drawn, scene, at(wednesday, 18), loop_s * 1.01, 2.88, lost_by=lost)
        add_run(rng, drawn, scene, at(thursday, 6), 2_700 * rng.uniform(0.8, 1.2), 2.8,
                kind="treadmill")  # fmt: skip
        # A long run late in the evening, with stops that some count.
        add_run(rng, drawn, scene, at(saturday, 22.5), rng.uniform(4_000, 8_000), 2.8,
                paused_s=float(rng.choice([0, 240, 900])))  # fmt: skip
        if week % 4 == 1:
            add_split_run(rng, drawn, scene, at(sunday, 10))
        # A lift, and a run right after it.
        start = at(monday, 17.5)
        add_session(rng, drawn, scene, start)
        add_run(rng, drawn, scene, start + pd.Timedelta(minutes=6 if week % 2 else 75), 900, 2.6)
        if log in ("fitnotes", "tidy-sets"):
            add_session(rng, drawn, scene, at(thursday, 18), by=scene.gym[: 1 + week % 2])
            if week % 3 == 0:  # drills in the notebook on a day with a watch's gym hour
                day = at(saturday, 17)
                add_session(rng, drawn, scene, day, by=scene.gym[:1])
                add_session(rng, drawn, scene, day, by=(log,), kind="technique")
        else:
            add_session(rng, drawn, scene, at(thursday, 8, 10))
            add_session(rng, drawn, scene, at(thursday, 19, 10), by=(log,) if week % 3 == 0 else ())
    return drawn


def enter(library: Library, drawn: Drawn) -> None:
    """Put the rows of all sources into a library, and link them."""
    with library.opened.writing() as catalogue:
        with catalogue.transaction():
            for source in SOURCES:
                tables = {
                    what: schema.check(pd.DataFrame(drawn.rows[what][source]), what)
                    for what in drawn.rows
                    if drawn.rows[what][source]
                }
                if tables:
                    _enter_source(catalogue, source, Imported(**tables, clock=SOURCES[source][0]))
        reconcile(catalogue)


def _enter_source(catalogue: Catalogue, source: str, imported: Imported) -> None:
    added = {"added_utc": pd.Timestamp("2026-12-01", tz="UTC"), "outcome": "added"}
    row = {"digest": source, "name": source, "importer": source, "importer_version": 1, **added}
    catalogue.upsert("sources", schema.check(pd.DataFrame([row]), "sources"))
    for what, key in (("runs", "run_id"), ("sessions", "session_id")):
        frame = getattr(imported, what)
        catalogue.upsert(what, frame)
        provenance = [(source, what, identifier) for identifier in frame[key]]
        catalogue.write("INSERT INTO provenance VALUES (?, ?, ?)", provenance)
    store_clocks(catalogue, ImportedColumns.of(imported))


def pairs_of(groups: Iterable[Iterable[str]]) -> set[tuple[str, str]]:
    """Return all pairs inside groups."""
    return {pair for group in groups for pair in itertools.combinations(sorted(group), 2)}


def true_pairs(drawn: Drawn) -> set[tuple[str, str]]:
    """Return all pairs of rows that are the same activity."""
    groups = defaultdict(list)
    for identifier, activity in drawn.truth.items():
        groups[activity].append(identifier)
    return pairs_of(groups.values())


def found_pairs(library: Library) -> set[tuple[str, str]]:
    """Return all pairs of rows that a library has linked."""
    groups = defaultdict(set)
    for merge in library.merges():
        groups[merge.primary.identifier] |= {merge.primary.identifier, merge.duplicate.identifier}
    return pairs_of(groups.values())


def control_pairs(drawn: Drawn) -> set[tuple[str, str]]:
    """Return all pairs of rows of two sources that begin within ten minutes."""
    rows = [
        (pd.Timestamp(str(row["start_utc"])), source, str(row.get("run_id", row.get("session_id"))))
        for tables in drawn.rows.values()
        for source, rows_of_source in tables.items()
        for row in rows_of_source
        if "start_utc" in row
    ]
    rows.sort()
    found = set()
    for number, (start, source, identifier) in enumerate(rows):
        for later, other, another in rows[number + 1 :]:
            if later - start > CONTROL:
                break
            if other != source:
                found.add((min(identifier, another), max(identifier, another)))
    return found


def tables_text(library: Library) -> str:
    """Return all runs and sessions of a library as text."""
    return library.runs().to_csv() + library.sessions().to_csv()


def undone_restores(library: Library) -> bool:
    """Undo and redo every merge by itself, and return whether the tables are then as before."""
    before = tables_text(library)
    n_rows = len(library.runs()) + len(library.sessions())
    for merge in [one for one in library.merges() if not one.undone]:
        library.undo_merge(merge.duplicate.identifier)
        more = len(library.runs()) + len(library.sessions()) - n_rows
        library.redo_merge(merge.duplicate.identifier)
        if more != 1 or tables_text(library) != before:
            return False
    return True


def main(seeds: int = SEEDS) -> None:
    """Print the table."""
    print("| sources | rows | true pairs | found | wrong | missed | precision | recall |", end="")
    print(" control's precision | undone and redone |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    total = np.zeros(4, dtype=np.int64)
    for scene in SCENES:
        counts, control, n_rows = np.zeros(4, dtype=np.int64), np.zeros(2, dtype=np.int64), 0
        for seed in range(seeds):
            drawn = draw(seed, scene)
            with tempfile.TemporaryDirectory() as folder:
                library = Library.open(Path(folder, "library"))
                enter(library, drawn)
                true, found = true_pairs(drawn), found_pairs(library)
                library.close()
            n_rows += len(drawn.truth)
            counts += len(true), len(found), len(found - true), len(true - found)
            guessed = control_pairs(drawn)
            control += len(guessed & true), len(guessed)
        total += counts
        with tempfile.TemporaryDirectory() as folder:
            library = Library.open(Path(folder, "library"))
            enter(library, draw(seeds, scene, weeks=2))
            restored = undone_restores(library)
            library.close()
        _print_row(scene.name, n_rows, counts, f"{control[0] / control[1]:.1%}", restored)
    _print_row("all", "", total, "", "")


def _print_row(name: str, rows: object, counts: np.ndarray, control: str, restored: object) -> None:
    true, found, wrong, missed = counts.tolist()
    precision, recall = 1 - wrong / max(found, 1), 1 - missed / max(true, 1)
    print(
        f"| {name} | {rows} | {true} | {found} | {wrong} | {missed} | {precision:.2%} |"
        f" {recall:.2%} | {control} | {restored} |"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
