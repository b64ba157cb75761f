"""What can be asked of a library: every finding, and the report, as a method of `Library`.

A method fetches the frames that a question needs and hands them to the function of the same
name, which knows nothing of libraries.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from runanalytics.claims import Claim
    from runanalytics.findings.adherence import Adherence
    from runanalytics.findings.before_after import BeforeAfter
    from runanalytics.findings.change_points import ChangePoints
    from runanalytics.findings.checks import Checks
    from runanalytics.findings.claims import ClaimsOnTrial
    from runanalytics.findings.effect import Effect
    from runanalytics.findings.effects import Effects
    from runanalytics.findings.race_results import RaceResults
    from runanalytics.findings.trend import Trend
    from runanalytics.library.corrections.movements import Corrections
    from runanalytics.library.movement_use import MovementUse
    from runanalytics.movements import Movement, Programme


class Questions:
    """The part of `Library` that answers questions.

    Examples
    --------
    >>> import tempfile
    >>> from runanalytics import Library
    >>> print(Library.open(tempfile.mkdtemp()).trend("cadence"))
    Not enough data on cadence: no run has a value.
    """

    # What questions read; `Library` has them as methods.
    runs: Callable[..., pd.DataFrame]
    segments: Callable[..., pd.DataFrame]
    sessions: Callable[..., pd.DataFrame]
    sets: Callable[..., pd.DataFrame]
    race_list: Callable[..., pd.DataFrame]
    log_spans: Callable[..., pd.DataFrame]
    sources: Callable[..., pd.DataFrame]
    form: Callable[..., pd.DataFrame]
    dose: Callable[..., pd.DataFrame]
    adherence: Callable[..., pd.DataFrame]
    claims: Callable[..., Mapping[str, Claim]]
    corrections: Callable[..., Corrections]

    def trend(
        self, metric: str, *, speed_m_s: float | None = None, since: Any = None, until: Any = None
    ) -> Trend:
        """Estimate how a metric changed, compared at one reference speed.

        Parameters
        ----------
        metric, speed_m_s, since, until
            As for `Library.form`.

        Returns
        -------
        Trend
            As from `runanalytics.trend`; its ``form`` holds the runs.
        """
        from runanalytics.findings.trend import trend

        return trend(self.form(metric, speed_m_s, since, until))

    def effect(
        self,
        metric: str,
        of: str,
        *,
        measure: str = "sessions",
        contrast: float | None = None,
        speed_m_s: float | None = None,
        since: Any = None,
        until: Any = None,
    ) -> Effect:
        """Estimate the change of a metric that goes along with a higher dose.

        Parameters
        ----------
        metric : str
            As for `Library.form`.
        of : str
            What was done: ``strength``, ``technique``, a category, a programme or a movement.
        measure : str
            As for `Library.dose`.
        contrast : float, optional
            How much more a week, in the measure; by default what about two sessions come to.
        speed_m_s, since, until
            As for `Library.form`.

        Returns
        -------
        Effect
            As from `runanalytics.effect`.
        """
        from runanalytics.findings.effect import effect
        from runanalytics.findings.effects import contrast_for

        form, dose = self.form(metric, speed_m_s, since, until), self.dose(of, measure)
        return effect(form, dose, contrast=contrast_for(contrast, dose), runs=self.runs())

    def effects(
        self,
        metrics: str | Iterable[str] = "all",
        of: str | Iterable[str] = "all",
        *,
        measure: str = "sessions",
        contrast: float | None = None,
        speed_m_s: float | None = None,
        since: Any = None,
        until: Any = None,
    ) -> Effects | Effect:
        """Estimate what goes along with what, p-values corrected for how many are tested.

        Parameters
        ----------
        metrics, of : str or iterable of str
            Several names, in one text separated by commas; "all" is whatever there are data on.
        measure, contrast, speed_m_s, since, until
            As for `effect`.

        Returns
        -------
        Effects or Effect
            As from `runanalytics.effects`; from `effect` where it comes to one metric and one
            dose, since nothing has to be corrected then.
        """
        from runanalytics.findings.effect import effect
        from runanalytics.findings.effects import contrast_for, effects
        from runanalytics.findings.selection import chosen_doses, chosen_forms

        forms = chosen_forms(metrics, lambda name: self.form(name, speed_m_s, since, until))
        doses = chosen_doses(of, lambda name: self.dose(name, measure))
        if len(forms) == len(doses) == 1:
            (form,), (dose,) = forms, doses
            return effect(form, dose, contrast=contrast_for(contrast, dose), runs=self.runs())
        return effects(forms, doses, contrast=contrast, runs=self.runs())

    def checks(
        self,
        metric: str,
        of: str,
        *,
        controls: Iterable[str] = (),
        measure: str = "sessions",
        contrast: float | None = None,
        speed_m_s: float | None = None,
        since: Any = None,
        until: Any = None,
    ) -> Checks:
        """Check whether something other than the dose could explain an effect.

        Parameters
        ----------
        metric, of
            As for `effect`.
        controls : iterable of str
            Doses that cannot move the metric, such as ``bench_press``.
        measure, contrast, speed_m_s, since, until
            As for `effect`.

        Returns
        -------
        Checks
            As from `runanalytics.checks`.
        """
        from runanalytics.findings.checks import checks

        return checks(
            self.form(metric, speed_m_s, since, until),
            self.dose(of, measure),
            controls={each: self.dose(each) for each in controls},
            contrast=contrast,
            runs=self.runs(),
        )

    def before_after(
        self,
        metric: str,
        at: str | datetime.date,
        *,
        horizon_weeks: float | None = None,
        label: str = "",
        speed_m_s: float | None = None,
        since: Any = None,
        until: Any = None,
    ) -> BeforeAfter:
        """Estimate how a metric changed after a date, beside how it would have gone on.

        Parameters
        ----------
        metric
            As for `Library.form`.
        at : str or date
            First day that counts as after.
        horizon_weeks : float, optional
            Weeks after the date that are compared; by default 12, or as far as the runs reach.
        label : str
            What happened on the date, in words.
        speed_m_s, since, until
            As for `Library.form`.

        Returns
        -------
        BeforeAfter
            As from `runanalytics.before_after`.
        """
        from runanalytics.findings.before_after import before_after

        form = self.form(metric, speed_m_s, since, until)
        return before_after(form, at, horizon_weeks=horizon_weeks, runs=self.runs(), label=label)

    def change_points(
        self, metric: str, *, speed_m_s: float | None = None, since: Any = None, until: Any = None
    ) -> ChangePoints:
        """Find when a metric changed its level, and what else was new then.

        Parameters
        ----------
        metric, speed_m_s, since, until
            As for `Library.form`.

        Returns
        -------
        ChangePoints
            As from `runanalytics.change_points`.
        """
        from runanalytics.findings.change_points import change_points

        return change_points(self.form(metric, speed_m_s, since, until))

    def race_results(self, *, adjust: Sequence[str] | None = None) -> RaceResults:
        """Put all races on one scale, and say what they mean for other distances.

        Parameters
        ----------
        adjust : sequence of str, optional
            What is taken out of the times, of "climb", "heat" and "altitude"; by default all.

        Returns
        -------
        RaceResults
            As from `runanalytics.race_results`; its ``races`` is what `Library.race_list`
            returns.
        """
        from runanalytics.findings.race_results import race_results
        from runanalytics.measures.race_model import ADJUSTMENTS

        return race_results(
            self.race_list(), adjust=tuple(ADJUSTMENTS) if adjust is None else adjust
        )

    def race_effect(
        self,
        of: str,
        *,
        measure: str = "sessions",
        contrast: float | None = None,
        adjust: Sequence[str] | None = None,
    ) -> Effect:
        """Estimate the change of race times that goes along with a higher dose.

        Parameters
        ----------
        of, measure, contrast
            As for `effect`.
        adjust
            As for `race_results`.

        Returns
        -------
        Effect
            As from `runanalytics.race_effect`; below 0 is faster.
        """
        from runanalytics.findings.effects import contrast_for
        from runanalytics.findings.race_effect import race_effect
        from runanalytics.measures.race_model import ADJUSTMENTS

        dose = self.dose(of, measure)
        return race_effect(
            self.race_list(),
            dose,
            contrast=contrast_for(contrast, dose),
            adjust=tuple(ADJUSTMENTS) if adjust is None else adjust,
        )

    def claims_on_trial(self, claims: Iterable[Claim] | None = None) -> ClaimsOnTrial:
        """Test claims about training against the data, corrected for how many are tested.

        Parameters
        ----------
        claims : iterable of Claim, optional
            By default those that `Library.claims` returns.

        Returns
        -------
        ClaimsOnTrial
            As from `runanalytics.claims_on_trial`.
        """
        from runanalytics.findings.claims import claims_on_trial

        return claims_on_trial(self, list(self.claims().values() if claims is None else claims))

    def followed(self, programme: str) -> Adherence:
        """Say how far a programme was followed, over all logged weeks and lately.

        Parameters
        ----------
        programme : str
            Its id or name, of those that `programmes` returns.

        Returns
        -------
        Adherence
            As from `runanalytics.followed`.
        """
        from runanalytics.findings.adherence import followed
        from runanalytics.findings.engine.weeks import is_simulated

        simulated = is_simulated(self.log_spans()["source"])
        return followed(self.adherence(programme), simulated=simulated)

    @staticmethod
    def programmes() -> Mapping[str, Programme]:
        """Return the programmes that can be followed, by id."""
        from runanalytics.movements import programmes

        return programmes()

    @staticmethod
    def movements() -> Mapping[str, Movement]:
        """Return the movements that names in logs are matched with, by id."""
        from runanalytics.movements import catalogue

        return catalogue()

    def movement(self, name: str) -> MovementUse:
        """Return what a name is taken for, what is prescribed of that, and how often it was done.

        Parameters
        ----------
        name : str
            As it stands in a log.

        Returns
        -------
        MovementUse
            Without a movement where the name is not matched.
        """
        from runanalytics.library.movement_use import movement_use

        return movement_use(name, self.corrections().names(), self.dose)

    def corrected_names(self) -> pd.DataFrame:
        """Return the names that the user corrected, and how many sets each decides.

        Returns
        -------
        DataFrame
            name, movement (an id, "none" or "unknown"), sets (missing for "none", since what is
            no exercise is left out).
        """
        return self.corrections().table(self.sets())

    def report(
        self,
        path: str | os.PathLike[str],
        *,
        units: str = "metric",
        paper: str = "a4",
        speed_m_s: float | None = None,
    ) -> Path:
        """Write a progress report as PDF.

        Parameters
        ----------
        path : path
            The PDF; an older one there is replaced once the new one is whole.
        units : {"metric", "imperial"}
            Kilometres or miles.
        paper : {"a4", "letter"}
            Size of the pages.
        speed_m_s : float, optional
            Reference speed, m/s. Default: the runner's usual one.

        Returns
        -------
        Path
            The PDF.

        Raises
        ------
        UsageError
            If `units` or `paper` is unknown, or the name does not end in .pdf.
        RunAnalyticsError
            If the library holds nothing to report on.
        LibraryError
            If the PDF cannot be written.
        """
        from runanalytics.report import build_report

        return build_report(self, path, units=units, paper=paper, speed_m_s=speed_m_s)
