"""Prior distributions of effects, from research, and the posterior that mixes them with data.

The means and deviations are this project's own judgement of the studies that they name, for
10 weeks or more of two sessions a week against none. They never enter a finding's estimate or
interval; the posterior is given besides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from runanalytics.certainties import Certainties

#: Sessions a week that the table below is for.
REFERENCE_CONTRAST = 2.0


@dataclass(frozen=True)
class NormalEffect:
    """A normal distribution of an effect: a prior, or a posterior.

    Parameters
    ----------
    mean_percent, sd_percent : float
        Mean and standard deviation, %.
    source : str
        Where it is from.
    """

    certainties: ClassVar[Certainties] = {"effect, mixed with research": "sd_percent"}
    no_certainties: ClassVar[str] = "mean_percent"

    mean_percent: float
    sd_percent: float
    source: str

    def scaled(self, factor: float) -> NormalEffect:
        """Return the distribution of an effect that is `factor` times as large."""
        return NormalEffect(self.mean_percent * factor, self.sd_percent * abs(factor), self.source)

    def updated(self, percent: float, se_percent: float) -> NormalEffect:
        """Return the posterior after an estimate with a normal error (conjugate normal).

        Parameters
        ----------
        percent, se_percent : float
            Estimate and its standard error, %.

        Examples
        --------
        >>> NormalEffect(0.0, 1.0, "a study").updated(-2.0, 1.0)
        NormalEffect(mean_percent=-1.0, sd_percent=0.707..., source='a study, and the data')
        """
        before, data = 1 / self.sd_percent**2, 1 / se_percent**2
        mean = (before * self.mean_percent + data * percent) / (before + data)
        return NormalEffect(mean, (before + data) ** -0.5, f"{self.source}, and the data")


_CONTACT = "Patoz 2023 (no change of contact time); own judgement"

#: Priors by metric and what was done, for `REFERENCE_CONTRAST` held for 10 weeks or more.
PRIORS: Mapping[tuple[str, str], NormalEffect] = MappingProxyType(
    {
        ("ground_contact_ms", "strength"): NormalEffect(-0.5, 1.5, _CONTACT),
        ("ground_contact_ms", "plyometric"): NormalEffect(-1.0, 2.0, _CONTACT),
        ("cadence_spm", "strength"): NormalEffect(
            0.0, 1.0, "Ramírez-Campillo 2021, Patoz 2023 (no change of cadence); own judgement"
        ),
        ("cadence_spm", "technique"): NormalEffect(1.0, 2.0, "Dallam 2005 (drills); own judgement"),
        **dict.fromkeys(
            (("race_time", "strength"), ("race_time", "max_strength"), ("race_time", "plyometric")),
            NormalEffect(
                -1.5,
                1.5,
                "Berryman 2018, Ramírez-Campillo 2021 (faster); Alcaraz-Ibáñez 2018 (no effect); "
                "own judgement",
            ),
        ),
        ("cadence_spm", "cued cadence"): NormalEffect(5.0, 4.0, "Willy 2015; own judgement"),
    }
)


def prior_for(metric: str, what: str, measure: str, contrast: float) -> NormalEffect | None:
    """Return the prior of an effect, or None where there is none.

    Parameters
    ----------
    metric : str
        Column of the metric.
    what : str
        What was done.
    measure : str
        How it is counted; the table is in sessions.
    contrast : float
        Sessions a week; the prior is scaled in proportion.

    Examples
    --------
    >>> prior_for("ground_contact_ms", "strength", "sessions", 1.0).mean_percent
    -0.25
    """
    found = PRIORS.get((metric, what)) if measure == "sessions" else None
    return None if found is None else found.scaled(contrast / REFERENCE_CONTRAST)
