"""What holds for every command: what it calls, what it says, and how one is added."""

from __future__ import annotations

import ast
import inspect
import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
import typer.main

import runanalytics
from runanalytics import Libraries, Library, cli
from runanalytics.measures.metrics import METRICS

#: What commands take their library from.
OPENED = {"open_library", "filled_library"}


def commands(group: Any, *before: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Give every command with the words that call it, groups among them; hidden ones, too."""
    for name, command in group.commands.items():
        words = (*before, name)
        yield " ".join(words), inspect.unwrap(command.callback)
        if hasattr(command, "commands"):
            yield from commands(command, *words)


COMMANDS = dict(commands(typer.main.get_command(cli.app)))


def library_methods(function: Callable[..., Any]) -> set[str]:
    """Return the methods of `Library` or `Libraries` that a function calls, or others for it."""
    called, waiting, seen = set(), [function], set()
    while waiting:
        function = waiting.pop()
        seen.add(function)
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
            if isinstance(node, ast.Attribute) and is_library(node.value):
                called.add(node.attr)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                other = inspect.getmodule(function).__dict__.get(node.func.id)
                if isinstance(other, FunctionType) and other not in seen:
                    waiting.append(other)
    classes = (Library, Libraries)
    return {name for name in called if any(callable(getattr(each, name, None)) for each in classes)}


def is_library(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in OPENED
    return isinstance(node, ast.Name) and node.id.capitalize() in ("Library", "Libraries")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_a_call_of_a_method_of_library(command: str) -> None:
    assert library_methods(COMMANDS[command]) - {"open", "runs"}, command


def test_the_command_that_is_asked_for_is_prepared_alone_and_as_it_is_among_all() -> None:
    for name in dict.fromkeys(command.split()[0] for command in COMMANDS):
        alone = typer.main.get_command(cli._asked_for(["--debug", "--library", "trend", name]))
        found = dict(commands(alone))
        assert found == {
            command: function
            for command, function in COMMANDS.items()
            if command.split()[0] == name
        }
    for others in ([], ["--help"], ["--library"], ["--library", "trend"], ["trends"]):
        assert cli._asked_for(others) is cli.app


def test_a_command_below_another_is_found_in_a_process_of_its_own() -> None:
    # Here the modules of all commands are loaded already, which hides one that is not.
    called = subprocess.run(
        [sys.executable, "-m", "runanalytics", "log", "--help"],
        check=True,
        capture_output=True,
        text=True,
    )
    whole = typer.main.get_command(cli.app).commands["log"].commands
    assert all(re.search(rf"^  {name} ", called.stdout, re.M) for name in whole if name != "line")
    # One that takes neither a day nor a text: taken as a line, it would be refused.
    refused = subprocess.run(
        [sys.executable, "-m", "runanalytics", "log", "confirm"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert "GROUP" in refused.stderr


def test_every_command_says_what_it_does() -> None:
    for command, function in COMMANDS.items():
        assert function.__doc__, command


@pytest.mark.parametrize("command", ["trend", "effect"])
def test_help_names_every_metric_whole(command: str, run: Callable[..., Any]) -> None:
    words = re.split(r"[\s,;.]+", run(command, "--help").out)
    assert {metric.short for metric in METRICS.values()} <= set(words)


#: What CONTRIBUTING.md asks for in a module of its own.
MODULE = '''
import typer

from runanalytics.cli.options import open_library

commands = typer.Typer()
PLACE_IN_HELP = 15


@commands.command()
def shoes(context: typer.Context) -> None:
    """List the shoes."""
    print(open_library(context).runs()["shoe"].dropna().unique().tolist())
'''


def test_a_command_is_added_by_one_module(tmp_path: Path) -> None:
    copied = tmp_path / "runanalytics"
    shutil.copytree(Path(runanalytics.__file__).parent, copied)
    (copied / "cli" / "shoes.py").write_text(MODULE, encoding="utf-8")

    def run(*arguments: str) -> str:
        code = "from runanalytics.cli import main; main()"
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(tmp_path)},
        )
        return done.stdout

    listed = re.findall(r"(?m)^  ([a-z-]+)  ", run("--help"))
    assert listed.index("status") < listed.index("shoes") < listed.index("trend")
    assert run("--library", str(tmp_path / "library"), "shoes") == "[]\n"
