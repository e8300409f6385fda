"""The columns of the tables of a plan, and whether they hold text or numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

import pandas as pd
from pandas.api.types import is_numeric_dtype

ColumnKind: TypeAlias = Literal["text", "number"]

_TEXT: ColumnKind = "text"
_NUMBER: ColumnKind = "number"

COLUMNS: Mapping[str, Mapping[str, ColumnKind]] = {
    "assignments": {
        "unit_id": _TEXT,
        "site": _TEXT,
        "intervention": _TEXT,
        "period": _TEXT,
        "units": _NUMBER,
        "benefit": _NUMBER,
        "standard_error": _NUMBER,
        "price_paid": _NUMBER,
        "net_value": _NUMBER,
        "runner_up": _TEXT,
        "status": _TEXT,
        "bundle": _TEXT,
        "lot": _NUMBER,
    },
    "not_served": {
        "unit_id": _TEXT,
        "site": _TEXT,
        "reason": _TEXT,
        "best_alternative": _TEXT,
        "benefit_forgone": _NUMBER,
        "pupils": _NUMBER,
        "lot": _NUMBER,
        "rule": _TEXT,
        "cause": _TEXT,
    },
    "sessions": {
        "intervention": _TEXT,
        "site": _TEXT,
        "period": _TEXT,
        "groups": _NUMBER,
        "pupils": _NUMBER,
        "grade": _TEXT,
    },
    "resources": {
        "resource": _TEXT,
        "role": _TEXT,
        "site": _TEXT,
        "period": _TEXT,
        "unit": _TEXT,
        "capacity": _NUMBER,
        "used": _NUMBER,
        "price": _NUMBER,
        "intervention": _TEXT,
        "rule": _TEXT,
        "grade": _TEXT,
    },
    "caseload": {
        "professional_id": _TEXT,
        "role": _TEXT,
        "site": _TEXT,
        "period": _TEXT,
        "case": _TEXT,
        "hours": _NUMBER,
        "intervention": _TEXT,
        "match": _TEXT,
        "split": _TEXT,
        "day": _TEXT,
        "coordinator": _TEXT,
    },
    "memberships": {
        "resource": _TEXT,
        "unit_id": _TEXT,
        "intervention": _TEXT,
        "site": _TEXT,
        "period": _TEXT,
        "grade": _TEXT,
        "price": _NUMBER,
    },
    "profiles": {
        "unit_id": _TEXT,
        "outcome": _TEXT,
        "risk": _NUMBER,
        "standard_error": _NUMBER,
    },
    "staff": {
        "role": _TEXT,
        "sites": _TEXT,
        "period": _TEXT,
        "hours": _NUMBER,
        "capacity": _NUMBER,
        "used": _NUMBER,
        "price": _NUMBER,
        "reason": _TEXT,
        "name": _TEXT,
    },
    "calibration": {
        "outcome": _TEXT,
        "measure": _TEXT,
        "low": _NUMBER,
        "high": _NUMBER,
        "rows": _NUMBER,
        "expected": _NUMBER,
        "found": _NUMBER,
        "standard_error": _NUMBER,
    },
    "duties": {
        "rule": _TEXT,
        "basis": _TEXT,
        "owed": _NUMBER,
        "met": _NUMBER,
        "no_hours": _NUMBER,
        "nothing_suits": _NUMBER,
        "forbidden": _NUMBER,
        "no_consent": _NUMBER,
    },
}
"""The columns every plan has, table by table; a plan may have more."""

OPTIONAL = frozenset({"calibration", "staff", "duties"})
"""The tables that plans of earlier versions lack; they are then empty."""

LATER = frozenset(
    {("caseload", name) for name in ("match", "split", "day", "coordinator")}
    | {("not_served", name) for name in ("rule", "cause")}
)
"""The columns that plans of earlier versions lack."""


def malformed(tables: Mapping[str, object]) -> tuple[str, ...]:
    """Return which tables are none, lack a column, have one twice or text for its numbers.

    Args:
        tables: by name, as those of a plan.
    """
    findings: list[str] = []
    for name, columns in COLUMNS.items():
        frame = tables[name]
        if not isinstance(frame, pd.DataFrame):
            findings.append(f"{name}.csv: is no table")
            continue
        twice = sorted({str(c) for c in frame.columns[frame.columns.duplicated()]})
        findings += [f"{name}.csv: has the column {column} twice" for column in twice]
        for column, kind in columns.items():
            if column not in frame:
                if (name, column) not in LATER:
                    findings.append(f"{name}.csv: has no column {column}")
            elif column in twice or kind == "text" or frame.empty:
                continue
            elif not is_numeric_dtype(frame[column]):
                findings.append(f"{name}.csv, {column}: holds no numbers")
    return tuple(findings)
