"""A small made-up plan with its policy and catalogue, for tests of documents and reviews."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from recommender.allocation import Allocation, Effort, solve
from recommender.cli.main import run
from recommender.inputs.catalogue import (
    Catalogue,
    Effect,
    Eligible,
    Format,
    Intervention,
    Need,
    Reach,
    Text,
)
from recommender.inputs.cohort import Cohort
from recommender.inputs.policy import Column, Outcome, Period, Policy, Role
from recommender.inputs.readers.policy_file import read_policy
from recommender.inputs.resources import Resources
from recommender.inputs.workspace import Inputs
from recommender.matching import Candidates, match
from recommender.pipeline import Settings
from recommender.planning import Formulation, formulate
from recommender.planning.plan.plan import Plan, plan_of
from recommender.planning.plan.summary import Summary
from recommender.risk.profiles import RiskProfiles

FRAME = {
    "source": "pupil register",
    "purpose": "estimate the risk of a reading lag",
    "legal_basis": "WPO art. 8",
    "retention": dt.date(2027, 8, 1),
}


@pytest.fixture
def policy() -> Policy:
    return Policy(
        reference_date=dt.date(2026, 11, 1),
        outcomes=(
            Outcome(
                "lag", Text("Reading lag", "Leesachterstand"), 1.0, (0.1, 0.4), measures="need"
            ),
            Outcome("care", Text("Youth care", "Jeugdhulp"), 2.0, measures="service_use"),
        ),
        roles=(Role("teacher", Text("Teacher", "Leerkracht"), 60.0),),
        periods=(
            Period("winter", Text("Winter"), dt.date(2026, 11, 30), dt.date(2027, 2, 12)),
            Period(
                "spring", Text("Spring", "Voorjaar"), dt.date(2027, 2, 22), dt.date(2027, 4, 23)
            ),
        ),
        columns=(
            Column("score", "number", ("feature",), Text("Score", "Score"), **FRAME),
            Column("sdq", "number", ("feature",), sensitivity="special", **FRAME),
            Column("origin", "category", ("audit_only",), **FRAME),
        ),
        evidence={"strong": 1.0, "assumed": 0.3},
        synthetic=True,
    )


@pytest.fixture
def catalogue() -> Catalogue:
    def one(key: str, name: str, kind: str, level: str, size: int = 1) -> Intervention:
        return Intervention(
            key, Text(name, f"{name} (nl)"), "selective", Format(kind, 1, size), (),  # type: ignore[arg-type]
            (Effect("lag", "smd", 0.4, 0.1, level, "Somebody 2020"),),  # type: ignore[arg-type]
            reach=Reach(0.9, 0.8), eligible=Eligible(),
        )  # fmt: skip

    return Catalogue(
        (
            one("tuition", "Tuition", "group", "strong", 4),
            one("mentor", "Mentor", "individual", "assumed"),
            one("unused", "Unused", "individual", "assumed"),
        )
    )


@pytest.fixture
def plan() -> Plan:
    """200 pupils called canary0001 …: 60 get tuition, 4 a mentor, the others wait."""
    rng = np.random.default_rng(5)
    units = [f"canary{i:04d}" for i in range(200)]
    served = pd.DataFrame(
        {
            "unit_id": units[:64],
            "site": ["s1"] * 40 + ["s2"] * 24,
            "intervention": ["tuition"] * 60 + ["mentor"] * 4,
            "period": ["winter"] * 40 + ["spring"] * 24,
            "units": 1.0,
            "benefit": 0.1,
            "standard_error": 0.02,
            "price_paid": 0.05,
            "net_value": 0.05,
            "runner_up": "mentor@winter",
            "status": "proposed",
            "bundle": ["tuition"] * 60 + ["mentor"] * 4,
            "lot": range(1, 65),
        }
    )
    left = pd.DataFrame(
        {
            "unit_id": units[64:],
            "site": "s2",
            "reason": ["price"] * 130 + ["consent"] * 6,
            "best_alternative": ["tuition@winter"] * 100 + ["nothing"] * 36,
            "benefit_forgone": 0.05,
            "pupils": 1.0,
            "lot": range(65, 201),
        }
    )
    return Plan(
        summary=Summary(
            value=6.1, bound=6.2, gap=0.016, better_bound=None, benefit=6.4, standard_error=1.1,
            pupils=200, eligible=194, served=64.0, must_serve=0, must_serve_met=0.0,
            hours_capacity=500.0, hours_used=480.0, cost=1000.0, budget=None, status="gap",
            engine="prices", seed=3, scenario="", synthetic=True, shortages=(),
        ),
        assignments=served,
        not_served=left,
        sessions=pd.DataFrame(
            columns=["intervention", "site", "period", "groups", "pupils", "grade"]
        ),
        resources=pd.DataFrame(
            {
                "resource": ["hours"], "role": ["teacher"], "site": ["s1"], "period": ["winter"],
                "unit": ["hour"], "capacity": [500.0], "used": [480.0], "price": [0.01],
                "intervention": [""], "rule": [""], "grade": [""],
            }
        ),
        caseload=pd.DataFrame(
            columns=["professional_id", "role", "site", "period", "case", "hours", "intervention"]
        ),
        memberships=pd.DataFrame(
            columns=["resource", "unit_id", "intervention", "site", "period", "grade", "price"]
        ),
        profiles=pd.DataFrame(
            {
                "unit_id": np.repeat(units, 2),
                "outcome": ["lag", "care"] * 200,
                "risk": rng.uniform(0.05, 0.6, 400),
                "standard_error": 0.05,
            }
        ),
    )  # fmt: skip


@dataclass(frozen=True)
class Small:
    """A world by hand: hours of one teacher, units with what one-to-one lessons would do for each.

    ``units`` maps unit_id to (site, count, {help: benefit}); every help takes ``hours`` of the
    teacher of a pupil, but "circle", which takes them of a group of 2 to 3.
    """

    units: Mapping[str, tuple[str, int, Mapping[str, float]]]
    hours: float
    decisions: Sequence[tuple[str, str, str, str]] = ()
    cost: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def inputs(self) -> Inputs:
        helps = sorted({name for _, _, helps in self.units.values() for name in helps})
        ids = sorted(self.units)
        texts = dict.fromkeys(("family_id", "language", "must_serve", "completed"), "")
        units = pd.DataFrame(
            {
                "unit_id": ids,
                "site": [self.units[i][0] for i in ids],
                "grade": 5,
                "count": [self.units[i][1] for i in ids],
                "consent": "given",
                **texts,
            }
        )
        words = dict.fromkeys(("unit_id", "site", "consent", *texts), "str")
        columns = ("unit_id", "intervention", "decision", "reason", "decided_by", "date")
        cohort = Cohort(
            units=units.astype(words), columns=(), history=None, profiles=None, notes=None,
            commitments=pd.DataFrame(columns=["unit_id", "intervention", "period"], dtype="str"),
            decisions=pd.DataFrame(
                [(*row, "N (leader)", "2026-11-01") for row in self.decisions],
                columns=list(columns), dtype="str",
            ),
        )  # fmt: skip
        period = Period("term", Text("Term"), dt.date(2026, 9, 1), dt.date(2026, 12, 1))
        sites = sorted({site for site, _, _ in self.units.values()})
        named = {name: pd.Series(sites, dtype="str") for name in ("site", "name", "area", "board")}
        staff = pd.DataFrame(
            {"professional_id": ["t1"], "role": ["teacher"], "hours": [self.hours],
             "sites": ["*"], "period": ["term"], "cost_per_hour": [0.0], "languages": [""]}
        )  # fmt: skip
        policy = Policy(
            reference_date=dt.date(2026, 9, 1),
            outcomes=tuple(Outcome(name, Text(name)) for name in helps),
            roles=(Role("teacher", Text("Teacher"), 60.0),),
            periods=(period,),
            columns=(),
            evidence={"strong": 1.0},
            synthetic=True,
            bundle_size=2,
            diminishing=1.0,
        )
        return Inputs(
            cohort, Catalogue(tuple(map(self._help, helps))),
            Resources(pd.DataFrame(named), staff, policy.roles, policy.periods), policy, (),
        )  # fmt: skip

    def _help(self, name: str) -> Intervention:
        group = name == "circle"
        hours = self.cost.get(name, 1.0)
        need = Need("teacher", **{"hours_per_group" if group else "hours_per_pupil": hours})
        return Intervention(
            name, Text(name), "selective", Format("group", 2, 3) if group else Format("individual"),
            (need,), (Effect(name, "risk_difference", 1.0, 0.0, "strong", "by hand"),),
            reach=Reach(), eligible=Eligible(minimum_risk={name: 1e-9}),
        )  # fmt: skip

    @cached_property
    def risks(self) -> RiskProfiles:
        helps = self.inputs.catalogue.ids
        risk = np.array(
            [[self.units[i][2].get(name, 0.0) for name in helps] for i in sorted(self.units)]
        )
        return RiskProfiles(helps, risk, np.zeros_like(risk), ("by hand",) * len(helps))

    @cached_property
    def settings(self) -> Settings:
        return Settings.of(self.inputs.policy, effort=Effort(gap=0.0, seconds=30.0))

    @cached_property
    def candidates(self) -> Candidates:
        inputs = self.inputs
        return match(inputs.cohort, inputs.catalogue, self.risks, self.settings.matching)

    @cached_property
    def formulation(self) -> Formulation:
        return formulate(self.candidates, self.inputs.resources, self.settings.limits)

    @cached_property
    def allocation(self) -> Allocation:
        return solve(self.formulation.problem, self.settings.effort, "exact")

    @cached_property
    def plan(self) -> Plan:
        return plan_of(self.formulation, self.allocation, self.candidates, self.settings.matching)

    def with_decisions(self, *decisions: tuple[str, str, str, str]) -> Small:
        return replace(self, decisions=decisions)


@pytest.fixture
def small() -> type[Small]:
    return Small


def write_risks(folder: Path) -> None:
    """Risks predicted elsewhere, so that no command of a test has to fit risk models."""
    policy = read_policy(folder / "planning.yaml")
    units = pd.read_csv(folder / "data/pupils.csv", dtype=str)["unit_id"]
    rng = np.random.default_rng(6)
    rates = [np.mean(o.base_rate or (0.2, 0.3)) for o in policy.outcomes]
    pd.concat(
        pd.DataFrame(
            {
                "unit_id": units, "outcome": outcome.id,
                "risk": rng.beta(3 * rate, 3 * (1 - rate), len(units)).clip(0.001, 0.9),
                "standard_error": 0.03,
            }
        )
        for outcome, rate in zip(policy.outcomes, rates, strict=True)
    ).to_csv(folder / "data/profiles.csv", index=False, float_format="%.6f")  # fmt: skip


@pytest.fixture
def risks_from_elsewhere() -> Callable[[Path], None]:
    return write_risks


@pytest.fixture(scope="session")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A region of 150 invented pupils, their risks handed in, with its plan; tests copy it."""
    folder = tmp_path_factory.mktemp("region") / "ws"
    like = str(Path(__file__).parents[2])
    words = ["simulate", str(folder), "--pupils", "150", "--seed", "4", "--like", like, "-q"]
    assert run(words) == 0
    write_risks(folder)
    words = ["plan", str(folder), "-o", str(folder / "plan"), "--gap", "20%", "-q"]
    assert run(words) in (0, 4)
    return folder


@pytest.fixture
def region(invented: Path, tmp_path: Path) -> Path:
    """A copy of the invented region."""
    shutil.copytree(invented, tmp_path / "ws")
    return tmp_path / "ws"


def fill_in(sheet: Path, reject: int) -> set[tuple[str, str]]:
    """Reject the first offers of the first site on a review sheet; return unit and help of each."""
    book = openpyxl.load_workbook(sheet)
    page = book.worksheets[1]
    page["B2"], page["F2"] = "N. Jansen", "care coordinator"
    pairs: set[tuple[str, str]] = set()
    for line in range(5, page.max_row + 1):
        unit, help_, _ = str(page[f"K{line}"].value).split("|")
        if help_ and len(pairs) < reject:
            page[f"G{line}"], page[f"I{line}"] = "reject", "is helped already"
            pairs.add((unit, help_))
    book.save(sheet)
    return pairs


@pytest.fixture
def filled_in() -> Callable[[Path, int], set[tuple[str, str]]]:
    return fill_in


@pytest.fixture(scope="session")
def handed_in(invented: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A review sheet of the invented region on which three offers are rejected."""
    sheet = tmp_path_factory.mktemp("sheets") / "sheet.xlsx"
    assert run(["review", str(invented / "plan"), "-o", str(sheet), "--language", "en"]) == 0
    assert len(fill_in(sheet, 3)) == 3
    return sheet
