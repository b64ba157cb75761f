"""Mixtures of normals, by whose quantiles what was averaged over a grid is told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from runanalytics.arrays import Floats


@dataclass(frozen=True)
class Normals:
    """Mixtures of normals, one for each of m quantities.

    Parameters
    ----------
    weight : ndarray, shape (n,) or (n, m)
        Of the components; they sum to 1.
    mean, sd : ndarray, shape (n, m)
        Of the components.
    """

    weight: Floats
    mean: Floats
    sd: Floats

    def quantile(self, probability: float) -> Floats:
        """Return the value of each quantity below which `probability` lies, shape (m,).

        Examples
        --------
        >>> one = Normals(np.ones(1), np.zeros((1, 1)), np.ones((1, 1)))
        >>> one.quantile(0.975).round(4).tolist()
        [1.96]
        """
        weight = self.weight if self.weight.ndim == 2 else self.weight[:, None]
        low, high = (self.mean - 9 * self.sd).min(axis=0), (self.mean + 9 * self.sd).max(axis=0)
        # Halving 50 times leaves 1e-15 of the range.
        for _ in range(50):
            middle = (low + high) / 2
            below = (weight * ndtr((middle - self.mean) / self.sd)).sum(axis=0) < probability
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return np.asarray((low + high) / 2)

    def below(self, value: Floats | float) -> Floats:
        """Return the probability that each quantity lies below a value, shape (m,)."""
        weight = self.weight if self.weight.ndim == 2 else self.weight[:, None]
        chance: Floats = (weight * ndtr((value - self.mean) / self.sd)).sum(axis=0)
        return chance
