"""Workspaces broken in every way: refused, or understood as they were meant, or said; never a bug.

A mutation keeps what it means apart from how it is written: the tables as they are meant stand
beside the files.  What ``check`` says it understood is compared with a count of those tables.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pytest
import yaml

from recommender.cli.main import run as run_command

ROOT = Path(__file__).parents[1]
SEED = 20261130
FEW, MANY = 100, 2_000

Rows = list[list[str]]
RIGHTS = ("pupils", "professionals", "commitments", "decisions")
"""The tables of which a lost line costs somebody a right."""

PERIODS = len(yaml.safe_load((ROOT / "planning.yaml").read_text(encoding="utf-8"))["periods"])
"""Hours without a period are hours in each of them."""

COUNTED = {
    "pupils": ("unit_id", "site", "grade", "consent", "must_serve", "completed", "family_id"),
    "professionals": ("professional_id", "hours"),
    "commitments": ("unit_id", "intervention", "period"),
    "decisions": ("unit_id", "intervention", "decision"),
    "sites": ("site",),
}
NONSENSE = (
    "", "0", "-1", "-", "nan", "inf", "-inf", "1e308", "1e400", "#N/B", "#REF!", "#VALUE!", "NULL",
    "onbekend", "1,23457E+11", "12 uur", "45%", "1.200", "1,200", "1.200,50", "€ 9.000", "7/8",
    "8-jul", "ja", "nee", "x" * 400, "=1+1", "a;b", "../../etc", "p|1", "maybe", "\u200b",
    "123456782", "Jan de Vries", "2026-02-31", "1926-01-01", "TRUE", "1'000", "0x10", "\u0661",
)  # fmt: skip


@dataclass
class Workspace:
    """A workspace that is being broken: what is meant, and the bytes that say it.

    ``certain`` is whether the tables still say what the files mean.
    """

    tables: dict[str, Rows]
    texts: dict[str, str]
    files: dict[str, bytes] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    certain: bool = True


def base(folder: Path) -> Workspace:
    """An invented region of few pupils whose risks are handed in, so that nothing is fitted."""
    small = folder / "base"
    words = ["simulate", small, "--like", ROOT, "--pupils", 24, "--seed", 3, "-q"]
    assert run_command([str(word) for word in words]) == 0
    read = {p.stem: list(csv.reader(io.StringIO(p.read_text()))) for p in small.glob("data/*.csv")}
    ids = [row[0] for row in read["pupils"][1:]]
    outcomes = re.findall(r"^  (\w+):\n    name:", (small / "planning.yaml").read_text(), re.M)
    history, notes = read["history"], read["notes"]
    outcomes = [name for name in history[0] if name in outcomes]
    tables = {
        "pupils": read["pupils"],
        "sites": read["sites"],
        "professionals": read["professionals"],
        "history": history[:30],
        "notes": [notes[0], *(row for row in notes[1:] if row[0] in ids)][:10],
        "commitments": [
            ["unit_id", "intervention", "period"],
            *([unit, "school_social_work", "winter"] for unit in ids[:3]),
        ],
        "decisions": [
            ["unit_id", "intervention", "decision", "reason"],
            *([unit, "mentoring", "forbid", "not now"] for unit in ids[4:7]),
        ],
        "profiles": [
            ["unit_id", "outcome", "risk", "standard_error"],
            *(
                [u, o, f"0.{n % 7 + 1}{n % 3}5", "0.02"]
                for n, u in enumerate(ids)
                for o in outcomes
            ),
        ],
    }
    names = ("planning.yaml", "interventions.yaml")
    return Workspace(tables, {name: (small / name).read_text() for name in names})


def written(rows: Rows, separator: str = ",", end: str = "\n") -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter=separator, lineterminator=end).writerows(rows)
    return stream.getvalue()


def sheet(rows: Rows, change: Callable[[openpyxl.worksheet.worksheet.Worksheet], None]) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append([cell or None for cell in row])
    change(page)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


# --- ways of writing that mean the same, and ways of losing something ---------------------------


def other_form(ws: Workspace, rng: random.Random) -> None:
    name = rng.choice([*ws.tables])
    rows = ws.tables[name]
    form = rng.choice(["semicolons", "returns", "bom", "utf-16", "cp1252", "quotes", "blank lines",
                       "empty columns", "shuffled rows", "shuffled columns", "xlsx"])  # fmt: skip
    ws.done.append(f"{name} in {form}")
    path = f"data/{name}.csv"
    if form == "shuffled rows":
        rows[1:] = rng.sample(rows[1:], len(rows) - 1)
        return
    if form == "shuffled columns":
        order = rng.sample(range(len(rows[0])), len(rows[0]))
        rows[:] = [[row[at] for at in order] for row in rows]
        return
    if form == "xlsx":
        ws.files[path] = b""
        ws.files[f"data/{name}.xlsx"] = sheet(rows, lambda _: None)
        return
    text = written(rows)
    if form == "semicolons":
        text = written(rows, ";")
    elif form == "returns":
        text = written(rows, end=rng.choice(["\r\n", "\r"]))
    elif form == "bom":
        ws.files[path] = b"\xef\xbb\xbf" + text.encode()
        return
    elif form in ("utf-16", "cp1252"):
        ws.files[path] = text.encode(form, "replace")
        return
    elif form == "quotes":
        text = "\n".join(",".join(f'"{c.replace(chr(34), chr(34) * 2)}"' for c in r) for r in rows)
    elif form == "blank lines":
        text = text.replace("\n", "\n\n", 3)
    elif form == "empty columns":
        text = "\n".join(line + ",," for line in text.splitlines())
    ws.files[path] = text.encode()


def header(ws: Workspace, rng: random.Random) -> None:
    """A header that a person might write; the column is meant all the same."""
    name = rng.choice([*ws.tables])
    rows = [list(row) for row in ws.tables[name]]
    at = rng.randrange(len(rows[0]))
    word = rows[0][at]
    rows[0][at] = rng.choice([
        word.upper(), word.capitalize(), f" {word}", f"{word}\u00a0", f"{word}\u200b",
        word.replace("_", " "), word.replace("_", "-"), word + "s", word.rstrip("s"),
        word[:-1] + chr((ord(word[-1]) - 96) % 26 + 97), word[1] + word[0] + word[2:],
        f"{word} (ja/nee)", f"{word}:", word.replace("e", "é"), f"\ufeff{word}",
    ])  # fmt: skip
    ws.done.append(f"{name}: header {word} as {rows[0][at]!r}")
    ws.files[f"data/{name}.csv"] = written(rows).encode()


def dropped_column(ws: Workspace, rng: random.Random) -> None:
    name = rng.choice([*ws.tables])
    at = rng.randrange(len(ws.tables[name][0]))
    ws.done.append(f"{name}: no column {ws.tables[name][0][at]}")
    rows = [row[:at] + row[at + 1 :] for row in ws.tables[name]]
    ws.files[f"data/{name}.csv"] = written(rows).encode()


def file_name(ws: Workspace, rng: random.Random) -> None:
    name = rng.choice([*ws.tables])
    as_ = rng.choice([
        f"data/{name.capitalize()}.csv", f"data/{name}.CSV", f"data/{name.rstrip('s')}.csv",
        f"data/{name} (1).csv", f"data/{name}.csv.txt", f"data/{name}.tsv", f"{name}.csv",
        f"data/{name} - kopie.csv", f"data/{name}_2026.csv", f"data/ {name}.csv",
        f"Data/{name}.csv",        f"data/{name}.xls", f"data/{name}.ods", f"data/old/{name}.csv",
    ])  # fmt: skip
    ws.done.append(f"{name} as {as_}")
    ws.files[f"data/{name}.csv"] = b""
    ws.files[as_] = written(ws.tables[name]).encode()


def cell(ws: Workspace, rng: random.Random) -> None:
    name = rng.choice([*ws.tables, *RIGHTS])
    rows = ws.tables[name]
    if len(rows) < 2:
        return
    line, at = rng.randrange(1, len(rows)), rng.randrange(len(rows[0]))
    if name in COUNTED and rng.random() < 0.6:
        at = rows[0].index(rng.choice(COUNTED[name]))
    rows[line][at] = rng.choice(NONSENSE)
    ws.done.append(f"{name} line {line + 1} {rows[0][at]} is {rows[line][at][:20]!r}")
    if rng.random() < 0.3:
        ws.files[f"data/{name}.csv"] = written(rows, ";").encode()


def column(ws: Workspace, rng: random.Random) -> None:
    name = rng.choice(RIGHTS)
    rows = ws.tables[name]
    at, word = rng.randrange(len(rows[0])), rng.choice(NONSENSE)
    for row in rows[1:]:
        row[at] = word
    ws.done.append(f"{name} all {rows[0][at]} are {word[:20]!r}")


def row_twice_or_never(ws: Workspace, rng: random.Random) -> None:
    name = rng.choice([*ws.tables])
    rows = ws.tables[name]
    if len(rows) < 3:
        return
    at = rng.randrange(1, len(rows))
    if rng.random() < 0.5:
        ws.done.append(f"{name} line {at + 1} twice")
        rows.insert(at, list(rows[at]))
    else:
        ws.done.append(f"{name} line {at + 1} cut short")
        rows_now = [list(row) for row in rows]
        rows_now[at] = rows_now[at][: rng.randrange(1, len(rows[at]))]
        ws.files[f"data/{name}.csv"] = written(rows_now).encode()


def formulas(ws: Workspace, rng: random.Random) -> None:
    """A sheet in which a program left formulas without values, or cells that are one."""
    name = rng.choice(RIGHTS)
    rows = ws.tables[name]
    at = rng.randrange(len(rows[0]))
    merged = rng.random() < 0.5 and len(rows) > 3
    ws.done.append(f"{name} {'merged' if merged else 'formulas'} in {rows[0][at]}")

    def change(page: openpyxl.worksheet.worksheet.Worksheet) -> None:
        if merged:
            page.merge_cells(start_row=2, end_row=3, start_column=at + 1, end_column=at + 1)
        else:
            for line in range(2, len(rows) + 1):
                page.cell(line, at + 1).value = f'=IF(1=1,"{rows[line - 1][at]}","")'

    ws.files[f"data/{name}.csv"] = b""
    ws.files[f"data/{name}.xlsx"] = sheet(rows, change)


def bytes_anywhere(ws: Workspace, rng: random.Random) -> None:
    name = rng.choice([*ws.tables, *ws.texts])
    path = name if name in ws.texts else f"data/{name}.csv"
    text = ws.texts[name] if name in ws.texts else written(ws.tables[name])
    data = bytearray(text.encode())
    for _ in range(rng.choice([1, 1, 3, 20])):
        at = rng.randrange(len(data))
        how = rng.randrange(4)
        if how == 0:
            data[at] = rng.randrange(256)
        elif how == 1:
            del data[at : at + rng.choice([1, 5, 200])]
        elif how == 2:
            data[at:at] = bytes(rng.randrange(256) for _ in range(rng.choice([1, 4])))
        else:
            data[at:at] = rng.choice([b"\x00", b'"', b";", b"\n", b"\xff\xfe", b",,,", b"\t", b"{"])
        data = data or bytearray(b" ")
    ws.done.append(f"bytes of {path}")
    ws.files[path] = bytes(data)
    ws.certain = False


def line_of_yaml(ws: Workspace, rng: random.Random) -> None:
    name = rng.choice([*ws.texts])
    lines = ws.texts[name].split("\n")
    at = rng.randrange(len(lines))
    how = rng.randrange(6)
    key, colon, value = lines[at].partition(": ")
    if how == 0:
        del lines[at]
    elif how == 1:
        lines.insert(at, lines[at])
    elif how == 2 and key.strip():
        lines[at] = key[:-1] + key[-1].swapcase() + colon + value
    elif how == 3 and colon:
        lines[at] = key + colon + rng.choice(NONSENSE).replace("\u200b", "~")
    elif how == 4:
        lines[at] = lines[at].replace("  ", "\t", 1)
    else:
        lines[at] = " " + lines[at]
    ws.done.append(f"{name} line {at + 1}")
    ws.files[name] = "\n".join(lines).encode()
    ws.certain = False


MUTATIONS = (
    other_form, other_form, header, header, header, dropped_column, file_name, file_name, cell,
    cell, cell, column, row_twice_or_never, formulas, bytes_anywhere, bytes_anywhere, line_of_yaml,
    line_of_yaml,
)  # fmt: skip


def mutated(start: Workspace, number: int) -> Workspace:
    rng = random.Random(SEED * 10_000 + number)
    tables = {name: [list(row) for row in rows] for name, rows in start.tables.items()}
    ws = Workspace(tables, dict(start.texts))
    rng.choice(MUTATIONS)(ws, rng)
    return ws


def laid(ws: Workspace, folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    (folder / "data").mkdir(parents=True)
    files = {f"data/{name}.csv": written(rows).encode() for name, rows in ws.tables.items()}
    files |= {name: text.encode() for name, text in ws.texts.items()}
    for path, data in {**files, **ws.files}.items():
        if data:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)


# --- the oracle --------------------------------------------------------------------------------


def counted(tables: dict[str, Rows]) -> dict[str, object]:
    """What the tables mean, counted in a few lines; cells as ``check`` says them."""

    def of(name: str, column: str) -> list[str]:
        rows = tables[name]
        at = rows[0].index(column)
        return [row[at].strip() for row in rows[1:]]

    consent = Counter(word.casefold() or "not_needed" for word in of("pupils", "consent"))
    duty = Counter(of("pupils", "must_serve"))
    return {
        "units": len(of("pupils", "unit_id")),
        "consent": dict(consent),
        "grades": dict(Counter(of("pupils", "grade"))),
        "duties": sum(n for word, n in duty.items() if word not in ("", "0")),
        "completed": sum(len(c.split(";")) for c in of("pupils", "completed") if c),
        "hours": sum(
            float(hours.replace(",", ".")) * (1 if period else PERIODS)
            for hours, period in zip(
                of("professionals", "hours"), of("professionals", "period"), strict=True
            )
        ),
        "running": len(of("commitments", "unit_id")),
        "decisions": dict(Counter(of("decisions", "decision"))),
    }


def understood(said: dict) -> dict[str, object]:
    pupils = said["pupils"]
    return {
        "units": pupils["units"],
        "consent": dict(pupils["by_consent"]),
        "grades": {str(grade): n for grade, n in pupils["by_grade"].items()},
        "duties": sum(pupils["by_duty"].values()),
        "completed": sum(pupils["by_completed"].values()),
        "hours": sum(line["hours"] for line in said["hours"]),
        "running": sum(line["commitments"] for line in said["running"]),
        "decisions": dict(said["decisions"]),
    }


def differs(meant: dict[str, object], echo: dict[str, object]) -> list[str]:
    return [
        key
        for key, value in meant.items()
        if (abs(value - echo[key]) > 1e-6 if key == "hours" else value != echo[key])
    ]


def tried(start: Workspace, number: int, folder: Path, capfd, *, plan: bool) -> str:
    """What is wrong with the answer to one mutation, or ""."""
    ws = mutated(start, number)
    laid(ws, folder)
    capfd.readouterr()
    code = run_command(["check", str(folder), "--json"])
    out, err = capfd.readouterr()
    name = f"{number}: {'; '.join(ws.done)}"
    if "Traceback" in err or "this is a bug" in err or code not in (0, 3, 6):
        return f"{name}: exit {code} {err[-300:]}"
    answer = json.loads(out)
    if code:
        return "" if answer["problems"] else f"{name}: exit {code} and no problem said"
    if ws.certain:
        try:
            wrong = differs(counted(ws.tables), understood(answer["understood"]))
        except ValueError as error:
            return f"{name}: accepted what is no number ({error})"
        warned = " ".join(str(w["file"]) for w in answer["warnings"])
        lost = [path for path in ws.files if Path(path).stem.casefold() in warned.casefold()]
        if wrong and not lost:
            return f"{name}: {', '.join(wrong)} understood otherwise, and nothing said"
    if plan:
        words = ["plan", str(folder), "-q", "--gap", "20%", "--seconds", "20", "--force"]
        code = run_command(words)
        _, err = capfd.readouterr()
        if "this is a bug" in err or code not in (0, 4, 5):
            return f"{name}: plan ends with {code} {err[-300:]}"
    return ""


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return base(tmp_path_factory.mktemp("mutations"))


def test_the_workspace_that_is_broken_is_whole(start, tmp_path, capfd):
    laid(start, tmp_path / "ws")
    assert run_command(["check", str(tmp_path / "ws"), "--json"]) == 0
    answer = json.loads(capfd.readouterr().out)
    assert differs(counted(start.tables), understood(answer["understood"])) == []


def test_broken_workspaces_are_refused_or_understood(start, tmp_path, capfd):
    found = [tried(start, n, tmp_path / "ws", capfd, plan=n % 50 == 0) for n in range(FEW)]
    assert [line for line in found if line] == []


@pytest.mark.slow
def test_two_thousand_broken_workspaces_are_refused_or_understood(start, tmp_path, capfd):
    found = [tried(start, n, tmp_path / "ws", capfd, plan=n % 10 == 0) for n in range(MANY)]
    assert [line for line in found if line] == []
