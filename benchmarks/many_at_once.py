"""Eight readers, one writer, a `verify`, a report and a second import, all at once.

Each is a process of its own on one library. Readers keep their library open as a notebook does and
ask for tables and answers in turn; the writer decides, undoes, imports, and rebuilds the library
beneath them. A row that no state of the library has is wrong. So is any error but the lock's own
message. Last, a library that a process holds open is replaced: by `rebuild`, and by removing it
and restoring an export in its place; the process must then answer from the new one. The control is
a library whose writer changes two tables in two commits, which readers must see torn.

Run as ``python -m benchmarks.many_at_once [SECONDS]``.
"""

from __future__ import annotations

import itertools
import json
import multiprocessing
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from benchmarks.verbs import Place, prepared, problems, verbs
from runanalytics.errors import LibraryLockedError, RunAnalyticsError
from runanalytics.library import Library

SECONDS, READERS = 120.0, 8
SEED = 5

Told = dict[str, int]


def _marked(library: Library, number: int, *, torn: bool = False) -> None:
    """Put one number into two tables, in one commit or, as the control, in two."""
    with library.opened.writing() as catalogue:
        for part in (("runs", "races"),) if not torn else (("runs",), ("races",)):
            with catalogue.transaction():
                for table in part:
                    catalogue.write(f"UPDATE {table} SET title = ?", [(f"mark {number}",)])


def _is_torn(library: Library) -> bool:
    catalogue = library.opened.reading()
    assert catalogue is not None
    with catalogue.moment() as now:
        marks = {
            title
            for table in ("runs", "races")
            for (title,) in now.rows(f"SELECT DISTINCT title FROM {table}")
        }
    return sum(str(mark).startswith("mark ") for mark in marks) > 1  # others are after a rebuild


def read_on(folder: Path, until: float, seed: int) -> Told:
    """Read in turn, with one library that stays open."""
    told: Counter[str] = Counter()
    asked: tuple[Callable[[Library], object], ...] = (
        lambda library: library.runs()["run_id"].is_unique,
        lambda library: not library.segments().duplicated().any(),
        lambda library: library.races()["race_id"].is_unique,
        lambda library: library.sessions()["session_id"].is_unique,
        lambda library: len(library.merges()) >= 0,
        lambda library: bool(library.status().text()),
        lambda library: not _is_torn(library),
    )
    turn = itertools.cycle(random.Random(seed).sample(asked, len(asked)))
    with closing(Library.open(folder)) as library:
        while time.time() < until:
            try:
                told["wrong"] += not next(turn)(library)
            except Exception as error:
                told[f"{type(error).__name__}: {error}"[:150]] += 1
            told["reads"] += 1
    return dict(told)


def write_on(at: Place, until: float, *, torn: bool) -> Told:
    """Decide, undo, import and rebuild, over and over."""
    told: Counter[str] = Counter()
    with closing(Library.open(at.library)) as library:
        (duplicate,) = verbs(at)["merges undo"].names(library)  # type: ignore[misc]
        for number in itertools.count():
            if time.time() > until:
                break
            _marked(library, number, torn=torn)
            library.correct("Squat (Barbell)", "front_squat" if number % 2 else "squat")
            (library.redo_merge if number % 2 else library.undo_merge)(duplicate)
            if not torn and number % 8 == 3:
                library.rebuild()
                _marked(library, number)
            told["rounds"] += 1
    return dict(told)


def import_on(at: Place, until: float) -> Told:
    """Import, and take out again, beside the other writer."""
    told: Counter[str] = Counter()
    with closing(Library.open(at.library)) as library:
        while time.time() < until:
            try:
                told["imports"] += 1
                told["files refused"] += library.add(at.files).exit_status != 0
            except LibraryLockedError:
                told["the lock's own message"] += 1
            time.sleep(0.5)
    return dict(told)


def report_on(at: Place, until: float) -> Told:
    """Verify, and write reports."""
    told: Counter[str] = Counter()
    with closing(Library.open(at.library)) as library:
        while time.time() < until:
            found = library.verify()
            told["verified"] += 1
            told["problems"] += len(found)
            told.update({f"verify: {problem[:120]}": 1 for problem in found})
            page = library.report(at.root / "report.html").read_bytes()
            told["reports"] += page.rstrip().endswith(b"</html>")
            told["half a report"] += not page.rstrip().endswith(b"</html>")
    return dict(told)


def _told(work: Callable[..., Told], *given: object, **options: object) -> Told:
    try:
        return work(*given, **options)
    except RunAnalyticsError as error:
        return {f"{type(error).__name__}: {error}"[:200]: 1}
    except Exception as error:
        return {f"{type(error).__name__}: {error}"[:200]: 1}


def trial(at: Place, seconds: float, *, torn: bool = False) -> Counter[str]:
    """Let all of them work for a while; return what they counted."""
    shutil.rmtree(at.watched, ignore_errors=True)
    shutil.copytree(at.common, at.library)
    with closing(Library.open(at.library)) as library:
        _marked(library, 0)
    until = time.time() + seconds
    context = multiprocessing.get_context("spawn")
    with context.Pool(READERS + 3) as pool:
        works = [
            pool.apply_async(_told, (read_on, at.library, until, SEED + number))
            for number in range(READERS)
        ]
        works.append(pool.apply_async(_told, (write_on, at, until), {"torn": torn}))
        if not torn:
            works += [pool.apply_async(_told, (each, at, until)) for each in (import_on, report_on)]
        counts: Counter[str] = Counter()
        for work in works:
            counts.update(work.get())
    counts.update({f"verify at the end: {problem}": 1 for problem in problems(at)})
    return counts


def replaced(at: Place) -> dict[str, bool]:
    """Return whether an open library answers from what has taken its place."""
    found = {}
    shutil.rmtree(at.watched, ignore_errors=True)
    shutil.copytree(at.common, at.library)
    with closing(Library.open(at.library)) as notebook, closing(Library.open(at.library)) as other:
        before = len(notebook.runs())
        other.rebuild()
        found["after rebuild"] = len(notebook.runs()) == before and notebook.verify() == []
        other.add(at.later)
        found["after the next import"] = len(notebook.runs()) == len(other.runs()) > before
        other.close()
        shutil.rmtree(at.library)
        with closing(Library.open(at.library)) as restored:
            restored.restore(at.exported)
        found["after restore"] = len(notebook.runs()) == before and notebook.verify() == []
    return found


def main(seconds: float = SECONDS) -> int:
    """Print what was counted; return 1 if anything was not as promised."""
    usual = {"reads", "rounds", "imports", "verified", "reports", "the lock's own message"}
    with tempfile.TemporaryDirectory() as folder:
        at = prepared(Path(folder).resolve())
        counts = trial(at, seconds)
        print(json.dumps(counts, indent=1, sort_keys=True))
        wrong = sum(count for name, count in counts.items() if name not in usual)
        open_over = replaced(at)
        print(f"A library that stays open: {open_over}")
        control = trial(at, min(seconds, 20.0), torn=True)
        print(f"Control, two commits: {control['wrong']} of {control['reads']} reads are torn")
    print(f"{wrong} wrong, in {counts['reads']} reads and {counts['rounds']} rounds of writes.")
    return int(bool(wrong) or not all(open_over.values()) or not control["wrong"])


if __name__ == "__main__":
    sys.exit(main(*map(float, sys.argv[1:])))
