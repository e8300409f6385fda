"""The cohort from its tables: pupils, history, profiles, notes, commitments and decisions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from recommender.inputs.checks import cells, identity, languages
from recommender.inputs.checks.cells import report, shown_id, text
from recommender.inputs.checks.known import NEEDED, Known, has_columns
from recommender.inputs.findings import Findings, one_of
from recommender.inputs.formats.tables import Table
from recommender.inputs.policy import Column
from recommender.inputs.ranges import FIRST_DAY, GRADES, MEASURED, SHARE, UNCERTAIN, UNITS
from recommender.inputs.readers.policy_file import STRUCTURAL
from recommender.inputs.text.matching import Texts
from recommender.inputs.text.persons import service_numbers
from recommender.inputs.text.scrub import scrub
from recommender.inputs.text.spoken_codes import CONSENTS, DUTIES, in_codes

INTERVENTION = "an intervention of interventions.yaml"
CONSENT = ("given", "refused", "asked", "not_needed")
DECISIONS = ("require", "forbid", "accept")
MOST_CHILDREN = 10
"""Children of one family above which a family is looked at again."""
UNIT_COLUMNS = (
    "unit_id", "site", "grade", "count", "family_id", "language", "consent", "must_serve",
    "completed", "waiting_since",
)  # fmt: skip
HISTORY_COLUMNS = ("unit_id", "date", "site", "grade", "count", "intervention", "propensity")
PROFILE_COLUMNS = ("unit_id", "outcome", "risk", "standard_error")
NOTE_COLUMNS = ("unit_id", "date", "text")
COMMITMENT_COLUMNS = ("unit_id", "intervention", "period", "professional_id")
DECISION_COLUMNS = ("unit_id", "intervention", "decision", "reason", "decided_by", "date")
PRESENT_COLUMNS = ("unit_id", "intervention", "period", "units", "bundle")


def readable_columns(columns: Collection[Column], outcomes: Collection[str]) -> tuple[Column, ...]:
    """The declared columns beyond the structural ones that may be read, in name order."""
    apart = {*STRUCTURAL, *outcomes}
    return tuple(
        sorted(
            (c for c in columns if c.use and "never" not in c.use and c.name not in apart),
            key=lambda c: c.name,
        )
    )


def read_units(table: Table, known: Known, findings: Findings) -> pd.DataFrame | None:
    """``Cohort.units``: one row a unit, sorted by id; None when a needed column is missing."""
    if not has_columns(table, NEEDED["pupils"], findings):
        return None
    if not table.rows and table.complete:
        findings.problem(table.file, None, None, "has no rows", "there is nobody to plan for")
        return None
    frame = {
        "unit_id": identity.ids(table, "unit_id", findings, unique=True),
        "site": _sites(table, known, findings),
        "grade": _grades(table, known, findings),
        "count": _counts(table, findings),
        "family_id": identity.ids(
            table, "family_id", findings, unique=False, kind="family", optional=True
        ),
        "language": languages.read(table, "language", findings, many=False),
        "consent": _consent(table, findings),
        "must_serve": _must_serve(table, known, findings),
    }  # fmt: skip
    frame |= _completed(table, known, findings)
    if "waiting_since" in table.frame:
        frame["waiting_since"] = _past_dates(table, "waiting_since", known, findings)
    _refuse_bsn(table, "language", findings)
    frame |= _declared(table, known, findings)
    units = pd.DataFrame(frame)
    _warn_of_large_families(table, units["family_id"], findings)
    return _sorted(units, ["unit_id"])


def read_history(
    table: Table,
    known: Known,
    findings: Findings,
    *,
    outcomes_needed: Collection[str],
    units: pd.DataFrame | None = None,
) -> pd.DataFrame | None:
    """``Cohort.history``: one row an earlier pupil-year, sorted by unit and date.

    Pupils of earlier years need not be among ``units``; who is there is spelled the same.
    """
    needed = (*NEEDED["history"], *outcomes_needed)
    if not has_columns(table, needed, findings):
        return None
    frame: dict[str, Any] = {
        "unit_id": identity.ids(table, "unit_id", findings, unique=False),
        "date": cells.dates(table, "date", findings, required=True),
        "site": _sites(table, known, findings),
        "grade": _grades(table, known, findings),
        "count": _counts(table, findings),
    }
    frame |= _declared(table, known, findings)
    for outcome in known.outcomes or ():
        frame[outcome] = cells.flags(table, outcome, findings)
    frame["intervention"] = cells.codes_of(
        table, "intervention", known.interventions, findings, where=INTERVENTION,
        required=False,
    )  # fmt: skip
    frame["propensity"] = cells.numbers(
        table, "propensity", findings, minimum=SHARE.low, maximum=SHARE.high
    )
    if units is not None:
        _linked(table, frame["unit_id"], units, findings)
    history = pd.DataFrame(frame)
    again = history.duplicated(["unit_id", "date"]).to_numpy() & (history["unit_id"] != "")
    report(
        findings, table, "unit_id", np.asarray(again, dtype=bool),
        lambda row: f"{shown_id(history['unit_id'][row])} has this date already on an earlier line",
        "keep one row a unit and year",
    )  # fmt: skip
    if known.reference_date is not None:
        future = history["date"] > pd.Timestamp(known.reference_date)
        report(
            findings, table, "date", future.to_numpy(dtype=bool),
            f"lies after the reference_date {known.reference_date} of planning.yaml",
            "history is what happened before; check the year",
        )  # fmt: skip
    _refuse_long_ago(table, "date", history["date"], findings)
    return _sorted(history, ["unit_id", "date"])


def read_profiles(
    table: Table, known: Known, units: pd.DataFrame | None, findings: Findings
) -> pd.DataFrame | None:
    """``Cohort.profiles``: risks predicted elsewhere, sorted by unit and outcome."""
    if not has_columns(table, NEEDED["profiles"], findings):
        return None
    frame = pd.DataFrame(
        {
            "unit_id": _units_of(table, units, findings),
            "outcome": cells.codes_of(
                table, "outcome", known.outcomes, findings, where="an outcome of planning.yaml"
            ),
            "risk": cells.numbers(
                table, "risk", findings, minimum=SHARE.low, maximum=SHARE.high, required=True
            ),
            "standard_error": cells.numbers(
                table,
                "standard_error",
                findings,
                minimum=UNCERTAIN.low,
                maximum=UNCERTAIN.high,
                when_low="use 0 or more",
            ),
        }
    )
    again = frame.duplicated(["unit_id", "outcome"]) & (frame["outcome"] != "")
    report(
        findings, table, "outcome", again.to_numpy(dtype=bool),
        lambda row: f"'{frame['outcome'][row]}' stands here again for "
        f"{shown_id(frame['unit_id'][row])}",
        "keep one risk for every unit and outcome",
    )  # fmt: skip
    if units is not None and frame["unit_id"].isin(units["unit_id"]).any():
        _check_coverage(table, frame, units, known, findings)
    return frame.sort_values(["unit_id", "outcome"], kind="stable", ignore_index=True)


def read_notes(
    table: Table, units: pd.DataFrame | None, history: pd.DataFrame | None, findings: Findings
) -> pd.DataFrame | None:
    """``Cohort.notes``: scrubbed free text with its date, sorted by unit, date and text."""
    if not has_columns(table, NEEDED["notes"], findings):
        return None
    frame = pd.DataFrame(
        {
            "unit_id": _units_of(table, units, findings, also=history),
            "date": cells.dates(table, "date", findings, required=True),
            "text": scrub(text(table, "text")),
        }
    )
    return _sorted(frame, ["unit_id", "date", "text"])


def read_commitments(
    table: Table,
    known: Known,
    units: pd.DataFrame | None,
    findings: Findings,
    staff: pd.DataFrame | None = None,
) -> pd.DataFrame | None:
    """``Cohort.commitments``: help already running, sorted by unit, intervention and period.

    Who gives it (``professional_id``) is a column of the result where the table has it.
    """
    if not has_columns(table, NEEDED["commitments"], findings):
        return None
    frame = pd.DataFrame(
        {
            "unit_id": _units_of(table, units, findings),
            "intervention": cells.codes_of(
                table,
                "intervention",
                known.interventions,
                findings,
                where=INTERVENTION,
            ),
            "period": cells.codes_of(
                table, "period", known.periods, findings, where="a period of planning.yaml"
            ),
        }
    )
    report(
        findings, table, None, frame.duplicated().to_numpy(dtype=bool),
        "says the same as an earlier line", "keep one of them",
    )  # fmt: skip
    if "professional_id" in table.frame:
        frame["professional_id"] = identity.ids(
            table, "professional_id", findings, unique=False, kind="professional", optional=True
        )
        if staff is not None:
            _warn_of_strangers(table, frame["professional_id"], staff, findings)
    return frame.sort_values(list(frame.columns), kind="stable", ignore_index=True)


def read_present(
    table: Table, known: Known, units: pd.DataFrame | None, findings: Findings
) -> pd.DataFrame | None:
    """``Cohort.present``: the offers of the plan in force, of the units that are still there.

    A copy of a plan's assignments.csv will do; columns beyond those are not read.  Who left is no
    mistake, and is said once.
    """
    if not has_columns(table, NEEDED["present"], findings):
        return None
    pupils = cells.numbers(table, "units", findings, minimum=UNITS.low, maximum=UNITS.high)
    frame = pd.DataFrame(
        {
            "unit_id": identity.ids(table, "unit_id", findings, unique=False),
            "intervention": cells.codes_of(
                table, "intervention", known.interventions, findings, where=INTERVENTION
            ),
            "period": cells.codes_of(
                table, "period", known.periods, findings, where="a period of planning.yaml"
            ),
            "units": np.where(np.isnan(pupils), 1.0, pupils),
            "bundle": text(table, "bundle").str.strip(),
        }
    )
    report(
        findings, table, None,
        frame.duplicated(["unit_id", "intervention", "period", "bundle"]).to_numpy(dtype=bool),
        "says the same as an earlier line", "keep one of them",
    )  # fmt: skip
    if units is not None:
        there = frame["unit_id"].isin(units["unit_id"])
        otherwise = _linked(table, frame["unit_id"], units, findings)
        gone = int(frame["unit_id"][~there & ~otherwise].nunique())
        if gone:
            findings.warn(
                table.file, None, "unit_id",
                f"names {gone} units that are not in data/pupils",
                "nothing is kept for them; hand in the plan of these pupils if that is a slip",
            )  # fmt: skip
        frame = frame[there]
    keys = ["unit_id", "period", "bundle", "intervention"]
    return frame.sort_values(keys, kind="stable", ignore_index=True)


def _warn_of_strangers(table: Table, giver: Texts, staff: pd.DataFrame, findings: Findings) -> None:
    """Who gives running help and is no longer there: somebody else goes on with it."""
    otherwise = identity.spelled_otherwise(
        table, "professional_id", giver, staff["professional_id"], "data/professionals", findings
    )
    gone = (giver != "") & ~giver.isin(staff["professional_id"]) & ~otherwise
    for row in np.flatnonzero(gone.to_numpy(dtype=bool) & ~giver.duplicated().to_numpy())[:5]:
        who = shown_id(giver[row], staff["professional_id"])
        findings.warn(
            table.file, int(table.lines[row]), "professional_id",
            f"is {who}, who is not in data/professionals",
            "somebody else goes on with the help; correct the id if it is a slip",
        )  # fmt: skip


def read_decisions(
    table: Table, known: Known, units: pd.DataFrame | None, findings: Findings
) -> pd.DataFrame | None:
    """``Cohort.decisions``: what professionals said, sorted by unit, intervention and date."""
    if not has_columns(table, NEEDED["decisions"], findings):
        return None
    frame = pd.DataFrame(
        {
            "unit_id": _units_of(table, units, findings),
            "intervention": cells.codes_of(
                table,
                "intervention",
                known.interventions,
                findings,
                where=INTERVENTION,
            ),
            "decision": cells.codes_of(table, "decision", DECISIONS, findings, where=""),
            "reason": text(table, "reason"),
            "decided_by": text(table, "decided_by"),
            "date": cells.dates(table, "date", findings),
        }
    )
    _refuse_bsn(table, "decided_by", findings)
    pair = frame.groupby(["unit_id", "intervention"], sort=False)["decision"]
    split = (pair.transform("nunique") > 1) & frame.duplicated(["unit_id", "intervention"])
    report(
        findings, table, "decision", split.to_numpy(dtype=bool),
        lambda row: f"is '{frame['decision'][row]}' for a unit and intervention that an earlier "
        "line decides otherwise",
        "keep the decision that holds",
    )  # fmt: skip
    keys = ["unit_id", "intervention", "date"]
    return frame.sort_values(keys, kind="stable", ignore_index=True)


def empty_frame(columns: Collection[str]) -> pd.DataFrame:
    """A table of these columns without rows: text, and dates where the name is ``date``."""
    return pd.DataFrame(
        {c: pd.Series([], dtype="datetime64[s]" if c == "date" else str) for c in columns}
    )


def _sites(table: Table, known: Known, findings: Findings) -> Texts:
    return cells.codes_of(table, "site", known.sites, findings, where="a site of data/sites")


def _grades(table: Table, known: Known, findings: Findings) -> npt.NDArray[np.int64]:
    low, high = known.grades or GRADES
    grades = cells.numbers(
        table, "grade", findings, show=True, minimum=low, maximum=high, whole=True, required=True
    )
    _warn_of_other_schools(table, (low, high), findings)
    return np.nan_to_num(grades).astype(np.int64)


def _warn_of_other_schools(table: Table, usual: tuple[int, int], findings: Findings) -> None:
    """Grades beyond those of planning.yaml that do occur elsewhere: it may be what is to change."""
    written = cells.numbers(table, "grade", Findings())
    low, high = usual
    other = written[(written != np.floor(written)) | (written < low) | (written > high)]
    if other.size and (other == np.floor(other)).all() and other.max() <= GRADES[1] > high:
        whole = (int(min(low, max(other.min(), GRADES[0]))), int(max(high, other.max())))
        findings.warn(
            table.file, None, "grade", f"lies outside {low} to {high} in {other.size:,} rows",
            f"where these grades are meant, write grades: [{whole[0]}, {whole[1]}] in "
            "planning.yaml; a segment of several grades is one row a grade",
        )  # fmt: skip


def _counts(table: Table, findings: Findings) -> npt.NDArray[np.int64]:
    if "count" not in table.frame:
        return np.ones(table.rows, dtype=np.int64)
    counts = cells.numbers(
        table,
        "count",
        findings,
        show=True,
        minimum=1,
        maximum=UNITS.high,
        whole=True,
        required=True,
    )
    return np.nan_to_num(counts, nan=1.0).astype(np.int64)


def _must_serve(table: Table, known: Known, findings: Findings) -> Texts:
    """``1`` and yes are the rule ``any``, ``0`` and no are none."""
    if "must_serve" not in table.frame:
        return text(table, "must_serve")
    plain = in_codes(text(table, "must_serve"), DUTIES, known.must_serve or ())
    renamed = replace(table, frame=pd.DataFrame({"must_serve": plain}))
    return cells.codes_of(
        renamed, "must_serve", known.must_serve, findings, required=False,
        where="a must-serve rule of planning.yaml",
    )  # fmt: skip


def _consent(table: Table, findings: Findings) -> Texts:
    """``not_needed`` everywhere where the table has no such column."""
    there = "consent" in table.frame
    if there:
        said = in_codes(text(table, "consent"), CONSENTS, CONSENT)
        table = replace(table, frame=pd.DataFrame({"consent": said}))
    return cells.codes_of(
        table, "consent", CONSENT, findings, where="", default="not_needed", required=there
    )


def _past_dates(table: Table, column: str, known: Known, findings: Findings) -> Any:
    """A column of days up to the reference date."""
    days = cells.dates(table, column, findings)
    if known.reference_date is not None:
        future = days > pd.Timestamp(known.reference_date)
        report(
            findings, table, column, future.to_numpy(dtype=bool),
            f"lies after the reference_date {known.reference_date} of planning.yaml",
            "say since when the pupil has waited; check the year",
        )  # fmt: skip
    _refuse_long_ago(table, column, days, findings)
    return days


def _refuse_long_ago(table: Table, column: str, days: Any, findings: Findings) -> None:
    long_ago = days < pd.Timestamp(FIRST_DAY)
    report(
        findings, table, column, long_ago.to_numpy(dtype=bool),
        f"lies before {FIRST_DAY}", "check the year, such as 24 read as 1924",
    )  # fmt: skip


def _completed(table: Table, known: Known, findings: Findings) -> dict[str, Any]:
    """``completed`` ("a;b"), and ``completed_on`` ("a@2026-01-31") where days are given."""
    if "completed" not in table.frame:
        return {"completed": text(table, "completed")}
    written = text(table, "completed")
    items = written.str.split(";").explode().str.strip()
    dated = items[items.str.contains("@", regex=False)]
    plain = written.str.replace(r"\s*@[^;]*", "", regex=True)
    renamed = replace(table, frame=pd.DataFrame({"completed": plain}))
    frame: dict[str, Any] = {
        "completed": cells.codes_of(
            renamed, "completed", known.interventions, findings, where=INTERVENTION,
            many=True, required=False,
        )
    }  # fmt: skip
    if dated.empty:
        return frame
    parts = dated.str.split("@", n=1, expand=True)
    days = pd.to_datetime(parts[1].str.strip(), format="%Y-%m-%d", errors="coerce")
    wrong = np.zeros(table.rows, dtype=np.bool_)
    wrong[days.index[days.isna()]] = True
    report(
        findings, table, "completed", wrong, "holds a day that is none",
        "write the day after the name: small_group_tuition@2026-01-31",
    )  # fmt: skip
    clean = parts[0].str.strip() + "@" + days.dt.strftime("%Y-%m-%d")
    on = clean.dropna().groupby(level=0).agg(";".join)
    frame["completed_on"] = on.reindex(written.index, fill_value="").astype(written.dtype)
    return frame


def _refuse_bsn(table: Table, column: str, findings: Findings) -> None:
    """A code that is a citizen service number has no business in a column of codes."""
    if column not in table.frame:
        return
    codes, distinct = pd.factorize(text(table, column))
    words = pd.Series(np.asarray(distinct, dtype=object), dtype=str)
    report(
        findings, table, column, service_numbers(words)[codes],
        "looks like a citizen service number (BSN)", "delete it", refuse=True,
    )  # fmt: skip


def _warn_of_large_families(table: Table, family: Texts, findings: Findings) -> None:
    """More children than a family has are said: an id that means nobody makes one of many."""
    sizes = family[family != ""].value_counts()
    for word, size in sizes[sizes > MOST_CHILDREN].items():
        row = int(np.flatnonzero((family == word).to_numpy(dtype=bool))[0])
        findings.warn(
            table.file, int(table.lines[row]), "family_id",
            f"is {shown_id(str(word))}, a family of {size:,} children",
            "leave the cell empty where the family is not known",
        )  # fmt: skip


def _linked(
    table: Table, column: Texts, units: pd.DataFrame, findings: Findings
) -> npt.NDArray[np.bool_]:
    """Which rows name a pupil in another spelling; they are noted.

    Of a table that names nobody the likely cause is said.
    """
    otherwise = identity.spelled_otherwise(
        table, "unit_id", column, units["unit_id"], "data/pupils", findings
    )
    if not len(column) or otherwise.any() or _among(column, [units["unit_id"]]).any():
        return otherwise
    cause = identity.likely_cause(set(column), set(units["unit_id"]))
    if cause:
        findings.warn(
            table.file, None, "unit_id", f"names nobody of data/pupils: {cause}",
            "take the ids of both tables from one source, as text",
        )  # fmt: skip
    return otherwise


def _declared(table: Table, known: Known, findings: Findings) -> dict[str, Any]:
    """The declared columns by their declaration; neutral where the table lacks them."""
    typed: dict[str, Any] = {}
    for column in known.columns:
        name = column.name
        if column.type == "number":
            low, high = column.minimum, column.maximum
            typed[name] = cells.numbers(
                table, name, findings,
                minimum=MEASURED.low if low is None else low,
                maximum=MEASURED.high if high is None else high,
            )  # fmt: skip
        elif column.type == "flag":
            typed[name] = cells.flags(table, name, findings)
        elif column.type == "date":
            typed[name] = cells.dates(table, name, findings)
        elif column.values:
            typed[name] = cells.codes_of(
                table, name, column.values, findings, where="a value that planning.yaml allows",
                show=False, required=False,
                instead=f"use {one_of(column.values)}, leave the cell empty, or add the "
                "value to planning.yaml",
            )  # fmt: skip
        else:
            _refuse_bsn(table, name, findings)
            typed[name] = text(table, name)
    return typed


def _units_of(
    table: Table,
    units: pd.DataFrame | None,
    findings: Findings,
    also: pd.DataFrame | None = None,
) -> Texts:
    """The unit ids of another table; those that nobody knows are noted."""
    column = identity.ids(table, "unit_id", findings, unique=False)
    if units is None:
        return column
    others = [units["unit_id"]] if also is None else [units["unit_id"], also["unit_id"]]
    unknown = ~_among(column, others)
    if unknown.any():
        unknown &= ((column != "") & ~cells.looks_like_bsn(column)).to_numpy(dtype=bool)
        unknown &= ~identity.spelled_otherwise(
            table, "unit_id", column, units["unit_id"], "data/pupils", findings
        )
        strange = column.where(pd.Series(unknown), "")
        met, message, remedy = identity.one_cause(strange, units["unit_id"], "data/pupils")
        if message:
            findings.problem(table.file, None, "unit_id", message, remedy)
            unknown &= ~met
    report(
        findings, table, "unit_id", unknown,
        lambda row: f"is {shown_id(column[row], others[0])}, which is not in data/pupils",
        "correct the id or remove the row",
    )  # fmt: skip
    return column


def _sorted(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """The rows by these keys; a table that has them in order already is not copied."""
    order = frame[keys].sort_values(keys, kind="stable").index.to_numpy()
    if np.array_equal(order, np.arange(len(frame))):
        return frame
    return frame.take(order).reset_index(drop=True)


def _among(texts: Texts, others: Sequence[Texts]) -> npt.NDArray[np.bool_]:
    """Which texts occur in one of the others; ``isin`` takes a Python object a row for that."""
    together = pd.concat([*others, texts], ignore_index=True)
    codes, values = pd.factorize(together, use_na_sentinel=False)
    first = len(codes) - len(texts)
    there = np.zeros(len(values), dtype=np.bool_)
    there[codes[:first]] = True
    return there[codes[first:]]


def _check_coverage(
    table: Table, frame: pd.DataFrame, units: pd.DataFrame, known: Known, findings: Findings
) -> None:
    """An outcome with profiles has one for every unit."""
    for outcome in known.outcomes or ():
        have = frame.loc[frame["outcome"] == outcome, "unit_id"]
        lacking = units.loc[~units["unit_id"].isin(have) & (units["unit_id"] != ""), "unit_id"]
        if len(have) and len(lacking):
            some = ", ".join(shown_id(u) for u in lacking.head(3))
            more = " …" if len(lacking) > 3 else ""
            findings.problem(
                table.file, None, outcome,
                f"has no risk for {len(lacking):,} of the units: {some}{more}",
                "predict it for every unit, or leave the outcome to the model",
            )  # fmt: skip
