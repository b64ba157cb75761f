"""Commands that import data and show what there is: import, status."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runanalytics.cli.options import Json, Timezone, Units, open_library
from runanalytics.cli.printing import print_json, print_rows, print_text, records
from runanalytics.cli.streams import Stopped, unescaped
from runanalytics.errors import one_line, printable

if TYPE_CHECKING:
    import pandas as pd

    from runanalytics.library import FileOutcome, ImportReport
    from runanalytics.library.ingest.report import FileGroup

commands = typer.Typer()
PLACE_IN_HELP = 10

#: Lines of a kind that an import prints, the most frequent first; `--all` prints all of them.
MOST_LINES = 6


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
            "--keep-originals", help="Also keep the files themselves. They hold where you ran."
        ),
    ] = False,
    every_line: Annotated[
        bool,
        typer.Option("--all", help="Print every note on what is new, not only the most frequent."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Import files and folders; what is there already is left as it is."""
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
    except Stopped as stopped:
        print_text(
            "\nStopped. What was read is in the library; the same command again goes on.",
            to_stderr=True,
        )
        raise typer.Exit(stopped.status) from None
    if as_json:
        print_json(report.to_dict())
    else:
        _print_report(report, every_line=every_line)
        if keep_originals and not dry_run:
            print_text("The originals are kept in the library, too: they hold where you ran.")
    raise typer.Exit(report.exit_status)


def _print_report(report: ImportReport, *, every_line: bool) -> None:
    """Print what was imported, what was skipped and why, and notes, the most frequent first."""
    _print_groups("skipped", report.grouped("skipped"), every_line=every_line, to_stderr=True)
    _print_groups("note", report.notes(), every_line=every_line, to_stderr=True)
    if report.at_one_time:
        print_text(f"note: {report.one_body()}", to_stderr=True)
    for same in report.grouped("duplicate"):
        if same.what != "already in the library":
            print_text(f"already there: {same}")
    nothing = report.grouped("nothing") if every_line else report.without_content()
    _print_groups("nothing to import", nothing, every_line=every_line)
    for opened in report.with_outcome("opened"):
        print_text(f"archive: {opened.name}: {opened.reason}")
    if ignored := report.with_outcome("ignored"):
        endings = Counter(Path(file.name).suffix.lower() or "without ending" for file in ignored)
        kinds = ", ".join(f"{number} {ending}" for ending, number in endings.most_common(6))
        print_text(f"not read, of other kinds: {kinds}{', ...' if len(endings) > 6 else ''}")
    for kind, columns in report.unread_columns().items():
        print_text(one_line(f"columns not read ({kind}): {', '.join(columns)}"))
    if rows := report.rows_sentence():
        print_text(rows)
    print_text(report.summary())
    for gap in report.log_gaps:
        print_text(gap.text())
    if report.same:
        print_text("Each of these counts once: 'runanalytics merges' lists them.")


def _print_groups(
    heading: str, groups: Sequence[FileGroup], *, every_line: bool, to_stderr: bool = False
) -> None:
    """Print one line a group of files, and of how many more there are if some are left out."""
    shown = groups if every_line else groups[:MOST_LINES]
    for group in shown:
        print_text(f"{heading}: {group}", to_stderr=to_stderr)
    if more := groups[len(shown) :]:
        n_files = sum(group.n_files for group in more)
        files = "1 file" if n_files == 1 else f"{n_files:,} files"
        others = f"{heading}: {files} for other reasons (an import with --all prints them)"
        print_text(others, to_stderr=to_stderr)


@commands.command()
def status(
    context: typer.Context,
    questions: Annotated[
        bool,
        typer.Option(
            "--questions", help="Show what was asked so far, each p corrected for all of it."
        ),
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Forget what was asked so far, and count anew.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show what is here, from when to when, what is missing, and which devices recorded it."""
    library = open_library(context)
    if fresh:
        n_asked = library.forget_questions()
        asked = "1 question is" if n_asked == 1 else f"{n_asked:,} questions are"
        print_text(f"{asked} forgotten; what is asked from now on is counted.", to_stderr=as_json)
    if questions:
        _print_questions(library.questions(), as_json)
        return
    overview = library.status()
    if as_json:
        print_json(overview.to_dict())
    else:
        print_text(overview.text())


def _print_questions(asked: pd.DataFrame, as_json: bool) -> None:
    if as_json:
        print_json(records(asked))
        return
    if asked.empty:
        print_text("Nothing was asked yet that could be tested.")
        return
    rows = [
        {
            "first asked": row["asked_on"],
            "metric": row["metric"],
            "of": row["what"],
            "measure": row["measure"],
            "from": row["since"],
            "until": row["until"],
            "alone": "yes" if row["alone"] else "",
            "p": _p(row["p_value"]),
            "corrected for all": _p(row["p_corrected"]),
        }
        for row in asked.to_dict("records")
    ]
    told = [name for name in rows[0] if any(row[name] for row in rows)]
    print_rows([{name: row[name] or "–" for name in told} for row in rows])


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.2g}"


@contextmanager
def progress_bar(
    *, quiet: bool = False
) -> Iterator[Callable[[int, int, FileOutcome], None] | None]:
    """Give a function that moves a progress bar, or None where there is no terminal to show it."""
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
