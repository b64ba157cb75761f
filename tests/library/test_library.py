"""The store's promises: complete, once, private, whole after an interruption."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from runanalytics import Library, schema
from runanalytics.errors import (
    LibraryError,
    LibraryLockedError,
    UnreadableFileError,
    UsageError,
)
from runanalytics.library.storage import writing

Dump = Callable[[Library], dict[str, str]]


def test_a_library_that_does_not_exist_yet_reads_as_empty_and_stays_unmade(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "none")
    for table in ("runs", "segments", "sessions", "sets", "races", "log_spans", "sources"):
        pd.testing.assert_frame_equal(getattr(library, table)(), schema.empty(table))
    assert library.count_runs() == 0
    assert library.verify() == []
    assert not (tmp_path / "none").exists()


def test_files_become_tables(library: Library, some_files: Path) -> None:
    report = library.add(some_files)
    assert report.exit_status == 0
    assert (report.total("runs"), report.total("races"), report.total("sessions")) == (4, 1, 1)
    assert library.count_runs() == len(library.runs()) == 4
    assert library.races()["time_s"].tolist() == [2710.0]
    assert library.sessions()["kind"].tolist() == ["technique"]
    for table in ("runs", "segments", "sessions", "sets", "races", "log_spans", "sources"):
        frame = getattr(library, table)()
        pd.testing.assert_frame_equal(schema.check(frame, table), frame)
    run_id = library.runs().loc[0, "run_id"]
    samples = library.samples(run_id)
    pd.testing.assert_frame_equal(schema.check(samples, "samples"), samples)
    assert len(samples) > 100
    assert set(library.segments()["run_id"]) <= set(library.runs()["run_id"])


def test_what_comes_out_is_what_the_file_says(library: Library, sample_fits: list[Path]) -> None:
    from runanalytics import read

    imported = read(sample_fits[-1])
    library.add(sample_fits[-1])
    # Bursts are counted at import, from the samples.
    assert library.runs()["n_bursts"].notna().all()
    counted = ["n_bursts"]
    pd.testing.assert_frame_equal(
        library.runs().drop(columns=counted), imported.runs.drop(columns=counted)
    )
    stored = library.samples(imported.runs.loc[0, "run_id"])
    for column in schema.TABLES["samples"]:
        if column.resolution is None:
            assert stored[column.name].equals(imported.samples[column.name])
            continue
        difference = (stored[column.name] - imported.samples[column.name]).abs().max()
        assert not difference > column.resolution / 2 + 1e-9, column.name


def test_the_same_import_again_changes_nothing(
    library: Library, some_files: Path, dump: Dump
) -> None:
    (some_files / "broken.fit").write_text("not a FIT file")
    first = library.add(some_files)
    before = dump(library)
    again = library.add(some_files)
    assert dump(library) == before
    assert len(again.with_outcome("duplicate")) == len(first.with_outcome("added")) == 6
    assert [file.reason for file in again.with_outcome("skipped")] == [
        file.reason for file in first.with_outcome("skipped")
    ]


def test_the_same_content_under_another_name_is_one_run(
    library: Library, sample_fits: list[Path], tmp_path: Path
) -> None:
    shutil.copy(sample_fits[-1], tmp_path / "copy.fit")
    library.add(sample_fits[-1])
    report = library.add(tmp_path / "copy.fit")
    (file,) = report.files
    assert (file.outcome, file.reason) == (
        "duplicate",
        f"the same content as {sample_fits[-1].name}",
    )
    assert len(library.runs()) == 1


def test_two_copies_in_one_import_are_one_run(
    library: Library, sample_fits: list[Path], tmp_path: Path
) -> None:
    folder = tmp_path / "twice"
    folder.mkdir()
    for name in ("a.fit", "b.fit"):
        shutil.copy(sample_fits[-1], folder / name)
    assert [file.outcome for file in library.add(folder).files] == ["added", "duplicate"]
    assert len(library.runs()) == 1


def test_a_longer_export_adds_only_what_is_new(library: Library, tmp_path: Path) -> None:
    log = tmp_path / "sets.csv"
    log.write_text("date,movement,sets,reps\n2026-03-01,Squat,3,10\n")
    library.add(log)
    log.write_text("date,movement,sets,reps\n2026-03-01,Squat,3,10\n2026-03-03,Calf raise,5,12\n")
    library.add(log)
    assert library.sessions()["local_date"].dt.day.tolist() == [1, 3]
    assert library.sets()["reps"].tolist() == [10.0, 12.0]


def test_a_corrected_session_replaces_the_old_one_whole(library: Library, tmp_path: Path) -> None:
    log = tmp_path / "sets.csv"
    log.write_text("date,movement,sets,reps\n2026-03-01,Squat,3,10\n2026-03-01,Lunge,3,12\n")
    library.add(log)
    log.write_text("date,movement,sets,reps\n2026-03-01,Squat,3,8\n")
    library.add(log)
    assert library.sets()["reps"].tolist() == [8.0]


def test_a_line_taken_out_of_ones_own_file_is_taken_out(library: Library, tmp_path: Path) -> None:
    log = tmp_path / "races.csv"
    both = "date,distance,time\n2026-03-01,10k,45:10\n2026-05-01,5k,21:30\n"
    log.write_text(both)
    library.add(log)
    log.write_text("date,distance,time\n2026-05-01,5k,21:30\n")
    library.add(log)
    assert library.races()["distance_m"].tolist() == [5000.0]
    assert sorted(library.sources()["outcome"]) == ["added", "replaced"]
    log.write_text(both)
    library.add(log)
    assert library.races()["distance_m"].tolist() == [10_000.0, 5000.0]


def test_a_copy_of_a_file_that_was_edited_still_counts(library: Library, tmp_path: Path) -> None:
    log, copy = tmp_path / "races.csv", tmp_path / "copy.csv"
    log.write_text("date,distance,time\n2026-03-01,10k,45:10\n")
    shutil.copy(log, copy)
    library.add([log, copy])
    log.write_text("date,distance,time\n2026-05-01,5k,21:30\n")
    library.add(log)
    assert library.races()["distance_m"].tolist() == [10_000.0, 5000.0]


def test_content_that_was_replaced_is_read_again_elsewhere(
    library: Library, tmp_path: Path
) -> None:
    log, copy = tmp_path / "races.csv", tmp_path / "copy.csv"
    old = "date,distance,time\n2026-03-01,10k,45:10\n"
    log.write_text(old)
    library.add(log)
    log.write_text("date,distance,time\n2026-05-01,5k,21:30\n")
    library.add(log)
    copy.write_text(old)
    assert library.add(copy).files[0].outcome == "added"
    assert library.races()["distance_m"].tolist() == [10_000.0, 5000.0]


def test_a_session_that_two_files_tell_of_is_one(library: Library, tmp_path: Path) -> None:
    (tmp_path / "sets.csv").write_text("date,movement,sets,reps\n2026-03-01,Squat,3,10\n")
    (tmp_path / "sessions.csv").write_text("date,kind,duration_min\n2026-03-01,strength,45\n")
    library.add(tmp_path / "sets.csv")
    library.add(tmp_path / "sessions.csv")
    assert library.sessions()["duration_s"].tolist() == [2700.0]
    assert library.sets()["reps"].tolist() == [10.0], "a list of sessions says nothing of sets"
    library.add(tmp_path / "sets.csv")
    assert library.sessions()["duration_s"].tolist() == [2700.0]


def test_a_library_inside_an_imported_folder_is_no_source(some_files: Path) -> None:
    library = Library.open(some_files / "library")
    assert len(library.add(some_files).files) == 6
    assert len(library.add(some_files).files) == 6


def test_one_bad_file_does_not_stop_the_others(library: Library, some_files: Path) -> None:
    (some_files / "text.fit").write_text("this is no FIT file")
    (some_files / "empty.fit").write_bytes(b"")
    (some_files / "races2.csv").write_text("date,distance,title\n2026-03-01,10k,Spring\n")
    whole = sorted((some_files / "watch").glob("*.fit"))[0].read_bytes()
    (some_files / "torn.fit").write_bytes(whole[: len(whole) // 2])
    (some_files / "readme.md").write_text("# notes")
    report = library.add(some_files)
    skipped = {file.name: file.reason for file in report.with_outcome("skipped")}
    assert set(skipped) == {"text.fit", "empty.fit", "races2.csv"}
    assert "empty" in skipped["empty.fit"]
    assert "'time'" in skipped["races2.csv"]
    assert [file.name for file in report.with_outcome("ignored")] == ["readme.md"]
    assert report.exit_status == 1
    (torn,) = (file for file in report.files if file.name == "torn.fit")
    assert torn.notes, "what was lost is said"
    assert len(library.runs()) == 4


def test_a_torn_copy_never_takes_the_place_of_the_whole_run(
    library: Library, sample_fits: list[Path], tmp_path: Path
) -> None:
    whole = sample_fits[-1].read_bytes()
    torn, again = tmp_path / "torn.fit", tmp_path / "whole.fit"
    torn.write_bytes(whole[: len(whole) // 2])
    again.write_bytes(whole)
    (file,) = library.add(torn).files
    assert (file.outcome, bool(file.notes)) == ("added", True)
    half = library.runs().loc[0, "elapsed_s"]
    (file,) = library.add(again).files
    assert file.outcome == "added", "the whole run replaces the torn one"
    assert library.runs()["elapsed_s"].tolist() > [half * 1.5]
    (file,) = library.add(torn).files
    assert file.outcome == "duplicate"
    (tmp_path / "shorter.fit").write_bytes(whole[: len(whole) // 3])
    (file,) = library.add(tmp_path / "shorter.fit").files
    assert (file.outcome, "as complete" in file.reason) == ("duplicate", True)
    assert len(library.runs()) == 1
    assert library.runs()["elapsed_s"].tolist() > [half * 1.5]
    assert library.verify() == []


def test_a_torn_and_a_whole_copy_in_one_import_are_the_whole_run(
    library: Library, sample_fits: list[Path], tmp_path: Path
) -> None:
    folder = tmp_path / "both"
    folder.mkdir()
    whole = sample_fits[-1].read_bytes()
    (folder / "1-torn.fit").write_bytes(whole[: len(whole) // 2])
    (folder / "2-whole.fit").write_bytes(whole)
    library.add(folder)
    alone = Library.open(tmp_path / "alone")
    alone.add(folder / "2-whole.fit")
    pd.testing.assert_frame_equal(library.runs(), alone.runs())
    pd.testing.assert_frame_equal(library.segments(), alone.segments())


def test_nothing_readable_is_status_2(library: Library, tmp_path: Path) -> None:
    (tmp_path / "text.fit").write_text("no")
    assert library.add(tmp_path / "text.fit").exit_status == 2


def test_a_dry_run_writes_nothing(library: Library, some_files: Path) -> None:
    report = library.add(some_files, dry_run=True)
    assert report.dry_run
    assert report.total("runs") == 4
    assert "would be added" in report.summary()
    assert not library.folder.exists()


def test_progress_counts_every_file(library: Library, some_files: Path) -> None:
    seen: list[tuple[int, int]] = []
    library.add(some_files, progress=lambda done, total, _name: seen.append((done, total)))
    assert seen == [(number, 6) for number in range(1, 7)]


def test_days_bound_what_is_read(sample_library: Library) -> None:
    runs = sample_library.runs()
    middle = runs["local_date"].iloc[len(runs) // 2]
    before, after = sample_library.runs(until=middle), sample_library.runs(since=middle)
    on_the_day = (runs["local_date"] == middle).sum()
    assert len(before) + len(after) == len(runs) + on_the_day
    with pytest.raises(UsageError, match="'soon' is not a day"):
        sample_library.runs(since="soon")


def test_an_unknown_run_is_named(sample_library: Library) -> None:
    with pytest.raises(UsageError, match="no samples of a run 'nobody'"):
        sample_library.samples("nobody")


def test_a_path_that_is_not_there_stops_before_anything_is_made(library: Library) -> None:
    with pytest.raises(UnreadableFileError, match="no such file"):
        library.add("nowhere.fit")
    assert not library.folder.exists()


@pytest.mark.skipif(os.name == "nt", reason="POSIX rights")
def test_everything_is_private_whatever_the_umask(some_files: Path, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        library = Library.open(tmp_path / "private")
        library.add(some_files)
        library.runs()
    finally:
        os.umask(before)
    for path in [library.folder, *library.folder.rglob("*")]:
        expected = 0o700 if path.is_dir() else 0o600
        assert path.stat().st_mode & 0o777 == expected, path


def test_a_library_on_a_read_only_disk_is_read_log_and_all(
    library: Library, some_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.add(some_files)
    copied = tmp_path / "read-only"
    with library.opened.writing() as catalogue:
        # Committed, and still in the log only, as after an import that was cut short.
        with catalogue.transaction():
            catalogue.write("UPDATE races SET title = 'in the log'", [()])
        assert (library.folder / "catalogue.sqlite-wal").stat().st_size
        shutil.copytree(library.folder, copied)
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK and access(path, mode))
    before = sorted(copied.rglob("*"))
    read_only = Library.open(copied)
    assert read_only.races()["title"].tolist() == ["in the log"]
    assert len(read_only.runs()) == 4
    read_only.close()
    assert sorted(copied.rglob("*")) == before


def test_a_second_writer_is_told_who_holds_the_lock(
    library: Library, some_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.add(some_files / "races.csv")
    monkeypatch.setattr(writing, "LOCK_WAIT_S", 0.1)
    code = (
        "import sys, time, pathlib\n"
        "from runanalytics.library import Library\n"
        "with Library(pathlib.Path(sys.argv[1])).opened.writing():\n"
        "    print('held', flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(library.folder)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        try:
            with pytest.raises(LibraryLockedError, match=f"process {other.pid}"):
                library.add(some_files)
            assert len(library.races()) == 1, "reading goes on"
        finally:
            other.kill()
    assert library.add(some_files).exit_status == 0, "a lock dies with its holder"


def test_a_killed_import_leaves_a_good_library(
    library: Library, sample_fits: list[Path], tmp_path: Path, dump: Dump
) -> None:
    folder = tmp_path / "runs"
    folder.mkdir()
    for path in sample_fits[:24]:
        shutil.copy(path, folder)
    code = (
        "import sys\n"
        "from runanalytics.library import Library\n"
        "from runanalytics.library.ingest import batches\n"
        "batches.BATCH_FILES = 3\n"
        "Library.open(sys.argv[1]).add(sys.argv[2], progress=lambda *a: print(a[0], flush=True))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(library.folder), str(folder)],
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        for line in other.stdout:
            if int(line) >= 8:
                other.kill()
                break
    acknowledged = library.runs()
    assert len(acknowledged) >= 6, "two batches of three had been committed"
    assert library.verify() == []
    library.close()
    library.add(folder)
    assert library.verify() == []
    fresh = Library.open(tmp_path / "fresh")
    fresh.add(folder)
    one, other_dump = dump(library), dump(fresh)
    assert {key: one[key] for key in one if key != "sources"} == {
        key: other_dump[key] for key in other_dump if key != "sources"
    }
    stored = {path.name for path in (library.folder / "streams").iterdir()}
    assert len(stored) == len(library.runs()), "no orphan is left"


def test_what_another_process_adds_is_read_and_what_a_reader_changes_is_not(
    library: Library, tmp_path: Path
) -> None:
    first, second = tmp_path / "races.csv", tmp_path / "more" / "races.csv"
    second.parent.mkdir()
    first.write_text("date,distance,time\n2026-03-01,10k,41:20\n")
    second.write_text("date,distance,time\n2026-05-01,10k,40:20\n")
    library.add(first)
    mine = library.races()
    mine["time_s"] = 1.0
    mine.loc[0, "title"] = "changed"
    assert library.races()["time_s"].tolist() == [2_480.0]
    assert library.races()["title"].isna().all()
    code = "import sys, runanalytics as ra; ra.Library.open(sys.argv[1]).add(sys.argv[2])"
    subprocess.run([sys.executable, "-c", code, str(library.folder), str(second)], check=True)
    assert library.races()["time_s"].tolist() == [2_480.0, 2_420.0]
    assert library.races(since="2026-04-01")["time_s"].tolist() == [2_420.0]


def test_a_notebook_reads_while_an_import_writes(library: Library, some_files: Path) -> None:
    library.add(some_files / "races.csv")
    reader = Library.open(library.folder)
    assert len(reader.races()) == 1
    with library.opened.writing() as catalogue, catalogue.transaction():
        catalogue.write("DELETE FROM races", [()])
        started = time.perf_counter()
        assert len(reader.races()) == 1, "what is not committed is not seen"
        assert time.perf_counter() - started < 5


def test_damaged_samples_are_found_named_and_never_read(library: Library, some_files: Path) -> None:
    library.add(some_files)
    run_id = library.runs().loc[0, "run_id"]
    (path,) = (library.folder / "streams").glob(f"{run_id}.*")
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(bytes(data))
    (problem,) = library.verify()
    assert run_id in problem
    with pytest.raises(LibraryError, match="damaged"):
        library.samples(run_id)
    path.unlink()
    assert "cannot be read" in library.verify()[0]


def test_a_library_of_a_newer_version_is_refused_by_name(
    library: Library, some_files: Path
) -> None:
    library.add(some_files / "races.csv")
    library.close()
    with sqlite3.connect(library.folder / "catalogue.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(LibraryError, match="layout 99"):
        Library.open(library.folder)


def test_a_file_is_not_a_library(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(LibraryError, match="a library is a folder"):
        Library.open(tmp_path / "file")


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "catalogue.sqlite") as connection:
        connection.execute("CREATE TABLE theirs (x)")
    with pytest.raises(LibraryError, match="not a catalogue of ours"):
        Library.open(tmp_path)


def test_a_file_read_by_an_older_importer_is_read_anew(library: Library, some_files: Path) -> None:
    library.add(some_files)
    library.close()
    with sqlite3.connect(library.folder / "catalogue.sqlite") as connection:
        connection.execute("UPDATE meta SET value = '0.0.0' WHERE key = 'version'")
        connection.execute("UPDATE sources SET importer_version = 0 WHERE importer = 'fit'")
        connection.execute("UPDATE runs SET title = 'as an older importer read it'")
    report = library.add(some_files)
    assert len(report.with_outcome("added")) == 4
    assert len(report.with_outcome("duplicate")) == 2
    assert "as an older importer read it" not in library.runs()["title"].tolist()
    assert len(library.runs()) == 4


def test_spans_follow_from_logs_and_activities(library: Library, some_files: Path) -> None:
    library.add(some_files)
    spans = library.log_spans().set_index("what")
    days = library.runs()["local_date"]
    assert spans.loc["runs", "first_date"] == days.min()
    assert spans.loc["runs", "last_date"] == days.max()
    assert spans.loc["technique", "first_date"] == pd.Timestamp("2026-03-02")


def test_export_writes_every_table_and_no_formula(library: Library, tmp_path: Path) -> None:
    races = tmp_path / "races.csv"
    races.write_text("date,distance,time,title\n2026-03-01,10k,45:10,=HYPERLINK(A1)\n")
    library.add(races)
    assert library.races().loc[0, "title"] == "=HYPERLINK(A1)"
    written = library.export(tmp_path / "out")
    assert {path.name for path in written} >= {"runs.csv", "races.csv", "sources.csv"}
    assert "'=HYPERLINK(A1)" in (tmp_path / "out" / "races.csv").read_text()


def test_export_gives_each_runs_samples(library: Library, some_files: Path, tmp_path: Path) -> None:
    library.add(some_files)
    library.export(tmp_path / "out")
    assert len(list((tmp_path / "out" / "samples").glob("*.parquet"))) == 4
