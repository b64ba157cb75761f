"""Samples in, Parquet bytes, the same samples out; and damage is never read as data."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runanalytics import schema
from runanalytics.errors import LibraryError
from runanalytics.library.storage.durable import write_all_durably, write_durably
from runanalytics.library.storage.sample_files import packed, unpack
from runanalytics.schema.columns import TableColumns

TABLE = schema.TABLES["samples"]


def pack(frame: pd.DataFrame) -> bytes:
    return packed(TableColumns.of(frame, "samples"))[0]


def samples(n: int = 50) -> pd.DataFrame:
    """Return samples on the grid of each column's resolution, with gaps and empty columns."""
    rng = np.random.default_rng(3)
    columns: dict[str, object] = {"run_id": ["r"] * n, "moving": rng.random(n) < 0.8}
    for column in TABLE:
        if column.name in columns:
            continue
        steps_per_unit = round(1 / column.resolution)
        low, high = column.low * steps_per_unit, min(column.high * steps_per_unit, 2**31 - 1)
        values = rng.integers(int(low), int(high), n) / steps_per_unit
        values[rng.random(n) < 0.2] = np.nan
        columns[column.name] = values
    columns["power_w"] = np.full(n, np.nan)
    columns["lap"] = pd.array(rng.integers(1, 9, n), dtype="Int64")
    return schema.check(pd.DataFrame(columns), "samples")


def test_what_a_watch_can_record_comes_back_exactly() -> None:
    before = samples()
    pd.testing.assert_frame_equal(unpack(pack(before), "r"), before)


def test_no_rows_come_back_as_no_rows() -> None:
    empty = schema.empty("samples")
    pd.testing.assert_frame_equal(unpack(pack(empty), "r"), empty)


@given(st.floats(100, 400), st.floats(140, 210), st.floats(0, 6))
@settings(max_examples=50, deadline=None)
def test_any_value_comes_back_within_half_a_step(
    contact: float, cadence: float, speed: float
) -> None:
    frame = samples(1).assign(ground_contact_ms=contact, cadence_spm=cadence, speed_m_s=speed)
    back = unpack(pack(frame), "r")
    for name in ("ground_contact_ms", "cadence_spm", "speed_m_s"):
        assert abs(back[name][0] - frame[name][0]) <= TABLE[name].resolution / 2 + 1e-9


def test_every_sample_column_but_names_has_a_stored_resolution() -> None:
    without = [column.name for column in TABLE if column.resolution is None]
    assert without == ["run_id", "moving"]


def test_an_hour_of_every_column_stays_small() -> None:
    rng = np.random.default_rng(0)
    n = 3_600
    drift = np.cumsum(rng.normal(0, 0.01, n))
    frame = schema.check(
        pd.DataFrame(
            {
                "run_id": "r",
                "elapsed_s": np.arange(n, dtype=float),
                "distance_m": np.cumsum(3 + drift * 0.01).round(2),
                "speed_m_s": (3 + drift).round(3),
                "cadence_spm": 2 * np.round(85 + rng.normal(0, 1, n)),
                "ground_contact_ms": np.round(240 + rng.normal(0, 4, n)),
                "vertical_oscillation_mm": np.round(90 + rng.normal(0, 3, n)),
                "step_length_m": np.round(1.1 + rng.normal(0, 0.02, n), 3),
                "heart_rate_bpm": np.round(150 + drift),
                "moving": True,
                "lap": 1,
            }
        ),
        "samples",
    )
    assert len(pack(frame)) < 37_000  # 3,000 such runs in under 112 MB


@pytest.mark.parametrize("position", [0.1, 0.3, 0.5, 0.7])
def test_a_flipped_bit_in_the_pages_is_an_error(position: float) -> None:
    data = bytearray(pack(samples(2_000)))
    data[int(len(data) * position)] ^= 0x10
    with pytest.raises(LibraryError, match="run r are damaged"):
        unpack(bytes(data), "r")


def test_a_file_is_private_and_leaves_no_temporary_one(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_durably(path, b"one")
    write_durably(path, b"two")
    assert path.read_bytes() == b"two"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.parquet"]
    if os.name != "nt":
        assert path.stat().st_mode & 0o777 == 0o600


def test_all_files_are_on_the_disk_before_one_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    sync, rename = os.fsync, Path.replace

    def traced_sync(descriptor: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "data")
        sync(descriptor)

    def traced_rename(path: Path, target: Path) -> Path:
        done.append("name")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", traced_sync)
    monkeypatch.setattr(Path, "replace", traced_rename)
    files = {f"{number}.parquet": bytes([number]) for number in range(5)}
    write_all_durably(tmp_path, files)
    assert done == ["data"] * 5 + ["name"] * 5 + ["folder"]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == files


def test_if_one_cannot_be_synced_none_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_all_durably(tmp_path, {"a": b"1", "b": b"2"})
    assert list(tmp_path.iterdir()) == []
