"""A child process that is stopped at each system call that changes something in one folder.

There it can be killed, or told that the disk is full. It is forked, so what its parent has
imported costs it nothing. A filter in the kernel (seccomp) stops it at these calls and no others,
and its parent looks at each, and learns of the ends of its other children, too (whoever waits for
one of these has to reckon with that); this needs Linux on x86-64.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import re
import signal
import struct
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from benchmarks.kill import PTRACE_TRACEME
from runanalytics.errors import RunAnalyticsError

PTRACE_POKEUSER, PTRACE_CONT, PTRACE_SETOPTIONS, PTRACE_GET_SYSCALL_INFO = 6, 7, 0x4200, 0x420E
#: Stop where the filter says so; trace threads, too; end with the tracer.
_OPTIONS = 1 << 7 | 1 << 3 | 1 << 20
#: How a stop at a call is told from signals, and how threads are waited for, too.
_AT_CALL, _ALL = signal.SIGTRAP | 7 << 8, 0x40000000
_NO_NEW_RIGHTS, _SET_FILTER, _FILTER = 38, 22, 2
#: Instructions of a filter: load the call's number, compare, return; let it pass, or stop.
_LOAD, _IF_EQUAL, _RETURN, _PASS, _STOP = 0x20, 0x15, 0x06, 0x7FFF0000, 0x7FF00000
#: Where the number of a call and its result lie in the child's registers, bytes.
_CALL_REGISTER, _RESULT_REGISTER = 15 * 8, 10 * 8
_AT_FDCWD = -100
_TEXT_BYTES, _LONGEST_PATH = 60_000, 4_096

#: Exit status of a child that may not be traced.
_UNTRACEABLE = 77


class _Arguments(NamedTuple):
    """Which arguments of a system call say what it changes: a descriptor, or folder and path."""

    name: str
    descriptor: int | None = None
    folder: int | None = None
    path: int | None = None
    flags: int | None = None


#: System calls that change a folder or what lies in it, by their number on x86-64.
_CALLS = {
    1: _Arguments("write", descriptor=0),
    18: _Arguments("pwrite64", descriptor=0),
    20: _Arguments("writev", descriptor=0),
    296: _Arguments("pwritev", descriptor=0),
    40: _Arguments("sendfile", descriptor=0),
    326: _Arguments("copy_file_range", descriptor=2),
    74: _Arguments("fsync", descriptor=0),
    75: _Arguments("fdatasync", descriptor=0),
    76: _Arguments("truncate", path=0),
    77: _Arguments("ftruncate", descriptor=0),
    285: _Arguments("fallocate", descriptor=0),
    2: _Arguments("open", path=0, flags=1),
    257: _Arguments("openat", folder=0, path=1, flags=2),
    82: _Arguments("rename", path=1),
    264: _Arguments("renameat", folder=2, path=3),
    316: _Arguments("renameat2", folder=2, path=3),
    83: _Arguments("mkdir", path=0),
    258: _Arguments("mkdirat", folder=0, path=1),
    84: _Arguments("rmdir", path=0),
    87: _Arguments("unlink", path=0),
    263: _Arguments("unlinkat", folder=0, path=1),
    86: _Arguments("link", path=1),
    265: _Arguments("linkat", folder=2, path=3),
    90: _Arguments("chmod", path=0),
    91: _Arguments("fchmod", descriptor=0),
}
SYNCS = ("fsync", "fdatasync")
RENAMES = ("rename", "renameat", "renameat2")
#: Calls that need no room: a full disk lets them pass.
_NEED_NO_ROOM = ("rmdir", "unlink", "unlinkat", "chmod", "fchmod")


class _Info(ctypes.Structure):
    """What the kernel says of a call (struct ptrace_syscall_info)."""

    _fields_ = (
        ("stage", ctypes.c_uint8),
        ("padding", ctypes.c_uint8 * 3),
        ("machine", ctypes.c_uint32),
        ("instruction", ctypes.c_uint64),
        ("stack", ctypes.c_uint64),
        ("number", ctypes.c_uint64),
        ("arguments", ctypes.c_uint64 * 6),
        ("said_by_filter", ctypes.c_uint64),
    )


class Call(NamedTuple):
    """A system call, and the path that it changes, relative to the folder."""

    name: str
    path: str


@dataclass(frozen=True)
class Ended:
    """How a child ended.

    Parameters
    ----------
    calls : tuple of Call
        Those that it came to, with the one that it was killed at.
    status : int
        0, or the exit status that the command line has for its error; 1 for a traceback,
        negative for a signal.
    said : str
        The error's text.
    """

    calls: tuple[Call, ...]
    status: int
    said: str


#: Files whose content nobody needs after a power cut: locks, shared memory, rollback journals.
_PASSING = re.compile(r"(?:-shm|-journal|writer\.txt|writer\.lock)$")
_WRITES = ("write", "pwrite64", "writev", "pwritev", "create", "cut", "truncate", "ftruncate")


def out_of_order(calls: Sequence[Call]) -> list[str]:
    """Return what of a verb's calls would let a power cut lose or tear something.

    Data is to be synced before its file is renamed, its folder after that, and both before a
    commit, which the log of the catalogue (WAL) makes when it is synced; pages are carried over
    from a log that is synced; and nothing that was written stays unsynced.
    """
    found: list[str] = []
    unsynced: set[str] = set()
    unsynced_folders: set[str] = set()
    for name, path in calls:
        folder, _, base = path.rpartition("/")
        if name in SYNCS:
            unsynced.discard(path)
            unsynced_folders.discard(path)
        elif name in RENAMES:
            made = [each for each in unsynced if each.startswith(f"{folder}/.{base}.")]
            if base == "catalogue.sqlite" and f"{folder}/catalogue.new" in unsynced:
                made.append(f"{folder}/catalogue.new")
            found += [f"{each} is renamed before it is synced" for each in made]
            unsynced.difference_update(made)
            unsynced_folders.add(folder)
        elif name in ("unlink", "unlinkat"):
            unsynced.discard(path)
        elif name in _WRITES and not _PASSING.search(base):
            if base.endswith("-wal") and name != "ftruncate":
                late = sorted(unsynced_folders)
                found += [f"{base} is written before {each}/ is synced" for each in late]
            if base == "catalogue.sqlite" and f"{path}-wal" in unsynced:
                found.append(f"{base} is written before its log is synced")
            # A log that is cut to nothing has been carried over.
            if not (base.endswith("-wal") and name in ("ftruncate", "create")):
                unsynced.add(path)
    found += [f"{each} is never synced" for each in sorted(unsynced)]
    return found + [f"{each}/ is never synced" for each in sorted(unsynced_folders)]


def possible() -> bool:
    """Return whether a child can be traced here."""
    if not sys.platform.startswith("linux") or platform.machine() != "x86_64":
        return False
    try:
        return run(lambda: None, Path("/")).status == 0
    except OSError:
        return False


def run(
    work: Callable[[], object],
    folder: Path,
    *,
    kill_at: int = 0,
    full_from: int = 0,
    meanwhile: Callable[[int], object] | None = None,
) -> Ended:
    """Do some work in a child, which changes `folder`.

    Parameters
    ----------
    work : callable
        What the child does.
    folder : Path
        Whose calls count: absolute, without symbolic links.
    kill_at : int
        Number of the call that the child is killed at, before it is done; 0: it is not.
    full_from : int
        Number of the call from which on whatever needs room fails, since the disk is full; 0:
        it never is.
    meanwhile : callable, optional
        Called with the number of each call, while the child stands before it.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(work, writing)
    os.close(writing)
    try:
        calls, status = _traced(child, os.fspath(folder), kill_at, full_from, meanwhile)
    finally:
        with os.fdopen(reading, encoding="utf-8", errors="replace") as pipe:
            said = pipe.read()
    if status == _UNTRACEABLE:
        raise OSError(errno.EPERM, "tracing is not allowed here")
    return Ended(tuple(calls), status, said)


def _work(work: Callable[[], object], report: int) -> None:
    status, said = 0, ""
    try:
        if _ptrace(PTRACE_TRACEME, 0) or not _filtered():
            os._exit(_UNTRACEABLE)
        os.kill(os.getpid(), signal.SIGSTOP)
        work()
    except RunAnalyticsError as error:
        status, said = error.exit_status, str(error)
    except BaseException:
        status, said = 1, traceback.format_exc()
    finally:
        os.write(report, said.encode(errors="replace")[:_TEXT_BYTES])
        os._exit(status)


def _filtered() -> bool:
    """Have the kernel stop this process at every call of `_CALLS`; return whether it will."""
    count = len(_CALLS)
    steps = [(_LOAD, 0, 0, 0)]
    steps += [(_IF_EQUAL, count - place, 0, number) for place, number in enumerate(_CALLS)]
    steps += [(_RETURN, 0, 0, _PASS), (_RETURN, 0, 0, _STOP)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(code))
    zero = ctypes.c_ulong(0)
    if _LIBC.prctl(_NO_NEW_RIGHTS, ctypes.c_ulong(1), zero, zero, zero):
        return False
    return not _LIBC.prctl(_SET_FILTER, ctypes.c_ulong(_FILTER), program)


def _traced(
    child: int,
    folder: str,
    kill_at: int,
    full_from: int,
    meanwhile: Callable[[int], object] | None,
) -> tuple[list[Call], int]:
    calls: list[Call] = []
    _, status = os.waitpid(child, 0)
    if not os.WIFSTOPPED(status):
        return calls, os.waitstatus_to_exitcode(status)
    _ptrace(PTRACE_SETOPTIONS, child, 0, _OPTIONS)
    _ptrace(PTRACE_CONT, child)
    info = _Info()
    with Path(f"/proc/{child}/mem").open("rb", buffering=0) as memory:
        while True:
            thread, status = os.waitpid(-1, _ALL)
            if not os.WIFSTOPPED(status):
                if thread == child:
                    return calls, os.waitstatus_to_exitcode(status)
                continue
            if status >> 8 == _AT_CALL:
                size, address = ctypes.sizeof(info), ctypes.addressof(info)
                _ptrace(PTRACE_GET_SYSCALL_INFO, thread, size, address)
                if (call := _call(info, child, memory.fileno(), folder)) is not None:
                    calls.append(call)
                    if meanwhile is not None:
                        meanwhile(len(calls))
                    if len(calls) == kill_at:
                        os.kill(child, signal.SIGKILL)
                        continue
                    if full_from and len(calls) >= full_from and call.name not in _NEED_NO_ROOM:
                        _ptrace(PTRACE_POKEUSER, thread, _CALL_REGISTER, -1)
                        _ptrace(PTRACE_POKEUSER, thread, _RESULT_REGISTER, -errno.ENOSPC)
            # Neither a trap nor the stop that a new thread begins with is a signal to deliver.
            number = os.WSTOPSIG(status)
            told = 0 if number in (signal.SIGTRAP, signal.SIGSTOP) else number
            _ptrace(PTRACE_CONT, thread, 0, told)


def _call(info: _Info, child: int, memory: int, folder: str) -> Call | None:
    """Return the call that a child has come to, if it changes something in the folder."""
    known = _CALLS.get(info.number)
    if known is None:
        return None
    given = info.arguments
    if known.path is None:
        path = _opened(child, given[known.descriptor or 0])
    else:
        path = os.pread(memory, _LONGEST_PATH, given[known.path]).partition(b"\0")[0].decode()
        if not path.startswith("/"):
            inside = None if known.folder is None else ctypes.c_int32(given[known.folder]).value
            path = f"{_opened(child, None if inside == _AT_FDCWD else inside)}/{path}"
    if path != folder and not path.startswith(folder.rstrip("/") + "/"):
        return None
    name, there = known.name, os.path.lexists(path)
    if (there and name.startswith("mkdir")) or (not there and name in _NEED_NO_ROOM):
        return None  # it would be refused, and changes nothing
    if known.flags is not None:
        flags = given[known.flags]
        made = flags & os.O_CREAT and not there
        cut = flags & os.O_TRUNC and there and os.lstat(path).st_size
        if not made and not cut:
            return None
        name = "create" if made else "cut"
    return Call(name, os.path.relpath(path, folder))


def _opened(child: int, descriptor: int | None) -> str:
    place = "cwd" if descriptor is None else f"fd/{descriptor}"
    try:
        return str(Path(f"/proc/{child}/{place}").readlink()).removesuffix(" (deleted)")
    except OSError:
        return ""


def _ptrace(request: int, child: int, address: int = 0, data: int = 0) -> int:
    pointer = ctypes.c_void_p
    return int(_LIBC.ptrace(ctypes.c_long(request), child, pointer(address), pointer(data)))


_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.ptrace.restype = ctypes.c_long
