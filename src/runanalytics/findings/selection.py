"""Choice of metrics and doses by name: one, several, or all that there are data on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import pandas as pd

from runanalytics.errors import UsageError
from runanalytics.findings.finding import ADHERENCE
from runanalytics.measures.metrics import METRICS
from runanalytics.movements import CATEGORIES, CONTROLS, log_of, members

#: The name that means every name.
ALL = "all"
#: Logs of the work that may move how somebody runs.
_TRAINING = ("strength", "technique")
#: The name of race times among metrics.
RACE_TIMES = "race-times"


def is_race_times(metrics: object) -> bool:
    """Return whether what is asked for are race times, which have a model of their own.

    Examples
    --------
    >>> is_race_times("race-times"), is_race_times("cadence")
    (True, False)
    """
    return isinstance(metrics, str) and metrics.strip().replace("_", "-") in (RACE_TIMES, "races")


def chosen_forms(
    metrics: str | Iterable[str], form: Callable[[str], pd.DataFrame]
) -> list[pd.DataFrame]:
    """Return the form of each chosen metric.

    Parameters
    ----------
    metrics : str or iterable of str
        Names of metrics; in one text they are separated by commas. "all" means every
        metric that was measured; what follows from others by a formula would ask the same again.
    form : callable
        From a metric's name to its table "form".

    Raises
    ------
    UsageError
        If nothing is named.
    """
    measured = [each.short for each in METRICS.values() if each.formula is None]
    names, every = _names(metrics, measured)
    forms = [form(name) for name in names]
    own = [each for each in forms if len(each) and not each.attrs.get("derived")]
    return (own or forms[:1]) if every else forms


def chosen_doses(
    doses: str | Iterable[str], dose: Callable[[str], pd.DataFrame]
) -> list[pd.DataFrame]:
    """Return the dose of each chosen kind of work.

    Parameters
    ----------
    doses : str or iterable of str
        As for `chosen_forms`. "all" means strength, technique and every category of them that
        was done; of those that are equal on every day only the first.
    dose : callable
        From a name to its table "dose".

    Raises
    ------
    UsageError
        If nothing is named.
    """
    training = [each for each in CATEGORIES if log_of(each) in _TRAINING]
    names, every = _names(doses, ["strength", "technique", *training])
    frames = [dose(name) for name in names]
    if not every:
        return frames
    return _distinct([each for each in frames if each["amount"].sum() > 0]) or frames[:1]


def control_doses(what: str, dose: Callable[[str], pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the doses that should not move form and that were done: mobility, upper body, sport.

    Parameters
    ----------
    what : str
        What an effect is asked of: a dose that it is a part of is no control of it.
    dose : callable
        From a name to its table "dose".
    """
    asked = members(what)
    named = {name: dose(name) for name in CONTROLS if not asked <= members(name)}
    return {name: each for name, each in named.items() if each["amount"].sum() > 0}


def held_beside(what: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return which of strength and technique, as far as they are named, are held beside a dose.

    Parameters
    ----------
    what : str
        What was done.
    names : iterable of str
        What there are doses of.

    Examples
    --------
    >>> held_beside("strength", ["strength", "technique", "plyometric"])
    ('technique',)
    >>> held_beside("plyometric", ["strength", "technique", "plyometric"])
    ('technique',)
    """
    try:
        own = log_of(what)
    except UsageError:
        own = ""
    return tuple(name for name in names if name in _TRAINING and name not in (own, what))


def doses_beside(
    what: str, measure: str, dose: Callable[[str, str], pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """Return the doses that are held beside one: the rest of its own log, and the other log.

    Parameters
    ----------
    what : str
        What was done: strength, technique, a category, a programme or a movement.
    measure : str
        How it is counted.
    dose : callable
        From a name and a measure to its table "dose".
    """
    own = log_of(what)
    beside = {name: dose(name, "sessions") for name in held_beside(what, _TRAINING)}
    if own in _TRAINING and measure != ADHERENCE and members(what) != members(own):
        whole, part = dose(own, measure), dose(what, measure)
        rest = whole.merge(part, on="local_date", how="left", suffixes=("", "_part"))
        left = (rest["amount"] - rest["amount_part"].fillna(0.0)).clip(lower=0.0)
        other = whole.assign(amount=left.to_numpy())
        other.attrs = {"what": f"other {own}", "measure": measure}
        beside[f"other {own}"] = other
    return {name: each for name, each in beside.items() if len(each)}


def other_sports(dose: Callable[[str, str], pd.DataFrame]) -> pd.DataFrame:
    """Return hours a day of sports other than running: on a bicycle, in water, with a ball.

    Days are those of the log of endurance work and of that of other sport: whoever logs one of
    them is taken to log the other.

    Parameters
    ----------
    dose : callable
        From a name and a measure to its table "dose".

    Returns
    -------
    DataFrame
        local_date and amount (h); without rows where nothing is logged.
    """

    def minutes_of(name: str) -> pd.Series:
        return dose(name, "minutes").set_index("local_date")["amount"]

    minutes = minutes_of("endurance")
    if minutes.any():
        minutes = minutes.sub(minutes_of("running"), fill_value=0.0).clip(lower=0.0)
    minutes = minutes.add(minutes_of("other_sport"), fill_value=0.0)
    hours = (minutes / 60).rename("amount").rename_axis("local_date").reset_index()
    hours.attrs = {"what": "other_sports", "measure": "hours"}
    return hours


def _distinct(doses: Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
    kept: list[pd.DataFrame] = []
    for dose in doses:
        if not any(dose.equals(earlier) for earlier in kept):
            kept.append(dose)
    return kept


def _names(chosen: str | Iterable[str], known: Sequence[str]) -> tuple[list[str], bool]:
    """Return the chosen names, each once, and whether they are all that are known."""
    given = chosen.split(",") if isinstance(chosen, str) else list(chosen)
    names = [name for each in given if (name := each.strip())]
    if not names:
        raise UsageError(f"'{chosen}' names nothing", hint=f"such as: {', '.join(known)}")
    every = ALL in names
    return list(dict.fromkeys(known if every else names)), every
