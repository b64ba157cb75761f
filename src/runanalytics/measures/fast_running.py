"""Fast running: the time of each run above the runner's own threshold pace, from its segments.

A run's mean speed hides intervals among easy running; its steady segments do not. The threshold
is the speed that the runner exceeds in a tenth of the steady time of half a year before and after:
a judgement of this project, near what training is called fast at, and one that follows a runner
who becomes faster.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from runanalytics.arrays import Floats
from runanalytics.schema.checking import require

#: Share of the steady time above the threshold, and days before and after in which it is sought.
FAST_SHARE, AROUND_DAYS, QUARTER_DAYS = 0.1, 182, 91


def with_fast_time(runs: pd.DataFrame, segments: pd.DataFrame) -> pd.DataFrame:
    """Return runs with the time of each that was fast.

    Parameters
    ----------
    runs : DataFrame
        Table "runs": run_id.
    segments : DataFrame
        Table "segments": run_id, local_date, duration_s, speed_m_s.

    Returns
    -------
    DataFrame
        `runs` with fast_s (s), missing for runs without a segment.

    Raises
    ------
    SchemaError
        If a column is missing.

    Examples
    --------
    >>> day = pd.Timestamp("2026-03-02")
    >>> steady = pd.DataFrame({"run_id": list("aaaaaaaaab"), "local_date": day,
    ...     "duration_s": 120.0, "speed_m_s": [3.0] * 9 + [4.0]})
    >>> with_fast_time(pd.DataFrame({"run_id": ["a", "b", "c"]}), steady)["fast_s"].tolist()
    [0.0, 120.0, nan]
    """
    require(runs, "runs", ["run_id"])
    require(segments, "segments", ["run_id", "local_date", "duration_s", "speed_m_s"])
    day = segments["local_date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    speed = segments["speed_m_s"].to_numpy(dtype=np.float64, na_value=np.nan)
    seconds = segments["duration_s"].to_numpy(dtype=np.float64, na_value=np.nan)
    known = np.isfinite(speed) & np.isfinite(seconds) & (seconds > 0)
    day, speed, seconds = day[known], speed[known], seconds[known]
    fast = seconds * (speed > _thresholds(day, speed, seconds))
    total = pd.Series(fast).groupby(segments["run_id"].to_numpy()[known]).sum()
    return runs.assign(fast_s=runs["run_id"].map(total).astype(np.float64))


def _thresholds(day: npt.NDArray[np.int64], speed: Floats, seconds: Floats) -> Floats:
    """Return the threshold on the day of each segment, worked out once a quarter."""
    quarter = day // QUARTER_DAYS
    found = np.zeros(len(day))
    for each in np.unique(quarter):
        near = np.abs(day - QUARTER_DAYS * (each + 0.5)) <= AROUND_DAYS
        found[quarter == each] = np.quantile(
            speed[near], 1 - FAST_SHARE, weights=seconds[near], method="inverted_cdf"
        )
    return found
