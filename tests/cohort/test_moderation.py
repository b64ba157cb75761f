"""Variances drawn towards a common one: a known prior comes back."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import digamma, polygamma

from runanalytics.cohort.moderation import moderated
from runanalytics.errors import UsageError


def test_a_known_prior_comes_back() -> None:
    rng = np.random.default_rng(1)
    n, common_df = 4000, 12.0
    df = rng.choice([4.0, 8.0, 30.0], n)
    truth = 2.0 * common_df / rng.chisquare(common_df, n)
    own = truth * rng.chisquare(df) / df
    found = moderated(own, df)
    assert found.common == pytest.approx(2.0, rel=0.05)
    assert found.common_df == pytest.approx(common_df, rel=0.15)
    few = df == 4.0
    error = np.log(found.variance / truth)
    assert np.abs(error[few]).mean() < 0.75 * np.abs(np.log(own / truth)[few]).mean()


def test_moments_are_those_of_smyth() -> None:
    # Equations of section 6.2: e = log s² − ψ(d/2) + log(d/2), ψ'(d₀/2) = var(e) − mean ψ'(d/2).
    own, df = np.array([0.5, 1.0, 7.0, 2.0, 30.0, 1.1]), np.array([5.0, 9.0, 6.0, 20.0, 7.0, 5.0])
    found = moderated(own, df)
    e = np.log(own) - digamma(df / 2) + np.log(df / 2)
    half = found.common_df / 2
    assert polygamma(1, half) == pytest.approx(np.var(e, ddof=1) - polygamma(1, df / 2).mean())
    assert np.log(found.common) == pytest.approx(e.mean() + digamma(half) - np.log(half))
    mixed = (found.common_df * found.common + df * own) / (found.common_df + df)
    assert found.variance == pytest.approx(mixed)
    assert found.df == pytest.approx(df + found.common_df)


def test_variances_no_further_apart_than_by_chance_are_one() -> None:
    found = moderated(np.array([1.0, 1.01, 0.99, 1.0]), np.full(4, 5.0))
    assert np.isinf(found.common_df)
    assert np.ptp(found.variance) == 0
    assert moderated(np.array([1.0, 9.0]), np.array([3.0, 3.0])).variance.tolist() == [1.0, 9.0]
    with pytest.raises(UsageError):
        moderated(np.array([1.0, 0.0, 2.0]), np.full(3, 5.0))
