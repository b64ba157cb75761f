"""Duplicates, and what they fill in their primaries."""

from __future__ import annotations

import numpy as np
import pandas as pd

from runanalytics import form, schema
from runanalytics.library.linking.combine import (
    Links,
    combined_rows,
    combined_segments,
    combined_sets,
)

DAY = "2026-06-01"


def runs(**columns: list[object]) -> pd.DataFrame:
    n_rows = len(next(iter(columns.values())))
    rows = {"run_id": list("abcd")[:n_rows], "local_date": [DAY] * n_rows, **columns}
    return schema.check(pd.DataFrame(rows), "runs")


def test_nothing_merged_is_the_frame_itself() -> None:
    frame = runs(cadence_spm=[170.0, 171.0])
    assert combined_rows(frame, "run_id", Links()) is frame
    assert combined_sets(schema.empty("sets"), Links({"a": "b"})).empty
    segments = schema.empty("segments")
    assert combined_segments(segments, frame, Links()) is segments


def test_what_a_run_lacks_is_filled_in_the_order_of_the_others() -> None:
    frame = runs(
        cadence_spm=[170.0, 160.0, 161.0],
        ground_contact_ms=[None, None, 240.0],
        power_w=[None, 300.0, 310.0],
        kind=["unknown", "unknown", "race"],
        title=[None, "Second", "Third"],
        detail=["samples", "summary", "summary"],
    )
    whole = combined_rows(frame, "run_id", Links({"b": "a", "c": "a"}))
    assert whole["run_id"].tolist() == ["a"]
    row = whole.iloc[0]
    assert (row["cadence_spm"], row["ground_contact_ms"], row["power_w"]) == (170.0, 240.0, 300.0)
    assert (row["kind"], row["title"], row["detail"]) == ("race", "Second", "samples")
    other = combined_rows(frame, "run_id", Links({"c": "a", "b": "a"}))
    assert (other["power_w"].item(), other["title"].item()) == (310.0, "Third")
    pd.testing.assert_frame_equal(schema.check(whole, "runs"), whole)


def test_a_row_whose_primary_is_not_there_fills_nothing_and_the_frame_is_left_alone() -> None:
    frame = runs(cadence_spm=[170.0, 160.0])
    before = frame.copy()
    assert combined_rows(frame, "run_id", Links({"b": "gone"}))["run_id"].tolist() == ["a"]
    combined_rows(frame, "run_id", Links({"b": "a"}))
    pd.testing.assert_frame_equal(frame, before)


def test_start_and_duration_of_a_session_are_its_watchs() -> None:
    sessions = schema.check(
        pd.DataFrame(
            {
                "session_id": ["log", "watch"],
                "kind": ["mixed", "strength"],
                "local_date": [DAY, "2026-06-02"],
                "start_utc": [None, pd.Timestamp("2026-06-01T22:30Z")],
                "utc_offset_s": [None, 7200.0],
                "duration_s": [3000.0, 3600.0],
                "title": ["Legs", None],
            }
        ),
        "sessions",
    )
    row = combined_rows(sessions, "session_id", Links({"watch": "log"}, frozenset({"watch"}))).iloc[
        0
    ]
    assert (row["session_id"], row["kind"], row["title"]) == ("log", "mixed", "Legs")
    assert (row["duration_s"], row["utc_offset_s"]) == (3600.0, 7200.0)
    assert row["local_date"] == pd.Timestamp("2026-06-02")
    untimed = combined_rows(sessions, "session_id", Links({"watch": "log"})).iloc[0]
    assert untimed["duration_s"] == 3000.0


def test_sets_are_those_of_the_primary_or_of_the_first_duplicate_that_has_any() -> None:
    sets = schema.check(
        pd.DataFrame(
            {
                "session_id": ["log", "watch", "watch", "other"],
                "position": [1, 1, 2, 1],
                "n_sets": 1,
                "reps": [5.0, 8.0, 9.0, 10.0],
            }
        ),
        "sets",
    )
    assert combined_sets(sets, Links({"watch": "log"}))["reps"].tolist() == [5.0, 10.0]
    of_first = combined_sets(sets, Links({"watch": "empty", "other": "empty"}))
    assert of_first[["session_id", "reps"]].to_numpy().tolist() == [
        ["log", 5.0],
        ["empty", 8.0],
        ["empty", 9.0],
    ]
    pd.testing.assert_frame_equal(schema.check(of_first, "sets"), of_first)


def segments_of(run_id: str, n_rows: int, **columns: object) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "run_id": run_id,
            "local_date": DAY,
            "segment": range(1, n_rows + 1),
            "elapsed_s": np.linspace(400, 1500, n_rows),
            "duration_s": 120.0,
            "speed_m_s": np.linspace(2.9, 3.1, n_rows),
            "detail": "samples",
            **columns,
        }
    )


def test_contact_time_of_another_source_reaches_form() -> None:
    own = segments_of("a", 4, cadence_spm=170.0, heart_rate_bpm=150.0, device="Watch")
    pod = segments_of(
        "b", 3, cadence_spm=171.0, ground_contact_ms=240.0, heart_rate_bpm=149.0,
        device="Stryd", sensor="Stryd", local_date="2026-06-02",
    )  # fmt: skip
    alone = segments_of("c", 2, ground_contact_ms=250.0)
    segments = schema.check(pd.concat([pod, own, alone], ignore_index=True), "segments")
    before = segments.copy()
    frame = runs(cadence_spm=[170.0, 171.0, None], ground_contact_ms=[None, 240.0, 250.0])
    seen = combined_segments(segments, frame, Links({"b": "a"}))
    pd.testing.assert_frame_equal(segments, before)
    pd.testing.assert_frame_equal(schema.check(seen, "segments"), seen)
    assert seen["run_id"].tolist() == ["a"] * 7 + ["c"] * 2
    assert seen["segment"].tolist() == [1, 2, 3, 4, 5, 6, 7, 1, 2]
    added = seen.iloc[4:7]
    assert (added["ground_contact_ms"] == 240.0).all()
    assert added[["cadence_spm", "heart_rate_bpm"]].isna().all(axis=None)
    assert (added["sensor"] == "Stryd").all()
    assert (added["local_date"] == pd.Timestamp(DAY)).all()
    contact = form(seen, "contact-time", 3.0).set_index("run_id")
    assert contact.loc["a", "device"] == "Stryd"
    assert abs(contact.loc["a", "value"] - 240) < 3
    own_form = form(schema.check(own, "segments"), "cadence", 3.0)
    both_form = form(seen[seen["run_id"] == "a"], "cadence", 3.0)
    pd.testing.assert_frame_equal(own_form, both_form)


def test_power_of_two_makers_is_never_pooled() -> None:
    frame = runs(power_w=[250.0, 280.0, None, 280.0], power_sensor=[None, "Stryd", None, "Stryd"])
    joined = combined_rows(frame, "run_id", Links({"b": "a", "d": "c"}))
    assert joined["power_sensor"].fillna("").tolist() == ["", "Stryd"]
    each = [
        segments_of(run, 4, power_w=watts, device="Watch", power_sensor=sensor)
        for run, watts, sensor in (("a", 250.0, "Watch"), ("b", 280.0, "Stryd"), ("c", 251.0, None))
    ]
    table = form(schema.check(pd.concat(each, ignore_index=True), "segments"), "power", 3.0)
    assert table["device"].tolist() == ["Watch", "Watch + Stryd", "Watch"]


def test_an_average_added_to_samples_counts_as_an_average_in_form() -> None:
    own = segments_of("a", 4, cadence_spm=170.0)
    average = segments_of("b", 1, ground_contact_ms=240.0, detail="summary", duration_s=3600.0)
    frame = runs(cadence_spm=[170.0, None], ground_contact_ms=[None, 240.0])
    segments = schema.check(pd.concat([own, average]), "segments")
    seen = combined_segments(segments, frame, Links({"b": "a"}))
    alone = form(schema.check(average, "segments"), "contact-time", 3.0)
    assert form(seen, "contact-time", 3.0)["se"].tolist() == alone["se"].tolist()


def test_averages_do_not_stand_in_for_segments_that_a_run_was_not_steady_enough_for() -> None:
    average = segments_of("b", 1, cadence_spm=165.0, ground_contact_ms=240.0, detail="summary")
    frame = runs(cadence_spm=[170.0, 165.0], ground_contact_ms=[None, 240.0])
    seen = combined_segments(schema.check(average, "segments"), frame, Links({"b": "a"}))
    assert seen["run_id"].tolist() == ["a"]
    assert seen["cadence_spm"].isna().all()


def test_firmware_is_taken_over_with_its_device_alone() -> None:
    frame = schema.check(
        pd.DataFrame(
            {
                "run_id": ["a", "b", "c", "d", "e", "f"],
                "local_date": "2026-03-01",
                "device": ["Watch A", "Watch A", "Watch A", "Watch B", None, "Watch B"],
                "firmware": [None, "4.10", None, "2.06", None, "2.06"],
            }
        ),
        "runs",
    )
    whole = combined_rows(frame, "run_id", Links({"b": "a", "d": "c", "f": "e"}))
    assert whole["device"].tolist() == ["Watch A", "Watch A", "Watch B"]
    assert whole["firmware"].fillna("").tolist() == ["4.10", "", "2.06"]
