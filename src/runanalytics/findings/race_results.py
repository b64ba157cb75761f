"""Race results on one scale: their change over time, and predictions for other distances."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from runanalytics.arguments import checked_arguments
from runanalytics.arrays import Floats
from runanalytics.certainties import Certainties
from runanalytics.errors import UsageError
from runanalytics.findings import drawing
from runanalytics.findings.engine.race_noise import raced_quantile
from runanalytics.findings.engine.race_terms import (
    LEAST_OF_A_KIND,
    course_terms,
    is_of_kind,
    main_course,
)
from runanalytics.findings.engine.race_times import RaceFit, fit_races
from runanalytics.findings.engine.weeks import is_simulated
from runanalytics.findings.finding import (
    NO_CHANGE,
    NO_RACE,
    NOT_ENOUGH_DATA,
    SIMULATED_NOTE,
    Finding,
    change_text,
    count,
    hidden_frame,
    listed,
    require_level,
)
from runanalytics.measures import race_equations
from runanalytics.measures.critical_speed import CriticalSpeed, critical_speed
from runanalytics.measures.performances import (
    ADJUSTMENTS,
    ON_ROADS,
    REFERENCE_M,
    compared,
    race_noise,
)
from runanalytics.measures.race_detection import counting
from runanalytics.units import distance_text, duration_text
from runanalytics.units.days import parse_day

if TYPE_CHECKING:
    from matplotlib.axes import Axes


FASTER, SLOWER = "faster", "slower"
#: Distances that are predicted by default, m.
PREDICTED_M = (1_500.0, 3_000.0, 5_000.0, 10_000.0, 21_097.5, 42_195.0)
#: Races of one kind of course, and days between first and last, below which a change is only
#: described.
LEAST_RACES, LEAST_DAYS = LEAST_OF_A_KIND, 56
#: A prediction farther than this from every distance raced is called an extrapolation.
FAR = 2.5
MARATHON_M = 42_195.0
#: A race that is less likely than this to have been raced is called one that was not.
PROBABLY = 0.5
#: Scatter of log time from which on it is told that intervals of single races hold less than they
#: should: where races scatter by 4 %, more of those called raced were jogged.
WIDE_SCATTER = 0.028

METHOD = (
    "Log race time on log distance with the runner's own exponent (prior 1.06 ± 0.03, Riegel "
    "1981), a line through the years, an annual wave, form that comes and goes over weeks to "
    "years, levels of other kinds of course, and races that scatter by an amount of the runner's "
    "own (prior: Hopkins & Hewson 2001), of which not all were raced; averaged over how far and "
    "how fast form moves and how far races scatter. Longer races are held to scatter more, as "
    "published: where all scatter alike, the interval of the exponent is wider than need be, and "
    "holds 98 % in simulations."
)


@dataclass(frozen=True)
class RaceResults(Finding):
    """Races on one scale, the change of their times, and predictions.

    Parameters
    ----------
    level : float
        Of the intervals, between 0 and 1.
    n_races : int
        Races that can be compared.
    course : str
        Kind of course that the answers are about.
    n_of_course : int
        Races of it among those; roads and tracks are one.
    first_date, last_date : date, optional
        Of those of it.
    adjusted_for : tuple of str
        What was taken out of the times.
    time_s, time_low_s, time_high_s : float
        What 10 km would take on `last_date` on the level in the cool, if raced, and its interval,
        s: the level itself, without the noise of a single race.
    vdot : float
        Of that time, ml/kg/min.
    percent, percent_low, percent_high : float
        Change of race time from the first race over that kind of course to the last, and its
        interval, %; below 0 is faster.
    verdict : str
        "faster", "slower", "no clear change" or "not enough data".
    reason : str
        Why there is not enough data; else empty.
    exponent, exponent_sd : float
        With which the runner's race time grows with distance.
    scatter : float
        Scatter of the runner's races over the usual one.
    critical : CriticalSpeed, optional
        Critical speed, from best times over 2 to 30 minutes.
    method : str
        How it was estimated.
    notes : tuple of str
        What else should be known.
    raced : DataFrame
        One row a race: see `table`.
    predictions : DataFrame
        One row a distance: see `predicted`.
    smooth : DataFrame
        day, time_s, low_s, high_s: what the figure shows.
    apart : DataFrame
        Races that count and cannot be compared: race_id, local_date, title, distance_m, time_s,
        course and reason.
    courses : DataFrame
        One row a kind of course: see `kinds`.
    races : DataFrame
        The races as they were given, those that do not count among them.
    """

    certainties: ClassVar[Certainties] = {
        "race times, level and predictions": (
            "time_low_s time_high_s smooth predictions.raced_low_s predictions.raced_high_s "
            "predictions.low_s predictions.high_s"
        ),
        "race times, other courses": "courses",
        "race times, raced or not": "raced.raced",
        "race times, one race": "raced.low_s raced.high_s",
        "race times, change": "percent_low percent_high verdict",
        "race times, exponent": "exponent_sd",
    }
    no_certainties: ClassVar[str] = (
        "level first_date last_date time_s vdot percent exponent scatter apart races"
    )

    level: float
    n_races: int = 0
    course: str = ""
    n_of_course: int = 0
    first_date: datetime.date | None = None
    last_date: datetime.date | None = None
    adjusted_for: tuple[str, ...] = ()
    time_s: float = np.nan
    time_low_s: float = np.nan
    time_high_s: float = np.nan
    vdot: float = np.nan
    percent: float = np.nan
    percent_low: float = np.nan
    percent_high: float = np.nan
    verdict: str = NOT_ENOUGH_DATA
    reason: str = ""
    exponent: float = np.nan
    exponent_sd: float = np.nan
    scatter: float = np.nan
    critical: CriticalSpeed | None = None
    method: str = METHOD
    notes: tuple[str, ...] = ()
    raced: pd.DataFrame = hidden_frame()
    predictions: pd.DataFrame = hidden_frame()
    smooth: pd.DataFrame = hidden_frame()
    apart: pd.DataFrame = hidden_frame()
    courses: pd.DataFrame = hidden_frame()
    races: pd.DataFrame = hidden_frame()

    def summary(self) -> str:
        """Return the answer in a sentence or two."""
        if not self.n_races:
            return f"Not enough data on races: {self.reason}."
        percent = f"{100 * self.level:g} % interval"
        now = (
            f"From {count(self.n_of_course, 'race')}{on_course(self.course)}, 10 km would now take "
            f"about {duration_text(self.time_s)} ({percent} {duration_text(self.time_low_s)} to "
            f"{duration_text(self.time_high_s)}; VDOT {self.vdot:.1f})"
        )
        change = change_text(self.percent, self.percent_low, self.percent_high)
        since = f"since {self.first_date:%B %Y}" if self.first_date else ""
        words = {
            FASTER: f"Race times fell {since}: {change}",
            SLOWER: f"Race times rose {since}: {change}",
            NO_CHANGE: f"No clear change of race times {since}: {change}",
            NOT_ENOUGH_DATA: f"Not enough data for a change: {self.reason}",
        }[self.verdict]
        text = f"{now}. {words}."
        if self.adjusted_for:
            text += f" Taken out of the times: {listed(self.adjusted_for)}."
        return self._with_notes(text)

    def table(self) -> pd.DataFrame:
        """Return the races, by date.

        Returns
        -------
        DataFrame
            race_id, local_date, title, course (empty where it is not known), distance_m (m),
            time_s (s), climb, heat, altitude (factors taken out), adjusted_s (s), vdot
            (ml/kg/min), raced (how likely it is that it was raced), time_10km_s (what it is worth
            over 10 km of `course`, s), low_s, high_s (its interval: that race's noise alone).
        """
        return self.raced.copy()

    def predicted(self) -> pd.DataFrame:
        """Return what races over other distances would take now.

        Returns
        -------
        DataFrame
            distance_m (m), time_s, raced_low_s, raced_high_s (of a race that is raced, on the
            level in the cool, s), next_s, low_s, high_s (of whichever comes next, raced or not, as
            hilly and warm as the runner's races are, s), vdot_time_s (what equal VDOT would take,
            s), note.
        """
        return self.predictions.copy()

    def kinds(self) -> pd.DataFrame:
        """Return how races over each kind of course compare with those that answers are about.

        Returns
        -------
        DataFrame
            course (empty where it is not known), n_races, slower_percent, low_percent,
            high_percent (of time, climb taken out; missing for the kind itself).
        """
        return self.courses.copy()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw every race as its worth over 10 km, with its interval and the level's band.

        Races that were probably not raced are hollow.
        """
        from matplotlib.ticker import FixedLocator, FuncFormatter

        title, y_name = "Races on one scale", "worth over 10 km, faster is higher"
        ax = self._begin_plot(ax, title, y=y_name, empty=self.raced.empty)
        if self.raced.empty:
            return ax
        with drawing.concise_dates():
            drawing.band(ax, *(self.smooth[name] for name in ("day", "time_s", "low_s", "high_s")))
            day, worth = self.raced["local_date"], self.raced["time_10km_s"]
            ax.errorbar(
                day,
                worth,
                yerr=[worth - self.raced["low_s"], self.raced["high_s"] - worth],
                fmt="none",
                ecolor=drawing.POINT,
                elinewidth=1,
            )
            jogged = (self.raced["raced"] < PROBABLY).to_numpy()
            for which, face in ((~jogged, drawing.INK), (jogged, "white")):
                ax.scatter(
                    day[which],
                    worth[which],
                    s=26,
                    facecolor=face,
                    edgecolor=drawing.INK,
                    zorder=3,
                )
            for place in range(len(self.raced)):
                ax.annotate(
                    distance_text(float(self.raced["distance_m"].iloc[place])),
                    (day.iloc[place], self.raced["low_s"].iloc[place]),
                    xytext=(0, 2),
                    textcoords="offset points",
                    ha="center",
                    fontsize=7,
                    color=drawing.QUIET,
                )
        ax.invert_yaxis()
        slowest, fastest = ax.get_ylim()
        ax.yaxis.set_major_locator(FixedLocator(drawing.round_times(fastest, slowest)))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda seconds, _: duration_text(seconds)))
        return ax


@checked_arguments
def race_results(
    races: pd.DataFrame,
    *,
    adjust: Sequence[str] = tuple(ADJUSTMENTS),
    distances_m: Sequence[float] = PREDICTED_M,
    on: str | datetime.date | None = None,
    level: float = 0.95,
) -> RaceResults:
    """Put races of all distances on one scale, and predict others.

    Parameters
    ----------
    races : DataFrame
        Table ``races``, or a library's ``race_list()``; see
        `runanalytics.measures.performances.performances`.
    adjust : sequence of str
        What is taken out of the times: of "climb", "heat", "altitude".
    distances_m : sequence of float
        Distances to predict, m.
    on : str or date, optional
        Day that predictions are for; by default that of the last race.
    level : float
        Of the intervals, between 0 and 1.

    Returns
    -------
    RaceResults
        Never fails for want of data: the verdict then is "not enough data".

    Raises
    ------
    SchemaError
        If a column is missing, or holds what cannot be such a value.
    UsageError
        If an adjustment, a distance, the day or the level makes no sense.

    Examples
    --------
    >>> races = pd.DataFrame({
    ...     "race_id": ["a", "b"], "local_date": ["2026-03-01", "2026-06-07"],
    ...     "distance_m": [5_000.0, 10_000.0], "time_s": [1_200.0, 2_480.0]})
    >>> found = race_results(races)
    >>> found.verdict, round(found.vdot, 1)
    ('not enough data', 49.9)
    """
    require_level(level)
    wrong = [distance for distance in distances_m if not 0 < distance < np.inf]
    if wrong:
        raise UsageError(f"a distance of {wrong[0]} m", hint="it must be above 0")
    day = None if on is None else parse_day(on, "on")
    counted = counting(races)
    raced, apart = compared(counted, tuple(adjust))
    if raced.empty:
        reason = _why_none(apart) if len(counted) else NO_RACE
        return RaceResults(level, reason=reason, apart=apart, races=races)
    course = main_course(raced)
    own = is_of_kind(raced, course)
    fit = fit_races(raced, course_terms(raced, course))
    assert fit is not None
    tail = (1 - level) / 2
    first, last = raced["local_date"][own].iloc[[0, -1]]
    now = fit.level(REFERENCE_M, last.to_datetime64())
    time_s, low_s, high_s = (float(np.exp(now.quantile(p)[0])) for p in (0.5, tail, 1 - tail))
    taken = [name for name in ADJUSTMENTS if not (raced[name] == 1).all()]
    steady = raced[own & (fit.raced > PROBABLY)]
    found = RaceResults(
        level=level,
        n_races=len(raced),
        course=course,
        n_of_course=int(own.sum()),
        first_date=first.date(),
        last_date=last.date(),
        adjusted_for=tuple(taken),
        time_s=time_s,
        time_low_s=low_s,
        time_high_s=high_s,
        vdot=float(race_equations.vdot(REFERENCE_M, time_s)),
        exponent=fit.exponent,
        exponent_sd=fit.exponent_sd,
        scatter=fit.scatter,
        critical=critical_speed(steady["distance_m"], steady["adjusted_s"])
        if course in ON_ROADS
        else None,
        notes=_notes(raced, apart, fit, own),
        raced=_on_one_scale(raced, fit, tail),
        predictions=_predictions(
            fit, raced[own], np.array(distances_m), last if day is None else day, tail
        ),
        smooth=_smooth(fit, first, last, tail),
        apart=apart,
        courses=_kinds(raced, fit, course, tail),
        races=races,
    )
    return _with_change(found, fit, tail)


def on_course(course: str) -> str:
    """Return where races were, to follow their number.

    Examples
    --------
    >>> on_course("road"), on_course("cross-country"), on_course("")
    (' on roads and tracks', ' on cross-country courses', '')
    """
    if course in ON_ROADS:
        return " on roads and tracks" if course else ""
    return f" on {course} courses" if course == "cross-country" else f" on {course}s"


def _why_none(apart: pd.DataFrame) -> str:
    reasons = apart["reason"].value_counts()
    return "no race can be compared: " + listed(
        [f"{number} {reason}" for reason, number in reasons.items()]
    )


def _with_change(found: RaceResults, fit: RaceFit, tail: float) -> RaceResults:
    assert found.first_date is not None
    assert found.last_date is not None
    days = (found.last_date - found.first_date).days
    if days:
        ends = (np.datetime64(found.first_date), np.datetime64(found.last_date))
        change = fit.change(*ends)
        low, middle, high = (
            100 * float(np.expm1(change.quantile(p)[0])) for p in (tail, 0.5, 1 - tail)
        )
        found = replace(found, percent=middle, percent_low=low, percent_high=high)
    if found.n_of_course < LEAST_RACES or days < LEAST_DAYS:
        extent = f"{count(found.n_of_course, 'race')}{on_course(found.course)}"
        of_one_kind = "not enough races of one kind: " * (found.n_races > found.n_of_course)
        needed = f"of {LEAST_RACES} races in {LEAST_DAYS} days needed"
        return replace(found, reason=f"{of_one_kind}{extent} in {count(days, 'day')}, {needed}")
    return replace(found, verdict=FASTER if high < 0 else SLOWER if low > 0 else NO_CHANGE)


def _notes(
    raced: pd.DataFrame, apart: pd.DataFrame, fit: RaceFit, own: npt.NDArray[np.bool_]
) -> tuple[str, ...]:
    notes = []
    for reason, number in apart["reason"].value_counts().items():
        notes.append(f"{count(number, 'race')} set apart: {reason}")
    elsewhere = raced["course"][~own].value_counts()
    if len(elsewhere):
        kinds = listed([f"{number} {kind}" for kind, number in elsewhere.items()])
        notes.append(f"races elsewhere ({kinds}) have a level of their own")
    slow = int((fit.raced < PROBABLY).sum())
    if slow:
        were, weigh = ("was", "counts") if slow == 1 else ("were", "count")
        notes.append(f"{count(slow, 'race')} {were} probably not raced, and {weigh} for little")
    if fit.typical_scatter > WIDE_SCATTER:
        notes.append(
            f"races scatter by {100 * fit.typical_scatter:.0f} %, and where they do the interval "
            "of a single race holds about 90 % in simulations, not 95"
        )
    if np.ptp(raced["distance_m"]) == 0:
        notes.append("all over one distance, so other distances rest on the usual exponent")
    if is_simulated(raced["title"]):
        notes.append(SIMULATED_NOTE)
    return tuple(notes)


def _on_one_scale(raced: pd.DataFrame, fit: RaceFit, tail: float) -> pd.DataFrame:
    log_worth = np.log(raced["adjusted_s"]) - fit.exponent * np.log(
        raced["distance_m"] / REFERENCE_M
    )
    for term in fit.terms:
        log_worth -= float(fit.term(term.name).quantile(0.5)[0]) * term.column
    scale = np.hypot(fit.scatter * raced["noise"], raced["uncertainty"])
    low, high = (raced_quantile(p) for p in (tail, 1 - tail))
    return raced.drop(columns=["noise", "uncertainty"]).assign(
        raced=fit.raced,
        time_10km_s=np.exp(log_worth),
        low_s=np.exp(log_worth + low * scale),
        high_s=np.exp(log_worth + high * scale),
    )


def _kinds(raced: pd.DataFrame, fit: RaceFit, course: str, tail: float) -> pd.DataFrame:
    rows = []
    for kind, number in raced["course"].value_counts().items():
        row = {"course": kind, "n_races": number}
        if kind != course:
            level = fit.term(str(kind))
            shares = {"slower_percent": 0.5, "low_percent": tail, "high_percent": 1 - tail}
            row |= {name: 100 * float(np.expm1(level.quantile(p)[0])) for name, p in shares.items()}
        rows.append(row)
    columns = ["course", "n_races", "slower_percent", "low_percent", "high_percent"]
    return pd.DataFrame(rows).reindex(columns=columns)


def _predictions(
    fit: RaceFit, raced: pd.DataFrame, distance_m: Floats, at: datetime.date, tail: float
) -> pd.DataFrame:
    day = np.datetime64(at, "D")
    usual_s = np.exp(fit.level(REFERENCE_M, day).quantile(0.5)[0])
    worth = float(race_equations.vdot(REFERENCE_M, usual_s))
    noise = race_noise(distance_m, worth)
    level = fit.level(distance_m, day)
    if_raced = fit.race(distance_m, day, noise, raced=True)
    taken = np.log(raced["time_s"] / raced["adjusted_s"])
    slower = float(taken.mean()), float(taken.std(ddof=0))
    following = fit.race(distance_m, day, noise, raced=False, slower=slower)
    apart = np.abs(np.log(distance_m[:, None] / raced["distance_m"].to_numpy())).min(axis=1)
    return pd.DataFrame(
        {
            "distance_m": distance_m,
            "time_s": np.exp(level.quantile(0.5)),
            "raced_low_s": np.exp(if_raced.quantile(tail)),
            "raced_high_s": np.exp(if_raced.quantile(1 - tail)),
            "next_s": np.exp(following.quantile(0.5)),
            "low_s": np.exp(following.quantile(tail)),
            "high_s": np.exp(following.quantile(1 - tail)),
            "vdot_time_s": race_equations.vdot_time(worth, distance_m),
            "note": [
                _prediction_note(distance, far)
                for distance, far in zip(distance_m, apart > np.log(FAR), strict=True)
            ],
        }
    )


def _prediction_note(distance_m: float, is_far: bool) -> str:
    parts = ["far from any distance raced"] if is_far else []
    if is_far and distance_m >= MARATHON_M:
        parts.append("half of marathoners need over ten minutes longer than shorter races promise")
    return "; ".join(parts)


def _smooth(fit: RaceFit, first: pd.Timestamp, last: pd.Timestamp, tail: float) -> pd.DataFrame:
    day = pd.date_range(first, last, periods=min(80, (last - first).days + 1)).normalize()
    level = fit.level(REFERENCE_M, day.to_numpy())
    return pd.DataFrame(
        {
            "day": day,
            "time_s": np.exp(level.quantile(0.5)),
            "low_s": np.exp(level.quantile(tail)),
            "high_s": np.exp(level.quantile(1 - tail)),
        }
    )
