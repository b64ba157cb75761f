"""Streams that are closed, full, without a reader or of an old encoding; signals to stop."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runanalytics import Library
from runanalytics.cli.printing import print_json
from runanalytics.cli.streams import Stopped, guard_streams, stopped_by_signals

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a shell and signals of POSIX")

Run = Callable[..., Any]
RUN = (sys.executable, "-c", "from runanalytics.cli import main; main()")

#: Command -> its exit status where all is well.
COMMANDS = {
    "trend cadence --plot {folder}/trend.png": 0,
    "movements --json": 0,
    "--help": 0,
    "movements map one": 2,
}


def shell(
    command: str, redirection: str, folder: Path, library: Path, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a shell, with a redirection; both streams are of bytes."""
    arguments = command.format(folder=folder)
    return subprocess.run(
        ["bash", "-c", f'"$@" {arguments} {redirection}', "bash", *RUN, "--library", library],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "error", **environment},
    )


@pytest.mark.parametrize("redirection", [">&-", ">&- 2>&- <&-", "2>/dev/full"])
def test_a_stream_that_is_closed_changes_no_status(
    tmp_path: Path, sample_library: Library, redirection: str
) -> None:
    for command, status in COMMANDS.items():
        done = shell(command, redirection, tmp_path, sample_library.folder)
        assert done.returncode == status, (command, done.stderr)
        assert b"Traceback" not in done.stderr
        assert b"ignored" not in done.stderr  # what the interpreter says while it ends
        if "2>" not in redirection:
            assert (done.stderr == b"") == (status == 0 and "--plot" not in command), command


def test_a_file_opened_later_does_not_get_what_is_printed(tmp_path: Path, some_files: Path) -> None:
    library = tmp_path / "library"
    done = shell("import {folder}", ">&- 2>&- <&-", some_files, library)
    assert done.returncode == 0
    assert Library.open(library).verify() == []


def test_a_full_disk_is_one_line_and_status_3(tmp_path: Path, sample_library: Library) -> None:
    for command, status in COMMANDS.items():
        if status == 0:
            done = shell(command, ">/dev/full", tmp_path, sample_library.folder)
            *other, last = done.stderr.decode().splitlines()
            assert done.returncode == 3, command
            assert last == (
                "runanalytics: cannot write to stdout: No space left on device; make room, then "
                "run the same command again"
            )
            assert [line for line in other if not line.startswith("Drew ")] == []


def test_a_reader_that_has_gone_is_no_error(tmp_path: Path, sample_library: Library) -> None:
    for command, status in COMMANDS.items():
        pipe = "| head -1" if command.startswith("trend") else "2>&1 | true"
        end = f"{pipe}; exit ${{PIPESTATUS[0]}}"
        done = shell(command, end, tmp_path, sample_library.folder)
        assert done.returncode == status, (command, done.stderr)
        assert b"Broken pipe" not in done.stderr
        assert b"Traceback" not in done.stderr
    assert (tmp_path / "trend.png").stat().st_size > 5_000  # all work was done


@pytest.mark.parametrize(
    ("encoding", "written"),
    [
        ("ascii", "-3 x 5 \\u20ac \\U0001f3c3 \\udcdf"),
        ("latin-1", "-3 × 5 \\u20ac \\U0001f3c3 \\udcdf"),
        ("cp1252", "-3 × 5 € \\U0001f3c3 \\udcdf"),
        ("utf-8", "−3 × 5 € 🏃 \\udcdf"),
    ],
)
def test_what_an_encoding_lacks_is_written_plainly(
    monkeypatch: pytest.MonkeyPatch, encoding: str, written: str
) -> None:
    text = "−3 × 5 € 🏃 \udcdf"
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, io.TextIOWrapper(io.BytesIO(), encoding=encoding))
    out = sys.stdout.buffer
    assert isinstance(out, io.BytesIO)
    guard_streams()
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
    assert out.getvalue().decode(encoding) == f"{written}\n"
    start = len(out.getvalue())
    print_json(text)
    sys.stdout.flush()
    assert json.loads(out.getvalue()[start:].decode(encoding)) == text


def test_a_command_in_the_c_locale(
    tmp_path: Path, sample_library: Library, c_locale: dict[str, str]
) -> None:
    for command in ("trend cadence", "trend --help", "movements --json"):
        done = shell(command, "", tmp_path, sample_library.folder, **c_locale)
        assert done.returncode == 0, done.stderr
        assert done.stdout.decode("ascii")


def test_the_demo_in_the_c_locale(demo: Path) -> None:
    assert "interval -" in (demo / "out.txt").read_text(encoding="ascii")


def test_a_name_that_is_not_utf_8_is_shown_by_escapes(tmp_path: Path) -> None:
    name, library = "$'Fu\\xdf'", tmp_path / "library"
    shown = shell(f"movements {name}", "", tmp_path, library, PYTHONUTF8="1")
    assert (shown.returncode, shown.stdout.partition(b" is ")[0]) == (1, b"'Fu\\udcdf'")
    as_json = shell(f"movements {name} --json", "", tmp_path, library, PYTHONUTF8="1")
    assert json.loads(as_json.stdout)["name"] == os.fsdecode(b"Fu\xdf")
    for command in ("movements map {name} squat", "races add 2026-03-01 5k 20:00 --title {name}"):
        refused = shell(command.replace("{name}", name), "", tmp_path, library, PYTHONUTF8="1")
        assert refused.returncode == 2
        assert refused.stderr == b"runanalytics: 'Fu\\udcdf' is not text in UTF-8\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_stop_leaves_a_good_library(
    run: Run, tmp_path: Path, sample_fits: list[Path], number: signal.Signals
) -> None:
    folder, library = tmp_path / "runs", tmp_path / "library"
    folder.mkdir()
    some = sample_fits[:24]
    for path in some:
        shutil.copy(path, folder)
    # Several batches, decoded by other processes, too, as so few files would not be.
    small = (
        "from runanalytics.library.ingest import batches, run\n"
        "batches.BATCH_FILES, run.WORTH_FILES = 4, 8\n"
    )
    with subprocess.Popen(
        [*RUN[:2], small + RUN[2], "--library", library, "import", folder],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever runs the tests in the background has some signals ignored, and so would this.
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    ) as importing:
        streams = library / "streams"
        while importing.poll() is None and not (streams.is_dir() and any(streams.iterdir())):
            time.sleep(0.002)
        importing.send_signal(number)
        _, err = importing.communicate(timeout=60)
    assert importing.returncode == 128 + number, err
    assert "Traceback" not in err
    assert "again" in err
    assert Library.open(library).verify() == []
    assert run("import", folder, library=library).status == 0
    assert len(Library.open(library).runs()) == len(some)


def test_a_signal_in_a_callback_whose_exceptions_python_drops_is_not_lost() -> None:
    arrived = []

    def gone(_: object) -> None:
        arrived.append(signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0)

    watched = {1}  # a set can be referred to weakly, and goes at once
    reference = weakref.ref(watched, gone)

    @stopped_by_signals()
    def work() -> None:
        nonlocal watched
        watched = set()
        for _ in range(1_000):
            time.sleep(0.01)

    with pytest.raises(Stopped) as stopped:
        work()
    assert arrived == [signal.SIGTERM]
    assert reference() is None
    assert stopped.value.status == 128 + signal.SIGTERM


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_is_ignored_stays_ignored(tmp_path: Path, number: signal.Signals) -> None:
    """As under nohup."""
    code = (
        f"import os, signal; signal.signal({int(number)}, signal.SIG_IGN)\n"
        "from runanalytics.cli import streams\n"
        f"with streams.stopped_by_signals(): os.kill(os.getpid(), {int(number)})\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
