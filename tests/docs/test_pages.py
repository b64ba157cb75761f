"""What the pages show is what a reader sees, and everything there is has its place on one."""

from __future__ import annotations

import importlib
import re
import shlex
import unicodedata
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer.main

import runanalytics
from runanalytics import cli, schema
from runanalytics.claims.reader import read_claims
from runanalytics.importers.contract import HEAD_BYTES
from runanalytics.importers.registry import IMPORTERS, claimants
from runanalytics.measures.metrics import METRICS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
#: Languages of blocks: what is run, parsed, or only data.
FENCES = {"console", "python", "pycon", "sh", "toml", "csv", "md", "", "text"}


def load(name: str) -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(DOCS)
        return importlib.import_module(name)


pages = load("pages")
PAGES = {page.path.relative_to(ROOT).as_posix(): page for page in pages.pages()}
RUN = {name: page for name, page in PAGES.items() if list(page.steps())}
GOING_ON = {
    name: page
    for name, page in RUN.items()
    if page.path == pages.TUTORIAL or page.settings.get("after")
}


def differences(page: Any, outputs: Any) -> list[str]:
    return [
        f"{page.path.name}, line {step.place}: {step.source}\nshown:\n"
        + "\n".join(step.shown)
        + "\nprinted:\n"
        + "\n".join(output)
        for step, output in outputs
        if step.shown and not pages.is_shown(step.shown, output)
    ]


@pytest.mark.parametrize("name", sorted(set(RUN) - set(GOING_ON)))
def test_a_page_shows_what_its_commands_print(name: str, tmp_path: Path) -> None:
    """`make pages` writes the outputs anew."""
    for page, _, outputs in pages.follow([PAGES[name]], tmp_path):
        assert not differences(page, outputs)


def test_the_tutorial_and_the_pages_that_go_on_from_it(tmp_path: Path) -> None:
    """One test, so that the sample is imported once; `make pages` writes the outputs anew."""
    found = [each for page, _, seen in pages.follow(GOING_ON.values(), tmp_path)
             for each in differences(page, seen)]  # fmt: skip
    assert not found, "\n\n".join(found)


# --- Commands with something to fill in, and those that are run elsewhere.

COMMANDS = [
    (name, line)
    for name, page in PAGES.items()
    for block in page.blocks()
    if block.language in ("sh", "")
    for line in block.lines
]


@pytest.mark.parametrize(("name", "line"), COMMANDS, ids=lambda value: str(value)[:40])
def test_a_command_that_is_only_shown_could_be_called(name: str, line: str) -> None:
    program, *words = shlex.split(line, comments=True) or [""]
    if program == "make":
        targets = re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text())
        assert set(words) <= set(targets)
    elif program == "runanalytics" and words != ["--version"]:
        parsed(typer.main.get_command(cli.app), words)
    elif program == "python":
        assert words[0] == "-m"
        assert ROOT.joinpath(*words[1].split(".")).with_suffix(".py").exists(), words[1]
    else:
        assert program in {"", "runanalytics", *pages.OTHER_PROGRAMS}


def parsed(command: Any, words: list[str], parent: Any = None) -> None:
    """Let the command line read words, without running anything."""
    context = command.make_context(command.name, words, parent=parent)
    rest = [*context._protected_args, *context.args]
    if hasattr(command, "commands") and rest:
        _, found, words = command.resolve_command(context, rest)
        parsed(found, words, context)


def test_claims_on_the_pages_are_claims() -> None:
    blocks = [block for page in PAGES.values() for block in page.blocks()]
    shown = [block for block in blocks if block.language == "toml"]
    assert shown
    for block in shown:
        assert read_claims("\n".join(block.lines).encode(), "a page")


def test_every_block_is_of_a_kind_that_is_checked() -> None:
    kinds = {(name, block.language) for name, page in PAGES.items() for block in page.blocks()}
    assert {language for _, language in kinds} <= FENCES, kinds


# --- Whatever there is has a place.


def text(name: str) -> str:
    return (DOCS / "reference" / name).read_text(encoding="utf-8")


def test_every_command_has_its_help_on_the_page_of_commands() -> None:
    shown = re.findall(r"(?m)^\$ runanalytics (.*?) ?--help$", text("commands.md"))
    assert sorted(shown) == sorted(["", *commands(typer.main.get_command(cli.app))])


def commands(group: Any, *before: str) -> list[str]:
    """Return the words of every command that help shows."""
    found = []
    for name, command in group.commands.items():
        if not command.hidden:
            found.append(" ".join((*before, name)))
            found += commands(command, *before, name) if hasattr(command, "commands") else []
    return found


def test_every_public_name_is_on_the_page_of_names() -> None:
    shown = re.findall(r"(?m)^\.\. auto\w+:: runanalytics\.(\w+)$", text("python.md"))
    assert sorted(shown) == sorted(set(runanalytics.__all__) - {"__version__"})


def test_every_table_is_on_the_page_of_tables_with_each_column_and_its_unit() -> None:
    assert re.findall(r"(?m)^```\{columns\} (.+)$", text("tables.md")) == list(schema.TABLES)
    described = load("directives").described
    for table in schema.TABLES.values():
        for column in table:
            unit, meaning, _, _ = described(column)
            assert meaning, (table.name, column.name)
            known = unit or column.dtype != schema.FLOAT or "unit" in meaning
            assert known, (table.name, column.name)


def test_every_metric_is_on_the_page_of_metrics_with_its_names_and_unit() -> None:
    rows = re.findall(r"(?m)^\| (`.+) \|$", text("metrics.md"))
    assert [[cell.strip() for cell in row.split("|")] for row in rows] == [
        [
            f"`{metric.short}`",
            ", ".join(f"`{name}`" for name in metric.aliases),
            metric.unit,
            ", ".join(f"`{column}`" for column in metric.needed),
            f"{metric.smallest_percent:g}",
        ]
        for metric in METRICS.values()
    ]
    for name in (name for metric in METRICS.values() for name in metric.drift_aliases):
        assert f"`{name}`" in text("metrics.md")


def test_every_importer_reads_a_file_of_some_page() -> None:
    files = set()
    for page in PAGES.values():
        for source in page.settings.get("files", {}).values():
            files |= set(source.values()) if isinstance(source, dict) else {source}
    paths = [path for each in files for path in [ROOT / each, *(ROOT / each).glob("*.fit")]]
    shown = {one.name for path in paths if path.is_file()
             for one in claimants(path.name, path.read_bytes()[:HEAD_BYTES])}  # fmt: skip
    for page in PAGES.values():
        for block in page.blocks():
            if caption := block.options.get("caption"):
                content = "\n".join(block.lines).encode()
                shown |= {one.name for one in claimants(caption, content)}
    missing = {one.name for one in IMPORTERS} - shown
    assert not missing, missing


# --- Links.


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub and the site make them."""
    headings = re.findall(r"(?m)^#+ (.+)$", path.read_text(encoding="utf-8"))
    return {slug(heading) for heading in headings}


def slug(heading: str) -> str:
    plain = re.sub(r"[`*]|\[|\]\([^)]*\)", "", heading).lower()
    kept = (sign for sign in plain if sign in " -_" or unicodedata.category(sign)[0] in "LN")
    return "".join(kept).replace(" ", "-")


@pytest.mark.parametrize("path", [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))], ids=str)
def test_links_lead_somewhere(path: Path) -> None:
    content = re.sub(r"(?s)```.*?```|`[^`\n]*`", "", path.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", content):
        place, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:|/_made/", place):
            continue
        found = (path.parent / place).resolve() if place else path
        assert found.exists(), target
        assert not anchor or anchor in anchors(found), target
