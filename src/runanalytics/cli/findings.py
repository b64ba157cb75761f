"""Commands that answer a question: trend, effect, checks, before-after, change-points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from runanalytics.cli.options import (
    All,
    Contrast,
    Imperial,
    Json,
    Measure,
    Metric,
    Metrics,
    Of,
    Ofs,
    Pace,
    Plot,
    Since,
    Until,
    draw,
    filled_library,
    system_of,
    tell,
)
from runanalytics.cli.printing import print_form, print_json, print_rows, records, with_interval
from runanalytics.units import pace_text

if TYPE_CHECKING:
    import pandas as pd


commands = typer.Typer()
PLACE_IN_HELP = 20


@commands.command()
def trend(
    context: typer.Context,
    metric: Metric,
    pace: Pace = None,
    since: Since = None,
    until: Until = None,
    imperial: Imperial = False,
    everything: All = False,
    plot: Plot = None,
    as_json: Json = False,
) -> None:
    """Show how a metric changed, compared at one reference pace."""
    finding = filled_library(context).trend(metric, speed_m_s=pace, since=since, until=until)
    form = finding.form
    draw(finding, plot)
    runs = with_interval(form)
    if as_json:
        print_json(
            finding.to_dict()
            | _reference(form, system_of(imperial))
            | {"runs": records(runs), "excluded": form.attrs["excluded"]}
        )
        return
    print_form(runs, form, system_of(imperial), everything)
    if finding.steps:
        print("How each reads beside the usual recent one, taken out:")
        print_rows(records(finding.steps_table()))
        print()
    print(finding.summary())


def _reference(form: pd.DataFrame, system: str) -> dict[str, float | str | None]:
    speed = form.attrs.get("speed_m_s")  # drift has none
    pace = None if speed is None else pace_text(speed, system)
    return {"reference_speed_m_s": speed, "reference_pace": pace}


@commands.command()
def effect(
    context: typer.Context,
    metric: Metrics,
    of: Ofs,
    measure: Measure = "sessions",
    contrast: Contrast = None,
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
        metric, of, measure=measure, contrast=contrast, speed_m_s=pace, since=since, until=until
    )
    tell(found, plot, as_json)


@commands.command()
def checks(
    context: typer.Context,
    metric: Metric,
    of: Of,
    control: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHAT",
            help="What cannot move the metric, such as bench_press; repeat for more.",
        ),
    ] = None,
    measure: Measure = "sessions",
    contrast: Contrast = None,
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
        controls=control or (),
        measure=measure,
        contrast=contrast,
        speed_m_s=pace,
        since=since,
        until=until,
    )
    tell(found, plot, as_json)


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
    """Show how a metric changed after a date, beside how it would have gone on."""
    found = filled_library(context).before_after(
        metric, at, horizon_weeks=horizon, label=what, speed_m_s=pace, since=since, until=until
    )
    tell(found, plot, as_json)


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
    """Find when a metric changed its level, and what else was new then."""
    found = filled_library(context).change_points(metric, speed_m_s=pace, since=since, until=until)
    tell(found, plot, as_json)
