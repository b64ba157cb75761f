"""Tables as people read them."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from runanalytics.findings.readable import readable


def test_an_estimate_and_its_interval_are_one_column_with_its_unit():
    table = pd.DataFrame({"change": [-8.93], "low": [-14.0], "high": [2.55], "unit": ["ms"]})
    shown = readable(table.drop(columns="unit"), "ms", 0.9)
    assert shown.to_dict("list") == {"change, ms (90 % interval)": ["−8.9 (−14.0 to +2.5)"]}
    assert readable(table[["change", "unit"]]).to_dict("list") == {"change": ["−8.9 ms"]}


def test_small_changes_keep_digits_that_count():
    table = pd.DataFrame({"change": [0.0123, -0.0041], "low": [0.01, -0.01], "high": [0.02, 0.0]})
    shown = readable(table, "m").iloc[:, 0].tolist()
    assert shown == ["+0.012 (+0.010 to +0.020)", "−0.004 (−0.010 to 0.000)"]


@pytest.mark.parametrize("empty", [np.nan, None, pd.NaT])
def test_what_is_not_known_is_a_dash(empty):
    table = pd.DataFrame({"change_percent": [1.0, empty], "date": ["2026-03-01", empty]})
    assert (readable(table).iloc[1] == "–").all()
    nothing = readable(table.tail(1))
    assert (len(nothing), list(nothing.columns)) == (1, [])


def test_p_alone_stands_only_where_none_is_corrected():
    both = pd.DataFrame({"p_value": [0.01], "p_corrected": [0.0002]})
    assert readable(both).to_dict("list") == {"p, corrected": ["< 0.001"]}
    assert readable(both[["p_value"]]).to_dict("list") == {"p": ["0.01"]}


def test_no_heading_is_a_name_for_programs():
    names = ["local_date", "n_weeks", "detectable_percent", "day_sd_percent", "some_thing"]
    shown = readable(pd.DataFrame(1.0, index=[0], columns=names))
    assert not any(re.search(r"_", heading) for heading in shown)


def test_times_and_distances_of_races_are_told_as_runners_do():
    table = pd.DataFrame({"distance_m": [21097.5], "time_s": [5720.4], "raced_low_s": [np.nan]})
    assert readable(table).to_dict("records") == [{"distance": "21.1 km", "time": "1:35:20"}]
