"""Risks retraced: where those of a plan are not the ones handed in, or learnt again from history.

``verify`` takes a plan's own risks to work the plan out again, so they are compared apart: those
that were predicted elsewhere with the table they came in, those of models with models fitted anew.
"""

from __future__ import annotations

import numpy as np

from recommender.inputs.workspace import Inputs
from recommender.planning.plan.plan import Plan
from recommender.planning.verify.read_back import at_rows
from recommender.planning.verify.verify import CLOSE
from recommender.risk import RiskSettings, assess_risk
from recommender.risk.assess import Floats, handed_in

RISK, ERROR = "risk", "standard_error"


def risk_findings(
    plan: Plan, inputs: Inputs, settings: RiskSettings, *, fit: bool = False
) -> tuple[str, ...]:
    """Return where the risks of a plan are not those of its inputs, one finding a line.

    Args:
        plan: with a line in ``profiles`` for every unit and outcome, in the order of the inputs.
        inputs: what it was made from.
        settings: of its risks.
        fit: learn risks again too, which takes as long as in ``plan``; else they are passed over.
    """
    outcomes = inputs.policy.outcomes
    shape = (len(inputs.cohort.units), len(outcomes))
    if len(plan.profiles) != shape[0] * shape[1]:
        return ()  # told by ``verify``
    found = handed_in(inputs.cohort, outcomes, settings)
    findings: list[str] = []
    if fit:
        fresh = assess_risk(inputs.cohort, outcomes, settings)
        found = {
            name: (fresh.risk[:, o], fresh.standard_error[:, o])
            for o, name in enumerate(fresh.outcomes)
        }
        trust = fresh.trust
        same = len(plan.calibration) == (0 if trust is None else len(trust))
        if same and trust is not None:
            same = all(
                np.allclose(plan.calibration[c].to_numpy(np.float64), trust[c], rtol=CLOSE)
                if trust[c].dtype.kind == "f"
                else plan.calibration[c].astype("str").tolist() == trust[c].astype("str").tolist()
                for c in trust.columns
            )
        if not same:
            findings.append("calibration: is not what the models fitted again show")
    elif len(found) == len(outcomes) and len(plan.calibration):
        findings.append("calibration: all risks were handed in, and no model was tried")
    for o, outcome in enumerate(outcomes):
        if outcome.id in found:
            findings += _of_outcome(plan, o, shape[1], found[outcome.id])
    return tuple(findings)


def _of_outcome(plan: Plan, o: int, outcomes: int, found: tuple[Floats, Floats]) -> list[str]:
    findings = []
    for column, there in zip((RISK, ERROR), found, strict=True):
        said = plan.profiles[column].to_numpy(dtype=np.float64)[o::outcomes]
        wrong = np.flatnonzero(~(np.abs(said - there) <= CLOSE))
        findings += at_rows(
            "profiles", wrong * outcomes + o, column, "is not the risk of these inputs"
        )
    return findings
