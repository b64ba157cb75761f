"""Commands on movements: the vocabulary, what a name is taken for, and the user's corrections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from runanalytics.cli.options import Json, open_library
from runanalytics.cli.printing import print_json, print_movement, print_rows, records
from runanalytics.errors import UsageError

if TYPE_CHECKING:
    from runanalytics.library import Library

commands = typer.Typer()
PLACE_IN_HELP = 50

#: Score of a name that is decided, by the catalogue or by a correction.
CERTAIN = 100.0
#: The command that any other word leads to.
_SHOW = "show"

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


class _CommandOrName(TyperGroup):
    """A group whose first word is one of the commands in its help, or begins a movement's name.

    Click takes the first word for a command and refuses any other.
    """

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that the first word names, else the one that shows a name."""
        named = self.commands.get(args[0])
        if named is None or named.hidden:
            args = [_SHOW, *args]
        return super().resolve_command(ctx, args)


_movements = typer.Typer(
    cls=_CommandOrName, invoke_without_command=True, subcommand_metavar="[NAME | COMMAND ...]"
)
commands.add_typer(_movements, name="movements", help=_HELP)


@_movements.callback()
def movements(context: typer.Context, as_json: Json = False) -> None:
    """List the movements, show what a name is taken for, or say what a name means."""
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
    """Take a correction back."""
    library = open_library(context)
    (name,) = _exactly(1, "unmap", words or [])
    library.correct(name, None)
    _print_name(library, name, as_json)


def _exactly(number: int, command: str, words: list[str]) -> list[str]:
    """Return the words of a command, of which most often a name's lack their quotes."""
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
    print(f"{len(rows)} in {library.folder / 'movements.csv'}")


def _print_name(library: Library, name: str, as_json: bool) -> bool:
    """Print what a name is taken for, and return whether that is decided."""
    found = library.movement(name)
    decided = found.movement is not None or found.match.score == CERTAIN
    if as_json:
        print_json(found.to_dict())
    elif found.movement is not None and found.done is not None:
        print_movement(found.match, found.movement, found.programmes, found.done)
    elif decided:
        print(f"'{name}' is no movement: {found.match.reason}")
    else:
        print(f"'{name}' is not matched: {found.match.reason}")
    return decided or as_json
