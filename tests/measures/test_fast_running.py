import numpy as np
import pandas as pd

from runanalytics.measures.fast_running import FAST_SHARE, with_fast_time


def steady(speed: np.ndarray, per_run: int = 10) -> pd.DataFrame:
    """A run every third day, of segments of two minutes each."""
    number = np.arange(len(speed)) // per_run
    return pd.DataFrame(
        {
            "run_id": number.astype(str),
            "local_date": pd.Timestamp("2024-01-01") + pd.to_timedelta(3 * number, "D"),
            "duration_s": 120.0,
            "speed_m_s": speed,
        }
    )


def test_intervals_among_easy_running_are_seen_though_the_mean_is_easy():
    rng = np.random.default_rng(1)
    easy, fast = rng.normal(2.9, 0.05, (60, 10)), np.arange(60) % 3 == 0
    easy[fast, :3] = 4.0  # six minutes in every third run
    runs = pd.DataFrame({"run_id": [str(each) for each in range(60)]})
    found = with_fast_time(runs, steady(easy.ravel()))["fast_s"].to_numpy()
    assert (found[fast] == 360).all()
    assert (found[~fast] == 0).all()


def test_the_threshold_follows_a_runner_who_becomes_faster():
    rng = np.random.default_rng(2)
    speed = np.repeat(np.linspace(2.8, 3.6, 480), 10) + rng.normal(0, 0.1, 4800)
    runs = pd.DataFrame({"run_id": [str(each) for each in range(480)]})
    fast = with_fast_time(runs, steady(speed))["fast_s"].to_numpy()
    share = fast.reshape(4, 120).sum(axis=1) / (120 * 1200)
    assert (np.abs(share - FAST_SHARE) < 0.08).all()
