"""Commands on the data themselves: import, status, verify, export."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runanalytics.cli.options import Json, Timezone, Units, app, open_library
from runanalytics.printing import print_import, print_json

if TYPE_CHECKING:
    from runanalytics.library import ImportReport, Library

#: Exit status after Ctrl-C, as shells expect it (128 + SIGINT).
INTERRUPTED = 130


@app.command("import")
def import_(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Files and folders.")],
    timezone: Timezone = None,
    units: Units = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read only; change nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Import files and folders; what is there already is left alone."""
    try:
        report = import_with_bar(
            open_library(context), list(paths), timezone, units, dry_run, quiet=as_json
        )
    except KeyboardInterrupt:
        print(
            "\nStopped. What was read is in the library; the same command again goes on.",
            file=sys.stderr,
        )
        raise typer.Exit(INTERRUPTED) from None
    if as_json:
        print_json(report.to_dict())
    else:
        print_import(report)
    raise typer.Exit(report.exit_status)


@app.command()
def status(context: typer.Context, as_json: Json = False) -> None:
    """Show what is here, from when to when, what is missing, and which devices recorded it."""
    from runanalytics.library.status import status as library_status

    overview = library_status(open_library(context))
    if as_json:
        print_json(overview.to_dict())
    else:
        print(overview.text())


@app.command()
def verify(context: typer.Context, as_json: Json = False) -> None:
    """Check every stored byte."""
    problems = open_library(context).verify()
    if as_json:
        print_json({"problems": problems})
    else:
        print("\n".join(problems) or "Everything is as it was stored.")
    raise typer.Exit(1 if problems else 0)


@app.command()
def export(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write the tables.")],
) -> None:
    """Write every table as CSV, and the samples of each run as Parquet."""
    written = open_library(context).export(folder)
    print(f"Wrote {len(written)} files to {folder}")


def import_with_bar(
    library: Library,
    paths: list[Path],
    timezone: str | None,
    units: str | None,
    dry_run: bool,
    *,
    quiet: bool,
) -> ImportReport:
    """Import with a progress bar, where there is a terminal to show it on."""
    if quiet or not sys.stderr.isatty():
        return library.add(paths, timezone=timezone, units=units, dry_run=dry_run)
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    with Progress(
        TextColumn("Importing"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[name]}", markup=False),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task("import", total=None, name="")

        def show(done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total, name=name)

        return library.add(paths, timezone=timezone, units=units, dry_run=dry_run, progress=show)
