"""The model of a plan written to a file, for other solvers; what ``plan --write-model`` adds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from recommender.pipeline import Look


def model_name(_context: click.Context, _option: click.Parameter, file: Path | None) -> Path | None:
    """Return the name of a model file, which says its format."""
    if file is not None and file.suffix not in (".lp", ".mps"):
        raise click.BadParameter(f"{str(file)!r} does not end in .lp or .mps")
    return file


def writer_of(file: Path) -> Look:
    """Return what writes the model of a formulation to a file, whole or not at all."""
    from tempfile import TemporaryDirectory

    from recommender.governance.log.writing import write_file
    from recommender.matching import Candidates
    from recommender.planning.formulation.formulation import Formulation
    from recommender.planning.formulation.model_names import write_named_model

    def write(formulation: Formulation, candidates: Candidates) -> None:
        with TemporaryDirectory() as folder:
            draft = Path(folder) / f"model{file.suffix}"
            write_named_model(formulation, candidates, draft)
            write_file(file, draft.read_bytes())

    return write
