"""When form changed its level at once, and what else came at that time.

What is assumed, besides what `series` and `weeks` say:

1. Between changes, form is a level with memory from week to week.
2. A straight line of all weeks looks like a few steps. The search only proposes; a change is
   told where it stands out beside such a line and all other changes, its p corrected for the
   dates that it could have had. Its size is that beside the line.
3. Devices are left as they are: a new watch is a change of level, and is named as one.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from runanalytics.arrays import Floats
from runanalytics.errors import UsageError
from runanalytics.findings.association import Change, associate
from runanalytics.findings.change_points_result import (
    CHANGE_POINTS,
    NO_CHANGE_POINT,
    ChangePoint,
    ChangePoints,
)
from runanalytics.findings.covariates import Covariate, candidates, chosen, standardised
from runanalytics.findings.dose_log import Log
from runanalytics.findings.effect_result import POWER
from runanalytics.findings.events import Event, beside, events_of
from runanalytics.findings.finding import count, short_of, subject_of
from runanalytics.findings.scan import (
    centred_form,
    design,
    drawn_series,
    scan,
    step_columns,
)
from runanalytics.findings.weeks import Weeks, by_week

__all__ = ["ChangePoint", "ChangePoints", "change_points"]


#: Weeks with a run, below which nothing is looked for.
LEAST_WEEKS = 20
#: Weeks of the shortest stretch between changes.
LEAST_STRETCH_WEEKS = 6
#: Weeks with a run on either side of a change.
LEAST_SEEN_WEEKS = 3
#: Weeks from which on the annual wave is taken out.
SEASON_WEEKS = 104
#: Share of series without any change in which one is proposed.
PROPOSED_SHARE = 0.1
#: Dates fewer weeks apart are about the same date, and count as one where a p is corrected for
#: all that were tried.
DISTINCT_WEEKS = 4
#: Series drawn for that.
N_DRAWN = 199
#: What is taken out before changes are looked for.
TAKEN_OUT = ("speed", "season")


def change_points(
    form: pd.DataFrame,
    *,
    level: float = 0.95,
    metric: str | None = None,
    seed: int = 0,
) -> ChangePoints:
    """Find the weeks in which form changed its level, and what else came then.

    Parameters
    ----------
    form : DataFrame
        Table "form", one row a run: local_date and value (in the metric's unit, at the
        reference speed), and where known se, mean_speed_m_s, device, firmware, shoe.
    level : float
        Of the intervals, between 0 and 1.
    metric : str, optional
        What form is about, where its attrs do not say.
    seed : int
        Of the series that tell how large a gain chance brings about.

    Returns
    -------
    ChangePoints
        Never fails for want of data: the verdict then is "not enough data".

    Raises
    ------
    SchemaError
        If a column is missing, or holds what cannot be such a value.
    UsageError
        If the level or the metric's name makes no sense.

    Notes
    -----
    PELT: Killick, Fearnhead & Eckley 2012, doi:10.1080/01621459.2012.737745, as in ruptures
    (Truong, Oudre & Vayatis 2020, doi:10.1016/j.sigpro.2019.107299).

    Examples
    --------
    >>> from runanalytics.simulate import simulate_form
    >>> drawn = simulate_form(7, weeks=104, device_step_pct=6.0)
    >>> found = change_points(drawn.form)
    >>> [each.beside[0].name for each in found.points]
    ['Simulated watch B']
    """
    if not 0 < level < 1:
        raise UsageError(f"a level of {level}", hint="it must lie between 0 and 1, such as 0.95")
    subject = subject_of(form, metric)
    weeks = by_week(form)
    asked = ChangePoints(
        metric=subject.metric, label=subject.label, unit=subject.unit, level=float(level)
    )
    if weeks.runs.empty:
        return replace(asked, reason="no run has a value")
    days = weeks.runs["day"].to_numpy()[[0, -1]].astype("datetime64[D]")
    met = replace(
        asked,
        n_runs=len(weeks.runs),
        n_weeks=int(weeks.seen.sum()),
        first_date=days[0].item(),
        last_date=days[1].item(),
        baseline=float(np.exp(weeks.log_form[weeks.seen].mean())),
        notes=weeks.notes,
    )
    steps, columns = step_columns(weeks, LEAST_STRETCH_WEEKS)
    if met.n_weeks < LEAST_WEEKS or not len(steps):
        there = f"{count(met.n_weeks, 'week')} with runs"
        return replace(met, reason=short_of(there, LEAST_WEEKS))
    covariates = _taken_out(weeks)
    places, penalty = _found(weeks, covariates, columns, seed)
    points, kept = _points(met, weeks, covariates, places, events_of(form))
    return replace(
        met,
        points=points,
        penalty=penalty,
        verdict=CHANGE_POINTS if points else NO_CHANGE_POINT,
        adjusted_for=tuple(dict.fromkeys([*(each.name for each in covariates), "trend"])),
        weekly=_weekly(weeks, kept),
    )


def _taken_out(weeks: Weeks) -> tuple[Covariate, ...]:
    long = len(weeks.seen) >= SEASON_WEEKS
    offered = (
        each
        for each in candidates(weeks, Log(), None)
        if each is not None and each.name in TAKEN_OUT and (long or each.name != "season")
    )
    return chosen(offered, weeks, n_others=2)


def _found(
    weeks: Weeks, covariates: Sequence[Covariate], columns: Floats, seed: int
) -> tuple[list[int], float]:
    from runanalytics.findings.segmented import change_places  # ruptures takes long to load

    nuisance, own = design(weeks, covariates), centred_form(weeks)[:, None]
    weight = scan(weeks, nuisance, columns, own).weight
    drawn = drawn_series(np.random.default_rng(seed), weeks, weight, N_DRAWN)
    series = np.column_stack([own, drawn])
    places, penalty = change_places(
        weeks, nuisance, columns, series, LEAST_STRETCH_WEEKS, PROPOSED_SHARE
    )
    kept: list[int] = []
    for place in places:  # a stretch without runs has no level
        begin = kept[-1] if kept else 0
        if min(weeks.seen[begin:place].sum(), weeks.seen[place:].sum()) >= LEAST_SEEN_WEEKS:
            kept.append(place)
    return kept, penalty


def _step(weeks: Weeks, place: int) -> Floats:
    return (np.arange(len(weeks.seen)) >= place).astype(np.float64)


def _points(
    met: ChangePoints,
    weeks: Weeks,
    covariates: Sequence[Covariate],
    places: Sequence[int],
    events: Sequence[Event],
) -> tuple[tuple[ChangePoint, ...], list[int]]:
    """Estimate each change beside all others and a line, and set those that are told beside events.

    The smallest of many p-values is corrected for all of them (Bonferroni).
    """
    n_dates = max(1.0, (met.n_weeks - 2 * LEAST_STRETCH_WEEKS) / DISTINCT_WEEKS)
    line = standardised("trend", np.arange(len(weeks.seen), dtype=np.float64), weeks.seen)
    points, kept = [], []
    for number, place in enumerate(places):
        others = [
            standardised("other change", _step(weeks, each), weeks.seen)
            for each in places
            if each != place
        ]
        terms = [*covariates, *(each for each in (line, *others) if each is not None)]
        found = associate(weeks, _step(weeks, place)[:, None], terms, [(1.0, 1.0)])
        change = None if found is None else Change.of(found.change, 1.0, met.level, POWER)
        if change is None or n_dates * change.p_value >= 1 - met.level:
            continue
        begin = places[number - 1] + 1 if number else 1
        end = places[number + 1] if number + 1 < len(places) else len(weeks.seen)
        early, late = _when(weeks, terms, range(begin, end), met.level)
        in_unit = met.baseline / 100
        kept.append(place)
        points.append(
            ChangePoint(
                date=_date(weeks, place),
                first_date=weeks.monday[early].item(),
                last_date=weeks.monday[late].item() + datetime.timedelta(days=6),
                percent=change.percent,
                percent_low=change.low_percent,
                percent_high=change.high_percent,
                change=in_unit * change.percent,
                low=in_unit * change.low_percent,
                high=in_unit * change.high_percent,
                beside=beside(events, _date(weeks, early), _date(weeks, late)),
            )
        )
    return tuple(points), kept


def _date(weeks: Weeks, place: int) -> datetime.date:
    """Return the day of the first run of a week, or its Monday if it has none."""
    days = weeks.runs["day"].to_numpy()[weeks.runs["week"].to_numpy() == place]
    if len(days):
        return datetime.date(1970, 1, 1) + datetime.timedelta(days=int(days.min()))
    monday: datetime.date = weeks.monday[place].item()
    return monday


def _when(weeks: Weeks, terms: Sequence[Covariate], places: range, level: float) -> tuple[int, int]:
    """Return the weeks between which the change lies with the level's probability."""
    tried = np.array([place for place in places if weeks.seen[place]])
    columns = np.column_stack([_step(weeks, int(place)) for place in tried])
    gain = scan(weeks, design(weeks, terms), columns, centred_form(weeks)[:, None]).gain[:, 0]
    share = np.exp((gain - gain.max()) / 2)
    tail = (1 - level) / 2
    first, last = np.quantile(tried, [tail, 1 - tail], weights=share, method="inverted_cdf")
    return int(first), int(last)


def _weekly(weeks: Weeks, places: Sequence[int]) -> pd.DataFrame:
    """Return what the figure shows: weekly form, and its level between changes."""
    segment = np.searchsorted(np.asarray(places), np.arange(len(weeks.seen)), side="right")
    weight = np.where(weeks.seen, 1.0 / np.where(weeks.seen, weeks.noise, 1.0), 0.0)
    mean = np.array(
        [
            np.average(weeks.log_form[segment == each], weights=weight[segment == each])
            for each in range(len(places) + 1)
        ]
    )
    return pd.DataFrame(
        {
            "week": weeks.monday,
            "observed": np.exp(np.where(weeks.seen, weeks.log_form, np.nan)),
            "level": np.exp(mean[segment]),
            "segment": segment,
            "runs": weeks.n_runs,
        }
    )
