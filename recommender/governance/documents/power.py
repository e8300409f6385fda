"""How surely an effect of a given size would be seen: power, needed numbers, detectable effects.

Two-sided tests at ``alpha``.  Means: the t-test of two groups by the noncentral t distribution, on
the scale of standard deviations.  Shares: the normal approximation with pooled variance under the
null (Fleiss, Levin and Paik 2003, chapter 4).  Groups that are helped together resemble each other:
divide numbers by ``design_effect`` first; a pre-test that correlates r with the outcome leaves
1 - r^2 of the variance: divide an effect by ``sqrt(1 - r**2)`` first.
"""

from __future__ import annotations

import math

from scipy import stats
from scipy.optimize import brentq

ALPHA = 0.05
POWER = 0.8


def design_effect(size: float, icc: float) -> float:
    """How many times as many pupils are needed when groups of ``size`` share a correlation."""
    return 1.0 + max(size - 1.0, 0.0) * icc


def power_of_means(d: float, n1: float, n2: float, alpha: float = ALPHA) -> float:
    """Chance to see a difference of ``d`` standard deviations between groups of n1 and n2."""
    if n1 < 2 or n2 < 2:
        return 0.0
    degrees = n1 + n2 - 2
    shift = abs(d) * math.sqrt(n1 * n2 / (n1 + n2))
    edge = stats.t.ppf(1 - alpha / 2, degrees)
    if shift > edge + 10:
        return 1.0
    other = stats.nct.cdf(-edge, degrees, shift) if shift < 5 else 0.0  # beyond, below 1e-6
    return float(stats.nct.sf(edge, degrees, shift) + other)


def power_of_shares(p1: float, p2: float, n1: float, n2: float, alpha: float = ALPHA) -> float:
    """Chance to see that two shares differ, in groups of n1 and n2."""
    if n1 < 2 or n2 < 2:
        return 0.0
    pooled = (n1 * p1 + n2 * p2) / (n1 + n2)
    null = math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    error = math.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
    if error == 0 or null == 0:
        return 0.0 if p1 == p2 else 1.0
    edge = stats.norm.ppf(1 - alpha / 2) * null
    gap = abs(p1 - p2)
    return float(stats.norm.cdf((gap - edge) / error) + stats.norm.cdf((-gap - edge) / error))


def needed_for_means(d: float, power: float = POWER, alpha: float = ALPHA) -> int | None:
    """Pupils in each of two equal groups to see ``d`` with a power; None if nothing is there."""
    if abs(d) < 1e-3:
        return None
    most = 2.0
    while power_of_means(d, most, most, alpha) < power:
        most *= 2
    least = max(most / 2, 2.0)
    if power_of_means(d, least, least, alpha) >= power:
        return math.ceil(least)
    root = brentq(lambda n: power_of_means(d, n, n, alpha) - power, least, most, xtol=1e-6)
    return math.ceil(float(root) - 1e-6)


def needed_for_shares(
    p1: float, p2: float, power: float = POWER, alpha: float = ALPHA
) -> int | None:
    """Pupils in each of two equal groups to see that shares differ; None if they do not."""
    if abs(p1 - p2) < 1e-6:
        return None
    mean = (p1 + p2) / 2
    null = stats.norm.ppf(1 - alpha / 2) * math.sqrt(2 * mean * (1 - mean))
    own = stats.norm.ppf(power) * math.sqrt(p1 * (1 - p1) + p2 * (1 - p2))
    return math.ceil(float((null + own) ** 2 / (p1 - p2) ** 2) - 1e-9)


def detectable(n1: float, n2: float, power: float = POWER, alpha: float = ALPHA) -> float | None:
    """The smallest difference in standard deviations that is seen with a power; None if none is."""
    if power_of_means(20.0, n1, n2, alpha) < power:
        return None
    return float(brentq(lambda d: power_of_means(d, n1, n2, alpha) - power, 1e-6, 20.0))
