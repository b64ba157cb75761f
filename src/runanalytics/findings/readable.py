"""Tables as people read them: headings in words with units, numbers with the digits that count.

The tables of findings name their columns for programs (``low_percent``). Here an estimate and its
interval become one column, and every other heading is words.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from runanalytics.measures.metrics import METRICS
from runanalytics.units import distance_text, duration_text

#: Columns of an estimate, its interval's ends, and the quantity they are in; an empty one stands
#: for the finding's own unit.
_ESTIMATES = (
    (("change_percent", "low_percent", "high_percent"), "change", "%"),
    (("percent", "percent_low", "percent_high"), "reads", "%"),
    (("drawn_percent", "drawn_low", "drawn_high"), "beside the group", "%"),
    (("change", "low", "high"), "change", ""),
    (("value", "low", "high"), "level", ""),
    (("next_value", "next_low", "next_high"), "to come", ""),
)
#: Column -> its heading; all others are spelt with spaces.
_HEADINGS = {
    "what": "of",
    "contrast": "more a week",
    "p_value": "p",
    "p_corrected": "p, corrected",
    "detectable_percent": "would be found, %",
    "day_sd_percent": "day to day, %",
    "n_runs": "runs",
    "n_weeks": "weeks",
    "n_sessions": "sessions",
    "n_movements": "movements",
    "n_sets": "sets",
    "weeks_unseen": "weeks unseen",
    "first_date": "first day",
    "last_date": "last day",
    "last_before": "last run before",
    "local_date": "date",
    "vdot": "VDOT",
    "race_id": "id",
    "observed": "mean of the week",
}
#: Columns of shares, which are shown as percentages.
_SHARES = {
    "sessions_share": "of sessions",
    "figures_share": "of its figures",
    "after_run_share": "of runs followed",
    "followed_share": "drills after it",
    "score": "followed",
}
#: Columns of times of races, s, which are shown as a clock.
_CLOCKS = {
    "time_s": "time",
    "adjusted_s": "adjusted",
    "time_10km_s": "worth over 10 km",
    "low_s": "at least",
    "high_s": "at most",
    "raced_low_s": "if raced, at least",
    "raced_high_s": "if raced, at most",
    "next_s": "next",
    "vdot_time_s": "by equal VDOT",
}
#: What has a sign.
_CHANGES = ("change", "reads", "beside the group")
#: Measure of a dose -> its unit in words, where that is another.
_MEASURES = {"tonnage_kg": "kg", "reps": "repetitions", "adherence": "of it"}
#: p-values below this are told as below it.
LEAST_P = 0.001
_MISSING = "–"
_MINUS = str.maketrans("-", "−")


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


def p_text(p_value: float) -> str:
    """Return a p-value in words.

    Examples
    --------
    >>> p_text(0.0234), p_text(1e-35)
    ('p = 0.023', 'p < 0.001')
    """
    return f"p < {LEAST_P:g}" if p_value < LEAST_P else f"p = {p_value:.2g}"


def share_text(share: float) -> str:
    """Return a share in percent.

    Examples
    --------
    >>> share_text(0.547)
    '55 %'
    """
    return f"{100 * share:.0f} %"


def digits_of(value: float) -> int:
    """Return how many decimals a level is shown with.

    Examples
    --------
    >>> digits_of(168.4), digits_of(8.11), digits_of(1.029)
    (1, 2, 3)
    """
    return 1 if value >= 20 else 2 if value >= 5 else 3


def readable(table: pd.DataFrame, unit: str = "", level: float = 0.95) -> pd.DataFrame:
    """Return a finding's table in words.

    Parameters
    ----------
    table : DataFrame
        From `Finding.table`.
    unit : str
        Unit of columns that do not name theirs: the metric's.
    level : float
        Of the intervals, between 0 and 1.

    Returns
    -------
    DataFrame
        The same rows as text, without columns in which nothing is known.

    Examples
    --------
    >>> readable(pd.DataFrame({"change_percent": [-3.357], "low_percent": [-5.74],
    ...                        "high_percent": [-1.78], "n_weeks": [69]})).to_dict("records")
    [{'change, % (95 % interval)': '−3.4 (−5.7 to −1.8)', 'weeks': '69'}]
    """
    known = {
        heading: values
        for heading, values in _columns(table, unit, level)
        if any(value.split(" ")[0] != _MISSING for value in values)
    }
    return pd.DataFrame(known, index=table.index)


def _columns(table: pd.DataFrame, unit: str, level: float) -> Iterator[tuple[str, list[str]]]:
    done: set[str] = {"unit"}
    if "p_corrected" in table:
        done.add("p_value")
    if {"contrast", "measure"} <= {*table.columns}:
        done |= {"contrast", "measure"}
    for name in map(str, table.columns):
        if name == "contrast" and name in done:
            amounts = zip(table["contrast"], table["measure"], strict=True)
            yield "more a week", [f"{each:,g} {_MEASURES.get(of, of)}" for each, of in amounts]
        if name in done:
            continue
        estimate = next((each for each in _ESTIMATES if each[0][0] == name), None)
        if estimate is None:
            yield _column(table, name)
            continue
        (middle, low, high), heading, own_unit = estimate
        in_unit = own_unit or unit
        change = heading in _CHANGES
        digits = 1 if in_unit == "%" or not change else _digits(table[middle])
        show = functools.partial(_number, change=change, digits=digits)
        values = [show(value) for value in table[middle]]
        if not own_unit and "unit" in table:
            values = [_with_unit(*each, " ") for each in zip(values, table["unit"], strict=True)]
            in_unit = ""
        heading = _with_unit(heading, in_unit)
        if low in table and high in table:
            heading = f"{heading} ({100 * level:g} % interval)"
            ends = zip(table[low], table[high], strict=True)
            values = [
                f"{text} ({show(a)} to {show(b)})" if a == a else text
                for text, (a, b) in zip(values, ends, strict=True)
            ]
            done |= {low, high}
        yield heading, values


def _column(table: pd.DataFrame, name: str) -> tuple[str, list[str]]:
    if name in _SHARES:
        return _SHARES[name], [
            _MISSING if each != each else share_text(each) for each in table[name]
        ]
    if name in _CLOCKS:
        return _CLOCKS[name], [duration_text(each) for each in table[name]]
    if name == "distance_m":
        return "distance", [distance_text(each) for each in table[name]]
    show: Callable[[object], str] = _cell
    if name in ("p_value", "p_corrected"):
        show = _p
    elif name.endswith("_percent"):
        show = _percent
    elif name == "metric":
        show = _metric
    heading = _HEADINGS.get(name, name.replace("_percent", ", %").replace("_", " "))
    return heading, [show(value) for value in table[name]]


def _with_unit(text: str, unit: str, between: str = ", ") -> str:
    return f"{text}{between}{unit}" if unit and text != _MISSING else text


def _number(value: float, *, change: bool, digits: int) -> str:
    if value is None or value != value:
        return _MISSING
    return signed(value, digits) if change else _plain(value)


def _digits(values: pd.Series) -> int:
    """Return with how many decimals the largest of some changes has two digits that count."""
    largest = values.astype("float64").abs().max()
    if not 0 < largest < 1:
        return 1
    return min(1 - int(np.floor(np.log10(largest))), 4)


def _plain(value: float) -> str:
    return _MISSING if value is None or value != value else f"{value:.4g}".translate(_MINUS)


def _percent(value: object) -> str:
    if not isinstance(value, float) or value != value:
        return _MISSING
    return f"{value:.1f}".translate(_MINUS)


def _p(value: object) -> str:
    if not isinstance(value, float) or value != value:
        return _MISSING
    return f"< {LEAST_P:g}" if value < LEAST_P else f"{value:.2g}"


def _metric(value: object) -> str:
    known = METRICS.get(str(value))
    return str(value).replace("_", " ") if known is None else known.label.lower()


def _cell(value: object) -> str:
    if value is None or value != value or value is pd.NaT:
        return _MISSING
    if isinstance(value, pd.Timestamp | datetime.date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float):
        return _plain(value)
    return str(value)
