"""Commands that answer a question: trend, effect, checks, before-after, change-points."""

from __future__ import annotations

import sys
from math import isnan
from typing import TYPE_CHECKING, Annotated

import typer

from runanalytics.cli.options import (
    All,
    Alone,
    Contrast,
    Dose,
    Doses,
    Imperial,
    Json,
    Measure,
    Metric,
    Metrics,
    Pace,
    Plot,
    Since,
    Until,
    filled_library,
    unit_system,
)
from runanalytics.cli.printing import (
    LEAST_WIDTH,
    on_terminal,
    print_answer,
    print_finding,
    print_json,
    print_rows,
    print_text,
    records,
    save_plot,
    text_width,
)
from runanalytics.cli.streams import can_encode
from runanalytics.units import pace_text

if TYPE_CHECKING:
    import pandas as pd

    from runanalytics.findings.trend import Trend

commands = typer.Typer()
PLACE_IN_HELP = 20

#: Runs that a trend prints unless asked for all.
LATEST_RUNS = 12
#: What the standard error of a run's form holds, and what it does not.
ERROR_NOTE = (
    "(a standard error is that of the run's own segments: what GPS measures wrong, and how days "
    "differ, are no part of it)"
)


@commands.command()
def trend(
    context: typer.Context,
    metric: Metric,
    pace: Pace = None,
    since: Since = None,
    until: Until = None,
    imperial: Imperial = None,
    everything: All = False,
    plot: Plot = None,
    as_json: Json = False,
) -> None:
    """Show how a metric changed, compared at one reference pace."""
    library = filled_library(context)
    found = library.trend(metric, speed_m_s=pace, since=since, until=until)
    save_plot(found, plot)
    runs = found.form
    speed = found.form.attrs.get("speed_m_s")  # drift has none, and NaN where no run has a value
    speed = None if speed is None or isnan(speed) else speed
    system = unit_system(imperial, library)
    reference_pace = None if speed is None else pace_text(speed, system)
    if as_json:
        print_json(
            found.to_dict()
            | {"reference_speed_m_s": speed, "reference_pace": reference_pace}
            | {"runs": records(runs), "se_of_runs": ERROR_NOTE.strip("()")}
            | {"excluded": found.form.attrs["excluded"]}
        )
        return
    shown = runs if everything else runs.tail(LATEST_RUNS)
    _print_runs(shown, f"{found.label.lower()}, {found.unit}", found.digits, system)
    if len(shown):
        print_text(ERROR_NOTE)
    if len(shown) < len(runs):
        print_text(f"({len(runs) - len(shown)} earlier runs: --all shows them)")
    if n_excluded := len(found.form.attrs["excluded"]):
        what = "1 run" if n_excluded == 1 else f"{n_excluded} runs"
        print_text(f"({what} left out: --json says which and why)")
    if found.steps:
        print_text("\nHow each reads compared with the usual recent one, taken out:")
        print_rows(found.readable(found.steps_table()).to_dict("records"))
    if len(runs):
        print()
    _draw_curve(found)
    beats = found.form.attrs.get("heart_rate_bpm")
    reference = f"{beats:.0f} beats a minute" if beats == beats and beats else reference_pace
    if reference is not None and found.form.attrs.get("grade_adjusted"):
        reference += " on the level, or the same effort on a slope"
    if len(runs) and reference is not None:
        print_text(f"All at {reference}:")
    print_answer(found)


def _draw_curve(found: Trend) -> None:
    """Draw the level by week where somebody looks at it."""
    if not on_terminal():
        return
    from runanalytics.cli.curve import BLOCKS, curve

    plain = not can_encode(BLOCKS, sys.stdout.encoding or "utf-8")
    if drawn := curve(found, text_width() or LEAST_WIDTH, ascii_only=plain):
        heading, lines = drawn.split("\n", 1)
        print_text(heading)
        print(f"{lines}\n")


def _print_runs(runs: pd.DataFrame, heading: str, digits: int, system: str) -> None:
    print_rows(
        [
            {
                "date": f"{run['local_date']:%Y-%m-%d}",
                heading: f"{run['value']:.{digits}f}",
                "standard error": f"{run['se']:.{digits}f}",
                "run's own pace": pace_text(run["mean_speed_m_s"], system),
                "device": run["device"],
            }
            for run in runs.to_dict("records")
        ]
    )


@commands.command()
def effect(
    context: typer.Context,
    metric: Metrics,
    of: Doses,
    measure: Measure = "sessions",
    contrast: Contrast = None,
    alone: Alone = False,
    pace: Pace = None,
    since: Since = None,
    until: Until = None,
    plot: Plot = None,
    as_json: Json = False,
) -> None:
    """Show how much of a metric's change goes along with strength or technique work.

    Several metrics or doses are one question: their p-values are corrected for how many are
    tested.
    """
    found = filled_library(context).effects(
        metric,
        of,
        measure=measure,
        contrast=contrast,
        alone=alone,
        speed_m_s=pace,
        since=since,
        until=until,
    )
    print_finding(found, plot, as_json)


@commands.command()
def checks(
    context: typer.Context,
    metric: Metric,
    of: Dose,
    control: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHAT",
            help="A dose that cannot move the metric, such as bench_press; repeat for more. "
            "Default: mobility, upper body and other sport, as far as the log has them.",
        ),
    ] = None,
    measure: Measure = "sessions",
    contrast: Contrast = None,
    alone: Alone = False,
    pace: Pace = None,
    since: Since = None,
    until: Until = None,
    plot: Plot = None,
    as_json: Json = False,
) -> None:
    """Check whether something else could explain an effect."""
    found = filled_library(context).checks(
        metric,
        of,
        controls=control,
        measure=measure,
        contrast=contrast,
        alone=alone,
        speed_m_s=pace,
        since=since,
        until=until,
    )
    print_finding(found, plot, as_json)


@commands.command("before-after")
def before_after(
    context: typer.Context,
    metric: Metric,
    at: Annotated[
        str, typer.Option(metavar="DATE", help="First day that counts as after, as 2026-03-01.")
    ],
    horizon: Annotated[
        float | None,
        typer.Option(metavar="WEEKS", help="Weeks after the date that are compared. Default: 12."),
    ] = None,
    what: Annotated[
        str, typer.Option(metavar="TEXT", help="What happened then, for the answer.")
    ] = "",
    pace: Pace = None,
    since: Since = None,
    until: Until = None,
    plot: Plot = None,
    as_json: Json = False,
) -> None:
    """Show how a metric changed after a date, compared with how it would have gone on."""
    found = filled_library(context).before_after(
        metric, at, horizon_weeks=horizon, label=what, speed_m_s=pace, since=since, until=until
    )
    print_finding(found, plot, as_json)


@commands.command("change-points")
def change_points(
    context: typer.Context,
    metric: Metric,
    pace: Pace = None,
    since: Since = None,
    until: Until = None,
    plot: Plot = None,
    as_json: Json = False,
) -> None:
    """Find when a metric changed its level, and which device, firmware or shoe was new."""
    found = filled_library(context).change_points(metric, speed_m_s=pace, since=since, until=until)
    print_finding(found, plot, as_json)
