"""Names of columns in Garmin's list: which column holds what."""

from __future__ import annotations

import pytest

from runanalytics.importers.activity_lists.words import COLUMNS, columns_of
from runanalytics.importers.text.delimited import column_key

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


def test_a_runs_own_cadence_comes_before_that_of_other_sports() -> None:
    names = ["avg_bike_cadence", "max_bike_cadence", "avg_run_cadence", "max_run_cadence"]
    assert columns_of(names) == {"cadence_spm": ("avg_run_cadence", "avg_bike_cadence")}
