"""Lists of races as pages, organisers and runners make them: one test a kind of list or oddity."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runanalytics.errors import RunAnalyticsError, UnitError, UnreadableFileError
from runanalytics.importers import identify
from runanalytics.importers.accounts import UNEXPLAINED
from runanalytics.importers.contract import Imported, ReadOptions
from runanalytics.importers.races.importer import RACE_LISTS, TIDY_RACES
from runanalytics.importers.registry import claimants
from runanalytics.importers.registry import read as read_file
from runanalytics.schema import COURSES
from runanalytics.words import languages, words

CASES = Path(__file__).parents[4] / "shared" / "cases"
HALF, MARATHON, MILE = 21_097.5, 42_195.0, 1_609.344


def read(text: str, units: str | None = None) -> Imported:
    data = text.encode()
    importer = identify("list.csv", data)
    assert importer in (RACE_LISTS, TIDY_RACES)
    return importer.read(data, ReadOptions(units=units))


def found(text: str, units: str | None = None) -> list[tuple[str, float, float]]:
    """Day, distance (m, to a decimal) and time (s) of each race."""
    races = read(text, units).races
    return [
        (f"{day:%Y-%m-%d}", round(distance, 1), time)
        for day, distance, time in races[["local_date", "distance_m", "time_s"]].itertuples(
            index=False
        )
    ]


def one(distance: str, time: str, units: str | None = None) -> tuple[float, float]:
    ((_, distance_m, time_s),) = found(
        f"Date\tRace\tDistance\tChip time\n2025-05-03\tOne\t{distance}\t{time}\n", units
    )
    return distance_m, time_s


def notes(text: str, units: str | None = None) -> str:
    return "\n".join(note.message for note in read(text, units).notes)


# --- Whole lists.


def test_a_parkrun_page_has_one_distance() -> None:
    page = (
        "Event,Run Date,Run Number,Pos,Time,Age Grade,PB?\n"
        "Pier,03/05/2025,41,52,24:10,55.10%,PB\nPier,17/05/2025,43,48,1:02:59,25.52%,\n"
    )
    assert found(page) == [("2025-05-03", 5000, 1450), ("2025-05-17", 5000, 3779)]
    assert read(page).races["title"].tolist() == ["Pier", "Pier"]
    copied = page.replace(",", "\t").replace("24:10", "00:24:10").replace("Age Grade", "AgeGrade")
    assert found(copied) == found(page)
    behind_other_lines = f"Results\n\n   A. Runner (A123)\n\n{copied}"
    assert found(behind_other_lines) == found(page)


def test_a_junior_parkrun_is_of_two_kilometres() -> None:
    page = (
        "Event\tRun Date\tRun Number\tPos\tTime\tAge Grade\tPB?\n{}\t18/05/2025\t4\t9\t9:58\t\t\n"
    )
    assert found(page.format("Pier juniors")) == [("2025-05-18", 2000, 598)]
    assert found(page.format("Pier junior parkrun")) == [("2025-05-18", 2000, 598)]


def test_saturdays_tell_the_order_of_day_and_month_of_a_parkrun_page() -> None:
    page = "Event,Run Date,Run Number,Pos,Time,Age Grade,PB?\n"
    assert found(f"{page}Pier,05/07/2025,4,9,25:00,,\n") == [("2025-07-05", 5000, 1500)]
    with pytest.raises(UnreadableFileError, match="no row decides"):
        read("Race,Date,Distance,Chip time\nPier,05/07/2025,5 km,25:00\n")


def test_power_of_10() -> None:
    assert found(
        "Event,Perf,Indoor,Wind,Pos,,,Venue,Meeting,Date\n"
        "10K,43:05,,,1,,,Town,Town 10,11 May 24\n"
        "HM,1:28:40,,,31,,,Town,Town Half,7 Apr 24\n"
        "Mar,3:31:05,,,80,,,Town,Town Marathon,21 Apr 24\n"
        "5M,34:30,,,9,,,Town,Town 5,1 Mar 24\n"
        "3000,10:12.4,i,,5,,,Hall,Open,4 Feb 24\n"
        "10KMT,40:50,,,2,,,Park,Leg,3 Feb 24\n"
        "Mile,5:10,,,2,,,Park,Mile,2 Feb 24\n"
        "parkrun,19:05,,,2,,,Pier,Pier parkrun # 9,6 Jan 24\n"
    ) == [
        *[("2024-05-11", 10_000, 2585), ("2024-04-07", HALF, 5320)],
        *[("2024-04-21", MARATHON, 12_665), ("2024-03-01", 8046.7, 2070)],
        *[("2024-02-04", 3000, 612.4), ("2024-02-03", 10_000, 2450)],
        *[("2024-02-02", 1609.3, 310), ("2024-01-06", 5000, 1145)],
    ]


def test_events_of_power_of_10_name_their_course() -> None:
    text = "Event,Perf,Indoor,Pos,Venue,Meeting,Date\n"
    rows = "3000,9:59,i,1,Hall,A,4 Feb 24\n5KMT,18:00,,1,B,B,5 Feb 24\n8KXC,30:00,,1,C,C,6 Feb 24\n"
    courses = read(f"{text}{rows}1500,4:40,,1,D,D,7 May 24\n10K,40:00,,1,E,E,8 May 24\n").races
    assert courses["course"].astype(object).where(courses["course"].notna(), None).tolist() == [
        *("track", "trail", "cross-country", "track", None)
    ]


def test_world_athletics() -> None:
    text = (
        "Date\tCompetition\tCountry\tCategory\tDiscipline\tPlace\tResult\tScore\n"
        "12 MAY 2024\tCity Run\tITA\tB\t10 Kilometres Road\t4.\t29:10\t1050\n"
        "3 MAR 2024\tIndoor Meet\tITA\tC\t3000 Metres Short Track\t2.\t8:01.55\t1000\n"
        "7 APR 2024\tHalf\tITA\tA\tHalf Marathon\t9.\t1:03:20\t1040\n"
        "9 JUN 2024\tMeet\tITA\tD\t10,000 Metres\t9.\tDNF\t\n"
        "8 JUN 2024\tMeet\tITA\tD\t5000 Metres\t9.\t13:55.10\t990\n"
    )
    assert found(text) == [
        *[("2024-05-12", 10_000, 1750), ("2024-03-03", 3000, 481.55)],
        *[("2024-04-07", HALF, 3800), ("2024-06-08", 5000, 835.1)],
    ]
    assert read(text).races["course"].tolist()[:2] == ["road", "track"]
    assert "as not finished (1): line 5: 'DNF'" in notes(text)


def test_results_of_registration_sites_and_timers() -> None:
    assert found(
        "Race,Event,Date,City,State,Bib,Overall Place,Gender Place,Division Place,Clock Time,"
        'Chip Time,Pace\nFall Fest,5K,10/14/2024,Town,OH,12,"1,002",40,3,26:01,25:40,8:15/M\n'
        "Spring,13.1 Miles,4/13/2024,Town,OH,12,10,40,3,1:45:01,1:44:40,7:59/M\n"
    ) == [("2024-10-14", 5000, 1540), ("2024-04-13", 21082.4, 6280)]
    assert found(
        "Veranstaltung;Wettbewerb;Datum;Startnr;Name;Verein;AK;Platz;Brutto;Netto\n"
        "Stadtfest;10 km Lauf;14.09.2024;77;A B;SV;M40;12;0:43:40;0:43:05\n"
        "Seefest;Halbmarathon;21.09.2024;78;A B;SV;M40;30;1:37:10;1:36:40\n"
    ) == [("2024-09-14", 10_000, 2585), ("2024-09-21", HALF, 5800)]
    assert found(
        "Event,Distance,Date,City,Age,Rank,Gender Place,Overall Place,Time\n"
        'Ridge,50K,"Sat, Mar 2, 2024",Town,40,80.1,3,9,5:01:22\n'
        'Canyon,100M,"Sat, Jun 29, 2024",Town,40,80.1,3,9,23:01:22\n'
    ) == [("2024-03-02", 50_000, 18_082), ("2024-06-29", 160_934.4, 82_882)]


#: Language -> a list as a runner of it would keep it: headers, then a 10 km and a half marathon.
LISTS = {
    "en": "Date,Race,Distance,Time\n{d},Ten,10 km,43:05\n{e},Other,half marathon,1:36:40",
    "de": "Datum,Wettkampf,Strecke,Nettozeit\n{d},Zehn,10 km,43:05\n{e},B,Halbmarathon,1:36:40",
    "fr": "Date,Épreuve,Distance,Temps réel\n{d},Dix,10 km,43'05\n{e},B,semi-marathon,1h36'40",
    "es": "Fecha,Carrera,Distancia,Tiempo neto\n{d},Diez,10 km,43:05\n{e},B,media maratón,1:36:40",
    "it": "Data,Gara,Distanza,Tempo\n{d},Dieci,10 km,43:05\n{e},B,mezza maratona,1h36:40",
    "pt": "Data,Prova,Distância,Tempo líquido\n{d},Dez,10 km,43:05\n{e},B,meia maratona,1:36:40",
    "nl": "Datum,Wedstrijd,Afstand,Nettotijd\n{d},Tien,10 km,43:05\n{e},B,halve marathon,1:36:40",
    "sv": "Datum,Lopp,Sträcka,Nettotid\n{d},Tio,10 km,43:05\n{e},B,halvmaraton,1:36:40",
    "nb": "Dato,Løp,Distanse,Nettotid\n{d},Ti,10 km,43:05\n{e},B,halvmaraton,1:36:40",
    "da": "Dato,Løb,Distance,Nettotid\n{d},Ti,10 km,43:05\n{e},B,halvmaraton,1:36:40",
    "fi": "Päivämäärä,Kilpailu,Matka,Aika\n{d},Kymppi,10 km,43.05\n{e},B,puolimaraton,1.36.40",
    "pl": "Data,Bieg,Dystans,Czas netto\n{d},Dycha,10 km,43:05\n{e},B,półmaraton,1:36:40",
    "cs": "Datum,Závod,Vzdálenost,Čistý čas\n{d},Desítka,10 km,43:05\n{e},B,půlmaraton,1:36:40",
    "ru": "Дата,Забег,Дистанция,Результат\n{d},А,10 км,43:05\n{e},Б,полумарафон,1:36:40",
    "tr": "Tarih,Yarış,Mesafe,Süre\n{d},On,10 km,43:05\n{e},B,yarı maraton,1:36:40",
    "id": "Tanggal,Lomba,Jarak,Waktu bersih\n{d},A,10 km,43:05\n{e},B,setengah maraton,1:36:40",
    "ja": "開催日,大会名,距離,記録\n{d},十,10キロ,43分05秒\n{e},川,ハーフ,1時間36分40秒",
    "zh": "日期,赛事,距离,净成绩\n{d},十,10公里,43:05\n{e},河,半马,1:36:40",
    "zh-hant": "日期,賽事,距離,大會成績\n{d},十,10公里,43:05\n{e},河,半馬,1:36:40",
    "ko": "날짜,대회명,종목,기록\n{d},열,10km,43:05\n{e},강,하프,1:36:40",
}


@pytest.mark.parametrize("language", sorted(LISTS))
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_list_in_every_language(language: str, delimiter: str) -> None:
    assert LISTS.keys() == set(languages())
    text = LISTS[language].format(d="03.05.2025", e="17.05.2025").replace(",", delimiter)
    assert found(text) == [("2025-05-03", 10_000, 2585), ("2025-05-17", HALF, 5800)]
    assert notes(text) == ""


def test_the_title_states_the_distance_where_no_column_does() -> None:
    text = (
        "Date;Race;Chip time\n1.5.2025;Harbour 10K;43:05\n8.5.2025;Berlin-Marathon;3:31:05\n"
        "15.5.2025;Round the lake;50:00\n"
    )
    assert found(text) == [("2025-05-01", 10_000, 2585), ("2025-05-08", MARATHON, 12_665)]
    assert "rows were left out (1): line 4: no distance" in notes(text)


@pytest.mark.parametrize(
    "text",
    [
        "Event,Run Date,Run #,Pos,Time,Age Grade,PB\nPier,17/05/2025,340,12,22:41,60.6%,PB\n",
        "Run Date\tRun Number\tPos\tTime\tAge Grade\tPB?\n17/05/2025\t3\t12\t22:41\t60.6%\tPB\n",
        "Evento,Data,Numero corsa,Posizione,Tempo,Age Grade,PB?\nPonte,17/05/2025,3,1,22:41,,\n",
        "Race,Date,Distance,Duration\nPier,2025-05-17,5 km,22:41\n",
        "Datum;Strecke;Zeit;Startnummer\n17.5.25;5 km;22:41;77\n",
        "Date,Race,Distance,Finish time\n2025-05-17,Pier,5 km,0.0157523\n",
        "Date,Start Time,Race,Distance,Finish Time\nSat 17 May 2025,09:00,Pier,5 km,22:41\n",
        "Date,Event,Race,Net,Gross,Place (total)\n2025-05-17,Pier,5 km,00:22:41,00:23:45,12\n",
    ],
)
def test_other_lists_of_one_race(text: str) -> None:
    assert found(text) == [("2025-05-17", 5_000, 1_361)]


# --- Which time counts.


@pytest.mark.parametrize(
    ("header", "time_s"),
    [
        ("Finish Time,Gun Time,Chip Time", 3),
        ("Gun Time,Finish,Watch time", 1),
        ("Watch,Official Time,Gun Time", 2),
        ("Garmin time,Finish time,Gun", 3),
        ("Strava time,Time,Pace", 2),
        ("Gun Time,Net Time,Gun Place", 2),
        ("Brutto,Netto,Platz", 2),
        ("Bruttozeit,Nettozeit,Platz", 2),
        ("Temps officiel,Temps réel,Place", 2),
        ("Tiempo oficial,Tiempo chip,Puesto", 2),
        ("Tempo ufficiale,Real time,Posizione", 2),
        ("Czas brutto,Czas netto,Miejsce", 2),
        ("Hrubý čas,Čistý čas,Pořadí", 2),
        ("Грязное время,Чистое время,Место", 2),
        ("グロスタイム,ネットタイム,順位", 2),
        ("Temps scratch,Temps réel,Scratch", 2),
        ("Temps,Temps scratch,Clt scratch", 2),
        ("Tiempo de pistola,Tiempo,Pos. general", 1),
        ("Время финиша,Время от выстрела,Место абс.", 2),
        ("Waktu kotor,Waktu bersih,Peringkat", 2),
    ],
)
def test_chip_before_official_before_gun_before_finish_before_watch(
    header: str, time_s: int
) -> None:
    text = f"Date,Race,Distance,{header}\n2025-05-03,A,10 km,41:01,41:02,41:03\n"
    ((_, _, time),) = found(text)
    assert time == 41 * 60 + time_s


@pytest.mark.parametrize(
    ("title", "distance", "time", "place"),
    [
        ("Épreuve", "Distance", "Temps scratch", "Scratch"),
        ("Course", "Distance", "Temps officiel (coup de pistolet)", "Clt scratch"),
        ("Bieg", "Dystans", "Czas na mecie", "Miejsce open"),
        ("Závod", "Trať", "Čas v cíli", "Pořadí celkem"),
        ("Забег", "Дистанция", "Время финиша", "Место абс."),
        ("Yarış", "Mesafe", "Bitiş zamanı", "Genel sıralama"),
        ("Kilpailu", "Matka", "Maaliaika", "Sija sarja"),
        ("Lopp", "Distans", "Tid (startskott)", "Plac totalt"),
        ("Løp", "Distanse", "Tid fra startskudd", "Plassering klasse"),
        ("Wedstrijd", "Afstand", "Tijd (startschot)", "Plaats M45"),
        ("大会名", "距離", "ゴールタイム", "総合順位"),
        ("赛事", "项目", "完赛用时", "总名次"),
        ("대회명", "종목", "완주 기록", "전체 순위"),
    ],
)
def test_the_only_time_of_a_list_under_the_names_of_organisers(
    title: str, distance: str, time: str, place: str
) -> None:
    text = f"Date;{title};{distance};{time};{place}\n2025-05-04;A;10 km;43:35;120\n"
    assert found(text) == [("2025-05-04", 10_000, 2615)]


def test_where_the_chip_failed_the_gun_counts() -> None:
    header = "Date,Race,Distance,Chip Time,Gun Time\n"
    text = f"{header}2025-05-03,A,10 km,,41:45\n2025-05-04,B,5 km,-,20:00"
    assert [time for _, _, time in found(text)] == [2505, 1200]


def test_places_and_paces_are_no_times() -> None:
    text = "Date,Race,Distance,Chip Place,Gun Pace,Time\n2025-05-03,A,10 km,41:10,4:10,43:05\n"
    assert found(text) == [("2025-05-03", 10_000, 2585)]
    tempo = "Datum;Lauf;Strecke;Tempo;Zeit\n3.5.2025;A;10 km;4:19;43:05\n"
    assert found(tempo) == [("2025-05-03", 10_000, 2585)]


# --- Distances and times as written.


@pytest.mark.parametrize(
    ("distance", "distance_m"),
    [
        *[("10K", 10_000), ("10 km", 10_000), ("10,0 km", 10_000), ("10.0km", 10_000)],
        *[("10000 m", 10_000), ("10,000 m", 10_000), ("10.000 m", 10_000), ("10 000 m", 10_000)],
        *[("10 kilometres", 10_000), ("10 Kilometer", 10_000), ("10公里", 10_000)],
        *[("10 км", 10_000), ("10 километров", 10_000), ("10キロ", 10_000), ("10km Lauf", 10_000)],
        *[("10 km (road)", 10_000), ("10 km Straßenlauf", 10_000), ("10000", 10_000)],
    ],
)
def test_ten_kilometres(distance: str, distance_m: float) -> None:
    assert one(distance, "43:05") == (distance_m, 2585)


@pytest.mark.parametrize(
    "distance",
    [
        *("HM", "half", "Half Marathon", "half-marathon", "1/2 marathon", "½ Marathon", "semi"),
        *("Semi-marathon", "mezza", "Mezza Maratona", "maratonina", "media", "Media Maratón"),
        *("meia", "halve marathon", "Halbmarathon", "halvmaraton", "halvmarathon", "puolikas"),
        *(
            "půlmaraton",
            "półmaraton",
            "полумарафон",
            "yarı maraton",
            "ハーフ",
            "半马",
            "半馬",
            "하프",
        ),
        *("21,0975 km", "21.0975 km", "Stadthalbmarathon", "Half (certified)"),
    ],
)
def test_half_marathons(distance: str) -> None:
    assert one(distance, "1:36:40") == (HALF, 5800)


@pytest.mark.parametrize(
    ("distance", "time", "distance_m"),
    [
        *[("5M", "34:30", 8046.7), ("5 m", "34:30", 8046.7), ("10M", "1:10:00", 16_093.4)],
        *[("10 miles", "1:10:00", 16_093.4), ("10 Meilen", "1:10:00", 16_093.4)],
        *[("1 mi", "5:40.3", 1609.3), ("Mile", "5:40.3", 1609.3), ("2 mile", "11:50", 3218.7)],
        *[("100M", "12.9", 100), ("100M", "22:10:00", 160_934.4), ("100 m", "12,90", 100)],
        *[("400m", "58.4", 400), ("800", "2:10", 800), ("5000 m", "19:30,4", 5000)],
        *[("Marathon", "3:31:05", MARATHON), ("42,195 km", "3:31:05", MARATHON)],
        *[("42.2 km", "3:31:05", 42_200), ("26.2 miles", "3:31:05", 42_164.8)],
        *[("Ten Mile", "1:05:00", 16_093.4), ("5 Miler", "34:30", 8046.7)],
        *[("Viertelmarathon", "50:00", 10_548.8), ("50K", "5:00:00", 50_000)],
    ],
)
def test_other_distances(distance: str, time: str, distance_m: float) -> None:
    assert one(distance, time)[0] == pytest.approx(distance_m, abs=0.06)


@pytest.mark.parametrize(
    "time",
    [
        *(
            "1:36:40",
            "01:36:40",
            "1:36:40.0",
            "1h36'40\"",
            "1h36'40",
            "1h36m40s",
            "1 h 36 min 40 s",
        ),
        *(
            "1h 36m 40s",
            "1.36.40",
            "1:36.40",
            "96:40",
            "1時間36分40秒",
            "1小时36分40秒",
            "1시간 36분 40초",
        ),
        *("1 ч 36 мин 40 с", "1 Std. 36 Min. 40 Sek.", "1:36:40 PB", "1:36:40 (PB)", "1:36:40*"),
        *("1:36:40 h", "1:36:40 AM", "0 days 01:36:40", "1899-12-30 01:36:40", "0.0671296"),
        *("1h36’40”", "1h36'40''", "1:36:40 Std", "96 min 40 s"),
    ],
)
def test_spellings_of_a_time(time: str) -> None:
    assert one("HM", time) == (HALF, 5800)


@pytest.mark.parametrize(
    "time",
    [
        "43:05:00",
        "43:05:00.0",
        "1900-01-01 19:05:00",
        "1/1/1900 19:05:00",
        "1.79514",
        "1 day, 19:05:00",
    ],
)
def test_minutes_that_a_spreadsheet_turned_into_hours(time: str) -> None:
    assert one("10 km", time) == (10_000, 2585)


def test_a_column_of_turned_times_is_said_once_and_true_hours_stay() -> None:
    text = (
        "Date,Race,Distance,Finish\n2025-05-03,A,10 km,41:20:00\n2025-05-17,B,5 km,19:59:00\n"
        "2025-05-24,C,half,1:31:05\n2025-05-31,D,marathon,3:20:00\n2025-06-07,E,1 mi,5:40:00\n"
        "2025-06-14,F,100 km,9:58:00\n"
    )
    assert [time for *_, time in found(text)] == [2480, 1199, 5465, 12_000, 340, 35_880]
    assert notes(text).count("spreadsheet had turned into hours (3), such as '41:20:00'") == 1


def test_a_time_that_nobody_runs_is_left_out() -> None:
    text = "Date,Race,Distance,Chip time\n2025-05-03,A,10 km,4:10\n2025-05-04,B,half,1:35\n"
    with pytest.raises(
        UnreadableFileError, match=r"'4:10' is no time for 10 km.*'1:35' is no time"
    ):
        read(text)


# --- Units.


def test_bare_distances_are_asked_about_in_one_sentence() -> None:
    rows = "".join(
        f"2025-01-{day:02},Race {day},road,{day % 3 + 4}.0,{day + 33}:00,\n" for day in range(1, 25)
    )
    text = f"date,name,surface,distance,time,agegrade\n{rows}"
    with pytest.raises(UnitError) as caught:
        read(text)
    message = str(caught.value)
    assert "--units" in message
    assert message.count("has no unit") + message.count("have no unit") == 1
    assert len(message) < 200
    metric, imperial = read(text, "metric").races, read(text, "imperial").races
    assert len(metric) == len(imperial) == 24
    assert metric["distance_m"].iloc[0] == 5000
    assert imperial["distance_m"].iloc[0] == pytest.approx(5 * MILE)


@pytest.mark.parametrize(
    ("header", "distance_m"),
    [
        *[("Distance (km)", 10_000), ("Distance [km]", 10_000), ("distance_km", 10_000)],
        *[("Distance in km", 10_000), ("km", 10_000), ("Dist. (mi)", 16_093.44)],
        *[("Distance (miles)", 16_093.44), ("Miles", 16_093.44)],
    ],
)
def test_a_header_states_the_unit(header: str, distance_m: float) -> None:
    text = f"Date,Race,{header},Chip time\n2025-05-03,A,10,1:05:00\n"
    ((_, distance, _),) = found(text)
    assert distance == pytest.approx(distance_m, abs=0.1)


@pytest.mark.parametrize("units", [None, "metric", "imperial"])
def test_a_bare_number_of_thousands_is_metres(units: str | None) -> None:
    assert one("5000", "19:59", units) == (5000, 1199)


# --- Courses, ascent, temperature.


@pytest.mark.parametrize("kind", COURSES)
def test_kinds_of_course_in_every_language_that_has_a_word(kind: str) -> None:
    header = "Date\tRace\tDistance\tChip time\tSurface\n"
    held = [word for kinds in words("course_cells").values() for word in kinds.get(kind, ())]
    assert len(held) >= 10
    first = dt.date(2015, 5, 3)
    days = [first + dt.timedelta(weeks=number) for number in range(len(held))]
    rows = [f"{day}\tA\t10 km\t43:05\t{word}\n" for day, word in zip(days, held, strict=True)]
    told = dict(zip(held, read(header + "".join(rows)).races["course"], strict=True))
    assert {word: course for word, course in told.items() if course != kind} == {}


def test_every_language_has_words_for_courses_and_no_other_kinds() -> None:
    assert words("course_cells").keys() == set(languages())
    assert all(set(kinds) <= set(COURSES) for kinds in words("course_cells").values())


def test_what_is_no_kind_of_course_is_left_empty_and_said() -> None:
    text = "Date,Race,Distance,Chip time,Surface\n2025-05-03,A,10 km,43:05,hilly\n"
    assert read(text).races["course"].isna().all()
    assert "cells of 'Surface' were taken as empty (1): line 2: 'hilly'" in notes(text)


def test_a_course_is_a_surface_in_english_and_a_race_in_french() -> None:
    english = "Date,Race,Distance,Chip time,Course\n2025-05-03,A,10 km,43:05,trail\n"
    assert read(english).races[["title", "course"]].to_numpy().tolist() == [["A", "trail"]]
    french = "Date,Course,Distance,Temps officiel\n2025-05-03,Foulées,10 km,43'05\n"
    assert read(french).races["title"].tolist() == ["Foulées"]
    assert read(french).races["course"].isna().all()


@pytest.mark.parametrize(
    ("header", "cell", "ascent_m"),
    [
        *[
            ("Dénivelé", "85", 85),
            ("Höhenmeter", "85 m", 85),
            ("Elevation gain (ft)", "100", 30.48),
        ],
        *[("Ascent", "100 ft", 30.48), ("D+", "+85", 85), ("Desnivel", "85,5", 85.5)],
        *[("Dislivello", "85", 85), ("Høydemeter", "85", 85), ("Набор высоты", "85", 85)],
    ],
)
def test_ascent(header: str, cell: str, ascent_m: float) -> None:
    text = f"Date\tRace\tDistance\tChip time\t{header}\n2025-05-03\tA\t10 km\t43:05\t{cell}\n"
    assert read(text).races["ascent_m"].tolist() == [pytest.approx(ascent_m)]


@pytest.mark.parametrize(
    ("header", "cell", "temperature_c"),
    [
        ("Temp", "12", 12),
        ("Temperatur (°C)", "-3", -3),
        ("Temperature (F)", "50", 10),
        ("Temp", "50 °F", 10),
    ],
)
def test_temperature(header: str, cell: str, temperature_c: float) -> None:
    text = f"Date\tRace\tDistance\tChip time\t{header}\n2025-05-03\tA\t10 km\t43:05\t{cell}\n"
    assert read(text).races["temperature_c"].tolist() == [pytest.approx(temperature_c)]


# --- What is left out, and what is not read.


def test_every_column_that_is_not_read_is_named_once() -> None:
    text = (
        "Date,Race,Distance,Chip Time,Bib,Weather,Coach's remark\n"
        "2025-05-03,A,10 km,43:05,1,sun,x\n2025-05-04,B,5 km,20:00,2,,\n"
    )
    assert notes(text) == ""
    assert read(text).rows.unread_columns == ("Bib", "Weather", "Coach's remark")


def test_rows_are_left_out_by_reason() -> None:
    text = (
        "Date,Event,Distance,Result\n2025-05-03,A,10 km,43:05\n2025-05-04,B,10 km,DNF\n"
        "2025-05-05,C,10 km,dns\n2025-05-06,D,5 km walk,30:00\n2025-05-07,E,4x400m,3:50\n"
        "soon,F,10 km,43:05\n2025-05-09,G,,43:05\n2025-05-10,H,10 km,\nDate,Event,Distance,Result\n"
    )
    said = notes(text)
    assert "rows were left out as not finished (2): line 3: 'DNF'; line 4: 'dns'" in said
    assert "rows were left out as no run over a plain course (2)" in said
    rows = read(text).rows
    assert (rows.n_rows, rows.n_kept, rows.n_left_out) == (9, 1, 8)
    assert "1 line of column names" in rows.sentence()
    assert "2 no run over a plain course" in rows.sentence()
    assert "rows were left out (3): line 7: 'soon' is no date; line 8: no distance" in said
    assert found(text) == [("2025-05-03", 10_000, 2585)]


def test_results_of_many_runners_are_refused() -> None:
    rows = "".join(f"2025-05-03,Runner {n},10 km,4{n}:05\n" for n in range(8))
    with pytest.raises(
        UnreadableFileError, match=r"results of several runners; leave only your own"
    ):
        read(f"Date,Name,Distance,Chip time\n{rows}")


def test_a_list_of_two_runners_is_refused() -> None:
    text = "Date,Runner,Race,Distance,Chip time\n2025-05-03,Ann,X,10 km,41:20\n{}"
    assert len(found(text.format("2025-05-10,ann,Y,5 km,20:00\n"))) == 2
    with pytest.raises(UnreadableFileError, match="names 2 runners, such as 'Ann' and 'Ben'"):
        read(text.format("2025-05-03,Ben,X,10 km,45:20\n"))


def test_heats_and_races_written_twice() -> None:
    text = "Date,Event,Distance,Result\n{0}{1}{0}".format(
        "2025-05-03,Heat,400 m,58.4\n", "2025-05-03,Heat,400 m,57.9\n"
    )
    races = read(text).races
    assert races["time_s"].tolist() == [58.4, 57.9]
    assert races["race_id"].is_unique
    assert read(text).rows.sentence() == "1 row left out: 1 repeated"


def test_a_list_to_which_a_column_is_added_has_the_same_races() -> None:
    plain = "date,distance,time,title\n2025-05-03,10 km,43:05,Ten\n"
    more = "date,distance,time,title,club\n2025-05-03,10 km,43:05,Ten,mine\n"
    assert identify("", plain.encode()) is TIDY_RACES
    assert identify("", more.encode()) is RACE_LISTS
    assert read(plain).races["race_id"].tolist() == read(more).races["race_id"].tolist()


# --- Whose file it is.


@pytest.mark.parametrize(
    "header",
    [
        "Activity Type,Date,Favorite,Title,Distance,Calories,Time,Avg HR",
        "Typ aktywności,Data,Ulubione,Tytuł,Dystans,Kalorie,Czas,Średnie tętno",
        "Activity ID,Activity Date,Activity Name,Activity Type,Elapsed Time,Distance",
        "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance",
        "Date,Type,Route Name,Distance (km),Duration,Average Pace,Calories Burned,Climb (m)",
        "date,distance,duration,cadence_spm,title",
        "date,time,distance,duration,title,kind,course",
        "date,movement,sets,reps",
        "date,kind,duration_min,title",
        "date,distance,time,title",
        "Datum;Strecke;Zeit;Puls",
        "Datum;Strecke;Zeit",
        "Event,Date,Time,Location",
        "name,date,time",
        "lat,lon,time,ele",
    ],
)
def test_files_of_others_are_left_to_them(header: str) -> None:
    row = "2025-05-03" + ("," if "," in header else ";") * 2
    assert RACE_LISTS not in claimants("x.csv", f"{header}\n{row}\n".encode())


def test_a_calendar_of_events_is_no_list_of_races() -> None:
    text = "Event,Date,Time,Location\nDentist,2025-05-03,18:30,Town\n"
    assert RACE_LISTS not in claimants("x.csv", text.encode())


@pytest.mark.parametrize("case", sorted(CASES.glob("race_list_*")), ids=lambda path: path.name)
def test_the_shared_cases_have_a_race_a_row(case: Path) -> None:
    for path in sorted(case.iterdir()):
        if path.name != "expected.txt":
            units = "metric" if case.name.endswith("without_units") else None
            n_rows = len(path.read_text(encoding="utf-8").splitlines()) - 1
            assert len(read_file(path, units=units).races) == n_rows


# --- Whatever the cells.

_DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2025, 12, 31)).map(str) | st.sampled_from(
    ["", "soon", "13.5.2024", "Date", "12 May 24", "2024"]
)
_LENGTHS = st.sampled_from(
    [
        "10 km",
        "5M",
        "HM",
        "semi",
        "marathon",
        "3000 m",
        "",
        "-",
        "tour",
        "100M",
        "4x400",
        "5 km walk",
    ]
)
_TIMES = st.sampled_from(
    ["43:05", "43:05:00", "1:36:40", "3:31:05", "DNF", "", "-", "9:58", "4x", "1:75:00", "12.9"]
)


@settings(deadline=None)
@given(st.lists(st.tuples(_DAYS, st.sampled_from("AB"), _LENGTHS, _TIMES), max_size=9))
def test_rows_are_kept_or_left_out_for_a_reason(rows: list[tuple[str, str, str, str]]) -> None:
    text = "\n".join("\t".join(row) for row in [("Date", "Race", "Distance", "Chip time"), *rows])
    try:
        imported = RACE_LISTS.read(text.encode())
    except RunAnalyticsError:
        return
    account = imported.rows
    assert (account.n_rows, account.n_kept) == (len(rows), len(imported.races))
    assert account.n_left_out == len(rows) - len(imported.races)
    assert UNEXPLAINED not in account.left_out


@settings(deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), min_size=4, max_size=6), max_size=4))
def test_any_cells_are_races_or_an_error_of_ours(rows: list[list[str]]) -> None:
    lines = [["Date", "Race", "Distance", "Chip time", "Surface", "Ascent"], *rows]
    try:
        imported = RACE_LISTS.read("\n".join(";".join(row) for row in lines).encode())
    except RunAnalyticsError:
        return
    assert len(imported.races)
