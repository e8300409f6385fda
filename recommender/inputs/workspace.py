"""Everything a workspace hands in, read and checked as one value, or every problem in it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from recommender.errors import InputError, Problem
from recommender.inputs import cohort_tables, resource_tables
from recommender.inputs.agreement import check_agreement
from recommender.inputs.catalogue import Catalogue
from recommender.inputs.catalogue_file import CatalogueDraft, draft_catalogue
from recommender.inputs.cohort import Cohort
from recommender.inputs.cohort_tables import Known, readable_columns
from recommender.inputs.findings import Findings
from recommender.inputs.policy import Policy
from recommender.inputs.policy_file import PolicyDraft, draft_policy
from recommender.inputs.resources import Resources
from recommender.inputs.tables import Table, load_table


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: its path inside the workspace, SHA-256 and data rows."""

    path: str
    sha256: str
    rows: int


@dataclass(frozen=True, eq=False, slots=True)
class Inputs:
    """What people handed in, checked: cohort, catalogue, resources and policy agree.

    Attributes:
        sources: every file that was read, in order of path.
        warnings: what is worth a look and stops nothing.
    """

    cohort: Cohort
    catalogue: Catalogue
    resources: Resources
    policy: Policy
    sources: tuple[Source, ...]
    warnings: tuple[Problem, ...] = ()


SUFFIXES = (".csv", ".xlsx", ".parquet")


def read_workspace(path: Path | str, *, today: dt.date | None = None) -> Inputs:
    """The inputs of a workspace.

    Args:
        path: the folder with interventions.yaml, planning.yaml and data/.
        today: the day against which retention is judged; the policy's reference_date unless given.

    Raises:
        PrivacyRefusal: something breaks the legal frame of the data; it lists every problem.
        InputError: something is wrong; it lists every problem of every file.
    """
    findings = Findings()
    inputs = _read(Path(path), today, findings)
    findings.raise_if_any()
    assert inputs is not None
    return inputs


def check_workspace(
    path: Path | str, *, today: dt.date | None = None
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """Every problem of every file (refusals among them) and every warning, in order of place."""
    findings = Findings()
    _read(Path(path), today, findings)
    problems = InputError([*findings.problems, *findings.refusals]).problems
    return problems, InputError(findings.warnings).problems


def _read(path: Path, today: dt.date | None, findings: Findings) -> Inputs | None:
    """The inputs, complete whenever no problem was found."""
    folder = _Folder(path, findings)
    if not path.is_dir():
        findings.problem(str(path), None, None, "is no folder", "name the workspace's folder")
        return None
    catalogue = policy = None
    if folder.holds("interventions.yaml"):
        catalogue = draft_catalogue(folder.at("interventions.yaml"), "interventions.yaml", findings)
    if folder.holds("planning.yaml"):
        policy = draft_policy(folder.at("planning.yaml"), "planning.yaml", findings)
    if catalogue is not None and policy is not None:
        check_agreement(catalogue, policy, findings)
    if catalogue is None or policy is None or policy.policy is None:
        return None
    return _Reading(folder, catalogue, policy, policy.policy, today, findings).inputs()


class _Folder:
    """The files of a workspace, none of them outside it."""

    def __init__(self, path: Path, findings: Findings) -> None:
        self._root, self._findings = path, findings

    def at(self, file: str) -> Path:
        """Where a file of the workspace is."""
        return self._root / file

    def holds(self, file: str) -> bool:
        """Whether the path may be read: it does not lead out of the workspace by a link."""
        inside = self.at(file).resolve().is_relative_to(self._root.resolve())
        if not inside:
            self._findings.problem(
                file, None, None, "leads out of the workspace", "put the file itself there"
            )
        return inside

    def table(self, name: str, *, needed: str = "") -> str | None:
        """The file of a table: the one of its three forms that is there; ``needed`` says why."""
        present = [f"data/{name}{s}" for s in SUFFIXES if self.at(f"data/{name}{s}").exists()]
        if len(present) > 1:
            self._findings.problem(
                present[0], None, None, f"stands beside {' and '.join(present[1:])}",
                "keep one of them",
            )  # fmt: skip
            return None
        if not present:
            if needed:
                self._findings.problem(f"data/{name}.csv", None, None, "is missing", needed)
            return None
        return present[0] if self.holds(present[0]) else None


@dataclass(frozen=True, eq=False, slots=True)
class _Reading:
    """One reading of the tables of a workspace whose catalogue and policy can be read."""

    folder: _Folder
    catalogue: CatalogueDraft
    draft: PolicyDraft
    policy: Policy
    today: dt.date | None
    findings: Findings

    def inputs(self) -> Inputs:
        """The inputs, complete whenever no problem was found."""
        policy, findings = self.policy, self.findings
        columns = readable_columns(policy.columns, self.draft.outcomes)
        declared = [c.name for c in columns]
        sites = self.table("sites", resource_tables.SITE_COLUMNS, "say which sites there are")
        site_frame = resource_tables.read_sites(sites, findings) if sites else None
        site_ids = () if site_frame is None else tuple(site_frame["site"])
        professionals = self.table(
            "professionals", resource_tables.PROFESSIONAL_COLUMNS, "say who is there to help"
        )
        people = None
        if professionals is not None and site_frame is not None:
            people = resource_tables.read_professionals(
                professionals, site_ids, self.draft.roles, self.draft.periods, policy.roles,
                findings,
            )  # fmt: skip
        known = Known(
            sites=site_ids,
            interventions=self.catalogue.ids,
            outcomes=policy.outcomes,
            periods=self.draft.periods,
            must_serve=policy.rules.must_serve,
            columns=columns,
            grades=policy.grades,
            reference_date=policy.reference_date,
        )
        pupils = self.table(
            "pupils", (*cohort_tables.UNIT_COLUMNS, *declared), "say whom to plan for"
        )
        units = cohort_tables.read_units(pupils, known, findings) if pupils else None
        profiles = self.table("profiles", cohort_tables.PROFILE_COLUMNS)
        risks = (
            None if profiles is None
            else cohort_tables.read_profiles(profiles, known, units, findings)
        )  # fmt: skip
        covered = set() if risks is None else set(risks["outcome"])
        past = self.table(
            "history", (*cohort_tables.HISTORY_COLUMNS, *declared, *self.draft.outcomes)
        )
        history = None
        if past is not None:
            history = cohort_tables.read_history(
                past, known, findings,
                outcomes_needed=[o for o in self.draft.outcomes if o not in covered],
            )  # fmt: skip
        elif set(known.outcome_ids) - covered:
            findings.problem(
                "data/history.csv", None, None,
                f"is missing, and data/profiles.csv has no risks of "
                f"{', '.join(o for o in known.outcome_ids if o not in covered)}",
                "hand in earlier years, or risks predicted elsewhere",
            )  # fmt: skip
        notes = self.table("notes", cohort_tables.NOTE_COLUMNS)
        texts = cohort_tables.read_notes(notes, units, history, findings) if notes else None
        running = self.table("commitments", cohort_tables.COMMITMENT_COLUMNS)
        commitments = (
            cohort_tables.read_commitments(running, known, units, findings) if running else None
        )
        said = self.table("decisions", cohort_tables.DECISION_COLUMNS)
        decisions = cohort_tables.read_decisions(said, known, units, findings) if said else None
        tables = (sites, professionals, pupils, profiles, past, notes, running, said)
        empty = cohort_tables.empty_frame
        cohort = Cohort(
            units=empty(cohort_tables.UNIT_COLUMNS) if units is None else units,
            columns=tuple(c for c in columns if pupils and c.name in pupils.frame),
            history=history,
            profiles=risks,
            notes=texts,
            commitments=(
                empty(cohort_tables.COMMITMENT_COLUMNS) if commitments is None else commitments
            ),
            decisions=empty(cohort_tables.DECISION_COLUMNS) if decisions is None else decisions,
        )
        resources = Resources(
            empty(resource_tables.SITE_COLUMNS) if site_frame is None else site_frame,
            empty(resource_tables.PROFESSIONAL_COLUMNS) if people is None else people,
            policy.roles,
            policy.periods,
        )
        return Inputs(
            cohort=cohort,
            catalogue=self.catalogue.catalogue,
            resources=resources,
            policy=policy,
            sources=self.sources([t for t in tables if t is not None]),
            warnings=InputError(findings.warnings).problems,
        )

    def table(self, name: str, wanted: Collection[str], needed: str = "") -> Table | None:
        """One table of the workspace, if it is there and can be read."""
        file = self.folder.table(name, needed=needed)
        if file is None:
            return None
        return load_table(self.folder.at(file), file, self.findings, wanted=wanted)

    def sources(self, tables: Collection[Table]) -> tuple[Source, ...]:
        """Every file that was read, with its hash and rows, in order of path."""
        yaml = (
            (self.catalogue.document.file, len(self.catalogue.ids)),
            (self.draft.document.file, 1),
        )
        read = [Source(t.file, t.sha256, t.rows) for t in tables]
        read += [
            Source(file, hashlib.sha256(self.folder.at(file).read_bytes()).hexdigest(), rows)
            for file, rows in yaml
        ]
        return tuple(sorted(read, key=lambda s: s.path))
