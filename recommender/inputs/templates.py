"""A new workspace with templates that pass ``recommender check`` as they are."""

from __future__ import annotations

import shutil
import tempfile
from importlib import resources
from pathlib import Path

from recommender.errors import CannotWrite, UsageError
from recommender.inputs.folder.mark import FILE as MARK
from recommender.inputs.folder.mark import write_mark

FILES = {
    "interventions.yaml": "interventions.yaml",
    "planning.yaml": "planning.yaml",
    "pupils.csv": "data/pupils.csv",
    "sites.csv": "data/sites.csv",
    "professionals.csv": "data/professionals.csv",
    "profiles.csv": "data/profiles.csv",
    "catalogue.schema.json": "schemas/catalogue.schema.json",
    "planning.schema.json": "schemas/planning.schema.json",
}
"""Template -> its place in the workspace."""


SHARED = ("interventions.yaml", "planning.yaml")
"""What a workspace can take from another: what people decide, not what is known of children."""


def write_like(directory: Path, other: Path) -> tuple[Path, ...]:
    """Write a new workspace with the catalogue and policy of another, without its data.

    Where the other has none, or its policy is not marked synthetic, the templates are written.

    Args:
        directory: a folder that does not exist yet, or an empty one.
        other: a workspace, or any folder.

    Raises:
        UsageError, CannotWrite: as ``write_templates``.
    """
    if not all((other / name).is_file() for name in SHARED):
        return write_templates(directory)
    if "\nsynthetic: true" not in (other / "planning.yaml").read_text(encoding="utf-8"):
        return write_templates(directory)
    texts = {name: (other / name).read_bytes() for name in SHARED}
    files = write_templates(directory)
    try:
        for name, text in texts.items():
            modeline, line_end, rest = text.partition(b"\n")
            schema = b"schemas/" + Path(modeline.decode()).name.encode()
            if modeline.startswith(b"# yaml-language-server:"):
                modeline = b"# yaml-language-server: $schema=" + schema
            (directory / name).write_bytes(modeline + line_end + rest)
        for path in files:
            if path.suffix == ".csv":
                path.unlink()
        (directory / MARK).unlink()
    except OSError as error:
        raise CannotWrite(f"{directory}: {error.strerror}; name another folder") from error
    return tuple(path for path in files if path.suffix != ".csv")


def write_templates(directory: Path) -> tuple[Path, ...]:
    """Write a new workspace and return its files; the folder appears whole or not at all.

    Args:
        directory: a folder that does not exist yet, or an empty one.

    Raises:
        UsageError: something stands there already; nothing is overwritten.
        CannotWrite: the folder cannot be made.
    """
    if directory.is_symlink() or directory.exists():
        if not directory.is_dir():
            raise UsageError(f"{directory} is a file; name a new folder")
        if any(directory.iterdir()):
            raise UsageError(f"{directory} is not empty; name a new folder")
    templates = resources.files("recommender.inputs").joinpath("templates")
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=directory.parent, prefix=".new-") as scratch:
            draft = Path(scratch) / "workspace"
            for template, place in FILES.items():
                target = draft / place
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(templates.joinpath(template).read_bytes())
            write_mark(draft, sorted((draft / "data").glob("*.csv")))
            if directory.exists():
                for entry in sorted(draft.iterdir()):
                    shutil.move(entry, directory / entry.name)
            else:
                draft.rename(directory)
    except OSError as error:
        raise CannotWrite(f"{directory}: {error.strerror}; name another folder") from error
    return tuple(directory / place for place in FILES.values())
