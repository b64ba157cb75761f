"""Commands on many runners: the coach's table, the pooled answer, and importing them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from runanalytics.cli.groups import Commands
from runanalytics.cli.options import Alone, Contrast, Json, Measure, Timezone, Units
from runanalytics.cli.printing import print_answer, print_json, print_rows, print_text, records
from runanalytics.cli.streams import Stopped, unescaped
from runanalytics.errors import RunAnalyticsError, UsageError, printable

if TYPE_CHECKING:
    from runanalytics.cohort.group import Cohort

commands = typer.Typer()
PLACE_IN_HELP = 45

#: The command that any other word leads to.
_ANSWER = "answer"
#: Runners of a table that are printed unless asked for all.
_MOST_RUNNERS = 40

_HELP = """Compare and pool many runners, each with a library of their own.

\b
  cohort DIR... [METRIC...]     who needs a look, and what all say together
  cohort DIR... group.pdf       the same as PDF
  cohort import FOLDER          make a library of each sub-folder of FOLDER

A DIR is a library, or a folder of libraries. See 'cohort answer --help' for the options."""


class _CommandOrFolders(Commands):
    """A group whose first word is a command, or begins the words of an answer."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the command that answers before words that name none."""
        if args and args[0] not in self.commands and args[0] not in ("--help", "-h"):
            args = [_ANSWER, *args]
        return super().parse_args(ctx, args)


_cohort = typer.Typer(
    cls=_CommandOrFolders,
    invoke_without_command=True,
    subcommand_metavar="[DIR ... | COMMAND ...]",
)
commands.add_typer(_cohort, name="cohort", help=_HELP)


@_cohort.callback()
def cohort(context: typer.Context) -> None:
    """Compare and pool many runners."""
    if context.invoked_subcommand is None:
        answer([])  # says what to name


@_cohort.command(_ANSWER, hidden=True)
def answer(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="DIR... [METRIC...] [FILE.pdf]",
            help="Libraries or folders of them; metrics, by default contact-time; a PDF to write.",
        ),
    ],
    of: Annotated[
        str,
        typer.Option(
            "--of",
            metavar="WHAT",
            help="strength, technique, a category, a programme or a movement; several, with "
            "commas between.",
        ),
    ] = "strength",
    measure: Measure = "sessions",
    contrast: Contrast = None,
    alone: Alone = False,
    runners: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="CSV with a column 'runner' and others that the change may differ by: sex, level.",
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(metavar="N", help="Processes at once. Default: one a core.")
    ] = None,
    dask: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Of a Dask scheduler, in place of processes."),
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Keep each runner's rows in FILE, and go on from what is there."
        ),
    ] = None,
    anonymous: Annotated[
        bool, typer.Option("--anonymous", help="What all say together; nothing of any one runner.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE.pdf", help="Also write it all as PDF.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Print every runner, not only the first 40.")
    ] = False,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also save a figure: .png, .svg or .pdf.")
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of text.")] = False,
    as_json: Json = False,
) -> None:
    """Show who needs a look, and what goes along with a dose in all runners."""
    from runanalytics.libraries import Libraries

    if as_csv and as_json:
        raise UsageError("--csv and --json were both given", hint="choose one of them")
    folders, metrics, file = _sorted_words(words)
    if file is not None and output is not None:
        raise UsageError("two files were named to write", hint="name one of them")
    libraries = Libraries.open(folders)
    try:
        with _progress("Reading") as progress:
            groups = libraries.cohort(
                metrics or ["contact-time"],
                of,
                measure=measure,
                contrast=contrast,
                alone=alone,
                about=runners,
                workers=workers,
                dask=dask,
                resume=resume,
                progress=progress,
            )
    except Stopped as stopped:
        kept = (
            "Runners that were done are kept; the same command goes on."
            if resume
            else "With --resume FILE, runners that are done would be kept."
        )
        print_text(f"\nStopped. {kept}", to_stderr=True)
        raise typer.Exit(stopped.status) from None
    unread = libraries.unread(groups)
    if anonymous:
        groups = [each.anonymous() for each in groups]
    target = file or output
    if target is not None:
        written = libraries.report(groups, target)
        print_text(f"Wrote {written}", to_stderr=as_csv or as_json)
    if plot is not None:
        _save_plots(groups, plot)
    if as_json:
        print_json([each.to_dict() | {"roster": records(each.roster_table())} for each in groups])
    elif as_csv:
        print(libraries.csv(groups), end="")
    else:
        _print_groups(groups, everything, anonymous)
    raise typer.Exit(1 if unread else 0)


def _sorted_words(words: Sequence[str]) -> tuple[list[str], list[str], Path | None]:
    """Return folders, metrics and a PDF, as the words are."""
    folders = [word for word in words if Path(word).is_dir()]
    files = [word for word in words if word.lower().endswith(".pdf") and word not in folders]
    metrics = [word for word in words if word not in folders and word not in files]
    like_paths = [word for word in metrics if "/" in word or "\\" in word or word.startswith(".")]
    if like_paths or not folders:
        where = next(iter([*like_paths, *words]), None)
        wrong = "no library is named" if where is None else "is no folder"
        raise UsageError(wrong, where=where, hint="name libraries, or a folder of them")
    if len(files) > 1:
        raise UsageError("two files were named to write", hint="name one of them")
    return folders, metrics, Path(files[0]) if files else None


def _save_plots(groups: Sequence[Cohort], plot: Path) -> None:
    from runanalytics.cli.printing import save_plot

    for number, each in enumerate(groups):
        file = plot if number == 0 else plot.with_stem(f"{plot.stem}-{number + 1}")
        save_plot(each, file)


def _print_groups(groups: Sequence[Cohort], everything: bool, anonymous: bool) -> None:
    for number, each in enumerate(groups):
        if number:
            print()
        if not anonymous:
            shown = each.readable(each.roster_table())
            rows = shown if everything else shown.head(_MOST_RUNNERS)
            if number == 0 or len(groups) > 1:
                print_text(f"{each.label}, {each.what.replace('_', ' ') or 'dose'}:")
            print_rows(rows.to_dict("records"))
            if len(rows) < len(shown):
                print_text(f"({len(shown) - len(rows)} more runners: --all shows them)")
            print()
        print_answer(each)


@_cohort.command("import")
def import_(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="One sub-folder of files a runner.")
    ],
    into: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where libraries go. Default: FOLDER-libraries."),
    ] = None,
    timezone: Timezone = None,
    units: Units = None,
    as_json: Json = False,
) -> None:
    """Make a library of each sub-folder of a folder."""
    from runanalytics.libraries import Libraries

    root = folder.expanduser().resolve()
    target = into or root.with_name(f"{root.name}-libraries")
    try:
        with _progress("Importing") as progress:
            found = Libraries.add(root, target, timezone=timezone, units=units, progress=progress)
    except Stopped as stopped:
        print_text(
            "\nStopped. What was read is in the libraries; the same command again goes on.",
            to_stderr=True,
        )
        raise typer.Exit(stopped.status) from None
    told = {name: Libraries.import_in_words(each) for name, each in found.items()}
    if as_json:
        print_json({name: {"done": done, "summary": text} for name, (done, text) in told.items()})
    else:
        for name, (done, text) in told.items():
            print_text(f"{name}: {text}", to_stderr=not done)
        print_text(f"\nNext:  runanalytics cohort {target}")
    failed = [each.exit_status for each in found.values() if isinstance(each, RunAnalyticsError)]
    undone = not all(done for done, _ in told.values())
    raise typer.Exit(max([*failed, int(undone)]))


@contextmanager
def _progress(verb: str) -> Iterator[Callable[[int, int, str], None] | None]:
    """Give a function that moves a progress bar, or None where there is no terminal to show it."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    with Progress(
        TextColumn(verb),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("runners  {task.fields[name]}", markup=False),
        console=Console(file=unescaped(sys.stderr)),
        transient=True,
    ) as bar:
        task = bar.add_task("runners", total=None, name="")

        def show(done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total, name=printable(name))

        yield show
