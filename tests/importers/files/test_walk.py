"""Which files stand behind the paths that a user names."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from runanalytics.errors import UnreadableFileError
from runanalytics.importers.files.walk import Found, walk
from runanalytics.importers.registry import is_expected


def names(*paths: Path) -> list[str]:
    return [found.path.name for found in walk(paths)]


def test_folders_are_walked_in_order_and_hidden_files_left_alone(tmp_path: Path) -> None:
    for name in ("b/2.fit", "b/1.fit", "a.csv", ".hidden.fit", ".cache/x.fit"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert names(tmp_path) == ["a.csv", "1.fit", "2.fit"]


def test_a_file_named_twice_is_met_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x")
    assert names(tmp_path / "a.csv", tmp_path, tmp_path / "." / "a.csv") == ["a.csv"]


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_links_in_a_folder_are_not_followed_but_a_named_one_is(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "real.csv").write_text("x")
    (tmp_path / "folder" / "link.csv").symlink_to(tmp_path / "real.csv")
    (tmp_path / "folder" / "loop").symlink_to(tmp_path / "folder")
    assert names(tmp_path / "folder") == []
    assert names(tmp_path / "folder" / "link.csv") == ["real.csv"]


def test_what_is_expected_to_be_readable(tmp_path: Path) -> None:
    for name in ("notes.md", "run.FIT"):
        (tmp_path / name).write_text("x")
    assert {found.path.name: is_expected(found) for found in walk([tmp_path])} == {
        "notes.md": False,
        "run.FIT": True,
    }
    assert [is_expected(found) for found in walk([tmp_path / "notes.md"])] == [True]


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match=r"gone\.fit: there is no such file"):
        list(walk([tmp_path / "gone.fit"]))


def test_an_enormous_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="128 MiB"):
        Found(tmp_path / "never-opened.fit", 3 * 2**30, 0, named=True).read()


def test_a_file_that_vanished_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        Found(tmp_path / "vanished.fit", 10, 0, named=True).read()


def test_walking_loads_no_importer() -> None:
    code = "import sys, runanalytics.importers.files.walk; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
