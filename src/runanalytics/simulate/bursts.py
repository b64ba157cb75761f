"""Simulated recordings of runs with strides, and of runs that look as if they had some.

Second by second: a runner who speeds up and slows down, hills that change the pace, and a watch
whose speed lags, is smoothed, wanders and jumps; recorded every second or as smart recording does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from runanalytics.arrays import Floats

#: What can be simulated: with strides, and without.
WITH_STRIDES = (
    *("strides after", "strides within", "strides with pauses", "strides walked back"),
    *("strides stood between", "strides before a race"),
)
WITHOUT = (
    *("easy", "intervals 200 m", "intervals 400 m", "intervals 1000 m", "30-30", "fartlek"),
    *("hills", "descents", "hill sprints", "gps noise", "tempo", "progression", "stops"),
)
#: What by samples may as well be strides as not.
EITHER = ("intervals 30 s",)
RECORDINGS = ("every second", "smart")
#: Length of intervals, m -> least and most speed per that of easy running, fewest and most of them.
_INTERVALS = {
    200.0: (1.45, 1.65, 8, 16),
    400.0: (1.3, 1.5, 6, 14),
    1000.0: (1.18, 1.38, 4, 8),
}
#: Speed of one who stands while the watch goes on, m/s.
_STANDING_M_S = 0.05
#: Gaps between samples of smart recording, s.
_GAPS_S = (1, 2, 3, 4, 5, 6, 7)


@dataclass(frozen=True)
class _Part:
    """A part of a run: how long, how fast, at which grade; speed 0 is standing, timer stopped."""

    duration_s: float
    speed_m_s: float
    grade: float = 0.0


def simulated_recording(
    kind: str, rng: np.random.Generator, recording: str = "every second"
) -> tuple[pd.DataFrame, int]:
    """Return the samples of a simulated run, and how many strides are in it.

    Parameters
    ----------
    kind : str
        One of `WITH_STRIDES`, `WITHOUT` and `EITHER`.
    rng : Generator
        Source of randomness.
    recording : str
        One of `RECORDINGS`.

    Returns
    -------
    tuple of (DataFrame, int)
        elapsed_s (s), speed_m_s (m/s), cadence_spm (steps/min), altitude_m (m), and the number of
        strides.

    Examples
    --------
    >>> samples, n = simulated_recording("strides after", np.random.default_rng(1))
    >>> 4 <= n <= 12, bool(samples["speed_m_s"].max() > 1.3 * samples["speed_m_s"].median())
    (True, True)
    """
    easy_m_s = rng.uniform(2.3, 3.6)
    parts, n_strides = _parts(kind, rng, easy_m_s)
    samples = _recorded(parts, rng, easy_m_s, jumps=kind == "gps noise")
    if recording == "smart":
        samples = _thinned(samples, rng)
    return samples, n_strides


def _parts(kind: str, rng: np.random.Generator, easy: float) -> tuple[list[_Part], int]:
    run = _Part(rng.uniform(1_500, 3_000), easy)
    if kind in WITH_STRIDES:
        n = int(rng.integers(4, 11))
        return _with_strides(kind, rng, run, n), n
    cool = _Part(rng.uniform(300, 700), 0.95 * easy)
    warm = _Part(rng.uniform(600, 1_200), easy)
    if kind == "easy":
        return [run], 0
    if kind == "tempo":
        return [warm, _Part(rng.uniform(900, 1_800), 1.25 * easy), cool], 0
    if kind == "progression":
        return [_Part(600, easy * share) for share in np.linspace(0.95, 1.3, 6)], 0
    if kind == "stops":
        moments = zip(rng.uniform(90, 300, 10), rng.uniform(15, 60, 10), strict=True)
        return [part for a, b in moments for part in (_Part(a, easy), _Part(b, 0))], 0
    if kind == "hill sprints":
        return [warm, *_hill_sprints(rng, easy), cool], 0
    if kind in ("hills", "descents"):
        return _hills(kind, rng, easy), 0
    if kind == "gps noise":
        return [run], 0
    return [warm, *_efforts(kind, rng, easy), cool], 0


def _with_strides(kind: str, rng: np.random.Generator, run: _Part, n: int) -> list[_Part]:
    fast = run.speed_m_s * rng.uniform(1.45, 1.9)
    lasts = rng.uniform(12, 28)
    between = rng.uniform(45, 110)
    found = []
    for _ in range(n):
        found.append(_Part(lasts * rng.uniform(0.88, 1.12), fast * rng.uniform(0.96, 1.04)))
        rest = between * rng.uniform(0.85, 1.15)
        if kind == "strides with pauses":
            found += [_Part(0.6 * rest, 0.9 * run.speed_m_s), _Part(0.4 * rest, 0)]
        elif kind == "strides stood between":
            found.append(_Part(rest, _STANDING_M_S))
        elif kind == "strides walked back":
            found.append(_Part(rest, rng.uniform(1.2, 1.6)))
        else:
            found.append(_Part(rest, 0.95 * run.speed_m_s))
    if kind == "strides within":
        return [run, *found, _Part(rng.uniform(400, 1_200), run.speed_m_s)]
    if kind == "strides before a race":
        warm = _Part(rng.uniform(600, 1_200), run.speed_m_s)
        waits = _Part(rng.uniform(120, 400), _STANDING_M_S)
        race_m_s = rng.uniform(1.2, 1.3) * run.speed_m_s
        return [warm, *found, waits, _Part(5_000 / race_m_s, race_m_s)]
    return [run, *found, _Part(rng.uniform(20, 200), 0.9 * run.speed_m_s)]


def _efforts(kind: str, rng: np.random.Generator, easy: float) -> list[_Part]:
    if kind == "fartlek":
        return [
            part
            for effort_s in rng.uniform(20, 180, int(rng.integers(6, 14)))
            for part in (
                _Part(effort_s, easy * rng.uniform(1.15, 1.55)),
                _Part(rng.uniform(40, 200), 0.95 * easy),
            )
        ]
    if kind == "30-30":
        n, lasts_s, rest_s = int(rng.integers(8, 26)), 30.0, 30.0
        fast = rng.uniform(1.25, 1.5) * easy
    elif kind == "intervals 30 s":
        n, lasts_s, rest_s = int(rng.integers(6, 11)), 30.0, rng.uniform(90, 120)
        fast = 1.4 * easy
    else:
        metres = float(kind.split()[1])
        least, greatest, fewest, most = _INTERVALS[metres]
        fast = rng.uniform(least, greatest) * easy
        lasts_s, rest_s = metres / fast, rng.uniform(60, 120)
        n = int(rng.integers(fewest, most))
    return [part for _ in range(n) for part in (_Part(lasts_s, fast), _Part(rest_s, 0.8 * easy))]


def _hills(kind: str, rng: np.random.Generator, easy: float) -> list[_Part]:
    """Return rolling hills, or short steep descents that are run fast."""
    parts = []
    for _ in range(int(rng.integers(6, 14))):
        if kind == "descents":
            grade, lasts = rng.uniform(0.05, 0.12), rng.uniform(15, 35)
            parts += [
                _Part(rng.uniform(60, 150), easy),
                _Part(lasts * 1.6, 0.75 * easy, grade),
                _Part(lasts, easy * (1.15 + 4 * grade), -grade),
            ]
        else:
            grade, lasts = rng.uniform(0.02, 0.08), rng.uniform(40, 200)
            parts += [
                _Part(lasts, easy * (1 - 3 * grade), grade),
                _Part(lasts, easy * (1 + 2.5 * grade), -grade),
            ]
    return parts


def _hill_sprints(rng: np.random.Generator, easy: float) -> list[_Part]:
    """Return sprints up a hill, walked back from."""
    grade, lasts = rng.uniform(0.06, 0.12), rng.uniform(10, 30)
    fast = easy * rng.uniform(1.2, 1.4)
    back = _Part(lasts * fast / 1.4, 1.4, -grade)
    waits = rng.uniform(5, 40)
    return [
        part
        for _ in range(int(rng.integers(6, 11)))
        for part in (_Part(lasts, fast, grade), back, _Part(waits, _STANDING_M_S))
    ]


def _recorded(
    parts: Sequence[_Part], rng: np.random.Generator, easy: float, *, jumps: bool
) -> pd.DataFrame:
    seconds = [max(1, round(part.duration_s)) for part in parts]
    wanted = np.repeat([part.speed_m_s for part in parts], seconds)
    grade = np.repeat([part.grade for part in parts], seconds)
    stands = wanted == 0
    n = len(wanted)
    speed = _followed(wanted, 2.5) * np.exp(0.012 * _wander(rng, n, 25))
    altitude = 100 + np.cumsum(grade * speed)
    cadence = 168 * (np.maximum(speed, 0.3) / easy) ** rng.uniform(0.15, 0.3)
    cadence = np.where(speed < 1.9, 112 + 2 * rng.standard_normal(n), cadence)
    cadence = np.where(speed < 0.3, 0.0, cadence)
    cadence = np.round(cadence * np.exp(0.008 * _wander(rng, n, 4)))
    # The watch: late, smoothed, wandering; and, where the sky is hidden, jumping.
    shown = _followed(speed, rng.uniform(2.0, 5.5))
    lag = int(rng.integers(0, 4))
    shown = np.concatenate([np.full(lag, shown[0]), shown[: n - lag]])
    shown = shown * np.exp(rng.uniform(0.01, 0.035) * _wander(rng, n, 12))
    if jumps:
        for at in rng.integers(60, n - 60, int(rng.integers(4, 16))):
            lasts = int(rng.integers(4, 25))
            shape = np.hanning(lasts + 2)[1:-1]
            shown[at : at + lasts] += rng.uniform(0.8, 4.0) * shape
            shown[at + lasts : at + 2 * lasts] -= rng.uniform(0.2, 0.9) * shape
    frame = pd.DataFrame(
        {
            "elapsed_s": np.arange(n, dtype=np.float64),
            "speed_m_s": np.round(np.clip(shown, 0, 12), 3),
            "cadence_spm": cadence,
            "altitude_m": np.round((_followed(altitude, 4.0) + 0.3 * _wander(rng, n, 20)) * 5) / 5,
        }
    )
    recorded: pd.DataFrame = frame[~stands].reset_index(drop=True)
    return recorded


def _thinned(samples: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return samples as smart recording leaves them."""
    steps = rng.choice(_GAPS_S, size=len(samples))
    rows = np.concatenate([[0], np.cumsum(steps)])
    thinned: pd.DataFrame = samples.iloc[rows[rows < len(samples)]].reset_index(drop=True)
    return thinned


def _followed(wanted: Floats, delay_s: float) -> Floats:
    """Return values that follow others with a delay, as a first-order filter does."""
    kernel = np.exp(-np.arange(int(8 * delay_s) + 1) / delay_s)
    kernel /= kernel.sum()
    padded = np.concatenate([np.full(len(kernel) - 1, wanted[0]), wanted])
    followed: Floats = np.convolve(padded, kernel, mode="valid")
    return followed


def _wander(rng: np.random.Generator, n: int, every_s: int) -> Floats:
    """Return a line through independent standard normal values every so many seconds."""
    nodes = np.arange(n // every_s + 2) * every_s
    line: Floats = np.interp(np.arange(n), nodes, rng.standard_normal(len(nodes)))
    return line
