"""The gate before all writers: who may read it and in which form decide what a writer is given.

A writer takes ``Inside`` (everything) or the open kinds (``OpenPlan``, ``OpenComparison``), and
never a plan beside an audience, so that none can write more than its reader may see.
"""

from __future__ import annotations

from dataclasses import dataclass

from recommender.errors import PrivacyRefusal, Problem, UsageError
from recommender.export.disclosure.audience import OPEN, refuse_unknown
from recommender.export.disclosure.disclosed_comparison import OpenComparison, openly
from recommender.export.disclosure.disclosed_plan import OPEN_TABLES, Hidden, OpenPlan
from recommender.export.manifest import Manifest
from recommender.export.pages.report import open_plan
from recommender.inputs.findings import unknown
from recommender.planning.plan.columns import COLUMNS
from recommender.planning.plan.plan import Plan
from recommender.scenarios.comparison import Comparison

PLAN_FORMS = (".html", ".csv", ".parquet", ".xlsx", ".json")
COMPARISON_FORMS = (".html", ".csv", ".xlsx", ".json")
"""The forms that have something for anyone to read."""

ONE_TABLE = (".csv", ".parquet")
"""The forms that hold one table."""


@dataclass(frozen=True, eq=False, slots=True)
class Inside:
    """A plan for those who may see its pupils.

    Raises:
        PrivacyRefusal: for an audience that may not.
    """

    plan: Plan
    manifest: Manifest
    audience: str

    def __post_init__(self) -> None:
        """Refuse an audience that is not inside."""
        _refuse_open(self.audience)


@dataclass(frozen=True, eq=False, slots=True)
class InsideComparison:
    """A comparison for those who may see who moves.

    Raises:
        PrivacyRefusal: for an audience that may not.
    """

    comparison: Comparison
    audience: str

    def __post_init__(self) -> None:
        """Refuse an audience that is not inside."""
        _refuse_open(self.audience)


def redacted_plan(
    plan: Plan,
    manifest: Manifest,
    audience: str,
    form: str,
    *,
    table: str = "assignments",
    language: str = "en",
    earlier: Hidden = frozenset(),
) -> Inside | OpenPlan:
    """Return what a writer is given of a plan.

    Args:
        plan, manifest: as read from a plan folder.
        audience: one of ``AUDIENCES``.
        form: how the target ends, or the scheme of a database.
        table: of a form that holds one.
        language: of words in tables.
        earlier: what earlier open reports hid, which stays hidden.

    Raises:
        UsageError: if there is no such audience or table.
        PrivacyRefusal: if an open audience asks for a form or table that shows pupils.
    """
    refuse_unknown(audience, "report")
    if table not in (*COLUMNS, *OPEN_TABLES):
        raise UsageError(unknown("table", table, OPEN_TABLES if audience in OPEN else COLUMNS))
    if audience not in OPEN:
        if table not in COLUMNS:
            raise UsageError(
                f"the table {table!r} is for policy and public; choose {', '.join(COLUMNS)}"
            )
        return Inside(plan, manifest, audience)
    _refuse_form(audience, form, PLAN_FORMS)
    if form in ONE_TABLE and table not in OPEN_TABLES:
        raise _refusal(
            f"--table {table}", f"is not for {audience}: it has a row for every pupil or case",
            f"choose --table {', '.join(OPEN_TABLES)}",
        )  # fmt: skip
    return open_plan(plan, manifest, language, earlier)


def redacted_comparison(
    comparison: Comparison, audience: str, form: str, earlier: Hidden = frozenset()
) -> InsideComparison | OpenComparison:
    """Return what a writer is given of a comparison.

    Args:
        comparison: as read from its folder.
        audience, form, earlier: as in ``redacted_plan``.

    Raises:
        UsageError: if there is no such audience.
        PrivacyRefusal: if an open audience asks for a form that shows pupils.
    """
    refuse_unknown(audience, "page")
    if audience not in OPEN:
        return InsideComparison(comparison, audience)
    _refuse_form(audience, form, COMPARISON_FORMS)
    return openly(comparison, earlier)


def _refuse_open(audience: str) -> None:
    if audience in OPEN:
        raise _refusal(f"--audience {audience}", "may not read about single pupils", "")


def _refuse_form(audience: str, form: str, forms: tuple[str, ...]) -> None:
    if form not in forms:
        raise _refusal(
            f"--audience {audience}", f"has no form {form}: it would show pupils",
            f"end the target with {', '.join(forms[:-1])} or {forms[-1]}",
        )  # fmt: skip


def _refusal(what: str, message: str, remedy: str) -> PrivacyRefusal:
    return PrivacyRefusal([Problem(what, None, None, message, remedy)])
