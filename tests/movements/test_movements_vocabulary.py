import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runanalytics import schema
from runanalytics.errors import UsageError
from runanalytics.movements import (
    CATEGORIES,
    KINDS_OF_WORK,
    catalogue,
    groups,
    is_strength,
    is_technique,
    kind_of_work,
    log_of,
    members,
    movement,
    programmes,
    session_kind,
)
from runanalytics.movements.vocabulary import MEASURES, SIDES, in_category

#: The movements that the sources describe, by programme.
SOURCES = {
    "specialised_strength": {
        "one_leg_quarter_squat",
        "standing_ankle_pull",
        "box_jump",
        "single_leg_box_jump",
        "rack_squat",
    },
    "pull_training": {
        "band_ankle_pull",
        "supine_heel_to_hip_pull",
        "push_up_heel_to_hip_pull",
        "prone_heel_to_hip_pull",
        "prone_double_heel_to_hip_pull",
        "box_bounce",
    },
    "legs_at_home": {
        "wall_sit",
        "lunge",
        "squat",
        "straight_leg_raise",
        "high_knees",
        "sprint_30_m",
        "leapfrog",
        "burpee",
    },
    "technique_drills": {
        "tiptoe_walk",
        "low_skipping",
        "one_leg_skipping",
        "side_run",
        "high_skipping",
        "heels_to_glutes",
        "bounding",
        "one_leg_pedalling",
        "two_leg_pedalling",
        "backward_run",
    },
    "gym_and_after_run": {
        "calf_raise",
        "leg_press",
        "single_leg_deadlift",
        "jump_squat",
        "squat",
        "lunge",
    },
}


def test_the_33_movements_of_the_sources_stand_in_their_programmes():
    held = {name: set(members(name)) for name in SOURCES}
    assert held == SOURCES
    assert len(set().union(*SOURCES.values())) == 33


def test_the_catalogue_holds_what_real_logs_are_full_of():
    assert len(catalogue()) >= 150


def test_every_row_is_complete_and_in_the_closed_vocabularies():
    for entry in catalogue().values():
        assert entry.id == entry.id.lower(), entry
        assert entry.id.replace("_", "").isalnum(), entry
        assert entry.name, entry
        assert entry.categories, entry
        assert set(entry.categories) <= set(CATEGORIES), entry
        assert set(entry.programmes) <= set(programmes()), entry
        assert entry.sides in SIDES, entry
        assert entry.measured_in in MEASURES, entry
        assert entry.trains, entry
        assert entry.how.endswith("."), entry
        assert entry.how.count(". ") <= 1, ("one or two sentences", entry)
        assert len(set(entry.aliases)) == len(entry.aliases), entry
        assert (entry.garmin_category is None) == (entry.garmin_name is None), entry


def test_names_are_unique_and_rows_stand_by_programme_and_category():
    rows = list(catalogue().values())
    assert max(Counter(row.name.casefold() for row in rows).values()) == 1
    order = [*SOURCES, ""]
    places = [order.index(row.programmes[0] if row.programmes else "") for row in rows]
    assert places == sorted(places)
    others = [list(CATEGORIES).index(row.categories[0]) for row in rows if not row.programmes]
    assert others == sorted(others)


def test_strength_and_technique_do_not_overlap_and_speed_is_technique():
    strength, technique = members("strength"), members("technique")
    assert not strength & technique
    of_kind = {
        kind: {id for id in catalogue() if kind_of_work(id) == kind} for kind in KINDS_OF_WORK
    }
    assert strength == of_kind["strength"]
    assert technique == of_kind["technique"] | of_kind["speed"]
    assert sum(map(len, of_kind.values())) == len(catalogue())
    assert all(of_kind.values()), "a kind of work without a movement"
    assert {"sprint_30_m", "strides", "hill_sprint"} <= of_kind["speed"]


def test_every_main_category_is_of_one_kind_and_stands_in_the_schema():
    held = [category for categories in KINDS_OF_WORK.values() for category in categories]
    assert sorted(held) == sorted(CATEGORIES)
    assert tuple(CATEGORIES) == schema.WORK_CATEGORIES
    assert {log_of(what) for what in (*KINDS_OF_WORK, *CATEGORIES)} - {
        "warm_up",
        "rest",
    } == set(schema.LOG_KINDS) - {"runs"}


def test_groups_hold_movements_and_no_name_of_anything_else():
    for name, ids in groups().items():
        assert ids <= set(catalogue())
        assert members(name.replace("_", " ")) == ids
        assert name not in {*CATEGORIES, *catalogue(), *programmes()}
    legs = {"squat", "lunge", "calf_raise", "deadlift", "plank", "burpee", "high_skipping"}
    assert not groups()["upper_body"] & legs
    assert log_of("upper body") == "strength"


@pytest.mark.parametrize(
    ("work", "source", "expected"),
    [
        (["strength"], "unknown", "strength"),
        (["technique"], "strength", "technique"),
        (["speed"], "strength", "technique"),
        (["speed", "strength"], "unknown", "mixed"),
        (["technique", None, None], "strength", "technique"),
        (["strength", None], "unknown", "strength"),
        (["mobility", None], "strength", "other"),
        (["endurance", "warm_up"], "strength", "other"),
        (["warm_up", None], "strength", "strength"),
        (["warm_up", "rest"], "strength", "other"),
        (["strength", "mobility", "endurance"], "unknown", "strength"),
        ([None, None], "strength", "strength"),
        ([None], "unknown", "unknown"),
        ([], "strength", "strength"),
    ],
)
def test_a_session_is_what_is_known_of_its_work_and_else_what_its_source_says(
    work, source, expected
):
    assert session_kind(work, source) == expected


@given(
    st.lists(st.sampled_from([*KINDS_OF_WORK, None])),
    st.integers(0, 5),
    st.sampled_from(["strength", "technique", "unknown"]),
)
def test_unknown_names_never_change_what_known_work_says(work, n_unknown, source):
    known = [kind for kind in work if kind is not None]
    if any(kind not in ("warm_up", "rest") for kind in known):
        assert session_kind(known, source) == session_kind(known + [None] * n_unknown, source)
    assert session_kind(work, source) in schema.SESSION_KINDS


def test_all_ten_drills_are_technique_and_the_jumps_are_strength():
    assert all(is_technique(id) for id in SOURCES["technique_drills"])
    assert all(is_strength(id) for id in SOURCES["specialised_strength"])
    assert all(is_strength(id) for id in SOURCES["gym_and_after_run"])


def test_a_category_counts_movements_that_have_it_beside_their_main_one():
    assert {"bounding", "box_jump"} <= in_category("plyometric")
    assert "calf_raise" not in in_category("plyometric")
    assert members("pull") == in_category("pull")
    assert SOURCES["pull_training"] - {"box_bounce"} <= in_category("pull")


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("calf_raise", {"calf_raise"}),
        ("Calf raise", {"calf_raise"}),
        ("one-leg-skipping", {"one_leg_skipping"}),
        ("Calf raise from a step", {"calf_raise"}),
        ("30 m sprint, back and forth", {"sprint_30_m"}),
        ("Technique drills", SOURCES["technique_drills"]),
    ],
)
def test_members_resolves_programmes_and_movements_however_they_are_spelled(what, expected):
    assert members(what) == expected


def test_every_movement_is_found_by_its_id_and_by_its_name():
    for entry in catalogue().values():
        assert members(entry.id) == members(entry.name) == {entry.id}


def test_no_name_of_a_programme_is_that_of_a_category_or_movement():
    assert not set(programmes()) & (set(CATEGORIES) | set(catalogue()))
    assert not set(CATEGORIES) & set(catalogue())


def test_what_is_unknown_is_an_error_that_names_the_closest():
    with pytest.raises(UsageError, match="'calf_raise'"):
        movement("calf_rise")
    with pytest.raises(UsageError, match="did you mean 'plyometric'"):
        members("plyometrics")
    with pytest.raises(UsageError, match="technique_drills"):
        members("zumba")
    with pytest.raises(UsageError, match="categories are: max_strength"):
        in_category("legs")
    with pytest.raises(UsageError, match="no movement"):
        is_strength("zumba")


def test_looking_something_up_loads_neither_pandas_nor_the_fuzzy_matcher():
    code = (
        "import sys, runanalytics.movements as m; m.members('strength'); m.programmes(); "
        "m.match('Leg press (machine)'); print({'pandas', 'numpy', 'rapidfuzz'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
