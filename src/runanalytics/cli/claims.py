"""Commands on the training sources: their claims, and adherence to their programmes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runanalytics.cli.options import All, Json, Plot, open_library
from runanalytics.cli.printing import (
    print_answer,
    print_finding,
    print_json,
    print_rows,
    print_text,
    save_plot,
)
from runanalytics.errors import UsageError

if TYPE_CHECKING:
    from runanalytics.findings.adherence import Adherence
    from runanalytics.findings.claims import Verdict

commands = typer.Typer()
PLACE_IN_HELP = 40

#: Weeks that are printed unless all are asked for.
LATEST_WEEKS = 12
#: Share of a prescription -> heading of its column.
_PARTS = {
    "sessions_share": "of sessions",
    "figures_share": "of its figures",
    "after_run_share": "of runs followed",
    "followed_share": "drills after it",
}
_RESEARCH = "Research does not side with every claim: 'runanalytics claims --research' prints it."


@commands.command()
def claims(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Your own claims. Default: claims.toml in the library."),
    ] = None,
    research: Annotated[
        bool, typer.Option("--research", help="Print what research says of each.")
    ] = False,
    plot: Plot = None,
    as_json: Json = False,
) -> None:
    """Test what the training sources claim against your own data."""
    library = open_library(context)
    found = library.claims_on_trial(library.claims(file).values())
    save_plot(found, plot)
    if as_json:
        print_json(found.to_dict())
        return
    for verdict in found.verdicts:
        _print_verdict(verdict, research)
    print_answer(found)
    if found.n_tests:
        print_text(f"Verdicts are corrected for {found.n_tests} tests.")
    if not research:
        print_text(_RESEARCH)


def _print_verdict(verdict: Verdict, research: bool) -> None:
    print_text(f"{verdict.id}: {verdict.statement}")
    _print_indented(verdict.sentence())
    if research:
        sources = f" ({'; '.join(verdict.sources)})" if verdict.sources else ""
        _print_indented(f"Research: {verdict.research or 'nothing is stated.'}{sources}")
    print()


def _print_indented(text: str) -> None:
    print_text(f"  {text}")


@commands.command()
def adherence(
    context: typer.Context,
    programme: Annotated[
        str | None,
        typer.Argument(metavar="PROGRAMME", help="Such as technique-drills. Default: all."),
    ] = None,
    everything: All = False,
    plot: Plot = None,
    as_json: Json = False,
) -> None:
    """Show how far the programmes were followed, week by week."""
    library = open_library(context)
    if programme is not None:
        _print_adherence(library.followed(programme), everything, plot, as_json)
        return
    if plot is not None:
        raise UsageError(
            "a figure shows one programme",
            hint="name it: runanalytics adherence technique-drills --plot FILE",
        )
    followed = [library.followed(each) for each in library.programmes()]
    if as_json:
        print_json([one.to_dict() for one in followed])
        return
    print_rows(
        [
            {
                "programme": one.programme.replace("_", "-"),
                "weeks logged": one.n_weeks,
                "with it": one.n_weeks_done,
                "wholly": one.n_weeks_wholly,
                "sessions a week": _rate(one.sessions_a_week),
                "followed": _percent(one.score),
                "last 4 weeks": _percent(one.lately),
            }
            for one in followed
        ]
    )
    for reason in dict.fromkeys(one.reason for one in followed if one.reason):
        names = ", ".join(
            one.programme.replace("_", "-") for one in followed if one.reason == reason
        )
        print_text(f"Not enough data on {names}: {reason}.")


def _print_adherence(found: Adherence, everything: bool, plot: Path | None, as_json: bool) -> None:
    if as_json:
        print_finding(found, plot, as_json)
        return
    save_plot(found, plot)
    print_text(f"{found.name}: {found.prescription}\n")
    weeks = found.table() if everything else found.table().tail(LATEST_WEEKS)
    prescribed = [part for part, _ in found.parts]
    print_rows(
        [
            {
                "week of": f"{row['week']:%Y-%m-%d}",
                "sessions": f"{row['n_sessions']:.0f}",
                "movements": f"{row['n_movements']:.0f}",
                "sets": f"{row['n_sets']:.0f}",
                **{_PARTS[part]: _percent(row[part]) for part in prescribed},
                "followed": _percent(row["score"]),
            }
            for row in weeks.to_dict("records")
        ]
    )
    if len(weeks) < found.n_weeks:
        print_text(f"({found.n_weeks - len(weeks)} earlier weeks: --all shows them)")
    if len(weeks):
        print()
    print_answer(found)


def _rate(value: float) -> str:
    return "–" if value != value else f"{value:.1f}"


def _percent(value: float) -> str:
    return "–" if value != value else f"{100 * value:.0f} %"
