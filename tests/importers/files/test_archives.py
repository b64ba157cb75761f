"""Archives: found by content, opened without unpacking, refused where they are hostile."""

from __future__ import annotations

import gzip
import io
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runanalytics import Library, read
from runanalytics.errors import RunAnalyticsError, UnreadableFileError
from runanalytics.importers.files import unpacking
from runanalytics.importers.files.archives import Archive
from runanalytics.importers.files.unpacking import ArchiveLimitError, Budget
from runanalytics.importers.files.walk import Found, walk

RACES = b"date,distance,time\n2026-03-01,10k,45:10\n"


def found(path: Path) -> Found:
    (only,) = walk([path])
    return only


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return sink.getvalue()


def contents(path: Path) -> dict[str, bytes | str]:
    """Return what each file of an archive holds, or why it does not say."""
    said: dict[str, bytes | str] = {}
    with Archive(found(path)) as archive:
        for file in archive.files:
            try:
                said[file.path.relative_to(path).as_posix()] = file.read()
            except UnreadableFileError as error:
                said[file.path.relative_to(path).as_posix()] = error.message
    return said


@pytest.fixture
def archive(tmp_path: Path) -> Callable[[bytes], Path]:
    def of(data: bytes) -> Path:
        path = tmp_path / "export.zip"
        path.write_bytes(data)
        return path

    return of


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_files_have_a_place_in_their_archive(archive: Callable, method: int) -> None:
    path = archive(zipped({"a/1.csv": RACES, "a/": b"", "b.csv.gz": gzip.compress(RACES)}, method))
    assert contents(path) == {"a/1.csv": RACES, "b.csv.gz": RACES}


def test_hidden_files_and_those_of_one_system_are_left_alone(archive: Callable) -> None:
    path = archive(zipped({"__MACOSX/._a.fit": b"x", ".DS_Store": b"x", "a/.b/c": b"x"}))
    assert contents(path) == {}


def test_accounts_are_not_shown(archive: Callable) -> None:
    path = archive(zipped({"jo.doe@mail.example.org_12.fit": b"1", "jo@example.org_12.fit": b"2"}))
    assert contents(path) == {"12.fit": b"1", "12 (2).fit": b"2"}


@pytest.mark.parametrize("name", ["../x.fit", "a/../../x.fit", "/etc/x.fit", "C:\\x.fit", "..\\x"])
def test_a_name_that_leads_out_is_refused_and_the_others_go_on(
    archive: Callable, name: str
) -> None:
    said = contents(archive(zipped({name: RACES, "good.csv": RACES})))
    assert said.pop("good.csv") == RACES
    (reason,) = said.values()
    assert "leads out of the archive" in str(reason)


def test_a_link_is_not_followed(archive: Callable, tmp_path: Path) -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as written:
        link = zipfile.ZipInfo("link.fit")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        written.writestr(link, str(tmp_path / "secret"))
    assert contents(archive(sink.getvalue())) == {
        "link.fit": "it is a link, and links are not followed"
    }


def test_encrypted_and_unknown_methods_are_named(archive: Callable) -> None:
    data = bytearray(zipped({"a.fit": RACES}))
    data[data.index(b"PK\1\2") + 8] |= 1
    assert contents(archive(bytes(data))) == {
        "a.fit": "it is encrypted, and would have to be unpacked by hand"
    }
    bzip2 = zipped({"a.fit": RACES}, zipfile.ZIP_BZIP2)
    assert contents(archive(bzip2)) == {
        "a.fit": "it is packed by bzip2, which is not read: pack it anew as an ordinary zip"
    }


def test_names_of_any_encoding(archive: Callable) -> None:
    # Flagged as UTF-8 and none; UTF-8 without the flag.
    broken = zipped({"läuf.csv": RACES}).replace("läuf".encode(), b"l\xff\xfeuf")
    assert list(contents(archive(broken)).values()) == [RACES]
    data = zipped({"laauf.csv": RACES}).replace(b"laauf", "läuf".encode())
    assert contents(archive(data)) == {"läuf.csv": RACES}


def test_a_flipped_bit_is_named(archive: Callable) -> None:
    data = bytearray(zipped({"a.csv": RACES * 9, "b.csv": RACES}, zipfile.ZIP_STORED))
    data[60] ^= 4
    said = contents(archive(bytes(data)))
    assert said == {"a.csv": "it is damaged (its checksum is wrong)", "b.csv": RACES}


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_archive_says_so(archive: Callable, share: float) -> None:
    data = zipped({f"{n}.csv": random.Random(n).randbytes(500) for n in range(9)})
    with pytest.raises(UnreadableFileError, match=r"export\.zip: the zip is cut off or damaged"):
        contents(archive(data[: int(share * len(data))]))


def test_overlapping_entries_are_refused(archive: Callable) -> None:
    data = zipped({"a.csv": RACES, "b.csv": RACES})
    directory = data.index(b"PK\1\2")
    second = data.index(b"PK\1\2", directory + 1)
    offset = struct.pack("<I", 0)
    hostile = data[: second + 42] + offset + data[second + 46 :]
    with pytest.raises(UnreadableFileError, match="overlaps another"):
        contents(archive(hostile))


@pytest.mark.parametrize("size", [10, 20_000])
def test_a_size_that_lies_is_found_by_counting(archive: Callable, size: int) -> None:
    data = bytearray(zipped({"a.csv": RACES * 100}))
    entry = data.index(b"PK\1\2")
    data[entry + 24 : entry + 28] = struct.pack("<I", size)
    (reason,) = contents(archive(bytes(data))).values()
    assert "the archive states" in str(reason)  # never bytes


def test_zeros_that_pack_a_thousandfold_are_refused(archive: Callable) -> None:
    path = archive(zipped({"a.csv": bytes(40 * 2**20)}))
    assert contents(path) == {
        "a.csv": "it unpacks to more than 200 times its size, as no real file does"
    }
    (path.parent / "a.fit.gz").write_bytes(gzip.compress(bytes(40 * 2**20)))
    with pytest.raises(UnreadableFileError, match="more than 200 times"):
        found(path.parent / "a.fit.gz").read()


def test_gzip_in_gzip_and_three_zips_are_refused(archive: Callable) -> None:
    twice = gzip.compress(gzip.compress(RACES))
    inner = zipped({"c.zip": zipped({"d.csv": RACES})})
    path = archive(zipped({"a.csv.gz": twice, "b.zip": inner}))
    assert contents(path)["a.csv.gz"] == "it is gzipped twice"
    with Archive(found(path)) as outer, Archive(outer.files[1]) as middle:
        assert [file.is_zip() for file in middle.files] == [True]
        with pytest.raises(UnreadableFileError, match="a zip in a zip in a zip"):
            Archive(middle.files[0])


def test_bytes_and_entries_are_counted_over_the_whole_archive(
    archive: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = archive(zipped({f"{n}.csv": random.Random(n).randbytes(1000) for n in range(9)}))
    monkeypatch.setattr(unpacking, "MOST_BYTES", 5_000)
    with Archive(found(path)) as opened:
        assert [len(opened.files[n].read()) for n in (0, 1, 0, 1, 0, 1)] == [1000] * 6
        with pytest.raises(ArchiveLimitError, match="unpacks to more than"):
            [file.read() for file in opened.files]
    monkeypatch.setattr(unpacking, "MOST_ENTRIES", 8)
    with pytest.raises(ArchiveLimitError, match="more than 8 entries"):
        Archive(found(path), Budget())


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_archive_in_an_archive_is_sought_in_without_unpacking_it(
    archive: Callable, method: int
) -> None:
    rng = random.Random(5)
    members = {f"{n:03}.fit": rng.randbytes(40_000) for n in range(300)}  # 12 MB: several strides
    path = archive(zipped({"Part1.zip": zipped(members)}, method))
    with Archive(found(path)) as outer, Archive(outer.files[0]) as inner:
        assert {file.name: file.read() for file in inner.files} == members
        for file in rng.sample(inner.files, 20):
            assert file.read() == members[file.name]


def test_a_zip_with_64_bit_numbers_and_something_before_it(archive: Callable) -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as written, written.open("a.csv", "w", force_zip64=True) as to:
        to.write(RACES)
    assert contents(archive(sink.getvalue())) == {"a.csv": RACES}
    assert contents(archive(b"PK\3\4 more" + sink.getvalue())) == {"a.csv": RACES}


def test_gzip_of_several_streams_with_zeros_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(RACES) + gzip.compress(b"2026-04-01,5k,20:10\n") + bytes(99))
    assert found(path).read() == RACES + b"2026-04-01,5k,20:10\n"
    path.write_bytes(gzip.compress(RACES)[:-9])
    with pytest.raises(UnreadableFileError, match=r"a\.csv\.gz: it ends too early"):
        found(path).read()


BEHIND = "bytes after the end of the compressed data were ignored"


@pytest.mark.parametrize("junk", [b"junk", b"\0\0junk", b"\x1fjunk", bytes(9) + b"j" * 200_000])
def test_what_stands_after_a_gzip_stream_is_noted(
    archive: Callable, tmp_path: Path, junk: bytes
) -> None:
    packed = gzip.compress(RACES) + gzip.compress(b"2026-04-01,5k,20:10\n")
    (tmp_path / "races.csv.gz").write_bytes(packed + junk)
    path = archive(zipped({"races.csv.gz": packed + junk}))
    for source in (tmp_path / "races.csv.gz", path):
        imported = read(source, timezone="UTC")
        assert len(imported.races) == 2
        note = f"races.csv.gz: {len(junk.lstrip(bytes(1))):,} {BEHIND}"
        assert note in map(str, imported.notes)
        report = Library.open(tmp_path / source.suffix).add(source)
        assert report.exit_status == 0
        assert BEHIND in str(report.notes()[0])
    (tmp_path / "races.csv.gz").write_bytes(packed + bytes(99))
    assert read(tmp_path / "races.csv.gz", timezone="UTC").notes == []


@pytest.mark.parametrize(
    "junk",
    [b"\x1f", b"\x1f\x8b", b"\x1f\x8bjunk", gzip.compress(RACES, mtime=0)[:-3]],
    ids=["a byte", "a magic number", "no header", "cut short"],
)
def test_a_second_gzip_stream_that_is_none_is_refused(tmp_path: Path, junk: bytes) -> None:
    path = tmp_path / "races.csv.gz"
    path.write_bytes(gzip.compress(RACES) + junk)
    with pytest.raises(UnreadableFileError, match=r"damaged|too early"):
        read(path, timezone="UTC")


def test_what_stands_around_a_zip_is_noted(archive: Callable, tmp_path: Path) -> None:
    inner = zipped({"races.csv": RACES})
    behind = "4 bytes after its end were ignored"
    for number, (data, notes) in enumerate(
        (
            (inner, []),
            (inner + b"junk", [behind]),
            (inner + inner, [f"{len(inner):,} bytes before the archive were ignored"]),
            (zipped({"in.zip": inner + b"junk"}), [behind]),
        )
    ):
        path = archive(data)
        imported = read(path, timezone="UTC")
        assert [note.message for note in imported.notes] == notes
        report = Library.open(tmp_path / f"library{number}").add(path)
        assert [group.what.rpartition(": ")[2] for group in report.notes()] == notes


def test_read_takes_what_is_packed_alone(archive: Callable, tmp_path: Path) -> None:
    (tmp_path / "races.csv.gz").write_bytes(gzip.compress(RACES))
    path = archive(zipped({"in/races.csv": RACES, "photo.jpg": b"\xff\xd8"}))
    for packed in (tmp_path / "races.csv.gz", path):
        assert read(packed, timezone="UTC").races["distance_m"].tolist() == [10_000.0]
    archive(zipped({"a.csv": RACES, "b.csv": RACES}))
    with pytest.raises(UnreadableFileError, match="more than one file of a known source"):
        read(path)
    archive(zipped({"a.txt": b"?"}))
    with pytest.raises(UnreadableFileError, match="no file of a known source"):
        read(path)


INNER = zipped({"c.csv": RACES})
SOUND = zipped({"a/1.csv": RACES * 20, "b.zip": INNER, "d.gz": b"\x1f\x8b\x08"})


def test_an_empty_archive_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "empty.zip"
    with zipfile.ZipFile(path, "w"):
        pass
    with Archive(found(path)) as archive:
        assert list(archive.files) == []


@given(
    st.lists(st.tuples(st.integers(0, len(SOUND) - 1), st.integers(0, 255)), max_size=8),
    st.integers(0, len(SOUND)),
)
@settings(max_examples=300, deadline=None)
def test_damaged_archives_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, damage: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(SOUND)
    for place, value in damage:
        data[place] = value
    path = tmp_path_factory.getbasetemp() / "damaged.zip"
    path.write_bytes(data[:cut] if cut % 2 else data)
    try:
        said = contents(path)
    except RunAnalyticsError:
        return
    read_whole = {data for data in said.values() if isinstance(data, bytes)}
    assert read_whole <= {RACES * 20, INNER}
