"""Tables against fitparse and the official encoder, and plausibility of real files."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from garmin_fit_sdk import Encoder
from hypothesis import given, settings
from hypothesis import strategies as st

from runanalytics.errors import UnreadableFileError
from runanalytics.importers.contract import ReadOptions
from runanalytics.importers.fit import FIT, decode


@pytest.mark.parametrize(
    "name",
    [
        "devices/dtcooper__compressed-speed-distance.fit",
        "devices/jimmykane__running-with-developer-data.fit",
        "devices/msimms__20210507_run_coros_pace_2.fit",
        "devices/arthurfsy2__505056427.fit",
        "devices/tormoder__mornindew-broken.fit",
    ],
)
def test_tables_through_fitparse_are_the_same(corpus, name):
    content = (corpus / name).read_bytes()
    ours = FIT.read(content)
    theirs = FIT.read(content, ReadOptions(engine="fitparse"))
    for table in ours.TABLES:
        pd.testing.assert_frame_equal(getattr(ours, table), getattr(theirs, table), rtol=1e-12)


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "heart_rate": st.one_of(st.none(), st.integers(0, 254)),
                "cadence": st.integers(0, 254),
                "altitude": st.integers(0, 0xFFFE).map(lambda raw: raw / 5 - 500),
                "distance": st.integers(0, 0xFFFFFFFE).map(lambda raw: raw / 100),
                "temperature": st.integers(-127, 126),
                "activity_type": st.sampled_from(["running", "walking", "cycling"]),
            }
        ),
        min_size=1,
        max_size=40,
    )
)
@settings(max_examples=60, deadline=None)
def test_what_the_official_encoder_writes_is_read_back(rows):
    encoder = Encoder()
    for number, row in enumerate(rows):
        there = {key: value for key, value in row.items() if value is not None}
        encoder.write_mesg({"mesg_num": 20, "timestamp": 1_000_000_000 + number, **there})
    file = decode(bytes(encoder.close()))
    frame = file["record"]
    assert file.problems == ()
    assert len(frame) == len(rows)
    for number, row in enumerate(rows):
        for key, value in row.items():
            ours = frame[key][number] if key in frame else None
            if value is None:
                assert ours is None or np.isnan(ours)
            elif isinstance(value, str):
                assert ours == value
            else:
                assert ours == pytest.approx(value, abs=1e-9)


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_or_refused(noise):
    header = bytes([14, 32, 84, 8]) + len(noise).to_bytes(4, "little") + b".FIT\0\0"
    for content in (noise, header + noise + b"\0\0"):
        refusal = None
        try:
            imported = FIT.read(content)
        except UnreadableFileError as error:
            refusal = error
        assert refusal.hint if refusal is not None else imported.notes


def test_cadence_is_the_value_that_the_watchs_app_shows(corpus):
    """(84 + 0.7734375) strides a minute are 169.546875 steps a minute."""
    columns = decode(corpus / "longitudinal" / "100087245.fit").messages("record").arrays()
    legs = columns["cadence"] + columns["fractional_cadence"]
    samples = FIT.read((corpus / "longitudinal" / "100087245.fit").read_bytes()).samples
    np.testing.assert_array_equal(samples["cadence_spm"], 2 * legs)


def test_every_real_file_is_read_or_refused_and_every_run_is_plausible(corpus):
    n_runs = n_contact = 0
    refused = {}
    for path in sorted(corpus.glob("*/*.[fF][iI][tT]")):
        if path.stat().st_size > 700_000:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                imported = FIT.read(path.read_bytes())
            except UnreadableFileError as error:
                refused[path.name] = error.hint
                continue
        steps = imported.samples["cadence_spm"]
        running = steps[imported.samples["moving"] & (steps >= 140)]
        if len(running) > 100:
            assert 140 <= running.median() <= 210, path.name
        contact = imported.runs["ground_contact_ms"].dropna()
        assert contact.between(180, 350).all(), path.name
        if path.parent.name == "longitudinal":
            assert len(imported.runs) == 1
            assert imported.runs["utc_offset_s"].tolist() == [28_800]
            n_runs += 1
            n_contact += len(contact)
    assert (n_runs, n_contact) == (199, 29)
    assert all(refused.values())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("devices/MaksVasilev__1316823498.fit", ("Garmin fenix 3", "Garmin HRM-Tri")),
        ("devices/msimms__20181108_run_garmin_fenix_3_hr.fit", ("Garmin fenix 3 HR", "Stryd")),
        ("devices/msimms__20210507_run_coros_pace_2.fit", ("COROS PACE 2", "wrist")),
        ("devices/jimmykane__garmin-stamina.fit", ("Garmin Forerunner 965", "wrist")),
    ],
)
def test_device_and_sensor_of_real_runs(corpus, name, expected):
    run = FIT.read((corpus / name).read_bytes()).runs.iloc[0]
    assert (run["device"], run["sensor"]) == expected


def test_only_the_running_of_a_triathlon_is_a_run(corpus):
    imported = FIT.read((corpus / "devices" / "dtcooper__sample_mulitple_header.fit").read_bytes())
    (run,) = imported.runs.itertuples()
    assert run.distance_m == pytest.approx(9_810, abs=10)
    assert run.cadence_spm == pytest.approx(167, abs=1)
    assert imported.sets["movement"].tolist() == ["swimming", "cycling"]
    assert set(imported.sessions["kind"]) == {"other"}


def test_a_set_of_a_real_gym_session(corpus):
    imported = FIT.read((corpus / "devices" / "arthurfsy2__505056427.fit").read_bytes())
    (row,) = imported.sets.itertuples()
    assert (row.movement, row.name_as_logged, row.reps) == ("push_up", "push up", 50)
    assert np.isnan(row.load_kg)
