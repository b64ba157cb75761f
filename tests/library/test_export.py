"""Exports, restored; libraries, rebuilt; originals, kept on request."""

from __future__ import annotations

import csv
import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runanalytics import Library
from runanalytics.errors import LibraryError, UsageError
from runanalytics.importers import registry
from runanalytics.importers.contract import content_digest
from runanalytics.importers.fit import FIT
from runanalytics.library import export as exporting
from runanalytics.library.corrections.edited_file import guarded, unguarded
from runanalytics.library.fingerprint import fingerprint
from runanalytics.library.linking.reconcile import reconcile
from runanalytics.library.storage import catalogue

LEADS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
TITLES = (
    "=HYPERLINK(A1)",
    "'=1+1",
    "'honest",
    "''",
    "+49",
    "-5 easy",
    "@home",
    '"quoted", with comma',
    "two\nlines",
    "a\r\nb",
    "a\rb, \ue000",
    '"\r',
    '"',
    "nul\0",
    "\tcell",
    "NA",
    "007",
    "＝1",
    "Łódź 🏃",
    "=" + 131_071 * "x",
    131_073 * "long ",
)


@pytest.fixture
def filled(library: Library, some_files: Path) -> Library:
    library.add(some_files, keep_originals=True)
    return library


def test_an_export_is_the_same_in_whatever_order_files_came(
    filled: Library, some_files: Path, tmp_path: Path
) -> None:
    with closing(Library.open(tmp_path / "other order")) as other:
        for file in sorted(some_files.rglob("*.*"), reverse=True):
            other.add(file)
        other.export(tmp_path / "other")
    filled.export(tmp_path / "first")
    for path in (tmp_path / "first").glob("*.csv"):
        if path.name != "sources.csv":  # which says when each file was met
            assert path.read_bytes() == (tmp_path / "other" / path.name).read_bytes(), path.name


def with_titles(library: Library) -> None:
    """Give races titles that only a file with every oddity could."""
    with library.opened.writing() as catalogue, catalogue.transaction():
        catalogue.write(
            "INSERT INTO races (race_id, local_date, title, distance_m, time_s)"
            " VALUES (?, '2026-03-01', ?, ?, ?)",
            [(f"odd {n}", title, 10_000.1 + n / 3, 0.1 + 0.2) for n, title in enumerate(TITLES)],
        )


def test_an_export_is_restored_to_an_equal_library(filled: Library, tmp_path: Path) -> None:
    with_titles(filled)
    (filled.folder / "movements.csv").write_text("name,movement\nKniebeuge,squat\n")
    written = filled.export(tmp_path / "out")
    assert all(path.exists() for path in written)
    restored = Library.open(tmp_path / "restored")
    assert restored.restore(tmp_path / "out").read == len(written) - 1
    assert fingerprint(restored.opened) == fingerprint(filled.opened)
    assert (restored.folder / "movements.csv").read_text().startswith("name,movement")
    assert restored.verify() == []
    pd.testing.assert_frame_equal(restored.races(), filled.races())
    assert not (restored.folder / "originals").exists(), "positions are not exported"


def test_no_cell_of_an_export_is_run_by_a_spreadsheet(filled: Library, tmp_path: Path) -> None:
    with_titles(filled)
    filled.export(tmp_path / "out")
    n_cells = 0
    for path in (tmp_path / "out").rglob("*.csv"):
        with path.open(newline="", encoding="utf-8") as file:
            for cell in (cell for row in csv.reader(file) for cell in row):
                n_cells += 1
                if cell.startswith(LEADS):
                    float(cell)  # a negative number is one, and no formula
    assert n_cells > 1_000


@given(st.text())
def test_a_guarded_cell_is_no_formula_and_is_undone_exactly(text: str) -> None:
    cell = guarded(text)
    assert cell
    assert not cell.startswith(LEADS)
    assert unguarded(cell) == text


def test_an_export_is_of_one_moment(
    filled: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process commits between the export of two tables."""
    before = fingerprint(filled.opened)
    plain, wrote = exporting._of_frame, []

    def interrupted(frame: pd.DataFrame) -> bytes:
        if not wrote:
            wrote.append(True)
            with filled.opened.writing() as catalogue, catalogue.transaction():
                catalogue.write("DELETE FROM races", [()])
                catalogue.write("UPDATE runs SET title = 'afterwards'", [()])
        return plain(frame)

    monkeypatch.setattr(exporting, "_of_frame", interrupted)
    Library.open(filled.folder).export(tmp_path / "out")
    restored = Library.open(tmp_path / "restored")
    restored.restore(tmp_path / "out")
    assert fingerprint(restored.opened) == before != fingerprint(filled.opened)


def test_an_export_goes_into_a_new_folder(filled: Library, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "diary.txt").write_text("x")
    with pytest.raises(UsageError, match="other things"):
        filled.export(tmp_path / "mine")
    filled.export(tmp_path / "out")
    with pytest.raises(UsageError, match="an export already"):
        filled.export(tmp_path / "out")
    with pytest.raises(UsageError, match="no library"):
        Library.open(tmp_path / "none").export(tmp_path / "new")
    assert not (tmp_path / "new" / "export.json").exists()


def test_half_an_export_is_known(
    filled: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Cut(BaseException):
        pass

    def cut(*_: object) -> None:
        raise Cut

    with monkeypatch.context() as patch:
        patch.setattr(exporting, "_samples", cut)
        with pytest.raises(Cut):
            filled.export(tmp_path / "half")
    for attempt in (
        lambda: Library.open(tmp_path / "new").restore(tmp_path / "half"),
        lambda: filled.export(tmp_path / "half"),
    ):
        with pytest.raises(UsageError, match="cut short"):
            attempt()


def test_only_a_whole_export_is_restored_and_only_into_an_empty_library(
    filled: Library, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    filled.export(out)
    with pytest.raises(UsageError, match="something in this library already"):
        filled.restore(out)
    with pytest.raises(UsageError, match="no manifest"):
        Library.open(tmp_path / "a").restore(tmp_path)
    races = out / "catalogue" / "races.csv"
    text = races.read_text()
    races.write_text(text.replace("45", "35").replace("2710", "1710"))
    with pytest.raises(UsageError, match="not as it was exported"):
        Library.open(tmp_path / "a").restore(out)
    races.unlink()
    with pytest.raises(UsageError, match="cannot be read"):
        Library.open(tmp_path / "a").restore(out)
    races.write_text(text)
    manifest = json.loads((out / "export.json").read_text())
    (out / "export.json").write_text(json.dumps(manifest | {"layout": 99}))
    with pytest.raises(UsageError, match="layout 99"):
        Library.open(tmp_path / "a").restore(out)
    outside = manifest | {"files": {"../evil.csv": "0"}}
    (out / "export.json").write_text(json.dumps(outside))
    with pytest.raises(UsageError, match="outside"):
        Library.open(tmp_path / "a").restore(out)
    assert Library.open(tmp_path / "a").runs().empty


@pytest.mark.parametrize(
    "torn", [b"", b'race_id,title\n1,"a', b"race_id,title\n1\n", b"race_id,time_s\n1,ten\n", b'"']
)
def test_a_table_that_nobody_exported_is_one_message(
    filled: Library, tmp_path: Path, torn: bytes
) -> None:
    filled.export(tmp_path / "out")
    manifest = tmp_path / "out" / "export.json"
    said = json.loads(manifest.read_text())
    (tmp_path / "out" / "catalogue" / "races.csv").write_bytes(torn)
    said["files"]["catalogue/races.csv"] = content_digest(torn)
    manifest.write_text(json.dumps(said))
    restored = Library.open(tmp_path / "restored")
    with pytest.raises(UsageError, match="table 'races' of this export"):
        restored.restore(tmp_path / "out")
    assert restored.races().empty


def test_parts_of_a_table_are_read_and_written_as_the_whole_of_it(
    library: Library, some_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.add(some_files)
    whole = {name: getattr(library, name)() for name in ("runs", "segments", "races", "sessions")}
    library.export(tmp_path / "whole")
    library.close()
    monkeypatch.setattr(catalogue, "_ROWS_AT_ONCE", 3)
    monkeypatch.setattr(exporting, "_ROWS_AT_ONCE", 3)
    for name, table in whole.items():
        pd.testing.assert_frame_equal(getattr(library, name)(), table)
    library.export(tmp_path / "parts")
    for path in (tmp_path / "whole" / "catalogue").iterdir():
        assert path.read_bytes() == (tmp_path / "parts" / "catalogue" / path.name).read_bytes()
    assert (tmp_path / "whole/segments.csv").read_bytes() == (
        tmp_path / "parts/segments.csv"
    ).read_bytes()


def test_originals_are_kept_on_request_only_and_once(library: Library, some_files: Path) -> None:
    library.add(some_files)
    assert not (library.folder / "originals").exists()
    shutil.copy(some_files / "races.csv", some_files / "copy.csv")
    (some_files / "notes.txt").write_text("of no kind that is read")
    for _ in range(2):
        library.add(some_files, keep_originals=True)
        assert len(library.opened.originals.digests()) == 6, "also of what is there already"
    with library.opened.originals.open(library.opened.originals.digests()[0]) as file:
        assert file.read()


@pytest.mark.parametrize("keep", [True, False], ids=["originals", "places"])
def test_a_rebuilt_library_is_equal(
    library: Library, some_files: Path, tmp_path: Path, keep: bool
) -> None:
    library.add(some_files, keep_originals=keep, timezone="Asia/Tokyo")
    before, added = fingerprint(library.opened), library.sources()["added_utc"]
    if keep:
        shutil.rmtree(some_files)
    rebuilt = library.rebuild()
    assert (rebuilt.read, rebuilt.kept, rebuilt.lost) == (6, (), ())
    assert fingerprint(library.opened) == before
    assert library.sources()["added_utc"].equals(added)
    assert library.verify() == []
    assert not (library.folder / "rebuild").exists()
    with library.opened.writing():
        pass
    assert library.verify() == [], "the sweep took nothing that is needed"


def test_what_no_file_is_left_of_is_kept_and_named(library: Library, some_files: Path) -> None:
    library.add(some_files)
    before = fingerprint(library.opened)
    (some_files / "races.csv").unlink()
    changed = sorted((some_files / "watch").iterdir())[0]
    changed.write_bytes(b"something else")
    rebuilt = library.rebuild()
    assert rebuilt.read == 4
    assert set(rebuilt.kept) == {"races.csv", changed.name}
    assert rebuilt.lost == ()
    assert "races.csv" in rebuilt.text()
    assert fingerprint(library.opened) == before
    assert library.verify() == []


def test_what_the_user_said_survives(library: Library, some_files: Path) -> None:
    library.add(some_files)
    first, second = library.runs()["run_id"].tolist()[:2]
    with library.opened.writing() as catalogue, catalogue.transaction():
        catalogue.write(
            "INSERT INTO user_merges VALUES ('runs', ?, ?, 'apart', 'not the same')",
            [(first, second)],
        )
        catalogue.write(
            "INSERT INTO user_spans VALUES ('strength', 'break', '2026-01-01', '2026-02-01')", [()]
        )
        reconcile(catalogue, force=True)
    (library.folder / "movements.csv").write_text("name,movement\nKniebeuge,squat\n")
    before = fingerprint(library.opened)
    library.rebuild()
    assert fingerprint(library.opened) == before
    assert {"merges", "user_merges", "user_spans"} <= before.keys()
    assert (library.folder / "movements.csv").exists()


def test_a_damaged_library_is_rebuilt(filled: Library, some_files: Path) -> None:
    before = fingerprint(filled.opened)
    filled.close()
    catalogue = filled.folder / "catalogue.sqlite"
    whole = catalogue.read_bytes()
    for place in (20, 5_000, len(whole) - 3_000):
        data = bytearray(whole)
        data[place] ^= 4
        catalogue.write_bytes(data)
        library = Library.open(filled.folder)
        assert any("damaged" in problem for problem in library.verify())
        with pytest.raises(LibraryError, match="damaged"):
            library.runs()
        with pytest.raises(LibraryError, match="damaged"):
            library.add(some_files)
        library.rebuild()
        after = fingerprint(library.opened)
        changed = {key for key, digest in before.items() if after.get(key) != digest}
        assert changed <= {"places", "sources"}, "when and where a file was met may be damaged"
        assert library.verify() == []
        library.close()
        whole = catalogue.read_bytes()


def test_damaged_samples_whose_file_is_gone_are_named(library: Library, some_files: Path) -> None:
    library.add(some_files)
    path = sorted((library.folder / "streams").iterdir())[0]
    run_id = path.name.partition(".")[0]
    path.write_bytes(b"rotten")
    shutil.rmtree(some_files)
    rebuilt = library.rebuild()
    assert [run_id in what for what in rebuilt.lost] == [True]
    assert run_id in library.runs()["run_id"].tolist(), "what is left of it is kept"


def test_a_rebuild_that_is_cut_short_leaves_the_old_library(
    library: Library, some_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from runanalytics.library import rebuild

    library.add(some_files)
    before = fingerprint(library.opened)

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(rebuild, "_take_its_place", cut)
        with pytest.raises(KeyboardInterrupt):
            library.rebuild()
    assert fingerprint(library.opened) == before
    assert library.verify() == []
    library.add(some_files)
    assert not (library.folder / "rebuild").exists()


def test_nothing_is_rebuilt_from_nothing(library: Library) -> None:
    with pytest.raises(UsageError, match="no library"):
        library.rebuild()


def test_a_file_that_an_older_importer_read_is_read_anew(
    library: Library, some_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a new version of the package brings a new version of an importer."""
    from runanalytics.library.ingest import run

    library.add(some_files)
    newer = FIT.version + 1
    assert len(library.add(some_files).with_outcome("duplicate")) == 6
    monkeypatch.setattr(FIT, "version", newer)
    monkeypatch.setattr(run, "__version__", "99.0")
    report = library.add(some_files)
    assert len(report.with_outcome("added")) == 4
    sources = library.sources()
    read = sources.loc[sources["importer"] == "fit", "importer_version"]
    assert (read == newer).all()
    assert len(library.runs()) == 4
    assert len(library.add(some_files).with_outcome("duplicate")) == 6, "and only once"


def test_every_importer_has_a_version() -> None:
    assert all(importer.version >= 1 for importer in registry.IMPORTERS)


@pytest.mark.skipif(os.name == "nt", reason="POSIX rights")
def test_everything_written_is_private_whatever_the_umask(some_files: Path, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        library = Library.open(tmp_path / "library")
        seen = set()

        def look(*_: object) -> None:
            seen.update(path.name for path in library.folder.iterdir())
            for path in [library.folder, *library.folder.rglob("*")]:
                assert path.stat().st_mode & 0o077 == 0, path

        library.add(some_files, keep_originals=True, progress=look)
        library.runs()
        look()
        library.rebuild(progress=look)
        look()
        library.export(tmp_path / "out")
        Library.open(tmp_path / "restored").restore(tmp_path / "out")
    finally:
        os.umask(before)
    assert {"writer.lock", "writer.txt", "catalogue.sqlite-wal", "originals", "rebuild"} <= seen
    for top in ("library", "out", "restored"):
        for path in [tmp_path / top, *(tmp_path / top).rglob("*")]:
            assert path.stat().st_mode & 0o077 == 0, path


def test_a_rebuild_needs_no_catalogue_that_opens(filled: Library) -> None:
    before = fingerprint(filled.opened)
    filled.close()
    (filled.folder / "catalogue.sqlite").write_bytes(b"no database at all" * 400)
    library = Library.open(filled.folder)
    rebuilt = library.rebuild()
    assert (rebuilt.read, len(rebuilt.lost)) == (6, 1)
    for table in ("runs", "segments", "races", "sessions"):
        assert fingerprint(library.opened)[table] == before[table]
    assert library.verify() == []


def test_what_is_taken_over_from_damaged_pages_is_named(filled: Library) -> None:
    filled.close()
    place = filled.folder / "catalogue.sqlite"
    with closing(sqlite3.connect(f"file:{place}?mode=ro&immutable=1", uri=True)) as connection:
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        query = "SELECT rootpage FROM sqlite_schema WHERE name = ?"
        pages = {
            table: connection.execute(query, (table,)).fetchone()[0]
            for table in ("user_spans", "segments")
        }
    data = bytearray(place.read_bytes())
    for page in pages.values():
        data[page * size - 1] ^= 1
    place.write_bytes(data)
    rebuilt = Library.open(filled.folder).rebuild()
    # Segments are made anew from the files, which are all there; what the user said is not.
    assert rebuilt.doubtful == (f"page {pages['user_spans']} (table user_spans)",)
    assert "may be wrong" in rebuilt.text()
    assert Library.open(filled.folder).verify() == []


def test_other_programs_may_not_change_a_catalogue_unseen(filled: Library) -> None:
    filled.close()
    connection = sqlite3.connect(filled.folder / "catalogue.sqlite")
    with connection:
        connection.execute("UPDATE races SET time_s = 1")
    connection.close()
    assert any("races" in problem for problem in Library.open(filled.folder).verify())


def test_what_is_stated_while_an_export_is_written_is_not_in_it(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.add_race("2026-03-01", 10_000, 2_500)
    write = exporting.write_durably

    def written(path: Path, data: bytes) -> None:
        if path == tmp_path / "out" / "runs.csv":
            other = Library.open(library.folder)
            other.add_race("2026-04-01", 10_000, 2_400)
            other.log("drills", on="2026-04-02")
            other.close()
        write(path, data)

    monkeypatch.setattr(exporting, "write_durably", written)
    library.export(tmp_path / "out")
    exported = [path.read_text() for path in (tmp_path / "out").iterdir() if path.is_file()]
    assert any("2026-03-01" in text for text in exported)
    assert not any("2026-04-0" in text for text in exported)
    assert len(library.races()) == 2
