"""Runs and gym sessions of the schema's tables as FIT activity files of a simulated watch.

The encoder is garmin-fit-sdk's, which knows nothing of this project's decoder.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from garmin_fit_sdk import Encoder, Profile

from runanalytics.movements import movement

#: Time of a repetition, and of the rest after a set, s.
SECONDS_PER_REP, REST_S = 3.5, 90

#: Longest gap of smart recording, s: in longer ones the runner stood.
LONGEST_GAP_S = 9

#: Seconds from 1970 to the beginning of FIT's time, 1989-12-31.
FIT_EPOCH_S = 631_065_600
MANUFACTURER = "development"
SERIAL_NUMBERS = {"Simulated watch A": 1001, "Simulated watch B": 1002}
#: Software versions of each watch, and from which day on; they change no measurement.
SOFTWARE = {
    "Simulated watch A": (("", 4.10), ("2025-09-15", 4.32)),
    "Simulated watch B": (("", 2.06), ("2026-06-01", 2.15)),
}
MESSAGES = {message["name"]: number for number, message in Profile["messages"].items()}

#: Our columns -> fields of a FIT record, with what to multiply by and their decimals.
RECORD_FIELDS = (
    ("distance_m", "distance", 1, 2),
    ("speed_m_s", "enhanced_speed", 1, 3),
    ("heart_rate_bpm", "heart_rate", 1, 0),
    ("temperature_c", "temperature", 1, 0),
    ("altitude_m", "enhanced_altitude", 1, 1),
)
DYNAMICS_FIELDS = (
    ("ground_contact_ms", "stance_time", 1, 1),
    ("contact_balance_left_pct", "stance_time_balance", 1, 2),
    ("vertical_oscillation_mm", "vertical_oscillation", 1, 1),
    ("vertical_ratio_pct", "vertical_ratio", 1, 2),
    ("step_length_m", "step_length", 1_000, 1),
)
#: The same of a whole run.
SESSION_FIELDS = (
    ("heart_rate_bpm", "avg_heart_rate", 1, 0),
    ("temperature_c", "avg_temperature", 1, 0),
    ("ascent_m", "total_ascent", 1, 0),
    ("ground_contact_ms", "avg_stance_time", 1, 1),
    ("contact_balance_left_pct", "avg_stance_time_balance", 1, 2),
    ("vertical_oscillation_mm", "avg_vertical_oscillation", 1, 1),
    ("vertical_ratio_pct", "avg_vertical_ratio", 1, 2),
    ("step_length_m", "avg_step_length", 1_000, 1),
)


def run_fit(run: pd.Series, samples: pd.DataFrame) -> bytes:
    """Encode a run as the FIT activity file of a watch.

    Parameters
    ----------
    run : Series
        Row of table "runs".
    samples : DataFrame
        Its rows of table "samples".

    Returns
    -------
    bytes
        The file.
    """
    start = fit_time(run["start_utc"])
    instants = start + samples["elapsed_s"].to_numpy().astype(np.int64)
    sub_sport = "treadmill" if run["kind"] == "treadmill" else "generic"
    encoder = _begun(start, str(run["device"]))
    _write(encoder, "sport", name=run["title"], sport="running", sub_sport=sub_sport)
    if run["kind"] in ("workout", "race"):
        _write(encoder, "workout", wkt_name=run["title"], sport="running", num_valid_steps=0)
    _write_records(encoder, samples, instants)
    _write_laps(encoder, samples, start, sub_sport)
    average = {
        field: round(run[column] * factor, decimals)
        for column, field, factor, decimals in SESSION_FIELDS
        if pd.notna(run[column])
    }
    _write(
        encoder,
        "session",
        timestamp=int(instants[-1]),
        start_time=start,
        message_index=0,
        event="session",
        event_type="stop",
        trigger="activity_end",
        sport="running",
        sub_sport=sub_sport,
        sport_profile_name=run["title"],
        total_elapsed_time=run["elapsed_s"],
        total_timer_time=run["moving_s"],
        total_distance=run["distance_m"],
        total_cycles=round(run["cadence_spm"] / 120 * run["moving_s"]),
        enhanced_avg_speed=run["speed_m_s"],
        max_heart_rate=int(samples["heart_rate_bpm"].max()),
        first_lap_index=0,
        num_laps=int(samples["lap"].nunique()),
        **_per_leg(run["cadence_spm"], "avg_"),
        **average,
    )
    return _ended(encoder, int(instants[-1]), run["moving_s"], run["utc_offset_s"])


def gym_fit(session: pd.Series, sets: pd.DataFrame, device: str) -> bytes:
    """Encode a gym session as the FIT activity file of a watch that counts sets.

    Parameters
    ----------
    session : Series
        Row of table "sessions".
    sets : DataFrame
        Its rows of table "sets".
    device : str
        The watch.

    Returns
    -------
    bytes
        The file.
    """
    start = fit_time(session["start_utc"])
    encoder = _begun(start, device)
    _write(encoder, "sport", name=session["title"], sport="training", sub_sport="strength_training")
    now, index = float(start), 0
    for row in sets.to_dict("records"):
        exercise = movement(row["movement"])
        names = Profile["types"][f"{exercise.garmin_category}_exercise_name"]
        number = next(key for key, name in names.items() if name == exercise.garmin_name)
        held = pd.notna(row["hold_s"])
        active_s = row["hold_s"] if held else row["reps"] * SECONDS_PER_REP
        counted = {} if held else {"repetitions": int(row["reps"])}
        _write(
            encoder,
            "set",
            timestamp=round(now + active_s),
            start_time=round(now),
            duration=active_s,
            set_type="active",
            category=[exercise.garmin_category],
            category_subtype=[number],
            weight=0.0 if pd.isna(row["load_kg"]) else row["load_kg"],
            weight_display_unit="kilogram",
            message_index=index,
            **counted,
        )
        now += active_s
        _write(
            encoder,
            "set",
            timestamp=round(now + REST_S),
            start_time=round(now),
            duration=REST_S,
            set_type="rest",
            message_index=index + 1,
        )
        now, index = now + REST_S, index + 2
    end = start + int(session["duration_s"])
    _write(encoder, "event", timestamp=end, event="timer", event_type="stop_all")
    _write(
        encoder,
        "session",
        timestamp=end,
        start_time=start,
        message_index=0,
        event="session",
        event_type="stop",
        sport="training",
        sub_sport="strength_training",
        sport_profile_name=session["title"],
        total_elapsed_time=session["duration_s"],
        total_timer_time=session["duration_s"],
    )
    return _ended(encoder, end, session["duration_s"], session["utc_offset_s"])


def fit_time(instant: pd.Timestamp) -> int:
    """Return an instant as FIT counts it, in seconds from 1989-12-31."""
    return int(instant.timestamp()) - FIT_EPOCH_S


def _write(encoder: Encoder, message: str, /, **fields: object) -> None:
    encoder.write_mesg({"mesg_num": MESSAGES[message], **fields})


def software(start: int, device: str) -> float:
    """Return the version of a watch's software at an instant of FIT's time."""
    day = str(np.datetime64(start + FIT_EPOCH_S, "s").astype("datetime64[D]"))
    return max(pair for pair in SOFTWARE[device] if pair[0] <= day)[1]


def _begun(start: int, device: str) -> Encoder:
    """Return an encoder with the messages that begin an activity."""
    encoder = Encoder()
    maker = {
        "manufacturer": MANUFACTURER,
        "product": SERIAL_NUMBERS[device] - 1000,
        "serial_number": SERIAL_NUMBERS[device],
        "product_name": device,
    }
    _write(encoder, "file_id", type="activity", time_created=start, **maker)
    _write(
        encoder,
        "device_info",
        timestamp=start,
        device_index="creator",
        source_type="local",
        software_version=software(start, device),
        **maker,
    )
    _write(encoder, "event", timestamp=start, event="timer", event_type="start")
    return encoder


def _ended(encoder: Encoder, end: int, timer_s: float, utc_offset_s: float) -> bytes:
    _write(
        encoder,
        "activity",
        timestamp=end,
        local_timestamp=end + int(utc_offset_s),
        total_timer_time=timer_s,
        num_sessions=1,
        type="manual",
        event="activity",
        event_type="stop",
    )
    return bytes(encoder.close())


def _write_records(encoder: Encoder, samples: pd.DataFrame, instants: np.ndarray) -> None:
    """Write records, and timer events where the runner stood still."""
    fields: dict[str, list[float | None]] = {}
    wanted = [*RECORD_FIELDS, *DYNAMICS_FIELDS]
    for column, field, factor, decimals in wanted:
        if samples[column].notna().any():
            fields[field] = [
                None if np.isnan(value) else round(value * factor, decimals)
                for value in samples[column].tolist()
            ]
    stopped = np.diff(instants, append=instants[-1]) > LONGEST_GAP_S
    for row, instant in enumerate(instants.tolist()):
        values = {field: column[row] for field, column in fields.items()}
        cadence = _per_leg(float(samples["cadence_spm"].iloc[row]))
        _write(encoder, "record", timestamp=instant, **values, **cadence)
        if stopped[row]:
            resumed = int(instants[row + 1]) - 1
            _write(encoder, "event", timestamp=instant, event="timer", event_type="stop_all")
            _write(encoder, "event", timestamp=resumed, event="timer", event_type="start")
    end = int(instants[-1])
    _write(encoder, "event", timestamp=end, event="timer", event_type="stop_all")


def _write_laps(encoder: Encoder, samples: pd.DataFrame, start: int, sub_sport: str) -> None:
    gaps = samples["elapsed_s"].diff().fillna(0.0)
    # Of a stop only the second in which the runner starts again counts.
    timed = gaps.where(gaps <= LONGEST_GAP_S, 1.0).groupby(samples["lap"]).sum()
    begun_s, begun_m = 0.0, 0.0
    for index, (lap, own) in enumerate(samples.groupby("lap")):
        until_s, until_m = own["elapsed_s"].iloc[-1], own["distance_m"].iloc[-1]
        _write(
            encoder,
            "lap",
            timestamp=start + int(until_s),
            start_time=start + int(begun_s),
            message_index=index,
            event="lap",
            event_type="stop",
            sport="running",
            sub_sport=sub_sport,
            total_elapsed_time=until_s - begun_s,
            total_timer_time=float(timed[lap]),
            total_distance=until_m - begun_m,
            avg_heart_rate=round(own["heart_rate_bpm"].mean()),
            **_per_leg(own["cadence_spm"].mean(), "avg_"),
        )
        begun_s, begun_m = until_s, until_m


def _per_leg(cadence_spm: float, prefix: str = "") -> Mapping[str, float]:
    """Return FIT's cadence, of one leg, whole and in fractions of 1/128."""
    whole, fraction = divmod(round(cadence_spm * 64), 128)
    return {f"{prefix}cadence": whole, f"{prefix}fractional_cadence": fraction / 128}
