"""A signature says who answers for a plan to whoever has the public key, and for that plan only."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from recommender.cli.main import run
from recommender.governance.log.signature import signature_file
from recommender.inputs.templates import write_templates

WHO = ["--name", "N. Jansen", "--role", "school leader"]
PEM = serialization.Encoding.PEM


def write_keys(folder: Path, name: str, kind: Callable[[], object]) -> None:
    key = kind()
    plain = serialization.NoEncryption()
    private = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, plain)  # type: ignore[attr-defined]
    public = key.public_key().public_bytes(  # type: ignore[attr-defined]
        PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (folder / f"{name}.pem").write_bytes(private)
    (folder / f"{name}.pem").chmod(0o600)
    (folder / f"{name}.pub").write_bytes(public)


@dataclass(frozen=True)
class Signed:
    """A folder with a workspace, its plan that was adopted and signed, and keys."""

    root: Path

    @property
    def plan(self) -> Path:
        return self.root / "ws/plan"

    def key(self, name: str) -> str:
        return str(self.root / name)

    def verify(self, *words: str) -> int:
        return run(["verify", str(self.plan), "-q", *words])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("signed")
    write_templates(root / "ws")
    write_keys(root, "own", ed25519.Ed25519PrivateKey.generate)
    write_keys(root, "other", ed25519.Ed25519PrivateKey.generate)
    write_keys(root, "rsa", lambda: rsa.generate_private_key(65537, 2048))
    plan = str(root / "ws/plan")
    assert run(["plan", str(root / "ws"), "-q"]) == 0
    assert run(["adopt", plan, *WHO, "--sign", str(root / "own.pem"), "-q"]) == 0
    return root


@pytest.fixture
def signed(made: Path, tmp_path: Path) -> Signed:
    shutil.copytree(made, tmp_path / "s")
    return Signed(tmp_path / "s")


def test_the_public_key_bears_out_who_signed(
    signed: Signed, capsys: pytest.CaptureFixture[str]
) -> None:
    assert signed.verify("--public-key", signed.key("own.pub")) == 0
    assert "Signed with this key as adopted by N. Jansen, school leader" in capsys.readouterr().out


def test_without_a_key_verify_says_that_it_left_the_signature_out(
    signed: Signed, capsys: pytest.CaptureFixture[str]
) -> None:
    assert signed.verify() == 0
    assert "the signature beside it" in capsys.readouterr().out


def test_another_key_does_not(signed: Signed, capsys: pytest.CaptureFixture[str]) -> None:
    assert signed.verify("--public-key", signed.key("other.pub")) == 1
    assert "was not signed with this key" in capsys.readouterr().err


@pytest.mark.many(2)
@pytest.mark.parametrize("field", ["manifest", "status", "who", "role", "time"])
def test_no_word_of_a_signed_statement_can_be_changed(
    signed: Signed, field: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = signature_file(signed.plan)
    document = json.loads(path.read_text("utf-8"))
    document["statement"][field] += "x"
    path.write_text(json.dumps(document), "utf-8")
    assert signed.verify("--public-key", signed.key("own.pub")) == 1
    assert "was not signed with this key" in capsys.readouterr().err


def test_a_plan_made_anew_is_not_the_one_that_was_signed(
    signed: Signed, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["plan", str(signed.root / "ws"), "--force", "--seed", "1", "-q"]) == 0
    assert signed.verify("--public-key", signed.key("own.pub")) == 1
    assert "was signed for another plan" in capsys.readouterr().err


@pytest.mark.many(2)
@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"format": "recommender signature 1"}'])
def test_no_signature_and_a_broken_one_are_found(
    signed: Signed, text: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    path = signature_file(signed.plan)
    if text is None:
        path.unlink()
    else:
        path.write_text(text, "utf-8")
    assert signed.verify("--public-key", signed.key("own.pub")) == 1
    said = capsys.readouterr().err
    assert ("there is no signature" if text is None else "is not a signature") in said


def test_a_receiver_with_the_plan_and_the_key_alone_can_tell(
    signed: Signed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    post = tmp_path / "a/b/post"
    post.mkdir(parents=True)
    shutil.copytree(signed.plan, post / "plan")
    shutil.copy(signature_file(signed.plan), post)
    words = ["verify", str(post / "plan"), "--public-key", signed.key("own.pub")]
    assert run(words) == 0
    said = capsys.readouterr().out
    assert "every file is as it was signed" in said
    assert "anything against the inputs" in said
    (post / "plan/assignments.csv").write_text("x")
    assert run(words) == 1


def test_a_plan_that_was_adopted_is_signed_later_by_who_adopted_it_only(signed: Signed) -> None:
    signature_file(signed.plan).unlink()
    log = signed.root / "ws/.audit/log.jsonl"
    before = log.read_bytes()
    sign = ["--sign", signed.key("own.pem"), "-q"]
    assert run(["adopt", str(signed.plan), "--name", "X", "--role", "y", *sign]) == 2
    assert not signature_file(signed.plan).exists()
    assert run(["adopt", str(signed.plan), *WHO, *sign]) == 0
    assert log.read_bytes() == before
    assert signed.verify("--public-key", signed.key("own.pub")) == 0


@pytest.mark.parametrize("name", ["rsa.pem", "own.pub", "ws/planning.yaml"])
def test_what_is_no_private_key_adopts_nothing(
    signed: Signed, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["adopt", str(signed.plan), *WHO, "--sign", signed.key(name), "-q"]) == 3
    assert "openssl genpkey -algorithm ed25519" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="rights of files")
def test_a_key_that_others_can_read_is_refused(
    signed: Signed, capsys: pytest.CaptureFixture[str]
) -> None:
    (signed.root / "own.pem").chmod(0o644)
    assert run(["adopt", str(signed.plan), *WHO, "--sign", signed.key("own.pem"), "-q"]) == 3
    assert "chmod 600" in capsys.readouterr().err


def test_where_the_package_is_missing_the_remedy_is_said(
    signed: Signed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    assert run(["adopt", str(signed.plan), *WHO, "--sign", signed.key("own.pem"), "-q"]) == 2
    assert "pip install 'recommender[sign]'" in capsys.readouterr().err
