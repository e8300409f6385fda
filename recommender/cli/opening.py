"""Reports for anyone: held against those of the same workspace before, and noted with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from recommender.cli.output import remark

if TYPE_CHECKING:
    from recommender.export.disclosure.disclosed_plan import Hidden
    from recommender.export.manifest import Manifest
    from recommender.planning.plan.plan import Plan


@contextmanager
def opening(
    workspace: Path | None,
    audience: str,
    kind: str,
    plans: Callable[[], Sequence[Plan]],
    manifest: Manifest | None,
    hides: Callable[[Hidden], Hidden],
) -> Iterator[tuple[Hidden, dict[str, str]]]:
    """Give what earlier reports for anyone hid, with this one noted among them before it is made.

    With it comes what the log is to say of that.

    For who may see pupils nothing is held against anything.

    Args:
        workspace: None where nobody knows it; what was published is then not known either.
        audience: who may read the report.
        kind: ``plan`` or ``comparison``.
        plans: makes the plans in it.
        manifest: says which periods it is about.
        hides: what the report hides, by what earlier ones hid.

    Raises:
        PrivacyRefusal: if it differs in few pupils from what was published before.
    """
    from recommender.export.disclosure.audience import OPEN
    from recommender.governance.privacy.published import NOTED, published_offers, publishing

    if audience not in OPEN:
        yield frozenset(), {}
        return
    hides(frozenset())  # what is refused for its form is not held against anything
    if workspace is None or manifest is None:
        remark(
            "recommender: not held against earlier public reports, for the workspace is not known; "
            "name it with --workspace"
        )
        yield frozenset(), {NOTED: ""}
        return
    now = dt.datetime.now(dt.UTC)
    period = "/".join(f"{days.period} {days.start}" for days in manifest.dates)
    offers = [published_offers(plan) for plan in plans()]
    with publishing(workspace, kind, offers, period, when=now) as report:
        yield report.hidden, {NOTED: report.note(hides(report.hidden), now)}
