"""What all findings share: a sentence, a table, a figure and a dict, and the words for numbers."""

from __future__ import annotations

import copy
import dataclasses
import datetime
import html
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from runanalytics.errors import UsageError
from runanalytics.findings import drawing
from runanalytics.findings.readable import readable
from runanalytics.findings.readable import signed as signed
from runanalytics.measures.metrics import METRICS, metric_name
from runanalytics.schema.checking import require

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Answer = TypeVar("Answer")

#: What JSON can hold.
Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]

#: The verdicts of an effect and of a trend.
ASSOCIATION = "association"
NO_ASSOCIATION = "no clear association"
ROSE = "rose"
FELL = "fell"
NO_CHANGE = "no clear change"
NOT_ENOUGH_DATA = "not enough data"

#: Rows of a table that a notebook shows.
ROWS_SHOWN = 12

#: Metadata of a field that serves a finding's table and figure and is not part of its dict.
HIDDEN: Mapping[str, bool] = {"hidden": True}

#: Why there is no answer, where nothing at all is known.
NO_VALUE = "no run has a value"
NOTHING_LOGGED = "nothing is logged"
NONE_OF_IT = "the log holds none of it"
NO_RUN_IN_LOG = "no run with a value lies within the log"
NO_RACE = "there is no race"
NO_RACE_IN_LOG = "no race with a time lies within the log"
#: What to do then.
NEXT_STEPS: Mapping[str, str] = {
    NO_VALUE: "'runanalytics status' shows which runs have what, and what to import",
    NOTHING_LOGGED: "import a log of it, or keep one with "
    "'runanalytics log \"squat 3x5 80 kg, 6 strides\"'",
    NONE_OF_IT: "'runanalytics movements NAME' shows what a name in it is taken for",
    NO_RUN_IN_LOG: "'runanalytics status' shows which days of runs and logs are missing",
    NO_RACE: "import a list of races, or add one with "
    "'runanalytics races add 2026-05-03 10k 41:20'",
    NO_RACE_IN_LOG: "import older logs, or the races of these days",
}

#: A note of every finding from simulated data.
SIMULATED_NOTE = "these data are simulated"


def asked_field() -> str:
    """Return a dataclass field for what an answer comes to among all that was asked.

    It says nothing of the data, so answers that differ in it alone are equal.
    """
    field: str = dataclasses.field(default="", compare=False)
    return field


def hidden_frame(columns: Sequence[str] = ()) -> pd.DataFrame:
    """Return a dataclass field for a frame behind a table and figure, by default empty."""
    return dataclasses.field(
        default_factory=lambda: _empty_frame(tuple(columns)).copy(deep=False),
        repr=False,
        compare=False,
        metadata=HIDDEN,
    )


def deferred(make: Callable[[], object]) -> Any:
    """Return a hidden dataclass field that may be given as a function, which makes its value.

    It is called when the field is first asked for, as figures do: many answers are never drawn.

    Parameters
    ----------
    make : callable
        Makes the default.

    Examples
    --------
    >>> @dataclasses.dataclass(frozen=True)
    ... class Drawn:
    ...     points: list[int] = deferred(list)
    >>> Drawn().points, Drawn([1]).points, Drawn(lambda: [1, 2]).points
    ([], [1], [1, 2])
    """
    return dataclasses.field(default=_Deferred(make), repr=False, compare=False, metadata=HIDDEN)


class _Deferred:
    """What gets and sets a field from `deferred`."""

    def __init__(self, make: Callable[[], object]) -> None:
        self._make = make

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type) -> object:
        if instance is None:  # asked for of the class
            return self
        value = vars(instance).get(self._name, self._make)
        if callable(value):
            value = vars(instance)[self._name] = value()
        return value

    def __set__(self, instance: object, value: object) -> None:
        if value is not self:  # by default
            vars(instance)[self._name] = value


def replaced(finding: Answer, **changes: Any) -> Answer:
    """Return a finding with other values of some fields; what is deferred stays so.

    `dataclasses.replace` asks for every field, and so makes frames that nobody looks at.

    Parameters
    ----------
    finding : dataclass
        It is not changed.
    **changes
        Fields and their values.

    Examples
    --------
    >>> @dataclasses.dataclass(frozen=True)
    ... class Drawn:
    ...     verdict: str
    ...     points: None = deferred(lambda: print("made"))
    >>> rose = replaced(Drawn("fell"), verdict="rose")
    >>> rose.verdict, rose.points
    made
    ('rose', None)
    """
    other = copy.copy(finding)
    vars(other).update(changes)
    return other


@cache
def _empty_frame(columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns) or None)


class Finding(ABC):
    """An answer: a frozen dataclass that prints nothing and changes no input.

    Besides the methods below, each has the fields verdict and notes, and, where its figure may be
    empty, reason: why there is not enough data.
    """

    verdict: str
    reason: str
    notes: tuple[str, ...]

    @abstractmethod
    def summary(self) -> str:
        """Return the answer in a sentence or two."""

    @abstractmethod
    def table(self) -> pd.DataFrame:
        """Return the numbers behind the answer, units in the column names."""

    @abstractmethod
    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the answer, on `ax` or on a new figure, and return its axes."""

    def readable(self, table: pd.DataFrame | None = None) -> pd.DataFrame:
        """Return a table in words: headings with units, numbers as text.

        Parameters
        ----------
        table : DataFrame, optional
            Another table of this finding than `table` returns.
        """
        unit, level = getattr(self, "unit", ""), getattr(self, "level", 0.95)
        return readable(self.table() if table is None else table, unit, level)

    @property
    def answered(self) -> bool:
        """Whether there were enough data for an answer."""
        return getattr(self, "verdict", "") != NOT_ENOUGH_DATA

    @property
    def next_step(self) -> str:
        """What to do where nothing at all is known, in words; else empty."""
        return step_after([getattr(self, "reason", "")])

    def answer(self) -> str:
        """Return the answer as `summary` does, without the notes."""
        return self.summary().removesuffix(self._notes_as_sentences()).rstrip()

    def to_dict(self) -> dict[str, Plain]:
        """Return the answer as JSON can hold it: dates as ISO text, unknown as None."""
        if not dataclasses.is_dataclass(self):
            raise TypeError(f"{type(self).__name__} is no dataclass")
        answer: dict[str, Plain] = {"finding": type(self).__name__.lower()}
        for field in dataclasses.fields(self):
            if not field.metadata.get("hidden"):
                answer[field.name] = plain(getattr(self, field.name))
        answer["summary"] = self.summary()
        answer["table"] = plain(self.table())
        return answer

    def _with_notes(self, *sentences: str) -> str:
        """Return sentences, what they come to among all that was asked, and the notes."""
        asked = getattr(self, "asked", "")
        every = (*sentences, asked, self._notes_as_sentences())
        return " ".join(each for each in every if each)

    def _notes_as_sentences(self) -> str:
        return " ".join(f"{note[:1].upper()}{note[1:]}." for note in self.notes)

    def _begin_plot(
        self,
        ax: Axes | None,
        title: str,
        *,
        x: str = "",
        y: str = "",
        empty: bool = False,
        size: tuple[float, float] = drawing.FIGURE_SIZE,
    ) -> Axes:
        """Return axes with a title and, where there is nothing to draw, the reason."""
        ax = drawing.axes(ax, size)
        simulated = " (simulated data)" if SIMULATED_NOTE in self.notes else ""
        drawing.titled(ax, title + simulated, x=x, y=y)
        if empty:
            drawing.say(ax, f"{NOT_ENOUGH_DATA}: {self.reason}")
        return ax

    def _repr_html_(self) -> str:
        table = self.readable()
        left_out = len(table) - ROWS_SHOWN
        rows = table.tail(ROWS_SHOWN).to_html(index=False, border=0, escape=True, na_rep="")
        more = f"<p>{left_out} earlier rows are not shown.</p>" if left_out > 0 else ""
        return f"<p>{html.escape(self.summary())}</p>{rows}{more}"

    def __init_subclass__(cls) -> None:
        # A dataclass would otherwise print its fields, frames included, in place of the answer.
        cls.__repr__ = Finding.__repr__  # type: ignore[method-assign]

    def __repr__(self) -> str:
        return self.summary()

    def __str__(self) -> str:
        return self.summary()


def step_after(reasons: Iterable[str]) -> str:
    """Return what to do about reasons why nothing is known, in words; empty if none is such.

    Examples
    --------
    >>> step_after([NONE_OF_IT, "2 races, of 4 needed", NONE_OF_IT])
    "'runanalytics movements NAME' shows what a name in it is taken for"
    """
    return "; ".join(dict.fromkeys(NEXT_STEPS[each] for each in reasons if each in NEXT_STEPS))


def plain(value: object) -> Plain:
    """Return a value as JSON can hold it.

    Parameters
    ----------
    value : object
        A number, text, date, sequence, mapping, array, frame, or dataclass of such.

    Examples
    --------
    >>> plain({"from": pd.Timestamp("2026-03-01"), "percent": (float("nan"), np.float64(1.5))})
    {'from': '2026-03-01', 'percent': [None, 1.5]}
    """
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    if isinstance(value, pd.Timestamp | np.datetime64):
        return str(pd.Timestamp(value).date())
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, pd.DataFrame):
        names = [str(name) for name in value.columns]
        rows = value.itertuples(index=False, name=None)
        return [{name: plain(cell) for name, cell in zip(names, row, strict=True)} for row in rows]
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(each) for each in value]
    if dataclasses.is_dataclass(value):
        return {each.name: plain(getattr(value, each.name)) for each in dataclasses.fields(value)}
    return str(value)


@dataclasses.dataclass(frozen=True)
class FormFinding(Finding):
    """A finding on one metric of form.

    Parameters
    ----------
    metric, label, unit : str
        The metric's column, its name in text, and its unit.
    """

    metric: str
    label: str
    unit: str

    @property
    def _subject(self) -> str:
        """The metric's name within a sentence."""
        return self.label[:1].lower() + self.label[1:]

    @property
    def _axis_name(self) -> str:
        return f"{self.label} ({self.unit})" if self.unit else self.label


@dataclasses.dataclass(frozen=True)
class Subject:
    """What a frame of form is about.

    Parameters
    ----------
    metric : str
        Column of the metric; empty if it is not known.
    label : str
        Name in text.
    unit : str
        Unit of its values; empty if it is not known.
    smallest_percent : float
        Smallest worthwhile change, %.
    """

    metric: str
    label: str
    unit: str
    smallest_percent: float = 1.0

    @property
    def names(self) -> tuple[str, str, str]:
        """Metric, label and unit, which a `FormFinding` begins with."""
        return self.metric, self.label, self.unit


def rows_of(items: Iterable[object], columns: Mapping[str, str]) -> pd.DataFrame:
    """Return a table of objects, one a row.

    Parameters
    ----------
    items : iterable
        The objects.
    columns : mapping of str to str
        Attribute of each column.
    """
    rows = [[getattr(item, name) for name in columns.values()] for item in items]
    return pd.DataFrame(rows, columns=list(columns))


def changes_table(
    rows: Sequence[tuple[object, ...]], columns: Sequence[str], baseline: float
) -> pd.DataFrame:
    """Return a table of changes with their intervals, in percent and in the metric's unit.

    Parameters
    ----------
    rows : sequence of tuple
        Values of the columns, and after them change, low and high, %.
    columns : sequence of str
        Names of the columns before those.
    baseline : float
        Mean form, in the metric's unit.
    """
    percents = ["change_percent", "low_percent", "high_percent"]
    table = pd.DataFrame(rows, columns=[*columns, *percents])
    for percent in percents:
        table[percent.removesuffix("_percent")] = table[percent] / 100 * baseline
    return table


def subject_of(form: pd.DataFrame, metric: str | None) -> Subject:
    """Return what a frame of form is about.

    Parameters
    ----------
    form : DataFrame
        Table "form"; its attrs name metric and unit.
    metric : str, optional
        A metric's name, short or long, where the frame has none, or another is wanted.

    Raises
    ------
    SchemaError
        If it is no frame.
    UsageError
        If no metric is called so.
    """
    require(form, "form", ["local_date", "value"])
    named = metric if metric is not None else str(form.attrs.get("metric") or "")
    unit = str(form.attrs.get("unit") or "")
    try:
        known = METRICS[metric_name(named)]
    except UsageError:
        if metric is not None:
            raise
        label = str(form.attrs.get("label") or named or "Form")
        smallest = form.attrs.get("smallest_percent")
        return Subject(named, label, unit, *([] if smallest is None else [float(smallest)]))
    if metric is not None or not unit:
        unit = known.unit
    return Subject(known.column, known.label, unit, known.smallest_percent)


def require_level(level: float) -> None:
    """Raise a `UsageError` unless a level of intervals lies between 0 and 1."""
    if not 0 < level < 1:
        raise UsageError(f"a level of {level}", hint="it must lie between 0 and 1, such as 0.95")


def direction(low: float, high: float) -> str:
    """Return the verdict on a change with this interval: "rose", "fell" or "no clear change"."""
    return ROSE if low > 0 else FELL if high < 0 else NO_CHANGE


def amount(value: float, unit: str) -> str:
    """Return a change in a metric's unit, with as many digits as its size can use.

    Examples
    --------
    >>> amount(-5.31, "ms"), amount(0.0123, "m"), amount(-58.7, "s over 10 km"), amount(0.26, "%")
    ('−5.3 ms', '+0.012 m', '−59 s over 10 km', '+0.26 percentage points')
    """
    if unit.startswith("s over"):
        digits = 0
    elif abs(value) >= 1 or value == 0:
        digits = 1
    else:
        digits = min(int(1 - np.floor(np.log10(abs(value)))), 4)
    # A change of 3 % of a metric in percent, or in percent of itself, is not a change by 3 %.
    return (
        f"{signed(value, digits)} {'percentage points' if unit.startswith('%') else unit}".rstrip()
    )


def change_text(
    percent: float, low: float, high: float, change: str = "", level: float | None = None
) -> str:
    """Return a change in percent with its interval.

    Parameters
    ----------
    percent, low, high : float
        Change and interval, %.
    change : str
        The change in the metric's unit, in words.
    level : float, optional
        Of the interval, where it is to be stated.

    Examples
    --------
    >>> change_text(-2.04, -3, 0.5), change_text(1, 0, 2, "+2 ms", 0.95)
    ('−2.0 % (interval −3.0 to +0.5 %)', '+1.0 % (+2 ms; 95 % interval 0.0 to +2.0 %)')
    """
    parts = [f"{change}; " if change else "", "" if level is None else f"{100 * level:g} % "]
    return f"{signed(percent)} % ({''.join(parts)}interval {signed(low)} to {signed(high)} %)"


def extent(n_runs: int, n_weeks: int, noun: str = "run") -> str:
    """Return how many runs in how many weeks.

    Examples
    --------
    >>> extent(40, 12)
    '40 runs in 12 weeks'
    """
    return f"{count(n_runs, noun)} in {count(n_weeks, 'week')}"


def count(number: int, noun: str) -> str:
    """Return a number of things.

    Examples
    --------
    >>> count(1, "run"), count(3000, "run")
    ('1 run', '3,000 runs')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def short_of(available: str, needed: int, where: str = "") -> str:
    """Return as a reason that there is less than needed.

    Parameters
    ----------
    available : str
        What there is, and how many.
    needed : int
        How many are needed.
    where : str
        Where so many are needed, if not in all.

    Examples
    --------
    >>> short_of("5 weeks with runs", 20)
    '5 weeks with runs, of 20 needed'
    """
    return f"{available}, of {needed} needed {where}".rstrip()


def listed(parts: Sequence[str]) -> str:
    """Return things in a row.

    Examples
    --------
    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


#: The measure of a dose that is the following of a programme, 1 being wholly.
ADHERENCE = "adherence"

#: More of a dose in words, by its measure.
_MORE = {
    "sessions": "{amount} more {what} {noun}",
    "sets": "{amount} more {what} {noun}",
    "reps": "{amount} more {what} repetitions",
    "minutes": "{amount} more minutes of {what}",
    "tonnage_kg": "{amount} kg more lifted in {what}",
}


def more_of(contrast: float, what: str, measure: str) -> str:
    """Return more of a dose a week in words.

    Parameters
    ----------
    contrast : float
        How much more, in the measure.
    what, measure : str
        What the dose is of, and how it is counted.

    Examples
    --------
    >>> more_of(2, "strength", "sessions"), more_of(5000, "squat", "tonnage_kg")
    ('2 more strength sessions a week', '5,000 kg more lifted in squat a week')
    >>> more_of(1, "technique_drills", "adherence")
    'technique drills followed wholly rather than not at all'
    """
    if measure == ADHERENCE:
        followed = what.replace("_", " ")
        if contrast == 1:
            return f"{followed} followed wholly rather than not at all"
        return f"{followed} followed by {100 * contrast:g} percentage points more"
    noun = measure.removesuffix("s") if contrast == 1 else measure
    pattern = _MORE.get(measure, "{amount} more {what} {noun}")
    text = pattern.format(amount=f"{contrast:,g}", what=what.replace("_", " "), noun=noun)
    return " ".join(f"{text} a week".split())
