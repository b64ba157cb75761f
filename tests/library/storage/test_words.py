"""What the user says survives every verb, and appears with all that follows from it, or not."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from runanalytics import Library
from runanalytics.errors import LibraryError, UsageError
from runanalytics.library import export as exporting
from runanalytics.library.corrections import merges, proposals
from runanalytics.library.fingerprint import fingerprint
from runanalytics.library.ingest import batches, run
from runanalytics.library.storage import words
from runanalytics.library.storage.catalogue import LAYOUT, Catalogue

FROZEN = Path(__file__).parents[1] / "frozen" / "layout2"
RACES = "date,distance,time\n2026-06-01,10k,50:02\n"


class Killed(BaseException):
    """Stands for the end of the process."""


def killed(*_: object, **__: object) -> None:
    raise Killed


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where every library of this module is, so that a copy finds its files where they were."""
    return tmp_path_factory.mktemp("words")


@pytest.fixture
def overlapping_files(place: Path, write_overlapping: Callable[[Path], None]) -> Path:
    files = place / "now" / "files"
    shutil.rmtree(place / "now", ignore_errors=True)
    files.mkdir(parents=True)
    write_overlapping(files)
    (files / "races.csv").write_text(RACES)
    return files


@pytest.fixture
def overlapping(overlapping_files: Path) -> Library:
    """A library of several sources, with a race that a run of two of them recorded."""
    return filled(overlapping_files)


def filled(files: Path) -> Library:
    library = Library.open(files.parent / "library")
    assert library.add(files, timezone="Europe/Berlin").exit_status == 0
    return library


@pytest.fixture
def told(place: Path, overlapping_files: Path) -> Library:
    """A library with a word of every kind."""
    kept, folder = place / "told", place / "now" / "library"
    if not kept.exists():
        library = filled(overlapping_files)
        say_everything(library)
        library.close()
        shutil.copytree(folder, kept)
    else:
        shutil.copytree(kept, folder)
    return Library.open(folder)


def say_everything(library: Library) -> None:
    first, second, *_ = library.merges()
    library.undo_merge(first.duplicate.identifier)
    library.undo_merge(second.duplicate.identifier)
    library.redo_merge(second.duplicate.identifier)
    runs = library.runs()["run_id"]
    library.join(runs.iloc[0], runs.iloc[-1])
    library.set_span("strength", "2026-06-01", "2026-06-30")
    library.add_break("runs", "2026-06-10", "2026-06-20")
    library.correct("Squat (Barbell)", "single_leg_squat")
    library.add_race("2026-06-20", 10_000, 2_700, title="Town run")
    library.remove(str(library.races()["race_id"].iloc[0]))
    proposals.decide(library.opened, "words", "strides", "confirmed")
    (library.folder / "claims.toml").write_text("# none yet\n")


def words_of(library: Library) -> dict[str, object]:
    """Return the user's words as they are stored, and the list of merges."""
    catalogue = library.opened.reading()
    assert catalogue is not None
    said: dict[str, object] = {
        table: catalogue.rows(f"SELECT * FROM {table}") for table in words.TABLES
    }
    files = {name: library.folder / name for name in words.FILES}
    said |= {name: path.read_bytes() for name, path in files.items() if path.exists()}
    return said | {"merges": [merge.to_dict() for merge in library.merges()]}


def test_a_rebuild_begins_with_every_word(told: Library, overlapping_files: Path) -> None:
    before = words_of(told), fingerprint(told.opened)
    assert all(before[0][table] for table in words.TABLES if table != "pending_files")
    assert sum(merge.undone for merge in told.merges()) == 1
    told.rebuild()
    assert (words_of(told), fingerprint(told.opened)) == before
    (overlapping_files / "pod.csv").unlink()
    assert told.rebuild().kept == ("pod.csv",)
    assert (words_of(told), fingerprint(told.opened)) == before


def test_words_lost_with_a_damaged_page_are_named(told: Library) -> None:
    told.close()
    place = told.folder / "catalogue.sqlite"
    with closing(sqlite3.connect(f"file:{place}?mode=ro&immutable=1", uri=True)) as connection:
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        query = "SELECT rootpage FROM sqlite_schema WHERE name = 'user_merges'"
        page = connection.execute(query).fetchone()[0]
    data = bytearray(place.read_bytes())
    data[(page - 1) * size : page * size] = b"\xff" * size
    place.write_bytes(data)
    rebuilt = Library.open(told.folder).rebuild()
    assert any(what.startswith("what table user_merges held") for what in rebuilt.lost)
    assert any("user_merges" in damage for damage in rebuilt.doubtful)
    spans = Library.open(told.folder).log_spans()
    assert "user" in spans["source"].tolist(), "the other words are there"


VERBS: dict[str, Callable[[Library], object]] = {
    "undo": lambda library: library.undo_merge(
        next(merge for merge in library.merges() if not merge.undone).duplicate.identifier
    ),
    "redo": lambda library: library.redo_merge(
        next(merge for merge in library.merges() if merge.undone).duplicate.identifier
    ),
    "join": lambda library: library.join(*library.runs()["run_id"].iloc[[1, 2]]),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_decision_and_what_follows_from_it_are_one_commit(
    told: Library, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = words_of(told), fingerprint(told.opened)
    with monkeypatch.context() as patch:
        patch.setattr(merges, "reconcile", killed)
        with pytest.raises(Killed):
            VERBS[verb](told)
    assert (words_of(told), fingerprint(told.opened)) == before
    seen = []
    plain = Catalogue.write

    def looking(catalogue: Catalogue, query: str, rows: object) -> None:
        seen.append(fingerprint(Library.open(told.folder).opened) == before[1])
        plain(catalogue, query, rows)

    with monkeypatch.context() as patch:
        patch.setattr(Catalogue, "write", looking)
        VERBS[verb](told)
    assert len(seen) > 5
    assert all(seen), "another reader sees nothing between"
    assert fingerprint(told.opened) != before[1]


def test_races_follow_a_merge_that_is_undone(overlapping: Library) -> None:
    race = overlapping.races()["run_id"].iloc[0]
    merge = next(each for each in overlapping.merges() if each.primary.identifier == race)
    overlapping.undo_merge(merge.duplicate.identifier)
    assert overlapping.races()["run_id"].iloc[0] == merge.duplicate.identifier, "it is nearer"
    overlapping.redo_merge(merge.duplicate.identifier)
    assert overlapping.races()["run_id"].iloc[0] == race


def test_an_inner_transaction_takes_effect_with_the_outer(library: Library) -> None:
    with library.opened.writing() as catalogue:
        with suppress(Killed), catalogue.transaction():
            with catalogue.transaction():
                catalogue.write("INSERT INTO meta VALUES ('inner', 'x')", [()])
            assert catalogue.meta("inner") == "x"
            raise Killed
        assert catalogue.meta("inner") is None


def test_what_was_said_last_counts(overlapping: Library) -> None:
    first, second, third = overlapping.runs()["run_id"].iloc[[0, 1, 2]]
    overlapping.join(first, second)
    overlapping.join(first, third)
    together = {
        (merge.duplicate.identifier, merge.primary.identifier) for merge in overlapping.merges()
    }
    assert (first, third) in together
    assert second in overlapping.runs()["run_id"].tolist()
    overlapping.undo_merge(first)
    overlapping.join(first, second)
    overlapping.join(
        third, second
    )  # so all three are one, and the first word on two of them is old
    assert first not in overlapping.runs()["run_id"].tolist()
    assert not any(merge.undone for merge in overlapping.merges())
    overlapping.join(second, first)  # the other way round
    assert first in overlapping.runs()["run_id"].tolist()
    assert second not in overlapping.runs()["run_id"].tolist()


def test_a_word_on_a_row_that_is_gone_hides_nothing_and_waits(
    library: Library, tmp_path: Path
) -> None:
    lists = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for path, day in zip(lists, (1, 5), strict=True):
        path.write_text(f"date,time,distance,duration\n2026-03-0{day},07:00,10 km,50:00\n")
    library.add(lists)
    mine, other = library.runs()["run_id"]
    library.join(mine, other)
    assert library.runs()["run_id"].tolist() == [other]
    kept = lists[1].read_text()
    lists[1].write_text(kept.replace("03-05", "03-09"))
    library.add(lists)
    assert mine in library.runs()["run_id"].tolist(), "its own run is not hidden behind nothing"
    assert [merge.primary.start for merge in library.merges()] == ["gone"]
    lists[1].write_text(kept)
    library.add(lists)
    assert library.runs()["run_id"].tolist() == [other]


# Restoring ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("at_write", [0, 1, 2])
def test_a_restore_that_is_cut_short_is_whole_once_it_is_opened(
    told: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_write: int
) -> None:
    before = words_of(told), fingerprint(told.opened)
    told.export(tmp_path / "out")
    place, plain, written = tmp_path / "restored", words.write_durably, []

    def write(path: Path, data: bytes) -> None:
        if len(written) == at_write:
            raise Killed
        written.append(path)
        plain(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(words, "write_durably", write)
        with pytest.raises(Killed):
            Library.open(place).restore(tmp_path / "out")
    assert sum((place / name).exists() for name in words.FILES) == at_write
    restored = Library.open(place)
    assert (words_of(restored), fingerprint(restored.opened)) == before


def test_a_restore_that_is_cut_short_before_its_commit_leaves_nothing(
    told: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.export(tmp_path / "out")
    restored = Library.open(tmp_path / "restored")
    with monkeypatch.context() as patch:
        patch.setattr(exporting, "_fill", killed)
        with pytest.raises(Killed):
            restored.restore(tmp_path / "out")
    assert fingerprint(restored.opened) == {}
    assert not any((restored.folder / name).exists() for name in words.FILES)
    restored.restore(tmp_path / "out")
    assert words_of(restored) == words_of(told)


def test_a_reader_who_was_there_before_sees_tables_and_files_together(
    told: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.export(tmp_path / "out")
    place = tmp_path / "restored"
    with Library.open(place).opened.writing():
        pass
    notebook = Library.open(place)
    assert notebook.sets().empty
    with monkeypatch.context() as patch:
        patch.setattr(exporting, "write_pending_files", killed)
        with pytest.raises(Killed):
            Library.open(place).restore(tmp_path / "out")
    assert notebook.sets()["movement"].tolist() == told.sets()["movement"].tolist()
    assert words_of(notebook) == words_of(told)


def test_where_a_restore_cannot_be_finished_that_is_said(
    told: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.export(tmp_path / "out")
    with monkeypatch.context() as patch:
        patch.setattr(exporting, "write_pending_files", killed)
        with pytest.raises(Killed):
            Library.open(tmp_path / "restored").restore(tmp_path / "out")

    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(words, "write_durably", refused)
        with pytest.raises(LibraryError, match=r"a restore was cut short.*no permission to write"):
            Library.open(tmp_path / "restored")
    assert len(Library.open(tmp_path / "restored").runs()) == len(told.runs())


def test_a_restore_replaces_no_word_that_is_there(told: Library, tmp_path: Path) -> None:
    told.export(tmp_path / "out")
    place = tmp_path / "restored"
    place.mkdir()
    (place / "movements.csv").write_text("name,movement\nKniebeuge,squat\n")
    with pytest.raises(UsageError, match="something in this library already"):
        Library.open(place).restore(tmp_path / "out")
    # Of the same export, as a restore by an earlier version left it when it was killed.
    shutil.copy(told.folder / "movements.csv", place)
    Library.open(place).restore(tmp_path / "out")
    assert words_of(Library.open(place)) == words_of(told)


# Older and newer versions ------------------------------------------------------------------------


def test_an_older_librarys_decisions_survive_upgrade_rebuild_export_and_restore(
    tmp_path: Path,
) -> None:
    places = {name: tmp_path / name for name in ("read", "written", "rebuilt")}
    for place in places.values():
        shutil.copytree(FROZEN, place)
    read = Library.open(places["read"])
    expected = [merge.to_dict() for merge in read.merges()]
    assert sorted(merge["undone"] for merge in expected) == [False, False, False, False, True]
    assert sum(merge["made_by"] == "user" for merge in expected) == 3
    spans, races, sets = read.log_spans(), read.race_list(), read.sets()
    read.export(tmp_path / "out")
    restored = Library.open(tmp_path / "restored")
    assert restored.restore(tmp_path / "out").left == ()
    written = Library.open(places["written"])
    with written.opened.writing():
        pass
    rebuilt = Library.open(places["rebuilt"])
    assert rebuilt.rebuild().lost == ()
    for library in (written, restored, rebuilt):
        assert library.opened.reading().layout == LAYOUT  # type: ignore[union-attr]
        with library.opened.writing() as catalogue:
            decided = catalogue.rows("SELECT decision FROM user_merges ORDER BY decision")
            merges.reconcile(catalogue, force=True)
        assert decided == [("apart",), ("together",), ("together",)]
        assert [merge.to_dict() for merge in library.merges()] == expected
        assert library.log_spans().equals(spans)
        assert library.race_list().equals(races)
        assert library.sets().equals(sets)
    with closing(sqlite3.connect(places["read"] / "catalogue.sqlite")) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (2,), "it was only read"


def as_a_newer_version_wrote_it(library: Library) -> None:
    """Add columns that this version does not know, one of them empty, and one in a user's table."""
    with library.opened.writing() as catalogue, catalogue.transaction():
        for table, column in (("runs", "stamina"), ("runs", "empty"), ("user_spans", "why")):
            catalogue.write(f"ALTER TABLE {table} ADD COLUMN {column} TEXT", [()])
        catalogue.write("UPDATE runs SET stamina = 'high'", [()])
        catalogue.write("UPDATE user_spans SET why = 'holiday'", [()])


LEFT = (
    "column 'stamina' of table 'runs', which this version does not know",
    "column 'why' of table 'user_spans', which this version does not know",
)


def test_columns_of_a_newer_version_are_left_and_named(
    told: Library, overlapping_files: Path, tmp_path: Path
) -> None:
    expected = told.runs(), told.log_spans()
    as_a_newer_version_wrote_it(told)
    told.export(tmp_path / "out")
    restored = Library.open(tmp_path / "restored")
    assert set(restored.restore(tmp_path / "out").left) == set(LEFT)
    (overlapping_files / "pod.csv").unlink()
    (overlapping_files / "list.csv").unlink()
    assert set(told.rebuild().lost) == set(LEFT)
    for library in (restored, told):
        assert library.runs().equals(expected[0])
        assert library.log_spans().equals(expected[1])


# Leftovers ---------------------------------------------------------------------------------------


def test_leftovers_of_every_kind_are_swept_and_nothing_else(told: Library) -> None:
    leftovers = [
        *("movements.tmp", "race_corrections.tmp", "catalogue.tmp", ".movements.csv.0a1b2c3d.tmp"),
        *("catalogue.new", "catalogue.new-wal", "streams/aa.bb.parquet", "streams/.cc.tmp"),
        *("originals/dd.tmp", "originals/.ee.0a1b2c3d.tmp", "rebuild/catalogue.sqlite"),
        "originals/ff.0a1b2c3d.gz.new",
    ]
    told.close()
    before = {path for path in told.folder.rglob("*") if path.is_file()}
    (told.folder / "notes.txt").write_text("mine")
    for name in leftovers:
        path = told.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"half")
    told.set_span("strength", "2026-06-01", "2026-06-30")
    told.close()
    after = {path for path in told.folder.rglob("*") if path.is_file()}
    assert not any((told.folder / name).exists() for name in leftovers)
    assert after - before == {told.folder / "notes.txt"}


def test_originals_of_an_import_that_was_cut_short_go_and_kept_ones_stay(
    library: Library, some_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first, *others) = sorted(some_files.rglob("*.fit"))
    library.add(first, keep_originals=True)
    (kept,) = library.opened.originals.digests()
    for cut_short in ("flush", "settle_originals"):  # before the commit, and right after it
        where = batches.BatchWriter if cut_short == "flush" else run
        with monkeypatch.context() as patched, suppress(Killed):
            patched.setattr(where, cut_short, killed)
            library.add(others.pop(), keep_originals=True)
        library.close()
        assert len(list((library.folder / "originals").glob("*.gz.new"))) == 1
        library.clear_spans("runs")
        expected = {kept} if cut_short == "flush" else set(library.sources()["digest"])
        assert set(library.opened.originals.digests()) == expected
    (library.folder / "catalogue.sqlite").unlink()
    library.set_span("runs", "2026-06-01", "2026-06-30")
    assert len(library.opened.originals.digests()) == 2, "they may be all that is left"


def test_a_decision_on_a_proposal_comes_with_what_follows_or_not_at_all(
    told: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = words_of(told), fingerprint(told.opened)
    with monkeypatch.context() as patched:
        patched.setattr(proposals, "reconcile", killed)
        with suppress(Killed):
            proposals.decide(told.opened, "words", "drills", "confirmed")
    told.close()
    assert (words_of(told), fingerprint(told.opened)) == before
    assert told.verify() == []
