"""The floors of the house: a module imports only from floors below its own."""

from __future__ import annotations

import ast
import functools
import graphlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import runanalytics

PACKAGE = Path(runanalytics.__file__).parent

#: Floor of each part of the package; ARCHITECTURE.md says why. The longest name that a module's
#: own begins with counts.
FLOORS = {
    "arguments": 0,
    "arrays": 0,
    "certainties": 0,
    "csv_text": 0,
    "errors": 0,
    "exposure": 0,
    "schema": 0,
    "shipped": 0,
    "units": 0,
    "words": 0,
    "movements": 0,
    "claims": 0,
    "importers": 1,
    "simulate": 1,
    "measures": 2,
    "library": 3,
    "findings": 4,
    "experiments": 5,
    "cohort": 5,
    "plots": 6,
    "report": 6,
    "mcp_server": 6,
    # The class `Library` answers with findings and the report: it is the door to all the rest.
    "library.__init__": 7,
    "library.library": 7,
    "library.answers": 7,
    # Many runners' libraries at once.
    "libraries": 8,
    "cli": 9,
    # `python -m runanalytics`.
    "__main__": 10,
}

#: On the ground floor, claims stand on movements, and everything may raise errors.
BESIDE = {
    (part, "errors")
    for part in ("arguments", "exposure", "schema", "shipped", "units", "movements", "claims")
} | {("claims", "movements"), ("movements", "words"), ("movements", "certainties")}

#: Every public function judges its arguments.
BESIDE |= {(part, "arguments") for part in ("schema", "units", "movements")}

#: Distances are written in words, and words name the kinds of course that the schema has.
BESIDE |= {("units", "words"), ("words", "schema")}

#: What is exposed is an array.
BESIDE |= {("exposure", "arrays")}

#: Names of movements are words of languages, with amounts in units.
BESIDE |= {("movements", "words"), ("movements", "units")}

#: Reports are drawn; `runanalytics.library` loads the class `Library` when it is asked for.
BESIDE |= {("report", "plots"), ("library.__init__", "library.library")}
BESIDE |= {("library.library", "library.answers")}


@functools.cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def module(path: Path) -> str:
    """Return a file's name within the package, as library.__init__."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


def part(name: str) -> str:
    """Return the part that a module belongs to."""
    pieces = name.split(".")
    beginnings = (".".join(pieces[:length]) for length in range(len(pieces), 0, -1))
    return next(each for each in beginnings if each in FLOORS)


def found_in(name: str) -> str:
    """Return the module that an import loads: a name's own, or the one that the name stands in."""
    path = PACKAGE.joinpath(*name.split("."))
    if path.with_suffix(".py").exists():
        return name
    return f"{name}.__init__" if path.is_dir() else found_in(name.rpartition(".")[0])


@functools.cache
def imports(path: Path, *, typing: bool = True) -> set[str]:
    """Return the modules of the package that a file imports.

    Those that are imported for type checking alone are left out if not `typing`.
    """
    found = set()
    waiting: list[ast.AST] = [parsed(path)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" and not typing:
            waiting += node.orelse
            continue
        waiting += [each for each in ast.iter_child_nodes(node) if not isinstance(each, ast.expr)]
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        within = (name.partition("runanalytics.")[2] for name in names)
        found |= {found_in(name) for name in within if name and name != "__version__"}
    return found


def imported_parts(path: Path, *, typing: bool = True) -> set[str]:
    """Return the parts of the package that a file imports."""
    return {part(name) for name in imports(path, typing=typing)}


MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def test_modules_import_only_from_floors_below() -> None:
    upward = []
    for path in MODULES:
        here = part(module(path))
        for other in imported_parts(path) - {here}:
            if FLOORS[other] >= FLOORS[here] and (here, other) not in BESIDE:
                said = f"{module(path)} (floor {FLOORS[here]}) imports {other} ({FLOORS[other]})"
                upward.append(said)
    assert upward == []


def test_every_part_has_a_floor_and_every_floor_a_part() -> None:
    assert {part(module(path)) for path in MODULES} == set(FLOORS)


def test_the_class_library_stands_above_all_that_it_answers_with() -> None:
    assert part(found_in("library.Library")) == "library.__init__"
    assert part(found_in("library.library.Library")) == "library.library"
    assert part(found_in("library.tables.LibraryTables")) == "library"
    assert part(found_in("library.linking.view.Views")) == "library"
    below = max(FLOORS[name] for name in ("library", "findings", "plots", "report"))
    assert {FLOORS[name] for name in FLOORS if name.startswith("library.")} == {below + 1}


def test_the_command_line_works_through_the_classes_of_libraries_alone() -> None:
    for path in (PACKAGE / "cli").rglob("*.py"):
        beyond = {"library", "findings", "report", "measures", "movements", "claims", "simulate"}
        beyond |= {"cohort", "experiments"}
        assert not imported_parts(path, typing=False) & beyond, path


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports inside functions and for type checking count, too."""
    graph = {module(path): imports(path) for path in MODULES}
    graphlib.TopologicalSorter(graph).prepare()  # its error names the circle


def test_no_wings_import_each_other_in_a_circle() -> None:
    """A wing is a folder; a module directly in a part of the package is a wing of its own."""

    def wing(name: str) -> str:
        folder, _, room = name.rpartition(".")
        return folder if room == "__init__" or "." in folder else name

    graph: dict[str, set[str]] = {}
    for path in MODULES:
        here = wing(module(path))
        graph.setdefault(here, set()).update({wing(name) for name in imports(path)} - {here})
    graphlib.TopologicalSorter(graph).prepare()
    assert {"importers.fit.codec", "library.storage", "findings.engine"} <= set(graph)


def test_the_library_is_opened_through_its_folder_alone() -> None:
    """No module reaches into what another one keeps to itself."""
    for path in (PACKAGE / "library").rglob("*.py"):
        tree = parsed(path)
        reached = {
            ast.unparse(node)
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and re.match(r"_(?!_|asdict|replace)", node.attr)
            if ast.unparse(node.value) not in ("self", "cls")
        }
        assert not reached, path


@pytest.mark.parametrize("floor", ["measures", "findings"])
def test_measures_and_findings_open_nothing(floor: str) -> None:
    for path in (PACKAGE / floor).rglob("*.py"):
        tree = parsed(path)
        calls = {
            node.func.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert "open" not in calls, path
        assert not [name for name in imports(path) if name.startswith("library.")], path


def test_no_module_holds_two_things() -> None:
    long = {
        str(path.relative_to(PACKAGE)): lines
        for path in MODULES
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 800
    }
    assert long == {}


def test_the_types_of_arrays_have_one_place() -> None:
    defined = re.compile(r"^\w+ = .*NDArray\[np\.(?:float64|bool_)\]", re.MULTILINE)
    assert [
        str(path.relative_to(PACKAGE))
        for path in MODULES
        if defined.search(path.read_text(encoding="utf-8"))
    ] == ["arrays.py"]


def test_importing_the_package_loads_no_heavy_library() -> None:
    heavy = "{'pandas', 'numpy', 'scipy', 'matplotlib', 'pyarrow', 'rich', 'typst'}"
    for loaded in (
        "import runanalytics",
        "import runanalytics.cli",
        "from runanalytics.library import Library",
    ):
        code = f"import sys; {loaded}; sys.exit(repr(sorted({heavy} & set(sys.modules))))"
        shown = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
        assert shown.stderr.strip() == "[]", loaded


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
    tree = parsed(path)
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
