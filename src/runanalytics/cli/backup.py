"""Commands that keep a library safe: verify, export, restore, rebuild."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from runanalytics.cli.options import Json, open_library
from runanalytics.cli.printing import print_json, print_text
from runanalytics.errors import printable

commands = typer.Typer()
PLACE_IN_HELP = 70


@commands.command()
def verify(context: typer.Context, as_json: Json = False) -> None:
    """Check every stored byte, and that nothing contradicts what you stated."""
    library = open_library(context)
    problems = library.verify()
    if as_json:
        print_json({"problems": problems})
    else:
        lines = [*(problems or ["Everything is as it was stored."]), *library.unsettled()]
        print_text("\n".join(map(printable, lines)))
    raise typer.Exit(1 if problems else 0)


@commands.command()
def export(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder to write to.")],
) -> None:
    """Write every table as CSV and the samples of each run as Parquet; `restore` reads them."""
    written = open_library(context).export(folder)
    print_text(f"Wrote {len(written)} files to {folder}")


@commands.command()
def restore(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that export wrote.")],
) -> None:
    """Make a library from an export; `--library` names the new one."""
    library = open_library(context)
    restored = library.restore(folder)
    print_text(f"Restored {restored.read} files into {library.folder}")
    for what in restored.left:
        print_text(f"left: {printable(what)}")


@commands.command()
def rebuild(context: typer.Context, as_json: Json = False) -> None:
    """Make the library anew, from the originals kept or from where its files were imported."""
    from dataclasses import asdict

    rebuilt = open_library(context).rebuild()
    if as_json:
        print_json(asdict(rebuilt))
    else:
        print_text(printable(rebuilt.text()))
    raise typer.Exit(1 if rebuilt.lost else 0)
