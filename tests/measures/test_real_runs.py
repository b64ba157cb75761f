"""Segments and form of one runner's own files, where the corpus of real files is at hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from runanalytics.importers.fit import FIT
from runanalytics.measures.form import form
from runanalytics.measures.segments import segments

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus"

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real files is not here")


@pytest.fixture(scope="module")
def read():
    """Runs and samples of all files with contact time, and of every tenth without."""
    index = pd.read_csv(CORPUS / "INDEX.csv")
    index = index[index["file"].str.startswith("longitudinal/")]
    with_contact = index["records_with_stance_time"] > 0
    files = [*index["file"][with_contact], *index["file"][~with_contact][::10]]
    tables = [FIT.read((CORPUS / file).read_bytes()) for file in files]
    return (
        pd.concat([table.samples for table in tables], ignore_index=True),
        pd.concat([table.runs for table in tables], ignore_index=True),
    )


def test_most_of_a_runners_running_is_steady(read):
    samples, runs = read
    found = segments(samples, runs)
    assert found["run_id"].nunique() >= 0.95 * len(runs)
    in_all = samples.groupby("run_id")["elapsed_s"].max().sum()
    assert 0.5 < found["duration_s"].sum() / in_all < 0.95
    assert found["cadence_spm"].between(140, 190).all()
    assert found["speed_m_s"].between(1.5, 5.5).all()
    assert found["grade_pct"].abs().max() < 2.5


def test_speed_cadence_and_step_length_of_segments_agree(read):
    samples, runs = read
    found = segments(samples, runs).dropna(subset="step_length_m")
    product = found["cadence_spm"] / 60 * found["step_length_m"]
    assert np.median(product / found["speed_m_s"]) == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize(
    ("metric", "low", "high", "runs_at_least"),
    [("cadence", 145, 180, 35), ("contact-time", 270, 320, 27), ("oscillation", 75, 110, 27)],
)
def test_form_from_day_to_day_is_as_steady_as_runners_are(read, metric, low, high, runs_at_least):
    samples, runs = read
    table = form(segments(samples, runs), metric, runs=runs)
    outdoor = table[~table["device"].str.contains("treadmill")]
    change = np.log(outdoor["value"]).diff().dropna()
    assert len(table) >= runs_at_least
    assert len(table) + len(table.attrs["excluded"]) == len(runs)
    assert table["value"].between(low, high).all()
    assert 0.002 < (table["se"] / table["value"]).median() < 0.02
    assert 0.005 < change.std() / np.sqrt(2) < 0.025
