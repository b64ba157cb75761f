"""Race results on one scale: their change over time, and predictions for other distances."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import ndtri

from runanalytics.arrays import Floats
from runanalytics.errors import UsageError
from runanalytics.findings import drawing
from runanalytics.findings.engine.weeks import is_simulated
from runanalytics.findings.finding import (
    NO_CHANGE,
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
from runanalytics.measures.race_detection import counting
from runanalytics.measures.performances import (
    ADJUSTMENTS,
    REFERENCE_M,
    CriticalSpeed,
    RaceFit,
    critical_speed,
    fit_races,
    performances,
    race_noise,
)
from runanalytics.units import distance_text, duration_text
from runanalytics.units.days import parse_day

if TYPE_CHECKING:
    from matplotlib.axes import Axes


FASTER, SLOWER = "faster", "slower"
#: Distances that are predicted by default, m.
PREDICTED_M = (1_500.0, 3_000.0, 5_000.0, 10_000.0, 21_097.5, 42_195.0)
#: Races and days between first and last, below which a change is only described.
LEAST_RACES, LEAST_DAYS = 4, 56
#: A prediction farther than this from every distance raced is called an extrapolation.
FAR = 2.5
MARATHON_M = 42_195.0

METHOD = (
    "Log race time on log distance with the runner's own exponent (prior 1.06 ± 0.03, Riegel "
    "1981), form that comes and goes over months, and a race's usual noise (Hopkins & Hewson "
    "2001); averaged over how far form moves and how noisy races are."
)


@dataclass(frozen=True)
class RaceResults(Finding):
    """Races on one scale, the change of their times, and predictions.

    Parameters
    ----------
    level : float
        Of the intervals, between 0 and 1.
    n_races : int
        Races with a time that count.
    first_date, last_date : date, optional
        Of those.
    adjusted_for : tuple of str
        What was taken out of the times.
    time_s, time_low_s, time_high_s : float
        What 10 km would take on `last_date` on the level in the cool, and its interval, s: the
        level itself, without the noise of a single race.
    vdot : float
        Of that time, ml/kg/min.
    percent, percent_low, percent_high : float
        Change of race time from the first race to the last, and its interval, %; below 0 is
        faster.
    verdict : str
        "faster", "slower", "no clear change" or "not enough data".
    reason : str
        Why there is not enough data; else empty.
    exponent, exponent_sd : float
        With which the runner's race time grows with distance.
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
    races : DataFrame
        The races as they were given, those that do not count among them.
    """

    level: float
    n_races: int = 0
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
    critical: CriticalSpeed | None = None
    method: str = METHOD
    notes: tuple[str, ...] = ()
    raced: pd.DataFrame = hidden_frame()
    predictions: pd.DataFrame = hidden_frame()
    smooth: pd.DataFrame = hidden_frame()
    races: pd.DataFrame = hidden_frame()

    def summary(self) -> str:
        """Return the answer in a sentence or two."""
        if not self.n_races:
            return f"Not enough data on races: {self.reason}."
        percent = f"{100 * self.level:g} % interval"
        now = (
            f"From {count(self.n_races, 'race')}, 10 km would now take about "
            f"{duration_text(self.time_s)} ({percent} {duration_text(self.time_low_s)} to "
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
            race_id, local_date, title, distance_m (m), time_s (s), climb, heat, altitude
            (factors taken out), adjusted_s (s), vdot (ml/kg/min), time_10km_s (what it is worth
            over 10 km, s), low_s, high_s (its interval: that race's noise alone).
        """
        return self.raced.copy()

    def predicted(self) -> pd.DataFrame:
        """Return what races over other distances would take now.

        Returns
        -------
        DataFrame
            distance_m (m), time_s, low_s, high_s (of a single race on the level in the cool,
            s), vdot_time_s (what equal VDOT would take, s), note.
        """
        return self.predictions.copy()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw every race as its worth over 10 km, with its interval and the level's band."""
        from matplotlib.ticker import FuncFormatter, MaxNLocator

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
            ax.scatter(day, worth, s=26, color=drawing.INK, zorder=3)
            for place in range(len(self.raced)):
                ax.annotate(
                    distance_text(float(self.raced["distance_m"].iloc[place])),
                    (day.iloc[place], worth.iloc[place]),
                    xytext=(5, 4),
                    textcoords="offset points",
                    fontsize=7,
                    color=drawing.QUIET,
                )
        ax.invert_yaxis()
        ax.yaxis.set_major_locator(MaxNLocator(7, steps=[1, 1.5, 3, 6, 10]))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda seconds, _: duration_text(seconds)))
        return ax


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
    raced = performances(counted, tuple(adjust))
    fit = fit_races(raced)
    if fit is None:
        reason = "no race has a time over 1 to 60 km" if len(counted) else "there is no race"
        return RaceResults(level, reason=reason, races=races)
    half = float(ndtri(0.5 + level / 2))
    first, last = raced["local_date"].iloc[0], raced["local_date"].iloc[-1]
    now, sd = (float(value) for value in fit.level(REFERENCE_M, last.to_datetime64()))
    taken = [name for name in ADJUSTMENTS if not (raced[name] == 1).all()]
    at = last if day is None else pd.Timestamp(day)
    found = RaceResults(
        level=level,
        n_races=len(raced),
        first_date=first.date(),
        last_date=last.date(),
        adjusted_for=tuple(taken),
        time_s=float(np.exp(now)),
        time_low_s=float(np.exp(now - half * sd)),
        time_high_s=float(np.exp(now + half * sd)),
        vdot=float(race_equations.vdot(REFERENCE_M, np.exp(now))),
        exponent=fit.exponent,
        exponent_sd=fit.exponent_sd,
        critical=critical_speed(raced["distance_m"], raced["adjusted_s"]),
        notes=_notes(counted, raced),
        raced=_on_one_scale(raced, fit, half),
        predictions=_predictions(fit, raced, np.array(distances_m), at, half),
        smooth=_smooth(fit, first, last, half),
        races=races,
    )
    return _with_change(found, fit, first, last, half)


def _with_change(
    found: RaceResults, fit: RaceFit, first: pd.Timestamp, last: pd.Timestamp, half: float
) -> RaceResults:
    days = (last - first).days
    if not days:
        return replace(found, reason="all races were on one day")
    mean, sd = fit.change(first.to_datetime64(), last.to_datetime64())
    middle, low, high = (100 * float(np.expm1(mean + k * sd)) for k in (0, -half, half))
    found = replace(found, percent=middle, percent_low=low, percent_high=high)
    if found.n_races < LEAST_RACES or days < LEAST_DAYS:
        extent = f"{count(found.n_races, 'race')} in {count(days, 'day')}"
        return replace(
            found, reason=f"{extent}, of {LEAST_RACES} races in {LEAST_DAYS} days needed"
        )
    return replace(found, verdict=FASTER if high < 0 else SLOWER if low > 0 else NO_CHANGE)


def _notes(races: pd.DataFrame, raced: pd.DataFrame) -> tuple[str, ...]:
    left_out = len(races) - len(raced)
    notes = []
    if left_out:
        noun = "race counts" if left_out == 1 else "races count"
        notes.append(f"{left_out} more {noun} not: without a time, or not of 1 to 60 km")
    if np.ptp(raced["distance_m"]) == 0:
        notes.append("all over one distance, so other distances rest on the usual exponent")
    if is_simulated(raced["title"]):
        notes.append(SIMULATED_NOTE)
    return tuple(notes)


def _on_one_scale(raced: pd.DataFrame, fit: RaceFit, half: float) -> pd.DataFrame:
    log_worth = np.log(raced["adjusted_s"]) - fit.exponent * np.log(
        raced["distance_m"] / REFERENCE_M
    )
    reach = half * fit.noise_factor * raced["noise"]
    return raced.drop(columns="noise").assign(
        time_10km_s=np.exp(log_worth),
        low_s=np.exp(log_worth - reach),
        high_s=np.exp(log_worth + reach),
    )


def _predictions(
    fit: RaceFit, raced: pd.DataFrame, distance_m: Floats, at: pd.Timestamp, half: float
) -> pd.DataFrame:
    level = np.exp(fit.level(REFERENCE_M, at.to_datetime64())[0])
    worth = float(race_equations.vdot(REFERENCE_M, level))
    mean, sd = fit.level(distance_m, at.to_datetime64(), noise=race_noise(distance_m, worth))
    apart = np.abs(np.log(distance_m[:, None] / raced["distance_m"].to_numpy())).min(axis=1)
    return pd.DataFrame(
        {
            "distance_m": distance_m,
            "time_s": np.exp(mean),
            "low_s": np.exp(mean - half * sd),
            "high_s": np.exp(mean + half * sd),
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


def _smooth(fit: RaceFit, first: pd.Timestamp, last: pd.Timestamp, half: float) -> pd.DataFrame:
    day = pd.date_range(first, last, periods=min(120, (last - first).days + 1)).normalize()
    mean, sd = fit.level(REFERENCE_M, day.to_numpy())
    return pd.DataFrame(
        {
            "day": day,
            "time_s": np.exp(mean),
            "low_s": np.exp(mean - half * sd),
            "high_s": np.exp(mean + half * sd),
        }
    )
