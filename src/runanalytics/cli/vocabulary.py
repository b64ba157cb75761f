"""The command on movements: the vocabulary, what a name is taken for, and the user's own word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from runanalytics.cli.options import Json, app, open_library
from runanalytics.errors import UsageError
from runanalytics.printing import print_json, print_movement, print_rows

if TYPE_CHECKING:
    from runanalytics.library import Library
    from runanalytics.movements import Movement


#: Score of a name that is decided, by the catalogue or by a correction.
CERTAIN = 100.0

_HELP = """List the movements, show what a name is taken for, or say what a name means.

\b
  movements                     list all movements
  movements "calf raise"        what this name is taken for, and how it is done
  movements map                 list your corrections
  movements map NAME MOVEMENT   NAME in your logs means MOVEMENT
  movements unmap NAME          take that back

A MOVEMENT is one of the list, as single-leg-deadlift or "Single-leg deadlift"; none, for what is
no exercise and counts for nothing; or unknown, for an exercise that the list lacks. Corrections
win over every other reading of a name. They are kept in the library, in movements.csv, hold for
what is imported already and for what comes later, and may be edited by hand."""


@app.command(help=_HELP)
def movements(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME | map [NAME MOVEMENT] | unmap NAME",
            help="A movement, as you log it; or what to do.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """List the movements, show what a name is taken for, or say what a name means."""
    if not words:
        _list_movements(as_json)
        return
    library = open_library(context)
    verb, *rest = words
    if verb == "map" and not rest:
        _list_corrections(library, as_json)
    elif (verb, len(rest)) in (("map", 2), ("unmap", 1)):
        name, movement = (*rest, None)[:2]
        library.correct(str(name), movement)
        _show_name(library, str(name), as_json)
    elif verb in ("map", "unmap"):
        raise UsageError(
            f"'movements {verb}' with {len(rest)} words",
            hint="put a name of several words in quotes: "
            'runanalytics movements map "SL RDL" single-leg-deadlift',
        )
    else:
        _show_name(library, " ".join([verb, *rest]), as_json, must_match=True)


def _list_movements(as_json: bool) -> None:
    from runanalytics.movements import catalogue

    rows = [
        {"movement": one.id, "name": one.name, "categories": ", ".join(one.categories)}
        for one in catalogue().values()
    ]
    if as_json:
        print_json(rows)
    else:
        print_rows(rows)


def _list_corrections(library: Library, as_json: bool) -> None:
    from runanalytics.library.corrections import FILE, NONE

    corrections = library.corrections()
    counts = corrections.counted(library.sets())
    rows: list[dict[str, str | int | None]] = [
        {
            "name": one.name,
            "movement": one.movement,
            "sets": None if one.movement == NONE else counts[one.name],
        }
        for one in corrections.by_name.values()
    ]
    if as_json:
        print_json(rows)
        return
    print_rows(rows)
    print(f"{len(rows)} in {library.folder / FILE}")


def _show_name(library: Library, name: str, as_json: bool, *, must_match: bool = False) -> None:
    from runanalytics.movements import match, movement

    found = match(name, corrections=library.corrections().names())
    known = movement(found.movement) if found.movement else None
    if as_json:
        from dataclasses import asdict

        beside = (
            {}
            if known is None
            else {"programmes": _prescribed(known)} | {"done": _done(library, known)}
        )
        print_json(asdict(found) | {"details": asdict(known) if known else None} | beside)
    elif known is not None:
        print_movement(found, known, _prescribed(known), _done(library, known))
    elif found.score == CERTAIN:
        print(f"'{name}' is no movement: {found.reason}")
    else:
        print(f"'{name}' is not matched: {found.reason}")
        if must_match:
            raise typer.Exit(1)


def _prescribed(known: Movement) -> list[dict[str, str]]:
    """Return the programmes that a movement belongs to, and what they prescribe."""
    from runanalytics.movements import programmes

    held = [programmes()[id] for id in known.programmes]
    return [{"programme": one.name, "prescription": one.prescription} for one in held]


def _done(library: Library, known: Movement) -> dict[str, int | float | str | None]:
    """Return how often a movement was done, within the days on which the log tells of it."""
    sessions, sets = (library.dose(known.id, measure) for measure in ("sessions", "sets"))
    days = sessions.loc[sessions["amount"] > 0, "local_date"]
    return {
        "sessions": round(float(sessions["amount"].sum())),
        "sets": round(float(sets["amount"].sum())),
        "sessions_per_week": 7 * float(sessions["amount"].mean()) if len(sessions) else None,
        "last_date": f"{days.max():%Y-%m-%d}" if len(days) else None,
        "weeks_logged": round(len(sessions) / 7),
    }
