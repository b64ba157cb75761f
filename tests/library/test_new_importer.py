"""What a new importer needs: a class that says what it is, and a line in `IMPORTERS`.

No other part of the package names importers, so two that only exist here are carried from their
files to what a library says of them.
"""

from __future__ import annotations

import ast
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import runanalytics
from runanalytics import Library, schema
from runanalytics.errors import UnreadableFileError
from runanalytics.importers import identify, importer_named, registry
from runanalytics.importers.contract import Imported, Importer, ReadOptions
from runanalytics.importers.fit import FIT
from runanalytics.importers.runs.recorded import RecordedRun, run_of, start_columns
from runanalytics.importers.strength.log_importer import LoggedRows, LogImporter
from runanalytics.importers.strength.sessions import LoggedSession, LoggedSet
from runanalytics.library.linking.reconcile import RECORDERS

#: A gym session of two watch files and the log of an app, which goes on for longer.
GYM = {
    "monday.wrist": "WRIST 1\ngym,2026-03-02T18:02:00Z,3600\n",
    "friday.wrist": "WRIST 1\ngym,2026-03-06T18:02:00Z,3600\n",
    "lifts.csv": (
        "date,exercise,load_kg,reps,made by\n"
        "2026-03-02 18:05:00,Squat,80,5,Lifter\n"
        "2026-03-02 18:05:00,Squat,80,5,Lifter\n"
        "2026-03-11 18:05:00,Squat,80,5,Lifter\n"
    ),
}


class Wrist(Importer):
    """Reads what a watch writes: a run as rows of samples, or a line for a gym session."""

    name = "wrist"
    version = 1
    endings = (".wrist",)
    records = True
    rank = 1

    def recognises(self, name: str, head: bytes) -> bool:
        return head.startswith(b"WRIST 1\n")

    def read(self, data: bytes, options: ReadOptions = ReadOptions()) -> Imported:
        kind, start, lasted = data.decode().splitlines()[1].split(",")
        start_us = int(pd.Timestamp(start).timestamp() * 1e6)
        if kind == "gym":
            row = {"session_id": start, "kind": "strength", "duration_s": float(lasted)}
            row |= start_columns(start_us, None, options.timezone, [])
            return Imported(sessions=schema.from_rows([row], "sessions"), clock="utc")
        samples = pd.read_csv(io.BytesIO(data), skiprows=2)
        time_us = start_us + (samples.pop("elapsed_s") * 1e6).to_numpy().astype("int64")
        columns = {str(name): samples[name].to_numpy(dtype="float64") for name in samples}
        run = run_of(RecordedRun(self.name, time_us, columns), options)
        assert run is not None
        runs = schema.from_rows([run.row], "runs")
        return Imported(runs=runs, samples=run.samples, clock="utc")


def _logged(rows: LoggedRows) -> list[LoggedSession]:
    sessions: dict[object, LoggedSession] = {}
    for row, moment in rows.dated():
        session = sessions.setdefault(moment, LoggedSession(moment))
        exercise, reps = rows.text(row, "exercise"), rows.number(row, "reps")
        session.sets.append(LoggedSet(exercise, reps=reps, load=rows.load(row)))
    return list(sessions.values())


LIFTER = LogImporter(
    "lifter",
    1,
    {"date": ("date",), "exercise": ("exercise",), "weight": ("load_kg",), "reps": ("reps",)},
    ("date", "exercise"),
    lambda header: "made_by" in header,
    _logged,
)


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def add(*importers: Importer) -> None:
        monkeypatch.setattr(registry, "IMPORTERS", (*importers, *registry.IMPORTERS))

    return add


@pytest.fixture
def wrist(register: Callable[..., None]) -> Wrist:
    wrist = Wrist()
    register(wrist, LIFTER)
    return wrist


def wrist_run(fit: Path) -> bytes:
    """Return the run of a FIT file as the watch has it that is made up here."""
    read = FIT.read(fit.read_bytes())
    start = read.runs["start_utc"].iloc[0].isoformat()
    samples = read.samples.drop(columns=["run_id", "moving", "lap"])
    return f"WRIST 1\nrun,{start},\n{samples.to_csv(index=False)}".encode()


@pytest.mark.parametrize(("rank", "primary"), [(1, "fit"), (-1, "wrist")])
def test_its_run_is_linked_and_the_better_source_is_primary(
    library: Library, tmp_path: Path, sample_fits: list[Path], wrist: Wrist, rank: int, primary: str
) -> None:
    wrist.rank = rank
    (tmp_path / "run.wrist").write_bytes(wrist_run(sample_fits[-1]))
    library.add([tmp_path / "run.wrist", sample_fits[-1]], timezone="UTC")
    assert sorted(library.sources()["importer"]) == ["fit", "wrist"]
    (merge,) = library.merges()
    assert merge.primary.importers == (primary,)
    (run,) = library.runs()["run_id"]
    assert run == merge.primary.identifier
    assert len(library.samples(run)) > 100
    assert len(library.segments()) > 0
    status = library.status()
    assert status.merged["runs"] == 1
    assert {one.what: one.count for one in status.known}["runs"] == 1


@pytest.mark.parametrize("records", [True, False])
def test_its_sessions_reach_from_first_to_last_if_it_records_them(
    library: Library, tmp_path: Path, wrist: Wrist, records: bool
) -> None:
    wrist.records = records
    for name, text in GYM.items():
        (tmp_path / name).write_text(text)
    report = library.add(tmp_path, timezone="UTC")
    assert {file.name: file.importer for file in report.files} == {
        "friday.wrist": "wrist", "lifts.csv": "lifter", "monday.wrist": "wrist",
    }  # fmt: skip
    spans = library.log_spans()
    assert spans["source"].tolist() == (["lifter", "activities"] if records else ["lifter"])
    assert spans["first_date"].dt.day.tolist() == ([2, 2] if records else [2])
    assert spans["last_date"].dt.day.tolist() == ([11, 6] if records else [11])
    (merge,) = library.merges()
    assert merge.primary.importers == ("lifter",), "it has the sets"
    together = library.sessions().iloc[0]
    assert len(library.sets()) == 3
    # A recorded start and duration count beside the sets of a log; two logs keep their own.
    assert f"{together['start_utc']:%H:%M}" == ("18:02" if records else "18:05")
    assert together["duration_s"] == 3600
    (strength,) = library.status().spans
    assert strength.sources == tuple(spans["source"])


def test_what_was_recorded_is_known_without_loading_importers(
    library: Library, tmp_path: Path, sample_fits: list[Path]
) -> None:
    gym = sorted((sample_fits[0].parents[1] / "gym").glob("*.fit"))[:2]
    library.add(gym, timezone="UTC")
    spans = library.log_spans()
    assert spans["source"].tolist() == ["activities"]
    code = (
        "import sys; from runanalytics import Library;"
        f" Library.open({str(library.folder)!r}).status();"
        " sys.exit('runanalytics.importers.registry' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    with (
        library.opened.writing() as catalogue,
        catalogue.transaction(),
    ):  # as earlier versions left it
        catalogue.write("DELETE FROM meta WHERE key = ?", [(RECORDERS,)])
    pd.testing.assert_frame_equal(library.log_spans(), spans)


def test_a_source_outlives_its_importer(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(registry, "IMPORTERS", (Wrist(), LIFTER, *registry.IMPORTERS))
        for name, text in GYM.items():
            (tmp_path / name).write_text(text)
        library.add(tmp_path, timezone="UTC")
        n_sessions, (merge,) = len(library.sessions()), library.merges()
    assert importer_named("wrist") is None
    library.undo_merge(merge.duplicate.identifier)
    library.redo_merge(merge.duplicate.identifier)
    assert len(library.sessions()) == n_sessions
    assert library.status().merged["sessions"] == 1


def test_a_broken_file_with_its_ending_is_reported(
    library: Library, tmp_path: Path, wrist: Wrist
) -> None:
    for name in ("torn.wrist", "torn.other"):
        (tmp_path / name).write_text("RIST 1")
    report = library.add(tmp_path)
    assert [(file.name, file.outcome) for file in report.files] == [
        ("torn.other", "ignored"),
        ("torn.wrist", "skipped"),
    ]
    assert "the name says WRIST, but the content is text" in report.files[1].reason


@pytest.mark.parametrize("edited", [True, False])
def test_a_row_that_is_gone_is_forgotten_if_people_edit_such_files(
    library: Library, tmp_path: Path, register: Callable[..., None], edited: bool
) -> None:
    class Lifter(LogImporter):
        edited_by_hand = edited

    register(Lifter(**vars(LIFTER)))
    path = tmp_path / "lifts.csv"
    for end in (None, -1):
        path.write_text("\n".join(GYM["lifts.csv"].splitlines()[:end]))
        library.add(path, timezone="UTC")
    assert len(library.sessions()) == (1 if edited else 2)


def test_two_that_claim_one_file_are_named_and_a_fallback_is_asked_last(
    register: Callable[..., None],
) -> None:
    class Claiming(Wrist):
        def __init__(self, name: str, *, fallback: bool = False, binary: bool = False) -> None:
            self.name, self.fallback, self.binary = name, fallback, binary

        def recognises(self, name: str, head: bytes) -> bool:
            return head.startswith(b"\1mine")

    register(Claiming("last", fallback=True))
    assert identify("a", b"\1mine").name == "last"
    register(Claiming("other", fallback=True))
    with pytest.raises(UnreadableFileError, match=r"more than one .* this file: other, last"):
        identify("a", b"\1mine")
    register(Claiming("first"))
    assert identify("a", b"\1mine").name == "first"
    register(Claiming("second"))
    with pytest.raises(UnreadableFileError, match=r"more than one .* this file: second, first"):
        identify("a", b"\1mine")
    register(Claiming("bytes", binary=True))
    assert identify("a", b"\1mine\0").name == "bytes"


def test_plain_csv_is_for_files_that_nobody_else_claims(register: Callable[..., None]) -> None:
    head = GYM["lifts.csv"].encode()
    assert identify("lifts.csv", head).name == "tidy-sets"
    register(LIFTER)
    assert identify("lifts.csv", head) is LIFTER


def test_the_library_names_no_importer() -> None:
    names = {importer.name for importer in registry.IMPORTERS}
    for path in (Path(runanalytics.__file__).parent / "library").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Constant) and node.value in names
            assert not named, f"{path.name}: {ast.unparse(node)}"
