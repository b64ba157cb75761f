"""Every verb that writes is killed while a second process writes to the same library.

The second process, the contender, is another verb that writes. It begins while the verb stands
before a drawn system call, gets a drawn time before the verb goes on, and the verb is killed before
a later call. Then the library must be what one of the two has made of it, or both, one after the
other, or neither: all its tables, the user's files and every answer, with an export that is whole
or known to be cut short. A contender that ended well must have its part in that, one that was
refused must have none, and may say only that the other one writes, or what it says without a kill.
The library must be sound (`verify`), and the next writer must change nothing and leave no file
over.

Folders that are equal to the byte are judged once, and so is work that depends on its arguments
alone; a contender that waits for the lock is not waited for. `TMPDIR=/dev/shm` keeps it all in
memory.

The last lines of the table are verbs that write without the lock, and must fail: the contender
begins and ends when they have read, just before they begin to write a file.

`python -m benchmarks.kill_contended [--verbs undo,=log] [--kills 200] [--seed 0]`: part of a name,
or a whole one behind "=".
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import hashlib
import json
import os
import random
import select
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from benchmarks import traced
from benchmarks.kill_verbs import spread
from benchmarks.traced import Call
from benchmarks.verbs import (
    COMMON,
    RANDOM_PART,
    UNSAFE,
    Begun,
    Place,
    State,
    names_in,
    next_writer,
    prepare,
    prepared,
    problems,
    state,
    verbs,
    worked_out_once,
)
from runanalytics.errors import LibraryLockedError, RunAnalyticsError
from runanalytics.library import Library
from runanalytics.library.storage import writing

KILLS, SEED = 200, 0
#: How long the verb stands, at the most, before the call at which the contender begins, s: it goes
#: on when the contender has ended or waits for the lock.
PAUSES_S = (0.0, 0.02, 0.15, 0.4)
#: How long whoever waits for the lock sleeps before the next try, s.
_POLL_S = 0.005
#: A contender that takes longer hangs, s: it takes ten at the most, on a machine that is free.
MOST_S = 300.0
#: How many contenders a verb meets, beside itself.
CONTENDERS_EACH = 2
#: Verbs that contend where the library is the common one, and elsewhere.
CONTENDERS = (
    *("import", "rebuild", "movements unmap", "spans break", "merges join", "log confirm"),
    *("log and read", "races add", "remove", "units"),
)
CONTENDERS_ELSEWHERE = ("first import", "spans break", "races add", "log and read")
#: Verbs that are given without the lock, as the control.
UNLOCKED = {"movements map": "movements unmap", "import": "spans break"}
_REFUSED_BY_LOCK = "refused by the lock"


class Contender:
    """Another process, which begins to work when it is told to."""

    def __init__(self, work: Callable[[], object]) -> None:
        wait, self._go = os.pipe()
        self._said, say = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            os.close(self._go)
            os.close(self._said)
            _contend(work, wait, say)
        os.close(wait)
        os.close(say)
        self.begun = False

    def begin(self, pause_s: float) -> None:
        """Let it begin, and wait until it has ended or waits, for `pause_s` at the most."""
        self.begun = True
        os.write(self._go, b"g")
        if pause_s:
            select.select([self._said], [], [], pause_s)

    def end(self) -> str:
        """Wait until it ends; return what it ended with: "" or a message."""
        os.close(self._go)
        parts, until = [], time.monotonic() + MOST_S
        while select.select([self._said], [], [], max(until - time.monotonic(), 0.0))[0]:
            if not (part := os.read(self._said, 65_536)):
                break
            parts.append(part)
        else:
            os.kill(self._child, signal.SIGKILL)
            parts = [json.dumps(f"it hangs for {MOST_S:g} s").encode()]
        os.close(self._said)
        with contextlib.suppress(ChildProcessError):  # it was waited for with the verb
            os.waitpid(self._child, 0)
        said = b"".join(parts).lstrip(_WAITS)
        return str(json.loads(said or json.dumps("its process died")))


#: What a contender says when it waits for the lock.
_WAITS = b"w"


def _contend(work: Callable[[], object], wait: int, say: int) -> None:
    said, told = "", False

    def sleep(_: float, really: Callable[[float], None] = time.sleep) -> None:
        nonlocal told
        if not told:
            os.write(say, _WAITS)
            told = True
        really(_POLL_S)

    try:
        if os.read(wait, 1):
            with patch.object(time, "sleep", sleep):  # between two tries to get the lock
                said = ended(work)
    finally:
        os.write(say, json.dumps(said[-60_000:]).encode())
        os._exit(0)


def ended(work: Callable[[], object]) -> str:
    """Do some work; return "" or what it was refused with, or the traceback that it ended in."""
    try:
        work()
    except LibraryLockedError:
        return _REFUSED_BY_LOCK
    except RunAnalyticsError as error:
        return _refusal(error.message)
    except BaseException:
        return f"a traceback: {traceback.format_exc()}"
    return ""


def _refusal(said: str) -> str:
    """Return what was said, in one word where it is that another process writes, or has written."""
    others = ("is writing to this library", "was changed meanwhile")
    return _REFUSED_BY_LOCK if any(each in said for each in others) else said


class Seen(NamedTuple):
    """What there is to see of a library."""

    state: State
    problems: tuple[str, ...]
    #: What the next writer ends with, and what the library says and has in its folder then.
    next_said: str
    next_state: State
    files: frozenset[str]


#: What was seen, by a digest of all bytes.
_SEEN: dict[str, Seen] = {}


def seen(place: Place) -> Seen:
    """Look at a library and have the next writer write; look once at folders of the same bytes."""
    held = hashlib.sha256()
    for path in sorted(place.watched.rglob("*")):
        name = RANDOM_PART.sub("*.", str(path.relative_to(place.watched)))
        if path.is_file() and path.name not in _OF_PROCESSES:
            name += f" {hashlib.sha256(path.read_bytes()).hexdigest()}"
        held.update(f"{name}\n".encode())
    if (found := _SEEN.get(held.hexdigest())) is not None:
        return found
    is_now, wrong = state(place), tuple(problems(place))
    said = ended(functools.partial(_write_next, place))
    found = Seen(is_now, wrong, said, state(place), frozenset(names_in(place.library)))
    return _SEEN.setdefault(held.hexdigest(), found)


#: Files whose content is of those who have the library open, and of nobody once they are gone.
_OF_PROCESSES = ("catalogue.sqlite-shm", "writer.txt")


class Outcome(NamedTuple):
    """What a library is after one order of verbs, undisturbed."""

    #: Which of the two, in order: "V" and "C".
    order: str
    seen: Seen
    #: What each was refused with, if it was.
    said: dict[str, str]


@dataclass
class Found:
    """What came of the trials of one verb."""

    verb: str
    calls: int = 0
    trials: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    #: What was wrong -> in which trials.
    wrong: dict[str, list[str]] = field(default_factory=dict)
    n_wrong: int = 0
    took_s: float = 0.0


def _unlocked(work: Callable[[], object]) -> None:
    with patch.object(writing, "locked", lambda _: contextlib.nullcontext()):
        work()


def _outcomes(verb: Begun, contenders: dict[str, Begun]) -> dict[str, list[Outcome]]:
    """Return what every order of the verb and a contender leads to."""
    alone = [_outcome(verb, None, order) for order in ("", "V")]
    return {
        name: [*alone, *(_outcome(verb, contender, order) for order in ("C", "VC", "CV"))]
        for name, contender in contenders.items()
    }


def _outcome(verb: Begun, contender: Begun | None, order: str) -> Outcome:
    place, said = verb.place, {}
    verb.start()
    for which in order:
        begun = contender if which == "C" else verb
        assert begun is not None
        said[which] = ended(begun.do)
        if said[which].startswith("a traceback"):
            raise RuntimeError(f"{which} of {order} fails undisturbed: {said[which]}")
    return Outcome(order, seen(place), said)


def _write_next(place: Place) -> None:
    with closing(Library.open(place.library)) as library:
        next_writer(library)


def _contenders(begun: Begun, name: str, choose: random.Random) -> dict[str, Begun]:
    """Return some verbs that can be given to the library that a verb begins with."""
    known = verbs(begun.place)
    usual = CONTENDERS if begun.verb.start == COMMON else CONTENDERS_ELSEWHERE
    usable = {}
    with closing(Library.open(begun.place.start / "library")) as library:
        for each in usual:
            verb = known[each]
            try:
                names = verb.names(library) if verb.names is not None else ()
            except (StopIteration, IndexError):
                continue  # it has nothing to be about in this library
            usable[each] = Begun(begun.place, verb, names)
    chosen = choose.sample(sorted(usable), min(CONTENDERS_EACH, len(usable)))
    # Two exports into one folder are one, and a refusal that no order of the two has.
    itself = {} if name == "export" else {name: begun}
    return {**itself, **{each: usable[each] for each in chosen}}


def trials(
    place: Place,
    name: str,
    kills: int,
    seed: int,
    *,
    against: Sequence[str] = (),
    unlocked: bool = False,
) -> Found:
    """Kill one verb at `kills` system calls of its life while another one contends.

    Parameters
    ----------
    place : Place
        As `prepared` made it.
    name : str
        One of `verbs`.
    kills : int
        How many; calls are taken several times where it has fewer, with other contenders.
    seed : int
        Of contenders, the calls at which they begin, and pauses.
    against : sequence of str
        Verbs that contend; by default some are drawn.
    unlocked : bool
        Have the verb write without the lock, and the contender come to its end meanwhile.
    """
    begun_s = time.perf_counter()
    choose = random.Random(f"{seed} {name}")
    verb = prepare(place, name)
    work = functools.partial(_unlocked, verb.do) if unlocked else verb.do
    contenders = (
        {each: Begun(place, verbs(place)[each], ()) for each in against}
        if against
        else _contenders(verb, name, choose)
    )
    verb.start()
    whole = traced.run(work, place.watched)
    if whole.status:
        raise RuntimeError(f"{name} fails undisturbed: {whole.said}")
    found = Found(f"{name}, without the lock" if unlocked else name, len(whole.calls))
    outcomes = _outcomes(verb, contenders)
    for kill_at, begin_at in _times(whole.calls, kills, seed, choose, unlocked=unlocked):
        rival = choose.choice(list(contenders))
        pause_s = MOST_S if unlocked else choose.choice(PAUSES_S)
        verb.start()
        contender = Contender(contenders[rival].do)

        def meanwhile(
            number: int,
            contender: Contender = contender,
            begin_at: int = begin_at,
            pause_s: float = pause_s,
        ) -> None:
            if number == begin_at:
                contender.begin(pause_s)

        end = traced.run(work, place.watched, kill_at=kill_at, meanwhile=meanwhile)
        said = contender.end()
        killed = end.status == -signal.SIGKILL
        wrong = list(_judge(place, outcomes[rival], end, said, killed=killed))
        at = f"{kill_at} of {len(whole.calls)}, {rival} from {begin_at}, {pause_s:g} s"
        found.trials += 1
        found.counts["killed"] += killed
        found.counts["contender done"] += not said
        found.counts[_REFUSED_BY_LOCK] += said == _REFUSED_BY_LOCK
        found.n_wrong += bool(wrong)
        for what in wrong:
            found.wrong.setdefault(what, []).append(at)
    found.took_s = time.perf_counter() - begun_s
    return found


def _times(
    calls: Sequence[Call], kills: int, seed: int, choose: random.Random, *, unlocked: bool
) -> Iterator[tuple[int, int]]:
    """Yield before which call the verb is killed, and before which one the contender begins."""
    if unlocked:
        # What was read by then is written whatever the contender does.
        begun = [
            number
            for number, (name, path) in enumerate(calls, 1)
            if name == "create" and path.endswith(".tmp") and "catalogue" not in path
        ]
        for _ in range(kills):
            begin_at = choose.choice(begun)
            yield choose.randint(begin_at + 1, len(calls)), begin_at
        return
    numbers = list(range(1, len(calls) + 1))
    times, more = divmod(kills, len(numbers))
    for kill_at in [*numbers * times, *spread(numbers, more, seed)]:
        # Half of them begin at once, before the verb has the lock or right after.
        at_once, any_time = min(choose.randint(1, 4), kill_at), choose.randint(1, kill_at)
        yield kill_at, choose.choice((at_once, any_time))


def _judge(
    place: Place, outcomes: Sequence[Outcome], end: traced.Ended, said: str, *, killed: bool
) -> Iterator[str]:
    """Yield what is wrong with the library that the two have left."""
    if said.startswith(("a traceback", "it hangs", "its process died")):
        yield f"the contender ends with {said.strip().splitlines()[-1]}"
    if not killed and end.status == 1 and "Traceback" in end.said:
        yield f"the verb ends with {end.said.strip().splitlines()[-1]}"
    found = seen(place)
    is_now = found.state
    equal = [each for each in outcomes if not _differing(each.seen.state, is_now)]
    fitting = [each for each in equal if _fits(each, "C", said)]
    if not killed:
        fitting = [each for each in fitting if _fits(each, "V", _refusal(end.said), part=True)]
    if not equal:
        near = min(outcomes, key=lambda each: len(_differing(each.seen.state, is_now)))
        differing = ", ".join(_differing(near.seen.state, is_now))
        yield f"no order of the two leads there; nearest is '{near.order}', but for {differing}"
        fitting = [near]
    elif not fitting:
        orders = ", ".join(repr(each.order) for each in equal)
        yield f"the library is as after {orders}, and the contender ended with {said!r}"
        fitting = equal
    known = {problem for each in fitting for problem in each.seen.problems}
    for problem in found.problems:
        if problem not in known:
            yield f"verify: {problem}"
    if found.next_said:
        yield f"the next writer fails: {found.next_said.strip().splitlines()[-1]}"
    if equal and (differing := _differing(found.next_state, is_now)):
        yield f"the next writer changes {', '.join(differing)}"
    for name in sorted(found.files.difference(*(each.seen.files for each in fitting))):
        yield f"left over: {name}"


def _differing(one: State, other: State) -> list[str]:
    return [
        key for key in sorted(one.keys() | other.keys()) if one.get(key, "") != other.get(key, "")
    ]


def _fits(outcome: Outcome, which: str, said: str, *, part: bool = False) -> bool:
    """Return whether one of the two can have ended as it did where this is the outcome."""
    if said == "":
        return outcome.said.get(which) == ""
    if said == _REFUSED_BY_LOCK or which not in outcome.said:
        return which not in outcome.said and said == _REFUSED_BY_LOCK
    undisturbed = outcome.said[which]
    return bool(undisturbed) and (undisturbed in said if part else undisturbed == said)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return 1 if anything was not as promised."""
    known = {name: (name, False) for name in verbs(Place(Path())) if name != UNSAFE}
    known |= {f"{name}, without the lock": (name, True) for name in UNLOCKED}
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kill_contended")
    parser.add_argument(
        "--verbs", default="", help=f"parts of names, or whole ones behind '=': {', '.join(known)}"
    )
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args(arguments)
    if not traced.possible():
        print("a process cannot be traced here: this needs Linux on x86-64", file=sys.stderr)
        return 2
    words = [word.strip() for word in given.verbs.split(",")]
    names = [name for name in known if any(word in name or word == f"={name}" for word in words)]
    if not names:
        parser.error(f"no verb has '{given.verbs}' in its name")
    with tempfile.TemporaryDirectory() as folder, worked_out_once():
        chosen = [known[name] for name in names]
        return int(not _all_as_promised(Path(folder).resolve(), chosen, given.kills, given.seed))


def _all_as_promised(
    folder: Path, chosen: Sequence[tuple[str, bool]], kills: int, seed: int
) -> bool:
    """Print the table; return whether everything was as promised."""
    columns = ["verb", "calls", "trials", "killed", "contender done", _REFUSED_BY_LOCK, "wrong"]
    print(f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}", flush=True)
    as_promised = True
    place = prepared(folder)
    for name, unlocked in chosen:
        against = [UNLOCKED[name]] if unlocked else ()
        found = trials(place, name, kills, seed, against=against, unlocked=unlocked)
        as_promised &= bool(found.n_wrong) == unlocked
        cells = [found.verb, found.calls, found.trials]
        cells += [found.counts[each] for each in columns[3:6]]
        print(f"| {' | '.join(map(str, [*cells, found.n_wrong]))} |", flush=True)
        print(f"{found.verb}: {found.took_s:.0f} s", file=sys.stderr, flush=True)
        for what, ats in found.wrong.items():
            print(f"  {what}: {len(ats)} times, first at {ats[0]}", file=sys.stderr, flush=True)
    return as_promised


if __name__ == "__main__":
    sys.exit(main())
