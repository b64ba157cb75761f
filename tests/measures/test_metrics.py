import pytest

from runanalytics import schema
from runanalytics.errors import UsageError
from runanalytics.measures.metrics import METRICS, metric_name


def test_every_metric_of_the_stride_is_there():
    assert set(schema.FORM_METRICS) < set(METRICS)
    assert all(column == metric.column for column, metric in METRICS.items())


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.short)
def test_every_name_of_a_metric_means_it_and_nothing_else(metric):
    names = [metric.short, metric.column, metric.short.upper(), *metric.aliases]
    assert {metric_name(name) for name in names} == {metric.column}
    assert metric.unit == schema.table("segments")[metric.column].unit


def test_no_two_metrics_share_a_name():
    names = [name for metric in METRICS.values() for name in (metric.short, *metric.aliases)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("text", "near"), [("contact-tme", "contact-time"), ("cadance", "cadence")]
)
def test_an_unknown_name_is_told_what_it_may_have_meant(text, near):
    with pytest.raises(UsageError, match=f"did you mean '{near}'"):
        metric_name(text)
    with pytest.raises(UsageError, match="there are: cadence, contact-time"):
        metric_name("xyz")
