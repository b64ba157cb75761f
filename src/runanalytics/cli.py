"""The command line: arguments in, calls, printing; no analysis.

Everything heavy is imported inside the command that needs it, so that help and shell completion
answer at once.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from runanalytics import __version__
from runanalytics.errors import RunAnalyticsError, UsageError
from runanalytics.printing import (
    print_form,
    print_import,
    print_json,
    print_movement,
    print_rows,
    records,
    with_interval,
)
from runanalytics.shipped import notebook_folder, sample_folder
from runanalytics.units import pace_text, parse_pace

if TYPE_CHECKING:
    from runanalytics.findings.finding import Finding
    from runanalytics.library import ImportReport, Library

#: Exit status after Ctrl-C, as shells expect it (128 + SIGINT).
INTERRUPTED = 130

#: What about two sessions come to, by the measure of dose: the contrast unless one is asked for.
TWO_SESSIONS = {
    "sessions": 2.0,
    "sets": 20.0,
    "reps": 200.0,
    "minutes": 90.0,
    "tonnage_kg": 5_000.0,
}

app = typer.Typer(
    name="runanalytics",
    help="How your cadence, ground contact time and race times changed, and how much of that "
    "goes along with strength and technique work.",
    epilog="Start with 'runanalytics demo', then 'runanalytics import PATH...' on your own files.",
    no_args_is_help=True,
    rich_markup_mode=None,  # rich's help costs more time than all else that --help does
    pretty_exceptions_enable=False,
)


@dataclass(frozen=True)
class _Options:
    library: Path | None
    debug: bool


def _print_version(wanted: bool) -> None:
    if wanted:
        from runanalytics.importers.fit import profile_version

        print(f"runanalytics {__version__} (FIT profile {profile_version()})")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    library: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of the library; default: your user-data folder."),
    ] = None,
    debug: Annotated[bool, typer.Option(help="Show a traceback with errors.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Version.")
    ] = False,
) -> None:
    del version  # its callback has done the work
    context.obj = _Options(library, debug)


Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Pace = Annotated[
    str | None,
    typer.Option(
        metavar="PACE", help="Reference pace, as 5:00/km or 8:03/mi. Default: your usual one."
    ),
]
Since = Annotated[str | None, typer.Option(metavar="DATE", help="First day, as 2026-03-01.")]
Until = Annotated[str | None, typer.Option(metavar="DATE", help="Last day.")]
Plot = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Also draw it: .png, .svg or .pdf.")
]
Imperial = Annotated[bool, typer.Option("--imperial", help="Miles instead of kilometres.")]
Timezone = Annotated[
    str | None,
    typer.Option(metavar="ZONE", help="Zone of local times without one, as Europe/Paris."),
]
Units = Annotated[
    str | None,
    typer.Option(metavar="SYSTEM", help="metric or imperial, for files that do not say."),
]
Metric = Annotated[str, typer.Argument(help="cadence, contact-time, step-length, oscillation, ...")]


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
        report = _import(_library(context), list(paths), timezone, units, dry_run, quiet=as_json)
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

    overview = library_status(_library(context))
    if as_json:
        print_json(overview.to_dict())
    else:
        print(overview.text())


@app.command()
def trend(
    context: typer.Context,
    metric: Metric,
    pace: Pace = None,
    since: Since = None,
    until: Until = None,
    imperial: Imperial = False,
    everything: Annotated[bool, typer.Option("--all", help="Print every run.")] = False,
    plot: Plot = None,
    as_json: Json = False,
) -> None:
    """Show how a metric changed, compared at one reference pace."""
    from runanalytics.findings.trend import trend as find_trend

    form = _filled(context).form(metric, _speed(pace), since, until)
    finding = find_trend(form)
    _draw(finding, plot)
    runs = with_interval(form)
    if as_json:
        speed = form.attrs["speed_m_s"]
        print_json(
            finding.to_dict()
            | {"reference_speed_m_s": speed, "reference_pace": pace_text(speed, _system(imperial))}
            | {"runs": records(runs), "excluded": form.attrs["excluded"]}
        )
        return
    print_form(runs, form, _system(imperial), everything)
    print(finding.summary())


@app.command()
def effect(
    context: typer.Context,
    metric: Metric,
    of: Annotated[
        str,
        typer.Option(
            metavar="WHAT", help="strength, technique, a category, a programme or a movement."
        ),
    ],
    measure: Annotated[
        str, typer.Option(metavar="MEASURE", help="sessions, sets, reps, minutes or tonnage_kg.")
    ] = "sessions",
    contrast: Annotated[
        float | None,
        typer.Option(
            metavar="N", help="How much more per week. Default: about two sessions' worth."
        ),
    ] = None,
    pace: Pace = None,
    since: Since = None,
    until: Until = None,
    plot: Plot = None,
    as_json: Json = False,
) -> None:
    """Show how much of a metric's change goes along with strength or technique work."""
    from runanalytics.findings.effect import effect as find_effect

    library = _filled(context)
    form = library.form(metric, _speed(pace), since, until)
    dose = library.dose(of, measure)
    if contrast is None:
        contrast = TWO_SESSIONS[dose.attrs["measure"]]
    finding = find_effect(form, dose, contrast=contrast, runs=library.runs())
    _draw(finding, plot)
    if as_json:
        print_json(finding.to_dict())
    else:
        print(finding.summary())
        print_rows(finding.table().to_dict("records"))


@app.command()
def movements(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="A movement, as you log it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List the movements, or show what a name is taken for and how it is done."""
    from runanalytics.movements import catalogue, match, movement

    del context
    if name is None:
        rows = [
            {"movement": one.id, "name": one.name, "categories": ", ".join(one.categories)}
            for one in catalogue().values()
        ]
        if as_json:
            print_json(rows)
        else:
            print_rows(rows)
        return
    found = match(name)
    known = movement(found.movement) if found.movement else None
    if as_json:
        from dataclasses import asdict

        print_json(asdict(found) | {"details": asdict(known) if known else None})
        return
    if known is None:
        print(f"'{name}' is not matched: {found.reason}")
        raise typer.Exit(1)
    print_movement(found, known)


@app.command()
def report(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.pdf", help="Where to write the report.")],
    pace: Pace = None,
    paper: Annotated[str, typer.Option(metavar="SIZE", help="a4 or letter.")] = "a4",
    imperial: Imperial = False,
) -> None:
    """Write a progress report as PDF."""
    from runanalytics.report import build_report

    written = build_report(
        _library(context),
        file,
        units=_system(imperial),
        paper=paper,
        speed_m_s=_speed(pace),
    )
    print(f"Wrote {written}")


@app.command()
def demo(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where to write progress.pdf.")] = Path(
        "reports"
    ),
) -> None:
    """Run everything once on sample data of a simulated runner."""
    import tempfile

    from runanalytics.findings.effect import effect as find_effect
    from runanalytics.findings.trend import trend as find_trend
    from runanalytics.library import Library
    from runanalytics.report import build_report

    print("Sample data of a simulated runner, whose true answers stand in its truth.json.\n")
    with tempfile.TemporaryDirectory(prefix="runanalytics-demo-") as folder:
        library = Library.open(Path(folder, "library"))
        imported = _import(library, [sample_folder()], None, None, dry_run=False, quiet=False)
        print(f"{imported.summary()}\n")
        forms = {metric: library.form(metric) for metric in ("cadence", "contact-time")}
        for metric, form in forms.items():
            print(f"$ runanalytics trend {metric}")
            print(f"{find_trend(form).summary()}\n")
        doses, runs = (
            {what: library.dose(what) for what in ("strength", "technique")},
            library.runs(),
        )
        for metric, form in forms.items():
            for what, dose in doses.items():
                print(f"$ runanalytics effect {metric} --of {what}")
                print(f"{find_effect(form, dose, runs=runs).summary()}\n")
        written = build_report(library, out / "progress.pdf")
        library.close()
    print(f"Wrote {written}")
    print("\nNow on your own files:  runanalytics import PATH...  (FIT files, logs, folders)")


@app.command()
def verify(context: typer.Context, as_json: Json = False) -> None:
    """Check every stored byte."""
    problems = _library(context).verify()
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
    written = _library(context).export(folder)
    print(f"Wrote {len(written)} files to {folder}")


@app.command()
def notebook(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where to put the notebooks.")
    ] = Path("notebooks"),
) -> None:
    """Put the notebooks into a folder, ready for JupyterLab on your own data."""
    import shutil

    folder.mkdir(parents=True, exist_ok=True)
    for source in sorted(notebook_folder().glob("*.ipynb")):
        target = folder / source.name
        if target.exists():
            print(f"{target} is there already and was left alone")
            continue
        shutil.copyfile(source, target)
        print(f"Wrote {target}")
    print(f"\nNext:  jupyter lab {folder}")


def main() -> NoReturn:
    """Run the command line and exit with its status."""
    debug = "--debug" in sys.argv
    try:
        app()
    except RunAnalyticsError as error:
        if debug:
            raise
        print(f"runanalytics: {error}", file=sys.stderr)
        sys.exit(error.exit_status)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone; say nothing more
        sys.exit(0)
    except OSError as error:
        if debug:
            raise
        place = f"{error.filename}: " if error.filename else ""
        print(f"runanalytics: {place}{error.strerror or error}", file=sys.stderr)
        sys.exit(3)
    sys.exit(0)


# Calls ---------------------------------------------------------------------------------------


def _library(context: typer.Context) -> Library:
    from runanalytics.library import Library

    return Library.open(context.obj.library)


def _speed(pace: str | None) -> float | None:
    return None if pace is None else parse_pace(pace)


def _filled(context: typer.Context) -> Library:
    """Return the library, or say how to fill it."""
    library = _library(context)
    if library.runs().empty:
        raise UsageError(
            "the library holds no run",
            where=str(library.folder),
            hint="import some: runanalytics import PATH... (--library names another library)",
        )
    return library


def _system(imperial: bool) -> str:
    return "imperial" if imperial else "metric"


def _import(
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


def _draw(finding: Finding, file: Path | None) -> None:
    if file is None:
        return
    from runanalytics.plots import save

    save(finding.plot(), file)
    print(f"Drew {file}", file=sys.stderr)
