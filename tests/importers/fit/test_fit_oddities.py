"""Files of other makers and apps: a right number or a note, never a wrong number silently."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from runanalytics.importers.contract import ReadOptions
from runanalytics.importers.fit import FIT

IN_UTC = ReadOptions(timezone="UTC")


def read(writer):
    return FIT.read(writer.bytes(), IN_UTC)


def notes_of(imported) -> str:
    return "\n".join(str(note) for note in imported.notes)


def with_records(fit, fields, rows, *, sport=1, sub_sport=0, metres=0.0, elapsed_s=None):
    """A session over records of any fields; each row begins with its second."""
    writer = fit.file_id(fit.Writer())
    writer.define(4, 20, [(253, "uint32"), *fields])
    for second, *values in rows:
        writer.write(4, fit.start + second, *values)
    last = max(row[0] for row in rows)
    lasted = last if elapsed_s is None else elapsed_s
    fit.session(writer, fit.start, lasted, sport, sub_sport, metres)
    return fit.activity(writer, fit.start + last)


def with_session(fit, writer, fields):
    """A session of any fields: (number, type, value)."""
    writer.define(2, 18, [(number, kind) for number, kind, _ in fields])
    return writer.write(2, *(value for *_, value in fields))


def test_sensors_that_write_a_record_each(fit):
    """Suunto's exports and Strava's app: several records of one second, each with a part."""
    writer = fit.file_id(fit.Writer())
    writer.define(4, 20, [(253, "uint32"), (5, "uint32"), (6, "uint16")])
    writer.define(5, 20, [(253, "uint32"), (3, "uint8"), (4, "uint8"), (6, "uint16")])
    for second in range(200):
        writer.write(4, fit.start + second, 300 * second, 3000)
        writer.write(5, fit.start + second, 150, 85, 0)
    fit.session(writer, fit.start, 199, metres=597)
    imported = read(writer)
    samples = imported.samples
    assert samples["elapsed_s"].tolist() == list(range(200))
    assert samples[["heart_rate_bpm", "cadence_spm", "speed_m_s"]].notna().all(axis=None)
    assert (samples["speed_m_s"] == 3).all()  # a zero beside a number was not measured
    assert "merged: 200" in notes_of(imported)


def test_a_record_a_second_too_late_moves_no_other(fit):
    order = [0, 1, 2, 4, 3, *range(5, 100)]
    writer = with_records(fit, [(5, "uint32"), (4, "uint8")], [(s, 300 * s, 85) for s in order])
    samples = read(writer).samples
    assert samples["elapsed_s"].tolist() == list(range(100))
    assert samples["distance_m"].tolist() == [3.0 * second for second in range(100)]


def test_records_without_a_time_at_the_end(fit):
    writer = with_records(fit, [(4, "uint8")], [(second, 85) for second in range(100)])
    writer.define(4, 20, [(253, "uint32"), (4, "uint8")])
    for _ in range(3):
        writer.write(4, 0xFFFFFFFF, 85)
    imported = read(writer)
    assert len(imported.samples) == 100
    assert "left out for an impossible time: 3" in notes_of(imported)


@pytest.mark.parametrize(("sport", "sub_sport"), [(0, 0), (0, 1), (0, 3), (0, 4), (4, 1), (254, 2)])
def test_a_run_whose_app_names_no_sport(fit, sport, sub_sport):
    rows = [(second, 300 * second, 85) for second in range(100)]
    fields = [(5, "uint32"), (4, "uint8")]
    writer = with_records(fit, fields, rows, sport=sport, sub_sport=sub_sport, metres=297)
    assert len(read(writer).runs) == 1


@pytest.mark.parametrize(("sport", "sub_sport"), [(11, 1), (4, 15), (2, 4), (17, 3)])
def test_what_is_no_run_by_any_of_its_words(fit, sport, sub_sport):
    rows = [(second, 300 * second, 85) for second in range(100)]
    fields = [(5, "uint32"), (4, "uint8")]
    writer = with_records(fit, fields, rows, sport=sport, sub_sport=sub_sport, metres=297)
    imported = read(writer)
    assert imported.runs.empty
    assert imported.sessions["kind"].tolist() == ["other"]


@pytest.mark.parametrize("kind", [6, 5])
def test_a_course_is_no_run(fit, kind):
    """It has records and a lap of sport running, for somebody to follow."""
    writer = fit.file_id(fit.Writer(), kind)
    fit.records(writer, fit.start, 100)
    writer.define(5, 19, [(253, "uint32"), (2, "uint32"), (25, "enum")])
    writer.write(5, fit.start + 100, fit.start, 1)
    imported = read(writer)
    assert imported.runs.empty
    assert "it holds no activity" in notes_of(imported)


def test_cadence_in_256ths(fit):
    rows = [(second, 300 * second, 85 * 256 + 128) for second in range(100)]
    run = read(with_records(fit, [(5, "uint32"), (52, "uint16")], rows, metres=297)).runs.iloc[0]
    assert run["cadence_spm"] == 171


def test_a_fraction_is_not_added_to_cadence_in_256ths(fit):
    rows = [(second, 300 * second, 85 * 256 + 128, 64) for second in range(100)]
    fields = [(5, "uint32"), (52, "uint16"), (53, "uint8")]
    assert read(with_records(fit, fields, rows)).runs["cadence_spm"].tolist() == [171]


def test_steps_of_both_feet_of_somebody_who_walks(fit):
    rows = [(second, 130 * second, 110) for second in range(100)]
    imported = read(with_records(fit, [(5, "uint32"), (4, "uint8")], rows, metres=129))
    assert set(imported.samples["cadence_spm"]) == {110}
    assert "both feet" in notes_of(imported)


def test_steps_of_both_feet_in_a_summary(fit):
    fields = [
        (2, "uint32", fit.start),
        (7, "uint32", 600_000),
        (8, "uint32", 600_000),
        (5, "enum", 1),
        (9, "uint32", 180_000),
        (18, "uint8", 172),
    ]
    imported = read(with_session(fit, fit.file_id(fit.Writer()), fields))
    assert imported.runs["cadence_spm"].tolist() == [172]
    assert "both feet" in notes_of(imported)


def test_distances_that_restart_with_each_lap(fit):
    rows = [(second, 300 * (second % 100), 3000) for second in range(300)]
    imported = read(with_records(fit, [(5, "uint32"), (6, "uint16")], rows))
    covered = imported.samples["distance_m"]
    assert covered.is_monotonic_increasing
    assert covered.max() == 3 * 297
    assert imported.runs["distance_m"].tolist() == [891]
    assert "begins anew" in notes_of(imported)


def test_a_distance_of_0_now_and_then_is_no_restart(fit):
    rows = [(second, 0 if second == 50 else 300 * second, 3000) for second in range(100)]
    imported = read(with_records(fit, [(5, "uint32"), (6, "uint16")], rows, metres=297))
    assert imported.samples["distance_m"].max() == 297
    assert "begins anew" not in notes_of(imported)


@pytest.mark.parametrize("field", [(73, "uint32"), (6, "uint16")])
def test_speed_in_either_field(fit, field):
    rows = [(second, 3000, 85) for second in range(100)]
    samples = read(with_records(fit, [field, (4, "uint8")], rows)).samples
    assert (samples["speed_m_s"] == 3).all()


def test_neither_speed_nor_distance_but_positions(fit):
    """A run of 3 m/s to the north, as apps convert GPX: positions and nothing else."""
    step = 3 / 111_195 / (180 / 2**31)
    rows = [(second, round(500_000_000 + step * second), 100_000_000) for second in range(300)]
    imported = read(with_records(fit, [(0, "sint32"), (1, "sint32")], rows))
    run = imported.runs.iloc[0]
    assert run["distance_m"] == pytest.approx(897, rel=0.01)
    assert imported.samples["speed_m_s"].median() == pytest.approx(3, rel=0.01)
    assert "taken from positions" in notes_of(imported)
    assert not imported.samples.select_dtypes("number").isin([500_000_000]).any(axis=None)


def test_neither_speed_nor_distance_nor_positions(fit):
    imported = read(with_records(fit, [(4, "uint8")], [(second, 85) for second in range(100)]))
    run = imported.runs.iloc[0]
    assert run["cadence_spm"] == 170
    assert np.isnan(run["distance_m"])
    assert np.isnan(run["speed_m_s"])
    assert "no distance" in notes_of(imported)


def test_what_is_not_measured_is_missing(fit):
    fields = [(5, "uint32"), (3, "uint8"), (13, "sint8"), (2, "uint16"), (41, "uint16")]
    rows = [(second, 300 * second, 0, 0x7F, 0, 0) for second in range(100)]
    imported = read(with_records(fit, fields, rows, metres=297))
    columns = ["heart_rate_bpm", "temperature_c", "altitude_m", "ground_contact_ms"]
    assert imported.samples[columns].isna().all(axis=None)
    assert imported.runs[["heart_rate_bpm", "temperature_c"]].isna().all(axis=None)


@pytest.mark.parametrize(("written", "kept"), [(250, False), (25_000, False), (2_500, True)])
def test_contact_time_in_an_odd_scale(fit, written, kept):
    imported = FIT.read(fit.a_run(200, contact=written).bytes())
    assert np.isnan(imported.runs["ground_contact_ms"][0]) == (not kept)
    assert ("implausible samples of ground_contact_ms" in notes_of(imported)) == (not kept)


def test_a_step_length_in_another_unit_is_told(fit):
    fields = [(5, "uint32"), (6, "uint16"), (4, "uint8"), (85, "uint16")]
    rows = [(second, 300 * second, 3000, 85, 5_000) for second in range(100)]
    imported = read(with_records(fit, fields, rows, metres=297))
    assert "cadence times step length is 0.47 times the speed" in notes_of(imported)


def test_a_summary_of_another_distance_is_told(fit):
    rows = [(second, 300 * second, 85) for second in range(100)]
    imported = read(with_records(fit, [(5, "uint32"), (4, "uint8")], rows, metres=400))
    assert imported.runs["distance_m"].tolist() == [400]
    assert "the records cover 297 m, the summary says 400 m" in notes_of(imported)


def test_a_summary_that_lasted_no_time(fit):
    """Of two sessions: the elapsed time of 0 does not cut the records off."""
    writer = fit.file_id(fit.Writer())
    fit.records(writer, fit.start, 300)
    fit.session(writer, fit.start, 0, metres=897)
    fit.session(writer, fit.start + 1_000, 500, sport=10, sub_sport=20)
    imported = read(fit.activity(writer, fit.start + 1_500))
    assert len(imported.samples) == 300
    assert imported.runs["elapsed_s"].tolist() == [299]


def test_a_summary_that_is_written_twice_is_one_run(fit):
    writer = fit.file_id(fit.Writer())
    fit.records(writer, fit.start, 300)
    for _ in range(2):
        fit.session(writer, fit.start, 299, metres=897)
    imported = read(fit.activity(writer, fit.start + 299))
    assert len(imported.runs) == 1
    assert len(imported.samples) == 300


def test_a_summary_whose_start_is_in_local_time(fit):
    """Eight hours before its records, which it says nothing of: theirs count."""
    writer = fit.file_id(fit.Writer())
    fit.records(writer, fit.start, 300)
    fit.session(writer, fit.start - 8 * 3_600, 299, metres=897)
    run = read(fit.activity(writer, fit.start + 299)).runs.iloc[0]
    assert run["start_utc"] == pd.Timestamp("2024-11-08 11:33:20", tz="UTC")
    assert run["elapsed_s"] == 299


def test_a_manual_entry_that_has_only_an_end(fit):
    fields = [
        (253, "uint32", fit.start + 1_800),
        (7, "uint32", 1_800_000),
        (5, "enum", 1),
        (9, "uint32", 540_000),
    ]
    run = read(with_session(fit, fit.file_id(fit.Writer()), fields)).runs.iloc[0]
    assert run["start_utc"] == pd.Timestamp("2024-11-08 11:33:20", tz="UTC")
    assert (run["moving_s"], run["speed_m_s"], run["detail"]) == (1_800, 3, "summary")


def test_a_clock_that_was_set_on_the_way_is_told(fit):
    rows = [(second, 300 * second, 85) for second in range(100)]
    rows += [(second + 86_400, 300 * second, 85) for second in range(100, 200)]
    writer = with_records(fit, [(5, "uint32"), (4, "uint8")], rows, metres=597, elapsed_s=199)
    imported = read(writer)
    assert "was the clock set on the way" in notes_of(imported)
    assert imported.runs["moving_s"][0] <= 229


@pytest.mark.parametrize("offset_s", [57_600, -57_600, 3_000_000])
def test_no_place_is_so_far_from_utc(fit, offset_s):
    writer = fit.file_id(fit.Writer())
    fit.records(writer, fit.start, 100)
    fit.session(writer, fit.start, 99, metres=297)
    run = read(fit.activity(writer, fit.start + 99, offset_s)).runs.iloc[0]
    assert run["utc_offset_s"] == 0


def test_local_time_is_stated_in_another_message(fit):
    writer = fit.file_id(fit.Writer())
    writer.define(5, 162, [(253, "uint32"), (3, "uint32")])
    writer.write(5, fit.start, fit.start + 36_000)
    fit.records(writer, fit.start, 100)
    fit.session(writer, fit.start, 99, metres=297)
    run = read(writer).runs.iloc[0]
    assert run["utc_offset_s"] == 36_000
    assert run["local_date"] == pd.Timestamp("2024-11-08")


def test_overlapping_sessions_share_no_record(fit):
    writer = fit.file_id(fit.Writer())
    fit.records(writer, fit.start, 600)
    fit.session(writer, fit.start, 599, metres=1797)
    fit.session(writer, fit.start + 300, 299, metres=897)
    imported = read(fit.activity(writer, fit.start + 599))
    assert len(imported.runs) == 2
    assert imported.samples.groupby("run_id").size().tolist() == [300, 300]


def test_more_laps_than_the_summary_counts(fit):
    writer = fit.a_run(300)
    writer.define(5, 19, [(253, "uint32"), (2, "uint32")])
    for lap in (0, 100, 100, 200):  # one was pressed twice
        writer.write(5, fit.start + lap + 100, fit.start + lap)
    assert read(writer).samples["lap"].max() == 3


def test_laps_that_all_begin_at_an_impossible_time(fit):
    writer = fit.a_run(300)
    writer.define(5, 19, [(253, "uint32"), (2, "uint32")])
    for lap in range(3):
        writer.write(5, fit.start + 100 * lap + 100, fit.start - 42_000)
    assert read(writer).samples["lap"].tolist() == [1] * 300


@pytest.mark.parametrize(
    ("intensities", "kind"),
    [([2, 5, 4, 5, 4, 3], "workout"), ([5, 5, 5, 5], "unknown"), ([0, 1, 0], "unknown")],
)
def test_laps_of_rest_are_those_of_a_workout(fit, intensities, kind):
    """Watches call the laps of an easy run "interval" too."""
    writer = fit.a_run(600)
    writer.define(5, 19, [(253, "uint32"), (2, "uint32"), (23, "enum")])
    for lap, intensity in enumerate(intensities):
        writer.write(5, fit.start + 100 * lap + 100, fit.start + 100 * lap, intensity)
    assert read(writer).runs["kind"].tolist() == [kind]


def test_a_workout_of_another_sport_does_not_name_the_run(fit):
    writer = fit.a_run(100)
    writer.define(5, 26, [(4, "enum"), (8, "string", 10), (6, "uint16")])
    writer.write(5, 10, b"Legs\0", 13)
    run = read(writer).runs.iloc[0]
    assert run["kind"] == "unknown"
    assert pd.isna(run["title"])


def test_a_title_cut_off_within_a_character(fit):
    writer = fit.a_run(100)
    writer.define(5, 26, [(8, "string", 6)]).write(5, "Läufe".encode()[:2])
    assert read(writer).runs["title"].tolist() == ["L"]


def test_what_is_0_throughout_was_not_measured(fit):
    """A cadence of 0 does not make standing of a run, nor is a run's power 0 W."""
    fields = [(5, "uint32"), (6, "uint16"), (4, "uint8"), (7, "uint16"), (13, "sint8")]
    rows = [(second, 300 * second, 3000, 0, 0, 0) for second in range(100)]
    run = read(with_records(fit, fields, rows, metres=297)).runs.iloc[0]
    assert run[["cadence_spm", "power_w"]].isna().all()
    assert run["moving_s"] == 99
    assert run["temperature_c"] == 0  # which it was, all the way


def test_a_pod_that_drops_out_for_a_while(fit):
    """Its zeros may be those of a watch whose speed lags behind a stop: not averaged in."""
    rows = [(s, 300 * s, 3000, 0 if 40 <= s < 60 else 85) for s in range(200)]
    fields = [(5, "uint32"), (6, "uint16"), (4, "uint8")]
    run = read(with_records(fit, fields, rows, metres=597)).runs.iloc[0]
    assert (run["cadence_spm"], run["moving_s"]) == (170, 199)


def test_whoever_stands_takes_no_steps(fit):
    rows = [
        (s, min(300 * s, 30_000), 3000 if s < 100 else 0, 85 if s < 100 else 0) for s in range(150)
    ]
    fields = [(5, "uint32"), (6, "uint16"), (4, "uint8")]
    samples = read(with_records(fit, fields, rows, metres=300)).samples
    assert samples["cadence_spm"].tolist() == [170] * 100 + [0] * 50
    assert samples["moving"].tolist() == [True] * 100 + [False] * 50


def test_a_run_whose_battery_died_before_it_was_named(fit):
    """Cut off without session, lap or sport: only contact time tells that it was a run."""
    writer = fit.file_id(fit.Writer())
    fit.records(writer, fit.start, 300)
    imported = FIT.read(writer.bytes()[:-40], IN_UTC)
    assert len(imported.runs) == 1
    assert imported.runs["ground_contact_ms"].tolist() == [250]
    assert "since contact times were measured" in notes_of(imported)
