r"""Lists of activities that services export as CSV, each as the columns that it has.

Seen in public exports of real accounts: Runkeeper (``cardioActivities.csv``), Fitbit and Google
Health (``UserExercises.csv``), TrainingPeaks (``workouts.csv``). From their documentation and
from public programs that read them alone: intervals.icu, whose columns are those of its API.

Not read: Runalyze's list, whose numbers of sports are each account's own (the message says so);
the tables of Smashrun and Final Surge, of which no description and no program that reads them was
found. Such a file is named with its columns, and not guessed at.

References
----------
Fitbit's notes on its archive ("UserExercises.csv", units in the names); TrainingPeaks' columns
(``TimeTotalInHours``, ``DistanceInMeters``); https://intervals.icu/api-docs.html.

Examples
--------
>>> names = b"Activity Id,Date,Type,Distance (km),Duration,Average Pace,GPX File\n"
>>> row = b"a,2019-05-04 16:35:09,Running,5.10,28:30,5:35,\n"
>>> RUNKEEPER.read(names + row).runs[["distance_m", "moving_s"]].to_numpy().tolist()
[[5100.0, 1710.0]]
"""

from __future__ import annotations

from runanalytics.importers.run_lists.listed import ListColumns, RunListImporter, one_of
from runanalytics.units import FOOT_M, KILOMETRE_M, MILE_M

_MM_M = 0.001
_HOUR_S = 3_600.0

RUNKEEPER = RunListImporter(
    "runkeeper",
    3,
    ListColumns(
        signature=("activity_id", "date", "type", "duration", "gpx_file"),
        start=("date",),
        sport=("type",),
        title=("route_name",),
        notes=("notes",),
        identity=("activity_id",),
    ),
    {
        "distance_m": (("distance_(km)", KILOMETRE_M), ("distance_(mi)", MILE_M)),
        "moving_s": one_of(("duration",)),
        "ascent_m": (("climb_(m)", 1.0), ("climb_(ft)", FOOT_M)),
        "heart_rate_bpm": one_of(("average_heart_rate_(bpm)",)),
    },
)

#: Steps are those of the whole exercise, and its time in motion is distance per average speed.
FITBIT_EXERCISES = RunListImporter(
    "fitbit-exercises",
    2,
    ListColumns(
        signature=("exercise_id", "exercise_start", "activity_name"),
        start=("exercise_start",),
        end=("exercise_end",),
        offset=("utc_offset",),
        sport=("activity_name",),
        identity=("exercise_id",),
    ),
    {
        "distance_m": one_of(
            ("tracker_total_distance_mm", "manually_logged_total_distance_mm"), _MM_M
        ),
        "speed_m_s": one_of(("tracker_avg_speed_mm_per_second",), _MM_M),
        "n_steps": one_of(("tracker_total_steps", "manually_logged_total_steps")),
        "ascent_m": one_of(("tracker_total_altitude_mm",), _MM_M),
        "heart_rate_bpm": one_of(("tracker_avg_heart_rate",)),
    },
    in_utc=True,
    counted="both legs",
)

#: Planned workouts stand in the same list: those without a time or distance were not done.
TRAINING_PEAKS = RunListImporter(
    "training-peaks",
    3,
    ListColumns(
        signature=("workoutday", "workouttype", "timetotalinhours"),
        start=("workoutday",),
        sport=("workouttype",),
        title=("title", "workouttitle"),
        notes=("workoutdescription", "coachcomments", "athletecomments"),
    ),
    {
        "distance_m": one_of(("distanceinmeters",)),
        "moving_s": one_of(("timetotalinhours",), _HOUR_S),
        "heart_rate_bpm": one_of(("heartrateaverage",)),
        "cadence_spm": one_of(("cadenceaverage",)),
        "power_w": one_of(("poweraverage",)),
        "ascent_m": one_of(("elevationgain",)),
    },
)

#: The columns of a list of intervals.icu, in its CSV as in its JSON.
INTERVALS_COLUMNS = ListColumns(
    signature=("start_date_local", "type", "moving_time"),
    start=("start_date_local",),
    sport=("type",),
    title=("name",),
    notes=("description",),
    identity=("id",),
    device=("device_name",),
    shoe=("gear.name",),
)
INTERVALS_QUANTITIES = {
    "distance_m": one_of(("distance", "icu_distance")),
    "moving_s": one_of(("moving_time",)),
    "elapsed_s": one_of(("elapsed_time",)),
    "ascent_m": one_of(("total_elevation_gain",)),
    "heart_rate_bpm": one_of(("average_heartrate",)),
    "cadence_spm": one_of(("average_cadence",)),
    "power_w": one_of(("icu_average_watts", "average_watts")),
    "temperature_c": one_of(("average_temp",)),
}
INTERVALS_CSV = RunListImporter(
    "intervals-icu", 3, INTERVALS_COLUMNS, INTERVALS_QUANTITIES, counted="one leg"
)
