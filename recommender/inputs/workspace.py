"""Everything a workspace hands in, read and checked as one value, or every problem in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from recommender.errors import InputError, Problem
from recommender.inputs.catalogue import Catalogue
from recommender.inputs.checks.links import Link
from recommender.inputs.cohort import Cohort
from recommender.inputs.findings import Findings
from recommender.inputs.folder.workspace_folder import WorkspaceFolder
from recommender.inputs.frames.workspace_frames import WorkspaceFrames
from recommender.inputs.handed_in import HandedIn
from recommender.inputs.policy import Policy
from recommender.inputs.readers import catalogue_file, policy_file, scenario_files
from recommender.inputs.readers.agreement import check_agreement
from recommender.inputs.readers.all_tables import Source, TablesReader
from recommender.inputs.readers.catalogue_file import draft_catalogue
from recommender.inputs.readers.policy_file import draft_policy
from recommender.inputs.resources import Resources

__all__ = ["Inputs", "Source", "check_workspace", "read_workspace", "workspace_from"]


@dataclass(frozen=True, eq=False, slots=True)
class Inputs:
    """What people handed in, checked: cohort, catalogue, resources and policy agree.

    Attributes:
        sources: every file that was read, in order of path.
        warnings: what is worth a look and stops nothing.
        homes: scenario -> the file beside planning.yaml in which it stands.
        unread: the files of the workspace that nothing reads.
        links: how the ids of the tables meet.
        absent: table -> the columns it may have and has not; tables that are there alone.
        unmarked: tables of people that are treated as real although the policy says ``synthetic``:
            they are not as ``simulate`` wrote them.
        scenario: what was applied to them, "" for none.
    """

    cohort: Cohort
    catalogue: Catalogue
    resources: Resources
    policy: Policy
    sources: tuple[Source, ...]
    warnings: tuple[Problem, ...] = ()
    homes: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    absent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unmarked: tuple[str, ...] = ()
    scenario: str = ""

    def __repr__(self) -> str:
        """Return what there is, in numbers: a notebook shows no row of a person unasked."""
        return (
            f"<Inputs {len(self.cohort.units):,} units at {len(self.resources.sites):,} sites; "
            f"{len(self.catalogue.interventions):,} interventions; "
            f"{len(self.resources.professionals):,} professionals; {len(self.warnings):,} warnings>"
        )


def read_workspace(
    path: Path | str, *, today: dt.date | None = None, scenarios: Collection[Path] = ()
) -> Inputs:
    """The inputs of a workspace.

    Args:
        path: the folder with interventions.yaml, planning.yaml and data/.
        today: the day against which retention is judged; that of the clock unless given.  Where
            the tables of people are marked as invented it is the policy's reference_date: a
            shipped example does not expire with the calendar.
        scenarios: files with more scenarios, beside those in the workspace itself.

    Raises:
        PrivacyRefusal: something breaks the legal frame of the data; it lists every problem.
        InputError: something is wrong; it lists every problem of every file.
    """
    findings = Findings()
    inputs = _read_folder(Path(path), _day(today), findings, scenarios)
    findings.raise_if_any()
    assert inputs is not None
    return inputs


def check_workspace(
    path: Path | str, *, today: dt.date | None = None
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """Every problem of every file (refusals among them) and every warning, in order of place."""
    findings = Findings()
    _read_folder(Path(path), today, findings)
    problems = InputError([*findings.problems, *findings.refusals]).problems
    return problems, InputError(findings.warnings).problems


def workspace_from(
    *,
    pupils: pd.DataFrame,
    professionals: pd.DataFrame,
    sites: pd.DataFrame,
    catalogue: Mapping[str, object],
    policy: Mapping[str, object],
    risks: pd.DataFrame | None = None,
    history: pd.DataFrame | None = None,
    notes: pd.DataFrame | None = None,
    commitments: pd.DataFrame | None = None,
    decisions: pd.DataFrame | None = None,
    present: pd.DataFrame | None = None,
    today: dt.date | None = None,
) -> Inputs:
    """The inputs of a workspace that is held in memory; nothing is written.

    Frames have the columns of the tables in ``data/``, and go through the same checks.  Numbers
    stay numbers, missing cells are empty ones, dates are read as dates; a named index counts as
    columns.  Messages call row ``n`` of a frame line ``n + 2``, as in a sheet with a header.
    Tables of people are treated as real, also where the policy says ``synthetic``.

    Args:
        pupils: (units, columns) unit_id, site, grade and what the policy declares.
        professionals: (rows, columns) professional_id, role, hours and more.
        sites: (sites, columns) site, name and more.
        catalogue: what ``interventions.yaml`` holds, as plain values.
        policy: what ``planning.yaml`` holds, as plain values.
        risks: (units x outcomes, columns) unit_id, outcome, risk between 0 and 1, standard_error:
            the table ``profiles``.
        history: earlier years with what became of the pupils, from which risks are learnt where
            ``risks`` has none of an outcome.
        notes, commitments, decisions, present: the tables of those names.
        today: the day against which retention is judged; that of the clock unless given.

    Raises:
        TypeError: today is no day.
        PrivacyRefusal: something breaks the legal frame of the data; it lists every problem.
        InputError: something is wrong; it lists every problem of every table.
    """
    tables = {
        "pupils": pupils,
        "professionals": professionals,
        "sites": sites,
        "profiles": risks,
        "history": history,
        "notes": notes,
        "commitments": commitments,
        "decisions": decisions,
        "present": present,
    }
    documents = {catalogue_file.FILE: catalogue, policy_file.FILE: policy}
    findings = Findings()
    given = {name: frame for name, frame in tables.items() if frame is not None}
    inputs = _read(WorkspaceFrames(given, documents, findings), _day(today), findings)
    findings.raise_if_any()
    assert inputs is not None
    return inputs


def _day(today: dt.date | None) -> dt.date:
    """Return the day, that of the clock where none is given.

    Raises:
        TypeError: it is no day.
    """
    if today is None:
        return dt.date.today()
    if not isinstance(today, dt.date) or today != today:
        raise TypeError(f"today is a {type(today).__name__}; use datetime.date")
    return today.date() if isinstance(today, dt.datetime) else today


def _read_folder(
    path: Path, today: dt.date | None, findings: Findings, scenarios: Collection[Path] = ()
) -> Inputs | None:
    """The inputs of a folder, complete whenever no problem was found."""
    if not path.is_dir():
        findings.problem(str(path), None, None, "is no folder", "name the workspace's folder")
        return None
    return _read(WorkspaceFolder(path, scenarios, findings), today, findings)


def _read(handed: HandedIn, today: dt.date | None, findings: Findings) -> Inputs | None:
    """The inputs, complete whenever no problem was found."""
    catalogue = policy = None
    document = handed.document(catalogue_file.FILE)
    if document is not None:
        catalogue = draft_catalogue(document, findings)
    beside = handed.scenarios()
    document = handed.document(policy_file.FILE)
    if document is not None:
        policy = draft_policy(document, findings, beside)
    if catalogue is not None and policy is not None:
        check_agreement(catalogue, policy, findings)
    tables = TablesReader(handed, catalogue, policy, today, findings)
    cohort, resources = tables.read()
    if catalogue is None or policy is None:
        return None
    sources = tables.read_so_far + [
        Source(d.file, handed.sha256(d), rows)
        for d, rows in (
            (catalogue.document, len(catalogue.ids)),
            (policy.document, 1),
            *((d, len(d.value.get(scenario_files.KEY) or ())) for d in beside),
        )
    ]
    return Inputs(
        cohort=cohort,
        catalogue=catalogue.catalogue,
        resources=resources,
        policy=replace(policy.policy, synthetic=policy.policy.synthetic and not tables.unmarked),
        sources=tuple(sorted(sources, key=lambda s: s.path)),
        warnings=InputError(findings.warnings).problems,
        homes={name: document.file for name, document in policy.homes.items()},
        unread=handed.unread(),
        links=tables.links,
        absent=tables.absent,
        unmarked=tables.unmarked,
    )
