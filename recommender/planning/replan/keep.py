"""A plan that changes an earlier plan as little as is worth it: others move only for a stated gain.

Every assignment of the earlier plan that stays (the same unit, intervention and start) is counted
for ``threshold`` of benefit on top of what it does, so that a change must be worth more than that.
It is the same one problem with other values; pinned and vetoed pairs are not in it, or owed, as in
every plan.  What a plan reports stays true: its values are those without the bonus, and its bound
holds for every plan, whatever it keeps - any prices prove one, so the nearest of three is taken.
(A minimal perturbation problem: H. El Sakkout and M. Wallace, Probe backtrack search for minimal
perturbation in dynamic scheduling, Constraints 5, 2000.)

Help that is worse in everything than other help of the same unit is no candidate (see ``match``),
so it does not stay either.  A segment of many pupils is split where it was offered several things,
so that no more pupils earn the bonus of an offer than had it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from recommender.allocation import (
    Allocation,
    AllocationProblem,
    Certificate,
    Effort,
    EngineName,
    Links,
    Solution,
    SolverName,
    certify,
    solve,
)
from recommender.allocation.model.group_coupling_cuts import invalid_links, no_links
from recommender.errors import UsageError
from recommender.matching import Candidates
from recommender.planning.formulation.formulation import Formulation
from recommender.planning.formulation.indexing import Codes, Floats, Ints, ranges
from recommender.planning.formulation.offers import members_of
from recommender.planning.plan.plan import Plan
from recommender.planning.selection.group_prices import membership_links
from recommender.planning.verify.read_back import prices_of, row_labels

MOST = 100.0
"""No bonus is larger than this many times the largest benefit: duties are dearer, and go first."""

THRESHOLD = 0.01
"""The benefit that a change must be worth, where nobody says otherwise."""

NEAR = 0.03
"""A bound this near, relative to the benefit, is near enough for prices not to be sought anew."""

LINE = ["unit_id", "intervention", "period"]


@dataclass(frozen=True, slots=True)
class Keep:
    """What is kept and how dearly.

    Attributes:
        plan: the earlier plan's folder, as a path from the new one.
        manifest: SHA-256 of its manifest.
        threshold: the benefit that changing one assignment must be worth.

    Raises:
        ValueError: for a threshold that makes no sense.
    """

    plan: str
    manifest: str
    threshold: float = THRESHOLD

    def __post_init__(self) -> None:
        """Refuse nonsense."""
        check_threshold(self.threshold)


def check_threshold(threshold: float) -> None:
    """Go on only with a threshold that makes sense.

    Raises:
        ValueError: it is below 0 or not finite.
    """
    if not 0 <= threshold < math.inf:
        raise ValueError(f"threshold is {threshold}; use a number of 0 or more")


@dataclass(frozen=True, slots=True)
class Kept:
    """How much of the earlier plan stays.

    Attributes:
        threshold: the benefit that changing one assignment had to be worth; no more than ``MOST``
            times the largest benefit.
        before: assignments of the earlier plan, pupils of a segment counted each.
        possible: of those, the ones that are still candidates.
        same: of those, the ones that the new plan offers too.
        benefit_before, benefit: of the two plans.
        counted, counted_bound: the objective when every assignment kept counts for the threshold,
            and what no plan can exceed in it.
        went, new, recounted: what the assignments that went did, what the new ones do, and what
            those that stay do more than before, because data or rules changed; ``benefit`` is
            ``benefit_before`` - went + new + recounted.
    """

    threshold: float
    before: float
    possible: float
    same: float
    benefit_before: float
    benefit: float
    counted: float
    counted_bound: float
    went: float
    new: float
    recounted: float

    @property
    def share(self) -> float:
        """Return the share of the earlier assignments that stays."""
        return self.same / self.before if self.before else 1.0

    @property
    def moved(self) -> float:
        """Return the assignments that could have stayed and did not."""
        return max(0.0, self.possible - self.same)


@dataclass(frozen=True, eq=False, slots=True)
class Keeping:
    """The allocation problem in which keeping counts.

    Attributes:
        problem: the same rows and offers; a segment's block may stand there in parts.
        column: (columns of it,) the column of the original problem.
        block: (blocks of it,) the block of the original problem.
        possible: assignments of the earlier plan that may still be offered.
        before: assignments of the earlier plan.
        bonus: what every one of them counts for: the threshold, or as much as is safe.
    """

    problem: AllocationProblem
    column: Ints
    block: Ints
    possible: float
    before: float
    bonus: float


def keeping(
    formulation: Formulation, candidates: Candidates, before: Plan, threshold: float
) -> Keeping:
    """Return the problem in which every assignment of an earlier plan is worth a bonus.

    Args:
        formulation: the problem, with the decisions of today.
        candidates: what it was formulated from.
        before: the earlier plan.
        threshold: the bonus of one pupil's assignment.

    Raises:
        UsageError: the earlier plan is of other pupils altogether.
    """
    problem, old = formulation.problem, before.assignments
    unit = pd.Index(candidates.cohort.units["unit_id"]).get_indexer(pd.Index(old["unit_id"]))
    if len(old) and not np.any(unit >= 0):
        raise UsageError("the plan to keep is of other pupils: none of them is in this workspace")
    lines = old.assign(block=np.append(formulation.block, -1)[unit])
    lines = lines[lines["block"] >= 0]
    groups = lines.drop_duplicates(["block", "bundle", "period"])
    groups = groups.sort_values(["block", "bundle", "period"], kind="stable")
    pupils = np.floor(groups["units"].to_numpy(np.float64) + 1e-6)

    owner = groups["block"].to_numpy(np.int64)
    limit = _within(owner, pupils, problem.limit)
    used = np.bincount(owner, weights=limit, minlength=problem.blocks)
    rest = np.flatnonzero((problem.limit - used > 0) | (used == 0))
    block = np.concatenate([owner, rest])
    group = np.concatenate([np.arange(owner.size), np.full(rest.size, -1)])
    limit = np.concatenate([limit, (problem.limit - used)[rest]])
    there = limit > 0
    there[owner.size :] = True
    order = np.lexsort((group < 0, block))
    order = order[there[order]]
    block, group, limit = block[order], group[order], limit[order]

    size = np.diff(problem.start)[block]
    column = ranges(problem.start[block], size)
    hits = _hits(formulation, candidates, lines, groups, column, np.repeat(group, size))
    largest = float(problem.value[: formulation.candidate.size].max(initial=0.0))
    bonus = min(threshold, MOST * largest)
    best = np.zeros(block.size)
    filled = np.flatnonzero(size)
    starts = np.concatenate([[0], np.cumsum(size)])
    if filled.size:
        best[filled] = np.maximum.reduceat(hits, starts[:-1][filled])
    return Keeping(
        problem=replace(
            problem,
            value=problem.value[column] + bonus * hits,
            offer=problem.offer[column],
            start=starts.astype(np.int64),
            limit=limit,
            divisible=problem.divisible[block],
            part=problem.part[block],
        ),
        column=column,
        block=block,
        possible=float(best @ limit),
        before=float(old["units"].sum()),
        bonus=bonus,
    )


def _within(block: Ints, pupils: Floats, limit: Floats) -> Floats:
    """Return how many pupils of every group count: no more of a block than it holds now."""
    total = np.cumsum(pupils)
    first = np.searchsorted(block, block)
    taken = total - pupils - (total - pupils)[first]
    return np.clip(np.minimum(pupils, limit[block] - taken), 0.0, None)


def _hits(
    formulation: Formulation,
    candidates: Candidates,
    lines: pd.DataFrame,
    groups: pd.DataFrame,
    column: Ints,
    group: Ints,
) -> Floats:
    """Return (columns,) how many assignments of its group every column holds on to."""
    book = formulation.book
    where = pd.MultiIndex.from_frame(groups[["block", "bundle", "period"]])
    known = pd.MultiIndex.from_frame(lines[["block", "bundle", "period"]])
    kept = _key(
        where.get_indexer(known).astype(np.int64),
        pd.Index(book.interventions).get_indexer(pd.Index(lines["intervention"])),
        pd.Index(book.periods).get_indexer(pd.Index(lines["period"])),
        formulation,
    )
    hits = np.zeros(column.size)
    mine = np.flatnonzero((group >= 0) & (column < formulation.candidate.size))
    bundle = candidates.bundle[formulation.candidate[column[mine]]]
    period = formulation.offers.period[formulation.problem.offer[column[mine]]]
    for member in members_of(candidates)[bundle].T:
        hits[mine] += (member >= 0) & np.isin(_key(group[mine], member, period, formulation), kept)
    return hits


def _key(group: Ints, intervention: Codes, period: Codes, formulation: Formulation) -> Ints:
    """Return one number for every group, intervention and period; names not in use are -1."""
    book = formulation.book
    key = (group * len(book.interventions) + intervention) * len(book.periods) + period
    return np.where((intervention < 0) | (period < 0), -1, key)


def solve_keeping(
    formulation: Formulation,
    candidates: Candidates,
    before: Plan,
    threshold: float,
    effort: Effort,
    engine: EngineName = "auto",
    solver: SolverName = "highs",
    progress: Callable[[str], None] | None = None,
) -> tuple[Allocation, Keeping, Certificate]:
    """Return the allocation that changes an earlier plan as little as is worth it.

    The allocation is one of the original problem, with its true value and a bound on every plan.
    The gap at which solving stops stays a share of the benefit, without the bonus.

    Returns:
        The allocation, the problem in which keeping counts, and the certificate of that one.

    Raises:
        UsageError: the earlier plan is of other pupils altogether.
        Infeasible, NoPlan, CertificateError: as ``solve``.
    """
    kept = keeping(formulation, candidates, before, threshold)
    benefit = max(before.summary.benefit, 0.0)
    counted = kept.bonus * kept.possible
    share = benefit / (benefit + counted) if benefit > 0 else 1.0
    found = solve(kept.problem, replace(effort, gap=effort.gap * share), engine, solver, progress)
    taken = np.bincount(
        kept.column[found.solution.columns],
        weights=found.solution.quantity,
        minlength=formulation.problem.columns,
    )
    columns = np.flatnonzero(taken)
    chosen = replace(found.solution, columns=columns, quantity=taken[columns].astype(np.float64))
    proofs = _proofs(formulation, candidates, kept, chosen, before)
    solution, certificate = _nearest(formulation.problem, proofs, effort)
    if certificate.gap > max(effort.gap, NEAR) and effort.whole:
        relaxed = solve(formulation.problem, replace(effort, whole=False), engine, solver, progress)
        again = replace(chosen, price=relaxed.solution.price, links=no_links())
        solution, certificate = _nearest(formulation.problem, [solution, again], effort)
    better = found.certificate.better_bound
    if better is not None and better < certificate.plain_bound:
        certificate = replace(certificate, better_bound=better)
    status = found.solution.status
    if status == "optimal" and certificate.better_gap > 1e-6:
        status = "gap"
    return (
        replace(found, solution=replace(solution, status=status), certificate=certificate),
        kept,
        found.certificate,
    )


def _proofs(
    formulation: Formulation,
    candidates: Candidates,
    kept: Keeping,
    chosen: Solution,
    before: Plan,
) -> list[Solution]:
    """Return the choice with the prices it was found at, and with those of the earlier plan."""
    problem = formulation.problem
    whole = kept.block.size == problem.blocks
    own = replace(chosen, links=chosen.links if whole else no_links())
    price, _ = prices_of(before, formulation)
    links, _ = membership_links(
        before.memberships,
        formulation,
        row_labels(formulation),
        candidates.cohort.units["unit_id"],
    )
    links = _priced(links) if not invalid_links(problem, links) else no_links()
    return [own, replace(chosen, price=np.maximum(price, 0.0), links=links)]


def _priced(links: Links) -> Links:
    """Return links with their prices above 0 only."""
    some = links.price > 0
    return Links(links.block[some], links.row[some], links.price[some])


def _nearest(
    problem: AllocationProblem, proofs: list[Solution], effort: Effort
) -> tuple[Solution, Certificate]:
    """Return the proof with the lowest bound; the first among equals."""
    certified = [(proof, certify(problem, proof, integer=effort.whole)) for proof in proofs]
    return min(certified, key=lambda pair: pair[1].plain_bound)


def kept_of(before: Plan, after: Plan, kept: Keeping, certificate: Certificate) -> Kept:
    """Return how much of an earlier plan stays in a new one.

    Args:
        before, after: the two plans.
        kept, certificate: as ``solve_keeping`` returns them.
    """
    went, new, recounted = turned(before.assignments, after.assignments)
    return Kept(
        threshold=kept.bonus,
        before=kept.before,
        possible=kept.possible,
        same=unchanged(before.assignments, after.assignments),
        benefit_before=before.summary.benefit,
        benefit=after.summary.benefit,
        counted=certificate.value,
        counted_bound=certificate.best_bound,
        went=went,
        new=new,
        recounted=recounted,
    )


def turned(before: pd.DataFrame, after: pd.DataFrame) -> tuple[float, float, float]:
    """Return the benefit of what went, of what is new, and what more is made of what stays.

    The benefit of ``after`` is that of ``before``, less the first, with the others.
    """
    sums = [frame.groupby(LINE)[["units", "benefit"]].sum() for frame in (before, after)]
    every = sums[0].index.union(sums[1].index)
    old, new = (
        frame.reindex(every).fillna(0.0).to_numpy(dtype=np.float64).reshape(-1, 2) for frame in sums
    )
    stays = np.minimum(old[:, 0], new[:, 0])
    kept = [
        np.divide(side[:, 1] * stays, side[:, 0], out=np.zeros(stays.size), where=side[:, 0] > 0)
        for side in (old, new)
    ]
    went, more = old[:, 1] - kept[0], new[:, 1] - kept[1]
    return float(went.sum()), float(more.sum()), float((kept[1] - kept[0]).sum())


def unchanged(before: pd.DataFrame, after: pd.DataFrame) -> float:
    """Return how many assignments of one table are in another, pupils of a segment counted each."""
    old, new = (frame.groupby(LINE)["units"].sum() for frame in (before, after))
    both = np.minimum(old, new.reindex(old.index).fillna(0.0))
    return float(both.sum())
