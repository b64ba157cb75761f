import pytest
from fitdecode import profile

from runanalytics.movements import catalogue, from_garmin, kind_of_work

PROFILE = {
    (field[: -len("_exercise_name")], str(name))
    for field, kind in profile.FIELD_TYPES.items()
    if field.endswith("_exercise_name")
    for name in kind.enum.values()
}


def test_every_garmin_name_of_the_catalogue_stands_in_the_profile():
    ours = {(m.garmin_category, m.garmin_name) for m in catalogue().values() if m.garmin_name}
    assert ours - PROFILE == set()


def test_every_movement_is_found_by_its_own_garmin_name():
    for entry in catalogue().values():
        if entry.garmin_name:
            assert from_garmin(entry.garmin_category, entry.garmin_name) == entry.id


@pytest.mark.parametrize(
    ("category", "name", "expected"),
    [
        ("calf_raise", "standing_calf_raise", "calf_raise"),
        ("calf_raise", "weighted_standing_calf_raise", "calf_raise"),
        ("calf_raise", "single_leg_standing_dumbbell_calf_raise", "single_leg_calf_raise"),
        ("CALF_RAISE", "STANDING_CALF_RAISE", "calf_raise"),
        ("squat", "barbell_back_squat", "back_squat"),
        ("squat", "leg_press", "leg_press"),
        ("lunge", "dumbbell_lunge", "lunge"),
        ("hip_raise", "hip_raise", "glute_bridge"),
        ("plyo", "box_jump", "box_jump"),
        ("deadlift", "single_leg_romanian_deadlift_with_dumbbell", "single_leg_deadlift"),
        ("squat", None, "squat"),
        ("calf_raise", "", "calf_raise"),
        ("plank", "unknown_4711", "plank"),
        ("row", None, None),
        ("core", None, None),
        ("unknown", None, None),
        (None, None, None),
        ("pose", "bridge", "yoga"),
        ("run", "run", "running"),
        ("indoor_row", "rowing_machine", "rowing_machine"),
        ("warm_up", "stretch_calf", "stretching"),
        ("squat", "squat_and_side_kick", "combined_lift"),
    ],
)
def test_garmin_name(category, name, expected):
    assert from_garmin(category, name) == expected


def test_no_stretch_pose_or_ride_becomes_an_exercise():
    idle = {"pose", "move", "warm_up", "bike", "run", "indoor_bike", "elliptical"}
    taken = {pair: from_garmin(*pair) for pair in PROFILE if pair[0] in idle}
    assert all(taken.values())
    trained = ("strength", "technique", "speed")
    assert {pair: id for pair, id in taken.items() if kind_of_work(str(id)) in trained} == {
        ("run", "sprint"): "sprint",
        ("warm_up", "walking_high_knees"): "a_march",
    }


def test_categories_of_endurance_are_endurance_whatever_the_name():
    for name in ("run", "walk", "jog", "run_or_walk", "speed_walk", "warm_up", None):
        assert kind_of_work(str(from_garmin("run", name))) in ("endurance", "warm_up")
    assert from_garmin("RUN_INDOOR", "TREADMILL") == "running"
    assert from_garmin("WARM_UP", "STRETCH_CALF") == "stretching"
    assert from_garmin(None, None) is None


def test_one_leg_stays_one_leg():
    two_sided = {
        (pair, from_garmin(*pair))
        for pair in PROFILE
        if "single_leg" in pair[1] and from_garmin(*pair)
        if catalogue()[str(from_garmin(*pair))].sides != "one"
        and kind_of_work(str(from_garmin(*pair))) != "mobility"
    }
    assert two_sided == set()
