"""YAML is read with its lines, and nothing in it can cost much or mean more than it says."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from recommender.inputs.findings import Findings
from recommender.inputs.formats.yaml_reader import MOST_BYTES, Document, dotted, read_yaml


def _read(tmp_path: Path, text: str | bytes) -> tuple[Document | None, list[str]]:
    path = tmp_path / "file.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    findings = Findings()
    document = read_yaml(path, "file.yaml", findings)
    return document, [str(p) for p in findings.problems]


def test_every_key_and_item_knows_its_line(tmp_path: Path) -> None:
    document, problems = _read(tmp_path, "a:\n  b: [1,\n    2]\n# note\nc:\n  - d: 3\n")
    assert problems == []
    assert document is not None
    assert document.value == {"a": {"b": [1, 2]}, "c": [{"d": 3}]}
    assert document.line(("a",)) == 1
    assert document.line(("a", "b", 1)) == 3
    assert document.line(("c", 0, "d")) == 6
    assert document.line(("c", 0, "not there", "deeper")) == 6


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"), ("on", "on"), ("yes", "yes"), ("true", True), ("False", False),
        ("1:30", "1:30"), ("012", 12), ("0x10", "0x10"), ("1e3", 1000.0), ("-.5", -0.5),
        ("1_000", "1_000"), ("2026-11-01", "2026-11-01"), ("~", None), ("null", None),
        ("'12'", "12"), ('"true"', "true"), ("12", 12), ("1.", 1.0), (".inf", float("inf")),
    ],
)  # fmt: skip
def test_a_plain_word_means_what_it_looks_like(tmp_path: Path, text: str, value: object) -> None:
    document, _ = _read(tmp_path, f"a: {text}\n")
    assert document is not None
    assert document.value["a"] == value
    assert type(document.value["a"]) is type(value)


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    document, problems = _read(tmp_path, b"\xef\xbb\xbfa: 1\r\nb:\r\n  c: x\r\n")
    assert problems == []
    assert document is not None
    assert document.value == {"a": 1, "b": {"c": "x"}}
    assert document.line(("b", "c")) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2\n", "line 2: a stands here again; line 1 has it already; keep one of the two"),
        (
            "a:\n  b: {c: 1,\n    c: 2}\n",
            "line 3: a.b.c stands here again; line 2 has it already; keep one of the two",
        ),
        ("a: !!python/object:os.system x\n", "line 1: uses a tag (tag:yaml.org,2002:python/object:os.system); leave it out; none is needed"),  # noqa: E501
        ("a: 1\nb: !secret x\n", "line 2: uses a tag (!secret); leave it out; none is needed"),
        ("a: &x 1\nb: *x\n", "line 1: uses an alias or anchor (x); write the value out in full"),
        ("a: {<<: {b: 1}}\n", "line 1: uses a merge key (<<); write the keys out"),
        ("[a, b]: 1\n", "line 1: has a key that is not a plain word; use a word as the key"),
        ("a: 1\n---\nb: 2\n", "line 2: starts a second document; remove the line with `---`"),
        ("- a\n- b\n", "line 1: must be a mapping; start with `key: value` lines"),
        ("# nothing\n", "line 1: is empty; `recommender init DIR` writes an example"),
        ("", "line 1: is empty; `recommender init DIR` writes an example"),
        ("a: [1\nb: 2\n", "line 2: is not valid YAML: did not find expected ',' or ']'; check indentation, colons and brackets on this line and the one before"),  # noqa: E501
        (b"a: caf\xe9\n", "line 1: is not UTF-8 text; save it as UTF-8"),
        ("a: \x00\n", ": is not valid YAML: it has a control character; remove it"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_said_with_its_line(
    tmp_path: Path, text: str | bytes, message: str
) -> None:
    _, problems = _read(tmp_path, text)
    assert problems == [f"file.yaml {message}".replace("yaml :", "yaml:")]


def test_a_missing_file_and_a_folder_in_its_place_are_said(tmp_path: Path) -> None:
    findings = Findings()
    assert read_yaml(tmp_path / "no.yaml", "no.yaml", findings) is None
    assert read_yaml(tmp_path, "folder", findings) is None
    assert [str(p) for p in findings.problems] == [
        "no.yaml: is missing; `recommender init DIR` writes an example",
        "folder: is a folder; put a file in its place",
    ]


def _laughs() -> str:
    lines = ["a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    return "\n".join(lines)


@pytest.mark.many(5)
@pytest.mark.parametrize(
    ("bomb", "why"),
    [
        (_laughs(), "uses an alias or anchor"),
        ("a: &x [*x]\n", "uses an alias or anchor"),
        ("a: " + "[" * 100_000, "is nested more than 24 deep"),
        ("a: " + "{b: " * 100_000, "is nested more than 24 deep"),
        ("".join(f"{' ' * n}k:\n" for n in range(1_000)), "is nested more than 24 deep"),
        ("- " * 50_000, "is nested more than 24 deep"),
        ("a: [" + "1, " * 600_000 + "]", "has more than 100,000 values"),
        ("".join(f"k{n}: 1\n" for n in range(150_000)), "has more than 100,000 values"),
        ("a: " + "x" * (MOST_BYTES + 10), "is larger than 2,000,000 bytes"),
        ("? " * 50_000, "a key that is not a plain word"),
    ],
    ids=["laughs", "loop", "brackets", "braces", "blocks", "dashes", "list", "keys", "size", "?"],
)
def test_a_bomb_is_refused_before_it_takes_memory(tmp_path: Path, bomb: str, why: str) -> None:
    path = tmp_path / "file.yaml"
    path.write_text(bomb)
    findings = Findings()
    tracemalloc.start()
    try:
        document = read_yaml(path, "file.yaml", findings)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert document is None
    assert len(findings.problems) == 1
    assert why in str(findings.problems[0])
    assert peak < 100e6


def test_a_place_is_written_as_people_count() -> None:
    assert (
        dotted(("interventions", "x", "effects", 0, "value")) == "interventions.x.effects[1].value"
    )
