"""Commands on duplicates of several sources, and on the spans of logs: merges, spans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from runanalytics.cli.groups import Commands
from runanalytics.cli.options import Json, open_library
from runanalytics.cli.printing import print_json, print_rows, print_text, records

if TYPE_CHECKING:
    from runanalytics.library import Library
    from runanalytics.library.corrections.merges import Merge

commands = typer.Typer()
#: Column of the spans -> its heading.
_SPAN_HEADINGS = {"what": "log", "first_date": "first day", "last_date": "last day"}
PLACE_IN_HELP = 80

_merges = typer.Typer(cls=Commands, invoke_without_command=True)
_spans = typer.Typer(cls=Commands, invoke_without_command=True)
commands.add_typer(_merges, name="merges", help="List what was merged as duplicate, or change it.")
commands.add_typer(_spans, name="spans", help="List from when to when logs were kept, or set it.")

_Identifier = Annotated[
    str, typer.Argument(metavar="ID", help="ID of the duplicate, or the beginning of it.")
]
_What = Annotated[str, typer.Argument(metavar="WHAT", help="runs, strength or technique.")]
_First = Annotated[str, typer.Argument(metavar="FIRST", help="First day, as 2026-03-01.")]
_Last = Annotated[str, typer.Argument(metavar="LAST", help="Last day.")]


@_merges.callback()
def merges(
    context: typer.Context,
    undone: Annotated[bool, typer.Option("--undone", help="List merges that were undone.")] = False,
    as_json: Json = False,
) -> None:
    """List runs and sessions that two sources recorded, and why they count once."""
    if context.invoked_subcommand is not None:
        return
    listed = open_library(context).merges()
    if as_json:
        print_json([merge.to_dict() for merge in listed])
        return
    shown = [merge for merge in listed if merge.undone == undone]
    for merge in shown:
        print_text(_text(merge))
    count = "1 merge" if len(shown) == 1 else f"{len(shown)} merges"
    n_undone = sum(merge.undone for merge in listed)
    hint = f" ({n_undone} undone: --undone)" if n_undone and not undone else ""
    print_text(f"{count} {'undone' if undone else 'in force'}{hint}")


def _text(merge: Merge) -> str:
    by = " (by hand)" if merge.made_by == "user" else ""
    return (
        f"{merge.duplicate.text()}\n"
        f"  same as {merge.primary.text()}\n"
        f"  {merge.what.removesuffix('s')}: {merge.reason}{by}\n"
    )


@_merges.command()
def undo(context: typer.Context, identifier: _Identifier) -> None:
    """Separate a duplicate again; it stays separate at every import."""
    merge = open_library(context).undo_merge(identifier)
    print_text(
        f"{merge.duplicate.identifier} and {merge.primary.identifier} are two {merge.what} again."
    )


@_merges.command()
def redo(context: typer.Context, identifier: _Identifier) -> None:
    """Merge again what `undo` separated."""
    merge = open_library(context).redo_merge(identifier)
    print_text(f"{merge.duplicate.identifier} is merged into {merge.primary.identifier} again.")


@_merges.command()
def join(
    context: typer.Context,
    identifier: Annotated[str, typer.Argument(metavar="ID", help="A run or session.")],
    into: Annotated[
        str, typer.Argument(metavar="INTO", help="The run or session that it is merged into.")
    ],
) -> None:
    """Merge two runs or two sessions; the first fills what the second lacks."""
    open_library(context).join(identifier, into)
    print_text(f"{identifier} is merged into {into}.")


@_spans.callback()
def spans(context: typer.Context, as_json: Json = False) -> None:
    """List from when to when each log was kept, and the source of that."""
    if context.invoked_subcommand is not None:
        return
    rows = records(open_library(context).log_spans().sort_values(["what", "first_date"]))
    if as_json:
        print_json(rows)
    elif not rows:
        print_text("No log is here yet: nothing was imported, and no span was set.")
    else:
        print_rows([{_SPAN_HEADINGS.get(name, name): row[name] for name in row} for row in rows])


@_spans.command("set")
def set_(context: typer.Context, what: _What, first: _First, last: _Last) -> None:
    """Set from when to when a log was kept; this wins over the files."""
    library = open_library(context)
    library.set_span(what, first, last)
    _print_spans(library, what)


@_spans.command("break")
def break_(context: typer.Context, what: _What, first: _First, last: _Last) -> None:
    """Mark a break in a log: days on which it was not kept."""
    library = open_library(context)
    library.add_break(what, first, last)
    _print_spans(library, what)


@_spans.command()
def clear(context: typer.Context, what: _What) -> None:
    """Remove the spans that you set for a log."""
    count = open_library(context).clear_spans(what)
    print_text(f"Removed {count} {'span' if count == 1 else 'spans'}.")


def _print_spans(library: Library, what: str) -> None:
    spans = library.log_spans()
    rows = spans[spans["what"] == what.strip().casefold()]
    for row in rows.to_dict("records"):
        print_text(
            f"{what}: {row['first_date']:%Y-%m-%d} to {row['last_date']:%Y-%m-%d} "
            f"(from {row['source']})"
        )
