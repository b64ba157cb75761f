"""The floors of the house: a module imports only from floors below its own."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import runanalytics

PACKAGE = Path(runanalytics.__file__).parent

#: Floor of each part of the package; ARCHITECTURE.md says why.
FLOORS = {
    "errors": 0,
    "exposure": 0,
    "schema": 0,
    "shipped": 0,
    "units": 0,
    "movements": 0,
    "importers": 1,
    "simulate": 1,
    "measures": 2,
    "library": 3,
    "findings": 4,
    "plots": 5,
    "printing": 5,
    "report": 5,
    "cli": 5,
}

#: On the ground floor, schema stands on errors, and everything may raise them.
BESIDE = {(part, "errors") for part in ("exposure", "schema", "shipped", "units", "movements")}

#: On the top floor, the command line calls what draws and what writes, and reports are drawn.
BESIDE |= {("cli", part) for part in ("plots", "printing", "report")} | {("report", "plots")}


def part(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_parts(path: Path) -> set[str]:
    """Return the parts of the package that a file imports, type-checking imports included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            pieces = name.split(".")
            if pieces[0] == "runanalytics" and len(pieces) > 1:
                found.add(pieces[1])
    return found - {"__version__"}


MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_from_floors_below(path: Path) -> None:
    here = part(path)
    for other in imported_parts(path) - {here}:
        allowed = FLOORS[other] < FLOORS[here] or (here, other) in BESIDE
        assert allowed, f"{here} (floor {FLOORS[here]}) imports {other} (floor {FLOORS[other]})"


def test_every_part_has_a_floor_and_every_floor_a_part() -> None:
    assert {part(path) for path in MODULES} == set(FLOORS)


@pytest.mark.parametrize("floor", ["measures", "findings"])
def test_measures_and_findings_open_nothing(floor: str) -> None:
    for path in (PACKAGE / floor).rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = {
            node.func.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert "open" not in calls, path
        assert "library" not in imported_parts(path), path


def test_no_module_holds_two_things() -> None:
    long = {
        str(path.relative_to(PACKAGE)): lines
        for path in MODULES
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 450
    }
    assert long == {}


def test_importing_the_package_loads_no_heavy_library() -> None:
    heavy = "{'pandas', 'numpy', 'scipy', 'matplotlib', 'pyarrow', 'rich', 'typst'}"
    for module in ("runanalytics", "runanalytics.cli"):
        code = f"import sys, {module}; sys.exit(repr(sorted({heavy} & set(sys.modules))))"
        shown = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
        assert shown.stderr.strip() == "[]", module


def test_no_private_part_of_a_library_is_used() -> None:
    found = {
        (str(path.relative_to(PACKAGE)), name)
        for path in MODULES
        for name in named_in_libraries(path)
    }
    assert len(found) > 100, "what is used of libraries is found"
    private = re.compile(r"(^|\.)_(?!_)|^pandas\.(core|_libs)\b")
    assert [use for use in sorted(found) if private.search(use[1])] == []


def named_in_libraries(path: Path) -> set[str]:
    """Return the full names of what a module imports from other libraries or reads of them."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names: dict[str, str] = {}
    used = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            used |= {alias.name for alias in node.names}
            names |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            full = {alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            used |= set(full.values())
            names |= {alias.asname or alias.name: full[alias.name] for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            root, _, rest = ast.unparse(node).partition(".")
            used |= {f"{names[root]}.{rest}"} if root in names else set()
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            used |= {arg.value for arg in node.args if isinstance(arg, ast.Constant)}
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "getattr":
            base, key = node.args[:2]
            root, _, rest = ast.unparse(base).partition(".")
            if root in names and isinstance(key, ast.Constant):
                used.add(".".join(filter(None, (names[root], rest, key.value))))
    # `_typeshed` is where types of Python's own library stand.
    ours = {*sys.stdlib_module_names, "_typeshed", "runanalytics"}
    return {name for name in used if name.partition(".")[0] not in ours}


def test_every_public_name_resolves_and_is_documented() -> None:
    for name in runanalytics.__all__:
        value = getattr(runanalytics, name)
        assert name == "__version__" or value.__doc__, name
    assert set(runanalytics.__all__) <= set(dir(runanalytics))


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'cadense'"):
        _ = runanalytics.cadense
