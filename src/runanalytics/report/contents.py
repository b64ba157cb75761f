"""The tables and findings that a report is written from, gathered from a library once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from runanalytics.errors import RunAnalyticsError
from runanalytics.findings.engine.weeks import is_simulated
from runanalytics.findings.runner_tables import RunnerTables, Tables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runanalytics.claims import Claim
    from runanalytics.findings.adherence import Adherence
    from runanalytics.findings.claims import ClaimsOnTrial
    from runanalytics.findings.effect import Effect
    from runanalytics.findings.race_results import RaceResults
    from runanalytics.findings.trend import Trend
    from runanalytics.report.second_process import Asked

#: Form metrics that the report is about.
CONTACT = "ground_contact_ms"
METRICS = ("cadence_spm", CONTACT)
#: The outcome of claims that is the drift of contact time.
DRIFT = "ground_contact_drift"
#: Kinds of session whose dose is set against the metrics.
KINDS = ("strength", "technique")
#: Shares of training time that is slower than an easy and than a fast pace, and the difference in
#: log speed from which on two paces are worth telling apart.
EASY_AND_FAST = (0.15, 0.85)
OTHER_PACE = 0.04
#: The source of spans that a diary states.
_DIARY = "diary"
#: Kinds of session that are neither.
OTHER_KINDS = ("other", "unknown")


class ReportSource(Tables, Protocol):
    """A library, or anything else with the tables, form and dose that a report needs."""

    def count_runs(self) -> int:
        """Return how many rows of runs there are, before any is read."""

    def claims(self) -> Mapping[str, Claim]:
        """Return the claims to test, by id."""

    def sources(self) -> pd.DataFrame:
        """Return table "sources"."""

    def proposals(self) -> pd.DataFrame:
        """Return what is proposed, one row a wording."""

    def form(self, metric: str = ..., speed_m_s: float | None = ...) -> pd.DataFrame:
        """Return table "form"."""

    def dose(self, what: str = ...) -> pd.DataFrame:
        """Return table "dose"."""


@dataclass(frozen=True)
class ReportContents:
    """Tables and findings that a report is written from.

    Parameters
    ----------
    runs, sessions, sets, races, spans, sources : DataFrame
        Tables of the library.
    speed_m_s : float
        Reference speed, m/s; NaN if no run could be compared.
    forms : dict of str to DataFrame
        Table "form" by metric.
    doses : dict of str to DataFrame
        Table "dose", in sessions a day, by kind of session.
    trends : dict of str to Trend
        By metric.
    effects : dict of (str, str) to Effect
        By dose and metric; verdicts are corrected for the number of tests.
    race_results : RaceResults
        Races on one scale.
    drifts : dict of str to Trend
        How form changes inside runs, by metric.
    adherence : tuple of Adherence
        How far each programme was followed.
    try_claims : callable
        Without arguments; it tests the claims of the training sources, which takes a while.
    proposed : tuple of str
        What was proposed and not decided, and so is not counted, in words.
    elsewhere : dict of float to dict of str to Trend
        Trends at other speeds (m/s), by metric, for readers who choose a pace.
    """

    runs: pd.DataFrame
    sessions: pd.DataFrame
    sets: pd.DataFrame
    races: pd.DataFrame
    spans: pd.DataFrame
    sources: pd.DataFrame
    speed_m_s: float
    forms: dict[str, pd.DataFrame]
    doses: dict[str, pd.DataFrame]
    trends: dict[str, Trend]
    effects: dict[tuple[str, str], Effect]
    race_results: RaceResults
    drifts: dict[str, Trend]
    adherence: tuple[Adherence, ...]
    try_claims: Callable[[], ClaimsOnTrial]
    proposed: tuple[str, ...] = ()
    elsewhere: dict[float, dict[str, Trend]] = field(default_factory=dict)

    @cached_property
    def claims(self) -> ClaimsOnTrial:
        """Claims of the training sources, tested."""
        return self.try_claims()

    @property
    def simulated(self) -> bool:
        """Whether any of the data are of a simulated runner."""
        forms = [form["device"] for form in self.forms.values()]
        names = pd.concat([self.runs["device"], self.spans["source"], *forms])
        return is_simulated(names)

    @property
    def first_day(self) -> pd.Timestamp:
        """First day with a run, session or race."""
        return pd.Timestamp(min(dates.min() for dates in self._days()))

    @property
    def diary_kept(self) -> pd.Timestamp | None:
        """Last day that any diary tells of; None where there is no diary."""
        last = self.spans.loc[self.spans["source"] == _DIARY, "last_date"].max()
        return None if pd.isna(last) else last

    @property
    def last_day(self) -> pd.Timestamp:
        """Last day with a run, session or race."""
        return pd.Timestamp(max(dates.max() for dates in self._days()))

    def _days(self) -> list[pd.Series]:
        tables = (self.runs, self.sessions, self.races)
        return [table["local_date"] for table in tables if len(table)]


def gather(
    library: ReportSource,
    speed_m_s: float | None = None,
    *,
    elsewhere: bool = False,
    asked: Asked = partial,
) -> ReportContents:
    """Return the tables and findings of a report on `library`.

    Parameters
    ----------
    library : ReportSource
        A `runanalytics.Library`, or anything with its tables.
    speed_m_s : float, optional
        Reference speed, m/s. Default: the runner's usual one, from runs with contact time
        where there are any.
    elsewhere : bool
        Whether trends at other paces of the runner are wanted, too.
    asked : callable
        Returns a call that gives what a function returns; default: by working it out then.

    Raises
    ------
    RunAnalyticsError
        If the library holds nothing to report on.
    """
    from runanalytics.findings.trend import trend
    from runanalytics.measures.drift import drift
    from runanalytics.measures.race_detection import counting

    runs = library.runs()
    if not (len(runs) or len(library.sessions()) or len(counting(library.race_list()))):
        raise RunAnalyticsError(
            "there is nothing to report on: the library holds no run, session or race",
            hint="import run files and a strength log first ('runanalytics import PATH')",
        )
    # What a second process may work out comes first, and what it answers is called for last.
    segments = library.segments()
    forms: dict[str, pd.DataFrame] = {}
    trends: dict[str, Callable[[], Trend]] = {}
    # Contact time first: fewer runs have it, and both metrics are compared at its usual speed.
    for metric in reversed(METRICS):
        forms[metric] = library.form(metric, speed_m_s)
        if speed_m_s is None and np.isfinite(forms[metric].attrs["speed_m_s"]):
            speed_m_s = float(forms[metric].attrs["speed_m_s"])
        trends[metric] = asked(trend, forms[metric])
    drifts = {metric: drift(segments, metric) for metric in METRICS}
    late = {metric: asked(trend, drifts[metric]) for metric in METRICS}
    from runanalytics.findings.adherence import followed
    from runanalytics.findings.claims import claims_on_trial
    from runanalytics.findings.effects import effects
    from runanalytics.findings.race_results import race_results
    from runanalytics.library.proposal_list import in_words
    from runanalytics.measures.fast_running import with_fast_time
    from runanalytics.movements import programmes

    sessions, races = library.sessions(), counting(library.race_list())
    results = asked(race_results, races)
    doses = {what: library.dose(what) for what in KINDS}
    sets, spans = library.sets(), library.log_spans()
    measured = with_fast_time(runs, segments)
    tables = RunnerTables(
        segments, measured, sessions, sets, races, spans, known={**forms, DRIFT: drifts[CONTACT]}
    )
    tested = effects(forms, doses, runs=measured, sports=tables.sports)
    followed_to = tuple(followed(tables.adherence(each)) for each in programmes())
    proposed = in_words(library.proposals())
    raced = results()
    return ReportContents(
        runs=runs,
        sessions=sessions,
        sets=sets,
        races=races,
        spans=spans,
        sources=library.sources(),
        speed_m_s=float("nan") if speed_m_s is None else speed_m_s,
        forms={metric: forms[metric] for metric in METRICS},
        doses=doses,
        trends={metric: trends[metric]() for metric in METRICS},
        effects={(what, metric): tested.pair(metric, what) for what in KINDS for metric in METRICS},
        race_results=raced,
        drifts={metric: late[metric]() for metric in METRICS},
        adherence=followed_to,
        try_claims=partial(claims_on_trial, tables, list(library.claims().values())),
        proposed=proposed,
        elsewhere={
            speed: {metric: trend(library.form(metric, speed)) for metric in METRICS}
            for speed in (_other_speeds(segments, speed_m_s, raced) if elsewhere else ())
        },
    )


def _other_speeds(
    segments: pd.DataFrame, speed_m_s: float | None, results: RaceResults
) -> list[float]:
    """Return easy and fast speeds of the runner's training and that of a race over 10 km, m/s.

    Those that hardly differ from the report's own or from each other are left out.
    """
    known = segments.dropna(subset=["speed_m_s", "duration_s"])
    if speed_m_s is None or known.empty:
        return []
    weights = known["duration_s"].to_numpy()
    easy, fast = np.quantile(
        known["speed_m_s"].to_numpy(), EASY_AND_FAST, weights=weights, method="inverted_cdf"
    )
    kept = [speed_m_s]
    for speed in (float(easy), float(fast), 10_000 / results.time_s):
        if np.isfinite(speed) and all(abs(np.log(speed / each)) > OTHER_PACE for each in kept):
            kept.append(speed)
    return sorted(kept[1:])
