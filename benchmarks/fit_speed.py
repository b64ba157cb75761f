"""How fast FIT files are decoded, compared with fitparse, fitdecode and the official Python SDK.

Run as ``python benchmarks/fit_speed.py [FOLDER]``. For each run of at least 1,000 records, every
decoder makes all values of all messages: ours as scaled frames, the others as their own objects.
Times are the best of several in one process, so the ratios hold on any machine; absolute times
do not. What a process learns once about a layout serves all later files of the same watch: how
long files take at first sight stands below the table.
"""

from __future__ import annotations

import gc
import importlib.metadata
import io
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import fitdecode
import fitparse
from garmin_fit_sdk import Decoder, Stream

from runanalytics.importers.fit import FIT, decode

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
#: Named in the table; the medians are over these and every tenth run of the folder.
SHOWN = {
    "one run, fenix 2": "devices/dtcooper__activity-small-fenix2-run.fit",
    "run with Stryd fields": "devices/dtcooper__developer-types-sample.fit",
    "multisport": "devices/dtcooper__activity-large-fenxi2-multisport.fit",
    "run, many definitions": "longitudinal/230479426.fit",
}
EVERY = 10
LEAST_RECORDS = 1_000


def ours(data: bytes) -> None:
    file = decode(data)
    frames = [file[name] for name in file]
    assert frames


def by_fitparse(data: bytes) -> None:
    assert [message.fields for message in fitparse.FitFile(io.BytesIO(data)).get_messages()]


def by_fitdecode(data: bytes) -> None:
    with fitdecode.FitReader(io.BytesIO(data)) as reader:
        assert list(reader)


def by_sdk(data: bytes) -> None:
    assert Decoder(Stream.from_byte_array(bytearray(data))).read()[0]


def whole_import(data: bytes) -> None:
    assert len(FIT.read(data).samples)


def best(function: Callable[[bytes], None], data: bytes, *, times: int) -> float:
    """Best wall time in milliseconds, garbage collection held off as `timeit` does."""
    function(data)
    least = float("inf")
    gc.collect()
    gc.disable()
    for _ in range(times):
        begin = time.perf_counter()
        function(data)
        least = min(least, time.perf_counter() - begin)
    gc.enable()
    return 1_000 * least


def first_sight(contents: list[bytes]) -> list[float]:
    """Milliseconds that each file takes when it is decoded for the first time, and only once."""
    times = []
    gc.collect()
    gc.disable()
    for data in contents:
        begin = time.perf_counter()
        ours(data)
        times.append(1_000 * (time.perf_counter() - begin))
    gc.enable()
    return times


def main() -> None:
    corpus = Path(sys.argv[1]) if len(sys.argv) > 1 else CORPUS
    if not corpus.is_dir():
        sys.exit(f"{corpus}: no such folder; name one that holds FIT files")
    paths = {name: corpus / place for name, place in SHOWN.items() if (corpus / place).exists()}
    for path in sorted(corpus.glob("longitudinal/*.fit") or corpus.glob("**/*.fit"))[::EVERY]:
        paths.setdefault(path.name, path)
    at_first = first_sight([path.read_bytes() for path in paths.values()])
    versions = [
        f"{name} {importlib.metadata.version(name)}"
        for name in ("fitparse", "fitdecode", "garmin-fit-sdk", "numpy", "pandas")
    ]
    print(f"Python {platform.python_version()}, {platform.machine()}; {', '.join(versions)}\n")
    head = "| file | records | ours ms | import ms | fitparse | fitdecode | garmin-fit-sdk |"
    print(head, "| --- " * 7 + "|", sep="\n")
    ratios: list[tuple[float, float, float]] = []
    imports = []
    for name, path in paths.items():
        data = path.read_bytes()
        file = decode(data)
        count = len(file["record"]) if "record" in file else 0
        if count < LEAST_RECORDS:
            continue
        base = best(ours, data, times=30)
        peers = [best(peer, data, times=2) for peer in (by_fitparse, by_fitdecode, by_sdk)]
        read = best(whole_import, data, times=15)
        times = [peer / base for peer in peers]
        ratios.append((times[0], times[1], times[2]))
        imports.append(read)
        cells = " | ".join(f"{ratio:.0f}×" for ratio in times)
        print(f"| {name} | {count:,} | {base:.2f} | {read:.2f} | {cells} |", flush=True)
    medians = [statistics.median(column) for column in zip(*ratios, strict=True)]
    cells = " | ".join(f"**{ratio:.0f}×**" for ratio in medians)
    print(f"| median of {len(ratios)} | | | {statistics.median(imports):.2f} | {cells} |")
    print(
        f"\nAt first sight: {at_first[0]:.1f} ms for the first file of the process, "
        f"{statistics.median(at_first[1:]):.2f} ms (median) for each of the others."
    )


if __name__ == "__main__":
    main()
