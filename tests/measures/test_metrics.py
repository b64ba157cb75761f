import numpy as np
import pandas as pd
import pytest

from runanalytics import schema
from runanalytics.errors import UsageError
from runanalytics.measures.metrics import (
    DRIFT,
    GRADE_ADJUSTED,
    METRICS,
    drifting,
    grade_adjusted,
    metric_name,
)


def test_every_metric_of_the_stride_is_there():
    assert set(schema.FORM_METRICS) < set(METRICS)
    assert all(column == metric.column for column, metric in METRICS.items())


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.short)
def test_every_name_of_a_metric_means_it_and_nothing_else(metric):
    names = [metric.short, metric.column, metric.short.upper(), *metric.aliases]
    assert {metric_name(name) for name in names} == {metric.column}
    assert {drifting(name) for name in (metric.short + DRIFT, *metric.drift_aliases)} == {
        metric.column
    }
    for name in (f"{metric.short}-{GRADE_ADJUSTED}", f"Grade adjusted {metric.short}"):
        assert (grade_adjusted(name), drifting(name)) == (metric.column, None)
    columns = schema.table("segments")
    assert set(metric.needed) <= set(columns.names)
    if metric.formula is None:
        assert metric.unit == columns[metric.column].unit
    else:
        assert metric.unit
        assert metric.column not in columns.names


def test_no_two_metrics_share_a_name():
    names = [
        name
        for metric in METRICS.values()
        for name in (metric.short, *metric.aliases, *metric.drift_aliases)
    ]
    assert len(names) == len(set(names))


def test_a_metric_that_follows_from_others_is_missing_where_one_of_them_is():
    segments = pd.DataFrame(
        {
            "ground_contact_ms": [250.0, np.nan, 250.0],
            "cadence_spm": [170.0, 170.0, np.nan],
            "speed_m_s": 3.0,
        }
    )
    for metric in METRICS.values():
        if metric.formula is not None:
            assert metric.values(segments).notna().tolist() == [True, False, False], metric.short


def test_a_vertical_ratio_that_no_watch_states_follows_from_oscillation():
    segments = pd.DataFrame(
        {
            "vertical_ratio_pct": [8.5, np.nan, np.nan],
            "vertical_oscillation_mm": [85.0, 85.0, np.nan],
            "cadence_spm": 170.0,
            "speed_m_s": 3.0,
        }
    )
    # 3 m/s at 170 steps/min are 1.0588 m a step.
    found = METRICS["vertical_ratio_pct"].values(segments)
    assert found.tolist() == [
        8.5,
        pytest.approx(8.5 / 1.0588, abs=1e-3),
        pytest.approx(np.nan, nan_ok=True),
    ]


@pytest.mark.parametrize(
    "metric", [each for each in METRICS.values() if each.formula], ids=lambda each: each.short
)
def test_exponents_follow_from_those_of_contact_and_cadence(metric):
    contact, cadence = METRICS["ground_contact_ms"], METRICS["cadence_spm"]

    def at(faster):
        return metric.values(
            pd.DataFrame(
                {
                    "ground_contact_ms": [250 * faster**contact.exponent],
                    "cadence_spm": [170 * faster**cadence.exponent],
                    "speed_m_s": [3.0 * faster],
                }
            )
        )[0]

    exponent = (np.log(at(1.001)) - np.log(at(0.999))) / np.log(1.001 / 0.999)
    assert metric.exponent == pytest.approx(exponent, abs=0.005)


@pytest.mark.parametrize(
    ("text", "near"), [("contact-tme", "contact-time"), ("cadance", "cadence")]
)
def test_an_unknown_name_is_told_what_it_may_have_meant(text, near):
    with pytest.raises(UsageError, match=f"did you mean '{near}'"):
        metric_name(text)
    with pytest.raises(UsageError, match="there are: cadence, contact-time"):
        metric_name("xyz")
