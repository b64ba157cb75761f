"""What is said of requirements in several places is one thing."""

from __future__ import annotations

import itertools
import re
import tomllib
from pathlib import Path

import yaml

import runanalytics

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RECIPE = yaml.safe_load((ROOT / "packaging" / "recipe.yaml").read_text(encoding="utf-8"))
#: Name here -> name on conda-forge, where it is another.
ON_CONDA = {
    "dask[distributed]": "dask",
    "fitparse": "python-fitparse",
    "matplotlib": "matplotlib-base",
    "typst": "typst-py",
    "tzdata": "python-tzdata",
}


def conda(requirement: str) -> str:
    name, bound = re.fullmatch(r"([\w-]+(?:\[\w+\])?)(>=[\d.]+)", requirement).groups()
    return f"{ON_CONDA.get(name, name)} {bound}"


def test_the_recipe_for_conda_requires_what_the_project_does() -> None:
    project = PROJECT["project"]
    wanted = [f"python {project['requires-python']}", *map(conda, project["dependencies"])]
    assert sorted(RECIPE["requirements"]["run"]) == sorted(wanted)
    extras = [*map(project["optional-dependencies"].get, ("notebooks", "cohort", "mcp"))]
    optional = list(map(conda, itertools.chain.from_iterable(extras)))
    assert RECIPE["requirements"]["run_constraints"] == optional
    assert set(map(conda, PROJECT["build-system"]["requires"])) <= {*RECIPE["requirements"]["host"]}
    assert RECIPE["context"]["version"] == runanalytics.__version__
    assert RECIPE["about"]["summary"] == project["description"]


def test_every_requirement_of_the_project_and_its_extras_is_pinned() -> None:
    project = PROJECT["project"]
    extras = itertools.chain.from_iterable(project["optional-dependencies"].values())
    required = [*project["dependencies"], *extras]
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8").lower().replace("_", "-")
    for requirement in required:
        name = re.match(r"[\w-]+", requirement)[0]
        assert re.search(rf"(?m)^{name}==", pinned), name
