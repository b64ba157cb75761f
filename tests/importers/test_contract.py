"""What every importer in `IMPORTERS` keeps to, whatever its source."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runanalytics import schema
from runanalytics.errors import RunAnalyticsError
from runanalytics.importers import IMPORTERS, identify, read_bytes
from runanalytics.importers.accounts import UNEXPLAINED
from runanalytics.importers.contract import HEAD_BYTES, Imported, Importer, ReadOptions
from runanalytics.importers.registry import claimants

GOLDEN = Path(__file__).parent / "golden"
SAMPLE = Path(__file__).parents[2] / "data" / "sample"
OPTIONS = ReadOptions(timezone="Europe/Paris", units="metric")


@dataclass
class Example:
    importer: Importer
    path: Path

    @cached_property
    def data(self) -> bytes:
        return self.path.read_bytes()

    @cached_property
    def imported(self) -> Imported:
        return self.importer.read(self.data, OPTIONS)


def _source_of(path: Path) -> str:
    """Return the importer whose name a file's begins with, the longest that does."""
    names = [one.name for one in IMPORTERS]
    own = [name for name in names if f"{path.stem}_".startswith(f"{name.replace('-', '_')}_")]
    return max(own, key=len, default="")


#: Files in golden/ with the importer that each is of.
OF_GOLDEN = {path: _source_of(path) for path in sorted(GOLDEN.iterdir()) if path.suffix != ".txt"}


def _examples(importer: Importer) -> list[Example]:
    """Return the files of this source in golden/, or a run and a gym session of the sample."""
    golden = [path for path, source in OF_GOLDEN.items() if source == importer.name]
    sample = [
        next(iter(sorted((SAMPLE / part).glob(f"*.{importer.name}"))), None)
        for part in ("runs", "gym")
    ]
    return [Example(importer, path) for path in (*golden, *sample) if path is not None]


EXAMPLES = [example for importer in IMPORTERS for example in _examples(importer)]
each = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.path.stem)


def of_each(test: Callable[[Example], None]) -> Callable[[], None]:
    """Try every file in one test, since each takes less time than a test of its own."""

    def of_all() -> None:
        for example in EXAMPLES:
            try:
                test(example)
            except Exception as error:
                error.add_note(f"of {example.path.name}")
                raise

    of_all.__name__, of_all.__doc__ = test.__name__, test.__doc__
    return of_all


#: One file of each importer, for what its other files would only say again.
ONE_EACH = list({example.importer.name: example for example in reversed(EXAMPLES)}.values())
one_each = pytest.mark.parametrize("example", ONE_EACH, ids=lambda example: example.path.stem)


@cache
def claims() -> dict[Path, list[Importer]]:
    return {other.path: claimants("file", other.data[:HEAD_BYTES]) for other in EXAMPLES}


def frames(imported: Imported) -> dict[str, pd.DataFrame]:
    return {name: getattr(imported, name) for name in Imported.TABLES}


def test_names_are_unique_and_versions_count_from_one() -> None:
    assert len({importer.name for importer in IMPORTERS}) == len(IMPORTERS)
    assert all(isinstance(importer, Importer) and importer.version >= 1 for importer in IMPORTERS)


def test_every_importer_has_a_file_to_read() -> None:
    assert {example.importer.name for example in EXAMPLES} == {each.name for each in IMPORTERS}


@of_each
def test_it_recognises_its_own_files_and_only_these(example: Example) -> None:
    own = {other.path: other.importer is example.importer for other in EXAMPLES}
    assert {path: example.importer in importers for path, importers in claims().items()} == own
    if not example.importer.fallback:  # which alone need not leave others' files to them
        assert own == {
            other.path: example.importer.recognises("file", other.data[:HEAD_BYTES])
            for other in EXAMPLES
        }


@one_each
def test_its_claim_does_not_hang_on_the_name(example: Example) -> None:
    for name in ("", "x.bin", "x.csv", "strong.csv", "races.csv"):
        assert identify(name, example.data[:HEAD_BYTES]) is example.importer, name
        assert not example.importer.recognises(name, b""), name
        assert not example.importer.recognises(name, b"column\n1\n"), name


@of_each
def test_it_reads_the_same_twice(example: Example) -> None:
    again = example.importer.read(example.data, OPTIONS)
    for name, frame in frames(example.imported).items():
        pd.testing.assert_frame_equal(frame, getattr(again, name))
    assert again.notes == example.imported.notes


@of_each
def test_its_tables_fit_the_schema(example: Example) -> None:
    for name, frame in frames(example.imported).items():
        pd.testing.assert_frame_equal(frame, schema.check(frame, name))
    assert any(len(frame) for frame in frames(example.imported).values())


@of_each
def test_its_keys_are_unique_and_point_somewhere(example: Example) -> None:
    tables = frames(example.imported)
    for name, frame in tables.items():
        key = list(schema.TABLES[name].key)
        assert not key or not frame.duplicated(key).any(), name
    assert set(tables["samples"]["run_id"]) <= set(tables["runs"]["run_id"])
    assert set(tables["sets"]["session_id"]) <= set(tables["sessions"]["session_id"])
    spans = tables["log_spans"]
    assert (spans["first_date"] <= spans["last_date"]).all()


@of_each
def test_its_values_are_plausible_in_their_units(example: Example) -> None:
    for name, frame in frames(example.imported).items():
        _, implausible = schema.without_implausible(frame, name)
        assert sum(implausible.values()) <= 0.05 * max(len(frame), 20), implausible
        if {"cadence_spm", "speed_m_s"} <= set(frame.columns):
            cadence = frame.loc[frame["speed_m_s"] > 2, "cadence_spm"].dropna()
            assert not len(cadence) or 140 <= cadence.median() <= 220, "steps/min of both feet"
        for metric, low, high in (("ground_contact_ms", 150, 350), ("step_length_m", 0.6, 1.8)):
            values = frame[metric].dropna() if metric in frame else pd.Series(dtype=float)
            assert not len(values) or low <= values.median() <= high, metric


@of_each
def test_cadence_times_step_length_is_speed(example: Example) -> None:
    for frame in (example.imported.runs, example.imported.samples):
        ratio = frame["cadence_spm"] / 60 * frame["step_length_m"] / frame["speed_m_s"]
        ratio = ratio[frame["speed_m_s"] > 2].dropna()
        assert not len(ratio) or ratio.median() == pytest.approx(1, abs=0.05)


@of_each
def test_instants_and_days_agree(example: Example) -> None:
    for name in ("runs", "sessions"):
        frame = getattr(example.imported, name).dropna(subset=["start_utc"])
        local = frame["start_utc"] + pd.to_timedelta(frame["utc_offset_s"], unit="s")
        assert (local.dt.tz_localize(None).dt.normalize() == frame["local_date"]).all()


@of_each
def test_identifiers_hang_on_the_content_alone(example: Example) -> None:
    _, renamed = read_bytes("another name", example.data, OPTIONS)
    for name, frame in frames(example.imported).items():
        for key in schema.TABLES[name].key:
            assert frame[key].tolist() == getattr(renamed, name)[key].tolist()


@of_each
def test_every_row_is_kept_or_left_out_for_a_stated_reason(example: Example) -> None:
    account = example.imported.rows
    assert account.n_kept + account.n_left_out == account.n_rows
    assert UNEXPLAINED not in account.left_out
    if example.path.suffix in (".csv", ".tsv") and not len(example.imported.samples):
        assert account.n_rows > 0


def survives(importer: Importer, data: bytes) -> None:
    """Read, or be refused with an error that a user can act on."""
    try:
        read = importer.read(data, OPTIONS)
    except RunAnalyticsError:
        return
    for name, frame in frames(read).items():
        schema.check(frame, name)


@one_each
def test_no_file_at_all_is_refused(example: Example) -> None:
    for data in (b"", b"\0", b"\n", b"\xff\xfe", b'"', b"," * 5000):
        try:
            example.importer.read(data, OPTIONS)
        except RunAnalyticsError:
            continue
        pytest.fail(f"{data[:9]!r} is read")


@each
def test_a_truncated_file_is_read_or_refused(example: Example) -> None:
    data = example.data
    for cut in range(0, len(data), max(1, len(data) // 12)):
        survives(example.importer, data[:cut])


@one_each
@given(st.binary(max_size=200))
@settings(max_examples=15, suppress_health_check=[HealthCheck.differing_executors], deadline=None)
def test_random_bytes_are_refused_or_read(example: Example, data: bytes) -> None:
    example.importer.recognises("file", data)
    survives(example.importer, data)


@one_each
def test_damaged_files_are_read_or_refused(example: Example) -> None:
    rng = random.Random(20_260_301)
    data = example.data
    for _ in range(15):
        damaged = bytearray(data)
        for _ in range(rng.randint(1, 8)):
            at = rng.randrange(len(damaged))
            damaged[at : at + rng.randint(0, 3)] = rng.randbytes(rng.randint(0, 4))
        survives(example.importer, bytes(damaged))
