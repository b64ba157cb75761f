import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runanalytics import schema
from runanalytics.errors import SchemaError, UsageError
from runanalytics.measures.dose import MEASURES, dose, with_unknown_names

#: One movement of each kind, as the catalogue has them.
LIFT, JUMP, DRILL = "leg_press", "box_jump", "high_skipping"


def log(*sessions):
    """Sessions from (id, day of March, kind, duration in min), any tail left out."""
    names = ("session_id", "local_date", "kind", "duration_s")
    rows = [dict(zip(names, session, strict=False)) for session in sessions]
    table = pd.DataFrame(rows, columns=names)
    days = [pd.Timestamp(2026, 3, day) for day in table["local_date"]]
    return schema.check(
        table.assign(local_date=days, duration_s=table["duration_s"].astype(float) * 60), "sessions"
    )


def work(*rows, **columns):
    """Sets from (session, movement, number of sets, repetitions)."""
    table = pd.DataFrame(rows, columns=["session_id", "movement", "n_sets", "reps"])
    return schema.check(table.assign(position=range(1, len(table) + 1), **columns), "sets")


def amounts(table):
    return dict(zip(table["local_date"].dt.day, table["amount"], strict=True))


def span(what, *pairs):
    rows = [(what, pd.Timestamp(2026, 3, a), pd.Timestamp(2026, 3, b)) for a, b in pairs]
    return pd.DataFrame(rows, columns=["what", "first_date", "last_date"])


NO_SETS = schema.empty("sets")


def test_sessions_count_from_the_first_of_their_log_to_the_last():
    sessions = log(
        ("a", 2, "strength"), ("b", 4, "strength"), ("c", 4, "strength"), ("d", 9, "technique")
    )
    table = dose(sessions, NO_SETS)
    assert amounts(table) == {2: 1, 3: 0, 4: 2}
    pd.testing.assert_frame_equal(table, schema.check(table, "dose"), check_flags=False)
    assert table.attrs == {
        "what": "strength", "measure": "sessions", "unit": "sessions", "unknown_days": 0
    }  # fmt: skip
    assert amounts(dose(sessions, NO_SETS, "technique")) == {9: 1}


def test_a_mixed_session_without_sets_counts_for_both():
    sessions = log(("a", 2, "mixed"), ("b", 3, "strength"), ("c", 3, "technique"))
    assert amounts(dose(sessions, NO_SETS, "strength")) == {2: 1, 3: 1}
    assert amounts(dose(sessions, NO_SETS, "technique")) == {2: 1, 3: 1}


def test_a_session_with_sets_counts_for_what_it_holds():
    sessions = log(("a", 2, "mixed"), ("b", 3, "strength"), ("c", 4, "strength"))
    sets = work(("a", LIFT, 3, 8), ("b", DRILL, 2, 10), ("c", LIFT, 1, 5), ("c", DRILL, 1, 5))
    assert amounts(dose(sessions, sets, "strength")) == {2: 1, 3: 0, 4: 1}
    assert amounts(dose(sessions, sets, "technique")) == {2: 0, 3: 1, 4: 1}


def test_sets_of_unknown_movements_count_for_the_sessions_kind_only():
    sessions = log(("a", 2, "strength"), ("b", 3, "technique"))
    sets = work(("a", None, 3, 8), ("b", DRILL, 2, 10))
    assert amounts(dose(sessions, sets, "strength", "sets")) == {2: 3}
    assert amounts(dose(sessions, sets, "technique")) == {3: 1}
    assert amounts(dose(sessions, sets, "max_strength")) == {2: 0}


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("sessions", {2: 1, 3: 0, 4: 1}),
        ("sets", {2: 4, 3: 0, 4: 2}),
        ("reps", {2: 3 * 8 + 5, 3: 0, 4: 20}),
        ("minutes", {2: 40 * 4 / 6, 3: 0, 4: 30}),
        ("tonnage_kg", {2: 3 * 8 * 100 + 5 * 60, 3: 0, 4: 0}),
        ("tonnage", {2: 3 * 8 * 100 + 5 * 60, 3: 0, 4: 0}),
    ],
)
def test_measures(measure, expected):
    sessions = log(("a", 2, "mixed", 40), ("b", 4, "strength", 30))
    rows = [("a", LIFT, 3, 8), ("a", LIFT, 1, 5), ("a", DRILL, 2, 12), ("b", JUMP, 2, 10)]
    sets = work(
        *rows, load_kg=[100, 60, np.nan, 75], load_kind=["external", None, None, "bodyweight"]
    )
    table = dose(sessions, sets, "strength", measure)
    assert amounts(table) == pytest.approx(expected)
    assert table.attrs["unit"] == MEASURES[table.attrs["measure"]]


@pytest.mark.parametrize(
    ("what", "expected"), [("plyometric", {2: 0, 3: 0, 4: 2}), (JUMP, {2: 0, 3: 0, 4: 2}),
                           ("max strength", {2: 4, 3: 0, 4: 0}), ("Strength", {2: 4, 3: 0, 4: 2})]
)  # fmt: skip
def test_parts_of_strength(what, expected):
    sessions = log(("a", 2, "strength"), ("b", 4, "strength"))
    sets = work(("a", LIFT, 4, 8), ("b", JUMP, 2, 10))
    assert amounts(dose(sessions, sets, what, "sets")) == expected


def test_a_programme_counts_its_movements():
    sessions = log(("a", 2, "technique"))
    sets = work(("a", DRILL, 4, 8), ("a", "no_such_movement", 2, 8))
    assert amounts(dose(sessions, sets, "technique drills", "sets")) == {2: 4}


@pytest.mark.parametrize(("what", "measure"), [("plyometric", "sessions"), ("strength", "reps")])
def test_days_whose_session_has_no_sets_are_unknown_not_zero(what, measure):
    sessions = log(*((str(day), day, "strength") for day in (2, 4, 6, 8, 10)))
    sets = work(("4", JUMP, 1, 6), ("8", JUMP, 1, 6))
    table = dose(sessions, sets, what, measure)
    amount = 1 if measure == "sessions" else 6
    assert amounts(table) == {4: amount, 5: 0, 7: 0, 8: amount}
    assert table.attrs["unknown_days"] == 1
    assert not len(dose(sessions, NO_SETS, what, measure))


def test_minutes_without_duration_are_those_held_and_else_unknown():
    sessions = log(
        ("a", 2, "strength"), ("b", 3, "strength"), ("c", 4, "strength", 20), ("d", 5, "mixed", 20)
    )
    sets = work(("a", "wall_sit", 3, np.nan), ("b", LIFT, 3, 8), hold_s=[40, np.nan])
    table = dose(sessions, sets, "strength", "minutes")
    assert amounts(table) == {2: 2, 4: 20}
    assert table.attrs["unknown_days"] == 2


def test_sets_held_or_paced_have_no_repetitions_and_lift_nothing():
    sessions = log(("a", 2, "strength"))
    sets = work(("a", "wall_sit", 3, np.nan), ("a", LIFT, 1, 5), hold_s=[40, np.nan],
                load_kg=[20, 50], load_kind="external")  # fmt: skip
    assert amounts(dose(sessions, sets, measure="reps")) == {2: 5}
    assert amounts(dose(sessions, sets, measure="tonnage_kg")) == {2: 250}


def test_repetitions_that_are_not_told_make_the_day_unknown():
    sessions = log(("a", 2, "strength"), ("b", 3, "strength"))
    sets = work(("a", LIFT, 3, np.nan), ("b", LIFT, 3, 8), load_kg=50.0, load_kind="external")
    for measure in ("reps", "tonnage_kg"):
        assert list(amounts(dose(sessions, sets, measure=measure))) == [3]


def test_spans_say_which_days_are_known():
    sessions = log(("a", 4, "strength"), ("b", 12, "strength"), ("c", 25, "strength"))
    spans = pd.concat([span("strength", (3, 5), (4, 6), (12, 12)), span("technique", (1, 31))])
    table = dose(sessions, NO_SETS, spans=spans)
    assert amounts(table) == {3: 0, 4: 1, 5: 0, 6: 0, 12: 1}


def test_where_spans_say_nothing_of_a_log_its_sessions_do():
    sessions = log(("a", 4, "strength"), ("b", 6, "strength"))
    for spans in (span("technique", (1, 31)), schema.empty("log_spans")):
        assert amounts(dose(sessions, NO_SETS, spans=spans)) == {4: 1, 5: 0, 6: 1}


def test_no_log_gives_no_day():
    for what in ("strength", "technique", "plyometric"):
        table = dose(schema.empty("sessions"), NO_SETS, what)
        pd.testing.assert_frame_equal(table, schema.empty("dose"), check_flags=False)
    assert not len(dose(log(("a", 3, "technique")), NO_SETS, "strength"))
    spans = span("strength", (1, 3))
    assert amounts(dose(schema.empty("sessions"), NO_SETS, spans=spans)) == {1: 0, 2: 0, 3: 0}


def test_sprints_belong_to_the_technique_log():
    sessions = log(("a", 2, "strength"), ("b", 4, "technique"), ("c", 6, "technique"))
    sets = work(("a", LIFT, 3, 8), ("b", "sprint_30_m", 6, 1), ("c", DRILL, 1, 1))
    assert amounts(dose(sessions, sets, "speed", "sets")) == {4: 6, 5: 0, 6: 0}


def test_input_is_not_changed_and_columns_not_needed_may_be_absent():
    sessions, sets = log(("a", 2, "strength", 30)), work(("a", LIFT, 3, 8))
    before = sessions.copy(), sets.copy()
    full = dose(sessions, sets, measure="sets")
    pd.testing.assert_frame_equal(sessions, before[0])
    pd.testing.assert_frame_equal(sets, before[1])
    bare = dose(
        sessions[["session_id", "kind", "local_date"]],
        sets[["movement", "session_id", "n_sets"]],
        measure="sets",
    )
    pd.testing.assert_frame_equal(full, bare)


def test_errors_say_what_is_wrong():
    sessions, sets = log(("a", 2, "strength")), work(("a", LIFT, 3, 8))
    with pytest.raises(
        UsageError, match=r"no measure 'rep'; did you mean 'reps'\? There are: sess"
    ):
        dose(sessions, sets, measure="rep")
    with pytest.raises(UsageError, match="'legpres' is no category, programme or movement"):
        dose(sessions, sets, "legpres")
    with pytest.raises(SchemaError, match="'sessions': no column 'kind'"):
        dose(sessions.drop(columns="kind"), sets)
    with pytest.raises(SchemaError, match="'sets': no column 'movement'"):
        dose(sessions, sets.drop(columns="movement"))
    with pytest.raises(SchemaError, match="session 'a' stands in it twice"):
        dose(pd.concat([sessions, sessions]), sets)
    with pytest.raises(SchemaError, match="a span ends before it begins"):
        dose(sessions, sets, spans=span("strength", (5, 3)))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 28),
            st.sampled_from(["strength", "technique", "mixed"]),
            st.lists(
                st.tuples(st.sampled_from([LIFT, JUMP, DRILL, None]), st.integers(1, 5)), max_size=3
            ),
        ),
        max_size=8,
    )
)
def test_what_is_known_adds_up(sessions):
    """Sets of strength and of technique, where each day is known, are all sets there are."""
    table = log(*((str(i), day, kind) for i, (day, kind, _) in enumerate(sessions)))
    rows = [(str(i), what, n, 5) for i, (_, _, done) in enumerate(sessions) for what, n in done]
    sets = work(*rows)
    spans = pd.concat([span("strength", (1, 28)), span("technique", (1, 28))])
    strength, drills, jumps = (
        dose(table, sets, what, "sets", spans).set_index("local_date")["amount"]
        for what in ("strength", "technique", JUMP)
    )
    known = strength.index.intersection(drills.index)
    logged = sets.merge(table[["session_id", "local_date", "kind"]], on="session_id")
    # An unknown movement of a mixed session may be either, and counts for both.
    twice = logged["movement"].isna() & (logged["kind"] == "mixed")
    total = (logged["n_sets"] * (1 + twice)).groupby(logged["local_date"]).sum()
    assert ((strength + drills)[known] == total.reindex(known, fill_value=0)).all()
    both = jumps.index.intersection(strength.index)
    assert (jumps[both] <= strength[both]).all()


def test_other_work_is_a_dose_of_its_own_and_no_strength():
    sessions = log(("a", 2, "other"), ("b", 4, "strength"), ("c", 5, "other"))
    sets = work(("a", "yoga", 1, None), ("b", LIFT, 3, 5), ("b", "yoga", 1, None))
    sets = pd.concat([sets, work(("c", None, 1, None), category=["mobility"])])
    assert amounts(dose(sessions, sets, "mobility")) == {2: 1, 3: 0, 4: 1, 5: 1}
    assert amounts(dose(sessions, sets, "yoga")) == {2: 1, 3: 0, 4: 1}
    assert amounts(dose(sessions, sets, "strength")) == {4: 1}
    assert dose(sessions, sets, "technique").empty
    assert amounts(dose(sessions, sets, "mobility", spans=span("mobility", (1, 2)))) == {1: 0, 2: 1}


def test_a_category_says_what_a_set_without_a_movement_is():
    sessions = log(("a", 2, "strength"), ("b", 3, "technique"))
    sets = work(("a", None, 3, 5), ("b", None, 2, 20), category=["plyometric", "technique"])
    assert amounts(dose(sessions, sets, "plyometric", "sets")) == {2: 3}
    assert amounts(dose(sessions, sets, "strength", "sets")) == {2: 3}
    assert amounts(dose(sessions, sets, "technique", "sets")) == {3: 2}
    assert "unknown_names" not in dose(sessions, sets, "strength").attrs


@pytest.mark.parametrize(
    ("rows", "holds", "what", "minutes"),
    [
        # A walk takes its own time, and the sets share the rest.
        ([("walking", 1), (LIFT, 1)], [2400, None], "strength", 20),
        ([("walking", 1), (LIFT, 1)], [2400, None], "endurance", 40),
        ([("walking", 1), (LIFT, 3), (DRILL, 1)], [1200, None, None], "technique", 10),
        # Where every row has a time, by time.
        ([("walking", 1), ("plank", 2)], [900, 450], "core", 30),
        ([("yoga", 1), ("pilates", 1)], [600, 1800], "yoga", 15),
        # Without any, by rows, those of endurance too.
        ([("walking", 1), (LIFT, 3)], [None, None], "strength", 45),
        # The time of a hold is without its rests.
        ([("plank", 2), (LIFT, 4)], [60, None], "core", 20),
        # A walk longer than the session cannot be taken off.
        ([("walking", 1), (LIFT, 1)], [7200, None], "strength", 30),
        # Rest is no work.
        ([("resting", 4), (LIFT, 3), ("yoga", 1)], [None, None, None], "strength", 45),
    ],
)
def test_minutes_are_those_of_the_work_that_is_asked_for(rows, holds, what, minutes):
    sets = work(*(("a", movement, n_sets, None) for movement, n_sets in rows), hold_s=holds)
    sets = sets.assign(hold_s=sets["hold_s"].astype(float))
    found = dose(log(("a", 2, "mixed", 60)), sets, what, "minutes")
    assert amounts(found) == pytest.approx({2: minutes})


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([LIFT, JUMP, DRILL, "yoga", "cycling", "climbing", "strides"]),
            st.integers(1, 5),
            st.sampled_from([None, 30.0, 600.0]),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_the_minutes_of_all_kinds_of_work_are_those_of_the_session(rows):
    sets = work(*(("a", movement, n_sets, None) for movement, n_sets, _ in rows))
    sets = sets.assign(hold_s=pd.Series([hold for *_, hold in rows], dtype=float))
    session = log(("a", 2, "mixed", 60))
    # Strides are technique, too.
    kinds = ("strength", "technique", "mobility", "endurance", "other_sport")
    parts = [dose(session, sets, kind, "minutes")["amount"].sum() for kind in kinds]
    assert all(0 <= part <= 60 + 1e-9 for part in parts)
    taken_s = sum(n * (hold or 0) for movement, n, hold in rows if movement not in (LIFT, JUMP))
    if taken_s < 3600 or all(hold is not None for *_, hold in rows):
        assert sum(parts) == pytest.approx(60)


def test_it_is_told_what_rests_on_unknown_names():
    sessions = log(
        ("a", 2, "strength"), ("b", 4, "strength"), ("c", 5, "unknown"), ("d", 6, "technique")
    )
    sets = work(
        ("a", LIFT, 3, 5), ("a", None, 2, 5), ("b", None, 3, 5), ("c", None, 4, 5),
        ("d", None, 1, 5), ("d", DRILL, 1, 5),
    )  # fmt: skip
    found = dose(sessions, sets, "strength", "sets", spans=span("strength", (2, 6)))
    assert amounts(found) == {2: 5, 3: 0, 4: 3, 5: 0, 6: 0}
    assert found.attrs["unknown_names"] == {
        "counted": 1,
        "not_counted": 1,
        "less": {"2026-03-04": 3.0},
        "more": {"2026-03-05": 4.0},
    }
    none, every = with_unknown_names(found, "none"), with_unknown_names(found, "all")
    assert amounts(none) == {2: 5, 3: 0, 4: 0, 5: 0, 6: 0}
    assert amounts(every) == {2: 5, 3: 0, 4: 3, 5: 4, 6: 0}
    assert "unknown_names" not in none.attrs | every.attrs
    drills = dose(sessions, sets, "technique", spans=span("technique", (2, 6)))
    assert drills.attrs["unknown_names"]["counted"] == 0
    assert drills.attrs["unknown_names"]["not_counted"] == 1
    assert "unknown_names" not in dose(sessions, sets, "plyometric").attrs


def test_upper_body_is_a_group_of_the_strength_log():
    sets = work(("a", "bench_press", 3, 5), ("b", LIFT, 3, 5))
    found = dose(log(("a", 2, "strength"), ("b", 3, "strength")), sets, "upper body")
    assert amounts(found) == {2: 1, 3: 0}


def test_a_movement_that_the_catalogue_has_no_longer_is_an_unknown_name():
    sets = work(("a", "once_known", 3, 5))
    found = dose(log(("a", 2, "strength")), sets)
    assert amounts(found) == {2: 1}
    assert found.attrs["unknown_names"]["counted"] == 1
