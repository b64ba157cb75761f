"""Commands that answer a question: trend, effect."""

from __future__ import annotations

from typing import Annotated

import typer

from runanalytics.cli.options import (
    Imperial,
    Json,
    Metric,
    Pace,
    Plot,
    Since,
    Until,
    app,
    draw,
    filled_library,
    speed_of,
    system_of,
)
from runanalytics.printing import print_form, print_json, print_rows, records, with_interval
from runanalytics.units import pace_text

#: What about two sessions come to, by the measure of dose: the contrast unless one is asked for.
TWO_SESSIONS = {
    "sessions": 2.0,
    "sets": 20.0,
    "reps": 200.0,
    "minutes": 90.0,
    "tonnage_kg": 5_000.0,
}


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

    form = filled_library(context).form(metric, speed_of(pace), since, until)
    finding = find_trend(form)
    draw(finding, plot)
    runs = with_interval(form)
    if as_json:
        speed = form.attrs["speed_m_s"]
        print_json(
            finding.to_dict()
            | {
                "reference_speed_m_s": speed,
                "reference_pace": pace_text(speed, system_of(imperial)),
            }
            | {"runs": records(runs), "excluded": form.attrs["excluded"]}
        )
        return
    print_form(runs, form, system_of(imperial), everything)
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

    library = filled_library(context)
    form = library.form(metric, speed_of(pace), since, until)
    dose = library.dose(of, measure)
    if contrast is None:
        contrast = TWO_SESSIONS[dose.attrs["measure"]]
    finding = find_effect(form, dose, contrast=contrast, runs=library.runs())
    draw(finding, plot)
    if as_json:
        print_json(finding.to_dict())
    else:
        print(finding.summary())
        print_rows(finding.table().to_dict("records"))
