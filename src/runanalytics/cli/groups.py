"""How a group of commands lists them in its help, and reads words without loading pydantic."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

#: More letters than any command's help has: what is longer than a line is wrapped, not cut.
_WHOLE = 1_000


class _AsGiven:
    """Takes a word as it stands, where typer would load pydantic to find that it is one.

    pydantic takes longer to load than a line of the diary takes to read and to keep.
    """

    def __init__(self, parameter: Any) -> None:
        self._parameter = parameter

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return what was typed; what is no plain word goes to typer."""
        several = param.multiple or param.nargs == -1
        if value is None:
            return () if several else None
        annotation = self._parameter.type_descriptor.annotation
        words = value if isinstance(value, list | tuple) else ()
        if annotation is str and isinstance(value, str) and not several:
            return value
        if annotation == list[str] and several and all(isinstance(one, str) for one in words):
            return list(words)
        self._parameter._runtime_param = None
        return self._parameter.get_runtime_param().coerce(value, param=param, ctx=ctx)


def _without_pydantic(parameters: list[Any]) -> None:
    """Let words be taken as they stand; a typer that knows no such step is left alone."""
    for each in parameters:
        plain = getattr(getattr(each, "type_descriptor", None), "parameter_info", None)
        waits = vars(each).get("_runtime_param", "") is None
        if waits and plain is not None and plain.parser is None:
            each._runtime_param = _AsGiven(each)


class Commands(TyperGroup):
    """Commands, of each of which help has the first sentence, whole."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the options before the name of a command."""
        _without_pydantic(self.get_params(ctx))  # the option for help among them
        return super().parse_args(ctx, args)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command of a name."""
        command = super().get_command(ctx, cmd_name)
        if command is not None:
            _without_pydantic(command.get_params(ctx))
        return command

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
