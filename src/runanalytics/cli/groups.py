"""How a group of commands lists them in its help."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

#: More letters than any command's help has: what is longer than a line is wrapped, not cut.
_WHOLE = 1_000


class Commands(TyperGroup):
    """Commands, of each of which help has the first sentence, whole."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the commands with what each does."""
        known = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [
            (name, command.get_short_help_str(_WHOLE))
            for name, command in known
            if command is not None and not command.hidden
        ]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)
