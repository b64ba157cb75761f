"""The command that takes a file or a row out of a library, or puts it back: remove."""

from __future__ import annotations

from typing import Annotated

import typer

from runanalytics.cli.options import Json, open_library
from runanalytics.cli.printing import print_json, print_text

commands = typer.Typer()
PLACE_IN_HELP = 75


@commands.command()
def remove(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="A file that was imported, or an ID. None: list."),
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Read again what was taken out.")] = False,
    as_json: Json = False,
) -> None:
    """Take another person's file, or a single run, session or race, out of all answers."""
    library = open_library(context)
    if name is None:
        listed = library.removals()
        if as_json:
            print_json([each.to_dict() for each in listed])
        else:
            for each in listed:
                print_text(each.text())
            if not listed:
                print_text("Nothing is taken out.")
        return
    done = library.put_back(name) if undo else library.remove(name)
    if as_json:
        print_json(done.to_dict())
    elif undo:
        print_text(f"Read again: {done.text()}")
    else:
        print_text(f"Taken out: {done.text()}\nPut it back: runanalytics remove --undo NAME")
