"""Copies of a workspace carry pseudonyms everywhere and the key nowhere."""

from __future__ import annotations

import hashlib
import hmac
import re
import stat
from base64 import b32encode
from pathlib import Path

import pandas as pd
import pytest

from recommender.errors import CannotWrite, InputError, PrivacyRefusal, UsageError
from recommender.governance.privacy import pseudonyms
from recommender.governance.privacy.pseudonyms import create_key, pseudonym, pseudonymise, read_key
from recommender.inputs.checks import cells
from recommender.inputs.findings import Findings
from recommender.inputs.formats.tables import read_table

KEY = bytes(range(32))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "region"
    (folder / "data").mkdir(parents=True)
    (folder / "planning.yaml").write_text("synthetic: true\n")
    (folder / "remarks.txt").write_text("pupil-0002 is the mayor's son\n")
    (folder / "data/pupils.csv").write_text(
        "unit_id,site,grade,family_id,score\n"
        "pupil-0001,s1,4,fam-1,3.5\npupil-0002,s1,4,fam-1,\npupil-0003,s2,5,,7\n"
    )
    (folder / "data/notes.csv").write_text(
        "unit_id;date;text\n pupil-0002 ;2026-01-05;Jan de Vries belt 06-12345678\n"
    )
    pd.DataFrame({"professional_id": ["t-1"], "role": ["teacher"], "hours": [12.5]}).to_excel(
        folder / "data/professionals.xlsx", index=False
    )
    return folder


def everything(folder: Path) -> str:
    return "\n".join(p.read_text() for p in sorted(folder.rglob("*")) if p.is_file())


def test_a_unit_has_one_pseudonym_in_all_tables_and_ids_are_gone(
    source: Path, tmp_path: Path
) -> None:
    done = pseudonymise(source, tmp_path / "copy", KEY)
    pupils = pd.read_csv(tmp_path / "copy/data/pupils.csv")
    notes = pd.read_csv(tmp_path / "copy/data/notes.csv", sep=";")
    assert set(notes["unit_id"]) < set(pupils["unit_id"])
    assert pupils.loc[pupils["family_id"].notna(), "family_id"].nunique() == 1
    assert not re.search(r"pupil-|fam-|Vries|0612|06-1", everything(tmp_path / "copy"))
    assert dict(done.ids) == {"family": 1, "unit": 3}


def test_a_pseudonym_is_the_start_of_a_keyed_hash_of_kind_and_id() -> None:
    digest = hmac.new(KEY, b"unit:p1", hashlib.sha256).digest()
    assert pseudonym("unit", " p1 ", KEY) == "u_" + b32encode(digest)[:16].decode().lower()
    assert pseudonym("unit", "p1", KEY) != pseudonym("unit", "p1", KEY[::-1])
    assert pseudonym("unit", "x", KEY)[2:] != pseudonym("family", "x", KEY)[2:]


def test_the_rest_of_every_row_is_kept_and_rows_lose_their_order(
    source: Path, tmp_path: Path
) -> None:
    pseudonymise(source, tmp_path / "copy", KEY)
    pupils = pd.read_csv(tmp_path / "copy/data/pupils.csv")
    assert pupils["unit_id"].is_monotonic_increasing
    before = pd.read_csv(source / "data/pupils.csv")
    before["unit_id"] = [pseudonym("unit", u, KEY) for u in before["unit_id"]]
    merged = before.merge(pupils, on=["unit_id", "site", "grade", "score"])
    assert len(merged) == 3


def test_professionals_keep_their_ids_unless_asked(source: Path, tmp_path: Path) -> None:
    pseudonymise(source, tmp_path / "a", KEY)
    assert "t-1" in (tmp_path / "a/data/professionals.csv").read_text()
    pseudonymise(source, tmp_path / "b", KEY, professionals=True)
    assert "t-1" not in (tmp_path / "b/data/professionals.csv").read_text()


def test_the_numbers_of_a_sheet_are_read_from_its_copy_as_they_were(
    source: Path, tmp_path: Path
) -> None:
    staff = pd.DataFrame({"professional_id": ["t-1"], "role": ["teacher"], "hours": [12.345]})
    staff.to_excel(source / "data/professionals.xlsx", index=False)
    pseudonymise(source, tmp_path / "copy", KEY)
    copy = read_table(tmp_path / "copy/data/professionals.csv")
    findings = Findings()
    assert cells.numbers(copy, "hours", findings).tolist() == [12.345]
    assert findings.problems == []


def test_only_tables_catalogue_and_policy_are_copied(source: Path, tmp_path: Path) -> None:
    done = pseudonymise(source, tmp_path / "copy", KEY)
    assert done.left_out == ("remarks.txt",)
    assert not (tmp_path / "copy/remarks.txt").exists()
    assert (tmp_path / "copy/planning.yaml").read_text() == "synthetic: true\n"


@pytest.mark.many(4)
@pytest.mark.parametrize(
    "word",
    ["123456782", "1234.56.782", "NL123456782", "12345672", "Jan de Vries", "Vries, J. de",
     "jan.devries", "Pietje", "JanDeVries", "jan@school.nl", "Jan_Jansen_2017"],
)  # fmt: skip
def test_ids_that_name_a_child_are_refused_and_not_shown(
    source: Path, tmp_path: Path, word: str
) -> None:
    text = (source / "data/pupils.csv").read_text().replace("pupil-0002", f'"{word}"')
    (source / "data/pupils.csv").write_text(text)
    with pytest.raises(PrivacyRefusal) as caught:
        pseudonymise(source, tmp_path / "copy", KEY)
    assert word not in str(caught.value)
    assert "data/pupils.csv line 3" in str(caught.value)
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize(
    "word", ["p2", "0002", "123456789", "A-17", "klas3-02", "x7f2", "123e4567-e89b-12d3-a456-4266"]
)
def test_codes_are_no_names(source: Path, tmp_path: Path, word: str) -> None:
    text = (source / "data/pupils.csv").read_text().replace("pupil-0002", word)
    (source / "data/pupils.csv").write_text(text)
    assert pseudonymise(source, tmp_path / "copy", KEY).ids


@pytest.mark.parametrize("column", ["Voornaam", "date_of_birth", "BSN", "E-mail"])
def test_columns_that_say_who_a_pupil_is_are_refused(
    source: Path, tmp_path: Path, column: str
) -> None:
    path = source / "data/pupils.csv"
    path.write_text(path.read_text().replace("score", column))
    with pytest.raises(PrivacyRefusal, match="says who a pupil is"):
        pseudonymise(source, tmp_path / "copy", KEY)


def test_citizen_service_numbers_are_found_in_any_column(source: Path, tmp_path: Path) -> None:
    path = source / "data/pupils.csv"
    path.write_text(path.read_text().replace("3.5", "123456782").replace(",7\n", ",111222333\n"))
    with pytest.raises(PrivacyRefusal, match="score holds citizen service numbers"):
        pseudonymise(source, tmp_path / "copy", KEY)


def test_a_key_is_readable_by_its_owner_only_and_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "key"
    create_key(path, KEY, outside=[tmp_path / "region"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_key(path, outside=[]) == KEY
    with pytest.raises(UsageError, match="never written over"):
        create_key(path, KEY, outside=[])


def test_a_key_in_the_workspace_or_open_to_others_is_refused(source: Path, tmp_path: Path) -> None:
    with pytest.raises(PrivacyRefusal, match="inside the workspace"):
        create_key(source / "data/../key", KEY, outside=[source])
    path = tmp_path / "key"
    create_key(path, KEY, outside=[])
    (tmp_path / "link").symlink_to(source)
    with pytest.raises(PrivacyRefusal, match="inside the workspace"):
        create_key(tmp_path / "link" / "key", KEY, outside=[source])
    path.chmod(0o640)
    with pytest.raises(PrivacyRefusal, match="can be read by others"):
        read_key(path, outside=[])


def test_what_is_no_key_is_no_key(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("secret")
    (tmp_path / "key").chmod(0o600)
    with pytest.raises(InputError, match="is no key file"):
        read_key(tmp_path / "key", outside=[])
    with pytest.raises(InputError, match="is no key file"):
        read_key(tmp_path / "nothing", outside=[])


def test_nothing_is_left_behind_when_the_disk_is_full(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def full(path: Path, data: bytes, **_: object) -> None:
        calls.append(path)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        path.write_bytes(data)

    monkeypatch.setattr(pseudonyms, "write_flushed", full)
    with pytest.raises(CannotWrite):
        pseudonymise(source, tmp_path / "copy", KEY)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["region"]


def test_a_target_that_exists_or_lies_inside_is_refused(source: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="inside"):
        pseudonymise(source, source / "copy", KEY)
    with pytest.raises(UsageError, match="exists"):
        pseudonymise(source, tmp_path, KEY)
