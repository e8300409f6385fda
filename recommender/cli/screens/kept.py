"""``recommender plan --keep``: what an earlier plan kept, and what decisions cost, in words."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recommender.pipeline import Replanned
    from recommender.planning.plan.plan import Plan
    from recommender.planning.replan.keep import Keep


def earlier(plan_folder: Path, target: Path, threshold: float) -> tuple[Plan, Keep]:
    """Return the plan to keep, and how it is recorded in the new one.

    Raises:
        UsageError: the new plan would take the place of the one it keeps.
        InputError: it cannot be read.  VerificationFailed: it was changed after it was made.
    """
    from recommender.errors import UsageError, VerificationFailed
    from recommender.export.folders.plan_folder import MANIFEST, changed_files, read_plan
    from recommender.files.hashes import sha256_of
    from recommender.planning.replan.keep import Keep

    if os.path.realpath(plan_folder) == os.path.realpath(target):
        raise UsageError(f"{target} is the plan to keep; write the new one to another folder (-o)")
    plan, _ = read_plan(plan_folder)
    if changed := changed_files(plan_folder):
        raise VerificationFailed(changed)
    path = os.path.relpath(plan_folder.resolve(), Path(os.path.realpath(target)))
    return plan, Keep(Path(path).as_posix(), sha256_of(plan_folder / MANIFEST), threshold)


def kept_lines(again: Replanned, earlier_plan: Path) -> list[str]:
    """Return how much of the earlier plan stays and what decisions cost, a line each."""
    kept, costs = again.kept, again.costs
    gone = kept.before - kept.possible
    lines = [
        "",
        f"Kept of {earlier_plan}: {kept.same:,.0f} of {kept.before:,.0f} assignments "
        f"({kept.share:.1%})",
        f"  {gone:,.0f} are no offers any more (decisions, or data that changed), "
        f"{kept.moved:,.0f} gave way to something else",
        f"  counting {kept.threshold:g} for every assignment kept, no plan does better by more "
        f"than {max(0.0, kept.counted_bound - kept.counted):,.4f}",
        f"  benefit {kept.benefit:,.4f}, before {kept.benefit_before:,.4f}; both without that "
        "counting, as is the gap above",
        f"    {-kept.went:+,.4f} of what went, {kept.new:+,.4f} of what is new, "
        f"{kept.recounted:+,.4f} of what stays",
    ]
    if len(costs.decisions):
        lines += [
            "",
            f"Decisions of professionals on {len(costs.decisions):,} units: estimated cost "
            f"{costs.total:,.4f} of benefit",
            "  at the prices of this plan; what they cost in full, with groups that they fill or "
            "break up,",
            "  only a plan without them tells; they know what the model does not",
        ]
        lines += [f"  {r:<16}{n:>6,} units{c:>12,.4f}" for r, n, c in costs.by_reason()]
    unmet = int((costs.decisions["how"] != "estimated").sum())
    if unmet:
        lines.append(f"  on {unmet:,} of them, required help cannot be offered with these hours")
    return lines


def kept_record(again: Replanned) -> dict[str, Any]:
    """Return the same for machines."""
    kept, costs = again.kept, again.costs
    return {
        "kept": {
            **{name: getattr(kept, name) for name in kept.__dataclass_fields__},
            "share": kept.share,
            "moved": kept.moved,
        },
        "decisions": {
            "units": len(costs.decisions),
            "estimated_cost": costs.total,
            "by_reason": [
                {"reason": reason, "units": units, "estimated_cost": cost}
                for reason, units, cost in costs.by_reason()
            ],
        },
    }


def kept_details(again: Replanned, keep: Keep) -> dict[str, str]:
    """Return what the audit log says of it."""
    return {
        "kept_plan": keep.manifest,
        "kept_share": f"{again.kept.share:.4f}",
        "threshold": f"{keep.threshold:g}",
        "decisions_cost_estimated": f"{again.costs.total:.6g}",
    }
