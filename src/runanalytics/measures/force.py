"""How the force with which a foot meets the ground, as estimated, grows with speed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from runanalytics.measures.metrics import METRICS
from runanalytics.measures.segment_rows import GRADE_SD, regression_data, usable_rows
from runanalytics.measures.spring_mass import peak_force_bw
from runanalytics.measures.within_runs import Prior, within
from runanalytics.schema.column_blocks import text_column

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
    kept = rows.usable & ~rows.summary & ~rows.indoor & (force > 0)
    kept &= rows.in_run(kept)[rows.run] > 1
    rows, force = rows.rows(kept), force[kept]
    used = pd.DataFrame(
        {
            "run_id": text_column(rows.runs[rows.run].tolist()),
            "local_date": rows.day,
            "speed_m_s": rows["speed_m_s"],
            "peak_force_bw": force,
        }
    )
    if len(np.unique(rows.run)) < 2:
        return float("nan"), float("nan"), used
    x = np.log(rows["speed_m_s"] / np.median(rows["speed_m_s"]))
    hours, grade = rows["elapsed_s"] / 3600, np.nan_to_num(rows["grade_pct"])
    data, _ = regression_data(rows, np.log(force), np.column_stack((x, hours, grade)))
    prior = Prior(np.zeros(3), np.array([_EXPONENT_SD, _DRIFT_SD, GRADE_SD]))
    fit = within(*data, prior, varying=(0, 1))
    return float(fit.slopes[0]), float(np.sqrt(fit.covariance[0, 0])), used
