"""A workspace that is a folder: its files, none of them outside it."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from recommender.files.hashes import sha256_of
from recommender.inputs.findings import Findings
from recommender.inputs.folder.file_names import TABLES
from recommender.inputs.folder.mark import strangers
from recommender.inputs.folder.not_read import note, what_is_beside
from recommender.inputs.formats.tables import Table, load_table
from recommender.inputs.formats.yaml_reader import Document, read_yaml
from recommender.inputs.readers import scenario_files


class WorkspaceFolder:
    """The files of a workspace (see ``handed_in``), and what stands beside them."""

    def __init__(self, path: Path, more: Collection[Path], findings: Findings) -> None:
        self._root, self._findings = path, findings
        self._more = scenario_files.more_files(path, more)
        self._around = what_is_beside(path, self._more)
        note(self._around, path, findings)

    def document(self, file: str) -> Document | None:
        """The YAML file, unless another one was probably meant as it, which is said."""
        if not self._holds(file):
            return None
        if not self._at(file).exists() and self._around.stands_for(file):
            return None
        return read_yaml(self._at(file), file, self._findings)

    def scenarios(self) -> list[Document]:
        """The files with scenarios: those of the workspace, then others that were named."""
        own = [file for file in scenario_files.files_in(self._root) if self._holds(file)]
        documents = [
            scenario_files.draft_scenarios(self._at(file), file, self._findings)
            for file in (*own, *self._more)
        ]
        return [document for document in documents if document is not None]

    def table(self, name: str, wanted: Collection[str], needed: str = "") -> Table | None:
        """The table, in whichever of its three forms it stands."""
        file = self._file_of(name, needed)
        if file is None:
            return None
        return load_table(self._at(file), file, self._findings, wanted=wanted)

    def has(self, name: str) -> bool:
        """Whether the table is there in any form, readable or not."""
        return bool(self._forms(name))

    def strangers(self) -> tuple[str, ...]:
        """The tables of people that hold other rows than were invented."""
        return strangers(self._root)

    def sha256(self, document: Document) -> str:
        """The hash of a file's bytes."""
        return sha256_of(self._at(document.file))

    def unread(self) -> tuple[str, ...]:
        """The files that nothing reads, locks of spreadsheet programs last."""
        return (*self._around.files, *self._around.locks)

    def _at(self, file: str) -> Path:
        """Where a file of the workspace is."""
        return self._root / file

    def _holds(self, file: str) -> bool:
        """Whether the path may be read: no link leads from it out of the workspace."""
        try:
            inside = self._at(file).resolve().is_relative_to(self._root.resolve())
        except (OSError, RuntimeError):  # a link to itself, which whoever reads it says
            return True
        if not inside:
            self._findings.problem(
                file, None, None, "is a link out of the workspace", "put the file itself there"
            )
        return inside

    def _file_of(self, name: str, needed: str) -> str | None:
        """The file of a table, in whichever of its three forms; ``needed`` says why it must be."""
        present = self._forms(name)
        if len(present) > 1:
            self._findings.problem(
                present[0], None, None, f"stands beside {' and '.join(present[1:])}",
                "keep one of them",
            )  # fmt: skip
            return None
        if not present:
            if needed and not self._around.stands_for(f"data/{name}.csv"):
                self._findings.problem(f"data/{name}.csv", None, None, "is missing", needed)
            return None
        return present[0] if self._holds(present[0]) else None

    def _forms(self, name: str) -> list[str]:
        files = [f"data/{name}{suffix}" for suffix in TABLES]
        return [f for f in files if self._at(f).exists() or self._at(f).is_symlink()]
