"""Whoever forges a plan and seals it again is found, or touched what ``verify`` says it left out.

The world is the plan of eight pupils whose risks were handed in.  The forger is the best there is:
he changes one thing, writes every table and page anew so that all agree, and seals all hashes.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from recommender.cli.main import run
from recommender.cli.reload import Again, made_from, workspace_of
from recommender.errors import RecommenderError
from recommender.export.folders import plan_folder as folders
from recommender.export.folders import rebuilt
from recommender.export.folders.plan_folder import changed_cells, changed_files, read_plan
from recommender.export.folders.rebuilt import rebuilt_findings, text_findings, unchecked, unsigned
from recommender.export.manifest import Manifest, manifest_text, read_manifest
from recommender.export.plan_json import plan_text, read_plan_text
from recommender.files.hashes import sha256_of
from recommender.governance.log.logged import look_up
from recommender.inputs.templates import write_templates
from recommender.pipeline import Settings, verify
from recommender.planning.plan.plan import Plan
from recommender.planning.verify.retraced import risk_findings
from recommender.scenarios import apply_scenario

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)

Document = dict[str, Any]
Edit = Callable[[Document, Document], None]
"""Changes the JSON of a plan and of its manifest."""


@dataclass(frozen=True, eq=False)
class Honest:
    """A workspace, its plan as it was made, and what it was made from."""

    root: Path
    plan: Plan
    manifest: Manifest
    again: Again

    @cached_property
    def texts(self) -> tuple[str, str]:
        """plan.json and manifest.json."""
        return plan_text(self.plan), manifest_text(self.manifest)

    @cached_property
    def plain(self) -> str:
        """The same manifest as ``json.dumps`` writes it."""
        return json.dumps(json.loads(self.texts[1]))

    @property
    def folder(self) -> Path:
        return self.root / "plan"


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Honest:
    root = tmp_path_factory.mktemp("honest") / "ws"
    write_templates(root)
    assert run(["plan", str(root), "-q"]) == 0
    plan, manifest = read_plan(root / "plan")
    return Honest(root, plan, manifest, made_from(plan, manifest, root))


def other(value: Any) -> Any:
    """A value of the same kind that is not the same."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + type(value)(1)
    if value is None:
        return 1.0
    if isinstance(value, str):
        return f"{value}x"
    return [*value, *(value[:1] or ["x"])] if isinstance(value, list) else {**value, "x": 1.0}


def leaves(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of the first of everything alike in a value of JSON, and of what holds them."""
    if place:
        yield place
    if isinstance(value, dict):
        for key in value:
            yield from leaves(value[key], (*place, key))
    elif isinstance(value, list) and value:
        yield from leaves(value[0], (*place, 0))


def change(document: Any, place: tuple[Any, ...], drop: bool = False) -> None:
    for key in place[:-1]:
        document = document[key]
    if drop:
        del document[place[-1]]
    else:
        document[place[-1]] = other(document[place[-1]])


def in_manifest(place: tuple[Any, ...], drop: bool = False) -> Edit:
    return lambda _, manifest: change(manifest, place, drop)


def in_summary(name: str) -> Edit:
    """Change a field of the summary, and the same field of the manifest with it."""

    def edit(plan: Document, manifest: Document) -> None:
        plan["summary"][name] = other(plan["summary"][name])
        if name in manifest:
            manifest[name] = plan["summary"][name]

    return edit


def in_table(table: str, how: Callable[[Document], None]) -> Edit:
    return lambda plan, _: how(plan[table])


def rows(how: Callable[[list[Any]], list[Any]]) -> Callable[[Document], None]:
    def edit(table: Document) -> None:
        for name in table:
            table[name] = how(table[name])

    return edit


def cell(name: str) -> Callable[[Document], None]:
    def edit(table: Document) -> None:
        table[name][0] = other(table[name][0])

    return edit


def swap(name: str) -> Callable[[Document], None]:
    """Let two pupils change places in a table."""

    def edit(table: Document) -> None:
        words = table[name]
        last = next(n for n in reversed(range(len(words))) if words[n] != words[0])
        words[0], words[last] = words[last], words[0]

    return edit


def bounded(value: float | None) -> Edit:
    def edit(plan: Document, manifest: Document) -> None:
        plan["summary"]["better_bound"] = manifest["better_bound"] = value

    return edit


def first_risks(plan: Document, _: Document) -> None:
    first = plan["profiles"]["unit_id"][0]
    for n, unit in enumerate(plan["profiles"]["unit_id"]):
        if unit == first:
            plan["profiles"]["risk"][n] = 0.95


def kinds(honest: Honest) -> dict[str, Edit]:
    """Every kind of edit of plan.json and manifest.json, by name."""
    plan, manifest = map(json.loads, honest.texts)
    found: dict[str, Edit] = {
        f"summary {name}": in_summary(name) for name in plan["summary"] if name != "shortages"
    }
    found["better bound is the bound of the prices"] = bounded(plan["summary"]["bound"])
    found["better bound is none"] = bounded(None)
    found["one pupil's risks are 0.95"] = first_risks
    for table, columns in plan.items():
        if not isinstance(columns, dict) or table == "summary":
            continue
        if not next(iter(columns.values()), []):
            continue
        for name in columns:
            found[f"{table} {name}"] = in_table(table, cell(name))
        found[f"{table} without its first row"] = in_table(table, rows(lambda r: r[1:]))
        found[f"{table} without a row"] = in_table(table, rows(lambda _: []))
        found[f"{table} with a row twice"] = in_table(table, rows(lambda r: [*r, r[-1]]))
        if any(words != words[::-1] for words in columns.values()):
            found[f"{table} back to front"] = in_table(table, rows(lambda r: r[::-1]))
        if "unit_id" in columns and len({*columns["unit_id"]}) > 1:
            found[f"{table} with two pupils swapped"] = in_table(table, swap("unit_id"))
    for place in leaves(manifest):
        if place[0] in plan["summary"] or place[0] in ("format", "files"):
            continue
        found[f"manifest {'.'.join(map(str, place))}"] = in_manifest(place)
        if len(place) > 1:
            found[f"manifest without {'.'.join(map(str, place))}"] = in_manifest(place, drop=True)
    return found


LEFT_OUT = {
    "better bound": "the tighter bound",
    "better_bound": "the tighter bound",
    "bound_from": "the tighter bound",
    "engine": "(engine, status, effort)",
    "status": "(engine, status, effort)",
    "solver": "(engine, status, effort)",
    "effort": "(engine, status, effort)",
    "front": "(front)",
    "keep": "what it kept of an earlier plan",
    "version": "by version",
    "created": "that it was made at",
    "language": "a report in this language",
    "manifest log": "the head of the log",
}
"""What an edit may touch unfound -> the words with which ``verify`` says that it left it out."""


def forged(honest: Honest, edit: Edit, *, alone: bool = False) -> tuple[Plan, Manifest] | None:
    """A plan and its manifest after an edit (of the manifest alone), or None where all can see it.

    All can see what nobody can read any more, and JSON that holds more than is read.
    """
    plan, manifest = ({} if alone else json.loads(honest.texts[0])), json.loads(honest.texts[1])
    edit(plan, manifest)
    texts = "" if alone else json.dumps(plan), json.dumps(manifest)
    if texts == ("" if alone else json.dumps(json.loads(honest.texts[0])), honest.plain):
        raise ValueError("nothing was forged")
    try:
        after = honest.plan if alone else read_plan_text(texts[0], "plan.json")
        sealed = read_manifest(texts[1], "manifest.json")
    except RecommenderError:
        return None
    same = manifest_text(sealed) == honest.texts[1] and (
        alone or plan_text(after) == honest.texts[0]
    )
    return None if same else (after, sealed)


def findings_of(honest: Honest, plan: Plan, manifest: Manifest) -> tuple[str, ...]:
    """What a check against the inputs finds in a plan that was forged all through."""
    inputs = honest.again.inputs
    settings = Settings.of(inputs.policy, seed=plan.summary.seed)
    return (
        risk_findings(plan, inputs, settings.risk)
        or verify(plan, inputs, settings)
        or rebuilt_findings(plan, manifest, inputs, settings)
    )


def unnamed(
    honest: Honest, edits: dict[str, Edit], record_property: Any, *, alone: bool = False
) -> list[str]:
    """The edits that pass although ``verify`` does not say that it left them out."""
    passed = {}
    inputs, settings = honest.again.inputs, honest.again.settings
    for name, edit in edits.items():
        made = forged(honest, edit, alone=alone)
        if made is None:
            continue
        if elsewhere(honest, made[1]):
            continue
        found = rebuilt_findings(*made, inputs, settings) if alone else findings_of(honest, *made)
        if not found:
            named = [*unchecked(*made, inputs, settings), unsigned(made[1])]
            word = next((word for key, word in LEFT_OUT.items() if key in name), None)
            passed[name] = word is not None and any(word in line for line in named)
    record_property("kinds of forgeries", len(edits))
    record_property("forgeries of what verify says it left out", sum(passed.values()))
    return [name for name, named in passed.items() if not named]


def elsewhere(honest: Honest, manifest: Manifest) -> bool:
    """Whether the forger leads to other inputs or to a scenario that is not there."""
    if workspace_of(honest.folder, manifest, None) != honest.root.resolve():
        return True
    try:
        apply_scenario(honest.again.inputs, manifest.scenario)
    except RecommenderError:
        return True
    return False


def split(honest: Honest) -> tuple[dict[str, Edit], dict[str, Edit]]:
    """The edits of the manifest alone, and those of the plan."""
    every = kinds(honest)
    alone = {name: edit for name, edit in every.items() if name.startswith("manifest")}
    return alone, {name: edit for name, edit in every.items() if name not in alone}


def test_an_honest_plan_has_no_findings(honest: Honest) -> None:
    assert findings_of(honest, honest.plan, honest.manifest) == ()


def test_no_forged_manifest_passes_unnamed(
    honest: Honest, monkeypatch: pytest.MonkeyPatch, record_property: Any
) -> None:
    inputs, settings = honest.again.inputs, honest.again.settings
    again = rebuilt.manifest_of(
        honest.plan, inputs, settings, created=NOON, workspace=honest.manifest.workspace
    )
    monkeypatch.setattr(rebuilt, "manifest_of", lambda *_, **__: again)
    alone, _ = split(honest)
    assert len(alone) >= 83
    assert unnamed(honest, alone, record_property, alone=True) == []


def test_no_forged_plan_passes_unnamed(honest: Honest, record_property: Any) -> None:
    _, edits = split(honest)
    some = {name: edits[name] for name in [*edits][::9]}
    assert unnamed(honest, some, record_property) == []


@pytest.mark.slow
def test_not_one_kind_of_forged_plan_passes_unnamed(honest: Honest, record_property: Any) -> None:
    _, edits = split(honest)
    assert len(edits) >= 83
    assert unnamed(honest, edits, record_property) == []


def test_a_log_knows_no_forgery_at_all(honest: Honest) -> None:
    own = sha256_of(honest.folder / "manifest.json")
    assert look_up(honest.root, own).answer == "known"
    alone, edits = split(honest)
    for name in [*alone][::9]:
        made = forged(honest, alone[name], alone=True)
        if made is not None:
            digest = hashlib.sha256(manifest_text(made[1]).encode()).hexdigest()
            assert look_up(honest.root, digest).answer == "stranger", name
    for name in [*edits][::9]:
        made = forged(honest, edits[name])
        if made is None:
            continue
        # what is forged in plan.json shows in its hash, which the manifest holds
        digest = hashlib.sha256(plan_text(made[0]).encode()).hexdigest()
        files = tuple(
            replace(file, sha256=digest) if file.path == "plan.json" else file
            for file in made[1].files
        )
        sealed = hashlib.sha256(manifest_text(replace(made[1], files=files)).encode()).hexdigest()
        assert look_up(honest.root, sealed).answer == "stranger", name


def seal_again(folder: Path) -> None:
    """Write the hashes of all files that stand in a plan folder into its manifest."""
    path = folder / "manifest.json"
    document = json.loads(path.read_text("utf-8"))
    document["files"] = {
        name: sha256_of(folder / name) for name in document["files"] if (folder / name).is_file()
    }
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")


def columns_of(folder: Path) -> list[tuple[str, int]]:
    """Every column of every table of a plan folder that has a line."""
    return [
        (path.name, column)
        for path in sorted(folder.glob("*.csv"))
        if len(lines := path.read_text("utf-8").splitlines()) > 1
        for column in range(len(next(csv.reader(lines))))
    ]


def edit_cell(path: Path, column: int) -> None:
    table = list(csv.reader(path.read_text("utf-8").splitlines()))
    table[1][column] += "1"
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(table)
    path.write_text(text.getvalue(), "utf-8")


def drop_line(path: Path) -> None:
    path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")


def test_every_cell_and_page_that_is_not_the_plans_is_found_though_sealed_again(
    honest: Honest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Any
) -> None:
    pages = folders.report_pages(honest.plan, honest.manifest, honest.manifest.language)
    monkeypatch.setattr(folders, "report_pages", lambda *_: pages)
    folder = tmp_path / "plan"
    shutil.copytree(honest.folder, folder)

    def found() -> bool:
        seal_again(folder)
        plan, manifest = read_plan(folder)
        return bool(changed_files(folder) or changed_cells(folder, plan, manifest))

    assert not found()
    places = columns_of(honest.folder)
    edits: list[tuple[str, Callable[[Path], None]]] = [
        *((name, partial(edit_cell, column=column)) for name, column in places),
        *((name, drop_line) for name in dict.fromkeys(name for name, _ in places)),
        *(
            (name, lambda path: path.write_text(path.read_text("utf-8") + "<p>more</p>", "utf-8"))
            for name in pages
        ),
    ]
    for name, edit in edits:
        edit(folder / name)
        assert found(), name
        shutil.copy(honest.folder / name, folder / name)
    record_property("forged cells and pages", len(edits))


@pytest.mark.parametrize("name", ["note.txt", ".hidden", "more/note.txt", "report/.x", "empty/"])
def test_what_is_not_of_the_plan_is_found(honest: Honest, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "plan"
    shutil.copytree(honest.folder, folder)
    (folder / name).parent.mkdir(exist_ok=True)
    if name.endswith("/"):
        (folder / name).mkdir()
    else:
        (folder / name).write_text("x")
    assert any("is not of the plan" in line for line in changed_files(folder))


@pytest.mark.parametrize("name", ["plan.json", "report", "extra"])
def test_a_link_in_a_plan_folder_is_found(honest: Honest, tmp_path: Path, name: str) -> None:
    folder, away = tmp_path / "plan", tmp_path / "away"
    shutil.copytree(honest.folder, folder)
    if (folder / name).exists():
        (folder / name).rename(away)
    else:
        away.write_text("x")
    (folder / name).symlink_to(away)
    assert any(f"{name}: is a link" in line for line in changed_files(folder))


@pytest.mark.parametrize("name", ["extra.csv", "repairs.csv", "report/more.html"])
def test_a_listed_file_that_no_plan_has_is_found(honest: Honest, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "plan"
    shutil.copytree(honest.folder, folder)
    (folder / name).write_text("x")
    path = folder / "manifest.json"
    document = json.loads(path.read_text("utf-8"))
    document["files"][name] = sha256_of(folder / name)
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")
    plan, manifest = read_plan(folder)
    assert changed_files(folder) == ()
    again = honest.again
    found = [
        *changed_cells(folder, plan, manifest),
        *rebuilt_findings(plan, manifest, again.inputs, again.settings),
    ]
    assert any(name in line for line in found)


@pytest.mark.parametrize("name", ["plan.json", "manifest.json"])
def test_json_that_holds_more_than_is_read_is_found(
    honest: Honest, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "plan"
    shutil.copytree(honest.folder, folder)
    text = (folder / name).read_text("utf-8")
    (folder / name).write_text(text.replace("{", '{"note": "all agreed",', 1), "utf-8")
    seal_again(folder)
    assert any(line.startswith(name) for line in text_findings(folder, *read_plan(folder)))
