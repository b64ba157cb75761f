"""What the pages show, run: commands, Python and files, each page from top to bottom.

A page runs in an empty folder with a home and a library of its own. Blocks mean what they look
like to a reader:

- ``console``: lines that begin with ``$`` are commands; what stands below one is its output, and
  has to be just that. A line ``...`` stands for any lines. A command without output below it only
  has to succeed, or to end with the status that ``$ echo $?`` shows after it.
- ``python`` runs; ``pycon`` runs, and its output is compared.
- ``sh`` is how commands read that are run elsewhere (installing, the demonstration), or that have
  something to fill in: they are parsed, not run.
- a block with a ``:caption:`` is a file of that name, which commands below find.

The first lines of a page (between ``---``) may say ``after: tutorial``, that a reader goes on with
the library that the tutorial leaves behind, and ``files:``, which files of the repository the
reader has, and where. A file that consists of files is an archive of them.

``python docs/pages.py`` writes the outputs of all pages anew; `tests/docs` compares them.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import itertools
import os
import re
import shlex
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

DOCS = Path(__file__).parent
ROOT = DOCS.parent
TUTORIAL = DOCS / "tutorial" / "first-answer.md"
#: What a reader calls beside our own command: each is tested where it is at home.
OTHER_PROGRAMS = {"pipx", "uv", "pip", "make", "jupyter"}
#: Letters of a line of output.
WIDTH = 88
#: Stands for lines that are left out.
ANY_LINES = "..."

_FENCE = re.compile(r"(?P<fence>`{3,})(?P<directive>\{[\w-]+\})? *(?P<language>[^`]*)$")
_OPTION = re.compile(r":(?P<name>[\w-]+): *(?P<value>.*)$")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page.

    Parameters
    ----------
    language : str
        What it is written in.
    first : int
        Number of its first line within the page, from 0, options left out.
    lines : tuple of str
        What it holds.
    options : dict
        Its options, such as the caption.
    """

    language: str
    first: int
    lines: tuple[str, ...]
    options: dict[str, str]


@dataclass(frozen=True)
class Step:
    """One command or statement, and the output that the page shows for it.

    Parameters
    ----------
    kind : {"console", "python", "pycon"}
        How it is run.
    source : str
        What is run.
    shown : tuple of str
        Lines of output on the page.
    place : int
        Number of the line, from 0, at which output begins, or would.
    """

    kind: str
    source: str
    shown: tuple[str, ...]
    place: int


#: Steps with the lines that each printed.
Outputs = list[tuple[Step, list[str]]]


class Page:
    """A page, and what it says is run.

    Parameters
    ----------
    path : Path
        A Markdown file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines = path.read_text(encoding="utf-8").split("\n")
        self.settings: dict[str, Any] = {}
        if self.lines[0] == "---":
            self.settings = yaml.safe_load("\n".join(self.lines[1 : self.lines.index("---", 1)]))

    def blocks(self) -> Iterator[Block]:
        """Yield its fenced blocks in order."""
        number = 0
        while number < len(self.lines):
            opened = _FENCE.match(self.lines[number])
            number += 1
            if not opened:
                continue
            if opened["fence"] not in self.lines[number:]:
                raise ValueError(f"{self.path}, line {number}: this block does not end")
            end = self.lines.index(opened["fence"], number)
            options = {}
            while number < end and (option := _OPTION.match(self.lines[number])):
                options[option["name"]] = option["value"]
                number += 1
            if opened["directive"] in (None, "{code-block}"):
                language = opened["language"].strip()
                yield Block(language, number, tuple(self.lines[number:end]), options)
            number = end + 1

    def steps(self) -> Iterator[Step | Block]:
        """Yield what is run, and the blocks that are files, in order."""
        for block in self.blocks():
            if "caption" in block.options:
                yield block
            elif block.language == "console":
                yield from _commands(block)
            elif block.language == "python":
                yield Step("python", "\n".join(block.lines), (), block.first)
            elif block.language == "pycon":
                yield from _statements(block)

    def pictures(self) -> set[str]:
        """Return the files that it shows and that running it makes."""
        return set(re.findall(r"(?m)^!\[[^\]]*\]\(/_made/([^)]+)\)", "\n".join(self.lines)))

    def with_outputs(self, outputs: Outputs) -> str:
        """Return its text with these outputs in place of those that are not so any more."""
        lines = list(self.lines)
        for step, output in reversed(outputs):
            if step.shown and not is_shown(step.shown, output):
                lines[step.place : step.place + len(step.shown)] = _shortened(output, step.shown)
        return "\n".join(lines)


def _commands(block: Block) -> Iterator[Step]:
    starts = [place for place, line in enumerate(block.lines) if line.startswith("$ ")]
    if not starts or starts[0]:
        raise ValueError(f"line {block.first + 1}: a block of commands begins with $")
    for start, end in zip(starts, [*starts[1:], len(block.lines)], strict=True):
        place = block.first + start + 1
        yield Step("console", block.lines[start][2:], block.lines[start + 1 : end], place)


def _statements(block: Block) -> Iterator[Step]:
    for example in doctest.DocTestParser().get_examples("\n".join(block.lines)):
        place = block.first + example.lineno + example.source.count("\n")
        yield Step("pycon", example.source, tuple(example.want.split("\n")[:-1]), place)


def is_shown(shown: tuple[str, ...], output: list[str]) -> bool:
    """Return whether an output is what a page shows.

    Examples
    --------
    >>> is_shown(("Wrote a", "..."), ["Wrote a", "Wrote b"])
    True
    """
    if ANY_LINES not in shown:
        return list(shown) == output
    cut = shown.index(ANY_LINES)
    before, after = list(shown[:cut]), list(shown[cut + 1 :])
    return (
        len(output) >= len(before) + len(after)
        and output[: len(before)] == before
        and output[len(output) - len(after) :] == after
    )


def _shortened(output: list[str], shown: tuple[str, ...]) -> list[str]:
    """Return an output as short as the one that was shown."""
    if ANY_LINES not in shown:
        return output
    cut = shown.index(ANY_LINES)
    after = len(shown) - cut - 1
    return [*output[:cut], ANY_LINES, *output[len(output) - after :]]


@dataclass
class Reader:
    """Somebody who follows a page: a home, a library, and what was run so far.

    Parameters
    ----------
    home : Path
        An empty folder.
    """

    home: Path
    status: int = 0
    names: dict[str, Any] = field(default_factory=dict)

    @property
    def library(self) -> Path:
        """The folder of the reader's library."""
        return self.home / "data" / "runanalytics"

    def take_over(self, library: Path) -> None:
        """Go on with a copy of a library, as one who has asked nothing of it yet."""
        shutil.copytree(library, self.library, ignore=shutil.ignore_patterns("questions.jsonl"))

    def follow(self, page: Page) -> Outputs:
        """Run a page and return each of its steps with its output.

        Raises
        ------
        AssertionError
            If a command ends with a status that the page does not show.
        """
        self._prepare(page)
        results: Outputs = []
        with self._at_home():
            steps = list(page.steps())
            for step, following in itertools.zip_longest(steps, steps[1:]):
                if isinstance(step, Block):
                    self._write(step)
                    continue
                output = self._run(step)
                asked = isinstance(following, Step) and following.source == "echo $?"
                where = f"{page.path.name}, line {step.place}: {step.source}"
                if step.source != "echo $?":
                    assert self.status == 0 or asked, f"{where}: status {self.status}\n{output}"
                results.append((step, output.rstrip("\n").split("\n") if output.strip() else []))
        return results

    def _prepare(self, page: Page) -> None:
        for place, source in page.settings.get("files", {}).items():
            target = self.home / place.removeprefix("~/")
            target.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(source, dict):
                with zipfile.ZipFile(target, "w") as archive:
                    for name, member in source.items():
                        archive.write(ROOT / member, name)
            elif (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, target)
            else:
                shutil.copy(ROOT / source, target)

    @contextlib.contextmanager
    def _at_home(self) -> Iterator[None]:
        home, data = str(self.home), str(self.library.parent)
        changed = {"HOME": home, "XDG_DATA_HOME": data, "COLUMNS": str(WIDTH)}
        before, folder = {name: os.environ.get(name) for name in changed}, Path.cwd()
        os.environ.update(changed)
        os.chdir(self.home)
        try:
            yield
        finally:
            os.chdir(folder)
            for name, value in before.items():
                os.environ.pop(name)
                if value is not None:
                    os.environ[name] = value

    def _write(self, block: Block) -> None:
        path = Path(block.options["caption"]).expanduser()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([*block.lines, ""]), encoding="utf-8")

    def _run(self, step: Step) -> str:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            if step.kind == "console":
                self._command(step.source)
            else:
                mode = "exec" if step.kind == "python" else "single"
                self.status = 0
                exec(compile(step.source, "a page", mode, dont_inherit=True), self.names)
        return printed.getvalue()

    def _command(self, line: str) -> None:
        program, *arguments = shlex.split(line, comments=True)
        if (program, arguments) == ("echo", ["$?"]):
            print(self.status)
        elif program == "runanalytics":
            self.status = run_command([str(Path(each).expanduser()) for each in arguments])
        elif program in OTHER_PROGRAMS:
            self.status = 0
        else:
            raise ValueError(f"pages do not call {program}")


def run_command(arguments: list[str]) -> int:
    """Run the command line in this process and return its exit status."""
    from runanalytics.cli import main

    before, main_before = sys.argv, sys.modules["__main__"]
    sys.argv = ["runanalytics", *arguments]
    # Help names the program by what was started: a script, not `python -m` something.
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        main()
    except SystemExit as exit_:
        return int(exit_.code or 0)
    finally:
        sys.argv, sys.modules["__main__"] = before, main_before


def pages() -> list[Page]:
    """Return all pages, the tutorial first, and the README, which is one."""
    found = {path for path in DOCS.rglob("*.md") if path.relative_to(DOCS).parts[0][0] != "_"}
    return [Page(path) for path in [TUTORIAL, ROOT / "README.md", *sorted(found - {TUTORIAL})]]


def follow(some: Iterable[Page], folder: Path) -> Iterator[tuple[Page, Path, Outputs]]:
    """Yield pages with the homes of those who followed them, and what they saw.

    Parameters
    ----------
    some : iterable of Page
        Which.
    folder : Path
        An empty folder for their homes.
    """
    tutorial = Reader(folder / "tutorial")
    for number, page in enumerate(some):
        reader = Reader(folder / str(number))
        if page.path == TUTORIAL:
            reader = tutorial
        elif page.settings.get("after") == "tutorial":
            if not tutorial.home.exists():
                tutorial.home.mkdir()
                tutorial.follow(Page(TUTORIAL))
            reader.take_over(tutorial.library)
        reader.home.mkdir(exist_ok=True)
        yield page, reader.home, reader.follow(page)


def make_pictures(made: Path) -> None:
    """Run the pages that show pictures made by their commands, and keep these pictures."""
    with tempfile.TemporaryDirectory() as folder:
        with_pictures = [page for page in pages() if page.pictures()]
        for page, home, _ in follow(with_pictures, Path(folder)):
            for name in page.pictures():
                made.mkdir(exist_ok=True)
                shutil.copy(home / name, made / name)


def main() -> None:
    """Write the outputs of all pages, or of those named, anew."""
    named = {Path(each).resolve() for each in sys.argv[1:]}
    wanted = [page for page in pages() if not named or page.path in named]
    with tempfile.TemporaryDirectory() as folder:
        for page, _, outputs in follow(wanted, Path(folder)):
            text = page.with_outputs(outputs)
            if text != "\n".join(page.lines):
                page.path.write_text(text, encoding="utf-8")
                print(f"Wrote {page.path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
