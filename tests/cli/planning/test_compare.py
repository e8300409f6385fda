"""``recommender compare`` and the folder it writes."""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
import shutil
from pathlib import Path

import jsonschema
import pandas as pd
import pytest

from recommender.cli.main import run as run_command
from recommender.errors import InputError
from recommender.export.folders.comparison_folder import comparison_schema, read_comparison
from recommender.export.folders.plan_folder import read_plan
from recommender.files.hashes import sha256_of


@pytest.fixture(scope="module")
def made(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A comparison folder of the template workspace."""
    folder = tmp_path_factory.mktemp("compared") / "compared"
    words = ["compare", str(template), "-o", str(folder), "-q", "--draws", "2"]
    assert run_command(words) == 0
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a csv file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_one_screen_shows_every_plan_and_policy(run, template: Path) -> None:
    said = run("compare", template, "-q", "--draws", "2")
    assert said.code == 0
    for name in ("base", "fewer_teachers", "highest_risk", "first_come", "random",
                 "benefit_per_hour", "site_averages"):  # fmt: skip
        assert said.out.count(f"{name} ") >= 2, name
    assert "status_quo is left out" in said.out
    assert len(said.out.splitlines()) <= 40
    assert max(map(len, said.out.splitlines())) <= 110


def test_the_folder_holds_files_that_say_the_same(made: Path) -> None:
    comparison = read_comparison(made)
    document = json.loads((made / "comparison.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(comparison_schema())
    jsonschema.Draft202012Validator(comparison_schema()).validate(document)
    sides = rows(made / "comparison.csv")
    assert [row["name"] for row in sides] == [side.name for side in comparison.sides]
    for row, side in zip(sides, comparison.sides, strict=True):
        assert math.isclose(float(row["benefit"]), side.benefit, rel_tol=1e-9)
        assert float(row["served"]) == side.served
    for table in ("moved", "deciles", "hours", "groups", "shortages"):
        assert len(rows(made / f"{table}.csv")) == len(getattr(comparison, table))
    deciles = pd.read_csv(made / "deciles.csv")
    assert deciles.groupby("side")["served"].sum()["base"] == comparison.sides[0].served


def test_sums_are_those_of_the_plan_folders(made: Path) -> None:
    comparison = read_comparison(made)
    for side in comparison.sides:
        if side.kind == "scenario":
            plan, manifest = read_plan(made / "plans" / side.name)
            assert manifest.scenario == side.name
            assert plan.assignments["benefit"].sum() == pytest.approx(side.benefit)
            assert plan.summary.served == side.served
            assert plan.caseload["hours"].sum() == pytest.approx(side.hours_used)


def test_the_page_in_the_folder_is_the_one_that_is_exported_and_exports_are_logged(
    run, made: Path, template: Path, tmp_path: Path
) -> None:
    page = made / "comparison.html"
    assert run("export", made, "--to", tmp_path / "c.html", "-q").code == 0
    assert (tmp_path / "c.html").read_bytes() == page.read_bytes()
    words = ("export", made, "--to", tmp_path / "open.html", "--audience", "public", "-q")
    assert run(*words).code == 0
    assert "are left out" in (tmp_path / "open.html").read_text("utf-8")
    log = (template / ".audit" / "log.jsonl").read_text("utf-8").splitlines()
    last = json.loads(log[-1])
    assert (last["action"], last["subject"]) == ("export", made.name)
    assert last["details"]["audience"] == "public"
    assert "comparison.json" in last["hashes"]


def test_the_plans_can_be_verified_and_explained(run, made: Path) -> None:
    for folder in sorted((made / "plans").iterdir()):
        assert run("verify", folder).code == 0
        unit = read_plan(folder)[0].assignments["unit_id"].iloc[0]
        assert run("explain", folder, unit).code == 0


def test_the_base_is_what_plan_makes(run, made: Path, template: Path, tmp_path: Path) -> None:
    assert run("plan", template, "-o", tmp_path / "plan", "-q").code == 0
    for name in ("plan.json", "assignments.csv", "resources.csv"):
        one, other = tmp_path / "plan" / name, made / "plans" / "base" / name
        assert one.read_bytes() == other.read_bytes()


def test_programs_read_the_answer(run, template: Path) -> None:
    said = run("compare", template, "--scenario", "fewer_teachers", "--policy", "highest_risk",
               "--json", "-q")  # fmt: skip
    answer = json.loads(said.out)
    assert [side["name"] for side in answer["sides"]] == ["base", "fewer_teachers", "highest_risk"]
    assert {row["side"] for row in answer["deciles"]} == {"base", "fewer_teachers", "highest_risk"}


def test_a_folder_is_not_replaced_unless_asked_and_never_a_strange_one(
    run, made: Path, template: Path, tmp_path: Path
) -> None:
    words = ("compare", template, "-q", "--policy", "none", "--scenario", "base")
    assert run(*words, "-o", made).code == 2
    strange = tmp_path / "strange"
    strange.mkdir()
    (strange / "diary.txt").write_text("mine")
    assert run(*words, "-o", strange, "--force").code == 2
    copy = tmp_path / "again"
    assert run(*words, "-o", copy).code == 0
    assert run(*words, "-o", copy, "--force").code == 0
    (copy / "plans" / "base" / "mine.txt").write_text("mine")
    assert run(*words, "-o", copy, "--force").code == 2
    assert (copy / "plans" / "base" / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--scenario", "fewer_teecher"), "did you mean fewer_teachers?"),
        (("--policy", "highest_rsk"), "did you mean highest_risk?"),
        (("--between", "base"), "name two"),
        (("--between", "base,nobody"), "no side of this comparison 'nobody'"),
    ],
)
def test_a_mistake_on_the_command_line_says_what_was_meant(
    run, template: Path, words: tuple[str, ...], said: str
) -> None:
    answer = run("compare", template, "-q", *words)
    assert answer.code == 2
    assert said in answer.err


def test_a_damaged_document_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "comparison.json").write_text('{"format": "recommender comparison 1"}')
    with pytest.raises(InputError, match="not the document of a comparison"):
        read_comparison(tmp_path)
    with pytest.raises(InputError, match="not a comparison folder"):
        read_comparison(tmp_path / "nowhere")


@pytest.mark.slow
def test_a_public_report_that_differs_in_few_pupils_from_an_earlier_one_is_refused(
    run, made: Path, template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from recommender.governance.log.audit import record
    from recommender.governance.privacy import published

    base, *others = sorted((made / "plans").iterdir(), key=lambda folder: folder.name != "base")
    workspace = tmp_path / "workspace"  # its log knows these plans, and no report of them yet
    shutil.copytree(template, workspace, ignore=shutil.ignore_patterns(".audit"))
    hashes = {plan.name: sha256_of(plan / "manifest.json") for plan in (base, *others)}
    now = dt.datetime.now(dt.UTC)
    record(workspace, "run", "compared", who="N", role="r", when=now, hashes=hashes)
    public = ("--audience", "public", "-q", "--workspace", workspace)
    assert run("export", base, "--to", tmp_path / "a.html", *public).code == 0
    assert run("export", base, "--to", tmp_path / "a.json", *public).code == 0
    assert run("export", base, "--to", tmp_path / "a.csv", *public).code == 6
    words = ("export", base, "--to", tmp_path / "a.csv", "--table", "sites", *public)
    assert run(*words).code == 0
    monkeypatch.setattr(published, "THRESHOLD", 10_000)
    said = run("export", others[0], "--to", tmp_path / "b.html", *public)
    assert said.code == 6
    assert "earlier public report" in said.err
    assert not (tmp_path / "b.html").exists()
    assert run("export", others[0], "--to", tmp_path / "c.html", "-q").code == 0
