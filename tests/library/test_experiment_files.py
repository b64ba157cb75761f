"""Plans of experiments are words of the user's: they outlive rebuild, export and restore."""

from __future__ import annotations

from pathlib import Path

import pytest

from runanalytics import Library
from runanalytics.errors import UsageError
from runanalytics.library.experiment_files import (
    plan_file,
    plan_names,
    read_plan_file,
    write_plan_file,
)
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


def test_only_names_of_plans_are_words(tmp_path: Path) -> None:
    folder = tmp_path / "experiments"
    folder.mkdir()
    for name in ("a.toml", "B.toml", "a.txt", ".a.toml.1.tmp"):
        (folder / name).write_text("")
    (folder / "c.toml").mkdir()
    assert word_files(tmp_path) == ["experiments/a.toml"]
    assert not any(map(is_word_file, ("experiments/../a.toml", "experiments/a/b.toml", "x.toml")))
