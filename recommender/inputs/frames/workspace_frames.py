"""A workspace that is held in memory (see ``handed_in``)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping

from recommender.inputs.findings import Findings
from recommender.inputs.folder.mark import PEOPLE
from recommender.inputs.formats.tables import Table
from recommender.inputs.formats.yaml_reader import Document
from recommender.inputs.frames.frame_table import table_of
from recommender.inputs.frames.plain_values import document_of


class WorkspaceFrames:
    """Frames by the names of their tables, mappings by the names of their files."""

    def __init__(
        self,
        tables: Mapping[str, object],
        documents: Mapping[str, object],
        findings: Findings,
    ) -> None:
        self._tables, self._documents, self._findings = tables, documents, findings

    def document(self, file: str) -> Document | None:
        """The mapping, made of plain values."""
        return document_of(self._documents[file], file, self._findings)

    def scenarios(self) -> list[Document]:
        """None: scenarios stand in the policy."""
        return []

    def table(self, name: str, wanted: Collection[str], needed: str = "") -> Table | None:
        """The frame as a table."""
        if name not in self._tables:
            if needed:
                self._findings.problem(f"data/{name}", None, None, "is missing", needed)
            return None
        return table_of(self._tables[name], f"data/{name}", self._findings, wanted=wanted)

    def has(self, name: str) -> bool:
        """Whether the frame was handed in."""
        return name in self._tables

    def strangers(self) -> tuple[str, ...]:
        """All frames of people: nothing marks a frame as invented."""
        return tuple(f"data/{name}" for name in PEOPLE if name in self._tables)

    def sha256(self, document: Document) -> str:
        """The hash of a document as JSON with sorted keys."""
        text = json.dumps(document.value, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def unread(self) -> tuple[str, ...]:
        """Nothing stands beside frames."""
        return ()
