"""The streams of the command line, and the signals that stop it.

Output never ends a command in a traceback. Where its reader has gone, the rest of it is dropped
and the command finishes its work; only a full disk ends it. What an encoding lacks is written
plainly, and what a terminal would obey is shown.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import signal
import sys
import threading
from _thread import interrupt_main
from collections.abc import Iterator
from types import FrameType
from typing import Any, NoReturn, TextIO

from runanalytics.errors import printable

#: How our own signs are written in an encoding that lacks them; all others become escapes, which
#: name them exactly.
_PLAIN = {
    **dict.fromkeys("−–—‐‑━╸╺", "-"),
    **dict.fromkeys("’‘′", "'"),
    **dict.fromkeys("”“″", '"'),
    **{"×": "x", "±": "+/-", "…": "...", "·": ".", "°": "deg ", "\xa0": " "},
    **{"²": "^2", "³": "^3", "≥": ">=", "≤": "<=", "→": "->", "≈": "~"},
}
#: Name of the handler of such characters.
_PLAINLY = "runanalytics.plainly"

#: Signals that stop a command as Ctrl-C does; not every system has all of them.
_STOPPING = ("SIGINT", "SIGTERM", "SIGHUP")
#: How long a signal waits that could not stop what it arrived in, s.
_AGAIN_S = 0.01


class Stopped(BaseException):
    """Ctrl-C, or another signal to stop; no error, so nothing that handles errors keeps it.

    Parameters
    ----------
    number : int
        Number of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number
        #: Exit status, as shells expect it.
        self.status = 128 + number


class Output:
    """A text stream of this process that is written to whatever becomes of it.

    Parameters
    ----------
    stream : TextIO
        The stream that is written to.
    failure : str
        How an error of it begins, or "" if a command has not failed because this cannot be
        written.
    """

    #: Nobody may write past it, as click does where it takes an encoding for a mistake.
    buffer = None

    def __init__(self, stream: TextIO, failure: str = "") -> None:
        self._stream, self._failure = stream, failure
        self._error: OSError | None = None

    def write(self, text: str) -> int:
        """Write `text`; raise OSError if the disk is full."""
        try:
            return self._stream.write(text)
        except OSError as error:
            self._give_up(error)
            return len(text)

    def flush(self) -> None:
        """Write what is kept; raise OSError if the disk is full."""
        try:
            self._stream.flush()
        except OSError as error:
            self._give_up(error)

    def finish(self) -> None:
        """Write what is kept; raise OSError if the disk was full, now or at any time before."""
        self.flush()
        if self._error is not None:
            raise self._error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _give_up(self, error: OSError) -> None:
        """Drop what the stream still keeps, and all that is written from now on."""
        with contextlib.suppress(OSError):  # a stream without a number keeps nothing
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)
        if self._failure and not isinstance(error, BrokenPipeError):
            self._error = OSError(error.errno, error.strerror, self._failure)
            raise self._error from error


class Escaping:
    r"""A text stream that shows control characters instead of obeying them.

    An escape sequence in a run's title, or a mark that turns the direction of writing, is written
    as ``\u001b``, which JSON reads back as the character itself.

    Parameters
    ----------
    output : Output
        The stream that is written to.
    """

    def __init__(self, output: Output) -> None:
        self.unescaped = output

    def write(self, text: str) -> int:
        """Write `text`, its control characters as escapes."""
        return self.unescaped.write(printable(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.unescaped, name)


def guard_streams() -> Output:
    """Make the streams of this process safe to write to, closed ones included; return stdout."""
    _fill_closed()
    codecs.register_error(_PLAINLY, _plainly)
    out = Output(_stream(1, sys.stdout), "cannot write to stdout")
    sys.stdout, sys.stderr = Escaping(out), Escaping(Output(_stream(2, sys.stderr)))
    return out


def _stream(number: int, stream: Any) -> Any:
    """Return a stream that writes what its encoding lacks plainly, also where there was none."""
    if stream is None:
        stream = open(number, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors=_PLAINLY)
    return stream


def _fill_closed() -> None:
    """Open what the caller has closed of the first three files.

    The next file to be opened would take the number, and get what is printed.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free


def _plainly(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_PLAIN.get(sign) or _escape(sign) for sign in lacking), error.end


def _escape(sign: str) -> str:
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x1_0000 else f"\\U{ord(sign):08x}"


def unescaped(stream: TextIO | Escaping) -> Any:
    """Return a stream for output that moves the cursor: a progress bar, a table."""
    return stream.unescaped if isinstance(stream, Escaping) else stream


def can_encode(text: str, encoding: str) -> bool:
    """Return whether an encoding has all characters of `text`."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@contextlib.contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Turn signals to stop into `Stopped`, unless the caller has had them ignored.

    Python drops what is raised in a finaliser or in the callback of a weak reference, and so a
    signal that arrives in one; it is then given once more.
    """
    before, hook = {}, sys.unraisablehook

    def dropped(unraisable: sys.UnraisableHookArgs) -> None:
        if isinstance(unraisable.exc_value, Stopped):
            again = threading.Timer(_AGAIN_S, interrupt_main, [unraisable.exc_value.number])
            again.daemon = True
            again.start()
        else:
            hook(unraisable)

    sys.unraisablehook = dropped
    for name in _STOPPING:
        number = getattr(signal, name, None)
        usual = (signal.SIG_DFL, signal.default_int_handler)
        if number is not None and signal.getsignal(number) in usual:
            before[number] = signal.signal(number, _stop)
    try:
        yield
    finally:
        sys.unraisablehook = hook
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, _: FrameType | None) -> NoReturn:
    raise Stopped(number)
