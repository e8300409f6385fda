"""Canaries in sensitive cells are found in nothing that any command says or writes.

Some are valid data, and every command runs over them; others are wrong data, one in every column of
every table, and every command that reads tables complains of them; the last are in the messages of
errors that no command expects, shown with all the details that can be asked for.
"""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import yaml
from click import Context

from recommender.cli.main import recommender, run

WORD = "kwetter"
NUMBER = "48151"
"""Every canary holds one of these, and nothing else does."""

Said = Callable[[list[str]], tuple[int, str]]


@pytest.fixture(params=["0", "1"], ids=["plainly", "for debugging"])
def say(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Said:
    """Run a command and return its exit code with all that it said."""
    monkeypatch.setenv("RECOMMENDER_DEBUG", request.param)

    def one(words: list[str]) -> tuple[int, str]:
        capsys.readouterr()
        code = run(words)
        said = capsys.readouterr()
        return code, said.out + said.err

    return one


def found(text: str) -> list[str]:
    """The canaries in a text, with what stands around them."""
    canary = rf"{WORD}|(?<!\d{{4}}){NUMBER}"  # further on in a long fraction it is there by chance
    return re.findall(rf".{{0,60}}(?:{canary}).{{0,20}}", text, re.IGNORECASE)


def texts_of(path: Path) -> str:
    """All text in a file, workbooks and parquet unpacked."""
    data = path.read_bytes()
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            return "\n".join(book.read(n).decode(errors="replace") for n in book.namelist())
    if path.suffix == ".parquet":
        return pd.read_parquet(path).to_csv()
    return data.decode(errors="replace")


def sung(folder: Path) -> list[str]:
    """The canaries in all files of a folder, and in their names."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return [f"{p.name}: {c}" for p in files for c in found(f"{p}\n{texts_of(p)}")]


def edited(region: Path, table: str, edit: Callable[[pd.DataFrame], object]) -> None:
    path = region / f"data/{table}.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    edit(frame)
    frame.to_csv(path, index=False)


@pytest.fixture
def planted(region: Path) -> tuple[Path, int]:
    """A region with canaries in valid cells, and how many."""
    cells = 0
    plan = pd.read_csv(region / "plan/assignments.csv", dtype=str)
    unit, other = plan["unit_id"].iloc[0], plan["unit_id"].iloc[-1]

    def pupils(frame: pd.DataFrame) -> None:
        nonlocal cells
        at = frame["unit_id"].isin([unit, other])
        for column, text in {
            "family_id": f"{WORD}f", "origin_group": f"{WORD}o", "home_language": f"{WORD}l",
            "postcode_area": f"{WORD}p", "reading_score": f"93.{NUMBER}",
            "maths_score": f"91.{NUMBER}", "sdq_teacher_total": f"7.{NUMBER}",
        }.items():  # fmt: skip
            frame.loc[at, column] = text
            cells += int(at.sum())
        frame["toelichting"] = f"{WORD} toelichting"
        cells += len(frame)

    def history(frame: pd.DataFrame) -> None:
        nonlocal cells
        for column, text in {"origin_group": f"{WORD}o", "reading_score": f"94.{NUMBER}"}.items():
            frame.loc[frame.index[:3], column] = text
            cells += 3

    def notes(frame: pd.DataFrame) -> None:
        nonlocal cells
        for line, who in enumerate([unit, other, unit]):
            text = f"{WORD.title()} Jansen ({WORD}@x.nl) wordt gepest, tel 06{NUMBER}000."
            frame.loc[len(frame)] = [who, f"2026-0{line + 3}-01", text]
            cells += 1

    policy = yaml.safe_load((region / "planning.yaml").read_text())
    for column in ("origin_group", "home_language", "postcode_area"):
        policy["columns"][column].pop("values", None)
    (region / "planning.yaml").write_text(yaml.safe_dump(policy, sort_keys=False))
    edited(region, "pupils", pupils)
    edited(region, "history", history)
    edited(region, "notes", notes)
    (region / "data/profiles.csv").unlink()
    pd.DataFrame(
        [
            (unit, plan["intervention"].iloc[0], "forbid", f"family: {WORD} zegt nee",
             f"{WORD.title()} Pieters (leader)", "2026-11-01"),
            (other, plan["intervention"].iloc[-1], "accept", f"{WORD} was blij",
             f"{WORD.title()} Pieters (leader)", "2026-11-01"),
        ],
        columns=["unit_id", "intervention", "decision", "reason", "decided_by", "date"],
    ).to_csv(region / "data/decisions.csv", index=False)  # fmt: skip
    return region, cells + 6


LONG = {"compare", "frontier", "prices", "--check"}
"""Words of commands that solve several times: the longest runs only."""

ONCE = {
    "check",
    "assess",
    "--write-model",
    "verify",
    "--site",
    "board",
    "public",
    "document",
    "review",
    "decide",
    "adopt",
    "list",
    "overrules",
    "pseudonymise",
}
"""Words of commands of which each reads or writes other cells: in every run."""


def by_hand(sheet: Path, filled: Path) -> None:
    """Fill in a sheet as a person would who writes too much."""
    book = openpyxl.load_workbook(sheet)
    page = book.worksheets[1]
    page["B2"], page["F2"] = f"{WORD.title()} Pieters", "leader"
    page["G5"], page["I5"], page["J5"] = "kletspraat", f"{WORD}", f"{WORD} {NUMBER}"
    book.save(filled)


@pytest.mark.parametrize("say", ["1"], indirect=True)
@pytest.mark.parametrize(
    "how_many",
    ["once", *(pytest.param(name, marks=pytest.mark.slow) for name in ("most", "all"))],
)
def test_no_command_says_or_writes_a_canary(
    how_many: str,
    planted: tuple[Path, int], tmp_path: Path, say: Said, record_property: Any,
    risks_from_elsewhere: Callable[[Path], None],
) -> None:  # fmt: skip
    region, cells = planted
    out = tmp_path / "out"
    out.mkdir()
    before, plan = region / "plan", out / "plan"
    unit = pd.read_csv(before / "assignments.csv", dtype=str)["unit_id"].iloc[0]
    gap = ["--gap", "20%", "-v"]
    filled, pairs = tmp_path / "filled.xlsx", tmp_path / "pairs.csv"
    pairs.write_text(f"person,a,b,ratio\n{WORD},reading_lag,maths_lag,3\n")
    steps: list[tuple[list[str], set[int]] | Callable[[], object]] = [
        (["check", str(region), "-v"], {0}),
        (["check", str(region), "--json"], {0}),
        (["contract", str(region), "-o", str(out / "contract.html")], {0}),
        (["contract", str(region), "--language", "nl", "--json"], {0}),
        (["assess", str(region), "-o", str(out / "assess.html"), "-v"], {0}),
        (["plan", str(region), "-o", str(plan), "--keep", str(before), *gap,
          "--costs", str(out / "costs.csv")], {0, 4, 5}),
        (["plan", str(region), "-o", str(plan), *gap], {2}),
        (["replay", str(plan), "-v"], {0}),
        lambda: risks_from_elsewhere(region),
        (["plan", str(region), "-o", str(plan), "--force", "--json", "--language", "nl", *gap,
          "--write-model", str(out / "model.lp")], {0, 4, 5}),
        (["explain", str(plan), unit, "--seconds", "1"], {0, 5}),
        (["explain", str(plan), unit, "--json", "--quick"], {0}),
        (["explain", str(plan), unit, "--check", "--seconds", "2"], {0, 1, 5}),
        (["explain", str(plan), "--site", "s01", "--quick"], {0}),
        (["explain", str(plan), "--resource", "care_coordinator@s01", "--quick"], {0}),
        (["explain", str(plan), "nobody"], {2}),
        (["verify", str(plan), "-v"], {0}),
        (["runs", str(out)], {0, 1, 2, 3}),
        *((["export", str(plan), "--to", f"{out}/x{end}"], {0})
          for end in (".xlsx", ".csv", ".parquet", ".json", ".ics")),
        *((["export", str(plan), "--to", f"{out}/{who}.html", "--audience", who,
            "--language", "nl"], {0})
          for who in ("coordinator", "board", "policy", "public")),
        (["export", str(plan), "--to", f"{out}/d/datapackage.json"], {0}),
        (["export", str(plan), "--to", f"sqlite:///{out}/x.db"], {0}),
        (["export", str(plan), "--to", f"{out}/x.docx"], {2}),
        (["document", str(plan), "--kind", "all", "-o", str(out / "docs"),
          "--organisation", "X", "--contact", "x@y.example"], {0}),
        (["review", str(plan), "-o", str(out / "sheet.xlsx"), "--language", "nl"], {0}),
        lambda: by_hand(out / "sheet.xlsx", filled),
        (["decide", str(region), str(filled)], {3}),
        (["adopt", str(plan), "--name", "N", "--role", "leader"], {0}),
        (["audit", "list", str(region), "-v"], {0}),
        (["audit", "verify", str(region)], {0}),
        (["audit", "overrules", str(region)], {0}),
        (["pseudonymise", str(region), str(tmp_path / "copy"), "--key", str(tmp_path / "key"),
          "--create-key", "-v"], {0, 6}),
        (["erase", "u9-none", str(region)], {0}),
        (["elicit", str(pairs), "--yaml", str(out / "snippet.yaml")], {0}),
        (["simulate", str(out / "more"), "--pupils", "20", "--like", str(region)], {0}),
        (["init", str(out / "new")], {0}),
        (["scenarios", str(region)], {0}),
        (["compare", str(region), "--scenario", "sick_winter", "--policy", "status_quo", *gap,
          "-o", str(out / "compared")], {0, 4, 5}),
        (["frontier", str(region), "--resource", "care_coordinator", "--steps", "2",
          "-o", str(out / "line.html"), "-o", str(out / "line.json")], {0, 4, 5}),
        (["prices", str(region), "-o", str(out / "prices.csv")], {0}),
        (["schema", "plan"], {0}),
        (["completion", "bash"], {0}),
    ]  # fmt: skip
    named = {step[0][0] for step in steps if not callable(step)}
    assert not set(recommender.list_commands(Context(recommender))) - named
    if how_many == "once":
        steps = [s for s in steps if callable(s) or ONCE & set(s[0])]
    elif how_many == "most":
        steps = [s for s in steps if callable(s) or not LONG & set(s[0])]
    for step in steps:
        if callable(step):
            step()
            continue
        words, codes = step
        code, said = say(words)
        assert code in codes, (words, code, said[-3000:])
        assert not found(said), words
    assert not sung(out)
    assert not sung(region / ".audit")
    if (tmp_path / "copy").exists():
        assert WORD + "f" not in "".join(texts_of(p) for p in (tmp_path / "copy/data").iterdir())
    record_property("canaries", cells)
    record_property("commands with canaries", len([s for s in steps if not callable(s)]))


def some(names: Iterable[str], slow: Collection[str]) -> list[Any]:
    """The names as parameters, some of them for long runs only."""
    mark = pytest.mark.slow
    return [pytest.param(n, marks=mark) if n in slow else n for n in names]


TABLES = [
    "pupils", "history", "notes", "profiles", "professionals", "sites", "commitments", "decisions",
]  # fmt: skip


def decided_something(region: Path) -> None:
    unit = pd.read_csv(region / "data/pupils.csv", dtype=str)["unit_id"].iloc[0]
    (region / "data/decisions.csv").write_text(
        "unit_id,intervention,decision,reason,decided_by,date\n"
        f"{unit},small_group_tuition,forbid,family,N,2026-11-01\n"
    )


def sensitive(table: str, columns: Iterable[str]) -> list[str]:
    """The columns of a table whose cells no message may show."""
    shown = {"site", "name", "area", "board"} if table == "sites" else set()
    return [column for column in columns if column not in shown]


@pytest.mark.many(4)
@pytest.mark.parametrize("say", ["0"], indirect=True)
@pytest.mark.parametrize("table", TABLES)
def test_no_complaint_of_many_wrong_cells_shows_one(
    table: str, region: Path, say: Said, record_property: Any
) -> None:
    """Every column has a canary, each in a line of its own where there are enough lines."""
    decided_something(region)
    path = region / f"data/{table}.csv"
    bad = pd.read_csv(path, dtype=str, keep_default_na=False)
    columns = sensitive(table, bad.columns)
    for number, column in enumerate(columns):
        bad.loc[number % len(bad), column] = f"{WORD.title()} van {NUMBER} x"
    bad.to_csv(path, index=False)
    code, said = say(["check", str(region), "-v"])
    assert code in (0, 3, 6), said[-2000:]
    assert not found(said)
    record_property("canaries", len(columns))


@pytest.mark.slow
@pytest.mark.parametrize("table", TABLES)
def test_no_complaint_of_a_wrong_cell_shows_it(
    table: str, region: Path, tmp_path: Path, say: Said, record_property: Any
) -> None:
    decided_something(region)
    path = region / f"data/{table}.csv"
    good = pd.read_csv(path, dtype=str, keep_default_na=False)
    columns = sensitive(table, good.columns)
    for number, column in enumerate(columns):
        bad = good.copy()
        bad.loc[0, column] = f"{WORD.title()} van {NUMBER} x"
        bad.to_csv(path, index=False)
        commands = [["check", str(region), "-v"]]
        if os.environ["RECOMMENDER_DEBUG"] == "1":
            commands += [
                ["contract", str(region)],
                ["pseudonymise", str(region), str(tmp_path / f"c{number}"),
                 "--key", str(tmp_path / f"k{number}"), "--create-key"],
            ]  # fmt: skip
        for words in commands:
            code, said = say(words)
            assert code in (0, 3, 6), (words[0], column, code, said[-2000:])
            assert not found(said), (words[0], column)
    record_property("canaries", len(columns))


FAILURES: dict[str, Callable[[], BaseException]] = {
    "value": lambda: ValueError(f"could not convert string to float: '{WORD} {NUMBER}'"),
    "key": lambda: KeyError(f"{WORD} {NUMBER}"),
    "type": lambda: TypeError({WORD: NUMBER}),
    "file": lambda: FileNotFoundError(2, f"{WORD}", f"/{NUMBER}/{WORD}"),
    "right": lambda: PermissionError(13, f"{WORD}", f"/{NUMBER}/{WORD}"),
    "disk": lambda: OSError(28, "No space left on device", f"/{NUMBER}/{WORD}"),
    "bytes": lambda: UnicodeDecodeError("utf-8", f"{WORD}".encode(), 0, 1, f"{NUMBER}"),
    "memory": lambda: MemoryError(f"{WORD} {NUMBER}"),
    "depth": lambda: RecursionError(f"{WORD}"),
    "assertion": lambda: AssertionError(f"{WORD}"),
    "group": lambda: ExceptionGroup(f"{WORD}", [ValueError(f"{NUMBER}")]),
    "note": lambda: _noted(),
}


def _noted() -> BaseException:
    error = ValueError(f"{WORD}")
    error.add_note(f"{NUMBER}")
    return error


BREAKING = {
    "recommender.inputs.workspace.read_workspace": [
        "check",
        "assess",
        "plan",
        "explain",
        "verify",
        "replay",
        "review",
        "decide",
    ],
    "recommender.export.folders.plan_folder.read_plan": [
        "explain",
        "verify",
        "replay",
        "review",
        "export",
        "adopt",
        "document",
        "keep",
    ],
    "recommender.inputs.readers.policy_file.read_policy": ["contract", "simulate"],
    "recommender.matching.match": ["review"],
    "recommender.pipeline.recommend": ["plan"],
    "recommender.pipeline.replan": ["keep"],
    "recommender.governance.log.audit.read_log": ["audit"],
    "recommender.governance.dialogue.review.read_review": ["decide"],
    "recommender.governance.dialogue.elicitation.elicit": ["elicit"],
    "recommender.inputs.templates.write_templates": ["init"],
}


@pytest.mark.many(10)
@pytest.mark.parametrize("place", BREAKING)
@pytest.mark.parametrize("failure", some(FAILURES, set(FAILURES) - {"value", "file", "note"}))
def test_no_error_that_nobody_expected_shows_what_it_says(
    failure: str, place: str, invented: Path, handed_in: Path, tmp_path: Path, say: Said,
    monkeypatch: pytest.MonkeyPatch, record_property: Any,
) -> None:  # fmt: skip
    secret, called = f"{WORD} {NUMBER}", []

    def broken(*_: object, **__: object) -> None:
        local = secret
        called.append(place)
        try:
            raise LookupError(local)
        except LookupError as cause:
            raise FAILURES[failure]() from cause

    monkeypatch.setattr(place, broken)
    plan, region, out = str(invented / "plan"), str(invented), tmp_path / "out"
    words = {
        "check": ["check", region], "assess": ["assess", region, "-o", f"{out}.html"],
        "plan": ["plan", region, "-o", str(out)], "explain": ["explain", plan, "p00001"],
        "keep": ["plan", region, "-o", str(out), "--keep", plan],
        "verify": ["verify", plan], "replay": ["replay", plan],
        "review": ["review", plan, "-o", f"{out}.xlsx"],
        "decide": ["decide", region, str(handed_in)],
        "export": ["export", plan, "--to", f"{out}.xlsx"],
        "adopt": ["adopt", plan, "--name", "N", "--role", "r"],
        "document": ["document", plan, "--kind", "dpia", "-o", f"{out}.md"],
        "contract": ["contract", region], "simulate": ["simulate", str(out), "--like", region],
        "audit": ["audit", "verify", region], "elicit": ["elicit", str(handed_in)],
        "init": ["init", str(out)],
    }  # fmt: skip
    for name in BREAKING[place]:
        code, said = say(words[name])
        assert code, name
        assert called, name
        called.clear()
        assert said
        assert not found(said), name
    record_property("errors with canaries", len(BREAKING[place]))
