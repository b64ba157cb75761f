"""Every command where the machine does not help: no room, no rights, no home, no folder.

Each command is given to the command line in a process of its own, with its library on a file system
of 24 MiB that is made for it: with no room left, with 16 KiB to 1 MiB left, read-only, with the
current folder removed, with the library removed, as a user who may not read it, and as one who owns
it and has no name, no home and no place for temporary files; and with its output full, closed or
without a reader, and with signals at a random time. What cannot be done ends with status 3 (2,
where the user has to name something else) and one line; what only reads, and everything for the
owner, is done as anywhere else. Then, with room again, the library must be sound (`verify`) and say
what it said before or what it says after, and an older report be as it was or a whole new one.

It needs Linux and the right to mount and to become another user. The last line is the control: the
same with reports that are written in place.

Run as ``python -m benchmarks.hostile_places [--only WORD,WORD] [--where WORD,WORD]``.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import importlib
import io
import json
import os
import pkgutil
import random
import select
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import runanalytics
from benchmarks.verbs import OneTime, Place, State, prepared, problems, state, verbs
from runanalytics import cli
from runanalytics.library import Library
from runanalytics.library.corrections import proposals as decisions
from runanalytics.report import build

#: A user whom no list of users has.
NOBODY = 45_678
#: Modules of the standard library that do more than to be there.
_WITH_EFFECTS = frozenset(("this", "antigravity", "idlelib", "turtledemo", "tkinter", "turtle"))
OLD = b"the older one"
_PLAN = "experiment plan cadence --of strength --weeks 24 --block 2 --seed 1 --name trial"
#: Commands that only read.
READING = (
    *("status", "trend cadence", "races", "claims", "merges", "log", "log proposed", "verify"),
    *("experiment list", "cohort {common}", "mcp"),
)
#: Commands that write, into the library or elsewhere.
WRITING = (
    "import {later} --keep-originals",
    "rebuild",
    "export {disk}/out",
    "--library {disk}/new restore {exported}",
    "merges undo {duplicate}",
    "merges join {run} {other}",
    "movements map Zorbing squat",
    "movements unmap 'Hop Thing'",
    "races add 2024-05-05 10k 45:00",
    "races confirm {race}",
    "races reject {race}",
    "spans set strength 2026-05-01 2026-06-30",
    "spans break runs 2026-02-01 2026-02-20",
    "log squat",
    "log confirm strides",
    "remove pod.csv",
    "units imperial",
    f"{_PLAN} --calendar {{disk}}/x.ics --pdf {{disk}}/x.pdf",
    "cohort import {runners} --into {disk}/cohort",
    "report {disk}/old.pdf",
    "report {disk}/old.html",
    "trend cadence --plot {disk}/old.png",
    "effect cadence --of strength --plot {disk}/old.svg",
    "notebook {disk}/notebooks",
    "demo --out {disk}/demo",
)
OLD_FILES = ("old.pdf", "old.html", "old.png", "old.svg")
#: How whole files of these kinds begin and end.
_WHOLE = {
    ".pdf": (b"%PDF-", b"%%EOF"),
    ".html": (b"<!", b"</html>"),
    ".png": (b"\x89PNG", b"\x82"),
    ".svg": (b"<?xml", b"</svg>"),
    ".ipynb": (b"{", b"}"),
}
#: What an assistant asks: lines of JSON on standard input.
_ASKED = (
    {
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-03-26",
            "capabilities": {},
            "clientInfo": {"name": "x", "version": "1"},
        },
    },
    {"method": "notifications/initialized"},
    {
        "id": 2,
        "method": "tools/call",
        "params": {"name": "trend", "arguments": {"metric": "cadence"}},
    },
)

NO_ROOM = "no room left"
#: How much is left -> bytes.
LITTLE_ROOM = {
    "16 KiB left": 2**14,
    "64 KiB left": 2**16,
    "256 KiB left": 2**18,
    "1 MiB left": 2**20,
}
NO_RIGHT, OWNED = "no right to read it", "its owner without a home"
OUT_FULL, OUT_CLOSED, READER_GONE = "output full", "output closed", "output without a reader"
STOPPED_A_WHILE = "SIGTSTP, then SIGCONT"
#: Conditions that are a signal, sent at some time of the command's -> the signals.
_SIGNALS = {
    "SIGTERM": (signal.SIGTERM,),
    "SIGHUP": (signal.SIGHUP,),
    STOPPED_A_WHILE: (signal.SIGTSTP, signal.SIGCONT),
}


#: More than any command prints, bytes.
_MOST_PRINTED = 2**24
#: A command that takes longer hangs, s: the longest takes ten on a free machine.
MOST_S = 240.0
_HANGS = -2


class Ended(NamedTuple):
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str
    took_s: float = 0.0


@contextlib.contextmanager
def _filled(disk: Path, left: int) -> Iterator[None]:
    filler = disk.with_name("filler")  # on the same file system, beside what is watched
    with filler.open("wb", buffering=0) as file:
        with contextlib.suppress(OSError):
            while file.write(bytes(4096)):
                pass
        file.truncate(max(file.tell() - left, 0))
    yield
    filler.unlink()


@contextlib.contextmanager
def _read_only(disk: Path) -> Iterator[None]:
    subprocess.run(["mount", "-o", "remount,ro", disk.parent], check=True)
    yield
    subprocess.run(["mount", "-o", "remount,rw", disk.parent], check=True)


@contextlib.contextmanager
def _without_library(disk: Path) -> Iterator[None]:
    away = disk.with_name("away")
    (disk / "library").rename(away)
    yield
    shutil.rmtree(disk / "library", ignore_errors=True)
    away.rename(disk / "library")


@contextlib.contextmanager
def _owned(disk: Path) -> Iterator[None]:
    for path in (disk, *disk.rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    yield


#: What is wrong -> how it is brought about, and whether commands are done all the same.
CONDITIONS = {
    NO_ROOM: lambda disk: _filled(disk, 0),
    **{name: lambda disk, left=left: _filled(disk, left) for name, left in LITTLE_ROOM.items()},
    "read-only": _read_only,
    "the current folder removed": lambda _: contextlib.nullcontext(),
    "the library removed": _without_library,
    NO_RIGHT: lambda _: contextlib.nullcontext(),
    OWNED: _owned,
    **dict.fromkeys(
        (OUT_FULL, OUT_CLOSED, READER_GONE, "SIGTERM", "SIGHUP", STOPPED_A_WHILE),
        lambda _: contextlib.nullcontext(),
    ),
}
DONE = (
    *("the current folder removed", OWNED),
    *(OUT_CLOSED, READER_GONE, STOPPED_A_WHILE),
)


def given(command: str, at: Place, names: Mapping[str, str]) -> list[str]:
    """Return the words of a command, with the library's and what it is about put in."""
    places = {"disk": at.watched, "later": at.later, "runners": at.runners, "common": at.common}
    known = {**places, "exported": at.exported, **names}
    words = [word.format_map(known) for word in shlex.split(command)]
    return words if words[0] == "--library" else ["--library", str(at.library), *words]


def ended(words: Sequence[str], condition: str, after_s: float = 0.0) -> Ended:
    """Give a command in a process of its own; signals are sent to it after a while."""
    begun = time.perf_counter()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        told = _command(words, condition)
        with os.fdopen(writing, "w") as pipe:
            json.dump(told, pipe)
        os._exit(0)
    os.close(writing)
    for number in _SIGNALS.get(condition, ()):
        time.sleep(after_s)
        os.kill(child, number)
    with os.fdopen(reading) as pipe:
        if not select.select([pipe], [], [], MOST_S)[0]:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return Ended(_HANGS, "", f"nothing said for {MOST_S:g} s", MOST_S)
        told = pipe.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    took_s = time.perf_counter() - begun
    if not told:
        return Ended(128 - status if status < 0 else -1, "", "its process died", took_s)
    return Ended(*json.loads(told)[:3], took_s)


def _output(condition: str) -> int:
    """Make the place that a command prints to its standard output; return a descriptor of it."""
    if condition == OUT_FULL:
        place = os.open("/dev/full", os.O_WRONLY)
    elif condition == READER_GONE:
        reading, place = os.pipe()
        os.close(reading)
    else:
        place = os.memfd_create("out")
    os.dup2(place, 1)
    if condition == OUT_CLOSED:
        os.close(1)
    return place


def _command(words: Sequence[str], condition: str) -> Ended:
    out, err = _output(condition), io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    asked = os.memfd_create("asked")
    os.write(
        asked, b"".join(json.dumps({"jsonrpc": "2.0", **each}).encode() + b"\n" for each in _ASKED)
    )
    os.lseek(asked, 0, os.SEEK_SET)
    os.dup2(asked, 0)
    here = Path(tempfile.mkdtemp())
    os.chdir(here)
    if "folder removed" in condition:
        here.rmdir()
    if condition in (NO_RIGHT, OWNED):
        for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "MPLCONFIGDIR"):
            os.environ.pop(name, None)
        os.environ["TMPDIR"] = "/proc"
        tempfile.tempdir = None
        os.chdir("/")
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    sys.stdin, sys.argv = io.StringIO(), ["runanalytics", *words]
    sys.stdout, sys.stderr = None, err
    if condition != OUT_CLOSED:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    try:
        with patch.object(decisions, "datetime", OneTime):
            cli.main()
    except SystemExit as end:
        status = int(end.code or 0)
    except BaseException:
        status = 99
        err.write(traceback.format_exc())
    err.flush()
    printed = condition not in (OUT_FULL, READER_GONE, OUT_CLOSED)
    said = os.pread(out, _MOST_PRINTED, 0).decode() if printed else ""
    return Ended(status, said, err.buffer.getvalue().decode())


class AtHome(NamedTuple):
    """How a command ends where nothing is wrong, and what the library says then."""

    ended: Ended
    after: State


class Judged(NamedTuple):
    """One command under one condition: how it ended, and what is not as promised."""

    status: int
    wrong: tuple[str, ...]


def trial(
    command: str, condition: str, at: Place, names: Mapping[str, str], home: AtHome, before: State
) -> Judged:
    """Give a command under a condition, and look at what it left."""
    fresh(at)
    with CONDITIONS[condition](at.watched):
        after_s = random.Random(f"{command} {condition}").uniform(0.0, home.ended.took_s)
        end = ended(given(command, at, names), condition, after_s)
    wrong: list[str] = []
    at_home = home.ended
    usual = at_home.err.splitlines()
    said = [line for line in end.err.strip().splitlines() if line not in usual]
    reads = command in READING
    if end.status == _HANGS:
        wrong.append("it hangs")
    elif "Traceback" in end.err or end.status in (-1, 99):
        wrong.append(f"a traceback: {said[-1:]}")
    each_its_own = command.startswith("cohort")  # a reason a runner
    if end.status == 3 and len(said) != 1 and not each_its_own:
        wrong.append(f"status 3 with {said}")
    if condition in DONE or (reads and condition in (NO_ROOM, *LITTLE_ROOM, "read-only")):
        if end.status != at_home.status:
            wrong.append(f"status {end.status}, not {at_home.status}: {said[-1:]}")
        elif reads and end.out != at_home.out and condition not in (OUT_CLOSED, READER_GONE):
            wrong.append("another answer")
    elif condition in ("SIGTERM", "SIGHUP"):
        if end.status not in (at_home.status, 128 + _SIGNALS[condition][0]):
            wrong.append(f"status {end.status}: {said[-1:]}")
    elif condition == OUT_FULL:
        if end.status != 3:
            wrong.append(f"status {end.status}: {said[-1:]}")
    elif end.status not in (at_home.status, 2, 3) and not (each_its_own and end.status == 1):
        wrong.append(f"status {end.status}: {said[-1:]}")
    undone = end.status not in (0, at_home.status) and condition != OUT_FULL
    # A signal may come once all is done.
    fitting = [before, home.after] if condition in ("SIGTERM", "SIGHUP") else [before]
    if undone and (found := state(at)) not in fitting:
        differing = [key for key in before if found.get(key) != before[key]]
        wrong.append(f"not as before: {differing}")
    wrong += [f"verify: {problem}" for problem in problems(at)]
    for path in (path for path in at.watched.rglob("*") if path.is_file()):
        begin, last = _WHOLE.get(path.suffix, (b"", b""))
        kept = path.read_bytes()
        if kept != OLD and not (kept.startswith(begin) and kept.rstrip().endswith(last)):
            wrong.append(f"half of {path.name}")
        # In a library the next writer removes them.
        if path.match(".*.tmp") and not (path.parent / "catalogue.sqlite").exists():
            wrong.append(f"left over: {path.name}")
    for name in OLD_FILES:
        if not (at.watched / name).exists():
            wrong.append(f"{name} is gone")
    return Judged(end.status, tuple(wrong))


def fresh(at: Place) -> None:
    """Put the library and older reports in their place."""
    for path in at.watched.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(at.common, at.library)
    for name in OLD_FILES:
        (at.watched / name).write_bytes(OLD)


def _in_place(target: Path, content: bytes) -> None:
    with target.open("wb") as file:
        for start in range(0, len(content), 4096):
            file.write(content[start : start + 4096])


def _may_start_python() -> bool:
    """Return whether every user may run this Python, as a group's child processes have to."""
    folders = Path(sys.executable).resolve().parents
    return all(folder.stat().st_mode & 0o001 for folder in folders)


def _load_all() -> None:
    """Load what a command may need: another user may not read this one's Python."""
    for module in pkgutil.walk_packages(runanalytics.__path__, "runanalytics."):
        importlib.import_module(module.name)
    others = ("typst", "vl_convert", "altair", "jinja2", "icalendar", "scipy.stats", "rich.console")
    backends = (f"matplotlib.backends.backend_{kind}" for kind in ("agg", "pdf", "svg"))
    for name in (*others, *backends, *(sys.stdlib_module_names - _WITH_EFFECTS)):
        with contextlib.suppress(Exception):
            importlib.import_module(name)


@contextlib.contextmanager
def disk() -> Iterator[Place]:
    """Make the file system, and what is prepared for the trials beside it."""
    folder = Path(tempfile.mkdtemp()).resolve()
    folder.chmod(0o755)
    at = prepared(folder)
    mounted = folder / "mounted"
    mounted.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", mounted], check=True)
    (mounted / "watched").mkdir()
    for path in (at.common, at.exported, at.files, at.later, at.runners):
        subprocess.run(["chmod", "-R", "a+rX", path], check=True)
    try:
        yield dataclasses.replace(at, disk=mounted / "watched")
    finally:
        subprocess.run(["umount", "--lazy", mounted], check=True)
        shutil.rmtree(folder)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return 1 if anything was not as promised."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hostile_places")
    parser.add_argument("--only", default="", help="parts of commands, with commas between")
    parser.add_argument("--where", default="", help="parts of conditions, likewise")
    parser.add_argument("--trials", type=int, help="of each condition, drawn; all by default")
    given_words = parser.parse_args(arguments)
    only, where = given_words.only.split(","), given_words.where.split(",")
    _load_all()
    with disk() as at:
        with closing(Library.open(at.common)) as library:
            known = verbs(at)
            (duplicate,) = known["merges undo"].names(library)
            run, other = known["merges join"].names(library)
            (race,) = known["races confirm"].names(library)
        names = {"duplicate": duplicate, "run": run, "other": other, "race": race}
        fresh(at)
        before = state(at)
        chosen = [
            (command, condition)
            for command in (*READING, *WRITING)
            for condition in CONDITIONS
            if any(word in command for word in only)
            and any(word in condition for word in where)
            and not (
                command.startswith("cohort") and condition == OWNED and not _may_start_python()
            )
        ]
        if given_words.trials is not None:
            drawn = []
            for condition in CONDITIONS:
                of_it = [each for each in chosen if each[1] == condition]
                n_trials = min(given_words.trials, len(of_it))
                drawn += random.Random(condition).sample(of_it, n_trials)
            chosen = drawn
        ends: dict[str, Counter[str]] = {condition: Counter() for condition in CONDITIONS}
        homes: dict[str, AtHome] = {}
        for command, condition in chosen:
            if command not in homes:
                fresh(at)
                done = ended(given(command, at, names), "")
                homes[command] = AtHome(done, state(at))
                if done.status:
                    print(f"at home: {command}: {done}", file=sys.stderr)
            judged = trial(command, condition, at, names, homes[command], before)
            by_signal = judged.status in (128 + signal.SIGTERM, 128 + signal.SIGHUP)
            ends[condition]["by the signal" if by_signal else f"status {judged.status}"] += 1
            ends[condition]["wrong"] += bool(judged.wrong)
            for wrong in judged.wrong:
                print(f"{command} | {condition} | {wrong}", file=sys.stderr, flush=True)
        columns = ["status 0", "status 1", "status 2", "status 3", "by the signal", "wrong"]
        print(f"| | {' | '.join(columns)} |")
        print(f"|{' --- |' * (len(columns) + 1)}")
        for condition, counts in ends.items():
            print(
                f"| {condition} | {' | '.join(str(counts[name]) for name in columns)} |", flush=True
            )
        with patch.object(build, "write_durably", _in_place):
            fresh(at)
            home = AtHome(ended(given("report {disk}/old.pdf", at, names), ""), state(at))
            control = trial("report {disk}/old.pdf", "16 KiB left", at, names, home, before)
        print(
            f"\nControl, a report written in place: {'; '.join(control.wrong) or 'nothing wrong'}"
        )
    n_wrong = sum(counts["wrong"] for counts in ends.values())
    print(f"{n_wrong} of {len(chosen)} not as promised.")
    return int(n_wrong > 0 or not control.wrong)


if __name__ == "__main__":
    sys.exit(main())
