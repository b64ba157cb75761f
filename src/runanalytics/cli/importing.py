"""Commands on the data themselves: import, status."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runanalytics.cli.options import Json, Timezone, Units, open_library
from runanalytics.cli.printing import print_import, print_json, printable, unescaped

if TYPE_CHECKING:
    from runanalytics.library import FileOutcome

commands = typer.Typer()
PLACE_IN_HELP = 10

#: Exit status after Ctrl-C, as shells expect it (128 + SIGINT).
INTERRUPTED = 130


@commands.command("import")
def import_(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Files and folders.")],
    timezone: Timezone = None,
    units: Units = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read only; change nothing.")] = False,
    keep_originals: Annotated[
        bool,
        typer.Option(
            "--keep-originals", help="Keep the files themselves, too. They hold where you ran."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Import files and folders; what is there already is left alone."""
    library = open_library(context)
    try:
        with progress_bar(quiet=as_json) as progress:
            report = library.add(
                paths,
                timezone=timezone,
                units=units,
                dry_run=dry_run,
                keep_originals=keep_originals,
                progress=progress,
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
        if keep_originals and not dry_run:
            print("The originals are kept in the library, too: they hold where you ran.")
    raise typer.Exit(report.exit_status)


@commands.command()
def status(context: typer.Context, as_json: Json = False) -> None:
    """Show what is here, from when to when, what is missing, and which devices recorded it."""
    overview = open_library(context).status()
    if as_json:
        print_json(overview.to_dict())
    else:
        print(overview.text())


@contextmanager
def progress_bar(
    *, quiet: bool = False
) -> Iterator[Callable[[int, int, FileOutcome], None] | None]:
    """Give what moves a progress bar during an import, or None without a terminal to show it."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    with Progress(
        TextColumn("Importing"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("files, {task.fields[runs]} runs  {task.fields[name]}", markup=False),
        console=Console(file=unescaped(sys.stderr)),
        transient=True,
    ) as bar:
        task = bar.add_task("import", total=None, name="", runs=0)
        n_runs = 0

        def show(done: int, total: int, file: FileOutcome) -> None:
            nonlocal n_runs
            n_runs += file.n_runs
            bar.update(task, completed=done, total=total, name=printable(file.name), runs=n_runs)

        yield show
