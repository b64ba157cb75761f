"""Plans of experiments are words of the user's: they outlive rebuild, export and restore."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import BinaryIO

import pytest

from runanalytics import Library
from runanalytics.errors import LibraryError, UsageError
from runanalytics.library.experiment_files import (
    plan_file,
    plan_names,
    read_plan_file,
    write_plan_file,
)
from runanalytics.library.storage import durable
from runanalytics.library.storage.words import is_word_file, word_files


def test_a_plan_is_written_once_and_outlives_every_verb(
    library: Library, overlapping_files: Path, tmp_path: Path
) -> None:
    library.add(overlapping_files, timezone="Europe/Berlin")
    write_plan_file(library.opened, "one", "a = 1\n")
    with pytest.raises(UsageError, match="already"):
        write_plan_file(library.opened, "one", "a = 2\n")
    assert read_plan_file(library.opened, "one") == b"a = 1\n"
    library.rebuild()
    assert plan_names(library.opened) == ["one"]
    folder = tmp_path / "export"
    assert folder / "experiments" / "one.toml" in library.export(folder)
    again = Library.open(tmp_path / "again")
    again.restore(folder)
    assert read_plan_file(again.opened, "one") == b"a = 1\n"
    assert plan_file(again.opened, "one").stat().st_mode & 0o777 == 0o600
    assert plan_file(again.opened, "one").parent.stat().st_mode & 0o777 == 0o700
    assert again.verify() == []
    other = Library.open(tmp_path / "other")
    write_plan_file(other.opened, "two", "b = 1\n")
    with pytest.raises(UsageError, match="something in this library"):
        other.restore(folder)


@pytest.mark.parametrize("fails", [0, 1, 2])
def test_a_full_disk_leaves_neither_plan_nor_what_is_beside_it(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: int
) -> None:
    """The first, the second or the third file finds no room."""
    files = {tmp_path / "plan.ics": b"calendar", tmp_path / "plan.pdf": b"page"}
    whole, places = durable.finish, (*files, plan_file(library.opened, "one"))

    def finish(file: BinaryIO, path: Path) -> None:
        if path == places[fails]:
            raise OSError(errno.ENOSPC, "No space left on device")
        whole(file, path)

    with monkeypatch.context() as full:
        full.setattr(durable, "finish", finish)
        with pytest.raises(LibraryError) as failed:
            write_plan_file(library.opened, "one", "a = 1\n", files)
    assert failed.value.exit_status == 3
    assert "\n" not in str(failed.value)
    assert str((*files, library.folder)[fails]) in str(failed.value)
    assert plan_names(library.opened) == []
    left = [each for each in tmp_path.rglob("*") if each.suffix in (".ics", ".pdf", ".tmp")]
    assert left == []
    write_plan_file(library.opened, "one", "a = 1\n", files)
    assert all(path.read_bytes() == data for path, data in files.items())
    assert plan_names(library.opened) == ["one"]


def test_only_names_of_plans_are_words(tmp_path: Path) -> None:
    folder = tmp_path / "experiments"
    folder.mkdir()
    for name in ("a.toml", "B.toml", "a.txt", ".a.toml.1.tmp"):
        (folder / name).write_text("")
    (folder / "c.toml").mkdir()
    assert word_files(tmp_path) == ["experiments/a.toml"]
    assert not any(map(is_word_file, ("experiments/../a.toml", "experiments/a/b.toml", "x.toml")))
