"""The findings of one athlete's library: every question is a method."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from runanalytics.arguments import checked_methods
from runanalytics.library.statements import LibraryStatements
from runanalytics.units import given_speed

if TYPE_CHECKING:
    import pandas as pd

    from runanalytics.claims import Claim
    from runanalytics.findings.adherence import Adherence
    from runanalytics.findings.asked import Answer, Answered
    from runanalytics.findings.before_after import BeforeAfter
    from runanalytics.findings.change_points import ChangePoints
    from runanalytics.findings.checks import Checks
    from runanalytics.findings.claims import ClaimsOnTrial
    from runanalytics.findings.effect import Effect
    from runanalytics.findings.effects import Effects
    from runanalytics.findings.race_results import RaceResults
    from runanalytics.findings.trend import Trend


class _Span(NamedTuple):
    """What a question was asked over."""

    since: Any = None
    until: Any = None
    speed_m_s: float | None = None
    pace: str | None = None
    alone: bool = False


def _iso(day: Any) -> str:
    """Return a day as ISO text; empty for none."""
    from runanalytics.units.days import parse_day

    return "" if day is None else parse_day(day).isoformat()


@checked_methods
class LibraryAnswers(LibraryStatements):
    """What is asked of a library, beside its tables and what its user states."""

    def trend(
        self,
        metric: str,
        *,
        speed_m_s: float | None = None,
        since: Any = None,
        until: Any = None,
        pace: str | None = None,
    ) -> Trend:
        """Estimate how a metric changed, compared at one reference speed.

        Parameters
        ----------
        metric, speed_m_s, since, until, pace
            As for `Library.form`.
        """
        from runanalytics.findings.trend import trend
        from runanalytics.library.graded import of_hills

        found = trend(self.form(metric, speed_m_s, since, until, pace=pace))
        hills = of_hills(found.form, self.runs(since, until))
        return replace(found, notes=(*found.notes, *hills)) if hills else found

    def effect(
        self,
        metric: str,
        of: str,
        *,
        measure: str = "sessions",
        contrast: float | None = None,
        alone: bool = False,
        speed_m_s: float | None = None,
        since: Any = None,
        until: Any = None,
        pace: str | None = None,
    ) -> Effect:
        """Estimate the change of a metric that goes along with a higher dose.

        Parameters
        ----------
        metric : str
            As for `Library.form`, or ``race-times``.
        of : str
            What was done: ``strength``, ``technique``, a category, a programme or a movement.
        measure : str
            As for `Library.dose`.
        contrast : float, optional
            How much more a week, in the measure; by default what about two sessions come to, or
            as much as the weeks span if that is less.
        alone : bool
            Leave out what else is logged over the same weeks, which is held as it was otherwise.
        speed_m_s, since, until, pace
            As for `Library.form`.
        """
        from runanalytics.findings.effect import effect
        from runanalytics.findings.selection import doses_beside, is_race_times, other_sports

        if is_race_times(metric):
            return self.race_effect(of, measure=measure, contrast=contrast, alone=alone)
        found = effect(
            self.form(metric, speed_m_s, since, until, pace=pace),
            self.dose(of, measure),
            contrast=contrast,
            runs=self._runs(),
            beside={} if alone else doses_beside(of, measure, self.dose),
            sports=other_sports(self.dose),
        )
        return self._counted(found, [found], _Span(since, until, speed_m_s, pace, alone))

    def _runs(self) -> pd.DataFrame:
        """Return runs with all that effects are adjusted for."""
        from runanalytics.measures.fast_running import with_fast_time

        return with_fast_time(self.runs(), self.segments())

    def _counted(self, found: Answered, effects: Sequence[Effect], span: _Span) -> Answered:
        """Return a finding that says what it comes to among all questions; count its own."""
        from runanalytics.findings.asked import answers_of

        return self._among_all(found, answers_of(effects), span)

    def _among_all(self, found: Answered, answers: list[Answer], span: _Span) -> Answered:
        from runanalytics.findings.asked import among_all
        from runanalytics.library.questions import Question, ask

        asked = [
            Question(
                each.metric,
                each.what,
                each.measure,
                _iso(span.since),
                _iso(span.until),
                round(given_speed(span.speed_m_s, span.pace) or 0.0, 2),
                span.alone,
                each.p_value,
            )
            for each in answers
        ]
        if not asked:
            return found
        own = {each.key for each in asked}
        others = [each.p_value for each in ask(self.folder, asked) if each.key not in own]
        return among_all(found, answers, others)

    def effects(
        self,
        metrics: str | Iterable[str] = "all",
        of: str | Iterable[str] = "all",
        *,
        measure: str = "sessions",
        contrast: float | None = None,
        alone: bool = False,
        speed_m_s: float | None = None,
        since: Any = None,
        until: Any = None,
        pace: str | None = None,
    ) -> Effects | Effect:
        """Estimate what goes along with what, p-values corrected for how many are tested.

        Parameters
        ----------
        metrics, of : str or iterable of str
            Several names, in one text separated by commas; "all" is whatever there are data on.
        measure, contrast, alone, speed_m_s, since, until, pace
            As for `effect`.

        Returns
        -------
        Effects or Effect
            What `effect` returns where there is but one metric and one dose: nothing has to be
            corrected then.
        """
        from runanalytics.findings.effect import effect
        from runanalytics.findings.effects import effects
        from runanalytics.findings.selection import (
            chosen_doses,
            chosen_forms,
            doses_beside,
            is_race_times,
            other_sports,
        )

        if is_race_times(metrics) and isinstance(of, str):
            return self.race_effect(of, measure=measure, contrast=contrast, alone=alone)
        forms = chosen_forms(
            metrics, lambda name: self.form(name, speed_m_s, since, until, pace=pace)
        )
        doses = chosen_doses(of, lambda name: self.dose(name, measure))
        names = [str(dose.attrs["what"]) for dose in doses]
        beside = {name: {} if alone else doses_beside(name, measure, self.dose) for name in names}
        span = _Span(since, until, speed_m_s, pace, alone)
        runs, sports = self._runs(), other_sports(self.dose)
        if len(forms) == len(doses) == 1:
            (form,), (dose,), (held,) = forms, doses, beside.values()
            one = effect(form, dose, contrast=contrast, runs=runs, beside=held, sports=sports)
            return self._counted(one, [one], span)
        every = effects(forms, doses, contrast=contrast, runs=runs, beside=beside, sports=sports)
        return self._counted(every, every.effects, span)

    def checks(
        self,
        metric: str,
        of: str,
        *,
        controls: Iterable[str] | None = None,
        measure: str = "sessions",
        contrast: float | None = None,
        alone: bool = False,
        speed_m_s: float | None = None,
        since: Any = None,
        until: Any = None,
        pace: str | None = None,
    ) -> Checks:
        """Check whether something other than the dose could explain an effect.

        Parameters
        ----------
        metric, of
            As for `effect`.
        controls : iterable of str, optional
            Doses that cannot move the metric, such as ``bench_press``. By default mobility,
            upper-body work and other sport, as far as the log has them.
        measure, contrast, alone, speed_m_s, since, until, pace
            As for `effect`.
        """
        from runanalytics.findings.checks import checks
        from runanalytics.findings.selection import control_doses, doses_beside, other_sports

        given = None if controls is None else {each: self.dose(each) for each in controls}
        # A dose that serves as a control is asked about, and so not held.
        held = {} if alone else doses_beside(of, measure, self.dose)
        beside = {name: table for name, table in held.items() if name not in (given or ())}
        found = checks(
            self.form(metric, speed_m_s, since, until, pace=pace),
            self.dose(of, measure),
            controls=control_doses(of, self.dose) if given is None else given,
            contrast=contrast,
            runs=self._runs(),
            beside=beside,
            sports=other_sports(self.dose),
        )
        found = found if given is not None else found.with_controls_of_the_log()
        span = _Span(since, until, speed_m_s, pace, alone)
        return self._counted(found, [found.effect], span)

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
        pace: str | None = None,
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
        speed_m_s, since, until, pace
            As for `Library.form`.
        """
        from runanalytics.findings.before_after import before_after

        form = self.form(metric, speed_m_s, since, until, pace=pace)
        return before_after(form, at, horizon_weeks=horizon_weeks, runs=self.runs(), label=label)

    def change_points(
        self,
        metric: str,
        *,
        speed_m_s: float | None = None,
        since: Any = None,
        until: Any = None,
        pace: str | None = None,
    ) -> ChangePoints:
        """Find when a metric changed its level, and what else was new then.

        Parameters
        ----------
        metric, speed_m_s, since, until, pace
            As for `Library.form`.
        """
        from runanalytics.findings.change_points import change_points

        return change_points(self.form(metric, speed_m_s, since, until, pace=pace))

    def race_results(self, *, adjust: Sequence[str] | None = None) -> RaceResults:
        """Put all races on one scale, and predict times of other distances.

        Parameters
        ----------
        adjust : sequence of str, optional
            What is taken out of the times, of "climb", "heat" and "altitude"; by default all.
        """
        from runanalytics.findings.race_results import race_results
        from runanalytics.measures.performances import ADJUSTMENTS

        return race_results(
            self.race_list(), adjust=tuple(ADJUSTMENTS) if adjust is None else adjust
        )

    def race_effect(
        self,
        of: str,
        *,
        measure: str = "sessions",
        contrast: float | None = None,
        alone: bool = False,
        adjust: Sequence[str] | None = None,
    ) -> Effect:
        """Estimate the change of race times that goes along with a higher dose.

        Parameters
        ----------
        of, measure, contrast, alone
            As for `effect`.
        adjust
            As for `race_results`.

        Returns
        -------
        Effect
            Below 0 is faster.
        """
        from runanalytics.findings.contrasts import contrast_for
        from runanalytics.findings.race_effect import race_effect
        from runanalytics.findings.selection import doses_beside
        from runanalytics.measures.performances import ADJUSTMENTS

        dose = self.dose(of, measure)
        found = race_effect(
            self.race_list(),
            dose,
            contrast=contrast_for(contrast, dose),
            adjust=tuple(ADJUSTMENTS) if adjust is None else adjust,
            runs=self.runs(),
            other_doses=[] if alone else list(doses_beside(of, measure, self.dose).values()),
        )
        return self._counted(found, [found], _Span(alone=alone))

    def claims_on_trial(self, claims: Iterable[Claim] | None = None) -> ClaimsOnTrial:
        """Test claims about training against the data, corrected for how many are tested.

        Parameters
        ----------
        claims : iterable of Claim, optional
            By default those that `Library.claims` returns.
        """
        from runanalytics.findings.asked import answers_on_claims
        from runanalytics.findings.claims import claims_on_trial

        found = claims_on_trial(self, list(self.claims().values() if claims is None else claims))
        return self._among_all(found, answers_on_claims(found.verdicts), _Span())

    def followed(self, programme: str) -> Adherence:
        """Return how far a programme was followed, over all logged weeks and lately.

        Parameters
        ----------
        programme : str
            Its id or name, of those that `programmes` returns.
        """
        from runanalytics.findings.adherence import followed
        from runanalytics.findings.engine.weeks import is_simulated

        simulated = is_simulated(self.log_spans()["source"])
        return followed(self.adherence(programme), simulated=simulated)

    def questions(self) -> pd.DataFrame:
        """Return what was asked of this library, in the order of the first time.

        `effect`, `effects`, `checks`, `race_effect` and `claims_on_trial` count what they test. A
        question is a metric, a dose and its measure, a span, a pace, and whether the dose was
        taken alone; asked again, it is the same question with another answer.

        Returns
        -------
        DataFrame
            metric, what, measure, since, until, speed_m_s, alone, p_value, asked_on, and
            p_corrected for all of them (Benjamini & Hochberg 1995).
        """
        import pandas as pd

        from runanalytics.findings.effects import corrected_p_values
        from runanalytics.library.questions import COLUMNS, asked_questions

        asked = pd.DataFrame(asked_questions(self.folder), columns=list(COLUMNS))
        return asked.assign(p_corrected=corrected_p_values(asked["p_value"]))

    def forget_questions(self) -> int:
        """Begin the list of `questions` anew; return how many there were."""
        from runanalytics.library.questions import forget_questions

        return forget_questions(self.folder)
