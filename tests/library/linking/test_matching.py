"""What is the same run or session, and above all what is not."""

from __future__ import annotations

import pandas as pd
import pytest

from runanalytics import schema
from runanalytics.library.linking.clusters import UserDecisions
from runanalytics.library.linking.matching import (
    DuplicatePair,
    duplicate_runs,
    duplicate_sessions,
)

MACHINE_S, HOME_S = 0.0, 7_200.0


def run(
    run_id: str,
    start: str,
    distance_m: float | None = 10_000.0,
    elapsed_s: float | None = 3_000.0,
    *,
    clock: str = "both",
    file: str = "",
    **more: object,
) -> dict[str, object]:
    """A run that begins at `start`, on the clock that its source states (home is UTC+2)."""
    moment = pd.Timestamp(start)
    offset = HOME_S if clock == "both" else MACHINE_S
    instant = moment - pd.Timedelta(seconds=HOME_S if clock == "both" else 0)
    return {
        "run_id": run_id, "start_utc": instant.tz_localize("UTC"), "utc_offset_s": offset,
        "local_date": moment.normalize(), "distance_m": distance_m, "elapsed_s": elapsed_s,
        "clock": clock, "detail": "summary", "rank": 1, "file": file or run_id, **more,
    }  # fmt: skip


def found_runs(
    *rows: dict[str, object], decisions: UserDecisions | None = None
) -> list[DuplicatePair]:
    frame = pd.DataFrame(rows)
    beside = frame[["clock", "rank", "file"]]
    runs = schema.check(frame.drop(columns=["clock", "rank", "file"]), "runs")
    files = [frozenset([name]) for name in beside["file"]]
    return duplicate_runs(runs.assign(clock=beside["clock"], rank=beside["rank"]), files, decisions)


def pairs(*rows: dict[str, object], decisions: UserDecisions | None = None) -> set[tuple[str, str]]:
    return {(one.duplicate, one.primary) for one in found_runs(*rows, decisions=decisions)}


def test_a_watch_a_list_and_an_upload_of_one_run_are_one() -> None:
    found = found_runs(
        run("fit", "2026-06-01 18:00", detail="samples", rank=0),
        run("list", "2026-06-01 18:00", 10_010, clock="local"),
        run("upload", "2026-06-01 16:00:05", 9_960, 2_990, clock="utc"),
    )
    assert [(one.duplicate, one.primary, one.place) for one in found] == [
        ("list", "fit", 1),
        ("upload", "fit", 2),
    ]
    assert "10.01 km in 50:00 and 10 km in 50:00" in found[0].reason


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"detail": "samples", "rank": 2}, {"detail": "summary", "ground_contact_ms": 250.0}),
        ({"ground_contact_ms": 250.0, "rank": 2}, {"rank": 0}),
        ({"vertical_oscillation_mm": 80.0, "rank": 2}, {"rank": 0}),
        ({"rank": 0}, {"rank": 1}),
    ],
)
def test_samples_come_first_then_contact_time_then_dynamics_then_the_importer(
    better: dict[str, object], worse: dict[str, object]
) -> None:
    rows = [run("b", "2026-06-01 18:00", **better), run("a", "2026-06-01 18:00", **worse)]
    assert pairs(*rows) == {("a", "b")}


def test_a_warm_up_the_run_after_it_and_a_cool_down_stay_three() -> None:
    for clock in ("both", "local"):
        rows = [
            run("w1", "2026-06-01 18:00", 2_000, 600, file="x"),
            run("m1", "2026-06-01 18:10:10", 8_000, 2_400, file="x"),
            run("w2", "2026-06-01 18:00:20", 2_010, 590, clock=clock, file="y"),
            run("m2", "2026-06-01 18:10:20", 8_020, 2_390, clock=clock, file="y"),
        ]
        assert {frozenset(pair) for pair in pairs(*rows)} == {
            frozenset(("w1", "w2")),
            frozenset(("m1", "m2")),
        }


def test_two_laps_of_one_loop_on_one_day_stay_two() -> None:
    morning, evening = "2026-06-01 07:00", "2026-06-01 19:00"
    assert pairs(run("a", morning, 5_000, 1_500), run("b", evening, 5_000, 1_500)) == set()
    # Nor does a list in local time take the one for the other where its own partner is missing.
    assert pairs(
        run("a", morning, 5_000, 1_500),
        run("b", evening, 5_000, 1_500, clock="local"),
    ) == set()  # fmt: skip


def test_the_same_route_at_the_same_hour_a_week_later_is_another_run() -> None:
    assert pairs(
        run("a", "2026-06-01 07:00", clock="local"), run("b", "2026-06-08 07:00", clock="local")
    ) == set()  # fmt: skip
    assert pairs(
        run("a", "2026-06-01 07:00", clock="local"), run("b", "2026-06-02 07:00", clock="utc")
    ) == set()  # fmt: skip


def test_a_corrected_treadmill_distance_does_not_make_two_runs() -> None:
    rows = [
        run("fit", "2026-06-01 18:00", 9_000, 3_000, kind="treadmill", detail="samples"),
        run("list", "2026-06-01 18:00", 10_200, 3_000, kind="treadmill", clock="local"),
    ]
    assert pairs(*rows) == {("list", "fit")}
    outside = run("x", "2026-06-01 18:00", 9_000, 3_000, kind="trail", clock="local")
    assert pairs(rows[0], outside) == set()


def test_moving_time_of_one_and_elapsed_time_of_the_other_agree() -> None:
    stopped = run("a", "2026-06-01 18:00", 10_000, 3_900, moving_s=3_000.0)
    assert pairs(stopped, run("b", "2026-06-01 18:00", 10_050, None, moving_s=3_000.0)) == {
        ("b", "a")
    }


def test_a_run_that_a_source_splits_is_never_taken_for_one_half() -> None:
    whole = run("whole", "2026-06-01 18:00", 12_000, 3_600)
    for share in (0.3, 0.5, 0.7):
        cut = pd.Timestamp("2026-06-01 18:00") + pd.Timedelta(seconds=3_600 * share)
        first = run("h1", "2026-06-01 18:00", 12_000 * share, 3_600 * share, file="h")
        second = run("h2", str(cut), 12_000 * (1 - share), 3_600 * (1 - share), file="h")
        assert pairs(whole, first, second) == set()


def test_a_local_and_a_utc_start_two_hours_apart_are_one_where_others_show_it() -> None:
    rows = []
    for day in range(1, 6):
        rows.append(
            run(f"l{day}", f"2026-06-0{day} 18:0{day}:10", 9_000 + 100 * day, 2_900, clock="local")
        )
        rows.append(
            run(f"u{day}", f"2026-06-0{day} 16:0{day}:40", 8_950 + 100 * day, 2_880, clock="utc")
        )
    found = found_runs(*rows)
    assert len(found) == 5
    assert all({one.duplicate[0], one.primary[0]} == {"l", "u"} for one in found)
    assert all(one.duplicate[1:] == one.primary[1:] for one in found)
    assert "(+02:00)" in found[0].reason


def test_a_lone_local_and_utc_pair_must_agree_to_the_second() -> None:
    local = run("l", "2026-06-01 18:00:00", 10_000, 3_000, clock="local")
    assert pairs(local, run("u", "2026-06-01 16:00:04", 9_900, 3_010, clock="utc"))
    assert not pairs(local, run("u", "2026-06-01 16:01:00", 9_900, 3_010, clock="utc"))
    assert not pairs(local, run("u", "2026-06-01 16:00:04", 9_900, 3_100, clock="utc"))
    assert not pairs(local, run("u", "2026-06-01 16:07:00", 9_990, 3_000, clock="utc"))
    assert not pairs(local, run("u", "2026-05-31 22:15:00", 9_990, 3_000, clock="utc")), "no zone"


def test_watches_of_another_offset_rule_a_lone_pair_out() -> None:
    watch = [run(f"w{day}", f"2026-06-1{day} 07:00", 5_000, 1_500) for day in range(4)]
    local = run("l", "2026-06-15 19:00", 10_000, 3_000, clock="local")
    morning = run("u", "2026-06-15 06:00", 10_000, 3_000, clock="utc")  # would be +13:00
    assert pairs(*watch, local, morning) == set()


def test_a_day_without_a_time_joins_the_only_run_it_can_mean() -> None:
    day = run("day", "2026-06-01", 10_000, 3_000) | {"start_utc": None, "utc_offset_s": None}
    near = run("a", "2026-06-01 07:00", 10_100, 3_010)
    other = run("b", "2026-06-01 18:00", 10_050, 3_005)
    assert pairs(day, near) == {("day", "a")} or pairs(day, near) == {("a", "day")}
    assert pairs(day, near, other) == set()
    same = run("a2", "2026-06-01 07:00", 10_100, 3_010, clock="local")
    assert len(pairs(day, near, same)) == 2, "two sources of one run are one candidate"
    assert pairs(day, run("c", "2026-06-01 07:00", 12_000, 3_010)) == set()


def test_two_rows_of_one_file_are_two_unless_they_overlap() -> None:
    rows = [
        run("a", "2026-06-01 18:00", file="same", clock="local"),
        run("b", "2026-06-01 16:00", file="same", clock="utc"),
    ]
    assert pairs(*rows) == set()
    assert len(pairs(rows[0], rows[0] | {
        "run_id": "c"})) == 1, "an app that was told twice"  # fmt: skip


def test_what_the_user_took_apart_stays_apart_and_the_others_are_joined() -> None:
    rows = [run(name, "2026-06-01 18:00") for name in ("a", "b", "c")]
    assert pairs(*rows) == {("b", "a"), ("c", "a")}
    assert pairs(*rows, decisions=UserDecisions(apart=(("b", "a"),))) == {("c", "a")}
    assert pairs(*rows, decisions=UserDecisions(apart=(("a", "b"),))) == {("c", "b")}


def test_what_the_user_joined_is_one_and_the_second_is_primary() -> None:
    rows = [
        run("a", "2026-06-01 07:00"),
        run("b", "2026-06-05 18:00"),
        run("c", "2026-06-05 18:00"),
    ]
    assert pairs(*rows, decisions=UserDecisions(together={"a": "c"})) == {("a", "c"), ("b", "c")}
    assert pairs(*rows[:1], decisions=UserDecisions(together={"a": "gone"})) == set()


def session(session_id: str, start: str, duration_s: float | None = 3_600.0, *, clock: str = "both",
            kind: str = "strength", typed: bool = True, n_sets: int = 0, file: str = "",
            ) -> dict[str, object]:  # fmt: skip
    moment = pd.Timestamp(start)
    row = {
        "session_id": session_id, "local_date": moment.normalize(), "duration_s": duration_s,
        "kind": kind, "clock": clock, "typed": typed, "n_sets": n_sets, "file": file or session_id,
        "start_utc": None, "utc_offset_s": None,
    }  # fmt: skip
    if " " not in start:
        return row
    offset = HOME_S if clock == "both" else MACHINE_S
    instant = moment - pd.Timedelta(seconds=HOME_S if clock == "both" else 0)
    return row | {"start_utc": instant.tz_localize("UTC"), "utc_offset_s": offset}


def found_sessions(*rows: dict[str, object]) -> list[DuplicatePair]:
    frame = pd.DataFrame(rows)
    beside = ["clock", "typed", "n_sets", "file"]
    sessions = schema.check(frame.drop(columns=beside), "sessions")
    files = [frozenset([name]) for name in frame["file"]]
    return duplicate_sessions(sessions.join(frame[beside[:3]]), files)


def session_pairs(*rows: dict[str, object]) -> set[tuple[str, str]]:
    return {(one.duplicate, one.primary) for one in found_sessions(*rows)}


def test_a_watchs_hour_and_a_typed_log_are_one_and_the_log_is_primary() -> None:
    watch = session("watch", "2026-06-01 18:00", 3_900, typed=False, n_sets=20)
    log = session("log", "2026-06-01 18:04", 3_300, clock="local", n_sets=15)
    (merge,) = found_sessions(watch, log)
    assert (merge.duplicate, merge.primary, merge.timed) == ("watch", "log", True)
    without_sets = session("log", "2026-06-01 18:04", 3_300, clock="local")
    assert session_pairs(watch, without_sets) == {("log", "watch")}


def test_two_sessions_on_one_day_stay_two() -> None:
    rows = [
        session("w1", "2026-06-01 08:00", typed=False, file="w"),
        session("w2", "2026-06-01 18:00", typed=False, file="w2"),
        session("l1", "2026-06-01 08:05", None, clock="local", n_sets=5, file="l"),
        session("l2", "2026-06-01 18:05", None, clock="local", n_sets=5, file="l"),
    ]
    assert session_pairs(*rows) == {("w1", "l1"), ("w2", "l2")}
    assert session_pairs(rows[0], rows[3]) == set()


def test_a_log_of_days_joins_the_only_session_of_its_day() -> None:
    watch = session("w", "2026-06-01 18:00", typed=False)
    later = session("x", "2026-06-01 20:30", typed=False)
    day = session("d", "2026-06-01", None, n_sets=5, file="log")
    assert session_pairs(watch, day) == {("w", "d")}
    assert session_pairs(watch, later, day) == set(), "either could be meant"
    twice = session("d2", "2026-06-01", None, n_sets=5, file="log")
    assert session_pairs(watch, day, twice) == set(), "the log has two of that day"
    assert session_pairs(day, session("e", "2026-06-01", None, file="other")) == set()


def test_drills_are_not_the_gym_hour_of_their_day() -> None:
    watch = session("w", "2026-06-01 18:00", typed=False)
    assert session_pairs(watch, session("d", "2026-06-01", None, kind="technique")) == set()
    assert session_pairs(watch, session("d", "2026-06-01 18:10", kind="technique")) == set()
    assert session_pairs(watch, session("d", "2026-06-01 18:10", kind="mixed")) != set()


def test_a_log_of_unknown_names_joins_what_was_at_its_time_but_not_what_was_on_its_day() -> None:
    watch = session("w", "2026-06-01 18:00", typed=False)
    unknown = {"kind": "unknown", "n_sets": 3}
    assert session_pairs(watch, session("d", "2026-06-01 18:10", **unknown)) == {("w", "d")}
    assert session_pairs(watch, session("d", "2026-06-01", None, **unknown)) == set()


def test_a_log_of_yoga_is_of_the_hour_that_a_watch_called_strength() -> None:
    watch = session("w", "2026-06-01 18:00", typed=False)
    yoga = {"kind": "other", "n_sets": 1}
    assert session_pairs(watch, session("d", "2026-06-01 18:05", **yoga)) == {("w", "d")}
    assert session_pairs(watch, session("d", "2026-06-01", None, **yoga)) == set()
    with_sets = session("w", "2026-06-01 18:00", typed=False, n_sets=12)
    assert session_pairs(with_sets, session("d", "2026-06-01 18:05", **yoga)) == set()


def test_two_kinds_of_other_work_on_one_day_stay_two() -> None:
    rows = [
        session("w", "2026-06-01 18:00", typed=False, kind="other", n_sets=1),
        session("d", "2026-06-01", None, kind="other", n_sets=1),
    ]
    frame = schema.check(
        pd.DataFrame(rows).drop(columns=["clock", "typed", "n_sets", "file"]), "sessions"
    )
    beside = pd.DataFrame(rows)[["clock", "typed", "n_sets"]]
    files = [frozenset(["a"]), frozenset(["b"])]
    for work, n_merged in ((["climbing", "mobility"], 0), (["mobility", "mobility"], 1)):
        found = duplicate_sessions(frame.join(beside).assign(work=work), files)
        assert len(found) == n_merged
