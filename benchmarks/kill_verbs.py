"""Every verb that writes is killed at each system call that changes the library's folder.

After each kill the library must say what it said before the verb, or what it says after an
undisturbed one: all its tables, the user's files and every answer. An export must be whole, or
known to be cut short. The library must be sound (`verify`), and the same verb given once more, or
where that is refused the next writer, must lead to the state after and leave no file over. The
verb's calls must be in an order that a power cut cannot turn into a loss: data synced, renamed,
its folder synced, committed (`traced.out_of_order`).

With `--full-disk` nothing is killed: from that call on, the disk is full. The verb must then
end with status 3 and one line, or be done all the same. Either way the last line of the table
is a verb that does everything wrongly, and must fail.

A killed process leaves the machine running, so this shows the order of writes and no state in
between; that they reach the disk is left to `fsync`. Calls are not cut in the middle, either.

`python -m benchmarks.kill_verbs [--verbs undo,restore] [--kills 200] [--seed 0] [--full-disk]
[--source CHECKOUT/src]`: `--source` puts another checkout's package to the same test.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from benchmarks import traced
from benchmarks.traced import Call
from benchmarks.verbs import (
    RANDOM_PART,
    UNSAFE,
    Begun,
    Place,
    State,
    between,
    names_in,
    next_writer,
    prepare,
    prepared,
    problems,
    state,
    unsettled,
    verbs,
)
from runanalytics.errors import RunAnalyticsError
from runanalytics.library import Library

KILLS, SEED, PROCESSES = 200, 0, 2
#: Exit status of the command line where the disk is full.
NO_ROOM = 3

# The trials -------------------------------------------------------------------------------------


@dataclass
class Found:
    """What came of the trials of one verb."""

    verb: str
    calls: tuple[Call, ...] = ()
    trials: int = 0
    states: Counter[str] = field(default_factory=Counter)
    #: Third states: the number of the call and the call, by what differs.
    third: dict[str, list[str]] = field(default_factory=dict)
    #: Everything else that is wrong, in words, with the calls.
    wrong: dict[str, list[str]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    took_s: float = 0.0

    @property
    def failed(self) -> bool:
        """Whether anything was not as promised."""
        return bool(self.third or self.wrong)


@dataclass(frozen=True)
class _Ready:
    """A verb, and what it leads from and to."""

    begun: Begun
    before: State
    after: State
    #: What `verify` finds before the verb: it may be there to mend it.
    problems_before: tuple[str, ...]
    files_after: frozenset[str]


def trials(
    place: Place,
    name: str,
    kills: int = KILLS,
    seed: int = SEED,
    *,
    full_disk: bool = False,
    only: Collection[str] = (),
) -> Found:
    """Kill one verb at `kills` system calls spread over its life, or at all if it has no more.

    Parameters
    ----------
    place : Place
        As `prepared` made it.
    name : str
        One of `verbs`.
    kills : int
        How many.
    seed : int
        Of the choice among the calls.
    full_disk : bool
        Fill the disk from there on instead.
    only : collection of str
        Names of the system calls that may be chosen; all by default.
    """
    started = time.perf_counter()
    ready = _ready(place, name)
    ready.begun.start()
    whole = traced.run(ready.begun.do, place.watched)
    if whole.status:
        raise RuntimeError(f"{name} fails undisturbed: {whole.said}")
    found = Found(name, whole.calls)
    for problem in traced.out_of_order(whole.calls):
        found.wrong.setdefault(f"order of syncs: {problem}", []).append("the end of the verb")
    numbers = [
        number for number, call in enumerate(whole.calls, 1) if not only or call.name in only
    ]
    for number in spread(numbers, kills, seed):
        ready.begun.start()
        _trial(ready, number, found, full_disk=full_disk)
    found.took_s = time.perf_counter() - started
    return found


def _ready(place: Place, name: str) -> _Ready:
    """Prepare what a verb begins with, and see what it leads to."""
    begun = prepare(place, name)
    begun.start()
    before, wrong_before = state(place), tuple(problems(place))
    begun.start()
    begun.do()
    after = state(place)
    if before == after:
        raise RuntimeError(f"'{name}' changes nothing, so nothing can be seen of it")
    return _Ready(begun, before, after, wrong_before, frozenset(names_in(place.watched)))


def spread(numbers: Sequence[int], count: int, seed: int) -> list[int]:
    """Return `count` of the numbers, one out of each of as many equal parts."""
    if len(numbers) <= count:
        return list(numbers)
    edges = [len(numbers) * part // count for part in range(count + 1)]
    choose = random.Random(seed)
    return [numbers[choose.randrange(first, last)] for first, last in pairwise(edges)]


def _trial(ready: _Ready, number: int, found: Found, *, full_disk: bool) -> None:
    place = ready.begun.place
    where = {"full_from": number} if full_disk else {"kill_at": number}
    ended = traced.run(ready.begun.do, place.watched, **where)
    call = ended.calls[number - 1] if len(ended.calls) >= number else Call("not reached", "")
    at = f"{number} {call.name} {RANDOM_PART.sub('*.', call.path)}"

    def wrong(what: str) -> None:
        found.wrong.setdefault(what, []).append(at)

    found.trials += 1
    was = between(state(place), ready.before, ready.after)
    if was not in ("before", "after") and unsettled(place):
        was = f"it says that it is unsettled; {was}"
    found.states[was if was in ("before", "after") else "third"] += 1
    if was not in ("before", "after"):
        found.third.setdefault(was, []).append(at)
    if full_disk:
        kind = _end(ended, was)
        found.counts[kind] += 1
        if kind not in ("status 3", "done"):
            wrong(kind)
    elif ended.status != -9:
        wrong(f"not killed: status {ended.status}")
    for problem in problems(place):
        if was != "before" or problem not in ready.problems_before:
            wrong(f"verify: {problem}")
    refused, failed = _once_more(ready)
    if failed:
        wrong(f"the next writer fails: {failed}")
    found.counts["refused"] += bool(refused)
    at_last = between(state(place), ready.before, ready.after)
    if at_last != "after":
        found.counts["not mended"] += 1
        said = f"refused once more ({refused}), and the next writer" if refused else "once more"
        wrong(f"{said} does not lead to the state after: {at_last}")
    for problem in problems(place):
        wrong(f"verify after once more: {problem}")
    left = names_in(place.watched) - ready.files_after
    found.counts["leftovers"] += bool(left)
    for name in sorted(left):
        wrong(f"left over: {name}")


def _end(ended: traced.Ended, was: str) -> str:
    """Return how a verb ended whose disk was full."""
    if ended.status == 0:
        return "done" if was == "after" else "status 0, and not done"
    if ended.status == NO_ROOM and ended.said and "\n" not in ended.said:
        return f"status {NO_ROOM}"
    last = ended.said.strip().splitlines()[-1:] or ["nothing said"]
    return f"status {ended.status}: {last[0]}"


def _once_more(ready: _Ready) -> tuple[str, str]:
    """Give the verb again, or where that is refused have the next writer write.

    Return what the verb was refused with, and how the next writer failed.
    """
    try:
        ready.begun.do()
    except RunAnalyticsError as error:
        refused = error.message
    else:
        return "", ""
    try:
        if ready.begun.place.out.exists():  # to be deleted, as the message says
            shutil.rmtree(ready.begun.place.out)
            ready.begun.do()
        else:
            with closing(Library.open(ready.begun.place.library)) as library:
                next_writer(library)
    except RunAnalyticsError as error:
        return refused, error.message
    return refused, ""


# Printing ---------------------------------------------------------------------------------------


def _in_its_process(folder: Path, name: str, kills: int, seed: int, full_disk: bool) -> Found:
    inside = Path(tempfile.mkdtemp(dir=folder))
    return trials(prepared(inside), name, kills, seed, full_disk=full_disk)


def all_trials(names: Iterable[str], kills: int, seed: int, *, full_disk: bool) -> Iterator[Found]:
    """Yield what came of each verb, in order; two are at work at a time."""
    context = multiprocessing.get_context("spawn")
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(PROCESSES, context) as pool,
    ):
        root = Path(folder).resolve()
        futures = [
            pool.submit(_in_its_process, root, name, kills, seed, full_disk) for name in names
        ]
        for future in futures:
            yield future.result()


def _print(results: Iterable[Found], *, full_disk: bool) -> bool:
    columns = ["verb", "calls", "full from" if full_disk else "kills", "before", "after", "third"]
    columns += ["status 3, one line", "done", "other ends"] if full_disk else []
    columns += ["not sound", "refused once more", "not mended by it", "leftovers"]
    print(f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}")
    notes, as_promised = [], True
    for found in results:
        as_promised &= found.failed == (found.verb == UNSAFE)
        states, counts = found.states, found.counts
        cells = [found.verb, len(found.calls), found.trials]
        cells += [states[each] for each in ("before", "after", "third")]
        if full_disk:
            ends = [counts[f"status {NO_ROOM}"], counts["done"]]
            cells += [*ends, found.trials - sum(ends)]
        unsound = {at for what, ats in found.wrong.items() if "verify" in what for at in ats}
        cells += [len(unsound), *(counts[each] for each in ("refused", "not mended", "leftovers"))]
        print(f"| {' | '.join(map(str, cells))} |", flush=True)
        print(f"{found.verb}: {found.took_s:.0f} s", file=sys.stderr)
        notes += [
            f"{found.verb}: third state ({what}) {_at(ats)}" for what, ats in found.third.items()
        ]
        notes += [f"{found.verb}: {what} {_at(ats)}" for what, ats in found.wrong.items()]
    print("\n" + "\n".join(f"- {note}" for note in notes) if notes else "\nNothing wrong.")
    return as_promised


def _at(places: Sequence[str]) -> str:
    first, last = places[0], places[-1]
    return f"at {first}" + (f" to {last} ({len(places)} times)" if len(places) > 1 else "")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return 1 if anything was not as promised."""
    known = list(verbs(Place(Path())))
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kill_verbs")
    parser.add_argument("--verbs", default="", help=f"some of: {', '.join(known)}")
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--full-disk", action="store_true")
    parser.add_argument("--source", type=Path, help="folder of another checkout's package")
    given = parser.parse_args(arguments)
    if given.source is not None and not _comes_from(given.source):
        environment = {**os.environ, "PYTHONPATH": str(given.source.resolve())}
        os.execve(
            sys.executable,
            [sys.executable, "-m", "benchmarks.kill_verbs", *sys.argv[1:]],
            environment,
        )
    if not traced.possible():
        print("a process cannot be traced here: this needs Linux on x86-64", file=sys.stderr)
        return 2
    words = [word.strip() for word in given.verbs.split(",")]
    names = [name for name in known if any(word in name for word in words)]
    if not names:
        parser.error(f"no verb has '{given.verbs}' in its name")
    results = all_trials(names, given.kills, given.seed, full_disk=given.full_disk)
    return int(not _print(results, full_disk=given.full_disk))


def _comes_from(source: Path) -> bool:
    import runanalytics

    return Path(runanalytics.__file__).is_relative_to(source.resolve())


if __name__ == "__main__":
    sys.exit(main())
