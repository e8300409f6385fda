"""Pages of the reference, made from what the program says of itself; a hook of MkDocs.

Commands come from click, the YAML files from their JSON Schemas, tables and columns from the
values and docstrings that the program reads and writes them by.
"""

from __future__ import annotations

import csv
import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from recommender.cli.main import recommender
from recommender.export.manifest import Manifest
from recommender.export.tables import CSV_TABLES
from recommender.inputs.checks.known import NEEDED
from recommender.inputs.cohort import Cohort
from recommender.inputs.formats.docstrings import field_descriptions, summary
from recommender.inputs.formats.schema import schema
from recommender.inputs.readers import cohort_tables, resource_tables
from recommender.inputs.resources import Resources
from recommender.planning.plan.columns import COLUMNS
from recommender.planning.plan.plan import Plan
from recommender.planning.plan.summary import Summary

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

Schema = Mapping[str, Any]

ROOT = Path(__file__).parents[1]

READ = {
    "pupils": cohort_tables.UNIT_COLUMNS,
    "sites": resource_tables.SITE_COLUMNS,
    "professionals": resource_tables.PROFESSIONAL_COLUMNS,
    "history": cohort_tables.HISTORY_COLUMNS,
    "profiles": cohort_tables.PROFILE_COLUMNS,
    "notes": cohort_tables.NOTE_COLUMNS,
    "commitments": cohort_tables.COMMITMENT_COLUMNS,
    "decisions": cohort_tables.DECISION_COLUMNS,
    "present": cohort_tables.PRESENT_COLUMNS,
}
"""Table of data/ -> the columns that are read without being declared."""


_WORDS = {"string": "text", "integer": "whole number", "boolean": "true or false"}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages to those that stand in docs/."""
    from mkdocs.structure.files import File

    for path, text in pages().items():
        files.append(File.generated(config, path, content=text))
    return files


def pages() -> dict[str, str]:
    """Return path below docs/ -> the text of the page."""
    return {
        "reference/commands.md": commands(),
        "reference/tables.md": tables(),
        "reference/planning-yaml.md": yaml_file("planning"),
        "reference/interventions-yaml.md": yaml_file("catalogue"),
        "reference/plan-folder.md": plan_folder(),
    }


def commands() -> str:
    """Return the page of all commands, in the order of the help."""
    parts = [
        "# Commands",
        "Every command answers on stdout and speaks of progress on stderr; with `--json` the answer"
        " is for programs. `recommender COMMAND --help` says the same as this page.",
        str(recommender.epilog),
    ]
    top = click.Context(recommender, info_name="recommender", **recommender.context_settings)
    for name in recommender.list_commands(top):
        command = recommender.get_command(top, name)
        assert command is not None
        parts += _command(command, click.Context(command, top, info_name=name), 2)
    return _joined(parts)


def _command(command: click.Command, ctx: click.Context, level: int) -> Iterator[str]:
    words = " ".join([ctx.command_path, *command.collect_usage_pieces(ctx)])
    yield f"{'#' * level} {ctx.command_path.removeprefix('recommender ')}"
    yield f"```text\n{words}\n```"
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        if paragraph.startswith("\b"):
            yield "```text\n" + paragraph.lstrip("\b\n") + "\n```"
        else:
            yield paragraph
    options = [param for param in command.get_params(ctx) if isinstance(param, click.Option)]
    records = [option.get_help_record(ctx) for option in options]
    lines = [f"| `{record[0]}` | {_cell(record[1])} |" for record in records if record]
    yield "\n".join(["| option | what it does |", "|---|---|", *lines])
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            below = command.get_command(ctx, name)
            assert below is not None
            yield from _command(below, click.Context(below, ctx, info_name=name), level + 1)


def tables() -> str:
    """Return the page of the tables in data/."""
    described = field_descriptions(Cohort) | field_descriptions(Resources)
    described["pupils"] = described["units"]
    parts = [
        "# Tables in data/",
        "Tables are `.csv` (comma or semicolon, UTF-8 or cp1252), `.xlsx` or `.parquet`. A table"
        " needs its first columns and may have the others; what it holds beyond them is read only"
        " where `planning.yaml` declares it under `columns`. A row of pupils with a `count` above 1"
        " is a segment: so many pupils who are alike.",
        "`recommender check` says of every table which rows meet which, and what was not read."
        " Examples are of the invented region that ships here.",
    ]
    for name, columns in READ.items():
        seen = _examples(name)
        lines = ["| column | | for example |", "|---|---|---|"]
        for column in columns:
            must = "needed" if column in NEEDED[name] else ""
            lines.append(f"| `{column}` | {must} | {_cell(seen.get(column))} |")
        parts += [f"## {name}", "\n".join(lines)]
        parts.append(f"As the program holds it: {_sentence(described[name])}")
    return _joined(parts)


def _examples(table: str) -> dict[str, str]:
    """Column -> the first value it has in the invented region, or else in the templates."""
    found: dict[str, str] = {}
    for folder in (ROOT / "data", ROOT / "recommender" / "inputs" / "templates"):
        file = folder / f"{table}.csv"
        if file.is_file():
            with file.open(encoding="utf-8", newline="") as lines:
                for row in csv.DictReader(lines):
                    found |= {c: v for c, v in row.items() if v and c not in found}
    return found


def yaml_file(kind: Any) -> str:
    """Return the page of a YAML file, from its JSON Schema."""
    whole = schema(kind)
    parts = [
        f"# {whole['title']}",
        f"{whole['description']} `recommender schema {kind}` prints the JSON Schema that this page"
        " is made from; an editor that knows it completes the file as it is written.",
        _fields(whole),
    ]
    for name, part in whole["$defs"].items():
        parts += [f"## {name}", str(part.get("description", ""))]
        if "properties" in part:
            parts.append(_fields(part))
        else:
            parts.append(f"Written as {_kind(part)}.")
    return _joined(parts)


def plan_folder() -> str:
    """Return the page of what a plan folder holds."""
    described = field_descriptions(Plan)
    parts = [
        "# A plan folder",
        "It appears whole or not at all. `plan.json` holds all of it in full precision and reads"
        " back equal (`recommender schema plan` prints its JSON Schema); `report.html` is to be"
        " read, with cards of pupils in `report/`; `manifest.json` is written last; `repairs.csv`"
        " is there only where a must-serve rule lacks hours. A column may be added in a later"
        " version; none is renamed or dropped.",
    ]
    for table, columns in COLUMNS.items():
        where = f"`{table}.csv` and `plan.json`" if table in CSV_TABLES else "`plan.json`"
        kinds = {kind: [c for c, k in columns.items() if k == kind] for kind in ("text", "number")}
        lines = [f"- {kind}: {_codes(names)}" for kind, names in kinds.items() if names]
        parts += [f"## {table}", f"In {where}.", "\n".join(lines), _sentence(described[table])]
    for title, cls in (("summary", Summary), ("manifest.json", Manifest)):
        lines = [f"| `{n}` | {_cell(text)} |" for n, text in field_descriptions(cls).items()]
        parts += [f"## {title}", summary(cls), "\n".join(["| field | what |", "|---|---|", *lines])]
    return _joined(parts)


def _fields(part: Schema) -> str:
    needed = set(part.get("required", ()))
    lines = ["| key | written as | what it says |", "|---|---|---|"]
    for name, field in part["properties"].items():
        said = _cell(field.get("description", ""))
        if "default" in field and field["default"] not in (None, "", [], {}):
            said += f" Without it: `{_plain(field['default'])}`."
        must = " **(needed)**" if name in needed else ""
        lines.append(f"| `{name}`{must} | {_kind(field)} | {said} |")
    return "\n".join(lines)


def _kind(field: Schema) -> str:
    """How a value is written, in words, with links to what is described on the same page."""
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in field:
        said = [_kind(choice) for choice in field["anyOf"] if choice.get("type") != "null"]
        return " or ".join(dict.fromkeys(said))
    if "enum" in field:
        return ", ".join(f"`{_plain(value)}`" for value in field["enum"])
    if "const" in field:
        return f"`{_plain(field['const'])}`"
    if field.get("type") == "array":
        if "prefixItems" in field:
            return "[" + ", ".join(map(_kind, field["prefixItems"])) + "]"
        return f"list of {_kind(field['items'])}" if "items" in field else "list"
    if field.get("type") == "object":
        inner = field.get("additionalProperties")
        if isinstance(inner, dict):
            return f"name → {_kind(inner)}"
        keys = list(field.get("properties", ()))
        return f"mapping with {_codes(keys)}" if keys else "mapping"
    if field.get("format") == "date":
        return "date"
    word = _WORDS.get(str(field.get("type")), str(field.get("type", "any value")))
    low, high = field.get("minimum"), field.get("maximum")
    if low is not None and high is not None:
        return f"{word}, {low:,.15g} to {high:,.15g}"
    return word if low is None else f"{word}, {low:,.15g} or more"


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _codes(names: Any) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _cell(text: str | None) -> str:
    said = " ".join((text or "").split())
    for sign, written in (("|", "\\|"), ("<", "&lt;"), ("[", "\\["), ("*", "\\*")):
        said = said.replace(sign, written)
    return said


def _sentence(text: str) -> str:
    """A description with brackets that no reader takes for links."""
    return text.replace("[", "\\[").replace("<", "&lt;").rstrip(".") + "."


def _joined(parts: list[str]) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"
