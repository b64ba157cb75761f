"""Names of columns in Garmin's list: which column holds what."""

from __future__ import annotations

import pytest

from runanalytics.importers.activity_lists.garmin_csv import GARMIN_CSV
from runanalytics.importers.activity_lists.words import COLUMNS, columns_of
from runanalytics.importers.contract import ReadOptions
from runanalytics.importers.registry import claimants
from runanalytics.importers.text.delimited import column_key
from runanalytics.words import languages, words

HEADERS = {
    "english": "Activity Type,Date,Favorite,Title,Distance,Time,Avg HR,Max HR,Avg Run Cadence,"
    "Max Run Cadence,Avg Pace,Best Pace,Total Ascent,Avg Stride Length,Avg Vertical Ratio,"
    "Avg Vertical Oscillation,Avg Ground Contact Time,Avg GCT Balance,Avg Power,Max Power,Steps,"
    "Best Lap Time,Moving Time,Elapsed Time",
    "german": "Aktivitätstyp,Datum,Favorit,Titel,Distanz,Zeit,Ø Herzfrequenz,"
    "Maximale Herzfrequenz,Ø Schrittfrequenz (Laufen),Max. Schrittfrequenz (Laufen),Ø Pace,"
    "Beste Pace,Anstieg gesamt,Ø Schrittlänge,Durchschnittliches vertikales Verhältnis,"
    "Ø vertikale Bewegung,Ø Bodenkontaktzeit,Durchschnittliche Balance der Bodenkontaktzeit,"
    "Ø Leistung,Maximale Leistung,Schritte,Beste Rundenzeit,Zeit in Bewegung,Verstrichene Zeit",
    "swedish": "Aktivitetstyp,Datum,Favorit,Namn,Sträcka,Tid,Medelpuls,Maxpuls,Medellöpkadens,"
    "Maximal löpkadens,Medeltempo,Bästa tempo,Total stigning,Medelsteglängd,"
    "Medelvärde för vertikal kvot,Medelvärde för vertikal rörelse,Medeltid för markkontakt,"
    "Medelkontakttidsbalans,Med. kraft,Maxkraft,Steg,Bästa varvtid,Tid i rörelse,Förfluten tid",
    "french": "Type d'activité,Date,Favori,Titre,Distance,Durée,Fréquence cardiaque moyenne,"
    "Fréquence cardiaque maximale,Cadence de course moyenne,Cadence de course maximale,"
    "Allure moyenne,Meilleure allure,Ascension totale,Longueur moyenne des foulées,"
    "Rapport vertical moyen,Oscillation verticale moyenne,Temps de contact moyen avec le sol,"
    "Équilibre moyen du temps de contact avec le sol,Puissance moyenne,Puissance max.,Pas,"
    "Temps du meilleur circuit,Temps de déplacement,Temps écoulé",
    "portuguese": "Tipo de atividade,Data,Favorito,Título,Distância,Tempo,FC Média,FC máxima,"
    "Cadência de corrida média,Cadência de corrida máxima,Ritmo médio,Melhor ritmo,Subida total,"
    "Comprimento médio da passada,Proporção vertical média,Oscilação vertical média,"
    "Tempo médio de contato com o solo,Equilíbrio médio do TCS,Potência média,Energia máxima,"
    "Passos,Tempo da melhor volta,Tempo em movimento,Tempo transcorrido",
    "spanish": "Tipo de actividad,Fecha,Favorito,Título,Distancia,Tiempo,"
    "Frecuencia cardiaca media,FC máxima,Cadencia de carrera media,Cadencia de carrera máxima,"
    "Ritmo medio,Ritmo óptimo,Ascenso total,Longitud media de zancada,Relación vertical media,"
    "Oscilación vertical media,Tiempo medio de contacto con el suelo,Equilibrio de TCS medio,"
    "Potencia media,Potencia máxima,Pasos,Tiempo de la mejor vuelta,Tiempo en movimiento,"
    "Tiempo transcurrido",
    "italian": "Tipo di attività,Data,Preferita,Titolo,Distanza,Tempo,FC Media,FC max,"
    "Cadenza di corsa media,Cadenza di corsa max,Passo medio,Passo migliore,Ascesa totale,"
    "Lunghezza media passo,Rapporto verticale medio,Oscillazione verticale media,"
    "Tempo medio di contatto con il suolo,Bilanciamento medio tempo di contatto con il suolo,"
    "Potenza media,Potenza max,Passi,Tempo Lap migliore,Tempo in movimento,Tempo trascorso",
    "dutch": "Activiteittype,Datum,Favoriet,Titel,Afstand,Tijd,Gem. HS,Max. HS,"
    "Gemiddelde loopcadans,Max. loopcadans,Gemiddeld tempo,Beste tempo,Totale stijging,"
    "Gem. staplengte,Gemiddelde verticale ratio,Gem. verticale oscillatie,Gem. grondcontacttijd,"
    "Gem. balans grondcontacttijd,Gem. vermogen,Max. vermogen,Stappen,Beste rondetijd,"
    "Tijd bewogen,Verstreken tijd",
    "norwegian": "Aktivitetstype,Dato,Favoritt,Tittel,Distanse,Tid,Gjennomsnittlig puls,Makspuls,"
    "Gjennomsnittlig frekvens for løping,Maksimal frekvens for løping,Gjennomsnittlig tempo,"
    "Beste tempo,Total stigning,Gjennomsnittlig skrittlengde,"
    "Gjennomsnittlig vertikalt forholdstall,Gjennomsnittlig vertikal oscillasjon,"
    "Gjennomsnittlig tid med bakkekontakt,Gjennomsnittlig balanse for tid med bakkekontakt,"
    "Gjennomsnittlig kraft,Maksimal kraft,Skritt,Beste rundetid,Tid i bevegelse,Medgått tid",
    "polish": "Typ aktywności,Data,Ulubiony,Tytuł,Dystans,Czas,Średnie tętno,Maksymalne tętno,"
    "Średni rytm biegu,Maksymalny rytm biegu,Średnie tempo,Najlepsze tempo,Całkowity wznios,"
    "Średnia długość kroku,Średnie odchylenie do długości,Średnie odchylenie pionowe,"
    "Średni czas kontaktu z podłożem,Średnia równowaga czasu kontaktu z podłożem,Średnia moc,"
    "Maksymalna moc,Kroki,Czas najlepszego okrążenia,Czas ruchu,Upłynęło czasu",
    "japanese": "アクティビティタイプ,日付,お気に入り,タイトル,距離,タイム,平均心拍数,最大心拍数,"
    "平均ピッチ,最高ピッチ,平均ペース,最高ペース,総上昇量,平均歩幅,平均上下動比,"
    "平均上下動,平均接地時間,平均GCTバランス,平均パワー,最大パワー,ステップ,"
    "ベストラップタイム,移動時間,経過時間",
    "chinese": "活动类型,日期,我的最爱,标题,距离,时间,平均心率,最大心率,平均步频,最高步频,平均配速,"
    "最佳配速,累计爬升,平均步长,平均垂直步幅比,平均垂直摆动,平均触地时间,平均触地平衡,"
    "平均功率,最大功率,步数,最佳单圈时间,移动时间,全程耗时",
    "traditional chinese": "活動類型,日期,我的最愛,標題,距離,時間,平均心率,最大心率,平均步頻,"
    "最高步頻,平均配速,最佳配速,總爬升,平均步幅,平均移動效率,平均垂直振幅,平均觸地時間,平均觸地平衡,"
    "平均功率,最大功率,步數,最佳圈耗時,移動時間,經過時間",
    "korean": "활동 종류,날짜,즐겨찾기,제목,거리,시간,평균 심박,최대심박,평균 달리기 케이던스,"
    "최고 달리기 케이던스,평균 페이스,최대 페이스,총 상승,평균 보폭,평균 수직 비율,"
    "평균 수직 진동,평균 지면 접촉 시간,평균 지면 접촉 시간 균형,평균 파워,최대 파워,"
    "걸음,이동 시간,경과 시간",
}


@pytest.mark.parametrize("language", HEADERS)
def test_each_language_has_each_column_once(language: str) -> None:
    names = [column_key(name) for name in HEADERS[language].split(",")]
    expected = [ours for ours in COLUMNS if ours not in ("ascent", "power_w", "steps")]
    found = columns_of(names)
    assert set(found) == set(COLUMNS), set(COLUMNS) ^ set(found)
    assert len({theirs[0] for theirs in found.values()}) == len(found)
    for ours in expected:
        assert not any(word in found[ours][0] for word in ("max", "máx", "melhor", "best"))


@pytest.mark.parametrize("language", languages())
def test_a_list_in_the_words_of_each_language_is_read(language: str) -> None:
    named = words("garmin_list")[language]
    names = [named[name][0] for name in ("type", "date", "title", "distance", "time")]
    pulse, cadence = named["heart_rate"][0], named["run_cadence"][0]
    run, ride = words("sports")[language]["running"][0].strip("*"), "Cycling"
    header = ",".join([*names, pulse, cadence])
    of_run = f"{run},2025-03-01 18:00:01,A,10.00,00:50:00,150,170"
    text = f"{header}\n{of_run}\n{ride},2025-03-02 18:00:01,B,1,1:00,1,1".encode()
    assert claimants("list.csv", text) == [GARMIN_CSV]
    imported = GARMIN_CSV.read(text, ReadOptions(timezone="UTC", units="metric"))
    (listed,) = imported.runs.to_dict("records")
    assert (listed["distance_m"], listed["moving_s"]) == (10_000.0, 3_000.0)
    assert (listed["heart_rate_bpm"], listed["cadence_spm"]) == (150.0, 170.0)
    assert imported.sets["movement"].tolist() == ["cycling"]
    assert imported.sessions["duration_s"].tolist() == [60]


def test_sides_of_the_body_stand_before_or_behind_the_share() -> None:
    header = "Activity Type,Date,Title,Distance,Time,Avg GCT Balance"
    cells = ("50.6% L / 49.4% R", "左50.6% / 右49.4%", "49.4% R / 50.6% L", "50,6 % v/49,4 % h")
    rows = (f'Running,2025-03-0{n} 18:00:01,A,10,50:00,"{cell}"' for n, cell in enumerate(cells, 1))
    data = "\n".join([header, *rows]).encode()
    runs = GARMIN_CSV.read(data, ReadOptions(timezone="UTC", units="metric")).runs
    assert runs["contact_balance_left_pct"].tolist() == pytest.approx([50.6] * 4)


def test_a_runs_own_cadence_comes_before_that_of_other_sports() -> None:
    names = ["avg_bike_cadence", "max_bike_cadence", "avg_run_cadence", "max_run_cadence"]
    assert columns_of(names) == {"cadence_spm": ("avg_run_cadence", "avg_bike_cadence")}
