"""The spread of true risk among pupils who look alike: its size, its error, its quantiles.

A unit's true risk is taken as ``Phi(mu + omega z)`` with z standard normal, so that its mean
``Phi(mu / sqrt(1 + omega^2))`` is the predicted risk and omega says how much alike pupils differ.
Two years of one pupil share z: how often the outcome comes back tells omega (a tetrachoric
correlation ``omega^2 / (1 + omega^2)`` given both predictions).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

Floats = npt.NDArray[np.float64]

_SMALLEST = 1e-9
_CHUNK = 50_000


@dataclass(frozen=True, slots=True)
class Spread:
    """How much true risk differs between pupils who look alike, on the probit scale.

    Attributes:
        omega: the standard deviation that is used.
        error: what is left unknown of it, as a standard deviation.
        pairs: pairs of years of the same pupil that it was learnt from.
        source: where it comes from, in words.
    """

    omega: float
    error: float
    pairs: int
    source: str


def _quadrature(nodes: int = 31) -> tuple[Floats, Floats]:
    z, weight = np.polynomial.hermite_e.hermegauss(nodes)
    return z, weight / weight.sum()


def spread_of_risk(risk: Floats, omega: Floats | float) -> Floats:
    """The standard deviation of true risk around ``risk``, shape of ``risk``."""
    risk = np.asarray(risk, dtype=np.float64)
    wide = np.broadcast_to(np.asarray(omega, dtype=np.float64), risk.shape)
    z, weight = _quadrature()
    out = np.empty(risk.size)
    flat, flat_omega = risk.ravel(), wide.ravel()
    for start in range(0, risk.size, _CHUNK):
        part = slice(start, start + _CHUNK)
        p, w = _inside(flat[part]), flat_omega[part]
        mu = ndtri(p) * np.sqrt(1 + w * w)
        true = ndtr(mu[:, None] + w[:, None] * z)
        out[part] = np.sqrt(np.maximum(0.0, ((true - p[:, None]) ** 2) @ weight))
    out[(flat <= 0) | (flat >= 1)] = 0.0
    return out.reshape(risk.shape)


def omega_of(risk: Floats, standard_error: Floats) -> Floats:
    """The probit-scale spread that gives ``standard_error`` around ``risk``; the way back."""
    risk, error = np.broadcast_arrays(
        np.asarray(risk, dtype=np.float64), np.asarray(standard_error, dtype=np.float64)
    )
    # One table of relative spread over (probit of risk, spread) and its inverse by interpolation.
    probit = np.linspace(-4.0, 0.0, 81)
    omegas = np.concatenate([[0.0], np.geomspace(0.01, 8.0, 120)])
    p = ndtr(probit)
    table = spread_of_risk(np.repeat(p, omegas.size), np.tile(omegas, p.size)).reshape(
        p.size, omegas.size
    )
    table = np.maximum.accumulate(table / np.sqrt(p * (1 - p))[:, None], axis=1)
    share = np.linspace(0.0, 0.98, 197)
    inverse = np.stack([np.interp(share, row, omegas) for row in table])

    inside = _inside(risk.ravel())
    relative = np.clip(error.ravel() / np.sqrt(inside * (1 - inside)), 0.0, share[-1])
    x = np.clip(-np.abs(ndtri(inside)), probit[0], probit[-1])
    i = np.minimum(((x - probit[0]) / (probit[1] - probit[0])).astype(int), probit.size - 2)
    j = np.minimum((relative / share[1]).astype(int), share.size - 2)
    u = (x - probit[i]) / (probit[1] - probit[0])
    v = relative / share[1] - j
    omega = (1 - u) * ((1 - v) * inverse[i, j] + v * inverse[i, j + 1]) + u * (
        (1 - v) * inverse[i + 1, j] + v * inverse[i + 1, j + 1]
    )
    return np.asarray(omega.reshape(risk.shape))


def risk_quantile(risk: Floats, standard_error: Floats, quantile: Floats | float) -> Floats:
    """The value that a unit's true risk stays below with probability ``quantile``.

    Shapes broadcast.  ``risk_quantile(risk, error, rng.uniform(size=n))`` draws true risks.
    """
    risk = np.asarray(risk, dtype=np.float64)
    omega = omega_of(risk, standard_error)
    mu = ndtri(_inside(risk)) * np.sqrt(1 + omega * omega)
    out = ndtr(mu + omega * ndtri(np.asarray(quantile, dtype=np.float64)))
    certain = np.broadcast_to((risk <= 0) | (risk >= 1), out.shape)
    return np.where(certain, np.broadcast_to(risk, out.shape), out)


def interval(risk: Floats, standard_error: Floats, level: float = 0.9) -> tuple[Floats, Floats]:
    """The shortest interval that holds a unit's true risk with probability ``level``: (low, high).

    It never leaves [0, 1].  Behind it is the probit-normal distribution with mean ``risk`` and
    standard deviation ``standard_error``; for small risks, where that is skew, the interval reaches
    (almost) to 0 and leaves out the high end, as ``risk`` ± 1.6 ``standard_error`` would not.

    Args:
        risk, standard_error: any shape, the same or broadcast.

    Raises:
        ValueError: level is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; use a number between 0 and 1")
    risk, error = np.broadcast_arrays(
        np.asarray(risk, dtype=np.float64), np.asarray(standard_error, dtype=np.float64)
    )
    omega = omega_of(risk, error).ravel()
    flat = risk.ravel()
    tail = ndtri(np.linspace(1e-6, 1 - level - 1e-6, 21))
    head = ndtri(np.linspace(1e-6, 1 - level - 1e-6, 21) + level)
    low, high = np.empty(flat.size), np.empty(flat.size)
    for start in range(0, flat.size, _CHUNK):
        part = slice(start, start + _CHUNK)
        w = omega[part, None]
        mu = ndtri(_inside(flat[part, None])) * np.sqrt(1 + w * w)
        lows, highs = ndtr(mu + w * tail), ndtr(mu + w * head)
        best = np.argmin(highs - lows, axis=1)[:, None]
        low[part] = np.take_along_axis(lows, best, axis=1)[:, 0]
        high[part] = np.take_along_axis(highs, best, axis=1)[:, 0]
    certain = (flat <= 0) | (flat >= 1) | (error.ravel() <= 0)
    low, high = np.where(certain, flat, low), np.where(certain, flat, high)
    return low.reshape(risk.shape), high.reshape(risk.shape)


def likelihood_of_spread(
    first: Floats, second: Floats, y_first: Floats, y_second: Floats, weight: Floats, grid: Floats
) -> Floats:
    """(grid,) log likelihood of each omega from (pairs,) predictions and outcomes of two years."""
    z, nodes = _quadrature(41)
    out = np.zeros(grid.size)
    for start in range(0, first.size, _CHUNK // 8):
        part = slice(start, start + _CHUNK // 8)
        a, b = ndtri(_inside(first[part])), ndtri(_inside(second[part]))
        for g, omega in enumerate(grid):
            scale = np.sqrt(1 + omega * omega)
            p = ndtr(a[:, None] * scale + omega * z)
            q = ndtr(b[:, None] * scale + omega * z)
            p = np.where(y_first[part, None] > 0.5, p, 1 - p)
            q = np.where(y_second[part, None] > 0.5, q, 1 - q)
            out[g] += weight[part] @ np.log(np.maximum(1e-12, (p * q) @ nodes))
    return out


def pooled_spreads(
    likelihoods: tuple[Floats, ...], pairs: tuple[int, ...], grid: Floats, mean: float, sd: float
) -> tuple[Spread, ...]:
    """The spread of each outcome, what its own pairs say and what the other outcomes suggest.

    Empirical Bayes on a grid: outcomes share a normal prior for omega, whose mean and width are
    weighed by how well they explain all pairs together, starting from the stated belief
    (``mean``, ``sd``).  An outcome without pairs gets the prior.
    """
    curves = [np.exp(curve - curve.max()) for curve in likelihoods]
    centres, widths = np.linspace(0.0, 1.6, 33), (0.1, 0.2, 0.3)
    posterior = np.zeros((len(curves), grid.size))
    total = 0.0
    for centre in centres:
        for width in widths:
            prior = np.exp(-0.5 * ((grid - centre) / width) ** 2)
            prior /= prior.sum()
            evidence = [float(prior @ curve) for curve in curves]
            belief = np.exp(-0.5 * ((centre - mean) / sd) ** 2) * float(np.prod(evidence))
            total += belief
            for o, curve in enumerate(curves):
                posterior[o] += belief * prior * curve / max(evidence[o], 1e-300)
    posterior /= max(total, 1e-300)
    out = []
    seen = sum(n > 0 for n in pairs)
    for row, n in zip(posterior, pairs, strict=True):
        row = row / row.sum()
        centre = float(row @ grid)
        source = (
            f"{n} pairs of years of the same unit"
            if n
            else "the other outcomes' pairs of years, having none itself"
            if seen
            else "the stated default, since no unit was seen in two years"
        )
        out.append(Spread(centre, float(np.sqrt(row @ (grid - centre) ** 2)), n, source))
    return tuple(out)


def _inside(p: Floats) -> Floats:
    return np.clip(p, _SMALLEST, 1 - _SMALLEST)
