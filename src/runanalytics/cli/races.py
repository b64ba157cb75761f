"""Commands on races: what they were worth, which runs were any, and what goes along with them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from runanalytics.cli.options import (
    Contrast,
    Imperial,
    Json,
    Measure,
    OfRaces,
    Plot,
    draw,
    open_library,
    system_of,
    tell,
)
from runanalytics.cli.printing import print_json, print_rows, records
from runanalytics.errors import UsageError
from runanalytics.units import (
    distance_text,
    duration_text,
    pace_text,
    parse_distance,
    parse_duration,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from runanalytics.findings.race_results import RaceResults
    from runanalytics.library import Library

commands = typer.Typer()
PLACE_IN_HELP = 30

_races = typer.Typer(invoke_without_command=True)
commands.add_typer(
    _races, name="races", help="Put races on one scale, or say which runs were races."
)

_Race = Annotated[
    str, typer.Argument(metavar="ID", help="The run or race, or the beginning of its name.")
]
_Distance = Annotated[
    str | None, typer.Option("--distance", metavar="DISTANCE", help="The course, as 10k or half.")
]
_Time = Annotated[
    str | None, typer.Option("--time", metavar="TIME", help="Official time, as 41:20.")
]
_Title = Annotated[str, typer.Option("--title", metavar="TEXT", help="What it was called.")]


@_races.callback()
def races(
    context: typer.Context,
    of: OfRaces = None,
    measure: Measure = "sessions",
    contrast: Contrast = None,
    no_heat: Annotated[bool, typer.Option("--no-heat", help="Leave heat in the times.")] = False,
    no_climb: Annotated[bool, typer.Option("--no-climb", help="Leave climbing in them.")] = False,
    no_altitude: Annotated[
        bool, typer.Option("--no-altitude", help="Leave altitude in them.")
    ] = False,
    imperial: Imperial = False,
    plot: Plot = None,
    as_json: Json = False,
) -> None:
    """Put races on one scale, predict others, or ask what goes along with them."""
    if context.invoked_subcommand is not None:
        return
    left_in = {"climb": no_climb, "heat": no_heat, "altitude": no_altitude}
    adjust = [name for name, left in left_in.items() if not left]
    library = open_library(context)
    if of is not None:
        _note_unknown(library.race_list())
        found = library.race_effect(of, measure=measure, contrast=contrast, adjust=adjust)
        tell(found, plot, as_json)
    else:
        _results(library.race_results(adjust=adjust), system_of(imperial), plot, as_json)


def _results(found: RaceResults, system: str, plot: Path | None, as_json: bool) -> None:
    listed = found.races
    _note_unknown(listed)
    draw(found, plot)
    if as_json:
        print_json(found.to_dict() | {"races": records(listed)})
        return
    worth = found.raced.set_index("race_id") if found.n_races else found.raced
    print_rows([_line(row, worth, system) for row in listed.to_dict("records")])
    proposed = listed[listed["state"] == "proposed"]
    if len(proposed):
        example = proposed["race_id"].iloc[-1]
        print(
            f"\n{len(proposed)} found by title, which do not count yet: "
            f"'runanalytics races confirm {example}' (or reject)"
        )
    if not len(listed):
        print("Add one: runanalytics races add 2026-05-03 10k 41:20")
    print(f"\n{found.summary()}")
    if found.n_races:
        _print_predictions(found, system)


def _note_unknown(listed: pd.DataFrame) -> None:
    for unknown in listed.attrs["unknown"]:
        print(f"note: race_corrections.csv, {unknown}", file=sys.stderr)


def _line(row: Mapping[Any, Any], worth: pd.DataFrame, system: str) -> dict[str, str]:
    from runanalytics.plots.races import course_name

    counts = row["state"] == "counts" and row["race_id"] in worth.index
    own: Mapping[Any, Any] = worth.loc[row["race_id"]] if counts else {}
    known = row["time_s"] == row["time_s"] and row["distance_m"] == row["distance_m"]
    out = [
        f"{name} {100 * (own[name] - 1):+.1f} %"
        for name in ("climb", "heat", "altitude")
        if counts and abs(own[name] - 1) >= 0.0005
    ]
    return {
        "date": f"{row['local_date']:%Y-%m-%d}",
        "race": row["title"] if isinstance(row["title"], str) else "–",
        "distance": course_name(row["distance_m"], system) if known else "–",
        "time": duration_text(row["time_s"]),
        "pace": pace_text(row["distance_m"] / row["time_s"], system) if known else "–",
        "adjusted": duration_text(own["adjusted_s"]) if counts else "–",
        "taken out": ", ".join(out) or "–",
        "VDOT": f"{own['vdot']:.1f}" if counts else "–",
        "worth over 10 km": duration_text(own["time_10km_s"]) if counts else "–",
        "known by": row["found_by"]
        if row["state"] == "counts"
        else f"{row['found_by']}, "
        + ("not confirmed" if row["state"] == "proposed" else "rejected"),
        "id": row["race_id"],
    }


def _print_predictions(found: RaceResults, system: str) -> None:
    from runanalytics.plots.races import course_name

    print(f"\nRaces to come, on the level in the cool, {100 * found.level:g} % of them between:")
    print_rows(
        [
            {
                "distance": course_name(row["distance_m"], system),
                "time": duration_text(row["time_s"]),
                "between": f"{duration_text(row['low_s'])} and {duration_text(row['high_s'])}",
                "by equal VDOT": duration_text(row["vdot_time_s"]),
                "": row["note"],
            }
            for row in found.predicted().to_dict("records")
        ]
    )
    print(
        f"\nVDOT {found.vdot:.1f}. Race time grows with distance to the power of "
        f"{found.exponent:.3f} ± {found.exponent_sd:.3f} (usual: 1.06)."
    )
    if found.critical is not None:
        critical = found.critical
        print(
            f"Critical speed {critical.speed_m_s:.2f} m/s "
            f"({pace_text(critical.speed_m_s, system)}), D′ {critical.d_prime_m:.0f} m, from "
            f"{critical.n_races} races of 2 to 30 minutes."
        )
    else:
        print("No critical speed: it takes races of 2 to 30 minutes over two distances.")


@_races.command()
def confirm(
    context: typer.Context,
    race: _Race,
    distance: _Distance = None,
    time: _Time = None,
    title: _Title = "",
) -> None:
    """Say that a run was a race, and its official distance and time where they differ."""
    library = open_library(context)
    identifier = library.confirm_race(
        race,
        distance_m=None if distance is None else parse_distance(distance),
        time_s=None if time is None else parse_duration(time),
        title=title,
    )
    _show(library, identifier)


@_races.command()
def reject(context: typer.Context, race: _Race) -> None:
    """Say that a run was no race."""
    library = open_library(context)
    _show(library, library.reject_race(race))


@_races.command()
def add(
    context: typer.Context,
    date: Annotated[str, typer.Argument(metavar="DATE", help="As 2026-03-01.")],
    distance: Annotated[str, typer.Argument(metavar="DISTANCE", help="As 10k, 5 mi or half.")],
    time: Annotated[str, typer.Argument(metavar="TIME", help="As 41:20.")],
    title: _Title = "",
    ascent: Annotated[
        float | None, typer.Option(metavar="METRES", help="Climbed in all, m.")
    ] = None,
    temperature: Annotated[float | None, typer.Option(metavar="C", help="In °C.")] = None,
) -> None:
    """Add a race of which there is no run."""
    library = open_library(context)
    identifier = library.add_race(
        date,
        parse_distance(distance),
        parse_duration(time),
        title=title,
        ascent_m=ascent,
        temperature_c=temperature,
    )
    _show(library, identifier)


@_races.command()
def remove(context: typer.Context, race: _Race) -> None:
    """Take back what was said of a race: an added one goes."""
    library = open_library(context)
    identifier = library.remove_race(race)
    if identifier in library.race_list()["race_id"].to_list():
        _show(library, identifier)
    else:
        print(f"{identifier} is no race any more")


def _show(library: Library, identifier: str) -> None:
    """Print what a race is now."""
    listed = library.race_list()
    same = (listed["race_id"] == identifier) | (listed["run_id"] == identifier)
    (row,) = listed[same].to_dict("records")[:1]
    title = row["title"] if isinstance(row["title"], str) else "a race"
    named = f"{identifier}: {title} on {row['local_date']:%Y-%m-%d}"
    if row["state"] == "rejected":
        print(f"{named} is no race")
        return
    state = "" if row["state"] == "counts" else ", not confirmed"
    distance, time = distance_text(row["distance_m"]), duration_text(row["time_s"])
    print(f"{named}, {distance} in {time}{state}")
    if not (row["time_s"] > 0 and row["distance_m"] > 0):
        raise UsageError(
            f"{identifier} has no time or distance", hint="give it --distance and --time"
        )
