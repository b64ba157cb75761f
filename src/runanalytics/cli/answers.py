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
    app,
    draw,
    filled_library,
    system_of,
    tell,
)
from runanalytics.errors import UsageError
from runanalytics.printing import print_form, print_json, print_rows, records, with_interval
from runanalytics.units import pace_text

if TYPE_CHECKING:
    import pandas as pd


#: What "all" stands for where nothing is asked for by name.
EVERYTHING = "all"


@app.command()
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
    from runanalytics.findings.trend import trend as find_trend

    form = filled_library(context).form(metric, pace, since, until)
    finding = find_trend(form)
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


@app.command()
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
    from runanalytics.findings.effect import effect as find_effect
    from runanalytics.findings.effects import contrast_for, effects

    library = filled_library(context)
    runs = library.runs()
    forms = [library.form(each, pace, since, until) for each in _metrics(metric)]
    doses = [library.dose(each, measure) for each in _doses(of)]
    if EVERYTHING in metric:
        forms = [form for form in forms if len(form)] or forms[:1]
    if EVERYTHING in of:
        doses = _unlike([dose for dose in doses if dose["amount"].sum() > 0]) or doses[:1]
    if len(forms) == len(doses) == 1:
        tell(
            find_effect(forms[0], doses[0], contrast=contrast_for(contrast, doses[0]), runs=runs),
            plot,
            as_json,
        )
    else:
        tell(effects(forms, doses, contrast=contrast, runs=runs), plot, as_json)


@app.command()
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
    """Doubt an effect: ask whether something else could look like it."""
    from runanalytics.findings.checks import checks as find_checks

    library = filled_library(context)
    tell(
        find_checks(
            library.form(metric, pace, since, until),
            library.dose(of, measure),
            controls={each: library.dose(each) for each in control or []},
            contrast=contrast,
            runs=library.runs(),
        ),
        plot,
        as_json,
    )


@app.command("before-after")
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
    from runanalytics.findings.before_after import before_after as find_before_after

    library = filled_library(context)
    form = library.form(metric, pace, since, until)
    found = find_before_after(form, at, horizon_weeks=horizon, runs=library.runs(), label=what)
    tell(found, plot, as_json)


@app.command("change-points")
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
    from runanalytics.findings.change_points import change_points as find_change_points

    library = filled_library(context)
    tell(find_change_points(library.form(metric, pace, since, until)), plot, as_json)


def _metrics(asked: str) -> list[str]:
    from runanalytics.measures.metrics import METRICS

    return _named(asked, [each.short for each in METRICS.values()])


def _doses(asked: str) -> list[str]:
    from runanalytics.movements import CATEGORIES

    return _named(asked, list(dict.fromkeys(["strength", "technique", *CATEGORIES])))


def _unlike(doses: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """Return doses without those that repeat an earlier one day for day."""
    kept: list[pd.DataFrame] = []
    for dose in doses:
        if not any(dose.equals(earlier) for earlier in kept):
            kept.append(dose)
    return kept


def _named(asked: str, everything: list[str]) -> list[str]:
    """Return what was asked for by name, each once."""
    names = [part for each in asked.split(",") if (part := each.strip())]
    if not names:
        raise UsageError(f"'{asked}' names nothing", hint=f"such as: {', '.join(everything)}")
    return list(dict.fromkeys(everything if EVERYTHING in names else names))
