"""The data contract of a workspace: every column with its legal frame, and what is to be discussed.

It is the page on which professionals, the privacy officer and the data scientist look at the same
thing: what is read, why, on what ground, until when - and what is not needed.  It reads the policy,
the catalogue and the headers of the tables; no row of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from recommender.errors import InputError, Problem
from recommender.governance.markdown import markdown_table, text_table
from recommender.inputs.catalogue import Catalogue
from recommender.inputs.findings import Findings
from recommender.inputs.formats.tables import load_table
from recommender.inputs.policy import Column, Policy
from recommender.inputs.readers.agreement import decided_by
from recommender.inputs.readers.cohort_tables import (
    COMMITMENT_COLUMNS,
    DECISION_COLUMNS,
    HISTORY_COLUMNS,
    NOTE_COLUMNS,
    PRESENT_COLUMNS,
    PROFILE_COLUMNS,
    UNIT_COLUMNS,
)
from recommender.inputs.readers.policy_file import STRUCTURAL
from recommender.inputs.readers.resource_tables import PROFESSIONAL_COLUMNS, SITE_COLUMNS

Headers: TypeAlias = Mapping[str, tuple[str, ...]]
PointKind: TypeAlias = Literal[
    "expired", "incomplete", "special_feature", "unused", "undeclared", "expiring", "service_use",
    "unstated",
]  # fmt: skip

_OWN: Mapping[str, tuple[str, ...]] = {
    "pupils": UNIT_COLUMNS,
    "history": HISTORY_COLUMNS,
    "notes": NOTE_COLUMNS,
    "profiles": PROFILE_COLUMNS,
    "commitments": COMMITMENT_COLUMNS,
    "decisions": DECISION_COLUMNS,
    "present": PRESENT_COLUMNS,
    "sites": SITE_COLUMNS,
    "professionals": PROFESSIONAL_COLUMNS,
}
_FRAME = ("source", "purpose", "legal_basis", "retention")
_SOON = 60


@dataclass(frozen=True, slots=True)
class ContractTerm:
    """One column of the contract: its declaration, the tables that have it, who asks for it."""

    column: Column
    tables: tuple[str, ...]
    asked_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """Something to discuss: ``kind`` says what, ``subject`` about which column or outcome."""

    kind: PointKind
    subject: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Contract:
    """The contract at one day.

    Attributes:
        terms: every declared column, in order of the policy.
        points: what is to be discussed, the weightiest first.
        today: the day against which retention is judged.
        synthetic: whether the data are made up.
    """

    terms: tuple[ContractTerm, ...]
    points: tuple[Point, ...]
    today: dt.date
    synthetic: bool

    @property
    def expired(self) -> tuple[Point, ...]:
        """The columns that may not be read any more."""
        return tuple(p for p in self.points if p.kind == "expired")


def read_headers(workspace: Path) -> dict[str, tuple[str, ...]]:
    """Table -> the names of its columns, for every table of a workspace; no row is kept.

    Raises:
        InputError: a table cannot be read.
    """
    findings, headers = Findings(), {}
    for name in _OWN:
        for suffix in (".csv", ".xlsx", ".parquet"):
            file = f"data/{name}{suffix}"
            if (workspace / file).is_file():
                found = load_table(workspace / file, file, findings, wanted=())
                if found is not None:
                    headers[name] = found.header
    missing = [p for p in findings.problems if Path(p.file).stem not in headers]
    if missing:
        raise InputError(missing)
    return headers


def retention_problems(
    policy: Policy, today: dt.date, headers: Headers | None = None
) -> tuple[Problem, ...]:
    """Columns that are past their last day of use and still there; any means refusal (exit 6).

    Args:
        headers: table -> its columns; without them every declared column counts as being there.
    """
    problems = []
    for column in policy.columns:
        if column.retention is None or column.retention >= today or "never" in column.use:
            continue
        where = sorted(f"data/{t}" for t, names in (headers or {}).items() if column.name in names)
        for file in where or (["planning.yaml"] if headers is None else []):
            problems.append(
                Problem(
                    file, None, column.name, f"was to be kept until {column.retention}",
                    "delete the column, or renew its ground and its retention in planning.yaml",
                )
            )  # fmt: skip
    return tuple(problems)


def contract_of(policy: Policy, catalogue: Catalogue, headers: Headers, today: dt.date) -> Contract:
    """The contract of a workspace at a day."""
    asked = {
        column: (*helps, *(f"rules.fairness.{rule}" for rule in rules))
        for column, (helps, rules) in decided_by(catalogue.interventions, policy).items()
    }
    terms = tuple(
        ContractTerm(
            column,
            tuple(name for name, header in headers.items() if column.name in header),
            asked.get(column.name, ()),
        )
        for column in policy.columns
    )
    order: tuple[PointKind, ...] = (
        "expired", "undeclared", "incomplete", "service_use", "special_feature", "unused",
        "expiring", "unstated",
    )  # fmt: skip
    points = sorted(
        {
            *_column_points(terms, today),
            *_undeclared(policy, headers),
            *(
                Point("service_use" if o.measures == "service_use" else "unstated", o.id)
                for o in policy.outcomes
                if o.measures != "need"
            ),
        },
        key=lambda p: (order.index(p.kind), p.subject),
    )
    return Contract(terms, tuple(points), today, policy.synthetic)


def contract_text(contract: Contract, language: str, width: int = 100) -> str:
    """The contract for a terminal."""
    words = _WORDS[language]
    rows = [_row(term, language)[:-1] for term in contract.terms]
    parts = [
        f"{words['title']}, {contract.today.isoformat()}",
        text_table(words["header"].split("|")[:-1], rows, width),
    ]
    parts.append(words["points"] if contract.points else words["none"])
    text = "\n\n".join(part.rstrip() for part in parts)
    lines = [f"  - {line}" for line in point_lines(contract, language)]
    return "\n".join([text, *lines]) + "\n"


def contract_markdown(contract: Contract, language: str) -> str:
    """The contract as a page to discuss and to sign."""
    words = _WORDS[language]
    rows = [_row(term, language) for term in contract.terms]
    points = [f"- {line}" for line in point_lines(contract, language)]
    named = {term.column.name for term in contract.terms}
    bare = [column for column in STRUCTURAL if column not in named]
    signed = markdown_table(
        words["signed"].split("|"), [[r, "", "", ""] for r in words["who"].split("|")]
    )
    parts = [
        f"# {words['title']}",
        words["intro"].format(day=contract.today.isoformat()),
        *([words["synthetic"]] if contract.synthetic else []),
        f"## {words['columns']}",
        markdown_table(words["header"].split("|"), rows),
        *([words["structural"].format(columns=", ".join(bare))] if bare else []),
        words["refused"],
        f"## {words['points']}",
        "\n".join(points) or words["none"],
        f"## {words['agreed']}",
        signed,
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def contract_record(contract: Contract, language: str) -> dict[str, Any]:
    """The contract as JSON knows it."""
    return {
        "today": contract.today.isoformat(),
        "synthetic": contract.synthetic,
        "columns": [
            {
                "column": c.name,
                "label": c.label.said(language),
                "type": c.type,
                "use": list(c.use),
                "tables": list(term.tables),
                "asked_by": list(term.asked_by),
                "source": c.source.said(language),
                "purpose": c.purpose.said(language),
                "legal_basis": c.legal_basis.said(language),
                "retention": c.retention.isoformat() if c.retention else None,
                "sensitivity": c.sensitivity,
            }
            for term in contract.terms
            for c in [term.column]
        ],
        "to_discuss": list(point_lines(contract, language)),
        "points": [
            {"kind": p.kind, "subject": p.subject, "detail": p.detail} for p in contract.points
        ],
    }


def point_lines(contract: Contract, language: str) -> tuple[str, ...]:
    """What is to be discussed, a sentence for all columns with the same point."""
    said, details = _POINTS[language], dict(_DETAILS[language])
    for term in contract.terms:
        ground = term.column.legal_basis
        details[ground.en] = ground.said(language)
    subjects: dict[tuple[PointKind, str], list[str]] = {}
    for point in contract.points:
        subjects.setdefault((point.kind, point.detail), []).append(point.subject)
    return tuple(
        said[kind].format(
            subject=", ".join(some),
            detail=", ".join(details.get(part, part) for part in detail.split(", "))
            if kind == "incomplete"
            else details.get(detail, detail),
        )
        for (kind, detail), some in subjects.items()
    )


def _column_points(terms: Iterable[ContractTerm], today: dt.date) -> Iterable[Point]:
    for term in terms:
        column = term.column
        frame = (column.source.en, column.purpose.en, column.legal_basis.en, column.retention)
        lacking = [name for name, known in zip(_FRAME, frame, strict=True) if not known]
        if lacking and column.use != ("never",):
            yield Point("incomplete", column.name, ", ".join(lacking))
        if not term.tables:
            yield Point("unused", column.name, "no table has it")
        elif column.use == ("eligibility",) and not term.asked_by:
            yield Point("unused", column.name, "no intervention or rule asks for it")
        elif column.use == ("never",):
            yield Point("unused", column.name, "it may never be used")
        if column.sensitivity == "special" and "feature" in column.use:
            yield Point("special_feature", column.name, column.legal_basis.en)
        if column.retention is not None and term.tables and "never" not in column.use:
            left = (column.retention - today).days
            if left < 0:
                yield Point("expired", column.name, column.retention.isoformat())
            elif left <= _SOON:
                yield Point("expiring", column.name, column.retention.isoformat())


def _undeclared(policy: Policy, headers: Headers) -> Iterable[Point]:
    declared = {c.name for c in policy.columns}
    outcomes = {o.id for o in policy.outcomes}
    for name, header in headers.items():
        known = {*_OWN[name], *(STRUCTURAL if name in ("pupils", "history") else ())}
        known |= declared | (outcomes if name == "history" else set())
        for column in header:
            if column and column not in known:
                yield Point("undeclared", column, name)


def _row(term: ContractTerm, language: str) -> list[str]:
    column = term.column
    label = column.label.said(language)
    return [
        column.name,
        use_words(column, language),
        sensitivity_words(column, language),
        column.retention.isoformat() if column.retention else "-",
        *(t.said(language) or "-" for t in (column.source, column.purpose, column.legal_basis)),
        f"{label} ({', '.join(term.tables) or '-'})",
    ]


def sensitivity_words(column: Column, language: str) -> str:
    """How sensitive a column is."""
    return _WORDS[language][f"sensitivity_{column.sensitivity}"]


def use_words(column: Column, language: str) -> str:
    """What a column is used for.

    One that every table needs is used to make the plan, whatever else it may not be.
    """
    words = _WORDS[language]
    if column.name in STRUCTURAL and column.use == ("audit_only",):
        return words["use_structural"]
    return ", ".join(words[f"use_{u}"] for u in column.use)


_DETAILS: Mapping[str, Mapping[str, str]] = {
    "en": {},
    "nl": {
        "no table has it": "geen tabel heeft deze kolom",
        "no intervention or rule asks for it": "geen hulp of regel vraagt ernaar",
        "it may never be used": "de kolom mag nooit worden gebruikt",
        "source": "de bron",
        "purpose": "het doel",
        "legal_basis": "de grondslag",
        "retention": "de bewaartermijn",
    },
}

_POINTS: Mapping[str, Mapping[PointKind, str]] = {
    "en": {
        "expired": "{subject}: to be kept until {detail}, so not to be read any more; delete it, "
        "or renew its ground.",
        "undeclared": "{subject}: without an entry in {detail} and so not read; delete it, "
        "or agree on why it is needed.",
        "incomplete": "{subject}: the entry lacks {detail}.",
        "service_use": "{subject}: measures help used before, which also shows who found the way "
        "to it: a model of it passes over children whose need nobody saw.",
        "special_feature": "{subject}: of a special category, and risk models learn from it; is "
        "the ground right ({detail}), and is the model worse without it?",
        "unused": "{subject}: declared and not needed ({detail}): hand in no more than is used.",
        "expiring": "{subject}: to be kept until {detail}, which is soon.",
        "unstated": "{subject}: nobody has said whether it measures need or help used before "
        "(planning.yaml, outcomes, measures).",
    },
    "nl": {
        "expired": "{subject}: te bewaren tot {detail} en dus niet meer te lezen; "
        "verwijder dit of vernieuw de grondslag.",
        "undeclared": "{subject}: zonder afspraak in {detail} en dus niet gelezen; "
        "verwijder dit of spreek af waarvoor zij nodig is.",
        "incomplete": "{subject}: in de afspraak ontbreekt {detail}.",
        "service_use": "{subject}: meet eerder gebruik van hulp, en daarmee ook wie de weg naar "
        "hulp vond: een model hiervan slaat kinderen over bij wie niemand de nood zag.",
        "special_feature": "{subject}: bijzondere persoonsgegevens waarvan risicomodellen "
        "leren; klopt de grondslag ({detail}) en is het model zonder dit gegeven slechter?",
        "unused": "{subject}: afgesproken en niet nodig ({detail}): lever niet meer aan dan "
        "wordt gebruikt.",
        "expiring": "{subject}: te bewaren tot {detail}, en dat is binnenkort.",
        "unstated": "{subject}: niemand heeft gezegd of dit nood meet of eerder gebruik van hulp "
        "(planning.yaml, outcomes, measures).",
    },
}

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Data contract",
        "intro": "Which data about children are used, why, on what legal ground and until when, "
        "as agreed on {day}. Professionals, the privacy officer and the data scientist each look "
        "at every line: is it needed, is it right, does it say what we think it says?",
        "synthetic": "**The data of this workspace are made up; no line is about a real child.**",
        "columns": "What is used",
        "header": "Column|Use|Sensitivity|Kept until|Source|Purpose|Legal ground|Meaning (tables)",
        "structural": "Columns that every table needs and that have no line of their own: "
        "{columns}.",
        "refused": "Names, addresses and citizen service numbers are refused.",
        "points": "To be discussed",
        "none": "Nothing is open.",
        "agreed": "Agreed by",
        "signed": "Role|Name|Date|Signature",
        "who": "Professional|Privacy officer|Data scientist",
        "use_feature": "risk model",
        "use_eligibility": "condition",
        "use_audit_only": "equal treatment only",
        "use_never": "never",
        "use_structural": "to make the plan",
        "sensitivity_low": "low",
        "sensitivity_personal": "personal",
        "sensitivity_special": "special",
    },
    "nl": {
        "title": "Gegevensafspraken",
        "intro": "Welke gegevens over kinderen worden gebruikt, waarvoor, op welke grondslag en "
        "tot wanneer, zoals afgesproken op {day}. Professionals, de privacyfunctionaris en de "
        "data scientist kijken elk naar iedere regel: is het nodig, klopt het, zegt het wat wij "
        "denken dat het zegt?",
        "synthetic": "**De gegevens van deze werkmap zijn verzonnen; geen regel gaat over een "
        "echt kind.**",
        "columns": "Wat wordt gebruikt",
        "header": "Kolom|Gebruik|Gevoeligheid|Bewaard tot|Bron|Doel|Grondslag|Betekenis (tabellen)",
        "structural": "Kolommen die elke tabel nodig heeft en die geen eigen regel hebben: "
        "{columns}.",
        "refused": "Namen, adressen en burgerservicenummers worden geweigerd.",
        "points": "Te bespreken",
        "none": "Er staat niets open.",
        "agreed": "Afgesproken door",
        "signed": "Rol|Naam|Datum|Handtekening",
        "who": "Professional|Privacyfunctionaris|Data scientist",
        "use_feature": "risicomodel",
        "use_eligibility": "voorwaarde",
        "use_audit_only": "alleen gelijke behandeling",
        "use_never": "nooit",
        "use_structural": "om het plan te maken",
        "sensitivity_low": "laag",
        "sensitivity_personal": "persoonsgegeven",
        "sensitivity_special": "bijzonder",
    },
}
