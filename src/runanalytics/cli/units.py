"""The command that says whether a library shows kilometres or miles."""

from __future__ import annotations

from typing import Annotated

import typer

from runanalytics.cli.options import open_library
from runanalytics.cli.printing import print_text

commands = typer.Typer()
PLACE_IN_HELP = 95


@commands.command()
def units(
    context: typer.Context,
    system: Annotated[
        str | None,
        typer.Argument(metavar="metric|imperial", help="From now on. Default: only say which."),
    ] = None,
) -> None:
    """Choose what trend, races and report show: kilometres (metric) or miles (imperial)."""
    print_text(f"Shown in {open_library(context).units(system)} units")
