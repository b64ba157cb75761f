"""The pooled answer: what goes along with a dose in many runners, and in a new one."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from runanalytics.arguments import checked_arguments
from runanalytics.arrays import Floats
from runanalytics.certainties import Certainties
from runanalytics.cohort.moderation import moderated
from runanalytics.cohort.moderators import Moderator, moderators_of
from runanalytics.cohort.random_effects import RandomEffects, random_effects, shrunken
from runanalytics.cohort.roster import BesideGroup, roster
from runanalytics.cohort.runner import RunnerRow, runner_row
from runanalytics.cohort.time_constants import Fitted, pool
from runanalytics.errors import UsageError
from runanalytics.findings import drawing
from runanalytics.findings.effects import corrected_p_values
from runanalytics.findings.engine.ar1 import Mixture
from runanalytics.findings.finding import (
    ASSOCIATION,
    NO_ASSOCIATION,
    NOT_ENOUGH_DATA,
    SIMULATED_NOTE,
    FormFinding,
    change_text,
    count,
    hidden_frame,
    more_of,
    require_level,
    short_of,
    signed,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from runanalytics.findings.frames import Frames

#: Fewest runners whose answers are pooled.
LEAST_RUNNERS = 5
#: Weeks with runs for each degree of freedom of the variance of form: weeks remember each other.
WEEKS_A_DF = 4.0
#: Runners that a figure names; of more, rows are narrow and have no names.
MOST_NAMED = 40
#: Posterior share below which a time constant is left out of what is mixed.
LEAST_SHARE = 1e-3
#: Standard error of a mean of runners who are all exactly alike.
LEAST_SE = 1e-12
_ALL, _NEW = "all runners", "a new runner"

METHOD = (
    "Each runner's change as in a single effect, for time constants of 1 to 14.5 weeks; pooled "
    "over runners within each time constant and averaged over a common time constant, its spread "
    "between runners and the spread of changes, each weighed by the likelihood of all runners "
    "together. Beside it, with each time constant and mixed: random effects by restricted "
    "likelihood, the interval of Hartung & Knapp (2001), and a prediction interval with Student's "
    "t of k − 1 degrees of freedom. Standard errors rest on variances drawn towards a common one "
    "(Smyth 2004). In simulations of ten runners the interval of the time constant holds 98 %, "
    "where they share one effect that of the mean 98, and that of a new runner more than 99: "
    "wider than need be."
)


@dataclass(frozen=True)
class ByRandomEffects:
    """What the classical random effects say, averaged over time constants.

    Parameters
    ----------
    percent, percent_low, percent_high : float
        Mean change, %, and its interval: Hartung & Knapp's with each time constant, mixed.
    new_low, new_high : float
        Prediction interval of a new runner's change, %: Student's t of k − 1 degrees of freedom
        with each time constant, mixed.
    sd_percent : float
        Standard deviation of runners' true changes, %: the root of τ² by restricted likelihood.
    i2_percent : float
        Share of the scatter of their estimates that is not the estimates' own error, %.
    """

    certainties: ClassVar[Certainties] = {
        "group, by random effects": "percent_low percent_high new_low new_high sd_percent",
    }
    no_certainties: ClassVar[str] = "percent i2_percent"

    percent: float
    percent_low: float
    percent_high: float
    new_low: float
    new_high: float
    sd_percent: float
    i2_percent: float


@dataclass(frozen=True)
class Cohort(FormFinding):
    """What goes along with a dose in many runners, how they differ, and who needs a look.

    Parameters
    ----------
    metric, label, unit : str
        The metric's column, its name in text, and its unit.
    what, measure : str
        What was done, and how it was counted.
    contrast : float
        How much more a week, in the measure.
    level : float
        Of the intervals, between 0 and 1.
    percent, percent_low, percent_high : float
        Mean change over runners and its interval, %. NaN where nothing can be estimated.
    p_value : float
        Two-sided, of no mean change.
    n_tests : int
        Tests that were run together.
    p_adjusted : float
        p corrected for all of them (Benjamini & Hochberg 1995); the verdict goes by it.
    verdict : str
        "association", "no clear association" or "not enough data".
    reason : str
        Why there is not enough data; else empty.
    new_low, new_high : float
        Interval of a new runner's change, %.
    spread_percent : float
        Standard deviation of runners' true changes, %: posterior mean.
    tau_weeks, tau_low, tau_high : float
        Time constant with which gains come and go, weeks: median and interval.
    by_random_effects : ByRandomEffects, optional
        What the classical random effects say, averaged over time constants.
    moderators : tuple of Moderator
        What the change differs by.
    n_runners, n_pooled : int
        Runners that were given, and whose changes are pooled.
    n_weeks : int
        Weeks of theirs with both form and dose.
    as_of : date, optional
        Last day on which anything is known.
    runners : tuple of RunnerRow
        What is known of each; empty in a group without names.
    method : str
        How it was estimated.
    notes : tuple of str
        What else should be known.
    roster : DataFrame
        Who needs a look, and why: see `runanalytics.cohort.roster`.
    drawn : mapping of str to BesideGroup
        Each pooled runner beside the group.
    """

    certainties: ClassVar[Certainties] = {
        "group, mean": "percent_low percent_high p_value p_adjusted verdict",
        "group, new runner": "new_low new_high",
        "group, time constant": "tau_low tau_high",
    }
    no_certainties: ClassVar[str] = "contrast level percent spread_percent tau_weeks as_of roster"

    what: str
    measure: str
    contrast: float
    level: float = 0.95
    percent: float = np.nan
    percent_low: float = np.nan
    percent_high: float = np.nan
    p_value: float = np.nan
    n_tests: int = 1
    p_adjusted: float = np.nan
    verdict: str = NOT_ENOUGH_DATA
    reason: str = ""
    new_low: float = np.nan
    new_high: float = np.nan
    spread_percent: float = np.nan
    tau_weeks: float = np.nan
    tau_low: float = np.nan
    tau_high: float = np.nan
    by_random_effects: ByRandomEffects | None = None
    moderators: tuple[Moderator, ...] = ()
    n_runners: int = 0
    n_pooled: int = 0
    n_weeks: int = 0
    as_of: datetime.date | None = None
    runners: tuple[RunnerRow, ...] = ()
    method: str = METHOD
    notes: tuple[str, ...] = ()
    roster: pd.DataFrame = hidden_frame()
    drawn: Mapping[str, BesideGroup] = field(default_factory=dict)

    @property
    def pair_name(self) -> str:
        """What was done and the metric, in words."""
        what = self.what.replace("_", " ")
        return f"{what.capitalize()}, {self.label.lower()}" if what else self.label

    @property
    def dose_words(self) -> str:
        """The contrast in words, such as "2 more strength sessions a week"."""
        return more_of(self.contrast, self.what, self.measure)

    @property
    def unread(self) -> tuple[str, ...]:
        """Runners whose libraries could not be read."""
        return tuple(row.runner for row in self.runners if row.reason and not row.metric)

    def roster_table(self) -> pd.DataFrame:
        """Return who needs a look and why, in the order in which to look.

        Returns
        -------
        DataFrame
            runner, look, change_percent, low_percent, high_percent (of the metric itself),
            drawn_percent, drawn_low, drawn_high (the effect beside the group), last_run,
            weeks_unseen, last_session, a_week, lately_a_week.
        """
        return self.roster.copy()

    def anonymous(self) -> Cohort:
        """Return the group's answers alone, with nothing of any one runner."""
        return replace(self, runners=(), roster=pd.DataFrame(), drawn={})

    def summary(self) -> str:
        """Return the answer in a few sentences."""
        given = f"{self.n_pooled} of {count(self.n_runners, 'runner')}"
        if not np.isfinite(self.percent):
            return self._with_notes(
                f"Not enough data to say how {self._subject} goes along with {self.dose_words} "
                f"over runners: {self.reason}."
            )
        mean = change_text(self.percent, self.percent_low, self.percent_high, level=self.level)
        chance = f"p {_p(self.p_value)}"
        if self.n_tests > 1:
            chance += f", {_p(self.p_adjusted)} corrected for {self.n_tests} tests"
        data = f"{given}, {count(self.n_weeks, 'week')}"
        if self.verdict == ASSOCIATION:
            text = (
                f"Over runners, holding {self.dose_words} goes along with a mean change of {mean} "
                f"in {self._subject}; {chance}, {data}."
            )
        else:
            text = (
                f"Over runners, no clear association of {self._subject} with {self.dose_words}: "
                f"{mean}; {chance}, {data}."
            )
        sentences = [
            f"A new runner's own change would lie between {signed(self.new_low)} and "
            f"{signed(self.new_high)} %."
        ]
        if self.verdict == ASSOCIATION:
            sentences.append(
                f"Gains come and go with a time constant of {self.tau_weeks:.1f} weeks "
                f"({self.tau_low:.1f} to {self.tau_high:.1f})."
            )
        sentences += [each.sentence for each in self.moderators if each.clear]
        return self._with_notes(text, *sentences)

    def table(self) -> pd.DataFrame:
        """Return the changes of runners, of a new one, and of all together, in percent.

        Returns
        -------
        DataFrame
            runner, change_percent, low_percent, high_percent (the runner's own), drawn_percent,
            drawn_low, drawn_high (drawn towards the group's), n_weeks, verdict.
        """
        lines: list[tuple[object, ...]] = []
        for row in self.runners:
            near = self.drawn.get(row.runner)
            drawn = (np.nan,) * 3 if near is None else _ends(near)
            lines.append((row.runner, *_ends(row), *drawn, row.n_weeks, row.verdict))
        unknown = (np.nan,) * 3
        lines += [  # the most general last, which a notebook shows of many rows
            (_NEW, self.percent, self.new_low, self.new_high, *unknown, None, ""),
            (_ALL, *_ends(self), *unknown, self.n_weeks, self.verdict),
        ]
        return pd.DataFrame(lines, columns=_COLUMNS)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the change of each runner, own and drawn towards the group's, and that of all."""
        shown = [row for row in self.runners if row.runner in self.drawn]
        named = len(shown) <= MOST_NAMED
        # Without names, rows in order of their values are read as one shape.
        shown.sort(key=lambda row: row.runner if named else self.drawn[row.runner].percent)
        height = 1.3 + (0.24 if named else 0.03) * max(len(shown), 6)
        title = f"With {self.dose_words}"
        empty = not np.isfinite(self.percent)
        size = (drawing.FIGURE_SIZE[0], min(height, 11.0))
        ax = self._begin_plot(ax, title, size=size, empty=empty)
        if empty:
            return ax
        step = 1.0 if named else 12.0 / len(shown)
        places = [step * at for at in range(len(shown))]
        last = (places[-1] if places else -1.0) + 1.2
        names = [row.runner for row in shown] if named else []
        drawing.rows(ax, [*names, _NEW, _ALL])
        ax.set_yticks([*(places if named else []), last, last + 1.0], [*names, _NEW, _ALL])
        ax.set_ylim(last + 1.6, -0.6 - (0.0 if named else 0.4))
        for place, row in zip(places, shown, strict=True):
            near = self.drawn[row.runner]
            ends = (row.percent_low, row.percent_high)
            thin: dict[str, Any] = {"color": drawing.POINT, "alpha": 0.7}
            ax.plot(ends, [place + 0.16 * named] * 2, linewidth=1.2 if named else 0.4, **thin)
            ends = (near.percent_low, near.percent_high)
            thin = {"color": drawing.ANSWER, "solid_capstyle": "butt"}
            ax.plot(ends, [place] * 2, linewidth=2.2 if named else 0.8, **thin)
            ax.plot(near.percent, place, "o", color=drawing.ANSWER, markersize=5 if named else 1.5)
        drawing.row_interval(ax, last, self.new_low, self.new_high, drawing.THIRD)
        drawing.row_interval(ax, last + 1, self.percent_low, self.percent_high, drawing.CONTRAST)
        ax.plot(self.percent, last + 1, "D", color=drawing.CONTRAST, markersize=7)
        drawn = [self.drawn[row.runner] for row in shown]
        lowest = min(self.new_low, 0.0, *(each.percent_low for each in drawn))
        highest = max(self.new_high, 0.0, *(each.percent_high for each in drawn))
        room = 0.35 * (highest - lowest)
        ax.set_xlim(lowest - room, highest + room)
        own = "; grey: each runner's data alone" if shown else ""
        ax.set_xlabel(
            f"Change of {self._subject}, % ({100 * self.level:g} % intervals{own})",
            fontsize=9,
            color=drawing.QUIET,
        )
        return ax


_COLUMNS = [
    "runner",
    "change_percent",
    "low_percent",
    "high_percent",
    "drawn_percent",
    "drawn_low",
    "drawn_high",
    "n_weeks",
    "verdict",
]


def _p(value: float) -> str:
    """Return a p-value; the sums behind one are not exact far out."""
    return "< 0.001" if value < 0.001 else f"= {value:.2g}"


def _ends(change: Cohort | RunnerRow | BesideGroup) -> tuple[float, float, float]:
    return change.percent, change.percent_low, change.percent_high


@checked_arguments
def pool_runners(
    forms: Mapping[str, pd.DataFrame],
    doses: Mapping[str, pd.DataFrame],
    *,
    contrast: float | None = None,
    level: float = 0.95,
    metric: str | None = None,
    runs: Mapping[str, pd.DataFrame] | None = None,
    beside: Mapping[str, Frames] | None = None,
    about: pd.DataFrame | None = None,
) -> Cohort:
    """Estimate what goes along with a dose in many runners.

    Parameters
    ----------
    forms : mapping of str to DataFrame
        Table "form" of each runner, by a name for the runner; see `runanalytics.effect`.
    doses : mapping of str to DataFrame
        Table "dose" of each, by the same names.
    contrast : float, optional
        How much more a week; by default what about two sessions come to.
    level : float
        Of the intervals, between 0 and 1.
    metric : str, optional
        The metric's name, where the frames' attrs do not say.
    runs : mapping of str to DataFrame, optional
        Table "runs" of each, to adjust for how much was run.
    beside : mapping of str to doses, optional
        Other doses of each, as for `runanalytics.effect`.
    about : DataFrame, optional
        A column "runner", and columns of what the change may differ by: sex, level.

    Returns
    -------
    Cohort
        Never fails for want of data: the verdict then is "not enough data".

    Raises
    ------
    UsageError
        If runners of forms and doses are not the same, or contrast or level makes no sense.

    Examples
    --------
    >>> from runanalytics.simulate import simulate_form
    >>> drawn = {f"simulated {n}": simulate_form(n, weeks=60, effect_pct=-3.0) for n in range(6)}
    >>> found = pool_runners({name: each.form for name, each in drawn.items()},
    ...                      {name: each.dose for name, each in drawn.items()})
    >>> found.n_pooled, found.percent_low < -3.0 < found.percent_high
    (6, True)
    """
    if set(forms) != set(doses):
        unlike = sorted(set(forms) ^ set(doses))
        raise UsageError(
            f"runners have a form or a dose and not both: {', '.join(unlike)}",
            hint="give both by the same names",
        )
    rows = [
        runner_row(
            name,
            form,
            doses[name],
            runs=(runs or {}).get(name),
            beside=(beside or {}).get(name, ()),
            contrast=contrast,
            metric=metric,
        )
        for name, form in forms.items()
    ]
    return pool_rows(rows, level=level, about=about)


def pool_rows(
    rows: Sequence[RunnerRow], *, level: float = 0.95, about: pd.DataFrame | None = None
) -> Cohort:
    """Pool runners by their rows.

    Parameters
    ----------
    rows : sequence of RunnerRow
        One a runner, all of one metric, dose and contrast, but for those without any.
    level : float
        Of the intervals, between 0 and 1.
    about : DataFrame, optional
        As for `pool_runners`.

    Raises
    ------
    UsageError
        If there is no row, two have one name, or they are of different questions.
    """
    require_level(level)
    names = [row.runner for row in rows]
    if not rows:
        raise UsageError("no runner to pool", hint="name at least one")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise UsageError(f"two runners are called '{twice}'", hint="give each a name of its own")
    asked = {(row.metric, row.what, row.measure, row.contrast): row for row in rows if row.metric}
    if len(asked) > 1:
        raise UsageError("these rows are of several metrics or doses", hint="pool one at a time")
    one = next(iter(asked.values()), rows[0])
    usable = [row for row in rows if row.pooled]
    blank = Cohort(
        *(one.metric, one.label or "Form", one.unit, one.what, one.measure),
        contrast=one.contrast,
        level=float(level),
        n_runners=len(rows),
        n_pooled=len(usable),
        n_weeks=sum(row.n_weeks for row in usable),
        as_of=max((row.last_run for row in rows if row.last_run), default=None),
        runners=tuple(rows),
        notes=_notes(rows, usable),
    )
    if len(usable) < LEAST_RUNNERS:
        had = f"{count(len(usable), 'runner')} with enough weeks of both"
        found = replace(blank, reason=short_of(had, LEAST_RUNNERS))
    else:
        found = _estimated(blank, usable, about)
    return replace(found, roster=roster(rows, found.drawn, found.as_of))


def correct_groups(groups: Sequence[Cohort]) -> list[Cohort]:
    """Correct the p-values of answers that were sought together for how many they are.

    Parameters
    ----------
    groups : sequence of Cohort
        One a metric and dose.
    """
    tested = [each for each in groups if each.verdict != NOT_ENOUGH_DATA]
    corrected = iter(corrected_p_values([each.p_value for each in tested]))
    found = []
    for each in groups:
        if each.verdict == NOT_ENOUGH_DATA:
            found.append(each)
            continue
        p = next(corrected)
        verdict = ASSOCIATION if p < 1 - each.level else NO_ASSOCIATION
        found.append(replace(each, p_adjusted=p, n_tests=len(tested), verdict=verdict))
    return found


def _notes(rows: Sequence[RunnerRow], usable: Sequence[RunnerRow]) -> tuple[str, ...]:
    notes = []
    unread = [row for row in rows if row.reason and not row.metric]
    if unread:
        notes.append(f"{count(len(unread), 'runner')} could not be read")
    few = len(rows) - len(usable) - len(unread)
    if few:
        notes.append(f"{count(few, 'runner')} with too few weeks of both form and dose left out")
    if any(row.simulated for row in rows):
        notes.append(SIMULATED_NOTE)
    return tuple(notes)


def _estimated(blank: Cohort, rows: Sequence[RunnerRow], about: pd.DataFrame | None) -> Cohort:
    """Enter the pooled answer, and each runner beside it."""
    fitted = fitted_rows(rows)
    pooled = pool(fitted, blank.level)
    each = [
        _Within(share, *fitted.at(tau), blank.level)
        for tau, share in pooled.time_constants
        if share > LEAST_SHARE
    ]
    y, error = fitted.at(pooled.tau_weeks)
    clear = pooled.low > 0 or pooled.high < 0
    return replace(
        blank,
        percent=_percent(pooled.mean),
        percent_low=_percent(pooled.low),
        percent_high=_percent(pooled.high),
        p_value=pooled.p_value,
        p_adjusted=pooled.p_value,
        verdict=ASSOCIATION if clear else NO_ASSOCIATION,
        new_low=_percent(pooled.new_low),
        new_high=_percent(pooled.new_high),
        spread_percent=100 * pooled.spread,
        tau_weeks=pooled.tau_weeks,
        tau_low=pooled.tau_low,
        tau_high=pooled.tau_high,
        by_random_effects=_by_random_effects(each, blank.level),
        moderators=moderators_of(rows, y, error**2, about, blank.level),
        drawn=_drawn(rows, each, blank.level),
    )


def fitted_rows(rows: Sequence[RunnerRow]) -> Fitted:
    """Return what rows say with each time constant, their errors moderated.

    Parameters
    ----------
    rows : sequence of RunnerRow
        Those that are `pooled`.
    """
    variance = np.array([row.variance for row in rows])
    df = np.array([max(row.n_weeks / WEEKS_A_DF, 1.0) for row in rows])
    # How far a runner's variance is off is much the same with each time constant.
    typical = np.exp(np.log(variance).mean(axis=1))
    ratio = np.sqrt(moderated(typical, df).variance / typical)
    return Fitted(
        slope=np.array([row.slope for row in rows]),
        scale=np.array([row.scale for row in rows]) * ratio[:, None],
        log_likelihood=np.array([row.log_likelihood for row in rows]),
        df=np.array([row.df for row in rows]),
        tau_weeks=np.array(rows[0].tau_weeks),
    )


def _percent(change: float) -> float:
    """Return a change of log form in percent."""
    return 100 * float(np.expm1(change))


class _Within:
    """Random effects with one time constant, and each runner beside them."""

    def __init__(self, share: float, y: Floats, error: Floats, level: float) -> None:
        self.share = share
        self.common = random_effects(y, error**2, level=level)
        self.near = shrunken(y, error**2, self.common)
        apart = np.sqrt(error**2 + self.common.tau2 + float(self.common.se[0]) ** 2)
        self.p_differs = 2 * stdtr(self.common.df, -np.abs(y - self.common.mean) / apart)


def _by_random_effects(each: Sequence[_Within], level: float) -> ByRandomEffects:
    """Mix what each time constant gives."""
    common = [one.common for one in each]
    share = np.array([one.share for one in each])
    share /= share.sum()
    centre, se = (np.array([pick(one) for one in common]) for pick in (_mean_of, _se_of))
    se = np.maximum(se, LEAST_SE)
    tau2 = np.array([one.tau2 for one in common])
    mean = Mixture(share, centre, se, common[0].df)
    new = Mixture(share, centre, np.sqrt(se**2 + tau2), common[0].df)
    tail = (1 - level) / 2
    return ByRandomEffects(
        _percent(mean.mean),
        _percent(mean.quantile(tail)),
        _percent(mean.quantile(1 - tail)),
        _percent(new.quantile(tail)),
        _percent(new.quantile(1 - tail)),
        100 * float(share @ np.sqrt(tau2)),
        float(share @ np.array([one.i2 for one in common])),
    )


def _mean_of(common: RandomEffects) -> float:
    return common.mean


def _se_of(common: RandomEffects) -> float:
    return float(common.se[0])


def _drawn(
    rows: Sequence[RunnerRow], each: Sequence[_Within], level: float
) -> dict[str, BesideGroup]:
    """Return each runner beside the group, mixed over time constants."""
    share = np.array([one.share for one in each])
    share /= share.sum()
    values = np.array([one.near.value for one in each])
    variances = np.array([one.near.se**2 for one in each])
    value = share @ values
    se = np.sqrt(share @ (variances + (values - value) ** 2))
    half = float(stdtrit(each[0].common.df, 0.5 + level / 2)) * se
    p_differs = share @ np.array([one.p_differs for one in each])
    return {
        row.runner: BesideGroup(
            _percent(middle), _percent(middle - reach), _percent(middle + reach), float(p)
        )
        for row, middle, reach, p in zip(rows, value, half, p_differs, strict=True)
    }
