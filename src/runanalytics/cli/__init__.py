"""The command line: arguments in, one call of `Library`, printing; no analysis.

A module here that has ``commands``, a `typer.Typer`, adds them to the command line; its
``PLACE_IN_HELP`` says where help lists them. Everything heavy is imported inside the command that
needs it, so that help and shell completion answer at once.
"""

from __future__ import annotations

import copy
import errno
import importlib
import os
import pkgutil
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Annotated, Any, NoReturn

import typer
from typer.main import get_command_name
from typer.models import CommandInfo

from runanalytics import __version__
from runanalytics.cli.groups import Commands
from runanalytics.cli.printing import print_text
from runanalytics.cli.streams import Stopped, can_encode, guard_streams, stopped_by_signals
from runanalytics.errors import RunAnalyticsError
from runanalytics.processes import ONE_THREAD, look_for_garbage_seldom
from runanalytics.units.numerals import shown

#: Error of the machine -> what to do about it.
_NEXT_STEPS = {
    errno.ENOENT: "make its folder first, or name another",
    errno.EACCES: "name a place where you may write",
    errno.EPERM: "name a place where you may write",
    errno.EROFS: "name a place where you may write",
    errno.ENOSPC: "make room, then run the same command again",
    errno.EDQUOT: "make room, then run the same command again",
    errno.EISDIR: "name a file, not a folder",
    errno.ENOTDIR: "name a folder, not a file",
}

#: The whole command line, made when it is first asked for.
app: typer.Typer


def _print_version(wanted: bool) -> None:
    if wanted:
        from runanalytics.importers.fit import profile_version

        print_text(f"runanalytics {__version__} (FIT profile {profile_version()})")
        raise typer.Exit


def _options(
    context: typer.Context,
    library: Annotated[
        str | None,
        typer.Option(metavar="DIR", help="Folder of the library; default: your user-data folder."),
    ] = None,
    debug: Annotated[bool, typer.Option(help="Show a traceback with errors.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Version.")
    ] = False,
) -> None:
    del debug, version  # `main` and the callback handle them
    context.obj = library


def _command_line(groups: Iterable[typer.Typer]) -> typer.Typer:
    """Return a command line of these groups of commands."""
    made = typer.Typer(
        name="runanalytics",
        cls=Commands,
        help="How your cadence, ground contact time and race times changed, and how much of that "
        "goes along with strength and technique work.",
        epilog="Start with 'runanalytics demo', then 'runanalytics import PATH...' on your own"
        " files.",
        no_args_is_help=True,
        rich_markup_mode=None,  # rich's help costs more time than all else that --help does
        pretty_exceptions_enable=False,
    )
    made.callback()(_options)
    for group in groups:
        made.add_typer(group)
    return made


def _groups(names: Iterable[str]) -> list[typer.Typer]:
    """Return the groups of commands of modules beside this one, in the order of help."""
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    with_commands = [module for module in modules if hasattr(module, "commands")]
    return [
        module.commands for module in sorted(with_commands, key=lambda one: int(one.PLACE_IN_HELP))
    ]


def _module_names() -> list[str]:
    return [each.name for each in pkgutil.iter_modules(__path__)]


@cache
def _whole() -> typer.Typer:
    return _command_line(_groups(_module_names()))


def __getattr__(name: str) -> Any:
    if name == "app":
        return _whole()
    raise AttributeError(f"module 'runanalytics.cli' has no attribute '{name}'")


def _asked_for(arguments: Sequence[str]) -> typer.Typer:
    """Return the command line with the one command that `arguments` name, or with all.

    To prepare all of them takes longer than many a command does; most stand in the module of
    their name.
    """
    words = iter(arguments)
    for word in words:
        if word == "--library":
            next(words, None)
        elif not word.startswith("-"):
            break
    else:
        return _whole()
    names, behind = _module_names(), list(words)
    if word in names and any(each == "--help" or each.isidentifier() for each in behind):
        # Commands below one that stand in a module of their own, "log_proposals".
        for name in names:
            if name.startswith(f"{word}_"):
                importlib.import_module(f"{__name__}.{name}")
    for several in ([word] if word in names else [], names):
        for each in _groups(several):
            commands = copy.copy(each)
            alone = [c for c in commands.registered_commands if _name(c) == word]
            groups = [group for group in commands.registered_groups if group.name == word]
            if alone or groups:
                commands.registered_commands, commands.registered_groups = alone, groups
                return _command_line([commands])
    return _whole()


def _name(command: CommandInfo) -> str | None:
    function = command.callback
    return command.name or (get_command_name(function.__name__) if function else None)


def main() -> NoReturn:
    """Run the command line and exit with its status."""
    debug = "--debug" in sys.argv
    for name, threads in ONE_THREAD.items():
        os.environ.setdefault(name, threads)
    look_for_garbage_seldom()
    out = guard_streams()
    try:
        with stopped_by_signals():
            try:
                _asked_for(sys.argv[1:])()
            finally:
                out.finish()
    except Stopped as stopped:
        print_text("\nStopped.", to_stderr=True)
        sys.exit(stopped.status)
    except RunAnalyticsError as error:
        if debug:
            raise
        print_text(f"runanalytics: {error}", to_stderr=True)
        sys.exit(error.exit_status)
    except UnicodeEncodeError:
        no_text = [word for word in sys.argv if not can_encode(word, "utf-8")]
        if debug or not no_text:
            raise
        print_text(f"runanalytics: {shown(no_text[0])} is not text in UTF-8", to_stderr=True)
        sys.exit(2)
    except OSError as error:
        if debug:
            raise
        place = f"{error.filename}: " if error.filename else ""
        hint = _NEXT_STEPS.get(error.errno or 0, "")
        message = f"{place}{error.strerror or error}{f'; {hint}' if hint else ''}"
        print_text(f"runanalytics: {message}", to_stderr=True)
        sys.exit(3)
    sys.exit(0)
