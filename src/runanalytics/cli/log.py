"""The diary: log, and its sub-commands.

What follows `log` is a line of the diary unless it is the name of a sub-command.
"""

from __future__ import annotations

import re
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from runanalytics.cli.groups import Commands
from runanalytics.cli.options import Json, open_library
from runanalytics.cli.printing import print_json, print_rows, print_text
from runanalytics.errors import UsageError
from runanalytics.units.numerals import shown

if TYPE_CHECKING:
    from runanalytics.library import Library
    from runanalytics.library.corrections.diary import LoggedLine

commands = typer.Typer()
PLACE_IN_HELP = 25

#: The command that reads a line; help shows it as `log` itself.
_LINE = "line"
#: Lines that are listed, the latest, unless all are asked for.
_LATEST = 20


class _FreeText(Commands):
    """A group of commands in which anything but the name of one is a line of text."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the command that reads a line before whatever names no other."""
        named = {*self.commands, *ctx.help_option_names} - {_LINE}  # "line hops 3x20 m" is text
        if not args or args[0] not in named:
            # A line may be copied with the mark of a list: "- squat 3x5".
            args = [_LINE, *(re.sub(r"^-\s+", "", each) for each in args)]
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Show how a line is given."""
        formatter.write_usage(ctx.command_path, "[OPTIONS] [TEXT] | COMMAND [ARGS]...")

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Show the options of a line as the group's own."""
        self.commands[_LINE].format_options(ctx, formatter)
        self.format_commands(ctx, formatter)


log = typer.Typer(cls=_FreeText)
commands.add_typer(log, name="log")


@log.callback()
def diary(context: typer.Context) -> None:
    """Add a line to your diary ("squat 3x5 80 kg, 6 strides"), or list it."""
    if context.invoked_subcommand is None:
        _list(open_library(context), as_json=False, everything=False)


@log.command(_LINE, hidden=True)
def line(
    context: typer.Context,
    text: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TEXT]", help='What was done, in words; or "nothing since 3 May".'),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option(
            "--on", metavar="DATE", help="The day; also yesterday, or Sunday. Default: today."
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="TIME", help="When it began, as 18:30.")
    ] = None,
    minutes: Annotated[
        float | None, typer.Option("--minutes", metavar="N", help="How long it lasted.")
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            "--kind",
            metavar="KIND",
            help="strength, technique, mixed or other, whatever the words say.",
        ),
    ] = None,
    programme: Annotated[
        str | None,
        typer.Option("--programme", metavar="NAME", help="A programme, as it is prescribed."),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Keep it without asking, unknown words as text.")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="List every line, not only the latest.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Read a line of the diary and keep it, or list the diary."""
    library = open_library(context)
    said = " ".join(text or ())
    given = (on, at, minutes, kind, programme)
    if text is None and all(each is None for each in given):
        _list(library, as_json=as_json, everything=everything)
        return
    keep = partial(library.log, said, on=on, at=at, minutes=minutes, kind=kind, programme=programme)
    read = keep(dry_run=True)
    if not as_json:
        print(read.text_of_day())
        print_rows(read.shown_rows(library.units()))
        if read.remarks:
            print(f"beside it: {'; '.join(read.remarks)}")
    if read.unknown and not yes:
        _ask(read, as_json=as_json)
    kept = keep()
    if as_json:
        print_json(kept.to_dict())
    else:
        print(f"Kept. To take it back: runanalytics log undo --on {kept.day}")


def _ask(read: LoggedLine, *, as_json: bool) -> None:
    """Ask whether a line is kept that is not certain; where nobody can be asked, it is not."""
    unknown = ", ".join(f"'{each}'" for each in read.unknown)
    if sys.stdin.isatty() and not as_json:
        print(f"Not understood for certain: {unknown}")
        try:
            is_kept = typer.confirm("Keep it as it was read, with these words as text?")
        except typer.Abort:  # the end of the input
            is_kept = False
            print()
        if not is_kept:
            print("Not kept.")
            raise typer.Exit(1)
        return
    if as_json:
        print_json(read.to_dict())
    raise UsageError(
        f"not understood for certain, so not kept: {unknown}",
        hint="--yes keeps it as it was read, with these words as text;"
        " 'runanalytics movements map NAME MOVEMENT' settles what a name means",
    )


def _list(library: Library, *, as_json: bool, everything: bool) -> None:
    if as_json:
        print_json([each.to_dict() for each in library.diary()])
        return
    n_lines = len(library.diary_days())
    if not n_lines:
        print_text(
            'The diary has no line yet. Add one: runanalytics log "squat 3x5 80 kg, 6 strides"'
        )
        _print_problems(library)
        return
    latest = library.diary(None if everything else _LATEST)
    print_rows(
        [
            {
                "day": f"{each.day}",
                "time": f"{each.time:%H:%M}" if each.time else "",
                "counts as": each.kind,
                "line": each.text,
                "not understood": ", ".join(each.unknown),
            }
            for each in latest
        ]
    )
    more = f" (the latest {len(latest)}; --all lists the others)" if len(latest) < n_lines else ""
    print(f"{_counted(n_lines)}{more}")
    _print_problems(library)


def _print_problems(library: Library) -> bool:
    """Print which lines are not read; return whether there are any."""
    problems = library.diary_problems()
    for problem in problems:
        print(f"not read: {problem}", file=sys.stderr)
    return bool(problems)


@log.command()
def undo(
    context: typer.Context,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="DATE", help="The day. Default: the latest with lines."),
    ] = None,
) -> None:
    """Take back the last line of a day."""
    day, taken = open_library(context).undo_log(on)
    print(f"Taken back from {day}: {taken}")


def _counted(n_lines: int) -> str:
    return "1 line" if n_lines == 1 else f"{n_lines:,} lines"


@log.command()
def edit(context: typer.Context) -> None:
    """Open the diary in your editor ($VISUAL or $EDITOR), and read it anew.

    The editor has a copy, which takes the diary's place once it is a diary, and nobody has changed
    that meanwhile.
    """
    import os
    import shlex
    import subprocess

    library = open_library(context)
    path = library.diary_file()
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    yourself = f"set $EDITOR to one, or edit {path} yourself"
    if not editor:
        raise UsageError("no editor is set", hint=yourself)

    def open_in_editor(copy: Path) -> None:
        try:
            done = subprocess.run([*shlex.split(editor), str(copy)], check=False)  # noqa: S603
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            reason = f"the editor {shown(editor)} cannot be started ({why})"
            raise UsageError(reason, hint=yourself) from None
        if done.returncode:
            raise UsageError(f"the editor ended with status {done.returncode}")

    changed = library.edit_diary(open_in_editor)
    print(f"{path}: {_counted(len(library.diary_days()))}{'' if changed else ', as before'}")
    if _print_problems(library):
        raise typer.Exit(1)
