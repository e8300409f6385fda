"""What a workspace is to its readers, whether it is a folder of files or frames of a notebook."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from recommender.inputs.formats.tables import Table
from recommender.inputs.formats.yaml_reader import Document


class HandedIn(Protocol):
    """Documents and tables by their names; what keeps one from being read is noted, and None."""

    def document(self, file: str) -> Document | None:
        """The document of that name."""

    def scenarios(self) -> list[Document]:
        """The documents with scenarios beside those of the policy."""

    def table(self, name: str, wanted: Collection[str], needed: str = "") -> Table | None:
        """The columns that are wanted of a table; ``needed`` says why it may not be missing."""

    def has(self, name: str) -> bool:
        """Whether the table is there, readable or not."""

    def strangers(self) -> tuple[str, ...]:
        """The tables of people that are not marked as invented."""

    def sha256(self, document: Document) -> str:
        """The hash of a document as it was handed in."""

    def unread(self) -> tuple[str, ...]:
        """What stands beside it and nothing reads."""
