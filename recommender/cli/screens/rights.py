"""What costs somebody a right, told whenever a plan is made: silence is not consent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from recommender.cli.output import remark

if TYPE_CHECKING:
    from recommender.inputs.stakes import Stake
    from recommender.inputs.workspace import Inputs


def rights_told(inputs: Inputs) -> tuple[Stake, ...]:
    """Return what is at stake, after saying on stderr what follows from silence, quiet or not."""
    from recommender.inputs.stakes import stakes
    from recommender.inputs.understood import understood

    found = stakes(understood(inputs))
    for stake in found:
        if stake.by_silence:
            remark(f"recommender: {stake.text}")
    return found


def lines(at_stake: Iterable[Stake]) -> list[str]:
    """Return what was said, and costs somebody a right, for the end of the answer."""
    said = [f"  {stake.text}" for stake in at_stake if not stake.by_silence]
    return ["", "As it was handed in", *said] if said else []


def rights_record(at_stake: Iterable[Stake]) -> list[dict[str, Any]]:
    """Return what ``--json`` says of it."""
    return [asdict(stake) for stake in at_stake]
