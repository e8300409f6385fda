"""The dialogue as commands, from contract to replay, and the log of it all."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import yaml

from recommender.cli.main import run

GAP = ("--gap", "20%")
"""How near the best the plans of these tests need to be; what they ask holds for any plan."""


def offers(page: object) -> list[int]:
    """The lines of a sheet that hold an offer."""
    lines = range(5, page.max_row + 1)  # type: ignore[attr-defined]
    return [n for n in lines if str(page[f"K{n}"].value).split("|")[1]]  # type: ignore[index]


def test_the_contract_is_printed_and_written(
    region: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = region / "contract.html"
    assert run(["contract", str(region), "--language", "nl", "-o", str(page), "-q"]) == 0
    assert "Privacyfunctionaris" in page.read_text()
    capsys.readouterr()
    assert run(["contract", str(region), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["columns"]


def test_a_contract_past_its_day_ends_with_six(
    region: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["contract", str(region), "--today", "2099-01-01", "-q"]) == 6
    assert "was to be kept until" in capsys.readouterr().err


def as_real_data(region: Path, retention: str) -> None:
    """Say that the pupils are real, and until when their data may be kept."""
    policy = yaml.safe_load((region / "planning.yaml").read_text())
    policy["synthetic"] = False
    for column in policy["columns"].values():
        column["retention"] = dt.date.fromisoformat(retention)
    policy["outcomes"]["youth_protection"]["measures"] = "service_use"
    (region / "planning.yaml").write_text(yaml.safe_dump(policy, sort_keys=False))


@pytest.mark.parametrize("command", ["check", "plan", "assess"])
def test_real_data_past_their_retention_are_refused(
    command: str, region: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    as_real_data(region, "2020-01-31")
    words = [command, str(region), "-q", *(["-o", str(region / "b")] if command == "plan" else [])]
    assert run(words) == 6
    assert "was to be kept until 2020-01-31" in capsys.readouterr().err
    assert not (region / "b").exists()


def test_made_up_data_do_not_expire_with_the_calendar(region: Path) -> None:
    policy = yaml.safe_load((region / "planning.yaml").read_text())
    policy["reference_date"] = dt.date(2001, 1, 1)
    for column in policy["columns"].values():
        column["retention"] = dt.date(2001, 1, 2)
    (region / "planning.yaml").write_text(yaml.safe_dump(policy, sort_keys=False))
    assert run(["check", str(region), "-q"]) in (0, 3)


def test_check_warns_of_outcomes_that_measure_use_of_help(
    region: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    as_real_data(region, "2099-01-01")
    assert run(["check", str(region)]) == 0
    said = capsys.readouterr()
    assert "outcomes.youth_protection measures help used before" in said.err
    assert "measures help" not in said.out
    assert run(["check", str(region), "--json"]) == 0
    warnings = json.loads(capsys.readouterr().out)["warnings"]
    assert "outcomes.youth_protection" in [w["column"] for w in warnings]
    assert run(["check", str(region), "-q"]) == 0
    assert capsys.readouterr().err == ""


def test_pseudonyms_never_print_an_id_and_keep_the_workspace_whole(
    region: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = pd.read_csv(region / "data/pupils.csv", dtype=str)["unit_id"]
    copy, key = tmp_path / "copy", tmp_path / "key"
    words = ["pseudonymise", str(region), str(copy), "--key", str(key)]
    assert run([*words, "--create-key", "--json"]) == 0
    said = capsys.readouterr()
    assert not [i for i in ids if i in said.out + said.err]
    assert run(["check", str(copy), "-q"]) == 0
    assert run([*words, "-q"]) == 2
    assert run(["pseudonymise", str(region), str(tmp_path / "b"), "--key", str(key), "-q"]) == 0
    one, other = (pd.read_csv(p / "data/pupils.csv") for p in (copy, tmp_path / "b"))
    pd.testing.assert_frame_equal(one, other)


def test_a_refused_id_is_not_shown(
    region: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = region / "data/pupils.csv"
    lines = path.read_text().splitlines()
    lines[1] = ",".join(["Canary de Vries", *lines[1].split(",")[1:]])
    path.write_text("\n".join(lines) + "\n")
    words = ["pseudonymise", str(region), str(tmp_path / "copy"), "--key", str(tmp_path / "key")]
    assert run([*words, "--create-key"]) == 6
    said = capsys.readouterr()
    assert "Canary" not in said.out + said.err
    assert not (tmp_path / "copy").exists()


def test_nobody_adopts_without_a_name_and_a_role(region: Path) -> None:
    plan = str(region / "plan")
    assert run(["adopt", plan]) == 2
    assert run(["adopt", plan, "--name", "N. Jansen"]) == 2
    assert run(["adopt", plan, "--name", " ", "--role", "planner"]) == 2
    assert not (region / "plan.status.json").exists()


def test_a_plan_is_adopted_and_stays_as_it_was(
    region: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = region / "plan"
    before = {p: p.read_bytes() for p in plan.rglob("*") if p.is_file()}
    words = ["adopt", str(plan), "--name", "N. Jansen", "--role", "school leader"]
    assert run([*words, "--as", "discussed", "-q"]) == 0
    assert run([*words, "--json"]) == 0
    assert json.loads((region / "plan.status.json").read_text())["status"] == "adopted"
    assert {p: p.read_bytes() for p in plan.rglob("*") if p.is_file()} == before
    capsys.readouterr()
    assert run(["audit", "verify", str(region), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["entries"] == 3


def test_a_changed_plan_is_not_adopted(region: Path) -> None:
    path = region / "plan/assignments.csv"
    path.write_text(path.read_text() + "\n")
    words = ["adopt", str(region / "plan"), "--name", "N", "--role", "r"]
    assert run(words) == 1


def test_a_log_that_was_changed_is_found(region: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["adopt", str(region / "plan"), "--name", "N. Jansen", "--role", "leader", "-q"])
    log = region / ".audit/log.jsonl"
    log.write_text(log.read_text().replace("N. Jansen", "P. Pieters"))
    assert run(["audit", "verify", str(region)]) == 1
    assert "entry 2 was changed" in capsys.readouterr().err
    assert run(["audit", "verify", str(region), "--head", "nonsense"]) == 2


def test_a_document_about_a_plan_whose_policy_was_changed_says_so(
    region: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["document", str(region / "plan"), "--kind", "dpia", "-o", str(tmp_path / "dpia.md")]
    assert run(words) == 0
    assert "was changed" not in capsys.readouterr().err
    path = region / "planning.yaml"
    path.write_text(path.read_text() + "\n# another day\n")
    assert run(words) == 0
    assert "planning.yaml was changed after the plan" in capsys.readouterr().err


def test_the_register_entry_is_in_dutch_whatever_the_language(region: Path, tmp_path: Path) -> None:
    pages = []
    for language in ("en", "nl"):
        page = tmp_path / f"{language}.md"
        words = ["document", str(region / "plan"), "--kind", "register", "-o", str(page), "-q"]
        assert run([*words, "--language", language]) == 0
        pages.append(page.read_text())
    assert pages[0] == pages[1]
    assert "leesachterstand" in pages[0]


ENGLISH = r"\b(the|would|there|for|and|with|estimate|register|feature|personal|special|strong)\b"


@pytest.mark.parametrize("kind", ["dpia", "fria", "data-card", "parents", "measurement"])
def test_a_dutch_document_has_no_english_in_it(kind: str, region: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    words = ["document", str(region / "plan"), "--kind", kind, "-o", str(page), "-q"]
    assert run([*words, "--language", "nl"]) == 0
    assert not re.findall(rf".{{0,40}}{ENGLISH}.{{0,40}}", page.read_text())


def test_all_documents_are_written_without_an_id(region: Path, tmp_path: Path) -> None:
    words = ["document", str(region / "plan"), "--kind", "all", "-o", str(tmp_path / "docs")]
    assert run([*words, "--organisation", "Gemeente X", "--contact", "x@y.example", "-q"]) == 0
    pages = sorted((tmp_path / "docs").iterdir())
    assert len(pages) == 7
    ids = pd.read_csv(region / "data/pupils.csv", dtype=str)[["unit_id", "family_id"]].stack()
    text = "\n".join(p.read_text() for p in pages)
    assert not [i for i in ids if i in text]
    entry = tmp_path / "entry.json"
    assert (
        run(["document", str(region / "plan"), "--kind", "register", "-o", str(entry), "-q"]) == 0
    )
    assert json.loads(entry.read_text())["Taal"] == "nld"
    assert run(["document", str(region / "plan"), "--kind", "dpia", "-o", "x.docx"]) == 2


def test_runs_and_exports_are_noted(region: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["export", str(region / "plan"), "--to", str(region / "x.xlsx"), "-q"]) == 0
    capsys.readouterr()
    assert run(["audit", "list", str(region), "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)["entries"]
    assert [(e["action"], e["subject"]) for e in entries] == [("run", "plan"), ("export", "plan")]
    assert entries[1]["details"]["to"] == "x.xlsx"


def test_a_log_that_cannot_be_written_stops_an_export(
    region: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(region / ".audit")
    (region / ".audit").write_text("in the way")
    assert run(["export", str(region / "plan"), "--to", str(region / "x.xlsx"), "-q"]) == 74
    assert "the audit log could not be written" in capsys.readouterr().err
    assert not (region / "x.xlsx").exists()


def test_what_people_know_becomes_a_snippet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said, out = tmp_path / "said.csv", tmp_path / "snippet.yaml"
    said.write_text("person,a,b,ratio\nann,lag,absence,3\nbob,lag,absence,1/3\n")
    assert run(["elicit", str(said), "--yaml", str(out), "-q"]) == 0
    assert "do not agree on what is worst" in capsys.readouterr().out
    assert yaml.safe_load(out.read_text())["outcomes"]["lag"]["weight"] == 1.0


def test_a_sheet_goes_out_and_comes_back(region: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = region.parent / "sheet.xlsx"
    assert run(["review", str(region / "plan"), "-o", str(sheet), "--language", "en"]) == 0
    book = openpyxl.load_workbook(sheet)
    page = book.worksheets[1]
    line = offers(page)[0]
    unit, help_, _ = str(page[f"K{line}"].value).split("|")
    page["B2"], page["F2"] = "N. Jansen", "care coordinator"
    page[f"G{line}"], page[f"I{line}"] = "reject", "is helped already"
    page[f"J{line}"] = "Canary de Vries"
    book.save(sheet)
    words = ["decide", str(region), str(sheet), "--plan", str(region / "plan")]
    assert run([*words, "--json"]) == 0
    said = capsys.readouterr()
    assert unit not in said.out + said.err
    decisions = pd.read_csv(region / "data/decisions.csv")
    assert decisions[["unit_id", "intervention", "decision"]].values.tolist() == [
        [unit, help_, "forbid"]
    ]
    assert "Canary" not in (region / "data/decisions.csv").read_text()
    assert run(["check", str(region), "-q"]) == 0
    assert run(["review", str(region / "plan"), "-o", str(sheet)]) == 1


def test_with_any_problem_on_a_sheet_nothing_is_written(
    region: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = region.parent / "sheet.xlsx"
    assert run(["review", str(region / "plan"), "-o", str(sheet), "--language", "en"]) == 0
    book = openpyxl.load_workbook(sheet)
    page = book.worksheets[1]
    first, second = offers(page)[:2]
    page[f"G{first}"], page[f"G{second}"] = "accept", "canary"
    book.save(sheet)
    assert run(["decide", str(region), str(sheet)]) == 3
    said = capsys.readouterr().err
    assert "not on the list" in said
    assert "who filled it in" in said
    assert "canary" not in said
    assert not (region / "data/decisions.csv").exists()


def test_a_plan_made_again_is_the_same(region: Path) -> None:
    assert run(["replay", str(region / "plan"), "-q"]) == 0
    path = region / "data/pupils.csv"
    path.write_text(path.read_text().replace(",s01,", ",s01, ", 1))
    assert run(["replay", str(region / "plan"), "-q"]) == 1


@pytest.fixture
def decided(
    region: Path, filled_in: Callable[[Path, int], set[tuple[str, str]]]
) -> set[tuple[str, str]]:
    """Three offers of the plan, rejected on a sheet that was handed in."""
    sheet = region.parent / "sheet.xlsx"
    assert run(["review", str(region / "plan"), "-o", str(sheet), "--language", "en"]) == 0
    pairs = filled_in(sheet, 3)
    assert run(["decide", str(region), str(sheet), "-q"]) == 0
    return pairs


def offered(plan: Path) -> set[tuple[str, str, str]]:
    table = pd.read_csv(plan / "assignments.csv", dtype=str)
    return set(zip(table["unit_id"], table["intervention"], table["period"], strict=True))


def test_a_plan_made_again_keeps_what_was_not_decided_otherwise(
    region: Path, decided: set[tuple[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    costs = region.parent / "costs.csv"
    words = ["plan", str(region), "-o", str(region / "plan2"), "--gap", "20%"]
    words += ["--keep", str(region / "plan"), "--threshold", "0.05", "--costs", str(costs)]
    capsys.readouterr()
    assert run([*words, "--json"]) in (0, 4)
    said = json.loads(capsys.readouterr().out)
    before, after = offered(region / "plan"), offered(region / "plan2")
    assert said["kept"]["before"] == len(before)
    assert said["kept"]["same"] == len(before & after)
    gone = {(unit, help_) for unit, help_, _ in before - after}
    assert decided <= gone
    assert len(gone - decided) <= 0.05 * len(before)
    assert said["decisions"]["units"] == len({unit for unit, _ in decided})
    table = pd.read_csv(costs)
    assert set(table["unit_id"]) == {unit for unit, _ in decided}
    assert table["cost"].sum() == pytest.approx(said["decisions"]["estimated_cost"])
    assert run(["verify", str(region / "plan2"), "-q"]) == 0
    assert run(["replay", str(region / "plan2"), "-q"]) == 0
    capsys.readouterr()
    assert run(["audit", "list", str(region), "--json"]) == 0
    last = json.loads(capsys.readouterr().out)["entries"][-1]["details"]
    assert last["threshold"] == "0.05"
    assert float(last["kept_share"]) == pytest.approx(said["kept"]["share"], abs=1e-4)


@pytest.mark.slow
@pytest.mark.usefixtures("decided")
def test_what_was_kept_is_said_without_ids_and_names(
    region: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["plan", str(region), "-o", str(region / "plan2"), "--gap", "20%"]
    capsys.readouterr()
    assert run([*words, "--keep", str(region / "plan")]) in (0, 4)
    said = capsys.readouterr()
    assert "assignments" in said.out
    assert "estimated cost" in said.out
    assert "Jansen" not in said.out + said.err
    ids = pd.read_csv(region / "data/pupils.csv", dtype=str)["unit_id"]
    assert not [i for i in ids if i in said.out + said.err]


def test_keeping_refuses_what_makes_no_sense(region: Path) -> None:
    plan = str(region / "plan")
    assert run(["plan", str(region), "-o", plan, "--force", "--keep", plan]) == 2
    assert run(["plan", str(region), "-o", str(region / "b"), "--costs", "c.csv"]) == 2
    words = ["plan", str(region), "-o", str(region / "b"), "--keep", plan, *GAP]
    assert run([*words, "--threshold", "-1"]) == 2
    assert run([*words, "--threshold", "nan"]) == 2
    path = region / "plan/assignments.csv"
    path.write_text(path.read_text() + "\n")
    assert run(words) == 1
    assert not (region / "b").exists()


@pytest.mark.slow
def test_a_plan_is_noted_even_if_its_costs_cannot_be_written(
    region: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (region / "file").write_text("in the way")
    words = ["plan", str(region), "-o", str(region / "b"), "--keep", str(region / "plan"), *GAP]
    assert run([*words, "--gap", "20%", "--costs", str(region / "file/costs.csv"), "-q"]) == 74
    capsys.readouterr()
    assert run(["audit", "list", str(region), "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)["entries"]
    assert [(e["action"], e["subject"]) for e in entries] == [("run", "plan"), ("run", "b")]


@pytest.mark.slow
def test_a_replay_without_the_plan_that_was_kept_says_so(
    region: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["plan", str(region), "-o", str(region / "b"), "--keep", str(region / "plan"), *GAP]
    assert run([*words, "--gap", "20%", "-q"]) in (0, 4)
    (region / "plan").rename(region / "elsewhere")
    assert run(["replay", str(region / "b"), "-q"]) == 1
    assert "that was kept to is missing" in capsys.readouterr().err


@pytest.fixture(params=["invented", pytest.param("shipped", marks=pytest.mark.slow)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A workspace without a plan: the invented region, or the one that is shipped."""
    if request.param == "invented":
        made = request.getfixturevalue("region")
        shutil.rmtree(made / "plan")
        shutil.rmtree(made / ".audit")
        return Path(made)
    root, place = Path(__file__).parents[2], tmp_path / "ws"
    shutil.copytree(root / "data", place / "data")
    for name in ("interventions.yaml", "planning.yaml"):
        shutil.copy(root / name, place / name)
    return place


def test_the_dialogue_from_contract_to_replay(
    place: Path, tmp_path: Path, filled_in: Callable[[Path, int], set[tuple[str, str]]],
    capsys: pytest.CaptureFixture[str], record_property: Callable[[str, object], None],
) -> None:  # fmt: skip
    """Contract, plan, review, decide, keep, adopt, replay; every file is looked at."""
    large = len(pd.read_csv(place / "data/pupils.csv")) > 1_000
    gap = ["--gap", "1%" if large else "20%", "--seconds", "240"]

    def said(words: list[str], *codes: int) -> str:
        capsys.readouterr()
        assert run(words) in (codes or (0,)), capsys.readouterr().err
        return capsys.readouterr().out

    # 1. what may be used, agreed on by professionals, privacy officer and data scientist
    page = tmp_path / "contract.md"
    said(["contract", str(place), "--language", "nl", "-o", str(page), "-q"])
    assert "Te bespreken" in page.read_text()
    assert "sdq_teacher_total" in page.read_text()

    # 2. a proposal
    first, again = place / "plan1", place / "plan2"
    said(["plan", str(place), "-o", str(first), *gap, "-q"], 0, 4)
    before = offered(first)
    manifest = json.loads((first / "manifest.json").read_text())
    assert manifest["settings"]["keep"] is None

    # 3. the sheet: every offer has a line, every pupil without one too
    sheet = tmp_path / "sheet.xlsx"
    said(["review", str(first), "-o", str(sheet), "--language", "en"])
    book = openpyxl.load_workbook(sheet)
    pages = [p for p in book.worksheets if p.title not in ("guide", "choices", "plan")]
    assert sum(len(offers(p)) for p in pages) >= len({unit for unit, _, _ in before})

    # 4. what professionals say
    rejected = filled_in(sheet, 10 if large else 3)
    answer = json.loads(said(["decide", str(place), str(sheet), "--plan", str(first), "--json"]))
    assert answer["overruled"] == len(rejected)
    decisions = pd.read_csv(place / "data/decisions.csv", dtype=str)
    assert set(zip(decisions["unit_id"], decisions["intervention"], strict=True)) == rejected
    assert set(decisions["decided_by"]) == {"N. Jansen (care coordinator)"}
    assert f"{answer['overruled']:>11}" in said(["audit", "overrules", str(place), "-q"])

    # 5. the same plan with the smallest change, and what the decisions cost
    costs = tmp_path / "costs.csv"
    words = ["plan", str(place), "-o", str(again), "--keep", str(first), "--costs", str(costs)]
    kept = json.loads(said([*words, *gap, "--json"], 0, 4))
    after = offered(again)
    assert not rejected & {(unit, help_) for unit, help_, _ in after}
    assert kept["kept"]["same"] == len(before & after)
    assert kept["kept"]["share"] > (0.95 if large else 0.8)
    table = pd.read_csv(costs)
    assert table["cost"].ge(0).all()
    assert set(table["unit_id"]) == {unit for unit, _ in rejected}
    recorded = json.loads((again / "manifest.json").read_text())["settings"]["keep"]
    assert (recorded["plan"], recorded["threshold"]) == ("../plan1", 0.01)
    said(["verify", str(again)])

    # 6. somebody answers for it
    name = ["--name", "P. de Boer", "--role", "school leader"]
    said(["adopt", str(again), *name, "--as", "discussed"])
    assert json.loads(said(["adopt", str(again), *name, "--json"]))["status"] == "adopted"
    status = json.loads((place / "plan2.status.json").read_text())
    assert [step["status"] for step in status["steps"]] == ["discussed", "adopted"]

    # 7. and anybody can make it again
    said(["replay", str(again)])
    entries = json.loads(said(["audit", "list", str(place), "--json"]))["entries"]
    assert [e["action"] for e in entries] == ["run", "decision", "run", "status", "status"]
    head = said(["audit", "verify", str(place)]).split()[-1]
    said(["audit", "verify", str(place), "--head", head])
    assert status["steps"][-1]["head"] == head
    record_property("assignments of a plan that was made again", len(before))
    record_property("of which were kept", len(before & after))
