"""TCX and GPX: what the two have in common, and what is told of each file."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runanalytics import schema
from runanalytics.errors import RunAnalyticsError, UnreadableFileError
from runanalytics.importers.contract import Imported, Importer, ReadOptions
from runanalytics.importers.tracks.gpx import GPX
from runanalytics.importers.tracks.tcx import TCX, device_in_words
from runanalytics.measures.segments import segments

OPTIONS = ReadOptions(timezone="Europe/Paris")
TCX_NS = "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"
EXT_NS = "http://www.garmin.com/xmlschemas/ActivityExtension/v2"
TPX_NS = "http://www.garmin.com/xmlschemas/TrackPointExtension/v1"
DEGREES_PER_M = 1 / 111_195.08


def stamp(second: float, zone: str = "Z") -> str:
    return (pd.Timestamp("2026-03-01T07:30:00") + pd.Timedelta(seconds=second)).isoformat() + zone


def point(
    second: float,
    distance: float | None = None,
    cadence: float | None = None,
    speed: float | None = None,
    metres_north: float | None = None,
    zone: str = "Z",
) -> str:
    """A trackpoint of a TCX file, with the prefix that nobody else uses."""
    place = ""
    if metres_north is not None:
        place = (
            f"<Position><LatitudeDegrees>{50 + metres_north * DEGREES_PER_M:.8f}</LatitudeDegrees>"
            "<LongitudeDegrees>8</LongitudeDegrees></Position>"
        )
    said = "".join(
        f"<q:{name}>{value}</q:{name}>"
        for name, value in (("Speed", speed), ("RunCadence", cadence))
        if value is not None
    )
    far = "" if distance is None else f"<DistanceMeters>{distance}</DistanceMeters>"
    extensions = f"<Extensions><q:TPX>{said}</q:TPX></Extensions>"
    return f"<Trackpoint><Time>{stamp(second, zone)}</Time>{place}{far}{extensions}</Trackpoint>"


def tcx(*laps: str, sport: str = "Running", more: str = "") -> bytes:
    body = "".join(f'<Lap StartTime="{stamp(0)}">{lap}</Lap>' for lap in laps)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><TrainingCenterDatabase xmlns="{TCX_NS}" '
        f'xmlns:q="{EXT_NS}"><Activities><Activity Sport="{sport}">{body}{more}</Activity>'
        "</Activities></TrainingCenterDatabase>"
    ).encode()


def track(points: list[str]) -> str:
    return f"<Track>{''.join(points)}</Track>"


def steady(speed: float = 3.0, cadence: float | None = 87, seconds: int = 120) -> str:
    return track([point(s, speed * s, cadence, speed, speed * s) for s in range(0, seconds + 1, 2)])


def gpx(*segments_of: list[tuple[float, float]], kind: str = "running", inside: str = "") -> bytes:
    body = "".join(
        "<trkseg>"
        + "".join(
            f'<trkpt lat="{50 + north * DEGREES_PER_M:.8f}" lon="8"><time>{stamp(s)}</time>'
            f"{inside}</trkpt>"
            for s, north in part
        )
        + "</trkseg>"
        for part in segments_of
    )
    typed = f"<type>{kind}</type>" if kind else ""
    return (
        '<?xml version="1.0"?><gpx creator="x" xmlns="http://www.topografix.com/GPX/1/1" '
        f'xmlns:odd="{TPX_NS}"><trk><name>A run</name>{typed}{body}</trk></gpx>'
    ).encode()


def line(
    speed: float, seconds: int = 120, step: int = 2, start: int = 0
) -> list[tuple[float, float]]:
    return [(start + s, speed * s) for s in range(0, seconds + 1, step)]


def said(imported: Imported) -> str:
    return " | ".join(note.message for note in imported.notes)


# -- what real files say -------------------------------------------------------------------------


def test_the_same_run_as_tcx_and_gpx(shared: Path) -> None:
    options = ReadOptions(timezone="America/Recife")
    one = TCX.read((shared / "tables/tcx/tcx_with_stops.tcx").read_bytes(), options)
    two = GPX.read((shared / "tables/gpx/strava_export.gpx").read_bytes(), options)
    first, second = one.runs.iloc[0], two.runs.iloc[0]
    assert first["start_utc"] == second["start_utc"] == pd.Timestamp("2021-01-10T08:54:28Z")
    assert first["distance_m"] == pytest.approx(12_008.083, abs=0.01)
    assert second["distance_m"] == pytest.approx(first["distance_m"], rel=0.02)
    assert one.samples["cadence_spm"].median() == two.samples["cadence_spm"].median() == 174
    assert second["title"] == "Ciclofaixa Recife Antigo x Jaqueira 002 - 12km livre"
    # The timer ran 4,753 s of 5,127: the pauses are gaps of one to three minutes.
    assert first["moving_s"] == pytest.approx(4_753, rel=0.01)
    assert second["moving_s"] == pytest.approx(4_753, rel=0.01)


def test_garmins_own_tcx(shared: Path) -> None:
    read = TCX.read((shared / "tables/tcx/garmin_runcadence.tcx").read_bytes(), OPTIONS)
    run = read.runs.iloc[0]
    assert run["device"] == "Garmin Forerunner 620"
    assert run["distance_m"] == pytest.approx(2_153.67)
    assert run["cadence_spm"] == pytest.approx(175.2, abs=0.1)
    assert read.samples["cadence_spm"].median() == 176
    found = segments(read.samples, read.runs)
    assert len(found) == 4
    assert found["cadence_spm"].between(172, 178).all()


def test_a_watch_without_cadence(shared: Path) -> None:
    read = TCX.read((shared / "tables/tcx/forerunner410.tcx").read_bytes(), OPTIONS)
    run = read.runs.iloc[0]
    assert run["device"] == "Garmin Forerunner 410"
    assert run["distance_m"] == pytest.approx(4_689.24, abs=0.01)
    assert np.isnan(run["cadence_spm"])
    assert read.samples["speed_m_s"].median() == pytest.approx(2.32, abs=0.01)


def test_a_track_that_does_not_say_its_sport(shared: Path) -> None:
    read = GPX.read((shared / "tables/gpx/tomtom.gpx").read_bytes(), OPTIONS)
    assert len(read.runs) == 1
    assert "does not say its sport: taken as a run" in said(read)
    assert read.runs["distance_m"].iloc[0] == pytest.approx(4_790, rel=0.01)


# -- cadence -------------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", ["tcx", "gpx"])
@pytest.mark.parametrize(
    ("written", "speed", "steps"),
    [
        (87, 3.0, 174),
        (174, 3.0, 174),
        (98, 5.2, 196),
        (75, 1.7, 150),
        (55, 1.4, 110),
        (112, 1.4, 112),
    ],
)
def test_cadence_is_of_both_feet(reader: str, written: float, speed: float, steps: float) -> None:
    if reader == "tcx":
        read = TCX.read(tcx(steady(speed, written)), OPTIONS)
    else:
        inside = (
            f"<extensions><odd:TrackPointExtension><odd:cad>{written}</odd:cad>"
            "</odd:TrackPointExtension></extensions>"
        )
        read = GPX.read(gpx(line(speed), inside=inside), OPTIONS)
    assert set(read.samples["cadence_spm"]) == {steps}
    assert ("one leg" if steps != written else "both legs") in said(read)


def test_a_cadence_of_zero_in_motion_was_not_measured() -> None:
    points = [point(s, 3 * s, 0 if s < 20 else 87, 3.0) for s in range(0, 120, 2)]
    points += [point(120 + s, 360, 0, 0.0) for s in range(0, 20, 2)]
    read = TCX.read(tcx(track(points)), OPTIONS)
    cadence = read.samples["cadence_spm"]
    assert cadence.head(10).isna().all()
    assert (cadence.tail(10) == 0).all()
    assert not read.samples["moving"].tail(10).any()
    assert read.runs["cadence_spm"].iloc[0] == 174


def test_names_count_in_their_own_namespace_alone() -> None:
    inside = (
        '<extensions><x:cad xmlns:x="http://example.org/cadastre">9</x:cad>'
        '<TrackPointExtension xmlns="http://www.garmin.com/xmlschemas/TrackPointExtension/v2">'
        "<hr>151</hr><atemp>18</atemp></TrackPointExtension><power>251</power></extensions>"
    )
    read = GPX.read(gpx(line(3.0), inside=inside), OPTIONS)
    assert read.samples["cadence_spm"].isna().all()
    assert set(read.samples["heart_rate_bpm"]) == {151}
    assert set(read.samples["temperature_c"]) == {18}
    assert set(read.samples["power_w"]) == {251}


# -- distance, speed, pauses ---------------------------------------------------------------------


def test_what_is_covered_in_a_pause_does_not_count() -> None:
    first = line(3.0, 60)
    second = [(s + 200, north + 200) for s, north in line(3.0, 60)]
    run = GPX.read(gpx(first, second), OPTIONS).runs.iloc[0]
    assert run["distance_m"] == pytest.approx(360, rel=0.01)
    assert run["moving_s"] == pytest.approx(120)
    assert run["elapsed_s"] == 260
    assert run["speed_m_s"] == pytest.approx(3.0, rel=0.01)


def test_parts_without_a_gap_are_one_run() -> None:
    first, second = line(3.0, 60), [(s + 62, north + 186) for s, north in line(3.0, 60)]
    run = GPX.read(gpx(first, second), OPTIONS).runs.iloc[0]
    assert run["moving_s"] == run["elapsed_s"] == 122
    assert run["distance_m"] == pytest.approx(366, rel=0.01)


def test_a_lap_may_begin_its_distance_anew() -> None:
    first = track([point(s, 3 * s, 87, 3.0) for s in range(0, 60, 2)])
    second = track([point(s, 3 * (s - 60), 87, 3.0) for s in range(60, 121, 2)])
    read = TCX.read(tcx(first, second), OPTIONS)
    assert read.runs["distance_m"].iloc[0] == pytest.approx(354)
    assert (np.diff(read.samples["distance_m"]) >= 0).all()
    assert read.samples["lap"].tolist() == [1] * 30 + [2] * 31


def test_a_speed_in_another_unit_is_not_believed() -> None:
    points = [point(s, 3 * s, 87, 3.0 * 3.6, 3 * s) for s in range(0, 121, 2)]
    read = TCX.read(tcx(track(points)), OPTIONS)
    assert read.samples["speed_m_s"].median() == pytest.approx(3.0)
    assert "3.60 times its distance per time" in said(read)


def test_distance_from_positions_where_none_is_stated() -> None:
    points = [point(s, None, 87, None, 3 * s) for s in range(0, 121, 2)]
    read = TCX.read(tcx(track(points)), OPTIONS)
    assert read.runs["distance_m"].iloc[0] == pytest.approx(360, rel=0.005)
    assert read.samples["speed_m_s"].median() == pytest.approx(3.0, rel=0.005)
    assert not {"latitude", "longitude"} & set(read.samples.columns)


def test_without_positions_it_is_a_treadmill() -> None:
    points = [point(s, 3 * s, 87, 3.0) for s in range(0, 121, 2)]
    read = TCX.read(tcx(track(points)), OPTIONS)
    assert read.runs[["kind", "course"]].iloc[0].tolist() == ["treadmill", "treadmill"]
    assert "no positions" in said(read)


def test_an_activity_without_points_is_its_totals() -> None:
    lap = "<TotalTimeSeconds>1800</TotalTimeSeconds><DistanceMeters>5000</DistanceMeters>"
    run = TCX.read(tcx(lap, lap), OPTIONS).runs.iloc[0]
    assert run["detail"] == "summary"
    assert (run["distance_m"], run["moving_s"]) == (10_000, 3_600)
    assert run["speed_m_s"] == pytest.approx(10_000 / 3_600)


# -- which track is a run ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "speed", "is_run"),
    [
        ("running", 3.0, True),
        ("9", 3.0, True),
        ("Run", 3.0, True),
        ("trail_running", 2.0, True),
        ("Laufen", 3.0, True),
        ("1", 3.0, False),
        ("cycling", 3.0, False),
        ("hiking", 1.2, False),
        ("", 3.0, True),
        ("", 1.3, False),
        ("", 7.0, False),
        ("other", 3.0, True),
    ],
)
def test_a_sport_or_else_its_speeds_tell_a_run(kind: str, speed: float, is_run: bool) -> None:
    read = GPX.read(gpx(line(speed), kind=kind), OPTIONS)
    assert len(read.runs) == is_run
    assert is_run or "left out" in said(read)


@pytest.mark.parametrize(
    ("kind", "ours", "course"),
    [
        *(("treadmill_running", "treadmill", "treadmill"), ("trail_running", "trail", "trail")),
        *(("9", "unknown", "none"), ("track_running", "unknown", "track")),
    ],
)
def test_the_kind_of_run_and_of_its_course(kind: str, ours: str, course: str) -> None:
    (run,) = GPX.read(gpx(line(3.0), kind=kind), OPTIONS).runs.fillna({"course": "none"}).iloc
    assert (run["kind"], run["course"]) == (ours, course)


def test_other_sports_in_the_file_are_passed_over() -> None:
    run, ride = tcx(steady()).decode(), "<Activity Sport='Biking'><Lap/></Activity>"
    both = run.replace("</Activities>", f"{ride}</Activities>").encode()
    read = TCX.read(both, OPTIONS)
    assert len(read.runs) == 1
    assert "their sport (Biking) is not running: 1" in said(read)
    only = tcx(steady(), sport="Biking")
    assert TCX.read(only, OPTIONS).runs.empty


def test_legs_of_a_multisport_session_count() -> None:
    data = tcx(steady()).replace(b"<Activities>", b"<Activities><MultiSportSession><FirstSport>")
    data = data.replace(b"</Activities>", b"</FirstSport></MultiSportSession></Activities>")
    assert len(TCX.read(data, OPTIONS).runs) == 1


def test_a_route_without_times_is_no_run() -> None:
    data = gpx(line(3.0)).decode()
    timeless = data[: data.index("<time>")] + data[data.rindex("</time>") + 7 :]
    read = GPX.read(timeless.encode(), OPTIONS)
    assert read.runs.empty
    assert "no times" in said(read)


# -- clocks --------------------------------------------------------------------------------------


def test_times_in_utc_leave_the_runners_clock_open() -> None:
    read = TCX.read(tcx(steady()), ReadOptions(timezone="Asia/Tokyo"))
    assert read.clock == "utc"
    assert read.runs["utc_offset_s"].iloc[0] == 9 * 3600
    assert "time zone" in said(TCX.read(tcx(steady()), ReadOptions()))


def test_times_with_an_offset_state_both() -> None:
    points = [point(s, 3 * s, 87, 3.0, zone="-03:00") for s in range(0, 121, 2)]
    read = TCX.read(tcx(track(points)), OPTIONS)
    assert read.clock == "both"
    assert read.runs["utc_offset_s"].iloc[0] == -3 * 3600
    assert read.runs["start_utc"].iloc[0] == pd.Timestamp("2026-03-01T10:30:00Z")


def test_points_out_of_order_and_twice_are_put_right() -> None:
    points = [point(s, 3 * s, 87, 3.0) for s in range(0, 121, 2)]
    mixed = [*points[30:], *points[:30], points[40]]
    straight, put_right = (TCX.read(tcx(track(p)), OPTIONS) for p in (points, mixed))
    pd.testing.assert_frame_equal(straight.samples, put_right.samples)
    assert "clock went back" in said(put_right)


@pytest.mark.parametrize("odd", ["0001-01-01T00:00:00Z", "1989-12-31T00:00:00Z", "soon", ""])
def test_a_point_at_an_impossible_time_is_left_out(odd: str) -> None:
    points = [point(s, 3 * s, 87, 3.0) for s in range(0, 121, 2)]
    strange = points[10].replace(stamp(20), odd)
    read = TCX.read(tcx(track([*points[:10], strange, *points[11:]])), OPTIONS)
    assert len(read.samples) == 60
    assert re.search(r"(impossible|without a) time: 1", said(read))
    assert read.runs["elapsed_s"].iloc[0] == 120


# -- damage --------------------------------------------------------------------------------------


def test_what_stands_before_a_tear_is_read() -> None:
    whole = tcx(steady())
    torn = TCX.read(whole[: len(whole) * 2 // 3], OPTIONS)
    assert 30 <= len(torn.samples) < 61
    assert "torn" in said(torn)
    full = TCX.read(whole, OPTIONS).samples.head(len(torn.samples))
    for name in ("elapsed_s", "distance_m", "cadence_spm"):
        assert torn.samples[name].tolist() == full[name].tolist()


@pytest.mark.parametrize(
    "encoded",
    [
        b"\n   \n" + tcx(steady()),
        b"\xef\xbb\xbf" + tcx(steady()),
        tcx(steady()).decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        tcx(steady()).decode().replace("UTF-8", "windows-1252").encode("cp1252"),
        tcx(steady(), more="<Notes>Gr\u00fcn</Notes>").decode().encode("latin-1"),
        tcx(steady()).replace(b"UTF-8", b"klingon"),
        tcx(steady()).replace(f' xmlns="{TCX_NS}"'.encode(), b""),
    ],
    ids=[
        "blank",
        "mark",
        "utf-16",
        "cp1252",
        "latin-1 said to be utf-8",
        "unknown",
        "no namespace",
    ],
)
def test_encodings_and_prologues(encoded: bytes) -> None:
    assert TCX.recognises("x", encoded[:4096])
    assert len(TCX.read(encoded, OPTIONS).samples) == 61


@pytest.mark.parametrize("importer", [TCX, GPX], ids=["tcx", "gpx"])
@pytest.mark.parametrize(
    "definition",
    [
        '<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>',
        '<!DOCTYPE r SYSTEM "file:///etc/passwd">',
        "<!DOCTYPE r [<!ELEMENT r ANY>]>",
        "<!DOCTYPE r>",
    ],
)
def test_any_document_type_definition_is_refused(importer: Importer, definition: str) -> None:
    data = tcx(steady()) if importer is TCX else gpx(line(3.0))
    start = data.index(b"?>") + 2
    with pytest.raises(UnreadableFileError, match="document type definition"):
        importer.read(data[:start] + definition.encode() + data[start:], OPTIONS)


@pytest.mark.parametrize(
    ("importer", "data"),
    [(GPX, b"<gpx/>"), (TCX, b"<TrainingCenterDatabase/>"), (TCX, b"<TrainingCenterDatabase><Act")],
    ids=["gpx", "tcx", "torn"],
)
def test_a_file_without_a_track_is_refused(importer: Importer, data: bytes) -> None:
    with pytest.raises(UnreadableFileError, match=r"holds no (track|activity)|torn"):
        importer.read(data, OPTIONS)


@pytest.mark.parametrize(
    ("written", "ours"),
    [("Garmin Forerunner 620", "Garmin Forerunner 620"), ("fēnix 3", "Garmin fēnix 3"), ("", "")],
)
def test_devices_in_words(written: str, ours: str) -> None:
    assert device_in_words(written) == ours


def lap(points: list[str], metres: float | None = None, more: str = "", stated: str = "") -> str:
    """A lap of 300 s with its totals; `stated` are elements of its extension."""
    distance = "" if metres is None else f"<DistanceMeters>{metres}</DistanceMeters>"
    extension = f"<Extensions><q:LX>{stated}</q:LX></Extensions>" if stated else ""
    return f"<TotalTimeSeconds>300</TotalTimeSeconds>{distance}{more}{track(points)}{extension}"


def points(**of: float | None) -> list[str]:
    """Points of 300 s: `distance` and `metres_north` as m/s, what else as it stays."""
    moving = {name: of.pop(name, None) for name in ("distance", "metres_north")}
    return [
        point(s, **of, **{name: None if v is None else v * s for name, v in moving.items()})
        for s in range(0, 301, 5)
    ]


def test_a_lap_alone_states_the_distance_of_a_treadmill() -> None:
    read = TCX.read(tcx(lap(points(cadence=88), 500), lap([], 400)), OPTIONS)
    run = read.runs.iloc[0]
    assert (run["distance_m"], run["kind"], run["cadence_spm"]) == (900, "treadmill", 176)
    assert run["speed_m_s"] == pytest.approx(3.0)
    assert read.samples["distance_m"].isna().all()
    assert "said by the laps alone" in said(read)


def test_a_lap_has_the_corrected_distance_of_a_treadmill() -> None:
    read = TCX.read(tcx(lap(points(distance=10 / 3, speed=10 / 3), 900)), OPTIONS)
    assert read.runs["distance_m"].tolist() == [900]
    assert read.samples["speed_m_s"].median() == pytest.approx(3.0)
    assert "scaled by 0.900" in said(read)


def test_laps_of_which_one_states_no_distance_state_none() -> None:
    read = TCX.read(tcx(lap(points(), 900), lap([])), OPTIONS)
    assert read.runs["distance_m"].isna().all()


def test_the_laps_of_a_torn_file_correct_nothing() -> None:
    whole = tcx(lap(points(distance=3.0), 900))
    torn = TCX.read(whole[: int(len(whole) * 0.75)], OPTIONS)
    assert torn.samples["speed_m_s"].median() == pytest.approx(3.0)
    assert torn.runs["distance_m"].iloc[0] < 750


@pytest.mark.parametrize(
    ("more", "stated"),
    [
        ("<Cadence>88</Cadence>", ""),
        ("", "<q:AvgRunCadence>88</q:AvgRunCadence>"),
        ("", "<q:AvgRunCadence>176</q:AvgRunCadence>"),
        ("", "<q:Steps>880</q:Steps>"),
        ("<Cadence>88</Cadence>", "<q:AvgRunCadence>88</q:AvgRunCadence><q:Steps>880</q:Steps>"),
    ],
)
def test_a_lap_alone_states_the_cadence(more: str, stated: str) -> None:
    read = TCX.read(tcx(lap(points(distance=3.0, metres_north=3.0), 900, more, stated)), OPTIONS)
    assert read.runs["cadence_spm"].tolist() == [176]
    assert "said by the laps, not by samples" in said(read)


def test_the_number_of_steps_tells_whose_cadence_it_is() -> None:
    """A slow runner of 110 steps a minute would be taken for 110 of one leg."""
    stated = "<q:Steps>560</q:Steps>"
    read = TCX.read(tcx(lap(points(distance=2.0, cadence=112), 600, "", stated)), OPTIONS)
    assert read.samples["cadence_spm"].median() == 112


def test_heart_rate_that_only_laps_state() -> None:
    heart = "<AverageHeartRateBpm><Value>151</Value></AverageHeartRateBpm>"
    read = TCX.read(tcx(lap(points(distance=3.0), 900, heart)), OPTIONS)
    assert read.runs["heart_rate_bpm"].tolist() == [151]


def test_the_last_leg_of_a_triathlon_has_its_own_distance() -> None:
    leg = [point(s, 1_500 + 3 * s, 88, 3.0, 3 * s) for s in range(0, 301, 5)]
    read = TCX.read(tcx(lap(leg, 900)), OPTIONS)
    assert read.runs["distance_m"].tolist() == [900]
    assert read.samples["distance_m"].iloc[0] == 0


def test_speeds_in_another_unit_than_the_distance() -> None:
    read = TCX.read(tcx(lap(points(distance=3.0, speed=10.8), 900)), OPTIONS)
    assert read.samples["speed_m_s"].median() == pytest.approx(3.0)
    assert "3.60 times its distance per time" in said(read)


@pytest.mark.parametrize("zone", ["+00:00", "-00:00", "+05:17"])
def test_an_offset_that_no_place_states_is_not_believed(zone: str) -> None:
    """Converters write UTC with an offset of 0 wherever the run was."""
    body = [point(s, 3 * s, 88, 3.0, 3 * s, zone) for s in range(0, 301, 5)]
    read = TCX.read(tcx(lap(body, 900)), OPTIONS)
    assert (read.clock, read.runs["utc_offset_s"].iloc[0]) == ("utc", 3600)


def gpxdata(speed: float, moved: float, more: str = "") -> bytes:
    """A track by a watch whose own distance grows by `speed`, and its positions by `moved`."""
    inside = "".join(
        f'<trkpt lat="{50 + moved * s * DEGREES_PER_M:.8f}" lon="8"><time>{stamp(s)}</time>'
        f"<extensions><d:distance>{speed * s:.2f}</d:distance>{more}</extensions></trkpt>"
        for s in range(0, 301, 5)
    )
    return (
        '<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1" creator="watch" '
        f'xmlns:d="http://www.cluetrust.com/XML/GPXDATA/1/0"><trk><type>running</type><trkseg>'
        f"{inside}</trkseg></trk></gpx>"
    ).encode()


def test_the_watchs_own_distance_outranks_positions() -> None:
    more = "<d:power>250</d:power><d:temp>21.5</d:temp><d:cadence>87</d:cadence>"
    run = GPX.read(gpxdata(2.93, 3.0, more), OPTIONS).runs.iloc[0]
    assert (run["distance_m"], run["speed_m_s"]) == (879, pytest.approx(2.93))
    assert (run["power_w"], run["temperature_c"], run["cadence_spm"]) == (250, 21.5, 174)


@pytest.mark.parametrize("speed", [0.0, 0.003])
def test_a_distance_that_is_none_or_in_kilometres_does_not(speed: float) -> None:
    assert GPX.read(gpxdata(speed, 3.0), OPTIONS).runs["distance_m"].iloc[0] == pytest.approx(900)


def test_a_position_that_stands_still_tells_no_distance() -> None:
    run = GPX.read(gpx([(0, 0), (4_682, 0)]), OPTIONS).runs.iloc[0]
    assert np.isnan(run["distance_m"])
    assert np.isnan(run["moving_s"])
    assert run["elapsed_s"] == 4_682


_TEXT = st.one_of(
    st.sampled_from(
        ["", "nan", "inf", "-1e308", "1e400", "0", "87", "2026-03-01T07:30:00Z", "0x10"]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="<&"), max_size=12),
)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Time", "DistanceMeters", "AltitudeMeters", "Speed", "RunCadence"]),
            _TEXT,
        ),
        max_size=30,
    ),
    st.sampled_from(["Running", "Other", ""]),
)
@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_values_are_read_or_refused(values: list[tuple[str, str]], sport: str) -> None:
    points = [f"<Trackpoint><{name}>{text}</{name}></Trackpoint>" for name, text in values]
    good = [point(s, 3 * s, 87, 3.0, 3 * s) for s in range(0, 20, 2)]
    try:
        read = TCX.read(tcx(track([*good, *points]), sport=sport), OPTIONS)
    except RunAnalyticsError:
        return
    schema.check(read.runs, "runs")
    schema.check(read.samples, "samples")
