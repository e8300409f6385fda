"""``recommender document``: cards, assessments and letters made from a plan."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from recommender.cli import options
from recommender.cli.audit_note import record_of
from recommender.cli.output import remark

if TYPE_CHECKING:
    from recommender.governance.documents.documents import DocumentKind
    from recommender.governance.documents.facts import Facts

KINDS = ("register", "model-card", "data-card", "dpia", "fria", "parents", "measurement", "all")


@click.command(short_help="Register entry, cards, assessments and letters from a plan.")
@options.plan_folder
@options.of_workspace
@click.option("--kind", type=click.Choice(KINDS), required=True)
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path),
    help="A .md or .html file (register: also .json); for `all` a folder.",
)  # fmt: skip
@click.option("--language", type=click.Choice(["en", "nl"]), default="nl", show_default=True)
@options.share
@click.option("--organisation", default="", help="Who answers for the plan.")
@click.option("--contact", default="", help="Where people can ask.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def command(
    plan_folder: Path,
    elsewhere: Path | None,
    kind: str,
    output: Path,
    language: str,
    organisation: str,
    contact: str,
    quiet: bool,
) -> int:
    """Write a document about a PLAN, filled with what the run knows; people fill in the rest.

    register: entry of the Dutch Algoritmeregister (in Dutch). model-card, data-card. dpia, fria:
    drafts of the impact assessments. parents: a letter in plain language. measurement: how to see
    whether help works, with power. No document holds a child's data; small numbers are hidden.
    """
    from recommender.cli.reload import looked_up, refuse_strangers, workspace_of
    from recommender.errors import UsageError
    from recommender.export.folders.plan_folder import read_plan
    from recommender.export.pages.spoken import reason_sayer
    from recommender.files.hashes import sha256_of
    from recommender.governance.documents.facts import Provenance, facts_of
    from recommender.governance.documents.register import register_entry, register_problems
    from recommender.governance.log.adoption import standing
    from recommender.governance.log.logged import confirmed
    from recommender.governance.log.writing import write_files
    from recommender.governance.privacy.retention import refuse_expired
    from recommender.inputs.readers.catalogue_file import read_catalogue
    from recommender.inputs.readers.policy_file import read_policy

    suffixes = (".md", ".html", ".json") if kind == "register" else (".md", ".html")
    if kind != "all" and output.suffix.lower() not in suffixes:
        raise UsageError(f"{output}: write a {' or '.join(suffixes)} file")
    plan, manifest = read_plan(plan_folder)
    workspace = workspace_of(plan_folder, manifest, elsewhere)
    known = looked_up(plan_folder, workspace, manifest.created)
    refuse_strangers(plan_folder, known, quiet=quiet)
    refuse_expired(workspace, dt.date.today())
    now = dt.datetime.now(dt.UTC)
    hashes = {source.path: source.sha256 for source in manifest.inputs}
    for name in ("planning.yaml", "interventions.yaml"):
        if hashes.get(name) != sha256_of(workspace / name) and not quiet:
            remark(
                f"{name} was changed after the plan was made; documents say what stands there now"
            )
    policy = read_policy(workspace / "planning.yaml")
    catalogue = read_catalogue(workspace / "interventions.yaml")
    run = Provenance(
        created=manifest.created, version=manifest.version,
        inputs=tuple((s.path, s.sha256, s.rows) for s in manifest.inputs),
        status=confirmed(standing(plan_folder), known).status, today=now.date(),
        organisation=organisation, contact=contact,
    )  # fmt: skip

    def facts_in(spoken: str) -> Facts:
        return facts_of(plan, policy, catalogue, run, spoken, reason_sayer(manifest, spoken))

    facts = {spoken: facts_in(spoken) for spoken in {language, "nl"}}
    pages = {
        (output / f"{one}.md" if kind == "all" else output): cast("DocumentKind", one)
        for one in (KINDS[:-1] if kind == "all" else (kind,))
    }
    said = {  # the register is in Dutch
        page: facts["nl" if one == "register" else language] for page, one in pages.items()
    }
    texts = {page: _text(one, said[page], page) for page, one in pages.items()}
    write_files(
        {page: text.encode() for page, (text, _) in texts.items()},
        record_of(workspace, "document", plan_folder.resolve().name, details={"kind": kind}),
    )
    for page, one in () if quiet else pages.items():
        places = texts[page][1]
        remark(f"{page} written" + (f"; {places} places to fill in" if places else ""))
        for problem in register_problems(register_entry(said[page])) if one == "register" else ():
            remark(f"{page}: {problem}")
    return 0


def _text(kind: DocumentKind, facts: Facts, path: Path) -> tuple[str, int]:
    """The text of a document in the form of its path, and how many places people fill in."""
    from recommender.governance.documents.documents import document, open_places
    from recommender.governance.documents.register import register_entry
    from recommender.governance.markdown import to_html

    if path.suffix.lower() == ".json":
        text = json.dumps(register_entry(facts), indent=1, ensure_ascii=False) + "\n"
    else:
        text = document(kind, facts)
    places = len(open_places(text))
    if path.suffix.lower() == ".html":
        text = to_html(text, text.splitlines()[0].lstrip("# "), facts.language)
    return text, places
