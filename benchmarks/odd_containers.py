"""Texts, tables, documents and workbooks that are not as their format has them.

One golden file of each importer and kind of container is damaged in every way that its container
knows: nested 100,000 deep, a cell of 10 MB, 100,000 columns, an open quotation mark, other
encodings, numbers that are none, streams of gzip with something behind. Every file also stands
alone in a zip that is odd. The file is then read, or refused with one message, within limits of
processor time and memory. What ends in an exception of another kind, or in a message that calls
itself a defect, has failed. A second table says what came of each importer's files. The last row is
the control: a reader of the standard library's parsers must fail.

Run as ``python -m benchmarks.odd_containers [--only WORD,WORD] [--files N]``.
"""

from __future__ import annotations

import argparse
import csv
import functools
import gzip
import io
import json
import os
import random
import re
import resource
import struct
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.fit_bombs import forget_peak, peak_mib
from runanalytics import read
from runanalytics.errors import LONGEST_MESSAGE, RunAnalyticsError
from runanalytics.importers.contract import HEAD_BYTES
from runanalytics.importers.registry import IMPORTERS, claimants
from runanalytics.shipped import sample_folder

GOLDEN = Path(__file__).parents[1] / "tests" / "importers" / "golden"
BAR_S, BAR_MIB = 10.0, 400
DEPTH, COLUMNS, LONG = 100_000, 100_000, 10_000_000
MOST_ROWS = 12
#: What a process may take before it is ended.
MOST_S, MOST_MIB = 60, 3_000
#: Letters of what is kept of a message here.
MOST_SAID = 300
#: What the control is given.
_CONTROLS = ("lists nested 100,000 deep", "numbers 1e999", "a cell of 10 MB")

#: Takes a file's text; returns the bytes of the damaged file.
Damage = Callable[[str], bytes]


def _plain(change: Callable[[str], str]) -> Damage:
    return lambda text: change(text).encode()


def _lines(text: str) -> list[str]:
    return text.splitlines()


def _delimiter(text: str) -> str:
    first = next(line for line in text.splitlines() if line.strip())
    return max(",;\t|", key=first.count)


def _with_last_cell(text: str, cell: str) -> str:
    """Return a table whose last row ends in another cell."""
    *lines, last = _lines(text)
    delimiter = _delimiter(text)
    return "\n".join([*lines, delimiter.join([*last.split(delimiter)[:-1], cell])]) + "\n"


def _more_columns(text: str) -> str:
    delimiter = _delimiter(text)
    first, *rows = [line for line in _lines(text) if line.strip()][:MOST_ROWS]
    names = delimiter.join(f"column {number}" for number in range(COLUMNS))
    cells = delimiter * (COLUMNS - 1)
    return "\n".join([first + delimiter + names, *(row + delimiter + cells for row in rows)]) + "\n"


def _columns_twice(text: str) -> str:
    return "\n".join(f"{line}{_delimiter(text)}{line}" for line in _lines(text)) + "\n"


def _first_key(text: str, value: str) -> str:
    """Return a document whose first object begins with another key."""
    return text.replace("{", f'{{"odd": {value},', 1)


def _first_number(text: str, number: str) -> str:
    return re.sub(r"(:\s*)-?\d+(\.\d+)?(?=\s*[,}\]])", rf"\g<1>{number}", text)


def _keys_twice(text: str) -> str:
    return re.sub(r'("\w+":\s*)(-?\d+(?:\.\d+)?)(?=\s*[,}])', r"\g<1>1, \g<1>\g<2>", text)


def _inside(text: str, xml: str) -> str:
    """Return a document with more behind its first element's start."""
    start = re.search(r"<[A-Za-z][^>]*>", text)
    assert start is not None
    return text[: start.end()] + xml + text[start.end() :]


#: Damage of every text.
_ANY: dict[str, Damage] = {
    "UTF-16 with a mark": lambda text: text.encode("utf-16"),
    "UTF-16 without one": lambda text: text.encode("utf-16-le"),
    "UTF-32": lambda text: text.encode("utf-32"),
    "UTF-7": lambda text: text.encode("utf-7"),
    "NUL between all letters": _plain("\0".join),
    "bytes of no encoding": lambda text: text.encode().replace(b"a", b"\xff\xfe\x80"),
    "cut off within a letter": lambda text: text.encode()[:-3] + "é".encode()[:1],
    "two streams of gzip, then junk": lambda text: (
        gzip.compress(text.encode()) + gzip.compress(b"\n") + b"junk" * 1_000
    ),
    "gzip, cut off": lambda text: gzip.compress(text.encode())[:-5],
    "gzip with another checksum": lambda text: gzip.compress(text.encode())[:-8] + bytes(8),
    "a line of 10 MB behind it": _plain(lambda text: f"{text}\n{'x' * LONG}\n"),
}
_TABLE: dict[str, Damage] = {
    "NUL in every cell": _plain(
        lambda text: text.replace(_delimiter(text), f"\0{_delimiter(text)}")
    ),
    "a cell of 10 MB": _plain(lambda text: _with_last_cell(text, "x" * LONG)),
    "a cell of 100,000 lines": _plain(
        lambda text: _with_last_cell(text, '"' + f"{'x' * 99}\n" * (LONG // 100) + '"')
    ),
    "a number of 10 MB": _plain(lambda text: _with_last_cell(text, "9" * LONG)),
    "an open quotation mark": _plain(
        lambda text: text.replace("\n", f'\n"open{_delimiter(text)}', 1)
    ),
    "columns twice": _plain(_columns_twice),
    "10 MB of quotation marks": _plain(lambda text: _with_last_cell(text, '"' * (LONG + 1))),
    "100,000 columns": _plain(_more_columns),
    "numbers that are none": _plain(
        lambda text: re.sub(r"(?<=[,;\t|])\d+(?=[,;\t|])", "1e999", text)
    ),
    "10 MB of line breaks": _plain(lambda text: "\n" * LONG + text),
    "a row of 1,000,000 cells": _plain(lambda text: text + _delimiter(text) * 1_000_000 + "x\n"),
}
_DOCUMENT: dict[str, Damage] = {
    "lists nested 100,000 deep": _plain(lambda text: _first_key(text, "[" * DEPTH + "]" * DEPTH)),
    "objects nested 100,000 deep": _plain(
        lambda text: _first_key(text, '{"a":' * DEPTH + "1" + "}" * DEPTH)
    ),
    "lists nested 900 deep": _plain(lambda text: _first_key(text, "[" * 900 + "]" * 900)),
    "numbers 1e999": _plain(lambda text: _first_number(text, "1e999")),
    "numbers NaN": _plain(lambda text: _first_number(text, "NaN")),
    "numbers 1e308": _plain(lambda text: _first_number(text, "1e308")),
    "numbers of 5,000 digits": _plain(lambda text: _first_number(text, "9" * 5_000)),
    "texts for numbers": _plain(lambda text: _first_number(text, '"x"')),
    "lists for numbers": _plain(lambda text: _first_number(text, "[1]")),
    "objects for texts": _plain(lambda text: re.sub(r':\s*"[^"]*"', ': {"a": 1}', text)),
    "null for every value": _plain(
        lambda text: re.sub(r':\s*("[^"]*"|-?\d+(\.\d+)?)(?=\s*[,}\]])', ": null", text)
    ),
    "keys twice": _plain(_keys_twice),
    "NUL in every text": _plain(lambda text: re.sub(r'(?<=: ")', r"\\u0000", text)),
    "an open quotation mark": _plain(lambda text: text.rpartition('"')[0] + "\n}]}"),
    "a text of 10 MB": _plain(lambda text: _first_key(text, json.dumps("x" * LONG))),
    "100,000 keys": _plain(
        lambda text: _first_key(text, "1," + ",".join(f'"k{n}": 1' for n in range(COLUMNS)))
    ),
    "half a surrogate": _plain(lambda text: re.sub(r'(?<=: ")(?=\w)', r"\\ud800", text)),
}
_ELEMENTS: dict[str, Damage] = {
    "elements nested 100,000 deep": _plain(
        lambda text: _inside(text, "<a>" * DEPTH + "</a>" * DEPTH)
    ),
    "100,000 attributes": _plain(
        lambda text: _inside(text, "<a " + " ".join(map('k{}="1"'.format, range(COLUMNS))) + "/>")
    ),
    "an attribute of 10 MB": _plain(lambda text: _inside(text, f'<a b="{"x" * LONG}"/>')),
    "a text of 10 MB": _plain(lambda text: _inside(text, f"<a>{'x' * LONG}</a>")),
    "numbers 1e999": _plain(lambda text: re.sub(r">-?\d+(\.\d+)?<", ">1e999<", text)),
    "no numbers": _plain(lambda text: re.sub(r">-?\d+(\.\d+)?<", ">x<", text)),
}
_CALENDAR: dict[str, Damage] = {
    "components nested 100,000 deep": _plain(
        lambda text: text.replace(
            "BEGIN:VEVENT",
            "BEGIN:VEVENT\r\n" * DEPTH + "END:VEVENT\r\n" * DEPTH + "BEGIN:VEVENT",
            1,
        )
    ),
    "a title of 10 MB": _plain(lambda text: text.replace("SUMMARY:", f"SUMMARY:{'x' * LONG}", 1)),
    "100,000 properties": _plain(
        lambda text: text.replace("BEGIN:VEVENT", "BEGIN:VEVENT\r\n" + "X-A:1\r\n" * COLUMNS, 1)
    ),
    "a rule without an end": _plain(
        lambda text: text.replace(
            "BEGIN:VEVENT", "BEGIN:VEVENT\r\nRRULE:FREQ=SECONDLY;COUNT=999999999", 1
        )
    ),
}


def _entries(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    sink = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            new.writestr(entry.filename, change(entry.filename, old.read(entry)))
    return sink.getvalue()


def _flagged(data: bytes) -> bytes:
    place = data.index(b"PK\1\2") + 8
    return data[:place] + bytes([data[place] | 1]) + data[place + 1 :]


def _stating(data: bytes, size: int) -> bytes:
    place = data.index(b"PK\1\2") + 24
    return data[:place] + struct.pack("<I", size) + data[place + 4 :]


def _sheet(name: str) -> bool:
    return name.endswith(("sheet1.xml", "content.xml"))


#: Damage of a workbook's bytes.
_WORKBOOK: dict[str, Callable[[bytes], bytes]] = {
    "said to be encrypted": _flagged,
    "a size that lies, small": lambda data: _stating(data, 1),
    "a size that lies, large": lambda data: _stating(data, 2**31),
    "cut off": lambda data: data[: len(data) // 2],
    "a sheet with 200 MB of spaces": lambda data: _entries(
        data, lambda name, part: part + b" " * 200_000_000 if _sheet(name) else part
    ),
    "a sheet nested 100,000 deep": lambda data: _entries(
        data,
        lambda name, part: (
            part.replace(b"><", b">" + b"<a>" * DEPTH + b"</a>" * DEPTH + b"<", 2)
            if _sheet(name)
            else part
        ),
    ),
    "a sheet that ends early": lambda data: _entries(
        data, lambda name, part: part[: len(part) // 2] if _sheet(name) else part
    ),
    "a cell in the last row and column": lambda data: _entries(
        data,
        lambda _, part: part.replace(
            b"</sheetData>",
            b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
        ),
    ),
    "cells of the last row and column, repeated": lambda data: _entries(
        data,
        lambda _, part: part.replace(
            b"<table:table-row", b'<table:table-row table:number-rows-repeated="1048576"', 2
        ).replace(
            b"<table:table-cell ", b'<table:table-cell table:number-columns-repeated="16384" ', 4
        ),
    ),
    "rows repeated a billion times": lambda data: _entries(
        data,
        lambda _, part: part.replace(
            b"<table:table-row", b'<table:table-row table:number-rows-repeated="1000000000"', 2
        ),
    ),
    "a definition of an entity": lambda data: _entries(
        data,
        lambda name, part: (
            b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"
            if _sheet(name)
            else part
        ),
    ),
}


def _alone(name: str, data: bytes, *, zip64: bool = False) -> bytes:
    """Return a zip with this file in it."""
    sink = io.BytesIO()
    with (
        zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(name, "w", force_zip64=zip64) as file,
    ):
        file.write(data)
    return sink.getvalue()


def _encrypted(data: bytes) -> bytes:
    place = data.index(b"PK\3\4") + 6
    return _flagged(data[:place] + bytes([data[place] | 1]) + data[place + 1 :])


#: Zips around any file: take its name and content.
_AROUND: dict[str, Callable[[str, bytes], bytes]] = {
    "in a zip": _alone,
    "in an encrypted zip": lambda name, data: _encrypted(_alone(name, data)),
    "in a zip64": lambda name, data: _alone(name, data, zip64=True),
    "in a zip that states 1 byte": lambda name, data: _stating(_alone(name, data), 1),
    "in a zip that states 2 GiB": lambda name, data: _stating(_alone(name, data), 2**31),
    "in a zip, cut off": lambda name, data: _alone(name, data)[:-30],
    "in a zip with another checksum": lambda name, data: _with_crc(_alone(name, data)),
    "in a zip with another content": lambda name, data: _with_noise(_alone(name, data)),
    "in a zip, junk around it": lambda name, data: b"junk" * 999 + _alone(name, data) + b"junk",
    "in a zip in a zip in a zip": lambda name, data: _alone(
        "b.zip", _alone("a.zip", _alone(name, data))
    ),
}


def _with_crc(data: bytes) -> bytes:
    place = data.index(b"PK\1\2") + 16
    return data[:place] + bytes(4) + data[place + 4 :]


def _with_noise(data: bytes) -> bytes:
    place = data.index(b"PK\1\2") // 2
    return data[:place] + b"\xff" * 20 + data[place + 20 :]


class Case(NamedTuple):
    """A damaged file."""

    importer: str
    file: str
    damage: str
    make: Callable[[], bytes]


class Came(NamedTuple):
    """What came of reading one: how it ended, processor time (s), peak (MiB) and the message."""

    end: str
    cpu_s: float
    peak_mib: float
    message: str


def _damages(path: Path) -> dict[str, Callable[[], bytes]]:
    data = path.read_bytes()
    kinds: dict[str, tuple[Mapping[str, Damage], ...]] = {
        ".json": (_ANY, _DOCUMENT),
        ".ics": (_ANY, _CALENDAR),
        ".md": (_ANY,),
        **dict.fromkeys((".csv", ".tsv"), (_ANY, _TABLE)),
        **dict.fromkeys((".gpx", ".tcx", ".xml"), (_ANY, _ELEMENTS)),
    }
    if path.suffix in (".xlsx", ".ods"):
        return {name: functools.partial(change, data) for name, change in _WORKBOOK.items()}
    text = data.decode("utf-8-sig")
    return {
        name: functools.partial(damage, text)
        for group in kinds[path.suffix]
        for name, damage in group.items()
    }


def cases() -> Iterator[Case]:
    """Yield every damage of the shortest golden file of each importer and kind of container."""
    files: dict[tuple[str, str], Path] = {}
    for path in sorted(GOLDEN.iterdir(), key=lambda path: (path.stat().st_size, path.name)):
        if path.suffix != ".txt":
            (importer,) = claimants(path.name, path.read_bytes()[:HEAD_BYTES])
            files.setdefault((importer.name, path.suffix), path)
    files["fit", ".fit"] = min((sample_folder() / "runs").iterdir(), key=_size)
    if missing := {each.name for each in IMPORTERS} - {importer for importer, _ in files}:
        raise RuntimeError(f"no golden file of {', '.join(sorted(missing))}")
    for (importer, _), path in sorted(files.items()):
        for damage, make in _damages(path).items() if path.suffix != ".fit" else ():
            yield Case(importer, path.name, damage, make)
        for damage, around in _AROUND.items():
            packed = functools.partial(around, path.name, path.read_bytes())
            yield Case(importer, f"{path.name}.zip", damage, packed)


def _size(path: Path) -> int:
    return path.stat().st_size


def read_odd(path: Path) -> tuple[str, str]:
    """Return whether a file was read, refused or neither, and what was said."""
    try:
        imported = read(path, timezone="Europe/Paris", units="metric")
    except RunAnalyticsError as error:
        said = str(error)
        if "defect" in said or "\n" in said or len(said) > LONGEST_MESSAGE:
            return "failed", said
        return "refused", said
    except BaseException as error:
        return "failed", f"{type(error).__name__}: {error}"
    notes = [note.message for note in imported.notes]
    if any(len(note) > LONGEST_MESSAGE or "\n" in note for note in notes):
        return "failed", max(notes, key=len)
    return "read", f"{imported}; {'; '.join(notes)}"


def trusting(path: Path) -> tuple[str, str]:
    """Return what comes of the same file if the standard library's parsers read it."""
    try:
        if path.suffix == ".json":
            number = float(json.dumps(json.loads(path.read_bytes())).count("Infinity"))
            return ("failed", "infinite numbers") if number else ("read", "")
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    except Exception as error:
        return "failed", type(error).__name__
    return "read", f"{len(rows)} rows"


def tried(data: bytes, name: str, reader: Callable[[Path], tuple[str, str]] = read_odd) -> Came:
    """Read a damaged file in a process of its own, which may take `MOST_MIB` and `MOST_S`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            resource.setrlimit(resource.RLIMIT_AS, (MOST_MIB * 2**20,) * 2)
            resource.setrlimit(resource.RLIMIT_CPU, (MOST_S, MOST_S))
            forget_peak()
            began = time.process_time()
            end, said = reader(path)
            came = [end, time.process_time() - began, peak_mib(), said[:MOST_SAID]]
            os.write(writing, json.dumps(came).encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            told = pipe.read()
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status or not told:
        return Came("failed", MOST_S, MOST_MIB, f"its process ended with status {status}")
    return Came(*json.loads(told))


def _drawn(of_all: Iterator[Case], only: str, n_files: int | None) -> list[Case]:
    """Return the cases with one of some words in their names, at most so many of each damage."""
    by_damage: dict[str, list[Case]] = {}
    for case in of_all:
        if any(word in each for word in only.split(",") for each in case[:3]):
            by_damage.setdefault(case.damage, []).append(case)
    return [
        case
        for damage, some in by_damage.items()
        for case in random.Random(damage).sample(some, min(n_files or len(some), len(some)))
    ]


#: Columns of the table by importer: damages by part of their name.
_GROUPS = {
    "UTF-16, UTF-32, UTF-7": ("UTF-",),
    "NUL": ("NUL",),
    "no encoding, cut letters": ("no encoding", "within a letter"),
    "gzip with junk, cut, wrong": ("gzip",),
    "nested 100,000 deep": ("deep",),
    "keys or columns twice": ("twice",),
    "open quotes": ("an open quotation",),
    "10 MB": ("10 MB", "200 MB"),
    "100,000 columns, keys, attributes": ("100,000", "1,000,000", "rows repeated", "last row"),
    "1e999 and no numbers": ("number",),
    "zips": ("zip",),
}


def _print_importers(found: Sequence[tuple[Case, Came]]) -> None:
    """Print what came of each importer's files: how many were read, of how many."""
    grouped: dict[str, dict[str, list[str]]] = {}
    for case, came in found:
        groups = (each for each, words in _GROUPS.items() if any(w in case.damage for w in words))
        cells = grouped.setdefault(case.importer, {})
        cells.setdefault(next(groups, "others"), []).append(came.end)
    columns = [*_GROUPS, "others"]
    print(f"\n| importer | {' | '.join(columns)} | failed |\n|{' --- |' * (len(columns) + 2)}")
    for importer, cells in grouped.items():
        ends = {name: cells.get(name, []) for name in columns}
        shown = [f"{each.count('read')}/{len(each)}" if each else "" for each in ends.values()]
        n_failed = sum(each.count("failed") for each in ends.values())
        print(f"| {importer} | {' | '.join(shown)} | {n_failed} |")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return 1 if anything was not as promised."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.odd_containers")
    parser.add_argument("--only", default="", help="parts of names of importers, files or damages")
    parser.add_argument("--files", type=int, help="of each damage, drawn; all by default")
    given = parser.parse_args(arguments)
    tried(b"date,distance,time\n2026-03-01,10k,45:00\n", "first.csv")
    by_damage: dict[str, list[tuple[Case, Came]]] = {}
    failed: list[str] = []
    for case in _drawn(cases(), given.only, given.files):
        came = tried(case.make(), case.file)
        by_damage.setdefault(case.damage, []).append((case, came))
        if came.end == "failed" or came.cpu_s > BAR_S or came.peak_mib > BAR_MIB:
            where = f"{case.file}, {case.damage}"
            failed.append(
                f"{where}: {came.end}, {came.cpu_s:.1f} s, {came.peak_mib:.0f} MiB: {came.message}"
            )
            print(failed[-1], file=sys.stderr)
    print("| damage | files | read | refused | failed | most cpu s | most MiB |")
    print(f"|{' --- |' * 7}")
    for damage, all_came in by_damage.items():
        ends = Counter(came.end for _, came in all_came)
        cpu, peak = (
            max(column) for column in zip(*(came[1:3] for _, came in all_came), strict=True)
        )
        counts = [len(all_came), *(ends[end] for end in ("read", "refused", "failed"))]
        print(f"| {damage} | {' | '.join(map(str, counts))} | {cpu:.1f} | {peak:.0f} |")
    _print_importers([each for some in by_damage.values() for each in some])
    n_cases = sum(map(len, by_damage.values()))
    print(f"\n{len(failed)} of {n_cases} failed, or beyond {BAR_S:.0f} s or {BAR_MIB} MiB.")
    controls = Counter(
        tried(case.make(), case.file, trusting).end
        for case in cases()
        if case.file.endswith((".csv", ".json")) and case.damage in _CONTROLS
    )
    print(f"Control, the standard library's parsers: {dict(controls)}")
    return int(bool(failed) or not controls["failed"])


if __name__ == "__main__":
    sys.exit(main())
