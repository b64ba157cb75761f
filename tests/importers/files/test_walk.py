"""Which files stand behind the paths that a user names."""

from __future__ import annotations

import os
import socket
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
    folder = tmp_path / "folder"
    (folder / "inside").mkdir(parents=True)
    (tmp_path / "real.csv").write_text("x")
    (tmp_path / "other").mkdir()
    (folder / "inside" / "met.csv").write_text("x")
    for name, target in {
        "link.csv": tmp_path / "real.csv",
        "photo.jpg": tmp_path / "real.csv",
        "years": tmp_path / "other",
        "nowhere.fit": tmp_path / "gone.fit",
        "round.gpx": folder / "round.gpx",
        "to itself": folder,
        "above": tmp_path,
        "latest.csv": folder / "inside" / "met.csv",
    }.items():
        (folder / name).symlink_to(target)
    met, *passed = walk([folder])
    assert (met.path.name, met.problem) == ("met.csv", "")
    assert {found.path.name: found.problem.partition(";")[0] for found in passed} == {
        **dict.fromkeys(("link.csv", "years", "above"), "links in a folder are not followed"),
        **dict.fromkeys(("nowhere.fit", "round.gpx"), "a link that leads nowhere"),
    }
    assert all(found.path.parent == folder and found.named for found in passed)
    assert names(folder / "link.csv") == ["real.csv"]


def test_what_is_expected_to_be_readable(tmp_path: Path) -> None:
    for name in ("notes.md", "run.FIT", "log.csv.gz", "photo.jpg"):
        (tmp_path / name).write_text("x")
    assert {found.path.name: is_expected(found) for found in walk([tmp_path])} == {
        "notes.md": False,
        "log.csv.gz": True,
        "photo.jpg": False,
        "run.FIT": True,
    }
    assert [is_expected(found) for found in walk([tmp_path / "notes.md"])] == [True]


def test_a_file_is_named_also_where_its_folder_is_named_before_it(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("x")
    for paths in ([tmp_path, tmp_path / "notes.md"], [tmp_path / "notes.md", tmp_path]):
        assert [found.named for found in walk(paths)] == [True]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of POSIX")
def test_pipes_and_sockets_are_named_and_nobody_waits_for_them(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.fit")
    os.mkfifo(tmp_path / "control")  # of no name that training has
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket.csv"))
        passed = list(walk([tmp_path]))
    assert [found.path.name for found in passed] == ["pipe.fit", "socket.csv"]
    for found in (*passed, *walk([tmp_path / "pipe.fit"])):
        with pytest.raises(
            UnreadableFileError, match="this is no file that can be read as a whole"
        ):
            found.open()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of POSIX")
def test_a_pipe_in_the_place_of_a_file_that_was_found_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "run.fit").write_text("x")
    (found,) = walk([tmp_path])
    (tmp_path / "run.fit").unlink()
    os.mkfifo(tmp_path / "run.fit")
    with pytest.raises(UnreadableFileError, match="this is no file that can be read as a whole"):
        found.open()


@pytest.mark.skipif(os.name == "nt", reason="longer than paths of Windows")
def test_folders_may_be_nested_deeper_than_python_may_call(tmp_path: Path) -> None:
    depth = sys.getrecursionlimit() + 200
    inside = os.open(tmp_path, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=inside)
        outside, inside = inside, os.open("d", os.O_RDONLY, dir_fd=inside)
        os.close(outside)
    os.close(os.open("a.csv", os.O_CREAT, dir_fd=inside))
    os.close(inside)
    try:
        assert names(tmp_path) == ["a.csv"]
    finally:  # pytest's own removal calls itself for each folder
        subprocess.run(["rm", "-r", str(tmp_path / "d")], check=True)


def test_a_folder_that_cannot_be_listed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "locked").mkdir()
    (tmp_path / "a.csv").write_text("x")
    listed = os.scandir

    def scandir(path: str) -> object:
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied", path)
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    *_, locked = walk([tmp_path])
    assert (locked.path.name, is_expected(locked)) == ("locked", True)
    with pytest.raises(UnreadableFileError, match="this folder cannot be listed"):
        locked.open()


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
