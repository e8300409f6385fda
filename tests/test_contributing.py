"""What people are told who work on the code is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / ".github/CONTRIBUTING.md"
TEXT = GUIDE.read_text(encoding="utf-8")
EXCERPTS = re.findall(r"<!-- from (\S+) -->\n```python\n(.*?)```", TEXT, flags=re.DOTALL)
COMMAND = re.compile(r"<!-- test command -->\n```sh\n(.*?)```", re.DOTALL)


def test_every_kind_of_addition_has_an_excerpt() -> None:
    kinds = [section.splitlines() for section in TEXT.split("\n## Add ")[1:]]
    assert [lines[0] for lines in kinds] == [
        "a rule", "an engine", "an export", "a command", "a language",
    ]  # fmt: skip
    assert all(any("<!-- from" in line for line in lines) for lines in kinds)


@pytest.mark.parametrize(("file", "excerpt"), EXCERPTS, ids=[file for file, _ in EXCERPTS])
def test_an_excerpt_stands_in_the_code_as_it_is_shown(file: str, excerpt: str) -> None:
    assert excerpt in (ROOT / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted({*re.findall(r"`((?:recommender|tests)/[\w/.]+)`", TEXT)}))
def test_every_file_and_room_that_is_named_exists(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)#]+)\)", TEXT))
def test_every_link_leads_somewhere(path: str) -> None:
    assert (GUIDE.parent / path).exists()


def test_the_command_is_that_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    command = COMMAND.search(readme)
    assert command is not None
    assert command.group(1) in TEXT
