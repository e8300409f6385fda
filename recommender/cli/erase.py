"""``recommender erase``: one child out of everything that a workspace knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from recommender.cli import options
from recommender.cli.noted import record_of, tidy
from recommender.cli.output import answer, answer_json, remark


@click.command(short_help="Take one child out of tables, plans and exports.")
@click.argument("unit")
@options.workspace
@options.speech
def command(unit: str, workspace: Path, as_json: bool, quiet: bool, verbose: bool) -> int:  # noqa: ARG001
    """Take one UNIT out of everything that a WORKSPACE holds; what counts many children stays.

    Its rows leave the tables of data/ (pupils, history, risks, notes, running help, decisions), the
    plans and the comparisons; exports that the log knows and that hold pupils are removed and can
    be made again. The audit log keeps that somebody was erased, not who; `verify` says of such a
    plan that it was. Models hold no rows; `assess` fits them anew without the child.

    Files outside the workspace are not found: they are named, as far as the log knows them. Ends
    with 1 where the id still stands in a file of the workspace, which is then named. Running it
    again goes on where it was interrupted.
    """
    from recommender.errors import UsageError
    from recommender.export.comparison import DOCUMENT
    from recommender.export.erasure import erase_from, erase_from_comparison, plan_folders
    from recommender.export.folder import MANIFEST
    from recommender.governance.audit import read_log
    from recommender.governance.remains import exported, holding

    if not (workspace / "planning.yaml").is_file():
        raise UsageError(f"{workspace} is no workspace: it has no planning.yaml")
    tidy(workspace)
    tables = _tables(workspace, unit)
    plans: dict[str, int] = {}
    for folder in plan_folders(workspace):
        name = folder.relative_to(workspace).as_posix()
        record = record_of(
            workspace, "erase", folder.name, details={"was": _sha(folder / MANIFEST)}
        )
        if rows := erase_from(folder, unit, record):
            plans[name] = rows
    for path in sorted(workspace.rglob(DOCUMENT)):
        folder = path.parent
        record = record_of(workspace, "erase", folder.name, details={"was": _sha(path)})
        if rows := erase_from_comparison(folder, unit, record):
            plans[folder.relative_to(workspace).as_posix()] = rows
    exports = exported(read_log(workspace))
    removed, left = [], []
    for path in holding(workspace, unit):
        name = path.relative_to(workspace).as_posix()
        if exports.pop(_sha(path), ""):
            path.unlink()
            removed.append(name)
        else:
            left.append(name)
    elsewhere = sorted(exports.values())
    found = bool(tables or plans)
    if as_json:
        answer_json(
            {"found": found, "tables": tables, "plans": plans, "exports_removed": removed,
             "exports_elsewhere": elsewhere, "remains": left}
        )  # fmt: skip
    else:
        if not found:
            answer(f"{workspace}: no table and no plan has this unit.")
        for name, rows in {**tables, **plans}.items():
            answer(f"  {name}: {rows:,} rows erased")
        for name in removed:
            answer(f"  {name}: removed; export it again")
        if found:
            answer("Erased. The audit log says that somebody was, not who.")
    for name in elsewhere:
        remark(f"an export is not in the workspace: {name}; remove it where it went")
    for name in left:
        remark(f"{name}: still holds the id; remove it by hand, or make it again")
    return 1 if left else 0


def _tables(workspace: Path, unit: str) -> dict[str, int]:
    """Erase a unit from the tables of data/, all of them in one step; file -> rows."""
    from recommender.governance.drafts import write_flushed
    from recommender.governance.transaction import Place, changing
    from recommender.inputs.rows_of_unit import without_unit

    found: dict[str, tuple[Path, bytes, int]] = {}
    for path in _data(workspace):
        data, rows = without_unit(path, unit)
        if rows:
            found[path.relative_to(workspace).as_posix()] = (path, data, rows)
    if found:
        places = [Place(path, named=name) for name, (path, _, _) in found.items()]
        record = record_of(workspace, "erase", "data")
        with changing(places, record) as drafts:
            for draft, (_, data, _) in zip(drafts, found.values(), strict=True):
                write_flushed(draft, data)
    return {name: rows for name, (_, _, rows) in found.items()}


def _data(workspace: Path) -> Iterator[Path]:
    from recommender.inputs import file_names, rows_of_unit

    for table in rows_of_unit.TABLES:
        for suffix in file_names.TABLES:
            path = workspace / "data" / f"{table}{suffix}"
            if path.is_file():
                yield path


def _sha(path: Path) -> str:
    from recommender.governance.moves import sha256_of

    return sha256_of(path)
