"""One `Library` in several threads; `benchmarks/threads.py` measures the same at length."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest

from runanalytics import Library
from runanalytics.errors import LibraryLockedError, UsageError
from runanalytics.library.storage import writing

Load = Callable[[str], ModuleType]


def test_eight_threads_read_while_others_write_and_close(
    benchmark_module: Load, library: Library, some_files: Path, sample_fits: list[Path]
) -> None:
    threads = benchmark_module("threads")
    library.add(some_files)
    often = ("runs", "sessions", "segments", "repr")
    kinds = (*often * 10, *("samples",) * 4, "race_list", "log_spans", "form")
    assert set(kinds) == set(threads.KINDS)
    n_calls = 40  # of each thread; the benchmark has more
    calls = threads.trial(library, sample_fits[-6:-4], 8, n_calls, kinds, closed_every_s=0.05)
    assert calls.errors == []
    assert calls.wrong == []
    assert calls.n_made == 8 * n_calls
    assert min(calls.n_written, calls.n_closed) > 0, "others wrote and closed meanwhile"
    assert len(library.runs()) >= 5


def test_a_frame_is_its_reader_s_own(library: Library, some_files: Path) -> None:
    library.add(some_files)
    before = library.runs()
    for name in ("runs", "segments", "sessions", "races"):
        frame = library.opened.table(name)
        frame.loc[:, "local_date"] = frame["local_date"].max()
        frame.iloc[:0].to_csv()
    assert library.runs().equals(before)


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed meanwhile"])
def test_what_is_read_at_one_moment_does_not_see_a_writer(
    library: Library, some_files: Path, closed: bool
) -> None:
    library.add(some_files)
    catalogue = library.opened.reading()
    assert catalogue is not None
    if closed:
        library.close()
    with catalogue.moment() as now:
        assert now.count("runs") == 4
        with closing(sqlite3.connect(library.folder / "catalogue.sqlite")) as other, other:
            other.execute("DELETE FROM runs")
        assert now.count("runs") == 4
    assert catalogue.count("runs") == 0


def test_a_call_that_goes_on_while_another_thread_closes_reads_on(
    library: Library, some_files: Path
) -> None:
    library.add(some_files)
    catalogue = library.opened.reading()
    assert catalogue is not None
    with ThreadPoolExecutor(1) as other:
        other.submit(library.close).result()
    assert catalogue.count("runs") == 4
    shutil.rmtree(library.folder)
    assert len(library.runs()) == 0, "a library that is gone is none"


def test_a_second_thread_that_writes_waits_for_the_first(
    library: Library, some_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    begun = threading.Event()

    def first() -> None:
        with library.opened.writing():
            begun.set()
            time.sleep(0.3)
            order.append("first")

    def second() -> None:
        begun.wait()
        library.add(some_files)
        order.append("second")

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(first), pool.submit(second)]:
            done.result()
    assert order == ["first", "second"]
    monkeypatch.setattr(writing, "LOCK_WAIT_S", 0.1)
    with (
        library.opened.writing(),
        ThreadPoolExecutor(1) as other,
        pytest.raises(LibraryLockedError, match="is writing to this library"),
    ):
        other.submit(library.add, some_files).result()


def test_two_threads_may_begin_one_library(
    library: Library, some_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exists = Path.exists

    def made_by_another_just_now(path: Path, **options: bool) -> bool:
        there = exists(path, **options)
        if path == library.folder and not there:
            path.mkdir()
        return there

    monkeypatch.setattr(Path, "exists", made_by_another_just_now)
    assert library.add(some_files).exit_status == 0


def test_a_library_that_stays_open_reads_what_has_taken_its_place(
    library: Library, some_files: Path, tmp_path: Path
) -> None:
    """As a notebook does while the command line rebuilds, or removes and restores."""
    library.add(some_files / "races.csv")
    library.export(tmp_path / "out")
    with closing(Library.open(library.folder)) as other:
        other.add(some_files)
        assert len(library.runs()) == 4
        other.rebuild()
        assert len(library.runs()) == 4
    shutil.rmtree(library.folder)
    assert len(library.runs()) == 0
    with closing(Library.open(library.folder)) as restored:
        restored.restore(tmp_path / "out")
    assert (len(library.runs()), len(library.races())) == (0, 1)
    assert library.verify() == []


def test_what_is_derived_is_made_once_and_anew_when_anything_changed(
    library: Library, some_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.add(some_files)
    doses, listed = library.dose("technique"), library.race_list()
    with monkeypatch.context() as patched:
        for place in ("measures.dose.dose", "library.race_list._race_list"):
            patched.setattr(f"runanalytics.{place}", None)  # cannot be called
        for frame in (library.dose("technique"), library.race_list()):
            frame.loc[:, "local_date"] = frame["local_date"].max()
        assert library.dose("technique").equals(doses)
        assert library.race_list().equals(listed)
    race_id = listed["race_id"].iloc[0]
    stated = library.folder / "race_corrections.csv"
    with closing(Library.open(library.folder)) as other:
        other.reject_race(race_id)
        assert library.race_list().equals(other.race_list()), "a file of the user's"
        assert library.race_list().set_index("race_id")["state"][race_id] == "rejected"
        stated.unlink()
        assert library.race_list().equals(listed)
        other.set_span("technique", "2026-03-01", "2026-03-09")
        assert len(library.dose("technique")) == 9, "a table of the catalogue"
        other.rebuild()
        assert library.race_list().equals(listed)
    with pytest.raises(UsageError, match=r"Library.open\('runs'\)"):
        Library("runs")  # type: ignore[arg-type]
