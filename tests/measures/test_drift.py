"""Drift inside runs: known truth in, known answer out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from runanalytics.measures.drift import drift


def simulated(n_runs: int, percent_an_hour: float, *, seed: int, slowing: float = 0.0):
    """Runs of an hour with a segment every five minutes, some slowing down late."""
    random = np.random.default_rng(seed)
    minutes = np.arange(10.0, 61.0, 5.0)
    parts = []
    for run in range(n_runs):
        speed = 3.0 * np.exp(random.normal(0, 0.04, len(minutes)) - slowing * minutes / 60)
        own = percent_an_hour / 100 + random.normal(0, 0.005)
        noise = random.normal(0, 0.008, len(minutes))
        value = 250 * (speed / 3.0) ** -0.6 * np.exp(own * minutes / 60 + noise)
        parts.append(
            pd.DataFrame(
                {
                    "run_id": f"r{run:03d}",
                    "local_date": pd.Timestamp("2026-01-01") + pd.Timedelta(days=run),
                    "elapsed_s": 60 * minutes,
                    "duration_s": 120.0,
                    "speed_m_s": speed,
                    "ground_contact_ms": value,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


@pytest.mark.parametrize("percent", [0.0, 3.0, -2.0])
def test_a_known_drift_is_found_run_by_run(percent: float) -> None:
    found = drift(simulated(60, percent, seed=4))
    truth = 100 * np.exp(percent / 100)
    assert found["value"].mean() == pytest.approx(truth, abs=0.35)
    # Errors are as large as they say: standardised, and with the runs' own spread, about 1.
    spread = np.sqrt(found["se"] ** 2 + 0.5**2)
    z = (found["value"] - truth) / spread
    assert 0.75 < z.std() < 1.3


def test_slowing_down_is_no_drift() -> None:
    found = drift(simulated(60, 0.0, seed=5, slowing=0.08))
    assert found["value"].mean() == pytest.approx(100, abs=0.6)


def test_order_of_rows_does_not_matter() -> None:
    rows = simulated(5, 2.0, seed=1)
    shuffled = rows.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(drift(rows), drift(shuffled))


def test_short_runs_and_averages_are_left_out_with_a_reason() -> None:
    rows = simulated(3, 2.0, seed=1)
    rows = rows[~((rows["run_id"] == "r000") & (rows["elapsed_s"] > 1_500))]
    average = rows.iloc[[-1]].assign(run_id="average", detail="summary")
    runs = pd.DataFrame({"run_id": ["r000", "r001", "r002", "average", "bare"]})
    found = drift(pd.concat([rows, average]), runs=runs)
    assert found["run_id"].tolist() == ["r001", "r002"]
    assert {one["run_id"]: one["reason"] for one in found.attrs["excluded"]} == {
        "r000": "fewer than 5 steady segments over 20 minutes",
        "average": "averages only",
        "bare": "no steady segment",
    }


def test_nothing_in_gives_nothing_out() -> None:
    found = drift(simulated(2, 1.0, seed=1).iloc[:0])
    assert found.empty
    assert found.attrs["metric"] == "ground_contact_ms_drift"
