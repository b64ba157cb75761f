"""Names of columns in Garmin Connect's list of activities, in the languages of its exports.

Header names are matched in full, in lower case, with one space for each gap; a column that is
spelled otherwise is left unread rather than guessed.

References
----------
Headers of lists as Garmin Connect wrote them in English, German, Swedish,
French, Portuguese, Spanish, Italian and Dutch between 2017 and 2026.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

#: Names of the column that only Garmin's list has: the type of activity.
TYPE_NAMES = frozenset(
    (
        *("activity type", "aktivitätstyp", "aktivitetstyp", "type d'activité"),
        *("tipo de atividade", "tipo de actividad", "tipo di attività", "activiteittype"),
    )
)

#: Words by which a column holds extremes, not averages.
_EXTREME = r"max|máx|massim|best|bäst|meilleu|mejor|melhor|miglior|óptim|min\b|minim|mín|minst"
_AVERAGE = rf"(?!.*(?:{_EXTREME})).*"

#: Our name -> spellings, the best first: each a pattern for a whole header.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "type": tuple(map(re.escape, sorted(TYPE_NAMES))),
    "date": (r"date|datum|data|fecha",),
    "favorite": (r"favou?rite|favorit|favori|favorito|preferit[oai]|favoriet",),
    "title": (r"title|titel|namn|titre|título|titolo",),
    "distance": (r"distance|distanz|strecke|distans|sträcka|distância|distancia|distanza|afstand",),
    "time": (
        r"time|activity time|zeit|tid|temps|durée|tempo|tempo total|tiempo|tiempo total|tijd",
        r"duration|dauer|duração|duración|durata|duur",
    ),
    "moving": (
        r"moving time|zeit in bewegung|bewegungszeit|tid i rörelse|temps de déplacement"
        r"|temps en mouvement|tempo em movimento|tempo in movimento|tiempo en movimiento"
        r"|tijd bewogen|bewogen tijd",
    ),
    "elapsed": (
        r"elapsed time|verstrichene zeit|förfluten tid|temps écoulé|tempo transcorrido"
        r"|tempo decorrido|duração|tempo trascorso|tiempo transcurrido|verstreken tijd",
    ),
    "heart_rate_bpm": (
        r"(?:avg|average) (?:hr|heart rate)|ø (?:hf|herzfrequenz)|durchschnittliche herzfrequenz"
        r"|medelpuls|(?:fc|fréquence cardiaque) moyenne|(?:fc|frequência cardíaca) média"
        r"|(?:fc|frecuencia card[ií]aca|frequenza cardiaca) media|gem\. (?:hs|hartslag)"
        r"|gemiddelde (?:hs|hartslag)",
    ),
    "ascent": (
        r"total ascent|elev(?:ation)? gain|anstieg gesamt|gesamtanstieg|aufstieg gesamt"
        r"|positiver höhenunterschied|total stigning|ascension totale|gain d'altitude"
        r"|subida total|ganho de elevação|ascenso total|ascesa totale|totale stijging",
    ),
    "power_w": (
        r"(?:avg|average) power|ø leistung|durchschnittliche leistung|med\. kraft|medelkraft"
        r"|medeleffekt|puissance moyenne|potência média|potencia media|potenza media"
        r"|gem\. vermogen|gemiddeld vermogen",
    ),
    # The first row's sport names the column: a run's cadence may stand under the bike's.
    "cadence_spm": (
        r"(?:avg|average) run(?:ning)? cadence|ø (?:schrittfrequenz|kadenz) \(laufen\)|ø laufkadenz"
        r"|ø schrittfrequenz|medellöpkadens|cadence de course moyenne|cadência de corrida média"
        r"|cadencia de carrera media|cadenza di corsa media|gem(?:\.|iddelde) loopcadans",
        rf"{_AVERAGE}(?:cadence|schrittfrequenz|trittfrequenz|kadens|kadenz|cadência|cadencia"
        r"|cadenza|cadans).*",
    ),
    "pace": (
        r"(?:avg|average) pace|ø pace|ø tempo|medeltempo|allure moyenne|ritmo m[eé]dio"
        r"|passo medio|gem(?:\.|iddeld) tempo",
        r"(?:avg|average) speed|ø geschwindigkeit|medelhastighet|vitesse moyenne"
        r"|velocidade média|velocidad media|velocità media|gem(?:\.|iddelde) snelheid",
    ),
    "step_length": (
        rf"{_AVERAGE}(?:stride length|step length|schrittlänge|steglängd|longueur.* foulées?"
        r"|zancada|passada|lunghezza.* passo|staplengte|paslengte).*",
    ),
    "contact_balance_left_pct": (
        r".*(?:gct|contact|kontakt|contacto|contatto|contato|tcs|suelo|sol\b|solo\b|suolo).*balan.*",
        r".*(?:balan|équilibre|equil[ií]b|bilancia).*(?:gct|contact|kontakt|contat|tcs|sol\b|suolo).*",
    ),
    "ground_contact_ms": (
        rf"(?!.*(?:balan|équilibre|equil[ií]b|bilancia)){_AVERAGE}(?:ground contact|bodenkontakt"
        r"|markkontakt|contact.* sol\b|contacto.* suelo|conta[ct]?to.* (?:solo|suolo)"
        r"|grondcontact).*",
    ),
    "vertical_ratio_pct": (
        rf"{_AVERAGE}(?:vertical ratio|vertikale[sr]? verhältnis|vertikal kvot|rapport vertical"
        r"|relación vertical|ratio vertical|proporção.* vertical|relação vertical"
        r"|rapporto verticale|verticale ratio).*",
        r"proporção vertical média|proporção de média vertical",
    ),
    "oscillation": (
        rf"{_AVERAGE}(?:vertical oscillation|vertikale bewegung|vertikale oszillation"
        r"|vertikal rörelse|oscillation verticale|oscilación vertical|oscilação vertical"
        r"|oscillazione verticale|verticale oscillatie).*",
    ),
    "steps": (r"steps|schritte|steg|pas|passos|pasos|passi|stappen",),
}

#: Sides of the body, for the balance of contact time.
LEFT_SIDES = frozenset(
    (
        *("l", "left", "li", "links", "vänster", "v", "g", "gauche", "e", "esq", "esquerda"),
        *("i", "izq", "izquierda", "izquierdo", "s", "sx", "sin", "sinistra", "sinistro"),
        *("linker", "esquerdo"),
    )
)
RIGHT_SIDES = frozenset(
    (
        *("r", "right", "re", "rechts", "höger", "h", "d", "droite", "dir", "direita", "direito"),
        *("der", "derecha", "derecho", "dx", "destra", "destro", "rechter"),
    )
)


def header_names(keys: Sequence[str]) -> tuple[str, ...]:
    """Return column keys as the patterns here expect them: with spaces.

    Examples
    --------
    >>> header_names(["activity_type", "avg_hr"])
    ('activity type', 'avg hr')
    """
    return tuple(key.replace("_", " ") for key in keys)


def columns_of(keys: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return our name -> the columns of a file that may hold it, the best first.

    Parameters
    ----------
    keys : sequence of str
        The file's columns, as `runanalytics.importers.text.delimited.column_key` spells them.

    Examples
    --------
    >>> columns_of(["avg_bike_cadence", "avg_run_cadence"])
    {'cadence_spm': ('avg_run_cadence', 'avg_bike_cadence')}
    """
    names = dict(zip(keys, header_names(keys), strict=True))
    found = {}
    for ours, patterns in COLUMNS.items():
        fitting = [
            key
            for pattern in patterns
            for key, name in names.items()
            if re.fullmatch(pattern, name)
        ]
        if fitting:
            found[ours] = tuple(dict.fromkeys(fitting))
    return found
