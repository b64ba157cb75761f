import pytest

from runanalytics.errors import UsageError
from runanalytics.movements import match, read_name


@pytest.mark.parametrize(
    ("text", "movement", "expected"),
    [
        ("A-skips 3x30 m", "high_skipping", {"n_sets": 3, "distance_m": 30.0}),
        ("6 strides", "strides", {"n_sets": 6, "reps": ()}),
        ("5 Steigerungen", "strides", {"n_sets": 5, "reps": ()}),
        ("4 lignes droites", "strides", {"n_sets": 4}),
        ("6 allunghi", "strides", {"n_sets": 6}),
        ("20 squats", "squat", {"n_sets": None, "reps": (20,)}),
        ("box jumps 4x6", "box_jump", {"n_sets": 4, "reps": (6,)}),
        ("calf raises 3x15 each side", "calf_raise", {"reps": (15,), "side": "both"}),
        ("lunge (left)", "lunge", {"side": "left"}),
        ("Kniehebelauf 3x20m", "high_knees", {"n_sets": 3, "distance_m": 20.0}),
        ("talons-fesses 2x30m", "heels_to_glutes", {"n_sets": 2, "distance_m": 30.0}),
        ("calciata dietro 3x30m", "heels_to_glutes", {"n_sets": 3, "distance_m": 30.0}),
        ("skipping 3x30m", "high_knees", {"n_sets": 3, "distance_m": 30.0}),
        ("zancadas 3x10", "lunge", {"n_sets": 3, "reps": (10,)}),
        ("yoga, 40 min", "yoga", {"hold_s": 2400.0}),
        ("Rowing (Barbell)", "bent_over_row", {}),
    ],
)
def test_a_line_is_a_movement_and_how_much_of_it(text, movement, expected):
    read = read_name(text)
    assert read.movement == movement
    assert {name: getattr(read, name) for name in expected} == expected
    assert read.not_understood == ()


def test_a_name_that_is_not_known_is_kept_with_its_amounts():
    read = read_name("blorbing 3x10")
    assert (read.movement, read.n_sets, read.reps) == (None, 3, (10,))
    assert read.not_understood == ("blorbing",)


def test_amounts_that_are_no_one_number_are_told():
    read = read_name("squat 3x8-12")
    assert (read.movement, read.n_sets, read.reps) == ("squat", 3, ())
    assert read.not_understood == ("8-12",)


@pytest.mark.parametrize("logged", ["blorbing", "Blorbing 3x10"])
def test_a_correction_counts_with_and_without_amounts(logged):
    assert read_name("blorbing 3x10", corrections={logged: "squat"}).movement == "squat"


def test_a_correction_to_nothing_known_is_an_error():
    with pytest.raises(UsageError):
        read_name("blorbing", corrections={"blorbing": "no such movement"})


def test_metres_speak_for_running():
    assert match("Elevación de rodillas").movement == "hanging_knee_raise"
    assert match("Elevación de rodillas 3x30 m").movement == "high_knees"


@pytest.mark.parametrize(
    "text", ["Fly 30 m", "flying 30", "30 m fly", "Fliegende 30 m", "cable fly 3x30"]
)
def test_a_fly_over_metres_is_no_exercise_for_the_chest(text):
    movement = read_name(text).movement
    assert (movement == "chest_fly") is ("cable" in text)
