"""Commands on movements: the vocabulary, what a name is taken for, and the user's corrections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from runanalytics.cli.groups import Commands
from runanalytics.cli.options import Json, open_library
from runanalytics.cli.printing import print_json, print_rows, print_text, records
from runanalytics.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runanalytics.library import Library
    from runanalytics.library.movement_use import Practice
    from runanalytics.movements import Match, Movement, Programme

commands = typer.Typer()
PLACE_IN_HELP = 50

#: Score of a name that the catalogue or a correction decides.
CERTAIN = 100.0
#: The command that any other word leads to.
_SHOW = "show"

_HELP = """List the movements, show what a name is taken for, or correct it.

\b
  movements                     list all movements
  movements "calf raise"        what this name is taken for, and how to do it
  movements map                 list your corrections
  movements map NAME MOVEMENT   NAME in your logs means MOVEMENT
  movements unmap NAME          remove that correction

A MOVEMENT is one of the list, as single-leg-deadlift or "Single-leg deadlift"; a kind of work, for
what the list lacks: strength, technique, speed, mobility, conditioning, endurance, other-sport, or
another category; none, for what is no work and is not counted; or unknown. Corrections win over
every other reading of a name. They are kept in the library, in movements.csv, apply to what
is imported already and to later imports, and may be edited by hand."""


class _CommandOrName(Commands):
    """A group whose first word is one of the commands in its help, or begins a movement's name.

    Click takes the first word as a command and refuses any other.
    """

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that the first word names, else the one that shows a name."""
        command = self.commands.get(args[0])
        if command is None or command.hidden:
            args = [_SHOW, *args]
        return super().resolve_command(ctx, args)


_movements = typer.Typer(
    cls=_CommandOrName, invoke_without_command=True, subcommand_metavar="[NAME | COMMAND ...]"
)
commands.add_typer(_movements, name="movements", help=_HELP)


@_movements.callback()
def movements(context: typer.Context, as_json: Json = False) -> None:
    """List the movements, show what a name is taken for, or correct it."""
    if context.invoked_subcommand is not None:
        # --json may stand before the name or command, too.
        context.default_map = {context.invoked_subcommand: {"as_json": as_json}}
        return
    from runanalytics.library import Library

    rows = [
        {"movement": one.id, "name": one.name, "categories": ", ".join(one.categories)}
        for one in Library.movements().values()
    ]
    if as_json:
        print_json(rows)
    else:
        print_rows(rows)


@_movements.command(_SHOW, hidden=True)
def show(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="NAME")],
    as_json: Json = False,
) -> None:
    """Show what a name is taken for, and how it is done."""
    if not _print_name(open_library(context), " ".join(words), as_json):
        raise typer.Exit(1)


@_movements.command("map")
def map_(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME MOVEMENT", help="A name in your logs, and what it means."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say what a name in your logs means, or list your corrections."""
    library = open_library(context)
    if not words:
        _print_corrections(library, as_json)
        return
    name, movement = _exactly(2, "map", words)
    library.correct(name, movement)
    _print_name(library, name, as_json)


@_movements.command()
def unmap(
    context: typer.Context,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="NAME", help="A name that you corrected.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Remove a correction."""
    library = open_library(context)
    (name,) = _exactly(1, "unmap", words or [])
    library.correct(name, None)
    _print_name(library, name, as_json)


def _exactly(number: int, command: str, words: list[str]) -> list[str]:
    """Return the words of a command; if there are too many, a name most often lacks its quotes."""
    if len(words) != number:
        raise UsageError(
            f"'movements {command}' with {len(words)} words",
            hint="put a name of several words in quotes: "
            'runanalytics movements map "SL RDL" single-leg-deadlift',
        )
    return words


def _print_corrections(library: Library, as_json: bool) -> None:
    rows = records(library.corrected_names())
    if as_json:
        print_json(rows)
        return
    print_rows(rows)
    print_text(f"{len(rows)} in {library.folder / 'movements.csv'}")


def _print_name(library: Library, name: str, as_json: bool) -> bool:
    """Print what a name is taken for, and return whether that is decided."""
    use = library.movement(name)
    decided = use.movement is not None or use.match.score == CERTAIN
    if as_json:
        print_json(use.to_dict())
    elif use.movement is not None and use.done is not None:
        _print_movement(use.match, use.movement, use.programmes, use.done)
    elif use.category is not None:
        print_text(f"'{name}' is {use.category.replace('_', ' ')}: {use.match.reason}")
    elif decided:
        print_text(f"'{name}' is no movement: {use.match.reason}")
    else:
        print_text(f"'{name}' is not matched: {use.match.reason}")
    return decided or as_json


def _print_movement(
    match: Match, movement: Movement, programmes: Sequence[Programme], done: Practice
) -> None:
    """Print what a movement is, how it is done, what is prescribed, and how often it was done."""
    print_text(f"{movement.name} ({movement.id}; {match.reason})")
    print_text(f"  Categories: {', '.join(movement.categories)}")
    print_text(f"  Trains:     {movement.trains}")
    print_text(f"  How:        {movement.how}")
    print_text(f"  Counted in: {movement.measured_in}, {movement.sides}-sided")
    for programme in programmes:
        print_text(f"  Programme:  {programme.name}: {programme.prescription}")
    if not done.weeks_logged:
        print_text("  You:        no log covers it")
    elif not done.sessions:
        print_text(f"  You:        never, in {done.weeks_logged} logged weeks")
    else:
        print_text(
            f"  You:        {done.sessions} sessions, {done.sets} sets, "
            f"{done.sessions_per_week:.1f} sessions a week over {done.weeks_logged} logged "
            f"weeks; last on {done.last_date}"
        )
