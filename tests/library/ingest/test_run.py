"""An import as a whole: archives, what is passed over, helpers beside this process."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from runanalytics import Library, read
from runanalytics.errors import UnreadableFileError
from runanalytics.importers import registry
from runanalytics.importers.apple.health import APPLE_HEALTH
from runanalytics.importers.contract import (
    Imported,
    ReadOptions,
    StreamingImporter,
    content_digest,
)
from runanalytics.importers.files import unpacking, walk
from runanalytics.importers.files.walk import Found
from runanalytics.importers.races.importer import TIDY_RACES
from runanalytics.importers.registry import read_stream
from runanalytics.library.ingest import decoding, run, workers

Dump = Callable[[Library], dict[str, str]]


@pytest.fixture
def archive(tmp_path: Path, sample_fits: list[Path]) -> Path:
    """An account's archive: runs as they are, gzipped and in a zip of their own, and more."""
    inner = tmp_path / "inner.zip"
    with zipfile.ZipFile(inner, "w") as written:
        written.write(sample_fits[-3], "jo@example.org_3.fit")
        written.writestr("settings.json", "{}")
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as written:
        written.write(sample_fits[-1], "activities/1.fit")
        written.writestr("activities/2.fit.gz", gzip.compress(sample_fits[-2].read_bytes()))
        written.write(inner, "Part1.zip")
        written.writestr("photo.jpg", b"\xff\xd8")
    inner.unlink()
    return path


def without_sources(said: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in said.items() if name != "sources"}


def test_an_archive_is_its_files(
    library: Library, archive: Path, sample_fits: list[Path], tmp_path: Path, dump: Dump
) -> None:
    report = library.add(archive)
    assert report.exit_status == 0
    assert report.summary() == "3 files: 3 added (3 runs)"
    places = [Path(file.path).relative_to(archive.parent).as_posix() for file in report.files]
    assert places == [
        *("export.zip/activities/1.fit", "export.zip/activities/2.fit.gz"),
        *("export.zip/Part1.zip/3.fit", "export.zip"),
    ]
    assert report.with_outcome("opened")[0].reason == "2 of its 5 files are of no kind that is read"
    plain = Library.open(tmp_path / "plain")
    for path in (sample_fits[-1], sample_fits[-2], sample_fits[-3]):
        plain.add(path)
    assert without_sources(dump(plain)) == without_sources(dump(library))
    assert not library.sources()["name"].str.contains("@").any()


def test_an_unchanged_archive_is_not_opened_again(
    library: Library, archive: Path, dump: Dump, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.add(archive)
    before = dump(library)
    monkeypatch.setattr(Found, "open", lambda _: pytest.fail("it was opened"))
    again = library.add(archive)
    assert [file.outcome for file in again.files if file.outcome != "opened"] == ["duplicate"] * 3
    assert dump(library) == before


def test_a_longer_archive_adds_only_what_is_new(
    library: Library, archive: Path, sample_fits: list[Path]
) -> None:
    library.add(archive)
    with zipfile.ZipFile(archive, "a") as written:
        written.write(sample_fits[-4], "activities/4.fit")
    report = library.add(archive)
    assert [file.name for file in report.with_outcome("added")] == ["4.fit"]
    assert len(report.with_outcome("duplicate")) == 3


def test_a_file_in_an_archive_that_was_skipped_is_looked_into_again(
    library: Library, tmp_path: Path
) -> None:
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w") as written:
        written.writestr("sets.csv", "date,movement,sets,reps,load\n2026-03-01,Squat,3,10,80\n")
    (skipped,) = library.add(path).with_outcome("skipped")
    assert "does not say its unit" in skipped.reason
    (added,) = library.add(path, units="metric").with_outcome("added")
    assert added.n_sessions == 1


def test_an_archive_beyond_its_limit_keeps_what_was_read(
    library: Library, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "MOST_BYTES", 60_000)
    report = library.add(archive)
    (refused,) = report.with_outcome("skipped")
    assert "unpacks to more than" in refused.reason
    assert "export.zip" in refused.reason
    assert len(library.runs()) == len(report.with_outcome("added")) > 0


def test_files_of_other_kinds_in_a_folder_are_counted_and_those_of_training_named(
    library: Library, archive: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "Downloads"
    folder.mkdir()
    shutil.move(archive, folder)
    for name in ("a.csv", "b.json", "c.xml", "d.pdf", "e"):
        (folder / name).write_text(f"name,value\n{name},1\n")
    with zipfile.ZipFile(folder / "letter.docx", "w") as written:
        written.writestr("word/document.xml", "<w/>")
    (folder / "torn.fit").write_bytes(b"\x0e\x10")
    report = library.add(folder)
    assert len(report.with_outcome("ignored")) == 3
    skipped = {file.name: file.reason for file in report.with_outcome("skipped")}
    assert list(skipped) == ["a.csv", "b.json", "c.xml", "torn.fit"]
    assert "its columns are: name, value; as a plain table it is read with" in skipped["a.csv"]
    assert report.exit_status == 1
    assert len(library.add(folder).with_outcome("ignored")) == 3


def test_helpers_change_nothing(
    tmp_path: Path, sample_fits: list[Path], dump: Dump, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for path in sample_fits[-40:]:
        shutil.copy(path, folder)
    shutil.copy(sample_fits[-40], folder / "copy.fit")
    (folder / "broken.fit").write_text("no FIT")
    said = []
    for number in (0, 2):
        monkeypatch.setattr(run, "_worth", lambda _, number=number: number)
        library = Library.open(tmp_path / f"library{number}")
        report = library.add(folder)
        tables = without_sources(dump(library))
        sources = library.sources().drop(columns="added_utc").to_csv()
        said.append((report, tables, sources))
    assert said[0] == said[1]


def test_a_helper_that_dies_names_its_file_and_the_rest_goes_on(
    library: Library, tmp_path: Path, sample_fits: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for path in sample_fits[-30:]:
        shutil.copy(path, folder)
    monkeypatch.setattr(run, "_worth", lambda _: 1)
    # This process begins with the first file, and the first helper is given the second.
    fatal = sorted(path.name for path in folder.iterdir())[1]
    code = workers._CODE.replace(
        "help_out()",
        "import runanalytics.library.ingest.decoding as d; import os; whole = d.decode; d.decode = "
        f"lambda c, o: os._exit(9) if c.name == '{fatal}' else whole(c, o); help_out()",
    )
    monkeypatch.setattr(workers, "_CODE", code)
    give = workers.Helpers.give

    def give_and_wait(self: workers.Helpers, jobs: Any, options: Any) -> None:
        deadline = time.monotonic() + 30
        while not all(one.ready for one in self._all) and time.monotonic() < deadline:
            time.sleep(0.01)
            self.hear(wait=False)
        give(self, jobs, options)

    monkeypatch.setattr(workers.Helpers, "give", give_and_wait)
    report = library.add(folder)
    (lost,) = report.with_outcome("skipped")
    assert lost.name == fatal
    assert "ended the process that read it (status 9)" in lost.reason
    assert len(report.with_outcome("added")) == 29
    assert library.verify() == []


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent otherwise on Windows")
def test_ctrl_c_leaves_a_good_library_and_no_process(
    tmp_path: Path, sample_fits: list[Path]
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for path in sample_fits[-100:]:
        shutil.copy(path, folder)
    code = (
        "from runanalytics import Library; from runanalytics.library.ingest import run, workers\n"
        "class Told(workers._Helper):\n"
        "    def __init__(self, heard):\n"
        "        super().__init__(heard); print('helper', self._process.pid, flush=True)\n"
        "workers._Helper = Told; run._worth = lambda _: 1\n"
        "tell = lambda done, total, name: print(done, flush=True)\n"
        f"Library.open({str(tmp_path / 'library')!r}).add({str(folder)!r}, progress=tell)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        helper, *_ = [process.stdout.readline() for _ in range(21)]
        pid = int(helper.removeprefix("helper "))
        os.kill(pid, 0)  # it is there
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    library = Library.open(tmp_path / "library")
    assert 20 <= len(library.runs()) <= 100
    assert library.verify() == []
    assert library.add(folder).exit_status == 0
    assert len(library.runs()) == 100


def test_few_files_start_no_process(
    library: Library, some_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_Helper", lambda _: pytest.fail("a helper was started"))
    assert library.add(some_files).exit_status == 0


def test_an_encrypted_archive_is_named_as_such(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "mine.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("races.csv", "date,distance,time\n2026-03-01,10k,45:00\n")
    data = bytearray(path.read_bytes())
    for mark, behind in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(mark) + behind] |= 1
    path.write_bytes(data)
    (skipped,) = library.add(path).with_outcome("skipped")
    assert "none of its 1 files can be read: it is encrypted" in skipped.reason
    with pytest.raises(UnreadableFileError, match=r"races.csv: it is encrypted"):
        read(path)


def test_where_no_process_can_be_started_this_one_decodes_all(
    library: Library, some_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(run, "_worth", lambda _: 2)
    monkeypatch.setattr(workers.subprocess, "Popen", refuse)
    assert library.add(some_files).exit_status == 0
    assert len(library.runs()) == 4


def test_a_large_file_is_read_as_a_stream(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Streaming(StreamingImporter):
        name, version = "streaming", 1

        def recognises(self, name: str, head: bytes) -> bool:
            return head.startswith(b"#stream")

        def read(self, data: bytes, options: ReadOptions) -> Imported:
            raise AssertionError("it was read whole")

        def read_stream(self, file: BinaryIO, options: ReadOptions) -> Imported:
            head = file.read(50)
            return TIDY_RACES.read(head.removeprefix(b"#stream\n"), options)

    data = b"#stream\ndate,distance,time\n2026-03-01,10k,45:10\n\n" + bytes(3_000_000)
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as written:
        written.writestr("export.xml", data)
    monkeypatch.setattr(registry, "IMPORTERS", (Streaming(), TIDY_RACES))
    monkeypatch.setattr(decoding, "STREAM_FROM_BYTES", 10_000)
    monkeypatch.setattr(walk, "LARGEST_BYTES", 100_000)
    report = library.add(tmp_path / "export.zip", timezone="UTC")
    assert [file.name for file in report.with_outcome("added")] == ["export.xml"]
    assert library.races()["time_s"].tolist() == [2710.0]
    assert content_digest(data) in library.sources()["digest"].tolist()


def test_what_is_large_has_to_show_what_it_is(
    library: Library, tmp_path: Path, sample_fits: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "STREAM_FROM_BYTES", 50_000)
    read = []
    whole = Found.read
    monkeypatch.setattr(Found, "read", lambda file: read.append(file.name) or whole(file))
    noise = b"\xff\0" * 30_000
    (tmp_path / "torn.fit").write_bytes(noise[:8_000] + sample_fits[-1].read_bytes()[12:])
    (tmp_path / "large.fit").write_bytes(noise)
    (tmp_path / "packed.fit.gz").write_bytes(gzip.compress(noise))
    (tmp_path / "text.gpx").write_bytes(b"no XML" * 9_000)
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as written:
        written.writestr("member.fit", noise)
    report = library.add(tmp_path)
    assert [file.name for file in report.with_outcome("added")] == ["torn.fit"]
    assert read == ["packed.fit.gz", "torn.fit"], "of the others the first bytes say enough"
    reasons = {file.name: file.reason for file in report.with_outcome("skipped")}
    assert list(reasons) == ["member.fit", "large.fit", "packed.fit.gz", "text.gpx"]
    for name in ("member.fit", "large.fit"):
        assert "the name says FIT, but the content is something else" in reasons[name]


@pytest.fixture
def apple_export(monkeypatch: pytest.MonkeyPatch) -> Path:
    """An export of Apple Health that is too large to be read but as a stream."""
    monkeypatch.setattr(decoding, "STREAM_FROM_BYTES", 20_000)
    monkeypatch.setattr(walk, "LARGEST_BYTES", 20_000)
    monkeypatch.setattr(type(APPLE_HEALTH), "read", lambda *_: pytest.fail("it was read whole"))
    return Path(__file__).parents[2] / "importers" / "golden" / "apple_health.xml"


def test_an_export_of_apple_health_is_streamed(
    library: Library, tmp_path: Path, apple_export: Path, dump: Dump
) -> None:
    folder = tmp_path / "apple_health_export"
    folder.mkdir()
    shutil.copy(apple_export, folder / "export.xml")
    (folder / "export_cda.xml").write_bytes(b"<ClinicalDocument>" + bytes(30_000))
    with zipfile.ZipFile(tmp_path / "export.zip", "w", zipfile.ZIP_DEFLATED) as written:
        for path in sorted(folder.iterdir()):
            written.write(path, path.relative_to(tmp_path))
    zipped = Library.open(tmp_path / "zipped")
    for report in (library.add(folder), zipped.add(tmp_path / "export.zip")):
        (added,) = report.with_outcome("added")
        assert (added.name, added.importer, added.n_runs) == ("export.xml", "apple-health", 2)
        assert report.exit_status == 0
    with apple_export.open("rb") as file:
        imported = read_stream(APPLE_HEALTH, "export.xml", file, ReadOptions()).frames()
    assert sorted(library.runs()["run_id"]) == sorted(imported.runs["run_id"])
    (sampled,) = imported.samples["run_id"].unique()
    assert len(library.samples(sampled)) == len(imported.samples)
    assert without_sources(dump(library)) == without_sources(dump(zipped))
    assert content_digest(apple_export.read_bytes()) in zipped.sources()["digest"].tolist()


def test_an_export_larger_than_an_archive_may_hold_is_to_be_unpacked(
    library: Library, tmp_path: Path, apple_export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "MOST_BYTES", 100_000)
    with zipfile.ZipFile(tmp_path / "export.zip", "w", zipfile.ZIP_DEFLATED) as written:
        written.write(apple_export, "export.xml")
    (refused,) = library.add(tmp_path / "export.zip").with_outcome("skipped")
    assert "unpacks to more than" in refused.reason
    assert "unpack it and import export.xml" in refused.reason
    shutil.copy(apple_export, tmp_path / "export.xml")
    assert library.add(tmp_path / "export.xml").total("runs") == 2


def test_the_report_says_what_other_sources_have_told_of(
    library: Library, overlapping_files: Path, n_merges: int
) -> None:
    told = library.add(overlapping_files / "list.csv", timezone="UTC")
    assert told.same == {}
    again = library.add(overlapping_files / "pod.csv", timezone="UTC")
    assert again.same == {"runs": 3}
    assert again.summary().endswith("; 3 of the runs are the same as ones of another source")
    assert again.to_dict()["same_as_others"] == {"runs": 3}
    at_once = Library.open(overlapping_files / "at_once").add(overlapping_files, timezone="UTC")
    assert at_once.same == {"runs": 3, "sessions": 1}
    assert sum(at_once.same.values()) == n_merges


def test_progress_tells_what_became_of_each_file(
    library: Library, archive: Path, sample_fits: list[Path]
) -> None:
    seen: list[tuple[int, int, str, int]] = []
    library.add(
        [sample_fits[-5], archive],
        progress=lambda done, met, file: seen.append((done, met, file.name, file.n_runs)),
    )
    assert [done for done, *_ in seen] == list(range(1, len(seen) + 1))
    assert seen[0][1:] == (2, sample_fits[-5].name, 1)
    assert seen[-1][2:] == ("export.zip", 0)
    assert sum(n_runs for *_, n_runs in seen) == 4


def test_a_file_that_is_named_is_never_passed_over(library: Library, some_files: Path) -> None:
    """Its folder may have been imported before, or be named beside it."""
    notes, archive = some_files / "notes.md", some_files / "photos.docx"
    notes.write_text("about my knee")
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("photo.jpg", b"jpg")
    assert library.add(some_files).exit_status == 0
    for unread in (notes, archive):
        for paths in ([some_files, unread], [unread, some_files / "races.csv"]):
            report = library.add(paths)
            assert report.exit_status == 1
            assert [file.name for file in report.with_outcome("skipped")] == [unread.name]
        assert library.add(unread).exit_status == 2  # nothing could be read
    assert library.add(some_files).exit_status == 0


@pytest.mark.skipif(sys.platform == "darwin", reason="its file names are UTF-8")
def test_a_file_whose_name_is_not_utf_8_is_imported_and_rebuilt(
    tmp_path: Path, library: Library
) -> None:
    folder = tmp_path / os.fsdecode(b"M\xfcnchen")
    folder.mkdir()
    (folder / os.fsdecode(b"Fu\xdf.csv")).write_text("date,movement,reps\n2026-01-05,Squat,5\n")
    (folder / os.fsdecode(b"Fu\xdf.fit")).write_bytes(b"x")
    report = library.add(folder)
    assert [file.name for file in report.with_outcome("added")] == [r"Fu\xdf.csv"]
    assert report.with_outcome("skipped")[0].reason.startswith(r"Fu\xdf.fit: ")
    json.dumps(report.to_dict(), ensure_ascii=False).encode()
    assert library.add(folder).with_outcome("duplicate")  # known by its place
    assert library.rebuild().lost == ()
    assert len(library.sets()) == 1


@pytest.mark.parametrize("broken", [b"", b"\0\1\2", b"squat 3x5\n"])
def test_an_edited_file_counts_as_last_read_until_it_can_be_read_again(
    library: Library, tmp_path: Path, broken: bytes
) -> None:
    path = tmp_path / "diary.md"
    path.write_text("2026-05-03\ndrills\n2026-05-05\ngym\n")
    library.add(path)
    path.write_bytes(broken)
    assert library.add(path).exit_status == 2
    assert library.sessions()["title"].tolist() == ["drills", "gym"]
    assert [name for name, _ in library.status().skipped] == ["diary.md"]
    path.write_text("2026-05-03\ndrills\n")
    library.add(path)
    assert library.sessions()["title"].tolist() == ["drills"]
    assert library.status().skipped == ()
    copy = tmp_path / "notes" / "diary.md"
    copy.parent.mkdir()
    copy.write_text("2026-05-03\n6 strides\n")
    library.add(copy)
    path.write_text("2026-05-03\n6 strides\n")  # as the other says: its own line is gone
    library.add(path)
    assert library.sessions()["title"].tolist() == ["6 strides"]
    assert library.verify() == []
