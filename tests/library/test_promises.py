"""What a library promises, whatever happens to it; `benchmarks/` shows the same at length."""

from __future__ import annotations

import importlib
import json
import os
import random
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow.parquet as pq
import pytest

from runanalytics import Library, read, schema
from runanalytics.library.fingerprint import fingerprint

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
MAIN = "from runanalytics.cli import main; main()"
Load = Callable[[str], ModuleType]


def cli(
    *arguments: object, code: str = MAIN, **options: object
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        **options,  # type: ignore[call-overload]
    )


# Killed, and read meanwhile --------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("unsafe", [False, True], ids=["ours", "unsafe"])
def test_an_import_killed_anywhere_loses_and_tears_nothing(
    benchmark_module: Load, tmp_path: Path, unsafe: bool
) -> None:
    kill = benchmark_module("kill")
    if not kill.LINUX:
        pytest.skip("needs Linux to trace system calls")
    code = (
        "import sys, pathlib; sys.path.insert(0, sys.argv[1])\n"
        "from benchmarks import kill\n"
        "counts, kinds = kill.trials(pathlib.Path(sys.argv[2]), 12, unsafe=sys.argv[3] == 'True')\n"
        "print(counts['failed'], counts['runs acknowledged'], counts['calls'])\n"
    )
    # In a process of its own: it forks, which a process with threads had better not.
    done = cli(Path(kill.__file__).parents[1], tmp_path, unsafe, code=code)
    assert done.returncode == 0, done.stderr
    failed, acknowledged, calls = map(int, done.stdout.split())
    if not calls:
        pytest.skip("tracing is not allowed here")
    assert acknowledged > 12
    assert (failed > 0) == unsafe, "the test itself must be able to fail"


KILLED_VERBS = ("merges undo", "restore", "unsafe")
#: Number of kills, third states, and what else is wrong, with the system calls, by what it is.
Killed = tuple[int, dict[str, list[str]], dict[str, list[str]]]


@pytest.fixture(scope="module")
def killed_verbs(
    benchmark_module: Load, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Killed]:
    """What came of verbs that were killed at some of their syncs."""
    if not hasattr(os, "fork"):
        pytest.skip("needs fork")
    kill_verbs = benchmark_module("kill_verbs")
    code = (
        "import json, pathlib, sys; sys.path.insert(0, sys.argv[1])\n"
        "from benchmarks import kill_contended, kill_verbs, traced\n"
        "if traced.possible():\n"
        "    place = kill_verbs.prepared(pathlib.Path(sys.argv[2]))\n"
        "    for verb in sys.argv[3:]:\n"
        "        found = kill_verbs.trials(place, verb, 3, only=traced.SYNCS)\n"
        "        print(json.dumps([verb, [found.trials, found.third, found.wrong]]))\n"
        "    found = kill_contended.trials(\n"
        "        place, 'movements map', 3, 0, against=['movements unmap']\n"
        "    )\n"
        "    print(json.dumps(['contended', [found.counts['contender done'], {}, found.wrong]]))\n"
    )
    folder = tmp_path_factory.mktemp("killed").resolve()
    # In a process of its own, as above.
    done = cli(Path(kill_verbs.__file__).parents[1], folder, *KILLED_VERBS, code=code)
    assert done.returncode == 0, done.stderr
    if not done.stdout:
        pytest.skip("tracing is not possible here")
    return dict(json.loads(line) for line in done.stdout.splitlines())


@pytest.mark.parametrize("verb", KILLED_VERBS)
def test_a_verb_killed_at_any_sync_is_done_or_not(
    killed_verbs: dict[str, Killed], verb: str
) -> None:
    n_kills, third, wrong = killed_verbs[verb]
    assert n_kills == 3
    if verb == "unsafe":
        assert third, "the test itself must be able to fail"
        assert any(what.startswith("left over") for what in wrong)
        assert any(what.startswith("order of syncs") for what in wrong)
    else:
        assert (third, wrong) == ({}, {})


def test_a_verb_killed_while_another_writes_leaves_one_of_their_orders(
    killed_verbs: dict[str, Killed],
) -> None:
    # That it can fail is shown at length: a verb that writes without the lock does.
    assert killed_verbs["contended"] == [3, {}, {}]


def test_an_order_of_syncs_that_lacks_one_is_seen(benchmark_module: Load) -> None:
    traced = benchmark_module("traced")
    part, log, catalogue = "l/streams/.a.p.1.tmp", "l/catalogue.sqlite-wal", "l/catalogue.sqlite"
    calls = [
        *(("create", part), ("write", part), ("fsync", part), ("rename", "l/streams/a.p")),
        *(("fsync", "l/streams"), ("pwrite64", log), ("fdatasync", log)),
        *(("pwrite64", catalogue), ("fdatasync", catalogue), ("ftruncate", log)),
    ]
    assert traced.out_of_order(calls) == []
    syncs = [place for place, (name, _) in enumerate(calls) if name in traced.SYNCS]
    assert len(syncs) == 4
    for place in syncs:
        assert traced.out_of_order([*calls[:place], *calls[place + 1 :]]), calls[place]


def test_reading_goes_on_while_another_process_imports(
    benchmark_module: Load, tmp_path: Path
) -> None:
    seen = benchmark_module("reading_while_importing").trial(tmp_path, 60, 60, pause_s=0.01)
    assert seen.errors == []
    assert len(seen.took_s) == 60


# No room, no rights ----------------------------------------------------------------------------


def filled_up(library: Path, done: subprocess.CompletedProcess[str], said: str) -> None:
    """Hold what is promised where there is no more room."""
    assert done.returncode == 3, done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert str(library) in done.stderr
    assert said in done.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux")
@pytest.mark.parametrize("limit", [5_000, 60_000, 250_000, 500_000])
def test_a_file_that_may_not_grow_is_one_message_and_loses_nothing(
    library: Library, tmp_path: Path, limit: int
) -> None:
    library.add(SAMPLE / "races.csv")
    before = fingerprint(library.opened)
    library.close()
    code = (
        "import resource, sys\n"
        "limit = int(sys.argv.pop(1))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))\n"
        "from runanalytics.library.ingest import batches\n"
        f"batches.BATCH_FILES = 4\n{MAIN}"
    )
    done = cli(limit, "--library", library.folder, "import", SAMPLE / "runs", code=code)
    filled_up(library.folder, done, "")
    reader = Library.open(library.folder)
    assert reader.verify() == []
    assert fingerprint(reader.opened)["races"] == before["races"]
    reader.close()
    some = sorted((SAMPLE / "runs").iterdir())[:2]
    assert library.add(some).exit_status == 0, "with room again it goes on"
    assert library.verify() == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB, where this user may make one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if not made or made.returncode:
        pytest.skip("no file system can be made here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_full_disk_is_one_message_and_loses_nothing(small_disk: Path) -> None:
    place = small_disk / "library"
    library = Library.open(place)
    library.add(sorted((SAMPLE / "runs").iterdir())[:5])
    before = fingerprint(library.opened)
    library.close()
    done = cli("--library", place, "import", SAMPLE / "runs")
    filled_up(place, done, "full")
    library = Library.open(place)
    after = fingerprint(library.opened)
    library.close()
    assert {key: after.get(key) for key in before if key.startswith("samples")} == {
        key: before[key] for key in before if key.startswith("samples")
    }
    assert Library.open(place).verify() == []
    assert cli("--library", place, "trend", "cadence").returncode in (0, 2), "it still answers"


# Damage ----------------------------------------------------------------------------------------


def test_every_flipped_bit_is_found_named_and_never_read(
    benchmark_module: Load, tmp_path: Path
) -> None:
    bit_rot = benchmark_module("bit_rot")
    total, counts = bit_rot.trials(bit_rot.filled(tmp_path / "library", 3), 40)
    assert total["found"] == total["named"] == total["flips"] == 40
    assert total["wrong"] == 0
    assert total["by_others"] < 40, "SQLite and pyarrow alone do not find them"
    assert all(counted["flips"] for counted in counts.values())


def test_damage_is_not_sealed_over_by_the_next_import(library: Library, some_files: Path) -> None:
    from runanalytics.library.storage.catalogue import Catalogue
    from runanalytics.library.storage.page_checksums import damaged_pages

    library.add(some_files)
    library.close()
    path = library.folder / "catalogue.sqlite"
    catalogue = Catalogue(path)
    data = bytearray(path.read_bytes())
    data[-100] ^= 1
    path.write_bytes(data)
    with catalogue.transaction():
        catalogue.write("INSERT INTO meta VALUES ('x', 'y')", [()])
    catalogue.close()
    assert damaged_pages(path)


def test_lost_checksums_are_said_and_made_again(library: Library, some_files: Path) -> None:
    library.add(some_files)
    library.close()
    (library.folder / "catalogue.sums").unlink()
    assert "are gone" in library.verify()[0]
    assert len(library.runs()) == 4
    library.add(some_files)
    assert library.verify() == []


# Nothing private, no network -------------------------------------------------------------------

LATITUDE, LONGITUDE = 48.858_370, 2.294_481


def semicircles(degrees: float) -> int:
    return round(degrees * 2**31 / 180)


@pytest.fixture
def with_positions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run of the sample, encoded anew with where it was."""
    pytest.importorskip("garmin_fit_sdk")
    monkeypatch.syspath_prepend(SAMPLE.parent)
    sample_fit = importlib.import_module("sample_fit")
    run = read(sorted((SAMPLE / "runs").glob("*.fit"))[-1])
    plain = sample_fit._write
    place = {"position_lat": semicircles(LATITUDE), "position_long": semicircles(LONGITUDE)}
    start = {f"start_{name}": value for name, value in place.items()}

    def write(encoder: object, message: str, /, **fields: object) -> None:
        extra = {"record": place, "session": start, "lap": start}.get(message, {})
        plain(encoder, message, **fields, **extra)

    monkeypatch.setattr(sample_fit, "_write", write)
    folder = tmp_path / "positions"
    folder.mkdir()
    row = run.runs.iloc[0].copy()
    (folder / "run.fit").write_bytes(sample_fit.run_fit(row, run.samples))
    return folder


def places_in(data: bytes) -> bool:
    """Return whether either coordinate stands in `data`, in any way it could be written."""
    for degrees in (LATITUDE, LONGITUDE):
        number = semicircles(degrees)
        written = [struct.pack(order + "i", number) for order in "<>"]
        written += [struct.pack(order + "d", degrees) for order in "<>"]
        written += [str(number).encode(), f"{degrees:.4f}".encode()]
        if any(one in data for one in written):
            return True
    return False


def test_no_position_is_kept_unless_asked(
    run: Callable[..., Any], library: Library, with_positions: Path, tmp_path: Path
) -> None:
    (file,) = with_positions.iterdir()
    assert places_in(file.read_bytes()), "the file has them"
    done = run("import", with_positions, "--json", library=library)
    assert done.status == 0, done.err
    library.export(tmp_path / "out")
    (run_id,) = library.runs()["run_id"]
    stored = [*library.folder.rglob("*"), *(tmp_path / "out").rglob("*")]
    for path in (path for path in stored if path.is_file()):
        assert not places_in(path.read_bytes()), path
    assert not places_in(done.out.encode() + done.err.encode())
    (stream,) = (library.folder / "streams").iterdir()
    parquet = pq.ParquetFile(stream)
    assert set(parquet.schema_arrow.names) <= set(schema.TABLES["samples"].names)
    assert not parquet.schema_arrow.metadata
    assert not places_in(library.samples(run_id).to_csv().encode())


def test_kept_originals_hold_positions_and_that_is_said(
    run: Callable[..., Any], library: Library, with_positions: Path
) -> None:
    assert "where you ran" in " ".join(run("import", "--help").out.split())
    done = run("import", with_positions, "--keep-originals", library=library)
    assert "where you ran" in done.out
    (digest,) = library.opened.originals.digests()
    with library.opened.originals.open(digest) as file:
        assert places_in(file.read())


def test_no_network_is_ever_asked_for(
    offline: Callable[..., subprocess.CompletedProcess[bytes]],
    demo: Path,
    some_files: Path,
    tmp_path: Path,
) -> None:
    def asked(err: bytes) -> Any:
        return json.loads(err.splitlines()[-1])

    control = offline([], call="__import__('socket').create_connection(('127.0.0.1', 9))")
    ((event, _),) = asked(control.stderr)["asked"]
    assert event.startswith("socket."), "the hook sees a socket"
    library = ("--library", tmp_path / "library")
    done = offline(
        [*library, "import", some_files],
        [*library, "trend", "cadence"],
        [*library, "report", tmp_path / "report.pdf"],
    )
    assert asked(done.stderr) == {"asked": [], "statuses": [0, 0, 0]}
    # An import, trends, effects and a report of the whole sample.
    assert asked((demo / "err.txt").read_bytes()) == {"asked": [], "statuses": [0]}


# Strange files ---------------------------------------------------------------------------------


def test_one_bad_file_among_many_is_named(library: Library, tmp_path: Path) -> None:
    folder, n_good = tmp_path / "many", 149  # three batches, decoded by several processes
    folder.mkdir()
    for number in range(n_good):
        day = f"2025-{1 + number % 12:02}-{1 + number // 12 % 28:02}"
        text = (
            # Three on each day, 8 km apiece: long races of one day would be named.
            f"date,distance,time,title\n{day},8k,{40 + number % 20}:{number % 60:02},R{number}\n"
        )
        (folder / f"{number:04}.csv").write_text(text)
    (folder / "bad.fit").write_text("not what its name says")
    done = cli("--library", library.folder, "import", folder)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    assert "bad.fit" in done.stderr
    sources = library.sources()
    assert (sources["outcome"] == "added").sum() == n_good
    assert library.verify() == []


def test_the_terminal_is_not_obeyed(
    run: Callable[..., Any], library: Library, tmp_path: Path
) -> None:
    titles = ["\x1b[2J\x1b]0;mine\x07 wiped", "back\u202eward", "nul\x00byte", "\x9b31m"]
    rows = [f"2026-03-0{n + 1},10k,45:1{n},{title}" for n, title in enumerate(titles)]
    log = tmp_path / "races.csv"
    log.write_text("\n".join(["date,distance,time,title", *rows, "soon,10k,45:00,\x1b[31mred"]))
    named = tmp_path / "a\x1b[2Jb.fit"
    named.write_text("no FIT")
    control = set(map(chr, range(32))) - {"\n", "\t"} | {"\x7f", "\x9b", "\u202e"}
    for arguments in (("import", log, named), ("verify",), ("status",), ("status", "--json")):
        done = run(*arguments, library=library)
        assert not control & set(done.out + done.err), arguments
        if "--json" in arguments:
            assert done.json
    assert "\\u001b" in run("import", named, library=library).err


def test_same_import_twice_changes_nothing(library: Library, some_files: Path) -> None:
    library.add(some_files)
    before = fingerprint(library.opened)
    files = sorted(some_files.rglob("*.*"))
    random.Random(1).shuffle(files)
    library.add(files)
    assert fingerprint(library.opened) == before
