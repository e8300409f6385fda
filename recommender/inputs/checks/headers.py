"""Whether the header of a table says what was meant: nothing is lost for a capital or a blank."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from recommender.inputs.findings import Findings, some
from recommender.inputs.formats.tables import Table
from recommender.inputs.text.names import plain_name, probably_meant, same_name, shown

MOST_SAID = 3
"""Names that differ by what eyes pass over and are said one by one; more have one cause."""


def near_misses(
    header: Sequence[str], known: Collection[str], declared: Collection[str] = ()
) -> Mapping[str, str]:
    """Name in the header -> the known column it stands for, for names that are not quite right.

    Args:
        known: the columns that are read.
        declared: other names that are as they should be, though nothing reads them here.
    """
    present = {*header}
    odd = [h for h in dict.fromkeys(header) if h and h not in known and h not in declared]
    exact = {
        h: k for h in odd if (k := same_name(h, known)) is not None and _is_alone(h, k, present)
    }
    absent = [k for k in known if k not in present and k not in exact.values()]
    likely = {h: k for h in odd if h not in exact and (k := probably_meant(h, absent)) is not None}
    # One word that resembles a name may be a cell: a table without a header has no other.
    if len(likely) > 1 or exact or present.intersection(known):
        return exact | likely
    return exact


def check_header(
    table: Table, known: Collection[str], declared: Collection[str], findings: Findings
) -> Mapping[str, str]:
    """Note every name that is not quite right, and what it should be; they are returned too."""
    near = near_misses(table.header, known, declared)
    dressed = {
        w: n for w, n in near.items() if n not in table.header and plain_name(w) == plain_name(n)
    }
    if len(dressed) > MOST_SAID:
        pairs = [f"'{name}' for '{shown(word)}'" for word, name in dressed.items()]
        findings.problem(
            table.file, 1, None,
            f"has {len(dressed)} names of columns with other capitals, blanks or marks than they "
            "are read by",
            f"write {some(pairs, MOST_SAID)}",
        )  # fmt: skip
    else:
        dressed = {}
    for word, name in near.items():
        if word in dressed:
            continue
        if name in table.header:
            findings.problem(
                table.file, 1, name, f"stands beside '{shown(word)}', which is the same name",
                "keep one of the two columns",
            )  # fmt: skip
        else:
            note_miss(table.file, name, word, findings)
    right = {*known, *declared}
    forms: dict[str, int] = {}
    for position, word in enumerate(table.header, 1):
        first = forms.setdefault(plain_name(word) or f" {position}", position)
        pair = {table.header[first - 1], word}
        if len(pair) > 1 and not pair <= right and not pair & {*near}:
            # Their names are not shown: they may be cells of a table without a header.
            findings.problem(
                table.file, 1, None,
                f"columns {first} and {position} have one name but for capitals, blanks or marks",
                "keep one of the two columns",
            )  # fmt: skip
    return near


def note_miss(file: str, name: str, word: str, findings: Findings) -> None:
    """Note a column that is there under another name than its own."""
    findings.problem(
        file, 1, None, f"has no column '{name}'", f"is it '{shown(word)}'? rename that"
    )


def _is_alone(word: str, name: str, present: Collection[str]) -> bool:
    """Whether ``word`` cannot be left aside: its column is absent, or is the very same name."""
    return name not in present or plain_name(word) == plain_name(name)
