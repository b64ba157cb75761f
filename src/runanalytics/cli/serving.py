"""The command that answers assistants: mcp."""

from __future__ import annotations

import typer

from runanalytics.cli.options import open_library
from runanalytics.errors import UsageError

commands = typer.Typer()
PLACE_IN_HELP = 65


@commands.command()
def mcp(context: typer.Context) -> None:
    """Answer an assistant on this computer (Model Context Protocol), until its input ends.

    Assistants start it themselves: give them the command 'runanalytics mcp'. It reads the library,
    opens no connection, and tells no position and no place of a file.
    """
    library = open_library(context)
    try:
        library.serve()
    except ModuleNotFoundError as error:
        raise UsageError(
            f"assistants need the package {error.name}, which is not installed",
            hint="install it with: pip install 'runanalytics[mcp]'",
        ) from error
