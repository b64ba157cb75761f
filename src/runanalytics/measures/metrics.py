"""The metrics that form, trend and effect work on: names, units and typical behaviour."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from runanalytics import schema
from runanalytics.arrays import Floats
from runanalytics.errors import UsageError
from runanalytics.measures import spring_mass


@dataclass(frozen=True)
class Formula:
    """How a metric follows from columns of table ``segments``.

    Parameters
    ----------
    columns : tuple of str
        The columns.
    function : callable
        From an array of each of them to the metric.
    unit : str
        Of the metric.
    """

    columns: tuple[str, ...]
    function: Callable[..., Floats]
    unit: str


@dataclass(frozen=True)
class Metric:
    """A measure of form, and its typical behaviour.

    Parameters
    ----------
    column : str
        Column of table ``segments`` that holds it, or the name of what `formula` gives.
    short : str
        Name on the command line.
    label : str
        Name in text and on axes.
    exponent, exponent_sd : float
        Prior mean and standard deviation of the exponent with which it follows speed (or what
        `against` names): metric ∝ speed ** exponent. A deviation of 0 fixes it.
    drift_sd : float
        Prior standard deviation of its drift inside a run, as a share an hour; the mean is 0.
    smallest_percent : float
        Smallest worthwhile change (%).
    sensor : str, optional
        Column of table ``segments`` that names what measured it, where pods and straps do when one
        is worn, and the watch otherwise.
    against : str
        Column at whose reference value it is compared.
    aliases : tuple of str
        Other names that are accepted.
    drift_aliases : tuple of str
        Names of its drift inside runs beside its own with `DRIFT` appended.
    formula : Formula, optional
        How it follows from columns, where no column holds it.
    otherwise : Formula, optional
        How it follows from columns in segments in which its own column has no value.
    level_only : bool
        Whether it is that of running on the level alone.
    """

    column: str
    short: str
    label: str
    exponent: float
    exponent_sd: float
    drift_sd: float = 0.03
    smallest_percent: float = 1.0
    sensor: str | None = None
    against: str = "speed_m_s"
    aliases: tuple[str, ...] = ()
    drift_aliases: tuple[str, ...] = ()
    formula: Formula | None = None
    otherwise: Formula | None = None
    level_only: bool = False

    @property
    def unit(self) -> str:
        """Unit of its values."""
        if self.formula is not None:
            return self.formula.unit
        return schema.table("segments")[self.column].unit

    @property
    def needed(self) -> tuple[str, ...]:
        """Columns of table ``segments`` that it takes."""
        return (self.column,) if self.formula is None else self.formula.columns

    @property
    def helpful(self) -> tuple[str, ...]:
        """Columns that it makes do with where its own has no value."""
        return () if self.otherwise is None else self.otherwise.columns

    def values(self, segments: pd.DataFrame) -> pd.Series:
        """Return its value in each segment, in its unit; NaN where a column lacks one.

        Parameters
        ----------
        segments : DataFrame
            With the columns `needed` and `helpful`, as numbers.
        """
        if self.formula is not None:
            return self._by(self.formula, segments)
        if self.otherwise is None or segments[self.column].notna().all():
            return segments[self.column]
        return segments[self.column].fillna(self._by(self.otherwise, segments))

    def _by(self, formula: Formula, segments: pd.DataFrame) -> pd.Series:
        columns = (segments[name].to_numpy(dtype="float64") for name in formula.columns)
        return pd.Series(formula.function(*columns), segments.index, name=self.column)


# Exponents of contact time (-0.5 to -0.8) and cadence (0.2 to 0.35) are those commonly seen
# between 10 and 18 km/h (johk.pl/?p=5275; PMC8523042); the deviations are wide enough for the
# runners outside. Step length is speed by cadence, so theirs add up to 1; a vertical ratio is
# oscillation by step length. With fatigue contact time rises inside a run in most runners
# (fphys.2021.646042) but not in all (Hanley & Mohan 2014), hence a drift of 3 % an hour in
# either direction. Smallest worthwhile change of 1 %: less than the day-to-day
# deviation of 1.3 % at a fixed speed.
#
# What follows from contact time t and step time T has exponents that follow from theirs, here of a
# runner with 250 ms at 170 steps/min, and so do the deviations and what is worthwhile: flight is
# what is left of a step, so that 1 % of contact is 2.5 % of flight. Where there is little flight,
# at a jog, its exponent is far higher than where there is much; hence its wide deviation.
_STEP = ("ground_contact_ms", "cadence_spm")
_METRICS = (
    Metric(
        "cadence_spm",
        "cadence",
        "Cadence",
        exponent=0.27,
        exponent_sd=0.12,
        aliases=("step-rate", "stride-rate", "spm"),
    ),
    Metric(
        "ground_contact_ms",
        "contact-time",
        "Ground contact time",
        exponent=-0.6,
        exponent_sd=0.2,
        sensor="sensor",
        aliases=("ground-contact-time", "ground-contact", "contact", "gct", "stance-time"),
    ),
    Metric(
        "contact_balance_left_pct",
        "contact-balance",
        "Contact balance, left",
        exponent=0.0,
        exponent_sd=0.05,
        sensor="sensor",
        aliases=("balance", "gct-balance"),
    ),
    Metric(
        "vertical_oscillation_mm",
        "oscillation",
        "Vertical oscillation",
        exponent=0.0,
        exponent_sd=0.4,
        sensor="sensor",
        aliases=("vertical-oscillation", "bounce"),
    ),
    Metric(
        "vertical_ratio_pct",
        "vertical-ratio",
        "Vertical ratio",
        exponent=-0.73,
        exponent_sd=0.4,
        sensor="sensor",
        otherwise=Formula(
            ("vertical_oscillation_mm", "cadence_spm", "speed_m_s"),
            spring_mass.vertical_ratio_pct,
            "%",
        ),
    ),
    Metric(
        "step_length_m",
        "step-length",
        "Step length",
        exponent=0.73,
        exponent_sd=0.12,
        aliases=("stride-length",),
    ),
    # (0.6 t - 0.27 T) / (T - t)
    Metric(
        "flight_time_ms",
        "flight-time",
        "Flight time",
        exponent=0.53,
        exponent_sd=0.6,
        drift_sd=0.08,
        smallest_percent=2.5,
        sensor="sensor",
        aliases=("flight", "air-time"),
        formula=Formula(_STEP, spring_mass.flight_time_ms, "ms"),
    ),
    # -0.6 + 0.27
    Metric(
        "duty_factor_pct",
        "duty-factor",
        "Duty factor",
        exponent=-0.33,
        exponent_sd=0.23,
        sensor="sensor",
        formula=Formula(_STEP, spring_mass.duty_factor_pct, "%"),
    ),
    # 0.75 * 0.6 + 1.25 * 0.27, where its logarithm falls by 0.75 and 1.25 with those of t and T.
    Metric(
        "vertical_stiffness_n_m_kg",
        "vertical-stiffness",
        "Estimated vertical stiffness",
        exponent=0.79,
        exponent_sd=0.3,
        sensor="sensor",
        aliases=("kvert",),
        formula=Formula(_STEP, spring_mass.vertical_stiffness_n_m_kg, "N/m per kg"),
        level_only=True,
    ),
    # Hardly follows speed, since with it contact is shorter and the leg sweeps farther. 1 % of
    # contact is 2 % of leg stiffness.
    Metric(
        "leg_stiffness_n_m_kg",
        "leg-stiffness",
        "Estimated leg stiffness",
        exponent=0.045,
        exponent_sd=0.3,
        smallest_percent=2.0,
        sensor="sensor",
        aliases=("kleg", "estimated-leg-stiffness"),
        formula=Formula((*_STEP, "speed_m_s"), spring_mass.leg_stiffness_n_m_kg, "N/m per kg"),
        level_only=True,
    ),
    # Stryd's own, by a model that it has not published. In a runner's five files stiffness follows
    # speed by 0.00 ± 0.06 and form power by 0.10 ± 0.05.
    Metric(
        "leg_spring_stiffness_kn_m",
        "leg-spring-stiffness",
        "Leg spring stiffness",
        exponent=0.0,
        exponent_sd=0.3,
        sensor="power_sensor",
        aliases=("lss",),
    ),
    Metric(
        "form_power_w",
        "form-power",
        "Form power",
        exponent=0.1,
        exponent_sd=0.3,
        sensor="power_sensor",
    ),
    # Makers estimate power from motion, grade and mass, on the level nearly in proportion to
    # speed, as oxygen uptake is. One maker's watts are not another's (Cerezuela-Espejo et al. 2021,
    # doi:10.1080/17461391.2020.1748117).
    Metric(
        "power_w",
        "power",
        "Running power",
        exponent=1.0,
        exponent_sd=0.2,
        sensor="power_sensor",
        aliases=("running-power", "watts"),
    ),
    # Oxygen uptake, and with it speed, goes with heart rate above rest (Swain & Leutholtz
    # 1997): at 150 beats/min over a resting 50 the exponent is 150 / (150 - 50). It is fixed,
    # because inside a run heart rate lags behind speed and drifts, and their regression there
    # says little about it.
    Metric(
        "speed_m_s",
        "speed-at-heart-rate",
        "Speed at a reference heart rate",
        exponent=1.5,
        exponent_sd=0.0,
        drift_sd=0.15,
        against="heart_rate_bpm",
        aliases=("heart-rate-speed", "efficiency"),
        drift_aliases=("decoupling", "aerobic-decoupling"),
    ),
)

#: Every metric by its column.
METRICS: Mapping[str, Metric] = MappingProxyType({metric.column: metric for metric in _METRICS})

#: Name of a metric -> its column.
_NAMES = {
    name: metric.column
    for metric in _METRICS
    for name in (metric.short, metric.column.replace("_", "-"), *metric.aliases)
}
#: Ends the name of a metric for its drift inside runs.
DRIFT = "-drift"
#: Ends, or begins, the name of a metric that is compared at the same effort, whatever the grade.
GRADE_ADJUSTED = "grade-adjusted"
#: Other names of a drift -> the column of the metric that drifts.
_DRIFTS = {name: metric.column for metric in _METRICS for name in metric.drift_aliases}


def drifting(text: str) -> str | None:
    """Return the metric whose drift inside runs a name stands for; None if it stands for none.

    Parameters
    ----------
    text : str
        Such as ``"contact-time-drift"``.

    Examples
    --------
    >>> drifting("contact-time-drift"), drifting("contact-time"), drifting("decoupling")
    ('ground_contact_ms', None, 'speed_m_s')
    """
    plain = _plain(text)
    if plain in _DRIFTS:
        return _DRIFTS[plain]
    return metric_name(plain.removesuffix(DRIFT)) if plain.endswith(DRIFT) else None


def grade_adjusted(text: str) -> str | None:
    """Return the metric whose form at grade-adjusted speed a name stands for; None if for none.

    Parameters
    ----------
    text : str
        Such as ``"cadence-grade-adjusted"``.

    Examples
    --------
    >>> grade_adjusted("contact-time-grade-adjusted"), grade_adjusted("grade-adjusted cadence")
    ('ground_contact_ms', 'cadence_spm')
    >>> grade_adjusted("cadence")
    """
    plain = _plain(text)
    bare = plain.removesuffix(f"-{GRADE_ADJUSTED}").removeprefix(f"{GRADE_ADJUSTED}-")
    return None if bare == plain else metric_name(bare)


def _plain(text: str) -> str:
    return "-".join(text.lower().replace("_", " ").replace("-", " ").split())


def metric_name(text: str) -> str:
    """Return the column that a metric's name, short or long, stands for.

    Parameters
    ----------
    text : str
        Such as ``"contact-time"``, ``"Ground contact time"`` or ``"ground_contact_ms"``.

    Returns
    -------
    str
        A key of `METRICS`.

    Raises
    ------
    UsageError
        If no metric has this name; the message lists those that there are.

    Examples
    --------
    >>> metric_name("contact-time")
    'ground_contact_ms'
    >>> metric_name("cadense")
    Traceback (most recent call last):
    ...
    runanalytics.errors.UsageError: no metric 'cadense'; did you mean 'cadence'? There are: ...
    """
    if not isinstance(text, str):
        raise UsageError(
            f"a metric is wanted by its name, and this is a {type(text).__name__}",
            hint="write 'cadence' or 'contact-time'",
        )
    name = _plain(text)
    if name in _NAMES:
        return _NAMES[name]
    near = difflib.get_close_matches(name, _NAMES, n=1)
    guess = f"did you mean '{near[0]}'? There are: " if near else "there are: "
    shorts = ", ".join(metric.short for metric in _METRICS)
    raise UsageError(
        f"no metric '{text}'", hint=f"{guess}{shorts}; each also with {DRIFT} or -{GRADE_ADJUSTED}"
    )
