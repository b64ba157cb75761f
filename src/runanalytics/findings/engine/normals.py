"""Mixtures of normals, by whose quantiles what was averaged over a grid is told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from runanalytics.arrays import Floats

_ROOT_2_PI = float(np.sqrt(2 * np.pi))


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
        spread = np.sqrt((weight * (self.sd**2 + self.mean**2)).sum(axis=0))
        value = (weight * self.mean).sum(axis=0)
        tolerance = 1e-9 * spread
        # Newton's steps, and halving wherever one leaves the bounds.
        for _ in range(60):
            z = (value - self.mean) / self.sd
            excess = (weight * ndtr(z)).sum(axis=0) - probability
            high, low = np.where(excess > 0, value, high), np.where(excess > 0, low, value)
            slope = (weight * np.exp(-0.5 * z**2) / self.sd).sum(axis=0) / _ROOT_2_PI
            following = value - excess / np.maximum(slope, 1e-300)
            outside = ~((following > low) & (following < high))
            following = np.where(outside, (low + high) / 2, following)
            done = np.abs(following - value) <= tolerance
            value = following
            if done.all():
                break
        return np.asarray(value)

    def below(self, value: Floats | float) -> Floats:
        """Return the probability that each quantity lies below a value, shape (m,)."""
        weight = self.weight if self.weight.ndim == 2 else self.weight[:, None]
        chance: Floats = (weight * ndtr((value - self.mean) / self.sd)).sum(axis=0)
        return chance
