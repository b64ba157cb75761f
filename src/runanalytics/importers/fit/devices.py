"""Names of watches and sensors, and their firmware, from messages of a FIT file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from runanalytics.importers.fit.codec.layout_plan import DeveloperField

#: Product lines whose names the profile shortens: pattern, and how the name reads.
_LINES = (
    (re.compile(r"^fr(\d+)([a-z]*)"), r"Forerunner \1\2"),
    (re.compile(r"^hrm\d?_"), "HRM-"),
    (re.compile(r"^(fenix|edge|venu|epix|enduro|tactix|descent|instinct)_?(\d)"), r"\1 \2"),
    (re.compile(r"^rd_pod"), "Running Dynamics Pod"),
)
#: Parts of a name that are not written with a capital first letter alone.
_SPELLINGS = {"hr": "HR", "gps": "GPS", "xt": "XT", "m": "M", "fenix": "fenix", "epix": "epix"}

#: ANT+ device types: meters of power (a pod that a watch knows as one), sensors of running
#: dynamics, and foot pods, which count steps on the shoe.
_POWER_METER, _RUNNING_DYNAMICS, _FOOT_POD = 11, 30, 124
_POD_WORDS = {
    "bike_power": _POWER_METER,
    "30": _RUNNING_DYNAMICS,
    "stride_speed_distance": _FOOT_POD,
}
#: Straps that measure running dynamics, as the profile names them.
_DYNAMICS_STRAP = re.compile(r"^(hrm\d?_(run|tri|pro|fit|600)|rd_pod)")

#: Names that apps give to their own fields, and the maker of the sensor behind them.
_DEVELOPER_SENSORS = (
    (re.compile(r"^(rs_|gct(_[lr])?$|currcontacttime$)", re.IGNORECASE), "RunScribe"),
    (re.compile(r"^(ground time|form power|leg spring stiffness|air power)$", re.I), "Stryd"),
)

WRIST = "wrist"

#: Indexes of messages ``device_info`` about the device that wrote the file.
_CREATOR = (0.0, "creator")


def product_in_words(name: str) -> str:
    """Return the name of a product of the profile nearly as its maker writes it.

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
    # "development" stands for all makers without a number of their own: the product says more.
    named = isinstance(maker, str) and not maker.isdigit() and maker != "development"
    words = maker_in_words(str(maker)) if named else ""
    if isinstance(stated, str) and stated.strip():
        model = stated.strip()
        if words and not model.lower().startswith(words.lower()):
            model = f"{words} {model}"
        return model
    if isinstance(known, str) and not known.isdigit():
        return f"{words} {product_in_words(known)}".strip()
    if isinstance(number, float):
        return f"{words or 'unknown maker'}, product {number:.0f}"
    return words or None


def firmware(
    info: Sequence[Mapping[str, object]], creators: Sequence[Mapping[str, object]]
) -> str | None:
    """Return the software version of the recording device, as its maker writes it.

    Parameters
    ----------
    info : sequence of mapping
        Messages ``device_info``.
    creators : sequence of mapping
        Messages ``file_creator``, used where no ``device_info`` is the recording device's. The
        profile gives their version no scale; makers count hundredths as in ``device_info``.

    Returns
    -------
    str or None
        None where no version above 0 is stated.

    Examples
    --------
    >>> firmware([], [{"software_version": 1420.0}]), firmware([], [{"software_version": 0.0}])
    ('14.20', None)
    """
    stated = [row.get("software_version") for row in info if row.get("device_index") in _CREATOR]
    counted = [
        number / 100 for row in creators if isinstance(number := row.get("software_version"), float)
    ]
    for version in (*stated, *counted):
        if isinstance(version, float) and version > 0:
            return f"{version:.2f}"
    return None


def sensor(
    info: Sequence[Mapping[str, object]],
    developer: DeveloperField | None,
    *,
    has_contact: bool,
    recorder: str | None,
) -> str | None:
    """Return the name of the sensor of running dynamics, else that of cadence.

    Parameters
    ----------
    info : sequence of mapping
        Messages ``device_info``.
    developer : DeveloperField, optional
        The field that contact time was taken from, where no native one holds it.
    has_contact : bool
        Whether the run has contact times.
    recorder : str, optional
        The recording device: a watch measures at the wrist, a pod is its own sensor.
    """
    if developer is not None and (name := _developer_sensor(info, developer)):
        return name
    wanted = {_RUNNING_DYNAMICS: "running dynamics sensor"}
    if not has_contact:
        wanted[_FOOT_POD] = "foot pod"
    for kind, unnamed in wanted.items():
        for row in info:
            if _kind(row) == kind:
                return device(row) or unnamed
    for row in info:
        if _DYNAMICS_STRAP.match(str(row.get("garmin_product") or "")):
            return device(row)
    if recorder is not None and recorder.lower().startswith("stryd"):
        return recorder
    return WRIST


def power_sensor(
    info: Sequence[Mapping[str, object]],
    developer: DeveloperField | None,
    described: Sequence[DeveloperField],
    *,
    recorder: str | None,
) -> str | None:
    """Return the name of what estimated running power.

    Parameters
    ----------
    info : sequence of mapping
        Messages ``device_info``.
    developer : DeveloperField, optional
        The field that power was taken from, where no native one holds it.
    described : sequence of DeveloperField
        The developer fields of the file: others of the same app tell whose it is.
    recorder : str, optional
        The recording device, which estimates power itself where nothing else is known to.
    """
    if developer is not None:
        of_app = (field for field in described if field.index == developer.index)
        makers = (maker for field in of_app if (maker := _maker(field)))
        return next(makers, None) or _developer_sensor(info, developer)
    for row in info:
        if _kind(row) == _POWER_METER:
            return device(row) or "power meter"
    return recorder


def _maker(developer: DeveloperField) -> str | None:
    """Return the maker of the sensor behind a field, where its name gives it away."""
    for pattern, maker in _DEVELOPER_SENSORS:
        if pattern.match(developer.name):
            return maker
    return None


def _developer_sensor(
    info: Sequence[Mapping[str, object]], developer: DeveloperField
) -> str | None:
    if maker := _maker(developer):
        return maker
    pods = [row for row in info if _kind(row) == _FOOT_POD]
    return device(pods[0]) if pods else f"app field '{developer.name}'"


def _kind(row: Mapping[str, object]) -> int | None:
    """Return the ANT+ device type; None for sensors that are connected otherwise."""
    return _POD_WORDS.get(str(row.get("antplus_device_type")))
