"""Choice of metrics and doses by name: one, several, or all that there are data on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import pandas as pd

from runanalytics.errors import UsageError
from runanalytics.measures.metrics import METRICS
from runanalytics.movements import CATEGORIES

#: The name that means every name.
ALL = "all"


def chosen_forms(
    asked: str | Iterable[str], form: Callable[[str], pd.DataFrame]
) -> list[pd.DataFrame]:
    """Return the form of each metric asked for.

    Parameters
    ----------
    asked : str or iterable of str
        Names of metrics; in one text they are separated by commas. "all" stands for every
        metric that was measured.
    form : callable
        From a metric's name to its table "form".

    Raises
    ------
    UsageError
        If nothing is named.
    """
    names, every = _names(asked, [each.short for each in METRICS.values()])
    forms = [form(name) for name in names]
    return ([each for each in forms if len(each)] or forms[:1]) if every else forms


def chosen_doses(
    asked: str | Iterable[str], dose: Callable[[str], pd.DataFrame]
) -> list[pd.DataFrame]:
    """Return the dose of each kind of work asked for.

    Parameters
    ----------
    asked : str or iterable of str
        As for `chosen_forms`. "all" stands for strength, technique and every category that
        was done; of those that are equal on every day only the first.
    dose : callable
        From a name to its table "dose".

    Raises
    ------
    UsageError
        If nothing is named.
    """
    names, every = _names(asked, ["strength", "technique", *CATEGORIES])
    doses = [dose(name) for name in names]
    if not every:
        return doses
    return _distinct([each for each in doses if each["amount"].sum() > 0]) or doses[:1]


def _distinct(doses: Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
    kept: list[pd.DataFrame] = []
    for dose in doses:
        if not any(dose.equals(earlier) for earlier in kept):
            kept.append(dose)
    return kept


def _names(asked: str | Iterable[str], known: Sequence[str]) -> tuple[list[str], bool]:
    """Return the names asked for, each once, and whether they are all that are known."""
    given = asked.split(",") if isinstance(asked, str) else list(asked)
    names = [name for each in given if (name := each.strip())]
    if not names:
        raise UsageError(f"'{asked}' names nothing", hint=f"such as: {', '.join(known)}")
    every = ALL in names
    return list(dict.fromkeys(known if every else names)), every
