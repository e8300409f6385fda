"""Fitted risk models on disk and back, as arrays and JSON in one ``.npz`` file without pickle."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from recommender.errors import CannotWrite, InputError, Problem
from recommender.risk.models.dispersion import Spread
from recommender.risk.models.features import Encoding, Feature
from recommender.risk.models.fitting import OutcomeModel, RiskModels
from recommender.risk.models.model import Calibration, LinearModel, Predictor, TreesModel
from recommender.risk.models.text_features import Vocabulary

FORMAT = 1

_LINEAR = ("centre", "scale", "coefficient", "idf", "words")
_TREES = ("feature", "threshold", "missing_left", "value")


def save_models(models: RiskModels, path: Path) -> None:
    """Write models to ``path`` (``.npz``), whole or not at all.

    No pupil and no text is in it: only column names, categories, words that many families' notes
    share, and numbers.

    Raises:
        CannotWrite: the file cannot be written.
    """
    arrays: dict[str, npt.NDArray[Any]] = {}
    outcomes = []
    for o, model in enumerate(models.outcomes):
        predictors = (model.predictor, *model.parts)
        for p, predictor in enumerate(predictors):
            arrays.update(_arrays(f"{o}/{p}", predictor))
        outcomes.append(
            {
                "outcome": model.outcome,
                "kind": model.kind,
                "predictors": [
                    {
                        "intercept": p.linear.intercept,
                        "base": None if p.trees is None else p.trees.base,
                    }
                    for p in predictors
                ],
                "calibration": asdict(model.calibration),
                "spread": asdict(model.spread),
                "model_variance": model.model_variance,
            }
        )
    head = {
        "format": FORMAT,
        "features": [asdict(f) for f in models.encoding.features],
        "terms": models.terms.terms,
        "text_columns": models.text_columns,
        "note_days": models.note_days,
        "outcomes": outcomes,
    }
    text = json.dumps(head, ensure_ascii=False, sort_keys=True, allow_nan=False)
    arrays["head"] = np.frombuffer(text.encode(), dtype=np.uint8)
    draft = path.with_name(path.name + ".part")
    try:
        with draft.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise CannotWrite(f"{path}: models could not be written: {error.strerror}") from error


def load_models(path: Path) -> RiskModels:
    """Read models that ``save_models`` wrote; they predict exactly what the saved ones did.

    Raises:
        InputError: the file is not there, or is not such a file.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        head = json.loads(arrays["head"].tobytes().decode())
        if head["format"] != FORMAT:
            raise ValueError(f"format {head['format']}")
        return RiskModels(
            encoding=Encoding(
                tuple(Feature(f["name"], f["kind"], tuple(f["levels"])) for f in head["features"])
            ),
            terms=Vocabulary(tuple(head["terms"])),
            text_columns=tuple(head["text_columns"]),
            note_days=int(head["note_days"]),
            outcomes=tuple(
                _model(o, description, arrays) for o, description in enumerate(head["outcomes"])
            ),
        )
    except (OSError, EOFError, BadZipFile, ValueError, KeyError, TypeError) as error:
        raise InputError(
            [
                Problem(
                    str(path),
                    None,
                    None,
                    "is not a file of risk models of this version",
                    "make it again with `recommender assess`",
                )
            ]
        ) from error


def _arrays(key: str, predictor: Predictor) -> dict[str, npt.NDArray[Any]]:
    out = {}
    for name in _LINEAR:
        value = getattr(predictor.linear, name)
        if value is not None:
            out[f"{key}/linear/{name}"] = value
    if predictor.trees is not None:
        for name in _TREES:
            out[f"{key}/trees/{name}"] = getattr(predictor.trees, name)
    return out


def _model(o: int, head: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]) -> OutcomeModel:
    predictors = []
    for p, description in enumerate(head["predictors"]):
        key = f"{o}/{p}"
        linear = LinearModel(
            float(description["intercept"]),
            *(arrays[f"{key}/linear/{n}"] for n in _LINEAR[:3]),
            *(arrays.get(f"{key}/linear/{n}") for n in _LINEAR[3:]),
        )
        trees = None
        if description["base"] is not None:
            trees = TreesModel(
                float(description["base"]), *(arrays[f"{key}/trees/{n}"] for n in _TREES)
            )
        predictors.append(Predictor(linear, trees))
    return OutcomeModel(
        outcome=head["outcome"],
        kind=head["kind"],
        predictor=predictors[0],
        parts=tuple(predictors[1:]),
        calibration=Calibration(**head["calibration"]),
        spread=Spread(**head["spread"]),
        model_variance=float(head["model_variance"]),
    )
