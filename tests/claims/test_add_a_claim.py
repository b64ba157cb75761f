"""To add a claim is to write one TOML entry, in the user's file or in that of the sources."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from runanalytics import Library, claims_on_trial, dose
from runanalytics.claims import EXPECTATIONS, OUTCOMES, claims, model, read_claims
from runanalytics.cli import app
from runanalytics.errors import UsageError
from runanalytics.findings.runner_tables import RunnerTables
from runanalytics.simulate.claims import simulate_claims

#: Lines of an entry by the kind of its dose.
KINDS = {
    "all strength": 'dose = "strength"',
    "a category": 'dose = "plyometric"',
    "a category with spaces": 'dose = "Max strength"',
    "a programme": 'dose = "technique_drills"',
    "a programme by its name": 'dose = "Legs at home"',
    "a movement": 'dose = "back_squat"',
    "a movement with a hyphen": 'dose = "Single-leg deadlift"',
    "a movement by its name": 'dose = "Calf raise from a step"',
    "sprints": 'dose = "speed"',
    "a programme followed": 'dose = "adherence"\nprogramme = "technique_drills"',
    "a programme followed, by its name": 'dose = "Adherence"\nprogramme = "Gym and after the run"',
    "time into the run": 'dose = "elapsed_time"\noutcome = "ground_contact_drift"',
    "time into the run, with a space": 'dose = "elapsed time"\noutcome = "ground_contact_drift"',
    "duration of the run": 'dose = "run_duration"\noutcome = "ground_contact_drift"',
    "speed of the run": 'dose = "speed"\noutcome = "peak_force_bw"',
    "a movement and races": 'dose = "calf_raise"\noutcome = "race_performance"',
    "a movement and drift": 'dose = "calf_raise"\noutcome = "ground_contact_drift"',
    "a movement beyond one session": 'dose = "calf_raise"\nexpected = "no further change"\n'
    "beyond_per_week = 1",
}
DOSES = {kind: lines.splitlines()[0].split('"')[1] for kind, lines in KINDS.items()}


def entry(lines: str) -> str:
    """Return an entry of a file of claims, with what `lines` leave out."""
    usual = {
        "id": '"mine"',
        "statement": '"More of it changes form."',
        "outcome": '"cadence_spm"',
        "expected": '"up"',
    }
    given = dict(line.split(" = ", 1) for line in lines.splitlines())
    return "\n".join(["[[claim]]", *(f"{key} = {value}" for key, value in (usual | given).items())])


@pytest.fixture(scope="module")
def runner() -> RunnerTables:
    drawn = simulate_claims(5, weeks=45)
    return RunnerTables(
        drawn.segments, drawn.runs, drawn.sessions, drawn.sets, drawn.races, drawn.spans
    )


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the claims of the sources, read in their place."""
    path = tmp_path / "claims.toml"
    path.write_bytes(model.FILE.read_bytes())
    monkeypatch.setattr(model, "FILE", path)
    claims.cache_clear()
    yield path
    claims.cache_clear()


def printed(library: Library, *arguments: str) -> str:
    called = CliRunner().invoke(app, ["--library", str(library.folder), *arguments])
    if called.exception is not None and not isinstance(called.exception, SystemExit):
        raise called.exception
    return called.output


@pytest.fixture(scope="module")
def library_with_a_race(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library that tests only ask."""
    library = Library.open(tmp_path_factory.mktemp("raced") / "library")
    printed(library, "races", "add", "2026-05-03", "10k", "41:20")
    return library


@pytest.mark.parametrize("kind", KINDS)
def test_a_claim_of_ones_own_is_tested_whatever_its_dose(kind: str, runner: RunnerTables) -> None:
    own = read_claims(entry(KINDS[kind]).encode(), "own.toml")
    (verdict,) = claims_on_trial(runner, list(own.values())).verdicts
    assert verdict.id == "mine"
    assert verdict.sentence()


@pytest.mark.parametrize("kind", KINDS)
def test_a_claim_of_the_sources_is_one_entry_of_their_file(
    kind: str, shipped: Path, runner: RunnerTables
) -> None:
    before = list(claims())
    shipped.write_text(f"{shipped.read_text()}\n{entry(KINDS[kind])}\n")
    claims.cache_clear()
    assert list(claims()) == [*before, "mine"]
    (verdict,) = claims_on_trial(runner, [claims()["mine"]]).verdicts
    assert verdict.id == "mine"


@pytest.mark.parametrize("of_sources", [False, True], ids=["own", "of the sources"])
def test_the_command_tells_of_claims_of_every_kind(
    of_sources: bool, shipped: Path, library_with_a_race: Library, tmp_path: Path
) -> None:
    before, ids = list(claims()), [f"mine-{number}" for number in range(len(KINDS))]
    entries = [
        entry(f'id = "{name}"\n{lines}') for name, lines in zip(ids, KINDS.values(), strict=True)
    ]
    own = tmp_path / "own.toml"
    own.write_text("\n".join(entries))
    if of_sources:
        shipped.write_text(f"{shipped.read_text()}\n{own.read_text()}\n")
        claims.cache_clear()
    asked = () if of_sources else ("--file", str(own))
    found = json.loads(printed(library_with_a_race, "claims", *asked, "--json"))
    assert [each["id"] for each in found["verdicts"]] == [*before, *ids]


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_can_be_counted_as_a_dose_can_be_the_dose_of_a_claim(
    kind: str, runner: RunnerTables
) -> None:
    """The other doses, which are not counted, are those that `OTHER_DOSES` names."""
    found = read_claims(entry(KINDS[kind]).encode(), "own.toml")["mine"]
    if found.dose in model.OTHER_DOSES and found.dose != "speed":
        with pytest.raises(UsageError, match="is no category, programme or movement"):
            dose(runner.sessions, runner.sets, DOSES[kind])
    else:
        counted = dose(runner.sessions, runner.sets, DOSES[kind], spans=runner.spans)
        assert runner.dose(found.dose).equals(counted)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_what_the_reader_accepts_can_be_tested(outcome: str) -> None:
    """Every outcome with every kind of dose and expectation, on a runner with little data."""
    drawn = simulate_claims(5, weeks=12)
    little = RunnerTables(
        drawn.segments, drawn.runs, drawn.sessions, drawn.sets, drawn.races, drawn.spans
    )
    accepted = 0
    for dose_lines, expected in itertools.product(
        (
            'dose = "strength"',
            'dose = "calf_raise"',
            *(f'dose = "{name}"' for name in model.OTHER_DOSES if name != "adherence"),
            'dose = "adherence"\nprogramme = "legs_at_home"',
        ),
        EXPECTATIONS,
    ):
        lines = f'{dose_lines}\noutcome = "{outcome}"\nexpected = "{expected}"'
        if expected == "no further change":
            lines += "\nbeyond_per_week = 2"
        try:
            own = read_claims(entry(lines).encode(), "own.toml")
        except UsageError:
            continue
        accepted += 1
        assert len(claims_on_trial(little, list(own.values())).verdicts) == 1, lines
    assert accepted >= 2
