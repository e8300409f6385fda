"""A copy of a workspace in which ids say nothing: keyed pseudonyms, the same in every table.

An id becomes the first 80 bits of HMAC-SHA256 of its kind and itself, so that who holds the copy
and not the key can neither read it back nor try names or numbers out.  The key is a file outside
the workspace that only its owner can read; who holds both can make the same copy again next year.
Rows are put in the order of the pseudonyms, because the order of a class list also names a child.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import hmac
import io
import os
import stat
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from recommender.errors import CannotWrite, InputError, PrivacyRefusal, Problem, UsageError
from recommender.files.drafts import write_flushed
from recommender.files.moves import is_taken
from recommender.governance.log.transaction import Destination, LogRecord, changing
from recommender.inputs.checks import cells, identity
from recommender.inputs.findings import Findings
from recommender.inputs.formats.tables import Table, load_table
from recommender.inputs.text.matching import Texts
from recommender.inputs.text.persons import looks_like_bsn
from recommender.inputs.text.scrub import scrub

KEY_BYTES = 32
_SUFFIXES = (".csv", ".xlsx", ".parquet")
_COPIED = ("interventions.yaml", "planning.yaml")
_KINDS = {"unit_id": "unit", "family_id": "family"}
_STAFF_KINDS = {"professional_id": "professional", "decided_by": "professional"}
_FREE = frozenset({"text", "reason"})
_KIND_OF: dict[str, identity.IdKind] = {
    "unit": "unit", "family": "family", "professional": "professional",
}  # fmt: skip
_OWN_NUMBERS = "use the numbers of the school's own administration, or any number without meaning"
_LETTER = {"unit": "u", "family": "f", "professional": "p"}

_IDENTIFYING = frozenset(
    (
        "name", "naam", "firstname", "lastname", "surname", "fullname", "givenname", "familyname",
        "voornaam", "achternaam", "roepnaam", "tussenvoegsel", "leerlingnaam", "pupilname", "bsn",
        "burgerservicenummer", "sofinummer", "pgn", "onderwijsnummer", "dateofbirth", "birthdate",
        "birthday", "dob", "geboortedatum", "address", "adres", "street", "straat", "huisnummer",
        "housenumber", "email", "emailadres", "mail", "phone", "telefoon", "telefoonnummer",
        "mobile", "mobiel", "iban", "photo", "foto",
    )
)  # fmt: skip

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Copied:
    """One table of the copy: its path, rows and the columns that became pseudonyms."""

    path: str
    rows: int
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pseudonymised:
    """What was done, in numbers only.

    Attributes:
        tables: what was written.
        ids: kind -> how many different ids became pseudonyms.
        left_out: files of the folder that were not copied.
    """

    tables: tuple[Copied, ...]
    ids: tuple[tuple[str, int], ...]
    left_out: tuple[str, ...]


def pseudonym(kind: str, word: str, key: bytes) -> str:
    """The pseudonym of an id: a letter for its kind and 16 characters of a keyed hash."""
    text = unicodedata.normalize("NFC", word.strip())
    digest = hmac.new(key, f"{kind}:{text}".encode(), hashlib.sha256).digest()
    return f"{_LETTER[kind]}_{base64.b32encode(digest[:10]).decode().lower()}"


def create_key(path: Path, material: bytes, *, outside: Iterable[Path]) -> None:
    """Write a new key file that only its owner can read.

    Args:
        path: where; nothing may stand there.
        material: at least 32 random bytes.
        outside: folders in which a key may not lie.

    Raises:
        UsageError: the place is taken.  PrivacyRefusal: it lies in one of the folders.
        CannotWrite: it could not be written.
    """
    _refuse_inside(path, outside)
    if len(material) < KEY_BYTES:
        raise UsageError(f"a key needs {KEY_BYTES} random bytes")
    try:
        if path.is_file() and path.stat().st_size == 0:
            path.unlink()  # an empty file holds no key, and would lock the name
        if is_taken(path):
            raise UsageError(f"{path} exists already; a key is never written over")
        with changing([Destination(path)], None, new=True) as (draft,):
            write_flushed(draft, f"{material.hex()}\n".encode("ascii"), mode=0o600)
            draft.chmod(0o600)
    except OSError as error:
        raise CannotWrite(f"{path}: could not be written ({error.strerror})") from error


def read_key(path: Path, *, outside: Iterable[Path]) -> bytes:
    """The key in a key file.

    Raises:
        PrivacyRefusal: it lies in one of the folders ``outside``, or others may read it.
        InputError: it is no key file.
    """
    _refuse_inside(path, outside)
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii").strip() if stat.S_ISREG(mode) else ""
        key = bytes.fromhex(text)
    except (OSError, ValueError):
        mode, key = 0, b""
    if mode and stat.S_IMODE(mode) & 0o077:
        raise PrivacyRefusal(
            [Problem(str(path), None, None, "can be read by others", f"chmod 600 {path}")]
        )
    if len(key) < KEY_BYTES:
        remedy = "name the key file, or make one with --create-key"
        raise InputError([Problem(str(path), None, None, "is no key file", remedy)])
    return key


def pseudonymise(
    source: Path,
    target: Path,
    key: bytes,
    *,
    professionals: bool = False,
    record: LogRecord | None = None,
) -> Pseudonymised:
    """Write a copy of a folder's tables with pseudonyms for ids, whole or not at all.

    Every table of the folder and of its ``data`` is copied as csv; free text (columns ``text``
    and ``reason``) is scrubbed; catalogue and policy are copied as they are; nothing else is.

    Args:
        source: the folder.
        target: the folder to make; nothing may stand there.
        key: as ``read_key`` gives it.
        professionals: replace the ids of professionals too (and who decided).
        record: what the log of a workspace says first, without how many ids there were.

    Raises:
        PrivacyRefusal: ids look like citizen service numbers or names, or a table of pupils has
            columns that name them; places only, never an id.
        InputError: a table cannot be read, or has ids that `check` would not take.
        CannotWrite: nothing was left behind.
    """
    if target.exists() or target.is_symlink():
        raise UsageError(f"{target} exists already; name a new folder")
    if _inside(target, source):
        raise UsageError(f"{target} lies inside {source}; name a folder beside it")
    files = _tables_of(source)
    if not files:
        problem = Problem(str(source), None, None, "holds no tables", "name the workspace's folder")
        raise InputError([problem])
    kinds = {**_KINDS, **(_STAFF_KINDS if professionals else {})}
    findings = Findings()
    tables: list[tuple[str, Table]] = []
    for file in files:
        table = load_table(source / file, file, findings)
        if table is not None:
            tables.append((file, table))
            _refuse_identifying(table, {**_KINDS, **_STAFF_KINDS}, findings)
    _refuse_spellings(tables, findings)
    findings.raise_if_any()
    names = _pseudonyms(tables, kinds, key)
    copies = [_copy(file, table, kinds, names) for file, table in tables]
    if len({path for path, _, _ in copies}) < len(copies):
        raise UsageError("a table is there in two forms (.csv, .xlsx or .parquet); keep one")
    ids = tuple((kind, len(words)) for kind, words in sorted(names.items()))
    _write(source, target, [(path, text) for path, text, _ in copies], _counted(record, ids))
    return Pseudonymised(
        tables=tuple(copied for _, _, copied in copies),
        ids=ids,
        left_out=_left_out(source, files),
    )


def _counted(record: LogRecord | None, ids: tuple[tuple[str, int], ...]) -> LogRecord | None:
    """A record that says how many ids became pseudonyms."""
    if record is None:
        return None
    counts = tuple((f"{kind}_ids", str(number)) for kind, number in ids)
    return replace(record, details=(*record.details, *counts))


def _refuse_inside(path: Path, folders: Iterable[Path]) -> None:
    if any(_inside(path, folder) for folder in folders):
        message = "lies inside the workspace, where it would travel with the data"
        remedy = "keep the key outside of it"
        raise PrivacyRefusal([Problem(str(path), None, None, message, remedy)])


def _inside(path: Path, folder: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _tables_of(source: Path) -> list[str]:
    """The tables of the folder and of its data folder, as paths from it, in order."""
    places = [
        p for folder in (source, source / "data") if folder.is_dir() for p in folder.iterdir()
    ]
    return sorted(
        p.relative_to(source).as_posix()
        for p in places
        if p.suffix.lower() in _SUFFIXES and not p.name.startswith((".", "~$")) and p.is_file()
    )


def _left_out(source: Path, files: Iterable[str]) -> tuple[str, ...]:
    known = {*files, *_COPIED, "data"}
    places = [
        p for folder in (source, source / "data") if folder.is_dir() for p in folder.iterdir()
    ]
    seen = {p.relative_to(source).as_posix() for p in places if not p.name.startswith(".")}
    return tuple(sorted(seen - known))


def _refuse_identifying(table: Table, kinds: dict[str, str], findings: Findings) -> None:
    """Note ids that would identify without a key, and columns that name a pupil."""
    frame = table.frame
    for column in sorted(set(kinds) & set(frame.columns) - {"decided_by"}):
        kind = _KIND_OF[kinds[column]]
        identity.ids(
            table, column, findings, unique=False, kind=kind, optional=True, instead=_OWN_NUMBERS
        )
    if "unit_id" not in frame:
        return
    for column in table.header:
        if _plain(column) in _IDENTIFYING:
            findings.refuse(
                table.file, 1, column, "says who a pupil is",
                "delete the column; no model and no rule needs it",
            )  # fmt: skip
        elif column not in kinds and column in frame and column not in _FREE:
            words = frame[column].astype("str").str.strip()
            numbers = words.str.fullmatch(r"[0-9]{9}").to_numpy(np.bool_)
            if numbers.any() and looks_like_bsn(words[numbers]).mean() > 0.5:
                findings.refuse(
                    table.file, 1, column, "holds citizen service numbers (BSN)",
                    "delete the column",
                )  # fmt: skip


def _refuse_spellings(tables: Iterable[tuple[str, Table]], findings: Findings) -> None:
    """Note ids that another table spells otherwise: their pseudonyms would never meet again."""
    of = {Path(file).stem: table for file, table in tables}
    for column, home in (("unit_id", "pupils"), ("professional_id", "professionals")):
        if home not in of or column not in of[home].frame:
            continue
        known = cells.text(of[home], column)
        for name, table in of.items():
            if name != home and column in table.frame:
                written = cells.text(table, column)
                identity.spelled_otherwise(table, column, written, known, f"data/{home}", findings)


def _plain(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


def _pseudonyms(
    tables: list[tuple[str, Table]], kinds: dict[str, str], key: bytes
) -> dict[str, dict[str, str]]:
    """Kind -> id -> pseudonym over all tables; two ids never share one."""
    words: dict[str, set[str]] = {kind: set() for kind in kinds.values()}
    for _, table in tables:
        for column in set(kinds) & set(table.frame.columns):
            words[kinds[column]] |= set(table.frame[column].astype("str").str.strip().unique())
    names = {
        kind: {word: pseudonym(kind, word, key) for word in sorted(some - {""})}
        for kind, some in words.items()
    }
    for kind, some in names.items():
        if len(set(some.values())) < len({unicodedata.normalize("NFC", w) for w in some}):
            raise ArithmeticError(f"two ids of kind {kind} share a pseudonym")
    return names


def _copy(
    file: str, table: Table, kinds: dict[str, str], names: dict[str, dict[str, str]]
) -> tuple[str, str, Copied]:
    """Path, text and account of the copy of one table."""
    frame = table.frame.copy()
    replaced = tuple(c for c in frame.columns if c in kinds)
    for column in replaced:
        words = frame[column].astype("str").str.strip()
        frame[column] = words.map(names[kinds[column]]).fillna("")
    for column in _FREE & set(frame.columns):
        frame[column] = scrub(frame[column].astype("str"))
    order = [c for c in ("unit_id", "professional_id", "date") if c in frame]
    if set(order) & set(replaced):
        frame = frame.sort_values(order, kind="stable", ignore_index=True)
    for column in frame.columns.intersection(list(table.typed)):
        frame[column] = _with_commas(frame[column], table.typed[column])
    path = Path(file).with_suffix(".csv").as_posix()
    buffer = io.StringIO()
    frame.to_csv(
        buffer,
        index=False,
        sep=";" if table.decimal_comma else ",",
        decimal="," if table.decimal_comma else ".",
        lineterminator="\n",
        quoting=csv.QUOTE_MINIMAL,
    )
    return path, buffer.getvalue(), Copied(path, len(frame), replaced)


def _with_commas(column: Texts, typed: frozenset[str]) -> Texts:
    """The numbers of a sheet with the decimal mark of their copy; texts as typed."""
    words = column.astype("str")
    numbers = words.str.fullmatch(r"-?[0-9]+\.[0-9]+") & ~words.isin(typed)
    return words.where(~numbers, words.str.replace(".", ",", regex=False))


def _write(
    source: Path, target: Path, files: list[tuple[str, str]], record: LogRecord | None
) -> None:
    """Write all files to a hidden folder beside the target, which then takes its place."""
    named = "copy" if record is not None else ""
    with changing([Destination(target, named=named)], record, new=True) as (draft,):
        try:
            draft.mkdir(mode=0o700)
            for path, text in files:
                (draft / path).parent.mkdir(exist_ok=True)
                write_flushed(draft / path, text.encode())
            for name in _COPIED:
                if (source / name).is_file():
                    write_flushed(draft / name, (source / name).read_bytes())
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise CannotWrite(
                f"{target}: could not be written ({why}); nothing was left behind"
            ) from error
