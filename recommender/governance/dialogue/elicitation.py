"""What professionals know, as numbers with their spread: weights, effects and reach.

**Weights of outcomes** come from pairs: how many times as bad is one case of ``a`` as one of ``b``
(1/9 to 9)?  Each person's weights are the geometric means of the rows of their table (least squares
on the logarithms where pairs are missing); the consistency ratio is Saaty's, missing pairs taken
from the weights.  People count equally and are joined by the geometric mean of their weights.

**Effects and reach** come as low, likely and high: one chance in twenty that it is lower than
``low``, as likely above as below ``likely``, one in twenty that it is higher than ``high``.  A
person's mean and variance are those of the three points weighted 0.185, 0.63 and 0.185 (extended
Pearson-Tukey); ratios are taken on the log scale.  People are joined by a linear pool with equal
weights: the mean of the means, and as variance the mean of the variances plus the variance between
people - so that disagreement makes an effect less certain and is never averaged away.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast, get_args

import networkx as nx
import numpy as np
import numpy.typing as npt
import pandas as pd

from recommender.errors import InputError, Problem
from recommender.inputs.catalogue import Effect, Scale
from recommender.inputs.formats.tables import Table, read_table
from recommender.inputs.ranges import UNCERTAIN

Floats: TypeAlias = npt.NDArray[np.float64]
ReachPart: TypeAlias = Literal["uptake", "completion"]

LARGEST_RATIO = 9.0
INCONSISTENT = 0.1
APART = 2.0
_RATIOS = ("odds_ratio", "risk_ratio")
_THREE = np.array([0.185, 0.63, 0.185])
_RANDOM_INDEX = (0.0, 0.0, 0.0, 0.58, 0.9, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49)


@dataclass(frozen=True, slots=True)
class Judge:
    """One person's weights.

    Attributes:
        weights: (outcomes,) with mean 1.
        ratio: consistency ratio; above 0.1 the comparisons contradict each other.
        pairs: how many pairs were compared.
        worst: the pair that fits the weights least, as "a / b", or "" if all fit.
    """

    person: str
    weights: tuple[float, ...]
    ratio: float
    pairs: int
    worst: str


@dataclass(frozen=True, slots=True)
class Weights:
    """What people together find bad.

    Attributes:
        outcomes: ids in name order.
        pooled: (outcomes,) with mean 1.
        low, high: (outcomes,) the lowest and highest weight that somebody gives.
        spread: (outcomes,) standard deviation between people of the log weight.
        judges: everybody, by name.
    """

    outcomes: tuple[str, ...]
    pooled: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    spread: tuple[float, ...]
    judges: tuple[Judge, ...]


@dataclass(frozen=True, slots=True)
class Guess:
    """One person's low, likely and high."""

    person: str
    low: float
    likely: float
    high: float


@dataclass(frozen=True, slots=True)
class Pooled:
    """What several people think one number is.

    Attributes:
        intervention, quantity: what it is of: an outcome, or ``uptake`` or ``completion``.
        scale: of an effect; "share" of reach.
        value, standard_error: pooled; the error of a ratio is on the log scale.
        between: share of the variance that is disagreement between people, 0..1.
        apart: pairs of people whose ranges do not meet.
        guesses: everybody's, by name.
    """

    intervention: str
    quantity: str
    scale: str
    value: float
    standard_error: float
    between: float
    apart: tuple[tuple[str, str], ...]
    guesses: tuple[Guess, ...]


@dataclass(frozen=True, slots=True)
class Elicited:
    """Everything that one file says."""

    weights: Weights | None = None
    effects: tuple[Pooled, ...] = ()
    reach: tuple[Pooled, ...] = ()
    disagreements: tuple[str, ...] = field(default_factory=tuple)


def elicit(path: Path) -> Elicited:
    """What the people in a .csv or .xlsx file think.

    The header says what the rows are: ``person, a, b, ratio`` compares outcomes; ``person,
    intervention, outcome, scale, low, likely, high`` are effects; ``person, intervention, part,
    low, likely, high`` (part: uptake or completion) is reach.  The first sheet counts.  No name
    leaves here: people are called after the line on which they speak first.

    Raises:
        InputError: every problem in it.
    """
    file = _without_names(read_table(path, file=path.name))
    frame, header = file.frame, set(file.header)
    if {"person", "a", "b", "ratio"} <= header:
        weights = pool_weights(_comparisons(file))
        return Elicited(weights=weights, disagreements=tuple(_weight_disagreements(weights)))
    if {"person", "intervention", "outcome", "scale", "low", "likely", "high"} <= header:
        effects = tuple(_pools(file, frame["outcome"], frame["scale"]))
        return Elicited(effects=effects, disagreements=tuple(_disagreements(effects)))
    if {"person", "intervention", "part", "low", "likely", "high"} <= header:
        scale = pd.Series("share", index=frame.index)
        reach = tuple(_pools(file, frame["part"], scale))
        return Elicited(reach=reach, disagreements=tuple(_disagreements(reach)))
    message = "is none of the three kinds of tables"
    remedy = (
        "the header is `person,a,b,ratio`, `person,intervention,outcome,scale,low,likely,high` or "
        "`person,intervention,part,low,likely,high`"
    )
    raise InputError([Problem(path.name, 1, None, message, remedy)])


def pool_weights(comparisons: Mapping[str, Mapping[tuple[str, str], float]]) -> Weights:
    """The weights of several people, from person -> (a, b) -> how many times as bad a is as b.

    Raises:
        InputError: somebody's pairs do not connect all outcomes.
    """
    outcomes = tuple(sorted({o for pairs in comparisons.values() for pair in pairs for o in pair}))
    judges, problems = [], []
    for person in sorted(comparisons):
        pairs = comparisons[person]
        graph = nx.Graph(list(pairs))
        graph.add_nodes_from(outcomes)
        parts = sorted(sorted(part) for part in nx.connected_components(graph))
        if len(parts) > 1:
            message = f"nothing connects {parts[0][0]} with {parts[1][0]} for one of the people"
            problems.append(Problem("comparisons", None, None, message, "compare one more pair"))
            continue
        judges.append(_judge(person, pairs, outcomes))
    if problems:
        raise InputError(problems)
    logs = np.log(np.array([j.weights for j in judges]))
    pooled = _mean_one(np.exp(logs.mean(0)))
    spread = logs.std(0, ddof=1) if len(judges) > 1 else np.zeros(len(outcomes))
    return Weights(
        outcomes=outcomes,
        pooled=_floats(pooled),
        low=_floats(np.exp(logs.min(0))),
        high=_floats(np.exp(logs.max(0))),
        spread=_floats(spread),
        judges=tuple(judges),
    )


def pool(intervention: str, quantity: str, scale: str, guesses: Iterable[Guess]) -> Pooled:
    """What several people think one number is, by a linear pool with equal weights."""
    some = tuple(sorted(guesses, key=lambda g: g.person))
    points = np.array([[g.low, g.likely, g.high] for g in some])
    ratio = scale in _RATIOS
    points = np.log(points) if ratio else points
    means = points @ _THREE
    variances = (points**2) @ _THREE - means**2
    within, between = float(variances.mean()), float(means.var())
    value = float(means.mean())
    apart = tuple(
        (one.person, other.person)
        for one, other in itertools.combinations(some, 2)
        if one.high < other.low or other.high < one.low
    )
    total = within + between
    return Pooled(
        intervention, quantity, scale,
        value=math.exp(value) if ratio else value,
        standard_error=math.sqrt(max(total, 0.0)),
        between=between / total if total > 0 else 0.0,
        apart=apart, guesses=some,
    )  # fmt: skip


def effect_of(pooled: Pooled, day: dt.date) -> Effect:
    """A pooled effect as an entry of the catalogue, marked ``elicited``."""
    return Effect(
        outcome=pooled.quantity,
        scale=cast(Scale, pooled.scale),
        value=round(pooled.value, 4),
        standard_error=round(pooled.standard_error, 4),
        level="elicited",
        source=f"elicited from {len(pooled.guesses)} professionals, {day.isoformat()}",
        checked=day,
        note=(
            "Linear pool with equal weights of low, likely and high (5, 50 and 95 %); "
            f"{pooled.between:.0%} of the variance is disagreement between people."
        ),
    )


def snippet(elicited: Elicited, day: dt.date) -> dict[str, Any]:
    """What to take over into planning.yaml (outcomes) and interventions.yaml (interventions)."""
    out: dict[str, Any] = {}
    if elicited.weights is not None:
        pairs = zip(elicited.weights.outcomes, elicited.weights.pooled, strict=True)
        out["outcomes"] = {outcome: {"weight": round(weight, 3)} for outcome, weight in pairs}
    entries: dict[str, dict[str, Any]] = {}
    for pooled in elicited.effects:
        effect = effect_of(pooled, day)
        record = {f: getattr(effect, f) for f in Effect.__dataclass_fields__}
        entries.setdefault(pooled.intervention, {}).setdefault("effects", []).append(record)
    for pooled in elicited.reach:
        entry = entries.setdefault(pooled.intervention, {}).setdefault("reach", {})
        entry[pooled.quantity] = round(min(max(pooled.value, 0.0), 1.0), 3)
    if entries:
        out["interventions"] = entries
    return out


def _judge(person: str, pairs: Mapping[tuple[str, str], float], outcomes: tuple[str, ...]) -> Judge:
    """Least squares on the logarithms, which is the geometric mean when no pair is missing."""
    place = {o: i for i, o in enumerate(outcomes)}
    design = np.zeros((len(pairs) + 1, len(outcomes)))
    logs = np.zeros(len(pairs) + 1)
    for row, ((a, b), ratio) in enumerate(sorted(pairs.items())):
        design[row, place[a]], design[row, place[b]] = 1.0, -1.0
        logs[row] = math.log(ratio)
    design[-1] = 1.0
    solution = np.linalg.lstsq(design, logs, rcond=None)[0]
    weights = _mean_one(np.exp(solution))
    residual = np.abs(design[:-1] @ solution - logs[:-1])
    worst = ""
    if len(residual) and residual.max() > 1e-9:
        worst = " / ".join(sorted(pairs)[int(residual.argmax())])
    return Judge(person, _floats(weights), _consistency(weights, pairs, place), len(pairs), worst)


def _consistency(
    weights: Floats, pairs: Mapping[tuple[str, str], float], place: Mapping[str, int]
) -> float:
    """Saaty's ratio: how far the largest eigenvalue exceeds that of a sound table."""
    size = len(weights)
    if size < 3:
        return 0.0
    table = weights[:, None] / weights[None, :]
    for (a, b), ratio in pairs.items():
        table[place[a], place[b]], table[place[b], place[a]] = ratio, 1 / ratio
    largest = float(np.linalg.eigvals(table).real.max())
    index = _RANDOM_INDEX[min(size, len(_RANDOM_INDEX) - 1)]
    return max(0.0, (largest - size) / (size - 1) / index)


def _mean_one(weights: Floats) -> Floats:
    scaled: Floats = weights / weights.mean()
    return scaled


def _floats(values: Floats) -> tuple[float, ...]:
    return tuple(float(v) for v in values)


def _without_names(table: Table) -> Table:
    """The table with "line 2" for the person who speaks first on line 2."""
    if "person" not in table.frame:
        return table
    first: dict[str, str] = {}
    for person, line in zip(table.frame["person"], table.lines, strict=True):
        first.setdefault(person, f"line {line}" if person else "")
    people = table.frame["person"].map(first)
    return replace(table, frame=table.frame.assign(person=people))


def _comparisons(table: Table) -> dict[str, dict[tuple[str, str], float]]:
    """Person -> (a, b) -> ratio; every problem at once."""
    frame, problems = table.frame, []
    said: dict[str, dict[tuple[str, str], float]] = {}
    ratios = _numbers(table, "ratio")
    rows = zip(frame["person"], frame["a"], frame["b"], ratios, table.lines, strict=True)
    for person, a, b, ratio, line in rows:
        why = ""
        if not person:
            why = "names no person"
        elif not a or not b or a == b:
            why = "needs two different outcomes"
        elif not 1 / LARGEST_RATIO - 1e-9 <= ratio <= LARGEST_RATIO + 1e-9:
            why = "needs a ratio from 1/9 to 9 (how many times as bad a is as b)"
        elif {(a, b), (b, a)} & set(said.get(person, ())):
            why = "compares a pair that this person has compared already"
        if why:
            problems.append(Problem(table.file, int(line), None, why, "correct the line"))
        else:
            said.setdefault(person, {})[(a, b)] = float(ratio)
    if problems or not said:
        empty = Problem(table.file, None, None, "compares nothing", "write a line a pair")
        raise InputError(problems or [empty])
    return said


def _pools(table: Table, quantities: pd.Series[str], scales: pd.Series[str]) -> Iterable[Pooled]:
    """The pooled numbers of a table; every problem at once."""
    frame, problems = table.frame, []
    low, likely, high = (_numbers(table, name) for name in ("low", "likely", "high"))
    groups: dict[tuple[str, str, str], dict[str, Guess]] = {}
    rows = zip(frame["person"], frame["intervention"], quantities, scales, low, likely, high,
               table.lines, strict=True)  # fmt: skip
    for person, intervention, quantity, scale, least, middle, most, line in rows:
        why = _wrong_guess(person, intervention, quantity, scale, least, middle, most)
        group = groups.setdefault((intervention, quantity, scale), {})
        if not why and person in group:
            why = "says a second time what this person has said already"
        if why:
            problems.append(Problem(table.file, int(line), None, why, "correct the line"))
        else:
            group[person] = Guess(person, float(least), float(middle), float(most))
    for intervention, quantity in {(i, q) for i, q, _ in groups}:
        if len({s for i, q, s in groups if (i, q) == (intervention, quantity)}) > 1:
            message = f"gives {intervention} on {quantity} on more than one scale"
            problems.append(Problem(table.file, None, None, message, "agree on one scale"))
    if problems or not groups:
        empty = Problem(table.file, None, None, "says nothing", "write a line a person")
        raise InputError(problems or [empty])
    for (intervention, quantity, scale), group in sorted(groups.items()):
        yield pool(intervention, quantity, scale, group.values())


def _wrong_guess(
    person: str,
    intervention: str,
    quantity: str,
    scale: str,
    low: float,
    likely: float,
    high: float,
) -> str:
    if not person or not intervention or not quantity:
        return "needs a person, an intervention and what is estimated"
    if scale == "share" and quantity not in get_args(ReachPart):
        return "has a part that is neither uptake nor completion"
    if scale != "share" and scale not in get_args(Scale):
        return f"needs one of the scales {', '.join(get_args(Scale))}"
    if not (math.isfinite(low) and math.isfinite(likely) and math.isfinite(high)):
        return "needs numbers for low, likely and high"
    if max(abs(low), abs(high)) > UNCERTAIN.high:
        return f"has a number beyond {UNCERTAIN.high:g}, which no effect is"
    if not low <= likely <= high:
        return "needs low, likely and high in this order"
    if scale in _RATIOS and low <= 0:
        return "has a ratio that is not above zero"
    if scale == "share" and not 0 <= low <= high <= 1:
        return "has a share outside 0 to 1"
    return ""


def _numbers(table: Table, name: str) -> Floats:
    """A column of numbers, fractions such as 1/3 allowed; NaN for what is none."""
    words = table.frame[name].astype("str").str.strip()
    if table.decimal_comma:
        words = words.str.replace(",", ".", regex=False)
    parts = words.str.extract(r"^([0-9.]+)\s*/\s*([0-9.]+)$")
    whole = pd.to_numeric(words, errors="coerce")
    with np.errstate(divide="ignore", invalid="ignore"):
        split = pd.to_numeric(parts[0], errors="coerce") / pd.to_numeric(parts[1], errors="coerce")
    return whole.fillna(split).to_numpy(np.float64, na_value=np.nan)


def _weight_disagreements(weights: Weights) -> Iterable[str]:
    for judge in weights.judges:
        if judge.ratio > INCONSISTENT:
            yield (
                f"{judge.person} contradicts themself (consistency ratio {judge.ratio:.2f}, above "
                f"{INCONSISTENT:g}); look again at {judge.worst}"
            )
    for outcome, low, high in zip(weights.outcomes, weights.low, weights.high, strict=True):
        if high > APART * low:
            yield f"{outcome}: from {low:.2f} to {high:.2f}, more than a factor {APART:g} apart"
    tops = {weights.outcomes[int(np.argmax(j.weights))] for j in weights.judges}
    if len(tops) > 1:
        yield f"people do not agree on what is worst: {', '.join(sorted(tops))}"


def _disagreements(some: Iterable[Pooled]) -> Iterable[str]:
    for pooled in some:
        about = f"{pooled.intervention} on {pooled.quantity}"
        for one, other in pooled.apart:
            yield f"{about}: the ranges of {one} and {other} do not meet"
        if pooled.between > 0.5:
            yield f"{about}: {pooled.between:.0%} of the uncertainty is disagreement"
        neutral = 1.0 if pooled.scale in _RATIOS else 0.0
        if pooled.scale != "share":
            signs = {
                math.copysign(1, g.likely - neutral) for g in pooled.guesses if g.likely != neutral
            }
            if len(signs) > 1:
                yield f"{about}: some expect help, others harm"
        if len(pooled.guesses) == 1:
            yield f"{about}: one person only; ask at least one more"
