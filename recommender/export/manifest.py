"""The manifest: where a plan comes from, what its ids mean, and the hash of every file."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from recommender.errors import InputError, Problem
from recommender.export.summaries.equity import EquityGroup, equity_of
from recommender.export.summaries.marginal_hours import BudgetPoint, MarginalHours, more_hours
from recommender.inputs.catalogue import Text
from recommender.inputs.workspace import Inputs, Source
from recommender.planning.plan.plan import Plan
from recommender.version import __version__

FORMAT = "recommender plan folder 1"
"""What the manifest of every plan folder says first; a folder without it is not ours."""


@dataclass(frozen=True, slots=True)
class Name:
    """What an id is called.

    ``kind`` is intervention, outcome, role, period, site, rule or scenario.
    """

    kind: str
    id: str
    text: Text


@dataclass(frozen=True, slots=True)
class Evidence:
    """One effect the plan relies on, for the reader of a report.

    Attributes:
        value, standard_error: on ``scale``.
        level: strength of the evidence.  source: where it was read.
    """

    intervention: str
    outcome: str
    scale: str
    value: float
    standard_error: float
    level: str
    source: str


@dataclass(frozen=True, slots=True)
class HoursNeeded:
    """The hours of a role that an intervention takes, for each pupil and for each group.

    ``periods`` is over how many periods they are spread.
    """

    intervention: str
    role: str
    hours_per_pupil: float
    hours_per_group: float
    periods: int


@dataclass(frozen=True, slots=True)
class Plausible:
    """The lowest and highest share of cases that the policy calls plausible for an outcome."""

    outcome: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PeriodDates:
    """The first and the last day of a period, ISO 8601."""

    period: str
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class File:
    """A file of the plan folder and its SHA-256."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What made a plan, so that it can be checked and made again.

    Attributes:
        created: moment of writing, UTC, ISO 8601.
        workspace: the workspace, as a path from the plan folder.
        settings: every setting of the run as JSON text with sorted keys.
        weights: outcome -> how bad one case is beside the others.
        names, evidence: what the ids mean and which effects were used.
        inputs: every file that was read.  files: every file of the folder but the manifest itself.
        language: of the report in the folder.
        reach: intervention -> share of the pupils offered it who start and finish.
        needs: the hours that interventions take.
        costs: intervention -> euros beside the hours, for one pupil in one group.
        log: the head of the workspace's log before the plan was in it, which the log must contain.
        dates: when the periods are, in calendar order.
        plausible: the shares of cases that the policy calls plausible.
        equity: help by groups that must not be treated unequally, small cells left out.
        more: what more hours of a role could bring at most.
        front: what hours of everybody could bring, from fewer to more; () where it is not known.
        benefit: of the plan; None in manifests of earlier versions.
        value, bound, gap, better_bound, status, engine, seed, scenario, synthetic: as in the plan.
    """

    version: str
    created: str
    workspace: str
    scenario: str
    synthetic: bool
    seed: int
    engine: str
    status: str
    value: float
    bound: float
    better_bound: float | None
    gap: float
    settings: str
    weights: tuple[tuple[str, float], ...]
    names: tuple[Name, ...]
    evidence: tuple[Evidence, ...]
    inputs: tuple[Source, ...]
    files: tuple[File, ...] = ()
    language: str = "en"
    reach: tuple[tuple[str, float], ...] = ()
    needs: tuple[HoursNeeded, ...] = ()
    costs: tuple[tuple[str, float], ...] = ()
    dates: tuple[PeriodDates, ...] = ()
    plausible: tuple[Plausible, ...] = ()
    equity: tuple[EquityGroup, ...] = ()
    more: tuple[MarginalHours, ...] = ()
    front: tuple[BudgetPoint, ...] = ()
    benefit: float | None = None
    log: str = ""


def manifest_of(
    plan: Plan,
    inputs: Inputs,
    settings: object,
    *,
    created: dt.datetime,
    workspace: str,
    language: str = "en",
    front: tuple[BudgetPoint, ...] = (),
) -> Manifest:
    """Return the manifest of a plan that has not been written yet (no file hashes).

    Args:
        plan: the plan.
        inputs: what it was made from.
        settings: the frozen settings of the run, recorded as they are.
        created: the moment, with a time zone.
        workspace: the workspace as a path from the plan folder.
        language: of the report in the folder.
        front: what hours of everybody could bring, where it was worked out.
    """
    policy, catalogue, summary = inputs.policy, inputs.catalogue, plan.summary
    sites = inputs.resources.sites
    names = [
        *(Name("intervention", i.id, i.name) for i in catalogue.interventions),
        *(Name("outcome", o.id, o.name) for o in policy.outcomes),
        *(Name("role", r.id, r.name) for r in policy.roles),
        *(Name("period", p.id, p.name) for p in policy.periods),
        *(Name("column", c.name, c.label) for c in policy.columns if "audit_only" in c.use),
        *(Name("rule", m.id, m.name) for m in policy.rules.must_serve),
        *(Name("rule", f.id, f.name) for f in policy.rules.fairness if f.name.en),
        *(Name("scenario", s.id, s.name) for s in policy.scenarios),
        *(
            Name("site", site, Text(en=name))
            for site, name in zip(sites["site"].tolist(), sites["name"].tolist(), strict=True)
        ),
    ]
    return Manifest(
        version=__version__,
        created=created.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        workspace=workspace,
        scenario=summary.scenario,
        synthetic=summary.synthetic,
        seed=summary.seed,
        engine=summary.engine,
        status=summary.status,
        value=summary.value,
        bound=summary.bound,
        better_bound=summary.better_bound,
        gap=summary.gap,
        settings=json.dumps(json_value(settings), sort_keys=True, allow_nan=False),
        weights=tuple((o.id, float(o.weight)) for o in policy.outcomes),
        names=tuple(names),
        evidence=tuple(
            Evidence(i.id, e.outcome, e.scale, e.value, e.standard_error, e.level, e.source)
            for i in catalogue.interventions
            for e in i.effects
        ),
        inputs=inputs.sources,
        language=language,
        reach=tuple((i.id, i.reach.rate) for i in catalogue.interventions),
        needs=tuple(
            HoursNeeded(i.id, n.role, n.hours_per_pupil, n.hours_per_group, i.periods)
            for i in catalogue.interventions
            for n in i.needs
        ),
        costs=tuple((i.id, i.cost_per_pupil + i.cost_per_group) for i in catalogue.interventions),
        dates=tuple(
            PeriodDates(p.id, p.start.isoformat(), p.end.isoformat()) for p in policy.periods
        ),
        plausible=tuple(Plausible(o.id, *o.base_rate) for o in policy.outcomes),
        equity=equity_of(plan, inputs.cohort),
        more=more_hours(plan, inputs.resources, policy.rules.travel_overhead),
        front=front,
        benefit=summary.benefit,
    )


def json_value(value: object) -> Any:
    """Return a value as JSON knows it: dataclasses and mappings as objects, the rest as text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: json_value(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = [json_value(item) for item in value]
        return sorted(items, key=str) if isinstance(value, set | frozenset) else items
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return str(value)


def manifest_text(manifest: Manifest) -> str:
    """Return the text of manifest.json."""
    names: dict[str, dict[str, dict[str, str]]] = {}
    for name in manifest.names:
        names.setdefault(name.kind, {})[name.id] = {"en": name.text.en, "nl": name.text.nl}
    document = {
        "format": FORMAT,
        "version": manifest.version,
        "created": manifest.created,
        "workspace": manifest.workspace,
        "scenario": manifest.scenario,
        "synthetic": manifest.synthetic,
        "seed": manifest.seed,
        "engine": manifest.engine,
        "status": manifest.status,
        "value": _finite(manifest.value),
        "bound": _finite(manifest.bound),
        "better_bound": manifest.better_bound,
        "gap": _finite(manifest.gap),
        "settings": json.loads(manifest.settings),
        "weights": dict(manifest.weights),
        "inputs": [{"path": s.path, "sha256": s.sha256, "rows": s.rows} for s in manifest.inputs],
        "files": {file.path: file.sha256 for file in manifest.files},
        "names": names,
        "evidence": [json_value(effect) for effect in manifest.evidence],
        "language": manifest.language,
        "reach": dict(manifest.reach),
        "needs": [json_value(need) for need in manifest.needs],
        "costs": dict(manifest.costs),
        "dates": [json_value(days) for days in manifest.dates],
        "plausible": [json_value(share) for share in manifest.plausible],
        "equity": [json_value(group) for group in manifest.equity],
        "more": [json_value(hours) for hours in manifest.more],
        "front": [json_value(point) for point in manifest.front],
        **({} if manifest.benefit is None else {"benefit": manifest.benefit}),
        **({"log": manifest.log} if manifest.log else {}),
    }
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def read_manifest(text: str, file: str) -> Manifest:
    """Return the manifest that a text holds.

    Args:
        text: the content of manifest.json.
        file: what to call it in messages.

    Raises:
        InputError: if it is not the manifest of a plan folder.
    """
    try:
        document = json.loads(text)
        if document["format"] != FORMAT:
            raise ValueError
        return Manifest(
            version=_text(document["version"]),
            created=_text(document["created"]),
            workspace=_text(document["workspace"]),
            scenario=_text(document["scenario"]),
            synthetic=bool(document["synthetic"]),
            seed=int(document["seed"]),
            engine=_text(document["engine"]),
            status=_text(document["status"]),
            value=_infinite(document["value"]),
            bound=_infinite(document["bound"]),
            better_bound=None
            if document["better_bound"] is None
            else float(document["better_bound"]),
            gap=_infinite(document["gap"]),
            settings=json.dumps(document["settings"], sort_keys=True),
            weights=tuple((_text(k), float(v)) for k, v in document["weights"].items()),
            names=tuple(
                Name(_text(kind), _text(key), Text(en=_text(text["en"]), nl=_text(text["nl"])))
                for kind, entries in document["names"].items()
                for key, text in entries.items()
            ),
            evidence=tuple(Evidence(**effect) for effect in document["evidence"]),
            inputs=tuple(Source(**source) for source in document["inputs"]),
            files=tuple(File(_text(p), _text(h)) for p, h in document["files"].items()),
            language=_text(document.get("language", "en")),
            reach=tuple((_text(k), float(v)) for k, v in document.get("reach", {}).items()),
            needs=tuple(HoursNeeded(**need) for need in document.get("needs", ())),
            costs=tuple((_text(k), float(v)) for k, v in document.get("costs", {}).items()),
            dates=tuple(PeriodDates(**days) for days in document.get("dates", ())),
            plausible=tuple(Plausible(**share) for share in document.get("plausible", ())),
            equity=tuple(EquityGroup(**group) for group in document.get("equity", ())),
            more=tuple(MarginalHours(**hours) for hours in document.get("more", ())),
            front=tuple(BudgetPoint(**point) for point in document.get("front", ())),
            benefit=None if document.get("benefit") is None else float(document["benefit"]),
            log=_text(document.get("log", "")),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        message = "is not the manifest of a plan folder"
        raise InputError([Problem(file, None, None, message, "make the plan again")]) from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _finite(value: float) -> float | None:
    """JSON has no infinity: null stands for it."""
    return value if math.isfinite(value) else None


def _infinite(value: float | None) -> float:
    return math.inf if value is None else float(value)
