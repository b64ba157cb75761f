"""From FIT messages to tables of runs and sessions, on files written by the tests."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from runanalytics import schema
from runanalytics.errors import UnreadableFileError, UsageError
from runanalytics.importers.contract import Importer, ReadOptions
from runanalytics.importers.fit import FIT


def notes_of(imported) -> str:
    return "\n".join(str(note) for note in imported.notes)


def test_it_is_an_importer(fit):
    assert isinstance(FIT, Importer)
    assert FIT.recognises("anything.bin", fit.a_run(20).bytes())
    assert FIT.recognises("RUN.FIT", b"\x0e\x20" + bytes(10) + b"\xff" * 20)
    assert not FIT.recognises("run.fit", b"date,kind\n")
    assert not FIT.recognises("run.gpx", b"\xff" * 20)


def test_a_run(fit):
    imported = FIT.read(fit.a_run(300).bytes())
    for table in imported.TABLES:
        frame = getattr(imported, table)
        pd.testing.assert_frame_equal(schema.check(frame, table), frame)
    run = imported.runs.iloc[0]
    assert run["start_utc"] == pd.Timestamp("2024-11-08 11:33:20", tz="UTC")
    assert run["utc_offset_s"] == 3600
    assert run["local_date"] == pd.Timestamp("2024-11-08")
    assert run["distance_m"] == 897
    assert run["moving_s"] == run["elapsed_s"] == 299
    assert run["speed_m_s"] == 3
    assert run["cadence_spm"] == 169.546875  # twice (84 + 99 / 128): what the watch's app shows
    assert run["ground_contact_ms"] == 250
    assert run["step_length_m"] == pytest.approx(3 / (169.546875 / 60))
    assert run["device"] == "Garmin Forerunner 255"
    assert run["sensor"] == "wrist"
    assert run["detail"] == "samples"
    assert imported.samples["elapsed_s"].tolist() == list(range(300))
    assert imported.notes == []


def with_versions(fit, *, creator=None, other=None, in_head=None):
    """A run whose file states versions: of the recording device, of another, in the head."""
    writer = fit.file_id(fit.Writer())
    if in_head is not None:
        writer.define(5, 49, [(0, "uint16")]).write(5, in_head)
    writer.define(5, 23, [(253, "uint32"), (0, "uint8"), (5, "uint16")])
    for index, version in ((4, other), (0, creator)):
        if version is not None:
            writer.write(5, fit.start, index, version)
    fit.records(writer, fit.start, 60)
    fit.session(writer, fit.start, 59)
    return FIT.read(fit.activity(writer, fit.start + 59).bytes()).runs["firmware"]


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ({"creator": 1420, "other": 310, "in_head": 1300}, "14.20"),
        ({"other": 310, "in_head": 1417}, "14.17"),
        ({"creator": 0, "in_head": 1322}, "13.22"),
        ({"other": 310}, ""),
        ({"creator": 0, "in_head": 0}, ""),
        ({}, ""),
    ],
)
def test_firmware_is_that_of_the_recording_device(fit, versions, expected):
    assert with_versions(fit, **versions).fillna("").tolist() == [expected]


def test_the_same_run_has_the_same_identifier(fit):
    one, other = (FIT.read(fit.a_run(n).bytes()).runs["run_id"][0] for n in (100, 200))
    assert one == other


def test_no_position_gets_out(fit):
    writer = fit.file_id(fit.Writer())
    writer.define(1, 20, [(253, "uint32"), (0, "sint32"), (1, "sint32"), (4, "uint8")])
    for second in range(90):
        writer.write(1, fit.start + second, 500_000_000, 100_000_000, 84)
    fit.session(writer, fit.start, 89)
    samples = FIT.read(writer.bytes()).samples
    assert not any(name.startswith(("lat", "lon", "position")) for name in samples)
    numbers = samples.select_dtypes("number")
    assert not numbers.isin([500_000_000, 100_000_000]).any(axis=None)


def test_walking_and_standing_are_not_averaged_in(fit):
    writer = fit.file_id(fit.Writer())
    writer.define(4, 20, fit.record)
    metres = 0.0
    for second in range(400):
        running = second < 200
        standing = second >= 300
        speed = 3.0 if running else 0.0 if standing else 1.2
        metres += speed
        cadence = 85 if running else 0 if standing else 55
        contact = 2400 if running else 0xFFFF if standing else 8000
        writer.write(
            4, fit.start + second, round(metres * 100), round(speed * 1000), cadence, 0, contact
        )
    fit.session(writer, fit.start, 399, metres=metres)
    run = FIT.read(writer.bytes()).runs.iloc[0]
    assert run["cadence_spm"] == 170
    assert run["ground_contact_ms"] == 240
    assert run["moving_s"] == 299


def test_how_one_walked_is_not_how_one_runs(fit):
    run = FIT.read(fit.a_run(300, cadence=55, contact=9000).bytes()).runs.iloc[0]
    assert np.isnan(run["ground_contact_ms"])
    assert np.isnan(run["cadence_spm"])


def test_pauses_are_neither_motion_nor_samples_of_it(fit):
    writer = fit.file_id(fit.Writer())
    fit.event(writer, fit.start, 0)
    fit.records(writer, fit.start, 100)
    fit.event(writer, fit.start + 99, 4)
    fit.event(writer, fit.start + 400, 0)
    fit.records(writer, fit.start + 400, 100, first_m=297.0)
    fit.event(writer, fit.start + 499, 4)
    fit.session(writer, fit.start, 499, metres=594)
    run = FIT.read(writer.bytes()).runs.iloc[0]
    assert run["elapsed_s"] == 499
    assert run["moving_s"] == 198
    assert run["speed_m_s"] == 3


def test_records_during_a_pause_do_not_move(fit):
    writer = fit.file_id(fit.Writer())
    fit.records(writer, fit.start, 100)
    fit.event(writer, fit.start + 40, 4)
    fit.event(writer, fit.start + 60, 0)
    fit.session(writer, fit.start, 99)
    samples = FIT.read(writer.bytes()).samples
    assert samples.loc[~samples["moving"], "elapsed_s"].tolist() == list(range(41, 60))


def test_laps_are_counted_from_1(fit):
    writer = fit.a_run(300)
    writer.define(5, 19, [(253, "uint32"), (2, "uint32")])
    for lap in range(3):
        writer.write(5, fit.start + 100 * lap + 100, fit.start + 100 * lap)
    laps = FIT.read(writer.bytes()).samples["lap"]
    assert laps.value_counts().to_dict() == {1: 100, 2: 100, 3: 100}


def test_strength_run_strength_is_split_by_session(fit):
    writer = fit.file_id(fit.Writer())
    fit.records(writer, fit.start + 1000, 300)
    fit.session(writer, fit.start, 900, sport=10, sub_sport=20)
    fit.session(writer, fit.start + 1000, 299, metres=897)
    fit.session(writer, fit.start + 1400, 600, sport=10, sub_sport=20)
    fit.activity(writer, fit.start + 2000)
    imported = FIT.read(writer.bytes())
    assert len(imported.runs) == 1
    assert imported.runs["elapsed_s"][0] == 299
    assert imported.sessions["duration_s"].tolist() == [900, 600]
    assert len(imported.samples) == 300


def test_a_later_session_begins_at_distance_0(fit):
    writer = fit.file_id(fit.Writer())
    fit.records(writer, fit.start, 100)
    fit.records(writer, fit.start + 200, 100, first_m=5000.0)
    fit.session(writer, fit.start, 99, sport=2, metres=5000)
    fit.session(writer, fit.start + 200, 99, metres=297)
    imported = FIT.read(writer.bytes())
    assert imported.samples["distance_m"].min() == 0
    assert imported.samples["distance_m"].max() == 297
    assert imported.sets["movement"].tolist() == ["cycling"]
    assert "neither a run nor strength work" not in notes_of(imported)


@pytest.mark.parametrize(
    ("sub_sport", "kind", "course"),
    [
        *((0, "unknown", None), (1, "treadmill", "treadmill"), (2, "unknown", "road")),
        *((3, "trail", "trail"), (4, "unknown", "track"), (45, "treadmill", "treadmill")),
        *((58, "treadmill", "treadmill"), (59, "unknown", "obstacle"), (67, "trail", None)),
    ],
)
def test_kind_of_run_and_course(fit, sub_sport, kind, course):
    writer = fit.file_id(fit.Writer())
    fit.records(writer, fit.start, 100)
    fit.session(writer, fit.start, 99, sub_sport=sub_sport, metres=297)
    run = FIT.read(writer.bytes()).runs.fillna({"course": ""}).iloc[0]
    assert (run["kind"], run["course"]) == (kind, course or "")


def test_a_structured_workout_names_the_run(fit):
    writer = fit.a_run(100)
    writer.define(5, 26, [(8, "string", 10), (6, "uint16")]).write(5, b"6 x 800\0", 13)
    run = FIT.read(writer.bytes()).runs.iloc[0]
    assert (run["kind"], run["title"]) == ("workout", "6 x 800")


def test_a_treadmills_corrected_distance_scales_its_speeds(fit):
    writer = fit.file_id(fit.Writer())
    fit.records(writer, fit.start, 101)
    fit.session(writer, fit.start, 100, sub_sport=1, metres=330)
    imported = FIT.read(writer.bytes())
    assert imported.samples["speed_m_s"].tolist() == pytest.approx([3.3] * 101)
    assert imported.samples["distance_m"].max() == pytest.approx(330)
    assert "scaled by 1.100" in notes_of(imported)


def developer_run(fit, name, unit, native, value, letter="H", code=0x84):
    writer = fit.file_id(fit.Writer())
    writer.define(1, 207, [(3, "uint8")]).write(1, 0)
    writer.define(
        1,
        206,
        [
            (0, "uint8"),
            (1, "uint8"),
            (2, "uint8"),
            (3, "string", 24),
            (8, "string", 16),
            (14, "uint16"),
            (15, "uint8"),
        ],
    )
    described = zip(name, native, strict=True)
    for number, (text, field) in enumerate(described):
        writer.write(1, 0, number, code, text, unit, 20 if field else 0xFFFF, field or 0xFF)
    size = {"H": 2, "f": 4, "B": 1}[letter]
    fields = [(n, size, 0, letter) for n in range(len(name))]
    writer.define(4, 20, [(253, "uint32"), (6, "uint16"), (4, "uint8")], developer=fields)
    for second in range(120):
        writer.write(4, fit.start + second, 3000, 85, *value)
    fit.session(writer, fit.start, 119, metres=357)
    return FIT.read(writer.bytes()).runs.iloc[0]


@pytest.mark.parametrize(
    ("name", "unit", "native"),
    [
        (b"Ground Time", b"Milliseconds", 41),
        (b"ContactTime", b"ms", None),
        (b"", b"", 41),
        (b"", b"", 40),
    ],
)
def test_contact_time_in_a_developer_field(fit, name, unit, native):
    run = developer_run(fit, [name], unit, [native], [245])
    assert run["ground_contact_ms"] == 245


def test_a_share_in_percent_is_no_contact_time(fit):
    run = developer_run(fit, [b""], b"", [40], [36])
    assert np.isnan(run["ground_contact_ms"])


def test_runscribe_has_a_contact_time_for_each_foot(fit):
    names = [b"RS_ContactTime_L", b"RS_ContactTime_R"]
    run = developer_run(fit, names, b"ms", [None, None], [240, 250])
    assert run["ground_contact_ms"] == 245
    assert run["sensor"] == "RunScribe"


def test_zero_of_stryd_and_coros_is_missing(fit):
    run = developer_run(fit, [b"Ground Time"], b"Milliseconds", [41], [0])
    assert np.isnan(run["ground_contact_ms"])
    run = FIT.read(fit.a_run(200, contact=0).bytes()).runs.iloc[0]
    assert np.isnan(run["ground_contact_ms"])


def test_stryds_oscillation_is_in_centimetres(fit):
    run = developer_run(
        fit, [b"Vertical Oscillation"], b"Centimeters", [39], [7.5], letter="f", code=0x88
    )
    assert run["vertical_oscillation_mm"] == 75


@pytest.mark.parametrize(("unit", "written"), [(b"RPM", 86), (b"SPM", 172)])
def test_stryds_cadence_is_of_one_leg_or_both(fit, unit, written):
    writer = fit.Writer()
    writer.define(1, 207, [(3, "uint8")]).write(1, 0)
    writer.define(
        1, 206, [(0, "uint8"), (1, "uint8"), (2, "uint8"), (3, "string", 24), (8, "string", 16)]
    ).write(1, 0, 0, 2, b"Cadence", unit)
    writer.define(4, 20, [(253, "uint32"), (6, "uint16")], developer=[(0, 1, 0, "B")])
    for second in range(120):
        writer.write(4, fit.start + second, 3000, written)
    fit.session(writer, fit.start, 119, metres=357)
    assert FIT.read(writer.bytes()).runs["cadence_spm"].tolist() == [172]


def test_cadence_of_both_legs_in_the_native_field(fit):
    imported = FIT.read(fit.a_run(200, cadence=170).bytes())
    assert imported.runs["cadence_spm"][0] == pytest.approx(170.77, abs=0.01)
    assert "both feet" in notes_of(imported)


def test_without_a_session_a_run_is_made_from_records_if_the_sport_is_known(fit):
    writer = fit.file_id(fit.Writer())
    writer.define(2, 12, [(0, "enum"), (1, "enum")]).write(2, 1, 0)
    fit.records(writer, fit.start, 120)
    imported = FIT.read(writer.bytes())
    assert imported.runs["distance_m"].tolist() == [357]
    assert "no summary" in notes_of(imported)


def test_without_a_session_or_sport_nothing_is_guessed(fit):
    writer = fit.file_id(fit.Writer())
    fit.records(writer, fit.start, 120, contact=0)
    imported = FIT.read(writer.bytes())
    assert imported.runs.empty
    assert "'unknown': neither a run" in notes_of(imported)


def test_a_run_without_records_is_a_summary(fit):
    writer = fit.file_id(fit.Writer())
    writer.define(
        2,
        18,
        [
            (253, "uint32"),
            (2, "uint32"),
            (7, "uint32"),
            (8, "uint32"),
            (5, "enum"),
            (9, "uint32"),
            (18, "uint8"),
            (92, "uint8"),
            (91, "uint16"),
        ],
    )
    writer.write(2, fit.start + 3600, fit.start, 3_600_000, 3_500_000, 1, 1_050_000, 84, 99, 2450)
    imported = FIT.read(writer.bytes())
    run = imported.runs.iloc[0]
    assert run["detail"] == "summary"
    assert run["speed_m_s"] == 3
    assert run["cadence_spm"] == 169.546875
    assert run["ground_contact_ms"] == 245
    assert imported.samples.empty


def test_coros_writes_a_contact_time_of_0_without_a_sensor(fit):
    writer = fit.file_id(fit.Writer())
    writer.define(2, 18, [(253, "uint32"), (2, "uint32"), (5, "enum"), (91, "uint16")])
    writer.write(2, fit.start + 60, fit.start, 1, 0)
    assert FIT.read(writer.bytes()).runs["ground_contact_ms"].isna().all()


@pytest.fixture
def in_new_york(monkeypatch):
    """A machine whose zone is that of New York."""
    if not hasattr(time, "tzset"):
        pytest.skip("this platform's zone cannot be set for one process")
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("timezone", "offset_s", "day"),
    [(None, -18_000, "2024-11-08"), ("Asia/Tokyo", 32_400, "2024-11-08")],
)
def test_a_file_that_does_not_state_its_zone(fit, in_new_york, timezone, offset_s, day):
    writer = fit.file_id(fit.Writer())
    fit.records(writer, fit.start, 60)
    fit.session(writer, fit.start, 59)
    imported = FIT.read(writer.bytes(), ReadOptions(timezone=timezone))
    assert imported.runs["utc_offset_s"].tolist() == [offset_s]
    assert imported.runs["local_date"][0] == pd.Timestamp(day)
    assert ("does not state its time zone" in notes_of(imported)) == (timezone is None)


def test_an_impossible_offset_is_not_believed(fit):
    writer = fit.file_id(fit.Writer())
    fit.records(writer, fit.start, 60)
    fit.session(writer, fit.start, 59)
    fit.activity(writer, fit.start + 59, offset_s=-1_065_000)
    read = FIT.read(writer.bytes(), ReadOptions(timezone="UTC"))
    assert read.runs["utc_offset_s"].tolist() == [0]


def test_a_watch_whose_clock_was_never_set(fit):
    since_power_on = 17_000_000
    writer = fit.file_id(fit.Writer())
    fit.records(writer, since_power_on, 60)
    fit.session(writer, since_power_on, 59)
    writer.define(3, 34, [(253, "uint32"), (5, "uint32")])
    writer.write(3, since_power_on + 59, fit.start + 59 + 7200)
    imported = FIT.read(writer.bytes(), ReadOptions(timezone="Europe/Athens"))
    assert imported.runs["start_utc"][0] == pd.Timestamp("2024-11-08 11:33:20", tz="UTC")
    assert imported.runs["utc_offset_s"].tolist() == [7200]
    assert "clock was not set" in notes_of(imported)


def test_a_clock_that_is_set_back_during_the_run(fit):
    writer = fit.file_id(fit.Writer())
    fit.records(writer, fit.start, 100)
    fit.records(writer, fit.start + 40, 100, first_m=300.0)
    fit.session(writer, fit.start, 199)
    imported = FIT.read(writer.bytes())
    assert imported.samples["elapsed_s"].tolist() == list(range(200))
    assert "went back" in notes_of(imported)


def strength_file(fit, rows, writer=None):
    writer = writer or fit.file_id(fit.Writer())
    writer.define(
        1,
        225,
        [
            (254, "uint32"),
            (0, "uint32"),
            (3, "uint16"),
            (4, "uint16"),
            (5, "uint8"),
            (6, "uint32"),
            (7, "uint16", 3),
            (8, "uint16", 3),
            (9, "uint16"),
        ],
    )
    for row in rows:
        writer.write(1, fit.start, *row)
    fit.session(writer, fit.start, 1800, sport=10, sub_sport=20)
    fit.activity(writer, fit.start + 1800)
    return FIT.read(writer.bytes())


VOID = 0xFFFF


def test_sets(fit):
    imported = strength_file(
        fit,
        [
            # duration, reps, weight, active, start, categories, exercises, unit
            (40_000, 8, 80 * 16, 1, fit.start + 60, 28, VOID, VOID, 6, VOID, VOID, 1),
            (90_000, VOID, VOID, 0, fit.start + 100, VOID, VOID, VOID, VOID, VOID, VOID, VOID),
            (45_000, VOID, 0, 1, fit.start + 200, 65534, 19, VOID, VOID, 43, VOID, 2),
            (30_000, 12, 0, 1, fit.start + 300, 65534, VOID, VOID, VOID, VOID, VOID, VOID),
            (700_000, VOID, 0, 1, fit.start + 400, 65534, VOID, VOID, VOID, VOID, VOID, VOID),
        ],
    )
    assert imported.sessions["kind"].tolist() == ["strength"]
    sets = imported.sets
    assert sets["position"].tolist() == [1, 2, 3]
    assert sets["name_as_logged"].tolist()[:2] == ["barbell back squat", "plank"]
    assert sets["name_as_logged"].isna()[2]
    assert sets["movement"][0] == "back_squat"
    assert sets["reps"].tolist()[::2] == [8, 12]
    assert sets["load_kg"].tolist()[0] == 80
    assert sets["load_kg"].isna().tolist() == [False, True, True]
    assert sets["hold_s"].isna().tolist() == [True, False, True]
    assert sets["hold_s"][1] == 45
    assert set(sets["session_id"]) == set(imported.sessions["session_id"])


def a_set(fit, category, number, *, reps=VOID, seconds=40, load=0):
    return (
        *(seconds * 1000, reps, load, 1, fit.start + 60),
        *(category, VOID, VOID, number, VOID, VOID, VOID),
    )


LADDER_SPEED, WALKING_HIGH_KNEES, SQUAT, SPRINT = (43, 1), (31, 26), (28, 6), (32, 3)
RUN, JOG, RUN_WARM_UP, TREADMILL = (32, 0), (32, 2), (32, 6), (52, 1)


@pytest.mark.parametrize(
    ("exercises", "kind", "taken"),
    [
        ([LADDER_SPEED, WALKING_HIGH_KNEES], "technique", ["fast_feet", "a_march"]),
        ([LADDER_SPEED, SQUAT], "mixed", ["fast_feet", "back_squat"]),
        ([SPRINT], "technique", ["sprint"]),
        (
            [RUN_WARM_UP, SQUAT, TREADMILL],
            "strength",
            ["warming_up", "back_squat", "running"],
        ),
        ([JOG, LADDER_SPEED, RUN], "technique", ["running", "fast_feet", "running"]),
        ([RUN, TREADMILL], "other", ["running", "running"]),
    ],
)
def test_what_the_sets_are_of_makes_the_kind_of_session(fit, exercises, kind, taken):
    imported = strength_file(fit, [a_set(fit, *exercise) for exercise in exercises])
    assert imported.sessions["kind"].tolist() == [kind]
    assert imported.sets["movement"].tolist() == taken
    assert imported.sets["position"].tolist() == list(range(1, len(taken) + 1))


@pytest.mark.parametrize(
    ("sport", "sub_sport", "movement"),
    [(10, 43, "yoga"), (10, 44, "pilates"), (10, 19, "stretching"), (31, 0, "climbing")],
)
def test_other_work_is_a_session_of_its_own(fit, sport, sub_sport, movement):
    writer = fit.file_id(fit.Writer())
    fit.session(writer, fit.start, 1800, sport=sport, sub_sport=sub_sport)
    imported = FIT.read(fit.activity(writer, fit.start + 1800).bytes())
    assert imported.sessions[["kind", "duration_s"]].to_numpy().tolist() == [["other", 1800]]
    assert imported.sets["movement"].tolist() == [movement]
    assert imported.runs.empty


def test_an_exercise_of_its_authors_own_is_called_what_the_author_calls_it(fit):
    writer = fit.file_id(fit.Writer())
    writer.define(1, 264, [(254, "uint16"), (0, "uint16"), (1, "uint16"), (2, "string", 24)])
    titles = [((65534, 3), "A-Skip"), ((28, 6), "Heavy squat"), ((5, 900), "Wobble hold")]
    for place, ((category, number), title) in enumerate(titles):
        writer.write(1, place, category, number, title.encode())
    exercises = [(65534, 3), (28, 6), (5, 900), (65534, 4)]
    imported = strength_file(fit, [a_set(fit, *each) for each in exercises], writer)
    names = imported.sets["name_as_logged"].tolist()
    assert names == ["A-Skip", "barbell back squat", "Wobble hold"]
    assert imported.sets["movement"].fillna("").tolist() == ["high_skipping", "back_squat", ""]
    assert imported.sessions["kind"].tolist() == ["mixed"]


def test_a_strength_session_without_sets_is_a_session(fit):
    writer = fit.file_id(fit.Writer())
    fit.session(writer, fit.start, 1800, sport=10, sub_sport=20)
    imported = FIT.read(writer.bytes())
    assert len(imported.sessions) == 1
    assert imported.sets.empty


@pytest.mark.parametrize(("kind", "word"), [(2, "settings"), (5, "workout"), (32, "monitoring b")])
def test_files_that_are_no_activity_say_what_they_are(fit, kind, word):
    imported = FIT.read(fit.file_id(fit.Writer(), kind).bytes())
    assert imported.runs.empty
    assert f"a file of type '{word}'" in notes_of(imported)


def test_damage_is_told_with_its_place(fit):
    content = fit.a_run(200).bytes()
    imported = FIT.read(content[:-1] + b"\0")
    assert len(imported.runs) == 1
    (note,) = imported.notes
    assert note.severity == "warning"
    assert note.where.startswith("byte ")


def test_fitparse_as_engine_gives_the_same_tables(fit):
    content = fit.a_run(200).bytes()
    ours, theirs = FIT.read(content), FIT.read(content, ReadOptions(engine="fitparse"))
    for table in ours.TABLES:
        pd.testing.assert_frame_equal(getattr(ours, table), getattr(theirs, table))


def test_fitparse_refuses_what_is_damaged(fit):
    content = fit.a_run(200).bytes()
    with pytest.raises(UnreadableFileError, match="leave the engine out"):
        FIT.read(content[:-1] + b"\0", ReadOptions(engine="fitparse"))


def test_unknown_engines_are_refused_by_name(fit):
    with pytest.raises(UsageError, match="no FIT engine 'java'; known are: fitparse"):
        FIT.read(fit.a_run(20).bytes(), ReadOptions(engine="java"))
