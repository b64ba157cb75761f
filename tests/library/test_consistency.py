"""Third states put in by hand: `verify` finds each, names it, and the verb that it names mends it.

What is as it should be is reported clean, whatever the user has stated and however it came here.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from runanalytics import Library
from runanalytics.library import consistency
from runanalytics.library.storage.catalogue import UNRECONCILED, Catalogue
from runanalytics.measures.segments import segments

FROZEN = Path(__file__).parent / "frozen"
REBUILD, SETTLE = "rebuild' makes it anew", "next import of something new settles it"

#: What is put in, what `verify` calls it, and the query that names a row of it.
DERIVED = {
    "a duplicate without its cause": (
        "UPDATE merges SET id = (SELECT run_id FROM runs WHERE detail = 'samples' LIMIT 1)"
        " WHERE what = 'runs' AND id = (SELECT min(id) FROM merges WHERE what = 'runs')",
        "which rows are duplicates",
        "SELECT id || ' into ' || into_id FROM merges"
        " WHERE id IN (SELECT run_id FROM runs WHERE detail = 'samples')",
    ),
    "a duplicate that is forgotten": (
        "DELETE FROM merges WHERE what = 'sessions'",
        "which rows are duplicates",
        None,
    ),
    "a race of a hidden run": (
        "UPDATE race_runs SET run_id = (SELECT id FROM merges WHERE what = 'runs'"
        " AND into_id = race_runs.run_id)",
        "which run was which race",
        "SELECT race_id FROM race_runs",
    ),
    "another zone": (
        "UPDATE runs SET utc_offset_s = utc_offset_s + 3600, start_utc = '2026-06-01T09:00:00.0Z'"
        " WHERE run_id = (SELECT min(id) FROM clocks WHERE what = 'runs')",
        "when runs were",
        "SELECT min(id) FROM clocks WHERE what = 'runs'",
    ),
    "another day": (
        "UPDATE sessions SET local_date = '2026-06-09'"
        " WHERE session_id = (SELECT min(id) FROM clocks WHERE what = 'sessions')",
        "when sessions were",
        "SELECT min(id) FROM clocks WHERE what = 'sessions'",
    ),
    "a zone known from elsewhere": (
        "UPDATE clocks SET basis = 'pair' WHERE what = 'sessions'",
        "from where time zones are known",
        "SELECT min(id) FROM clocks WHERE what = 'sessions'",
    ),
    "a clock of no row": (
        "INSERT INTO clocks (what, id, clock, start_utc, utc_offset_s, local_date) VALUES"
        " ('runs', 'gone', 'local', '2026-06-01T09:00:00.0Z', 0, '2026-06-01')",
        "from where time zones are known",
        "SELECT 'gone'",
    ),
    "another note": (
        "UPDATE meta SET value = 'nobody' WHERE key = 'recorders'",
        "its note on which sources are recorded",
        None,
    ),
}
STORED = {
    "samples that are gone": (
        "DELETE FROM streams WHERE run_id = (SELECT max(run_id) FROM streams)",
        "runs whose samples are not there",
        "SELECT run_id FROM runs WHERE detail = 'samples'"
        " AND run_id NOT IN (SELECT run_id FROM streams)",
    ),
    "samples of a run without": (
        "UPDATE runs SET detail = 'summary' WHERE run_id = (SELECT max(run_id) FROM streams)",
        "samples of no run with samples",
        "SELECT max(run_id) FROM streams",
    ),
    "a set of no session": (
        "UPDATE sets SET session_id = 'gone' WHERE session_id = (SELECT max(session_id) FROM sets)",
        "sets of no session",
        "SELECT 'gone'",
    ),
    "a segment of no run": (
        "UPDATE segments SET run_id = 'gone' WHERE rowid = (SELECT min(rowid) FROM segments)",
        "segments of no run",
        "SELECT 'gone'",
    ),
    "a segment of another day": (
        "UPDATE segments SET local_date = '2020-02-02'"
        " WHERE run_id = (SELECT max(run_id) FROM streams)",
        "runs with segments of another day",
        "SELECT max(run_id) FROM streams",
    ),
    "a changed segment": (
        "UPDATE segments SET cadence_spm = cadence_spm + 0.001 WHERE segment = 1"
        " AND run_id = (SELECT max(run_id) FROM segments WHERE detail = 'samples')",
        "segments are not what their run's samples give",
        "SELECT max(run_id) FROM segments WHERE detail = 'samples'",
    ),
    "a segment that is gone": (
        "DELETE FROM segments WHERE segment = 2"
        " AND run_id = (SELECT max(run_id) FROM segments WHERE detail = 'samples')",
        "segments are not what their run's samples give",
        "SELECT max(run_id) FROM segments WHERE detail = 'samples'",
    ),
    "a row that a source had": (
        "DELETE FROM sessions WHERE session_id = (SELECT min(session_id) FROM sessions)",
        "sessions that a source states and that are not there",
        None,
    ),
}


@pytest.fixture
def many_files(overlapping_files: Path, some_files: Path) -> Path:
    """Files of several sources, with duplicates, a race of a run, and runs with samples."""
    race = "date,distance,time,title\n2026-06-01,10k,50:10,Summer\n"
    (overlapping_files / "one_race.csv").write_text(race)
    for number, path in enumerate(sorted(overlapping_files.glob("*.csv"))):
        path.rename(some_files / f"{number}_{path.name}")
    return some_files


@pytest.fixture
def filled(many_files: Path, tmp_path: Path, made_once: Callable[..., Path]) -> Library:
    """A library of these files, which are imported once: dozens of tests begin with it."""

    def fill(folder: Path) -> None:
        # Where they stay: a rebuild reads them again.
        files = folder.parent / "files of inconsistent"
        shutil.copytree(many_files, files, dirs_exist_ok=True)
        with closing(Library.open(folder / "library")) as library:
            assert library.add(files).exit_status == 0
            assert library.merges()
            assert library.verify() == []

    shutil.copytree(made_once("inconsistent", fill) / "library", tmp_path / "library")
    return Library.open(tmp_path / "library")


def put_in(library: Library, statement: str) -> None:
    """Change a library as nothing of ours would."""
    with library.opened.writing() as catalogue, catalogue.transaction():
        before = _changes(catalogue)
        catalogue.write(statement, [()])
        assert _changes(catalogue) > before, "nothing was put in"


def _changes(catalogue: Catalogue) -> int:
    return int(catalogue.rows("SELECT total_changes()")[0][0])


def asked(library: Library, query: str) -> str:
    catalogue = library.opened.reading()
    assert catalogue is not None
    return str(catalogue.rows(query)[0][0])


@pytest.mark.parametrize("state", DERIVED)
def test_what_does_not_follow_is_found_and_an_import_settles_it(
    filled: Library, state: str, tmp_path: Path
) -> None:
    statement, words, named = DERIVED[state]
    put_in(filled, statement)
    found = [problem for problem in filled.verify() if words in problem]
    assert len(found) == 1, filled.verify()
    assert SETTLE in found[0]
    if named:
        assert asked(filled, named) in found[0]
    (tmp_path / "new.csv").write_text("date,kind,duration_min\n2026-03-09,technique,20\n")
    filled.add(tmp_path / "new.csv")
    assert filled.verify() == []


@pytest.mark.parametrize("state", STORED)
def test_rows_that_contradict_others_are_found_and_rebuild_mends_them(
    filled: Library, state: str
) -> None:
    statement, words, named = STORED[state]
    put_in(filled, statement)
    found = [problem for problem in filled.verify() if words in problem]
    assert len(found) == 1, filled.verify()
    assert REBUILD in found[0]
    if named:
        assert asked(filled, named) in found[0]
    filled.rebuild()
    assert filled.verify() == []


def test_a_source_that_is_gone_is_found_and_its_file_mends_it(
    filled: Library, some_files: Path
) -> None:
    put_in(filled, "DELETE FROM sources WHERE name = 'races.csv'")
    rows, place = filled.verify()
    assert "rows of no source" in rows
    assert asked(filled, "SELECT 'races ' || race_id FROM races WHERE title = 'Spring'") in rows
    assert "places of no source" in place
    assert "races.csv" in place
    assert "importing its file again" in rows
    filled.add(some_files)
    assert filled.verify() == []


def test_many_rows_are_counted_and_some_are_named(filled: Library) -> None:
    put_in(filled, "UPDATE segments SET speed_m_s = speed_m_s + 1 WHERE detail = 'samples'")
    (found,) = filled.verify()
    n_runs = filled.segments().query("detail == 'samples'")["run_id"].nunique()
    assert n_runs > 3
    assert f"({n_runs} runs: " in found
    assert found.count(", ") == 3
    assert found.endswith(f", ...); 'runanalytics {REBUILD}")


# What is as it should be -------------------------------------------------------------------------


def test_the_sample_library_makes_sense(sample_library: Library) -> None:
    assert consistency.contradictions(sample_library.opened) == []
    assert sample_library.unsettled() == []


def test_what_the_user_states_makes_sense(filled: Library, tmp_path: Path) -> None:
    runs = [merge for merge in filled.merges() if merge.what == "runs"]
    filled.undo_merge(runs[0].duplicate.identifier)
    filled.undo_merge(runs[1].duplicate.identifier)
    filled.redo_merge(runs[1].duplicate.identifier)
    filled.join(runs[0].primary.identifier, runs[2].primary.identifier)
    filled.correct("Squat (Barbell)", "none")
    filled.add_race("2026-05-03", 10_000, 2_700, title="City")
    filled.confirm_race(runs[2].primary.identifier, distance_m=5_000)
    filled.set_span("strength", "2026-05-01", "2026-06-30")
    assert filled.verify() == []
    filled.export(tmp_path / "out")
    restored = Library.open(tmp_path / "restored")
    restored.restore(tmp_path / "out")
    assert restored.verify() == []


@pytest.mark.parametrize("layout", sorted(path.name for path in FROZEN.glob("layout?")))
def test_an_older_layout_makes_sense_and_is_only_read(layout: str, tmp_path: Path) -> None:
    place = tmp_path / "library"
    shutil.copytree(FROZEN / layout, place)
    before = (place / "catalogue.sqlite").read_bytes()
    library = Library.open(place)
    assert library.verify() == []
    assert library.unsettled() == []
    assert (place / "catalogue.sqlite").read_bytes() == before


def test_a_library_that_cannot_be_written_is_checked_as_well(
    filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in(filled, DERIVED["a race of a hidden run"][0])
    filled.close()
    before = {path: path.stat().st_mtime_ns for path in filled.folder.rglob("*")}
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    (found,) = Library.open(filled.folder).verify()
    assert "which run was which race" in found
    assert {path: path.stat().st_mtime_ns for path in filled.folder.rglob("*")} == before


def test_no_library_is_no_contradiction(library: Library) -> None:
    assert library.verify() == []
    assert library.unsettled() == []


def test_an_import_cut_short_is_no_damage_and_the_next_completes_it(
    filled: Library, some_files: Path
) -> None:
    put_in(filled, DERIVED["a duplicate that is forgotten"][0])
    put_in(filled, f"INSERT INTO meta VALUES ('{UNRECONCILED}', '1')")
    assert filled.verify() == []
    (said,) = filled.unsettled()
    assert "cut short" in said
    assert "next import" in said
    filled.add(some_files)
    assert filled.unsettled() == []
    assert filled.verify() == []


def test_what_another_version_derived_is_compared_after_the_next_import(
    filled: Library, some_files: Path
) -> None:
    put_in(filled, DERIVED["a duplicate that is forgotten"][0])
    put_in(filled, "UPDATE meta SET value = '0.0.9' WHERE key = 'version'")
    assert filled.verify() == []
    assert "0.0.9" in filled.unsettled()[0]
    n_merges = len(filled.merges())
    filled.add(some_files)
    assert filled.unsettled() == []
    assert filled.verify() == []
    assert len(filled.merges()) > n_merges


def test_segments_of_an_earlier_version_of_an_importer_are_not_compared(filled: Library) -> None:
    put_in(filled, STORED["a changed segment"][0])
    put_in(filled, "UPDATE sources SET importer_version = 1 WHERE importer = 'fit'")
    assert filled.verify() == []


def test_segments_are_made_of_what_is_stored(sample_library: Library) -> None:
    catalogue = sample_library.opened.reading()
    assert catalogue is not None
    runs = catalogue.frame("runs").set_index("run_id", drop=False)
    stored = catalogue.frame("segments")
    for (run_id,) in catalogue.rows("SELECT run_id FROM streams ORDER BY run_id LIMIT 12"):
        again = segments(sample_library.samples(run_id), runs.loc[[run_id]])
        own = stored[stored["run_id"] == run_id]
        for name in ("elapsed_s", "speed_m_s", "speed_cv", "grade_pct", "ground_contact_ms"):
            np.testing.assert_array_equal(again[name].to_numpy(), own[name].to_numpy(), str(name))


# Files that users write --------------------------------------------------------------------------

BAD_FILES: dict[str, tuple[str, str]] = {
    "movements.csv": ("name,movement\nSquat,squat\nSL RDL,flying\n", "line 3"),
    "race_corrections.csv": ("word,id\nno race,feedbeef\n", "line 2: no run or race feedbeef"),
    "claims.toml": ('\n[[claim]]\nid = "mine"\n', "line 2: no statement"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_of_the_user_that_makes_no_sense_is_named_with_its_line(
    filled: Library, name: str
) -> None:
    text, said = BAD_FILES[name]
    (filled.folder / name).write_text(text)
    (found,) = filled.verify()
    assert str(filled.folder / name) in found
    assert said in found


def test_a_folder_in_the_place_of_a_file_is_named(filled: Library) -> None:
    (filled.folder / "claims.toml").mkdir()
    (found,) = filled.verify()
    assert "claims.toml: cannot be read" in found


# Damage ------------------------------------------------------------------------------------------


def without_checksums(library: Library) -> Path:
    library.close()
    (library.folder / "catalogue.sums").unlink()
    return library.folder / "catalogue.sqlite"


def flipped(data: bytearray, chance: random.Random) -> bytes:
    for _ in range(chance.choice([1, 5, 50])):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def cut(data: bytearray, chance: random.Random) -> bytes:
    return bytes(data[: chance.randrange(len(data))])


@pytest.mark.parametrize("damaged", [flipped, cut])
def test_damage_that_no_checksum_finds_ends_in_words(
    filled: Library, damaged: Callable[[bytearray, random.Random], bytes]
) -> None:
    path, chance = without_checksums(filled), random.Random(3)
    whole = path.read_bytes()
    for _ in range(12):
        path.write_bytes(damaged(bytearray(whole), chance))
        reader = Library(filled.folder)
        assert reader.verify(), "that the checksums are gone, at least"
        reader.unsettled()
        reader.close()
        for leftover in filled.folder.glob("catalogue.sqlite-*"):
            leftover.unlink()


def test_content_that_makes_no_sense_is_told_once(filled: Library) -> None:
    put_in(filled, "UPDATE runs SET local_date = 'yesterday'")
    found = filled.verify()
    assert sum("makes no sense" in problem for problem in found) == len(set(found)) - 1
    assert any("yesterday" in problem for problem in found)


def test_other_people_s_files_among_originals_are_passed_by(
    library: Library, some_files: Path
) -> None:
    library.add(some_files, keep_originals=True)
    (library.folder / "originals" / "mine.gz").write_bytes(b"x")
    (library.folder / "originals" / "a.b.c.gz").write_bytes(b"x")
    assert [problem for problem in library.verify() if "original a" not in problem] == []
