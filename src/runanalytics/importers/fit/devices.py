"""Watches and sensors in words that stay the same from file to file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from runanalytics.importers.fit.codec.layout_plan import DeveloperField
from runanalytics.importers.fit.codec.values import Array

#: Product lines whose names the profile shortens: pattern, and how the name reads.
_LINES = (
    (re.compile(r"^fr(\d+)([a-z]*)"), r"Forerunner \1\2"),
    (re.compile(r"^hrm\d?_"), "HRM-"),
    (re.compile(r"^(fenix|edge|venu|epix|enduro|tactix|descent|instinct)_?(\d)"), r"\1 \2"),
    (re.compile(r"^rd_pod"), "Running Dynamics Pod"),
)
#: Parts of a name that are not written like words.
_SPELLINGS = {"hr": "HR", "gps": "GPS", "xt": "XT", "m": "M", "fenix": "fenix", "epix": "epix"}

#: ANT+ device types: what measures running dynamics, and what counts steps on the shoe.
_RUNNING_DYNAMICS, _FOOT_POD = 30, 124
_POD_WORDS = {"30": _RUNNING_DYNAMICS, "stride_speed_distance": _FOOT_POD}
#: Straps that measure running dynamics, as the profile names them.
_DYNAMICS_STRAP = re.compile(r"^(hrm\d?_(run|tri|pro|fit|600)|rd_pod)")

#: What apps call their own fields, and who makes the sensor behind them.
_DEVELOPER_SENSORS = (
    (re.compile(r"^rs_", re.IGNORECASE), "RunScribe"),
    (re.compile(r"^(ground time|form power|leg spring stiffness|air power)$", re.I), "Stryd"),
)

WRIST = "wrist"

#: Indexes of messages ``device_info`` about what wrote the file.
_CREATOR = (0.0, "creator")


def product_in_words(name: str) -> str:
    """Return a product of the profile as its maker writes it, or nearly.

    Examples
    --------
    >>> product_in_words("fr255_music"), product_in_words("hrm_pro"), product_in_words("fenix3_hr")
    ('Forerunner 255 Music', 'HRM-Pro', 'fenix 3 HR')
    """
    for pattern, reading in _LINES:
        name, found = pattern.subn(reading, name)
        if found:
            break
    words = [_spelled(word) for word in re.split(r"[_ ]+", name) if word]
    return " ".join(words)


def _spelled(word: str) -> str:
    if word.startswith("HRM-"):
        return "HRM-" + word[4:].capitalize()
    if word[:1].isdigit():
        return word.upper()
    return _SPELLINGS.get(word, word[:1].upper() + word[1:])


def maker_in_words(name: str) -> str:
    """Return a manufacturer of the profile in words.

    Examples
    --------
    >>> maker_in_words("wahoo_fitness"), maker_in_words("coros")
    ('Wahoo Fitness', 'COROS')
    """
    if name in ("coros", "srm", "sram"):
        return name.upper()
    return " ".join(part[:1].upper() + part[1:] for part in name.split("_"))


def device(file_id: Mapping[str, object]) -> str | None:
    """Return the recording device in words, from the message ``file_id``.

    Examples
    --------
    >>> device({"manufacturer": "garmin", "garmin_product": "fr255_music", "product": 3990.0})
    'Garmin Forerunner 255 Music'
    >>> device({"manufacturer": "coros", "product_name": "COROS PACE 2"})
    'COROS PACE 2'
    """
    maker = file_id.get("manufacturer")
    stated = file_id.get("product_name")
    known = file_id.get("garmin_product") or file_id.get("favero_product")
    number = file_id.get("product")
    # "development" stands for whoever has no number of their own: the product says more.
    named = isinstance(maker, str) and not maker.isdigit() and maker != "development"
    words = maker_in_words(str(maker)) if named else ""
    if isinstance(stated, str) and stated.strip():
        model = stated.strip()
        if words and not model.lower().startswith(words.lower()):
            model = f"{words} {model}"
        return model
    if isinstance(known, str) and not known.isdigit():
        return f"{words} {product_in_words(known)}".strip()
    if isinstance(number, float) and not np.isnan(number):
        return f"{words or 'unknown maker'}, product {number:.0f}"
    return words or None


def firmware(info: Mapping[str, Array], creators: Sequence[Mapping[str, object]]) -> str | None:
    """Return the software version of the recording device, as its maker writes it.

    Parameters
    ----------
    info : mapping of str to array
        Columns of the messages ``device_info``.
    creators : sequence of mapping
        Messages ``file_creator``: asked where no ``device_info`` is the recording device's. The
        profile gives their version no scale; makers count hundredths as in ``device_info``.

    Returns
    -------
    str or None
        None where no version above 0 is stated.

    Examples
    --------
    >>> firmware({}, [{"software_version": 1420.0}]), firmware({}, [{"software_version": 0.0}])
    ('14.20', None)
    """
    stated = [
        row.get("software_version") for row in _rows(info) if row.get("device_index") in _CREATOR
    ]
    counted = [
        number / 100 for row in creators if isinstance(number := row.get("software_version"), float)
    ]
    for version in (*stated, *counted):
        if isinstance(version, float) and version > 0:
            return f"{version:.2f}"
    return None


def sensor(
    info: Mapping[str, Array],
    developer: DeveloperField | None,
    *,
    has_contact: bool,
    recorder: str | None,
) -> str | None:
    """Return what measured the running dynamics, else the cadence, in words.

    Parameters
    ----------
    info : mapping of str to array
        Columns of the messages ``device_info``.
    developer : DeveloperField, optional
        The field that contact time was taken from, where no native one holds it.
    has_contact : bool
        Whether the run has contact times.
    recorder : str, optional
        What recorded the run: a watch measures at the wrist, a pod is its own sensor.
    """
    if developer is not None:
        maker = _developer_sensor(info, developer)
        if maker:
            return maker
    rows = _rows(info)
    kinds = [_kind(row) for row in rows]
    wanted = (_RUNNING_DYNAMICS,) if has_contact else (_RUNNING_DYNAMICS, _FOOT_POD)
    for kind in wanted:
        for row, its_kind in zip(rows, kinds, strict=True):
            if its_kind == kind:
                return device(row) or {_FOOT_POD: "foot pod"}.get(kind, "running dynamics sensor")
    for row in rows:
        if _DYNAMICS_STRAP.match(str(row.get("garmin_product") or "")):
            return device(row)
    if recorder is not None and recorder.lower().startswith("stryd"):
        return recorder
    return WRIST


def _developer_sensor(info: Mapping[str, Array], developer: DeveloperField) -> str | None:
    for pattern, maker in _DEVELOPER_SENSORS:
        if pattern.match(developer.name):
            return maker
    pods = [row for row in _rows(info) if _kind(row) == _FOOT_POD]
    return device(pods[0]) if pods else f"app field '{developer.name}'"


def _rows(info: Mapping[str, Array]) -> list[dict[str, object]]:
    names = [name for name in info if name != "damaged"]
    return [
        dict(zip(names, row, strict=True))
        for row in zip(*(info[name].tolist() for name in names), strict=True)
    ]


def _kind(row: Mapping[str, object]) -> int | None:
    """Return the ANT+ device type; device types of other sources have other numbers."""
    word = row.get("antplus_device_type")
    if isinstance(word, str):
        return _POD_WORDS.get(word)
    return None
