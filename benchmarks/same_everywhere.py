"""The same files give the same library, answers and reports wherever and however they are read.

A small set of the sample's runs, logs and a diary is imported in processes of their own: in other
locales, time zones and encodings, without the system's zones, with `python -O`, under other umasks,
with the files in other orders, with child processes that help, twice, and file by file. Digests of
the library's logical dump, of an export, of answers as JSON, and of both reports, byte for byte,
are compared with those of the first. The last row is the control: one file less must differ.

Run as ``python -m benchmarks.same_everywhere``.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from runanalytics.importers.contract import content_digest
from runanalytics.library import Library
from runanalytics.library.fingerprint import fingerprint
from runanalytics.library.ingest import run as ingest
from runanalytics.shipped import sample_folder

N_RUNS = 8
_LOGS = ("races.csv", "strong.csv", "diary.md")
_CODE = (
    "import sys; sys.path.insert(0, sys.argv[1]); from benchmarks import same_everywhere; "
    "same_everywhere.told(sys.argv[2:])"
)


class Way(NamedTuple):
    """A place or a way to read: variables, options of Python, umask and words for `told`."""

    variables: dict[str, str]
    options: tuple[str, ...] = ()
    umask: int = 0o022
    words: tuple[str, ...] = ()


WAYS = {
    "at home": Way({}),
    "LC_ALL=C, ASCII": Way({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    "LANG=tr_TR.UTF-8": Way({"LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8"}),
    "LANG=de_DE.UTF-8": Way({"LANG": "de_DE.UTF-8", "LC_ALL": "de_DE.UTF-8"}),
    "TZ=Pacific/Chatham": Way({"TZ": "Pacific/Chatham"}),
    "TZ=America/St_Johns": Way({"TZ": "America/St_Johns"}),
    "no zones of the system": Way({"PYTHONTZPATH": ""}),
    "python -O": Way({}, ("-O",)),
    "another seed of hashes": Way({"PYTHONHASHSEED": "4242"}),
    "umask 000": Way({}, umask=0o000),
    "umask 077": Way({}, umask=0o077),
    "files in reverse": Way({}, words=("reverse",)),
    "files in another order": Way({}, words=("order=1",)),
    "three helpers": Way({}, words=("helpers=3",)),
    "twice": Way({}, words=("twice",)),
    "file by file": Way({}, words=("one by one",)),
    "Control, one file less": Way({}, words=("less",)),
}


def some_files() -> list[Path]:
    """Return files of each kind that the sample has."""
    sample = sample_folder()
    runs = sorted((sample / "runs").iterdir())
    return [*runs[:: len(runs) // N_RUNS], *(sample / name for name in _LOGS)]


def told(words: Sequence[str]) -> None:
    """Import the files as some words say, and print the digests of all that they give."""
    options = dict(word.partition("=")[::2] for word in words)
    files = some_files()
    if "reverse" in options:
        files.reverse()
    if "order" in options:
        random.Random(int(options["order"])).shuffle(files)
    if "less" in options:
        files = files[1:]
    folder = Path(tempfile.mkdtemp())
    n_helpers = int(options.get("helpers", 0))
    with (
        patch.object(ingest, "_worth", lambda _: n_helpers),
        closing(Library.open(folder / "library")) as library,
    ):
        for part in [[file] for file in files] if "one by one" in options else [files]:
            library.add(part, timezone="Europe/Berlin")
        if "twice" in options:
            library.add(files, timezone="Europe/Berlin")
        library.report(folder / "report.pdf")
        library.report(folder / "report.html")
        library.export(folder / "export")
        answers = [
            library.trend("cadence").to_dict(),
            library.effect("cadence", "strength").to_dict(),
            library.race_results().to_dict(),
        ]
        dump = json.dumps(fingerprint(library.opened), sort_keys=True)
    exported = [
        path.relative_to(folder).as_posix().encode() + path.read_bytes()
        for path in sorted((folder / "export").rglob("*.csv"))
        if path.name != "sources.csv"  # it says when each file was met
    ]
    print(
        json.dumps(
            {
                "dump": content_digest(dump.encode()),
                "export": content_digest(b"\0".join(exported)),
                "answers": content_digest(json.dumps(answers).encode()),
                "PDF": content_digest((folder / "report.pdf").read_bytes()),
                "HTML": content_digest((folder / "report.html").read_bytes()),
            }
        )
    )


def main() -> int:
    """Print the table; return 1 if anything differs."""
    root = str(Path(__file__).parents[1])
    first: dict[str, str] = {}
    n_wrong = 0
    for name, way in WAYS.items():
        done = subprocess.run(
            [sys.executable, *way.options, "-c", _CODE, root, *way.words],
            env={**os.environ, **way.variables},
            umask=way.umask,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            n_wrong += 1
            print(f"{name}: {done.stderr.strip().splitlines()[-1:]}", flush=True)
            continue
        digests = json.loads(done.stdout.splitlines()[-1])
        if not first:
            first = digests
            print(f"| | {' | '.join(first)} |\n|{' --- |' * (len(first) + 1)}")
        same = ["same" if digests[what] == first[what] else "differs" for what in first]
        control = name.startswith("Control")
        n_wrong += ("differs" in same) != control
        print(f"| {name} | {' | '.join(same)} |", flush=True)
    print(f"\n{n_wrong} of {len(WAYS)} not as promised.")
    return int(bool(n_wrong))


if __name__ == "__main__":
    sys.exit(main())
