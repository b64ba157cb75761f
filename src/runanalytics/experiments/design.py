"""Planning an experiment: a schedule drawn by lot, and what it could find."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from runanalytics.arguments import checked_arguments
from runanalytics.certainties import Certainties
from runanalytics.errors import UsageError
from runanalytics.experiments.plan import EXPOSURE, ROUNDING, TAUS_WEEKS, Admissible, Plan
from runanalytics.experiments.power import (
    ERROR_POINTS,
    OTHER_TAUS_WEEKS,
    USUAL_TAU_WEEKS,
    Past,
    power,
)
from runanalytics.findings import drawing
from runanalytics.findings.contrasts import TWO_SESSIONS
from runanalytics.findings.engine.dose_log import daily_log
from runanalytics.findings.engine.weeks import day_of, is_simulated
from runanalytics.findings.finding import (
    SIMULATED_NOTE,
    FormFinding,
    count,
    hidden_frame,
    listed,
    more_of,
    require_level,
    signed,
    subject_of,
)
from runanalytics.findings.readable import share_text
from runanalytics.units.days import parse_day

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WORTH_DOING, NOT_WORTH_DOING = "worth doing", "not worth doing"
#: Chance of finding what is expected, below which an experiment is not worth doing.
WORTH = 0.5
#: Change that a test of either sign has the most power for, %.
USUAL_PERCENT = -2.0
#: Sizes of the change that power is told for, %.
SIZES_PERCENT = (1.0, 2.0, 3.0, 4.0)
#: Lengths and blocks (weeks) that are shown beside the plan.
LENGTHS_WEEKS, BLOCKS_WEEKS = (24, 48, 72), (2, 4, 6)
#: Most weeks alike in a row, where the user does not say, and fewest blocks that this may be.
MOST_ALIKE_WEEKS, FEWEST_ALIKE = 12, 3
#: An experiment may not begin later than this.
_FARTHEST = datetime.timedelta(days=730)


@dataclass(frozen=True)
class Design(FormFinding):
    """A planned experiment, and what it could find.

    Parameters
    ----------
    metric, label, unit : str
        The metric's column, its name in text, and its unit.
    plan : Plan
        The plan.
    n_schedules : int
        Schedules that the rules allow.
    smallest_p : float
        The smallest p that its test can reach.
    per : float
        More a week, held long, that sizes of the change are for.
    sizes_percent, found : tuple of float
        Sizes of the change, %, and the chance of finding each.
    expected_found, opposite_found : float
        Chance of finding the change that is expected, and as large a one of the other sign.
    other_time_constants : tuple of (float, float)
        Time constants (weeks) that the effect might have instead, and that chance with each.
    noise : str
        Where the noise comes from, in words.
    verdict : str
        "worth doing" or "not worth doing".
    reason : str
        Why it is not; else empty.
    notes : tuple of str
        What else should be known.
    beside : DataFrame
        What `table` returns.
    """

    certainties: ClassVar[Certainties] = {
        "experiment, chance to be found": (
            "found expected_found opposite_found beside other_time_constants verdict"
        ),
        "experiment, exact test": "smallest_p",
    }
    no_certainties: ClassVar[str] = "per sizes_percent"

    plan: Plan
    n_schedules: int
    smallest_p: float
    per: float
    sizes_percent: tuple[float, ...]
    found: tuple[float, ...]
    expected_found: float
    opposite_found: float
    other_time_constants: tuple[tuple[float, float], ...]
    noise: str
    verdict: str = WORTH_DOING
    reason: str = ""
    notes: tuple[str, ...] = ()
    beside: pd.DataFrame = hidden_frame()

    @property
    def simulated(self) -> bool:
        """Whether it was planned on simulated data."""
        return SIMULATED_NOTE in self.notes

    def summary(self) -> str:
        """Return what is planned, and what it could find."""
        plan = self.plan
        done = plan.what.replace("_", " ")
        what = (
            f"{plan.name}: {plan.high:g} against {plan.low:g} {done} {plan.measure} a week in "
            f"{plan.n_blocks} blocks of {count(plan.block_weeks, 'week')}, "
            f"{plan.first_date} to {plan.last_date}, in an order drawn by lot from "
            f"{self.n_schedules:,} (seed {plan.seed})."
        )
        sizes = listed([f"{size:g}" for size in self.sizes_percent])
        chances = listed([share_text(share) for share in self.found])
        per = more_of(self.per, plan.what, plan.measure)
        could = (
            f"A change of {self._subject} by {sizes} % for {per}, held for long, would be found "
            f"with {chances} chance (give or take {ERROR_POINTS} points), {self.noise}; the "
            f"smallest p that the test can reach is {self.smallest_p:.2g}."
        )
        others = listed(
            [
                f"{share_text(share)} if it takes {tau:g} weeks"
                for tau, share in self.other_time_constants
            ]
        )
        speed = (
            f"{self._expected[:1].upper()}{self._expected[1:]} would be found with "
            f"{share_text(self.expected_found)} chance if it builds up and fades with a time "
            f"constant of {USUAL_TAU_WEEKS:g} weeks, {others}."
        )
        if not plan.either_sign:
            speed += (
                f" The test looks for that sign first: as large a change of the other would be "
                f"found with {share_text(self.opposite_found)} chance."
            )
        verdict = f"Not worth doing: {self.reason}." if self.reason else ""
        return self._with_notes(what, could, speed, *filter(None, [verdict]))

    @property
    def _expected(self) -> str:
        percent = self.plan.expected_percent
        if self.plan.either_sign:
            return f"a change of {abs(percent):g} %"
        return f"the {signed(percent)} % that you expect"

    def table(self) -> pd.DataFrame:
        """Return other lengths, blocks and amounts beside the plan.

        Returns
        -------
        DataFrame
            weeks, block_weeks, a_week (in blocks with), n_schedules, smallest_p, and
            found_percent: chance of finding what is expected, %; missing where the test cannot
            reach its level.
        """
        return self.beside.copy()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the chance of finding changes by their size."""
        per = more_of(self.per, self.plan.what, self.plan.measure)
        ax = self._begin_plot(
            ax,
            f"What {self.plan.name} would find",
            x=f"change of {self._subject} for {per} (%)",
            y="chance of finding it (%)",
        )
        chances = 100 * np.array([1 - self.plan.level, *self.found])
        ax.plot([0.0, *self.sizes_percent], chances, color=drawing.ANSWER, marker="o", linewidth=2)
        ax.axhline(80, color=drawing.QUIET, linewidth=0.8, linestyle=drawing.DASHED)
        ax.axvline(
            abs(self.plan.expected_percent), color=drawing.CONTRAST, linewidth=1, label="expected"
        )
        ax.set_ylim(0, 102)
        ax.legend(frameon=False, fontsize=9)
        return ax

    def plot_beside(self, ax: Axes | None = None) -> Axes:
        """Draw the chance of finding what is expected by length, for each block and amount."""
        ax = self._begin_plot(
            ax,
            f"What other plans than {self.plan.name} would find",
            x="weeks in all",
            y=f"chance of finding {self._expected} (%)",
        )
        amounts = sorted(self.beside["a_week"].unique(), reverse=True)
        colours = (drawing.ANSWER, drawing.CONTRAST, drawing.THIRD)
        for (block, a_week), rows in self.beside.groupby(["block_weeks", "a_week"]):
            place = BLOCKS_WEEKS.index(block)
            ax.plot(
                rows["weeks"],
                rows["found_percent"],
                color=colours[place],
                marker="osD"[place],
                linestyle="-" if a_week == amounts[0] else drawing.DASHED,
                linewidth=2 if a_week == amounts[0] else 1.2,
                label=f"blocks of {block} weeks, {a_week:g} a week",
            )
        ax.axhline(80, color=drawing.QUIET, linewidth=0.8, linestyle=drawing.DASHED)
        ax.set_xticks(LENGTHS_WEEKS)
        ax.set_ylim(0, 102)
        ax.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1.01, 0.5))
        return ax


def draw_plan(
    form: pd.DataFrame,
    *,
    what: str = "strength",
    measure: str = "sessions",
    without: float = 0.0,
    within: float = 3.0,
    weeks: int = 48,
    block_weeks: int = 4,
    start: Any = None,
    expected_percent: float | None = None,
    fixed: Mapping[str, bool] | None = None,
    pairs: bool = False,
    most_alike: int | None = None,
    statistic: str = EXPOSURE,
    level: float = 0.95,
    seed: int | None = None,
    name: str | None = None,
    metric: str | None = None,
    today: Any = None,
) -> Plan:
    """Draw the schedule of an experiment by lot, and return its plan.

    Parameters
    ----------
    form : DataFrame
        Table "form" of the past, one row a run: it tells of the runner's noise and memory.
    what, measure : str
        What is done more of, and how it is counted.
    without, within : float
        How much of it a week in the blocks without and with.
    weeks, block_weeks : int
        Length of the experiment and of its blocks, weeks.
    start : date or str, optional
        First day; by default the Monday after `today`.
    expected_percent : float, optional
        Change that is expected from what about two sessions a week come to, %. The test finds it
        more often than one of the other sign; by default it looks for 2 % of either sign alike.
    fixed : mapping of str to bool, optional
        Days whose blocks are settled beforehand, for a race or a phase of training: whether
        they are blocks with.
    pairs : bool
        Whether each pair of blocks has one with and one without.
    most_alike : int, optional
        Most blocks alike in a row; 0 is any number. By default 12 weeks, or three blocks.
    statistic : {"exposure", "block means"}
        Of the test.
    level : float
        Of the test, between 0 and 1.
    seed : int, optional
        Of the draw. By default drawn; a schedule is never drawn again until it looks right.
    name : str, optional
        Of the experiment; by default from metric and first day.
    metric : str, optional
        What form is about, where its attrs do not say.
    today : date or str, optional
        The day of planning; by default that of the clock.

    Returns
    -------
    Plan
        The plan, with its digest. Nothing is written.

    Raises
    ------
    UsageError
        If the first day is past, the blocks do not fill the weeks, the test cannot reach its
        level with so few blocks, or an argument makes no sense.

    Examples
    --------
    >>> form = pd.DataFrame({"local_date": ["2026-01-01"], "value": [250.0]})
    >>> plan = draw_plan(form, metric="contact-time", seed=1, today="2026-01-01")
    >>> plan.n_blocks, plan.admissible.count, str(plan.first_date)
    (12, 616, '2026-01-05')
    """
    subject = subject_of(form, metric)
    require_level(level)
    now = datetime.date.today() if today is None else parse_day(today)
    first = _monday_after(now) if start is None else parse_day(start, "start")
    if not now <= first <= now + _FARTHEST:
        raise UsageError(
            f"an experiment from {first} on",
            hint=f"begin between {now} and {now + _FARTHEST}: what has begun cannot be drawn by "
            "lot any more",
        )
    if not 1 <= block_weeks <= weeks or weeks % block_weeks:
        raise UsageError(
            f"blocks of {block_weeks} weeks do not fill {weeks} weeks",
            hint=f"take a multiple of {max(block_weeks, 1)} weeks",
        )
    n_blocks = weeks // block_weeks
    settled = _settled(fixed or {}, first, block_weeks, n_blocks)
    longest = _alike(block_weeks) if most_alike is None else most_alike or None
    admissible = Admissible(n_blocks, None if pairs else longest, pairs, settled)
    _require_reachable(admissible, statistic, block_weeks, level)
    drawn = _new_seed() if seed is None else int(seed)
    open_sign = expected_percent is None
    expected = USUAL_PERCENT if expected_percent is None else float(expected_percent)
    verb = "change" if open_sign else "raise" if expected > 0 else "lower"
    return Plan(
        name=name or f"{_short(subject.label)}-{first}",
        hypothesis=f"{within:g} {what.replace('_', ' ')} {measure} a week rather than "
        f"{without:g} {verb} {subject.label[:1].lower()}{subject.label[1:]}",
        metric=subject.metric,
        speed_m_s=_speed(form),
        what=what,
        measure=measure,
        low=float(without),
        high=float(within),
        first_date=first,
        block_weeks=block_weeks,
        labels=tuple(admissible.draw(1, drawn)[0].tolist()),
        longest=admissible.longest,
        pairs=pairs,
        fixed=settled,
        statistic=statistic,
        level=float(level),
        seed=drawn,
        expected_percent=expected,
        time_constants=TAUS_WEEKS,
        # The difference of block means only changes its sign from a schedule to its opposite.
        either_sign=open_sign or statistic != EXPOSURE,
        written=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        if today is None
        else f"{now}T00:00:00+00:00",
    ).digested()


@checked_arguments
def design(form: pd.DataFrame, dose: pd.DataFrame | None = None, **options: Any) -> Design:
    """Plan an experiment on one runner: draw its schedule, and say what it could find.

    Parameters
    ----------
    form : DataFrame
        Table "form" of the past, one row a run: it tells of the runner's noise and memory.
    dose : DataFrame, optional
        Table "dose" of what was done in the past: what it shows helps the test.
    **options
        What is to be done and when, as for `draw_plan`: ``what``, ``measure``, ``without``,
        ``within`` (a week in blocks without and with), ``weeks``, ``block_weeks``, ``start``,
        ``expected_percent``, ``fixed``, ``pairs``, ``most_alike``, ``statistic``, ``level``,
        ``seed``, ``name``, ``metric``, ``today``.

    Returns
    -------
    Design
        Plan, power and verdict. Nothing is written.

    Raises
    ------
    UsageError
        As `draw_plan`.

    Notes
    -----
    Edgington & Onghena 2007, *Randomization Tests*, 4th ed.; Senn 2019, doi:10.1002/sim.8115.

    Examples
    --------
    >>> from runanalytics.simulate import simulate_form
    >>> past = simulate_form(3, weeks=60).form
    >>> found = design(past, weeks=24, block_weeks=2, seed=1, today="2026-01-01")
    >>> found.verdict, found.plan.n_blocks
    ('not worth doing', 12)
    """
    plan = draw_plan(form, **options)
    subject = subject_of(form, options.get("metric"))
    admissible, expected_percent = plan.admissible, plan.expected_percent
    per = TWO_SESSIONS.get(plan.measure, 2.0)
    log = None if dose is None else daily_log(dose)
    past = Past.of(form, day_of(plan.first_date), log)
    _require_reachable(
        *(admissible, plan.statistic, plan.block_weeks, plan.level),
        opposites_alike=past.alike(plan),
    )
    sign = np.sign(expected_percent)
    sizes = tuple(float(sign * size) for size in SIZES_PERCENT)
    known = power(plan, past, [*sizes, expected_percent, -expected_percent], per)
    *found_sizes, expected, opposite = known.found
    others = tuple(
        (tau, power(plan, past, [expected_percent], per, tau_weeks=tau).found[0])
        for tau in OTHER_TAUS_WEEKS
    )
    found = Design(
        *subject.names,
        plan=plan,
        n_schedules=admissible.count,
        smallest_p=past.smallest_p(plan),
        per=per,
        sizes_percent=SIZES_PERCENT,
        found=tuple(found_sizes),
        expected_found=expected,
        opposite_found=opposite,
        other_time_constants=others,
        noise=past.noise.text,
        notes=(SIMULATED_NOTE,) if _simulated(form) else (),
        beside=_beside(plan, past, per),
    )
    if expected >= WORTH:
        return found
    return replace(found, verdict=NOT_WORTH_DOING, reason=_why_not(found))


def usual_chance(form: pd.DataFrame, dose: pd.DataFrame, what: str) -> float:
    """Return the chance that the usual plan finds what is usually expected, from a runner's noise.

    Parameters
    ----------
    form, dose : DataFrame
        Tables "form" and "dose" of the past.
    what : str
        What is done more of.

    Examples
    --------
    >>> from runanalytics.simulate import simulate_form
    >>> past = simulate_form(3, weeks=60)
    >>> usual_chance(past.form, past.dose, "strength") > 0.5
    True
    """
    latest = pd.to_datetime(form["local_date"]).max().date()
    plan = draw_plan(form, what=what, seed=1, today=latest)
    log = daily_log(dose)
    past = Past.of(form, day_of(plan.first_date), log)
    return power(plan, past, [plan.expected_percent], TWO_SESSIONS[plan.measure]).found[0]


def _beside(plan: Plan, past: Past, per: float) -> pd.DataFrame:
    """Return the chance of finding what is expected with other lengths, blocks and amounts."""
    rows = []
    for weeks, block_weeks in product(LENGTHS_WEEKS, BLOCKS_WEEKS):
        other = _alike_but(plan, weeks // block_weeks, block_weeks)
        smallest = past.smallest_p(other)
        amounts = [plan.high] if plan.low else [2 / 3 * plan.high, plan.high]
        # A dose of two thirds moves form as much as an effect of two thirds would.
        shares = [amount / plan.high for amount in amounts]
        chances: Sequence[float] = [np.nan] * len(amounts)
        if smallest <= plan.alpha:
            expected = np.log1p(plan.expected_percent / 100)
            percents = [100 * np.expm1(expected * share) for share in shares]
            chances = power(other, past, percents, per).found
        for amount, chance in zip(amounts, chances, strict=True):
            rows.append(
                (weeks, block_weeks, amount, other.admissible.count, smallest, 100 * chance)
            )
    names = ["weeks", "block_weeks", "a_week", "n_schedules", "smallest_p", "found_percent"]
    return pd.DataFrame(rows, columns=names)


def _alike_but(plan: Plan, n_blocks: int, block_weeks: int) -> Plan:
    """Return a plan with other blocks and the usual rules; itself where its blocks are those."""
    if (n_blocks, block_weeks) == (plan.n_blocks, plan.block_weeks):
        return plan
    pairs = plan.pairs and not n_blocks % 2
    rules = Admissible(n_blocks, None if pairs else _alike(block_weeks), pairs)
    return replace(
        plan,
        labels=tuple(rules.draw(1, 1)[0].tolist()),
        block_weeks=block_weeks,
        longest=rules.longest,
        fixed={},
        pairs=pairs,
    )


def _why_not(found: Design) -> str:
    """Return why a plan is not worth doing, and which of those beside it would be."""
    why = f"it would miss {found._expected} {share_text(1 - found.expected_found)} of the time"
    better = found.beside[found.beside["found_percent"] >= 100 * WORTH]
    if better.empty:
        return f"{why}, and so would every plan beside it"
    best = better.sort_values(["weeks", "found_percent"], ascending=[True, False]).iloc[0]
    return (
        f"{why}; {best['weeks']:.0f} weeks in blocks of {best['block_weeks']:.0f} with "
        f"{best['a_week']:g} a week would find it with about {best['found_percent']:.0f} % chance"
    )


def _require_reachable(
    admissible: Admissible,
    statistic: str,
    block_weeks: int,
    level: float,
    *,
    opposites_alike: bool = False,
) -> None:
    """Raise a `UsageError` where the test could never be significant; say how long it could."""

    def reached(rules: Admissible) -> float:
        return rules.smallest_p(statistic, opposites_alike=opposites_alike)

    alpha, smallest, n_blocks = 1 - level + ROUNDING, reached(admissible), admissible.n_blocks
    if smallest <= alpha:
        return
    longer = (
        more
        for more in range(n_blocks + 2, 60, 2)
        if reached(replace(admissible, n_blocks=more)) <= alpha
    )
    hint = "allow more blocks alike in a row, or fix fewer"
    if (enough := next(longer, None)) is not None:
        hint = f"take {enough * block_weeks} weeks or more, or shorter blocks"
    if opposites_alike and admissible.smallest_p(statistic) <= alpha:
        hint += "; or say which change you expect: a schedule and its opposite then differ"
    raise UsageError(
        f"{n_blocks} blocks allow {count(admissible.count, 'schedule')}, so p can never be below "
        f"{smallest:.2g}, and the level asks for {1 - level:.2g}",
        hint=hint,
    )


def _settled(
    fixed: Mapping[str, bool], first: datetime.date, block_weeks: int, n_blocks: int
) -> dict[int, int]:
    """Return which blocks some days settle."""
    settled: dict[int, int] = {}
    for text, done in fixed.items():
        block = (parse_day(text, "fixed") - first).days // (7 * block_weeks)
        if not 0 <= block < n_blocks:
            raise UsageError(
                f"{text} is fixed, and lies outside of the experiment",
                hint=f"fix days from {first} on, within {n_blocks * block_weeks} weeks",
            )
        if settled.setdefault(block, int(done)) != int(done):
            raise UsageError(
                f"the block of {text} is fixed both with and without", hint="fix it once"
            )
    return settled


def _alike(block_weeks: int) -> int:
    """Return how many blocks of a length may be alike in a row."""
    return max(FEWEST_ALIKE, MOST_ALIKE_WEEKS // block_weeks)


def _monday_after(day: datetime.date) -> datetime.date:
    return day + datetime.timedelta(days=7 - day.weekday())


def _new_seed() -> int:
    import secrets

    return secrets.randbelow(2**31)


def _speed(form: pd.DataFrame) -> float:
    speed = form.attrs.get("speed_m_s")
    return float("nan") if speed is None else float(speed)


def _short(label: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in label.lower()).split())


def _simulated(form: pd.DataFrame) -> bool:
    return "device" in form.columns and is_simulated(form["device"])
