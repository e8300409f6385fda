"""plan.json reads back equal, fits its schema, and says what is wrong with a broken one."""

from __future__ import annotations

import json
import math
from dataclasses import fields, replace
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from recommender.errors import InputError
from recommender.export.plan_json import plan_schema, plan_text, read_plan_text
from recommender.export.tables import frames_of
from recommender.planning.plan.columns import COLUMNS
from recommender.planning.plan.plan import Plan
from recommender.planning.plan.summary import Shortage, Summary

texts = st.text(st.characters(codec="utf-8"), max_size=6)
numbers = st.floats(allow_nan=False, allow_infinity=False)
wide = st.one_of(numbers, st.just(math.inf))


@st.composite
def tables(draw: st.DrawFn, name: str) -> pd.DataFrame:
    """A table with the columns of ``name``, one of whole numbers and one more."""
    rows = draw(st.integers(0, 4))
    columns: dict[str, Any] = {}
    for column, kind in COLUMNS[name].items():
        of = texts if kind == "text" else numbers
        values = draw(st.lists(of, min_size=rows, max_size=rows))
        columns[column] = (
            pd.Series(values, dtype="str") if kind == "text" else np.array(values, dtype=np.float64)
        )
    if rows and draw(st.booleans()):
        whole = draw(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=rows, max_size=rows))
        columns["whole"] = np.array(whole, dtype=np.int64)
    return pd.DataFrame(columns)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Any plan at all."""
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "int": st.integers(0, 2**40),
        "float": numbers,
        "float | None": st.one_of(st.none(), numbers),
        "str": texts,
        "bool": st.booleans(),
    }
    values = {f.name: draw(kinds[str(f.type)]) for f in fields(Summary) if f.name != "shortages"}
    values |= {name: draw(wide) for name in ("bound", "gap")}
    values["status"] = draw(st.sampled_from(["optimal", "gap", "stopped"]))
    shortage = st.builds(Shortage, texts, texts, numbers, texts, texts, numbers)
    summary = Summary(**values, shortages=tuple(draw(st.lists(shortage, max_size=2))))
    return Plan(summary=summary, **{name: draw(tables(name)) for name in COLUMNS})


@settings(max_examples=40, deadline=None, phases=[Phase.generate])
@given(plans())
def test_any_plan_reads_back_equal_and_fits_its_schema(plan: Plan) -> None:
    text = plan_text(plan)
    again = read_plan_text(text, "plan.json")
    assert again.summary == plan.summary
    for name, frame in frames_of(plan).items():
        pd.testing.assert_frame_equal(frames_of(again)[name], frame, check_exact=True)
    assert plan_text(again) == text
    jsonschema.validate(json.loads(text), plan_schema())


def test_a_plan_of_an_earlier_version_has_an_empty_table_of_calibration(region) -> None:  # type: ignore[no-untyped-def]
    document = json.loads(plan_text(region[0]))
    del document["calibration"]
    jsonschema.validate(document, plan_schema())
    again = read_plan_text(json.dumps(document), "plan.json")
    assert again.calibration.empty
    assert list(again.calibration.columns) == list(COLUMNS["calibration"])


def test_the_schema_itself_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(plan_schema())


def test_a_number_that_is_not_finite_is_never_written(region) -> None:  # type: ignore[no-untyped-def]
    plan, _ = region
    broken = plan.assignments.assign(benefit=np.nan)
    with pytest.raises(ValueError, match="not JSON compliant"):
        plan_text(replace(plan, assignments=broken))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: d.pop("caseload"), "caseload is not a table of columns"),
        (lambda d: d["sessions"].pop("groups"), "sessions lacks groups"),
        (lambda d: d["profiles"]["risk"].pop(), "profiles has columns of different lengths"),
        (lambda d: d["profiles"]["risk"].__setitem__(0, "x"), "profiles.risk is not a column"),
        (lambda d: d["assignments"]["site"].__setitem__(0, 1), "assignments.site is not a column"),
        (lambda d: d["summary"].pop("gap"), "summary has not the fields"),
        (lambda d: d["summary"].__setitem__("pupils", True), "summary holds a value"),
        (lambda d: d.__setitem__("format", "x"), "does not say that it is"),
        (lambda d: d["profiles"]["risk"].__setitem__(0, 10**400), "profiles.risk"),
    ],
)
def test_what_is_wrong_is_said_with_its_table_and_column(region, change, says: str) -> None:  # type: ignore[no-untyped-def]
    document = json.loads(plan_text(region[0]))
    change(document)
    with pytest.raises(InputError, match=says):
        read_plan_text(json.dumps(document), "plan.json")


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "null", '{"format": NaN}', "[]", '"x"'])
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"plan\.json"):
        read_plan_text(text, "plan.json")
