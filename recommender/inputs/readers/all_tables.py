"""Cohort and resources from every table of a workspace, checked against catalogue and policy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from recommender.inputs.catalogue import Intervention
from recommender.inputs.checks import languages
from recommender.inputs.checks.base_rates import warn_of_base_rates
from recommender.inputs.checks.headers import check_header
from recommender.inputs.checks.known import NEEDED, Known
from recommender.inputs.checks.links import Link, links_of, warn_of_few
from recommender.inputs.checks.odd_numbers import warn_of_hours
from recommender.inputs.checks.silent_columns import silences
from recommender.inputs.cohort import Cohort
from recommender.inputs.findings import Findings, some
from recommender.inputs.formats.rosters import ONEROSTER, explained, is_oneroster
from recommender.inputs.formats.tables import Table
from recommender.inputs.formats.yaml_reader import KeyPlace, dotted
from recommender.inputs.handed_in import HandedIn
from recommender.inputs.policy import Column
from recommender.inputs.readers import cohort_tables, resource_tables
from recommender.inputs.readers.agreement import decided_by
from recommender.inputs.readers.catalogue_file import CatalogueDraft
from recommender.inputs.readers.cohort_tables import readable_columns
from recommender.inputs.readers.policy_file import STRUCTURAL, PolicyDraft
from recommender.inputs.readers.rule_changes import Complaint
from recommender.inputs.readers.scenario_names import unknown_sites, wrong_staff
from recommender.inputs.resources import Resources
from recommender.inputs.text.names import shown


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read.

    Attributes:
        path: inside the workspace.
        sha256: of its bytes.
        rows: of data.
        unread: the names of its columns that nothing reads.
    """

    path: str
    sha256: str
    rows: int
    unread: tuple[str, ...] = field(default=(), compare=False)


class TablesReader:
    """One reading of the tables, with as much of catalogue and policy as could be read."""

    def __init__(
        self,
        handed: HandedIn,
        catalogue: CatalogueDraft | None,
        draft: PolicyDraft | None,
        today: dt.date | None,
        findings: Findings,
    ) -> None:
        self._handed, self._catalogue, self._draft = handed, catalogue, draft
        self._findings = findings
        self._policy = draft.policy if draft else None
        self._reference_date = (
            self._policy.reference_date
            if draft and self._policy and "reference_date" not in draft.wrong
            else None
        )
        made_up = self._policy is not None and self._policy.synthetic
        self.unmarked = handed.strangers() if made_up else ()
        invented = made_up and not self.unmarked
        self._today = self._reference_date if invented else today or self._reference_date
        self._columns = (
            readable_columns(self._policy.columns, draft.outcomes) if draft and self._policy else ()
        )
        self.read_so_far: list[Source] = []
        self.absent: dict[str, tuple[str, ...]] = {}
        self.links: tuple[Link, ...] = ()
        self._nearly: set[str] = set()

    def read(self) -> tuple[Cohort, Resources]:
        """Cohort and resources; frames that could not be read are empty."""
        findings = self._findings
        empty = cohort_tables.empty_frame
        sites = self._table("sites", resource_tables.SITE_COLUMNS, "say which sites there are")
        site_frame = resource_tables.read_sites(sites, findings) if sites else None
        known = self._known(site_frame)
        staff = self._table(
            "professionals", resource_tables.PROFESSIONAL_COLUMNS, "say who is there to help"
        )
        roles = self._policy.roles if self._policy else ()
        people = (
            resource_tables.read_professionals(staff, known, roles, findings) if staff else None
        )
        if staff is not None and self._policy is not None:
            warn_of_hours(staff, self._policy.periods, findings)
        cohort, tables = self._cohort(known, people, site_frame)
        self._check_columns(tables)
        if self._policy is not None and known.sites is not None:
            self._complain(unknown_sites(self._policy, known.sites))
        if self._policy is not None and people is not None:
            self._complain(wrong_staff(self._policy, {*people["professional_id"]} - {""}))
        if people is not None:
            self._check_roles(people)
        return cohort, Resources(
            sites=empty(resource_tables.SITE_COLUMNS) if site_frame is None else site_frame,
            professionals=empty(resource_tables.PROFESSIONAL_COLUMNS) if people is None else people,
            roles=roles,
            periods=self._policy.periods if self._policy else (),
        )

    def _cohort(
        self, known: Known, staff: pd.DataFrame | None, sites: pd.DataFrame | None
    ) -> tuple[Cohort, dict[str, Table]]:
        """The cohort, and its tables of pupils and of history where they could be read."""
        findings = self._findings
        empty = cohort_tables.empty_frame
        declared = [c.name for c in self._columns]
        pupils = self._table(
            "pupils", (*cohort_tables.UNIT_COLUMNS, *declared), "say whom to plan for"
        )
        units = cohort_tables.read_units(pupils, known, findings) if pupils else None
        if pupils is not None and units is not None:
            self._check_silences(pupils, units)
        if units is not None and staff is not None:
            languages.check_meeting(units, staff, findings)
        pupils = _without_rows(pupils)
        # Nobody is called unknown while some pupils could not be read.
        all_units = units if pupils and pupils.complete else None
        foretold = self._table("profiles", cohort_tables.PROFILE_COLUMNS)
        profiles = (
            cohort_tables.read_profiles(foretold, known, all_units, findings) if foretold else None
        )
        covered = set() if profiles is None else set(profiles["outcome"])
        uncovered = [o for o in known.outcomes or () if o not in covered]
        past = self._table(
            "history", (*cohort_tables.HISTORY_COLUMNS, *declared, *(known.outcomes or ()))
        )
        history = None
        if past is not None:
            history = cohort_tables.read_history(
                past, known, findings, outcomes_needed=uncovered, units=all_units
            )
            past = _without_rows(past)
        elif (
            uncovered
            and not self._handed.has("history")
            and (foretold is not None or not self._handed.has("profiles"))
        ):
            findings.problem(
                "data/history.csv", None, None,
                f"is missing, and data/profiles has no risks of {', '.join(uncovered)}",
                "hand in earlier years, or risks predicted elsewhere",
            )  # fmt: skip
        written = self._table("notes", cohort_tables.NOTE_COLUMNS)
        running = self._table("commitments", cohort_tables.COMMITMENT_COLUMNS)
        said = self._table("decisions", cohort_tables.DECISION_COLUMNS)
        in_force = self._table("present", cohort_tables.PRESENT_COLUMNS)
        notes = cohort_tables.read_notes(written, all_units, history, findings) if written else None
        commitments = (
            cohort_tables.read_commitments(running, known, all_units, findings, staff)
            if running
            else None
        )
        decisions = cohort_tables.read_decisions(said, known, all_units, findings) if said else None
        present = (
            cohort_tables.read_present(in_force, known, all_units, findings) if in_force else None
        )
        of_units = {"profiles": foretold, "notes": written, "commitments": running,
                    "decisions": said, "present": in_force}  # fmt: skip
        there = {name: table for name, table in of_units.items() if table is not None}
        self.links = tuple(links_of(there, all_units, history, staff, sites))
        for found in self.links:
            warn_of_few(found, findings)
        self._check_present()
        if self._policy is not None:
            outcomes = self._policy.outcomes
            warn_of_base_rates(outcomes, past, history, foretold, profiles, units, findings)
        cohort = Cohort(
            units=empty(cohort_tables.UNIT_COLUMNS) if units is None else units,
            columns=tuple(c for c in self._columns if pupils and c.name in pupils.frame),
            history=history,
            profiles=profiles,
            notes=notes,
            commitments=(
                empty(cohort_tables.COMMITMENT_COLUMNS) if commitments is None else commitments
            ),
            decisions=empty(cohort_tables.DECISION_COLUMNS) if decisions is None else decisions,
            present=present,
        )
        tables = {"pupils": pupils, "history": past}
        return cohort, {name: table for name, table in tables.items() if table is not None}

    def _table(self, name: str, wanted: Collection[str], needed: str = "") -> Table | None:
        """One table of the workspace, if it is there and can be read."""
        table = self._handed.table(name, wanted, needed)
        if table is None:
            return None
        if is_oneroster(table.header):
            self._findings.problem(table.file, None, None, *explained(ONEROSTER, [table.file]))
            return None
        declared = self._draft.columns if name in ("pupils", "history") and self._draft else ()
        near = check_header(table, wanted, declared, self._findings)
        unread = tuple(dict.fromkeys(h for h in table.header if h and h not in wanted))
        self.read_so_far.append(Source(table.file, table.sha256, table.rows, unread))
        table = replace(table, near={meant: word for word, meant in near.items()})
        self._nearly |= {*table.near}
        self._warn_of_columns(name, table, wanted, [h for h in unread if h not in near])
        self.absent[name] = tuple(c for c in wanted if c not in table.frame)
        special = self._policy.columns if self._policy else ()
        self._check_retention(table, special)
        return replace(
            table, secret=frozenset(c.name for c in special if c.sensitivity == "special")
        )

    def _check_silences(self, pupils: Table, units: pd.DataFrame) -> None:
        """What planning.yaml counts on and no pupil says: an error where it costs a right."""
        if self._policy is None or self._draft is None or "rules" in self._draft.wrong:
            return
        rules = self._draft.document.value.get("rules")
        found = silences(
            {*pupils.header, *pupils.near}, self._draft.columns, {*(rules or ())},
            self._policy.rules, self._interventions(), segments=bool((units["count"] > 1).any()),
        )  # fmt: skip
        for silence in found:
            note = self._findings.problem if silence.costs else self._findings.warn
            note(
                pupils.file, 1, None, f"has no column '{silence.column}', which {silence.because}",
                silence.remedy,
            )  # fmt: skip

    def _warn_of_columns(
        self, name: str, table: Table, wanted: Collection[str], unread: Collection[str]
    ) -> None:
        """Columns that nothing reads and nobody said so of; what lacks its own is no header."""
        of_people = name in ("pupils", "history")
        declared = self._draft.columns if of_people and self._draft else ()
        if name == "present" or (of_people and self._policy is None):
            return  # a copy of a plan's offers has more; or nobody can tell what is declared
        extra = [h for h in unread if h in STRUCTURAL or h not in declared]
        if extra and {*NEEDED[name]} <= {*table.header}:
            names = some([shown(h) for h in extra])
            self._findings.warn(
                table.file, 1, None, f"has columns that were not read: {names}",
                "declare them in planning.yaml if they are needed; else delete them"
                if of_people
                else f"the table may have {', '.join(wanted)}",
            )  # fmt: skip

    def _known(self, sites: pd.DataFrame | None) -> Known:
        policy, draft = self._policy, self._draft
        return Known(
            sites=None if sites is None else tuple(sorted({*sites["site"]} - {"", "*"})),
            interventions=self._catalogue.ids if self._catalogue else None,
            outcomes=(draft.outcomes or None) if draft else None,
            periods=(draft.periods or None) if draft else None,
            roles=(draft.roles or None) if draft else None,
            must_serve=draft.must_serve if draft and "rules" not in draft.wrong else None,
            columns=self._columns,
            grades=policy.grades if policy and draft and "grades" not in draft.wrong else None,
            reference_date=self._reference_date,
        )

    def _check_retention(self, table: Table, columns: Collection[Column]) -> None:
        """A column past its last day of use may not be read."""
        for column in columns:
            if column.name not in table.header or column.retention is None or self._today is None:
                continue
            if column.retention < self._today and "never" not in column.use:
                self._findings.refuse(
                    table.file, 1, column.name,
                    f"was to be kept until {column.retention}",
                    "delete the column, or renew its ground and its retention in planning.yaml",
                )  # fmt: skip

    def _check_present(self) -> None:
        """Who may not be worse off than under the plan in force needs that plan."""
        if self._policy is None or self._draft is None or self._handed.has("present"):
            return
        if self._policy.rules.no_worse_than is not None:
            self._at(
                ("rules", "no_worse_than"),
                "needs the plan in force, and data/present.csv is missing",
                "put assignments.csv of its folder there",
            )

    def _check_columns(self, tables: Mapping[str, Table]) -> None:
        """Columns that are handed in and not declared, declared and not handed in, or half so."""
        if self._draft is None or self._policy is None:
            return
        if any("unit_id" not in table.header for table in tables.values()):
            return
        asked = decided_by(self._interventions(), self._policy)
        for column in self._columns:
            self._check_column(column, tables, asked)

    def _check_column(
        self,
        column: Column,
        tables: Mapping[str, Table],
        asked: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]],
    ) -> None:
        assert self._draft is not None
        if column.name in self._nearly:
            return  # said already, with the name under which it stands
        file, place = self._draft.document.file, ("columns", column.name)
        line = self._draft.document.line(place)
        have = {name: t for name, t in tables.items() if column.name in t.header}
        lack = {name: t for name, t in tables.items() if column.name not in t.header}
        if "eligibility" in column.use and column.name in asked and "pupils" in lack:
            helps, rules = asked[column.name]
            self._findings.problem(
                lack["pupils"].file, 1, None,
                f"has no column '{column.name}', which conditions of interventions.yaml need"
                if helps
                else f"has no column '{column.name}', which the rule of fairness {rules[0]} needs",
                "add it, or drop the conditions" if helps else "add it, or drop the rule",
            )  # fmt: skip
        elif "feature" in column.use and have and lack:
            ((_, one),), ((_, other),) = have.items(), lack.items()
            self._findings.problem(
                other.file, 1, None,
                f"has no column '{column.name}', which {one.file} has and risk models use",
                "add it, or remove `feature` from its use in planning.yaml",
            )  # fmt: skip
        elif tables and not have:
            self._findings.warn(
                file, line, dotted(place), "is declared, and no table has it",
                "delete the declaration if it is not needed",
            )  # fmt: skip
        elif column.use == ("eligibility",) and column.name not in asked and self._all_read():
            self._findings.warn(
                file, line, dotted(place),
                "is read for conditions, and no intervention or rule has one",
                "hand in no more than is needed: delete it",
            )  # fmt: skip

    def _all_read(self) -> bool:
        """Whether every entry of the catalogue is known."""
        return self._catalogue is not None and len(self._catalogue.ids) == len(
            self._interventions()
        )

    def _interventions(self) -> tuple[Intervention, ...]:
        return self._catalogue.catalogue.interventions if self._catalogue else ()

    def _complain(self, complaints: Iterable[Complaint]) -> None:
        """Note problems of the policy."""
        for place, message, remedy in complaints:
            self._at(place, message, remedy)

    def _at(self, place: KeyPlace, message: str, remedy: str) -> None:
        """Note a problem at a place of the policy."""
        assert self._draft is not None
        home = self._draft.home(place)
        self._findings.problem(home.file, home.line(place), dotted(place), message, remedy)

    def _check_roles(self, people: pd.DataFrame) -> None:
        """Interventions need roles that somebody has."""
        if self._catalogue is None or self._draft is None:
            return
        present = set(people["role"].str.split(";").explode())
        document = self._catalogue.document
        for intervention in self._interventions():
            for position, need in enumerate(intervention.needs):
                if need.role in self._draft.roles and need.role not in present:
                    place = ("interventions", intervention.id, "needs", position, "role")
                    self._findings.warn(
                        document.file, document.line(place), dotted(place),
                        f"is '{need.role}', which nobody in data/professionals has",
                        "the intervention cannot be offered until somebody has",
                    )  # fmt: skip


def _without_rows(table: Table | None) -> Table | None:
    """The table with the names of its columns alone: large ones are not held in two forms."""
    return table and replace(table, frame=pd.DataFrame(columns=table.frame.columns))
