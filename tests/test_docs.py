"""README and docs speak the truth: every session in them is run, and every link leads somewhere."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import yaml

import recommender
from recommender.cli.main import run
from recommender.inputs.checks.known import NEEDED

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {path.relative_to(DOCS).as_posix(): path for path in sorted(DOCS.rglob("*.md"))}
BLOCKS = re.compile(
    r"^(?:<!-- lines that are the same on every machine: (\d+) -->\n)?"
    r"```(console|python)\n(.*?)^```",
    flags=re.MULTILINE | re.DOTALL,
)
CONTINUES = re.compile(r"^<!-- session: continues ([\w-]+) -->$", flags=re.MULTILINE)
NUMBER = re.compile(r"[█░]+|\d[\d.,]*")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
MOST_LINES = 200
"""As many as a reader of the README is asked to read."""


def steps(session: str) -> list[tuple[str, str]]:
    """The commands of a session, each with the output shown for it."""
    found: list[tuple[str, str]] = []
    for line in session.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], ""))
        else:
            command, shown = found[-1]
            found[-1] = (command, f"{shown}{line}\n")
    return found


def masked(text: str) -> list[str]:
    """The lines of an output with a hash for every number and bar, and single spaces."""
    return [" ".join(NUMBER.sub("#", line).split()) for line in text.rstrip("\n").splitlines()]


def in_the_shell(command: str, folder: Path, given: str = "") -> str:
    """What a command line says, with ``recommender`` in a process of its own."""
    program = f"{shlex.quote(sys.executable)} -m recommender"
    answer = subprocess.run(
        ["bash", "-c", re.sub(r"^recommender\b", program, command)],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "100"},
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, f"$ {command}\n{answer.stdout}{answer.stderr}"
    return answer.stdout


def in_this_process(command: str, folder: Path) -> str:
    """The same with ``recommender`` in this process, which has loaded its libraries already."""
    first, pipe, rest = command.partition(" | ")
    if not first.startswith("recommender "):
        return in_the_shell(command, folder)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = run(shlex.split(first)[1:])
    assert code == 0, f"$ {command}\n{said.getvalue()}"
    return in_the_shell(rest, folder, said.getvalue()) if pipe else said.getvalue()


def printed(source: str, names: dict[str, object]) -> str:
    """What a block of Python prints."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(source, "a block of Python", "exec"), names)
    return said.getvalue()


def promised(source: str) -> str:
    """What the comments behind its prints say that a block of Python prints."""
    return "".join(f"{text}\n" for text in re.findall(r"^print\(.*\)  # (.*)$", source, re.M))


def sessions() -> list[list[str]]:
    """The pages with sessions, those together that go on where another ended."""
    assert len({path.stem for path in PAGES.values()}) == len(PAGES)  # a stem names a page
    before = {
        path.stem: next(iter(CONTINUES.findall(path.read_text(encoding="utf-8"))), None)
        for path in PAGES.values()
    }
    groups: dict[str, list[str]] = {stem: [stem] for stem, other in before.items() if not other}
    waiting = [stem for stem, other in before.items() if other]
    while waiting:
        stem = next(s for s in waiting if any(g[-1] == before[s] for g in groups.values()))
        next(g for g in groups.values() if g[-1] == before[stem]).append(stem)
        waiting.remove(stem)
    of = {path.stem: path.read_text(encoding="utf-8") for path in PAGES.values()}
    return [group for group in groups.values() if any(BLOCKS.search(of[stem]) for stem in group)]


@pytest.fixture
def generator() -> ModuleType:
    """The module that makes the generated pages of the reference."""
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "_generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_session_shown_is_real(tmp_path: Path) -> None:
    for name in ("interventions.yaml", "planning.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "data", tmp_path / "data")
    blocks, proven = BLOCKS.findall(README), list[str]()
    assert len([kind for _, kind, _ in blocks if kind == "console"]) >= 4
    for same, kind, block in blocks:
        if kind == "python":
            assert printed(block, {}) == promised(block)
            continue
        for command, shown in steps(block):
            said = in_the_shell(command, tmp_path)
            lines = int(same) if same else None
            assert masked(said)[:lines] == masked(shown)[:lines], command
            proven += re.findall(r"gap ([0-9.]+)%", said if " verify " in command else "")
    assert [float(gap) <= 1.0 for gap in proven] == [True]


@pytest.mark.parametrize("group", sessions(), ids="-".join)
def test_every_session_of_a_page_is_real(
    group: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("interventions.yaml", "planning.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    text = {path.stem: path.read_text(encoding="utf-8") for path in PAGES.values()}
    for stem in group:
        names: dict[str, object] = {}
        for same, kind, block in BLOCKS.findall(text[stem]):
            if kind == "python":
                assert printed(block, names) == promised(block), f"{stem}\n{block}"
                continue
            for command, shown in steps(block):
                said = in_this_process(command, tmp_path)
                lines = int(same) if same else None
                assert masked(said)[:lines] == masked(shown)[:lines], f"{stem}: {command}"


@pytest.mark.parametrize("kind", ["plan", "test"])
def test_the_readme_names_both_set_up_commands(kind: str) -> None:
    found = re.search(rf"<!-- {kind} command -->\n```sh\n(.*?)```\n<!-- end -->", README, re.DOTALL)
    assert found
    assert "python3 -m venv" in found[1]


def test_ci_runs_the_test_command_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "<!-- test command -->" in script


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= MOST_LINES


def test_every_page_can_be_found_from_the_menu(generator: ModuleType) -> None:
    text = (ROOT / ".mkdocs.yml").read_text(encoding="utf-8")
    listed = re.findall(r"[\w/-]+\.md", text[text.index("\nnav:") :])
    assert yaml.safe_load(text)["docs_dir"] == "docs"
    assert sorted(listed) == sorted([*PAGES, *generator.pages()])


def test_every_link_leads_somewhere(generator: ModuleType) -> None:
    known = {DOCS / page for page in [*PAGES, *generator.pages()]}
    texts = {ROOT / "README.md": README}
    texts |= {path: path.read_text(encoding="utf-8") for path in PAGES.values()}
    made = generator.pages()
    texts |= {DOCS / page: text for page, text in made.items()}
    broken = []
    for page, text in texts.items():
        for link in LINK.findall(re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
            target = link.partition("#")[0]
            if target and "://" not in link:
                path = Path(os.path.normpath(page.parent / target))
                if path not in known and not path.exists():
                    broken.append(f"{page.name}: {link}")
    assert broken == []


def test_every_part_of_the_code_that_a_page_names_is_there() -> None:
    package = ROOT / "recommender"
    roots = [ROOT, DOCS, package, package / "allocation", package / "planning" / "formulation"]
    missing, found = [], 0
    for page, path in PAGES.items():
        if page.startswith("explanation/") or page == "how-to/new-to-the-code.md":
            for name in re.findall(r"`([\w.-]+/[\w./-]*)`", path.read_text(encoding="utf-8")):
                if not name.startswith(("data/", ".audit/")):
                    found += 1
                    places = [root / form for root in roots for form in (name, f"{name}.py")]
                    if not any(place.exists() for place in places):
                        missing.append(f"{page}: {name}")
    assert found > 20
    assert missing == []


def test_every_table_that_is_read_has_its_columns_in_the_reference(generator: ModuleType) -> None:
    assert set(generator.READ) == set(NEEDED)
    for table, needed in NEEDED.items():
        assert set(needed) <= set(generator.READ[table])


def test_every_public_name_of_python_is_in_the_reference() -> None:
    named = re.findall(r"^::: ([\w.]+)$", PAGES["reference/python.md"].read_text("utf-8"), re.M)
    public = {f"recommender.{name}" for name in recommender.__all__ if not name.startswith("_")}
    assert public <= set(named)
    for name in named:
        module, _, last = name.rpartition(".")
        assert hasattr(importlib.import_module(module), last), name


def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs")
    pytest.importorskip("material")
    pytest.importorskip("mkdocstrings")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", ".mkdocs.yml"]
    built = subprocess.run(
        [*command, "-d", str(tmp_path / "site")],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    page = (tmp_path / "site" / "reference" / "commands.html").read_text(encoding="utf-8")
    assert "--write-model" in page
    outside = re.compile(r"<(?:script|link|img)\b[^>]*(?:src|href)=\"(?:https?:)?//")
    for html in (tmp_path / "site").rglob("*.html"):
        assert not outside.search(html.read_text(encoding="utf-8")), html
