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

import numpy as np

from runanalytics.certainties import Certainties
from runanalytics.findings.engine.ar1 import Mixture

#: Sessions a week that the table below is for.
REFERENCE_CONTRAST = 2.0
#: Points at which a prior and what the data say are multiplied, around the middle of either, in
#: standard deviations of each.
POINTS = np.linspace(-6.0, 6.0, 101)


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

    def given(self, per_unit: Mixture, contrast: float) -> NormalEffect:
        """Return the posterior: mean and standard deviation of prior times likelihood.

        The likelihood is no normal curve: it has a component for each time constant and each
        memory of the errors, and research makes some of them likelier than others.

        Parameters
        ----------
        per_unit : Mixture
            Change of log form per unit by the data, with a flat prior.
        contrast : float
            How many units the effect is of.

        Examples
        --------
        >>> log_form = Mixture(np.ones(1), np.log([0.98]), np.full(1, 0.01), df=np.inf)
        >>> mixed = NormalEffect(0.0, 1.0, "a study").given(log_form, 1.0)
        >>> round(mixed.mean_percent, 1), round(mixed.sd_percent, 1), mixed.source
        (-1.0, 0.7, 'a study, and the data')
        """
        middle, spread = contrast * per_unit.mean, abs(contrast) * per_unit.sd
        percents = np.concatenate(
            [
                self.mean_percent + self.sd_percent * POINTS,
                100 * np.expm1(middle + spread * POINTS),
            ]
        )
        percent = np.sort(percents[percents > -100])
        log_height = per_unit.log_densities(np.log1p(percent / 100) / contrast)
        log_height -= 0.5 * ((percent - self.mean_percent) / self.sd_percent) ** 2
        weight = np.exp(log_height - log_height.max()) * np.gradient(percent)
        weight /= weight.sum()
        mean = float(weight @ percent)
        sd = float(np.sqrt(weight @ (percent - mean) ** 2))
        return NormalEffect(mean, sd, f"{self.source}, and the data")


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
