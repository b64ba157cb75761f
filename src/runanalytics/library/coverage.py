"""On which days logs were kept, and in how many weeks both form and training are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from runanalytics.library.linking.combine import Links

if TYPE_CHECKING:
    from runanalytics.library.storage.catalogue import Catalogue

#: Weeks with form and training that an effect needs (`runanalytics.findings.effect`).
NEEDED_WEEKS = 40
#: Latest weeks from which it is predicted when there will be enough.
PACE_WEEKS = 12
#: A log that ends so many days before the last run has stopped, or has not been exported since.
STOPPED_DAYS = 21
#: Nothing is predicted further ahead than this (weeks).
_FARTHEST_WEEKS = 260

#: The metrics and kinds of training that are compared.
_METRICS = {"cadence": "cadence_spm", "contact time": "ground_contact_ms"}
_TRAINING = ("strength", "technique")

#: Logs that end with the last ride or match that was recorded: it needs no newer export.
_NOW_AND_THEN = ("endurance", "other_sport")

Days = npt.NDArray[np.int64]


@dataclass(frozen=True)
class LogSpan:
    """The days on which a log was kept, its breaks, and the sources that state them."""

    what: str
    first: str
    last: str
    breaks: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]
    advice: str = ""

    def text(self) -> str:
        """Return it in a line."""
        breaks = ", ".join(f"{first} to {last}" for first, last in self.breaks)
        days = f"{self.first} to {self.last}  (from {', '.join(self.sources)})"
        line = f"{self.what.replace('_', ' '):<12} {days}"
        line += f", not {breaks}" if breaks else ""
        return f"{line}: {self.advice}" if self.advice else line


@dataclass(frozen=True)
class Overlap:
    """In how many weeks a metric and a kind of training are both known.

    Parameters
    ----------
    metric, training : str
        Such as "contact time" and "strength".
    n_weeks : int
        Weeks with a run that has the metric, on a day of the log.
    needed : int
        Weeks that an effect needs.
    enough_by : str or None
        Month in which there will be enough, at the pace of the latest weeks.
    advice : str
        What to do, where there is not enough.
    """

    metric: str
    training: str
    n_weeks: int
    needed: int
    enough_by: str | None
    advice: str

    @property
    def enough(self) -> bool:
        """Whether an effect can be estimated now."""
        return self.n_weeks >= self.needed

    def text(self) -> str:
        """Return it in a sentence."""
        weeks = "1 week" if self.n_weeks == 1 else f"{self.n_weeks} weeks"
        both = f"{self.metric} and {self.training}"
        if self.enough:
            name = self.metric.replace(" ", "-")
            command = f"runanalytics effect {name} --of {self.training}"
            return f"{both} overlap in {weeks}: enough ({command})"
        if not self.n_weeks:
            return f"{both} never overlap: an effect needs {self.needed} weeks; {self.advice}"
        by = f", by {self.enough_by} at this pace" if self.enough_by else ""
        return f"{both} overlap in {weeks}: an effect needs {self.needed}{by}; {self.advice}"


def spans_by_log(log_spans: pd.DataFrame, runs: pd.DataFrame) -> tuple[LogSpan, ...]:
    """Return each log as one span with its breaks.

    Parameters
    ----------
    log_spans : DataFrame
        Table ``log_spans``.
    runs : DataFrame
        Table ``runs``: a log that ends long before the last of them gets advice.
    """
    last_run = runs["local_date"].max() if len(runs) else None
    found = []
    for what, spans in log_spans.groupby("what", sort=False):
        days = _covered(spans)
        gaps = np.flatnonzero(np.diff(days) > 1)
        last = pd.Timestamp(spans["last_date"].max())
        advice = ""
        has_stopped = last_run is not None and last_run - last > pd.Timedelta(days=STOPPED_DAYS)
        if has_stopped and what not in _NOW_AND_THEN:
            advice = (
                f"runs go on to {last_run:%Y-%m-%d}; import a newer export, or state what is true"
            )
            advice += f" (runanalytics spans set {what} FIRST LAST)"
        found.append(
            LogSpan(
                str(what),
                f"{spans['first_date'].min():%Y-%m-%d}",
                f"{last:%Y-%m-%d}",
                tuple((_day(days[gap] + 1), _day(days[gap + 1] - 1)) for gap in gaps),
                tuple(dict.fromkeys(spans["source"].fillna("unknown").tolist())),
                advice,
            )
        )
    return tuple(found)


def overlaps(
    catalogue: Catalogue, log_spans: pd.DataFrame, runs: pd.DataFrame
) -> tuple[Overlap, ...]:
    """Return in how many weeks each metric and each kind of training are both known.

    Parameters
    ----------
    catalogue : Catalogue
        Where segments show which runs have which metric.
    log_spans, runs : DataFrame
        In the shape of their tables.
    """
    if runs.empty:
        return ()
    found = []
    for metric, column in _METRICS.items():
        run_days = _days_with(catalogue, column, runs)
        for training in _TRAINING:
            logged = _covered(log_spans[log_spans["what"] == training])
            if len(run_days) and len(logged):
                found.append(_overlap(metric, training, run_days, logged, runs))
            elif len(run_days) or len(logged):
                lacking = f"no {training} is logged" if len(run_days) else f"no run has {metric}"
                found.append(Overlap(metric, training, 0, NEEDED_WEEKS, None, lacking))
    return tuple(found)


def _overlap(
    metric: str, training: str, run_days: Days, logged: Days, runs: pd.DataFrame
) -> Overlap:
    # Days since 1970-01-01, a Thursday: weeks begin on Mondays.
    weeks = np.unique((run_days[np.isin(run_days, logged)] + 3) // 7)
    latest = int(runs["local_date"].max().to_datetime64().astype("datetime64[D]").astype(int))
    now = (latest + 3) // 7
    pace = np.count_nonzero(weeks > now - PACE_WEEKS) / PACE_WEEKS
    lacking = NEEDED_WEEKS - len(weeks)
    if lacking <= 0:
        return Overlap(metric, training, len(weeks), NEEDED_WEEKS, None, "")
    by = None
    if pace > 0 and lacking / pace <= _FARTHEST_WEEKS:
        by = f"{pd.Timestamp(latest + round(7 * lacking / pace), unit='D'):%B %Y}"
    if run_days[0] < logged[0] - STOPPED_DAYS:
        advice = f"import older {training} logs"
    elif logged[-1] < latest - STOPPED_DAYS:
        advice = f"import a newer {training} log"
    elif logged[0] < run_days[0] - STOPPED_DAYS:
        advice = f"import older runs with {metric}, if there are any"
    else:
        advice = "go on logging both"
    return Overlap(metric, training, len(weeks), NEEDED_WEEKS, by, advice)


def _days_with(catalogue: Catalogue, column: str, runs: pd.DataFrame) -> Days:
    """Return the days of runs with a segment that has the metric, in order."""
    query = f'SELECT DISTINCT run_id FROM segments WHERE "{column}" IS NOT NULL'  # noqa: S608
    primary_of = Links.from_catalogue(catalogue, "runs").primary_of
    having = {primary_of.get(run_id, run_id) for (run_id,) in catalogue.rows(query)}
    days = runs.loc[runs["run_id"].isin(having), "local_date"]
    return np.unique(days.to_numpy(dtype="datetime64[D]").astype(np.int64))


def _covered(spans: pd.DataFrame) -> Days:
    """Return every day of some spans, in order."""
    bounds = spans[["first_date", "last_date"]].to_numpy(dtype="datetime64[D]").astype(np.int64)
    days = [np.arange(first, last + 1) for first, last in bounds]
    return np.unique(np.concatenate([np.empty(0, dtype=np.int64), *days]))


def _day(number: int) -> str:
    return str(np.datetime64(int(number), "D"))
