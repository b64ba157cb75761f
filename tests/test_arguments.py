"""Arguments of a wrong kind are refused with a message that names them and says what to write."""

from __future__ import annotations

import datetime
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import runanalytics
from runanalytics import Library
from runanalytics.arguments import checked_arguments
from runanalytics.errors import RunAnalyticsError, SchemaError, UsageError

#: Annotation of a parameter that must be given -> a value of the right kind.
RIGHT: dict[str, object] = {
    "str": "x",
    "float": 1.0,
    "float | str": 1.0,
    "int | np.random.SeedSequence": 1,
    "pd.DataFrame": pd.DataFrame(),
    "str | datetime.date": "2026-03-31",
    "str | Iterable[str]": "x",
    "str | os.PathLike[str]": "x",
    "str | os.PathLike[str] | Iterable[str | os.PathLike[str]]": "x",
    "Frames": pd.DataFrame(),
    "Mapping[str, pd.DataFrame]": {"x": pd.DataFrame()},
    "Any": "2026-03-31",
    # Of these only what they are called is looked at.
    "ReportSource": Library,
    "RunnerTables | Tables": Library,
    "Plan": type("Plan", (), {})(),
}
#: Of a right kind in itself, and yet not an argument of any function.
WRONG = 3 + 4j


def doors() -> Iterator[tuple[str, Callable[..., Any]]]:
    for name in runanalytics.__all__:
        public = getattr(runanalytics, name)
        if inspect.isfunction(public):
            yield name, public
    for name, method in inspect.getmembers(Library, callable):
        if not name.startswith("_"):
            yield f"Library.{name}", method


def parameters() -> Iterator[Any]:
    for name, door in doors():
        for parameter in inspect.signature(door).parameters.values():
            if parameter.name != "self" and parameter.kind is not parameter.VAR_KEYWORD:
                yield pytest.param(name, parameter.name, id=f"{name}-{parameter.name}")


@pytest.mark.parametrize(("name", "argument"), list(parameters()))
def test_no_argument_of_a_wrong_kind_passes(name: str, argument: str, tmp_path: Path) -> None:
    door = dict(doors())[name]
    if name.startswith("Library.") and name != "Library.open":
        door = getattr(Library.open(tmp_path), name.removeprefix("Library."))
    required = {
        each.name: RIGHT.get(each.annotation, WRONG)
        for each in inspect.signature(door).parameters.values()
        if each.default is each.empty and each.kind is not each.VAR_KEYWORD
    }
    with pytest.raises(RunAnalyticsError) as refused:
        door(**required | {argument: WRONG})
    assert argument in str(refused.value)


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda library, form: library.trend(None), "`metric` is a text.*such as 'cadence'"),
        (lambda library, form: library.trend("cadence", pace=5.0), "with its unit, as '5:00/km'"),
        (lambda library, form: library.trend("cadence", pace="5:00"), "5:00/km"),
        (lambda library, form: library.trend(), "missing a required argument: `metric`"),
        (lambda library, form: library.trend("cadence", sinse="2026"), "did you mean `since`"),
        (lambda library, form: library.add("nowhere"), "nowhere"),
        (lambda library, form: runanalytics.trend("runs.csv"), "DataFrame.*library.form"),
        (lambda library, form: runanalytics.trend(form["value"]), "DataFrame.*library.form"),
        (lambda library, form: runanalytics.effect(form, form, contrast="2"), "as 2.0"),
        (lambda library, form: runanalytics.effect(form, pd.DataFrame()), "no column"),
        (lambda library, form: runanalytics.checks(pd.DataFrame({"a": [1]}), form), "no column"),
        (lambda library, form: runanalytics.race_results(form, adjust="heat"), "as \\['climb'"),
    ],
)
def test_a_message_says_what_to_write(
    ask: Callable[[Library, pd.DataFrame], object], says: str, tmp_path: Path
) -> None:
    form = pd.DataFrame({"local_date": ["2026-03-31"], "value": [250.0]})
    with pytest.raises(RunAnalyticsError, match=f"(?s){says}"):
        ask(Library.open(tmp_path), form)


def test_what_is_of_the_kind_passes_whatever_its_class() -> None:
    @checked_arguments
    def door(
        number: float, whole: int, day: str | datetime.date, flag: bool, texts: list[str] | None
    ) -> str:
        return f"{number} {whole} {day} {flag} {texts}"

    day = pd.Timestamp("2026-03-31")
    assert door(np.float32(0.5), np.int64(2), day, np.True_, None).startswith("0.5 2 2026-03-31")
    with pytest.raises(UsageError, match="`flag` is True or False, and this is the text 'no'"):
        door(0.5, 2, day, "no", None)
    with pytest.raises(SchemaError, match="table 'runs': a DataFrame is wanted"):
        checked_arguments(of_frame)(["a"])


def of_frame(runs: pd.DataFrame) -> pd.DataFrame:
    return runs
