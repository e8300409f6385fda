"""What a notebook imports: frames in, frames out, with the checks and the words of files."""

from __future__ import annotations

import datetime as dt
import inspect
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

import recommender
from recommender import (
    Effort,
    InputError,
    Inputs,
    Plan,
    PrivacyRefusal,
    Settings,
    UsageError,
    VerificationFailed,
    apply_scenario,
    compare,
    explain,
    read_workspace,
    recommend,
    replan,
    verify,
    workspace_from,
)
from recommender.inputs.templates import write_templates

TABLES = {
    "pupils": "pupils", "professionals": "professionals", "sites": "sites", "risks": "profiles",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template workspace, whose risks are handed in."""
    root = tmp_path_factory.mktemp("workspace")
    write_templates(root)
    return root


@pytest.fixture
def handed_in(folder: Path) -> dict[str, Any]:
    """The same as frames and mappings."""
    frames = {name: pd.read_csv(folder / f"data/{file}.csv") for name, file in TABLES.items()}
    texts = {"catalogue": "interventions", "policy": "planning"}
    documents = {
        name: yaml.safe_load((folder / f"{file}.yaml").read_text(encoding="utf-8"))
        for name, file in texts.items()
    }
    return {**frames, **documents}


@pytest.fixture(scope="module")
def world(folder: Path) -> tuple[Inputs, Settings, Plan]:
    """The template workspace and its plan."""
    inputs = read_workspace(folder)
    settings = Settings.of(inputs.policy, effort=Effort(gap=0.0))
    return inputs, settings, recommend(inputs, settings)


def test_importing_the_package_loads_no_library() -> None:
    script = (
        "import sys, recommender; dir(recommender)\n"
        "print([n for n in ('numpy', 'pandas', 'sklearn', 'pulp', 'click') if n in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (0, "[]\n"), run.stderr


def test_every_public_name_is_there_and_no_other() -> None:
    listed = {*recommender.__all__}
    assert listed <= {*dir(recommender)}
    assert all(getattr(recommender, name) is not None for name in listed)
    with pytest.raises(AttributeError, match="no attribute 'recomend'"):
        recommender.recomend  # noqa: B018


@pytest.mark.parametrize("name", sorted({*recommender.__all__} - {"__version__"}))
def test_every_public_name_says_what_it_takes_and_raises(name: str) -> None:
    value = getattr(recommender, name)
    text = inspect.getdoc(value) or ""
    assert text.partition("\n")[0].endswith((".", ":")), f"{name} has no first sentence"
    if inspect.isfunction(value):
        said = text.partition("Args:")[2]
        for parameter in inspect.signature(value).parameters:
            assert re.search(rf"\b{parameter}\b[^\n]*:", said), f"{name}: {parameter}"
        assert "Raises:" in text or name in ("verify",)


def test_frames_become_the_inputs_that_their_files_become(
    folder: Path, handed_in: dict[str, Any]
) -> None:
    ours, theirs = workspace_from(**handed_in), read_workspace(folder)
    for name in ("units", "profiles", "commitments", "decisions"):
        pd.testing.assert_frame_equal(getattr(ours.cohort, name), getattr(theirs.cohort, name))
    pd.testing.assert_frame_equal(ours.resources.sites, theirs.resources.sites)
    pd.testing.assert_frame_equal(ours.resources.professionals, theirs.resources.professionals)
    assert ours.catalogue == theirs.catalogue
    assert replace(ours.policy, synthetic=True) == theirs.policy
    assert [s.path for s in ours.sources] == [s.path.removesuffix(".csv") for s in theirs.sources]


def test_the_plan_of_frames_is_the_plan_of_files(
    handed_in: dict[str, Any], world: tuple[Inputs, Settings, Plan]
) -> None:
    _, settings, plan = world
    other = recommend(workspace_from(**handed_in), settings)
    assert len(plan.assignments)
    for name in ("assignments", "not_served", "sessions", "resources"):
        assert isinstance(getattr(plan, name), pd.DataFrame)
        pd.testing.assert_frame_equal(getattr(plan, name), getattr(other, name))


def test_without_settings_those_of_the_policy_are_taken(
    world: tuple[Inputs, Settings, Plan],
) -> None:
    inputs, _, plan = world
    assert recommend(inputs).summary.benefit == pytest.approx(plan.summary.benefit, rel=0.01)


def test_what_follows_a_plan_needs_no_folder(world: tuple[Inputs, Settings, Plan]) -> None:
    inputs, settings, plan = world
    assert verify(plan, inputs) == ()
    unit = str(plan.assignments["unit_id"].iloc[0])
    assert explain(plan, inputs, unit).unit_id == unit
    again = replan(inputs, plan, settings)
    assert again.kept.share == 1.0
    pd.testing.assert_frame_equal(again.plan.assignments[["unit_id", "intervention"]],
                                  plan.assignments[["unit_id", "intervention"]])  # fmt: skip
    sides = compare(inputs, policies=("random",), settings=settings).comparison.sides
    assert [side.name for side in sides] == ["base", "random"]
    assert sides[0].benefit == pytest.approx(plan.summary.benefit)


def test_a_changed_plan_is_found_out(world: tuple[Inputs, Settings, Plan]) -> None:
    inputs, _, plan = world
    forged = plan.assignments.assign(benefit=plan.assignments["benefit"] * 2)
    assert verify(replace(plan, assignments=forged), inputs)


@pytest.mark.parametrize("threshold", [-0.1, float("nan"), float("inf")])
def test_a_threshold_that_makes_no_sense_is_refused(
    world: tuple[Inputs, Settings, Plan], threshold: float
) -> None:
    inputs, settings, plan = world
    with pytest.raises(ValueError, match="threshold"):
        replan(inputs, plan, settings, threshold=threshold)


def test_a_plan_shows_itself_without_a_cell_of_a_person(
    world: tuple[Inputs, Settings, Plan],
) -> None:
    _, _, plan = world
    line, html = repr(plan), plan._repr_html_()
    assert "\n" not in line
    assert f"of {plan.summary.pupils:,} offered help" in line
    assert html.startswith("<table>")
    assert f"<code>assignments</code> ({len(plan.assignments):,})" in html
    for unit in plan.profiles["unit_id"].unique():
        assert str(unit) not in line + html


Spoil = Callable[[dict[str, Any]], None]


def _set(table: str, column: str, row: int, cell: object) -> Spoil:
    def spoil(given: dict[str, Any]) -> None:
        given[table][column] = given[table][column].astype(object)
        given[table].loc[row, column] = cell

    return spoil


def _drop(table: str, column: str) -> Spoil:
    def spoil(given: dict[str, Any]) -> None:
        given[table] = given[table].drop(columns=column)

    return spoil


def _rename(table: str, old: str, new: str) -> Spoil:
    def spoil(given: dict[str, Any]) -> None:
        given[table] = given[table].rename(columns={old: new})

    return spoil


def _policy(*keys: str, value: object) -> Spoil:
    def spoil(given: dict[str, Any]) -> None:
        at = given["policy"]
        for key in keys[:-1]:
            at = at[key]
        at[keys[-1]] = value

    return spoil


@pytest.mark.many(5)
@pytest.mark.parametrize(
    "spoil",
    [
        _set("pupils", "site", 1, "s99"),
        _set("pupils", "grade", 0, "eleven"),
        _set("pupils", "unit_id", 1, "p01"),
        _set("professionals", "hours", 0, -4),
        _set("risks", "risk", 2, 1.7),
        _set("sites", "site", 0, "#REF!"),
        _drop("pupils", "consent"),
        _rename("pupils", "consent", "Consent"),
        _drop("professionals", "hours"),
        _rename("sites", "name", "Naam"),
        _policy("periods", value={}),
        _policy("rules", "budgett", value=9),
        _policy("reference_date", value="yesterday"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_frames_is_said_in_the_words_for_files(
    spoil: Spoil, handed_in: dict[str, Any], tmp_path: Path
) -> None:
    spoil(handed_in)
    (tmp_path / "data").mkdir()
    for name, file in TABLES.items():
        handed_in[name].to_csv(tmp_path / f"data/{file}.csv", index=False)
    for name, file in (("catalogue", "interventions"), ("policy", "planning")):
        text = yaml.safe_dump(handed_in[name], sort_keys=False, allow_unicode=True)
        (tmp_path / f"{file}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as of_files:
        read_workspace(tmp_path)
    with pytest.raises(InputError) as of_frames:
        workspace_from(**handed_in)

    def told(error: InputError) -> list[tuple[str, str | None, str, str]]:
        return sorted(
            (p.file.removesuffix(".csv"), p.column, p.message.replace(".csv", ""), p.remedy)
            for p in error.problems
        )

    assert told(of_frames.value) == told(of_files.value)
    lines = [(p.line, p.column) for p in of_frames.value.problems if p.file.startswith("data/")]
    assert lines == [
        (p.line, p.column) for p in of_files.value.problems if p.file.startswith("data/")
    ]


def _said(given: dict[str, Any]) -> list[str]:
    with pytest.raises(InputError) as caught:
        workspace_from(**given)
    return [str(problem) for problem in caught.value.problems]


def test_all_problems_of_all_frames_come_at_once(handed_in: dict[str, Any]) -> None:
    _set("pupils", "site", 1, "s99")(handed_in)
    _set("professionals", "hours", 0, -4)(handed_in)
    handed_in["sites"] = "sites.csv"
    handed_in["catalogue"] = "interventions.yaml"
    said = "\n".join(_said(handed_in))
    assert "data/professionals line 2: hours" in said
    assert "data/sites: is a str; hand in a pandas DataFrame" in said
    assert "interventions.yaml: is a str and must be a mapping" in said


@pytest.mark.parametrize("cell", [["a", "b"], {"a": 1}, object(), np.array([1, 2])])
def test_a_cell_that_is_no_plain_value_is_refused_with_its_line_and_not_shown(
    handed_in: dict[str, Any], cell: object
) -> None:
    handed_in["pupils"]["family_id"] = ""
    handed_in["pupils"]["family_id"] = handed_in["pupils"]["family_id"].astype(object)
    handed_in["pupils"].at[1, "family_id"] = cell
    said = _said(handed_in)
    assert said == [
        f"data/pupils line 3: family_id holds a {type(cell).__name__}; a cell holds text, a "
        "number, a day, True or False, or nothing"
    ]


@pytest.mark.parametrize("value", [{1: 2}, {"a": {3}}, {"a": object()}, {"a": b"x"}])
def test_a_policy_with_what_no_file_can_hold_is_refused_with_its_place(
    handed_in: dict[str, Any], value: object
) -> None:
    handed_in["policy"]["rules"]["caseload"] = value
    assert any(line.startswith("planning.yaml: rules.caseload") for line in _said(handed_in))


def test_a_mapping_without_a_bottom_is_refused(handed_in: dict[str, Any]) -> None:
    loop: dict[str, Any] = {}
    loop["again"] = loop
    handed_in["policy"]["rules"] = loop
    assert any("nested more than" in line for line in _said(handed_in))


@pytest.mark.many(4)
@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("grade", lambda c: c.astype("Int64")),
        ("grade", lambda c: c.astype("float32")),
        ("grade", lambda c: c.astype(str)),
        ("site", lambda c: c.astype("category")),
        ("site", lambda c: c.astype("string")),
        ("site", lambda c: " " + c + "\u00a0"),
        ("unit_id", lambda c: c.astype(object)),
        ("consent", lambda c: c.astype("category")),
    ],
)
def test_every_dtype_a_notebook_has_reads_the_same(
    handed_in: dict[str, Any], column: str, cells: Callable[[Any], Any]
) -> None:
    plain = workspace_from(**handed_in)
    handed_in["pupils"][column] = cells(handed_in["pupils"][column])
    pd.testing.assert_frame_equal(workspace_from(**handed_in).cohort.units, plain.cohort.units)


def test_missing_cells_are_missing_whatever_they_are_called(handed_in: dict[str, Any]) -> None:
    rows = len(handed_in["pupils"])
    kinds = [None, np.nan, pd.NA, pd.NaT, "", "  "]
    for kind in kinds:
        handed_in["pupils"]["family_id"] = pd.Series([kind] * rows, dtype=object)
        assert (workspace_from(**handed_in).cohort.units["family_id"] == "").all()


def test_days_are_read_as_days(handed_in: dict[str, Any]) -> None:
    day = dt.date(2026, 1, 7)
    read = []
    for cell in (day, dt.datetime(2026, 1, 7), pd.Timestamp(day), "2026-01-07", np.datetime64(day)):
        handed_in["pupils"]["waiting_since"] = cell
        read.append(workspace_from(**handed_in).cohort.units["waiting_since"].tolist())
    assert all(found == read[0] for found in read)
    assert str(read[0][0]).startswith("2026-01-07")


def test_true_and_false_are_no_numbers(handed_in: dict[str, Any]) -> None:
    handed_in["professionals"]["hours"] = True
    assert any("hours" in line for line in _said(handed_in))


def test_ids_in_a_named_index_are_read(handed_in: dict[str, Any]) -> None:
    plain = workspace_from(**handed_in)
    handed_in["pupils"] = handed_in["pupils"].set_index("unit_id")
    pd.testing.assert_frame_equal(workspace_from(**handed_in).cohort.units, plain.cohort.units)


def test_the_frames_handed_in_stay_as_they_are(handed_in: dict[str, Any]) -> None:
    before = {name: handed_in[name].copy() for name in TABLES}
    workspace_from(**handed_in)
    for name, frame in before.items():
        pd.testing.assert_frame_equal(handed_in[name], frame)


def test_pupils_of_frames_count_as_real(handed_in: dict[str, Any]) -> None:
    handed_in["policy"]["synthetic"] = True
    inputs = workspace_from(**handed_in)
    assert not inputs.policy.synthetic
    assert "data/pupils" in inputs.unmarked


def test_real_pupils_past_their_last_day_are_refused_by_the_clock(
    handed_in: dict[str, Any],
) -> None:
    column = next(iter(handed_in["policy"]["columns"]))
    yesterday = dt.date.today() - dt.timedelta(days=1)
    handed_in["policy"]["columns"][column]["retention"] = yesterday.isoformat()
    if column not in handed_in["pupils"]:
        handed_in["pupils"][column] = 0
    with pytest.raises(PrivacyRefusal, match="was to be kept until"):
        workspace_from(**handed_in)
    assert workspace_from(**handed_in, today=yesterday)
    assert workspace_from(**handed_in, today=dt.datetime.combine(yesterday, dt.time(9)))
    with pytest.raises(TypeError, match="today is a str"):
        workspace_from(**handed_in, today="2026-11-30")


def test_an_index_that_stands_beside_its_column_is_told(handed_in: dict[str, Any]) -> None:
    handed_in["pupils"] = handed_in["pupils"].set_index("unit_id", drop=False)
    assert any("has an index with the name of a column" in line for line in _said(handed_in))


@pytest.mark.parametrize("cell", ["a\ud83d", 10**5000], ids=["half", "long"])
def test_a_cell_that_no_file_could_hold_is_told(handed_in: dict[str, Any], cell: object) -> None:
    _set("pupils", "unit_id", 1, cell)(handed_in)
    assert any(line.startswith("data/pupils line 3: unit_id holds a") for line in _said(handed_in))


@pytest.mark.parametrize(
    "value", ["a\ud83d", {"a\ud83d": 1}, 10**5000, 10**400], ids=["half", "key", "long", "many"]
)
def test_a_policy_that_no_file_could_hold_is_told_in_few_words(
    handed_in: dict[str, Any], value: object
) -> None:
    handed_in["policy"]["rules"]["budget"] = value
    said = _said(handed_in)
    assert any(line.startswith("planning.yaml: rules.budget") for line in said)
    assert max(map(len, said)) < 200


@pytest.mark.parametrize("table", ["assignments", "sessions", "caseload", "profiles", "duties"])
def test_a_plan_whose_tables_are_damaged_is_told_and_not_kept(
    world: tuple[Inputs, Settings, Plan], table: str
) -> None:
    inputs, settings, plan = world
    frame = getattr(plan, table)
    column = frame.columns[0]
    for damaged, text in (
        (frame.drop(columns=column), f"{table}.csv: has no column {column}"),
        (
            pd.concat([frame, frame[[column]]], axis=1),
            f"{table}.csv: has the column {column} twice",
        ),
        (None, f"{table}.csv: is no table"),
    ):
        broken = replace(plan, **{table: damaged})
        assert text in verify(broken, inputs)
        with pytest.raises(VerificationFailed):
            replan(inputs, broken, settings)


def test_what_is_of_another_kind_is_told(world: tuple[Inputs, Settings, Plan]) -> None:
    inputs, settings, plan = world
    with pytest.raises(TypeError, match="settings is a Effort; use Settings"):
        recommend(inputs, Effort())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="plan is a Inputs"):
        verify(inputs, plan)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="inputs is a Policy"):
        recommend(inputs.policy)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="tuples of names"):
        compare(inputs, "fewer")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="use 1 or more"):
        compare(inputs, policies=("random",), settings=settings, draws=0)


def test_settings_follow_from_a_workspace_and_keep_the_seed_of_the_effort(
    world: tuple[Inputs, Settings, Plan],
) -> None:
    inputs, _, _ = world
    assert Settings.of(inputs, effort=Effort(seed=7)) == Settings.of(inputs.policy, seed=7)
    assert Settings.of(inputs, seed=3, effort=Effort(seed=7)).effort.seed == 3


def test_a_scenario_is_applied_once(world: tuple[Inputs, Settings, Plan]) -> None:
    inputs, _, _ = world
    name = inputs.policy.scenarios[0].id
    under = apply_scenario(inputs, name)
    assert under.scenario == name
    with pytest.raises(UsageError, match="was applied already"):
        apply_scenario(apply_scenario(under, "base"), name)


def test_no_value_of_the_library_shows_a_pupil_unasked(
    world: tuple[Inputs, Settings, Plan],
) -> None:
    inputs, settings, plan = world
    compared = compare(inputs, policies=("random",), settings=settings)
    shown = repr([inputs, inputs.cohort, plan, replan(inputs, plan, settings), compared,
                  compared.comparison])  # fmt: skip
    assert "\n" not in shown
    for unit in plan.profiles["unit_id"].unique():
        assert str(unit) not in shown
