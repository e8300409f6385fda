"""What was not said, or not met, and costs somebody a right: who plans is told of it each time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from recommender.inputs.findings import some
from recommender.inputs.understood import Understood


@dataclass(frozen=True, slots=True)
class Stake:
    """One thing that the plan takes for granted at somebody's cost.

    Attributes:
        about: consent, duties, running_help, sites, links, columns or files.
        count: pupils, ids, columns or files that it is about.
        text: what people read.
        by_silence: whether nobody said so: it follows from what is absent, not read or not met.
    """

    about: str
    count: int
    text: str
    by_silence: bool = True


def stakes(said: Understood) -> tuple[Stake, ...]:
    """Return what costs somebody a right: what follows from silence first."""
    found = (*_consent(said), *_duties(said), *_sites(said), *_links(said), *_unread(said))
    return tuple(sorted((*found, *_running(said)), key=lambda stake: not stake.by_silence))


def _consent(said: Understood) -> Iterator[Stake]:
    pupils = said.pupils
    if "consent" in said.absent.get("pupils", ()):
        yield Stake(
            "consent", pupils.pupils,
            "consent: data/pupils has no such column, so nobody was asked and all may be offered "
            "help",
        )  # fmt: skip
    elif pupils.without_consent:
        states = ", ".join(
            f"{state}: {n:,}"
            for state, n in pupils.by_consent.items()
            if state not in pupils.may_be_offered
        )
        yield Stake(
            "consent", pupils.without_consent,
            f"consent: {_pupils(pupils.without_consent)} without it ({states}) "
            f"{'is' if pupils.without_consent == 1 else 'are'} offered nothing",
            by_silence=pupils.without_consent == pupils.pupils,
        )  # fmt: skip


def _duties(said: Understood) -> Iterator[Stake]:
    duties = said.pupils.by_duty
    if duties and not any(duties.values()):
        absent = "must_serve" in said.absent.get("pupils", ())
        pupils = "has no such column" if absent else "names nobody"
        yield Stake(
            "duties", len(duties),
            f"must_serve: planning.yaml has {len(duties)} rule{'s' * (len(duties) > 1)}, and "
            f"data/pupils {pupils}, so nobody is under one",
        )  # fmt: skip


def _sites(said: Understood) -> Iterator[Stake]:
    alone = [s for s in said.sites if s.pupils and not s.people + s.shared + said.everywhere]
    if alone:
        pupils = sum(site.pupils for site in alone)
        names = ", ".join(site.site for site in alone[:5]) + (" …" if len(alone) > 5 else "")
        yield Stake("sites", pupils, f"sites: nobody works at {names} ({_pupils(pupils)})")


def _links(said: Understood) -> Iterator[Stake]:
    for link in said.links:
        if link.meets_few:
            text = f"{link.table}: {link.met:,} of its {link.ids:,} ids are in {link.to}"
            yield Stake("links", link.ids - link.met, text)


def _unread(said: Understood) -> Iterator[Stake]:
    for file, names in said.columns_not_read.items():
        yield Stake("columns", len(names), f"{file}: columns not read: {some(names, 6)}")
    if said.files_not_read:
        names = said.files_not_read
        yield Stake("files", len(names), f"files not read: {some(names, 6)}")


def _running(said: Understood) -> Iterator[Stake]:
    if not said.running:
        text = "running help: none was handed in, so none is carried on"
        yield Stake("running_help", 0, text, by_silence=False)


def _pupils(number: int) -> str:
    return f"{number:,} pupil{'s' * (number != 1)}"
