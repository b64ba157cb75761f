"""Commands on experiments: plan, check, analyse, list."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from runanalytics.cli.groups import Commands
from runanalytics.cli.options import (
    Dose,
    Json,
    Measure,
    Metric,
    Pace,
    Plot,
    filled_library,
    open_library,
)
from runanalytics.cli.printing import (
    print_finding,
    print_json,
    print_rows,
    print_text,
    records,
)
from runanalytics.errors import UsageError

commands = typer.Typer()
PLACE_IN_HELP = 25

_experiments = typer.Typer(cls=Commands, invoke_without_command=True)
commands.add_typer(
    _experiments, name="experiment", help="Plan, check and analyse an experiment on yourself."
)

_Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the experiment.")]
#: What ends a fixed day -> whether its block is one with.
_FIXED = {"with": True, "without": False}


@_experiments.command()
def plan(
    context: typer.Context,
    metric: Metric,
    of: Dose,
    measure: Measure = "sessions",
    weeks: Annotated[int, typer.Option(metavar="N", help="Weeks in all.")] = 48,
    block: Annotated[int, typer.Option(metavar="N", help="Weeks of a block.")] = 4,
    without: Annotated[
        float, typer.Option("--without", metavar="N", help="How much a week in blocks without.")
    ] = 0.0,
    within: Annotated[
        float, typer.Option("--with", metavar="N", help="How much a week in blocks with.")
    ] = 3.0,
    start: Annotated[
        str | None, typer.Option(metavar="DATE", help="First day. Default: next Monday.")
    ] = None,
    expected: Annotated[
        str | None,
        typer.Option(
            metavar="PERCENT",
            help="Change you expect of two more a week, as -2%. Default: 2 % of either sign.",
        ),
    ] = None,
    fixed: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DATE=with|without", help="A day whose block is settled; repeat for more."
        ),
    ] = None,
    pairs: Annotated[
        bool, typer.Option("--pairs", help="One block with and one without in every pair.")
    ] = False,
    alike: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Most blocks alike in a row; 0 is any number. Default: 12 weeks, or 3 blocks.",
        ),
    ] = None,
    block_means: Annotated[
        bool, typer.Option("--block-means", help="Compare blocks, not exposure.")
    ] = False,
    level: Annotated[float, typer.Option(metavar="SHARE", help="Of the test.")] = 0.95,
    seed: Annotated[
        int | None, typer.Option(metavar="N", help="Of the draw. Default: drawn.")
    ] = None,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Of the experiment.")] = None,
    pace: Pace = None,
    calendar: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write the schedule as .ics.")
    ] = None,
    pdf: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also write it on one page (PDF), to hang up."),
    ] = None,
    paper: Annotated[str, typer.Option(metavar="SIZE", help="Of that page: a4 or letter.")] = "a4",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing.")] = False,
    plot: Plot = None,
    as_json: Json = False,
) -> None:
    """Draw a schedule by lot, say what it could find, and write the plan."""
    if sys.stderr.isatty():
        print("Simulating experiments on your own noise ...", file=sys.stderr)
    found = filled_library(context).plan_experiment(
        metric,
        of,
        measure=measure,
        weeks=weeks,
        block_weeks=block,
        without=without,
        within=within,
        start=start,
        expected_percent=None if expected is None else _percent(expected),
        fixed=_fixed(fixed or []),
        pairs=pairs,
        most_alike=alike,
        statistic="block means" if block_means else "exposure",
        level=level,
        seed=seed,
        name=name,
        speed_m_s=pace,
        calendar=calendar,
        pdf=pdf,
        paper=paper,
        dry_run=dry_run,
    )
    print_finding(found, plot, as_json)
    if as_json:
        return
    print()
    print_rows(found.plan.rows())
    print()
    if dry_run:
        print_text("Nothing was written.")
        return
    for written in filter(None, (calendar, pdf)):
        print_text(f"Wrote {written}")
    print_text(f"In between: runanalytics experiment check {found.plan.name}")


@_experiments.command()
def check(context: typer.Context, name: _Name, plot: Plot = None, as_json: Json = False) -> None:
    """Say how an experiment goes and what to do next; never what it shows."""
    print_finding(open_library(context).check_experiment(name), plot, as_json)


@_experiments.command()
def analyse(
    context: typer.Context,
    name: _Name,
    stopped: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Last day you followed it, if before its end."),
    ] = None,
    edited: Annotated[
        bool, typer.Option("--edited", help="Although the plan was edited; the answer says so.")
    ] = False,
    plot: Plot = None,
    as_json: Json = False,
) -> None:
    """Say what an experiment shows, once, after its end."""
    found = open_library(context).analyse_experiment(name, stopped=stopped, edited=edited)
    print_finding(found, plot, as_json)


@_experiments.callback()
def experiment(context: typer.Context, as_json: Json = False) -> None:
    """List experiments and where they stand."""
    if context.invoked_subcommand is None:
        list_(context, as_json)


@_experiments.command("list")
def list_(context: typer.Context, as_json: Json = False) -> None:
    """List experiments and where they stand; the same as without a word behind it."""
    found = open_library(context).experiments()
    if as_json:
        print_json(records(found))
    elif found.empty:
        print_text(
            "No experiment is planned. Plan one: runanalytics experiment plan METRIC --of ..."
        )
    else:
        days = {
            column: found[column].dt.strftime("%Y-%m-%d") for column in ("first_date", "last_date")
        }
        print_rows(found.assign(**days).to_dict("records"))


def _percent(text: str) -> float:
    try:
        return float(text.strip().removesuffix("%").replace("−", "-"))
    except ValueError:
        raise UsageError(
            f"an expected change of '{text}'", hint="write it as --expected=-2%"
        ) from None


def _fixed(texts: list[str]) -> dict[str, bool]:
    fixed = {}
    for text in texts:
        day, _, which = text.partition("=")
        if which not in _FIXED:
            raise UsageError(
                f"'{text}' settles no block", hint="write it as --fixed 2026-05-03=without"
            )
        fixed[day] = _FIXED[which]
    return fixed
