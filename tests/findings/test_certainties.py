"""Whatever is told with a certainty is declared, and has been put to the test.

Every class of results, those inside others included, says of each number, date and frame whether
it is told with a certainty, and by which row of the table in docs/calibration.md. A new field or a
new finding fails here until it does, and until the row is there.
"""

from __future__ import annotations

import ast
import dataclasses
import datetime
import importlib
import json
import pkgutil
import re
import typing
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from benchmarks import told, told_measures
from scipy.stats import binomtest

import runanalytics.cohort
import runanalytics.experiments
import runanalytics.findings
import runanalytics.measures
from runanalytics import schema
from runanalytics.certainties import IN_WORDS
from runanalytics.findings.finding import Finding
from runanalytics.measures.drift import CERTAINTIES as OF_DRIFT
from runanalytics.measures.drift import drift
from runanalytics.measures.form import CERTAINTIES as OF_FORM
from runanalytics.measures.form import form
from runanalytics.movements.matcher import Match

for part in (
    runanalytics.findings,
    runanalytics.experiments,
    runanalytics.cohort,
    runanalytics.measures,
):
    for module in pkgutil.walk_packages(part.__path__, f"{part.__name__}."):
        importlib.import_module(module.name)

PACKAGE = Path(runanalytics.findings.__path__[0]).parent
NOTEBOOKS = PACKAGE.parents[1] / "notebooks"
#: What shows answers, and works out none.
SHOWING = ("cli", "report", "plots", "libraries", "library", "mcp_server.py")
#: Words that promise a certainty, in a sentence or before what is filled in.
PROMISING = re.compile(
    r"\b(?:un)?likely\b|\b(?:im)?probabl[ey]\b|\bperhaps\b|\bchance\b|\bfor certain\b|\bodds\b"
    r"|\btimes (?:in|out of)\b|\b(?:of|in|out of) \d+ cases\b|\bgive or take\b"
    r"|\bwould have to share\b|\bhardly (?:known|the)\b|\bthat you expect\b|\bmay have been\b"
    r"|\babout \{\} (?:is|are|was|were) needed\b|\benough \w+ by\b|\bas of strides\b"
    r"|\bpresumably\b|\b(?:almost )?certainly\b|\bsurely\b|\bdefinitely\b|\bin all likelihood\b"
    r"|\bconfiden(?:t|ce)\b|\bplausibl[ey]\b|\bcredible\b|\bsignificant(?:ly)?\b|\bin doubt\b"
    r"|\bstands up to\b|\bseems? to (?!be\b)|\bone in (?:two|three|four|five|ten|twenty|\d+)\b"
    r"|\bmay be no\b|\bin simulations\b|\balmost (?:always|never)\b",
    re.IGNORECASE,
)
#: Sentences with such words that tell no certainty: how something is worked out, what was given.
NO_PROMISE = (
    "log likelihood",  # of a statistic, in a plan's file
    "likely form makes",
    "weighed by restricted likelihood",
    "each time constant equally likely",
    "may have been a race",  # asks the runner, and counts for nothing before the answer
    "may have been races",
    "by chance: the verdicts",  # of the report's methods, which say that verdicts allow for it
    "one would look true by chance",  # of a notebook, which says the same of claims
)
#: What a measure, which has no sentences, says of its intervals where it is described.
OF_SLOPES = "The interval of the drift may be wider than need be"
#: Types of fields of which each must be declared; whole numbers count things.
NUMBERS = (float, datetime.date, pd.DataFrame, pd.Series, np.ndarray)
#: Fields of other types that are told with a certainty, too: what is concluded from an interval.
CONCLUSIONS = ("verdict", "outcome")
#: Names that promise a certainty.
PROMISES = re.compile(
    r"(^|_)(low|high|se|sd|p|p_value|p_adjusted|probability|chance|odds|likely"
    r"|confidence|margin|detectable|score)(_|$)|^enough_on$|^posterior$"
)
#: Such names that are no certainty of an answer: how far days differ is told as a size.
NO_PROMISES = {"day_sd_percent", "contact_day_sd_pct", "contact_week_sd_pct"}
#: What is assigned a week in an experiment has such names, too, and its prior.
ASSIGNED = {"Plan": {"low", "high", "effect_sd"}, "Experiment": {"low_a_week", "high_a_week"}}


def of_type(hint: object) -> Iterator[object]:
    yield hint
    if typing.get_origin(hint) is np.ndarray:
        yield np.ndarray
    for each in typing.get_args(hint):
        yield from of_type(each)


def hints(kind: type) -> dict[str, object]:
    """Types of a class's fields, of those imported for type checking alone as text."""
    namespace = {}
    for each in kind.__mro__:
        namespace |= vars(importlib.import_module(each.__module__))
    return typing.get_type_hints(kind, namespace)


def classes() -> list[type]:
    """Every finding that is no mere base of others, and every dataclass within one."""
    waiting: list[type] = [kind for kind in below(Finding) if not kind.__subclasses__()]
    found: list[type] = [Match]
    while waiting:
        kind = waiting.pop()
        if kind in found:
            continue
        found.append(kind)
        for field in dataclasses.fields(kind):
            if not field.metadata.get("hidden") or hints(kind)[field.name] is pd.DataFrame:
                waiting += [
                    each
                    for each in of_type(hints(kind)[field.name])
                    if isinstance(each, type) and dataclasses.is_dataclass(each)
                ]
    return found


def below(kind: type) -> Iterator[type]:
    for each in kind.__subclasses__():
        # Other tests make findings of their own.
        if each.__module__.startswith("runanalytics."):
            yield each
            yield from below(each)


def declared(kind: type) -> dict[str, str]:
    """Row of each field, empty for those that are no certainty; of a frame, of its last column."""
    rows = {
        name.partition(".")[0]: row
        for row, names in getattr(kind, "certainties", {}).items()
        for name in names.split()
    }
    return rows | dict.fromkeys(getattr(kind, "no_certainties", "").split(), "")


def undeclared(kind: type) -> set[str]:
    """Fields of a class of which nobody has said whether they are a certainty.

    What a class works out of its fields has to be declared where its name promises one.
    """
    types = hints(kind)
    named = {name for name, of in vars(kind).items() if isinstance(of, property)}
    named |= set(types)
    numbers = {
        field.name
        for field in dataclasses.fields(kind)
        if field.name in CONCLUSIONS or any(each in NUMBERS for each in of_type(types[field.name]))
    }
    promising = {name for name in named if PROMISES.search(name)} - {"certainties"}
    return (numbers | promising) - set(declared(kind)) - with_declarations(kind)


def with_declarations(kind: type) -> set[str]:
    """Fields that are results themselves, which have declarations of their own."""
    return {
        field.name
        for field in dataclasses.fields(kind)
        if any(
            isinstance(each, type) and dataclasses.is_dataclass(each)
            for each in of_type(hints(kind)[field.name])
        )
    }


CLASSES = classes()
ROWS = set(told.table()["row"])
MEASURED: dict[str, Mapping[str, str]] = {"form": OF_FORM, "drift": OF_DRIFT}


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_field_is_a_certainty_or_said_to_be_none(kind):
    assert undeclared(kind) == set()
    names = {field.name for field in dataclasses.fields(kind)} | set(vars(kind))
    assert set(declared(kind)) <= names
    twice = [*" ".join(getattr(kind, "certainties", {}).values()).split()]
    twice += getattr(kind, "no_certainties", "").split()
    assert len(twice) == len(set(twice))
    told_of = {name for name, row in declared(kind).items() if not row}
    assert {name for name in told_of if PROMISES.search(name)} <= (
        NO_PROMISES | ASSIGNED.get(kind.__name__, set())
    )


def test_findings_and_the_results_within_them_are_walked():
    names = {kind.__name__ for kind in CLASSES}
    assert {"Effect", "Trend", "Step", "ChangePoint", "Check", "CriticalSpeed"} <= names
    assert len(names) >= 18


def test_a_new_field_and_a_new_finding_are_found():
    @dataclasses.dataclass(frozen=True)
    class New:
        n_runs: int
        percent: float
        first: datetime.date | None
        verdict: str
        detectable: str

    assert undeclared(New) == {"percent", "first", "verdict", "detectable"}
    New.no_certainties = "percent first"
    New.certainties = {"a row": "verdict"}
    assert undeclared(New) == {"detectable"}


def test_measures_with_an_error_are_declared():
    segments = pd.DataFrame(
        {
            "run_id": ["a", "a", "b", "b"],
            "local_date": "2026-03-01",
            "elapsed_s": [400, 700, 400, 700],
            "duration_s": 120,
            "speed_m_s": [2.8, 3.6, 2.8, 3.6],
            "ground_contact_ms": [270, 235, 268, 233],
        }
    )
    found = form(segments)
    (slopes,) = found.attrs["slopes"]
    with_errors = {name for name in (*found.columns, *slopes) if PROMISES.search(name)}
    assert with_errors == set(" ".join(OF_FORM.values()).split())
    tables = {column.name for table in schema.TABLES.values() for column in table.columns}
    assert {name for name in tables if PROMISES.search(name)} <= with_errors
    late = {name for name in drift(segments).columns if PROMISES.search(name)}
    assert late == set(" ".join(OF_DRIFT.values()).split())


def test_every_certainty_has_its_row_and_every_row_is_told():
    rows = {row for kind in CLASSES for row in getattr(kind, "certainties", {})}
    rows |= {row for each in MEASURED.values() for row in each}
    rows |= {row for places in IN_WORDS.values() for row in places.values()}
    assert rows - ROWS == set(), "put to no test: add lines to benchmarks/told.csv"
    assert ROWS - rows == set(), "told by nothing"


def test_every_line_says_what_was_found_of_how_many_and_how_to_find_it_again():
    lines = told.table()
    assert tuple(lines.columns) == told.COLUMNS
    assert (lines[["row", "tried_on", "found", "command"]] != "").all(axis=None)
    # What another table of the page has stands there, and is linked.
    assert ((lines["n"] != "") | lines["found"].str.contains("](#", regex=False)).all()
    modules = {path.stem for path in Path(told.__file__).parent.glob("*.py")}
    assert set(lines["command"].str.split().str[0]) <= modules
    tries = lines.assign(measure=told.measure_of(lines)).dropna(subset="measure")
    assert set(tries["measure"]) == set(told.MEASURES)
    assert not tries.duplicated(["measure", "tried_on"]).any()


#: Between which shares what is told is right as often as it says, %, by its nominal rate.
AS_TOLD = {"95": (93.0, 97.0), "5": (3.0, 7.0), "at most 5": (0.0, 7.0)}


def beyond_chance(line: Mapping[str, str]) -> bool:
    """Whether it is right more or less often than told, by more than chance explains.

    Ranges by kind, and numbers that stand in another table of the page, are not tried.
    """
    shares, numbers = (
        [float(each.replace(",", "")) for each in line[name].split(" (")[0].split(" / ")]
        if re.match(r"[\d.,]+(?: / [\d.,]+)*(?: \(|$)", line[name])
        else []
        for name in ("found", "n")
    )
    if line["nominal"] not in AS_TOLD or not shares or not numbers:
        return False
    least, most = AS_TOLD[line["nominal"]]
    if len(numbers) < len(shares):
        numbers = [numbers[0] / len(shares)] * len(shares)
    return any(
        held.low > most / 100 or held.high < least / 100
        for share, n in zip(shares, numbers, strict=True)
        if (held := binomtest(round(share * n / 100), round(n)).proportion_ci())
    )


def test_where_it_is_told_it_says_what_does_not_hold():
    """What is right more or less often than its nominal rate by far says so where it is told."""
    lines = told.table().to_dict("records")
    silent = [line["tried_on"] for line in lines if beyond_chance(line) and not line["said"]]
    assert silent == [], "say so in the answer, and enter the words in benchmarks/told.csv"
    by_row = {
        (words, row) for words, places in IN_WORDS.items() for row in set(places.values())
    } | {(OF_SLOPES, "drift of all runs")}
    assert " ".join(form.__doc__.split()).count(OF_SLOPES) == 1
    assert {(line["said"], line["row"]) for line in lines if line["said"]} <= by_row


@pytest.mark.parametrize(
    ("found", "n", "beyond"),
    [
        ("92.5", "200", False),
        ("92.5", "12,000", True),
        ("98.5 / 96.0 / 97.8", "1,800 / 300 / 90 (of 18,000 runners)", True),
        ("96.3 / 96.4", "2,000", False),
        ("98.3 / 98.5", "2,000", True),
        ("93.0 to 98.8", "12,000", False),
    ],
)
def test_what_lies_outside_by_chance_need_not_be_said(found, n, beyond):
    assert beyond_chance({"nominal": "95", "found": found, "n": n}) == beyond


def test_docs_hold_the_table():
    text = told.DOCS.read_text(encoding="utf-8")
    assert told.in_docs(text, told.table()) == text, "run python -m benchmarks.told"
    anchors = {
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([\w-]+)\)", told.rendered(told.table()))) <= anchors


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def showing() -> Iterator[Path]:
    """Yield the modules that show answers."""
    for room in SHOWING:
        place = PACKAGE / room
        yield from [place] if place.suffix else sorted(place.rglob("*.py"))


def read_by_name(node: ast.AST) -> str:
    """Return the name by which a field or a column is read, empty if none is."""
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)
    return ""


def own_statistics(tree: ast.Module) -> set[str]:
    """Errors that a module calculates with, and functions and constants that make intervals."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp):
            found |= {
                name
                for side in ast.walk(node)
                if re.search(r"(^|_)(se|sd)(_|$)", name := read_by_name(side))
            }
        elif isinstance(node, ast.Constant) and isinstance(node.value, float):
            found |= {
                str(each) for each in (1.28, 1.64, 1.65, 1.96, 2.58) if each == round(node.value, 2)
            }
        elif read_by_name(node) in {"quantile", "std", "sem", "ppf", "stdtrit", "ndtri"}:
            found.add(read_by_name(node))
    return found


#: What modules that show answers calculate with such, and why it is no certainty of their own.
CALCULATED = {
    "report/charts/specification.py": {"1.96"},  # a prior is drawn as an interval
    "report/charts/rows.py": {"sd_percent"},
    "report/charts/progress.py": {"se"},  # of a run, as the usual device reads it
    "report/contents.py": {"quantile"},  # of speeds, to offer paces
}


def test_what_shows_answers_adds_no_certainty_of_its_own():
    """What is read that promises a certainty is declared, and no interval is worked out there."""
    known = {name for kind in CLASSES for name, row in declared(kind).items() if row}
    known |= {name for kind in CLASSES for name in with_declarations(kind)}
    every = [getattr(kind, "certainties", {}) for kind in CLASSES] + list(MEASURED.values())
    names = " ".join(name for each in every for name in each.values()).split()
    known |= {name.rpartition(".")[2] for name in names} | NO_PROMISES
    known |= {"p_corrected"}  # as tables call `p_adjusted`
    read, calculated = set(), {}
    for path in showing():
        tree = parsed(path)
        read |= {name for node in ast.walk(tree) if PROMISES.search(name := read_by_name(node))}
        if found := own_statistics(tree):
            calculated[path.relative_to(PACKAGE).as_posix()] = found
    assert {"percent_low", "detectable_percent", "enough_on", "exponent_sd"} <= read
    assert read - known == set()
    assert calculated == CALCULATED


def test_a_new_interval_where_answers_are_shown_is_found():
    assert own_statistics(ast.parse("low = run['value'] - 2 * run['se']")) == {"se"}
    assert own_statistics(ast.parse("HALF = 1.959964\nq = form.quantile(0.1)")) == {
        "1.96",
        "quantile",
    }


def sentences(tree: ast.Module) -> Iterator[str]:
    """Every text of a module but its documentation, with braces for what is filled in."""
    passed = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    passed |= {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in ast.iter_child_nodes(node)
    }
    for node in ast.walk(tree):
        if id(node) in passed:
            continue
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "{}"
                for part in ast.iter_child_nodes(node)
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def untested_words(text: str, place: str) -> list[str]:
    """Words of a text that promise a certainty, and are not in the table for that place."""
    tried = (words for words, places in IN_WORDS.items() if place in places)
    for known in (*tried, *NO_PROMISE, *ROWS):
        text = text.replace(known, "")
    return PROMISING.findall(text)


def test_certainties_told_in_words_are_in_the_table():
    texts = {
        path: list(sentences(parsed(path)))
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.name != "certainties.py"
    }
    templates = [each for kind in ("html", "js", "typ") for each in PACKAGE.rglob(f"*.{kind}")]
    assert templates
    for path in (*templates, PACKAGE / "claims" / "claims.toml"):
        texts[path] = [path.read_text(encoding="utf-8")]
    by_place = {path.relative_to(PACKAGE).as_posix(): each for path, each in texts.items()}
    for path in NOTEBOOKS.glob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        by_place[path.name] = ["".join(cell["source"]) for cell in cells]
    told_in_words = [
        (place, text)
        for place, each in by_place.items()
        for text in each
        if untested_words(text, place)
    ]
    assert told_in_words == [], "add the words to IN_WORDS, and their row to the table"
    pinned = {(words, place) for words, places in IN_WORDS.items() for place in places}
    assert {
        (words, place) for words, place in pinned if words not in "\n".join(by_place[place])
    } == set()
    whole = "\n".join(text for each in by_place.values() for text in each)
    assert {words for words in NO_PROMISE if words not in whole} == set()


def test_a_new_promise_in_a_sentence_is_found():
    source = """def told(p, weeks, day):
        'Perhaps documented.'
        return [f"{p:.0%} likely", f"about {weeks} are needed", f"enough weeks by {day}",
                f"It would be found with {p} % chance and is {'very'} likely so."]
    """
    texts = list(sentences(ast.parse(source)))
    assert "Perhaps documented." not in texts
    found = [text for text in texts if untested_words(text, "findings/effect.py")]
    assert "{} likely" in found
    assert "enough weeks by {}" in found
    assert "It would be found with {} % chance and is {} likely so." in found
    assert "about {} are needed" not in found, "which the table has"
    assert untested_words("about {} are needed", "cli/races.py"), "which is another certainty"
    assert untested_words("Probably the shoes.", "cli/races.py")


@pytest.mark.parametrize("measure", ["robust", "critical", "kept", "misspelt"])
def test_a_try_gives_the_lines_of_the_table(measure):
    lines = told.table()
    tried_on = set(lines.loc[told.measure_of(lines) == measure, "tried_on"])
    results = [told.MEASURES[measure](told.SEED + number) for number in range(2)]
    assert set().union(*results) == tried_on
    assert all(0 <= right <= 1 or right != right for each in results for right in each.values())


def test_a_command_that_was_stopped_goes_on_from_there(tmp_path, monkeypatch, capsys):
    (line,) = told_measures.kept(told.SEED)
    tried = []

    def one(seed):
        tried.append(seed - told.SEED)
        if tried == [0, 1, 2]:
            raise KeyboardInterrupt
        return {line: float(seed != told.SEED)}

    for name, path in (("TABLE", "told.csv"), ("DOCS", "calibration.md")):
        copied = tmp_path / path
        copied.write_bytes(getattr(told, name).read_bytes())
        monkeypatch.setattr(told, name, copied)
    monkeypatch.setattr(told, "MEASURES", {"kept": one})
    monkeypatch.setattr(told, "code_digest", lambda: "this code")
    with pytest.raises(KeyboardInterrupt):
        told.measured(["kept"], 4, told.SEED, 1, tmp_path)
    with (tmp_path / "kept.jsonl").open("a") as file:
        file.write("[2000002, {")  # cut off in the middle
    told.measured(["kept"], 4, told.SEED, 1, tmp_path)
    assert tried == [0, 1, 2, 2, 3]
    assert "2 runners are kept from before" in capsys.readouterr().err
    (found,) = told.table().set_index("tried_on").loc[[line]].to_dict("records")
    assert (found["found"], found["n"]) == ("75.0", "4")
    assert found["command"] == "told --measure kept --runners 4"
    assert told.in_docs(told.DOCS.read_text(), told.table()) == told.DOCS.read_text()
    monkeypatch.setattr(told, "code_digest", lambda: "other code")
    told.measured(["kept"], 1, told.SEED, 1, tmp_path)
    assert tried[-1] == 0, "what other code gave counts for nothing"


def test_where_there_are_no_real_runs_their_lines_stay(monkeypatch):
    monkeypatch.setattr(told_measures, "longitudinal", list)
    anew = told_measures.real_segments.__wrapped__
    monkeypatch.setattr(told_measures, "real_segments", anew)
    assert told_measures.halves(told.SEED) == {}
