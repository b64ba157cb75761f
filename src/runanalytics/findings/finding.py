"""What every answer has in common: a sentence, a table, a figure and a dict."""

from __future__ import annotations

import dataclasses
import datetime
import html
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from runanalytics.errors import UsageError
from runanalytics.measures.metrics import METRICS, metric_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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

#: Marks a field that stands behind a finding's table and figure and is not part of its dict.
HIDDEN: Mapping[str, bool] = {"hidden": True}

#: Said with every finding from simulated data.
SIMULATED_NOTE = "these data are simulated"


class Finding(ABC):
    """An answer. Implementations are frozen dataclasses; none prints or changes its input."""

    @abstractmethod
    def summary(self) -> str:
        """Return the answer in a sentence or two."""

    @abstractmethod
    def table(self) -> pd.DataFrame:
        """Return the numbers behind the answer, units in the column names."""

    @abstractmethod
    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the answer, on `ax` or on a new figure, and return its axes."""

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

    def _repr_html_(self) -> str:
        table = self.table()
        left_out = len(table) - ROWS_SHOWN
        rows = table.tail(ROWS_SHOWN).to_html(index=False, border=0, escape=True, na_rep="")
        more = f"<p>{left_out} earlier rows are not shown.</p>" if left_out > 0 else ""
        return f"<p>{html.escape(self.summary())}</p>{rows}{more}"

    def __str__(self) -> str:
        return self.summary()


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


def subject_of(form: pd.DataFrame, metric: str | None) -> Subject:
    """Return what a frame of form is about.

    Parameters
    ----------
    form : DataFrame
        Table "form"; its attrs name metric and unit.
    metric : str, optional
        A metric's name, short or long, where the frame does not say or is to be overruled.

    Raises
    ------
    UsageError
        If no metric is called so.
    """
    named = metric if metric is not None else str(form.attrs.get("metric") or "")
    unit = str(form.attrs.get("unit") or "")
    try:
        known = METRICS[metric_name(named)]
    except UsageError:
        if metric is not None:
            raise
        label = str(form.attrs.get("label") or named or "Form")
        return Subject(named, label, unit)
    if metric is not None or not unit:
        unit = known.unit
    return Subject(known.column, known.label, unit, known.smallest_percent)


def signed(value: float, digits: int = 1) -> str:
    """Return a number with its sign, a true minus.

    Examples
    --------
    >>> signed(-2.04), signed(0.31), signed(0.02)
    ('−2.0', '+0.3', '0.0')
    """
    text = f"{value:+.{digits}f}"
    if float(text) == 0:
        return text[1:]
    return text.replace("-", "−")


def amount(value: float, unit: str) -> str:
    """Return a change in a metric's unit, with as many digits as its size can use.

    Examples
    --------
    >>> amount(-5.31, "ms"), amount(0.0123, "m"), amount(2.0, "")
    ('−5.3 ms', '+0.012 m', '+2.0')
    """
    digits = 1 if abs(value) >= 1 or value == 0 else min(int(1 - np.floor(np.log10(abs(value)))), 4)
    return f"{signed(value, digits)} {unit}".rstrip()


def count(number: int, noun: str) -> str:
    """Return a number of things.

    Examples
    --------
    >>> count(1, "run"), count(3000, "run")
    ('1 run', '3,000 runs')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def short_of(there: str, needed: int, where: str = "") -> str:
    """Return, as a reason for no answer, that less is there than is needed.

    Parameters
    ----------
    there : str
        How much of what is there.
    needed : int
        How many are needed.
    where : str
        Of what so many are needed, where it is not all.

    Examples
    --------
    >>> short_of("5 weeks with runs", 20)
    '5 weeks with runs, of 20 needed'
    """
    return f"{there}, of {needed} needed {where}".rstrip()


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


def marked(title: str, notes: Sequence[str]) -> str:
    """Return a figure's title, marked where what it shows is simulated."""
    return f"{title} (simulated data)" if SIMULATED_NOTE in notes else title
