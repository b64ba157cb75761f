"""The diary: log, and its sub-commands.

What follows `log` is a line of the diary unless it is the name of a sub-command.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from runanalytics.cli.options import Json, open_library
from runanalytics.cli.printing import print_json, print_rows, records

commands = typer.Typer()
PLACE_IN_HELP = 25

#: The command that reads a line; help shows it as `log` itself.
_LINE = "line"


class _FreeText(TyperGroup):
    """A group of commands in which anything but the name of one is a line of text."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the command that reads a line before whatever names no other."""
        if not args or args[0] not in {*self.commands, *ctx.help_option_names}:
            args = [_LINE, *args]
        return super().parse_args(ctx, args)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Show the options of a line as the group's own."""
        self.commands[_LINE].format_options(ctx, formatter)
        self.format_commands(ctx, formatter)


log = typer.Typer(cls=_FreeText)
commands.add_typer(log, name="log")


@log.callback(help='List the diary, or add a line to it: log "squat 3x5 80 kg, 6 strides".')
def _diary(context: typer.Context) -> None:
    """List the diary, or add a line to it."""
    del context


@log.command(_LINE, hidden=True)
def line(
    context: typer.Context,
    text: Annotated[
        list[str] | None, typer.Argument(metavar="[TEXT]", help="What was done, in words.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Read a line of the diary, or list it."""
    del text
    sessions = open_library(context).sessions()
    if as_json:
        print_json(records(sessions))
    else:
        print_rows(records(sessions))
