import pytest

from runanalytics.movements import catalogue, programmes


def test_the_five_programmes_are_there():
    assert len(programmes()) == 5


@pytest.mark.parametrize("programme", programmes().values(), ids=lambda p: p.id)
def test_a_programme_prescribes_only_movements_that_it_holds(programme):
    assert programme.movements
    assert set(programme.movements) <= set(catalogue())
    assert {target.movement for target in programme.targets} <= set(programme.movements)
    assert len({target.movement for target in programme.targets}) == len(programme.targets)
    assert programme.prescription.endswith(".")


@pytest.mark.parametrize("programme", programmes().values(), ids=lambda p: p.id)
def test_a_target_is_a_range_of_something(programme):
    for target in programme.targets:
        assert target.reps or target.work_s, "reps or seconds"
        for pair in (target.sets, target.reps):
            assert pair is None or 1 <= pair[0] <= pair[1]
        if target.per_side:
            assert catalogue()[target.movement].sides == "one"


def test_the_prescriptions_of_the_sources():
    gym = {target.movement: target for target in programmes()["gym_and_after_run"].targets}
    assert gym["calf_raise"].sets == (5, 5)
    assert gym["calf_raise"].reps == (12, 16)
    assert gym["calf_raise"].hold_s == 3
    assert gym["single_leg_deadlift"].per_side
    assert programmes()["gym_and_after_run"].sessions_per_week == 2
    assert programmes()["gym_and_after_run"].after_run_min == (10, 20)
    home = {target.movement: target for target in programmes()["legs_at_home"].targets}
    assert (home["squat"].sets, home["squat"].work_s, home["squat"].rest_s) == ((3, 3), 40, 20)
    assert (home["leapfrog"].sets, home["leapfrog"].reps) == ((3, 4), (5, 7))
    assert programmes()["technique_drills"].sessions_per_week == 1
    assert all(target.reps == (10, 10) for target in programmes()["pull_training"].targets)
