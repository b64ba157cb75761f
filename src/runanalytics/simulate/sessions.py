"""What a simulated runner does in the gym and in drills."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Exercise:
    """An exercise as it is logged.

    Parameters
    ----------
    movement : str
        Movement of the catalogue.
    name : str
        Name as logged.
    n_sets : int
        Sets in a session.
    reps : float, optional
        Repetitions per set.
    load_kg : float, optional
        Load at the beginning, kg; it rises by a quarter over a year.
    hold_s, distance_m : float, optional
        Time held, s, or distance covered, m, per set.
    """

    movement: str
    name: str
    n_sets: int
    reps: float | None = None
    load_kg: float | None = None
    hold_s: float | None = None
    distance_m: float | None = None


@dataclass(frozen=True)
class Session:
    """What is done in a session: its title, and its exercises in order."""

    title: str
    exercises: tuple[Exercise, ...]


#: Gym sessions, done in turn.
GYM: tuple[Session, ...] = (
    Session(
        "Simulated gym: heavy legs",
        (
            Exercise("back_squat", "Squat (Barbell)", 4, reps=5, load_kg=60),
            Exercise("romanian_deadlift", "Romanian Deadlift (Barbell)", 3, reps=8, load_kg=50),
            Exercise("calf_raise", "Standing Calf Raise (Machine)", 4, reps=12, load_kg=40),
            Exercise("plank", "Plank", 3, hold_s=45),
        ),
    ),
    Session(
        "Simulated gym: jumps and single leg",
        (
            Exercise("box_jump", "Box Jump", 4, reps=6),
            Exercise(
                "bulgarian_split_squat", "Bulgarian Split Squat (Dumbbell)", 3, reps=8, load_kg=12
            ),
            Exercise("single_leg_deadlift", "Single Leg Deadlift", 3, reps=8, load_kg=16),
            Exercise("jump_squat", "Jump Squat", 3, reps=8),
        ),
    ),
)

#: Drill sessions, done in turn.
DRILLS: tuple[Session, ...] = (
    Session(
        "Simulated drills",
        (
            Exercise("low_skipping", "Low skipping", 3, distance_m=30),
            Exercise("high_skipping", "High skipping", 3, distance_m=30),
            Exercise("heels_to_glutes", "Heels to glutes", 3, distance_m=30),
            Exercise("one_leg_skipping", "One-leg skipping", 2, distance_m=20),
            Exercise("bounding", "Bounding", 3, distance_m=40),
        ),
    ),
)
