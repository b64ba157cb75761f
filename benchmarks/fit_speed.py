"""How fast FIT files are decoded, compared with fitparse, fitdecode and the official Python SDK.

Where fitfast (in Rust) can be imported, a second table compares with it: records as NumPy arrays,
and all messages as frames, which it leaves to pandas. It is no requirement of this project, so it
has to be installed elsewhere and named in PYTHONPATH.

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
from collections.abc import Callable, Sequence
from pathlib import Path

import fitdecode
import fitparse
import pandas as pd
from garmin_fit_sdk import Decoder, Stream

from runanalytics.importers.fit import FIT, decode

try:
    import fitfast
except ImportError:
    fitfast = None

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


def records(data: bytes) -> None:
    assert decode(data).messages("record").arrays()


def records_by_fitfast(data: bytes) -> None:
    assert fitfast.records(data)


def frames_by_fitfast(data: bytes) -> None:
    assert [pd.DataFrame(rows) for rows in fitfast.parse(data).values()]


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


def in_turn(
    functions: Sequence[Callable[[bytes], None]], data: bytes, *, times: int
) -> list[float]:
    """Best processor time of each in milliseconds, all of them in turn."""
    least = [float("inf")] * len(functions)
    gc.collect()
    gc.disable()
    for _ in range(times):
        for place, function in enumerate(functions):
            begin = time.thread_time()
            function(data)
            least[place] = min(least[place], time.thread_time() - begin)
    gc.enable()
    return [1_000 * each for each in least]


def beside_fitfast(contents: Sequence[bytes]) -> None:
    """Print how fast fitfast is beside ours."""
    work = {
        "records as NumPy arrays": (records, records_by_fitfast),
        "all messages as frames": (ours, frames_by_fitfast),
    }
    print(f"\nBeside fitfast {fitfast.__version__}, {len(contents)} files, medians:\n")
    print("| work | ours ms | fitfast ms | ratio | least and most |")
    print("| --- " * 5 + "|")
    for name, functions in work.items():
        times = [in_turn(functions, data, times=12) for data in contents]
        mine, theirs = map(statistics.median, zip(*times, strict=True))
        ratios = [their / our for our, their in times]
        cells = f"{mine:.2f} | {theirs:.2f} | **{statistics.median(ratios):.1f}×**"
        print(f"| {name} | {cells} | {min(ratios):.1f}–{max(ratios):.1f}× |", flush=True)


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
    imports, contents = [], []
    for name, path in paths.items():
        data = path.read_bytes()
        file = decode(data)
        count = len(file["record"]) if "record" in file else 0
        if count < LEAST_RECORDS:
            continue
        contents.append(data)
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
    if fitfast is not None:
        beside_fitfast(contents)


if __name__ == "__main__":
    main()
