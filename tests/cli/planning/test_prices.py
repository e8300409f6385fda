"""``recommender prices`` says what every rule costs, on the screen and in a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def test_every_rule_stands_in_a_line_and_in_the_file(
    run: Any, template: Path, tmp_path: Path
) -> None:
    page = tmp_path / "prices.md"
    said = run("prices", template, "-q", "-o", page)
    assert said.code == 0
    for rule in ("rules.budget", "rules.must_serve.any", "rules.caps.one_to_one_tutoring"):
        assert rule in said.out
        assert rule in page.read_text(encoding="utf-8")
    found = json.loads(run("prices", template, "-q", "--json").out)["prices"]
    assert {"rule", "benefit", "without", "price", "unproven"} <= found[0].keys()
    assert all(one["price"] == one["without"] - one["benefit"] for one in found)


def test_a_file_of_another_kind_is_refused_before_anything_is_worked_out(
    run: Any, template: Path, tmp_path: Path
) -> None:
    said = run("prices", template, "-o", tmp_path / "prices.txt")
    assert said.code == 2
    assert "neither a .csv nor a .md file" in said.err
