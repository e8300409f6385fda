"""The sheet on which professionals say what they think of a plan, and what they said on it.

One sheet a site; a line for every offer and for every pupil without one.  Decisions, other help and
reasons are chosen from lists that hold only what is possible; everything else is locked.  Every
text is written as text, so that no spreadsheet takes it for a formula.  What comes back is read as
data: lines are matched with the plan, everything wrong is reported at once, and remarks are
scrubbed of names before they are kept.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import openpyxl
import pandas as pd
from openpyxl.cell import Cell
from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from recommender.errors import InputError, Problem
from recommender.governance.dialogue.help_words import help_named, help_words
from recommender.inputs.catalogue import Catalogue, Text
from recommender.inputs.decision_reasons import REASONS
from recommender.inputs.findings import Findings
from recommender.inputs.formats.sheet_marks import CellRange, marks_of
from recommender.inputs.formats.tables import load_table
from recommender.inputs.readers.cohort_tables import DECISION_COLUMNS
from recommender.inputs.text.names import plain_name
from recommender.inputs.text.scrub import scrub
from recommender.inputs.text.spelling import folded
from recommender.planning.formulation.labels import NOTHING
from recommender.planning.plan.plan import Plan

FORMAT: Final = "recommender review sheet 1"
MOST_BYTES: Final = 50 * 2**20
MOST_UNPACKED: Final = 150 * 2**20
MOST_LINES: Final = 200_000
"""Lines of all sheets together; reading stops there, whatever a sheet says of its size."""

_FIRST = 5
_BESIDE = 20
"""Columns beside those of the sheet in which text is looked for."""
_PAIR = ["unit_id", "intervention"]
_WIDTHS = (16, 44, 14, 9, 11, 34, 14, 44, 34, 50)

_OFFERED: Mapping[str, Text] = {
    "accept": Text("accept", "akkoord"),
    "reject": Text("reject", "afwijzen"),
    "swap": Text("swap", "andere hulp"),
}
_WITHOUT: Mapping[str, Text] = {
    "leave": Text("leave", "zo laten"),
    "offer": Text("offer help", "hulp aanbieden"),
}
_HEADERS = (
    Text("Pupil", "Leerling"), Text("Offer", "Aanbod"), Text("Starts", "Begint"),
    Text("Pupils", "Aantal"), Text("Benefit", "Nut"), Text("Next best", "Op één na beste"),
    Text("Decision", "Besluit"), Text("Help instead", "Hulp in plaats hiervan"),
    Text("Reason", "Reden"), Text("Remark (no names)", "Opmerking (geen namen)"),
    Text("key", "key"), Text("choices", "choices"),
)  # fmt: skip
_BY = Text("Filled in by", "Ingevuld door")
_ROLE = Text("Role", "Functie")
_NONE = Text("no offer", "geen aanbod")
_SHEET = Text("sheet", "blad")
_NOTHING = Text("nothing", "niets")
_CHOOSE = Text("Choose from the list", "Kies uit de lijst")
_FROM_LIST = Text("choose it from the list", "kies uit de lijst")
_ONE_OF_TWO = Text("keep one of the two", "houd een van de twee")
_WRONG: Mapping[str, tuple[Text, Text]] = {
    "line": (
        Text("is not a line of the plan, or stands there twice",
             "is geen regel van het plan, of staat er twee keer"),
        Text("make a new sheet", "maak een nieuw blad"),
    ),
    "moved": (
        Text("shows another pupil or offer than the line that was made: rows were sorted in part",
             "toont een andere leerling of ander aanbod dan de regel die is gemaakt: een deel van "
             "de rijen is gesorteerd"),
        Text("undo the sorting, or make a new sheet",
             "maak het sorteren ongedaan, of maak een nieuw blad"),
    ),
    "formula": (
        Text("has a formula where a choice belongs", "heeft een formule waar een keuze hoort"),
        Text("choose from the list or write a text", "kies uit de lijst of schrijf een tekst"),
    ),
    "headers": (
        Text("names its columns otherwise than the sheet that was made",
             "heeft andere kolommen dan het blad dat is gemaakt"),
        Text("make a new sheet, and change no columns",
             "maak een nieuw blad, en verander geen kolommen"),
    ),
    "beside": (
        Text("has text beside the columns of the sheet, where it is not read",
             "heeft tekst naast de kolommen van het blad, en die wordt niet gelezen"),
        Text("put it in the column for remarks, or delete it",
             "zet het in de kolom voor opmerkingen, of haal het weg"),
    ),
    "merged": (
        Text("is merged with other lines, so that what it says counts for one of them",
             "is samengevoegd met andere regels, zodat het maar voor een daarvan telt"),
        Text("undo the merging and fill every line", "maak dat ongedaan en vul elke regel"),
    ),
    "decision": (
        Text("has a decision that is not on the list",
             "heeft een besluit dat niet op de lijst staat"),
        Text("choose from the list", "kies uit de lijst"),
    ),
    "reason": (
        Text("has a reason that is not on the list", "heeft een reden die niet op de lijst staat"),
        Text("choose from the list; say more as a remark",
             "kies uit de lijst; zeg meer bij de opmerking"),
    ),
    "undecided": (
        Text("says something and decides nothing", "zegt iets, maar er is geen besluit gekozen"),
        Text("choose a decision, or empty the line", "kies een besluit, of maak de regel leeg"),
    ),
    "no help": (
        Text("does not say which help instead", "zegt niet welke hulp het moet worden"),
        _FROM_LIST,
    ),
    "other help": (
        Text("names help that this pupil cannot be offered",
             "noemt hulp die deze leerling niet kan krijgen"),
        _FROM_LIST,
    ),
    "same help": (
        Text("swaps an offer for itself", "ruilt een aanbod voor hetzelfde aanbod"),
        Text("choose other help, or accept", "kies andere hulp, of ga akkoord"),
    ),
    "no swap": (
        Text("names other help without swapping", "noemt andere hulp, maar kiest niet voor ruilen"),
        Text("choose swap, or empty the cell", "kies andere hulp als besluit, of maak de cel leeg"),
    ),
    "no reason": (
        Text("gives no reason", "geeft geen reden"),
        Text("choose a reason from the list", "kies een reden uit de lijst"),
    ),
    "no remark": (
        Text("has the reason other and no remark", "heeft als reden anders, zonder opmerking"),
        Text("say in a few words what the reason is", "zeg in een paar woorden wat de reden is"),
    ),
    "nobody": (
        Text("does not say who filled it in, with name and role",
             "zegt niet wie het heeft ingevuld, met naam en functie"),
        Text("fill in both at the top of the sheet", "vul beide in, boven aan het blad"),
    ),
    "accepted": (
        Text("refuses help that line {other} accepts", "wijst hulp af die regel {other} aanneemt"),
        _ONE_OF_TWO,
    ),
    "asked for": (
        Text("refuses help that line {other} asks for", "wijst hulp af die regel {other} vraagt"),
        _ONE_OF_TWO,
    ),
    "twice": (
        Text("asks for the same help as another line", "vraagt dezelfde hulp als een andere regel"),
        _ONE_OF_TWO,
    ),
}  # fmt: skip
"""What can be wrong with a line, and what to do about it."""
_NOBODY_OVERRULED = Text(
    "nobody overruled any of {looked_at} offers; was every one looked at by somebody who knows the "
    "pupil?",
    "niemand week af van {looked_at} keer aanbod; is elk aanbod bekeken door iemand die de "
    "leerling kent?",
)
_SCRUBBED = Text(
    "{number} remarks are kept without the names, numbers or addresses that stood in them",
    "{number} keer zijn namen, nummers of adressen uit een opmerking weggelaten",
)
_GONE = Text(
    "{gone} lines of the sheet that was made are not there any more; nothing is decided on them",
    "{gone} regels van het blad dat is gemaakt, zijn er niet meer; daarover is niets besloten",
)
_COMMENTS = (
    Text("holds comments on cells, which are not read",
         "heeft opmerkingen bij cellen, en die worden niet gelezen"),
    Text("put what they say in the columns and delete them",
         "zet wat er staat in de kolommen en haal ze weg"),
)  # fmt: skip
_UNDECIDED = Text(
    "{left} of {offers} offers have no decision yet", "over {left} van de {offers} keer aanbod is "
    "nog niet besloten",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Options:
    """What each unit may be offered: unit_id -> ids of interventions, eligible ones only."""

    of: Mapping[str, tuple[str, ...]]

    @classmethod
    def eligible(
        cls, unit_ids: Sequence[str], ids: Sequence[str], reasons: npt.NDArray[np.uint16]
    ) -> Options:
        """From ``Candidates.reasons``, (units, interventions), zero where eligible."""
        free = reasons == 0
        words = np.array(ids, dtype=object)
        return cls({unit: tuple(words[row]) for unit, row in zip(unit_ids, free, strict=True)})


@dataclass(frozen=True, slots=True)
class Decided:
    """What professionals said.

    Attributes:
        decisions: the columns of data/decisions.csv.
        offers: offers on the sheet.  looked_at: of those with a decision.
        overruled: of those rejected or swapped.  added: help asked for pupils without an offer.
        by_reason: reason code -> how often.
        warnings: what is worth a look.  language: of the sheet, and of the warnings.
    """

    decisions: pd.DataFrame
    offers: int
    looked_at: int
    overruled: int
    added: int
    by_reason: tuple[tuple[str, int], ...]
    warnings: tuple[str, ...]
    language: str = "en"


def review_sheet(
    plan: Plan,
    catalogue: Catalogue,
    choices: Options,
    *,
    plan_hash: str,
    site_names: Mapping[str, str],
    period_names: Mapping[str, str],
    language: str,
    because: Callable[[str], str] = str,
) -> bytes:
    """The workbook to fill in, as the bytes of an .xlsx file.

    Args:
        because: says in the language why a pupil has no offer.
        plan_hash: SHA-256 of the plan's manifest; the sheet is read back for that plan only.
        site_names, period_names: id -> what people call it.
        language: en or nl.
    """
    names = {i.id: f"{i.name.said(language)} ({i.id})" for i in catalogue.interventions}
    rows = _rows(plan, names, period_names, language, because)
    sets = {some: n for n, some in enumerate(sorted(set(choices.of.values())), 1)}
    book = openpyxl.Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    _guide(first, language)
    titles: set[str] = {"guide", "choices", "plan"}
    for site, part in rows.groupby("site", sort=True):
        name = site_names.get(str(site), str(site))
        sheet = book.create_sheet(_title(name, str(site), titles))
        _site_sheet(sheet, name, part, choices, sets, language)
    hidden = book.create_sheet("choices")
    for some, n in sets.items():
        for j, key in enumerate(some, 1):
            _write(hidden.cell(n, j), names.get(key, key))
    meta = book.create_sheet("plan")
    said_of = (
        ("format", FORMAT), ("manifest", plan_hash), ("language", language),
        ("lines", str(len(rows))),
    )  # fmt: skip
    for n, (key, value) in enumerate(said_of, 1):
        _write(meta.cell(n, 1), key)
        _write(meta.cell(n, 2), value)
    for sheet in (hidden, meta):
        sheet.sheet_state = "veryHidden"
        sheet.protection.sheet = True
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read_review(
    path: Path,
    *,
    plan_hash: str | None,
    units: Iterable[str],
    catalogue: Catalogue,
    day: dt.date,
) -> Decided:
    """What professionals said on a sheet.

    Args:
        plan_hash: the sheet must be of the plan with this hash; None accepts any.
        units: the ids of the workspace's units.
        day: the date of the decisions.

    Raises:
        InputError: every problem, with sheet and line; no cell of a remark is shown.
    """
    problems: list[Problem] = []
    known, ids, words = set(units), set(catalogue.ids), help_words(catalogue)
    said_rows: list[_Said] = []
    offers = there = 0
    with _opened(path) as book:
        lines = _Lines(path)
        meta = {str(row[0].value): row[1].value for row in lines.of(book["plan"], 2)}
        if meta.get("format") != FORMAT:
            remedy = "make one with `recommender review`"
            raise InputError([_whole(path, "is no review sheet", remedy)])
        if plan_hash is not None and meta.get("manifest") != plan_hash:
            remedy = "make a new sheet of this plan, or name the plan it was made from"
            raise InputError([_whole(path, "was made from another plan", remedy)])
        language = "nl" if meta.get("language") == "nl" else "en"
        sets = _choice_sets(lines.of(book["choices"], len(ids) + 1))
        sheets: list[Any] = book.worksheets
        for sheet in sheets:
            if sheet.title in ("guide", "choices", "plan"):
                continue
            where = f"{path.name} {_SHEET.said(language)} {sheet.title}"
            reader = _Reader(where, language, sets, words, known, ids, problems)
            some, count, kept = reader.lines(lines.of(sheet, len(_HEADERS) + _BESIDE))
            said_rows += some
            offers += count
            there += kept
            reader.merged(marks_of(path, sheet._worksheet_path).merged)
        made = str(meta.get("lines") or "")
    problems += _contradictions(said_rows, language)
    if _holds_comments(path):
        message, remedy = (text.said(language) for text in _COMMENTS)
        problems.append(_whole(path, message, remedy))
    if problems:
        raise InputError(problems)
    gone = int(made) - there if made.isdigit() else 0
    return _decided(said_rows, offers, gone, day, language)


def merged_decisions(old: pd.DataFrame | None, new: pd.DataFrame) -> pd.DataFrame:
    """Decisions with the new ones; what was said before of the same pair is replaced.

    Who accepts what was required before agrees with it, so that it stays required.
    """
    if old is None or old.empty:
        return new
    kept = old.reindex(columns=list(DECISION_COLUMNS)).fillna("").astype("str")
    new = _without_weaker(new, kept)
    kept = kept[~_pairs(kept).isin(_pairs(new))]
    both = pd.concat([kept, new], ignore_index=True)
    return both.sort_values([*_PAIR, "date"], kind="stable", ignore_index=True)


def _pairs(decisions: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(decisions[_PAIR])


def _without_weaker(decisions: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """The decisions but those that accept what another one requires."""
    required = _pairs(others[others["decision"] == "require"])
    weaker = (decisions["decision"] == "accept") & _pairs(decisions).isin(required)
    return decisions[~weaker].reset_index(drop=True)


@dataclass(frozen=True, slots=True)
class _Said:
    """One decided line of the sheet."""

    sheet: str
    line: int
    unit: str
    offered: str
    decision: str
    instead: str
    reason: str
    remark: str
    by: str


def _rows(
    plan: Plan,
    names: Mapping[str, str],
    periods: Mapping[str, str],
    language: str,
    because: Callable[[str], str],
) -> pd.DataFrame:
    """One row a line of the sheets, ``id`` and ``at`` being the ids of help and period."""
    offered = plan.assignments
    left = plan.not_served
    rows = pd.DataFrame(
        {
            "site": [*offered["site"], *left["site"]],
            "unit": [*offered["unit_id"], *left["unit_id"]],
            "offer": [
                *(names.get(i, i) for i in offered["intervention"]),
                *(f"{_NONE.said(language)}: {because(str(r))}" for r in left["reason"]),
            ],
            "period": [*(periods.get(p, p) for p in offered["period"]), *[""] * len(left)],
            "pupils": [*offered["units"], *left["pupils"]],
            "benefit": [*offered["benefit"], *left["benefit_forgone"]],
            "next": [
                *(_option(o, names, periods, language) for o in offered["runner_up"]),
                *(_option(o, names, periods, language) for o in left["best_alternative"]),
            ],
            "id": [*offered["intervention"], *[""] * len(left)],
            "at": [*offered["period"], *[""] * len(left)],
        }
    )
    return rows.sort_values(["site", "unit", "id", "at"], kind="stable", ignore_index=True)


def _option(
    option: str, names: Mapping[str, str], periods: Mapping[str, str], language: str
) -> str:
    if option == NOTHING:
        return _NOTHING.said(language)
    bundle, _, period = str(option).partition("@")
    shown = " + ".join(re.sub(r" \([^()]*\)$", "", names.get(b, b)) for b in bundle.split("+"))
    return f"{shown}, {periods.get(period, period)}" if period else shown


def _guide(sheet: Worksheet, language: str) -> None:
    """The first sheet: a table of what the lists mean."""
    sheet.title = "guide"
    header = (Text("list", "lijst"), Text("choice", "keuze"), Text("meaning", "betekenis"))
    sheet.append(tuple(word.said(language) for word in header))
    meaning = {
        "accept": Text("the offer is right", "het aanbod klopt"),
        "reject": Text("do not offer this", "dit niet aanbieden"),
        "swap": Text("offer something else: choose it", "iets anders aanbieden: kies wat"),
        "leave": Text("no offer for now", "voorlopig geen aanbod"),
        "offer": Text("do offer help: choose it", "wel hulp aanbieden: kies wat"),
    }
    for code, word in {**_OFFERED, **_WITHOUT}.items():
        kind = Text("decision", "besluit").said(language)
        sheet.append((kind, word.said(language), meaning[code].said(language)))
    for word in REASONS.values():
        sheet.append((Text("reason", "reden").said(language), word.said(language), "-"))
    note = Text(
        "acute danger does not wait for a plan: follow the reporting code at once",
        "acuut gevaar wacht niet op een plan: volg meteen de meldcode",
    )
    sheet.append((Text("mind", "let op").said(language), "-", note.said(language)))
    for column, width in zip("ABC", (14, 44, 70), strict=True):
        sheet.column_dimensions[column].width = width
    sheet.protection.sheet = True


def _site_sheet(
    sheet: Worksheet,
    name: str,
    rows: pd.DataFrame,
    choices: Options,
    sets: Mapping[tuple[str, ...], int],
    language: str,
) -> None:
    bold, grey = Font(bold=True), PatternFill("solid", fgColor="EEEEEE")
    yellow, free = PatternFill("solid", fgColor="FFF9DB"), Protection(locked=False)
    _write(sheet["A1"], name).font = Font(bold=True, size=14)
    for place, word in (("A2", _BY), ("D2", _ROLE)):
        _write(sheet[place], word.said(language)).font = bold
    for place in ("B2", "F2"):
        sheet[place].protection, sheet[place].fill = free, yellow
    for j, header in enumerate(_HEADERS, 1):
        cell = _write(sheet.cell(_FIRST - 1, j), header.said(language))
        cell.font, cell.fill = bold, grey
    lists: dict[tuple[str, str], list[int]] = {}

    def words(some: Iterable[Text]) -> str:
        return '"' + ",".join(word.said(language) for word in some) + '"'

    reasons, offered, without = (words(w.values()) for w in (REASONS, _OFFERED, _WITHOUT))
    for line, row in enumerate(rows.itertuples(index=False), _FIRST):
        texts = (row.unit, row.offer, row.period, None, None, row.next)
        for j, text in enumerate(texts, 1):
            if text is not None:
                _write(sheet.cell(line, j), str(text))
        sheet.cell(line, 4, float(str(row.pupils)))
        sheet.cell(line, 5, round(float(str(row.benefit)), 4))
        _write(sheet.cell(line, 11), f"{row.unit}|{row.id}|{row.at}")
        some = choices.of.get(str(row.unit), ())
        sheet.cell(line, 12, sets.get(some, 0))
        lists.setdefault(("G", offered if row.id else without), []).append(line)
        if some:
            last = get_column_letter(len(some))
            place = f"choices!$A${sets[some]}:${last}${sets[some]}"
            lists.setdefault(("H", place), []).append(line)
        lists.setdefault(("I", reasons), []).append(line)
        for j in (7, 8, 9, 10):
            sheet.cell(line, j).protection = free
            sheet.cell(line, j).fill = yellow
            sheet.cell(line, j).number_format = "@"
    for (column, formula), places in lists.items():
        sheet.add_data_validation(
            DataValidation(
                "list", formula1=formula, allow_blank=True, showErrorMessage=True,
                errorTitle="?", error=_CHOOSE.said(language), sqref=_ranges(column, places),
            )
        )  # fmt: skip
    for j, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(j)].width = width
    for column in ("K", "L"):
        sheet.column_dimensions[column].hidden = True
    for line in range(_FIRST, _FIRST + len(rows)):
        sheet.cell(line, 10).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = f"C{_FIRST}"
    sheet.auto_filter.ref = f"A{_FIRST - 1}:J{_FIRST + max(len(rows) - 1, 0)}"
    sheet.protection.sheet = True
    sheet.protection.autoFilter = False
    sheet.protection.formatColumns = False


def _ranges(column: str, lines: Sequence[int]) -> str:
    """Lines in ascending order as ranges of a column: G5:G9 G12."""
    ranges: list[list[int]] = []
    for line in lines:
        if ranges and line == ranges[-1][1] + 1:
            ranges[-1][1] = line
        else:
            ranges.append([line, line])
    return " ".join(f"{column}{a}:{column}{b}" if b > a else f"{column}{a}" for a, b in ranges)


def _write(cell: Any, text: str) -> Cell:
    """Write a text as a text, whatever it begins with."""
    cell.value = _printable(text)
    cell.data_type = "s"
    cell.quotePrefix = text[:1] in ("=", "+", "-", "@", "\t", "\r")
    done: Cell = cell
    return done


def _printable(text: str) -> str:
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)


def _title(name: str, site: str, taken: set[str]) -> str:
    """A title that a workbook allows and no other sheet has."""
    clean = re.sub(r"[\[\]:*?/\\'=+@]", " ", name).strip()[:31] or re.sub(r"\W", " ", site)[:31]
    title, n = clean or "site", 1
    while title.casefold() in {t.casefold() for t in taken} or title.casefold() == "history":
        n += 1
        title = f"{clean[:27]} {n}"
    taken.add(title)
    return title


@contextmanager
def _opened(path: Path) -> Iterator[openpyxl.Workbook]:
    """The workbook, after the checks every sheet of the workspace passes (bombs, entities)."""
    if path.suffix.lower() != ".xlsx":
        raise InputError([_whole(path, "is no .xlsx file", "hand in the sheet as it was made")])
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError([_whole(path, "is too large for a review sheet", "hand in the sheet")])
    except OSError as error:
        raise InputError([_whole(path, f"cannot be read ({error.strerror})", "")]) from None
    unreadable = _whole(path, "is not a readable xlsx file", "save it again from a spreadsheet")
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise InputError([unreadable]) from None
    if size > MOST_UNPACKED:
        raise InputError([_whole(path, "is too large for a review sheet", "hand in the sheet")])
    findings = Findings()
    table = load_table(path, path.name, findings, wanted=())
    if table is None or findings.problems:
        raise InputError(
            findings.problems or [_whole(path, "is no review sheet", "hand in the sheet")]
        )
    try:
        # read-only, because otherwise merged cells and a far last cell fill the memory
        book = openpyxl.load_workbook(path, read_only=True, keep_links=False)
    except Exception:  # the parser raises whatever it meets in a broken file
        raise InputError([unreadable]) from None
    try:
        if not {"plan", "choices"} <= set(book.sheetnames):
            remedy = "make one with `recommender review`"
            raise InputError([_whole(path, "is no review sheet", remedy)])
        yield book
    finally:
        book.close()


class _Lines:
    """The lines of the sheets of a workbook, as they are asked for and ``MOST_LINES`` in all."""

    def __init__(self, path: Path) -> None:
        self._path, self._left = path, MOST_LINES

    def of(self, sheet: Any, width: int) -> Iterator[tuple[Any, ...]]:
        """The first cells of every line of a sheet, from its first line on.

        Raises:
            InputError: the sheet cannot be read, or has more lines than a review sheet has.
        """
        try:
            sheet.reset_dimensions()
            for row in sheet.iter_rows(max_col=width):
                self._left -= 1
                if self._left < 0:
                    message = f"has more than {MOST_LINES:,} lines"
                    raise InputError([_whole(self._path, message, "hand in the sheet as it was")])
                yield row if len(row) == width else (*row, *(EMPTY_CELL,) * (width - len(row)))
        except (InputError, GeneratorExit):
            raise
        except Exception:  # the parser raises whatever it meets in a broken file
            remedy = "save it again from a spreadsheet"
            raise InputError([_whole(self._path, "is not a readable xlsx file", remedy)]) from None


def _holds_comments(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return any(re.search(r"(^|/)(threaded)?comments", n, re.I) for n in archive.namelist())


def _whole(path: Path, message: str, remedy: str) -> Problem:
    return Problem(path.name, None, None, message, remedy)


def _choice_sets(rows: Iterable[tuple[Any, ...]]) -> dict[int, dict[str, str]]:
    """Number of a set -> what a drop-down shows -> id of the intervention."""
    sets: dict[int, dict[str, str]] = {0: {}}
    for n, row in enumerate(rows, 1):
        words = [str(cell.value) for cell in row if cell.value is not None]
        sets[n] = {w: _in_brackets(w) for w in words}
    return sets


def _in_brackets(text: str) -> str:
    found = re.search(r"\(([a-z][a-z0-9_]*)\)\s*$", text)
    return found.group(1) if found else ""


def _code(word: str, words: Mapping[str, Text]) -> str | None:
    """The code of a word of a list, in either language; "" for an empty cell, None if unknown."""
    plain = word.strip().casefold()
    if not plain:
        return ""
    for code, text in words.items():
        if plain in (code, text.en.casefold(), text.nl.casefold()):
            return code
    return None


_LINE = Text("line", "regel")


def _problem(where: str, line: int, what: str, language: str, **parts: object) -> Problem:
    """What is wrong with a line, in the language of its sheet."""
    message, remedy = (text.said(language).format(**parts) for text in _WRONG[what])
    return Problem(where, line, None, message, remedy, _LINE.said(language))


@dataclass(frozen=True, slots=True)
class _Reader:
    """What a sheet may say.

    Attributes:
        where: file and sheet, for messages.  language: of the sheet.
        sets: number of a set of choices -> what a drop-down shows -> id of the intervention.
        words: what help may be called -> its id.
        known, ids: units and interventions.
        problems: grows.
    """

    where: str
    language: str
    sets: Mapping[int, Mapping[str, str]]
    words: Mapping[str, str]
    known: set[str]
    ids: set[str]
    problems: list[Problem]

    def lines(self, rows: Iterable[tuple[Any, ...]]) -> tuple[list[_Said], int, int]:
        """The decided lines of one sheet, and how many offers and lines it holds."""
        by = role = ""
        found: list[_Said] = []
        right = True
        offers, seen = 0, set()
        for line, cells in enumerate(rows, 1):
            if line == 2:
                by, role = _text(cells[1].value), _text(cells[5].value)
            if line == _FIRST - 1:
                right = all(map(_is_header, cells, _HEADERS))
            if line < _FIRST:
                continue
            if right and any(_text(cell.value) for cell in cells[len(_HEADERS) :]):
                self._wrong(line, "beside")
            decision, instead, reason, remark, key = (_text(c.value) for c in cells[6:11])
            if not key and not any((decision, instead, reason, remark)):
                continue
            if not right:
                self._wrong(_FIRST - 1, "headers")
                break
            unit, offered = (*key.rsplit("|", 2), "")[:2]
            if unit not in self.known or (offered and offered not in self.ids) or key in seen:
                self._wrong(line, "line")
                continue
            seen.add(key)
            if not _is_seen(cells, unit, offered, self.ids):
                self._wrong(line, "moved")
                continue
            offers += bool(offered)
            if any(c.data_type == "f" for c in cells[6:10]):
                self._wrong(line, "formula")
                continue
            code = _code(decision, _OFFERED if offered else _WITHOUT)
            why = _code(reason, REASONS)
            number = cells[11].value
            options = self.sets.get(number, {}) if isinstance(number, int) else {}
            other = help_named(instead, options, self.words) if instead else ""
            wrong = _wrong_line(code, why, instead, remark, other, self.ids, offered)
            if wrong:
                self._wrong(line, wrong)
            elif code and code != "leave":
                found.append(
                    _Said(self.where, line, unit, offered, code, other,
                          why or "", remark, f"{by} ({role})")
                )  # fmt: skip
        if found and not (by and role):
            self._wrong(2, "nobody")
        return found, offers, len(seen)

    def merged(self, ranges: Iterable[CellRange]) -> None:
        """Note the cells to fill in that are merged: of several lines only the first says it."""
        for top, left, bottom, right in ranges:
            if bottom >= _FIRST and left <= 11 and right >= 7:
                self._wrong(max(top, _FIRST), "merged")

    def _wrong(self, line: int, what: str) -> None:
        self.problems.append(_problem(self.where, line, what, self.language))


def _is_header(cell: Any, header: Text) -> bool:
    return plain_name(_text(cell.value)) in (plain_name(header.en), plain_name(header.nl))


def _wrong_line(
    code: str | None,
    why: str | None,
    instead: str,
    remark: str,
    other: str,
    ids: set[str],
    offered: str,
) -> str | None:
    """What is wrong with a line that cannot be understood, as a key of ``_WRONG``.

    ``instead`` is what was written, ``other`` the id of the help that is meant.
    """
    if code is None:
        return "decision"
    if why is None:
        return "reason"
    if not code:
        return "undecided" if instead or why or remark else None
    if code in ("swap", "offer"):
        if not instead:
            return "no help"
        if other not in ids:
            return "other help"
        if other == offered:
            return "same help"
    elif instead:
        return "no swap"
    if code in ("reject", "swap", "offer") and not why:
        return "no reason"
    if why == "other" and not remark:
        return "no remark"
    return None


def _is_seen(cells: Sequence[Any], unit: str, offered: str, ids: set[str]) -> bool:
    """Whether who fills in a line sees the pupil and the offer that its hidden key says."""
    pupil, offer = _text(cells[0].value), _text(cells[1].value)
    named = _in_brackets(offer)
    of_help = offered in (offer, named) if offered else named not in ids
    return folded(pupil) == folded(unit) and of_help


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _contradictions(lines: Sequence[_Said], language: str) -> Iterator[Problem]:
    """A pupil who is to have and not to have the same help, said on two lines."""
    wanted = {(s.unit, s.instead): s for s in lines if s.instead}
    kept = {(s.unit, s.offered): s for s in lines if s.decision == "accept"}
    for one in lines:
        if one.decision not in ("reject", "swap"):
            continue
        pair = (one.unit, one.offered)
        for others, what in ((kept, "accepted"), (wanted, "asked for")):
            if pair in others:
                yield _problem(one.sheet, one.line, what, language, other=others[pair].line)
    for one in lines:
        if one.instead and wanted[one.unit, one.instead] is not one:
            other = wanted[one.unit, one.instead]
            yield _problem(other.sheet, other.line, "twice", language)


def _decided(
    lines: Sequence[_Said], offers: int, gone: int, day: dt.date, language: str
) -> Decided:
    records: list[tuple[str, str, str, str, str]] = []
    remarks = scrub(pd.Series([s.remark for s in lines], dtype="str")).tolist()
    for line, remark in zip(lines, remarks, strict=True):
        reason = f"{line.reason}: {remark}" if line.reason and remark else line.reason or remark
        if line.decision == "accept":
            records.append((line.unit, line.offered, "accept", reason, line.by))
        if line.decision in ("reject", "swap"):
            records.append((line.unit, line.offered, "forbid", reason, line.by))
        if line.decision in ("swap", "offer"):
            records.append((line.unit, line.instead, "require", reason, line.by))
    frame = pd.DataFrame(records, columns=list(DECISION_COLUMNS[:5]), dtype="str")
    frame = frame.drop_duplicates(["unit_id", "intervention", "decision"], ignore_index=True)
    frame = _without_weaker(frame, frame)
    frame["date"] = day.isoformat()
    overruled = sum(s.decision in ("reject", "swap") for s in lines)
    looked_at = overruled + sum(s.decision == "accept" for s in lines)
    counts = pd.Series([s.reason for s in lines if s.reason], dtype="str").value_counts()
    warnings = []
    if looked_at >= 20 and overruled == 0:
        warnings.append(_NOBODY_OVERRULED.said(language).format(looked_at=looked_at))
    scrubbed = sum(new != said.remark for said, new in zip(lines, remarks, strict=True))
    if scrubbed:
        warnings.append(_SCRUBBED.said(language).format(number=scrubbed))
    if looked_at < offers:
        text = _UNDECIDED.said(language)
        warnings.append(text.format(left=offers - looked_at, offers=offers))
    if gone > 0:
        warnings.append(_GONE.said(language).format(gone=gone))
    return Decided(
        decisions=frame.sort_values(["unit_id", "intervention"], kind="stable", ignore_index=True),
        offers=offers,
        looked_at=looked_at,
        overruled=overruled,
        added=sum(s.decision == "offer" for s in lines),
        by_reason=tuple(sorted((str(code), int(n)) for code, n in counts.items())),
        warnings=tuple(warnings),
        language=language,
    )
