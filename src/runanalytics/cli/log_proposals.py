"""Commands of the diary on what is proposed: log proposed, log confirm and log reject."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from runanalytics.cli.log import log
from runanalytics.cli.options import All, Json, Plot, open_library
from runanalytics.cli.printing import print_json, print_rows, print_text, records
from runanalytics.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd


#: How many texts of a group are shown unless all are asked for.
_SHOWN = 20

_Group = Annotated[
    str, typer.Argument(metavar="GROUP", help="ID of a group, the beginning of it, or its wording.")
]
_Only = Annotated[
    str | None,
    typer.Option("--only", metavar="ID", help="One run or event of the group, by its ID."),
]
_Undo = Annotated[bool, typer.Option("--undo", help="Take the decision back.")]
#: Source of a proposal -> in words.
_FROM = {
    "words": "titles and notes",
    "calendar": "a calendar",
    "samples": "samples",
    "race": "titles",
}


@log.command()
def proposed(
    context: typer.Context,
    group: Annotated[
        str | None, typer.Argument(metavar="[GROUP]", help="Show all of one group.")
    ] = None,
    everything: All = False,
    plot: Plot = None,
    as_json: Json = False,
) -> None:
    """List what titles, notes, calendars and samples propose; --all: decided ones, too."""
    library = open_library(context)
    if group is None:
        listed = library.proposals()
        if plot is not None:
            raise UsageError("a figure is of one group", hint="log proposed GROUP --plot FILE")
        if as_json:
            print_json(records(listed))
        else:
            _print_groups(listed if everything else listed[listed["open"] > 0], len(listed))
        return
    rows = library.proposals_in(group)
    if plot is not None:
        from runanalytics.plots import save

        save(library.draw_proposals(group), plot)
        print(f"Drew {plot}", file=sys.stderr)
    if as_json:
        print_json(records(rows))
    else:
        _print_group(rows if everything else rows.tail(_SHOWN), len(rows))


@log.command()
def confirm(
    context: typer.Context,
    group: _Group,
    only: _Only = None,
    undo: _Undo = False,
    as_json: Json = False,
) -> None:
    """Confirm that what a group proposes was done, in what is here and what will be imported."""
    library = open_library(context)
    decide = library.reopen_proposals if undo else library.confirm_proposals
    _print_decision(decide(group, only=only), "proposed" if undo else "confirmed", only, as_json)


@log.command()
def reject(
    context: typer.Context,
    group: _Group,
    only: _Only = None,
    undo: _Undo = False,
    as_json: Json = False,
) -> None:
    """Reject what a group proposes, in what is here and what will be imported."""
    library = open_library(context)
    decide = library.reopen_proposals if undo else library.reject_proposals
    _print_decision(decide(group, only=only), "proposed" if undo else "rejected", only, as_json)


def _print_groups(listed: pd.DataFrame, n_known: int) -> None:
    if listed.empty:
        print_text(
            "Nothing is proposed that you have not decided (--all lists what you have)."
            if n_known
            else "Nothing is proposed: no title, note or calendar names strength or technique "
            "work. Import a calendar (.ics), or keep a diary: 'runanalytics log TEXT'."
        )
        return
    print_rows(
        [
            {
                "group": row["group"],
                "wording": row["wording"],
                "means": row["means"],
                "from": _FROM[row["what"]],
                "days": row["count"],
                "first": f"{row['first_date']:%Y-%m-%d}",
                "last": f"{row['last_date']:%Y-%m-%d}",
                "state": row["state"],
            }
            for row in listed.to_dict("records")
        ]
    )
    example = listed["group"].iloc[0]
    print()
    print_text(
        f"Nothing proposed counts before you confirm it: 'runanalytics log confirm {example}'"
        f" (or reject). 'runanalytics log proposed {example}' shows its days."
    )


def _print_group(rows: pd.DataFrame, n_rows: int) -> None:
    print_rows(
        [
            {
                "date": f"{row['local_date']:%Y-%m-%d}",
                "text": row["text"],
                "means": row["means"],
                "state": row["state"],
                "id": row["id"],
            }
            for row in rows.to_dict("records")
        ]
    )
    if len(rows) < n_rows:
        print(f"\nThe latest {len(rows)} of {n_rows:,} (--all shows all).")


def _print_decision(rows: pd.DataFrame, state: str, only: str | None, as_json: bool) -> None:
    if as_json:
        print_json(records(rows))
        return
    wording, group, means = (rows[name].iloc[0] for name in ("wording", "group", "means"))
    done = "open again" if state == "proposed" else state
    if only is not None:
        print(f"One of '{wording}' is {done}.")
        return
    alone = rows[rows["state"] != state]  # which the group's decision leaves as they are
    decided = rows if len(alone) == len(rows) else rows[rows["state"] == state]
    days = decided["local_date"].nunique()
    first, last = decided["local_date"].min(), decided["local_date"].max()
    span = f"{first:%Y-%m-%d}" if days == 1 else f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
    later = "" if state == "proposed" else " What is imported later is treated alike."
    number = "1 day" if days == 1 else f"{days:,} days"
    print(f"'{wording}' ({means}) is {done}: {number}, {span}.{later}")
    if len(alone):
        print(f"Decided alone before (--only), and still so: {_each_of(alone)}.")
    verb = "reject" if state == "rejected" else "confirm"
    if later:
        print(f"Take it back: runanalytics log {verb} {group} --undo")


def _each_of(rows: pd.DataFrame) -> str:
    return ", ".join(
        f"{date:%Y-%m-%d} {state}"
        for date, state in zip(rows["local_date"], rows["state"], strict=True)
    )
