"""How the force with which a foot meets the ground, as estimated, grows with speed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from runanalytics.measures.metrics import METRICS
from runanalytics.measures.segment_rows import GRADE_SD, regression_data, usable_rows
from runanalytics.measures.spring_mass import peak_force_bw
from runanalytics.measures.within_runs import Prior, within

#: Prior standard deviations of the exponent of peak force on speed (hardly any prior), and of
#: its drift inside a run, share an hour.
_EXPONENT_SD, _DRIFT_SD = 1.0, 0.05


def force_by_speed(segments: pd.DataFrame) -> tuple[float, float, pd.DataFrame]:
    """Return how peak force grows with speed inside runs.

    Parameters
    ----------
    segments : DataFrame
        Table ``segments`` with cadence and contact time.

    Returns
    -------
    exponent, se : float
        Of force on speed, and its standard error; NaN where fewer than two runs have several
        segments.
    used : DataFrame
        run_id, local_date, speed_m_s and peak_force_bw of the segments used.

    Examples
    --------
    >>> segments = pd.DataFrame({
    ...     "run_id": ["a", "a", "b", "b"], "local_date": "2026-03-01",
    ...     "elapsed_s": [400, 700, 400, 700], "duration_s": 120,
    ...     "speed_m_s": [2.8, 3.6, 2.8, 3.6], "cadence_spm": [165, 172, 166, 173],
    ...     "ground_contact_ms": [270, 235, 268, 233]})
    >>> round(force_by_speed(segments)[0], 1)
    0.4
    """
    rows = usable_rows(segments, METRICS["ground_contact_ms"], ("cadence_spm",))
    force = peak_force_bw(rows["ground_contact_ms"], rows["cadence_spm"])
    rows = rows.assign(peak_force_bw=force, y=np.log(force))
    rows = rows[(rows["fault"] == "") & ~rows["summary"] & ~rows["indoor"] & (force > 0)]
    rows = rows[rows.groupby("run_id")["speed_m_s"].transform("size") > 1]
    used = rows[["run_id", "local_date", "speed_m_s", "peak_force_bw"]].reset_index(drop=True)
    if rows["run_id"].nunique() < 2:
        return float("nan"), float("nan"), used
    x = np.log(rows["speed_m_s"] / rows["speed_m_s"].median()).to_numpy()
    hours = (rows["elapsed_s"] / 3600).to_numpy()
    grade = rows["grade_pct"].fillna(0).to_numpy()
    data, _ = regression_data(rows, np.column_stack((x, hours, grade)))
    prior = Prior(np.zeros(3), np.array([_EXPONENT_SD, _DRIFT_SD, GRADE_SD]))
    fit = within(*data, prior, varying=(0, 1))
    return float(fit.slopes[0]), float(np.sqrt(fit.covariance[0, 0])), used
