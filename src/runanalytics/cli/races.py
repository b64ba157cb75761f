"""Commands on races: results on one scale, a dose beside them, and corrections of the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from runanalytics.cli.groups import Commands
from runanalytics.cli.options import (
    Alone,
    Contrast,
    DoseOfRaces,
    Imperial,
    Json,
    Measure,
    Plot,
    open_library,
    unit_system,
)
from runanalytics.cli.printing import (
    print_answer,
    print_finding,
    print_json,
    print_rows,
    print_text,
    records,
    save_plot,
)
from runanalytics.errors import UsageError
from runanalytics.units import (
    distance_text,
    duration_text,
    pace_text,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from runanalytics.findings.race_results import RaceResults
    from runanalytics.library import Library

commands = typer.Typer()
PLACE_IN_HELP = 30

_races = typer.Typer(cls=Commands, invoke_without_command=True)
commands.add_typer(_races, name="races", help="Put races on one scale, or correct their list.")

#: Whether the user says that it was raced -> what the list shows.
_RACED = {True: "yes", False: "no"}
#: State of a race -> words after where it is known from.
_STATES = {"counts": "", "proposed": ", not confirmed", "rejected": ", rejected"}

_Race = Annotated[
    str, typer.Argument(metavar="ID", help="ID of the run or race, or the beginning of it.")
]
_Distance = Annotated[
    str | None, typer.Option("--distance", metavar="DISTANCE", help="The course, as 10k or half.")
]
_Time = Annotated[
    str | None, typer.Option("--time", metavar="TIME", help="Official time, as 41:20.")
]
_Title = Annotated[str, typer.Option("--title", metavar="TEXT", help="Name of the race.")]
_Course = Annotated[
    str | None,
    typer.Option(
        "--course",
        metavar="KIND",
        help="road, track, trail, cross-country, obstacle, orienteering or treadmill.",
    ),
]
_Raced = Annotated[
    bool | None, typer.Option("--raced/--not-raced", help="Whether you raced, or jogged it.")
]


@_races.callback()
def races(
    context: typer.Context,
    of: DoseOfRaces = None,
    measure: Measure = "sessions",
    contrast: Contrast = None,
    alone: Alone = False,
    no_heat: Annotated[bool, typer.Option("--no-heat", help="Leave heat in the times.")] = False,
    no_climb: Annotated[
        bool, typer.Option("--no-climb", help="Leave climbing in the times.")
    ] = False,
    no_altitude: Annotated[
        bool, typer.Option("--no-altitude", help="Leave altitude in the times.")
    ] = False,
    imperial: Imperial = None,
    plot: Plot = None,
    as_json: Json = False,
) -> None:
    """Put races on one scale, predict others, or show what goes along with their times."""
    if context.invoked_subcommand is not None:
        return
    left_in = {"climb": no_climb, "heat": no_heat, "altitude": no_altitude}
    adjust = [name for name, left in left_in.items() if not left]
    library = open_library(context)
    if of is not None:
        _note_unknown(library.race_list())
        found = library.race_effect(
            of, measure=measure, contrast=contrast, alone=alone, adjust=adjust
        )
        print_finding(found, plot, as_json)
        return
    results = library.race_results(adjust=adjust)
    _note_unknown(results.races)
    save_plot(results, plot)
    if as_json:
        print_json(results.to_dict() | {"races": records(results.races)})
    else:
        _print_results(results, unit_system(imperial, library))


def _print_results(results: RaceResults, system: str) -> None:
    listed = results.races
    adjusted = results.raced.set_index("race_id") if results.n_races else results.raced
    print_rows([_race_row(race, adjusted, system) for race in listed.to_dict("records")])
    proposed = listed[listed["state"] == "proposed"]
    if len(proposed):
        example = proposed["race_id"].iloc[-1]
        print_text(
            f"\n{len(proposed)} found by title, which do not count yet: "
            f"'runanalytics races confirm {example}' (or reject)"
        )
    if courses := listed.attrs["courses"]:
        print_text(
            f"\nCourses: {courses}. Correct one: 'runanalytics races confirm ID --course KIND'"
        )
    if len(listed):
        print()
    print_answer(results)
    if results.n_races:
        _print_predictions(results, system)


def _note_unknown(listed: pd.DataFrame) -> None:
    for unknown in listed.attrs["unknown"]:
        print_text(f"note: race_corrections.csv, {unknown}", to_stderr=True)


def _race_row(race: Mapping[Any, Any], adjusted: pd.DataFrame, system: str) -> dict[str, str]:
    from runanalytics.plots.races import course_name

    counts = race["state"] == "counts" and race["race_id"] in adjusted.index
    own: Mapping[Any, Any] = adjusted.loc[race["race_id"]] if counts else {}
    known = race["time_s"] == race["time_s"] and race["distance_m"] == race["distance_m"]
    taken_out = [
        f"{name} {100 * (own[name] - 1):+.1f} %"
        for name in ("climb", "heat", "altitude")
        if counts and abs(own[name] - 1) >= 0.0005
    ]
    return {
        "date": f"{race['local_date']:%Y-%m-%d}",
        "race": race["title"] if isinstance(race["title"], str) else "–",
        "course": _course(race) or "–",
        "distance": course_name(race["distance_m"], system) if known else "–",
        "time": duration_text(race["time_s"]),
        "pace": pace_text(race["distance_m"] / race["time_s"], system) if known else "–",
        "adjusted": duration_text(own["adjusted_s"]) if counts else "–",
        "taken out": ", ".join(taken_out) or "–",
        "VDOT": f"{own['vdot']:.1f}" if counts else "–",
        "worth over 10 km": duration_text(own["time_10km_s"]) if counts else "–",
        "raced": _RACED.get(race["raced"], f"{100 * own['raced']:.0f} %" if counts else "–"),
        "known by": f"{race['found_by']}{_STATES[race['state']]}",
        "id": race["race_id"],
    }


def _course(race: Mapping[Any, Any]) -> str:
    """Return the kind of a race's course in words; empty if it is not known."""
    if not isinstance(race["course"], str):
        return ""
    return f"{race['course']}, assumed" if race["course_by"] == "assumed" else str(race["course"])


def _print_predictions(results: RaceResults, system: str) -> None:
    from runanalytics.plots.races import course_name

    print_text(
        f"\nRaces to come, with the times between which {100 * results.level:g} % of them lie: if "
        "raced, on the level in the cool; and the next one, raced or not, as hilly and warm as "
        "yours were:"
    )
    print_rows(
        [
            {
                "distance": course_name(row["distance_m"], system),
                "time": duration_text(row["time_s"]),
                "if raced": _span(row["raced_low_s"], row["raced_high_s"]),
                "next": duration_text(row["next_s"]),
                "raced or not": _span(row["low_s"], row["high_s"]),
                "by equal VDOT": duration_text(row["vdot_time_s"]),
                "": row["note"],
            }
            for row in results.predicted().to_dict("records")
        ]
    )
    _print_kinds(results)
    print_text(
        f"\nVDOT {results.vdot:.1f}. Race time grows with distance to the power of "
        f"{results.exponent:.3f} ± {results.exponent_sd:.3f} (usual: 1.06)."
    )
    if (critical := results.critical) is not None:
        print_text(
            f"Critical speed {critical.speed_m_s:.2f} m/s "
            f"({pace_text(critical.speed_m_s, system)}), D′ {critical.d_prime_m:.0f} m, from "
            f"{critical.n_races} races of 2 to 30 minutes."
        )
    else:
        print_text("No critical speed: it takes races of 2 to 30 minutes over two distances.")


def _span(low_s: float, high_s: float) -> str:
    return f"{duration_text(low_s)} to {duration_text(high_s)}"


def _print_kinds(results: RaceResults) -> None:
    """Print how other kinds of course compare, and what was set apart."""
    for row in results.kinds().to_dict("records"):
        if row["slower_percent"] == row["slower_percent"] and row["course"]:
            print_text(
                f"\nRaces over {row['course']} courses ({row['n_races']}) take "
                f"{row['slower_percent']:+.1f} % ({row['low_percent']:+.1f} to "
                f"{row['high_percent']:+.1f} %) of time, climbing taken out."
            )
    for row in results.apart.to_dict("records"):
        title = row["title"] if isinstance(row["title"], str) else "a race"
        print_text(f"Set apart: {title} on {row['local_date']:%Y-%m-%d}: {row['reason']}.")


@_races.command()
def confirm(
    context: typer.Context,
    race: _Race,
    distance: _Distance = None,
    time: _Time = None,
    title: _Title = "",
    course: _Course = None,
    raced: _Raced = None,
) -> None:
    """Confirm that a run was a race, and correct what is known of it."""
    library = open_library(context)
    identifier = library.confirm_race(
        race,
        distance_m=distance,
        time_s=time,
        title=title,
        course=course,
        raced=raced,
    )
    _print_race(library, identifier)


@_races.command()
def reject(context: typer.Context, race: _Race) -> None:
    """Reject a run that was no race."""
    library = open_library(context)
    _print_race(library, library.reject_race(race))


@_races.command()
def add(
    context: typer.Context,
    date: Annotated[str, typer.Argument(metavar="DATE", help="As 2026-03-01.")],
    distance: Annotated[str, typer.Argument(metavar="DISTANCE", help="As 10k, 5 mi or half.")],
    time: Annotated[str, typer.Argument(metavar="TIME", help="As 41:20.")],
    title: _Title = "",
    ascent: Annotated[float | None, typer.Option(metavar="METRES", help="Total ascent, m.")] = None,
    temperature: Annotated[
        float | None, typer.Option(metavar="C", help="Air temperature, °C.")
    ] = None,
    course: _Course = None,
) -> None:
    """Add a race without a recorded run."""
    library = open_library(context)
    identifier = library.add_race(
        date,
        distance,
        time,
        title=title,
        ascent_m=ascent,
        temperature_c=temperature,
        course=course,
    )
    _print_race(library, identifier)


@_races.command()
def remove(context: typer.Context, race: _Race) -> None:
    """Remove your correction of a race; a race that you added is deleted."""
    library = open_library(context)
    identifier = library.remove_race(race)
    if identifier in library.race_list()["race_id"].to_list():
        _print_race(library, identifier)
    else:
        print_text(f"{identifier} is no race any more")


def _print_race(library: Library, identifier: str) -> None:
    """Print the state of a race."""
    listed = library.race_list()
    same = (listed["race_id"] == identifier) | (listed["run_id"] == identifier)
    (race,) = listed[same].to_dict("records")[:1]
    title = race["title"] if isinstance(race["title"], str) else "a race"
    named = f"{identifier}: {title} on {race['local_date']:%Y-%m-%d}"
    if race["state"] == "rejected":
        print_text(f"{named} is no race")
        return
    distance, time = distance_text(race["distance_m"]), duration_text(race["time_s"])
    course, raced = _course(race), _RACED.get(race["raced"])
    said = [f"{distance} in {time}", *([f"course: {course}"] if course else [])]
    said += [] if raced is None else [f"raced: {raced}"]
    print_text(f"{named}, {', '.join(said)}{_STATES[race['state']]}")
    if not (race["time_s"] > 0 and race["distance_m"] > 0):
        raise UsageError(
            f"{identifier} has no time or distance", hint="give it --distance and --time"
        )
