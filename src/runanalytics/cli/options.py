"""Options and arguments that commands share, and the library that they work on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runanalytics.errors import UsageError
from runanalytics.units import parse_pace

if TYPE_CHECKING:
    from runanalytics.library import Library

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Pace = Annotated[
    float | None,
    typer.Option(
        "--pace",
        metavar="PACE",
        parser=parse_pace,
        help="Reference pace, as 5:00/km or 8:03/mi. Default: your usual one.",
    ),
]
Since = Annotated[str | None, typer.Option(metavar="DATE", help="First day, as 2026-03-01.")]
Until = Annotated[str | None, typer.Option(metavar="DATE", help="Last day.")]
Plot = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Also save a figure: .png, .svg or .pdf.")
]
Imperial = Annotated[
    bool | None,
    typer.Option(
        "--imperial/--metric",
        help="Miles, or kilometres. Default: what 'runanalytics units' says.",
        show_default=False,
    ),
]
Timezone = Annotated[
    str | None,
    typer.Option(
        metavar="ZONE",
        help="Zone of local times without one, as Europe/Paris. Default: this computer's.",
    ),
]
Units = Annotated[
    str | None,
    typer.Option(metavar="SYSTEM", help="metric or imperial, for files that do not say."),
]
All = Annotated[bool, typer.Option("--all", help="Print everything, not only the latest.")]
#: Every metric, as tests/cli/test_commands.py makes sure, in lines that stay as they are (\\b):
#: names are to be copied, and would be parted at their hyphens.
_METRICS = """\b
cadence, contact-time, contact-balance, oscillation,
vertical-ratio, step-length, flight-time, duty-factor,
vertical-stiffness, leg-stiffness, leg-spring-stiffness,
form-power, power or speed-at-heart-rate; with -drift
behind it, how it changes within runs; with
-grade-adjusted behind it, on all grades"""
Metric = Annotated[str, typer.Argument(metavar="METRIC", help=f"{_METRICS}.")]
Metrics = Annotated[
    str,
    typer.Argument(
        metavar="METRIC",
        help=f"{_METRICS};\nseveral, with commas between; all; or race-times.",
    ),
]
_WHAT = "strength, technique, a category, a programme or a movement"
Dose = Annotated[str, typer.Option("--of", metavar="WHAT", help=f"{_WHAT}.")]
Doses = Annotated[
    str,
    typer.Option("--of", metavar="WHAT", help=f"{_WHAT}; several, with commas between; or all."),
]
DoseOfRaces = Annotated[
    str | None,
    typer.Option("--of", metavar="WHAT", help=f"What goes along with race times: {_WHAT}."),
]
Measure = Annotated[
    str,
    typer.Option(
        metavar="MEASURE",
        help="sessions, sets, reps, minutes, tonnage_kg; or, of a programme, adherence.",
    ),
]
Contrast = Annotated[
    float | None,
    typer.Option(metavar="N", help="How much more per week. Default: about two sessions' worth."),
]
Alone = Annotated[
    bool,
    typer.Option(
        "--alone", help="As if nothing else were logged; else the rest is held as it was."
    ),
]


def open_library(context: typer.Context) -> Library:
    """Return the library that `--library` names, or the user's own."""
    from runanalytics.library import Library

    return Library.open(context.obj)


def filled_library(context: typer.Context) -> Library:
    """Return the library, or say how to fill it."""
    library = open_library(context)
    if library.runs().empty:
        raise UsageError(
            "the library holds no run",
            where=str(library.folder),
            hint="import some: runanalytics import PATH... (--library names another library)",
        )
    return library


def unit_system(imperial: bool | None, library: Library) -> str:
    """Return the name of a system of units: the one asked for, or the library's."""
    if imperial is None:
        return library.units()
    return "imperial" if imperial else "metric"
