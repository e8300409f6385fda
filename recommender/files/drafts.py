"""Drafts: files and folders on their way to a place, whose names say which process makes them.

A draft holds what its place was to hold, so none may lie about: whoever writes next to one removes
those whose maker is gone.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import secrets
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

STALE: Final = 3600.0
"""Seconds after which a draft of another machine is one of a run that was killed."""

_LONGEST: Final = 180
LOGGED: Final = ".logged"
"""Stands in the name of a draft that a journal names; only who reads the journal removes it."""

_STAMPED = re.compile(
    r"\..*\.([0-9a-f]{4})([0-9a-f]{4})-([0-9]+)-([0-9]+)\.[0-9a-f]{8}(?:\.logged)?\.partial"
)
_UNSTAMPED = re.compile(r"\..*\.[0-9a-f]{12}\.partial")
"""As they were called before names said whose they are."""


def draft_of(path: Path, *, logged: bool = False) -> Path:
    """A path beside ``path`` for what is to take its place, which names this process."""
    host, boot = _machine()
    pid = os.getpid()
    stamp = f"{host}{boot}-{pid}-{_started(pid) or 0}.{secrets.token_hex(4)}"
    return path.with_name(f".{_short(path)}.{stamp}{LOGGED if logged else ''}.partial")


def is_draft_of(draft: Path, path: Path) -> bool:
    """Whether a path is one that ``draft_of`` gives for another."""
    return (
        draft.parent == path.parent
        and draft.name.startswith(f".{_short(path)}.")
        and _STAMPED.fullmatch(draft.name) is not None
    )


def maker_of(draft: Path) -> tuple[str, ...]:
    """What the name of a draft says of the process that makes it; nothing if it is no draft."""
    found = _STAMPED.fullmatch(draft.name)
    return found.groups() if found else ()


def abandoned(draft: Path) -> bool:
    """Whether a path is a draft whose maker is gone."""
    found = _STAMPED.fullmatch(draft.name)
    if found is None:
        return bool(_UNSTAMPED.fullmatch(draft.name)) and _old(draft)
    host, boot, pid, started = found[1], found[2], int(found[3]), int(found[4])
    here, now = _machine()
    if host != here or os.name == "nt":
        return _old(draft)
    return boot != now or not _runs(pid, started)


def sweep(folder: Path) -> None:
    """Remove the abandoned drafts in a folder, as far as they can be removed."""
    with suppress(OSError):
        for path in sorted(folder.iterdir()):
            if not path.name.endswith(f"{LOGGED}.partial") and abandoned(path):
                remove(path)


def remove(path: Path) -> None:
    """Remove a file or a folder that may be there, as far as it can be removed."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def write_flushed(path: Path, data: bytes, *, mode: int = 0o666) -> None:
    """Write a new file and flush it to the disk.

    Raises:
        OSError: if it could not be written, or stands there.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def flush_folder(path: Path) -> None:
    """Flush what a folder lists to the disk."""
    if os.name == "nt":  # folders cannot be opened there
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _short(path: Path) -> str:
    return path.name.encode()[:_LONGEST].decode(errors="ignore")


def _machine() -> tuple[str, str]:
    """Words for this machine, as far as it numbers processes alike, and for its last start."""
    space, boot = "", ""
    with suppress(OSError):
        space = str(Path("/proc/self/ns/pid").readlink())
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
    return _word(f"{platform.node()} {space}"), _word(boot)


def _word(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:4]


def _started(pid: int) -> int | None:
    """When a process began, in ticks since the machine did; None if it is gone or not known."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[19])


def _runs(pid: int, started: int) -> bool:
    if started:
        return _started(pid) == started
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _old(path: Path) -> bool:
    with suppress(OSError):
        return time.time() - path.lstat().st_mtime > STALE
    return False
