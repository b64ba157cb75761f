"""Commands on what several sources say of one thing: merges, spans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from runanalytics.cli.options import Json, open_library
from runanalytics.cli.printing import print_json, print_rows, records

if TYPE_CHECKING:
    from runanalytics.library import Library
    from runanalytics.library.corrections.merges import Merge

commands = typer.Typer()
PLACE_IN_HELP = 80

_merges = typer.Typer(invoke_without_command=True)
_spans = typer.Typer(invoke_without_command=True)
commands.add_typer(
    _merges, name="merges", help="List what is taken for the same, or say otherwise."
)
commands.add_typer(_spans, name="spans", help="List from when to when logs were kept, or say so.")

_Identifier = Annotated[
    str, typer.Argument(metavar="ID", help="The hidden row, or the beginning of its name.")
]
_What = Annotated[str, typer.Argument(metavar="WHAT", help="runs, strength or technique.")]
_First = Annotated[str, typer.Argument(metavar="FIRST", help="First day, as 2026-03-01.")]
_Last = Annotated[str, typer.Argument(metavar="LAST", help="Last day.")]


@_merges.callback()
def merges(
    context: typer.Context,
    undone: Annotated[bool, typer.Option("--undone", help="List those that were undone.")] = False,
    as_json: Json = False,
) -> None:
    """List runs and sessions that two sources tell of, and why they are taken for one."""
    if context.invoked_subcommand is not None:
        return
    found = open_library(context).merges()
    if as_json:
        print_json([one.to_dict() for one in found])
        return
    shown = [one for one in found if one.undone == undone]
    for one in shown:
        print(_text(one))
    count = "1 merge" if len(shown) == 1 else f"{len(shown)} merges"
    n_undone = sum(one.undone for one in found)
    hint = f" ({n_undone} undone: --undone)" if n_undone and not undone else ""
    print(f"{count} {'undone' if undone else 'in force'}{hint}")


def _text(merge: Merge) -> str:
    by = " (by hand)" if merge.made_by == "user" else ""
    return (
        f"{merge.duplicate.text()}\n"
        f"  same as {merge.primary.text()}\n"
        f"  {merge.what.removesuffix('s')}: {merge.reason}{by}\n"
    )


@_merges.command()
def undo(context: typer.Context, identifier: _Identifier) -> None:
    """Take two rows apart; they stay apart at every import."""
    merge = open_library(context).undo_merge(identifier)
    print(
        f"{merge.duplicate.identifier} and {merge.primary.identifier} are two {merge.what} again."
    )


@_merges.command()
def redo(context: typer.Context, identifier: _Identifier) -> None:
    """Take an undo back."""
    merge = open_library(context).redo_merge(identifier)
    print(f"{merge.duplicate.identifier} is one with {merge.primary.identifier} again.")


@_merges.command()
def join(
    context: typer.Context,
    identifier: Annotated[str, typer.Argument(metavar="ID", help="A run or session.")],
    into: Annotated[str, typer.Argument(metavar="INTO", help="The one that it is the same as.")],
) -> None:
    """Make two runs or two sessions one by hand; what the second leaves open is filled."""
    open_library(context).join(identifier, into)
    print(f"{identifier} is one with {into}.")


@_spans.callback()
def spans(context: typer.Context, as_json: Json = False) -> None:
    """List the days on which each log was kept, and where that is known from."""
    if context.invoked_subcommand is not None:
        return
    found = records(open_library(context).log_spans().sort_values(["what", "first_date"]))
    if as_json:
        print_json(found)
    else:
        print_rows(found)


@_spans.command("set")
def set_(context: typer.Context, what: _What, first: _First, last: _Last) -> None:
    """Say from when to when a log was kept; this wins over what files say."""
    library = open_library(context)
    library.set_span(what, first, last)
    _print_spans(library, what)


@_spans.command("break")
def break_(context: typer.Context, what: _What, first: _First, last: _Last) -> None:
    """Say that nothing was logged for a time, though the log goes on."""
    library = open_library(context)
    library.add_break(what, first, last)
    _print_spans(library, what)


@_spans.command()
def clear(context: typer.Context, what: _What) -> None:
    """Forget what was said of a log."""
    count = open_library(context).clear_spans(what)
    print(f"Forgot {count} {'span' if count == 1 else 'spans'}.")


def _print_spans(library: Library, what: str) -> None:
    kept = library.log_spans()
    rows = kept[kept["what"] == what.strip().casefold()]
    for begin, end, source in zip(
        rows["first_date"], rows["last_date"], rows["source"], strict=True
    ):
        print(f"{what}: {begin:%Y-%m-%d} to {end:%Y-%m-%d} (said by {source})")
