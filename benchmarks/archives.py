"""Hostile archives: what an import of each costs, reads and writes.

Run as ``python -m benchmarks.archives``: each is imported into a library of its own, in a process
of its own, together with one intact run that must be read. The bar is for processor time, of all
processes, since that does not depend on what else the machine does; the peak is of the importing
process. Files written outside the library are found by listing the folder around it. The last rows
are the control: a reader that trusts headers must fail.
"""

from __future__ import annotations

import gzip
import io
import multiprocessing
import random
import resource
import struct
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from benchmarks.fit_bombs import forget_peak, peak_mib
from runanalytics import Library
from runanalytics.shipped import sample_folder

BAR_S, BAR_MIB = 10.0, 400
MIB = 2**20
ENTRIES = 50_000


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return sink.getvalue()


def intact_run() -> bytes:
    return next(iter(sorted((sample_folder() / "runs").glob("*.fit")))).read_bytes()


def with_run(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    return zipped({**members, "sound.fit": intact_run()}, method)


def three_gib(head: bytes) -> bytes:
    noise = (random.Random(n).randbytes(700) + bytes(65_000) for n in range(50))
    return with_run({f"{n}.fit": head + one * 960 for n, one in enumerate(noise)})


def link() -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        entry = zipfile.ZipInfo("link.fit")
        entry.create_system, entry.external_attr = 3, 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
        archive.writestr("sound.fit", intact_run())
    return sink.getvalue()


def overlapping(number: int = 2_000, size: int = 20 * MIB) -> bytes:
    """Return a zip whose entries share the same packed zeros, each quoting the next header."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    kernel = packer.compress(bytes(size)) + packer.flush()
    crc = zlib.crc32(bytes(size))
    names = [f"{n:05}.fit".encode() for n in range(number)]

    def local(name: bytes) -> bytes:
        sizes = (crc, len(kernel), size, len(name), 0)
        return struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 0, *sizes) + name

    body = b"".join(map(local, names)) + kernel
    directory, offset = b"", 0
    for name in names:
        packed = len(body) - offset - len(local(name))
        directory += struct.pack(
            "<4s6H3I5H2I",
            *(b"PK\1\2", 20, 20, 0, 8, 0, 0, crc, packed, size, len(name), 0, 0, 0, 0, 0, offset),
        )
        directory += name
        offset += len(local(name))
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, number, number, len(directory), len(body), 0)
    return body + directory + end


def lying(stated: int) -> bytes:
    data = bytearray(with_run({"a.fit": intact_run()[:100] + bytes(200 * MIB)}))
    entry = data.index(b"PK\1\2")
    data[entry + 24 : entry + 28] = struct.pack("<I", stated)
    return bytes(data)


def damaged() -> bytes:
    data = bytearray(with_run({"a.fit": intact_run()}, zipfile.ZIP_STORED))
    data[1_000] ^= 4
    return bytes(data)


def encrypted() -> bytes:
    data = bytearray(with_run({"a.fit": intact_run()}))
    data[data.index(b"PK\1\2") + 8] |= 1
    return bytes(data)


def many(number: int) -> bytes:
    return with_run({f"{n}.fit": b"" for n in range(number)}, zipfile.ZIP_STORED)


ARCHIVES: dict[str, Callable[[], bytes]] = {
    "zip slip": lambda: with_run(
        {"../../outside.fit": intact_run(), "a/../../../b.fit": intact_run()}
    ),
    "absolute names": lambda: with_run(
        {"/tmp/outside.fit": intact_run(), "C:\\x.fit": intact_run()}
    ),
    "a link": link,
    "overlapping entries, 40 GB": overlapping,
    "200 MB of zeros": lambda: with_run({"a.fit": bytes(200 * MIB)}),
    "200 MB of zeros behind a FIT header": lambda: with_run(
        {"a.fit": intact_run() + bytes(200 * MIB)}
    ),
    "the same, said to be 1 kB": lambda: lying(1_000),
    "doubly gzipped zeros": lambda: with_run(
        {"a.fit.gz": gzip.compress(gzip.compress(bytes(200 * MIB)))}
    ),
    "zip in zip in zip": lambda: with_run(
        {"b.zip": zipped({"c.zip": zipped({"d.fit": intact_run()})}), "e.zip": with_run({})}
    ),
    "bzip2": lambda: zipped({"a.fit": bytes(200 * MIB)}, zipfile.ZIP_BZIP2),
    "encrypted": encrypted,
    "a flipped bit": damaged,
    "cut off": lambda: with_run({"a.fit": random.Random(1).randbytes(MIB)})[:-40],
    "3 GiB in files of 60 MiB": lambda: three_gib(b""),
    "3 GiB in files of 60 MiB behind FIT headers": lambda: three_gib(intact_run()),
    f"{ENTRIES + 1:,} entries": lambda: many(ENTRIES),
    "names of no encoding": lambda: with_run({"laeuf.fit": intact_run()}).replace(
        b"ae", b"\xff\xfe"
    ),
}


def processor_s() -> float:
    """Return the processor time (s) of this process and of those that it started."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def measure(name: str) -> tuple[float, float, float, float, int, int, str]:
    """Return MB, wall and processor time (s), peak MiB, runs, files outside, and the message."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "sandbox", "in", "hostile.zip")
        path.parent.mkdir(parents=True)
        path.write_bytes(ARCHIVES[name]())
        size = path.stat().st_size / 1e6
        library = Library.open(Path(folder, "sandbox", "library"))
        forget_peak()
        begin, begin_cpu = time.perf_counter(), processor_s()
        report = library.add(path)
        seconds, cpu, peak = time.perf_counter() - begin, processor_s() - begin_cpu, peak_mib()
        outside = [
            entry
            for entry in Path(folder).rglob("*")
            if entry.is_file() and entry != path and not entry.is_relative_to(library.folder)
        ]
        message = "; ".join(str(group) for group in report.grouped("skipped")) or report.summary()
        return size, seconds, cpu, peak, len(library.runs()), len(outside), message


def trusting(name: str) -> str:
    """Return what happens to a reader that trusts the names and sizes in headers."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "sandbox", "a", "b")
        target.mkdir(parents=True)
        wrong = []
        with zipfile.ZipFile(io.BytesIO(ARCHIVES[name]())) as archive:
            for entry in archive.infolist():
                if not entry.filename.startswith("/") and (target / entry.filename).resolve() != (
                    target / entry.filename
                ):
                    (target / entry.filename).resolve().write_bytes(archive.read(entry))
                    wrong.append(f"wrote {entry.filename}")
                elif entry.file_size < 2**20 < len(zlib.decompress(_packed(archive, entry), -15)):
                    wrong.append(f"{entry.filename} unpacks to more than it says")
        return "; ".join(wrong) or "nothing"


def _packed(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    assert archive.fp is not None
    archive.fp.seek(entry.header_offset + 30 + len(entry.filename.encode()))
    return archive.fp.read(entry.compress_size)


def main() -> None:
    """Print the table."""
    print("| archive | MB | s | cpu s | peak MiB | runs | files outside | message |")
    print("| --- " * 8 + "|")
    n_missed = 0
    for name in ARCHIVES:
        # A process each: the peak of one is not the peak of the next.
        with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
            size, seconds, cpu, peak, n_runs, n_outside, message = pool.apply(measure, (name,))
        n_missed += cpu > BAR_S or peak > BAR_MIB or n_outside > 0
        cells = f"{size:.1f} | {seconds:.2f} | {cpu:.2f} | {peak:.0f} | {n_runs} | {n_outside}"
        print(f"| {name} | {cells} | {message[:110]} |", flush=True)
    bars = f"{BAR_S:.0f} s of processor time or {BAR_MIB} MiB"
    print(f"\n{n_missed} of {len(ARCHIVES)} beyond {bars}, or outside.")
    for name in ("zip slip", "the same, said to be 1 kB"):
        print(f"Control, a reader that trusts headers, on {name!r}: {trusting(name)}")


if __name__ == "__main__":
    main()
