"""``recommender erase``: one child out of everything that a workspace knows."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from recommender.cli import options
from recommender.cli.audit_note import record_of, settle_quietly
from recommender.cli.output import answer, answer_json, remark

if TYPE_CHECKING:
    from recommender.governance.exported import Export
    from recommender.governance.log.transaction import LogRecord
    from recommender.governance.privacy.published import OfferCounts

_UNREADABLE: Final = (ValueError, KeyError, OSError, zipfile.BadZipFile, csv.Error)


@click.command(short_help="Take one child out of tables, plans and exports.")
@click.argument("unit")
@options.workspace
@options.speech
def command(unit: str, workspace: Path, as_json: bool, quiet: bool, verbose: bool) -> int:  # noqa: ARG001
    """Take one UNIT out of everything that a WORKSPACE holds; what counts many children stays.

    Its rows leave the tables of data/ (pupils, history, risks, notes, running help, decisions), the
    plans and the comparisons, and what is kept of public reports; exports that the log knows and
    that hold pupils are removed and can be made again. The audit log keeps that somebody was
    erased, not who; `verify` says of such a plan that it was. Models hold no rows; `assess` fits
    them anew without the child.

    Files outside the workspace and databases are not found: they are named, as far as the log knows
    them. Ends with 1 where the id still stands in a file of the workspace, or one cannot be looked
    into, which is then named; and where a plan was erased from that is not the one that was logged,
    which it stays. Running it again goes on where it was interrupted.
    """
    from recommender.errors import UsageError
    from recommender.governance.exported import exported, here
    from recommender.governance.log.audit import read_log
    from recommender.governance.privacy.remains import files_of, remains_of

    if not (workspace / "planning.yaml").is_file():
        raise UsageError(f"{workspace} is no workspace: it has no planning.yaml")
    settle_quietly(workspace)
    by_hand: list[str] = []
    published = _published(workspace, unit, by_hand)
    tables = _tables(workspace, unit, by_hand)
    plans = _plans(workspace, unit, by_hand)
    exports = exported(read_log(workspace))
    left = remains_of(workspace, unit)
    names = {export.name for export in exports}
    there = [path for path in files_of(workspace) if names & {path.name, *_above(path, workspace)}]
    known = here(exports, {*there, *left.holding}, workspace)
    held = {known[path] for path in left.holding if path in known}
    gone = sorted(
        path
        for path, export in known.items()
        if export in held and (path in left.holding or path.name != export.name)
    )  # of a folder of cards every file
    _remove(workspace, gone, held)
    removed = [path.relative_to(workspace).as_posix() for path in gone]
    found_here = set(known.values())
    elsewhere = sorted(str(export) for export in exports if export not in found_here)
    remains = [p.relative_to(workspace).as_posix() for p in left.holding if p not in known]
    closed = [path.relative_to(workspace).as_posix() for path in left.closed]
    found = bool(tables or plans or published)
    if as_json:
        answer_json(
            {"found": found, "tables": tables, "plans": plans, "published": published,
             "exports_removed": removed, "exports_elsewhere": elsewhere, "remains": remains,
             "not_looked_into": closed, "by_hand": by_hand}
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
        database = "://" in name
        remark(
            f"an export went to a database: {name}; take the unit out there"
            if database
            else f"an export is not in the workspace any more: {name}; remove it where it went"
        )
    for name in remains:
        remark(f"{name}: still holds the id; remove it by hand, or make it again")
    for name in closed:
        remark(f"{name}: cannot be looked into; see yourself whether it holds the id")
    for line in by_hand:
        remark(line)
    return 1 if remains or closed or by_hand else 0


def _published(workspace: Path, unit: str, by_hand: list[str]) -> int:
    """Erase a unit from what was published; return in how many plans it was."""
    from recommender.errors import InputError, PrivacyRefusal
    from recommender.governance.privacy.offered import offered
    from recommender.governance.privacy.published import FILE, forget
    from recommender.inputs.readers.catalogue_file import read_catalogue
    from recommender.inputs.readers.policy_file import read_policy

    if not (workspace / ".audit" / FILE).exists():
        return 0
    record = record_of(workspace, "erase", FILE)
    interventions: tuple[str, ...] = ()
    periods: list[str] = []
    size = 0
    try:
        policy = read_policy(workspace / "planning.yaml")
        interventions = read_catalogue(workspace / "interventions.yaml").ids
        periods, size = [period.id for period in policy.periods], policy.bundle_size
    except (InputError, PrivacyRefusal):
        by_hand.append(
            "planning.yaml or interventions.yaml cannot be read: what earlier public reports tell "
            "of the unit is gone only as far as plans say; mend them and erase again"
        )
    offers, ids = _offers(workspace, unit)
    every = offered(offers, _sites(workspace), interventions, size, periods)
    try:
        return sum(forget(workspace, one, every, record) for one in sorted({unit, *ids}))
    except InputError as error:
        by_hand.append(str(error))
        return 0


def _offers(workspace: Path, unit: str) -> tuple[list[OfferCounts], set[str]]:
    """What the plans of a workspace offer, and how they spell the id of a unit."""
    from recommender.errors import RecommenderError
    from recommender.export.folders.plan_folder import MANIFEST, read_plan
    from recommender.governance.log.folders import folders_with
    from recommender.governance.privacy.published import SEPARATOR, published_offers
    from recommender.inputs.text.spelling import folded

    found: list[OfferCounts] = []
    for folder in folders_with(workspace, MANIFEST):
        try:
            found.append(published_offers(read_plan(folder, sealed=False)[0]))
        except RecommenderError:
            continue
    ids = {key.partition(SEPARATOR)[0] for offers in found for key in offers}
    return found, {one for one in ids if folded(one) == folded(unit)}


def _sites(workspace: Path) -> list[str]:
    from recommender.errors import InputError
    from recommender.inputs.formats.tables import read_table

    for path in _data(workspace, ("sites",)):
        try:
            frame = read_table(path).frame
        except InputError:
            continue
        return [str(site) for site in frame["site"]] if "site" in frame else []
    return []


def _tables(workspace: Path, unit: str, by_hand: list[str]) -> dict[str, int]:
    """Erase a unit from the tables of data/, all of them in one step; file -> rows."""
    from recommender.files.drafts import write_flushed
    from recommender.governance.log.transaction import Destination, changing
    from recommender.inputs.formats import rows_of_unit

    found: dict[str, tuple[Path, bytes, int]] = {}
    for path in _data(workspace, rows_of_unit.TABLES):
        name = path.relative_to(workspace).as_posix()
        try:
            data, rows = rows_of_unit.table_without_unit(path, unit)
        except _UNREADABLE:
            by_hand.append(f"{name}: cannot be read; take the unit out by hand")
            continue
        if rows:
            found[name] = (path, data, rows)
    if found:
        places = [Destination(path, named=name) for name, (path, _, _) in found.items()]
        record = record_of(workspace, "erase", "data")
        with changing(places, record) as drafts:
            for draft, (_, data, _) in zip(drafts, found.values(), strict=True):
                write_flushed(draft, data)
    return {name: rows for name, (_, _, rows) in found.items()}


def _plans(workspace: Path, unit: str, by_hand: list[str]) -> dict[str, int]:
    """Erase a unit from every plan and comparison; folder -> rows."""
    from recommender.errors import CannotWrite, RecommenderError
    from recommender.export.folders.comparison_folder import DOCUMENT
    from recommender.export.folders.erasure import erase_from, erase_from_comparison
    from recommender.export.folders.plan_folder import MANIFEST
    from recommender.governance.log.folders import folders_with

    found: dict[str, int] = {}
    for file, erase in ((MANIFEST, erase_from), (DOCUMENT, erase_from_comparison)):
        for folder in list(folders_with(workspace, file)):
            name = folder.relative_to(workspace).as_posix()
            try:
                record, why = _as_known(workspace, folder, file)
                rows = erase(folder, unit, record)
            except CannotWrite:
                raise
            except RecommenderError as error:
                by_hand.append(f"{name}: {error}")
                continue
            if rows:
                found[name] = rows
            if rows and why:
                by_hand.append(
                    f"{name}: was not what the audit log knows ({why}); the unit is out of it, and "
                    "it counts as not the plan that was logged: make it again, or remove it"
                )
    return found


def _as_known(workspace: Path, folder: Path, file: str) -> tuple[LogRecord, str]:
    """What the log is to say of a plan or comparison without a unit, and why it is no known one.

    Only what names the one before it as what it ``was`` stays known.
    """
    from recommender.cli.reload import looked_up
    from recommender.export.folders.plan_folder import MANIFEST, changed_files
    from recommender.files.hashes import sha256_of

    changed = changed_files(folder) if file == MANIFEST else ()
    found = looked_up(folder, workspace, file=file)
    why = changed[0] if changed else "" if found.answer == "known" else found.why
    details = {"unsealed": "yes"} if why else {"was": sha256_of(folder / file)}
    return record_of(workspace, "erase", folder.name, details=details), why


def _remove(workspace: Path, paths: Iterable[Path], exports: Collection[Export]) -> None:
    """Remove the files of exports, and have the log say so first."""
    from recommender.governance.exported import REMOVED
    from recommender.governance.log import audit

    if not exports:
        return
    record = record_of(workspace, "erase", REMOVED)
    audit.record(
        workspace, record.action, record.subject, who=record.who, role=record.role,
        when=record.when, hashes={export.name: export.digest for export in exports},
    )  # fmt: skip
    for path in paths:
        path.unlink(missing_ok=True)


def _data(workspace: Path, tables: Iterable[str]) -> Iterator[Path]:
    from recommender.inputs.folder import file_names

    for table in tables:
        for suffix in file_names.TABLES:
            path = workspace / "data" / f"{table}{suffix}"
            if path.is_file():
                yield path


def _above(path: Path, workspace: Path) -> set[str]:
    """The names of the folders of a workspace in which a file stands."""
    return {parent.name for parent in path.parents if workspace in parent.parents}
