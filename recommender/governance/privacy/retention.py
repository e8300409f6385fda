"""Retention, asked by commands that read tables of people without making a workspace of them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from recommender.errors import PrivacyRefusal
from recommender.governance.privacy.contract import read_headers, retention_problems
from recommender.inputs.findings import Findings
from recommender.inputs.folder.mark import strangers
from recommender.inputs.formats.yaml_reader import read_yaml
from recommender.inputs.policy import Policy
from recommender.inputs.readers.policy_file import FILE, draft_policy


def day_of(workspace: Path, policy: Policy, today: dt.date) -> dt.date:
    """The day against which retention is judged: invented tables grow no older."""
    invented = policy.synthetic and not strangers(workspace)
    return policy.reference_date if invented else today


def refuse_expired(workspace: Path, today: dt.date) -> None:
    """Go on only where every column of a workspace may still be read.

    A folder without a policy declares no columns and no last day.

    Raises:
        PrivacyRefusal: it lists every column that may not.
        InputError: a table cannot be read.
    """
    if not (workspace / FILE).is_file():
        return
    findings = Findings()
    document = read_yaml(workspace / FILE, FILE, findings)
    if document is None:
        return
    draft = draft_policy(document, findings)
    day = day_of(workspace, draft.policy, today)
    problems = retention_problems(draft.policy, day, read_headers(workspace))
    if problems:
        raise PrivacyRefusal(problems)
