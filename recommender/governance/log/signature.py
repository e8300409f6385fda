"""A signature on a plan: who answers for it can show so to people who cannot ask the log.

``PLAN.signature.json`` stands beside the plan.  It holds a statement (the hash of the manifest,
which holds the hash of every file; the status, who, in what role and when) and its Ed25519
signature.  The public key in it is for convenience and proves nothing: whoever checks brings the
key that the signer gave them.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import stat
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from recommender.errors import CannotWrite, InputError, Problem, UsageError
from recommender.files.hashes import sha256_of
from recommender.governance.log.adoption import Step

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

FORMAT: Final = "recommender signature 1"
_MAKE: Final = "openssl genpkey -algorithm ed25519 -out KEY.pem"
_PUBLIC: Final = "openssl pkey -in KEY.pem -pubout -out PUBLIC.pem"


@dataclass(frozen=True, slots=True)
class Statement:
    """What is signed: the hash of a plan's manifest, and who says what of it and when."""

    manifest: str
    status: str
    who: str
    role: str
    time: str


def signature_file(plan: Path) -> Path:
    """Where the signature of a plan folder is written."""
    folder = plan.resolve()
    return folder.with_name(f"{folder.name}.signature.json")


def private_key(path: Path) -> Ed25519PrivateKey:
    """The key to sign with.

    Raises:
        UsageError: the package that signs is missing.
        InputError: it is no private Ed25519 key in PEM, or others can read it.
    """
    _needed()
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519

    try:
        shared = os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError):
        raise _no_key(path, "private key without a passphrase", _MAKE) from None
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise _no_key(path, "private key", _MAKE)
    if shared:
        problem = Problem(str(path), None, None, "can be read by others", f"chmod 600 {path}")
        raise InputError([problem])
    return key


def public_key(path: Path) -> Ed25519PublicKey:
    """The key to check with.

    Raises:
        UsageError: the package that checks is missing.
        InputError: it is no public Ed25519 key in PEM.
    """
    _needed()
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519

    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError):
        raise _no_key(path, "public key", _PUBLIC) from None
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise _no_key(path, "public key", _PUBLIC)
    return key


def sign(plan: Path, step: Step, key: Ed25519PrivateKey) -> Path:
    """Sign a step of a plan and return the file written beside it, whole or not at all.

    Raises:
        CannotWrite: it could not be written.
    """
    from cryptography.hazmat.primitives import serialization

    manifest = sha256_of(plan / "manifest.json")
    statement = Statement(manifest, step.status, step.who, step.role, step.time)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    document = {
        "format": FORMAT,
        "statement": asdict(statement),
        "public_key": public.decode("ascii"),
        "signature": base64.b64encode(key.sign(_bytes(statement))).decode("ascii"),
    }
    path = signature_file(plan)
    draft = path.with_name(f".{path.name}.partial")
    try:
        draft.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise CannotWrite(f"{path}: could not be written ({error.strerror})") from error
    return path


def check(plan: Path, key: Ed25519PublicKey) -> tuple[Statement | None, tuple[str, ...]]:
    """What was signed of a plan with the private half of a key, or why nothing was."""
    from cryptography.exceptions import InvalidSignature

    path = signature_file(plan)
    if not path.is_file():
        return None, (f"{path.name}: there is no signature beside the plan",)
    try:
        document = json.loads(path.read_text("utf-8"))
        if document["format"] != FORMAT:
            raise ValueError
        statement = Statement(**document["statement"])
        if not all(isinstance(text, str) for text in asdict(statement).values()):
            raise ValueError
        signature = base64.b64decode(document["signature"], validate=True)
    except (OSError, ValueError, KeyError, TypeError, RecursionError, binascii.Error):
        return None, (f"{path.name}: is not a signature",)
    try:
        key.verify(signature, _bytes(statement))
    except InvalidSignature:
        return None, (f"{path.name}: was not signed with this key, or was changed afterwards",)
    if statement.manifest != sha256_of(plan / "manifest.json"):
        return None, (f"{path.name}: was signed for another plan than this",)
    return statement, ()


def _bytes(statement: Statement) -> bytes:
    body = {"format": FORMAT, **asdict(statement)}
    return json.dumps(body, sort_keys=True, separators=(",", ":")).encode("ascii")


def _no_key(path: Path, what: str, command: str) -> InputError:
    return InputError([Problem(str(path), None, None, f"is no Ed25519 {what} in PEM", command)])


def _needed() -> None:
    try:
        import cryptography  # noqa: F401
    except ImportError:
        raise UsageError("signatures need cryptography; pip install 'recommender[sign]'") from None
