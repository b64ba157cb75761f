"""The search for the likeliest form leaves out nothing that matters, and never ends lower."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from runanalytics.findings.engine import race_search
from runanalytics.findings.engine.race_points import Points
from runanalytics.findings.engine.race_search import Priors, RaceNoise, likeliest
from runanalytics.findings.engine.race_times import FORM_SD, SCATTER
from runanalytics.measures.performances import performances
from runanalytics.simulate.races import simulate_races


def found(seed: int, n_races: int) -> Points:
    """Return the points of a simulated runner, beside a level and a line alone."""
    raced = performances(simulate_races(seed, n_races=n_races, weeks=4 * n_races).races)
    y = np.log(raced["adjusted_s"].to_numpy() / raced["distance_m"].to_numpy() ** 1.06)
    week = raced["local_date"].to_numpy().astype("datetime64[D]").astype(np.int64) / 7.0
    design = np.column_stack([np.ones(len(y)), week - week.mean()])
    unsaid = np.full(len(y), np.nan)
    noise = RaceNoise(raced["noise"].to_numpy(), raced["uncertainty"].to_numpy(), unsaid)
    prior = Priors(np.array([1.0, 0.001]), np.array([False, False]), FORM_SD, SCATTER)
    return likeliest(y - np.median(y), week, design, prior, noise)


@pytest.mark.parametrize("n_races", [8, 150])
def test_points_that_are_left_out_hold_next_to_nothing(
    n_races: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds = range(4)
    few = [found(seed, n_races) for seed in seeds]
    everything = dict.fromkeys(race_search._FAR_BELOW, (1000000.0, 0.0))
    monkeypatch.setattr(race_search, "_FAR_BELOW", everything)
    for seed, points in zip(seeds, few, strict=True):
        whole = found(seed, n_races)
        assert len(points.weight) < len(whole.weight)
        kept = pd.DataFrame({"sd": points.form_sd, "weeks": points.form_weeks}).assign(
            scatter=np.log(points.scatter).round(6)
        )
        rows = pd.DataFrame(
            {"sd": whole.form_sd, "weeks": whole.form_weeks, "weight": whole.weight}
        ).assign(scatter=np.log(whole.scatter).round(6))
        shared = rows.merge(kept, on=["sd", "weeks", "scatter"])
        assert len(shared) == len(kept)
        assert shared["weight"].sum() > 0.995


def test_scatter_is_split_evenly_into_one_grid() -> None:
    points = found(0, 8)
    step = np.diff(np.unique(np.log(points.scatter).round(6)))
    assert step == pytest.approx(0.15, abs=1e-5)
