"""The command on movements: the vocabulary, and what a name is taken for."""

from __future__ import annotations

from typing import Annotated

import typer

from runanalytics.cli.options import Json, app
from runanalytics.printing import print_json, print_movement, print_rows


@app.command()
def movements(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="A movement, as you log it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List the movements, or show what a name is taken for and how it is done."""
    from runanalytics.movements import catalogue, match, movement

    del context
    if name is None:
        rows = [
            {"movement": one.id, "name": one.name, "categories": ", ".join(one.categories)}
            for one in catalogue().values()
        ]
        if as_json:
            print_json(rows)
        else:
            print_rows(rows)
        return
    found = match(name)
    known = movement(found.movement) if found.movement else None
    if as_json:
        from dataclasses import asdict

        print_json(asdict(found) | {"details": asdict(known) if known else None})
        return
    if known is None:
        print(f"'{name}' is not matched: {found.reason}")
        raise typer.Exit(1)
    print_movement(found, known)
